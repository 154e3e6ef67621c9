// SPDX-License-Identifier: Apache-2.0
/* Batches of which only is known that a loader gives them: it was handed over by a caller, or its samples were not read. They are
 * on the CPU if the loader is a DataLoader like most. That is taken for true only where the code takes it for true: where it
 * moves another part of the same batch, or the same expression in another loop over a loader. What it cannot know: whether
 * the loader brings batches to the GPU by itself all the same; hence warnings. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

/* ---- loaders ---- */

/* Parts of a batch have a dimension, parts of parts need not. The stations: the loader, the loop, the part. */
#define STATIONS_MAX 3

/* A batch, or what a loop gives of its loader, or a part of that. */
static const struct value *part(const struct scene *x, uint32_t loader, const struct origin *before)
{
	size_t n = 1;
	struct value v = { .kind = VAL_PLACED,
			   .device = { .kind = DEV_BATCH, .sym = loader },
			   .origin = origin_here(x, FROM_LOADER, before) };

	for (; before && n <= STATIONS_MAX; before = before->before)
		n++;
	v.zero_dim = n <= STATIONS_MAX ? TRI_NO : TRI_UNKNOWN;
	return made_value(x, v);
}

const struct value *batch_assumed(const struct scene *x, uint32_t loader)
{
	return part(x, loader, NULL);
}

const struct value *batch_part(const struct scene *x, const struct value *batch)
{
	if (batch->kind != VAL_PLACED || batch->device.kind != DEV_BATCH)
		return NULL;
	return part(x, batch->device.sym, batch->origin);
}

/* DataLoader, torch.utils.data.DataLoader, Optional[DataLoader], also in quotes. */
static bool is_loader_type(const struct py_node *n)
{
	if (n->kind == PY_STRING)
		return ends_with(n->name, "DataLoader") || strstr(n->name, "DataLoader]");
	if (n->kind == PY_SUBSCRIPT && n->list.n == 1 &&
	    (n->a->kind == PY_NAME || n->a->kind == PY_ATTR))
		return strcmp(n->a->name, "DataLoader") == 0 ||
		       (strcmp(n->a->name, "Optional") == 0 && is_loader_type(n->list.v[0]));
	if (n->kind == PY_BINARY && n->op == OP_BITOR)
		return n->b->kind == PY_NONE && is_loader_type(n->a);
	return (n->kind == PY_NAME || n->kind == PY_ATTR) && strcmp(n->name, "DataLoader") == 0;
}

static bool is_loader_name(const char *name)
{
	return ends_with(name, "loader") || ends_with(name, "_dl");
}

const struct value *model_given_loader(struct interp *in, struct state *s,
				       const struct py_param *param)
{
	struct scene x = scene_of(in, s, param->node);
	struct object o = { .kind = OBJ_LOADER, .text = "torch.utils.data.DataLoader" };
	bool is_loader =
		param->annotation ? is_loader_type(param->annotation) : is_loader_name(param->name);

	if (!is_loader || param->kind == PARAM_ARGS || param->kind == PARAM_KWARGS)
		return NULL;
	o.element = batch_assumed(&x, param->node->id);
	return value_object(x.a, made_object(&x, o, 0));
}

bool is_named_loader(const struct py_node *n)
{
	if (n->kind == PY_SUBSCRIPT)
		return (n->a->kind == PY_NAME || n->a->kind == PY_ATTR) &&
		       strstr(n->a->name, "loader");
	return (n->kind == PY_NAME || n->kind == PY_ATTR) && is_loader_name(n->name);
}

const struct value *model_named_loader(struct interp *in, struct state *s, const struct py_node *n,
				       const struct value *v)
{
	struct scene x = scene_of(in, s, n);
	struct object o = { .kind = OBJ_LOADER,
			    .text = "torch.utils.data.DataLoader",
			    .is_open = true };

	bool is_open =
		v->kind == VAL_UNKNOWN || (v->kind == VAL_API && !starts_with(v->text, "torch.")) ||
		(v->kind == VAL_PLACED && n->kind == PY_SUBSCRIPT && v->device.kind == DEV_ARG);

	if (v->maybe || !is_open)
		return v;
	o.element = batch_assumed(&x, n->id);
	return value_object(x.a, made_object(&x, o, 0));
}

/* ---- what the code takes them for ---- */

static const char *moved_key(const struct scene *x, uint32_t loader)
{
	return arena_fmt(x->a, "batch of %u moved", loader);
}

void batch_take_for_cpu(const struct scene *x, const struct value *v)
{
	note_set(x, moved_key(x, state_device(x->s, v).sym), value_bool(x->a, true));
}

/* A network that moves its input may do so for those only who forgot it: what the loop itself does tells. */
static bool is_in_the_loop(const struct scene *x, const struct origin *o)
{
	const struct py_node *here = def_around(interp_unit(x->in), x->at);
	bool found = !o;

	for (; o && !found; o = o->before)
		found = !o->node ||
			(o->unit == interp_unit(x->in) && def_around(o->unit, o->node) == here);
	return found;
}

void batch_note_move(const struct scene *x, const struct value *v, struct device to)
{
	struct device from = is_placed(v) ? state_device(x->s, v) : (struct device){ 0 };

	if (from.kind == DEV_BATCH && device_meet(from, to) == MEET_CLASH_ON_GPU &&
	    is_in_the_loop(x, v->origin))
		batch_take_for_cpu(x, v);
}

bool batch_is_taken_for_cpu(const struct scene *x, const struct value *v)
{
	return note_get(x, moved_key(x, state_device(x->s, v).sym)) != NULL;
}

bool batch_is_blamed(const struct scene *x, const struct value *v)
{
	const char *said = arena_fmt(x->a, "batch %p was said", (const void *)v->origin);

	if (!batch_is_taken_for_cpu(x, v) || note_get(x, said))
		return false;
	note_set(x, said, value_bool(x->a, true));
	return true;
}

/* `for x, y in loader: out = net(x.to(device))` in one place, `net(x)` in another of the same class. */
struct elsewhere {
	const struct unit *unit;
	const struct py_node *callee, *argument;
	bool is_moved, is_called; /* in this loop */
	bool found;
};

static bool same_text(const struct unit *u, const struct py_node *a, const struct py_node *b)
{
	return a->end - a->start == b->end - b->start &&
	       memcmp(u->text + a->start, u->text + b->start, a->end - a->start) == 0;
}

static bool is_mover(const struct py_node *callee)
{
	return callee->kind == PY_ATTR &&
	       (strcmp(callee->name, "to") == 0 || strcmp(callee->name, "cuda") == 0);
}

static bool find_move(struct py_node *n, void *data)
{
	struct elsewhere *e = data;

	/* images.to(device) alone moves nothing. */
	if (n->kind == PY_EXPR && n->a->kind == PY_CALL && is_mover(n->a->a))
		return false;
	if (n->kind != PY_CALL)
		return true;
	e->is_called |= same_text(e->unit, n->a, e->callee);
	e->is_moved |= is_mover(n->a) && same_text(e->unit, n->a->a, e->argument);
	return true;
}

static bool find_loop(struct py_node *n, void *data)
{
	struct elsewhere *e = data;
	const char *text = n->kind == PY_FOR ? e->unit->text + n->b->start : "";
	size_t n_text = n->kind == PY_FOR ? n->b->end - n->b->start : 0;
	bool over_loader = memmem(text, n_text, "loader", 6) || memmem(text, n_text, "_dl", 3);

	e->is_moved = e->is_called = false;
	for (size_t i = 0; over_loader && i < n->body.n; i++)
		ast_walk(n->body.v[i], find_move, e);
	e->found |= e->is_moved && e->is_called;
	return !e->found;
}

/* The class that it stands in, or the file. */
static const struct py_node *class_around(const struct unit *u, const struct py_node *n)
{
	const struct scope *scope = names_scope(u, n);

	while (scope->outer && scope->node->kind != PY_CLASS)
		scope = scope->outer;
	return scope->node;
}

bool batch_is_moved_elsewhere(const struct unit *u, const struct py_node *callee,
			      const struct py_node *argument)
{
	struct elsewhere e = { .unit = u, .callee = callee, .argument = argument };

	if (argument->kind != PY_NAME && argument->kind != PY_SUBSCRIPT)
		return false;
	ast_walk((struct py_node *)(uintptr_t)class_around(u, callee), find_loop, &e);
	return e.found;
}

/* ---- networks ---- */

struct annotated {
	const char *name;
	bool found;
};

static bool find_annotated(struct py_node *n, void *data)
{
	struct annotated *w = data;

	for (size_t i = 0; n->kind == PY_FUNC && i < n->params.n; i++) {
		const struct py_node *type = n->params.v[i].annotation;

		w->found |= type && (type->kind == PY_NAME || type->kind == PY_ATTR) &&
			    strcmp(type->name, "Module") == 0 &&
			    strcmp(n->params.v[i].name, w->name) == 0;
	}
	return !w->found;
}

bool network_is_told(const struct unit *u, const struct py_node *callee)
{
	struct annotated w = { .name = callee->name };
	bool is_own = callee->kind == PY_ATTR && callee->a->kind == PY_NAME &&
		      strcmp(callee->a->name, "self") == 0;

	if (callee->kind != PY_NAME && !is_own)
		return false;
	if (!network_is_used(u, callee))
		ast_walk(u->tree, find_annotated, &w);
	else
		w.found = true;
	return w.found;
}
