/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crawler.c - what lies below a directory, as find(1) prints it, in any order.
 *
 *	crawler [DIR]
 *
 * A goroutine for each directory. It reads its directory by seam_blocking(),
 * because the kernel may wait for a disk or a server there; a channel with a
 * few places lets so many do that at once. Then it starts one for each
 * directory in it. What is found goes over a channel to the first goroutine,
 * which prints it. A waitgroup counts the directories that are left.
 */
#include <dirent.h>
#include <errno.h>
#include <seam.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { Readers = 16, Lines = 256 };

/* Something found. Whoever prints it frees it. */
struct entry {
	struct entry *next; /* in the same directory */
	bool directory;
	char path[];
};

/* What is in a directory. */
struct listing {
	const char *path;
	struct entry *first;
	int error; /* 0, or why it is not whole */
};

static seam_chan *places; /* full: as many read as may */
static seam_chan *found;  /* of struct entry * */
static seam_waitgroup left;
static bool failed;

static void complain(const char *path, int error)
{
	fprintf(stderr, "crawler: %s: %s\n", path, strerror(error));
	__atomic_store_n(&failed, true, __ATOMIC_RELAXED);
}

/* NAME in DIR, or DIR itself where that is NULL. NULL: no memory. */
static struct entry *make_entry(const char *dir, const char *name)
{
	size_t n = strlen(dir), m = name ? strlen(name) : 0;
	bool slash = name && n && dir[n - 1] != '/';
	struct entry *e = calloc(1, sizeof(*e) + n + slash + m + 1);
	if (e)
		sprintf(e->path, "%s%s%s", dir, slash ? "/" : "",
			name ? name : "");
	return e;
}

static bool is_directory(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool add_entry(struct listing *l, const struct dirent *d)
{
	struct entry *e = make_entry(l->path, d->d_name);
	if (!e)
		return false;
	e->directory = d->d_type == DT_UNKNOWN ? is_directory(e->path)
					       : d->d_type == DT_DIR;
	e->next = l->first;
	l->first = e;
	return true;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* On a large stack, away from the goroutines. */
static void *read_directory(void *arg)
{
	struct listing *l = arg;
	struct dirent *d;
	DIR *dir = opendir(l->path);
	if (!dir) {
		l->error = errno;
		return NULL;
	}
	while (errno = 0, (d = readdir(dir)))
		if (!is_dots(d->d_name) && !add_entry(l, d))
			break;
	l->error = errno;
	closedir(dir);
	return NULL;
}

static void crawl(void *arg);

/* Its goroutine prints a directory, its finder anything else. */
static void hand_on(struct entry *e)
{
	if (!e->directory) {
		seam_send(found, &e, SEAM_FOREVER);
		return;
	}
	seam_wg_add(&left, 1);
	if (seam_go(crawl, e) < 0) {
		complain(e->path, ENOMEM);
		seam_send(found, &e, SEAM_FOREVER);
		seam_wg_done(&left);
	}
}

static void crawl(void *arg)
{
	struct entry *self = arg, *next;
	struct listing l = { .path = self->path };

	seam_send(places, NULL, SEAM_FOREVER);
	seam_blocking(read_directory, &l);
	seam_recv(places, NULL, SEAM_FOREVER);
	if (l.error)
		complain(self->path, l.error);
	for (struct entry *e = l.first; e; e = next) {
		next = e->next;
		hand_on(e);
	}
	seam_send(found, &self, SEAM_FOREVER);
	seam_wg_done(&left);
}

/* When no directory is left there is nothing to come. */
static void closer(void *arg)
{
	(void)arg;
	seam_wg_wait(&left, SEAM_FOREVER);
	seam_chan_close(found);
}

static void start(void *root)
{
	struct entry *e;
	places = seam_chan_make(0, Readers);
	found = seam_chan_make(sizeof(e), Lines);
	if (!places || !found) {
		complain("channels", ENOMEM);
		return;
	}
	hand_on(root);
	seam_go(closer, NULL);
	while (seam_recv(found, &e, SEAM_FOREVER) == 0) {
		puts(e->path);
		free(e);
	}
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : ".";
	struct stat st;
	struct entry *root = make_entry(path, NULL);

	if (argc > 2) {
		fprintf(stderr, "usage: crawler [DIR]\n");
		return 64;
	}
	if (!root || lstat(path, &st) < 0) {
		complain(path, errno);
		return 1;
	}
	root->directory = S_ISDIR(st.st_mode);
	if (seam_run(start, root) < 0) {
		complain("seam_run", errno);
		return 1;
	}
	return failed;
}
