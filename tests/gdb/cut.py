#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Cores that end in the middle of a stack: backtraces show as much as gdb's
own do, and say where they stop."""
import pathlib
import re
import unittest

import session
from damage import offset_of

UNREADABLE = r'<error reading variable.*Cannot access memory at address '
STOPPED = 'Backtrace stopped: '


class Cut(session.Core):
    fixture = 'large'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = pathlib.Path(cls.folder.name, 'cut')

    def cut_behind(self, expression):
        """At 1000 bytes from EXPRESSION on, in a frame of the user's."""
        _, _, printed = session.run(
            ['goroutine 2', 'frame function take',
             'p (unsigned long)(%s)' % expression], self.exe, self.core)
        core = pathlib.Path(self.core).read_bytes()
        end = int(re.search(r'(\d+)$', printed).group(1)) + 1000
        self.cut.write_bytes(core[:offset_of(core, end)])

    def both(self, command, options):
        """COMMAND OPTIONS with the filter and without."""
        return session.run(
            [command + options, command + ' -no-filters' + options],
            self.exe, self.cut)

    def test_variables(self):
        self.cut_behind('&given')
        for command in 'goroutine 2 bt', 'goroutine apply 2 bt':
            for options in ('', ' -frame-arguments all',
                            ' -full -frame-arguments all'):
                ours, plain = self.both(command, options)
                self.assertEqual(session.functions(ours),
                                 [name for name in session.functions(plain)
                                  if name in ('seam_recv', 'take', 'giver')],
                                 options)
                self.assertIn(STOPPED, ours)
                if options:
                    self.assertEqual(len(re.findall(UNREADABLE, ours)),
                                     len(re.findall(UNREADABLE, plain)))
                    self.assertIn('(given="<error reading', ours)

    def test_some_frames(self):
        self.cut_behind('&given')
        first, last = session.run(['goroutine 2 bt 2', 'goroutine 2 bt -2'],
                                  self.exe, self.cut)
        self.assertEqual(session.functions(first), ['seam_recv', 'take'])
        self.assertEqual(session.functions(last), ['take', 'giver'])

    def test_nothing_of_the_users_is_left(self):
        self.cut_behind('$sp - 1000 - 1')
        ours, plain = self.both('goroutine 2 bt', '')
        self.assertGreater(len(session.functions(ours)), 0)
        self.assertEqual(session.functions(ours),
                         session.functions(plain)[1:])
        self.assertIn(STOPPED, ours)

    def test_a_thread(self):
        self.cut_behind('&given')
        ours, plain = self.both('thread apply all bt', '')
        self.assertEqual(session.functions(ours), session.functions(plain))
        self.assertEqual(ours.count(STOPPED), plain.count(STOPPED))


if __name__ == '__main__':
    unittest.main()
