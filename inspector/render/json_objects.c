/* SPDX-License-Identifier: BSD-2-Clause */
#include "render/json.h"
#include "render/objects.h"

static void deadline(json_object *record, const struct snapshot *s,
		     int64_t when)
{
	int64_t left;

	if (s->now && !__builtin_sub_overflow(when, s->now, &left))
		json_integer(record, "left_ns", left);
}

/* Who: a goroutine or a thread of the program's; nothing of one that ended. */
static json_object *party(const struct snapshot *s, uint32_t i)
{
	json_object *record = json_new_record();
	const struct party *p;

	if (i == NONE)
		return record;
	p = &s->objects.parties.items[i];
	if (i < s->goroutines.n) {
		json_integer(record, "goroutine", s->goroutines.items[i].id);
		json_text(record, "name", s->goroutines.items[i].name);
		json_text(record, "state", s->goroutines.items[i].state);
	} else if (p->thread) {
		json_integer(record, "thread", p->thread);
	}
	if (!p->waiting)
		return record;
	json_text(record, "reason", p->reason);
	json_natural(record, "waited_ns", p->waited);
	json_true(record, "has_deadline", p->timed);
	if (p->dated)
		deadline(record, s, p->deadline);
	json_true(record, "about_to_go_on", p->claimed);
	return record;
}

static json_object *waiter(const struct snapshot *s, const struct object *o,
			   size_t queue, const struct waiter *w)
{
	json_object *record = party(s, w->party);

	if (o->kind == OBJECT_CHANNEL)
		json_text(record, "to",
			  queue == QUEUE_SENDERS ? "send" : "receive");
	json_true(record, "over", w->party == NONE || !w->current);
	return record;
}

static json_object *waiters(const struct snapshot *s, const struct object *o)
{
	json_object *array = json_new_array();

	for (size_t q = 0; q < QueuesMost; q++)
		for (size_t i = 0; i < o->queues[q].n; i++)
			json_add(array,
				 waiter(s, o, q,
					&s->objects.waiters
						 .items[o->queues[q].first
							+ i]));
	return array;
}

static const char *kind_of(const struct object *o)
{
	switch (o->kind) {
	case OBJECT_GOROUTINE:
		return "end of goroutine";
	case OBJECT_DESCRIPTOR:
		return "descriptor";
	default:
		return o->word;
	}
}

static void counts(json_object *record, const struct object *o)
{
	switch (o->kind) {
	case OBJECT_CHANNEL:
		json_unsigned(record, "elements", o->count);
		json_unsigned(record, "capacity", o->capacity);
		json_unsigned(record, "element_bytes", o->element);
		return;
	case OBJECT_RWLOCK:
		json_unsigned(record, "readers", o->count);
		return;
	case OBJECT_WAITGROUP:
		json_integer(record, "count", (int64_t)o->count);
		return;
	case OBJECT_DESCRIPTOR:
		json_integer(record, "descriptor", o->descriptor);
		json_true(record, "socket", o->socket);
		json_true(record, "polled", o->polled);
		json_unsigned(record, "calls", o->count);
		return;
	default:
		return;
	}
}

/* What it is, without who waits for it. */
static json_object *object(const struct snapshot *s, const struct object *o)
{
	json_object *record = json_new_record();

	json_text(record, "kind", kind_of(o));
	json_address(record, "address", o->at);
	json_text(record, "variable", o->name);
	json_true(record, "unreadable", !o->known);
	if (!o->known)
		return record;
	counts(record, o);
	json_true(record, "closed", o->closed);
	if (!addr_null(o->owner))
		json_put(record, "owner", party(s, o->owned_by));
	json_location(record, "created_by", s, o->created_by);
	return record;
}

void json_objects(FILE *out, const struct snapshot *s, enum object_kind first,
		  enum object_kind last)
{
	struct json_array a = json_array_begin(out, "objects");

	for (size_t i = 0; i < s->objects.objects.n; i++) {
		const struct object *o = &s->objects.objects.items[i];
		json_object *record;

		if (o->kind < first || o->kind > last)
			continue;
		record = object(s, o);
		json_put(record, "waiters", waiters(s, o));
		json_array_record(&a, record);
	}
	json_array_end(&a);
}

static const char *const fates[FATES] = {
	[FATE_GOES_ON] = "goes_on",	     [FATE_ITSELF] = "by_itself",
	[FATE_UNKNOWN] = "not_known",	     [FATE_OTHERS] = "by_others",
	[FATE_FORGOTTEN] = "probably_never", [FATE_STUCK] = "never",
};

static json_object *member(const struct snapshot *s, uint32_t i)
{
	json_object *record = party(s, i), *wants = json_new_array();
	const struct party *p = &s->objects.parties.items[i];

	for (size_t k = 0; k < p->wants.n; k++) {
		uint32_t wanted = s->objects.wants.items[p->wants.first + k];

		json_add(wants, object(s, &s->objects.objects.items[wanted]));
	}
	json_text(record, "ends", fates[p->fate]);
	json_put(record, "waits_for", wants);
	if (i < s->goroutines.n)
		json_put(record, "frames",
			 json_lines(s, &s->goroutines.items[i].lines));
	return record;
}

static json_object *deadlock(const struct snapshot *s, const struct deadlock *d)
{
	json_object *record = json_new_record(), *members = json_new_array();

	json_put(record, "certain", json_object_new_boolean(d->certain));
	json_unsigned(record, "circle", d->circle);
	for (size_t i = 0; i < d->members.n; i++)
		json_add(
			members,
			member(s,
			       s->objects.members.items[d->members.first + i]));
	json_put(record, "members", members);
	return record;
}

/* What is waited for, and who has its address. */
static json_object *waited_for(const struct snapshot *s, const struct object *o)
{
	const struct holder *all = s->objects.holders.items + o->holders.first;
	json_object *record = object(s, o), *holders = json_new_array();

	json_put(record, "waiters", waiters(s, o));
	for (size_t i = 0; i < o->holders.n; i++)
		if (!render_waits_for(s, all[i].party, all[i].object))
			json_add(holders, party(s, all[i].party));
	json_put(record, "holders", holders);
	json_true(record, "in_program_data", o->fixed);
	if (o->elsewhere) {
		json_unsigned(record, "elsewhere", o->elsewhere);
		json_address(record, "elsewhere_at", o->elsewhere_at);
		json_text(record, "elsewhere_in", o->elsewhere_in);
	}
	return record;
}

static json_object *count_fates(const struct snapshot *s)
{
	json_object *record = json_new_record();
	size_t n[FATES] = { 0 };

	for (size_t i = 0; i < s->objects.parties.n; i++)
		n[s->objects.parties.items[i].fate]++;
	for (size_t i = 0; i < FATES; i++)
		json_unsigned(record, fates[i], n[i]);
	return record;
}

void json_waits(FILE *out, const struct snapshot *s)
{
	struct json_array a;

	json_member(out, "ends", count_fates(s));
	if (s->objects.unsearched)
		json_member(out, "unsearched_bytes",
			    json_object_new_uint64(s->objects.unsearched));
	a = json_array_begin(out, "deadlocks");
	for (size_t i = 0; i < s->objects.deadlocks.n; i++)
		json_array_record(&a,
				  deadlock(s, &s->objects.deadlocks.items[i]));
	json_array_end(&a);
	a = json_array_begin(out, "objects");
	for (size_t i = 0; i < s->objects.objects.n; i++)
		json_array_record(&a,
				  waited_for(s, &s->objects.objects.items[i]));
	json_array_end(&a);
}

/* The next one first. */
void json_timers(FILE *out, const struct snapshot *s)
{
	struct json_array a = json_array_begin(out, "timers");

	for (size_t i = 0; i < s->objects.timers.n; i++) {
		const struct timer *t = &s->objects.timers.items[i];
		json_object *record = json_new_record();

		deadline(record, s, t->when);
		json_put(record, "waiter", party(s, t->party));
		json_true(record, "over", t->stale || t->party == NONE);
		json_array_record(&a, record);
	}
	json_array_end(&a);
}

static json_object *crew(const struct snapshot *s, const struct crew *c)
{
	json_object *record = json_new_record();

	if (c->thread)
		json_integer(record, "thread", c->thread);
	json_natural(record, "machine", c->machine);
	if (c->party != NONE)
		json_put(record, "runs", party(s, c->party));
	else if (c->last)
		json_integer(record, "ran_last", c->last);
	if (!c->thread || !c->registers)
		return record;
	json_put(record, "in_system_call",
		 json_object_new_boolean(c->call >= 0));
	json_natural(record, "system_call", c->call);
	json_text(record, "system_call_name", c->call_name);
	return record;
}

void json_crew(FILE *out, const struct snapshot *s)
{
	struct json_array a = json_array_begin(out, "threads");

	for (size_t i = 0; i < s->crew.n; i++)
		json_array_record(&a, crew(s, &s->crew.items[i]));
	json_array_end(&a);
}

static void findings(FILE *out, const struct snapshot *s)
{
	struct json_array a = json_array_begin(out, "findings");

	for (size_t i = 0; i < s->objects.findings.n; i++)
		json_array_record(&a, json_object_new_string(
					      s->objects.findings.items[i]));
	json_array_end(&a);
}

void json_check(FILE *out, const struct snapshot *s)
{
	json_object *checked = json_new_record();

	json_unsigned(checked, "goroutines", s->goroutines.n);
	json_unsigned(checked, "machines", s->machines.n);
	json_unsigned(checked, "objects", s->objects.objects.n);
	json_unsigned(checked, "timers", s->objects.timers.n);
	json_true(checked, "objects_were_being_changed", s->objects.unlocked);
	json_member(out, "checked", checked);
	findings(out, s);
}

void json_whatis(FILE *out, const struct snapshot *s, addr_t at)
{
	char digits[DigitsSize];

	json_member(out, "address",
		    json_object_new_string(render_address(at, digits)));
	findings(out, s);
}
