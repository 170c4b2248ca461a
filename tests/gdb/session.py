# SPDX-License-Identifier: BSD-2-Clause
"""Real gdb sessions on the fixtures, command by command."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SRC = pathlib.Path(os.environ.get(
    'SRC_DIR', pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(SRC / 'tests' / 'parity'))

import fixtures  # noqa: E402

SCRIPT = SRC / 'gdb-scripts' / 'seam-gdb.py'
TIMEOUT = 60
MARK = '@@@ %d @@@'

# gdb itself refuses what would change the target.
EVIDENCE = ['set may-write-registers off', 'set may-write-memory off',
            'set may-insert-breakpoints off', 'set may-call-functions off']

# What gdb says on its own account.
NOISE = re.compile(r'^(warning: .*|\[New LWP.*|Using host libthread_db.*|'
                   r'\[Thread debugging using.*)?\n', re.MULTILINE)

# What gdb answers to `info breakpoints`, in words that differ.
NO_BREAKPOINTS = '^No breakpoints.*watchpoints'


def executable(name, compiler='gcc', linker='gold'):
    """The fixture's executable."""
    return fixtures.BUILD / 'fixtures' / '-'.join((name, compiler, linker))


def run(commands, *target, before=(), load=True):
    """What each of COMMANDS prints, as a list.

    TARGET is gdb's own arguments: an executable, and a core or -p and a pid.
    """
    args = ['gdb', '-q', '-nx', '-batch', '-iex', 'set auto-load off']
    for command in ['set width 0', 'set confirm off', *before]:
        args += ['-iex', command]
    if load:
        args += ['-iex', 'source %s' % SCRIPT]
    for number, command in enumerate(commands):
        args += ['-ex', 'echo \\n%s\\n' % (MARK % number), '-ex', command]
    done = subprocess.run(
        args + [str(t) for t in target], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
        universal_newlines=True, check=False)
    if 'Traceback' in done.stdout or 'Python Exception' in done.stdout:
        raise AssertionError(done.stdout)
    return split(done.stdout, len(commands))


def split(text, count):
    """The parts of TEXT between the marks."""
    parts = []
    for number in range(count):
        mark = '\n%s\n' % (MARK % number)
        if mark not in text:
            raise AssertionError('gdb ended early:\n' + text[-4000:])
        text = text.split(mark, 1)[1]
        part = text.split('\n@@@ ', 1)[0]
        parts.append(NOISE.sub('', part + '\n').rstrip('\n'))
    return parts


def functions(backtrace):
    """The functions of a backtrace, innermost first; `|` is a seam."""
    found = re.findall(r'^ *#\d+ +(?:0x[0-9a-f]+ in )?(.*?) \(', backtrace,
                       re.MULTILINE)
    return ['|' if name == '-- seam --' else name for name in found]


class Core(unittest.TestCase):
    """A core of a fixture, in which nothing may be changed."""
    fixture = 'parked'

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.exe = executable(cls.fixture)
        cls.core, _ = fixtures.make_core(cls.exe, cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def gdb(self, *commands):
        return run(commands, self.exe, self.core, before=EVIDENCE)
