# SPDX-License-Identifier: BSD-2-Clause
"""
What the checks of this room share. A check is a function of a Tree that
yields complaints; it comes with files that it must complain of, each tried in
a tree of its own before the check sees the project.
"""
import collections
import os
import pathlib
import re
import tempfile

ROOT = pathlib.Path(os.environ.get(
    "SRC_DIR", pathlib.Path(__file__).resolve().parents[2]))
NOT_SOURCES = {".git", "build", "__pycache__"}

# Bad: a list of {path: text}, each a whole tree with one fault.
Check = collections.namedtuple("Check", "function bad")


class Tree:
    """The files below a root that are sources; paths are relative to it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = sorted(
            os.path.relpath(os.path.join(folder, name), str(root))
            for folder, folders, names in os.walk(str(root))
            for name in names if prune(folders))

    def files(self, pattern):
        """(path, text) of the files whose path matches a regex in full."""
        for path in self.paths:
            if re.fullmatch(pattern, path):
                yield path, self.text(path)

    def text(self, path):
        return (self.root / path).read_bytes().decode(errors="replace")


def prune(folders):
    """Keep os.walk out of what is not ours. Always true."""
    folders[:] = [name for name in folders if name not in NOT_SOURCES]
    return True


def grep(tree, files, pattern, complaint, clean=lambda path, text: text):
    """Complain of each line that matches PATTERN."""
    for path, text in tree.files(files):
        for number, line in enumerate(clean(path, text).split("\n"), 1):
            if re.search(pattern, line):
                yield "%s:%d: %s: %s" % (path, number, complaint,
                                         line.strip())


def code(path, text):
    """TEXT without comments and docstrings; lines keep their numbers."""
    if path.endswith(".py"):
        comment = r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|(?m:^\s*#.*$)'
    else:
        comment = r"/\*[\s\S]*?\*/|//.*"
    return re.sub(comment, lambda m: "\n" * m.group().count("\n"), text)


def main(checks):
    """The exit status of a test that runs these checks on the project."""
    wrong = [line for check in checks for line in prove(check)]
    wrong += [line for check in checks for line in check.function(Tree(ROOT))]
    print("\n".join(wrong) or "%d checks" % len(checks))
    return 1 if wrong else 0


def prove(check):
    """A check that cannot fail says nothing: see each bad tree fail."""
    for files in check.bad:
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                write(pathlib.Path(root, path), text)
            if not list(check.function(Tree(root))):
                yield "%s does not see what is wrong with %s" % (
                    check.function.__name__, files)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
