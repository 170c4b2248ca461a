/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "render/json.h"
#include "render/render.h"
#include "util/map.h"

static json_object *goroutine(const struct goroutine *g)
{
	json_object *record = json_new_record();

	json_integer(record, "id", g->id);
	json_text(record, "name", g->name);
	json_address(record, "address", g->at);
	json_text(record, "state", g->state);
	json_text(record, "reason", g->reason);
	json_address(record, "object", g->object);
	json_natural(record, "waited_ns", g->waited);
	if (g->running && g->thread)
		json_integer(record, "thread", g->thread);
	json_integer(record, "segment_count", g->segments.n);
	json_unsigned(record, "stack_bytes", g->bytes);
	if (g->kept)
		json_unsigned(record, "kept_bytes", g->kept);
	return record;
}

/* The signal that a core has, if any. Its address may be 0. */
static void put_signal(FILE *out, const struct snapshot *s)
{
	const struct fatal *f = &s->fatal;
	json_object *record;
	char digits[DigitsSize];

	if (!f->signal)
		return;
	record = json_new_record();
	json_text(record, "name", f->signal);
	if (f->addressed)
		json_text(record, "address",
			  render_address(f->address, digits));
	json_integer(record, "thread", f->thread);
	if (f->goroutine)
		json_integer(record, "goroutine", f->goroutine);
	json_member(out, "signal", record);
}

void json_list(FILE *out, const struct snapshot *s)
{
	struct json_array a;

	put_signal(out, s);
	a = json_array_begin(out, "goroutines");
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];
		json_object *record = goroutine(g);

		json_location(record, "where", s, g->where);
		json_array_record(&a, record);
	}
	json_array_end(&a);
}

/* The lines that goroutines share, by where these begin: each is made, and
 * turned into text, once. */
struct shared {
	struct map index;
	struct {
		ARRAY(json_object *);
	} all;
};

static void shared_free(struct shared *shared)
{
	for (size_t i = 0; i < shared->all.n; i++)
		json_object_put(shared->all.items[i]);
	free(shared->all.items);
	map_free(&shared->index);
}

/* What json-c writes as it is. */
static json_object *as_text(json_object *value)
{
	const char *text = json_object_to_json_string_ext(
		value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	char *copy = text ? strdup(text) : NULL;

	if (!copy)
		out_of_memory();
	json_object_set_serializer(value, json_object_userdata_to_json_string,
				   copy, json_object_free_userdata);
	return value;
}

static json_object *shared_lines(struct shared *shared,
				 const struct snapshot *s,
				 const struct span *lines)
{
	if (lines->n == 0)
		return json_new_array();
	if (map_put(&shared->index, lines->first, shared->all.n))
		*ARRAY_PUSH(&shared->all) = as_text(json_lines(s, lines));
	return json_object_get(
		shared->all.items[*map_get(&shared->index, lines->first)]);
}

/* What is told of the frames besides. FRAMES are not shared then. */
static void add_variables(json_object *frames, const struct snapshot *s,
			  const struct detail *d)
{
	for (uint32_t i = 0; i < d->variables.n; i++) {
		const struct variable *v =
			&s->variables.items[d->variables.first + i];
		json_object *frame = json_object_array_get_idx(frames, v->line);
		const char *key = v->argument ? "arguments" : "locals";
		json_object *record = json_new_record(), *all;

		json_text(record, "name", v->name);
		json_text(record, "value", v->value);
		if (!json_object_object_get_ex(frame, key, &all)) {
			all = json_new_array();
			json_put(frame, key, all);
		}
		json_add(all, record);
	}
}

static void add_registers(json_object *record, const struct snapshot *s,
			  uint32_t number)
{
	json_object *all;
	uint64_t value;

	if (number == NONE)
		return;
	all = json_new_record();
	for (unsigned i = 0; i < RegisterNumber; i++) {
		char digits[DigitsSize];
		const char *name =
			render_register(&s->registers.items[number], i, &value);

		if (name)
			json_put(all, name,
				 json_object_new_string(
					 render_address(addr(value), digits)));
	}
	json_put(record, "registers", all);
}

static void add_details(json_object *record, const struct snapshot *s,
			const struct goroutine *g)
{
	const struct detail *d = &s->details.items[g - s->goroutines.items];
	json_object *frames = json_lines(s, &g->lines);

	add_variables(frames, s, d);
	add_registers(record, s, d->registers);
	json_put(record, "frames", frames);
}

static json_object *stack(struct shared *shared, const struct snapshot *s,
			  const struct goroutine *g)
{
	json_object *record = goroutine(g);

	if (s->details.n)
		add_details(record, s, g);
	else
		json_put(record, "frames", shared_lines(shared, s, &g->lines));
	json_text(record, "stop", g->stop);
	json_location(record, "created_by", s, g->created_by);
	return record;
}

static json_object *thread(const struct snapshot *s,
			   const struct thread_stack *t)
{
	json_object *record = json_new_record();

	json_integer(record, "thread", t->thread);
	json_natural(record, "machine", t->machine);
	if (t->goroutine)
		json_integer(record, "goroutine", t->goroutine);
	else
		json_put(record, "frames", json_lines(s, &t->lines));
	add_registers(record, s, t->registers);
	json_text(record, "stop", t->stop);
	return record;
}

void json_stacks(FILE *out, const struct snapshot *s)
{
	struct json_array a;
	struct shared shared = { 0 };

	put_signal(out, s);
	a = json_array_begin(out, "goroutines");
	for (size_t i = 0; i < s->goroutines.n; i++)
		json_array_record(&a,
				  stack(&shared, s, &s->goroutines.items[i]));
	shared_free(&shared);
	json_array_end(&a);
	if (!s->threads.n)
		return;
	a = json_array_begin(out, "threads");
	for (size_t i = 0; i < s->threads.n; i++)
		json_array_record(&a, thread(s, &s->threads.items[i]));
	json_array_end(&a);
}

static json_object *segment(const struct snapshot *s, const struct segment *g)
{
	json_object *record = json_new_record();

	json_address(record, "low", g->low);
	json_address(record, "end", g->end);
	json_unsigned(record, "bytes", addr_span(g->low, g->end));
	if (!addr_null(g->sp))
		json_unsigned(record, "used", addr_span(g->sp, g->end));
	json_location(record, "grown_by", s, g->grown_by);
	return record;
}

void json_segments(FILE *out, const struct snapshot *s)
{
	struct json_array a = json_array_begin(out, "goroutines");

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];
		json_object *record = goroutine(g), *all = json_new_array();

		for (size_t k = 0; k < g->segments.n; k++)
			json_add(all,
				 segment(s, &s->segments.items[g->segments.first
							       + k]));
		json_put(record, "segments", all);
		json_array_record(&a, record);
	}
	json_array_end(&a);
}

/* Ids without gaps as [first, last]. */
static json_object *ids(const struct snapshot *s, const struct span *members)
{
	const uint32_t *all = s->members.items + members->first;
	json_object *array = json_new_array();

	for (size_t i = 0, n; i < members->n; i += n) {
		int64_t first = s->goroutines.items[all[i]].id;
		json_object *range = json_new_array();

		for (n = 1; i + n < members->n; n++)
			if (s->goroutines.items[all[i + n]].id
			    != first + (int64_t)n)
				break;
		json_add(range, json_object_new_int64(first));
		json_add(range, json_object_new_int64(first + (int64_t)n - 1));
		json_add(array, range);
	}
	return array;
}

static json_object *state(const struct group_state *state)
{
	json_object *record = json_new_record();

	json_text(record, "state", state->state ? state->state : "others");
	json_text(record, "reason", state->reason);
	json_unsigned(record, "count", state->n);
	json_natural(record, "least_ns", state->least);
	json_natural(record, "longest_ns", state->longest);
	return record;
}

static json_object *group(const struct snapshot *s, const struct group *g)
{
	json_object *record = json_new_record(), *states = json_new_array();

	json_integer(record, "count", g->members.n);
	json_put(record, "ids", ids(s, &g->members));
	for (size_t i = 0; i < g->states.n; i++)
		json_add(states, state(&s->states.items[g->states.first + i]));
	json_put(record, "states", states);
	json_text(record, "label", g->label);
	if (!g->label)
		json_put(record, "frames", json_lines(s, &g->lines));
	json_text(record, "stop", g->stop);
	return record;
}

void json_groups(FILE *out, const struct snapshot *s, const char *key)
{
	struct json_array a;

	json_member(out, "by", json_object_new_string(key));
	json_member(out, "goroutine_count",
		    json_object_new_uint64(s->goroutines.n));
	a = json_array_begin(out, "groups");
	for (size_t i = 0; i < s->groups.n; i++)
		json_array_record(&a, group(s, &s->groups.items[i]));
	json_array_end(&a);
}
