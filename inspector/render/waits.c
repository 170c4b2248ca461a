/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First the deadlocks, each with who waits for whom and with stacks; then what
 * others wait for, and who could end that.
 */
#include <inttypes.h>
#include <string.h>

#include "render/objects.h"

enum {
	DeadlocksShown = 100,
	MembersShown = 100,
	StacksShown = 8,
	NamesShown = 8,
	PartSize = 64,
};

static const struct object *wanted(const struct snapshot *s,
				   const struct party *p, size_t i)
{
	return &s->objects.objects
			.items[s->objects.wants.items[p->wants.first + i]];
}

static size_t count(const struct snapshot *s, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < s->objects.parties.n; i++)
		n += s->objects.parties.items[i].fate == fate;
	return n;
}

static void summary(FILE *out, const struct snapshot *s)
{
	static const char *const words[FATES] = {
		[FATE_STUCK] = "can never go on",
		[FATE_FORGOTTEN] = "probably can never go on",
		[FATE_OTHERS] = "wait for others",
		[FATE_UNKNOWN] = "wait for what is not known",
		[FATE_ITSELF] = "wait for a deadline or a descriptor",
		[FATE_GOES_ON] = "do not wait",
	};
	char part[PartSize];
	int column = 0;

	for (int fate = FATES; fate-- > 0;) {
		size_t n = count(s, fate);
		int width;

		if (n == 0)
			continue;
		width = snprintf(part, PartSize, "%zu %s", n, words[fate]);
		if (column + (int)strlen("; ;") + width > Columns) {
			fputs(";\n", out);
			column = fprintf(out, "    %s", part);
		} else {
			column +=
				fprintf(out, "%s%s", column ? "; " : "", part);
		}
	}
	fputs(column ? "\n" : "there are no goroutines\n", out);
}

static void for_what(FILE *out, const struct snapshot *s, const struct party *p)
{
	if (p->wants.n == 0)
		fputs("        waits for nothing\n", out);
	for (size_t i = 0; i < p->wants.n; i++) {
		fputs("        waits for ", out);
		render_object(out, s, wanted(s, p, i));
		putc('\n', out);
	}
}

static void member(FILE *out, const struct snapshot *s, uint32_t party)
{
	fputs("    ", out);
	render_party(out, s, party);
	putc('\n', out);
	for_what(out, s, &s->objects.parties.items[party]);
}

static void members(FILE *out, const struct snapshot *s,
		    const struct deadlock *d)
{
	const uint32_t *all = s->objects.members.items + d->members.first;

	for (size_t i = 0; i < d->members.n; i++) {
		if (i == MembersShown) {
			fprintf(out, "    ... and %zu more\n",
				d->members.n - i);
			return;
		}
		if (d->circle && i == d->circle)
			fputs("  behind them\n", out);
		member(out, s, all[i]);
	}
}

static void stacks(FILE *out, const struct snapshot *s,
		   const struct deadlock *d)
{
	const uint32_t *all = s->objects.members.items + d->members.first;
	size_t shown = 0;

	for (size_t i = 0; i < d->members.n && shown < StacksShown; i++) {
		if (all[i] >= s->goroutines.n)
			continue;
		putc('\n', out);
		render_stack(out, s, &s->goroutines.items[all[i]], STACK_PLAIN);
		shown++;
	}
}

static const char *why(const struct deadlock *d)
{
	if (d->circle)
		return "waits in a circle";
	if (d->certain)
		return "nobody is left who could end these waits";
	return "nobody that goes on was found to have the address of what "
	       "they wait for";
}

static void deadlock(FILE *out, const struct snapshot *s, size_t number,
		     const struct deadlock *d)
{
	fputc('\n', out);
	render_style(out, s, STYLE_TROUBLE);
	fprintf(out, "deadlock %zu, %s: %s", number,
		d->certain ? "certain" : "probable", why(d));
	render_style(out, s, STYLE_END);
	fputc('\n', out);
	members(out, s, d);
	stacks(out, s, d);
}

/*
 * The others
 */

static bool is_waited_for(const struct object *o)
{
	for (size_t q = 0; q < QueuesMost; q++)
		if (o->queues[q].n)
			return true;
	return false;
}

/* Whether somebody who waits for O could go on by it. */
static bool has_hope(const struct snapshot *s, const struct object *o)
{
	for (size_t q = 0; q < QueuesMost; q++)
		for (size_t i = 0; i < o->queues[q].n; i++) {
			uint32_t party =
				s->objects.waiters.items[o->queues[q].first + i]
					.party;

			if (party != NONE
			    && s->objects.parties.items[party].fate
				       < FATE_FORGOTTEN)
				return true;
		}
	return false;
}

static void waiters(FILE *out, const struct snapshot *s, const struct object *o)
{
	size_t n = 0;

	for (size_t q = 0; q < QueuesMost; q++)
		for (size_t i = 0; i < o->queues[q].n; i++) {
			uint32_t party =
				s->objects.waiters.items[o->queues[q].first + i]
					.party;

			if (party == NONE || n++ >= NamesShown)
				continue;
			fputs("    waits: ", out);
			render_party(out, s, party);
			putc('\n', out);
		}
	if (n > NamesShown)
		fprintf(out, "    ... and %zu more\n", n - NamesShown);
}

/* Those with its address that go on, or might. */
static void holders(FILE *out, const struct snapshot *s, const struct object *o)
{
	const struct holder *all = s->objects.holders.items + o->holders.first;
	size_t shown = 0;

	for (size_t i = 0; i < o->holders.n; i++) {
		if (s->objects.parties.items[all[i].party].fate
			    >= FATE_FORGOTTEN
		    || render_waits_for(s, all[i].party, all[i].object))
			continue;
		if (shown++ == NamesShown) {
			fputs("    ... and others\n", out);
			return;
		}
		fputs("    has its address: ", out);
		render_party(out, s, all[i].party);
		putc('\n', out);
	}
}

static void memory(FILE *out, const struct snapshot *s, const struct object *o)
{
	if (o->fixed)
		fputs("    needs no address: it is in the program's data\n",
		      out);
	if (s->objects.unsearched)
		fprintf(out,
			"    other memory was not searched: %" PRIu64
			" bytes are too many\n",
			s->objects.unsearched);
	if (!o->elsewhere)
		return;
	fprintf(out, "    has its address: memory, %zu time%s, ", o->elsewhere,
		o->elsewhere == 1 ? "" : "s");
	if (o->elsewhere_in)
		fprintf(out, "first in %s\n", o->elsewhere_in);
	else
		fprintf(out, "first at 0x%" PRIx64 "\n", o->elsewhere_at.v);
}

static bool needs_address(const struct object *o)
{
	return o->kind == OBJECT_CHANNEL || o->kind == OBJECT_CONDITION
	       || o->kind == OBJECT_WAITGROUP
	       || (o->kind == OBJECT_RWLOCK && o->count);
}

static void hope(FILE *out, const struct snapshot *s, const struct object *o)
{
	putc('\n', out);
	render_object(out, s, o);
	putc('\n', out);
	waiters(out, s, o);
	if (!needs_address(o))
		return;
	holders(out, s, o);
	memory(out, s, o);
}

static void deadlocks(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->objects.deadlocks.n; i++) {
		if (i == DeadlocksShown) {
			fprintf(out, "\n... and %zu more deadlocks\n",
				s->objects.deadlocks.n - i);
			return;
		}
		deadlock(out, s, i + 1, &s->objects.deadlocks.items[i]);
	}
}

void render_waits(FILE *out, const struct snapshot *s)
{
	summary(out, s);
	deadlocks(out, s);
	for (size_t i = 0; i < s->objects.objects.n; i++) {
		const struct object *o = &s->objects.objects.items[i];

		if (is_waited_for(o) && has_hope(s, o))
			hope(out, s, o);
	}
}
