# SPDX-License-Identifier: BSD-2-Clause
"""The elements in a channel, as values of a type."""

import gdb

from . import target

_FIELDS = 'count', 'capacity', 'element', 'taken', 'elements'


def of(channel, type_):
    """What is in CHANNEL, a gdb.Value of a channel or its address, as an array
    of TYPE_."""
    addr, fields = _address(channel), _fields()

    def number(name):
        return int.from_bytes(target.bytes_at(
            addr + fields[name].offset, fields[name].size), 'little')
    count, size = number('count'), number('element')
    if size != type_.sizeof:
        raise gdb.GdbError('The elements of the channel have %d bytes, those '
                           'of type %s have %d.' % (size, type_, type_.sizeof))
    first, capacity = number('taken'), number('capacity')
    if count > capacity or first > capacity:
        raise gdb.GdbError('The channel at 0x%x is damaged.' % addr)
    if not count:
        raise gdb.GdbError('The channel is empty.')
    if not size:
        raise gdb.GdbError('The elements of the channel, %d, have no bytes.'
                           % count)
    base = addr + fields['elements'].offset
    data = b''.join(
        target.bytes_at(base + (first + i) % capacity * size, size)
        for i in range(min(count, _most())))
    return gdb.Value(data, type_.array(len(data) // size - 1))


def _address(channel):
    if channel.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
        channel = channel.address
    return int(channel) & target.MASK


def _fields():
    """{name: layout.Field}"""
    nouns = target.nouns()
    paths = {name: nouns['channel.' + name] for name in _FIELDS}
    target.runtime_layout()
    found = target.Types().fields(nouns['channel.type'], paths.values()) or {}
    absent = [path for path in paths.values() if path not in found]
    if absent:
        raise gdb.GdbError('The debug information of %s has no field %s.' % (
            nouns['runtime'], ', '.join(absent)))
    return {name: found[path] for name, path in paths.items()}


def _most():
    """One more than gdb prints: it says then that there are more."""
    return (gdb.parameter('print elements') or 1 << 20) + 1
