/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * descriptions.h - where descriptions of runtimes come from: those in runtimes/
 * are linked in, and a user may bring another.
 */
#ifndef LAYOUT_DESCRIPTIONS_H
#define LAYOUT_DESCRIPTIONS_H

#include <stdlib.h>

#include "layout/names.h"

enum { DescriptionsBuiltIn = 2 };

/* Ours first. */
void descriptions_built_in(struct description ret[DescriptionsBuiltIn]);

/* Read FILE, which outlives RET. The text is the caller's to free. */
struct error *description_read(const char *file, struct description *ret);

static inline void description_scope(struct description *d)
{
	free((char *)d->text);
}

#endif
