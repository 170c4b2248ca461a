# SPDX-License-Identifier: BSD-2-Clause
"""The goroutines of the selected inferior at one moment: what the commands
print of them, and how they are selected."""

import re
from collections import namedtuple

import gdb

from . import (analyse, backtraces, clock, evaluating, filter, render,
               selection, stop, target, unwind)
from .model import Place, Unreadable

# What gdb has a number for, in an ID-LIST.
_VALUE = r'\$\w+(?:\(\w*\))?'

# A goroutine that runs: where it is, and its sp in its segments; all None
# where its thread is not known.
_Running = namedtuple('_Running', 'thread place sp')


def check_stopped(stopped=False):
    """Raise an error where no program is, or it runs; STOPPED: as in View."""
    if gdb.selected_thread() is None:
        raise gdb.GdbError('The program is not being run.')
    if gdb.selected_thread().is_running() and not stopped:
        raise gdb.GdbError('Selected thread is running.')


class View:
    """The goroutines of the selected inferior at this moment.

    STOPPED: although gdb says that it runs, as while it asks for a
    breakpoint's condition.
    """

    def __init__(self, stopped=False):
        check_stopped(stopped)
        selection.check()
        self._stopped = stopped
        self._thread = gdb.selected_thread()
        self._moment = selection.moment()
        now = stop.now()
        self.layout, self.snapshot = now.layout, now.snapshot
        self._walker, self._threads = now.walker, now.threads
        self.memory = now.memory
        self._where, self._entries = now.where, now.entries
        reading = clock.reading() if target.is_live() else None
        self.elapsed = analyse.Elapsed(
            *analyse.now(self.snapshot, reading)).of

    def renewed(self):
        """This one, or, where the program has run meanwhile, another of its
        process as it is now; None where that is gone. Selects a thread."""
        _, number, pid = self._moment
        thread = self._thread
        if not thread.is_valid():
            thread = _any_thread(number, pid)
        if thread is None:
            return None
        thread.switch()
        return self if selection.moment() == self._moment else View()

    def choose(self, argument):
        """The goroutines of an ID-LIST, all of them when it is empty, that
        the filter behind it keeps, if there is one; and the ranges of ids that
        no goroutine has."""
        ids, text = filter.split_ids(argument)
        wanted = text and parse_filter(text)
        chosen, absent = self.snapshot.goroutines, []
        if ids.strip():
            ranges = parse_ids(ids)
            chosen, absent = analyse.select(self.snapshot, ranges)
        return (self.keep(wanted, chosen) if wanted else chosen), absent

    def keep(self, wanted, goroutines):
        """Those that the filter keeps."""
        with selection.kept():
            return [g for g in goroutines if self._keeps(wanted, g)]

    def _keeps(self, wanted, goroutine):
        def value(field):
            return self._field(goroutine, field)
        return (filter.keeps(wanted, value, cheap=True)
                and filter.keeps(wanted, value))

    def _field(self, goroutine, field):
        """What the filter calls FIELD; changes the selection."""
        if field in ('function', 'file'):
            return self._told(goroutine, field)
        if field == 'creator':
            at = goroutine.creator
            return _named(target.place(at - 1)) if at else ''
        if field == 'entry':
            return _named(self._entry(goroutine))
        if field == 'thread':
            return goroutine.running and self._lwp(goroutine) or 0
        if field == 'waited':
            return self.elapsed(goroutine.since) if goroutine.waiting else None
        if field == 'segments':
            return len(goroutine.segments)
        value = getattr(goroutine, 'bytes' if field == 'stack' else field)
        return value or ('' if filter.FIELDS[field] == filter.TEXT else 0)

    def _told(self, goroutine, field):
        running = self._running(goroutine)
        if running is not None and running.thread is None:
            return []
        self.select(goroutine)
        places = backtraces.told()
        if field == 'file':
            return [place.file for place in places if place.file]
        return [_named(place) for place in places]

    def functions(self, goroutine):
        """Those of its backtrace, innermost first; changes the selection."""
        return self._told(goroutine, 'function')

    def find(self, word):
        """The goroutine with this id."""
        (first, last), = _parse([word])
        if first != last:
            raise gdb.GdbError('Invalid goroutine ID: %s' % word)
        if first not in self.snapshot.by_id:
            self.refuse([analyse.Absent(first, last, 0)])
        return self.snapshot.by_id[first]

    def current(self):
        """The selected goroutine, or None."""
        if selection.parked() is not None:
            return self.snapshot.by_id.get(selection.parked())
        thread = gdb.selected_thread()
        return next((g for g in self.snapshot.running
                     if self._thread_of(g) == thread), None)

    def select(self, goroutine):
        """Select it, and its innermost frame that is not the runtime's."""
        running = self._running(goroutine)
        if running is None:
            selection.select_parked(goroutine, self._thread)
        elif running.thread is None:
            raise gdb.GdbError('Goroutine %d: %s.'
                               % (goroutine.id, self._unknown(goroutine)))
        else:
            selection.select_thread(running.thread)
        selection.select_frame(unwind.code())

    def table(self, goroutines):
        """The text of info goroutines."""
        current = self.current()
        with selection.kept():
            # The runtime has the newest first, and so their segments are read.
            rows = [self.row(g, current) for g in reversed(goroutines)]
            return render.table(rows[::-1])

    def row(self, goroutine, current):
        """The line of the table; changes the selection."""
        return render.Row(
            goroutine is current, goroutine.id, goroutine.state,
            self._thread_of_row(goroutine) if goroutine.running
            else goroutine.reason,
            self.elapsed(goroutine.since), self.place(goroutine),
            len(goroutine.segments), goroutine.bytes, goroutine.name)

    def place(self, goroutine):
        """Its WHERE: the innermost Place that is not the runtime's, nor the C
        library's that was called there; or None. Changes the selection."""
        running = goroutine.running and self._running(goroutine)
        place = running.place if running else self._where.of(goroutine)
        return place or self._entry_of_whole(goroutine)

    def thread_word(self, goroutine):
        """`thread 4242` of one that runs, or `-`."""
        return (self._thread_of_row(goroutine) if goroutine.running
                else None) or '-'

    def matching(self, goroutine, wanted):
        """Sentences on what of it the compiled expression WANTED matches."""
        row = self.row(goroutine, None)
        return [render.found(goroutine.id, *part)
                for part in (('has name', row.name),
                             ('waits in', goroutine.reason),
                             ('is at', render.where(row.where)))
                if part[1] and wanted.search(part[1])]

    def segments(self, goroutine):
        """The text of info segments; changes the selection."""
        running = self._running(goroutine)
        if running is not None:
            goroutine.sp = running.sp
        numbered = analyse.number_segments(goroutine)
        growers = [_grower(s) if s.boundary else None for _, s, _ in numbered]
        return render.segments(render.title(goroutine.id, goroutine.name),
                               goroutine.bytes, goroutine.kept(), numbered,
                               growers)

    def title(self, goroutine):
        """`goroutine 3 "walker" (waiting, chan send 0x7f0000010000, 1.2s)`."""
        return '%s (%s)' % (render.title(goroutine.id, goroutine.name),
                            self._state(goroutine))

    def heading(self, goroutine):
        """The line above its stack, as the inspector prints it."""
        return render.heading(render.title(goroutine.id, goroutine.name),
                              self._state(goroutine))

    def refuse(self, absent):
        """Raise an error that names the ranges of ids that none has, if any."""
        if absent:
            raise gdb.GdbError('\n'.join(self._absences(absent)))

    def warn(self, absent):
        """The same as warnings of gdb's."""
        for text in self._absences(absent):
            gdb.write('warning: %s\n' % text, gdb.STDERR)

    def _absences(self, absent):
        return [render.absent(a, self.snapshot.incomplete) for a in absent]

    def write_notes(self, goroutines):
        """What was wrong, on gdb's standard error."""
        for note in self.snapshot.notes:
            gdb.write('seam: %s\n' % note, gdb.STDERR)
        lost = self._walker.notes
        for goroutine in goroutines:
            if goroutine.notes or goroutine.id in lost:
                for note in (*goroutine.notes, *lost.get(goroutine.id, ())):
                    gdb.write('seam: goroutine %d: %s\n'
                              % (goroutine.id, note), gdb.STDERR)

    def _running(self, goroutine):
        """The _Running of one that runs; None: its registers are in memory.
        """
        if not goroutine.running or not self._machine_thread(goroutine):
            return None
        thread = self._thread_of(goroutine)
        if thread is not None:
            if thread.is_running() and not self._stopped:
                raise gdb.GdbError(
                    'Goroutine %d is running on thread %d: "interrupt -a" '
                    'stops all.' % (goroutine.id, thread.num))
            place, sp = self._walker.running(goroutine, thread)
            if sp is not None:
                return _Running(thread, place, sp)
            if self._threads.certain:
                return None
        self._walker.lose(goroutine, self._unknown(goroutine))
        return _Running(None, None, None)

    def _unknown(self, goroutine):
        """What it saved when it ran last is not where it is."""
        return ("it runs, and which thread it runs on is not known: the "
                "program's own number for that is %d"
                % self._machine_thread(goroutine))

    def _machine_thread(self, goroutine):
        """The number that the program has for the thread that runs it."""
        machine = self.snapshot.machine_of(goroutine)
        return machine and machine.thread

    def _thread_of(self, goroutine):
        return self._threads.running(goroutine,
                                     self._machine_thread(goroutine))

    def _lwp(self, goroutine):
        thread = goroutine.running and self._thread_of(goroutine)
        return thread.ptid[1] if thread else self._machine_thread(goroutine)

    def _state(self, goroutine):
        wait = render.Wait(goroutine.reason, goroutine.object,
                           self.elapsed(goroutine.since))
        return render.state(goroutine.state, self._lwp(goroutine),
                            wait if goroutine.waiting else None)

    def _thread_of_row(self, goroutine):
        """What it has for a reason where it runs."""
        lwp = self._lwp(goroutine)
        return lwp and 'thread %d' % lwp

    def _entry_of_whole(self, goroutine):
        """Where a goroutine without a frame of the user's is; None if that is
        because its stack could not be followed."""
        if goroutine.id in self._walker.notes:
            return None
        return self._entry(goroutine)

    def _entry(self, goroutine):
        if goroutine.entry not in self._entries:
            self._entries[goroutine.entry] = target.place(goroutine.entry)
        return self._entries[goroutine.entry]


def _named(place):
    return place.function or '??'


def complete_ids(word, keep=None):
    """The ids that begin with WORD, of those that KEEP says yes to, if any."""
    try:
        goroutines = View().snapshot.goroutines
    except (gdb.error, gdb.GdbError):
        return []
    return [str(g.id) for g in goroutines
            if str(g.id).startswith(word) and (keep is None or keep(g))]


def parse_filter(text):
    """The filter TEXT, or gdb's error."""
    try:
        return filter.parse(text, target.runtime_layout().words())
    except filter.Mistake as mistake:
        raise gdb.GdbError(mistake.pointed()) from None


def _grower(segment):
    """The Place where the function begins that asked for SEGMENT: its code
    that asks has no line in clang's programs, and this one in gcc's. It is
    to be returned to from behind the frame pointer at the boundary."""
    try:
        asked = target.word_at(segment.boundary + 8)
    except Unreadable:
        return Place(None, None, None)
    first, _ = target.function_at(asked - 1)
    return target.place(first)


def _any_thread(number, pid):
    """A thread of inferior NUMBER if it still is process PID, or None."""
    for inferior in gdb.inferiors():
        if (inferior.num, inferior.pid) == (number, pid):
            return next(iter(inferior.threads()), None)
    return None


def parse_ids(text):
    """The ranges of an ID-LIST, or gdb's error."""
    return _parse(text.replace(',', ' ').split())


def id_in(word):
    """WORD with the numbers that gdb's variables and functions in it have, as
    $_goroutine()."""
    return re.sub(_VALUE, lambda found: _number(found.group()), word)


def _number(expression):
    value = evaluating.evaluated(expression)
    if value.type.strip_typedefs().code != gdb.TYPE_CODE_INT:
        raise gdb.GdbError('Convenience variable must have integer value.')
    return str(int(value))


def _parse(words):
    words = [id_in(word) for word in words]
    try:
        return analyse.parse_ids(words)
    except ValueError as error:
        raise gdb.GdbError(str(error)) from None
