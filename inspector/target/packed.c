/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "target/packed.h"
#include "util/scope.h"

/* So much is unpacked, and written, at a time. */
enum { AtOnce = 1 << 20 };

/* Where temporary files may be large, on disk and not in memory. */
#define LargeFiles "/var/tmp"

static const char *folder(void)
{
	const char *told = getenv("TMPDIR");

	return told && *told ? told : LargeFiles;
}

/* A file without a name; -1, and errno: there can be none. */
static int nameless_file(struct strings *strings)
{
	const char *pattern =
		strings_format(strings, "%s/seam-XXXXXX", folder());
	SCOPE(memory) char *path = strdup(pattern);
	int fd;

	if (!path)
		out_of_memory();
	fd = mkstemp(path);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static bool all_zero(const uint8_t *bytes, size_t n)
{
	return n == 0
	       || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

/* Append to the file; what is zero, as much of a core is, takes no room. */
static bool append(int fd, const uint8_t *bytes, size_t n)
{
	if (all_zero(bytes, n))
		return lseek(fd, n, SEEK_CUR) >= 0;
	while (n) {
		ssize_t now = write(fd, bytes, n);

		if (now < 0 && errno != EINTR)
			return false;
		bytes += now < 0 ? 0 : now;
		n -= now < 0 ? 0 : now;
	}
	return true;
}

/* One that is being unpacked. */
struct unpacking {
	const struct format *format;
	void *state;
	struct bytes packed;	   /* what is left of it */
	struct progress *progress; /* or NULL */
	int fd;
	size_t size;	 /* of what is unpacked */
	const char *why; /* it is damaged, or NULL */
};

static void unpacking_scope(struct unpacking *u)
{
	if (u->state)
		u->format->close(u->state);
	if (u->fd >= 0)
		close(u->fd);
}

/* False, and errno: the file cannot be written. */
static bool unpack_all(struct unpacking *u)
{
	SCOPE(memory) uint8_t *out = array_new(AtOnce, 1);
	size_t all = u->packed.size;
	enum format_state now = FORMAT_MORE;

	progress_stage(u->progress, "unpacking the core", all);
	for (;;) {
		size_t n = AtOnce, before = u->packed.size;

		if (now == FORMAT_END && before == 0)
			return true;
		now = u->format->unpack(u->state, &u->packed, out, &n);
		if (!append(u->fd, out, n))
			return false;
		u->size += n;
		if (now == FORMAT_BAD)
			u->why = "damaged";
		else if (now == FORMAT_MORE && n == 0 && before == 0)
			u->why = "cut off";
		if (u->why)
			return true;
		progress_done(u->progress, all - u->packed.size);
	}
}

static struct error *no_room(const struct format *f, const char *path)
{
	const char *why = strerror(errno);

	return error_new("cannot unpack core '%s' to a file in '%s': %s; name "
			 "another folder in TMPDIR, or use `%s`",
			 path, folder(), why, f->command);
}

struct error *packed_open(const struct format *f, struct bytes b,
			  const char *path, struct strings *strings,
			  struct progress *progress, int *fd, size_t *size,
			  const char **why)
{
	SCOPE(unpacking)
	struct unpacking u = {
		.format = f,
		.state = f->open(),
		.packed = b,
		.progress = progress,
		.fd = nameless_file(strings),
	};

	if (!u.state)
		out_of_memory();
	if (u.fd < 0 || !unpack_all(&u) || ftruncate(u.fd, u.size) != 0)
		return no_room(f, path);
	*size = u.size;
	*why = NULL;
	if (u.why)
		*why = strings_format(strings,
				      "core is %s behind byte %zu of what %s "
				      "packed; %zu bytes of it are there",
				      u.why, b.size - u.packed.size, f->name,
				      u.size);
	*fd = u.fd;
	u.fd = -1;
	return NULL;
}
