/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * indexer.c - which C headers are included most, and how deep chains of
 * #include go.
 *
 *	indexer [-s USEC] [-c DEPTH] [-d] [-a] [DIR]
 *
 *	DIR	the headers, /usr/include unless given
 *	-a	print the count of every name, not only the first ten
 *	-s USEC	rest that long in every file, so that one can look at us
 *	-c DEPTH crash in the first chain that is so deep
 *	-d	forget to close a channel: a deadlock in the end
 *
 * The main goroutine finds the headers and hands them to workers. A worker
 * counts the #include lines of its header and then descends into what they
 * name, by plain recursion with buffers on the stack. Results go to the
 * collector over a channel.
 */
#include <dirent.h>
#include <errno.h>
#include <seam.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NameMax = 256, PathMax = 1024, LineMax = 2048, ReadMax = 8192 };
enum { MaxDepth = 200, Workers = 8, Slots = 1 << 16 };

/* What a worker tells the collector. */
struct result {
	enum { INCLUDED, CHAIN } kind;
	int depth; /* CHAIN: how many headers */
	char text[PathMax];
};

/* A chain of headers, from the one that a worker was given to this one. */
struct link {
	const struct link *outer;
	const char *path;
	int depth;
};

/* What one worker has seen below its header. */
struct seen {
	char *paths[4096];
	int n;
	int deepest;
	char chain[PathMax];
};

static const char *root = "/usr/include";
static int rest_us, crash_depth;
static bool forgetful, all;
static seam_chan *paths, *results;
static int *volatile nowhere;

static void die(const char *what)
{
	fprintf(stderr, "indexer: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The NAME in `#include <NAME>` or "NAME"; false: the line is another. */
static bool parse_include(const char *line, char *name)
{
	const char *p = line + strspn(line, " \t\f\v\r");
	if (*p != '#')
		return false;
	p += 1 + strspn(p + 1, " \t\f\v\r");
	if (strncmp(p, "include", 7) != 0)
		return false;
	p += 7 + strspn(p + 7, " \t\f\v\r");
	if (*p != '<' && *p != '"')
		return false;
	size_t n = strcspn(p + 1, "<>\"\n");
	if (n == 0 || n >= NameMax || (p[n + 1] != '>' && p[n + 1] != '"'))
		return false;
	memcpy(name, p + 1, n);
	name[n] = '\0';
	return true;
}

/* The next #include of F. */
static bool next_include(FILE *f, char *name)
{
	char line[LineMax];
	bool whole = true; /* LINE begins a line of the file */
	while (fgets(line, sizeof(line), f)) {
		bool begins = whole;
		whole = strchr(line, '\n') != NULL;
		if (begins && parse_include(line, name))
			return true;
	}
	return false;
}

static bool is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Where NAME, included from FROM, lies: beside it, or below the root. */
static bool resolve(const char *from, const char *name, char *path)
{
	int dir = (int)(strrchr(from, '/') - from);
	snprintf(path, PathMax, "%.*s/%s", dir, from, name);
	if (is_file(path))
		return true;
	snprintf(path, PathMax, "%s/%s", root, name);
	return is_file(path);
}

static bool is_new(struct seen *seen, const char *path)
{
	for (int i = 0; i < seen->n; i++)
		if (strcmp(seen->paths[i], path) == 0)
			return false;
	if (seen->n < 4096)
		seen->paths[seen->n++] = strdup(path);
	return true;
}

static void print_chain(const struct link *l, char *text, size_t size)
{
	if (l->outer)
		print_chain(l->outer, text, size);
	size_t n = strlen(text);
	const char *name = l->path + strlen(root) + 1;
	snprintf(text + n, size - n, "%s%s", l->outer ? " > " : "", name);
}

static void descend(const struct link *l, struct seen *seen);

static void visit(const struct link *from, const char *name, struct seen *seen)
{
	char path[PathMax];
	struct link l = { from, path, from->depth + 1 };
	if (!resolve(from->path, name, path) || !is_new(seen, path))
		return;
	if (l.depth == crash_depth)
		*nowhere = l.depth;
	if (l.depth < MaxDepth)
		descend(&l, seen);
}

/* All that the header at the end of the chain L includes. */
static void descend(const struct link *l, struct seen *seen)
{
	char name[NameMax], buf[ReadMax];
	FILE *f = fopen(l->path, "r");
	if (!f)
		return;
	setvbuf(f, buf, _IOFBF, sizeof(buf));
	if (l->depth > seen->deepest) {
		seen->deepest = l->depth;
		seen->chain[0] = '\0';
		print_chain(l, seen->chain, sizeof(seen->chain));
	}
	if (rest_us)
		seam_sleep(rest_us * SEAM_US);
	while (next_include(f, name))
		visit(l, name, seen);
	fclose(f);
}

static void count_includes(const char *path)
{
	struct result r = { .kind = INCLUDED };
	FILE *f = fopen(path, "r");
	if (!f)
		return;
	while (next_include(f, r.text))
		seam_send(results, &r, SEAM_FOREVER);
	fclose(f);
}

static void index_header(const char *path)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	struct link l = { NULL, path, 1 };
	struct result r = { .kind = CHAIN };
	if (!seen)
		die("out of memory");
	count_includes(path);
	is_new(seen, path);
	descend(&l, seen);
	r.depth = seen->deepest;
	strcpy(r.text, seen->chain);
	seam_send(results, &r, SEAM_FOREVER);
	while (seen->n > 0)
		free(seen->paths[--seen->n]);
	free(seen);
}

static int working = Workers;

static void worker(void *arg)
{
	char name[16], path[PathMax];
	snprintf(name, sizeof(name), "worker %d", (int)(intptr_t)arg);
	seam_setname(name);
	while (seam_recv(paths, path, SEAM_FOREVER) == 0)
		index_header(path);
	if (__atomic_sub_fetch(&working, 1, __ATOMIC_SEQ_CST) == 0)
		seam_chan_close(results);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Hand every header below DIR to the workers. */
static void find_headers(const char *dir)
{
	char path[PathMax] = "";
	struct dirent *e;
	DIR *d = opendir(dir);
	if (!d)
		return;
	while ((e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			find_headers(path);
		else if (e->d_type == DT_REG && ends_with(path, ".h"))
			seam_send(paths, path, SEAM_FOREVER);
	}
	closedir(d);
}

static void finder(void *arg)
{
	(void)arg;
	seam_setname("finder");
	find_headers(root);
	if (!forgetful)
		seam_chan_close(paths);
}

/*
 * The collector
 */

static struct count {
	char *name;
	long n;
} counts[Slots];

static struct count *slot(const char *name)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	while (counts[h % Slots].name
	       && strcmp(counts[h % Slots].name, name) != 0)
		h++;
	return &counts[h % Slots];
}

static void count(const char *name)
{
	struct count *c = slot(name);
	if (!c->name)
		c->name = strdup(name);
	c->n++;
}

static int by_count(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->n ? strcmp(x->name, y->name) : 0;
}

static void report(int deepest, const char *chain)
{
	qsort(counts, Slots, sizeof(*counts), by_count);
	for (int i = 0; i < Slots && counts[i].n && (all || i < 10); i++)
		printf("%7ld %s\n", counts[i].n, counts[i].name);
	if (!all)
		printf("deepest, %d: %s\n", deepest, chain);
}

static void start(void *arg)
{
	static struct result r;
	char chain[PathMax] = "";
	int deepest = 0;
	(void)arg;
	paths = seam_chan_make(PathMax, 16);
	results = seam_chan_make(sizeof(struct result), 64);
	seam_go(finder, NULL);
	for (intptr_t i = 1; i <= Workers; i++)
		seam_go(worker, (void *)i);
	while (seam_recv(results, &r, SEAM_FOREVER) == 0) {
		if (r.kind == INCLUDED) {
			count(r.text);
		} else if (r.depth > deepest) {
			deepest = r.depth;
			strcpy(chain, r.text);
		}
	}
	report(deepest, chain);
}

int main(int argc, char **argv)
{
	int opt;
	while ((opt = getopt(argc, argv, "as:c:d")) != -1) {
		if (opt == 'a')
			all = true;
		else if (opt == 's')
			rest_us = atoi(optarg);
		else if (opt == 'c')
			crash_depth = atoi(optarg);
		else if (opt == 'd')
			forgetful = true;
		else
			return 64;
	}
	if (optind < argc)
		root = argv[optind];
	if (seam_run(start, NULL) < 0)
		die("seam_run");
	return 0;
}
