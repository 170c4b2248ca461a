#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Live processes: looked at unharmed; finish, step and calls from a goroutine
that was parked."""
import re
import unittest

import session

# To the place where main holds its thread, the others being parked. hold()
# is left before its first line, which gdb stops at before the prologue.
READY = ['break usleep', 'run live', 'delete', 'finish', 'set var waiting = 0']


def handed(*commands, linker='gold', compiler='gcc'):
    """What COMMANDS print on the fixture once its goroutine 2 is parked."""
    exe = session.executable('handed', compiler, linker)
    return session.run(READY + list(commands), exe)[len(READY):]


class Attached(unittest.TestCase):
    def test_looked_at(self):
        """fixtures.live() checks that the process ends as ever."""
        for linker, compiler in (('gold', 'gcc'), ('lld', 'clang')):
            exe = session.executable('grown', compiler, linker)
            with session.fixtures.live(exe) as target:
                out = session.run(
                    ['info goroutines', 'goroutine 2', 'bt', 'goroutine 1',
                     'bt', 'info segments', 'goroutine 2', 'detach'],
                    exe, '-p', target.pid, before=session.EVIDENCE)
            self.assertRegex(out[0], r'\n  2 .* \d+(us|ms|\.\ds)  park grown')
            self.assertEqual(session.functions(out[2])[-1], 'walker')
            self.assertEqual(session.functions(out[4])[-1], 'start')
            self.assertIn('goroutine 2 "walker": ', out[5])

    def test_threads(self):
        exe = session.executable('threads')
        with session.fixtures.live(exe) as target:
            out = session.run(
                ['goroutine 1', 'goroutine', 'thread', 'goroutine 2',
                 'goroutine', 'thread', 'goroutine 3', 'goroutine 2 bt',
                 'goroutine', 'detach'],
                exe, '-p', target.pid, before=session.EVIDENCE)
        for number, answers in ((1, out[:3]), (2, out[3:6])):
            thread = re.search(r'goroutine %d .*\(running, thread (\d+)\)'
                               % number, answers[0]).group(1)
            self.assertIn('Current goroutine is %d ' % number, answers[1])
            self.assertIn('(LWP %s)' % thread, answers[2])
        self.assertEqual(session.functions(out[7])[-1], 'holder')
        self.assertIn(' 3 (runnable)', out[8])


class Ends(unittest.TestCase):
    def test_behind_its_function(self):
        """As a thread's end is in libc, before the goroutine is gone."""
        exe = session.fixtures.BUILD / 'crossing' / 'crossing-gcc-gold-O0'
        for way in 'next', 'step', 'finish':
            out = session.run(
                ['set args up', 'break nothing', 'run', 'finish', 'next',
                 'next', way, 'bt', 'goroutine', 'info goroutines 1',
                 'continue'], exe)
            self.assertRegex(out[-5], r'0x\w+ in gostart \(\)')
            self.assertRegex(out[-4], r'^#0 .* in gostart \(\)$')
            self.assertIn('[Current goroutine is 1 "main" (running', out[-3])
            self.assertRegex(out[-2], r'\* 1  running .* work ')
            self.assertIn('exited normally', out[-1])


class Finish(unittest.TestCase):
    def test_over_a_seam_on_another_thread(self):
        for compiler, linker in (('gcc', 'gold'), ('clang', 'lld')):
            out = handed('goroutine 2', 'bt', 'finish', 'goroutine', 'bt',
                         compiler=compiler, linker=linker)
            self.assertEqual(session.functions(out[1]),
                             ['seam_recv', 'take_number', '|', 'taker'])
            self.assertRegex(out[2], r'\n?#0 .* taker ')
            self.assertRegex(out[2], r'Value returned is \$\d+ = 42$')
            self.assertIn(' 2 (running, thread ', out[3])
            self.assertEqual(session.functions(out[4]), ['taker'])

    def test_out_of_the_runtime(self):
        """And then, running, over the seam."""
        out = handed('goroutine 2', 'down', 'finish', 'goroutine', 'finish',
                     'bt')
        self.assertIn('seam_recv', out[1])
        self.assertIn('take_number', out[2])
        self.assertRegex(out[2], r'Value returned is \$\d+ = 0$')
        self.assertIn(' 2 (running, thread ', out[3])

        self.assertRegex(out[4], r'Value returned is \$\d+ = 42$')
        self.assertEqual(session.functions(out[5]), ['taker'])

    def test_place_and_value_are_told_once(self):
        for out in (handed('goroutine 2', 'finish')[1],
                    handed('goroutine 2', 'down', 'finish')[2]):
            self.assertEqual(len(re.findall(r'(?m) at \S+\.c:\d+$', out)), 1)
            self.assertEqual(out.count('Value returned is '), 1)

    def test_of_its_own_function(self):
        out = handed('goroutine 2', 'frame function taker', 'finish',
                     'goroutine', 'bt -no-filters')
        self.assertRegex(out[2], ' in gostart ')
        self.assertIn('Current goroutine is 2 ', out[3])
        self.assertEqual(session.functions(out[4]), ['gostart'])
        self.assertNotIn('stopped', out[4])

    def test_of_the_outermost_frame(self):
        out = handed('goroutine 2', 'frame function gostart', 'finish')
        self.assertEqual(out[2], '"finish" not meaningful in the outermost '
                                 'frame.')

    def test_other_goroutines_end_on_the_thread(self):
        for id_ in 2, 4, 5:
            out = session.run(READY + ['goroutine %d' % id_, 'finish'],
                              session.executable('parked'))
            self.assertIn('exited normally', out[-1])

    def test_inlined(self):
        out = handed('goroutine 2', 'frame function chanrecv', 'finish',
                     'goroutine')
        self.assertRegex(out[2], r'^Goroutine 2 is parked .*: finish frame')
        self.assertIn(' 2 (waiting, chan receive 0x', out[3])

    def test_nothing_is_left_behind(self):
        out = handed('goroutine 2', 'finish', 'maint info breakpoints',
                     'continue')
        self.assertNotRegex(out[2], r'\n-\d+ +breakpoint .* in (take|taker)')
        self.assertIn('exited normally', out[3])


    def test_stopped_on_the_way(self):
        out = handed('goroutine 2', 'break seam_send', 'finish',
                     'maint info breakpoints', 'continue')
        self.assertIn('seam_send', out[2])
        self.assertNotIn('Value returned', out[2])
        self.assertNotRegex(out[3], r'\n-\d+ +breakpoint .* in (take|taker)')
        self.assertIn('exited normally', out[4])


# Several commands for one `goroutine apply`: each goroutine gets the next.
EACH = 'python gdb.execute(next(each))'
HAVE_SENT = 'tbreak handed.c:36'


class Applied(unittest.TestCase):
    def test_the_program_goes(self):
        for command in 'detach', 'kill', 'continue':
            out = handed('goroutine 2', 'goroutine apply 1-2 ' + command,
                         'goroutine', 'bt', 'info goroutines')
            self.assertRegex(out[1], r'^goroutine 1 [^\0]*\nThe program is '
                             r'gone: goroutine apply ends before goroutine 2'
                             r'\.$', command)
            self.assertNotIn('\ngoroutine 2 ', out[1])
            self.assertEqual(out[2:], ['The program is not being run.',
                                       'No stack.',
                                       'The program is not being run.'])

    def test_the_program_goes_last(self):
        for command in 'goroutine apply 2 detach', 'goroutine 2 detach':
            out = handed(command, 'goroutine')
            self.assertRegex(out[0], r'detached\]$')
            self.assertEqual(out[1], 'The program is not being run.')

    def test_goroutines_are_told_as_they_are_by_then(self):
        out = handed("python each = iter(['continue', 'bt'])", HAVE_SENT,
                     'goroutine apply 1-2 ' + EACH, 'goroutine')
        self.assertRegex(out[2], r'\ngoroutine 2 \[run|\nGoroutine 2 has ended')
        self.assertIn(' 1 "main" (running, thread ', out[3])

    def test_step(self):
        out = handed('goroutine apply 1-2 next', 'goroutine', 'bt')
        self.assertRegex(out[0], r'\ngoroutine 2 \[waiting, ')
        self.assertIn(' 1 "main" (running, thread ', out[1])
        self.assertEqual(session.functions(out[2]), ['start'])

    def test_one_ended_meanwhile(self):
        wait = ("def wait():\\n gdb.execute('continue')\\n"
                " while '\\\\n  2 ' in gdb.execute('info goroutines', to_string="
                "True):\\n"
                "  gdb.execute('print (int)usleep(1000)', to_string=True)")
        out = handed('python exec("%s")' % wait, HAVE_SENT,
                     'goroutine apply 1-2 python wait()')
        self.assertEqual(out[2].splitlines()[-1], 'Goroutine 2 has ended.')

    def test_functions_are_called_on_each(self):
        out = handed('goroutine apply 1-2 -q print (int)getpid()')
        self.assertRegex(out[0], r'^\$\d+ = (\d+)\n\$\d+ = \1$')


class Failed(unittest.TestCase):
    def test_what_a_command_prepared_that_failed(self):
        """It does not act on a later stop at a seam."""
        exe = session.fixtures.BUILD / 'crossing' / 'crossing-gcc-gold-O2'
        for command in 'until nosuch', 'advance nosuch':
            out = session.run(
                ['set env SEAM_DEBUG split,stay', 'tbreak leaf', 'run down',
                 command, "tbreak *&'retfromnewstack'", 'continue',
                 "output $pc == (long)&'retfromnewstack'"], exe)
            self.assertIn('Function "nosuch" not defined.', out[3])
            self.assertEqual(out[6], '1', out)


class Ended(unittest.TestCase):
    def test_step(self):
        out = handed('goroutine 2', 'next', 'goroutine', 'frame', 'next')
        remark = '(Goroutine 2 does not run: the thread is stepped.)\n'
        self.assertTrue(out[1].startswith(remark), out[1])
        self.assertNotIn('Goroutine 2', out[4])
        self.assertIn(' 1 "main" (running, thread ', out[2])
        self.assertRegex(out[3], '^#0  (hold|stop|start) ')

    def test_call(self):
        out = handed('goroutine 2', 'print (int)getpid()', 'goroutine', 'bt 1')
        self.assertRegex(out[1], r'^\$\d+ = \d+$')
        self.assertIn(' 1 "main" (running, thread ', out[2])
        self.assertEqual(session.functions(out[3]), ['hold'])

    def test_call_on_a_goroutine(self):
        out = handed('goroutine 2 print (int)getpid()', 'goroutine', 'bt 1')
        self.assertRegex(out[0], r'^\$\d+ = \d+$')
        self.assertIn(' 1 "main" (running, thread ', out[1])
        self.assertEqual(session.functions(out[2]), ['hold'])

    def test_continue(self):
        out = handed('goroutine 2', 'continue', 'info goroutines')
        self.assertIn('exited normally', out[1])
        self.assertEqual(out[2], 'The program is not being run.')

    def test_return_is_refused(self):
        out = handed('goroutine 2', 'return', 'goroutine')
        self.assertEqual(
            out[1], 'Goroutine 2 is parked: its frames cannot be popped.')
        self.assertIn(' 2 (waiting, chan receive 0x', out[2])


if __name__ == '__main__':
    unittest.main()
