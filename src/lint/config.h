// SPDX-License-Identifier: Apache-2.0
/* The table [tool.whycpu] of a pyproject.toml. */
#ifndef WHYCPU_LINT_CONFIG_H
#define WHYCPU_LINT_CONFIG_H

#include "core/array.h"
#include "core/str.h"

struct lint_config {
	bool is_there; /* the file has the table */
	bool has_select;
	struct strlist select, ignore; /* words, as they stand there */
	struct strlist exclude;        /* patterns as in .gitignore */
};

/* False: *ret_problem is "line 12: ..." */
bool config_parse(struct bytes toml, struct arena *a, struct lint_config *ret,
		  const char **ret_problem);

#endif
