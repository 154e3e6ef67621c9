// SPDX-License-Identifier: Apache-2.0
/* What is a + b, a == b, not a? Constants are computed as Python does; what hangs on a command line flag goes on hanging on it;
 * tensors are the model's. */
#include "lint/interp.h"

#include <math.h>
#include <string.h>

#include "core/str.h"
#include "lint/power.h"

#define TEXT_MAX 4096 /* bytes of a text that is put together */

/* ---- constants ---- */

static bool is_number(const struct value *v)
{
	return v->kind == VAL_INT || v->kind == VAL_FLOAT || v->kind == VAL_BOOL;
}

static double real_of(const struct value *v)
{
	return v->kind == VAL_FLOAT ? v->real : (double)v->number;
}

static bool int_power(int64_t base, int64_t exponent, int64_t *ret)
{
	int64_t result = 1;

	if (exponent < 0 || exponent > 64)
		return false;
	for (int64_t i = 0; i < exponent; i++)
		if (__builtin_mul_overflow(result, base, &result))
			return false;
	*ret = result;
	return true;
}

/* Python's // and %: towards minus infinity. */
static bool int_divide(int64_t a, int64_t b, int64_t *ret_quotient, int64_t *ret_rest)
{
	if (b == 0 || (a == INT64_MIN && b == -1))
		return false;
	*ret_quotient = a / b;
	*ret_rest = a % b;
	if (*ret_rest && (*ret_rest < 0) != (b < 0)) {
		*ret_quotient -= 1;
		*ret_rest += b;
	}
	return true;
}

static bool int_operate(enum py_op op, int64_t a, int64_t b, int64_t *ret)
{
	int64_t quotient, rest;

	switch (op) {
	case OP_ADD:
		return !__builtin_add_overflow(a, b, ret);
	case OP_SUB:
		return !__builtin_sub_overflow(a, b, ret);
	case OP_MUL:
		return !__builtin_mul_overflow(a, b, ret);
	case OP_POW:
		return int_power(a, b, ret);
	case OP_FLOORDIV:
	case OP_MOD:
		if (!int_divide(a, b, &quotient, &rest))
			return false;
		*ret = op == OP_MOD ? rest : quotient;
		return true;
	default:
		return false;
	}
}

static const struct value *float_operate(struct interp *in, enum py_op op, double a, double b)
{
	double r = NAN;

	if (op == OP_ADD)
		r = a + b;
	else if (op == OP_SUB)
		r = a - b;
	else if (op == OP_MUL)
		r = a * b;
	else if (op == OP_POW)
		r = power(a, b);
	else if (op == OP_DIV && fabs(b) > 0)
		r = a / b;
	else if (op == OP_FLOORDIV && fabs(b) > 0)
		r = floor(a / b);
	return isfinite(r) ? value_float(in->arena, r) : value_number(in->arena, VAL_FLOAT);
}

static const struct value *numbers(struct interp *in, enum py_op op, const struct value *a,
				   const struct value *b)
{
	bool is_float = a->kind == VAL_FLOAT || b->kind == VAL_FLOAT || op == OP_DIV;
	int64_t result;

	if (!a->is_known || !b->is_known)
		return value_number(in->arena, is_float       ? VAL_FLOAT
					       : op == OP_POW ? VAL_SCALAR
							      : VAL_INT);
	if (is_float)
		return float_operate(in, op, real_of(a), real_of(b));
	if (int_operate(op, a->number, b->number, &result))
		return value_int(in->arena, result);
	return value_number(in->arena, op == OP_POW ? VAL_SCALAR : VAL_INT);
}

/* "cuda:" + str(gpu), "cuda:%d" % gpu: only the number is unknown. */
static const struct value *texts(struct interp *in, enum py_op op, const struct value *a,
				 const struct value *b)
{
	if (op == OP_ADD && a->kind == VAL_STR && b->kind == VAL_STR && a->is_known &&
	    b->is_known && strlen(a->text) + strlen(b->text) < TEXT_MAX)
		return value_str(in->arena, arena_fmt(in->arena, "%s%s", a->text, b->text));
	if (a->kind != VAL_STR || !a->is_known)
		return value_number(in->arena, VAL_STR);
	if (op == OP_MOD && starts_with(a->text, "cuda:%") && b->kind == VAL_INT && b->is_known)
		return value_str(in->arena,
				 arena_fmt(in->arena, "cuda:%lld", (long long)b->number));
	if ((op == OP_ADD && strcmp(a->text, "cuda:") == 0) ||
	    (op == OP_MOD && starts_with(a->text, "cuda:%")))
		return value_str(in->arena, "cuda");
	return value_number(in->arena, VAL_STR);
}

/* ---- lists ---- */

static const struct value *sequences(struct interp *in, struct state *s, enum py_op op,
				     const struct value *a, const struct value *b,
				     const struct py_node *at)
{
	const struct object *x = state_object(s, a->object);

	if (x->kind != OBJ_LIST && x->kind != OBJ_TUPLE)
		return NULL;
	/* A list is repeated by a number, also by one that only its caller knows. */
	if (op == OP_MUL && (b->kind == VAL_INT || b->kind == VAL_SCALAR || b->kind == VAL_PLACED ||
			     b->kind == VAL_UNKNOWN))
		return make_of_element(in, s, x->kind, iterate(in, s, a, at).element, at);
	if (op != OP_ADD)
		return NULL;

	struct iteration i = iterate(in, s, a, at), k = iterate(in, s, b, at);

	if (!i.items || !k.items || i.n + k.n > ELEMENTS_MAX)
		return make_of_element(in, s, x->kind,
				       i.items && i.n == 0 ? k.element
				       : k.items && k.n == 0
					       ? i.element
					       : value_join(in, s, i.element, k.element),
				       at);

	struct value_list all = { 0 };

	for (size_t n = 0; n < i.n; n++)
		PUSH(in->arena, &all, i.items[n]);
	for (size_t n = 0; n < k.n; n++)
		PUSH(in->arena, &all, k.items[n]);
	return make_sequence(in, s, x->kind, all.v, all.n, at);
}

const struct value *operate(struct interp *in, struct state *s, enum py_op op,
			    const struct value *a, const struct value *b, const struct py_node *at)
{
	const struct value *v = NULL;

	if (!b && op == OP_NEG && is_number(a) && a->is_known)
		return a->kind == VAL_FLOAT    ? value_float(in->arena, -a->real)
		       : a->number > INT64_MIN ? value_int(in->arena, -a->number)
					       : value_number(in->arena, VAL_INT);
	if (b && is_number(a) && is_number(b))
		return numbers(in, op, a, b);
	if (b && (a->kind == VAL_STR || b->kind == VAL_STR) && value_is_plain(a) &&
	    value_is_plain(b))
		return texts(in, op, a, b);
	if (a->kind == VAL_STR && op == OP_MOD)
		return texts(in, op, a, b);
	if (b && a->kind == VAL_OBJECT)
		v = sequences(in, s, op, a, b, at);
	if (!v)
		v = model_operator(in, s, op, a, b, at);
	if (v)
		return v;
	return value_is_plain(a) && (!b || value_is_plain(b)) ? value_scalar() : value_unknown();
}

/* ---- comparisons ---- */

static const struct value *verdict(struct interp *in, enum tri yes, bool turned)
{
	if (yes == TRI_UNKNOWN)
		return value_number(in->arena, VAL_BOOL);
	return value_bool(in->arena, (yes == TRI_YES) != turned);
}

/* Can it be None? */
static enum tri is_none(struct interp *in, const struct state *s, const struct value *v)
{
	if (v->kind == VAL_NONE)
		return TRI_YES;
	if (v->may_be_none)
		return TRI_UNKNOWN;
	if (v->param_text && *v->param_text == '?')
		return param_assumed(in, s, arena_fmt(in->arena, "%s==None", v->param_text));
	switch (v->kind) {
	case VAL_UNKNOWN:
	case VAL_SCALAR:
	case VAL_PLACED:
	case VAL_API:
	case VAL_METHOD:
		return TRI_UNKNOWN;
	case VAL_TENSOR: /* what a network is said to give back: the code asks whether it does */
		return v->origin && v->origin->kind == FROM_NETWORK ? TRI_UNKNOWN : TRI_NO;
	default:
		return TRI_NO;
	}
}

static const struct value *compare_none(struct interp *in, const struct state *s, bool turned,
					const struct value *v)
{
	enum tri none = is_none(in, s, v);

	if (none == TRI_UNKNOWN && v->param_text && *v->param_text == '?')
		return value_with_param(
			in->arena, value_number(in->arena, VAL_BOOL),
			arena_fmt(in->arena, "%s%s==None", turned ? "!" : "", v->param_text));
	return verdict(in, none, turned);
}

static const char *constant_text(struct interp *in, const struct value *v)
{
	if (!v->is_known)
		return NULL;
	if (v->kind == VAL_STR)
		return v->text;
	if (v->kind == VAL_INT || v->kind == VAL_BOOL)
		return arena_fmt(in->arena, "%lld", (long long)v->number);
	return v->kind == VAL_FLOAT ? arena_fmt(in->arena, "%g", v->real) : NULL;
}

/* args.mode == "train", args.gpu >= 0. NULL: it hangs on no flag. */
static const struct value *compare_flag(struct interp *in, enum py_op op, const struct value *a,
					const struct value *b)
{
	const char *text = constant_text(in, b), *sign = NULL, *flag = a->param_text;
	bool turned = op == OP_NE || op == OP_LE || op == OP_LT || op == OP_IS_NOT;

	/* Of a tensor each element is compared. */
	if (!flag || !text || a->is_known || *flag == '!' || strpbrk(flag, "=<>") ||
	    a->kind == VAL_TENSOR || a->kind == VAL_ARRAY)
		return NULL;
	if (op == OP_EQ || op == OP_NE || op == OP_IS || op == OP_IS_NOT)
		sign = "==";
	else if (op == OP_GT || op == OP_LE)
		sign = ">";
	else if (op == OP_GE || op == OP_LT)
		sign = ">=";
	if (!sign)
		return NULL;
	return value_with_param(
		in->arena, value_number(in->arena, VAL_BOOL),
		arena_fmt(in->arena, "%s%s%s%s", turned ? "!" : "", flag, sign, text));
}

static enum tri tri_of(bool yes)
{
	return yes ? TRI_YES : TRI_NO;
}

static enum tri order(enum py_op op, double a, double b)
{
	switch (op) {
	case OP_LT:
		return tri_of(a < b);
	case OP_LE:
		return tri_of(a <= b);
	case OP_GT:
		return tri_of(a > b);
	case OP_GE:
		return tri_of(a >= b);
	case OP_EQ:
	case OP_IS:
		return tri_of(a <= b && a >= b);
	case OP_NE:
	case OP_IS_NOT:
		return tri_of(a < b || a > b);
	default:
		return TRI_UNKNOWN;
	}
}

/* What a text or a torch.device names; DEV_UNKNOWN: no device. */
static struct device device_named(const struct value *v)
{
	if (v->kind == VAL_DEVICE)
		return v->device;
	if (v->kind != VAL_STR || !v->is_known)
		return (struct device){ 0 };
	if (strcmp(v->text, "cpu") == 0)
		return (struct device){ .kind = DEV_CPU };
	return starts_with(v->text, "cuda") ? (struct device){ .kind = DEV_CUDA, .index = -1 }
					    : (struct device){ 0 };
}

static enum tri same_device(const struct value *a, const struct value *b)
{
	struct device x = device_named(a), y = device_named(b);

	if (x.kind == DEV_CPU || y.kind == DEV_CPU || x.kind == DEV_CUDA || y.kind == DEV_CUDA) {
		if ((x.kind != DEV_CPU && x.kind != DEV_CUDA) ||
		    (y.kind != DEV_CPU && y.kind != DEV_CUDA))
			return TRI_UNKNOWN;
		if (x.kind != y.kind)
			return TRI_NO;
		return x.kind == DEV_CPU ? TRI_YES : TRI_UNKNOWN;
	}
	/* What callers hand over together is together: whoever checks that, or mends it, says nothing of the CPU. */
	return x.kind == DEV_ARG && y.kind == DEV_ARG ? TRI_YES : TRI_UNKNOWN;
}

static enum tri equal(struct state *s, const struct value *a, const struct value *b)
{
	(void)s;
	if (a->kind == VAL_STR && b->kind == VAL_STR)
		return a->is_known && b->is_known ? tri_of(strcmp(a->text, b->text) == 0)
						  : TRI_UNKNOWN;
	if (a->kind == VAL_DEVICE || b->kind == VAL_DEVICE)
		return same_device(a, b);
	if (a->kind == VAL_DTYPE && b->kind == VAL_DTYPE && a->is_known && b->is_known)
		return tri_of(strcmp(a->text, b->text) == 0);
	if (a->kind == VAL_CLASS && b->kind == VAL_CLASS)
		return tri_of(a->cls == b->cls);
	return TRI_UNKNOWN;
}

/* A constant among constants, a key among keys. */
static enum tri contains(struct interp *in, struct state *s, const struct value *item,
			 const struct value *where, const struct py_node *at)
{
	const char *key = dict_key(in->arena, item);

	if (where->kind == VAL_STR && where->is_known && item->kind == VAL_STR && item->is_known)
		return tri_of(strstr(where->text, item->text) != NULL);
	if (where->kind != VAL_OBJECT || !key)
		return TRI_UNKNOWN;

	struct iteration it = iterate(in, s, where, at);

	if (!it.items)
		return TRI_UNKNOWN;
	for (size_t i = 0; i < it.n; i++) {
		const char *other = dict_key(in->arena, it.items[i]);

		if (!other)
			return TRI_UNKNOWN;
		if (strcmp(other, key) == 0)
			return TRI_YES;
	}
	return TRI_NO;
}

/* The number of GPUs, of which there is one at least: what holds of all such numbers. */
static enum tri compare_count(enum py_op op, const struct value *a, const struct value *b)
{
	double its = b->is_known && is_number(b) ? real_of(b) : 0;
	enum tri one, many;

	if (!value_is_gpu_count(a) || !b->is_known || !is_number(b))
		return TRI_UNKNOWN;
	one = order(op, 1, its);
	many = order(op, 1e6, its);
	return one == many && (its < 1 || order(op, its, its) == one) ? one : TRI_UNKNOWN;
}

/* mask > 0.5 of a mask that may be a number, or a tensor each element of which is compared. */
static const struct value *maybe_elements(struct interp *in, struct state *s, enum py_op op,
					  const struct value *a, const struct value *b,
					  const struct py_node *at, const struct value *flag)
{
	bool is_plain = b->kind == VAL_STR || op == OP_IS || op == OP_IS_NOT;
	const struct value *v = is_plain ? NULL : model_operator(in, s, op, a, b, at);
	const char *text = flag->param_text;

	if (!v)
		return flag;
	if (text[0] == '!' && text[1] == '?')
		text = arena_fmt(in->arena, "!%s", text + 2);
	return value_with_param(in->arena, v, *text == '?' ? text + 1 : text);
}

/* Neither side is None. */
static const struct value *compare_values(struct interp *in, struct state *s, enum py_op op,
					  const struct value *a, const struct value *b,
					  const struct py_node *at)
{
	bool turned = op == OP_NE || op == OP_IS_NOT || op == OP_NOT_IN;
	const struct value *v;

	if (is_number(a) && is_number(b) && a->is_known && b->is_known && op != OP_IN &&
	    op != OP_NOT_IN)
		return verdict(in, order(op, real_of(a), real_of(b)), false);
	if (compare_count(op, a, b) != TRI_UNKNOWN)
		return verdict(in, compare_count(op, a, b), false);
	v = compare_flag(in, op, a, b);
	if (v)
		return a->kind == VAL_PLACED ? maybe_elements(in, s, op, a, b, at, v) : v;
	if (op == OP_IN || op == OP_NOT_IN)
		return verdict(in, contains(in, s, a, b, at), turned);
	if (op == OP_EQ || op == OP_NE || op == OP_IS || op == OP_IS_NOT) {
		enum tri same = equal(s, a, b);

		if (same != TRI_UNKNOWN)
			return verdict(in, same, turned);
	}
	if (op != OP_IS && op != OP_IS_NOT && (!value_is_plain(a) || !value_is_plain(b))) {
		v = model_operator(in, s, op, a, b, at);
		return v ? v : value_unknown();
	}
	return value_number(in->arena, VAL_BOOL);
}

const struct value *compare(struct interp *in, struct state *s, enum py_op op,
			    const struct value *a, const struct value *b, const struct py_node *at)
{
	bool is_equality = op == OP_EQ || op == OP_NE || op == OP_IS || op == OP_IS_NOT;

	if (is_equality && (a->kind == VAL_NONE || b->kind == VAL_NONE))
		return compare_none(in, s, op == OP_NE || op == OP_IS_NOT,
				    a->kind == VAL_NONE ? b : a);
	return compare_values(in, s, op, a, b, at);
}

const struct value *negate(struct interp *in, struct state *s, const struct value *a)
{
	bool is_choice = a->param_text && !value_is_gpu_count(a);
	enum tri truth = is_choice ? TRI_UNKNOWN : value_truth(s, a);
	const struct value *v = value_number(in->arena, VAL_BOOL);

	if (is_choice && (a->kind == VAL_BOOL || a->kind == VAL_INT || a->kind == VAL_STR ||
			  a->kind == VAL_SCALAR || a->kind == VAL_FLOAT)) {
		if (a->is_known)
			return verdict(in, value_truth(s, a), true);
		return value_with_param(in->arena, v,
					*a->param_text == '!'
						? a->param_text + 1
						: arena_fmt(in->arena, "!%s", a->param_text));
	}
	if (a->param_text && *a->param_text == '?' && !value_is_plain(a))
		return value_with_param(in->arena, v,
					arena_fmt(in->arena, "%s==None", a->param_text));
	return verdict(in, truth, true);
}
