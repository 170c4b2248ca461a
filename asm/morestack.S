/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * morestack.S - where stacks change: growing and shrinking (__morestack,
 * retfromnewstack), goroutine to goroutine (gswitch), to g0 and back (mcall,
 * gogo, ong0).
 *
 * What calls __morestack is the stub of a function compiled with
 * -fsplit-stack (GCC's ABI for x86-64, also LLVM's):
 *
 *		cmp  %fs:TCB_GUARD, %rsp
 *		jb   stub
 *	body:	...
 *	stub:	mov  $FRAME, %r10		bytes of frame wanted
 *		mov  $ARGS, %r11		bytes of stack arguments
 *		call __morestack
 *		ret
 *		jmp  body
 *
 * We go on behind that `ret`; when the function's body returns to us, we
 * return to the `ret`, so that every call has its return and the processor
 * predicts them. All argument registers, rax (vector registers of varargs, or
 * the static chain) and rbx rbp r12-r15 reach the body unchanged.
 *
 * CFI is the contract with every unwinder: the rows below hold at each
 * instruction. Three rules come from outside:
 * - A return address is looked up one byte before itself, so a row for code
 *   that waits for a callee begins inside the call instruction, which is
 *   therefore written in two pieces.
 * - One unwinder lets a caller's frame lie below its callee's only where the
 *   symbol is named __morestack. So one symbol of that name covers all of this
 *   file; the other names have size 0.
 * - Another believes no CFI of a function that begins with push %rbp;
 *   mov %rsp, %rbp. So __morestack says lea. docs/unwinding.md has the names.
 */
#include "asm/cfi.h"
#include "asm/lines.h"
#include "asm/thread.h"

	.text
	.globl	__morestack, __morestack_non_split
	.type	__morestack, @function
	.type	__morestack_non_split, @function
	.globl	seam_shared_morestack, seam_shared_non_split, retfromnewstack
	.globl	lessstack, gogoret
	.globl	gswitch, mcall, gogo, ong0, mstart, tracefrom, resume

.macro	pushsaved
	pushq	%rbp
	CFI_PUSHED(%rbp)
	pushq	%rbx
	CFI_PUSHED(%rbx)
	pushq	%r12
	CFI_PUSHED(%r12)
	pushq	%r13
	CFI_PUSHED(%r13)
	pushq	%r14
	CFI_PUSHED(%r14)
	pushq	%r15
	CFI_PUSHED(%r15)
.endm

.macro	popsaved
	popq	%r15
	CFI_POPPED(%r15)
	popq	%r14
	CFI_POPPED(%r14)
	popq	%r13
	CFI_POPPED(%r13)
	popq	%r12
	CFI_POPPED(%r12)
	popq	%rbx
	CFI_POPPED(%rbx)
	popq	%rbp
	CFI_POPPED(%rbp)
.endm

/* Go on where what pushed them was called, with 0. */
.macro	goback
	popsaved
	xorl	%eax, %eax
	popq	%rcx			# A ret would be predicted to go
	.cfi_def_cfa_offset 0		# where another goroutine called from.
	.cfi_register %rip, %rcx
	jmp	*%rcx
.endm

/* Where errno is kept while G does not run; changes r8, r9. */
.macro	saveerrno m, g
	movq	M_perrno(\m), %r8
	movl	(%r8), %r9d
	movw	%r9w, G_err(\g)
.endm

.macro	restoreerrno m, g
	movq	M_perrno(\m), %r8
	movzwl	G_err(\g), %r9d
	movl	%r9d, (%r8)
.endm

/*
 * __morestack(frame in r10, stack arguments in r11): enter newstack on g0,
 * go on in the new segment.
 */
	.p2align 4
	lines_begin "asm/morestack.S"
	.p2align 6			# All of the fast way is in four lines.
__morestack:
seam_shared_morestack:			# shared.S
.Lseamcode:
	.cfi_startproc
	CFI_PERSONALITY(seamunwound)
	pushq	%rbp			# The boundary: see stack.h.
	CFI_PUSHED(%rbp)
	leaq	(%rsp), %rbp		# Varargs find their arguments by it.
	.cfi_def_cfa_register %rbp
	pushq	%rax			# The last word we need down here.

	testq	%r11, %r11		# The fast way: no stack arguments,
	jnz	slow
	getm	%rax
	movq	M_curg(%rax), %rax
	movq	G_stackbase(%rax), %r11
	cmpq	%r11, %rbp		# we stand on the newest segment,
	ja	slow1
	cmpq	Stktop_lo(%r11), %rbp
	jb	slow1
	cmpq	%r10, Stktop_nextroom(%r11) # and what is spare behind it is
	jbe	slow1			# large enough.
	movq	Stktop_next(%r11), %r11
	cmpq	%rbp, Stktop_oldsp(%r11) # A crossing is as long as its
	jne	moved			# stores: in a loop this changes nothing.
there:	movq	%r11, G_stackbase(%rax)	# First: see entersegment().
	movq	Stktop_lo(%r11), %r10
	movq	%r10, G_stacklo(%rax)
	movq	Stktop_guard(%r11), %r10
	movq	%r10, G_stackguard(%rax)
	movq	-8(%rbp), %rax

/* r10: guard, r11: sp */
enter:	movq	%r11, %rsp		# Onto the new segment,
	setguard %r10, %r10, %r11	# under its guard,
	movq	8(%rbp), %r10
	incq	%r10			# behind the stub's ret:
	.byte	0x41			# call *%r10
	.cfi_remember_state
	.cfi_def_cfa %rbp, 24		# Who waits for the body is its caller;
	.cfi_offset %rbp, -24		# the stub only returns.
	.byte	0xff, 0xd2

/*
 * The body has returned: rax rdx xmm0 xmm1 st0 st1 may hold its results. All
 * other registers that a call may change are free. The fast way leaves the
 * segment behind the older one.
 */
retfromnewstack:
	getm	%rdi
	movq	M_curg(%rdi), %rdi
	cmpq	G_stackbase(%rdi), %rsp	# The newest segment is empty: it is this
	jne	retslow			# one, no arguments were copied,
	cmpl	$0, Stktop_slow(%rsp)	# and there is nothing to give back.
	jne	retslow
	movq	Stktop_oldlo(%rsp), %rcx
	movq	%rcx, G_stacklo(%rdi)
	movq	Stktop_oldguard(%rsp), %rcx
	movq	%rcx, G_stackguard(%rdi)
	movq	Stktop_oldbase(%rsp), %rsi
	movq	%rsi, G_stackbase(%rdi)

/* Continue in the caller on the older segment, through the stub's ret. */
gogoret:
	movq	%rbp, %rsp
	setguard %rcx, %rsi, %rdi
	popq	%rbp
	.cfi_remember_state
	.cfi_def_cfa %rsp, 16
	.cfi_restore %rbp
	ret

	.cfi_restore_state
retslow: getm	%rcx
	movq	$0, %fs:TCB_GUARD
	movq	M_sched_sp(%rcx), %rsp	# Nobody stands on the segment now.
	pushq	%rax
	pushq	%rdx
	subq	$64, %rsp
	movups	%xmm0, (%rsp)
	movups	%xmm1, 16(%rsp)
	movl	$0, 44(%rsp)		# 1: st0 is in 32(%rsp)
	movl	$0, 60(%rsp)		# 1: st1 is in 48(%rsp)
	fxam				# C3 C2 C0 = 1 0 1: empty
	fnstsw	%ax
	andl	$0x4500, %eax
	cmpl	$0x4100, %eax
	je	lessstack
	fstpt	32(%rsp)
	movl	$1, 44(%rsp)
	fxam
	fnstsw	%ax
	andl	$0x4500, %eax
	cmpl	$0x4100, %eax
	je	lessstack
	fstpt	48(%rsp)
	movl	$1, 60(%rsp)

lessstack:
	movq	%rbp, %rdi
	call	oldstack		# rax: the older segment's guard
	cmpl	$0, 60(%rsp)
	je	1f
	fldt	48(%rsp)
1:	cmpl	$0, 44(%rsp)
	je	1f
	fldt	32(%rsp)
1:	movups	(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	movq	%rax, %rcx
	movq	64(%rsp), %rdx
	movq	72(%rsp), %rax
	jmp	gogoret

	.cfi_restore_state
moved:	movq	%rbp, Stktop_oldsp(%r11)
	jmp	there

slow1:	movl	$0, %r11d
slow:	getm	%rax
	cmpq	M_sigstack(%rax), %rsp	# A handler's check: we must not leave
	jb	1f			# the signal stack, or the next signal
	cmpq	M_sigend(%rax), %rsp	# would begin at its top again.
	jb	onsigstack
1:	movq	$0, %fs:TCB_GUARD	# Before we stand on g0, not after.
	movq	M_sched_sp(%rax), %rsp
	movq	%rdi, -8(%rsp)		# Keep the arguments' registers. Not by
	subq	$8, %rsp		# a push: valgrind would lose this sp.
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	subq	$128, %rsp
	movups	%xmm0, (%rsp)
	movups	%xmm1, 16(%rsp)
	movups	%xmm2, 32(%rsp)
	movups	%xmm3, 48(%rsp)
	movups	%xmm4, 64(%rsp)
	movups	%xmm5, 80(%rsp)
	movups	%xmm6, 96(%rsp)
	movups	%xmm7, 112(%rsp)

	movq	%rbp, %rdi
	movq	%r10, %rsi
	movq	%r11, %rdx
	call	newstack		# rax: new sp or 0, rdx: its guard

	movq	%rax, %r11
	movq	%rdx, %r10
	movups	(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	movups	32(%rsp), %xmm2
	movups	48(%rsp), %xmm3
	movups	64(%rsp), %xmm4
	movups	80(%rsp), %xmm5
	movups	96(%rsp), %xmm6
	movups	112(%rsp), %xmm7
	addq	$128, %rsp
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	-8(%rbp), %rax
	testq	%r11, %r11
	jnz	enter

/* newstack left the stack as it is: run the body here. */
nogrowth:
	movq	%rbp, %rsp
	setguard %r10, %r10, %r11
	jmp	1f
onsigstack:
	movq	-8(%rbp), %rax
	leaq	(%rbp), %rsp
1:	popq	%rbp
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp

/*
 * Go on in the body on the stack we came on. A varargs function's body first
 * takes the address of its arguments from rbp as __morestack would leave it
 * (lea 24(%rbp), %r11: gcc 12, ix86_expand_split_stack_prologue); we do that
 * instruction's work and jump over it.
 */
inplace:
	popq	%r11			# The stub's ret;
	.cfi_def_cfa_offset 0		# as if the function had jumped here.
	.cfi_register %rip, %r11
	cmpl	$0x185d8d4c, 1(%r11)
	je	1f
	incq	%r11
	jmp	*%r11
1:	leaq	5(%r11), %r10
	.cfi_register %rip, %r10
	leaq	8(%rsp), %r11
	jmp	*%r10
	.cfi_endproc

/*
 * __morestack_non_split(frame in r10, stack arguments in r11): as __morestack,
 * for a function that calls code without checks; gold and lld put it there.
 * Such a function wants NonSplitRoom below its frame. Comes here at every
 * call, so it answers at once where there is room, or no guard at all. By a
 * jump: a call of the body would be predicted better, but would leave a frame
 * of ours above every function that calls libc, and debuggers stop in it.
 */
	.p2align 4
__morestack_non_split:
seam_shared_non_split:
	.cfi_startproc
	addq	$NonSplitRoom, %r10
	subq	%rsp, %r10
	negq	%r10			# Where sp would end,
	cmpq	%fs:TCB_GUARD, %r10	# above the guard?
	jae	inplace
	negq	%r10
	addq	%rsp, %r10
	jmp	__morestack
	.cfi_endproc

/*
 * int gswitch(G *from, G *to, enum gstatus status, uint32_t *release, M *m):
 * leave FROM, which runs, for TO. FROM is no longer Grunning when its registers are
 * saved, TO is Grunning when we stand on its stack and have taken nothing from
 * it: whoever looks, at any instruction, finds either the registers of the
 * thread or those in sched to be true. *release is cleared last.
 */
	.p2align 4
gswitch:
	.cfi_startproc
	movq	G_sched_sp(%rsi), %r10	# Before we store: loads after that wait.
	pushsaved			# SavedRegs bytes with our return address
	movq	M_perrno(%r8), %r9
	movzwl	G_err(%rsi), %r11d
	movl	(%r9), %eax
	cmpw	%ax, G_err(%rdi)	# Most stores here would change nothing,
	jne	1f			# and a switch is as long as its stores.
	cmpl	%eax, %r11d
	jne	1f
2:	movq	%rsp, G_sched_sp(%rdi)
	movl	%edx, G_status(%rdi)
	movq	%rsi, M_curg(%r8)
	movq	%r8, G_m(%rsi)
	movq	G_stackguard(%rsi), %rax
	.cfi_remember_state
	movq	%r10, %rsp
	movl	$G_status_running, G_status(%rsi)
	setguard %rax, %r8, %r9
	movl	$0, (%rcx)
	goback
	.cfi_restore_state
1:	movw	%ax, G_err(%rdi)
	movl	%r11d, (%r9)
	jmp	2b
	.cfi_endproc

/*
 * int mcall(void (*fn)(G *)): save the running goroutine in its sched and
 * call fn with it on g0. fn must not return; mcall returns 0 when somebody
 * passes the goroutine to gogo.
 */
	.p2align 4
mcall:
	.cfi_startproc
	pushsaved			# SavedRegs bytes with our return address
	movq	%rdi, %rdx
	getm	%rax
	movq	M_curg(%rax), %rdi
	saveerrno %rax, %rdi
	movq	%rsp, G_sched_sp(%rdi)
	movq	$0, %fs:TCB_GUARD
	movq	M_sched_sp(%rax), %rsp	# Where mstart stands: it pushed the same
	.cfi_def_cfa_offset SavedRegs + 8 # registers, and a word to align.
	jmp	oncall
	.cfi_endproc

/*
 * void gogo(G *g): go on as G, from g0 or from a stack that is left for good.
 * Does not return.
 */
	.p2align 4
gogo:
	.cfi_startproc
	getm	%rax
	restoreerrno %rax, %rdi
	movq	%rdi, M_curg(%rax)
	movq	%rax, G_m(%rdi)
	movq	G_stackguard(%rdi), %rax
	movq	G_sched_sp(%rdi), %rsp
	.cfi_def_cfa_offset SavedRegs
	.cfi_offset %rbp, -16
	.cfi_offset %rbx, -24
	.cfi_offset %r12, -32
	.cfi_offset %r13, -40
	.cfi_offset %r14, -48
	.cfi_offset %r15, -56
	movl	$G_status_running, G_status(%rdi)
	setguard %rax, %r8, %r9		# After we stood on g0, not before.
resume:
	goback
	.cfi_endproc

/*
 * void mstart(M *m): run schedule on this thread, whose stack becomes m's g0.
 * Returns when schedule does, from wherever on g0 it was called.
 */
	.p2align 4
mstart:
	.cfi_startproc
	CFI_PERSONALITY(endunwound)
	pushsaved
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movq	%rsp, M_sched_sp(%rdi)
	leaq	schedule(%rip), %rdx
oncall:
	call	*%rdx
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popsaved
	ret
	.cfi_endproc

/*
 * void *ong0(void *(*fn)(void *), void *arg): call fn on g0 for the running
 * goroutine and return what it returns. fn must not switch goroutines.
 */
	.p2align 4
ong0:
	.cfi_startproc
	pushq	%rbp
	CFI_PUSHED(%rbp)
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	getm	%rax
	movq	$0, %fs:TCB_GUARD
	movq	M_sched_sp(%rax), %rsp
	movq	%rdi, %rax
	movq	%rsi, %rdi
	call	*%rax
	getm	%rcx
	movq	M_curg(%rcx), %rcx
	movq	G_stackguard(%rcx), %rcx
	movq	%rbp, %rsp
	setguard %rcx, %rsi, %rdi
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	ret
	.cfi_endproc

/*
 * void tracefrom(Gobuf *b, void (*fn)(void *), void *arg): call fn, to whom
 * the context saved in *b looks like its caller.
 */
	.p2align 4
tracefrom:
	.cfi_startproc
	.cfi_signal_frame		# b->pc is where it goes on, not a call
	pushq	%rbp
	CFI_PUSHED(%rbp)
	movq	%rdi, %rbp
	movq	%rsi, %rax
	movq	%rdx, %rdi
	.byte	0xff			# call *%rax
	.cfi_remember_state
	CFI_CALLER_IS_GOBUF_AT_RBP
	.byte	0xd0
	.cfi_restore_state
	popq	%rbp
	CFI_POPPED(%rbp)
	ret
	.cfi_endproc

.Lseamcodeend:
	.size	__morestack, .-__morestack
	lines_end "asm/morestack.S"

/*
 * Where all of this lies, for C: lld takes any mention of __morestack for a
 * stub's call, and a second name in the code would show in backtraces.
 */
	.section .data.rel.ro, "aw", @progbits
	.p2align 3
	.globl	seamcode
seamcode:
	.quad	.Lseamcode, .Lseamcodeend

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
