// SPDX-License-Identifier: Apache-2.0
/* What does a statement do to the states that reach it? Those that leave a block by return, break, continue or an exception are
 * put where they go to; what is left of the set goes on. */
#include "lint/interp.h"

#include <string.h>

#include "lint/model_parts.h"
#include "lint/names.h"

/* ---- assignment ---- */

static const struct value *unpack_item(struct interp *in, struct state *s, const struct value *v,
				       const struct iteration *it, const struct py_list *targets,
				       size_t i)
{
	size_t n = targets->n, star = n;

	for (size_t k = 0; k < n; k++)
		if (targets->v[k]->kind == PY_STAR)
			star = k;
	if (it->items && star == n && it->n == n)
		return it->items[i];
	if (it->items && star < n && it->n + 1 >= n) {
		if (i == star)
			return make_sequence(in, s, OBJ_LIST, it->items + i, it->n + 1 - n,
					     targets->v[i]);
		return it->items[i < star ? i : it->n - (n - i)];
	}
	if (i == star)
		return make_of_element(in, s, OBJ_LIST, it->element, targets->v[i]);
	/* Behind the first thing that a network gives back may come lengths, which some leave on the CPU. */
	if (i && v->kind == VAL_PLACED && v->origin && v->origin->kind == FROM_NETWORK)
		return value_placed(in->arena, v->device,
				    origin_new(in, FROM_PART, targets->v[i], v->origin));
	return it->element;
}

static void assign_sequence(struct interp *in, struct states *set, const struct py_node *target)
{
	const struct py_list *targets = &target->list;

	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *v = state_pop(s);
		struct iteration it = iterate(in, s, v, target);

		/* The first one comes to lie on top. */
		for (size_t k = targets->n; k-- > 0;)
			state_push(in, s, unpack_item(in, s, v, &it, targets, k));
	}
	for (size_t k = 0; k < targets->n; k++)
		assign(in, set, targets->v[k]->kind == PY_STAR ? targets->v[k]->a : targets->v[k]);
}

static void assign_attr(struct interp *in, struct states *set, const struct py_node *target)
{
	struct states from;

	eval(in, set, target->a);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];
		const struct value *base = state_pop(&s), *v = state_pop(&s);

		attr_store(in, set, &s, base, target->name, v, target);
	}
}

static void assign_subscript(struct interp *in, struct states *set, const struct py_node *target)
{
	size_t n = target->list.n;

	eval(in, set, target->a);
	for (size_t i = 0; i < n; i++)
		eval(in, set, target->list.v[i]);
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value **index = arena_alloc(in->arena, (n + 1) * sizeof(*index));

		for (size_t k = n; k-- > 0;)
			index[k] = state_pop(s);

		const struct value *base = state_pop(s), *v = state_pop(s);

		subscript_store(in, s, base, index, n, v, target);
	}
	states_bury(in, set);
}

static void assign_name(struct interp *in, struct state *s, const struct py_node *target)
{
	const struct value *v = state_pop(s);

	name_store(in, s, target->name, library_part(in, s, target, v));
}

void assign(struct interp *in, struct states *set, const struct py_node *target)
{
	switch (target->kind) {
	case PY_NAME:
		for (size_t i = 0; i < set->n; i++)
			assign_name(in, &set->v[i], target);
		break;
	case PY_ATTR:
		assign_attr(in, set, target);
		break;
	case PY_SUBSCRIPT:
		assign_subscript(in, set, target);
		break;
	case PY_TUPLE:
	case PY_LIST:
		assign_sequence(in, set, target);
		break;
	default:
		for (size_t i = 0; i < set->n; i++)
			state_pop(&set->v[i]);
		break;
	}
}

/* Of what was moved nothing else is known. */
static bool is_moved_there(const struct value *v, const struct py_node *call)
{
	return v->kind == VAL_PLACED && v->origin && v->origin->kind == FROM_MOVE &&
	       v->origin->node == call && call->kind == PY_CALL && call->a->kind == PY_ATTR;
}

/* What was assigned, by what is done with it later. */
static const struct value *what_it_is(struct interp *in, struct state *s, const struct py_node *n)
{
	const struct value *v = fetched_later(in, n, state_pop(s));

	if (is_moved_there(v, n->a))
		model_network_moved(in, s, n->a, v);
	return network_made(in, s, n, v);
}

static void exec_assign(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i], what_it_is(in, &set->v[i], n));
	for (size_t t = 0; t < n->list.n; t++) {
		if (t + 1 < n->list.n)
			for (size_t i = 0; i < set->n; i++)
				state_push(in, &set->v[i], set->v[i].stack->value);
		assign(in, set, n->list.v[t]);
	}
}

/* x += y of a list puts into it; everything else makes a new value. */
static const struct value *augmented(struct interp *in, struct state *s, const struct py_node *n,
				     const struct value *a, const struct value *b)
{
	struct call_arg arg = { .value = b, .node = n->b };
	struct call c = { .node = n, .name = "extend", .self = a, .args = &arg, .n_args = 1 };
	const struct value *ignored;

	if (n->op == OP_ADD && a->kind == VAL_OBJECT &&
	    state_object(s, a->object)->kind == OBJ_LIST && container_method(in, s, &c, &ignored))
		return a;
	return operate(in, s, n->op, a, b, n);
}

static void exec_augassign(struct interp *in, struct states *set, const struct py_node *n)
{
	eval(in, set, n->a);
	eval(in, set, n->b);
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *b = state_pop(s), *a = state_pop(s);

		state_push(in, s, augmented(in, s, n, a, b));
	}
	states_bury(in, set);
	assign(in, set, n->a);
}

static void exec_annassign(struct interp *in, struct states *set, const struct py_node *n)
{
	if (!n->c)
		return;
	eval(in, set, n->c);
	assign(in, set, n->a);
}

static void exec_del(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t k = 0; k < n->list.n; k++) {
		const struct py_node *target = n->list.v[k];

		for (size_t i = 0; target->kind == PY_NAME && i < set->n; i++)
			name_delete(in, &set->v[i], target->name);
	}
}

/* ---- ways out ---- */

static void exec_return(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->a)
		eval(in, set, n->a);
	else
		for (size_t i = 0; i < set->n; i++)
			state_push(in, &set->v[i], value_none());
	if (in->frame->returns)
		states_take(in, in->frame->returns, set);
	set->n = 0;
}

static void exec_raise(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->a)
		eval(in, set, n->a);
	states_raise(in, set);
}

static void leave_loop(struct interp *in, struct states *set, struct states *to)
{
	if (to)
		states_take(in, to, set);
	set->n = 0;
}

/* ---- others ---- */

/* net.to(device) of a network that nobody read: net is from now on what came back. */
static void keep_moved(struct interp *in, struct states *set, const struct py_node *call)
{
	struct states moved = { 0 }, others = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		const struct value *v = state_pop(&set->v[i]);
		bool there = is_moved_there(v, call);

		if (there) {
			model_network_moved(in, &set->v[i], call, v);
			state_push(in, &set->v[i], v);
		}
		states_add(in, there ? &moved : &others, &set->v[i]);
	}
	if (moved.n)
		assign(in, &moved, call->a->a);
	set->n = 0;
	states_take(in, set, &others);
	states_take(in, set, &moved);
}

/* An expression whose value nobody keeps. */
static void discard(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->kind == PY_CALL && step(in))
		eval_call(in, set, n, true);
	else
		eval(in, set, n);
	if (n->kind == PY_CALL && model_moves_itself(in->frame->unit, n)) {
		keep_moved(in, set, n);
		return;
	}
	for (size_t i = 0; i < set->n; i++)
		state_pop(&set->v[i]);
}

static void exec_expr(struct interp *in, struct states *set, const struct py_node *n)
{
	if (n->a->kind == PY_STRING)
		return;
	/* x.to(device), y.to(device) */
	for (size_t i = 0; n->a->kind == PY_TUPLE && i < n->a->list.n; i++)
		discard(in, set, n->a->list.v[i]);
	if (n->a->kind != PY_TUPLE)
		discard(in, set, n->a);
}

/* index = torch.arange(n), without a device. */
static bool is_made_on_host(struct interp *in, const struct py_node *n, const char *name)
{
	const struct py_node *call = n->kind == PY_ASSIGN ? n->a : NULL;
	const struct lint_api_row *row;
	const char *dotted;

	if (!call || call->kind != PY_CALL || n->list.n != 1 || n->list.v[0]->kind != PY_NAME ||
	    strcmp(n->list.v[0]->name, name) != 0 || ast_keyword(call, "device"))
		return false;
	dotted = names_dotted(in->frame->unit, call->a);
	row = dotted ? api_row_exact(dotted) : NULL;
	return row && strcmp(row->does, "factory") == 0;
}

/* if index is None: index = torch.arange(n). Who gives one gives one of the same place, for all that is read here. */
static void take_for_host(struct interp *in, struct states *given, const char *name)
{
	for (size_t i = 0; i < given->n; i++) {
		const struct value *v = name_load(in, &given->v[i], name);
		struct value copy = *v;

		if ((v->kind != VAL_TENSOR && v->kind != VAL_PLACED) || v->device.kind != DEV_ARG)
			continue;
		copy.device = (struct device){ 0 };
		name_store(in, &given->v[i], name,
			   memcpy(arena_alloc(in->arena, sizeof copy), &copy, sizeof copy));
	}
}

/* The name, if its being None is what the test is about: `x is None`. */
static const char *name_of_none(const struct py_node *test)
{
	bool is_it = test->kind == PY_COMPARE && test->list.n == 1 && test->ops[0] == OP_IS &&
		     test->a->kind == PY_NAME && test->list.v[0]->kind == PY_NONE;

	return is_it ? test->a->name : NULL;
}

/* if mode == "a": x = f() elif mode == "b": x = g(): what x was before is a dummy; the last way is hardly ever taken. */
static bool is_open_chain(const struct py_node *n)
{
	size_t more = 0;

	for (; n->orelse.n == 1 && n->orelse.v[0]->kind == PY_IF; more++)
		n = n->orelse.v[0];
	return more && !n->orelse.n;
}

static void exec_if(struct interp *in, struct states *set, const struct py_node *n)
{
	const char *optional = name_of_none(n->a);
	const struct py_node *chain = in->frame->chain;
	struct states yes, no;

	branch(in, set, n->a, &yes, &no);
	if (optional && in->is_library && n->body.n &&
	    is_made_on_host(in, n->body.v[n->body.n - 1], optional))
		take_for_host(in, &no, optional);
	exec_block(in, &yes, &n->body);
	if (is_open_chain(n))
		in->frame->chain = n;
	exec_block(in, &no, &n->orelse);
	*set = yes;
	states_take(in, set, &no);
	states_reduce(in, set);
	in->frame->chain = chain;
}

static void exec_assert(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states no;

	branch(in, set, n->a, set, &no);
	states_raise(in, &no);
}

/* The end of the program: what is above the bottom of the stack does not matter any more. */
void exec_block(struct interp *in, struct states *set, const struct py_list *body)
{
	for (size_t i = 0; i < body->n && set->n; i++)
		exec(in, set, body->v[i]);
}

static void exec_kind(struct interp *in, struct states *set, const struct py_node *n)
{
	switch (n->kind) {
	case PY_EXPR:
		exec_expr(in, set, n);
		break;
	case PY_ASSIGN:
		exec_assign(in, set, n);
		break;
	case PY_AUGASSIGN:
		exec_augassign(in, set, n);
		break;
	case PY_ANNASSIGN:
		exec_annassign(in, set, n);
		break;
	case PY_RETURN:
		exec_return(in, set, n);
		break;
	case PY_RAISE:
		exec_raise(in, set, n);
		break;
	case PY_DEL:
		exec_del(in, set, n);
		break;
	case PY_BREAK:
		leave_loop(in, set, in->frame->breaks);
		break;
	case PY_CONTINUE:
		leave_loop(in, set, in->frame->continues);
		break;
	case PY_IMPORT:
	case PY_IMPORT_FROM:
		for (size_t i = 0; i < set->n; i++)
			exec_import(in, &set->v[i], n);
		break;
	case PY_IF:
		exec_if(in, set, n);
		break;
	case PY_FOR:
		exec_for(in, set, n);
		break;
	case PY_WHILE:
		exec_while(in, set, n);
		break;
	case PY_TRY:
		exec_try(in, set, n);
		break;
	case PY_WITH:
		exec_with(in, set, n);
		break;
	case PY_FUNC:
		exec_def(in, set, n);
		break;
	case PY_CLASS:
		exec_class(in, set, n);
		break;
	case PY_ASSERT:
		exec_assert(in, set, n);
		break;
	case PY_MATCH:
		exec_match(in, set, n);
		break;
	default:
		break;
	}
}

void exec(struct interp *in, struct states *set, const struct py_node *n)
{
	if (in->nest >= NEST_MAX || !step(in))
		return;
	in->nest++;
	exec_kind(in, set, n);
	in->nest--;
	if (set->n > STATES_MAX)
		states_reduce(in, set);
}
