/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "target/target.h"
#include "util/scope.h"

void target_close(struct target *t)
{
	target_free_files(t);
	free(t->threads.items);
	free(t->mappings.items);
	strings_free(&t->strings);
	t->ops->close(t);
}

struct error *target_stop(struct target *t)
{
	return t->ops->stop ? t->ops->stop(t) : NULL;
}

void target_refresh(struct target *t)
{
	if (t->ops->refresh)
		t->ops->refresh(t);
}

void target_resume(struct target *t)
{
	if (t->ops->resume)
		t->ops->resume(t);
}

static int compare_mappings(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return x->low.v < y->low.v ? -1 : x->low.v > y->low.v;
}

/* Of a byte there may be one copy by itself, and one among others. */
enum { CopiesMost = 2 };

static void tell_code(struct target *t, uint32_t index)
{
	const struct mapping *m = &t->mappings.items[index];

	if (m->file != NO_FILE && m->executable
	    && t->files.items[m->file].code == NO_MAPPING)
		t->files.items[m->file].code = index;
}

/* Of a file its beginning, and behind that its code: programs also map pieces
 * of files to read them, and cores do not always tell which mappings are code.
 */
static void tell_file(struct target *t, uint32_t index)
{
	const struct mapping *m = &t->mappings.items[index];
	struct file *f;

	if (m->file == NO_FILE)
		return;
	f = &t->files.items[m->file];
	if (m->offset == 0 && addr_null(f->start))
		f->start = m->low;
	if (!addr_null(f->start))
		tell_code(t, index);
}

void target_sort_mappings(struct target *t)
{
	if (t->mappings.n)
		qsort(t->mappings.items, t->mappings.n,
		      sizeof(*t->mappings.items), compare_mappings);
	t->mapped = 0;
	for (size_t i = 0; i < t->files.n; i++) {
		t->files.items[i].start = addr(0);
		t->files.items[i].code = NO_MAPPING;
	}
	for (uint32_t i = 0; i < t->mappings.n; i++) {
		const struct mapping *m = &t->mappings.items[i];

		t->mapped += addr_span(m->low, m->end);
		tell_file(t, i);
	}
	/* Of one whose beginning is not mapped. */
	for (uint32_t i = 0; i < t->mappings.n; i++)
		tell_code(t, i);
	t->room = t->mapped * CopiesMost;
}

bool target_fetches(const struct target *t)
{
	return t->ops->fetch;
}

void target_fetch(const struct target *t, addr_t at, size_t *last)
{
	t->ops->fetch(t, at, last);
}

void target_note_auxv(struct target *t, const Elf64_auxv_t *entry)
{
	const addr_t value = addr(entry->a_un.a_val);

	if (entry->a_type == AT_ENTRY)
		t->entry = value;
	if (entry->a_type == AT_PHDR)
		t->headers = value;
	if (entry->a_type == AT_SYSINFO_EHDR)
		t->vdso = value;
	if (entry->a_type == AT_RANDOM)
		t->random = value;
}

const struct mapping *target_mapping(const struct target *t, addr_t at)
{
	size_t low = 0, end = t->mappings.n;

	while (low < end) {
		size_t middle = low + (end - low) / 2;
		const struct mapping *m = &t->mappings.items[middle];

		if (addr_within(at, m->low, m->end))
			return m;
		if (at.v < m->low.v)
			end = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int32_t target_tid(const struct target *t, int32_t inner)
{
	for (size_t i = 0; i < t->threads.n; i++)
		if (t->threads.items[i].inner == inner)
			return t->threads.items[i].tid;
	return inner;
}

const struct thread *target_thread(const struct target *t, int32_t tid)
{
	for (size_t i = 0; i < t->threads.n; i++)
		if (t->threads.items[i].tid == tid)
			return &t->threads.items[i];
	return NULL;
}

/* What the file behind AT holds, where memory is as the file is. */
static size_t read_file(struct target *t, addr_t at, void *buf, size_t size)
{
	const struct mapping *m = target_mapping(t, at);
	SCOPE(error) struct error *e = NULL;
	const struct file *f;
	struct bytes part;

	if (!m || m->file == NO_FILE || at.v < m->pristine.v)
		return 0;
	e = target_file(t, m->file, &f);
	if (e)
		return 0;
	if (size > addr_span(at, m->end))
		size = addr_span(at, m->end);
	part = bytes_part(f->bytes, m->offset + addr_span(m->low, at), size);
	memcpy(buf, part.data, part.size);
	return part.size;
}

size_t target_read_some(struct target *t, addr_t at, void *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		char *to = (char *)buf + got;
		addr_t from = addr_plus(at, got);
		size_t n = t->ops->read(t, from, to, size - got);

		if (n == 0)
			n = read_file(t, from, to, size - got);
		if (n == 0)
			break;
		got += n;
	}
	return got;
}

size_t target_peek(struct target *t, addr_t at, void *buf, size_t size)
{
	return t->ops->peek ? t->ops->peek(t, at, buf, size)
			    : t->ops->read(t, at, buf, size);
}

struct error *target_read(struct target *t, addr_t at, void *buf, size_t size)
{
	size_t got = target_read_some(t, at, buf, size);

	if (got == size)
		return NULL;
	at = addr_plus(at, got);
	return error_new("0x%lx is %s", at.v, target_absence(t, at));
}

uint64_t target_number(struct target *t, addr_t at, size_t size)
{
	uint64_t value = 0;

	if (size > sizeof(value)
	    || target_read_some(t, at, &value, size) != size)
		return 0;
	return value;
}

const char *target_absence(struct target *t, addr_t at)
{
	if (!target_mapping(t, at))
		return "outside any mapping";
	return t->ops->absence(t, at);
}

/* Cut RANGE where its mapping, which may be M, ends; return it. */
static const struct mapping *clip(const struct target *t, struct range *r,
				  const struct mapping *m)
{
	addr_t end = addr_plus(r->low, r->size);
	const struct mapping *last;

	if (!m || !addr_within(r->low, m->low, m->end))
		m = target_mapping(t, r->low);
	last = m;
	while (last && last->end.v < end.v && target_mapping(t, last->end))
		last = target_mapping(t, last->end);
	if (!last)
		r->size = 0;
	else if (last->end.v < end.v)
		r->size = addr_span(r->low, last->end);
	return m;
}

void target_copy(struct target *t, struct range *ranges, size_t n)
{
	const struct mapping *m = NULL;

	for (size_t i = 0; i < n; i++) {
		struct range *r = &ranges[i];

		r->copy = (struct bytes){ NULL, 0 };
		m = clip(t, r, m);
		if (r->size > t->room)
			r->size = 0;
		t->room -= r->size;
	}
	t->ops->copy(t, ranges, n);
}

void target_drop_copies(struct target *t)
{
	if (t->ops->drop)
		t->ops->drop(t);
}
