/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "render/render.h"

const char *render_duration(int64_t ns, char buf[DurationSize])
{
	int64_t us = ns / 1000, ms = us / 1000, s = ms / 1000;

	if (ns < 0)
		snprintf(buf, DurationSize, "-");
	else if (ms == 0)
		snprintf(buf, DurationSize, "%" PRId64 "us", us);
	else if (s == 0)
		snprintf(buf, DurationSize, "%" PRId64 "ms", ms);
	else if (s < 60)
		snprintf(buf, DurationSize, "%" PRId64 ".%" PRId64 "s", s,
			 ms / 100 % 10);
	else if (s < 3600)
		snprintf(buf, DurationSize, "%" PRId64 "m%02" PRId64 "s",
			 s / 60, s % 60);
	else
		snprintf(buf, DurationSize, "%" PRId64 "h%02" PRId64 "m",
			 s / 3600, s / 60 % 60);
	return buf;
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

static bool coloured;

void render_colour(void)
{
	coloured = true;
}

void render_style(FILE *out, enum style style)
{
	static const char *const codes[] = {
		[STYLE_END] = "\033[m",
		[STYLE_HEAD] = "\033[1m",
		[STYLE_QUIET] = "\033[2m",
		[STYLE_TROUBLE] = "\033[31m",
	};

	if (coloured)
		fputs_unlocked(codes[style], out);
}

/* Whether a character begins with BYTE. */
static bool begins(char byte)
{
	return (byte & 0xc0) != 0x80;
}

int render_width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += begins(*text);
	return n;
}

size_t render_bytes(const char *text, int n)
{
	size_t i = 0;

	while (text[i] && (n > 0 || !begins(text[i])))
		n -= begins(text[i++]);
	return i;
}

static void blanks(FILE *out, int n, int width)
{
	for (int i = n; i < width; i++)
		putc_unlocked(' ', out);
}

void render_left(FILE *out, const char *text, int width)
{
	fputs_unlocked(text, out);
	blanks(out, render_width(text), width);
}

void render_right(FILE *out, const char *text, int width)
{
	blanks(out, render_width(text), width);
	fputs_unlocked(text, out);
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
