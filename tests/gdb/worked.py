#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The sessions in docs/gdb.md: gdb prints each of their lines.

A line `...` stands for any lines. Addresses, times and the numbers of threads
and processes are others each time.
"""
import os
import re
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import session

DOC = (session.SRC / 'docs' / 'gdb.md').read_text(encoding='utf-8')
EXAMPLES = session.fixtures.BUILD / 'examples'
INSPECTOR = 'set seam inspector %s' % (session.fixtures.BUILD / 'seam')
VARIABLE = [(r'0x[0-9a-f]+', '<addr>'), (r'\bthread \d+ *', 'thread <id> '),
            (r' *\b(\d+us|\d+ms|\d+\.\ds|\d+m\d\ds)\b', ' <time>'),
            (r'\bfd = \d+|\bfd=fd@entry=\d+', '<fd>'),
            (r'\bat [\w./]*/(\w+\.c:)', r'at \1')]


def parts(name):
    """[(command, lines)] of the session NAME in docs/gdb.md."""
    text = DOC.split('<!-- session: %s -->' % name, 1)[1].split('\n## ', 1)[0]
    found = []
    for line in re.findall(r'(?m)^    (.*)$', text):
        if line.startswith('(gdb) '):
            found.append((line[len('(gdb) '):], []))
        else:
            found[-1][1].append(line)
    return found


def plain(line):
    for pattern, word in VARIABLE:
        line = re.sub(pattern, word, line)
    return line.rstrip()


def as_pattern(lines):
    """A regular expression that LINES match, `...` being any lines."""
    return ''.join(r'(?:.*\n)*?' if line.strip() == '...'
                   else re.escape(plain(line)) + r'\n'
                   for line in lines if line) + r'\Z'


class Worked(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.core = Path(folder.name, 'core')

    def dying(self, *command):
        """A gdb that runs COMMAND to its end and writes a core."""
        process = subprocess.Popen(
            ['gdb', '-nx', '-q', '-batch', '-iex', 'set auto-load off', '-ex',
             'run', '-ex', 'generate-core-file %s' % self.core, '--args',
             *map(str, command)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=dict(os.environ, SEAM_TRACEBACK='crash', SEAM_MAXPROCS='2'))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def check(self, name, program):
        typed = parts(name)
        self.assertGreater(len(typed), 3)
        printed = session.run(
            [INSPECTOR, *(command for command, _ in typed)], program,
            self.core)[1:]
        for (command, lines), text in zip(typed, printed):
            text = ''.join(plain(line) + '\n'
                           for line in text.splitlines() if line)
            self.assertRegex(text, as_pattern(lines), command)

    def test_deadlock(self):
        self.dying(EXAMPLES / 'indexer', '-d',
                   session.SRC / 'runtime').communicate()
        self.check('deadlock', EXAMPLES / 'indexer')

    def test_overflow(self):
        process = self.dying(EXAMPLES / 'echo', '-b')
        port = next(int(line) for line in process.stdout
                    if line.strip().isdigit())
        with socket.create_connection(('127.0.0.1', port)) as polite:
            polite.sendall(b'(a(b)c)\n')
            self.assertEqual(read_lines(polite, 2), b'2\n1\n')
            with socket.create_connection(('127.0.0.1', port)) as other:
                other.sendall(b'(' * 65536)
                words = process.stdout.read().decode()
        message = re.search(r'(?m)^    (seam: goroutine 3 .*)$', DOC).group(1)
        self.assertIn(message, words)
        self.check('overflow', EXAMPLES / 'echo')


def read_lines(connection, count):
    data = b''
    while data.count(b'\n') < count:
        data += connection.recv(100)
    return data


if __name__ == '__main__':
    unittest.main()
