// SPDX-License-Identifier: Apache-2.0
/* Main's side of --fix and --diff: which files are opened again, and what became of them. */
#ifndef WHYCPU_VERBS_LINT_FIXING_H
#define WHYCPU_VERBS_LINT_FIXING_H

#include "core/workers.h"
#include "verbs/lint_run.h"

/* The files in which findings are left, by workers as in `plan`; the wish says what is done with them. What is left in a file
 * that was written takes the place of what was found there; doubles may have come. */
void lint_fix_files(struct lint_wish *wish, const struct work_plan *plan, struct linted *out,
		    struct arena *a);

#endif
