// SPDX-License-Identifier: Apache-2.0
/* Frameworks and tokenizers: who moves models and batches for the program? What a trainer was
 * given is MANAGED: it is wherever the trainer wants it. accelerate and Fabric are exact:
 * prepare() and setup() put what they are given on the GPU. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/interp.h"

#define NESTED_MAX 4

static struct device managed_device(void)
{
	return (struct device){ .kind = DEV_MANAGED };
}

/* ---- values that a framework took over ---- */

static const struct value *batch_at(const struct scene *x, const struct value *v, struct device d,
				    size_t depth)
{
	const struct object *o = object_of(x, v);
	struct object copy;

	if (is_placed(v))
		return tensor_moved(x, v, d, v->origin);
	if (!o || depth > NESTED_MAX || o->kind == OBJ_MODULE)
		return v;
	copy = *o;
	copy.fields.v = NULL;
	copy.fields.n = copy.fields.cap = 0;
	for (size_t i = 0; i < o->fields.n; i++) {
		struct object_field f = o->fields.v[i];

		f.value = batch_at(x, f.value, d, depth + 1);
		PUSH(x->a, &copy.fields, f);
	}
	if (o->element)
		copy.element = batch_at(x, o->element, d, depth + 1);
	copy.device = d;
	copy.site = x->at;
	copy.unit = interp_unit(x->in);
	return value_object(x->a, state_new(x->in, x->s, &copy));
}

/* A loader gives its batches there, a module moves there; an optimizer stays what it is. */
static const struct value *taken_over(const struct scene *x, const struct value *v, struct device d)
{
	const struct object *o = object_of(x, v);

	if (!o)
		return v;
	if (o->kind == OBJ_MODULE) {
		module_move(x, v->object, d);
		return v;
	}
	if (o->kind != OBJ_LOADER)
		return v;

	struct object copy = *o;

	copy.element = o->element && (is_placed(o->element) || object_of(x, o->element))
			       ? batch_at(x, o->element, d, 0)
			       : value_placed(x->a, d, origin_here(x, FROM_MOVE, NULL));
	copy.site = x->at;
	copy.unit = interp_unit(x->in);
	return value_object(x->a, state_new(x->in, x->s, &copy));
}

static bool take_all(const struct scene *x, const struct call *c, struct device d,
		     const struct value **ret)
{
	const struct value *items[8];

	if (call_has_stars(c) || c->n_args > 8 || !c->n_args)
		return false;
	for (size_t i = 0; i < c->n_args; i++)
		items[i] = taken_over(x, c->args[i].value, d);
	*ret = c->n_args == 1 ? items[0] : tuple_of(x, items, c->n_args);
	return true;
}

/* ---- constructors ---- */

static const struct value *framework(const struct scene *x, const char *text, struct device d)
{
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = text,
			    .device = d,
			    .unit = interp_unit(x->in),
			    .site = x->at };

	return value_object(x->a, state_new(x->in, x->s, &o));
}

static bool run_accelerator(const struct scene *x, const struct call *c,
			    const struct lint_api_row *row, const struct value **ret)
{
	bool plain = !call_has_stars(c) && !call_keyword(c, "cpu") &&
		     !call_keyword(c, "device_placement") && !call_keyword(c, "fsdp_plugin") &&
		     !call_keyword(c, "deepspeed_plugin");

	(void)row;
	*ret = framework(x, "accelerator", plain ? cuda_device(-1) : managed_device());
	return true;
}

static bool run_fabric(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *kind = call_argument(c, 0, "accelerator");
	bool cuda = !kind || (kind->kind == VAL_STR && kind->is_known &&
			      (strcmp(kind->text, "cuda") == 0 || strcmp(kind->text, "gpu") == 0 ||
			       strcmp(kind->text, "auto") == 0));

	(void)row;
	*ret = framework(x, "fabric", cuda ? cuda_device(-1) : managed_device());
	return true;
}

/* transformers.Trainer(model=...), pl.Trainer().fit(model): whatever it was given is managed
 * from then on. */
static void manage_all(const struct scene *x, const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const struct object *o = object_of(x, c->args[i].value);

		if (o && o->kind == OBJ_MODULE)
			module_move(x, c->args[i].value->object, managed_device());
	}
	note_set(x, "framework", value_bool(x->a, true));
}

/* Arguments with which transformers' Trainer leaves the model where it is, or to another library. */
static bool is_placement(const char *name)
{
	static const char *const names[] = { "no_cuda",        "use_cpu", "use_mps_device",
					     "deepspeed",      "fsdp",    "fp16_full_eval",
					     "bf16_full_eval", "device",  "accelerator_config" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* args = TrainingArguments(output_dir="out"): the Trainer puts its model on the GPU as soon as it is made. */
static bool is_plain_arguments(const struct scene *x, const struct value *v)
{
	const struct object *o = v ? object_of(x, v) : NULL;
	const struct py_node *made = o ? o->site : NULL;

	if (!made || made->kind != PY_CALL || !is_instance(x, v, "opaque") ||
	    (made->a->kind != PY_NAME && made->a->kind != PY_ATTR) ||
	    !ends_with(made->a->name, "TrainingArguments"))
		return false;
	for (size_t i = 0; i < made->list.n; i++) {
		const struct py_node *arg = made->list.v[i];

		if (arg->stars || (arg->name && is_placement(arg->name)))
			return false;
	}
	return true;
}

static void place_model(const struct scene *x, const struct call *c)
{
	const struct value *model = call_argument(c, 0, "model");
	const struct object *o = model ? object_of(x, model) : NULL;

	if (o && o->kind == OBJ_MODULE && !o->is_summary && o->device.kind == DEV_CPU &&
	    is_plain_arguments(x, call_argument(c, 1, "args")))
		module_move(x, model->object, cuda_device(-1));
	else
		manage_all(x, c);
}

static bool run_trainer(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	if (strcmp(row->detail, "places") == 0)
		place_model(x, c);
	else
		manage_all(x, c);
	note_set(x, "framework", value_bool(x->a, true));
	*ret = framework(x, "trainer", managed_device());
	return true;
}

static bool run_managed(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "model");

	(void)row;
	manage_all(x, c);
	*ret = first ? first : value_unknown();
	return true;
}

static bool run_managed_tuple(const struct scene *x, const struct call *c,
			      const struct lint_api_row *row, const struct value **ret)
{
	const struct value *model = call_keyword(c, "model");

	(void)row;
	manage_all(x, c);
	*ret = tuple_of(x,
			(const struct value *const[]){ model ? model : value_unknown(),
						       value_unknown(), value_unknown(),
						       value_unknown() },
			4);
	return true;
}

/* apex.amp.initialize(model, optimizer) gives back both. */
static bool run_same_tuple(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	const struct value *items[2] = { call_argument(c, 0, "models"),
					 call_argument(c, 1, "optimizers") };

	(void)row;
	if (!items[0])
		return false;
	*ret = items[1] ? tuple_of(x, items, 2) : items[0];
	return true;
}

/* ---- tokenizers ---- */

static bool run_tokenizer(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	(void)row;
	(void)c;
	*ret = instance_of(x, "tokenizer");
	return true;
}

static bool gives_tensors(const struct call *c)
{
	const struct value *kind = call_keyword(c, "return_tensors");

	return kind && kind->kind == VAL_STR && kind->is_known && strcmp(kind->text, "pt") == 0;
}

const struct value *tokenizer_encoding(const struct scene *x)
{
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = "BatchEncoding",
			    .device = cpu_device(),
			    .element = tensor_of(x, cpu_device(), 1,
						 origin_here(x, FROM_TOKENIZER, NULL)),
			    .is_open = true,
			    .unit = interp_unit(x->in),
			    .site = x->at };

	return value_object(x->a, state_new(x->in, x->s, &o));
}

static bool tokenizer_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const calls[] = { "__call__", "encode_plus", "batch_encode_plus", "pad",
					     "prepare_seq2seq_batch" };

	if (strcmp(c->name, "encode") == 0 || strcmp(c->name, "apply_chat_template") == 0) {
		bool dict = argument_is_true(c, SIZE_MAX, "return_dict");

		*ret = !gives_tensors(c) ? value_scalar()
		       : dict            ? tokenizer_encoding(x)
			      : tensor_of(x, cpu_device(), 1, origin_here(x, FROM_TOKENIZER, NULL));
		return true;
	}
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(c->name, calls[i]) == 0) {
			*ret = gives_tensors(c) ? tokenizer_encoding(x) : value_unknown();
			return true;
		}
	/* decode, save_pretrained, add_special_tokens, ...: read their arguments. */
	*ret = value_scalar();
	return true;
}

/* BatchEncoding.to() rebuilds its data and gives itself back. */
static bool encoding_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = state_object(x->s, c->self->object);
	struct device d;

	if (strcmp(c->name, "to") == 0) {
		struct object copy = *o;

		if (move_target(x, c, "to", &d)) {
			copy.device = d;
			copy.element = tensor_moved(x, o->element, d,
						    origin_here(x, FROM_MOVE, o->element->origin));
			state_put(x->in, x->s, c->self->object, &copy);
		}
		*ret = c->self;
		return true;
	}
	if (strcmp(c->name, "items") == 0) {
		const struct value *pair[2] = { number_of(x, VAL_STR), o->element };

		*ret = sequence_of(x, OBJ_ITERATOR, tuple_of(x, pair, 2));
		return true;
	}
	if (strcmp(c->name, "values") == 0) {
		*ret = sequence_of(x, OBJ_ITERATOR, o->element);
		return true;
	}
	if (strcmp(c->name, "keys") == 0) {
		*ret = sequence_of(x, OBJ_ITERATOR, number_of(x, VAL_STR));
		return true;
	}
	if (strcmp(c->name, "pop") == 0 || strcmp(c->name, "get") == 0) {
		*ret = o->element;
		return true;
	}
	return false;
}

/* ---- graphs of torch_geometric: objects whose tensors are in one place ---- */

static const struct value *graph_of(const struct scene *x, struct device d,
				    const struct origin *origin)
{
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = GRAPH,
			    .device = d,
			    .element = tensor_of(x, d, 1, origin),
			    .is_open = true,
			    .unit = interp_unit(x->in),
			    .site = x->at };

	/* The data set that it is in is made by the same call. */
	return value_object(x->a, made_object(x, o, 1));
}

const struct value *graph_again(const struct scene *x, const struct object *o)
{
	return graph_of(x, o->device, o->element->origin);
}

bool is_graph(const struct object *o)
{
	return o && o->kind == OBJ_INSTANCE && !o->cls && o->text && strcmp(o->text, GRAPH) == 0 &&
	       !o->has_escaped;
}

/* Data(x=x, edge_index=pairs): known if all its tensors are on the CPU. */
static bool run_graph(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	bool known = c->n_args && !call_has_stars(c);

	(void)row;
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;

		known = known && (value_is_plain(v) ||
				  (is_tensor(v) && state_device(x->s, v).kind == DEV_CPU));
	}
	*ret = known ? graph_of(x, cpu_device(), origin_here(x, FROM_DATASET, NULL))
		     : value_unknown();
	return true;
}

/* Planetoid(root, name, transform=NormalizeFeatures()): what a read function makes of a graph is not followed. */
const struct value *graph_of_unread(const struct scene *x)
{
	const struct value *batch = batch_assumed(x, x->at->id);

	batch_take_for_cpu(x, batch);
	return graph_of(x, batch->device, batch->origin);
}

static bool run_graphs(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	static const char *const names[] = { "transform", "pre_transform" };
	bool known = !call_has_stars(c);

	(void)row;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *v = call_keyword(c, names[i]);

		known = known && (!v || v->kind == VAL_NONE || is_instance(x, v, "opaque"));
	}
	*ret = known ? dataset_of(x, graph_of(x, cpu_device(), origin_here(x, FROM_DATASET, NULL)))
		     : value_unknown();
	return true;
}

/* Data.to() moves its tensors and gives itself back (torch_geometric/data/data.py, apply). */
static bool graph_method(const struct scene *x, const struct call *c, const struct object *o,
			 const struct value **ret)
{
	static const char *const movers[] = { "to", "cuda", "cpu" };
	struct object moved = *o;

	for (size_t i = 0; i < sizeof movers / sizeof *movers; i++) {
		if (strcmp(c->name, movers[i]) != 0)
			continue;
		if (!move_target(x, c, c->name, &moved.device))
			moved.device = (struct device){ 0 };
		moved.element = tensor_moved(x, o->element, moved.device,
					     origin_here(x, FROM_MOVE, o->element->origin));
		/* What was stored in it goes along. */
		moved.fields.v = NULL;
		moved.fields.n = moved.fields.cap = 0;
		state_put(x->in, x->s, c->self->object, &moved);
		*ret = c->self;
		return true;
	}
	*ret = strcmp(c->name, "clone") == 0 ? graph_again(x, o) : value_unknown();
	return strcmp(c->name, "clone") == 0;
}

/* ---- sentence-transformers ---- */

static bool run_encoder(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	(void)row;
	(void)c;
	*ret = instance_of(x, "encoder");
	return true;
}

static bool encoder_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	bool asked = call_has_stars(c) || call_keyword(c, "convert_to_tensor") ||
		     call_keyword(c, "convert_to_numpy") || call_keyword(c, "output_value");

	*ret = strcmp(c->name, "encode") != 0 || asked || c->n_args > 4
		       ? value_unknown()
		       : made_value(x, (struct value){ .kind = VAL_ARRAY,
						       .zero_dim = TRI_NO,
						       .min_rank = 1 });
	return true;
}

/* ---- methods of frameworks ---- */

static bool accelerator_method(const struct scene *x, const struct call *c, const struct object *o,
			       const struct value **ret)
{
	static const char *const takes[] = {
		"prepare",      "prepare_model",     "prepare_data_loader", "setup",
		"setup_module", "setup_dataloaders", "setup_optimizers"
	};
	static const char *const nothing[] = { "backward",
					       "clip_grad_norm_",
					       "clip_grad_value_",
					       "print",
					       "log",
					       "wait_for_everyone",
					       "save",
					       "save_state",
					       "load_state",
					       "end_training",
					       "init_trackers",
					       "launch",
					       "seed_everything",
					       "barrier",
					       "clip_gradients",
					       "free_memory",
					       "register_for_checkpointing" };
	static const char *const same[] = { "gather",       "gather_for_metrics",
					    "reduce",       "pad_across_processes",
					    "all_gather",   "all_reduce",
					    "unwrap_model", "to_device" };

	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
		if (strcmp(c->name, takes[i]) == 0)
			return take_all(x, c, o->device, ret);
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		if (strcmp(c->name, nothing[i]) == 0) {
			*ret = value_none();
			return true;
		}
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcmp(c->name, same[i]) == 0 && call_positional(c, 0)) {
			const struct value *first = call_positional(c, 0);

			*ret = strcmp(c->name, "to_device") == 0 ? batch_at(x, first, o->device, 0)
								 : first;
			return true;
		}
	if (strcmp(c->name, "accumulate") == 0 || strcmp(c->name, "autocast") == 0 ||
	    strcmp(c->name, "no_backward_sync") == 0 || strcmp(c->name, "no_sync") == 0 ||
	    strcmp(c->name, "main_process_first") == 0) {
		*ret = instance_of(x, "context");
		return true;
	}
	return false;
}

static bool trainer_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	manage_all(x, c);
	*ret = value_unknown();
	return true;
}

/* What opaque objects of libraries do keeps devices as they are; their own results are not
 * known. */
static bool opaque_method(const struct call *c, const struct value **ret)
{
	static const char *const same[] = { "scale", "unscale", "__call__" };
	const struct value *first = call_positional(c, 0);

	*ret = value_unknown();
	if (strcmp(c->name, "__enter__") == 0)
		*ret = c->self;
	else if (strcmp(c->name, same[0]) == 0 && first && is_placed(first))
		*ret = first;
	else if (strcmp(c->name, "__exit__") == 0 || strcmp(c->name, "step") == 0 ||
		 strcmp(c->name, "update") == 0)
		*ret = value_none();
	return true;
}

static bool transform_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *first = call_positional(c, 0);

	if (strcmp(c->name, "__call__") != 0 || !first)
		return false;
	if (object_of(x, c->self)->device.kind == DEV_CPU)
		*ret = tensor_of(x, cpu_device(), 3, origin_here(x, FROM_FACTORY, NULL));
	else if (is_placed(first))
		*ret = value_placed(x->a, state_device(x->s, first), first->origin);
	else
		*ret = first->kind == VAL_UNKNOWN
			       ? value_unknown()
			       : tensor_of(x, cpu_device(), 1, origin_here(x, FROM_FACTORY, NULL));
	return true;
}

/* A sample of a distribution of numbers: made on the CPU as those were, of the shape that is asked for. */
static void as_shaped(const struct scene *x, const struct call *c, const struct object *o,
		      struct value *v)
{
	struct origin *made = arena_alloc(x->a, sizeof *made);

	*made = (struct origin){ .kind = FROM_OTHER, .unit = o->unit, .node = o->site };
	v->origin = origin_here(x, FROM_FACTORY, made);
	v->zero_dim = c->n_args ? TRI_UNKNOWN : o->element->zero_dim;
	if (c->n_args)
		factory_dimensions(x, v, c, "first");
}

/* Each number of its parameters has a sample of its own: those have the parameters' dimensions. */
static bool is_elementwise(const struct object *o)
{
	static const char *const names[] = {
		"Bernoulli", "Beta",       "Cauchy",     "Chi2",    "Exponential", "Gamma",
		"Gumbel",    "HalfCauchy", "HalfNormal", "Laplace", "LogNormal",   "Normal",
		"Pareto",    "Poisson",    "StudentT",   "Uniform",
	};
	const struct py_node *callee = o->site && o->site->kind == PY_CALL ? o->site->a : NULL;

	if (!callee || (callee->kind != PY_NAME && callee->kind != PY_ATTR))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], callee->name) == 0)
			return true;
	return false;
}

/* Behind the shape that is asked for come the dimensions of the distribution. */
static void sample_dimensions(const struct scene *x, const struct call *c, const struct object *o,
			      struct value *v)
{
	struct value asked = { 0 };

	factory_dimensions(x, &asked, c, "first");
	v->min_rank = asked.zero_dim == TRI_NO && asked.min_rank < 1 ? 1 : asked.min_rank;
	if (is_elementwise(o))
		v->min_rank = (uint8_t)(v->min_rank + o->element->min_rank);
	v->zero_dim = v->min_rank ? TRI_NO : TRI_UNKNOWN;
}

/* Its parameters were stored anew: d.loc = d.loc.cuda(). */
static bool is_changed(const struct object *o)
{
	return o->fields.n != 0;
}

static bool distribution_method(const struct scene *x, const struct call *c, const struct object *o,
				const struct value **ret)
{
	static const struct parameter any = { .name = { "value", 5 }, .code = 'n' };
	bool asks = strcmp(c->name, "log_prob") == 0 || strcmp(c->name, "cdf") == 0;
	struct mix m = { 0 };

	*ret = value_unknown();
	/* Of numbers, the answer lies where what is asked about does: a tensor without a dimension goes anywhere. */
	if (is_changed(o) || (asks && o->element && !o->element->origin))
		return true;
	if (o->element)
		*ret = value_placed(x->a, o->device, o->element->origin);
	if (asks && o->element && call_positional(c, 0)) {
		mix_add(x, &m, o->element, c->node, &any);
		mix_add(x, &m, call_positional(c, 0), argument_node(c, 0, "value"), &any);
		mix_run(x, &m);
	}
	if (asks || strcmp(c->name, "sample") == 0 || strcmp(c->name, "rsample") == 0 ||
	    strcmp(c->name, "entropy") == 0) {
		struct value v = **ret;

		v.kind = o->element ? VAL_TENSOR : v.kind;
		if (o->element && !o->element->origin)
			as_shaped(x, c, o, &v);
		else if (o->element && ends_with(c->name, "sample"))
			sample_dimensions(x, c, o, &v);
		*ret = made_value(x, v);
	}
	return true;
}

static bool generator_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	(void)x;
	*ret = strcmp(c->name, "manual_seed") == 0 ? c->self : value_scalar();
	return true;
}

/* `with torch.device("cuda"):` makes it the default one until the end of the block. */
bool device_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *before = note_get(x, "default device");

	if (strcmp(c->name, "__enter__") == 0) {
		note_set(x, "default device before",
			 before ? before : value_device(x->a, cpu_device(), NULL));
		note_set(x, "default device", c->self);
	} else if (strcmp(c->name, "__exit__") == 0) {
		before = note_get(x, "default device before");
		note_set(x, "default device", before ? before : value_unknown());
	}
	*ret = c->self;
	return true;
}

/* SummaryWriter.add_graph(model, sample) runs the model, and raises what that raises (torch/utils/tensorboard/_pytorch_graph.py). */
static void trace_graph(const struct scene *x, const struct call *c)
{
	const struct value *model = call_argument(c, 0, "model"),
			   *sample = call_argument(c, 1, "input_to_model");
	struct call_arg given = { .value = sample, .node = argument_node(c, 1, "input_to_model") };

	if (model && sample && is_tensor(sample))
		interp_call(x->in, x->s, model, &given, 1, x->at);
}

bool instance_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = state_object(x->s, c->self->object);
	const char *text = o->text;

	if (!text)
		return false;
	if (strcmp(text, "accelerator") == 0 || strcmp(text, "fabric") == 0)
		return accelerator_method(x, c, o, ret);
	if (strcmp(text, "trainer") == 0)
		return trainer_method(x, c, ret);
	if (strcmp(text, "tokenizer") == 0)
		return tokenizer_method(x, c, ret);
	if (strcmp(text, "BatchEncoding") == 0)
		return encoding_method(x, c, ret);
	if (is_graph(o))
		return graph_method(x, c, o, ret);
	if (strcmp(text, "dataset") == 0 && strcmp(c->name, "shuffle") == 0) {
		*ret = c->self;
		return true;
	}
	if (strcmp(text, "encoder") == 0)
		return encoder_method(x, c, ret);
	if (strcmp(text, "distribution") == 0)
		return distribution_method(x, c, o, ret);
	if (strcmp(text, "transform") == 0)
		return transform_call(x, c, ret);
	if (strcmp(text, AXES) == 0)
		return axes_method(x, c, ret);
	if (strcmp(text, "torch.Generator") == 0)
		return generator_method(x, c, ret);
	if (strcmp(text, "opaque") == 0 && strcmp(c->name, "add_graph") == 0)
		trace_graph(x, c);
	if (strcmp(text, "opaque") == 0 || strcmp(text, "context") == 0)
		return opaque_method(c, ret);
	if (strcmp(c->name, "__init__") == 0) {
		*ret = value_none();
		return true;
	}
	return false;
}

const struct api_word api_words_frame[] = {
	{ "accelerator", run_accelerator },
	{ "fabric", run_fabric },
	{ "trainer", run_trainer },
	{ "managed", run_managed },
	{ "managed-tuple", run_managed_tuple },
	{ "same-tuple", run_same_tuple },
	{ "tokenizer", run_tokenizer },
	{ "encoder", run_encoder },
	{ "graph", run_graph },
	{ "graphs", run_graphs },
	{ NULL, NULL },
};
