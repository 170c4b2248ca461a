# SPDX-License-Identifier: BSD-2-Clause
"""The commands: info goroutines, info segments, goroutine, goroutine apply,
goroutine find, gaas."""

import re

import gdb

from . import (analyse, applying, asking, backtraces, completing, filter, here,
               naming, render, selection, settings, stacks, stop, target)
from .command import Command, complete_command
from .view import View, check_stopped, complete_ids, parse_filter, parse_ids

_told = []      # the remark on frame numbers, which is made once a session


class InfoGoroutines(Command):
    """Display the goroutines of the program.
Usage: info goroutines [-group [-by KEY]] [ID]... [FILTER]

With -group, those whose stacks read the same are shown together, the largest
group first, or, with -by, those of the same top, function, creator, state,
reason, name or thread.  The inspector answers that, where it is there: help
set seam inspector.

If ID is given, it is a space-separated list of IDs or ranges of IDs, such
as "1 3-7", of the goroutines to display.  Otherwise, all are displayed.
If FILTER is given, only goroutines that fit it, as for the inspector:
  state == waiting && waited > 5s && in("parse_*")
The selected goroutine is marked with an asterisk.

SINCE is how long a goroutine has waited: in a core, or on another machine, up
to when the program last read its clock.  WHERE is the innermost function that
is not the runtime's own, nor the C library's that was called there: "goroutine"
selects that.  SEGS and BYTES are the segments of its stack."""

    def __init__(self):
        super().__init__('info goroutines', gdb.COMMAND_STATUS)

    def words(self, text, word):
        return completing.grouped(text, word)

    def run(self, argument, from_tty):
        words, rest = _split_group(argument)
        if (words is not None and asking.is_there()
                and not naming.any_given()):
            asking.ask('"info goroutines -group"', 'groups', *words,
                       *asking.frames(), *_split_wanted(rest))
            return
        if words is None and _told_by_inspector(rest):
            return
        with stop.uncollected():
            self._tell(rest, words)

    def _tell(self, rest, words):
        view = View()
        chosen, absent = view.choose(rest)
        if chosen and words is not None:
            key = words[0].partition('=')[2] if words \
                else completing.KEYS[0]
            gdb.write(stacks.grouped(view, chosen, key,
                                     settings.frame_limit()))
        elif chosen:
            gdb.write(render.first_rows(view.table(chosen),
                                        settings.goroutine_limit()))
        view.write_notes(chosen)
        view.refuse(absent)
        if not chosen:
            _tell_none(view)


class InfoSegments(Command):
    """Display the segments of goroutines' stacks.
Usage: info segments [ID]... [FILTER]

If ID is given, it is a space-separated list of IDs or ranges of IDs of the
goroutines to display.  Otherwise, all are displayed.
If FILTER is given, only goroutines that fit it: help info goroutines.

The newest segment comes first.  For each its number, addresses, size, how
much of it is used, and the function that needed it."""

    def __init__(self):
        super().__init__('info segments', gdb.COMMAND_STATUS)

    def words(self, text, word):
        return completing.wanted(text, word)

    def run(self, argument, from_tty):
        view = View()
        chosen, absent = view.choose(argument)
        with selection.kept():
            texts = [view.segments(g) for g in chosen]
        gdb.write('\n'.join(texts))
        view.write_notes(chosen)
        view.refuse(absent)


class GoroutineCommand(Command):
    """Use this command to switch between goroutines.
Usage: goroutine [ID [COMMAND]]

With no argument, tell which goroutine is selected.
With ID, select that goroutine: then backtrace, up, down, frame, info locals,
print and so on act on its stack.  With COMMAND as well, run COMMAND on that
goroutine and return to the one selected before.

A goroutine that runs is selected together with its thread.  One that does
not run has frames from 1 or more on; frame 0 stays the thread's own.  The
backtrace begins a few numbers later, with the function that it called, and
"down" leads to those in between.  It is no longer selected when the program
goes on or the command "thread" or "inferior" is used."""

    def __init__(self):
        super().__init__('goroutine', gdb.COMMAND_STACK, prefix=True)

    def words(self, text, word):
        command = re.match(r'\s*[0-9]+\s+(.*)', text)
        if command:
            return complete_command(command.group(1), word)
        return complete_ids(word)

    def run(self, argument, from_tty):
        word, command = (argument.split(None, 1) + ['', ''])[:2]
        view = View()
        if not word:
            _tell_current(view)
            return
        goroutine = view.find(word)
        if command.strip():
            with selection.kept():
                view.select(goroutine)
                gdb.execute(command, from_tty)
            return
        view.select(goroutine)
        print('[Switching to %s]' % view.title(goroutine))
        gdb.execute('frame')
        view.write_notes([goroutine])
        if selection.parked() is not None:
            _remark_numbers()


class GoroutineApply(Command):
    """Apply a command to a list of goroutines.
Usage: goroutine apply ID... [OPTION]... COMMAND
       goroutine apply all [OPTION]... COMMAND
       goroutine apply [ID]... FILTER [OPTION]... COMMAND

ID is a space-separated list of IDs or ranges of IDs, such as "1 3-7".
FILTER says which are wanted: help info goroutines.  COMMAND is what comes
behind it, as in
  goroutine apply state == waiting && in("parse_*") bt 3

Options:
  -q
    Disables printing the goroutine information.

  -c
    Print any error raised by COMMAND and continue.

  -s
    Silently ignore any errors or empty output produced by COMMAND.

The flags -q, -c and -s can be combined, but -c and -s cannot.

Where COMMAND lets the program run, what is told of the next goroutine is how
it stands then."""

    def __init__(self):
        super().__init__('goroutine apply', gdb.COMMAND_STACK)

    def words(self, text, word):
        return completing.applied(text, word)

    def run(self, argument, from_tty):
        ids, wanted, rest = _split_chosen(argument)
        flags, command = _split_options(rest)
        view = View()
        chosen, absent = view.choose(ids)
        if wanted is not None:
            chosen = view.keep(wanted, chosen)
        with selection.kept():
            told = applying.begin(command, chosen)
            for goroutine in chosen:
                view = view.renewed()
                if view is None:
                    raise gdb.GdbError('The program is gone: goroutine apply '
                                       'ends before goroutine %d.'
                                       % goroutine.id)
                _apply(view, goroutine.id, flags, command, told)
        view.warn(absent)


class ApplyAllSilently(Command):
    """Apply a command to all goroutines, silently skipping those it fails on.
Usage: gaas COMMAND
Shortcut for "goroutine apply all -s COMMAND"."""

    def __init__(self):
        super().__init__('gaas', gdb.COMMAND_STACK)

    def words(self, text, word):
        return complete_command(text, word)

    def run(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError("Please specify a command at the end of 'gaas'")
        gdb.execute('goroutine apply all -s ' + argument)


class GoroutineFind(Command):
    """Find goroutines that match a regular expression.
Usage: goroutine find REGEXP

The goroutines whose name, wait reason, or WHERE, as "info goroutines" shows it,
contains a match of REGEXP are listed, one line each match."""

    def __init__(self):
        super().__init__('goroutine find', gdb.COMMAND_STACK)

    def run(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError('Command requires an argument.')
        wanted, view = _pattern(argument), View()
        with selection.kept():
            found = [line for goroutine in view.snapshot.goroutines
                     for line in view.matching(goroutine, wanted)]
        for line in found:
            print(line)
        if not found:
            print("No goroutines match '%s'" % argument)


class GoroutineName(Command):
    """Set the selected goroutine's name.
Usage: goroutine name [NAME]

If NAME is not given, it has the name again that the program gave to it.
gdb keeps the name; the program is not changed."""

    def __init__(self):
        super().__init__('goroutine name', gdb.COMMAND_STACK)

    def run(self, argument, from_tty):
        goroutine = View().current()
        if goroutine is None:
            raise gdb.GdbError('No goroutine selected')
        naming.give(goroutine, argument.strip())
        stop.forget()


def _split_group(argument):
    """(the inspector's options or None, rest) of info goroutines' arguments.
    """
    words = argument.split(None, 1)
    if not words or not words[0].startswith('-'):
        return None, argument
    if not '-group'.startswith(words[0]) or words[0] == '-':
        raise gdb.GdbError('Unrecognized option at: %s' % argument)
    rest = words[1] if words[1:] else ''
    by = re.match(r'-by(?:\s+(\S+))?\s*', rest)
    if by is None:
        return [], rest
    if by.group(1) not in completing.KEYS:
        raise gdb.GdbError('-by requires one of: %s' % ', '.join(completing.KEYS))
    return ['--by=' + by.group(1)], rest[by.end():]


# From so many goroutines on, the inspector is faster although it has to begin.
MANY = 5000


def _told_by_inspector(rest):
    """Print the table of all goroutines, or those that fit the filter REST,
    as the inspector has it; or return False."""
    ids, text = filter.split_ids(rest)
    if ids or naming.any_given() or not asking.is_there():
        return False
    check_stopped()
    selection.check()
    if stop.few(MANY):
        return False
    current = selection.parked()
    if current is None:
        running = here.running()
        current = running and running.id
    return asking.table(_split_wanted(text), current)


def _split_wanted(rest):
    """IDs and a filter as the inspector's words."""
    ids, text = filter.split_ids(rest)
    ranges = ['%d-%d' % range_ for range_ in parse_ids(ids)]
    if text:
        parse_filter(text)
    return [*ranges, *([text] if text else [])]


def _pattern(text):
    try:
        return analyse.pattern(text)
    except ValueError as error:
        raise gdb.GdbError(str(error)) from None


def _tell_none(view):
    if view.snapshot.notes:
        raise gdb.GdbError('Cannot read the list of goroutines.')
    print('No goroutines.')


def _tell_current(view):
    goroutine = view.current()
    if goroutine is None:
        print('No goroutine selected: the thread runs none.')
        return
    print('[Current goroutine is %s]'
          % view.title(goroutine).partition(' ')[2])


def _remark_numbers():
    first = None if _told else backtraces.first_shown()
    if first is None:
        return
    _told.append(first)
    print("(Frame 0 is the thread's own; bt shows frame %d of this goroutine "
          'first.)' % first)


def _split_chosen(argument):
    """(ids, filter or None, rest) of the arguments of goroutine apply."""
    if argument.split()[:1] == ['all']:
        return '', None, argument.split('all', 1)[1]
    ids, rest = filter.split_ids(argument)
    if rest and not ids or filter.begins(rest):
        try:
            return (ids, *filter.parse_before(
                rest, target.runtime_layout().words()))
        except filter.Mistake as mistake:
            raise gdb.GdbError(mistake.pointed()) from None
    if not ids:
        raise gdb.GdbError('Please specify a goroutine ID list')
    return ids, None, rest


def _split_options(rest):
    """(flags, command) of what follows the goroutines."""
    words = rest.split()
    flags = set()
    while words and re.match(r'-[qcs]+$', words[0]):
        flags.update(words.pop(0)[1:])
        rest = rest.split(None, 1)[1] if words else ''
    if not rest.strip():
        raise gdb.GdbError("Please specify a command at the end of "
                           "'goroutine apply'")
    if {'c', 's'} <= flags:
        raise gdb.GdbError('goroutine apply: -c and -s are mutually '
                           'exclusive')
    return flags, rest.strip()


def _apply(view, id_, flags, command, told):
    """TOLD: the applying.Backtraces of COMMAND, or None."""
    goroutine = view.snapshot.by_id.get(id_)
    if goroutine is None:
        print('\nGoroutine %d has ended.' % id_)
        return
    header = '' if 'q' in flags else '\n' + view.heading(goroutine)
    text = told and told.text(goroutine, lambda: view.select(goroutine))
    if text is not None:
        gdb.write(header + text)
        return
    try:
        view.select(goroutine)
    except gdb.GdbError as error:
        if 's' not in flags:
            gdb.write('%s%s\n' % (header, error))
        return
    if 's' in flags:
        _apply_silently(header, command)
        return
    gdb.write(header)
    gdb.flush()
    try:
        gdb.execute(command, False)
    except gdb.error as error:
        if 'c' not in flags:
            raise gdb.GdbError(str(error)) from None
        gdb.write('%s\n' % error)


def _apply_silently(header, command):
    try:
        output = _output(command)
    except (gdb.error, UnicodeError):
        return
    if output:
        gdb.write(header + output)


# Commands that select a frame: gdb 13 prints that frame past to_string. Each
# has a silent sister.
_FRAME_COMMAND = (r'(up|down?)(?=\s|$)|'
                  r'(f|fr|fra|fram|frame)\s+(?!apply\b)')
_SILENT = {'u': 'up-silently', 'd': 'down-silently', 'f': 'select-frame'}


def _output(command):
    """What COMMAND prints, also where it selects a frame."""
    chooses = re.match(_FRAME_COMMAND, command)
    if not chooses:
        return target.told(command)
    gdb.execute('%s %s' % (_SILENT[command[0]], command[chooses.end():]))
    return target.told('frame')


def install():
    """Make the commands known to gdb. Again replaces them."""
    InfoGoroutines()
    InfoSegments()
    GoroutineCommand()
    GoroutineApply()
    GoroutineFind()
    GoroutineName()
    ApplyAllSilently()
