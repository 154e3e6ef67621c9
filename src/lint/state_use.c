// SPDX-License-Identifier: Apache-2.0
/* What does a way assume, what has it lost, and may it prove something? A tensor that was changed in place is lost under all its
 * names; one of several objects is lost when it is used. */
#include "lint/interp.h"

#include <string.h>

/* ---- assumptions ---- */

enum tri state_assumed(const struct state *s, const char *text, const char *equal)
{
	bool turned = *text == '!';

	text += turned;
	for (const struct atom *a = s->atoms; a; a = a->next) {
		if (strcmp(a->text, text) != 0 || !a->equal != !equal)
			continue;
		if (!equal || strcmp(a->equal, equal) == 0)
			return a->yes != turned ? TRI_YES : TRI_NO;
		/* It equals something else. */
		if (a->yes)
			return turned ? TRI_YES : TRI_NO;
	}
	return TRI_UNKNOWN;
}

bool atoms_same(const struct atom *x, const struct atom *y)
{
	for (; x && y && x != y; x = x->next, y = y->next)
		if (x->kind != y->kind || x->yes != y->yes || strcmp(x->text, y->text) != 0 ||
		    !x->equal != !y->equal || (x->equal && strcmp(x->equal, y->equal) != 0))
			return false;
	return x == y;
}

void state_assume(struct interp *in, struct state *s, const struct atom *atom)
{
	struct atom *a = arena_alloc(in->arena, sizeof *a);
	size_t n = 0;

	for (const struct atom *x = s->atoms; x; x = x->next)
		n++;
	/* Further ones are not told apart: the ways are joined sooner. */
	if (n >= ATOMS_MAX && atom->kind == ATOM_FLAG)
		return;
	*a = *atom;
	if (*a->text == '!') {
		a->text++;
		a->yes = !a->yes;
	}
	a->next = s->atoms;
	s->atoms = a;
}

/* A tensor that was taken out of a container is not lost with it: origins are aligned, so that one bit tells them apart. */
static uint64_t lost_key(const struct value *v)
{
	const struct origin *o = v->origin;

	while (o->kind == FROM_PART && o->before)
		o = o->before;
	/* All that are made in one place are one. */
	if (o->kind == FROM_MADE)
		return (uintptr_t)o->node;
	return (uintptr_t)o | (v->kind == VAL_TENSOR);
}

static bool can_be_lost(const struct value *v)
{
	return (v->kind == VAL_PLACED || v->kind == VAL_TENSOR || network_was_made(v)) && v->origin;
}

void state_lose(struct interp *in, struct state *s, const struct value *v)
{
	if (can_be_lost(v))
		s->lost = map_put(in->arena, s->lost, lost_key(v), "");
}

bool state_has_lost(const struct state *s, const struct value *v)
{
	return can_be_lost(v) && map_get(s->lost, lost_key(v));
}

bool value_is_any_module(const struct state *s, const struct value *v)
{
	if (v->kind != VAL_UNKNOWN || !v->maybe)
		return false;
	for (int64_t i = 0; i < v->number; i++) {
		const struct object *o = state_object(s, v->maybe[i]);

		if (o->kind != OBJ_MODULE || o->has_escaped)
			return false;
	}
	return true;
}

/* Once is enough, as long as nothing is stored in them. */
static void use_maybe(struct interp *in, struct state *s, const struct value *v)
{
	bool settled = true;

	for (int64_t i = 0; v->maybe && i < v->number; i++)
		settled &= state_object(s, v->maybe[i])->is_settled;
	if (!settled)
		state_escape(in, s, v);
}

bool value_is_any_encoding(const struct state *s, const struct value *v)
{
	if (v->kind != VAL_UNKNOWN || !v->maybe)
		return false;
	for (int64_t i = 0; i < v->number; i++) {
		const struct object *o = state_object(s, v->maybe[i]);

		if (o->has_escaped || !o->text || strcmp(o->text, "BatchEncoding") != 0 ||
		    !o->element)
			return false;
	}
	return true;
}

#define ROWS_DEEP_MAX 3 /* lists within each other */

/* The lists that are being looked into. */
struct looked_into {
	const struct looked_into *outer;
	uint32_t id;
	size_t depth;
};

static bool is_row(const struct state *s, const struct value *v, const struct looked_into *outer);

/* cells = [cells for _ in range(n)] in a loop: one object stands for all these lists, and holds itself. */
static bool is_row_object(const struct state *s, uint32_t id, const struct looked_into *outer)
{
	const struct object *o = state_object(s, id);
	struct looked_into here = { .outer = outer,
				    .id = id,
				    .depth = outer ? outer->depth + 1 : 0 };

	for (; outer; outer = outer->outer)
		if (outer->id == id)
			return true;
	if ((o->kind != OBJ_LIST && o->kind != OBJ_TUPLE) || o->has_escaped || o->cls ||
	    (o->is_open && !o->element) || here.depth > ROWS_DEEP_MAX)
		return false;
	for (size_t i = 0; i < o->fields.n; i++)
		if (!is_row(s, o->fields.v[i].value, &here))
			return false;
	return !o->element || is_row(s, o->element, &here);
}

static bool is_row(const struct state *s, const struct value *v, const struct looked_into *outer)
{
	if (v->kind == VAL_OBJECT)
		return is_row_object(s, v->object, outer);
	if (v->kind != VAL_UNKNOWN || !v->maybe || v->rest == REST_ANYTHING)
		return value_is_plain(v);
	for (int64_t i = 0; i < v->number; i++)
		if (!is_row_object(s, v->maybe[i], outer))
			return false;
	return true;
}

bool value_is_rows(const struct state *s, const struct value *v, uint8_t *ret_rank)
{
	if ((v->kind != VAL_OBJECT && !v->maybe) || !is_row(s, v, NULL))
		return false;
	*ret_rank = v->kind == VAL_OBJECT ? !v->may_be_none : v->rest == REST_NOTHING;
	return true;
}

static void use(struct interp *in, struct state *s, const struct value *v, bool looks_only)
{
	uint8_t rank;

	if (v->maybe &&
	    (!looks_only || (!value_is_any_module(s, v) && !value_is_any_encoding(s, v) &&
			     !value_is_rows(s, v, &rank))))
		use_maybe(in, s, v);
}

static void use_all(struct interp *in, struct state *s, const struct value *v, bool looks_only)
{
	use(in, s, v, looks_only);
	if (v->kind != VAL_OBJECT)
		return;

	const struct object *o = state_object(s, v->object);

	if (o->kind != OBJ_LIST && o->kind != OBJ_TUPLE && o->kind != OBJ_DICT)
		return;
	if (o->element)
		use(in, s, o->element, looks_only);
	for (size_t i = 0; i < o->fields.n; i++)
		use(in, s, o->fields.v[i].value, looks_only);
}

void state_use(struct interp *in, struct state *s, const struct value *v)
{
	use_all(in, s, v, false);
}

void state_look(struct interp *in, struct state *s, const struct value *v)
{
	use_all(in, s, v, true);
}

bool state_proves(const struct interp *in, const struct state *s)
{
	if (s->is_dead || in->weak || in->is_over)
		return false;
	for (const struct atom *a = s->atoms; a; a = a->next)
		if (a->kind == ATOM_DOUBT)
			return false;
	return true;
}

void state_kill(struct state *s)
{
	s->is_dead = true;
}
