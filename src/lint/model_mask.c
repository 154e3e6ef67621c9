// SPDX-License-Identifier: Apache-2.0
/* Is a tensor one of booleans? x[mask] has a dimension whatever x has, and x[mask] = y is no copy: y must be where x is. A tensor of
 * numbers without a dimension is an index like any number. Of most tensors it is not known.
 *
 * What it reads: data/lint_mask.tsv and the dtypes that are written out. */
#include "lint/model_parts.h"

#include <string.h>

static const char *word_of(const char *operation)
{
	const struct lint_mask_row *row = lint_mask_table;
	const char *dot = strrchr(operation, '.'), *name = dot ? dot + 1 : operation;

	for (size_t i = 0; i < n_lint_mask_table; i++, row++)
		if (strcmp(row->name, name) == 0)
			return row->does;
	return "";
}

static bool is_bool_type(const struct value *v)
{
	if (v->kind == VAL_API)
		return strcmp(v->text, "torch.bool") == 0;
	return v->kind == VAL_DTYPE && v->is_known && strcmp(v->text, "bool") == 0;
}

/* x.to(torch.float), x.view(dtype=t), x.to(y), x.to(*where) */
static bool may_change_type(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (is_dtype(c->args[i].value) || is_tensor(c->args[i].value) ||
		    c->args[i].stars == 2 ||
		    (c->args[i].name && strcmp(c->args[i].name, "device") != 0))
			return true;
	return false;
}

bool mask_is_asked(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (is_bool_type(c->args[i].value))
			return true;
	return false;
}

bool mask_is_made(const struct call *c)
{
	const char *word = word_of(c->name);
	const struct value *first = c->self ? c->self : call_positional(c, 0);

	if (strcmp(word, "makes") == 0)
		return true;
	return *word && first && is_tensor(first) && first->is_mask && !may_change_type(c);
}

bool mask_is_moved(const struct call *c)
{
	const struct value *to = c->n_args == 1 ? c->args[0].value : NULL;
	bool names_place = to && (to->kind == VAL_DEVICE || to->kind == VAL_STR ||
				  to->kind == VAL_INT || c->args[0].name);

	if (mask_is_asked(c) && is_tensor(c->self))
		return true;
	return mask_is_made(c) || (is_tensor(c->self) && c->self->is_mask && names_place &&
				   strcmp(c->name, "to") == 0 && !may_change_type(c));
}

static bool is_comparison(enum py_op op)
{
	return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT ||
	       op == OP_GE;
}

bool mask_is_result(enum py_op op, const struct value *a, const struct value *b)
{
	bool logic = op == OP_BITAND || op == OP_BITOR || op == OP_BITXOR || op == OP_INVERT;

	return is_comparison(op) || (logic && a->is_mask && (!b || b->is_mask));
}

const struct value *as_mask(const struct scene *x, const struct value *v, bool is_mask)
{
	struct value copy = *v;

	if (!is_tensor(v) || v->is_mask == is_mask)
		return v;
	copy.is_mask = is_mask;
	return made_value(x, copy);
}

static bool is_display(const struct py_node *n)
{
	return n->kind == PY_LIST || n->kind == PY_TUPLE;
}

/* torch.zeros(1), torch.full((1,), x), torch.tensor([x]): of one element, which x[mask] = y takes as the number that it is
 * (canDispatchToMaskedFill, aten/src/ATen/native/TensorAdvancedIndexing.cpp). */
bool mask_takes(const struct value *v)
{
	const struct py_node *made = v->origin ? v->origin->node : NULL, *one;
	bool is_data;

	if (!made || made->kind != PY_CALL || !made->list.n)
		return false;
	one = made->list.v[0]->a;
	is_data = (made->a->kind == PY_ATTR || made->a->kind == PY_NAME) &&
		  strcasestr(made->a->name, "tensor");
	is_data = is_data && is_display(one);
	while (is_display(one) && one->list.n == 1)
		one = one->list.v[0]->kind == PY_ARG ? one->list.v[0]->a : one->list.v[0];
	return is_data ? !is_display(one) : one->kind == PY_INT && one->number == 1;
}
