/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expression.h - an expression's bytes as operations, for eval().
 */
#ifndef UNWIND_EXPRESSION_H
#define UNWIND_EXPRESSION_H

#include <elfutils/libdw.h>

#include "util/reader.h"

/*
 * The operations of CODE, with room for one before them, in *RET, which the
 * caller frees; how many, that one included. 0, and nothing in *RET: an
 * operation is not one of those that eval() knows, or is cut off, or
 * there are more than 512 bytes.
 */
size_t expression_parse(struct reader code, Dwarf_Op **ret);

#endif
