// SPDX-License-Identifier: Apache-2.0
/* Which lines of Python keep work off the GPU, or crash on it?
 *
 * A unit is one file (or one notebook: its code cells joined). A project is the units that were loaded for one run; it loads
 * further ones when an import is followed. Passes look at a unit and add findings. Nothing of the linted code is run.
 *
 * A pass reports only what is proved: anything unknown ends a proof. */
#ifndef WHYCPU_LINT_LINT_H
#define WHYCPU_LINT_LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/array.h"
#include "facts/report.h"
#include "lint/ast.h"

struct project;
struct cls;   /* classes.h: a class of read code */
struct names; /* names.h: what the names of a unit mean */
struct stored;
struct source; /* source.h: the text, its lines, its cells, how it was encoded */

struct unit {
	struct arena *arena;   /* what is learned while an entry is judged */
	struct arena *lasting; /* of text, tree and names, and of what follows from them alone */
	struct project *project;
	const struct source *source;
	const char
		*path; /* escaped, as it is shown: relative to where the user stands if below it */
	const char *full_path; /* escaped, absolute; NULL: a text without a place */
	const char *
		module; /* dotted name inside the project root: "models.resnet"; "__main__" cannot be told from it */
	const char *text; /* UTF-8; text[n_text] is NUL */
	size_t n_text;
	struct py_node *tree; /* PY_MODULE */
	uint32_t n_nodes;     /* ids are 1..n_nodes */
	const struct names *names;
	bool has_errors; /* parts did not parse */
	bool is_entry;   /* linted for its own sake; others are only read */
	uint32_t turn;   /* project.c's own: the last entry that led here */
	bool is_moved;   /* a script that uses it changes where factories make tensors */
	bool is_test;    /* by its path or by what it imports (pytest, unittest): CPU by contract */
	ARRAY(struct finding *) findings;
	struct strlist
		passed; /* "cpu KEY": a parameter or a class of another file, and where what it was given is */
	ARRAY(struct cls *) classes; /* those that were asked for (classes.c) */
	struct local *local;         /* local.h: made by the first pass that asks */
	const struct stored *stored; /* interp_stored.c: made by the first that asks, and lasting */
	const struct strlist *added; /* sys_path.c: made by the first import, and lasting */
	struct arena *scratch;       /* of the pass that runs, if it has one */
	bool findings_cut;           /* there were too many, which was told */
	struct strlist
		notes; /* said once, on stderr or in "not looked at": "too complex: f, line 12" */
};

/* One pass over one unit. Order of the table in lint.c is the order of running, not of reporting. */
struct lint_pass {
	const char *name;
	void (*run)(struct unit *u);
};
extern const struct lint_pass *const lint_passes[];
extern const size_t n_lint_passes;

/* Runs all passes over a unit; findings are sorted by place, doubles (same id, same place) are one. */
void lint_unit(struct unit *u);

/* A module that the unit imports, read in the same project; NULL if it is outside of the root, missing, or too big.
 * `level` and `dotted` as in PY_IMPORT_FROM. Loaded once; cycles end in the unit that is being analysed. */
struct unit *project_import(struct project *p, const struct unit *from, const char *dotted,
			    unsigned level);

/* A finding at a node. The id's row in data/causes.tsv gives severity, stage and reports_as. `title_fmt`: one sentence, what
 * happens at run time, in torch's words where torch speaks. NULL if the same id stands at the same place already; what follows takes NULL and does nothing. */
struct finding *lint_report(struct unit *u, const char *id, const struct py_node *at,
			    const char *title_fmt, ...) __attribute__((format(printf, 4, 5)));
/* The severity is another than the table's: library mode. */
void lint_set_severity(struct finding *f, enum severity severity);
/* A station on the way of the value: "created here", "meets the model here". `in` may be another unit. */
void lint_way(struct unit *u, struct finding *f, const struct unit *in, const struct py_node *at,
	      const char *text_fmt, ...) __attribute__((format(printf, 5, 6)));
/* Where that stands, for a finding in `u`: "line 14", "cell 3, line 2", "model.py, line 14". */
const char *lint_place(const struct unit *u, const struct unit *in, const struct py_node *at);
/* What was not read, and has to be so for the finding to be right: a sentence without its full stop. */
void lint_note(struct unit *u, struct finding *f, const char *words_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What to write instead, in words ("wrap the list in nn.ModuleList"). */
void lint_advise(struct unit *u, struct finding *f, const char *words_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same as an edit of the text: bytes [start, end) become `replacement`. All edits of a finding are applied together. */
void lint_edit(struct unit *u, struct finding *f, enum applies applies, uint32_t start,
	       uint32_t end, const char *replacement_fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The last expression of a notebook's cell is what the cell shows. */
bool lint_is_shown(const struct unit *u, const struct py_node *call);
/* The source of a node, shortened to `max` bytes for a message; one line. */
const char *lint_text(const struct unit *u, const struct py_node *node, size_t max);

#endif
