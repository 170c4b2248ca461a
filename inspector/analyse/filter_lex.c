/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "analyse/filter_lex.h"
#include "util/array.h"

/* What a word is made of, besides letters, digits and all that is not ASCII. */
static const char WordMarks[] = "_.*?:@$+/-";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool in_word(char c)
{
	return c
	       && (is_letter(c) || is_digit(c) || c < 0
		   || strchr(WordMarks, c));
}

/* Those that begin with another come before it. */
static const struct {
	const char *text;
	enum token_kind kind;
} marks[] = {
	{ "&&", TOKEN_AND },	    { "||", TOKEN_OR },
	{ "==", TOKEN_EQUAL },	    { "!=", TOKEN_UNEQUAL },
	{ "<=", TOKEN_LESS_EQUAL }, { ">=", TOKEN_GREATER_EQUAL },
	{ "<", TOKEN_LESS },	    { ">", TOKEN_GREATER },
	{ "~", TOKEN_LIKE },	    { "!", TOKEN_NOT },
	{ "(", TOKEN_OPEN },	    { ")", TOKEN_CLOSE },
};

static bool lex_mark(const char *text, struct token *t)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		t->n = strlen(marks[i].text);
		t->kind = marks[i].kind;
		if (strncmp(text + t->at, marks[i].text, t->n) == 0)
			return true;
	}
	return false;
}

static struct error *lex_string(const char *text, struct token *t)
{
	const char *from = text + t->at;
	const char *p = from + 1;

	while (*p && *p != *from)
		p += p[0] == '\\' && p[1] ? 2 : 1;
	if (!*p)
		return error_new("the text is not closed");
	t->kind = TOKEN_STRING;
	t->n = p + 1 - from;
	return NULL;
}

struct error *lex(const char *text, size_t at, struct token *ret)
{
	const char *p = text + at + strspn(text + at, " \t\n");
	struct token t = { TOKEN_END, p - text, 0 };

	*ret = t;
	if (!*p)
		return NULL;
	if (lex_mark(text, ret))
		return NULL;
	if (*p == '"' || *p == '\'')
		return lex_string(text, ret);
	if (*p == '=' || *p == '&' || *p == '|')
		return error_new("'%c' is written '%c%c'", *p, *p, *p);
	if (!in_word(*p))
		return error_new("'%c' stands for nothing; texts with it are "
				 "written in quotes",
				 *p);
	while (in_word(p[t.n]))
		t.n++;
	t.kind = TOKEN_WORD;
	*ret = t;
	return NULL;
}

char *lex_text(const char *text, const struct token *t)
{
	const char *p = text + t->at, *end = p + t->n;
	char *copy = array_new(t->n + 1, 1), *to = copy;

	if (t->kind == TOKEN_STRING) {
		p++;
		end--;
	}
	while (p < end) {
		if (t->kind == TOKEN_STRING && *p == '\\'
		    && (p[1] == '\\' || p[1] == *end))
			p++;
		*to++ = *p++;
	}
	return copy;
}

/* VALUE * BASE + DIGIT; false if there is no room. */
static bool shift(uint64_t *value, uint64_t base, uint64_t digit)
{
	return !__builtin_mul_overflow(*value, base, value)
	       && !__builtin_add_overflow(*value, digit, value);
}

static int digit_of(char c, int base)
{
	if (is_digit(c))
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (base == 16 && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The digits at *P; false: there are none, or too many. */
static bool digits(const char **p, const char *end, int base, uint64_t *ret)
{
	const char *from = *p;

	for (*ret = 0; *p < end && digit_of(**p, base) >= 0; ++*p)
		if (!shift(ret, base, digit_of(**p, base)))
			return false;
	return *p > from;
}

struct error *lex_number(const char *word, size_t n, uint64_t *ret)
{
	const char *p = word, *end = word + n;
	int base = n > 2 && strncmp(word, "0x", 2) == 0 ? 16 : 10;

	p += base == 16 ? 2 : 0;
	if (digits(&p, end, base, ret) && p == end)
		return NULL;
	return error_new("'%.*s' is no number: 12, 0x1f", (int)n, word);
}

struct unit {
	const char *word;
	uint64_t is;
};

static const struct unit durations[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000 * 1000 },
	{ "s", UINT64_C(1000000000) },
	{ "m", 60 * UINT64_C(1000000000) },
	{ "h", 3600 * UINT64_C(1000000000) },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "", 1 },	  { "K", 1 << 10 }, { "M", 1 << 20 },
	{ "G", 1 << 30 }, { NULL, 0 },
};

/* The one whose word is the letters at *P. */
static const struct unit *unit_at(const char **p, const char *end,
				  const struct unit *units)
{
	size_t n = 0;

	while (*p + n < end && is_letter((*p)[n]))
		n++;
	for (; units->word; units++) {
		if (strlen(units->word) != n || strncmp(units->word, *p, n))
			continue;
		*p += n;
		return units;
	}
	return NULL;
}

/* Digits behind a point: six suffice for a microsecond's part of an hour, and
 * with it stay below 2^64. */
enum { DecimalsMost = 6 };

/* "1.5h" at *P, added to *RET. */
static bool add_quantity(const char **p, const char *end,
			 const struct unit *units, uint64_t *ret)
{
	uint64_t whole, part = 0, tens = 1;
	const char *point;

	if (!digits(p, end, 10, &whole))
		return false;
	point = *p;
	if (point < end && *point == '.') {
		++*p;
		if (!digits(p, end, 10, &part) || *p - point - 1 > DecimalsMost)
			return false;
		for (const char *q = point + 1; q < *p; q++)
			tens *= 10;
	}
	units = unit_at(p, end, units);
	return units && shift(&whole, units->is, part * units->is / tens)
	       && shift(ret, 1, whole);
}

struct error *lex_duration(const char *word, size_t n, uint64_t *ret)
{
	const char *p = word, *end = word + n;
	bool good = n > 0;

	*ret = 0;
	if (n == 1 && *word == '0')
		return NULL;
	while (good && p < end)
		good = add_quantity(&p, end, durations, ret);
	if (good)
		return NULL;
	return error_new("'%.*s' is no duration: 5s, 1.5ms, 1h30m", (int)n,
			 word);
}

struct error *lex_size(const char *word, size_t n, uint64_t *ret)
{
	const char *p = word;

	*ret = 0;
	if (add_quantity(&p, word + n, sizes, ret) && p == word + n)
		return NULL;
	return error_new("'%.*s' is no size: 4096, 16K, 1.5M", (int)n, word);
}
