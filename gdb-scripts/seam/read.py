# SPDX-License-Identifier: BSD-2-Clause
"""Memory and a Layout give a Snapshot.

Every list is walked with a bound and a check for cycles. What cannot be read
becomes a note, and the walk ends there with what it has.
"""

import struct

from .model import Clock, Goroutine, Machine, Segment, Snapshot, Unreadable

BLOCK = 65536       # read at once: goroutines and stacks lie close together
PAGE = 4096         # the least that is mapped or not as a whole
KEPT_MAX = 64       # blocks, 4 MiB, which a processor's cache has, and pages
NODES_MAX = 50000000
STRING_MAX = 128    # as for seam

_WORD = struct.Struct('<Q')


class Memory:
    """Reads through blocks. READ(addr, size) gives bytes, or a view of some,
    or raises Unreadable. Valid while the target does not run."""

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
        return bytes(block[start:start + size])

    def unpack(self, struct_, addr):
        """What the struct.Struct STRUCT_ makes of the bytes at ADDR."""
        try:
            return struct_.unpack_from(self._blocks[addr & -BLOCK],
                                       addr & BLOCK - 1)
        except (KeyError, TypeError, struct.error):
            return struct_.unpack(self._slowly(addr, struct_.size))

    def is_mapped(self, addr):
        """Whether there is anything at ADDR."""
        if self._blocks.get(addr & -BLOCK) is not None:
            return True
        try:
            self._slowly(addr, 1)
        except Unreadable:
            return False
        return True

    def word(self, addr):
        """The address stored at ADDR."""
        return self.unpack(_WORD, addr)[0]

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
                return bytes(kept[base][start:start + size])
        return bytes(self._read(addr, size))

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
    return Snapshot(goroutines, machines, reader.clock(), reader.notes,
                    'goroutine' in reader.broken)


class Reader:
    """Reads parts of a snapshot; notes has what was wrong."""

    def __init__(self, memory, layout):
        self.memory = memory
        self.layout = layout
        self.notes = []
        self.broken = set()     # the lists that end early, by their nouns
        self._chains = Chains(memory, layout)

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

    def running(self):
        """[(thread, Goroutine)] of those that run; the thread as the program
        calls it."""
        record, found = self.layout.records['goroutine'], []
        for machine in self.machines():
            if not machine.current:
                continue
            g = self._goroutine(machine.current,
                                record.read(self.memory, machine.current))
            if g.running and g.machine == machine.addr:
                found.append((machine.thread, g))
        return found

    def clock(self):
        """The Clock; all 0, and a note, when it cannot be read."""
        record = self.layout.records['clock']
        try:
            c = record.read(self.memory, self.layout.heads['clock'])
        except Unreadable as error:
            self.notes.append('clock: %s' % error)
            return Clock(0, 0, 0, 0)
        return Clock(c.first_ticks, c.first_ns, c.last_ticks, c.last_ns)

    def _list(self, noun):
        """(address, record) of each node; damage ends it with a note."""
        read, memory = self.layout.records[noun].read, self.memory
        seen = set()
        try:
            addr = memory.word(self.layout.heads[noun])
            while addr:
                if addr in seen or len(seen) >= NODES_MAX:
                    self._broken(noun, 'comes back to 0x%x' % addr)
                    return
                seen.add(addr)
                node = read(memory, addr)
                yield addr, node
                addr = node.next
        except Unreadable as error:
            self._broken(noun, str(error))

    def _broken(self, noun, cause):
        self.broken.add(noun)
        self.notes.append('%s list: %s; what lies behind it is not shown'
                          % (noun, cause))

    def _goroutine(self, addr, record):
        g, states = Goroutine(), self.layout.states
        state = record.state
        g.addr, g.id = addr, record.id
        g.running = state == states.running
        g.waiting = waits = state == states.waiting
        g.state = states.names.get(state) or 'state %d' % state
        g.reason = self.memory.string(record.reason) if waits else ''
        g.object = record.object if waits else 0
        g.since = record.since if waits else 0
        g.creator, g.entry = record.creator, record.entry
        g.name = text(record.name)
        g.machine = record.machine if g.running else 0
        g.sp, g.pc, g.bytes = record.sp, record.pc, record.bytes
        g.chains, g.top, g.low = self._chains, record.top, record.low
        return g


class Chains:
    """The segments of goroutines. Damage becomes notes, in the words of seam.
    """

    def __init__(self, memory, layout):
        self._memory = memory
        self._record = layout.records['segment']
        self._type = layout.nouns['segment.type']

    def read(self, goroutine):
        """(every Segment, newest first; notes)."""
        found, notes, seen = [], [], set()
        top, noted, sp = goroutine.top, goroutine.low, goroutine.sp
        while top:
            try:
                s = self._record.read(self._memory, top)
            except Unreadable:
                self._note(found, notes, top, 'is outside any mapping', LOST)
                break
            low, wrong = s.low, None
            end = top + self._record.whole
            if low != end - s.size or (noted not in (None, low)
                                       and not goroutine.running):
                low, wrong = _find_low(s, top, end, sp, noted)
            stops = self._stops(seen, top, low, wrong)
            if stops:
                self._note(found, notes, top, stops, LOST)
                break
            if wrong:
                self._note(found, notes, top, wrong,
                           '0x%x is taken for its low end' % low)
            seen.add(top)
            found.append(Segment(top, low, end, s.boundary))
            top, sp, noted = s.next, s.boundary, None
        return found, notes or NONE

    def _stops(self, seen, top, low, wrong):
        """Why the segment cannot be taken for one, or None."""
        if low is None:
            return wrong
        if not self._memory.is_mapped(low):
            return 'has a low end outside any mapping'
        if top in seen:
            return 'was met before'
        return None

    def _note(self, found, notes, top, what, then):
        """Segments have the numbers of the table: the oldest found has 1."""
        which = ('the segment older than segment 1' if found
                 else 'its newest segment')
        notes.append('%s: %s at 0x%x %s; %s' % (which, self._type, top, what,
                                                then))


NONE = ()           # one for all that nothing is wrong with
LOST = 'its segments are not known from there on'


def _find_low(s, top, end, sp, noted):
    """Where the segment [?, END) with the descriptor S at TOP begins, or
    None, and what is wrong, or None.

    S says so twice, by an address and by a size, and of the newest its
    goroutine does, NOTED: what two of them say is so.
    """
    counted = end - s.size
    if s.low == counted:
        return counted, 'has another low end than its goroutine'
    wrong = 'does not end the segment that it describes'
    if noted in (s.low, counted):
        return noted, wrong
    # Not both of them leave room for what is in use, or the higher does.
    return max((low for low in (s.low, counted) if low <= sp < top),
               default=None), wrong
