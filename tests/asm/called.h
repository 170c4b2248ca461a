/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * called.h - how the stepped program's functions keep their shadow:
 *
 *	static NOINLINE int f(struct shadow *me, int n)
 *	{
 *		begin(me);
 *		...
 *		return END(me, CALL(me, g, n) + 1);
 *	}
 */
#ifndef CALLED_H
#define CALLED_H

#include "shadow.h"

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif
#define INLINE static inline __attribute__((always_inline))

/* In the stepped program; the stepper finds it by this name. */
extern volatile struct shadows shadows;

INLINE void push(volatile struct shadow *me, const void *fn)
{
	me->fn[me->depth] = (uintptr_t)fn;
	me->depth++;
	me->progress = CALLED;
}

INLINE void pop(volatile struct shadow *me)
{
	me->depth--;
	me->progress = RUNNING;
}

INLINE void begin(volatile struct shadow *me)
{
	me->progress = RUNNING;
}

/* A frame of BYTES, whatever the compiler thinks of it. */
#define TAKE_ROOM(bytes)                                                       \
	char room_[bytes];                                                     \
	__asm__ volatile("" : : "r"(room_) : "memory")

/* Call FN(me, ...), which returns something. */
#define CALL(me, fn, ...)                                                      \
	({                                                                     \
		push(me, (const void *)fn);                                    \
		__typeof__(fn(me, ##__VA_ARGS__)) result_ =                    \
			fn(me, ##__VA_ARGS__);                                 \
		pop(me);                                                       \
		result_;                                                       \
	})

#define END(me, value)                                                         \
	({                                                                     \
		__typeof__(value) value_ = (value);                            \
		(me)->progress = RETURNED;                                     \
		value_;                                                        \
	})

/* An expression that leaves the goroutine's stack for good. */
#define LEAVING(me, expr)                                                      \
	({                                                                     \
		(me)->leaves = 1;                                              \
		__typeof__(expr) left_ = (expr);                               \
		(me)->leaves = 0;                                              \
		left_;                                                         \
	})

#endif
