# SPDX-License-Identifier: BSD-2-Clause
"""The description of the runtime, and what is missing from a target."""
import unittest

import world
from seam import layout
from seam.model import Missing


class Parse(unittest.TestCase):
    def test_comments_and_blanks(self):
        text = '# a comment\n\n  a.b =  c d  # why\n'
        self.assertEqual(layout.parse(text), {'a.b': 'c d'})

    def test_bad_line_is_named(self):
        with self.assertRaisesRegex(ValueError, 'line 2'):
            layout.parse('a = b\nnonsense\n')

    def test_without_a_name(self):
        with self.assertRaisesRegex(ValueError, 'line 1'):
            layout.parse('a =\n')


class Resolve(unittest.TestCase):
    def setUp(self):
        self.nouns = world.nouns()

    def resolve(self, *without):
        return layout.resolve(self.nouns, world.Types(without))

    def test_states(self):
        states = self.resolve().states
        self.assertEqual(states.names[world.RUNNABLE], 'runnable')
        self.assertEqual(states.unused, {world.IDLE, world.DEAD})
        self.assertEqual(states.running, world.RUNNING)

    def test_all_that_is_missing_at_once(self):
        gone = [self.nouns['goroutine.head'], self.nouns['segment.type'],
                self.nouns['goroutine.reason'], self.nouns['state.running']]
        with self.assertRaises(Missing) as caught:
            self.resolve(*gone)
        self.assertEqual(len(caught.exception.names), len(gone))
        for name in gone:
            self.assertIn(name, str(caught.exception))

    def test_record_in_any_order_with_gaps(self):
        record = layout.Record('clock', {
            'b': layout.Field(16, 4, 'i'), 'a.x': layout.Field(2, 1, 'B')}, 24)
        made = world.World()
        made.put(0x5000, bytes([9, 9, 7] + [9] * 13) + b'\xff\xff\xff\xff')
        self.assertEqual(record.read(made.memory(), 0x5000)._asdict(),
                         {'a_x': 7, 'b': -1})


if __name__ == '__main__':
    unittest.main()
