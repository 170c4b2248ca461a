#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
"""What gdb's commands end at where each call crosses a seam is what they end
at on one stack: crossing.c runs either way."""
import difflib
import re
import sys

import session

SOURCE = session.SRC / 'tests' / 'gdb' / 'crossing.c'
PROGRAMS = ['crossing-%s-gold-%s' % (compiler, level)
            for compiler in ('gcc', 'clang') for level in ('O0', 'O2')]

# Newer segments above the older ones or below; one kept from the last time,
# which is the fast way, or a new one every time, the slow way. Each program
# goes two of the four ways.
FAST, SLOW = 'split,stay', 'split,stay,poison'
WAYS = [[('up', FAST), ('down', SLOW)], [('up', SLOW), ('down', FAST)]]

# What comes then is another matter.
WORK_ENDS = re.compile('(?m)^(0x in )?(main|gostart) ')


def at(remark):
    """The line with this remark."""
    lines = SOURCE.read_text(encoding='utf-8').splitlines()
    number, = [i for i, line in enumerate(lines, 1)
               if '/* %s */' % remark in line]
    return str(number)


def cases():
    """What is typed, from `run` on; {name: (breakpoint, commands)}."""
    into, out = at('into leaf'), at('out of leaf')
    first, behind = at('the first call'), at('behind the recursion')
    return {
        'step': (first, 50 * ['step']),
        'next': ('leaf', 25 * ['next']),
        'next over calls': ('middle', 14 * ['next']),
        'step into calls': ('middle', 40 * ['step']),
        'next by recursion': ('deep', 25 * ['next']),
        'step by recursion': ('deep', 60 * ['step']),
        'next up': (at('depth 0'), 25 * ['next']),
        'count': ('middle', ['next 3', 'step 4', 'next 5']),
        'until': ('middle', 14 * ['until']),
        'until comes there': (into, ['until ' + out]),
        'until is not in the function': (out, ['until ' + behind]),
        'until is in what it calls': ('middle', ['until ' + into]),
        'until recursion is back': ('deep', ['next', 'next', 'until '
                                             + behind, 'p below']),
        'advance': ('middle', ['advance ' + into, 'advance ' + out,
                               'advance ' + behind]),
        'finish': ('leaf', ['finish', 'finish']),
        'finish from the body': (out, ['finish', 'next', 'finish', 'next']),
        'finish at the top of recursion': (at('depth 0'), 6 * ['finish']),
        'tbreak at the top of recursion': (at('depth 0'), [
            'tbreak leaf', 'continue'] + 6 * ['finish']),
        'finish a frame above': (into, ['up', 'finish']),
        'finish a frame far above': (at('depth 0'), [
            'frame function work', 'down', 'down', 'finish', 'up', 'down']),
        'finish the caller': (into, ['frame function middle', 'finish']),
        'finish, a struct in registers': ('two', ['next', 'finish']),
        'finish, a struct in memory': ('many', ['next', 'finish']),
        'finish, a number of the other kind': ('half', ['next', 'finish']),
        'finish, nothing': ('nothing', ['next', 'finish']),
        'finish at the entry': ('half', ['finish']),
        'watch': (at('behind the first call'), ['watch kept']
                  + 4 * ['continue']),
        'watch over recursion': (at('depth 1'), ['watch below']
                                 + 4 * ['continue']),
        'watch until it is gone': (behind, ['watch below'] + 2 * ['continue']),
        'watch in a leaf': (into, ['watch n', 'continue', 'next']),
    }


def run(exe, how, debug):
    """{case: what gdb prints}."""
    typed, names = ['set args ' + how, 'set env SEAM_DEBUG ' + debug,
                    'set env SEAM_MAXPROCS 1'], []
    for name, (place, commands) in cases().items():
        script = ['tbreak ' + place, 'run', *commands, 'delete', 'kill']
        names += [name] * len(script)
        typed += script
    printed = session.run(typed, exe)[-len(names):]
    answers = dict.fromkeys(names, '')
    for name, command, text in zip(names, typed[-len(names):], printed):
        answers[name] += '(gdb) %s\n%s\n' % (command, normal(text))
    return {name: WORK_ENDS.split(text)[0] for name, text in answers.items()}


def normal(text):
    """TEXT without what says which thread and process it is, what arguments
    are before they are in place, and that gdb was at a seam before it was
    where it ended."""
    for pattern, new in (
            (r'0x[0-9a-f]+', '0x'),
            (r'(?m)^(Thread \S+ ".*" hit )?(?=Temporary breakpoint )', ''),
            (r'(?m)^\[(New Thread|Switching|Inferior) .*\n?', ''),
            (r'(?m)^0x in __morestack \(\) .*\n(.*\b1\t.*\n)?', ''),
            (r'(\w) \(\w+(@entry)?=.*\) at ', r'\1 () at '),
            (r'(?m)(breakpoint|Breakpoint|atchpoint) \d+', r'\1'),
            (r'(?m)^#\d+ +', '#'),
            (r'\$\d+ = ', '$ = '),
            (r'(?m)^Thread \S+ ".*" hit ', '')):
        text = re.sub(pattern, new, text)
    return text


def main():
    wrong = 0
    for number, name in enumerate(PROGRAMS):
        exe = session.fixtures.BUILD / 'crossing' / name
        expected = run(exe, 'one', '')
        for how, debug in WAYS[number % 2]:
            for case, text in run(exe, how, debug).items():
                if text != expected[case]:
                    wrong += 1
                    print('%s %s %s: %s' % (name, how, debug, case))
                    sys.stdout.writelines(difflib.unified_diff(
                        expected[case].splitlines(True),
                        text.splitlines(True), 'one', how))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
