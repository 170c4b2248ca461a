#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What was read at a stop serves until something may have changed, and no
longer."""
import tempfile
import unittest

import session

COUNT = ('python import gdb, seam.read; asked = []; '
         'seam.read.Memory._read_old = seam.read.Memory._slowly; '
         'seam.read.Memory._slowly = lambda self, *a: (asked.append(a), '
         'self._read_old(*a))[1]')
ASKED = 'python print(len(asked)); asked.clear()'


class Kept(session.Core):
    def test_nothing_is_read_twice(self):
        out = self.gdb(COUNT, 'info goroutines', ASKED, 'goroutine 2',
                       'goroutine', 'info goroutines', ASKED)
        self.assertGreater(int(out[2]), 0)
        self.assertEqual(out[6], '0')

    def test_another_core(self):
        """Even one of the same process."""
        other = session.executable('circle')
        with tempfile.TemporaryDirectory() as folder:
            core, _ = session.fixtures.make_core(other, folder)
            out = session.run(
                ['info goroutines', 'file %s' % other, 'core-file %s' % core,
                 'info goroutines', 'core-file %s' % core, COUNT,
                 'info goroutines', ASKED], self.exe, self.core)
        self.assertIn('parked.c', out[0])
        self.assertNotIn('parked.c', out[3])
        self.assertIn('circle.c', out[3])
        self.assertGreater(int(out[7]), 0)


class Changed(unittest.TestCase):
    def gdb(self, *commands):
        return session.run(['break usleep', 'run live', *commands, 'kill'],
                           session.executable('parked'))[2:]

    def test_by_the_user(self):
        out = self.gdb('info goroutines 1', 'set var allg->name[0] = 81',
                       'print allg->goid', 'info goroutines')
        self.assertNotRegex(out[0], r' Q\w*$')
        self.assertRegex(out[3], r'(?m) Q\w*$')

    def test_by_the_program(self):
        out = self.gdb('goroutine', 'info goroutines', 'next', 'continue',
                       'info goroutines')
        self.assertRegex(out[1], r'(?m)^\* 1 ')
        self.assertRegex(out[4], r'(?m)^\* 1 ')


if __name__ == '__main__':
    unittest.main()
