// SPDX-License-Identifier: Apache-2.0
/* .to(), .cuda(), .cpu(), .type(): where does it go, and was the result thrown away? A tensor
 * stays where it is and a new one comes back; only modules (model_module.c) and a few containers
 * move themselves. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

/* "torch.cuda.FloatTensor" and torch.FloatTensor as types: .type() moves as well, and so does the name that another
 * tensor's .type() gave. Only a dtype stays for sure. */
static bool type_told(const struct value *v, struct device *ret_device)
{
	const char *text = v->kind == VAL_API                  ? v->text
			   : v->kind == VAL_STR && v->is_known ? v->text
							       : NULL;

	if (v->kind == VAL_DTYPE || v->kind == VAL_NONE)
		return false;
	*ret_device = (struct device){ 0 };
	if (!text || !starts_with(text, "torch."))
		return true;
	if (!ends_with(text, "Tensor"))
		return false;
	*ret_device = starts_with(text, "torch.cuda.") ? cuda_device(-1) : cpu_device();
	return true;
}

static bool to_target(const struct scene *x, const struct call *c, struct device *ret_device)
{
	static const char *const names[] = { "device", "other", "tensor" };
	const struct value *v = call_positional(c, 0);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		v = call_keyword(c, names[i]) ? call_keyword(c, names[i]) : v;
	if (!v && call_has_stars(c)) {
		*ret_device = (struct device){ 0 };
		return true;
	}
	if (!v || v->kind == VAL_DTYPE)
		return false;

	const struct py_node *node = argument_node(c, 0, "device");

	return device_told(x, v, node, ret_device);
}

bool move_target(const struct scene *x, const struct call *c, const char *how,
		 struct device *ret_device)
{
	const struct value *first = call_argument(c, 0, "device");

	if (strcmp(how, "cpu") == 0) {
		*ret_device = cpu_device();
		return true;
	}
	if (strcmp(how, "cuda") == 0) {
		*ret_device = cuda_device(-1);
		if (first && first->kind != VAL_BOOL && first->kind != VAL_NONE)
			device_told(x, first, argument_node(c, 0, "device"), ret_device);
		return true;
	}
	if (strcmp(how, "type") == 0)
		return call_argument(c, 0, "dtype") &&
		       type_told(call_argument(c, 0, "dtype"), ret_device);
	if (strcmp(how, "type-as") == 0) {
		const struct value *other = call_argument(c, 0, "other");

		if (!other || !is_placed(other))
			*ret_device = (struct device){ 0 };
		else
			*ret_device = state_device(x->s, other);
		return true;
	}
	return to_target(x, c, ret_device);
}

/* ---- the result is thrown away ---- */

/* Only what has a name can be kept: torch.zeros(1).cuda() warms the GPU up. */
static bool has_name(const struct py_node *n)
{
	return n->kind == PY_NAME || n->kind == PY_ATTR || n->kind == PY_SUBSCRIPT;
}

static void report_discarded(const struct scene *x, const struct call *c, struct device to)
{
	const struct py_node *call = c->node, *receiver = call->a->a;
	struct unit *u = interp_unit(x->in);
	const char *name = text_at(x, u, receiver);
	struct device from = state_device(x->s, c->self);
	bool is_open = from.kind == DEV_ARG;
	struct finding *f = interp_report(
		x->in, x->s, false, "discarded-to-result", call,
		"%s gives back a new tensor on %s, which is thrown away: %s stays %s%s",
		text_at(x, u, call),
		to.kind == DEV_ARG || to.kind == DEV_UNKNOWN ? "that device"
							     : device_name(x->a, to),
		name, is_open ? "where it is" : "on ", is_open ? "" : device_name(x->a, from));

	if (!f)
		return;
	if (is_open || from.kind == DEV_BATCH)
		lint_set_severity(f, SEVERITY_WARNING);
	interp_assume(x->in, f, from);
	way_of_origin(x, f, c->self->origin);
	lint_edit(u, f, APPLIES_SAFE, call->start, call->start, "%s = ", name);
	lint_advise(u, f, "keep the result: %s = %s", name, text_at(x, u, call));
}

const char *discarded_key(const struct scene *x, const struct origin *o)
{
	return arena_fmt(x->a, "discarded %p", (const void *)o);
}

/* mask.to(logits.device): which device that is nobody knows, but it was meant to go there. */
static bool is_meant(const struct call *c, struct device from, struct device to)
{
	const struct py_node *n = argument_node(c, 0, "device");

	/* A module's own tensor went with the module: the line does nothing, and nothing is missed. */
	if (from.kind == DEV_ARG && to.kind == DEV_ARG)
		return from.sym != to.sym && !c->self->object;
	return from.kind == DEV_CPU && to.kind == DEV_UNKNOWN && n && n->kind == PY_ATTR &&
	       strcmp(n->name, "device") == 0;
}

/* A benchmark drops the copy on purpose. */
bool copy_is_measured(const struct unit *u, const struct py_node *call)
{
	static const char *const words[] = { "time.",  "timeit",      "bench", "warm_up",
					     "warmup", "synchronize", "profil" };
	const struct scope *scope = names_scope(u, call);
	const char *text = scope ? lint_text(u, scope->node, 4000) : "";

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

static void check_discarded(const struct scene *x, const struct call *c, struct device to)
{
	struct device from = state_device(x->s, c->self);
	enum meeting meeting = device_meet(from, to);

	if (!c->is_discarded || !is_tensor(c->self) || c->self->is_param ||
	    c->node->kind != PY_CALL || c->node->a->kind != PY_ATTR || !has_name(c->node->a->a))
		return;
	if (lint_is_shown(interp_unit(x->in), c->node))
		return;
	if (meeting != MEET_CLASH && meeting != MEET_CLASH_ON_GPU && !is_meant(c, from, to))
		return;
	if (meeting != MEET_CLASH && copy_is_measured(interp_unit(x->in), c->node))
		return;
	report_discarded(x, c, to);
	/* What follows from it is not said again: the tensor counts as moved. */
	if (c->self->origin)
		note_set(x, discarded_key(x, c->self->origin), value_scalar());
}

/* ---- tensors ---- */

static enum origin_kind kind_of_move(const char *how, struct device to)
{
	(void)how;
	return to.kind == DEV_CPU ? FROM_CPU_CALL : FROM_MOVE;
}

static const struct value *moved_tensor(const struct scene *x, const struct call *c,
					const char *how, struct device to)
{
	const struct value *v = c->self;
	struct device from = state_device(x->s, v);
	bool stays = from.kind != DEV_UNKNOWN && to.kind == from.kind &&
		     (to.kind == DEV_CPU || to.kind == DEV_CUDA) && to.index == from.index;

	if (stays && is_tensor(v))
		return v;

	struct value moved =
		*tensor_moved(x, v, to, origin_here(x, kind_of_move(how, to), v->origin));

	moved.rank = v->rank;
	return made_value(x, moved);
}

static const struct value *same_place(const struct scene *x, const struct value *v)
{
	if (!is_placed(v))
		return v;

	struct value same = *tensor_moved(x, v, state_device(x->s, v), v->origin);

	same.rank = v->rank;
	return made_value(x, same);
}

bool move_method(const struct scene *x, const struct call *c, const char *how,
		 const struct value **ret)
{
	struct device to;

	if (c->self->kind == VAL_UNKNOWN) {
		/* Whatever it is, a tensor or module that comes back is there. */
		*ret = move_target(x, c, how, &to) && to.kind != DEV_UNKNOWN
			       ? value_placed(x->a, to, origin_here(x, kind_of_move(how, to), NULL))
			       : value_unknown();
		return true;
	}
	if (!move_target(x, c, how, &to)) {
		*ret = as_mask(x, same_place(x, c->self), mask_is_moved(c));
		return true;
	}
	check_discarded(x, c, to);
	if (!c->is_discarded)
		batch_note_move(x, c->self, to);
	else if (is_placed(c->self) && state_device(x->s, c->self).kind == DEV_BATCH &&
		 c->self->origin)
		note_set(x, discarded_key(x, c->self->origin), value_scalar());
	*ret = as_mask(x, moved_tensor(x, c, how, to), mask_is_moved(c));
	return true;
}

/* ---- things without such a method ---- */

/* A container by its annotation, or by the contract of a library: a subclass that can be moved (BatchEncoding) is one, and an
 * annotation proves nothing: what is moved here is moved elsewhere too. */
static bool is_argument(const struct object *o)
{
	return o->is_open && o->site && o->site->kind == PY_NAME;
}

static const char *kind_words(const struct scene *x, const struct value *v, const char **ret_id)
{
	const struct object *o = object_of(x, v);

	*ret_id = "to-on-non-tensor";
	if (o && (o->cls || is_argument(o)))
		return NULL;
	if (o) {
		*ret_id = "to-on-container";
		switch (o->kind) {
		case OBJ_LIST:
			return "list";
		case OBJ_TUPLE:
			return "tuple";
		case OBJ_DICT:
			return "dict";
		case OBJ_SET:
			return "set";
		case OBJ_LOADER: /* what is one by its name may be something better */
			if (o->is_open)
				return NULL;
			*ret_id = "to-on-non-tensor";
			return "DataLoader";
		case OBJ_OPTIMIZER:
			*ret_id = "to-on-non-tensor";
			return "optimizer";
		default:
			return NULL;
		}
	}
	switch (v->kind) {
	case VAL_INT:
		return "int";
	case VAL_FLOAT:
		return "float";
	case VAL_STR:
		return "str";
	case VAL_BOOL:
		return "bool";
	case VAL_ARRAY:
		return "numpy.ndarray";
	default:
		return NULL;
	}
}

/* Who asks what kind of thing it is knows more than the analysis. */
struct guard {
	const struct py_node *use;
	bool found;
};

static bool visit_guard(struct py_node *n, void *data)
{
	static const char *const asks[] = { "isinstance", "hasattr", "type", "is_tensor",
					    "issubclass" };
	struct guard *g = data;
	const char *callee = n->kind == PY_CALL && (n->a->kind == PY_NAME || n->a->kind == PY_ATTR)
				     ? n->a->name
				     : NULL;

	for (size_t i = 0; callee && i < sizeof asks / sizeof *asks; i++)
		g->found |= strcmp(callee, asks[i]) == 0;
	return n->start <= g->use->start;
}

static bool is_guarded(const struct unit *u, const struct py_node *use)
{
	const struct scope *scope = names_scope(u, use);
	struct guard g = { .use = use };

	while (scope && scope->node->kind == PY_COMP)
		scope = scope->outer;
	if (scope && scope->node->kind != PY_MODULE)
		ast_walk((struct py_node *)scope->node, visit_guard, &g);
	return g.found;
}

/* NumPy arrays have .to_device, no .to; optimizers and loaders of libraries may be anything. */
bool check_no_mover(const struct scene *x, const struct call *c)
{
	const char *id, *kind = kind_words(x, c->self, &id);
	struct unit *u = interp_unit(x->in);
	bool mover = strcmp(c->name, "to") == 0 || strcmp(c->name, "cuda") == 0 ||
		     strcmp(c->name, "cpu") == 0;

	/* A parameter's default says what it is by default, not what callers hand over. */
	if (!kind || !mover || c->self->param_text || c->self->is_special ||
	    c->node->kind != PY_CALL || c->node->a->kind != PY_ATTR || is_guarded(u, c->node))
		return false;

	struct finding *f =
		interp_report(x->in, x->s, true, id, c->node,
			      "%s raises AttributeError: '%s' object has no attribute '%s'",
			      text_at(x, u, c->node), kind, c->name);
	const char *receiver = text_at(x, u, c->node->a->a);

	if (!f)
		return true;
	if (strcmp(kind, "dict") == 0)
		lint_advise(u, f, "move each value: {k: v.to(device) for k, v in %s.items()}",
			    receiver);
	else if (strcmp(id, "to-on-container") == 0)
		lint_advise(u, f, "move each item: [t.to(device) for t in %s]", receiver);
	else if (c->self->kind == VAL_ARRAY)
		lint_advise(u, f, "make a tensor of it first: torch.from_numpy(%s).to(device)",
			    receiver);
	else
		lint_advise(u, f, "move the tensors, not %s", receiver);
	return true;
}
