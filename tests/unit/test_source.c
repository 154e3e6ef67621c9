// SPDX-License-Identifier: Apache-2.0
/* The text of a file and the way back to what the user sees: encodings, line ends, notebooks and their magics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/json.h"
#include "lint/prefilter.h"
#include "lint/source.h"

static struct arena *arena;

static const struct source *read_n(const char *path, const char *raw, size_t n)
{
	/* As sys gives it: a NUL behind the end. */
	return source_new(arena, path, (struct bytes){ arena_strndup(arena, raw, n), n });
}

static const struct source *read_py(const char *raw)
{
	return read_n("x.py", raw, strlen(raw));
}

static const struct source *read_book(const char *raw)
{
	return read_n("x.ipynb", raw, strlen(raw));
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_text(const struct source *s, const char *expected)
{
	assert_null(s->problem);
	assert_string_equal(s->text.v, expected);
	assert_int_equal(s->text.n, strlen(expected));
}

static void reads_encodings(void **state)
{
	const struct source *s = read_py("\xEF\xBB\xBFx = 'caf\xC3\xA9'\n");

	(void)state;
	assert_text(s, "x = 'caf\xC3\xA9'\n");
	assert_true(s->has_bom);
	s = read_py("# -*- coding: latin-1 -*-\nx = 'caf\xE9'\n");
	assert_text(s, "# -*- coding: latin-1 -*-\nx = 'caf\xC3\xA9'\n");
	assert_string_equal(s->encoding, "latin-1");
	assert_text(
		read_py("#!/usr/bin/python\n# vim: set fileencoding=ISO_8859-15 :\nx = '\xA4'\n"),
		"#!/usr/bin/python\n# vim: set fileencoding=ISO_8859-15 :\nx = '\xE2\x82\xAC'\n");
	assert_text(read_py("# coding=cp1251\n# \xCF\n"), "# coding=cp1251\n# \xD0\x9F\n");
	assert_text(read_py("# coding: utf8\nx = '\xC3\xA9'\n"),
		    "# coding: utf8\nx = '\xC3\xA9'\n");
	/* Only in the first two lines, only in comments, and not behind code. */
	assert_non_null(read_py("\n\n# coding: latin-1\nx = '\xE9'\n")->problem);
	assert_non_null(read_py("x = 1\n# coding: latin-1\nx = '\xE9'\n")->problem);
	assert_non_null(read_py("x = 'coding: latin-1'\ny = '\xE9'\n")->problem);
}

static void refuses_what_python_refuses(void **state)
{
	(void)state;
	assert_string_equal(read_py("x = '\xE9'\n")->problem, "not UTF-8");
	assert_string_equal(read_py("x = '\xED\xA0\x80'\n")->problem, "not UTF-8");
	assert_non_null(read_py("\xEF\xBB\xBF# coding: latin-1\nx = 1\n")->problem);
	assert_non_null(read_py("# coding: ascii\nx = '\xC3\xA9'\n")->problem);
	assert_non_null(read_py("# coding: klingon\nx = 1\n")->problem);
	assert_non_null(read_py("# coding: cp1252\nx = '\x81'\n")->problem);
	assert_non_null(read_n("x.py", "x = 1\0\n", 7)->problem);
	assert_int_equal(read_py("x = '\xE9'\n")->text.n, 0);
}

static void finds_places(void **state)
{
	const struct source *s = read_py("a\r\nb\xC3\xA9 c\rd\n\ne");
	struct place p = source_place(s, 7);

	(void)state;
	assert_int_equal(p.line, 2);
	assert_int_equal(p.column, 4);
	assert_int_equal(p.cell, 0);
	assert_int_equal(source_place(s, 0).line, 1);
	/* A carriage return alone ends a line too. */
	assert_int_equal(source_place(s, 9).line, 3);
	assert_int_equal(source_place(s, (uint32_t)s->text.n).line, 5);
	assert_int_equal(source_place(s, 4000000000u).line, 5);
	assert_int_equal(source_line(s, 4).n, 5);
	assert_memory_equal(source_line(s, 4).v, "b\xC3\xA9 c", 5);
	assert_int_equal(source_line(s, 0).n, 1);
}

static void joins_cells(void **state)
{
	const struct source *s = read_book(
		"{\"nbformat\": 4, \"metadata\": {\"language_info\": {\"name\": \"python\"}}, \"cells\": ["
		"{\"cell_type\": \"markdown\", \"source\": \"# title\"},"
		"{\"cell_type\": \"code\", \"id\": \"ab1\", \"source\": [\"import torch\\n\", \"x = 1\"]},"
		"{\"cell_type\": \"code\", \"source\": []},"
		"{\"cell_type\": \"code\", \"outputs\": [{\"data\": NaN}], \"source\": \"y = '\\u00e9'; z\\n\"}]}");
	struct place p = { 0 };

	(void)state;
	assert_text(s, "import torch\nx = 1\ny = '\xC3\xA9'; z\n\n");
	assert_int_equal(s->cells.n, 2);
	assert_int_equal(s->cells.v[0].index, 2);
	assert_string_equal(s->cells.v[0].id, "ab1");
	assert_null(s->cells.v[1].id);
	p = source_place(s, (uint32_t)(strstr(s->text.v, "z") - s->text.v));
	assert_int_equal(p.cell, 4);
	assert_int_equal(p.line, 1);
	assert_int_equal(p.column, 10);
	p = source_place(s, (uint32_t)(strstr(s->text.v, "x =") - s->text.v));
	assert_int_equal(p.cell, 2);
	assert_int_equal(p.line, 2);
}

static const struct source *one_cell(const char *source)
{
	json_t *cell = json_pack("{s:s, s:s}", "cell_type", "code", "source", source);
	json_t *book = json_pack("{s:[o]}", "cells", cell);
	char *text = json_dumps(book, 0);
	const struct source *s = read_book(text);

	free(text);
	json_decref(book);
	return s;
}

static void replaces_magics(void **state)
{
	static const struct {
		const char *cell, *becomes;
	} rows[] = {
		{ "%matplotlib inline\nx = 1", "pass              \nx = 1\n" },
		{ "if x:\n    !pip install torch", "if x:\n    pass              \n" },
		{ "!ls \\\n  -l\nx = 1", "pass \n    \nx = 1\n" },
		{ "files = !ls *.py", "files = _       \n" },
		{ "x = %env HOME", "x = _        \n" },
		{ "%time y = f(x)", "0;    y = f(x)\n" },
		{ "%run a.py\n", "exec(_)  \n\n" },
		{ "%%bash\nrm x\n", "      \n    \n\n" },
		{ "%%time\nx = 1", "      \nx = 1\n" },
		{ "torch.nn?\n?x\ntorch.nn.Linear??", "pass     \n0 \npass             \n" },
		/* No magics. */
		{ "x = a \\\n% b", "x = a \\\n% b\n" },
		{ "x = (a\n% b)", "x = (a\n% b)\n" },
		{ "s = '''\n%cd x\n!ls\n'''\n%cd y", "s = '''\n%cd x\n!ls\n'''\npass \n" },
		{ "a != b\na %= 2\nx = y % 2  # = !ls", "a != b\na %= 2\nx = y % 2  # = !ls\n" },
		{ "f(x='%d', y = '!z')", "f(x='%d', y = '!z')\n" },
		{ "'it''s'\n# don't\n!ls", "'it''s'\n# don't\n0  \n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct source *s = one_cell(rows[i].cell);

		assert_text(s, rows[i].becomes);
	}
}

static void refuses_other_notebooks(void **state)
{
	(void)state;
	assert_non_null(read_book("")->problem);
	assert_non_null(read_book("[]")->problem);
	assert_non_null(read_book("{\"cells\": 3}")->problem);
	assert_non_null(
		read_book(
			"{\"metadata\": {\"kernelspec\": {\"language\": \"julia\"}}, \"cells\": []}")
			->problem);
	assert_non_null(read_book("{\"cells\": [")->problem);
	assert_text(read_book("{\"cells\": [3, [], {\"cell_type\": \"code\", \"source\": 3}]}"),
		    "");
	assert_text(
		read_book(
			"{\"worksheets\": [{\"cells\": [{\"cell_type\": \"code\", \"input\": \"x\"}]}]}"),
		"x\n");
}

static void dismisses_unparsed(void **state)
{
	(void)state;
	assert_true(has_device_word((struct bytes){ "import torch", 12 }));
	assert_false(has_device_word((struct bytes){ "import os", 9 }));
	assert_false(has_device_word((struct bytes){ "", 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_encodings, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_python_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_places, setup, teardown),
		cmocka_unit_test_setup_teardown(joins_cells, setup, teardown),
		cmocka_unit_test_setup_teardown(replaces_magics, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_other_notebooks, setup, teardown),
		cmocka_unit_test_setup_teardown(dismisses_unparsed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
