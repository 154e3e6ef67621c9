// SPDX-License-Identifier: Apache-2.0
/* What is known at one point of one way through the program? The heap, the variables and what was assumed; all three are shared
 * with the states before it. Joining keeps what is true on both ways: an object that is no longer told apart from another may be
 * changed through a name that we lost, so that its devices are unknown from then on. */
#include "lint/state.h"

#include <string.h>

#include "lint/interp.h"

static const struct object no_object = { .kind = OBJ_INSTANCE, .is_open = true };

/* ---- sets ---- */

void states_add(struct interp *in, struct states *set, const struct state *s)
{
	if (s->is_dead)
		return;
	/* Nearly all sets hold one or two, and every expression makes some. */
	if (!set->cap) {
		set->cap = 2;
		set->v = arena_alloc(in->arena, set->cap * sizeof *set->v);
	}
	PUSH(in->arena, set, *s);
}

void states_take(struct interp *in, struct states *set, struct states *from)
{
	if (set->n == 0) {
		*set = *from;
		*from = (struct states){ 0 };
		return;
	}
	for (size_t i = 0; i < from->n; i++)
		states_add(in, set, &from->v[i]);
	from->n = 0;
}

void states_give(struct interp *in, struct states *set, struct state *s, const struct value *v)
{
	if (s->is_dead) {
		state_raise(in, s);
		return;
	}
	state_push(in, s, v);
	states_add(in, set, s);
}

uint32_t state_depth(const struct state *s)
{
	return s->stack ? s->stack->depth : 0;
}

void state_cut(struct state *s, uint32_t depth)
{
	while (state_depth(s) > depth)
		s->stack = s->stack->below;
}

void states_bury(struct interp *in, struct states *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		if (set->v[i].is_dead)
			state_raise(in, &set->v[i]);
		else
			set->v[n++] = set->v[i];
	set->n = n;
}

void state_raise(struct interp *in, const struct state *s)
{
	struct state copy = *s;

	copy.is_dead = false;
	in->n_raised++;
	if (in->frame->raises)
		states_add(in, in->frame->raises, &copy);
}

void states_raise(struct interp *in, struct states *set)
{
	for (size_t i = 0; i < set->n; i++)
		state_raise(in, &set->v[i]);
	set->n = 0;
}

void state_push(struct interp *in, struct state *s, const struct value *v)
{
	struct operand *o = arena_alloc(in->arena, sizeof *o);

	*o = (struct operand){ .below = s->stack, .value = v, .depth = state_depth(s) + 1 };
	s->stack = o;
}

const struct value *state_pop(struct state *s)
{
	const struct value *v = s->stack->value;

	s->stack = s->stack->below;
	return v;
}

/* ---- the heap ---- */

const struct object *state_object(const struct state *s, uint32_t id)
{
	const struct object *o = map_get(s->heap, id);

	return o ? o : &no_object;
}

const struct value *state_attr(const struct state *s, uint32_t id, const char *name)
{
	const struct object *o = state_object(s, id);

	for (size_t i = 0; i < o->fields.n; i++)
		if (o->fields.v[i].name && *o->fields.v[i].name == *name &&
		    strcmp(o->fields.v[i].name, name) == 0)
			return o->fields.v[i].value;
	return NULL;
}

void state_put(struct interp *in, struct state *s, uint32_t id, const struct object *o)
{
	struct object *copy = arena_alloc(in->arena, sizeof *copy);

	*copy = *o;
	/* Records never change: whoever pushes a field gets a new array. */
	copy->fields.cap = copy->fields.n;
	copy->is_settled = false;
	s->heap = map_put(in->arena, s->heap, id, copy);
}

static uint32_t id_of_site(struct interp *in, const struct object *o)
{
	struct {
		const void *unit;
		uint64_t context;
		uint32_t node, kind, salt;
	} key;

	memset(&key, 0, sizeof key);
	key.unit = o->unit;
	key.context = in->frame ? in->frame->context : 0;
	key.node = o->site ? o->site->id : 0;
	key.kind = (uint32_t)o->kind;
	key.salt = in->salt;
	/* Ids are shared with those of joined tuples, hence one table; 1 is the model's own. */
	return object_id(in, &key, sizeof key);
}

static const struct object *object_meet(struct interp *in, const struct object *x,
					const struct object *y, struct id_list *lost);

void state_new_as(struct interp *in, struct state *s, uint32_t id, const struct object *o)
{
	const struct object *old = map_get(s->heap, id);
	struct object fresh = *o;
	struct id_list lost = { 0 };

	if (old)
		fresh = *object_meet(in, old, o, &lost);
	fresh.is_summary |= old != NULL;
	state_put(in, s, id, &fresh);
	if (!old && in->many)
		PUSH(in->arena, &in->fresh, id);
	for (size_t i = 0; i < lost.n; i++)
		state_escape(in, s, value_object(in->arena, lost.v[i]));
}

uint32_t state_new(struct interp *in, struct state *s, const struct object *o)
{
	uint32_t id = id_of_site(in, o);

	state_new_as(in, s, id, o);
	return id;
}

uint32_t state_create(struct interp *in, struct state *s, const struct object *o,
		      const struct object **ret_old)
{
	uint32_t id = id_of_site(in, o);

	*ret_old = map_get(s->heap, id);
	state_put(in, s, id, o);
	if (!*ret_old && in->many)
		PUSH(in->arena, &in->fresh, id);
	return id;
}

void state_created(struct interp *in, struct state *s, uint32_t id, const struct object *old)
{
	struct id_list lost = { 0 };

	if (!old)
		return;

	struct object o = *object_meet(in, old, state_object(s, id), &lost);

	o.is_summary = true;
	state_put(in, s, id, &o);
	for (size_t i = 0; i < lost.n; i++)
		state_escape(in, s, value_object(in->arena, lost.v[i]));
}

void state_set_attr(struct interp *in, struct state *s, uint32_t id, const char *name,
		    const struct value *value, const struct py_node *at)
{
	struct object o = *state_object(s, id);
	struct object_field *fields = arena_alloc(in->arena, (o.fields.n + 1) * sizeof *fields);
	size_t i = 0;

	if (o.fields.n)
		memcpy(fields, o.fields.v, o.fields.n * sizeof *fields);
	while (i < o.fields.n && (!fields[i].name || strcmp(fields[i].name, name) != 0))
		i++;
	if (i < o.fields.n && o.is_summary)
		value = value_join(in, s, fields[i].value, value);
	/* The join may have changed the record. */
	if (o.is_summary) {
		o = *state_object(s, id);
		if (o.fields.n)
			memcpy(fields, o.fields.v, o.fields.n * sizeof *fields);
	}
	fields[i] = (struct object_field){ .name = name, .value = value, .node = at };
	o.fields.v = fields;
	o.fields.n += i == o.fields.n;
	state_put(in, s, id, &o);
}

struct device state_device(const struct state *s, const struct value *v)
{
	if (v->kind == VAL_TENSOR && v->object)
		return state_object(s, v->object)->device;
	if (v->kind == VAL_OBJECT)
		return state_object(s, v->object)->device;
	return v->device;
}

/* ---- escape ---- */

struct escaping {
	struct interp *in;
	struct state *s;
	struct id_list todo;
	uint32_t closure; /* of the function whose names are looked at */
};

static void escape_value(struct escaping *e, const struct value *v);

/* Is it the first time in this walk? */
static bool mark(struct interp *in, uint32_t id)
{
	struct id_list *marks = &in->marks[(id & OWN_ID) != 0];
	uint32_t i = id & ~OWN_ID;

	while (marks->n <= i)
		PUSH(in->own, marks, 0);
	if (marks->v[i] == in->walk)
		return false;
	marks->v[i] = in->walk;
	return true;
}

static void escape_id(struct escaping *e, uint32_t id)
{
	if (id != STATE_MODEL_OBJECT && mark(e->in, id))
		PUSH(e->in->arena, &e->todo, id);
}

/* The names that a function finds outside of itself. */
static bool escape_name(struct py_node *n, void *data)
{
	struct escaping *e = data;

	if (n->kind != PY_NAME || !n->name)
		return true;

	const struct value *v = var_get(e->in, e->s, e->closure, intern_name(e->in, n->name));

	if (v && v->kind == VAL_OBJECT)
		escape_id(e, v->object);
	return true;
}

static void escape_function(struct escaping *e, const struct function *f)
{
	/* What a module's function does to the globals is not followed: that would end every proof at the first decorator. */
	if (!f || !frame_at(e->in, f->closure)->parent)
		return;
	e->closure = f->closure;
	ast_walk((struct py_node *)(uintptr_t)f->node, escape_name, e);
}

/* It may be a container whose tensors are put elsewhere; not what x.cuda() gave: nobody takes that back. */
static bool may_change_place(const struct value *v)
{
	if (network_was_made(v))
		return true;
	return v->kind == VAL_PLACED &&
	       !(v->origin && (v->origin->kind == FROM_NETWORK || v->origin->kind == FROM_MOVE));
}

static void escape_value(struct escaping *e, const struct value *v)
{
	for (; v; v = v->self) {
		if (may_change_place(v))
			state_lose(e->in, e->s, v);
		if (v->kind == VAL_OBJECT)
			escape_id(e, v->object);
		for (int64_t i = 0; v->maybe && i < v->number; i++)
			escape_id(e, v->maybe[i]);
		if (v->kind == VAL_FUNC || v->kind == VAL_BOUND)
			escape_function(e, v->func);
	}
}

static const struct value *escaped_field(struct interp *in, const struct object *o,
					 const struct value *v)
{
	if (v->kind == VAL_TENSOR || v->kind == VAL_PLACED) {
		if (o->kind == OBJ_TUPLE || v->object)
			return v;

		struct value copy = *v;

		copy.device = (struct device){ 0 };
		return memcpy(arena_alloc(in->arena, sizeof copy), &copy, sizeof copy);
	}
	/* An object without a class is a Namespace or the like: whoever gets it may set anything. */
	if (o->kind == OBJ_INSTANCE && !o->cls && value_is_plain(v))
		return value_unknown();
	return v;
}

static void escape_inner(struct escaping *e, const struct object *o)
{
	if (o->element)
		escape_value(e, o->element);
	for (size_t i = 0; i < o->fields.n; i++)
		escape_value(e, o->fields.v[i].value);
}

/* What is where its caller put it stays there: no helper that a forward calls moves the module. */
static bool in_library(const struct interp *in, const struct object *o)
{
	return in->is_library && o->kind == OBJ_MODULE && o->device.kind == DEV_ARG;
}

static void escape_record(struct escaping *e, uint32_t id)
{
	const struct object *old = state_object(e->s, id);
	struct object *o;

	escape_inner(e, old);
	if (old->is_settled)
		return;
	o = arena_alloc(e->in->arena, sizeof *o);
	*o = *old;
	o->fields.v = arena_alloc(e->in->arena, (o->fields.n + 1) * sizeof *o->fields.v);
	for (size_t i = 0; i < o->fields.n; i++) {
		o->fields.v[i] = old->fields.v[i];
		o->fields.v[i].value = escaped_field(e->in, old, old->fields.v[i].value);
	}
	bool stays = in_library(e->in, o);

	if (o->kind == OBJ_MODULE && !stays)
		o->device = (struct device){ 0 };
	if (o->kind == OBJ_LIST || o->kind == OBJ_SET || o->kind == OBJ_DICT) {
		o->fields.n = 0;
		o->element = value_unknown();
		o->is_open = true;
	}
	o->fields.cap = o->fields.n;
	o->has_escaped = !stays;
	o->is_settled = true;
	e->s->heap = map_put(e->in->arena, e->s->heap, id, o);
}

void state_escape(struct interp *in, struct state *s, const struct value *v)
{
	struct escaping e = { .in = in, .s = s };

	if (value_is_plain(v))
		return;
	in->walk++;
	escape_value(&e, v);
	for (size_t i = 0; i < e.todo.n; i++)
		escape_record(&e, e.todo.v[i]);
}

/* ---- joining objects ---- */

static void lose_fields(struct interp *in, const struct object *o, struct id_list *lost)
{
	if (o->element)
		value_meet(in, o->element, value_unknown(), lost);
	for (size_t i = 0; i < o->fields.n; i++)
		value_meet(in, o->fields.v[i].value, value_unknown(), lost);
}

static const struct value *any_element(struct interp *in, const struct object *o,
				       const struct value *v, struct id_list *lost)
{
	if (o->element)
		v = v ? value_meet(in, v, o->element, lost) : o->element;
	for (size_t i = 0; i < o->fields.n; i++)
		v = v ? value_meet(in, v, o->fields.v[i].value, lost) : o->fields.v[i].value;
	return v;
}

static void meet_items(struct interp *in, struct object *o, const struct object *y,
		       struct id_list *lost)
{
	const struct object x = *o;

	if (x.fields.n != y->fields.n || x.element || y->element) {
		o->element = any_element(in, &x, NULL, lost);
		o->element = any_element(in, y, o->element, lost);
		o->fields.n = 0;
		o->is_open = true;
		return;
	}
	o->fields.v = arena_alloc(in->arena, (x.fields.n + 1) * sizeof *o->fields.v);
	for (size_t i = 0; i < x.fields.n; i++) {
		o->fields.v[i] = x.fields.v[i];
		o->fields.v[i].value =
			value_meet(in, x.fields.v[i].value, y->fields.v[i].value, lost);
	}
}

static const struct object_field *field_named(const struct object *o, const char *name)
{
	for (size_t i = 0; i < o->fields.n; i++)
		if (strcmp(o->fields.v[i].name, name) == 0)
			return &o->fields.v[i];
	return NULL;
}

/* self.down = None on one way and a layer on the other: if it is there, it is registered. */
static enum registration either_way(const struct object_field *x, const struct object_field *y)
{
	if (x->registered == y->registered || value_is_plain(y->value))
		return x->registered;
	return value_is_plain(x->value) ? y->registered : FIELD_PLAIN;
}

static void meet_field(struct interp *in, struct object *o, const struct object_field *x,
		       const struct object_field *y, struct id_list *lost)
{
	struct object_field f = *x;

	if (y) {
		f.value = value_meet(in, x->value, y->value, lost);
		f.registered = either_way(x, y);
	} else if (o->kind != OBJ_DICT) {
		f.value = value_meet(in, x->value, value_unknown(), lost);
	}
	o->is_open |= !y;
	PUSH(in->arena, &o->fields, f);
}

static void meet_names(struct interp *in, struct object *o, const struct object *y,
		       struct id_list *lost)
{
	const struct object x = *o;

	memset(&o->fields, 0, sizeof o->fields);
	for (size_t i = 0; i < x.fields.n; i++)
		meet_field(in, o, &x.fields.v[i], field_named(y, x.fields.v[i].name), lost);
	for (size_t i = 0; i < y->fields.n; i++)
		if (!field_named(&x, y->fields.v[i].name))
			meet_field(in, o, &y->fields.v[i], NULL, lost);
	if (x.element && y->element)
		o->element = value_meet(in, x.element, y->element, lost);
	else
		o->element = x.element ? x.element : y->element;
}

static bool has_names(const struct object *o)
{
	for (size_t i = 0; i < o->fields.n; i++)
		if (!o->fields.v[i].name)
			return false;
	return true;
}

static const struct object *object_meet(struct interp *in, const struct object *x,
					const struct object *y, struct id_list *lost)
{
	if (object_same(x, y))
		return x;

	struct object *o = arena_alloc(in->arena, sizeof *o);
	struct value dx = { .kind = VAL_DEVICE, .device = x->device };
	struct value dy = { .kind = VAL_DEVICE, .device = y->device };

	*o = *x;
	o->device = value_meet(in, &dx, &dy, lost)->device;
	o->moved = x->moved && y->moved ? x->moved : NULL;
	o->has_tensors |= y->has_tensors;
	o->is_summary |= y->is_summary;
	o->has_escaped |= y->has_escaped;
	o->is_open |= y->is_open;
	if (x->kind != y->kind || x->cls != y->cls ||
	    (x->text != y->text && (!x->text || !y->text || strcmp(x->text, y->text) != 0))) {
		lose_fields(in, x, lost);
		lose_fields(in, y, lost);
		*o = no_object;
		return o;
	}
	if (has_names(x) && has_names(y) && x->kind != OBJ_LIST && x->kind != OBJ_TUPLE)
		meet_names(in, o, y, lost);
	else
		meet_items(in, o, y, lost);
	return o;
}

/* ---- joining states ---- */

struct joining {
	struct interp *in;
	const struct state *x, *y;
	struct state *to;
	struct id_list lost;
};

static const void *join_objects(uint64_t key, const void *x, const void *y, void *data)
{
	struct joining *j = data;

	(void)key;
	if (!x || !y)
		return x ? x : y;
	return object_meet(j->in, x, y, &j->lost);
}

static const struct value *join_values(struct joining *j, const struct value *x,
				       const struct value *y);

/* Tuples cannot change: two of them are as good as a third one. */
static const struct value *join_tuples(struct joining *j, const struct value *x,
				       const struct value *y)
{
	const struct object *a = state_object(j->x, x->object), *b = state_object(j->y, y->object);
	uint32_t key[2] = { x->object, y->object };

	if (a->kind != OBJ_TUPLE || b->kind != OBJ_TUPLE || a->fields.n != b->fields.n ||
	    a->element || b->element)
		return NULL;

	struct object o = *a;

	o.fields.v = arena_alloc(j->in->arena, (a->fields.n + 1) * sizeof *o.fields.v);
	for (size_t i = 0; i < a->fields.n; i++) {
		o.fields.v[i] = a->fields.v[i];
		o.fields.v[i].value = join_values(j, a->fields.v[i].value, b->fields.v[i].value);
	}

	uint32_t id = object_id(j->in, key, sizeof key);

	state_put(j->in, j->to, id, &o);
	return value_object(j->in->arena, id);
}

static const struct value *join_values(struct joining *j, const struct value *x,
				       const struct value *y)
{
	if (x->kind == VAL_OBJECT && y->kind == VAL_OBJECT && x->object != y->object) {
		const struct value *v = join_tuples(j, x, y);

		if (v)
			return v;
	}
	return value_meet(j->in, x, y, &j->lost);
}

static const void *join_vars(uint64_t key, const void *x, const void *y, void *data)
{
	struct joining *j = data;
	const struct frame_info *f = frame_at(j->in, (uint32_t)(key >> 32));

	if (x && y)
		return join_values(j, x, y);
	/* A module that only one of the ways has used is the same for the other. */
	if (!f->parent && f->unit != j->in->unit)
		return x ? x : y;
	/* A name that only one of the ways has bound: where it is used, it is bound (a NameError ends the other way). */
	if (!f->is_class)
		return x ? x : y;
	return value_meet(j->in, x ? x : y, value_unknown(), &j->lost);
}

/* What lies above the common part; stacks of states that meet are equally high. */
static const struct operand *join_stacks(struct joining *j, const struct operand *x,
					 const struct operand *y)
{
	struct value_list above = { 0 };
	struct state s = { 0 };

	for (; x && y && x != y; x = x->below, y = y->below)
		PUSH(j->in->arena, &above, join_values(j, x->value, y->value));
	s.stack = x == y ? x : NULL;
	while (above.n)
		state_push(j->in, &s, above.v[--above.n]);
	return s.stack;
}

static bool atom_in(const struct atom *list, const struct atom *a)
{
	for (; list; list = list->next)
		if (list == a || (list->kind == a->kind && list->yes == a->yes &&
				  strcmp(list->text, a->text) == 0 && !list->equal == !a->equal &&
				  (!a->equal || strcmp(list->equal, a->equal) == 0)))
			return true;
	return false;
}

/* What both assume. */
static const struct atom *common_atoms(struct interp *in, const struct atom *x,
				       const struct atom *y)
{
	const struct atom *both = NULL;

	if (x == y)
		return x;
	for (; x; x = x->next) {
		if (!atom_in(y, x))
			continue;

		struct atom *a = arena_alloc(in->arena, sizeof *a);

		*a = *x;
		a->next = both;
		both = a;
	}
	return both;
}

const struct state *state_join(struct interp *in, const struct state *x, const struct state *y)
{
	struct state *to = arena_alloc(in->arena, sizeof *to);
	struct joining j = { .in = in, .x = x, .y = y, .to = to };

	to->heap = map_merge(in->arena, x->heap, y->heap, join_objects, &j);
	to->vars = map_merge(in->arena, x->vars, y->vars, join_vars, &j);
	to->stack = join_stacks(&j, x->stack, y->stack);
	to->atoms = common_atoms(in, x->atoms, y->atoms);
	to->lost = map_union(in->arena, x->lost, y->lost);
	for (size_t i = 0; i < j.lost.n; i++)
		state_escape(in, to, value_object(in->arena, j.lost.v[i]));
	return to;
}

static bool same_value(const void *x, const void *y)
{
	return value_same(x, y);
}

static bool same_object(const void *x, const void *y)
{
	return object_same(x, y);
}

static bool same_stack(const struct operand *x, const struct operand *y)
{
	for (; x && y && x != y; x = x->below, y = y->below)
		if (!value_same(x->value, y->value))
			return false;
	return x == y;
}

static bool same_state(const struct state *x, const struct state *y)
{
	return map_same(x->vars, y->vars, same_value) && map_same(x->heap, y->heap, same_object) &&
	       same_stack(x->stack, y->stack) && map_same(x->lost, y->lost, same_value);
}

static bool flags_within(const struct atom *x, const struct atom *y)
{
	for (; x; x = x->next)
		if (x->kind == ATOM_FLAG && !atom_in(y, x))
			return false;
	return true;
}

static bool same_flags(const struct atom *x, const struct atom *y)
{
	return x == y || (flags_within(x, y) && flags_within(y, x));
}

static void drop(struct states *set, size_t i)
{
	memmove(&set->v[i], &set->v[i + 1], (set->n - i - 1) * sizeof *set->v);
	set->n--;
}

static void join_where(struct interp *in, struct states *set,
		       bool (*wanted)(const struct state *x, const struct state *y))
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = i + 1; k < set->n;)
			if (wanted(&set->v[i], &set->v[k])) {
				set->v[i] = *state_join(in, &set->v[i], &set->v[k]);
				drop(set, k);
			} else {
				k++;
			}
}

static bool under_same_flags(const struct state *x, const struct state *y)
{
	return same_flags(x->atoms, y->atoms);
}

void states_reduce(struct interp *in, struct states *set)
{
	if (set->n < 2)
		return;
	join_where(in, set, under_same_flags);
	join_where(in, set, same_state);
	/* The first ones are the ways with every flag set, or with none: what a reader runs first. */
	while (set->n > STATES_MAX) {
		set->v[set->n - 2] = *state_join(in, &set->v[set->n - 2], &set->v[set->n - 1]);
		set->n--;
	}
}

struct state states_one(struct interp *in, struct states *set)
{
	struct state s = set->v[0];

	for (size_t i = 1; i < set->n; i++)
		s = *state_join(in, &s, &set->v[i]);
	return s;
}

void state_install(struct interp *in, struct state *s, const struct state *other)
{
	s->heap = map_union(in->arena, s->heap, other->heap);
	s->vars = map_union(in->arena, s->vars, other->vars);
}
