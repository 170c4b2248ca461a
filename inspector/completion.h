/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * completion.h - what shells complete seam's words by, written from the tables
 * of commands.h: each option where it goes with the command that was typed.
 */
#ifndef COMPLETION_H
#define COMPLETION_H

#include "commands.h"

void completion_print(FILE *out, enum shell shell);

#endif
