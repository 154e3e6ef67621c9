// SPDX-License-Identifier: Apache-2.0
/* x.device, x[i], x[i] = y, for row in x: what a tensor shows of itself. A CUDA tensor may be
 * indexed by one on the CPU, not the other way round; a slice that is assigned copies across
 * devices, an indexed place does not. */
#include "lint/model_parts.h"

#include <string.h>

const struct value *shape_of(const struct scene *x, const struct value *v)
{
	/* What functions are handed by callers that nobody read has a dimension: a number is handed as a number. */
	bool handed = v->zero_dim == TRI_UNKNOWN && state_device(x->s, v).kind == DEV_ARG;

	return made_value(x, (struct value){ .kind = VAL_SCALAR,
					     .text = SHAPE,
					     .zero_dim = handed ? TRI_NO : v->zero_dim,
					     .min_rank = v->min_rank });
}

static const struct value *known_place(const struct scene *x, const struct value *base,
				       enum dev_kind kind)
{
	struct device d = state_device(x->s, base);

	if (!is_tensor(base) || (d.kind != DEV_CPU && d.kind != DEV_CUDA))
		return number_of(x, VAL_BOOL);
	return value_bool(x->a, d.kind == kind);
}

/* torch takes no gradient of another device or shape; before the first backward() there is none. */
static const struct value *gradient_of(const struct scene *x, const struct value *base)
{
	struct value v = *tensor_moved(x, base, state_device(x->s, base), base->origin);

	v.may_be_none = true;
	return made_value(x, v);
}

static const struct value *tensor_attr(const struct scene *x, const struct value *base,
				       const char *what)
{
	if (strcmp(what, "same") == 0)
		return tensor_moved(x, base, state_device(x->s, base), base->origin);
	if (strcmp(what, "grad") == 0)
		return gradient_of(x, base);
	if (strcmp(what, "device") == 0)
		return value_device(x->a, state_device(x->s, base), base->origin);
	if (strcmp(what, "shape") == 0)
		return shape_of(x, base);
	if (strcmp(what, "rank") == 0)
		return tensor_rank(x, base);
	if (strcmp(what, "int") == 0)
		return number_of(x, VAL_INT);
	if (strcmp(what, "dtype") == 0)
		return made_value(x, (struct value){ .kind = VAL_DTYPE });
	if (strcmp(what, "is-cuda") == 0)
		return known_place(x, base, DEV_CUDA);
	if (strcmp(what, "is-cpu") == 0)
		return known_place(x, base, DEV_CPU);
	return value_scalar();
}

/* batch.lengths, batch["lengths"]: what was moved moved it too, or left it where it was. */
static const struct origin *origin_of_part(const struct scene *x, const struct value *base)
{
	bool doubt = base->kind == VAL_PLACED && base->origin &&
		     (base->origin->kind == FROM_MOVE || base->origin->kind == FROM_PART);

	return doubt ? origin_here(x, FROM_PART, base->origin) : base->origin;
}

/* graph.x of a graph that a caller hands over; not every graph has one. */
static const struct value *graph_tensor(const struct scene *x, const struct value *base,
					const char *name)
{
	static const char *const names[] = {
		"x", "edge_index", "edge_attr", "edge_weight", "y", "pos", "z", "batch", "ptr", NULL
	};
	struct value v;

	if (!base->text || strcmp(base->text, GRAPH) != 0 || !is_one_of(name, names))
		return NULL;
	v = *tensor_of(x, base->device, 1, origin_of_part(x, base));
	v.may_be_none = true;
	return made_value(x, v);
}

static const struct value *placed_attr(const struct scene *x, const struct value *base,
				       const char *name)
{
	const char *full = arena_fmt(x->a, "Tensor.%s", name);
	const struct lint_api_row *row = api_row_exact(full);

	if (row && strcmp(row->does, "attr") == 0)
		return tensor_attr(x, base, row->detail);
	if (graph_tensor(x, base, name))
		return graph_tensor(x, base, name);
	if (row || signature_row(full) || is_tensor(base) || unread_has_method(name))
		return NULL;
	/* for graph in graphs: graph.edges. No caller moves what each of many holds. */
	if (base->origin && base->origin->kind == FROM_ITEM)
		return value_unknown();
	/* outputs.logits: what is in it is where it is. */
	return value_placed(x->a, base->device, origin_of_part(x, base));
}

static const struct value *device_attr(const struct scene *x, const struct value *base,
				       const char *name)
{
	bool known = base->device.kind == DEV_CPU || base->device.kind == DEV_CUDA;

	if (strcmp(name, "index") == 0)
		return number_of(x, VAL_INT);
	if (strcmp(name, "type") != 0)
		return NULL;
	return known ? value_str(x->a, base->device.kind == DEV_CPU ? "cpu" : "cuda")
		     : number_of(x, VAL_STR);
}

/* Of a pipeline: what has no tensors. */
static bool is_bare_part(const char *name)
{
	static const char *const words[] = { "scheduler", "tokenizer",  "config", "processor",
					     "extractor", "device",     "dtype",  "safety",
					     "_scale",    "components", "__" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

/* vae = pipe.vae; vae.to(device). Whoever takes a part of a pipeline may move it alone. */
void model_part_taken(struct interp *in, struct state *s, const struct value *base,
		      const char *name)
{
	const struct object *o = state_object(s, base->object);

	if (o->kind == OBJ_MODULE && !o->cls && o->text && starts_with(o->text, "diffusers.") &&
	    !is_bare_part(name))
		state_escape(in, s, base);
}

static const struct value *module_attr(const struct scene *x, const struct value *base,
				       const char *name)
{
	const struct object *o = state_object(x->s, base->object);
	struct place place = module_place(x, base->object);
	struct lint_api_row row;

	if (strcmp(name, "device") == 0 && place.has_tensors)
		return value_device(x->a, place.device, NULL);
	if (strcmp(name, "training") == 0)
		return number_of(x, VAL_BOOL);
	if (strcmp(name, "dtype") == 0)
		return made_value(x, (struct value){ .kind = VAL_DTYPE });
	if (!o->has_tensors ||
	    (o->cls && (!layer_row(x, o, &row) || strcmp(row.does, "module") != 0)))
		return NULL;
	if (strcmp(name, "weight") == 0 || strcmp(name, "bias") == 0)
		return made_value(x, (struct value){ .kind = VAL_TENSOR,
						     .is_param = true,
						     .may_be_none = o->cls && *name == 'b',
						     .object = base->object,
						     .device = place.device,
						     .min_rank = 1,
						     .zero_dim = TRI_NO,
						     .origin = module_origin(x, o) });
	return module_part(x, base, name);
}

/* What a tokenizer or processor calls its tensors. */
static bool is_encoded(const char *name)
{
	return ends_with(name, "_ids") || ends_with(name, "_mask") || ends_with(name, "_values") ||
	       ends_with(name, "_features") || strcmp(name, "labels") == 0;
}

static bool is_of_graph(const char *name)
{
	static const char *const names[] = { "x",           "y",         "edge_index", "edge_attr",
					     "edge_weight", "pos",       "batch",      "train_mask",
					     "val_mask",    "test_mask", "z",          "ptr" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* tokens[key] = tokens[key].to(device), for one key or for each, or in tokens.data: where its tensors are is open from then on. */
static void open_encoding(const struct scene *x, const struct value *base)
{
	const struct object *o = object_of(x, base);
	struct object changed;

	if (!o || o->kind != OBJ_INSTANCE || !o->text || strcmp(o->text, "BatchEncoding") != 0)
		return;
	changed = *o;
	changed.device = (struct device){ 0 };
	changed.element = value_unknown();
	state_put(x->in, x->s, base->object, &changed);
}

/* encoding["labels"] = torch.tensor(labels): one more of them, where they are. */
static bool is_one_more(const struct scene *x, const struct value *base, const struct value *value)
{
	const struct object *o = object_of(x, base);

	return o && o->element && is_tensor(o->element) && is_tensor(value) &&
	       device_meet(state_device(x->s, o->element), state_device(x->s, value)) == MEET_SAME;
}

static const struct value *instance_attr(const struct scene *x, const struct value *base,
					 const char *name)
{
	const struct object *o = state_object(x->s, base->object);

	if (!o->text || o->cls)
		return NULL;
	if (is_graph(o))
		return is_of_graph(name) ? o->element : NULL;
	if (strcmp(name, "data") == 0)
		open_encoding(x, base);
	if (strcmp(o->text, "BatchEncoding") == 0)
		return is_encoded(name) ? o->element : NULL;
	if (strcmp(name, "device") == 0 && o->device.kind != DEV_UNKNOWN)
		return value_device(x->a, o->device, NULL);
	return NULL;
}

/* torch.max(x, dim=1).values, x.topk(5).indices */
static const struct value *pair_attr(const struct object *o, const char *name)
{
	size_t i = strcmp(name, "indices") == 0;

	if (o->fields.n != 2 || (!i && strcmp(name, "values") != 0))
		return NULL;
	return is_placed(o->fields.v[0].value) ? o->fields.v[i].value : NULL;
}

static const struct value *array_attr(const struct value *base, const char *name)
{
	static const char *const numbers[] = { "shape", "size", "ndim", "dtype", "nbytes" };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(name, numbers[i]) == 0)
			return value_scalar();
	return strcmp(name, "T") == 0 ? base : NULL;
}

/* numpy.pi, math.e, torch.inf. */
static bool is_number(const char *module, const char *name)
{
	static const char *const modules[] = { "numpy", "math", "torch" }, *const names[] = {
		"pi", "e", "inf", "nan"
	};
	bool of_module = false, known = false;

	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
		of_module |= strcmp(modules[i], module) == 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		known |= strcmp(names[i], name) == 0;
	return of_module && known;
}

/* env.action_space.low of gymnasium's Box: an array with the shape of an action. Who has spaces of his own may have tensors there. */
static const struct value *space_bound(const struct scene *x, const struct value *base,
				       const char *name)
{
	const struct py_node *n = x->at->kind == PY_ATTR ? x->at->a : NULL;
	bool is_open = base->kind == VAL_UNKNOWN || base->kind == VAL_PLACED;

	if (!is_open || !n || (n->kind != PY_NAME && n->kind != PY_ATTR) ||
	    (strcmp(name, "low") != 0 && strcmp(name, "high") != 0) ||
	    (!ends_with(n->name, "action_space") && !ends_with(n->name, "observation_space")))
		return NULL;
	return made_value(x, (struct value){ .kind = VAL_ARRAY,
					     .min_rank = 1,
					     .zero_dim = TRI_NO,
					     .is_special = true });
}

const struct value *model_attr(struct interp *in, struct state *s, const struct value *base,
			       const char *name, const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	const struct object *o = object_of(&x, base);

	if (space_bound(&x, base, name))
		return space_bound(&x, base, name);
	if (is_placed(base))
		return placed_attr(&x, base, name);
	if (base->kind == VAL_DEVICE)
		return device_attr(&x, base, name);
	if (base->kind == VAL_API &&
	    is_dtype(made_value(
		    &x, (struct value){ .kind = VAL_API,
					.text = arena_fmt(x.a, "%s.%s", base->text, name) })))
		return made_value(
			&x, (struct value){ .kind = VAL_DTYPE, .is_known = true, .text = name });
	if (base->kind == VAL_API && is_number(base->text, name))
		return number_of(&x, VAL_FLOAT);
	if (o && o->kind == OBJ_MODULE)
		return module_attr(&x, base, name);
	if (o && o->kind == OBJ_INSTANCE)
		return instance_attr(&x, base, name);
	if (o && o->kind == OBJ_TUPLE && !o->cls)
		return pair_attr(o, name);
	if (base->kind == VAL_ARRAY)
		return array_attr(base, name);
	return NULL;
}

/* ---- x[...] ---- */

static const struct py_node *index_node(const struct py_node *at, size_t i)
{
	return at->kind == PY_SUBSCRIPT && i < at->list.n ? at->list.v[i] : at;
}

/* A 0-dim index is read as a number. */
static void check_index(const struct scene *x, const struct value *base, const struct value *index,
			const struct py_node *node)
{
	struct device where = state_device(x->s, base);
	struct mix_operand tensor = { .value = base,
				      .node = x->at->a ? x->at->a : x->at,
				      .device = where };
	struct mix_operand place = { .value = index,
				     .node = node,
				     .device = state_device(x->s, index) };
	struct mix m = { .is_index = true };

	enum meeting meeting = device_meet(where, place.device);

	if (!is_tensor(index) || index->zero_dim != TRI_NO || where.kind != DEV_CPU)
		return;
	if (meeting == MEET_CLASH ||
	    (meeting == MEET_CLASH_ON_GPU && is_tensor(base) && !was_said_and_brought(&tensor)))
		blame(x, &m, &tensor, &place, meeting);
}

static bool is_gathering(const struct value *index)
{
	return ((is_tensor(index) || index->kind == VAL_ARRAY) && index->zero_dim == TRI_NO) ||
	       index->is_mask;
}

/* What is behind a[...] has so many dimensions at least. Each slice and each None leaves one, whatever `base` is. */
static uint8_t rank_behind(const struct scene *x, const struct value *base,
			   const struct value *const *indices, size_t n)
{
	int rank = base->min_rank, kept = 0;
	bool gathers = false, unknown = false;

	for (size_t i = 0; i < n; i++) {
		const struct py_node *node = index_node(x->at, i);
		const struct object *o = object_of(x, indices[i]);

		kept += node->kind == PY_SLICE || indices[i]->kind == VAL_NONE;
		if (node->kind == PY_SLICE || node->kind == PY_ELLIPSIS)
			continue;
		if (indices[i]->kind == VAL_NONE)
			rank++;
		else if (indices[i]->kind == VAL_INT)
			rank--;
		else if (is_gathering(indices[i]) || o)
			gathers = true;
		else
			unknown = true;
	}
	if (gathers && kept < 1)
		kept = 1;
	return (uint8_t)(!gathers && !unknown && rank > kept ? rank : kept);
}

static const struct value *tensor_item(const struct scene *x, const struct value *base,
				       const struct value *const *indices, size_t n)
{
	struct value v = { .kind = base->kind,
			   .device = state_device(x->s, base),
			   .origin = origin_of_part(x, base) };

	for (size_t i = 0; i < n; i++)
		if (base->kind == VAL_ARRAY)
			array_index(x, indices[i], index_node(x->at, i));
		else
			check_index(x, base, indices[i], index_node(x->at, i));
	v.min_rank = rank_behind(x, base, indices, n);
	v.zero_dim = v.min_rank ? TRI_NO : TRI_UNKNOWN;
	return made_value(x, v);
}

/* loss.data[0], which was a number before torch 0.4, unless there is a dimension. */
static bool is_old_item(const struct value *base, const struct value *index,
			const struct py_node *at)
{
	return at->kind == PY_SUBSCRIPT && at->a->kind == PY_ATTR &&
	       strcmp(at->a->name, "data") == 0 && !base->min_rank && index->kind == VAL_INT &&
	       index->is_known && index->number == 0;
}

static bool is_axes(const struct object *o)
{
	return o->kind == OBJ_INSTANCE && o->text && strcmp(o->text, AXES) == 0;
}

/* dataset[0] is a sample; graphs[:100] are fewer of them, and each graph that is taken out is a copy. */
static const struct value *sample_at(const struct scene *x, const struct value *base,
				     const struct value *index, const struct py_node *at)
{
	const struct object *o = object_of(x, base);
	const struct object *sample = o ? object_of(x, o->element ? o->element : base) : NULL;

	if (!o || o->cls || !is_instance(x, base, "dataset") || !o->element)
		return NULL;
	if (is_graph(sample) && (index->kind != VAL_INT || index_node(at, 0)->kind == PY_SLICE))
		return base;
	if (index->kind != VAL_INT)
		return NULL;
	return is_graph(sample) ? graph_again(x, sample) : o->element;
}

const struct value *model_subscript(struct interp *in, struct state *s, const struct value *base,
				    const struct value *const *indices, size_t n,
				    const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	const struct object *o = object_of(&x, base);

	if (n == 1 && batch_part(&x, base))
		return batch_part(&x, base);
	if (is_tensor(base) && n == 1 && is_old_item(base, indices[0], at))
		return value_unknown();
	if (is_placed(base) || base->kind == VAL_ARRAY)
		return tensor_item(&x, base, indices, n);
	if (base->kind == VAL_SCALAR) {
		bool one = n == 1 && index_node(at, 0)->kind != PY_SLICE;

		return one && indices[0]->kind == VAL_INT && is_shape(base) ? number_of(&x, VAL_INT)
									    : value_scalar();
	}
	if (o && o->kind == OBJ_INSTANCE && o->text && strcmp(o->text, "BatchEncoding") == 0)
		return o->element;
	if (o && o->kind == OBJ_MODULE && o->text && n == 1 && o->element)
		return o->element;
	if (o && o->kind == OBJ_MODULE && n == 1 && index_node(at, 0)->kind == PY_SLICE)
		return module_slice(&x, base);
	if (o && is_axes(o))
		return base;
	return n == 1 ? sample_at(&x, base, indices[0], at) : NULL;
}

/* ---- x[...] = y ---- */

/* Indices of any device will do: torch takes them to where x is (expandTensors, aten/src/ATen/native/IndexingUtils.h); only y
 * must be there. */
void model_store(struct interp *in, struct state *s, const struct value *base,
		 const struct value *const *indices, size_t n, const struct value *value,
		 const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	struct mix m = { 0 };
	bool gathers = false;

	if (!is_one_more(&x, base, value))
		open_encoding(&x, base);
	if (base->kind == VAL_ARRAY)
		array_store(&x, base, indices, n, value);
	if (!is_tensor(base))
		return;
	note_filling(&x, base, value);
	for (size_t i = 0; i < n; i++)
		gathers = gathers || (is_tensor(indices[i]) && is_gathering(indices[i]));
	/* One that has no dimension is copied (_index_put_impl_, TensorAdvancedIndexing.cpp): X[0] of a caller's X may be one. */
	if (!gathers || !is_tensor(value) || value->zero_dim == TRI_YES || mask_takes(value) ||
	    (value->zero_dim == TRI_UNKNOWN && interp_is_library(in)))
		return;
	mix_add(&x, &m, base, at->a ? at->a : at, NULL);
	mix_add(&x, &m, value, at, NULL);
	mix_run(&x, &m);
}

/* ---- for item in x ---- */

static const struct value *batch_here(const struct scene *x, const struct value *v,
				      const struct origin *before)
{
	if (!is_placed(v) ||
	    (v->origin && v->origin->kind != FROM_LOADER && v->origin->kind != FROM_DATASET))
		return v;

	struct value copy = *v;

	copy.origin = origin_here(x, FROM_LOADER, before);
	return made_value(x, copy);
}

/* The element with origins of its own, so that two tensors of a batch are told apart. */
static const struct value *loader_element(const struct scene *x, const struct value *element)
{
	const struct object *o = object_of(x, element);
	struct object copy;

	if (is_placed(element))
		return batch_here(x, element, element->origin);
	if (is_graph(o))
		return graph_again(x, o);
	if (!o || (o->kind != OBJ_TUPLE && o->kind != OBJ_LIST && o->kind != OBJ_DICT))
		return element;
	copy = *o;
	copy.fields.v = NULL;
	copy.fields.n = copy.fields.cap = 0;
	copy.site = x->at;
	copy.unit = interp_unit(x->in);
	for (size_t i = 0; i < o->fields.n; i++) {
		struct object_field field = o->fields.v[i];

		field.value = batch_here(x, field.value, field.value->origin);
		PUSH(x->a, &copy.fields, field);
	}
	if (o->element)
		copy.element = batch_here(x, o->element, o->element->origin);
	return value_object(x->a, state_new(x->in, x->s, &copy));
}

/* Children of a container: one that stands for all if they are alike. */
static const struct value *child_of(const struct scene *x, const struct object *o)
{
	const struct value *first = NULL;

	if (o->element || o->fields.n == 0)
		return o->element;
	for (size_t i = 0; i < o->fields.n; i++) {
		const struct object *child = object_of(x, o->fields.v[i].value);
		const struct object *seen = first ? object_of(x, first) : child;

		if (!child || child->kind != OBJ_MODULE || child->cls != seen->cls ||
		    (child->text && strcmp(child->text, seen->text) != 0))
			return NULL;
		first = first ? first : o->fields.v[i].value;
	}
	return first;
}

static const struct value *array_row(const struct scene *x, const struct value *base)
{
	struct value v = { .kind = VAL_ARRAY };

	v.min_rank = base->min_rank > 1 ? (uint8_t)(base->min_rank - 1) : 0;
	v.zero_dim = v.min_rank ? TRI_NO : TRI_UNKNOWN;
	return made_value(x, v);
}

/* for x in xs, where xs is an argument */
static const struct origin *origin_of_item(const struct scene *x, const struct value *base)
{
	struct origin *o;

	if (base->device.kind != DEV_ARG || !base->origin || base->origin->kind != FROM_ARGUMENT)
		return origin_of_part(x, base);
	o = arena_alloc(x->a, sizeof *o);
	*o = *base->origin;
	o->kind = FROM_ITEM;
	return o;
}

const struct value *model_element(struct interp *in, struct state *s, const struct value *base,
				  const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	const struct object *o = object_of(&x, base);

	if (is_tensor(base)) {
		uint8_t rank = base->min_rank > 1 ? (uint8_t)(base->min_rank - 1) : 0;

		return tensor_of(&x, state_device(s, base), rank, base->origin);
	}
	if (batch_part(&x, base))
		return batch_part(&x, base);
	if (base->kind == VAL_PLACED)
		return value_placed(x.a, base->device, origin_of_item(&x, base));
	if (base->kind == VAL_ARRAY)
		return array_row(&x, base);
	if (base->kind == VAL_SCALAR)
		return is_shape(base) ? number_of(&x, VAL_INT) : value_scalar();
	if (!o)
		return NULL;
	if (o->kind == OBJ_LOADER)
		return o->element ? loader_element(&x, o->element) : value_unknown();
	if (o->kind == OBJ_ITERATOR)
		return o->element;
	if (is_axes(o))
		return base;
	return o->kind == OBJ_MODULE && o->text ? child_of(&x, o) : NULL;
}
