/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whole.c - seam, all of it, on a core and its program of which some bytes are
 * others than they were. The input says which:
 *
 *	command (1 byte), then edits of 13 bytes: place (4), how (1), value (8)
 *
 * EDITED says where: EDITED_CORE in what the core holds besides zeros, its
 * headers too, EDITED_DWARF in the program's debug information, EDITED_CFI in
 * its unwind tables. FUZZ_CORE and FUZZ_EXE in the environment are the files.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/array.h"

enum { EDITED_CORE, EDITED_DWARF, EDITED_CFI };
enum { EditBytes = 13, EditsMost = 16, Line = 64 };

int seam_main(int argc, char **argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of a file that can be edited. */
static struct copy {
	int fd;
	char path[32];
	uint8_t *bytes;
	size_t size;
} core, exe;

/* Where there may be edits, and how many bytes that are. */
static struct {
	ARRAY(struct range {
		size_t first;
		size_t n;
	});
} ranges;
static size_t editable;

static void copy_file(const char *variable, struct copy *ret)
{
	const char *path = getenv(variable);
	int from = path ? open(path, O_RDONLY) : -1;
	struct stat st;

	ret->fd = memfd_create(variable, 0);
	if (from < 0 || fstat(from, &st) != 0
	    || ftruncate(ret->fd, st.st_size) != 0) {
		fprintf(stderr, "%s names no file\n", variable);
		exit(1);
	}
	ret->size = st.st_size;
	ret->bytes = mmap(NULL, ret->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			  ret->fd, 0);
	if (read(from, ret->bytes, ret->size) != (ssize_t)ret->size)
		exit(1);
	close(from);
	snprintf(ret->path, sizeof(ret->path), "/proc/self/fd/%d", ret->fd);
}

static void add_range(size_t first, size_t n)
{
	*ARRAY_PUSH(&ranges) = (struct range){ first, n };
	editable += n;
}

static void add_lines(const struct copy *c)
{
	static const uint8_t zeros[Line];

	for (size_t at = 0; at + Line <= c->size; at += Line)
		if (memcmp(c->bytes + at, zeros, Line) != 0)
			add_range(at, Line);
}

/* The sections whose names begin with PREFIX. */
static void add_sections(const struct copy *c, const char *prefix)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)c->bytes;
	const Elf64_Shdr *s = (const Elf64_Shdr *)(c->bytes + h->e_shoff);
	const char *names = (const char *)c->bytes + s[h->e_shstrndx].sh_offset;

	for (size_t i = 0; i < h->e_shnum; i++)
		if (strncmp(names + s[i].sh_name, prefix, strlen(prefix)) == 0)
			add_range(s[i].sh_offset, s[i].sh_size);
}

static void begin(void)
{
	copy_file("FUZZ_CORE", &core);
	copy_file("FUZZ_EXE", &exe);
	if (EDITED == EDITED_CORE)
		add_lines(&core);
	else
		add_sections(&exe, EDITED == EDITED_DWARF ? ".debug_" : ".eh_");
}

/* The editable byte number NTH, counted around. */
static uint8_t *place(struct copy *c, uint64_t nth, size_t *left)
{
	size_t i = 0;

	for (nth %= editable; nth >= ranges.items[i].n; i++)
		nth -= ranges.items[i].n;
	*left = ranges.items[i].n - nth;
	return c->bytes + ranges.items[i].first + nth;
}

/* How to take an edit back. */
struct undo {
	uint8_t *at;
	uint8_t bytes[8];
	size_t n;
};

/* Bit 7 of HOW: the value is what lies at that place; the others say how many
 * bytes of it. */
static struct undo edit(struct copy *c, const uint8_t *data)
{
	struct undo u = { .n = data[4] % 8 + 1 };
	uint32_t nth;
	uint64_t value;
	size_t left;

	memcpy(&nth, data, sizeof(nth));
	memcpy(&value, data + 5, sizeof(value));
	if (data[4] & 0x80) {
		const uint8_t *from = place(c, value, &left);

		memcpy(&value, from, left < 8 ? left : 8);
	}
	u.at = place(c, nth, &left);
	if (u.n > left)
		u.n = left;
	memcpy(u.bytes, u.at, u.n);
	memcpy(u.at, &value, u.n);
	return u;
}

static const char *const commands[][2] = {
	{ "stacks", "--args" },	  { "stacks", "--locals" },
	{ "stacks", "--raw" },	  { "stacks", "--json" },
	{ "groups", "--folded" }, { "segments", "--json" },
	{ "waits", "--json" },	  { "waits", "--dot" },
	{ "check", "--json" },	  { "threads", "--json" },
	{ "channels", "--json" }, { "mutexes", "--json" },
	{ "timers", "--json" },	  { "fds", "--json" },
	{ "list", "--json" },	  { "stacks", "--threads" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { Commands = sizeof(commands) / sizeof(*commands) };
	struct copy *edited = EDITED == EDITED_CORE ? &core : &exe;
	struct undo undo[EditsMost];
	size_t n = 0;

	if (!core.bytes)
		begin();
	if (size == 0)
		return 0;
	for (size_t at = 1; at + EditBytes <= size && n < EditsMost;
	     at += EditBytes)
		undo[n++] = edit(edited, data + at);
	seam_main(5, (char *[]){ "seam", (char *)commands[*data % Commands][0],
				 (char *)commands[*data % Commands][1],
				 core.path, exe.path, NULL });
	while (n--)
		memcpy(undo[n].at, undo[n].bytes, undo[n].n);
	return 0;
}
