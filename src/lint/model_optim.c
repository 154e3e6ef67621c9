// SPDX-License-Identifier: Apache-2.0
/* Optimizers: built or loaded before the model moves? Module._apply keeps the Parameter objects,
 * so an optimizer that was built before holds the right ones; only what allocates state at once
 * (Adagrad), or has loaded it, is left behind. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/local.h"
#include "lint/names.h"

/* The module whose parameters were given: model.parameters(), a list of some of them, or groups. */
static const struct value *module_of(const struct scene *x, const struct value *v, size_t depth)
{
	const struct object *o = object_of(x, v);
	const struct value *found = NULL;

	if (v->kind == VAL_TENSOR)
		return v->is_param && v->number ? value_object(x->a, (uint32_t)v->number) : NULL;
	if (!o || depth > 3)
		return NULL;
	if (o->element)
		found = module_of(x, o->element, depth + 1);
	for (size_t i = 0; !found && i < o->fields.n; i++)
		found = module_of(x, o->fields.v[i].value, depth + 1);
	return found;
}

static const char *key_of(const struct scene *x, uint32_t module)
{
	return arena_fmt(x->a, "optimizer of %u", module);
}

/* ---- of a network that nobody read ---- */

/* model, or self.model in its class. */
static const char *key_of_place(const struct scene *x, const struct py_node *place)
{
	struct unit *u = interp_unit(x->in);
	const struct scope *scope = NULL;

	if (place->kind != PY_NAME && (place->kind != PY_ATTR || place->a->kind != PY_NAME))
		return NULL;
	if (place->kind == PY_NAME && !names_find(u, place, place->name, &scope))
		return NULL;
	for (scope = scope ? scope : names_scope(u, place);
	     place->kind == PY_ATTR && scope->outer && scope->node->kind != PY_CLASS;)
		scope = scope->outer;
	return arena_fmt(x->a, "optimizer of %s in %p", text_at(x, u, place), (const void *)scope);
}

/* A model that was handed over has another name in every function that gets it. */
static const char *key_of_value(const struct scene *x, const struct origin *o)
{
	return arena_fmt(x->a, "optimizer of what came from %p", (const void *)o);
}

/* Of the parameters of a network that nobody read, where it came from; NULL: it cannot be told. */
static const struct origin *origin_of_network(const struct scene *x, const struct value *params)
{
	const struct object *o = params ? object_of(x, params) : NULL;
	const struct value *v = o && o->element ? o->element : params;

	return v && v->kind == VAL_PLACED ? v->origin : NULL;
}

/* torch.optim.Adam(model.parameters()) of one that has not been moved yet */
static void note_network(const struct scene *x, const struct call *c, uint32_t optimizer)
{
	const struct origin *from = origin_of_network(x, call_argument(c, 0, "params"));
	const struct py_node *n = argument_node(c, 0, "params");
	const char *key = n && n->kind == PY_CALL && n->a->kind == PY_ATTR &&
					  strcmp(n->a->name, "parameters") == 0
				  ? key_of_place(x, n->a->a)
				  : NULL;

	if (from && from->kind == FROM_MOVE)
		return;
	if (key)
		note_set(x, key, value_object(x->a, optimizer));
	if (from && from->kind == FROM_ARGUMENT)
		note_set(x, key_of_value(x, from), value_object(x->a, optimizer));
}

/* ---- one that makes its state at once, before the move ---- */

/* for state in optimizer.state.values(): whoever goes over it moves it. */
static bool goes_over_states(const struct unit *u)
{
	static const char *const words[] = { ".state.values(", ".state.items(", ".state[" };
	bool found = false;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		found |= memmem(u->text, u->n_text, words[i], strlen(words[i])) != NULL;
	return found;
}

struct moving {
	const struct unit *u;
	const struct py_node *optimizer; /* the call */
	const char *model, *name;        /* of the optimizer, or NULL */
	const struct py_node *move;      /* behind it */
	bool is_open;                    /* moved before, or made or loaded anew behind the move */
};

static bool is_call_of(const struct py_node *n, const char *base, const char *const *methods)
{
	return base && n->kind == PY_CALL && n->a->kind == PY_ATTR && n->a->a->kind == PY_NAME &&
	       strcmp(n->a->a->name, base) == 0 && is_one_of(n->a->name, methods);
}

/* .to("cpu") and .to(torch.half) go to no GPU. */
static bool goes_to_gpu(const struct py_node *call)
{
	const struct py_node *to = ast_positional(call, 0);

	if (strcmp(call->a->name, "cuda") == 0)
		return true;
	to = to ? to : ast_keyword(call, "device");
	to = to && to->kind == PY_ARG ? to->a : to;
	if (!to || to->kind == PY_CALL)
		return false;
	if (to->kind == PY_STRING)
		return starts_with(to->name, "cuda");
	return (to->kind == PY_NAME || to->kind == PY_ATTR) && strstr(to->name, "dev");
}

static bool visit_moving(struct py_node *n, void *data)
{
	static const char *const moves[] = { "to", "cuda", NULL };
	static const char *const loads[] = { "load_state_dict", NULL };
	struct moving *m = data;
	bool before = n->start < m->optimizer->start;

	if (is_call_of(n, m->model, moves)) {
		m->is_open |= before;
		if (!before && !m->move && goes_to_gpu(n))
			m->move = n;
	}
	if (!before && is_call_of(n, m->name, loads))
		m->is_open = true;
	for (size_t i = 0; m->move && n->kind == PY_ASSIGN && i < n->list.n; i++)
		m->is_open |= m->name && n->list.v[i]->kind == PY_NAME &&
			      strcmp(n->list.v[i]->name, m->name) == 0;
	return true;
}

static bool visit_way_out(struct py_node *n, void *data)
{
	*(bool *)data |= n->kind == PY_RETURN || n->kind == PY_RAISE || n->kind == PY_BREAK ||
			 n->kind == PY_CONTINUE;
	return true;
}

/* Does whoever comes by `first` come by `later`, too? A test may stand around either; in a loop the model may have been moved
 * before. */
static bool leads_to(const struct local *l, const struct py_node *first,
		     const struct py_node *later)
{
	const struct py_node *a = local_statement(l, first), *b = NULL;
	bool leaves = false;
	size_t at, to;

	for (; a && a->kind != PY_FUNC; a = local_statement(l, local_parent(l, a))) {
		const struct py_node *up = local_parent(l, a);

		if (!up || a->kind == PY_FOR || a->kind == PY_WHILE)
			return false;
		if (!local_inside(l, later, up))
			continue;
		for (b = local_statement(l, later); b && local_parent(l, b) != up;)
			b = local_statement(l, local_parent(l, b));
		break;
	}
	if (!a || !b || a == b || local_around(l, a, PY_FOR) || local_around(l, a, PY_WHILE) ||
	    local_block(l, a, &at) != local_block(l, b, &to))
		return false;
	ast_walk((struct py_node *)(uintptr_t)a, visit_way_out, &leaves);
	return !leaves;
}

/* optimizer = Adagrad(...): the name. */
static const char *kept_as(const struct local *l, const struct py_node *call)
{
	const struct py_node *up = local_parent(l, call);
	const struct py_node *target =
		up && up->kind == PY_ASSIGN && up->list.n == 1 ? up->list.v[0] : NULL;

	return target && target->kind == PY_NAME ? target->name : NULL;
}

/* Where the way to the move is followed with certainty, what is found there is an error. */
static bool is_followed(const struct local *l, const struct py_node *optimizer,
			const struct py_node *move)
{
	const struct py_node *to = ast_positional(move, 0);
	size_t at;

	to = to && to->kind == PY_ARG ? to->a : to;
	return local_block(l, local_statement(l, optimizer), &at) ==
		       local_block(l, local_statement(l, move), &at) &&
	       (!to || local_device(l, to) == WHERE_CUDA);
}

/* Of a model that is on the CPU, or that its function moves only later. */
static void check_at_once(const struct scene *x, const struct call *c, const struct value *module)
{
	struct unit *u = interp_unit(x->in);
	const struct local *l = local_of(u);
	const struct py_node *n = argument_node(c, 0, "params");
	const struct py_node *model = n && n->kind == PY_CALL && n->a->kind == PY_ATTR &&
						      strcmp(n->a->name, "parameters") == 0
					      ? n->a->a
					      : NULL;
	const struct scope *scope = model ? names_scope(u, model) : NULL;
	struct moving m = { .u = u, .optimizer = c->node };
	struct finding *f;

	if (!model || model->kind != PY_NAME || !scope || goes_over_states(u) || is_run_on_cpu(x) ||
	    (scope->node->kind != PY_FUNC && scope->node->kind != PY_MODULE) ||
	    (module && module_place(x, module->object).device.kind != DEV_CPU))
		return;
	m.model = model->name;
	m.name = kept_as(l, c->node);
	if (!m.name)
		return;
	ast_walk((struct py_node *)(uintptr_t)scope->node, visit_moving, &m);
	if (!m.move || m.is_open || !leads_to(l, c->node, m.move) ||
	    (module && is_followed(l, c->node, m.move)))
		return;
	f = interp_report_in(
		x->in, x->s, false, "optimizer-before-move", u, c->node,
		"this optimizer makes its state at once, where the parameters are, %s; the model moves later, and step() "
		"then raises RuntimeError: Expected all tensors to be on the same device",
		module ? "on the CPU" : "on the CPU if nothing has moved the model before");
	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	lint_way(u, f, u, m.move, "the model moves here");
	lint_advise(u, f, "move the model first, then build the optimizer");
}

static bool run_optimizer(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const struct value *params = call_argument(c, 0, "params");
	const struct value *module = params ? module_of(x, params, 0) : NULL;
	struct object o = {
		.kind = OBJ_OPTIMIZER, .text = c->name, .unit = interp_unit(x->in), .site = x->at
	};
	uint32_t id = state_new(x->in, x->s, &o);

	/* if resume: optimizer.load_state_dict(...) leaves one that may have been loaded. */
	state_set_attr(x->in, x->s, id, "(loaded)", value_none(), x->at);
	if (params)
		unread_parameters(x, params);
	if (strcmp(row->detail, "at-once") == 0)
		check_at_once(x, c, module);
	if (strcmp(row->detail, "at-once") == 0)
		state_set_attr(x->in, x->s, id, "(at once)", value_bool(x->a, true), x->at);
	if (starts_with(row->detail, "if:") && !call_keyword(c, row->detail + strlen("if:")))
		state_set_attr(x->in, x->s, id, "(no state)", value_bool(x->a, true), x->at);
	if (module) {
		state_set_attr(x->in, x->s, id, "(module)", module, x->at);
		note_set(x, key_of(x, module->object), value_object(x->a, id));
	} else {
		note_network(x, c, id);
	}
	*ret = value_object(x->a, id);
	return true;
}

static void report_order(const struct scene *x, const struct object *o, bool at_once)
{
	struct unit *u = (struct unit *)o->unit;
	struct finding *f = interp_report_in(
		x->in, x->s, false, "optimizer-before-move", u, o->site,
		at_once ? "this optimizer makes its state at once, on the CPU; step() then raises RuntimeError: Expected all "
			  "tensors to be on the same device"
			: "the optimizer is built before the model moves; torch asks for the other order");

	if (!f)
		return;
	if (at_once)
		lint_set_severity(f, SEVERITY_ERROR);
	lint_way(u, f, interp_unit(x->in), x->at, "the model moves here");
	lint_advise(u, f, "move the model first, then build the optimizer");
}

/* Of a network that nobody read is not known that it was on the CPU before. */
static void report_state(const struct scene *x, const struct value *loaded, bool is_read)
{
	struct unit *u = unit_of(loaded->origin);

	if (goes_over_states(u))
		return;

	struct finding *f = interp_report_in(
		x->in, x->s, false, "optimizer-state-on-wrong-device", u, loaded->origin->node,
		"the state is loaded onto the CPU, where the parameters %s; after the move step() raises RuntimeError: "
		"Expected all tensors to be on the same device",
		is_read ? "still are" : "are, if nothing has moved the model before");

	if (!f)
		return;
	if (!is_read)
		lint_set_severity(f, SEVERITY_WARNING);
	lint_way(u, f, interp_unit(x->in), x->at, "the model moves here");
	lint_advise(u, f, "move the model first, then load the optimizer's state");
}

static void check_state(const struct scene *x, uint32_t optimizer, bool is_read)
{
	const struct value *loaded = state_attr(x->s, optimizer, "(loaded)");

	if (loaded && loaded->kind == VAL_DEVICE && loaded->origin &&
	    !state_attr(x->s, optimizer, "(no state)"))
		report_state(x, loaded, is_read);
}

void optimizer_before_move(const struct scene *x, uint32_t module, struct device from,
			   struct device to)
{
	const struct value *v = note_get(x, key_of(x, module));
	const struct object *o = v ? object_of(x, v) : NULL;

	if (!o || !o->site || !o->unit || from.kind != DEV_CPU || to.kind != DEV_CUDA)
		return;

	check_state(x, v->object, true);
	report_order(x, o, state_attr(x->s, v->object, "(at once)") != NULL);
}

/* It may have been there before: whoever writes the move thinks it was not. */
void model_network_moved(struct interp *in, struct state *s, const struct py_node *call,
			 const struct value *moved)
{
	struct scene x = scene_of(in, s, call);
	const char *key = key_of_place(&x, call->a->a);
	const struct value *v = key ? note_get(&x, key) : NULL;
	const struct origin *before = moved->origin->before;

	if (!v && before && before->kind == FROM_ARGUMENT)
		v = note_get(&x, key_of_value(&x, before));
	if (v && v->kind == VAL_OBJECT &&
	    (moved->device.kind == DEV_CUDA || moved->device.kind == DEV_ARG))
		check_state(&x, v->object, false);
}

bool optimizer_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const harmless[] = { "step",    "zero_grad", "add_param_group",
						"train",   "eval",      "load_state_dict",
						"__init__" };

	if (strcmp(c->name, "state_dict") == 0) {
		*ret = value_placed(x->a, (struct device){ 0 }, NULL);
		return true;
	}
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		if (strcmp(c->name, harmless[i]) != 0)
			continue;
		if (strcmp(c->name, "load_state_dict") == 0)
			state_set_attr(
				x->in, x->s, c->self->object, "(loaded)",
				value_device(x->a, cpu_device(), origin_here(x, FROM_LOAD, NULL)),
				x->at);
		*ret = value_none();
		return true;
	}
	return false;
}

const struct api_word api_words_optim[] = {
	{ "optimizer", run_optimizer },
	{ NULL, NULL },
};
