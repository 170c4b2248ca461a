# SPDX-License-Identifier: BSD-2-Clause
"""Convenience functions over goroutines, for expressions and conditions."""

import gdb

from . import analyse, catching, elements, here, selection, target
from .model import Unreadable
from .view import View, check_stopped


class _Function(gdb.Function):
    """Errors of the target are gdb's own. A subclass has value(), which is
    given as many arguments as ARGUMENTS says, in words."""

    arguments = 'no arguments'

    def __init__(self):
        super().__init__(self.name)

    def invoke(self, *arguments):
        if len(arguments) not in _COUNTS[self.arguments]:
            raise gdb.GdbError('You must provide %s for $%s.'
                               % (self.arguments, self.name))
        try:
            return self.value(*arguments)
        except (gdb.error, Unreadable, ValueError) as error:
            raise gdb.GdbError(str(error)) from None


# In gdb's words, and how many these are.
_COUNTS = {'no arguments': (0,), 'one argument': (1,),
           'one or two arguments': (1, 2), 'two arguments': (2,)}


def _view():
    return View(stopped=True)


def _found(view, id_):
    """The goroutine with the number that ID_, of gdb's, is in any radix."""
    return view.find(str(int(id_)))


def _nobody():
    """Whether there are none, as no program is, or one without any."""
    return gdb.selected_thread() is None or target.is_without_runtime()


class Current(_Function):
    """The id of the goroutine that is selected, 0 if there is none.
Usage: $_goroutine ()"""

    name = '_goroutine'

    def value(self):
        if _nobody():
            return 0
        if selection.parked() is not None or not target.can_run():
            current = _view().current()
        else:
            current = here.running()
        return current.id if current else 0


class Does(_Function):
    """Whether a goroutine, where it stands, is about to do what was caught.
Usage: $_goroutine_does (WHAT [, REASON])

"catch goroutine WHAT" has this as its condition: help catch goroutine."""

    name, arguments = '_goroutine_does', 'one or two arguments'

    def value(self, *words):
        check_stopped(stopped=True)
        return catching.does(*(word.string() for word in words))


class Count(_Function):
    """How many goroutines there are, 0 without a program.
Usage: $_gcount ()"""

    name = '_gcount'

    def value(self):
        return 0 if _nobody() else len(_view().snapshot.goroutines)


class State(_Function):
    """The state of a goroutine, as a string: "waiting", "runnable", ...
Usage: $_gstate (ID)

As in: break LOCATION if $_streq ($_gstate (2), "waiting")"""

    name, arguments = '_gstate', 'one argument'

    def value(self, id_):
        return _found(_view(), id_).state


class _Register(_Function):
    """A subclass has the register, and the field of one that is parked."""

    arguments = 'one argument'

    def value(self, id_):
        view = _view()
        goroutine = _found(view, id_)
        with selection.kept():
            view.select(goroutine)
            value = gdb.newest_frame().read_register(self.register)
            if selection.parked() is None:
                return value
        return target.word(getattr(goroutine, self.field)).cast(value.type)


class Pc(_Register):
    """Where a goroutine is, or, if it is parked, goes on.
Usage: $_gpc (ID)"""

    name, register, field = '_gpc', 'rip', 'pc'


class Sp(_Register):
    """The stack pointer of a goroutine, or, if it is parked, what it was.
Usage: $_gsp (ID)"""

    name, register, field = '_gsp', 'rsp', 'sp'


class WaitingOn(_Function):
    """The address of what a goroutine waits on, 0 if there is nothing.
Usage: $_waiting_on (ID)"""

    name, arguments = '_waiting_on', 'one argument'

    def value(self, id_):
        object_ = target.word(_found(_view(), id_).object)
        return object_.cast(gdb.lookup_type('void').pointer())


class InGoroutine(_Function):
    """Whether a function of a goroutine's backtrace matches.
Usage: $_in_goroutine (ID, REGEXP)"""

    name, arguments = '_in_goroutine', 'two arguments'

    def value(self, id_, regexp):
        view = _view()
        goroutine = _found(view, id_)
        wanted = analyse.pattern(regexp.string())
        with selection.kept():
            return any(wanted.search(name)
                       for name in view.functions(goroutine))


class Elements(_Function):
    """The elements that are in a channel, the next to be received first.
Usage: $_elements (CHANNEL, TYPE)

TYPE is a string, or something of that type:
  print $_elements (jobs, "struct job")
Not more of them are read than "set print elements" shows."""

    name, arguments = '_elements', 'two arguments'

    def value(self, channel, type_):
        if type_.type.strip_typedefs().code in _STRINGS:
            wanted = _type_named(type_.string())
        else:
            wanted = type_.type
        return elements.of(channel, wanted)


_STRINGS = gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRING


def _type_named(text):
    """The gdb.Type that TEXT names, which may be a pointer's."""
    name = text.rstrip(' *')
    found = gdb.lookup_type(name)
    for _ in range(text.count('*')):
        found = found.pointer()
    return found


def install():
    """Make the functions known to gdb. Again replaces them."""
    for function in (Current, Does, Count, State, Pc, Sp, WaitingOn,
                     InGoroutine, Elements):
        function()
