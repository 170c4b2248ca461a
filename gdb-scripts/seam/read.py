# SPDX-License-Identifier: BSD-2-Clause
"""Memory and a Layout give a Snapshot.

Every list is walked with a bound and a check for cycles. What cannot be read
becomes a note, and the walk ends there with what it has.
"""

import struct
from collections import deque, namedtuple
from itertools import islice
from operator import attrgetter

from .model import Clock, Goroutine, Machine, Segment, Snapshot, Unreadable

BLOCK = 65536       # read at once: goroutines and stacks lie close together
PAGE = 4096         # the least that is mapped or not as a whole
KEPT_MAX = 64       # blocks, 4 MiB, which a processor's cache has, and pages
NODES_MAX = 50000000
STRING_MAX = 128    # as for seam
ADDRESSES = 2**64 - 1

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


# In the order in which a goroutine is made of them.
PICKED = ('id', 'state', 'reason', 'object', 'since', 'creator', 'entry',
          'name', 'machine', 'sp', 'pc', 'bytes', 'top', 'low')


def read_snapshot(memory, layout, most=None):
    """All goroutines in use, all machines, the clock; None where there are more
    than MOST goroutines, used or not."""
    reader = Reader(memory, layout)
    machines = reader.machines()
    goroutines = reader.goroutines(most)
    if goroutines is None:
        return None
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
        self._chained = self._chains.unread.append
        self._picked = layout.records['goroutine'].picker(*PICKED)

    def machines(self):
        """Every Machine, newest first."""
        picked = self.layout.records['machine'].picker('id', 'thread',
                                                       'current')
        return [Machine(addr, *picked(m)) for addr, m in self._list('machine')]

    def goroutines(self, most=None):
        """Every Goroutine in use, by id; None: there are more than MOST."""
        unused, make = self.layout.states.unused, self._goroutine
        state = self.layout.records['goroutine'].picker('state')
        nodes = self._list('goroutine')
        if most is not None:
            nodes = list(islice(nodes, most + 1))
            if len(nodes) > most:
                return None
        made = [make(addr, fields) for addr, fields in nodes
                if state(fields) not in unused]
        made.sort(key=attrgetter('id'))
        return made

    def running(self):
        """[(thread, Goroutine)] of those that run; the thread as the program
        calls it. What cannot be read is left out."""
        struct_, found = self.layout.records['goroutine'].struct, []
        for machine in self.machines():
            if not machine.current:
                continue
            try:
                g = self._goroutine(machine.current, self.memory.unpack(
                    struct_, machine.current))
            except Unreadable:
                continue
            if g.running and g.machine == machine.addr:
                found.append((machine.thread, g))
        return found

    def wait(self, goroutine):
        """(reason, object) of what GOROUTINE waits for or, as it still runs,
        is about to wait for."""
        record = self.layout.records['goroutine']
        r = record.read(self.memory, goroutine.addr)
        return self.memory.string(r.reason), r.object

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
        """(address, fields) of each node; damage ends it with a note."""
        record, unpack = self.layout.records[noun], self.memory.unpack
        struct_, next_ = record.struct, record.picker('next')
        seen = set()
        met = seen.add
        try:
            addr = self.memory.word(self.layout.heads[noun])
            while addr:
                if addr in seen or len(seen) >= NODES_MAX:
                    self._broken(noun, seen, '0x%x was met before' % addr)
                    return
                node = unpack(struct_, addr)
                met(addr)
                yield addr, node
                addr = next_(node)
        except Unreadable as error:
            self._broken(noun, seen, str(error))

    def _broken(self, noun, seen, cause):
        self.broken.add(noun)
        self.notes.append('%s %d of the list: %s; the list ends here'
                          % (noun, len(seen) + 1, cause))

    def _goroutine(self, addr, fields):
        g, states = Goroutine(), self.layout.states
        (g.id, state, reason, object_, since, g.creator, g.entry, name,
         machine, g.sp, g.pc, g.bytes, top, low) = self._picked(fields)
        g.addr = addr
        g.running = state == states.running
        g.state = states.names.get(state) or 'state %d' % state
        if state == states.waiting:
            g.waiting, g.reason = True, self.memory.string(reason)
            g.object, g.since = object_, since
        else:
            g.waiting, g.reason, g.object, g.since = False, '', 0, 0
        g.name = text(name) if name[0] else ''
        g.machine = machine if g.running else 0
        g.chains = self._chains
        self._chained((g, (top, low, g.sp)))
        return g


# What a goroutine says of its newest segment: its descriptor, its low end,
# where the goroutine stands in it.
Newest = namedtuple('Newest', 'top low sp')

QUICKLY_MOST = 64   # segments of one that are read without looking for circles


class Chains:
    """The segments of goroutines, read when somebody asks for them.

    A segment belongs to the first goroutine of the list that stands on it:
    none is known before those in front of it are.
    """

    def __init__(self, memory, layout):
        self._memory = memory
        self._layout = layout
        self._owners = {}       # whose a segment is, by its descriptor
        self.unread = deque()   # (Goroutine, its Newest, as a plain tuple)
        record = layout.records['segment']
        self._struct, self._after = record.struct, record.whole
        self._picked = record.picker('next', 'boundary', 'low', 'size')

    def read(self, goroutine):
        """Let GOROUTINE have its segments and notes, and all before it in
        UNREAD."""
        while goroutine.chains is not None:
            first, newest = self.unread[0]
            whole = self._whole(first, *newest)
            if whole is not None:
                first.stand_on(whole, NONE)
            else:
                chain = Chain(self._memory, self._layout, first,
                              Newest(*newest), self._owners)
                chain.read()
                first.stand_on(chain.segments, chain.notes)
            self.unread.popleft()

    def _whole(self, goroutine, top, noted, sp):
        """The segments where nothing at all is wrong with them, as nearly
        always, or None."""
        memory, found = self._memory, []
        while top:
            try:
                older, boundary, low, size = self._picked(
                    memory.unpack(self._struct, top))
            except Unreadable:
                return None
            end = top + self._after
            if (low + size != end
                    or low ^ top >= PAGE and not memory.is_mapped(low)
                    or (not low <= sp < top if found
                        else low != noted and not goroutine.running)
                    or len(found) >= QUICKLY_MOST
                    or self._owners.setdefault(top, goroutine.id)
                    != goroutine.id):
                return None
            found.append(Segment(top, low, end, boundary))
            top, sp = older, boundary
        return found


NONE = ()           # one for all that nothing is wrong with


class Chain:
    """The segments of GOROUTINE, whose NEWEST it says; those of all are in
    OWNERS. Damage becomes notes, in the words of seam."""

    def __init__(self, memory, layout, goroutine, newest, owners):
        self._memory = memory
        self._record = layout.records['segment']
        self._type = layout.nouns['segment.type']
        self._goroutine = goroutine
        self._newest = newest
        self._owners = owners
        self.segments = []      # newest first
        self.notes = NONE

    def read(self):
        """Find them, from the newest on."""
        top, sp, seen = self._newest.top, self._newest.sp, set()
        while top:
            s = self._descriptor(top)
            if s is None or not self._add(top, s, sp, seen):
                break
            top, sp = s.next, s.boundary

    def _descriptor(self, top):
        try:
            return self._record.read(self._memory, top)
        except Unreadable:
            self._break_off(top, 'is outside any mapping')
            return None

    def _add(self, top, s, sp, seen):
        low, wrong = self._find_low(top, s, sp)
        if low is None:
            return self._break_off(top, wrong)
        if not self._memory.is_mapped(low):
            return self._break_off(top, 'has a low end outside any mapping')
        if top in seen:
            return self._break_off(top, 'was met before')
        others = self._other_chain(top, low, sp) or self._other_owner(top)
        if others:
            return self._break_off(top, others)
        if wrong:
            self._note(top, wrong, '0x%x is taken for its low end' % low)
        seen.add(top)
        self.segments.append(Segment(top, low, top + self._record.whole,
                                     s.boundary))
        return True

    def _find_low(self, top, s, sp):
        """Where the segment begins, or None, and what is wrong, or None.

        Its descriptor says so twice, by an address and by a size, and of the
        newest its goroutine does: what two of them say is so.
        """
        noted = None if self.segments else self._newest.low
        counted = (top + self._record.whole - s.size) & ADDRESSES
        if s.low == counted:
            differs = (noted not in (None, counted)
                       and not self._goroutine.running)
            return counted, (differs and
                             'has another low end than its goroutine')
        wrong = 'does not end the segment that it describes'
        if noted in (s.low, counted):
            return noted, wrong
        # Not both of them leave room for what is in use, or the higher does.
        return max((low for low in (s.low, counted) if 0 < low <= sp < top),
                   default=None), wrong

    def _other_owner(self, top):
        owner = self._owners.setdefault(top, self._goroutine.id)
        if owner != self._goroutine.id:
            return "is goroutine %d's as well" % owner
        return None

    def _other_chain(self, top, low, sp):
        """Of one that runs the newest may be linked just now."""
        newest = 1 + self._goroutine.running
        if len(self.segments) < newest or not sp or low <= sp < top:
            return None
        return 'does not hold 0x%x, where it was left' % sp

    def _break_off(self, top, what):
        self._note(top, what, 'its segments are not known from there on')
        return False

    def _note(self, top, what, then):
        """Segments have the numbers of the table: the oldest found has 1."""
        which = ('the segment older than segment 1' if self.segments
                 else 'its newest segment')
        self.notes = [*self.notes, '%s: %s at 0x%x %s; %s' % (
            which, self._type, top, what, then)]
