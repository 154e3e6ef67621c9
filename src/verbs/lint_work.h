// SPDX-License-Identifier: Apache-2.0
/* What a worker of `whycpu lint` does: finding the files, and judging one. Everything here runs in a forked process
 * (core/workers.h) and answers in JSON. */
#ifndef WHYCPU_VERBS_LINT_WORK_H
#define WHYCPU_VERBS_LINT_WORK_H

#include <jansson.h>

#include "core/sys_open.h"
#include "lint/choose.h"

enum lint_mode { LINT_ONLY, LINT_FIX, LINT_DIFF };

struct lint_wish {
	struct lint_choice choice;
	enum lint_mode mode;
	bool unsafe;          /* edits that are only likely right count as well */
	const char *root;     /* raw; a recorded machine, or NULL: this one */
	bool wants_script;    /* for `check`: what the script does to its own environment */
	const char *cwd;      /* escaped; NULL: not known */
	struct strlist paths; /* what was typed, absolute and escaped; "-" is stdin */
	struct strlist exclude;
	struct strlist files; /* what is judged: absolute and escaped, or "-" */
	ARRAY(bool)
	company; /* of each file: nobody asked for it, it is judged for what it tells about the others */
	ARRAY(bool) typed; /* of each file: it was typed itself, so that it is read in any case */
	struct bytes stdin_text;
	struct strlist assumed; /* of findings: whose callers are looked for (struct finding) */
	struct strlist
		unfounded; /* keys of findings that read callers made nothing of: no fix is due (unfounded_key) */
	size_t batch; /* so many neighbours share what they import */
};

/* "models/net.py" for a file below the place where the user stands. */
const char *lint_shown(const struct lint_wish *wish, const char *path);

void *walk_begin(void *context, const struct sys_options *sys);
/* What is configured for a path that was typed: {"path", "select", "ignore", "exclude"}, {"problem": "..."}, or NULL. */
json_t *config_run(void *context, void *worker, size_t item);
/* The files of a path that was typed: {"files": [...], "notes": [...]} or {"problem": "..."}. */
json_t *walk_run(void *context, void *worker, size_t item);

/* The files that import those of the wish: {"files": [...]}. */
json_t *company_run(void *context, void *worker, size_t item);

void *judge_begin(void *context, const struct sys_options *sys);
/* Of a file: {"findings": [...], "notes": [...], "comments": [...], "passed": [...]}, {"problem": "..."}, or NULL: nothing to say. */
json_t *judge_run(void *context, void *worker, size_t item);

/* A notebook, or a file with a guard for being run. */
bool is_program(struct bytes text, const char *path);
/* tests/test_net.py below the place where the user stands */
bool is_of_tests(const char *path, const char *cwd);
/* Which of `assumed` a file uses: {"uses": [0, 3], "quiet": it is a program that never leaves the CPU}, or NULL: none. */
json_t *uses_run(void *context, void *worker, size_t item);

#endif
