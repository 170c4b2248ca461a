/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "layout/states.h"
#include "util/scope.h"

static enum state_role role_of(const struct layout *l, const char *name)
{
	if (names_say(&l->names, "state.unused", name))
		return STATE_UNUSED;
	if (names_say(&l->names, "state.running", name))
		return STATE_RUNNING;
	if (names_say(&l->names, "state.waiting", name))
		return STATE_WAITING;
	return STATE_OTHER;
}

/* The enumerator's NAME as it is printed. */
static char *state_word(const struct layout *l, const char *name)
{
	const char *prefix = names_of(&l->names, "state.prefix");
	size_t n = prefix ? strlen(prefix) : 0;
	char *word =
		strdup(n && strncmp(name, prefix, n) == 0 ? name + n : name);

	if (!word)
		out_of_memory();
	for (char *p = word; *p; p++)
		*p = tolower((unsigned char)*p);
	return word;
}

static void add_state(struct layout *l, Dwarf_Die *enumerator)
{
	const char *name = dwarf_diename(enumerator);
	uint64_t value;

	if (!name || !types_value(enumerator, &value))
		return;
	*ARRAY_PUSH(&l->states) = (struct state){
		.value = value,
		.word = state_word(l, name),
		.role = role_of(l, name),
	};
}

static bool has_role(const struct layout *l, enum state_role role)
{
	for (size_t i = 0; i < l->states.n; i++)
		if (l->states.items[i].role == role)
			return true;
	return false;
}

static void check_roles(const struct layout *l, struct search *search)
{
	if (!has_role(l, STATE_RUNNING))
		search_miss(search, "enumerator",
			    search_name(search, "state.running"));
	if (!has_role(l, STATE_WAITING))
		search_miss(search, "enumerator",
			    search_name(search, "state.waiting"));
}

void states_find(struct layout *l, struct search *search, struct sought *type)
{
	Dwarf_Die die;

	if (!type->found || dwarf_child(&type->die, &die) != 0)
		return;
	do
		add_state(l, &die);
	while (dwarf_siblingof(&die, &die) == 0);
	check_roles(l, search);
}

struct error *states_read(struct layout *l)
{
	const struct names *names = &l->names;
	const struct name *said = names_find(names, "state.words");

	for (const char *p = said ? said->name : ""; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		SCOPE(memory) char *word = strndup(p, n);
		char *colon;
		uint64_t value;

		if (!word)
			out_of_memory();
		value = strtoull(word, &colon, 0);
		if (colon == word || *colon != ':' || !colon[1])
			return names_mistake(names, said,
					     said->name_at + (p - said->name),
					     "'%s' is not of the form "
					     "number:word",
					     word);
		*ARRAY_PUSH(&l->states) = (struct state){
			.value = value,
			.word = state_word(l, colon + 1),
			.role = role_of(l, colon + 1),
		};
		p += n;
	}
	return NULL;
}
