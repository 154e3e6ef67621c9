// SPDX-License-Identifier: Apache-2.0
/* What does a match statement bind, and which case takes all that is left? Patterns themselves are no nodes of ours. */
#include "lint/ast_build.h"

#include <string.h>

#include "python_symbols.h"

/* The names that a pattern binds are pushed; true for a pattern that matches anything. The cursor is on the pattern. */
static bool pattern(struct build *b, struct level *outer)
{
	TSSymbol whole = b->sym;
	size_t parts = 0;
	bool is_wild = false;
	struct level l;

	if (b->depth > AST_DEPTH_MAX) {
		outer->bad = true;
		return false;
	}
	if (whole == SYM_IDENTIFIER) {
		push(b, make_name(b));
		return true;
	}
	/* A value to compare with: a.b, 1, "text". */
	if (whole == SYM_STRING || whole == SYM_CONCATENATED_STRING ||
	    (whole == SYM_DOTTED_NAME && ts_node_child_count(b->node) > 1))
		return false;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		bool is_head = parts++ == 0;

		if (b->sym == TOKEN__)
			is_wild = whole == SYM_CASE_PATTERN;
		else if (is_head && (whole == SYM_CLASS_PATTERN || whole == SYM_KEYWORD_PATTERN))
			continue;
		else if (ts_node_is_named(b->node))
			is_wild = pattern(b, outer) && whole != SYM_CLASS_PATTERN;
	}
	outer->bad = outer->bad || l.bad;
	/* Only these frames pass on what they hold. */
	return is_wild && parts == 1 && (whole == SYM_CASE_PATTERN || whole == SYM_DOTTED_NAME);
}

static struct py_node *guard(struct build *b, struct level *outer)
{
	struct py_node *n = build_sequence(b, PY_LIST);

	outer->bad = outer->bad || n->list.n != 1;
	return n->list.n == 1 ? n->list.v[0] : NULL;
}

static struct py_node *case_clause(struct build *b)
{
	struct py_node *n = make(b, PY_CASE);
	size_t mark = b->stack.n;
	size_t patterns = 0;
	bool is_wild = false;
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK) {
			n->list = take(b, mark);
			n->body = build_block(b);
		} else if (b->sym == SYM_IF_CLAUSE) {
			n->list = take(b, mark);
			n->a = guard(b, &inner);
			for (size_t i = 0; i < n->list.n; i++)
				push(b, n->list.v[i]);
		} else if (b->sym == TOKEN_COMMA) {
			patterns++; /* "case x," is a sequence of one */
		} else if (ts_node_is_named(b->node)) {
			patterns++;
			is_wild = pattern(b, &inner);
		}
	}
	b->stack.n = mark;
	n->is_default = is_wild && patterns == 1 && !n->a;
	l.bad = l.bad || inner.bad;
	return checked(b, n, &l);
}

static void cases(struct build *b, struct level *outer)
{
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_CASE_CLAUSE)
			push(b, case_clause(b));
	}
	outer->bad = outer->bad || l.bad;
}

/* "match a, b": a tuple. */
static struct py_node *subject(struct build *b, struct py_list parts, bool has_comma, uint32_t id)
{
	struct py_node *tuple = NULL;

	if (parts.n == 0 || !has_comma)
		return parts.n ? parts.v[0] : NULL;
	tuple = make(b, PY_TUPLE);
	tuple->start = parts.v[0]->start;
	tuple->end = ts_node_start_byte(b->node);
	while (tuple->end > tuple->start && b->text[tuple->end - 1] != ',')
		tuple->end--;
	if (parts.v[parts.n - 1]->end > tuple->end)
		tuple->end = parts.v[parts.n - 1]->end;
	tuple->line = parts.v[0]->line;
	tuple->id = id;
	tuple->list = parts;
	return tuple;
}

struct py_node *build_match(struct build *b)
{
	struct py_node *n = make(b, PY_MATCH);
	size_t mark = b->stack.n;
	uint32_t tuple_id = ++b->n;
	bool has_comma = false;
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		has_comma = has_comma || b->sym == TOKEN_COMMA;
		if (b->sym == SYM_BLOCK) {
			n->a = subject(b, take(b, mark), has_comma, tuple_id);
			cases(b, &inner);
		} else if (ts_node_is_named(b->node) && !n->a) {
			push(b, build_expr(b));
		}
	}
	n->list = take(b, mark);
	l.bad = l.bad || inner.bad || !n->a;
	for (size_t i = 0; i < n->list.n; i++)
		l.bad = l.bad || n->list.v[i]->kind == PY_ERROR;
	return checked(b, n, &l);
}
