# SPDX-License-Identifier: BSD-2-Clause
"""A made-up target for the modules that know no gdb: bytes and types."""
import os
import pathlib
import struct
import sys

SRC = pathlib.Path(os.environ.get(
    'SRC_DIR', pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(SRC / 'gdb-scripts'))

from seam import layout, read  # noqa: E402
from seam.model import Unreadable  # noqa: E402

RT = SRC / 'inspector' / 'layout' / 'runtimes' / 'seam.rt'

# Where the made-up runtime keeps its variables.
HEADS = {'goroutine': 0x1000, 'machine': 0x1008, 'clock': 0x1010}

DESCRIPTOR = 0x40   # its fields, and some that nobody asks for

IDLE, RUNNABLE, RUNNING, WAITING, DEAD = range(5)
STATES = ['Gidle', 'Grunnable', 'Grunning', 'Gwaiting', 'Gdead']


def nouns():
    """What the real description says."""
    return layout.parse(RT.read_text(encoding='utf-8'))


class Types:
    """Each struct is its fields, 8 bytes each, in the order asked for."""

    def __init__(self, without=()):
        self.without = without
        self.nouns = nouns()

    def variable(self, name):
        """The addresses of HEADS."""
        for noun, addr in HEADS.items():
            named = self.nouns.get(noun + '.head') or self.nouns.get(
                noun + '.variable')
            if name == named and name not in self.without:
                return addr
        return None

    def type_of(self, name):
        """Of the clock's variable."""
        return None if name in self.without else 'struct Sched'

    def fields(self, type_, paths):
        """All that are not left out."""
        if type_ in self.without:
            return None
        found, offset = {}, 0
        for path in paths:
            size, code = (16, '16s') if path == 'name' else (8, 'Q')
            if path not in self.without:
                found[path] = layout.Field(offset, size, code)
            offset += size
        return found

    def size(self, type_):
        """Room for a segment's descriptor at its end."""
        return DESCRIPTOR

    def enumerators(self, type_):
        """STATES."""
        if type_ in self.without:
            return None
        return dict(enumerate(s for s in STATES if s not in self.without))


class World:
    """Memory that a test fills; what it did not fill cannot be read."""

    def __init__(self):
        self.layout = layout.resolve(nouns(), Types())
        self.bytes = {}
        self.put(HEADS['goroutine'], 0)
        self.put(HEADS['machine'], 0)
        self.put(HEADS['clock'], 1000, 0, 2000, 1000000)

    def put(self, addr, *words):
        """Words of 8 bytes, or bytes, one behind the other."""
        for word in words:
            data = word if isinstance(word, bytes) else struct.pack('<Q', word)
            for byte in data:
                self.bytes[addr] = byte
                addr += 1

    def goroutine(self, addr, next_=0, **fields):
        """A goroutine at ADDR."""
        values = dict.fromkeys(
            'id state reason object since creator entry name machine sp pc top '
            'low bytes next'.split(), 0)
        values.update(fields, next=next_)
        values['name'] = values['name'] or b''
        values['name'] = values['name'].ljust(16, b'\0')
        self.put(addr, *values.values())

    def segment(self, top, low, size, next_=0, boundary=0):
        """A segment's descriptor at TOP, and its first byte."""
        self.put(low, b'\0')
        self.put(top, next_, boundary, low, size)

    def memory(self):
        """What read.py reads through."""
        return read.Memory(self._read)

    def snapshot(self):
        """All of it, read."""
        return read.read_snapshot(self.memory(), self.layout)

    def _read(self, addr, size):
        try:
            return bytes(self.bytes[addr + i] for i in range(size))
        except KeyError:
            raise Unreadable(addr) from None
