// SPDX-License-Identifier: Apache-2.0
/* What did the installers write down about this torch? Its *.dist-info (tag of the wheel, where it came from, which files
 * must be there), dpkg's list of its files, conda's record, the versions of torchvision and torchaudio beside it, and the lock file of the project
 * that the environment belongs to. A record says what was installed, not what happened to it later. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/torch.h"
#include "core/json.h"
#include "facts/fact.h"

#define MISSING_MAX 20
#define RECORD_BYTES_MAX (8 << 20) /* torch's own has 2 MB */
#define CHECKED_MAX 400
/* The keys that we read stand before the long list of files. */
#define CONDA_HEAD_BYTES ((size_t)16 * 1024)

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

/* ---- *.dist-info ---- */

static struct fact_str first_value(struct sys *s, const char *file, const char *key)
{
	struct arena *a = sys_arena(s);
	struct bytes text, line;
	size_t pos = 0, n = strlen(key);
	int err = sys_read(s, file, &text);

	while (!err && next_line(text, &pos, &line))
		if (line.n > n && memcmp(line.v, key, n) == 0)
			return fact_str(0, esc(a, trimmed(a, line.v + n, line.n - n)), file);
	return fact_str(err ? err : -ENOENT, NULL, file);
}

/* A password in an address is nobody's business: https://user:token@host/ is https://host/. */
static const char *without_password(struct arena *a, const char *url)
{
	const char *start = strstr(url, "://");
	const char *host = start ? start + 3 : url;
	size_t n = strcspn(host, "/?#");
	const char *at = start ? memrchr(host, '@', n) : NULL;

	if (at)
		url = arena_fmt(a, "%.*s%s", (int)(host - url), url, at + 1);
	/* Tokens stand in a query, too. */
	return arena_strndup(a, url, strcspn(url, "?"));
}

static struct fact_str read_source(struct sys *s, const char *file)
{
	struct arena *a = sys_arena(s);
	struct bytes text;
	const char *why = NULL, *url;
	int err = sys_read(s, file, &text);

	if (err)
		return fact_str(err, NULL, file);

	json_t *json = json_parse_line(text.v, text.n, &why, a);

	url = json ? json_get_text(json, "url", a) : NULL;
	json_decref(json);
	return url ? fact_str(0, esc(a, without_password(a, url)), file)
		   : fact_str_unknown(why ? why : "it names no address", file);
}

static bool is_path(const char *path, size_t n, const char *wanted)
{
	return strlen(wanted) == n && memcmp(path, wanted, n) == 0;
}

/* "libgomp.so.1" ends with a number. */
static bool is_library(const char *path, size_t n)
{
	if (n > 3 && memcmp(path + n - 3, ".so", 3) == 0)
		return true;
	return isdigit((unsigned char)path[n - 1]) && memmem(path, n, ".so.", 4);
}

/* Libraries, and the two files without which it is no torch; what else is missing does not show. There are 14,000 lines, and
 * few of them are copied. NULL: not one of these, or a name in quotes. */
static const char *path_that_matters(struct arena *a, struct bytes line)
{
	const char *end = memchr(line.v, ',', line.n);
	size_t n = end ? (size_t)(end - line.v) : 0;

	if (n < 7 || memcmp(line.v, "torch/", 6) != 0)
		return NULL;
	if (!is_library(line.v, n) && !is_path(line.v, n, "torch/__init__.py") &&
	    !is_path(line.v, n, "torch/version.py"))
		return NULL;
	return memmem(line.v, n, "/test/", 6) ? NULL : arena_strndup(a, line.v, n);
}

/* "/usr/lib/python3/dist-packages/torch/version.py". What else of torch/lib is missing does not show: the links there are for
 * those who build, and the libraries lie in the system's own folder. */
static const char *path_that_dpkg_names(struct bytes line, const char *site)
{
	static const char *const matter[] = { "torch/__init__.py", "torch/version.py",
					      "torch/lib/libtorch_global_deps.so" };
	size_t n = strlen(site) + 1;

	if (line.n <= n || memcmp(line.v, site, n - 1) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof matter / sizeof *matter; i++)
		if (is_path(line.v + n, line.n - n, matter[i]))
			return matter[i];
	return NULL;
}

/* 0, or why it is not known whether the file can be used. */
static int look_at_file(struct sys *s, const char *site, const char *path, struct strlist *missing)
{
	struct arena *a = sys_arena(s);
	const char *file = path_join(a, site, esc(a, path));
	struct sys_stat st;
	int looked = sys_stat(s, file, &st);

	/* Python stops at a source that it may not read (sudo pip, umask 077). */
	if (!looked && ends_with(path, ".py"))
		looked = sys_access(s, file, R_OK);
	if (is_absent(looked) && missing->n < MISSING_MAX)
		PUSH(a, missing, esc(a, path));
	return is_absent(looked) ? 0 : looked;
}

static void find_missing(struct sys *s, const char *site, const char *record, bool is_dpkg,
			 struct fact_strs *ret_missing)
{
	struct arena *a = sys_arena(s);
	struct bytes text, line;
	struct sys_stat st;
	size_t pos = 0, checked = 0;
	int err = sys_stat(s, record, &st), unread = 0;

	if (!err)
		err = st.size_bytes > RECORD_BYTES_MAX ? -EFBIG : sys_read(s, record, &text);
	while (!err && next_line(text, &pos, &line) && checked < CHECKED_MAX) {
		const char *path =
			is_dpkg ? path_that_dpkg_names(line, site) : path_that_matters(a, line);
		int looked = path ? look_at_file(s, site, path, &ret_missing->v) : 0;

		checked += path != NULL;
		unread = unread ? unread : looked;
	}
	fact_list_state(&ret_missing->st, &ret_missing->from, &ret_missing->why, err ? err : unread,
			record);
}

static void read_dist_info(struct sys *s, const char *site, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *dir = t->metadata.v;
	struct sys_stat st;

	t->wheel_tag = first_value(s, path_join(a, dir, "WHEEL"), "Tag:");
	t->source = read_source(s, path_join(a, dir, "direct_url.json"));
	find_missing(s, site, path_join(a, dir, "RECORD"), false, &t->missing_files);
	/* An empty file that pip and uv leave with what was typed (PEP 376). */
	t->requested = fact_bool(sys_stat(s, path_join(a, dir, "REQUESTED"), &st), true,
				 path_join(a, dir, "REQUESTED"));
}

/* ---- dpkg's list of files ---- */

/* The packages that bring a torch in Debian and Ubuntu; one that is not installed has no list. */
static void read_dpkg_list(struct sys *s, const char *site, struct torch *t)
{
	static const char *const packages[] = { "python3-torch", "python3-torch-cuda",
						"python3-torch-rocm" };
	struct arena *a = sys_arena(s);

	for (size_t i = 0; i < sizeof packages / sizeof *packages && !t->missing_files.st; i++) {
		const char *list = arena_fmt(a, "/var/lib/dpkg/info/%s.list", packages[i]);
		struct sys_stat st;

		if (!is_absent(sys_stat(s, list, &st)))
			find_missing(s, site, list, true, &t->missing_files);
	}
}

/* ---- conda's record ---- */

/* "pytorch-2.5.1-py3.11_cuda12.4_cudnn9.1.0_0.json": name, version, build. */
static const char *build_in_name(struct arena *a, const char *name)
{
	const char *last = strrchr(name, '-');

	return last ? arena_strndup(a, last + 1, strlen(last + 1) - strlen(".json")) : NULL;
}

/* "https://HOST/t/TOKEN/conda-forge/linux-64" is conda-forge; what stands before may be secret. */
static const char *channel_in(struct arena *a, struct bytes text)
{
	static const char key[] = "\"channel\": \"";
	const char *at = memmem(text.v, text.n, key, sizeof key - 1), *end;

	if (!at)
		return NULL;
	at += sizeof key - 1;
	end = memchr(at, '"', text.n - (size_t)(at - text.v));
	if (!end)
		return NULL;

	char *channel = arena_strndup(a, at, (size_t)(end - at));
	char *last = strrchr(channel, '/');

	if (last && (starts_with(last, "/linux-") || strcmp(last, "/noarch") == 0)) {
		*last = '\0';
		last = strrchr(channel, '/');
	}
	return esc(a, last ? last + 1 : channel);
}

/* Not pytorch-cuda, pytorch-mutex and their like. */
static bool is_record_of(const char *name, const char *package)
{
	size_t n = strlen(package);

	return strncmp(name, package, n) == 0 && isdigit((unsigned char)name[n]) &&
	       ends_with(name, ".json");
}

const char *torch_conda_record(struct sys *s, const char *meta, int *ret_err)
{
	static const char *const packages[] = { "pytorch-", "libtorch-" };
	struct strlist names = { 0 };

	*ret_err = sys_list(s, meta, &names);
	for (size_t p = 0; !*ret_err && p < 2; p++)
		for (size_t i = 0; i < names.n; i++)
			if (is_record_of(names.v[i], packages[p]))
				return path_join(sys_arena(s), meta, names.v[i]);
	return NULL;
}

static void read_conda(struct sys *s, const struct python *py, struct torch *t)
{
	struct arena *a = sys_arena(s);
	int err = 0;
	const char *file = torch_conda_record(s, path_join(a, py->prefix.v, "conda-meta"), &err);
	const char *channel;
	struct bytes head;

	if (err)
		t->conda_build = fact_str(err, NULL, py->prefix.v);
	if (!file)
		return;
	t->conda_build = fact_str(0, build_in_name(a, path_basename(file)), file);
	err = sys_head(s, file, CONDA_HEAD_BYTES, &head);
	channel = err ? NULL : channel_in(a, head);
	t->conda_channel = fact_str(err ? err : channel ? 0 : -ENOENT, channel, file);
}

/* ---- beside torch ---- */

static struct fact_str companion(struct arena *a, const struct strlist *names, const char *prefix,
				 const char *site)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->v[i], *version = name + strlen(prefix);

		if (starts_with(name, prefix) && ends_with(name, ".dist-info"))
			return fact_str(
				0,
				arena_strndup(a, version, strlen(version) - strlen(".dist-info")),
				path_join(a, site, name));
	}
	return fact_str(-ENOENT, NULL, site);
}

static void find_companions(struct sys *s, const char *site, struct torch *t)
{
	struct strlist names = { 0 };
	int err = sys_list(s, site, &names);

	t->torchvision = err ? fact_str(err, NULL, site)
			     : companion(sys_arena(s), &names, "torchvision-", site);
	t->torchaudio = err ? fact_str(err, NULL, site)
			    : companion(sys_arena(s), &names, "torchaudio-", site);
}

/* ---- the project ---- */

static const struct lock {
	const char *file, *keeper;
} locks[] = { { "uv.lock", "uv" },
	      { "poetry.lock", "poetry" },
	      { "pdm.lock", "pdm" },
	      { "pixi.lock", "pixi" } };

/* The line of a lock file that begins torch's entry, 0 if it has none. */
static size_t torch_line(struct bytes text, size_t *ret_end)
{
	struct bytes line;
	size_t pos = 0, number = 0;

	while (next_line(text, &pos, &line)) {
		number++;
		if (line.n == 14 && memcmp(line.v, "name = \"torch\"", 14) == 0) {
			*ret_end = pos;
			return number;
		}
	}
	return 0;
}

/* uv: source = { registry = "ADDRESS" }; poetry: url = "ADDRESS" below [package.source]. Up to the next entry. */
static struct fact_str index_in(struct arena *a, struct bytes text, size_t pos, const char *from)
{
	static const char *const keys[] = { "registry = \"", "url = \"" };
	struct bytes line;

	while (next_line(text, &pos, &line) &&
	       !(line.n > 10 && memcmp(line.v, "[[package]]", 11) == 0)) {
		for (size_t i = 0; i < 2; i++) {
			const char *at = memmem(line.v, line.n, keys[i], strlen(keys[i]));
			const char *value = at ? at + strlen(keys[i]) : NULL;
			size_t rest = at ? line.n - (size_t)(value - line.v) : 0;
			const char *end = at ? memchr(value, '"', rest) : NULL;
			bool is_source = i == 0 ? starts_with(line.v, "source = ") : at == line.v;

			if (end && is_source)
				return fact_str(
					0,
					esc(a, without_password(
						       a, arena_strndup(a, value,
									(size_t)(end - value)))),
					from);
		}
	}
	return fact_str(-ENOENT, NULL, from);
}

static bool read_lock(struct sys *s, const char *dir, const struct lock *lock, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *file = path_join(a, dir, lock->file), *from = file;
	struct bytes text;
	size_t end = 0, line;
	int err = sys_read(s, file, &text);

	if (is_absent(err))
		return false;
	line = err ? 0 : torch_line(text, &end);
	if (line) {
		from = arena_fmt(a, "%s:%zu", file, line);
		t->lock_index = index_in(a, text, end, from);
	}
	t->project = fact_str(err, lock->keeper, from);
	return true;
}

/* A project that was never locked: its tool has a table of its own. */
static bool read_pyproject(struct sys *s, const char *dir, struct torch *t)
{
	static const char *const tools[][2] = { { "\n[tool.uv", "uv" },
						{ "\n[tool.poetry", "poetry" },
						{ "\n[tool.pdm", "pdm" },
						{ "\n[tool.pixi", "pixi" },
						{ "\n[tool.hatch.envs", "hatch" } };
	const char *file = path_join(sys_arena(s), dir, "pyproject.toml");
	struct bytes text;

	if (sys_read(s, file, &text))
		return false;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (memmem(text.v, text.n, tools[i][0], strlen(tools[i][0]))) {
			t->project = fact_str(0, tools[i][1], file);
			return true;
		}
	return false;
}

static bool read_project(struct sys *s, const char *dir, struct torch *t)
{
	for (size_t i = 0; i < sizeof locks / sizeof *locks; i++)
		if (read_lock(s, dir, &locks[i], t))
			return true;
	return read_pyproject(s, dir, t);
}

/* Environments whose place says who keeps them. */
static bool place_tells(struct sys *s, const char *prefix, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *pixi = strstr(prefix, "/.pixi/envs/");
	const char *pipx = path_join(a, prefix, "pipx_metadata.json");
	struct sys_stat st;

	if (pixi) {
		const char *dir = arena_strndup(a, prefix, (size_t)(pixi - prefix));

		t->project = fact_str(0, "pixi", dir);
		read_lock(s, dir, &locks[3], t);
	} else if (sys_stat(s, pipx, &st) == 0) {
		t->project = fact_str(0, "pipx", pipx);
	} else if (strstr(prefix, "/hatch/env/virtual/")) {
		t->project = fact_str(0, "hatch", prefix);
	}
	return t->project.st == PRESENT;
}

/* The folder that holds .venv; poetry keeps environments in a cache of its own, and the project is where we stand. */
static void find_project(struct sys *s, const struct python *py, struct torch *t)
{
	const char *prefix = py->prefix.v, *cwd = NULL;
	const char *dir = path_dirname(sys_arena(s), prefix);

	if (place_tells(s, prefix, t))
		return;
	if (py->kind.st != PRESENT || strcmp(py->kind.v, "venv") != 0)
		return;
	if (strstr(prefix, "/pypoetry/virtualenvs/"))
		dir = sys_cwd(s, &cwd) == 0 ? cwd : NULL;
	if (dir && !read_project(s, dir, t))
		t->project = fact_str(-ENOENT, NULL, dir);
}

void torch_look_at_records(struct sys *s, const struct python *py, struct torch *t)
{
	const char *site = path_dirname(sys_arena(s), t->dir.v);
	bool is_conda = t->installer.st == PRESENT && strcmp(t->installer.v, "conda") == 0;

	if (t->metadata.st == PRESENT && ends_with(t->metadata.v, ".dist-info"))
		read_dist_info(s, site, t);
	else if (t->metadata.st == UNKNOWN && strcmp(t->metadata.why, "several records") != 0)
		t->missing_files = (struct fact_strs){ .st = UNKNOWN,
						       .from = t->metadata.from,
						       .why = t->metadata.why };
	else if (t->installer.st == PRESENT && strcmp(t->installer.v, "apt") == 0)
		read_dpkg_list(s, site, t);
	find_companions(s, site, t);
	if (py->prefix.st != PRESENT)
		return;
	if (is_conda)
		read_conda(s, py, t);
	find_project(s, py, t);
}
