// SPDX-License-Identifier: Apache-2.0
/* Does every rank of a DistributedDataParallel program get a GPU of its own? Only programs that start NCCL themselves are
 * judged, and only if no code outside of what was read could choose the GPU. It cannot know a launcher that shows each rank
 * one GPU (Slurm does): a file that speaks of one is left alone. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static bool is_ddp(const struct local *l, const struct py_node *call)
{
	return local_calls(l, call, "torch.nn.parallel.DistributedDataParallel") ||
	       local_calls(l, call, "torch.nn.parallel.distributed.DistributedDataParallel");
}

static const struct py_node *constant(const struct local *l, const struct py_node *node)
{
	for (int i = 0; node && node->kind != PY_STRING && i < 4; i++) {
		const struct py_node *next = local_value(l, node);

		node = next ? next : local_flag_default(l, node);
	}
	return node;
}

/* NCCL between several processes. */
static bool starts_nccl(const struct local *l, const struct py_node *call)
{
	const struct py_node *backend, *world;

	if (!local_calls(l, call, "torch.distributed.init_process_group"))
		return false;
	backend = constant(l, local_argument(call, 0, "backend"));
	world = ast_keyword(call, "world_size");
	if (world && local_fold(l, world).kind == FOLD_INT && local_fold(l, world).number <= 1)
		return false;
	return backend && backend->kind == PY_STRING && strcmp(backend->name, "nccl") == 0;
}

static bool has_nccl(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].dotted && starts_nccl(l, l->nodes.v[i].node))
			return true;
	return false;
}

/* Can the GPU be chosen where it is not seen? */
static bool may_be_chosen_elsewhere(const struct local *l)
{
	static const char *const words[] = { "set_device", "VISIBLE_DEVICES", NULL };
	const struct unit *u = l->unit;

	if (local_has_word(u, "VISIBLE_DEVICES") || local_has_word(u, "SLURM") ||
	    local_has_word(u, "cuda.device(") || local_has_word(u, "OMPI_"))
		return true;
	return local_import_may(l, words);
}

/* A trainer that other files make: their main() may have chosen the GPU before. */
static bool is_run_by_others(const struct local *l, const struct py_node *ddp)
{
	const struct py_list *body = &l->unit->tree->body;

	if (!local_function(l, ddp) || local_has_word(l->unit, "__main__"))
		return false;
	for (size_t i = 0; i < body->n; i++)
		if (body->v[i]->kind == PY_EXPR && body->v[i]->a->kind == PY_CALL)
			return false;
	return true;
}

/* Several processes on one machine, all of which see all GPUs. */
static bool has_local_ranks(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (local_calls(l, node, "torch.multiprocessing.spawn")) {
			struct fold n = local_fold(l, local_argument(node, 2, "nprocs"));

			if (n.kind != FOLD_INT || n.number > 1)
				return true;
		}
	}
	return local_has_word(l->unit, "LOCAL_RANK") || local_has_word(l->unit, "local_rank");
}

/* The only element of device_ids=[x]; NULL: none, several, or not a list. */
static const struct py_node *only_device(const struct py_node *ddp)
{
	const struct py_node *ids = local_argument(ddp, 1, "device_ids");

	return ids && ids->kind == PY_LIST && ids->list.n == 1 ? ids->list.v[0] : NULL;
}

static bool is_constant_gpu(const struct local *l, const struct py_node *node)
{
	return node && (local_fold(l, node).kind == FOLD_INT ||
			(node->kind == PY_STRING && starts_with(node->name, "cuda")));
}

/* In a branch that may be meant for a single process. */
static bool is_in_branch(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *p = local_parent(l, node); p; p = local_parent(l, p)) {
		if (p->kind == PY_FUNC)
			return false;
		if ((p->kind == PY_IF || p->kind == PY_IFEXP || p->kind == PY_TRY) &&
		    !strstr(lint_text(l->unit, p->a ? p->a : p, 200), "__name__"))
			return true;
	}
	return false;
}

static void report_one_gpu(const struct local *l, const struct py_node *at,
			   const struct py_node *ddp, const char *words)
{
	struct finding *f =
		lint_report(l->unit, "ddp-all-ranks-one-gpu", at,
			    "raises: NCCL error: Duplicate GPU detected: every rank %s", words);

	if (!f)
		return;
	if (ddp != at)
		lint_way(l->unit, f, l->unit, ddp, "every rank comes here");
	lint_advise(l->unit, f, "call torch.cuda.set_device(local_rank) first, and use that GPU");
}

/* model.cuda() without an index, model.to("cuda"): the current GPU, which nobody set. */
static bool is_current_gpu(const struct local *l, const struct py_node *call)
{
	const char *method =
		call->kind == PY_CALL && !local_callee(l, call) ? local_method(call) : NULL;
	const struct py_node *to = method ? ast_positional(call, 0) : NULL;

	if (!method)
		return false;
	if (strcmp(method, "cuda") == 0)
		return call->list.n == 0;
	return strcmp(method, "to") == 0 && to && to->kind == PY_STRING &&
	       strcmp(to->name, "cuda") == 0;
}

static const struct py_node *moved_model(const struct local *l, const struct py_node *ddp)
{
	const struct py_node *model = local_argument(ddp, 0, "module");

	if (!model || !local_spend(l, l->nodes.n))
		return NULL;
	if (is_current_gpu(l, model))
		return model;
	for (size_t i = 0; model->kind == PY_NAME && i < local_pos(l, ddp); i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (!is_current_gpu(l, node) || local_function(l, node) != local_function(l, ddp) ||
		    is_in_branch(l, node))
			continue;
		if (p->kind == PY_ASSIGN && p->list.n == 1 && p->list.v[0]->kind == PY_NAME &&
		    strcmp(p->list.v[0]->name, model->name) == 0)
			return node;
		if (p->kind == PY_EXPR && node->a->a->kind == PY_NAME &&
		    strcmp(node->a->a->name, model->name) == 0)
			return node;
	}
	return NULL;
}

static void judge_choice(const struct local *l, const struct py_node *ddp, bool sets_device)
{
	const struct py_node *id = only_device(ddp), *moved;

	if (is_constant_gpu(l, id) && !is_in_branch(l, ddp)) {
		report_one_gpu(l, ddp, ddp, "uses the GPU of device_ids");
		return;
	}
	moved = sets_device || is_in_branch(l, ddp) ? NULL : moved_model(l, ddp);
	if (moved)
		report_one_gpu(l, moved, ddp,
			       "moves its model to the current GPU, which is number 0");
}

static void judge_set_device(const struct local *l, const struct py_node *call)
{
	if (local_calls(l, call, "torch.cuda.set_device") &&
	    is_constant_gpu(l, ast_positional(call, 0)) && !is_in_branch(l, call))
		report_one_gpu(l, call, call, "takes the same GPU");
}

/* Something that certainly works on the current GPU, whichever that is: number 0, if nobody set another. */
static bool uses_current_gpu(const struct local *l, const struct py_node *call)
{
	static const char *const names[] = { "torch.cuda.synchronize", "torch.cuda.Stream",
					     "torch.cuda.current_stream" };
	const char *callee = local_callee(l, call);
	const struct py_node *device = ast_keyword(call, "device");

	if (callee && strcmp(callee, "torch.device") == 0)
		device = ast_positional(call, 1) ? NULL : ast_positional(call, 0);
	if (device && device->kind == PY_STRING && strcmp(device->name, "cuda") == 0)
		return true;
	for (size_t i = 0; callee && i < sizeof names / sizeof *names; i++)
		if (strcmp(callee, names[i]) == 0 && !ast_positional(call, 0) && !device)
			return true;
	if (callee && (ends_with(callee, "gather_object") || ends_with(callee, "_object_list")))
		return starts_with(callee, "torch.distributed.");
	return is_current_gpu(l, call);
}

static bool something_uses_current_gpu(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_CALL && uses_current_gpu(l, l->nodes.v[i].node))
			return true;
	return false;
}

static void judge_missing(const struct local *l, const struct py_node *ddp)
{
	const struct py_node *id = only_device(ddp);
	struct finding *f;

	if (!id || is_constant_gpu(l, id) || id->kind == PY_NONE || local_is_dead(l, ddp))
		return;
	f = lint_report(
		l->unit, "ddp-no-set-device", ddp,
		"no torch.cuda.set_device() before: what uses the current GPU opens a context on GPU 0 in every "
		"rank, and takes its memory there");
	if (!f)
		return;
	if (!something_uses_current_gpu(l))
		lint_set_severity(f, SEVERITY_ADVICE); /* a risk: no damage is seen */
	lint_advise(l->unit, f, "call torch.cuda.set_device(%s) before init_process_group",
		    lint_text(l->unit, id, 60));
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);
	bool ranks, sets;

	if (u->is_test || !local_has_word(u, "DistributedDataParallel") || !has_nccl(l) ||
	    may_be_chosen_elsewhere(l))
		return;
	ranks = has_local_ranks(l);
	sets = local_has_word(u, "set_device");
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind != PY_CALL)
			continue;
		if (ranks)
			judge_set_device(l, node);
		if (!is_ddp(l, node))
			continue;
		if (ranks)
			judge_choice(l, node, sets || is_run_by_others(l, node));
		if (!sets && !is_run_by_others(l, node))
			judge_missing(l, node);
	}
}

const struct lint_pass pass_ddp = { "ddp", run };
