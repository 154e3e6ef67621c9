// SPDX-License-Identifier: Apache-2.0
/* Escaping that can be undone, UTF-8, the scans and the guess at a mistyped word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"

static void escapes_every_byte_and_back(void **state)
{
	struct arena *a = arena_new();
	char all[256], twice[512];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	memcpy(twice, all, 256);
	memcpy(twice + 256, all, 256);

	const char *text = esc_bytes(a, twice, sizeof twice);
	struct bytes back = unesc(a, text);

	assert_int_equal(back.n, sizeof twice);
	assert_memory_equal(back.v, twice, sizeof twice);
	for (const char *p = text; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	arena_free(a);
}

static void escapes_what_is_not_utf8(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(esc(a, "caf\xc3\xa9"), "caf\xc3\xa9");
	assert_string_equal(esc(a, "\xc3"), "\\xc3");
	assert_string_equal(esc(a, "\xed\xa0\x80"), "\\xed\\xa0\\x80");
	assert_string_equal(esc(a, "\xc0\xaf"), "\\xc0\\xaf");
	assert_string_equal(esc(a, "a\\b"), "a\\\\b");
	assert_string_equal(esc_word(a, "a b"), "a\\x20b");
	arena_free(a);
}

static void builder_stops_at_its_limit(void **state)
{
	struct arena *a = arena_new();
	struct str s = str_new(a, 10);

	(void)state;
	str_add(&s, "12345678");
	assert_false(s.cut);
	str_addf(&s, "%s", "90ABC");
	assert_true(s.cut);
	assert_string_equal(str_text(&s), "1234567890");
	arena_free(a);
}

/* Shorter ones are printed into a buffer first. */
static void formats_texts_of_every_length(void **state)
{
	struct arena *a = arena_new();
	char text[600];

	(void)state;
	memset(text, 'x', sizeof text);
	for (int n = 0; n < (int)sizeof text; n++) {
		const char *made = arena_fmt(a, "%.*s", n, text);

		assert_int_equal(strlen(made), n);
		assert_memory_equal(made, text, (size_t)n);
	}
	arena_free(a);
}

static void walks_lines_and_parts(void **state)
{
	struct bytes text = { "one\r\n\ntwo", 9 }, line;
	size_t pos = 0, n = 0;
	static const char *const want[] = { "one", "", "two" };

	(void)state;
	while (next_line(text, &pos, &line)) {
		assert_int_equal(line.n, strlen(want[n]));
		assert_memory_equal(line.v, want[n], line.n);
		n++;
	}
	assert_int_equal(n, 3);
	for (pos = 0, n = 0; next_part("a::b", ':', &pos, &line); n++)
		assert_int_equal(line.n, n == 1 ? 0 : 1);
	assert_int_equal(n, 3);
	for (pos = 0, n = 0; next_part("", ':', &pos, &line); n++)
		assert_int_equal(line.n, 0);
	assert_int_equal(n, 1);
}

static void reads_whole_numbers_only(void **state)
{
	int64_t value = 7;

	(void)state;
	assert_true(parse_i64("-12", &value));
	assert_int_equal(value, -12);
	assert_false(parse_i64("", &value));
	assert_false(parse_i64("-", &value));
	assert_false(parse_i64("12a", &value));
	assert_false(parse_i64("99999999999999999999", &value));
	assert_int_equal(value, -12);
}

static void guesses_what_was_meant(void **state)
{
	static const char *const names[] = { "check", "snapshot", "rule" };

	(void)state;
	assert_string_equal(did_you_mean("chekc", names, 3), "check");
	assert_string_equal(did_you_mean("snapsot", names, 3), "snapshot");
	assert_null(did_you_mean("zzzzzz", names, 3));
	assert_null(did_you_mean("", names, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_every_byte_and_back),
		cmocka_unit_test(escapes_what_is_not_utf8),
		cmocka_unit_test(builder_stops_at_its_limit),
		cmocka_unit_test(formats_texts_of_every_length),
		cmocka_unit_test(walks_lines_and_parts),
		cmocka_unit_test(reads_whole_numbers_only),
		cmocka_unit_test(guesses_what_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
