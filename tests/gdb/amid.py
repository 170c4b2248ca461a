#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Goroutines amid something: a signal handler, a call outside, growing,
shrinking, between two goroutines. They are found and selected, and all that
gdb shows then is theirs."""
import tempfile
import unittest

import session

GROWN = 20 * ['dig']


def without_seams(backtrace):
    return [name for name in session.functions(backtrace) if name != '|']


class Running(unittest.TestCase):
    """On other stacks than their own."""

    def core(self, fixture, compiler, linker, *commands):
        exe = session.executable(fixture, compiler, linker)
        with tempfile.TemporaryDirectory() as folder:
            core, _ = session.fixtures.make_core(exe, folder)
            return session.run(commands, exe, core, before=session.EVIDENCE)

    def each(self, fixture, *commands):
        for tools in ('gcc', 'gold'), ('clang', 'lld'):
            yield self.core(fixture, *tools, *commands)

    def test_in_a_signal_handler(self):
        for out in self.each('signalled', 'info goroutines', 'goroutine 1',
                             'bt', 'frame function interrupted', 'x/i $pc',
                             'frame function dig', 'info args', 'list',
                             'bt -no-filters'):
            self.assertRegex(out[0], r'(?m)^\* 1 +running .* stop ')
            self.assertEqual(without_seams(out[2]),
                             ['stop', 'on_signal', '<signal handler called>',
                              'interrupted', *GROWN, 'start'])
            self.assertIn('|', session.functions(out[2]))
            # Nothing is told of what gdb made up.
            self.assertRegex(out[2], r'(?m)^#\d+  <signal handler called> \(\)$')
            self.assertIn('ud2', out[4])
            self.assertIn('<interrupted', out[4])
            self.assertRegex(out[6], '(?m)^(depth|n) = ')
            self.assertIn('dig', out[7])

    def test_in_a_call_outside(self):
        for out in self.each('blocking', 'info goroutines', 'bt',
                             'frame function blocks', 'goroutine 2', 'bt',
                             'info registers rax rip', 'goroutine 1', 'bt',
                             'thread', 'info segments 1'):
            self.assertRegex(out[0], r'(?m)^\* 1 +running .* stop ')
            stack = ['stop', 'outside', 'blocks', *GROWN, 'start']
            self.assertEqual(without_seams(out[1]), stack)
            self.assertIn('blocks (', out[2])
            self.assertEqual(session.functions(out[4]),
                             ['seam_recv', 'waiter'])
            self.assertRegex(out[5], r'(?m)^rax +<not saved>$')
            self.assertEqual(without_seams(out[7]), stack)
            self.assertRegex(out[9], r'(?m)^ +1  0x')


class Crossing(unittest.TestCase):
    """Where stacks change under them."""

    def stopped(self, place, *commands):
        """What COMMANDS print where crossing.c has come to PLACE in leaf()."""
        for program in 'gcc-gold-O0', 'gcc-gold-O2', 'clang-gold-O2':
            for how in 'up', 'down':
                exe = session.fixtures.BUILD / 'crossing' / (
                    'crossing-' + program)
                start = ['set env SEAM_DEBUG split,stay,poison',
                         'set env SEAM_MAXPROCS 1', 'tbreak middle',
                         'run ' + how, 'tbreak ' + place, 'continue']
                yield session.run([*start, *commands], exe)[len(start):]

    LOOK = ('goroutine', 'info goroutines', 'goroutine 1', 'bt', 'up', 'down',
            'frame function work', 'info segments', 'stepi', 'goroutine 1',
            'p $_in_goroutine(1, "^work$")', 'bt')

    def check(self, place, innermost):
        for out in self.stopped(place, *self.LOOK):
            self.assertIn(' 1 "main" (running, thread ', out[0])
            self.assertRegex(out[1], r'(?m)^\* 1 +running .* (%s) '
                             % '|'.join(innermost))
            for stack in out[3], out[11]:
                names = without_seams(stack)
                self.assertIn(names[0], innermost)
                self.assertEqual(names[-2:], ['middle', 'work'], names)
                self.assertNotIn('stopped', stack)
            self.assertIn('work (', out[6])
            self.assertRegex(out[7], r'^goroutine 1 "main": \d segments')
            self.assertTrue(out[10].endswith(' = 1'))

    def test_newstack(self):
        self.check('newstack', ['leaf', 'middle'])

    def test_oldstack(self):
        self.check('oldstack', ['leaf', 'middle'])

    def test_morestack(self):
        self.check("*&'__morestack'", ['leaf', 'middle'])


class Between(unittest.TestCase):
    """On the machine's own stack, when it has none."""

    def test_schedule(self):
        out = session.run(
            ['break usleep', 'run live', 'delete', 'tbreak schedule',
             'finish', 'set var waiting = 0', 'continue', 'goroutine',
             'info goroutines', 'goroutine 2', 'bt', 'info registers rax',
             'goroutine 3', 'bt', 'thread 1', 'goroutine', 'bt', 'kill',
             'goroutine'],
            session.executable('parked'))
        self.assertEqual(out[7],
                         'No goroutine selected: the thread runs none.')
        self.assertNotRegex(out[8], r'(?m)^\* ')
        self.assertEqual(session.functions(out[10]), ['seam_recv', 'consumer'])
        self.assertRegex(out[11], r'^rax +<not saved>$')
        self.assertEqual(session.functions(out[13]), ['seam_send', 'producer'])
        self.assertEqual(out[15], out[7])
        self.assertIn('schedule', session.functions(out[16]))
        self.assertEqual(out[18], 'The program is not being run.')


if __name__ == '__main__':
    unittest.main()
