// SPDX-License-Identifier: Apache-2.0
/* What was certainly evaluated before a place? Statements before it in its own blocks; code before the only call of the
 * function that it stands in; what those call, if it is defined here; what an import of the project runs. Branches, loop
 * bodies, handlers and what stands behind a possible return prove nothing. */
#include <string.h>

#include "lint/local.h"
#include "lint/names.h"

#define ORDER_DEPTH_MAX 12 /* calls and imports that are followed, one inside the other */
#define ORDER_STEPS_MAX 20000

struct search {
	bool (*is)(const struct local *l, const struct py_node *node);
	const struct unit *in;
	int depth, steps;
};

static const struct py_node *in_expression(struct search *s, const struct local *l,
					   const struct py_node *node);
static const struct py_node *in_statement(struct search *s, const struct local *l,
					  const struct py_node *node);

static const struct py_node *found(struct search *s, const struct local *l,
				   const struct py_node *node)
{
	if (!s->is(l, node))
		return NULL;
	s->in = l->unit;
	return node;
}

static bool is_exit(const struct py_node *node)
{
	return node->kind == PY_RETURN || node->kind == PY_RAISE || node->kind == PY_BREAK ||
	       node->kind == PY_CONTINUE || node->kind == PY_YIELD || node->kind == PY_AWAIT;
}

/* May control leave the block at this statement? */
static bool may_leave(const struct local *l, const struct py_node *statement)
{
	size_t until = local_until(l, statement);

	if (statement->kind == PY_FUNC || statement->kind == PY_CLASS)
		return false;
	for (size_t i = local_pos(l, statement); i < until; i++)
		if (is_exit(l->nodes.v[i].node))
			return true;
	return false;
}

static const struct py_node *in_block(struct search *s, const struct local *l,
				      const struct py_list *block)
{
	for (size_t i = 0; i < block->n; i++) {
		const struct py_node *hit = in_statement(s, l, block->v[i]);

		if (hit)
			return hit;
		if (may_leave(l, block->v[i]))
			return NULL;
	}
	return NULL;
}

/* The body that a call of this unit runs: of a function, or of a class's __init__. */
static const struct py_node *called_body(const struct local *l, const struct py_node *call)
{
	const struct py_node *f = local_definition(l, call->a, PY_FUNC);
	const struct py_node *cls = f ? NULL : local_definition(l, call->a, PY_CLASS);

	if (cls)
		f = local_method_of(cls, "__init__");
	if (!f || f->is_async || f->list.n > 0)
		return NULL;
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++)
		if (l->nodes.v[i].node->kind == PY_YIELD)
			return NULL; /* a generator: nothing runs yet */
	return f;
}

static const struct py_node *in_call(struct search *s, const struct local *l,
				     const struct py_node *call)
{
	const struct py_node *hit = found(s, l, call);
	const struct py_node *f = hit ? NULL : called_body(l, call);

	if (hit || !f || s->depth == ORDER_DEPTH_MAX)
		return hit;
	s->depth++;
	hit = in_block(s, l, &f->body);
	s->depth--;
	return hit;
}

static const struct py_node *in_list(struct search *s, const struct local *l,
				     const struct py_list *list)
{
	const struct py_node *hit = NULL;

	for (size_t i = 0; i < list->n && !hit; i++)
		hit = in_expression(s, l, list->v[i]);
	return hit;
}

static const struct py_node *in_expression(struct search *s, const struct local *l,
					   const struct py_node *node)
{
	const struct py_node *hit = NULL;

	if (!node || s->steps++ > ORDER_STEPS_MAX)
		return NULL;
	switch (node->kind) {
	case PY_LAMBDA:
		return NULL;
	case PY_COMP:
		return node->list.n ? in_expression(s, l, node->list.v[0]->b) : NULL;
	case PY_BOOL:
		return in_expression(s, l, node->list.v[0]);
	case PY_IFEXP:
		return in_expression(s, l, node->a);
	default:
		break;
	}
	hit = in_expression(s, l, node->a);
	hit = hit ? hit : in_expression(s, l, node->b);
	hit = hit ? hit : in_expression(s, l, node->c);
	hit = hit ? hit : in_list(s, l, &node->list);
	if (node->kind == PY_DICT)
		hit = hit ? hit : in_list(s, l, &node->list2);
	if (!hit && node->kind == PY_CALL)
		hit = in_call(s, l, node);
	return hit;
}

static const struct py_node *in_module(struct search *s, const struct local *l,
				       const struct py_node *import)
{
	struct unit *other = NULL;

	if (s->depth == ORDER_DEPTH_MAX || !l->unit->project)
		return NULL;
	if (import->kind == PY_IMPORT_FROM)
		other = project_import(l->unit->project, l->unit, import->name, import->level);
	else if (import->list.n == 1)
		other = project_import(l->unit->project, l->unit, import->list.v[0]->name, 0);
	if (!other || other == l->unit)
		return NULL;
	s->depth++;

	const struct py_node *hit = in_block(s, local_of(other), &other->tree->body);

	s->depth--;
	return hit;
}

static const struct py_node *in_definition(struct search *s, const struct local *l,
					   const struct py_node *f)
{
	const struct py_node *hit = in_list(s, l, &f->list);

	for (size_t i = 0; i < f->params.n && !hit; i++)
		hit = in_expression(s, l, f->params.v[i].fallback);
	return hit;
}

static const struct py_node *in_items(struct search *s, const struct local *l,
				      const struct py_node *with)
{
	const struct py_node *hit = NULL;

	for (size_t i = 0; i < with->list.n && !hit; i++)
		hit = in_expression(s, l, with->list.v[i]->a);
	return hit;
}

static const struct py_node *in_statement(struct search *s, const struct local *l,
					  const struct py_node *node)
{
	const struct py_node *hit = NULL;

	if (s->steps++ > ORDER_STEPS_MAX)
		return NULL;
	switch (node->kind) {
	case PY_IMPORT:
	case PY_IMPORT_FROM:
		hit = found(s, l, node);
		return hit ? hit : in_module(s, l, node);
	case PY_FUNC:
		return in_definition(s, l, node);
	case PY_CLASS:
		hit = in_list(s, l, &node->list);
		return hit ? hit : in_block(s, l, &node->body);
	case PY_IF:
	case PY_WHILE:
		return in_expression(s, l, node->a);
	case PY_FOR:
		return in_expression(s, l, node->b);
	case PY_WITH:
		hit = in_items(s, l, node);
		return hit ? hit : in_block(s, l, &node->body);
	case PY_TRY:
		return in_block(s, l, &node->body);
	case PY_MATCH:
		return in_expression(s, l, node->a);
	case PY_GLOBAL:
	case PY_NONLOCAL:
	case PY_ERROR:
		return NULL;
	default:
		return in_expression(s, l, node);
	}
}

/* The only place where a function of this unit is named, if that is a call of it. */
static const struct py_node *only_call(const struct local *l, const struct py_node *f)
{
	const struct py_node *only = NULL;

	if (!local_spend(l, l->nodes.n))
		return NULL;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;
		const struct py_node *parent = l->nodes.v[i].parent;

		if (node->kind != PY_NAME || strcmp(node->name, f->name) != 0 ||
		    local_definition(l, node, PY_FUNC) != f)
			continue;
		if (only || parent->kind != PY_CALL || parent->a != node)
			return NULL;
		only = parent;
	}
	return only;
}

/* What the header of a compound statement evaluates before its body runs. */
static const struct py_node *in_header(struct search *s, const struct local *l,
				       const struct py_node *outer, const struct py_list *block)
{
	switch (outer->kind) {
	case PY_IF:
	case PY_WHILE:
		return in_expression(s, l, outer->a);
	case PY_FOR:
		return in_expression(s, l, outer->b);
	case PY_WITH:
		return in_items(s, l, outer);
	case PY_TRY:
		return block == &outer->orelse ? in_block(s, l, &outer->body) : NULL;
	default:
		return NULL;
	}
}

static const struct py_node *before(struct search *s, const struct local *l,
				    const struct py_node *at)
{
	const struct py_node *hit = NULL;
	const struct py_node *statement = local_statement(l, at);

	while (statement && !hit) {
		size_t index = 0;
		const struct py_node *outer = local_parent(l, statement);
		const struct py_list *block = local_block(l, statement, &index);

		while (block && index > 0 && !hit)
			hit = in_statement(s, l, block->v[--index]);
		if (hit || !outer || s->steps > ORDER_STEPS_MAX)
			return hit;
		if (block)
			hit = in_header(s, l, outer, block);
		if (!hit && outer->kind == PY_FUNC && s->depth < ORDER_DEPTH_MAX) {
			const struct py_node *call = only_call(l, outer);

			s->depth++;
			if (call && !local_inside(l, call, outer))
				hit = before(s, l, call);
			s->depth--;
		}
		statement = outer;
	}
	return hit;
}

const struct py_node *order_find(const struct local *l, const struct py_node *at,
				 bool (*is)(const struct local *l, const struct py_node *node),
				 const struct unit **ret_in)
{
	struct search s = { .is = is };

	if (!local_spend(l, ORDER_STEPS_MAX))
		return NULL;

	const struct py_node *hit = before(&s, l, at);

	if (hit && ret_in)
		*ret_in = s.in;
	return hit;
}
