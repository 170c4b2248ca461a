# SPDX-License-Identifier: BSD-2-Clause
"""How gdb prints the runtime's structs, each in a line."""

import gdb

from . import layout, read, render, target

WAITERS_MAX = 10000     # counted in a queue where gdb prints without limit


class _Line:
    """A struct of the runtime as one line of text."""

    def __init__(self, value, noun, text):
        self._value = value
        self._noun = noun
        self._text = text

    def to_string(self):
        """gdb 13 prints only what its character set has."""
        charset = gdb.target_charset()
        data = self._text(self).encode(charset, 'backslashreplace')
        return data.decode(charset)

    def get(self, name):
        """The value of the field that the noun calls NAME."""
        path = target.nouns()['%s.%s' % (self._noun, name)]
        value = self._value
        for part in path.split('.'):
            value = value[part]
        return value

    def address(self, name):
        """The same, a pointer, as a number."""
        return int(self.get(name)) & target.MASK

    def known(self):
        """Whether the struct is the runtime's, not a user's namesake."""
        if not target.has_runtime():
            return False
        paths = [path for noun, path in target.nouns().items()
                 if noun.startswith(self._noun + '.')
                 and not noun.endswith(_NO_FIELDS)]
        found = target.fields_of(self._value.type, paths)
        return len(found) == len(set(paths))


def _goroutine(line):
    state = str(line.get('state'))
    waiting = state == target.nouns()['state.waiting']
    return '%s (%s)' % (
        render.title(int(line.get('id')), _name(line.get('name'))),
        render.state(layout.plain(state, target.nouns()['state.prefix']),
                     None, _wait(line) if waiting else None))


def _name(array):
    # As bytes: gdb 13 has no other way to them.
    return read.text(array.string('latin-1').encode('latin-1'))


def _wait(line):
    return render.Wait(target.memory().string(line.address('reason')),
                       line.address('object'), None)


def _machine(line):
    return render.machine(int(line.get('id')), int(line.get('thread')))


def _segment(line):
    low = int(line.get('low'))
    return render.segment(low, low + int(line.get('size')),
                          int(line.get('boundary')))


def _channel(line):
    return render.channel(
        int(line.get('count')), int(line.get('capacity')),
        int(line.get('element')), bool(line.get('closed')),
        _queue(line.get('receivers')), _queue(line.get('senders')))


def _mutex(line):
    return render.shared('mutex', _owner(line, 'has it', 'free'),
                         _waiting(line))


def _rwlock(line):
    readers = int(line.get('state')) // target.Types().constant(
        target.nouns()['rwlock.reader'])
    who = (render.readers(readers) if readers
           else _owner(line, 'has it, to write', 'free'))
    return render.shared('rwlock', who, _waiting(line))


def _condition(line):
    return render.shared('condition', '', _waiting(line))


def _waitgroup(line):
    return render.shared('waitgroup', 'count %d' % int(line.get('count')),
                         _waiting(line))


def _once(line):
    return render.shared('once', _owner(line, 'runs it', 'nobody runs it'),
                         _waiting(line))


def _owner(line, does, otherwise):
    """`goroutine 3 "walker" DOES`, or OTHERWISE where nobody does."""
    if not line.address('owner'):
        return otherwise
    owner = _Line(line.get('owner').dereference(), 'goroutine', None)
    return '%s %s' % (render.title(int(owner.get('id')),
                                   _name(owner.get('name'))), does)


def _waiting(line):
    return _queue(line.get('queue'))


def _queue(waiter):
    """How many wait in the list from WAITER on, as a render.Count: more than
    gdb prints of other things are not counted."""
    after, limit = target.nouns()['waiter.next'], gdb.parameter(
        'print elements') or WAITERS_MAX
    count = 0
    while waiter and count < limit:
        waiter = waiter[after]
        count += 1
    return render.Count(count, bool(waiter))


_LINES = {'goroutine': _goroutine, 'machine': _machine, 'segment': _segment,
          'channel': _channel, 'mutex': _mutex, 'rwlock': _rwlock,
          'condition': _condition, 'waitgroup': _waitgroup, 'once': _once}

# Nouns whose names are those of no field.
_NO_FIELDS = '.type', '.head', '.reader', '.fenced'


def _line_of(value):
    """gdb's lookup function: a _Line for the runtime's structs, or None."""
    if value.type.strip_typedefs().code != gdb.TYPE_CODE_STRUCT:
        return None
    name = value.type.strip_typedefs().name
    for noun, text in _LINES.items():
        if name == target.nouns()[noun + '.type']:
            line = _Line(value, noun, text)
            return line if line.known() else None
    return None


def install():
    """Register with gdb, once."""
    gdb.pretty_printers.append(_line_of)
