// SPDX-License-Identifier: Apache-2.0
/* Does the CPU wait for the GPU in every step, or work for it in forward? Advice: everyone logs the loss, and what it costs
 * depends on the model. Only what runs in every step counts; what stands below an `if` does not. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static bool is_loop(const struct py_node *node)
{
	return node->kind == PY_FOR || node->kind == PY_WHILE;
}

/* The loop whose every round reaches the node; NULL if there is a branch or a function between. */
static const struct py_node *loop_of(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *p = local_parent(l, node); p; p = local_parent(l, p)) {
		if (is_loop(p))
			return p;
		if (p->kind == PY_IF || p->kind == PY_IFEXP || p->kind == PY_BOOL ||
		    p->kind == PY_FUNC || p->kind == PY_LAMBDA || p->kind == PY_HANDLER ||
		    p->kind == PY_COMP)
			return NULL;
	}
	return NULL;
}

static bool is_model_name(const struct py_node *callee)
{
	const char *name = callee->kind == PY_NAME || callee->kind == PY_ATTR ? callee->name : NULL;

	return name && (strcmp(name, "model") == 0 || strcmp(name, "net") == 0 ||
			strcmp(name, "decoder") == 0 || strcmp(name, "generator") == 0);
}

/* A loop that trains, or that runs a model and feeds its result back; not the loop around it. */
static bool is_hot(const struct local *l, const struct py_node *loop)
{
	bool trains = false, runs = false;

	if (!local_spend(l, local_until(l, loop) - local_pos(l, loop)))
		return false;
	for (size_t i = local_pos(l, loop) + 1; i < local_until(l, loop); i++) {
		const struct py_node *node = l->nodes.v[i].node;
		const char *method = local_method(node);

		if (method && strcmp(method, "backward") == 0)
			trains = trains || loop_of(l, node) == loop;
		if (node->kind == PY_CALL && is_model_name(node->a))
			runs = runs || loop_of(l, node) == loop;
	}
	if (trains || !runs || loop->kind != PY_FOR)
		return trains;
	return loop->b->kind == PY_CALL && loop->b->a->kind == PY_NAME &&
	       strcmp(loop->b->a->name, "range") == 0;
}

static bool is_result(const struct local *l, const struct py_node *node, const struct py_node *loop,
		      int depth);

/* The last thing that the loop binds a name to. */
static const struct py_node *bound_in(const struct local *l, const struct py_node *loop,
				      const char *name)
{
	const struct py_node *found = NULL;

	if (!local_spend(l, local_until(l, loop) - local_pos(l, loop)))
		return NULL;
	for (size_t i = local_pos(l, loop); i < local_until(l, loop); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_ASSIGN && node->list.n == 1 &&
		    node->list.v[0]->kind == PY_NAME && strcmp(node->list.v[0]->name, name) == 0)
			found = node->a;
	}
	return found;
}

static bool is_result_call(const struct local *l, const struct py_node *call,
			   const struct py_node *loop, int depth)
{
	const char *callee = local_callee(l, call), *method = local_method(call);

	if (callee)
		return starts_with(callee, "torch.");
	if (is_model_name(call->a) || (call->a->kind == PY_NAME && strstr(call->a->name, "crit")))
		return true;
	if (method && (strcmp(method, "item") == 0 || strcmp(method, "tolist") == 0 ||
		       strcmp(method, "cpu") == 0 || strcmp(method, "numpy") == 0))
		return false;
	if (method && strstr(method, "loss"))
		return true;
	return method && is_result(l, call->a->a, loop, depth);
}

/* Is it something that the step computes: of the model, the loss, torch? */
static bool is_result(const struct local *l, const struct py_node *node, const struct py_node *loop,
		      int depth)
{
	const struct py_node *bound;

	if (depth++ > 12)
		return false;
	switch (node->kind) {
	case PY_CALL:
		return is_result_call(l, node, loop, depth);
	case PY_SUBSCRIPT:
		return is_result(l, node->a, loop, depth);
	case PY_BINARY:
		return is_result(l, node->a, loop, depth) || is_result(l, node->b, loop, depth);
	case PY_NAME:
		bound = bound_in(l, loop, node->name);
		return bound && is_result(l, bound, loop, depth);
	default:
		return false;
	}
}

static bool is_builtin_call(const struct py_node *call, const char *name)
{
	return call->a->kind == PY_NAME && strcmp(call->a->name, name) == 0;
}

static bool is_waiting_method(const char *method)
{
	static const char *const methods[] = { "item", "cpu", "numpy", "tolist" };

	for (size_t i = 0; method && i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

static bool may_wait(const struct py_node *call)
{
	return is_waiting_method(local_method(call)) || is_builtin_call(call, "float") ||
	       is_builtin_call(call, "print");
}

/* x.item(), float(x), print(x): the CPU waits until x is there. */
static bool waits(const struct local *l, const struct py_node *call, const struct py_node *loop)
{
	if (is_waiting_method(local_method(call)))
		return call->list.n == 0 && is_result(l, call->a->a, loop, 0);
	if (is_builtin_call(call, "float") && call->list.n == 1)
		return is_result(l, call->list.v[0]->a, loop, 0);
	for (size_t i = 0; is_builtin_call(call, "print") && i < call->list.n; i++)
		if (call->list.v[i]->a->kind == PY_NAME &&
		    is_result(l, call->list.v[i]->a, loop, 0))
			return true;
	return false;
}

static void look_at_sync(const struct local *l, const struct py_node *call)
{
	const struct py_node *loop = loop_of(l, call);

	if (!loop || !may_wait(call) || !is_hot(l, loop) || !waits(l, call, loop) ||
	    (loop->kind == PY_FOR && local_inside(l, call, loop->b)))
		return;

	struct finding *f =
		lint_report(l->unit, "sync-in-hot-loop", call,
			    "waits for the GPU in every step: `%s` needs the result at once",
			    lint_text(l->unit, call, 60));

	if (f)
		lint_advise(l->unit, f,
			    "do it every n steps, or keep a running sum on the GPU (.detach())");
}

/* ---- cpu-compute-in-forward ---- */

static bool is_module_method(const struct local *l, const struct py_node *f)
{
	const struct py_node *cls = local_parent(l, f);

	if (cls->kind != PY_CLASS || strcmp(f->name, "forward") != 0)
		return false;
	for (size_t i = 0; i < cls->list2.n; i++) {
		const char *dotted = names_dotted(l->unit, cls->list2.v[i]->a);

		if (dotted && strcmp(dotted, "torch.nn.Module") == 0)
			return true;
	}
	return false;
}

static bool is_param(const struct py_node *f, const struct py_node *node)
{
	for (size_t i = 1; node->kind == PY_NAME && i < f->params.n; i++)
		if (f->params.v[i].name && strcmp(f->params.v[i].name, node->name) == 0)
			return true;
	return false;
}

/* An argument that wants the CPU: the lengths of a packed sequence. */
static bool is_wanted_on_cpu(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *p = local_parent(l, node); p && !ast_is_statement(p->kind);
	     p = local_parent(l, p)) {
		const char *callee = local_callee(l, p);

		if (callee && ends_with(callee, "pack_padded_sequence"))
			return true;
	}
	return strstr(lint_text(l->unit, node, 100), "len") != NULL;
}

static bool is_branch(const struct local *l, const struct py_node *node, const struct py_node *f)
{
	for (const struct py_node *p = local_parent(l, node); p && p != f; p = local_parent(l, p))
		if (p->kind == PY_IF || p->kind == PY_IFEXP || p->kind == PY_FUNC ||
		    p->kind == PY_LAMBDA || p->kind == PY_HANDLER)
			return true;
	return false;
}

static bool works_on_cpu(const struct local *l, const struct py_node *call, const struct py_node *f)
{
	const char *callee = local_callee(l, call), *method = local_method(call);

	if (callee && starts_with(callee, "numpy.")) {
		for (size_t i = 0; i < call->list.n; i++)
			if (is_param(f, call->list.v[i]->a))
				return true;
		return false;
	}
	return method && !callee && call->list.n == 0 && strcmp(method, "cpu") == 0;
}

static void look_at_forward(const struct local *l, const struct py_node *f)
{
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind != PY_CALL || !works_on_cpu(l, node, f) || is_branch(l, node, f) ||
		    is_wanted_on_cpu(l, node))
			continue;

		struct finding *found =
			lint_report(l->unit, "cpu-compute-in-forward", node,
				    "waits for the GPU, and works on the CPU, in every forward");

		if (found)
			lint_advise(l->unit, found,
				    "use the operation of torch, which stays on the GPU");
	}
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (u->is_test || !l->has_torch)
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_CALL)
			look_at_sync(l, node);
		else if (node->kind == PY_FUNC && is_module_method(l, node))
			look_at_forward(l, node);
	}
}

const struct lint_pass pass_perf = { "perf", run };
