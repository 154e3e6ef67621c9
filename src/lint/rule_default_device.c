// SPDX-License-Identifier: Apache-2.0
/* Does a default device of CUDA meet a sampler that makes a CPU generator of its own? RandomSampler, which shuffle=True means,
 * calls torch.randperm(n, generator=torch.Generator()): the default device moves the randperm, not the generator. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static bool is_setting(const struct local *l, const struct py_node *node)
{
	return local_calls(l, node, "torch.set_default_device") ||
	       local_calls(l, node, "torch.set_default_tensor_type");
}

static bool is_cuda_type(const struct local *l, const struct py_node *node)
{
	const char *dotted = node->kind == PY_STRING ? node->name : names_dotted(l->unit, node);

	return dotted && starts_with(dotted, "torch.cuda.");
}

/* Of an expression node: is it a setting to CUDA, for certain? (asked by order_find) */
static bool sets_cuda(const struct local *l, const struct py_node *node)
{
	const struct py_node *to = is_setting(l, node) ? ast_positional(node, 0) : NULL;

	if (!to)
		return false;
	if (local_calls(l, node, "torch.set_default_tensor_type"))
		return is_cuda_type(l, to);
	return local_device(l, to) == WHERE_CUDA;
}

/* Is every setting of the file one to CUDA? */
static bool is_always_cuda(const struct local *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (!is_setting(l, node))
			continue;
		if (!sets_cuda(l, node))
			return false;
		n++;
	}
	return n > 0;
}

static bool is_true(const struct local *l, const struct py_node *node)
{
	return node && local_truth(l, node) == TRUTH_YES;
}

/* Does this call make a sampler with a CPU generator of its own? */
static bool makes_generator(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);

	bool sure = true;

	if (!callee || !starts_with(callee, "torch.utils.data.") ||
	    local_option(l, call, SIZE_MAX, "generator", &sure) || !sure)
		return false;
	if (ends_with(callee, ".DataLoader"))
		return is_true(l, local_option(l, call, 2, "shuffle", &sure));
	if (local_has_stars(call))
		return false;
	if (ends_with(callee, ".RandomSampler"))
		return !ast_positional(call, 3);
	if (ends_with(callee, ".random_split"))
		return !ast_positional(call, 2);
	if (ends_with(callee, ".DistributedSampler"))
		return !ast_positional(call, 3) && !ast_keyword(call, "shuffle");
	return false;
}

static void look_at(const struct local *l, const struct py_node *call)
{
	const struct unit *in = NULL;
	const struct py_node *set = order_find(l, call, sets_cuda, &in);
	struct finding *f;

	if (!set || local_is_dead(l, call))
		return;
	f = lint_report(
		l->unit, "default-device-breaks-loader", call,
		"raises: RuntimeError: Expected a 'cuda' device type for generator but found 'cpu'");
	if (!f)
		return;
	lint_way(l->unit, f, in, set, "the default device is CUDA from here on");
	lint_advise(l->unit, f, "give it a generator: generator=torch.Generator(device=\"cuda\")");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (!local_has_word(u, "set_default_") || !is_always_cuda(l))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].dotted && makes_generator(l, l->nodes.v[i].node))
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_default_device = { "default-device", run };
