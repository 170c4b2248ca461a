#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`seam --help` and its man page name the same options and commands."""
import os
import pathlib
import re
import subprocess
import sys

from lint import ROOT

BUILD = pathlib.Path(os.environ.get("BUILD_DIR", ROOT / "build" / "debug"))


def options(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def of_help():
    done = subprocess.run([str(BUILD / "seam"), "--help"], check=True,
                          stdout=subprocess.PIPE, universal_newlines=True)
    return options(done.stdout)


def of_page():
    """The page as it is read; sections begin in the first column."""
    done = subprocess.run(
        ["groff", "-mandoc", "-Tascii", "-P-cbou",
         str(ROOT / "docs" / "man" / "seam.1")], check=True,
        stdout=subprocess.PIPE, universal_newlines=True)
    section = done.stdout.partition("\nOPTIONS\n")[2]
    return options(re.split(r"\n(?=\w)", section)[0])


def main():
    wrong = ["%s: not in seam.1" % o for o in sorted(of_help() - of_page())]
    wrong += ["%s: not in --help" % o for o in sorted(of_page() - of_help())]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
