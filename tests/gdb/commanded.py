#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Breakpoints of the user's at the very place where a step of a goroutine
ends, and their commands: what these do comes behind the step, also where they
let the program go on."""
import unittest

import catching
import following
import prompt
import session
import stepping

# Of the last breakpoint.
COMMANDS = 'python gdb.breakpoints()[-1].commands = %r'
GO_ON = COMMANDS % 'echo commanded\\n\ncontinue'
HERE = 'python gdb.Breakpoint("*%d" % gdb.selected_frame().pc())'
BODY = ('python import seam.stepping; gdb.Breakpoint("*%d" % '
        'seam.stepping.grown(gdb.selected_frame().pc()))')
ENDED = r'commanded\n(.*\n)*\[Inferior 1 \(process \d+\) exited normally\]'


class Commands(unittest.TestCase):
    def typed(self, exe, *commands):
        """What the last of COMMANDS prints at a prompt, which is there again
        then."""
        gdb = session.Prompt(exe)
        self.addCleanup(gdb.end)
        for command in commands[:-1]:
            gdb.typed(command)
        out = gdb.typed(commands[-1])
        self.assertEqual(gdb.typed('output 41 + 1'), '42')
        return out

    def crossing(self, *commands):
        """Where a leaf is about to return across a seam, and GO_ON stands
        where it returns to."""
        return self.typed(
            prompt.CROSSING, 'set env SEAM_DEBUG split,stay,poison',
            'set env SEAM_MAXPROCS 1', 'tbreak ' + stepping.at('out of leaf'),
            'run up', 'up', HERE, GO_ON, 'down', *commands)

    def moved(self, *commands):
        return self.typed(session.executable('moved', 'clang', 'lld'),
                          'tbreak moved.c:' + following.WAITS, 'run',
                          *commands)

    def test_across_a_seam(self):
        for command in 'until ' + stepping.at('behind the recursion'), 'finish':
            out = self.crossing(command)
            self.assertRegex(out, r'Breakpoint 2, middle \(')
            self.assertRegex(out, ENDED)

    def test_out_of_a_watchpoint(self):
        out = self.crossing('watch n', 'continue')
        self.assertIn('Watchpoint 3 deleted', out)
        self.assertEqual(out.count('Breakpoint 2, middle ('), 2)
        self.assertRegex(out, ENDED)

    def test_on_another_thread(self):
        there = 'break moved.c:' + following.GOES_ON
        for command in 'next', 'step':
            for words in (), ('catch goroutine block chan', 'continue',
                              'delete'):
                out = self.moved(*words, there, GO_ON, command)
                self.assertEqual(out.count('wait_for_number ('), 1, out)
                self.assertRegex(out, ENDED)
        out = self.moved('up', HERE, GO_ON, 'down', 'finish')
        self.assertEqual(out.count(' in mover ('), 1, out)
        self.assertIn('Value returned is $1 = 42', out)
        self.assertRegex(out, ENDED)

    def test_silent(self):
        silent = COMMANDS % 'silent\necho commanded\\n'
        out = self.moved('break moved.c:' + following.GOES_ON, silent, 'next')
        self.assertRegex(out, r'^(\[Switching.*\n)?commanded$')

    def test_amid_a_line(self):
        """The step ends there, as it would on its own thread."""
        out = self.moved('python call, = [i["addr"] + i["length"] for i in '
                         'gdb.newest_frame().architecture().disassemble('
                         'gdb.newest_frame().pc(), count=4) '
                         'if i["asm"].startswith("call")]',
                         'python gdb.Breakpoint("*%d" % call)', 'next')
        self.assertRegex(out, r'hit Breakpoint 2, .*\n.*\Z')

    def test_where_a_stack_grows(self):
        """The step is over, and tells so, where the user stops."""
        for command in 'next', 'step':
            begin = ('catch goroutine growth if $_goroutine() == 2',
                     'run live', 'delete', catching.LET_GO, BODY)
            exe = session.executable('handed')
            self.assertRegex(self.typed(exe, *begin, GO_ON, command),
                             r'hit Breakpoint 2, take_number (.*\n)*' + ENDED)
            out = self.typed(exe, *begin, command)
            self.assertRegex(out, r'hit Breakpoint 2, take_number (.*\n)*'
                             r'The program stopped on the way\.$')

    def test_where_a_goroutine_wakes(self):
        """At the same place, found by a first run."""
        begin = ('tbreak usleep if $_goroutine() == 1', 'run live',
                 catching.LET_GO)
        out = self.typed(
            session.executable('handed'), *begin, 'goroutine until 2 wakes',
            'python at = gdb.newest_frame().pc()', 'kill', *begin,
            'python gdb.Breakpoint("*%d" % at)', GO_ON,
            'goroutine until 2 wakes')
        self.assertRegex(out, r'Goroutine 2 wakes\n#\d+ .* take_number .*\n'
                         r'(.*\n)*' + ENDED)


if __name__ == '__main__':
    unittest.main()
