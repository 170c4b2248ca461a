# SPDX-License-Identifier: BSD-2-Clause
"""How gdb's own commands that let a goroutine go on cross its seams.

What it steps over, finishes and waits for ends where it would on one stack.
Much of that gdb does by itself: the code that changes stacks has lines, and
none begins where it is entered, so that "step" and "next" go on through it.
The rest is here: entries of "skip"; an unwinder that is asked while the target
runs; and what some commands do first (see selection.Hook).
"""

from types import SimpleNamespace

import gdb
import gdb.unwinder

from . import amid, analyse, selection, settings, target, unwind
from .model import Unreadable

# Of x86-64's instructions: call rel32, five bytes, ret, jmp rel8, jmp rel32.
CALL = 0xe8
RET = 0xc3
JUMPS = {0xeb: 1, 0xe9: 4}
KEPT = 'rbx rbp r12 r13 r14 r15'.split()

_WATCHPOINTS = (gdb.BP_WATCHPOINT, gdb.BP_HARDWARE_WATCHPOINT,
                gdb.BP_READ_WATCHPOINT, gdb.BP_ACCESS_WATCHPOINT)


def install():
    """Connect to gdb's events, define hooks and entries of "skip"."""
    gdb.unwinder.register_unwinder(None, _stubs, replace=True)
    gdb.unwinder.register_unwinder(None, _bridge, replace=True)
    gdb.events.cont.connect(lambda event: _run())
    gdb.events.stop.connect(_stopped)
    gdb.events.exited.connect(lambda event: _end_run())
    gdb.events.before_prompt.connect(_at_prompt)
    gdb.events.new_objfile.connect(lambda event: _stubs.forget())
    gdb.events.clear_objfiles.connect(lambda event: _stubs.forget())
    for command in (PrepareFinish, PrepareLeave, PrepareAdvance, PrepareUp,
                    PrepareDown):
        command()
    _skip()


def _skip():
    nouns = target.nouns()
    for which in ('-gfi %s -rfu ^%s$' % (nouns['step.over.files'],
                                         nouns['step.over.functions']),
                  '-gfi %s' % nouns['step.over.asm']):
        gdb.execute('skip ' + which, to_string=True)


class _Stubs(gdb.unwinder.Unwinder):
    """While the target runs, a function that asks for a segment in its stub
    is another frame than itself before.

    Else gdb takes the call for one of a function, steps over it, and by that
    over the body that goes on behind the call.

    And of the first frames of goroutines, at `end`, each is another: gdb has
    one id for all that nobody called.
    """

    def __init__(self):
        super().__init__('seam-stubs')
        self.running = False
        self.end = None
        # By inferior and pc: whether a stub's call returns there.
        self._known = {}

    def forget(self):
        """Of code that may be other code now."""
        self._known.clear()

    def __call__(self, pending):
        caller = self.running and pending.level()
        if not caller and self.end is None:
            return None
        pc = unwind.register(pending, 'rip')
        if pc == self.end:
            return self._called_by_itself(pending)
        if not caller:
            return None
        key = gdb.selected_inferior().num, pc
        if key not in self._known:
            self._known[key] = _behind_stub_call(pc)
        return self._unwound(pending, pc) if self._known[key] else None

    @staticmethod
    def _called_by_itself(pending):
        """gdb looks no further then."""
        info = pending.create_unwind_info(
            unwind.FrameId(unwind.register(pending, 'rsp'),
                           unwind.register(pending, 'rip')))
        for name in KEPT + ['rsp', 'rip']:
            info.add_saved_register(name, pending.read_register(name))
        return info

    @staticmethod
    def _unwound(pending, pc):
        sp = unwind.register(pending, 'rsp')
        info = pending.create_unwind_info(unwind.FrameId(sp + 8, pc))
        info.add_saved_register('rsp', target.word(sp + 8))
        info.add_saved_register('rip', target.word(target.word_at(sp)))
        for name in KEPT:
            info.add_saved_register(name, pending.read_register(name))
        return info


def _behind_stub_call(pc):
    """Whether PC is the ret behind a call of the code that grows stacks."""
    try:
        code = target.bytes_at(pc - 5, 6)
    except Unreadable:
        return False
    if code[0] != CALL or code[5] != RET:
        return False
    called = pc + int.from_bytes(code[1:5], 'little', signed=True)
    name = target.symbol_at(called) or ''
    return name.startswith(target.nouns()['seam.symbol'])


def grown(pc):
    """Where the body begins of the function whose stack grows in a call that
    returns to PC, or None: it is another call."""
    return _jumped(pc + 1) if _behind_stub_call(pc) else None


def _body(pc):
    """Where the body of the function begins that PC, which lies before, is
    in: its stub goes there when the stack has grown. None: it has no stub, or
    PC lies behind."""
    first, last = target.function_at(pc)
    for call in range(first, last - 5):
        if _behind_stub_call(call + 5):
            body = _jumped(call + 6)
            return body if pc < body else None
    return None


def _jumped(pc):
    """PC, or where a jump there goes to."""
    size = JUMPS.get(target.bytes_at(pc, 1)[0])
    if size is None:
        return pc
    distance = target.bytes_at(pc + 1, size)
    return pc + 1 + size + int.from_bytes(distance, 'little', signed=True)


class _Bridge(gdb.unwinder.Unwinder):
    """The caller of a thread's innermost frame, past a seam."""

    def __init__(self):
        super().__init__('seam-bridge')
        self._sp = None
        self._callers = {}

    def build(self, sp, caller):
        """Let the frame that stands at SP be called from CALLER."""
        self._callers = {name: caller.read_register(name)
                         for name in KEPT + ['rsp', 'rip']}
        self._sp = sp
        gdb.invalidate_cached_frames()

    def remove(self):
        """Is forgotten with the frames when the target runs. Tells whether it
        was there."""
        before, self._sp = self._sp, None
        return before is not None

    def __call__(self, pending):
        if self._sp is None or unwind.register(pending, 'rsp') != self._sp:
            return None
        info = pending.create_unwind_info(
            unwind.FrameId(int(self._callers['rsp']) & target.MASK))
        for name, value in self._callers.items():
            info.add_saved_register(name, value)
        return info


_stubs = _Stubs()
_bridge = _Bridge()

# Of the command that is being prepared, or runs: the thread; the level of the
# frame that was selected, until it runs; whether it is "until" or "advance",
# which wait for that frame to be left; its _Finish, or None; whether there was
# a prompt since.
_state = SimpleNamespace(thread=None, level=None, leaving=False, finish=None,
                         background=False)


def _begins():
    """Whether a command that is about to run a thread may meet goroutines:
    forgets what the last one prepared."""
    _forget(None)
    if (not target.can_run() or gdb.selected_thread() is None
            or not target.has_runtime()):
        return False
    _state.thread = gdb.selected_thread()
    _state.level = gdb.selected_frame().level()
    return True


def _at_prompt():
    """A command that failed has not run what it prepared; one in the
    background still does."""
    thread = _state.thread or gdb.selected_thread()
    if thread is not None and thread.is_valid() and thread.is_running():
        _state.background = True
    else:
        _forget(_state.level)


def _forget(level):
    """What was prepared. Then the frame of that LEVEL is selected, or, where
    it is None, the same as before."""
    _state.thread, _state.level, _state.leaving = None, None, False
    if _state.finish is not None:
        _state.finish.end()
    changed = _bridge.remove() or _stubs.end is not None
    _stubs.end = None
    if gdb.selected_thread() is None:
        return
    if changed:
        level = gdb.selected_frame().level() if level is None else level
        gdb.invalidate_cached_frames()
    if level is not None:
        selection.select_level(level)


def _run():
    _stubs.running = True
    _state.level = None
    _bridge.remove()


def _end_run():
    _stubs.running = _state.leaving = _state.background = False
    if _stubs.end is not None:
        _stubs.end = None
        gdb.invalidate_cached_frames()


def _stopped(event):
    """Go on to the caller if a seam is what was waited for: gdb takes it for
    the caller of a function that was to be left."""
    leaving = _state.leaving and type(event) is gdb.StopEvent
    background = _state.background
    _end_run()
    # Those that gdb has ended: it says so, but deletes them only later.
    watchpoints = [b for b in amid.hits(event)
                   if b.type in _WATCHPOINTS and b.temporary]
    if not leaving and not watchpoints:
        return
    if unwind.code().kind(gdb.newest_frame()) == analyse.SEAM:
        for watchpoint in watchpoints:
            watchpoint.delete()
        if background:      # gdb 13 would wait for it for ever
            gdb.post_event(lambda: gdb.execute('finish'))
        else:
            amid.execute('finish')


class PrepareFinish(selection.Hook):
    """Let "finish" find its goroutine on any thread, and pass over seams.
The command "finish" does this first.  By itself it waits for the thread
that is selected, but a parked goroutine goes on on any.  And where the
selected function needed a segment of its own, it would stop in the code
that gives that back, not in the caller."""

    name = 'maintenance prepare-goroutine-finish'
    hooks = ('hook-finish',)

    def run(self, argument, from_tty):
        if not _begins():
            return
        if selection.parked() is not None:
            _check_finish(gdb.selected_frame())
        _tell_ends_apart(gdb.selected_frame())
        frame = gdb.selected_frame()
        if _pass_seam(frame):
            return
        seam = unwind.older(frame)
        if seam is None:
            return      # gdb says so
        if unwind.code().kind(seam) == analyse.SEAM:
            _state.finish = _Finish(frame, seam)
            seam.select()
        elif selection.parked() is not None or settings.step_goroutine():
            _state.finish = _Finish(frame, frame)


class PrepareLeave(selection.Hook):
    """Let "until" stop in the caller where there is a seam.
The command "until" does this first.  Where the selected function needed a
segment of its own and returns before it comes to the place, it would stop in
the code that gives that back, not in the caller."""

    name = 'maintenance prepare-goroutine-leave'
    hooks = ('hook-until',)

    def run(self, argument, from_tty):
        if target.can_run():
            selection.end_for_step()
        if _begins() and not target.goes_backwards():
            _grow_first()
            _state.thread, _state.leaving = gdb.selected_thread(), True


class PrepareAdvance(selection.Hook):
    """Let "advance" stop in the caller where there is a seam.
The command "advance" does this first, as "until" does."""

    name = 'maintenance prepare-goroutine-advance'
    hooks = ('hook-advance',)

    def run(self, argument, from_tty):
        if target.can_run():
            selection.end_for_step()
        if _begins():
            _state.leaving = not _pass_seam(gdb.selected_frame())


class PrepareUp(selection.Hook):
    """Let "up" pass a seam that is next.
The command "up" does this first."""

    name = 'maintenance prepare-goroutine-up'
    hooks = ('hook-up',)

    def run(self, argument, from_tty):
        _select_seam(unwind.older)


class PrepareDown(selection.Hook):
    """Let "down" pass a seam that is next.
The command "down" does this first."""

    name = 'maintenance prepare-goroutine-down'
    hooks = ('hook-down',)

    def run(self, argument, from_tty):
        _select_seam(gdb.Frame.newer)


def _select_seam(neighbour):
    """Select the NEIGHBOUR of the selected frame if it is a seam."""
    if gdb.selected_thread() is None:
        return
    frame = neighbour(gdb.selected_frame())
    if frame is not None and unwind.code().kind(frame) == analyse.SEAM:
        frame.select()


def _grow_first():
    """Let a thread that is about to enter a function's body come there.

    "until" looks for the frame that is selected: the body may have another.
    By itself it goes on to the next line, so it gets no line further.
    """
    pc = gdb.newest_frame().pc()
    body = _body(pc)
    if body is None or gdb.find_pc_line(body).pc == body:
        return
    there = gdb.Breakpoint('*%d' % body, internal=True)
    there.silent, there.thread = True, gdb.selected_thread().global_num
    amid.reach([there])


def _pass_seam(frame):
    """Let gdb see no seam behind FRAME, if that is a thread's innermost.

    The frame that needed the segment would then seem to lie below its
    caller's, so it gets an id as if it stood on the caller's segment.
    """
    if (selection.parked() is not None or frame.type() == gdb.INLINE_FRAME
            or frame.level() + 1 != unwind.own_frames()):
        return False
    seam = unwind.older(frame)
    if seam is None or unwind.code().kind(seam) != analyse.SEAM:
        return False
    level = frame.level()
    _bridge.build(unwind.register(frame, 'rsp'), unwind.caller(seam))
    selection.select_level(level)
    return True


def _tell_ends_apart(frame):
    """Let gdb wait for the end of FRAME's goroutine, if FRAME is that of its
    own function, and not for that of any."""
    code, caller = unwind.code(), unwind.older(frame)
    if caller is not None and code.kind(caller) == analyse.SEAM:
        caller = unwind.older(caller)
    if (caller is None or code.kind(caller) != analyse.OWN
            or not unwind.ends_at(caller)):
        return
    _stubs.end = caller.pc()
    level = frame.level()
    gdb.invalidate_cached_frames()
    selection.select_level(level)


def _check_finish(frame):
    """gdb leaves an inlined function by stepping the thread, and the thread's
    own frame by waiting for it: neither is the parked goroutine's."""
    if frame.level() < unwind.own_frames():
        selection.end()
    elif frame.type() == gdb.INLINE_FRAME:
        raise gdb.GdbError(
            'Goroutine %d is parked and cannot be stepped out of an inlined '
            'function: finish frame %d.' % (selection.parked(), _real_level(frame)))


def _real_level(frame):
    while frame.type() == gdb.INLINE_FRAME:
        frame = frame.older()
    return frame.level()


class _Finish:
    """One "finish": stops also on other threads, and tells the value.

    VALUED is the frame whose function's value is wanted, LEFT the frame
    that is returned from: the same, or the seam above it.
    """

    def __init__(self, valued, left):
        self._thread = gdb.selected_thread()
        self._caller = unwind.stand(unwind.caller(left))
        self._value = None
        self._elsewhere = False     # it has stopped on another thread
        self._breakpoints = [_Return(left, self._stop)]
        if left != valued:
            self._breakpoints.append(_Return(valued, self._passing))
        if selection.parked() is not None or settings.step_goroutine():
            for breakpoint_ in self._breakpoints:
                breakpoint_.thread = None
        gdb.events.stop.connect(self._stopped)
        gdb.events.exited.connect(self.end)

    def end(self, event=None):
        """The program has stopped, or is gone, or was not let go."""
        _state.finish = None
        gdb.events.stop.disconnect(self._stopped)
        gdb.events.exited.disconnect(self.end)
        for breakpoint_ in self._breakpoints:
            if breakpoint_.is_valid():
                breakpoint_.delete()

    def _passing(self, value):
        self._value = value
        return False

    def _stop(self, value):
        if value is not None:
            self._value = value
        self._elsewhere = gdb.selected_thread() != self._thread
        return self._elsewhere

    def _stopped(self, event):
        if _state.finish is not self:   # another handler has ended it
            return
        self.end()
        told = len(self._breakpoints) == 1 and not self._elsewhere
        left = unwind.stand(gdb.newest_frame()) == self._caller
        if self._elsewhere:
            amid.tell(event)
        if left and self._value is not None and not told:
            gdb.write('Value returned is $%d = %s\n'
                      % (gdb.add_history(self._value), self._value))


class _Return(gdb.FinishBreakpoint):
    """Calls HIT with the value (None: unknown) when FRAME returns."""

    def __init__(self, frame, hit):
        super().__init__(frame, internal=True)
        self.silent = True
        self._hit = hit

    def stop(self):
        return self._hit(self.return_value)
