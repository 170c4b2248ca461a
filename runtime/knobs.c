/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

/* What comes behind WORD, "" or one of ",=..."; NULL: it is not there. */
static const char *behind(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = words; (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ',') && strchr(",=", p[n]))
			return p + n;
	return NULL;
}

static int64_t number(const char *words, const char *word)
{
	const char *p = behind(words, word);
	return p && *p == '=' ? strtoll(p + 1, NULL, 10) : 0;
}

void knobsinit(void)
{
	const char *words = getenv("SEAM_DEBUG");
	if (!words)
		return;
	knobs.split = behind(words, "split");
	knobs.poison = behind(words, "poison");
	knobs.look = behind(words, "look");
	knobs.stay = behind(words, "stay");
	knobs.starve = behind(words, "starve");
	knobs.refuse = number(words, "refuse");
}

bool refused(void)
{
	static int64_t n;
	if (!knobs.refuse)
		return false;
	int64_t nth = __atomic_add_fetch(&n, 1, __ATOMIC_RELAXED);
	if (nth == knobs.refuse)
		print("seam: allocation %d is refused (SEAM_DEBUG)\n", nth);
	return nth == knobs.refuse || (knobs.starve && nth > knobs.refuse);
}
