// SPDX-License-Identifier: Apache-2.0
/* The reporters: the only place that prints an answer. Each turns a report into text; the verb
 * writes it out. */
#ifndef WHYCPU_REPORT_RENDER_H
#define WHYCPU_REPORT_RENDER_H

#include "core/str.h"
#include "facts/report.h"

struct render_opts {
	bool colour, utf8, verbose, quiet;
	unsigned columns;  /* width of the screen, 80 when it is no terminal */
	const char *rerun; /* the command that checks again: "whycpu", "whycpu --python PY" */
};

struct reporter {
	const char *name, *help; /* --format=NAME */
	/* Appends the whole answer to `out`. */
	void (*render)(const struct facts *f, const struct report *r, const struct render_opts *o,
		       struct str *out);
};

extern const struct reporter reporter_text, reporter_json, reporter_prometheus;

extern const struct reporter *const reporters[];
extern const size_t n_reporters;
const struct reporter *reporter_find(const char *name);

#endif
