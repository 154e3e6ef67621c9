// SPDX-License-Identifier: Apache-2.0
/* Which other environment may the user have meant? Looks at what the usual tools would use in this folder: VIRTUAL_ENV,
 * CONDA_PREFIX, ./.venv (uv, poetry, pdm) and ./venv. Only environments that are not the chosen one are kept. It cannot know those of other folders, and never searches a home folder. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/pypath.h"
#include "collect/which.h"
#include "facts/fact.h"

enum { MAX_CANDIDATES = 8 };

struct candidates {
	struct sys *sys;
	const struct collect_wish *wish;
	const struct facts *facts;
	struct other_list *list;
	struct strlist seen; /* real folders */
};

static void leave_open(struct candidates *c, int err, const char *where)
{
	if (c->list->st == UNKNOWN)
		return;
	c->list->st = UNKNOWN;
	c->list->why = sys_why(err);
	c->list->from = where;
}

/* True if this folder was not seen before. */
static bool is_new(struct candidates *c, const char *dir)
{
	for (size_t i = 0; i < c->seen.n; i++) {
		if (strcmp(c->seen.v[i], dir) == 0)
			return false;
	}
	PUSH(sys_arena(c->sys), &c->seen, dir);
	return true;
}

/* The same looks as for the chosen one, with other facts about the Python. */
static void examine(struct candidates *c, const char *place, const char *asked)
{
	struct arena *a = sys_arena(c->sys);
	const struct collect_wish wish = { .python = unesc(a, asked).v };
	struct facts copy = *c->facts;
	struct other other = { .place = place };

	copy.python = (struct python){ 0 };
	copy.torch = (struct torch){ 0 };
	copy.libs = (struct libs){ 0 };
	collect_python.run(c->sys, &wish, &copy);
	if (copy.python.problem.st == PRESENT)
		return;
	copy.python.chosen.v = place;
	copy.python.first = c->facts->python.first;
	collect_torch.run(c->sys, c->wish, &copy);
	if (copy.torch.cuda.st == PRESENT)
		collect_libs.run(c->sys, c->wish, &copy);
	other.python = copy.python;
	other.torch = copy.torch;
	other.libs = copy.libs;
	PUSH(a, c->list, other);
}

static void consider(struct candidates *c, const char *place, const char *dir)
{
	const char *real = NULL;
	int err = sys_realpath(c->sys, dir, &real);

	if (err == -ENOENT || err == -ENOTDIR || err == -SYS_E_NOT_RECORDED)
		return;
	if (err)
		leave_open(c, err, dir);
	else if (is_new(c, real) && c->list->n < MAX_CANDIDATES)
		examine(c, place, dir);
}

static void consider_variable(struct candidates *c, const char *name)
{
	const char *dir = NULL, *from = arena_fmt(sys_arena(c->sys), "env:%s", name);
	int err = sys_env(c->sys, name, &dir);

	if (!err && dir[0] == '/')
		consider(c, name, dir);
	else if (err && err != -ENOENT && err != -SYS_E_NOT_RECORDED)
		leave_open(c, err, from);
}

static void consider_here(struct candidates *c, const char *name)
{
	const char *cwd = NULL;
	int err = sys_cwd(c->sys, &cwd);

	if (!err)
		consider(c, arena_fmt(sys_arena(c->sys), "./%s", name),
			 path_join(sys_arena(c->sys), cwd, name));
	else if (err != -ENOENT && err != -SYS_E_NOT_RECORDED)
		leave_open(c, err, "call:getcwd");
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct other_list *list = &facts->others.environments;
	struct candidates c = { .sys = s, .wish = wish, .facts = facts, .list = list };
	const struct fact_str *prefix = &facts->python.prefix;
	const char *real = NULL;

	fact_list_state(&list->st, &list->from, &list->why, 0, "call:getcwd");
	if (prefix->st == PRESENT && sys_realpath(s, prefix->v, &real) == 0)
		is_new(&c, real);
	consider_variable(&c, "VIRTUAL_ENV");
	consider_variable(&c, "CONDA_PREFIX");
	consider_here(&c, ".venv");
	consider_here(&c, "venv");
}

const struct collector collect_others = { "others", "other environments near by", run };
