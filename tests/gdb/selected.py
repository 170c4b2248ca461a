#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ends the selection of a parked goroutine, and what does not."""
import tempfile
import unittest

import session


class Ends(session.Core):
    def test_by_a_thread(self):
        for command in 'thread 1', 'thread', 'goroutine deselect':
            out = self.gdb('bt', 'goroutine 3', command, 'goroutine', 'bt')
            self.assertIn(' 1 "main"', out[3], command)
            self.assertEqual(out[4], out[0], command)

    def test_by_one_that_runs(self):
        out = self.gdb('goroutine 3', 'goroutine 1', 'goroutine', 'bt')
        self.assertIn(' 1 "main"', out[2])
        self.assertNotIn('producer', out[3])

    def test_by_another_thread_amid_apply(self):
        out = self.gdb('goroutine 3', 'thread apply all thread 1', 'goroutine')
        self.assertIn(' 1 "main"', out[2])


class Stays(session.Core):
    def test_over_apply(self):
        """It shows the threads' own frames, as without a goroutine."""
        for command in ('thread apply all bt', 'thread apply 1 -q frame',
                        'thread apply all -s up', 'taas bt 1', 'tfaas p $pc',
                        'thread apply 1 thread apply all p $pc',
                        'thread apply all goroutine 2'):
            out = self.gdb(command, 'goroutine 3', 'up', command, 'frame',
                           'goroutine', 'bt')
            self.assertEqual(self.told(out[3]), self.told(out[0]), command)
            self.assertEqual(out[4], out[2], command)
            self.assertIn(' 3 (waiting', out[5], command)
            self.assertIn('producer', out[6], command)

    @staticmethod
    def told(text):
        """TEXT without what is told once, and without numbers of values."""
        return [line.split(' = ')[-1] for line in text.splitlines()
                if not line.startswith('(Frame 0 ')]

    def test_over_frame_apply(self):
        for command in 'frame apply all p $pc', 'faas p $pc':
            out = self.gdb('goroutine 3', 'up', command, 'frame', 'goroutine')
            self.assertIn('producer', out[2])
            self.assertEqual(out[3], out[1])
            self.assertIn(' 3 (waiting', out[4])

    def test_over_apply_that_fails(self):
        gdb = session.Prompt(self.exe, self.core)
        self.addCleanup(gdb.end)
        gdb.typed('goroutine 3')
        before = gdb.typed('up')
        self.assertIn('No symbol "nosuch"',
                      gdb.typed('thread apply all p nosuch'))
        self.assertEqual(gdb.typed('frame'), before)
        gdb.typed('thread 1')
        gdb.typed('thread apply all p nosuch')
        self.assertIn(' 1 "main"', gdb.typed('goroutine'))


class Runs(unittest.TestCase):
    def test_restore(self):
        """It changes memory, and gdb does not say so."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(b'restored\0')
            file.flush()
            out = session.run(
                ['break usleep', 'run live', 'goroutine 3', 'info goroutines',
                 'restore %s binary (long)&allg->name' % file.name,
                 'goroutine', 'info goroutines'],
                session.executable('parked'))
        self.assertIn('Restoring binary file', out[4])
        self.assertIn(' 1 "main"', out[5])
        self.assertNotIn('restored', out[3])
        self.assertIn('restored', out[6])

    def test_apply_that_runs(self):
        out = session.run(
            ['break usleep', 'run live', 'goroutine 3', 'thread apply 1 next',
             'goroutine', 'bt'], session.executable('parked'))
        self.assertIn(' 1 "main"', out[4])
        self.assertNotIn('producer', out[5])


if __name__ == '__main__':
    unittest.main()
