// SPDX-License-Identifier: Apache-2.0
#include "report/lint_reporters.h"

const struct reporter *const lint_reporters[] = {
	&reporter_lint_text,
	&reporter_lint_json,
	&reporter_sarif,
	&reporter_github,
};
const size_t n_lint_reporters = sizeof lint_reporters / sizeof lint_reporters[0];
