#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A program with the runtime's names for things of its own, and with names
that a terminal should not see, in terminals of two character sets."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import session


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.core = {}
        for compiler, linker in ('gcc', 'gold'), ('clang', 'lld'):
            exe = session.executable('hostile', compiler, linker)
            core, _ = session.fixtures.make_core(exe, cls.folder.name)
            cls.core[exe] = core.rename(cls.folder.name + '/' + exe.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each(self, *commands):
        """What COMMANDS print on each core."""
        for exe, core in self.core.items():
            for locale in 'C.UTF-8', 'C':
                os.environ['LC_ALL'] = locale
                yield session.run(commands, exe, core,
                                  before=session.EVIDENCE)

    def test_names_of_the_runtime(self):
        """Also with the program's own source file as gdb's default."""
        for out in self.each('info goroutines', 'list start',
                             'info goroutines', 'goroutine 3 bt',
                             'p sizeof(G) < sizeof(long)'):
            self.assertEqual(len(out[0].splitlines()), 4)
            self.assertEqual(out[2], out[0])
            self.assertEqual(session.functions(out[3]), ['seam_recv', 'paint'])
            self.assertEqual(out[4], '$1 = 1')

    def test_names_that_no_terminal_should_see(self):
        """Control characters as seam shows them."""
        for out in self.each(
                'info goroutines', 'goroutine 3', 'goroutine',
                'goroutine apply 2-3 bt', 'info segments 2',
                "p *'runtime/proc.c'::allg",
                "p *'runtime/proc.c'::allg->alllink"):
            self.assertRegex(out[0], r'  grüßen hostile\.c:32 .*  '
                             r'gr\\xff\\x9b\n')
            self.assertRegex(out[0], r'  paint col\\x1b\[31mour\.c:4 .*  '
                             r'\u00f6\\x01\\x7f\\x1b\[31m$')
            name = '\u00f6\\x01\\x7f\\x1b[31m'
            for text in out[1:4]:
                self.assertIn(' 3 "%s" ' % name, text)
            self.assertIn(' 2 "gr\\xff\\x9b" ', out[3])
            self.assertEqual(session.functions(out[3]), [
                'seam_recv', 'grüßen', 'seam_recv', 'paint'])
            self.assertRegex(out[3], r' in paint .* at .*col\\x1b\[31mour\.c:4')
            self.assertIn(' 2 "gr\\xff\\x9b": ', out[4])
            self.assertRegex(out[5], r' 3 "(\u00f6|\\xf6)\\x01\\x7f\\x1b\[31m" \(')
            self.assertIn(' 2 "gr\\xff\\x9b" (', out[6])
        self.assertIn(name, self.seam('list'))

    def test_names_that_the_commands_go_by(self):
        """Of a local variable, an enumerator, and a type."""
        for out in self.each(
                'frame function start', 'catch goroutine block',
                'catch goroutine deadlock', 'catch goroutine growth',
                'info breakpoints'):
            for what, text in zip(('block', 'deadlock', 'growth'), out[1:]):
                self.assertRegex(text, r'^Catchpoint \d \(goroutine %s\)$' % what)
            self.assertRegex(out[4], r'(?m)^1 .* asm/\w+\.S:')
            self.assertRegex(out[4], ' in deadlock at runtime/')
            self.assertRegex(out[4], ' in newstack at runtime/')

    def test_a_path_that_the_terminal_cannot_show(self):
        folder = pathlib.Path(self.folder.name, 'müller')
        folder.mkdir()
        for exe, core in list(self.core.items())[:1]:
            shutil.copy(exe, folder)
            shutil.copy(core, folder / 'core')
            os.environ['LC_ALL'] = 'C'
            out = session.run(
                ['set seam inspector %s' % (session.fixtures.BUILD / 'seam'),
                 'goroutine 3 bt', 'info waits', 'tbreak main', 'run', 'next'],
                folder / exe.name, folder / 'core')
            self.assertEqual(session.functions(out[1]), ['seam_recv', 'paint'])
            self.assertIn('goroutine 3 ', out[2])
            self.assertRegex(out[5], r'(^|\n)\d+\t')

    def seam(self, command):
        """What seam prints of one of the cores."""
        exe, core = next(iter(self.core.items()))
        return subprocess.run(
            [session.fixtures.BUILD / 'seam', command, core, exe], check=True,
            stdout=subprocess.PIPE).stdout.decode(errors='replace')


if __name__ == '__main__':
    unittest.main()
