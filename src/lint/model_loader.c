// SPDX-License-Identifier: Apache-2.0
/* What does a DataLoader give? The default collate stacks samples: tensors stay where they are,
 * numbers and arrays become CPU tensors. Told only if the dataset, its transform and the collate
 * function are read code or stand in the tables. */
#include "lint/model_parts.h"

#include <string.h>

#define NESTED_MAX 4
#define PATH_MAX_NUMBER 4096 /* 8^4: so deep are samples looked into */

/* ---- what the default collate makes of samples ---- */

static const struct value *batch_tensor(const struct scene *x, struct device d, uint8_t rank)
{
	return tensor_of(x, d, (uint8_t)(rank + 1), origin_here(x, FROM_LOADER, NULL));
}

/* `path` tells apart the lists and dicts of one sample: 8 for each step down, and which one. */
static const struct value *collated(const struct scene *x, const struct value *sample,
				    uint32_t path);

/* Nothing is known of it but where it came from (interp_passed.c). */
static const struct value *unknown_batch(const struct scene *x)
{
	struct value *v = arena_alloc(x->a, sizeof *v);

	v->origin = origin_here(x, FROM_LOADER, NULL);
	return v;
}

static const struct value *collated_items(const struct scene *x, const struct object *o,
					  uint32_t path)
{
	struct object batch = { .kind = o->kind == OBJ_DICT ? OBJ_DICT : OBJ_LIST,
				.is_open = o->is_open,
				.unit = interp_unit(x->in),
				.site = x->at };

	for (size_t i = 0; i < o->fields.n; i++) {
		struct object_field f = o->fields.v[i];

		f.value = collated(x, f.value, path * 8 + (uint32_t)(i % 8) + 1);
		PUSH(x->a, &batch.fields, f);
	}
	if (o->element)
		batch.element = collated(x, o->element, path * 8 + 1);
	return value_object(x->a, made_object(x, batch, 100 + path));
}

static const struct value *collated(const struct scene *x, const struct value *sample,
				    uint32_t path)
{
	const struct object *o = object_of(x, sample);

	switch (sample->kind) {
	case VAL_TENSOR:
		return batch_tensor(x, state_device(x->s, sample), sample->min_rank);
	case VAL_INT:
	case VAL_FLOAT:
	case VAL_BOOL:
	case VAL_ARRAY:
		return batch_tensor(x, cpu_device(), 0);
	case VAL_UNKNOWN:
		return batch_assumed(x, x->at->id);
	case VAL_SCALAR: /* a number, or a text */
		return value_placed(x->a, cpu_device(), origin_here(x, FROM_LOADER, NULL));
	case VAL_PLACED:
		return value_placed(x->a, state_device(x->s, sample),
				    origin_here(x, FROM_LOADER, NULL));
	case VAL_OBJECT:
		if (is_graph(o))
			return graph_again(x, o);
		if (path < PATH_MAX_NUMBER &&
		    (o->kind == OBJ_TUPLE || o->kind == OBJ_LIST || o->kind == OBJ_DICT))
			return collated_items(x, o, path);
		return unknown_batch(x);
	default:
		return unknown_batch(x);
	}
}

/* ---- datasets ---- */

static const struct value *image_sample(const struct scene *x, const struct call *c,
					const char *detail)
{
	size_t place = ends_with(detail, " 1") ? 1 : ends_with(detail, " 2") ? 2 : SIZE_MAX;
	const struct value *transform = call_argument(c, place, "transform");
	const struct value *items[2];
	bool known = transform &&
		     (is_instance(x, transform, "transform") || transform->kind == VAL_NONE);

	/* An image without a transform cannot be collated; what a read function makes of it is
	 * not followed here. */
	items[0] = known ? tensor_of(x, cpu_device(), 3, origin_here(x, FROM_DATASET, NULL))
			 : value_unknown();
	items[1] = call_keyword(c, "target_transform") ? value_unknown() : number_of(x, VAL_INT);
	return tuple_of(x, items, 2);
}

const struct value *dataset_of(const struct scene *x, const struct value *element)
{
	struct object o = { .kind = OBJ_INSTANCE,
			    .text = "dataset",
			    .element = element,
			    .is_open = true,
			    .unit = interp_unit(x->in),
			    .site = x->at };

	return value_object(x->a, state_new(x->in, x->s, &o));
}

static bool run_dataset(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	*ret = dataset_of(x, image_sample(x, c, row->detail));
	return true;
}

static bool run_tensor_dataset(const struct scene *x, const struct call *c,
			       const struct lint_api_row *row, const struct value **ret)
{
	const struct value *items[8];
	size_t n = 0;

	(void)row;
	if (call_has_stars(c) || c->n_args > 8)
		return false;
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;
		uint8_t rank = v->min_rank ? (uint8_t)(v->min_rank - 1) : 0;

		items[n++] = is_placed(v) ? tensor_of(x, state_device(x->s, v), rank, v->origin)
					  : tensor_of(x, (struct device){ 0 }, 0, NULL);
	}
	*ret = dataset_of(x, tuple_of(x, items, n));
	return true;
}

/* Subset(d, i), random_split(d, n), ConcatDataset([d, e]): elements are those of the first. */
static bool run_subset(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "dataset");
	const struct object *o = first ? object_of(x, first) : NULL;

	if (!first)
		return false;
	if (strcmp(row->detail, "split") == 0)
		*ret = sequence_of(x, OBJ_LIST, first);
	else if (strcmp(row->detail, "list") == 0)
		*ret = o && o->fields.n == 1 ? o->fields.v[0].value : value_unknown();
	else
		*ret = first;
	return true;
}

/* DataLoader([Data(...), Data(...)]) */
static bool are_graphs(const struct scene *x, const struct object *list)
{
	for (size_t i = 0; i < list->fields.n; i++) {
		const struct object *o = object_of(x, list->fields.v[i].value);

		if (!is_graph(o) || o->device.kind != DEV_CPU)
			return false;
	}
	return list->fields.n > 0;
}

/* One sample: of the tables, or what __getitem__ of read code gives. */
static const struct value *sample_of(const struct scene *x, const struct value *dataset)
{
	const struct object *o = object_of(x, dataset);
	const struct value *method;
	struct call_arg index = { .value = number_of(x, VAL_INT), .node = x->at };

	if (!o)
		return dataset->kind == VAL_TENSOR ? dataset : value_unknown();
	if (o->text && !o->cls && strcmp(o->text, "dataset") == 0 && o->element)
		return o->element;
	if (o->kind == OBJ_LIST && o->element)
		return o->element;
	if (o->kind == OBJ_LIST && !o->is_open && are_graphs(x, o))
		return o->fields.v[0].value;
	if (o->kind != OBJ_INSTANCE || !o->cls)
		return value_unknown();
	method = interp_method(x->in, x->s, dataset, "__getitem__");
	return method ? interp_call(x->in, x->s, method, &index, 1, x->at) : value_unknown();
}

/* An object that collates, or the function of a library that does: transformers.default_data_collator. */
static bool is_collator(const struct scene *x, const struct value *v)
{
	struct lint_api_row row;

	return is_instance(x, v, "collator") ||
	       (v->kind == VAL_API && api_find(v->text, &row) && strcmp(row.does, "collator") == 0);
}

static const struct value *batch_of(const struct scene *x, const struct call *c,
				    const struct value *sample)
{
	const struct value *collate = call_keyword(c, "collate_fn");
	struct call_arg arg = { .node = x->at };

	if (!collate || collate->kind == VAL_NONE)
		return collated(x, sample, 0);
	if (is_collator(x, collate)) {
		struct object o = { .kind = OBJ_INSTANCE,
				    .text = "BatchEncoding",
				    .device = cpu_device(),
				    .element = batch_tensor(x, cpu_device(), 0),
				    .is_open = true,
				    .unit = interp_unit(x->in),
				    .site = x->at };

		return value_object(x->a, state_new(x->in, x->s, &o));
	}
	if (collate->kind != VAL_FUNC && collate->kind != VAL_BOUND && !object_of(x, collate))
		return unknown_batch(x);
	arg.value = sequence_of(x, OBJ_LIST, sample);
	return interp_call(x->in, x->s, collate, &arg, 1, x->at);
}

/* ---- pin_memory of what is on the GPU ---- */

static bool holds_cuda(const struct scene *x, const struct value *v, size_t depth)
{
	const struct object *o = object_of(x, v);

	if (is_tensor(v))
		return state_device(x->s, v).kind == DEV_CUDA;
	for (size_t i = 0; o && depth < NESTED_MAX && i < o->fields.n; i++)
		if (holds_cuda(x, o->fields.v[i].value, depth + 1))
			return true;
	return false;
}

static void check_pin(const struct scene *x, const struct call *c, const struct value *batch)
{
	if (!argument_is_true(c, SIZE_MAX, "pin_memory") || !holds_cuda(x, batch, 0))
		return;

	struct finding *f = interp_report(
		x->in, x->s, false, "pin-cuda-tensor", x->at,
		"pin_memory=True with samples on the GPU raises RuntimeError: cannot pin 'torch.cuda.FloatTensor' only dense CPU "
		"tensors can be pinned");

	if (f)
		lint_advise(interp_unit(x->in), f,
			    "leave pin_memory out, or keep the samples on the CPU");
}

static bool run_loader(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *dataset = call_argument(c, 0, "dataset");
	const struct value *sample =
		dataset && !call_has_stars(c) ? sample_of(x, dataset) : value_unknown();
	const struct value *batch;
	struct object o = {
		.kind = OBJ_LOADER, .text = c->name, .unit = interp_unit(x->in), .site = x->at
	};

	/* A dataset of graphs that was not read. */
	if (strcmp(row->detail, "graphs") == 0 && dataset && value_is_data(dataset))
		sample = graph_of_unread(x);
	batch = batch_of(x, c, sample);
	o.element = batch;
	check_pin(x, c, batch);
	/* Datasets of unread code keep to the CPU, as loaders want it: workers cannot use a GPU. */
	if (dataset && value_is_data(dataset) && !call_keyword(c, "collate_fn") && is_placed(batch))
		batch_take_for_cpu(x, batch);
	*ret = value_object(x->a, state_new(x->in, x->s, &o));
	return true;
}

/* ---- iteration ---- */

static const struct value *iterated(const struct scene *x, const struct value *v)
{
	const struct object *o = object_of(x, v);

	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE || o->kind == OBJ_SET)) {
		const struct value *joined = o->element;

		for (size_t i = 0; i < o->fields.n; i++)
			joined = joined ? value_join(x->in, x->s, joined, o->fields.v[i].value)
					: o->fields.v[i].value;
		return joined ? joined : value_unknown();
	}

	const struct value *element = model_element(x->in, x->s, v, x->at);

	return element ? element : value_unknown();
}

static bool run_zip(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *items[8];

	if (call_has_stars(c) || c->n_args > 8)
		return false;
	for (size_t i = 0; i < c->n_args; i++)
		items[i] = iterated(x, c->args[i].value);
	*ret = sequence_of(x, OBJ_ITERATOR, tuple_of(x, items, c->n_args));
	return true;
}

static bool run_iter(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "iterable");
	const struct value *pair[2] = { number_of(x, VAL_INT), NULL };

	if (strcmp(row->detail, "range") == 0) {
		*ret = sequence_of(x, OBJ_ITERATOR, number_of(x, VAL_INT));
		return true;
	}
	if (strcmp(row->detail, "zip") == 0)
		return run_zip(x, c, ret);
	if (!first)
		return false;
	pair[1] = iterated(x, first);
	if (strcmp(row->detail, "enumerate") == 0)
		*ret = sequence_of(x, OBJ_ITERATOR, tuple_of(x, pair, 2));
	else if (strcmp(row->detail, "next") == 0)
		*ret = pair[1];
	else
		*ret = sequence_of(x, strcmp(row->detail, "list") == 0 ? OBJ_LIST : OBJ_ITERATOR,
				   pair[1]);
	return true;
}

bool loader_method(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const harmless[] = { "set_description", "set_postfix",
						"update",          "close",
						"write",           "set_postfix_str",
						"set_epoch",       "set_description_str",
						"__exit__" };
	const struct object *o = state_object(x->s, c->self->object);

	if (strcmp(c->name, "__iter__") == 0 || strcmp(c->name, "__enter__") == 0) {
		*ret = c->self;
		return true;
	}
	/* next() is its older name. */
	if ((strcmp(c->name, "__next__") == 0 || strcmp(c->name, "next") == 0) && o->element) {
		*ret = iterated(x, c->self);
		return true;
	}
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (strcmp(c->name, harmless[i]) == 0) {
			*ret = value_none();
			return true;
		}
	return false;
}

static bool run_collate(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	const struct value *list = call_positional(c, 0);

	(void)row;
	*ret = list ? collated(x, iterated(x, list), 0) : value_unknown();
	return true;
}

static bool run_collator(const struct scene *x, const struct call *c,
			 const struct lint_api_row *row, const struct value **ret)
{
	(void)row;
	(void)c;
	*ret = instance_of(x, "collator");
	return true;
}

/* A transform, a list of such, or a number (the probability of RandomApply). */
static bool is_of_transforms(const struct scene *x, const struct value *v)
{
	const struct object *o = object_of(x, v);

	if (is_instance(x, v, "transform") || v->kind == VAL_INT || v->kind == VAL_FLOAT ||
	    v->kind == VAL_NONE)
		return true;
	if (!o || o->element || (o->kind != OBJ_LIST && o->kind != OBJ_TUPLE))
		return false;
	for (size_t j = 0; j < o->fields.n; j++)
		if (!is_instance(x, o->fields.v[j].value, "transform"))
			return false;
	return true;
}

/* Takes an image on the host, and nothing else, and gives a tensor; what follows in a Compose keeps it there. */
static bool makes_tensor(const struct scene *x, const struct call *c)
{
	const struct object *list = c->n_args ? object_of(x, c->args[0].value) : NULL;
	const struct object *one;

	if (ends_with(c->name, ".ToTensor") || ends_with(c->name, ".PILToTensor"))
		return true;
	for (size_t i = 0; ends_with(c->name, ".Compose") && list && i < list->fields.n; i++) {
		one = object_of(x, list->fields.v[i].value);
		if (one && one->device.kind == DEV_CPU)
			return true;
	}
	return false;
}

/* Its device: where the tensor is that it makes of an image. */
static const struct value *transform_of(const struct scene *x, bool makes)
{
	struct object o = {
		.kind = OBJ_INSTANCE, .text = "transform", .unit = interp_unit(x->in), .site = x->at
	};

	if (makes)
		o.device = cpu_device();
	return value_object(x->a, state_new(x->in, x->s, &o));
}

static bool run_transform(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	if (strstr(c->name, ".functional."))
		return false;
	/* Compose([...]) of read functions may do anything. */
	for (size_t i = 0; strcmp(row->detail, "nested") == 0 && i < c->n_args; i++)
		if (!is_of_transforms(x, c->args[i].value)) {
			*ret = instance_of(x, "unknown transform");
			return true;
		}
	*ret = transform_of(x, makes_tensor(x, c));
	return true;
}

/* train_test_split(X, y): twice as many, alike. */
static bool run_split(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	const struct value *items[16];
	size_t n = 0;

	(void)row;
	for (size_t i = 0; i < c->n_args && n < 16; i++) {
		if (c->args[i].stars)
			return false;
		if (c->args[i].name)
			continue;
		items[n++] = c->args[i].value;
		items[n++] = c->args[i].value;
	}
	*ret = tuple_of(x, items, n);
	return true;
}

const struct api_word api_words_data[] = {
	{ "dataset", run_dataset },   { "tensor-dataset", run_tensor_dataset },
	{ "subset", run_subset },     { "loader", run_loader },
	{ "iter", run_iter },         { "collate", run_collate },
	{ "collator", run_collator }, { "transform", run_transform },
	{ "split-data", run_split },  { NULL, NULL },
};
