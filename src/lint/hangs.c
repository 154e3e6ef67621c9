// SPDX-License-Identifier: Apache-2.0
/* Which names does the value of an expression hang on? Every line of the function that binds one of them counts, wherever it stands. */
#include "lint/hangs.h"

#include <string.h>

#include "core/str.h"

static bool asks_for_size(const struct py_node *n)
{
	static const char *const sizes[] = { "shape", "dtype", "device", "ndim", "size",
					     "dim",   "numel", "len",    NULL };

	if (n->kind == PY_CALL && n->a->kind == PY_NAME)
		return is_one_of(n->a->name, sizes);
	return n->kind == PY_ATTR && is_one_of(n->name, sizes);
}

static bool add_name(struct py_node *n, void *data)
{
	static const char *const comparisons[] = { "ne", "eq", "gt", "ge", "lt", "le", NULL };
	struct hangs *h = data;

	h->compares |= n->kind == PY_COMPARE || (n->kind == PY_CALL && n->a->kind == PY_ATTR &&
						 is_one_of(n->a->name, comparisons));
	if (n->kind != PY_NAME)
		return !asks_for_size(n);
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->names[i], n->name) == 0)
			return true;
	if (h->n < HANGS_MAX)
		h->names[h->n++] = n->name;
	else
		h->is_cut = true;
	return true;
}

struct assigned {
	struct hangs *hangs;
	const char *name;
};

static bool binds(const struct py_node *target, const char *name)
{
	if (target->kind == PY_NAME)
		return strcmp(target->name, name) == 0;
	for (size_t i = 0; target->kind == PY_TUPLE && i < target->list.n; i++)
		if (binds(target->list.v[i], name))
			return true;
	return false;
}

static bool add_assigned(struct py_node *n, void *data)
{
	const struct assigned *a = data;

	for (size_t i = 0; n->kind == PY_ASSIGN && i < n->list.n; i++)
		if (binds(n->list.v[i], a->name))
			ast_walk(n->a, add_name, a->hangs);
	return true;
}

struct hangs hangs_of(const struct py_node *function, const struct py_node *n)
{
	struct hangs h = { 0 };

	ast_walk((struct py_node *)(uintptr_t)n, add_name, &h);
	for (size_t i = 0; i < h.n; i++) {
		struct assigned a = { .hangs = &h, .name = h.names[i] };

		for (size_t k = 0; k < function->body.n; k++)
			ast_walk(function->body.v[k], add_assigned, &a);
	}
	return h;
}

bool hangs_on(const struct hangs *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->names[i], name) == 0)
			return true;
	return false;
}
