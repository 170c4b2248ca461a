#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""goroutine find, gaas, and functions in expressions and conditions."""
import re
import unittest

import session


class Functions(session.Core):
    def test_find(self):
        out = self.gdb('goroutine find cons', 'goroutine find chan',
                       'goroutine find zzz', 'goroutine find (',
                       'goroutine find', 'goroutine')
        self.assertRegex(out[0], r"^Goroutine 2 has name 'the consumer'\n"
                         r"Goroutine 2 is at 'consumer parked\.c:\d+'$")
        self.assertEqual(out[1], "Goroutine 2 waits in 'chan receive'\n"
                         "Goroutine 3 waits in 'chan send'")
        self.assertEqual(out[2], "No goroutines match 'zzz'")
        self.assertRegex(out[3], r'^Invalid regexp: missing \)')
        self.assertEqual(out[4], 'Command requires an argument.')
        self.assertIn(' 1 "main"', out[5])

    def test_name(self):
        out = self.gdb('goroutine 2', 'goroutine name the  eater',
                       'goroutine', 'goroutine find eater', 'goroutine 3',
                       'goroutine name x', 'info goroutines', 'goroutine 2',
                       'goroutine name', 'goroutine', 'goroutine 3 goroutine')
        self.assertIn('goroutine is 2 "the  eater" (waiting', out[2])
        self.assertTrue(out[3].startswith("Goroutine 2 has name 'the  eater'"))
        self.assertRegex(out[6], r'\n  2 .*  the  eater\n\* 3 .*  x\n')
        self.assertIn(' 2 "the consumer"', out[9])
        self.assertIn(' 3 "x" ', out[10])

    def test_gaas(self):
        out = self.gdb('gaas p chan', 'gaas', 'complete gaas backtr')
        self.assertEqual(re.findall(r'^goroutine (\d)', out[0], re.M),
                         ['2', '3'])
        self.assertIn("at the end of 'gaas'", out[1])
        self.assertEqual(out[2], 'gaas backtrace')

    def test_functions(self):
        out = self.gdb(
            'output $_goroutine()', 'output $_gcount()', 'output $_gstate(3)',
            'info symbol $_gpc(1)', 'output $_in_goroutine(2, "^cons.*r$")',
            'output $_in_goroutine(3, "^cons.*r$")', 'goroutine 3', 'frame',
            'output $_goroutine()', 'output $_gsp(3) == (long)$sp',
            'output/x $_waiting_on(3)', 'output $_gstate(99)',
            'output $_in_goroutine(2, "(")', 'frame')
        self.assertEqual(out[:3], ['1', '6', '"waiting"'])
        self.assertRegex(out[3], r'^stop \+ ')
        self.assertEqual(out[4:6], ['1', '0'])
        self.assertEqual(out[8], '3')
        self.assertIn('chan send %s,' % out[10], out[6])
        self.assertEqual(out[11], 'There is no goroutine 99.')
        self.assertRegex(out[12], r'^Invalid regexp: ')
        self.assertEqual(out[13], out[7])

    def test_ids_in_another_radix(self):
        out = self.gdb('set output-radix 16', 'output $_gstate(2)',
                       'output $_gpc(2) == $_gpc(2)',
                       'output $_in_goroutine(2, "^cons")')
        self.assertEqual(out[1:], ['"waiting"', '0x1', '0x1'])

    def test_wrong_number_of_arguments(self):
        out = self.gdb('p $_gstate()', 'p $_gcount(1)', 'p $_goroutine(2, 3)',
                       'p $_in_goroutine(2)', 'p $_goroutine_does()')
        self.assertEqual(out, [
            'You must provide one argument for $_gstate.',
            'You must provide no arguments for $_gcount.',
            'You must provide no arguments for $_goroutine.',
            'You must provide two arguments for $_in_goroutine.',
            'You must provide one or two arguments for $_goroutine_does.'])

    def test_in_the_place_of_ids(self):
        """As "thread $_thread"."""
        out = self.gdb(
            'set $three = 3', 'goroutine $three', 'goroutine $_goroutine()',
            'info goroutines 2-$three 4', 'goroutine apply $three -q output '
            '$_goroutine()', 'output $_gstate($three)',
            'goroutine break $_goroutine() usleep', 'info breakpoints',
            'goroutine $nosuch', 'goroutine apply $nosuch bt')
        for answer in out[1:3]:
            self.assertIn('Switching to goroutine 3 ', answer)
        self.assertEqual(re.findall(r'(?m)^[* ] (\d) ', out[3]),
                         ['2', '3', '4'])
        self.assertEqual(out[4:6], ['3', '"waiting"'])
        self.assertIn('stop only if $_goroutine() == 3\n', out[7] + '\n')
        self.assertEqual(out[8:], 2 * [
            'Convenience variable must have integer value.'])

    def test_without_a_process(self):
        """One line, as of those that have one; none is 0, as $_thread."""
        calls = ('$_gstate(1)', '$_gpc(1)', '$_gsp(1)', '$_waiting_on(1)',
                 '$_in_goroutine(1, "f")', '$_goroutine_does("start")')
        none = ['output $_goroutine()', 'output $_gcount()']
        out = session.run(none + ['p ' + call for call in calls], self.exe)
        self.assertEqual(out, ['0', '0'] + len(calls) * [
            'The program is not being run.'])
        self.assertEqual(session.run(['starti', *none], '/bin/true')[1:],
                         ['0', '0'])

    def test_pointers(self):
        """As $pc, $sp and what a wait is told by."""
        out = self.gdb(
            'goroutine 3', 'p $_gpc(3)', 'p $_gpc(1)', 'p $_gsp(3)',
            'p $_waiting_on(3)', 'output $_waiting_on(4)', 'output $_waiting_on(3) > 4096',
            'output $_gsp(3) == $_gsp(3) + 0')
        for number, type_ in enumerate(2 * [r'void \(\*\)\(\)']
                                       + 2 * [r'void \*']):
            self.assertRegex(out[1 + number], r'= \(%s\) 0x[0-9a-f]+' % type_)
        self.assertEqual(out[5:], ['(void *) 0x0', '1', '1'])

    def test_nothing_that_a_goroutine_does(self):
        out = self.gdb('p $_goroutine_does("walk")')
        self.assertEqual(out, ['Undefined catch goroutine command: "walk".'])

    def test_pc_and_sp_of_parked_ones(self):
        pc, sp, frame = self.gdb('output/x $_gpc(4)', 'output/x $_gsp(4)',
                                 'goroutine 4 info registers rip rsp')
        self.assertTrue(pc.startswith('0x') and sp.startswith('0x'))
        self.assertIn('rip', frame)
        out = self.gdb('goroutine 4', 'frame 1', 'output/x $pc',
                       'output/x $sp')
        self.assertEqual(out[2:], [pc, sp])


class Live(unittest.TestCase):
    def test_nothing_is_called_or_assigned(self):
        out = session.run(
            ['tbreak stop', 'run live', 'set $f = usleep',
             'goroutine $f()', 'seam whatis waiting = 5', 'seam whatis waiting++',
             'seam whatis waiting <<= 1', 'output waiting',
             'seam whatis (long)$rsp * (1 != 2 && 1 <= 2 && \'=\' == 61)'],
            session.executable('handed'))
        self.assertEqual(out[3], 'Cannot call functions in the program: '
                         'may-call-functions is off.')
        for command, text in zip(('= 5', '++', '<<= 1'), out[4:7]):
            self.assertRegex(text, '^Nothing is assigned here: waiting ?')
            self.assertTrue(text.endswith(command))
        self.assertEqual(out[7], '1')
        self.assertRegex(out[8], '^(goroutine 1: segment|.*needs the inspector)')

    def test_no_process_at_a_server(self):
        out = session.run(
            ['target extended-remote | exec gdbserver --multi -',
             'output $_goroutine()', 'output $_gcount()',
             # gdb 16 waits for ever for one that goes on.
             'monitor exit'],
            session.executable('handed'))
        self.assertEqual(out[1:3], ['0', '0'])

    def test_conditions(self):
        """The thread counts as running while gdb asks for them."""
        out = session.run(
            ['break seam_recv if $_goroutine() == 2', 'run live', 'bt',
             'output $_goroutine()', 'delete',
             'break usleep if $_in_goroutine(1, "^start$") && '
             '$_streq($_gstate(2), "waiting") && $_gcount() == 2', 'continue',
             'bt 1'],
            session.executable('handed'))
        self.assertEqual(session.functions(out[2])[0], 'seam_recv')
        self.assertEqual(out[3], '2')
        self.assertNotIn('Error', out[6])
        self.assertRegex(out[6], r'Breakpoint 2, .*usleep')
        self.assertEqual(session.functions(out[7]), ['usleep'])


if __name__ == '__main__':
    unittest.main()
