/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.h - the answers for programs: docs/seam.schema.json says what each
 * member means. A document is one object, whose long arrays are written record
 * by record: each is built by json-c, which quotes all text, and is gone when
 * it is written. Where there may be very many records, see json_records.h. What
 * is not known is left out.
 *
 *	json.c		the document, records, and what many have in them
 *	json_records.c	records of which there are very many
 *	json_stacks.c	goroutines and their groups
 *	json_objects.c	what they wait for
 */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include <json-c/json.h>
#include <stdio.h>

#include "model/model.h"

/* The number of the schema: another one where a member means something else
 * than before, or is gone. */
enum { JsonSchema = 1 };

/* A document about COMMAND begins; members follow, the NOTES about damage, N of
 * them, and its end. */
void json_begin(FILE *out, const char *command);
void json_end(FILE *out, const char *const *notes, size_t n);

/* The member KEY of the document: a value, which is given away, or an array
 * whose records are written one by one. */
void json_member(FILE *out, const char *key, json_object *value);

struct json_array {
	FILE *out;
	size_t n; /* records so far */
};
struct json_array json_array_begin(FILE *out, const char *key);
void json_array_record(struct json_array *a, json_object *record);
/* What stands before the next record, which the caller writes. */
void json_array_separate(struct json_array *a);
void json_array_end(const struct json_array *a);

/* Members of a RECORD. Text that is NULL or empty is left out, so is an address
 * that is 0, a truth that is false, a number less than 0. */
void json_text(json_object *record, const char *key, const char *text);
void json_address(json_object *record, const char *key, addr_t at);
void json_true(json_object *record, const char *key, bool truth);
void json_natural(json_object *record, const char *key, int64_t n);
/* Any number, and any value. */
void json_integer(json_object *record, const char *key, int64_t n);
void json_unsigned(json_object *record, const char *key, uint64_t n);
void json_put(json_object *record, const char *key, json_object *value);

/* New ones, which do not fail. */
json_object *json_new_record(void);
json_object *json_new_array(void);
json_object *json_new_text(const char *text);
json_object *json_new_location(const struct location *l);
void json_add(json_object *array, json_object *value);

/* A value as it is written; the value owns it. */
const char *json_value_text(json_object *value);

/* The function, file and line of a location; of NONE nothing. */
void json_location(json_object *record, const char *key,
		   const struct snapshot *s, uint32_t location);

/* The lines of a stack, in an array. */
json_object *json_lines(const struct snapshot *s, const struct span *lines);

/*
 * What the commands tell.
 */

void json_list(FILE *out, const struct snapshot *s);
void json_stacks(FILE *out, const struct snapshot *s);
void json_segments(FILE *out, const struct snapshot *s);
void json_groups(FILE *out, const struct snapshot *s, const char *key);

/* Those of kinds FIRST to LAST, with who waits for them. */
void json_objects(FILE *out, const struct snapshot *s, enum object_kind first,
		  enum object_kind last);
void json_waits(FILE *out, const struct snapshot *s);
void json_timers(FILE *out, const struct snapshot *s);
void json_crew(FILE *out, const struct snapshot *s);
void json_check(FILE *out, const struct snapshot *s);
void json_whatis(FILE *out, const struct snapshot *s, addr_t at);

#endif
