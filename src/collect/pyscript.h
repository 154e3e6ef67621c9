// SPDX-License-Identifier: Apache-2.0
/* The program that was named: SCRIPT.py. */
#ifndef WHYCPU_COLLECT_PYSCRIPT_H
#define WHYCPU_COLLECT_PYSCRIPT_H

#include "collect/pypath.h"

/* What stands in the first line of a script that may be executed. */
struct shebang {
	const char *interpreter; /* as it stands there: a path or a name; NULL: none that counts */
	bool by_uv;              /* `uv run`: an environment that uv makes for it */
};

/* Is `typed` a Python program? NULL and *ret_path, absolute; else in words what it is instead. */
const char *pyscript_check(struct sys *s, const char *typed, const char **ret_path,
			   struct shebang *ret_shebang, struct pystart *ret_start);

/* Reads the options of an interpreter from words[i] on. Returns the index of the script, words->n if there is none
 * (-c, -m, a prompt). */
size_t pyscript_options(const struct strlist *words, size_t i, struct pystart *start);

#endif
