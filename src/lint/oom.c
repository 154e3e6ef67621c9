// SPDX-License-Identifier: Apache-2.0
/* Which handler is meant for a GPU that is out of memory, and which of its statements run then? The type says so, or a test of
 * the message ("out of memory" in str(e)). Any other `except RuntimeError` is not known to be one. */
#include "lint/oom.h"

#include <strings.h>
#include <string.h>

#include "core/str.h"
#include "lint/names.h"

static bool is_oom_type(const struct local *l, const struct py_node *type)
{
	const char *dotted = type ? names_dotted(l->unit, type) : NULL;

	return dotted && (strcmp(dotted, "torch.cuda.OutOfMemoryError") == 0 ||
			  strcmp(dotted, "torch.OutOfMemoryError") == 0);
}

static bool is_oom_text(const struct py_node *node)
{
	return node->kind == PY_STRING &&
	       (strcasestr(node->name, "out of memory") || strcasestr(node->name, "outofmemory"));
}

enum test { TEST_OTHER, TEST_OOM, TEST_NOT_OOM };

/* "out of memory" in str(e); `or` of several asks for more, `not in` for the opposite. */
static enum test test_of(const struct py_node *test)
{
	if (test->kind == PY_BOOL)
		for (size_t i = 0; i < test->list.n; i++) {
			enum test t = test_of(test->list.v[i]);

			if ((t == TEST_OOM && test->op == OP_AND) ||
			    (t == TEST_NOT_OOM && test->op == OP_OR))
				return t;
		}
	if (test->kind == PY_UNARY && test->op == OP_NOT) {
		enum test t = test_of(test->a);

		return t == TEST_OOM ? TEST_NOT_OOM : t == TEST_NOT_OOM ? TEST_OOM : t;
	}
	if (test->kind != PY_COMPARE || test->list.n != 1 || !is_oom_text(test->a))
		return TEST_OTHER;
	return test->ops[0] == OP_IN       ? TEST_OOM
	       : test->ops[0] == OP_NOT_IN ? TEST_NOT_OOM
					   : TEST_OTHER;
}

static void push_all(struct arena *a, struct oom_handler *oom, const struct py_list *block,
		     size_t from)
{
	for (size_t i = from; i < block->n; i++)
		PUSH(a, &oom->statements, block->v[i]);
}

/* The first `if` that asks for the message decides; what stands before it runs as well. */
static bool split(struct arena *a, struct oom_handler *oom, const struct py_list *body)
{
	for (size_t i = 0; i < body->n; i++) {
		const struct py_node *s = body->v[i];
		enum test t = s->kind == PY_IF ? test_of(s->a) : TEST_OTHER;

		if (t == TEST_OTHER) {
			PUSH(a, &oom->statements, s);
			continue;
		}
		push_all(a, oom, t == TEST_OOM ? &s->body : &s->orelse, 0);
		push_all(a, oom, body, i + 1);
		return true;
	}
	return false;
}

/* `if ...: raise` behind the branch for memory belongs to the other errors. */
static void drop_behind_exit(struct oom_handler *oom)
{
	for (size_t i = 0; i < oom->statements.n; i++) {
		enum py_kind k = oom->statements.v[i]->kind;

		if (k == PY_RAISE || k == PY_RETURN || k == PY_CONTINUE || k == PY_BREAK) {
			oom->statements.n = i + 1;
			return;
		}
	}
}

bool oom_handler_of(const struct local *l, const struct py_node *handler,
		    struct oom_handler *ret_oom)
{
	struct oom_handler oom = { .handler = handler,
				   .attempt = local_parent(l, handler),
				   .function = local_function(l, handler),
				   .name = handler->name };
	const struct py_node *type = handler->a;
	bool by_type = is_oom_type(l, type);

	if (type && type->kind == PY_TUPLE && type->list.n == 1)
		by_type = is_oom_type(l, type->list.v[0]);
	if (by_type)
		push_all(l->unit->arena, &oom, &handler->body, 0);
	else if (!split(l->unit->arena, &oom, &handler->body))
		return false;
	drop_behind_exit(&oom);
	*ret_oom = oom;
	return oom.attempt && oom.attempt->kind == PY_TRY;
}

void oom_walk(const struct local *l, const struct oom_handler *oom,
	      void (*visit)(const struct local *l, const struct py_node *node, void *data),
	      void *data)
{
	for (size_t s = 0; s < oom->statements.n; s++) {
		size_t until = local_until(l, oom->statements.v[s]);

		for (size_t i = local_pos(l, oom->statements.v[s]); i < until; i++) {
			const struct py_node *node = l->nodes.v[i].node;

			if (node->kind == PY_FUNC || node->kind == PY_LAMBDA)
				i = local_until(l, node) - 1;
			else
				visit(l, node, data);
		}
	}
}

static bool is_exit_call(const struct py_node *s)
{
	if (s->kind != PY_EXPR || s->a->kind != PY_CALL)
		return false;

	const struct py_node *f = s->a->a;

	return (f->kind == PY_NAME || f->kind == PY_ATTR) &&
	       (strcmp(f->name, "exit") == 0 || strcmp(f->name, "_exit") == 0 ||
		strcmp(f->name, "quit") == 0);
}

bool oom_leaves(const struct oom_handler *oom, bool also_return)
{
	for (size_t i = 0; i < oom->statements.n; i++) {
		const struct py_node *s = oom->statements.v[i];

		if (s->kind == PY_RAISE || is_exit_call(s))
			return true;
		if (also_return && (s->kind == PY_RETURN || s->kind == PY_BREAK))
			return true;
	}
	return false;
}

static void see_clearing(const struct local *l, const struct py_node *node, void *data)
{
	bool *clears = data;
	const char *method = local_method(node);

	(void)l;
	if (node->kind == PY_ATTR && strcmp(node->name, "__traceback__") == 0)
		*clears = true;
	if (method &&
	    (strcmp(method, "with_traceback") == 0 || strcmp(method, "clear_frames") == 0))
		*clears = true;
	if (node->kind == PY_NAME && strcmp(node->name, "clear_frames") == 0)
		*clears = true;
}

bool oom_clears_frames(const struct local *l, const struct oom_handler *oom)
{
	bool clears = false;

	oom_walk(l, oom, see_clearing, &clears);
	return clears;
}
