/* SPDX-License-Identifier: BSD-2-Clause */
/* sharedlib.h - what sharedlib.c offers. Each returns 1 if all is well. */
#ifndef SHAREDLIB_H
#define SHAREDLIB_H

struct lib {
	int (*grows)(void);
	int (*takes_blocks)(void);
	int (*prints)(void);
	int (*calls_back)(int (*fn)(int), int n);
	int (*jumps)(int (*fn)(int), int n);
	int (*handles)(void);
};

extern const struct lib lib;

#endif
