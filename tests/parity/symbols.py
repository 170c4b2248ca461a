# SPDX-License-Identifier: BSD-2-Clause
"""Names for addresses, where the tool under test has none to give."""
import subprocess


class Symbols:
    """The functions of an executable that have a size."""

    def __init__(self, exe):
        text = subprocess.run(
            ["nm", "-S", "--defined-only", str(exe)], check=True,
            stdout=subprocess.PIPE, universal_newlines=True).stdout
        found = [line.split() for line in text.splitlines()]
        self.functions = [
            (int(line[0], 16), int(line[1], 16), line[3])
            for line in found if len(line) == 4 and line[2] in "tTwW"]

    def address(self, name):
        return next(a for a, _, n in self.functions if n == name)

    def name(self, pc):
        for address, size, name in self.functions:
            if address <= pc < address + size:
                return name
        return "libc"
