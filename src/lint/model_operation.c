// SPDX-License-Identifier: Apache-2.0
/* What does an operation give back: a tensor, several, a number; where, and with how many
 * dimensions at least? The table lint_signature tells which arguments take part; shapes are not
 * followed, only what is needed to tell a 0-dim tensor. */
#include "lint/model_parts.h"

#include <string.h>

struct result {
	struct mixed mixed;
	const struct call *call;
	const struct lint_signature_row *row;
};

/* Arguments behind the first tensor, or dim= itself. */
static const struct value *dimension_of(const struct call *c)
{
	static const char *const names[] = { "dim", "axis" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *v = call_keyword(c, names[i]);

		if (v)
			return v;
	}
	return call_positional(c, c->self ? 0 : 1);
}

static void set_rank(struct value *v, uint8_t rank)
{
	v->min_rank = rank;
	v->zero_dim = rank ? TRI_NO : TRI_UNKNOWN;
}

/* Does the first argument behind the tensor say which dimension goes? That of norm() does not. */
static bool takes_dimension_first(const struct lint_signature_row *row)
{
	const char *first = starts_with(row->params, "input:t ") ? row->params + strlen("input:t ")
								 : row->params;

	return starts_with(first, "dim") || starts_with(first, "other|dim") ||
	       starts_with(first, "unbiased|dim");
}

/* x.argmax(1): x has a dimension 1, so two of them at least. */
static int dimensions_needed(const struct value *dim)
{
	if (dim->kind != VAL_INT || !dim->is_known || dim->number < -8 || dim->number > 7)
		return 0;
	return (int)(dim->number < 0 ? -dim->number : dim->number + 1);
}

/* How many dimensions the tensor has that loses some: what is known of it, and what its losing them tells. */
static uint8_t rank_before(const struct scene *x, const struct result *r, const struct value *dim,
			   uint8_t *ret_lost)
{
	const struct object *o = object_of(x, dim);
	bool is_named = call_keyword(r->call, "dim") || call_keyword(r->call, "axis");
	int rank = r->mixed.first_rank;

	*ret_lost = 1;
	if (!is_named && !takes_dimension_first(r->row))
		return (uint8_t)rank;
	if (!o || (o->kind != OBJ_TUPLE && o->kind != OBJ_LIST) || o->element || o->is_open)
		return (uint8_t)(dimensions_needed(dim) > rank ? dimensions_needed(dim) : rank);
	*ret_lost = (uint8_t)(o->fields.n < 8 ? o->fields.n : 8);
	for (size_t i = 0; i < o->fields.n; i++)
		if (dimensions_needed(o->fields.v[i].value) > rank)
			rank = dimensions_needed(o->fields.v[i].value);
	return (uint8_t)rank;
}

static void set_less(const struct scene *x, struct value *v, const struct result *r)
{
	const struct value *dim = dimension_of(r->call);
	uint8_t before, lost;

	if ((!dim && !call_has_stars(r->call)) || (dim && dim->kind == VAL_NONE)) {
		v->min_rank = 0;
		v->zero_dim = TRI_YES;
		return;
	}
	before = dim ? rank_before(x, r, dim, &lost) : r->mixed.first_rank;
	if (argument_is_true(r->call, SIZE_MAX, "keepdim"))
		set_rank(v, before);
	else
		set_rank(v, dim && before > lost ? (uint8_t)(before - lost) : 0);
}

static void set_loss(struct value *v, const struct result *r)
{
	const struct value *reduction = call_keyword(r->call, "reduction");
	bool told = reduction && reduction->kind == VAL_STR && reduction->is_known;

	if (!reduction || (told && strcmp(reduction->text, "none") != 0))
		v->zero_dim = TRI_YES;
	else
		set_rank(v, told ? r->mixed.first_rank : 0);
}

/* x.view(*shape, -1): those that stand there. */
static uint8_t sizes_beside_stars(const struct call *c)
{
	size_t n = 0;

	for (size_t i = c->self ? 0 : 1; i < c->n_args && n < 8; i++)
		n += !c->args[i].stars && !c->args[i].name;
	return (uint8_t)n;
}

/* How many sizes view(), reshape() and expand() were given at least, one by one or in one list. */
static uint8_t sizes_given(const struct scene *x, const struct call *c)
{
	size_t first = c->self ? 0 : 1, n = 0;
	const struct value *one = call_positional(c, first);
	const struct object *o = one ? object_of(x, one) : NULL;

	if (call_has_stars(c))
		return sizes_beside_stars(c);
	while (n < 8 && call_positional(c, first + n))
		n++;
	if (n != 1 || one->kind == VAL_INT)
		return (uint8_t)n;
	if (!o || (o->kind != OBJ_LIST && o->kind != OBJ_TUPLE))
		return 0;
	return (uint8_t)(o->fields.n < 8 ? o->fields.n : 8);
}

/* "ij,j->i": letters behind the arrow are axes. */
static bool leaves_axes(const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;
		const char *arrow =
			v->kind == VAL_STR && v->is_known ? strstr(v->text, "->") : NULL;

		if (arrow)
			return arrow[2 + strspn(arrow + 2, " ().")];
	}
	return false;
}

static void set_dimensions(const struct scene *x, struct value *v, const struct result *r)
{
	const char *rank = r->row->rank;
	uint8_t first = r->mixed.first_rank;

	if (strcmp(rank, "wide") == 0) {
		set_rank(v, r->mixed.rank);
		v->zero_dim = r->mixed.zero_dim;
	} else if (strcmp(rank, "same") == 0) {
		set_rank(v, first);
	} else if (strcmp(rank, "less") == 0) {
		set_less(x, v, r);
	} else if (strcmp(rank, "more") == 0) {
		set_rank(v, (uint8_t)(first + 1));
	} else if (strcmp(rank, "one") == 0) {
		set_rank(v, 1);
	} else if (strcmp(rank, "zero") == 0) {
		v->zero_dim = TRI_YES;
	} else if (strcmp(rank, "mat") == 0) {
		set_rank(v, first >= 2 ? 1 : 0);
	} else if (strcmp(rank, "view") == 0) {
		set_rank(v, sizes_given(x, r->call));
	} else if (strcmp(rank, "sizes") == 0) {
		/* Sizes are added in front, none is taken away. */
		set_rank(v, sizes_given(x, r->call) > first ? sizes_given(x, r->call) : first);
	} else if (strcmp(rank, "axes") == 0) {
		set_rank(v, leaves_axes(r->call));
	} else if (strcmp(rank, "loss") == 0) {
		set_loss(v, r);
	}
}

static const struct value *tensor_on_one_way(const struct scene *x, const struct result *r)
{
	struct value v = { .kind = VAL_TENSOR,
			   .device = r->mixed.device,
			   .is_mask = mask_is_made(r->call),
			   .origin = r->mixed.origin };

	set_dimensions(x, &v, r);
	return made_value(x, v);
}

static const struct value *one_tensor(const struct scene *x, const struct result *r)
{
	const struct value *v = tensor_on_one_way(x, r);
	struct result on_cpu = *r;

	if (!r->mixed.on_cpu)
		return v;
	on_cpu.mixed = *r->mixed.on_cpu;
	return value_as_split(x->a, v, tensor_on_one_way(x, &on_cpu), r->mixed.split->elsewhere);
}

static const struct value *tensors(const struct scene *x, const struct result *r, size_t n)
{
	const struct value *items[4], *one = one_tensor(x, r);

	for (size_t i = 0; i < n && i < 4; i++)
		items[i] = one;
	return tuple_of(x, items, n < 4 ? n : 4);
}

/* torch.max(a, b) is a tensor, torch.max(a, 1) a tuple; of an unknown second argument it may be
 * either. */
static const struct value *tensor_or_tuple(const struct scene *x, const struct result *r)
{
	const struct value *second = dimension_of(r->call);

	if (second && second->kind == VAL_INT)
		return tensors(x, r, 2);
	if (!second && !call_has_stars(r->call))
		return one_tensor(x, r);
	if (second && is_tensor(second)) {
		struct value v = *one_tensor(x, r);

		set_rank(&v, r->mixed.rank);
		return made_value(x, v);
	}
	return value_placed(x->a, r->mixed.device, r->mixed.origin);
}

/* torch.where(mask), x.nonzero(as_tuple=True): one list of places for every dimension. */
static bool gives_places(const struct call *c)
{
	if (strcmp(c->name, "torch.where") == 0)
		return c->n_args == 1 && !call_has_stars(c);
	return (strcmp(c->name, "torch.nonzero") == 0 || strcmp(c->name, "nonzero") == 0) &&
	       argument_is_true(c, SIZE_MAX, "as_tuple");
}

static const struct value *result_value(const struct scene *x, const struct result *r)
{
	char kind = r->row->result[0];

	if (gives_places(r->call))
		return sequence_of(x, OBJ_TUPLE, tensor_of(x, r->mixed.device, 1, r->mixed.origin));

	if (kind == 't')
		return one_tensor(x, r);
	if (kind == 's')
		return value_scalar();
	if (kind == 'l')
		return sequence_of(x, OBJ_TUPLE, one_tensor(x, r));
	if (kind == 'd')
		return tensor_or_tuple(x, r);
	if (kind >= '2' && kind <= '4')
		return tensors(x, r, (size_t)(kind - '0'));
	return value_placed(x->a, r->mixed.device, r->mixed.origin);
}

/* x.add_(y) gives x back. */
static bool is_in_place(const struct call *c)
{
	size_t n = strlen(c->name);

	return n > 2 && c->name[n - 1] == '_' && c->name[n - 2] != '_';
}

static void check_own_generator(const struct scene *x, const struct call *c, struct device where)
{
	const struct value *generator = call_keyword(c, "generator");

	if (generator)
		check_generator(x, generator, where, false);
}

bool operation_call(const struct scene *x, const struct call *c,
		    const struct lint_signature_row *row, const struct value **ret)
{
	static const struct parameter self = { .name = { "input", 5 }, .code = 't' };
	struct mix m = { .operation = c->name, .is_loss = strcmp(row->rank, "loss") == 0 };
	struct result r = { .call = c, .row = row };
	const struct value *out = call_keyword(c, "out");

	if (c->self)
		mix_add(x, &m, c->self, c->node->kind == PY_CALL ? c->node->a->a : c->node, &self);
	if (m.operands.n)
		m.operands.v[0].is_written = is_in_place(c);
	mix_call(x, &m, c, row->params);
	r.mixed = mix_run(x, &m);
	check_own_generator(x, c, r.mixed.device);
	if (out && out->kind != VAL_NONE)
		*ret = out;
	else
		*ret = c->self && is_in_place(c) ? c->self : result_value(x, &r);
	return true;
}

/* ---- operators ---- */

static bool is_object_operator(const struct value *v)
{
	return v && v->kind != VAL_TENSOR && v->kind != VAL_PLACED && v->kind != VAL_UNKNOWN &&
	       v->kind != VAL_INT && v->kind != VAL_FLOAT && v->kind != VAL_BOOL &&
	       v->kind != VAL_SCALAR && v->kind != VAL_ARRAY;
}

static const struct value *placed_operator(const struct scene *x, const struct value *a,
					   const struct value *b)
{
	/* A parameter and a number, or two of them: if they are tensors, the result is where
	 * they are. */
	bool a_placed = is_placed(a), b_placed = b && is_placed(b);
	const struct value *one = a_placed ? a : b;

	if (!a_placed && !b_placed)
		return NULL;
	if (a_placed && b_placed) {
		struct device da = state_device(x->s, a), db = state_device(x->s, b);

		/* Two arguments that a caller has put somewhere: together, if both are tensors. Rows of data on the host are
		 * compared as well. */
		if (da.kind == DEV_ARG && db.kind == DEV_ARG && x->at->kind != PY_COMPARE)
			one = b->zero_dim == TRI_NO ? b : a;
		else if (device_meet(da, db) != MEET_SAME)
			return value_unknown();
	}
	return value_placed(x->a, state_device(x->s, one), one->origin);
}

/* `masks.cpu() * x` of an unread masks: whoever hands x over has it on the CPU. */
static bool is_called_to_cpu(const struct scene *x, const struct value *v)
{
	return v && v->kind == VAL_PLACED && state_device(x->s, v).kind == DEV_CPU && v->origin &&
	       v->origin->kind == FROM_CPU_CALL;
}

static const struct value *tensor_operator(const struct scene *x, enum py_op op,
					   const struct value *a, const struct value *b)
{
	static const struct parameter either = { .name = { "operand", 7 }, .code = 'n' };
	const struct py_node *n = x->at;
	const struct py_node *right = n->kind == PY_COMPARE && n->list.n ? n->list.v[0] : n->b;
	struct mix m = { 0 };

	mix_add(x, &m, a, n->a ? n->a : n, &either);
	if (b)
		mix_add(x, &m, b, right ? right : n, &either);
	for (size_t i = 0; i < m.operands.n; i++)
		m.operands.v[i].needs_dimension = n->op == OP_MATMUL;
	if (is_tensor(a) && n->kind == PY_AUGASSIGN && n->op != OP_MATMUL)
		m.operands.v[0].is_written = true;

	struct mixed r = mix_run(x, &m);
	struct value v = { .kind = VAL_TENSOR,
			   .device = r.device,
			   .origin = r.origin,
			   .min_rank = r.rank,
			   .zero_dim = r.zero_dim,
			   .is_mask = mask_is_result(op, a, b) };
	bool unknown = a->kind == VAL_UNKNOWN || (b && b->kind == VAL_UNKNOWN) ||
		       a->kind == VAL_PLACED || (b && b->kind == VAL_PLACED);

	if (unknown && device_is_host(r.device) && r.zero_dim != TRI_NO)
		v.device = (struct device){ 0 };
	if (r.device.kind == DEV_ARG && (is_called_to_cpu(x, a) || is_called_to_cpu(x, b))) {
		v.device = cpu_device();
		v.origin = (is_called_to_cpu(x, a) ? a : b)->origin;
	}
	if (r.on_cpu && !unknown) {
		struct value cpu = v;

		cpu.device = r.on_cpu->device;
		cpu.origin = r.on_cpu->origin;
		cpu.min_rank = r.on_cpu->rank;
		cpu.zero_dim = r.on_cpu->zero_dim;
		return value_as_split(x->a, &v, made_value(x, cpu), r.split->elsewhere);
	}
	return made_value(x, v);
}

static bool is_number(const struct value *v)
{
	return v->kind == VAL_INT || v->kind == VAL_FLOAT || v->kind == VAL_BOOL ||
	       v->kind == VAL_SCALAR || v->kind == VAL_ARRAY;
}

/* NumPy's arrays with each other and with numbers. NULL: something else takes part. */
static const struct value *array_operator(const struct scene *x, const struct value *a,
					  const struct value *b)
{
	struct value v = { .kind = VAL_ARRAY, .min_rank = a->min_rank };

	if ((a->kind != VAL_ARRAY && (!b || b->kind != VAL_ARRAY)) || !is_number(a) ||
	    (b && !is_number(b)))
		return NULL;
	if (a->kind != VAL_ARRAY || (b && b->kind == VAL_ARRAY && b->min_rank > v.min_rank))
		v.min_rank = b->min_rank;
	v.zero_dim = v.min_rank ? TRI_NO : TRI_UNKNOWN;
	return made_value(x, v);
}

const struct value *model_operator(struct interp *in, struct state *s, enum py_op op,
				   const struct value *a, const struct value *b,
				   const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);

	if (op == OP_IS || op == OP_IS_NOT || op == OP_IN || op == OP_NOT_IN || op == OP_NOT)
		return is_placed(a) || (b && is_placed(b)) ? number_of(&x, VAL_BOOL) : NULL;
	if (is_object_operator(a) || is_object_operator(b))
		return NULL;
	if (op != OP_MATMUL && array_operator(&x, a, b))
		return array_operator(&x, a, b);
	array_operand(&x, op, a, b);
	if (is_tensor(a) || (b && is_tensor(b))) {
		const struct value *v = tensor_operator(&x, op, a, b);
		bool both = is_tensor(a) && (!b || is_tensor(b));
		bool number = b && (a->kind != VAL_UNKNOWN && a->kind != VAL_PLACED) &&
			      (b->kind != VAL_UNKNOWN && b->kind != VAL_PLACED);

		/* Arithmetic of a tensor that has dimensions, or is on a GPU, stays where it is, whatever number or tensor
		 * the other one is. */
		bool stays = v->device.kind != DEV_UNKNOWN && op != OP_MATMUL &&
			     (v->zero_dim == TRI_NO || !device_is_host(v->device));

		/* tensor @ unknown: the other one may be of a class that answers itself. */
		return both || number || stays ? v : value_placed(x.a, v->device, v->origin);
	}
	return placed_operator(&x, a, b);
}
