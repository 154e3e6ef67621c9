// SPDX-License-Identifier: Apache-2.0
/* Findings of the linter on a screen. */
#ifndef WHYCPU_REPORT_LINT_TEXT_H
#define WHYCPU_REPORT_LINT_TEXT_H

#include "report/render.h"

/* One finding that has a location, and an empty line. */
void lint_text_finding(const struct finding *f, const struct render_opts *o, struct str *out);

#endif
