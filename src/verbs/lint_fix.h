// SPDX-License-Identifier: Apache-2.0
/* Writing the fixes of lint into the files, or showing what would be written. */
#ifndef WHYCPU_VERBS_LINT_FIX_H
#define WHYCPU_VERBS_LINT_FIX_H

#include "lint/lint.h"
#include "verbs/lint_work.h"

/* In a worker. `u` was judged; its findings are judged again here, with every edit, in a project of its own. Sets of `result`:
 * "fixed" (how many), "notes" more of them, and with LINT_DIFF "old" and "new" (bytes, escaped, without what both begin and end
 * with), "skipped" (the lines before these) and of a notebook "lines"; after LINT_FIX its "findings" are what is left. */
void lint_fix(const struct unit *u, const char *path, const struct lint_wish *wish,
	      const struct sys_options *options, json_t *result);

/* The same finding, wherever an edit moves its line. */
const char *unfounded_key(const struct finding *f, struct arena *a);

#endif
