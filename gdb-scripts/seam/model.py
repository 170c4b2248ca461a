# SPDX-License-Identifier: BSD-2-Clause
"""READ FIRST. What the stages pass to each other: plain data.

Addresses are ints of the target, never dereferenced here. Times are ticks of
the target's clock until Clock turns them into nanoseconds.
"""

import functools
from collections import namedtuple

# Where a frame stands: FUNCTION is None when unknown, FILE is a base name or
# None without line information.
Place = namedtuple('Place', 'function file line')

# What unwinding a parked goroutine starts from, and what it would call where
# it has not begun.
Caller = namedtuple('Caller', 'sp pc entry')

# Two readings of both clocks (ticks, nanoseconds of CLOCK_MONOTONIC).
Clock = namedtuple('Clock', 'first_ticks first_ns last_ticks last_ns')

# One OS thread that runs goroutines. THREAD is the kernel's id; CURRENT the
# address of the goroutine that runs, or last ran, on it.
Machine = namedtuple('Machine', 'addr id thread current')

# One segment, [LOW, END). BOUNDARY is where the next older segment was left
# (0 in the first).
Segment = namedtuple('Segment', 'top low end boundary')


class Goroutine:
    """One goroutine as it lay in memory.

    reason, object (the address of what it waits on, or 0) and since are valid
    in a waiting one, machine in a running one, sp and pc in all others.
    CHAINS.read(goroutine) lets it have segments, newest first, and notes on
    what was wrong with it, when somebody asks for one of the two; then CHAINS
    is None.
    """

    __slots__ = ('addr', 'id', 'state', 'reason', 'object', 'since',
                 'creator', 'entry', 'name', 'machine', 'sp', 'pc', 'bytes',
                 'running', 'waiting', 'chains', 'segments', 'notes')

    def stand_on(self, segments, notes):
        """Have these."""
        self.segments, self.notes = segments, notes
        self.chains = None

    def __getattr__(self, name):
        """Asked for what it does not have yet: nothing else takes time."""
        if name not in ('segments', 'notes') or self.chains is None:
            raise AttributeError(name)
        self.chains.read(self)
        return getattr(self, name)

    def kept(self):
        """The bytes that it has besides the segments that are in use; 0 where
        these are not all known."""
        used = sum(s.end - s.low for s in self.segments)
        return 0 if self.notes else max(self.bytes - used, 0)

    def holds(self, addr):
        """Whether ADDR lies in one of the segments."""
        return any(s.low <= addr < s.end for s in self.segments)


class Snapshot:
    """All goroutines in use, by id, and what they stand on.

    notes: what was wrong with the lists themselves; each goroutine has its
    own. incomplete: there may be more goroutines, which cannot be read.
    """

    def __init__(self, goroutines, machines, clock, notes,
                 incomplete=False):
        self.goroutines = goroutines
        self.machines = machines
        self.clock = clock
        self.notes = notes
        self.incomplete = incomplete
        self.by_id = {g.id: g for g in goroutines}

    @functools.cached_property
    def running(self):
        """Those that run."""
        return [g for g in self.goroutines if g.running]

    @functools.cached_property
    def latest(self):
        """The last tick at which one of them began to wait, or 0."""
        return max((g.since for g in self.goroutines if g.waiting), default=0)

    def machine_of(self, goroutine):
        """The Machine that runs GOROUTINE, or None."""
        for machine in self.machines:
            if machine.addr == goroutine.machine:
                return machine
        return None


class Unreadable(Exception):
    """Memory of the target that cannot be read; addr says where."""

    def __init__(self, addr):
        super().__init__('0x%x is outside any mapping' % addr)
        self.addr = addr


class Missing(Exception):
    """The target lacks what the tools need: names, in words, all of it."""

    def __init__(self, names):
        super().__init__(', '.join(names))
        self.names = names
