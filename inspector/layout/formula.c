/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression is read from left to right, once, and its steps are written on
 * the way.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout/compiler.h"
#include "util/scope.h"

/* So deep parentheses and their like may be nested. */
enum { NestingMost = 32 };

static struct operand expression(struct compiler *c);

static void skip_blanks(struct compiler *c)
{
	c->p += strspn(c->p, " \t");
}

/* The signs of more than one character come first. */
static const char *const signs[] = { "??", "->", "==", "!=", "<=",
				     ">=", "<<", ">>", NULL };

/* Whether the next sign is SIGN; then it is read. */
static bool accept(struct compiler *c, const char *sign)
{
	size_t n = strlen(sign);

	skip_blanks(c);
	if (strncmp(c->p, sign, n) != 0)
		return false;
	for (size_t i = 0; n == 1 && signs[i]; i++)
		if (strncmp(c->p, signs[i], 2) == 0)
			return false;
	c->p += n;
	return true;
}

static void expect(struct compiler *c, const char *sign)
{
	if (!accept(c, sign))
		MISTAKE(c, c->p, "'%s' is missing", sign);
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	if (isalpha((unsigned char)*p) || *p == '_')
		while (isalnum((unsigned char)p[n]) || p[n] == '_')
			n++;
	return n;
}

static void read_member(struct compiler *c, struct operand *o)
{
	size_t n;

	skip_blanks(c);
	n = name_length(c->p);
	if (n == 0)
		MISTAKE(c, c->p, "the name of a member is missing");
	if (!c->error)
		take_member(c, o, c->p, n);
	c->p += n;
}

/* O[...], of which [ was read. */
static void read_index(struct compiler *c, struct operand *o)
{
	struct indexing i = index_begin(c, o, c->p - 1);
	const char *at = c->p;
	struct operand nth = expression(c);

	take_number(c, &nth, at);
	expect(c, "]");
	index_end(c, o, &i);
}

/* 'NAME', of which the first quote was read. */
static struct operand read_variable(struct compiler *c)
{
	const char *name = c->p;
	size_t n = strcspn(name, "'");

	if (name[n] != '\'') {
		MISTAKE(c, name - 1, "the ' is not closed");
		return (struct operand){ .kind = NUMBER };
	}
	c->p += n + 1;
	return take_variable(c, name, n);
}

static struct operand read_number(struct compiler *c)
{
	const char *at = c->p;
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(at, &end, 0);
	if (errno)
		MISTAKE(c, at, "this number is too large");
	if (isalnum((unsigned char)*end) || *end == '_')
		MISTAKE(c, at, "this is not a number");
	c->p = end;
	push(c, STEP_NUMBER, value, 0);
	return (struct operand){ .kind = NUMBER };
}

/* A member of the struct. */
static struct operand read_own_member(struct compiler *c)
{
	struct operand o = { .kind = IN_STRUCT };
	size_t n = name_length(c->p);

	if (!c->scene->type && !blind(c))
		MISTAKE(c, c->p,
			"there is no struct here; a variable stands in '");
	if (!c->scene->object)
		miss(c, "member %s.%.*s", c->scene->type, (int)n, c->p);
	else if (!c->error) {
		o.type = *c->scene->object;
		o.typed = true;
	}
	take_member(c, &o, c->p, n);
	c->p += n;
	return o;
}

/* @word(ADDRESS), of which the word was read: eight bytes of memory. */
static struct operand read_word(struct compiler *c)
{
	const char *at;
	struct operand o;

	expect(c, "(");
	at = c->p;
	o = expression(c);
	take_number(c, &o, at);
	expect(c, ")");
	emit(c, STEP_READ, 0, 8);
	return o;
}

/* @self and @end, where the struct lies and ends, and @word. */
static struct operand read_special(struct compiler *c)
{
	const char *at = c->p;
	size_t n = name_length(at);
	bool end = n == 3 && strncmp(at, "end", n) == 0;

	c->p += n;
	if (n == 4 && strncmp(at, "word", n) == 0)
		return read_word(c);
	if (!end && !(n == 4 && strncmp(at, "self", n) == 0))
		MISTAKE(c, at - 1, "there are @self, @end and @word()");
	else if (!c->scene->type && !blind(c))
		MISTAKE(c, at - 1, "there is no struct here");
	push(c, STEP_SELF, 0, 0);
	if (end) {
		push(c, STEP_NUMBER, c->scene->size, 0);
		combine(c, STEP_ADD);
	}
	return (struct operand){ .kind = NUMBER };
}

static struct operand read_primary(struct compiler *c)
{
	struct operand o = { .kind = NUMBER };
	const char *open;

	skip_blanks(c);
	open = c->p;
	if (c->error)
		return o;
	if (isdigit((unsigned char)*c->p))
		return read_number(c);
	if (name_length(c->p))
		return read_own_member(c);
	if (accept(c, "'"))
		return read_variable(c);
	if (accept(c, "@"))
		return read_special(c);
	if (!accept(c, "(")) {
		MISTAKE(c, c->p,
			"a member, a number, a 'variable', @... or "
			"( is missing");
		return o;
	}
	o = expression(c);
	skip_blanks(c);
	if (!accept(c, ")"))
		MISTAKE(c, *c->p ? c->p : open, "the ( is not closed");
	return o;
}

static struct operand read_postfix(struct compiler *c)
{
	struct operand o = read_primary(c);

	while (!c->error) {
		const char *at = c->p;

		if (accept(c, "->")) {
			follow(c, &o, at);
			read_member(c, &o);
		} else if (accept(c, ".")) {
			read_member(c, &o);
		} else if (accept(c, "[")) {
			read_index(c, &o);
		} else {
			break;
		}
	}
	return o;
}

static struct operand read_unary(struct compiler *c)
{
	static const struct {
		const char *sign;
		enum step_kind kind;
	} unary[] = {
		{ "~", STEP_COMPLEMENT },
		{ "-", STEP_NEGATE },
		{ "!", STEP_NOT },
	};
	const char *at;
	struct operand o;

	for (size_t i = 0; i < sizeof(unary) / sizeof(*unary); i++) {
		if (c->error || !accept(c, unary[i].sign))
			continue;
		if (++c->nesting > NestingMost)
			MISTAKE(c, c->p - 1, "it is nested too deep");
		at = c->p;
		o = read_unary(c);
		c->nesting--;
		take_number(c, &o, at);
		emit(c, unary[i].kind, 0, 0);
		return o;
	}
	skip_blanks(c);
	at = c->p;
	if (!accept(c, "&"))
		return read_postfix(c);
	o = read_postfix(c);
	if (!c->error)
		take_address(c, &o, at);
	return o;
}

/* From the loosest to the tightest. */
static const struct binary {
	const char *sign;
	unsigned level;
	enum step_kind kind;
} binaries[] = {
	{ "|", 0, STEP_OR },
	{ "^", 1, STEP_XOR },
	{ "&", 2, STEP_AND },
	{ "==", 3, STEP_EQUAL },
	{ "!=", 3, STEP_UNEQUAL },
	{ "<=", 4, STEP_LESS_EQUAL },
	{ ">=", 4, STEP_GREATER_EQUAL },
	{ "<", 4, STEP_LESS },
	{ ">", 4, STEP_GREATER },
	{ "<<", 5, STEP_LEFT },
	{ ">>", 5, STEP_RIGHT },
	{ "+", 6, STEP_ADD },
	{ "-", 6, STEP_SUBTRACT },
	{ "*", 7, STEP_MULTIPLY },
	{ "/", 7, STEP_DIVIDE },
	{ "%", 7, STEP_REMAINDER },
};

static const struct binary *accept_binary(struct compiler *c, unsigned level)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(*binaries); i++)
		if (binaries[i].level == level && accept(c, binaries[i].sign))
			return &binaries[i];
	return NULL;
}

enum { LevelTightest = 7 };

static struct operand read_binary(struct compiler *c, unsigned level)
{
	const char *at = c->p;
	struct operand o = level > LevelTightest ? read_unary(c)
						 : read_binary(c, level + 1);
	const struct binary *b;

	if (level > LevelTightest)
		return o;
	while (!c->error && (b = accept_binary(c, level))) {
		struct operand right;

		take_number(c, &o, at);
		at = c->p;
		right = read_binary(c, level + 1);
		take_number(c, &right, at);
		combine(c, b->kind);
	}
	return o;
}

/* The rest of A ?? B, of which A is O, from N steps and STACK numbers on. */
static struct operand read_other(struct compiler *c, struct operand o, size_t n,
				 unsigned stack)
{
	bool there = !c->absent;
	size_t kept = c->formula.n;
	unsigned kept_stack = c->stack;
	struct operand other;

	free(RELEASE(c->absent));
	if (!there) {
		c->formula.n = n;
		c->stack = stack;
	}
	other = read_binary(c, 0);
	if (!there)
		return other;
	free(RELEASE(c->absent));
	c->formula.n = kept;
	c->stack = kept_stack;
	return o;
}

/* A ?? B: B where something that A speaks of is not there. */
static struct operand read_default(struct compiler *c)
{
	char *outside = RELEASE(c->absent);
	size_t n = c->formula.n;
	unsigned stack = c->stack;
	struct operand o;

	c->absent_outside += outside != NULL;
	o = read_binary(c, 0);
	while (!c->error && accept(c, "??"))
		o = read_other(c, o, n, stack);
	if (!outside)
		return o;
	c->absent_outside--;
	free(c->absent);
	c->absent = outside;
	return o;
}

/* The rest of A ? B : C. */
static struct operand read_choice(struct compiler *c)
{
	size_t first = c->formula.n, second;
	const char *at = c->p;
	struct operand o;

	emit(c, STEP_SKIP_IF_ZERO, 0, 0);
	c->stack--;
	o = expression(c);
	take_number(c, &o, at);
	expect(c, ":");
	if (c->error)
		return o;
	second = c->formula.n;
	emit(c, STEP_SKIP, 0, 0);
	c->formula.steps[first].value = c->formula.n - first - 1;
	c->stack--;
	at = c->p;
	o = expression(c);
	take_number(c, &o, at);
	c->formula.steps[second].value = c->formula.n - second - 1;
	return o;
}

static struct operand expression(struct compiler *c)
{
	const char *at = c->p;
	struct operand o = { .kind = NUMBER };

	if (++c->nesting > NestingMost)
		MISTAKE(c, c->p, "it is nested too deep");
	if (!c->error)
		o = read_default(c);
	if (!c->error && accept(c, "?")) {
		take_number(c, &o, at);
		if (!c->error)
			o = read_choice(c);
	}
	c->nesting--;
	return o;
}

struct error *formula_compile(const struct scene *scene,
			      const struct name *name, struct formula *ret,
			      char **absent)
{
	struct compiler c = { .scene = scene, .name = name, .p = name->name };
	struct operand o = expression(&c);

	take_number(&c, &o, name->name);
	skip_blanks(&c);
	if (!c.error && *c.p)
		MISTAKE(&c, c.p, "an operator is missing");
	*absent = c.error ? NULL : RELEASE(c.absent);
	free(c.absent);
	if (!c.error && !*absent)
		*ret = c.formula;
	return c.error;
}

void formula_variables(const char *text,
		       void (*found)(void *arg, const char *name, size_t n),
		       void *arg)
{
	while ((text = strchr(text, '\''))) {
		size_t n = strcspn(++text, "'");

		if (!text[n])
			return;
		found(arg, text, n);
		text += n + 1;
	}
}
