#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""catch goroutine, goroutine until."""
import pathlib
import shutil
import tempfile
import unittest

import session

# The main goroutine is about to let go of its thread.
LET_GO = "set var 'tests/fixtures/handed.c'::waiting = 0"


ATTEMPT = """
SCRIPT = '%s'
try:
    exec(open(SCRIPT).read(), {'__file__': SCRIPT})
except gdb.GdbError as error:
    print(error)
"""

BEGUN = ['tbreak start', 'run live', LET_GO]


def handed(*commands):
    return session.run(commands, session.executable('handed'))


def begun(*commands):
    """What COMMANDS print when main has begun and the others have not."""
    return handed(*BEGUN, *commands)[len(BEGUN):]


def place(text):
    """The function of the frame that is told behind a catchpoint."""
    return session.functions(text.split(')\n', 1)[1])[0]


class Catch(unittest.TestCase):
    def test_start_and_exit(self):
        out = handed('catch goroutine start', 'catch goroutine exit',
                     'run live', LET_GO, 'step', 'continue', 'step',
                     'p $_goroutine()', 'continue', 'p $_goroutine()',
                     'bt', 'delete', 'continue')
        self.assertEqual(out[0], 'Catchpoint 1 (goroutine start)')
        self.assertRegex(out[2], r'Catchpoint 1 \(goroutine 1 "main" starts, '
                         r'with start handed\.c:\d+\)\n#0 .* gostart \(\)')
        self.assertIn('start (', out[4])
        self.assertRegex(out[5], r'Catchpoint 1 \(goroutine 2 starts, with '
                         r'taker handed\.c:\d+\)\n')
        self.assertIn('taker (', out[6])
        self.assertTrue(out[7].endswith('= 2'))
        self.assertIn('Catchpoint 2 (goroutine 2 ends)\n', out[8])
        self.assertTrue(out[9].endswith('= 2'))
        self.assertIn('exited normally', out[12])

    def test_block(self):
        """By both ways to leave a stack; what only yields does not wait."""
        out = session.run(['catch goroutine block', 'run live']
                          + 2 * ['continue'], session.executable('parked'))
        self.assertRegex(out[1], r'"main" blocks|2 "the consumer" blocks: chan '
                         r'receive 0x')
        self.assertRegex(out[2], r'goroutine 3 blocks: chan send 0x')
        self.assertRegex(out[3], r'goroutine 4 blocks: sleep\)\n#')

    def test_block_for_a_reason(self):
        out = handed('catch goroutine block chan r', 'run live', 'bt 1',
                     'frame', 'info breakpoints')
        self.assertEqual(out[0], 'Catchpoint 1 (goroutine block chan r)')
        self.assertRegex(out[1], r'Catchpoint 1 \(goroutine 2 blocks: chan '
                         r'receive 0x[0-9a-f]+\)\n#')
        self.assertEqual(place(out[1]), 'take_number')
        self.assertEqual(session.functions(out[2]), ['seam_recv'])
        self.assertIn('take_number', out[3])
        self.assertIn('stop only if $_goroutine_does ("block", "chan r")',
                      out[4])

    def test_growth(self):
        out = handed('catch goroutine growth if $_goroutine() == 2',
                     'run live', 'bt')
        self.assertIn('Catchpoint 1 (goroutine 2 needs more than its 1600 '
                      'bytes of stack)\n', out[1])
        self.assertEqual(place(out[1]), 'take_number')
        self.assertEqual(session.functions(out[2]), ['take_number', 'taker'])

    def test_deadlock(self):
        out = session.run(['catch goroutine deadlock', 'run live',
                           'info goroutines', 'continue'],
                          session.executable('deadlock'))
        self.assertRegex(out[1], r'Catchpoint 1 \(all goroutines are asleep: '
                         r'deadlock\)\n#0 +deadlock \(\)')
        self.assertEqual(out[2].count(' waiting '), 3)
        self.assertIn('exited with code 02', out[3])

    def test_in_a_language_that_says_it_otherwise(self):
        """What is no expression. And nothing else is said."""
        out = session.run(['catch goroutine block', 'set language rust',
                           'run live'], session.executable('handed'))
        self.assertRegex(out[2], r'blocks: .*\n#\d+ .*\n\d+\t.*'
                         r'(\nWarning: the current language .*)?$')

    def test_deadlock_is_told_once(self):
        """Other threads may find it at the same time."""
        dies = "jump *&'deadlock'"
        out = handed(
            'catch goroutine deadlock', 'tbreak usleep', 'run live',
            'set scheduler-locking on', 'thread 1', dies, 'tbreak lastwords',
            'thread 2', dies, 'kill', 'tbreak usleep', 'run live', dies)
        told = 'Catchpoint 1 (all goroutines are asleep: deadlock)\n'
        self.assertIn(told, out[5])
        self.assertNotIn('Catchpoint', out[8])
        self.assertIn('Temporary breakpoint 3, ', out[8])
        self.assertIn(told, out[12])

    def test_conditions_and_commands(self):
        """They hold in both places, and come after what is told."""
        out = begun('catch goroutine block', 'condition 2 $_goroutine() == 2',
                    "python gdb.breakpoints()[0].commands = 'echo commanded'",
                    'info breakpoints', 'continue', 'condition 2',
                    'info breakpoints')
        self.assertIn('stop only if $_goroutine_does ("block") && '
                      '($_goroutine() == 2)', out[3])
        self.assertRegex(out[4], r'^(.*\n)*Catchpoint 2 \(goroutine 2 blocks: '
                         r'(.*\n)*commanded$')
        self.assertIn('stop only if $_goroutine_does ("block")', out[6])
        self.assertNotIn('&&', out[6])

    def test_commands_that_go_on(self):
        """At a prompt gdb itself waits for what goes on."""
        for what in 'block', 'start', 'growth':
            gdb = session.Prompt(session.executable('handed'))
            self.addCleanup(gdb.end)
            for command in (*BEGUN, 'catch goroutine ' + what,
                            "python gdb.breakpoints()[0].commands = "
                            "'echo commanded\\\\n\\ncontinue'"):
                gdb.typed(command)
            out = gdb.typed('continue')
            self.assertRegex(out, r'Catchpoint 2 \(goroutine .*\n#.*\n'
                             r'(.*\n)?commanded\n')
            self.assertIn('exited normally', out)
            self.assertEqual(gdb.typed('output 41 + 1'), '42')

    def test_silent_commands(self):
        out = begun('catch goroutine block', "python gdb.breakpoints()[0]"
                    ".commands = 'silent\\necho commanded\\\\n'", 'continue',
                    'frame')
        self.assertTrue(out[2].endswith('commanded'), out[2])
        self.assertNotIn('Catchpoint', out[2])
        self.assertNotIn('#', out[2])
        self.assertRegex(out[3], 'start |take_number ')

    def test_finish_that_ends_there(self):
        """What is told is selected."""
        out = begun('catch goroutine block', 'finish', 'frame')
        self.assertRegex(out[1], r'Catchpoint 2 \(goroutine \d.* blocks: ')
        self.assertTrue(out[1].endswith(out[2]), out[1:])
        self.assertRegex(out[2], 'start |take_number ')

    def test_temporary(self):
        out = handed('tcatch goroutine block sleep', 'run live',
                     'info breakpoints')
        self.assertEqual(out[0], 'Temporary catchpoint 1 (goroutine block '
                                 'sleep)')
        self.assertIn('Temporary catchpoint 1 (goroutine 1 "main" blocks: '
                      'sleep)\n', out[1])
        self.assertRegex(out[2], session.NO_BREAKPOINTS)

    def test_disabled_ignored_deleted(self):
        out = begun('catch goroutine block', 'catch goroutine exit',
                    'disable 2', 'continue', 'continue')
        self.assertIn('Catchpoint 3 (goroutine 2 ends)', out[3])
        self.assertIn('Catchpoint 3 (goroutine 1 "main" ends)', out[4])
        out = begun('catch goroutine block', 'ignore 2 1', 'continue',
                    'delete 2', 'continue', 'maint info breakpoints')
        # Two threads: either blocks first, and is not told.
        self.assertRegex(out[2], r'\(goroutine (1 "main"|2) blocks: ')
        self.assertIn('exited normally', out[4])
        self.assertNotRegex(out[5], ' y .*morestack')

    def test_mistakes(self):
        out = handed(
            'catch goroutine', 'catch goroutine walk',
            'catch goroutine block wal', 'catch goroutine start now',
            'catch goroutine exit if nosuch', 'catch goroutine growth if',
            'info breakpoints', 'complete catch goroutine e',
            'complete catch goroutine block chan ',
            'complete tcatch goroutine block mu', 'help catch goroutine exit',
            'help tcatch goroutine exit')
        self.assertIn('catch goroutine start -- Catch the start', out[0])
        self.assertIn('Undefined catch goroutine command: "walk".', out[1])
        self.assertRegex(out[2], '^Undefined reason to wait: "wal".  It is one '
                         'of: accept, chan receive, .*, write.$')
        self.assertEqual(out[3], 'Junk at end of arguments.')
        self.assertEqual(out[4], 'No symbol "nosuch" in current context.')
        self.assertEqual(out[5], 'Argument required (a condition).')
        self.assertRegex(out[6], session.NO_BREAKPOINTS)
        self.assertEqual(out[7], 'catch goroutine exit')
        self.assertEqual(out[8].splitlines(),
                         ['catch goroutine block chan receive',
                          'catch goroutine block chan send'])
        self.assertEqual(out[9], 'tcatch goroutine block mutex')
        self.assertIn('Usage: catch goroutine exit', out[10])
        self.assertIn('deleted when it is hit', out[11])

    def test_after_half_an_installation(self):
        """A second try is a whole one."""
        with tempfile.TemporaryDirectory() as folder:
            scripts = pathlib.Path(shutil.copytree(session.SCRIPT.parent,
                                                   folder + '/gdb-scripts'))
            names = session.SRC / 'inspector' / 'layout' / 'runtimes' / 'seam.rt'
            attempt = pathlib.Path(folder, 'attempt.py')
            attempt.write_text(ATTEMPT % (scripts / 'seam-gdb.py'))
            out = session.run(
                ['source %s' % attempt, 'shell cp %s %s' % (names, scripts),
                 'source %s' % attempt, 'tbreak start', 'run live',
                 'catch goroutine block', 'continue'],
                session.executable('handed'), load=False)
        self.assertIn('install it there', out[0])
        self.assertEqual(out[6].count('Catchpoint 2 ('), 1)

    def test_program_without_goroutines(self):
        out = session.run(['catch goroutine start', 'info breakpoints'],
                          '/bin/true')
        self.assertIn('No goroutines: this program does not use seam.', out[0])
        self.assertRegex(out[1], session.NO_BREAKPOINTS)


class Until(unittest.TestCase):
    def test_wakes(self):
        out = handed('tbreak usleep if $_goroutine() == 1', 'run live', LET_GO,
                     'goroutine until 2 wakes', 'bt', 'goroutine until 2 w',
                     'maint info breakpoints', 'continue')
        self.assertRegex(out[3], r'Goroutine 2 wakes\n#\d+ .* take_number ')
        self.assertEqual(session.functions(out[4]),
                         ['seam_recv', 'take_number', '|', 'taker'])
        self.assertEqual(out[5], 'Goroutine 2 does not wait: it is '
                         'running.')
        self.assertNotRegex(out[6], r'\n-\d+ +breakpoint ')
        self.assertIn('exited normally', out[7])

    def test_stack_that_leads_nowhere(self):
        out = handed('tbreak usleep if $_goroutine() == 1', 'run live',
                     "set var 'runtime/proc.c'::allg->sched.sp = 8",
                     'goroutine until 2 wakes', 'maint info breakpoints',
                     'info goroutines')
        self.assertRegex(out[3], '^The stack cannot be followed: ')
        self.assertNotRegex(out[4], r'\n-\d+ +breakpoint .* y ')

    def test_stops_before(self):
        out = handed('tbreak usleep if $_goroutine() == 1', 'run live', LET_GO,
                     'tbreak seam_send', 'goroutine until 2 wakes',
                     'maint info breakpoints')
        self.assertIn('Temporary breakpoint 2, ', out[4])
        self.assertNotIn('wakes', out[4])
        self.assertNotRegex(out[5], r'\n-\d+ +breakpoint ')

    def test_mistakes(self):
        out = handed('goroutine until 2 wakes', 'goroutine until 2',
                     'complete goroutine until 2', 'tbreak usleep', 'run live',
                     'goroutine until 9 wakes', 'complete goroutine until ',
                     'complete goroutine until 2 ',
                     'complete goroutine until 2 wakes ')
        self.assertEqual(out[:3], ['The program is not being run.',
                                   'Argument required (ID wakes).', ''])
        self.assertEqual(out[5], 'There is no goroutine 9.')
        self.assertIn('goroutine until 2', out[6])
        self.assertEqual(out[7:], ['goroutine until 2 wakes', ''])


class UntilOnCore(session.Core):
    def test_core(self):
        out = self.gdb('goroutine until 2 wakes', 'goroutine')
        self.assertEqual(out[0], "You can't do that without a process to "
                                 'debug.')
        self.assertIn(' 1 "main"', out[1])


if __name__ == '__main__':
    unittest.main()
