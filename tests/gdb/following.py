#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Steps follow their goroutine to another thread."""
import re
import unittest

import session

WAITS, GOES_ON, CALLS, GONE_ON = (
    next(str(i) for i, line in enumerate(
        (session.SRC / 'tests' / 'fixtures' / 'moved.c').read_text(
            encoding='utf-8').splitlines(), 1) if '/* %s */' % remark in line)
    for remark in ('waits', 'goes on', 'calls', 'has gone on'))


def moved(*commands, compiler='gcc', linker='gold'):
    """What COMMANDS print where the goroutine is about to wait."""
    start = ['tbreak moved.c:' + WAITS, 'run']
    exe = session.executable('moved', compiler, linker)
    return session.run([*start, *commands], exe)[len(start):]


def thread(text):
    return re.match(r'\[Current thread is (\d+)', text).group(1)


class Following(unittest.TestCase):
    def check(self, command, told, **with_):
        out = moved('thread', 'p $_goroutine()', command, 'thread',
                    'p $_goroutine()', 'maint info breakpoints', **with_)
        self.assertNotEqual(thread(out[0]), thread(out[3]))
        self.assertEqual(out[1].split('=')[1], out[4].split('=')[1])
        self.assertRegex(out[2], told)
        self.assertNotIn('moved.c', out[5])

    def test_next(self):
        self.check('next', r'(^|\n)%s\t' % GOES_ON, compiler='clang',
                   linker='lld')

    def test_step(self):
        self.check('step', r'(^|\n)%s\t' % GOES_ON, compiler='clang',
                   linker='lld')

    def test_finish(self):
        for compiler, linker in (('gcc', 'gold'), ('clang', 'lld')):
            self.check('finish', r'#0 .* mover [^\0]* = 42$', compiler=compiler, linker=linker)

    def test_next_over_what_calls(self):
        out = session.run(
            ['tbreak moved.c:' + CALLS, 'run', 'next', 'p $_goroutine()'],
            session.executable('moved', 'clang', 'lld'))
        self.assertRegex(out[2], r'(^|\n)%s\t' % GONE_ON)
        self.assertTrue(out[3].endswith('= 2'))

    def test_step_over_what_the_user_skips(self):
        out = session.run(
            ['tbreak moved.c:' + CALLS, 'run', 'skip function wait_for_number',
             'step', 'p $_goroutine()'],
            session.executable('moved', 'clang', 'lld'))
        self.assertRegex(out[3], r'(^|\n)%s\t' % GONE_ON)
        self.assertTrue(out[4].endswith('= 2'))

    def test_step_over_what_the_user_skips_by_now(self):
        """That this step had nothing to follow before is forgotten."""
        for words in '-fu wait_for_number', 'function wait_for_number', 'file':
            out = session.run(
                ['tbreak moved.c:' + CALLS, 'run',
                 'maintenance prepare-goroutine-step', 'skip ' + words,
                 'step'], session.executable('moved', 'clang', 'lld'))
            self.assertRegex(out[4], r'(^|\n)%s\t' % GONE_ON)

    def test_before_its_function(self):
        """There is no caller to come back to."""
        out = session.run(["tbreak *&'gostart1' if $_goroutine() == 2", 'run',
                           'step', 'p $_goroutine()'],
                          session.executable('moved'))
        self.assertIn('mover (arg=0x0)', out[2])
        self.assertTrue(out[3].endswith('= 2'))

    def test_from_where_it_blocks(self):
        """Not who runs next on the thread."""
        for command in 'next', 'step':
            out = moved('catch goroutine block chan', 'continue', 'frame',
                        'delete', command, 'p $_goroutine()', compiler='clang',
                        linker='lld')
            self.assertIn('wait_for_number', out[2])
            self.assertRegex(out[4], r'(^|\n)%s\t' % GOES_ON)
            self.assertTrue(out[5].endswith('= 2'))

    def test_from_where_it_grows(self):
        """Into the function that needs more, not into the runtime."""
        for command in 'next', 'step':
            for compiler, linker in ('gcc', 'gold'), ('clang', 'lld'):
                out = session.run(
                    ['catch goroutine growth if $_goroutine() == 2',
                     'run live', 'frame', 'delete', command, 'frame',
                     'p $_goroutine()', 'maint info breakpoints'],
                    session.executable('handed', compiler, linker))
                self.assertIn('take_number', out[2])
                self.assertRegex(out[5], r'^#0 +take_number .*\n(19|20)\t')
                self.assertTrue(out[6].endswith('= 2'))
                self.assertNotIn('handed.c', out[7])

    def test_off(self):
        """As gdb has it: its thread does not come back."""
        out = moved('show seam step-goroutine', 'set seam step-goroutine off',
                    'show seam step-goroutine', 'tbreak moved.c:' + GONE_ON,
                    'next')
        self.assertEqual(out[0], 'Steps following their goroutine to another '
                                 'thread is on.')
        self.assertTrue(out[2].endswith(' is off.'))
        self.assertIn('Temporary breakpoint 2, mover', out[4])

    def test_a_stop_on_the_way(self):
        out = moved('tbreak holder', 'next', 'maint info breakpoints')
        self.assertIn('Temporary breakpoint 2, holder', out[1])
        self.assertNotIn('moved.c', out[2])


if __name__ == '__main__':
    unittest.main()
