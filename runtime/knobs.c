/* SPDX-License-Identifier: BSD-2-Clause */
/* knobs.c - see knobs.h. */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

Knobs knobs;

/* A word that may be said, and where that is kept. */
typedef struct Word {
	const char *word;
	bool *said;	 /* may be NULL */
	int64_t *number; /* NULL, or it has one: refuse=3 */
} Word;

static const Word debugwords[] = {
	{ "split", &knobs.split, NULL },   { "poison", &knobs.poison, NULL },
	{ "look", &knobs.look, NULL },	   { "stay", &knobs.stay, NULL },
	{ "starve", &knobs.starve, NULL }, { "refuse", NULL, &knobs.refuse },
};

/* Looked at when the process ends, by envhas(). */
static const Word tracebackwords[] = {
	{ "crash", NULL, NULL },
	{ "continue", NULL, NULL },
};

static const struct Setting {
	const char *name;
	const Word *words;
	size_t n;
} settings[] = {
	{ "SEAM_DEBUG", debugwords, nelem(debugwords) },
	{ "SEAM_TRACEBACK", tracebackwords, nelem(tracebackwords) },
};

/* Go on from *P, N bytes (at first 0), to the next word; false: none is left.
 */
static bool nextword(const char **p, size_t *n)
{
	if (!*p)
		return false;
	*p += *n;
	*p += strspn(*p, ",");
	*n = strcspn(*p, ",");
	return *n;
}

bool envhas(const char *name, const char *word)
{
	const char *p = getenv(name);
	for (size_t n = 0; nextword(&p, &n);)
		if (n == strlen(word) && !strncmp(p, word, n))
			return true;
	return false;
}

/* The text P, up to END: a number from 1 on; 0: it is none. */
static int64_t number(const char *p, const char *end)
{
	char *behind;
	int64_t n = strtoll(p, &behind, 10);
	return behind == end && n > 0 ? n : 0;
}

/* The N bytes at P say W; whether they do. */
static bool take(const Word *w, const char *p, size_t n)
{
	size_t length = strlen(w->word);
	if (n < length || strncmp(p, w->word, length) != 0)
		return false;
	if (w->number) {
		bool has = p[length] == '=';
		*w->number = has ? number(p + length + 1, p + n) : 0;
		return *w->number;
	}
	if (n == length && w->said)
		*w->said = true;
	return n == length;
}

/* As many of the N bytes at P as a line has room for, in one line. */
typedef struct Quote {
	char text[32];
} Quote;

static Quote quote(const char *p, size_t n)
{
	Quote q = { "" };
	for (size_t i = 0; i < n && i < sizeof(q.text) - 1; i++)
		q.text[i] = p[i] < ' ' || p[i] == 0x7f ? '?' : p[i];
	return q;
}

static void notunderstood(const struct Setting *s, const char *p, size_t n)
{
	Quote q = quote(p, n);
	print("seam: %s: \"%s\" is none of", s->name, q.text);
	for (size_t i = 0; i < s->n; i++)
		print(" %s%s", s->words[i].word,
		      s->words[i].number ? "=N" : "");
	print("\n");
}

static void readsetting(const struct Setting *s)
{
	const char *p = getenv(s->name);
	for (size_t n = 0; nextword(&p, &n);) {
		size_t i = 0;
		while (i < s->n && !take(&s->words[i], p, n))
			i++;
		if (i == s->n)
			notunderstood(s, p, n);
	}
}

void knobsinit(void)
{
	knobs = (Knobs){ .split = false };
	for (size_t i = 0; i < nelem(settings); i++)
		readsetting(&settings[i]);
}

int32_t maxprocs(int32_t most)
{
	const char *s = getenv("SEAM_MAXPROCS");
	int32_t n = osncpu();
	n = n < most ? n : most;
	if (!s || !*s)
		return n;
	int64_t wanted = number(s, s + strlen(s));
	if (wanted && wanted <= most)
		return (int32_t)wanted;
	n = wanted ? most : n;
	Quote q = quote(s, strlen(s));
	print("seam: SEAM_MAXPROCS: \"%s\" is no number from 1 to %d: "
	      "taken for %d\n",
	      q.text, (int64_t)most, (int64_t)n);
	return n;
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
