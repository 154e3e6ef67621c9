// SPDX-License-Identifier: Apache-2.0
/* The process model for everything that can hang. Main touches no path; a forked looker runs the tasks in order and
 * writes one JSON line each. A looker that gets stuck is left behind, and a fresh one goes on with the stuck place on
 * its skip list (DESIGN section 3). This file knows nothing of GPUs: a task is a name and a function. */
#ifndef WHYCPU_CORE_LOOKER_H
#define WHYCPU_CORE_LOOKER_H

#include <jansson.h>

#include "core/hang.h"
#include "core/sys_open.h"

struct look_plan {
	size_t n_tasks;
	const char *const *task_names;
	/* In the looker: looks through sys (NULL for a probe) and returns one JSON object, new reference. */
	json_t *(*run)(void *context, size_t task, struct sys *sys);
	/* In main: takes the object of a task. False and *ret_why: the line is refused. */
	bool (*accept)(void *context, size_t task, const json_t *result, const char **ret_why);
	/* In main: takes what was recorded for a snapshot; may be NULL. */
	void (*record)(void *context, const json_t *records);
	void *context;
	struct sys_options sys;
	unsigned
		timeout_ms; /* all looks together; a look without a step for a fifth of it is stuck */
	bool in_process;    /* WHYCPU_LOOKER=inline: no child at all */
	/* A probe calls into other people's libraries instead of looking: it gets no sys, only the deadline counts, it is
	 * not tried again, and on a terminal stderr shows `waiting_for` after a second. */
	bool probe;
	const char *waiting_for;
};

struct look_outcome {
	ARRAY(struct hang) hangs;
	struct strlist notes; /* whole sentences: a looker that died, lied or ran out of time */
	const char *
		probe_end; /* of a probe that gave no answer: "signal 11", "exit 1", "timeout", "garbage" */
	unsigned spent_ms;
	const char *refused; /* the root cannot be used: one line for the user */
	bool root_hung;      /* the root itself does not answer */
	bool stuck_left;     /* a process in state D stays behind */
};

/* Runs the plan within timeout_ms (and a little for clearing up). Never hangs, never fails. */
struct look_outcome look(const struct look_plan *plan, struct arena *a);

#endif
