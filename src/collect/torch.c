// SPDX-License-Identifier: Apache-2.0
/* Which torch would this Python import, what build is it, and who installed it? Looks along python.path for the first
 * package, reads its version.py and the records of the installers. A torch behind a folder that could not be read is
 * UNKNOWN: that folder may hold another one. It cannot know whether the import works, nor what stands in the folder of
 * the user's script. */
#include "collect/torch.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/which.h"
#include "facts/fact.h"

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

/* What stays open stays open for everything that torch is. */
static void set_unknown(struct torch *t, const char *why, const char *where)
{
	t->dir = t->version = t->cuda = t->hip = t->xpu = fact_str_unknown(why, where);
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

/* 0 if `name` in `dir` is a file, else a negative error; the whole name is always in *ret_file. */
static int look_for(struct sys *s, const char *dir, const char *name, const char **ret_file)
{
	struct sys_stat st;

	*ret_file = path_join(sys_arena(s), dir, name);

	int err = sys_stat(s, *ret_file, &st);

	return !err && st.kind == SYS_DIR ? -ENOENT : err;
}

/* The first torch on the list: a package, or (rarely) a module file, which is some other program's. A folder torch/
 * without __init__.py does not count while a package follows. */
static void find_dir(struct sys *s, const struct fact_strs *path, struct torch *t)
{
	struct arena *a = sys_arena(s);
	size_t sure = count_sure(a, path);

	for (size_t i = 0; i < path->v.n; i++) {
		const char *dir = path->v.v[i], *file = NULL;
		int err = look_for(s, dir, "torch/__init__.py", &file);
		bool module = false;

		if (is_absent(err)) {
			err = look_for(s, dir, "torch.py", &file);
			module = !err;
		}
		if (is_absent(err))
			continue;
		if (err)
			set_unknown(t, sys_why(err), file);
		else if (i >= sure)
			set_unknown(t, path->why, path->from);
		else if (module)
			set_unknown(t, "a file torch.py comes first", file);
		else
			t->dir = fact_str(0, path_join(a, dir, "torch"), file);
		return;
	}
	if (path->st == PRESENT)
		t->dir = fact_str(-ENOENT, NULL, path->from);
	else
		set_unknown(t, path->why, path->from);
}

static void read_version(struct sys *s, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *file = path_join(a, t->dir.v, "version.py");
	struct bytes text;
	int err = sys_read(s, file, &text);
	struct fact_str unknown =
		fact_str_unknown(is_absent(err) ? "no such file" : sys_why(err), file);

	if (err)
		t->version = t->cuda = t->hip = t->xpu = unknown;
	else
		torch_parse_version(a, text, file, t);
}

/* The version in "torch-2.6.0.dist-info", or NULL if the name is of another package (torch_geometric, torchvision). */
static const char *version_in_name(struct arena *a, const char *name)
{
	static const char *const ends[] = { ".dist-info", ".egg-info" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (starts_with(name, "torch-") && ends_with(name, ends[i]))
			return arena_strndup(a, name + 6, strlen(name) - 6 - strlen(ends[i]));
	}
	return NULL;
}

/* Wheels of the Python registry carry no local part in the name: torch-2.1.0 is 2.1.0+cu121. */
static bool is_same_version(const char *in_name, const struct fact_str *version)
{
	size_t n = strlen(in_name);

	return version->st == PRESENT && strncmp(version->v, in_name, n) == 0 &&
	       (!version->v[n] || version->v[n] == '+');
}

static void find_metadata(struct sys *s, const char *site, struct torch *t)
{
	struct arena *a = sys_arena(s);
	struct strlist names = { 0 };
	const char *match = NULL;
	size_t n = 0;
	bool exact = false;
	int err = sys_list(s, site, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		const char *version = version_in_name(a, names.v[i]);

		if (!version)
			continue;
		n++;
		if (exact)
			continue;
		match = path_join(a, site, names.v[i]);
		exact = is_same_version(version, &t->version);
	}
	/* What an interrupted upgrade left behind is no record of this torch. */
	if (n > 1 && !exact)
		t->metadata = fact_str_unknown("several records", site);
	else
		t->metadata = fact_str(err ? err : match ? 0 : -ENOENT, match, site);
}

/* "Poetry 1.8.2\n" is poetry. */
static const char *first_word(struct arena *a, struct bytes text)
{
	char *word = arena_strndup(a, text.v, text.n < 32 ? text.n : 32);

	word[strcspn(word, " \t\r\n")] = '\0';
	for (char *p = word; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return esc(a, word);
}

static int read_installer(struct sys *s, struct torch *t)
{
	struct arena *a = sys_arena(s);
	struct bytes text;

	if (t->metadata.st != PRESENT)
		return -ENOENT;

	const char *file = path_join(a, t->metadata.v, "INSTALLER");
	int err = sys_read(s, file, &text);

	if (!is_absent(err))
		t->installer = fact_str(err, err ? NULL : first_word(a, text), file);
	return err;
}

/* conda's own record. An INSTALLER file beside the package wins, because pip may have installed over conda's. */
static void find_conda_record(struct sys *s, const char *prefix, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *meta = path_join(a, prefix, "conda-meta");
	struct strlist names = { 0 };
	int err = sys_list(s, meta, &names);

	if (err) {
		t->installer = fact_str(err, NULL, meta);
		return;
	}
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		const char *file = path_join(a, meta, name);

		/* Not pytorch-cuda, pytorch-mutex and their like. */
		if (!starts_with(name, "pytorch-") || !isdigit((unsigned char)name[8]) ||
		    !ends_with(name, ".json"))
			continue;
		t->installer = fact_str(0, "conda", file);
		if (t->metadata.st != PRESENT)
			t->metadata = fact_str(0, file, meta);
		return;
	}
}

/* Whoever installed it can replace it; ABSENT = nobody left a record. */
static void find_installer(struct sys *s, const struct python *py, struct torch *t)
{
	const char *site = path_dirname(sys_arena(s), t->dir.v);

	find_metadata(s, site, t);
	if (read_installer(s, t) != -ENOENT)
		return;
	if (t->metadata.st == UNKNOWN)
		t->installer = fact_str_unknown(t->metadata.why, t->metadata.from);
	else if (py->kind.st == UNKNOWN)
		t->installer = fact_str_unknown(py->kind.why, py->kind.from);
	else
		t->installer = fact_str(-ENOENT, NULL, site);
	/* Only packages of Debian and Ubuntu live there. */
	if (strcmp(site, "/usr/lib/python3/dist-packages") == 0)
		t->installer = fact_str(0, "apt", site);
	else if (py->kind.st == PRESENT && strcmp(py->kind.v, "conda") == 0)
		find_conda_record(s, py->prefix.v, t);
}

/* Named only to be ruled out: torch brings its own CUDA. */
static void find_nvcc(struct sys *s, struct torch *t)
{
	struct which walk;
	const char *path = NULL, *real = NULL;
	int err = which_start(s, "nvcc", &walk);

	if (!err)
		err = which_next(&walk, &path);
	if (!err)
		err = sys_realpath(s, path, &real);
	t->nvcc = fact_str(err, real, path ? path : "env:PATH");
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	const struct python *py = &facts->python;
	struct torch *t = &facts->torch;

	(void)wish;
	find_nvcc(s, t);
	if (py->path.st == NOT_LOOKED) {
		if (py->exe.st == UNKNOWN)
			set_unknown(t, py->exe.why, py->exe.from);
		return;
	}
	find_dir(s, &py->path, t);
	if (t->dir.st != PRESENT)
		return;
	read_version(s, t);
	find_installer(s, py, t);
}

const struct collector collect_torch = {
	.name = "torch",
	.help = "the torch that this Python imports",
	.run = run,
};
