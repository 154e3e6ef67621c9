// SPDX-License-Identifier: Apache-2.0
/* Which constant is this expression? Whole numbers are kept as double: sizes are compared, not used, and beyond 2^53 the last
 * digit does not matter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lint/local.h"
#include "lint/names.h"
#include "lint/power.h"

#define FOLD_DEPTH_MAX 40

static struct fold fold(const struct local *l, const struct py_node *node, int depth);

static struct fold number(double value, bool whole)
{
	if (!isfinite(value))
		return (struct fold){ 0 };
	return (struct fold){ .kind = whole ? FOLD_INT : FOLD_FLOAT,
			      .number = whole ? trunc(value) : value };
}

static bool is_number(const struct fold *f)
{
	return f->kind == FOLD_INT || f->kind == FOLD_FLOAT;
}

/* 123_456_789_012_345_678_901 as written: too big for int64. */
static struct fold big(const char *text)
{
	char plain[64];
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '_')
			continue;
		if (n == sizeof plain - 1 || *text < '0' || *text > '9')
			return (struct fold){ 0 };
		plain[n++] = *text;
	}
	plain[n] = 0;
	return number(strtod(plain, NULL), true);
}

static struct fold arithmetic(enum py_op op, const struct fold *a, const struct fold *b)
{
	bool whole = a->kind == FOLD_INT && b->kind == FOLD_INT;
	double x = a->number, y = b->number;

	switch (op) {
	case OP_ADD:
		return number(x + y, whole);
	case OP_SUB:
		return number(x - y, whole);
	case OP_MUL:
		return number(x * y, whole);
	case OP_POW:
		return number(power(x, y), whole && y >= 0);
	case OP_DIV:
		return y == 0 ? (struct fold){ 0 } : number(x / y, false);
	case OP_FLOORDIV:
		return y == 0 ? (struct fold){ 0 } : number(floor(x / y), whole);
	case OP_MOD:
		return y == 0 ? (struct fold){ 0 } : number(x - y * floor(x / y), whole);
	case OP_LSHIFT:
		return whole && y >= 0 && y < 1000 ? number(ldexp(x, (int)y), true)
						   : (struct fold){ 0 };
	case OP_RSHIFT:
		return whole && y >= 0 && y < 1000 ? number(floor(ldexp(x, -(int)y)), true)
						   : (struct fold){ 0 };
	default:
		return (struct fold){ 0 };
	}
}

static bool add_item(struct fold *tuple, double item)
{
	if (tuple->n == FOLD_ITEMS_MAX)
		return false;
	tuple->items[tuple->n++] = item;
	return true;
}

static bool add_items(struct fold *tuple, const struct fold *more)
{
	for (size_t i = 0; i < more->n; i++)
		if (!add_item(tuple, more->items[i]))
			return false;
	return true;
}

static struct fold repeat(const struct fold *tuple, double times)
{
	struct fold out = { .kind = FOLD_TUPLE };

	if (times > FOLD_ITEMS_MAX)
		return (struct fold){ 0 };
	for (int i = 0; i < (int)times; i++)
		if (!add_items(&out, tuple))
			return (struct fold){ 0 };
	return out;
}

static struct fold binary(const struct local *l, const struct py_node *node, int depth)
{
	struct fold a = fold(l, node->a, depth), b = fold(l, node->b, depth);

	if (is_number(&a) && is_number(&b))
		return arithmetic(node->op, &a, &b);
	if (node->op == OP_MUL && a.kind == FOLD_TUPLE && b.kind == FOLD_INT)
		return repeat(&a, b.number);
	if (node->op == OP_MUL && b.kind == FOLD_TUPLE && a.kind == FOLD_INT)
		return repeat(&b, a.number);
	if (node->op == OP_ADD && a.kind == FOLD_TUPLE && b.kind == FOLD_TUPLE)
		return add_items(&a, &b) ? a : (struct fold){ 0 };
	return (struct fold){ 0 };
}

static struct fold display(const struct local *l, const struct py_node *node, int depth)
{
	struct fold out = { .kind = FOLD_TUPLE };

	for (size_t i = 0; i < node->list.n; i++) {
		const struct py_node *item = node->list.v[i];
		bool star = item->kind == PY_STAR;
		struct fold f = fold(l, star ? item->a : item, depth);
		bool fits = star ? f.kind == FOLD_TUPLE && add_items(&out, &f)
				 : f.kind == FOLD_INT && add_item(&out, f.number);

		if (!fits)
			return (struct fold){ 0 };
	}
	return out;
}

static struct fold product(const struct fold *tuple)
{
	double all = 1;

	for (size_t i = 0; i < tuple->n; i++)
		all *= tuple->items[i];
	return number(all, true);
}

static bool is_builtin(const struct local *l, const struct py_node *name, const char *wanted)
{
	return name->kind == PY_NAME && strcmp(name->name, wanted) == 0 &&
	       !names_find(l->unit, name, wanted, NULL);
}

static struct fold call(const struct local *l, const struct py_node *node, int depth)
{
	const struct py_node *only = node->list.n == 1 ? ast_positional(node, 0) : NULL;
	struct fold f = only ? fold(l, only, depth) : (struct fold){ 0 };

	if (f.kind == FOLD_NOT)
		return f;
	if (is_number(&f) && is_builtin(l, node->a, "int"))
		return number(f.number, true);
	if (is_number(&f) && is_builtin(l, node->a, "float"))
		return number(f.number, false);
	if (f.kind != FOLD_TUPLE)
		return (struct fold){ 0 };
	if (is_builtin(l, node->a, "tuple") || is_builtin(l, node->a, "list") ||
	    local_calls(l, node, "torch.Size"))
		return f;
	if (is_builtin(l, node->a, "len"))
		return number((double)f.n, true);
	if (local_calls(l, node, "math.prod") || local_calls(l, node, "numpy.prod"))
		return product(&f);
	return (struct fold){ 0 };
}

static struct fold subscript(const struct local *l, const struct py_node *node, int depth)
{
	struct fold base = fold(l, node->a, depth);
	struct fold index =
		node->list.n == 1 ? fold(l, node->list.v[0], depth) : (struct fold){ 0 };

	if (base.kind != FOLD_TUPLE || index.kind != FOLD_INT)
		return (struct fold){ 0 };

	double at = index.number < 0 ? index.number + (double)base.n : index.number;

	return at >= 0 && at < (double)base.n ? number(base.items[(size_t)at], true)
					      : (struct fold){ 0 };
}

static struct fold unary(const struct local *l, const struct py_node *node, int depth)
{
	struct fold f = fold(l, node->a, depth);

	if (!is_number(&f) || (node->op != OP_NEG && node->op != OP_POS))
		return (struct fold){ 0 };
	return number(node->op == OP_NEG ? -f.number : f.number, f.kind == FOLD_INT);
}

static struct fold fold(const struct local *l, const struct py_node *node, int depth)
{
	if (!node || depth > FOLD_DEPTH_MAX)
		return (struct fold){ 0 };
	depth++;
	switch (node->kind) {
	case PY_INT:
		return node->is_big ? big(node->name) : number((double)node->number, true);
	case PY_FLOAT:
		return number(node->real, false);
	case PY_NAME:
		return fold(l, local_value(l, node), depth);
	case PY_UNARY:
		return unary(l, node, depth);
	case PY_BINARY:
		return binary(l, node, depth);
	case PY_TUPLE:
	case PY_LIST:
		return display(l, node, depth);
	case PY_CALL:
		return call(l, node, depth);
	case PY_SUBSCRIPT:
		return subscript(l, node, depth);
	case PY_WALRUS:
		return fold(l, node->b, depth);
	default:
		return (struct fold){ 0 };
	}
}

struct fold local_fold(const struct local *l, const struct py_node *node)
{
	return fold(l, node, 0);
}
