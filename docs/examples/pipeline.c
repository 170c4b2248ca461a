/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pipeline.c - lines through three stages, each a few goroutines.
 *
 *	pipeline [-t MSEC] <TEXT
 *
 *	-t MSEC	give up when no result has come for so long
 *
 *	reader --lines--> counters (4) --words, letters--> collector
 *
 * The reader hands out the lines of standard input. Each counter splits its
 * lines and reports over two channels: a word for each word, and how many
 * letters the line had. The collector selects between the two. The counters
 * are a waitgroup; when the last is done both channels are closed.
 */
#include <ctype.h>
#include <errno.h>
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LineMax = 1024, WordMax = 32, Counters = 4 };

static seam_chan *lines, *words, *letters;
static seam_waitgroup counting;
static int64_t patience = SEAM_FOREVER;

static void die(const char *what)
{
	fprintf(stderr, "pipeline: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void reader(void *arg)
{
	char line[LineMax];
	(void)arg;
	seam_setname("reader");
	while (fgets(line, sizeof(line), stdin))
		seam_send(lines, line, SEAM_FOREVER);
	seam_chan_close(lines);
}

/* Report the word at P; return where it ends. */
static const char *count_word(const char *p)
{
	char word[WordMax] = "";
	size_t n = 0;
	for (; isalpha((unsigned char)*p); p++)
		if (n < sizeof(word) - 1)
			word[n++] = (char)tolower((unsigned char)*p);
	seam_send(words, word, SEAM_FOREVER);
	return p;
}

static void count_line(const char *line)
{
	long n = 0;
	for (const char *p = line; *p;) {
		if (!isalpha((unsigned char)*p)) {
			p++;
			continue;
		}
		const char *end = count_word(p);
		n += end - p;
		p = end;
	}
	seam_send(letters, &n, SEAM_FOREVER);
}

static void counter(void *arg)
{
	char line[LineMax];
	(void)arg;
	seam_setname("counter");
	while (seam_recv(lines, line, SEAM_FOREVER) == 0)
		count_line(line);
	seam_wg_done(&counting);
}

/* When all counters are done there are no results any more. */
static void closer(void *arg)
{
	(void)arg;
	seam_setname("closer");
	seam_wg_wait(&counting, SEAM_FOREVER);
	seam_chan_close(words);
	seam_chan_close(letters);
}

static int64_t deadline(void)
{
	return patience == SEAM_FOREVER ? patience : seam_now() + patience;
}

static void note_word(const char *word, char *longest)
{
	size_t now = strlen(word), most = strlen(longest);
	if (now > most || (now == most && strcmp(word, longest) < 0))
		strcpy(longest, word);
}

static void collect(void)
{
	char word[WordMax], longest[WordMax] = "";
	long n, nwords = 0, nletters = 0, nlines = 0;
	seam_clause results[] = {
		{ SEAM_RECV, words, word },
		{ SEAM_RECV, letters, &n },
	};
	while (results[0].chan || results[1].chan) {
		int i = seam_select(results, 2, deadline());
		if (i < 0)
			die("no result");
		if (errno == EPIPE) {
			results[i].chan = NULL; /* never ready again */
		} else if (i == 0) {
			nwords++;
			note_word(word, longest);
		} else {
			nlines++;
			nletters += n;
		}
	}
	printf("%ld lines, %ld words, %ld letters, longest: %s\n", nlines,
	       nwords, nletters, longest);
}

static void start(void *arg)
{
	(void)arg;
	lines = seam_chan_make(LineMax, 8);
	words = seam_chan_make(WordMax, 64);
	letters = seam_chan_make(sizeof(long), 8);
	if (!lines || !words || !letters)
		die("no channel");
	seam_wg_add(&counting, Counters);
	for (int i = 0; i < Counters; i++)
		seam_go(counter, NULL);
	seam_go(closer, NULL);
	seam_go(reader, NULL);
	collect();
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "-t") == 0)
		patience = atol(argv[2]) * SEAM_MS;
	else if (argc > 1)
		return 64;
	if (seam_run(start, NULL) < 0)
		die("seam_run");
	return 0;
}
