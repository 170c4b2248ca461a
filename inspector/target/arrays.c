/* SPDX-License-Identifier: BSD-2-Clause */
/* A target made of arrays, for the unit tests of the stages. */
#include <string.h>

#include "target/target.h"
#include "util/scope.h"

struct arrays {
	struct target target;
	struct {
		ARRAY(struct array {
			addr_t low;
			struct bytes bytes;
		});
	} all;
};

static struct bytes held(const struct arrays *a, addr_t at, uint64_t size)
{
	for (size_t i = 0; i < a->all.n; i++) {
		const struct array *x = &a->all.items[i];

		if (addr_within(at, x->low, addr_plus(x->low, x->bytes.size)))
			return bytes_part(x->bytes, addr_span(x->low, at),
					  size);
	}
	return (struct bytes){ NULL, 0 };
}

static size_t arrays_read(struct target *t, addr_t at, void *buf, size_t size)
{
	struct bytes b = held((struct arrays *)t, at, size);

	if (b.size)
		memcpy(buf, b.data, b.size);
	return b.size;
}

static void arrays_copy(struct target *t, struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ranges[i].copy =
			held((struct arrays *)t, ranges[i].low, ranges[i].size);
}

static const char *arrays_absence(struct target *t, addr_t at)
{
	(void)t;
	(void)at;
	return "in no array";
}

static void arrays_close(struct target *t)
{
	struct arrays *a = (struct arrays *)t;

	for (size_t i = 0; i < a->all.n; i++)
		free((void *)a->all.items[i].bytes.data);
	free(a->all.items);
	free(a);
}

static const struct target_ops arrays_ops = {
	.read = arrays_read,
	.copy = arrays_copy,
	.absence = arrays_absence,
	.close = arrays_close,
};

struct target *target_open_arrays(void)
{
	struct arrays *a = array_new(1, sizeof(*a));

	a->target.ops = &arrays_ops;
	a->target.exe = NO_FILE;
	a->target.subject = "arrays";
	return &a->target;
}

void target_arrays_add(struct target *t, addr_t low, const void *bytes,
		       size_t size)
{
	struct arrays *a = (struct arrays *)t;
	void *copy = array_new(size, 1);

	memcpy(copy, bytes, size);
	*ARRAY_PUSH(&a->all) = (struct array){ low, { copy, size } };
	*ARRAY_PUSH(&t->mappings) = (struct mapping){
		.low = low,
		.end = addr_plus(low, size),
		.file = NO_FILE,
		.writable = true,
		.pristine = addr_plus(low, size),
	};
	target_sort_mappings(t);
}

void target_arrays_thread(struct target *t, int32_t tid,
			  const struct regs *regs)
{
	*ARRAY_PUSH(&t->threads) = (struct thread){
		.tid = tid, .inner = tid, .call = -1, .regs = *regs
	};
}
