#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""goroutine break, goroutine tbreak."""
import unittest

import session


class Breaking(unittest.TestCase):
    def test_only_that_goroutine(self):
        out = session.run(
            ['goroutine break 3 usleep', 'goroutine tbreak 2 seam_send',
             'info breakpoints', 'run', 'p $_goroutine()', 'delete 1',
             'continue', 'p $_goroutine()', 'goroutine tbreak 1 seam_exit if '
             '$_gcount() > 0', 'info breakpoints', 'continue',
             'p $_goroutine()'], session.executable('moved'))
        self.assertRegex(out[0], r'^Breakpoint 1 at 0x')
        self.assertRegex(out[1], r'^Temporary breakpoint 2 at 0x')
        self.assertIn('stop only if $_goroutine() == 3\n', out[2])
        self.assertTrue(out[4].endswith('= 3'))
        self.assertTrue(out[7].endswith('= 2'))
        self.assertIn('$_goroutine() == 1 && ($_gcount() > 0)', out[9])
        self.assertTrue(out[11].endswith('= 1'))

    def test_where_it_stands(self):
        out = session.run(
            ['tbreak usleep', 'run live', 'goroutine break 1', 'info symbol '
             '$_', "goroutine break 1 'handed.c':taker if 1 == 1",
             'info breakpoints', 'goroutine break 1 if 1'],
            session.executable('handed'))
        self.assertIn('usleep', out[2])
        self.assertIn('in taker', out[5])
        self.assertIn('$_goroutine() == 1 && (1 == 1)', out[5])
        self.assertIn('usleep', out[6])

    def test_mistakes(self):
        out = session.run(
            ['goroutine break', 'goroutine break x taker',
             'goroutine tbreak 0 taker', 'goroutine break 2 nosuch',
             'info breakpoints', 'tbreak usleep', 'run live',
             'goroutine break 7 taker', 'complete goroutine tbreak ',
             'complete goroutine break 2 take_n', 'help goroutine break',
             'goroutine tbreak 1 taker if', 'goroutine break 1 "foo.c:12',
             "goroutine break 1 'xi"],
            session.executable('handed'))
        self.assertEqual(out[0], 'Argument required (a goroutine ID).')
        self.assertEqual(out[1], 'Invalid goroutine ID: x')
        self.assertEqual(out[2], 'Invalid goroutine ID: 0')
        self.assertIn('Function "nosuch" not defined.', out[3])
        self.assertRegex(out[4], session.NO_BREAKPOINTS)
        self.assertRegex(out[7], '^Breakpoint 2 at')
        self.assertIn('goroutine tbreak 1', out[8])
        self.assertEqual(out[9], 'goroutine break 2 take_number')
        self.assertIn('Usage: goroutine break ID', out[10])
        self.assertEqual(out[11], 'Argument required (a condition).')
        self.assertEqual(out[12:], 2 * ['unmatched quote'])

    def test_one_that_has_ended(self):
        out = session.run(
            ['tbreak seam_exit', 'run', 'next', 'goroutine break 99 holder',
             'goroutine break 1 holder'], session.executable('moved'))
        self.assertRegex(out[3], '^Breakpoint 2 at')


if __name__ == '__main__':
    unittest.main()
