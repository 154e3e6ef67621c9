// SPDX-License-Identifier: Apache-2.0
/* Where does a node stand, and what is the one value of its names? Reads the tree and names.h; it cannot know what other files
 * do to the names of this one. */
#include "lint/local.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

#define BUDGET ((uint64_t)40 << 20) /* nodes; a file of 10,000 lines has 100,000 */

static void index_node(struct local *l, const struct py_node *node, const struct py_node *parent);

static void index_list(struct local *l, const struct py_list *list, const struct py_node *parent)
{
	for (size_t i = 0; i < list->n; i++)
		index_node(l, list->v[i], parent);
}

static void index_children(struct local *l, const struct py_node *node)
{
	bool has_tail = ast_has_tail(node->kind);

	for (size_t i = 0; has_tail && i < node->params.n; i++) {
		index_node(l, node->params.v[i].node, node);
		index_node(l, node->params.v[i].annotation, node);
		index_node(l, node->params.v[i].fallback, node);
	}
	index_node(l, node->a, node);
	index_node(l, node->b, node);
	index_node(l, node->c, node);
	index_list(l, &node->list, node);
	if (!has_tail)
		return;
	index_list(l, &node->list2, node);
	index_list(l, &node->body, node);
	index_list(l, &node->orelse, node);
	index_list(l, &node->final, node);
}

static void note_node(struct local *l, const struct py_node *node)
{
	if (node->kind == PY_GLOBAL || node->kind == PY_NONLOCAL)
		for (size_t i = 0; i < node->list.n; i++)
			PUSH(l->unit->arena, &l->declared, node->list.v[i]->name);
	if (node->kind == PY_ALIAS && starts_with(node->name, "torch"))
		l->has_torch = true;
	if (node->kind == PY_IMPORT_FROM && starts_with(node->name, "torch"))
		l->has_torch = true;
}

static void index_node(struct local *l, const struct py_node *node, const struct py_node *parent)
{
	struct local_node entry = { .node = node, .parent = parent };

	if (!node || node->id > l->unit->n_nodes)
		return;
	if (node->kind == PY_CALL)
		entry.dotted = names_dotted(l->unit, node->a);
	l->pos[node->id] = (uint32_t)l->nodes.n;
	PUSH(l->unit->arena, &l->nodes, entry);
	note_node(l, node);

	size_t own = l->pos[node->id];

	index_children(l, node);
	l->nodes.v[own].until = (uint32_t)l->nodes.n;
}

const struct local *local_of(struct unit *u)
{
	if (!u->local) {
		struct local *l = arena_alloc(u->arena, sizeof *l);

		l->unit = u;
		l->pos = arena_alloc(u->arena, (u->n_nodes + 1) * sizeof *l->pos);
		l->budget = arena_alloc(u->arena, sizeof *l->budget);
		*l->budget = BUDGET;
		index_node(l, u->tree, NULL);
		u->local = l;
	}
	return u->local;
}

bool local_spend(const struct local *l, size_t n)
{
	struct unit *u = l->unit;

	if (*l->budget == 0)
		return false;
	if (*l->budget > n) {
		*l->budget -= n;
		return true;
	}
	*l->budget = 0;
	PUSH(u->arena, &u->notes,
	     arena_fmt(u->arena, "%s: too complex for some rules, which are silent about it",
		       u->path));
	return false;
}

size_t local_pos(const struct local *l, const struct py_node *node)
{
	return l->pos[node->id];
}

size_t local_until(const struct local *l, const struct py_node *node)
{
	return l->nodes.v[l->pos[node->id]].until;
}

const struct py_node *local_parent(const struct local *l, const struct py_node *node)
{
	return l->nodes.v[l->pos[node->id]].parent;
}

const struct py_node *local_around(const struct local *l, const struct py_node *node,
				   enum py_kind kind)
{
	for (node = local_parent(l, node); node && node->kind != kind;)
		node = local_parent(l, node);
	return node;
}

bool local_inside(const struct local *l, const struct py_node *node, const struct py_node *outer)
{
	size_t at = local_pos(l, node);

	return at >= local_pos(l, outer) && at < local_until(l, outer);
}

const struct py_node *local_function(const struct local *l, const struct py_node *node)
{
	for (node = local_parent(l, node); node; node = local_parent(l, node))
		if (node->kind == PY_FUNC || node->kind == PY_LAMBDA)
			return node;
	return NULL;
}

const struct py_node *local_statement(const struct local *l, const struct py_node *node)
{
	while (node && !ast_is_statement(node->kind))
		node = local_parent(l, node);
	return node;
}

static bool in_list(const struct py_list *list, const struct py_node *node, size_t *ret_index)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i] == node) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

const struct py_list *local_block(const struct local *l, const struct py_node *statement,
				  size_t *ret_index)
{
	const struct py_node *parent = local_parent(l, statement);

	if (!parent || !ast_has_tail(parent->kind))
		return NULL;

	const struct py_list *lists[] = { &parent->body, &parent->orelse, &parent->final };

	for (size_t i = 0; i < 3; i++)
		if (in_list(lists[i], statement, ret_index))
			return lists[i];
	return NULL;
}

const char *local_callee(const struct local *l, const struct py_node *call)
{
	return call && call->kind == PY_CALL ? l->nodes.v[l->pos[call->id]].dotted : NULL;
}

bool local_calls(const struct local *l, const struct py_node *call, const char *dotted)
{
	const char *callee = local_callee(l, call);

	return callee && strcmp(callee, dotted) == 0;
}

const char *local_method(const struct py_node *call)
{
	return call->kind == PY_CALL && call->a->kind == PY_ATTR ? call->a->name : NULL;
}

bool local_has_call(const struct local *l, const char *dotted)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (local_calls(l, l->nodes.v[i].node, dotted))
			return true;
	return false;
}

bool local_has_method(const struct local *l, const char *name)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const char *method = local_method(l->nodes.v[i].node);

		if (method && strcmp(method, name) == 0)
			return true;
	}
	return false;
}

bool local_has_word(const struct unit *u, const char *word)
{
	return memmem(u->text, u->n_text, word, strlen(word)) != NULL;
}

static bool is_of(const char *dotted, const char *package)
{
	size_t n = strlen(package);

	return strncmp(dotted, package, n) == 0 && (dotted[n] == 0 || dotted[n] == '.');
}

bool local_imports(const struct local *l, const char *package)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;
		const struct py_node *parent = l->nodes.v[i].parent;

		if (node->kind == PY_IMPORT_FROM && node->level == 0 && is_of(node->name, package))
			return true;
		if (node->kind == PY_ALIAS && parent->kind == PY_IMPORT &&
		    is_of(node->name, package))
			return true;
	}
	return false;
}

const struct py_node *local_argument(const struct py_node *call, size_t position, const char *name)
{
	const struct py_node *given = name ? ast_keyword(call, name) : NULL;

	return given ? given : ast_positional(call, position);
}

bool local_has_stars(const struct py_node *call)
{
	for (size_t i = 0; i < call->list.n; i++)
		if (call->list.v[i]->stars)
			return true;
	return false;
}

bool local_is_declared(const struct local *l, const char *name)
{
	for (size_t i = 0; i < l->declared.n; i++)
		if (strcmp(l->declared.v[i], name) == 0)
			return true;
	return false;
}

static const struct binding *one_binding(const struct local *l, const struct py_node *name,
					 enum bound kind)
{
	if (!name || name->kind != PY_NAME || local_is_declared(l, name->name))
		return NULL;

	const struct scope *scope = NULL;
	const struct binding *b = names_find(l->unit, name, name->name, &scope);

	if (!b || b->kind != kind || b->n_stores != 1 || !b->node || b->is_global)
		return NULL;
	return b;
}

const struct py_node *local_value(const struct local *l, const struct py_node *name)
{
	const struct binding *b = one_binding(l, name, BOUND_VALUE);
	const struct py_node *set = b ? b->node : NULL;

	if (!set)
		return NULL;
	if (set->kind == PY_ASSIGN) {
		for (size_t i = 0; i < set->list.n; i++)
			if (set->list.v[i]->kind == PY_NAME &&
			    strcmp(set->list.v[i]->name, name->name) == 0)
				return set->a;
		return NULL;
	}
	return set->kind == PY_ANNASSIGN && set->a->kind == PY_NAME ? set->c : NULL;
}

const struct py_node *local_definition(const struct local *l, const struct py_node *name,
				       enum py_kind kind)
{
	const struct binding *b = one_binding(l, name, kind == PY_FUNC ? BOUND_FUNC : BOUND_CLASS);

	return b && b->node->kind == kind ? b->node : NULL;
}

const struct py_node *local_method_of(const struct py_node *cls, const char *name)
{
	const struct py_node *found = NULL;

	for (size_t i = 0; i < cls->body.n; i++) {
		const struct py_node *node = cls->body.v[i];

		if (node->kind != PY_FUNC || strcmp(node->name, name) != 0)
			continue;
		if (found)
			return NULL;
		found = node;
	}
	return found;
}

/* `if False:`, `if 0:`, `if TYPE_CHECKING:` */
static bool is_never(const struct py_node *test)
{
	if (test->kind == PY_FALSE || (test->kind == PY_INT && test->number == 0))
		return true;
	return (test->kind == PY_NAME || test->kind == PY_ATTR) &&
	       strcmp(test->name, "TYPE_CHECKING") == 0;
}

static bool leaves(const struct py_node *statement)
{
	return statement->kind == PY_RETURN || statement->kind == PY_RAISE ||
	       statement->kind == PY_BREAK || statement->kind == PY_CONTINUE;
}

bool local_is_dead(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *p; node; node = p) {
		size_t index = 0;
		const struct py_list *block = local_block(l, node, &index);

		p = local_parent(l, node);
		while (block && index > 0)
			if (leaves(block->v[--index]))
				return true;
		if (block && p->kind == PY_IF && block == &p->body && is_never(p->a))
			return true;
	}
	return false;
}
