/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

/* What comes behind WORD, "" or one of ",=..."; NULL: it is not there. */
static const char *behind(const char *name, const char *word)
{
	const char *words = getenv(name);
	size_t n = strlen(word);
	for (const char *p = words; p && (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ',') && strchr(",=", p[n]))
			return p + n;
	return NULL;
}

bool envhas(const char *name, const char *word)
{
	return behind(name, word);
}

static int64_t number(const char *name, const char *word)
{
	const char *p = behind(name, word);
	return p && *p == '=' ? strtoll(p + 1, NULL, 10) : 0;
}

void knobsinit(void)
{
	knobs.split = envhas("SEAM_DEBUG", "split");
	knobs.poison = envhas("SEAM_DEBUG", "poison");
	knobs.look = envhas("SEAM_DEBUG", "look");
	knobs.stay = envhas("SEAM_DEBUG", "stay");
	knobs.starve = envhas("SEAM_DEBUG", "starve");
	knobs.refuse = number("SEAM_DEBUG", "refuse");
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
