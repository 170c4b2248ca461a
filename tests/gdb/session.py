# SPDX-License-Identifier: BSD-2-Clause
"""Real gdb sessions on the fixtures, command by command."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

SRC = pathlib.Path(os.environ.get(
    'SRC_DIR', pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(SRC / 'tests' / 'parity'))

import fixtures  # noqa: E402

SCRIPT = SRC / 'gdb-scripts' / 'seam-gdb.py'
TIMEOUT = 60
MARK = '@@@ %d @@@'
PROMPT = r'\(gdb\) '

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


class Prompt:
    """A gdb on TARGET that is typed to, and asked for more when it waits."""

    def __init__(self, *target):
        self._gdb = subprocess.Popen(
            ['gdb', '-q', '-nx', '-iex', 'set auto-load off', '-iex',
             'set width 0', '-iex', 'set confirm off', '-iex',
             'source %s' % SCRIPT, *map(str, target)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True)
        self._guard = threading.Timer(TIMEOUT, self._gdb.kill)
        self._guard.start()
        self.until(PROMPT)

    def typed(self, command, wanted=PROMPT):
        """What COMMAND prints, up to what WANTED matches."""
        self._gdb.stdin.write(command + '\n')
        self._gdb.stdin.flush()
        return self.until(wanted)

    def until(self, wanted):
        """What is printed, up to what WANTED matches."""
        text = ''
        while not re.search(wanted + r'\Z', text):
            character = self._gdb.stdout.read(1)
            if not character:
                raise AssertionError('gdb ended early:\n' + text)
            text += character
        return text.replace('(gdb) ', '').rstrip('\n')

    def end(self):
        """Whatever it does."""
        self._guard.cancel()
        self._gdb.kill()
        self._gdb.communicate()


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
