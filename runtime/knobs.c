/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

static bool hasword(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = words; (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ',') && (!p[n] || p[n] == ','))
			return true;
	return false;
}

void knobsinit(void)
{
	const char *words = getenv("SEAM_DEBUG");
	if (!words)
		return;
	knobs.split = hasword(words, "split");
	knobs.poison = hasword(words, "poison");
	knobs.look = hasword(words, "look");
	knobs.stay = hasword(words, "stay");
}
