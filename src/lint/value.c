// SPDX-License-Identifier: Apache-2.0
/* What do two values have in common, and where may they meet? Values are immutable; what is made here lives in the arena of the
 * entry that is interpreted. Nothing here looks into the heap: a value_meet of two objects that are not the same one knows
 * nothing but their names. */
#include "lint/value.h"

#include <stdlib.h>
#include <string.h>

#include "lint/interp.h"

/* ---- devices ---- */

static enum meeting meet_arg(struct device arg, struct device other)
{
	if (other.kind == DEV_ARG)
		return arg.sym == other.sym ? MEET_SAME : MEET_UNKNOWN;
	return other.kind == DEV_CPU ? MEET_CLASH_ON_GPU : MEET_UNKNOWN;
}

bool device_is_host(struct device d)
{
	return d.kind == DEV_CPU || d.kind == DEV_BATCH;
}

/* A GPU, or a device that the code chose. Where its callers' things are is not known. */
static enum meeting meet_batch(struct device other)
{
	if (device_is_host(other))
		return MEET_SAME;
	return other.kind == DEV_CUDA || (other.kind == DEV_ARG && (other.sym & SYM_CHOSEN))
		       ? MEET_CLASH_ON_GPU
		       : MEET_UNKNOWN;
}

enum meeting device_meet(struct device a, struct device b)
{
	if (a.kind == DEV_UNKNOWN || b.kind == DEV_UNKNOWN)
		return MEET_UNKNOWN;
	if (a.kind == DEV_MANAGED || b.kind == DEV_MANAGED)
		return MEET_SAME;
	if (a.kind == DEV_BATCH)
		return meet_batch(b);
	if (b.kind == DEV_BATCH)
		return meet_batch(a);
	if (a.kind == DEV_ARG)
		return meet_arg(a, b);
	if (b.kind == DEV_ARG)
		return meet_arg(b, a);
	if (a.kind == DEV_META || b.kind == DEV_META)
		return a.kind == b.kind ? MEET_SAME : MEET_UNKNOWN;
	if (a.kind != b.kind)
		return MEET_CLASH;
	if (a.kind == DEV_CUDA && a.index >= 0 && b.index >= 0 && a.index != b.index)
		return MEET_CLASH;
	return MEET_SAME;
}

const char *device_name(struct arena *a, struct device d)
{
	switch (d.kind) {
	case DEV_CPU:
	case DEV_BATCH:
		return "the CPU";
	case DEV_CUDA:
		return d.index < 0 ? "cuda" : arena_fmt(a, "cuda:%d", d.index);
	case DEV_META:
		return "meta";
	case DEV_ARG:
		return d.sym & SYM_CHOSEN ? "the device that was chosen"
					  : "the device of an argument";
	case DEV_MANAGED:
		return "the device that the framework chose";
	case DEV_UNKNOWN:
		break;
	}
	return "an unknown device";
}

static bool device_same(struct device a, struct device b)
{
	return a.kind == b.kind && (a.kind != DEV_CUDA || a.index == b.index) &&
	       ((a.kind != DEV_ARG && a.kind != DEV_BATCH) || a.sym == b.sym);
}

static struct device device_common(struct device a, struct device b)
{
	if (device_same(a, b))
		return a;
	if (a.kind == DEV_CUDA && b.kind == DEV_CUDA)
		return (struct device){ .kind = DEV_CUDA, .index = -1 };
	return (struct device){ 0 };
}

/* ---- makers ---- */

static const struct value unknown = { .kind = VAL_UNKNOWN };
static const struct value none = { .kind = VAL_NONE, .is_known = true };
static const struct value scalar = { .kind = VAL_SCALAR };

const struct value *value_unknown(void)
{
	return &unknown;
}

const struct value *value_none(void)
{
	return &none;
}

const struct value *value_scalar(void)
{
	return &scalar;
}

static const struct value *made(struct arena *a, struct value v)
{
	struct value *copy = arena_alloc(a, sizeof *copy);

	*copy = v;
	return copy;
}

const struct value *value_int(struct arena *a, int64_t number)
{
	return made(a, (struct value){ .kind = VAL_INT, .is_known = true, .number = number });
}

const struct value *value_float(struct arena *a, double real)
{
	return made(a, (struct value){ .kind = VAL_FLOAT, .is_known = true, .real = real });
}

const struct value *value_str(struct arena *a, const char *text)
{
	return made(a, (struct value){ .kind = VAL_STR, .is_known = true, .text = text });
}

const struct value *value_bool(struct arena *a, bool yes)
{
	return made(a, (struct value){ .kind = VAL_BOOL, .is_known = true, .number = yes });
}

const struct value *value_number(struct arena *a, enum value_kind kind)
{
	return made(a, (struct value){ .kind = kind });
}

const struct value *value_api(struct arena *a, const char *dotted)
{
	return made(a, (struct value){ .kind = VAL_API, .text = dotted });
}

const struct value *value_object(struct arena *a, uint32_t id)
{
	return made(a, (struct value){ .kind = VAL_OBJECT, .object = id });
}

const struct value *value_device(struct arena *a, struct device d, const struct origin *o)
{
	return made(a, (struct value){ .kind = VAL_DEVICE, .device = d, .origin = o });
}

const struct value *value_tensor(struct arena *a, struct device d, enum tri zero_dim,
				 const struct origin *o)
{
	return made(a,
		    (struct value){
			    .kind = VAL_TENSOR, .device = d, .zero_dim = zero_dim, .origin = o });
}

const struct value *value_placed(struct arena *a, struct device d, const struct origin *o)
{
	return made(a, (struct value){ .kind = VAL_PLACED, .device = d, .origin = o });
}

const struct value *value_func(struct arena *a, const struct function *f)
{
	return made(a, (struct value){ .kind = VAL_FUNC, .func = f });
}

const struct value *value_class(struct arena *a, const struct klass *k)
{
	return made(a, (struct value){ .kind = VAL_CLASS, .cls = k });
}

const struct value *value_bound(struct arena *a, const struct function *f, const struct value *self)
{
	return made(a, (struct value){ .kind = VAL_BOUND, .func = f, .self = self });
}

const struct value *value_unit(struct arena *a, struct unit *u)
{
	return made(a, (struct value){ .kind = VAL_UNIT, .unit = u });
}

const struct value *value_method(struct arena *a, const char *name, const struct value *self)
{
	return made(a, (struct value){ .kind = VAL_METHOD, .text = name, .self = self });
}

const struct value *value_with_param(struct arena *a, const struct value *v, const char *param_text)
{
	struct value copy = *v;

	copy.param_text = param_text;
	return made(a, copy);
}

const struct value *value_with_default(struct arena *a, const struct value *v,
				       const struct value *fallback)
{
	struct value copy = *v;

	if (v->kind != VAL_STR || v->is_known || fallback->kind != VAL_STR || !fallback->is_known)
		return v;
	copy.text = fallback->text;
	return made(a, copy);
}

/* ---- equality ---- */

static bool text_same(const char *x, const char *y)
{
	return x == y || (x && y && strcmp(x, y) == 0);
}

bool function_same(const struct function *x, const struct function *y)
{
	if (x == y)
		return true;
	if (!x || !y || x->node != y->node || x->closure != y->closure || x->role != y->role ||
	    x->is_opaque != y->is_opaque || x->cls != y->cls)
		return false;
	for (size_t i = 0; i < x->node->params.n; i++) {
		const struct value *a = x->defaults[i], *b = y->defaults[i];

		if (a != b && (!a || !b || !value_same(a, b)))
			return false;
	}
	return true;
}

static bool flags_same(const struct value *x, const struct value *y)
{
	return x->is_known == y->is_known && x->rest == y->rest && x->is_param == y->is_param &&
	       x->may_be_none == y->may_be_none && x->is_leaf_grad == y->is_leaf_grad &&
	       x->is_special == y->is_special && x->is_mask == y->is_mask &&
	       x->is_empty == y->is_empty && x->zero_dim == y->zero_dim &&
	       x->min_rank == y->min_rank && x->rank == y->rank &&
	       device_same(x->device, y->device) &&
	       (x->origin ? x->origin->kind : FROM_NOWHERE) ==
		       (y->origin ? y->origin->kind : FROM_NOWHERE);
}

/* ---- on the CPU on one way, elsewhere on another ---- */

const struct split *value_split(const struct value *v)
{
	return v->split && v->split->of == v ? v->split : NULL;
}

/* torch.arange(n, device=x.device): it is where its author wants it, and x is what was not moved. */
bool is_told_where(const struct py_node *call)
{
	for (size_t i = 0; call->kind == PY_CALL && i < call->list.n; i++)
		if (call->list.v[i]->name && strcmp(call->list.v[i]->name, "device") == 0)
			return true;
	return false;
}

bool value_is_default_cpu(const struct value *v)
{
	const struct origin *o =
		v->kind == VAL_TENSOR && !v->object && !v->is_param && v->device.kind == DEV_CPU
			? v->origin
			: NULL;

	return o && o->kind == FROM_FACTORY && o->node && o->node->kind == PY_CALL &&
	       !is_told_where(o->node);
}

bool device_is_callers(struct device d)
{
	return d.kind == DEV_ARG && !(d.sym & SYM_CHOSEN);
}

/* Where the one that was not made on the CPU is. */
static struct device elsewhere_of(const struct value *v)
{
	const struct split *split = value_split(v);

	return split ? split->elsewhere : v->kind == VAL_TENSOR ? v->device : (struct device){ 0 };
}

/* if ones.device != x.device: ones = ones.to(x.device) */
static bool is_moved(const struct value *v)
{
	return v->origin && v->origin->kind == FROM_MOVE;
}

static const struct value *on_cpu_of(const struct value *v)
{
	const struct split *split = value_split(v);

	return split ? split->on_cpu : value_is_default_cpu(v) ? v : NULL;
}

const struct value *value_as_split(struct arena *a, const struct value *v,
				   const struct value *on_cpu, struct device elsewhere)
{
	struct split *split = arena_alloc(a, sizeof *split);
	struct value *copy = arena_alloc(a, sizeof *copy);

	*copy = *v;
	copy->split = split;
	*split = (struct split){ .of = copy, .on_cpu = on_cpu, .elsewhere = elsewhere };
	return copy;
}

/* It stands before an if and its elifs, each of which puts something else there. */
static bool is_dummy(const struct interp *in, const struct value *on_cpu)
{
	const struct py_node *chain = in->frame->chain;
	const struct origin *o = on_cpu->origin;

	return chain && o->unit == in->frame->unit && o->node->start < chain->start;
}

static const struct value *with_split(struct interp *in, struct value v, const struct value *x,
				      const struct value *y)
{
	const struct value *on_cpu = on_cpu_of(x) ? on_cpu_of(x) : on_cpu_of(y);
	struct device a = elsewhere_of(x), b = elsewhere_of(y);
	struct device elsewhere = device_is_callers(a) ? a : b;
	bool told = !device_is_callers(a) || !device_is_callers(b) || a.sym == b.sym;

	v.split = NULL;
	if (!on_cpu || !told || v.object || is_dummy(in, on_cpu) || is_moved(x) || is_moved(y))
		return made(in->arena, v);
	return value_as_split(in->arena, &v, on_cpu, elsewhere);
}

static bool split_same(const struct split *x, const struct split *y)
{
	return x == y || (x && y && x->on_cpu->origin == y->on_cpu->origin &&
			  x->elsewhere.sym == y->elsewhere.sym);
}

bool value_alike(const struct value *x, const struct value *y)
{
	return x->kind == y->kind && flags_same(x, y) && x->cls == y->cls && x->unit == y->unit &&
	       memcmp(&x->real, &y->real, sizeof x->real) == 0 && text_same(x->text, y->text) &&
	       text_same(x->param_text, y->param_text) && function_same(x->func, y->func) &&
	       split_same(value_split(x), value_split(y));
}

bool value_same(const struct value *x, const struct value *y)
{
	if (x == y)
		return true;
	if (x->number != y->number || x->object != y->object || !value_alike(x, y))
		return false;
	if (x->maybe != y->maybe &&
	    (!x->maybe || !y->maybe ||
	     memcmp(x->maybe, y->maybe, (size_t)x->number * sizeof *x->maybe) != 0))
		return false;
	return x->self == y->self || (x->self && y->self && value_same(x->self, y->self));
}

bool object_alike(const struct object *x, const struct object *y)
{
	if (x->kind != y->kind || x->cls != y->cls || !text_same(x->text, y->text) ||
	    !device_same(x->device, y->device) || x->fields.n != y->fields.n ||
	    x->has_tensors != y->has_tensors || x->is_summary != y->is_summary ||
	    x->has_escaped != y->has_escaped || x->is_open != y->is_open || !x->moved != !y->moved)
		return false;
	for (size_t i = 0; i < x->fields.n; i++)
		if (x->fields.v[i].registered != y->fields.v[i].registered ||
		    !text_same(x->fields.v[i].name, y->fields.v[i].name))
			return false;
	return true;
}

bool object_same(const struct object *x, const struct object *y)
{
	if (x == y)
		return true;
	if (!object_alike(x, y))
		return false;
	if (x->element != y->element &&
	    (!x->element || !y->element || !value_same(x->element, y->element)))
		return false;
	for (size_t i = 0; i < x->fields.n; i++)
		if (!value_same(x->fields.v[i].value, y->fields.v[i].value))
			return false;
	return true;
}

/* ---- what two values have in common ---- */

bool value_is_batch(const struct value *v)
{
	return v->kind == VAL_UNKNOWN && v->origin && v->origin->kind == FROM_LOADER;
}

bool value_is_plain(const struct value *v)
{
	switch (v->kind) {
	case VAL_NONE:
	case VAL_BOOL:
	case VAL_INT:
	case VAL_FLOAT:
	case VAL_STR:
	case VAL_SCALAR:
	case VAL_DTYPE:
	case VAL_DEVICE:
	case VAL_ARRAY:
		return true;
	default:
		return false;
	}
}

static bool is_scalar(const struct value *v)
{
	return v->kind == VAL_BOOL || v->kind == VAL_INT || v->kind == VAL_FLOAT ||
	       v->kind == VAL_STR || v->kind == VAL_SCALAR || v->kind == VAL_DTYPE;
}

static bool is_placed(const struct value *v)
{
	return v->kind == VAL_TENSOR || v->kind == VAL_PLACED;
}

static const struct value *meet_tensors(struct interp *in, const struct value *x,
					const struct value *y)
{
	struct value v = *x;

	if (x->kind != y->kind)
		v.kind = VAL_PLACED;
	/* One that belongs to a module is where that is. */
	if (x->object != y->object) {
		v.device = (struct device){ 0 };
		v.object = 0;
	} else if (!x->object) {
		v.device = device_common(x->device, y->device);
	}
	v.zero_dim = x->zero_dim == y->zero_dim ? x->zero_dim : TRI_UNKNOWN;
	v.min_rank = x->min_rank < y->min_rank ? x->min_rank : y->min_rank;
	v.rank = x->rank == y->rank ? x->rank : 0;
	v.may_be_none = x->may_be_none || y->may_be_none;
	v.is_param = x->is_param && y->is_param;
	v.number = x->number == y->number ? x->number : 0; /* whose parameter it is */
	v.is_leaf_grad = x->is_leaf_grad && y->is_leaf_grad;
	v.is_empty = x->is_empty && y->is_empty;
	v.is_mask = x->is_mask && y->is_mask;
	v.param_text = text_same(x->param_text, y->param_text) ? x->param_text : NULL;
	return with_split(in, v, x, y);
}

/* ---- one of several objects ---- */

static void add_maybe(struct interp *in, const struct value *v, struct id_list *ids,
		      struct id_list *lost)
{
	for (int64_t i = 0; v->maybe && i < v->number; i++)
		PUSH(in->arena, ids, v->maybe[i]);
	if (v->kind == VAL_OBJECT)
		PUSH(in->arena, ids, v->object);
	/* A method of an object: it is lost at once, that is rare. */
	for (const struct value *self = v->self; self; self = self->self)
		if (self->kind == VAL_OBJECT)
			PUSH(in->arena, lost, self->object);
}

static int by_id(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static enum rest rest_of(const struct value *v)
{
	if (v->kind == VAL_OBJECT)
		return v->may_be_none ? REST_PLAIN : REST_NOTHING;
	return v->maybe ? v->rest : value_is_plain(v) ? REST_PLAIN : REST_ANYTHING;
}

static const struct value *either(struct interp *in, const struct value *x, const struct value *y,
				  struct id_list *lost)
{
	struct id_list ids = { 0 };
	size_t n = 0;

	add_maybe(in, x, &ids, lost);
	add_maybe(in, y, &ids, lost);
	if (!ids.n)
		return on_cpu_of(x) || on_cpu_of(y) ? with_split(in, unknown, x, y) : &unknown;
	qsort(ids.v, ids.n, sizeof *ids.v, by_id);
	for (size_t i = 0; i < ids.n; i++)
		if (i == 0 || ids.v[i] != ids.v[i - 1])
			ids.v[n++] = ids.v[i];
	if (n <= MAYBE_MAX)
		return made(in->arena, (struct value){ .kind = VAL_UNKNOWN,
						       .rest = rest_of(x) < rest_of(y) ? rest_of(x)
										       : rest_of(y),
						       .number = (int64_t)n,
						       .maybe = ids.v });
	for (size_t i = 0; i < n; i++)
		PUSH(in->arena, lost, ids.v[i]);
	return &unknown;
}

/* None on one of two ways. */
static const struct value *or_none(struct interp *in, const struct value *v)
{
	struct value copy = *v;

	if (is_scalar(v))
		return &scalar;
	if (v->kind == VAL_UNKNOWN && v->rest != REST_NOTHING)
		return v;
	if (v->kind == VAL_UNKNOWN)
		copy.rest = REST_PLAIN;
	else
		copy.may_be_none = true;
	return made(in->arena, copy);
}

/* The same but for None. */
static const struct value *but_for_none(struct interp *in, const struct value *x,
					const struct value *y)
{
	struct value copy = *x;

	if (x->may_be_none == y->may_be_none)
		return NULL;
	copy.may_be_none = y->may_be_none;
	if (!value_same(&copy, y))
		return NULL;
	copy.may_be_none = true;
	return made(in->arena, copy);
}

const struct value *value_meet(struct interp *in, const struct value *x, const struct value *y,
			       struct id_list *lost)
{
	if (value_same(x, y))
		return x;
	if (x->kind == VAL_NONE || y->kind == VAL_NONE)
		return or_none(in, x->kind == VAL_NONE ? y : x);

	const struct value *v = but_for_none(in, x, y);

	if (v)
		return v;
	if (is_placed(x) && is_placed(y))
		return meet_tensors(in, x, y);
	if (is_scalar(x) && is_scalar(y))
		return x->kind == y->kind ? value_number(in->arena, x->kind) : &scalar;
	if (x->kind == VAL_DEVICE && y->kind == VAL_DEVICE)
		return value_device(in->arena, device_common(x->device, y->device), x->origin);
	if (x->kind == VAL_ARRAY && y->kind == VAL_ARRAY)
		return meet_tensors(in, x, y);
	return either(in, x, y, lost);
}

/* ---- truth ---- */

static enum tri truth_of_object(const struct state *s, const struct value *v)
{
	const struct object *o = state_object(s, v->object);

	switch (o->kind) {
	case OBJ_LIST:
	case OBJ_TUPLE:
	case OBJ_SET:
	case OBJ_DICT:
		return o->fields.n ? TRI_YES : o->is_open || o->element ? TRI_UNKNOWN : TRI_NO;
	case OBJ_MODULE:
	case OBJ_LOADER:
	case OBJ_OPTIMIZER:
	case OBJ_ITERATOR:
		return TRI_YES;
	case OBJ_INSTANCE:
		break;
	}
	/* A class may define __bool__ or __len__. */
	return o->cls && !klass_member(s, o->cls, NULL, "__len__") &&
			       !klass_member(s, o->cls, NULL, "__bool__") && !o->cls->is_unknown
		       ? TRI_YES
		       : TRI_UNKNOWN;
}

bool value_is_gpu_count(const struct value *v)
{
	return v->param_text && strcmp(v->param_text, GPU_COUNT) == 0;
}

enum tri value_truth(const struct state *s, const struct value *v)
{
	if (v->may_be_none)
		return TRI_UNKNOWN;
	if (value_is_gpu_count(v))
		return TRI_YES;
	switch (v->kind) {
	case VAL_NONE:
		return TRI_NO;
	case VAL_BOOL:
	case VAL_INT:
		return !v->is_known ? TRI_UNKNOWN : v->number ? TRI_YES : TRI_NO;
	case VAL_FLOAT:
		return !v->is_known ? TRI_UNKNOWN : v->real < 0 || v->real > 0 ? TRI_YES : TRI_NO;
	case VAL_STR:
		return !v->is_known ? TRI_UNKNOWN : *v->text ? TRI_YES : TRI_NO;
	case VAL_DEVICE:
	case VAL_DTYPE:
	case VAL_FUNC:
	case VAL_CLASS:
	case VAL_BOUND:
	case VAL_UNIT:
		return TRI_YES;
	case VAL_OBJECT:
		return truth_of_object(s, v);
	default:
		return TRI_UNKNOWN;
	}
}
