/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/objects.h"

static void place(FILE *out, const struct snapshot *s, uint32_t location)
{
	const struct location *l;

	if (location == NONE)
		return;
	l = &s->locations.items[location];
	fprintf(out, ", made by %s", l->function);
	if (l->file)
		fprintf(out, " at %s:%d", l->file, l->line);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void channel(FILE *out, const struct snapshot *s, const struct object *o)
{
	fprintf(out,
		"%" PRIu64 " of %" PRIu64 " element%s of %" PRIu64 " byte%s",
		o->count, o->capacity, plural(o->capacity), o->element,
		plural(o->element));
	if (o->closed)
		fputs(", closed", out);
	place(out, s, o->created_by);
}

/* Whoever has it, if that is one; OTHERWISE nobody has. */
static void owner(FILE *out, const struct snapshot *s, const struct object *o,
		  const char *does, const char *otherwise)
{
	if (addr_null(o->owner)) {
		fputs(otherwise, out);
		return;
	}
	if (o->owned_by != NONE)
		render_party_name(out, s, o->owned_by);
	else
		fputs("a goroutine that has ended", out);
	fprintf(out, " %s", does);
}

static void mutex(FILE *out, const struct snapshot *s, const struct object *o)
{
	owner(out, s, o, "has it", "free");
}

static void rwlock(FILE *out, const struct snapshot *s, const struct object *o)
{
	if (o->count)
		fprintf(out, "%" PRIu64 " reader%s %s it", o->count,
			plural(o->count), o->count == 1 ? "has" : "have");
	else
		owner(out, s, o, "has it, to write", "free");
}

static void condition(FILE *out, const struct snapshot *s,
		      const struct object *o)
{
	(void)s;
	fprintf(out, "%u wait", o->queues[0].n);
}

static void waitgroup(FILE *out, const struct snapshot *s,
		      const struct object *o)
{
	(void)s;
	fprintf(out, "count %" PRId64, (int64_t)o->count);
}

static void once(FILE *out, const struct snapshot *s, const struct object *o)
{
	owner(out, s, o, "runs it", "nobody runs it");
}

static void joined(FILE *out, const struct snapshot *s, const struct object *o)
{
	if (o->owned_by != NONE)
		render_party(out, s, o->owned_by);
	else
		fputs("it has ended", out);
}

static void descriptor(FILE *out, const struct snapshot *s,
		       const struct object *o)
{
	(void)s;
	if (o->socket)
		fputs("socket", out);
	else
		fputs(o->polled ? "pipe, terminal or the like"
				: "regular file or the like, always ready",
		      out);
	if (o->count)
		fprintf(out, ", %" PRIu64 " call%s under way", o->count,
			plural(o->count));
	if (o->closed)
		fputs(", being closed", out);
}

/* What comes before the address, if that is not its word, and after it. */
static const struct {
	const char *word;
	void (*tell)(FILE *, const struct snapshot *, const struct object *);
} kinds[OBJECT_KINDS] = {
	[OBJECT_CHANNEL] = { NULL, channel },
	[OBJECT_MUTEX] = { NULL, mutex },
	[OBJECT_RWLOCK] = { NULL, rwlock },
	[OBJECT_CONDITION] = { NULL, condition },
	[OBJECT_WAITGROUP] = { NULL, waitgroup },
	[OBJECT_ONCE] = { NULL, once },
	[OBJECT_GOROUTINE] = { "end of", joined },
	[OBJECT_DESCRIPTOR] = { "fd", descriptor },
};

void render_object(FILE *out, const struct snapshot *s, const struct object *o)
{
	fputs(kinds[o->kind].word ? kinds[o->kind].word : o->word, out);
	if (o->kind == OBJECT_DESCRIPTOR && o->known)
		fprintf(out, " %" PRId32, o->descriptor);
	else
		fprintf(out, " 0x%" PRIx64, o->at.v);
	if (o->name)
		fprintf(out, " (%s)", o->name);
	fputs(": ", out);
	if (o->known)
		kinds[o->kind].tell(out, s, o);
	else
		fputs("it cannot be read", out);
}

/* Which of a channel's clauses a select waits in. */
static const char *clause(const struct snapshot *s, const struct object *o,
			  const struct waiter *w, size_t queue)
{
	if (o->kind != OBJECT_CHANNEL || w->party == NONE
	    || s->objects.parties.items[w->party].wants.n < 2)
		return "";
	return queue == QUEUE_SENDERS ? ", to send" : ", to receive";
}

static void waiter(FILE *out, const struct snapshot *s, const struct object *o,
		   size_t queue, const struct waiter *w)
{
	fputs("    ", out);
	if (w->party == NONE)
		fputs("a goroutine that has ended", out);
	else
		render_party(out, s, w->party);
	fputs(clause(s, o, w, queue), out);
	if (w->party != NONE && !w->current)
		fputs(", whose wait here is over", out);
	putc('\n', out);
}

static void object(FILE *out, const struct snapshot *s, const struct object *o)
{
	render_object(out, s, o);
	putc('\n', out);
	for (size_t q = 0; q < QueuesMost; q++)
		for (size_t i = 0; i < o->queues[q].n; i++)
			waiter(out, s, o, q,
			       &s->objects.waiters
					.items[o->queues[q].first + i]);
}

/* Objects from kind FIRST to LAST; NONE of them is told too. */
static void objects(FILE *out, const struct snapshot *s, enum object_kind first,
		    enum object_kind last, const char *none)
{
	bool any = false;

	for (size_t i = 0; i < s->objects.objects.n; i++) {
		const struct object *o = &s->objects.objects.items[i];

		if (o->kind < first || o->kind > last)
			continue;
		any = true;
		object(out, s, o);
	}
	if (!any)
		fputs(none, out);
}

void render_channels(FILE *out, const struct snapshot *s)
{
	objects(out, s, OBJECT_CHANNEL, OBJECT_CHANNEL,
		"nobody waits for a channel\n");
}

void render_mutexes(FILE *out, const struct snapshot *s)
{
	objects(out, s, OBJECT_MUTEX, OBJECT_ONCE,
		"nobody waits for a mutex or the like\n");
}

void render_descriptors(FILE *out, const struct snapshot *s)
{
	objects(out, s, OBJECT_DESCRIPTOR, OBJECT_DESCRIPTOR,
		"the runtime knows no file descriptor\n");
}

bool render_waits_for(const struct snapshot *s, uint32_t party, uint32_t i)
{
	const struct span *wants = &s->objects.parties.items[party].wants;

	for (size_t k = 0; k < wants->n; k++)
		if (s->objects.wants.items[wants->first + k] == i)
			return true;
	return false;
}
