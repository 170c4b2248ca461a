# SPDX-License-Identifier: BSD-2-Clause
"""set seam ... and show seam ...: what users may choose."""

import gdb

from .command import Prefix


class _Set(Prefix):
    """Set variables of the commands for goroutines."""


class _Show(Prefix):
    """Show variables of the commands for goroutines."""

    def show(self):
        for setting in _SETTINGS.values():
            print('%s:  %s' % (setting.name,
                               setting.get_show_string(_words(setting.value))))


class _Inspector(gdb.Parameter):
    """The program that answers "info waits" and others.
Without a name it is looked for where it was installed with these commands,
and in PATH."""

    name = 'inspector'
    set_doc = 'Set the program that answers "info waits" and others.'
    show_doc = 'Show the program that answers "info waits" and others.'

    def __init__(self):
        super().__init__('seam inspector', gdb.COMMAND_SUPPORT,
                         gdb.PARAM_OPTIONAL_FILENAME)

    def get_show_string(self, value):
        if not value:
            return 'The inspector is looked for where it was installed.'
        return 'The inspector is "%s".' % value


class _Switch(gdb.Parameter):
    """On or off. A subclass has NAME, CLASS_, FIRST, what it is to begin with,
and SUBJECT, what is on or off."""

    def __init__(self):
        super().__init__('seam ' + self.name, self.class_, gdb.PARAM_BOOLEAN)
        self.value = self.first

    def get_show_string(self, value):
        return '%s is %s.' % (self.subject, value)


class _Marks(_Switch):
    """Where two segments of a stack meet, a backtrace has a mark, indented:
-- seam --."""

    name = 'marks'
    set_doc = 'Set whether backtraces show where segments of a stack meet.'
    show_doc = 'Show whether backtraces show where segments of a stack meet.'

    class_, first = gdb.COMMAND_STACK, True
    subject = 'Backtraces showing where segments meet'


class _RuntimeFrames(_Switch):
    """With "on", backtraces of goroutines show all frames, the runtime's too;
where segments meet stands the runtime's own frame, and no mark."""

    name = 'runtime-frames'
    set_doc = "Set whether backtraces show the runtime's frames."
    show_doc = "Show whether backtraces show the runtime's frames."

    class_, first = gdb.COMMAND_STACK, False
    subject = "Backtraces showing the runtime's own frames"


class _StepGoroutine(_Switch):
    """With "on", "step", "next" and "finish" follow a goroutine that waits in
what they go over, and then goes on on another thread.  With "off" they end
only on the thread on which they began, as gdb has it.
Of the steps of "next 5" only the first follows, and is the last if it does;
where the goroutine moves in a later one, gdb waits for the thread."""

    name = 'step-goroutine'
    set_doc = 'Set whether steps follow their goroutine.'
    show_doc = 'Show whether steps follow their goroutine.'

    class_, first = gdb.COMMAND_RUNNING, True
    subject = 'Steps following their goroutine to another thread'


class _Limit(gdb.Parameter):
    """A number, to begin with unlimited. A subclass has NAME and SUBJECT, what
of is at most so many."""

    def __init__(self):
        super().__init__('seam ' + self.name, gdb.COMMAND_STACK,
                         gdb.PARAM_UINTEGER)
        self.value = None

    def get_show_string(self, value):
        return '%s is %s.' % (self.subject, value or 'unlimited')


class _GoroutineLimit(_Limit):
    """"info goroutines" then says how many more there are."""

    name = 'goroutine-limit'
    set_doc = 'Set how many goroutines are shown in the table of them.'
    show_doc = 'Show how many goroutines are shown in the table of them.'

    subject = 'Limit on the goroutines of "info goroutines"'


class _FrameLimit(_Limit):
    """These are the innermost ones; then it says how many more there are.
"backtrace" has a limit of gdb's own: help set backtrace limit."""

    name = 'frame-limit'
    set_doc = ('Set how many frames of a stack "info goroutines -group" and '
               '"info waits" show.')
    show_doc = ('Show how many frames of a stack "info goroutines -group" and '
                '"info waits" show.')

    subject = 'Limit on the frames of "info goroutines -group" and "info waits"'


def _words(value):
    """VALUE as gdb gives it to get_show_string()."""
    if isinstance(value, bool):
        return 'on' if value else 'off'
    return str(value or '')


_SETTINGS = {}      # by name; gdb.parameter() takes ten times as long


def inspector():
    """The inspector's file, as the user wants it; empty: look for it."""
    return _SETTINGS['inspector'].value or ''


def marks():
    """Whether backtraces show seams."""
    return _SETTINGS['marks'].value


def runtime_frames():
    """Whether backtraces show the runtime's frames."""
    return _SETTINGS['runtime-frames'].value


def step_goroutine():
    """Whether steps follow their goroutine."""
    return _SETTINGS['step-goroutine'].value


def goroutine_limit():
    """The most rows of the table of goroutines, or None."""
    return _SETTINGS['goroutine-limit'].value


def frame_limit():
    """The most frames of a stack among others, or None."""
    return _SETTINGS['frame-limit'].value


def install():
    """Make the settings known to gdb, once."""
    _Set('set seam', gdb.COMMAND_SUPPORT)
    _Show('show seam', gdb.COMMAND_SUPPORT)
    _SETTINGS.update((setting.name, setting) for setting in
                     (_Inspector(), _Marks(), _RuntimeFrames(),
                      _StepGoroutine(), _GoroutineLimit(), _FrameLimit()))
