// SPDX-License-Identifier: Apache-2.0
/* What do two values of one way have in common: the items of a list, two results? Two tuples of as
 * many items have a third one of what is true of the items of both; other objects are no longer
 * told apart, and what they hold escapes. */
#include "lint/interp.h"

static bool is_exact_tuple(const struct state *s, const struct value *v)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	return o && o->kind == OBJ_TUPLE && !o->element && !o->is_open;
}

/* Two tuples of as many items: a third one of what is true of the items of both. Tuples do not
 * change, so that it may stand for either. */
static const struct value *tuple_of_both(struct interp *in, struct state *s, const struct value *a,
					 const struct value *b)
{
	const struct object *x = state_object(s, a->object), *y = state_object(s, b->object);
	uint32_t before = in->salt, id;
	struct object o = *x;

	if (x->fields.n != y->fields.n || !x->fields.n)
		return NULL;
	o.fields.v = arena_alloc(in->arena, x->fields.n * sizeof *o.fields.v);
	for (size_t i = 0; i < x->fields.n; i++) {
		o.fields.v[i] = x->fields.v[i];
		o.fields.v[i].value = value_join(in, s, x->fields.v[i].value, y->fields.v[i].value);
	}
	in->salt = before * 31 + 7;
	id = state_new(in, s, &o);
	in->salt = before;
	return value_object(in->arena, id);
}

const struct value *value_join(struct interp *in, struct state *s, const struct value *a,
			       const struct value *b)
{
	struct id_list lost = { 0 };
	const struct value *v = NULL;

	if (!value_same(a, b) && is_exact_tuple(s, a) && is_exact_tuple(s, b))
		v = tuple_of_both(in, s, a, b);
	if (v)
		return v;
	v = value_meet(in, a, b, &lost);

	for (size_t i = 0; i < lost.n; i++)
		state_escape(in, s, value_object(in->arena, lost.v[i]));
	return v;
}
