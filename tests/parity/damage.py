# SPDX-License-Identifier: BSD-2-Clause
"""Cores in which a word was overwritten."""
import pathlib
import re
import struct
import subprocess

PT_LOAD = 1


def offset_of(core, addr):
    """Where the byte at ADDR lies in the core file. System V ABI, chapter 5."""
    table, = struct.unpack_from("<Q", core, 32)
    size, count = struct.unpack_from("<HH", core, 54)
    header = struct.Struct("<IIQQQQ")
    for at in range(table, table + count * size, size):
        kind, _, offset, start, _, length = header.unpack_from(core, at)
        if kind == PT_LOAD and start <= addr < start + length:
            return offset + addr - start
    raise AssertionError("0x%x is not in the core" % addr)


class Core:
    """A sound core, and at PATH a copy with one thing wrong."""

    def __init__(self, exe, core, path):
        self._exe = exe
        self._sound = core
        self._bytes = pathlib.Path(core).read_bytes()
        self.path = pathlib.Path(path)

    def write(self, expression, value):
        """Damage: VALUE, an expression too, in place of EXPRESSION."""
        where, what = self._values("(unsigned long)&(%s)" % expression,
                                   "(unsigned long)(%s)" % value)
        damaged = bytearray(self._bytes)
        struct.pack_into("<Q", damaged, offset_of(self._bytes, where), what)
        self.path.write_bytes(damaged)

    def _values(self, *expressions):
        argv = ["gdb", "-q", "-nx", "-batch", "-iex", "set auto-load off"]
        for expression in expressions:
            argv += ["-ex", "p " + expression]
        text = subprocess.run(
            argv + [str(self._exe), str(self._sound)], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            universal_newlines=True).stdout
        return map(int, re.findall(r"^\$\d+ = (\d+)$", text, re.MULTILINE))
