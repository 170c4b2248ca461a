/* SPDX-License-Identifier: BSD-2-Clause */
/* whole.h - a program that runs whole in a goroutine, or on a thread. */
#ifndef WHOLE_H
#define WHOLE_H

/* Its work; ends the process where it cannot be done. */
void whole_program(void);

#endif
