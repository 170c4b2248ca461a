/* SPDX-License-Identifier: BSD-2-Clause */
/* core.c - any bytes as a core, packed ones too: opened, and read all over. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "target/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_at(struct target *t, addr_t at)
{
	uint8_t buf[256];

	target_read_some(t, at, buf, sizeof(buf));
	target_absence(t, at);
	target_mapping(t, at);
}

/* What the other stages ask of a target. */
static void use(struct target *t)
{
	for (size_t i = 0; i < t->mappings.n; i++) {
		struct mapping m = t->mappings.items[i];
		struct range r = { .low = m.low,
				   .size = addr_span(m.low, m.end) };

		read_at(t, m.low);
		read_at(t, addr_minus(m.end, 1));
		target_copy(t, &r, 1);
	}
	read_at(t, t->entry);
	read_at(t, t->headers);
	for (uint32_t i = 0; i < t->files.n; i++) {
		const struct file *f;

		error_free(target_file(t, i, &f));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target *t = NULL;
	int fd = memfd_create("core", 0);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size) {
		error_free(target_open_core(path, NULL, NULL, &t));
		if (t) {
			use(t);
			target_close(t);
		}
	}
	close(fd);
	return 0;
}
