// SPDX-License-Identifier: Apache-2.0
#include "verbs/gather.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "core/log.h"
#include "facts/facts_json.h"

struct context {
	struct arena *arena;
	struct gathered *out;
	struct collect_wish wish;
	bool trace;
};

/* In the looker: it was forked with everything that has been accepted so far, so later collectors see earlier facts. */
static json_t *run(void *context, size_t task, struct sys *sys)
{
	struct context *c = context;

	struct sys *view = collect_view(sys, collectors[task], &c->wish);

	if (view)
		collectors[task]->run(view, &c->wish, &c->out->facts);

	json_t *group = facts_dump_group(&c->out->facts, collectors[task]->name);

	if (c->trace) {
		char *text = json_dumps(group, JSON_COMPACT | JSON_ENSURE_ASCII);

		log_trace("fact %s %s", collectors[task]->name, text ? text : "?");
		free(text);
	}
	return group;
}

static bool accept(void *context, size_t task, const json_t *result, const char **ret_why)
{
	struct context *c = context;

	return facts_load_group(&c->out->facts, collectors[task]->name, result, c->arena, ret_why);
}

static void record(void *context, const json_t *record)
{
	struct context *c = context;

	json_array_append(c->out->records, (json_t *)(uintptr_t)record);
}

static const char *current_folder(struct arena *a)
{
	char path[8192];

	/* A deleted folder has no name; getcwd then fails or begins with "(unreachable)". */
	return getcwd(path, sizeof path) && path[0] == '/' ? arena_strdup(a, path) : NULL;
}

static void take_outcome(struct gathered *g, const struct look_outcome *outcome, struct arena *a)
{
	for (size_t i = 0; i < outcome->hangs.n; i++)
		PUSH(a, &g->facts.hangs, outcome->hangs.v[i]);
	g->notes = outcome->notes;
	g->root_hung = outcome->root_hung;
	if (outcome->refused) {
		log_error("%s", outcome->refused);
		g->status = EXIT_USAGE;
	}
	if (outcome->stuck_left)
		log_error(
			"a look is stuck in the kernel (state D); this container or job cannot end before it is released.");
}

struct look_plan plan_for(const struct options *o, struct arena *a)
{
	const char *looker = getenv("WHYCPU_LOOKER");

	return (struct look_plan){ .sys = { .cwd = current_folder(a),
					    .environ = environ,
					    .self_pid = (int)getpid(),
					    .trace = o->trace },
				   .timeout_ms = o->timeout_ms,
				   .in_process = looker && strcmp(looker, "inline") == 0 };
}

struct gathered gather(const struct options *o, bool record_looks, struct arena *a)
{
	struct gathered g = { .records = record_looks ? json_array() : NULL };
	struct context context = {
		.arena = a,
		.out = &g,
		.wish = { .python = o->python, .script = o->script, .pid = o->pid },
		.trace = o->trace
	};
	struct look_plan plan = plan_for(o, a);
	const char **names = arena_alloc(a, n_collectors * sizeof *names);

	for (size_t i = 0; i < n_collectors; i++)
		names[i] = collectors[i]->name;
	plan.n_tasks = n_collectors;
	plan.task_names = names;
	plan.run = run;
	plan.accept = accept;
	plan.record = record_looks ? record : NULL;
	plan.context = &context;
	plan.sys.root = o->root;
	plan.sys.record = record_looks;

	struct look_outcome outcome = look(&plan, a);

	take_outcome(&g, &outcome, a);
	return g;
}
