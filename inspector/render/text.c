/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "render/render.h"

/* N, with as many digits as WIDTH at the least, and UNIT before TO. */
static char *before(char *to, int64_t n, int width, const char *unit)
{
	to -= strlen(unit);
	memcpy(to, unit, strlen(unit));
	for (; n || width > 0; n /= 10, width--)
		*--to = '0' + n % 10;
	return to;
}

const char *render_duration(int64_t ns, char buf[DurationSize])
{
	int64_t us = ns / 1000, ms = us / 1000, s = ms / 1000;
	char *to = buf + DurationSize - 1;

	*to = '\0';
	if (ns < 0)
		return before(to, 0, 0, "-");
	if (ms == 0)
		return before(to, us, 1, "us");
	if (s == 0)
		return before(to, ms, 1, "ms");
	if (s < 60)
		return before(before(to, ms / 100 % 10, 1, "s"), s, 1, ".");
	if (s < 3600)
		return before(before(to, s % 60, 2, "s"), s / 60, 1, "m");
	return before(before(to, s / 60 % 60, 2, "m"), s / 3600, 1, "h");
}

const char *render_unsigned(uint64_t n, char buf[DigitsSize])
{
	char *to = buf + DigitsSize;

	*--to = '\0';
	do
		*--to = '0' + n % 10;
	while (n /= 10);
	return to;
}

const char *render_signed(int64_t n, char buf[DigitsSize])
{
	char *to;

	if (n >= 0)
		return render_unsigned(n, buf);
	to = (char *)render_unsigned(-(uint64_t)n, buf);
	*--to = '-';
	return to;
}

const char *render_address(addr_t at, char buf[DigitsSize])
{
	char *to = buf + DigitsSize;

	*--to = '\0';
	do
		*--to = "0123456789abcdef"[at.v % 16];
	while (at.v /= 16);
	*--to = 'x';
	*--to = '0';
	return to;
}

void render_style(FILE *out, const struct snapshot *s, enum style style)
{
	static const char *const codes[] = {
		[STYLE_END] = "\033[m",
		[STYLE_HEAD] = "\033[1m",
		[STYLE_QUIET] = "\033[2m",
		[STYLE_TROUBLE] = "\033[31m",
	};

	if (s->coloured)
		fputs_unlocked(codes[style], out);
}

/* Whether a character begins with BYTE. */
static bool begins(char byte)
{
	return (byte & 0xc0) != 0x80;
}

/* Of most texts each byte begins one: eight of them are looked at at once. */
int render_width(const char *text)
{
	size_t bytes = strlen(text), i = 0;
	uint64_t word;
	int n = 0;

	for (; i + sizeof(word) <= bytes; i += sizeof(word)) {
		memcpy(&word, text + i, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			break;
		n += sizeof(word);
	}
	for (; i < bytes; i++)
		n += begins(text[i]);
	return n;
}

size_t render_bytes(const char *text, int n)
{
	size_t i = 0;

	while (text[i] && (n > 0 || !begins(text[i])))
		n -= begins(text[i++]);
	return i;
}

void render_title(FILE *out, int64_t id, const char *name)
{
	char digits[DigitsSize];

	fputs_unlocked("goroutine ", out);
	fputs_unlocked(render_signed(id, digits), out);
	if (!*name)
		return;
	fputs_unlocked(" \"", out);
	fputs_unlocked(name, out);
	putc_unlocked('"', out);
}

void render_goroutine(FILE *out, const struct goroutine *g)
{
	render_title(out, g->id, g->name);
}

void render_fatal(FILE *out, const struct snapshot *s)
{
	const struct fatal *f = &s->fatal;

	if (!f->signal)
		return;
	fprintf(out, "signal %s", f->signal);
	if (f->addressed)
		fprintf(out, " at 0x%" PRIx64, f->address.v);
	fprintf(out, ": thread %" PRId32, f->thread);
	if (f->goroutine) {
		fputs(", ", out);
		render_title(out, f->goroutine, f->name);
	}
	fputs("\n\n", out);
}
