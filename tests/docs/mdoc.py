# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of this room read in a page of docs/man, which is mdoc(7)."""
import re
import shlex
import subprocess


class Page:
    """One page: TEXT is its source."""

    def __init__(self, text):
        self.sections = dict(re.findall(
            r"(?ms)^\.Sh (.*?)\n(.*?)(?=^\.Sh |\Z)", text))

    def names(self):
        """Under which man finds it; the first is its file's."""
        return re.findall(r"(?m)^\.Nm (\w+)", self.sections.get("NAME", ""))

    def prototypes(self):
        """{name: declaration} of the functions in the synopsis."""
        found = re.findall(r"(?m)^\.Ft (.*)\n\.Fn (\w+) ?(.*)$",
                           self.sections.get("SYNOPSIS", ""))
        return {name: "%s %s(%s);" % (kind.strip('"'), name,
                                      ", ".join(shlex.split(args)))
                for kind, name, args in found}

    def tells_of(self, function):
        return re.search(r"(?m)^\.(It )?Fn.* ?\b%s\b" % function,
                         self.sections.get("DESCRIPTION", ""))

    def marked(self, macro):
        """The words that the page marks up by MACRO."""
        lines = re.findall(r"(?m)^\.(?:.* )?%s (.*)$" % macro,
                           "".join(self.sections.values()))
        return {word for line in lines for word in line.split()}

    def others(self):
        """The pages of section 3 that it refers to."""
        return set(re.findall(r"(?m)^\.(?:It )?Xr (\w+) 3",
                              "".join(self.sections.values())))

    def blocks(self):
        """The literal blocks of EXAMPLES, as a reader sees them."""
        return [rendered(block) for block in re.findall(
            r"(?ms)^\.Bd -literal\n(.*?)^\.Ed$",
            self.sections.get("EXAMPLES", ""))]

    def examples(self):
        """(program, what it prints): block after block."""
        blocks = self.blocks()
        return list(zip(blocks[::2], blocks[1::2]))


def rendered(block):
    done = subprocess.run(
        ["groff", "-Tascii", "-P-cbou"],
        input=".pl 1000\n.ll 200n\n.nf\n" + block, check=True,
        stdout=subprocess.PIPE, universal_newlines=True)
    return done.stdout.rstrip() + "\n"
