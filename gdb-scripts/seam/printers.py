# SPDX-License-Identifier: BSD-2-Clause
"""How gdb shows backtraces of goroutines, and the runtime's structs."""

import gdb
import gdb.printing
from gdb.FrameDecorator import FrameDecorator

from . import analyse, layout, read, render, target, unwind
from .model import Unreadable


class _Seam(FrameDecorator):
    """The mark where two segments meet."""

    def function(self):
        return '-- seam --'

    def address(self):
        return None


class _Joined(FrameDecorator):
    """A frame whose caller stands on the next older segment.

    `bt` prints the elided frame, the mark, indented below; `bt -hide` does
    not.
    """

    def __init__(self, frame, seam):
        super().__init__(frame)
        self._elided = [_Seam(seam.inferior_frame())]

    def elided(self):
        return self._elided


class _Filter:
    """A goroutine's backtrace without the runtime's frames.

    Other threads' are left alone. `bt -no-filters` shows all frames.
    """

    name = 'seam'
    priority = 100
    enabled = True

    def filter(self, frames):
        try:
            if not _shows_goroutine():
                return frames
            code = unwind.Code()
        except (gdb.error, gdb.GdbError, gdb.MemoryError, Unreadable):
            return frames
        return _folded(frames, code)


def _shows_goroutine():
    """Whether the selected thread's frames are a goroutine's."""
    thread = gdb.selected_thread()
    if thread is None or not target.has_runtime():
        return False
    if unwind.grafted(thread):
        return True
    reader = read.Reader(target.memory(), target.runtime_layout())
    running = reader.running_on(thread.ptid[1])
    return running is not None and unwind.sp_of(running) is not None


def _folded(frames, code):
    if unwind.grafted(gdb.selected_thread()):
        frames = (f for f in frames if f.inferior_frame().level() > 0)

    def kind(decorator):
        return code.kind(decorator.inferior_frame())
    for frame, seam in analyse.fold(frames, kind):
        yield frame if seam is None else _Joined(frame, seam)


class _Line:
    """A struct of the runtime as one line of text."""

    def __init__(self, text):
        self._text = text

    def to_string(self):
        return self._text


def install():
    """Register with gdb. Again replaces what was there."""
    gdb.frame_filters[_Filter.name] = _Filter()
