// SPDX-License-Identifier: Apache-2.0
/* What is the value of an expression? For all states of a set at once: each gets one value more on its stack. Where something is
 * not known, the value is VAL_UNKNOWN, and the parts are evaluated nevertheless: there may be a call in them. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

bool step(struct interp *in)
{
	if (in->is_over)
		return false;
	if (++in->steps < in->steps_max && arena_bytes(in->arena) < ENTRY_BYTES_MAX)
		return true;
	in->is_over = true;
	return false;
}

static void push_all(struct interp *in, struct states *set, const struct value *v)
{
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i], v);
}

static void pop_all(struct states *set)
{
	for (size_t i = 0; i < set->n; i++)
		state_pop(&set->v[i]);
}

/* ---- displays ---- */

static enum object_kind display_kind(enum py_kind kind)
{
	return kind == PY_TUPLE ? OBJ_TUPLE : kind == PY_LIST ? OBJ_LIST : OBJ_SET;
}

/* The items of a display from the stack, those of *x in place of it. False: there are unknown ones. */
static bool pop_items(struct interp *in, struct state *s, const struct py_list *nodes,
		      struct value_list *ret)
{
	const struct value **v = arena_alloc(in->arena, (nodes->n + 1) * sizeof(*v));
	bool exact = true;

	for (size_t i = nodes->n; i-- > 0;)
		v[i] = state_pop(s);
	for (size_t i = 0; i < nodes->n; i++) {
		if (nodes->v[i]->kind != PY_STAR) {
			PUSH(in->arena, ret, v[i]);
			continue;
		}

		struct iteration it = iterate(in, s, v[i], nodes->v[i]);

		for (size_t k = 0; it.items && k < it.n; k++)
			PUSH(in->arena, ret, it.items[k]);
		if (!it.items) {
			PUSH(in->arena, ret, it.element);
			exact = false;
		}
	}
	return exact;
}

static bool all_constants(const struct py_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->kind < PY_INT || l->v[i]->kind > PY_NONE ||
		    l->v[i]->kind == PY_FSTRING)
			return false;
	return true;
}

/* Data written into the program. Its first items are looked at: for what they call, not for what they are. */
static void eval_long(struct interp *in, struct states *set, const struct py_node *n)
{
	const struct py_list *values = n->kind == PY_DICT ? &n->list2 : &n->list;
	const struct value *element = all_constants(values) ? value_scalar() : value_unknown();

	for (size_t i = 0; i < DISPLAY_MAX && i < values->n && element->kind == VAL_UNKNOWN; i++) {
		const struct py_node *item = values->v[i];

		eval(in, set, item->kind == PY_STAR ? item->a : item);
		for (size_t k = 0; k < set->n; k++)
			state_escape(in, &set->v[k], state_pop(&set->v[k]));
	}
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i],
			   make_of_element(in, &set->v[i],
					   n->kind == PY_DICT ? OBJ_DICT : display_kind(n->kind),
					   element, n));
}

static void eval_display(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->list.n > DISPLAY_MAX) {
		eval_long(in, set, n);
		return;
	}
	for (size_t i = 0; i < n->list.n; i++)
		eval(in, set, n->list.v[i]->kind == PY_STAR ? n->list.v[i]->a : n->list.v[i]);
	for (size_t i = 0; i < set->n; i++) {
		struct value_list items = { 0 };
		struct state *s = &set->v[i];
		bool exact = pop_items(in, s, &n->list, &items);
		const struct value *any = NULL;

		for (size_t k = 0; !exact && k < items.n; k++)
			any = any ? value_join(in, s, any, items.v[k]) : items.v[k];
		state_push(in, s,
			   exact ? make_sequence(in, s, display_kind(n->kind), items.v, items.n, n)
				 : make_of_element(in, s, display_kind(n->kind), any, n));
	}
}

/* One key and value, or all of another dict. */
static void add_item(struct interp *in, struct state *s, struct object *o, const struct value *key,
		     const struct value *v, const struct py_node *at)
{
	const char *name = key ? dict_key(in->arena, key) : NULL;
	const struct object *other = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	if (name && o->fields.n < ELEMENTS_MAX) {
		struct object_field f = { .name = name, .value = v, .node = at };

		PUSH(in->arena, &o->fields, f);
	} else if (key) {
		o->element = o->element ? value_join(in, s, o->element, v) : v;
		o->is_open = true;
	} else if (other && other->kind == OBJ_DICT && !other->is_open &&
		   o->fields.n + other->fields.n <= ELEMENTS_MAX) {
		for (size_t i = 0; i < other->fields.n; i++)
			PUSH(in->arena, &o->fields, other->fields.v[i]);
	} else {
		o->element = value_unknown();
		o->is_open = true;
	}
}

static void eval_dict(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->list.n > DISPLAY_MAX) {
		eval_long(in, set, n);
		return;
	}
	for (size_t i = 0; i < n->list.n; i++) {
		bool is_star = n->list.v[i]->kind == PY_STAR;

		eval(in, set, is_star ? n->list.v[i]->a : n->list.v[i]);
		if (!is_star)
			eval(in, set, n->list2.v[i]);
	}
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		struct object o = { .kind = OBJ_DICT, .unit = in->frame->unit, .site = n };
		struct value_list all = { 0 };

		for (size_t k = n->list.n; k-- > 0;) {
			const struct value *v = state_pop(s);
			const struct value *key =
				n->list.v[k]->kind == PY_STAR ? NULL : state_pop(s);

			PUSH(in->arena, &all, v);
			PUSH(in->arena, &all, key);
		}
		for (size_t k = n->list.n; k-- > 0;)
			add_item(in, s, &o, all.v[2 * k + 1], all.v[2 * k],
				 n->list.v[n->list.n - 1 - k]);
		state_push(in, s, value_object(in->arena, state_new(in, s, &o)));
	}
}

/* ---- texts ---- */

/* f"cuda:{gpu}" is a device of which only the number may be unknown; of other texts with holes nothing is known. */
static const struct value *fstring_value(struct interp *in, const struct py_node *n,
					 const struct value *hole)
{
	const char *text = in->frame->unit->text + n->start;
	size_t length = n->end - n->start, i = strcspn(text, "\"'");

	while (i < length && (text[i] == '"' || text[i] == '\''))
		i++;
	if (n->list.n != 1 || length - i < 6 || memcmp(text + i, "cuda:{", 6) != 0)
		return value_number(in->arena, VAL_STR);
	if (hole->kind == VAL_INT && hole->is_known)
		return value_str(in->arena,
				 arena_fmt(in->arena, "cuda:%lld", (long long)hole->number));
	return value_str(in->arena, "cuda");
}

static void eval_fstring(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++) {
		eval(in, set, n->list.v[i]);
		if (n->list.n > 1)
			pop_all(set);
	}
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *hole = n->list.n == 1 ? state_pop(s) : value_unknown();

		state_push(in, s, fstring_value(in, n, hole));
	}
}

/* ---- operators ---- */

/* In `adj + torch.eye(adj.size(0))` the right side tells that adj is a tensor. */
static const struct value *learned(struct interp *in, const struct state *s,
				   const struct py_node *n, const struct value *v)
{
	const struct value *now = n->kind == PY_NAME && v->kind == VAL_PLACED
					  ? var_get(in, s, in->frame->id, intern_name(in, n->name))
					  : NULL;

	return now && now->kind == VAL_TENSOR && now->origin == v->origin ? now : v;
}

static void eval_binary(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states from;

	eval(in, set, n->a);
	eval(in, set, n->b);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];
		const struct value *b = state_pop(&s), *a = state_pop(&s);

		a = learned(in, &s, n->a, a);
		states_give(in, set, &s, operate(in, &s, n->op, a, b, n));
	}
}

static void eval_unary(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *a = state_pop(s);

		state_push(in, s,
			   n->op == OP_NOT ? negate(in, s, a) : operate(in, s, n->op, a, NULL, n));
	}
}

/* a < b < c: the last comparison's value stands for all, unless one before is false. */
static void eval_compare(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	for (size_t k = 0; k < n->list.n; k++) {
		eval(in, set, n->list.v[k]);
		for (size_t i = 0; i < set->n; i++) {
			struct state *s = &set->v[i];
			const struct value *b = state_pop(s), *a = state_pop(s);
			const struct value *v = compare(in, s, n->ops[k], a, b, n);

			state_push(in, s,
				   k + 1 < n->list.n ? b
				   : n->list.n > 1   ? value_number(in->arena, VAL_BOOL)
						     : v);
		}
	}
}

static void eval_ifexp(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states no;

	branch(in, set, n->a, set, &no);
	eval(in, set, n->b);
	eval(in, &no, n->c);
	states_take(in, set, &no);
	states_reduce(in, set);
}

/* ---- others ---- */

static void eval_attr(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states from;

	eval(in, set, n->a);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];
		const struct value *base = state_pop(&s);

		attr_load(in, set, &s, base, n->name, n, false);
	}
}

static void eval_subscript(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	for (size_t i = 0; i < n->list.n; i++)
		eval(in, set, n->list.v[i]);
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value **v = arena_alloc(in->arena, (n->list.n + 1) * sizeof *v);

		for (size_t k = n->list.n; k-- > 0;)
			v[k] = state_pop(s);
		state_push(in, s, subscript_load(in, s, state_pop(s), v, n->list.n, n));
	}
}

static void eval_slice(struct interp *in, struct states *set, const struct py_node *n)
{
	const struct py_node *parts[] = { n->a, n->b, n->c };

	for (size_t i = 0; i < 3; i++)
		if (parts[i]) {
			eval(in, set, parts[i]);
			pop_all(set);
		}
	push_all(in, set, value_scalar());
}

static void eval_yield(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->a)
		eval(in, set, n->a);
	else
		push_all(in, set, value_none());
	/* A context manager: the block of the `with` is run here. */
	if (in->frame->func && in->frame->func->is_context && in->frame->returns) {
		states_take(in, in->frame->returns, set);
		set->n = 0;
	}
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *v = state_pop(s);
		struct frame *f = in->frame;

		if (n->is_from)
			v = iterate(in, s, v, n).element;
		f->yielded = f->yielded ? value_join(in, s, f->yielded, v) : v;
		state_push(in, s, value_unknown());
		if (f->func && f->func->yields)
			states_add(in, &f->paused, s);
	}
}

static void eval_name(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i], name_load(in, &set->v[i], n->name));
}

static void eval_walrus(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->b);
	for (size_t i = 0; i < set->n; i++)
		name_store(in, &set->v[i], n->a->name, set->v[i].stack->value);
}

static const struct value *constant(struct interp *in, const struct py_node *n)
{
	switch (n->kind) {
	case PY_INT:
		return n->is_big ? value_number(in->arena, VAL_INT)
				 : value_int(in->arena, n->number);
	case PY_FLOAT:
		return value_float(in->arena, n->real);
	case PY_STRING:
		return n->is_bytes || !n->name ? value_number(in->arena, VAL_STR)
					       : value_str(in->arena, n->name);
	case PY_TRUE:
		return value_bool(in->arena, true);
	case PY_FALSE:
		return value_bool(in->arena, false);
	case PY_NONE:
		return value_none();
	case PY_ELLIPSIS:
		return value_scalar();
	default:
		return value_unknown();
	}
}

static void eval_kind(struct interp *in, struct states *set, const struct py_node *n)
{
	switch (n->kind) {
	case PY_NAME:
		eval_name(in, set, n);
		break;
	case PY_ATTR:
		eval_attr(in, set, n);
		break;
	case PY_CALL:
		eval_call(in, set, n, false);
		break;
	case PY_SUBSCRIPT:
		eval_subscript(in, set, n);
		break;
	case PY_SLICE:
		eval_slice(in, set, n);
		break;
	case PY_BINARY:
		eval_binary(in, set, n);
		break;
	case PY_BOOL:
		eval_bool(in, set, n);
		break;
	case PY_UNARY:
		eval_unary(in, set, n);
		break;
	case PY_COMPARE:
		eval_compare(in, set, n);
		break;
	case PY_IFEXP:
		eval_ifexp(in, set, n);
		break;
	case PY_FSTRING:
		eval_fstring(in, set, n);
		break;
	case PY_LAMBDA:
		eval_lambda(in, set, n);
		break;
	case PY_TUPLE:
	case PY_LIST:
	case PY_SET:
		eval_display(in, set, n);
		break;
	case PY_DICT:
		eval_dict(in, set, n);
		break;
	case PY_COMP:
		eval_comp(in, set, n);
		break;
	case PY_AWAIT:
	case PY_STAR:
		eval(in, set, n->a);
		break;
	case PY_YIELD:
		eval_yield(in, set, n);
		break;
	case PY_WALRUS:
		eval_walrus(in, set, n);
		break;
	default:
		push_all(in, set, constant(in, n));
		break;
	}
}

static void take_loaders(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];

		state_push(in, s, model_named_loader(in, s, n, state_pop(s)));
	}
}

void eval(struct interp *in, struct states *set, const struct py_node *n)
{
	if (!set->n)
		return;
	if (in->nest >= NEST_MAX || !step(in)) {
		push_all(in, set, value_unknown());
		return;
	}
	if (set->n > STATES_RAW_MAX)
		states_reduce(in, set);
	in->nest++;
	eval_kind(in, set, n);
	if (is_named_loader(n))
		take_loaders(in, set, n);
	in->nest--;
	states_bury(in, set);
}
