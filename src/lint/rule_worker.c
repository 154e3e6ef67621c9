// SPDX-License-Identifier: Apache-2.0
/* Does a DataLoader's worker process put tensors on a GPU? Workers are forked, and CUDA does not survive a fork. The Dataset,
 * the collate function and the transforms must be of this file, and the number of workers a constant (or the default of a
 * flag). It cannot know what a Dataset of another package does. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

#define CALLS_MAX 6    /* methods and functions that are followed, one inside the other */
#define BODIES_MAX 200 /* that are looked at for one loader */

struct worker {
	const struct local *l;
	const struct py_node *cls;  /* whose self is meant, or NULL */
	const struct py_node *made; /* the call that made the instance, or NULL */
	const struct py_node *loader;
	int depth;
	int *n_bodies;
};

static bool search(const struct worker *w, const struct py_node *f);

static bool has_workers(const struct local *l, const struct py_node *loader)
{
	bool sure = true;
	const struct py_node *given = local_option(l, loader, 5, "num_workers", &sure);
	const struct py_node *fallback = given ? local_flag_default(l, given) : NULL;
	struct fold n = local_fold(l, fallback ? fallback : given);

	return n.kind == FOLD_INT && n.number > 0;
}

/* self.x = <value> in __init__, once in the whole class. */
static const struct py_node *field(const struct local *l, const struct py_node *cls,
				   const char *name)
{
	const struct py_node *found = NULL;

	if (!local_spend(l, local_until(l, cls) - local_pos(l, cls)))
		return NULL;
	for (size_t i = local_pos(l, cls); i < local_until(l, cls); i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (node->kind != PY_ATTR || strcmp(node->name, name) != 0 ||
		    p->kind != PY_ASSIGN || p->a == node)
			continue;
		if (found)
			return NULL;
		found = p->a;
	}
	return found;
}

/* What the caller gave for a parameter of __init__. */
static const struct py_node *given_for(const struct worker *w, const struct py_node *name)
{
	const struct py_node *init = local_method_of(w->cls, "__init__");

	if (!init || !w->made || name->kind != PY_NAME || local_has_stars(w->made))
		return NULL;
	for (size_t i = 1; i < init->params.n; i++) {
		const struct py_param *p = &init->params.v[i];
		const struct py_node *given;

		if (strcmp(p->name, name->name) != 0 || p->kind == PARAM_ARGS ||
		    p->kind == PARAM_KWARGS)
			continue;
		given = p->kind == PARAM_KEYWORD_ONLY ? ast_keyword(w->made, p->name)
						      : local_argument(w->made, i - 1, p->name);
		return given ? given : p->fallback;
	}
	return NULL;
}

/* A `self.x` as the expression behind it; anything else as it is. */
static const struct py_node *resolved(const struct worker *w, const struct py_node *node)
{
	const struct py_node *value;

	if (!w->cls || !node || node->kind != PY_ATTR || node->a->kind != PY_NAME ||
	    strcmp(node->a->name, "self") != 0)
		return node;
	value = field(w->l, w->cls, node->name);
	if (value && value->kind == PY_NAME) {
		const struct py_node *given = given_for(w, value);

		return given ? given : value;
	}
	return value;
}

static bool is_device_argument(const struct worker *w, const struct py_node *call)
{
	const char *method = local_method(call), *callee = local_callee(w->l, call);
	bool is_to = method && strcmp(method, "to") == 0 && !callee;
	const struct py_node *to =
		is_to ? local_argument(call, 0, "device") : ast_keyword(call, "device");

	if (!to || to->kind != PY_ATTR || (!is_to && !(callee && starts_with(callee, "torch."))))
		return false;

	const struct py_node *value = resolved(w, to);

	return value && value != to && value->kind != PY_INT &&
	       local_device(w->l, value) == WHERE_CUDA;
}

/* The test was answered where the object was made, in the main process; a question asked in the worker is not known. */
static bool holds(const struct worker *w, const struct py_node *test, bool wanted)
{
	const struct py_node *value = resolved(w, test);
	enum truth t;

	if (test->kind == PY_UNARY && test->op == OP_NOT)
		return holds(w, test->a, !wanted);
	if (value == test && test->kind != PY_NAME)
		return false;
	t = value ? local_truth(w->l, value) : TRUTH_UNKNOWN;
	return t == (wanted ? TRUTH_YES : TRUTH_NO);
}

static bool is_in(const struct py_list *list, const struct py_node *node)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == node)
			return true;
	return false;
}

/* Is the call reached in a worker, for all that can be seen? */
static bool is_reached(const struct worker *w, const struct py_node *call, const struct py_node *f)
{
	for (const struct py_node *child = call, *p = local_parent(w->l, call); p && child != f;
	     child = p, p = local_parent(w->l, p)) {
		if (p->kind == PY_TRY || p->kind == PY_HANDLER || p->kind == PY_BOOL)
			return false;
		if (p != f && (p->kind == PY_FUNC || p->kind == PY_LAMBDA))
			return false;
		if (p->kind == PY_IF && child != p->a && !holds(w, p->a, is_in(&p->body, child)))
			return false;
		if (p->kind == PY_IFEXP && child != p->a && !holds(w, p->a, child == p->b))
			return false;
	}
	return !local_is_dead(w->l, call);
}

static void report(const struct worker *w, const struct py_node *call)
{
	struct unit *u = w->l->unit;
	struct finding *f =
		lint_report(u, "cuda-in-worker", call,
			    "raises in a worker: RuntimeError: Cannot re-initialize CUDA in forked "
			    "subprocess");

	if (!f)
		return;
	lint_way(u, f, u, w->loader, "this DataLoader runs it in forked workers");
	lint_advise(u, f, "return CPU tensors here, and move the batch in the training loop");
}

/* A call of a method of the same object, or of a function of this file. */
static bool search_callee(const struct worker *w, const struct py_node *call)
{
	struct worker next = *w;
	const struct py_node *f = local_definition(w->l, call->a, PY_FUNC);

	if (++next.depth > CALLS_MAX)
		return false;
	if (f) {
		next.cls = next.made = NULL;
		return search(&next, f);
	}
	if (!w->cls || call->a->kind != PY_ATTR || call->a->a->kind != PY_NAME ||
	    strcmp(call->a->a->name, "self") != 0)
		return false;
	f = local_method_of(w->cls, call->a->name);
	return f && search(&next, f);
}

/* Was the device chosen in the worker itself? There a forked CUDA answers that it is not available. */
static bool is_asked_inside(const struct local *l, const struct py_node *device,
			    const struct py_node *f)
{
	for (size_t i = local_pos(l, device); i < local_until(l, device); i++) {
		const struct py_node *node = l->nodes.v[i].node;
		const struct py_node *value = local_value(l, node);

		if (node->kind == PY_CALL && !local_calls(l, node, "torch.device"))
			return true;
		if (value && local_inside(l, value, f) && value->kind != PY_STRING)
			return true;
	}
	return false;
}

static bool is_cuda(const struct worker *w, const struct py_node *call, const struct py_node *f)
{
	const char *method = local_method(call);
	const struct py_node *device;

	if (is_device_argument(w, call))
		return true;
	if (!local_uses_cuda(w->l, call))
		return false;
	if (method && strcmp(method, "cuda") == 0)
		return true;
	device = ast_keyword(call, "device");
	device = device ? device : ast_positional(call, 0);
	return device && !is_asked_inside(w->l, device, f);
}

static bool search(const struct worker *w, const struct py_node *f)
{
	if (++*w->n_bodies > BODIES_MAX ||
	    !local_spend(w->l, local_until(w->l, f) - local_pos(w->l, f)))
		return false;
	for (size_t i = local_pos(w->l, f); i < local_until(w->l, f); i++) {
		const struct py_node *node = w->l->nodes.v[i].node;

		if (node->kind != PY_CALL || !is_reached(w, node, f))
			continue;
		if (is_cuda(w, node, f)) {
			report(w, node);
			return true;
		}
		if (search_callee(w, node))
			return true;
	}
	return false;
}

/* `train, test = random_split(data, ...)`: the whole of which a name is a part. */
static const struct py_node *split_of(const struct local *l, const struct py_node *name)
{
	const struct binding *b = names_find(l->unit, name, name->name, NULL);
	const struct py_node *set = b && b->n_stores == 1 ? b->node : NULL;

	return set && set->kind == PY_ASSIGN &&
			       local_calls(l, set->a, "torch.utils.data.random_split")
		       ? ast_positional(set->a, 0)
		       : NULL;
}

static const struct py_node *behind_name(const struct local *l, const struct py_node *node)
{
	for (int i = 0; node && node->kind == PY_NAME && i < 8; i++) {
		const struct py_node *value = local_value(l, node);

		value = value ? value : split_of(l, node);
		if (!value)
			return node;
		node = value;
	}
	if (node && local_calls(l, node, "torch.utils.data.Subset"))
		return behind_name(l, ast_positional(node, 0));
	return node;
}

static const struct py_node *method_up(const struct local *l, const struct py_node *cls,
				       const char *name)
{
	for (int i = 0; cls && i < 8; i++) {
		const struct py_node *f = local_method_of(cls, name);

		if (f)
			return f;
		cls = cls->list2.n == 1 ? local_definition(l, cls->list2.v[0]->a, PY_CLASS) : NULL;
	}
	return NULL;
}

static bool is_compose(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);

	return callee && (ends_with(callee, ".Compose") || ends_with(callee, ".Lambda"));
}

static void search_callable(const struct worker *w, const struct py_node *node);

static void search_list(const struct worker *w, const struct py_node *list)
{
	for (size_t i = 0;
	     list && (list->kind == PY_LIST || list->kind == PY_TUPLE) && i < list->list.n; i++)
		search_callable(w, list->list.v[i]);
}

/* False: there is no such method in the classes of this file. */
static bool search_instance(const struct worker *w, const struct py_node *made, const char *method)
{
	struct worker next = *w;
	const struct py_node *f;

	next.cls = local_definition(w->l, made->a, PY_CLASS);
	next.made = made;
	f = next.cls ? method_up(w->l, next.cls, method) : NULL;
	if (f)
		search(&next, f);
	return f != NULL;
}

/* A transform or collate function: a function, a lambda, an object with __call__, a Compose of such. */
static void search_callable(const struct worker *w, const struct py_node *node)
{
	const struct py_node *f;
	struct worker next = *w;

	node = behind_name(w->l, node);
	if (!node || next.depth++ > CALLS_MAX)
		return;
	f = node->kind == PY_LAMBDA ? node : local_definition(w->l, node, PY_FUNC);
	if (f) {
		next.cls = next.made = NULL;
		search(&next, f);
	} else if (node->kind == PY_CALL && is_compose(w->l, node)) {
		const struct py_node *first = ast_positional(node, 0);

		search_list(&next, behind_name(w->l, first));
		if (first)
			search_callable(&next, first);
	} else if (node->kind == PY_CALL) {
		search_instance(&next, node, "__call__");
	}
}

static void look_at(const struct local *l, const struct py_node *loader)
{
	int n_bodies = 0;
	struct worker w = { .l = l, .loader = loader, .n_bodies = &n_bodies };
	const struct py_node *data = behind_name(l, local_argument(loader, 0, "dataset"));

	bool sure = true;

	if (!has_workers(l, loader) ||
	    local_option(l, loader, SIZE_MAX, "multiprocessing_context", &sure) || !sure)
		return;
	search_callable(&w, local_option(l, loader, 6, "collate_fn", &sure));
	if (!data || data->kind != PY_CALL)
		return;
	if (!search_instance(&w, data, "__getitem__"))
		search_instance(&w, data, "__iter__");
	for (size_t i = 0; i < data->list.n; i++)
		if (data->list.v[i]->name && strstr(data->list.v[i]->name, "transform"))
			search_callable(&w, data->list.v[i]->a);
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (u->is_test || local_has_word(u, "set_start_method"))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (local_calls(l, l->nodes.v[i].node, "torch.utils.data.DataLoader") ||
		    local_calls(l, l->nodes.v[i].node, "torch.utils.data.dataloader.DataLoader"))
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_worker = { "worker", run };
