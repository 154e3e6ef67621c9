// SPDX-License-Identifier: Apache-2.0
/* Does the script ask for the GPU only if an option is given on its command line? `--cuda` that is off unless it is written,
 * `--device` that is "cpu" unless it says otherwise. It cannot know what the user typed. */
#include "lint/script_flag.h"

#include <string.h>

#include "core/str.h"

struct flag {
	const struct py_node *declared; /* the add_argument call */
	const char *option;             /* "--use-cuda" */
};

static const struct py_node *keyword(const struct py_node *call, const char *name)
{
	for (size_t i = 0; i < call->list.n; i++)
		if (call->list.v[i]->name && strcmp(call->list.v[i]->name, name) == 0)
			return call->list.v[i]->a;
	return NULL;
}

static bool is_text(const struct py_node *n, const char *text)
{
	return n && n->kind == PY_STRING && strcmp(n->name, text) == 0;
}

/* Its first long name. */
static const char *option_of(const struct py_node *call)
{
	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *a = call->list.v[i]->a;

		if (!call->list.v[i]->name && a && a->kind == PY_STRING &&
		    starts_with(a->name, "--"))
			return a->name;
	}
	return NULL;
}

/* What is off by default, and brings the GPU when it is on. */
static bool brings_gpu(const struct py_node *call, const char *option)
{
	static const char *const names[] = { "--cuda",        "--gpu",        "--use-cuda",
					     "--use_cuda",    "--use-gpu",    "--use_gpu",
					     "--enable-cuda", "--enable_cuda" };

	if (strcmp(option, "--device") == 0)
		return is_text(keyword(call, "default"), "cpu");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(option, names[i]) == 0)
			return is_text(keyword(call, "action"), "store_true") &&
			       !keyword(call, "default");
	return false;
}

static bool visit_declaration(struct py_node *n, void *data)
{
	struct flag *f = data;
	const char *option = NULL;

	if (n->kind == PY_CALL && n->a->kind == PY_ATTR && strcmp(n->a->name, "add_argument") == 0)
		option = option_of(n);
	if (!f->declared && option && brings_gpu(n, option)) {
		f->declared = n;
		f->option = option;
	}
	return true;
}

struct reading {
	const char *attribute; /* "use_cuda" */
	bool is_read;
};

static bool visit_reading(struct py_node *n, void *data)
{
	struct reading *r = data;

	r->is_read |= n->kind == PY_ATTR && strcmp(n->name, r->attribute) == 0;
	return !r->is_read;
}

/* "--use-cuda" is read as args.use_cuda. */
static bool is_read(const struct unit *u, const char *option)
{
	char *name = arena_strdup(u->arena, option + 2);
	struct reading r = { .attribute = name };

	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	ast_walk(u->tree, visit_reading, &r);
	return r.is_read;
}

const char *script_flag(const struct unit *u, uint32_t *ret_line)
{
	struct flag f = { 0 };

	ast_walk(u->tree, visit_declaration, &f);
	if (!f.declared || !is_read(u, f.option))
		return NULL;
	*ret_line = f.declared->line;
	return strcmp(f.option, "--device") == 0 ? "--device cuda" : f.option;
}
