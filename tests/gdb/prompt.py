#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Between two prompts: a command that fails leaves nothing behind, one in the
background keeps what it needs."""
import re
import unittest

import following
import session
import stepping

CROSSING = session.fixtures.BUILD / 'crossing' / 'crossing-gcc-gold-O0'


class AtThePrompt(unittest.TestCase):
    def begun(self, exe, *commands):
        gdb = session.Prompt(exe)
        self.addCleanup(gdb.end)
        for command in ('set env SEAM_DEBUG split,stay,poison',
                        'set env SEAM_MAXPROCS 2', *commands):
            gdb.typed(command)
        return gdb

    def test_finish_that_failed(self):
        gdb = self.begun(CROSSING, 'tbreak ' + stepping.at('into leaf'),
                         'run up', 'up')
        before = [gdb.typed('bt'), gdb.typed('frame')]
        self.assertIn('-- seam --', before[0])
        self.assertIn('not take any arguments', gdb.typed('finish 2'))
        self.assertEqual([gdb.typed('frame'), gdb.typed('bt')], before[::-1])
        gdb.typed('frame function leaf')
        gdb.typed('finish 2')
        self.assertEqual(gdb.typed('bt'), before[0])
        self.assertNotIn('crossing.c',
                         gdb.typed('maint info breakpoints'))

    def test_finish_of_its_own_function_that_failed(self):
        gdb = self.begun(CROSSING, 'tbreak middle', 'run up',
                         'frame function work')
        before = gdb.typed('bt -no-filters')
        self.assertIn('not take any arguments', gdb.typed('finish 2'))
        self.assertEqual(gdb.typed('bt -no-filters'), before)
        self.assertIn('work (', gdb.typed('frame'))

    def test_next_in_the_background(self):
        gdb = self.begun(session.executable('moved', 'clang', 'lld'),
                         'tbreak moved.c:' + following.WAITS, 'run')
        self.assertRegex(gdb.typed('next &', r'\n%s\t.*\n' % following.GOES_ON),
                         'has gone on|goes on')

    def test_until_in_the_background(self):
        gdb = self.begun(CROSSING, 'tbreak ' + stepping.at('out of leaf'),
                         'run up')
        gdb.typed('until nothing &', r'crossing\.c:\d+\n.*\n')
        self.assertRegex(gdb.typed('bt 1'), 'middle ')


class OnTheWay(unittest.TestCase):
    def test_until_leaves_no_breakpoint(self):
        out = session.run(
            ['set env SEAM_DEBUG split,stay,poison', "tbreak *&'leaf'",
             'run up', 'tbreak newstack', 'until ' + stepping.at('out of leaf'),
             'maint info breakpoints'], CROSSING)
        self.assertEqual(out[4].splitlines()[-1],
                         'The program stopped on the way.')
        self.assertNotIn('in leaf', out[5])

    def test_watchpoints_that_go_on(self):
        out = session.run(
            ['set env SEAM_DEBUG split,stay', 'set env SEAM_MAXPROCS 1',
             'tbreak ' + stepping.at('out of leaf'), 'run up', 'watch $rsp',
             'python while "leaf" in gdb.newest_frame().name(): '
             'gdb.execute("continue", to_string=True)',
             'info watchpoints', "output $pc == (long)&'retfromnewstack'"],
            CROSSING)
        self.assertIn('$rsp', out[6])
        self.assertEqual(out[7], '1')


if __name__ == '__main__':
    unittest.main()
