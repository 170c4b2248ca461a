#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
A goroutine whose function has left for one of the runtime's, without a frame of
its own: seam, gdb and the process itself tell both.
"""
import pathlib
import re
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gdb"))
import fixtures  # noqa: E402
import quit as quitting  # noqa: E402
import seam  # noqa: E402
import session  # noqa: E402

EXE = fixtures.executables("tailed")[0]


def wanted(place, entry):
    return re.compile(r"#\d +(0x\w+ in )?seam_sleep%s\n#\d +leaver%s"
                      % (place, entry))


def main():
    told = {}
    with fixtures.dead(EXE) as target:
        told["seam"] = (seam.output(target, "stacks"),
                        wanted(r" at wait\.c:\d+",
                               r" at tailed\.c:\d+ \(entry\)"))
        told["gdb"] = (session.run(["goroutine 2", "bt"], EXE,
                                   target.core)[-1],
                       wanted(r" \(.*", r" \(\) at .*tailed\.c:\d+"))
    process = quitting.start(EXE)
    process.send_signal(signal.SIGQUIT)
    told["the process"] = quitting.end(process, 2), wanted("", r" \(entry\)")
    wrong = 0
    for who, (text, pattern) in told.items():
        if not pattern.search(text):
            print("%s tells:\n%s" % (who, text))
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
