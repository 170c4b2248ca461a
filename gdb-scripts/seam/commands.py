# SPDX-License-Identifier: BSD-2-Clause
"""The commands: info goroutines, goroutine, goroutine apply, info segments."""

import re

import gdb

from . import analyse, clock, read, render, selection, target, unwind, where
from .model import Unreadable

_told = set()   # remarks that are made once a session


class _Command(gdb.Command):
    """Errors that come from gdb are one line, as those of its own commands.

    A subclass has run() in place of invoke(), words() of complete().
    """

    def invoke(self, argument, from_tty):
        try:
            self.run(argument, from_tty)
        except (gdb.error, Unreadable) as error:
            raise gdb.GdbError(str(error)) from None

    def complete(self, text, word):
        """gdb asks twice, first, without a WORD, for where words begin."""
        return [] if word is None else self.words(text, word)


class InfoGoroutines(_Command):
    """Display the goroutines of the program.
Usage: info goroutines [ID]...

If ID is given, it is a space-separated list of IDs or ranges of IDs, such
as "1 3-7", of the goroutines to display.  Otherwise, all are displayed.
The selected goroutine is marked with an asterisk.

SINCE is how long a goroutine has waited, WHERE the innermost function that
is not the runtime's own, SEGS and BYTES the segments of its stack."""

    def __init__(self):
        super().__init__('info goroutines', gdb.COMMAND_STATUS)

    def words(self, text, word):
        return _complete_ids(word)

    def run(self, argument, from_tty):
        view = _View()
        chosen = view.choose(argument)
        if not chosen:
            view.write_notes(chosen)
            if view.snapshot.notes:
                raise gdb.GdbError('Cannot read the list of goroutines.')
            print('No goroutines.')
            return
        current = view.current()
        with selection.kept():
            rows = [view.row(g, current) for g in chosen]
        gdb.write(render.table(rows))
        view.write_notes(chosen)


class InfoSegments(_Command):
    """Display the segments of goroutines' stacks.
Usage: info segments [ID]...

If ID is given, it is a space-separated list of IDs or ranges of IDs of the
goroutines to display.  Otherwise, all are displayed.

The newest segment comes first.  For each its number, addresses, size, how
much of it is used, and the function that needed it."""

    def __init__(self):
        super().__init__('info segments', gdb.COMMAND_STATUS)

    def words(self, text, word):
        return _complete_ids(word)

    def run(self, argument, from_tty):
        view = _View()
        chosen = view.choose(argument)
        with selection.kept():
            texts = [view.segments(g) for g in chosen]
        gdb.write('\n'.join(texts))
        view.write_notes(chosen)


class GoroutineCommand(_Command):
    """Use this command to switch between goroutines.
Usage: goroutine [ID [COMMAND]]

With no argument, tell which goroutine is selected.
With ID, select that goroutine: then backtrace, up, down, frame, info locals,
print and so on act on its stack.  With COMMAND as well, run COMMAND on that
goroutine and return to the one selected before.

A goroutine that runs is selected together with its thread.  One that does
not run has frames from 1 or more on; frame 0 stays the thread's own.  It is no
longer selected when the program goes on or the command "thread" or "inferior"
is used."""

    def __init__(self):
        super().__init__('goroutine', gdb.COMMAND_STACK, prefix=True)

    def words(self, text, word):
        command = re.match(r'\s*\d+\s+(.*)', text)
        if command:
            return _complete_command(command.group(1), word)
        return _complete_ids(word)

    def run(self, argument, from_tty):
        word, _, command = argument.strip().partition(' ')
        view = _View()
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
            _remark("Frame 0 is the thread's own; the goroutine's frames "
                    'count from %d.' % unwind.own_frames())


class GoroutineApply(_Command):
    """Apply a command to a list of goroutines.
Usage: goroutine apply ID... [OPTION]... COMMAND
       goroutine apply all [OPTION]... COMMAND

ID is a space-separated list of IDs or ranges of IDs, such as "1 3-7".

Options:
  -q
    Disables printing the goroutine information.

  -c
    Print any error raised by COMMAND and continue.

  -s
    Silently ignore any errors or empty output produced by COMMAND.

The flags -q, -c and -s can be combined, but -c and -s cannot."""

    def __init__(self):
        super().__init__('goroutine apply', gdb.COMMAND_STACK)

    def words(self, text, word):
        command = re.match(r'\s*(?:all|[\d\s-]+)\s(?:-[qcs]+\s)*(.*)', text)
        if command:
            return _complete_command(command.group(1), word)
        return [w for w in ['all'] if w.startswith(word)]

    def run(self, argument, from_tty):
        ids, flags, command = _split_apply(argument)
        view = _View()
        chosen = view.choose('' if ids == ['all'] else ' '.join(ids))
        with selection.kept():
            for goroutine in chosen:
                _apply(view, goroutine, flags, command)


class _View:
    """The goroutines of the selected inferior at this moment."""

    def __init__(self):
        if gdb.selected_thread() is None:
            raise gdb.GdbError('The program is not being run.')
        if gdb.selected_thread().is_running():
            raise gdb.GdbError('Selected thread is running.')
        selection.check()
        self.layout = target.runtime_layout()
        self._memory = target.memory()
        self.snapshot = read.read_snapshot(self._memory, self.layout)
        reading = clock.reading() if target.is_live() else None
        self._clock, self._now = analyse.now(self.snapshot, reading)
        self._walker = unwind.Walker()
        self._where = where.Where(self._memory, self._walker.parked)
        self._entries = {}

    def choose(self, argument):
        """The goroutines of an ID-LIST, all of them when it is empty."""
        if not argument.strip():
            return self.snapshot.goroutines
        try:
            ranges = analyse.parse_ids(argument.replace(',', ' ').split())
        except ValueError as error:
            raise gdb.GdbError(str(error)) from None
        chosen, absent = analyse.select(self.snapshot, ranges)
        if absent:
            raise gdb.GdbError('Unknown goroutine %d.' % absent[0])
        return chosen

    def find(self, word):
        """The goroutine with this id."""
        if not word.isdigit():
            raise gdb.GdbError('Invalid goroutine ID: %s' % word)
        goroutine = self.snapshot.by_id.get(int(word))
        if goroutine is None:
            raise gdb.GdbError('Unknown goroutine %s.' % word)
        return goroutine

    def current(self):
        """The selected goroutine, or None."""
        if selection.parked() is not None:
            return self.snapshot.by_id.get(selection.parked())
        lwp = gdb.selected_thread().ptid[1]
        for machine in self.snapshot.machines:
            if machine.thread == lwp:
                return self._runs(machine)
        return None

    def _runs(self, machine):
        for goroutine in self.snapshot.goroutines:
            if goroutine.running and goroutine.machine == machine.addr:
                return goroutine
        return None

    def select(self, goroutine):
        """Select it, and its innermost frame that is not the runtime's."""
        thread, _, sp = self._running(goroutine)
        if sp is not None:
            selection.select_thread(thread)
        else:
            selection.select_parked(goroutine, gdb.selected_thread())
        selection.select_frame(unwind.Code())

    def row(self, goroutine, current):
        """The line of the table; changes the selection."""
        thread, place, sp = self._running(goroutine)
        if sp is None:
            place = self._where.of(goroutine)
        return render.Row(
            goroutine is current, goroutine.id, goroutine.state,
            self._reason(goroutine), self._elapsed(goroutine),
            render.place(place or self._entry(goroutine)),
            len(goroutine.segments), goroutine.bytes, goroutine.name)

    def segments(self, goroutine):
        """The text of info segments; changes the selection."""
        _, _, sp = self._running(goroutine)
        if sp is not None:
            goroutine.sp = sp
        numbered = analyse.number_segments(goroutine)
        growers = [target.place(s.grower - 1) if s.boundary else None
                   for _, s, _ in numbered]
        return render.segments(render.title(goroutine.id, goroutine.name),
                               goroutine.bytes, numbered, growers)

    def title(self, goroutine):
        """`goroutine 3 "walker" (waiting, chan send 0x7f0000010000, 1.2s)`."""
        return '%s (%s)' % (render.title(goroutine.id, goroutine.name),
                            self._state(goroutine))

    def heading(self, goroutine):
        """The line above its stack, as the inspector prints it."""
        return render.heading(render.title(goroutine.id, goroutine.name),
                              self._state(goroutine))

    def write_notes(self, goroutines):
        """What was wrong, on gdb's standard error."""
        for note in self.snapshot.notes:
            gdb.write('seam: %s\n' % note, gdb.STDERR)
        for goroutine in goroutines:
            for note in goroutine.notes + self._walker.notes_of(goroutine):
                gdb.write('seam: goroutine %d: %s\n'
                          % (goroutine.id, note), gdb.STDERR)

    def _running(self, goroutine):
        """(thread, Place, sp) of one that runs; (_, None, None) if not."""
        if not goroutine.running:
            return None, None, None
        thread = unwind.thread_with(self._lwp(goroutine))
        if thread is None:
            return None, None, None
        return (thread, *self._walker.running(goroutine, thread))

    def _lwp(self, goroutine):
        machine = self.snapshot.machine_of(goroutine)
        return machine and machine.thread

    def _state(self, goroutine):
        wait = render.Wait(goroutine.reason, goroutine.object,
                           self._elapsed(goroutine))
        return render.state(goroutine.state, self._lwp(goroutine),
                            wait if goroutine.waiting else None)

    def _reason(self, goroutine):
        if goroutine.running:
            lwp = self._lwp(goroutine)
            return lwp and 'thread %d' % lwp
        return goroutine.reason

    def _elapsed(self, goroutine):
        return analyse.elapsed(self._clock, goroutine.since, self._now)

    def _entry(self, goroutine):
        if goroutine.entry not in self._entries:
            self._entries[goroutine.entry] = target.place(goroutine.entry)
        return self._entries[goroutine.entry]


def _tell_current(view):
    goroutine = view.current()
    if goroutine is None:
        print('No goroutine selected: the thread runs none.')
        return
    print('[Current goroutine is %s]'
          % view.title(goroutine).partition(' ')[2])


def _remark(text):
    if text not in _told:
        _told.add(text)
        print('(%s)' % text)


def _split_apply(argument):
    """(ids, flags, command) of the arguments of goroutine apply."""
    words = argument.split()
    ids = []
    while words and (words[0] == 'all' or words[0][0].isdigit()):
        ids.append(words.pop(0))
        argument = argument.split(None, 1)[1] if words else ''
    if not ids:
        raise gdb.GdbError('Please specify a goroutine ID list')
    flags = set()
    while words and re.match(r'-[qcs]+$', words[0]):
        flags.update(words.pop(0)[1:])
        argument = argument.split(None, 1)[1] if words else ''
    if not argument.strip():
        raise gdb.GdbError("Please specify a command at the end of "
                           "'goroutine apply'")
    if {'c', 's'} <= flags:
        raise gdb.GdbError('goroutine apply: -c and -s are mutually '
                           'exclusive')
    return ids, flags, argument.strip()


def _apply(view, goroutine, flags, command):
    header = '' if 'q' in flags else '\n' + view.heading(goroutine)
    view.select(goroutine)
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
    except gdb.error:
        return
    if output:
        gdb.write(header + output)


# Commands that select a frame: gdb 13 prints that frame past to_string. Each
# has a silent sister.
_FRAME_COMMAND = re.compile(r'(up|down?)(?=\s|$)|'
                            r'(f|fr|fra|fram|frame)\s+(?!apply\b)')
_SILENT = {'u': 'up-silently', 'd': 'down-silently', 'f': 'select-frame'}


def _output(command):
    """What COMMAND prints, also where it selects a frame."""
    chooses = _FRAME_COMMAND.match(command)
    if not chooses:
        return gdb.execute(command, False, True)
    gdb.execute('%s %s' % (_SILENT[command[0]], command[chooses.end():]))
    return gdb.execute('frame', False, True)


def _complete_ids(word):
    try:
        ids = [str(g.id) for g in _View().snapshot.goroutines]
    except (gdb.error, gdb.GdbError):
        return []
    return [i for i in ids if i.startswith(word)]


def _complete_command(text, word):
    """How gdb would complete TEXT, whose last word is WORD."""
    lines = gdb.execute('complete ' + text, to_string=True).splitlines()
    return [line[len(text) - len(word):] for line in lines]


def install():
    """Make the commands known to gdb. Again replaces them."""
    InfoGoroutines()
    InfoSegments()
    GoroutineCommand()
    GoroutineApply()
