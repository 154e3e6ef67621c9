// SPDX-License-Identifier: Apache-2.0
/* The worker's side of `whycpu lint`. The files that a worker judges share a project, so that what they all import is read once; what
 * is found in a file does not depend on it. */
#include "verbs/lint_work.h"

#include <errno.h>
#include <string.h>

#include "core/json.h"
#include "core/page.h"
#include "facts/finding_json.h"
#include "lint/config.h"
#include "lint/prefilter.h"
#include "lint/project.h"
#include "lint/script_env.h"
#include "lint/script_flag.h"
#include "lint/script_imports.h"
#include "lint/source.h"
#include "lint/walk.h"
#include "verbs/lint_fix.h"
#include "verbs/lint_importers.h"

#define PROJECT_BYTES_MAX                                                                          \
	((size_t)6 << 20) /* of what is known of folders: of more than this it is begun anew */
#define PARENTS_MAX 40

struct worker {
	struct sys_options options;
	struct look_page page;
	struct arena *arena; /* of the project, or of one walk */
	struct sys *sys;
	struct project *project;
	struct tree_store trees; /* of imported files: outlives projects */
};

static struct worker *new_worker(const struct sys_options *options)
{
	struct worker *w = arena_alloc(arena_new(), sizeof *w);

	w->options = *options;
	return w;
}

static void drop(struct worker *w)
{
	if (w->project)
		project_free(w->project);
	if (w->sys)
		sys_close(w->sys);
	if (w->arena)
		arena_free(w->arena);
	w->sys = NULL;
	w->arena = NULL;
	w->project = NULL;
}

static void open_sys(struct worker *w)
{
	const char *problem = NULL;

	w->arena = arena_new();
	w->sys = sys_new(&w->options, &w->page, w->arena, &problem);
}

static json_t *texts(const struct strlist *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_text(list->v[i]));
	return array;
}

static json_t *problem(const char *text)
{
	json_t *o = json_object();

	json_put_text(o, "problem", text);
	return o;
}

/* ---- which files ---- */

const char *lint_shown(const struct lint_wish *wish, const char *path)
{
	const char *cwd = wish->cwd;
	size_t n = cwd ? strlen(cwd) : 0;

	if (n > 1 && strncmp(path, cwd, n) == 0 && path[n] == '/')
		return path + n + 1;
	return cwd && strcmp(path, cwd) == 0 ? "." : path;
}

void *walk_begin(void *context, const struct sys_options *sys)
{
	struct worker *w = new_worker(sys);

	(void)context;
	open_sys(w);
	return w;
}

static const char *why_not(struct worker *w, int err)
{
	if (err == -ENOENT || err == -ENOTDIR)
		return "does not exist";
	if (err == -EACCES)
		return "may not be read";
	if (err == -SYS_E_NOT_A_FILE)
		return "is neither a file nor a folder";
	return arena_fmt(w->arena, "cannot be read (%s)", sys_why(err));
}

static json_t *config_dump(const char *path, const struct lint_config *config)
{
	json_t *o = json_object();

	json_put_text(o, "path", path);
	if (config->has_select)
		json_object_set_new(o, "select", texts(&config->select));
	json_object_set_new(o, "ignore", texts(&config->ignore));
	json_object_set_new(o, "exclude", texts(&config->exclude));
	return o;
}

/* The nearest pyproject.toml at or above `path` that has our table. NULL: there is none, or it is no use, which is told. */
static json_t *find_config(struct worker *w, const char *path, const char **ret_problem)
{
	const char *dir = path;

	for (int i = 0; i < PARENTS_MAX; i++) {
		const char *file = path_join(w->arena, dir, "pyproject.toml"), *why = NULL;
		struct lint_config config = { 0 };
		struct bytes toml;

		if (sys_read(w->sys, file, &toml) == 0) {
			if (!config_parse(toml, w->arena, &config, &why)) {
				*ret_problem = arena_fmt(w->arena, "%s, %s", file, why);
				return NULL;
			}
			if (config.is_there)
				return config_dump(file, &config);
		}
		if (strcmp(dir, "/") == 0)
			return NULL;
		dir = path_dirname(w->arena, dir);
	}
	return NULL;
}

json_t *config_run(void *context, void *worker, size_t item)
{
	const struct lint_wish *wish = context;
	struct worker *w = worker;
	const char *from = strcmp(wish->paths.v[item], "-") == 0 ? wish->cwd : wish->paths.v[item];
	const char *bad = NULL;
	json_t *config = from ? find_config(w, from, &bad) : NULL;

	return bad ? problem(bad) : config;
}

json_t *walk_run(void *context, void *worker, size_t item)
{
	const struct lint_wish *wish = context;
	struct worker *w = worker;
	const char *path = wish->paths.v[item];
	struct walk walk = { 0 };
	json_t *o;
	int err = 0;

	if (strcmp(path, "-") == 0)
		PUSH(w->arena, &walk.files, "-");
	else
		err = walk_path(w->sys, path, &wish->exclude, w->arena, &walk);
	if (err)
		return problem(why_not(w, err));
	o = json_object();
	json_object_set_new(o, "files", texts(&walk.files));
	json_object_set_new(o, "notes", texts(&walk.notes));
	return o;
}

json_t *company_run(void *context, void *worker, size_t item)
{
	struct worker *w = worker;

	(void)item;
	return importers_find(context, w->sys, w->arena);
}

/* ---- one file ---- */

void *judge_begin(void *context, const struct sys_options *sys)
{
	(void)context;
	return new_worker(sys);
}

static void need_project(struct worker *w, const struct lint_wish *wish)
{
	if (w->project && arena_bytes(w->arena) > PROJECT_BYTES_MAX)
		drop(w);
	if (w->project)
		return;
	open_sys(w);
	w->project = project_new(w->sys, wish->cwd, w->arena);
	w->project->expects_gpu = wish->wants_script;
	w->project->trees = &w->trees;
}

static struct unit *open_unit(struct worker *w, const struct lint_wish *wish, size_t item,
			      const char **ret_problem)
{
	const char *path = wish->files.v[item];
	bool dismiss = wish->company.v[item] || (wish->mode == LINT_ONLY && !wish->typed.v[item]);

	if (strcmp(path, "-") != 0)
		return project_enter(w->project, path, dismiss, ret_problem);
	return project_open_text(w->project, wish->cwd ? path_join(w->arena, wish->cwd, "-") : NULL,
				 "-", wish->stdin_text, ret_problem);
}

static json_t *comment_dump(const struct suppression *s, const struct lint_choice *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "at", location_dump(&s->at));
	json_object_set_new(o, "ids", texts(&s->ids));
	json_object_set_new(o, "idle", json_boolean(suppression_is_idle(s, c)));
	return o;
}

/* What one unit has that was not told yet. A finding of a file that is only imported stands in that file. */
static void tell_unit(struct unit *u, const struct lint_wish *wish, json_t *ret_findings,
		      json_t *ret_comments, json_t *ret_notes)
{
	struct suppressions comments = { 0 };

	suppressions_find(u, &comments);
	for (size_t i = 0; i < u->findings.n; i++) {
		struct finding *f = u->findings.v[i];

		if (choose_takes(&wish->choice, f) && !suppressions_take(&comments, f))
			json_array_append_new(ret_findings, finding_dump(f));
	}
	for (size_t i = 0; i < comments.n; i++)
		if (u->is_entry || comments.v[i].is_used)
			json_array_append_new(ret_comments,
					      comment_dump(&comments.v[i], &wish->choice));
	for (size_t i = 0; i < u->notes.n; i++)
		json_array_append_new(ret_notes, json_text(u->notes.v[i]));
	u->findings.n = 0;
	u->notes.n = 0;
}

static json_t *result_of(struct project *p, const struct unit *entry, const struct lint_wish *wish)
{
	json_t *o = json_object(), *findings = json_array(), *comments = json_array(),
	       *notes = json_array();

	for (size_t i = 0; i < p->units.n; i++)
		if (p->units.v[i] == entry || p->units.v[i]->findings.n || p->units.v[i]->notes.n)
			tell_unit(p->units.v[i], wish, findings, comments, notes);
	for (size_t i = 0; i < p->notes.n; i++)
		json_array_append_new(notes, json_text(p->notes.v[i]));
	p->notes.n = 0;
	json_object_set_new(o, "findings", findings);
	json_object_set_new(o, "comments", comments);
	json_object_set_new(o, "notes", notes);
	json_object_set_new(o, "passed", texts(&entry->passed));
	return o;
}

/* "script_env": {"line": 3, "v": ""} */
static void add_place(json_t *result, const char *key, uint32_t line, const char *value)
{
	if (value)
		json_object_set_new(
			result, key,
			json_pack("{s:i, s:o}", "line", (int)line, "v", json_text(value)));
}

static void add_script(const struct unit *u, json_t *result)
{
	uint32_t line = 0;
	const char *value = script_env(u, "CUDA_VISIBLE_DEVICES", &line);

	add_place(result, "script_env", line, value);
	value = script_flag(u, &line);
	add_place(result, "script_flag", line, value);
}

/* "script_imports": [{"line": 3, "v": "torchvision"}] */
static void add_imports(const struct unit *u, json_t *result)
{
	struct import_lines imports = script_imports(u);
	json_t *list = json_array();

	for (size_t i = 0; i < imports.n; i++)
		json_array_append_new(list, json_pack("{s:i, s:o}", "line", (int)imports.v[i].line,
						      "v", json_text(imports.v[i].module)));
	json_object_set_new(result, "script_imports", list);
}

static json_t *judge_unit(struct worker *w, struct unit *u, const struct lint_wish *wish,
			  size_t item)
{
	bool is_company = wish->company.v[item];
	json_t *result;

	lint_unit(u);
	result = result_of(w->project, u, wish);
	if (wish->wants_script)
		add_script(u, result);
	add_imports(u, result);
	if (wish->mode != LINT_ONLY && !is_company &&
	    json_array_size(json_object_get(result, "findings")))
		lint_fix(u, wish->files.v[item], wish, &w->options, result);
	return result;
}

json_t *judge_run(void *context, void *worker, size_t item)
{
	const struct lint_wish *wish = context;
	struct worker *w = worker;
	const char *why = NULL;
	struct unit *u;

	need_project(w, wish);
	u = open_unit(w, wish, item, &why);

	json_t *result = u ? judge_unit(w, u, wish, item) : why ? problem(why) : NULL;

	project_leave(w->project);
	return result;
}

/* ---- who uses what was found ---- */

/* Of "NAME FILE#NODE": does this file import FILE, or a package that holds it, and name NAME? */
static bool uses(struct arena *a, struct bytes text, const char *path, const char *assumed)
{
	size_t n = strcspn(assumed, " ");
	const char *name = arena_strndup(a, assumed, n), *file = assumed + n + !!assumed[n];
	const char *end = strrchr(file, '#'), *stem, *folder;

	file = arena_strndup(a, file, end ? (size_t)(end - file) : strlen(file));
	stem = path_basename(file);
	stem = arena_strndup(a, stem, strcspn(stem, "."));
	folder = path_basename(path_dirname(a, file));
	return strcmp(file, path) != 0 && holds_word(text, name) &&
	       (imports_name(text.v, stem) || (*folder && imports_name(text.v, folder)));
}

bool is_program(struct bytes text, const char *path)
{
	return ends_with(path, ".ipynb") || holds_word(text, "__main__");
}

/* Its Python: of a notebook without the pictures, in which any word may stand. */
static struct bytes code_of(struct worker *w, const char *path)
{
	struct bytes raw = { 0 };

	if (sys_read(w->sys, path, &raw) < 0)
		return (struct bytes){ 0 };
	return source_new(w->arena, path, raw)->text;
}

bool is_of_tests(const char *path, const char *cwd)
{
	size_t n = cwd ? strlen(cwd) : 0;

	return strstr(n && strncmp(path, cwd, n) == 0 ? path + n : path, "/test") != NULL;
}

json_t *uses_run(void *context, void *worker, size_t item)
{
	const struct lint_wish *wish = context;
	struct worker *w = worker;
	const char *path = wish->files.v[item];
	struct bytes text = { 0 };
	json_t *o, *list = json_array();

	drop(w);
	open_sys(w);
	if (strcmp(path, "-") != 0 && !is_of_tests(path, wish->cwd))
		text = code_of(w, path);
	if (text.n)
		for (size_t i = 0; i < wish->assumed.n; i++)
			if (uses(w->arena, text, path, wish->assumed.v[i]))
				json_array_append_new(list, json_integer((json_int_t)i));
	if (!json_array_size(list)) {
		json_decref(list);
		return NULL;
	}
	o = json_object();
	json_object_set_new(o, "uses", list);
	json_object_set_new(o, "quiet",
			    json_boolean(is_program(text, path) && !speaks_of_gpu(text)));
	return o;
}
