// SPDX-License-Identifier: Apache-2.0
/* The order of versions, both ways round, and the numbers in front. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/version.h"

static void the_order_holds_both_ways(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = {
		{ "2.6.0", "2.6.0", 0 },
		{ "2.6", "2.6.0", 0 },
		{ "2.9.1", "2.10.0", -1 },
		{ "2.6.0+cu124", "2.6.0+cpu", 0 },
		{ "1.13.1", "2.0.0", -1 },
		{ "2.9.0a0", "2.9.0", -1 },
		{ "2.9.0rc1", "2.9.0rc2", -1 },
		{ "2.9.0a0+git12", "2.9.0", -1 },
		{ "2.9.0.dev1", "2.9.0", -1 },
		{ "2.9.0", "2.9.1a0", -1 },
		{ "550.54.15", "550.163.01", -1 },
		{ "580.95.05", "580.95.5", 0 },
		{ "", "", 0 },
		{ "", "1", -1 },
		{ "99999999999999999999999", "1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (version_compare(rows[i].a, rows[i].b) != rows[i].order ||
		    version_compare(rows[i].b, rows[i].a) != -rows[i].order)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

static void the_front_is_read(void **state)
{
	int64_t minor = -1;

	(void)state;
	assert_int_equal(version_major("12.4", &minor), 12);
	assert_int_equal(minor, 4);
	assert_int_equal(version_major("550.54.15", &minor), 550);
	assert_int_equal(minor, 54);
	assert_int_equal(version_major("13", &minor), 13);
	assert_int_equal(minor, 0);
	assert_int_equal(version_major("cu124", &minor), 0);
	assert_int_equal(version_major("", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_holds_both_ways),
		cmocka_unit_test(the_front_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
