// SPDX-License-Identifier: Apache-2.0
/* What a script puts into its own environment before anything else happens. */
#ifndef WHYCPU_LINT_SCRIPT_ENV_H
#define WHYCPU_LINT_SCRIPT_ENV_H

#include "lint/lint.h"

/* `os.environ["NAME"] = "value"` at the outermost level of the script, where it runs in any case; the last one counts. NULL: there
 * is none, or what it sets is not known. The value is escaped. */
const char *script_env(const struct unit *u, const char *name, uint32_t *ret_line);

#endif
