// SPDX-License-Identifier: Apache-2.0
/* What build is the torch that this Python would import (torch_find.c finds it), and who installed it? Reads its version.py
 * and the records of the installers. It cannot know whether the import works. */
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
	int err = 0;
	const char *file = torch_conda_record(s, meta, &err);

	if (err)
		t->installer = fact_str(err, NULL, meta);
	if (!file)
		return;
	t->installer = fact_str(0, "conda", file);
	if (t->metadata.st != PRESENT)
		t->metadata = fact_str(0, file, meta);
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

void torch_describe(struct sys *s, const struct python *py, struct torch *t)
{
	read_version(s, t);
	find_installer(s, py, t);
}

#define NVCC_LOOKS_MAX 200

/* Named only to be ruled out: torch brings its own CUDA. */
static void find_nvcc(struct sys *s, struct torch *t)
{
	struct which walk = { 0 };
	const char *path = NULL, *real = NULL;
	int err = which_start(s, "nvcc", &walk);

	/* It decides nothing: a PATH of thousands of entries is not worth a second walk. */
	walk.looks_max = NVCC_LOOKS_MAX;
	if (!err)
		err = which_next(&walk, &path);
	if (err && walk.cut)
		return;
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
	torch_find(s, py, t);
	if (t->dir.st == PRESENT) {
		torch_describe(s, py, t);
		torch_look_at_build(s, py, t);
		torch_look_at_records(s, py, t);
		torch_look_at_needs(s, py, t);
	}
	torch_describe_installs(s, py, t);
	torch_find_tools(s, py, t);
}

const struct collector collect_torch = {
	.name = "torch",
	.help = "the torch that this Python imports",
	.run = run,
};
