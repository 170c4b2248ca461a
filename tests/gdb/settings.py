#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""set seam ... and show seam ...: what backtraces show."""
import tempfile
import unittest

import session


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.exe = session.executable('grown')
        cls.core, _ = session.fixtures.make_core(cls.exe, folder.name)

    def gdb(self, *commands):
        return session.run(commands, self.exe, self.core,
                           before=session.EVIDENCE)

    def test_marks(self):
        out = self.gdb('goroutine 2', 'bt', 'bt -hide', 'set seam marks off',
                       'bt', 'show seam marks', 'set seam marks on', 'bt')
        self.assertIn('-- seam --', out[1])
        self.assertEqual(out[4], out[2])
        self.assertEqual(out[5],
                         'Backtraces showing where segments meet is off.')
        self.assertEqual(out[7], out[1])

    def test_runtime_frames(self):
        out = self.gdb('bt', 'goroutine 2', 'bt', 'bt -no-filters',
                       'set seam runtime-frames on', 'bt', 'goroutine 2',
                       'info goroutines in(visit)', 'set seam runtime-frames',
                       'set seam runtime-frames off', 'bt', 'goroutine 1',
                       'bt', 'set seam runtime-frames on', 'bt')
        self.assertTrue(out[3].endswith('\n' + out[5]), out[5])
        names = session.functions(out[5])
        self.assertIn('__morestack', names)
        self.assertNotIn('-- seam --', out[5])
        self.assertEqual(names[-1], 'gostart')
        self.assertIn(' 2 ', out[7])
        self.assertEqual(out[10], out[2])
        self.assertEqual(out[12], out[0])
        self.assertIn('gostart', session.functions(out[14]))

    def test_remark_names_the_first_frame(self):
        out = self.gdb('set seam runtime-frames on', 'goroutine 2', 'bt')
        self.assertIn('bt shows frame %s of' % out[2][1:].split()[0], out[1])

    def test_show(self):
        self.assertEqual(
            self.gdb('set seam marks 0', 'show seam')[1].splitlines(),
            ['inspector:  The inspector is looked for where it was '
             'installed.',
             'marks:  Backtraces showing where segments meet is off.',
             "runtime-frames:  Backtraces showing the runtime's own frames "
             'is off.',
             'step-goroutine:  Steps following their goroutine to another '
             'thread is on.',
             'goroutine-limit:  Limit on the goroutines of "info goroutines" '
             'is unlimited.',
             'frame-limit:  Limit on the frames of "info goroutines -group" '
             'and "info waits" is unlimited.'])

    def test_wrong_words(self):
        wrong, kept, number, _, limit = self.gdb(
            'set seam marks perhaps', 'show seam marks',
            'set seam frame-limit -3', 'set seam frame-limit 12',
            'show seam frame-limit')
        self.assertEqual(wrong, '"on" or "off" expected.')
        self.assertIn('is on.', kept)
        self.assertEqual(number, 'integer -3 out of range')
        self.assertTrue(limit.endswith(' is 12.'), limit)


if __name__ == '__main__':
    unittest.main()
