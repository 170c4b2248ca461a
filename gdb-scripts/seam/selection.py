# SPDX-License-Identifier: BSD-2-Clause
"""The selected goroutine, and what gdb's own commands do to it.

A running goroutine is selected by selecting its thread. A parked one is
grafted (unwind.py) onto the thread that is selected at the time; whatever
runs a target or turns to threads or inferiors takes it off again, so that
frames that are gone never show. Of some commands gdb 13 tells Python too late
or not at all: these get a hook (`help define`).
"""

import contextlib
from collections import namedtuple
from types import SimpleNamespace

import gdb

from . import target, unwind
from .command import Command

# A parked goroutine on a thread; caller is its model.Caller, runs what
# _state.runs was when it was selected.
_Parked = namedtuple('_Parked', 'id thread caller runs')

# parked: the _Parked that is selected, or None; runs: how often gdb set any
# inferior running; aside: of each "thread apply" that goes on, the _Parked that
# was selected before and the level of its frame, or None.
_state = SimpleNamespace(parked=None, runs=0, aside=[])


def parked():
    """The id of the selected parked goroutine, or None."""
    return _state.parked and _state.parked.id


def select_parked(goroutine, thread):
    """Graft GOROUTINE onto THREAD, which becomes selected."""
    thread.switch()
    _put(_Parked(goroutine.id, thread, unwind.caller_of(goroutine),
                 _state.runs))


def select_thread(thread):
    """Select THREAD as itself."""
    _put(None)
    thread.switch()


def end():
    """Select no parked goroutine."""
    _put(None)


def end_for_step():
    """The same, and say why, as the thread is about to be stepped."""
    if parked() is not None:
        print('(Goroutine %d does not run: the thread is stepped.)'
              % parked())
    end()


def moment():
    """Equal to an earlier one while no target has run and the selected
    inferior is the same process or core."""
    inferior = gdb.selected_inferior()
    return _state.runs, inferior.num, inferior.pid


def select_frame(code):
    """Select the innermost frame that is not the runtime's.

    If there is none, the outermost. CODE is an unwind.Code.
    """
    first = None if parked() is None else unwind.first_grafted()
    first = first or gdb.newest_frame()
    frame = unwind.first_of_user(code, first)
    if frame is None:
        *_, frame = unwind.callers(first)
    frame.select()


@contextlib.contextmanager
def kept():
    """Restore thread, goroutine and frame after a `with` that changes them.

    Unless a target ran meanwhile: then gdb's own choice stands.
    """
    thread, level = gdb.selected_thread(), gdb.selected_frame().level()
    before, runs = _state.parked, _state.runs
    try:
        yield
    finally:
        if _state.runs != runs:
            end()
        elif thread.is_valid():
            thread.switch()
            _put(before)
            select_level(level)


def install():
    """Connect to gdb's events and define the hooks, once a session."""
    gdb.events.cont.connect(lambda event: _ran())
    gdb.events.inferior_call.connect(_called)
    gdb.events.exited.connect(lambda event: end())
    gdb.events.clear_objfiles.connect(lambda event: end())
    gdb.events.before_prompt.connect(_at_prompt)
    for command in (Deselect, PutAside, TakeBack, Check, Moved, PrepareStep,
                    PrepareReturn):
        command()


def _define(hook, command):
    """Let HOOK, such as `thread hook-apply`, run COMMAND.

    Unless the user has one of that name.
    """
    if not _is_defined(hook):
        gdb.execute('define %s\n%s\nend' % (hook, command))


def _is_defined(name):
    """gdb takes the beginning of a name for the name, but completes it in
    full."""
    try:
        gdb.execute('show user ' + name, to_string=True)
    except gdb.error:
        return False
    return name in gdb.execute('complete ' + name,
                               to_string=True).splitlines()


def _put(selected):
    """Make SELECTED, a _Parked or None, the selected one."""
    before, _state.parked = _state.parked, selected
    if before is not None and before != selected:
        unwind.graft(before.thread, None)
    if selected is not None:
        unwind.graft(selected.thread, selected.caller)


def _ran():
    _state.runs += 1
    end()


def _called(event):
    """A function of the target was called, by the user.

    Goroutines may have run meanwhile. gdb.events.cont does not tell, and to
    invalidate frames here lets gdb 13 fail an assertion: check() does it.
    """
    if isinstance(event, gdb.InferiorCallPostEvent):
        _state.runs += 1


def check():
    """End a selection whose thread is gone or not selected, or that is older
    than the last time a target ran."""
    selected = _state.parked
    if selected is None:
        return
    thread = gdb.selected_thread()
    if (thread is None or thread != selected.thread
            or selected.runs != _state.runs):
        end()


def _at_prompt():
    """A "thread apply" that failed has not taken back what it put aside."""
    if _state.aside:
        outermost = _state.aside[0]
        _state.aside.clear()
        if parked() is None:
            _take_back(outermost)
    check()


def _take_back(aside):
    if aside is None:
        return
    before, level = aside
    if (gdb.selected_thread() == before.thread
            and before.runs == _state.runs):
        _put(before)
        select_level(level)


def select_level(level):
    """Select the frame of that number, if there is one."""
    frame = gdb.newest_frame()
    while frame is not None and frame.level() < level:
        frame = unwind.older(frame)
    if frame is not None:
        frame.select()


class Hook(Command):
    """A command NAME of CLASS_ that runs before some of gdb's own, or after:
    HOOKS, as "define" takes them."""
    name = None
    class_ = gdb.COMMAND_MAINTENANCE
    hooks = ()

    def __init__(self):
        super().__init__(self.name, self.class_)
        for hook in self.hooks:
            _define(hook, self.name)


class Deselect(Hook):
    """Select no parked goroutine, but the thread itself.
Usage: goroutine deselect

Commands that run the program or turn to threads do this by themselves."""

    name = 'goroutine deselect'
    class_ = gdb.COMMAND_STACK
    hooks = ('hook-thread', 'hook-inferior')

    def run(self, argument, from_tty):
        end()
        _state.aside[:] = len(_state.aside) * [None]


class PutAside(Hook):
    """Select no parked goroutine for as long as a command takes.
The command "thread apply" does this first: it shows the threads' own frames."""

    name = 'maintenance put-goroutine-aside'
    hooks = ('thread hook-apply', 'thread apply hook-all')

    def run(self, argument, from_tty):
        _state.aside.append(_state.parked and (_state.parked,
                                               gdb.selected_frame().level()))
        end()


class TakeBack(Hook):
    """Select the goroutine and the frame again that were selected before.
The command "thread apply" does this last, as it does with the thread, unless
the target has run."""

    name = 'maintenance take-goroutine-back'
    hooks = ('thread hookpost-apply', 'thread apply hookpost-all')

    def run(self, argument, from_tty):
        if _state.aside:
            _take_back(_state.aside.pop())


class Check(Hook):
    """Select no parked goroutine if the target has run meanwhile.
The commands "print" and "call" do this last: they may have called a function
of the target."""

    name = 'maintenance check-goroutine'
    hooks = ('hookpost-print', 'hookpost-call')

    def run(self, argument, from_tty):
        check()


class Moved(Hook):
    """Select no parked goroutine, and forget what was read.
The commands "record goto" and "restore" do this last: they change registers
and memory, and gdb does not say so."""

    name = 'maintenance forget-goroutines'
    hooks = ('record hookpost-goto', 'record goto hookpost-begin',
             'record goto hookpost-end', 'hookpost-restore')

    def run(self, argument, from_tty):
        _ran()


class PrepareStep(Hook):
    """Select no parked goroutine if the target can be stepped.
The commands "stepi", "nexti" and "jump" do this first, as "step" and "next"
do: they step the thread, and must see its own frames."""

    name = 'maintenance prepare-goroutine-stepi'
    hooks = ('hook-stepi', 'hook-nexti', 'hook-jump')

    def run(self, argument, from_tty):
        if target.can_run():
            end_for_step()


class PrepareReturn(Hook):
    """Raise an error while a parked goroutine is selected.
The command "return" does this first: a parked goroutine has no thread whose
registers could be set."""

    name = 'maintenance prepare-goroutine-return'
    hooks = ('hook-return',)

    def run(self, argument, from_tty):
        if parked() is not None:
            raise gdb.GdbError('Goroutine %d is parked: its frames cannot be '
                               'popped.' % parked())
