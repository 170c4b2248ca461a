#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What `goroutine apply ... bt` prints of many is the same with the inspector,
which tells most of it, and without: live and from cores, of alike.c as several
compilers make it, however gdb is set."""
# timeout: 600
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import session

BUILD = session.fixtures.BUILD
PROGRAMS = 'gcc-O0', 'gcc-O2', 'clang-O0', 'clang-O2', 'g++-O2'
BOTH = session.SRC / 'tests' / 'gdb' / 'both.py'
ALL = 'both goroutine apply all bt'

# Whether the inspector tells most of what is printed then.
SETTINGS = {
    'set print address off': True,
    'set print elements 3': True,
    'set print frame-arguments all': True,
    'set print symbol off': True,
    'set output-radix 16': True,
    'set print frame-info location': True,
    'set backtrace limit 7': True,
    'set seam marks off': True,
    'set seam runtime-frames on': True,
    'set print entry-values both': False,
    'set print entry-values no': False,
    'set print frame-arguments none': False,
    'set print raw-frame-arguments on': False,
    'set print frame-info short-location': False,
    'disable frame-filter global seam': False,
}
# And of what these print.
COMMANDS = {
    'goroutine apply all bt 3': True,
    'goroutine apply all -q backtrace 100': True,
    'goroutine apply all -s where': True,
    'goroutine apply 1-100 250 bt': True,
    'goroutine apply in(deeper) || in(changed) || in(choose) bt': True,
    'gaas bt': True,
    'goroutine apply all bt -3': False,
    'goroutine apply all bt full 2': False,
    'goroutine apply all -c bt nonsense': False,
    'goroutine apply 3-20 bt': False,
}

FILTER = '''
python
from gdb.FrameDecorator import FrameDecorator
class Loud(FrameDecorator):
    def function(self):
        return str(super().function()).upper()
class Filter:
    name, priority, enabled = 'loud', 1, True
    def filter(self, frames):
        return map(Loud, frames)
gdb.frame_filters['loud'] = Filter()
end
'''
PRINTER = '''
python
import gdb.printing
class Counting:
    printed = 0
    def __init__(self, value):
        self.value = value
    def to_string(self):
        Counting.printed += 1
        return 'colour %d' % int(self.value)
printers = gdb.printing.RegexpCollectionPrettyPrinter('of the test')
printers.add_printer('colour', '^colour$', Counting)
gdb.printing.register_pretty_printer(None, printers)
end
'''
HOOK = '''
define hook-backtrace
set $asked = $asked + 1
end
set $asked = 0
'''


@contextlib.contextmanager
def crowd(program):
    """A process of it, when all are at their places."""
    with subprocess.Popen([BUILD / 'alike' / ('alike-' + program)],
                          stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b'ready\n'
            yield process.pid
        finally:
            process.kill()


class Same(unittest.TestCase):
    def both(self, commands, *target):
        """What each of COMMANDS prints, of which some begin with `both`."""
        os.environ['SEAM'] = str(BUILD / 'seam')
        return session.run(['source %s' % BOTH, *commands, 'detach'], *target,
                           before=session.EVIDENCE)[1:-1]

    def check(self, text, fast, what):
        """TEXT says that there was no difference; FAST: gdb has made few of
        the backtraces itself, or else all of them."""
        said = re.fullmatch(r'same, (\d+) lines, (\d+) of (\d+)', text)
        self.assertTrue(said, '%s: %s' % (what, text))
        _, made, alone = map(int, said.groups())
        if fast:
            self.assertLess(3 * made, alone, what)
        else:
            self.assertEqual(made, alone, what)

    def source(self, text):
        """The command that does what is in TEXT."""
        with tempfile.NamedTemporaryFile('w', suffix='.gdb',
                                         delete=False) as file:
            file.write(text)
        self.addCleanup(os.unlink, file.name)
        return 'source %s' % file.name

    def test_live_and_core(self):
        for program in PROGRAMS:
            with crowd(program) as pid, \
                    tempfile.TemporaryDirectory() as folder:
                core = pathlib.Path(folder, 'core')
                live, _ = self.both([ALL, 'generate-core-file %s' % core],
                                    '-p', pid)
                dead, = self.both([ALL], BUILD / 'alike' / ('alike-' + program),
                                  core)
            self.check(live, True, program)
            self.check(dead, True, program)

    def test_settings(self):
        for program in 'gcc-O0', 'g++-O2':
            with crowd(program) as pid:
                for to, fast in SETTINGS.items():
                    _, text = self.both([to, ALL], '-p', pid)
                    self.check(text, fast, '%s: %s' % (program, to))

    def test_commands(self):
        with crowd('clang-O0') as pid:
            found = self.both(['both ' + command for command in COMMANDS],
                              '-p', pid)
        for (command, fast), text in zip(COMMANDS.items(), found):
            self.check(text, fast, command)

    def test_narrow_terminal(self):
        """gdb breaks the lines of few; of very many nobody does."""
        with crowd('gcc-O0') as pid:
            asked = ['python made.clear()', 'goroutine apply all bt',
                     'python print(len(made))']
            *_, few, _, _, _, many = self.both(
                ['set width 20',
                 'python gdb.execute("set seam inspector " + '
                 'os.environ["SEAM"])', *asked,
                 'python import seam.applying; seam.applying.CROWD = 100',
                 *asked], '-p', pid)
        self.assertLess(3 * int(many), int(few))

    def test_users_filter(self):
        with crowd('gcc-O2') as pid:
            *_, text = self.both([self.source(FILTER), ALL], '-p', pid)
        self.check(text, False, 'filter')

    def test_users_printer(self):
        """It is asked for each value, the others' stacks are told."""
        with crowd('gcc-O0') as pid:
            *_, text, printed = self.both(
                [self.source(PRINTER), ALL,
                 'python print(Counting.printed)'], '-p', pid)
        self.check(text, True, 'printer')
        self.assertEqual(printed, str(2 * 12))

    def test_users_hook(self):
        with crowd('gcc-O0') as pid:
            *_, text, asked = self.both(
                [self.source(HOOK), ALL, 'output $asked'], '-p', pid)
        self.check(text, False, 'hook')
        self.assertEqual(int(asked), 2 * int(text.rpartition(' ')[2]))

    def test_inspector_fails(self):
        """It says nothing, or what is no answer to this question."""
        for words in 'exit 2', 'echo "{}"', 'kill -SEGV $$':
            with crowd('gcc-O0') as pid:
                _, text = self.both([
                    'python os.environ["SEAM"] = "%s"' % self.program(words),
                    ALL], '-p', pid)
            self.check(text, False, words)

    def test_interrupted_while_it_works(self):
        slow = self.program('kill -INT $PPID; exec sleep 600')
        with crowd('gcc-O0') as pid:
            *_, quit_, goroutine = self.both(
                ['goroutine 5', 'set seam inspector %s' % slow,
                 'goroutine apply all bt', 'goroutine'], '-p', pid)
        self.assertTrue(quit_.endswith('\nQuit'), quit_)
        self.assertIn('goroutine is 5 ', goroutine)

    def program(self, words):
        """A script that does what they say."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name, 'program')
        path.write_text('#!/bin/sh\n%s\n' % words)
        path.chmod(0o755)
        return path

    def test_selection_stays(self):
        with crowd('gcc-O0') as pid:
            _, _, before, text, frame, goroutine = self.both(
                ['goroutine 5', 'up', 'frame', ALL, 'frame', 'goroutine'],
                '-p', pid)
        self.check(text, True, 'selected')
        self.assertEqual(frame, before)
        self.assertIn('goroutine is 5 ', goroutine)


if __name__ == '__main__':
    unittest.main()
