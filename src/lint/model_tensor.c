// SPDX-License-Identifier: Apache-2.0
/* Where is a new tensor, and has it a dimension? Factories obey device=, else the default device;
 * the old constructors and from_numpy do not. Tensors made like another one live where that one
 * lives. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"
#include "lint/param_use.h"

/* ---- shapes: only "no dimension" against "at least so many" ---- */

static void dimensions_of_list(struct value *v, const struct object *o)
{
	bool sequence = o->kind == OBJ_LIST || o->kind == OBJ_TUPLE;

	if (!sequence)
		return;
	if (o->fields.n || o->element) {
		v->min_rank = (uint8_t)(o->fields.n < 8 ? o->fields.n ? o->fields.n : 1 : 8);
		v->zero_dim = TRI_NO;
	} else if (!o->is_open) {
		v->zero_dim = TRI_YES;
	}
}

/* One argument that is the whole shape, or one size. */
static void dimensions_of_shape(const struct scene *x, struct value *v, const struct value *shape)
{
	const struct object *o = object_of(x, shape);

	if (o)
		dimensions_of_list(v, o);
	else if (shape->kind == VAL_INT) {
		v->min_rank = 1;
		v->zero_dim = TRI_NO;
	} else if (shape->kind == VAL_SCALAR) {
		v->min_rank = shape->min_rank;
		v->zero_dim = shape->zero_dim;
	} else if (interp_is_library(x->in)) {
		/* A size or a shape that only the caller knows, or its configuration. */
		v->zero_dim = TRI_NO;
	}
}

/* torch.zeros(n, *x.shape[1:]): as many as stand alone, and what the starred ones bring. */
static void dimensions_of_starred(const struct scene *x, struct value *v, const struct call *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_args; i++) {
		struct value part = { 0 };

		if (c->args[i].name || c->args[i].stars == 2)
			continue;
		if (c->args[i].stars)
			dimensions_of_shape(x, &part, c->args[i].value);
		n += c->args[i].stars && part.zero_dim != TRI_NO ? 0
		     : part.min_rank                             ? part.min_rank
								 : 1;
	}
	v->min_rank = (uint8_t)(n < 8 ? n : 8);
	v->zero_dim = n ? TRI_NO : TRI_UNKNOWN;
}

static void dimensions_of_sizes(const struct scene *x, struct value *v, const struct call *c)
{
	size_t n = 0;

	if (call_keyword(c, "size")) {
		dimensions_of_shape(x, v, call_keyword(c, "size"));
		return;
	}
	while (n < 8 && call_positional(c, n))
		n++;
	if (n == 1) {
		dimensions_of_shape(x, v, call_positional(c, 0));
	} else if (n > 1) {
		v->min_rank = (uint8_t)n;
		v->rank = n < 8 ? (uint8_t)n : 0;
		v->zero_dim = TRI_NO;
	}
}

/* randint(high, size) and randint(low, high, size). */
static void dimensions_of_randint(const struct scene *x, struct value *v, const struct call *c)
{
	const struct value *size = call_keyword(c, "size");

	if (!size && call_positional(c, 2))
		size = call_positional(c, 2);
	if (!size)
		size = call_positional(c, 1);
	if (size)
		dimensions_of_shape(x, v, size);
}

/* torch.tensor(data): nested lists have dimensions, numbers none. A list of tensors keeps
 * nothing of their devices. */
static void dimensions_of_data(const struct scene *x, struct value *v, const struct value *data)
{
	const struct object *o = object_of(x, data);
	uint8_t rank;

	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE)) {
		v->min_rank = 1;
		v->zero_dim = TRI_NO;
	} else if (data->maybe && value_is_rows(x->s, data, &rank)) {
		v->min_rank = rank;
		v->zero_dim = rank ? TRI_NO : TRI_UNKNOWN;
	} else if (data->kind == VAL_INT || data->kind == VAL_FLOAT || data->kind == VAL_BOOL) {
		v->zero_dim = TRI_YES;
	} else if (is_tensor(data) || data->kind == VAL_ARRAY || data->kind == VAL_SCALAR) {
		v->min_rank = data->min_rank;
		v->zero_dim = data->zero_dim;
	}
}

void factory_dimensions(const struct scene *x, struct value *v, const struct call *c,
			const char *how)
{
	const struct value *first = call_positional(c, 0);

	if (call_has_stars(c) && strcmp(how, "size") == 0)
		dimensions_of_starred(x, v, c);
	if (call_has_stars(c))
		return;
	if (strcmp(how, "size") == 0) {
		dimensions_of_sizes(x, v, c);
	} else if (strcmp(how, "first") == 0 && first) {
		dimensions_of_shape(x, v, first);
	} else if (strcmp(how, "randint") == 0) {
		dimensions_of_randint(x, v, c);
	} else if (strcmp(how, "data") == 0 && call_argument(c, 0, "data")) {
		dimensions_of_data(x, v, call_argument(c, 0, "data"));
	} else if (strcmp(how, "zero") == 0) {
		v->zero_dim = TRI_YES;
	} else if (strcmp(how, "second") == 0 || strcmp(how, "third") == 0) {
		const struct value *size = call_argument(c, *how == 's' ? 1 : 2, "size");

		if (size)
			dimensions_of_shape(x, v, size);
	} else if (*how == '1' || *how == '2') {
		v->min_rank = v->rank = (uint8_t)(*how - '0');
		v->zero_dim = TRI_NO;
	}
}

/* ---- factories ---- */

/* The device= of a call; without one, `otherwise`. */
static struct device device_argument(const struct scene *x, const struct call *c,
				     struct device otherwise)
{
	const struct value *v = call_keyword(c, "device");
	struct device told;

	if (!v && !call_has_keywords(c))
		return otherwise;
	if (!v)
		return (struct device){ 0 };
	return device_told(x, v, argument_node(c, SIZE_MAX, "device"), &told) ? told : otherwise;
}

static const struct value *with_gradient(const struct scene *x, const struct call *c,
					 struct value v)
{
	v.is_leaf_grad = argument_is_true(c, SIZE_MAX, "requires_grad");
	return made_value(x, v);
}

/* torch.zeros(0), torch.empty(0, 3) */
static bool is_of_size_zero(const struct call *c, const char *how)
{
	const struct value *first = call_positional(c, 0);

	return strcmp(how, "size") == 0 && first && first->kind == VAL_INT && first->is_known &&
	       first->number == 0;
}

static const struct value *new_tensor(const struct scene *x, const struct call *c, struct device d,
				      const char *how, enum origin_kind kind)
{
	struct value v = { .kind = VAL_TENSOR, .device = d };
	const struct value *where = call_keyword(c, "device");

	if (d.kind != DEV_CPU)
		kind = FROM_MOVE;
	v.origin = origin_here(x, kind, d.kind == DEV_CPU && where ? where->origin : NULL);
	factory_dimensions(x, &v, c, how);
	v.is_empty = is_of_size_zero(c, how);
	v.is_mask = mask_is_asked(c);
	return with_gradient(x, c, v);
}

/* Does it hold a tensor, or something that may be one? What torch.tensor() makes of it is then
 * not told. */
static bool may_hold_tensor(const struct scene *x, const struct value *v, size_t depth)
{
	const struct object *o = object_of(x, v);
	uint8_t rank;

	if (v->maybe && value_is_rows(x->s, v, &rank))
		return false;
	if (is_placed(v) || v->kind == VAL_UNKNOWN || depth > 3)
		return true;
	for (size_t i = 0; o && i < o->fields.n; i++)
		if (may_hold_tensor(x, o->fields.v[i].value, depth + 1))
			return true;
	return o && o->element && may_hold_tensor(x, o->element, depth + 1);
}

static bool is_array(const struct value *v)
{
	return v && v->kind == VAL_ARRAY;
}

static bool is_argument(const struct value *v)
{
	return v->origin && v->origin->kind == FROM_ARGUMENT && v->origin->node->kind == PY_NAME;
}

/* The function whose parameter it is uses it as only tensors and arrays are. */
static bool is_array_by_use(const struct scene *x, const struct py_node *name)
{
	const struct scope *scope = names_scope(interp_unit(x->in), name);

	return scope && scope->node->kind == PY_FUNC && param_is_array(scope->node, name->name);
}

/* [torch.tensor(row) for row in rows], torch.tensor(row["ids"]) */
static bool is_given_item(const struct scene *x, const struct value *data)
{
	const struct origin *o = data->origin;

	return interp_is_library(x->in) && data->kind == VAL_PLACED &&
	       data->device.kind == DEV_ARG && o && o->kind == FROM_ITEM;
}

/* torch.tensor(x) of a parameter that nothing tells to be a tensor: of one torch itself says to write x.clone(). */
static bool is_given_data(const struct scene *x, const struct call *c, const struct value *data)
{
	const struct py_node *n =
		c->node->kind == PY_CALL && c->node->list.n ? c->node->list.v[0]->a : NULL;

	return interp_is_library(x->in) &&
	       (strcmp(c->name, "torch.tensor") == 0 || strcmp(c->name, "torch.Tensor") == 0) &&
	       n && n->kind == PY_NAME && data->kind == VAL_PLACED && is_argument(data) &&
	       strcmp(data->origin->node->name, n->name) == 0 && !is_array_by_use(x, n);
}

/* torch.tensor(rows), torch.Tensor(rows) of what unread code gave: taken for data of the host. */
static const struct origin *data_origin(const struct scene *x, const struct value *v,
					const struct origin *made)
{
	struct origin *o;

	if (!v || (!value_is_data(v) && !is_given_item(x, v)))
		return made;
	o = memcpy(arena_alloc(x->a, sizeof *o), made, sizeof *o);
	o->before = origin_here(x, FROM_DATA, NULL);
	return o;
}

bool is_taken_for_data(const struct origin *o)
{
	for (; o; o = o->before) {
		if (o->kind == FROM_DATA)
			return true;
		if (o->kind == FROM_MOVE || o->kind == FROM_CPU_CALL)
			return false;
	}
	return false;
}

/* as_tensor(x) of a tensor is x; tensor(x) of one copies it on its device; of unknown things:
 * where they came from. */
static bool run_data(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *data = call_argument(c, 0, "data");
	bool told = call_keyword(c, "device") != NULL;

	if (!data)
		return false;
	if (is_tensor(data) && !told) {
		*ret = strcmp(c->name, "torch.tensor") == 0
			       ? tensor_moved(x, data, state_device(x->s, data), data->origin)
			       : as_mask(x, data, data->is_mask && c->n_args == 1);
		return true;
	}

	const struct object *o = object_of(x, data);
	struct device d = device_argument(x, c, default_device(x));
	bool list = o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE);
	bool read = (value_is_data(data) || is_given_item(x, data)) &&
		    strcmp(c->name, "torch.tensor") == 0;
	struct value v;

	if (!told && !read && !is_given_data(x, c, data) &&
	    (list ? may_hold_tensor(x, data, 0) && strcmp(c->name, "torch.as_tensor") == 0
		  : is_placed(data) || (data->kind == VAL_UNKNOWN && may_hold_tensor(x, data, 0))))
		d = (struct device){ 0 };
	v = *new_tensor(x, c, d, row->detail, is_array(data) ? FROM_NUMPY : FROM_FACTORY);
	if (read && d.kind == DEV_CPU)
		v.origin = data_origin(x, data, v.origin);
	*ret = made_value(x, v);
	return true;
}

/* torch.sparse_coo_tensor(places, values): where they are, which must be one device; device= moves both. */
static bool run_sparse(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	static const char params[] = "indices:t values:t";
	struct mix m = { .operation = c->name };
	struct mixed r;
	struct value v = { .kind = VAL_TENSOR, .min_rank = 1, .zero_dim = TRI_NO };

	(void)row;
	if (call_keyword(c, "device") || call_has_stars(c)) {
		*ret = value_tensor(x->a, device_argument(x, c, (struct device){ 0 }), TRI_NO,
				    origin_here(x, FROM_MOVE, NULL));
		return true;
	}
	mix_call(x, &m, c, params);
	r = mix_run(x, &m);
	v.device = r.device;
	v.origin = r.origin;
	*ret = made_value(x, v);
	return true;
}

static bool run_factory(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	if (strcmp(row->detail, "data") == 0)
		return run_data(x, c, row, ret);

	const struct value *out = call_keyword(c, "out");
	const struct value *generator = call_keyword(c, "generator");
	struct device d = device_argument(x, c, default_device(x));

	if (generator)
		check_generator(x, generator, d, true);
	*ret = out && out->kind != VAL_NONE ? out : new_tensor(x, c, d, row->detail, FROM_FACTORY);
	return true;
}

/* torch.normal(mean, std, size) of numbers makes a tensor; with a tensor among them it is an operation. */
static bool run_normal(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *mean = call_argument(c, 0, "mean"), *std = call_argument(c, 1, "std");
	bool made = call_argument(c, 2, "size") != NULL;

	if (!made && mean && is_tensor(mean))
		return operation_call(x, c, signature_row(c->name), ret);
	if (!made && std && is_tensor(std))
		return operation_call(x, c, signature_row(c->name), ret);
	return made && run_factory(x, c, row, ret);
}

/* torch.Tensor(x) is x itself if that is a tensor; torch.FloatTensor(x) takes none of a GPU
 * (torch/csrc/utils/tensor_new.cpp, legacy_tensor_generic_ctor_new). */
static bool may_be_itself(const struct scene *x, const struct call *c, const struct value *first)
{
	return strcmp(c->name, "torch.Tensor") == 0 && !value_is_data(first) &&
	       !is_given_data(x, c, first);
}

static bool is_open(const struct value *v)
{
	return v && (v->kind == VAL_UNKNOWN || v->kind == VAL_PLACED);
}

/* torch.FloatTensor(3, 4), torch.Tensor([1, 2]): not on the list of the default device. */
static bool run_legacy(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		       const struct value **ret)
{
	const struct value *first = call_positional(c, 0);
	bool cuda = strcmp(row->detail, "cuda") == 0;
	struct device d = cuda ? cuda_device(-1) : cpu_device();

	if (note_get(x, "default type"))
		d = (struct device){ 0 };
	if (first && is_tensor(first) && !cuda)
		d = state_device(x->s, first);
	else if (is_open(first) && !cuda && may_hold_tensor(x, first, 0) &&
		 may_be_itself(x, c, first))
		d = (struct device){ 0 };

	struct value v = { .kind = VAL_TENSOR,
			   .device = d,
			   .origin = origin_here(x, cuda ? FROM_MOVE : FROM_FACTORY, NULL) };
	const struct object *o = first ? object_of(x, first) : NULL;

	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE) && !call_positional(c, 1)) {
		v.min_rank = 1;
		v.zero_dim = TRI_NO;
	} else if (first && is_array(first)) {
		dimensions_of_data(x, &v, first);
	} else if (is_open(first) && !call_positional(c, 1)) {
		/* Sizes or data: of a single number it raises, too. */
		v.min_rank = 1;
		v.zero_dim = TRI_NO;
	} else if (!call_has_stars(c)) {
		dimensions_of_sizes(x, &v, c);
	}
	if (strcmp(c->name, "torch.Tensor") == 0 && d.kind == DEV_CPU)
		v.origin = data_origin(x, first, v.origin);
	*ret = made_value(x, v);
	return true;
}

/* zeros_like(x): on x's device, which a device= may change. */
static bool run_like(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *like = call_argument(c, 0, "input");
	struct device d;

	(void)row;
	if (!like || !is_placed(like)) {
		d = device_argument(x, c, (struct device){ 0 });
		*ret = tensor_of(x, d, 0, origin_here(x, FROM_MOVE, NULL));
		return true;
	}
	d = device_argument(x, c, state_device(x->s, like));
	*ret = tensor_moved(x, like, d,
			    call_keyword(c, "device") ? origin_here(x, FROM_MOVE, NULL)
						      : like->origin);
	if ((*ret)->kind != VAL_TENSOR) {
		struct value v = **ret;

		v.kind = VAL_TENSOR;
		*ret = made_value(x, v);
	}
	*ret = as_mask(x, *ret, mask_is_asked(c) || (like->is_mask && c->n_args == 1));
	return true;
}

/* x.new_zeros(3): on x's device. */
static bool run_new(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		    const struct value **ret)
{
	bool data = strcmp(c->name, "new_tensor") == 0;
	bool full = strcmp(c->name, "new_full") == 0;
	struct device d;

	(void)row;
	if (!c->self || !is_placed(c->self))
		return false;
	d = device_argument(x, c, state_device(x->s, c->self));
	*ret = new_tensor(x, c, d, data ? "data" : full ? "first" : "size", FROM_FACTORY);
	if (d.kind != DEV_CPU)
		return true;

	struct value v = **ret;

	v.origin = c->self->origin;
	*ret = made_value(x, v);
	return true;
}

static bool run_from_numpy(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	const struct value *data = call_positional(c, 0);
	struct value v = { .kind = VAL_TENSOR,
			   .device = cpu_device(),
			   .origin = origin_here(x, FROM_NUMPY, NULL) };

	(void)row;
	if (data && is_array(data))
		dimensions_of_data(x, &v, data);
	*ret = made_value(x, v);
	return true;
}

/* What was saved where is not known; map_location tells. */
static bool run_load(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *where = call_argument(c, 1, "map_location");
	struct device d = { 0 };

	(void)row;
	if (where && where->kind != VAL_OBJECT && where->kind != VAL_FUNC)
		device_told(x, where, argument_node(c, 1, "map_location"), &d);
	*ret = value_placed(x->a, d, origin_here(x, FROM_LOAD, NULL));
	return true;
}

static bool run_pass(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		     const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "data");

	(void)x;
	(void)row;
	if (!first)
		return false;
	*ret = first;
	return true;
}

static bool run_parameter(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const struct value *data = call_argument(c, 0, "data");
	struct value v = { .kind = VAL_TENSOR, .device = default_device(x) };

	if (data && is_placed(data)) {
		v = *data;
		v.kind = VAL_TENSOR;
		v.device = state_device(x->s, data);
		v.object = 0;
	} else if (data) {
		v.device = (struct device){ 0 };
	}
	v.is_param = strcmp(row->detail, "buffer") != 0;
	v.text = v.is_param ? NULL : "buffer"; /* model_set_attr registers it as one */
	*ret = made_value(x, v);
	return true;
}

/* einops: "b c h w -> b (h w) c" leaves axes, "a b ->" need not. */
static bool has_axes(const struct value *pattern)
{
	const char *arrow = pattern && pattern->kind == VAL_STR && pattern->is_known
				    ? strstr(pattern->text, "->")
				    : NULL;

	return arrow && arrow[2 + strspn(arrow + 2, " ()")];
}

/* clip_grad_norm_(model.parameters(), 1.0), parameters_to_vector([p for p in ...]): a tensor that lives where they live. */
static bool run_tensor_of_all(const struct scene *x, const struct call *c,
			      const struct lint_api_row *row, const struct value **ret)
{
	const struct object *o = object_of(x, call_positional(c, 0));
	const struct value *one = o ? o->element : call_positional(c, 0);
	struct value v = { .kind = VAL_TENSOR, .zero_dim = TRI_YES };

	if (o && !one && o->fields.n)
		one = o->fields.v[0].value;
	if (!one || !is_placed(one))
		return false;
	if (strcmp(row->detail, "vector") == 0) {
		v.zero_dim = TRI_NO;
		v.min_rank = v.rank = 1;
	}
	v.device = state_device(x->s, one);
	v.origin = origin_here(x, FROM_PARAMETER, one->origin);
	*ret = made_value(x, v);
	return true;
}

/* The result lives where the argument lives. */
static bool run_tensor_of(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const struct value *first = call_positional(c, 0);
	bool placed = first && is_placed(first);

	if ((strcmp(row->detail, "norm") == 0 || strcmp(row->detail, "vector") == 0) &&
	    run_tensor_of_all(x, c, row, ret))
		return true;
	if (strcmp(row->detail, "axes") == 0 && first && is_tensor(first))
		*ret = has_axes(call_positional(c, 1))
			       ? tensor_of(x, state_device(x->s, first), 1, first->origin)
			       : value_tensor(x->a, state_device(x->s, first), TRI_UNKNOWN,
					      first->origin);
	else
		*ret = placed ? value_placed(x->a, state_device(x->s, first), first->origin)
			      : value_placed(x->a, (struct device){ 0 }, NULL);
	return true;
}

static bool run_in_place(const struct scene *x, const struct call *c,
			 const struct lint_api_row *row, const struct value **ret)
{
	const struct value *first = call_positional(c, 0);

	(void)x;
	(void)row;
	*ret = first ? first : value_unknown();
	return true;
}

static bool run_cpu_tensor(const struct scene *x, const struct call *c,
			   const struct lint_api_row *row, const struct value **ret)
{
	struct value v = *tensor_of(x, cpu_device(), 1, origin_here(x, FROM_FACTORY, NULL));

	(void)c;
	if (*row->detail)
		v.min_rank = v.rank = (uint8_t)(*row->detail - '0');
	*ret = made_value(x, v);
	return true;
}

static bool run_audio(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		      const struct value **ret)
{
	const struct value *items[2];

	(void)c;
	(void)row;
	items[0] = tensor_of(x, cpu_device(), 2, origin_here(x, FROM_FACTORY, NULL));
	items[1] = number_of(x, VAL_INT);
	*ret = tuple_of(x, items, 2);
	return true;
}

static bool run_is_tensor(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	const struct object *o = v ? object_of(x, v) : NULL;
	bool is_other = v && ((o && o->kind != OBJ_INSTANCE) || v->kind == VAL_SCALAR ||
			      v->kind == VAL_STR || v->kind == VAL_INT || v->kind == VAL_FLOAT ||
			      v->kind == VAL_BOOL || v->kind == VAL_ARRAY || v->kind == VAL_NONE);

	(void)row;
	if (v && (is_other || (is_tensor(v) && !v->may_be_none)))
		*ret = value_bool(x->a, !is_other);
	else
		*ret = number_of(x, VAL_BOOL);
	/* Whether it is one is the caller's choice. */
	if (interp_is_library(x->in) && v && v->kind == VAL_PLACED && is_argument(v))
		*ret = value_with_param(x->a, *ret,
					arena_fmt(x->a, "is_tensor@%u", v->origin->node->id));
	return true;
}

/* pad_sequence copies into a tensor made like the first one. */
static bool run_stacked(const struct scene *x, const struct call *c, const struct lint_api_row *row,
			const struct value **ret)
{
	static const struct parameter list = { .name = { "sequences", 9 }, .code = 'l' };
	const struct value *first = call_positional(c, 0);
	struct mix m = { 0 };

	(void)row;
	if (first)
		mix_add(x, &m, first, x->at, &list);
	if (!m.operands.n || m.operands.v[0].device.kind == DEV_UNKNOWN)
		*ret = tensor_of(x, (struct device){ 0 }, 2, NULL);
	else
		*ret = tensor_of(x, m.operands.v[0].device, 2, m.operands.v[0].value->origin);
	return true;
}

const struct api_word api_words_tensor[] = {
	{ "factory", run_factory },
	{ "sparse", run_sparse },
	{ "normal", run_normal },
	{ "legacy", run_legacy },
	{ "like", run_like },
	{ "new", run_new },
	{ "from-numpy", run_from_numpy },
	{ "load", run_load },
	{ "pass", run_pass },
	{ "parameter", run_parameter },
	{ "tensor-of", run_tensor_of },
	{ "in-place", run_in_place },
	{ "cpu-tensor", run_cpu_tensor },
	{ "audio", run_audio },
	{ "stacked", run_stacked },
	{ "grad", run_grad },
	{ "backward", run_backward },
	{ "is-tensor", run_is_tensor },
	{ "pack", pack_padded },
	{ "unpack", unpack_padded },
	{ NULL, NULL },
};
