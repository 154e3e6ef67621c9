// SPDX-License-Identifier: Apache-2.0
/* Which other files of the project import what is to be judged, at once or through others? What they hand over is known only with
 * them: a class's device, a function's tensor. Lines of text decide, so a file of the same name elsewhere may be taken as well:
 * that costs time and nothing else. */
#include "verbs/lint_importers.h"

#include <string.h>

#include "core/json.h"
#include "lint/prefilter.h"
#include "lint/project.h"
#include "lint/source.h"
#include "lint/walk.h"

#define NAMES_MAX 20000 /* of files and folders that are passed by, Python or not */
#define BYTES_MAX ((size_t)24 << 20)
#define TOPS_MAX 4
#define LEVELS_MAX 4     /* importers of importers */
#define FOUND_MAX 200    /* of which the best IMPORTERS_MAX are judged */
#define LINES_MAX 100000 /* bytes of import lines of one file */

struct text {
	const char *path;
	const char *imports; /* its lines that import, one below the other */
	bool is_program;
	bool is_taken;
};

struct search {
	struct sys *sys;
	struct arena *arena;
	const struct lint_wish *wish;
	ARRAY(struct text) texts;
	ARRAY(const struct text *) found; /* nearest first */
	size_t n_bytes;
};

static bool has_path(const struct strlist *list, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], path) == 0)
			return true;
	return false;
}

static bool begins_with(struct bytes line, const char *word)
{
	size_t n = strlen(word);

	return line.n >= n && memcmp(line.v, word, n) == 0;
}

/* "from models.net import Net" and its like */
static const char *import_lines(struct arena *a, struct bytes text)
{
	struct str out = str_new(a, LINES_MAX);
	struct bytes line;
	size_t pos = 0;

	while (next_line(text, &pos, &line)) {
		while (line.n && (line.v[0] == ' ' || line.v[0] == '\t'))
			line = (struct bytes){ line.v + 1, line.n - 1 };
		if (begins_with(line, "import ") || begins_with(line, "from "))
			str_addf(&out, "%.*s\n", (int)line.n, line.v);
	}
	return str_text(&out);
}

static void read_one(struct search *s, const char *path)
{
	struct arena *scratch = NULL;
	struct bytes raw = { 0 };

	if (has_path(&s->wish->files, path) || s->n_bytes > BYTES_MAX)
		return;
	scratch = arena_new();
	sys_read_into(s->sys, scratch);
	if (sys_read(s->sys, path, &raw) == 0) {
		/* A notebook's pictures may hold any word. */
		struct bytes code =
			ends_with(path, ".ipynb") ? source_new(scratch, path, raw)->text : raw;

		PUSH(s->arena, &s->texts,
		     ((struct text){ .path = path,
				     .imports = import_lines(s->arena, code),
				     .is_program = is_program(code, path) }));
	}
	sys_read_into(s->sys, NULL);
	arena_free(scratch);
	s->n_bytes += raw.n;
}

static void read_below(struct search *s, const char *top)
{
	struct walk walk = { .names_max = NAMES_MAX };

	if (walk_path(s->sys, top, &s->wish->exclude, s->arena, &walk) < 0)
		return;
	for (size_t i = 0; i < walk.files.n; i++)
		if (!is_of_tests(walk.files.v[i], top))
			read_one(s, walk.files.v[i]);
}

/* What others write to import it: "net" of models/net.py, "models" of models/__init__.py. */
static const char *module_stem(struct arena *a, const char *path)
{
	const char *name = path_basename(path);

	if (strcmp(name, "__init__.py") == 0)
		name = path_basename(path_dirname(a, path));
	return arena_strndup(a, name, strcspn(name, "."));
}

static bool imports_any(const struct text *t, const struct strlist *stems)
{
	struct bytes lines = { t->imports, strlen(t->imports) };

	for (size_t i = 0; i < stems->n; i++)
		if (holds_word(lines, stems->v[i]))
			return true;
	return false;
}

/* The importers of `stems` that were not met yet; their own names are what is asked for next. */
static struct strlist take_level(struct search *s, const struct strlist *stems)
{
	struct strlist next = { 0 };

	for (size_t i = 0; i < s->texts.n && s->found.n < FOUND_MAX; i++) {
		struct text *t = &s->texts.v[i];

		if (t->is_taken || !imports_any(t, stems))
			continue;
		t->is_taken = true;
		PUSH(s->arena, &s->found, t);
		PUSH(s->arena, &next, module_stem(s->arena, t->path));
	}
	return next;
}

/* Programs first: they run what they import. */
static json_t *best_of(const struct search *s)
{
	json_t *array = json_array();

	for (int programs = 1; programs >= 0; programs--)
		for (size_t i = 0; i < s->found.n; i++)
			if (s->found.v[i]->is_program == programs &&
			    json_array_size(array) < IMPORTERS_MAX)
				json_array_append_new(array, json_text(s->found.v[i]->path));
	return array;
}

static void find_tops(struct search *s, struct project *p, struct strlist *ret_tops)
{
	for (size_t i = 0; i < s->wish->files.n && ret_tops->n < TOPS_MAX; i++) {
		const char *path = s->wish->files.v[i];
		const char *top = path[0] == '/' ? project_users_top(p, path) : NULL;

		if (top && !has_path(ret_tops, top))
			PUSH(s->arena, ret_tops, top);
	}
}

json_t *importers_find(const struct lint_wish *wish, struct sys *sys, struct arena *a)
{
	struct search s = { .sys = sys, .arena = a, .wish = wish };
	struct project *p = project_new(sys, wish->cwd, a);
	struct strlist tops = { 0 }, stems = { 0 };
	json_t *o = json_object();

	for (size_t i = 0; i < wish->files.n; i++)
		if (ends_with(wish->files.v[i], ".py")) /* no notebook, no standard input */
			PUSH(a, &stems, module_stem(a, wish->files.v[i]));
	if (stems.n)
		find_tops(&s, p, &tops);
	for (size_t i = 0; i < tops.n; i++)
		read_below(&s, tops.v[i]);
	for (int level = 0; level < LEVELS_MAX && stems.n; level++)
		stems = take_level(&s, &stems);
	project_free(p);
	json_object_set_new(o, "files", best_of(&s));
	return o;
}
