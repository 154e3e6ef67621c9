// SPDX-License-Identifier: Apache-2.0
/* What does calling a class of read code make? A new object, on which __init__ runs. What __new__, a metaclass or an unread base do
 * is not known; then the object is, but nothing that the base may have set. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

/* The first of the bases that was not read: what the library makes of an instance hangs on it. */
static const char *library_base(const struct klass *k)
{
	for (size_t i = 0; i < k->order.n; i++)
		for (size_t b = 0; b < k->order.v[i]->bases.n; b++)
			if (k->order.v[i]->bases.v[b]->kind == VAL_API)
				return k->order.v[i]->bases.v[b]->text;
	return NULL;
}

/* The annotated names of a dataclass, the bases' first. */
static void dataclass_fields(struct interp *in, const struct klass *k, struct strlist *names)
{
	for (size_t i = k->order.n; i-- > 0;) {
		const struct py_list *body = &k->order.v[i]->node->body;

		for (size_t n = 0; n < body->n; n++)
			if (body->v[n]->kind == PY_ANNASSIGN && body->v[n]->a->kind == PY_NAME)
				PUSH(in->arena, names, body->v[n]->a->name);
	}
}

/* Where a caller has what a field holds, or nothing is known of it. */
static const struct value *field_argument(struct interp *in, struct state *s, const struct unit *u,
					  const struct py_node *field)
{
	const struct value *v =
		in->is_unreached || in->is_for_cpu || model_annotation_allows_none(field->b)
			? NULL
			: model_annotation(in, s, u, field->b, field->a);

	return v ? v : value_unknown();
}

struct args dataclass_args(struct interp *in, struct state *s, const struct klass *k)
{
	struct call_args all = { 0 };

	for (size_t i = k->order.n; i-- > 0;) {
		const struct klass *of = k->order.v[i];

		for (size_t n = 0; n < of->node->body.n; n++) {
			const struct py_node *field = of->node->body.v[n];

			if (field->kind == PY_ANNASSIGN && field->a->kind == PY_NAME)
				PUSH(in->arena, &all,
				     ((struct call_arg){
					     .name = field->a->name,
					     .node = field->a,
					     .value = field_argument(in, s, of->unit, field) }));
		}
	}
	return (struct args){ .v = all.v, .n = all.n, .at = k->node };
}

static void fill_dataclass(struct interp *in, struct state *s, const struct klass *k, uint32_t id,
			   const struct args *args)
{
	struct strlist names = { 0 };
	size_t next = 0;
	bool exact = true;

	dataclass_fields(in, k, &names);
	for (size_t i = 0; i < args->n; i++) {
		const struct call_arg *a = &args->v[i];
		const char *name = a->name ? a->name : next < names.n ? names.v[next++] : NULL;

		exact &= !a->stars;
		if (name && exact)
			state_set_attr(in, s, id, name, a->value, a->node);
	}
	/* A default stays a member of the class; field(default_factory=...) is unknown. */
	for (size_t i = 0; i < names.n; i++) {
		const struct value *v = state_attr(s, id, names.v[i]);

		if (!v && (!exact || (klass_member(s, k, NULL, names.v[i]) &&
				      klass_member(s, k, NULL, names.v[i])->kind == VAL_UNKNOWN)))
			state_set_attr(in, s, id, names.v[i], value_unknown(), args->at);
	}
}

static void run_init(struct interp *in, struct states *out, struct state *s, const struct klass *k,
		     const struct value *self, const struct args *args)
{
	const struct value *init = klass_member(s, k, NULL, "__init__"), *post;
	struct args none = { .at = args->at };

	if (init && init->kind == VAL_FUNC) {
		call_function(in, out, s, init->func, self, args);
		return;
	}
	if (k->is_dataclass) {
		fill_dataclass(in, s, k, self->object, args);
		post = klass_member(s, k, NULL, "__post_init__");
		if (post && post->kind == VAL_FUNC) {
			call_function(in, out, s, post->func, self, &none);
			return;
		}
		states_give(in, out, s, value_none());
		return;
	}
	if (library_base(k) || init || k->is_unknown) {
		call_value(in, out, s, value_method(in->arena, "__init__", self), args);
		return;
	}
	states_give(in, out, s, value_none());
}

static bool is_enum(const struct klass *k)
{
	const char *base = library_base(k);

	return base && starts_with(base, "enum.");
}

void instantiate(struct interp *in, struct states *out, struct state *s, const struct klass *k,
		 const struct args *args)
{
	struct object o = { .kind = k->is_module ? OBJ_MODULE : OBJ_INSTANCE,
			    .cls = k,
			    .text = library_base(k),
			    .unit = in->frame->unit,
			    .site = args->at,
			    .is_open = k->is_unknown };
	struct states after = { 0 };
	const struct object *old;

	if (klass_member(s, k, NULL, "__new__") || is_enum(k)) {
		states_give(in, out, s, call_unknown(in, s, NULL, args));
		return;
	}
	if (k->is_module)
		model_new_module(in, s, k, &o);

	uint32_t id = state_create(in, s, &o, &old);
	const struct value *self = value_object(in->arena, id);

	run_init(in, &after, s, k, self, args);
	for (size_t i = 0; i < after.n; i++) {
		state_pop(&after.v[i]);
		state_created(in, &after.v[i], id, old);
		states_give(in, out, &after.v[i], self);
	}
}
