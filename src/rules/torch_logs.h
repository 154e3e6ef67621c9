// SPDX-License-Identifier: Apache-2.0
/* TORCH_LOGS as torch's import reads it. */
#ifndef WHYCPU_RULES_TORCH_LOGS_H
#define WHYCPU_RULES_TORCH_LOGS_H

#include "rules/machine.h"
#include "rules/rules.h"

struct torch_logs {
	enum tri accepted;
	const char *word;        /* that decided; NULL: the variable could not be read */
	const char *raises_text; /* of the ValueError, as far as it is known; NULL: nothing of it */
};
struct torch_logs torch_logs_of(const struct facts *f, struct arena *a);

#endif
