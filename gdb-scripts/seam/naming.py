# SPDX-License-Identifier: BSD-2-Clause
"""The names that the user gives to goroutines: gdb keeps them, the program
knows nothing of them."""

import gdb

_names = {}     # by (inferior, process, id of a goroutine)


def _key(goroutine):
    inferior = gdb.selected_inferior()
    return inferior.num, inferior.pid, goroutine.id


def give(goroutine, name):
    """GOROUTINE of the selected inferior is called NAME; '': as it was."""
    if name:
        _names[_key(goroutine)] = name
    else:
        _names.pop(_key(goroutine), None)


def any_given():
    """Whether the user has named one of the selected inferior's."""
    inferior = gdb.selected_inferior()
    return any(key[:2] == (inferior.num, inferior.pid) for key in _names)


def apply(goroutines):
    """Let GOROUTINES of the selected inferior have the names given to them."""
    if _names:
        for goroutine in goroutines:
            goroutine.name = _names.get(_key(goroutine), goroutine.name)
