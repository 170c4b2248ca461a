/* SPDX-License-Identifier: BSD-2-Clause */
/* What goroutines wait for, from memory to the model. */
#include "objects.h"

static const struct object *object_of(const struct snapshot *s, int party)
{
	const struct party *p = &s->objects.parties.items[party];

	assert_int_equal(p->wants.n, 1);
	return &s->objects.objects
			.items[s->objects.wants.items[p->wants.first]];
}

static const struct waiter *waiter_of(const struct snapshot *s,
				      const struct object *o, size_t queue,
				      size_t i)
{
	return &s->objects.waiters.items[o->queues[queue].first + i];
}

/* Goroutines 1 and 2 send, the wait of 2 being over. */
static void tells_of_channels(void **state)
{
	struct memory m = { .channel = { .count = 2,
					 .capacity = 3,
					 .element = 8,
					 .creator = 0x4444 } };
	struct snapshot *s = make_snapshot();
	const struct object *o;

	(void)state;
	wait_for(s, 0, "send", AT(channel));
	m.g[0].wait = 6;
	link_queue(&m, &m.channel.senders, 0, 2, 0);
	m.g[1].wait = 8;
	look_at(&m, s);
	assert_int_equal(s->notes.n, 0);
	o = object_of(s, 0);
	assert_true(o->known);
	assert_int_equal(o->kind, OBJECT_CHANNEL);
	assert_int_equal(o->count, 2);
	assert_int_equal(o->capacity, 3);
	assert_int_equal(o->element, 8);
	assert_int_equal(o->creator.v, 0x4444);
	assert_int_equal(o->queues[QUEUE_RECEIVERS].n, 0);
	assert_int_equal(o->queues[QUEUE_SENDERS].n, 2);
	assert_int_equal(waiter_of(s, o, QUEUE_SENDERS, 0)->party, 0);
	assert_true(waiter_of(s, o, QUEUE_SENDERS, 0)->current);
	assert_int_equal(waiter_of(s, o, QUEUE_SENDERS, 1)->party, 1);
	assert_false(waiter_of(s, o, QUEUE_SENDERS, 1)->current);
	snapshot_free(s);
}

static void tells_of_owners(void **state)
{
	struct memory m = { .shared = { .owner = AT(g[2]), .count = 12 } };
	struct snapshot *s = make_snapshot();

	(void)state;
	wait_for(s, 0, "lock", AT(shared));
	wait_for(s, 1, "rdlock", AT(shared));
	wait_for(s, 3, "join", AT(g[1]));
	wait_for(s, 4, "cond", AT(shared));
	look_at(&m, s);
	assert_int_equal(object_of(s, 0)->owned_by, 2);
	assert_int_equal(object_of(s, 1)->owned_by, 2);
	assert_int_equal(object_of(s, 1)->count, 3);
	assert_int_equal(object_of(s, 3)->owned_by, 1);
	assert_int_equal(object_of(s, 4)->owned_by, NONE);
	snapshot_free(s);
	m.shared.owner = AT(g[2]) + 4; /* of nobody that lives */
	s = make_snapshot();
	wait_for(s, 0, "lock", AT(shared));
	look_at(&m, s);
	assert_int_equal(object_of(s, 0)->owned_by, NONE);
	assert_int_equal(object_of(s, 0)->owner.v, AT(g[2]) + 4);
	snapshot_free(s);
}

/* Goroutine 1 waits for two cases of one channel. */
static void tells_of_selects(void **state)
{
	struct memory m = { .select = { AT(cases), 2 },
			    .cases = { { .clause = AT(clause) },
				       { .clause = AT(clause) } },
			    .clause = AT(channel) };
	struct snapshot *s = make_snapshot();

	(void)state;
	wait_for(s, 0, "select", AT(select));
	look_at(&m, s);
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->objects.parties.items[0].wants.n, 2);
	assert_int_equal(s->objects.objects.n, 1);
	snapshot_free(s);
	m.select.number = 100000;
	s = make_snapshot();
	wait_for(s, 0, "select", AT(select));
	look_at(&m, s);
	assert_true(noted(s, "goroutine 1: its select: it has too many"));
	snapshot_free(s);
	m.select.number = 2;
	m.cases[1].clause = 0x7f10;
	s = make_snapshot();
	wait_for(s, 0, "select", AT(select));
	look_at(&m, s);
	assert_int_equal(s->objects.parties.items[0].wants.n, 1);
	assert_true(noted(s, "its select: 0x7f10 is outside any mapping"));
	snapshot_free(s);
}

static void tells_of_descriptors(void **state)
{
	struct memory m = { .table = { 0, AT(chunk) },
			    .chunk = {
				    { .kind = 0 },
				    { .number = 9, .kind = 1, .users = 1 } } };
	struct snapshot *s = make_snapshot();
	const struct object *o;

	(void)state;
	link_queue(&m, &m.chunk[1].queues[2], 0, 1, 3);
	look_at(&m, s);
	assert_int_equal(s->objects.objects.n, 1);
	o = &s->objects.objects.items[0];
	assert_int_equal(o->descriptor, 9);
	assert_true(o->polled);
	assert_int_equal(o->queues[2].n, 1);
	assert_int_equal(waiter_of(s, o, 2, 0)->party, 3);
	snapshot_free(s);
}

/* Goroutine 1's deadline is 500; 300 was that of its wait before. */
static void tells_of_deadlines(void **state)
{
	struct memory m = { .slots = AT(timer),
			    .used = 2,
			    .room = 2,
			    .timer = { { 300, AT(g[0]), 4 },
				       { 500, AT(g[0]), 6 } } };
	struct snapshot *s = make_snapshot();
	const struct party *p;

	(void)state;
	wait_for(s, 0, "sleep", 0);
	m.g[0].wait = 7; /* which somebody is about to end */
	look_at(&m, s);
	p = &s->objects.parties.items[0];
	assert_true(p->timed && p->dated && p->claimed);
	assert_int_equal(p->deadline, 500);
	assert_true(s->objects.timers.items[0].stale);
	assert_false(s->objects.timers.items[1].stale);
	snapshot_free(s);
	m.slots = Base + sizeof(m) - sizeof(struct tmr);
	strcpy(m.words, "nobody"); /* where the goroutine would be */
	m.used = m.room = UINT64_MAX;
	s = make_snapshot();
	look_at(&m, s);
	assert_int_equal(s->objects.timers.n, 1);
	assert_true(noted(s, "the deadlines: 1 of 18446744073709551615"));
	snapshot_free(s);
	m.room = 1;
	s = make_snapshot();
	look_at(&m, s);
	assert_int_equal(s->objects.timers.n, 1);
	assert_true(noted(s, "the deadlines: 18446744073709551615 of them, "
			     "with room for 1; that many are shown"));
	snapshot_free(s);
}

static void tells_of_threads(void **state)
{
	struct memory m = { .threads = AT(thread),
			    .thread = { .thread = 77,
					.waits = 1,
					.reason = AT(words),
					.object = AT(shared) },
			    .words = "lock" };
	struct snapshot *s = make_snapshot();
	const struct party *p;

	(void)state;
	look_at(&m, s);
	assert_int_equal(s->objects.parties.n, Goroutines + 1);
	p = &s->objects.parties.items[Goroutines];
	assert_int_equal(p->thread, 77);
	assert_true(p->waiting && p->timed && !p->dated);
	assert_int_equal(object_of(s, Goroutines)->at.v, AT(shared));
	snapshot_free(s);
	m.thread.next = AT(thread);
	s = make_snapshot();
	look_at(&m, s);
	assert_int_equal(s->objects.parties.n, Goroutines + 1);
	assert_true(noted(s, "was met before; the list ends here"));
	snapshot_free(s);
}

/* Goroutine 1 waits on a mutex whose queue is M's. */
static struct snapshot *look_at_queue(const struct memory *m)
{
	struct snapshot *s = make_snapshot();

	wait_for(s, 0, "lock", AT(shared));
	look_at(m, s);
	return s;
}

static void damaged_queues_end(void **state)
{
	struct memory m = { .shared = { .count = 0 } };
	struct snapshot *s;

	(void)state;
	link_queue(&m, &m.shared.queue, 0, 3, 0);
	m.w[2].next = AT(w[1]);
	s = look_at_queue(&m);
	assert_int_equal(object_of(s, 0)->queues[0].n, 3);
	assert_true(noted(s, "waiter 4 in its queue: it was met before; the "
			     "queue ends here"));
	snapshot_free(s);
	m.w[2].next = 0x7f10;
	s = look_at_queue(&m);
	assert_true(noted(s, "waiter 4 in its queue: 0x7f10 is outside"));
	snapshot_free(s);
	m.shared.queue.first = 1;
	s = look_at_queue(&m);
	assert_int_equal(object_of(s, 0)->queues[0].n, 0);
	assert_true(noted(s, "waiter 1 in its queue: 0x1 is outside"));
	snapshot_free(s);
}

/* A machine's queue says that it has four, of which two can be read. */
static void damaged_rings_end(void **state)
{
	const struct mch {
		uint64_t ring, put, mask, slots[2];
	} m = { Base + offsetof(struct mch, slots), 4, 7, { 0x10, 0x20 } };
	const struct objects_layout o = { .machine = {
						  .ring = FIELD(mch, ring),
						  .put = FIELD(mch, put),
						  .mask = FIELD(mch, mask),
					  } };
	struct looking l = { .target = target_open_arrays(),
			     .layout = &layout,
			     .objects = &o,
			     .snapshot = snapshot_new() };

	(void)state;
	target_arrays_add(l.target, addr(Base), &m, sizeof(m));
	*ARRAY_PUSH(&l.snapshot->machines) =
		(struct machine){ .at = addr(Base), .id = 7 };
	collect_scheduler(&l);
	assert_int_equal(l.snapshot->objects.scheduler.members.n, 2);
	assert_true(noted(l.snapshot, "the queue of machine 7: 2 of 4 "
				      "goroutines are there: 0x100028 is "
				      "outside any mapping"));
	snapshot_free(l.snapshot);
	target_close(l.target);
}

static void absent_objects_are_told(void **state)
{
	struct memory m = { .table = { 0x7f10, 0 } };
	struct snapshot *s = make_snapshot();

	(void)state;
	wait_for(s, 0, "lock", 0x7f20);
	wait_for(s, 1, "select", 0x7f30);
	look_at(&m, s);
	assert_false(object_of(s, 0)->known);
	assert_true(noted(s, "mutex 0x7f20: 0x7f20 is outside any mapping"));
	assert_true(noted(s, "goroutine 2: its select: 0x7f30 is outside"));
	assert_true(noted(s, "the table of descriptors: 0x7f10 is outside"));
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_channels),
		cmocka_unit_test(tells_of_owners),
		cmocka_unit_test(tells_of_selects),
		cmocka_unit_test(tells_of_descriptors),
		cmocka_unit_test(tells_of_deadlines),
		cmocka_unit_test(tells_of_threads),
		cmocka_unit_test(damaged_queues_end),
		cmocka_unit_test(damaged_rings_end),
		cmocka_unit_test(absent_objects_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
