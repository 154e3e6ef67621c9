// SPDX-License-Identifier: Apache-2.0
/* Is a device chosen and never used? Only in a file that trains (it calls backward()) and in which nothing at all moves: then
 * everything runs on the CPU. A file whose imports were not read may be moved by them: nothing is said of it. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

/* In a file that was read: it may place models or tensors on its own. */
static const char *const imported_words[] = { ".cuda(",   "self.to(", "cuda:",
					      "\"cuda\"", "'cuda'",   NULL };

static bool some_word_moves(const struct unit *u)
{
	static const char *const words[] = { "cuda.FloatTensor",
					     "cuda.LongTensor",
					     "cuda.HalfTensor",
					     "cuda.DoubleTensor",
					     "set_default_device",
					     "set_default_tensor_type",
					     "globals()",
					     "locals()",
					     "vars()",
					     "exec(" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (local_has_word(u, words[i]))
			return true;
	return false;
}

static bool something_moves(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_CALL && local_moves(l, node))
			return true;
		if (node->kind == PY_WITH_ITEM && local_calls(l, node->a, "torch.device"))
			return true;
	}
	return some_word_moves(l->unit) || local_import_may(l, imported_words);
}

static bool is_talk(const struct local *l, const struct py_node *call)
{
	static const char *const methods[] = { "info",     "debug", "warning", "error",
					       "critical", "log",   "write",   "format" };
	const char *method = local_method(call), *callee = local_callee(l, call);

	if (call->a->kind == PY_NAME)
		return strcmp(call->a->name, "print") == 0 || strcmp(call->a->name, "str") == 0 ||
		       strcmp(call->a->name, "repr") == 0;
	if (callee && (starts_with(callee, "torch.cuda.get_") || starts_with(callee, "logging.")))
		return true;
	for (size_t i = 0; method && i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

/* Mixed precision is told the kind of device; it moves nothing. */
static bool is_precision(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);

	return callee && (ends_with(callee, ".autocast") || ends_with(callee, ".GradScaler"));
}

static bool is_inert(const struct local *l, const struct py_node *load, int depth);

/* The parameter that takes an argument of a call of this unit, or NULL. */
static const struct py_param *taken_by(const struct local *l, const struct py_node *call,
				       const struct py_node *value, const struct py_node **ret_f)
{
	const struct py_node *f = local_definition(l, call->a, PY_FUNC);
	const struct py_node *cls = f ? NULL : local_definition(l, call->a, PY_CLASS);
	size_t first = cls ? 1 : 0;

	f = cls ? local_method_of(cls, "__init__") : f;
	if (!f || local_has_stars(call))
		return NULL;
	*ret_f = f;
	for (size_t i = 0, at = first; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		if (arg->a == value && !arg->name)
			return at < f->params.n && f->params.v[at].kind == PARAM_PLAIN
				       ? &f->params.v[at]
				       : NULL;
		at += !arg->name;
		for (size_t k = first; arg->a == value && arg->name && k < f->params.n; k++)
			if (strcmp(f->params.v[k].name, arg->name) == 0 &&
			    f->params.v[k].kind != PARAM_KWARGS)
				return &f->params.v[k];
	}
	return NULL;
}

/* Handed to a function of this unit that does nothing with it either. */
static bool is_ignored(const struct local *l, const struct py_node *call,
		       const struct py_node *value, int depth)
{
	const struct py_node *f = NULL;
	const struct py_param *param = taken_by(l, call, value, &f);

	if (!param || depth > 3 || !local_spend(l, local_until(l, f) - local_pos(l, f)))
		return false;
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_NAME && node != param->node &&
		    strcmp(node->name, param->name) == 0 && !is_inert(l, node, depth + 1))
			return false;
	}
	return true;
}

/* Only said or asked, not used: print(device), if device.type == "cuda". */
static bool is_inert(const struct local *l, const struct py_node *load, int depth)
{
	const struct py_node *child = load;

	for (const struct py_node *p = local_parent(l, load); p;
	     child = p, p = local_parent(l, p)) {
		if (p->kind == PY_CALL && (is_precision(l, p) || is_ignored(l, p, load, depth)))
			return true;
		if (p->kind == PY_CALL && !is_talk(l, p))
			return false;
		if (ast_is_statement(p->kind))
			return p->kind == PY_EXPR || p->kind == PY_ASSERT ||
			       (p->kind == PY_IF && p->a == child);
	}
	return false;
}

static bool is_target(const struct local *l, const struct py_node *node)
{
	const struct py_node *p = local_parent(l, node);

	if (p->kind == PY_ASSIGN)
		return p->a != node;
	return p->kind == PY_ANNASSIGN && p->a == node;
}

/* Does this assignment give a device? */
static bool is_device(const struct local *l, const struct py_node *set)
{
	enum where w = local_device(l, set->kind == PY_ANNASSIGN ? set->c : set->a);

	return w == WHERE_CUDA || w == WHERE_CPU;
}

static bool name_is_used(const struct local *l, const struct py_node *target)
{
	const struct scope *scope = NULL;
	const struct binding *b = names_find(l->unit, target, target->name, &scope);

	/* A name in the body of a class is read as an attribute, from anywhere. */
	if (!b || b->is_global || b->n_stores > 2 || !scope || scope->has_dynamic ||
	    scope->node->kind == PY_CLASS || !local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind != PY_NAME || strcmp(node->name, target->name) != 0 ||
		    names_find(l->unit, node, node->name, NULL) != b)
			continue;
		if (is_target(l, node) ? !is_device(l, local_parent(l, node))
				       : !is_inert(l, node, 0))
			return true;
	}
	return false;
}

static bool attribute_is_used(const struct local *l, const struct py_node *target)
{
	const struct py_node *cls = local_around(l, target, PY_CLASS);

	if (!cls || cls->list2.n > 0 || target->a->kind != PY_NAME ||
	    strcmp(target->a->name, "self") != 0 || !local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_ATTR && strcmp(node->name, target->name) == 0 &&
		    !is_target(l, node) && !is_inert(l, node, 0) && !names_dotted(l->unit, node))
			return true;
	}
	return false;
}

/* The user may still choose the CPU: "cuda" if torch.cuda.is_available() and args.cuda else "cpu", torch.device(args.device). */
static bool may_be_cuda(const struct local *l, const struct py_node *value)
{
	const struct py_node *told = value;

	if (value->kind == PY_CALL && local_calls(l, value, "torch.device"))
		told = local_argument(value, 0, "type");
	if (told && told->kind == PY_IFEXP)
		return local_device(l, told->b) == WHERE_CUDA ||
		       local_device(l, told->c) == WHERE_CUDA;
	if (told && told != value && told->kind == PY_ATTR && strstr(told->name, "device"))
		return true;
	return local_device(l, value) == WHERE_CUDA;
}

/* `device = <something that is CUDA where there is a GPU>`; the target, or NULL. */
static const struct py_node *chosen(const struct local *l, const struct py_node *node)
{
	const struct py_node *target, *value;

	if (node->kind == PY_ASSIGN && node->list.n == 1) {
		target = node->list.v[0];
		value = node->a;
	} else if (node->kind == PY_ANNASSIGN && node->c) {
		target = node->a;
		value = node->c;
	} else {
		return NULL;
	}
	if (value->kind == PY_INT || value->kind == PY_NAME || !may_be_cuda(l, value))
		return NULL;
	return (target->kind == PY_NAME && !local_is_declared(l, target->name)) ||
			       target->kind == PY_ATTR
		       ? target
		       : NULL;
}

static void look_at(const struct local *l, const struct py_node *node)
{
	const struct py_node *target = chosen(l, node);

	if (!target ||
	    (target->kind == PY_NAME ? name_is_used(l, target) : attribute_is_used(l, target)))
		return;

	struct finding *f = lint_report(
		l->unit, "device-unused", target,
		"runs on the CPU, without a word: %s is chosen here, and nothing is ever moved to it",
		lint_text(l->unit, target, 60));

	if (f)
		lint_advise(
			l->unit, f,
			"move the model and every batch: model.to(%s), x = x.to(%s), y = y.to(%s)",
			lint_text(l->unit, target, 60), lint_text(l->unit, target, 60),
			lint_text(l->unit, target, 60));
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);
	bool is_checked = false;

	if (u->is_test || u->has_errors || !l->has_torch || !local_has_method(l, "backward"))
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (!chosen(l, node))
			continue;
		if (!is_checked && something_moves(l))
			return;
		is_checked = true;
		look_at(l, node);
	}
}

const struct lint_pass pass_device = { "device", run };
