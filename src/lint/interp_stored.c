// SPDX-License-Identifier: Apache-2.0
/* What does a method find in its object, when others had it before? What __init__ left, unless another method, or whoever has the
 * object, may have stored something else, filled it or moved it. Which of them ran, and in which order, is not known. */
#include "lint/interp.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_DEPTH_MAX 3 /* of modules in modules */

enum {
	STORED = 1,       /* outside of __init__ */
	STORED_INTO = 2,  /* or its contents are changed: self.x[i] = y, self.x.append(y) */
	STORED_MOVED = 4, /* or only moved: self.x = self.x.to(d) */
};

struct stored_name {
	const char *name; /* of an attribute */
	unsigned how;
};

/* What the code of one unit stores. */
struct stored {
	struct arena *arena;
	ARRAY(struct stored_name) names; /* in order, each once */
	bool any;                        /* or of any name */
};

static void add_name(struct stored *st, const char *name, unsigned how)
{
	PUSH(st->arena, &st->names, ((struct stored_name){ name, how }));
}

/* self.x of self.x[i][j]. */
static void add_filled(struct stored *st, const struct py_node *container)
{
	while (container->kind == PY_SUBSCRIPT)
		container = container->a;
	if (container->kind == PY_ATTR)
		add_name(st, container->name, STORED_INTO);
}

static void add_store(struct stored *st, const struct py_node *target)
{
	if (target->kind == PY_ATTR)
		add_name(st, target->name, STORED);
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

/* "_parameters" in self.__dict__ */
static bool only_asks(const struct py_node *n)
{
	return n->kind == PY_COMPARE && n->list.n == 1 &&
	       (n->ops[0] == OP_IN || n->ops[0] == OP_NOT_IN) && n->a->kind == PY_STRING;
}

static bool find_store(struct py_node *n, void *data)
{
	struct stored *st = data;

	if (n->kind == PY_FUNC && strcmp(n->name, "__init__") == 0)
		return false;
	if (only_asks(n))
		return false;
	if (n->kind == PY_ASSIGN && is_move_of_itself(n))
		add_name(st, n->list.v[0]->name, STORED_MOVED);
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

static int by_name(const void *left, const void *right)
{
	const struct stored_name *x = left, *y = right;

	return strcmp(x->name, y->name);
}

/* Sorted; what is told of a name stands in its last row. */
static void sort_names(struct stored *st)
{
	size_t n = 0;

	if (st->names.n > 1)
		qsort(st->names.v, st->names.n, sizeof *st->names.v, by_name);
	for (size_t i = 0; i < st->names.n; i++) {
		if (n && strcmp(st->names.v[n - 1].name, st->names.v[i].name) == 0)
			st->names.v[n - 1].how |= st->names.v[i].how;
		else
			st->names.v[n++] = st->names.v[i];
	}
	st->names.n = n;
}

static const struct stored *stored_of(struct unit *u)
{
	struct stored *st;

	if (u->stored)
		return u->stored;
	st = arena_alloc(u->lasting, sizeof *st);
	st->arena = u->lasting;
	ast_walk(u->tree, find_store, st);
	sort_names(st);
	u->stored = st;
	return st;
}

/* What a unit does to attributes of that name. */
static unsigned stored_in(struct unit *u, const char *name)
{
	const struct stored *st = stored_of(u);
	const struct stored_name key = { .name = name }, *found = NULL;

	if (st->names.n)
		found = bsearch(&key, st->names.v, st->names.n, sizeof key, by_name);
	return (found ? found->how : 0) | (st->any ? STORED : 0);
}

/* The same of the unit that is judged and of those that the class and its bases stand in. */
static unsigned stored_anywhere(const struct interp *in, const struct klass *k, const char *name)
{
	unsigned how = stored_in(in->unit, name);

	for (size_t i = 0; i < k->order.n; i++)
		if (k->order.v[i]->unit != in->unit)
			how |= stored_in(k->order.v[i]->unit, name);
	return how;
}

/* Others may have stored something else. What __init__ has put on a device, and others only move elsewhere, is as good as what they
 * leave. */
static bool may_be_another(const struct state *s, const struct object_field *f, unsigned how)
{
	enum dev_kind kind = state_device(s, f->value).kind;

	if (f->registered != FIELD_PLAIN)
		return false;
	if (how & STORED)
		return true;
	return how & STORED_MOVED && kind != DEV_ARG && kind != DEV_CUDA;
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

static void forget_in(struct interp *in, struct state *s, const struct klass *k, uint32_t id,
		      size_t depth);

/* The same of the modules that it holds: whoever has it may call their methods. */
static void forget_below(struct interp *in, struct state *s, const struct object *o, size_t depth)
{
	for (size_t i = 0; depth < PARTS_DEPTH_MAX && i < o->fields.n; i++) {
		const struct object_field *f = &o->fields.v[i];
		const struct object *child =
			f->registered == FIELD_CHILD && f->value->kind == VAL_OBJECT
				? state_object(s, f->value->object)
				: NULL;

		if (child && child->cls)
			forget_in(in, s, child->cls, f->value->object, depth + 1);
	}
}

static void forget_in(struct interp *in, struct state *s, const struct klass *k, uint32_t id,
		      size_t depth)
{
	struct object o = *state_object(s, id);
	struct object_field *fields = arena_alloc(in->arena, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		const unsigned how = stored_anywhere(in, k, o.fields.v[i].name);

		fields[i] = o.fields.v[i];
		if (may_be_another(s, &fields[i], how))
			fields[i].value = value_unknown();
		if (how & STORED_INTO)
			open_container(in, s, fields[i].value, 0);
	}
	o.fields.v = fields;
	state_put(in, s, id, &o);
	forget_below(in, s, &o, depth);
}

/* An object that was just made is not what a method finds: other methods, or whoever has it, may have stored something else. */
void forget_stored(struct interp *in, struct state *s, const struct klass *k, uint32_t id)
{
	forget_in(in, s, k, id, 0);
}
