// SPDX-License-Identifier: Apache-2.0
/* Which torch would `import torch` take, and which others lie behind it? Walks python.first and python.path as CPython's
 * FileFinder does: a package before a module, a folder without __init__ only if nothing better follows. It cannot know
 * what an import hook does, nor what a program puts in front of sys.path before it imports torch. */
#include "collect/torch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/fact.h"

enum { MAX_INSTALLS = 8 };

/* A torch as the importer meets it. */
struct found {
	const char *place; /* the package folder or the module file */
	const char *file;  /* what proves it: torch/__init__.py, torch.py */
	bool foreign;      /* no PyTorch */
};

struct search {
	struct sys *sys;
	struct arena *arena;
	const char *ext; /* ".cpython-311-x86_64-linux-gnu.so", or NULL */
	struct torch *torch;
	const char *why, *where; /* the first place that could not be read: it may hold the torch */
	const char *bare,
		*bare_dir; /* the first folder torch/ without __init__, and the one it lies in */
	bool settled;      /* dir (or foreign) is known, or cannot be */
};

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

/* Folders up to this index (excluded) come before anything that could not be read. The place that could not be read is a
 * folder of the list, or a .pth file in one, whose lines would come behind it. */
static size_t count_sure(struct arena *a, const struct fact_strs *path)
{
	bool no_environment = path->st == UNKNOWN && starts_with(path->from, "env:") &&
			      strcmp(path->why, sys_why(-SYS_E_NOT_RECORDED)) == 0;

	/* Of a mounted disk it is asked what its Python imports when no variable interferes. */
	if (path->st == PRESENT || no_environment)
		return path->v.n;

	const char *dir = path_dirname(a, path->from);

	for (size_t i = 0; i < path->v.n; i++) {
		if (strcmp(path->v.v[i], path->from) == 0 || strcmp(path->v.v[i], dir) == 0)
			return i + 1;
	}
	return 0;
}

/* 0 if `name` in `dir` is a file, else a negative error; the whole name is always in *ret_file. What may not be entered
 * is not there for Python either; asked twice, because one wrong "no" here would hide a torch. */
static int look_for(struct sys *s, const char *dir, const char *name, const char **ret_file)
{
	struct sys_stat st;

	*ret_file = path_join(sys_arena(s), dir, name);

	int err = sys_stat(s, *ret_file, &st);

	if (err == -EACCES && sys_access(s, *ret_file, R_OK) == -EACCES)
		return -ENOENT;
	return !err && st.kind == SYS_DIR ? -ENOENT : err;
}

/* The first of `stem` with an ending that Python imports, in its order. */
static int look_for_module(struct search *w, const char *dir, const char *stem,
			   const char **ret_file)
{
	const char *endings[] = { w->ext, ".abi3.so", ".so", ".py", ".pyc" };

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		int err = -ENOENT;

		if (endings[i])
			err = look_for(w->sys, dir, arena_fmt(w->arena, "%s%s", stem, endings[i]),
				       ret_file);
		if (!is_absent(err))
			return err;
	}
	return -ENOENT;
}

static bool has_name(const struct strlist *names, const char *prefix, const char *part)
{
	for (size_t i = 0; i < names->n; i++) {
		if (starts_with(names->v[i], prefix) && strstr(names->v[i], part))
			return true;
	}
	return false;
}

/* Proved that no name in `dir` begins and goes on so. */
static bool lacks(struct search *w, const char *dir, const char *prefix, const char *part)
{
	struct strlist names = { 0 };
	int err = sys_list(w->sys, dir, &names);

	return is_absent(err) || (!err && !has_name(&names, prefix, part));
}

/* Somebody's own folder torch/, or a checkout of PyTorch's source that was never built: no version.py, which every build
 * writes, nothing compiled, and no installer's record beside it (then it would be a broken PyTorch). */
static bool is_foreign_package(struct search *w, const char *dir, const char *place)
{
	const char *file = NULL;

	return look_for(w->sys, place, "version.py", &file) == -ENOENT &&
	       lacks(w, place, "_C.", ".so") &&
	       lacks(w, path_join(w->arena, place, "lib"), "libtorch", ".so") &&
	       lacks(w, dir, "torch-", "-info");
}

/* A folder that may be entered but not listed is empty for Python: it lists before it looks. Asked twice, as above. */
static bool is_unlistable(struct search *w, const char *dir)
{
	struct strlist names;

	return sys_access(w->sys, dir, R_OK) == -EACCES && sys_list(w->sys, dir, &names) == -EACCES;
}

/* The torch in one folder of the path: 0, -ENOENT, or the error of ret_found->file. */
static int look_in(struct search *w, const char *dir, struct found *ret_found)
{
	const char *place = path_join(w->arena, dir, "torch");
	struct sys_stat st;
	bool package = true;
	int err = look_for(w->sys, dir, "torch/__init__.py", &ret_found->file);

	if (err == -ENOENT && sys_stat(w->sys, place, &st) == 0) {
		err = look_for_module(w, place, "__init__", &ret_found->file);
		if (is_absent(err) && st.kind == SYS_DIR && !w->bare) {
			w->bare = place;
			w->bare_dir = dir;
		}
	}
	if (is_absent(err)) {
		package = false;
		err = look_for_module(w, dir, "torch", &ret_found->file);
	}
	if (err || is_unlistable(w, dir))
		return is_absent(err) || !err ? -ENOENT : err;
	ret_found->place = package ? place : ret_found->file;
	ret_found->foreign = !package || is_foreign_package(w, dir, place);
	return 0;
}

/* What stays open stays open for everything that torch is. */
static void set_unknown(struct torch *t, const char *why, const char *where)
{
	t->dir = t->foreign = t->version = t->cuda = t->hip = t->xpu = fact_str_unknown(why, where);
}

static void leave_open(struct search *w, const char *why, const char *where)
{
	if (!w->settled)
		set_unknown(w->torch, why, where);
	w->settled = true;
	if (!w->why) {
		w->why = why;
		w->where = where;
	}
}

/* Of a source file; a compiled one without content cannot be imported. */
static struct fact_bool is_empty(struct sys *s, const char *file)
{
	struct sys_stat st = { 0 };
	int err = sys_stat(s, file, &st);

	return fact_bool(err, st.size_bytes == 0 && ends_with(file, ".py"), file);
}

static void take(struct search *w, const struct found *found)
{
	struct torch *t = w->torch;
	struct install install = { .dir = found->place };

	if (t->installs.n < MAX_INSTALLS)
		PUSH(w->arena, &t->installs, install);
	if (w->settled)
		return;
	w->settled = true;
	if (found->foreign) {
		set_unknown(t, "something else is called torch and comes first", found->file);
		t->foreign = fact_str(0, found->place, found->file);
		t->foreign_empty = is_empty(w->sys, found->file);
	} else {
		t->dir = fact_str(0, found->place, found->file);
		t->foreign = fact_str(-ENOENT, NULL, found->file);
	}
}

static void search_in(struct search *w, const char *dir)
{
	struct found found = { 0 };
	int err = look_in(w, dir, &found);

	if (!err)
		take(w, &found);
	else if (err != -ENOENT)
		leave_open(w, sys_why(err), found.file);
}

/* The ending of extension modules that holds the version and the machine; PyPy's is another. */
static void set_extension(struct search *w, const struct python *py)
{
	struct sys_uname name;
	int64_t minor = 0;

	if (py->version.st != PRESENT || !starts_with(py->version.v, "3."))
		return;

	size_t n = strspn(py->version.v + 2, "0123456789");
	int err = sys_uname(w->sys, &name);

	if (!parse_i64(arena_strndup(w->arena, py->version.v + 2, n), &minor))
		return;
	/* A recording without the machine's name says nothing against the torch that is found. */
	if (err && err != -SYS_E_NOT_RECORDED)
		leave_open(w, sys_why(err), "call:uname");
	if (!err)
		w->ext = arena_fmt(w->arena, ".cpython-3%d%s-%s-linux-gnu.so", (int)minor,
				   py->version.v[2 + n] == 't' ? "t" : "", name.machine);
}

static void search_path(struct search *w, const struct python *py)
{
	const struct fact_strs *path = &py->path;
	size_t sure = count_sure(w->arena, path);

	if (py->first.st == UNKNOWN)
		leave_open(w, py->first.why, py->first.from);
	else if (py->first.st == PRESENT)
		search_in(w, py->first.v);
	for (size_t i = 0; i < path->v.n; i++) {
		if (i >= sure)
			leave_open(w, path->why, path->from);
		search_in(w, path->v.v[i]);
	}
}

/* Why nothing was found: the first folder that this user may not list. */
static const char *closed_folder(struct search *w, const struct python *py)
{
	for (size_t i = 0; i < py->path.v.n; i++) {
		if (is_unlistable(w, py->path.v.v[i]))
			return py->path.v.v[i];
	}
	return py->path.from;
}

/* The torch that a running process has mapped: no search can be surer. NULL if it has none (yet). */
static const char *mapped_torch(struct sys *s, const struct python *py)
{
	static const char library[] = "/torch/lib/libtorch";
	struct arena *a = sys_arena(s);
	struct bytes maps;

	if (py->pid.st != PRESENT ||
	    sys_head(s, arena_fmt(a, "/proc/%d/maps", (int)py->pid.v), 4u << 20, &maps))
		return NULL;

	const char *at = memmem(maps.v, maps.n, library, strlen(library)), *start = at;

	/* "7f12-7f34 r-xp 00000000 08:01 1234    /path" */
	while (start && start > maps.v && start[-1] != '\n' && start[-1] != ' ')
		start--;
	if (!start || start == maps.v || *start != '/')
		return NULL;
	return esc_bytes(a, start, (size_t)(at - start) + strlen("/torch"));
}

static void take_mapped(struct arena *a, const struct python *py, const char *place,
			struct torch *t)
{
	const char *from = arena_fmt(a, "pid:%d/maps", (int)py->pid.v);

	if (t->dir.st == PRESENT && strcmp(t->dir.v, place) == 0)
		return;
	t->version = t->cuda = t->hip = t->xpu = (struct fact_str){ 0 };
	t->dir = fact_str(0, place, from);
	t->foreign = fact_str(-ENOENT, NULL, from);
}

/* Nothing better follows: Python makes an empty package of the folder. With an installer's record beside it, it is what is left
 * of a PyTorch, and the installer believes it to be there. */
static void take_bare(struct search *w, struct torch *t)
{
	if (!w->bare || is_unlistable(w, w->bare_dir))
		return;
	t->bare = fact_str(0, w->bare, w->bare);
	t->bare_of_torch = fact_bool(0, !lacks(w, w->bare_dir, "torch-", "-info"), w->bare);
}

void torch_find(struct sys *s, const struct python *py, struct torch *t)
{
	struct arena *a = sys_arena(s);
	struct search w = { .sys = s, .arena = a, .torch = t };

	set_extension(&w, py);
	search_path(&w, py);
	if (!w.settled && py->path.st != PRESENT)
		leave_open(&w, py->path.why, py->path.from);
	if (!w.settled) {
		t->dir = t->foreign = fact_str(-ENOENT, NULL, closed_folder(&w, py));
		take_bare(&w, t);
	}
	fact_list_state(&t->installs.st, &t->installs.from, &t->installs.why, 0, py->path.from);
	if (w.why) {
		t->installs.st = UNKNOWN;
		t->installs.why = w.why;
		t->installs.from = w.where;
	}

	const char *mapped = mapped_torch(s, py);

	if (mapped)
		take_mapped(a, py, mapped, t);
}

/* The first of the list is described already, unless something else is imported as torch. */
void torch_describe_installs(struct sys *s, const struct python *py, struct torch *t)
{
	for (size_t i = 0; i < t->installs.n; i++) {
		struct install *install = &t->installs.v[i];
		struct torch other = *t;

		if (t->foreign.st == PRESENT && strcmp(install->dir, t->foreign.v) == 0)
			continue;
		if (t->dir.st != PRESENT || strcmp(install->dir, t->dir.v) != 0) {
			other = (struct torch){ .dir = fact_str(0, install->dir, install->dir) };
			torch_describe(s, py, &other);
		}
		install->version = other.version;
		install->cuda = other.cuda;
		install->hip = other.hip;
		install->xpu = other.xpu;
		install->installer = other.installer;
	}
}
