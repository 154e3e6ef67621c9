// SPDX-License-Identifier: Apache-2.0
/* What does a handler of "CUDA out of memory" do with the memory? While it runs, the exception holds every frame between the
 * failed operation and the handler, with all their tensors; whoever keeps the exception keeps them. And whoever skips the
 * batch keeps the tensors of the loop's own frame. */
#include <string.h>

#include "core/str.h"
#include "lint/names.h"
#include "lint/oom.h"
#include "lint/passes.h"

/* ---- oom-retry-in-except ---- */

struct retry {
	const struct oom_handler *oom;
	const struct py_node *found;
	bool on_cpu;
};

/* "self.fit", "train_model": what is called, as text. */
static const char *callee_text(const struct local *l, const struct py_node *call)
{
	return ast_dotted(l->unit->arena, call->a);
}

static bool is_named_work(const char *name)
{
	static const char *const parts[] = { "model", "net",     "forward", "generat",
					     "train", "fit",     "step",    "encod",
					     "decod", "predict", "infer",   "backward",
					     "loss",  "criteri", "sampl",   "transcri" };
	static const char *const idle[] = { "zero_grad", "train", "eval", "netloc" };

	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
		if (strcmp(name, idle[i]) == 0)
			return false;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(name, parts[i]) && !strstr(name, "print") && !strstr(name, "log"))
			return true;
	return false;
}

/* Does a function of this unit compute with torch? */
static bool computes(const struct local *l, const struct py_node *f)
{
	if (!local_spend(l, local_until(l, f) - local_pos(l, f)))
		return false;
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++) {
		const char *method = local_method(l->nodes.v[i].node);

		if (method && (strcmp(method, "backward") == 0 || strcmp(method, "to") == 0 ||
			       strcmp(method, "cuda") == 0))
			return true;
	}
	return false;
}

/* Calls that do the GPU's work: functions and objects of the program, known by what they do or by their names. */
static bool is_work(const struct local *l, const struct py_node *call)
{
	const struct py_node *f = local_definition(l, call->a, PY_FUNC);
	const char *name =
		call->a->kind == PY_NAME || call->a->kind == PY_ATTR ? call->a->name : NULL;

	if (!name || local_callee(l, call))
		return false;
	return is_named_work(name) || (f && computes(l, f));
}

static bool is_tried(const struct local *l, const struct py_list *body, const char *callee)
{
	if (body->n == 0 ||
	    !local_spend(l, local_until(l, body->v[body->n - 1]) - local_pos(l, body->v[0])))
		return false;
	for (size_t s = 0; s < body->n; s++)
		for (size_t i = local_pos(l, body->v[s]); i < local_until(l, body->v[s]); i++) {
			const struct py_node *node = l->nodes.v[i].node;

			if (node->kind != PY_CALL || !is_work(l, node))
				continue;

			const char *tried = callee_text(l, node);

			if (tried && strcmp(tried, callee) == 0)
				return true;
		}
	return false;
}

/* A call of the function that the handler stands in: f(...), self.f(...). */
static bool is_recursion(const struct oom_handler *oom, const struct py_node *call)
{
	const struct py_node *f = oom->function;

	if (!f || f->kind != PY_FUNC)
		return false;
	if (call->a->kind == PY_NAME)
		return strcmp(call->a->name, f->name) == 0;
	return call->a->kind == PY_ATTR && call->a->a->kind == PY_NAME &&
	       strcmp(call->a->a->name, "self") == 0 && strcmp(call->a->name, f->name) == 0;
}

static void see_retry(const struct local *l, const struct py_node *node, void *data)
{
	struct retry *r = data;
	const char *method = local_method(node);
	const char *callee;

	if (node->kind == PY_STRING && starts_with(node->name, "cpu"))
		r->on_cpu = true;
	if (node->kind != PY_CALL)
		return;
	if (method && (strcmp(method, "cpu") == 0 || strcmp(method, "numpy") == 0))
		r->on_cpu = true;
	if (r->found)
		return;
	callee = is_work(l, node) ? callee_text(l, node) : NULL;
	if (is_recursion(r->oom, node) || (callee && is_tried(l, &r->oom->attempt->body, callee)))
		r->found = node;
}

static void judge_retry(const struct local *l, const struct oom_handler *oom)
{
	struct retry r = { .oom = oom };

	oom_walk(l, oom, see_retry, &r);
	if (!r.found || r.on_cpu || oom_clears_frames(l, oom))
		return;

	struct finding *f = lint_report(
		l->unit, "oom-retry-in-except", r.found,
		"tries again while the exception still holds the tensors of the failed try: "
		"it can run out of memory once more");

	if (!f)
		return;
	lint_way(l->unit, f, l->unit, oom->handler,
		 "the exception lives until the end of this handler");
	lint_advise(l->unit, f, "set a flag in the handler, and try again below it");
}

/* ---- oom-exception-kept ---- */

struct kept {
	const struct oom_handler *oom;
	const struct py_node *found;
};

static bool is_exception(const struct oom_handler *oom, const struct py_node *node)
{
	return node && node->kind == PY_NAME && strcmp(node->name, oom->name) == 0;
}

static bool in_loop(const struct local *l, const struct oom_handler *oom)
{
	for (const struct py_node *p = oom->attempt; p && p != oom->function;
	     p = local_parent(l, p))
		if (p->kind == PY_FOR || p->kind == PY_WHILE)
			return true;
	return false;
}

/* errors.append(e), seen.add(e) */
static bool is_collected(const struct oom_handler *oom, const struct py_node *node)
{
	const char *method = local_method(node);

	if (!method || (strcmp(method, "append") != 0 && strcmp(method, "add") != 0))
		return false;
	return is_exception(oom, ast_positional(node, 0));
}

/* self.error = e, errors[k] = e; last = e only if the loop goes on with it. */
static bool is_stored(const struct local *l, const struct oom_handler *oom,
		      const struct py_node *node)
{
	if (node->kind != PY_ASSIGN || node->list.n != 1 || !is_exception(oom, node->a))
		return false;
	if (node->list.v[0]->kind == PY_NAME)
		return in_loop(l, oom) || local_is_declared(l, node->list.v[0]->name);
	return node->list.v[0]->kind == PY_ATTR || node->list.v[0]->kind == PY_SUBSCRIPT;
}

static void see_kept(const struct local *l, const struct py_node *node, void *data)
{
	struct kept *k = data;

	if (k->found)
		return;
	if ((node->kind == PY_CALL && is_collected(k->oom, node)) || is_stored(l, k->oom, node))
		k->found = node;
}

static void judge_kept(const struct local *l, const struct oom_handler *oom)
{
	struct kept k = { .oom = oom };

	if (!oom->name)
		return;
	oom_walk(l, oom, see_kept, &k);
	if (!k.found || oom_leaves(oom, false) || oom_clears_frames(l, oom))
		return;
	if (k.found->kind == PY_ASSIGN && k.found->list.v[0]->kind == PY_NAME &&
	    oom_leaves(oom, true))
		return;

	struct finding *f = lint_report(
		l->unit, "oom-exception-kept", k.found,
		"keeps the exception, and with it every tensor of the frames that failed: their "
		"memory is not given back");

	if (f)
		lint_advise(l->unit, f, "keep str(%s), not the exception itself", oom->name);
}

/* ---- oom-skip-keeps-refs ---- */

struct skip {
	const struct local *l;
	const struct oom_handler *oom;
	const char *names[16]; /* what the try binds to results, before or at backward() */
	size_t n;
};

static bool has_name(const struct skip *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->names[i], name) == 0)
			return true;
	return false;
}

static void add_name(struct skip *s, const struct py_node *target)
{
	if (target->kind == PY_NAME && s->n < 16 && !has_name(s, target->name))
		s->names[s->n++] = target->name;
}

static bool holds_backward(const struct local *l, const struct py_node *s)
{
	for (size_t i = local_pos(l, s); i < local_until(l, s); i++) {
		const char *method = local_method(l->nodes.v[i].node);

		if (method && strcmp(method, "backward") == 0)
			return true;
	}
	return false;
}

/* The names of the try that hold the graph when backward() fails; none if it does not call backward() itself. */
static void collect(struct skip *s)
{
	const struct py_list *body = &s->oom->attempt->body;

	for (size_t i = 0; i < body->n; i++) {
		const struct py_node *a = body->v[i];

		if (holds_backward(s->l, a))
			return;
		if (a->kind == PY_ASSIGN && a->a->kind == PY_CALL && a->list.n == 1)
			add_name(s, a->list.v[0]);
	}
	s->n = 0;
}

/* The name whose backward() is called: it certainly holds the graph. */
static const char *backward_name(const struct skip *s)
{
	const struct py_list *body = &s->oom->attempt->body;

	for (size_t b = 0; b < body->n; b++)
		for (size_t i = local_pos(s->l, body->v[b]); i < local_until(s->l, body->v[b]);
		     i++) {
			const struct py_node *node = s->l->nodes.v[i].node;
			const char *method = local_method(node);

			if (method && strcmp(method, "backward") == 0 &&
			    node->a->a->kind == PY_NAME)
				return node->a->a->name;
		}
	return NULL;
}

/* Is the name let go of in this subtree: del x, x = None? */
static bool lets_go(const struct local *l, const struct py_node *where, const char *name)
{
	for (size_t i = local_pos(l, where); i < local_until(l, where); i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (node->kind != PY_NAME || strcmp(node->name, name) != 0)
			continue;
		if (p->kind == PY_DEL || (p->kind == PY_ASSIGN && p->a != node))
			return true;
	}
	return false;
}

static bool is_let_go(const struct local *l, const struct oom_handler *oom,
		      const struct py_node *loop, const char *name)
{
	size_t index = 0;
	const struct py_list *block = local_block(l, oom->attempt, &index);

	for (size_t i = 0; i < oom->attempt->final.n; i++)
		if (lets_go(l, oom->attempt->final.v[i], name))
			return true;
	if (lets_go(l, oom->handler, name))
		return true;
	for (size_t i = 0; block && i < block->n;
	     i++) /* at the start of the next round, or at its end */
		if (block->v[i] != oom->attempt && lets_go(l, block->v[i], name))
			return true;
	return loop->kind == PY_FOR && lets_go(l, loop->a, name);
}

static const struct py_node *loop_around(const struct local *l, const struct oom_handler *oom)
{
	for (const struct py_node *p = local_parent(l, oom->attempt); p && p != oom->function;
	     p = local_parent(l, p))
		if (p->kind == PY_FOR || p->kind == PY_WHILE)
			return p;
	return NULL;
}

static void judge_skip(const struct local *l, const struct oom_handler *oom)
{
	struct skip s = { .l = l, .oom = oom };
	const struct py_node *loop = loop_around(l, oom);

	if (!loop || oom_leaves(oom, true) ||
	    !local_spend(l, local_until(l, loop) - local_pos(l, loop)))
		return;
	collect(&s);

	const char *name = backward_name(&s);

	if (!name || !has_name(&s, name) || is_let_go(l, oom, loop, name))
		return;

	struct finding *f = lint_report(
		l->unit, "oom-skip-keeps-refs", oom->handler,
		"skips the batch, but `%s` still holds its graph while the next batch is "
		"computed",
		name);

	if (f)
		lint_advise(l->unit, f,
			    "let go of it in the handler: `%s = None`, then empty the cache", name);
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	for (size_t i = 0; i < l->nodes.n; i++) {
		struct oom_handler oom;

		if (l->nodes.v[i].node->kind != PY_HANDLER ||
		    !oom_handler_of(l, l->nodes.v[i].node, &oom))
			continue;
		judge_retry(l, &oom);
		judge_kept(l, &oom);
		judge_skip(l, &oom);
	}
}

const struct lint_pass pass_oom = { "oom", run };
