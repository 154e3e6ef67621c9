// SPDX-License-Identifier: Apache-2.0
/* Does a script train, and nothing in it asks for a GPU? For `check` alone, and where the interpreter did not find the model that
 * stays behind: then only the absence in everything that was read is the proof. A package that may place models by itself
 * ends it. */
#include <string.h>

#include "lint/local.h"
#include "lint/passes.h"
#include "lint/project.h"
#include "lint/silence.h"

static bool is_told(const struct unit *u)
{
	for (size_t i = 0; i < u->findings.n; i++)
		if (u->findings.v[i]->is_of_check)
			return true;
	return false;
}

/* A file that does something when it is run; one that only defines is somebody's library. */
static bool is_script(const struct unit *u)
{
	for (size_t i = 0; i < u->tree->body.n; i++) {
		const struct py_node *s = u->tree->body.v[i];

		if (s->kind == PY_FOR || s->kind == PY_WHILE || s->kind == PY_WITH ||
		    s->kind == PY_IF || (s->kind == PY_EXPR && s->a->kind == PY_CALL))
			return true;
	}
	return false;
}

static const struct py_node *training(const struct local *l)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *n = l->nodes.v[i].node;
		const char *method = n->kind == PY_CALL ? local_method(n) : NULL;

		if (method && strcmp(method, "backward") == 0)
			return n;
	}
	return NULL;
}

/* Settings from a file: cfg.device may be any. */
static bool reads_settings(const struct unit *u)
{
	static const char *const packages[] = { "json",   "yaml",           "omegaconf", "hydra",
						"yacs",   "configparser",   "tomllib",   "toml",
						"pickle", "ml_collections", "fire",      "click",
						"typer",  "absl",           "tyro" };

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (local_imports(local_of((struct unit *)u), packages[i]))
			return local_has_word(u, ".device");
	return false;
}

static bool others_may_move(const struct project *p)
{
	static const char *const words[] = { "cuda", "Accelerator", NULL };
	static const char *const doors[] = { "set_default_device", "set_default_tensor_type",
					     "globals()", "exec(", "importlib" };

	for (size_t i = 0; i < p->units.n; i++) {
		if (reads_settings(p->units.v[i]) ||
		    local_import_may(local_of(p->units.v[i]), words))
			return true;
		for (size_t k = 0; k < sizeof doors / sizeof *doors; k++)
			if (local_has_word(p->units.v[i], doors[k]))
				return true;
	}
	return false;
}

static void run(struct unit *u)
{
	const struct py_node *at;
	struct silence s;

	if (!u->project->expects_gpu || !u->is_entry || is_told(u) || !is_script(u))
		return;
	at = training(local_of(u));
	s = silence_of(u);
	if (!at || s.is_broken || s.is_open || s.off || others_may_move(u->project))
		return;

	struct finding *f =
		lint_report(u, "model-not-moved", at,
			    "the training runs on the CPU, without a word: %s", silence_title(&s));

	if (f)
		silence_explain(&s, f, u, u);
}

const struct lint_pass pass_silence = { "silence", run };
