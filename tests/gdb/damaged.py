#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Cores whose lists were overwritten: what is left is shown, the damage
named, and gdb neither hangs nor prints a traceback."""
import os
import re
import tempfile
import unittest

import session  # first: it knows where damage.py is

import damage


class Damaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.exe = session.executable('grown')
        core, _ = session.fixtures.make_core(cls.exe, cls.folder.name)
        cls.core = damage.Core(cls.exe, core,
                               os.path.join(cls.folder.name, 'damaged'))
        cls.write = cls.core.write

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def gdb(self, *commands):
        return session.run(commands, self.exe, self.core.path)

    def test_goroutine_list_comes_back(self):
        self.write('allg->alllink->alllink', 'allg')
        table, = self.gdb('info goroutines')
        self.assertEqual(len(re.findall(r'^[ *] \d', table, re.M)), 2)
        self.assertRegex(table, r'seam: goroutine 3 of the list: 0x\w+ was met before; the list ends here')

    def test_no_goroutine_can_be_read(self):
        self.write('allg', '0xdead0000')
        table, = self.gdb('info goroutines')
        self.assertIn('0xdead0000 is outside any mapping', table)
        self.assertIn('Cannot read the list of goroutines.', table)
        self.assertNotIn('No goroutines.', table)

    def test_goroutine_list_into_nowhere(self):
        self.write('allg->alllink', '0xdead0000')
        table, stack = self.gdb('info goroutines', 'goroutine 2 bt')
        self.assertIn('walker', table)
        self.assertIn('0xdead0000 is outside any mapping', table)
        absent, = self.gdb('info goroutines 1')
        self.assertIn('Goroutine 1 is not in what can be read of the list.',
                      absent)
        self.assertEqual(session.functions(stack)[-1], 'walker')

    def test_segments_come_back(self):
        self.write('allg->stackbase->oldbase', 'allg->stackbase')
        table, chain = self.gdb('info goroutines', 'info segments 2')
        self.assertIn('goroutine 2: the segment older than segment 1: Stktop at '
                      '0x', table)
        self.assertIn('was met before; its segments are not known', chain)
        self.assertEqual(re.findall(r'^ +(\d+)  0x', chain, re.M), ['1'])
        self.assertIn('goroutine 2 "walker": 1 segment,', chain)

    def test_segment_outside_any_mapping(self):
        self.write('allg->stackbase', '0x7f10')
        table, chain, stack = self.gdb('info goroutines', 'info segments 2',
                                       'goroutine 2 bt 3')
        message = ('seam: goroutine 2: its newest segment: Stktop at 0x7f10 is '
                   'outside any mapping; its segments are not known from there on')
        self.assertIn(message, table)
        self.assertIn(message, chain)
        self.assertIn('park', stack)

    def test_saved_registers_outside_any_mapping(self):
        self.write('allg->sched.sp', '0x7f10')
        table, _, stack = self.gdb('info goroutines', 'goroutine 2', 'bt')
        self.assertRegex(table, r'\n  2 +waiting +chan receive .* walker\n')
        self.assertRegex(table, r'seam: goroutine 2: .*; the trace stops there')
        self.assertLess(len(stack.splitlines()), 4)

    def test_seam_leads_back(self):
        """The stack below the seam is that above it, for ever."""
        self.write('*(unsigned long *)allg->stackbase->oldsp',
                   'allg->stackbase->oldsp')
        stack, table = self.gdb('goroutine 2 bt -20', 'info goroutines')
        self.assertLess(len(stack.splitlines()), 40)
        self.assertIn('park grown.c', table)


if __name__ == '__main__':
    unittest.main()
