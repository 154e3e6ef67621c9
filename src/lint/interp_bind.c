// SPDX-License-Identifier: Apache-2.0
/* Which argument becomes which parameter? Python's rules; where *x or **x of unknown length stands in a call, what it may give
 * is unknown. What a function that nobody calls here hands on of its own *args and **kwargs is what its caller wants: any
 * argument of the next one, as if that were called itself. */
#include "lint/interp.h"

#include <string.h>

#include "lint/names.h"

#define CALLERS_REST "(what the caller gives)" /* the text of *args, **kwargs */

struct binding_call {
	struct interp *in;
	struct state *s;
	const struct function *f;
	uint32_t frame;
	struct value_list positional;
	const struct args *args;
	const struct value *star; /* what any further positional one is; NULL: there is none */
	bool has_star2;           /* any keyword may have been given */
	bool is_callers;          /* all that stars bring is what the caller gives */
	size_t next;              /* positional ones that are taken */
};

/* *args of an entry, or its untouched tuple, handed on. */
static bool is_callers(const struct binding_call *b, const struct call_arg *a)
{
	const struct object *o =
		a->value->kind == VAL_OBJECT ? state_object(b->s, a->value->object) : NULL;
	const struct py_params *p = &b->f->node->params;

	if (!b->in->is_library || b->in->is_unreached)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (a->node == p->v[i].node)
			return true;
	return o && o->text && strcmp(o->text, CALLERS_REST) == 0 && !o->has_escaped &&
	       !o->fields.n;
}

static void collect(struct binding_call *b, const struct value *self)
{
	bool has_stars = false, others = false;

	if (self)
		PUSH(b->in->arena, &b->positional, self);
	for (size_t i = 0; i < b->args->n; i++) {
		const struct call_arg *a = &b->args->v[i];

		has_stars |= a->stars != 0;
		others |= a->stars && !is_callers(b, a);
		if (a->stars == 1 && !b->star)
			b->star = iterate(b->in, b->s, a->value, a->node).element;
		else if (a->stars == 1)
			b->star = value_unknown();
		else if (a->stars == 2)
			b->has_star2 = true;
		else if (!a->name && b->star)
			b->star = value_unknown();
		else if (!a->name)
			PUSH(b->in->arena, &b->positional, a->value);
	}
	b->is_callers = has_stars && !others;
}

static const struct value *keyword(const struct binding_call *b, const char *name)
{
	for (size_t i = 0; i < b->args->n; i++)
		if (b->args->v[i].name && strcmp(b->args->v[i].name, name) == 0)
			return b->args->v[i].value;
	return NULL;
}

static bool is_param(const struct function *f, const char *name)
{
	const struct py_params *p = &f->node->params;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].kind != PARAM_ARGS && p->v[i].kind != PARAM_KWARGS &&
		    strcmp(p->v[i].name, name) == 0)
			return true;
	return false;
}

static void mark_callers(struct binding_call *b, const struct value *rest)
{
	struct object o = *state_object(b->s, rest->object);

	o.text = CALLERS_REST;
	state_put(b->in, b->s, rest->object, &o);
}

static const struct value *rest_positional(struct binding_call *b)
{
	size_t n = b->positional.n - b->next;
	const struct value *const *v = b->positional.v + b->next;

	b->next = b->positional.n;
	if (!b->star)
		return make_sequence(b->in, b->s, OBJ_TUPLE, v, n, b->f->node);

	const struct value *any = b->star;

	for (size_t i = 0; i < n; i++)
		any = value_join(b->in, b->s, any, v[i]);
	any = make_of_element(b->in, b->s, OBJ_TUPLE, any, b->f->node);
	if (b->is_callers && !n)
		mark_callers(b, any);
	return any;
}

static const struct value *rest_keywords(struct binding_call *b)
{
	struct object o = { .kind = OBJ_DICT, .unit = b->f->unit, .site = b->f->node };

	for (size_t i = 0; i < b->args->n; i++) {
		const struct call_arg *a = &b->args->v[i];
		struct object_field f = { .name = a->name, .value = a->value, .node = a->node };

		if (a->name && !is_param(b->f, a->name))
			PUSH(b->in->arena, &o.fields, f);
	}
	if (b->has_star2) {
		o.element = value_unknown();
		o.is_open = true;
		o.text = b->is_callers ? CALLERS_REST : NULL;
	}
	return value_object(b->in->arena, state_new(b->in, b->s, &o));
}

/* What a constructor is given lies where its caller put it, which need not be where the module will be. */
static const struct value *callers_param(struct binding_call *b, size_t i)
{
	const struct value *v = library_param(b->in, b->s, b->f, i);
	struct value *copy;

	if (v->kind != VAL_PLACED && v->kind != VAL_TENSOR)
		return v;
	copy = arena_alloc(b->in->arena, sizeof *copy);
	*copy = *v;
	if (strcmp(b->f->name, "__init__") == 0)
		copy->device = (struct device){ 0 };
	return copy;
}

static const struct value *param_value(struct binding_call *b, size_t i)
{
	const struct py_param *p = &b->f->node->params.v[i];
	const struct value *v;

	if (p->kind == PARAM_ARGS)
		return rest_positional(b);
	if (p->kind == PARAM_KWARGS)
		return rest_keywords(b);
	if (p->kind != PARAM_KEYWORD_ONLY && b->next < b->positional.n)
		return b->positional.v[b->next++];
	v = p->kind == PARAM_POSITIONAL_ONLY ? NULL : keyword(b, p->name);
	if (v)
		return v;
	if (b->is_callers)
		return callers_param(b, i);
	if (p->kind != PARAM_KEYWORD_ONLY && b->star)
		return b->star;
	/* With **x it may have been given or not. */
	return b->has_star2 || !b->f->defaults[i] ? value_unknown() : b->f->defaults[i];
}

/* x: Tensor, of what a caller that was not read has put somewhere: a tensor, as the function says itself. */
static const struct value *as_annotated(const struct binding_call *b, const struct py_param *p,
					const struct value *v)
{
	const char *type = p->annotation ? names_dotted(b->f->unit, p->annotation) : NULL;
	struct value *copy;

	if (!type || strcmp(type, "torch.Tensor") != 0 || v->kind != VAL_PLACED ||
	    v->device.kind != DEV_ARG || v->may_be_none || v->text || !v->origin)
		return v;
	if ((v->origin->kind != FROM_ARGUMENT && v->origin->kind != FROM_ITEM) ||
	    state_has_lost(b->s, v))
		return v;
	copy = arena_alloc(b->in->arena, sizeof *copy);
	*copy = *v;
	copy->kind = VAL_TENSOR;
	return copy;
}

void bind_params(struct interp *in, struct state *s, const struct function *f, uint32_t frame,
		 const struct value *self, const struct args *args)
{
	struct binding_call b = { .in = in, .s = s, .f = f, .frame = frame, .args = args };
	const struct py_params *params = &f->node->params;

	if (f->is_opaque) {
		for (size_t i = 0; i < params->n; i++)
			var_set(in, s, frame, intern_name(in, params->v[i].name),
				i == 0 && self ? self : value_unknown());
		return;
	}
	collect(&b, self);
	for (size_t i = 0; i < params->n; i++)
		var_set(in, s, frame, intern_name(in, params->v[i].name),
			as_annotated(&b, &params->v[i], param_value(&b, i)));
}
