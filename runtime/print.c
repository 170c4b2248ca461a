/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print.c - words to standard error, for a process in trouble: no libc, no
 * allocation, a line in one write.
 */
#include "trace.h"

#include <stdarg.h>

typedef struct Line {
	char buf[512];
	uint64_t n;
} Line;

static void flush(Line *l)
{
	oswrite(l->buf, l->n);
	l->n = 0;
}

static void putch(Line *l, char c)
{
	l->buf[l->n++] = c;
	if (c == '\n' || l->n == sizeof(l->buf))
		flush(l);
}

static void putstr(Line *l, const char *s)
{
	for (s = s ? s : "(null)"; *s; s++)
		putch(l, *s);
}

static void putnum(Line *l, uint64_t n, unsigned base)
{
	char digits[24];
	int i = 0;
	do
		digits[i++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (i > 0)
		putch(l, digits[--i]);
}

static void putsigned(Line *l, int64_t n)
{
	if (n < 0)
		putch(l, '-');
	putnum(l, n < 0 ? -(uint64_t)n : (uint64_t)n, 10);
}

static void puthex(Line *l, uint64_t n)
{
	putstr(l, "0x");
	putnum(l, n, 16);
}

NOSPLIT void print(const char *fmt, ...)
{
	Line l = { .n = 0 };
	va_list ap;
	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%')
			putch(&l, *fmt);
		else if (*++fmt == 's')
			putstr(&l, va_arg(ap, const char *));
		else if (*fmt == 'd')
			putsigned(&l, va_arg(ap, int64_t));
		else if (*fmt == 'u')
			putnum(&l, va_arg(ap, uint64_t), 10);
		else
			puthex(&l, va_arg(ap, uint64_t));
	}
	va_end(ap);
	flush(&l);
}

void printgoroutine(G *gp)
{
	print("goroutine %d", gp->goid);
	if (gp->name[0])
		print(" \"%s\"", gp->name);
}

void printduration(int64_t ns)
{
	int64_t s = ns / SEAM_S;
	if (ns < SEAM_MS)
		print("%dus", ns / SEAM_US);
	else if (ns < SEAM_S)
		print("%dms", ns / SEAM_MS);
	else if (s < 60)
		print("%d.%ds", s, ns % SEAM_S / (100 * SEAM_MS));
	else if (s < 3600)
		print("%dm%d%ds", s / 60, s % 60 / 10, s % 10);
	else
		print("%dh%d%dm", s / 3600, s / 60 % 60 / 10, s / 60 % 10);
}
