# SPDX-License-Identifier: BSD-2-Clause
"""Groups of goroutines as text, which reads the same as the inspector's."""

from . import grouping, render

COLUMNS, INDENT, STATES_SHOWN = 80, 4, 8
MORE = ', ...'


def groups(found, key, most=None):
    """FOUND, Groups, by what KEY says. What they have in common is a label, or
    the lines of a stack, of which MOST are shown, and why it ends there, or
    None."""
    count = sum(len(group.members) for group in found)
    return '%s in %s by %s\n' % (
        _counted(count, 'goroutine'), _counted(len(found), 'group'), key
    ) + ''.join(_group(group, most) for group in found)


def _counted(count, what):
    return '%d %s%s' % (count, what, '' if count == 1 else 's')


def _group(group, most):
    label = group.common if isinstance(group.common, str) else ''
    text = '\n%s%s\n%s%s' % (
        _counted(len(group.members), 'goroutine'), label and ': ' + label,
        _ids(grouping.runs([g.id for g in group.members])),
        _states(group.states))
    return text if label else text + _stack(*group.common, most)


def _ids(runs):
    """As many as the line has room for."""
    text, room = '', COLUMNS - INDENT
    for index, run in enumerate(runs):
        more = (', ' if index else '') + _range(*run)
        last = index == len(runs) - 1
        if len(text) + len(more) > room - (0 if last else len(MORE)):
            text += MORE
            break
        text += more
    return '%*s%s\n' % (INDENT, '', text)


def _range(first, count):
    if count == 1:
        return str(first)
    return '%d%s%d' % (first, ', ' if count == 2 else '-', first + count - 1)


def _states(states):
    lines = [_state(state, len(states) == 1)
             for state in states[:STATES_SHOWN]]
    rest = sum(state.count for state in states[STATES_SHOWN:])
    if rest:
        lines.append('%*s%d others\n' % (INDENT, '', rest))
    return ''.join(lines)


def _state(state, alone):
    text = '' if alone else '%d ' % state.count
    text += state.state
    if state.reason:
        text += ', ' + state.reason
    return '%*s%s%s\n' % (INDENT, '', text, _waits(state))


def _waits(state):
    if state.longest is None:
        return ''
    least, longest = map(render.duration, (state.least, state.longest))
    return ', ' + (least if least == longest else
                   '%s to %s' % (least, longest))


def _stack(lines, why, most):
    shown = list(grouping.folded(lines))
    text = ''.join(_line(*line) for line in shown[:most])
    if shown[most:] and most is not None:
        rest = len(lines) - shown[most][0]
        text += '    ... %d more frame%s\n' % (rest, '' if rest == 1 else 's')
    return text + '    %s\n' % why if why else text


def _line(number, line, period):
    if period is None:
        return '#%-2d %s\n' % (number, line)
    like = 'this' if period == 1 else 'these %d' % period
    return '    ... %d more frames like %s\n' % (line, like)


def line(p, remark):
    """One line of a stack, without its number: the Place P, and REMARK."""
    at = ' at %s:%d' % (p.file, p.line) if p.file is not None else ''
    return '%s%s%s' % (p.function or '??', at, remark and ' (%s)' % remark)
