// SPDX-License-Identifier: Apache-2.0
/* The process that reads the user's code hands over what it found as JSON. It may have been taken over by what it read, so
 * that loading believes nothing: types, ranges and lengths are looked at. */
#include "facts/finding_json.h"

#include <string.h>

#include "core/json.h"
#include "facts/causes.h"

#define MEMBERS_MAX 1000

static void put_number(json_t *o, const char *key, uint32_t number)
{
	json_object_set_new(o, key, json_integer(number));
}

json_t *location_dump(const struct location *l)
{
	json_t *o = json_object();

	json_put_text(o, "file", l->file);
	put_number(o, "line", l->line);
	put_number(o, "column", l->column);
	put_number(o, "end_line", l->end_line);
	put_number(o, "end_column", l->end_column);
	if (l->cell)
		put_number(o, "cell", l->cell);
	json_put_text(o, "excerpt", l->excerpt ? l->excerpt : "");
	return o;
}

json_t *way_dump(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->way.n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "at", location_dump(&f->way.v[i].at));
		json_put_text(o, "text", f->way.v[i].text);
		json_array_append_new(array, o);
	}
	return array;
}

json_t *edits_dump(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->edits.n; i++) {
		const struct edit *e = &f->edits.v[i];
		json_t *o = json_object();

		put_number(o, "start", e->start);
		put_number(o, "end", e->end);
		json_object_set_new(o, "at", location_dump(&e->at));
		json_put_text(o, "text", e->text);
		json_put_text(o, "applies", applies_name(e->applies));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *advice_dump(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->fixes.n; i++)
		if (f->fixes.v[i].words)
			json_array_append_new(array, json_text(f->fixes.v[i].words));
	return array;
}

json_t *finding_dump(const struct finding *f)
{
	json_t *o = json_object();

	json_put_text(o, "id", f->id);
	json_put_text(o, "severity", severity_name(f->severity));
	json_put_text(o, "title", f->title);
	json_object_set_new(o, "at", location_dump(f->location));
	json_object_set_new(o, "way", way_dump(f));
	json_object_set_new(o, "advice", advice_dump(f));
	json_object_set_new(o, "edits", edits_dump(f));
	if (f->is_of_check)
		json_object_set_new(o, "of_check", json_true());
	if (f->assumes)
		json_put_text(o, "assumes", f->assumes);
	if (f->note)
		json_put_text(o, "note", f->note);
	return o;
}

static bool get_number(const json_t *o, const char *key, uint32_t *ret_number)
{
	const json_t *value = json_object_get(o, key);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || number > INT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

bool location_load(const json_t *o, struct arena *a, struct location *ret)
{
	struct location l = { .file = json_get_text(o, "file", a),
			      .excerpt = json_get_text(o, "excerpt", a) };

	if (!l.file || !l.excerpt || !get_number(o, "line", &l.line) ||
	    !get_number(o, "column", &l.column) || !get_number(o, "end_line", &l.end_line) ||
	    !get_number(o, "end_column", &l.end_column) ||
	    (json_object_get(o, "cell") && !get_number(o, "cell", &l.cell)) || !l.line ||
	    !l.column || l.end_line < l.line || !l.end_column)
		return false;
	*ret = l;
	return true;
}

/* A word of a list of names; false if it is none of them. */
static bool load_applies(const char *word, enum applies *ret)
{
	for (int i = APPLIES_SAFE; word && i <= APPLIES_MANUAL; i++) {
		if (strcmp(applies_name((enum applies)i), word) == 0) {
			*ret = (enum applies)i;
			return true;
		}
	}
	return false;
}

static bool load_severity(const char *word, enum severity *ret)
{
	for (int i = SEVERITY_ERROR; word && i <= SEVERITY_ADVICE; i++) {
		if (strcmp(severity_name((enum severity)i), word) == 0) {
			*ret = (enum severity)i;
			return true;
		}
	}
	return false;
}

static const char *load_id(const json_t *o, struct arena *a)
{
	const char *id = json_get_text(o, "id", a);

	for (size_t i = 0; id && i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, id) == 0)
			return causes_table[i].id;
	return NULL;
}

static bool load_station(const json_t *o, struct arena *a, struct finding *f)
{
	struct station s = { .text = json_get_text(o, "text", a) };

	if (!s.text || !location_load(json_object_get(o, "at"), a, &s.at))
		return false;
	PUSH(a, &f->way, s);
	return true;
}

static bool load_advice(const json_t *text, struct arena *a, struct finding *f)
{
	struct fix fix = { .applies = APPLIES_MANUAL };

	if (!json_is_string(text))
		return false;
	fix.words = arena_strdup(a, json_string_value(text));
	PUSH(a, &f->fixes, fix);
	return true;
}

static bool load_edit(const json_t *o, struct arena *a, struct finding *f)
{
	struct edit e = { .text = json_get_text(o, "text", a) };

	if (!e.text || !get_number(o, "start", &e.start) || !get_number(o, "end", &e.end) ||
	    e.end < e.start || !location_load(json_object_get(o, "at"), a, &e.at) ||
	    !load_applies(json_string_value(json_object_get(o, "applies")), &e.applies))
		return false;
	PUSH(a, &f->edits, e);
	return true;
}

static bool load_each(const json_t *array, struct arena *a, struct finding *f,
		      bool (*load)(const json_t *item, struct arena *a, struct finding *f))
{
	if (!json_is_array(array) || json_array_size(array) > MEMBERS_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!load(json_array_get(array, i), a, f))
			return false;
	return true;
}

struct finding *finding_load(const json_t *json, struct arena *a)
{
	struct finding *f = arena_alloc(a, sizeof *f);
	struct location *at = arena_alloc(a, sizeof *at);

	*f = (struct finding){ .id = load_id(json, a),
			       .verdict = FAIL,
			       .stage = STAGE_CODE,
			       .confidence = "proved",
			       .title = json_get_text(json, "title", a),
			       .location = at };
	if (!f->id || !f->title || !f->title[0] ||
	    !location_load(json_object_get(json, "at"), a, at) ||
	    !load_severity(json_string_value(json_object_get(json, "severity")), &f->severity) ||
	    !load_each(json_object_get(json, "way"), a, f, load_station) ||
	    !load_each(json_object_get(json, "advice"), a, f, load_advice) ||
	    !load_each(json_object_get(json, "edits"), a, f, load_edit))
		return NULL;
	f->subject = at->file;
	f->is_of_check = json_is_true(json_object_get(json, "of_check"));
	f->assumes = json_get_text(json, "assumes", a);
	f->note = json_get_text(json, "note", a);
	if (f->note)
		f->confidence = "fits-best";
	return f;
}
