// SPDX-License-Identifier: Apache-2.0
/* Methods of tensors that are no plain operations: reading a value, going to NumPy, pinning. */
#include "lint/model_parts.h"

#include <string.h>

#include "core/str.h"
#include "lint/hangs.h"
#include "lint/names.h"

/* forward and the steps of a trainer get what is where the module is. */
static bool is_of_step(const struct origin *o)
{
	static const char *const steps[] = { "forward", "training_step", "validation_step",
					     "test_step", "predict_step" };
	const struct scope *scope = names_scope(o->unit, o->node);

	for (size_t i = 0; scope && i < sizeof steps / sizeof *steps; i++)
		if (scope->node->kind == PY_FUNC && scope->outer &&
		    scope->outer->node->kind == PY_CLASS &&
		    strcmp(scope->node->name, steps[i]) == 0)
			return true;
	return false;
}

/* What a module computed; its parameters alone may well be written to a file once it was moved back. */
static bool is_computed(const struct origin *o)
{
	const struct scope *scope = o->node ? names_scope(o->unit, o->node) : NULL;

	return o->kind == FROM_PARAMETER && scope && o->node->kind == PY_CALL &&
	       scope->node->kind == PY_FUNC && strcmp(scope->node->name, "__init__") != 0;
}

/* Is it written for GPUs at all? What never names one may be meant for the CPU alone. */
static bool knows_gpus(const struct unit *u)
{
	static const char *const words[] = { "cuda", ".device", "device=", "LightningModule" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text, u->n_text, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Where the module of a library is put: what it computes, and what it is called with. A plain argument of a function may be on
 * the CPU by contract. */
static bool is_on_callers_gpu(const struct scene *x, const struct value *v)
{
	const struct origin *o = v->origin;

	if (!interp_is_library(x->in) || state_device(x->s, v).kind != DEV_ARG || !o || !o->unit)
		return false;
	return (is_computed(o) ||
		((o->kind == FROM_ARGUMENT || o->kind == FROM_ITEM) && is_of_step(o))) &&
	       knows_gpus(interp_unit(x->in));
}

/* What a network gave back, as a whole: if it is asked for an array it is a tensor, or holds some. */
static bool is_given_by_network(const struct scene *x, const struct value *v)
{
	enum dev_kind kind = state_device(x->s, v).kind;
	bool there = kind == DEV_CUDA || kind == DEV_ARG;

	return v->kind == VAL_PLACED && v->origin && v->origin->kind == FROM_NETWORK && there;
}

/* outputs.logits of a library's model that is called with what is on its GPU. */
static bool is_output(const struct scene *x, const struct value *v)
{
	const struct origin *o = v->origin;

	return v->kind == VAL_PLACED && o && o->kind == FROM_PARAMETER && o->node &&
	       o->node->kind == PY_CALL && state_device(x->s, v).kind == DEV_CUDA;
}

/* ---- functions that copy other things of the same argument ---- */

struct copies {
	const struct py_node *function;
	const char *param;
	bool copies; /* self.net(x).cpu(), of that argument */
	bool moves;  /* or asks where something is */
};

static bool is_host(const struct py_node *n)
{
	return n && n->kind == PY_STRING && strcmp(n->name, "cpu") == 0;
}

/* self.net.predict(x): what it says need not be where x is. */
static bool look_for_wrapper(struct py_node *n, void *data)
{
	bool *found = data;

	*found |= n->kind == PY_CALL && n->a->kind == PY_ATTR && is_of_wrappers(n->a->name) &&
		  strcmp(n->a->name, "cpu") != 0;
	return !*found;
}

static bool look_for_copies(struct py_node *n, void *data)
{
	static const char *const asks[] = { "is_cuda", "is_cpu", "get_device", "device", NULL };
	struct copies *c = data;
	const char *method = n->kind == PY_CALL && n->a->kind == PY_ATTR ? n->a->name : "";
	const struct py_node *to = n->kind == PY_CALL && n->list.n ? n->list.v[0]->a : NULL;
	bool to_host = strcmp(method, "cpu") == 0 || (strcmp(method, "to") == 0 && is_host(to));
	bool wrapped = false;

	c->moves |= (n->kind == PY_ATTR && is_one_of(n->name, asks)) ||
		    (n->kind == PY_ARG && n->name && strcmp(n->name, "device") == 0);
	if (!to_host) {
		c->moves |= strcmp(method, "to") == 0 || strcmp(method, "cuda") == 0;
		return !c->moves;
	}
	ast_walk(n->a->a, look_for_wrapper, &wrapped);

	struct hangs h = hangs_of(c->function, n->a->a);

	c->copies |= !wrapped &&
		     !(n->a->a->kind == PY_NAME && strcmp(n->a->a->name, c->param) == 0) &&
		     hangs_on(&h, c->param);
	return true;
}

/* A network is called with x, and what it says is copied to the host: x is where the network is, and what else is computed of x is there,
 * too. x itself may be on the host by contract. */
static bool is_forgotten(const struct scene *x, const struct value *v)
{
	const struct unit *u = interp_unit(x->in);
	const struct origin *o = v->origin;
	const struct scope *scope = names_scope(u, x->at);
	const struct py_node *tensor =
		x->at->kind == PY_CALL && x->at->a->kind == PY_ATTR ? x->at->a->a : NULL;
	struct copies c = { 0 };

	if (!interp_is_library(x->in) || state_device(x->s, v).kind != DEV_ARG || !o || !o->node ||
	    o->unit != u || o->kind != FROM_ARGUMENT || !tensor || is_run_on_cpu(x))
		return false;
	if (scope->node->kind != PY_FUNC || names_scope(u, o->node) != names_inner(u, scope->node))
		return false;
	c = (struct copies){ .function = scope->node, .param = o->node->name };
	if (tensor->kind == PY_NAME && strcmp(tensor->name, c.param) == 0)
		return false;
	for (size_t i = 0; i < scope->node->body.n; i++)
		ast_walk(scope->node->body.v[i], look_for_copies, &c);
	return c.copies && !c.moves;
}

/* y = y.to(device): wherever the device is a GPU it is there. Only where the function itself has moved it: what is far away may be
 * for some callers only. */
static bool is_moved_for_callers(const struct scene *x, const struct value *v)
{
	const struct unit *u = interp_unit(x->in);
	const struct origin *o = v->origin;
	struct device d = state_device(x->s, v);

	if (!interp_is_library(x->in) || d.kind != DEV_ARG || !(d.sym & SYM_CHOSEN) || !o ||
	    o->kind != FROM_MOVE || o->unit != u || !o->node || is_run_on_cpu(x))
		return false;
	return names_scope(u, o->node) == names_scope(u, x->at);
}

static bool is_on_gpu(const struct scene *x, const struct value *v)
{
	bool there = state_device(x->s, v).kind == DEV_CUDA || is_on_callers_gpu(x, v) ||
		     network_gave(v->origin) || (is_tensor(v) && is_forgotten(x, v));

	return (is_tensor(v) && there) || is_given_by_network(x, v) || is_output(x, v) ||
	       is_moved_for_callers(x, v);
}

/* Who has to be on a GPU for it to raise? */
static const char *words_of_callers(const struct scene *x, const struct value *v)
{
	const struct origin *o = v->origin;

	if (o && o->kind == FROM_MOVE)
		return "where the device is a GPU, ";
	if (o && o->kind == FROM_ARGUMENT && o->node && !is_of_step(o))
		return arena_fmt(x->a, "when %s is on a GPU, ", o->node->name);
	return "with the module on a GPU, ";
}

static void report_numpy(const struct scene *x, const struct value *v, const struct py_node *tensor)
{
	struct unit *u = interp_unit(x->in);
	struct device d = state_device(x->s, v);
	bool callers = d.kind == DEV_ARG, network = network_gave(v->origin);
	struct finding *f = interp_report(
		x->in, x->s, !callers && !network, "numpy-of-cuda-tensor", x->at,
		"%s%s raises TypeError: can't convert %s device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
		"host memory first.",
		callers   ? words_of_callers(x, v)
		: network ? "if the network leaves its result where it computed it, "
			  : "",
		text_at(x, u, x->at), callers || d.index < 0 ? "cuda:0" : device_name(x->a, d));

	if (!f)
		return;
	if (callers || network)
		lint_set_severity(f, SEVERITY_WARNING);
	interp_assume(x->in, f, d);
	way_of_origin(x, f, v->origin);
	if (tensor && (tensor->kind == PY_NAME || tensor->kind == PY_ATTR ||
		       tensor->kind == PY_CALL || tensor->kind == PY_SUBSCRIPT))
		lint_edit(u, f, APPLIES_SAFE, tensor->end, tensor->end, ".cpu()");
	lint_advise(u, f, "copy it to the host first: .cpu()");
}

static bool to_numpy(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;

	if (!is_placed(c->self))
		return false;
	if (is_on_gpu(x, c->self) && !call_argument(c, 0, "force"))
		report_numpy(x, c->self, callee && callee->kind == PY_ATTR ? callee->a : NULL);
	else if (state_device(x->s, c->self).kind == DEV_ARG)
		state_lose(x->in, x->s, c->self); /* by contract on the CPU: here it would raise */
	*ret = made_value(x, (struct value){ .kind = VAL_ARRAY,
					     .min_rank = c->self->min_rank,
					     .zero_dim = c->self->zero_dim });
	return true;
}

/* Seen with NumPy 2.4: a part of an array (a slice, a row) takes its value by __array__; one element takes it by float(), which
 * copies from a GPU. */
void array_store(const struct scene *x, const struct value *array,
		 const struct value *const *indices, size_t n, const struct value *value)
{
	const struct py_list *written = &x->at->list;
	bool is_part = n == 1 && indices[0]->kind == VAL_INT && array->min_rank >= 2;

	if (x->at->kind != PY_SUBSCRIPT || !is_tensor(value) || !is_on_gpu(x, value))
		return;
	for (size_t i = 0; i < written->n; i++)
		is_part = is_part || written->v[i]->kind == PY_SLICE ||
			  written->v[i]->kind == PY_ELLIPSIS;
	if (is_part)
		report_numpy(x, value, NULL);
}

/* tensor * array: torch hands it to the array, which converts the tensor (measured with torch 2.15 and NumPy 2.4.6). A number of
 * NumPy's, which has no dimension, is one like any other. */
void array_operand(const struct scene *x, enum py_op op, const struct value *tensor,
		   const struct value *array)
{
	const struct py_node *left = x->at->kind == PY_BINARY ? x->at->a : NULL;

	if (array && array->kind == VAL_ARRAY && array->min_rank && op <= OP_POW &&
	    is_tensor(tensor) && is_on_gpu(x, tensor))
		report_numpy(x, tensor, left);
}

/* array[mask]. A tensor of one number would do as an index, wherever it is: __index__. */
void array_index(const struct scene *x, const struct value *index, const struct py_node *node)
{
	if (is_tensor(index) && (index->is_mask || index->min_rank >= 2) && is_on_gpu(x, index))
		report_numpy(x, index, node == x->at ? NULL : node);
}

static bool pin(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (!is_placed(c->self))
		return false;
	*ret = c->self;
	if (!is_tensor(c->self) || state_device(x->s, c->self).kind != DEV_CUDA)
		return true;

	struct finding *f = interp_report(
		x->in, x->s, true, "pin-cuda-tensor", x->at,
		"raises RuntimeError: cannot pin 'torch.cuda.FloatTensor' only dense CPU tensors can be pinned");

	if (f) {
		way_of_origin(x, f, c->self->origin);
		lint_advise(interp_unit(x->in), f,
			    "pin before the move: x.pin_memory().to(device, non_blocking=True)");
	}
	return true;
}

/* What a step of training ran on: for the rules about absence. */
static void note_backward(const struct scene *x, const struct call *c)
{
	const struct value *ran = note_get(x, "ran on the CPU");

	if (strcmp(c->name, "backward") != 0)
		return;
	if (is_tensor(c->self) && state_device(x->s, c->self).kind == DEV_CPU && ran)
		note_set(x, "trained on the CPU", ran);
	else
		note_set(x, "trained elsewhere", value_bool(x->a, true));
}

static const struct value *size_of(const struct scene *x, const struct call *c)
{
	if (call_argument(c, 0, "dim"))
		return number_of(x, VAL_INT);
	return shape_of(x, c->self);
}

/* What has a method that only tensors have is one. */
static const struct value *as_tensor(const struct scene *x, const struct value *v,
				     const char *method)
{
	const struct lint_signature_row *row = signature_row(method);
	struct value copy = *v;

	if ((!row || !*row->only) && strcmp(method, "Tensor.bool") != 0)
		return v;
	copy.kind = VAL_TENSOR;
	return made_value(x, copy);
}

/* x.index_put_((i, j), v): x[i, j] = v. */
static bool index_put(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = object_of(x, call_argument(c, 0, "indices"));
	const struct value *v = call_argument(c, 1, "values"), *indices[8];

	*ret = c->self;
	if (!o || !v || o->element || o->fields.n > 8)
		return true;
	for (size_t i = 0; i < o->fields.n; i++)
		indices[i] = o->fields.v[i].value;
	model_store(x->in, x->s, c->self, indices, o->fields.n, v, x->at);
	return true;
}

static bool named_method(const struct scene *x, const struct call *c,
			 const struct lint_api_row *row, const struct value **ret)
{
	const struct value *self = c->self;

	if (strcmp(row->does, "move") == 0)
		return move_method(x, c, row->detail, ret);
	if (strcmp(row->does, "to-numpy") == 0)
		return to_numpy(x, c, ret);
	if (strcmp(row->does, "pin") == 0)
		return pin(x, c, ret);
	if (strcmp(row->does, "index-put") == 0)
		return index_put(x, c, ret);
	if (strcmp(row->does, "method-scalar") == 0) {
		note_backward(x, c);
		check_backward(x, c);
		*ret = strcmp(row->detail, "rank") == 0 ? tensor_rank(x, c->self)
		       : *row->detail                   ? number_of(x, VAL_INT)
							: value_scalar();
		return true;
	}
	if (strcmp(row->does, "method-shape") == 0) {
		*ret = size_of(x, c);
		return is_placed(self);
	}
	if (strcmp(row->does, "method-self") == 0) {
		*ret = self;
		return is_placed(self);
	}
	if (strcmp(row->does, "method-same") == 0 && is_placed(self)) {
		*ret = as_tensor(x, tensor_stays(x, self), row->name);
		*ret = as_mask(x, *ret, mask_is_made(c));
		return true;
	}
	return false;
}

static const char ranks_change[] = "ranks change";

/* Other names of the same tensor see it, too: from then on no rank is known. */
static void note_reshaped(const struct scene *x, const char *method)
{
	static const char *const methods[] = { "unsqueeze_", "squeeze_", "resize_", "resize_as_",
					       "set_" };

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i]) == 0)
			note_set(x, ranks_change, value_bool(x->a, true));
}

const struct value *tensor_rank(const struct scene *x, const struct value *v)
{
	bool known = is_tensor(v) && v->rank && !note_get(x, ranks_change);

	return known ? value_int(x->a, v->rank) : number_of(x, VAL_INT);
}

/* Of a part of a batch: targets.view(-1) has a dimension still. */
static const struct value *of_placed(const struct scene *x, const struct call *c,
				     const struct lint_signature_row *signature)
{
	struct value v = { .kind = VAL_PLACED,
			   .device = c->self->device,
			   .origin = c->self->origin };

	if (v.device.kind == DEV_BATCH &&
	    (strcmp(signature->rank, "view") == 0 || strcmp(signature->rank, "one") == 0))
		v.zero_dim = c->self->zero_dim;
	return made_value(x, v);
}

/* x = x.cuda(); x.sub(mean): what is moved, and takes a tensor to reckon with. */
static bool is_moved_operand(const struct call *c)
{
	const struct origin *from = c->self->kind == VAL_PLACED ? c->self->origin : NULL;

	return from && from->kind == FROM_MOVE && c->n_args && is_tensor(c->args[0].value);
}

bool tensor_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	const char *full = arena_fmt(x->a, "Tensor.%s", c->name);
	const struct lint_api_row *row = api_row_exact(full);
	const struct lint_signature_row *signature = signature_row(full);

	note_reshaped(x, c->name);
	if (row && strcmp(row->does, "new") == 0) {
		for (const struct api_word *w = api_words_tensor; w->does; w++)
			if (strcmp(w->does, "new") == 0)
				return w->run(x, c, row, ret);
	}
	if (row && named_method(x, c, row, ret))
		return true;
	if (!signature)
		return false;
	if (is_tensor(c->self) || *signature->only || is_moved_operand(c))
		return operation_call(x, c, signature, ret);
	if (c->self->kind != VAL_PLACED)
		return false;
	*ret = of_placed(x, c, signature);
	return true;
}

/* ---- NumPy ---- */

/* Of a tensor on the CPU, np.log() and its like make a tensor. */
static bool may_hold_tensor(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].stars || c->args[i].value->kind == VAL_UNKNOWN ||
		    c->args[i].value->kind == VAL_PLACED || is_tensor(c->args[i].value))
			return true;
	return false;
}

/* An array; `how` tells of its dimensions as of a tensor's (wide and ufunc: those of the arguments). */
static const struct value *array_of(const struct scene *x, const struct call *c, const char *how)
{
	struct value v = { .kind = VAL_ARRAY };
	bool is_ufunc = strcmp(how, "ufunc") == 0;

	if (is_ufunc && may_hold_tensor(c))
		return value_unknown();
	if (!is_ufunc && strcmp(how, "wide") != 0) {
		factory_dimensions(x, &v, c, how);
		return made_value(x, v);
	}
	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].value->min_rank > v.min_rank)
			v.min_rank = c->args[i].value->min_rank;
	v.zero_dim = v.min_rank ? TRI_NO : TRI_UNKNOWN;
	return made_value(x, v);
}

/* A tensor on the GPU, or the first that a list holds. */
static const struct mix_operand *cuda_tensor(const struct scene *x, const struct call_arg *arg)
{
	static const struct parameter any = { .name = { "array", 5 }, .code = 'l' };
	struct mix m = { 0 };

	if (arg->stars)
		return NULL;
	mix_add(x, &m, arg->value, arg->node, &any);
	for (size_t i = 0; i < m.operands.n; i++)
		if (is_on_gpu(x, m.operands.v[i].value))
			return &m.operands.v[i];
	return NULL;
}

/* What a function gives that makes arrays of its arguments; the table's `how` tells of it. */
static const struct value *made_of_arrays(const struct scene *x, const struct call *c,
					  const char *how)
{
	if (strcmp(how, "unknown") == 0)
		return value_unknown();
	if (strcmp(how, "host") == 0)
		return args_may_be_on_gpu(x->s, c->args, c->n_args) ? value_unknown()
								    : value_data();
	return array_of(x, c, how);
}

/* plt.plot(x, label=loss) writes it as a text. */
static bool is_label(const struct call *c, const struct call_arg *arg)
{
	return arg->name && strcmp(arg->name, "label") == 0 && starts_with(c->name, "matplotlib.");
}

/* sklearn.set_config(array_api_dispatch=True) lets tensors stay where they are. */
static bool is_dispatched(const struct scene *x, const struct call *c)
{
	static const char word[] = "array_api_dispatch";
	const struct unit *u = interp_unit(x->in);

	return starts_with(c->name, "sklearn.") &&
	       memmem(u->text, u->n_text, word, sizeof word - 1);
}

static bool run_numpy(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	for (size_t i = 0; i < c->n_args && !is_dispatched(x, c); i++) {
		const struct mix_operand *held =
			is_label(c, &c->args[i]) ? NULL : cuda_tensor(x, &c->args[i]);

		if (!held && state_device(x->s, c->args[i].value).kind == DEV_ARG)
			state_lose(x->in, x->s, c->args[i].value); /* as to_numpy() */

		if (held) {
			bool is_item = held->node != c->args[i].node;

			/* A list has no .cpu(). */
			report_numpy(x, held->value,
				     is_item || is_tensor(c->args[i].value) ? held->node : NULL);
			break;
		}
	}
	*ret = made_of_arrays(x, c, row->detail);
	return true;
}

/* What networks that nobody read give is often an array where such is asked of it as a whole: then it was no tensor. */
static bool run_numpy_sure(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	if (!c->n_args || c->args[0].value->kind != VAL_PLACED)
		return run_numpy(x, c, row, ret);
	*ret = made_of_arrays(x, c, row->detail);
	return true;
}

/* pandas.DataFrame({"x": x}): each value as pandas.Series(x) would. */
static void check_columns(const struct scene *x, const struct object *o)
{
	for (size_t i = 0; o && o->kind == OBJ_DICT && i < o->fields.n; i++) {
		const struct value *v = o->fields.v[i].value;

		if (v && is_tensor(v) && v->min_rank && is_on_gpu(x, v)) {
			report_numpy(x, v, NULL);
			return;
		}
	}
}

/* pandas.Series(x): a list of tensors is kept as it is. */
static bool run_numpy_tensor(const struct scene *x, const struct call *c,
			     const struct lint_api_row *row, const struct value **ret)
{
	const struct value *data = call_argument(c, 0, "data");

	if (data && is_tensor(data) && is_on_gpu(x, data))
		report_numpy(x, data, argument_node(c, 0, "data"));
	else if (data)
		check_columns(x, object_of(x, data));
	*ret = made_of_arrays(x, c, row->detail);
	return true;
}

static bool run_array(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	*ret = array_of(x, c, row->detail);
	return true;
}

/* A method of an array, or of a generator of random ones. */
bool array_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const same[] = { "astype", "copy", "clip", "round", "transpose", NULL };

	if (strcmp(c->name, "tolist") == 0)
		*ret = sequence_of(x, OBJ_LIST, value_scalar());
	else if (strcmp(c->name, "item") == 0)
		*ret = value_scalar();
	else if (is_one_of(c->name, same))
		*ret = c->self;
	else
		*ret = array_of(x, c, call_keyword(c, "size") ? "third" : "");
	return true;
}

/* np.mean(x) asks a tensor for its own mean, of a list it makes an array. */
static bool run_numpy_list(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	const struct object *o = c->n_args ? object_of(x, c->args[0].value) : NULL;

	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE))
		return run_numpy(x, c, row, ret);
	*ret = array_of(x, c, row->detail);
	return true;
}

/* fig, axes = plt.subplots(2, 5): axes, or an array of them, is told by what is done to it. */
static bool run_axes(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *pair[2] = { value_unknown(), instance_of(x, AXES) };

	(void)c;
	*ret = strcmp(row->detail, "second") == 0 ? tuple_of(x, pair, 2) : pair[1];
	return true;
}

/* axes.plot(y) does what plt.plot(y) does. */
bool axes_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const same[] = { "flatten", "ravel", "reshape", NULL };
	struct lint_api_row row;

	if (is_one_of(c->name, same)) {
		*ret = c->self;
		return true;
	}
	if (api_find(arena_fmt(x->a, "matplotlib.pyplot.%s", c->name), &row) &&
	    strcmp(row.does, "numpy") == 0)
		run_numpy(x, c, &row, ret);
	*ret = value_unknown();
	return true;
}

const struct api_word api_words_numpy[] = {
	{ "numpy", run_numpy },
	{ "numpy-list", run_numpy_list },
	{ "numpy-sure", run_numpy_sure },
	{ "numpy-tensor", run_numpy_tensor },
	{ "axes", run_axes },
	{ "array", run_array },
	{ NULL, NULL },
};
