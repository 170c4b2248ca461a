/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stops.c - stops N PROGRAM: run PROGRAM, which is tests/fixtures/loaded.c, and
 * stop it N times at random, as seam does.
 *
 * Right is, at each stop: nothing is noted as damage, and nothing found by
 * check; every goroutine that says it lives is there once; every stack is
 * whole, up to the goroutine's entry, with as many frames as it says. In the
 * end PROGRAM ends as if nobody had looked. Status 1 and words when something
 * is wrong.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyse/check.h"
#include "layout/descriptions.h"
#include "model/collect.h"
#include "model/collect_objects.h"
#include "symbol/symbol.h"
#include "unwind/unwind.h"
#include "util/scope.h"

/* As in the fixture; and what there is besides at the most: parents, main, and
 * of each parent a child that has been joined and is about to end. */
enum { Lives = 48, OthersMost = 2 * Lives + 1, BetweenMost = 1000000 };

struct life {
	int64_t id, depth;
};

/* What does not change while PROGRAM runs. */
struct watched {
	int pid;
	struct target *target;
	struct program *program;
	struct layout *layout;
	struct objects_layout objects;
	struct code deeper, outermost; /* the fixture's, the runtime's */
	addr_t lives;
	uint64_t goroutines, frames; /* seen in all */
};

/* One stop. */
struct stop {
	struct target *target;
	struct snapshot *snapshot;
	struct life lives[Lives];
	uint64_t wrong;
};

static void die(struct error *e)
{
	if (!e)
		return;
	fprintf(stderr, "stops: %s\n", e->text);
	exit(1);
}

static void find_symbol(struct watched *l, const char *name, struct code *ret)
{
	if (!program_symbol(l->program, name, &ret->low, &ret->end))
		die(error_new("there is no %s", name));
}

static void begin(struct watched *l)
{
	struct description built_in[DescriptionsBuiltIn];
	struct code lives;

	descriptions_built_in(built_in);
	die(target_open_live(l->pid, NULL, &l->target));
	die(program_open(l->target, &l->program));
	die(layout_open(l->program, built_in, DescriptionsBuiltIn, &l->layout));
	die(objects_layout_open(l->program, l->layout, &l->objects));
	find_symbol(l, "deeper", &l->deeper);
	find_symbol(l, "gostart", &l->outermost);
	find_symbol(l, "lives", &lives);
	l->lives = lives.low;
}

static void end(struct watched *l)
{
	layout_close(l->layout);
	program_close(l->program);
	target_close(l->target);
}

/* The part of seam that needs the target: of `seam stacks`, or of `seam check`
 * if OBJECTS are asked for. */
static void take(struct watched *l, struct stop *s, bool objects)
{
	const struct ids all = { 0 };
	SCOPE(collection) struct collection *c = NULL;

	die(target_open_live(l->pid, NULL, &s->target));
	c = collection_new(s->target, l->layout, &all, COLLECT_STACKS);
	if (!objects)
		collect_early(c);
	die(target_stop(s->target));
	die(collect(c));
	s->snapshot = collect_finish(c);
	if (objects)
		collect_objects(s->target, l->layout, &l->objects, s->snapshot);
	die(target_read(s->target, l->lives, s->lives, sizeof(s->lives)));
	target_resume(s->target);
}

static bool is_in(addr_t pc, const struct code *c)
{
	return addr_within(pc, c->low, c->end);
}

static addr_t code_of(const struct frame *f)
{
	return f->kind == FRAME_CALL ? addr_minus(f->pc, 1) : f->pc;
}

static int64_t count_deeper(const struct watched *l, const struct snapshot *s,
			    const struct goroutine *g)
{
	int64_t n = 0;

	for (size_t i = 0; i < g->frames.n; i++)
		n += is_in(code_of(&s->frames.items[g->frames.first + i]),
			   &l->deeper);
	return n;
}

static const struct life *life_of(const struct stop *s, int64_t id)
{
	for (size_t i = 0; i < Lives; i++)
		if (s->lives[i].id == id)
			return &s->lives[i];
	return NULL;
}

static void complain(struct stop *s, const struct goroutine *g,
		     const char *what)
{
	s->wrong++;
	printf("goroutine %ld [%s %s]: %s\n", g->id, g->state, g->reason, what);
}

static void look_at(struct watched *l, struct stop *s,
		    const struct goroutine *g)
{
	const struct frame *f = s->snapshot->frames.items + g->frames.first;
	const struct life *life = life_of(s, g->id);
	int64_t deep = count_deeper(l, s->snapshot, g);

	if (g->stop)
		complain(s, g, g->stop);
	if (!g->whole || g->damaged)
		complain(s, g, "its segments are not whole");
	if (!g->frames.n || !is_in(code_of(&f[g->frames.n - 1]), &l->outermost))
		complain(s, g, "its stack does not end at its entry");
	if (!life && deep)
		complain(s, g, "it does not live, and has frames");
	if (life && deep != life->depth && deep != life->depth + 1)
		complain(s, g, "it has not as many frames as it says");
	l->frames += g->frames.n;
}

/* Each that lives is there once, and few others are. */
static void account(struct stop *s)
{
	const struct goroutine *g = s->snapshot->goroutines.items;
	size_t n = s->snapshot->goroutines.n, living = 0, there = 0;

	for (size_t i = 0; i < Lives; i++)
		living += s->lives[i].id != 0;
	for (size_t i = 0; i < n; i++) {
		there += life_of(s, g[i].id) != NULL;
		if (i && g[i].id == g[i - 1].id)
			complain(s, &g[i], "it is there twice");
	}
	if (there == living && n <= Lives + OthersMost)
		return;
	s->wrong++;
	printf("%zu that live, %zu of them among %zu that are there\n", living,
	       there, n);
}

static void show_frames(const struct snapshot *s, struct span frames)
{
	for (size_t i = frames.first; i < frames.first + frames.n; i++) {
		const struct frame *f = &s->frames.items[i];
		uint32_t first = s->places.items[f->place].first;

		printf("    0x%lx %s\n", f->pc.v,
		       s->locations.items[first].function);
	}
}

static void show(struct unwinder *u)
{
	struct snapshot *s = u->snapshot;
	SCOPE(symbols)
	struct symbols symbols = { .program = u->program,
				   .layout = u->layout,
				   .snapshot = s };

	unwind_threads(u);
	symbols_name_frames(&symbols);
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		printf("goroutine %ld [%s %s], thread %d, sp 0x%lx, "
		       "segment 0x%lx-0x%lx\n",
		       g->id, g->state, g->reason, g->thread, g->sp.v, g->low.v,
		       g->top.v);
		show_frames(s, g->frames);
	}
	for (size_t i = 0; i < s->threads.n; i++) {
		const struct thread_stack *t = &s->threads.items[i];

		printf("thread %d, goroutine %ld, pc 0x%lx, sp 0x%lx\n",
		       t->thread, t->goroutine,
		       u->target->threads.items[i].regs.value[DwRip],
		       u->target->threads.items[i].regs.value[DwRsp]);
		show_frames(s, t->frames);
	}
}

/* Whether all is right at one more stop. */
static bool look(struct watched *l, bool objects)
{
	struct stop s = { 0 };
	SCOPE(unwinder) struct unwinder u = { 0 };
	bool good;

	take(l, &s, objects);
	u.target = s.target;
	u.program = l->program;
	u.layout = l->layout;
	u.snapshot = s.snapshot;
	u.extent = UNWIND_ALL;
	unwind_goroutines(&u);
	for (size_t i = 0; i < s.snapshot->goroutines.n; i++)
		look_at(l, &s, &s.snapshot->goroutines.items[i]);
	account(&s);
	if (objects)
		check(s.snapshot);
	for (size_t i = 0; i < s.snapshot->objects.findings.n; i++)
		printf("%s\n", s.snapshot->objects.findings.items[i]);
	for (size_t i = 0; i < s.snapshot->notes.n; i++)
		printf("%s\n", s.snapshot->notes.items[i].text);
	good = !s.wrong && !s.snapshot->notes.n
	       && !s.snapshot->objects.findings.n;
	if (!good)
		show(&u);
	l->goroutines += s.snapshot->goroutines.n;
	snapshot_free(s.snapshot);
	target_close(s.target);
	return good;
}

/* The program, when it says that it is ready. */
static int start(const char *program)
{
	int out[2], pid;
	char byte;

	if (pipe(out) != 0)
		die(error_new("no pipe"));
	pid = fork();
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		execl(program, program, "live", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	if (pid < 0 || read(out[0], &byte, 1) != 1)
		die(error_new("'%s' is not ready", program));
	close(out[0]);
	return pid;
}

static int finish(int pid)
{
	int status;

	kill(pid, SIGUSR1);
	if (waitpid(pid, &status, 0) == pid && status == 0)
		return 0;
	printf("the program ended with status %#x\n", status);
	return 1;
}

int main(int argc, char **argv)
{
	struct watched l = { 0 };
	long n = argc == 3 ? atol(argv[1]) : 0, done = 0;
	unsigned random = time(NULL);

	if (n <= 0) {
		fputs("usage: stops N PROGRAM\n", stderr);
		return 64;
	}
	l.pid = start(argv[2]);
	begin(&l);
	while (done < n && look(&l, done % 2)) {
		struct timespec wait = { 0, rand_r(&random) % BetweenMost };

		nanosleep(&wait, NULL);
		done++;
	}
	printf("%ld of %ld stops are well: %lu goroutines, %lu frames\n", done,
	       n, l.goroutines, l.frames);
	end(&l);
	return finish(l.pid) || done < n;
}
