// SPDX-License-Identifier: Apache-2.0
/* Lookers that die, lie, fall silent, flood the pipe or hold it: each costs a line, never the answer, and never more
 * than its time. The tasks here misbehave on purpose, at each boundary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/json.h"
#include "core/looker.h"

#define N_TASKS 5

enum mischief {
	GOOD,
	DIE_SEGV,
	DIE_KILL,
	DIE_EXIT,
	DIE_ABORT,
	SILENT,
	STOPPED,
	BUSY,
	GARBAGE,
	FLOOD,
	FLOOD_LINES,
	DEEP,
	HALF_LINE,
	OUT_OF_TURN,
	END_EARLY,
	HOLD_PIPE,
	DUPLICATE_KEYS,
	INVALID_UTF8,
};

struct context {
	enum mischief mischief;
	size_t at;
	unsigned accepted[N_TASKS];
};

static struct arena *arena;

static void say(const char *text)
{
	(void)!write(3, text, strlen(text));
}

static void flood(const char *piece)
{
	size_t n = strlen(piece);

	for (size_t sent = 0; sent < (size_t)1 << 30; sent += n)
		if (write(3, piece, n) < 0)
			_exit(0);
}

static void hold_pipe(void)
{
	if (fork() == 0) {
		setsid();
		sleep(20);
		_exit(0);
	}
}

static void misbehave(enum mischief mischief)
{
	static char megabyte[1 << 20];

	switch (mischief) {
	case DIE_SEGV:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case DIE_KILL:
		raise(SIGKILL);
		break;
	case DIE_EXIT:
		_exit(0);
	case DIE_ABORT:
		signal(SIGABRT, SIG_DFL);
		raise(SIGABRT);
		break;
	case SILENT:
		for (;;)
			pause();
	case STOPPED:
		raise(SIGSTOP);
		break;
	case BUSY:
		for (volatile int i = 0;; i++)
			;
	case GARBAGE:
		say("\x01\xff{]\n");
		break;
	case FLOOD:
		memset(megabyte, 'x', sizeof megabyte - 1);
		flood(megabyte);
		break;
	case FLOOD_LINES:
		flood("{\"end\"\n");
		break;
	case DEEP:
		memset(megabyte, '[', 100000);
		say(megabyte);
		say("\n");
		break;
	case HALF_LINE:
		say("{\"task\": \"t");
		_exit(0);
	case OUT_OF_TURN:
		say("{\"task\":\"t4\",\"result\":{}}\n");
		break;
	case END_EARLY:
		say("{\"end\":true}\n");
		break;
	case HOLD_PIPE:
		hold_pipe();
		break;
	case DUPLICATE_KEYS:
		say("{\"task\":\"t0\",\"task\":\"t1\",\"result\":{}}\n");
		break;
	case INVALID_UTF8:
		say("{\"task\":\"\xff\",\"result\":{}}\n");
		break;
	default:
		break;
	}
}

static json_t *run(void *context, size_t task, struct sys *sys)
{
	const struct context *c = context;
	json_t *result = json_object();

	(void)sys;
	if (task == c->at)
		misbehave(c->mischief);
	json_object_set_new(result, "task", json_integer((json_int_t)task));
	return result;
}

static bool accept(void *context, size_t task, const json_t *result, const char **ret_why)
{
	struct context *c = context;

	*ret_why = "wrong number";
	if (json_integer_value(json_object_get(result, "task")) != (json_int_t)task)
		return false;
	c->accepted[task]++;
	return true;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct look_outcome run_plan(struct context *c, unsigned timeout_ms)
{
	static const char *const names[N_TASKS] = { "t0", "t1", "t2", "t3", "t4" };
	struct look_plan plan = { .n_tasks = N_TASKS,
				  .task_names = names,
				  .run = run,
				  .accept = accept,
				  .context = c,
				  .sys = { .self_pid = (int)getpid() },
				  .timeout_ms = timeout_ms };

	return look(&plan, arena);
}

/* Every task but the bad one is accepted exactly once, and something is said; all within the time. */
static void costs_one_line(enum mischief mischief)
{
	for (size_t at = 0; at < N_TASKS; at++) {
		struct context c = { .mischief = mischief, .at = at };
		double start = seconds();
		struct look_outcome outcome = run_plan(&c, 2000);

		if (seconds() - start > 3.0)
			fail_msg("took %.1f s", seconds() - start);
		for (size_t i = 0; i < N_TASKS; i++)
			if (i != at && c.accepted[i] != 1)
				fail_msg("mischief %d at %zu: task %zu accepted %u times",
					 (int)mischief, at, i, c.accepted[i]);
		if (!outcome.notes.n && !outcome.hangs.n)
			fail_msg("mischief %d at %zu: nothing was said", (int)mischief, at);
	}
}

#define ONE_LINE(name, mischief)                                                                   \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		costs_one_line(mischief);                                                          \
	}
ONE_LINE(a_crash_costs_one_line, DIE_SEGV)
ONE_LINE(a_kill_costs_one_line, DIE_KILL)
ONE_LINE(an_early_exit_costs_one_line, DIE_EXIT)
ONE_LINE(an_abort_costs_one_line, DIE_ABORT)
ONE_LINE(silence_costs_one_line, SILENT)
ONE_LINE(a_stop_costs_one_line, STOPPED)
ONE_LINE(an_endless_loop_costs_one_line, BUSY)
ONE_LINE(garbage_costs_one_line, GARBAGE)
ONE_LINE(a_gigabyte_costs_one_line, FLOOD)
ONE_LINE(many_bad_lines_cost_one_line, FLOOD_LINES)
ONE_LINE(deep_brackets_cost_one_line, DEEP)
ONE_LINE(half_a_line_costs_one_line, HALF_LINE)
ONE_LINE(an_early_end_costs_one_line, END_EARLY)
ONE_LINE(duplicate_keys_cost_one_line, DUPLICATE_KEYS)
ONE_LINE(invalid_utf8_costs_one_line, INVALID_UTF8)

static void out_of_turn_is_refused(void **state)
{
	struct context c = { .mischief = OUT_OF_TURN, .at = 1 };
	struct look_outcome outcome = run_plan(&c, 2000);

	(void)state;
	assert_int_equal(c.accepted[1], 0);
	assert_int_equal(c.accepted[4], 1);
	assert_int_equal(outcome.notes.n, 1);
}

static void a_held_pipe_does_not_hold_main(void **state)
{
	struct context c = { .mischief = HOLD_PIPE, .at = 2 };
	double start = seconds();
	struct look_outcome outcome = run_plan(&c, 2000);

	(void)state;
	/* Held, it would be until the time is up, after 2 s. */
	if (seconds() - start > 1.9)
		fail_msg("took %.1f s", seconds() - start);
	assert_int_equal(outcome.notes.n, 0);
	for (size_t i = 0; i < N_TASKS; i++)
		assert_int_equal(c.accepted[i], 1);
}

static void a_good_run_says_nothing(void **state)
{
	struct context c = { .mischief = GOOD };

	(void)state;
	for (int i = 0; i < 50; i++) {
		memset(c.accepted, 0, sizeof c.accepted);

		struct look_outcome outcome = run_plan(&c, 2000);

		if (outcome.notes.n)
			fail_msg("run %d: %s", i, outcome.notes.v[0]);
		assert_int_equal(outcome.hangs.n, 0);
		for (size_t k = 0; k < N_TASKS; k++)
			assert_int_equal(c.accepted[k], 1);
	}
	/* Nothing stays behind. look() gives a killed child 20 ms: the kernel of a busy machine may need longer. */
	double start = seconds();

	while (waitpid(-1, NULL, WNOHANG) != -1 && seconds() - start < 2.0)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_run_says_nothing),
		cmocka_unit_test(a_crash_costs_one_line),
		cmocka_unit_test(a_kill_costs_one_line),
		cmocka_unit_test(an_early_exit_costs_one_line),
		cmocka_unit_test(an_abort_costs_one_line),
		cmocka_unit_test(silence_costs_one_line),
		cmocka_unit_test(a_stop_costs_one_line),
		cmocka_unit_test(an_endless_loop_costs_one_line),
		cmocka_unit_test(garbage_costs_one_line),
		cmocka_unit_test(a_gigabyte_costs_one_line),
		cmocka_unit_test(many_bad_lines_cost_one_line),
		cmocka_unit_test(deep_brackets_cost_one_line),
		cmocka_unit_test(half_a_line_costs_one_line),
		cmocka_unit_test(an_early_end_costs_one_line),
		cmocka_unit_test(duplicate_keys_cost_one_line),
		cmocka_unit_test(invalid_utf8_costs_one_line),
		cmocka_unit_test(out_of_turn_is_refused),
		cmocka_unit_test(a_held_pipe_does_not_hold_main),
	};

	json_setup();
	arena = arena_new();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
