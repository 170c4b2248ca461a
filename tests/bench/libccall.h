/* SPDX-License-Identifier: BSD-2-Clause */
/* libccall.h - N calls of a function that calls libc; see libccall.c. */
#ifndef LIBCCALL_H
#define LIBCCALL_H

long checked_calls(long n);
long plain_calls(long n);

#endif
