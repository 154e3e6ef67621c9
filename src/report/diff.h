// SPDX-License-Identifier: Apache-2.0
/* What a file becomes, as a unified diff that `patch -p1` takes. */
#ifndef WHYCPU_REPORT_DIFF_H
#define WHYCPU_REPORT_DIFF_H

#include "report/render.h"

/* A line of the new file, from 1, that a person calls "cell 3, line 2". */
struct diff_line {
	uint32_t at, cell, line;
};

struct diff {
	const char *path; /* escaped */
	struct bytes old, new;
	size_t skipped; /* lines of both that stand before these */
	struct {
		struct diff_line *v;
		size_t n, cap;
	} lines; /* of a notebook, in order */
};

/* Appends nothing if the two are the same. On a screen (`safe`) control characters are shown as escapes; what goes into a file
 * or a pipe stays byte for byte. */
void diff_render(const struct diff *d, bool safe, const struct render_opts *o, struct str *out);

/* Takes off what both begin and end with, but for the lines that a diff shows around a change. */
void diff_trim(struct diff *d);

#endif
