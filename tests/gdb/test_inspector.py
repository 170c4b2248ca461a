#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Where the inspector is looked for, and what its answers mean; no gdb."""
import os
import pathlib
import struct
import tempfile
import unittest

import world  # noqa: F401
from seam import inspector


class Inspector(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def program(self, name, text=''):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('#!/bin/sh\n' + text)
        path.chmod(0o755)
        return str(path)

    def test_where_it_is_looked_for(self):
        beside = self.root / 'opt' / 'share' / 'gdb' / 'seam'
        in_path = self.program('path/seam')
        path = str(self.root / 'path')
        self.assertEqual(inspector.find('', str(beside), path), in_path)
        installed = self.program('opt/bin/seam')
        self.assertEqual(inspector.find('', str(beside), path), installed)
        named = self.program('named')
        self.assertEqual(inspector.find(named, str(beside), path), named)
        self.assertIsNone(inspector.find(named + 'x', str(beside), path))
        self.assertIsNone(inspector.find('', path, str(self.root)))

    def test_answers(self):
        program = self.program('seam', 'echo "$@"; echo seam: hm >&2; exit 1')
        answer = inspector.ask(program, 'groups', 'c', '/e', ['1', 'x == 1'])
        self.assertEqual(answer, (1, 'groups %s /e 1 x == 1\n'
                                  % os.path.abspath('c'), 'seam: hm\n'))
        self.assertIsNone(inspector.failure(answer))
        answer = inspector.ask(program, 'groups', '/c', None, [])
        self.assertEqual(answer.text, 'groups /c\n')

    def test_held(self):
        program = self.program('seam', 'echo "$@"; cat')
        told = inspector.told([(7, -1, [1, 255])])
        self.assertEqual(told, '7 -1 0x1 0xff\n')
        self.assertEqual(
            inspector.ask_held(program, 'list', 7, told, ['1']).text,
            'list --held -p 7 1\n' + told)

    def test_failures(self):
        for status, notes, words in (
                (2, 'seam: no runtime\n', 'no runtime'),
                (64, '', 'The inspector ended with status 64.'),
                (-11, 'seam: x\n', 'The inspector was ended by SIGSEGV.'),
                (-50, '', 'The inspector was ended by signal 50.'),
                (0, 'seam: x\n', None)):
            self.assertEqual(
                inspector.failure(inspector.Answer(status, '', notes)), words)

    def test_core_in(self):
        core, exe = self.root / 'a b', self.root / 'exe'
        core.write_bytes(b'\x7fELF'.ljust(16, b'\0') + struct.pack('<H', 4))
        exe.write_bytes(b'\x7fELF'.ljust(16, b'\0') + struct.pack('<H', 3))
        text = "Symbols from \"%s\".\nCore:\n\t`%s', file type elf64.\n"
        both = text % (exe, exe) + text % (exe, core)
        self.assertEqual(inspector.core_in(both), str(core))
        self.assertIsNone(inspector.core_in(text % (exe, exe)))
        self.assertIsNone(inspector.core_in(text % (exe, self.root / 'x')))


if __name__ == '__main__':
    unittest.main()
