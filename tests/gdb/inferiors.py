#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two and more inferiors in one gdb, live and cores, with goroutines and
without: commands are about the selected one, no selection outlives it."""
import subprocess
import tempfile
import unittest

import session

PARKED = ['seam_recv', 'consumer']
GROWN = ['seam_recv', 'park']

# From usleep in hold() to the end of a fixture.
LET_ON = ['delete', 'finish', 'set var waiting = 0']


def add(number, exe):
    return ['add-inferior -no-connection', 'inferior %d' % number,
            'file %s' % exe]


class Inferiors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.parked = session.executable('parked')
        cls.grown = session.executable('grown', 'clang', 'lld')
        cls.core, _ = session.fixtures.make_core(cls.grown, folder.name)

    def beside(self, commands, first=()):
        """What COMMANDS print with a live process of `parked` as inferior 1
        and the core of `grown` as inferior 2, which is selected, after FIRST
        was done in inferior 1."""
        start = [*first, *add(2, self.grown), 'core-file %s' % self.core]
        with session.fixtures.live(self.parked) as target:
            out = session.run(
                [*start, *commands, 'inferior 1', 'detach'], self.parked,
                '-p', target.pid, before=session.EVIDENCE)
        return out[len(start):-2]

    def test_each_shows_its_own(self):
        out = self.beside(['info goroutines', 'inferior 1', 'info goroutines',
                           'inferior 2', 'info segments 2',
                           'goroutine apply 2 bt'])
        self.assertIn(' park grown.c:', out[0])
        self.assertEqual(len(out[0].splitlines()), 3)
        self.assertIn(' consumer parked.c:', out[2])
        self.assertEqual(len(out[2].splitlines()), 7)
        self.assertIn('goroutine 2 "walker": ', out[4])
        self.assertEqual(session.functions(out[5])[-1], 'walker')

    def test_selection_ends_with_inferior(self):
        out = self.beside(
            ['goroutine', 'goroutine 2', 'bt 2', 'inferior 1', 'goroutine',
             'bt', 'goroutine 2', 'bt', 'inferior 2', 'goroutine', 'bt',
             'inferior 1', 'bt', 'goroutine 2', 'inferior 2', 'inferior 1',
             'bt'],
            first=['goroutine 2'])
        for own in (out[0], out[4], out[9]):
            self.assertIn(' 1 "main" (running, thread ', own)
        self.assertEqual(session.functions(out[2]), GROWN)
        self.assertNotIn('consumer', out[5])
        self.assertEqual(session.functions(out[5])[-1], 'start')
        self.assertEqual(session.functions(out[7]), PARKED)
        self.assertEqual(session.functions(out[10])[-1], 'start')
        self.assertEqual(out[12], out[5])
        self.assertEqual(out[16], out[5])

    def test_selection_ends_with_thread(self):
        out = self.beside(['goroutine 2', 'thread 1.1', 'goroutine 3',
                           'thread 2.1', 'goroutine', 'bt', 'thread 1.1',
                           'goroutine', 'thread apply 2.1 1.1 bt',
                           'goroutine 2', 'inferior 2', 'thread 1.1', 'bt'])
        self.assertIn(' 1 "main"', out[4])
        self.assertNotIn('park', session.functions(out[5]))
        self.assertIn(' 1 "main"', out[7])
        self.assertEqual(session.functions(out[8]).count('start'), 2)
        self.assertEqual(session.functions(out[12])[-1], 'start')

    def test_one_command_elsewhere(self):
        out = self.beside(['goroutine 2', 'goroutine 1 inferior 1',
                           'goroutine', 'bt 2', 'info inferiors'])
        self.assertIn(' 2 "walker"', out[2])
        self.assertEqual(session.functions(out[3]), GROWN)
        self.assertRegex(out[4], r'\n\* 2 ')

    def test_apply_of_what_turns_to_another(self):
        out = self.beside(["python each = iter(['inferior 1', 'bt 2'])",
                           'goroutine apply 1-2 -q python '
                           'gdb.execute(next(each))', 'info inferiors'])
        self.assertEqual(session.functions(out[1])[-2:], GROWN)
        self.assertRegex(out[2], r'\n\* 2 ')

    def test_neither_program_nor_process(self):
        """Inferior 3 has nothing, then a program, then is removed."""
        out = self.beside(
            ['goroutine 2', 'add-inferior -no-connection', 'inferior 3',
             'info goroutines', 'goroutine 2', 'bt',
             'file %s' % self.parked, 'info goroutines', 'inferior 2',
             'remove-inferiors 3', 'goroutine', 'goroutine 2', 'bt 2'])
        for answer in (out[3], out[4], out[7]):
            self.assertEqual(answer, 'The program is not being run.')
        self.assertEqual(out[5], 'No stack.')
        self.assertIn(' 1 "main"', out[10])
        self.assertEqual(session.functions(out[12]), GROWN)

    def test_program_without_goroutines(self):
        with subprocess.Popen(['cat'], stdin=subprocess.PIPE) as other:
            out = self.beside(
                ['goroutine 2', 'add-inferior -no-connection', 'inferior 3',
                 'attach %d' % other.pid, 'info goroutines', 'goroutine 2',
                 'info segments', 'bt 1', 'detach', 'inferior 2',
                 'goroutine', 'info goroutines'])
            other.stdin.close()
        for answer in out[4:7]:
            self.assertEqual(
                answer, 'No goroutines: this program does not use seam.')
        self.assertEqual(len(session.functions(out[7])), 1)
        self.assertIn(' 1 "main"', out[10])
        self.assertIn(' park grown.c:', out[11])

    def test_the_other_runs_and_ends(self):
        start = ['break usleep', 'run live', *add(2, self.grown),
                 'core-file %s' % self.core, 'inferior 1', *LET_ON,
                 'goroutine 2']
        out = session.run(
            [*start, 'continue', 'goroutine', 'inferior 2', 'goroutine',
             'goroutine 2', 'bt 2'], self.parked)[len(start):]
        self.assertIn('exited normally', out[0])
        self.assertEqual(out[1], 'The program is not being run.')
        self.assertIn(' 1 "main"', out[3])
        self.assertEqual(session.functions(out[5]), GROWN)

    def test_both_run(self):
        start = ['break usleep', 'run live', 'goroutine 2',
                 *add(2, self.grown), 'run live']
        out = session.run(
            [*start, 'info goroutines', 'goroutine 2', 'bt 2', 'inferior 1',
             'bt', 'goroutine 2', 'bt 2', 'inferior 2', *LET_ON, 'continue',
             'info goroutines', 'inferior 1', 'goroutine', 'kill'],
            self.parked)[len(start):]
        self.assertIn(' park grown.c:', out[0])
        self.assertEqual(session.functions(out[2]), GROWN)
        self.assertEqual(session.functions(out[4])[-1], 'start')
        self.assertEqual(session.functions(out[6]), PARKED)
        self.assertIn('exited normally', out[11])
        self.assertEqual(out[12], 'The program is not being run.')
        self.assertIn(' 1 "main"', out[14])


if __name__ == '__main__':
    unittest.main()
