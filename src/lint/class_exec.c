// SPDX-License-Identifier: Apache-2.0
/* Statements of the small evaluator: both ways of an `if` are joined, the body of a loop is walked twice (what the first pass
 * leaves behind is joined with what was there before). */
#include "lint/class_run.h"

#include <string.h>

#include "lint/names.h"

static void exec(struct run *r, const struct py_node *n);

static void assign_items(struct run *r, const struct py_node *target, const struct cv *v,
			 const struct py_node *at)
{
	for (size_t i = 0; i < target->list.n; i++) {
		const struct py_node *t = target->list.v[i];

		if (t->kind == PY_STAR) {
			run_assign(r, t->a, &cv_unknown, at);
			if (v->items)
				cv_escape(r, v);
		} else if (v->kind == CV_TENSOR) {
			struct cv *part = cv_copy(r, v);

			part->zero_dim = TRI_UNKNOWN;
			run_assign(r, t, part, at);
		} else if (v->kind == CV_UNKNOWN && v->place == PLACE_INPUT) {
			struct cv *part = cv_copy(r, v);

			part->object = arena_alloc(r->arena, sizeof *part->object);
			part->root = part->object;
			run_assign(r, t, part, at);
		} else {
			run_assign(r, t, v->items ? cv_item(r, v, i) : &cv_unknown, at);
		}
	}
}

/* x[...] = v: what a list or a dict holds grows; a tensor copies, wherever v is. */
static void assign_item(struct run *r, const struct py_node *target, const struct cv *v)
{
	const struct cv *base = run_eval(r, target->a);

	for (size_t i = 0; i < target->list.n; i++)
		run_eval(r, target->list.v[i]);
	if (base->items && base->kind != CV_PARTIAL) {
		items_blur(r, base->items);
		cv_add(r, base->items, v);
		if (base->object && base->object->is_registered)
			cv_register(r, v);
	} else if (base->kind != CV_TENSOR) {
		cv_escape(r, v);
	}
}

static void assign_attr(struct run *r, const struct py_node *target, const struct cv *v,
			const struct py_node *at)
{
	const struct cv *base = run_eval(r, target->a);

	if (base->kind == CV_SELF && base->instance == r->self) {
		run_set_field(r, target->name, v, at);
		return;
	}
	if (base->kind == CV_MODULE) { /* child.weight = ..., child.extra = module */
		if (base->object)
			base->object->has_escaped = true;
		cv_escape(r, v);
		return;
	}
	if (base->kind == CV_DIST && base->object) /* dist.loc = dist.loc.cuda() */
		base->object->is_moved = true;
	if (base->kind == CV_TENSOR && base->object) {
		if (strcmp(target->name, "requires_grad") == 0)
			base->object->wants_grad = !base->is_copy_of_leaf;
		else
			base->object->has_escaped = true;
		return;
	}
	cv_escape(r, base);
	cv_escape(r, v);
}

void run_assign(struct run *r, const struct py_node *target, const struct cv *v,
		const struct py_node *at)
{
	switch (target->kind) {
	case PY_NAME:
		names_set(r, &r->now->names, target->name, v);
		break;
	case PY_TUPLE:
	case PY_LIST:
		assign_items(r, target, v, at);
		break;
	case PY_ATTR:
		assign_attr(r, target, v, at);
		break;
	case PY_SUBSCRIPT:
		assign_item(r, target, v);
		break;
	default:
		cv_escape(r, v);
	}
}

static void exec_assign(struct run *r, const struct py_node *n)
{
	const struct cv *v = run_eval(r, n->a);

	for (size_t i = 0; i < n->list.n; i++)
		run_assign(r, n->list.v[i], v, n);
}

static void exec_augassign(struct run *r, const struct py_node *n)
{
	const struct cv *old = run_eval(r, n->a), *v = run_eval(r, n->b);

	if (old->items) {
		items_blur(r, old->items);
		if (n->op != OP_ADD && n->op != OP_BITOR)
			old->items->has_unknown = old->items->has_unknown || n->op != OP_MUL;
		else if (!v->items || v->items->has_unknown)
			cv_escape(r, old);
		else if (items_any(r, v->items))
			cv_add(r, old->items, items_any(r, v->items));
		if (old->object && old->object->is_registered)
			cv_register(r, v);
		return;
	}
	if (old->kind == CV_TENSOR || v->kind == CV_TENSOR) {
		const struct cv *sides[2] = { old, v };

		run_assign(r, n->a, torch_mix(r, n, sides, 2), n);
		return;
	}
	run_assign(r, n->a, old->kind == CV_PLAIN && v->kind == CV_PLAIN ? &cv_plain : &cv_unknown,
		   n);
}

static struct paths *paths_copy(struct run *r)
{
	struct paths *copy = arena_alloc(r->arena, sizeof *copy);

	copy->names = names_copy(r, &r->now->names);
	copy->fields = names_copy(r, &r->now->fields);
	copy->is_dead = r->now->is_dead;
	return copy;
}

/* `x is None` and the like prove nothing here; only what this machine decides does: there is a GPU. A name or a field may hold it:
 * `CUDA = torch.cuda.is_available()`. */
int run_truth(struct run *r, const struct py_node *test)
{
	const char *dotted = test->kind == PY_CALL ? names_dotted(r->unit, test->a) : NULL;

	if (test->kind == PY_TRUE || (dotted && strcmp(dotted, "torch.cuda.is_available") == 0))
		return 1;
	if (test->kind == PY_FALSE)
		return 0;
	if (test->kind == PY_NAME || test->kind == PY_ATTR)
		return run_eval(r, test) == &cv_true ? 1 : -1;
	if (test->kind == PY_UNARY && test->op == OP_NOT) {
		int inner = run_truth(r, test->a);

		return inner < 0 ? inner : !inner;
	}
	return -1;
}

static void exec_if(struct run *r, const struct py_node *n)
{
	int known = run_truth(r, n->a);

	if (known >= 0) {
		run_block(r, known ? &n->body : &n->orelse);
		return;
	}
	run_eval(r, n->a);

	struct paths *other = paths_copy(r), *here = r->now;

	run_block(r, &n->body);
	r->now = other;
	run_block(r, &n->orelse);
	r->now = here;
	paths_join(r, here, other);
}

static void exec_loop(struct run *r, const struct py_node *n)
{
	const struct cv *from = n->kind == PY_FOR ? run_eval(r, n->b) : NULL;
	struct paths *outer = r->breaks;

	for (int pass = 0; pass < 2; pass++) {
		struct paths *before = paths_copy(r), breaks = { .is_dead = true };

		r->breaks = &breaks;

		if (from)
			run_assign(r, n->a, cv_iterate(r, from), n);
		else
			run_eval(r, n->a);
		run_block(r, &n->body);
		paths_join(r, r->now, &breaks);
		paths_join(r, r->now, before);
	}
	r->breaks = outer;
	run_block(r, &n->orelse);
}

static void exec_try(struct run *r, const struct py_node *n)
{
	struct paths *before = paths_copy(r), *here = r->now;

	run_block(r, &n->body);
	run_block(r, &n->orelse);
	for (size_t i = 0; i < n->list.n; i++) {
		const struct py_node *handler = n->list.v[i];

		r->now = before;
		struct paths *way = paths_copy(r);

		r->now = way;
		if (handler->name)
			names_set(r, &way->names, handler->name, &cv_unknown);
		run_block(r, &handler->body);
		r->now = here;
		paths_join(r, here, way);
	}
	run_block(r, &n->final);
}

/* `with torch.device(...)`: factories inside make their tensors there. */
static void exec_with(struct run *r, const struct py_node *n)
{
	bool before = r->is_on_default_device;

	for (size_t i = 0; i < n->list.n; i++) {
		const struct py_node *item = n->list.v[i];
		const struct cv *context = run_eval(r, item->a);

		if (context->kind == CV_DEVICE || context->kind == CV_UNKNOWN)
			r->is_on_default_device |=
				context->kind == CV_DEVICE || item->a->kind != PY_CALL;
		cv_escape(r, context);
		if (item->b)
			run_assign(r, item->b, &cv_unknown, n);
	}
	run_block(r, &n->body);
	r->is_on_default_device = before;
}

static void exec_match(struct run *r, const struct py_node *n)
{
	struct paths *here = r->now, *before = paths_copy(r);

	run_eval(r, n->a);
	for (size_t i = 0; i < n->list.n; i++) {
		const struct py_node *way = n->list.v[i];

		r->now = before;
		r->now = paths_copy(r);
		for (size_t k = 0; k < way->list.n; k++)
			run_assign(r, way->list.v[k], &cv_unknown, way);
		if (way->a)
			run_eval(r, way->a);
		run_block(r, &way->body);
		struct paths *after = r->now;

		r->now = here;
		paths_join(r, here, after);
	}
}

static void exec_return(struct run *r, const struct py_node *n)
{
	r->result = cv_join(r, r->result, n->a ? run_eval(r, n->a) : &cv_none);
	r->now->is_dead = true;
}

static void exec_del(struct run *r, const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++) {
		const struct py_node *t = n->list.v[i];

		if (t->kind == PY_NAME)
			names_drop(&r->now->names, t->name);
		else if (t->kind == PY_ATTR && run_eval(r, t->a)->kind == CV_SELF)
			names_set(r, &r->now->fields, t->name, &cv_unknown);
		else if (t->kind == PY_SUBSCRIPT)
			cv_escape(r, run_eval(r, t->a));
	}
}

static void exec_expr(struct run *r, const struct py_node *n)
{
	const struct cv *v;

	if (n->a->kind == PY_YIELD) {
		v = n->a->a ? run_eval(r, n->a->a) : &cv_none;
		cv_escape(r, v);
		return;
	}
	run_eval(r, n->a);
}

/* What a loop's end has to know goes on behind it; an exception does not. */
static void exec_leave(struct run *r, const struct py_node *n)
{
	if (n->kind != PY_RAISE && r->breaks)
		paths_join(r, r->breaks, paths_copy(r));
	r->now->is_dead = true;
}

static void exec(struct run *r, const struct py_node *n)
{
	if (n->kind != PY_IF && n->kind != PY_FOR && n->kind != PY_WITH && n->kind != PY_TRY)
		r->statement = n;
	switch (n->kind) {
	case PY_EXPR:
		exec_expr(r, n);
		break;
	case PY_ASSIGN:
		exec_assign(r, n);
		break;
	case PY_AUGASSIGN:
		exec_augassign(r, n);
		break;
	case PY_ANNASSIGN:
		if (n->c)
			run_assign(r, n->a, run_eval(r, n->c), n);
		break;
	case PY_RETURN:
		exec_return(r, n);
		break;
	case PY_CONTINUE:
	case PY_BREAK:
	case PY_RAISE:
		exec_leave(r, n);
		break;
	case PY_DEL:
		exec_del(r, n);
		break;
	case PY_IF:
		exec_if(r, n);
		break;
	case PY_FOR:
	case PY_WHILE:
		exec_loop(r, n);
		break;
	case PY_TRY:
		exec_try(r, n);
		break;
	case PY_WITH:
		exec_with(r, n);
		break;
	case PY_MATCH:
		exec_match(r, n);
		break;
	case PY_FUNC:
		names_set(r, &r->now->names, n->name, run_eval(r, n));
		break;
	case PY_ASSERT:
		run_eval(r, n->a);
		break;
	case PY_CLASS:
		names_set(r, &r->now->names, n->name, &cv_unknown);
		break;
	default:
		break;
	}
}

void run_block(struct run *r, const struct py_list *body)
{
	for (size_t i = 0; i < body->n && !r->now->is_dead && !r->is_out; i++)
		exec(r, body->v[i]);
}
