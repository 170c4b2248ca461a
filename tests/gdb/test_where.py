# SPDX-License-Identifier: BSD-2-Clause
"""Each way to park is unwound once, and only it is taken for itself."""
import struct
import types
import unittest

import world  # noqa: F401  (finds the package)
from seam.model import Place, Segment
from seam.where import Walk, Where

MCALL, PARK, RECV, SEND = 0x400010, 0x400020, 0x400030, 0x400040
USER, OTHER = 0x500000, 0x500100

RECEIVING = [(48, PARK), (80, RECV), (200, USER)]


class Stacks:
    """Goroutines made by hand, and a walk that counts."""

    def __init__(self):
        self.words = {}
        self.walks = []
        self.stacks = {}

    def unpack(self, struct_, addr):
        """As read.Memory's; what no goroutine put there is 0."""
        return struct_.unpack(b''.join(
            struct.pack('<Q', self.words.get(a, 0))
            for a in range(addr, addr + struct_.size, 8)))

    def goroutine(self, id_, frames, older=(), boundary=0x900):
        """FRAMES are (distance from sp, return address); OLDER those from the
        boundary in the older segment."""
        base = 0x100000 * id_
        g = types.SimpleNamespace(id=id_, sp=base + 0x100, pc=MCALL,
                                  reason='')
        g.segments = [Segment(0, base, base + 0x1000,
                              base + 0x8000 + boundary),
                      Segment(0, base + 0x8000, base + 0x9000, 0)]
        placed = [(g.sp + d, pc) for d, pc in frames]
        placed += [(g.segments[0].boundary + d, pc) for d, pc in older]
        self.words.update(placed)
        self.stacks[id_] = placed
        return g

    def walk(self, g):
        """As unwind.Walker.parked."""
        self.walks.append(g.id)
        return Walk(self.stacks[g.id],
                    Place('f', 'a.c', self.stacks[g.id][-1][1]), True)


class Ways(unittest.TestCase):
    def setUp(self):
        self.stacks = Stacks()
        self.where = Where(self.stacks, self.stacks.walk)

    def lines(self, *goroutines):
        return [self.where.of(g).line for g in goroutines]

    def test_same_way_is_walked_once(self):
        many = [self.stacks.goroutine(i, RECEIVING) for i in range(1, 9)]
        self.assertEqual(self.lines(*many), [USER] * 8)
        self.assertEqual(self.stacks.walks, [1])

    def test_each_user_once(self):
        other = RECEIVING[:-1] + [(200, OTHER)]
        many = [self.stacks.goroutine(i, frames) for i, frames in
                enumerate([RECEIVING, other] * 3, 1)]
        self.assertEqual(self.lines(*many), [USER, OTHER] * 3)
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_another_way(self):
        sending = [(48, PARK), (80, SEND), (120, USER), (200, USER)]
        many = [self.stacks.goroutine(1, RECEIVING),
                self.stacks.goroutine(2, sending[:3]),
                self.stacks.goroutine(3, sending[:3])]
        self.lines(*many)
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_a_longer_way_with_the_same_start(self):
        longer = [(48, PARK), (80, RECV), (200, SEND), (304, USER)]
        many = [self.stacks.goroutine(i, frames) for i, frames in
                enumerate([RECEIVING, longer, longer, RECEIVING], 1)]
        self.assertEqual(self.lines(*many), [USER] * 4)
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_across_a_seam_at_any_distance(self):
        inner, outer = [(48, PARK), (80, RECV)], [(16, USER)]
        many = [self.stacks.goroutine(i, inner, outer, 0x800 + 16 * i)
                for i in range(1, 5)]
        self.assertEqual(self.lines(*many), [USER] * 4)
        self.assertEqual(self.stacks.walks, [1])

    def test_another_start(self):
        one, two = (self.stacks.goroutine(i, RECEIVING) for i in (1, 2))
        two.pc = MCALL + 1
        self.lines(one, two)
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_a_walk_that_broke_off_is_not_believed_twice(self):
        self.where = Where(self.stacks, lambda g: self.stacks.walk(g)._replace(
            trusted=False))
        self.lines(*(self.stacks.goroutine(i, RECEIVING) for i in (1, 2)))
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_words_that_do_not_say_what_the_walk_says(self):
        one, two = (self.stacks.goroutine(i, RECEIVING) for i in (1, 2))
        self.stacks.words[one.sp + 80] = 7
        self.lines(one, two)
        self.assertEqual(self.stacks.walks, [1, 2])

    def test_goroutine_without_segments(self):
        one, two = (self.stacks.goroutine(i, RECEIVING) for i in (1, 2))
        self.lines(one)
        two.segments = []
        self.lines(two)
        self.assertEqual(self.stacks.walks, [1, 2])


if __name__ == '__main__':
    unittest.main()
