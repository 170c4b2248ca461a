# SPDX-License-Identifier: BSD-2-Clause
"""The filter language, by plain Python: filter.txt's mistakes, and values."""
import pathlib
import sys
import unittest

import world  # noqa: F401  (finds the package)
from seam import filter

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / 'golden'
sys.path.insert(0, str(GOLDEN))
import filters  # noqa: E402

WALKER = {
    'state': 'waiting', 'reason': 'chan send', 'name': 'walker',
    'creator': 'start', 'entry': 'walk', 'id': 7, 'object': 0x7f10,
    'thread': 0, 'segments': 3, 'waited': 5 * 10**9, 'stack': 26624,
    'function': ['seam_send', 'visit', 'walk'], 'file': ['chan.c', 'tree.c'],
}


class Language(unittest.TestCase):
    def keeps(self, text, **changed):
        value = dict(WALKER, **changed)
        return filter.keeps(filter.parse(text), value.__getitem__)

    def test_mistakes(self):
        _, mistakes = filters.read()
        self.assertGreater(len(mistakes), 30)
        for wanted in mistakes:
            with self.assertRaises(filter.Mistake) as raised:
                filter.parse(wanted.filter)
            self.assertEqual(raised.exception.pointed(),
                             filters.pointed(wanted))

    def test_globs_of_many_stars_end(self):
        glob = filter.like('*a' * 30 + '*b')
        self.assertIsNone(glob.fullmatch('a' * 100))
        self.assertIsNotNone(glob.fullmatch('a' * 100 + 'b'))
        self.assertIsNone(filter.like('a*b*b').fullmatch('ab'))

    def test_filters_of_the_table_are_right(self):
        for cases in filters.read()[0].values():
            for _, text in cases:
                filter.parse(text)

    def test_values(self):
        for text in ('waited == 5s', 'waited == 5000ms', 'waited > 4.999999s',
                     'waited < 1m', 'object == 0x7F10', 'stack == 26K',
                     'stack < 1G', 'waited > 0', 'segments == 3'):
            self.assertTrue(self.keeps(text), text)
            self.assertFalse(self.keeps('!' + text), text)

    def test_unknown(self):
        for operator in '==', '<', '<=', '>', '>=':
            self.assertFalse(self.keeps('waited %s 5s' % operator,
                                        waited=None), operator)
        self.assertTrue(self.keeps('waited != 5s', waited=None))

    def test_limits(self):
        deep = filter.DEPTH_MAX * '('
        self.assertIn('within each other', self.mistake(deep + '(id == 1'))
        filter.parse((filter.DEPTH_MAX - 1) * '!' + 'id == 1')
        self.assertIn('too long', self.mistake(
            ' && '.join(['id == 1'] * filter.NODES_MAX)))
        self.assertIn('a test is missing', self.mistake(''))

    def mistake(self, text):
        with self.assertRaises(filter.Mistake) as raised:
            filter.parse(text)
        return str(raised.exception)

    def test_what_cannot_be_shown(self):
        with self.assertRaises(filter.Mistake) as raised:
            filter.parse('name == "\x1b[m" && stat == 1')
        _, shown, caret = raised.exception.pointed().splitlines()
        self.assertEqual(shown, r'    name == "\x1b[m" && stat == 1')
        self.assertEqual(caret.index('^'), shown.index('stat'))

    def test_cheap_fields_first(self):
        def value(field):
            if field in filter.COSTLY:
                raise AssertionError(field)
            return WALKER[field]
        for text, wanted in (('in(x) && id == 8', False),
                             ('in(x) && id == 7', True),
                             ('in(x) || id == 8', True),
                             ('!(in(x) || id == 7)', False)):
            self.assertEqual(filter.keeps(filter.parse(text), value, True),
                             wanted, text)

    def test_what_follows(self):
        for text, rest in (('id == 3 bt 3', 'bt 3'),
                           ('(id == 3) && in(x) -q bt', '-q bt'),
                           ('name == bt bt', 'bt'), ('id == 3', '')):
            self.assertEqual(filter.parse_before(text)[1], rest)

    def test_ids_before(self):
        self.assertEqual(filter.split_ids('2 4-5  id == 3'),
                         ('2 4-5', 'id == 3'))
        self.assertEqual(filter.split_ids('id == 3'), ('', 'id == 3'))
        self.assertEqual(filter.split_ids('2 '), ('2', ''))

    def test_beginnings(self):
        for text in 'id==3', 'waited > 3s', 'in("x")', 'file ~ x', 'in (x)':
            self.assertTrue(filter.begins(text), text)
        for text in 'file a.out', 'thread 1', 'bt', 'info locals', '!ls':
            self.assertFalse(filter.begins(text), text)


class Expected(unittest.TestCase):
    def test_what_may_come_next(self):
        fields, joints = (*filter.FIELDS, 'in('), ('&&', '||')
        for text, *wanted in (
                ('', fields, ''), ('3-7 ', fields, ''), ('3 w', fields, 'w'),
                ('state == ', 'state', ''), ('!', fields, ''),
                ('state == waiting && ', fields, ''), ('(', fields, ''),
                ('waited > ', (), ''), ('in(', 'function', ''),
                ('name == x || in ("pa', 'function', '"pa'),
                ('state ', ('==', '!=', '~'), ''),
                ('id =', ('==', '!=', '<', '<=', '>', '>='), '='),
                ('reason == "chan re', 'reason', '"chan re'),
                ('reason=="x\\" ', 'reason', '"x\\" '),
                ('reason == chan', 'reason', 'chan'),
                ('3 id == 3 ', joints, ''), ('reason == "x" ', joints, ''),
                ('id == 3 &', joints, '&'), ('id == 3 | ', (), ''),
                ('!(id == 3 ', joints + (')',), ''),
                ('(id == 3) ', joints, ''), ('(id == 3)) ', (), ''),
                ('name == "(" ', joints, ''), ('id == ', 'id', '')):
            self.assertEqual(filter.expected(text), tuple(wanted), text)

    def test_words(self):
        for value, wanted in (('sleep', 'sleep'), ('chan send', '"chan send"'),
                              ('', '""'), ('a"\\', '"a\\"\\\\"')):
            self.assertEqual(filter.word(value), wanted)
            self.assertEqual(filter.parse('name == ' + wanted).value, value)


if __name__ == '__main__':
    unittest.main()
