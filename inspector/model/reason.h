/* SPDX-License-Identifier: BSD-2-Clause */
/* reason.h - what somebody waits for, in the runtime's words. */
#ifndef MODEL_REASON_H
#define MODEL_REASON_H

#include "model/model.h"
#include "target/target.h"

/* Longer ones are cut off. */
enum { ReasonMost = 128 };

/* The text at AT, of N bytes or up to its first NUL; NULL: none of it can be
 * read. */
const char *reason_read(struct target *t, struct snapshot *s, addr_t at,
			uint64_t n);

#endif
