// SPDX-License-Identifier: Apache-2.0
/* What the files that were judged hand to each other's functions, put together. */
#ifndef WHYCPU_VERBS_LINT_CALLERS_H
#define WHYCPU_VERBS_LINT_CALLERS_H

#include "core/array.h"
#include "core/str.h"

struct caller {
	const char *key; /* a parameter or a class */
	const char *
		from; /* the caller's own parameter, which it hands on; NULL: nothing of the kind */
	enum { CALLER_CPU, CALLER_GPU, CALLER_ARGUMENT } gives;
};
struct callers {
	ARRAY(struct caller) v;
	struct strlist moves; /* dotted names of functions whose result a caller moves to a GPU */
};

/* One line of struct unit's `passed`, of the file `path`; what is no such line is left out. */
void callers_add(struct callers *c, const char *path, const char *line, struct arena *a);
/* Before the first question. */
void callers_sort(struct callers *c);
/* Of a finding's `assumes`: read callers are known, and what they give is on the CPU. */
bool callers_stay_on_cpu(const struct callers *c, const char *assumes);

#endif
