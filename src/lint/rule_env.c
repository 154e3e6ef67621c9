// SPDX-License-Identifier: Apache-2.0
/* Is CUDA_VISIBLE_DEVICES set too late? CUDA reads it once, when it starts in the process: after that the line does nothing.
 * After `import torch` alone it still works, which is advice. It cannot know what a module outside the project does when it is
 * imported. A file that starts other programs sets the variable for them: nothing is said of it. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

#define VARIABLE "CUDA_VISIBLE_DEVICES"

static bool is_variable(const struct py_node *node)
{
	return node && node->kind == PY_STRING && strcmp(node->name, VARIABLE) == 0;
}

static bool is_environ(const struct local *l, const struct py_node *node)
{
	const char *dotted = names_dotted(l->unit, node);

	return dotted && strcmp(dotted, "os.environ") == 0;
}

/* os.environ["CUDA_VISIBLE_DEVICES"] = ... */
static bool is_item_set(const struct local *l, const struct py_node *node)
{
	const struct py_node *p = local_parent(l, node);

	return node->kind == PY_SUBSCRIPT && node->list.n == 1 && is_variable(node->list.v[0]) &&
	       p->kind == PY_ASSIGN && p->a != node && is_environ(l, node->a);
}

/* os.environ.update({"CUDA_VISIBLE_DEVICES": ...}), .setdefault(...), os.putenv(...) */
static bool is_call_set(const struct local *l, const struct py_node *node)
{
	const char *callee = local_callee(l, node);
	const struct py_node *first = callee ? ast_positional(node, 0) : NULL;

	if (!callee)
		return false;
	if (strcmp(callee, "os.environ.setdefault") == 0 || strcmp(callee, "os.putenv") == 0)
		return is_variable(first);
	if (strcmp(callee, "os.environ.update") != 0)
		return false;
	if (ast_keyword(node, VARIABLE))
		return true;
	for (size_t i = 0; first && first->kind == PY_DICT && i < first->list.n; i++)
		if (is_variable(first->list.v[i]))
			return true;
	return false;
}

/* `git rev-parse`, `nvidia-smi`: what it says does not depend on the variable. */
static bool is_question(const struct py_node *call)
{
	static const char *const programs[] = { "git", "nvidia-smi", "hostname", "nproc", "date" };
	const struct py_node *first = ast_positional(call, 0);

	if (first && first->kind == PY_LIST && first->list.n > 0)
		first = first->list.v[0];
	for (size_t i = 0;
	     first && first->kind == PY_STRING && i < sizeof programs / sizeof *programs; i++)
		if (starts_with(first->name, programs[i]))
			return true;
	return false;
}

/* A call that starts another process, for which the variable may be meant. */
static bool starts_other(const char *callee)
{
	static const char *const starts[] = { "subprocess.",
					      "multiprocessing.",
					      "torch.multiprocessing.",
					      "os.system",
					      "os.popen",
					      "os.exec",
					      "os.spawn",
					      "os.fork",
					      "ray.",
					      "joblib.Parallel",
					      "submitit.",
					      "concurrent.futures.ProcessPool",
					      "torch.distributed.launch",
					      "torch.distributed.run" };

	for (size_t i = 0; callee && i < sizeof starts / sizeof *starts; i++)
		if (starts_with(callee, starts[i]))
			return true;
	return false;
}

static bool starts_others(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (starts_other(l->nodes.v[i].dotted) && !is_question(l->nodes.v[i].node))
			return true;
	return false;
}

/* What was saved before is put back. */
static bool is_restoring(const struct local *l, const struct py_node *node)
{
	static const char *const words[] = { "old", "prev", "orig", "sav", "backup", "before" };
	const struct py_node *s = local_statement(l, node);
	const char *text = lint_text(l->unit, s, 300);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(text, words[i]))
			return true;
	for (const struct py_node *child = s, *p = local_parent(l, s); p;
	     child = p, p = local_parent(l, p))
		for (size_t i = 0; p->kind == PY_TRY && i < p->final.n; i++)
			if (p->final.v[i] == child)
				return true;
	return false;
}

static bool holds_yield(const struct local *l, const struct py_node *f)
{
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++)
		if (l->nodes.v[i].node->kind == PY_YIELD)
			return true;
	return false;
}

static bool is_in(const struct py_list *list, const struct py_node *node)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == node)
			return true;
	return false;
}

/* Only where there is no GPU, or where CUDA has not started: then it is harmless. */
static bool is_excluded(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *child = node, *p = local_parent(l, node); p;
	     child = p, p = local_parent(l, p)) {
		if (p->kind != PY_IF)
			continue;
		if (strstr(lint_text(l->unit, p->a, 300), "is_initialized"))
			return true;

		enum truth t = local_truth(l, p->a);

		if ((is_in(&p->body, child) && t == TRUTH_NO) ||
		    (is_in(&p->orelse, child) && t == TRUTH_YES))
			return true;
	}
	return local_is_dead(l, node);
}

static bool is_torch_import(const struct local *l, const struct py_node *node)
{
	(void)l;
	if (node->kind == PY_IMPORT_FROM)
		return node->level == 0 && starts_with(node->name, "torch");
	for (size_t i = 0; node->kind == PY_IMPORT && i < node->list.n; i++)
		if (starts_with(node->list.v[i]->name, "torch"))
			return true;
	return false;
}

static void report_late(const struct local *l, const struct py_node *at,
			const struct py_node *start, const struct unit *in)
{
	struct finding *f = lint_report(
		l->unit, "cvd-after-init", at,
		"has no effect: CUDA has been started before, and reads %s only once", VARIABLE);

	if (!f)
		return;
	lint_way(l->unit, f, in, start, "starts CUDA");
	lint_advise(
		l->unit, f,
		"set it before anything of CUDA is asked for, best before `import torch`, or in the shell: "
		"%s=... python ...",
		VARIABLE);
}

static void report_import(const struct local *l, const struct py_node *at,
			  const struct py_node *import, const struct unit *in)
{
	struct finding *f = lint_report(
		l->unit, "cvd-after-import", at,
		"%s is set after torch was imported: this works only as long as nothing has "
		"started CUDA",
		VARIABLE);

	if (!f)
		return;
	lint_way(l->unit, f, in, import, "imports torch");
	lint_advise(l->unit, f, "set it above the first import of torch");
}

static void look_at(const struct local *l, const struct py_node *node)
{
	const struct unit *in = NULL;
	const struct py_node *f = local_function(l, node);

	if (is_restoring(l, node) || is_excluded(l, node) || (f && holds_yield(l, f)))
		return;

	const struct py_node *start = order_find(l, node, local_starts_cuda, &in);

	if (start) {
		report_late(l, node, start, in);
		return;
	}

	const struct py_node *import = order_find(l, node, is_torch_import, &in);

	if (import)
		report_import(l, node, import, in);
}

static void run(struct unit *u)
{
	if (u->is_test || !local_has_word(u, VARIABLE))
		return;

	const struct local *l = local_of(u);

	if (starts_others(l))
		return;

	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (is_item_set(l, node) || is_call_set(l, node))
			look_at(l, node);
	}
}

const struct lint_pass pass_env = { "env", run };
