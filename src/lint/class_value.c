// SPDX-License-Identifier: Apache-2.0
/* Values of the small evaluator: making, joining, and what happens to what they stand for. */
#include "lint/class_run.h"

#include <string.h>

#include "core/str.h"

#define ALTERNATIVES_MAX 16
#define SITES_MAX 8
#define NESTING_MAX 6 /* lists in lists */
#define ITEMS_MAX 16  /* told apart */

const struct cv cv_unknown = { .kind = CV_UNKNOWN };
const struct cv cv_none = { .kind = CV_NONE };
const struct cv cv_plain = { .kind = CV_PLAIN };
const struct cv cv_true = { .kind = CV_PLAIN };

struct cv *cv_new(struct run *r, enum cv_kind kind)
{
	struct cv *v = arena_alloc(r->arena, sizeof *v);

	v->kind = kind;
	v->unit = r->unit;
	return v;
}

struct cv *cv_copy(struct run *r, const struct cv *v)
{
	struct cv *copy = arena_alloc(r->arena, sizeof *copy);

	*copy = *v;
	return copy;
}

struct cv *cv_tensor(struct run *r, enum cv_place place, enum tri zero_dim,
		     const struct py_node *made)
{
	struct cv *v = cv_new(r, CV_TENSOR);

	v->place = place;
	v->zero_dim = zero_dim;
	v->made = made;
	v->object = arena_alloc(r->arena, sizeof *v->object);
	*v->object = (struct cv_object){ .unit = r->unit,
					 .made = made,
					 .in_init = r->self && r->self->in_init,
					 .is_tensor = true };
	return v;
}

struct cv *cv_list(struct run *r, enum cv_kind kind)
{
	struct cv *v = cv_new(r, kind);

	v->items = arena_alloc(r->arena, sizeof *v->items);
	v->items->is_exact = true;
	return v;
}

void cv_add(struct run *r, struct cv_items *items, const struct cv *v)
{
	if (v->via != VIA_NAME && !v->sites) { /* what counts is the container that a field holds */
		struct cv *item = cv_copy(r, v);

		item->via = VIA_NAME;
		v = item;
	}
	if (items->v.n == ITEMS_MAX)
		items_blur(r, items);
	if (items->is_exact)
		PUSH(r->arena, &items->v, v);
	else
		items->element = items->element ? cv_join(r, items->element, v) : v;
}

const struct cv *items_any(struct run *r, const struct cv_items *items)
{
	const struct cv *any = items->element;

	for (size_t i = 0; items->is_exact && i < items->v.n; i++)
		any = any ? cv_join(r, any, items->v.v[i]) : items->v.v[i];
	return any;
}

void items_blur(struct run *r, struct cv_items *items)
{
	items->element = items_any(r, items);
	items->is_exact = false;
}

static const struct cv_site *sites_join(struct run *r, const struct cv_site *a,
					const struct cv_site *b)
{
	size_t n = 0;

	for (const struct cv_site *s = a; s; s = s->next)
		n++;
	for (; b && n < SITES_MAX; b = b->next) {
		bool is_there = false;

		for (const struct cv_site *s = a; s && !is_there; s = s->next)
			is_there = s->at == b->at;
		if (is_there)
			continue;

		struct cv_site *site = arena_alloc(r->arena, sizeof *site);

		*site = (struct cv_site){ .unit = b->unit, .at = b->at, .next = a };
		a = site;
		n++;
	}
	return a;
}

static const struct cv *join_tensors(struct run *r, const struct cv *a, const struct cv *b)
{
	struct cv *v = cv_copy(r, a);

	v->sites = sites_join(r, a->sites, b->sites);
	v->is_copy_of_leaf = a->is_copy_of_leaf && b->is_copy_of_leaf;
	v->is_copy_of_param = a->is_copy_of_param && b->is_copy_of_param;
	v->is_sure = a->is_sure && b->is_sure;
	if (a->place != b->place)
		v->place = PLACE_UNKNOWN;
	if (a->zero_dim != b->zero_dim)
		v->zero_dim = TRI_UNKNOWN;
	if (a->origin != b->origin)
		v->origin = ORIGIN_NONE;
	if (a->object != b->object &&
	    (!a->object || !b->object || a->object->is_param != b->object->is_param ||
	     a->object->is_registered != b->object->is_registered))
		v->object = NULL;
	return v;
}

static const struct cv *join_modules(struct run *r, const struct cv *a, const struct cv *b)
{
	size_t n = 0;

	for (const struct cv *m = a; m; m = m->next, n++)
		if (m->object == b->object)
			return a;
	if (n >= ALTERNATIVES_MAX) {
		cv_escape(r, b);
		return a;
	}

	struct cv *v = cv_copy(r, b);

	if (b->next) /* rare: two sets of alternatives */
		cv_escape(r, b->next);
	v->next = a;
	return v;
}

static const struct cv *join_lists(struct run *r, const struct cv *a, const struct cv *b)
{
	struct cv *v = cv_copy(r, a);

	v->sites = sites_join(r, a->sites, b->sites);
	if (a->items == b->items)
		return v;
	v->items = arena_alloc(r->arena, sizeof *v->items);
	v->items->has_unknown = a->items->has_unknown || b->items->has_unknown;
	v->items->element = items_any(r, a->items);

	const struct cv *others = items_any(r, b->items);

	if (others)
		cv_add(r, v->items, others);
	return v;
}

static bool is_number(const struct cv *v)
{
	return v->kind == CV_PLAIN || v->kind == CV_STRING;
}

/* Where a module and something unknown are called alike, the module is called. */
static bool is_some_callable(const struct cv *v)
{
	return v->kind == CV_UNKNOWN || v->kind == CV_LIB || v->kind == CV_NAMED ||
	       v->kind == CV_FUNC || v->kind == CV_METHOD;
}

static const struct cv *or_else(struct run *r, const struct cv *module, const struct cv *other)
{
	struct cv *v = cv_copy(r, module);

	cv_escape(r, other);
	v->or_else = true;
	return v;
}

static const struct cv *lose(struct run *r, const struct cv *a, const struct cv *b)
{
	cv_escape(r, a);
	cv_escape(r, b);
	return &cv_unknown;
}

const struct cv *cv_join(struct run *r, const struct cv *a, const struct cv *b)
{
	if (!a || !b || a == b)
		return a ? a : b;
	/* Where None is used as a tensor or a list it raises, so that a use is one of the other. */
	if (a->kind == CV_NONE || b->kind == CV_NONE)
		return a->kind == CV_NONE ? b : a;
	if (is_number(a) && is_number(b))
		return &cv_plain;
	if (a->kind == CV_MODULE && is_some_callable(b))
		return or_else(r, a, b);
	if (b->kind == CV_MODULE && is_some_callable(a))
		return or_else(r, b, a);
	if (a->kind != b->kind)
		return lose(r, a, b);
	switch (a->kind) {
	case CV_TENSOR:
		return join_tensors(r, a, b);
	case CV_MODULE:
		return join_modules(r, a, b);
	case CV_LIST:
	case CV_DICT:
		return join_lists(r, a, b);
	case CV_DEVICE:
		return a->place == b->place ? a : &cv_unknown;
	case CV_UNKNOWN:
		return a->place == b->place && a->root == b->root && a->object == b->object
			       ? a
			       : &cv_unknown;
	case CV_DIST:
		return a->place == b->place && a->origin == b->origin ? a : &cv_unknown;
	case CV_FUNC:
		return a->func == b->func ? a : lose(r, a, b);
	case CV_CLASS:
		return a->cls == b->cls ? a : &cv_unknown;
	case CV_METHOD:
		return a->method == b->method ? a : &cv_unknown;
	case CV_SELF:
		return a->instance == b->instance ? a : &cv_unknown;
	case CV_LIB:
		return strcmp(a->text, b->text) == 0 ? a : &cv_unknown;
	case CV_NAMED:
		return &cv_unknown;
	default:
		return lose(r, a, b);
	}
}

/* A registered parameter is moved in place: whoever holds it sees it where the module is. */
static const struct cv *as_of_now(struct run *r, const struct cv *v)
{
	if (v->kind != CV_TENSOR || !v->object || !r->self || r->self->in_init)
		return v;
	if (!v->object->is_param || !v->object->is_registered || v->place != PLACE_CPU)
		return v;

	struct cv *now = cv_copy(r, v);

	now->place = PLACE_MODULE;
	now->origin = ORIGIN_NONE;
	return now;
}

static struct cv *through(struct run *r, const struct cv *container, const struct cv *item)
{
	struct cv *v = cv_copy(r, item);

	if (container->sites)
		v->sites = container->sites;
	if (v->via == VIA_NAME)
		v->via = container->kind == CV_DICT || container->via == VIA_DICT ? VIA_DICT
										  : VIA_LIST;
	return v;
}

static const struct cv *from_container(struct run *r, const struct cv *container,
				       const struct cv *item)
{
	struct cv *v;

	if (!item)
		return &cv_unknown;
	item = as_of_now(r, item);
	if (item->kind != CV_TENSOR && item->kind != CV_MODULE && !item->items)
		return item;
	v = through(r, container, item);
	for (struct cv *m = v; m->kind == CV_MODULE && m->next;) { /* all alternatives */
		struct cv *next = through(r, container, m->next);

		m->next = next;
		m = next;
	}
	if (item->kind == CV_TENSOR && item->place == PLACE_CPU && container->sites)
		v->origin = item->object && item->object->is_buffer ? ORIGIN_CONTAINER_OF_BUFFERS
								    : ORIGIN_FIELD;
	return v;
}

const struct cv *cv_element(struct run *r, const struct cv *container)
{
	if (!container->items || container->items->has_unknown)
		return &cv_unknown;
	return from_container(r, container, items_any(r, container->items));
}

const struct cv *cv_iterate(struct run *r, const struct cv *container)
{
	bool is_dict = container->kind == CV_DICT ||
		       (container->library && ends_with(container->library, "Dict"));

	return is_dict && container->items ? &cv_plain : cv_element(r, container);
}

const struct cv *cv_item(struct run *r, const struct cv *container, size_t i)
{
	const struct cv_items *items = container->items;

	if (!items || !items->is_exact || items->has_unknown || i >= items->v.n)
		return cv_element(r, container);
	return from_container(r, container, items->v.v[i]);
}

const struct cv *names_get(const struct run_names *names, const char *name)
{
	for (size_t i = 0; i < names->v.n; i++)
		if (*names->v.v[i].name == *name && strcmp(names->v.v[i].name, name) == 0)
			return names->v.v[i].value;
	return NULL;
}

void names_set(struct run *r, struct run_names *names, const char *name, const struct cv *v)
{
	for (size_t i = 0; i < names->v.n; i++)
		if (strcmp(names->v.v[i].name, name) == 0) {
			names->v.v[i].value = v;
			return;
		}
	struct slot slot = { .name = name, .value = v };

	PUSH(r->arena, &names->v, slot);
}

void names_drop(struct run_names *names, const char *name)
{
	for (size_t i = 0; i < names->v.n; i++)
		if (strcmp(names->v.v[i].name, name) == 0) {
			names->v.v[i] = names->v.v[--names->v.n];
			return;
		}
}

struct run_names names_copy(struct run *r, const struct run_names *names)
{
	struct run_names copy = { 0 };

	for (size_t i = 0; i < names->v.n; i++)
		PUSH(r->arena, &copy.v, names->v.v[i]);
	return copy;
}

/* A name that only one side has: a use of it comes from that side, the other would raise. */
static void names_join(struct run *r, struct run_names *into, const struct run_names *other)
{
	for (size_t i = 0; i < other->v.n; i++) {
		const struct slot *slot = &other->v.v[i];
		/* One is a copy of the other, as a rule. */
		bool is_in_line = i < into->v.n && into->v.v[i].name == slot->name;
		const struct cv *mine =
			is_in_line ? into->v.v[i].value : names_get(into, slot->name);

		if (mine != slot->value)
			names_set(r, into, slot->name, cv_join(r, mine, slot->value));
	}
}

void paths_join(struct run *r, struct paths *into, const struct paths *other)
{
	if (other->is_dead)
		return;
	if (into->is_dead) {
		*into = *other;
		return;
	}
	names_join(r, &into->names, &other->names);
	names_join(r, &into->fields, &other->fields);
}

enum deed { DEED_ESCAPE, DEED_REGISTER, DEED_MOVE };

static void do_deed(struct run *r, const struct cv *v, enum deed deed, unsigned depth);

static void deed_items(struct run *r, struct cv_items *items, enum deed deed, unsigned depth)
{
	if (deed == DEED_ESCAPE)
		items->has_unknown = true;
	for (size_t i = 0; i < items->v.n; i++)
		do_deed(r, items->v.v[i], deed, depth);
	if (items->element)
		do_deed(r, items->element, deed, depth);
}

static void do_deed(struct run *r, const struct cv *v, enum deed deed, unsigned depth)
{
	if (depth > NESTING_MAX || r->budget == 0)
		return;
	r->budget--;
	if (v->object) {
		v->object->has_escaped = v->object->has_escaped || deed == DEED_ESCAPE;
		v->object->is_registered = v->object->is_registered || deed == DEED_REGISTER;
		v->object->is_moved = v->object->is_moved || deed == DEED_MOVE;
	}
	if (v->items && !(deed == DEED_ESCAPE && v->items->has_unknown))
		deed_items(r, v->items, deed, depth + 1);
	if (v->kind == CV_SELF && deed == DEED_ESCAPE)
		v->instance->has_escaped = true;
	if (v->kind == CV_FUNC && deed == DEED_ESCAPE && v->captured)
		for (size_t i = 0; i < v->captured->v.n; i++) {
			const struct cv *held = v->captured->v.v[i].value;

			if (held->kind == CV_MODULE || held->kind == CV_LIST ||
			    held->kind == CV_DICT)
				do_deed(r, held, deed, depth + 1);
		}
	if (v->kind == CV_MODULE && v->next)
		do_deed(r, v->next, deed, depth);
}

void cv_escape(struct run *r, const struct cv *v)
{
	do_deed(r, v, DEED_ESCAPE, 0);
}

void cv_register(struct run *r, const struct cv *v)
{
	do_deed(r, v, DEED_REGISTER, 0);
}

void cv_moved(struct run *r, const struct cv *v)
{
	do_deed(r, v, DEED_MOVE, 0);
}
