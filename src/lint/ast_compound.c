// SPDX-License-Identifier: Apache-2.0
/* How do statements that hold statements become ours: blocks, if, loops, try, with, match, functions and classes?
 *
 * A statement whose head did not parse is PY_ERROR with all that it holds. After an error the statements of a block count
 * only as long as they begin in the block's column: recovery may have lost where a block ended. */
#include "lint/ast_build.h"

#include <string.h>

#include "python_symbols.h"

#define SYM_ERROR ((TSSymbol)-1)

/* x, *x, **x: the cursor is on it. A tuple as parameter is Python 2. */
static struct py_param param_name(struct build *b, struct level *outer)
{
	struct py_param p = { .name = "" };
	struct level l;

	if (b->sym == SYM_IDENTIFIER) {
		p.node = make_name(b);
		p.name = p.node->name;
		return p;
	}
	if (b->sym == SYM_LIST_SPLAT_PATTERN)
		p.kind = PARAM_ARGS;
	else if (b->sym == SYM_DICTIONARY_SPLAT_PATTERN)
		p.kind = PARAM_KWARGS;
	else
		outer->bad = true;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_IDENTIFIER) {
			p.node = make_name(b);
			p.name = p.node->name;
		}
	}
	outer->bad = outer->bad || l.bad || !p.node;
	return p;
}

/* "x: int = 1" and its shorter forms. */
static struct py_param one_param(struct build *b, struct level *outer)
{
	struct py_param p = { .name = "" };
	struct level l;

	if (b->sym != SYM_TYPED_PARAMETER && b->sym != SYM_DEFAULT_PARAMETER &&
	    b->sym != SYM_TYPED_DEFAULT_PARAMETER)
		return param_name(b, outer);
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!p.node && !outer->bad)
			p = param_name(b, outer);
		else if (b->sym == SYM_TYPE)
			p.annotation = build_expr(b);
		else
			p.fallback = build_expr(b);
	}
	outer->bad = outer->bad || l.bad;
	return p;
}

struct py_params build_params(struct build *b, struct level *l)
{
	ARRAY(struct py_param) list = { 0 };
	bool is_keyword_only = false;
	bool is_bad = false;

	for (bool more = enter(b, l); more; more = next(b, l)) {
		struct level one = { 0 };

		if (b->sym == SYM_POSITIONAL_SEPARATOR) {
			for (size_t i = 0; i < list.n; i++)
				list.v[i].kind = PARAM_POSITIONAL_ONLY;
		} else if (b->sym == SYM_KEYWORD_SEPARATOR) {
			is_keyword_only = true;
		} else if (ts_node_is_named(b->node)) {
			struct py_param p = one_param(b, &one);

			is_bad = is_bad || one.bad || !p.node;
			if (p.kind == PARAM_PLAIN && is_keyword_only)
				p.kind = PARAM_KEYWORD_ONLY;
			is_keyword_only = is_keyword_only || p.kind == PARAM_ARGS;
			PUSH(b->arena, &list, p);
		}
	}
	l->bad = l->bad || is_bad;
	return (struct py_params){ list.v, l->bad ? 0 : list.n };
}

static bool is_statement(TSSymbol sym)
{
	switch (sym) {
	case SYM_EXPRESSION_STATEMENT:
	case SYM_IMPORT_STATEMENT:
	case SYM_IMPORT_FROM_STATEMENT:
	case SYM_FUTURE_IMPORT_STATEMENT:
	case SYM_RETURN_STATEMENT:
	case SYM_PASS_STATEMENT:
	case SYM_BREAK_STATEMENT:
	case SYM_CONTINUE_STATEMENT:
	case SYM_RAISE_STATEMENT:
	case SYM_ASSERT_STATEMENT:
	case SYM_DELETE_STATEMENT:
	case SYM_GLOBAL_STATEMENT:
	case SYM_NONLOCAL_STATEMENT:
	case SYM_PRINT_STATEMENT:
	case SYM_EXEC_STATEMENT:
	case SYM_TYPE_ALIAS_STATEMENT:
	case SYM_IF_STATEMENT:
	case SYM_FOR_STATEMENT:
	case SYM_WHILE_STATEMENT:
	case SYM_TRY_STATEMENT:
	case SYM_WITH_STATEMENT:
	case SYM_FUNCTION_DEFINITION:
	case SYM_CLASS_DEFINITION:
	case SYM_DECORATED_DEFINITION:
	case SYM_MATCH_STATEMENT:
		return true;
	default:
		return false;
	}
}

/* What is known of a block while its statements are read. */
struct block {
	bool had_error;
	bool has_column;
	uint32_t column, last_row; /* of the first statement; where the last one ended */
};

/* After an error: does this statement begin where the others do, or behind another one on its line? */
static bool fits(struct build *b, struct block *block)
{
	TSPoint start = ts_node_start_point(b->node);
	bool is_first = !block->has_column;
	bool is_behind = !is_first && start.row == block->last_row;

	if (is_first)
		block->column = start.column;
	block->has_column = true;
	block->last_row = ts_node_end_point(b->node).row;
	return !block->had_error || is_behind || start.column == block->column;
}

static void mark_error(struct build *b, struct block *block)
{
	block->had_error = true;
	push(b, spoil(b, make(b, PY_ERROR)));
}

static struct py_list statements(struct build *b, struct block block)
{
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (l.bad)
			mark_error(b, &block);
		l.bad = false;
		if (!ts_node_is_named(b->node))
			continue;
		if (is_statement(b->sym) && fits(b, &block))
			push(b, build_statement(b));
		else
			mark_error(b, &block);
	}
	if (l.bad)
		mark_error(b, &block);
	return take(b, mark);
}

struct py_list build_block(struct build *b)
{
	return statements(b, (struct block){ 0 });
}

/* The file failed as a whole: what stands before the first gap is sound, the rest has lost where it belongs. */
static struct py_list statements_before_gap(struct build *b)
{
	size_t mark = b->stack.n;
	struct block block = { .has_column = true };
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (block.had_error || (!ts_node_is_named(b->node) && !l.bad))
			continue;
		if (!l.bad && is_statement(b->sym) && fits(b, &block))
			push(b, build_statement(b));
		else
			mark_error(b, &block);
	}
	return take(b, mark);
}

/* Goes down if all that begins the file is one error. */
static bool begins_with_error(struct build *b)
{
	if (b->sym == SYM_ERROR)
		return true;
	if (b->is_sound || !ts_tree_cursor_goto_first_child(&b->cursor))
		return false;
	here(b);
	if (b->sym == SYM_ERROR)
		return true;
	ts_tree_cursor_goto_parent(&b->cursor);
	here(b);
	return false;
}

struct py_node *build_module(struct build *b)
{
	struct py_node *n = NULL;

	here(b);
	n = make(b, PY_MODULE);
	if (begins_with_error(b))
		n->body = statements_before_gap(b);
	else
		n->body = statements(b, (struct block){ .has_column = true });
	return n;
}

/* A compound statement ends where its last statement does: the grammar counts comments behind it. */
static struct py_node *closed(struct build *b, struct py_node *n, const struct level *l)
{
	const struct py_list *const lists[] = { &n->final, &n->orelse,
						n->kind == PY_TRY ? &n->list : NULL, &n->body };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (!lists[i] || lists[i]->n == 0)
			continue;
		n->end = lists[i]->v[lists[i]->n - 1]->end;
		break;
	}
	return checked(b, n, l);
}

/* The block below an else or finally. */
static struct py_list clause_block(struct build *b, struct level *outer)
{
	struct py_list body = { 0 };
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK)
			body = build_block(b);
	}
	outer->bad = outer->bad || l.bad;
	return body;
}

/* "elif" is an if in the other's orelse. Long chains are deep trees: their end is lost. */
static struct py_node *elif (struct build *b, struct py_node *last, struct level *outer)
{
	struct py_node *n = make(b, PY_IF);
	size_t mark = b->stack.n;
	struct level l;

	push(b, n);
	last->orelse = take(b, mark);
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		else if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	outer->bad = outer->bad || l.bad || !n->a;
	return n;
}

/* Every elif of a chain ends where the chain does. */
static void close_chain(struct build *b, struct py_node *n)
{
	const struct level good = { 0 };
	const struct py_node *last = n;

	while (last->orelse.n == 1 && last->orelse.v[0]->kind == PY_IF)
		last = last->orelse.v[0];
	closed(b, (struct py_node *)last, &good);
	for (struct py_node *p = n; p != last; p = p->orelse.v[0])
		p->end = last->end;
}

static struct py_node *if_statement(struct build *b)
{
	struct py_node *n = make(b, PY_IF), *last = n;
	unsigned chain = 0;
	bool is_bad = false;
	struct level l, clause;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		clause.bad = false;
		if (b->sym == SYM_BLOCK) {
			n->body = build_block(b);
		} else if (b->sym == SYM_ELSE_CLAUSE) {
			last->orelse = clause_block(b, &clause);
		} else if (b->sym == SYM_ELIF_CLAUSE) {
			chain++;
			b->depth++;
			last = b->depth > AST_DEPTH_MAX ? last : elif (b, last, &clause);
		} else if (ts_node_is_named(b->node)) {
			n->a = build_expr(b);
		}
		is_bad = is_bad || clause.bad;
	}
	b->depth -= chain;
	close_chain(b, n);
	l.bad = l.bad || is_bad || !n->a;
	return checked(b, n, &l);
}

static struct py_node *for_statement(struct build *b)
{
	struct py_node *n = make(b, PY_FOR);
	struct level l, clause = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_ASYNC)
			n->is_async = true;
		else if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		else if (b->sym == SYM_ELSE_CLAUSE)
			n->orelse = clause_block(b, &clause);
		else if (ts_node_is_named(b->node))
			*(n->a ? &n->b : &n->a) = build_expr(b);
	}
	l.bad = l.bad || clause.bad || !n->b;
	return closed(b, n, &l);
}

static struct py_node *while_statement(struct build *b)
{
	struct py_node *n = make(b, PY_WHILE);
	struct level l, clause = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		else if (b->sym == SYM_ELSE_CLAUSE)
			n->orelse = clause_block(b, &clause);
		else if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	l.bad = l.bad || clause.bad || !n->a;
	return closed(b, n, &l);
}

/* The cursor is on the frame around y. */
static struct py_node *as_target(struct build *b, struct level *outer)
{
	struct py_node *target = NULL;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			target = build_expr(b);
	}
	outer->bad = outer->bad || l.bad;
	return target;
}

/* "x as y": the cursor is on it. */
static void as_parts(struct build *b, struct py_node **ret_value, struct py_node **ret_target,
		     struct level *outer)
{
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == ALIAS_AS_PATTERN_TARGET)
			*ret_target = as_target(b, outer);
		else if (ts_node_is_named(b->node))
			*ret_value = build_expr(b);
	}
	outer->bad = outer->bad || l.bad || !*ret_value || !*ret_target;
}

/* "except A", "except A as e", and Python 2's "except A, e". */
static struct py_node *handler(struct build *b)
{
	struct py_node *n = make(b, PY_HANDLER), *target = NULL;
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		else if (b->sym == SYM_AS_PATTERN)
			as_parts(b, &n->a, &target, &inner);
		else if (b->sym == TOKEN_COMMA)
			b->has_errors = true;
		else if (ts_node_is_named(b->node))
			*(n->a ? &target : &n->a) = build_expr(b);
	}
	n->name = target ? target->name : NULL;
	/* "except *A" */
	if (n->a && n->a->kind == PY_STAR)
		n->a = n->a->a;
	l.bad = l.bad || inner.bad;
	return closed(b, n, &l);
}

static struct py_node *try_statement(struct build *b)
{
	struct py_node *n = make(b, PY_TRY);
	size_t mark = b->stack.n;
	struct level l, clause = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		else if (b->sym == SYM_EXCEPT_CLAUSE || b->sym == SYM_EXCEPT_GROUP_CLAUSE)
			push(b, handler(b));
		else if (b->sym == SYM_ELSE_CLAUSE)
			n->orelse = clause_block(b, &clause);
		else if (b->sym == SYM_FINALLY_CLAUSE)
			n->final = clause_block(b, &clause);
	}
	n->list = take(b, mark);
	for (size_t i = 0; i < n->list.n; i++)
		l.bad = l.bad || n->list.v[i]->kind == PY_ERROR;
	l.bad = l.bad || clause.bad;
	return closed(b, n, &l);
}

static void with_context(struct build *b, struct level *outer)
{
	struct py_node *n = make(b, PY_WITH_ITEM);

	if (b->sym == SYM_AS_PATTERN)
		as_parts(b, &n->a, &n->b, outer);
	else
		n->a = build_expr(b);
	push(b, n);
}

/* "with (a as b, c as d)" is a tuple of "as" for the grammar. */
static bool holds_as(TSNode node)
{
	for (uint32_t i = 0, n = ts_node_named_child_count(node); i < n; i++) {
		if (ts_node_symbol(ts_node_named_child(node, i)) == SYM_AS_PATTERN)
			return true;
	}
	return false;
}

static void with_item(struct build *b, struct level *outer)
{
	struct level l, inner;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		bool is_group = b->sym == SYM_TUPLE || b->sym == SYM_PARENTHESIZED_EXPRESSION;

		if (!ts_node_is_named(b->node))
			continue;
		if (!is_group || !holds_as(b->node)) {
			with_context(b, outer);
			continue;
		}
		for (bool again = enter(b, &inner); again; again = next(b, &inner)) {
			if (ts_node_is_named(b->node))
				with_context(b, outer);
		}
		outer->bad = outer->bad || inner.bad;
	}
	outer->bad = outer->bad || l.bad;
}

static struct py_node *with_statement(struct build *b)
{
	struct py_node *n = make(b, PY_WITH);
	size_t mark = b->stack.n;
	struct level l, item = { 0 }, clause = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_ASYNC)
			n->is_async = true;
		if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
		if (b->sym != SYM_WITH_CLAUSE)
			continue;
		for (bool again = enter(b, &clause); again; again = next(b, &clause)) {
			if (b->sym == SYM_WITH_ITEM)
				with_item(b, &item);
		}
	}
	n->list = take(b, mark);
	l.bad = l.bad || item.bad || clause.bad || n->list.n == 0;
	return closed(b, n, &l);
}

/* The cursor is on "def": `n` is made already if decorators stand before it. */
static void function(struct build *b, struct py_node *n, struct level *l)
{
	struct level inner = { 0 };

	n->kind = PY_FUNC;
	for (bool more = enter(b, l); more; more = next(b, l)) {
		if (b->sym == TOKEN_ASYNC)
			n->is_async = true;
		else if (b->sym == SYM_IDENTIFIER)
			n->name = node_text(b);
		else if (b->sym == SYM_PARAMETERS)
			n->params = build_params(b, &inner);
		else if (b->sym == SYM_TYPE)
			n->a = build_expr(b);
		else if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
	}
	l->bad = l->bad || inner.bad || !n->name;
}

static void class(struct build *b, struct py_node *n, struct level *l)
{
	struct level inner = { 0 };

	n->kind = PY_CLASS;
	for (bool more = enter(b, l); more; more = next(b, l)) {
		if (b->sym == SYM_IDENTIFIER)
			n->name = node_text(b);
		else if (b->sym == SYM_ARGUMENT_LIST)
			n->list2 = build_args(b, &inner);
		else if (b->sym == SYM_BLOCK)
			n->body = build_block(b);
	}
	l->bad = l->bad || inner.bad || !n->name;
}

static void definition(struct build *b, struct py_node *n, struct level *l)
{
	const bool outer = b->yields;

	n->start = ts_node_start_byte(b->node);
	n->line = ts_node_start_point(b->node).row + 1;
	b->yields = false;
	if (b->sym == SYM_CLASS_DEFINITION)
		class(b, n, l);
	else
		function(b, n, l);
	n->yields = b->yields;
	b->yields = outer;
}

static struct py_node *decorated(struct build *b)
{
	struct py_node *n = make(b, PY_FUNC);
	size_t mark = b->stack.n;
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_DECORATOR) {
			struct py_node *decorator = build_sequence(b, PY_LIST);
			bool is_good = decorator->list.n == 1;

			push(b, is_good ? decorator->list.v[0] : decorator);
		} else if (ts_node_is_named(b->node)) {
			n->list = take(b, mark);
			definition(b, n, &inner);
		}
	}
	b->stack.n = mark;
	l.bad = l.bad || inner.bad || !n->name;
	return closed(b, n, &l);
}

static struct py_node *undecorated(struct build *b)
{
	struct py_node *n = make(b, PY_FUNC);
	struct level l;

	definition(b, n, &l);
	return closed(b, n, &l);
}

struct py_node *build_statement(struct build *b)
{
	if (b->depth > AST_DEPTH_MAX)
		return spoil(b, make(b, PY_ERROR));
	switch (b->sym) {
	case SYM_IF_STATEMENT:
		return if_statement(b);
	case SYM_FOR_STATEMENT:
		return for_statement(b);
	case SYM_WHILE_STATEMENT:
		return while_statement(b);
	case SYM_TRY_STATEMENT:
		return try_statement(b);
	case SYM_WITH_STATEMENT:
		return with_statement(b);
	case SYM_FUNCTION_DEFINITION:
	case SYM_CLASS_DEFINITION:
		return undecorated(b);
	case SYM_DECORATED_DEFINITION:
		return decorated(b);
	case SYM_MATCH_STATEMENT:
		return build_match(b);
	default:
		return build_simple(b);
	}
}
