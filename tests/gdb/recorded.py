#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is recorded goes backwards over seams as on one stack, where the segment
was there from the last time.

gdb 16 steps from the caller back to the entry of a function that needed a
segment, not to its last line: seam-gdb(1) says so.
"""
import difflib
import sys

import session
import stepping

BACKWARDS = {
    'over the call': ['next', 'reverse-next', 'next'],
    'into what was called': ['next', 'reverse-step', 'reverse-step',
                             'reverse-next'],
    'to the call': ['step', 'next', 'next', 'reverse-finish'],
    'to the entry and out': ['step', 'next', 'next', 'reverse-step',
                             'reverse-step', 'reverse-step'],
    'there and back': ['step', 'next', 'finish', 'reverse-step', 'next'],
}

OLD_ONLY = 'into what was called', 'there and back'


def wanted():
    """The cases for this gdb."""
    version, = session.run(['python print(gdb.VERSION)'], '/bin/true')
    if int(version.split('.')[0]) < 16:
        return BACKWARDS
    return {case: commands for case, commands in BACKWARDS.items()
            if case not in OLD_ONLY}


def run(exe, how, cases):
    """{case: what gdb prints} of the second call, which finds a segment."""
    place = str(int(stepping.at('behind the first call')) + 1)
    typed = ['set args ' + how, 'set env SEAM_DEBUG split,stay',
             'set env SEAM_MAXPROCS 1']
    before, parts = len(typed), []
    for commands in cases.values():
        script = ['tbreak crossing.c:' + place, 'run', 'record', *commands,
                  'record stop', 'delete', 'kill']
        parts.append(len(script))
        typed += script
    printed = session.run(typed, exe)[before:]
    answers = {}
    for name, count in zip(cases, parts):
        answers[name] = '\n'.join(map(stepping.normal, printed[:count]))
        printed = printed[count:]
    return answers


def moments():
    """What is wrong after `record goto`, which changes all of a process."""
    place = stepping.at('depth 0')
    out = session.run(
        ['set env SEAM_DEBUG split,stay', 'set env SEAM_MAXPROCS 1',
         'tbreak deep', 'run up', 'record', 'info segments 1',
         'tbreak ' + place, 'continue', 'info segments 1',
         'record goto begin', 'info segments 1', 'record goto end',
         'info segments 1', 'record goto 1', 'info segments 1'],
        session.fixtures.BUILD / 'crossing' / 'crossing-gcc-gold-O0')
    first, last, begin, end, one = (out[i] for i in (5, 8, 10, 12, 14))
    if first == last or [begin, end, one] != [first, last, first]:
        yield 'record goto: ' + '\n'.join(out[5:])


def sends():
    """What is wrong after a step backwards in the middle of a call: it does not
    lead to the beginning of what was recorded."""
    out = session.run(
        ['set env SEAM_MAXPROCS 1', 'tbreak put', 'run live', 'record',
         'tbreak chansend', 'continue', 'frame function put', 'reverse-next',
         'bt 1'], session.executable('ring'))
    if 'on the way' in out[7] or session.functions(out[8]) != ['seam_send']:
        yield 'reverse-next: ' + '\n'.join(out[5:])


def main():
    wrong, cases = 0, wanted()
    for text in (*moments(), *sends()):
        wrong += 1
        print(text)
    for compiler in 'gcc', 'clang':
        exe = session.fixtures.BUILD / 'crossing' / (
            'crossing-%s-gold-O0' % compiler)
        expected, found = run(exe, 'one', cases), run(exe, 'up', cases)
        for case, text in found.items():
            if text != expected[case] or 'does not support' in text:
                wrong += 1
                print('%s: %s' % (compiler, case))
                sys.stdout.writelines(difflib.unified_diff(
                    expected[case].splitlines(True), text.splitlines(True),
                    'one', 'up'))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
