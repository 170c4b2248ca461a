# SPDX-License-Identifier: BSD-2-Clause
"""set seam ... and show seam ...: what users may choose."""

import gdb


class _Set(gdb.Command):
    """Set variables of the commands for goroutines."""

    def __init__(self):
        super().__init__('set seam', gdb.COMMAND_SUPPORT, prefix=True)

    def invoke(self, argument, from_tty):
        _refuse('set seam', argument)
        gdb.execute('help set seam')


class _Show(gdb.Command):
    """Show variables of the commands for goroutines."""

    def __init__(self):
        super().__init__('show seam', gdb.COMMAND_SUPPORT, prefix=True)

    def invoke(self, argument, from_tty):
        _refuse('show seam', argument)
        for setting in _SETTINGS:
            print('%s:  %s' % (setting.name,
                               setting.get_show_string(_words(setting.value))))


def _refuse(command, argument):
    if argument:
        raise gdb.GdbError('Undefined %s command: "%s".  Try "help %s".'
                           % (command, argument, command))


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


def _words(value):
    """VALUE as gdb gives it to get_show_string()."""
    if isinstance(value, bool):
        return 'on' if value else 'off'
    return value or ''


_SETTINGS = []


def inspector():
    """The inspector's file, as the user wants it; empty: look for it."""
    return gdb.parameter('seam inspector') or ''


def install():
    """Make the settings known to gdb, once."""
    _Set()
    _Show()
    _SETTINGS.append(_Inspector())
