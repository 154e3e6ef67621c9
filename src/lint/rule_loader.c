// SPDX-License-Identifier: Apache-2.0
/* Does a DataLoader leave the loading to the training process, or copy from memory that is not pinned? Advice: for data that
 * lie in memory neither matters. */
#include <string.h>

#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static bool is_loader(const struct local *l, const struct py_node *call)
{
	return local_calls(l, call, "torch.utils.data.DataLoader") ||
	       local_calls(l, call, "torch.utils.data.dataloader.DataLoader");
}

static bool is_in_memory(const struct local *l, const struct py_node *loader)
{
	const struct py_node *data = local_argument(loader, 0, "dataset");

	for (int i = 0; data && data->kind == PY_NAME && i < 4; i++)
		data = local_value(l, data);
	return data &&
	       (data->kind == PY_LIST || local_calls(l, data, "torch.utils.data.TensorDataset"));
}

static bool uses_gpu(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_CALL && local_moves(l, l->nodes.v[i].node))
			return true;
	return false;
}

static void judge_workers(const struct local *l, const struct py_node *loader)
{
	bool sure = true;
	const struct py_node *workers = local_option(l, loader, 5, "num_workers", &sure);
	struct fold n = local_fold(l, workers);
	struct finding *f;

	if (!sure || (workers && (n.kind != FOLD_INT || n.number != 0)) || is_in_memory(l, loader))
		return;
	f = lint_report(l->unit, "loader-no-workers", loader,
			"loads every batch in the training process: the GPU waits meanwhile");
	if (f)
		lint_advise(l->unit, f,
			    "add num_workers=4, or as many as there are cores to spare");
}

static void judge_pinning(const struct local *l, const struct py_node *loader)
{
	bool sure = true;
	const struct py_node *pin = local_option(l, loader, 7, "pin_memory", &sure);
	struct finding *f;

	if (!sure || (pin && pin->kind != PY_FALSE))
		return;
	f = lint_report(
		l->unit, "loader-no-pin-memory", loader,
		"copies from memory that is not pinned: .to(device, non_blocking=True) then waits");
	if (f)
		lint_advise(l->unit, f, "add pin_memory=True");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);
	bool on_gpu = false, asked = false;

	if (u->is_test)
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (!l->nodes.v[i].dotted || !is_loader(l, node))
			continue;
		judge_workers(l, node);
		on_gpu = asked ? on_gpu : uses_gpu(l);
		asked = true;
		if (on_gpu)
			judge_pinning(l, node);
	}
}

const struct lint_pass pass_loader = { "loader", run };
