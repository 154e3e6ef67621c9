// SPDX-License-Identifier: Apache-2.0
/* What is true in a loop, and behind it? The first round is run as it stands and may prove something; the second begins with what is
 * true of all rounds and proves nothing. Over few known items every round is run. A comprehension is a loop that makes one thing. */
#include "lint/interp.h"

#include <string.h>

#define TOLD_LOOPS_MAX 2 /* loops within each other whose first round is told from the others */

/* Where break and continue of a loop go to. */
struct loop {
	struct states breaks, continues;
	struct states *outer_breaks, *outer_continues;
	uint32_t depth; /* of the stacks between two statements */
};

static void loop_enter(struct interp *in, struct loop *l, const struct states *set)
{
	*l = (struct loop){ .outer_breaks = in->frame->breaks,
			    .outer_continues = in->frame->continues,
			    .depth = set->n ? state_depth(&set->v[0]) : 0 };
	in->frame->breaks = &l->breaks;
	in->frame->continues = &l->continues;
	in->loops++;
}

static void loop_leave(struct interp *in, struct loop *l)
{
	in->frame->breaks = l->outer_breaks;
	in->frame->continues = l->outer_continues;
	in->loops--;
}

/* Whoever leaves from within a `with` has its context on the stack. */
static void cut_all(struct states *set, uint32_t depth)
{
	for (size_t i = 0; i < set->n; i++)
		state_cut(&set->v[i], depth);
}

static void run_body(struct interp *in, struct loop *l, struct states *set, const struct py_node *n)
{
	exec_block(in, set, &n->body);
	cut_all(&l->continues, l->depth);
	cut_all(&l->breaks, l->depth);
	states_take(in, set, &l->continues);
	states_reduce(in, set);
}

static struct states copy_of(struct interp *in, const struct states *set)
{
	struct states copy = { 0 };

	for (size_t i = 0; i < set->n; i++)
		states_add(in, &copy, &set->v[i]);
	return copy;
}

/* Names what happens in round `i` apart from the other rounds. */
static uint64_t round_context(uint64_t context, const struct py_node *n, size_t i)
{
	return (context ^ ((uint64_t)n->id << 20) ^ (i + 1)) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Loops within each other multiply. */
static size_t unroll_max(const struct interp *in, size_t max)
{
	return in->unrolled || in->is_library ? UNROLL_INNER_MAX : max;
}

/* A comprehension holds one expression: a batch of a few tensors is told apart in any loop. */
static size_t comp_max(const struct interp *in)
{
	return in->unrolled && !in->is_library ? UNROLL_COMP_MAX : unroll_max(in, ELEMENTS_MAX);
}

/* ---- for ---- */

/* One round with this element for each state. */
static void for_round(struct interp *in, struct loop *l, struct states *set,
		      const struct py_node *n, const struct value *element)
{
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i], element);
	assign(in, set, n->a);
	run_body(in, l, set, n);
}

static void for_unrolled(struct interp *in, struct loop *l, struct states *set,
			 const struct py_node *n, const struct iteration *it)
{
	uint64_t context = in->frame->context;

	in->unrolled++;
	for (size_t i = 0; i < it->n && set->n; i++) {
		in->frame->context = round_context(context, n, i);
		for_round(in, l, set, n, it->items[i]);
	}
	in->unrolled--;
	in->frame->context = context;
}

struct number_test {
	const char *name;
	bool of_zero, of_others;
};

static bool is_name(const struct py_node *n, const char *name)
{
	return n->kind == PY_NAME && strcmp(n->name, name) == 0;
}

/* `if i`, `if not i`, `if i == 0`, `if i > 0` */
static bool is_test_of_zero(const struct py_node *test, const char *name)
{
	if (test->kind == PY_UNARY && test->op == OP_NOT)
		test = test->a;
	if (test->kind != PY_COMPARE)
		return is_name(test, name);
	return is_name(test->a, name) && test->list.n == 1 && test->list.v[0]->kind == PY_INT &&
	       !test->list.v[0]->is_big && test->list.v[0]->number == 0 && test->ops[0] >= OP_EQ &&
	       test->ops[0] <= OP_GE;
}

struct name_search {
	const char *name;
	bool found;
};

static bool find_name(struct py_node *n, void *data)
{
	struct name_search *search = data;

	search->found |= is_name(n, search->name);
	return !search->found;
}

static bool mentions(const struct py_node *n, const char *name)
{
	struct name_search search = { .name = name };

	ast_walk((struct py_node *)(uintptr_t)n, find_name, &search);
	return search.found;
}

static bool find_number_test(struct py_node *n, void *data)
{
	struct number_test *t = data;
	bool is_test = n->kind == PY_IF || n->kind == PY_IFEXP;

	if (is_test && is_test_of_zero(n->a, t->name))
		t->of_zero = true;
	else if (is_test)
		t->of_others |= mentions(n->a, t->name);
	return !t->of_others;
}

/* for i in range(n), which asks of i no more than whether it is 0 */
static bool tells_first_round(const struct py_node *n)
{
	struct number_test t = { .name = n->a->name };
	const struct py_node *from = n->b;

	if (n->a->kind != PY_NAME || from->kind != PY_CALL || from->list.n != 1 ||
	    from->list.v[0]->name || from->list.v[0]->stars || !is_name(from->a, "range"))
		return false;
	ast_walk((struct py_node *)(uintptr_t)n, find_number_test, &t);
	return t.of_zero && !t.of_others;
}

/* The rounds with i = 0 and i = 1: where a loop tells its first round from the others, no round is both. */
static void for_first_two(struct interp *in, struct loop *l, struct states *set,
			  const struct py_node *n)
{
	uint64_t context = in->frame->context;
	struct states once;

	for_round(in, l, set, n, value_int(in->arena, 0));
	once = copy_of(in, set);
	in->frame->context = round_context(context, n, 1);
	for_round(in, l, set, n, value_int(in->arena, 1));
	in->frame->context = context;
	states_take(in, set, &once);
	states_reduce(in, set);
}

static void for_twice(struct interp *in, struct loop *l, struct states *set,
		      const struct py_node *n, const struct iteration *it)
{
	struct states before = copy_of(in, set), again;

	if (!in->weak && it->element->kind == VAL_INT && in->loops <= TOLD_LOOPS_MAX &&
	    tells_first_round(n))
		for_first_two(in, l, set, n);
	else
		for_round(in, l, set, n, it->element);
	again = copy_of(in, set);
	if (again.n && !in->weak) {
		struct states entry = copy_of(in, &before);

		states_take(in, &again, &entry);
		states_reduce(in, &again);
		in->weak++;
		for_round(in, l, &again, n, it->element);
		in->weak--;
		states_take(in, set, &again);
	}
	if (it->may_be_empty || in->weak)
		states_take(in, set, &before);
	states_reduce(in, set);
}

static void for_state(struct interp *in, struct states *out, struct state *s,
		      const struct py_node *n)
{
	struct iteration it = iterate(in, s, state_pop(s), n->b);
	struct states set = { 0 };
	struct loop l;

	states_add(in, &set, s);
	if (!it.items || it.n) {
		loop_enter(in, &l, &set);
		if (it.items && it.n <= unroll_max(in, UNROLL_MAX))
			for_unrolled(in, &l, &set, n, &it);
		else
			for_twice(in, &l, &set, n, &it);
		loop_leave(in, &l);
		exec_block(in, &set, &n->orelse);
		states_take(in, &set, &l.breaks);
	} else {
		exec_block(in, &set, &n->orelse);
	}
	states_reduce(in, &set);
	states_take(in, out, &set);
}

void exec_for(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states from;

	eval(in, set, n->b);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];

		for_state(in, set, &s, n);
	}
	states_reduce(in, set);
}

/* ---- while ---- */

static void while_round(struct interp *in, struct loop *l, struct states *set,
			const struct py_node *n, struct states *ret_done)
{
	branch(in, set, n->a, set, ret_done);
	run_body(in, l, set, n);
}

/* What is assumed of a loop's condition is not true for long. */
void exec_while(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states before = copy_of(in, set), out, again, done;
	struct loop l;

	loop_enter(in, &l, set);
	while_round(in, &l, set, n, &out);
	if (set->n && out.n && !in->weak)
		out.n = 0; /* a loop that may be entered is entered */
	again = copy_of(in, set);
	if (again.n && !in->weak) {
		states_take(in, &again, &before);
		states_reduce(in, &again);
		in->weak++;
		while_round(in, &l, &again, n, &done);
		in->weak--;
		states_take(in, &out, &done);
	}
	/* What comes out at the end of a round, where the condition is asked again. */
	if (n->a->kind != PY_TRUE && !(n->a->kind == PY_INT && n->a->number)) {
		states_take(in, &out, set);
		states_take(in, &out, &again);
	}
	loop_leave(in, &l);
	states_reduce(in, &out);
	exec_block(in, &out, &n->orelse);
	states_take(in, &out, &l.breaks);
	states_reduce(in, &out);
	*set = out;
}

/* ---- comprehensions ---- */

/* The names of the targets, so that they can be given back their values. */
static bool find_target(struct py_node *n, void *data)
{
	struct comp_names *c = data;

	if (n->kind == PY_NAME)
		PUSH(c->arena, &c->names, n->name);
	return true;
}

static void comp_targets(struct interp *in, const struct py_node *n, struct comp_names *c)
{
	c->arena = in->arena;
	for (size_t i = 0; i < n->list.n; i++)
		ast_walk(n->list.v[i]->a, find_target, c);
}

/* What is made of one round lies on the stack, or two values for a dict; states whose conditions are false make nothing. */
static void comp_element(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	if (n->comp == COMP_DICT)
		eval(in, set, n->b);
}

static bool comp_if(struct interp *in, struct states *set, const struct py_node *f,
		    struct states *skipped)
{
	bool sure = true;

	for (size_t i = 0; i < f->list.n; i++) {
		struct states no;

		branch(in, set, f->list.v[i], set, &no);
		sure &= !no.n || !set->n;
		states_take(in, skipped, &no);
	}
	return sure;
}

/* What is made so far lies on the stack below the element. */
static void comp_add_key(struct interp *in, struct state *s, const struct py_node *n)
{
	const struct value *v = state_pop(s), *key = state_pop(s);

	subscript_store(in, s, s->stack->value, &key, 1, v, n);
}

static void comp_add(struct interp *in, struct state *s, const struct py_node *n, bool exact)
{
	const struct value *v = state_pop(s), *to = s->stack->value, *ignored;
	struct call_arg arg = { .value = v, .node = n };
	struct call c = { .node = n, .name = "append", .self = to, .args = &arg, .n_args = 1 };
	struct object o = *state_object(s, to->object);

	if (exact) {
		container_method(in, s, &c, &ignored);
		return;
	}
	o.element = o.element ? value_join(in, s, o.element, v) : v;
	o.is_open = true;
	state_put(in, s, to->object, &o);
}

static void comp_for(struct interp *in, struct states *set, const struct py_node *n, size_t level,
		     bool exact);

static void comp_round(struct interp *in, struct states *set, const struct py_node *n, size_t level,
		       const struct value *element, bool exact)
{
	const struct py_node *f = n->list.v[level];
	struct states skipped = { 0 };

	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i], element);
	assign(in, set, f->a);
	exact &= comp_if(in, set, f, &skipped);
	if (level + 1 < n->list.n) {
		comp_for(in, set, n, level + 1, exact);
	} else {
		comp_element(in, set, n);
		for (size_t i = 0; i < set->n; i++)
			if (n->comp == COMP_DICT)
				comp_add_key(in, &set->v[i], n);
			else
				comp_add(in, &set->v[i], n, exact);
	}
	/* If some round made nothing, the length is unknown, and that is all that the skipped one would add. */
	if (!set->n)
		states_take(in, set, &skipped);
	states_reduce(in, set);
}

/* What is made in a round that stands for all: it stands for many from then on. */
static void mark_many(struct interp *in, struct states *set, size_t first)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = first; k < in->fresh.n; k++) {
			struct object o = *state_object(&set->v[i], in->fresh.v[k]);

			o.is_summary = true;
			if (map_get(set->v[i].heap, in->fresh.v[k]))
				state_put(in, &set->v[i], in->fresh.v[k], &o);
		}
}

static void comp_any(struct interp *in, struct states *set, const struct py_node *n, size_t level,
		     const struct value *element)
{
	size_t first = in->fresh.n;

	in->many++;
	in->loops++;
	comp_round(in, set, n, level, element, false);
	in->loops--;
	in->many--;
	mark_many(in, set, first);
	if (!in->many)
		in->fresh.n = 0;
}

static void comp_state(struct interp *in, struct states *out, struct state *s,
		       const struct py_node *n, size_t level, bool exact)
{
	struct iteration it = iterate(in, s, state_pop(s), n->list.v[level]->b);
	uint64_t context = in->frame->context;
	struct states set = { 0 };

	states_add(in, &set, s);
	if (it.items && it.n <= comp_max(in)) {
		in->unrolled++;
		for (size_t i = 0; i < it.n && set.n; i++) {
			in->frame->context = round_context(context, n, i);
			comp_round(in, &set, n, level, it.items[i], exact);
		}
		in->unrolled--;
		in->frame->context = context;
	} else {
		comp_any(in, &set, n, level, it.element);
	}
	states_take(in, out, &set);
}

static void comp_for(struct interp *in, struct states *set, const struct py_node *n, size_t level,
		     bool exact)
{
	struct states from;

	eval(in, set, n->list.v[level]->b);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];

		comp_state(in, set, &s, n, level, exact);
	}
	states_reduce(in, set);
}

static enum object_kind comp_kind(const struct py_node *n)
{
	switch (n->comp) {
	case COMP_LIST:
		return OBJ_LIST;
	case COMP_SET:
		return OBJ_SET;
	case COMP_DICT:
		return OBJ_DICT;
	default:
		return OBJ_ITERATOR;
	}
}

static void restore_names(struct interp *in, struct state *s, const struct state *before,
			  const struct comp_names *c)
{
	for (size_t i = 0; i < c->names.n; i++) {
		uint32_t name = intern_name(in, c->names.v[i]);
		const struct value *v = var_get(in, before, in->frame->id, name);

		if (v)
			var_set(in, s, in->frame->id, name, v);
		else
			var_del(in, s, in->frame->id, name);
	}
}

/* A generator is collected as a list, and is an iterator in the end. */
static void finish_comp(struct interp *in, struct state *s, const struct py_node *n)
{
	const struct value *v = s->stack->value;
	struct object o = *state_object(s, v->object);

	if (o.element && o.fields.n && o.kind != OBJ_DICT) {
		for (size_t i = 0; i < o.fields.n; i++)
			o.element = value_join(in, s, o.element, o.fields.v[i].value);
		o.fields.n = 0;
	}
	o.kind = comp_kind(n);
	state_put(in, s, v->object, &o);
}

void eval_comp(struct interp *in, struct states *set, const struct py_node *n)
{
	struct comp_names names = { 0 };
	struct states from = *set;

	comp_targets(in, n, &names);
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];
		struct states one = { 0 };
		struct object o = { .kind = n->comp == COMP_DICT ? OBJ_DICT : OBJ_LIST,
				    .unit = in->frame->unit,
				    .site = n };

		state_push(in, &s, value_object(in->arena, state_new(in, &s, &o)));
		states_add(in, &one, &s);
		comp_for(in, &one, n, 0, true);
		for (size_t k = 0; k < one.n; k++) {
			restore_names(in, &one.v[k], &from.v[i], &names);
			finish_comp(in, &one.v[k], n);
		}
		states_take(in, set, &one);
	}
}
