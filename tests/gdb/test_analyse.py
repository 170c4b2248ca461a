# SPDX-License-Identifier: BSD-2-Clause
"""Id lists, times, segments, and which frames to show."""
import types
import unittest

import world  # noqa: F401  (finds the package)
from seam import analyse
from seam.analyse import LIBRARY, OWN, SEAM, SWITCH, USER
from seam.model import Clock, Segment, Snapshot


class Ids(unittest.TestCase):
    def test_lists(self):
        self.assertEqual(analyse.parse_ids(['1', '3-7']), [(1, 1), (3, 7)])

    def test_errors(self):
        for word in 'x', '3-', '-3', '1,2', '7-3', '', '0', '0-3', '1\n', '\u00b2', \
                '\u0661', '9' * 20:
            with self.assertRaises(ValueError):
                analyse.parse_ids([word])

    def test_select(self):
        all_ = [types.SimpleNamespace(id=i) for i in (1, 3, 8)]
        chosen, absent = analyse.select(
            Snapshot(all_, [], None, []), [(8, 8), (9, 9), (4, 4), (2, 8)])
        self.assertEqual([g.id for g in chosen], [3, 8])
        self.assertEqual(absent, [(9, 9, 0), (4, 4, 0), (2, 2, 0), (4, 7, 0)])

    def test_of_many_gaps_the_first_are_told(self):
        all_ = [types.SimpleNamespace(id=i) for i in range(2, 12, 2)]
        _, absent = analyse.select(Snapshot(all_, [], None, []), [(1, 20)])
        self.assertEqual(absent, [(1, 1, 0), (3, 3, 0), (5, 5, 0),
                                  (1, 20, 2 + 10)])


class Times(unittest.TestCase):
    CLOCK = Clock(1000, 50, 3000, 1050)     # two ticks a nanosecond

    def snapshot(self, *since):
        return Snapshot([types.SimpleNamespace(id=1, waiting=True, since=s)
                         for s in since], [], self.CLOCK, [])

    def test_core(self):
        clock, now = analyse.now(self.snapshot(2000), None)
        self.assertEqual((clock, now), (self.CLOCK, 3000))
        self.assertEqual(analyse.Elapsed(clock, now).of(2000), 500)

    def test_core_whose_goroutines_know_of_later(self):
        _, now = analyse.now(self.snapshot(2000, 4000), None)
        self.assertEqual(now, 4000)

    def test_live(self):
        clock, now = analyse.now(self.snapshot(2000), (9000, 4050))
        self.assertEqual(now, 9000)
        self.assertEqual(analyse.Elapsed(clock, now).of(2000), 3500)

    def test_unknown(self):
        same = Clock(1000, 50, 1000, 50)
        self.assertIsNone(analyse.Elapsed(same, 1000).of(900))
        self.assertIsNone(analyse.Elapsed(self.CLOCK, 3000).of(0))

    def test_the_future_is_now(self):
        self.assertEqual(analyse.Elapsed(self.CLOCK, 3000).of(3001), 0)


class Segments(unittest.TestCase):
    def test_numbers_and_stands(self):
        new = Segment(0, 0x200, 0x300, 0x150)
        old = Segment(0, 0x100, 0x200, 0)
        g = types.SimpleNamespace(segments=[new, old], sp=0x280)
        self.assertEqual(analyse.number_segments(g),
                         [(2, new, 0x280), (1, old, 0x150)])


class Fold(unittest.TestCase):
    KINDS = {'u': USER, 'o': OWN, 's': SWITCH, '-': SEAM, 'l': LIBRARY}

    def fold(self, stack):
        """Frames as `kind number`, kept ones; `|` behind one at a seam."""
        frames = list(enumerate(stack))
        kept = analyse.fold(iter(frames), lambda f: self.KINDS[f[1]])
        return ' '.join('%d%s' % (frame[0], '|' if seam else '')
                        for frame, seam in kept)

    def test_plain(self):
        self.assertEqual(self.fold('uuu'), '0 1 2')

    def test_the_function_that_was_called(self):
        self.assertEqual(self.fold('soouuo'), '2 3 4')

    def test_seam(self):
        self.assertEqual(self.fold('uu-uo'), '0 1| 3')

    def test_seam_below_the_function_that_was_called(self):
        self.assertEqual(self.fold('so-uo'), '1| 3')

    def test_seam_within_the_runtime(self):
        self.assertEqual(self.fold('so-ouo'), '3 4')

    def test_growing(self):
        self.assertEqual(self.fold('osuu'), '2 3')

    def test_callback_of_the_runtime(self):
        self.assertEqual(self.fold('uooo-ou'), '0| 6')

    def test_nothing_below_the_last_seam(self):
        self.assertEqual(self.fold('u-o'), '0')

    def test_runtime_alone(self):
        self.assertEqual(self.fold('so'), '1')
        self.assertEqual(self.fold(''), '')

    def test_library_that_the_user_called(self):
        self.assertEqual(self.fold('luuo'), '0 1 2')
        self.assertEqual(self.fold('ulluo'), '0 1 2 3')

    def test_library_that_the_runtime_called(self):
        self.assertEqual(self.fold('lossuuo'), '4 5')
        self.assertEqual(self.fold('lloloosuuo'), '7 8')
        self.assertEqual(self.fold('loouo'), '2 3')
        self.assertEqual(self.fold('losluo'), '3 4')

    def test_library_that_the_users_callback_called(self):
        self.assertEqual(self.fold('luosuo'), '0 1 4')

    def test_library_as_the_goroutines_function(self):
        self.assertEqual(self.fold('llo'), '0 1')

    def test_takes_no_more_than_asked(self):
        def endless():
            while True:
                yield 0, 'u'
        kept = analyse.fold(endless(), lambda f: USER)
        self.assertEqual(next(kept), ((0, 'u'), None))


if __name__ == '__main__':
    unittest.main()
