# SPDX-License-Identifier: BSD-2-Clause
"""Groups of goroutines, and how they read."""
import types
import unittest

import world  # noqa: F401
from seam import grouping, render_groups

S = 1000000000


def goroutine(id_, state='waiting', reason='sleep', since=0):
    return types.SimpleNamespace(id=id_, state=state, reason=reason,
                                 since=since, waiting=state == 'waiting')


class Groups(unittest.TestCase):
    def text(self, goroutines, common=lambda g: (('f at a.c:1',), '')):
        return render_groups.groups(
            grouping.groups(goroutines, common, lambda since: since), 'stack')

    def test_large_ones_first(self):
        found = grouping.groups(map(goroutine, range(1, 6)),
                                lambda g: g.id in (1, 4), lambda _: None)
        self.assertEqual([[g.id for g in group.members] for group in found],
                         [[2, 3, 5], [1, 4]])

    def test_states(self):
        text = self.text([goroutine(1, since=S), goroutine(2, since=3 * S),
                          goroutine(3, 'runnable', '')])
        self.assertEqual(text, '3 goroutines in 1 group by stack\n\n'
                         '3 goroutines\n    1-3\n'
                         '    2 waiting, sleep, 1.0s to 3.0s\n    1 runnable\n'
                         '#0  f at a.c:1\n')

    def test_label_and_end(self):
        self.assertIn('1 goroutine: here\n    1\n', self.text(
            [goroutine(1)], lambda g: 'here'))
        self.assertIn('#0  f at a.c:1\n    lost\n', self.text(
            [goroutine(1)], lambda g: (('f at a.c:1',), 'lost')))

    def test_ids_end_where_the_line_does(self):
        line = self.text(list(map(goroutine, range(1, 99, 2)))).splitlines()[3]
        self.assertLessEqual(len(line), 80)
        self.assertRegex(line, r'^    1, 3, .*\d, \.\.\.$')

    def test_runs(self):
        self.assertEqual(grouping.runs([1, 2, 3, 5, 7, 8]),
                         [(1, 3), (5, 1), (7, 2)])


class Folded(unittest.TestCase):
    def test_recursion(self):
        found = list(grouping.folded(['top', *['f'] * 200, 'main']))
        self.assertEqual(found[0], (0, 'top', None))
        self.assertEqual(found[10:], [(10, 'f', None), (11, 190, 1),
                                      (201, 'main', None)])

    def test_two_that_call_each_other(self):
        found = list(grouping.folded(['f', 'g'] * 60))
        self.assertEqual(found[-1], (10, 110, 2))

    def test_short_ones_are_whole(self):
        self.assertEqual([number for number, *_ in grouping.folded(['f'] * 99)],
                         list(range(99)))


if __name__ == '__main__':
    unittest.main()
