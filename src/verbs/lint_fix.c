// SPDX-License-Identifier: Apache-2.0
/* No fix is believed: the edited text is judged again. One whose finding stays, or that brings another one, is refused. What is
 * compared is how often each id is found, since an edit moves the lines. */
#include "verbs/lint_fix.h"

#include <errno.h>
#include <string.h>

#include "core/errname.h"
#include "core/json.h"
#include "core/page.h"
#include "core/replace.h"
#include "facts/causes.h"
#include "facts/finding_json.h"
#include "lint/fix.h"
#include "lint/fix_notebook.h"
#include "lint/project.h"
#include "report/diff.h"

#define PASSES_MAX 10  /* a fix may make room for another one */
#define JUDGED_MAX 100 /* of one file: what is left then stays */
#define TRIES_MAX 50   /* findings of one pass */
#define STEPS_MAX 5    /* of fixes that bring others to light */

/* One judgement of a text, with an arena of its own. */
struct judged {
	struct arena *arena;
	struct sys *sys;
	struct unit *unit;
	ARRAY(struct finding *) findings; /* that count: wanted, not suppressed */
};

struct fixing {
	const struct lint_wish *wish;
	const struct sys_options *options;
	const char *path, *shown;
	struct arena *arena; /* of the whole */
	struct bytes raw;
	size_t n_fixed, n_judged;
	struct strlist refused; /* keys of findings whose fix is no good */
	json_t *notes;
};

const char *unfounded_key(const struct finding *f, struct arena *a)
{
	return arena_fmt(a, "%s %s %.*s %s", f->location->file, f->id,
			 (int)strcspn(f->assumes, " "), f->assumes, f->location->excerpt);
}

/* What callers do that stand in other files, no judgement of one text sees. */
static bool is_unfounded(const struct judged *j, const struct lint_wish *wish,
			 const struct finding *f)
{
	const char *key = f->assumes ? unfounded_key(f, j->arena) : NULL;

	for (size_t i = 0; key && i < wish->unfounded.n; i++)
		if (strcmp(wish->unfounded.v[i], key) == 0)
			return true;
	return false;
}

static void take_unit(struct judged *j, const struct lint_wish *wish, struct unit *u)
{
	struct suppressions comments = { 0 };

	suppressions_find(u, &comments);
	for (size_t i = 0; i < u->findings.n; i++) {
		struct finding *f = u->findings.v[i];

		if (choose_takes(&wish->choice, f) && !suppressions_take(&comments, f) &&
		    !is_unfounded(j, wish, f))
			PUSH(j->arena, &j->findings, f);
	}
}

/* False: the text can be judged no more. */
static bool judge(struct fixing *x, struct bytes raw, struct judged *ret)
{
	struct judged j = { .arena = arena_new() };
	struct look_page *page = arena_alloc(j.arena, sizeof *page);
	const char *why = NULL, *path = x->path;

	x->n_judged++;
	j.sys = sys_new(x->options, page, j.arena, &why);

	struct project *p = project_new(j.sys, x->wish->cwd, j.arena);

	/* Standard input imports what stands where the user does. */
	if (strcmp(path, "-") == 0)
		path = x->wish->cwd ? path_join(j.arena, x->wish->cwd, "-") : NULL;
	j.unit = project_open_text(p, path, x->shown, raw, &why);
	if (j.unit && !j.unit->has_errors) {
		lint_unit(j.unit);
		for (size_t i = 0; i < p->units.n; i++)
			take_unit(&j, x->wish, p->units.v[i]);
	}
	*ret = j;
	return j.unit && !j.unit->has_errors;
}

static void forget(struct judged *j)
{
	if (j->sys)
		sys_close(j->sys);
	arena_free(j->arena);
}

static size_t count(const struct judged *j, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < j->findings.n; i++)
		n += strcmp(j->findings.v[i]->id, id) == 0;
	return n;
}

/* Is everything that was fixed gone, and nothing new there? */
static bool is_better(const struct judged *before, const struct judged *after,
		      struct finding *const *fixed, size_t n)
{
	for (size_t i = 0; i < n_causes_table; i++) {
		const char *id = causes_table[i].id;
		size_t gone = 0;

		for (size_t k = 0; k < n; k++)
			gone += strcmp(fixed[k]->id, id) == 0;
		if (count(after, id) + gone > count(before, id))
			return false;
	}
	return true;
}

/* The same finding, wherever its line moves. */
static const char *key(struct fixing *x, const struct finding *f)
{
	return arena_fmt(x->arena, "%s %s", f->id, f->location->excerpt);
}

static bool is_refused(struct fixing *x, const struct finding *f)
{
	const char *k = key(x, f);

	for (size_t i = 0; i < x->refused.n; i++)
		if (strcmp(x->refused.v[i], k) == 0)
			return true;
	return false;
}

static void refuse(struct fixing *x, const struct finding *f, const char *why)
{
	const struct location *l = f->location;
	const char *cell = l->cell ? arena_fmt(x->arena, "cell %u:", l->cell) : "";

	PUSH(x->arena, &x->refused, key(x, f));
	json_array_append_new(
		x->notes, json_text(arena_fmt(x->arena, "%s:%s%u: the fix of %s is not written: %s",
					      l->file, cell, l->line, f->id, why)));
}

/* Those whose edits go together. */
static size_t candidates(struct fixing *x, const struct judged *j, struct finding **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < j->findings.n && n < TRIES_MAX; i++) {
		struct finding *f = j->findings.v[i];
		bool clashes = false;

		if (strcmp(f->location->file, x->shown) != 0 ||
		    !fix_is_allowed(f, x->wish->unsafe) || is_refused(x, f))
			continue;
		for (size_t k = 0; k < n; k++)
			clashes |= fix_overlaps(f, ret[k]);
		if (!clashes)
			ret[n++] = f;
	}
	return n;
}

/* True: the text is the edited one from now on. What a fix brings to light (behind a line that raised, nothing was judged) is
 * fixed along with it: good is what has less in the end. */
static bool try(struct fixing *x, const struct judged *before, struct finding **fixes, size_t n,
		const char **ret_why)
{
	struct judged now = *before, after = { 0 };
	struct finding *more[TRIES_MAX], **step = fixes;
	size_t n_step = n, n_all = 0;
	bool good = false;

	for (int i = 0; !good && n_step && i < STEPS_MAX; i++) {
		struct bytes raw;
		bool judged;

		if (!fix_apply(now.unit->source, step, n_step, x->arena, &raw, ret_why))
			break;
		n_all += n_step;
		judged = judge(x, raw, &after);
		good = judged && is_better(before, &after, fixes, n);
		*ret_why = "its finding would stay, or another one come";
		if (good) {
			x->raw = raw;
			x->n_fixed += n_all;
		}
		if (i)
			forget(&now);
		now = after;
		step = more;
		n_step =
			judged && !good && x->n_judged < JUDGED_MAX ? candidates(x, &now, more) : 0;
	}
	if (n_all)
		forget(&now);
	return good;
}

/* All at once, or one after the other. False: there is nothing left to do. */
static bool one_pass(struct fixing *x)
{
	struct finding *fixes[TRIES_MAX];
	struct judged j;
	const char *why = NULL;
	bool changed = false;
	size_t n = judge(x, x->raw, &j) ? candidates(x, &j, fixes) : 0;

	if (n)
		changed = try(x, &j, fixes, n, &why);
	for (size_t i = 0; !changed && i < n && x->n_judged < JUDGED_MAX; i++) {
		changed = n > 1 && try(x, &j, fixes + i, 1, &why);
		if (!changed)
			refuse(x, fixes[i], why);
	}
	forget(&j);
	return changed;
}

static const char *write_error(int err, struct arena *a)
{
	switch (-err) {
	case ESTALE:
		return "it has changed meanwhile";
	case EMLINK:
		return "it has several names (hard links), which would part";
	case EACCES:
	case EPERM:
	case EROFS:
		return "it may not be written";
	default:
		return arena_fmt(a, "it cannot be written (%s)", errno_name(-err));
	}
}

static bool write_file(struct fixing *x, struct bytes old)
{
	int err = file_replace(unesc(x->arena, x->path).v, old, x->raw, x->arena);

	if (err)
		json_array_append_new(x->notes,
				      json_text(arena_fmt(x->arena, "%s: not fixed: %s", x->shown,
							  write_error(err, x->arena))));
	return !err;
}

/* What is left in the text as it is now. */
static void tell_rest(struct fixing *x, json_t *result)
{
	json_t *findings = json_array();
	struct judged j;

	judge(x, x->raw, &j);
	for (size_t i = 0; i < j.findings.n; i++)
		json_array_append_new(findings, finding_dump(j.findings.v[i]));
	forget(&j);
	json_object_set_new(result, "findings", findings);
}

/* [[12, 3, 2]]: line 12 of the new file is line 2 of cell 3. */
static json_t *spoken_lines(struct fixing *x, const struct source *old)
{
	const struct source *new = source_new(x->arena, x->shown, x->raw);
	struct notebook_lines lines = notebook_lines(old, new, x->arena);
	json_t *array = json_array();

	for (size_t i = 0; i < lines.n; i++)
		json_array_append_new(array, json_pack("[i, i, i]", (int)lines.v[i].raw_line,
						       (int)lines.v[i].cell, (int)lines.v[i].line));
	return array;
}

static void tell_change(struct fixing *x, const struct source *old, json_t *result)
{
	struct diff d = { .old = old->raw, .new = x->raw };

	if (old->is_notebook)
		json_object_set_new(result, "lines", spoken_lines(x, old));
	diff_trim(&d);
	json_put_text(result, "old", esc_bytes(x->arena, d.old.v, d.old.n));
	json_put_text(result, "new", esc_bytes(x->arena, d.new.v, d.new.n));
	json_object_set_new(result, "skipped", json_integer((json_int_t)d.skipped));
}

void lint_fix(const struct unit *u, const char *path, const struct lint_wish *wish,
	      const struct sys_options *options, json_t *result)
{
	struct bytes old = u->source->raw;
	struct fixing x = { .wish = wish,
			    .options = options,
			    .path = path,
			    .shown = u->path,
			    .arena = arena_new(),
			    .raw = old,
			    .notes = json_object_get(result, "notes") };
	const char *why = fix_problem(u->source, x.arena);
	int passes = 0;

	if (why)
		json_array_append_new(
			x.notes, json_text(arena_fmt(x.arena, "%s: not fixed: %s", x.shown, why)));
	while (!why && passes++ < PASSES_MAX && x.n_judged < JUDGED_MAX && one_pass(&x)) {
	}
	if (x.n_fixed && wish->mode == LINT_DIFF) {
		tell_change(&x, u->source, result);
	} else if (x.n_fixed && write_file(&x, old)) {
		tell_rest(&x, result);
		json_object_set_new(result, "fixed", json_integer((json_int_t)x.n_fixed));
	}
	arena_free(x.arena);
}
