// SPDX-License-Identifier: Apache-2.0
/* The door to the model: which table answers for this call? Functions and classes by their dotted
 * name, methods by what their receiver is. What no table knows is not known: the caller lets its
 * arguments escape. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

/* ---- plain answers ---- */

static bool run_bool(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	(void)c;
	*ret = value_bool(x->a, *row->detail == '1');
	return true;
}

static bool run_scalar(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	(void)c;
	*ret = *row->detail ? number_of(x, VAL_INT) : value_scalar();
	if (strcmp(row->detail, "gpus") == 0)
		*ret = value_with_param(x->a, *ret, GPU_COUNT);
	return true;
}

static bool run_none(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	(void)x;
	(void)c;
	(void)row;
	*ret = value_none();
	return true;
}

static bool run_unknown(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	(void)x;
	(void)c;
	(void)row;
	*ret = value_unknown();
	return true;
}

/* A package that knows nothing of tensors: what it gives is data of the host, if none was put in. */
static bool run_host(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	(void)row;
	*ret = args_may_be_on_gpu(x->s, c->args, c->n_args) ? value_unknown() : value_data();
	return true;
}

static bool run_opaque(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	(void)c;
	*ret = instance_of(x, strcmp(row->does, "context") == 0 ? "context" : "opaque");
	return true;
}

/* max(a, b) of numbers is one; abs() of a tensor lives where that does. */
static bool run_numbers(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	const struct value *first = call_positional(c, 0);
	bool whole = true;

	if (call_has_stars(c) || !first)
		return false;
	*ret = first;
	if (*row->detail && is_placed(first))
		return true;
	for (size_t i = 0; i < c->n_args; i++) {
		enum value_kind kind = c->args[i].value->kind;

		if (kind != VAL_INT && kind != VAL_FLOAT && kind != VAL_BOOL && kind != VAL_SCALAR)
			return false;
		whole &= kind == VAL_INT;
	}
	*ret = whole ? number_of(x, VAL_INT) : value_scalar();
	return true;
}

/* torch.device("cuda"), torch.device("cuda", 1), torch.device(d). */
static bool run_device(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *type = call_argument(c, 0, "type"),
			   *index = call_argument(c, 1, "index");
	struct device d = { 0 };

	(void)row;
	if (type)
		device_told(x, type, argument_node(c, 0, "type"), &d);
	if (d.kind == DEV_CUDA && index)
		d.index = index->kind == VAL_INT && index->is_known ? (int)index->number : -1;
	*ret = value_device(x->a, d, origin_here(x, FROM_OTHER, NULL));
	return true;
}

static bool run_generator(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	bool is_default = strcmp(row->detail, "default") == 0; /* torch.manual_seed(7) */
	const struct value *where = is_default ? NULL : call_argument(c, 0, "device");
	struct device d = cpu_device(), told;

	if (where && device_told(x, where, argument_node(c, 0, "device"), &told))
		d = told;
	*ret = instance_of(x, "torch.Generator");
	state_set_attr(x->in, x->s, (*ret)->object, "device",
		       value_device(x->a, d, origin_here(x, FROM_OTHER, NULL)), x->at);
	return true;
}

static bool run_default_device(const struct scene *x, const struct call *c,
			       const struct lint_api_row *row, const struct value **ret)
{
	const struct value *where = call_argument(c, 0, "device");
	struct device d = { 0 };

	(void)row;
	if (where && !device_told(x, where, argument_node(c, 0, "device"), &d))
		d = cpu_device();
	note_set(x, "default device", value_device(x->a, d, NULL));
	*ret = value_none();
	return true;
}

/* set_default_tensor_type("torch.cuda.FloatTensor") changes both. */
static bool run_default_type(const struct scene *x, const struct call *c,
			     const struct lint_api_row *row, const struct value **ret)
{
	(void)c;
	(void)row;
	note_set(x, "default device", value_unknown());
	note_set(x, "default type", value_unknown());
	*ret = value_none();
	return true;
}

static bool run_set_device(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	(void)c;
	(void)row;
	note_set(x, "set_device", value_bool(x->a, true));
	*ret = value_none();
	return true;
}

static bool run_checkpoint(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	struct call_arg *args = arena_alloc(x->a, (c->n_args + 1) * sizeof *args);
	size_t n = 0;

	(void)row;
	for (size_t i = 1; i < c->n_args; i++)
		if (!c->args[i].name)
			args[n++] = c->args[i];
	if (!c->n_args || c->args[0].stars || c->args[0].name)
		return false;
	*ret = interp_call(x->in, x->s, c->args[0].value, args, n, x->at);
	return true;
}

/* Whether anything is unpacked into the call is not followed. */
static bool has_stars(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].stars)
			return true;
	return false;
}

/* torch.jit.trace(model, example), torch.onnx.export(model, args, file): calls the model, with the items of a tuple or the one
 * value that it is given. "same": gives the model back. */
static bool run_tries(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	const struct value *model = c->n_args ? c->args[0].value : NULL,
			   *sample = c->n_args > 1 ? c->args[1].value : NULL;
	const struct object *o = sample ? object_of(x, sample) : NULL;
	struct call_arg *args;
	size_t n = 1;

	if (!sample || has_stars(c) || c->args[0].name)
		return false;
	if (o && o->kind != OBJ_TUPLE)
		return false;
	if (o)
		n = o->fields.n;
	args = arena_alloc(x->a, (n + 1) * sizeof *args);
	for (size_t i = 0; i < n; i++)
		args[i] = (struct call_arg){ .value = o ? o->fields.v[i].value : sample,
					     .node = c->args[1].node };
	interp_call(x->in, x->s, model, args, n, x->at);
	*ret = strcmp(row->detail, "same") == 0 ? model : value_none();
	return true;
}

/* torchsummary makes a sample on the GPU, if there is one, and calls the model with it. */
static bool run_summary(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	const struct value *device = call_argument(c, 3, "device");
	struct call_arg sample = { .node = x->at };

	(void)row;
	*ret = value_none();
	if (device || !c->n_args || has_stars(c) || c->args[0].name)
		return true;
	sample.value = tensor_of(x, cuda_device(-1), 2, origin_here(x, FROM_FACTORY, NULL));
	interp_call(x->in, x->s, c->args[0].value, &sample, 1, x->at);
	return true;
}

static bool has_only_numbers(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].stars ||
		    (c->args[i].value->kind != VAL_INT && c->args[i].value->kind != VAL_FLOAT))
			return false;
	return c->n_args > 0;
}

/* Normal(self.loc, self.scale) in __init__ keeps what the buffers were then: .to() puts new ones into their place, and new data into a
 * parameter, of which the distribution has a view. */
static bool is_of_module(const struct mix *m)
{
	for (size_t i = 0; i < m->operands.n; i++)
		if (m->operands.v[i].value->kind == VAL_TENSOR && m->operands.v[i].value->object)
			return true;
	return false;
}

bool is_distribution(const struct origin *o)
{
	const char *callee = o->node->kind == PY_CALL ? names_dotted(o->unit, o->node->a) : NULL;

	return callee && starts_with(callee, "torch.distributions.");
}

/* Normal(0, 1) makes tensors of the numbers where all are made; else its samples are where its parameters are. */
static bool run_distribution(const struct scene *x, const struct call *c,
			     const struct lint_api_row *row, const struct value **ret)
{
	static const struct parameter any = { .name = { "parameter", 9 }, .code = 'n' };
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = "distribution",
			    .unit = interp_unit(x->in),
			    .site = x->at };
	struct mix m = { 0 };

	(void)row;
	for (size_t i = 0; i < c->n_args; i++)
		if (!c->args[i].stars)
			mix_add(x, &m, c->args[i].value, c->args[i].node, &any);

	struct mixed mixed = mix_run(x, &m);

	o.device = mixed.device;
	if (m.operands.n) {
		bool stays = mixed.device.kind == DEV_CPU && interp_is_library(x->in) &&
			     is_of_module(&m);

		o.element = tensor_of(x, mixed.device, mixed.rank,
				      stays ? origin_here(x, FROM_ATTRIBUTE, NULL) : mixed.origin);
	} else if (has_only_numbers(c)) {
		o.device = default_device(x);
		o.element = value_tensor(x->a, o.device, TRI_YES, NULL);
	}
	*ret = value_object(x->a, state_new(x->in, x->s, &o));
	return true;
}

/* An operation on tensors of another library: "src:t index:t = t". */
static bool run_operation(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const char *result = strstr(row->detail, "= ");
	struct lint_signature_row signature = { .name = row->name,
						.params = row->detail,
						.result = result ? result + 2 : "-",
						.rank = "",
						.only = "",
						.source = row->source };

	return operation_call(x, c, &signature, ret);
}

const struct api_word api_words_plain[] = {
	{ "bool", run_bool },
	{ "scalar", run_scalar },
	{ "none", run_none },
	{ "numbers", run_numbers },
	{ "unknown", run_unknown },
	{ "host", run_host },
	{ "opaque", run_opaque },
	{ "context", run_opaque },
	{ "device", run_device },
	{ "generator", run_generator },
	{ "default-device", run_default_device },
	{ "default-type", run_default_type },
	{ "set-device", run_set_device },
	{ "checkpoint", run_checkpoint },
	{ "tries", run_tries },
	{ "summary", run_summary },
	{ "distribution", run_distribution },
	{ "operation", run_operation },
	{ NULL, NULL },
};

/* ---- functions and classes ---- */

static bool run_word(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	static const struct api_word *const tables[] = { api_words_plain, api_words_tensor,
							 api_words_numpy, api_words_module,
							 api_words_optim, api_words_data,
							 api_words_frame };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct api_word *w = tables[i]; w->does; w++)
			if (*w->does == *row->does && strcmp(w->does, row->does) == 0)
				return w->run(x, c, row, ret);
	return false;
}

static bool library_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct lint_signature_row *signature;
	struct lint_api_row row;

	if (api_find(c->name, &row))
		return run_word(x, c, &row, ret);
	signature = signature_row(c->name);
	if (signature)
		return operation_call(x, c, signature, ret);
	/* torch.Tensor.add(x, y): the method with its receiver first. */
	return false;
}

/* ---- methods ---- */

/* A method of a number, a text or an array gives no tensor back. */
static bool plain_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (check_no_mover(x, c)) {
		*ret = value_unknown();
		return true;
	}
	if (c->self->kind == VAL_ARRAY)
		return array_method(x, c, ret);
	*ret = value_scalar();
	return true;
}

/* Of a parameter whose callers are not read: if it is a module, its parameters are where it is. */
static bool placed_module_method(const struct scene *x, const struct call *c,
				 const struct value **ret)
{
	const struct value *v = c->self;

	if (v->kind != VAL_PLACED ||
	    (strcmp(c->name, "parameters") != 0 && strcmp(c->name, "buffers") != 0))
		return false;
	*ret = sequence_of(x, OBJ_ITERATOR, value_placed(x->a, v->device, v->origin));
	return true;
}

static bool object_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = state_object(x->s, c->self->object);

	switch (o->kind) {
	case OBJ_MODULE:
		return module_method(x, c, ret);
	case OBJ_OPTIMIZER:
		if (!o->cls && check_no_mover(x, c)) {
			*ret = value_unknown();
			return true;
		}
		return optimizer_method(x, c, ret);
	case OBJ_LOADER:
		if (!o->cls && check_no_mover(x, c)) {
			*ret = value_unknown();
			return true;
		}
		return loader_method(x, c, ret);
	case OBJ_ITERATOR:
		return loader_method(x, c, ret);
	case OBJ_INSTANCE:
		return instance_method(x, c, ret);
	default:
		*ret = value_unknown();
		return check_no_mover(x, c);
	}
}

bool model_call(struct interp *in, struct state *s, const struct call *c,
		const struct value **ret_value)
{
	struct scene x = scene_of(in, s, c->node);

	if (!c->self)
		return library_call(&x, c, ret_value);
	switch (c->self->kind) {
	case VAL_TENSOR:
	case VAL_PLACED:
	case VAL_UNKNOWN:
		return unread_call(&x, c, ret_value) || placed_module_method(&x, c, ret_value) ||
		       tensor_method(&x, c, ret_value);
	case VAL_OBJECT:
		return object_method(&x, c, ret_value);
	case VAL_DEVICE:
		return device_method(&x, c, ret_value);
	case VAL_INT:
	case VAL_FLOAT:
	case VAL_STR:
	case VAL_BOOL:
	case VAL_SCALAR:
	case VAL_DTYPE:
	case VAL_ARRAY:
		return plain_method(&x, c, ret_value);
	default:
		return false;
	}
}

/* ---- objects of read classes that are modules ---- */

static bool mentions(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* Bases that stand beside the one that makes the module. */
static bool is_no_library(const char *base)
{
	return starts_with(base, "builtins.") || starts_with(base, "abc.") ||
	       starts_with(base, "typing.");
}

void model_new_module(struct interp *in, struct state *s, const struct klass *k, struct object *o)
{
	static const char *const managed[] = {
		"pytorch_lightning.LightningModule",      "lightning.LightningModule",
		"lightning.pytorch.LightningModule",      "pytorch_lightning.core.LightningModule",
		"lightning.pytorch.core.LightningModule", NULL
	};
	struct strlist bases = { 0 };
	bool unknown = false;

	(void)s;
	klass_library_bases(k, interp_arena(in), &bases, &unknown);
	o->kind = OBJ_MODULE;
	o->device = cpu_device();
	o->has_tensors = false;
	for (size_t i = bases.n; i-- > 0;)
		if (!is_no_library(bases.v[i]))
			o->text = bases.v[i];
	for (size_t i = 0; i < bases.n; i++)
		if (mentions(bases.v[i], managed))
			o->device = (struct device){ .kind = DEV_MANAGED };
	if (unknown) {
		o->device = (struct device){ 0 };
		o->has_tensors = true;
	}
}
