/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdlib.h>

#include "model/collect_objects.h"
#include "util/scope.h"

/* One that no longer waits may still be in the queues of its select, which has
 * no more cases than that. */
enum { QueuesEach = 256 };

const char *object_word(enum object_kind kind)
{
	static const char *const words[OBJECT_KINDS] = {
		[OBJECT_CHANNEL] = "channel",
		[OBJECT_MUTEX] = "mutex",
		[OBJECT_RWLOCK] = "rwlock",
		[OBJECT_CONDITION] = "condition",
		[OBJECT_WAITGROUP] = "waitgroup",
		[OBJECT_ONCE] = "once",
		[OBJECT_GOROUTINE] = "goroutine at",
		[OBJECT_DESCRIPTOR] = "descriptor at",
	};

	return words[kind];
}

/* Queue number NTH, whose struct begins so that its first waiter is in the
 * field FIRST. */
static void fill_queue(struct looking *l, struct object *o, size_t nth,
		       const uint8_t *bytes, struct field first)
{
	const struct objects_layout *lo = l->objects;
	struct field last = first;

	last.offset += lo->queue.last.offset - lo->queue.first.offset;
	o->last[nth] = addr(layout_get(bytes, last));
	read_queue(l, o, nth, addr(layout_get(bytes, first)));
}

static void fill_channel(struct looking *l, struct object *o, const uint8_t *b)
{
	const struct objects_layout *lo = l->objects;
	uint64_t buffer;

	o->locked = layout_get(b, lo->channel.lock);
	o->closed = layout_get(b, lo->channel.closed);
	o->count = layout_get(b, lo->channel.count);
	o->capacity = layout_get(b, lo->channel.capacity);
	o->element = layout_get(b, lo->channel.element);
	o->taken = layout_get(b, lo->channel.taken);
	o->put = layout_get(b, lo->channel.put);
	o->creator = addr(layout_get(b, lo->channel.creator));
	if (__builtin_mul_overflow(o->capacity, o->element, &buffer))
		buffer = 0;
	o->size = addr_plus(addr(o->size), buffer).v;
	fill_queue(l, o, QUEUE_RECEIVERS, b, lo->channel.receivers);
	fill_queue(l, o, QUEUE_SENDERS, b, lo->channel.senders);
}

/* One with a guard and a queue, and an owner if its kind has one. */
static void fill_shared(struct looking *l, struct object *o, const uint8_t *b,
			const struct shared_layout *lo)
{
	o->locked = layout_get(b, lo->lock);
	o->owner = lo->owner.size ? addr(layout_get(b, lo->owner)) : addr(0);
	o->owned_by = party_at(l, o->owner);
	fill_queue(l, o, 0, b, lo->queue);
}

static void fill_mutex(struct looking *l, struct object *o, const uint8_t *b)
{
	fill_shared(l, o, b, &l->objects->mutex);
}

static void fill_rwlock(struct looking *l, struct object *o, const uint8_t *b)
{
	o->count = layout_get(b, l->objects->readers) / l->objects->reader;
	fill_shared(l, o, b, &l->objects->rwlock);
}

static void fill_condition(struct looking *l, struct object *o,
			   const uint8_t *b)
{
	fill_shared(l, o, b, &l->objects->condition);
}

static void fill_waitgroup(struct looking *l, struct object *o,
			   const uint8_t *b)
{
	o->count = layout_get(b, l->objects->count);
	fill_shared(l, o, b, &l->objects->waitgroup);
}

static void fill_once(struct looking *l, struct object *o, const uint8_t *b)
{
	fill_shared(l, o, b, &l->objects->once);
}

/* What is joined is waited for until it ends: it owns its end. */
static void fill_goroutine(struct looking *l, struct object *o,
			   const uint8_t *b)
{
	const struct objects_layout *lo = l->objects;
	uint64_t word = layout_get(b, lo->goroutine.joiners);
	uint32_t lock = 0;

	target_read_some(l->target, lo->join.lock, &lock, sizeof(lock));
	o->locked = lock;
	o->owner = o->at;
	o->owned_by = party_at(l, o->at);
	if (!(word & lo->join.ended))
		read_queue(l, o, 0, addr(word & ~lo->join.cancelled));
}

static void fill_descriptor(struct looking *l, struct object *o,
			    const uint8_t *b)
{
	const struct objects_layout *lo = l->objects;
	struct field queue = lo->queue.first;

	o->locked = layout_get(b, lo->descriptor.lock);
	o->descriptor = (int32_t)layout_get(b, lo->descriptor.number);
	o->count = (uint32_t)layout_get(b, lo->descriptor.users);
	o->closed = layout_get(b, lo->descriptor.closing);
	o->socket = layout_get(b, lo->descriptor.socket);
	o->polled = layout_get(b, lo->descriptor.kind) != lo->descriptor.plain;
	queue.offset += lo->descriptor.queues.offset;
	for (size_t i = 0; i < QueuesMost; i++) {
		if (queue.offset + lo->queue.size > lo->descriptor.size)
			break;
		fill_queue(l, o, i, b, queue);
		queue.offset += lo->queue.size;
	}
}

struct filler {
	uint64_t size;
	void (*fill)(struct looking *, struct object *, const uint8_t *);
};

static void fill_object(struct looking *l, uint32_t i,
			const struct filler *filler)
{
	struct object o = l->snapshot->objects.objects.items[i];
	SCOPE(memory) uint8_t *bytes = array_new(filler->size, 1);
	SCOPE(error)
	struct error *e =
		stacks_read(&l->stacks, l->target, o.at, bytes, filler->size);

	if (e) {
		snapshot_note(l->snapshot, "%s 0x%lx: %s", object_word(o.kind),
			      o.at.v, e->text);
		return;
	}
	o.known = true;
	o.size = filler->size;
	filler->fill(l, &o, bytes);
	l->snapshot->objects.objects.items[i] = o;
}

/* More waiters than these come from damage. */
static size_t count_waiters(const struct objects *o)
{
	return o->wants.n + QueuesEach * o->parties.n;
}

void fill_objects(struct looking *l)
{
	const struct objects_layout *lo = l->objects;
	const struct filler fillers[OBJECT_KINDS] = {
		[OBJECT_CHANNEL] = { lo->channel.size, fill_channel },
		[OBJECT_MUTEX] = { lo->mutex.size, fill_mutex },
		[OBJECT_RWLOCK] = { lo->rwlock.size, fill_rwlock },
		[OBJECT_CONDITION] = { lo->condition.size, fill_condition },
		[OBJECT_WAITGROUP] = { lo->waitgroup.size, fill_waitgroup },
		[OBJECT_ONCE] = { lo->once.size, fill_once },
		[OBJECT_GOROUTINE] = { l->layout->goroutine.size,
				       fill_goroutine },
		[OBJECT_DESCRIPTOR] = { lo->descriptor.size, fill_descriptor },
	};
	const struct objects *all = &l->snapshot->objects;

	l->waiters_most = count_waiters(all);
	for (uint32_t i = 0; i < all->objects.n; i++)
		fill_object(l, i, &fillers[all->objects.items[i].kind]);
}

/* Those of an array of the table that the runtime has looked at, or is used by
 * a call. */
static void add_chunk(struct looking *l, addr_t chunk)
{
	const struct objects_layout *lo = l->objects;
	SCOPE(memory) uint8_t *bytes = array_new(lo->descriptor.size, 1);

	for (uint64_t i = 0; i < lo->descriptor.chunk; i++) {
		addr_t at = addr_plus(chunk, i * lo->descriptor.size);
		SCOPE(error)
		struct error *e =
			target_read(l->target, at, bytes, lo->descriptor.size);

		if (e) {
			snapshot_note(l->snapshot,
				      "the table of descriptors: %s", e->text);
			return;
		}
		if (layout_get(bytes, lo->descriptor.kind)
			    != lo->descriptor.unknown
		    || layout_get(bytes, lo->descriptor.users))
			add_object(l, at, OBJECT_DESCRIPTOR);
	}
}

void collect_descriptors(struct looking *l)
{
	const struct objects_layout *lo = l->objects;
	uint64_t n = lo->descriptor.table_size / sizeof(addr_t);
	SCOPE(memory) addr_t *table = array_new(n, sizeof(*table));
	size_t got = target_read_some(l->target, lo->descriptor.table, table,
				      n * sizeof(*table));

	for (size_t i = 0; i < got / sizeof(*table); i++)
		if (!addr_null(table[i]))
			add_chunk(l, table[i]);
}

void collect_objects(struct target *t, const struct layout *l,
		     const struct objects_layout *o, struct snapshot *s)
{
	struct looking looking = {
		.target = t, .layout = l, .objects = o, .snapshot = s
	};

	collect_parties(&looking);
	if (!o)
		return;
	stacks_make(s, &looking.stacks);
	collect_scheduler(&looking);
	collect_timers(&looking);
	collect_wants(&looking);
	collect_descriptors(&looking);
	fill_objects(&looking);
	stacks_scope(&looking.stacks);
	map_free(&looking.met);
}
