// SPDX-License-Identifier: Apache-2.0
/* Start and end of a sys, and the looks that need no path: environment, kernel, user, time. */
#include "core/sys_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "core/sys_internal.h"

struct sys *sys_new(const struct sys_options *options, struct look_page *page, struct arena *a,
		    const char **ret_problem)
{
	struct sys *s = arena_alloc(a, sizeof *s);

	s->arena = a;
	s->options = *options;
	s->page = page;
	s->backend = options->root ? &sys_case : &sys_live;
	s->records = options->record ? json_array() : NULL;
	if (options->root && !case_open(s, ret_problem))
		return NULL;
	return s;
}

void sys_close(struct sys *s)
{
	sys_leave(s);
	if (s->view)
		sys_leave(s->view);
	if (s->tree)
		case_close(s->tree);
	json_decref(s->records);
	s->records = NULL;
}

const struct hang *sys_hang(const struct sys *s, size_t i)
{
	return i < s->hangs.n ? &s->hangs.v[i] : NULL;
}

/* The environment that a process was started with; in a recording without it, the recording's. */
static int read_environ(struct sys *s, const char *pid, struct bytes *ret_text)
{
	const size_t max = 4u << 20;
	int err = sys_head(s, arena_fmt(s->arena, "/proc/%s/environ", pid), max, ret_text);

	return s->tree && (err == -ENOENT || err == -SYS_E_NOT_RECORDED) ? 0 : err;
}

/* A folder that was removed has no name any more. */
static const char *working_folder(struct sys *s, const char *pid)
{
	const char *path = NULL;
	int err = sys_readlink(s, arena_fmt(s->arena, "/proc/%s/cwd", pid), &path);

	return err || ends_with(path, " (deleted)") ? NULL : unesc(s->arena, path).v;
}

int sys_of_process(struct sys *s, const char *pid, struct sys **ret_view)
{
	struct bytes env = { NULL, 0 };
	int64_t number = 0;
	int err = 0;

	if (!s->view && !parse_i64(pid, &number))
		err = -ENOENT;
	if (!s->view && !err)
		err = read_environ(s, pid, &env);
	if (err)
		return err;
	if (!s->view) {
		s->view = arena_alloc(s->arena, sizeof *s->view);
		*s->view = (struct sys){ .arena = s->arena,
					 .options = s->options,
					 .backend = s->backend,
					 .page = s->page,
					 .tree = s->tree,
					 .skips = s->skips,
					 .machine = s,
					 .process_env = env };
		s->view->options.self_pid = (int)number;
		s->view->options.cwd = working_folder(s, pid);
		if (!s->tree)
			s->view->base = arena_fmt(s->arena, "/proc/%s/root", pid);
	}
	*ret_view = s->view;
	return 0;
}

static int process_env(const struct sys *s, const char *name, const char **ret_raw)
{
	size_t n = strlen(name);

	for (size_t at = 0; at < s->process_env.n; at += strlen(s->process_env.v + at) + 1) {
		const char *entry = s->process_env.v + at;

		if (strncmp(entry, name, n) == 0 && entry[n] == '=') {
			*ret_raw = entry + n + 1;
			return 0;
		}
	}
	return -ENOENT;
}

static int live_env(const struct sys *s, const char *name, const char **ret_raw)
{
	size_t n = strlen(name);

	for (char *const *e = s->options.environ; e && *e; e++) {
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') {
			*ret_raw = *e + n + 1;
			return 0;
		}
	}
	return -ENOENT;
}

int sys_env(struct sys *s, const char *name, const char **ret_value)
{
	const char *raw = NULL;
	int err = sys_fault(s);

	if (!err && s->process_env.v)
		err = process_env(s, name, &raw);
	else if (!err)
		err = s->tree ? case_env(s, name, &raw) : live_env(s, name, &raw);
	sys_record_env(s, name, err, raw);
	if (!err)
		*ret_value = esc(s->arena, raw);
	return err;
}

int sys_uname(struct sys *s, struct sys_uname *ret_uname)
{
	struct utsname name;
	int err = sys_fault(s);

	if (err)
		return err;
	if (s->tree)
		return case_uname(s, ret_uname);
	if (uname(&name) < 0)
		return -errno;
	*ret_uname = (struct sys_uname){ esc(s->arena, name.release), esc(s->arena, name.machine) };
	return 0;
}

/* What stands behind "KEY:\t" in our status, or in that of a view's process; "" if it could not be read. */
static const char *status_value(struct sys *s, const char *key)
{
	struct bytes status, line;
	size_t pos = 0, n = strlen(key);

	if (sys_read(s, arena_fmt(s->arena, "/proc/%d/status", s->options.self_pid), &status))
		return "";
	while (next_line(status, &pos, &line))
		if (line.n > n + 2 && memcmp(line.v, key, n) == 0 && line.v[n] == ':')
			return arena_strndup(s->arena, line.v + n + 2, line.n - n - 2);
	return "";
}

/* Of another process: the same four as its status shows them. */
static int process_ids(struct sys *s, struct sys_ids *ret_ids)
{
	const char *uid = status_value(s, "Uid"), *groups = status_value(s, "Groups");
	uint32_t *list = arena_alloc(s->arena, (strlen(groups) + 1) * sizeof *list);
	size_t n = 0;
	char *end = NULL;

	if (!uid[0])
		return -SYS_E_NOT_RECORDED;
	for (; list[n] = (uint32_t)strtoul(groups, &end, 10), end != groups; groups = end)
		n++;
	*ret_ids = (struct sys_ids){
		.uid = (uint32_t)strtoul(uid, NULL, 10),
		.gid = (uint32_t)strtoul(status_value(s, "Gid"), NULL, 10),
		.groups = list,
		.n_groups = n,
		.cap_eff = strtoull(status_value(s, "CapEff"), NULL, 16),
	};
	return 0;
}

int sys_ids(struct sys *s, struct sys_ids *ret_ids)
{
	int err = sys_fault(s);

	if (err)
		return err;
	if (s->machine && process_ids(s, ret_ids) == 0)
		return 0;
	if (s->tree)
		return case_ids(s, ret_ids);

	int n = getgroups(0, NULL);
	gid_t *groups = arena_alloc(s->arena, (n > 0 ? (size_t)n : 1) * sizeof *groups);

	n = n > 0 ? getgroups(n, groups) : 0;
	*ret_ids = (struct sys_ids){ .uid = getuid(),
				     .gid = getgid(),
				     .groups = groups,
				     .n_groups = n > 0 ? (size_t)n : 0,
				     .cap_eff = strtoull(status_value(s, "CapEff"), NULL, 16) };
	return 0;
}

int sys_now(struct sys *s, int64_t *ret_epoch_s)
{
	int err = sys_fault(s);

	if (err)
		return err;
	if (s->tree)
		return case_now(s, ret_epoch_s);
	*ret_epoch_s = time(NULL);
	return 0;
}

int sys_cwd(struct sys *s, const char **ret_path)
{
	const char *raw = s->options.cwd;
	int err = sys_fault(s);

	if (!err && s->tree && (!s->machine || !raw))
		err = case_cwd(s, &raw);
	if (!err && !raw)
		err = -ENOENT;
	if (!err)
		*ret_path = esc(s->arena, raw);
	return err;
}
