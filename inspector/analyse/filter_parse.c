/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "analyse/filter.h"
#include "analyse/filter_lex.h"
#include "util/scope.h"
#include "util/text.h"

enum type { TYPE_TEXT, TYPE_NUMBER, TYPE_DURATION, TYPE_SIZE };

static const struct {
	const char *word;
	enum type type;
} fields[FIELD_NUMBER] = {
	[FIELD_STATE] = { "state", TYPE_TEXT },
	[FIELD_REASON] = { "reason", TYPE_TEXT },
	[FIELD_NAME] = { "name", TYPE_TEXT },
	[FIELD_CREATOR] = { "creator", TYPE_TEXT },
	[FIELD_ENTRY] = { "entry", TYPE_TEXT },
	[FIELD_FUNCTION] = { "function", TYPE_TEXT },
	[FIELD_FILE] = { "file", TYPE_TEXT },
	[FIELD_ID] = { "id", TYPE_NUMBER },
	[FIELD_OBJECT] = { "object", TYPE_NUMBER },
	[FIELD_THREAD] = { "thread", TYPE_NUMBER },
	[FIELD_SEGMENTS] = { "segments", TYPE_NUMBER },
	[FIELD_WAITED] = { "waited", TYPE_DURATION },
	[FIELD_STACK] = { "stack", TYPE_SIZE },
};

struct parser {
	const char *text;
	struct token token; /* the next one */
	struct filter *filter;
	struct mistake *mistake; /* WHAT is NULL while there is none */
	unsigned depth;
};

/* There may be one already, which stands. */
static void mistake_at(struct parser *p, size_t at, struct error *what)
{
	if (p->mistake->what) {
		error_free(what);
		return;
	}
	*p->mistake = (struct mistake){ what, at };
}

static void advance(struct parser *p)
{
	struct error *e = lex(p->text, p->token.at + p->token.n, &p->token);

	if (!e)
		return;
	mistake_at(p, p->token.at, e);
	p->token.kind = TOKEN_END;
}

static bool accept(struct parser *p, enum token_kind kind)
{
	if (p->token.kind != kind)
		return false;
	advance(p);
	return true;
}

static uint32_t add_node(struct parser *p, struct filter_node node)
{
	if (p->filter->n == FilterNodes)
		mistake_at(p, p->token.at,
			   error_new("the filter is too long: more than %d "
				     "tests, && and ||",
				     FilterNodes));
	*ARRAY_PUSH(p->filter) = node;
	return p->filter->n - 1;
}

/* The field that token T names; FIELD_NUMBER: none. */
static enum filter_field field_of(const struct parser *p, const struct token *t)
{
	enum filter_field f = 0;

	while (f < FIELD_NUMBER
	       && (strlen(fields[f].word) != t->n
		   || strncmp(fields[f].word, p->text + t->at, t->n) != 0))
		f++;
	return f;
}

static bool is_last(const char *text, const struct token *t)
{
	struct token next;
	struct error *e = lex(text, t->at + t->n, &next);
	bool last = !e && next.kind == TOKEN_END;

	error_free(e);
	return last;
}

static struct error *no_field(const struct parser *p, const struct token *t)
{
	const char *words[FIELD_NUMBER], *word = p->text + t->at;
	SCOPE(memory) char *all = NULL;

	if (is_last(p->text, t))
		return error_new("'%.*s' alone is no test: write state == "
				 "%.*s, or in(\"%.*s\")",
				 (int)t->n, word, (int)t->n, word, (int)t->n,
				 word);
	for (size_t i = 0; i < FIELD_NUMBER; i++)
		words[i] = fields[i].word;
	all = text_join(words, FIELD_NUMBER, " ");
	return error_new("there is no field '%.*s': %s", (int)t->n, word, all);
}

static bool is_order(enum token_kind kind)
{
	return kind >= TOKEN_LESS && kind <= TOKEN_GREATER_EQUAL;
}

/* Whether the operator that comes next goes with FIELD. */
static void check_operator(struct parser *p, enum filter_field field)
{
	enum token_kind kind = p->token.kind;
	const char *word = fields[field].word;

	if (kind < TOKEN_EQUAL)
		mistake_at(p, p->token.at,
			   error_new("an operator is missing: == != < <= > >= "
				     "~"));
	else if (fields[field].type == TYPE_TEXT && is_order(kind))
		mistake_at(p, p->token.at,
			   error_new("%s is a text, which has == != ~", word));
	else if (fields[field].type != TYPE_TEXT && kind == TOKEN_LIKE)
		mistake_at(p, p->token.at,
			   error_new("%s is a number, which has == != < <= > "
				     ">=",
				     word));
}

static struct error *number(enum type type, const char *word, size_t n,
			    uint64_t *ret)
{
	switch (type) {
	case TYPE_DURATION:
		return lex_duration(word, n, ret);
	case TYPE_SIZE:
		return lex_size(word, n, ret);
	default:
		return lex_number(word, n, ret);
	}
}

/* The value that NODE compares with. */
static void parse_value(struct parser *p, struct filter_node *node)
{
	const struct token t = p->token;
	enum type type = fields[node->field].type;
	struct error *e = NULL;

	node->at = t.at;
	if (t.kind != TOKEN_WORD && t.kind != TOKEN_STRING)
		e = error_new("a value is missing");
	else if (type == TYPE_TEXT)
		node->text = lex_text(p->text, &t);
	else
		e = number(type, p->text + t.at, t.n, &node->number);
	if (e)
		mistake_at(p, t.at, e);
	advance(p);
}

static uint32_t parse_comparison(struct parser *p)
{
	struct filter_node node = { .field = field_of(p, &p->token) };

	if (node.field == FIELD_NUMBER) {
		mistake_at(p, p->token.at, no_field(p, &p->token));
		return 0;
	}
	advance(p);
	check_operator(p, node.field);
	if (p->mistake->what)
		return 0;
	node.kind = FILTER_EQUAL + (p->token.kind - TOKEN_EQUAL);
	advance(p);
	parse_value(p, &node);
	return add_node(p, node);
}

/* What a ( at OPEN encloses ends here. */
static void close_at(struct parser *p, size_t open)
{
	if (p->token.kind == TOKEN_END)
		mistake_at(p, open, error_new("the ( is not closed"));
	else if (!accept(p, TOKEN_CLOSE))
		mistake_at(p, p->token.at, error_new("&&, || or ) is missing"));
}

/* in(GLOB): function ~ GLOB. */
static uint32_t parse_in(struct parser *p)
{
	struct filter_node node = { .kind = FILTER_LIKE,
				    .field = FIELD_FUNCTION };
	size_t open;

	advance(p);
	open = p->token.at;
	if (!accept(p, TOKEN_OPEN)) {
		mistake_at(p, open, error_new("in is written in(\"parse_*\")"));
		return 0;
	}
	parse_value(p, &node);
	close_at(p, open);
	return add_node(p, node);
}

static uint32_t parse_or(struct parser *p);

static uint32_t parse_enclosed(struct parser *p)
{
	size_t open = p->token.at;
	uint32_t inner;

	advance(p);
	inner = parse_or(p);
	close_at(p, open);
	return inner;
}

static uint32_t parse_test(struct parser *p)
{
	const struct token *t = &p->token;

	if (t->kind == TOKEN_OPEN)
		return parse_enclosed(p);
	if (t->kind == TOKEN_WORD && t->n == 2
	    && strncmp(p->text + t->at, "in", 2) == 0)
		return parse_in(p);
	if (t->kind == TOKEN_WORD)
		return parse_comparison(p);
	mistake_at(p, t->at,
		   error_new("a test is missing: a field, in(, ! or ("));
	return 0;
}

static uint32_t parse_not(struct parser *p)
{
	struct filter_node node = { .kind = FILTER_NOT };
	uint32_t tree;

	if (++p->depth > FilterDepth)
		mistake_at(p, p->token.at,
			   error_new("more than %d ! and ( within each other",
				     FilterDepth));
	if (p->mistake->what)
		return 0;
	if (accept(p, TOKEN_NOT)) {
		node.left = parse_not(p);
		tree = add_node(p, node);
	} else {
		tree = parse_test(p);
	}
	p->depth--;
	return tree;
}

/* What NEXT parses, with MARKs between. */
static uint32_t parse_chain(struct parser *p, enum token_kind mark,
			    enum filter_kind kind,
			    uint32_t (*next)(struct parser *))
{
	uint32_t tree = next(p);

	while (!p->mistake->what && accept(p, mark)) {
		struct filter_node node = { .kind = kind, .left = tree };

		node.right = next(p);
		tree = add_node(p, node);
	}
	return tree;
}

static uint32_t parse_and(struct parser *p)
{
	return parse_chain(p, TOKEN_AND, FILTER_AND, parse_not);
}

static uint32_t parse_or(struct parser *p)
{
	return parse_chain(p, TOKEN_OR, FILTER_OR, parse_and);
}

bool filter_parse(const char *text, struct filter *ret, struct mistake *mistake)
{
	struct filter filter = { 0 };
	struct parser p = { .text = text,
			    .filter = &filter,
			    .mistake = mistake };

	*mistake = (struct mistake){ 0 };
	advance(&p);
	parse_or(&p);
	if (p.token.kind == TOKEN_CLOSE)
		mistake_at(&p, p.token.at,
			   error_new("there is no ( that this closes"));
	else if (p.token.kind != TOKEN_END)
		mistake_at(&p, p.token.at,
			   error_new("&& or || is missing, or quotes around a "
				     "text that has blanks in it"));
	if (mistake->what)
		filter_free(&filter);
	else
		*ret = filter;
	return !mistake->what;
}

void filter_free(struct filter *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].text);
		map_free(&f->items[i].texts);
		map_free(&f->items[i].stacks);
	}
	free(f->items);
	*f = (struct filter){ 0 };
}
