// SPDX-License-Identifier: Apache-2.0
/* What may the user type? Each option of argparse is a free choice, independent of all others, and what hangs on it makes two ways.
 * An option that names a device is taken as "cuda" where its default does not: whoever has a GPU types that. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

#define PARSER "argparse.ArgumentParser"

static const struct value *text_arg(const struct call *c, const char *name)
{
	const struct value *v = call_keyword(c, name);

	return v && v->kind == VAL_STR && v->is_known ? v : NULL;
}

/* "--batch-size" -> "batch_size"; the first long option counts, else the first word. */
static const char *destination(struct interp *in, const struct call *c)
{
	const struct value *dest = text_arg(c, "dest");
	const char *name = NULL;

	if (dest)
		return dest->text;
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;

		if (c->args[i].name || v->kind != VAL_STR || !v->is_known)
			continue;
		if (!name || (starts_with(v->text, "--") && !starts_with(name, "--")))
			name = v->text;
	}
	if (!name)
		return NULL;
	while (*name == '-')
		name++;

	char *copy = arena_strdup(in->arena, name);

	for (char *p = copy; *p; p++)
		if (*p == '-')
			*p = '_';
	return copy;
}

static bool names_device(const char *dest, const struct value *fallback)
{
	return strcmp(dest, "device") == 0 || ends_with(dest, "_device") ||
	       (fallback && fallback->kind == VAL_STR && fallback->is_known &&
		(starts_with(fallback->text, "cuda") || strcmp(fallback->text, "cpu") == 0));
}

static bool is_type(const struct value *type, const char *name)
{
	return type && type->kind == VAL_API && strcmp(type->text, name) == 0;
}

/* What a conversion gives; of the user's own (str2bool and the like) the default shows it. */
static enum value_kind kind_of_type(const struct value *type, const struct value *fallback)
{
	if (is_type(type, "builtins.int"))
		return VAL_INT;
	if (is_type(type, "builtins.float"))
		return VAL_FLOAT;
	if (is_type(type, "builtins.str"))
		return VAL_STR;
	if (is_type(type, "builtins.bool"))
		return VAL_BOOL;
	if (!fallback || fallback->kind == VAL_NONE)
		return type ? VAL_UNKNOWN : VAL_STR;
	return value_is_plain(fallback) && fallback->kind != VAL_DEVICE ? fallback->kind
									: VAL_UNKNOWN;
}

static const struct value *device_option(struct interp *in, const struct value *fallback)
{
	if (fallback->kind == VAL_DEVICE)
		return fallback;
	return fallback->kind == VAL_STR && fallback->is_known &&
			       starts_with(fallback->text, "cuda")
		       ? fallback
		       : value_str(in->arena, "cuda");
}

static bool is_positional(const struct call *c)
{
	const struct value *first = call_positional(c, 0);

	return first && first->kind == VAL_STR && first->is_known && *first->text != '-';
}

/* What args.DEST is. */
static const struct value *option_value(struct interp *in, const struct call *c, const char *dest)
{
	const struct value *action = text_arg(c, "action"), *type = call_keyword(c, "type");
	const struct value *fallback = call_keyword(c, "default"),
			   *count = call_keyword(c, "nargs");
	bool may_be_none = (!fallback || fallback->kind == VAL_NONE) && !is_positional(c) &&
			   !call_keyword(c, "required");
	const char *text = arena_fmt(in->arena, "args.%s", dest);
	enum value_kind kind = kind_of_type(type, fallback);

	if (action ? starts_with(action->text, "store_") : call_keyword(c, "action") != NULL)
		return value_with_param(in->arena, value_number(in->arena, VAL_BOOL), text);
	if ((count && !text_arg(c, "nargs")) || (action && strcmp(action->text, "append") == 0) ||
	    (count && strcmp(text_arg(c, "nargs")->text, "?") != 0))
		return value_unknown();
	if (is_type(type, "torch.device"))
		return value_device(in->arena, (struct device){ .kind = DEV_CUDA, .index = -1 },
				    NULL);
	if (fallback && fallback->kind != VAL_NONE && names_device(dest, fallback) &&
	    (!type || kind == VAL_STR))
		return device_option(in, fallback);
	const struct value *v = value_number(in->arena, kind);

	if (fallback)
		v = value_with_default(in->arena, v, fallback);
	return value_with_param(in->arena, v,
				may_be_none ? arena_fmt(in->arena, "?%s", text) : text);
}

static const struct value *new_object(struct interp *in, struct state *s, const struct call *c,
				      const char *text)
{
	struct object o = {
		.kind = OBJ_INSTANCE, .text = text, .unit = in->frame->unit, .site = c->node
	};

	return value_object(in->arena, state_new(in, s, &o));
}

static void set_defaults(struct interp *in, struct state *s, const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].name)
			state_set_attr(in, s, c->self->object, c->args[i].name, value_unknown(),
				       c->node);
}

/* The options of the parser become the attributes of what it parses. */
static const struct value *parse(struct interp *in, struct state *s, const struct call *c)
{
	struct object o = *state_object(s, c->self->object);

	o.text = "argparse.Namespace";
	o.unit = in->frame->unit;
	o.site = c->node;
	o.is_open = true;
	return value_object(in->arena, state_new(in, s, &o));
}

static bool parser_method(struct interp *in, struct state *s, const struct call *c,
			  const struct value **ret)
{
	const char *dest;

	*ret = value_none();
	if (strcmp(c->name, "add_argument") == 0) {
		dest = destination(in, c);
		if (dest)
			state_set_attr(in, s, c->self->object, dest, option_value(in, c, dest),
				       c->node);
	} else if (strcmp(c->name, "add_argument_group") == 0 ||
		   strcmp(c->name, "add_mutually_exclusive_group") == 0) {
		*ret = c->self;
	} else if (strcmp(c->name, "set_defaults") == 0) {
		set_defaults(in, s, c);
	} else if (strcmp(c->name, "parse_args") == 0) {
		*ret = parse(in, s, c);
	} else if (strcmp(c->name, "parse_known_args") == 0) {
		const struct value *both[] = { parse(in, s, c), NULL };

		both[1] =
			make_of_element(in, s, OBJ_LIST, value_number(in->arena, VAL_STR), c->node);
		*ret = make_sequence(in, s, OBJ_TUPLE, both, 2, c->node);
	} else if (strcmp(c->name, "add_subparsers") == 0 || strcmp(c->name, "add_parser") == 0) {
		*ret = value_unknown();
	}
	return true;
}

bool argparse_call(struct interp *in, struct state *s, const struct call *c,
		   const struct value **ret)
{
	const struct object *o =
		c->self && c->self->kind == VAL_OBJECT ? state_object(s, c->self->object) : NULL;

	if (o && o->kind == OBJ_INSTANCE && o->text && strcmp(o->text, PARSER) == 0)
		return parser_method(in, s, c, ret);
	if (c->self || strcmp(c->name, PARSER) != 0)
		return false;
	*ret = new_object(in, s, c, PARSER);
	return true;
}

bool namespace_call(struct interp *in, struct states *out, struct state *s, const struct call *c)
{
	const struct value *v = new_object(in, s, c, "types.SimpleNamespace");
	struct object o = *state_object(s, v->object);

	for (size_t i = 0; i < c->n_args; i++) {
		struct object_field f = { .name = c->args[i].name,
					  .value = c->args[i].value,
					  .node = c->node };

		if (f.name)
			PUSH(in->arena, &o.fields, f);
		o.is_open |= c->args[i].stars != 0;
	}
	state_put(in, s, v->object, &o);
	states_give(in, out, s, v);
	return true;
}
