// SPDX-License-Identifier: Apache-2.0
/* Where is a module, and what moves with it? Moving a module moves what is registered: parameters,
 * buffers, child modules. Plain tensors, lists, dicts and closures keep their device. */
#include "lint/model_parts.h"

#include <string.h>

#include "core/str.h"

#define NESTED_MAX 16

/* ---- where it is ---- */

static bool same_device(struct device a, struct device b)
{
	return a.kind == b.kind && (a.kind != DEV_ARG || a.sym == b.sym);
}

static void add_place(struct place *p, struct device d)
{
	if (!p->has_tensors)
		p->device = d;
	else if (!same_device(p->device, d))
		p->device = (struct device){ 0 };
	p->has_tensors = true;
}

static void look(const struct scene *x, uint32_t id, size_t depth, struct place *p);

static void look_at(const struct scene *x, const struct value *v, size_t depth, struct place *p)
{
	const struct object *o = object_of(x, v);

	if (o && o->kind == OBJ_MODULE)
		look(x, v->object, depth + 1, p);
	else if (value_is_any_module(x->s, v))
		for (int64_t i = 0; i < v->number; i++)
			look(x, v->maybe[i], depth + 1, p);
	else if (v->kind == VAL_UNKNOWN)
		add_place(p, (struct device){ 0 });
}

static void look(const struct scene *x, uint32_t id, size_t depth, struct place *p)
{
	const struct object *o = state_object(x->s, id);

	if (depth > NESTED_MAX || o->has_escaped || o->device.kind == DEV_MANAGED) {
		add_place(p, o->device.kind == DEV_MANAGED ? o->device : (struct device){ 0 });
		return;
	}
	if (o->has_tensors)
		add_place(p, o->device);
	for (size_t i = 0; i < o->fields.n; i++)
		if (o->fields.v[i].registered == FIELD_CHILD)
			look_at(x, o->fields.v[i].value, depth, p);
	if (o->element)
		look_at(x, o->element, depth, p);
}

struct place module_place(const struct scene *x, uint32_t id)
{
	struct place p = { 0 };

	look(x, id, 0, &p);
	return p;
}

bool model_are_together(struct interp *in, struct state *s, const struct value *modules)
{
	struct scene x = scene_of(in, s, NULL);
	struct place p = { 0 };

	look_at(&x, modules, 0, &p);
	return !p.has_tensors || p.device.kind != DEV_UNKNOWN;
}

/* ---- what it holds ---- */

const struct origin *module_origin(const struct scene *x, const struct object *o)
{
	struct origin *made = arena_alloc(x->a, sizeof *made);

	*made = (struct origin){ .kind = FROM_OTHER, .unit = o->unit, .node = o->site };
	return origin_here(x, FROM_PARAMETER, o->unit && o->site ? made : NULL);
}

const struct value *module_owns(const struct scene *x, struct object *o, uint32_t id,
				const struct value *tensor)
{
	struct value v = *tensor;
	struct device d = state_device(x->s, tensor);

	if (!o->has_tensors && o->device.kind != DEV_MANAGED && o->device.kind != DEV_ARG)
		o->device = d;
	o->has_tensors = true;
	if (same_device(o->device, d) || o->device.kind == DEV_MANAGED || o->device.kind == DEV_ARG)
		v.object = id;
	v.device = d;
	v.text = NULL;
	v.origin = module_origin(x, o);
	return made_value(x, v);
}

/* ---- how it moves ---- */

static const struct value *owned_by(const struct scene *x, const struct value *tensor, uint32_t id,
				    struct device d)
{
	struct value v = *tensor;

	v.object = id;
	v.device = d;
	return made_value(x, v);
}

/* A class with an _apply of its own moves more than what is registered. */
static void forget_plain(struct object_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].registered == FIELD_PLAIN && *fields[i].name != '(')
			fields[i].value = value_unknown();
}

/* Its own tensors get the module as their owner: from then on they are where it is. Those of a ParameterList that are not
 * told apart, too. */
static struct object moved_record(const struct scene *x, uint32_t id, struct device d)
{
	struct object o = *state_object(x->s, id);
	struct object_field *fields = arena_alloc(x->a, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		fields[i] = o.fields.v[i];
		if (fields[i].registered == FIELD_PLAIN || !is_tensor(fields[i].value))
			continue;

		fields[i].value = owned_by(x, fields[i].value, id, d);
	}
	if (o.cls && interp_method(x->in, x->s, value_object(x->a, id), "_apply"))
		forget_plain(fields, o.fields.n);
	if (o.element && is_tensor(o.element))
		o.element = owned_by(x, o.element, id, d);
	o.fields.v = fields;
	o.device = d;
	o.moved = origin_here(x, FROM_MOVE, NULL);
	o.has_escaped = false;
	return o;
}

static void move_child(const struct scene *x, const struct value *v, struct device d, size_t depth);

static void move_at(const struct scene *x, uint32_t id, struct device d, size_t depth)
{
	struct object o = moved_record(x, id, d);

	if (depth > NESTED_MAX)
		return;
	state_put(x->in, x->s, id, &o);
	for (size_t i = 0; i < o.fields.n; i++)
		if (o.fields.v[i].registered == FIELD_CHILD)
			move_child(x, o.fields.v[i].value, d, depth);
	if (o.element)
		move_child(x, o.element, d, depth);
}

static void move_child(const struct scene *x, const struct value *v, struct device d, size_t depth)
{
	const struct object *child = object_of(x, v);

	if (child && child->kind == OBJ_MODULE)
		move_at(x, v->object, d, depth + 1);
	else if (value_is_any_module(x->s, v))
		for (int64_t i = 0; i < v->number; i++)
			move_at(x, v->maybe[i], d, depth + 1);
}

void module_move(const struct scene *x, uint32_t id, struct device d)
{
	const struct object *o = state_object(x->s, id);
	struct place before = module_place(x, id);

	if (o->device.kind == DEV_MANAGED && d.kind != DEV_CPU)
		return;
	/* One of many that were made at this place: the others stay. */
	if (o->is_summary && !same_device(before.device, d))
		d = (struct device){ 0 };
	move_at(x, id, d, 0);
	optimizer_before_move(x, id, before.device, d);
}

const struct value *module_new(const struct scene *x, const char *text, struct device d,
			       bool has_tensors)
{
	struct object o = { .kind = OBJ_MODULE,
			    .text = text,
			    .device = d,
			    .has_tensors = has_tensors,
			    .unit = interp_unit(x->in),
			    .site = x->at };

	return value_object(x->a, state_new(x->in, x->s, &o));
}

/* copy.deepcopy(model): a module of its own, with children of their own. */
struct copying {
	const struct scene *x;
	uint32_t number; /* tells the copies apart */
};

static const struct value *copied(struct copying *c, const struct value *v, size_t depth)
{
	const struct object *o = object_of(c->x, v);
	struct object copy;

	if (!o || o->kind != OBJ_MODULE || depth > NESTED_MAX)
		return value_unknown();
	copy = *o;
	copy.site = c->x->at;
	copy.unit = interp_unit(c->x->in);
	copy.fields.v = arena_alloc(c->x->a, (o->fields.n + 1) * sizeof *copy.fields.v);
	for (size_t i = 0; i < o->fields.n; i++) {
		struct object_field f = o->fields.v[i];

		if (f.registered == FIELD_CHILD)
			f.value = copied(c, f.value, depth + 1);
		else if (is_tensor(f.value))
			f.value = tensor_moved(c->x, f.value, state_device(c->x->s, f.value),
					       f.value->origin);
		else if (f.value->kind == VAL_OBJECT)
			f.value = value_unknown();
		copy.fields.v[i] = f;
	}
	if (o->element)
		copy.element = copied(c, o->element, depth + 1);
	return value_object(c->x->a, made_object(c->x, copy, 1000 + c->number++));
}

const struct value *module_copy(const struct scene *x, const struct value *v)
{
	struct copying c = { .x = x };

	return copied(&c, v, 0);
}

/* ---- which kind of module ---- */

static bool name_has(const char *name, const char *word)
{
	return name && strstr(name, word);
}

/* "torch.nn.CrossEntropyLoss", or how a class of read code was called where it was made. */
static const char *class_name(const struct scene *x, const struct object *o)
{
	if (o->cls && o->site && o->site->kind == PY_CALL)
		return ast_dotted(x->a, o->site->a);
	return o->text;
}

bool module_is(const struct scene *x, uint32_t id, const char *word)
{
	const struct object *o = state_object(x->s, id);
	struct lint_api_row row;
	bool known = o->text && !o->cls && api_find(o->text, &row);

	if (strcmp(word, "metric") == 0)
		return known && strcmp(row.does, "metric") == 0;
	if (strcmp(word, "weighted loss") == 0)
		return known && strcmp(row.does, "loss") == 0;
	return name_has(class_name(x, o), "Loss") || name_has(class_name(x, o), "Criterion");
}

/* ---- methods ---- */

/* model.to(device), where the program itself has the module in hand: it lies there until a framework gets it again. */
static bool is_by_hand(const struct call *c)
{
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;

	return callee && callee->kind == PY_ATTR &&
	       (callee->a->kind != PY_NAME || strcmp(callee->a->name, "self") != 0);
}

static void move_by_call(const struct scene *x, const struct call *c, const char *how)
{
	const struct object *o = state_object(x->s, c->self->object);
	struct device d;

	if (!move_target(x, c, how, &d))
		return;
	if (o->device.kind == DEV_MANAGED && d.kind == DEV_CUDA && !o->is_summary && is_by_hand(c))
		move_at(x, c->self->object, d, 0);
	else
		module_move(x, c->self->object, d);
}

static const struct value *state_of(const struct scene *x, const struct call *c)
{
	struct place p = module_place(x, c->self->object);

	return value_placed(x->a, p.device, origin_here(x, FROM_PARAMETER, NULL));
}

/* Has it a layer, whose weights have dimensions, and no parameter of its own that may have none? */
static enum tri has_layers(const struct scene *x, uint32_t id, size_t depth)
{
	const struct object *o = state_object(x->s, id);
	enum tri found = !o->cls && o->text && starts_with(o->text, "torch.nn.") && o->has_tensors
				 ? TRI_YES
				 : TRI_NO;

	for (size_t i = 0; i < o->fields.n && depth < NESTED_MAX; i++) {
		const struct object_field *f = &o->fields.v[i];
		enum tri below = TRI_NO;

		if (f->registered == FIELD_PARAMETER && f->value->zero_dim != TRI_NO)
			return TRI_UNKNOWN;
		if (f->registered == FIELD_CHILD && object_of(x, f->value))
			below = has_layers(x, f->value->object, depth + 1);
		if (below == TRI_UNKNOWN)
			return below;
		found = below == TRI_YES ? below : found;
	}
	return found;
}

/* One parameter stands for all: next(model.parameters()).device. Its number says whose it is:
 * for optimizers. */
static const struct value *parameters_of(const struct scene *x, const struct call *c, bool named)
{
	struct place p = module_place(x, c->self->object);
	const struct object *o = state_object(x->s, c->self->object);

	bool layers = strstr(c->name, "parameters") && has_layers(x, c->self->object, 0) == TRI_YES;
	enum tri dims = layers ? TRI_NO : TRI_UNKNOWN;

	/* A base class whose parameters come from others: its caller has put them all in one place. */
	if (!p.has_tensors && o->device.kind == DEV_ARG)
		p.device = o->device;

	const struct value *tensor = made_value(x, (struct value){ .kind = VAL_TENSOR,
								   .device = p.device,
								   .is_param = true,
								   .zero_dim = dims,
								   .number = c->self->object });
	const struct value *pair[2] = { number_of(x, VAL_STR), tensor };

	return sequence_of(x, OBJ_ITERATOR, named ? tuple_of(x, pair, 2) : tensor);
}

/* Numbers of a model that is written to a file: the type is the file's. */
static bool is_saved(const struct unit *u)
{
	static const char *const words[] = { "save_pretrained(", "push_to_hub(", "torch.save(",
					     "save_file(" };
	bool found = false;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		found |= memmem(u->text, u->n_text, words[i], strlen(words[i])) != NULL;
	return found;
}

static void note_half(const struct scene *x, const struct call *c)
{
	if (is_saved(interp_unit(x->in)))
		return;

	struct object o = object_with(
		x, state_object(x->s, c->self->object), "(half)",
		value_device(x->a, cpu_device(), origin_here(x, FROM_OTHER, NULL)), FIELD_PLAIN);

	state_put(x->in, x->s, c->self->object, &o);
}

static void full_again(const struct scene *x, const struct call *c)
{
	struct object o = object_with(x, state_object(x->s, c->self->object), "(half)",
				      value_none(), FIELD_PLAIN);

	state_put(x->in, x->s, c->self->object, &o);
}

static bool mover(const struct scene *x, const struct call *c)
{
	static const char *const movers[] = { "to", "cuda", "cpu", "to_empty", "type", NULL };

	if (!is_one_of(c->name, movers))
		return false;
	move_by_call(x, c, strcmp(c->name, "to_empty") == 0 ? "to" : c->name);
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;

		if (is_dtype(v) && v->text &&
		    (strstr(v->text, "float16") || ends_with(v->text, "half")))
			note_half(x, c);
		else if (is_dtype(v))
			full_again(x, c);
	}
	return true;
}

const char *buffer_key(const struct scene *x, const struct origin *o)
{
	return arena_fmt(x->a, "buffer %p", (const void *)o);
}

/* self.register_buffer("b", (1 - self.a).cumprod(0)): self.a stays what it was. */
static bool is_made_of_attribute(const struct value *v, const struct py_node *node)
{
	return v->origin->kind == FROM_ATTRIBUTE && node && node->kind != PY_ATTR;
}

static bool registers(const struct scene *x, const struct call *c)
{
	const struct value *name = call_argument(c, 0, "name");
	const struct value *v = call_positional(c, 1);
	static const char *const names[] = { "tensor", "param", "module" };
	bool buffer = strcmp(c->name, "register_buffer") == 0;
	const char *attr = name && name->kind == VAL_STR && name->is_known ? name->text : NULL;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		v = call_keyword(c, names[i]) ? call_keyword(c, names[i]) : v;
	if (!v)
		return false;
	/* What is registered is a tensor or None: torch takes nothing else. */
	if (buffer && is_placed(v)) {
		struct value copy = *v;

		copy.kind = VAL_TENSOR;
		copy.text = "buffer";
		if (v->origin && !is_made_of_attribute(v, argument_node(c, 1, "tensor")))
			note_set(x, buffer_key(x, v->origin), value_scalar());
		v = made_value(x, copy);
	}
	/* A computed name: one for each, so that none of them is lost. */
	if (!attr)
		attr = arena_fmt(x->a, "(computed %u)", x->at->id);
	model_set_attr(x->in, x->s, c->self->object, attr, v, x->at);
	if (buffer && v->kind == VAL_NONE) {
		struct object o =
			object_with(x, state_object(x->s, c->self->object), attr, v, FIELD_BUFFER);

		state_put(x->in, x->s, c->self->object, &o);
	}
	return true;
}

/* torchvision's detectors look at targets only while they train. */
static void note_training(const struct scene *x, const struct call *c)
{
	const struct object *o = state_object(x->s, c->self->object);
	bool trains = strcmp(c->name, "train") == 0 && !c->n_args;

	if (o->cls || !o->text || !starts_with(o->text, DETECTION))
		return;

	struct object copy = object_with(x, o, "(trains)", value_bool(x->a, trains), FIELD_PLAIN);

	state_put(x->in, x->s, c->self->object, &copy);
}

static bool itself(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const words[] = { "train",
					     "eval",
					     "requires_grad_",
					     "apply",
					     "float",
					     "double",
					     "bfloat16",
					     "half",
					     "compile",
					     "share_memory",
					     "gradient_checkpointing_enable",
					     "zero_grad",
					     "freeze",
					     "unfreeze",
					     "merge_and_unload",
					     NULL };

	if (!is_one_of(c->name, words))
		return false;
	if (strcmp(c->name, "half") == 0)
		note_half(x, c);
	else if (strcmp(c->name, "float") == 0 || strcmp(c->name, "double") == 0)
		full_again(x, c);
	else if (strcmp(c->name, "train") == 0 || strcmp(c->name, "eval") == 0)
		note_training(x, c);
	*ret = c->self;
	return true;
}

/* What a hook makes of the arguments, nobody knows. */
static bool hook(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (strcmp(c->name, "register_forward_pre_hook") != 0)
		return false;
	state_set_attr(x->in, x->s, c->self->object, HOOKED, value_bool(x->a, true), x->at);
	*ret = value_unknown();
	return true;
}

static bool nothing(const struct call *c, const struct value **ret)
{
	static const char *const words[] = { "__init__",
					     "load_state_dict",
					     "register_forward_hook",
					     "save_pretrained",
					     "print_trainable_parameters",
					     "resize_token_embeddings",
					     "reset_parameters",
					     "register_full_backward_hook",
					     "enable_input_require_grads",
					     "flatten_parameters",
					     "tie_weights",
					     "num_parameters",
					     "push_to_hub",
					     "gradient_checkpointing_disable",
					     "enable_attention_slicing",
					     "enable_vae_slicing",
					     "enable_vae_tiling",
					     "enable_xformers_memory_efficient_attention",
					     "set_progress_bar_config",
					     "set_extra_state",
					     "__setattr__",
					     "save_hyperparameters",
					     NULL };

	if (!is_one_of(c->name, words))
		return false;
	*ret = value_none();
	return true;
}

/* self.modules(), self.children(): what is done to one of them may be done to all. */
static bool parts(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const parameters[] = { "parameters", "buffers", NULL };
	static const char *const named[] = { "named_parameters", "named_buffers", NULL };
	static const char *const unknown[] = { "modules", "named_modules", NULL };

	if (is_one_of(c->name, parameters) || is_one_of(c->name, named)) {
		*ret = parameters_of(x, c, is_one_of(c->name, named));
		return true;
	}
	if (strcmp(c->name, "children") == 0) {
		*ret = sequence_of(x, OBJ_ITERATOR, module_children(x, c->self));
		return true;
	}
	if (strcmp(c->name, "named_children") == 0) {
		const struct value *pair[2] = { number_of(x, VAL_STR),
						module_children(x, c->self) };

		*ret = sequence_of(x, OBJ_ITERATOR, tuple_of(x, pair, 2));
		return true;
	}
	if (is_one_of(c->name, unknown)) {
		*ret = sequence_of(x, OBJ_ITERATOR, value_unknown());
		return true;
	}
	if (strcmp(c->name, "state_dict") == 0) {
		*ret = state_of(x, c);
		return true;
	}
	return false;
}

static bool container_grows(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = state_object(x->s, c->self->object);
	const struct value *v = call_positional(c, strcmp(c->name, "insert") == 0 ? 1 : 0);
	static const char *const words[] = { "append", "extend", "insert", "update", NULL };
	struct lint_api_row row;

	if (!is_one_of(c->name, words) || !v || !layer_row(x, o, &row) ||
	    !starts_with(row.name, "torch.nn."))
		return false;
	*ret = strcmp(c->name, "append") == 0 ? c->self : value_none();
	if (strcmp(c->name, "append") == 0 && !interp_in_loop(x->in)) {
		model_set_attr(
			x->in, x->s, c->self->object,
			arena_fmt(x->a, "%zu", state_object(x->s, c->self->object)->fields.n), v,
			x->at);
		return true;
	}

	const struct object *many = object_of(x, v);
	bool is_list = many && many->kind == OBJ_LIST && !many->element && !many->is_open;
	const struct value *one = many && many->kind != OBJ_MODULE ? many->element : v;
	struct object copy;

	for (size_t i = 0; is_list && i < many->fields.n; i++)
		one = one ? value_join(x->in, x->s, one, many->fields.v[i].value)
			  : many->fields.v[i].value;
	if (one)
		one = given_element(x, o, one);
	copy = *state_object(x->s, c->self->object);
	copy.element = o->element && one ? value_join(x->in, x->s, o->element, one)
		       : one             ? one
					 : value_unknown();
	copy.is_open = true;
	if (is_tensor(copy.element))
		copy.element = module_owns(x, &copy, c->self->object, copy.element);
	state_put(x->in, x->s, c->self->object, &copy);
	return true;
}

/* metric.update(preds, target), model.generate(ids): calls under another name. */
static bool is_call(const struct scene *x, const struct call *c)
{
	static const char *const names[] = { "__call__", "forward", NULL };
	static const char *const of_transformers[] = { "generate", "get_image_features",
						       "get_text_features", "get_audio_features",
						       NULL };
	static const char *const of_metric[] = { "update", NULL };
	const struct object *o = state_object(x->s, c->self->object);

	if (is_one_of(c->name, names))
		return true;
	if (is_one_of(c->name, of_transformers))
		return o->text && starts_with(o->text, "transformers.");
	return is_one_of(c->name, of_metric) && module_is(x, c->self->object, "metric");
}

static bool metric_result(const struct scene *x, const struct call *c, const struct value **ret)
{
	bool compute = strcmp(c->name, "compute") == 0;

	if ((!compute && strcmp(c->name, "reset") != 0) || !module_is(x, c->self->object, "metric"))
		return false;
	*ret = compute ? value_placed(x->a, module_place(x, c->self->object).device, NULL)
		       : value_none();
	return true;
}

bool module_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (is_call(x, c))
		return module_call(x, c, ret);
	if (layer_init(x, c)) {
		*ret = value_none();
		return true;
	}
	if (metric_result(x, c, ret))
		return true;
	if (mover(x, c)) {
		*ret = c->self;
		return true;
	}
	if (strcmp(c->name, "register_buffer") == 0 || strcmp(c->name, "register_parameter") == 0 ||
	    strcmp(c->name, "add_module") == 0 || strcmp(c->name, "register_module") == 0) {
		*ret = value_none();
		return registers(x, c);
	}
	return itself(x, c, ret) || hook(x, c, ret) || nothing(c, ret) || parts(x, c, ret) ||
	       container_grows(x, c, ret);
}

/* ---- self.name = value ---- */

static int registered_as(const struct scene *x, const struct object *o, const char *name,
			 const struct value *v)
{
	const struct object_field *old = object_field(o, name);
	const struct object *child = object_of(x, v);
	bool was_buffer = old && old->registered == FIELD_BUFFER;

	if (child)
		return child->kind == OBJ_MODULE ? FIELD_CHILD : FIELD_PLAIN;
	if (v->kind == VAL_TENSOR && v->is_param)
		return FIELD_PARAMETER;
	if (v->kind == VAL_TENSOR && (was_buffer || (v->text && strcmp(v->text, "buffer") == 0)))
		return FIELD_BUFFER;
	return v->kind == VAL_NONE && was_buffer ? FIELD_BUFFER : FIELD_PLAIN;
}

static const struct value *attribute(const struct scene *x, const struct value *v)
{
	if (!is_tensor(v) || state_device(x->s, v).kind != DEV_CPU || !v->origin)
		return v;

	struct value copy = *v;

	copy.origin = origin_here(x, FROM_ATTRIBUTE, v->origin);
	return made_value(x, copy);
}

void model_set_attr(struct interp *in, struct state *s, uint32_t module, const char *name,
		    const struct value *value, const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	struct object o;
	int registered;

	value = given_part(&x, state_object(s, module), value);
	o = *state_object(s, module);
	registered = registered_as(&x, &o, name, value);

	const struct object_field *old = object_field(&o, name);

	if (registered == FIELD_CHILD && o.device.kind == DEV_MANAGED)
		module_move(&x, value->object, o.device);
	if (registered == FIELD_PARAMETER ||
	    (registered == FIELD_BUFFER && value->kind == VAL_TENSOR))
		value = module_owns(&x, &o, module, value);
	else if (registered == FIELD_PLAIN)
		value = attribute(&x, value);
	/* Many objects: what is stored in one may be in another. */
	if (o.is_summary && old)
		value = value_join(in, s, old->value, value);
	o = object_with(&x, &o, name, value, registered);
	state_put(in, s, module, &o);
}
