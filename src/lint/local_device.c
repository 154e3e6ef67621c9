// SPDX-License-Identifier: Apache-2.0
/* Is this expression a CUDA device, does this call use CUDA? Judged for one world: a machine with a CUDA GPU, where
 * torch.cuda.is_available() is True. What depends on a parameter, an attribute or a flag is not known. */
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/local.h"
#include "lint/names.h"

#define DEVICE_DEPTH_MAX 20

static enum where device(const struct local *l, const struct py_node *node, int depth);
static enum truth truth(const struct local *l, const struct py_node *node, int depth);

static enum where device_of_text(const char *text)
{
	if (strcmp(text, "cuda") == 0 || starts_with(text, "cuda:"))
		return WHERE_CUDA;
	return strcmp(text, "cpu") == 0 ? WHERE_CPU : WHERE_OTHER;
}

/* f"cuda:{i}": the tree keeps only what stands in braces. */
static enum where device_of_fstring(const struct local *l, const struct py_node *node)
{
	const char *text = l->unit->text + node->start;
	size_t n = node->end - node->start;

	return n > 8 && (text[0] == 'f' || text[0] == 'F') && memcmp(text + 2, "cuda:", 5) == 0
		       ? WHERE_CUDA
		       : WHERE_UNKNOWN;
}

/* `if torch.cuda.is_available(): device = A  else: device = B`, and nothing else sets it. */
static const struct py_node *set_in_both(const struct local *l, const struct py_node *name)
{
	const struct scope *scope = NULL;
	const struct binding *b = names_find(l->unit, name, name->name, &scope);
	const struct py_node *parent;

	if (!b || b->n_stores != 2 || !b->node || b->node->kind != PY_ASSIGN || b->is_global)
		return NULL;
	parent = local_parent(l, b->node);
	return parent && parent->kind == PY_IF && parent->orelse.n > 0 ? parent : NULL;
}

static const struct py_node *set_by(const struct py_list *block, const char *name)
{
	const struct py_node *found = NULL;

	for (size_t i = 0; i < block->n; i++) {
		const struct py_node *s = block->v[i];

		if (s->kind == PY_ASSIGN && s->list.n == 1 && s->list.v[0]->kind == PY_NAME &&
		    strcmp(s->list.v[0]->name, name) == 0)
			found = s->a;
	}
	return found;
}

static enum where device_of_name(const struct local *l, const struct py_node *name, int depth)
{
	const struct py_node *value = local_value(l, name);
	const struct py_node *branch = value ? NULL : set_in_both(l, name);

	if (value)
		return device(l, value, depth);
	if (!branch)
		return WHERE_UNKNOWN;

	const struct py_node *then = set_by(&branch->body, name->name);
	const struct py_node *other = set_by(&branch->orelse, name->name);
	enum truth t = truth(l, branch->a, depth);

	if (!then || !other || t == TRUTH_UNKNOWN)
		return WHERE_UNKNOWN;
	return device(l, t == TRUTH_YES ? then : other, depth);
}

static enum where device_of_choice(const struct local *l, const struct py_node *node, int depth)
{
	enum where then = device(l, node->b, depth), other = device(l, node->c, depth);

	if (then == other)
		return then;
	switch (truth(l, node->a, depth)) {
	case TRUTH_YES:
		return then;
	case TRUTH_NO:
		return other;
	default:
		return WHERE_UNKNOWN;
	}
}

static enum where device(const struct local *l, const struct py_node *node, int depth)
{
	if (!node || depth++ > DEVICE_DEPTH_MAX)
		return WHERE_UNKNOWN;
	switch (node->kind) {
	case PY_STRING:
		return device_of_text(node->name);
	case PY_FSTRING:
		return device_of_fstring(l, node);
	case PY_INT:
		return WHERE_CUDA;
	case PY_IFEXP:
		return device_of_choice(l, node, depth);
	case PY_NAME:
		return device_of_name(l, node, depth);
	case PY_CALL:
		return local_calls(l, node, "torch.device")
			       ? device(l, local_argument(node, 0, "type"), depth)
			       : WHERE_UNKNOWN;
	default:
		return WHERE_UNKNOWN;
	}
}

enum where local_device(const struct local *l, const struct py_node *node)
{
	return device(l, node, 0);
}

static enum truth opposite(enum truth t)
{
	return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth truth_of_bool(const struct local *l, const struct py_node *node, int depth)
{
	enum truth decides = node->op == OP_AND ? TRUTH_NO : TRUTH_YES;
	enum truth all = opposite(decides);

	for (size_t i = 0; i < node->list.n; i++) {
		enum truth t = truth(l, node->list.v[i], depth);

		if (t == decides)
			return decides;
		if (t == TRUTH_UNKNOWN)
			all = TRUTH_UNKNOWN;
	}
	return all;
}

static enum truth truth_of_flag(const struct local *l, const struct py_node *node, int depth)
{
	enum truth t;
	const struct py_node *value = local_flag_value(l, node, &t);

	return value ? truth(l, value, depth) : t;
}

static enum truth compared(enum py_op op, double a, double b)
{
	bool holds;

	switch (op) {
	case OP_LT:
		holds = a < b;
		break;
	case OP_LE:
		holds = a <= b;
		break;
	case OP_GT:
		holds = a > b;
		break;
	case OP_GE:
		holds = a >= b;
		break;
	case OP_EQ:
		holds = a == b;
		break;
	case OP_NE:
		holds = a != b;
		break;
	default:
		return TRUTH_UNKNOWN;
	}
	return holds ? TRUTH_YES : TRUTH_NO;
}

/* torch.cuda.device_count() > 0, >= 1, != 0: there is a GPU. Numbers are compared. */
static enum truth truth_of_compare(const struct local *l, const struct py_node *node)
{
	if (node->list.n != 1)
		return TRUTH_UNKNOWN;

	struct fold a = local_fold(l, node->a), b = local_fold(l, node->list.v[0]);

	if (a.kind == FOLD_INT && b.kind == FOLD_INT)
		return compared(node->ops[0], a.number, b.number);
	if (!local_calls(l, node->a, "torch.cuda.device_count") || b.kind != FOLD_INT)
		return TRUTH_UNKNOWN;
	if ((node->ops[0] == OP_GT || node->ops[0] == OP_NE) && b.number == 0)
		return TRUTH_YES;
	return node->ops[0] == OP_GE && b.number == 1 ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth truth(const struct local *l, const struct py_node *node, int depth)
{
	if (!node || depth++ > DEVICE_DEPTH_MAX)
		return TRUTH_UNKNOWN;
	switch (node->kind) {
	case PY_TRUE:
		return TRUTH_YES;
	case PY_FALSE:
	case PY_NONE:
		return TRUTH_NO;
	case PY_UNARY:
		return node->op == OP_NOT ? opposite(truth(l, node->a, depth)) : TRUTH_UNKNOWN;
	case PY_BOOL:
		return truth_of_bool(l, node, depth);
	case PY_COMPARE:
		return truth_of_compare(l, node);
	case PY_NAME:
		return truth(l, local_value(l, node), depth);
	case PY_ATTR:
		return truth_of_flag(l, node, depth);
	case PY_CALL:
		if (local_calls(l, node, "torch.cuda.is_available"))
			return TRUTH_YES;
		return local_calls(l, node, "torch.backends.mps.is_available") ? TRUTH_NO
									       : TRUTH_UNKNOWN;
	default:
		return TRUTH_UNKNOWN;
	}
}

enum truth local_truth(const struct local *l, const struct py_node *test)
{
	return truth(l, test, 0);
}

static bool is_torch_call(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);

	return callee && starts_with(callee, "torch.");
}

/* The receiver is a package: numba.cuda.to(...), not a tensor. */
static bool is_of_package(const struct local *l, const struct py_node *call)
{
	return local_callee(l, call) != NULL;
}

bool local_uses_cuda(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);

	if (call->kind != PY_CALL)
		return false;
	if (is_torch_call(l, call))
		return !local_calls(l, call, "torch.device") &&
		       !local_calls(l, call, "torch.load") &&
		       local_device(l, ast_keyword(call, "device")) == WHERE_CUDA;
	if (!method || is_of_package(l, call) || !l->has_torch)
		return false;
	if (strcmp(method, "cuda") == 0)
		return true;
	if (strcmp(method, "to") != 0)
		return false;

	const struct py_node *to = local_argument(call, 0, "device");

	return to && to->kind != PY_INT && local_device(l, to) == WHERE_CUDA;
}

static bool is_dtype(const struct local *l, const struct py_node *node)
{
	const char *dotted = node ? names_dotted(l->unit, node) : NULL;

	if (dotted && starts_with(dotted, "torch.") && node->kind == PY_ATTR)
		return true;
	return node && node->kind == PY_ATTR && strcmp(node->name, "dtype") == 0;
}

bool local_moves(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);

	if (call->kind != PY_CALL)
		return false;
	if (ast_keyword(call, "device") || ast_keyword(call, "device_map"))
		return local_device(l, ast_keyword(call, "device")) != WHERE_CPU;
	if (!method || is_of_package(l, call))
		return false;
	if (strcmp(method, "cuda") == 0 || strcmp(method, "to_empty") == 0)
		return true;
	if (strcmp(method, "type") == 0)
		return call->list.n > 0 && !is_dtype(l, ast_positional(call, 0));
	if (strcmp(method, "to") != 0)
		return false;

	const struct py_node *to = ast_positional(call, 0);

	if (!to)
		return !ast_keyword(call, "dtype") || local_has_stars(call);
	return !is_dtype(l, to) && local_device(l, to) != WHERE_CPU;
}

bool local_starts_cuda(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);

	if (call->kind != PY_CALL)
		return false;
	for (size_t i = 0; callee && i < n_lint_cuda_start_table; i++)
		if (strcmp(lint_cuda_start_table[i].name, callee) == 0)
			return true;
	return local_uses_cuda(l, call);
}
