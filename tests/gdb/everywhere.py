#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Wherever gdb runs: a server, non-stop, the machine interface, cores and
programs of which something is missing, scripts that are loaded again."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import session

EXE = session.executable('parked')
SEAM = session.fixtures.BUILD / 'seam'
INSPECTOR = 'set seam inspector %s' % SEAM
LOAD = 'source %s' % session.SCRIPT
NO_PROGRAM = 'gdb has no executable: name it with the command "file".'

# In hold(), where main waits in a call of usleep.
HELD = ['break usleep', 'continue', 'delete']


def ids(table):
    """The goroutines of a table, and the one that is marked."""
    marked = re.findall(r'(?m)^\* (\d+)', table)
    return re.findall(r'(?m)^[* ] (\d+) ', table), marked


class Remote(unittest.TestCase):
    """No process of gdb's own, no core: memory and registers come by the
    server's protocol."""

    def check(self, out):
        table, chosen, frames, variables, segments, applied = out[:6]
        self.assertEqual(ids(table), (list('123456'), ['1']))
        self.assertIn('Switching to goroutine 2 "the consumer" (waiting, chan '
                      'receive 0x', chosen)
        self.assertEqual(session.functions(frames), ['seam_recv', 'consumer'])
        self.assertEqual(variables, 'chan = <optimized out>')
        self.assertRegex(segments, r'^goroutine 2 .*\n  1  0x.* first$')
        self.assertEqual(len(re.findall(r'(?m)^goroutine \d', applied)), 6)

    LOOK = ['info goroutines', 'goroutine 2', 'bt', 'info args',
            'info segments 2', 'goroutine apply all bt 1']

    def test_server_starts_the_program(self):
        out = session.run(
            ['target remote | exec gdbserver --once - %s live' % EXE,
             *HELD, *self.LOOK, 'next', 'goroutine', 'finish', INSPECTOR,
             'info waits', 'seam check', 'kill'], EXE)
        self.check(out[4:])
        self.assertIn('(Goroutine 2 does not run', out[10])
        self.assertIn(' 1 "main" (running, thread ', out[11])
        self.assertIn('hold () at ', out[12])
        self.assertIn('goroutine 2 ', out[14])
        self.assertIn(': all is well', out[15])

    def test_server_attaches(self):
        with session.fixtures.live(EXE) as process:
            out = session.run(
                ['target remote | exec gdbserver --once --attach - %d'
                 % process.pid, *self.LOOK, 'detach'], EXE)
        self.check(out[1:])

    def test_nothing_is_written_there(self):
        out = session.run(
            ['target remote | exec gdbserver --once - %s live' % EXE,
             *HELD, *(e for e in session.EVIDENCE), *self.LOOK, 'kill'], EXE)
        self.check(out[4 + len(session.EVIDENCE):])


class NonStop(unittest.TestCase):
    def gdb(self, *commands):
        return session.run(commands, session.executable('threads'),
                           before=['set non-stop on'])

    def test_one_thread_runs(self):
        """It is named; nothing else is selected."""
        out = self.gdb('break tell', 'run live', 'thread 2', 'frame',
                       'info goroutines', 'goroutine 1', 'frame', 'goroutine',
                       'goroutine apply 1 2 echo x', 'kill')
        self.assertIn('tell (', out[3])
        running = ('Goroutine 1 is on thread 1, which is running: '
                   '"interrupt -a" stops all.')
        self.assertEqual(out[4:7], [running, running, out[3]])
        self.assertIn(' 2 (running', out[7])
        self.assertIn(running, out[8])
        self.assertTrue(out[8].endswith(':\nx'), out[8])

    def test_one_thread_is_stopped(self):
        out = session.run(
            ['break usleep', 'run live', 'info goroutines', 'goroutine 2',
             'bt', 'next', 'goroutine', 'goroutine 3 bt 1', 'finish',
             'delete', 'continue &', 'info goroutines', 'goroutine 2',
             'next', 'finish', 'until', 'advance hold', 'up',
             'kill'], EXE, before=['set non-stop on'])
        self.assertEqual(ids(out[2])[0], list('123456'))
        self.assertEqual(session.functions(out[4]),
                         ['seam_recv', 'consumer'])
        self.assertIn('(Goroutine 2 does not run', out[5])
        self.assertIn(' 1 "main" (running', out[6])
        self.assertEqual(session.functions(out[7]), ['seam_send'])
        self.assertIn('hold () at ', out[8])
        self.assertEqual(out[11:13], ['Selected thread is running.'] * 2)
        for told in out[13:18]:
            self.assertRegex(told, r'^(Selected thread is running|'
                             r'No frame is currently selected)\.$')


class MachineInterface(session.Core):
    """As front ends use it."""

    def mi(self, *commands, target=()):
        """The results of COMMANDS, each in a line."""
        done = subprocess.run(
            ['gdb', '-q', '-nx', '-i=mi3', '-iex', 'set auto-load off',
             '-iex', 'set width 0', '-iex', LOAD,
             *map(str, target or (self.exe, self.core))],
            input='\n'.join([*commands, '-gdb-exit', '']),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=session.TIMEOUT, universal_newlines=True, check=False)
        self.assertNotIn('Traceback', done.stdout)
        self.assertNotIn('Python Exception', done.stdout)
        return re.findall(r'(?m)^\^((?:done|error|running).*)$', done.stdout), \
            done.stdout

    def console(self, command):
        return '-interpreter-exec console "%s"' % command

    def functions(self, result):
        return re.findall(r'frame={level="\d+"[^{}]*func="(.*?)"', result)

    def test_frames_are_the_goroutine_s(self):
        results, text = self.mi(
            '-enable-frame-filters', self.console('info goroutines'),
            self.console('goroutine 2'), '-stack-list-frames',
            '-stack-list-frames --no-frame-filters', '-stack-info-frame',
            '-stack-list-variables --all-values', '-stack-list-arguments 1',
            self.console('goroutine 3 bt'), '-stack-info-frame')
        self.assertIn('~"* 1  running', text.replace('\\n', '\n~"'))
        self.assertEqual(self.functions(results[3]),
                         ['seam_recv', 'consumer'])
        self.assertEqual(self.functions(results[4])[-4:],
                         ['chanrecv', 'seam_recv', 'consumer', 'gostart'])
        self.assertIn('func="consumer"', results[5])
        self.assertIn('name="chan"', results[6])
        self.assertIn('{name="c",value="0x', results[7])
        self.assertEqual(results[9], results[5])

    def test_seams(self):
        exe = session.executable('grown')
        with tempfile.TemporaryDirectory() as folder:
            core, _ = session.fixtures.make_core(exe, folder)
            results, _ = self.mi('-enable-frame-filters',
                                 self.console('goroutine 1'),
                                 '-stack-list-frames', target=(exe, core))
        self.assertIn('children=[frame={level="', results[2])
        self.assertIn('func="-- seam --"', results[2])

    def test_errors_are_results(self):
        results, _ = self.mi(self.console('goroutine 99'),
                             self.console('info goroutines x =='))
        self.assertEqual(results[0], 'error,msg="There is no goroutine 99."')
        self.assertTrue(results[1].startswith('error,msg="'))


class Missing(session.Core):
    """A core without its program, programs without symbols."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.program = self.folder / 'program'

    def strip(self, *options):
        subprocess.run(['strip', *options, '-o', self.program, self.exe],
                       check=True)

    def test_no_executable(self):
        shutil.copy(self.exe, self.program)
        core, _ = session.fixtures.make_core(self.program, self.folder)
        self.program.unlink()
        out = session.run(
            ['info goroutines', 'goroutine 2', 'goroutine', 'info segments',
             'goroutine apply all bt', 'print $_gcount()',
             'file %s' % self.exe, 'info goroutines', 'goroutine 2 bt'],
            '-c', core)
        self.assertEqual(out[:5], [NO_PROGRAM] * 5)
        self.assertIn(NO_PROGRAM, out[5])
        self.assertEqual(ids(out[7]), (list('123456'), ['1']))
        self.assertEqual(session.functions(out[8]),
                         ['seam_recv', 'consumer'])

    def test_executable_that_the_core_names(self):
        out = session.run([INSPECTOR, 'info goroutines -group -by state'],
                          '-c', self.core)
        self.assertIn('waiting', out[1])

    def test_another_executable(self):
        out = session.run(['info goroutines', 'goroutine 2'], '/bin/true',
                          self.core)
        for line in out:
            self.assertRegex(line, r"^Cannot use '.*/true' as the program: "
                             r'its build-id is \w+, the one in memory was '
                             r'\w+\.$')

    def test_debug_information_beside_it(self):
        debug = self.folder / 'program.debug'
        subprocess.run(['objcopy', '--only-keep-debug', self.exe, debug],
                       check=True)
        self.strip()
        subprocess.run(['objcopy', '--add-gnu-debuglink=%s' % debug,
                        self.program], check=True, cwd=self.folder)
        out = session.run(['info goroutines', 'goroutine 2 bt'], self.program,
                          self.core)
        self.assertEqual(ids(out[0]), (list('123456'), ['1']))
        self.assertEqual(session.functions(out[1]), ['seam_recv', 'consumer'])

    def test_debug_information_named_later(self):
        self.strip()
        out = session.run(['info goroutines', 'goroutine 2',
                           'symbol-file %s' % self.exe, 'info goroutines',
                           'goroutine 2 bt'], self.program, self.core)
        for line in out[:2]:
            self.assertEqual(
                line, 'No goroutines: this program is stripped of the symbols '
                'of seam, or does not use it.')
        self.assertEqual(ids(out[3]), (list('123456'), ['1']))
        self.assertEqual(session.functions(out[4]), ['seam_recv', 'consumer'])


class Again(session.Core):
    def test_loading_twice(self):
        out = self.gdb(LOAD, LOAD, 'goroutine 2', LOAD, 'bt', 'info skip',
                       'info goroutines', 'thread 1', 'info goroutines')
        self.assertEqual((out[0], out[1], out[3]), ('', '', ''))
        self.assertEqual(session.functions(out[4]), ['seam_recv', 'consumer'])
        self.assertEqual(len(re.findall(r'asm/\*', out[5])), 1)
        self.assertEqual(ids(out[6])[1], ['2'])
        self.assertEqual(ids(out[8])[1], ['1'])

    def test_loading_a_copy(self):
        """As where the tree's scripts and the installed ones meet."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, 'gdb-scripts')
            shutil.copytree(session.SRC / 'gdb-scripts', copy)
            out = self.gdb('source %s' % (copy / 'seam-gdb.py'),
                           'info goroutines', 'goroutine 2 bt')
        self.assertEqual(out[0], '')
        self.assertEqual(ids(out[1])[0], list('123456'))
        self.assertEqual(session.functions(out[2]), ['seam_recv', 'consumer'])


class Started(unittest.TestCase):
    def test_args(self):
        out = session.run(
            ['break usleep', 'run', 'info goroutines', 'goroutine 2 bt',
             'kill'], '--args', EXE, 'live')
        self.assertEqual(ids(out[2]), (list('123456'), ['1']))
        self.assertEqual(session.functions(out[3]), ['seam_recv', 'consumer'])


class Errors(session.Core):
    """One line each, and never a traceback: session.run() looks for these."""

    def test_one_line(self):
        commands = [
            'goroutine x', 'goroutine 0', 'goroutine 7-9', 'goroutine 99',
            'goroutine apply', 'goroutine apply 1', 'goroutine apply x bt',
            'goroutine apply all -c -s bt', 'goroutine apply all nonsense',
            'goroutine find', 'goroutine find (', 'gaas',
            'info goroutines -nonsense', 'info goroutines x',
            'info segments 99', 'seam nonsense', 'seam whatis nobody',
            'print $_gstate(99)', 'set seam marks 7']
        for command, out in zip(commands, self.gdb(*commands)):
            self.assertTrue(out, command)
            lines = out.splitlines()
            if command.startswith('goroutine apply all nonsense'):
                lines = lines[2:]   # behind the first heading
            self.assertLessEqual(len(lines), 3, command)
            self.assertNotIn('Error', out, command)


if __name__ == '__main__':
    unittest.main()
