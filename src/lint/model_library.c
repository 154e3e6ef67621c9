// SPDX-License-Identifier: Apache-2.0
/* Modules of libraries: what is made, and what their call needs. Only the arguments that the table
 * names must be where the module is (nn.TransformerEncoder drops a causal mask that is on the
 * CPU); the result is where the module's tensors are. */
#include "lint/model_parts.h"

#include <string.h>

/* ---- constructors ---- */

static struct device device_of_new(const struct scene *x, const struct call *c)
{
	const struct value *v = call_keyword(c, "device");
	struct device d = default_device(x), told;

	/* nn.Linear(2, 3, True, device): no other argument of a layer is one. */
	for (size_t i = 0; !v && i < c->n_args; i++)
		if (!c->args[i].name && c->args[i].value->kind == VAL_DEVICE)
			v = c->args[i].value;
	if (v && device_told(x, v, argument_node(c, SIZE_MAX, "device"), &told))
		d = told;
	return d;
}

/* "tensors", "none", "if:affine", "unless:affine": has it parameters? TRI_UNKNOWN if that hangs
 * on an unknown argument. */
static enum tri has_tensors(const struct call *c, struct bytes word)
{
	const char *argument = memchr(word.v, ':', word.n);
	char name[32] = { 0 };

	if (word_is(word, "tensors"))
		return TRI_YES;
	if (!argument)
		return TRI_NO;
	memcpy(name, argument + 1,
	       word.n - (size_t)(argument + 1 - word.v) < sizeof name
		       ? word.n - (size_t)(argument + 1 - word.v)
		       : sizeof name - 1);

	bool by_default = *word.v == 'u';
	const struct value *v = call_keyword(c, name);

	if (!v)
		return by_default ? TRI_YES : TRI_NO;
	if (v->kind != VAL_BOOL || !v->is_known)
		return TRI_UNKNOWN;
	return v->number ? TRI_YES : TRI_NO;
}

static struct place place_of_layer(const struct scene *x, const struct call *c,
				   const struct lint_api_row *row)
{
	enum tri tensors = has_tensors(c, word_at(row->detail, 0));
	struct device d = tensors == TRI_UNKNOWN ? (struct device){ 0 } : device_of_new(x, c);

	return (struct place){ .device = d, .has_tensors = tensors != TRI_NO };
}

static bool run_module(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	struct place p = place_of_layer(x, c, row);

	*ret = module_new(x, c->name, p.device, p.has_tensors);
	return true;
}

/* nn.CrossEntropyLoss(weight=w): w becomes a buffer of the module. */
static struct place place_of_loss(const struct scene *x, const struct call *c,
				  const struct lint_api_row *row)
{
	struct bytes names = word_at(row->detail, 0);
	const struct value *weight = NULL;
	static const char *const known[] = { "weight", "pos_weight" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (memmem(names.v, names.n, known[i], strlen(known[i])) &&
		    call_keyword(c, known[i]))
			weight = call_keyword(c, known[i]);
	if (!weight && memmem(names.v, names.n, ":weight", 7))
		weight = call_positional(c, 0);

	bool placed = weight && is_placed(weight), unknown = weight && weight->kind == VAL_UNKNOWN;
	struct device d = placed ? state_device(x->s, weight) : (struct device){ 0 };

	return (struct place){ .device = d, .has_tensors = placed || unknown || call_has_stars(c) };
}

static bool run_loss(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *reduction = call_keyword(c, "reduction");
	struct place p = place_of_loss(x, c, row);

	*ret = module_new(x, c->name, p.device, p.has_tensors);
	if (reduction) {
		struct object o = object_with(x, state_object(x->s, (*ret)->object), "reduction",
					      reduction, FIELD_PLAIN);

		state_put(x->in, x->s, (*ret)->object, &o);
	}
	return true;
}

static void add_child(const struct scene *x, uint32_t id, const char *name, const struct value *v)
{
	struct object o = *state_object(x->s, id);
	const struct object *child = object_of(x, v);

	if (child && child->kind == OBJ_MODULE) {
		o = object_with(x, &o, name, v, FIELD_CHILD);
	} else if (is_tensor(v)) {
		v = module_owns(x, &o, id, v);
		o = object_with(x, &o, name, v, FIELD_PARAMETER);
	} else if (v->kind != VAL_NONE) {
		o.device = (struct device){ 0 };
		o.has_tensors = true;
		o.is_open = true;
	}
	state_put(x->in, x->s, id, &o);
}

static void add_element(const struct scene *x, uint32_t id, const struct value *v)
{
	struct object o;

	v = given_element(x, state_object(x->s, id), v);
	o = *state_object(x->s, id);
	o.element = is_tensor(v) ? module_owns(x, &o, id, v) : v;
	o.is_open = true;
	state_put(x->in, x->s, id, &o);
}

static void add_unknown(const struct scene *x, uint32_t id, const struct value *v)
{
	const struct value *module = given_element(x, state_object(x->s, id), v);

	if (module == v)
		add_child(x, id, "(unknown)", v);
	else
		add_element(x, id, module);
}

/* The children that a list, tuple or dict brings. */
static void add_children(const struct scene *x, uint32_t id, const struct value *v)
{
	const struct object *o = object_of(x, v);
	bool lists = o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE || o->kind == OBJ_DICT ||
			   o->kind == OBJ_ITERATOR);

	if (!lists) {
		add_unknown(x, id, v);
		return;
	}
	for (size_t i = 0; i < o->fields.n; i++) {
		const struct object_field *f = &o->fields.v[i];
		size_t n = state_object(x->s, id)->fields.n;

		if (!f->name || *f->name != '(')
			add_child(x, id, f->name ? f->name : arena_fmt(x->a, "%zu", n), f->value);
	}
	if (o->element)
		add_element(x, id, o->element);
	else if (o->is_open)
		add_unknown(x, id, value_unknown());
}

static void fill_container(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, uint32_t id)
{
	bool sequential = strcmp(row->detail, "sequential") == 0;

	for (size_t i = 0; i < c->n_args; i++) {
		const struct object *o = object_of(x, c->args[i].value);
		bool one = sequential && !c->args[i].stars && (!o || o->kind == OBJ_MODULE);

		if (one)
			add_child(x, id, arena_fmt(x->a, "%zu", i), c->args[i].value);
		else
			add_children(x, id, c->args[i].value);
	}
}

static bool run_container(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	*ret = module_new(x, c->name, (struct device){ 0 }, false);
	fill_container(x, c, row, (*ret)->object);
	return true;
}

/* ---- classes of read code that derive from a layer ---- */

static bool is_layer(const struct lint_api_row *row)
{
	return strcmp(row->does, "module") == 0 || strcmp(row->does, "loss") == 0 ||
	       strcmp(row->does, "container") == 0;
}

bool layer_row(const struct scene *x, const struct object *o, struct lint_api_row *ret_row)
{
	struct strlist bases = { 0 };
	bool unknown = false;

	if (!o->text || !api_find(o->text, ret_row))
		return false;
	if (!o->cls)
		return true;
	klass_library_bases(o->cls, x->a, &bases, &unknown);
	return !unknown && is_layer(ret_row);
}

bool layer_init(const struct scene *x, const struct call *c)
{
	uint32_t id = c->self->object;
	struct object o = *state_object(x->s, id);
	const struct value *reduction = call_keyword(c, "reduction");
	struct lint_api_row row;
	struct place p;

	if (strcmp(c->name, "__init__") != 0 || !o.cls || !layer_row(x, &o, &row))
		return false;
	if (strcmp(row.does, "container") == 0) {
		if (o.device.kind != DEV_MANAGED)
			o.device = (struct device){ 0 };
		state_put(x->in, x->s, id, &o);
		fill_container(x, c, &row, id);
		return true;
	}
	p = strcmp(row.does, "loss") == 0 ? place_of_loss(x, c, &row) : place_of_layer(x, c, &row);
	if (p.has_tensors && o.device.kind != DEV_MANAGED)
		o.device = call_has_keywords(c) ? (struct device){ 0 } : p.device;
	o.has_tensors |= p.has_tensors;
	if (reduction)
		o = object_with(x, &o, "reduction", reduction, FIELD_PLAIN);
	state_put(x->in, x->s, id, &o);
	return true;
}

/* ---- from_pretrained and the like ---- */

static bool is_given(const struct call *c, const char *name)
{
	const struct value *v = call_keyword(c, name);

	return v && v->kind != VAL_NONE && !(v->kind == VAL_BOOL && v->is_known && !v->number);
}

static struct device device_of_map(const struct scene *x, const struct call *c)
{
	const struct value *map = call_keyword(c, "device_map");
	const struct object *o = map ? object_of(x, map) : NULL;
	struct device d = { 0 };

	if (o)
		map = o->kind == OBJ_DICT && o->fields.n == 1 && !o->is_open ? o->fields.v[0].value
									     : value_unknown();
	if (map && map->kind == VAL_STR && map->is_known &&
	    (strcmp(map->text, "auto") == 0 || starts_with(map->text, "balanced") ||
	     strcmp(map->text, "sequential") == 0))
		return cuda_device(-1);
	if (map && map->kind != VAL_NONE)
		return device_told(x, map, NULL, &d) ? d : (struct device){ 0 };
	if (is_given(c, "load_in_8bit") || is_given(c, "load_in_4bit"))
		return cuda_device(-1);
	if (is_given(c, "quantization_config"))
		return (struct device){ 0 };
	return call_has_stars(c) ? d : device_of_new(x, c);
}

static bool is_half(const struct value *v)
{
	return v && v->text && (is_dtype(v) || (v->kind == VAL_STR && v->is_known)) &&
	       (strstr(v->text, "float16") || ends_with(v->text, "half"));
}

static bool run_pretrained(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	bool half = is_half(call_keyword(c, "torch_dtype")) || is_half(call_keyword(c, "dtype"));

	/* The parts that it is given go where it goes. */
	for (size_t i = 0; i < c->n_args && strcmp(row->detail, "pipeline") == 0; i++)
		state_escape(x->in, x->s, c->args[i].value);
	*ret = module_new(x, c->name, device_of_map(x, c), true);
	if (!half)
		return true;

	struct object o = object_with(
		x, state_object(x->s, (*ret)->object), "(half)",
		value_device(x->a, cpu_device(), origin_here(x, FROM_OTHER, NULL)), FIELD_PLAIN);

	state_put(x->in, x->s, (*ret)->object, &o);
	return true;
}

static bool run_metric(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	(void)row;
	*ret = module_new(x, c->name, cpu_device(), true);
	return true;
}

/* ---- wrappers ---- */

/* DistributedDataParallel and DataParallel take inputs from the CPU; the module must be on the
 * (first) GPU when it runs. */
static bool run_parallel(const struct scene *x, const struct call *c,
			 const struct lint_api_row *row, const struct value **ret)
{
	const struct value *module = call_argument(c, 0, "module");
	const struct object *o = object_of(x, module);
	const struct value *ids = call_keyword(c, "device_ids");

	if (!o || o->kind != OBJ_MODULE) {
		*ret = module ? module : value_unknown();
		return true;
	}

	const struct value *v = module_new(x, c->name, (struct device){ 0 }, false);
	struct object made =
		object_with(x, state_object(x->s, v->object), "module", module, FIELD_CHILD);

	if (ids)
		made = object_with(x, &made, "(device_ids)", ids, FIELD_PLAIN);
	made.site = c->node;
	state_put(x->in, x->s, v->object, &made);
	(void)row;
	*ret = v;
	return true;
}

static bool run_wrap(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *first = c->n_args && !c->args[0].stars ? c->args[0].value : NULL;

	(void)x;
	(void)row;
	*ret = first ? first : value_unknown();
	return true;
}

static bool run_copy(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *first = call_positional(c, 0);
	const struct object *o = first ? object_of(x, first) : NULL;

	(void)row;
	if (o && o->kind == OBJ_MODULE)
		*ret = module_copy(x, first);
	else
		*ret = first && is_placed(first) ? first : value_unknown();
	return true;
}

const struct api_word api_words_module[] = {
	{ "module", run_module },
	{ "loss", run_loss },
	{ "container", run_container },
	{ "pretrained", run_pretrained },
	{ "metric", run_metric },
	{ "parallel", run_parallel },
	{ "wrap", run_wrap },
	{ "copy", run_copy },
	{ NULL, NULL },
};
