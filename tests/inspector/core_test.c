/* SPDX-License-Identifier: BSD-2-Clause */
/* Cores: a sound one, cut off anywhere, and with anything in its headers. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "corefile.h"
#include "target/target.h"

static char path[] = "core_test.XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* Open SIZE bytes of BYTES as a core. */
static struct error *open_bytes(const void *bytes, size_t size,
				struct target **ret)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	return target_open_core(path, NULL, NULL, ret);
}

static struct target *open_core(const struct core_file *f)
{
	struct target *t = NULL;

	assert_null(open_bytes(f, sizeof(*f), &t));
	return t;
}

/* Do what the other stages do, and do not mind what comes of it. */
static void use(struct target *t)
{
	struct range r[] = {
		{ .low = addr(LoadLow + 10), .size = LoadSize },
		{ .low = addr(0x400000), .size = 100 },
		{ .low = addr(8), .size = UINT64_MAX },
	};
	uint8_t buf[256];

	for (uint64_t at = LoadLow - 8; at < LoadLow + 3 * LoadSize; at += 8)
		target_read_some(t, addr(at), buf, sizeof(buf));
	target_read_some(t, t->entry, buf, sizeof(buf));
	target_read_some(t, t->headers, buf, sizeof(buf));
	target_copy(t, r, 3);
	for (uint32_t i = 0; i < t->files.n; i++) {
		const struct file *f;

		error_free(target_file(t, i, &f));
	}
}

static void try_bytes(const void *bytes, size_t size)
{
	struct target *t = NULL;
	struct error *e = open_bytes(bytes, size, &t);

	assert_true(!e != !t);
	error_free(e);
	if (!t)
		return;
	use(t);
	target_close(t);
}

static void reads_a_core(void **state)
{
	struct core_file f = make_core();
	struct target *t = open_core(&f);
	uint8_t buf[LoadSize + HalfSize];

	(void)state;
	assert_null(t->damage);
	assert_int_equal(t->threads.n, 1);
	assert_int_equal(t->signal.number, 0);
	assert_int_equal(target_thread(t, 7)->regs.value[DwRsp], 0x7008);
	assert_null(target_read(t, addr(LoadLow), buf, sizeof(buf)));
	assert_memory_equal(buf, f.bytes, sizeof(buf));
	assert_string_equal(t->files.items[0].path, "/nonexistent/program");
	assert_int_equal(target_mapping(t, addr(0x400fff))->file, 0);
	target_close(t);
}

static void tells_the_signal(void **state)
{
	struct core_file f = make_core();
	struct target *t;

	(void)state;
	f.notes.status.pr_cursig = 11;
	t = open_core(&f);
	assert_int_equal(t->signal.number, 11);
	assert_int_equal(t->signal.thread, 7);
	assert_false(t->signal.addressed);
	target_close(t);
	f.notes.info = (siginfo_t){ .si_signo = 11, .si_code = SEGV_MAPERR };
	f.notes.info.si_addr = (void *)(uintptr_t)0x77;
	t = open_core(&f);
	assert_true(t->signal.addressed);
	assert_int_equal(t->signal.address.v, 0x77);
	target_close(t);
	f.notes.info.si_code = SI_KERNEL;
	t = open_core(&f);
	assert_false(t->signal.addressed);
	target_close(t);
}

static void says_what_it_does_not_hold(void **state)
{
	struct core_file f = make_core();
	struct target *t = open_core(&f);
	addr_t end = addr(LoadLow + LoadSize + HalfSize);
	struct error *e;
	uint8_t byte;

	(void)state;
	e = target_read(t, end, &byte, 1);
	assert_string_equal(e->text, "0x10060 is in memory that the core does "
				     "not hold");
	error_free(e);
	e = target_read(t, addr(0x400000), &byte, 1);
	assert_string_equal(e->text, "0x400000 is in memory that the core "
				     "does not hold");
	error_free(e);
	target_close(t);
}

/* A range over two loads is put together. */
static void copies_across_loads(void **state)
{
	struct core_file f = make_core();
	struct target *t = open_core(&f);
	struct range r = { .low = addr(LoadLow + 60), .size = 8 };

	(void)state;
	target_copy(t, &r, 1);
	assert_int_equal(r.copy.size, 8);
	assert_memory_equal(r.copy.data, "\x3d\x3e\x3f\x40\x01\x02\x03\x04", 8);
	target_close(t);
}

/* Damage may ask for more than there is memory for. */
static void copies_what_is_there(void **state)
{
	struct core_file f = make_core();
	struct range r = { .low = addr(LoadLow), .size = UINT64_C(1) << 45 };
	struct target *t;

	(void)state;
	f.load[1].p_memsz = UINT64_C(1) << 46;
	t = open_core(&f);
	target_copy(t, &r, 1);
	assert_int_equal(r.copy.size, LoadSize + HalfSize);
	assert_memory_equal(r.copy.data, f.bytes, LoadSize + HalfSize);
	target_close(t);
}

/* Loads that overlap come from damage: what is wrong with one must not hide the
 * others. */
static void clips_loads(void **state)
{
	struct core_file f = make_core();
	struct target *t;
	uint8_t buf[LoadSize + HalfSize];

	(void)state;
	f.load[0].p_memsz = UINT64_C(1) << 46;
	t = open_core(&f);
	assert_string_equal(t->damage,
			    "1 of the core's pieces of memory overlap those "
			    "before them, first at 0x10040: what was before is "
			    "cut short there");
	assert_int_equal(target_mapping(t, addr(LoadLow))->end.v,
			 LoadLow + LoadSize);
	assert_null(target_read(t, addr(LoadLow), buf, sizeof(buf)));
	assert_memory_equal(buf, f.bytes, sizeof(buf));
	target_close(t);
	f.load[0].p_vaddr = f.load[1].p_vaddr;
	t = open_core(&f);
	assert_null(target_read(t, addr(LoadLow + LoadSize), buf, LoadSize));
	assert_memory_equal(buf, f.bytes, LoadSize);
	target_close(t);
}

/* Nor do files that are said to be mapped everywhere. */
static void clips_mappings(void **state)
{
	static const uint64_t places[] = { 2,
					   4096,
					   0x1000,
					   UINT64_MAX,
					   0,
					   LoadLow + LoadSize,
					   LoadLow + 2 * LoadSize,
					   0 };
	struct core_file f = make_core();
	struct target *t;
	char *notes = (char *)f.notes.files;

	(void)state;
	f.notes.files_header.n_descsz = sizeof(places) + 4;
	memcpy(notes, places, sizeof(places));
	memcpy(notes + sizeof(places), "a\0b", 4);
	t = open_core(&f);
	assert_non_null(t->damage);
	assert_non_null(strstr(t->damage, "1 of the core's pieces of memory "
					  "overlap those before them, first at "
					  "0x10040"));
	assert_int_equal(target_mapping(t, addr(0x2000))->end.v,
			 LoadLow + LoadSize);
	assert_int_equal(target_mapping(t, addr(LoadLow + LoadSize))->file, 1);
	target_close(t);
}

static void tells_that_it_is_cut_off(void **state)
{
	struct core_file f = make_core();
	struct target *t;
	char want[80];
	uint8_t byte;

	(void)state;
	assert_null(open_bytes(&f, sizeof(f) - HalfSize - 1, &t));
	snprintf(want, sizeof(want),
		 "core is cut off: %zu of %zu bytes are there",
		 sizeof(f) - HalfSize - 1, sizeof(f));
	assert_string_equal(t->damage, want);
	assert_int_equal(target_read_some(t, addr(LoadLow), &byte, 1), 1);
	assert_string_equal(target_absence(t, addr(LoadLow + LoadSize - 1)),
			    "in the part of the core that is cut off");
	target_close(t);
}

/* Somebody cuts the core off while it is mapped: words and a status. */
static void ends_when_it_is_cut(void **state)
{
	struct core_file f = make_core();
	struct target *t = open_core(&f);
	char said[200] = "";
	int ends[2], status, pid;

	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		use(t);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 2 << 8);
	assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
	assert_non_null(strstr(said, "was made shorter while it was read"));
	close(ends[0]);
	close(ends[1]);
	target_close(t);
}

static void survives_any_cut(void **state)
{
	struct core_file f = make_core();

	(void)state;
	for (size_t size = 1; size < sizeof(f); size++)
		try_bytes(&f, size);
}

/* Each byte of the headers and notes, and each word, at its extremes. */
static void survives_any_header(void **state)
{
	static const uint64_t words[] = { 0, 1, INT64_MAX, UINT64_MAX,
					  LoadLow + 4 };
	struct core_file f = make_core();
	size_t n = offsetof(struct core_file, bytes);

	(void)state;
	for (size_t i = 0; i + sizeof(*words) <= n; i += 4) {
		for (size_t k = 0; k < 5; k++) {
			struct core_file bad = f;

			memcpy((char *)&bad + i, &words[k], sizeof(*words));
			try_bytes(&bad, sizeof(bad));
		}
	}
}

static void refuses_what_is_no_core(void **state)
{
	struct core_file f = make_core();
	struct target *t = NULL;
	struct error *e;

	(void)state;
	f.header.e_type = ET_EXEC;
	e = open_bytes(&f, sizeof(f), &t);
	assert_non_null(e);
	assert_null(t);
	error_free(e);
	e = target_open_core("/nonexistent/core", NULL, NULL, &t);
	assert_non_null(e);
	error_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_core),
		cmocka_unit_test(tells_the_signal),
		cmocka_unit_test(says_what_it_does_not_hold),
		cmocka_unit_test(copies_across_loads),
		cmocka_unit_test(copies_what_is_there),
		cmocka_unit_test(clips_loads),
		cmocka_unit_test(clips_mappings),
		cmocka_unit_test(tells_that_it_is_cut_off),
		cmocka_unit_test(ends_when_it_is_cut),
		cmocka_unit_test(survives_any_cut),
		cmocka_unit_test(survives_any_header),
		cmocka_unit_test(refuses_what_is_no_core),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
