/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

bool envhas(const char *name, const char *word)
{
	const char *words = getenv(name);
	size_t n = strlen(word);
	for (const char *p = words; p && (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ',') && (!p[n] || p[n] == ','))
			return true;
	return false;
}

void knobsinit(void)
{
	knobs.split = envhas("SEAM_DEBUG", "split");
	knobs.poison = envhas("SEAM_DEBUG", "poison");
	knobs.look = envhas("SEAM_DEBUG", "look");
	knobs.stay = envhas("SEAM_DEBUG", "stay");
}
