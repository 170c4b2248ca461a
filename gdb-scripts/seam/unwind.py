# SPDX-License-Identifier: BSD-2-Clause
"""Where a goroutine's stack starts, and its frames, by gdb's own unwinder.

A parked goroutine's registers are in memory. An Unwinder that claims the
innermost frame of some thread hands them to gdb as those of that frame's
caller: from there on gdb sees the goroutine, with nothing written anywhere,
so that it works on a core too. The frames that follow are up to the CFI of
the stack-switching code. The innermost frame is frame 0, unless calls were
inlined into its function: then these are frame 0 and up.
"""

import contextlib

import gdb
import gdb.unwinder

from . import analyse, target, where
from .model import Caller

# gdb takes a caller's frame for a corrupt one when it lies below its callee's
# (13.1, frame.c, get_prev_frame_always_1): frame 0 must seem to lie lower
# than any frame of the goroutine.
BELOW = 32

# Frames on a thread's own stack before a goroutine's segments begin.
ENTRY_MAX = 1000

# Frames of the runtime above a goroutine's first of the user's.
OWN_MAX = 100

# Frames that gdb makes up: nobody returns into them, nothing lies on the
# stack for them.
_WITHOUT_ADDRESS = (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME)


class FrameId:
    """gdb 13 has none of its own, and wants gdb.Values."""

    def __init__(self, sp, pc=0):
        self.sp = target.word(sp)
        self.pc = target.word(pc)


class _Saved(gdb.unwinder.Unwinder):
    """The innermost frames of the threads in `callers` are called from there.

    Their sp tells them from all others; most have other levels.
    """

    def __init__(self):
        super().__init__('seam')
        # thread.global_num: (innermost frame's level, its sp, Caller)
        self.callers = {}
        self._deepest = -1

    def __call__(self, pending):
        if pending.level() > self._deepest:
            return None
        thread = gdb.selected_thread()
        if thread is None or thread.global_num not in self.callers:
            return None
        _, sp, caller = self.callers[thread.global_num]
        if register(pending, 'rsp') != sp:
            return None
        info = pending.create_unwind_info(FrameId(caller.sp - BELOW))
        info.add_saved_register('rsp', target.word(caller.sp))
        info.add_saved_register('rip', target.word(caller.pc))
        return info

    def put(self, thread, level, sp, caller):
        """The frame of THREAD that has LEVEL and SP is called from CALLER."""
        self.callers[thread.global_num] = level, sp, caller
        self._measure()

    def drop(self, number):
        """Of the thread of this NUMBER none is, if one was."""
        if self.callers.pop(number, None):
            self._measure()

    def _measure(self):
        self._deepest = max((level for level, _, _ in self.callers.values()),
                            default=-1)


_saved = _Saved()


def install():
    """Make the unwinder known to gdb, and connect to its events, once a
    session."""
    gdb.unwinder.register_unwinder(None, _saved, replace=True)
    for event in gdb.events.new_objfile, gdb.events.clear_objfiles:
        event.connect(lambda event: _codes.clear())


def graft(thread, caller):
    """Let the innermost frame of THREAD be called from CALLER, or None.

    For a CALLER, THREAD must be selected. Returns what it was before. When
    that is something else, all frames and the selection of one become
    invalid.
    """
    if not thread.is_valid():
        _forget_ended()
        return None
    before = grafted(thread)
    if caller is not None:
        _saved.put(thread, own_frames() - 1,
                   register(gdb.newest_frame(), 'rsp'), caller)
    else:
        _saved.drop(thread.global_num)
    if caller != before:
        gdb.invalidate_cached_frames()
    return before


def _forget_ended():
    live = {thread.global_num for inferior in gdb.inferiors()
            for thread in inferior.threads()}
    for ended in set(_saved.callers) - live:
        _saved.drop(ended)


def grafted(thread):
    """The Caller that THREAD's innermost frame was given, or None."""
    return _saved.callers.get(thread.global_num, (None, None, None))[2]


def own_frames():
    """How many frames of the selected thread come before a grafted
    goroutine's."""
    frame = gdb.newest_frame()
    while frame.type() == gdb.INLINE_FRAME:
        frame = frame.older()
    return frame.level() + 1


def first_grafted():
    """The innermost frame of the goroutine on the selected thread, or None.
    """
    frame = gdb.newest_frame()
    for _ in range(own_frames()):
        frame = older(frame)
    return frame


def caller_of(goroutine):
    """What to graft for a parked goroutine."""
    return Caller(goroutine.sp, goroutine.pc, goroutine.entry)


@contextlib.contextmanager
def grafting(thread, caller):
    """graft() for the length of a `with`."""
    before = graft(thread, caller)
    try:
        yield
    finally:
        graft(thread, before)


def sp_of(goroutines):
    """Where the selected thread stands in the segments of one of GOROUTINES.

    None: its stack does not lead there (the machine is between goroutines,
    and their registers are in memory).
    """
    frame = gdb.newest_frame()
    for _ in range(ENTRY_MAX):
        if frame is None:
            return None
        sp = register(frame, 'rsp')
        if any(goroutine.holds(sp) for goroutine in goroutines):
            return sp
        frame = older(frame)
    return None


class Threads:
    """The threads of the selected inferior, and which one runs a goroutine.

    The program knows them by their numbers in its own pid namespace. A core
    that a debugger wrote from outside of it has others: then a goroutine runs
    on the thread whose stack pointer lies in its segments.
    """

    def __init__(self, machines):
        threads = gdb.selected_inferior().threads()
        self._sps = None if target.is_live() else _stack_pointers(threads)
        if self._sps is not None:
            threads = [thread for thread, _ in self._sps]
        self._by_id = {target.inner_id(t): t for t in threads}
        self.certain = self._sps is None or all(
            machine.thread in self._by_id for machine in machines)

    def running(self, goroutine, id_):
        """The thread that runs GOROUTINE, which the program calls ID_, or
        None."""
        if not self.certain:
            for thread, sp in self._sps:
                if goroutine.holds(sp):
                    return thread
        return self._by_id.get(id_)


def _stack_pointers(threads):
    """[(thread, stack pointer)] of those whose registers there are: a core
    may tell of others. The selection stays."""
    selected, frame, found = gdb.selected_thread(), gdb.selected_frame(), []
    try:
        for thread in threads:
            thread.switch()
            try:
                found.append((thread, register(gdb.newest_frame(), 'rsp')))
            except gdb.error:
                pass
    finally:
        selected.switch()
        frame.select()
    return found


def older(frame):
    """frame.older(), None also where gdb cannot read on."""
    try:
        return frame.older()
    except (gdb.error, gdb.MemoryError):
        return None


def caller(frame):
    """The same, or an error."""
    found = older(frame)
    if found is None:
        raise gdb.GdbError('The stack cannot be followed: %s'
                           % (stopped(frame) or 'it ends there'))
    return found


def ends_at(frame):
    """Whether FRAME is a stack's first, as against: gdb cannot read on."""
    return (older(frame) is None
            and frame.unwind_stop_reason() == gdb.FRAME_UNWIND_OUTERMOST)


def stopped(frame):
    """Why gdb cannot read on from FRAME, the last; None: it is a stack's
    first."""
    reason = frame.unwind_stop_reason()
    if reason < gdb.FRAME_UNWIND_UNAVAILABLE:   # the first error
        return None
    return gdb.frame_stop_reason_string(reason)


def stand(frame):
    """What tells FRAME from all others while it stands: (sp, pc)."""
    return register(frame, 'rsp'), frame.pc()


def register(frame, name):
    """Register NAME of FRAME as a number."""
    return int(frame.read_register(name)) & target.MASK


def code():
    """The Code of the selected program."""
    program = target.program()
    if program not in _codes:
        _codes[program] = Code()
    return _codes[program]


_codes = {}     # until gdb has other files, by target.program()


class Code:
    """Which kind of code a frame of the selected program is in."""

    def __init__(self):
        nouns = target.nouns()
        self._first, self._last = target.own_code()
        self._return = target.address_of(nouns['seam.return'])
        self._switch = nouns['seam.symbol']
        self._kinds = {}    # by what is looked up and the pc

    def kind(self, frame):
        """analyse.USER, OWN, SWITCH, SEAM or LIBRARY."""
        where_ = _lookup_pc(frame), frame.pc()
        kind = self._kinds.get(where_)
        if kind is None:
            kind = self._kinds[where_] = self._kind(frame, *where_)
        return kind

    def _kind(self, frame, looked_up, pc):
        if not self._first <= looked_up < self._last:
            return (analyse.LIBRARY if target.in_library(pc)
                    else analyse.USER)
        if pc == self._return:
            return analyse.SEAM
        if frame.name() == self._switch:
            return analyse.SWITCH
        return analyse.OWN


def first_of_user(code, frame):
    """The innermost of FRAME and its callers that is not the runtime's, nor
    of a library that it called, nor made by a signal; None: there is none."""
    frames = analyse.user_at_top(callers(frame), code.kind)
    return next((f for f in frames if code.kind(f) in analyse.NOT_OWN
                 and f.type() != gdb.SIGTRAMP_FRAME), None)


def first_of_program(code, frame):
    """The same, but where FRAME is a library's that the program has called, as
    to abort, the innermost of the program's own, if there is one."""
    first = first_of_user(code, frame)
    if first != frame or code.kind(frame) != analyse.LIBRARY:
        return first
    return next((f for f in callers(frame) if code.kind(f) == analyse.USER
                 and f.type() != gdb.SIGTRAMP_FRAME), first)


def callers(frame):
    """FRAME, its caller and so on."""
    for _ in range(ENTRY_MAX):
        if frame is None:
            return
        yield frame
        frame = older(frame)


def _lookup_pc(frame):
    """An address inside the instruction that FRAME is at.

    That is the call which a return address lies behind.
    """
    newer = frame.newer()
    if newer is None or newer.type() == gdb.SIGTRAMP_FRAME:
        return frame.pc()
    return frame.pc() - 1


class Walker:
    """Frames of goroutines, while nothing runs; changes the selection.

    notes tells, by the ids of goroutines, as lists, why their stacks could not
    be followed up to the user's code.
    """

    def __init__(self):
        self._code = code()
        self._thread = gdb.selected_thread()
        self.notes = {}

    def use(self, thread):
        """Let parked goroutines be seen from THREAD."""
        self._thread = thread

    def lose(self, goroutine, why):
        """Its stack is not known."""
        self.notes[goroutine.id] = ['%s; the trace stops there' % why]

    def parked(self, goroutine):
        """A where.Walk of a parked goroutine."""
        newest = goroutine.segments[:1]
        if newest and not newest[0].low <= goroutine.sp < newest[0].end:
            return self._lost(goroutine, [], 'its saved sp, 0x%x, is not in '
                              'its newest segment' % goroutine.sp)
        self._thread.switch()
        with grafting(self._thread, caller_of(goroutine)):
            return self._walk(goroutine)

    def running(self, goroutine, thread):
        """The Place of one that runs on THREAD, and its sp in its segments.

        (None, None): the thread's stack does not lead into its segments.
        """
        thread.switch()
        with grafting(thread, None):
            sp = sp_of([goroutine])
            if sp is None:
                return None, None
            frame = first_of_program(self._code, gdb.newest_frame())
            return frame and target.frame_place(frame), sp

    def _walk(self, goroutine):
        words, frame = [], first_grafted()
        for _ in range(OWN_MAX):
            if frame is None:
                return self._lost(goroutine, words, 'its saved stack pointer '
                                  'leads nowhere')
            if self._code.kind(frame) in analyse.NOT_OWN:
                return where.Walk(words, target.frame_place(frame), True)
            caller = older(frame)
            if caller is None:
                return self._end(goroutine, words, frame)
            if caller.type() not in _WITHOUT_ADDRESS:
                words.append((register(caller, 'rsp') - 8, caller.pc()))
            frame = caller
        return self._lost(goroutine, words,
                          'too many frames of the runtime')

    def _end(self, goroutine, words, frame):
        if ends_at(frame):
            return where.Walk(words, None, True)
        reason = frame.unwind_stop_reason()
        return self._lost(goroutine, words,
                          gdb.frame_stop_reason_string(reason))

    def _lost(self, goroutine, words, why):
        self.lose(goroutine, why)
        return where.Walk(words, None, False)
