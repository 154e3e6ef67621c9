// SPDX-License-Identifier: Apache-2.0
/* Which Python does a pyenv shim start? Follows `pyenv which`: PYENV_VERSION, .python-version here or above,
 * $PYENV_ROOT/version, then the system's. It cannot know the hooks of pyenv plugins, nor pyenv releases that stop with
 * "command not found" where newer ones go on to the system's Python. */
#include "collect/pyenv.h"

#include <errno.h>
#include <string.h>

#include "collect/which.h"

enum { MAX_FOLDERS_UP = 64 };

bool pyenv_is_shim(struct bytes head)
{
	return head.n > 2 && head.v[0] == '#' && head.v[1] == '!' &&
	       memmem(head.v, head.n, "pyenv", 5);
}

/* Every shim carries its root; it overrides the variable of the same name. */
static const char *root_in_shim(struct arena *a, struct bytes head)
{
	static const char key[] = "PYENV_ROOT=\"";
	const char *at = memmem(head.v, head.n, key, strlen(key));

	if (!at)
		return NULL;
	at += strlen(key);

	const char *end = memchr(at, '"', head.n - (size_t)(at - head.v));

	return end ? esc_bytes(a, at, (size_t)(end - at)) : NULL;
}

static int find_root(struct sys *s, const char *shim, struct bytes head, const char **ret_root)
{
	struct arena *a = sys_arena(s);
	const char *root = root_in_shim(a, head), *home = NULL;
	int err = 0;

	if (!root)
		err = sys_env(s, "PYENV_ROOT", &root);
	if (err && err != -ENOENT)
		return err;
	if (root && root[0] == '/') {
		*ret_root = root;
		return 0;
	}
	err = sys_env(s, "HOME", &home);
	if (err && err != -ENOENT)
		return err;
	*ret_root = home && home[0] == '/' ? path_join(a, home, ".pyenv")
					   : path_dirname(a, path_dirname(a, shim));
	return 0;
}

static void add_words(struct arena *a, struct bytes text, struct strlist *ret_words)
{
	struct bytes line;
	size_t pos = 0;

	while (ret_words->n < 16 && next_line(text, &pos, &line)) {
		const char *word = esc_bytes(a, line.v, line.n);

		word += strspn(word, " \t");
		word = arena_strndup(a, word, strcspn(word, " \t"));
		if (word[0] && word[0] != '#')
			PUSH(a, ret_words, word);
	}
}

/* 0 with the text of the first file of that name here or above; -ENOENT if there is none. */
static int read_local_file(struct sys *s, struct bytes *ret_text)
{
	struct arena *a = sys_arena(s);
	const char *dir = NULL;
	int err = sys_cwd(s, &dir);

	if (err)
		return err;
	for (int i = 0; i < MAX_FOLDERS_UP; i++) {
		err = sys_read(s, path_join(a, dir, ".python-version"), ret_text);
		if (err != -ENOENT && err != -EISDIR && err != -SYS_E_NOT_A_FILE)
			return err;
		if (strcmp(dir, "/") == 0)
			return -ENOENT;
		dir = path_dirname(a, dir);
	}
	return -ENOENT;
}

static int wanted_versions(struct sys *s, const char *root, struct strlist *ret_words)
{
	struct arena *a = sys_arena(s);
	const char *value = NULL;
	struct bytes text = { "", 0 }, part;
	size_t pos = 0;
	int err = sys_env(s, "PYENV_VERSION", &value);

	if (err && err != -ENOENT)
		return err;
	if (!err && value[0]) {
		while (ret_words->n < 16 && next_part(value, ':', &pos, &part))
			PUSH(a, ret_words, arena_strndup(a, part.v, part.n));
		return 0;
	}
	err = read_local_file(s, &text);
	if (err == -ENOENT)
		err = sys_read(s, path_join(a, root, "version"), &text);
	if (!err)
		add_words(a, text, ret_words);
	return err == -ENOENT ? 0 : err;
}

/* The newest installed release below `word`: 3.11.9 for 3.11. */
static const char *newest_below(const struct strlist *installed, const char *word)
{
	const char *best = NULL;
	size_t n = strlen(word);

	for (size_t i = 0; i < installed->n; i++) {
		const char *name = installed->v[i];

		if (!starts_with(name, word) || name[n] != '.')
			continue;
		if (name[n + strspn(name + n, "0123456789.")])
			continue;
		if (!best || strverscmp(name, best) > 0)
			best = name;
	}
	return best;
}

/* -ENOENT if this version is not installed or has no such program. */
static int find_in_version(struct sys *s, const char *root, const char *word, const char *program,
			   const char **ret_exe)
{
	struct arena *a = sys_arena(s);
	const char *versions = path_join(a, root, "versions");
	const char *exe = arena_fmt(a, "%s/%s/bin/%s", versions, word, program);
	int err = which_is_executable(s, exe);

	if (err == -ENOENT) {
		struct strlist installed = { 0 };

		err = sys_list(s, versions, &installed);
		if (err)
			return err == -ENOTDIR ? -ENOENT : err;

		const char *newest = newest_below(&installed, word);

		if (!newest)
			return -ENOENT;
		exe = arena_fmt(a, "%s/%s/bin/%s", versions, newest, program);
		err = which_is_executable(s, exe);
	}
	if (!err)
		*ret_exe = exe;
	return err;
}

int pyenv_resolve(struct sys *s, const char *shim, struct bytes head, const char **ret_exe)
{
	const char *root = NULL;
	struct strlist words = { 0 };
	int err = find_root(s, shim, head, &root);

	if (!err)
		err = wanted_versions(s, root, &words);
	if (err)
		return err;
	for (size_t i = 0; i < words.n; i++) {
		const char *word = words.v[i];

		if (strcmp(word, "system") == 0)
			return PYENV_SYSTEM;
		if (starts_with(word, "python-"))
			word += strlen("python-");
		/* pyenv refuses a way out of its folder, and so must a file in anybody's folder here. */
		if (!word[0] || word[0] == '/' || strstr(word, ".."))
			continue;
		err = find_in_version(s, root, word, path_basename(shim), ret_exe);
		if (err != -ENOENT)
			return err;
	}
	return PYENV_SYSTEM;
}
