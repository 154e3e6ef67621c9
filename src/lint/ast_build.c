// SPDX-License-Identifier: Apache-2.0
/* How does tree-sitter's tree become ours? One pass with one cursor; tree-sitter's symbols are numbers known when this is
 * compiled. Statements are in ast_statement.c and ast_compound.c, displays in ast_display.c,
 * literals in ast_literal.c.
 *
 * A node with a part that did not parse, or that lies too deep, is PY_ERROR as a whole; its neighbours stand. */
#include "lint/ast_build.h"

#include <string.h>

#include "python_symbols.h"

#define SYM_ERROR ((TSSymbol)-1)

void here(struct build *b)
{
	b->node = ts_tree_cursor_current_node(&b->cursor);
	b->sym = ts_node_symbol(b->node);
}

/* From where the cursor is to the next child that counts. */
static bool settle(struct build *b, struct level *l)
{
	for (;;) {
		here(b);
		if (b->sym == SYM_ERROR || (!b->is_sound && ts_node_is_missing(b->node)))
			l->bad = true;
		else if (b->sym != SYM_COMMENT && b->sym != SYM_LINE_CONTINUATION)
			return true;
		if (!ts_tree_cursor_goto_next_sibling(&b->cursor))
			break;
	}
	ts_tree_cursor_goto_parent(&b->cursor);
	b->depth--;
	return false;
}

bool enter(struct build *b, struct level *l)
{
	l->bad = false;
	if (!ts_tree_cursor_goto_first_child(&b->cursor))
		return false;
	b->depth++;
	return settle(b, l);
}

bool next(struct build *b, struct level *l)
{
	if (ts_tree_cursor_goto_next_sibling(&b->cursor))
		return settle(b, l);
	ts_tree_cursor_goto_parent(&b->cursor);
	b->depth--;
	return false;
}

struct py_node *make(struct build *b, enum py_kind kind)
{
	struct py_node *n = ast_node(b->arena, kind);

	n->kind = kind;
	n->start = ts_node_start_byte(b->node);
	n->end = ts_node_end_byte(b->node);
	n->line = ts_node_start_point(b->node).row + 1;
	n->id = ++b->n;
	return n;
}

struct py_node *spoil(struct build *b, struct py_node *n)
{
	const struct py_node error = {
		.kind = PY_ERROR, .start = n->start, .end = n->end, .line = n->line, .id = n->id
	};

	memcpy(n, &error, offsetof(struct py_node, number));
	b->has_errors = true;
	return n;
}

struct py_node *checked(struct build *b, struct py_node *n, const struct level *l)
{
	return l->bad ? spoil(b, n) : n;
}

const char *node_text(struct build *b)
{
	const char *text = b->text + ts_node_start_byte(b->node);
	size_t n = ts_node_end_byte(b->node) - ts_node_start_byte(b->node);
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;

	const char **slot = &b->texts[hash % (sizeof b->texts / sizeof *b->texts)];

	if (!*slot || strncmp(*slot, text, n) != 0 || (*slot)[n])
		*slot = arena_strndup(b->arena, text, n);
	return *slot;
}

struct py_node *make_name(struct build *b)
{
	struct py_node *n = make(b, PY_NAME);

	n->name = node_text(b);
	/* Names once, keywords since Python 3.7: cuda(async=True). */
	if (n->name[0] == 'a' && (strcmp(n->name, "async") == 0 || strcmp(n->name, "await") == 0))
		b->has_errors = true;
	return n;
}

void push(struct build *b, struct py_node *n)
{
	PUSH(b->arena, &b->stack, n);
}

struct py_list take(struct build *b, size_t mark)
{
	struct py_list list = { .n = b->stack.n - mark };

	if (list.n) {
		list.v = arena_alloc(b->arena, list.n * sizeof *list.v);
		memcpy(list.v, b->stack.v + mark, list.n * sizeof *list.v);
	}
	b->stack.n = mark;
	return list;
}

static enum py_op operator_of(TSSymbol sym)
{
	switch (sym) {
	case TOKEN_PLUS:
	case TOKEN_PLUS_EQ:
		return OP_ADD;
	case TOKEN_DASH:
	case TOKEN_DASH_EQ:
		return OP_SUB;
	case TOKEN_STAR:
	case TOKEN_STAR_EQ:
		return OP_MUL;
	case TOKEN_AT:
	case TOKEN_AT_EQ:
		return OP_MATMUL;
	case TOKEN_SLASH:
	case TOKEN_SLASH_EQ:
		return OP_DIV;
	case TOKEN_SLASH_SLASH:
	case TOKEN_SLASH_SLASH_EQ:
		return OP_FLOORDIV;
	case TOKEN_PERCENT:
	case TOKEN_PERCENT_EQ:
		return OP_MOD;
	case TOKEN_STAR_STAR:
	case TOKEN_STAR_STAR_EQ:
		return OP_POW;
	case TOKEN_LT_LT:
	case TOKEN_LT_LT_EQ:
		return OP_LSHIFT;
	case TOKEN_GT_GT:
	case TOKEN_GT_GT_EQ:
		return OP_RSHIFT;
	case TOKEN_AMP:
	case TOKEN_AMP_EQ:
		return OP_BITAND;
	case TOKEN_PIPE:
	case TOKEN_PIPE_EQ:
		return OP_BITOR;
	case TOKEN_CARET:
	case TOKEN_CARET_EQ:
		return OP_BITXOR;
	default:
		return OP_NONE;
	}
}

static enum py_op comparison_of(TSSymbol sym)
{
	switch (sym) {
	case TOKEN_EQ_EQ:
		return OP_EQ;
	case TOKEN_BANG_EQ:
	case TOKEN_LT_GT:
		return OP_NE;
	case TOKEN_LT:
		return OP_LT;
	case TOKEN_LT_EQ:
		return OP_LE;
	case TOKEN_GT:
		return OP_GT;
	case TOKEN_GT_EQ:
		return OP_GE;
	case TOKEN_IS:
		return OP_IS;
	case SYM__IS_NOT:
		return OP_IS_NOT;
	case TOKEN_IN:
		return OP_IN;
	case SYM__NOT_IN:
		return OP_NOT_IN;
	default:
		return OP_NONE;
	}
}

/* "*a.b(c)" is (*a).b(c) for the grammar and *(a.b(c)) for Python: the star at the left end of n moves out. `left` is where it
 * stands. Numbers are exchanged, so that parents keep the lower one. */
static struct py_node *hoist(struct py_node *n, struct py_node **left)
{
	struct py_node *star = left ? *left : NULL;
	uint32_t id = n->id;

	if (!star || star->kind != PY_STAR || !star->a || n->kind == PY_ERROR)
		return n;
	*left = star->a;
	n->start = star->a->start;
	n->line = star->a->line;
	n->id = star->id;
	star->id = id;
	star->end = n->end;
	star->a = n;
	return star;
}

/* The named children are a, b and c; there must be `wanted` of them. */
struct py_node *build_operands(struct build *b, enum py_kind kind, unsigned wanted)
{
	struct py_node *n = make(b, kind);
	struct py_node **const slots[] = { &n->a, &n->b, &n->c };
	unsigned found = 0;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			n->op = n->op ? n->op : operator_of(b->sym);
		else if (found++ < wanted)
			*slots[found - 1] = build_expr(b);
	}
	return found == wanted ? hoist(checked(b, n, &l), &n->a) : spoil(b, n);
}

static struct py_node *unary(struct build *b)
{
	struct py_node *n = build_operands(b, PY_UNARY, 1);
	const char sign = b->text[n->start];

	n->op = sign == '-' ? OP_NEG : sign == '+' ? OP_POS : OP_INVERT;
	return n;
}

static struct py_node *not_operator(struct build *b)
{
	struct py_node *n = build_operands(b, PY_UNARY, 1);

	n->op = OP_NOT;
	return n;
}

/* "b if a else c" */
static struct py_node *conditional(struct build *b)
{
	struct py_node *whole = build_operands(b, PY_IFEXP, 3);
	struct py_node *n = whole->kind == PY_STAR ? whole->a : whole;
	struct py_node *then = n->a;

	n->a = n->b;
	n->b = then;
	return whole;
}

struct py_node *build_sequence(struct build *b, enum py_kind kind)
{
	struct py_node *n = make(b, kind);
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			push(b, build_expr(b));
	}
	n->list = take(b, mark);
	return checked(b, n, &l);
}

/* Parentheses are no node of ours, and neither is the frame around a type. */
static struct py_node *parenthesized(struct build *b)
{
	struct py_node *inner = NULL;
	TSNode node = b->node;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			inner = build_expr(b);
	}
	if (inner && !l.bad)
		return inner;
	b->node = node;
	return spoil(b, make(b, PY_ERROR));
}

/* "for (a) in b": parentheses around one target make no tuple. */
static struct py_node *tuple_pattern(struct build *b)
{
	uint32_t n_children = ts_node_child_count(b->node);
	struct py_node *n = build_sequence(b, PY_TUPLE);

	return n->list.n == 1 && n_children == 3 ? n->list.v[0] : n;
}

/* "a and b and c" is ((a and b) and c) for tree-sitter, one node for Python. */
static void flatten(struct build *b, size_t mark, const struct py_node *left)
{
	struct py_node *right = b->stack.v[mark + 1];

	b->stack.n = mark;
	for (size_t i = 0; i < left->list.n; i++)
		push(b, left->list.v[i]);
	push(b, right);
}

static struct py_node *boolean(struct build *b)
{
	struct py_node *n = make(b, PY_BOOL);
	const struct py_node *left = NULL;
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node)) {
			n->op = b->sym == TOKEN_OR ? OP_OR : OP_AND;
			continue;
		}

		bool may_flatten = b->sym == SYM_BOOLEAN_OPERATOR && b->stack.n == mark;
		struct py_node *operand = build_expr(b);

		left = may_flatten ? operand : left;
		push(b, operand);
	}
	l.bad = l.bad || b->stack.n != mark + 2;
	if (!l.bad && left && left->kind == PY_BOOL && left->op == n->op)
		flatten(b, mark, left);
	n->list = take(b, mark);
	return hoist(checked(b, n, &l), n->list.n ? &n->list.v[0] : NULL);
}

/* a < b < c */
static struct py_node *comparison(struct build *b)
{
	struct py_node *n = make(b, PY_COMPARE);
	size_t mark = b->stack.n;
	ARRAY(enum py_op) ops = { 0 };
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		enum py_op op = comparison_of(b->sym);

		if (op != OP_NONE)
			PUSH(b->arena, &ops, op);
		else if (!n->a)
			n->a = build_expr(b);
		else
			push(b, build_expr(b));
	}
	n->list = take(b, mark);
	n->ops = ops.v;
	l.bad = l.bad || !n->a || ops.n == 0 || ops.n != n->list.n;
	return hoist(checked(b, n, &l), &n->a);
}

static struct py_node *attribute(struct build *b)
{
	struct py_node *n = make(b, PY_ATTR);
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!n->a)
			n->a = build_expr(b);
		else
			n->name = node_text(b);
	}
	l.bad = l.bad || !n->a || !n->name;
	return hoist(checked(b, n, &l), &n->a);
}

/* x, name=x, *x, **x: the cursor is on it. */
static struct py_node *argument(struct build *b)
{
	struct py_node *n = make(b, PY_ARG);
	bool is_keyword = b->sym == SYM_KEYWORD_ARGUMENT;
	struct level l;

	if (b->sym == SYM_LIST_SPLAT || b->sym == SYM_DICTIONARY_SPLAT)
		n->stars = b->sym == SYM_LIST_SPLAT ? 1 : 2;
	else if (!is_keyword) {
		n->a = build_expr(b);
		n->stars = n->a->kind == PY_STAR ? n->a->stars : 0;
		n->a = n->stars ? n->a->a : n->a;
		return n;
	}
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (is_keyword && !n->name)
			n->name = make_name(b)->name;
		else
			n->a = build_expr(b);
	}
	l.bad = l.bad || !n->a;
	if (l.bad)
		n->a = spoil(b, make(b, PY_ERROR));
	return n;
}

struct py_list build_args(struct build *b, struct level *l)
{
	size_t mark = b->stack.n;

	for (bool more = enter(b, l); more; more = next(b, l)) {
		if (ts_node_is_named(b->node))
			push(b, argument(b));
	}
	return take(b, mark);
}

/* f(x for x in y) */
static struct py_list generator_argument(struct build *b)
{
	struct py_node *n = make(b, PY_ARG);
	size_t mark = b->stack.n;

	n->a = build_expr(b);
	push(b, n);
	return take(b, mark);
}

static struct py_node *call(struct build *b)
{
	struct py_node *n = make(b, PY_CALL);
	struct level l, inner = { 0 };
	bool has_args = false;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!n->a) {
			n->a = build_expr(b);
			continue;
		}
		has_args = true;
		n->list =
			b->sym == SYM_ARGUMENT_LIST ? build_args(b, &inner) : generator_argument(b);
	}
	l.bad = l.bad || inner.bad || !has_args;
	return hoist(checked(b, n, &l), &n->a);
}

static struct py_node *subscript(struct build *b)
{
	struct py_node *n = make(b, PY_SUBSCRIPT);
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!n->a)
			n->a = build_expr(b);
		else
			push(b, build_expr(b));
	}
	n->list = take(b, mark);
	l.bad = l.bad || !n->a || n->list.n == 0;
	return hoist(checked(b, n, &l), &n->a);
}

/* List[int] where only a type can stand. */
static struct py_node *generic_type(struct build *b)
{
	struct py_node *n = make(b, PY_SUBSCRIPT);
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym != SYM_TYPE_PARAMETER) {
			n->a = build_expr(b);
			continue;
		}

		struct py_node *types = build_sequence(b, PY_LIST);

		inner.bad = types->kind == PY_ERROR;
		n->list = types->list;
	}
	l.bad = l.bad || inner.bad || !n->a || n->list.n == 0;
	return hoist(checked(b, n, &l), &n->a);
}

static struct py_node *slice(struct build *b)
{
	struct py_node *n = make(b, PY_SLICE);
	struct py_node **const slots[] = { &n->a, &n->b, &n->c };
	size_t colons = 0;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_COLON)
			colons++;
		else if (ts_node_is_named(b->node) && colons < 3)
			*slots[colons] = build_expr(b);
	}
	return checked(b, n, &l);
}

struct py_node *build_star(struct build *b, uint8_t stars)
{
	struct py_node *n = make(b, PY_STAR);
	struct level l;

	n->stars = stars;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	l.bad = l.bad || !n->a;
	return checked(b, n, &l);
}

static struct py_node *lambda(struct build *b)
{
	struct py_node *n = make(b, PY_LAMBDA);
	const bool outer = b->yields;
	struct level l, inner = { 0 };

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_LAMBDA_PARAMETERS)
			n->params = build_params(b, &inner);
		else if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	b->yields = outer;
	l.bad = l.bad || inner.bad || !n->a;
	return checked(b, n, &l);
}

static struct py_node *yield(struct build *b)
{
	struct py_node *n = make(b, PY_YIELD);
	struct level l;

	b->yields = true;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_FROM)
			n->is_from = true;
		else if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	return checked(b, n, &l);
}

static struct py_node *composed(struct build *b)
{
	switch (b->sym) {
	case SYM_LIST_COMPREHENSION:
		return build_comprehension(b, COMP_LIST);
	case SYM_SET_COMPREHENSION:
		return build_comprehension(b, COMP_SET);
	case SYM_DICTIONARY_COMPREHENSION:
		return build_comprehension(b, COMP_DICT);
	case SYM_GENERATOR_EXPRESSION:
		return build_comprehension(b, COMP_GENERATOR);
	case SYM_LIST_SPLAT:
	case SYM_LIST_SPLAT_PATTERN:
	case SYM_SPLAT_TYPE:
		return build_star(b, 1);
	case SYM_DICTIONARY_SPLAT:
	case SYM_DICTIONARY_SPLAT_PATTERN:
		return build_star(b, 2);
	case SYM_GENERIC_TYPE:
		return generic_type(b);
	case SYM_UNION_TYPE:
		return build_operands(b, PY_BINARY, 2);
	case SYM_MEMBER_TYPE:
		return attribute(b);
	case SYM_AWAIT:
		return build_operands(b, PY_AWAIT, 1);
	case SYM_YIELD:
		return yield(b);
	case SYM_NAMED_EXPRESSION:
		return build_operands(b, PY_WALRUS, 2);
	case SYM_SLICE:
		return slice(b);
	case SYM_LAMBDA:
		return lambda(b);
	default:
		return spoil(b, make(b, PY_ERROR));
	}
}

struct py_node *build_expr(struct build *b)
{
	if (b->depth > AST_DEPTH_MAX)
		return spoil(b, make(b, PY_ERROR));
	switch (b->sym) {
	case SYM_IDENTIFIER:
		return make_name(b);
	case SYM_ATTRIBUTE:
		return attribute(b);
	case SYM_CALL:
		return call(b);
	case SYM_SUBSCRIPT:
		return subscript(b);
	case SYM_INTEGER:
	case SYM_FLOAT:
		return build_number(b);
	case SYM_STRING:
	case SYM_CONCATENATED_STRING:
		return build_string(b);
	case SYM_TRUE:
		return make(b, PY_TRUE);
	case SYM_FALSE:
		return make(b, PY_FALSE);
	case SYM_NONE:
		return make(b, PY_NONE);
	case SYM_ELLIPSIS:
		return make(b, PY_ELLIPSIS);
	case SYM_TUPLE_PATTERN:
		return tuple_pattern(b);
	case SYM_TUPLE:
	case SYM_PATTERN_LIST:
	case SYM_EXPRESSION_LIST:
		return build_sequence(b, PY_TUPLE);
	case SYM_LIST:
	case SYM_LIST_PATTERN:
		return build_sequence(b, PY_LIST);
	case SYM_SET:
		return build_sequence(b, PY_SET);
	case SYM_DICTIONARY:
		return build_dict(b);
	case SYM_BINARY_OPERATOR:
		return build_operands(b, PY_BINARY, 2);
	case SYM_COMPARISON_OPERATOR:
		return comparison(b);
	case SYM_BOOLEAN_OPERATOR:
		return boolean(b);
	case SYM_UNARY_OPERATOR:
		return unary(b);
	case SYM_NOT_OPERATOR:
		return not_operator(b);
	case SYM_CONDITIONAL_EXPRESSION:
		return conditional(b);
	case SYM_PARENTHESIZED_EXPRESSION:
	case SYM_TYPE:
		return parenthesized(b);
	default:
		return composed(b);
	}
}

/* All of it is lost. */
static struct py_node *lost(struct build *b, size_t n_text)
{
	struct py_node *module = arena_alloc(b->arena, sizeof *module);
	struct py_node *error = arena_alloc(b->arena, sizeof *error);

	*module = (struct py_node){
		.kind = PY_MODULE, .end = (uint32_t)n_text, .line = 1, .id = ++b->n
	};
	*error = (struct py_node){
		.kind = PY_ERROR, .end = (uint32_t)n_text, .line = 1, .id = ++b->n
	};
	push(b, error);
	module->body = take(b, 0);
	b->has_errors = true;
	return module;
}

static struct py_node *translate(struct build *b, TSTree *tree)
{
	TSNode root = ts_tree_root_node(tree);
	struct py_node *module = NULL;

	b->is_sound = !ts_node_has_error(root);
	b->has_errors = !b->is_sound;
	b->cursor = ts_tree_cursor_new(root);
	module = build_module(b);
	ts_tree_cursor_delete(&b->cursor);
	return module;
}

struct py_node *ast_build(struct arena *a, const struct source *s, uint32_t *ret_n_nodes,
			  bool *ret_has_errors)
{
	struct build b = { .arena = a, .text = s->text.v };
	TSTree *tree = parse_text(s->text);
	struct py_node *module = tree ? translate(&b, tree) : lost(&b, s->text.n);

	if (tree)
		ts_tree_delete(tree);
	*ret_n_nodes = b.n;
	*ret_has_errors = b.has_errors;
	return module;
}
