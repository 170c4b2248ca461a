/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_records.h - an array of very many records, written member by member. A
 * record is put together in one piece of memory, which the next one has again.
 * What json-c makes of a text, a location or the lines of a stack is kept by
 * where that lies in the snapshot: so each is made once. Of more than is kept
 * the rest is made each time.
 */
#ifndef RENDER_JSON_RECORDS_H
#define RENDER_JSON_RECORDS_H

#include "render/json.h"
#include "util/map.h"

struct json_records {
	struct json_array array;
	struct {
		ARRAY(char);
	} record;
	struct map index; /* where something lies to its number */
	struct {
		ARRAY(struct json_kept {
			char *text;
			size_t n;
		});
	} kept;
};

struct json_records json_records_begin(FILE *out, const char *key);
void json_records_end(struct json_records *r);

/* Members follow, one at the least. */
void json_record_begin(struct json_records *r);
void json_record_end(struct json_records *r);

/* Members of the record. Their KEY is one of the schema's; what is left out is
 * as in json.h. TEXT is of the snapshot's, which has each once. */
void json_write_text(struct json_records *r, const char *key, const char *text);
void json_write_address(struct json_records *r, const char *key, addr_t at);
void json_write_natural(struct json_records *r, const char *key, int64_t n);
void json_write_integer(struct json_records *r, const char *key, int64_t n);
void json_write_unsigned(struct json_records *r, const char *key, uint64_t n);
void json_write_location(struct json_records *r, const char *key,
			 const struct snapshot *s, uint32_t location);
void json_write_lines(struct json_records *r, const char *key,
		      const struct snapshot *s, const struct span *lines);
/* VALUE is given away. */
void json_write_value(struct json_records *r, const char *key,
		      json_object *value);

#endif
