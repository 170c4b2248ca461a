# SPDX-License-Identifier: BSD-2-Clause
"""The text of the table and of segments, letter for letter."""
import unittest

import world  # noqa: F401  (finds the package)
from seam import render
from seam.model import Place, Segment

TABLE = '''\
  ID STATE    REASON          SINCE  WHERE             SEGS BYTES  NAME
  1  waiting  chan receive     1.2s  consume prog.c:33    2 67584  main
* 2  running  thread 4242         -  spin prog.c:12       1  2048  -
'''

SEGMENTS = '''\
goroutine 3 "walker": 2 segments, 18432 bytes
  2  0x7f0000010000-0x7f0000014000    412 of 16384 used  \
visit index.c:70
  1  0x7f0000030000-0x7f0000030800      - of  2048 used  first
'''


class Table(unittest.TestCase):
    ROWS = [
        render.Row(False, 1, 'waiting', 'chan receive', 1200000000,
                   Place('consume', 'prog.c', 33), 2, 67584, 'main'),
        render.Row(True, 2, 'running', 'thread 4242', None,
                   Place('spin', 'prog.c', 12),
                   1, 2048, ''),
    ]

    def test_table(self):
        self.assertEqual(render.table(self.ROWS), TABLE)

    def test_columns_are_as_wide_as_what_is_in_them(self):
        file = 'a_file_with_a_long_name' * 4
        where = 'f %s:7' % file
        head, line = render.table([self.ROWS[0]._replace(
            where=Place('f', file, 7), id=1234567)]).splitlines()
        self.assertIn(' %s ' % where, line)
        self.assertTrue(line.startswith('  1234567 waiting'))
        self.assertEqual(head.index('SEGS') - head.index('WHERE'),
                         len(where) + 1)

    def test_what_is_long_fits_80_columns(self):
        long = Place('a_function_with_a_name_longer_than_its_column',
                     'index.c', 8)
        head, line = render.table([self.ROWS[0]._replace(
            where=long, reason='rather a long reason')]).splitlines()
        self.assertIn(' a_function_with... index.c:8 ', line)
        self.assertEqual(head.index('SINCE') - head.index('REASON'), 22)
        head, line = render.table(
            [self.ROWS[1]._replace(where=long)]).splitlines()
        self.assertEqual(len(head), 80)


class Words(unittest.TestCase):
    def test_duration(self):
        second = 1000000000
        for ns, text in ((None, '-'), (0, '0us'), (850999, '850us'),
                         (12 * 1000000, '12ms'), (1250000000, '1.2s'),
                         (59 * second, '59.0s'), (60 * second, '1m00s'),
                         (185 * second, '3m05s'), (7800 * second, '2h10m'),
                         (100 * 3600 * second, '100h00m')):
            self.assertEqual(render.duration(ns), text)

    def test_place(self):
        self.assertEqual(render.place(Place('f', 'a.c', 3)), 'f a.c:3')
        self.assertEqual(render.place(Place('f', None, 0)), 'f')
        self.assertEqual(render.place(Place(None, None, 0)), '??')
        self.assertEqual(render.place(None), '')

    def test_where(self):
        long = 'a_function_with_a_name_longer_than_its_column'
        self.assertEqual(render.where(Place('f', 'a.c', 3)), 'f a.c:3')
        self.assertEqual(render.where(None), '')
        self.assertEqual(render.where(Place(long, None, 0)),
                         'a_function_with_a_name_longer_than_it...')
        self.assertEqual(render.where(Place(long, 'index.c', 88)),
                         'a_function_with_a_name_lon... index.c:88')
        self.assertEqual(render.where(Place(long, 'f' * 60, 1)),
                         'a_functi... %s:1' % ('f' * 60))
        self.assertEqual(render.where(Place('start', 'f' * 60, 1)),
                         'start %s:1' % ('f' * 60))

    def test_state(self):
        self.assertEqual(render.state('running', 4242, None),
                         'running, thread 4242')
        self.assertEqual(render.state('runnable', None, None), 'runnable')

    def test_wait(self):
        for wait, text in (
                (('chan send', 0x7f0000050000, 1234567890),
                 'waiting, chan send 0x7f0000050000, 1.2s'),
                (('sleep', 0, 1234567890), 'waiting, sleep, 1.2s'),
                (('sleep', 0, None), 'waiting, sleep'),
                (('', 0x7f0000050000, None), 'waiting 0x7f0000050000')):
            self.assertEqual(
                render.state('waiting', None, render.Wait(*wait)), text)

    def test_heading(self):
        self.assertEqual(render.heading(render.title(3, 'walker'), 'running'),
                         'goroutine 3 "walker" [running]:\n')

    def test_channel(self):
        self.assertEqual(render.channel(1, 4, 8, True, render.Count(0, False),
                                        render.Count(2, False)),
                         'channel of 8-byte elements, 1 of 4, closed, '
                         '2 sending')

    def test_shared(self):
        for arguments, words in (
                (('mutex', 'free', render.Count(0, False)), 'mutex: free'),
                (('mutex', 'x', render.Count(3, True)),
                 'mutex: x, 3 or more waiting'),
                (('condition', '', render.Count(1, False)),
                 'condition: 1 waiting'),
                (('condition', '', render.Count(0, False)),
                 'condition: nobody waits')):
            self.assertEqual(render.shared(*arguments), words)
        self.assertEqual(render.readers(1), '1 reader has it')
        self.assertEqual(render.readers(2), '2 readers have it')


class Segments(unittest.TestCase):
    def test_segments(self):
        newest = Segment(0, 0x7f0000010000, 0x7f0000014000, 1)
        first = Segment(0, 0x7f0000030000, 0x7f0000030800, 0)
        text = render.segments(
            render.title(3, 'walker'), 18432, 0,
            [(2, newest, newest.end - 412), (1, first, 0x10)],
            [Place('visit', 'index.c', 70), None])
        self.assertEqual(text, SEGMENTS)

    def test_long(self):
        """What of a function does not fit the line is left out."""
        newest = Segment(0, 0x7f0000010000, 0x7f0000014000, 1)
        text = render.segments(
            render.title(3, ''), 18432, 0, [(2, newest, newest.end - 412)],
            [Place('visit_each_of_them', 'index.c', 70)])
        self.assertEqual(text, 'goroutine 3: 1 segment, 18432 bytes\n'
                         '  2  0x7f0000010000-0x7f0000014000    412 of 16384 '
                         'used  visit_eac... index.c:70\n')

    def test_one(self):
        text = render.segments(render.title(1, ''), 0, 0, [], [])
        self.assertEqual(text, 'goroutine 1: 0 segments, 0 bytes\n')

    def test_kept(self):
        text = render.segments(render.title(1, ''), 6144, 4096, [], [])
        self.assertEqual(text, 'goroutine 1: 0 segments, 6144 bytes, 4096 of '
                         'them kept\n')


if __name__ == '__main__':
    unittest.main()
