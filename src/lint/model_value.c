// SPDX-License-Identifier: Apache-2.0
/* Small questions about values that the whole model asks: is it a tensor, which device does this
 * argument name, where do new tensors live? And makers of the values that calls give back. */
#include "lint/model_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct scene scene_of(struct interp *in, struct state *s, const struct py_node *at)
{
	return (struct scene){ .in = in, .s = s, .a = interp_arena(in), .at = at };
}

/* ---- arguments of a call ---- */

const struct value *call_keyword(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].name && strcmp(c->args[i].name, name) == 0)
			return c->args[i].value;
	return NULL;
}

static const struct call_arg *positional(const struct call *c, size_t n)
{
	for (size_t i = 0; i < c->n_args; i++) {
		if (c->args[i].stars == 1)
			return NULL;
		if (!c->args[i].name && !c->args[i].stars && n-- == 0)
			return &c->args[i];
	}
	return NULL;
}

const struct value *call_positional(const struct call *c, size_t n)
{
	const struct call_arg *arg = positional(c, n);

	return arg ? arg->value : NULL;
}

const struct value *call_argument(const struct call *c, size_t position, const char *name)
{
	const struct value *v = call_keyword(c, name);

	return v ? v : call_positional(c, position);
}

bool call_has_stars(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].stars)
			return true;
	return false;
}

bool call_has_keywords(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].stars == 2)
			return true;
	return false;
}

const struct py_node *argument_node(const struct call *c, size_t position, const char *name)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].name && strcmp(c->args[i].name, name) == 0)
			return c->args[i].node;

	const struct call_arg *arg = positional(c, position);

	return arg ? arg->node : NULL;
}

static bool argument_is(const struct value *v, bool yes)
{
	return v && v->kind == VAL_BOOL && v->is_known && (v->number != 0) == yes;
}

bool argument_is_false(const struct call *c, size_t position, const char *name)
{
	return argument_is(call_argument(c, position, name), false);
}

bool argument_is_true(const struct call *c, size_t position, const char *name)
{
	return argument_is(call_argument(c, position, name), true);
}

/* ---- makers ---- */

const struct value *made_value(const struct scene *x, struct value v)
{
	struct value *copy = arena_alloc(x->a, sizeof *copy);

	*copy = v;
	return copy;
}

struct device cpu_device(void)
{
	return (struct device){ .kind = DEV_CPU };
}

struct device cuda_device(int index)
{
	return (struct device){ .kind = DEV_CUDA, .index = index };
}

const struct value *number_of(const struct scene *x, enum value_kind kind)
{
	return made_value(x, (struct value){ .kind = kind });
}

const struct value *tensor_of(const struct scene *x, struct device d, uint8_t min_rank,
			      const struct origin *o)
{
	return made_value(x, (struct value){ .kind = VAL_TENSOR,
					     .device = d,
					     .min_rank = min_rank,
					     .zero_dim = min_rank ? TRI_NO : TRI_UNKNOWN,
					     .origin = o });
}

const struct value *tensor_moved(const struct scene *x, const struct value *v, struct device d,
				 const struct origin *o)
{
	struct value copy = *v;

	copy.device = d;
	copy.origin = o;
	copy.object = 0;
	copy.rank = 0; /* callers use it for what changes the shape, too */
	copy.is_param = false;
	copy.is_leaf_grad = false;
	copy.is_mask = false;
	copy.param_text = NULL;
	copy.number = 0;
	copy.is_known = false;
	return made_value(x, copy);
}

const struct value *tensor_stays(const struct scene *x, const struct value *v)
{
	const struct split *split = value_split(v);
	const struct value *copy = tensor_moved(x, v, state_device(x->s, v), v->origin);

	return split ? value_as_split(x->a, copy, tensor_stays(x, split->on_cpu), split->elsewhere)
		     : copy;
}

const struct origin *origin_here(const struct scene *x, enum origin_kind kind,
				 const struct origin *before)
{
	if (kind == FROM_MOVE && !note_get(x, "moved"))
		note_set(x, "moved", value_bool(x->a, true));
	return origin_new(x->in, kind, x->at, before);
}

const struct origin *origin_root(const struct origin *o)
{
	while (o && o->before)
		o = o->before;
	return o;
}

uint32_t made_object(const struct scene *x, struct object o, uint32_t number)
{
	uint32_t before = interp_salt(x->in, 0), id;

	interp_salt(x->in, before * 31 + number);
	o.site = o.site ? o.site : x->at;
	o.unit = o.unit ? o.unit : interp_unit(x->in);
	id = state_new(x->in, x->s, &o);
	interp_salt(x->in, before);
	return id;
}

static uint32_t new_object(const struct scene *x, struct object o)
{
	return made_object(x, o, 0);
}

const struct value *tuple_of(const struct scene *x, const struct value *const *items, size_t n)
{
	struct object o = { .kind = OBJ_TUPLE };

	for (size_t i = 0; i < n; i++)
		PUSH(x->a, &o.fields, ((struct object_field){ .value = items[i], .node = x->at }));
	return value_object(x->a, new_object(x, o));
}

const struct value *sequence_of(const struct scene *x, enum object_kind kind,
				const struct value *element)
{
	return value_object(x->a, new_object(x, (struct object){ .kind = kind,
								 .element = element,
								 .is_open = true }));
}

const struct value *instance_of(const struct scene *x, const char *text)
{
	return value_object(x->a,
			    new_object(x, (struct object){ .kind = OBJ_INSTANCE, .text = text }));
}

/* ---- questions ---- */

bool is_tensor(const struct value *v)
{
	return v->kind == VAL_TENSOR;
}

bool is_placed(const struct value *v)
{
	return v->kind == VAL_TENSOR || v->kind == VAL_PLACED;
}

bool is_shape(const struct value *v)
{
	return v->kind == VAL_SCALAR && v->text && strcmp(v->text, SHAPE) == 0;
}

bool is_dtype(const struct value *v)
{
	static const char *const types[] = {
		"float16",    "float32",       "float64",     "bfloat16", "half",   "float",
		"double",     "int8",          "int16",       "int32",    "int64",  "uint8",
		"short",      "int",           "long",        "bool",     "cfloat", "complex64",
		"complex128", "float8_e4m3fn", "float8_e5m2",
	};

	if (v->kind == VAL_DTYPE)
		return true;
	if (v->kind != VAL_API || !v->text || !starts_with(v->text, "torch."))
		return false;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(v->text + strlen("torch."), types[i]) == 0)
			return true;
	return false;
}

const struct object *object_of(const struct scene *x, const struct value *v)
{
	return v && v->kind == VAL_OBJECT ? state_object(x->s, v->object) : NULL;
}

bool is_instance(const struct scene *x, const struct value *v, const char *text)
{
	const struct object *o = object_of(x, v);

	return o && o->text && strcmp(o->text, text) == 0;
}

const struct object_field *object_field(const struct object *o, const char *name)
{
	for (size_t i = 0; i < o->fields.n; i++)
		if (o->fields.v[i].name && strcmp(o->fields.v[i].name, name) == 0)
			return &o->fields.v[i];
	return NULL;
}

struct object object_with(const struct scene *x, const struct object *o, const char *name,
			  const struct value *v, int registered)
{
	struct object copy = *o;
	struct object_field field = {
		.name = name, .value = v, .registered = (unsigned)registered, .node = x->at
	};
	bool found = false;

	copy.fields.v = NULL;
	copy.fields.n = copy.fields.cap = 0;
	for (size_t i = 0; i < o->fields.n; i++) {
		bool this = o->fields.v[i].name && strcmp(o->fields.v[i].name, name) == 0;

		PUSH(x->a, &copy.fields, this ? field : o->fields.v[i]);
		found = found || this;
	}
	if (!found)
		PUSH(x->a, &copy.fields, field);
	return copy;
}

/* ---- what the model remembers ---- */

const struct value *note_get(const struct scene *x, const char *key)
{
	return state_attr(x->s, STATE_MODEL_OBJECT, key);
}

void note_set(const struct scene *x, const char *key, const struct value *v)
{
	state_set_attr(x->in, x->s, STATE_MODEL_OBJECT, key, v, x->at);
}

/* ---- devices ---- */

struct device default_device(const struct scene *x)
{
	const struct value *v = note_get(x, "default device");

	if (!v)
		return cpu_device();
	return v->kind == VAL_DEVICE ? v->device : (struct device){ 0 };
}

static bool device_named(const char *text, struct device *ret_device)
{
	int64_t index;

	if (strcmp(text, "cpu") == 0 || strcmp(text, "cpu:0") == 0)
		*ret_device = cpu_device();
	else if (strcmp(text, "cuda") == 0)
		*ret_device = cuda_device(-1);
	else if (starts_with(text, "cuda:") && parse_i64(text + 5, &index) && index >= 0 &&
		 index < 1024)
		*ret_device = cuda_device((int)index);
	else if (strcmp(text, "meta") == 0)
		*ret_device = (struct device){ .kind = DEV_META };
	else
		*ret_device = (struct device){ 0 };
	return true;
}

/* f"cuda:{rank}", "cuda:" + str(n), "cuda:%d" % n, "cuda:{}".format(n): whatever the number is,
 * it is a GPU. */
static bool begins_with_cuda(const struct scene *x, const struct py_node *n)
{
	const struct unit *u = interp_unit(x->in);
	const char *text = u->text + n->start, *end = u->text + n->end;

	while (text < end && (isalpha((unsigned char)*text) || *text == '(') && *text != 'c')
		text++;
	if (text < end && (*text == '"' || *text == '\''))
		text++;
	return end - text > 5 && memcmp(text, "cuda:", 5) == 0;
}

/* Does the name of the argument say that it is a device? A parameter of unread callers may be a
 * dtype as well. */
static bool is_named_device(const struct scene *x, const struct py_node *n)
{
	const char *name = n && (n->kind == PY_NAME || n->kind == PY_ATTR) ? n->name : NULL;

	(void)x;
	return name && (strstr(name, "dev") || strstr(name, "DEV") || strcmp(name, "gpu") == 0);
}

static bool is_settings(const char *name)
{
	static const char *const names[] = { "self", "args",   "arg",    "opt",    "opts",
					     "cfg",  "config", "conf",   "params", "hparams",
					     "hps",  "flags",  "FLAGS",  "C",      "settings",
					     "ptu",  "utils",  "options" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* `device`, `self.device`, `args.device` of which no more is known: somebody chose it, so that it may be a GPU. Under one name
 * it is one device. */
static struct device chosen_device(const struct scene *x, const struct py_node *n)
{
	const struct py_node *base = n && n->kind == PY_ATTR ? n->a : NULL;
	struct device d = { .kind = DEV_ARG, .sym = 2166136261u };
	const char *text;

	if (!is_named_device(x, n) || (base && base->kind != PY_NAME) ||
	    (base && !is_settings(base->name)))
		return (struct device){ 0 };
	for (text = ast_dotted(x->a, n); *text; text++)
		d.sym = (d.sym ^ (unsigned char)*text) * 16777619u;
	d.sym |= SYM_CHOSEN;
	return d;
}

bool device_told(const struct scene *x, const struct value *v, const struct py_node *node,
		 struct device *ret_device)
{
	*ret_device = (struct device){ 0 };
	switch (v->kind) {
	case VAL_NONE:
		return false;
	case VAL_DEVICE:
		*ret_device = v->device;
		if (ret_device->kind == DEV_UNKNOWN)
			*ret_device = chosen_device(x, node);
		return true;
	case VAL_STR:
		if (v->is_known)
			return device_named(v->text, ret_device);
		*ret_device = node && begins_with_cuda(x, node) ? cuda_device(-1)
								: chosen_device(x, node);
		return true;
	case VAL_INT:
		*ret_device = cuda_device(
			v->is_known && v->number >= 0 && v->number < 1024 ? (int)v->number : -1);
		return true;
	case VAL_TENSOR:
		*ret_device = state_device(x->s, v);
		return true;
	case VAL_PLACED:
		if (is_named_device(x, node))
			*ret_device = v->device;
		if (ret_device->kind == DEV_UNKNOWN)
			*ret_device = chosen_device(x, node);
		return true;
	case VAL_UNKNOWN:
		*ret_device = chosen_device(x, node);
		return true;
	default:
		return !is_dtype(v);
	}
}
