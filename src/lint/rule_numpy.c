// SPDX-License-Identifier: Apache-2.0
/* Is a tensor asked for its NumPy array in a function that knows it may be on a GPU? A function that makes tensors with
 * device=x.device, or takes them .to(x.device), is written for an x that is anywhere; x.numpy() raises for one on a GPU. Only for
 * what callers hand in, parameters of modules, and what self computed: where those are, the function cannot know. A warning. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

/* What these give back is where their receiver is. */
static bool stays(const char *method)
{
	static const char *const methods[] = {
		"detach",    "clone",   "view", "reshape", "flatten", "squeeze", "unsqueeze",
		"float",     "double",  "long", "int",     "byte",    "bool",    "contiguous",
		"transpose", "permute", "t",    "argmax",  "softmax", "sum",     "mean",
		"exp",       "abs",     "log",  "round",   "sigmoid", "tanh",    NULL
	};

	return is_one_of(method, methods);
}

/* x of x.detach()[0].data; NULL: something else. */
static const struct py_node *root_of(const struct py_node *n)
{
	for (;;) {
		if (n->kind == PY_CALL && n->a->kind == PY_ATTR && stays(n->a->name))
			n = n->a->a;
		else if (n->kind == PY_SUBSCRIPT ||
			 (n->kind == PY_ATTR &&
			  (strcmp(n->name, "data") == 0 || strcmp(n->name, "T") == 0)))
			n = n->a;
		else
			return n->kind == PY_NAME ? n : NULL;
	}
}

static bool is_name(const struct py_node *n, const char *name)
{
	return n && n->kind == PY_NAME && strcmp(n->name, name) == 0;
}

static bool is_device_of(const struct py_node *n, const char *name)
{
	return n && n->kind == PY_ATTR && strcmp(n->name, "device") == 0 && is_name(n->a, name);
}

/* What a function does with one name. */
struct search {
	const struct local *l;
	const struct py_node *function;
	const char *name;
	const struct py_node *placed; /* device=x.device */
	bool asked;                   /* where x is, or it was taken to the CPU */
};

static bool is_asked_for(const struct search *s, const struct py_node *n)
{
	static const char *const asks[] = { "is_cuda", "is_cpu", "cpu", "get_device", NULL };

	if (n->kind != PY_ATTR)
		return false;
	if (is_name(n->a, s->name))
		return is_one_of(n->name, asks) || (strcmp(n->name, "device") == 0 &&
						    local_parent(s->l, n)->kind == PY_COMPARE);
	return strcmp(n->name, "type") == 0 && is_device_of(n->a, s->name);
}

static void look_at(struct search *s, const struct py_node *n)
{
	const char *method = n->kind == PY_CALL ? local_method(n) : NULL;

	s->asked |= is_asked_for(s, n);
	if (n->kind == PY_ARG && n->name && strcmp(n->name, "device") == 0 &&
	    is_device_of(n->a, s->name))
		s->placed = n;
	if (method && strcmp(method, "to") == 0 && n->list.n &&
	    is_device_of(n->list.v[0]->a, s->name))
		s->placed = n;
}

static struct search search(const struct local *l, const struct py_node *function, const char *name)
{
	struct search s = { .l = l, .function = function, .name = name };
	size_t until = local_until(l, function);

	if (!local_spend(l, until - local_pos(l, function))) {
		s.asked = true;
		return s;
	}
	for (size_t i = local_pos(l, function); i < until; i++)
		look_at(&s, l->nodes.v[i].node);
	return s;
}

/* ---- where does it come from? ---- */

static const struct py_node *leftmost(const struct py_node *n)
{
	while (n->kind == PY_CALL || n->kind == PY_ATTR || n->kind == PY_SUBSCRIPT)
		n = n->a;
	return n;
}

/* q = self(batch).logits; q = q[rows] */
static bool is_computed_by_self(const struct local *l, const struct py_node *function,
				const char *name)
{
	bool found = false;

	for (size_t i = local_pos(l, function); i < local_until(l, function); i++) {
		const struct py_node *n = l->nodes.v[i].node;

		if (n->kind != PY_ASSIGN || !n->list.n || !is_name(n->list.v[0], name))
			continue;
		if (is_name(leftmost(n->a), "self") && n->a->kind != PY_NAME)
			found = true;
		else if (!is_name(leftmost(n->a), name))
			return false;
	}
	return found;
}

static bool is_of_module(const struct unit *u, const struct binding *b)
{
	static const char *const words[] = { ".parameters()", ".named_parameters()",
					     ".state_dict()" };
	const char *text = b->node->kind == PY_FOR ? lint_text(u, b->node->b, 200) : "";

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* Where it is, is not for this function to say. */
static bool comes_from_outside(const struct local *l, const struct py_node *function,
			       const struct py_node *name)
{
	const struct scope *scope = NULL;
	const struct binding *b = names_find(l->unit, name, name->name, &scope);

	if (!b || !scope || scope->node != function || b->is_global)
		return false;
	if (b->kind == BOUND_PARAM)
		return strcmp(name->name, "self") != 0;
	if (b->kind == BOUND_VALUE && b->n_stores == 1 && is_of_module(l->unit, b))
		return true;
	return is_computed_by_self(l, function, name->name);
}

/* x of `d = r - x`, of which the function says that it is where r is. */
static const struct py_node *operand_outside(const struct local *l, const struct py_node *function,
					     const struct py_node *name, struct search *ret)
{
	const struct binding *b = names_find(l->unit, name, name->name, NULL);
	const struct py_node *v =
		b && b->kind == BOUND_VALUE && b->n_stores == 1 && b->node->kind == PY_ASSIGN
			? b->node->a
			: NULL;

	if (!v || v->kind != PY_BINARY)
		return NULL;
	for (int side = 0; side < 2; side++) {
		const struct py_node *n = side ? v->b : v->a;

		if (n->kind != PY_NAME || !comes_from_outside(l, function, n))
			continue;
		*ret = search(l, function, n->name);
		if (ret->placed && !ret->asked)
			return n;
	}
	return NULL;
}

/* Its callers here take what they hand in to the CPU. */
static bool is_called_with_cpu(const struct local *l, const struct py_node *function)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *n = l->nodes.v[i].node;
		const struct py_node *callee = n->kind == PY_CALL ? n->a : NULL;

		if (callee && (callee->kind == PY_NAME || callee->kind == PY_ATTR) &&
		    strcmp(callee->name, function->name) == 0 &&
		    strstr(lint_text(l->unit, n, 400), "cpu()"))
			return true;
	}
	return false;
}

static bool is_for_cpu(const struct py_node *function)
{
	static const char *const names[] = { "__getitem__", "collate_fn", "collate", "export",
					     NULL };

	return is_one_of(function->name, names);
}

/* ---- the rule ---- */

static void check(struct unit *u, const struct local *l, const struct py_node *call)
{
	const struct py_node *name = root_of(call->a->a), *from = name;
	const struct py_node *function = name ? local_function(l, call) : NULL;
	struct search s, other;
	struct finding *f;

	if (!function || function->kind != PY_FUNC || is_for_cpu(function))
		return;
	s = search(l, function, name->name);
	if (s.asked)
		return;
	if (!s.placed || !comes_from_outside(l, function, name)) {
		from = operand_outside(l, function, name, &other);
		if (!from)
			return;
		s.placed = other.placed;
	}
	if (!local_spend(l, l->nodes.n) || is_called_with_cpu(l, function))
		return;
	f = lint_report(
		u, "numpy-of-cuda-tensor", call,
		"when %s is on a GPU, as line %u allows, %s raises TypeError: can't convert cuda:0 device type tensor to numpy. Use "
		"Tensor.cpu() to copy the tensor to host memory first.",
		from->name, s.placed->line, lint_text(u, call, 60));
	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	lint_way(u, f, u, s.placed, "made for %s on any device", from->name);
	lint_edit(u, f, APPLIES_SAFE, call->a->a->end, call->a->a->end, ".cpu()");
	lint_advise(u, f, "copy it to the host first: .cpu()");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	/* TensorFlow's tensors have .numpy() and .device, too. */
	if (!l->has_torch || u->is_test || local_imports(l, "tensorflow"))
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *n = l->nodes.v[i].node;
		const char *method = n->kind == PY_CALL && !n->list.n ? local_method(n) : NULL;

		if (method && strcmp(method, "numpy") == 0)
			check(u, l, n);
	}
}

const struct lint_pass pass_numpy = { .name = "numpy", .run = run };
