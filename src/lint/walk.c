// SPDX-License-Identifier: Apache-2.0
/* Which Python files does a folder hold? Left out: what .gitignore leaves out, hidden folders, environments with installed
 * libraries, what a build made; among installed libraries torch itself. A link to a folder is not followed, so that no loop can
 * be walked; a link to a file counts if the file lies outside. What is named on the command line is taken, whatever its name. */
#include "lint/walk.h"

#include <errno.h>
#include <string.h>

#include "lint/ignore.h"

#define DEPTH_MAX 100
#define FILES_MAX ((size_t)500000)

struct walker {
	struct sys *sys;
	struct arena *arena;
	struct walk *out;
	const char *root;      /* escaped */
	const char *root_real; /* links resolved; made when the first link is met */
	size_t n_generated;
	size_t n_names;
	bool is_full;
};

static void note(struct walker *w, const char *path, const char *what)
{
	PUSH(w->arena, &w->out->notes, arena_fmt(w->arena, "%s: %s", path, what));
}

static bool has_name(const struct strlist *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->v[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_python(const char *name)
{
	return ends_with(name, ".py") || ends_with(name, ".ipynb");
}

static bool is_generated(const char *name)
{
	return ends_with(name, "_pb2.py") || ends_with(name, "_pb2_grpc.py");
}

/* Folders that hold no source of the project. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = { "__pycache__",   "__pypackages__", "node_modules",
					     "site-packages", "dist-packages",  "buck-out" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return name[0] == '.' || ends_with(name, ".egg-info") || ends_with(name, ".dist-info");
}

/* By what lies in it: a virtual environment, a conda environment, what setuptools or wheel left behind. */
static bool is_foreign(const char *path, const struct strlist *names)
{
	const char *name = path_basename(path);
	bool is_build = strcmp(name, "build") == 0 || strcmp(name, "dist") == 0;

	if (has_name(names, "pyvenv.cfg") || has_name(names, "conda-meta"))
		return true;
	return is_build && !has_name(names, "__init__.py");
}

/* torch as it is installed: what is asked is how it is used. Whoever names it gets it. */
static bool is_torch_itself(struct walker *w, const char *path, const struct strlist *names)
{
	const char *above = path_basename(path_dirname(w->arena, path));

	return strcmp(path_basename(path), "torch") == 0 && has_name(names, "version.py") &&
	       has_name(names, "nn") &&
	       (strcmp(above, "site-packages") == 0 || strcmp(above, "dist-packages") == 0);
}

static const char *plain(struct walker *w, const char *escaped)
{
	return strchr(escaped, '\\') ? unesc(w->arena, escaped).v : escaped;
}

/* A link to a file below the root is met again there. */
static bool leads_outside(struct walker *w, const char *path)
{
	const char *real = NULL;
	size_t n = 0;

	if (!w->root_real && sys_realpath(w->sys, w->root, &w->root_real) < 0)
		return false;
	if (sys_realpath(w->sys, path, &real) < 0)
		return false;
	n = strlen(w->root_real);
	return strncmp(real, w->root_real, n) != 0 || real[n] != '/';
}

static void add_file(struct walker *w, const char *path)
{
	if (w->out->files.n >= FILES_MAX) {
		if (!w->is_full)
			note(w, path,
			     "500,000 files are enough: this one and all behind it are left out");
		w->is_full = true;
		return;
	}
	PUSH(w->arena, &w->out->files, path);
}

static void walk_dir(struct walker *w, const char *path, const struct ignore *outer,
		     unsigned depth);

static void walk_entry(struct walker *w, const char *path, const char *name,
		       const struct ignore *ignore, unsigned depth)
{
	struct sys_stat st = { 0 };
	bool is_source = is_python(name);

	if (is_left_out(name) && !is_source)
		return;
	if (w->out->names_max && ++w->n_names > w->out->names_max) {
		w->is_full = true;
		return;
	}
	if (sys_lstat(w->sys, path, &st) < 0)
		return;
	if (st.kind == SYS_DIR) {
		if (!ignore_has(ignore, plain(w, path), true))
			walk_dir(w, path, ignore, depth + 1);
		return;
	}
	if (!is_source || ignore_has(ignore, plain(w, path), false))
		return;
	if (st.kind == SYS_LINK &&
	    (sys_stat(w->sys, path, &st) < 0 || st.kind != SYS_FILE || !leads_outside(w, path)))
		return;
	if (st.kind != SYS_FILE)
		return;
	if (is_generated(name))
		w->n_generated++;
	else
		add_file(w, path);
}

static void read_ignore(struct walker *w, const char *dir, struct ignore *list)
{
	struct bytes text = { 0 };

	list->dir = plain(w, dir);
	if (sys_read(w->sys, path_join(w->arena, dir, ".gitignore"), &text) == 0)
		ignore_add(w->arena, list, text);
}

static void walk_dir(struct walker *w, const char *path, const struct ignore *outer, unsigned depth)
{
	struct ignore here = { .outer = outer };
	struct strlist names = { 0 };
	int err = sys_list(w->sys, path, &names);

	if (err < 0 && err != -SYS_E_CUT) {
		note(w, path, arena_fmt(w->arena, "cannot be read (%s)", sys_why(err)));
		return;
	}
	if (err == -SYS_E_CUT)
		note(w, path, "more than 20,000 names: those behind them are left out");
	if (depth > DEPTH_MAX) {
		note(w, path, "too deep, left out");
		return;
	}
	if (depth > 0 && is_foreign(path, &names))
		return;
	if (depth > 0 && is_torch_itself(w, path, &names)) {
		note(w, path, "torch itself, not judged");
		return;
	}
	if (has_name(&names, ".gitignore"))
		read_ignore(w, path, &here);
	for (size_t i = 0; i < names.n && !w->is_full; i++)
		walk_entry(w, path_join(w->arena, path, names.v[i]), names.v[i],
			   here.dir ? &here : outer, depth);
}

/* The files of the folders above count within one repository. */
static const struct ignore *rules_above(struct walker *w, const char *dir)
{
	ARRAY(struct ignore *) lists = { 0 };
	bool is_repository = false;
	const char *inner = dir;

	for (unsigned i = 0; i < DEPTH_MAX && !is_repository; i++) {
		struct ignore *list = arena_alloc(w->arena, sizeof *list);
		struct strlist names = { 0 };

		sys_list(w->sys, inner, &names);
		is_repository = has_name(&names, ".git");
		if (i > 0 && has_name(&names, ".gitignore")) {
			read_ignore(w, inner, list);
			PUSH(w->arena, &lists, list);
		}
		if (strcmp(inner, "/") == 0)
			break;
		inner = path_dirname(w->arena, inner);
	}
	if (!is_repository || lists.n == 0)
		return NULL;
	for (size_t i = 0; i + 1 < lists.n; i++)
		lists.v[i]->outer = lists.v[i + 1];
	return lists.v[0];
}

int walk_path(struct sys *sys, const char *path, const struct strlist *exclude, struct arena *a,
	      struct walk *ret_walk)
{
	struct walker w = { .sys = sys, .arena = a, .out = ret_walk, .root = path };
	struct ignore excluded = { .dir = path };
	struct sys_stat st = { 0 };
	int err = sys_stat(sys, path, &st);

	if (err < 0)
		return err;
	if (st.kind == SYS_FILE) {
		add_file(&w, path);
		return 0;
	}
	if (st.kind != SYS_DIR)
		return -SYS_E_NOT_A_FILE;
	excluded.dir = plain(&w, path);
	excluded.outer = rules_above(&w, path);
	for (size_t i = 0; i < exclude->n; i++)
		ignore_add(a, &excluded, (struct bytes){ exclude->v[i], strlen(exclude->v[i]) });
	walk_dir(&w, path, &excluded, 0);
	if (w.n_generated)
		note(&w, path,
		     arena_fmt(a, "%zu generated files (_pb2.py) are left out", w.n_generated));
	return 0;
}
