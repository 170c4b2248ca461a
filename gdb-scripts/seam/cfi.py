# SPDX-License-Identifier: BSD-2-Clause
"""How one stack frame leads to the next: .eh_frame of a program in memory.

Only rows that most code has are understood, those that find a caller by sp or
rbp plus a number. Where there is another, nothing is said, so that somebody
else is asked. x86-64, System V.
"""

import struct
from collections import namedtuple

from . import elf
from .model import Unreadable

# The caller's sp is OFFSET from rbp where BY_RBP, else from sp. WORDS unpacks,
# at the caller's sp plus FROM, rbp (if RBP is true) and the return address.
Row = namedtuple('Row', 'by_rbp offset from_ words rbp')

END = 'end'         # instead of a Row: nobody has called the function

TABLE_MAX = 1 << 26     # bytes of a table of functions
ENTRY_MAX = 1 << 16     # bytes of what one function has

_RBP, _RSP, _RIP = 6, 7, 16
_SAME, _UNDEFINED = 'same', 'undefined'
_DATAREL_4 = 0x3b       # the only encoding that linkers give to the table
_FORMATS = {0: '<Q', 3: '<I', 4: '<Q', 11: '<i', 12: '<q'}
_ONLY_RA, _RBP_AND_RA = struct.Struct('<Q'), {}


class _Other(Exception):
    """What stands here is not among what is understood."""


class Rows:
    """The rows of the program whose COUNT program headers lie at PHDR.

    READ(addr, size) gives bytes or raises Unreadable.
    """

    def __init__(self, read, phdr, count):
        self._read = read
        self._firsts = self._table(phdr, count)
        self._rows = {}

    def at(self, pc):
        """The Row of the instruction at PC, END, or None."""
        if pc not in self._rows:
            try:
                self._rows[pc] = self._find(pc)
            except (_Other, Unreadable, struct.error, IndexError, TypeError,
                    ValueError):
                self._rows[pc] = None
        return self._rows[pc]

    def _table(self, phdr, count):
        """[(first pc, where its entry lies)], ascending."""
        try:
            at = elf.eh_frame_header(self._read, phdr, count)
            if at is None:
                return []
            head = self._read(at, 12)
            number, = struct.unpack_from('<I', head, 8)
            if head[0] != 1 or head[3] != _DATAREL_4 or number > TABLE_MAX // 8:
                return []
            rows = struct.iter_unpack('<ii', self._read(at + 12, 8 * number))
            return [(at + first, at + entry) for first, entry in rows]
        except (Unreadable, struct.error):
            return []

    def _find(self, pc):
        import bisect
        index = bisect.bisect_right(self._firsts, (pc, 1 << 64)) - 1
        if index < 0:
            return None
        entry = _Entry(self._read, self._firsts[index][1])
        common = _Entry(self._read, entry.common)
        form = _Form(common)
        first = entry.pointer(form.encoding)
        size = entry.number(form.encoding & 15)
        if not first <= pc < first + size:
            return None
        if form.augmented:
            entry.skip(entry.uleb())
        machine = _Machine(form, first, pc)
        machine.run(common)
        machine.initial = machine.rules.copy()
        machine.run(entry)
        return machine.row()


class _Entry:
    """A CIE or an FDE at ADDR, read from front to back."""

    def __init__(self, read, addr):
        length, common = struct.unpack('<II', read(addr, 8))
        if not 4 <= length <= ENTRY_MAX:
            raise _Other
        self.common = addr + 4 - common     # in an FDE: where its CIE is
        self._addr = addr
        self._data = read(addr, 4 + length)
        self._at = 8

    def more(self):
        """Whether there is something left."""
        return self._at < len(self._data)

    def byte(self):
        """The next byte."""
        self._at += 1
        return self._data[self._at - 1]

    def skip(self, count):
        """Leave COUNT bytes out."""
        self._at += count

    def string(self):
        """The bytes up to the next 0."""
        end = self._data.index(b'\0', self._at)
        text, self._at = self._data[self._at:end], end + 1
        return text

    def uleb(self):
        """An unsigned number of several bytes."""
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def sleb(self):
        """A signed one."""
        start = self._at
        number = self.uleb()
        bits = 7 * (self._at - start)
        return number - (1 << bits) if number >> bits - 1 else number

    def number(self, form):
        """One of a fixed size."""
        if form not in _FORMATS:
            raise _Other
        format_ = _FORMATS[form]
        number, = struct.unpack_from(format_, self._data, self._at)
        self._at += struct.calcsize(format_)
        return number

    def pointer(self, encoding):
        """An address: absolute, or from where it stands."""
        base = {0: 0, 0x10: self._addr + self._at}.get(encoding & 0xf0)
        if base is None:
            raise _Other
        return base + self.number(encoding & 15)


class _Form:
    """What the CIE COMMON says before its instructions."""

    def __init__(self, common):
        common.byte()                       # the version
        letters = common.string()
        self.code, self.data = common.uleb(), common.sleb()
        if common.uleb() != _RIP:
            raise _Other
        self.encoding, self.augmented = 0, letters.startswith(b'z')
        if letters and not self.augmented:
            raise _Other
        if self.augmented:
            common.uleb()
        for letter in letters[1:]:
            if letter == ord('R'):
                self.encoding = common.byte()
            elif letter == ord('P'):
                common.pointer(common.byte() & 0x7f)
            elif letter == ord('L'):
                common.byte()
            else:                           # S: a signal's frame
                raise _Other


class _Machine:
    """Runs instructions until PC is passed, from FIRST on. Rules: offsets from
    the CFA, _SAME, _UNDEFINED, or None for what is not understood."""

    def __init__(self, form, first, pc):
        self._form, self._at, self._pc = form, first, pc
        self.rules = {'cfa': None, _RBP: _SAME, _RIP: _UNDEFINED}
        self.initial = None
        self._kept = []

    def row(self):
        """The Row that they have led to, or END."""
        cfa, rip, rbp = (self.rules[r] for r in ('cfa', _RIP, _RBP))
        if rip == _UNDEFINED:
            return END
        if cfa is None or cfa[0] not in (_RBP, _RSP) or rip != -8:
            return None
        if rbp == _SAME:
            return Row(cfa[0] == _RBP, cfa[1], -8, _ONLY_RA, False)
        if not isinstance(rbp, int) or rbp > -16:
            return None
        words = _RBP_AND_RA.setdefault(
            rbp, struct.Struct('<Q%dxQ' % (-16 - rbp)))
        return Row(cfa[0] == _RBP, cfa[1], rbp, words, True)

    def run(self, entry):
        """Those of ENTRY."""
        while entry.more():
            code = entry.byte()
            if code & 0xc0:
                done = self._primary(code & 0xc0, code & 0x3f, entry)
            else:
                done = self._extended(code, entry)
            if done:
                return

    def _primary(self, code, low, entry):
        if code == 0x40:                    # advance_loc
            return self._advance(low)
        if code == 0x80:                    # offset
            self._set(low, entry.uleb() * self._form.data)
        else:                               # restore
            self._restore(low)
        return False

    def _advance(self, delta):
        """Whether PC is passed."""
        self._at += delta * self._form.code
        return self._at > self._pc

    def _set(self, register, rule):
        if register in self.rules:
            self.rules[register] = rule

    def _restore(self, register):
        if register in self.rules:
            self.rules[register] = self.initial[register]

    def _extended(self, code, entry):
        if code in (2, 3, 4):               # advance_loc1, 2, 4
            size = 1 << code - 2
            delta = sum(entry.byte() << 8 * i for i in range(size))
            return self._advance(delta)
        if code not in _EXTENDED:
            raise _Other
        _EXTENDED[code](self, entry)
        return False

    def _define(self, register, offset):
        self.rules['cfa'] = register, offset

    def _remember(self, entry):
        self._kept.append(self.rules.copy())

    def _recall(self, entry):
        self.rules = self._kept.pop()

    def _expression(self, register, entry):
        self._set(register, None)
        entry.skip(entry.uleb())

    def _define_expression(self, entry):
        self.rules['cfa'] = None
        entry.skip(entry.uleb())

    def _in_register(self, entry):
        self._set(entry.uleb(), None)
        entry.uleb()


_EXTENDED = {
    0x00: lambda m, e: None,
    0x05: lambda m, e: m._set(e.uleb(), e.uleb() * m._form.data),
    0x06: lambda m, e: m._restore(e.uleb()),
    0x07: lambda m, e: m._set(e.uleb(), _UNDEFINED),
    0x08: lambda m, e: m._set(e.uleb(), _SAME),
    0x09: _Machine._in_register,
    0x0a: _Machine._remember,
    0x0b: _Machine._recall,
    0x0c: lambda m, e: m._define(e.uleb(), e.uleb()),
    0x0d: lambda m, e: m._define(e.uleb(), m.rules['cfa'][1]),
    0x0e: lambda m, e: m._define(m.rules['cfa'][0], e.uleb()),
    0x0f: _Machine._define_expression,
    0x10: lambda m, e: m._expression(e.uleb(), e),
    0x11: lambda m, e: m._set(e.uleb(), e.sleb() * m._form.data),
    0x12: lambda m, e: m._define(e.uleb(), e.sleb() * m._form.data),
    0x13: lambda m, e: m._define(m.rules['cfa'][0], e.sleb() * m._form.data),
    0x16: lambda m, e: m._expression(e.uleb(), e),
    0x2e: lambda m, e: e.uleb(),            # GNU_args_size
}

FRAMES_MAX = 100000


def pcs(memory, rows, pc, sp):
    """The pcs of the stack of one that is parked at PC and SP, as a tuple, the
    first of its callers' next; None: not all rows are understood, or there."""
    found, rbp = [pc], None
    at, unpack = rows.at, memory.unpack
    try:
        while len(found) < FRAMES_MAX:
            row = at(pc - 1)
            if row is None or row is END:
                return row and tuple(found)
            by_rbp, offset, from_, words, has_rbp = row
            if by_rbp:
                if rbp is None:
                    return None
                sp = rbp
            sp += offset
            if has_rbp:
                rbp, pc = unpack(words, sp + from_)
            else:
                pc, = unpack(words, sp + from_)
            found.append(pc)
    except Unreadable:
        pass
    return None
