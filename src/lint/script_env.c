// SPDX-License-Identifier: Apache-2.0
/* It cannot know what an imported module sets, nor whether the variable was read before: a value that comes too late is a
 * finding of its own (cvd-after-init), and whoever asks looks at that first. */
#include "lint/script_env.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

/* os.environ["NAME"] */
static bool is_variable(const struct unit *u, const struct py_node *node, const char *name)
{
	const char *base;

	if (node->kind != PY_SUBSCRIPT || node->list.n != 1 || node->list.v[0]->kind != PY_STRING ||
	    strcmp(node->list.v[0]->name, name) != 0)
		return false;
	base = names_dotted(u, node->a);
	return base && strcmp(base, "os.environ") == 0;
}

const char *script_env(const struct unit *u, const char *name, uint32_t *ret_line)
{
	const char *value = NULL;

	for (size_t i = 0; i < u->tree->body.n; i++) {
		const struct py_node *s = u->tree->body.v[i];

		if (s->kind != PY_ASSIGN || s->list.n != 1 || !is_variable(u, s->list.v[0], name))
			continue;
		value = s->a->kind == PY_STRING && !s->a->is_bytes ? esc(u->arena, s->a->name)
								   : NULL;
		*ret_line = s->line;
	}
	return value;
}
