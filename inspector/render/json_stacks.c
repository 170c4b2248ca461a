/* SPDX-License-Identifier: BSD-2-Clause */
#include "render/json_records.h"
#include "render/render.h"

/* What all records of goroutines begin with. */
static void write_goroutine(struct json_records *r, const struct snapshot *s,
			    const struct goroutine *g)
{
	uint64_t kept = goroutine_kept(s, g);

	json_write_integer(r, "id", g->id);
	json_write_text(r, "name", g->name);
	json_write_address(r, "address", g->at);
	json_write_text(r, "state", g->state);
	json_write_text(r, "reason", g->reason);
	json_write_address(r, "object", g->object);
	json_write_natural(r, "waited_ns", g->waited);
	if (g->running && g->thread)
		json_write_integer(r, "thread", g->thread);
	json_write_integer(r, "segment_count", g->segments.n);
	json_write_unsigned(r, "stack_bytes", g->bytes);
	if (kept)
		json_write_unsigned(r, "kept_bytes", kept);
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
	struct json_records r;

	put_signal(out, s);
	r = json_records_begin(out, "goroutines");
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		json_record_begin(&r);
		write_goroutine(&r, s, g);
		json_write_location(&r, "where", s, g->where);
		json_record_end(&r);
	}
	json_records_end(&r);
}

/* What is told of the frames besides. FRAMES are one goroutine's then. */
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
		json_text(record, "bytes", v->bytes);
		json_text(record, "entered", v->entered);
		if (!json_object_object_get_ex(frame, key, &all)) {
			all = json_new_array();
			json_put(frame, key, all);
		}
		json_add(all, record);
	}
}

/* The known registers of the frame that has NUMBER. */
static json_object *registers(const struct snapshot *s, uint32_t number)
{
	json_object *all = json_new_record();
	uint64_t value;

	for (unsigned i = 0; i < RegisterNumber; i++) {
		char digits[DigitsSize];
		const char *name =
			render_register(&s->registers.items[number], i, &value);

		if (name)
			json_text(all, name,
				  render_address(addr(value), digits));
	}
	return all;
}

static void write_details(struct json_records *r, const struct snapshot *s,
			  const struct goroutine *g)
{
	const struct detail *d = &s->details.items[g - s->goroutines.items];
	json_object *frames = json_lines(s, &g->lines);

	if (s->as_bytes)
		json_write_unsigned(r, "frames_number", g->frames.first);
	add_variables(frames, s, d);
	if (d->registers != NONE)
		json_write_value(r, "registers", registers(s, d->registers));
	json_write_value(r, "frames", frames);
}

static void write_stack(struct json_records *r, const struct snapshot *s,
			const struct goroutine *g)
{
	json_record_begin(r);
	write_goroutine(r, s, g);
	json_write_text(r, "stop", g->stop);
	json_write_location(r, "created_by", s, g->created_by);
	if (s->details.n)
		write_details(r, s, g);
	else
		json_write_lines(r, "frames", s, &g->lines);
	json_record_end(r);
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
	if (t->registers != NONE)
		json_put(record, "registers", registers(s, t->registers));
	json_text(record, "stop", t->stop);
	return record;
}

void json_stacks(FILE *out, const struct snapshot *s)
{
	struct json_records r;
	struct json_array a;

	put_signal(out, s);
	r = json_records_begin(out, "goroutines");
	for (size_t i = 0; i < s->goroutines.n; i++)
		write_stack(&r, s, &s->goroutines.items[i]);
	json_records_end(&r);
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
	if (g->grown_by != NOBODY)
		json_location(record, "grown_by", s, g->grown_by);
	return record;
}

static json_object *segments(const struct snapshot *s, const struct span *own)
{
	json_object *all = json_new_array();

	for (size_t i = 0; i < own->n; i++)
		json_add(all, segment(s, &s->segments.items[own->first + i]));
	return all;
}

void json_segments(FILE *out, const struct snapshot *s)
{
	struct json_records r = json_records_begin(out, "goroutines");

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		json_record_begin(&r);
		write_goroutine(&r, s, g);
		json_write_value(&r, "segments", segments(s, &g->segments));
		json_record_end(&r);
	}
	json_records_end(&r);
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
