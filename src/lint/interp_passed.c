// SPDX-License-Identifier: Apache-2.0
/* What does read code hand to functions of other files? A function that only the CPU's tensors are given has no callers on a GPU:
 * what library mode says of it falls (verbs/lint_callers.c puts the files together). Only that is noted which the run proves.
 *
 * What it cannot know: callers that are not read, and calls that the run did not reach. */
#include "lint/interp.h"

#include <string.h>

#include "lint/names.h"

#define PASSED_MAX 5000 /* of one unit */

static const char *key_of(struct interp *in, const struct unit *u, uint32_t node)
{
	return arena_fmt(in->own, "%s#%u", u->full_path ? u->full_path : "-", node);
}

static void note(struct interp *in, const struct unit *callee, uint32_t node, struct device d)
{
	struct unit *u = in->unit;
	const char *text;
	bool is_new;

	if (d.kind == DEV_CPU)
		text = "cpu ";
	else if (d.kind == DEV_CUDA || d.kind == DEV_MANAGED)
		text = "gpu ";
	else if (d.kind == DEV_ARG && !(d.sym & SYM_CHOSEN))
		text = arena_fmt(in->own, "arg %u ", d.sym);
	else
		return;
	text = arena_fmt(in->own, "%s%s", text, key_of(in, callee, node));
	intern_id(in->passed, text, strlen(text), &is_new);
	if (is_new && u->passed.n < PASSED_MAX)
		PUSH(u->arena, &u->passed, arena_strdup(u->arena, text));
}

/* What comes out of a loader and was not moved since is on the CPU, if its dataset holds nothing on a GPU. */
static struct device place_of_one(const struct state *s, const struct value *v)
{
	struct device d = state_device(s, v);
	bool is_batch = v->origin && v->origin->kind == FROM_LOADER;

	if (v->is_param && d.kind == DEV_CPU) /* goes along when its module is moved */
		return (struct device){ 0 };
	return d.kind == DEV_BATCH || (is_batch && (d.kind == DEV_ARG || v->kind == VAL_UNKNOWN))
		       ? (struct device){ .kind = DEV_CPU }
		       : d;
}

/* Where a tensor is, or the tensors of a list. */
static struct device place_of(const struct state *s, const struct value *v)
{
	const struct object *o;

	if (v->kind == VAL_TENSOR || v->kind == VAL_PLACED || value_is_batch(v))
		return place_of_one(s, v);
	if (v->kind != VAL_OBJECT)
		return (struct device){ 0 };
	o = state_object(s, v->object);
	if (o->kind == OBJ_MODULE)
		return o->device;
	if (o->has_escaped || (o->kind != OBJ_LIST && o->kind != OBJ_TUPLE))
		return (struct device){ 0 };
	if (o->element)
		v = o->element;
	else if (o->fields.n)
		v = o->fields.v[0].value;
	return v->kind == VAL_TENSOR ? place_of_one(s, v) : (struct device){ 0 };
}

static void note_self(struct interp *in, const struct state *s, const struct value *self)
{
	const struct object *o = self->kind == VAL_OBJECT ? state_object(s, self->object) : NULL;

	if (!o || o->kind != OBJ_MODULE || !o->cls)
		return;
	for (size_t i = 0; i < o->cls->order.n; i++)
		note(in, o->cls->order.v[i]->unit, o->cls->order.v[i]->node->id, o->device);
}

/* While a module is made, its parts are on the CPU, whatever comes after. */
static bool is_being_made(const struct interp *in, const struct function *f)
{
	if (strcmp(f->name, "forward") != 0)
		return true;
	for (const struct frame *frame = in->frame; frame; frame = frame->outer)
		if (frame->func && strcmp(frame->func->name, "__init__") == 0)
			return true;
	return false;
}

static const struct py_param *param_of(const struct function *f, const struct call_arg *arg,
				       size_t place)
{
	const struct py_params *p = &f->node->params;

	if (!arg->name)
		return place < p->n && p->v[place].kind != PARAM_ARGS ? &p->v[place] : NULL;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, arg->name) == 0)
			return &p->v[i];
	return NULL;
}

void note_passed(struct interp *in, const struct state *s, const struct function *f,
		 const struct value *self, const struct args *args)
{

	if (f->unit == in->unit || f->is_opaque || in->unit->is_test || !state_proves(in, s))
		return;
	if (self && !is_being_made(in, f))
		note_self(in, s, self);
	for (size_t i = 0; i < args->n && !args->v[i].stars; i++) {
		const struct py_param *p = param_of(f, &args->v[i], i + (self ? 1 : 0));

		if (p)
			note(in, f->unit, p->node->id, place_of(s, args->v[i].value));
	}
}

/* ---- what a function of another file gave back is moved ---- */

#define MOVED_LATER_MAX 12 /* statements that may lie between the call and the move */

#define CALLEES_MAX 4 /* of one statement */

struct search {
	const struct unit *unit;
	const struct py_node *target;     /* of the assignment; NULL: the callees are looked for */
	const char *callees[CALLEES_MAX]; /* dotted, with the module: "data.masking.mask_some" */
	size_t n;
	bool is_moved;
};

static bool is_in_target(const struct py_node *target, const char *name)
{
	if (target->kind == PY_NAME)
		return strcmp(target->name, name) == 0;
	for (size_t i = 0; target->kind == PY_TUPLE && i < target->list.n; i++)
		if (target->list.v[i]->kind == PY_NAME &&
		    strcmp(target->list.v[i]->name, name) == 0)
			return true;
	return false;
}

static bool is_move_of(const struct search *s, const struct py_node *call)
{
	const struct py_node *f = call->a;
	const char *text;

	if (f->kind != PY_ATTR || f->a->kind != PY_NAME || !is_in_target(s->target, f->a->name))
		return false;
	text = lint_text(s->unit, call, 200);
	return strcmp(f->name, "cuda") == 0 ||
	       (strcmp(f->name, "to") == 0 && (strstr(text, "device") || strstr(text, "cuda")));
}

static void add_callee(struct search *s, const struct py_node *callee)
{
	const char *dotted = callee->kind == PY_NAME || callee->kind == PY_ATTR
				     ? names_dotted(s->unit, callee)
				     : NULL;

	if (dotted && strchr(dotted, '.') && s->n < CALLEES_MAX)
		s->callees[s->n++] = dotted;
}

static bool visit_call(struct py_node *n, void *data)
{
	struct search *s = data;

	if (n->kind == PY_CALL && s->target)
		s->is_moved |= is_move_of(s, n);
	else if (n->kind == PY_CALL)
		add_callee(s, n->a);
	return !s->is_moved;
}

/* inputs, labels = mask_some(batch); inputs = inputs.to(device) */
static void look_behind(struct unit *u, const struct py_list *body, size_t i)
{
	struct search call = { .unit = u }, move = { .unit = u };

	if (body->v[i]->kind != PY_ASSIGN || body->v[i]->list.n != 1)
		return;
	ast_walk(body->v[i]->a, visit_call, &call);
	move.target = body->v[i]->list.v[0];
	for (size_t k = i + 1; call.n && k < body->n && k <= i + MOVED_LATER_MAX; k++)
		if (body->v[k]->kind == PY_ASSIGN)
			ast_walk(body->v[k]->a, visit_call, &move);
	for (size_t k = 0; move.is_moved && k < call.n && u->passed.n < PASSED_MAX; k++)
		PUSH(u->arena, &u->passed, arena_fmt(u->arena, "moves %s", call.callees[k]));
}

static bool visit_body(struct py_node *n, void *data)
{
	if (ast_has_tail(n->kind))
		for (size_t i = 0; i < n->body.n; i++)
			look_behind(data, &n->body, i);
	return true;
}

void note_moved_later(struct unit *u)
{
	ast_walk(u->tree, visit_body, u);
}

/* ---- findings ---- */

/* What callers would name: the function that was entered, or its class. */
static const char *entry_name(const struct interp *in)
{
	const char *name = "-";

	for (const struct frame *f = in->frame; f; f = f->outer)
		if (f->func)
			name = f->func->cls ? f->func->cls->name : f->func->name;
	return name;
}

void interp_assume(struct interp *in, struct finding *f, struct device d)
{
	if (f && d.kind == DEV_ARG && !(d.sym & SYM_CHOSEN))
		f->assumes = arena_fmt(in->unit->arena, "%s %s", entry_name(in),
				       key_of(in, in->unit, d.sym));
}
