/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_lex.h - the words of a filter.
 */
#ifndef ANALYSE_FILTER_LEX_H
#define ANALYSE_FILTER_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING, /* in quotes */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_NOT,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_EQUAL, /* from here on: between a field and a value */
	TOKEN_UNEQUAL,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_LIKE,
};

/* N bytes of the filter, from number AT on. */
struct token {
	enum token_kind kind;
	size_t at;
	size_t n;
};

/* The token at or behind byte AT of TEXT. An error: the token's first byte
 * begins none. */
struct error *lex(const char *text, size_t at, struct token *ret);

/* The text that a word or string stands for. The caller frees it. */
char *lex_text(const char *text, const struct token *t);

/* WORD of N bytes as a number: 12, 0x1f; a duration in nanoseconds: 5s, 1h30m,
 * 1.5ms; a size in bytes: 4096, 16K, 1.5M. */
struct error *lex_number(const char *word, size_t n, uint64_t *ret);
struct error *lex_duration(const char *word, size_t n, uint64_t *ret);
struct error *lex_size(const char *word, size_t n, uint64_t *ret);

#endif
