/* SPDX-License-Identifier: BSD-2-Clause */
/* states.h - what a runtime's goroutines can be doing, in words. */
#ifndef LAYOUT_STATES_H
#define LAYOUT_STATES_H

#include "layout/layout.h"
#include "layout/search.h"

/* The enumerators of TYPE, if it was found. What is missing is SEARCH's. */
void states_find(struct layout *l, struct search *search, struct sought *type);

/* Those that state.words tells: 0:idle 1:runnable ... */
struct error *states_read(struct layout *l);

#endif
