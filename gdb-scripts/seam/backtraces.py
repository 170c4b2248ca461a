# SPDX-License-Identifier: BSD-2-Clause
"""How gdb shows backtraces of goroutines."""

import itertools

import gdb
from gdb.FrameDecorator import FrameDecorator
from gdb.FrameIterator import FrameIterator

from . import analyse, here, read, settings, target, unwind
from .model import Unreadable


NAMELESS = '???'        # as gdb 14 and newer name code that has no name


class _Shown(FrameDecorator):
    """A frame as gdb shows it where there is no filter.

    With one, gdb 13 ends the backtrace at the first variable that cannot be
    read, and at a name that the terminal's character set does not have, and
    has nothing to say of code without a name.
    """

    def function(self):
        name = self._function()
        if name != NAMELESS and _has(gdb.host_charset(), name):
            return read.shown(name)
        frame = self.inferior_frame()
        return frame.pc() if target.shown(frame.name) else '??'

    def _function(self):
        try:
            name = super().function()
        except UnicodeDecodeError:
            return NAMELESS
        return name if isinstance(name, str) else NAMELESS

    def address(self):
        return None if self._is_signal() else super().address()

    def filename(self):
        return None if self._is_signal() else target.shown(super().filename)

    def _is_signal(self):
        """gdb would tell the library of what it made up for a signal."""
        return self.inferior_frame().type() == gdb.SIGTRAMP_FRAME

    def frame_args(self):
        return self._readable(super().frame_args())

    def frame_locals(self):
        return self._readable(super().frame_locals())

    def _readable(self, variables):
        frame = self.inferior_frame()
        return variables and [_readable(frame, v) for v in variables]


def _has(charset, text):
    return text.encode(charset, 'replace') == text.encode(charset, 'ignore')


def _readable(frame, variable):
    """VARIABLE of FRAME, or one that says why it cannot be read."""
    symbol = variable.symbol()
    if not isinstance(symbol, gdb.Symbol):
        return variable
    try:
        value = variable.value()
        if value is None:
            value = frame.read_var(symbol)
        value.fetch_lazy()
    except (gdb.error, gdb.MemoryError) as error:
        return _Unread(symbol, error)
    return variable


class _Unread:
    """In place of a variable's value, why there is none."""

    def __init__(self, symbol, error):
        self._symbol = symbol
        self._error = error

    def symbol(self):
        """The variable."""
        return self._symbol

    def value(self):
        """What is shown as its value."""
        return ('<error reading variable %s (%s)>'
                % (self._symbol.print_name, self._error))


class _Stack:
    """The frames of a stack, and the last also where gdb cannot read on from
    it: the iterator that gdb 13 gives to filters raises an error instead.

    stopped tells why, once that is known, or is None.
    """

    def __init__(self, frames):
        self.stopped = None
        self._frames = iter(frames)
        self._last = None

    def __iter__(self):
        return self

    def __next__(self):
        if self.stopped is not None:
            raise StopIteration
        try:
            decorator = next(self._frames)
        except StopIteration:
            self.stopped = self._last and unwind.stopped(self._last)
            raise
        except (gdb.error, gdb.MemoryError) as error:
            self.stopped = str(error)
            decorator = FrameDecorator(self._next())
        self._last = decorator.inferior_frame()
        return decorator

    def _next(self):
        if self._last is None:
            return gdb.newest_frame()
        return self._last.older()


class _Seam(FrameDecorator):
    """The mark where two segments meet."""

    def function(self):
        return '-- seam --'

    def address(self):
        return None

    def filename(self):
        return None

    def line(self):
        return None


class _Joined(FrameDecorator):
    """A frame whose caller stands on the next older segment.

    `bt` prints the elided frame, the mark, indented below; `bt -hide` does
    not.
    """

    def __init__(self, frame, seam):
        super().__init__(frame)
        self.plain = frame
        self._elided = [_Seam(seam.inferior_frame())]

    def elided(self):
        return self._elided


class _Entry(FrameDecorator):
    """The first frame of a goroutine that has not begun: what it will call."""

    def __init__(self, frame, place):
        super().__init__(frame)
        self.place = place

    def function(self):
        return self.place.function

    def filename(self):
        return self.place.file

    def line(self):
        return self.place.line or None

    def address(self):
        return None


class _Filter:
    """A goroutine's backtrace without the runtime's frames.

    Other threads' are left alone. `bt -no-filters` shows all frames.
    """

    name = 'seam'
    priority = 100
    enabled = True

    def filter(self, frames):
        stack = _Stack(frames)
        for frame in _chosen(stack) if _shows_goroutine() else stack:
            yield _Shown(frame)
        if stack.stopped is not None:
            gdb.write('Backtrace stopped: %s\n' % stack.stopped)


def first_shown():
    """The number of the frame that a backtrace of the selected goroutine
    begins with, or None."""
    stack = _Stack(map(FrameDecorator, FrameIterator(gdb.newest_frame())))
    for frame in _chosen(stack):
        return frame.inferior_frame().level()
    return None


def told():
    """The Places that a backtrace of the selected goroutine names, the whole
    stack."""
    stack = _Stack(map(FrameDecorator, FrameIterator(gdb.newest_frame())))
    for frame in _folded(stack):
        if isinstance(frame, _Entry):
            yield frame.place
        else:
            yield target.frame_place(frame.inferior_frame())


def _shows_goroutine():
    """Whether the selected thread's frames are a goroutine's."""
    try:
        return _stands_on_goroutine()
    except (gdb.error, gdb.GdbError, gdb.MemoryError, Unreadable):
        return False


def _stands_on_goroutine():
    thread = gdb.selected_thread()
    if thread is None or not target.has_runtime():
        return False
    if unwind.grafted(thread) is not None:
        return True
    goroutine = here.running()
    return goroutine is not None and unwind.sp_of([goroutine]) is not None


def _chosen(stack):
    """The frames that a backtrace shows, as the user has set it."""
    if settings.runtime_frames():
        return _own(stack)
    folded = _folded(stack)
    if settings.marks():
        return folded
    return (frame.plain if isinstance(frame, _Joined) else frame
            for frame in folded)


def _own(stack):
    """Without the thread's own frames, where a goroutine is grafted on."""
    if unwind.grafted(gdb.selected_thread()) is None:
        return stack
    first = unwind.own_frames()
    return (f for f in stack if f.inferior_frame().level() >= first)


def _folded(stack):
    code = unwind.Code()
    frames = _own(stack)
    caller = unwind.grafted(gdb.selected_thread())

    def kind(decorator):
        return code.kind(decorator.inferior_frame())

    def users(decorator):
        return kind(decorator) == analyse.USER
    top = list(_until(users, frames))
    if stack.stopped is not None and not any(map(users, top)):
        yield from top      # what there is of it
        return
    frames = itertools.chain(top, frames)
    for frame, seam in analyse.fold(frames, kind):
        if seam is not None:
            yield _Joined(frame, seam)
        elif caller is not None and kind(frame) == analyse.OWN \
                and unwind.ends_at(frame.inferior_frame()):
            yield _Entry(frame, target.place(caller.entry))
        else:
            yield frame


def _until(last, items):
    """ITEMS up to the first for which LAST says yes, that included."""
    for item in items:
        yield item
        if last(item):
            return


def install():
    """Register with gdb, once."""
    gdb.frame_filters[_Filter.name] = _Filter()
