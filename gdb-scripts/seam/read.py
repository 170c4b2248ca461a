# SPDX-License-Identifier: BSD-2-Clause
"""Memory and a Layout give a Snapshot.

Every list is walked with a bound and a check for cycles. What cannot be read
becomes a note, and the walk ends there with what it has.
"""

import struct

from .model import Clock, Goroutine, Machine, Segment, Snapshot, Unreadable

BLOCK = 65536       # read at once: goroutines and stacks lie close together
PAGE = 4096         # the least that is mapped or not as a whole
KEPT_MAX = 512      # blocks, 32 MiB, and as many pages
NODES_MAX = 50000000
STRING_MAX = 128    # as for seam

_WORD = struct.Struct('<Q')


class Memory:
    """Reads through blocks. READ(addr, size) gives bytes or raises
    Unreadable. Valid while the target does not run."""

    def __init__(self, read):
        self._read = read
        self._blocks = {}   # by address; None: not readable as a whole
        self._pages = {}
        self._strings = {}

    def bytes(self, addr, size):
        """SIZE bytes at ADDR, or Unreadable."""
        base = addr & -BLOCK
        block = self._blocks.get(base)
        start = addr - base
        if block is None or start + size > BLOCK:
            return self._slowly(addr, size)
        return block[start:start + size]

    def word(self, addr):
        """The address stored at ADDR."""
        return _WORD.unpack(self.bytes(addr, 8))[0]

    def string(self, addr):
        """The C string at ADDR, cut at STRING_MAX; '' for NULL. Kept."""
        if addr not in self._strings:
            self._strings[addr] = self._string(addr) if addr else ''
        return self._strings[addr]

    def _slowly(self, addr, size):
        for kept, unit in ((self._blocks, BLOCK), (self._pages, PAGE)):
            base = addr & -unit
            start = addr - base
            if start + size > unit:
                continue
            if base not in kept:
                self._keep(kept, base, unit)
            if kept[base] is not None:
                return kept[base][start:start + size]
        return self._read(addr, size)

    def _keep(self, kept, base, unit):
        if len(kept) >= KEPT_MAX:
            kept.clear()
        try:
            kept[base] = self._read(base, unit)
        except Unreadable:
            kept[base] = None

    def _string(self, addr):
        data = b''
        while len(data) < STRING_MAX and b'\0' not in data:
            try:
                data += self.bytes(addr + len(data), 16)
            except Unreadable:
                break
        return text(data[:STRING_MAX])


def text(data):
    """The C string in DATA, as it can be shown on a terminal."""
    if not data or not data[0]:
        return ''
    return shown(data.split(b'\0', 1)[0].decode('utf-8', 'backslashreplace'))


def shown(found):
    r"""FOUND with control characters as \x01, which is how seam shows it."""
    return ''.join(c if _printed(c) else _escaped(c) for c in found)


def _printed(character):
    """As util/clean.c has it: all but the control characters."""
    return (' ' <= character <= '~' or character >= '\xa0'
            and not '\ud800' <= character <= '\udfff')


def _escaped(character):
    data = character.encode('utf-8', 'surrogateescape')
    return ''.join('\\x%02x' % byte for byte in data)


def read_snapshot(memory, layout):
    """All goroutines in use, all machines, the clock."""
    reader = Reader(memory, layout)
    machines = reader.machines()
    goroutines = reader.goroutines()
    return Snapshot(goroutines, machines, reader.clock(), reader.notes)


class Reader:
    """Reads parts of a snapshot; notes has what was wrong."""

    def __init__(self, memory, layout):
        self.memory = memory
        self.layout = layout
        self.notes = []

    def machines(self):
        """Every Machine, newest first."""
        return [Machine(addr, m.id, m.thread, m.current)
                for addr, m in self._list('machine')]

    def goroutines(self):
        """Every Goroutine in use, by id."""
        unused = self.layout.states.unused
        made = []
        for addr, record in self._list('goroutine'):
            if record.state not in unused:
                made.append(self._goroutine(addr, record))
        made.sort(key=lambda g: g.id)
        return made

    def running_on(self, thread):
        """The Goroutine that the OS thread with this id runs, or None."""
        record = self.layout.records['goroutine']
        for machine in self.machines():
            if machine.thread != thread or not machine.current:
                continue
            data = self.memory.bytes(machine.current, record.size)
            g = self._goroutine(machine.current, record.unpack(data))
            if g.running and g.machine == machine.addr:
                return g
        return None

    def clock(self):
        """The Clock; all 0, and a note, when it cannot be read."""
        record = self.layout.records['clock']
        try:
            data = self.memory.bytes(self.layout.heads['clock'], record.size)
        except Unreadable as error:
            self.notes.append('clock: %s' % error)
            return Clock(0, 0, 0, 0)
        c = record.unpack(data)
        return Clock(c.first_ticks, c.first_ns, c.last_ticks, c.last_ns)

    def _list(self, noun):
        """(address, record) of each node; damage ends it with a note."""
        record = self.layout.records[noun]
        seen = set()
        try:
            addr = self.memory.word(self.layout.heads[noun])
            while addr:
                if addr in seen or len(seen) >= NODES_MAX:
                    self._broken(noun, 'comes back to 0x%x' % addr)
                    return
                seen.add(addr)
                node = record.unpack(self.memory.bytes(addr, record.size))
                yield addr, node
                addr = node.next
        except Unreadable as error:
            self._broken(noun, str(error))

    def _broken(self, noun, cause):
        self.notes.append('%s list: %s; what lies behind it is not shown'
                          % (noun, cause))

    def _goroutine(self, addr, record):
        g, states = Goroutine(), self.layout.states
        g.addr, g.id = addr, record.id
        g.running = record.state == states.running
        g.waiting = record.state == states.waiting
        g.state = states.names.get(record.state, 'state %d' % record.state)
        g.reason = self.memory.string(record.reason) if g.waiting else ''
        g.object = record.object if g.waiting else 0
        g.since = record.since if g.waiting else 0
        g.creator, g.entry = record.creator, record.entry
        g.name = text(record.name)
        g.machine = record.machine if g.running else 0
        g.sp, g.pc, g.bytes = record.sp, record.pc, record.bytes
        g.notes = []
        g.segments = self._segments(g, record.top)
        return g

    def _segments(self, g, top):
        record = self.layout.records['segment']
        found, seen = [], set()
        while top:
            if top in seen:
                g.notes.append(self._stop(found, top, 'was seen before'))
                break
            seen.add(top)
            try:
                data = self.memory.bytes(top, record.size)
            except Unreadable:
                g.notes.append(
                    self._stop(found, top, 'is outside any mapping'))
                break
            s = record.unpack(data)
            if not s.low <= top < s.low + s.size:
                g.notes.append(
                    self._stop(found, top, 'lies outside its own segment'))
                break
            found.append(Segment(top, s.low, s.low + s.size, s.boundary,
                                 s.grower))
            top = s.next
        return found

    def _stop(self, found, top, cause):
        """Segments have the numbers of the table: the oldest found has 1."""
        which = ('the segment older than segment 1' if found
                 else 'its newest segment')
        return '%s: %s at 0x%x %s; the trace stops here' % (
            which, self.layout.nouns['segment.type'], top, cause)
