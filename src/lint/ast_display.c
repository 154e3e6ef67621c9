// SPDX-License-Identifier: Apache-2.0
/* How do dictionaries and comprehensions become ours? The conditions of a comprehension stand beside its loops for the
 * grammar, and below them for Python. */
#include "lint/ast_build.h"

#include <string.h>

#include "python_symbols.h"

/* "key: value" and "**x"; the values go to a list of their own afterwards. */
static void dict_item(struct build *b, struct level *outer)
{
	struct py_node *key = NULL, *value = NULL;
	struct level l;

	if (b->sym == SYM_DICTIONARY_SPLAT) {
		key = build_star(b, 2);
		outer->bad = outer->bad || key->kind != PY_STAR || !key->a;
		push(b, key);
		push(b, key->a ? key->a : key);
		return;
	}
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!key)
			key = build_expr(b);
		else
			value = build_expr(b);
	}
	outer->bad = outer->bad || l.bad || !key || !value;
	if (key && value) {
		push(b, key);
		push(b, value);
	}
}

struct py_node *build_dict(struct build *b)
{
	struct py_node *n = make(b, PY_DICT);
	size_t mark = b->stack.n;
	bool is_bad = false;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		struct level item = { 0 };

		if (ts_node_is_named(b->node))
			dict_item(b, &item);
		is_bad = is_bad || item.bad;
	}

	struct py_list both = take(b, mark);
	size_t half = both.n / 2;

	l.bad = l.bad || is_bad;
	if (l.bad || half == 0)
		return checked(b, n, &l);
	n->list = (struct py_list){ both.v, half };
	n->list2 = (struct py_list){ arena_alloc(b->arena, half * sizeof *both.v), half };
	for (size_t i = 0; i < half; i++)
		n->list2.v[i] = both.v[2 * i + 1];
	for (size_t i = 0; i < half; i++)
		n->list.v[i] = both.v[2 * i];
	return n;
}

/* "for a in b"; conditions follow as siblings. */
static struct py_node *comp_for(struct build *b)
{
	struct py_node *n = make(b, PY_COMP_FOR);
	unsigned found = 0;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_ASYNC) {
			n->is_async = true;
		} else if (ts_node_is_named(b->node)) {
			struct py_node *part = build_expr(b);

			n->a = found == 0 ? part : n->a;
			n->b = found == 1 ? part : n->b;
			found++;
		}
	}
	/* "for x in 1, 2" is Python 2. */
	l.bad = l.bad || found != 2;
	return checked(b, n, &l);
}

static struct py_node *if_clause(struct build *b)
{
	struct py_node *test = NULL;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			test = build_expr(b);
	}
	if (test && !l.bad)
		return test;
	return spoil(b, make(b, PY_ERROR));
}

static void comp_body(struct build *b, struct py_node *n, struct level *outer)
{
	struct level l;

	if (n->comp != COMP_DICT) {
		n->a = build_expr(b);
		return;
	}
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!n->a)
			n->a = build_expr(b);
		else
			n->b = build_expr(b);
	}
	outer->bad = l.bad || !n->b;
}

static void add_condition(struct build *b, struct py_node *last, struct py_node *test)
{
	struct py_list grown = { arena_alloc(b->arena, (last->list.n + 1) * sizeof *grown.v),
				 last->list.n + 1 };

	if (last->list.n)
		memcpy(grown.v, last->list.v, last->list.n * sizeof *grown.v);
	grown.v[last->list.n] = test;
	last->list = grown;
}

struct py_node *build_comprehension(struct build *b, enum py_comp comp)
{
	struct py_node *n = make(b, PY_COMP);
	size_t mark = b->stack.n;
	struct level l, body = { 0 };

	n->comp = comp;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (b->sym == SYM_FOR_IN_CLAUSE) {
			push(b, comp_for(b));
		} else if (b->sym == SYM_IF_CLAUSE && b->stack.n > mark) {
			struct py_node *test = if_clause(b);

			add_condition(b, b->stack.v[b->stack.n - 1], test);
		} else if (!n->a) {
			comp_body(b, n, &body);
		}
	}
	n->list = take(b, mark);
	l.bad = l.bad || body.bad || !n->a || n->list.n == 0;
	for (size_t i = 0; i < n->list.n; i++)
		l.bad = l.bad || n->list.v[i]->kind == PY_ERROR;
	return checked(b, n, &l);
}
