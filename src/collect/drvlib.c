// SPDX-License-Identifier: Apache-2.0
/* Which libcuda.so.1, libnvidia-ml.so.1 and libnvidia-ptxjitcompiler.so.1 the target process would load, and their
 * versions, as the names of the real files tell them. libcuda is opened by libcudart, so that the DT_RPATH of torch's
 * libraries and of the Python come before LD_LIBRARY_PATH (collect/ldsearch.h); NVML is opened by ctypes. What a program
 * opens by its whole path is not seen, and no library is opened for execution here. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/compat_note.h"
#include "collect/drvpkg.h"
#include "collect/ldsearch.h"
#include "collect/ldso.h"
#include "facts/fact.h"

#define FILES_MAX 64
#define PRELOADS_MAX 32

static const char *const stems[] = { "libcuda.so.", "libnvidia-ml.so.",
				     "libnvidia-ptxjitcompiler.so." };

struct session {
	struct sys *sys;
	struct arena *arena;
	struct facts *facts;
	struct drvlib *out;
	struct sys_elf libcuda; /* its header */
	bool has_header;
	struct strlist listed; /* folders that were looked through */
};

/* ---- versions ---- */

/* libcuda.so.550.54.15 -> 550.54.15. A file that is called libcuda.so.1 itself (a copy, a stub) or libcuda.so.1.1 (WSL)
 * has none: driver branches have three digits. */
static const char *version_in(const char *name)
{
	const char *at = strstr(name, ".so.");
	const char *version = at ? at + 4 : "";
	size_t branch = strspn(version, "0123456789");

	if (branch < 3 || version[branch] != '.' || version[strspn(version, "0123456789.")])
		return NULL;
	return version;
}

static struct fact_str version_of(const char *real)
{
	const char *version = version_in(path_basename(real));

	return fact_str(version ? 0 : -ENOENT, version, real);
}

/* ---- the three libraries ---- */

static const char *source(const struct session *w)
{
	struct sys_stat st;

	return sys_stat(w->sys, "/etc/ld.so.cache", &st) == 0 ? "/etc/ld.so.cache"
							      : "/etc/ld.so.conf";
}

static struct library nowhere(const struct session *w)
{
	struct fact_str none = fact_str(-ENOENT, NULL, source(w));

	return (struct library){ none, none, none, none };
}

static struct library unknown(const char *why, const char *where)
{
	struct fact_str open = fact_str_unknown(why, where);

	return (struct library){ open, open, open, open };
}

static struct library library_at(const struct session *w, const char *path, const char *way)
{
	const char *real = NULL;
	int err = sys_realpath(w->sys, path, &real);

	if (err)
		return unknown(sys_why(err), path);
	return (struct library){ .path = fact_str(0, path, path),
				 .real = fact_str(0, real, path),
				 .version = version_of(real),
				 .way = fact_str(0, way, path) };
}

/* NVIDIA's packages of pip bring no driver library. */
static bool is_pip_folder(const char *where)
{
	return strstr(where, "/site-packages/") && strstr(where, "/nvidia/");
}

/* A place that comes earlier and could not be read may hold another one: then this search proves nothing. */
static struct library found_as(const struct session *w, struct ld_search *q,
			       const struct ld_found *found)
{
	const struct fact_str *variable = &w->facts->env.ld_library_path;
	const char *where = NULL, *why = ld_doubt(q, &where);

	if (found->path.st == UNKNOWN)
		return unknown(found->path.why, found->path.from);
	if (why && !is_pip_folder(where))
		return unknown(why, where);
	if (variable->st == UNKNOWN && !(found->way && strcmp(found->way, "rpath") == 0))
		return unknown(variable->why, variable->from);
	/* A program passes over it and finds none; but that the driver is not there would be the wrong word for it. */
	if (found->path.st != PRESENT && found->refused)
		return unknown(sys_why(-EACCES), found->refused);
	return found->path.st == PRESENT ? library_at(w, found->path.v, found->way) : nowhere(w);
}

/* ---- who asks ---- */

/* The Python: its own DT_RPATH is searched for whatever an extension opens. */
static struct ld_object python_asks(const struct session *w)
{
	const struct fact_str *exe = &w->facts->python.exe;

	return (struct ld_object){ .name = "python", .path = exe->st == PRESENT ? exe->v : "/" };
}

static struct ld_object object_at(struct ld_search *q, const char *path,
				  const struct ld_object *loader)
{
	struct ld_found found = ld_open(q, path);

	return (struct ld_object){
		.name = path_basename(path), .path = path, .elf = found.elf, .loader = loader
	};
}

/* libcudart, as `import torch` finds it; NULL where that is not known. */
static const struct needed *cudart(const struct facts *f)
{
	for (size_t i = 0; i < f->libs.needed.n; i++) {
		const struct needed *needed = &f->libs.needed.v[i];

		if (starts_with(needed->name, "libcudart.so.") && needed->path.st == PRESENT)
			return needed;
	}
	return NULL;
}

/* libcudart <- torch's library that names it <- the Python. Torch's path is also that of a libcudart which was not found. */
static struct library find_from_cudart(const struct session *w, const char *name,
				       struct ld_found *ret_found)
{
	const struct needed *needed = cudart(w->facts);
	const struct fact_str *dir = &w->facts->torch.dir;
	struct ld_search *q = ld_search_new(w->sys, w->facts);
	struct ld_object by = python_asks(w), torch = by;

	if (needed && needed->by.st == PRESENT && needed->by.v[0] == '/')
		torch = object_at(q, needed->by.v, NULL);
	else if (dir->st == PRESENT)
		torch = object_at(q, arena_fmt(w->arena, "%s/lib/libtorch_global_deps.so", dir->v),
				  NULL);
	by = needed ? object_at(q, needed->path.v, &torch) : torch;
	*ret_found = ld_find(q, &by, name);
	return found_as(w, q, ret_found);
}

static struct library find_from_ctypes(const struct session *w, const char *name)
{
	struct ld_search *q = ld_search_new(w->sys, w->facts);
	struct ld_object by = python_asks(w);
	struct ld_found found = ld_find(q, &by, name);

	return found_as(w, q, &found);
}

/* ---- LD_PRELOAD ---- */

static bool is_libcuda(const struct session *w, const char *path)
{
	struct sys_elf elf;

	if (starts_with(path_basename(path), "libcuda.so"))
		return true;
	return path[0] == '/' && sys_elf(w->sys, path, &elf) == 0 && elf.soname &&
	       strcmp(elf.soname, "libcuda.so.1") == 0;
}

/* What is preloaded under that name answers instead of the driver. An entry that is not there is passed over. */
static bool take_preloaded(struct session *w, const char *path)
{
	struct sys_stat st;
	int err = path[0] == '/' && is_libcuda(w, path) ? sys_stat(w->sys, path, &st) : -ENOENT;

	if (err == -ENOENT || err == -ENOTDIR)
		return false;
	w->out->libcuda = err ? unknown(sys_why(err), path) : library_at(w, path, "preload");
	w->has_header = !err && sys_elf(w->sys, path, &w->libcuda) == 0;
	return true;
}

static bool find_preloaded(struct session *w)
{
	const char *value = NULL;
	struct bytes entry;
	size_t pos = 0;
	int err = sys_env(w->sys, "LD_PRELOAD", &value);

	if (err && err != -ENOENT)
		w->out->libcuda = unknown(sys_why(err), "env:LD_PRELOAD");
	if (err || !value[0])
		return err && err != -ENOENT;

	char *list = arena_strdup(w->arena, value);

	for (char *c = strchr(list, ' '); c; c = strchr(c, ' '))
		*c = ':';
	for (size_t i = 0; i < PRELOADS_MAX && next_part(list, ':', &pos, &entry); i++)
		if (take_preloaded(w, arena_strndup(w->arena, entry.v, entry.n)))
			return true;
	return false;
}

/* ---- beside them ---- */

/* What NVIDIA's forward compatibility library says of the drivers that it runs on. */
static struct fact_strs compat_hosts(const struct session *w)
{
	const struct fact_str *path = &w->out->libcuda.path;
	struct fact_strs hosts = { .st = path->st == ABSENT ? ABSENT : UNKNOWN,
				   .from = path->from,
				   .why = path->st == UNKNOWN ? path->why : NULL };

	if (path->st != PRESENT)
		return hosts;
	if (!w->has_header) {
		hosts.why = sys_why(-SYS_E_NOT_RECORDED);
		return hosts;
	}
	hosts.st = ABSENT;
	for (size_t i = 0; i < w->libcuda.notes.n && hosts.st == ABSENT; i++)
		if (compat_note_hosts(w->arena, w->libcuda.notes.v[i], &hosts.v))
			hosts.st = PRESENT;
	return hosts;
}

/* The value is the real file: its name tells the version. */
static struct fact_str system_libcuda(const struct session *w)
{
	struct facts plain = { .env.ld_library_path = { .st = ABSENT },
			       .platform = w->facts->platform };
	struct ld_search *q = ld_search_new(w->sys, &plain);
	struct ld_object by = { .name = "ld.so", .path = "/" };
	struct ld_found found = ld_find(q, &by, "libcuda.so.1");
	struct library library = found_as(w, q, &found);

	return library.real;
}

static bool is_driver_file(const char *name)
{
	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
		if (starts_with(name, stems[i]))
			return version_in(name) != NULL;
	return false;
}

static void note_list_error(struct fact_strs *list, int err, const char *dir)
{
	if (!err || err == -ENOENT || err == -ENOTDIR || list->st == UNKNOWN)
		return;
	list->st = UNKNOWN;
	list->why = sys_why(err);
	list->from = dir;
}

/* PATH -> TARGET of a link NAME.so.1 that leads nowhere. */
static void add_dangling(const struct session *w, const char *dir, const char *name)
{
	const char *path = path_join(w->arena, dir, name), *text = NULL, *real = NULL;
	struct strlist *out = &w->out->dangling.v;

	if (sys_readlink(w->sys, path, &text) == 0 &&
	    sys_realpath(w->sys, path, &real) == -ENOENT && out->n < FILES_MAX)
		PUSH(w->arena, out, arena_fmt(w->arena, "%s -> %s", path, text));
}

static void look_through(struct session *w, const char *dir)
{
	const char *real = NULL;
	struct strlist names = { 0 };
	int err = sys_realpath(w->sys, dir, &real);

	for (size_t i = 0; !err && i < w->listed.n; i++)
		if (strcmp(w->listed.v[i], real) == 0)
			return;
	if (!err)
		err = sys_list(w->sys, real, &names);
	note_list_error(&w->out->driver_files, err, dir);
	note_list_error(&w->out->dangling, err, dir);
	if (real)
		PUSH(w->arena, &w->listed, real);
	for (size_t i = 0; i < names.n; i++) {
		if (is_driver_file(names.v[i]) && w->out->driver_files.v.n < FILES_MAX)
			PUSH(w->arena, &w->out->driver_files.v,
			     path_join(w->arena, dir, names.v[i]));
		for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
			if (strcmp(names.v[i], arena_fmt(w->arena, "%s1", stems[k])) == 0)
				add_dangling(w, real, names.v[i]);
	}
}

static bool has_version(const struct library *library, const char *version)
{
	return library->version.st == PRESENT && strcmp(library->version.v, version) == 0;
}

/* All of the module's version: nothing else needs to be looked for. Without the module and any library there is no driver. */
static bool is_in_order(const struct session *w)
{
	const struct kmod *kmod = &w->facts->kmod;
	const struct drvlib *out = w->out;
	const struct fact_str *module =
		kmod->proc_version.st == PRESENT ? &kmod->proc_version : &kmod->sys_version;
	bool loaded = kmod->loaded.st == PRESENT && kmod->loaded.v;

	if (!loaded && out->libcuda.path.st == ABSENT && out->libnvml.path.st == ABSENT)
		return true;
	if (module->st != PRESENT)
		module = &out->libcuda.version;
	return module->st == PRESENT && has_version(&out->libcuda, module->v) &&
	       has_version(&out->libnvml, module->v) && has_version(&out->ptxjit, module->v);
}

static void look_beside(struct session *w)
{
	struct strlist defaults = { 0 };
	const struct library *libraries[] = { &w->out->libcuda, &w->out->libnvml, &w->out->ptxjit };
	const char *machine =
		w->facts->platform.machine.st == PRESENT ? w->facts->platform.machine.v : NULL;

	if (is_in_order(w))
		return;
	w->out->driver_files.st = w->out->dangling.st = PRESENT;
	w->out->driver_files.from = w->out->dangling.from = "/usr/lib";
	for (size_t i = 0; i < 3; i++)
		if (libraries[i]->real.st == PRESENT)
			look_through(w, path_dirname(w->arena, libraries[i]->real.v));
	ldso_default_dirs(w->arena, machine, &defaults);
	/* Where NixOS and Google's container hosts put it, for programs that are told so. */
	if (w->out->libcuda.path.st == ABSENT) {
		PUSH(w->arena, &defaults, "/run/opengl-driver/lib");
		PUSH(w->arena, &defaults, "/usr/local/nvidia/lib64");
	}
	for (size_t i = 0; i < defaults.n; i++)
		look_through(w, defaults.v[i]);
}

static struct fact_str wsl_libcuda(const struct session *w)
{
	const char *path = "/usr/lib/wsl/lib/libcuda.so.1", *real = NULL;

	return fact_str(sys_realpath(w->sys, path, &real), path, path);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct session w = {
		.sys = s, .arena = sys_arena(s), .facts = facts, .out = &facts->drvlib
	};
	struct drvlib *out = w.out;
	struct ld_found found;

	(void)wish;
	if (!find_preloaded(&w)) {
		out->libcuda = find_from_cudart(&w, "libcuda.so.1", &found);
		w.libcuda = found.elf;
		w.has_header = found.has_header;
	}
	out->ptxjit = find_from_cudart(&w, "libnvidia-ptxjitcompiler.so.1", &found);
	out->libnvml = find_from_ctypes(&w, "libnvidia-ml.so.1");
	out->compat_hosts = compat_hosts(&w);
	out->system_libcuda = system_libcuda(&w);
	out->wsl_libcuda = wsl_libcuda(&w);
	if (facts->kmod.loaded.st == ABSENT && out->libcuda.path.st == PRESENT)
		out->packaged_module = drvpkg_module(s);
	look_beside(&w);
}

const struct collector collect_drvlib = { "drvlib", "the driver's libraries", run };
