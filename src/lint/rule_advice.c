// SPDX-License-Identifier: Apache-2.0
/* Is a GPU written into the program: "cuda" without a check, "cuda:1", a checkpoint that goes back to where it came from?
 * Advice, off unless it is asked for: on the author's machine all of it works. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

/* A branch that asks for the GPU, or a flag. */
static bool is_guarded(const struct local *l, const struct py_node *node, const char *const *words)
{
	for (const struct py_node *child = node, *p = local_parent(l, node); p;
	     child = p, p = local_parent(l, p)) {
		if ((p->kind != PY_IF && p->kind != PY_IFEXP) || p->a == child)
			continue;

		const char *test = lint_text(l->unit, p->a, 200);

		for (size_t i = 0; words[i]; i++)
			if (strcasestr(test, words[i]))
				return true;
	}
	return false;
}

static const char *const asks_gpu[] = { "cuda", "gpu", "device", "available", NULL };
static const char *const asks_count[] = { "count", "gpus", "world_size", NULL };

/* Number behind "cuda:", -1 for "cuda", -2 for another text. */
static int gpu_of_text(const char *text)
{
	if (strcmp(text, "cuda") == 0)
		return -1;
	if (!starts_with(text, "cuda:") || text[5] < '0' || text[5] > '9' || text[6])
		return -2;
	return text[5] - '0';
}

/* The string in .to("cuda"), torch.device("cuda"), device="cuda", or NULL. */
static const struct py_node *device_text(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);
	const struct py_node *text = ast_keyword(call, "device");

	if (!text &&
	    (local_calls(l, call, "torch.device") || (method && strcmp(method, "to") == 0)))
		text = ast_positional(call, 0);
	return text && text->kind == PY_STRING ? text : NULL;
}

static void report_cuda(const struct local *l, const struct py_node *at)
{
	struct finding *f = lint_report(l->unit, "hard-coded-cuda", at,
					"needs an NVIDIA GPU: nothing asks whether there is one");

	if (f)
		lint_advise(
			l->unit, f,
			"device = torch.device(\"cuda\" if torch.cuda.is_available() else \"cpu\"), and "
			".to(device)");
}

static void report_index(const struct local *l, const struct py_node *at)
{
	struct finding *f = lint_report(
		l->unit, "hard-coded-cuda-index", at,
		"needs a machine with that many GPUs: the number is written into the program");

	if (f)
		lint_advise(l->unit, f,
			    "write \"cuda\", and choose the GPU with CUDA_VISIBLE_DEVICES");
}

static bool is_plain_cuda(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);
	const struct py_node *text = device_text(l, call);
	const struct py_node *index = ast_positional(call, 0);

	if (method && strcmp(method, "cuda") == 0 && !local_callee(l, call))
		return !index || (index->kind == PY_INT && index->number == 0);
	if (local_calls(l, call, "torch.device") && ast_positional(call, 1))
		return false;
	return text && gpu_of_text(text->name) >= -1 && gpu_of_text(text->name) <= 0;
}

static bool is_above_zero(const struct py_node *node)
{
	return node && node->kind == PY_INT && node->number > 0;
}

static bool is_fixed_list(const struct py_node *ids)
{
	bool above = false;

	if (!ids || (ids->kind != PY_LIST && ids->kind != PY_TUPLE))
		return false;
	for (size_t i = 0; i < ids->list.n; i++) {
		if (ids->list.v[i]->kind != PY_INT)
			return false;
		above = above || ids->list.v[i]->number > 0;
	}
	return above;
}

static bool is_fixed_index(const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call);

	if (method && strcmp(method, "cuda") == 0 && !local_callee(l, call))
		return is_above_zero(ast_positional(call, 0));
	if (local_calls(l, call, "torch.device"))
		return is_above_zero(local_argument(call, 1, "index"));
	if (local_calls(l, call, "torch.cuda.set_device"))
		return is_above_zero(ast_positional(call, 0));
	return is_fixed_list(ast_keyword(call, "device_ids"));
}

/* "cuda:1" where it is a value, not the default of a flag or a parameter, not compared with. */
static bool is_used_text(const struct local *l, const struct py_node *text)
{
	const struct py_node *p = local_parent(l, text);

	if (p->kind == PY_COMPARE || p->kind == PY_DICT || p->kind == PY_FUNC || p->kind == PY_EXPR)
		return false;
	if (p->kind != PY_ARG)
		return p->kind == PY_ASSIGN || p->kind == PY_IFEXP;

	const char *method = local_method(local_parent(l, p));

	return (!p->name || strcmp(p->name, "default") != 0) &&
	       !(method &&
		 (strcmp(method, "add_argument") == 0 || strcmp(method, "startswith") == 0));
}

static void look_at_index(const struct local *l, const struct py_node *node)
{
	bool is_text =
		node->kind == PY_STRING && gpu_of_text(node->name) > 0 && is_used_text(l, node);

	if (!is_text && !(node->kind == PY_CALL && is_fixed_index(l, node)))
		return;
	if (!is_guarded(l, node, asks_count) && !local_is_dead(l, node))
		report_index(l, node);
}

static bool is_load(const struct local *l, const struct py_node *call, size_t *ret_position)
{
	*ret_position = local_calls(l, call, "torch.load") ? 1 : 2;
	return *ret_position == 1 || local_calls(l, call, "torch.hub.load_state_dict_from_url") ||
	       local_calls(l, call, "torch.utils.model_zoo.load_url");
}

static void look_at_load(const struct local *l, const struct py_node *call)
{
	static const char *const asks[] = { "cuda", "gpu", "device", "available", "map", NULL };
	size_t position = 0;

	if (!is_load(l, call, &position) || local_argument(call, position, "map_location") ||
	    local_has_stars(call) || is_guarded(l, call, asks))
		return;

	struct finding *f = lint_report(
		l->unit, "load-no-map-location", call,
		"puts the tensors back where they were saved: on that GPU, or it raises where "
		"there is none");

	if (!f)
		return;
	lint_advise(l->unit, f, "add map_location=\"cpu\", and move the model afterwards");
	if (call->list.n > 0)
		lint_edit(l->unit, f, APPLIES_LIKELY, call->list.v[call->list.n - 1]->end,
			  call->list.v[call->list.n - 1]->end, ", map_location=\"cpu\"");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);
	bool asks = local_has_word(u, "is_available") || local_has_word(u, "device_count");

	if (u->is_test)
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_CALL && !asks && l->has_torch && is_plain_cuda(l, node) &&
		    !is_guarded(l, node, asks_gpu))
			report_cuda(l, node);
		if (l->has_torch)
			look_at_index(l, node);
		if (l->nodes.v[i].dotted)
			look_at_load(l, node);
	}
}

const struct lint_pass pass_advice = { "advice", run };
