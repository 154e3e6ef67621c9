// SPDX-License-Identifier: Apache-2.0
/* It cannot know what the script's own modules do to sys.path: it stops at the first of them. */
#include "lint/script_imports.h"

#include <string.h>

#include "core/str.h"
#include "lint/source.h"

enum { IMPORTS_MAX = 64 };

/* Who runs it (`uv run`, `pipx run`) makes an environment from what stands there. */
static const char own_environment[] = "# /// script";

/* May change sys.path, run an installer, or end the program: whatever is called by such a name. */
static bool is_meddling(const char *name)
{
	static const char *const names[] = {
		"path", "meta_path", "path_hooks", "modules",    "addsitedir", "system", "popen",
		"exit", "_exit",     "quit",       "subprocess", "pip",        "site",   "exec",
		"eval", "importlib", "__import__", "execv",      "execvp",     "execve", "runpy",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_os_path(const struct py_node *n)
{
	return n->kind == PY_ATTR && n->a->kind == PY_NAME && strcmp(n->a->name, "os") == 0 &&
	       strcmp(n->name, "path") == 0;
}

static bool find_meddling(struct py_node *n, void *data)
{
	bool *found = data;

	/* A body that is not run here does nothing here. */
	if (n->kind == PY_FUNC)
		return false;
	if ((n->kind == PY_NAME || n->kind == PY_ATTR) && is_meddling(n->name) && !is_os_path(n))
		*found = true;
	return !*found;
}

/* import os, import sys are harmless; `import _paths` of the user's own is not. */
static bool is_own(const struct unit *u, const char *module)
{
	return u->project && project_import(u->project, u, module, 0) != NULL;
}

static const char *first_part(struct arena *a, const char *dotted)
{
	return arena_strndup(a, dotted, strcspn(dotted, "."));
}

/* False: it is the user's own file, and anything may follow. */
static bool add(const struct unit *u, const char *dotted, uint32_t line, struct import_lines *out)
{
	const char *module = first_part(u->arena, dotted);

	if (is_own(u, module) || out->n == IMPORTS_MAX)
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].module, module) == 0)
			return true;
	PUSH(u->arena, out, ((struct import_line){ module, line }));
	return true;
}

static bool take(const struct unit *u, const struct py_node *s, struct import_lines *out)
{
	bool meddles = false;

	if (s->kind == PY_IMPORT_FROM)
		return s->level == 0 && add(u, s->name, s->line, out);
	if (s->kind == PY_IMPORT) {
		for (size_t i = 0; i < s->list.n; i++)
			if (!add(u, s->list.v[i]->name, s->line, out))
				return false;
		return true;
	}
	ast_walk((struct py_node *)(uintptr_t)s, find_meddling, &meddles);
	return !meddles;
}

struct import_lines script_imports(const struct unit *u)
{
	struct import_lines out = { 0 };

	if (u->source->is_notebook || u->has_errors || strstr(u->text, own_environment))
		return out;
	for (size_t i = 0; i < u->tree->body.n; i++)
		if (!take(u, u->tree->body.v[i], &out))
			break;
	return out;
}
