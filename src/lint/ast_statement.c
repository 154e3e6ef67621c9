// SPDX-License-Identifier: Apache-2.0
/* How do tree-sitter's statements become ours? Python 2's print and exec become calls, so that the code around them can be
 * judged; the file is marked as one that did not parse.
 *
 * A simple statement with a part that is lost is PY_ERROR as a whole. */
#include "lint/ast_build.h"

#include <string.h>

#include "python_symbols.h"

/* "a" and "a, b", which is a tuple without parentheses. */
static struct py_node *expression(struct build *b, TSNode whole, struct level *l)
{
	struct py_node *n = make(b, PY_EXPR), *tuple = NULL;
	size_t mark = b->stack.n;
	bool has_comma = false;

	n->end = ts_node_end_byte(whole);
	if (ts_node_child_count(whole) > 1) {
		tuple = make(b, PY_TUPLE);
		tuple->end = n->end;
	}
	for (bool more = true; more; more = next(b, l)) {
		if (ts_node_is_named(b->node))
			push(b, build_expr(b));
		has_comma = has_comma || b->sym == TOKEN_COMMA;
	}

	struct py_list list = take(b, mark);

	n->a = list.n ? list.v[0] : NULL;
	if (tuple && has_comma) {
		tuple->list = list;
		n->a = tuple;
	}
	l->bad = l->bad || !n->a;
	return checked(b, n, l);
}

struct assignment {
	struct py_node *annotation, *value;
	bool is_bad;
};

/* "a = b = value": the right side of the first is an assignment again. Targets are pushed. */
static void assignment_parts(struct build *b, struct assignment *as)
{
	bool has_target = false;
	struct level l;

	if (b->depth > AST_DEPTH_MAX) {
		as->is_bad = true;
		return;
	}
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node))
			continue;
		if (!has_target)
			push(b, build_expr(b));
		else if (b->sym == SYM_TYPE)
			as->annotation = build_expr(b);
		else if (b->sym == SYM_ASSIGNMENT)
			assignment_parts(b, as);
		else
			as->value = build_expr(b);
		has_target = true;
	}
	as->is_bad = as->is_bad || l.bad;
}

static struct py_node *assignment(struct build *b)
{
	struct py_node *n = make(b, PY_ASSIGN);
	size_t mark = b->stack.n;
	struct assignment as = { 0 };

	assignment_parts(b, &as);

	struct py_list targets = take(b, mark);
	struct level l = { .bad = as.is_bad || targets.n == 0 || (as.annotation && targets.n > 1) ||
				  !(as.annotation || as.value) };

	if (l.bad)
		return spoil(b, n);
	if (as.annotation) {
		n->kind = PY_ANNASSIGN;
		n->a = targets.v[0];
		n->b = as.annotation;
		n->c = as.value;
	} else {
		n->list = targets;
		n->a = as.value;
	}
	return n;
}

static struct py_node *expression_statement(struct build *b)
{
	struct py_node *n = NULL;
	TSNode whole = b->node;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_ASSIGNMENT)
			n = assignment(b);
		else if (b->sym == SYM_AUGMENTED_ASSIGNMENT)
			n = build_operands(b, PY_AUGASSIGN, 2);
		else if (!n)
			return expression(b, whole, &l);
	}
	b->node = whole;
	return n ? checked(b, n, &l) : spoil(b, make(b, PY_ERROR));
}

/* return x, return x, y, del x, del x, y, assert x, y: the parts of "x, y" as they stand. */
static struct py_node *optional_value(struct build *b, enum py_kind kind)
{
	struct py_node *n = make(b, kind);
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			n->a = build_expr(b);
	}
	return checked(b, n, &l);
}

static struct py_node *delete (struct build *b)
{
	struct py_node *n = make(b, PY_DEL);
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		bool is_list = b->sym == SYM_EXPRESSION_LIST;
		struct py_node *target = NULL;

		if (!ts_node_is_named(b->node))
			continue;
		target = build_expr(b);
		for (size_t i = 0; is_list && i < target->list.n; i++)
			push(b, target->list.v[i]);
		if (!is_list || target->kind == PY_ERROR)
			push(b, target);
	}
	n->list = take(b, mark);
	return checked(b, n, &l);
}

static struct py_node *raise(struct build *b)
{
	struct py_node *n = make(b, PY_RAISE);
	bool is_cause = false;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_FROM)
			is_cause = true;
		else if (ts_node_is_named(b->node))
			*(is_cause ? &n->b : &n->a) = build_expr(b);
	}
	return checked(b, n, &l);
}

/* "assert a", "assert a, b" */
static struct py_node *assertion(struct build *b)
{
	struct py_node *n = make(b, PY_ASSERT);
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			*(n->a ? &n->b : &n->a) = build_expr(b);
	}
	l.bad = l.bad || !n->a;
	return checked(b, n, &l);
}

/* A dotted name may have blanks and line ends between its parts. */
static const char *dotted_text(struct build *b)
{
	char *text = arena_strndup(b->arena, b->text + ts_node_start_byte(b->node),
				   ts_node_end_byte(b->node) - ts_node_start_byte(b->node));
	size_t n = 0;

	for (size_t i = 0; text[i]; i++) {
		if (!strchr(" \t\f\r\n\\", text[i]))
			text[n++] = text[i];
	}
	text[n] = '\0';
	return text;
}

static struct py_node *alias(struct build *b)
{
	struct py_node *n = make(b, PY_ALIAS);
	struct level l;

	if (b->sym != SYM_ALIASED_IMPORT) {
		n->name = dotted_text(b);
		return n;
	}
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_DOTTED_NAME)
			n->name = dotted_text(b);
		else if (b->sym == SYM_IDENTIFIER)
			n->alias = make_name(b)->name;
	}
	l.bad = l.bad || !n->name || !n->alias;
	return checked(b, n, &l);
}

/* There are parts, and all of them were read. */
static bool are_sound(const struct py_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i]->kind == PY_ERROR)
			return false;
	}
	return list->n > 0;
}

static struct py_node *import(struct build *b)
{
	struct py_node *n = make(b, PY_IMPORT);
	size_t mark = b->stack.n;
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			push(b, alias(b));
	}
	n->list = take(b, mark);
	l.bad = l.bad || !are_sound(&n->list);
	return checked(b, n, &l);
}

/* "..a.b": the cursor is on it. */
static void relative_module(struct build *b, struct py_node *n)
{
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_DOTTED_NAME) {
			n->name = dotted_text(b);
			continue;
		}
		for (const char *s = dotted_text(b); *s == '.' && n->level < UINT8_MAX; s++)
			n->level++;
	}
}

static struct py_node *import_from(struct build *b)
{
	struct py_node *n = make(b, PY_IMPORT_FROM);
	size_t mark = b->stack.n;
	bool is_names = false;
	struct level l;

	n->name = b->sym == SYM_FUTURE_IMPORT_STATEMENT ? "__future__" : "";
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == TOKEN_IMPORT)
			is_names = true;
		else if (!ts_node_is_named(b->node))
			continue;
		else if (is_names)
			push(b, alias(b));
		else if (b->sym == SYM_RELATIVE_IMPORT)
			relative_module(b, n);
		else
			n->name = dotted_text(b);
	}
	n->list = take(b, mark);
	l.bad = l.bad || !are_sound(&n->list);
	return checked(b, n, &l);
}

/* Python 2: "print x" and "exec code in space" become print(x) and exec(code, space). */
static struct py_node *old_call(struct build *b, const char *name)
{
	struct py_node *n = make(b, PY_EXPR);
	struct py_node *call = make(b, PY_CALL);
	size_t mark = b->stack.n;
	struct level l;

	b->has_errors = true;
	n->a = call;
	call->a = make(b, PY_NAME);
	call->a->name = name;
	call->a->end = call->a->start + (uint32_t)strlen(name);
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (!ts_node_is_named(b->node) || b->sym == SYM_CHEVRON)
			continue;

		struct py_node *arg = make(b, PY_ARG);

		arg->a = build_expr(b);
		push(b, arg);
	}
	call->list = take(b, mark);
	return checked(b, n, &l);
}

/* "type(x).a = b" is a statement that begins with the word type for the grammar; `left` is (x).a then. The call that it is
 * goes to the left end. Three numbers were kept free before those of `left`: all move down to make room for its nodes. */
static struct py_node *call_of_type(struct build *b, const struct py_node *statement,
				    struct py_node *left)
{
	struct py_node *call = make(b, PY_CALL), *name = make(b, PY_NAME), *arg = make(b, PY_ARG);
	struct py_node **base = &left;

	while ((*base)->kind == PY_ATTR || (*base)->kind == PY_SUBSCRIPT ||
	       (*base)->kind == PY_CALL) {
		(*base)->start = statement->start;
		(*base)->line = statement->line;
		(*base)->id -= 3;
		base = &(*base)->a;
	}
	call->start = name->start = statement->start;
	call->line = name->line = statement->line;
	call->end = (*base)->end + 1;
	name->end = name->start + 4;
	name->name = "type";
	arg->a = *base;
	arg->start = (*base)->start;
	arg->end = (*base)->end;
	arg->line = (*base)->line;
	call->id = arg->a->id - 3;
	name->id = arg->a->id - 2;
	arg->id = arg->a->id - 1;
	call->a = name;
	call->list = (struct py_list){ arena_alloc(b->arena, sizeof arg), 1 };
	call->list.v[0] = arg;
	*base = call;
	return left;
}

static bool is_type_name(const struct py_node *n)
{
	return n->kind == PY_NAME || (n->kind == PY_SUBSCRIPT && n->a->kind == PY_NAME);
}

static struct py_node *type_alias(struct build *b)
{
	struct py_node *n = make(b, PY_ASSIGN), *left = NULL;
	size_t mark = b->stack.n;
	struct level l;

	b->n += 3;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (ts_node_is_named(b->node))
			*(left ? &n->a : &left) = build_expr(b);
	}
	l.bad = l.bad || !n->a;
	if (l.bad)
		return spoil(b, n);
	push(b, is_type_name(left) ? left : call_of_type(b, n, left));
	n->list = take(b, mark);
	return n;
}

struct py_node *build_simple(struct build *b)
{
	switch (b->sym) {
	case SYM_EXPRESSION_STATEMENT:
		return expression_statement(b);
	case SYM_IMPORT_STATEMENT:
		return import(b);
	case SYM_IMPORT_FROM_STATEMENT:
	case SYM_FUTURE_IMPORT_STATEMENT:
		return import_from(b);
	case SYM_RETURN_STATEMENT:
		return optional_value(b, PY_RETURN);
	case SYM_PASS_STATEMENT:
		return make(b, PY_PASS);
	case SYM_BREAK_STATEMENT:
		return make(b, PY_BREAK);
	case SYM_CONTINUE_STATEMENT:
		return make(b, PY_CONTINUE);
	case SYM_RAISE_STATEMENT:
		return raise(b);
	case SYM_ASSERT_STATEMENT:
		return assertion(b);
	case SYM_DELETE_STATEMENT:
		return delete (b);
	case SYM_GLOBAL_STATEMENT:
		return build_sequence(b, PY_GLOBAL);
	case SYM_NONLOCAL_STATEMENT:
		return build_sequence(b, PY_NONLOCAL);
	case SYM_PRINT_STATEMENT:
		return old_call(b, "print");
	case SYM_EXEC_STATEMENT:
		return old_call(b, "exec");
	case SYM_TYPE_ALIAS_STATEMENT:
		return type_alias(b);
	default:
		return spoil(b, make(b, PY_ERROR));
	}
}
