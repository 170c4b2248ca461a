# SPDX-License-Identifier: BSD-2-Clause
"""Cores in which a word was overwritten."""
import pathlib
import re
import struct
import subprocess

PT_LOAD = 1
HEADER = struct.Struct("<IIQQQQ")


def header_of(core, addr):
    """
    Where in the core file the program header is of the piece of memory with
    ADDR. System V ABI, chapter 5.
    """
    table, = struct.unpack_from("<Q", core, 32)
    size, count = struct.unpack_from("<HH", core, 54)
    for at in range(table, table + count * size, size):
        kind, _, _, start, _, length = HEADER.unpack_from(core, at)
        if kind == PT_LOAD and start <= addr < start + length:
            return at
    raise AssertionError("0x%x is not in the core" % addr)


def offset_of(core, addr):
    """Where the byte at ADDR lies in the core file."""
    _, _, offset, start, _, _ = HEADER.unpack_from(core, header_of(core, addr))
    return offset + addr - start


class Core:
    """
    A sound core, and at PATH a copy with one thing wrong. EXPRESSIONS are asked
    of gdb together.
    """

    def __init__(self, exe, core, path, expressions=()):
        self._exe = exe
        self._sound = core
        self._known = {}
        self.bytes = pathlib.Path(core).read_bytes()
        self.path = pathlib.Path(path)
        self._ask(*expressions)

    def write(self, expression, value):
        """Damage: VALUE, an expression too, in place of EXPRESSION."""
        where = "(unsigned long)&(%s)" % expression
        what = "(unsigned long)(%s)" % value
        self._ask(where, what)
        damaged = bytearray(self.bytes)
        struct.pack_into("<Q", damaged, self.offset(self.value(where)),
                         self.value(what))
        self.path.write_bytes(damaged)

    def value(self, expression):
        return self._known[expression]

    def offset(self, addr):
        return offset_of(self.bytes, addr)

    def _ask(self, *expressions):
        if not expressions:
            return
        argv = ["gdb", "-q", "-nx", "-batch", "-iex", "set auto-load off"]
        for expression in expressions:
            argv += ["-ex", "p " + expression]
        text = subprocess.run(
            argv + [str(self._exe), str(self._sound)], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            universal_newlines=True).stdout
        values = re.findall(r"^\$\d+ = (\d+)$", text, re.MULTILINE)
        assert len(values) == len(expressions), text
        self._known.update(zip(expressions, map(int, values)))
