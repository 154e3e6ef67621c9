// SPDX-License-Identifier: Apache-2.0
/* What a script imports before it can do anything else. */
#ifndef WHYCPU_LINT_SCRIPT_IMPORTS_H
#define WHYCPU_LINT_SCRIPT_IMPORTS_H

#include "facts/import_package.h"
#include "lint/lint.h"

/* Imports at the outermost level of the script that run in any case, each module once, in order: up to the first statement that
 * may change where Python looks, install something, or end the program. None of a notebook. */
struct import_lines script_imports(const struct unit *u);

#endif
