// SPDX-License-Identifier: Apache-2.0
/* What works on the CPU by contract, wherever its callers are: samples, collate functions and transforms of a loader, what is
 * exported or traced once, tests. Only names, bases and decorators tell. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/local.h"
#include "lint/names.h"

static bool has_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

/* Exported or traced code is run once, on the CPU; collate functions and samples are made there. */
static bool is_cpu_function(const struct unit *u, const struct py_node *n)
{
	static const char *const names[] = { "collate", "__getitem__", "onnx", "export", NULL };
	static const char *const decorators[] = { "tracing", "onnx", "symbolic", NULL };

	if (has_word(n->name, names))
		return true;
	for (size_t i = 0; i < n->list.n; i++) {
		const char *text = lint_text(u, n->list.v[i], 80);

		/* @script_if_tracing: run as it stands wherever nothing is traced. */
		if (has_word(text, decorators) && !strstr(text, "script_if_tracing"))
			return true;
	}
	return false;
}

static bool is_cpu_class(const struct unit *u, const struct py_node *n)
{
	/* BaseTransform: of torch_geometric and mmcv, a step of a data set. */
	static const char *const bases[] = { "Dataset", "Sampler", "TestCase", "BaseTransform",
					     NULL };

	for (size_t i = 0; i < n->list2.n; i++)
		if (has_word(lint_text(u, n->list2.v[i], 80), bases))
			return true;
	return false;
}

/* test(self, size=16) of a network: it tries itself out where it was made. With something to try it on it is anybody's. */
static bool tries_itself_out(const struct unit *u, const struct py_node *n)
{
	const struct py_node *cls = names_scope(u, n)->node;

	if (strcmp(n->name, "test") != 0 || cls->kind != PY_CLASS)
		return false;
	for (size_t i = 1; i < n->params.n; i++)
		if (!n->params.v[i].fallback)
			return false;
	for (size_t i = 0; i < cls->body.n; i++)
		if (cls->body.v[i]->kind == PY_FUNC && strcmp(cls->body.v[i]->name, "forward") == 0)
			return true;
	return false;
}

/* A file of steps that a data set takes in the workers of its loader: transforms/noise.py. Those that are modules are as often
 * moved to the GPU and called there. */
static bool is_data_step(const struct unit *u)
{
	static const char *const places[] = { "transforms", "transform", "augmentation",
					      "augmentations" };
	const char *path = u->path;
	size_t pos = 0;
	struct bytes part;

	if (local_has_word(u, "Module") || local_has_word(u, "forward"))
		return false;
	while (next_part(path, '/', &pos, &part))
		for (size_t i = 0; i < sizeof places / sizeof *places; i++)
			if (strncmp(part.v, places[i], strlen(places[i])) == 0 &&
			    (part.n == strlen(places[i]) || part.v[strlen(places[i])] == '.'))
				return true;
	return false;
}

bool is_cpu_by_contract(const struct unit *u, const struct py_node *at)
{
	for (const struct scope *scope = names_scope(u, at); scope; scope = scope->outer)
		if ((scope->node->kind == PY_FUNC &&
		     (is_cpu_function(u, scope->node) || tries_itself_out(u, scope->node))) ||
		    (scope->node->kind == PY_CLASS && is_cpu_class(u, scope->node)))
			return true;
	return u->is_test || is_data_step(u);
}

bool is_run_on_cpu(const struct scene *x)
{
	return is_cpu_by_contract(interp_unit(x->in), x->at);
}
