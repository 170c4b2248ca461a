# SPDX-License-Identifier: BSD-2-Clause
"""Backtraces that differ in the values of arguments alone: what is known of
each stack, and the text of one made from that of another. Knows no gdb.

Goroutines that came the same way, pc by pc, have the same text but for these
values: which frames there are, what they are called, and which arguments have
a value depends on the code alone.
"""

import json
from collections import namedtuple

# Of a goroutine. key: stacks of one answer with the same one have the same text
# but for values; lines: [Line], the innermost first.
Stack = namedtuple('Stack', 'key lines')

# pc: None where no frame stands for it; arguments: [Argument].
Line = namedtuple('Line', 'pc arguments')

# now, entered: the first bytes of its value and of that when its function was
# entered; None: not known.
Argument = namedtuple('Argument', 'name now entered')

# What a debugger says of a line. pc: as above; place: ` at FILE:LINE` or '';
# names: of its arguments, as they are shown; mark: what stands in a line of
# its own behind it, or ''.
Shown = namedtuple('Shown', 'level pc function place names mark')

LOST = '<optimized out>'


class Mismatch(Exception):
    """A text is not as these rules have it, or a value cannot be told."""


def stacks(text):
    """{id: Stack} of the goroutines whose stacks are told whole in TEXT, the
    inspector's JSON."""
    found = json.loads(text)['goroutines']
    return {g['id']: _stack(g) for g in found if _is_whole(g)}


def _is_whole(goroutine):
    return 'stop' not in goroutine and not any(
        'omitted_above' in frame for frame in goroutine['frames'])


def _stack(goroutine):
    lines, key = [], [goroutine['frames_number']]
    for frame in goroutine['frames']:
        arguments = frame.get('arguments', ())
        pc = frame.get('pc')
        lines.append(Line(pc and int(pc, 16),
                          [_argument(a) for a in arguments]))
        for argument in arguments:
            key += argument.get('value'), 'entered' in argument
        if pc is None:
            key.append(frame['function'])
    return Stack(tuple(key), lines)


def _argument(argument):
    return Argument(argument['name'], _bytes(argument.get('bytes')),
                    _bytes(argument.get('entered')))


def _bytes(digits):
    return digits and bytes.fromhex(digits)


# The argument NTH of line LINE, called NAME. lost, entry: whether it has no
# value now, and whether that on entry is told if it is another.
_Slot = namedtuple('_Slot', 'line nth name lost entry')


class Template:
    """What TEXT, of a backtrace of STACK, has in common with those of all
    stacks with the same key.

    SHOWN is what a debugger says of each line, and VALUE(line, nth, bytes,
    entry) how it shows a value of an argument; ENTRY: beside one on entry, or
    as that. Mismatch: anything in TEXT is not accounted for.
    """

    def __init__(self, text, stack, shown, value):
        self._text, self._at = text, 0
        self._stack, self._value = stack, value
        self._parts = []    # text, or a _Slot
        if len(shown) > len(stack.lines):
            raise Mismatch
        for nth, line in enumerate(shown):
            self._read_line(nth, line)
        if self._at != len(text):
            raise Mismatch

    def text(self, stack):
        """The text for STACK; Mismatch: a value cannot be told."""
        return ''.join(part if isinstance(part, str)
                       else self._argument(part, stack)
                       for part in self._parts)

    def _argument(self, slot, stack):
        argument = stack.lines[slot.line].arguments[slot.nth]

        def shown(data):
            return self._value(slot.line, slot.nth, data, slot.entry)
        now, entered = argument.now, argument.entered
        if slot.entry and not slot.lost and now == entered:
            return '%s=%s@entry=%s' % (slot.name, slot.name, shown(now))
        text = '%s=%s' % (slot.name, LOST if slot.lost else shown(now))
        if slot.entry:
            text += ', %s@entry=%s' % (slot.name, shown(entered))
        return text

    def _read_line(self, nth, line):
        told = self._stack.lines[nth]
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
                slot = _Slot(line, nth, argument.name, lost, entry)
                if self._read_slot(slot, behind):
                    return
        raise Mismatch

    def _read_slot(self, slot, behind):
        try:
            text = self._argument(slot, self._stack)
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
