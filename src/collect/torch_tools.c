// SPDX-License-Identifier: Apache-2.0
/* What can replace this torch: is pip there, does the distribution forbid it to (PEP 668), and which index does a uv
 * project name for torch? `uv add --index OTHER=URL` silently keeps a torch that [tool.uv.sources] ties to another index
 * (tried with uv 0.13). Reads pyproject.toml line by line; a table that says it another way than by uv's own page is not
 * understood, and the fact is UNKNOWN then. */
#include "collect/torch.h"

#include <errno.h>
#include <string.h>

#include "core/version.h"
#include "facts/fact.h"

static void find_pip(struct sys *s, const struct python *py, struct torch *t)
{
	for (size_t i = 0; i < py->path.v.n; i++) {
		const char *file = path_join(sys_arena(s), py->path.v.v[i], "pip/__init__.py");
		struct sys_stat st;
		int err = sys_stat(s, file, &st);

		if (err == -ENOENT || err == -ENOTDIR)
			continue;
		t->pip = fact_bool(err, true, file);
		return;
	}
	if (py->path.st == PRESENT)
		t->pip = fact_bool(-ENOENT, false, py->path.from);
	else
		t->pip = (struct fact_bool){ UNKNOWN, py->path.from, py->path.why, false };
}

/* Beside the standard library of the Python below a virtual environment. */
static void find_mark(struct sys *s, const struct python *py, struct torch *t)
{
	static const char *const libs[] = { "lib", "lib64" };
	struct arena *a = sys_arena(s);
	int64_t minor = 0, major;

	if (py->base_prefix.st != PRESENT || py->version.st != PRESENT)
		return;
	major = version_major(py->version.v, &minor);
	for (size_t i = 0; i < 2 && t->externally_managed.st != PRESENT; i++) {
		const char *file = arena_fmt(a, "%s/%s/python%d.%d/EXTERNALLY-MANAGED",
					     py->base_prefix.v, libs[i], (int)major, (int)minor);
		struct sys_stat st;

		t->externally_managed = fact_bool(sys_stat(s, file, &st), true, file);
		if (t->externally_managed.st == UNKNOWN)
			return;
	}
}

/* ---- [tool.uv.sources] ---- */

enum section { OTHER_SECTION, SOURCES, SOURCES_OF_TORCH };

struct scan {
	struct arena *a;
	enum section section;
	int depth; /* of the brackets of a value that goes on; 0 between values */
	struct strlist names;
};

/* "pytorch-cpu" of `{ index = "pytorch-cpu", marker = "..." }`; all of them. */
static void take_names(struct scan *scan, const char *text)
{
	for (const char *at = text; (at = strstr(at, "index")); at += strlen("index")) {
		const char *value = at + strlen("index");

		value += strspn(value, " \t");
		if (*value != '=')
			continue;
		value += 1 + strspn(value + 1, " \t");
		if ((*value == '"' || *value == '\'') && strchr(value + 1, *value))
			PUSH(scan->a, &scan->names,
			     arena_strndup(scan->a, value + 1,
					   (size_t)(strchr(value + 1, *value) - value - 1)));
	}
}

static int depth_of(const char *text)
{
	int depth = 0;

	for (; *text && *text != '#'; text++)
		depth += (*text == '[' || *text == '{') - (*text == ']' || *text == '}');
	return depth;
}

static enum section section_of(const char *header)
{
	if (starts_with(header, "[tool.uv.sources]"))
		return SOURCES;
	if (starts_with(header, "[tool.uv.sources.torch]") ||
	    starts_with(header, "[[tool.uv.sources.torch]]"))
		return SOURCES_OF_TORCH;
	return OTHER_SECTION;
}

/* `torch = ...`, `torch.index = ...`; not torchvision. */
static bool is_of_torch(const struct scan *scan, const char *line)
{
	if (scan->section == SOURCES_OF_TORCH || scan->depth > 0)
		return true;
	return scan->section == SOURCES && starts_with(line, "torch") && line[5] &&
	       strchr(" \t=.", line[5]);
}

static void scan_line(struct scan *scan, const char *line)
{
	if (scan->depth == 0 && *line == '[') {
		scan->section = section_of(line);
	} else if (is_of_torch(scan, line)) {
		take_names(scan, line);
		scan->depth += depth_of(line);
	}
}

static struct fact_str index_of(struct sys *s, struct bytes text, const char *file)
{
	struct scan scan = { .a = sys_arena(s) };
	struct bytes line;

	for (size_t pos = 0; next_line(text, &pos, &line);) {
		const char *words = trimmed(scan.a, line.v, line.n);

		if (*words != '#')
			scan_line(&scan, words);
	}
	for (size_t i = 1; i < scan.names.n; i++)
		if (strcmp(scan.names.v[i], scan.names.v[0]) != 0)
			return fact_str_unknown("several indexes", file);
	return fact_str(scan.names.n ? 0 : -ENOENT,
			scan.names.n ? esc(scan.a, scan.names.v[0]) : NULL, file);
}

static void find_index(struct sys *s, struct torch *t)
{
	struct bytes text;

	if (t->project.st != PRESENT || strcmp(t->project.v, "uv") != 0)
		return;

	const char *file = path_join(sys_arena(s), path_dirname(sys_arena(s), t->project.from),
				     "pyproject.toml");
	int err = sys_read(s, file, &text);

	t->project_index = err ? fact_str(err, NULL, file) : index_of(s, text, file);
}

void torch_find_tools(struct sys *s, const struct python *py, struct torch *t)
{
	find_pip(s, py, t);
	find_mark(s, py, t);
	find_index(s, t);
}
