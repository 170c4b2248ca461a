# SPDX-License-Identifier: BSD-2-Clause
"""Snapshots of made-up memory, whole and damaged."""
import unittest

import world
from seam import read
from seam.model import Unreadable

G1, G2, G3 = 0x2000, 0x2100, 0x2200
TOP, LOW, SIZE = 0x5fc0, 0x5000, 0x1000
OLDER_TOP, OLDER_LOW = 0x8fc0, 0x8000
REASON = 0x3000
CHANNEL = 0x7f0000010000


class Snapshot(unittest.TestCase):
    def setUp(self):
        self.world = world.World()
        self.world.put(world.HEADS['goroutine'], G2)
        self.world.put(REASON, b'chan send\0' + bytes(60))
        self.world.segment(TOP, LOW, SIZE)
        self.world.goroutine(G2, G1, id=2, state=world.WAITING, top=TOP,
                             low=LOW, reason=REASON, object=CHANNEL, since=1500,
                             name=b'walker')
        self.world.goroutine(G1, id=1, state=world.RUNNABLE, top=TOP,
                             reason=REASON, object=CHANNEL, since=77)

    def read(self):
        return self.world.snapshot()

    def test_by_id_whatever_the_order_of_the_list(self):
        self.assertEqual([g.id for g in self.read().goroutines], [1, 2])

    def test_waiting(self):
        g = self.read().by_id[2]
        self.assertEqual((g.state, g.reason, g.object, g.since, g.name),
                         ('waiting', 'chan send', CHANNEL, 1500, 'walker'))

    def test_what_is_not_valid_is_not_told(self):
        g = self.read().by_id[1]
        self.assertEqual((g.state, g.reason, g.object, g.since),
                         ('runnable', '', 0, 0))

    def test_unused_are_left_out(self):
        for state in world.IDLE, world.DEAD:
            self.world.goroutine(G1, id=1, state=state)
            self.assertEqual([g.id for g in self.read().goroutines], [2])

    def test_unknown_state(self):
        self.world.goroutine(G1, id=1, state=99)
        self.assertEqual(self.read().by_id[1].state, 'state 99')

    def test_segments_newest_first(self):
        self.world.segment(TOP, LOW, SIZE, OLDER_TOP, 0x8f00)
        self.world.segment(OLDER_TOP, OLDER_LOW, SIZE)
        g = self.read().by_id[2]
        self.assertEqual([s.low for s in g.segments], [LOW, OLDER_LOW])
        self.assertEqual(g.segments[0].boundary, 0x8f00)
        self.assertTrue(g.holds(OLDER_LOW))
        self.assertFalse(g.holds(OLDER_LOW + SIZE))
        self.assertEqual(list(g.notes), [])

    def test_list_that_comes_back(self):
        self.world.goroutine(G1, G2, id=1, state=world.RUNNABLE, top=TOP)
        snapshot = self.read()
        self.assertEqual(len(snapshot.goroutines), 2)
        self.assertIn('0x2100 was met before', snapshot.notes[0])

    def test_list_into_nowhere(self):
        self.world.goroutine(G1, 0xdead0000, id=1, state=world.RUNNABLE,
                             top=TOP)
        snapshot = self.read()
        self.assertEqual(len(snapshot.goroutines), 2)
        self.assertIn('0xdead0000 is outside any mapping', snapshot.notes[0])

    def test_segments_that_come_back(self):
        self.world.segment(TOP, LOW, SIZE, TOP)
        g = self.read().by_id[2]
        self.assertEqual(len(g.segments), 1)
        self.assertIn('was met before', g.notes[0])

    def test_segment_outside_any_mapping(self):
        self.world.segment(TOP, LOW, SIZE, 0x7f10)
        g = self.read().by_id[2]
        self.assertEqual(g.notes, [
            'the segment older than segment 1: Stktop at 0x7f10 is outside any '
            'mapping; its segments are not known from there on'])

    def chain(self, top=TOP, low=LOW, size=SIZE, noted=LOW, sp=TOP - 80,
              older=(OLDER_LOW, SIZE, OLDER_TOP - 80)):
        """The low ends of a goroutine with two segments, and its notes."""
        older_low, older_size, boundary = older
        self.world.segment(TOP, low, size, OLDER_TOP, boundary)
        self.world.segment(OLDER_TOP, older_low, older_size)
        self.world.put(LOW, b'\0')
        self.world.put(OLDER_LOW, b'\0')
        self.world.goroutine(G2, id=2, state=world.WAITING, top=top,
                             low=noted, sp=sp)
        g = self.read().by_id[2]
        return [s.low for s in g.segments], list(g.notes)

    def test_of_three_the_two_that_agree_are_right(self):
        wrong = ('its newest segment: Stktop at 0x5fc0 does not end the '
                 'segment that it describes; 0x5000 is taken for its low end')
        both = [LOW, OLDER_LOW]
        self.assertEqual(self.chain(low=0x77), (both, [wrong]))
        self.assertEqual(self.chain(size=0x77), (both, [wrong]))
        self.assertEqual(self.chain(noted=0x77), (both, [
            'its newest segment: Stktop at 0x5fc0 has another low end than its '
            'goroutine; 0x5000 is taken for its low end']))

    def test_where_two_are_wrong_what_is_in_use_decides(self):
        self.assertEqual(self.chain(low=0x7000, noted=0x77)[0],
                         [LOW, OLDER_LOW])
        lows, notes = self.chain(low=0x7000, size=0x77, noted=0x77)
        self.assertEqual(lows, [])
        self.assertIn('not known from there on', notes[0])

    def test_of_an_older_one_what_is_in_use_decides(self):
        for older in ((0x77000, SIZE, OLDER_TOP - 80),
                      (OLDER_LOW, 0x77000, OLDER_TOP - 80)):
            lows, notes = self.chain(older=older)
            self.assertEqual(lows, [LOW, OLDER_LOW])
            self.assertEqual(notes, [
                'the segment older than segment 1: Stktop at 0x8fc0 does not '
                'end the segment that it describes; 0x8000 is taken for its '
                'low end'])

    def test_segment_of_another(self):
        _, notes = self.chain(older=(OLDER_LOW, SIZE, 0x7f10))
        self.assertEqual(notes, [
            'the segment older than segment 1: Stktop at 0x8fc0 does not hold '
            '0x7f10, where it was left; its segments are not known from there '
            'on'])

    def test_two_on_one_segment(self):
        self.assertIn("its newest segment: Stktop at 0x5fc0 is goroutine 2's "
                      'as well; ', self.read().by_id[1].notes[0])

    def test_a_size_that_leads_below_0_is_none(self):
        lows, notes = self.chain(older=(0x77000, 0x77000, OLDER_TOP - 80))
        self.assertEqual(lows, [LOW])
        self.assertEqual(notes, [
            'the segment older than segment 1: Stktop at 0x8fc0 does not end '
            'the segment that it describes; its segments are not known from '
            'there on'])

    def test_low_end_outside_any_mapping(self):
        low = LOW - SIZE    # what lies on one page is all there, or nothing is
        self.world.segment(TOP, low, 2 * SIZE)
        self.world.goroutine(G2, G1, id=2, state=world.WAITING, top=TOP,
                             low=low)
        del self.world.bytes[low]
        g = self.read().by_id[2]
        self.assertIn('has a low end outside any mapping', g.notes[0])

    def test_reason_outside_any_mapping(self):
        self.world.goroutine(G1, id=1, state=world.WAITING, top=TOP,
                             reason=0xdead0000)
        self.assertEqual(self.read().by_id[1].reason, '')

    def test_reason_is_cut_where_seam_cuts_it(self):
        self.world.put(REASON, b'x' * 200)
        self.assertEqual(self.read().by_id[2].reason, 'x' * 128)

    def test_running(self):
        machine = 0x4000
        self.world.put(world.HEADS['machine'], machine)
        self.world.put(machine, 0, 0, 4242, G1)
        self.world.goroutine(G1, id=1, state=world.RUNNING, machine=machine,
                             top=TOP)
        reader = read.Reader(self.world.memory(), self.world.layout)
        (thread, goroutine), = reader.running()
        self.assertEqual((thread, goroutine.id), (4242, 1))
        self.world.goroutine(G1, id=1, state=world.WAITING, top=TOP)
        reader = read.Reader(self.world.memory(), self.world.layout)
        self.assertEqual(reader.running(), [])


class Memory(unittest.TestCase):
    def setUp(self):
        self.asked = []

    def read(self, addr, size):
        self.asked.append((addr, size))
        if addr < 0x10000 or addr + size > 0x23010:
            raise Unreadable(addr)
        return bytes((addr + i) % 251 for i in range(size))

    def test_neighbours_cost_one_read(self):
        memory = read.Memory(self.read)
        for addr in range(0x10000, 0x11000, 64):
            self.assertEqual(memory.bytes(addr, 2), self.read(addr, 2))
        blocks = [size for _, size in self.asked if size == read.BLOCK]
        self.assertEqual(len(blocks), 1)

    def test_ends_of_a_mapping(self):
        memory = read.Memory(self.read)
        for addr, size in (0x22000, 8), (0x23000, 16), (0x1fffc, 8):
            self.assertEqual(memory.bytes(addr, size), self.read(addr, size))
        for addr in 0xfffc, 0x2300c, 0:
            with self.assertRaises(Unreadable):
                memory.bytes(addr, 8)

    def test_strings_are_printable(self):
        self.assertEqual(read.text(b'a\x1b[2Jb\0c'), 'a\\x1b[2Jb')
        self.assertEqual(read.text(b'\xff\0'), '\\xff')
        self.assertEqual(read.text('\u00f6\u009b\u202e'.encode()),
                         '\u00f6\\xc2\\x9b\u202e')
        self.assertEqual(read.text(b''), '')


if __name__ == '__main__':
    unittest.main()
