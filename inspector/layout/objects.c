/* SPDX-License-Identifier: BSD-2-Clause */
#include <elfutils/libdw.h>
#include <string.h>

#include "layout/objects.h"
#include "layout/search.h"
#include "util/scope.h"

static const char *const way_nouns[NWAYS] = {
	[WAY_SEND] = "wait.chan.send",
	[WAY_RECEIVE] = "wait.chan.receive",
	[WAY_SELECT] = "wait.select",
	[WAY_MUTEX] = "wait.mutex.lock",
	[WAY_READ_LOCK] = "wait.rwlock.read",
	[WAY_WRITE_LOCK] = "wait.rwlock.write",
	[WAY_CONDITION] = "wait.condition",
	[WAY_WAITGROUP] = "wait.waitgroup",
	[WAY_ONCE] = "wait.once",
	[WAY_JOIN] = "wait.join",
	[WAY_SLEEP] = "wait.sleep",
	[WAY_STOP] = "wait.stop",
	[WAY_READ] = "wait.read",
	[WAY_WRITE] = "wait.write",
	[WAY_ACCEPT] = "wait.accept",
	[WAY_CONNECT] = "wait.connect",
	[WAY_EITHER] = "wait.either",
};

enum {
	GOROUTINE,
	MACHINE,
	FENCED,
	SCHEDULER,
	QUEUE,
	WAITER,
	CHANNEL,
	SELECT,
	CASE,
	CLAUSE,
	MUTEX,
	RWLOCK,
	CONDITION,
	WAITGROUP,
	ONCE,
	READER,
	JOIN_LOCK,
	JOIN_ENDED,
	JOIN_CANCELLED,
	TABLE,
	CHUNK,
	DESCRIPTOR,
	UNKNOWN,
	PLAIN,
	TIMERS,
	TIMER,
	THREADS,
	THREAD,
	NROOT,
};

#define AT(member) offsetof(struct objects_layout, member)

static const struct root roots[NROOT] = {
	[GOROUTINE] = { "goroutine.type", SOUGHT_STRUCT, .at = NOWHERE },
	[MACHINE] = { "machine.type", SOUGHT_STRUCT, .at = NOWHERE },
	[FENCED] = { "machine.fenced", SOUGHT_ENUMERATOR,
		     .at = AT(machine.fenced) },
	[SCHEDULER] = { "scheduler.variable", SOUGHT_VARIABLE,
			.at = AT(scheduler.at) },
	[QUEUE] = { "queue.type", SOUGHT_STRUCT, .at = AT(queue.size) },
	[WAITER] = { "waiter.type", SOUGHT_STRUCT, .at = AT(waiter.size) },
	[CHANNEL] = { "channel.type", SOUGHT_STRUCT, .at = AT(channel.size) },
	[SELECT] = { "select.type", SOUGHT_STRUCT, .at = AT(select.size) },
	[CASE] = { "case.type", SOUGHT_STRUCT, .at = AT(select_case.size) },
	[CLAUSE] = { "clause.type", SOUGHT_STRUCT, .at = AT(clause.size) },
	[MUTEX] = { "mutex.type", SOUGHT_STRUCT, .at = AT(mutex.size) },
	[RWLOCK] = { "rwlock.type", SOUGHT_STRUCT, .at = AT(rwlock.size) },
	[CONDITION] = { "condition.type", SOUGHT_STRUCT,
			.at = AT(condition.size) },
	[WAITGROUP] = { "waitgroup.type", SOUGHT_STRUCT,
			.at = AT(waitgroup.size) },
	[ONCE] = { "once.type", SOUGHT_STRUCT, .at = AT(once.size) },
	[READER] = { "rwlock.reader", SOUGHT_ENUMERATOR, .at = AT(reader) },
	[JOIN_LOCK] = { "join.lock", SOUGHT_VARIABLE, .at = AT(join.lock) },
	[JOIN_ENDED] = { "join.ended", SOUGHT_ENUMERATOR,
			 .at = AT(join.ended) },
	[JOIN_CANCELLED] = { "join.cancelled", SOUGHT_ENUMERATOR,
			     .at = AT(join.cancelled) },
	[TABLE] = { "descriptor.table", SOUGHT_VARIABLE,
		    .at = AT(descriptor.table) },
	[CHUNK] = { "descriptor.chunk", SOUGHT_ENUMERATOR,
		    .at = AT(descriptor.chunk) },
	[DESCRIPTOR] = { "descriptor.type", SOUGHT_STRUCT,
			 .at = AT(descriptor.size) },
	[UNKNOWN] = { "descriptor.unknown", SOUGHT_ENUMERATOR,
		      .at = AT(descriptor.unknown) },
	[PLAIN] = { "descriptor.plain", SOUGHT_ENUMERATOR,
		    .at = AT(descriptor.plain) },
	[TIMERS] = { "timers.variable", SOUGHT_VARIABLE, .at = AT(timers.at) },
	[TIMER] = { "timer.type", SOUGHT_STRUCT, .at = AT(timer.size) },
	[THREADS] = { "threads.head", SOUGHT_VARIABLE, .at = AT(thread.head) },
	[THREAD] = { "thread.type", SOUGHT_STRUCT, .at = AT(thread.size) },
};

/* Descriptors have one queue for each set of events. */
enum { QueueBytesMost = 256, StructMost = 4096 };

static const struct part parts[] = {
#define PART(root, owner, field)                                               \
	{                                                                      \
#owner "." #field, root, AT(owner.field), .most = 8            \
	}
#define SHARED(root, owner) PART(root, owner, lock), PART(root, owner, queue)
	PART(GOROUTINE, goroutine, wait),
	PART(GOROUTINE, goroutine, joiners),
	PART(GOROUTINE, goroutine, queued),
	PART(SCHEDULER, scheduler, alone),
	PART(SCHEDULER, scheduler, lock),
	PART(SCHEDULER, scheduler, first),
	PART(SCHEDULER, scheduler, last),
	PART(SCHEDULER, scheduler, queued),
	PART(SCHEDULER, scheduler, idle),
	PART(SCHEDULER, scheduler, idlers),
	PART(SCHEDULER, scheduler, machines),
	PART(SCHEDULER, scheduler, actives),
	PART(MACHINE, machine, idle),
	PART(MACHINE, machine, active),
	PART(MACHINE, machine, owned),
	PART(MACHINE, machine, visited),
	PART(MACHINE, machine, ring),
	PART(MACHINE, machine, taken),
	PART(MACHINE, machine, put),
	PART(MACHINE, machine, mask),
	PART(QUEUE, queue, first),
	PART(QUEUE, queue, last),
	PART(WAITER, waiter, next),
	PART(WAITER, waiter, prev),
	PART(WAITER, waiter, goroutine),
	PART(WAITER, waiter, wait),
	PART(CHANNEL, channel, lock),
	PART(CHANNEL, channel, closed),
	PART(CHANNEL, channel, count),
	PART(CHANNEL, channel, capacity),
	PART(CHANNEL, channel, element),
	PART(CHANNEL, channel, taken),
	PART(CHANNEL, channel, put),
	PART(CHANNEL, channel, receivers),
	PART(CHANNEL, channel, senders),
	PART(CHANNEL, channel, creator),
	PART(SELECT, select, cases),
	PART(SELECT, select, number),
	{ "case.clause", CASE, AT(select_case.clause), .most = 8 },
	{ "case.waiter", CASE, AT(select_case.waiter), .most = StructMost },
	PART(CLAUSE, clause, channel),
	SHARED(MUTEX, mutex),
	PART(MUTEX, mutex, owner),
	SHARED(RWLOCK, rwlock),
	PART(RWLOCK, rwlock, owner),
	{ "rwlock.state", RWLOCK, AT(readers), .most = 8 },
	SHARED(CONDITION, condition),
	SHARED(WAITGROUP, waitgroup),
	{ "waitgroup.count", WAITGROUP, AT(count), .most = 8 },
	SHARED(ONCE, once),
	PART(ONCE, once, owner),
	PART(DESCRIPTOR, descriptor, number),
	PART(DESCRIPTOR, descriptor, lock),
	PART(DESCRIPTOR, descriptor, users),
	PART(DESCRIPTOR, descriptor, closing),
	PART(DESCRIPTOR, descriptor, socket),
	PART(DESCRIPTOR, descriptor, kind),
	{ "descriptor.queues", DESCRIPTOR, AT(descriptor.queues),
	  .most = QueueBytesMost },
	PART(TIMERS, timers, lock),
	PART(TIMERS, timers, slots),
	PART(TIMERS, timers, used),
	PART(TIMERS, timers, number),
	PART(TIMERS, timers, room),
	PART(TIMERS, timers, next),
	PART(TIMER, timer, when),
	PART(TIMER, timer, goroutine),
	PART(TIMER, timer, wait),
	PART(THREAD, thread, next),
	{ "thread.goroutine", THREAD, AT(thread.goroutine),
	  .most = StructMost },
	PART(THREAD, thread, thread),
	PART(THREAD, thread, waits),
	PART(THREAD, thread, forever),
#undef SHARED
#undef PART
};

static void find_table_size(struct search *s, struct sought *table,
			    uint64_t *ret)
{
	Dwarf_Die type;
	Dwarf_Word size;

	if (!table->found)
		return;
	if (types_of(&table->die, &type)
	    && dwarf_aggregate_size(&type, &size) == 0)
		*ret = size;
	else
		search_miss(s, "the size of", table->name);
}

/* What divides or is divided by is not 0. */
static void find_sizes(struct search *s, struct sought *found,
		       struct objects_layout *o)
{
	find_table_size(s, &found[TABLE], &o->descriptor.table_size);
	if (found[READER].found && o->reader == 0)
		search_miss(s, "the value of", found[READER].name);
	if (found[CHUNK].found && o->descriptor.chunk == 0)
		search_miss(s, "the value of", found[CHUNK].name);
}

struct error *objects_layout_open(struct program *p, const struct layout *l,
				  struct objects_layout *ret)
{
	SCOPE(search)
	struct search s = { .program = p,
			    .names = &l->names,
			    .low = l->code_low,
			    .end = l->code_end };
	struct objects_layout o = { 0 };
	struct sought found[NROOT];
	struct error *e;

	for (size_t i = 0; i < NWAYS; i++)
		o.ways[i] = search_name(&s, way_nouns[i]);
	search_roots(&s, roots, NROOT, found, &o);
	search_parts(&s, parts, sizeof(parts) / sizeof(*parts), found, &o);
	find_sizes(&s, found, &o);
	e = search_missing(&s);
	if (!e)
		*ret = o;
	return e;
}

bool objects_noun(const char *noun)
{
	for (size_t i = 0; i < NWAYS; i++)
		if (strcmp(way_nouns[i], noun) == 0)
			return true;
	for (size_t i = 0; i < NROOT; i++)
		if (strcmp(roots[i].noun, noun) == 0)
			return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(parts[i].noun, noun) == 0)
			return true;
	return false;
}

const char *objects_way_word(const struct names *n, enum way way)
{
	return names_of(n, way_nouns[way]);
}

enum way objects_way(const struct objects_layout *o, const char *words)
{
	for (size_t i = 0; i < NWAYS; i++)
		if (strcmp(o->ways[i], words) == 0)
			return i;
	return NWAYS;
}
