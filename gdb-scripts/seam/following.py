# SPDX-License-Identifier: BSD-2-Clause
"""A step follows its goroutine to another thread.

gdb steps a thread: where the goroutine waits in what it calls, others take the
thread over, and gdb waits until the frame that it steps in is there again. The
goroutine may go on on another thread, and gdb would wait for ever. So, while
it steps, there are breakpoints where the calls of the line return to, for
other threads that come to the same frame. What "step" enters needs none: it
ends there.
"""

import re
from collections import namedtuple

import gdb

from . import (amid, analyse, here, selection, settings, stepping, target,
               unwind)
from .model import Unreadable


class _Return(gdb.Breakpoint):
    """Where a call of the line returns to, for threads but the one that is
    stepped."""

    def __init__(self, addr, step):
        super().__init__('*%d' % addr, internal=True)
        self.silent = True
        self._step = step

    def stop(self):
        return self._step.is_here()


class _Step:
    """One COMMAND, which steps FRAME, the newest, by lines, over calls that
    return to RETURNS."""

    def __init__(self, command, frame, returns):
        self._command = command
        self._thread = gdb.selected_thread()
        self._caller = unwind.stand(unwind.older(frame))
        self._line = frame.find_sal().line
        self._found = False
        self._returns = [_Return(addr, self) for addr in returns]
        gdb.events.stop.connect(self._stopped)
        gdb.events.exited.connect(self._end)
        gdb.events.before_prompt.connect(self._at_prompt)

    def is_here(self):
        """Whether another thread stands in the frame."""
        if gdb.selected_thread() == self._thread:
            return False
        caller = unwind.older(gdb.newest_frame())
        self._found = caller and unwind.stand(caller) == self._caller
        return self._found

    def _stopped(self, event):
        hits = amid.hits(event)
        ends = any(hit not in self._returns for hit in hits)
        self._end()
        if hits and self._found and not ends:
            amid.execute('frame' if self._is_there() else self._command)

    def _is_there(self):
        """Whether another line begins where the call returned to."""
        frame = gdb.newest_frame()
        sal = frame.find_sal()
        return sal.pc == frame.pc() and sal.line != self._line

    def _at_prompt(self):
        """The command has failed, or goes on in the background."""
        if not (self._thread.is_valid() and self._thread.is_running()):
            self._end()

    def _end(self, event=None):
        """The command has ended, or failed."""
        gdb.events.stop.disconnect(self._stopped)
        gdb.events.exited.disconnect(self._end)
        gdb.events.before_prompt.disconnect(self._at_prompt)
        for breakpoint_ in self._returns:
            if breakpoint_.is_valid():
                breakpoint_.delete()


class Back(gdb.Breakpoint):
    """Stops at ADDR where a goroutine's rsp is SP, on any thread."""

    def __init__(self, addr, sp):
        self._sp = sp
        super().__init__('*%d' % addr, internal=True)
        self.silent = True

    def stop(self):
        """Others come to the same place, on their own stacks."""
        return unwind.register(gdb.newest_frame(), 'rsp') == self._sp


class _Grown(gdb.Breakpoint):
    """Stops at ADDR, where the body of a function begins, in a goroutine."""

    def __init__(self, addr, goroutine):
        self._id = goroutine.id
        super().__init__('*%d' % addr, internal=True)
        self.silent = True

    def stop(self):
        """Others enter the same function."""
        goroutine = here.running()
        return goroutine is not None and goroutine.id == self._id


def _leave_runtime():
    """Let the goroutine come to the end of the function of the runtime that
    the selected frame has called, if it is amid that, as where a catchpoint
    has stopped: else who runs next on the thread would be stepped. Where its
    stack grows that is the beginning of the function's body."""
    code, frame = unwind.code(), gdb.selected_frame()
    called = frame.newer()
    if called is None or code.kind(frame) != analyse.USER:
        return
    body = stepping.grown(frame.pc())
    if body is None and code.kind(called) != analyse.OWN:
        return
    if body is not None:
        amid.reach([_Grown(body, here.running())])
    else:
        amid.reach(_behind(frame, called))


def _behind(frame, called):
    """Where CALLED, which FRAME has called, ends or has ended."""
    sp = unwind.register(frame, 'rsp')
    for addr in _ends(called):
        yield Back(addr, sp - 8)
    yield Back(frame.pc(), sp)


def _ends(frame):
    """The addresses of the instructions by which FRAME's function returns."""
    first, last = target.function_at(frame.pc())
    code = frame.architecture().disassemble(first, last - 1)
    return [i['addr'] for i in code if i['asm'].startswith('ret')]


# Where a call of a line returns to; whether "step" ends in what it calls, as
# far as gdb's own entries of "skip" say.
_Call = namedtuple('_Call', 'returns entered')

# By _key(), until gdb has other files: [_Call]. And (command, *_key()) where no
# call is to be followed, until there are more entries of "skip", too.
_calls_at, _idle = {}, set()


def _calls(frame):
    """Those of the line of FRAME."""
    key = _key(frame)
    if key not in _calls_at:
        _calls_at[key] = list(_find_calls(frame))
    return _calls_at[key]


def _key(frame):
    """The line, too: where an inlined function begins, its caller has the
    same pc."""
    return gdb.selected_inferior().num, frame.pc(), frame.find_sal().line


def _find_calls(frame):
    sal = frame.find_sal()
    if sal.symtab is None:
        return
    architecture = frame.architecture()
    for first, last in _ranges(frame, sal):
        for i in architecture.disassemble(first, last):
            if i['asm'].startswith('call'):
                called = _called(i['asm'])
                if not _grows(called):
                    yield _Call(i['addr'] + i['length'], _is_entered(called))


def _called(call):
    """The address that the instruction CALL names, or None."""
    found = re.match(r'call\w*\s+0x([0-9a-f]+)', call)
    return found and int(found.group(1), 16)


def _grows(called):
    """Whether CALLED gives the function another segment, and nobody waits."""
    return called is not None and (target.symbol_at(called) or '').startswith(
        target.nouns()['seam.symbol'])


def _is_entered(called):
    """Whether "step" ends in the function CALLED: one with lines that is not
    the runtime's, which is skipped."""
    if called is None:
        return False
    first, last = target.own_code()
    return gdb.find_pc_line(called).line > 0 and not first <= called < last


def _has_others_skips():
    """Whether there are entries of "skip" besides the script's."""
    nouns = target.nouns()
    ours = nouns['step.over.files'], nouns['step.over.asm']
    entries = gdb.execute('info skip', to_string=True).splitlines()[1:]
    return not all(any(files in entry for files in ours) for entry in entries)


class ForgetSkips(selection.Hook):
    """Forget which steps there are with nothing to follow.
The commands "skip", "skip file" and "skip function" do this last."""

    name = 'maintenance forget-goroutine-skips'
    hooks = 'hookpost-skip', 'skip hookpost-file', 'skip hookpost-function'

    def run(self, argument, from_tty):
        _idle.clear()


def _ranges(frame, sal):
    """[(first, last)] of the code of the line in FRAME's function."""
    first, end = target.function_at(frame.pc())
    rows = sal.symtab.linetable().line(sal.line) or ()
    for pc in {row.pc for row in rows}:
        if first <= pc < end:
            yield pc, _last(pc, end, sal.line)


def _last(pc, end, line):
    """Where the code of LINE ends that PC is in; it may have several rows."""
    last = pc
    while pc < end and gdb.find_pc_line(pc).line == line:
        last = gdb.find_pc_line(pc).last
        pc = last + 1
    return last


def _may_move():
    """Whether there are other threads for the goroutine to go on on."""
    return len(gdb.selected_inferior().threads()) > 1


class _Follow(selection.Hook):
    """Let a step of a goroutine follow it to another thread.
The commands "step" and "next" do this first, where "set seam step-goroutine"
is on."""

    def run(self, argument, from_tty):
        if selection.parked() is None and self._is_idle():
            return
        if not target.can_run():
            return
        selection.end_for_step()
        if (not settings.step_goroutine() or gdb.selected_thread() is None
                or not target.has_runtime() or target.goes_backwards()):
            return
        if gdb.selected_frame().level() > 0 and self._is_goroutine():
            _leave_runtime()
        frame = gdb.newest_frame()
        returns = self._waits(frame)
        if not returns:
            _idle.add((self.command, *_key(frame)))
        elif _may_move() and unwind.older(frame) is not None:
            _Step(self.command, frame, returns)

    def _is_idle(self):
        """Whether such a step is known to have nothing to follow: most are,
        and this is all that the script does before them."""
        try:
            frame = gdb.selected_frame()
            return ((self.command, *_key(frame)) in _idle
                    and frame.level() == 0)
        except gdb.error:
            return False

    @staticmethod
    def _is_goroutine():
        """Whether the thread runs one, as far as can be told."""
        try:
            return here.running() is not None
        except (gdb.error, Unreadable):     # a stripped runtime: gdb steps
            return False

    def _waits(self, frame):
        """Where calls return to in which gdb may wait for FRAME."""
        return [call.returns for call in _calls(frame)]


class FollowStep(_Follow):
    """Let "step" follow its goroutine to another thread.
The command "step" does this first: set seam step-goroutine."""

    command = 'step'
    name = 'maintenance prepare-goroutine-step'
    hooks = ('hook-step',)

    def _waits(self, frame):
        found = _calls(frame)
        if any(call.entered for call in found) and not _has_others_skips():
            found = [call for call in found if not call.entered]
        return [call.returns for call in found]


class FollowNext(_Follow):
    """Let "next" follow its goroutine to another thread.
The command "next" does this first: set seam step-goroutine."""

    command = 'next'
    name = 'maintenance prepare-goroutine-next'
    hooks = ('hook-next',)


def _forget():
    _calls_at.clear()
    _idle.clear()


def install():
    """Define the hooks, connect to gdb's events, once a session."""
    for event in gdb.events.new_objfile, gdb.events.clear_objfiles:
        event.connect(lambda event: _forget())
    for command in FollowStep, FollowNext, ForgetSkips:
        command()
