// SPDX-License-Identifier: Apache-2.0
/* Is a question asked without its parentheses? `torch.cuda.is_available` is a function, and a function is always true. Only
 * where the function itself is taken for its answer; handing it to others is right. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static bool is_question(const char *dotted)
{
	static const char *const names[] = {
		"torch.cuda.is_available",         "torch.cuda.is_bf16_supported",
		"torch.cuda.is_initialized",       "torch.cuda.device_count",
		"torch.backends.mps.is_available", "torch.backends.mps.is_built",
		"torch.xpu.is_available",          "torch.accelerator.is_available",
		"torch.distributed.is_available",  "torch.distributed.is_initialized"
	};

	for (size_t i = 0; dotted && i < sizeof names / sizeof *names; i++)
		if (strcmp(dotted, names[i]) == 0)
			return true;
	return false;
}

/* `x == True`, `x > 1`: is the function compared as if it were its answer? */
static bool is_compared(const struct py_node *p, const struct py_node *child)
{
	const struct py_node *other = p->a == child ? p->list.v[0] : p->a;

	if (p->list.n != 1)
		return false;
	if (p->ops[0] == OP_GT || p->ops[0] == OP_GE || p->ops[0] == OP_LT || p->ops[0] == OP_LE)
		return true;
	return (p->ops[0] == OP_EQ || p->ops[0] == OP_NE || p->ops[0] == OP_IS ||
		p->ops[0] == OP_IS_NOT) &&
	       (other->kind == PY_TRUE || other->kind == PY_FALSE || other->kind == PY_INT);
}

/* Is the truth of this expression asked where it stands? */
static bool is_tested(const struct local *l, const struct py_node *node)
{
	const struct py_node *p = local_parent(l, node);

	switch (p->kind) {
	case PY_IF:
	case PY_WHILE:
	case PY_IFEXP:
	case PY_ASSERT:
		return p->a == node;
	case PY_UNARY:
		return p->op == OP_NOT;
	case PY_COMPARE:
		return is_compared(p, node);
	case PY_BOOL:
		return p->list.v[p->list.n - 1] != node || is_tested(l, p);
	default:
		return false;
	}
}

/* `hasattr`-style doubt: f is not None and f(); the function is asked for and then called. */
static bool is_called_beside(const struct local *l, const struct py_node *node, const char *dotted)
{
	const struct py_node *statement = local_statement(l, node);

	for (size_t i = local_pos(l, statement); i < local_until(l, statement); i++)
		if (local_calls(l, l->nodes.v[i].node, dotted))
			return true;
	return false;
}

static bool is_replaced(const struct local *l, const char *dotted)
{
	if (!local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;
		const char *target = node->kind == PY_ATTR && p->kind == PY_ASSIGN && p->a != node
					     ? names_dotted(l->unit, node)
					     : NULL;

		if (target && strcmp(target, dotted) == 0)
			return true;
	}
	return false;
}

/* `use_cuda = torch.cuda.is_available`: every use of the name asks for its truth, at least one does. */
static bool name_is_tested(const struct local *l, const struct py_node *target)
{
	size_t tested = 0;
	const struct binding *b = names_find(l->unit, target, target->name, NULL);

	if (!b || b->n_stores != 1 || b->is_global || b->kind != BOUND_VALUE ||
	    !local_spend(l, l->nodes.n))
		return false;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node == target || node->kind != PY_NAME ||
		    strcmp(node->name, target->name) != 0 ||
		    names_find(l->unit, node, node->name, NULL) != b)
			continue;
		if (!is_tested(l, node))
			return false;
		tested++;
	}
	return tested > 0;
}

/* The same for args.cuda = ... is_available: an attribute that is asked somewhere and called nowhere. */
static bool attribute_is_tested(const struct local *l, const struct py_node *target)
{
	size_t tested = 0;

	if (!local_spend(l, l->nodes.n))
		return false;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (node == target || node->kind != PY_ATTR ||
		    strcmp(node->name, target->name) != 0)
			continue;
		if (p->kind == PY_CALL && p->a == node)
			return false;
		tested += is_tested(l, node);
	}
	return tested > 0;
}

/* The end of an `and`, or the whole value, goes into a name whose truth is asked later. */
static bool is_kept_and_tested(const struct local *l, const struct py_node *node)
{
	const struct py_node *p = local_parent(l, node);

	if (p->kind == PY_BOOL)
		return is_kept_and_tested(l, p);
	if (p->kind != PY_ASSIGN || p->a != node || p->list.n != 1)
		return false;
	if (p->list.v[0]->kind == PY_NAME)
		return name_is_tested(l, p->list.v[0]);
	return p->list.v[0]->kind == PY_ATTR && attribute_is_tested(l, p->list.v[0]);
}

static void look_at(const struct local *l, const struct py_node *node)
{
	const struct py_node *p = local_parent(l, node);
	const char *dotted;

	if (p->kind == PY_ATTR || (p->kind == PY_CALL && p->a == node))
		return;
	dotted = names_dotted(l->unit, node);
	if (!is_question(dotted) || (!is_tested(l, node) && !is_kept_and_tested(l, node)))
		return;
	if (is_called_beside(l, node, dotted) || is_replaced(l, dotted) || local_is_dead(l, node))
		return;

	bool raises = p->kind == PY_COMPARE && p->ops[0] >= OP_LT && p->ops[0] <= OP_GE;
	struct finding *f = lint_report(
		l->unit, "code-is-available-not-called", node,
		raises ? "raises: TypeError: %s is a function, and it is not called"
		       : "%s is not called: a function is always true, also without a GPU",
		dotted);

	if (!f)
		return;
	lint_advise(l->unit, f, "call it: %s()", lint_text(l->unit, node, 80));
	lint_edit(l->unit, f, APPLIES_SAFE, node->end, node->end, "()");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_ATTR || l->nodes.v[i].node->kind == PY_NAME)
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_called = { "called", run };
