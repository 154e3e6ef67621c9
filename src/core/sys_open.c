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
	if (s->tree)
		case_close(s->tree);
	json_decref(s->records);
	s->records = NULL;
}

const struct hang *sys_hang(const struct sys *s, size_t i)
{
	return i < s->hangs.n ? &s->hangs.v[i] : NULL;
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

	if (!err)
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

static uint64_t cap_eff(struct sys *s)
{
	struct bytes status, line;
	size_t pos = 0;

	if (sys_read(s, "/proc/self/status", &status))
		return 0;
	while (next_line(status, &pos, &line))
		if (line.n > 8 && memcmp(line.v, "CapEff:\t", 8) == 0)
			return strtoull(arena_strndup(s->arena, line.v + 8, line.n - 8), NULL, 16);
	return 0;
}

int sys_ids(struct sys *s, struct sys_ids *ret_ids)
{
	int err = sys_fault(s);

	if (err)
		return err;
	if (s->tree)
		return case_ids(s, ret_ids);

	int n = getgroups(0, NULL);
	gid_t *groups = arena_alloc(s->arena, (n > 0 ? (size_t)n : 1) * sizeof *groups);

	n = n > 0 ? getgroups(n, groups) : 0;
	*ret_ids = (struct sys_ids){ .uid = getuid(),
				     .gid = getgid(),
				     .groups = groups,
				     .n_groups = n > 0 ? (size_t)n : 0,
				     .cap_eff = cap_eff(s) };
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

	if (!err && s->tree)
		err = case_cwd(s, &raw);
	if (!err && !raw)
		err = -ENOENT;
	if (!err)
		*ret_path = esc(s->arena, raw);
	return err;
}
