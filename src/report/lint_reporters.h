// SPDX-License-Identifier: Apache-2.0
/* How the linter's answer can be written: the names that `whycpu lint --format` takes, the first one for who asks for nothing. */
#ifndef WHYCPU_REPORT_LINT_REPORTERS_H
#define WHYCPU_REPORT_LINT_REPORTERS_H

#include "report/render.h"

extern const struct reporter reporter_lint_text, reporter_lint_json, reporter_sarif,
	reporter_github;

extern const struct reporter *const lint_reporters[];
extern const size_t n_lint_reporters;

#endif
