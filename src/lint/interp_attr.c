// SPDX-License-Identifier: Apache-2.0
/* What is x.name, and what does x.name = y do? Python's order: the instance, its class and the bases in read code, then the library.
 * A property of read code is run. Of __getattr__, descriptors and metaclasses nothing is known. */
#include "lint/interp.h"

#include <string.h>

/* A member of a class, seen from an instance or from the class itself. */
static const struct value *bind_member(struct interp *in, const struct value *member,
				       const struct value *self, const struct klass *k)
{
	if (member->kind != VAL_FUNC)
		return member;
	switch (member->func->role) {
	case FUNC_STATIC:
		return member;
	case FUNC_OF_CLASS:
		return value_bound(in->arena, member->func, value_class(in->arena, k));
	default:
		return self ? value_bound(in->arena, member->func, self) : member;
	}
}

static bool is_property(const struct value *v)
{
	return v && v->kind == VAL_FUNC && v->func->role == FUNC_PROPERTY;
}

/* The class that a super() object looks in, and behind which class of its order. */
static const struct klass *class_of(const struct state *s, const struct value *v)
{
	if (v->kind == VAL_CLASS)
		return v->cls;
	return v->kind == VAL_OBJECT ? state_object(s, v->object)->cls : NULL;
}

static bool is_super(const struct value *v)
{
	return v->kind == VAL_BOUND && !v->func;
}

static const struct value *member_of(const struct state *s, const struct value *base,
				     const char *name)
{
	if (is_super(base)) {
		const struct klass *k = class_of(s, base->self);

		return k ? klass_member(s, k, base->cls, name) : NULL;
	}
	return class_of(s, base) ? klass_member(s, class_of(s, base), NULL, name) : NULL;
}

static const struct value *object_attr(struct interp *in, struct state *s, const struct value *base,
				       const char *name)
{
	const struct object *o = state_object(s, base->object);
	const struct value *v = state_attr(s, base->object, name);

	if (v && (o->kind == OBJ_INSTANCE || o->kind == OBJ_MODULE || o->kind == OBJ_OPTIMIZER ||
		  o->kind == OBJ_LOADER || o->kind == OBJ_TUPLE))
		return value_now(in, s, v);
	if (!o->cls)
		return NULL;
	if (strcmp(name, "__class__") == 0)
		return value_class(in->arena, o->cls);
	v = klass_member(s, o->cls, NULL, name);
	if (v)
		return bind_member(in, value_now(in, s, v), base, o->cls);
	/* Whatever it gives. */
	return klass_member(s, o->cls, NULL, "__getattr__") ? value_unknown() : NULL;
}

static const struct value *class_attr(struct interp *in, struct state *s, const struct value *base,
				      const char *name)
{
	const struct value *v = klass_member(s, base->cls, NULL, name);

	if (strcmp(name, "__name__") == 0)
		return value_str(in->arena, base->cls->name);
	return v ? bind_member(in, value_now(in, s, v), NULL, base->cls) : NULL;
}

static const struct value *super_attr(struct interp *in, struct state *s, const struct value *base,
				      const char *name)
{
	const struct value *v = member_of(s, base, name);

	if (v)
		return bind_member(in, v, base->self, class_of(s, base->self));
	return value_method(in->arena, name, base->self);
}

/* `layers.append` changes no layer; `layer.weight` may. */
static void ask(struct interp *in, struct state *s, const struct value *base)
{
	if (base->kind == VAL_OBJECT)
		state_look(in, s, base);
	else
		state_use(in, s, base);
}

const struct value *attr_now(struct interp *in, struct state *s, const struct value *base,
			     const char *name, const struct py_node *at, bool is_callee)
{
	const struct value *v = NULL;

	ask(in, s, base);
	if (base->kind == VAL_UNIT)
		return unit_attr(in, s, base->unit, name);
	if (is_super(base))
		return super_attr(in, s, base, name);
	if (base->kind == VAL_OBJECT)
		v = object_attr(in, s, base, name);
	else if (base->kind == VAL_CLASS)
		v = class_attr(in, s, base, name);
	if (!v && base->kind == VAL_PLACED && !is_callee)
		v = gpu_flag(in, name);
	if (!v)
		v = model_attr(in, s, base, name, at);
	if (v)
		return v;
	if (base->kind == VAL_API)
		return api_attr(in, s, base, name);
	if (base->kind == VAL_OBJECT && !is_callee)
		model_part_taken(in, s, base, name);
	/* net.encoder, net.device: who takes a part may move it, who asks where it is knows. */
	if (network_was_made(base) && !is_callee)
		state_lose(in, s, base);
	if (is_callee && base->kind != VAL_METHOD)
		return value_method(in->arena, name, base);
	if (value_is_data(base) && !gpu_flag_name(name))
		return base;
	return gpu_flag_name(name) ? gpu_flag(in, name) : value_unknown();
}

void attr_load(struct interp *in, struct states *out, struct state *s, const struct value *base,
	       const char *name, const struct py_node *at, bool is_callee)
{
	const struct value *member;
	struct args none = { .at = at };

	ask(in, s, base);
	if (base->kind == VAL_OBJECT && !state_attr(s, base->object, name)) {
		member = member_of(s, base, name);
		if (is_property(member)) {
			call_function(in, out, s, member->func, base, &none);
			return;
		}
	}
	if (is_super(base) && is_property(member_of(s, base, name))) {
		call_function(in, out, s, member_of(s, base, name)->func, base->self, &none);
		return;
	}
	states_give(in, out, s, attr_now(in, s, base, name, at, is_callee));
}

/* ---- stores ---- */

static void run_setter(struct interp *in, struct states *out, struct state *s,
		       const struct function *setter, const struct value *self,
		       const struct value *v, const struct py_node *at)
{
	struct call_arg arg = { .value = v, .node = at };
	struct args args = { .v = &arg, .n = 1, .at = at };
	struct states after = { 0 };

	call_function(in, &after, s, setter, self, &args);
	for (size_t i = 0; i < after.n; i++) {
		state_pop(&after.v[i]);
		states_add(in, out, &after.v[i]);
	}
}

static void store_in_object(struct interp *in, struct state *s, const struct value *base,
			    const char *name, const struct value *v, const struct py_node *at)
{
	const struct object *o = state_object(s, base->object);

	/* What it does with the value is its own affair. */
	if (o->cls && klass_member(s, o->cls, NULL, "__setattr__")) {
		state_escape(in, s, v);
		v = value_unknown();
	}
	if (o->kind == OBJ_MODULE) {
		state_use(in, s, v);
		model_set_attr(in, s, base->object, name, v, at);
		return;
	}
	if (o->is_open && !o->fields.n && !o->cls)
		state_escape(in, s, v);
	state_set_attr(in, s, base->object, name, v, at);
}

/* x.data = x.data.cuda() puts the tensor elsewhere, under all its names. */
static void store_elsewhere(struct interp *in, struct state *s, const struct value *base,
			    const char *name, const struct value *v)
{
	bool stays = base->kind == VAL_TENSOR && v->kind == VAL_TENSOR &&
		     device_meet(state_device(s, base), state_device(s, v)) == MEET_SAME;

	state_escape(in, s, v);
	if (stays)
		return;
	if (base->kind == VAL_PLACED || strcmp(name, "data") == 0)
		state_lose(in, s, base);
	if (base->kind == VAL_TENSOR && base->object && strcmp(name, "data") == 0)
		state_escape(in, s, value_object(in->arena, base->object));
}

static void store_in_class(struct interp *in, struct state *s, const struct klass *k,
			   const char *name, const struct value *v, const struct py_node *at)
{
	memo_class_changes(in, k->object);
	state_set_attr(in, s, k->object, name, v, at);
}

void attr_store(struct interp *in, struct states *out, struct state *s, const struct value *base,
		const char *name, const struct value *v, const struct py_node *at)
{
	const struct value *member = base->kind == VAL_OBJECT ? member_of(s, base, name) : NULL;

	state_use(in, s, base);
	/* Kept in an object it is in the hands of all its methods. */
	if (network_was_made(v))
		state_lose(in, s, v);
	if (is_property(member) && member->func->setter) {
		run_setter(in, out, s, member->func->setter, base, v, at);
		return;
	}
	if (base->kind == VAL_OBJECT)
		store_in_object(in, s, base, name, v, at);
	else if (base->kind == VAL_CLASS)
		store_in_class(in, s, base->cls, name, v, at);
	else if (base->kind == VAL_UNIT)
		unit_set_attr(in, s, base->unit, name, v);
	else
		store_elsewhere(in, s, base, name, v);
	states_add(in, out, s);
}
