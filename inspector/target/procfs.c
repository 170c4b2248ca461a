/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "target/live.h"
#include "util/scope.h"

static const char Deleted[] = " (deleted)";

static struct error *proc_error(int pid)
{
	if (errno == EACCES || errno == EPERM)
		return refused_to_read(pid, strerror(errno));
	if (errno == ENOENT || errno == ESRCH)
		return error_new("there is no process %d", pid);
	return error_new("cannot read /proc/%d: %s", pid, strerror(errno));
}

/* The last number of the line "NSpid: 4711 12 1": outermost namespace first. */
static int32_t last_number(const char *line)
{
	const char *last = strrchr(line, '\t');

	return last ? atoi(last) : 0;
}

int32_t procfs_inner(int pid, int32_t tid)
{
	static const char Label[] = "NSpid:";
	SCOPE(file) FILE *f = NULL;
	char path[64], line[1024];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, Label, sizeof(Label) - 1) == 0)
			return last_number(line);
	return tid;
}

/* What the kernel says of a thread, from its state on; false: it is gone. */
static bool read_stat(int pid, int32_t tid, char *state, uint64_t *started)
{
	SCOPE(file) FILE *f = NULL;
	char path[64], line[1024] = "";
	const char *name_end;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	f = fopen(path, "re");
	if (!f || fread(line, 1, sizeof(line) - 1, f) == 0)
		return false;
	name_end = strrchr(line, ')');
	/* proc(5): state is field 3, the time it started 22. */
	return name_end
	       && sscanf(name_end,
			 ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			 "%*s %*s %*s %*s %*s %*s %*s %" SCNu64,
			 state, started)
			  == 2;
}

bool procfs_ended(int pid, int32_t tid)
{
	uint64_t started;
	char state;

	return !read_stat(pid, tid, &state, &started) || state == 'Z'
	       || state == 'X';
}

int procfs_thread(int pid)
{
	SCOPE(dir) DIR *tasks = NULL;
	struct dirent *d;
	char path[64];

	if (!procfs_ended(pid, pid))
		return pid;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (d = readdir(tasks))) {
		int32_t tid = atoi(d->d_name);

		if (tid > 0 && !procfs_ended(pid, tid))
			return tid;
	}
	return pid;
}

static bool ends_with_deleted(const char *path)
{
	size_t n = strlen(path), d = sizeof(Deleted) - 1;

	return n > d && strcmp(path + n - d, Deleted) == 0;
}

/* The file of a line's PATH; a deleted one is still there for the kernel. */
static uint32_t file_of(struct live *l, char *path, const char *range)
{
	struct target *t = &l->target;
	bool deleted = ends_with_deleted(path);
	uint32_t index;

	if (path[0] != '/' && strcmp(path, VdsoName) != 0)
		return NO_FILE;
	if (deleted)
		path[strlen(path) - (sizeof(Deleted) - 1)] = '\0';
	index = target_add_file(t, path);
	if (deleted && !t->files.items[index].open_as)
		t->files.items[index].open_as =
			strings_format(&t->strings, "/proc/%d/map_files/%s",
				       l->through, range);
	return index;
}

/* A line of /proc/PID/maps: range, permissions, offset, device, inode, path */
static void read_line(struct live *l, char *line)
{
	struct mapping m = { .file = NO_FILE };
	char permissions[5];
	int path = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
		   &m.low.v, &m.end.v, permissions, &m.offset, &path)
	    < 4)
		return;
	m.writable = permissions[1] == 'w';
	m.executable = permissions[2] == 'x';
	if (path) {
		char *range = line;

		line[strcspn(line, " ")] = '\0';
		m.file = file_of(l, line + path, range);
		if (line[path] == '[' && m.file == NO_FILE)
			m.name = strings_add(&l->target.strings, line + path);
	}
	m.pristine = m.writable ? m.end : m.low;
	*ARRAY_PUSH(&l->target.mappings) = m;
}

struct error *procfs_read_mappings(struct live *l)
{
	SCOPE(file) FILE *f = NULL;
	SCOPE(memory) char *line = NULL;
	char path[64];
	size_t room = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", l->through);
	f = fopen(path, "re");
	if (!f)
		return proc_error(l->pid);
	l->target.mappings.n = 0;
	while (getline(&line, &room, f) > 0)
		read_line(l, line);
	if (l->target.mappings.n == 0)
		return error_new("process %d has no memory: it is ending, or "
				 "one of the kernel's own",
				 l->pid);
	target_sort_mappings(&l->target);
	return NULL;
}

struct error *procfs_read_exe(struct live *l)
{
	struct target *t = &l->target;
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", l->through);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return proc_error(l->pid);
	path[n] = '\0';
	if (ends_with_deleted(path))
		path[n - (sizeof(Deleted) - 1)] = '\0';
	t->exe = target_add_file(t, path);
	t->files.items[t->exe].open_as = strings_add(&t->strings, link);
	return NULL;
}

static void read_auxv(struct live *l)
{
	SCOPE(file) FILE *f = NULL;
	char path[64];
	Elf64_auxv_t a;

	snprintf(path, sizeof(path), "/proc/%d/auxv", l->through);
	f = fopen(path, "re");
	while (f && fread(&a, sizeof(a), 1, f) == 1)
		target_note_auxv(&l->target, &a);
}

static struct identity read_identity(struct live *l)
{
	struct identity now = { 0 };
	struct stat exe;
	char path[64], state;

	snprintf(path, sizeof(path), "/proc/%d/exe", l->through);
	if (stat(path, &exe) == 0) {
		now.device = exe.st_dev;
		now.inode = exe.st_ino;
	}
	read_stat(l->pid, l->pid, &state, &now.started);
	read_auxv(l);
	now.entry = l->target.entry;
	now.headers = l->target.headers;
	now.vdso = l->target.vdso;
	return now;
}

void procfs_identify(struct live *l)
{
	l->identity = read_identity(l);
}

struct error *procfs_check_identity(struct live *l)
{
	struct identity now = read_identity(l);

	if (memcmp(&now, &l->identity, sizeof(now)) == 0)
		return NULL;
	return error_new("process %d is not the program any more that it was a "
			 "moment ago: it has called exec, or ended and another "
			 "has its number; try again",
			 l->pid);
}
