// SPDX-License-Identifier: Apache-2.0
/* Judging Python files, for every verb that does: looks for them, hands them to workers, puts together what they found. */
#ifndef WHYCPU_VERBS_LINT_RUN_H
#define WHYCPU_VERBS_LINT_RUN_H

#include "facts/import_package.h"
#include "facts/report.h"
#include "report/diff.h"
#include "verbs/lint_work.h"
#include "verbs/verbs.h"

struct linted {
	int status; /* 0, or EXIT_USAGE: something could not be used, which was told */
	size_t n_files;
	size_t n_fixed;
	ARRAY(struct finding *) findings; /* by file and place, without doubles */
	struct strlist notes;
	ARRAY(struct diff) changed; /* with LINT_DIFF */
	const char *visible;        /* what the script sets CUDA_VISIBLE_DEVICES to, or NULL */
	uint32_t visible_line;
	const char
		*flag; /* the option without which the script does not ask for the GPU, or NULL */
	uint32_t flag_line;
	struct import_lines imports; /* with wants_script: what it imports first */
	const char *problem; /* with wants_script: why the script could not be judged, or NULL */
};

/* `paths` as they were typed; none: where the user stands. Unusable ones are told on stderr, but for `check`'s script. */
struct linted lint_run(const struct options *o, const struct strlist *paths, struct lint_wish *wish,
		       struct arena *a);

#endif
