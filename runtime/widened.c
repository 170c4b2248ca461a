/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * widened.c - checks that the linker has widened, made cheap.
 *
 * A function of a small frame begins with `cmp %fs:TCB_GUARD, %rsp` and a
 * jump to its stub.
 * Where it calls code without checks, gold and lld make that comparison a
 * `stc` and a nop (gold, Target_x86_64::do_calls_non_split; LLVM,
 * X86_64::adjustPrologueForCrossSplitStack), so that every call goes through
 * the stub to __morestack_non_split, which looks for NonSplitRoom; and its
 * jump into the body puts the processor's stack of return addresses out of
 * step for all who called. libc's callers are many.
 *
 * A comparison has as many bytes as those two. So before main begins, each of
 * them becomes `cmp %fs:roomguard, %rsp`, where roomguard is RoomGuard above
 * the guard. Where the kernel does not let code be written, and in other
 * files, all is as the linker left it.
 *
 * Who knows how checks look can also say whether a function has one.
 */
#include "runtime.h"
#include "trace.h"

#include <string.h>

/* What sp is compared with; set with the guard, by setguard. */
__thread uintptr_t roomguard __attribute__((tls_model("initial-exec")));

void __morestack_non_split(void);

static const uint8_t widened[] = { 0xf9, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0 };
static const uint8_t comparison[] = { 0x64, 0x48, 0x3b, 0x24, 0x25 };

static int32_t offsetat(const uint8_t *p)
{
	int32_t n;
	memcpy(&n, p, sizeof(n));
	return n;
}

/*
 * Where one goes from the jump at P without room: the stub. Compilers say jb
 * or jbe to it, or jae or ja over it. NULL: another instruction.
 */
static const uint8_t *stubof(const uint8_t *p)
{
	enum { Jb = 0x72, Jae = 0x73, Jbe = 0x76, Ja = 0x77, Near = 0x10 };
	bool isnear = p[0] == 0x0f;
	int op = isnear ? p[1] - Near : p[0];
	const uint8_t *next = p + (isnear ? 6 : 2);
	if (op == Jae || op == Ja)
		return next;
	if (op != Jb && op != Jbe)
		return NULL;
	return next + (isnear ? offsetat(p + 2) : (int8_t)p[1]);
}

/* Whether P is a stub's code: two numbers, then the call. */
static bool callsus(const uint8_t *p)
{
	enum { MaxNumbers = 2 * 10 };
	for (int i = 0; i <= MaxNumbers; i++)
		if (p[i] == 0xe8
		    && p + i + 5 + offsetat(p + i + 1)
			       == (const uint8_t *)__morestack_non_split)
			return true;
	return false;
}

/* The next of them from P on, NULL: none. Not memmem, to which a sanitizer
 * would say that data among the code must not be read. */
static uint8_t *next(uint8_t *p, const uint8_t *end)
{
	for (; end - p >= (ptrdiff_t)sizeof(widened); p++)
		if (*p == widened[0]
		    && __builtin_memcmp(p + 1, widened + 1, 8) == 0)
			return p;
	return NULL;
}

/* The comparisons within the N bytes of code at P. */
static void narrow(uint8_t *p, uint64_t n)
{
	enum { MaxStub = 6 + 2 * 10 + 5 };
	int32_t place = (int32_t)roomguardplace();
	uint8_t *end = p + n;
	for (; (p = next(p, end)); p += sizeof(widened)) {
		const uint8_t *jump = p + sizeof(widened);
		if (end - jump < MaxStub)
			return;
		const uint8_t *stub = stubof(jump);
		if (!stub || stub < jump || end - stub < MaxStub
		    || !callsus(stub))
			continue;
		memcpy(p, comparison, sizeof(comparison));
		memcpy(p + sizeof(comparison), &place, sizeof(place));
	}
}

/* Whether P is `cmp %fs:..., REGISTER` with the guard, or one widened. */
static bool ischeck(const uint8_t *p)
{
	enum { Fs = 0x64, Cmp = 0x3b, Absolute = 0x25 };
	if (memcmp(p, widened, sizeof(widened)) == 0)
		return true;
	int32_t n = offsetat(p + 5);
	return p[0] == Fs && p[2] == Cmp && p[4] == Absolute
	       && (n == TCB_GUARD || n == (int32_t)roomguardplace());
}

/* As a PLT has it: jmp *FUNCTION(%rip). */
static bool isjump(const uint8_t *p)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	if (memcmp(p, endbr64, sizeof(endbr64)) == 0)
		p += sizeof(endbr64);
	p += *p == 0xf2; /* bnd */
	return p[0] == 0xff && p[1] == 0x25;
}

bool haschecks(uintptr_t fn)
{
	/* Before it: endbr64 (4), lea -FRAME(%rsp), %r11 (8). */
	enum { Prologue = 4 + 8 };
	const uint8_t *code = (const uint8_t *)fn;
	for (int i = 0; i <= Prologue; i++)
		if (ischeck(code + i))
			return true;
	return isjump(code);
}

/*
 * The first of all: no other code has run, and no thread is there to see. With
 * a guard already it is libgcc's, and checkguard() will refuse to run.
 */
static NOSPLIT __attribute__((constructor(101))) void narrowall(void)
{
	if (!getguard())
		oseditcode(narrow);
}
