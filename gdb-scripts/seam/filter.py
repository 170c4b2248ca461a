# SPDX-License-Identifier: BSD-2-Clause
"""Which goroutines are wanted: the inspector's filter language.

    state == waiting && waited > 5s && in("parse_*")

Its manual is inspector/analyse/filter.h; tests/golden/filter.txt has what each
filter must mean to both. Knows no gdb: a goroutine is a function from the name
of a field to its value, a list where there are many, None where unknown.
"""

import re
from collections import namedtuple

from . import read

TEXT, NUMBER, DURATION, SIZE = range(4)

FIELDS = {
    'state': TEXT, 'reason': TEXT, 'name': TEXT, 'creator': TEXT,
    'entry': TEXT, 'function': TEXT, 'file': TEXT, 'id': NUMBER,
    'object': NUMBER, 'thread': NUMBER, 'segments': NUMBER,
    'waited': DURATION, 'stack': SIZE,
}

# Those that take time to find out.
COSTLY = {'creator', 'entry', 'function', 'file'}

NODES_MAX, DEPTH_MAX = 1000, 100

_TOKEN = r'''(?xs)(?P<mark>&&|\|\||==|!=|<=|>=|[<>~!()])
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<word>[A-Za-z0-9_.*?:@$+/\u0080-\U0010ffff-]+)'''
_BLANKS = ' \t\n'

_ORDERS = ('<', '<=', '>', '>=')
_OPERATORS = ('==', '!=', '~') + _ORDERS


def _operators(field):
    """Those that it has."""
    return ('==', '!=', *(('~',) if FIELDS[field] == TEXT else _ORDERS))


_DURATIONS = {'ns': 1, 'us': 10**3, 'ms': 10**6, 's': 10**9, 'm': 60 * 10**9,
              'h': 3600 * 10**9}
_SIZES = {'': 1, 'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}
_QUANTITY = r'([0-9]+)(?:\.([0-9]{1,6}))?([A-Za-z]*)'
_EXAMPLES = {NUMBER: 'number: 12, 0x1f', DURATION: 'duration: 5s, 1.5ms, 1h30m',
             SIZE: 'size: 4096, 16K, 1.5M'}

_Token = namedtuple('_Token', 'kind text at end')

# A comparison, and what joins them; a value is a number, a text or, for ~, a
# pattern.
_Test = namedtuple('_Test', 'field operator value')
_Not = namedtuple('_Not', 'inner')
_Joined = namedtuple('_Joined', 'mark parts')

# As truths, so that one can take the lower, the higher, or the opposite.
NO, MAYBE, YES = range(3)


class Mistake(ValueError):
    """What is wrong with a filter, and at which character."""

    def __init__(self, what, text, at):
        super().__init__(what)
        self.text = text
        self.at = at

    def pointed(self):
        """What is wrong, the filter, and a caret under it."""
        column = len(read.shown(self.text[:self.at]))
        return '%s\n    %s\n    %s^' % (self, read.shown(self.text),
                                        ' ' * column)


# What a filter begins with, and a command of gdb's does not.
_BEGINNING = r'(%s)[ \t]*[=!<>~]|in[ \t]*\(' % '|'.join(FIELDS)


def split_ids(argument):
    """(ids, rest): the words of ARGUMENT that begin with a digit or, as gdb's
    variables, with a $, and what comes behind them."""
    end = 0
    for word in re.finditer(r'\S+', argument):
        if not (word.group()[0].isdigit() or word.group()[0] == '$'):
            break
        end = word.end()
    return argument[:end], argument[end:].strip()


def begins(text):
    """Whether TEXT begins as a filter does, and no command."""
    return re.match(_BEGINNING, text) is not None


def expected(text):
    """(what, begun): TEXT, with which a filter begins, ends with BEGUN, where
    WHAT may stand: words, or, as the name of a field, a value of that."""
    value = re.search(_VALUE, text)
    if value:
        return value.group(1) or 'function', value.group(2)
    operator = re.search(_OPERATOR, text)
    if operator:
        return _operators(operator.group(1)), operator.group(2)
    begun = re.search(r'(?:[A-Za-z]*|[&|])$', text).group()
    before = text[:len(text) - len(begun)]
    ids, before = split_ids(before)
    if ids and not before and len(ids) + len(begun) == len(text):
        return (), begun        # an id is not finished
    if re.search(r'(^|&&|\|\||!|\()$', before):
        return (*FIELDS, 'in('), begun
    return _joints(before), begun


_OPERATOR = (r'\b(%s)(?:[ \t]+|[ \t]*(?=[=!<>~]))([=!<>~]?)$'
             % '|'.join(FIELDS))
_VALUE = (
    r'''(?xs)(?:\b(%s)[ \t]*[=!]=|\bin[ \t]*\()[ \t]*
    ("(?:\\.|[^"\\])*|'(?:\\.|[^'\\])*|[^\s"'()&|=<>~!]*)$'''
    % '|'.join(FIELDS))


def _joints(text):
    """What may come behind the filter TEXT, if it is one so far."""
    marks = [token.group() for token in re.finditer(_TOKEN, text)]
    missing = marks.count('(') - marks.count(')')
    try:
        parse(text + missing * ')')
    except Mistake:
        return ()
    return ('&&', '||', ')') if missing > 0 else ('&&', '||')


def word(value):
    """The text VALUE as it is written in a filter."""
    found = re.fullmatch(_TOKEN, value)
    if found and found.lastgroup == 'word':
        return value
    return '"%s"' % re.sub(r'[\\"]', r'\\\g<0>', value)


def parse(text, words=()):
    """The filter that TEXT is. WORDS: what some fields can be, by field."""
    parser = _Parser(text, words)
    root = parser.any_of()
    token = parser.token
    if token.kind == ')':
        parser.fail('there is no ( that this closes', token.at)
    if token.kind:
        parser.fail('&& or || is missing, or quotes around a text that '
                    'has blanks in it', token.at)
    return root


def parse_before(text, words=()):
    """The filter that TEXT begins with, and the rest of TEXT."""
    parser = _Parser(text, words)
    root = parser.any_of()
    return root, text[parser.token.at:]


def keeps(root, value, cheap=False):
    """Whether a goroutine may fit; VALUE(field) tells about it. CHEAP: without
    the COSTLY fields."""
    return _truth(root, value, cheap) != NO


def _truth(node, value, cheap):
    if isinstance(node, _Test):
        if cheap and node.field in COSTLY:
            return MAYBE
        return YES if _test(node, value(node.field)) else NO
    if isinstance(node, _Not):
        return YES - _truth(node.inner, value, cheap)
    ends, most = (NO, min) if node.mark == '&&' else (YES, max)
    truth = YES - ends
    for part in node.parts:
        truth = most(truth, _truth(part, value, cheap))
        if truth == ends:
            break
    return truth


def _test(node, found):
    if node.operator == '!=':
        return not _test(node._replace(operator='=='), found)
    if isinstance(found, (list, tuple)):
        return any(_compare(node, one) for one in found)
    return found is not None and _compare(node, found)


def _compare(node, found):
    if node.operator == '~':
        return node.value.fullmatch(found) is not None
    return {'==': found == node.value, '<': found < node.value,
            '<=': found <= node.value, '>': found > node.value,
            '>=': found >= node.value}[node.operator]


def like(glob):
    """The pattern of a GLOB. Where a * has found what stands behind it, that is
    not tried elsewhere, or many of them would take for ever."""
    parts = re.findall(r'\\.|.', glob, re.S)
    fixed, *others = _between_stars(
        '.' if part == '?' else part if part == '*' else re.escape(part[-1])
        for part in parts)
    if not others:
        return re.compile(fixed, re.S)
    for number, text in enumerate(others[:-1]):
        fixed += '(?=(?P<g{0}>.*?{1}))(?P=g{0})'.format(number, text)
    return re.compile('%s.*%s' % (fixed, others[-1]), re.S)


def _between_stars(patterns):
    found = ['']
    for pattern in patterns:
        if pattern == '*':
            found.append('')
        else:
            found[-1] += pattern
    return found


class _Parser:
    """token is the next one; its kind is '' at the end of the text."""

    def __init__(self, text, words):
        self.text = text
        self._words = dict(words)
        self.nodes = self.depth = 0
        self.advance(0)

    def fail(self, what, at):
        raise Mistake(what, self.text, at)

    def advance(self, at=None):
        at = self.token.end if at is None else at
        while self.text[at:at + 1] and self.text[at] in _BLANKS:
            at += 1
        found = re.compile(_TOKEN).match(self.text, at)
        if found:
            kind = (found.group() if found.lastgroup == 'mark'
                    else found.lastgroup)
            self.token = _Token(kind, found.group(), at, found.end())
        elif at < len(self.text):
            self._nothing(self.text[at], at)
        else:
            self.token = _Token('', '', at, at)

    def _nothing(self, char, at):
        if char in '"\'':
            self.fail('the text is not closed', at)
        if char in '=&|':
            self.fail("'%s' is written '%s'" % (char, 2 * char), at)
        self.fail("'%s' stands for nothing; texts with it are written in "
                  'quotes' % char, at)

    def _accept(self, kind):
        if self.token.kind != kind:
            return False
        self.advance()
        return True

    def _count(self):
        self.nodes += 1
        if self.nodes > NODES_MAX:
            self.fail('the filter is too long: more than %d tests, && and ||'
                      % NODES_MAX, self.token.at)

    def any_of(self):
        return self._chain('||', lambda: self._chain('&&', self._not))

    def _chain(self, mark, part):
        parts = [part()]
        while self._accept(mark):
            parts.append(part())
            self._count()
        return parts[0] if len(parts) == 1 else _Joined(mark, parts)

    def _not(self):
        self.depth += 1
        if self.depth > DEPTH_MAX:
            self.fail('more than %d ! and ( within each other' % DEPTH_MAX,
                      self.token.at)
        if self._accept('!'):
            node = _Not(self._not())
            self._count()
        else:
            node = self._one()
        self.depth -= 1
        return node

    def _one(self):
        token = self.token
        if self._accept('('):
            node = self.any_of()
            self._close(token.at)
            return node
        if token.kind != 'word':
            self.fail('a test is missing: a field, in(, ! or (', token.at)
        return self._in() if token.text == 'in' else self._comparison()

    def _close(self, open_at):
        if not self.token.kind:
            self.fail('the ( is not closed', open_at)
        if not self._accept(')'):
            self.fail('&&, || or ) is missing', self.token.at)

    def _in(self):
        self.advance()
        open_at = self.token.at
        if not self._accept('('):
            self.fail('in is written in("parse_*")', open_at)
        value = like(self._value('function'))
        self._close(open_at)
        self._count()
        return _Test('function', '~', value)

    def _no_field(self, word, at):
        if not self.text[self.token.end:].strip(_BLANKS):
            self.fail('\'%s\' alone is no test: write state == %s, or in("%s")'
                      % (word, word, word), at)
        self.fail("there is no field '%s': %s" % (word, ' '.join(FIELDS)), at)

    def _comparison(self):
        field, at = self.token.text, self.token.at
        if field not in FIELDS:
            self._no_field(field, at)
        self.advance()
        operator = self._operator(field)
        at = self.token.at
        value = self._value(field)
        self._check(field, operator, value, at)
        self._count()
        return _Test(field, operator,
                     like(value) if operator == '~' else value)

    def _check(self, field, operator, value, at):
        """What a field cannot be would keep nobody without a word; damage makes
        states of its own."""
        words = self._words.get(field)
        if not words or not value or value.startswith('state '):
            return
        if operator == '~':
            good = field != 'state' or any(map(like(value).fullmatch, words))
        else:
            good = value in words
        if not good:
            self.fail("no goroutine's %s is '%s': %s"
                      % (field, read.shown(value), ', '.join(words)), at)

    def _operator(self, field):
        operator, at = self.token.kind, self.token.at
        if operator not in _OPERATORS:
            self.fail('an operator is missing: == != < <= > >= ~', at)
        if operator not in _operators(field):
            self.fail('%s is a %s, which has %s'
                      % (field, 'text' if FIELDS[field] == TEXT else 'number',
                         ' '.join(_operators(field))), at)
        self.advance()
        return operator

    def _value(self, field):
        token = self.token
        if token.kind not in ('word', 'string'):
            self.fail('a value is missing', token.at)
        value = (_unquoted(token) if FIELDS[field] == TEXT
                 else _number(FIELDS[field], token.text))
        if value is None:
            self.fail("'%s' is no %s" % (token.text, _EXAMPLES[FIELDS[field]]),
                      token.at)
        self.advance()
        return value


def _unquoted(token):
    if token.kind == 'word':
        return token.text
    return re.sub(r'\\([\\%s])' % token.text[0], r'\1', token.text[1:-1])


def _number(type_, word):
    """None where it is none."""
    if type_ == NUMBER:
        return _plain(word)
    if type_ == DURATION and word == '0':
        return 0
    units = _DURATIONS if type_ == DURATION else _SIZES
    total = end = 0
    while end < len(word) and not (type_ == SIZE and end):
        match = re.compile(_QUANTITY).match(word, end)
        if not match or match.group(3) not in units:
            return None
        total += _quantity(*match.groups(default=''), units)
        end = match.end()
    return total if end == len(word) and total < 1 << 64 else None


def _plain(word):
    match = re.fullmatch(r'0x([0-9a-fA-F]+)|([0-9]+)', word)
    if not match:
        return None
    value = int(match.group(1) or match.group(2), 16 if match.group(1) else 10)
    return value if value < 1 << 64 else None


def _quantity(whole, part, unit, units):
    tens = 10 ** len(part)
    return int(whole) * units[unit] + int(part or 0) * units[unit] // tens
