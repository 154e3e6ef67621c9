// SPDX-License-Identifier: Apache-2.0
/* Optimizers: built or loaded before the model moves? Module._apply keeps the Parameter objects,
 * so an optimizer that was built before holds the right ones; only what allocates state at once
 * (Adagrad), or has loaded it, is left behind. */
#include "lint/model_parts.h"

#include <string.h>

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

static bool run_optimizer(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const struct value *params = call_argument(c, 0, "params");
	const struct value *module = params ? module_of(x, params, 0) : NULL;
	struct object o = {
		.kind = OBJ_OPTIMIZER, .text = c->name, .unit = interp_unit(x->in), .site = x->at
	};
	uint32_t id = state_new(x->in, x->s, &o);

	if (params)
		unread_parameters(x, params);
	if (strcmp(row->detail, "at-once") == 0)
		state_set_attr(x->in, x->s, id, "(at once)", value_bool(x->a, true), x->at);
	if (starts_with(row->detail, "if:") && !call_keyword(c, row->detail + strlen("if:")))
		state_set_attr(x->in, x->s, id, "(no state)", value_bool(x->a, true), x->at);
	if (module) {
		state_set_attr(x->in, x->s, id, "(module)", module, x->at);
		note_set(x, key_of(x, module->object), value_object(x->a, id));
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

/* for state in optimizer.state.values(): whoever goes over it moves it. */
static bool goes_over_states(const struct unit *u)
{
	static const char *const words[] = { ".state.values(", ".state.items(", ".state[" };
	bool found = false;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		found |= memmem(u->text, u->n_text, words[i], strlen(words[i])) != NULL;
	return found;
}

static void report_state(const struct scene *x, const struct value *loaded)
{
	struct unit *u = unit_of(loaded->origin);

	if (goes_over_states(u))
		return;

	struct finding *f = interp_report_in(
		x->in, x->s, false, "optimizer-state-on-wrong-device", u, loaded->origin->node,
		"the state is loaded onto the CPU, where the parameters still are; after the move step() raises RuntimeError: "
		"Expected all tensors to be on the same device");

	if (!f)
		return;
	lint_way(u, f, interp_unit(x->in), x->at, "the model moves here");
	lint_advise(u, f, "move the model first, then load the optimizer's state");
}

void optimizer_before_move(const struct scene *x, uint32_t module, struct device from,
			   struct device to)
{
	const struct value *v = note_get(x, key_of(x, module));
	const struct object *o = v ? object_of(x, v) : NULL;

	if (!o || !o->site || !o->unit || from.kind != DEV_CPU || to.kind != DEV_CUDA)
		return;

	const struct value *loaded = state_attr(x->s, v->object, "(loaded)");

	if (loaded && loaded->origin && !state_attr(x->s, v->object, "(no state)"))
		report_state(x, loaded);
	report_order(x, o, state_attr(x->s, v->object, "(at once)") != NULL);
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
