/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packed.h - cores that somebody compressed: zstd, gzip, lz4, xz, as the usual
 * libraries read them. What is unpacked lies in a file without a name, so that
 * it can be mapped as any other core is, and is gone when we are.
 *
 *	packed.c	the file
 *	formats.c	the libraries
 */
#ifndef TARGET_PACKED_H
#define TARGET_PACKED_H

#include <stdbool.h>

#include "target/elfimage.h"
#include "util/error.h"
#include "util/progress.h"
#include "util/strings.h"

enum format_state {
	FORMAT_MORE, /* there may be more */
	FORMAT_END,  /* all is unpacked that can end here */
	FORMAT_BAD,  /* what comes next is damaged */
};

/* How something is packed. */
struct format {
	const char *name;
	const char *command; /* that unpacks it */
	uint8_t magic[6];
	size_t magic_size;

	/* What the other functions go on with; NULL: no memory. */
	void *(*open)(void);
	/* Take from the front of PACKED, and put at most *N bytes to OUT; *N is
	 * then how many these were. */
	enum format_state (*unpack)(void *state, struct bytes *packed,
				    uint8_t *out, size_t *n);
	void (*close)(void *state);
};

/* The format that B begins in; NULL: it is not packed. */
const struct format *format_of(struct bytes b);

/*
 * Unpack B to a file: *FD, the caller's, of *SIZE bytes. If B is damaged or cut
 * off these are what came before, and *WHY, a text of STRINGS, says so;
 * otherwise that is NULL. PROGRESS, or NULL, is told how far it is. Where there
 * is no room for the file it is an error, which begins with PATH, the core's.
 */
struct error *packed_open(const struct format *f, struct bytes b,
			  const char *path, struct strings *strings,
			  struct progress *progress, int *fd, size_t *size,
			  const char **why);

#endif
