// SPDX-License-Identifier: Apache-2.0
/* One walk over the field table in each direction. Loading trusts nothing: the lines come from a process that may have
 * been corrupted by what it looked at, and a well-typed half-truth would be worse than no answer. */
#include "facts/facts_json.h"

#include <string.h>

#include "core/json.h"
#include "facts/fields.h"

struct any_list {
	FACT_HEAD;
	char *v;
	size_t n, cap;
};

static json_t *dump_record(const struct record *record, const char *base);

static json_t *dump_strs(const struct strlist *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_text(list->v[i]));
	return array;
}

static json_t *dump_members(const struct field *field, const struct any_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, dump_record(field->of, list->v + i * field->of->size));
	return array;
}

static json_t *dump_value(const struct field *field, const void *at)
{
	switch (field->type) {
	case FIELD_STR:
		return json_text(((const struct fact_str *)at)->v);
	case FIELD_NUM:
		return json_integer(((const struct fact_num *)at)->v);
	case FIELD_BOOL:
		return json_boolean(((const struct fact_bool *)at)->v);
	case FIELD_STRS:
		return dump_strs(&((const struct fact_strs *)at)->v);
	default:
		return dump_members(field, at);
	}
}

static bool is_list(const struct field *field)
{
	return field->type == FIELD_STRS || field->type == FIELD_LIST;
}

static json_t *dump_fact(const struct field *field, const void *at)
{
	const struct fact *head = at;
	json_t *fact = json_object();

	if (head->st == UNKNOWN)
		json_object_set_new(fact, "unknown", json_text(head->why ? head->why : "?"));
	if (head->st == ABSENT)
		json_object_set_new(fact, "absent", json_true());
	if (head->st == PRESENT || (head->st == UNKNOWN && is_list(field)))
		json_object_set_new(fact, "v", dump_value(field, at));
	json_object_set_new(fact, "from", json_text(head->from ? head->from : "?"));
	return fact;
}

/* A group in which nothing was looked at has no key. */
static void put_group(json_t *object, const struct field *field, const void *at)
{
	json_t *group = dump_record(field->of, at);

	if (json_object_size(group))
		json_object_set(object, field->name, group);
	json_decref(group);
}

static json_t *dump_record(const struct record *record, const char *base)
{
	json_t *object = json_object();

	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];
		const void *at = base + field->offset;

		if (field->type == FIELD_TEXT)
			json_put_text(object, field->name, *(const char *const *)at);
		else if (field->type == FIELD_GROUP)
			put_group(object, field, at);
		else if (((const struct fact *)at)->st != NOT_LOOKED)
			json_object_set_new(object, field->name, dump_fact(field, at));
	}
	return object;
}

static const struct field *find_field(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (strcmp(record->fields[i].name, name) == 0)
			return &record->fields[i];
	return NULL;
}

json_t *facts_dump_group(const struct facts *f, const char *group)
{
	const struct field *field = find_field(&facts_record, group);

	return field ? dump_record(field->of, (const char *)f + field->offset) : NULL;
}

json_t *facts_dump(const struct facts *f)
{
	json_t *all = json_object();

	for (size_t i = 0; i < facts_record.n_fields; i++)
		put_group(all, &facts_record.fields[i],
			  (const char *)f + facts_record.fields[i].offset);
	if (!f->hangs.n)
		return all;

	json_t *hangs = json_array();

	for (size_t i = 0; i < f->hangs.n; i++)
		json_array_append_new(hangs, hang_dump(&f->hangs.v[i]));
	json_object_set_new(all, "hangs", hangs);
	return all;
}

struct loader {
	struct arena *arena;
	const char *why; /* the first thing that was wrong */
};

static bool refuse(struct loader *l, const char *name, const char *what)
{
	if (!l->why)
		l->why = arena_fmt(l->arena, "%s: %s", name, what);
	return false;
}

static bool load_record(struct loader *l, const struct record *record, char *base,
			const json_t *json);

static bool load_strs(struct loader *l, const struct field *field, struct strlist *list,
		      const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);

		if (!json_is_string(item))
			return refuse(l, field->name, "a member is no text");
		PUSH(l->arena, list, arena_strdup(l->arena, json_string_value(item)));
	}
	return true;
}

static bool load_members(struct loader *l, const struct field *field, struct any_list *list,
			 const json_t *array)
{
	size_t n = json_array_size(array), size = field->of->size;

	list->v = arena_alloc(l->arena, n * size);
	for (list->n = 0; list->n < n; list->n++)
		if (!load_record(l, field->of, list->v + list->n * size,
				 json_array_get(array, list->n)))
			return false;
	list->cap = n;
	return true;
}

static bool load_value(struct loader *l, const struct field *field, void *at, const json_t *v)
{
	switch (field->type) {
	case FIELD_STR:
		if (!json_is_string(v))
			return refuse(l, field->name, "v is no text");
		((struct fact_str *)at)->v = arena_strdup(l->arena, json_string_value(v));
		return true;
	case FIELD_NUM:
		if (!json_is_integer(v))
			return refuse(l, field->name, "v is no whole number");
		((struct fact_num *)at)->v = json_integer_value(v);
		return true;
	case FIELD_BOOL:
		if (!json_is_boolean(v))
			return refuse(l, field->name, "v is neither true nor false");
		((struct fact_bool *)at)->v = json_is_true(v);
		return true;
	default:
		if (!json_is_array(v))
			return refuse(l, field->name, "v is no list");
		return field->type == FIELD_STRS
			       ? load_strs(l, field, &((struct fact_strs *)at)->v, v)
			       : load_members(l, field, at, v);
	}
}

static bool load_fact(struct loader *l, const struct field *field, void *at, const json_t *json)
{
	struct fact *head = at;
	const json_t *v = json_object_get(json, "v"), *from = json_object_get(json, "from");
	const json_t *absent = json_object_get(json, "absent"),
		     *unknown = json_object_get(json, "unknown");
	size_t known_keys =
		(size_t)((v != NULL) + (from != NULL) + (absent != NULL) + (unknown != NULL));

	if (!json_is_object(json) || json_object_size(json) != known_keys)
		return refuse(l, field->name, "no fact");
	if (!json_is_string(from))
		return refuse(l, field->name, "no `from`");
	if ((absent && (v || unknown || !json_is_true(absent))) ||
	    (unknown && !json_is_string(unknown)) || (unknown && v && !is_list(field)) ||
	    (!v && !absent && !unknown))
		return refuse(l, field->name, "neither a value, nor absent, nor unknown");
	head->st = unknown ? UNKNOWN : absent ? ABSENT : PRESENT;
	head->from = arena_strdup(l->arena, json_string_value(from));
	head->why = unknown ? arena_strdup(l->arena, json_string_value(unknown)) : NULL;
	return !v || load_value(l, field, at, v);
}

static bool load_field(struct loader *l, const struct field *field, char *base, const json_t *value)
{
	void *at = base + field->offset;

	if (field->type == FIELD_GROUP)
		return load_record(l, field->of, at, value);
	if (field->type != FIELD_TEXT)
		return load_fact(l, field, at, value);
	if (!json_is_string(value))
		return refuse(l, field->name, "no text");
	*(const char **)at = arena_strdup(l->arena, json_string_value(value));
	return true;
}

static bool has_its_key(struct loader *l, const struct record *record, const char *base)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];

		if (field->type == FIELD_TEXT && !*(const char *const *)(base + field->offset))
			return refuse(l, field->name, "missing");
	}
	return true;
}

static bool load_record(struct loader *l, const struct record *record, char *base,
			const json_t *json)
{
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return refuse(l, "member", "no object");
	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	{
		const struct field *field = find_field(record, key);

		if (!field)
			return refuse(l, esc(l->arena, key), "no such fact");
		if (!load_field(l, field, base, value))
			return false;
	}
	return has_its_key(l, record, base);
}

bool facts_load_group(struct facts *f, const char *group, const json_t *json, struct arena *a,
		      const char **ret_why)
{
	const struct field *field = find_field(&facts_record, group);
	struct loader l = { .arena = a };

	if (!field) {
		*ret_why = "no such collector";
		return false;
	}

	char *fresh = arena_alloc(a, field->of->size);

	if (!load_record(&l, field->of, fresh, json)) {
		*ret_why = l.why;
		return false;
	}
	memcpy((char *)f + field->offset, fresh, field->of->size);
	return true;
}
