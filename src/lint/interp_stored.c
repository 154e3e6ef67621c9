// SPDX-License-Identifier: Apache-2.0
/* What does a method find in its object, when others had it before? What __init__ left, unless another method, or whoever has the
 * object, may have stored something else, filled it or moved it. Which of them ran, and in which order, is not known; but what
 * __init__ leaves to one method (load(), build_model(), fit()) that method has stored before it is used. */
#include "lint/interp.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "lint/names.h"

#define PARTS_DEPTH_MAX 3 /* of modules in modules */

enum {
	STORED = 1,       /* outside of __init__ */
	STORED_INTO = 2,  /* or its contents are changed: self.x[i] = y, self.x.append(y) */
	STORED_MOVED = 4, /* or only moved: self.x = self.x.to(d) */
	STORED_NONE = 8,  /* self.x = None */
	STORED_ANEW = 16, /* and what is stored is not made of what was there */
};

#define ANY_NAME "*"

struct stored_name {
	const char *name; /* of an attribute */
	unsigned how;
	const struct py_node *cls, *method; /* self.x there; NULL: of any object, anywhere */
};

/* What the code of one unit stores, in order of the names. */
struct stored {
	struct unit *unit;
	ARRAY(struct stored_name) names;
};

static bool is_self(const struct py_node *n)
{
	return n->kind == PY_NAME && strcmp(n->name, "self") == 0;
}

/* The method of a class that a node stands in: a PY_FUNC, or NULL. */
static const struct py_node *method_around(const struct unit *u, const struct py_node *n,
					   const struct py_node **ret_class)
{
	const struct scope *scope = names_scope(u, n);

	while (scope && scope->outer && scope->outer->node->kind != PY_CLASS)
		scope = scope->outer;
	if (!scope || !scope->outer || scope->node->kind != PY_FUNC)
		return NULL;
	*ret_class = scope->outer->node;
	return scope->node;
}

/* base.name is stored into; of self only objects of the class have it. */
static void add_name(struct stored *st, const struct py_node *base, const char *name, unsigned how)
{
	struct stored_name row = { .name = name, .how = how };

	if (is_self(base))
		row.method = method_around(st->unit, base, &row.cls);
	PUSH(st->unit->lasting, &st->names, row);
}

/* self.x of self.x[i][j]. */
static void add_filled(struct stored *st, const struct py_node *container)
{
	while (container->kind == PY_SUBSCRIPT)
		container = container->a;
	if (container->kind == PY_ATTR)
		add_name(st, container->a, container->name, STORED_INTO);
}

struct mention {
	const char *name;
	bool found;
};

static bool find_mention(struct py_node *n, void *data)
{
	struct mention *m = data;

	m->found |= n->kind == PY_ATTR && is_self(n->a) && strcmp(n->name, m->name) == 0;
	return !m->found;
}

/* self.mean = 0.9 * self.mean + 0.1 * x */
static bool is_made_of(const struct py_node *value, const char *name)
{
	struct mention m = { .name = name };

	if (value)
		ast_walk((struct py_node *)(uintptr_t)value, find_mention, &m);
	return m.found;
}

static void add_store(struct stored *st, const struct py_node *target, const struct py_node *value,
		      unsigned how)
{
	if (target->kind == PY_ATTR && how == STORED && !is_made_of(value, target->name))
		how |= STORED_ANEW;
	if (target->kind == PY_ATTR)
		add_name(st, target->a, target->name, how);
	if (target->kind == PY_SUBSCRIPT)
		add_filled(st, target);
	for (size_t i = 0;
	     (target->kind == PY_TUPLE || target->kind == PY_LIST) && i < target->list.n; i++)
		add_store(st, target->list.v[i], value, STORED);
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

/* args.__dict__, setattr(config, name, value): options, no objects of the class. */
static bool is_of_options(const struct py_node *n)
{
	static const char *const names[] = { "args",    "arg",       "cfg",      "config",
					     "conf",    "opt",       "opts",     "options",
					     "params",  "hparams",   "parser",   "flags",
					     "FLAGS",   "namespace", "settings", "sys",
					     "builtins" };

	for (size_t i = 0;
	     (n->kind == PY_NAME || n->kind == PY_ATTR) && i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], n->name) == 0)
			return true;
	return false;
}

/* setattr(x, ...), vars(x), x.__dict__: then any attribute of x may be another. */
static const struct py_node *opened(const struct py_node *n)
{
	const struct py_node *first;

	if (n->kind == PY_ATTR && strcmp(n->name, "__dict__") == 0)
		return n->a;
	if (n->kind != PY_CALL || n->a->kind != PY_NAME || !n->list.n)
		return NULL;
	first = n->list.v[0]->a;
	return strcmp(n->a->name, "setattr") == 0 || strcmp(n->a->name, "vars") == 0 ? first : NULL;
}

static void look_at_assignment(struct stored *st, const struct py_node *n)
{
	const struct py_node *target = n->list.v[0];
	unsigned how = n->a->kind == PY_NONE ? STORED_NONE : STORED;

	if (is_move_of_itself(n)) {
		add_name(st, target->a, target->name, STORED_MOVED);
		return;
	}
	for (size_t i = 0; i < n->list.n; i++)
		add_store(st, n->list.v[i], n->a, how);
}

static bool find_store(struct py_node *n, void *data)
{
	struct stored *st = data;
	const struct py_node *base;

	if (n->kind == PY_FUNC && strcmp(n->name, "__init__") == 0)
		return false;
	if (only_asks(n))
		return false;
	if (n->kind == PY_ASSIGN)
		look_at_assignment(st, n);
	if (n->kind == PY_AUGASSIGN || n->kind == PY_ANNASSIGN || n->kind == PY_FOR)
		add_store(st, n->a, n->kind == PY_AUGASSIGN ? n->a : NULL, STORED);
	if (n->kind == PY_WITH_ITEM && n->b)
		add_store(st, n->b, NULL, STORED);
	if (n->kind == PY_CALL && n->a->kind == PY_ATTR && changes_contents(n->a->name))
		add_filled(st, n->a->a);
	base = opened(n);
	if (base && !is_of_options(base))
		add_name(st, base, ANY_NAME, STORED);
	return true;
}

static int by_name(const void *left, const void *right)
{
	const struct stored_name *x = left, *y = right;

	return strcmp(x->name, y->name);
}

static const struct stored *stored_of(struct unit *u)
{
	struct stored *st;

	if (u->stored)
		return u->stored;
	st = arena_alloc(u->lasting, sizeof *st);
	st->unit = u;
	ast_walk(u->tree, find_store, st);
	if (st->names.n > 1)
		qsort(st->names.v, st->names.n, sizeof *st->names.v, by_name);
	u->stored = st;
	return st;
}

/* Is it a class that the object is of? */
static bool is_in_order(const struct klass *k, const struct py_node *cls)
{
	for (size_t i = 0; i < k->order.n; i++)
		if (k->order.v[i]->node == cls)
			return true;
	return !cls;
}

/* The first row that is not before that name. */
static size_t first_row(const struct stored *st, const char *name)
{
	size_t low = 0, high = st->names.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(st->names.v[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is done to an attribute outside of __init__, and who does it. */
struct doing {
	unsigned how;
	const struct py_node *method; /* the only one of the class that stores a value */
	bool by_others;
};

static void add_doing(struct doing *d, struct unit *u, const struct klass *k, const char *name)
{
	const struct stored *st = stored_of(u);

	for (size_t i = first_row(st, name);
	     i < st->names.n && strcmp(st->names.v[i].name, name) == 0; i++) {
		const struct stored_name *row = &st->names.v[i];

		if (!is_in_order(k, row->cls))
			continue;
		d->how |= row->how;
		if (!(row->how & STORED))
			continue;
		d->by_others |= !row->method || (d->method && d->method != row->method);
		d->method = row->method;
	}
}

/* By the unit that is judged and by those that the class and its bases stand in. */
static struct doing doing_of(const struct interp *in, const struct klass *k, const char *name)
{
	struct doing d = { 0 };

	add_doing(&d, in->unit, k, name);
	add_doing(&d, in->unit, k, ANY_NAME);
	for (size_t i = 0; i < k->order.n; i++)
		if (k->order.v[i]->unit != in->unit) {
			add_doing(&d, k->order.v[i]->unit, k, name);
			add_doing(&d, k->order.v[i]->unit, k, ANY_NAME);
		}
	return d;
}

/* ---- who ran ---- */

struct called {
	const char *name;
	bool found;
};

static bool find_call(struct py_node *n, void *data)
{
	struct called *c = data;

	c->found |= n->kind == PY_CALL && n->a->kind == PY_ATTR && is_self(n->a->a) &&
		    strcmp(n->a->name, c->name) == 0;
	return !c->found;
}

static bool calls_own(const struct function *f, const char *name)
{
	struct called c = { .name = name };

	ast_walk((struct py_node *)(uintptr_t)f->node, find_call, &c);
	return c.found;
}

/* Does __init__ call it, or a method that __init__ calls? */
static bool is_run_by_init(const struct state *s, const struct klass *k,
			   const struct py_node *method)
{
	const struct value *init = klass_member(s, k, NULL, "__init__");
	const struct object *members = state_object(s, k->object);

	if (!init || init->kind != VAL_FUNC)
		return false;
	if (calls_own(init->func, method->name))
		return true;
	for (size_t i = 0; i < members->fields.n; i++) {
		const struct value *v = members->fields.v[i].value;

		if (v->kind == VAL_FUNC && v != init && calls_own(v->func, method->name) &&
		    calls_own(init->func, v->func->name))
			return true;
	}
	return false;
}

/* A network, or what is on a device for good: what the same method stores when it is called again is as that. A number, or a
 * tensor of the CPU, may be another then. */
static bool is_lasting(const struct state *s, const struct value *v)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	enum dev_kind kind = v->kind == VAL_DEVICE ? v->device.kind : state_device(s, v).kind;

	if (o)
		return o->kind == OBJ_MODULE || o->kind == OBJ_OPTIMIZER || o->kind == OBJ_LOADER ||
		       o->kind == OBJ_INSTANCE;
	return (v->kind == VAL_PLACED || v->kind == VAL_TENSOR || v->kind == VAL_DEVICE) &&
	       (kind == DEV_CUDA || (kind == DEV_ARG && v->origin && v->origin->kind == FROM_MOVE));
}

/* Others may have stored something else. What __init__ has put on a device, and others only move elsewhere, is as good as what they
 * leave; so is what the one method has stored that ran and that alone stores it. */
static bool may_be_another(const struct state *s, const struct klass *k,
			   const struct object_field *f, const struct doing *d,
			   const struct builders *built)
{
	enum dev_kind kind = state_device(s, f->value).kind;

	if (f->registered != FIELD_PLAIN || !(d->how & (STORED | STORED_MOVED | STORED_NONE)))
		return false;
	if (f->value->kind == VAL_NONE && d->how == STORED_NONE)
		return false;
	if (d->how & (STORED | STORED_NONE)) {
		if (d->by_others || !is_lasting(s, f->value))
			return true;
		for (size_t i = 0; i < built->n; i++)
			if (built->v[i]->node == d->method)
				return false;
		return d->method && !is_run_by_init(s, k, d->method);
	}
	return kind != DEV_ARG && kind != DEV_CUDA;
}

/* self.cache = None in __init__, and this very function alone fills it: it finds None when it is called for the first time. */
static bool is_none_at_first(const struct object_field *field, const struct doing *d,
			     const struct function *f)
{
	return f && field->value->kind == VAL_NONE && d->method == f->node && !d->by_others &&
	       !(d->how & (STORED_INTO | STORED_MOVED));
}

/* self.mean = torch.zeros(8) in __init__, and the forward alone makes a new one of it: what it finds the first time is that one. Not
 * what it stores without a look at the old: that stood there only for something to stand there. */
static bool is_first_of_many(const struct klass *k, const struct object_field *field,
			     const struct doing *d, const struct function *f)
{
	return f && klass_is_module(k) && strcmp(f->name, "forward") == 0 &&
	       field->value->kind == VAL_TENSOR && d->method == f->node && !d->by_others &&
	       d->how == STORED;
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

struct forgetting {
	struct interp *in;
	struct state *s;
	const struct function *f; /* the method that finds it */
	const struct builders *built;
};

static void forget_in(const struct forgetting *w, const struct klass *k, uint32_t id, size_t depth);

/* The same of the modules that it holds: whoever has it may call their methods. */
static void forget_below(const struct forgetting *w, const struct object *o, size_t depth)
{
	for (size_t i = 0; depth < PARTS_DEPTH_MAX && i < o->fields.n; i++) {
		const struct object_field *f = &o->fields.v[i];
		const struct object *child =
			f->registered == FIELD_CHILD && f->value->kind == VAL_OBJECT
				? state_object(w->s, f->value->object)
				: NULL;

		if (child && child->cls)
			forget_in(w, child->cls, f->value->object, depth + 1);
	}
}

static void forget_in(const struct forgetting *w, const struct klass *k, uint32_t id, size_t depth)
{
	struct object o = *state_object(w->s, id);
	struct object_field *fields = arena_alloc(w->in->arena, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		const struct doing d = doing_of(w->in, k, o.fields.v[i].name);

		fields[i] = o.fields.v[i];
		bool is_first = depth == 0 && (is_none_at_first(&fields[i], &d, w->f) ||
					       is_first_of_many(k, &fields[i], &d, w->f));

		if (may_be_another(w->s, k, &fields[i], &d, w->built) && !is_first)
			fields[i].value = value_unknown();
		if (d.how & STORED_INTO)
			open_container(w->in, w->s, fields[i].value, 0);
	}
	o.fields.v = fields;
	state_put(w->in, w->s, id, &o);
	forget_below(w, &o, depth);
}

/* An object that was just made is not what its method `f` finds: other methods, or whoever has it, may have stored something else. */
void forget_stored(struct interp *in, struct state *s, uint32_t id, const struct function *f,
		   const struct builders *built)
{
	const struct forgetting w = { .in = in, .s = s, .f = f, .built = built };
	const struct klass *k = state_object(s, id)->cls;

	if (k)
		forget_in(&w, k, id, 0);
}

/* ---- what __init__ leaves to another method ---- */

static bool has_mover(const struct unit *u, const struct py_node *method)
{
	static const char *const words[] = { ".to(", ".cuda(", "device" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text + method->start, method->end - method->start, words[i],
			   strlen(words[i])))
			return true;
	return false;
}

/* self.x = something, where __init__ left None or nothing, and no other method stores anything else there. */
static bool fills(struct interp *in, const struct state *s, const struct klass *k, uint32_t id,
		  const struct py_node *method)
{
	const struct stored *st = stored_of(in->unit);

	for (size_t i = 0; i < st->names.n; i++) {
		const struct stored_name *row = &st->names.v[i];
		const struct value *v = row->method == method && row->how & STORED
						? state_attr(s, id, row->name)
						: NULL;
		struct doing d;

		if (row->method != method || !(row->how & STORED) || (v && v->kind != VAL_NONE) ||
		    strcmp(row->name, ANY_NAME) == 0)
			continue;
		d = doing_of(in, k, row->name);
		if (!d.by_others && d.method == method)
			return true;
	}
	return false;
}

void find_builders(struct interp *in, const struct state *s, const struct klass *k, uint32_t id,
		   struct builders *ret_built)
{
	const struct object *members = state_object(s, k->object);

	ret_built->n = 0;
	for (size_t i = 0; i < members->fields.n && ret_built->n < BUILDERS_MAX; i++) {
		const struct value *v = members->fields.v[i].value;

		if (v->kind != VAL_FUNC || v->func->unit != in->unit ||
		    v->func->node->kind != PY_FUNC || v->func->role == FUNC_STATIC ||
		    v->func->role == FUNC_OF_CLASS || starts_with(v->func->name, "__") ||
		    strcmp(v->func->name, "forward") == 0 || !has_mover(in->unit, v->func->node))
			continue;
		if (fills(in, s, k, id, v->func->node))
			ret_built->v[ret_built->n++] = v->func;
	}
}
