// SPDX-License-Identifier: Apache-2.0
/* Which Python is the parent process? Reads /proc of the parent, and of its parent when a `sh -c` stands between. It
 * cannot know the environment of a Python that was started by a name which leads elsewhere by now. */
#include "collect/pyparent.h"

#include <errno.h>
#include <string.h>

#include "collect/which.h"

bool is_python_name(const char *path)
{
	const char *name = path_basename(path);

	return starts_with(name, "python") || starts_with(name, "pypy");
}

/* The fields behind the name in /proc/PID/stat; the name may hold blanks and brackets. */
static int read_stat(struct sys *s, const char *pid, const char **ret_comm, const char **ret_ppid)
{
	struct arena *a = sys_arena(s);
	struct bytes text;
	int err = sys_read(s, arena_fmt(a, "/proc/%s/stat", pid), &text);

	if (err)
		return err;

	const char *open = memchr(text.v, '(', text.n);
	const char *close = memrchr(text.v, ')', text.n);

	if (!open || !close || close < open || strlen(close) < 5)
		return -ENODATA;
	*ret_comm = esc_bytes(a, open + 1, (size_t)(close - open - 1));
	*ret_ppid = arena_strndup(a, close + 4, strspn(close + 4, "0123456789"));
	return 0;
}

/* Word `i` of the command line; "" if it is shorter. */
static int argument(struct sys *s, const char *pid, size_t i, const char **ret_word)
{
	struct arena *a = sys_arena(s);
	struct bytes text;
	size_t at = 0;
	int err = sys_read(s, arena_fmt(a, "/proc/%s/cmdline", pid), &text);

	if (err)
		return err;
	while (i-- && at < text.n)
		at += strlen(text.v + at) + 1;
	*ret_word = at < text.n ? esc(a, text.v + at) : "";
	return 0;
}

static bool is_shell_name(const char *name)
{
	static const char *const shells[] = { "sh", "dash", "bash", "zsh", "ksh", "busybox" };

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(name, shells[i]) == 0)
			return true;
	}
	return false;
}

/* 0 for `sh -c`, which stands between when a notebook or os.system() starts a command, -ENOENT for anything else. An
 * interactive shell does not count, even if a terminal program written in Python started it. */
static int is_shell_command(struct sys *s, const char *pid, const char *exe)
{
	const char *flag = "";

	if (!is_shell_name(path_basename(exe)))
		return -ENOENT;

	int err = argument(s, pid, 1, &flag);

	if (err)
		return err;
	return flag[0] == '-' && flag[1] != '-' && strchr(flag, 'c') ? 0 : -ENOENT;
}

/* The program of a process. Somebody else's (su, sshd, a shell of root) may not be looked at, but its name is readable:
 * that is enough for a shell, and rules the others out with -ENOENT unless it is a Python. */
static int read_exe(struct sys *s, const char *pid, const char **ret_exe)
{
	const char *comm = NULL, *ppid = NULL;
	int err = sys_readlink(s, arena_fmt(sys_arena(s), "/proc/%s/exe", pid), ret_exe);

	if (err != -EACCES && err != -EPERM)
		return err;

	int hidden = err;

	err = read_stat(s, pid, &comm, &ppid);
	if (err)
		return err;
	*ret_exe = comm;
	if (is_shell_name(comm))
		return 0;
	return is_python_name(comm) ? hidden : -ENOENT;
}

struct process {
	const char *pid, *exe;
};

/* 0 if the parent is a Python, -ENOENT if it is not. */
static int find_parent(struct sys *s, struct process *ret_parent)
{
	const char *pid = "self", *comm = NULL, *exe = NULL;

	for (int level = 0; level < 2; level++) {
		int err = read_stat(s, pid, &comm, &pid);

		/* A recorded or mounted tree need not hold the process that looked. */
		if (err)
			return err == -SYS_E_NOT_RECORDED ? -ENOENT : err;
		if (!pid[0] || strcmp(pid, "0") == 0)
			return -ENOENT;
		err = read_exe(s, pid, &exe);
		if (err)
			return err == -SYS_E_NOT_RECORDED ? -ENOENT : err;
		*ret_parent = (struct process){ .pid = pid, .exe = exe };
		if (is_python_name(exe))
			return 0;
		err = is_shell_command(s, pid, exe);
		if (err)
			return err;
	}
	return -ENOENT;
}

/* The name by which the parent was started, as a path; -ENOENT if it leads nowhere. */
static int find_started_as(struct sys *s, const struct process *parent, const char **ret_path)
{
	struct arena *a = sys_arena(s);
	const char *typed = "", *cwd = NULL;
	struct which walk;
	int err = argument(s, parent->pid, 0, &typed);

	if (err || !typed[0])
		return err ? err : -ENOENT;
	if (typed[0] == '/') {
		*ret_path = typed;
		return 0;
	}
	if (strchr(typed, '/')) {
		err = sys_readlink(s, arena_fmt(a, "/proc/%s/cwd", parent->pid), &cwd);
		if (!err)
			*ret_path = path_join(a, cwd, typed);
		return err;
	}
	err = which_start(s, typed, &walk);
	return err ? err : which_next(&walk, ret_path);
}

/* 0 if `path` is the program that the parent runs, -ENOENT if not. */
static int is_program_of(struct sys *s, const struct process *parent, const char *path)
{
	const char *real = NULL;
	int err = sys_realpath(s, path, &real);

	if (err)
		return err == -ENOTDIR ? -ENOENT : err;
	return strcmp(real, parent->exe) == 0 ? 0 : -ENOENT;
}

/* /proc/PID/exe has lost the links, and with them the environment: the name by which it was started and VIRTUAL_ENV
 * may still know it. A name counts only if it leads to that very program. */
static int find_links(struct sys *s, const struct process *parent, const char **ret_path)
{
	const char *path = NULL, *venv = NULL;
	int err = find_started_as(s, parent, &path);

	if (!err)
		err = is_program_of(s, parent, path);
	if (err == -ENOENT) {
		err = sys_env(s, "VIRTUAL_ENV", &venv);
		if (!err && venv[0] == '/') {
			path = path_join(sys_arena(s), venv, "bin/python");
			err = is_program_of(s, parent, path);
		} else if (!err) {
			err = -ENOENT;
		}
	}
	*ret_path = err ? parent->exe : path;
	return err == -ENOENT ? 0 : err;
}

int pyparent_links(struct sys *s, const char *pid, const char *exe, const char **ret_path)
{
	return find_links(s, &(struct process){ .pid = pid, .exe = exe }, ret_path);
}

int pyparent_find(struct sys *s, const char **ret_exe, const char **ret_from)
{
	struct process parent = { NULL, NULL };
	int err = find_parent(s, &parent);

	*ret_from = "/proc/self/stat";
	if (parent.pid)
		*ret_from = arena_fmt(sys_arena(s), "/proc/%s/exe", parent.pid);
	return err ? err : find_links(s, &parent, ret_exe);
}
