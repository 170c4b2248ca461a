#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What goroutines share, printed by gdb."""
import subprocess
import tempfile
import unittest

import session


class Printers(unittest.TestCase):
    def gdb(self, fixture, *commands):
        exe = session.executable(fixture)
        with tempfile.TemporaryDirectory() as folder:
            core, _ = session.fixtures.make_core(exe, folder)
            return session.run(commands, exe, core, before=session.EVIDENCE)

    def test_each_kind(self):
        out = self.gdb('objects', 'output mutex', 'output rwlock',
                       'output cond', 'output group', 'output once',
                       'output *(Chan *)full', 'output/r group.count')
        self.assertEqual(out, [
            'mutex: free', 'rwlock: 1 reader has it, 1 waiting',
            'condition: 1 waiting', 'waitgroup: count 3, 1 waiting',
            'once: goroutine 1 "main" runs it, 1 waiting',
            'channel of 8-byte elements, 1 of 1, 2 sending', '3'])

    def test_owners_and_limit(self):
        out = self.gdb('crossed', 'output left', 'output right',
                       'set print elements 1', 'output left',
                       'set print elements unlimited', 'output left')
        self.assertEqual(out[:2], [
            'mutex: goroutine 2 "lefty" has it, 2 waiting',
            'mutex: goroutine 3 "righty" has it, 1 waiting'])
        self.assertEqual(out[3],
                         'mutex: goroutine 2 "lefty" has it, 1 or more '
                         'waiting')
        self.assertEqual(out[5], out[0])

    def test_elements(self):
        all_ = '{{of = 2, is = 4}, {of = 3, is = 9}, {of = 4, is = 16}, ' \
               '{of = 5, is = 25}}'
        out = self.gdb('ring', 'output $_elements(squares, "struct square")',
                       'output $_elements(*(Chan *)squares, *(struct square '
                       '*)0)', 'output $_elements(squares, "long")',
                       'output $_elements(squares, "struct square")[3].is',
                       'output $_elements(none, "int")',
                       'output $_elements(squares, "struct circle")',
                       'output $_elements(1, "int")', 'set print elements 2',
                       'output $_elements(squares, "struct square")')
        self.assertEqual(out[:2], [all_, all_])
        self.assertEqual(out[2:7], [
            'The elements of the channel have 16 bytes, those of type long '
            'have 8.', '25', 'The channel is empty.',
            'No struct type named circle.',
            '0x9 is outside any mapping'])
        self.assertEqual(out[8], '{{of = 2, is = 4}, {of = 3, is = 9}...}')

    def test_elements_of_no_bytes(self):
        out = session.run(
            ['tbreak stop', 'run live', 'set var ((Chan *)squares)->elemsize = '
             '0', 'output $_elements(squares, "struct token")'],
            session.executable('ring'))
        self.assertEqual(out[3], 'The elements of the channel, 4, have no bytes.')

    def test_namesakes(self):
        """In a program without the runtime."""
        with tempfile.TemporaryDirectory() as folder:
            source, exe = folder + '/g.cc', folder + '/g'
            with open(source, 'w', encoding='utf-8') as file:
                file.write('struct G { static int goid; struct { char of[12]; '
                           '} name; struct { char of[24]; } sched; };\n'
                           'int G::goid = 3; G g; int main() { return 0; }\n')
            subprocess.run(['g++', '-g', '-o', exe, source], check=True)
            out = session.run(['tbreak main', 'run', 'output g'], exe)
        self.assertRegex(out[2], '^{static goid = 3, name = ')


if __name__ == '__main__':
    unittest.main()
