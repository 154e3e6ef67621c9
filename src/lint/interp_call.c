// SPDX-License-Identifier: Apache-2.0
/* What does a call do? Functions of read code are run in place, as deep and as often as the budget allows; a library's are the
 * model's. Of any other call nothing is known: what is handed to it escapes. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

/* ---- the unknown ---- */

static void give_unknown(struct interp *in, struct states *out, struct state *s,
			 const struct value *callee, const struct args *args)
{
	states_give(in, out, s, call_unknown(in, s, callee, args));
}

/* ---- functions of read code ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
	h ^= x + UINT64_C(0x9e3779b97f4a7c15) + (h << 6) + (h >> 2);
	h *= UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

static bool may_enter(const struct interp *in, const struct function *f)
{
	size_t same = 0;

	if (in->is_over || in->nest >= NEST_MAX || in->frame->depth >= CALL_DEPTH_MAX)
		return false;
	for (const struct frame *frame = in->frame; frame; frame = frame->outer)
		same += frame->func && frame->func->node == f->node;
	return same < RECURSION_MAX;
}

static uint32_t module_called(const struct state *s, const struct function *f,
			      const struct value *self)
{
	if (!self || self->kind != VAL_OBJECT ||
	    (strcmp(f->name, "forward") != 0 && strcmp(f->name, "__call__") != 0))
		return 0;
	return state_object(s, self->object)->kind == OBJ_MODULE ? self->object : 0;
}

static uint32_t module_asked(const struct state *s, const struct function *f,
			     const struct value *self)
{
	if (!self || self->kind != VAL_OBJECT || strcmp(f->name, "__init__") == 0)
		return 0;
	return state_object(s, self->object)->kind == OBJ_MODULE ? self->object : 0;
}

static const struct value *const *arg_values(struct interp *in, const struct args *args)
{
	const struct value **v = arena_alloc(in->arena, (args->n + 1) * sizeof(*v));

	for (size_t i = 0; i < args->n; i++)
		v[i] = args->v[i].value;
	return v;
}

static uint64_t context_of_call(const struct interp *in, const struct function *f,
				const struct args *args)
{
	return mix(mix(in->frame->context, (uintptr_t)args->at), (uintptr_t)f->node);
}

static struct frame enter(struct interp *in, const struct state *s, const struct function *f,
			  const struct value *self, const struct args *args)
{
	struct frame *outer = in->frame;
	struct frame frame = { .outer = outer,
			       .unit = f->unit,
			       .func = f,
			       .depth = outer->depth + 1,
			       .raises = outer->raises };

	frame.context = context_of_call(in, f, args);
	frame.id = frame_new(in, &(struct frame_info){ .unit = f->unit, .parent = f->closure },
			     f->node, frame.context);
	frame.call = (struct running_call){ .unit = outer->unit,
					    .node = args->at,
					    .module = module_called(s, f, self),
					    .receiver = module_asked(s, f, self),
					    .args = arg_values(in, args),
					    .n_args = args->n };
	return frame;
}

/* Does anything come after the last yield? */
static bool ends_with_yield(const struct py_node *function)
{
	const struct py_list *body = &function->body;
	const struct py_node *last = body->n ? body->v[body->n - 1] : NULL;

	return last && last->kind == PY_EXPR && last->a->kind == PY_YIELD;
}

struct mentioned {
	struct interp *in;
	struct state *s;
	const struct frame *frame;
	struct object *to;
};

/* An object that the function has a name for. */
static bool find_mentioned(struct py_node *n, void *data)
{
	struct mentioned *m = data;
	const struct value *v = NULL;

	if (n->kind != PY_NAME || !n->name)
		return true;
	for (uint32_t f = m->frame->id; f && !v; f = frame_at(m->in, f)->parent)
		v = var_get(m->in, m->s, f, intern_name(m->in, n->name));

	struct object_field field = { .name = n->name, .value = v, .node = n };

	if (v && v->kind == VAL_OBJECT)
		PUSH(m->in->arena, &m->to->fields, field);
	return true;
}

/* What was run is all up to the yield; what follows is done at the end of the `with`, to what was handed over. */
static const struct value *context_of(struct interp *in, struct state *s, const struct function *f,
				      const struct frame *frame, const struct value *yielded,
				      const struct args *args)
{
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = CONTEXT_MANAGER,
			    .unit = in->frame->unit,
			    .site = args->at,
			    .element = yielded };

	struct mentioned m = { in, s, frame, &o };

	if (!ends_with_yield(f->node))
		ast_walk((struct py_node *)(uintptr_t)f->node, find_mentioned, &m);
	return value_object(in->arena, state_new(in, s, &o));
}

/* The result of a generator is what it yields; it is run when it is called. */
static const struct value *result_of(struct interp *in, struct state *s, const struct function *f,
				     const struct frame *frame, const struct value *returned,
				     const struct args *args)
{
	if (f->is_opaque)
		return value_unknown();
	if (f->yields && f->is_context)
		return context_of(in, s, f, frame, returned, args);
	if (!f->yields)
		return returned;

	struct object o = { .kind = OBJ_ITERATOR,
			    .unit = in->frame->unit,
			    .site = args->at,
			    .element = frame->yielded ? frame->yielded : value_unknown(),
			    .is_open = true };

	return value_object(in->arena, state_new(in, s, &o));
}

static bool is_plain(const struct value *v)
{
	return v->kind == VAL_BOOL || v->kind == VAL_INT || v->kind == VAL_FLOAT ||
	       v->kind == VAL_STR;
}

/* `if nothing_to_do: return 0`, and a tensor otherwise: which of them the caller gets hangs on what it knows. */
static void mark_special(struct interp *in, struct states *returns)
{
	size_t n_plain = 0;

	for (size_t i = 0; i < returns->n; i++)
		n_plain += is_plain(returns->v[i].stack->value);
	for (size_t i = 0; n_plain < returns->n && i < returns->n; i++) {
		struct value v = *returns->v[i].stack->value;

		if (!is_plain(&v))
			continue;
		state_pop(&returns->v[i]);
		v.is_special = true;
		state_push(in, &returns->v[i],
			   memcpy(arena_alloc(in->arena, sizeof v), &v, sizeof v));
	}
}

static void leave(struct interp *in, struct states *returns, const struct function *f,
		  const struct frame *frame, const struct args *args)
{
	bool keeps_names = frame_at(in, frame->id)->is_captured;

	mark_special(in, returns);
	for (size_t i = 0; i < returns->n; i++) {
		struct state *s = &returns->v[i];
		const struct value *v = state_pop(s);

		state_cut(s, frame->stack_depth);
		state_push(in, s, result_of(in, s, f, frame, v, args));
		if (!keeps_names)
			s->vars = map_remove_upper(in->arena, s->vars, frame->id);
	}
	states_reduce(in, returns);
}

/* A subclass's method stands in its place: what that gives is not known. A forward moves nothing that it is given, and its result
 * lies where the module is. */
static void call_abstract(struct interp *in, struct states *out, struct state *s,
			  const struct function *f, const struct value *self,
			  const struct args *args)
{
	const struct object *o = self->kind == VAL_OBJECT ? state_object(s, self->object) : NULL;
	bool is_placed = o && o->kind == OBJ_MODULE && o->device.kind == DEV_ARG;

	if (is_placed && strcmp(f->name, "forward") == 0)
		states_give(in, out, s,
			    value_placed(in->arena, o->device,
					 origin_new(in, FROM_PARAMETER, args->at, NULL)));
	else
		give_unknown(in, out, s, NULL, args);
}

void call_function(struct interp *in, struct states *out, struct state *s, const struct function *f,
		   const struct value *self, const struct args *args)
{
	struct states set = { 0 }, returns = { 0 };
	struct recording *recording = NULL;
	struct frame frame;

	note_passed(in, s, f, self, args);
	if (!may_enter(in, f)) {
		memo_cut(in, f);
		if (self)
			state_escape(in, s, self);
		give_unknown(in, out, s, NULL, args);
		return;
	}
	if (in->is_library && self && function_is_abstract(f)) {
		call_abstract(in, out, s, f, self, args);
		return;
	}
	if (memo_replay(in, out, s, f, self, args, context_of_call(in, f, args)))
		return;
	if (f->is_opaque)
		call_unknown(in, s, NULL, args);
	in->entered = map_put(in->own, in->entered, (uintptr_t)f->node, "");
	frame = enter(in, s, f, self, args);
	memo_begin(in, &recording, s, f, self, args, &frame);
	s->vars = map_remove_upper(in->arena, s->vars, frame.id);
	bind_params(in, s, f, frame.id, self, args);
	frame.returns = &returns;
	frame.stack_depth = state_depth(s);
	in->frame = &frame;
	states_add(in, &set, s);
	if (f->node->kind == PY_LAMBDA) {
		eval(in, &set, f->node->a);
	} else {
		exec_block(in, &set, &f->node->body);
		for (size_t i = 0; i < set.n; i++)
			state_push(in, &set.v[i], value_none());
	}
	states_take(in, &returns, &set);
	in->frame = frame.outer;
	if (!returns.n)
		states_take(in, &returns, &frame.paused);
	leave(in, &returns, f, &frame, args);
	if (recording)
		memo_end(in, recording, &returns);
	states_take(in, out, &returns);
}

/* ---- objects ---- */

static const struct value *read_method(struct interp *in, const struct state *s,
				       const struct value *v, const char *name)
{
	const struct object *o = state_object(s, v->object);
	const struct value *member = o->cls ? klass_member(s, o->cls, NULL, name) : NULL;

	if (!member || member->kind != VAL_FUNC)
		return NULL;
	if (member->func->role == FUNC_STATIC)
		return member;
	return value_bound(in->arena, member->func,
			   member->func->role == FUNC_OF_CLASS ? value_class(in->arena, o->cls)
							       : v);
}

const struct value *interp_method(struct interp *in, struct state *s, const struct value *instance,
				  const char *name)
{
	return instance->kind == VAL_OBJECT ? read_method(in, s, instance, name) : NULL;
}

/* super().__init__() of a class whose bases are all known: they keep nothing that is handed on. */
static bool is_harmless_init(const struct state *s, const struct call *c)
{
	const struct klass *k = c->self && c->self->kind == VAL_OBJECT
					? state_object(s, c->self->object)->cls
					: NULL;

	return k && !k->is_unknown && strcmp(c->name, "__init__") == 0;
}

/* Its arguments are put into a container or counted, no more. */
static bool only_looks(const struct value *callee)
{
	return callee->kind == VAL_API &&
	       (starts_with(callee->text, "torch.nn.") || starts_with(callee->text, "builtins.") ||
		starts_with(callee->text, "collections."));
}

/* torch and NumPy read the lists that they are given. */
static bool only_reads(const struct state *s, const struct value *callee, const struct value *v)
{
	uint8_t rank;

	return v->maybe && callee->kind == VAL_API &&
	       (starts_with(callee->text, "torch.") || starts_with(callee->text, "numpy.")) &&
	       value_is_rows(s, v, &rank);
}

static void call_model(struct interp *in, struct states *out, struct state *s,
		       const struct value *callee, const struct call *c, const struct args *args)
{
	const struct value *v = NULL;
	bool is_known;

	if (c->self)
		state_use(in, s, c->self);
	for (size_t i = 0; i < args->n; i++)
		if (only_looks(callee) || only_reads(s, callee, args->v[i].value))
			state_look(in, s, args->v[i].value);
		else
			state_use(in, s, args->v[i].value);
	is_known = model_call(in, s, c, &v);
	if (!is_known && is_harmless_init(s, c))
		v = value_none();
	else if (!is_known || !v)
		v = call_unknown(in, s, callee, args);
	states_give(in, out, s, v);
}

static void call_read_module(struct interp *in, struct states *out, struct state *s,
			     const struct value *forward, const struct call *c)
{
	struct args args = {
		.v = c->args, .n = c->n_args, .at = c->node, .is_discarded = c->is_discarded
	};
	struct states after = { 0 };

	call_value(in, &after, s, forward, &args);
	for (size_t i = 0; i < after.n; i++) {
		const struct value *v = state_pop(&after.v[i]);

		states_give(in, out, &after.v[i], model_read_result(in, &after.v[i], c, v));
	}
}

static void call_object(struct interp *in, struct states *out, struct state *s,
			const struct value *callee, const struct args *args)
{
	const struct value *method = read_method(in, s, callee, "__call__");
	struct call c = { .node = args->at,
			  .name = "__call__",
			  .self = callee,
			  .args = args->v,
			  .n_args = args->n,
			  .is_discarded = args->is_discarded };

	if (!method && state_object(s, callee->object)->kind == OBJ_MODULE)
		method = read_method(in, s, callee, "forward");
	const struct value *made;

	if (state_attr(s, callee->object, HOOKED))
		give_unknown(in, out, s, NULL, args);
	else if (method && state_object(s, callee->object)->kind == OBJ_MODULE)
		call_read_module(in, out, s, method, &c);
	else if (method)
		call_value(in, out, s, method, args);
	else if (named_tuple_call(in, s, &c, &made))
		states_give(in, out, s, made);
	else
		call_model(in, out, s, callee, &c, args);
}

/* A part of a batch that was handed to unread code: as a tensor it stayed where it was. */
static const struct value *kept_by(struct interp *in, const struct state *s, const char *name,
				   const struct value *self)
{
	const struct value *v = var_get(in, s, in->frame->id, intern_name(in, name));
	bool is_part = v && v->kind == VAL_PLACED && v->device.kind == DEV_BATCH;

	return v == self || (is_part && v->origin == self->origin) ? v : NULL;
}

/* Nothing but a tensor has a method size(): what was only known to be somewhere is one, with so many dimensions at least. */
static void learn_tensor(struct interp *in, struct state *s, const struct call *c)
{
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;
	const struct value *dim = c->n_args == 1 ? c->args[0].value : NULL;
	const char *name = callee && callee->kind == PY_ATTR && callee->a->kind == PY_NAME
				   ? callee->a->name
				   : NULL;
	struct value v;

	if (!name || !c->self || c->self->kind != VAL_PLACED || strcmp(c->name, "size") != 0)
		return;

	const struct value *kept = kept_by(in, s, name, c->self);

	if (!kept)
		return;
	v = *value_tensor(in->arena, kept->device, TRI_UNKNOWN, kept->origin);
	if (dim) {
		bool counts =
			dim->kind == VAL_INT && dim->is_known && dim->number > 0 && dim->number < 8;

		v.zero_dim = TRI_NO;
		v.min_rank = (uint8_t)(counts ? dim->number + 1 : 1);
	}
	name_store(in, s, name, memcpy(arena_alloc(in->arena, sizeof v), &v, sizeof v));
}

static void call_outside(struct interp *in, struct states *out, struct state *s,
			 const struct value *callee, const struct args *args)
{
	const struct value *v;
	struct call c = { .node = args->at,
			  .name = callee->text,
			  .self = callee->kind == VAL_METHOD ? callee->self : NULL,
			  .args = args->v,
			  .n_args = args->n,
			  .is_discarded = args->is_discarded };

	if (callee->kind == VAL_API && builtin_call(in, out, s, &c))
		return;
	/* nn.Module.__init__(self) */
	if (callee->kind == VAL_API && ends_with(c.name, ".__init__") && c.n_args &&
	    c.args[0].value->kind == VAL_OBJECT) {
		c.name = "__init__";
		c.self = c.args[0].value;
		c.args++;
		c.n_args--;
	}
	learn_tensor(in, s, &c);
	if (argparse_call(in, s, &c, &v) || (c.self && container_method(in, s, &c, &v)))
		states_give(in, out, s, v);
	else
		call_model(in, out, s, callee, &c, args);
}

/* `for layer in layers: x = layer(x)`: what is handed over meets each of them; what comes back is what is true of all results. */
static void call_any_module(struct interp *in, struct states *out, struct state *s,
			    const struct value *callee, const struct args *args)
{
	const struct value *joined = NULL;

	for (int64_t i = 0; i < callee->number && !s->is_dead; i++) {
		const struct value *one = value_object(in->arena, callee->maybe[i]);
		const struct value *v = interp_call(in, s, one, args->v, args->n, args->at);

		joined = joined ? value_join(in, s, joined, v) : v;
	}
	states_give(in, out, s, joined ? joined : value_unknown());
}

/* What has been moved and can be called is a network: none moves itself when it is called. */
static bool stays(const struct value *callee)
{
	return network_was_made(callee) ||
	       (callee->kind == VAL_PLACED && callee->origin && callee->origin->kind == FROM_MOVE);
}

/* Of what is called nothing is known but what the model makes of its arguments. */
static void call_unread(struct interp *in, struct states *out, struct state *s,
			const struct value *callee, const struct args *args)
{
	struct call c = { .node = args->at,
			  .name = "__call__",
			  .self = callee,
			  .args = args->v,
			  .n_args = args->n,
			  .is_discarded = args->is_discarded };
	const struct value *v = NULL;
	bool known = (callee->kind == VAL_UNKNOWN || callee->kind == VAL_PLACED) &&
		     model_call(in, s, &c, &v) && v;

	if (known) {
		/* A network moves neither itself nor the tensors that it is called with. */
		for (size_t i = 0; i < args->n; i++)
			if (args->v[i].value->kind != VAL_PLACED)
				state_escape(in, s, args->v[i].value);
		states_give(in, out, s, v);
		return;
	}
	give_unknown(in, out, s, stays(callee) ? NULL : callee, args);
}

void call_value(struct interp *in, struct states *out, struct state *s, const struct value *callee,
		const struct args *args)
{
	if (value_is_any_module(s, callee) && model_are_together(in, s, callee)) {
		call_any_module(in, out, s, callee, args);
		return;
	}
	state_use(in, s, callee);
	switch (callee->kind) {
	case VAL_FUNC:
		call_function(in, out, s, callee->func, NULL, args);
		break;
	case VAL_BOUND:
		if (callee->func)
			call_function(in, out, s, callee->func, callee->self, args);
		else
			give_unknown(in, out, s, callee, args);
		break;
	case VAL_CLASS:
		instantiate(in, out, s, callee->cls, args);
		break;
	case VAL_OBJECT:
		call_object(in, out, s, callee, args);
		break;
	case VAL_API:
	case VAL_METHOD:
		call_outside(in, out, s, callee, args);
		break;
	default:
		call_unread(in, out, s, callee, args);
		break;
	}
}

/* A call that may take so many steps. One that takes more is as if nothing were known of what is called. */
static void call_within(struct interp *in, struct states *out, struct state *s,
			const struct value *callee, const struct args *args, uint32_t steps_max)
{
	uint32_t outer_max = in->steps_max;
	struct state before = *s;
	struct states made = { 0 };
	bool is_cut;

	if (in->is_over || outer_max - in->steps <= steps_max) {
		call_value(in, out, s, callee, args);
		return;
	}
	in->steps_max = in->steps + steps_max;
	call_value(in, &made, s, callee, args);
	is_cut = in->is_over && in->steps == in->steps_max;
	in->steps_max = outer_max;
	if (is_cut) {
		in->is_over = false;
		made.n = 0;
		give_unknown(in, &made, &before, callee, args);
	}
	states_take(in, out, &made);
}

static const struct value *one_result(struct interp *in, struct state *s, struct states *out)
{
	const struct value *v;

	if (!out->n) {
		s->is_dead = true;
		return value_unknown();
	}
	*s = states_one(in, out);
	v = state_pop(s);
	return v;
}

const struct value *interp_call(struct interp *in, struct state *s, const struct value *callee,
				const struct call_arg *args, size_t n, const struct py_node *at)
{
	struct states out = { 0 };
	struct args all = { .v = args, .n = n, .at = at };

	call_value(in, &out, s, callee, &all);
	return one_result(in, s, &out);
}

const struct value *call_decorator(struct interp *in, struct state *s, const struct value *callee,
				   const struct call_arg *arg, const struct py_node *at)
{
	struct states out = { 0 };
	struct args args = { .v = arg, .n = 1, .at = at };

	call_within(in, &out, s, callee, &args, STEPS_DECORATOR_MAX);
	return one_result(in, s, &out);
}

/* ---- calls as they are written ---- */

/* *x of known length and **x of known keys become plain arguments. */
static void add_arg(struct interp *in, struct state *s, struct call_args *to,
		    const struct py_node *n, const struct value *v)
{
	struct call_arg arg = { .name = n->name, .value = v, .node = n->a, .stars = n->stars };
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	if (n->stars == 1) {
		struct iteration it = iterate(in, s, v, n->a);

		arg.stars = 0;
		for (size_t i = 0; it.items && i < it.n; i++) {
			arg.value = it.items[i];
			PUSH(in->arena, to, arg);
		}
		if (it.items)
			return;
		arg.stars = 1;
	}
	if (n->stars == 2 && o && o->kind == OBJ_DICT && !o->is_open && !o->element) {
		arg.stars = 0;
		for (size_t i = 0; i < o->fields.n; i++) {
			arg.name = o->fields.v[i].name;
			arg.value = value_now(in, s, o->fields.v[i].value);
			PUSH(in->arena, to, arg);
		}
		return;
	}
	PUSH(in->arena, to, arg);
}

static void call_from_stack(struct interp *in, struct states *out, struct state *s,
			    const struct py_node *n, bool is_discarded)
{
	const struct value **v = arena_alloc(in->arena, (n->list.n + 1) * sizeof(*v));
	const struct value *callee;
	struct call_args all = { 0 };
	struct args args = { .at = n, .is_discarded = is_discarded };

	for (size_t i = n->list.n; i-- > 0;)
		v[i] = state_pop(s);
	callee = state_pop(s);
	for (size_t i = 0; i < n->list.n; i++)
		add_arg(in, s, &all, n->list.v[i], v[i]);
	args.v = all.v;
	args.n = all.n;
	/* What a module calls while it is imported: most of it registers something. */
	if (in->in_module && in->frame->depth == 0)
		call_within(in, out, s, callee, &args, STEPS_MODULE_CALL_MAX);
	else
		call_value(in, out, s, callee, &args);
}

/* Is it known whose method that is? Of what a caller hands over it may be anybody's. */
static bool is_told(const struct state *s, const struct value *base)
{
	const struct object *o = base->kind == VAL_OBJECT ? state_object(s, base->object) : NULL;

	if (o)
		return !o->text || strcmp(o->text, GIVEN_MODULE) != 0;
	return base->kind != VAL_UNKNOWN && base->kind != VAL_PLACED;
}

static const char told[] = "told", open[] = "open";

static void note_callee(struct interp *in, const struct state *s, const struct value *base,
			const struct py_node *n)
{
	const char *before;

	if (in->frame->unit != in->unit)
		return;
	before = map_get(in->callees, (uintptr_t)n);
	if (before != open && (!before || !is_told(s, base)))
		in->callees =
			map_put(in->own, in->callees, (uintptr_t)n, is_told(s, base) ? told : open);
}

bool callee_is_told(const struct interp *in, const struct py_node *n)
{
	return map_get(in->callees, (uintptr_t)n) == told;
}

static void eval_callee(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states from;

	if (n->kind != PY_ATTR) {
		eval(in, set, n);
		return;
	}
	eval(in, set, n->a);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];
		const struct value *base = state_pop(&s);

		note_callee(in, &s, base, n);
		attr_load(in, set, &s, base, n->name, n, true);
	}
}

/* Nobody writes so many arguments by hand. */
static void eval_long_call(struct interp *in, struct states *set, const struct py_node *n)
{
	eval_callee(in, set, n->a);
	for (size_t i = 0; i < n->list.n && !in->is_over; i++) {
		eval(in, set, n->list.v[i]->a);
		for (size_t k = 0; k < set->n; k++)
			state_escape(in, &set->v[k], state_pop(&set->v[k]));
	}
	for (size_t k = 0; k < set->n; k++) {
		state_escape(in, &set->v[k], state_pop(&set->v[k]));
		state_push(in, &set->v[k], value_unknown());
	}
}

void eval_call(struct interp *in, struct states *set, const struct py_node *n, bool is_discarded)
{
	struct states from;

	if (n->list.n > DISPLAY_MAX) {
		eval_long_call(in, set, n);
		return;
	}
	eval_callee(in, set, n->a);
	for (size_t i = 0; i < n->list.n; i++)
		eval(in, set, n->list.v[i]->a);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];

		call_from_stack(in, set, &s, n, is_discarded);
	}
	/* What died, died in the model: it may be caught. */
}
