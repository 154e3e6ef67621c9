// SPDX-License-Identifier: Apache-2.0
/* Which files belong together, and which file does an import mean? A module is looked for as Python would from the folder
 * above the importing file's package, from the folder of the file, from the root of the project (where .git,
 * pyproject.toml or setup.py stands) and its src, and from where the user stands, if the file lies below that. Folders are listed
 * once; no file outside of these places is read.
 *
 * What it cannot know: sys.path as it is at run time. A library that is installed is not read: it is known by tables. */
#include "lint/project.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"
#include "lint/prefilter.h"
#include "lint/source.h"
#include "lint/sys_path.h"
#include "lint/table.h"

/* An imported file may be smaller than one that is asked for: it is only there to be understood. */
#define IMPORT_BYTES_MAX (512u << 10)
#define IMPORTS_MAX 400 /* that one entry leads to */
#define IMPORTS_BYTES_MAX                                                                          \
	(640u << 10) /* of them together: a tree takes fifteen times as much memory as its text */
#define PARENTS_MAX 64
#define KEPT_BYTES_MAX                                                                             \
	((size_t)20 << 20) /* trees and texts that wait for the next entry to import them again */
#define KEPT_BYTES_MIN ((size_t)6 << 20) /* but less of them while a big entry is judged: */
#define KEPT_LESS 100                    /* by so much for each byte of it */
/* Of the scripts beside a file, and above it, that may change where its tensors are made. */
#define SCRIPTS_MAX 200
#define SCRIPTS_BYTES_MAX (2u << 20)
#define SCRIPT_FOLDERS_MAX 4

struct folder {
	struct strlist names;
	const char *package_root; /* the nearest folder from here upwards that is no package */
	const char *project_root; /* or NULL */
	bool is_scanned;
	struct strlist movers; /* texts of its files that change where factories make tensors */
};

struct inside {
	struct table units, folders;
	struct table modules; /* "base:dotted" -> path, NULL if there is none (module_path) */
	struct arena
		*turn_arena; /* what is learned while one entry is judged; NULL: of the project */
	uint32_t turn;       /* counts the entries */
	size_t n_reached;    /* units that this entry led to */
	size_t n_text;       /* bytes of them */
	struct unit
		dropped; /* in the table: it was there, and is read again when it is asked for */
};

/* ---- folders ---- */

static bool has_name(const struct folder *f, const char *name)
{
	size_t low = 0, high = f->names.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, f->names.v[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool is_project_root(const struct folder *f)
{
	static const char *const marks[] = { ".git", ".hg", "pyproject.toml", "setup.cfg",
					     "setup.py" };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (has_name(f, marks[i]))
			return true;
	}
	return false;
}

/* Where libraries are installed: nothing beside the importing package is of its project. */
static bool is_site_folder(const char *path)
{
	const char *name = path_basename(path);

	return strcmp(name, "site-packages") == 0 || strcmp(name, "dist-packages") == 0;
}

static struct folder *folder_of(struct project *p, const char *path);

static void find_roots(struct project *p, const char *path, struct folder *f)
{
	const char *above = path_dirname(p->arena, path);
	bool is_top = strcmp(above, path) == 0;
	const struct folder *parent = NULL;

	if (!has_name(f, "__init__.py"))
		f->package_root = path;
	if (is_project_root(f))
		f->project_root = path;
	if (is_site_folder(path))
		f->project_root = "";
	if (is_top || (f->package_root && f->project_root)) {
		f->package_root = f->package_root ? f->package_root : path;
		return;
	}
	parent = folder_of(p, above);
	if (!f->package_root)
		f->package_root = parent->package_root;
	if (!f->project_root)
		f->project_root = parent->project_root;
}

/* What nobody asks for when the entry is judged. */
static struct arena *scratch_of(struct project *p)
{
	const struct inside *in = p->inside;

	return in->turn_arena ? in->turn_arena : p->arena;
}

/* Never NULL; one that cannot be read is empty. Recursion ends at the root of the file system. */
static struct folder *folder_of(struct project *p, const char *path)
{
	struct inside *in = p->inside;
	struct folder *f = NULL;
	void *known = NULL;

	if (table_get(&in->folders, path, &known))
		return known;
	path = arena_strdup(p->arena, path);
	f = arena_alloc(p->arena, sizeof *f);
	f->package_root = "";
	if (p->sys && sys_list(p->sys, path, &f->names) < 0 && f->names.n == 0)
		f->names = (struct strlist){ 0 };
	f->package_root = NULL;
	table_put(p->arena, &in->folders, path, f);
	find_roots(p, path, f);
	return f;
}

/* ---- loading ---- */

struct project *project_new(struct sys *sys, const char *cwd, struct arena *a)
{
	struct project *p = arena_alloc(a, sizeof *p);

	p->arena = a;
	p->sys = sys;
	p->cwd = cwd;
	p->inside = arena_alloc(a, sizeof(struct inside));
	return p;
}

static const char *shown_path(const struct project *p, const char *path)
{
	size_t n = p->cwd ? strlen(p->cwd) : 0;

	if (n > 1 && strncmp(path, p->cwd, n) == 0 && path[n] == '/')
		return path + n + 1;
	if (n == 1 && path[0] == '/')
		return path + 1;
	return path;
}

/* "models.resnet" of /home/me/net/models/resnet.py, if models is a package and net is none. */
static const char *module_name(struct project *p, struct arena *a, const char *path)
{
	const char *root = folder_of(p, path_dirname(scratch_of(p), path))->package_root;
	size_t skip = strlen(root);
	char *name = NULL;
	size_t n = 0;

	skip += strcmp(root, "/") != 0;
	if (strlen(path) < skip)
		return "";
	name = arena_strdup(a, path + skip);
	n = strlen(name);
	if (ends_with(name, "/__init__.py"))
		n -= strlen("/__init__.py");
	else if (ends_with(name, ".py"))
		n -= strlen(".py");
	name[n] = '\0';
	for (char *c = name; *c; c++)
		*c = *c == '/' ? '.' : *c;
	return name;
}

/* ---- what a script changes for what it imports ---- */

static void scan_script(struct project *p, struct folder *f, const char *path, size_t *bytes)
{
	struct arena *a = arena_new();
	struct bytes raw = { 0 };
	struct sys_stat st = { 0 };

	sys_read_into(p->sys, a);
	if (sys_stat(p->sys, path, &st) == 0 && st.kind == SYS_FILE &&
	    st.size_bytes <= IMPORT_BYTES_MAX && sys_read(p->sys, path, &raw) == 0) {
		*bytes += raw.n;
		if (moves_defaults(raw))
			PUSH(p->arena, &f->movers, arena_strndup(p->arena, raw.v, raw.n));
	}
	sys_read_into(p->sys, NULL);
	arena_free(a);
}

static void scan_folder(struct project *p, struct folder *f, const char *path)
{
	size_t n = 0, bytes = 0;

	f->is_scanned = true;
	for (size_t i = 0; i < f->names.n && n < SCRIPTS_MAX && bytes < SCRIPTS_BYTES_MAX; i++)
		if (ends_with(f->names.v[i], ".py")) {
			scan_script(p, f, path_join(scratch_of(p), path, f->names.v[i]), &bytes);
			n++;
		}
}

/* "helpers" of /home/me/net/helpers.py; of an __init__.py the folder's name. */
static const char *stem_of(struct project *p, const char *path)
{
	const char *name = path_basename(path);

	if (strcmp(name, "__init__.py") == 0)
		name = path_basename(path_dirname(scratch_of(p), path));
	return ends_with(name, ".py") ? arena_strndup(scratch_of(p), name, strlen(name) - 3) : name;
}

/* How far upwards its scripts may lie. */
static const char *top_of(const struct project *p, const char *path, const struct folder *own)
{
	size_t n = p->cwd ? strlen(p->cwd) : 0;

	if (own->project_root && *own->project_root)
		return own->project_root;
	return n > 1 && strncmp(path, p->cwd, n) == 0 && path[n] == '/' ? p->cwd
									: own->package_root;
}

const char *project_users_top(struct project *p, const char *path)
{
	const struct folder *own = folder_of(p, path_dirname(p->arena, path));
	size_t n = p->cwd ? strlen(p->cwd) : 0;
	bool is_below_cwd = n > 1 && strncmp(path, p->cwd, n) == 0 && path[n] == '/';

	if (is_site_folder(own->package_root))
		return NULL;
	if (own->project_root && strlen(own->project_root) > (is_below_cwd ? n : 0))
		return own->project_root;
	return is_below_cwd ? p->cwd : NULL;
}

static bool is_named_in(const struct folder *f, const char *stem, const char *part)
{
	for (size_t i = 0; i < f->movers.n; i++)
		if (imports_name(f->movers.v[i], stem) || imports_name(f->movers.v[i], part))
			return true;
	return false;
}

/* A script beside it, or in a folder above it, names it in an import and calls torch.set_default_device() or the like. */
static bool is_moved_by_script(struct project *p, const char *path)
{
	const char *stem = stem_of(p, path), *part = stem, *dir = path_dirname(scratch_of(p), path);
	const char *top = top_of(p, path, folder_of(p, dir));

	for (int i = 0; i < SCRIPT_FOLDERS_MAX && !is_site_folder(dir); i++) {
		struct folder *f = folder_of(p, dir);

		if (!f->is_scanned)
			scan_folder(p, f, dir);
		if (is_named_in(f, stem, part))
			return true;
		if (strcmp(dir, top) == 0)
			return false;
		part = path_basename(dir);
		dir = path_dirname(scratch_of(p), dir);
	}
	return false;
}

static bool is_test_path(const char *path)
{
	const char *name = path_basename(path);

	return strncmp(name, "test_", 5) == 0 || ends_with(name, "_test.py") ||
	       strcmp(name, "conftest.py") == 0 || strncmp(path, "tests/", 6) == 0 ||
	       strncmp(path, "test/", 5) == 0 || strstr(path, "/tests/") || strstr(path, "/test/");
}

/* "pytest", "unittest.mock" */
static bool imports_tests(const struct unit *u)
{
	const struct scope *module = names_inner(u, u->tree);

	for (size_t i = 0; i < module->bindings.n; i++) {
		const struct binding *b = &module->bindings.v[i];

		if (b->target && (strncmp(b->target, "pytest", 6) == 0 ||
				  strncmp(b->target, "unittest", 8) == 0))
			return true;
	}
	return false;
}

static bool find_error(struct py_node *node, void *data)
{
	const struct py_node **found = data;

	if (node->kind == PY_ERROR && !*found)
		*found = node;
	return !*found;
}

/* Once per file: its sound parts are judged all the same. */
static void note_errors(struct unit *u)
{
	const struct py_node *error = NULL;
	struct place place = { 0 };

	ast_walk(u->tree, find_error, &error);
	if (!error) {
		PUSH(u->arena, &u->notes,
		     arena_fmt(u->arena, "%s: written for an older Python, which Python 3 refuses",
			       u->path));
		return;
	}
	place = source_place(u->source, error->start);
	if (place.cell)
		PUSH(u->arena, &u->notes,
		     arena_fmt(
			     u->arena,
			     "%s: cell %u, line %u does not parse; what stands around it was judged",
			     u->path, place.cell, place.line));
	else
		PUSH(u->arena, &u->notes,
		     arena_fmt(u->arena,
			       "%s: line %u does not parse; what stands around it was judged",
			       u->path, place.line));
}

/* Text, tree and names live in `a`. */
static struct unit *make_unit(struct project *p, struct arena *a, const char *path,
			      const char *shown, const struct source *s)
{
	struct unit *u = arena_alloc(a, sizeof *u);

	u->arena = u->lasting = a;
	u->project = p;
	u->source = s;
	u->path = shown;
	u->module = path ? module_name(p, a, path) : "";
	u->full_path = path;
	u->text = s->text.v;
	u->n_text = s->text.n;
	make_tree(u, p->trees);
	u->names = names_new(u);
	u->is_test = is_test_path(shown) || imports_tests(u);
	u->is_moved = replaces_torch(s->text) || (path && p->sys && is_moved_by_script(p, path));
	if (u->has_errors)
		note_errors(u);
	u->arena = a == p->arena ? a : scratch_of(p);
	PUSH(p->arena, &p->units, u);
	return u;
}

static struct unit *load(struct project *p, struct arena *a, const char *path, struct bytes raw,
			 const char **ret_problem)
{
	const char *shown = shown_path(p, path);
	const struct source *s = source_new(a, shown, raw);

	if (s->problem) {
		*ret_problem = s->problem;
		return NULL;
	}
	return make_unit(p, a, path, shown, s);
}

/* One line for the user. */
static const char *why_unreadable(struct project *p, int err)
{
	if (err == -SYS_E_NOT_A_FILE)
		return "no file";
	return arena_fmt(p->arena, "cannot be read (%s)", sys_why(err));
}

static bool is_installed(struct project *p, const char *path)
{
	return is_site_folder(folder_of(p, path_dirname(p->arena, path))->package_root);
}

static struct unit *read_entry(struct project *p, struct arena *a, const char *path, bool dismiss,
			       const char **ret_problem)
{
	struct bytes raw = { 0 };
	int err;

	sys_read_into(p->sys, a);
	err = sys_read(p->sys, path, &raw);
	sys_read_into(p->sys, NULL);
	if (err < 0) {
		*ret_problem = why_unreadable(p, err);
		return NULL;
	}
	if (dismiss && !has_device_word(raw))
		return NULL;
	if (dismiss && !has_torch_word(raw) && is_installed(p, path))
		return NULL;
	return load(p, a, path, raw, ret_problem);
}

static void begin_entry(struct inside *in)
{
	in->turn++;
	in->n_reached = in->n_text = 0;
}

/* One that an earlier entry imported may be there already. */
static struct unit *known_unit(const struct inside *in, const char *path)
{
	void *known = NULL;

	table_get(&in->units, path, &known);
	return known == &in->dropped ? NULL : known;
}

struct unit *project_open(struct project *p, const char *path, bool dismiss,
			  const char **ret_problem)
{
	struct inside *in = p->inside;
	struct unit *u = known_unit(in, path);

	*ret_problem = NULL;
	begin_entry(in);
	if (!u) {
		u = read_entry(p, p->arena, path, dismiss, ret_problem);
		if (u)
			table_put(p->arena, &in->units, path, u);
	}
	if (u)
		u->is_entry = true;
	return u;
}

/* In an arena of its own, for other entries too. */
static bool is_kept(const struct project *p, const struct unit *u)
{
	return u->lasting != p->arena;
}

/* What was learned of it leads to what was learned of others. */
static void forget(struct unit *u)
{
	u->is_entry = false;
	u->findings = (typeof(u->findings)){ 0 };
	u->findings_cut = false;
	u->notes = (struct strlist){ 0 };
	u->classes = (typeof(u->classes)){ 0 };
	u->local = NULL;
	u->arena = NULL;
}

static void drop_unit(struct project *p, size_t at)
{
	struct inside *in = p->inside;
	struct unit *u = p->units.v[at];

	if (p->trees && u->turn)
		store_tree(p->trees, u);
	table_put(p->arena, &in->units, u->full_path, &in->dropped);
	memmove(p->units.v + at, p->units.v + at + 1, (p->units.n - at - 1) * sizeof *p->units.v);
	p->units.n--;
	arena_free(u->lasting);
}

static bool may_drop(const struct project *p, const struct unit *u)
{
	return is_kept(p, u) && !u->is_entry;
}

/* Those that were not asked for during the longest time go first. */
static void drop_units(struct project *p, size_t bytes_max)
{
	size_t bytes = 0;

	for (size_t i = 0; i < p->units.n; i++)
		bytes += may_drop(p, p->units.v[i]) ? arena_bytes(p->units.v[i]->lasting) : 0;
	while (bytes > bytes_max) {
		size_t oldest = p->units.n;

		for (size_t i = 0; i < p->units.n; i++)
			if (may_drop(p, p->units.v[i]) &&
			    (oldest == p->units.n ||
			     p->units.v[i]->turn < p->units.v[oldest]->turn))
				oldest = i;
		bytes -= arena_bytes(p->units.v[oldest]->lasting);
		drop_unit(p, oldest);
	}
}

/* What is learned of a big file takes much memory itself. */
static size_t kept_beside(const struct unit *entry)
{
	const size_t less = KEPT_LESS * entry->n_text;

	return KEPT_BYTES_MAX > KEPT_BYTES_MIN + less ? KEPT_BYTES_MAX - less : KEPT_BYTES_MIN;
}

struct unit *project_enter(struct project *p, const char *path, bool dismiss,
			   const char **ret_problem)
{
	struct inside *in = p->inside;
	struct unit *u = known_unit(in, path);

	*ret_problem = NULL;
	begin_entry(in);
	in->turn_arena = arena_new();
	for (size_t i = 0; i < p->units.n; i++)
		if (is_kept(p, p->units.v[i]))
			p->units.v[i]->arena = in->turn_arena;
	if (!u) {
		struct arena *kept = arena_new();

		u = read_entry(p, kept, path, dismiss, ret_problem);
		if (u) {
			table_put(p->arena, &in->units, path, u);
		} else {
			if (*ret_problem)
				*ret_problem = arena_strdup(in->turn_arena, *ret_problem);
			arena_free(kept);
		}
	}
	if (u) {
		u->is_entry = true;
		drop_units(p, kept_beside(u));
	}
	return u;
}

void project_leave(struct project *p)
{
	struct inside *in = p->inside;

	if (!in->turn_arena)
		return;
	for (size_t i = 0; i < p->units.n; i++)
		if (is_kept(p, p->units.v[i]))
			forget(p->units.v[i]);
	arena_free(in->turn_arena);
	in->turn_arena = NULL;
	drop_units(p, KEPT_BYTES_MAX);
}

void project_free(struct project *p)
{
	project_leave(p);
	drop_units(p, 0);
}

struct unit *project_open_text(struct project *p, const char *path, const char *shown,
			       struct bytes raw, const char **ret_problem)
{
	const struct source *s = source_new(p->arena, shown, raw);
	struct inside *in = p->inside;
	struct unit *u = NULL;

	*ret_problem = s->problem;
	if (s->problem)
		return NULL;
	begin_entry(in);
	u = make_unit(p, p->arena, path, shown, s);
	u->is_entry = true;
	if (path)
		table_put(p->arena, &in->units, path, u);
	return u;
}

/* ---- imports ---- */

static struct unit *read_import(struct project *p, const char *path)
{
	struct inside *in = p->inside;
	struct arena *a = in->turn_arena ? arena_new() : p->arena;
	struct sys_stat st = { 0 };
	struct bytes raw = { 0 };
	const char *problem = NULL;
	struct unit *u = NULL;

	sys_read_into(p->sys, a);
	if (sys_stat(p->sys, path, &st) == 0 && st.kind == SYS_FILE &&
	    st.size_bytes <= IMPORT_BYTES_MAX && sys_read(p->sys, path, &raw) == 0)
		u = load(p, a, arena_strdup(a, path), raw, &problem);
	sys_read_into(p->sys, NULL);
	if (!u && a != p->arena)
		arena_free(a);
	return u;
}

static struct unit *load_import(struct project *p, const char *path)
{
	struct inside *in = p->inside;
	struct unit *u = NULL;
	void *known = NULL;

	if (table_get(&in->units, path, &known) && known != &in->dropped)
		return known;
	u = read_import(p, path);
	table_put(p->arena, &in->units, path, u);
	return u;
}

/* One entry leads to so many files and no more, whatever others before it have read. */
static struct unit *reach(struct project *p, const char *path)
{
	struct inside *in = p->inside;
	struct unit *u = known_unit(in, path);

	if (u && u->turn == in->turn)
		return u;
	if (in->n_reached >= IMPORTS_MAX || in->n_text >= IMPORTS_BYTES_MAX)
		return NULL;
	u = load_import(p, path);
	if (u) {
		u->turn = in->turn;
		in->n_reached++;
		in->n_text += u->n_text;
	}
	return u;
}

static const char *path_key(struct arena *a, const char *base, const char *dotted)
{
	size_t n = strlen(base), m = strlen(dotted);
	char *key = arena_alloc(a, n + m + 2);

	memcpy(key, base, n);
	key[n] = ':';
	memcpy(key + n + 1, dotted, m);
	return key;
}

/* The module a.b below the folder `base`: base/a/b.py or base/a/b/__init__.py; NULL if there is none. */
static const char *find_module(struct project *p, const char *base, const char *dotted)
{
	struct bytes part = { 0 };
	size_t pos = 0;

	while (*dotted && next_part(dotted, '.', &pos, &part)) {
		const char *name = esc_bytes(scratch_of(p), part.v, part.n);
		const struct folder *f = folder_of(p, base);
		bool is_last = !part.v[part.n];

		if (is_last && has_name(f, arena_fmt(scratch_of(p), "%s.py", name)) &&
		    !(has_name(f, name) &&
		      has_name(folder_of(p, path_join(scratch_of(p), base, name)), "__init__.py")))
			return path_join(scratch_of(p), base,
					 arena_fmt(scratch_of(p), "%s.py", name));
		if (!has_name(f, name))
			return NULL;
		base = path_join(scratch_of(p), base, name);
	}
	if (!has_name(folder_of(p, base), "__init__.py"))
		return NULL;
	return path_join(scratch_of(p), base, "__init__.py");
}

/* The same, looked for once: every name with a dot in it may be one. */
static const char *module_path(struct project *p, const char *base, const char *dotted)
{
	struct inside *in = p->inside;
	const char *key = path_key(scratch_of(p), base, dotted), *path;
	void *known = NULL;

	if (table_get(&in->modules, key, &known))
		return known;
	path = find_module(p, base, dotted);
	path = path ? arena_strdup(p->arena, path) : NULL;
	table_put(p->arena, &in->modules, key, (void *)(uintptr_t)path);
	return path;
}

static struct unit *import_below(struct project *p, const char *base, const char *dotted)
{
	const char *path = base && *base ? module_path(p, base, dotted) : NULL;

	return path ? reach(p, path) : NULL;
}

/* What the tables know is never read, whatever lies beside it. */
static bool is_known_library(const char *dotted)
{
	static const char *const names[] = { "torch", "torchvision", "numpy" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);

		if (strncmp(dotted, names[i], n) == 0 && (dotted[n] == '.' || dotted[n] == '\0'))
			return true;
	}
	return false;
}

/* The first part of a.b.c is `name`. */
static bool begins_with_part(const char *dotted, const char *name)
{
	size_t n = strlen(name);

	return strncmp(dotted, name, n) == 0 && (dotted[n] == '.' || dotted[n] == '\0');
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	return n > 1 && strncmp(path, folder, n) == 0 && path[n] == '/';
}

static struct unit *import_absolute(struct project *p, const char *dir, const char *dotted)
{
	const struct folder *f = folder_of(p, dir);
	struct unit *u = NULL;

	if (is_known_library(dotted))
		return NULL;
	if (is_site_folder(f->package_root)) {
		const char *below = dir + strlen(f->package_root);
		const char *package = *below ? arena_strdup(scratch_of(p), below + 1) : "";
		size_t n = strcspn(package, "/");

		if (!begins_with_part(dotted, arena_strndup(scratch_of(p), package, n)))
			return NULL;
		return import_below(p, f->package_root, dotted);
	}
	u = import_below(p, dir, dotted);
	if (!u)
		u = import_below(p, f->package_root, dotted);
	if (!u && f->project_root && *f->project_root) {
		u = import_below(p, f->project_root, dotted);
		if (!u)
			u = import_below(p, path_join(scratch_of(p), f->project_root, "src"),
					 dotted);
	}
	/* Sources that were copied have no .git: `python -m agents.dqn` and PYTHONPATH=. are typed at their top. */
	if (!u && is_below(dir, p->cwd))
		u = import_below(p, p->cwd, dotted);
	return u;
}

/* Also where the file itself says that its imports are. */
static struct unit *import_anywhere(struct project *p, const struct unit *from, const char *dir,
				    const char *dotted)
{
	struct unit *u = import_absolute(p, dir, dotted);
	const struct strlist *added;

	if (u || is_known_library(dotted) || is_site_folder(folder_of(p, dir)->package_root))
		return u;
	added = sys_path_added((struct unit *)(uintptr_t)from);
	for (size_t i = 0; !u && i < added->n; i++)
		u = import_below(p, added->v[i], dotted);
	return u;
}

struct unit *project_import(struct project *p, const struct unit *from, const char *dotted,
			    unsigned level)
{
	const char *dir = from->full_path ? path_dirname(scratch_of(p), from->full_path) : NULL;
	const struct folder *f = NULL;

	if (!p->sys || !dir || (level == 0 && !*dotted) || strstr(dotted, "..") ||
	    level > PARENTS_MAX)
		return NULL;
	if (level == 0)
		return import_anywhere(p, from, dir, dotted);
	/* A relative import stays within the package. */
	f = folder_of(p, dir);
	for (; level > 1; level--) {
		if (strlen(dir) <= strlen(f->package_root))
			return NULL;
		dir = path_dirname(scratch_of(p), dir);
	}
	return import_below(p, dir, dotted);
}
