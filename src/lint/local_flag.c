// SPDX-License-Identifier: Apache-2.0
/* What does a command line flag say if nobody types it? `args.workers` of an ArgumentParser in the same file: the program as it is
 * started without flags. */
#include <string.h>

#include "lint/local.h"

static const char *flag_of(const struct py_node *arg)
{
	if (!arg || arg->kind != PY_STRING || strncmp(arg->name, "--", 2) != 0)
		return NULL;
	return arg->name + 2;
}

static bool same_flag(const char *flag, const char *attr)
{
	for (; *flag && *attr; flag++, attr++)
		if ((*flag == '-' ? '_' : *flag) != *attr)
			return false;
	return *flag == *attr;
}

static bool adds_flag(const struct py_node *call, const char *attr)
{
	const char *method = local_method(call);
	const struct py_node *dest = ast_keyword(call, "dest");

	if (!method || strcmp(method, "add_argument") != 0)
		return false;
	if (dest)
		return dest->kind == PY_STRING && strcmp(dest->name, attr) == 0;
	for (size_t i = 0; i < 3; i++) {
		const char *flag = flag_of(ast_positional(call, i));

		if (flag)
			return same_flag(flag, attr);
	}
	return false;
}

/* "args" of `args = parser.parse_args()`. */
static bool is_parsed(const struct local *l, const struct py_node *name)
{
	const struct py_node *value = local_value(l, name);
	const char *method = value ? local_method(value) : NULL;

	return method && strcmp(method, "parse_args") == 0;
}

/* The only add_argument() of the flag, NULL if there are more or the attribute is set by hand. */
static const struct py_node *definition(const struct local *l, const struct py_node *attr)
{
	const struct py_node *found = NULL;

	if (!attr || attr->kind != PY_ATTR || !is_parsed(l, attr->a) || !local_spend(l, l->nodes.n))
		return NULL;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_ATTR && l->nodes.v[i].parent->kind == PY_ASSIGN &&
		    l->nodes.v[i].parent->a != node && strcmp(node->name, attr->name) == 0)
			return NULL; /* args.workers = ... */
		if (node->kind != PY_CALL || !adds_flag(node, attr->name))
			continue;
		if (found)
			return NULL;
		found = node;
	}
	return found;
}

const struct py_node *local_flag_default(const struct local *l, const struct py_node *attr)
{
	const struct py_node *call = definition(l, attr);

	return call ? ast_keyword(call, "default") : NULL;
}

/* args.cuda = ..., once in the file. */
static const struct py_node *set_by_hand(const struct local *l, const struct py_node *attr)
{
	const struct py_node *found = NULL;

	if (!is_parsed(l, attr->a) || !local_spend(l, l->nodes.n))
		return NULL;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (node->kind == PY_CALL && adds_flag(node, attr->name))
			return NULL;
		if (node->kind != PY_ATTR || p->kind != PY_ASSIGN || p->a == node ||
		    strcmp(node->name, attr->name) != 0)
			continue;
		enum py_kind outer = local_parent(l, p)->kind;

		if (found || (outer != PY_MODULE && outer != PY_FUNC))
			return NULL;
		found = p->a;
	}
	return found;
}

const struct py_node *local_flag_value(const struct local *l, const struct py_node *attr,
				       enum truth *ret_truth)
{
	const struct py_node *call = definition(l, attr);
	const struct py_node *action = call ? ast_keyword(call, "action") : NULL;
	const struct py_node *fallback = call ? ast_keyword(call, "default") : NULL;

	*ret_truth = TRUTH_UNKNOWN;
	if (!call)
		return attr->kind == PY_ATTR ? set_by_hand(l, attr) : NULL;
	if (fallback)
		return fallback;
	if (action && action->kind == PY_STRING && strcmp(action->name, "store_true") == 0)
		*ret_truth = TRUTH_NO;
	if (action && action->kind == PY_STRING && strcmp(action->name, "store_false") == 0)
		*ret_truth = TRUTH_YES;
	return NULL;
}
