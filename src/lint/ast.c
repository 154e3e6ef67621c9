// SPDX-License-Identifier: Apache-2.0
/* Walking and asking trees. */
#include "lint/ast.h"

#include <string.h>

#include "core/str.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#define DOTTED_MAX 512

/* A sanitizer watches over what is not there. */
struct py_node *ast_node(struct arena *a, enum py_kind kind)
{
	const size_t head = offsetof(struct py_node, number);

	if (ast_has_tail(kind))
		return arena_alloc(a, sizeof(struct py_node));
#ifdef __SANITIZE_ADDRESS__
	char *n = arena_alloc(a, sizeof(struct py_node));

	ASAN_POISON_MEMORY_REGION(n + head, sizeof(struct py_node) - head);
	return (struct py_node *)n;
#else
	return arena_alloc(a, head);
#endif
}

static void walk_list(const struct py_list *list, bool (*visit)(struct py_node *node, void *data),
		      void *data)
{
	for (size_t i = 0; i < list->n; i++)
		ast_walk(list->v[i], visit, data);
}

static void walk_params(const struct py_params *params,
			bool (*visit)(struct py_node *node, void *data), void *data)
{
	for (size_t i = 0; i < params->n; i++) {
		ast_walk(params->v[i].node, visit, data);
		ast_walk(params->v[i].annotation, visit, data);
		ast_walk(params->v[i].fallback, visit, data);
	}
}

/* The value of "**x" was met already, below its key. */
static void walk_dict_values(const struct py_node *node,
			     bool (*visit)(struct py_node *node, void *data), void *data)
{
	for (size_t i = 0; i < node->list2.n; i++) {
		if (node->list.v[i]->kind != PY_STAR)
			ast_walk(node->list2.v[i], visit, data);
	}
}

void ast_walk(struct py_node *node, bool (*visit)(struct py_node *node, void *data), void *data)
{
	if (!node || !visit(node, data))
		return;
	if (ast_has_tail(node->kind))
		walk_params(&node->params, visit, data);
	ast_walk(node->a, visit, data);
	ast_walk(node->b, visit, data);
	ast_walk(node->c, visit, data);
	walk_list(&node->list, visit, data);
	if (!ast_has_tail(node->kind))
		return;
	if (node->kind == PY_DICT)
		walk_dict_values(node, visit, data);
	else
		walk_list(&node->list2, visit, data);
	walk_list(&node->body, visit, data);
	walk_list(&node->orelse, visit, data);
	walk_list(&node->final, visit, data);
}

const char *ast_dotted(struct arena *a, const struct py_node *node)
{
	const char *parts[AST_DEPTH_MAX];
	size_t n = 0;

	for (; node && node->kind == PY_ATTR && n < AST_DEPTH_MAX - 1; node = node->a)
		parts[n++] = node->name;
	if (!node || node->kind != PY_NAME)
		return NULL;
	if (n == 0)
		return node->name;

	struct str s = str_new(a, DOTTED_MAX);

	str_add(&s, node->name);
	while (n > 0) {
		str_add(&s, ".");
		str_add(&s, parts[--n]);
	}
	return s.cut ? NULL : str_text(&s);
}

bool ast_is_statement(enum py_kind kind)
{
	return kind >= PY_EXPR && kind <= PY_MATCH && kind != PY_ALIAS && kind != PY_HANDLER &&
	       kind != PY_WITH_ITEM;
}

struct py_node *ast_keyword(const struct py_node *call, const char *name)
{
	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		if (arg->kind == PY_ARG && arg->name && strcmp(arg->name, name) == 0)
			return arg->a;
	}
	return NULL;
}

struct py_node *ast_positional(const struct py_node *call, size_t n)
{
	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		if (arg->kind != PY_ARG || arg->stars == 1)
			return NULL;
		if (arg->name || arg->stars)
			continue;
		if (n-- == 0)
			return arg->a;
	}
	return NULL;
}
