// SPDX-License-Identifier: Apache-2.0
/* NVML first, then CUDA: NVML needs less, and what it says is kept when CUDA hangs. A library that hangs, crashes or ends the
 * process has given no answer; that proves nothing, and is told. */
#include "verbs/ask.h"

#include <stdlib.h>
#include <string.h>

#include "collect/probe.h"
#include "core/looker.h"
#include "probe/probe.h"
#include "rules/rules.h"

#define DEADLINE_S 30

struct asking {
	const char *path; /* of the library, raw */
	json_t *(*probe)(const char *path);
	const struct facts *facts;
	json_t *answer;
};

/* The target's variables that the driver reads, where they are not ours (--pid). */
static void take_environment(const struct facts *f, struct arena *a)
{
	const struct {
		const char *name;
		const struct fact_str *value;
	} read_by_driver[] = { { "CUDA_VISIBLE_DEVICES", &f->env.cuda_visible_devices },
			       { "CUDA_DEVICE_ORDER", &f->env.cuda_device_order },
			       { "CUDA_MPS_PIPE_DIRECTORY", &f->env.cuda_mps_pipe_directory } };

	for (size_t i = 0; i < sizeof read_by_driver / sizeof *read_by_driver; i++) {
		if (read_by_driver[i].value->st == PRESENT)
			setenv(read_by_driver[i].name, unesc(a, read_by_driver[i].value->v).v, 1);
		else if (read_by_driver[i].value->st == ABSENT)
			unsetenv(read_by_driver[i].name);
	}
}

/* In the child. */
static json_t *run(void *context, size_t task, struct sys *sys)
{
	struct asking *asking = context;
	struct arena *a = arena_new();

	(void)task;
	(void)sys;
	take_environment(asking->facts, a);
	arena_free(a);
	return asking->probe(asking->path);
}

static bool accept(void *context, size_t task, const json_t *result, const char **ret_why)
{
	struct asking *asking = context;

	(void)task;
	*ret_why = "no object";
	if (!json_is_object(result))
		return false;
	asking->answer = json_deep_copy(result);
	return true;
}

/* "signal 11" in the words of a case: {"signal": 11}. */
static json_t *no_answer(const char *end)
{
	if (end && strncmp(end, "signal ", 7) == 0)
		return json_pack("{s:i}", "signal", atoi(end + 7));
	if (end && strncmp(end, "exit ", 5) == 0)
		return json_pack("{s:i}", "rc", atoi(end + 5));
	if (end && strcmp(end, "timeout") == 0)
		return json_pack("{s:b}", "timeout", 1);
	return json_pack("{s:b}", "garbage", 1);
}

static void ask(const char *name, struct asking *asking, const struct options *o, struct arena *a)
{
	struct look_plan plan = plan_for(o, a);

	plan.n_tasks = 1;
	plan.task_names = &name;
	plan.run = run;
	plan.accept = accept;
	plan.context = asking;
	plan.sys.root = NULL;
	plan.timeout_ms = DEADLINE_S * 1000;
	if (o->timeout && o->timeout_ms < plan.timeout_ms)
		plan.timeout_ms = o->timeout_ms;
	plan.probe = true;
	plan.waiting_for = "NVIDIA's driver";

	struct look_outcome outcome = look(&plan, a);

	if (!asking->answer)
		asking->answer = no_answer(outcome.probe_end);

	bool late = outcome.probe_end && strcmp(outcome.probe_end, "timeout") == 0;

	/* Whole seconds: what is quick is the same at every asking. */
	json_object_set_new(asking->answer, "seconds",
			    json_integer((late ? plan.timeout_ms : outcome.spent_ms + 500) / 1000));
}

/* One library: its path as the target's loader finds it, whether it may be asked. */
static void ask_and_take(const char *name, struct asking asking, const struct options *o,
			 struct facts *facts, json_t *records, struct arena *a)
{
	asking.facts = facts;
	asking.path = unesc(a, asking.path).v;
	ask(name, &asking, o, a);
	probe_take(facts, name, asking.answer, a);
	if (records)
		json_object_set(records, name, asking.answer);
	json_decref(asking.answer);
}

bool ask_driver(const struct options *o, const struct report *r, struct facts *facts,
		json_t *records, struct arena *a)
{
	const char *up_to = o->probe ? o->probe : "cuda";
	struct ask what = what_to_ask(facts, r);
	const char *looker = getenv("WHYCPU_LOOKER");

	/* Without a child nobody may be asked. */
	if (looker && strcmp(looker, "inline") == 0)
		return false;

	bool nvml = what.nvml && strcmp(up_to, "none") != 0;
	bool cuda = what.cuda && strcmp(up_to, "cuda") == 0;

	if (nvml)
		ask_and_take("nvml",
			     (struct asking){ .path = facts->drvlib.libnvml.path.v,
					      .probe = probe_nvml },
			     o, facts, records, a);
	if (cuda)
		ask_and_take("cuda",
			     (struct asking){ .path = facts->drvlib.libcuda.path.v,
					      .probe = probe_cuda },
			     o, facts, records, a);
	return nvml || cuda;
}
