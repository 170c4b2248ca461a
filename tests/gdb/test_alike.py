# SPDX-License-Identifier: BSD-2-Clause
"""Backtraces that are made from another's."""
import json
import unittest

import world  # noqa: F401
from seam import alike

TEXT = '''\
#5  seam_recv (v=v@entry=0x10) at chan.c:139
#6  0x0000000000401000 in work (n=5, n@entry=7, c=<optimized out>) at a.c:3
    #7  -- seam -- ()
#10 main () at a.c:9
'''


def word(n):
    return n.to_bytes(8, 'little').hex()


def read(*goroutines):
    """As the inspector writes them."""
    return alike.stacks('{"goroutines":[\n%s],\n"notes":[]}' % ',\n'.join(
        json.dumps(g, separators=(',', ':')) for g in goroutines))


def frame(pc, *arguments):
    return dict({'function': 'f', 'pc': pc} if pc else {'function': 'f'},
                arguments=arguments)


def stack(v=0x10, entered=0x10, n=5, first=7):
    """As TEXT has it."""
    return read({'id': 7, 'frames_number': 3, 'frames': [
        frame('0x400000',
              {'name': 'v', 'bytes': word(v), 'entered': word(entered)}),
        frame('0x401000',
              {'name': 'n', 'bytes': word(n), 'entered': word(first)},
              {'name': 'c', 'bytes': word(3)}), frame(None)]})[7]


SHOWN = [alike.Shown(5, 0x400000, 'seam_recv', ' at chan.c:139', ['v'], ''),
         alike.Shown(6, 0x401000, 'work', ' at a.c:3', ['n', 'c'],
                     '    #7  -- seam -- ()\n'),
         alike.Shown(10, None, 'main', ' at a.c:9', [], '')]


def value(line, nth, digits, entry):
    number = int.from_bytes(bytes.fromhex(digits), 'little')
    if number == 13:
        raise alike.Mismatch
    return hex(number) if line == 0 else str(number)


def template(text=TEXT, shown=None, of=None):
    return alike.Template(text, of or stack(), SHOWN if shown is None
                          else shown, value)


class Templates(unittest.TestCase):
    def test_same(self):
        self.assertEqual(template().text(stack()), TEXT)

    def test_values(self):
        text = template().text(stack(0x20, 0x30, 8, 8))
        self.assertEqual(text, TEXT.replace(
            'v=v@entry=0x10', 'v=0x20, v@entry=0x30').replace(
                'n=5, n@entry=7', 'n=n@entry=8'))

    def test_lost_is_lost_for_all(self):
        """The debugger does not know what the inspector knows."""
        text = TEXT.replace('n=5, n@entry=7', 'n=<optimized out>')
        self.assertEqual(template(text).text(stack(n=8, first=9)), text)

    def test_lost_but_known_on_entry(self):
        text = TEXT.replace('n=5, ', 'n=<optimized out>, ')
        self.assertEqual(template(text).text(stack(n=8, first=9)),
                         text.replace('entry=7', 'entry=9'))

    def test_no_value_on_entry(self):
        text = TEXT.replace('v@entry=', '')
        self.assertEqual(template(text).text(stack(0x20)),
                         text.replace('0x10', '0x20'))

    def test_addresses_of_others(self):
        for old, new in (('401000', '401001'), ('a.c:3', 'a.c:4'),
                         ('work', 'walk'), ('n=5', 'n=6'), ('c=<', 'd=<'),
                         ('#10 ', '#11 '), ('#7 ', '#8 '),
                         ('a.c:9\n', 'a.c:9\nBacktrace stopped\n'),
                         ('#10 main () at a.c:9\n', '')):
            with self.assertRaises(alike.Mismatch, msg=new):
                template(TEXT.replace(old, new))

    def test_addresses_are_not_needed(self):
        text = TEXT.replace('0x0000000000401000 in ', '')
        self.assertEqual(template(text).text(stack()), text)

    def test_first_lines_alone(self):
        text = TEXT[:TEXT.index('#10')]
        self.assertEqual(template(text, SHOWN[:2]).text(stack()), text)

    def test_other_frames(self):
        for shown in ([SHOWN[1], *SHOWN[1:]], SHOWN * 2,
                      [SHOWN[0]._replace(names=['w']), *SHOWN[1:]]):
            with self.assertRaises(alike.Mismatch):
                template(shown=shown)

    def test_values_that_cannot_be_told(self):
        with self.assertRaises(alike.Mismatch):
            template().text(stack(n=13))
        with self.assertRaises(alike.Mismatch):
            template(TEXT.replace('n=5', 'n=13'), of=stack(n=13))


class Groups(unittest.TestCase):
    def setUp(self):
        self.asked = []

    def of(self, group, number, text=None):
        """What GROUP or, where it does not, the debugger says of a stack."""
        one = stack(n=number)
        told = group.text(one)
        if told is None:
            self.asked.append(number)
            told = text or TEXT.replace('n=5', 'n=%d' % number)
            if group.wants():
                group.compare(told, one, lambda: template(told, of=one))
        return told

    def test_few_are_asked_for(self):
        group = alike.Group()
        for number in range(100, 300):
            self.assertIn('n=%d,' % number, self.of(group, number))
        self.assertEqual(self.asked, [100, 101, 115, 227])

    def test_right_by_coincidence(self):
        group = alike.Group()
        self.of(group, 100)
        for number in range(101, 120):
            self.of(group, number, 'another')
        self.assertEqual(self.asked, list(range(100, 120)))

    def test_no_template(self):
        group = alike.Group()
        for number in range(100, 120):
            self.of(group, number, 'another')
        self.assertEqual(len(self.asked), 20)

    def test_one_cannot_be_told(self):
        group = alike.Group()
        for number in (1, 2, 13, 3):
            self.of(group, number)
        self.assertEqual(self.asked, [1, 2, 13])


class Answers(unittest.TestCase):
    def test_stack(self):
        found = read({'id': 7, 'name': '"bytes":"01', 'frames_number': 3,
                      'frames': [
                          frame('0x10', {'name': 'n"bytes":"02',
                                         'bytes': '0500', 'entered': '0600'},
                                {'name': 'm', 'value': '<optimized out>'}),
                          {'function': 'g', 'entry': True}]})[7]
        self.assertEqual(found.values, ['0500', '0600'])
        self.assertEqual(alike.lines(found.key), [
            alike.Line(16, [alike.Argument('n"bytes":"02', 0, 1),
                            alike.Argument('m', None, None)]),
            alike.Line(None, [])])

    def test_keys(self):
        """What differs in more than values has another key."""
        def goroutine(id_, number=3, name='g', **argument):
            return {'id': id_, 'frames_number': number, 'frames': [
                frame('0x10', dict(argument, name='n')),
                {'function': name, 'entry': True}]}
        found = read(
            goroutine(1, bytes='05'), goroutine(2, bytes='06'),
            goroutine(3, value='<optimized out>'),
            goroutine(4, bytes='06', entered='06'), goroutine(7, entered='06'),
            goroutine(5, number=4, bytes='06'),
            goroutine(6, name='h', bytes='06'))
        self.assertEqual(found[1].key, found[2].key)
        self.assertEqual(len({stack.key for stack in found.values()}), 6)

    def test_not_whole(self):
        frames = [frame('0x10')]
        self.assertEqual(read(
            {'id': 7, 'stop': 'x', 'frames_number': 1, 'frames': frames},
            {'id': 8, 'frames_number': 1,
             'frames': [dict(frames[0], omitted_above=1)]}), {})


if __name__ == '__main__':
    unittest.main()
