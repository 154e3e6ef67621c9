// SPDX-License-Identifier: Apache-2.0
#ifndef WHYCPU_LINT_SCRIPT_FLAG_H
#define WHYCPU_LINT_SCRIPT_FLAG_H

#include "lint/lint.h"

/* What must be typed for a script to ask for the GPU ("--cuda", "--device cuda"), and the line where it is declared. NULL: there is
 * none, or it is nowhere read. In the unit's arena. */
const char *script_flag(const struct unit *u, uint32_t *ret_line);

#endif
