// SPDX-License-Identifier: Apache-2.0
/* Does a forked child use CUDA that its parent has started? On Linux `multiprocessing` forks unless it is told otherwise (up
 * to Python 3.13), and CUDA does not survive a fork. Only functions of this file are judged, and only if CUDA was certainly
 * started before the child is. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static const char *const makers[] = {
	"multiprocessing.Process",    "multiprocessing.Pool",
	"multiprocessing.pool.Pool",  "torch.multiprocessing.Process",
	"torch.multiprocessing.Pool", "concurrent.futures.ProcessPoolExecutor"
};

static bool is_maker(const char *callee)
{
	for (size_t i = 0; callee && i < sizeof makers / sizeof *makers; i++)
		if (strcmp(callee, makers[i]) == 0)
			return true;
	return false;
}

/* Some other way of starting children is chosen, here or where a flag decides. */
static bool may_spawn(const struct unit *u)
{
	return local_has_word(u, "set_start_method") || local_has_word(u, "get_context") ||
	       local_has_word(u, "mp_context") || local_has_word(u, "PYTORCH_NVML_BASED");
}

static bool is_asked_here(const struct local *l, const struct py_node *node,
			  const struct py_node *f)
{
	for (const struct py_node *p = local_parent(l, node); p && p != f; p = local_parent(l, p))
		if (p->kind == PY_IF || p->kind == PY_IFEXP || p->kind == PY_FUNC ||
		    p->kind == PY_LAMBDA || p->kind == PY_TRY)
			return true;
	return false;
}

/* A call in the function's own body that uses CUDA, in no branch. is_available() does not count: it answers in a child. */
static const struct py_node *uses_cuda(const struct local *l, const struct py_node *f)
{
	if (!f || !local_spend(l, local_until(l, f) - local_pos(l, f)))
		return NULL;
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_CALL && local_starts_cuda(l, node) &&
		    !local_calls(l, node, "torch.cuda.is_available") && !is_asked_here(l, node, f))
			return node;
	}
	return NULL;
}

/* The function that a child runs: target= of a Process, the first argument of pool.map. */
static const struct py_node *target_of(const struct local *l, const struct py_node *call)
{
	const struct py_node *target = ast_keyword(call, "target");

	return target ? local_definition(l, target, PY_FUNC) : NULL;
}

static bool is_pool_method(const char *method)
{
	static const char *const names[] = {
		"map",   "map_async",   "imap",          "imap_unordered", "starmap",
		"apply", "apply_async", "starmap_async", "submit"
	};

	for (size_t i = 0; method && i < sizeof names / sizeof *names; i++)
		if (strcmp(method, names[i]) == 0)
			return true;
	return false;
}

/* Is this name the pool: `pool = Pool(4)`, `with Pool(4) as pool`? */
static bool is_pool(const struct local *l, const struct py_node *name, const struct py_node *call)
{
	const struct py_node *p = local_parent(l, call);

	if (name->kind != PY_NAME)
		return false;
	if (p->kind == PY_WITH_ITEM && p->b && p->b->kind == PY_NAME)
		return strcmp(p->b->name, name->name) == 0 &&
		       local_inside(l, name, local_parent(l, p));
	return local_value(l, name) == call;
}

static const struct py_node *pool_target(const struct local *l, const struct py_node *maker)
{
	if (!local_spend(l, l->nodes.n))
		return NULL;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (!is_pool_method(local_method(node)) || !is_pool(l, node->a->a, maker))
			continue;

		const struct py_node *first = ast_positional(node, 0);
		const struct py_node *f = first ? local_definition(l, first, PY_FUNC) : NULL;

		if (uses_cuda(l, f))
			return f;
	}
	return NULL;
}

static void look_at(const struct local *l, const struct py_node *maker)
{
	const struct unit *in = NULL;
	const struct py_node *f = target_of(l, maker);
	const struct py_node *use, *start;

	f = f ? f : pool_target(l, maker);
	use = f ? uses_cuda(l, f) : NULL;
	start = use ? order_find(l, maker, local_starts_cuda, &in) : NULL;
	if (!start)
		return;

	struct finding *found = lint_report(
		l->unit, "fork-poisoned-cuda", maker,
		"raises in the child: RuntimeError: Cannot re-initialize CUDA in forked "
		"subprocess");

	if (!found)
		return;
	lint_way(l->unit, found, in, start, "starts CUDA in the parent");
	lint_way(l->unit, found, l->unit, use, "uses CUDA in the child");
	lint_advise(
		l->unit, found,
		"start children afresh: multiprocessing.set_start_method(\"spawn\") below `if __name__ == "
		"\"__main__\":`, or use CUDA only in the children");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (u->is_test || !l->has_torch || may_spawn(u))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (is_maker(l->nodes.v[i].dotted))
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_fork = { "fork", run };
