// SPDX-License-Identifier: Apache-2.0
/* What does an optimizer of read code work on, of which only the class is known? On parameters that are where the model is: on a
 * GPU for whoever trains there. Its first step finds no state for them, so what it makes then is what it works with. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

static bool is_optimizer(struct interp *in, const struct klass *k)
{
	struct strlist bases = { 0 };
	bool unknown;

	klass_library_bases(k, in->arena, &bases, &unknown);
	for (size_t i = 0; i < bases.n; i++)
		if (starts_with(bases.v[i], "torch.optim.") && !strstr(bases.v[i], "scheduler"))
			return true;
	return false;
}

static const struct value *new_dict(struct interp *in, struct state *s, const struct object *with,
				    const struct py_node *at)
{
	struct object o = *with;
	uint32_t old = interp_salt(in, (uint32_t)with->fields.n + (with->element ? 2 : 0)), id;

	o.kind = OBJ_DICT;
	o.unit = in->unit;
	o.site = at;
	id = state_new(in, s, &o);
	interp_salt(in, old);
	return value_object(in->arena, id);
}

/* One group with one parameter that stands for all. */
static const struct value *param_groups(struct interp *in, struct state *s,
					const struct py_node *at)
{
	struct value p = { .kind = VAL_TENSOR,
			   .is_param = true,
			   .device = { .kind = DEV_ARG, .sym = at->id } };
	const struct value *one = memcpy(arena_alloc(in->arena, sizeof p), &p, sizeof p);
	struct object group = { .is_open = true };
	struct object_field params = { .name = dict_key(in->arena, value_str(in->arena, "params")),
				       .value = make_of_element(in, s, OBJ_LIST, one, at),
				       .node = at };
	uint32_t old = interp_salt(in, 1);
	const struct value *groups;

	PUSH(in->arena, &group.fields, params);
	groups = make_of_element(in, s, OBJ_LIST, new_dict(in, s, &group, at), at);
	interp_salt(in, old);
	return groups;
}

void optimizer_params(struct interp *in, struct state *s, const struct klass *k, uint32_t id)
{
	const struct py_node *at = k->node;
	struct object none = { 0 }, states = { 0 };

	if (!is_optimizer(in, k))
		return;
	states.element = new_dict(in, s, &none, at);
	state_set_attr(in, s, id, "state", new_dict(in, s, &states, at), at);
	state_set_attr(in, s, id, "param_groups", param_groups(in, s, at), at);
}
