/* SPDX-License-Identifier: BSD-2-Clause */
#include "render/json.h"
#include "render/render.h"

static json_object *made(json_object *o)
{
	if (!o)
		out_of_memory();
	return o;
}

json_object *json_new_record(void)
{
	return made(json_object_new_object());
}

json_object *json_new_array(void)
{
	return made(json_object_new_array());
}

json_object *json_new_text(const char *text)
{
	return made(json_object_new_string(text));
}

void json_put(json_object *record, const char *key, json_object *value)
{
	if (json_object_object_add(record, key, made(value)) != 0)
		out_of_memory();
}

void json_add(json_object *array, json_object *value)
{
	if (json_object_array_add(array, made(value)) != 0)
		out_of_memory();
}

void json_text(json_object *record, const char *key, const char *text)
{
	if (text && *text)
		json_put(record, key, json_new_text(text));
}

void json_address(json_object *record, const char *key, addr_t at)
{
	char digits[DigitsSize];

	if (!addr_null(at))
		json_text(record, key, render_address(at, digits));
}

void json_true(json_object *record, const char *key, bool truth)
{
	if (truth)
		json_put(record, key, json_object_new_boolean(true));
}

void json_natural(json_object *record, const char *key, int64_t n)
{
	if (n >= 0)
		json_integer(record, key, n);
}

void json_integer(json_object *record, const char *key, int64_t n)
{
	json_put(record, key, json_object_new_int64(n));
}

void json_unsigned(json_object *record, const char *key, uint64_t n)
{
	json_put(record, key, json_object_new_uint64(n));
}

const char *json_value_text(json_object *value)
{
	const char *text = json_object_to_json_string_ext(
		value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		out_of_memory();
	return text;
}

/* VALUE is given away. */
static void write_value(FILE *out, json_object *value)
{
	fputs_unlocked(json_value_text(value), out);
	json_object_put(value);
}

void json_begin(FILE *out, const char *command)
{
	fprintf(out, "{\"schema\":%d", JsonSchema);
	json_member(out, "command", json_new_text(command));
}

void json_member(FILE *out, const char *key, json_object *value)
{
	fprintf(out, ",\n\"%s\":", key);
	write_value(out, value);
}

struct json_array json_array_begin(FILE *out, const char *key)
{
	fprintf(out, ",\n\"%s\":[", key);
	return (struct json_array){ out, 0 };
}

void json_array_separate(struct json_array *a)
{
	fputs_unlocked(a->n++ ? ",\n" : "\n", a->out);
}

void json_array_record(struct json_array *a, json_object *record)
{
	json_array_separate(a);
	write_value(a->out, record);
}

void json_array_end(const struct json_array *a)
{
	putc_unlocked(']', a->out);
}

void json_end(FILE *out, const char *const *notes, size_t n)
{
	struct json_array a = json_array_begin(out, "notes");

	for (size_t i = 0; i < n; i++)
		json_array_record(&a, json_new_text(notes[i]));
	json_array_end(&a);
	fputs_unlocked("}\n", out);
}

static void add_location(json_object *record, const struct location *l)
{
	json_text(record, "function", l->function);
	json_text(record, "file", l->file);
	if (l->file)
		json_integer(record, "line", l->line);
}

json_object *json_new_location(const struct location *l)
{
	json_object *place = json_new_record();

	add_location(place, l);
	return place;
}

void json_location(json_object *record, const char *key,
		   const struct snapshot *s, uint32_t location)
{
	if (location != NONE)
		json_put(record, key,
			 json_new_location(&s->locations.items[location]));
}

static const char *source(const struct frame *f)
{
	switch (f->source) {
	case SOURCE_REGISTERS:
		return "registers";
	case SOURCE_CFI:
		return "cfi";
	case SOURCE_FRAME_POINTER:
		return "frame pointer";
	default:
		return "word at sp";
	}
}

static json_object *line(const struct snapshot *s, const struct line *l)
{
	const struct location *location = &s->locations.items[l->location];
	json_object *record = json_new_record();

	add_location(record, location);
	json_true(record, "inlined", location->inlined);
	json_true(record, "entry", l->entry);
	json_true(record, "seam_above", l->seam);
	if (l->omitted)
		json_integer(record, "omitted_above", l->omitted);
	if (l->frame == NONE)
		return record;
	json_address(record, "pc", s->frames.items[l->frame].pc);
	json_text(record, "found_by", source(&s->frames.items[l->frame]));
	return record;
}

json_object *json_lines(const struct snapshot *s, const struct span *lines)
{
	json_object *array = json_new_array();

	for (uint32_t i = 0; i < lines->n; i++)
		json_add(array, line(s, &s->lines.items[lines->first + i]));
	return array;
}
