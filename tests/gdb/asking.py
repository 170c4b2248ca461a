#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the inspector answers in gdb, live and from cores. Its words are
compared with the golden files by tests/golden."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import session

SEAM = session.fixtures.BUILD / 'seam'
INSPECTOR = 'set seam inspector %s' % SEAM
STOP = ['break usleep', 'run live']
SHOWN = {'waits': 'info waits', 'channels': 'info channels',
         'mutexes': 'info mutexes', 'timers': 'info timers',
         'threads': 'info machines', 'check': 'seam check'}


def from_shell(core, exe, *words):
    """What the inspector prints by itself, without empty lines."""
    text = subprocess.run([SEAM, words[0], core, exe, *words[1:]],
                          stdout=subprocess.PIPE, check=False,
                          universal_newlines=True).stdout
    return '\n'.join(filter(None, text.split('\n')))


class FromCore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.exe = session.executable('crossed')
        cls.core, _ = session.fixtures.make_core(cls.exe, cls.folder)

    def gdb(self, *commands):
        out = session.run([INSPECTOR, *commands], self.exe, self.core,
                          before=session.EVIDENCE)
        return out[1:]

    def test_as_in_the_shell(self):
        for command, out in zip(SHOWN, self.gdb(*SHOWN.values())):
            self.assertEqual(out, from_shell(self.core, self.exe, command))
            self.assertTrue(out, command)

    def test_groups(self):
        everybody, some, wanted, thread, wrong, key, other, *ids = self.gdb(
            'info goroutines -group', 'info goroutines -g -by state 2-3 4',
            'info goroutines -group 2-4 in(crossing) && id > 2',
            'info goroutines -group -by reason', 'info goroutines -group x ==',
            'info goroutines -group -by what', 'info goroutines -x',
            'info goroutines -group 5-', 'info goroutines -group \u00b2')
        for out, words in ((everybody, ()),
                           (some, ('--by=state', '2-3', '4')),
                           (wanted, ('2-4', 'in(crossing) && id > 2')),
                           (thread, ('--by=reason',))):
            self.assertEqual(out, from_shell(self.core, self.exe, 'groups',
                                             *words))
        self.assertIn('2 goroutines\n    2, 3\n', everybody)
        self.assertIn('    3\n', wanted)
        self.assertRegex(wrong, r"^there is no field 'x': .*\n +x ==\n +\^$")
        self.assertRegex(key, '^-by requires one of: stack, ')
        self.assertEqual(other, 'Unrecognized option at: -x')
        self.assertEqual(ids, ['Invalid goroutine ID: 5-',
                               'Invalid goroutine ID: \u00b2'])

    def test_groups_without_inspector(self):
        """Stacks and all else that goroutines may have in common."""
        asked = [[], ['2-4', 'id > 2'], *(
            ['-by', key] for key in ('top', 'function', 'creator', 'state',
                                     'reason', 'name', 'thread'))]
        found = self.gdb('set seam inspector none', *(
            ' '.join(['info goroutines -group', *words]) for words in asked))
        for out, words in zip(found[1:], asked):
            if words[:1] == ['-by']:
                words = ['--by=' + words[1]]
            shown = from_shell(self.core, self.exe, 'groups', *words)
            # gdb's own are counted up to the same moment; its help says so.
            self.assertEqual(out, re.sub('^times count .*\n', '', shown))

    def test_limits(self):
        """Of rows and of frames, where the inspector is asked and where it is
        not."""
        tables = []
        for most in 1, 9999:
            out = self.gdb(MANY_ARE_FEW % most, 'info goroutines',
                           'set seam goroutine-limit 2', 'info goroutines',
                           'set seam goroutine-limit unlimited',
                           'info goroutines')
            whole, cut, again = out[1], out[3], out[5]
            self.assertEqual(again, whole)
            lines = whole.split('\n')
            self.assertEqual(cut.split('\n'), [
                *lines[:3], '    ... %d more goroutines' % (len(lines) - 3)])
            tables.append(cut)
        self.assertEqual(*tables)
        _, cut, waits, _, alone = self.gdb(
            'set seam frame-limit 1', 'info goroutines -group', 'info waits',
            'set seam inspector none', 'info goroutines -group')
        for out, command in (cut, 'groups'), (waits, 'waits'):
            self.assertEqual(out, from_shell(self.core, self.exe, command,
                                             '--frames=1'))
            self.assertIn(' more frame', out)
        self.assertEqual(alone, re.sub('^times count .*\n', '', cut))

    def test_deadlock_is_named(self):
        self.assertRegex(self.gdb('info waits')[0], r'\ndeadlock 1, certain')

    def test_whatis(self):
        place, same, code, far = self.gdb(
            'seam whatis 0x%x' % 0, 'goroutine 2 seam whatis $sp',
            'seam whatis start', 'seam whatis 0x10')
        self.assertRegex(same, r'^goroutine 2: segment 1')
        self.assertRegex(code, r'^code of start at crossed\.c:\d+')
        self.assertEqual(far, '0x10 is outside any mapping')
        self.assertEqual(place, '0x0 is outside any mapping')

    def test_status_is_kept(self):
        well, status, found, bad = self.gdb(
            'seam check', 'output $_shell_exitcode',
            'set seam inspector false', 'seam check')
        self.assertIn('all is well', well)
        self.assertEqual(status, '0')
        self.assertEqual((found, bad), ('', ''))
        self.assertEqual(self.gdb('set seam inspector false', 'seam check',
                                  'output $_shell_exitcode')[2], '1')

    def test_no_answer_is_an_error(self):
        program = pathlib.Path(self.folder, 'none')
        asked = pathlib.Path(self.folder, 'asked')
        program.write_text('#!/bin/sh\necho >> %s\necho "seam: no, $1" >&2\n'
                           'exit 2\n' % asked)
        program.chmod(0o755)
        out = self.gdb('set seam inspector %s' % program, 'info waits',
                       'output $_shell_exitcode',
                       'goroutine 2 info timers', 'goroutine')
        self.assertEqual(out[1], 'no, waits')
        self.assertEqual(out[2], '2')
        self.assertEqual(out[3], 'no, timers')
        self.assertIn(' 1 "main"', out[4])
        self.assertEqual(asked.read_text(), '\n\n')     # once each

    def test_no_program(self):
        program = pathlib.Path(self.folder, 'other')
        program.write_bytes(b'\x7fELF of another machine')
        program.chmod(0o755)
        out = self.gdb('set seam inspector %s' % program, 'info waits',
                       MANY_ARE_FEW % 1, 'info goroutines')
        self.assertRegex(out[1], '^cannot run .*other: Exec format error$')
        self.assertIn('* 1 ', out[3])

    def test_killed(self):
        program = pathlib.Path(self.folder, 'killed')
        program.write_text('#!/bin/sh\nkill -SEGV $$\n')
        program.chmod(0o755)
        out = self.gdb('set seam inspector %s' % program, 'info waits')
        self.assertEqual(out[1], 'The inspector was ended by SIGSEGV.')

    def test_wrong_use(self):
        out = self.gdb('info waits 3', 'seam check 3', 'seam whatis',
                       'seam whatis nobody', 'seam nonsense',
                       'set seam nonsense 1', 'show seam')
        self.assertEqual(
            out[:6],
            ['The "info waits" command takes no arguments.',
             'The "seam check" command takes no arguments.',
             'Argument required (an address).',
             'No symbol "nobody" in current context.',
             'Undefined seam command: "nonsense".  Try "help seam".',
             'Undefined set seam command: "nonsense 1".  '
             'Try "help set seam".'])
        self.assertIn('inspector:  The inspector is "%s".' % SEAM, out[6])

    def test_core_is_gone(self):
        with tempfile.TemporaryDirectory() as folder:
            core, _ = session.fixtures.make_core(self.exe, folder)
            out = session.run(
                [INSPECTOR, 'shell rm %s' % core, 'info waits'], self.exe,
                core)
        self.assertEqual(out[2], 'The core file is no longer where it was.')

    def test_groups_of_those_the_user_means(self):
        named, ids = self.gdb(
            'info goroutines -group $_goroutine()', 'goroutine name me',
            'info goroutines -group -by name')[::2]
        self.assertIn('1 goroutine in 1 group', named)
        self.assertIn('me', ids)

    def test_states_that_are_offered(self):
        """Those that the filter takes, and no others."""
        begun = 'info goroutines state == '
        offered = self.gdb('complete ' + begun)[0].split('\n')
        self.assertEqual(offered, [begun + state for state in (
            'runnable', 'running', 'waiting')])
        for told in self.gdb(*offered):
            self.assertNotIn("state is '", told)

    def test_nobody_fits(self):
        """Where the inspector is asked, and where it is not."""
        for most in 1, 9999:
            self.assertEqual(
                self.gdb(MANY_ARE_FEW % most,
                         'info goroutines state == running && id > 99')[1],
                'No goroutines.')

    def test_the_list_is_walked_once(self):
        """To find out how many there are, and for the table."""
        for many, walks in (5000, 1), (1, 1):
            out = self.gdb(
                MANY_ARE_FEW % many,
                'python from seam import read; walk = read.Reader._list',
                'python walks = []; read.Reader._list = lambda self, noun: '
                '(walks.append(noun), walk(self, noun))[1]',
                'info goroutines', 'python print(walks.count("goroutine"))')
            self.assertIn('lefty', out[3])
            self.assertEqual(out[4], str(walks))


MANY_ARE_FEW = 'python from seam import commands; commands.MANY = %d'


class Held(unittest.TestCase):
    """A process that gdb holds is read as it is, without a core."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def inspector(self, script):
        """The command that lets a shell SCRIPT be asked in front of seam."""
        program = pathlib.Path(self.folder, 'inspector')
        program.write_text('#!/bin/sh\n%s\nexec %s "$@"\n' % (script, SEAM))
        program.chmod(0o755)
        return 'set seam inspector %s' % program

    def test_no_core_is_written(self):
        log = os.path.join(self.folder, 'log')
        out = session.run(
            [self.inspector('echo "$@" >>%s' % log), *STOP, 'info waits',
             'goroutine 2', 'info goroutines -group id < 3', 'goroutine'],
            session.executable('parked'))
        self.assertIn('goroutine 2', out[3])
        self.assertIn('1 goroutine\n    2\n', out[5])
        self.assertIn('oroutine is 2', out[6])
        with open(log, encoding='utf-8') as file:
            self.assertRegex(file.read(), r'\Awaits --held -p \d+\n'
                             r'groups --held -p \d+ id < 3\n\Z')

    def test_a_core_is_written_where_it_must(self):
        out = session.run(
            [self.inspector('case $2 in --held) echo "seam: no" >&2; exit 2; '
                            'esac'), *STOP, 'info waits'],
            session.executable('parked'))
        self.assertIn('goroutine 2', out[3])

    def test_running_ones_stand_where_their_registers_say(self):
        out = session.run([INSPECTOR, *STOP, 'info goroutines -group id == 1',
                           'info machines'], session.executable('parked'))
        self.assertRegex(out[3], r'#0 +usleep\n[^\0]*start at parked\.c:\d+')
        self.assertRegex(out[4], r'runs goroutine 1 "main"')

    def test_threads_are_in_the_order_of_gdbs_numbers(self):
        info, machines = session.run(
            [INSPECTOR, 'break take_number', 'run live', 'info threads',
             'info machines'], session.executable('handed'))[3:]
        threads = re.findall(r'^[* ] *\d+ .*LWP (\d+)', info, re.M)
        self.assertGreater(len(threads), 1)
        self.assertEqual(re.findall(r'^thread (\d+)', machines, re.M), threads)

    def test_table_reads_the_same(self):
        """The inspector's, which is asked where there are many, and gdb's."""
        tables = ['info goroutines', 'info goroutines state == waiting']
        stop = ['break hold', 'run live']
        at_once = session.run(
            [self.inspector('echo "$@" >&2'), *stop, 'up', MANY_ARE_FEW % 2,
             *tables, 'goroutine 3', *tables, 'info goroutines 2',
             'goroutine name x', *tables], session.executable('parked'))[5:]
        slowly = session.run(
            [INSPECTOR, *stop, 'up', MANY_ARE_FEW % 99999, *tables,
             'goroutine 3', *tables, 'info goroutines 2', 'goroutine name x',
             *tables], session.executable('parked'))[5:]
        asked = [out for out in at_once if 'list --held' in out]
        self.assertEqual(len(asked), 4)
        for fast, slow in zip(at_once, slowly):
            self.assertEqual(told(fast), told(slow))
        self.assertIn('\n* 3 ', at_once[3])

    def test_what_is_told_wrong(self):
        pid, said = self.process(), {}
        whole = ' -1' + 17 * ' 0' + '\n'
        twice = 2 * ('%d' % pid + whole)
        for told_ in '', '7 -1 0x1\n', 'x\n', 999 * 'x', '1' + whole, twice:
            done = subprocess.run(
                [SEAM, 'list', '--held', '-p', str(pid)], input=told_,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                universal_newlines=True)
            self.assertEqual((done.returncode, done.stdout), (2, ''))
            said[told_] = done.stderr
        self.assertIn('nobody tells the registers of process', said[''])
        self.assertIn('line 1 on standard input does not tell the registers',
                      said['x\n'])
        for told_ in '7 -1 0x1\n', 999 * 'x', '1' + whole:
            self.assertEqual(said[told_], said['x\n'])
        self.assertIn('line 2 on standard input', said[twice])

    def process(self):
        process = subprocess.Popen([session.executable('parked'), 'live'],
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b'ready\n')
        return process.pid


def told(table):
    """TABLE without times, threads and what a shell was asked."""
    table = re.sub(r'\n?list --held .*', '', table)
    return re.sub(r' +(\d+(us|ms|\.\ds)|thread \d+)(?=\W)', ' ', table)


class Without(unittest.TestCase):
    """Where there is no inspector, no program, or no runtime."""

    def test_what_is_missing_is_said(self):
        path = os.environ['PATH']
        with tempfile.TemporaryDirectory() as folder:
            os.symlink('/usr/bin/gdb', os.path.join(folder, 'gdb'))
            os.environ['PATH'] = folder
            try:
                out = session.run([*STOP, 'info waits', 'seam check',
                                   'set seam inspector nowhere/seam',
                                   'info timers'],
                                  session.executable('parked'))
            finally:
                os.environ['PATH'] = path
        self.assertEqual(
            out[2], '"info waits" needs the inspector, seam, which is neither '
            'beside these commands nor in PATH: see "help set seam '
            'inspector".')
        self.assertTrue(out[3].startswith('"seam check" needs the '))
        self.assertTrue(out[5].endswith('nowhere/seam is no program: see '
                                        '"help set seam inspector".'), out[5])

    def test_no_process(self):
        out = session.run([INSPECTOR, 'info waits', 'seam check'],
                          session.executable('parked'))
        self.assertEqual(out[1:], ['The program is not being run.'] * 2)

    def test_no_runtime(self):
        out = session.run([INSPECTOR, 'starti', 'info waits', 'kill'],
                          '/bin/true')
        self.assertRegex(out[2], '^No goroutines: ')


class Live(unittest.TestCase):
    def test_process_that_gdb_started(self):
        out = session.run(
            [INSPECTOR, *STOP, 'goroutine 2', *SHOWN.values(), 'goroutine',
             'seam whatis getpid()', 'show may-call-functions', 'kill'],
            session.executable('objects'))[4:]
        for answer, wanted in zip(out, (
                'rwlock 0x', 'channel 0x', 'rwlock 0x', '1 deadline',
                r'thread \d+: machine 0, runs goroutine 1 "main"',
                '9 goroutines, .*: all is well')):
            self.assertRegex(answer, wanted)
        self.assertIn(' 2 ', out[6])
        self.assertRegex(out[7], '^Cannot call functions in the program')
        self.assertRegex(out[8], r'is on\.$')

    def test_process_that_was_attached(self):
        """It goes on afterwards as if nobody had looked."""
        exe = session.executable('crossed', 'clang', 'lld')
        before = set(os.listdir(tempfile.gettempdir()))
        with session.fixtures.live(exe) as target:
            out = session.run([INSPECTOR, 'info waits', 'seam check'], exe,
                              '-p', target.pid)
        self.assertRegex(out[1], r'\ndeadlock 1, certain')
        self.assertIn('all is well', out[2])
        self.assertEqual(set(os.listdir(tempfile.gettempdir())), before)


if __name__ == '__main__':
    unittest.main()
