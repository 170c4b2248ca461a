# SPDX-License-Identifier: BSD-2-Clause
"""What has been read of an inferior at one stop, kept until the next.

Nothing that is kept here is looked at when anything may have changed: when
some thread runs or has run, the user has written to memory or registers,
another program or core is there.
"""

import contextlib
import gc
from types import SimpleNamespace

import gdb

from . import naming, read, selection, target, unwind, where

_kept = SimpleNamespace(key=None, stop=None)


class Stop:
    """The goroutines of the selected inferior, as they stand."""

    def __init__(self, layout, memory, snapshot):
        self.layout, self.memory, self.snapshot = layout, memory, snapshot
        naming.apply(snapshot.goroutines)
        self.walker = unwind.Walker()
        self.threads = unwind.Threads(self.snapshot.machines)
        self.where = where.Where(self.memory, self.walker.parked)
        self.entries = {}


def _read(most=None):
    layout, memory = target.runtime_layout(), target.memory()
    with uncollected():
        snapshot = read.read_snapshot(memory, layout, most)
        return snapshot and Stop(layout, memory, snapshot)


def few(most):
    """Whether there are no more than MOST goroutines in the selected inferior;
    then now() has what was read to find out."""
    key = _key()
    if key is None or key != _kept.key:
        forget()
        found = _read(most)
        if key is None or found is None:
            return found is not None
        _kept.key, _kept.stop = key, found
    return len(_kept.stop.snapshot.goroutines) <= most


def now():
    """The Stop of the selected inferior."""
    key = _key()
    if key is None:
        return _read()
    if key != _kept.key:
        forget()
        _kept.key, _kept.stop = key, _read()
    _kept.stop.walker.use(gdb.selected_thread())
    return _kept.stop


def _key():
    """What differs between one stop and all others; None: some thread runs.
    """
    inferior = gdb.selected_inferior()
    if any(thread.is_running() for thread in inferior.threads()):
        return None
    return selection.moment() + (inferior.connection_num,)


def forget():
    """Let the next who asks read anew."""
    _kept.key = _kept.stop = None


@contextlib.contextmanager
def uncollected():
    """No search for garbage meanwhile: among a million new objects that are
    all in use it takes as long as all else."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def install():
    """Connect to gdb's events, once a session."""
    for event in (gdb.events.memory_changed, gdb.events.register_changed,
                  gdb.events.new_objfile, gdb.events.clear_objfiles,
                  gdb.events.exited, gdb.events.inferior_deleted):
        event.connect(lambda event: forget())
