// SPDX-License-Identifier: Apache-2.0
/* The linter judges the program in a world that has a GPU; this joins its findings with the machine as it is. A finding becomes
 * one of the chain under the id that data/causes.tsv names for it, behind everything that must be mended first. It cannot know
 * which of several lines the program reaches first. */
#include "rules/code.h"

#include <string.h>

#include "core/str.h"
#include "facts/causes.h"
#include "rules/chain.h"

static const struct causes_row *row_of(const char *id)
{
	for (size_t i = 0; i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, id) == 0)
			return &causes_table[i];
	return NULL;
}

static enum stage stage_of(const struct causes_row *row)
{
	for (int i = 0; row && i < STAGE_NONE; i++)
		if (strcmp(stage_name((enum stage)i), row->stage) == 0)
			return (enum stage)i;
	return STAGE_CODE;
}

/* "/home/u/train.py:30", as a fact's `from`. */
static const char *source_of(const struct code *code, const struct location *at, struct arena *a)
{
	const char *file = code->cwd ? path_join(a, code->cwd, at->file) : at->file;

	if (file[0] != '/')
		return code->script;
	return at->cell ? arena_fmt(a, "%s:cell %u:%u", file, at->cell, at->line)
			: arena_fmt(a, "%s:%u", file, at->line);
}

/* "train.py, line 30", "look.ipynb, cell 3, line 5" */
static const char *place(const struct location *at, struct arena *a)
{
	const char *name = path_basename(at->file);

	if (at->cell)
		return arena_fmt(a, "%s, cell %u, line %u", name, at->cell, at->line);
	return arena_fmt(a, "%s, line %u", name, at->line);
}

static bool can_be_fixed(const struct finding *f)
{
	for (size_t i = 0; i < f->edits.n; i++)
		if (f->edits.v[i].applies != APPLIES_SAFE)
			return false;
	return f->edits.n > 0;
}

static void add_fix(const struct finding *f, struct report *r, struct finding *x)
{
	const char *words = f->fixes.n ? f->fixes.v[0].words : NULL;
	const char *file = shell_word(r->arena, f->location->file);

	if (can_be_fixed(f))
		finding_fix(r, x, APPLIES_SAFE, words ? words : "edit the line",
			    "whycpu lint --select %s --fix %s", f->id, file);
	else if (f->is_of_check && words)
		finding_fix(r, x, APPLIES_MANUAL, words, NULL);
	else
		finding_fix(r, x, APPLIES_MANUAL,
			    words ? arena_fmt(r->arena, "%s (`whycpu lint %s` shows the lines)",
					      words, file)
				  : arena_fmt(r->arena, "`whycpu lint %s` shows the lines", file),
			    NULL);
}

static void take_one(const struct code *code, const struct finding *f, struct report *r)
{
	const struct causes_row *own = row_of(f->id);
	const struct causes_row *row = own ? row_of(own->reports_as) : NULL;
	const char *where = place(f->location, r->arena);
	struct finding *x;

	if (f->severity == SEVERITY_ADVICE)
		return;
	row = row ? row : own;
	x = report_add(r, row ? row->id : f->id, stage_of(row), FAIL, where, "%s", f->title);
	x->severity = f->severity;
	x->location = f->location;
	x->way = f->way;
	x->edits = f->edits;
	x->rule = f->id;
	x->headline = arena_fmt(r->arena, "%s: %s", where, f->title);
	finding_evidence(r, x, source_of(code, f->location, r->arena), "%s",
			 trimmed(r->arena, f->location->excerpt, strlen(f->location->excerpt)));
	for (size_t i = 0; i < f->way.n; i++)
		finding_evidence(r, x, source_of(code, &f->way.v[i].at, r->arena), "%s",
				 f->way.v[i].text);
	add_fix(f, r, x);
}

/* It may well have been typed: whoever asks knows. */
static void judge_flag(const struct code *code, struct report *r)
{
	const char *script = path_basename(code->script), *flag = esc(r->arena, code->flag);
	struct finding *x = report_add(r, "model-not-moved", STAGE_CODE, FAIL, "",
				       "%s asks for the GPU only with %s", script, flag);

	x->severity = SEVERITY_WARNING;
	x->rule = x->id;
	x->headline = x->title;
	finding_evidence(r, x, arena_fmt(r->arena, "%s:%u", code->script, code->flag_line),
			 "without it the program stays on the CPU");
	finding_fix(r, x, APPLIES_LIKELY, NULL, "python %s %s", shell_word(r->arena, script), flag);
}

void take_code(const struct code *code, struct report *r)
{
	size_t before = r->findings.n;

	for (size_t i = 0; i < code->n_findings; i++)
		take_one(code, code->findings[i], r);
	if (code->flag && r->findings.n == before)
		judge_flag(code, r);
	r->notes = code->notes;
	r->lint_files = code->n_files;
}

/* The first line of the script that asks for a GPU whatever there is. */
static const struct finding *first_demand(const struct code *code)
{
	for (size_t i = 0; i < code->n_findings; i++)
		if (starts_with(code->findings[i]->id, "hard-coded-cuda"))
			return code->findings[i];
	return NULL;
}

/* CPU-only torch and a hard-coded .cuda(): the machine is the cause, and the line is where the user meets it. */
void show_where_it_stops(const struct code *code, struct report *r)
{
	const struct finding *demand = first_demand(code);
	struct finding *root = r->findings.n ? r->findings.v[0] : NULL;
	const struct outcome *to_cuda = &r->prediction.to_cuda;

	if (!demand || !root || root->role != ROLE_CAUSE || root->location ||
	    to_cuda->value != OUTCOME_FALSE || r->prediction.import.value != OUTCOME_TRUE)
		return;
	finding_evidence(r, root, source_of(code, demand->location, r->arena), "%s stops there%s%s",
			 path_basename(code->script), to_cuda->raises_type ? ": " : "",
			 to_cuda->raises_type ? to_cuda->raises_type : "");
}

static const struct finding *worst(const struct report *r)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = r->findings.v[i];

		if (f->rule && (!found || f->role < found->role))
			found = f;
	}
	return found;
}

void describe_code(const struct code *code, struct report *r)
{
	const struct finding *f = worst(r);
	const char *name = path_basename(code->script), *text;

	if (code->problem) {
		chain_line(r, "code", MARK_UNSURE,
			   arena_fmt(r->arena, "%s was not judged: %s", name, code->problem));
	} else if (f) {
		chain_line(r, "code",
			   f->role == ROLE_CAUSE       ? MARK_BROKEN
			   : f->verdict == CANNOT_TELL ? MARK_UNSURE
						       : MARK_WARNING,
			   f->headline);
	} else {
		text = arena_fmt(r->arena, "%s: nothing found that keeps it off the GPU", name);
		chain_line(r, "code", MARK_OK, text);
		PUSH(r->arena, &r->checked, text);
	}
}
