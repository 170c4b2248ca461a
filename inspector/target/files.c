/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files behind the mappings. A file may have been replaced since: it
 * counts only if its build-id is the one in the target's memory or, without
 * build-ids, if its ELF headers are.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "target/regular.h"
#include "target/target.h"
#include "util/scope.h"
#include "util/text.h"

/* The headers and notes that a linker puts in front; and all that cores keep
 * of a file's mapping. */
enum { ImageHead = 4096 };

/* The kernel's is two pages; more comes from damage. */
enum { VdsoMost = 1 << 20 };

uint32_t target_add_file(struct target *t, const char *path)
{
	uint32_t new = t->files.n;

	path = strings_add(&t->strings, path);
	if (!map_put(&t->file_index, (uintptr_t)path, new))
		return *map_get(&t->file_index, (uintptr_t)path);
	*ARRAY_PUSH(&t->files) = (struct file){
		.path = path,
		.code = NO_MAPPING,
		.fd = -1,
	};
	return new;
}

static void drop(struct file *f)
{
	if (f->fd < 0)
		return;
	munmap((void *)f->bytes.data, f->bytes.size);
	close(f->fd);
	f->fd = -1;
	f->bytes = (struct bytes){ NULL, 0 };
}

void target_free_files(struct target *t)
{
	for (size_t i = 0; i < t->files.n; i++)
		drop(&t->files.items[i]);
	free(t->files.items);
	map_free(&t->file_index);
}

/* Take over the file that FD is open on, of SIZE bytes. */
static bool map_fd(struct file *f, int fd, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return false;
	f->bytes = (struct bytes){ data, size };
	f->fd = fd;
	return true;
}

/* Open and map PATH; NULL, or why not. */
static const char *map_file(struct file *f, const char *path)
{
	SCOPE(fd) int fd = -1;
	size_t size;
	const char *why = open_regular(path, &fd, &size);

	if (why)
		return why;
	if (!map_fd(f, fd, size))
		return strerror(errno);
	fd = -1;
	return NULL;
}

/* The vDSO is a file in memory only: make it one. */
static void map_vdso(struct target *t, struct file *f)
{
	const struct mapping *m = target_mapping(t, t->vdso);
	SCOPE(fd) int fd = memfd_create(VdsoName, MFD_CLOEXEC);
	SCOPE(memory) void *copy = NULL;
	size_t size = m ? addr_span(m->low, m->end) : 0;

	f->why = "it is not in memory";
	if (fd < 0 || size == 0 || size > VdsoMost)
		return;
	copy = array_new(size, 1);
	f->opened = f->path;
	if (t->ops->read(t, m->low, copy, size) != size
	    || write(fd, copy, size) != (ssize_t)size || !map_fd(f, fd, size))
		return;
	fd = -1;
}

/* Where the target has the start of the file; 0 if it is not mapped. */
static addr_t image_start(const struct target *t, uint32_t index)
{
	const struct file *f = &t->files.items[index];
	Elf64_Ehdr header;

	if (!addr_null(f->start))
		return f->start;
	if (index == t->exe && elf_header(f->bytes, &header))
		return addr_minus(t->headers, header.e_phoff);
	return addr(0);
}

static bool same_bytes(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static const char *hex(struct target *t, struct bytes id)
{
	char text[2 * 64 + 1] = "none";

	for (size_t i = 0; i < id.size && i < 64; i++)
		sprintf(text + 2 * i, "%02x", id.data[i]);
	return strings_add(&t->strings, text);
}

static const char *compare_ids(struct target *t, struct bytes memory,
			       struct bytes file)
{
	if (same_bytes(memory, file))
		return NULL;
	return strings_format(&t->strings,
			      "its build-id is %s, the one in memory was %s",
			      hex(t, file), hex(t, memory));
}

/* Without build-ids: the ELF header and the program headers. */
static const char *compare_headers(struct bytes memory, struct bytes file)
{
	Elf64_Ehdr h;
	uint64_t size;

	if (!elf_header(memory, &h))
		return "it is not what was mapped";
	size = h.e_phoff + (uint64_t)h.e_phnum * h.e_phentsize;
	if (size > memory.size)
		size = sizeof(h);
	if (!same_bytes(bytes_part(memory, 0, size), bytes_part(file, 0, size)))
		return "its ELF headers are not those in memory";
	return NULL;
}

static const char *not_ours(struct target *t, struct bytes file)
{
	const char *other = elf_other(file);

	return other ? strings_format(&t->strings, "it is for %s", other)
		     : "it is no ELF file";
}

/* Why the mapped file is not the target's; NULL if it is, or if the target
 * does not hold what would tell. */
static const char *mismatch(struct target *t, uint32_t index)
{
	struct bytes file = t->files.items[index].bytes;
	uint8_t head[ImageHead];
	struct bytes memory = { head, 0 };
	struct bytes file_id, memory_id;
	Elf64_Ehdr header;

	if (!elf_header(file, &header))
		return index == t->exe ? not_ours(t, file) : NULL;
	if (elf_size(file, &header) > file.size)
		return strings_format(&t->strings,
				      "it is cut off: %zu of %lu bytes are "
				      "there",
				      file.size, elf_size(file, &header));
	memory.size = t->ops->read(t, image_start(t, index), head, ImageHead);
	if (memory.size < sizeof(header))
		return NULL;
	file_id = elf_build_id(file);
	memory_id = elf_build_id(memory);
	if (file_id.size && memory_id.size)
		return compare_ids(t, memory_id, file_id);
	return compare_headers(memory, file);
}

/* Take PATH for the file if it can be read and is the right one. */
static bool try_path(struct target *t, uint32_t index, const char *path)
{
	struct file *f = &t->files.items[index];
	const char *why = map_file(f, path);

	if (why) {
		if (!f->why)
			f->why = strings_add(&t->strings, why);
		return false;
	}
	f->why = mismatch(t, index);
	f->opened = strings_add(&t->strings, path);
	if (!f->why)
		return true;
	drop(f);
	return false;
}

static void find(struct target *t, uint32_t index)
{
	struct file *f = &t->files.items[index];

	f->tried = true;
	if (strcmp(f->path, VdsoName) == 0) {
		map_vdso(t, f);
		return;
	}
	if (f->open_as) {
		try_path(t, index, f->open_as);
		return;
	}
	if (t->root
	    && try_path(t, index,
			strings_format(&t->strings, "%s%s", t->root, f->path)))
		return;
	try_path(t, index, f->path);
}

static struct error *unusable(struct target *t, uint32_t index)
{
	const struct file *f = &t->files.items[index];

	if (index != t->exe)
		return error_new("cannot use '%s': %s", f->path, f->why);
	return error_new("cannot use '%s' as the program of %s: %s%s",
			 f->open_as ? f->open_as : f->path, t->subject, f->why,
			 f->open_as ? ""
				    : "; if it was moved, name it: CORE EXE");
}

struct error *target_file(struct target *t, uint32_t index,
			  const struct file **ret)
{
	struct file *f = &t->files.items[index];

	if (!f->tried)
		find(t, index);
	if (f->fd < 0)
		return unusable(t, index);
	*ret = f;
	return NULL;
}

/* Whether a file is the dynamic linker, which a program may be an argument of,
 * by its name: ld-linux-x86-64.so.2, ld-2.31.so, ld.so. */
static bool is_linker(const struct file *f)
{
	const char *name = text_base_name(f->path);

	return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.", 3) == 0;
}

/* The file that EXE is a copy of: the executable or, where that is the dynamic
 * linker, its argument, if it has the same name. */
static struct file *named(struct target *t, const char *exe)
{
	struct file *f = &t->files.items[t->exe];

	for (size_t i = 0; is_linker(f) && i < t->files.n; i++)
		if (strcmp(text_base_name(t->files.items[i].path),
			   text_base_name(exe))
		    == 0)
			return &t->files.items[i];
	return f;
}

void target_choose_exe(struct target *t, const char *exe)
{
	const struct mapping *m = target_mapping(t, t->headers);

	if (!m || m->file == NO_FILE)
		m = target_mapping(t, t->entry);
	if (m && m->file != NO_FILE)
		t->exe = m->file;
	else if (exe)
		t->exe = target_add_file(t, exe);
	if (t->exe != NO_FILE && exe)
		named(t, exe)->open_as = strings_add(&t->strings, exe);
}
