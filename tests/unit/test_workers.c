// SPDX-License-Identifier: Apache-2.0
/* Does every item get its answer, or its reason why not, whatever becomes of the process that works on it? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/workers.h"

#define ITEMS 100

struct seen {
	unsigned taken[ITEMS], lost[ITEMS];
	const char *why[ITEMS];
	json_int_t sum;
};

static void *begin(void *context, const struct sys_options *sys)
{
	static int worker;

	(void)context;
	(void)sys;
	return &worker;
}

static json_t *answer(size_t item)
{
	return json_pack("{s:i}", "n", (int)item);
}

static json_t *run_well(void *context, void *worker, size_t item)
{
	(void)context;
	*(int *)worker += 1;
	return item % 10 == 9 ? NULL : answer(item);
}

/* 17 dies, 18 ends, 55 hangs, 99 writes what is no answer. */
static json_t *run_badly(void *context, void *worker, size_t item)
{
	(void)context;
	(void)worker;
	if (item == 17)
		kill(getpid(), SIGKILL);
	if (item == 18)
		_exit(3);
	while (item == 55)
		pause();
	return item == 99 ? json_object() : answer(item);
}

static bool accept(void *context, size_t item, const json_t *result)
{
	struct seen *seen = context;

	if (!json_is_integer(json_object_get(result, "n")))
		return false;
	assert_int_equal(json_integer_value(json_object_get(result, "n")), item);
	seen->taken[item]++;
	return true;
}

static void lost(void *context, size_t item, const char *why)
{
	struct seen *seen = context;

	seen->lost[item]++;
	seen->why[item] = why;
}

static struct work_plan plan_of(struct seen *seen, unsigned n_workers, size_t batch)
{
	return (struct work_plan){ .n_items = ITEMS,
				   .begin = begin,
				   .run = run_well,
				   .accept = accept,
				   .lost = lost,
				   .context = seen,
				   .n_workers = n_workers,
				   .batch = batch,
				   .item_ms = 5000 };
}

static void test_all(void **state)
{
	static const struct {
		unsigned workers;
		size_t batch;
	} ways[] = { { 1, 1 }, { 1, 7 }, { 3, 1 }, { 4, 32 }, { 64, 1 }, { 5, 1000 }, { 0, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct arena *a = arena_new();
		struct seen seen = { 0 };
		struct work_plan plan = plan_of(&seen, ways[i].workers, ways[i].batch);

		work(&plan, a);
		for (size_t k = 0; k < ITEMS; k++) {
			assert_int_equal(seen.taken[k], k % 10 != 9);
			assert_int_equal(seen.lost[k], 0);
		}
		arena_free(a);
	}
}

static void check_bad(unsigned n_workers, size_t batch)
{
	struct arena *a = arena_new();
	struct seen seen = { 0 };
	struct work_plan plan = plan_of(&seen, n_workers, batch);

	plan.run = run_badly;
	plan.item_ms = 300;
	work(&plan, a);
	for (size_t k = 0; k < ITEMS; k++) {
		bool bad = k == 17 || k == 18 || k == 55 || k == 99;

		assert_int_equal(seen.lost[k], bad);
		assert_int_equal(seen.taken[k], !bad);
	}
	assert_non_null(strstr(seen.why[17], "signal 9"));
	assert_non_null(strstr(seen.why[18], "status 3"));
	assert_non_null(strstr(seen.why[55], "took more than"));
	assert_non_null(strstr(seen.why[99], "refused"));
	arena_free(a);
}

static void test_bad(void **state)
{
	(void)state;
	check_bad(1, 1);
	check_bad(1, 100);
	check_bad(4, 8);
}

static json_t *run_asleep(void *context, void *worker, size_t item)
{
	(void)context;
	(void)worker;
	while (item % 20 == 5)
		pause();
	return answer(item);
}

/* 5, 25 and 45 sleep; what nobody has begun by then is lost too. */
static void test_asleep(void **state)
{
	struct arena *a = arena_new();
	struct seen seen = { 0 };
	struct work_plan plan = plan_of(&seen, 1, 1);

	(void)state;
	plan.run = run_asleep;
	plan.quiet_ms = 200;
	plan.item_ms = 100000;
	work(&plan, a);
	for (size_t k = 0; k < ITEMS; k++) {
		bool bad = k == 5 || k == 25 || k >= 45;

		assert_int_equal(seen.lost[k], bad);
		assert_int_equal(seen.taken[k], !bad);
	}
	assert_non_null(strstr(seen.why[25], "does not answer"));
	assert_non_null(strstr(seen.why[99], "others before it"));
	arena_free(a);
}

static void test_none(void **state)
{
	struct arena *a = arena_new();
	struct seen seen = { 0 };
	struct work_plan plan = plan_of(&seen, 4, 4);

	(void)state;
	plan.n_items = 0;
	work(&plan, a);
	plan.n_items = 30;
	plan.in_process = true;
	work(&plan, a);
	assert_int_equal(seen.taken[0], 1);
	assert_int_equal(seen.taken[28], 1);
	assert_int_equal(seen.taken[29], 0);
	assert_int_equal(seen.taken[30], 0);
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_asleep),
	};

	json_setup();
	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
