// SPDX-License-Identifier: Apache-2.0
/* What does the body of a function say that a parameter is, or a name that it binds? */
#ifndef WHYCPU_LINT_PARAM_USE_H
#define WHYCPU_LINT_PARAM_USE_H

#include <stdbool.h>

#include "lint/lint.h"

/* Is it used as nothing but a tensor can be? What a module's forward works on (`is_input`) is one if it has a shape
 * or is calculated with. */
bool param_is_tensor(const struct unit *u, const struct py_node *def, const struct py_param *p,
		     bool is_input);

/* The same of a name that is bound in the body, at `name`, from there on. */
bool local_is_tensor(const struct unit *u, const struct py_node *def, const struct py_node *name);

/* x[:, 0]: a tensor or an array, and no plain list or number. */
bool param_is_array(const struct py_node *def, const char *name);

#endif
