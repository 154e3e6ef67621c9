// SPDX-License-Identifier: Apache-2.0
/* Which names does the value of an expression hang on, within one function? The names in it, and in all that these were bound to. How
 * large something is says nothing of where it is: x.shape, len(x) are left out. */
#ifndef WHYCPU_LINT_HANGS_H
#define WHYCPU_LINT_HANGS_H

#include "lint/ast.h"

#define HANGS_MAX 32

struct hangs {
	const char *names[HANGS_MAX];
	size_t n;
	bool is_cut;   /* there are more */
	bool compares; /* tokens != pad */
};

struct hangs hangs_of(const struct py_node *function, const struct py_node *expression);
bool hangs_on(const struct hangs *h, const char *name);

#endif
