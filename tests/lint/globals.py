#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What a stage of the inspector knows it was handed: its objects hold no variable
that outlives a call, but for the one that a signal's handler can reach.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

OBJECTS = pathlib.Path(os.environ["BUILD_DIR"]) / "inspector"
ALLOWED = {("util/output.o", "state")}
BAD = ("static int n; int f(void) { return n++; }",
       "int f(void) { static _Thread_local int n = 1; return n++; }",
       "int n; int f(void) { return n; }",
       "const char *names[] = { \"one\" };")
GOOD = "static const char *const a[] = { \"one\" }; const void *f = a;"
# objdump(1): value, flags, section, size, name.
VARIABLE = re.compile(r"(?m)^[0-9a-f]+ .{6}"
                      r"(?:O (?:\.bss|\.data(?!\.rel\.ro)\S*|\*COM\*)"
                      r"|[O ] \.t(?:bss|data)\S*)\t"
                      r"[0-9a-f]+ +(?:\.\w+ )?(\w\S*)$")


def variables(path):
    """The names of what can change in an object."""
    text = subprocess.run(["objdump", "-t", str(path)], check=True,
                          stdout=subprocess.PIPE,
                          universal_newlines=True).stdout
    return set(VARIABLE.findall(text))


def compiled(source):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "a.o")
        subprocess.run(["gcc", "-O1", "-fPIE", "-xc", "-c", "-", "-o",
                        str(path)], check=True, input=source,
                       universal_newlines=True)
        return variables(path)


def main():
    wrong = ["does not see what is wrong with %s" % source
             for source in BAD if not compiled(source)]
    wrong += ["%s: not variable" % sorted(names)
              for names in [compiled(GOOD) - {"f"}] if names]
    objects = sorted(OBJECTS.glob("**/*.o"))
    for path in objects:
        name = str(path.relative_to(OBJECTS))
        wrong += ["%s: '%s' outlives a call" % (name, variable)
                  for variable in sorted(variables(path))
                  if (name, variable) not in ALLOWED]
    print("\n".join(wrong) or "%d objects" % len(objects))
    return 1 if wrong or len(objects) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
