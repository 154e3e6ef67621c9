// SPDX-License-Identifier: Apache-2.0
/* Parts of networks that nobody read: models.vgg19().features, resnet.layer4, list(resnet.children())[:-1]. A part that was taken
 * is a child of its network: what moves the network moves it, and where a part moves alone nothing is known of the whole. Which
 * layers a part has is not known; one without parameters is taken for none. */
#include "lint/model_parts.h"

#include <string.h>

/* Of torchvision 0.24 and timm 1: those that have parameters, whatever the network. */
static bool is_part_name(const char *name)
{
	static const char *const names[] = { "features", "classifier", "fc",     "head",   "heads",
					     "conv1",    "bn1",        "layer1", "layer2", "layer3",
					     "layer4",   "blocks",     "stages", "encoder" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Its first argument must be where it is, and all that it has came with it. */
static bool is_network(const struct object *o)
{
	struct lint_api_row row;

	return o->kind == OBJ_MODULE && !o->cls && o->text && !o->has_escaped && !o->is_summary &&
	       o->has_tensors && o->device.kind != DEV_UNKNOWN && api_find(o->text, &row) &&
	       strcmp(row.does, "pretrained") == 0 && strcmp(row.detail, "input") == 0;
}

static const struct value *take(const struct scene *x, const struct value *base, const char *name,
				bool stands_for_many)
{
	const struct object *whole = state_object(x->s, base->object);
	struct object part = { .kind = OBJ_MODULE,
			       .text = whole->text,
			       .device = whole->device,
			       .moved = whole->moved,
			       .has_tensors = true,
			       .is_summary = stands_for_many,
			       .unit = interp_unit(x->in),
			       .site = x->at };
	const struct value *v = value_object(x->a, state_new(x->in, x->s, &part));
	struct object copy = *state_object(x->s, v->object);

	/* The same place as before, as in a loop: one stands for all. */
	if (copy.is_summary && !stands_for_many)
		return value_unknown();
	copy.unit = whole->unit; /* where the blame belongs */
	copy.site = whole->site;
	state_put(x->in, x->s, v->object, &copy);
	copy = object_with(x, state_object(x->s, base->object), name, v, FIELD_CHILD);
	state_put(x->in, x->s, base->object, &copy);
	return v;
}

const struct value *module_part(const struct scene *x, const struct value *base, const char *name)
{
	if (!is_part_name(name) || !is_network(state_object(x->s, base->object)))
		return NULL;
	return take(x, base, name, false);
}

/* vgg.features[:24]: what has parameters as a whole, nobody cuts to nothing. */
const struct value *module_slice(const struct scene *x, const struct value *base)
{
	const char *name = arena_fmt(x->a, "(slice) %u", (unsigned)x->at->id);

	if (!is_network(state_object(x->s, base->object)))
		return NULL;
	return take(x, base, name, false);
}

/* (children): all those that one call gave. */
const struct value *module_children(const struct scene *x, const struct value *base)
{
	const char *name = arena_fmt(x->a, "(children) %u", (unsigned)x->at->id);
	const struct value *before = state_attr(x->s, base->object, name);

	if (!is_network(state_object(x->s, base->object)))
		return value_unknown();
	return before ? before : take(x, base, name, true);
}
