// SPDX-License-Identifier: Apache-2.0
/* Does the script import what this Python does not have? It would end there, before any GPU is asked for. Judged of the modules of
 * data/import_package.tsv alone: any other name may be the user's own. It cannot know what an import hook brings: where code in a
 * .pth file runs, or a folder could not be read, it is said as a question. */
#include "rules/code.h"

#include <string.h>

#include "core/str.h"
#include "rules/chain.h"
#include "rules/fixes.h"
#include "rules/machine.h"
#include "rules/rules.h"

enum { MAX_NAMED = 2 };

static const char *package_of(const char *module)
{
	for (size_t i = 0; i < n_import_package_table; i++)
		if (strcmp(import_package_table[i].module, module) == 0)
			return import_package_table[i].package;
	return NULL;
}

static bool is_in(const struct strlist *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* Imported and absent, in the order of the script. */
static struct import_lines missing(const struct facts *f, const struct code *code, struct arena *a)
{
	struct import_lines out = { 0 };

	for (size_t i = 0; i < code->imports.n; i++)
		if (is_in(&f->python.absent_modules.v, code->imports.v[i].module))
			PUSH(a, &out, code->imports.v[i]);
	return out;
}

/* "tqdm, wandb and 2 more" */
static const char *named(struct arena *a, const struct import_lines *lines)
{
	struct str text = str_new(a, 4096);
	size_t shown = lines->n <= MAX_NAMED ? lines->n : MAX_NAMED;

	for (size_t i = 0; i < shown; i++)
		str_addf(&text, "%s%s",
			 i == 0                                   ? ""
			 : i + 1 == lines->n && lines->n == shown ? " and "
								  : ", ",
			 lines->v[i].module);
	if (lines->n > shown)
		str_addf(&text, " and %zu more", lines->n - shown);
	return str_text(&text);
}

/* What goes with torch has to fit it, and comes from the place where torch came from. */
static void add_fix(const struct facts *f, struct report *r, struct finding *x,
		    const struct import_lines *lines)
{
	struct str words = str_new(r->arena, 4096);
	const char *command = adding_command(f, r), *index = NULL, *own;

	for (size_t i = 0; i < lines->n; i++) {
		const char *module = lines->v[i].module;

		own = companion_for(f, r->arena, module, &index);
		str_addf(&words, " %s", own ? own : package_of(module));
	}
	if (!command)
		finding_fix(r, x, APPLIES_MANUAL,
			    arena_fmt(r->arena,
				      "the system keeps this Python for itself: make a virtual "
				      "environment and install there torch and%s",
				      str_text(&words)),
			    NULL);
	else
		finding_fix(r, x, APPLIES_LIKELY, NULL, "%s%s%s%s", command, str_text(&words),
			    index ? " --extra-index-url https://download.pytorch.org/whl/" : "",
			    index ? index : "");
}

/* What the script imports stands mostly at its head; a line above it is met first. */
static bool is_met_first(const struct code *code, uint32_t line)
{
	for (size_t i = 0; i < code->n_findings; i++) {
		const struct location *at = code->findings[i]->location;

		if (strcmp(path_basename(at->file), path_basename(code->script)) == 0 &&
		    at->line < line)
			return false;
	}
	return true;
}

void judge_imports(const struct facts *f, const struct code *code, struct report *r)
{
	const struct python *py = &f->python;
	struct import_lines lines = missing(f, code, r->arena);
	const char *script = path_basename(code->script), *names = named(r->arena, &lines);
	bool sure =
		py->absent_modules.st == PRESENT && py->notes.st != UNKNOWN && py->notes.v.n == 0;
	const struct fact *doubt = py->absent_modules.st != PRESENT
					   ? (const struct fact *)&py->absent_modules
					   : (const struct fact *)&py->notes;
	struct finding *x;

	if (lines.n == 0)
		return;
	x = report_add(r, "x-script-module-missing", STAGE_CODE, sure ? FAIL : CANNOT_TELL, "",
		       sure ? "%s: imported, not installed"
			    : "whether this Python has %s is not known",
		       names);
	x->rule = x->id;
	x->stops_first = sure && is_met_first(code, lines.v[0].line);
	x->headline = sure ? arena_fmt(r->arena, "%s stops at line %u: this Python has no %s",
				       script, lines.v[0].line, lines.v[0].module)
			   : x->title;
	for (size_t i = 0; i < lines.n && i < MAX_NAMED; i++)
		finding_evidence(r, x, arena_fmt(r->arena, "%s:%u", code->script, lines.v[i].line),
				 "import %s", lines.v[i].module);
	if (sure)
		finding_evidence(r, x, py->absent_modules.from, "on no folder of sys.path");
	else
		finding_evidence(r, x, py->notes.v.n ? py->notes.v.v[0] : doubt->from, "%s",
				 py->notes.v.n ? "code in a .pth file may bring it"
					       : why_words(doubt->why, "not looked at"));
	if (!sure)
		x->severity = SEVERITY_WARNING;
	add_fix(f, r, x, &lines);
}
