// SPDX-License-Identifier: Apache-2.0
/* Calls: what is called, with what, and what is read code entered? Also what `self.x` is and what storing it does. */
#include "lint/class_run.h"

#include <string.h>

#include "lint/names.h"

#define DEPTH_MAX 10 /* functions within functions; r->stack is a little larger */

static struct cv_args eval_args(struct run *r, const struct py_node *call)
{
	struct cv_args args = { 0 };

	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *node = call->list.v[i];
		struct cv_arg arg = { .name = node->name, .node = node->a, .stars = node->stars };

		arg.value = run_eval(r, node->a);
		args.has_stars = args.has_stars || arg.stars;
		PUSH(r->arena, &args.v, arg);
	}
	return args;
}

const struct cv *arg_get(const struct cv_args *args, size_t position, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < args->v.n; i++) {
		const struct cv_arg *arg = &args->v.v[i];

		if (arg->name && name && strcmp(arg->name, name) == 0)
			return arg->value;
		if (arg->stars == 1)
			return NULL;
		if (!arg->name && !arg->stars && n++ == position)
			return arg->value;
	}
	return NULL;
}

void args_escape(struct run *r, const struct cv_args *args)
{
	for (size_t i = 0; i < args->v.n; i++)
		cv_escape(r, args->v.v[i].value);
}

static bool is_running(const struct run *r, const struct py_node *func)
{
	for (size_t i = 0; i < r->depth; i++)
		if (r->stack[i] == func)
			return true;
	return false;
}

/* The default of a parameter is an expression of the module, seen from where the function stands. */
static const struct cv *eval_default(struct run *r, const struct cv *func, const struct py_node *e)
{
	struct paths nothing = { 0 }, *now = r->now;
	struct unit *unit = r->unit;
	struct self *self = r->self;
	const struct run_names *outer = r->outer;
	const struct cv *v;

	r->now = &nothing;
	r->unit = func->unit;
	r->self = NULL;
	r->outer = NULL;
	v = run_eval(r, e);
	r->now = now;
	r->unit = unit;
	r->self = self;
	r->outer = outer;
	return v;
}

/* A parameter that is not given. */
static const struct cv *default_of(struct run *r, const struct cv *func, const struct py_param *p)
{
	const struct cv *v = func->captured ? names_get(func->captured, p->name) : NULL;
	struct cv *module;

	if (!v)
		v = eval_default(r, func, p->fallback);
	if (v->kind != CV_MODULE)
		return v;
	module = cv_copy(r, v);
	module->via = VIA_DEFAULT;
	return module;
}

static const struct cv *argument_value(struct run *r, const struct cv *func, size_t i, size_t shift,
				       const struct cv_args *args)
{
	const struct py_param *p = &func->func->params.v[i];
	const struct cv *given = NULL;

	if (p->kind == PARAM_ARGS || p->kind == PARAM_KWARGS)
		return &cv_unknown;
	if (args)
		given = arg_get(args, i >= shift ? i - shift : SIZE_MAX, p->name);
	if (given)
		return given;
	if (args && !args->has_stars && p->fallback)
		return default_of(r, func, p);
	return &cv_unknown;
}

/* Arguments that no parameter takes by name or place may be anything in *args, **kwargs: those escape. */
static void spill(struct run *r, const struct py_node *func, const struct cv_args *args)
{
	bool has_rest = args->has_stars;

	for (size_t i = 0; i < func->params.n; i++)
		has_rest = has_rest || func->params.v[i].kind == PARAM_ARGS ||
			   func->params.v[i].kind == PARAM_KWARGS;
	for (size_t i = 0; has_rest && i < args->v.n; i++)
		if (args->v.v[i].value->kind != CV_SELF)
			cv_escape(r, args->v.v[i].value);
}

struct frame {
	struct unit *unit;
	struct self *self;
	const struct cls *owner;
	struct paths *now;
	const struct run_names *outer;
	const struct cv *result;
	struct paths *breaks;
	const struct py_node *statement;
};

static const struct cv *enter(struct run *r, const struct cv *func, struct paths *inside)
{
	struct frame before = { r->unit,  r->self,   r->owner,  r->now,
				r->outer, r->result, r->breaks, r->statement };
	const struct cv *result;

	r->stack[r->depth++] = func->func;
	if (r->self && r->self->in_init && func->method)
		PUSH(r->arena, &r->self->built_by, func->func);
	r->unit = func->unit;
	r->owner = func->method ? func->method->owner : r->owner;
	r->now = inside;
	r->outer = func->captured;
	r->result = NULL;
	r->breaks = NULL;
	if (func->func->kind == PY_LAMBDA) {
		result = run_eval(r, func->func->a);
	} else {
		run_block(r, &func->func->body);
		result = r->result ? r->result : &cv_none;
	}
	r->depth--;
	r->unit = before.unit;
	r->self = before.self;
	r->owner = before.owner;
	r->now = before.now;
	r->outer = before.outer;
	r->result = before.result;
	r->breaks = before.breaks;
	r->statement = before.statement;
	return result;
}

const struct cv *run_function(struct run *r, const struct cv *func, const struct cv_args *args)
{
	const struct py_node *node = func->func;
	bool is_bound = func->self && func->method && !func->method->is_static;
	size_t shift = is_bound ? 1 : 0;
	struct paths inside = { 0 };

	if (r->depth >= DEPTH_MAX || is_running(r, node) || node->yields || node->is_async ||
	    r->is_out) {
		if (args)
			args_escape(r, args);
		return &cv_unknown;
	}
	for (size_t i = shift; i < node->params.n; i++)
		names_set(r, &inside.names, node->params.v[i].name,
			  argument_value(r, func, i, shift, args));
	if (is_bound && node->params.n > 0)
		names_set(r, &inside.names, node->params.v[0].name, func->self);
	if (args)
		spill(r, node, args);

	/* A method of the same object sees its fields and changes them. */
	bool shares = func->self ? func->self->instance == r->self : r->self != NULL;
	struct self *self = r->self;

	if (func->self)
		r->self = func->self->instance;
	if (shares)
		inside.fields = r->now->fields;
	else if (func->self && func->self->instance->fields)
		inside.fields = names_copy(r, func->self->instance->fields);

	struct paths *outside = r->now;
	const struct cv *result = enter(r, func, &inside);

	r->self = self;
	if (shares)
		outside->fields = inside.fields;
	return result;
}

static const struct cv *call_method(struct run *r, const struct cls_method *m,
				    const struct cv *self, const struct cv_args *args)
{
	struct cv func = {
		.kind = CV_FUNC, .unit = m->owner->unit, .func = m->func, .method = m, .self = self
	};

	return run_function(r, &func, args);
}

static struct cv *self_value(struct run *r)
{
	struct cv *v = cv_new(r, CV_SELF);

	v->instance = r->self;
	return v;
}

static bool is_super(const struct py_node *e)
{
	return e->kind == PY_CALL && e->a->kind == PY_NAME && strcmp(e->a->name, "super") == 0;
}

/* super().name(...), Base.name(self, ...): NULL if the next class in line is a library's. */
static const struct cv *call_base(struct run *r, const struct cls_method *m,
				  const struct cv_args *args, size_t n_self)
{
	struct cv_args rest = { .has_stars = args->has_stars };

	if (!m)
		return NULL;
	for (size_t i = n_self; i < args->v.n; i++)
		PUSH(r->arena, &rest.v, args->v.v[i]);
	return call_method(r, m, self_value(r), &rest);
}

static const struct cv *call_super(struct run *r, const struct py_node *call)
{
	struct cv_args args = eval_args(r, call);
	const struct cls_method *m =
		r->self && r->owner ? cls_method(r->self->cls, call->a->name, r->owner) : NULL;
	const struct cv *v = call_base(r, m, &args, 0);

	if (!v && r->self)
		v = run_self_method(r, call->a->name, &args, call);
	if (!v)
		args_escape(r, &args);
	return v ? v : &cv_unknown;
}

/* Base.__init__(self, ...) */
static const struct cv *call_of_class(struct run *r, const struct cv *cls, const char *name,
				      const struct cv_args *args, const struct py_node *call)
{
	const struct cls_method *m =
		cls->kind == CV_CLASS ? cls_method(cls->cls, name, NULL) : NULL;
	bool has_self = args->v.n > 0 && args->v.v[0].value->kind == CV_SELF;

	if (m && m->is_static)
		return call_method(r, m, NULL, args);
	if (has_self && args->v.v[0].value->instance == r->self) {
		const struct cv *v = call_base(r, m, args, 1);
		struct cv_args rest = { .has_stars = args->has_stars };

		if (v)
			return v;
		for (size_t i = 1; i < args->v.n; i++)
			PUSH(r->arena, &rest.v, args->v.v[i]);
		v = run_self_method(r, name, &rest, call);
		if (v)
			return v;
		if (cls->kind == CV_LIB && !r->self->cls->is_open) { /* nn.Module.__init__(self) */
			args_escape(r, &rest);
			return &cv_unknown;
		}
	}
	args_escape(r, args);
	return &cv_unknown;
}

static bool is_harmless_builtin(const char *name)
{
	return has_word("builtins.isinstance builtins.hasattr builtins.type builtins.len "
			"builtins.print builtins.repr builtins.id builtins.str builtins.super "
			"builtins.callable builtins.issubclass builtins.int builtins.float "
			"builtins.bool builtins.max builtins.min builtins.abs builtins.round "
			"builtins.sum builtins.range builtins.any builtins.all",
			name);
}

/* enumerate, zip, list, sorted, ...: lists made of lists. NULL: none of them. */
static const struct cv *call_builtin(struct run *r, const char *name, const struct cv_args *args)
{
	const struct cv *first = arg_get(args, 0, NULL);
	struct cv *v = cv_list(r, CV_LIST);

	if (has_word("builtins.list builtins.tuple builtins.set builtins.reversed builtins.sorted "
		     "builtins.iter tqdm.tqdm",
		     name)) {
		if (!first)
			return v;
		if (!first->items)
			return first->kind == CV_UNKNOWN ? &cv_unknown : NULL;
		items_blur(r, v->items);
		v->items->element = cv_iterate(r, first);
		v->items->has_unknown = first->items->has_unknown || !items_any(r, first->items);
		v->sites = first->sites;
		return v;
	}
	if (has_word("builtins.enumerate builtins.zip itertools.zip_longest", name)) {
		struct cv *pair = cv_list(r, CV_LIST);

		if (strcmp(name, "builtins.enumerate") == 0)
			cv_add(r, pair->items, &cv_plain);
		for (size_t i = 0; i < args->v.n && !args->v.v[i].name; i++) {
			const struct cv *each = args->v.v[i].value;

			cv_add(r, pair->items, each->items ? cv_iterate(r, each) : &cv_unknown);
		}
		cv_add(r, v->items, pair);
		items_blur(r, v->items);
		return v;
	}
	if (has_word("builtins.dict collections.OrderedDict", name)) {
		struct cv *d = cv_list(r, CV_DICT);

		items_blur(r, d->items);
		for (size_t i = 0; i < args->v.n; i++) {
			const struct cv *each = args->v.v[i].value;
			const struct cv *inner = NULL;

			if (args->v.v[i].name)
				cv_add(r, d->items, each);
			else if (each->kind == CV_DICT)
				inner = cv_element(r, each);
			else if (each->items && each->items->is_exact) /* [(key, value), ...] */
				for (size_t k = 0; k < each->items->v.n; k++)
					cv_add(r, d->items, cv_item(r, cv_item(r, each, k), 1));
			else if (each->items)
				inner = cv_item(r, cv_element(r, each), 1);
			else
				d->items->has_unknown = true;
			if (inner)
				cv_add(r, d->items, inner);
		}
		return d;
	}
	if (!has_word("collections.defaultdict", name))
		return NULL;
	v = cv_list(r, CV_DICT);
	items_blur(r, v->items);
	return v;
}

/* getattr(x, "name"), setattr(x, "name", v). With a computed name any field of self may have been meant. */
static const struct cv *call_attr_builtin(struct run *r, const char *name,
					  const struct cv_args *args, const struct py_node *at)
{
	const struct cv *object = arg_get(args, 0, NULL), *key = arg_get(args, 1, NULL);
	bool is_set = strcmp(name, "builtins.setattr") == 0;

	if (!object || !key || (!is_set && strcmp(name, "builtins.getattr") != 0))
		return NULL;
	if (object->kind != CV_SELF || object->instance != r->self) {
		args_escape(r, args);
		return &cv_unknown;
	}
	if (!is_set)
		return key->kind == CV_STRING && key->text ? run_field(r, key->text) : &cv_unknown;

	const struct cv *v = arg_get(args, 2, NULL);

	if (!v)
		return &cv_none;
	if (key->kind == CV_STRING && key->text) {
		run_set_field(r, key->text, v, at);
		return &cv_none;
	}
	if (r->self->cls->is_module)
		cv_register(r, v);
	r->self->has_computed_names = true;
	return &cv_none;
}

static const struct cv *call_library(struct run *r, const char *dotted, const struct cv_args *args,
				     const struct py_node *at)
{
	const struct cv *v;

	if (is_harmless_builtin(dotted))
		return &cv_plain;
	v = call_builtin(r, dotted, args);
	if (!v)
		v = call_attr_builtin(r, dotted, args, at);
	if (!v && strcmp(dotted, "functools.partial") == 0) {
		struct cv *partial = cv_list(r, CV_PARTIAL);

		for (size_t i = 0; i < args->v.n; i++)
			cv_add(r, partial->items, args->v.v[i].value);
		if (args->has_stars)
			partial->items->has_unknown = true;
		return partial;
	}
	return v ? v : torch_call(r, dotted, args, at);
}

static const struct cv *call_partial(struct run *r, const struct cv *partial,
				     const struct cv_args *args, const struct py_node *at)
{
	struct cv_args all = { .has_stars = args->has_stars };
	const struct cv_items *items = partial->items;

	if (!items->is_exact || items->has_unknown || items->v.n == 0) {
		args_escape(r, args);
		return &cv_unknown;
	}
	for (size_t i = 1; i < items->v.n; i++) {
		struct cv_arg arg = { .value = items->v.v[i] };

		if (arg.value->kind == CV_MODULE) {
			struct cv *held = cv_copy(r, arg.value);

			held->via = VIA_CLOSURE;
			arg.value = held;
		}
		PUSH(r->arena, &all.v, arg);
	}
	for (size_t i = 0; i < args->v.n; i++)
		PUSH(r->arena, &all.v, args->v.v[i]);
	return run_apply(r, items->v.v[0], &all, at);
}

const struct cv *run_apply(struct run *r, const struct cv *callee, const struct cv_args *args,
			   const struct py_node *at)
{
	callee = run_look_up(r, callee);
	switch (callee->kind) {
	case CV_FUNC:
		return run_function(r, callee, args);
	case CV_METHOD:
		return call_method(r, callee->method, callee->self, args);
	case CV_CLASS:
		if (callee->cls->is_module)
			return torch_new_module(r, NULL, callee->cls, args, at);
		break;
	case CV_LIB:
		return call_library(r, callee->text, args, at);
	case CV_MODULE:
		return torch_module_call(r, callee, args, at);
	case CV_PARTIAL:
		return call_partial(r, callee, args, at);
	case CV_SELF: {
		const struct cls_method *m = cls_method(callee->instance->cls, "forward", NULL);

		if (m && callee->instance == r->self)
			return call_method(r, m, callee, args);
		break;
	}
	default:
		break;
	}
	args_escape(r, args);
	return &cv_unknown;
}

const struct cv *run_method(struct run *r, const struct cv *base, const char *name,
			    const struct cv_args *args, const struct py_node *at)
{
	const struct cv *v = NULL;

	if (base->kind == CV_SELF && base->instance == r->self) {
		const struct cv *field = names_get(&r->now->fields, name);
		const struct cls_method *m = cls_method(r->self->cls, name, NULL);

		if (field || (m && m->is_property))
			return run_apply(r, run_field(r, name), args, at);
		if (m)
			return call_method(r, m, base, args);
		v = run_self_method(r, name, args, at);
		if (!v)
			args_escape(r, args);
		return v ? v : &cv_unknown;
	}
	base = run_look_up(r, base);
	if (base->kind == CV_CLASS)
		return call_of_class(r, base, name, args, at);
	return torch_method(r, base, name, args, at);
}

static bool has_dotted(struct run *r, const struct py_node *e)
{
	const struct py_node *root = e;

	while (root->kind == PY_ATTR)
		root = root->a;
	return root->kind == PY_NAME && !names_get(&r->now->names, root->name) &&
	       !(r->outer && names_get(r->outer, root->name)) && names_dotted(r->unit, e) != NULL;
}

const struct cv *run_call(struct run *r, const struct py_node *call)
{
	const struct py_node *callee = call->a;

	if (callee->kind == PY_ATTR && is_super(callee->a))
		return call_super(r, call);
	if (callee->kind == PY_ATTR) {
		const struct cv *known =
			has_dotted(r, callee) ? run_look_up(r, run_eval(r, callee)) : &cv_unknown;
		const struct cv *base = known->kind == CV_UNKNOWN ? run_eval(r, callee->a) : NULL;
		struct cv_args args = eval_args(r, call);

		if (base)
			return run_method(r, base, callee->name, &args, call);
		/* nn.Module.__init__(self): a method of a library's class */
		if (known->kind == CV_LIB && args.v.n > 0 && args.v.v[0].value->kind == CV_SELF)
			return call_of_class(r, known, callee->name, &args, call);
		return run_apply(r, known, &args, call);
	}

	const struct cv *v = run_eval(r, callee);
	struct cv_args args = eval_args(r, call);

	return run_apply(r, v, &args, call);
}
