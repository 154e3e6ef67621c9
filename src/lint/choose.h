// SPDX-License-Identifier: Apache-2.0
/* Which findings the user wants to see: --select, --ignore, [tool.whycpu], `# whycpu: ignore[...]`. */
#ifndef WHYCPU_LINT_CHOOSE_H
#define WHYCPU_LINT_CHOOSE_H

#include "lint/lint.h"

struct lint_choice {
	bool is_given; /* a list was typed or configured; without one: all but advice, and `ids` */
	bool all, advice; /* the words "all" and "advice" in it */
	struct strlist ids;
	struct strlist ignored;
};

/* Adds "id,id,..." to the ids that are wanted, or to those that are not. False: *ret_problem says which word is no id. */
bool choose_add(struct lint_choice *c, bool ignore, const char *text, struct arena *a,
		const char **ret_problem);
bool choose_takes(const struct lint_choice *c, const struct finding *f);

/* A comment `# whycpu: ignore` or `# whycpu: ignore[id, id]`: for the lines of a finding, or, alone on its line, for the line
 * below it. */
struct suppression {
	struct location at; /* of the comment */
	uint32_t line;      /* that it is for */
	struct strlist ids; /* empty: all */
	bool is_used;
};
struct suppressions {
	struct suppression *v;
	size_t n, cap;
};

void suppressions_find(struct unit *u, struct suppressions *ret);
/* True if the finding is not to be shown; the comment has then been used. */
bool suppressions_take(struct suppressions *s, const struct finding *f);
/* Could it have hidden something, had it been found? Not if it names only what was not looked for. */
bool suppression_is_idle(const struct suppression *s, const struct lint_choice *c);

#endif
