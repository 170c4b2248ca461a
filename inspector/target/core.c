/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core file. Its memory is a list of loads; what a load does not hold is,
 * for mapped files, in the file (target.c looks there), and otherwise gone.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "target/core.h"
#include "target/packed.h"
#include "target/regular.h"
#include "util/scope.h"
#include "util/workers.h"

enum { GatherFirst = 64 << 10 };

static bool load_has(const struct core *c, size_t i, addr_t at)
{
	const struct load *l = &c->loads.items[i];

	return addr_within(at, l->low, l->end);
}

/* What is read next is often near: LAST is where. */
static const struct load *load_near(const struct core *c, addr_t at,
				    size_t *last)
{
	size_t low = 0, end = c->loads.n;

	if (*last < end && load_has(c, *last, at))
		return &c->loads.items[*last];
	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (load_has(c, middle, at)) {
			*last = middle;
			return &c->loads.items[middle];
		}
		if (at.v < c->loads.items[middle].low.v)
			end = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const struct load *load_at(struct core *c, addr_t at)
{
	return load_near(c, at, &c->last);
}

/* What the core holds from AT on, up to SIZE bytes or the load's end. */
static struct bytes dumped(struct core *c, addr_t at, uint64_t size)
{
	const struct load *l = load_at(c, at);

	if (!l || at.v >= l->dumped.v)
		return (struct bytes){ NULL, 0 };
	if (size > addr_span(at, l->dumped))
		size = addr_span(at, l->dumped);
	return bytes_part(c->file, l->offset + addr_span(l->low, at), size);
}

static size_t core_read(struct target *t, addr_t at, void *buf, size_t size)
{
	struct bytes b = dumped((struct core *)t, at, size);

	if (b.size)
		memcpy(buf, b.data, b.size);
	return b.size;
}

/* Bytes that no single load holds. As damage may ask for any number of them,
 * there is never more room than twice what was there. */
static struct bytes gather(struct core *c, const struct range *r)
{
	size_t got = 0, room = 0, n, wanted;
	uint8_t *copy = NULL;

	do {
		wanted = got > GatherFirst ? got : GatherFirst;
		if (wanted > r->size - got)
			wanted = r->size - got;
		copy = array_reserve(copy, &room, got + wanted, 1);
		n = target_read_some(&c->target, addr_plus(r->low, got),
				     copy + got, wanted);
		got += n;
	} while (n && n == wanted);
	*ARRAY_PUSH(&c->copies) = copy;
	return (struct bytes){ copy, got };
}

static void core_copy(struct target *t, struct range *ranges, size_t n)
{
	struct core *c = (struct core *)t;

	for (size_t i = 0; i < n; i++) {
		ranges[i].copy = dumped(c, ranges[i].low, ranges[i].size);
		if (ranges[i].copy.size < ranges[i].size)
			ranges[i].copy = gather(c, &ranges[i]);
	}
}

/* The kernel maps a page of a file when it is first read. */
static void core_fetch(const struct target *t, addr_t at, size_t *last)
{
	const struct core *c = (const struct core *)t;
	const struct load *l = load_near(c, at, last);
	struct bytes b = { NULL, 0 };

	if (l && at.v < l->dumped.v)
		b = bytes_part(c->file, l->offset + addr_span(l->low, at), 1);
	if (b.size)
		(void)*(const volatile uint8_t *)b.data;
}

static const char *core_absence(struct target *t, addr_t at)
{
	const struct load *l = load_at((struct core *)t, at);

	if (l && at.v < l->dumped.v)
		return "in the part of the core that is cut off";
	return "in memory that the core does not hold";
}

/* A large file is forgotten piece by piece, by several threads: the kernel has
 * something to do for each page that was read. */
enum { PieceBytes = 32 << 20 };

struct forgetting {
	struct bytes file;
	atomic_size_t next;
};

static void forget(void *forgetting, bool first)
{
	struct forgetting *f = forgetting;
	struct bytes piece;
	size_t at;

	(void)first;
	while ((at = atomic_fetch_add(&f->next, PieceBytes)) < f->file.size) {
		piece = bytes_part(f->file, at, PieceBytes);
		madvise((void *)piece.data, piece.size, MADV_DONTNEED);
	}
}

static void unmap(struct bytes b)
{
	struct forgetting f = { .file = b };

	if (b.size / PieceBytes > 1)
		workers_run(workers_number(), forget, &f);
	if (b.size)
		munmap((void *)b.data, b.size);
}

static void core_close(struct target *t)
{
	struct core *c = (struct core *)t;

	for (size_t i = 0; i < c->copies.n; i++)
		free(c->copies.items[i]);
	free(c->copies.items);
	free(c->loads.items);
	unmap(c->file);
	free(c);
}

static const struct target_ops core_ops = {
	.read = core_read,
	.copy = core_copy,
	.fetch = core_fetch,
	.absence = core_absence,
	.close = core_close,
};

static struct error *map_fd(const char *path, int fd, size_t size,
			    struct bytes *ret)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return error_new("cannot map core '%s': %s", path,
				 strerror(errno));
	*ret = (struct bytes){ data, size };
	return NULL;
}

/* In place of the packed bytes, what is in them. */
static struct error *unpack(struct core *c, const struct format *f,
			    const char *path)
{
	SCOPE(fd) int fd = -1;
	struct bytes packed = c->file;
	size_t size;
	struct error *e =
		packed_open(f, packed, path, &c->target.strings,
			    c->target.progress, &fd, &size, &c->unpacked);

	if (e)
		return e;
	unmap(packed);
	c->file = (struct bytes){ NULL, 0 };
	return size ? map_fd(path, fd, size, &c->file) : NULL;
}

static struct error *map_core(struct core *c, const char *path)
{
	SCOPE(fd) int fd = -1;
	size_t size;
	const char *why = open_regular(path, &fd, &size);
	const struct format *packed;
	struct error *e;

	if (why)
		return error_new("cannot use core '%s': %s", path, why);
	e = map_fd(path, fd, size, &c->file);
	packed = e ? NULL : format_of(c->file);
	return packed ? unpack(c, packed, path) : e;
}

static void add_load(struct core *c, const Elf64_Phdr *p)
{
	uint64_t filesz = p->p_filesz < p->p_memsz ? p->p_filesz : p->p_memsz;

	if (p->p_memsz == 0 || p->p_memsz > UINT64_MAX - p->p_vaddr
	    || p->p_offset > UINT64_MAX - filesz)
		return;
	*ARRAY_PUSH(&c->loads) = (struct load){
		.low = addr(p->p_vaddr),
		.end = addr(p->p_vaddr + p->p_memsz),
		.dumped = addr(p->p_vaddr + filesz),
		.offset = p->p_offset,
		.writable = p->p_flags & PF_W,
		.executable = p->p_flags & PF_X,
	};
}

/* That A begins lower than B, or holds more from there on. */
static int compare_loads(const void *a, const void *b)
{
	const struct load *x = a, *y = b;

	if (x->low.v != y->low.v)
		return x->low.v < y->low.v ? -1 : 1;
	return x->dumped.v > y->dumped.v ? -1 : x->dumped.v < y->dumped.v;
}

/* Let a load end where the next one begins. */
static void clip(struct load *l, addr_t end)
{
	l->end = end;
	if (l->dumped.v > end.v)
		l->dumped = end;
}

/* Whether what ends at END reaches into what is next, at LOW; count it. */
static bool overlaps(struct core *c, addr_t end, addr_t low)
{
	if (end.v <= low.v)
		return false;
	if (c->overlapping++ == 0)
		c->overlap = low;
	return true;
}

/* Sort the loads, and clip those that overlap the next; of some that begin
 * together the one that holds most is left. */
static void order_loads(struct core *c)
{
	struct load *l = c->loads.items;
	size_t n = 0;

	if (c->loads.n == 0)
		return;
	qsort(l, c->loads.n, sizeof(*l), compare_loads);
	for (size_t i = 0; i < c->loads.n; i++) {
		bool clipped = n > 0 && overlaps(c, l[n - 1].end, l[i].low);

		if (clipped && addr_eq(l[n - 1].low, l[i].low))
			continue;
		if (clipped)
			clip(&l[n - 1], l[i].low);
		l[n++] = l[i];
	}
	c->loads.n = n;
}

/* The same of the mappings of files; of some that begin together the shortest
 * is left. */
static void order_mappings(struct core *c)
{
	struct target *t = &c->target;
	struct mapping *m;
	size_t n = 0;

	target_sort_mappings(t);
	m = t->mappings.items;
	for (size_t i = 0; i < t->mappings.n; i++) {
		bool clipped = n > 0 && overlaps(c, m[n - 1].end, m[i].low);

		if (!clipped || !addr_eq(m[n - 1].low, m[i].low)) {
			if (clipped)
				m[n - 1].end = m[i].low;
			m[n++] = m[i];
		} else if (m[i].end.v < m[n - 1].end.v) {
			m[n - 1] = m[i];
		}
	}
	t->mappings.n = n;
}

/* Where the core should end. */
static uint64_t whole_size(const struct core *c)
{
	uint64_t size = 0;

	for (size_t i = 0; i < c->loads.n; i++) {
		const struct load *l = &c->loads.items[i];
		uint64_t end = l->offset + addr_span(l->low, l->dumped);

		if (end > size)
			size = end;
	}
	return size;
}

/* What is missing at the end, or NULL; WHOLE tells whether all headers are
 * there. */
static const char *find_cut(struct core *c, bool whole)
{
	struct strings *strings = &c->target.strings;

	if (c->unpacked)
		return c->unpacked;
	if (!whole)
		return strings_format(strings,
				      "core is cut off in its headers: only "
				      "%zu bytes are there",
				      c->file.size);
	if (whole_size(c) <= c->file.size)
		return NULL;
	return strings_format(strings,
			      "core is cut off: %zu of %lu bytes are there",
			      c->file.size, whole_size(c));
}

static void note_damage(struct core *c, bool whole)
{
	struct target *t = &c->target;
	const char *cut = find_cut(c, whole);

	t->damage = cut;
	if (c->overlapping)
		t->damage = strings_format(
			&t->strings,
			"%s%s%zu of the core's pieces of memory overlap those "
			"before them, first at 0x%lx: what was before is cut "
			"short there",
			cut ? cut : "", cut ? "; " : "", c->overlapping,
			c->overlap.v);
}

static struct error *not_ours(const struct core *c, const char *path)
{
	const char *other = elf_other(c->file);

	if (other)
		return error_new("'%s' is of a program for %s; seam reads "
				 "x86-64's",
				 path, other);
	return error_new("'%s' is no core of an x86-64 program%s%s", path,
			 c->unpacked ? ": " : "",
			 c->unpacked ? c->unpacked : "");
}

static struct error *read_headers(struct core *c, const char *path)
{
	Elf64_Ehdr header;
	Elf64_Phdr p;
	uint64_t n, i;

	if (!elf_header(c->file, &header))
		return not_ours(c, path);
	if (header.e_type != ET_CORE)
		return error_new("'%s' is no core but a program or a library; "
				 "its core comes first: CORE EXE",
				 path);
	n = elf_phnum(c->file, &header);
	for (i = 0; i < n && elf_phdr(c->file, &header, i, &p); i++) {
		if (p.p_type == PT_LOAD)
			add_load(c, &p);
		if (p.p_type == PT_NOTE)
			core_read_notes(
				c, bytes_part(c->file, p.p_offset, p.p_filesz));
	}
	order_loads(c);
	order_mappings(c);
	note_damage(c, n > 0 && i == n);
	return NULL;
}

/* The mapping of a load that is of no file, or of the vDSO's. */
static struct mapping nameless(struct target *t, const struct load *l)
{
	bool vdso = addr_eq(l->low, t->vdso);

	return (struct mapping){
		.low = l->low,
		.end = l->end,
		.file = vdso ? target_add_file(t, VdsoName) : NO_FILE,
		.name = addr_within(t->random, l->low, l->end) ? "[stack]"
							       : NULL,
		.writable = l->writable,
		.executable = l->executable,
		.pristine = l->end,
	};
}

/* What the mapping of a file, told by NT_FILE, has of its load. */
static void refine(struct mapping *m, const struct load *l)
{
	m->writable = l->writable;
	m->executable = l->executable;
	m->pristine = l->writable ? l->dumped : l->low;
}

/* Loads are mappings; NT_FILE, read before, says which are of files. */
static void join_mappings(struct core *c)
{
	struct target *t = &c->target;
	struct {
		ARRAY(struct mapping);
	} others = { 0 };

	for (size_t i = 0; i < c->loads.n; i++) {
		const struct load *l = &c->loads.items[i];
		const struct mapping *m = target_mapping(t, l->low);

		if (m)
			refine((struct mapping *)m, l);
		else
			*ARRAY_PUSH(&others) = nameless(t, l);
	}
	for (size_t i = 0; i < others.n; i++)
		*ARRAY_PUSH(&t->mappings) = others.items[i];
	free(others.items);
	target_sort_mappings(t);
}

struct error *target_open_core(const char *path, const char *exe,
			       struct progress *progress, struct target **ret)
{
	struct core *c = array_new(1, sizeof(*c));
	SCOPE(target) struct target *t = &c->target;
	struct error *e;

	t->ops = &core_ops;
	t->exe = NO_FILE;
	t->progress = progress;
	t->subject = strings_format(&t->strings, "core '%s'", path);
	e = map_core(c, path);
	if (!e)
		e = read_headers(c, path);
	if (e)
		return e;
	join_mappings(c);
	target_choose_exe(t, exe);
	*ret = RELEASE(t);
	return NULL;
}
