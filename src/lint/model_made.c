// SPDX-License-Identifier: Apache-2.0
/* Where was it made: in which function, by which helper, by which method? For the line that a finding names. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

const struct py_node *def_around(const struct unit *u, const struct py_node *n)
{
	const struct scope *scope = names_scope(u, n);

	while (scope && scope->outer && scope->node->kind != PY_FUNC)
		scope = scope->outer;
	return scope ? scope->node : NULL;
}

const struct py_node *function_around(const struct unit *u, const struct py_node *n)
{
	const struct scope *scope = names_scope(u, n);

	while (scope && scope->node->kind == PY_COMP)
		scope = scope->outer;
	return scope ? scope->node : NULL;
}

/* `net = make_model(...)` where the call stands: nearer to who forgot the move than the helper
 * that made it. */
const struct py_node *bound_by_call(struct unit *u, const struct py_node *outer,
				    const struct py_node *site)
{
	const struct py_node *callee = outer->kind == PY_CALL ? outer->a : NULL;
	const struct scope *scope = NULL;
	const struct binding *b = callee && callee->kind == PY_NAME
					  ? names_find(u, outer, callee->name, &scope)
					  : NULL;
	const struct py_node *n = b && b->kind == BOUND_VALUE && b->n_stores == 1 ? b->node : NULL;
	bool made_elsewhere = scope && names_scope(u, site) != scope;

	return n && made_elsewhere && n->kind == PY_ASSIGN && n->a->kind == PY_CALL ? n->a : NULL;
}

/* One of several: `if name == "small": net = small_net()`, each helper called in one place for the name that is used. */
struct helper_call {
	const struct unit *unit;
	const char *helper;
	const struct py_node *use, *call;
	size_t n;
};

static bool is_name(const struct py_node *n, const char *name)
{
	return n->kind == PY_NAME && strcmp(n->name, name) == 0;
}

/* Does the call use this very variable, itself or as an argument? */
static bool uses_name(const struct helper_call *h, const struct py_node *target)
{
	bool found = h->use->kind == PY_CALL && is_name(h->use->a, target->name);
	const struct scope *scope = NULL;

	for (size_t i = 0; h->use->kind == PY_CALL && !found && i < h->use->list.n; i++)
		found = is_name(h->use->list.v[i]->a, target->name);
	return found && names_find(h->unit, h->use, target->name, &scope) &&
	       scope == names_scope(h->unit, target);
}

static bool find_helper_call(struct py_node *n, void *data)
{
	struct helper_call *h = data;
	const struct py_node *target = n->kind == PY_ASSIGN && n->list.n == 1 ? n->list.v[0] : NULL;

	if (!target || target->kind != PY_NAME || n->a->kind != PY_CALL ||
	    (n->a->a->kind != PY_NAME && n->a->a->kind != PY_ATTR) ||
	    strcmp(n->a->a->name, h->helper) != 0 || !uses_name(h, target))
		return true;
	h->call = n->a;
	h->n++;
	return true;
}

const struct py_node *made_by_helper(struct unit *u, const struct py_node *outer,
				     const struct object *o)
{
	const struct py_node *helper = function_around(o->unit, o->site);
	struct helper_call h = { .unit = u, .use = outer };

	if (!helper || helper->kind != PY_FUNC || helper == function_around(u, outer))
		return NULL;
	h.helper = helper->name;
	ast_walk(u->tree, find_helper_call, &h);
	return h.n == 1 ? h.call : NULL;
}

/* net.init_hidden(n): the network makes what it is called with later, and knows where it is itself. */
bool is_made_by_network(const struct origin *o, const struct py_node *call)
{
	const struct scope *scope = o && o->node ? names_scope(o->unit, o->node) : NULL;
	const struct py_node *cls = NULL;

	while (scope && scope->node->kind == PY_COMP)
		scope = scope->outer;
	if (scope && scope->node->kind == PY_FUNC && scope->outer)
		cls = scope->outer->node;
	if (!cls || cls->kind != PY_CLASS ||
	    (scope->node->start <= call->start && call->end <= scope->node->end))
		return false;
	for (size_t i = 0; i < cls->body.n; i++)
		if (cls->body.v[i]->kind == PY_FUNC && strcmp(cls->body.v[i]->name, "forward") == 0)
			return true;
	return false;
}
