# SPDX-License-Identifier: BSD-2-Clause
"""What may stand where the user presses TAB behind a command that takes
goroutines."""

import re

import gdb

from . import filter, target, view
from .command import complete_command

# What the inspector groups by.
KEYS = ('stack', 'top', 'function', 'creator', 'state', 'reason', 'name',
        'thread')


def wanted(text, word):
    """IDs and a filter."""
    begun = text[:len(text) - len(word)]
    ids = (view.complete_ids(word)
           if re.fullmatch(r'[0-9\s,]*([0-9]-)?', begun) else [])
    return ids + _filter(begun, word)


def grouped(text, word):
    """The same behind -group [-by KEY], which come first."""
    begun = text[:len(text) - len(word)]
    options = re.match(r'\s*-group\s+(?:-by\s+\S+\s+)?', begun)
    if re.fullmatch(r'\s*-group\s+-by\s+', begun):
        return _begin(word, KEYS)
    if re.fullmatch(r'\s*(-group\s+)?-?', begun):
        option = '-by' if options else '-group'
        # gdb begins a word behind the dash.
        if begun.endswith('-'):
            return _begin(word, [option[1:]])
        first = [] if word else [option]
    else:
        first = []
    return first + wanted(text[options.end() if options else 0:], word)


def applied(text, word):
    """Goroutines, flags and a command."""
    begun = text[:len(text) - len(word)]
    command = re.match(r'\s*(?:all|[0-9][0-9\s,-]*)\s(?:-[qcs]+\s+)*(\D.*)',
                       text)
    if command is None:
        first = ['all'] if not begun.strip() else []
        return _begin(word, first) + wanted(text, word)
    if command.group(1).startswith('-'):
        return _begin(word, ['c', 'q', 's'])
    return complete_command(command.group(1), word)


def _filter(begun, word):
    """The words of the filter BEGUN that may come next."""
    what, typed = filter.expected(begun + word)
    if what in ('function', 'entry', 'creator'):
        return [name for name in complete_command('break ' + word, word)
                if '.' not in name]     # no files
    values = (what if isinstance(what, tuple)
              else [filter.word(value) for value in _values(what)])
    # gdb begins a word behind a quote, a dash or an operator; and what it has
    # begun behind a quote it closes.
    kept = typed[:len(typed) - len(word)]
    end = -1 if kept == '"' else None
    return [value[len(kept):end] for value in values
            if value.startswith(typed)
            or not kept and value.startswith('"' + typed)]


def _values(field):
    """What there is to say of it, as far as that is quickly known."""
    try:
        if field == 'name':
            return sorted({g.name for g in view.View().snapshot.goroutines})
        return sorted(target.runtime_layout().words().get(field, ()))
    except (gdb.error, gdb.GdbError):
        return []


def _begin(word, words):
    return [each for each in words if each.startswith(word)]
