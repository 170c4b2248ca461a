/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state or a reason that no goroutine can have would make an answer empty
 * without a word. Damage makes states of its own, "state 99", which may be
 * asked for.
 */
#include <string.h>

#include "analyse/filter.h"
#include "layout/objects.h"
#include "util/scope.h"
#include "util/text.h"

/* What a field can be. */
struct words {
	ARRAY(const char *);
};

static void words_scope(struct words *w)
{
	free(w->items);
}

static void add_states(struct words *w, const struct layout *l)
{
	for (size_t i = 0; i < l->states.n; i++)
		if (l->states.items[i].role != STATE_UNUSED)
			*ARRAY_PUSH(w) = l->states.items[i].word;
}

static void add_reasons(struct words *w, const struct layout *l)
{
	for (enum way way = 0; way < NWAYS; way++) {
		const char *word = objects_way_word(&l->names, way);

		if (word)
			*ARRAY_PUSH(w) = word;
	}
}

static bool fits(const struct filter_node *node, const char *word)
{
	return node->kind == FILTER_LIKE ? filter_like(word, node->text)
					 : strcmp(word, node->text) == 0;
}

static bool any_fits(const struct filter_node *node, const struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (fits(node, w->items[i]))
			return true;
	return w->n == 0;
}

static struct error *no_word(const struct filter_node *node,
			     const struct words *w)
{
	SCOPE(memory) char *text = text_join(w->items, w->n, ", ");

	return error_new("no goroutine's %s is '%s': %s",
			 node->field == FIELD_STATE ? "state" : "reason",
			 node->text, text);
}

/* A text that is equal to none of these; of patterns, states alone. */
static bool must_be_a_word(const struct filter_node *node)
{
	if (node->kind != FILTER_EQUAL && node->kind != FILTER_UNEQUAL
	    && node->kind != FILTER_LIKE)
		return false;
	if (node->field == FIELD_STATE)
		return strncmp(node->text, DamagedState, strlen(DamagedState))
		       != 0;
	return node->field == FIELD_REASON && node->kind != FILTER_LIKE
	       && *node->text;
}

bool filter_check(const struct filter *f, const struct layout *l,
		  struct mistake *mistake)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct filter_node *node = &f->items[i];
		SCOPE(words) struct words w = { 0 };

		if (!must_be_a_word(node))
			continue;
		if (node->field == FIELD_STATE)
			add_states(&w, l);
		else
			add_reasons(&w, l);
		if (any_fits(node, &w))
			continue;
		*mistake = (struct mistake){ no_word(node, &w), node->at };
		return false;
	}
	return true;
}
