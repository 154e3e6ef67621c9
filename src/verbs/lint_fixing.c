// SPDX-License-Identifier: Apache-2.0
/* Which files are opened again to be fixed, and what became of them? A worker edits one file; only here it is known what callers in
 * other files make of a finding. */
#include "verbs/lint_fixing.h"

#include <string.h>

#include "core/json.h"
#include "facts/finding_json.h"

struct fixing {
	struct lint_wish *wish;
	struct linted *out;
	struct arena *arena;
	ARRAY(size_t) files; /* numbers of the wish's */
};

static const char *name_of(const struct fixing *x, size_t file)
{
	return lint_shown(x->wish, x->wish->files.v[file]);
}

/* ---- what a diff shows ---- */

static struct bytes get_bytes(const json_t *o, const char *key, struct arena *a)
{
	const char *text = json_string_value(json_object_get(o, key));

	return unesc(a, text ? text : "");
}

/* A number of the array, 1 if it is none that can be. */
static uint32_t get_line(const json_t *array, size_t i)
{
	json_int_t n = json_integer_value(json_array_get(array, i));

	return n > 0 && n <= INT32_MAX ? (uint32_t)n : 1;
}

static struct diff diff_of(const struct fixing *x, size_t file, const json_t *result)
{
	const json_t *lines = json_object_get(result, "lines");
	json_int_t skipped = json_integer_value(json_object_get(result, "skipped"));
	struct diff d = { .path = name_of(x, file),
			  .old = get_bytes(result, "old", x->arena),
			  .new = get_bytes(result, "new", x->arena),
			  .skipped = skipped > 0 && skipped <= INT32_MAX ? (size_t)skipped : 0 };

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *one = json_array_get(lines, i);

		PUSH(x->arena, &d.lines,
		     ((struct diff_line){ .at = get_line(one, 0),
					  .cell = get_line(one, 1),
					  .line = get_line(one, 2) }));
	}
	return d;
}

static void take_changes(struct fixing *x, size_t file, const json_t *result)
{
	json_int_t fixed = json_integer_value(json_object_get(result, "fixed"));

	x->out->n_fixed += fixed > 0 && fixed < INT32_MAX ? (size_t)fixed : 0;
	if (!json_object_get(result, "new"))
		return;
	PUSH(x->arena, &x->out->changed, diff_of(x, file, result));
}

/* ---- the files ---- */

static bool is_in(const struct fixing *x, const struct finding *f, size_t file)
{
	return strcmp(f->location->file, name_of(x, file)) == 0;
}

static bool has_findings(const struct fixing *x, size_t file)
{
	for (size_t i = 0; i < x->out->findings.n; i++)
		if (is_in(x, x->out->findings.v[i], file))
			return true;
	return false;
}

static void *begin_fix(void *context, const struct sys_options *sys)
{
	return judge_begin(((struct fixing *)context)->wish, sys);
}

static json_t *one_fix(void *context, void *worker, size_t item)
{
	struct fixing *x = context;

	return judge_run(x->wish, worker, x->files.v[item]);
}

/* Of a file that was written: what is left in it stands where it stands now. */
static bool take_rest(struct fixing *x, size_t file, const json_t *findings)
{
	struct finding **v = x->out->findings.v;
	size_t kept = 0;

	for (size_t i = 0; i < x->out->findings.n; i++)
		if (!is_in(x, v[i], file))
			v[kept++] = v[i];
	x->out->findings.n = kept;
	for (size_t i = 0; i < json_array_size(findings); i++) {
		struct finding *f = finding_load(json_array_get(findings, i), x->arena);

		if (!f)
			return false;
		if (is_in(x, f, file))
			PUSH(x->arena, &x->out->findings, f);
	}
	return true;
}

static void take_notes(struct fixing *x, const json_t *notes)
{
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *text = json_string_value(json_array_get(notes, i));

		if (text)
			PUSH(x->arena, &x->out->notes, arena_strdup(x->arena, text));
	}
}

static bool take_fixed(void *context, size_t item, const json_t *result)
{
	struct fixing *x = context;
	size_t file = x->files.v[item];

	take_notes(x, json_object_get(result, "notes"));
	take_changes(x, file, result);
	return !json_object_get(result, "fixed") ||
	       take_rest(x, file, json_object_get(result, "findings"));
}

static void lost_fix(void *context, size_t item, const char *why)
{
	struct fixing *x = context;

	PUSH(x->arena, &x->out->notes,
	     arena_fmt(x->arena, "%s: not fixed: %s", name_of(x, x->files.v[item]), why));
}

void lint_fix_files(struct lint_wish *wish, const struct work_plan *plan, struct linted *out,
		    struct arena *a)
{
	struct fixing x = { .wish = wish, .out = out, .arena = a };
	struct work_plan mine = *plan;

	for (size_t i = 0; i < wish->files.n; i++)
		if (!wish->company.v[i] && has_findings(&x, i))
			PUSH(a, &x.files, i);
	mine.n_items = x.files.n;
	mine.context = &x;
	mine.begin = begin_fix;
	mine.run = one_fix;
	mine.accept = take_fixed;
	mine.lost = lost_fix;
	if (mine.n_items)
		work(&mine, a);
}
