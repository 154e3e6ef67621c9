// SPDX-License-Identifier: Apache-2.0
/* The files of a project that import what is judged. Runs in a worker. */
#ifndef WHYCPU_VERBS_LINT_IMPORTERS_H
#define WHYCPU_VERBS_LINT_IMPORTERS_H

#include "verbs/lint_work.h"

#define IMPORTERS_MAX 8

/* {"files": [...]}: at most IMPORTERS_MAX paths, absolute and escaped, none of the wish's own. New reference. */
json_t *importers_find(const struct lint_wish *wish, struct sys *sys, struct arena *a);

#endif
