// SPDX-License-Identifier: Apache-2.0
/* What does a method find in its object, when others had it before? What __init__ left, unless another method, or whoever has the
 * object, may have stored something else, filled it or moved it. Which of them ran, and in which order, is not known. */
#include "lint/interp.h"

#include <string.h>

struct stores {
	struct interp *in;
	const struct map *names; /* number of an attribute that is stored outside of __init__ */
	const struct map
		*filled; /* or whose contents are changed: self.x[i] = y, self.x.append(y) */
	const struct map *moved; /* or only moved: self.x = self.x.to(d) */
	bool any;                /* or of any */
};

/* self.x of self.x[i][j]. */
static void add_filled(struct stores *st, const struct py_node *container)
{
	while (container->kind == PY_SUBSCRIPT)
		container = container->a;
	if (container->kind == PY_ATTR)
		st->filled =
			map_put(st->in->own, st->filled, intern_name(st->in, container->name), "");
}

static void add_store(struct stores *st, const struct py_node *target)
{
	if (target->kind == PY_ATTR)
		st->names = map_put(st->in->own, st->names, intern_name(st->in, target->name), "");
	if (target->kind == PY_SUBSCRIPT)
		add_filled(st, target);
	for (size_t i = 0;
	     (target->kind == PY_TUPLE || target->kind == PY_LIST) && i < target->list.n; i++)
		add_store(st, target->list.v[i]);
}

/* self.net = self.net.to(device).eval() */
static bool is_move_of_itself(const struct py_node *assign)
{
	static const char *const names[] = { "to", "cuda", "eval", "train", "float", "half" };
	const struct py_node *target = assign->list.n == 1 ? assign->list.v[0] : NULL,
			     *n = assign->a;

	while (n->kind == PY_CALL && n->a->kind == PY_ATTR) {
		bool moves = false;

		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			moves |= strcmp(names[i], n->a->name) == 0;
		if (!moves)
			return false;
		n = n->a->a;
	}
	return n != assign->a && target && target->kind == PY_ATTR && n->kind == PY_ATTR &&
	       strcmp(n->name, target->name) == 0;
}

static bool changes_contents(const char *method)
{
	static const char *const names[] = { "append", "appendleft", "extend",    "add",
					     "insert", "update",     "pop",       "popleft",
					     "clear",  "remove",     "setdefault" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], method) == 0)
			return true;
	return false;
}

static bool find_store(struct py_node *n, void *data)
{
	struct stores *st = data;

	if (n->kind == PY_FUNC && strcmp(n->name, "__init__") == 0)
		return false;
	if (n->kind == PY_ASSIGN && is_move_of_itself(n))
		st->moved = map_put(st->in->own, st->moved, intern_name(st->in, n->list.v[0]->name),
				    "");
	else if (n->kind == PY_ASSIGN)
		for (size_t i = 0; i < n->list.n; i++)
			add_store(st, n->list.v[i]);
	if (n->kind == PY_AUGASSIGN || n->kind == PY_ANNASSIGN || n->kind == PY_FOR)
		add_store(st, n->a);
	if (n->kind == PY_WITH_ITEM && n->b)
		add_store(st, n->b);
	if (n->kind == PY_CALL && n->a->kind == PY_ATTR && changes_contents(n->a->name))
		add_filled(st, n->a->a);
	/* setattr(self, name, ...), self.__dict__, vars(self) */
	st->any |= (n->kind == PY_NAME &&
		    (strcmp(n->name, "setattr") == 0 || strcmp(n->name, "vars") == 0)) ||
		   (n->kind == PY_ATTR && strcmp(n->name, "__dict__") == 0);
	return true;
}

/* Others may have stored something else. What __init__ has put on a device, and others only move elsewhere, is as good as what they
 * leave. */
static bool may_be_another(const struct stores *st, const struct state *s,
			   const struct object_field *f)
{
	uint32_t name = intern_name(st->in, f->name);
	enum dev_kind kind = state_device(s, f->value).kind;

	if (f->registered != FIELD_PLAIN)
		return false;
	if (st->any || map_get(st->names, name))
		return true;
	return map_get(st->moved, name) && kind != DEV_ARG && kind != DEV_CUDA;
}

/* What __init__ made empty has been filled since. */
static void open_container(struct interp *in, struct state *s, const struct value *v, size_t depth)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	struct object open;

	if (!o || depth > 3 || (o->kind != OBJ_LIST && o->kind != OBJ_DICT && o->kind != OBJ_SET))
		return;
	open = *o;
	open.fields.v = NULL;
	open.fields.n = open.fields.cap = 0;
	open.element = value_unknown();
	open.is_open = true;
	for (size_t i = 0; i < o->fields.n; i++)
		open_container(in, s, o->fields.v[i].value, depth + 1);
	if (o->element)
		open_container(in, s, o->element, depth + 1);
	state_put(in, s, v->object, &open);
}

/* An object that was just made is not what a method finds: other methods, or whoever has it, may have stored something else. */
void forget_stored(struct interp *in, struct state *s, const struct klass *k, uint32_t id)
{
	struct stores st = { .in = in };
	struct object o = *state_object(s, id);
	struct object_field *fields = arena_alloc(in->arena, (o.fields.n + 1) * sizeof *fields);

	ast_walk(in->unit->tree, find_store, &st);
	for (size_t i = 0; i < k->order.n; i++)
		if (k->order.v[i]->unit != in->unit)
			ast_walk(k->order.v[i]->unit->tree, find_store, &st);
	for (size_t i = 0; i < o.fields.n; i++) {
		fields[i] = o.fields.v[i];
		if (may_be_another(&st, s, &fields[i]))
			fields[i].value = value_unknown();
		if (map_get(st.filled, intern_name(in, fields[i].name)))
			open_container(in, s, fields[i].value, 0);
	}
	o.fields.v = fields;
	state_put(in, s, id, &o);
}
