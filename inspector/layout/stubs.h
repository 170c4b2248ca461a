/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stubs.h - the stubs (.plt) that calls into other libraries go through. They
 * have no symbols, and from some linkers (lld) no unwind tables.
 */
#ifndef LAYOUT_STUBS_H
#define LAYOUT_STUBS_H

#include <elfutils/libdwfl.h>

#include "util/addr.h"
#include "util/strings.h"

/* Whether the code of module M at AT is a stub; M may be NULL. A stub leaves
 * the stack as its caller did. */
bool stubs_have(Dwfl_Module *m, addr_t at);

/* "puts@plt" for the stub at AT; NULL if it is none, or goes nowhere known. */
const char *stubs_name(struct strings *strings, Dwfl_Module *m, addr_t at);

#endif
