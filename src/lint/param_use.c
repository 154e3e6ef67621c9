// SPDX-License-Identifier: Apache-2.0
/* What does the body of a function say that a parameter is, or a name that it binds?
 *
 * `x.unsqueeze(1)`, `x.view(n, -1)` and `F.relu(x)` take a tensor and nothing else, wherever in the body they stand: a parameter
 * is one thing. Not where the body asks what it is, calls it or hands it to NumPy, and not behind a line that binds
 * the name anew. */
#include "lint/param_use.h"

#include <string.h>

#include "core/str.h"
#include "lint/model_parts.h"
#include "lint/names.h"

struct use {
	const struct unit *u;
	const char *name;
	uint32_t from; /* where it is bound; of a parameter 0 */
	bool is_bound; /* it is an assignment or a loop that binds it */
	uint32_t end;  /* where it is bound anew */
	bool is_input, is_tensor, is_doubtful;
	bool has_shape;  /* it is an array or a tensor */
	bool has_device; /* it is a tensor or a module */
};

static bool is_it(const struct use *use, const struct py_node *n)
{
	return n && n->kind == PY_NAME && strcmp(n->name, use->name) == 0;
}

static bool binds(const struct use *use, const struct py_node *target, size_t depth)
{
	if (is_it(use, target))
		return true;
	if (!target || depth > 4 || (target->kind != PY_TUPLE && target->kind != PY_LIST))
		return false;
	for (size_t i = 0; i < target->list.n; i++)
		if (binds(use, target->list.v[i], depth + 1))
			return true;
	return false;
}

/* The place from which on the name may be something else. */
static void look_for_store(struct use *use, const struct py_node *n)
{
	uint32_t at = UINT32_MAX;

	if (n->kind == PY_ASSIGN) {
		for (size_t i = 0; i < n->list.n; i++)
			if (binds(use, n->list.v[i], 0))
				at = n->end;
	} else if (n->kind == PY_ANNASSIGN || n->kind == PY_AUGASSIGN || n->kind == PY_WALRUS) {
		at = binds(use, n->a, 0) ? n->end : UINT32_MAX;
	} else if (n->kind == PY_FOR || n->kind == PY_COMP_FOR) {
		at = binds(use, n->a, 0) ? n->start : UINT32_MAX;
	} else if (n->kind == PY_WITH_ITEM) {
		at = binds(use, n->b, 0) ? n->start : UINT32_MAX;
	}
	if (at < use->end)
		use->end = at;
}

/* x.view(n, -1); an array's view() takes a type. */
static bool is_view(const struct py_node *call)
{
	const struct py_node *last = call->list.n ? call->list.v[call->list.n - 1]->a : NULL;
	bool is_size = last && (last->kind == PY_INT || last->kind == PY_UNARY);

	return strcmp(call->a->name, "view") == 0 && (is_size || call->list.n > 1);
}

/* x[:, None]: of an array or a tensor, whatever else has items. */
static bool is_slice_of(const struct use *use, const struct py_node *n)
{
	return n->kind == PY_SUBSCRIPT && n->list.n > 1 && is_it(use, n->a);
}

static bool has_tensors_method(const struct use *use, const struct py_node *call)
{
	static const char *const more[] = { "size",        "dim",  "numel", "index_select",
					    "masked_fill", "bool", NULL };
	/* A module has these too, but no slices. */
	static const char *const of_slices[] = { "float", "half", "double", "bfloat16", "long",
						 "int",   "bool", "to",     NULL };
	const struct lint_signature_row *row;
	char name[64] = "Tensor.";

	if (call->a->kind != PY_ATTR || strlen(call->a->name) > 40)
		return false;
	if (is_slice_of(use, call->a->a) && is_one_of(call->a->name, of_slices))
		return true;
	if (!is_it(use, call->a->a) && !is_slice_of(use, call->a->a))
		return false;
	strcat(name, call->a->name);
	row = signature_row(name);
	return (row && *row->only) || is_one_of(call->a->name, more) || is_view(call);
}

static const char *params_of(const char *callee)
{
	const struct lint_signature_row *row = signature_row(callee);
	const struct lint_api_row *other = row ? NULL : api_row_exact(callee);

	if (row)
		return row->params;
	return other && strcmp(other->does, "operation") == 0 ? other->detail : NULL;
}

/* torch.relu(x), torch_scatter.scatter(x, index): the place where it stands takes a tensor only. */
static bool is_tensors_place(const struct py_node *call, const char *callee, size_t position)
{
	const char *params = params_of(callee);
	struct parameter p = { 0 };
	size_t pos = 0;

	for (size_t i = 0; i <= position; i++)
		if (!params || call->list.v[i]->name || call->list.v[i]->stars ||
		    !next_parameter(params, &pos, &p) || p.is_rest || p.is_keyword_only)
			return false;
	return p.code == 't';
}

static bool starts_with_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (starts_with(text, *words))
			return true;
	return false;
}

static void look_at_argument(struct use *use, const struct py_node *call, size_t i)
{
	static const char *const asks[] = { "isinstance",       "hasattr",
					    "getattr",          "type",
					    "callable",         "issubclass",
					    "torch.is_tensor",  "torch.is_storage",
					    "torch.from_numpy", NULL };
	static const char *const others[] = { "numpy.", "scipy.",      "pandas.", "PIL.",
					      "cv2.",   "tensorflow.", "jax.",    NULL };
	const char *callee = names_dotted(use->u, call->a);

	if (!callee && call->a->kind == PY_NAME)
		callee = call->a->name;
	if (!callee)
		return;
	if (is_one_of(callee, asks) || starts_with_any(callee, others))
		use->is_doubtful = true;
	else if (is_tensors_place(call, callee, i))
		use->is_tensor = true;
}

/* torch.rand(n, dtype=x.dtype): an array's type raises there. And device=x.device. */
static void look_at_keyword(struct use *use, const struct py_node *call, const struct py_node *arg)
{
	const char *callee = arg->name ? names_dotted(use->u, call->a) : NULL;

	if (!callee || !starts_with(callee, "torch.") || arg->a->kind != PY_ATTR ||
	    !is_it(use, arg->a->a) || strcmp(arg->name, arg->a->name) != 0)
		return;
	use->is_tensor |= strcmp(arg->name, "dtype") == 0;
	use->has_device |= strcmp(arg->name, "device") == 0;
}

static void look_at_call(struct use *use, const struct py_node *call)
{
	if (has_tensors_method(use, call))
		use->is_tensor = true;
	if (is_it(use, call->a))
		use->is_doubtful = true;
	for (size_t i = 0; i < call->list.n; i++) {
		if (is_it(use, call->list.v[i]->a))
			look_at_argument(use, call, i);
		look_at_keyword(use, call, call->list.v[i]);
	}
}

static bool is_calculation(enum py_op op)
{
	return op == OP_ADD || op == OP_SUB || op == OP_MUL || op == OP_DIV || op == OP_MATMUL ||
	       op == OP_POW;
}

/* (x - self.mean) / self.std, x[:, 0] */
static bool is_calculated_with(const struct use *use, const struct py_node *n)
{
	if (n->kind == PY_BINARY)
		return is_calculation(n->op) && (is_it(use, n->a) || is_it(use, n->b));
	return is_slice_of(use, n);
}

static bool look_for_field(struct py_node *n, void *data)
{
	struct use *use = data;

	use->is_doubtful |= n->kind == PY_ATTR;
	return !use->is_doubtful;
}

/* What the name is bound to: a part of a tuple, a list or a dict of tensors. What an object keeps in its fields it may keep anywhere.
 * Of a comprehension the uses stand before the name, and mean another one behind it. */
static void look_at_source(struct use *use, const struct py_node *n)
{
	const struct py_node *source = n->kind == PY_ASSIGN ? n->a
				       : n->kind == PY_FOR  ? n->b
							    : NULL;

	use->is_doubtful |= n->kind == PY_COMP_FOR || n->kind == PY_LAMBDA || n->kind == PY_FUNC;
	if (!source || source->start < use->from)
		return;
	ast_walk((struct py_node *)(uintptr_t)source, look_for_field, use);
	use->from = source->end;
	use->is_bound = true;
}

static bool look(struct py_node *n, void *data)
{
	struct use *use = data;

	if (n->start >= use->end || n->end <= use->from)
		return false;
	if (n->start < use->from) {
		look_at_source(use, n);
		return true;
	}
	look_for_store(use, n);
	if (n->kind == PY_CALL)
		look_at_call(use, n);
	else if (n->kind == PY_ATTR && is_it(use, n->a))
		use->has_shape |= strcmp(n->name, "shape") == 0 || strcmp(n->name, "ndim") == 0;
	else if (use->is_input && is_calculated_with(use, n))
		use->is_tensor = true;
	return true;
}

bool param_is_tensor(const struct unit *u, const struct py_node *def, const struct py_param *p,
		     bool is_input)
{
	struct use use = { .u = u, .name = p->name, .end = UINT32_MAX, .is_input = is_input };

	if (p->kind == PARAM_ARGS || p->kind == PARAM_KWARGS)
		return false;
	for (size_t i = 0; i < def->body.n; i++)
		ast_walk(def->body.v[i], look, &use);
	use.is_tensor |= use.has_shape && (use.has_device || is_input);
	return use.is_tensor && !use.is_doubtful;
}

bool local_is_tensor(const struct unit *u, const struct py_node *def, const struct py_node *name)
{
	struct use use = { .u = u, .name = name->name, .from = name->end, .end = UINT32_MAX };

	for (size_t i = 0; i < def->body.n; i++)
		ast_walk(def->body.v[i], look, &use);
	use.is_tensor |= use.has_shape && use.has_device;
	return use.is_bound && use.is_tensor && !use.is_doubtful;
}

struct array_use {
	const char *name;
	bool found;
};

static bool look_for_array(struct py_node *n, void *data)
{
	struct array_use *use = data;

	use->found |= n->kind == PY_SUBSCRIPT && n->list.n > 1 && n->a->kind == PY_NAME &&
		      strcmp(n->a->name, use->name) == 0;
	return !use->found;
}

bool param_is_array(const struct py_node *def, const char *name)
{
	struct array_use use = { .name = name };

	for (size_t i = 0; i < def->body.n && !use.found; i++)
		ast_walk(def->body.v[i], look_for_array, &use);
	return use.found;
}
