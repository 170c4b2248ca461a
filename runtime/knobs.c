/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

/* What may be said there. */
static const struct Vocabulary {
	const char *name, *words;
} vocabularies[] = {
	{ "SEAM_DEBUG", "split,poison,look,stay,starve,refuse=N" },
	{ "SEAM_TRACEBACK", "crash,continue" },
};

/* What comes behind WORD, "" or one of ",=..."; NULL: it is not there. */
static const char *behind(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = words; p && (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == ',') && strchr(",=", p[n]))
			return p + n;
	return NULL;
}

bool envhas(const char *name, const char *word)
{
	return behind(getenv(name), word);
}

static int64_t number(const char *name, const char *word)
{
	const char *p = behind(getenv(name), word);
	return p && *p == '=' ? strtoll(p + 1, NULL, 10) : 0;
}

/* The N bytes at P are a word of NAME's, as far as they go. */
static void checkword(const struct Vocabulary *v, const char *p, size_t n)
{
	char word[32] = "";
	memcpy(word, p, n < sizeof(word) ? n : sizeof(word) - 1);
	if (n && !behind(v->words, word))
		print("seam: %s: \"%s\" is none of %s\n", v->name, word,
		      v->words);
}

static void checkwords(const struct Vocabulary *v)
{
	for (const char *p = getenv(v->name); p && *p;) {
		checkword(v, p, strcspn(p, ",="));
		p += strcspn(p, ",");
		p += *p == ',';
	}
}

void knobsinit(void)
{
	for (size_t i = 0; i < nelem(vocabularies); i++)
		checkwords(&vocabularies[i]);
	knobs.split = envhas("SEAM_DEBUG", "split");
	knobs.poison = envhas("SEAM_DEBUG", "poison");
	knobs.look = envhas("SEAM_DEBUG", "look");
	knobs.stay = envhas("SEAM_DEBUG", "stay");
	knobs.starve = envhas("SEAM_DEBUG", "starve");
	knobs.refuse = number("SEAM_DEBUG", "refuse");
}

int32_t maxprocs(int32_t most)
{
	const char *s = getenv("SEAM_MAXPROCS");
	char *end;
	int32_t own = osncpu() < most ? osncpu() : most;
	if (!s || !*s)
		return own;
	long n = strtol(s, &end, 10);
	if (!*end && n >= 1 && n <= most)
		return (int32_t)n;
	own = !*end && n > most ? most : own;
	print("seam: SEAM_MAXPROCS: \"%s\" is no number from 1 to %d: "
	      "taken for %d\n",
	      s, (int64_t)most, (int64_t)own);
	return own;
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
