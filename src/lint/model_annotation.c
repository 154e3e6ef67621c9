// SPDX-License-Identifier: Apache-2.0
/* What does the annotation of a parameter say of callers that are not read? A tensor, or a container of tensors, lies where the
 * caller put it; a number or a text is no tensor. What may be one thing or another ("Tensor | float") says nothing. */
#include "lint/model_parts.h"

#include <string.h>

#include "core/str.h"
#include "lint/doc.h"
#include "lint/names.h"

/* list[float], Tuple[int, int], Optional[str]: numbers and texts, whatever holds them. */
static bool holds_numbers(const struct py_node *n, size_t depth)
{
	static const char *const words[] = { "int",      "float", "bool",  "str",      "list",
					     "List",     "tuple", "Tuple", "Sequence", "Iterable",
					     "Optional", "Union", NULL };
	const char *name = n->kind == PY_NAME || n->kind == PY_ATTR ? n->name : NULL;

	if (n->kind == PY_NONE || n->kind == PY_ELLIPSIS)
		return true;
	if (name)
		return is_one_of(name, words);
	if (depth > 8)
		return false;
	if (n->kind == PY_BINARY && n->op == OP_BITOR)
		return holds_numbers(n->a, depth + 1) && holds_numbers(n->b, depth + 1);
	if (n->kind != PY_SUBSCRIPT && n->kind != PY_TUPLE && n->kind != PY_LIST)
		return false;
	for (size_t i = 0; i < n->list.n; i++)
		if (!holds_numbers(n->list.v[i], depth + 1))
			return false;
	return n->kind != PY_SUBSCRIPT || holds_numbers(n->a, depth + 1);
}

struct annotation {
	struct scene x;
	const struct unit *unit;
	const struct py_node *param;
	uint32_t n_objects;
};

static const struct value *told(struct annotation *t, const struct py_node *n, size_t depth);

static const struct value *argument_tensor(struct annotation *t)
{
	struct device d = { .kind = DEV_ARG, .sym = t->param->id };

	return value_tensor(t->x.a, d, TRI_UNKNOWN, origin_here(&t->x, FROM_ARGUMENT, NULL));
}

static const struct value *argument_device(struct annotation *t)
{
	struct device d = { .kind = DEV_ARG, .sym = t->param->id | SYM_CHOSEN };

	return value_device(t->x.a, d, origin_here(&t->x, FROM_ARGUMENT, NULL));
}

/* Where its tensors are, its caller says. */
static const struct value *argument_holder(struct annotation *t, const char *text)
{
	struct device d = { .kind = DEV_ARG, .sym = t->param->id };

	for (size_t i = 0; i < n_lint_holder_table; i++)
		if (strcmp(lint_holder_table[i].name, text) == 0)
			return made_value(
				&t->x, (struct value){
					       .kind = VAL_PLACED,
					       .device = d,
					       .text = lint_holder_table[i].kind,
					       .origin = origin_here(&t->x, FROM_ARGUMENT, NULL) });
	return NULL;
}

static const struct value *told_by_name(struct annotation *t, const char *text)
{
	static const char *const tensors[] = { "torch.Tensor",
					       "Tensor",
					       "torch.FloatTensor",
					       "torch.LongTensor",
					       "torch.BoolTensor",
					       "torch.IntTensor",
					       "FloatTensor",
					       "LongTensor",
					       "BoolTensor",
					       "IntTensor",
					       "torch.ByteTensor",
					       "torch.DoubleTensor",
					       "TensorType",
					       "torchtyping.TensorType",
					       "torch_geometric.typing.OptTensor",
					       NULL };
	static const char *const devices[] = { "torch.device", "device", NULL };
	static const char *const numbers[] = { "float", "bool", NULL };

	if (is_one_of(text, tensors))
		return as_mask(&t->x, argument_tensor(t), strstr(text, "BoolTensor"));
	if (is_one_of(text, devices))
		return argument_device(t);
	if (strcmp(text, "int") == 0)
		return number_of(&t->x, VAL_INT);
	if (is_one_of(text, numbers))
		return value_scalar();
	if (strcmp(text, "str") == 0)
		return number_of(&t->x, VAL_STR);
	return argument_holder(t, text);
}

/* "Optional[torch.Tensor]" in quotes is read as words are. */
static const struct value *told_by_text(struct annotation *t, const char *text)
{
	const struct value *v = told_by_name(t, text);

	return v || doc_type(text) != DOC_TENSOR ? v : argument_tensor(t);
}

/* All of them the same, None aside. */
static const struct value *told_by_all(struct annotation *t, const struct py_list *types,
				       size_t depth)
{
	const struct value *all = NULL;

	for (size_t i = 0; i < types->n; i++) {
		const struct value *v;

		if (types->v[i]->kind == PY_NONE)
			continue;
		v = told(t, types->v[i], depth + 1);
		if (!v || (all && all->kind != v->kind) || v->kind == VAL_OBJECT)
			return NULL;
		all = v;
	}
	return all;
}

static const struct value *container(struct annotation *t, enum object_kind kind,
				     const struct value *element)
{
	struct object o = { .kind = kind, .element = element, .is_open = true, .site = t->param };

	if (!element || element->kind != VAL_TENSOR)
		return NULL;
	return value_object(t->x.a, made_object(&t->x, o, 7000 + t->n_objects++));
}

static struct py_list items_of(const struct py_node *subscript)
{
	const struct py_node *only = subscript->list.n == 1 ? subscript->list.v[0] : NULL;

	return only && only->kind == PY_TUPLE ? only->list : subscript->list;
}

/* List[Tensor], Dict[str, Tensor], Float[Tensor, "b c"]. */
static const struct value *told_by_subscript(struct annotation *t, const struct py_node *n,
					     size_t depth)
{
	static const char *const one[] = { "Optional", "Annotated", "Float", "Int",   "Bool",
					   "Shaped",   "Integer",   "Num",   "Final", NULL };
	static const char *const lists[] = { "List",  "list",  "Sequence", "Iterable",
					     "Tuple", "tuple", NULL };
	static const char *const dicts[] = { "Dict", "dict", "Mapping", NULL };
	const char *name = n->a->kind == PY_NAME || n->a->kind == PY_ATTR ? n->a->name : "";
	struct py_list items = items_of(n);

	if (!items.n)
		return NULL;
	if (is_one_of(name, one))
		return told(t, items.v[0], depth + 1);
	if (strcmp(name, "Union") == 0)
		return told_by_all(t, &items, depth);
	if (strcmp(name, "TensorType") == 0)
		return argument_tensor(t);
	if (is_one_of(name, lists)) {
		bool rest = items.n == 2 && items.v[1]->kind == PY_ELLIPSIS;
		bool tuple = strcmp(name, "Tuple") == 0 || strcmp(name, "tuple") == 0;

		items.n -= rest;
		return container(t, tuple ? OBJ_TUPLE : OBJ_LIST, told_by_all(t, &items, depth));
	}
	if (is_one_of(name, dicts) && items.n == 2)
		return container(t, OBJ_DICT, told(t, items.v[1], depth + 1));
	return NULL;
}

static const struct value *told(struct annotation *t, const struct py_node *n, size_t depth)
{
	const char *text;

	if (depth > 6)
		return NULL;
	if (n->kind == PY_STRING)
		return told_by_text(t, n->name);
	if (n->kind == PY_SUBSCRIPT && holds_numbers(n, 0))
		return value_scalar();
	if (n->kind == PY_SUBSCRIPT)
		return told_by_subscript(t, n, depth);
	if (n->kind == PY_BINARY && n->op == OP_BITOR) {
		struct py_node *both[] = { n->a, n->b };

		return told_by_all(t, &(struct py_list){ both, 2 }, depth);
	}
	text = names_dotted(t->unit, n);
	if (!text || !told_by_name(t, text))
		text = ast_dotted(t->x.a, n);
	return text ? told_by_name(t, text) : NULL;
}

const struct value *model_batch(struct interp *in, struct state *s, const struct unit *u,
				const struct py_node *param)
{
	struct annotation t = { .x = scene_of(in, s, param), .unit = u, .param = param };

	return container(&t, OBJ_DICT, argument_tensor(&t));
}

const struct value *model_annotation(struct interp *in, struct state *s, const struct unit *u,
				     const struct py_node *annotation, const struct py_node *param)
{
	struct annotation t = { .x = scene_of(in, s, param), .unit = u, .param = param };

	return annotation ? told(&t, annotation, 0) : NULL;
}

/* "Optional[Tensor]", "Tensor | None", also in quotes; OptTensor of torch_geometric. */
bool model_annotation_allows_none(const struct py_node *n)
{
	if (!n)
		return false;
	if (n->kind == PY_STRING)
		return strstr(n->name, "Optional") || strstr(n->name, "None");
	if (n->kind == PY_NAME)
		return strcmp(n->name, "OptTensor") == 0;
	if (n->kind == PY_BINARY && n->op == OP_BITOR)
		return n->a->kind == PY_NONE || n->b->kind == PY_NONE ||
		       model_annotation_allows_none(n->a);
	if (n->kind != PY_SUBSCRIPT || (n->a->kind != PY_NAME && n->a->kind != PY_ATTR))
		return false;
	if (strcmp(n->a->name, "Optional") == 0)
		return true;
	if (strcmp(n->a->name, "Union") != 0)
		return false;

	struct py_list items = items_of(n);

	for (size_t i = 0; i < items.n; i++)
		if (items.v[i]->kind == PY_NONE)
			return true;
	return false;
}
