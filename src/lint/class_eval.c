// SPDX-License-Identifier: Apache-2.0
/* What does an expression give? Part of the small evaluator (class_run.h). An expression that is not understood is still walked
 * through, because it may change lists or hand modules on. */
#include "lint/class_run.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

#define GLOBALS_DEPTH_MAX 8
#define BYTES_MAX ((size_t)12 << 20) /* of one file: classes after that are not judged */

/* Names below torch are never files of the project. */
static const struct cv *eval_library(struct run *r, const struct py_node *e)
{
	const char *dotted = names_dotted(r->unit, e);
	bool is_torch = dotted && (strcmp(dotted, "torch") == 0 || starts_with(dotted, "torch."));
	struct cv *v = cv_new(r, is_torch ? CV_LIB : CV_NAMED);

	v->text = is_torch ? dotted : NULL;
	v->made = e;
	return v;
}

const struct cv *run_look_up(struct run *r, const struct cv *v)
{
	struct cls *read = NULL;
	const char *library = NULL;
	struct unit *unit = NULL;
	const struct py_node *func;
	struct cv *found;

	if (v->kind != CV_NAMED)
		return v;
	func = cls_function(v->unit, v->made, &unit);
	if (func) {
		found = cv_new(r, CV_FUNC);
		found->func = func;
		found->unit = unit;
		return found;
	}
	cls_resolve(v->unit, v->made, &read, &library);
	if (!read && !library)
		return &cv_unknown;
	found = cv_new(r, read ? CV_CLASS : CV_LIB);
	found->cls = read;
	found->text = library;
	return found;
}

/* A module's variable that is bound once: its value, as far as it cannot change later. */
static const struct cv *eval_global(struct run *r, const struct py_node *statement)
{
	const struct py_node *value = NULL;
	struct paths empty = { 0 }, *before = r->now;
	struct self *self = r->self;
	const struct run_names *outer = r->outer;
	const struct cv *v = &cv_unknown;

	if (statement->kind == PY_ASSIGN && statement->list.n == 1 &&
	    statement->list.v[0]->kind == PY_NAME)
		value = statement->a;
	else if (statement->kind == PY_ANNASSIGN)
		value = statement->c;
	if (!value || r->depth >= GLOBALS_DEPTH_MAX)
		return v;
	r->stack[r->depth++] = statement;
	r->now = &empty;
	r->self = NULL;
	r->outer = NULL;
	v = run_eval(r, value);
	r->now = before;
	r->self = self;
	r->outer = outer;
	r->depth--;
	if (v->kind == CV_MODULE || v->items)
		cv_escape(r, v); /* anyone may move or change it */
	return v;
}

static const struct cv *eval_name(struct run *r, const struct py_node *e)
{
	const struct scope *scope = NULL;
	const struct binding *b;
	const struct cv *v = names_get(&r->now->names, e->name);

	if (!v && r->outer)
		v = names_get(r->outer, e->name);
	if (v && v->kind == CV_MODULE && r->outer && names_get(r->outer, e->name) == v) {
		struct cv *held = cv_copy(r, v);

		held->via = VIA_CLOSURE;
		return held;
	}
	if (v)
		return v;
	b = names_find(r->unit, e, e->name, &scope);
	if (!b) {
		struct cv *builtin = cv_new(r, CV_LIB);

		builtin->text = arena_fmt(r->arena, "builtins.%s", e->name);
		return builtin;
	}
	if (!scope || scope->node->kind != PY_MODULE)
		return &cv_unknown;
	if (b->kind == BOUND_VALUE && b->n_stores == 1 && b->node)
		return eval_global(r, b->node);
	return eval_library(r, e);
}

/* "torch.nn.Linear": a chain of names that begins with an import. */
static const struct cv *eval_dotted(struct run *r, const struct py_node *e)
{
	const struct py_node *root = e;

	while (root->kind == PY_ATTR)
		root = root->a;
	if (root->kind != PY_NAME || names_get(&r->now->names, root->name) ||
	    (r->outer && names_get(r->outer, root->name)) || !names_dotted(r->unit, e))
		return NULL;
	return eval_library(r, e);
}

static const struct cv *eval_attr(struct run *r, const struct py_node *e)
{
	const struct cv *v = eval_dotted(r, e);

	if (v)
		return v;

	const struct cv *base = run_eval(r, e->a);

	if (base->kind == CV_NAMED) /* a class's or a module's own name */
		return &cv_unknown;

	if (base->kind == CV_SELF && base->instance == r->self)
		return run_field(r, e->name);
	if (strcmp(e->name, "grad") == 0)
		note_copy(r, base, e, "grad");
	return torch_attr(r, base, e->name);
}

static const struct cv *eval_display(struct run *r, const struct py_node *e)
{
	struct cv *v = cv_list(r, CV_LIST);

	for (size_t i = 0; i < e->list.n; i++) {
		const struct py_node *item = e->list.v[i];

		if (item->kind != PY_STAR) {
			cv_add(r, v->items, run_eval(r, item));
			continue;
		}

		const struct cv *inner = run_eval(r, item->a);

		items_blur(r, v->items);
		if (!inner->items || inner->items->has_unknown)
			v->items->has_unknown = true;
		else if (items_any(r, inner->items))
			cv_add(r, v->items, cv_element(r, inner));
	}
	return v;
}

static const struct cv *eval_dict(struct run *r, const struct py_node *e)
{
	struct cv *v = cv_list(r, CV_DICT);

	for (size_t i = 0; i < e->list.n; i++) {
		const struct py_node *key = e->list.v[i];

		if (key->kind == PY_STAR) {
			const struct cv *inner = run_eval(r, key->a);

			items_blur(r, v->items);
			if (!inner->items || inner->items->has_unknown)
				v->items->has_unknown = true;
			else if (items_any(r, inner->items))
				cv_add(r, v->items, cv_element(r, inner));
			continue;
		}
		run_eval(r, key);
		cv_add(r, v->items, run_eval(r, e->list2.v[i]));
	}
	items_blur(r, v->items); /* keys are not kept */
	return v;
}

static const struct cv *eval_comp(struct run *r, const struct py_node *e)
{
	struct cv *v = cv_list(r, e->comp == COMP_DICT ? CV_DICT : CV_LIST);
	struct run_names before = names_copy(r, &r->now->names);

	for (size_t i = 0; i < e->list.n; i++) {
		const struct py_node *each = e->list.v[i];
		const struct cv *from = run_eval(r, each->b);

		run_assign(r, each->a, cv_iterate(r, from), each);
		for (size_t k = 0; k < each->list.n; k++)
			run_eval(r, each->list.v[k]);
	}

	const struct cv *element = run_eval(r, e->a);

	if (e->comp == COMP_DICT)
		element = run_eval(r, e->b);
	cv_add(r, v->items, element);
	items_blur(r, v->items);
	r->now->names = before;
	return v;
}

static bool is_slice(const struct py_node *e)
{
	for (size_t i = 0; i < e->list.n; i++)
		if (e->list.v[i]->kind == PY_SLICE)
			return true;
	return false;
}

/* How many dimensions are left is known where no index but slices, None and ... is used, or where one is added. */
static enum tri rank_after_index(const struct cv *base, const struct py_node *e)
{
	bool keeps = base->zero_dim == TRI_NO;

	for (size_t i = 0; i < e->list.n; i++) {
		enum py_kind kind = e->list.v[i]->kind;

		if (kind == PY_NONE)
			return TRI_NO;
		if (kind == PY_SLICE)
			keeps = true;
	}
	for (size_t i = 0; i < e->list.n && !is_slice(e); i++)
		keeps = keeps && e->list.v[i]->kind == PY_ELLIPSIS;
	return keeps ? TRI_NO : TRI_UNKNOWN;
}

static const struct cv *index_list(struct run *r, const struct cv *base, const struct py_node *e)
{
	const struct py_node *index = e->list.n == 1 ? e->list.v[0] : NULL;

	if (is_slice(e)) {
		struct cv *part = cv_list(r, base->kind);

		part->sites = base->sites;
		items_blur(r, part->items);
		part->items->has_unknown = !base->items || base->items->has_unknown;
		if (base->items && items_any(r, base->items))
			cv_add(r, part->items, items_any(r, base->items));
		return part;
	}
	if (index && index->kind == PY_INT && !index->is_big && base->kind == CV_LIST)
		return cv_item(r, base, (size_t)index->number);
	return cv_element(r, base);
}

static const struct cv *eval_subscript(struct run *r, const struct py_node *e)
{
	const struct cv *base = run_eval(r, e->a);

	for (size_t i = 0; i < e->list.n; i++)
		run_eval(r, e->list.v[i]);
	if (base->items && base->kind != CV_PARTIAL)
		return index_list(r, base, e);
	if (base->kind == CV_TENSOR) {
		struct cv *v = cv_copy(r, base);

		v->zero_dim = rank_after_index(base, e);
		v->is_copy_of_leaf = v->is_copy_of_param = false;
		if (v->object && (v->object->is_param || v->object->wants_grad))
			v->object = NULL; /* a view, no parameter itself */
		return v;
	}
	if (base->kind == CV_STRING || base->kind == CV_PLAIN)
		return &cv_plain;
	if (base->kind == CV_UNKNOWN && base->place == PLACE_INPUT) {
		struct cv *v = cv_copy(r, base); /* an element of a batch: an argument of its own */

		v->object = arena_alloc(r->arena, sizeof *v->object);
		v->object->unit = r->unit;
		v->root = v->object;
		return v;
	}
	return &cv_unknown;
}

static const struct cv *eval_operands(struct run *r, const struct py_node *e)
{
	const struct cv *sides[2] = { run_eval(r, e->a), run_eval(r, e->b) };

	if (sides[0]->kind == CV_TENSOR || sides[1]->kind == CV_TENSOR)
		return torch_mix(r, e, sides, 2);
	if (sides[0]->kind == CV_STRING && (e->op == OP_ADD || e->op == OP_MOD)) {
		struct cv *v = cv_new(r, CV_STRING); /* "conv" + name, "conv%d" % i */
		const char *text = sides[0]->text ? sides[0]->text : sides[0]->prefix;

		if (text)
			v->prefix =
				arena_strndup(r->arena, text,
					      e->op == OP_MOD ? strcspn(text, "%") : strlen(text));
		return v;
	}
	if (sides[0]->items && sides[1]->items && e->op == OP_ADD)
		return cv_join(r, sides[0], sides[1]);
	if (e->op == OP_MUL && (sides[0]->kind == CV_LIST || sides[1]->kind == CV_LIST)) {
		struct cv *v = cv_list(r, CV_LIST);

		items_blur(r, v->items);
		v->items->element =
			items_any(r, (sides[0]->kind == CV_LIST ? sides[0] : sides[1])->items);
		v->items->has_unknown =
			(sides[0]->kind == CV_LIST ? sides[0] : sides[1])->items->has_unknown;
		return v;
	}
	if (sides[0]->kind == CV_UNKNOWN && sides[0]->place != PLACE_UNKNOWN &&
	    sides[1]->kind == CV_PLAIN)
		return sides[0];
	if ((sides[0]->kind == CV_PLAIN || sides[0]->kind == CV_STRING) &&
	    (sides[1]->kind == CV_PLAIN || sides[1]->kind == CV_STRING))
		return &cv_plain;
	return &cv_unknown;
}

static const struct cv *eval_compare(struct run *r, const struct py_node *e)
{
	const struct cv *left = run_eval(r, e->a), *v = &cv_plain;

	for (size_t i = 0; i < e->list.n; i++) {
		const struct cv *right = run_eval(r, e->list.v[i]);
		const struct cv *sides[2] = { left, right };
		enum py_op op = e->ops[i];

		if (op != OP_IS && op != OP_IS_NOT && op != OP_IN && op != OP_NOT_IN &&
		    (left->kind == CV_TENSOR || right->kind == CV_TENSOR))
			v = torch_mix(r, e, sides, 2);
		else if (left->kind == CV_UNKNOWN || right->kind == CV_UNKNOWN)
			v = &cv_unknown;
		left = right;
	}
	return v;
}

static const struct cv *eval_bool(struct run *r, const struct py_node *e)
{
	const struct cv *v = NULL;

	for (size_t i = 0; i < e->list.n; i++)
		v = cv_join(r, v, run_eval(r, e->list.v[i]));
	return v ? v : &cv_unknown;
}

/* One world: there is a GPU, torch.cuda.is_available() is True. */
static const struct cv *eval_ifexp(struct run *r, const struct py_node *e)
{
	int known = run_truth(r, e->a);

	if (known >= 0)
		return run_eval(r, known ? e->b : e->c);
	run_eval(r, e->a);

	const struct cv *then = run_eval(r, e->b);

	return cv_join(r, then, run_eval(r, e->c));
}

static const struct cv *eval_func(struct run *r, const struct py_node *e)
{
	struct cv *v = cv_new(r, CV_FUNC);
	struct run_names *held = arena_alloc(r->arena, sizeof *held);

	*held = names_copy(r, &r->now->names);
	for (size_t i = 0; r->outer && i < r->outer->v.n; i++)
		if (!names_get(held, r->outer->v.v[i].name))
			PUSH(r->arena, &held->v, r->outer->v.v[i]);
	for (size_t i = 0; i < e->params.n; i++)
		if (e->params.v[i].fallback) {
			const struct cv *given = run_eval(r, e->params.v[i].fallback);

			names_set(r, held, e->params.v[i].name, given);
		}
	v->func = e;
	v->captured = held;
	if (r->self) {
		struct cv *self = cv_new(r, CV_SELF);

		self->instance = r->self;
		v->self = self;
	}
	return v;
}

static const struct cv *eval_string(struct run *r, const struct py_node *e)
{
	struct cv *v = cv_new(r, CV_STRING);

	v->text = e->kind == PY_STRING ? e->name : NULL;
	if (e->kind == PY_FSTRING) { /* f"conv{i}": what stands before the first brace */
		const char *from = r->unit->text + e->start;

		from += strcspn(from, "'\"");
		from += strspn(from, "'\"");
		v->prefix = arena_strndup(r->arena, from, strcspn(from, "{'\"\\"));
	}
	for (size_t i = 0; e->kind == PY_FSTRING && i < e->list.n; i++)
		run_eval(r, e->list.v[i]);
	return v;
}

static const struct cv *eval_unary(struct run *r, const struct py_node *e)
{
	const struct cv *v = run_eval(r, e->a);

	if (e->op == OP_NOT)
		return &cv_plain;
	return v->kind == CV_TENSOR ? torch_mix(r, e, &v, 1) : v;
}

static const struct cv *walk_only(struct run *r, const struct py_node *e)
{
	if (e->a)
		cv_escape(r, run_eval(r, e->a));
	return &cv_unknown;
}

const struct cv *run_eval(struct run *r, const struct py_node *e)
{
	if (r->budget == 0 || arena_bytes(r->arena) > BYTES_MAX) {
		r->is_out = true;
		return &cv_unknown;
	}
	r->budget--;
	switch (e->kind) {
	case PY_NAME:
		return eval_name(r, e);
	case PY_INT:
	case PY_FLOAT:
	case PY_TRUE:
	case PY_FALSE:
	case PY_ELLIPSIS:
		return &cv_plain;
	case PY_NONE:
		return &cv_none;
	case PY_STRING:
	case PY_FSTRING:
		return eval_string(r, e);
	case PY_ATTR:
		return eval_attr(r, e);
	case PY_CALL:
		return run_call(r, e);
	case PY_SUBSCRIPT:
		return eval_subscript(r, e);
	case PY_BINARY:
		return eval_operands(r, e);
	case PY_BOOL:
		return eval_bool(r, e);
	case PY_UNARY:
		return eval_unary(r, e);
	case PY_COMPARE:
		return eval_compare(r, e);
	case PY_IFEXP:
		return eval_ifexp(r, e);
	case PY_LAMBDA:
	case PY_FUNC:
		return eval_func(r, e);
	case PY_TUPLE:
	case PY_LIST:
	case PY_SET:
		return eval_display(r, e);
	case PY_DICT:
		return eval_dict(r, e);
	case PY_COMP:
		return eval_comp(r, e);
	case PY_WALRUS: {
		const struct cv *v = run_eval(r, e->b);

		run_assign(r, e->a, v, e);
		return v;
	}
	default:
		return walk_only(r, e);
	}
}
