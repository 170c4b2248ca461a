#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A program with the runtime's names for things of its own, and with names
that a terminal should not see, in terminals of two character sets."""
import os
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
            yield session.run(commands, exe, core, before=session.EVIDENCE)

    def test_names_of_the_runtime(self):
        """Also with the program's own source file as gdb's default."""
        for out in self.each('info goroutines', 'list start',
                             'info goroutines', 'goroutine 3 bt',
                             'p sizeof(G) < sizeof(long)'):
            self.assertEqual(len(out[0].splitlines()), 4)
            self.assertEqual(out[2], out[0])
            self.assertEqual(session.functions(out[3]), ['seam_recv', 'paint'])
            self.assertEqual(out[4], '$1 = 1')


if __name__ == '__main__':
    unittest.main()
