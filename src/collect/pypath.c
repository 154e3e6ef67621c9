// SPDX-License-Identifier: Apache-2.0
/* In which folders would this Python look for torch, in which order? Rebuilds sys.path as CPython's getpath and site do
 * (3.8 to 3.14, and Debian's changed site): the folder of the program, PYTHONPATH, the standard library, site folders and
 * their .pth files. It cannot know what a .pth line that is code does (python.notes lists those), nor sitecustomize. */
#include "collect/pypath.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/which.h"
#include "facts/fact.h"

enum { MAX_FOLDERS = 64, MAX_PTH_FILES = 200, MAX_PTH_LINES = 1000 };

struct walk {
	struct sys *sys;
	struct arena *arena;
	struct python *py;
	const struct pystart *start;
	const char *
		site_py; /* the file of the standard library that reads .pth files; NULL: not known */
	size_t pth_files;
	const char *why, *where; /* the first thing that could not be read */
	const char *unrecorded;  /* a variable that a mounted or recorded tree does not hold */
};

static void leave_open(struct walk *w, const char *why, const char *where)
{
	if (!w->why) {
		w->why = why;
		w->where = where;
	}
}

const char *pypath_abspath(struct arena *a, const char *path)
{
	struct strlist parts = { 0 };
	struct str out = str_new(a, strlen(path) + 1);
	struct bytes part;
	size_t pos = 0;

	while (next_part(path, '/', &pos, &part)) {
		const char *name = arena_strndup(a, part.v, part.n);

		if (strcmp(name, "..") == 0)
			parts.n -= parts.n ? 1 : 0;
		else if (name[0] && strcmp(name, ".") != 0)
			PUSH(a, &parts, name);
	}
	for (size_t i = 0; i < parts.n; i++) {
		str_add(&out, "/");
		str_add(&out, parts.v[i]);
	}
	return parts.n ? str_text(&out) : "/";
}

static bool is_listed(const struct walk *w, const char *dir)
{
	for (size_t i = 0; i < w->py->path.v.n; i++) {
		if (strcmp(w->py->path.v.v[i], dir) == 0)
			return true;
	}
	return false;
}

/* Python imports from a zip file as from a folder, pure Python only: a torch in it is not PyTorch. Its directory names
 * each member behind a fixed header. */
static void look_into_archive(struct walk *w, const char *file)
{
	static const char *const torches[] = { "torch/__init__.py", "torch/__init__.pyc",
					       "torch.py", "torch.pyc" };
	const size_t header = 46, at_length = 28;
	struct bytes text;
	int err = sys_read(w->sys, file, &text);

	if (err)
		leave_open(w, sys_why(err), file);
	for (const char *p = err ? NULL : text.v; p; p++) {
		p = memmem(p, text.n - (size_t)(p - text.v), "PK\1\2", 4);
		if (!p || text.n - (size_t)(p - text.v) < header)
			return;

		size_t n = (unsigned char)p[at_length] | (size_t)(unsigned char)p[at_length + 1]
								 << 8;

		for (size_t i = 0; i < 4; i++)
			if (n == strlen(torches[i]) &&
			    n <= text.n - (size_t)(p - text.v) - header &&
			    memcmp(p + header, torches[i], n) == 0)
				leave_open(w, "an archive that holds a torch", file);
	}
}

/* True if `path` is a folder, now on the list. One that could not be looked at is on the list too: it may be the one
 * that holds torch, and whoever looks into it next will see the error. */
static bool add_folder(struct walk *w, const char *path)
{
	const char *dir = pypath_abspath(w->arena, path);
	struct sys_stat st;

	if (is_listed(w, dir))
		return false;
	if (w->py->path.v.n == MAX_FOLDERS) {
		leave_open(w, "too many folders", w->py->path.v.v[MAX_FOLDERS - 1]);
		return false;
	}

	int err = sys_stat(w->sys, dir, &st);

	/* What this user may not enter (root's home in a container with USER) is empty for the user's Python, too. Asked
	 * twice, because one wrong "no" here would hide a torch. */
	if (err == -EACCES && sys_access(w->sys, dir, X_OK) == -EACCES)
		return false;
	if (!err && st.kind == SYS_FILE) {
		look_into_archive(w, dir);
		w->py->absent_modules = (struct fact_strs){ .st = UNKNOWN,
							    .from = dir,
							    .why = "an archive on sys.path" };
	}
	if (err == -ENOENT || err == -ENOTDIR || (!err && st.kind != SYS_DIR))
		return false;
	if (err)
		leave_open(w, sys_why(err), dir);
	PUSH(w->arena, &w->py->path.v, dir);
	return !err;
}

/* Code in a .pth file may do anything to sys.path; these do nothing to the place of torch. */
static bool is_harmless(const char *name)
{
	static const char *const known[] = {
		"distutils-precedence.pth", "_virtualenv.pth",      "_cuda_bindings_redirector.pth",
		"coloredlogs.pth",          "a1_coverage.pth",      "pytest-cov.pth",
		"init_cov_core.pth",        "pip_system_certs.pth",
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	/* An editable install answers for its own package only, a namespace package likewise. */
	if (starts_with(name, "__editable__."))
		return !starts_with(name, "__editable__.torch-");
	return ends_with(name, "-nspkg.pth");
}

static bool is_code(struct bytes line)
{
	return line.n > 7 &&
	       (memcmp(line.v, "import ", 7) == 0 || memcmp(line.v, "import\t", 7) == 0);
}

static void read_pth_line(struct walk *w, const char *file, size_t number, struct bytes line)
{
	struct arena *a = w->arena;

	/* Only the end is stripped: a blank in front is part of the name. */
	while (line.n && memchr(" \t\r\f\v", line.v[line.n - 1], 5))
		line.n--;
	/* No path holds NUL: os.path.exists() says no. */
	if (!line.n || line.v[0] == '#' || memchr(line.v, 0, line.n))
		return;
	if (!is_code(line))
		add_folder(w, path_join(a, path_dirname(a, file), esc_bytes(a, line.v, line.n)));
	else if (!is_harmless(path_basename(file)))
		PUSH(a, &w->py->notes.v, arena_fmt(a, "%s:%zu", file, number));
}

/* Releases of one version differ in how they read .pth files (CVE fixes went back to 3.8): their own source decides.
 * False if it cannot be read. */
static bool site_py_says(struct walk *w, const char *words, bool *ret_says)
{
	struct bytes text;

	if (!w->site_py || sys_read(w->sys, w->site_py, &text))
		return false;
	*ret_says = memmem(text.v, text.n, words, strlen(words)) != NULL;
	return true;
}

/* Newer ones take a byte order mark off; for older ones it is part of the first folder's name. */
static void skip_mark(struct walk *w, const char *file, struct bytes *text)
{
	bool skips = false;

	if (text->n < 3 || memcmp(text->v, "\xef\xbb\xbf", 3) != 0)
		return;
	if (!site_py_says(w, "utf-8-sig", &skips))
		leave_open(w, "begins with a byte order mark", file);
	if (skips)
		*text = (struct bytes){ text->v + 3, text->n - 3 };
}

static bool is_utf8(struct bytes text)
{
	uint32_t cp;

	for (size_t i = 0, n; i < text.n; i += n) {
		n = utf8_next(text.v + i, text.n - i, &cp);
		if (!n)
			return false;
	}
	return true;
}

static void read_pth(struct walk *w, const char *file)
{
	struct bytes text, line;
	size_t pos = 0, number = 0;
	int err = sys_read(w->sys, file, &text);

	if (err == -ENOENT || err == -ENOTDIR)
		return;
	/* One that may not be read is passed over; asked twice, as above. */
	if (err == -EACCES && sys_access(w->sys, file, R_OK) == -EACCES)
		return;
	if (err) {
		leave_open(w, sys_why(err), file);
		return;
	}
	if (!is_utf8(text))
		leave_open(w, "not UTF-8", file);
	skip_mark(w, file, &text);
	while (next_line(text, &pos, &line)) {
		if (++number > MAX_PTH_LINES) {
			leave_open(w, "too many lines", file);
			return;
		}
		read_pth_line(w, file, number, line);
	}
}

/* Names that begin with a dot are passed over since the winter of 2024. */
static bool is_hidden(struct walk *w, const char *dir, const char *name)
{
	bool skips = true;

	if (name[0] != '.')
		return false;
	if (!site_py_says(w, "startswith(\".\")", &skips))
		leave_open(w, "a hidden .pth file", path_join(w->arena, dir, name));
	if (!skips)
		site_py_says(w, "startswith('.')", &skips);
	return skips;
}

static void read_pth_files(struct walk *w, const char *dir)
{
	struct strlist names = { 0 };
	int err = sys_list(w->sys, dir, &names);

	/* Python passes over what it may not list. */
	if (err == -EACCES && sys_access(w->sys, dir, R_OK) == -EACCES)
		return;
	if (err)
		leave_open(w, sys_why(err), dir);
	for (size_t i = 0; i < names.n; i++) {
		if (!ends_with(names.v[i], ".pth") || is_hidden(w, dir, names.v[i]))
			continue;
		if (++w->pth_files > MAX_PTH_FILES) {
			leave_open(w, "too many .pth files", dir);
			return;
		}
		read_pth(w, path_join(w->arena, dir, names.v[i]));
	}
}

static void add_site(struct walk *w, const char *dir)
{
	if (add_folder(w, dir))
		read_pth_files(w, dir);
}

/* NULL if not set. A mounted disk has no environment: it counts as not set, and the list stays open for more. */
static const char *variable(struct walk *w, const char *name)
{
	const char *value = NULL, *source = arena_fmt(w->arena, "env:%s", name);
	bool off = w->start->no_environment && starts_with(name, "PYTHON");
	int err = off ? -ENOENT : sys_env(w->sys, name, &value);

	if (err == -SYS_E_NOT_RECORDED)
		w->unrecorded = w->unrecorded ? w->unrecorded : source;
	else if (err && err != -ENOENT)
		leave_open(w, sys_why(err), source);
	return err ? NULL : value;
}

static void add_pythonpath(struct walk *w)
{
	const char *value = variable(w, "PYTHONPATH"), *path = NULL;
	struct bytes part;
	size_t pos = 0;

	/* Set to nothing is the same as not set; an empty part of a list is the current folder. */
	if (!value || !value[0])
		return;
	while (next_part(value, ':', &pos, &part)) {
		int err = which_absolute(w->sys, arena_strndup(w->arena, part.v, part.n), &path);

		if (!err)
			add_folder(w, path);
		else if (err != -ENOENT)
			leave_open(w, sys_why(err), "call:getcwd");
	}
}

/* Field `n` of a line of /etc/passwd, raw; "" if the line is shorter. */
static const char *passwd_field(struct arena *a, struct bytes line, size_t n)
{
	const char *entry = arena_strndup(a, line.v, line.n);
	struct bytes field;
	size_t pos = 0;

	while (next_part(entry, ':', &pos, &field)) {
		if (!n--)
			return arena_strndup(a, field.v, field.n);
	}
	return "";
}

/* The home folder of /etc/passwd, where Python looks when there is no HOME; NULL if there is none. */
static const char *home_of_user(struct walk *w)
{
	struct sys_ids ids;
	struct bytes text, line;
	size_t pos = 0;
	int err = sys_read(w->sys, "/etc/passwd", &text);

	if (!err)
		err = sys_ids(w->sys, &ids);
	if (err && err != -ENOENT)
		leave_open(w, sys_why(err), "/etc/passwd");
	if (err)
		return NULL;

	const char *uid = arena_fmt(w->arena, "%u", ids.uid);

	while (next_line(text, &pos, &line)) {
		if (strcmp(passwd_field(w->arena, line, 2), uid) == 0)
			return esc(w->arena, passwd_field(w->arena, line, 5));
	}
	return NULL;
}

static void add_user_site(struct walk *w, const struct pyhome *home)
{
	if (w->start->no_user_site || (home->venv && !home->system_site))
		return;

	const char *off = variable(w, "PYTHONNOUSERSITE");
	const char *base = variable(w, "PYTHONUSERBASE");

	if (off && off[0])
		return;
	if (w->start->home_unknown && !base) {
		leave_open(w, "the home folder is not known", "env:SUDO_USER");
		return;
	}
	if (!base || !base[0]) {
		const char *user = w->start->home ? w->start->home : variable(w, "HOME");

		if (!user)
			user = home_of_user(w);
		if (!user)
			return;
		base = arena_fmt(w->arena, "%s/.local", user);
	}

	const char *dir = arena_fmt(w->arena, "%s/lib/%s/site-packages", base, home->libname);
	int err = which_absolute(w->sys, dir, &dir);

	if (!err)
		add_site(w, dir);
	else if (err != -ENOENT)
		leave_open(w, sys_why(err), "call:getcwd");
}

/* Debian and Ubuntu changed site.py: their packages and pip's live in folders of their own. */
static bool is_debian(struct walk *w, const struct pyhome *home)
{
	static const char *const signs[] = { "/usr/lib/python3/dist-packages",
					     "/etc/debian_version" };
	struct sys_stat st;

	if (strcmp(home->base, "/usr") != 0 && strcmp(home->base, "/") != 0)
		return false;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		int err = sys_stat(w->sys, signs[i], &st);

		if (!err)
			return true;
		if (err != -ENOENT && err != -ENOTDIR)
			leave_open(w, sys_why(err), signs[i]);
	}
	return false;
}

static void add_sites(struct walk *w, const struct pyhome *home, const char *prefix, bool debian)
{
	struct arena *a = w->arena;
	const char *lib = home->libname;

	if (!debian) {
		add_site(w, arena_fmt(a, "%s/%s/%s/site-packages", prefix, home->platlib, lib));
		add_site(w, arena_fmt(a, "%s/lib/%s/site-packages", prefix, lib));
		return;
	}
	if (home->venv)
		add_site(w, arena_fmt(a, "%s/lib/%s/site-packages", prefix, lib));
	add_site(w, arena_fmt(a, "%s/local/lib/%s/dist-packages", prefix, lib));
	add_site(w, arena_fmt(a, "%s/lib/python3/dist-packages", prefix));
	add_site(w, arena_fmt(a, "%s/%s/%s/dist-packages", prefix, home->platlib, lib));
}

static void add_all(struct walk *w, const struct pyhome *home)
{
	const char *lib = arena_fmt(w->arena, "%s/%s/%s", home->base, home->platlib, home->libname);
	bool debian = is_debian(w, home);

	w->site_py = path_join(w->arena, lib, "site.py");
	add_folder(w, lib);
	add_folder(w, path_join(w->arena, lib, "lib-dynload"));
	if (home->venv)
		add_sites(w, home, home->prefix, debian);
	add_user_site(w, home);
	if (!home->venv || home->system_site)
		add_sites(w, home, home->base, debian);
}

/* PYTHONSAFEPATH counts from 3.11. */
static enum known leaves_first_out(struct walk *w)
{
	const struct fact_str *version = &w->py->version;
	int64_t minor = 0;
	const char *safe = NULL;
	int err = w->start->no_environment ? -ENOENT : sys_env(w->sys, "PYTHONSAFEPATH", &safe);

	if (w->start->no_first_folder)
		return PRESENT;
	if (err)
		return err == -ENOENT || err == -SYS_E_NOT_RECORDED ? ABSENT : UNKNOWN;
	if (!safe[0])
		return ABSENT;
	if (version->st != PRESENT || !starts_with(version->v, "3."))
		return version->st == PRESENT ? ABSENT : UNKNOWN;

	size_t n = strspn(version->v + 2, "0123456789");

	if (!parse_i64(arena_strndup(w->arena, version->v + 2, n), &minor))
		return UNKNOWN;
	return minor >= 11 ? PRESENT : ABSENT;
}

/* The folder that comes before all others: where the script lies once its links are resolved, else where one stands. A
 * recording without a working folder says nothing about it. */
static void find_first(struct walk *w)
{
	struct python *py = w->py;
	const char *place = NULL, *script = w->start->script;
	enum known out = leaves_first_out(w);
	int err = script ? sys_realpath(w->sys, script, &place) : sys_cwd(w->sys, &place);

	if (out == PRESENT)
		py->first = fact_str(-ENOENT, NULL, "env:PYTHONSAFEPATH");
	else if (out == UNKNOWN)
		py->first = fact_str_unknown("not known whether it counts", "env:PYTHONSAFEPATH");
	else if (err != -SYS_E_NOT_RECORDED)
		py->first = fact_str(err, !err && script ? path_dirname(w->arena, place) : place,
				     script ? script : "call:getcwd");
}

void pypath_fill(struct sys *s, const struct pystart *start, struct python *py)
{
	struct walk w = { .sys = s, .arena = sys_arena(s), .py = py, .start = start };
	struct pyhome home = { 0 };
	const char *where = NULL;
	int err = pyhome_find(s, start, py, &home, &where);

	if (err)
		leave_open(&w,
			   err == -ENOENT && starts_with(where, "env:")
				   ? "no folder of Python's library"
				   : sys_why(err),
			   where);
	add_pythonpath(&w);
	if (home.libname && home.prefix)
		add_all(&w, &home);
	else
		leave_open(&w, "the version of this Python is not known", py->exe.v);
	find_first(&w);
	fact_list_state(&py->path.st, &py->path.from, &py->path.why, 0, py->exe.v);
	fact_list_state(&py->notes.st, &py->notes.from, &py->notes.why, 0, py->exe.v);
	if (!w.why && w.unrecorded)
		leave_open(&w, sys_why(-SYS_E_NOT_RECORDED), w.unrecorded);
	if (w.why) {
		py->path.st = UNKNOWN;
		py->path.why = w.why;
		py->path.from = w.where;
	}
}
