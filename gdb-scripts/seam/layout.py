# SPDX-License-Identifier: BSD-2-Clause
"""What the runtime calls its things, and where they lie in its structs.

The names stand in one file that the inspector reads too (seam.rt); offsets
and sizes come from the target's debug information through a `types` object:

    types.variable(name)        its address, or None
    types.fields(type, paths)   {path: Field} of those that exist,
                                None without such a type
    types.size(type)            its bytes
    types.type_of(name)         the name of variable NAME's type, or None
    types.enumerators(type)     {value: name}, or None

Reads no memory of the target.
"""

import operator
import struct
from collections import namedtuple

from .model import Missing

# code is the field's format for struct, '16s' for an array of 16 characters.
Field = namedtuple('Field', 'offset size code')

# Names of states: by value, without the prefix, in lower case; the values
# that mean not in use, running, waiting.
States = namedtuple('States', 'names unused running waiting')

_RECORDS = {
    'goroutine': ('id state reason object since creator entry name machine '
                  'sp pc top low bytes next').split(),
    'segment': 'next boundary low size'.split(),
    'machine': 'next id thread current'.split(),
    'clock': 'first.ticks first.ns last.ticks last.ns'.split(),
}


class Record:
    """How to take one struct apart: it gives a tuple of the nouns. All of it
    has WHOLE bytes."""

    def __init__(self, noun, fields, whole):
        order = sorted(fields, key=lambda name: fields[name].offset)
        names = [name.replace('.', '_') for name in order]
        code, end = '<', 0
        for name in order:
            field = fields[name]
            code += '%dx%s' % (field.offset - end, field.code)
            end = field.offset + field.size
        self.struct = struct.Struct(code)
        self.make = namedtuple(noun.capitalize() + 'Record', names)._make
        self.whole = whole
        self._names = names
        self._pickers = {}

    def read(self, memory, addr):
        """The tuple of the struct at ADDR of the read.Memory, or Unreadable.
        """
        return self.make(memory.unpack(self.struct, addr))

    def picker(self, *names):
        """What takes those of NAMES, as a tuple, or the only one, out of what
        struct makes of the bytes."""
        if names not in self._pickers:
            self._pickers[names] = operator.itemgetter(
                *(self._names.index(name) for name in names))
        return self._pickers[names]


class Layout:
    """A runtime in one executable: records, states, heads of lists."""

    def __init__(self, nouns):
        self.nouns = nouns
        self.records = {}
        self.states = None
        self.heads = {}

    def words(self):
        """What goroutines' states and reasons can be, by the names of these."""
        return {
            'state': [name for value, name in self.states.names.items()
                      if value not in self.states.unused],
            'reason': [name for noun, name in self.nouns.items()
                       if noun.startswith('wait.')]}


def parse(text):
    """The nouns of a .rt file: {noun: name}. ValueError names a bad line."""
    nouns = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split('#', 1)[0].strip()
        if not line:
            continue
        noun, equals, name = line.partition('=')
        if not equals or not name.strip():
            raise ValueError('line %d: not `noun = name`' % number)
        nouns[noun.strip()] = name.strip()
    return nouns


def resolve(nouns, types):
    """The Layout of NOUNS in the target; Missing names all that is not."""
    layout, missing = Layout(nouns), []
    for list_ in ('goroutine', 'machine'):
        _resolve_head(layout, types, list_, missing)
    for noun in ('goroutine', 'segment', 'machine'):
        _resolve_record(layout, types, noun, nouns[noun + '.type'], missing)
    _resolve_clock(layout, types, missing)
    _resolve_states(layout, types, missing)
    if missing:
        raise Missing(missing)
    return layout


def _resolve_head(layout, types, noun, missing):
    name = layout.nouns[noun + '.head']
    addr = types.variable(name)
    if addr is None:
        missing.append('variable ' + name)
    layout.heads[noun] = addr


def _resolve_record(layout, types, noun, type_, missing):
    paths = {name: layout.nouns['%s.%s' % (noun, name)]
             for name in _RECORDS[noun]}
    found = types.fields(type_, paths.values())
    if found is None:
        missing.append('type ' + type_)
        return
    absent = [path for path in paths.values() if path not in found]
    missing.extend('field %s.%s' % (type_, path) for path in absent)
    if not absent:
        layout.records[noun] = Record(
            noun, {name: found[path] for name, path in paths.items()},
            types.size(type_))


def _resolve_clock(layout, types, missing):
    variable = layout.nouns['clock.variable']
    layout.heads['clock'] = types.variable(variable)
    type_ = types.type_of(variable)
    if type_ is None:
        missing.append('variable ' + variable)
    else:
        _resolve_record(layout, types, 'clock', type_, missing)


def _resolve_states(layout, types, missing):
    nouns = layout.nouns
    values = types.enumerators(nouns['state.type'])
    if values is None:
        missing.append('enum ' + nouns['state.type'])
        return
    by_name = {name: value for value, name in values.items()}
    wanted = nouns['state.unused'].split()
    wanted += [nouns['state.running'], nouns['state.waiting']]
    missing.extend('enumerator ' + w for w in wanted if w not in by_name)
    layout.states = States(
        {value: plain(name, nouns['state.prefix'])
         for value, name in values.items()},
        {by_name.get(name) for name in nouns['state.unused'].split()},
        by_name.get(nouns['state.running']),
        by_name.get(nouns['state.waiting']))


def plain(name, prefix):
    """The state that the enumerator NAME means, in a reader's words."""
    if name.startswith(prefix):
        name = name[len(prefix):]
    return name.lower()
