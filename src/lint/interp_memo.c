// SPDX-License-Identifier: Apache-2.0
/* Was this function called like this before? Then what it did is done again, without running it: the summary of a function for one
 * kind of arguments. Alike are arguments that differ only in which objects they are and where they came from; what can be
 * reached from them must be alike too, and so must the names that the function found outside of itself.
 *
 * A call is remembered if it ended in one state, found nothing to report, and changed nothing but objects. What it cannot know:
 * whether a call that would be cut off by the budget is worth remembering; none of these is. */
#include "lint/interp.h"

#include <string.h>

#define OBJECTS_MAX 48 /* that a remembered call can reach, and that it makes */
#define ORIGINS_MAX 96
#define NAMES_MAX 96
#define TRIES_MAX 4  /* remembered calls that are compared */
#define STEPS_MIN 12 /* what takes less is run again */

/* A name that was found outside of the function. */
struct memo_name {
	uint32_t frame, name;
	const struct value *value; /* NULL: it was not there */
};
struct memo_names {
	struct memo_name *v;
	size_t n, cap;
};
/* Is it assumed on this way? */
struct question {
	const char *text, *equal;
	enum tri answer;
};
struct questions {
	struct question *v;
	size_t n, cap;
};
struct unit_list {
	struct unit **v;
	size_t n, cap;
};

struct memo {
	const struct memo *next; /* of the same hash */
	const struct function *func;
	const struct value *self;
	struct args args;
	struct state before;
	struct memo_names names;
	struct questions questions;
	struct unit_list units; /* modules whose names it used */
	uint64_t context;
	uint32_t salt;
	bool is_weak, is_in_loop, asks_loop, is_unrolled, raises;
	/* What it did. */
	const struct map *heap;
	struct id_list made, changed;
	const struct value *result;
};

struct recording {
	struct recording *outer;
	struct memo *memo;
	size_t depth; /* of the frame that runs */
	uint32_t n_raised, steps;
	size_t n_exits;
	bool is_bad;
};

/* ---- while a call runs ---- */

void memo_spoil(struct interp *in)
{
	for (struct recording *r = in->recording; r; r = r->outer)
		r->is_bad = true;
}

void memo_class_changes(struct interp *in, uint32_t class_object)
{
	memo_spoil(in);
	for (size_t i = 0; i < in->classes_changed.n; i++)
		if (in->classes_changed.v[i] == class_object)
			return;
	PUSH(in->own, &in->classes_changed, class_object);
}

/* Where all that is counted runs within what is recorded, it is the same wherever that is called. */
void memo_cut(struct interp *in, const struct function *f)
{
	size_t same = 0;
	const struct frame *frame = in->frame;

	for (struct recording *r = in->recording; r; r = r->outer) {
		for (; frame && frame->depth >= r->depth; frame = frame->outer)
			same += frame->func && frame->func->node == f->node;
		r->is_bad |= same < RECURSION_MAX;
	}
}

/* Is it a frame of a call that runs within what is recorded? */
static bool is_inside(const struct interp *in, const struct recording *r, uint32_t frame)
{
	for (const struct frame *f = in->frame; f && f->depth >= r->depth; f = f->outer)
		if (f->id == frame)
			return true;
	return false;
}

static void add_name(struct interp *in, struct recording *r, const struct memo_name *name)
{
	struct memo_names *all = &r->memo->names;

	for (size_t i = all->n; i-- > 0;)
		if (all->v[i].name == name->name && all->v[i].frame == name->frame)
			return;
	if (is_inside(in, r, name->frame))
		return;
	if (all->n == NAMES_MAX)
		memo_spoil(in);
	else
		PUSH(in->arena, all, *name);
}

static void add_question(struct interp *in, struct recording *r, const struct question *q)
{
	struct questions *all = &r->memo->questions;
	struct question own = *q;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].text, q->text) == 0 && !all->v[i].equal == !q->equal &&
		    (!q->equal || strcmp(all->v[i].equal, q->equal) == 0))
			return;
	own.answer = state_assumed(&r->memo->before, q->text, q->equal);
	if (all->n == NAMES_MAX)
		memo_spoil(in);
	else
		PUSH(in->arena, all, own);
}

static void add_unit(struct interp *in, struct recording *r, struct unit *u)
{
	struct unit_list *all = &r->memo->units;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i] == u)
			return;
	PUSH(in->arena, all, u);
}

void memo_saw_name(struct interp *in, uint32_t frame, uint32_t name, const struct value *v)
{
	if (in->recording && frame != in->frame->id)
		add_name(in, in->recording, &(struct memo_name){ frame, name, v });
}

void memo_asked(struct interp *in, const char *text, const char *equal)
{
	if (in->recording)
		add_question(in, in->recording, &(struct question){ text, equal, TRI_UNKNOWN });
}

void memo_asked_loop(const struct interp *in)
{
	for (struct recording *r = in->recording; r; r = r->outer)
		r->memo->asks_loop = true;
}

void memo_saw_unit(struct interp *in, struct unit *u)
{
	if (in->recording)
		add_unit(in, in->recording, u);
}

/* What one call saw, the call around it has seen. */
static void hand_on(struct interp *in, const struct memo *m)
{
	for (size_t i = 0; in->recording && i < m->names.n; i++)
		add_name(in, in->recording, &m->names.v[i]);
	for (size_t i = 0; in->recording && i < m->units.n; i++)
		add_unit(in, in->recording, m->units.v[i]);
	for (size_t i = 0; in->recording && i < m->questions.n; i++)
		add_question(in, in->recording, &m->questions.v[i]);
	if (m->asks_loop)
		memo_asked_loop(in);
}

/* ---- is it the same call? ---- */

struct pair {
	uint32_t was, is;
};
struct origin_pair {
	const struct origin *was, *is;
};
struct matching {
	struct interp *in;
	const struct memo *memo;
	const struct state *now;
	struct pair objects[OBJECTS_MAX];
	size_t n_objects;
	struct origin_pair origins[ORIGINS_MAX];
	size_t n_origins;
	bool fails;
};

static const struct pair *pair_of(const struct matching *g, uint32_t was)
{
	for (size_t i = 0; i < g->n_objects; i++)
		if (g->objects[i].was == was)
			return &g->objects[i];
	return NULL;
}

static bool match_id(struct matching *g, uint32_t was, uint32_t is)
{
	if (!was || !is)
		return was == is;
	for (size_t i = 0; i < g->n_objects; i++)
		if (g->objects[i].was == was || g->objects[i].is == is)
			return g->objects[i].was == was && g->objects[i].is == is;
	if (g->n_objects == OBJECTS_MAX)
		return false;
	g->objects[g->n_objects++] = (struct pair){ was, is };
	return true;
}

static bool add_origin(struct matching *g, const struct origin *was, const struct origin *is)
{
	for (size_t i = 0; i < g->n_origins; i++)
		if (g->origins[i].was == was)
			return g->origins[i].is == is;
	if (g->n_origins == ORIGINS_MAX)
		return false;
	g->origins[g->n_origins++] = (struct origin_pair){ was, is };
	return true;
}

static bool match_origin(struct matching *g, const struct origin *was, const struct origin *is)
{
	for (; was && is; was = was->before, is = is->before)
		if (was->kind != is->kind || !add_origin(g, was, is))
			return false;
	return was == is;
}

static bool match_value(struct matching *g, const struct value *a, const struct value *b)
{
	if (!a || !b)
		return a == b;
	if (a == b && !a->object && !a->origin && !a->self && !a->maybe)
		return true;
	if (a != b && !value_alike(a, b))
		return false;
	if (!match_id(g, a->object, b->object) || !match_origin(g, a->origin, b->origin))
		return false;
	if (state_has_lost(&g->memo->before, a) != state_has_lost(g->now, b))
		return false;
	if (a->kind == VAL_TENSOR ? !match_id(g, (uint32_t)a->number, (uint32_t)b->number)
				  : a->number != b->number)
		return false;
	if (!a->maybe != !b->maybe)
		return false;
	for (int64_t i = 0; a->maybe && i < a->number; i++)
		if (!match_id(g, a->maybe[i], b->maybe[i]))
			return false;
	return match_value(g, a->self, b->self);
}

static bool match_record(struct matching *g, const struct pair *p)
{
	const struct object *a = map_get(g->memo->before.heap, p->was),
			    *b = map_get(g->now->heap, p->is);

	if (!a || !b)
		return a == b;
	if (a != b && !object_alike(a, b))
		return false;
	if (!match_value(g, a->element, b->element))
		return false;
	for (size_t i = 0; i < a->fields.n; i++)
		if (!match_value(g, a->fields.v[i].value, b->fields.v[i].value))
			return false;
	return true;
}

/* The model's own object is compared by what it says, not by what it leads to. */
static bool match_model(const struct matching *g)
{
	const struct object *a = map_get(g->memo->before.heap, STATE_MODEL_OBJECT),
			    *b = map_get(g->now->heap, STATE_MODEL_OBJECT);

	return a == b || (a && b && object_same(a, b));
}

/* Classes whose members depend on what was run before are compared whole; those of all others are the same everywhere. */
static bool match_classes(const struct matching *g)
{
	const struct id_list *all = &g->in->classes_changed;

	for (size_t i = 0; i < all->n; i++) {
		const struct object *a = map_get(g->memo->before.heap, all->v[i]),
				    *b = map_get(g->now->heap, all->v[i]);

		if (a != b && (!a || !b || !object_same(a, b)))
			return false;
	}
	return true;
}

static bool match_args(struct matching *g, const struct args *args)
{
	for (size_t i = 0; i < args->n; i++) {
		const struct call_arg *a = &g->memo->args.v[i], *b = &args->v[i];

		if (a->stars != b->stars || !a->name != !b->name ||
		    (a->name && strcmp(a->name, b->name) != 0) ||
		    !match_value(g, a->value, b->value))
			return false;
	}
	return true;
}

static bool match_defaults(struct matching *g, const struct function *f)
{
	for (size_t i = 0; i < f->node->params.n; i++)
		if (!match_value(g, g->memo->func->defaults[i], f->defaults[i]))
			return false;
	return true;
}

static bool match_names(struct matching *g)
{
	for (size_t i = 0; i < g->memo->names.n; i++) {
		const struct memo_name *n = &g->memo->names.v[i];

		if (!match_value(g, n->value, var_get(g->in, g->now, n->frame, n->name)))
			return false;
	}
	return true;
}

static bool match_questions(const struct matching *g)
{
	for (size_t i = 0; i < g->memo->questions.n; i++) {
		const struct question *q = &g->memo->questions.v[i];

		if (state_assumed(g->now, q->text, q->equal) != q->answer)
			return false;
	}
	return true;
}

static bool match_place(const struct interp *in, const struct memo *m)
{
	return (!m->is_weak || in->weak) && (!m->asks_loop || m->is_in_loop == (in->loops > 0)) &&
	       (in->is_library || m->is_unrolled == (in->unrolled > 0)) && m->salt == in->salt &&
	       (!m->raises || !in->frame->raises);
}

static bool match_call(struct matching *g, const struct function *f, const struct value *self,
		       const struct args *args)
{
	const struct memo *m = g->memo;

	if (m->func->node != f->node || !function_same(m->func, f) || m->args.n != args->n ||
	    !match_place(g->in, m) || !match_questions(g) || !match_model(g) || !match_classes(g) ||
	    !match_value(g, m->self, self) || !match_args(g, args) || !match_defaults(g, f) ||
	    !match_names(g))
		return false;
	for (size_t i = 0; i < g->n_objects; i++)
		if (!match_record(g, &g->objects[i]))
			return false;
	return true;
}

/* ---- what it did is done again ---- */

static uint32_t now_id(struct matching *g, uint32_t was)
{
	const struct pair *p = pair_of(g, was);

	if (p || !was)
		return p ? p->is : 0;
	g->fails = true;
	return 0;
}

/* Two tensors that were made by two calls are two: one may be lost without the other. */
static const struct origin *now_origin(struct matching *g, const struct origin *was)
{
	struct origin *o;

	if (!was)
		return NULL;
	for (size_t i = 0; i < g->n_origins; i++)
		if (g->origins[i].was == was)
			return g->origins[i].is;
	o = arena_alloc(g->in->arena, sizeof *o);
	*o = *was;
	o->before = now_origin(g, was->before);
	if (!add_origin(g, was, o))
		g->fails = true;
	return o;
}

static const struct value *now_value(struct matching *g, const struct value *was)
{
	struct value v;

	if (!was || (!was->object && !was->origin && !was->self && !was->maybe))
		return was;
	v = *was;
	v.object = now_id(g, v.object);
	v.origin = now_origin(g, v.origin);
	v.self = now_value(g, v.self);
	if (v.kind == VAL_TENSOR && v.number)
		v.number = now_id(g, (uint32_t)v.number);
	if (v.maybe) {
		uint32_t *maybe = arena_alloc(g->in->arena, (size_t)v.number * sizeof *maybe);

		for (int64_t i = 0; i < v.number; i++)
			maybe[i] = now_id(g, v.maybe[i]);
		v.maybe = maybe;
	}
	return memcpy(arena_alloc(g->in->arena, sizeof v), &v, sizeof v);
}

static const struct object none;

/* `from` was what `to` is now before the call; NULL: it was not there. */
static struct object now_record(struct matching *g, const struct object *made,
				const struct object *from, const struct object *to)
{
	struct object o = *made;

	from = from && to ? from : &none;
	to = from == &none ? &none : to;
	o.fields.v = arena_alloc(g->in->arena, (o.fields.n + 1) * sizeof *o.fields.v);
	o.fields.cap = o.fields.n;
	for (size_t i = 0; i < o.fields.n; i++) {
		bool stays = i < from->fields.n && i < to->fields.n &&
			     made->fields.v[i].value == from->fields.v[i].value &&
			     made->fields.v[i].node == from->fields.v[i].node;

		o.fields.v[i] = stays ? to->fields.v[i] : made->fields.v[i];
		o.fields.v[i].registered = made->fields.v[i].registered;
		if (!stays)
			o.fields.v[i].value = now_value(g, made->fields.v[i].value);
	}
	o.element = from->element && made->element == from->element ? to->element
								    : now_value(g, made->element);
	o.moved =
		from->moved && made->moved == from->moved ? to->moved : now_origin(g, made->moved);
	if (to != &none) {
		o.site = to->site;
		o.unit = to->unit;
	}
	return o;
}

static void name_made(struct matching *g, uint64_t context)
{
	for (size_t i = 0; i < g->memo->made.n; i++) {
		uint32_t was = g->memo->made.v[i];
		struct {
			uint64_t context;
			uint32_t was, mark;
		} key = { context, was, 0x6d656d6f };
		uint32_t is =
			context == g->memo->context ? was : object_id(g->in, &key, sizeof key);

		g->fails |= !match_id(g, was, is);
	}
}

static bool replay(struct matching *g, struct state *s, uint64_t context,
		   const struct value **ret_result)
{
	const struct memo *m = g->memo;
	struct state t = *s;

	name_made(g, context);
	for (size_t i = 0; i < m->changed.n && !g->fails; i++) {
		uint32_t was = m->changed.v[i], is = now_id(g, was);
		struct object *o = arena_alloc(g->in->arena, sizeof *o);

		*o = now_record(g, map_get(m->heap, was), map_get(m->before.heap, was),
				map_get(t.heap, is));
		t.heap = map_put(g->in->arena, t.heap, is, o);
	}
	for (size_t i = 0; i < m->made.n && !g->fails; i++) {
		uint32_t was = m->made.v[i];
		struct object o = now_record(g, map_get(m->heap, was), NULL, NULL);

		state_new_as(g->in, &t, now_id(g, was), &o);
	}
	*ret_result = now_value(g, m->result);
	if (!g->fails)
		*s = t;
	return !g->fails;
}

static uint64_t hash_of(const struct function *f, const struct value *self, const struct args *args)
{
	uint64_t h = (uintptr_t)f->node ^ args->n << 1 ^ (uint64_t)(self ? self->kind : 0) << 8;

	for (size_t i = 0; i < args->n; i++) {
		const struct value *v = args->v[i].value;

		h = (h ^ v->kind ^ (uint64_t)v->device.kind << 8 ^ (uint64_t)v->device.sym << 16) *
		    UINT64_C(0x9e3779b97f4a7c15);
	}
	return h;
}

static bool may_remember(const struct interp *in, const struct function *f)
{
	return !in->in_module && !in->reveal && !f->is_opaque && !f->is_context;
}

bool memo_replay(struct interp *in, struct states *out, struct state *s, const struct function *f,
		 const struct value *self, const struct args *args, uint64_t context)
{
	const struct memo *m;
	const struct value *result;
	size_t n = 0;

	if (!may_remember(in, f))
		return false;
	for (m = map_get(in->memos, hash_of(f, self, args)); m && n < TRIES_MAX; m = m->next) {
		struct matching g = { .in = in, .memo = m, .now = s };

		n++;
		if (!match_call(&g, f, self, args) || !replay(&g, s, context, &result))
			continue;
		in->n_raised += m->raises;
		hand_on(in, m);
		for (size_t i = 0; i < m->units.n; i++)
			use_unit(in, s, m->units.v[i]);
		states_give(in, out, s, result);
		return true;
	}
	return false;
}

/* ---- remembering ---- */

bool memo_begin(struct interp *in, struct recording **ret, const struct state *s,
		const struct function *f, const struct value *self, const struct args *args,
		const struct frame *frame)
{
	struct recording *r;
	struct call_arg *v;

	if (!may_remember(in, f))
		return false;
	r = arena_alloc(in->arena, sizeof *r);
	r->memo = arena_alloc(in->arena, sizeof *r->memo);
	v = arena_alloc(in->arena, (args->n + 1) * sizeof *v);
	if (args->n)
		memcpy(v, args->v, args->n * sizeof *v);
	*r->memo = (struct memo){ .func = f,
				  .self = self,
				  .args = { .v = v, .n = args->n },
				  .before = *s,
				  .context = frame->context,
				  .salt = in->salt,
				  .is_weak = in->weak > 0,
				  .is_in_loop = in->loops > 0,
				  .is_unrolled = in->unrolled > 0 };
	r->outer = in->recording;
	r->depth = frame->depth;
	r->n_raised = in->n_raised;
	r->steps = in->steps;
	r->n_exits = in->exits ? in->exits->n : 0;
	in->recording = r;
	*ret = r;
	return true;
}

struct differing {
	struct interp *in;
	struct memo *memo;
	struct id_list fresh;
	bool fails;
};

static void differs_in_heap(uint64_t key, const void *x, const void *y, void *data)
{
	struct differing *d = data;
	uint32_t id = (uint32_t)key;

	if (!y || id == STATE_MODEL_OBJECT)
		d->fails = true;
	else if (x)
		PUSH(d->in->arena, &d->memo->changed, id);
	else if (id & OWN_ID)
		PUSH(d->in->arena, &d->fresh, id);
	else
		d->fails |= !d->memo->units.n; /* of a module that was run meanwhile */
}

static void differs_in_names(uint64_t key, const void *x, const void *y, void *data)
{
	struct differing *d = data;

	d->fails |= x || !y || !d->memo->units.n || frame_at(d->in, (uint32_t)(key >> 32))->parent;
}

static bool is_listed(const struct id_list *l, uint32_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == id)
			return true;
	return false;
}

/* Of what was made, only what is still reached from outside counts. */
static void keep_id(struct differing *d, uint32_t id)
{
	if (!id || !is_listed(&d->fresh, id) || is_listed(&d->memo->made, id))
		return;
	if (d->memo->made.n == OBJECTS_MAX)
		d->fails = true;
	else
		PUSH(d->in->arena, &d->memo->made, id);
}

static void keep_value(struct differing *d, const struct value *v)
{
	for (; v; v = v->self) {
		keep_id(d, v->object);
		if (v->kind == VAL_TENSOR)
			keep_id(d, (uint32_t)v->number);
		for (int64_t i = 0; v->maybe && i < v->number; i++)
			keep_id(d, v->maybe[i]);
	}
}

static void keep_record(struct differing *d, uint32_t id)
{
	const struct object *o = map_get(d->memo->heap, id);

	keep_value(d, o->element);
	for (size_t i = 0; i < o->fields.n; i++)
		keep_value(d, o->fields.v[i].value);
}

static bool what_it_did(struct interp *in, struct memo *m, const struct state *after)
{
	struct differing d = { .in = in, .memo = m };

	map_differ(m->before.vars, after->vars, differs_in_names, &d);
	map_differ(m->before.heap, after->heap, differs_in_heap, &d);
	if (d.fails || m->changed.n > OBJECTS_MAX || d.fresh.n > 8 * OBJECTS_MAX)
		return false;
	m->heap = after->heap;
	m->result = after->stack->value;
	keep_value(&d, m->result);
	for (size_t i = 0; i < m->changed.n; i++)
		keep_record(&d, m->changed.v[i]);
	for (size_t i = 0; i < m->made.n; i++)
		keep_record(&d, m->made.v[i]);
	return !d.fails;
}

static bool is_worth_it(const struct interp *in, const struct recording *r,
			const struct states *returns)
{
	const struct state *after = returns->v;

	return !r->is_bad && !in->is_over && returns->n == 1 && in->steps - r->steps >= STEPS_MIN &&
	       atoms_same(after->atoms, r->memo->before.atoms) &&
	       after->lost == r->memo->before.lost &&
	       r->n_exits == (in->exits ? in->exits->n : 0) &&
	       (in->n_raised == r->n_raised || !in->frame->raises);
}

void memo_end(struct interp *in, struct recording *r, const struct states *returns)
{
	struct memo *m = r->memo;
	uint64_t hash = hash_of(m->func, m->self, &m->args);

	in->recording = r->outer;
	hand_on(in, m);
	if (!is_worth_it(in, r, returns) || !what_it_did(in, m, returns->v))
		return;
	m->raises = in->n_raised != r->n_raised;
	m->next = map_get(in->memos, hash);
	in->memos = map_put(in->arena, in->memos, hash, m);
}
