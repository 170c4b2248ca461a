# SPDX-License-Identifier: BSD-2-Clause
"""What all commands have in common."""

import gdb

from . import target
from .model import Unreadable


class Command(gdb.Command):
    """Errors that come from gdb are one line, as those of its own commands.

    A subclass has run() in place of invoke(), and may have words() in place of
    complete().
    """

    def invoke(self, argument, from_tty):
        try:
            self.run(argument, from_tty)
        except (gdb.error, Unreadable, UnicodeError) as error:
            raise gdb.GdbError(str(error)) from None

    def complete(self, text, word):
        """gdb asks twice, first, without a WORD, for where words begin."""
        return [] if word is None else self.words(text, word)

    def words(self, text, word):
        """What the last WORD of TEXT may be."""
        return []


class Prefix(gdb.Command):
    """NAME, which is followed by the name of a command. A subclass has the
    help text, and may have show(), which NAME alone does."""

    def __init__(self, name, class_):
        self._name = name
        super().__init__(name, class_, prefix=True)

    def invoke(self, argument, from_tty):
        if argument:
            raise gdb.GdbError('Undefined %s command: "%s".  Try "help %s".'
                               % (self._name, argument, self._name))
        self.show()

    def show(self):
        """Show what there is."""
        gdb.execute('help ' + self._name)


def complete_command(text, word):
    """How gdb would complete TEXT, whose last word is WORD."""
    lines = target.told('complete ' + text).splitlines()
    return [line[len(text) - len(word):] for line in lines]
