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
	[GOROUTINE] = { "goroutine.type", SOUGHT_STRUCT, NOWHERE },
	[SCHEDULER] = { "scheduler.variable", SOUGHT_VARIABLE,
			AT(scheduler.at) },
	[QUEUE] = { "queue.type", SOUGHT_STRUCT, AT(queue.size) },
	[WAITER] = { "waiter.type", SOUGHT_STRUCT, AT(waiter.size) },
	[CHANNEL] = { "channel.type", SOUGHT_STRUCT, AT(channel.size) },
	[SELECT] = { "select.type", SOUGHT_STRUCT, AT(select.size) },
	[CASE] = { "case.type", SOUGHT_STRUCT, AT(select_case.size) },
	[CLAUSE] = { "clause.type", SOUGHT_STRUCT, AT(clause.size) },
	[MUTEX] = { "mutex.type", SOUGHT_STRUCT, AT(mutex.size) },
	[RWLOCK] = { "rwlock.type", SOUGHT_STRUCT, AT(rwlock.size) },
	[CONDITION] = { "condition.type", SOUGHT_STRUCT, AT(condition.size) },
	[WAITGROUP] = { "waitgroup.type", SOUGHT_STRUCT, AT(waitgroup.size) },
	[ONCE] = { "once.type", SOUGHT_STRUCT, AT(once.size) },
	[READER] = { "rwlock.reader", SOUGHT_ENUMERATOR, AT(reader) },
	[JOIN_LOCK] = { "join.lock", SOUGHT_VARIABLE, AT(join.lock) },
	[JOIN_ENDED] = { "join.ended", SOUGHT_ENUMERATOR, AT(join.ended) },
	[JOIN_CANCELLED] = { "join.cancelled", SOUGHT_ENUMERATOR,
			     AT(join.cancelled) },
	[TABLE] = { "descriptor.table", SOUGHT_VARIABLE, AT(descriptor.table) },
	[CHUNK] = { "descriptor.chunk", SOUGHT_ENUMERATOR,
		    AT(descriptor.chunk) },
	[DESCRIPTOR] = { "descriptor.type", SOUGHT_STRUCT,
			 AT(descriptor.size) },
	[UNKNOWN] = { "descriptor.unknown", SOUGHT_ENUMERATOR,
		      AT(descriptor.unknown) },
	[PLAIN] = { "descriptor.plain", SOUGHT_ENUMERATOR,
		    AT(descriptor.plain) },
	[TIMERS] = { "timers.variable", SOUGHT_VARIABLE, AT(timers.at) },
	[TIMER] = { "timer.type", SOUGHT_STRUCT, AT(timer.size) },
	[THREADS] = { "threads.head", SOUGHT_VARIABLE, AT(thread.head) },
	[THREAD] = { "thread.type", SOUGHT_STRUCT, AT(thread.size) },
};

/* Descriptors have one queue for each set of events. */
enum { QueuesMost = 256, StructMost = 4096 };

static const struct part parts[] = {
#define PART(root, owner, field)                                               \
	{                                                                      \
#owner "." #field, root, AT(owner.field), 8                    \
	}
#define SHARED(root, owner) PART(root, owner, lock), PART(root, owner, queue)
	PART(GOROUTINE, goroutine, wait),
	PART(GOROUTINE, goroutine, joiners),
	PART(SCHEDULER, scheduler, alone),
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
	{ "case.clause", CASE, AT(select_case.clause), 8 },
	{ "case.waiter", CASE, AT(select_case.waiter), StructMost },
	PART(CLAUSE, clause, channel),
	SHARED(MUTEX, mutex),
	PART(MUTEX, mutex, owner),
	SHARED(RWLOCK, rwlock),
	PART(RWLOCK, rwlock, owner),
	{ "rwlock.state", RWLOCK, AT(readers), 8 },
	SHARED(CONDITION, condition),
	SHARED(WAITGROUP, waitgroup),
	{ "waitgroup.count", WAITGROUP, AT(count), 8 },
	SHARED(ONCE, once),
	PART(ONCE, once, owner),
	PART(DESCRIPTOR, descriptor, number),
	PART(DESCRIPTOR, descriptor, lock),
	PART(DESCRIPTOR, descriptor, users),
	PART(DESCRIPTOR, descriptor, closing),
	PART(DESCRIPTOR, descriptor, socket),
	PART(DESCRIPTOR, descriptor, kind),
	{ "descriptor.queues", DESCRIPTOR, AT(descriptor.queues), QueuesMost },
	PART(TIMERS, timers, lock),
	PART(TIMERS, timers, heap),
	PART(TIMERS, timers, number),
	PART(TIMERS, timers, room),
	PART(TIMERS, timers, next),
	PART(TIMER, timer, when),
	PART(TIMER, timer, goroutine),
	PART(TIMER, timer, wait),
	PART(THREAD, thread, next),
	{ "thread.goroutine", THREAD, AT(thread.goroutine), StructMost },
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

enum way objects_way(const struct objects_layout *o, const char *words)
{
	for (size_t i = 0; i < NWAYS; i++)
		if (strcmp(o->ways[i], words) == 0)
			return i;
	return NWAYS;
}
