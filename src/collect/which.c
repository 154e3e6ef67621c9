// SPDX-License-Identifier: Apache-2.0
/* Which file does a command name start? Reads PATH and looks at the files along it, as a shell would. It cannot know
 * the shell's aliases and functions, nor what a shell remembers in its hash table. */
#include "collect/which.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What execvp takes when there is no PATH lacks /usr/local/bin; shells have it, and people start whycpu from a shell. */
static const char default_path[] = "/usr/local/bin:/usr/bin:/bin";

int which_start(struct sys *s, const char *name, struct which *ret_walk)
{
	const char *path = NULL;
	int err = sys_env(s, "PATH", &path);

	if (err && err != -ENOENT)
		return err;
	*ret_walk = (struct which){ .sys = s, .name = name, .path = err ? default_path : path };
	return 0;
}

int which_absolute(struct sys *s, const char *path, const char **ret_path)
{
	const char *cwd = "/";

	if (path[0] != '/') {
		int err = sys_cwd(s, &cwd);

		if (err)
			return err;
	}
	while (starts_with(path, "./"))
		path += 1 + strspn(path + 1, "/");
	if (!path[0] || strcmp(path, ".") == 0)
		*ret_path = cwd;
	else
		*ret_path = path_join(sys_arena(s), cwd, path);
	return 0;
}

int which_is_executable(struct sys *s, const char *path)
{
	struct sys_stat st;
	int err = sys_is_absent(s, path) ? -ENOENT : sys_stat(s, path, &st);

	/* A folder on PATH that this user may not enter (/root/bin in a container with USER) holds no command for the
	 * shell either. Asked twice, in the shell's own words, because one wrong "no" here makes another Python the
	 * first. */
	if (err == -EACCES && sys_access(s, path, X_OK) == -EACCES)
		return -ENOENT;
	if (err == -ENOTDIR)
		return -ENOENT;
	if (err)
		return err;
	/* The mode decides, not access(): its EACCES could also come from a mount or a fault, and a file that was
	 * skipped by mistake would make another one "the first on PATH". */
	if (st.kind != SYS_FILE || !(st.mode & 0111))
		return -ENOENT;
	return sys_access(s, path, X_OK);
}

int which_next(struct which *w, const char **ret_path)
{
	struct arena *a = sys_arena(w->sys);
	struct bytes part;

	while (next_part(w->path, ':', &w->pos, &part)) {
		w->cut = w->looks_max && w->looks++ == w->looks_max;
		if (w->cut)
			break;

		const char *dir = arena_strndup(a, part.v, part.n);
		const char *file = dir[0] ? path_join(a, dir, w->name) : w->name;
		int err = which_absolute(w->sys, file, &file);

		if (!err)
			err = which_is_executable(w->sys, file);
		if (err == -ENOENT)
			continue;
		*ret_path = file;
		return err;
	}
	return -ENOENT;
}
