/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test.h - what cmocka wants to be included first, and itself.
 */
#ifndef INSPECTOR_TEST_H
#define INSPECTOR_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
