/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include "target/core.h"

/* NT_PRSTATUS: one a thread. */
static void read_prstatus(struct target *t, struct bytes desc)
{
	struct elf_prstatus status;
	struct user_regs_struct user;
	struct thread *new;

	_Static_assert(sizeof(user) == sizeof(status.pr_reg),
		       "pr_reg is a user_regs_struct");
	if (!bytes_get(desc, 0, &status, sizeof(status)))
		return;
	memcpy(&user, &status.pr_reg, sizeof(user));
	new = ARRAY_PUSH(&t->threads);
	*new = (struct thread){ .tid = status.pr_pid,
				.inner = status.pr_pid,
				.call = (int64_t)user.orig_rax };
	regs_from_user(&user, &new->regs);
	/* The first thread is the one that got it. */
	if (t->threads.n == 1)
		t->signal = (struct signal){ .number = status.pr_cursig,
					     .thread = status.pr_pid };
}

/* NT_SIGINFO: more of the signal, where its kind has an address. */
static void read_siginfo(struct target *t, struct bytes desc)
{
	siginfo_t info;

	if (!bytes_get(desc, 0, &info, sizeof(info))
	    || info.si_signo != t->signal.number)
		return;
	t->signal.addressed =
		info.si_code > 0
		&& info.si_code != SI_KERNEL /* which knows of no address */
		&& (info.si_signo == SIGSEGV || info.si_signo == SIGBUS
		    || info.si_signo == SIGILL || info.si_signo == SIGFPE);
	t->signal.address = addr((uintptr_t)info.si_addr);
}

static void read_auxv(struct target *t, struct bytes desc)
{
	Elf64_auxv_t a;

	for (uint64_t at = 0; bytes_get(desc, at, &a, sizeof(a));
	     at += sizeof(a))
		target_note_auxv(t, &a);
}

/* A mapped file: NT_FILE tells where, its offset in pages, and its path. */
static void add_mapping(struct target *t, const uint64_t place[3],
			uint64_t page, const char *path)
{
	if (place[0] >= place[1])
		return;
	*ARRAY_PUSH(&t->mappings) = (struct mapping){
		.low = addr(place[0]),
		.end = addr(place[1]),
		.offset = place[2] * page,
		.file = target_add_file(t, path),
		.executable = true, /* until its load says otherwise */
		.pristine = addr(place[0]),
	};
}

/* NT_FILE: count, page size, count times (start, end, offset), the paths. */
static void read_files(struct target *t, struct bytes desc)
{
	uint64_t head[2], place[3];
	struct bytes paths;

	if (!bytes_get(desc, 0, head, sizeof(head))
	    || head[0] > desc.size / sizeof(place))
		return;
	paths = bytes_part(desc, sizeof(head) + head[0] * sizeof(place),
			   SIZE_MAX);
	for (uint64_t i = 0; i < head[0]; i++) {
		size_t length = strnlen((const char *)paths.data, paths.size);

		if (length == paths.size)
			return;
		bytes_get(desc, sizeof(head) + i * sizeof(place), place,
			  sizeof(place));
		add_mapping(t, place, head[1], (const char *)paths.data);
		paths = bytes_part(paths, length + 1, SIZE_MAX);
	}
}

void core_read_notes(struct core *c, struct bytes notes)
{
	struct elf_note n;

	while (elf_note_next(&notes, &n)) {
		if (n.type == NT_PRSTATUS)
			read_prstatus(&c->target, n.desc);
		if (n.type == NT_SIGINFO)
			read_siginfo(&c->target, n.desc);
		if (n.type == NT_AUXV)
			read_auxv(&c->target, n.desc);
		if (n.type == NT_FILE)
			read_files(&c->target, n.desc);
	}
}
