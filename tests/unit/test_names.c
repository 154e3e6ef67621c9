// SPDX-License-Identifier: Apache-2.0
/* What names mean: scopes as Python has them, imports under other names, and what makes a scope uncertain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lint/names.h"
#include "lint/source.h"

static struct unit parse(const char *text)
{
	struct arena *a = arena_new();
	struct unit u = { .arena = a };

	u.source = source_new(a, "x.py", (struct bytes){ text, strlen(text) });
	u.tree = ast_build(a, u.source, &u.n_nodes, &u.has_errors);
	u.names = names_new(&u);
	return u;
}

struct search {
	const char *name;
	struct py_node *found;
};

static bool find_use(struct py_node *node, void *data)
{
	struct search *s = data;

	if (node->kind == PY_EXPR && node->a->kind == PY_CALL && node->a->a->kind == PY_NAME &&
	    strcmp(node->a->a->name, s->name) == 0)
		s->found = node->a->list.v[0]->a;
	return true;
}

/* What stands in the statement `mark(...)`: each mark stands once. */
static struct py_node *marked(const struct unit *u, const char *mark)
{
	struct search s = { .name = mark };

	ast_walk(u->tree, find_use, &s);
	assert_non_null(s.found);
	return s.found;
}

static void assert_dotted(const struct unit *u, const char *mark, const char *expected)
{
	const char *dotted = names_dotted(u, marked(u, mark));

	if (!expected) {
		assert_null(dotted);
	} else {
		assert_non_null(dotted);
		assert_string_equal(dotted, expected);
	}
}

static const struct binding *binding_at(const struct unit *u, const char *mark)
{
	struct py_node *node = marked(u, mark);

	return names_find(u, node, node->name, NULL);
}

static void follows_imports(void **state)
{
	struct unit u = parse(
		"import torch\nimport torch.nn as nn, os.path\nfrom torch import optim as O, zeros\n"
		"from torch.nn import functional as F\nfrom ..models.net import Net\nfrom . import data\n"
		"from torch.utils.data.dataloader import DataLoader\nfrom torch.nn.modules.linear import Linear\n"
		"m1(torch.nn.Linear)\nm2(nn.Linear)\nm3(O.Adam)\nm4(zeros)\nm5(F.relu)\nm6(Net.load)\nm7(data.x)\n"
		"m8(os.path.join)\nm9(DataLoader)\nm10(Linear)\nm11(unknown.x)\nm12(torch.zeros(1).cuda)\n");

	(void)state;
	assert_dotted(&u, "m1", "torch.nn.Linear");
	assert_dotted(&u, "m2", "torch.nn.Linear");
	assert_dotted(&u, "m3", "torch.optim.Adam");
	assert_dotted(&u, "m4", "torch.zeros");
	assert_dotted(&u, "m5", "torch.nn.functional.relu");
	assert_dotted(&u, "m6", "..models.net.Net.load");
	assert_dotted(&u, "m7", ".data.x");
	assert_dotted(&u, "m8", "os.path.join");
	assert_dotted(&u, "m9", "torch.utils.data.DataLoader");
	assert_dotted(&u, "m10", "torch.nn.Linear");
	assert_dotted(&u, "m11", NULL);
	assert_dotted(&u, "m12", NULL);
	arena_free(u.arena);
}

static void doubts_what_is_bound_twice(void **state)
{
	struct unit u = parse(
		"import torch\nimport torch.nn\ntry:\n    import apex\nexcept ImportError:\n    apex = None\n"
		"try:\n    import a.json as json\nexcept ImportError:\n    import json\n"
		"import numpy as np\nnp = 3\nimport os\ndel os\n"
		"try:\n    from x import y\nexcept ImportError:\n    y = fallback\n"
		"m1(torch.x)\nm2(apex.y)\nm3(json.z)\nm4(np.a)\nm5(os.b)\nm6(y)\n");

	(void)state;
	assert_dotted(&u, "m1", "torch.x");
	assert_dotted(&u, "m2", "apex.y");
	assert_dotted(&u, "m3", NULL);
	assert_dotted(&u, "m4", NULL);
	assert_dotted(&u, "m5", NULL);
	assert_dotted(&u, "m6", NULL);
	arena_free(u.arena);
}

static void searches_as_python_does(void **state)
{
	struct unit u = parse(
		"import torch\nx = 1\ndef f(torch):\n    m1(torch.a)\n    def g():\n        m2(torch.b)\n"
		"def h():\n    m3(torch.c)\nclass A:\n    torch = 2\n    m4(torch.d)\n    def k(self):\n"
		"        m5(torch.e)\n    z = [m for m in torch]\n"
		"def i():\n    m6(torch.f)\n    torch = 3\n"
		"lambda torch: 0\nl = [torch for torch in y]\nm7(torch.g)\n"
		"def j():\n    global x\n    x = 2\n    m8(x)\n"
		"def o():\n    v = 1\n    def p():\n        nonlocal v\n        v = 2\n    m9(v)\n"
		"w = [(q := r) for r in y]\nm10(q)\n");

	(void)state;
	assert_dotted(&u, "m1", NULL);
	assert_dotted(&u, "m2", NULL);
	assert_dotted(&u, "m3", "torch.c");
	assert_dotted(&u, "m4", NULL);
	assert_dotted(&u, "m5", "torch.e");
	assert_dotted(&u, "m6", NULL);
	assert_dotted(&u, "m7", "torch.g");
	assert_int_equal(binding_at(&u, "m8")->n_stores, 2);
	assert_int_equal(binding_at(&u, "m9")->n_stores, 2);
	assert_int_equal(binding_at(&u, "m10")->kind, BOUND_VALUE);
	arena_free(u.arena);
}

static void knows_how_names_are_bound(void **state)
{
	struct unit u = parse(
		"def f(a, *b, c=1, **d):\n    m1(a)\n    m2(b)\n    m3(d)\n    for e, (g, *h) in x: pass\n    m4(h)\n"
		"    with x as i: pass\n    m5(i)\n    try: pass\n    except X as j: m6(j)\n"
		"    match x:\n        case {'k': k, **l}: m7(k)\n        case C(n, o=p) | [p, *n]: m8(p)\n"
		"        case q.r: m9(q)\n    s: int\n    s2 += 1\n    m10(s2)\nclass A: pass\nm11(f)\nm12(A)\n");
	static const struct {
		const char *mark;
		enum bound kind;
	} expected[] = {
		{ "m1", BOUND_PARAM }, { "m2", BOUND_PARAM },  { "m3", BOUND_PARAM },
		{ "m4", BOUND_VALUE }, { "m5", BOUND_VALUE },  { "m6", BOUND_VALUE },
		{ "m7", BOUND_VALUE }, { "m8", BOUND_MANY },   { "m10", BOUND_VALUE },
		{ "m11", BOUND_FUNC }, { "m12", BOUND_CLASS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_non_null(binding_at(&u, expected[i].mark));
		assert_int_equal(binding_at(&u, expected[i].mark)->kind, expected[i].kind);
	}
	assert_null(binding_at(&u, "m9"));
	arena_free(u.arena);
}

static bool is_dynamic(const char *text)
{
	struct unit u = parse(text);
	bool dynamic = names_inner(&u, u.tree)->has_dynamic;

	arena_free(u.arena);
	return dynamic;
}

static void marks_uncertain_scopes(void **state)
{
	struct unit u = parse("def f():\n    pass\nfrom .x import *\nfrom y import *\n");
	const struct scope *module = names_inner(&u, u.tree);

	(void)state;
	assert_true(module->has_star_import);
	assert_int_equal(module->stars.n, 2);
	assert_string_equal(module->stars.v[0], ".x");
	assert_false(module->has_dynamic);
	arena_free(u.arena);
	assert_true(is_dynamic("exec('x = 1')\n"));
	assert_true(is_dynamic("def f():\n    globals()['x'] = 1\n"));
	assert_true(is_dynamic("import sys\nsetattr(sys.modules[__name__], 'x', 1)\n"));
	assert_true(is_dynamic("x = 1\nif f(a b):\n    import os\n"));
	assert_true(is_dynamic("exec code in space\n"));
	assert_false(is_dynamic("def f(args):\n    return vars(args)\n"));
	assert_false(is_dynamic("x.exec()\n"));
}

/* Each scope with many names, many scopes: questions stay quick. */
static void stays_quick(void **state)
{
	struct arena *a = arena_new();
	struct str text = str_new(a, 8u << 20);

	(void)state;
	for (int i = 0; i < 20000; i++)
		str_addf(&text, "import m%d\ndef f%d(x%d): return m%d.y\n", i, i, i, i);
	str_add(&text, "mark(m19999.z)\n");

	struct unit u = parse(str_text(&text));

	assert_dotted(&u, "mark", "m19999.z");
	arena_free(u.arena);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_imports),
		cmocka_unit_test(doubts_what_is_bound_twice),
		cmocka_unit_test(searches_as_python_does),
		cmocka_unit_test(knows_how_names_are_bound),
		cmocka_unit_test(marks_uncertain_scopes),
		cmocka_unit_test(stays_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
