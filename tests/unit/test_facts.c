// SPDX-License-Identifier: Apache-2.0
/* The field table against the structs: every fact is set in every state, dumped, loaded and compared; the rows of a
 * record must cover its struct without a gap, so that a new member without a row is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/json.h"
#include "facts/facts_json.h"
#include "facts/fields.h"

static struct arena *arena;
static size_t facts_set;

static size_t size_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_STR:
		return sizeof(struct fact_str);
	case FIELD_NUM:
		return sizeof(struct fact_num);
	case FIELD_BOOL:
		return sizeof(struct fact_bool);
	case FIELD_STRS:
		return sizeof(struct fact_strs);
	case FIELD_LIST:
		return sizeof(struct gpu_list);
	case FIELD_GROUP:
		return field->of->size;
	default:
		return sizeof(const char *);
	}
}

static void covers(const struct record *record, size_t end)
{
	size_t at = 0;

	for (size_t i = 0; i < record->n_fields; i++) {
		assert_int_equal(record->fields[i].offset, at);
		at += size_of(&record->fields[i]);
		if (record->fields[i].of)
			covers(record->fields[i].of, record->fields[i].of->size);
	}
	assert_int_equal(at, end);
}

static void table_covers_every_member(void **state)
{
	(void)state;
	covers(&facts_record, offsetof(struct facts, hangs));
}

static void fill(const struct record *record, char *base, enum known st);

static const char *text(void)
{
	return arena_fmt(arena, "value %zu \xc3\xa9 \\x1b", facts_set);
}

static void fill_fact(const struct field *field, void *at, enum known st)
{
	struct fact *head = at;
	bool list = field->type == FIELD_STRS || field->type == FIELD_LIST;

	facts_set++;
	head->st = st;
	head->from = arena_fmt(arena, "/from/%zu:1", facts_set);
	head->why = st == UNKNOWN ? "EACCES" : NULL;
	if (st != PRESENT && !(st == UNKNOWN && list))
		return;
	if (field->type == FIELD_STR)
		((struct fact_str *)at)->v = text();
	else if (field->type == FIELD_NUM)
		((struct fact_num *)at)->v = (int64_t)facts_set - 3;
	else if (field->type == FIELD_BOOL)
		((struct fact_bool *)at)->v = true;
	else if (field->type == FIELD_STRS)
		PUSH(arena, &((struct fact_strs *)at)->v, text());
	if (field->type != FIELD_LIST)
		return;

	struct {
		FACT_HEAD;
		char *v;
		size_t n, cap;
	} *members = at;

	members->v = arena_alloc(arena, 2 * field->of->size);
	members->n = members->cap = 2;
	fill(field->of, members->v, st);
	fill(field->of, members->v + field->of->size, st);
}

static void fill(const struct record *record, char *base, enum known st)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];

		if (field->type == FIELD_GROUP)
			fill(field->of, base + field->offset, st);
		else if (field->type == FIELD_TEXT)
			*(const char **)(void *)(base + field->offset) = text();
		else
			fill_fact(field, base + field->offset, st);
	}
}

static bool load_all(struct facts *f, const json_t *all, const char **why)
{
	for (size_t i = 0; i < facts_record.n_fields; i++) {
		const char *name = facts_record.fields[i].name;

		if (json_object_get(all, name) &&
		    !facts_load_group(f, name, json_object_get(all, name), arena, why))
			return false;
	}
	return true;
}

static void every_fact_survives(void **state)
{
	static const enum known states[] = { PRESENT, ABSENT, UNKNOWN };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct facts before = { 0 }, after = { 0 };
		const char *why = "";

		facts_set = 0;
		fill(&facts_record, (char *)&before, states[i]);
		assert_true(facts_set > 30);

		json_t *first = facts_dump(&before), *second;

		if (!load_all(&after, first, &why))
			fail_msg("refused: %s", why);
		second = facts_dump(&after);
		assert_true(json_equal(first, second));
		assert_int_equal(json_object_size(first), facts_record.n_fields);
		json_decref(first);
		json_decref(second);
	}
}

static void not_looked_at_is_a_missing_key(void **state)
{
	struct facts f = { 0 };
	json_t *all = facts_dump(&f), *group = facts_dump_group(&f, "kmod");

	(void)state;
	assert_int_equal(json_object_size(all), 0);
	assert_int_equal(json_object_size(group), 0);
	json_decref(all);
	json_decref(group);
}

static void refuses_what_is_no_fact(void **state)
{
	static const char *const bad[] = {
		"{\"loaded\": {\"v\": true}}",
		"{\"loaded\": {\"v\": \"yes\", \"from\": \"/x\"}}",
		"{\"loaded\": {\"from\": \"/x\"}}",
		"{\"loaded\": {\"v\": true, \"absent\": true, \"from\": \"/x\"}}",
		"{\"loaded\": {\"absent\": false, \"from\": \"/x\"}}",
		"{\"loaded\": {\"v\": true, \"from\": \"/x\", \"more\": 1}}",
		"{\"loaded\": {\"v\": true, \"unknown\": \"EIO\", \"from\": \"/x\"}}",
		"{\"loaded\": true}",
		"{\"no_such_fact\": {\"v\": true, \"from\": \"/x\"}}",
		"{\"traces\": {\"v\": [0], \"from\": \"/x\"}}",
		"{\"traces\": {\"v\": \"a\", \"from\": \"/x\"}}",
		"[]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct facts f = { .kmod.loaded = { .st = ABSENT, .from = "kept" } };
		json_t *json = json_loads(bad[i], 0, NULL);
		const char *why = NULL;

		assert_non_null(json);
		assert_false(facts_load_group(&f, "kmod", json, arena, &why));
		assert_non_null(why);
		assert_string_equal(f.kmod.loaded.from, "kept");
		json_decref(json);
	}
}

static void refuses_a_list_of_nonsense(void **state)
{
	static const char *const bad[] = {
		"{\"gpus\": {\"v\": [0], \"from\": \"/x\"}}",
		"{\"gpus\": {\"v\": [{}], \"from\": \"/x\"}}",
		"{\"gpus\": {\"v\": [{\"addr\": 1}], \"from\": \"/x\"}}",
		"{\"gpus\": {\"v\": [{\"addr\": \"a\", \"vendor\": \"0x10de\"}], \"from\": \"/x\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct facts f = { 0 };
		json_t *json = json_loads(bad[i], 0, NULL);
		const char *why = NULL;

		assert_false(facts_load_group(&f, "pci", json, arena, &why));
		assert_int_equal(f.pci.gpus.st, NOT_LOOKED);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_covers_every_member),
		cmocka_unit_test(every_fact_survives),
		cmocka_unit_test(not_looked_at_is_a_missing_key),
		cmocka_unit_test(refuses_what_is_no_fact),
		cmocka_unit_test(refuses_a_list_of_nonsense),
	};

	json_setup();
	arena = arena_new();

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(arena);
	return failed;
}
