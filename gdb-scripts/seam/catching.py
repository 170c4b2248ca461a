# SPDX-License-Identifier: BSD-2-Clause
"""catch goroutine: what goroutines do stops the program.

gdb has no way for a script to define a kind of catchpoint. So these are
breakpoints in the runtime, with a condition that says what they catch, and
what gdb would tell of them is told here.
"""

import re

import gdb

from . import amid, here, render, selection, target, unwind
from .command import Command, Prefix

# The registers of the first argument and of the third.
_FIRST, _THIRD = 'rdi', 'rdx'

_caught = {}    # by number of the breakpoint: _Caught
_orphans = []   # the others of those that are deleted
_dead = {}      # by inferior and pid: the thread whose deadlock was told


class _Caught:
    """One catchpoint: what it is called, the condition that says so, and its
    breakpoint at the other place where the same is done, or None."""

    def __init__(self, words, condition):
        self.words = words
        self.condition = condition
        self.other = None


def does(what, reason=''):
    """Whether the thread stands where a goroutine does WHAT, for REASON."""
    if 'catch.' + what not in target.nouns():
        raise gdb.GdbError('Undefined catch goroutine command: "%s".' % what)
    if what == 'deadlock':
        told = _dead.get(_process())
        return (told is None or not told.is_valid()
                or told == gdb.selected_thread())
    goroutine = here.running()
    if goroutine is None or what != 'block':
        return goroutine is not None
    return (_leaves_to_wait()
            and here.reader().wait(goroutine)[0].startswith(reason))


def _process():
    inferior = gdb.selected_inferior()
    return inferior.num, inferior.pid


def _leaves_to_wait():
    frame = gdb.newest_frame()
    if frame.pc() == _address('catch.block'):
        state = unwind.register(frame, _THIRD) & 0xffffffff
        return state == target.runtime_layout().states.waiting
    return (frame.pc() == _address('catch.block.call')
            and unwind.register(frame, _FIRST) == _address('catch.block.wait'))


def _address(noun):
    return _place(noun)[0]


def _place(noun):
    """The address that NOUN names in the runtime, and the expression for it.
    """
    name = target.nouns()[noun]
    place = target.own_place(name)
    if place is None:
        raise gdb.GdbError('The symbols of %s have no %s: is it stripped?'
                           % (target.nouns()['runtime'], name))
    return place


def _breakpoint(noun, temporary):
    """A new breakpoint of gdb's there, of which it says nothing yet."""
    gdb.execute('%s %s' % ('tbreak' if temporary else 'break', _spec(noun)),
                to_string=True)
    number = int(gdb.convenience_variable('bpnum'))
    return next(b for b in gdb.breakpoints() if b.number == number)


def _spec(noun):
    return '*' + _place(noun)[1]


def _catch(what, reason, condition, temporary):
    """One new catchpoint; CONDITION is the user's or None."""
    target.runtime_layout()
    words = ('goroutine %s %s' % (what, reason)).strip()
    arguments = ', '.join('"%s"' % word for word in (what, reason) if word)
    caught = _Caught(words, '$_goroutine_does (%s)' % arguments)
    main = _breakpoint('catch.' + what, temporary)
    _caught[main.number] = caught
    main.silent = True
    try:
        main.condition = condition
    except gdb.error:
        main.delete()
        raise
    if what == 'block':
        caught.other = gdb.Breakpoint(_spec('catch.block.call'), internal=True)
        caught.other.silent = True
    _modified(main)
    print('%s %d (%s)' % (_kind(main), main.number, words))


def _kind(breakpoint_):
    return 'Temporary catchpoint' if breakpoint_.temporary else 'Catchpoint'


def _modified(breakpoint_):
    """The user may set another condition, and commands: it still catches what
    it caught, in both places."""
    caught = _caught.get(breakpoint_.number)
    if caught is None:
        _modified_other(breakpoint_)
        return
    condition = breakpoint_.condition
    if not condition:
        breakpoint_.condition = caught.condition
    elif caught.condition not in condition:
        breakpoint_.condition = '%s && (%s)' % (caught.condition, condition)
    if caught.other is not None:
        _equal(breakpoint_, caught.other)


def _modified_other(breakpoint_):
    """gdb has counted what was to be ignored."""
    main = _main_of(breakpoint_)
    if main is not None and main.ignore_count > breakpoint_.ignore_count:
        main.ignore_count = breakpoint_.ignore_count


def _equal(changed, other):
    """Where nothing has changed gdb may be amid its own change of both."""
    for name in 'enabled', 'condition', 'commands', 'ignore_count':
        value = getattr(changed, name)
        if getattr(other, name) != value:
            setattr(other, name, '' if value is None else value)


def _main_of(breakpoint_):
    """The catchpoint whose breakpoint, or other breakpoint, this is."""
    for number, caught in _caught.items():
        if breakpoint_.number == number:
            return breakpoint_
        if breakpoint_ == caught.other:
            return next(b for b in gdb.breakpoints() if b.number == number)
    return None


def _deleted(breakpoint_):
    """gdb goes through its list meanwhile: nothing else is deleted now."""
    caught = _caught.pop(breakpoint_.number, None)
    if caught is not None and caught.other is not None:
        caught.other.enabled = False
        _orphans.append(caught.other)


def _reap():
    while _orphans:
        _orphans.pop().delete()


def _stopped(event):
    _reap()
    for hit in amid.hits(event):
        main = _main_of(hit)
        if main is None:
            continue
        _tell(main)
        if main.temporary and main != hit:
            main.delete()


def _tell(breakpoint_):
    words = _caught[breakpoint_.number].words
    what = words.split()[1]
    silent = amid.is_silent(breakpoint_)
    if not silent:
        gdb.write('\n%s %d (%s)\n'
                  % (_kind(breakpoint_), breakpoint_.number, _told(what)))
    if what == 'deadlock':
        _dead[_process()] = gdb.selected_thread()
    else:
        selection.select_frame(unwind.code())
    if not silent:
        amid.execute('frame')


def _told(what):
    if what == 'deadlock':
        return render.DEADLOCK
    goroutine = here.running()
    title = render.title(goroutine.id, goroutine.name)
    if what == 'start':
        return render.starts(title, target.place(goroutine.entry))
    if what == 'block':
        return render.blocks(title, *here.reader().wait(goroutine))
    if what == 'growth':
        return render.grows(title, goroutine.bytes)
    return render.ends(title)


class _Catch(Command):
    """A subclass has WHAT, and the help text of "catch"."""

    def __init__(self, temporary):
        self._temporary = temporary
        prefix = 'tcatch' if temporary else 'catch'
        if temporary:
            self.__doc__ = _TEMPORARILY % (self.__doc__.split('\n', 1)[0],
                                           self.what)
        super().__init__('%s goroutine %s' % (prefix, self.what),
                         gdb.COMMAND_BREAKPOINTS)

    def run(self, argument, from_tty):
        before, if_, condition = re.match(
            r'(.*?)\s*(?:\b(if)\b\s*(.*))?$', argument.strip()).groups()
        if if_ and not condition:
            raise gdb.GdbError('Argument required (a condition).')
        _catch(self.what, self.reason(before), condition, self._temporary)

    def reason(self, text):
        """What stands before the condition."""
        if text:
            raise gdb.GdbError('Junk at end of arguments.')
        return ''


_TEMPORARILY = """%s
The catchpoint is deleted when it is hit: help catch goroutine %s."""


class _Start(_Catch):
    """Catch the start of a goroutine.
Usage: catch goroutine start [if CONDITION]

The program stops in the new goroutine, before its function: "step" leads
there."""

    what = 'start'


class _Exit(_Catch):
    """Catch the end of a goroutine.
Usage: catch goroutine exit [if CONDITION]

The program stops where its function has returned, or called for the end."""

    what = 'exit'


class _Block(_Catch):
    """Catch a goroutine that begins to wait.
Usage: catch goroutine block [REASON] [if CONDITION]

REASON is what it waits for, as "info goroutines" has it, such as "chan send";
or the beginning of that, such as "chan"."""

    what = 'block'

    def words(self, text, word):
        begun = text[:len(text) - len(word)].lstrip()
        return [reason[len(begun):].split()[0] for reason in _reasons(text)
                if reason != text.strip()]

    def reason(self, text):
        if text and not _reasons(text):
            raise gdb.GdbError('Undefined reason to wait: "%s".  It is one '
                               'of: %s.' % (text, ', '.join(_reasons(''))))
        return text


def _reasons(begun):
    """What goroutines may wait for, as far as it begins like that."""
    return sorted(reason for noun, reason in target.nouns().items()
                  if noun.startswith('wait.')
                  and reason.startswith(begun.lstrip()))


class _Deadlock(_Catch):
    """Catch a deadlock.
Usage: catch goroutine deadlock [if CONDITION]

All goroutines wait, and nobody is left to wake them.
The program stops before it tells so and ends: "info waits" shows who waits
for whom."""

    what = 'deadlock'


class _Growth(_Catch):
    """Catch a goroutine that needs more room for its stack.
Usage: catch goroutine growth [if CONDITION]

The program stops before a segment is added, in the function that needs it.
A segment that is still there from the last time is entered silently."""

    what = 'growth'


class _Goroutine(Prefix):
    """Set catchpoints for what goroutines do."""


def install():
    """Make the commands known to gdb and connect to its events, once a
    session."""
    for temporary, name in enumerate(('catch', 'tcatch')):
        _Goroutine(name + ' goroutine', gdb.COMMAND_BREAKPOINTS)
        for command in _Start, _Exit, _Block, _Deadlock, _Growth:
            command(bool(temporary))
    gdb.events.stop.connect(_stopped)
    gdb.events.breakpoint_modified.connect(_modified)
    gdb.events.breakpoint_deleted.connect(_deleted)
    gdb.events.before_prompt.connect(_reap)
