// SPDX-License-Identifier: Apache-2.0
/* Which environment does an interpreter belong to, and which X.Y is it? Reads pyvenv.cfg, names and landmarks in the
 * order of CPython's getpath. It cannot know what was compiled in: where getpath falls back on that, this takes the
 * folder above the program's. */
#include "collect/pypath.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "collect/which.h"
#include "facts/fact.h"

enum { MAX_FOLDERS_UP = 16 };

/* What pyvenv.cfg says; NULL = no such line. */
struct venv {
	const char *file, *home, *system_site, *version;
};

/* The length of "3.11" or "3.13t" at the start of `s`, 0 if there is none. */
static size_t xy_length(const char *s)
{
	size_t major = strspn(s, "0123456789");
	size_t minor = s[major] == '.' ? strspn(s + major + 1, "0123456789") : 0;
	size_t n = major + 1 + minor;

	if (!major || !minor)
		return 0;
	return s[n] == 't' ? n + 1 : n;
}

/* "3.11" out of "python3.11" or "pypy3.9-c"; NULL if the name carries no version. */
static const char *xy_of_name(struct arena *a, const char *name)
{
	size_t skip = starts_with(name, "python") ? 6 : starts_with(name, "pypy") ? 4 : 0;
	size_t n = skip ? xy_length(name + skip) : 0;

	return n ? arena_strndup(a, name + skip, n) : NULL;
}

/* Absent is no error: most Pythons are no venv. */
static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -EISDIR || err == -SYS_E_NOT_A_FILE;
}

static void parse_cfg(struct arena *a, struct bytes text, struct venv *venv)
{
	struct bytes line;
	size_t pos = 0;

	while (next_line(text, &pos, &line)) {
		const char *equal = memchr(line.v, '=', line.n);

		if (!equal)
			continue;

		size_t n = (size_t)(equal - line.v);
		const char *key = trimmed(a, line.v, n);
		const char *value = trimmed(a, equal + 1, line.n - n - 1);

		value = esc(a, value);
		if (strcasecmp(key, "home") == 0 && !venv->home)
			venv->home = value;
		else if (strcasecmp(key, "include-system-site-packages") == 0)
			venv->system_site = value;
		else if (strcasecmp(key, "version") == 0 || strcasecmp(key, "version_info") == 0)
			venv->version = value;
	}
}

/* Above the program's folder first, then in it. -ENOENT if it is in no venv. */
static int read_cfg(struct sys *s, const char *exe, struct venv *venv)
{
	struct arena *a = sys_arena(s);
	const char *dir = path_dirname(a, exe);
	const char *places[] = { path_dirname(a, dir), dir };
	struct bytes text;

	for (size_t i = 0; i < 2; i++) {
		venv->file = path_join(a, places[i], "pyvenv.cfg");

		int err = sys_read(s, venv->file, &text);

		if (!err)
			parse_cfg(a, text, venv);
		if (!is_absent(err))
			return err;
	}
	return -ENOENT;
}

/* Of several lib/pythonX.Y an upgrade left some behind: those without a standard library. */
static int keep_complete(struct sys *s, const char *lib, struct strlist *names)
{
	struct arena *a = sys_arena(s);
	struct sys_stat st;
	size_t kept = 0;

	for (size_t i = 0; names->n > 1 && i < names->n; i++) {
		int err = sys_stat(s, arena_fmt(a, "%s/%s/os.py", lib, names->v[i]), &st);

		if (err && !is_absent(err))
			return err;
		if (!err)
			names->v[kept++] = names->v[i];
	}
	if (names->n > 1)
		names->n = kept;
	return 0;
}

/* The only lib/pythonX.Y below `prefix`. */
static int scan_version(struct sys *s, const char *prefix, const char **ret_xy,
			const char **ret_where)
{
	struct arena *a = sys_arena(s);
	const char *lib = path_join(a, prefix, "lib");
	struct strlist names = { 0 }, pythons = { 0 };
	int err = sys_list(s, lib, &names);

	*ret_where = lib;
	if (err)
		return is_absent(err) ? -ENOENT : err;
	for (size_t i = 0; i < names.n; i++) {
		if (xy_of_name(a, names.v[i]))
			PUSH(a, &pythons, names.v[i]);
	}
	err = keep_complete(s, lib, &pythons);
	if (err)
		return err;
	if (pythons.n != 1)
		return pythons.n ? -ENOTUNIQ : -ENOENT;
	*ret_xy = xy_of_name(a, pythons.v[0]);
	*ret_where = path_join(a, lib, pythons.v[0]);
	return 0;
}

/* The name of the real file is the truth: a venv's cfg goes stale when the system's Python is upgraded. The cfg adds the
 * third number, and is all there is in a venv made of copies. */
static void find_version(struct sys *s, struct python *py, const char *real,
			 const struct venv *venv)
{
	struct arena *a = sys_arena(s);
	const char *xy = xy_of_name(a, path_basename(real));
	size_t n = xy ? strlen(xy) : 0;

	if (venv->version && xy_length(venv->version) &&
	    (!xy || (strncmp(venv->version, xy, n) == 0 &&
		     (!venv->version[n] || venv->version[n] == '.')))) {
		/* version_info of virtualenv: 3.11.2.final.0 */
		size_t len = strspn(venv->version, "0123456789.");

		while (len && venv->version[len - 1] == '.')
			len--;
		py->version = fact_str(0, arena_strndup(a, venv->version, len), venv->file);
		return;
	}
	if (xy) {
		py->version = fact_str(0, xy, real);
		return;
	}

	const char *where = real;
	int err = scan_version(s, path_dirname(a, path_dirname(a, real)), &xy, &where);

	if (err == -ENOTUNIQ)
		py->version = fact_str_unknown("several versions", where);
	else if (err == -ENOENT)
		py->version = fact_str_unknown("no version in its name or beside it", real);
	else
		py->version = fact_str(err, xy, where);
}

/* lib/pythonX.Y as getpath and site build it. */
static void find_libname(struct sys *s, const char *real, struct python *py, struct pyhome *home)
{
	struct arena *a = sys_arena(s);
	const char *name = path_basename(real);
	const char *xy = xy_of_name(a, name);

	if (!xy && py->version.st == PRESENT)
		xy = arena_strndup(a, py->version.v, xy_length(py->version.v));
	if (xy && xy[0])
		home->libname =
			arena_fmt(a, "%s%s", starts_with(name, "pypy") ? "pypy" : "python", xy);
}

/* The first folder from `dir` upwards that holds the standard library; also says whether in lib or lib64. */
static int search_up(struct sys *s, const char *dir, struct pyhome *home, const char **ret_where)
{
	static const char *const libs[] = { "lib", "lib64" };
	struct arena *a = sys_arena(s);
	struct sys_stat st;

	for (int i = 0; i < MAX_FOLDERS_UP; i++) {
		for (size_t j = 0; j < 2; j++) {
			const char *os = arena_fmt(a, "%s/%s/os.py", libs[j], home->libname);
			int err = sys_stat(s, path_join(a, dir, os), &st);

			*ret_where = path_join(a, dir, os);
			if (err && !is_absent(err))
				return err;
			if (!err) {
				home->base = dir;
				home->platlib = libs[j];
				return 0;
			}
		}
		if (strcmp(dir, "/") == 0)
			break;
		dir = path_dirname(a, dir);
	}
	return -ENOENT;
}

/* PYTHONHOME replaces the search for the base only: site.py reads pyvenv.cfg all the same (seen with 3.11). */
static int read_pythonhome(struct sys *s, const struct pystart *start, struct pyhome *home)
{
	const char *value = NULL;
	int err = start->no_environment ? -ENOENT : sys_env(s, "PYTHONHOME", &value);

	if (!err && value[0]) {
		home->base = arena_strndup(sys_arena(s), value, strcspn(value, ":"));
		err = which_absolute(s, home->base, &home->base);
	}
	return err == -ENOENT || err == -SYS_E_NOT_RECORDED ? 0 : err;
}

/* Without a standard library at PYTHONHOME the interpreter ends at once: "No module named 'encodings'". -ENOENT if it is
 * proved that there is none. */
static int find_library_at_home(struct sys *s, struct pyhome *home, const char **ret_where)
{
	static const char *const libs[] = { "lib", "lib64" };
	struct arena *a = sys_arena(s);
	struct strlist names = { 0 };
	struct sys_stat st;

	for (size_t i = 0; i < 2; i++) {
		const char *lib = path_join(a, home->base, libs[i]);
		int err = sys_stat(s, arena_fmt(a, "%s/%s/os.py", lib, home->libname), &st);

		home->platlib = libs[i];
		*ret_where = lib;
		if (!is_absent(err))
			return err;
		err = sys_list(s, lib, &names);
		if (err && !is_absent(err))
			return err;
		/* A zipped one, python311.zip. */
		for (size_t k = 0; k < names.n; k++)
			if (starts_with(names.v[k], "python") && ends_with(names.v[k], ".zip"))
				return 0;
	}
	home->platlib = "lib";
	*ret_where = "env:PYTHONHOME";
	return -ENOENT;
}

static void find_kind(struct sys *s, struct python *py, const struct pyhome *home)
{
	struct arena *a = sys_arena(s);
	const char *meta = path_join(a, home->prefix, "conda-meta");
	struct sys_stat st;

	if (home->venv) {
		py->kind = fact_str(0, "venv", py->prefix.from);
		return;
	}
	if (strcmp(home->prefix, "/usr") == 0 || strcmp(home->prefix, "/") == 0) {
		py->kind = fact_str(0, "system", py->exe.v);
		return;
	}

	int err = sys_stat(s, meta, &st);

	if (is_absent(err))
		py->kind = fact_str(0, "plain", py->exe.v);
	else
		py->kind = fact_str(err, "conda", meta);
}

/* The base: from the venv's `home`, else from where the links of the program end; that also stands in for the prefix which
 * getpath has compiled in. */
static int find_base(struct sys *s, const char *real, const struct venv *venv, struct pyhome *home,
		     const char **ret_where)
{
	struct arena *a = sys_arena(s);
	const char *dir = path_dirname(a, real);
	int err = -ENOENT;

	home->platlib = "lib";
	if (home->base)
		return home->libname ? find_library_at_home(s, home, ret_where) : 0;
	home->base = path_dirname(a, dir);
	if (!home->libname)
		return 0;
	if (home->venv && venv->home && venv->home[0] == '/') {
		home->base = path_dirname(a, venv->home);
		err = search_up(s, venv->home, home, ret_where);
	}
	if (err == -ENOENT)
		err = search_up(s, dir, home, ret_where);
	return err == -ENOENT ? 0 : err;
}

int pyhome_find(struct sys *s, const struct pystart *start, struct python *py, struct pyhome *home,
		const char **ret_where)
{
	struct arena *a = sys_arena(s);
	struct venv venv = { 0 };
	const char *exe = py->exe.v, *real = exe;

	*ret_where = "env:PYTHONHOME";

	int err = read_pythonhome(s, start, home);

	if (err)
		return err;
	*ret_where = exe;
	err = sys_realpath(s, exe, &real);
	if (err)
		return err;
	err = read_cfg(s, exe, &venv);
	*ret_where = venv.file;
	if (err && err != -ENOENT)
		return err;
	home->venv = !err;
	home->system_site = !venv.system_site || strcasecmp(venv.system_site, "true") == 0;
	find_version(s, py, real, &venv);
	find_libname(s, real, py, home);
	err = find_base(s, real, &venv, home, ret_where);
	home->prefix = home->venv ? pypath_abspath(a, path_dirname(a, venv.file)) : home->base;
	py->prefix = fact_str(0, home->prefix, home->venv ? venv.file : exe);
	py->base_prefix = fact_str(err, home->base,
				   err          ? *ret_where
				   : home->venv ? venv.file
						: real);
	find_kind(s, py, home);
	return err;
}
