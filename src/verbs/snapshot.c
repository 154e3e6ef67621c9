// SPDX-License-Identifier: Apache-2.0
/* Records what a check looks at, redacted, as a folder that `check --root` and the tests read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/case_write.h"
#include "core/errname.h"
#include "core/log.h"
#include "report/out.h"
#include "rules/rules.h"
#include "verbs/ask.h"
#include "verbs/gather.h"

struct writing {
	const char *dir; /* raw */
	const char *cwd;
	struct case_recording recording;
	int64_t err; /* -errno of the writer, as it came back */
	bool done;
};

/* In the looker. */
static json_t *run(void *context, size_t task, struct sys *sys)
{
	struct writing *w = context;
	struct sys_ids ids;
	const char *dir = w->dir;
	json_t *result = json_object();

	(void)task;
	if (dir[0] != '/' && w->cwd)
		dir = path_join(sys_arena(sys), w->cwd, dir);
	if (sys_uname(sys, &w->recording.uname))
		w->recording.uname = (struct sys_uname){ 0 };
	if (sys_ids(sys, &ids) == 0)
		w->recording.ids = &ids;

	int err = dir[0] == '/' ? case_write(sys, dir, &w->recording) : -ENOENT;

	json_object_set_new(result, "err", json_integer(err));
	return result;
}

static bool accept(void *context, size_t task, const json_t *result, const char **ret_why)
{
	struct writing *w = context;
	const json_t *err = json_object_get(result, "err");

	(void)task;
	*ret_why = "no status";
	w->err = json_integer_value(err);
	w->done = json_is_integer(err);
	return w->done;
}

static int tell_problem(const struct writing *w, struct arena *a)
{
	const char *dir = esc(a, w->dir);

	if (!w->done)
		log_error("%s does not answer: nothing was written.", dir);
	else if (w->err == -EEXIST)
		log_error("%s exists already; name another folder with -o DIR.", dir);
	else
		log_error("cannot write %s (%s): nothing was kept.", dir, errno_name((int)-w->err));
	return EXIT_USAGE;
}

static int tell_done(const struct options *o, const struct writing *w, const struct gathered *g,
		     struct arena *a)
{
	const char *python =
		o->python ? arena_fmt(a, " --python %s", shell_word(a, esc(a, o->python))) : "";
	const char *dir = shell_word(a, esc(a, w->dir));

	for (size_t i = 0; i < g->notes.n; i++)
		log_error("%s", g->notes.v[i]);
	return out_write(arena_fmt(
		       a,
		       "Recorded in %s.\n"
		       "Read it before you share it: your name in HOME was replaced, variables are kept\n"
		       "only by list, nothing else was taken out.\n"
		       "To see the same answer elsewhere:  whycpu check --root %s%s\n",
		       dir, dir, python))
		       ? EXIT_USAGE
		       : EXIT_NO_CAUSE;
}

int verb_snapshot(const struct options *o, struct arena *a)
{
	static const char *const names[] = { "write" };
	struct gathered g = gather(o, true, a);
	struct look_plan plan = plan_for(o, a);
	json_t *probes = json_object();
	struct writing w = { .dir = o->out ? o->out : "whycpu-snapshot", .cwd = plan.sys.cwd };

	if (g.status)
		return g.status;
	ask_driver(o, judge(&g.facts, a), &g.facts, probes, a);
	w.recording = (struct case_recording){ .records = g.records,
					       .probes = probes,
					       .hangs = g.facts.hangs.v,
					       .n_hangs = g.facts.hangs.n,
					       .home = getenv("HOME"),
					       .cwd = w.cwd,
					       .now = time(NULL) };
	plan.n_tasks = 1;
	plan.task_names = names;
	plan.run = run;
	plan.accept = accept;
	plan.context = &w;
	look(&plan, a);
	json_decref(g.records);
	json_decref(probes);
	return !w.done || w.err ? tell_problem(&w, a) : tell_done(o, &w, &g, a);
}
