// SPDX-License-Identifier: Apache-2.0
/* Edits of a notebook's code, as new bytes of its file. */
#ifndef WHYCPU_LINT_FIX_NOTEBOOK_H
#define WHYCPU_LINT_FIX_NOTEBOOK_H

#include "facts/report.h"
#include "lint/source.h"

/* Edits in their order, none over another; their line ends are the cell's. Only strings of the cells' source change; false and a
 * reason if they cannot be written so. */
bool notebook_apply(const struct source *s, const struct edit *edits, size_t n, struct arena *a,
		    struct bytes *ret_raw, const char **ret_problem);

/* A line of the new file, from 1, and what people call it. */
struct notebook_line {
	uint32_t raw_line, cell, line;
};
struct notebook_lines {
	struct notebook_line *v;
	size_t n, cap;
};
/* The lines of the cells that differ between the two, in order. */
struct notebook_lines notebook_lines(const struct source *old, const struct source *new,
				     struct arena *a);

#endif
