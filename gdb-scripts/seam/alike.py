# SPDX-License-Identifier: BSD-2-Clause
"""Backtraces that differ in the values of arguments alone: what is known of
each stack, and the text of one made from that of another. Knows no gdb.

Goroutines that came the same way, pc by pc, have the same text but for these
values: which frames there are, what they are called, and which arguments have
a value depends on the code alone.
"""

import json
import re
from collections import namedtuple

# Of a goroutine. key: stacks of one answer with the same one have the same text
# but for values; values: their bytes, in hexadecimal.
Stack = namedtuple('Stack', 'key values')

# pc: None where no frame stands for it; arguments: [Argument].
Line = namedtuple('Line', 'pc arguments')

# now, entered: which of a Stack's values are its own, and that when its
# function was entered; None: not known.
Argument = namedtuple('Argument', 'name now entered')

# What a debugger says of a line. pc: as above; place: ` at FILE:LINE` or '';
# names: of its arguments, as they are shown; mark: what stands in a line of
# its own behind it, or ''.
Shown = namedtuple('Shown', 'level pc function place names mark')

LOST = '<optimized out>'


class Mismatch(Exception):
    """A text is not as these rules have it, or a value cannot be told."""


# In the inspector's JSON a goroutine is a line, frames come last, and quotes in
# a text have a \ before them. So the line is its key, but for the values.
_GOROUTINE = re.compile(r'\{"id":([0-9]+),')
_FRAMES = '"frames_number":'
_VALUE = re.compile(r'(?<="bytes":"|ntered":")([0-9a-f]+)')


def stacks(text):
    """{id: Stack} of the goroutines whose stacks are told whole in TEXT, the
    inspector's JSON."""
    found = {}
    for line in text.split('\n'):
        goroutine = _GOROUTINE.match(line)
        if goroutine and '"stop":' not in line \
                and '"omitted_above":' not in line:
            parts = _VALUE.split(line[line.index(_FRAMES):].rstrip(',]'))
            found[int(goroutine.group(1))] = Stack(tuple(parts[::2]),
                                                   parts[1::2])
    return found


def lines(key):
    """The [Line] of the stacks with KEY."""
    text = ''.join('%s%d' % (part, nth) for nth, part in enumerate(key[:-1]))
    return [Line('pc' in frame and int(frame['pc'], 16) or None,
                 [_argument(a) for a in frame.get('arguments', ())])
            for frame in json.loads('{' + text + key[-1])['frames']]


def _argument(argument):
    return Argument(argument['name'], _index(argument.get('bytes')),
                    _index(argument.get('entered')))


def _index(digits):
    return digits and int(digits)


# ARGUMENT, the NTH of line LINE. lost, entry: whether it has no value now, and
# whether that on entry is told if it is another.
_Slot = namedtuple('_Slot', 'line nth argument lost entry')


class Template:
    """What TEXT, of a backtrace of STACK, has in common with those of all
    stacks with the same key.

    SHOWN is what a debugger says of each line, and VALUE(line, nth, digits,
    entry) how it shows a value of an argument; ENTRY: beside one on entry, or
    as that. Mismatch: anything in TEXT is not accounted for.
    """

    def __init__(self, text, stack, shown, value):
        self._text, self._at = text, 0
        self._values, self._value = stack.values, value
        self._parts = []    # text, or a _Slot
        told = lines(stack.key)
        if len(shown) > len(told):
            raise Mismatch
        for nth, line in enumerate(shown):
            self._read_line(nth, line, told[nth])
        if self._at != len(text):
            raise Mismatch

    def text(self, stack):
        """The text for STACK; Mismatch: a value cannot be told."""
        return ''.join(part if isinstance(part, str)
                       else self._argument(part, stack.values)
                       for part in self._parts)

    def _argument(self, slot, values):
        (name, now, entered), show = slot.argument, self._value
        if slot.entry and not slot.lost and values[now] == values[entered]:
            return '%s=%s@entry=%s' % (
                name, name, show(slot.line, slot.nth, values[now], True))
        text = '%s=%s' % (name, LOST if slot.lost else show(
            slot.line, slot.nth, values[now], slot.entry))
        if slot.entry:
            text += ', %s@entry=%s' % (
                name, show(slot.line, slot.nth, values[entered], True))
        return text

    def _read_line(self, nth, line, told):
        names = [argument.name for argument in told.arguments]
        if line.pc != told.pc or line.names != names:
            raise Mismatch
        self._read('#%-2d ' % line.level)
        address = '0x%016x in ' % (line.pc or 0)
        if self._text.startswith(address, self._at):
            self._read(address)
        self._read('%s (' % line.function)
        for index, argument in enumerate(told.arguments):
            last = index == len(names) - 1
            self._read_argument(nth, index, argument, '' if last else ', ')
        self._read(')%s\n%s' % (line.place, line.mark))

    def _read_argument(self, line, nth, argument, behind):
        """Find out in which way it is told."""
        for lost in (False, True)[argument.now is None:]:
            for entry in (True, False)[argument.entered is None:]:
                slot = _Slot(line, nth, argument, lost, entry)
                if self._read_slot(slot, behind):
                    return
        raise Mismatch

    def _read_slot(self, slot, behind):
        try:
            text = self._argument(slot, self._values)
        except Mismatch:
            return False
        if not self._text.startswith(text + (behind or ')'), self._at):
            return False
        self._parts.append(slot)
        self._at += len(text)
        self._read(behind)
        return True

    def _read(self, text):
        if not self._text.startswith(text, self._at):
            raise Mismatch
        self._at += len(text)
        if self._parts and isinstance(self._parts[-1], str):
            self._parts[-1] += text
        else:
            self._parts.append(text)


class Group:
    """The stacks with one key, as they come.

    Some of them the debugger is to tell itself: the first few, whose text the
    template has to say as well, and ever fewer of the others.
    """

    SECOND, FACTOR = 2, 8

    def __init__(self):
        self._template = None
        self._seen, self._next = 0, 1
        self._lost = False

    def text(self, stack):
        """The text for STACK, or None: the debugger is to tell."""
        self._seen += 1
        if self._lost or self._template is None or self._seen == self._next:
            return None
        try:
            return self._template.text(stack)
        except Mismatch:
            return None

    def wants(self):
        """Whether the text of the stack that was asked for last is to be
        compared."""
        return not self._lost and self._seen == self._next

    def compare(self, text, stack, template):
        """The debugger has said TEXT of STACK. TEMPLATE() makes one from it.
        """
        try:
            if self._template is None:
                self._template = template()
            self._lost = self._template.text(stack) != text
        except Mismatch:
            self._lost = True
        self._next = self.SECOND if self._seen == 1 else \
            self._seen * self.FACTOR
