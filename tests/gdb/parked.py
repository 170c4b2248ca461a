#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Goroutines of a core: selected, looked at, left again, nothing written."""
import re
import subprocess
import tempfile
import unittest

import session

HEAD = '''\
  ID STATE    REASON          SINCE  WHERE                SEGS BYTES  NAME'''


class Parked(session.Core):
    def test_table(self):
        table, some = self.gdb('info goroutines', 'info goroutines 2 4-5')
        lines = table.splitlines()
        self.assertEqual(lines[0], HEAD)
        self.assertRegex(lines[1], r'^\* 1  running  thread \d+ +-  stop ')
        self.assertRegex(lines[2], r'^  2  waiting  chan receive +\d.*s  '
                         r'consumer parked\.c:\d+ +\d +\d+  the consumer$')
        self.assertEqual(len(lines), 7)
        self.assertEqual(some.splitlines(),
                         [lines[0], lines[2], lines[4], lines[5]])

    def test_ids_with_commas_as_seam_takes_them(self):
        spaces, commas, heads = self.gdb(
            'info goroutines 2 4-5', 'info goroutines 2,4-5',
            'goroutine apply 2,4 echo')
        self.assertEqual(commas, spaces)
        self.assertEqual(re.findall(r'^goroutine (\d)', heads, re.M),
                         ['2', '4'])

    def test_select(self):
        out = self.gdb('goroutine', 'goroutine 3', 'goroutine',
                       'info goroutines 3', 'bt', 'info args', 'x/i $pc',
                       'goroutine 4', 'bt')
        self.assertRegex(out[0], r'^\[Current goroutine is 1 "main" '
                         r'\(running, thread \d+\)\]$')
        self.assertRegex(out[1], r'^\[Switching to goroutine 3 \(waiting, '
                         r'chan send 0x\w+, \d.*s\)\]\n#')
        self.assertIn(' in producer (chan=', out[1])
        self.assertEqual(out[2], out[1].splitlines()[0].replace(
            'Switching to goroutine', 'Current goroutine is'))
        self.assertIn('\n* 3 ', out[3])
        self.assertEqual(session.functions(out[4]), ['seam_send', 'producer'])
        self.assertIn('chan = ', out[5])
        self.assertIn('<producer', out[6])
        self.assertEqual(session.functions(out[8]), ['seam_sleep', 'sleeper'])

    def test_numbers_are_those_of_frame(self):
        out = self.gdb('goroutine 3', 'bt', 'frame', 'down', 'up', 'up')
        number = re.search(r'#(\d+) .* in producer', out[1]).group(1)
        self.assertTrue(out[2].startswith('#%s ' % number))
        self.assertIn('seam_send', out[3])
        self.assertIn('in producer', out[4])
        self.assertIn('gostart', out[5])

    def test_raw(self):
        out = self.gdb('goroutine 2', 'bt -no-filters')
        names = session.functions(out[1])
        self.assertIn('__morestack', names)
        self.assertEqual(names[-3:], ['seam_recv', 'consumer', 'gostart'])

    def test_not_begun(self):
        out = self.gdb('goroutine 6', 'bt')
        self.assertIn('fresh () at parked.c:', out[1])
        self.assertEqual(len(out[1].splitlines()), 1)

    def test_remark_is_made_once(self):
        out = self.gdb('goroutine 2', 'goroutine 3', 'goroutine 2')
        self.assertIn("Frame 0 is the thread's own", out[0])
        self.assertNotIn('Frame 0', out[1] + out[2])

    def test_remark_names_the_first_frame_of_bt(self):
        for id_ in 2, 3, 4, 5, 6:
            remark, stack = self.gdb('goroutine %d' % id_, 'bt')
            number = re.search(r'bt shows frame (\d+) ', remark).group(1)
            self.assertTrue(stack.startswith('#%s ' % number), stack)

    def test_one_command(self):
        out = self.gdb('goroutine 2', 'up', 'goroutine 3 bt',
                       'goroutine 3 p chan', 'goroutine 1 bt', 'goroutine',
                       'frame', 'goroutine 3 nonsense', 'goroutine')
        self.assertEqual(session.functions(out[2]), ['seam_send', 'producer'])
        self.assertTrue(out[3].startswith('$1 = '))
        self.assertIn('start', session.functions(out[4]))
        self.assertIn(' 2 "the consumer"', out[5])
        self.assertEqual(out[6], out[1])
        self.assertEqual(out[7],
                         'Undefined command: "nonsense".  Try "help".')
        self.assertEqual(out[8], out[5])

    def test_apply(self):
        out = self.gdb('goroutine apply 2-3 4 bt 1',
                       'goroutine apply all -q -s p chan',
                       'goroutine apply 4 2 -c p chan',
                       'goroutine apply 4 2 p chan',
                       'goroutine')
        heads = [line for line in out[0].splitlines()
                 if line.startswith('goroutine ')]
        for head, wanted in zip(heads, (
                r'2 "the consumer" \[waiting, chan receive 0x\w+, \d.*s\]:$',
                r'3 \[waiting, chan send 0x\w+, \d.*s\]:$',
                r'4 \[waiting, sleep, \d.*s\]:$')):
            self.assertRegex(head, r'^goroutine ' + wanted)
        self.assertEqual(len(heads), 3)
        self.assertEqual(session.functions(out[0]),
                         ['seam_recv', 'seam_send', 'seam_sleep'])
        self.assertRegex(out[1], r'^\$1 = .*\n\$2 = .*$')
        self.assertIn('No symbol "chan" in current context.', out[2])
        self.assertIn('$3 = ', out[2])
        self.assertIn(' 1 "main"', out[4])

    def test_filter(self):
        """What each filter keeps is in tests/golden/filter.txt."""
        plain, both, segments, applied, ids, here, shell, wrong = self.gdb(
            'info goroutines 2-4', 'info goroutines 2-4,6 state == waiting',
            'info segments in(fresh)',
            'goroutine apply in("seam_*") && id != 3 -q p $_gdb_setting("width")',
            'goroutine apply 3-6 reason == sleep bt 1',
            'goroutine', 'goroutine apply 2 !true', 'goroutine apply x == 3 bt')
        self.assertEqual(both, plain)
        self.assertRegex(segments, r'^goroutine 6: 1 segment')
        self.assertEqual(applied, '$1 = 0\n$2 = 0')
        self.assertEqual(re.findall(r'^goroutine (\d)', ids, re.M), ['4'])
        self.assertEqual(session.functions(ids), ['seam_sleep'])
        self.assertIn(' 1 "main"', here)
        self.assertIn('goroutine 2 ', shell)
        self.assertRegex(wrong, r"^there is no field 'x': .*\n"
                                r'    x == 3 bt\n    \^$')

    def test_apply_of_what_selects_a_frame(self):
        """The heading comes before the frame, with every flag."""
        for command in ('frame function producer', 'f function producer',
                        'up 0', 'frame'):
            shown, silent, quiet, both = self.gdb(*(
                'goroutine apply 3 %s%s' % (flags, command)
                for flags in ('', '-s ', '-q ', '-q -s ')))
            head, frame = shown.strip().split('\n', 1)
            self.assertRegex(head, r'^goroutine 3 \[', command)
            self.assertRegex(frame, r'^#\d.* in producer ', command)
            self.assertEqual(silent, shown, command)
            self.assertEqual([quiet, both], [frame, frame], command)

    def test_apply_moves_the_frame(self):
        for flags in ('', '-s ', '-c '):
            for command, function in (
                    ('down', 'seam_send'), ('frame function park', 'park'),
                    ('up', 'gostart')):
                out, = self.gdb('goroutine apply 3 %s%s' % (flags, command))
                head, frame = out.strip().split('\n')[:2]
                self.assertRegex(head, r'^goroutine 3 \[', command)
                self.assertRegex(frame, r'^#\d.*\b%s ' % function, command)

    def test_apply_silently_to_those_that_have_the_frame(self):
        out, errors = self.gdb(
            'goroutine apply all -s frame function seam_sleep',
            'goroutine apply all -c frame function seam_sleep')
        self.assertEqual(re.findall(r'^goroutine (\d)', out, re.M), ['4'])
        self.assertEqual(re.findall(r'^goroutine (\d)', errors, re.M),
                         ['1', '2', '3', '4', '5', '6'])
        self.assertEqual(errors.count('No frame for function'), 5)

    def test_ids_that_none_has_cost_nothing(self):
        """As seam words it; the others are shown first."""
        error = ('There is no goroutine 99.\n'
                 'There are no goroutines 70-80.')
        table, both, segments = self.gdb(
            'info goroutines 2', 'info goroutines 99 2 70-80',
            'info segments 99 2 70-80')
        self.assertEqual(both, table + '\n' + error)
        self.assertRegex(segments, r'^goroutine 2 .*: 1 segment, .*\n.*\n'
                         + error)
        done = subprocess.run(
            [session.fixtures.BUILD / 'seam', 'list', self.core, self.exe,
             '99', '2', '70-80'], stderr=subprocess.PIPE, check=False,
            stdout=subprocess.DEVNULL, universal_newlines=True)
        said = re.sub('(?m)^seam: (.*)$', r'\1.', done.stderr.strip())
        self.assertEqual(said, error.replace('There', 'there'))

    def test_applied_to_ids_that_none_has(self):
        """As of "thread apply", the script that has it goes on."""
        gdb = session.Prompt(self.exe, self.core)
        self.addCleanup(gdb.end)
        gdb.typed('define both\ngoroutine apply 99,2,70-80 echo x\\n\n'
                  'echo behind\\n\nend')
        self.assertRegex(gdb.typed('both'), r'goroutine 2 .*:\nx\n'
                         r'warning: There is no goroutine 99\.\n'
                         r'warning: There are no goroutines 70-80\.\nbehind$')

    def test_what_is_missing_of_a_range_is_told(self):
        table, = self.gdb('info goroutines 6-80')
        self.assertIn('\n  6  runnable', table)
        self.assertTrue(table.endswith('\nThere are no goroutines 7-80.'))

    def test_errors_are_one_line(self):
        for command, error in (
                ('goroutine 99', 'There is no goroutine 99.'),
                ('goroutine x', 'Invalid goroutine ID: x'),
                ('goroutine 0', 'Invalid goroutine ID: 0'),
                ('goroutine 2-3', 'Invalid goroutine ID: 2-3'),
                ('goroutine \u00b2', 'Invalid goroutine ID: \u00b2'),
                ('goroutine \u0662', 'Invalid goroutine ID: \u0662'),
                ('goroutine ' + 5000 * '9',
                 'Invalid goroutine ID: ' + 5000 * '9'),
                ('info goroutines 5-2', 'inverted range: 5-2'),
                ('info goroutines \u00b2', 'Invalid goroutine ID: \u00b2'),
                ('info segments 99', 'There is no goroutine 99.'),
                ('info segments 1-\u00b2', 'Invalid goroutine ID: 1-\u00b2'),
                ('goroutine apply \u00b2 bt',
                 'Invalid goroutine ID: \u00b2'),
                ('goroutine apply', 'Please specify a goroutine ID list'),
                ('goroutine apply 2', "Please specify a command at the end "
                                      "of 'goroutine apply'"),
                ('goroutine apply 2 -c -s bt',
                 'goroutine apply: -c and -s are mutually exclusive')):
            self.assertEqual(self.gdb(command), [error])

    def test_a_core_cannot_be_run(self):
        out = self.gdb('goroutine 3', 'step', 'finish', 'return', 'goroutine')
        self.assertEqual(out[1:3], ['The program is not being run.'] * 2)
        self.assertEqual(out[3],
                         'Goroutine 3 is parked: its frames cannot be popped.')
        self.assertIn(' 3 ', out[4])

    def test_what_is_waited_on_can_be_printed(self):
        title, = self.gdb('goroutine 3')
        chan = re.search(r'chan send (0x\w+)', title).group(1)
        self.assertEqual(self.gdb('p *(Chan *) ' + chan),
                         ['$1 = channel of 8-byte elements, 0 of 0, '
                          '1 sending'])

    def test_printers(self):
        out = self.gdb('p *allg', 'p *allg->alllink->alllink->alllink',
                       'p m0', 'p *allg->stackbase',
                       'p *(Chan *)allg->alllink->alllink->alllink->alllink'
                       '->waiton', 'p/r m0.id')
        self.assertEqual(out[0], '$1 = goroutine 6 (runnable)')
        self.assertRegex(out[1], r'^\$2 = goroutine 3 \(waiting, chan send '
                                 r'0x\w+\)$')
        self.assertRegex(out[2], r'^\$3 = machine 0 \(thread \d+\)$')
        self.assertRegex(out[3], r'^\$4 = segment 0x\w+-0x\w+, first$')
        self.assertEqual(out[4], '$5 = channel of 8-byte elements, 0 of 0, '
                                 '1 receiving')
        self.assertEqual(out[5], '$6 = 0')

    def test_help(self):
        for command in ('info goroutines', 'info segments', 'goroutine',
                        'goroutine apply'):
            text, = self.gdb('help ' + command)
            self.assertIn('Usage: ' + command, text)

    def completed(self, *lines):
        """What TAB offers behind each of LINES, without the line."""
        return [[text.strip() for text in answer.splitlines()]
                for answer in self.gdb(*('complete ' + line
                                         for line in lines))]

    def test_completion(self):
        ids, apply_, command, applied = self.completed(
            'info segments ', 'goroutine apply a', 'goroutine 3 backtr',
            'goroutine apply 2-3 -q info loc')
        self.assertEqual(ids[:6], ['info segments %d' % i
                                   for i in range(1, 7)])
        self.assertEqual(apply_, ['goroutine apply all'])
        self.assertEqual(command, ['goroutine 3 backtrace'])
        self.assertEqual(applied, ['goroutine apply 2-3 -q info locals'])

    def test_completion_of_options(self):
        self.assertEqual(
            self.completed('info goroutines -', 'info goroutines -gr',
                           'info goroutines -group -',
                           'info goroutines -group -by st',
                           'goroutine apply all -', 'goroutine apply 2-'),
            [['info goroutines -group'], ['info goroutines -group'],
             ['info goroutines -group -by'],
             ['info goroutines -group -by stack',
              'info goroutines -group -by state'],
             ['goroutine apply all -' + flag for flag in 'cqs'],
             ['goroutine apply 2-%d' % i for i in range(1, 7)]])

    def test_completion_of_filters(self):
        self.assertEqual(
            self.completed('info goroutines st', 'info goroutines -group st',
                           'info goroutines 2 wai', 'info segments state == r',
                           'goroutine apply waited > 5s && in(consum',
                           'info goroutines waited > '),
            [['info goroutines stack', 'info goroutines state'],
             ['info goroutines -group stack', 'info goroutines -group state'],
             ['info goroutines 2 waited'],
             ['info segments state == runnable',
              'info segments state == running'],
             ['goroutine apply waited > 5s && in(consumer'], []])

    def test_completion_of_values_and_of_what_joins_tests(self):
        begun = 'info goroutines reason == '
        self.assertEqual(
            self.completed(begun + 'sl', begun + '"sl', begun + 'chan',
                           begun + '"chan re',
                           'info goroutines creator == "yielde',
                           'info goroutines name == "the',
                           'info goroutines (id == 3 ',
                           'info goroutines 2 id == 3 &',
                           'info goroutines state '),
            [[begun + 'sleep'], [],
             [begun + '"chan receive"', begun + '"chan send"'],
             [begun + '"chan receive"'],
             ['info goroutines creator == "yielder'],
             ['info goroutines name == "the consumer'],     # gdb closes it
             ['info goroutines (id == 3 ' + mark
              for mark in ('&&', ')', '||')],
             ['info goroutines 2 id == 3 &&'],
             ['info goroutines state ' + operator
              for operator in ('!=', '==', '~')]])

    def test_one_line_of_help(self):
        """Fits into 80 columns, behind the command."""
        for line in '\n'.join(self.gdb(
                'help goroutine', 'help catch goroutine', 'help seam',
                'help set seam')).splitlines():
            if ' -- ' in line:
                self.assertLess(len(line), 80)

    def test_completion_begins_without_a_word(self):
        """gdb 13 hides the errors of this call, later ones print them."""
        asked = ['python import seam.commands; print(seam.commands.%s()'
                 '.complete(%r, None))' % (command, text)
                 for command in ('InfoGoroutines', 'InfoSegments',
                                 'GoroutineCommand', 'GoroutineApply')
                 for text in ('', '3 backtr', '2-3 -q info loc')]
        self.assertEqual(self.gdb(*asked), ['[]'] * len(asked))

    def test_loaded_twice(self):
        once = self.gdb('info goroutines')
        twice = self.gdb('source %s' % session.SCRIPT, 'info goroutines',
                         'goroutine 3', 'bt')
        self.assertEqual(twice[:2], ['', once[0]])
        self.assertEqual(session.functions(twice[3]),
                         ['seam_send', 'producer'])


class Grown(session.Core):
    fixture = 'grown'

    def test_each_function_once_and_the_seams(self):
        out = self.gdb('goroutine 2', 'bt', 'bt -hide', 'bt -3')
        names = session.functions(out[1])
        self.assertIn('|', names)
        user = [name for name in names if name != '|']
        self.assertEqual(user, ['seam_recv', 'park']
                         + ['visit', 'walk'] * 30 + ['walker'])
        self.assertEqual(session.functions(out[2]), user)
        self.assertEqual(session.functions(out[3])[-1], 'walker')

    def test_frame_below_a_seam(self):
        out = self.gdb('goroutine 2', 'bt', 'frame function walker',
                       'down', 'info args')
        self.assertRegex(out[1], r'\n    #\d+ +-- seam -- \(\)\n')
        self.assertIn('in walker', out[2])
        self.assertIn('depth = 30', out[4])

    def test_segments(self):
        text, one = self.gdb('info segments', 'info segments 2')
        self.assertTrue(text.endswith('\n' + one))
        lines = one.splitlines()
        count = len(lines) - 1
        self.assertRegex(lines[0], r'^goroutine 2 "walker": %d segments, '
                                   r'\d+ bytes$' % count)
        self.assertRegex(lines[1], r'^  %d  0x\w+-0x\w+ +\d+ of +\d+ used  '
                                   r'\w+ grown\.c:\d+$' % count)
        self.assertRegex(lines[-1], r'^  1  .* of +\d+ used  first$')


class Growers(unittest.TestCase):
    def test_as_seam_tells_them(self):
        """Whatever line the compiler gives to what asks for a segment."""
        for exe in session.fixtures.executables('grown'):
            with session.fixtures.dead(exe) as target:
                ours, = session.run(['info segments'], exe, target.core)
                said = subprocess.run(
                    [session.fixtures.BUILD / 'seam', 'segments', target.core,
                     exe], check=True, stdout=subprocess.PIPE,
                    universal_newlines=True).stdout
                self.assertIn(' visit grown.c:15', said)
                self.assertLessEqual(max(map(len, said.splitlines())), 80)
                self.assertEqual(ours, said.rstrip().replace('\n\n', '\n'))


class Inlined(session.Core):
    fixture = 'inlined'

    def test_thread_that_died_in_an_inlined_function(self):
        """Its innermost frame is then not frame 0: stop() is in leaf()."""
        out = self.gdb('info goroutines 2', 'goroutine 2', 'bt', 'thread 1',
                       'bt -no-filters 2')
        self.assertRegex(out[0], r'\n  2 .*  await inlined\.c:\d+ ')
        names = [n for n in session.functions(out[2]) if n != '|']
        self.assertEqual(names, ['seam_recv', 'await', 'nest']
                         + ['dig'] * 20 + ['sleeper'])
        self.assertEqual(session.functions(out[4])[-1], 'leaf')


class Other(unittest.TestCase):
    def test_program_without_goroutines(self):
        out = session.run(['info goroutines', 'starti', 'info goroutines',
                           'goroutine 1', 'bt 1'], '/bin/true')
        self.assertEqual(out[0], 'The program is not being run.')
        self.assertEqual(out[2],
                         'No goroutines: this program does not use seam.')
        self.assertEqual(out[3], out[2])
        self.assertTrue(out[4].startswith('#0 '))

    def test_commands_with_hooks_without_a_process(self):
        plain, with_ours = (
            session.run(['up', 'down', 'finish', 'until', 'until 3', 'advance 3',
                         'step'], '/bin/true', load=load)
            for load in (False, True))
        self.assertEqual(with_ours, plain)

    def test_users_hooks_stay(self):
        """One of a name that ours has, alone or beside a longer one."""
        hooks = 'hook-thread', 'thread hook-apply', 'hook-up', 'hook-upwards'
        with tempfile.NamedTemporaryFile('w', suffix='.gdb') as file:
            for hook in hooks:
                file.write('define %s\necho the user\nend\n' % hook)
            file.flush()
            out = session.run(['show user ' + hook for hook in hooks],
                              before=['source ' + file.name])
        for shown in out:
            self.assertIn('echo the user', shown)

    def test_stripped(self):
        exe = session.executable('parked')
        for option, error in (
                ('-g', r'The debug information of seam has no variable \w+, '
                       r'.*: is it stripped\?'),
                ('-s', 'No goroutines: this program is stripped of the '
                       'symbols of seam, or does not use it.')):
            with tempfile.TemporaryDirectory() as folder:
                copy = folder + '/stripped'
                subprocess.run(['strip', option, '-o', copy, exe], check=True)
                out = session.run(['run core', 'info goroutines',
                                   'goroutine 2', 'info segments',
                                   'goroutine apply all bt', 'bt'], copy)
            for answer in out[1:5]:
                self.assertRegex(answer, '^%s$' % error)
            self.assertEqual(len(session.functions(out[5])), 4)

    def test_program_of_another_core(self):
        """As seam words it."""
        exe, other = (session.executable(n) for n in ('parked', 'grown'))
        with session.fixtures.dead(exe) as target:
            out = session.run(['info goroutines', 'goroutine 2', 'bt'], other,
                              target.core)
            done = subprocess.run(
                [session.fixtures.BUILD / 'seam', 'list', target.core, other],
                stderr=subprocess.PIPE, check=False, universal_newlines=True)
        said = done.stderr.strip().partition(': its ')[2]
        self.assertRegex(said, r'^build-id is \w+, the one in memory was \w+$')
        for answer in out[:2]:
            self.assertEqual(answer, "Cannot use '%s' as the program: its %s."
                             % (other, said))
        self.assertTrue(out[2].startswith('#0 '), out[2])

    def test_before_goroutines(self):
        out = session.run(['starti', 'info goroutines', 'goroutine',
                           'info segments', 'bt', 'bt -no-filters'],
                          session.executable('parked'))
        self.assertEqual(session.functions(out[4]), session.functions(out[5]))
        self.assertEqual(out[1], 'No goroutines.')
        self.assertEqual(out[2],
                         'No goroutine selected: the thread runs none.')


if __name__ == '__main__':
    unittest.main()
