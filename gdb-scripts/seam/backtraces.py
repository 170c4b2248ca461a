# SPDX-License-Identifier: BSD-2-Clause
"""How gdb shows backtraces of goroutines."""

import itertools
from collections import namedtuple

import gdb
from gdb.FrameDecorator import FrameDecorator
from gdb.FrameIterator import FrameIterator

from . import (alike, analyse, evaluating, here, read, settings, target,
               unwind)
from .model import Place, Unreadable


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


class _Known:
    """What is known of frames from others that were reached from the
    innermost one by the same pcs, while nothing runs.

    Each such way has a number. What is read of a frame's registers depends on
    the way to it alone, and so does which of them have been lost.
    """

    def __init__(self):
        self._code = self._charset = None
        self._ways = {}     # by the way to the next newer frame, and _where()
        self.told = {}      # _Told, by _where()
        self.lost = {}      # values that are lost, by way and caller's pc
        self.keeps_lost = False

    def begin(self):
        """Forget what may be different from what it was."""
        code, charset = unwind.code(), gdb.host_charset()
        if (code is not self._code or charset != self._charset
                or len(self._ways) > WAYS_MOST):
            self.__init__()
            self._code, self._charset = code, charset
        self.keeps_lost = gdb.parameter('print entry-values') == 'default'

    def way(self, newer, where):
        """The number of the way to a frame at WHERE by the one to the next
        NEWER."""
        return self._ways.setdefault((newer, where), len(self._ways) + 1)


WAYS_MOST = 100000
_known = _Known()


# What a _Shown has to say of a frame, the symbols of its arguments or None, and
# which kind of code it is in. address: whether that is told.
_Told = namedtuple('_Told', 'function address filename line arguments kind')


class _Plain(FrameDecorator):
    """A frame that no other filter decorates, at WHERE, reached by WAY, as
    _Shown has it."""

    def __init__(self, frame, where, way):
        super().__init__(frame)
        self._frame, self._way = frame, way
        self.told = _known.told.get(where) or self._tell(where)

    def _tell(self, where):
        shown = _Shown(FrameDecorator(self._frame))
        arguments = FrameDecorator(self._frame).frame_args()
        told = _known.told[where] = _Told(
            shown.function(), shown.address() is not None,
            shown.filename(), shown.line(),
            arguments and [a.symbol() for a in arguments],
            unwind.code().kind(self._frame))
        return told

    def inferior_frame(self):
        return self._frame

    def elided(self):
        return None

    def function(self):
        return self.told.function

    def address(self):
        return self._frame.pc() if self.told.address else None

    def filename(self):
        return self.told.filename

    def line(self):
        return self.told.line

    def frame_args(self):
        symbols = self.told.arguments
        if not symbols:
            return symbols
        lost = self._lost(symbols)
        return [_readable(self._frame, _Variable(s)) if v is None
                else _Variable(s, v) for s, v in zip(symbols, lost)]

    def frame_locals(self):
        return _Shown(FrameDecorator(self._frame)).frame_locals()

    def _lost(self, symbols):
        """Of each its value if that is lost, or None."""
        caller = _known.keeps_lost and unwind.older(self._frame)
        if not caller:
            return [None] * len(symbols)
        key = self._way, caller.pc()
        if key not in _known.lost:
            _known.lost[key] = [_lost(self._frame, s) for s in symbols]
        return _known.lost[key]


def _where(frame, newer):
    """What tells where FRAME is in the code; NEWER: the same of the next newer
    one, or None. Of calls inlined at one pc the outer comes later."""
    type_ = frame.type()
    inlined = newer is not None and newer[1] == gdb.INLINE_FRAME
    called = newer is not None and newer[1] != gdb.SIGTRAMP_FRAME
    return frame.pc(), type_, newer if inlined else called


class _Variable:
    """One whose value, if it is None, gdb is to read."""

    def __init__(self, symbol, value=None):
        self._symbol = symbol
        self._value = value

    def symbol(self):
        """The gdb.Symbol."""
        return self._symbol

    def value(self):
        """The gdb.Value."""
        return self._value


def _lost(frame, symbol):
    """The value of SYMBOL if FRAME has lost it, and it is not known either
    what it was on entry, or None."""
    try:
        value = frame.read_var(symbol)
        if not value.is_optimized_out or not symbol.name.isidentifier():
            return None
    except (gdb.error, gdb.MemoryError):
        return None
    before = gdb.selected_frame()
    frame.select()
    try:
        known = (not gdb.lookup_symbol(symbol.name)[0].is_argument
                 or evaluating.is_known_on_entry(symbol.name))
        return None if known else value
    finally:
        before.select()


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
        self._way = 0 if unwind.grafted(gdb.selected_thread()) else -1
        self._where = None
        _known.begin()

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
        self._where = _where(self._last, self._where)
        self._way = _known.way(self._way, self._where)
        if type(decorator) is FrameDecorator:   # of no other filter's kind
            return _Plain(self._last, self._where, self._way)
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
            plain = frame.plain if isinstance(frame, _Joined) else frame
            yield frame if isinstance(plain, _Plain) else _Shown(frame)
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


def lines():
    """(lines, why): what stands in the lines of a backtrace of the selected
    goroutine, the whole stack, as [(Place, a remark or '')], and why gdb
    cannot read on, or None."""
    stack = _Stack(map(FrameDecorator, FrameIterator(gdb.newest_frame())))
    return [_line(frame) for frame in _folded(stack)], stack.stopped


def shown(count):
    """[(alike.Shown, symbols of its arguments)] of the first COUNT lines, or
    fewer, of a backtrace of the selected goroutine, and None for one of which
    that is not known."""
    stack = _Stack(map(FrameDecorator, FrameIterator(gdb.newest_frame())))
    return list(map(_shown, itertools.islice(_chosen(stack), count)))


def _shown(decorator):
    mark, plain = '', decorator
    if isinstance(decorator, _Joined):
        plain, (seam,) = decorator.plain, decorator.elided()
        mark = '    #%-2d %s ()\n' % (seam.inferior_frame().level(),
                                     seam.function())
    frame, symbols = plain.inferior_frame(), ()
    pc = frame.pc()
    if isinstance(plain, _Plain):
        symbols = plain.told.arguments or ()
    elif isinstance(plain, _Entry):
        pc = None
    else:
        return None
    file, name = plain.filename(), plain.function()
    if not isinstance(name, str):   # gdb has it from no debug information
        name = target.shown(frame.name)
    place = file and ' at %s:%s' % (file, plain.line())
    return alike.Shown(frame.level(), pc, name, place or '',
                       [s.print_name for s in symbols], mark), symbols


def _line(decorator):
    if isinstance(decorator, _Entry):
        return decorator.place, 'entry'
    frame = decorator.inferior_frame()
    if frame.type() == gdb.SIGTRAMP_FRAME:
        return Place(decorator.function(), None, 0), ''
    inlined = frame.type() == gdb.INLINE_FRAME
    return target.frame_place(frame), 'inlined' if inlined else ''


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
    code = unwind.code()
    frames = _own(stack)
    caller = unwind.grafted(gdb.selected_thread())

    def kind(decorator):
        if isinstance(decorator, _Plain):
            return decorator.told.kind
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
