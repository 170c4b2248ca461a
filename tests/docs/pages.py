#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Each public name has a man page, which says of it what seam.h does: prototype,
errors, constants. The examples are tried by examples.py.
"""
import errno
import pathlib
import re
import subprocess
import sys

from mdoc import Page

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "lint"))
from lint import Check, main  # noqa: E402

HEADER = "runtime/seam.h"
OVERVIEW = "seam"
ERRORS = set(errno.errorcode.values())
FUNCTION = r"(?ms)^\w[\w ]*?\*?(\w+)\([^{;]*\)[^{;]*;"


def pages(tree):
    """{file's name: page}"""
    return {re.search(r"([\w-]+)\.3$", path).group(1): Page(text)
            for path, text in tree.files(r"docs/man/.*\.3")}


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def functions(tree):
    return re.findall(FUNCTION, without_comments(tree.text(HEADER)))


def types(tree):
    return re.findall(r"(?m)^typedef struct \w+ (\w+);|^} (\w+);",
                      tree.text(HEADER))


def names_have_a_page(tree):
    where = {}
    for file, page in pages(tree).items():
        if page.names()[:1] != [file]:
            yield "%s.3: its first name is %s" % (file, page.names()[:1])
        for name in page.names():
            where.setdefault(name, []).append(file)
    public = set(functions(tree)) | {a or b for a, b in types(tree)}
    for name in sorted(public):
        if len(where.get(name, [])) != 1:
            yield "%s: is on the pages %s" % (name, where.get(name))
    for name in sorted(set(where) - public - {OVERVIEW}):
        yield "%s: has a page, and is not public" % name


def functions_are_explained(tree):
    for file, page in pages(tree).items():
        code = "".join(page.blocks()[::2])
        for name in page.prototypes():
            if not page.tells_of(name):
                yield "%s.3: the description does not tell of %s" % (
                    file, name)
            if not re.search(r"\b%s\(" % name, code):
                yield "%s.3: no example has %s" % (file, name)
        for name in set(functions(tree)) & set(page.names()):
            if name not in page.prototypes():
                yield "%s.3: no prototype of %s" % (file, name)


def prototypes_agree(tree):
    """The compiler knows when two declarations are the same."""
    for file, page in pages(tree).items():
        code = "#include \"seam.h\"\n" + "\n".join(page.prototypes().values())
        done = subprocess.run(
            ["gcc", "-fsyntax-only", "-w", "-I", str(tree.root / "runtime"),
             "-x", "c", "-"], input=code, check=False, stderr=subprocess.PIPE,
            universal_newlines=True)
        yield from ("%s.3: %s" % (file, line)
                    for line in done.stderr.splitlines() if "error:" in line)


def errors_are_told(tree):
    """Those that the comment before a function has are on its page."""
    where = {name: (file, page) for file, page in pages(tree).items()
             for name in page.names()}
    for comment, code in re.findall(r"(?s)/\*(.*?)\*/\n(.*?)(?=\n\n|/\*|\Z)",
                                    tree.text(HEADER)):
        errors = set(re.findall(r"\bE[A-Z]+\b", comment)) & ERRORS
        for name in re.findall(FUNCTION, code):
            file, page = where.get(name, (None, None))
            if page and errors - page.marked("Er"):
                yield "%s.3: %s: not told of: %s" % (
                    file, name, errors - page.marked("Er"))


def constants_are_told(tree):
    text = without_comments(tree.text(HEADER))
    told = set().union(*(page.marked("Dv") for page in pages(tree).values()))
    defined = re.findall(r"#define (SEAM_[A-Z]+)\s+INT64", text)
    for enumerators in re.findall(r"(?m)^enum {(.*)};", text):
        defined += re.findall(r"SEAM_\w+", enumerators)
    for name in defined:
        if name not in {word.strip(",") for word in told}:
            yield "%s: is on no page" % name


def references_lead_somewhere(tree):
    known = {name for page in pages(tree).values() for name in page.names()}
    for file, page in pages(tree).items():
        for name in sorted(page.others() - known):
            if name.startswith(OVERVIEW):
                yield "%s.3: there is no page %s" % (file, name)


# A header with one function, and a page that has all that is asked for.
SEAM_H = """#include <stdint.h>
#define SEAM_EVER INT64_MAX
/* Fails with EINVAL. */
int seam_a(int x);
"""
GOOD = """.Sh NAME
.Nm seam_a
.Nd does it
.Sh SYNOPSIS
.Ft int
.Fn seam_a "int x"
.Sh DESCRIPTION
.Fn seam_a
does it until
.Dv SEAM_EVER .
.Sh ERRORS
.Bl -tag -width Er
.It Bq Er EINVAL
It was bad.
.El
.Sh EXAMPLES
.Bd -literal
int main(void) { return seam_a(1); }
.Ed
.Bd -literal
.Ed
.Sh SEE ALSO
.Xr seam_a 3
"""


def fault(old, new, page="seam_a"):
    """The good tree with one thing changed on its page."""
    assert old in GOOD
    return {HEADER: SEAM_H, "docs/man/%s.3" % page: GOOD.replace(old, new)}


CHECKS = (
    Check(names_have_a_page, (
        {HEADER: SEAM_H}, fault(".Nm seam_a", ".Nm seam_b"),
        fault(".Nm seam_a", ".Nm seam_a ,\n.Nm seam_b"),
        fault("", "", "seam_b"),
        {HEADER: "typedef struct A seam_t;\n"})),
    Check(functions_are_explained, (
        fault(".Fn seam_a\ndoes", "It\ndoes"), fault("return seam_a(1)", ""),
        fault(".Ft int\n", ""))),
    Check(prototypes_agree, (fault('"int x"', '"long x"'),
                             fault(".Ft int", ".Ft void"))),
    Check(errors_are_told, (fault("EINVAL", "EPERM"),)),
    Check(constants_are_told, (fault("SEAM_EVER", "SEAM_NEVER"),)),
    Check(references_lead_somewhere, (fault("Xr seam_a", "Xr seam_b"),)),
)

if __name__ == "__main__":
    sys.exit(main(CHECKS))
