// SPDX-License-Identifier: Apache-2.0
/* Which libcuda.so.1 and libnvidia-ml.so.1 the target process would load, and their versions, as the names of the real
 * files tell them. The search is the loader's for a dlopen by name; what a program preloads or opens by path is not
 * seen, and no library is opened for execution here. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/ldso.h"
#include "facts/fact.h"

#define DIRS_MAX 200

struct search {
	struct sys *sys;
	const char *machine;
	struct strlist dirs; /* LD_LIBRARY_PATH, or everything when there is no cache */
	struct strlist last; /* behind the cache */
	bool has_cache;
	int err; /* a place of the search that could not be read */
	const char *err_at;
};

/* Keeps the first error. A folder that this user may not enter is empty for the user's loader, too. */
static void note_error(struct search *q, int err, const char *where)
{
	if (!err || err == -ENOENT || err == -ENOTDIR || q->err)
		return;
	if (err == -EACCES && where[0] == '/' &&
	    sys_access(q->sys, path_dirname(sys_arena(q->sys), where), X_OK) == -EACCES)
		return;
	q->err = err;
	q->err_at = where;
}

/* $ORIGIN and the like are the program's own folder: not a driver's. An empty entry is the current folder. */
static void add_ld_library_path(struct search *q)
{
	struct arena *a = sys_arena(q->sys);
	const char *value = NULL;
	struct bytes part;
	size_t pos = 0;
	int err = sys_env(q->sys, "LD_LIBRARY_PATH", &value);

	note_error(q, err, "env:LD_LIBRARY_PATH");
	while (!err && next_part(value, ':', &pos, &part) && q->dirs.n < DIRS_MAX)
		if (part.n && part.v[0] == '/')
			PUSH(a, &q->dirs, arena_strndup(a, part.v, part.n));
}

static void prepare(struct search *q)
{
	struct sys_uname name = { 0 };
	struct bytes head;

	q->machine = sys_uname(q->sys, &name) ? NULL : name.machine;
	add_ld_library_path(q);

	int err = sys_head(q->sys, "/etc/ld.so.cache", 8, &head);

	q->has_cache = !err;
	note_error(q, err, "/etc/ld.so.cache");
	if (err)
		note_error(q, ldso_conf_dirs(q->sys, &q->dirs), "/etc/ld.so.conf");
	ldso_default_dirs(sys_arena(q->sys), q->machine, err ? &q->dirs : &q->last);
}

/* The loader passes over files of another machine without a word; at what is no ELF file at all (an empty file of an
 * unfinished copy) it gives up. */
static bool fits(struct search *q, const char *path)
{
	struct sys_elf elf = { 0 };
	int err = sys_elf(q->sys, path, &elf);

	if (err && err != -SYS_E_NOT_RECORDED) {
		note_error(q, err, path);
		return false;
	}
	if (err || !elf.machine)
		return true;
	return q->machine ? strcmp(elf.machine, q->machine) == 0 : elf.class == 64;
}

static bool take(struct search *q, const char *path, const char **ret_real)
{
	int err = sys_realpath(q->sys, path, ret_real);

	note_error(q, err, path);
	return !err && fits(q, path);
}

static bool in_dirs(struct search *q, const struct strlist *dirs, const char *name,
		    const char **ret_path, const char **ret_real)
{
	for (size_t i = 0; i < dirs->n; i++) {
		*ret_path = path_join(sys_arena(q->sys), dirs->v[i], name);
		if (take(q, *ret_path, ret_real))
			return true;
	}
	return false;
}

static bool in_cache(struct search *q, const char *name, const char **ret_path,
		     const char **ret_real)
{
	struct strlist paths = { 0 };

	if (!q->has_cache)
		return false;
	note_error(q, ldso_cache_find(q->sys, q->machine, name, &paths), "/etc/ld.so.cache");
	for (size_t i = 0; i < paths.n; i++) {
		*ret_path = paths.v[i];
		if (take(q, *ret_path, ret_real))
			return true;
	}
	return false;
}

/* libcuda.so.550.54.15 -> 550.54.15. A file that is called libcuda.so.1 itself (a copy, a stub) or libcuda.so.1.1 (WSL)
 * has none: driver branches have three digits. */
static struct fact_str version_of(const char *real)
{
	const char *at = strstr(path_basename(real), ".so.");
	const char *version = at ? at + 4 : "";
	size_t branch = strspn(version, "0123456789");

	if (branch < 3 || version[branch] != '.' || version[strspn(version, "0123456789.")])
		return fact_str(-ENOENT, NULL, real);
	return fact_str(0, version, real);
}

static void find(struct search *q, const char *name, struct library *out)
{
	const char *path = NULL, *real = NULL;
	bool found = in_dirs(q, &q->dirs, name, &path, &real) || in_cache(q, name, &path, &real) ||
		     in_dirs(q, &q->last, name, &path, &real);

	/* A place that comes earlier and could not be read may hold another one. */
	if (found && !q->err) {
		out->path = fact_str(0, path, path);
		out->real = fact_str(0, real, path);
		out->version = version_of(real);
		return;
	}

	int err = q->err ? q->err : -ENOENT;
	const char *from = q->err         ? q->err_at
			   : q->has_cache ? "/etc/ld.so.cache"
					  : "/etc/ld.so.conf";

	out->path = fact_str(err, NULL, from);
	out->real = fact_str(err, NULL, from);
	out->version = fact_str(err, NULL, from);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct search q = { .sys = s };
	struct drvlib *out = &facts->drvlib;

	(void)wish;
	prepare(&q);
	struct search again = q;

	find(&q, "libcuda.so.1", &out->libcuda);
	find(&again, "libnvidia-ml.so.1", &out->libnvml);
	out->searched =
		(struct fact_strs){ .st = PRESENT,
				    .from = q.has_cache ? "/etc/ld.so.cache" : "/etc/ld.so.conf" };
	for (size_t i = 0; i < q.dirs.n; i++)
		PUSH(sys_arena(s), &out->searched.v, q.dirs.v[i]);
	for (size_t i = 0; i < q.last.n; i++)
		PUSH(sys_arena(s), &out->searched.v, q.last.v[i]);
}

const struct collector collect_drvlib = { "drvlib", "the driver's libraries", run };
