// SPDX-License-Identifier: Apache-2.0
/* Does a handler of "CUDA out of memory" move the program to the CPU for good, without a word? A handler that says so, that
 * gives up, or that moves the model back is right. */
#include <string.h>

#include "core/str.h"
#include "lint/names.h"
#include "lint/oom.h"
#include "lint/passes.h"

struct fallback {
	const struct local *l;
	const struct oom_handler *oom;
	const struct py_node *found;
	bool speaks, moves_back, frees;
};

static bool is_speech(const struct local *l, const struct py_node *call)
{
	static const char *const names[] = { "print",    "warn",  "warning",   "info",
					     "error",    "log",   "exception", "debug",
					     "critical", "write", "echo",      "secho" };
	const char *name =
		call->a->kind == PY_NAME || call->a->kind == PY_ATTR ? call->a->name : NULL;

	(void)l;
	if (name && (strstr(name, "log") || strstr(name, "warn") || strstr(name, "print")))
		return true;
	for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_to_cpu(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);

	if (!method || local_callee(l, call))
		return false;
	if (strcmp(method, "cpu") == 0)
		return true;
	return strcmp(method, "to") == 0 &&
	       local_device(l, local_argument(call, 0, "device")) == WHERE_CPU;
}

static bool same_text(const struct local *l, const struct py_node *a, const struct py_node *b)
{
	const char *x = ast_dotted(l->unit->arena, a), *y = ast_dotted(l->unit->arena, b);

	return x && y && strcmp(x, y) == 0;
}

static bool is_called_in(const struct local *l, const struct py_node *where,
			 const struct py_node *object)
{
	if (!local_spend(l, local_until(l, where) - local_pos(l, where)))
		return false;
	for (size_t i = local_pos(l, where); i < local_until(l, where); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_CALL && same_text(l, node->a, object))
			return true;
	}
	return false;
}

/* `model.cpu()` as a statement, `model = model.cpu()`: of something that the try or the handler calls. */
static bool moves_model(const struct fallback *b, const struct py_node *s)
{
	const struct py_node *call = s->kind == PY_EXPR || s->kind == PY_ASSIGN ? s->a : NULL;

	if (!call || call->kind != PY_CALL || !is_to_cpu(b->l, call))
		return false;
	if (s->kind == PY_ASSIGN && (s->list.n != 1 || !same_text(b->l, s->list.v[0], call->a->a)))
		return false;
	return is_called_in(b->l, b->oom->attempt, call->a->a);
}

/* `device = "cpu"`, `self.device = torch.device("cpu")` */
static bool changes_device(const struct fallback *b, const struct py_node *s)
{
	const struct py_node *t = s->kind == PY_ASSIGN && s->list.n == 1 ? s->list.v[0] : NULL;

	if (!t || (t->kind != PY_NAME && t->kind != PY_ATTR) || !strcasestr(t->name, "dev"))
		return false;
	return local_device(b->l, s->a) == WHERE_CPU;
}

static void see(const struct local *l, const struct py_node *node, void *data)
{
	struct fallback *b = data;

	if (node->kind == PY_CALL) {
		b->speaks = b->speaks || is_speech(l, node);
		b->moves_back = b->moves_back || (b->found && local_moves(l, node) &&
						  !is_to_cpu(l, node) && b->found->kind == PY_EXPR);
	}
	if (node->kind == PY_RAISE || node->kind == PY_DEL)
		b->frees = true;
	if (!b->found && (moves_model(b, node) || changes_device(b, node)))
		b->found = node;
}

static bool moves_back_after(const struct local *l, const struct oom_handler *oom)
{
	size_t index = 0;
	const struct py_list *block = local_block(l, oom->attempt, &index);

	if (!local_spend(l, local_until(l, local_parent(l, oom->attempt)) -
				    local_pos(l, local_parent(l, oom->attempt))))
		return true;

	for (size_t s = 0; s < oom->attempt->final.n; s++)
		for (size_t i = local_pos(l, oom->attempt->final.v[s]);
		     i < local_until(l, oom->attempt->final.v[s]); i++)
			if (local_moves(l, l->nodes.v[i].node))
				return true;
	for (size_t s = index + 1; block && s < block->n; s++)
		for (size_t i = local_pos(l, block->v[s]); i < local_until(l, block->v[s]); i++)
			if (local_uses_cuda(l, l->nodes.v[i].node))
				return true;
	return false;
}

static void look_at(const struct local *l, const struct oom_handler *oom)
{
	struct fallback b = { .l = l, .oom = oom };

	oom_walk(l, oom, see, &b);
	if (!b.found || b.speaks || b.frees || b.moves_back || oom_leaves(oom, false) ||
	    moves_back_after(l, oom))
		return;

	struct finding *f = lint_report(
		l->unit, "oom-continues-on-cpu", b.found,
		"runs on the CPU from here on, without a word, once the GPU was out of memory");

	if (f)
		lint_advise(l->unit, f,
			    "say so (warnings.warn), or raise, or try again with a smaller batch");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	for (size_t i = 0; i < l->nodes.n; i++) {
		struct oom_handler oom;

		if (l->nodes.v[i].node->kind == PY_HANDLER &&
		    oom_handler_of(l, l->nodes.v[i].node, &oom))
			look_at(l, &oom);
	}
}

const struct lint_pass pass_oom_cpu = { "oom-cpu", run };
