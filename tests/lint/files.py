#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What every file keeps to, and the tools that hold C, shell and Python."""
import ast
import re
import subprocess
import sys

from lint import Check, grep, main

SOURCES = (r".*\.(c|cc|cpp|h|S|go|lua|py|sh|mk|sed)|Makefile|tests/run"
           r"|\.ci/run")
MAX_LINES = 500
C_LICENCE = "/* SPDX-License-Identifier: BSD-2-Clause */"
LICENCE = "# SPDX-License-Identifier: BSD-2-Clause"
LUA_LICENCE = "-- SPDX-License-Identifier: BSD-2-Clause"
PYTHON = (3, 9)  # the oldest that the scripts run on


def first_line_is_licence(tree):
    for path, text in tree.files(SOURCES):
        lines = text.splitlines()
        if lines[:1] and lines[0].startswith("#!"):
            lines = lines[1:]
        wanted = licence_line(path)
        if lines[:1] != [wanted]:
            yield "%s: does not begin with %s" % (path, wanted)


def licence_line(path):
    if re.search(r"\.([chS]|cc|cpp|go)$", path):
        return C_LICENCE
    return LUA_LICENCE if path.endswith(".lua") else LICENCE


def short_files(tree):
    for path, text in tree.files(SOURCES):
        if text.count("\n") > MAX_LINES:
            yield "%s: %d lines; look for the second subject in it" % (
                path, text.count("\n"))


def clean_text(tree):
    """As .editorconfig says: LF, no blanks at the end, a final newline."""
    text_files = SOURCES + r"|.*\.(md|txt|rt)|docs/man/.*"
    yield from grep(tree, text_files, r"[ \t\r]$", "blanks at the end")
    yield from grep(tree, r".*\.py|tests/run", r"^\s*\t", "a tab in Python")
    for path, text in tree.files(text_files):
        if text and not text.endswith("\n"):
            yield "%s: no newline at the end" % path


def widths_agree(tree):
    """.editorconfig and .clang-format speak of the same tabs and columns."""
    style = dict(re.findall(r"(?m)^(\w+): (\d+)$",
                            tree.text(".clang-format")))
    editor = section(tree.text(".editorconfig"), "*.{c,h,S}")
    for name, key in (("TabWidth", "tab_width"), ("IndentWidth", "tab_width"),
                      ("ColumnLimit", "max_line_length")):
        if style.get(name) != editor.get(key):
            yield "%s is %s in .clang-format, %s is %s in .editorconfig" % (
                name, style.get(name), key, editor.get(key))


def section(text, name):
    body = text.partition("[%s]\n" % name)[2].partition("\n[")[0]
    return dict(re.findall(r"(?m)^(\w+)\s*=\s*(\S+)$", body))


def run(argv, cwd):
    done = subprocess.run(argv, cwd=str(cwd), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True,
                          check=False)
    return [] if done.returncode == 0 else done.stdout.splitlines()


def c_is_formatted(tree):
    paths = [path for path, _ in tree.files(r".*\.(c|cc|cpp|h)")]
    if paths:
        yield from run(["clang-format", "--dry-run", "--Werror", *paths],
                       tree.root)


def shell_is_clean(tree):
    paths = [path for path, text in tree.files(r".*")
             if text.startswith(("#!/bin/sh", "#!/bin/bash"))]
    if paths:
        yield from run(["shellcheck", *paths], tree.root)


def python_compiles(tree):
    for path, text in tree.files(r".*\.py|tests/run"):
        try:
            ast.parse(text, path, feature_version=PYTHON)
        except SyntaxError as error:
            yield "%s:%s: %s" % (path, error.lineno, error.msg)


def headers_stand_alone(tree):
    """A header includes what it needs, so it compiles on its own."""
    for path, _ in tree.files(r"(runtime|inspector)/.*\.h"):
        room = path.split("/")[0]
        yield from run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-I.",
                        "-I" + room, "-fsyntax-only", "-x", "c", path],
                       tree.root)


def man_pages_are_clean(tree):
    for path, _ in tree.files(r"docs/man/.*\.\d"):
        found = formatted(tree.root / path)
        yield from ("%s: %s" % (path, line) for line in found)


def formatted(page):
    """What groff has to say of a page; it ends with 0 all the same."""
    done = subprocess.run(
        ["groff", "-mandoc", "-ww", "-z", "-Tascii", str(page)], check=False,
        stderr=subprocess.PIPE, universal_newlines=True)
    return done.stderr.splitlines()


STYLE = "IndentWidth: 8\nTabWidth: 8\nUseTab: Always\nColumnLimit: 80\n"
EDITOR = "[*.{c,h,S}]\ntab_width = 4\nmax_line_length = 80\n"

CHECKS = (
    Check(first_line_is_licence, (
        {"runtime/a.c": "int a;\n"}, {"tests/a.lua": C_LICENCE + "\n"},
        {"tests/a.sh": "#!/bin/sh\ntrue\n"})),
    Check(short_files, ({"runtime/a.c": "\n" * 501},)),
    Check(clean_text, (
        {"README.md": "blank \n"}, {"runtime/a.c": "int a;"},
        {"a.py": "if a:\n\tb\n"}, {"a.sh": "true\r\n"})),
    Check(widths_agree, (
        {".clang-format": STYLE, ".editorconfig": EDITOR},)),
    Check(c_is_formatted, (
        {"a.c": "int  a ;\n", ".clang-format": STYLE},)),
    Check(shell_is_clean, ({"a": "#!/bin/sh\necho $1\n"},)),
    Check(python_compiles, (
        {"a.py": "def f(:\n"}, {"a.py": "match a:\n    case 1: pass\n"})),
    Check(headers_stand_alone, ({"runtime/a.h": "size_t a;\n"},)),
    Check(man_pages_are_clean, ({"docs/man/a.1": ".TH a 1\n.XX\n"},)),
)

if __name__ == "__main__":
    sys.exit(main(CHECKS))
