#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""^C while a command works: the prompt is back, what was selected still is,
and the next command works."""
import pathlib
import unittest

import session

# gdb sends itself the signal when METHOD of CLASS is called for the Nth time.
TRAP = '''python
import os, signal
from seam import {module}
class Trap:
    left = {n}
    old = {module}.{cls}.{method}
    def called(*args):
        Trap.left -= 1
        if not Trap.left:
            os.kill(os.getpid(), signal.SIGINT)
        return Trap.old(*args)
{module}.{cls}.{method} = Trap.called
end
'''
SELECT = ['goroutine 3', 'up']
AFTER = ['goroutine', 'frame', 'info goroutines', 'goroutine 2 bt']


class Interrupted(session.Core):
    def check(self, trap, *commands):
        """Of COMMANDS the last is interrupted."""
        script = pathlib.Path(self.folder.name, 'trap')
        script.write_text(trap)
        out = self.gdb(*SELECT, 'frame', 'source %s' % script, *commands,
                       *AFTER)
        before, quit_ = out[2], out[3 + len(commands)]
        current, frame, table, other = out[-4:]
        self.assertTrue(quit_.endswith('Quit'), quit_)
        self.assertIn(' 3 (waiting', current)
        self.assertEqual(frame, before)
        self.assertRegex(table, r'(?m)^\* 3 ')
        self.assertEqual(session.functions(other), ['seam_recv', 'consumer'])

    def trap(self, module, cls, method, n):
        return TRAP.format(module=module, cls=cls, method=method, n=n)

    def test_while_memory_is_read(self):
        for n in 1, 4:
            self.check(self.trap('read', 'Memory', '_slowly', n),
                       'python import seam.stop; seam.stop.forget()', 'info goroutines')

    def test_while_rows_are_made(self):
        self.check(self.trap('view', 'View', 'row', 4), 'info goroutines')

    def test_while_a_stack_is_walked(self):
        self.check(self.trap('unwind', 'Walker', 'parked', 2),
                   'python import seam.stop; seam.stop.forget()', 'info goroutines')

    def test_while_commands_are_applied(self):
        for command in 'goroutine apply all bt', 'gaas bt', \
                'goroutine apply in(consumer) || in(sleeper) bt':
            self.check(self.trap('unwind', 'Code', 'kind', 30), command)

    def test_while_segments_are_told(self):
        self.check(self.trap('view', 'View', 'segments', 3), 'info segments')

    def test_while_the_inspector_works(self):
        program = pathlib.Path(self.folder.name, 'slow')
        program.write_text('#!/bin/sh\nkill -INT $PPID\nexec sleep 600\n')
        program.chmod(0o755)
        for command in 'info goroutines -group', 'info waits', 'seam check':
            self.check('', 'set seam inspector %s' % program, command)


if __name__ == '__main__':
    unittest.main()
