/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sieve.c - the first primes, by a chain of goroutines.
 *
 *	sieve [N]
 *
 * A generator sends 2, 3, 4, ... into the chain. Each prime has a filter, which
 * lets pass what its prime does not divide; what passes all filters is the
 * next prime. When main has N of them it cancels the generator and closes the
 * chain from there on.
 */
#include <errno.h>
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filter {
	long prime;
	seam_chan *in, *out;
};

static void die(const char *what)
{
	fprintf(stderr, "sieve: %s: %s\n", what, strerror(errno));
	exit(1);
}

static seam_chan *channel(void)
{
	seam_chan *c = seam_chan_make(sizeof(long), 0);
	if (!c)
		die("no channel");
	return c;
}

static int64_t go(void (*fn)(void *), void *arg)
{
	int64_t id = seam_go(fn, arg);
	if (id < 0)
		die("no goroutine");
	return id;
}

static void generate(void *arg)
{
	seam_chan *out = arg;
	seam_setname("generator");
	for (long n = 2; seam_send(out, &n, SEAM_FOREVER) == 0; n++)
		;
	seam_chan_close(out);
}

/* Ends when nothing comes in any more, or nobody wants what comes out. */
static void filter(void *arg)
{
	struct filter f = *(struct filter *)arg;
	char name[16];
	long n;
	free(arg);
	snprintf(name, sizeof(name), "filter %ld", f.prime);
	seam_setname(name);
	while (seam_recv(f.in, &n, SEAM_FOREVER) == 0)
		if (n % f.prime != 0)
			seam_send(f.out, &n, SEAM_FOREVER);
	seam_chan_close(f.out);
	seam_chan_free(f.in);
}

/* What IN brings and PRIME does not divide. */
static seam_chan *filtered(long prime, seam_chan *in)
{
	struct filter *f = malloc(sizeof(*f));
	if (!f)
		die("no filter");
	*f = (struct filter){ prime, in, channel() };
	seam_chan *out = f->out;
	go(filter, f);
	return out;
}

static void start(void *arg)
{
	long prime, wanted = *(long *)arg;
	seam_chan *c = channel();
	int64_t generator = go(generate, c);
	for (long i = 0; i < wanted; i++) {
		seam_recv(c, &prime, SEAM_FOREVER);
		printf("%ld\n", prime);
		c = filtered(prime, c);
	}
	seam_cancel(generator);
	while (seam_recv(c, &prime, SEAM_FOREVER) == 0)
		; /* what was on its way; the end of each filter follows it */
	seam_chan_free(c);
}

int main(int argc, char **argv)
{
	long wanted = argc > 1 ? atol(argv[1]) : 20;
	if (seam_run(start, &wanted) < 0)
		die("seam_run");
	return 0;
}
