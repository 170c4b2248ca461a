# SPDX-License-Identifier: BSD-2-Clause
"""What users type in gdb's language, and names of variables. Nothing here
writes to the target or calls a function in it."""

import re

import gdb

from . import target

_PLACED = gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY, \
    gdb.TYPE_CODE_FUNC


def address_in(expression):
    """The address that the user's EXPRESSION has as its value, or, of what is
    no number, as its place."""
    value = evaluated(expression)
    if value.type.strip_typedefs().code in _PLACED:
        value = value.address
    if value is None:
        raise gdb.GdbError('Attempt to take address of value not located in '
                           'memory.')
    return target.number(value)


# Of an expression what does not write, though it looks so, and what does.
_HARMLESS = r'''"(\\.|[^"\\])*"|'(\\.|[^'\\])*'|[=!]=|(?<![<>])[<>]='''
_WRITES = r'\+\+|--|='


def evaluated(expression):
    """The value of the user's EXPRESSION, which may neither write nor call a
    function of the target."""
    if re.search(_WRITES, re.sub(_HARMLESS, ' ', expression)):
        raise gdb.GdbError('Nothing is assigned here: %s' % expression)
    called = gdb.parameter('may-call-functions')
    gdb.execute('set may-call-functions off')
    try:
        return gdb.parse_and_eval(expression)
    finally:
        gdb.execute('set may-call-functions %s' % ('on' if called else 'off'))


def is_known_on_entry(argument):
    """Whether gdb knows what ARGUMENT of the selected frame was in the
    beginning."""
    expression = argument + '@entry'
    try:
        gdb.parse_and_eval(expression)
    except (gdb.error, gdb.MemoryError):
        return False
    return True
