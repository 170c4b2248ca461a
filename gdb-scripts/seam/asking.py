# SPDX-License-Identifier: BSD-2-Clause
"""The commands that the inspector answers: info waits and its like, seam.

It reads cores, and processes of this machine that gdb holds, for which gdb
tells it the registers. For any other target, or where it may not look at the
process, gdb writes a core for it, which works on whatever gdb can read, and
leaves the target alone.
"""

import contextlib
import os

import gdb

from . import (evaluating, grouping, inspector, render, selection, settings,
               target, view)
from .command import Command, Prefix


def ask(title, command, *words):
    """Print what the inspector says to COMMAND, which users know as TITLE,
    of the selected inferior; its exit status becomes $_shell_exitcode."""
    program = _program(title)
    view.check_stopped()
    if target.has_program() or target.can_run():
        target.runtime_layout()
    answer = _ask_at_once(program, command, words)
    if answer is None or (answer.status == inspector.NONE
                          and not target.is_core()):
        with _core() as core:
            answer = _ask_core(program, command, core, words)
    gdb.set_convenience_variable('_shell_exitcode', answer.status)
    _tell(answer, answer.text)


def table(words, current):
    """Print the table of goroutines, the one with the id CURRENT marked, or
    return False: it is empty, something is wrong with the target, or a core
    would have to be written.
    """
    answer = _ask_at_once(_found(), 'list', words)
    if answer is not None and answer.status == inspector.INTERRUPTED:
        raise KeyboardInterrupt
    if answer is None or answer.status != inspector.WHOLE:
        return False
    # What ended the program stands first.
    text = answer.text[answer.text.find(TABLE):]
    if text.count('\n', 0, -1) < 1:
        return False
    if current:
        text = text.replace('\n  %d ' % current, '\n* %d ' % current, 1)
    _tell(answer, render.first_rows(text, settings.goroutine_limit()))
    return True


TABLE = '  ID '


def stacks(goroutines, raw):
    """What the inspector says, for programs, of the stacks of GOROUTINES, by
    id, and of the arguments in them; None: nothing. RAW: with the runtime's
    own frames."""
    words = ['--json', '--args', '--bytes', *(['--raw'] if raw else []),
             *('%d-%d' % (first, first + count - 1) for first, count
               in grouping.runs([g.id for g in goroutines]))]
    answer = _ask_at_once(_found(), 'stacks', words)
    if answer is not None and answer.status == inspector.INTERRUPTED:
        raise KeyboardInterrupt
    if answer is None or answer.status not in (inspector.WHOLE,
                                               inspector.PART):
        return None
    return answer.text


def _ask_at_once(program, command, words):
    """The Answer from what is there, a process or a core; None: neither."""
    if target.is_live():
        with selection.kept():
            told = inspector.told(target.registers())
        return inspector.ask_held(program, command,
                                  gdb.selected_inferior().pid, told, words)
    core = target.is_core() and _core_read()
    return _ask_core(program, command, core, words) if core else None


def _ask_core(program, command, core, words):
    """A core tells the inspector where its program is."""
    return inspector.ask(program, command, core,
                         target.program_file(), words)


def _tell(answer, text):
    gdb.write(text)
    if answer.status == inspector.INTERRUPTED:
        raise KeyboardInterrupt
    failure = inspector.failure(answer)
    if failure is not None:
        raise gdb.GdbError(failure)
    gdb.flush()
    gdb.write(answer.notes, gdb.STDERR)


def is_there():
    """Whether there is an inspector to be asked."""
    return _found() is not None


def _found():
    return inspector.find(settings.inspector(),
                          os.path.dirname(os.path.realpath(__file__)))


def _program(title):
    named, found = settings.inspector(), _found()
    if found is not None:
        return found
    if named:
        raise gdb.GdbError('%s needs the inspector, and %s is no program: '
                           'see "help set seam inspector".' % (title, named))
    raise gdb.GdbError(
        '%s needs the inspector, %s, which is neither beside these commands '
        'nor in PATH: see "help set seam inspector".'
        % (title, inspector.NAME))


@contextlib.contextmanager
def _core():
    """The core of the selected inferior, one of its own while this lasts."""
    if target.is_core():
        core = _core_read()
        if core is None:
            raise gdb.GdbError('The core file is no longer where it was.')
        yield core
        return
    import tempfile     # which takes long, and is seldom needed
    with tempfile.TemporaryDirectory(prefix='seam-') as folder:
        path = os.path.join(folder, 'core')
        try:
            gdb.execute('generate-core-file ' + path, to_string=True)
        except gdb.error as error:
            raise gdb.GdbError('Cannot write a core for the inspector: %s'
                               % error) from None
        yield path


def _core_read():
    """The file that the selected inferior is read from; None: it is no longer
    where it was."""
    return inspector.core_in(target.told('info target', 'surrogateescape'))


def frames():
    """The words that limit the frames of a stack as the user wants it."""
    most = settings.frame_limit()
    return [] if most is None else ['--frames=%d' % most]


class _Info(Command):
    """A subclass has COMMAND, what the inspector calls it, and may have
    options()."""

    options = staticmethod(list)

    def __init__(self):
        super().__init__(self.title, gdb.COMMAND_STATUS)

    @property
    def title(self):
        """What the user types."""
        return 'info ' + self.shown

    def run(self, argument, from_tty):
        if argument:
            raise gdb.GdbError('The "%s" command takes no arguments.'
                               % self.title)
        ask('"%s"' % self.title, self.command, *self.options())


class InfoWaits(_Info):
    """Display who waits for whom, and who for good.
Usage: info waits

First come deadlocks, certain or probable, with who waits for what, who has
that, and their stacks; then the other waits."""

    shown = command = 'waits'
    options = staticmethod(frames)


class InfoChannels(_Info):
    """Display the channels that somebody waits for.
Usage: info channels

Of each how many elements are in it and have room in it, their size, who made
it; and who waits, receivers first, first come first."""

    shown = command = 'channels'


class InfoMutexes(_Info):
    """Display the locks that somebody waits for.
Usage: info mutexes

These are mutexes, rwlocks, conditions, waitgroups and onces: who has each,
where that is known, and who waits."""

    shown = command = 'mutexes'


class InfoTimers(_Info):
    """Display the deadlines of goroutines, the next one first.
Usage: info timers"""

    shown = command = 'timers'


class InfoMachines(_Info):
    """Display the machines of the runtime.
Usage: info machines

Each thread, the machine that it is, what that runs or ran last, and the
system call that the thread is in."""

    shown, command = 'machines', 'threads'


class Seam(Prefix):
    """Commands about the data of the goroutines' runtime."""

    def __init__(self):
        super().__init__('seam', gdb.COMMAND_STATUS)


class SeamCheck(Command):
    """Check whether the runtime's own data is in order.
Usage: seam check

Each finding is a line with its address, the last line sums up.  After it
$_shell_exitcode is 0 if all was in order, and 1 if not."""

    def __init__(self):
        super().__init__('seam check', gdb.COMMAND_STATUS)

    def run(self, argument, from_tty):
        if argument:
            raise gdb.GdbError('The "seam check" command takes no arguments.')
        ask('"seam check"', 'check')


class SeamWhatis(Command):
    """Tell what lies at an address.
Usage: seam whatis EXPRESSION

A goroutine, a segment of a stack and the frame in it, a machine, a channel or
another object, a variable, code, and the mapping."""

    def __init__(self):
        super().__init__('seam whatis', gdb.COMMAND_STATUS,
                         gdb.COMPLETE_EXPRESSION)

    def run(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError('Argument required (an address).')
        ask('"seam whatis"', 'whatis',
            '0x%x' % evaluating.address_in(argument))


def install():
    """Make the commands known to gdb. Again replaces them."""
    for command in (InfoWaits, InfoChannels, InfoMutexes, InfoTimers,
                    InfoMachines, Seam, SeamCheck, SeamWhatis):
        command()
