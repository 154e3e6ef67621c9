// SPDX-License-Identifier: Apache-2.0
/* The tree of Python source: its shape in short, what does not parse, Python 2, and source that was made to hurt.
 * Whether every kind of node is what CPython makes of it, tests/lint/ast-compare.py asks CPython. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lint/ast_pack.h"
#include "lint/source.h"

struct parsed {
	struct arena *arena;
	struct py_node *tree;
	uint32_t n_nodes;
	bool has_errors;
};

static struct parsed parse_n(const char *text, size_t n)
{
	struct parsed p = { .arena = arena_new() };
	const struct source *s = source_new(p.arena, "x.py", (struct bytes){ text, n });

	assert_null(s->problem);
	p.tree = ast_build(p.arena, s, &p.n_nodes, &p.has_errors);
	assert_non_null(p.tree);
	assert_int_equal(p.tree->kind, PY_MODULE);
	return p;
}

static struct parsed parse(const char *text)
{
	return parse_n(text, strlen(text));
}

static struct py_node *statement(const struct parsed *p, size_t i)
{
	assert_true(i < p->tree->body.n);
	return p->tree->body.v[i];
}

struct count {
	size_t n, errors;
	uint32_t parent;
};

static bool count_node(struct py_node *node, void *data)
{
	struct count *c = data;

	c->n++;
	c->errors += node->kind == PY_ERROR;
	assert_true(node->id > 0);
	assert_true(node->start <= node->end);
	return true;
}

static struct count count_all(const struct parsed *p)
{
	struct count c = { 0 };

	ast_walk(p->tree, count_node, &c);
	return c;
}

static void check_ids(const struct py_node *parent, const struct py_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		assert_true(parent->id < list->v[i]->id);
}

static bool parent_before_children(struct py_node *node, void *data)
{
	bool *seen = data;

	assert_false(seen[node->id]);
	seen[node->id] = true;
	check_ids(node, &node->list);
	if (ast_has_tail(node->kind)) {
		check_ids(node, &node->body);
		check_ids(node, &node->orelse);
	}
	if (node->a)
		assert_true(node->id < node->a->id);
	if (node->b)
		assert_true(node->id < node->b->id);
	return true;
}

static void numbers_parents_before_children(void **state)
{
	struct parsed p =
		parse("@d\nclass A(B, *c.d(e), k=1):\n"
		      "    def f(self, x: int = 1, *a, **k) -> T:\n"
		      "        if a and b and c or d:\n            return [y for y in x if y]\n"
		      "        elif g: pass\n        else: del q, r\n"
		      "type(x).y = 1\nmatch a, b:\n  case [c, *d]: pass\n"
		      "print(*a if b else c, *f.g().h[1] + 2)\n{**x, 1: 2}\n");
	bool *seen = arena_alloc(p.arena, p.n_nodes + 1);

	(void)state;
	assert_false(p.has_errors);
	ast_walk(p.tree, parent_before_children, seen);
	arena_free(p.arena);
}

static void reads_strings(void **state)
{
	struct parsed p = parse(
		"a = 'x\\n\\x41\\u00e9\\'' \"b\" r'\\n'\nb = b'\\xff'\nc = f'cuda:{i}' 'z'\nd = f'{{x}}'\n"
		"e = '''a\nb'''\nf = '\\ud800\\N{BULLET}\\0'\n");
	struct py_node *n = statement(&p, 0)->a;

	(void)state;
	assert_int_equal(n->kind, PY_STRING);
	assert_string_equal(n->name, "x\nA\xc3\xa9'b\\n");
	assert_true(statement(&p, 1)->a->is_bytes);
	n = statement(&p, 2)->a;
	assert_int_equal(n->kind, PY_FSTRING);
	assert_string_equal(n->name, "cuda:");
	assert_int_equal(n->list.n, 1);
	n = statement(&p, 3)->a;
	assert_int_equal(n->kind, PY_STRING);
	assert_string_equal(n->name, "{x}");
	assert_string_equal(statement(&p, 4)->a->name, "a\nb");
	assert_string_equal(statement(&p, 5)->a->name, "?? ");
	arena_free(p.arena);
}

static void reads_numbers(void **state)
{
	struct parsed p = parse(
		"0x1F\n0b101\n0o17\n1_000\n99999999999999999999\n1e3\n.5\n2j\n017\n10L\n00\n");
	static const int64_t expected[] = { 31, 5, 15, 1000 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_false(statement(&p, i)->a->is_big);
		assert_int_equal(statement(&p, i)->a->number, expected[i]);
	}
	assert_true(statement(&p, 4)->a->is_big);
	assert_true(statement(&p, 5)->a->real == 1000.0);
	assert_true(statement(&p, 6)->a->real == 0.5);
	assert_true(statement(&p, 7)->a->real != statement(&p, 7)->a->real);
	assert_true(statement(&p, 8)->a->is_big);
	assert_true(statement(&p, 9)->a->is_big);
	assert_false(statement(&p, 10)->a->is_big);
	arena_free(p.arena);
}

/* A star at the left end of what it stands before: the grammar has it the other way round. */
static void takes_the_star_last(void **state)
{
	struct parsed p = parse("f(*a.b(c))\nx = *y.z[0], 1\n");
	struct py_node *arg = statement(&p, 0)->a->list.v[0];
	struct py_node *star = statement(&p, 1)->a->list.v[0];

	(void)state;
	assert_int_equal(arg->stars, 1);
	assert_int_equal(arg->a->kind, PY_CALL);
	assert_int_equal(arg->a->a->kind, PY_ATTR);
	assert_int_equal(star->kind, PY_STAR);
	assert_int_equal(star->a->kind, PY_SUBSCRIPT);
	arena_free(p.arena);
}

static void keeps_sound_parts(void **state)
{
	struct parsed p =
		parse("import torch\nx = torch.zeros(3\ny = 1\n\ndef f(a):\n    return a.cuda()\n");
	bool has_function = false;

	(void)state;
	assert_true(p.has_errors);
	assert_int_equal(statement(&p, 0)->kind, PY_IMPORT);
	assert_true(count_all(&p).errors > 0);
	arena_free(p.arena);

	p = parse("import torch\nx = f(a b)\ny = 1\n\ndef f(a):\n    return a.cuda()\n");
	assert_true(p.has_errors);
	for (size_t i = 0; i < p.tree->body.n; i++)
		has_function = has_function || statement(&p, i)->kind == PY_FUNC;
	assert_true(has_function);
	arena_free(p.arena);
}

/* `{**"s}` is a star of nothing: once it stood in the tree twice. */
static void spoils_a_star_of_nothing(void **state)
{
	struct parsed p = parse("s = {**\"s}\n");
	struct py_node *dict = statement(&p, 0)->a;

	(void)state;
	assert_true(p.has_errors);
	assert_true(!dict || dict->kind != PY_DICT);
	arena_free(p.arena);
}

static void reads_python_2(void **state)
{
	struct parsed p = parse(
		"print 'a', b\nx = y.cuda(async=True)\ntry:\n    pass\nexcept A, e:\n    pass\n"
		"exec code in space\nprint >>f, 'x'\nraise E, 'text'\n");
	struct py_node *call = statement(&p, 0)->a;
	struct py_node *move = statement(&p, 1)->a;

	(void)state;
	assert_true(p.has_errors);
	assert_int_equal(count_all(&p).errors, 0);
	assert_int_equal(call->kind, PY_CALL);
	assert_string_equal(call->a->name, "print");
	assert_int_equal(call->list.n, 2);
	assert_non_null(ast_keyword(move, "async"));
	assert_string_equal(statement(&p, 2)->list.v[0]->name, "e");
	assert_string_equal(statement(&p, 3)->a->a->name, "exec");
	arena_free(p.arena);
}

/* Only what the function itself yields. */
static void knows_generators(void **state)
{
	struct parsed p = parse("def a():\n\tif x:\n\t\ty = yield 1\n"
				"def b():\n\tdef inner():\n\t\tyield from x\n\treturn inner\n"
				"def c():\n\treturn lambda: (yield)\n"
				"def d():\n\tclass e:\n\t\tdef f(self):\n\t\t\tyield\n\tyield e\n");

	(void)state;
	assert_true(statement(&p, 0)->yields);
	assert_false(statement(&p, 1)->yields);
	assert_true(statement(&p, 1)->body.v[0]->yields);
	assert_false(statement(&p, 2)->yields);
	assert_true(statement(&p, 3)->yields);
	arena_free(p.arena);
}

static void asks_arguments(void **state)
{
	struct parsed p = parse("f(1, *a, 2)\nf(x, k=3, *a)\n");
	struct py_node *first = statement(&p, 0)->a, *second = statement(&p, 1)->a;

	(void)state;
	assert_int_equal(ast_positional(first, 0)->number, 1);
	assert_null(ast_positional(first, 1));
	assert_null(ast_positional(second, 1));
	assert_int_equal(ast_keyword(second, "k")->number, 3);
	assert_null(ast_keyword(second, "z"));
	arena_free(p.arena);
}

/* ---- made to hurt ---- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#ifdef __SANITIZE_ADDRESS__
/* A sanitizer looks for what is wrong, not for how long it takes. */
#define PATIENCE_S 60.0
#define SHARE 5
#else
#define PATIENCE_S 10.0
#define SHARE 1
#endif

/* `unit` again and again, with an optional head and tail; parsed in bounded time, every node counted. */
static struct count torture(const char *head, const char *unit, size_t all_times, const char *tail)
{
	size_t times = all_times / SHARE, n_unit = strlen(unit), n = strlen(head);
	struct arena *a = arena_new();
	char *text = arena_alloc(a, n + times * n_unit + strlen(tail) + 1);
	double start = seconds();
	struct count c;

	memcpy(text, head, n);
	for (size_t i = 0; i < times; i++, n += n_unit)
		memcpy(text + n, unit, n_unit);
	memcpy(text + n, tail, strlen(tail));
	n += strlen(tail);

	struct parsed p = parse_n(text, n);

	c = count_all(&p);
	assert_true(c.n <= p.n_nodes);
	assert_true(seconds() - start < PATIENCE_S);
	arena_free(p.arena);
	arena_free(a);
	return c;
}

static void bounds_long_files(void **state)
{
	(void)state;
	assert_int_equal(torture("", "x = torch.zeros(3).cuda()\n", 100000, "").errors, 0);
	assert_int_equal(torture("x = [", "1, ", 300000, "]\n").errors, 0);
	assert_int_equal(torture("x = '", "0123456789", 1000000, "'\n").errors, 0);
	assert_int_equal(torture("f(", "a=b, ", 20000, ")\n").errors, 0);
}

static void bounds_deep_files(void **state)
{
	(void)state;
	assert_true(torture("x = ", "(", 20000, "").n > 0);
	assert_true(torture("x = ", "[", 5000, "1").n > 0);
	/* Recovery from this takes a time that grows with the square. */
	assert_true(torture("", ".", 300000, "").errors > 0);
	assert_true(torture("", "def f(\n", 30000, "").errors > 0);
	assert_true(torture("", "a,", 300000, "").n > 0);
	assert_true(torture("", "( ] { : lambda = 'a' f'{ } \n", 30000, "").errors > 0);
	assert_true(torture("x = ", "f(", 5000, ")").n > 0);
	assert_true(torture("x = 1", " + 1", 20000, "\n").errors > 0);
	assert_true(torture("x = a", " and a", 20000, "\n").n > 0);
	assert_true(torture("x = a", ".b()", 20000, "\n").errors > 0);
	assert_true(torture("x = ", "not ", 20000, "y\n").errors > 0);
	assert_true(torture("", "a = ", 20000, "1\n").errors > 0);
	assert_true(torture("x = ", "lambda: ", 20000, "1\n").errors > 0);
	assert_true(torture("if a:\n  pass\n", "elif b:\n  pass\n", 20000, "").n > 0);
	assert_true(torture("x = ", "f'{", 2000, "").n > 0);
	assert_true(torture("x = 1", " if b else 1", 20000, "\n").errors > 0);
}

/* 1,000 blocks, each in the one before. */
static void bounds_nested_blocks(void **state)
{
	struct arena *a = arena_new();
	struct str text = str_new(a, 4u << 20);
	double start = seconds();

	(void)state;
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "%*sif x:\n", i, "");
	str_addf(&text, "%*sy = 1\n", 1000, "");

	struct parsed p = parse_n(str_text(&text), text.n);

	assert_true(count_all(&p).errors > 0);
	assert_true(p.has_errors);
	assert_true(seconds() - start < PATIENCE_S);
	arena_free(p.arena);
	arena_free(a);
}

static void survives_rubbish(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\\",
		"\f",
		"x =",
		"def",
		"def f(",
		"class A(:\n",
		"@",
		"f\"{",
		"if",
		"\t x",
		"import",
		"from . import",
		"match x:\n",
		"lambda",
		"'''",
		"\\\n\\\n",
		"x[:::]",
		"async",
		"try:\n",
		"x = 1;;",
		"{**}",
		"f(**)",
		"*",
		"del",
		"print >>",
		"return)",
		"0x",
		"1__0",
		"with (a as b, c as d): pass\nwith a as b.c, d: pass\n",
		"case _:",
		"type X = int",
		"type",
		"\xc2\xa0x",
		"def f((a, b)): pass\n",
		"`x`",
		"x <> y",
		"def f(a, *, b, /): pass\n",
		"a: b: c = 1\n",
		"f(x for x in y, 1)\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct parsed p = parse(texts[i]);

		assert_true(count_all(&p).n >= 1);
		arena_free(p.arena);
	}
}

/* ---- a tree that was packed ---- */

static void same_node(const struct py_node *x, const struct py_node *y);

static void same_text(const char *x, const char *y)
{
	assert_int_equal(x == NULL, y == NULL);
	if (x)
		assert_string_equal(x, y);
}

static void same_list(const struct py_list *x, const struct py_list *y)
{
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++)
		same_node(x->v[i], y->v[i]);
}

static void same_params(const struct py_params *x, const struct py_params *y)
{
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++) {
		same_text(x->v[i].name, y->v[i].name);
		assert_int_equal(x->v[i].kind, y->v[i].kind);
		same_node(x->v[i].node, y->v[i].node);
		same_node(x->v[i].annotation, y->v[i].annotation);
		same_node(x->v[i].fallback, y->v[i].fallback);
	}
}

static void same_tail(const struct py_node *x, const struct py_node *y)
{
	assert_true(x->number == y->number);
	assert_memory_equal(&x->real, &y->real, sizeof x->real);
	same_text(x->alias, y->alias);
	assert_int_equal(x->ops == NULL, y->ops == NULL);
	if (x->ops)
		assert_memory_equal(x->ops, y->ops, x->list.n * sizeof *x->ops);
	same_params(&x->params, &y->params);
	same_list(&x->list2, &y->list2);
	same_list(&x->body, &y->body);
	same_list(&x->orelse, &y->orelse);
	same_list(&x->final, &y->final);
}

static void same_node(const struct py_node *x, const struct py_node *y)
{
	assert_int_equal(x == NULL, y == NULL);
	if (!x)
		return;
	/* All before the pointers, holes and all: nodes come zeroed. */
	assert_memory_equal(x, y, offsetof(struct py_node, name));
	same_text(x->name, y->name);
	same_node(x->a, y->a);
	same_node(x->b, y->b);
	same_node(x->c, y->c);
	same_list(&x->list, &y->list);
	if (ast_has_tail(x->kind))
		same_tail(x, y);
}

static void packs_whole_trees(void **state)
{
	static const char *const texts[] = {
		"",
		"x = 1\n",
		"import a.b as c, d\nfrom ..e import *\nfrom . import f as g\n",
		"@d(1)\n@e\nasync def f(a, /, b: int = 2, *c, d=-3.5e300, **k) -> 'x':\n"
		"\tglobal q\n\tawait g()\n\tyield from h\n\treturn not a\n",
		"class C(B, metaclass=M):\n\t'doc'\n\tx: int = 0x10000000000000000000\n"
		"\ty: str\n",
		"d = {1: 2, **e, 'a': 3, **f}\ns = {*a, b}\nl = [*c]\n",
		"x = (*a.b(c), *d)\ny = a < b <= c != d is not e not in f\nz = 1j + 2.5 - 1_000\n",
		"for i, (j, k) in x:\n\tbreak\nelse:\n\tpass\n"
		"while a:\n\tcontinue\nif a:\n\tpass\nelif b:\n\tdel c, d[1:2, ::3]\n"
		"else:\n\traise E from F\n",
		"try:\n\tpass\nexcept (A, B) as e:\n\tx += 1\nelse:\n\ty @= 2\nfinally:\n"
		"\tassert a, b\n",
		"with a as b, c:\n\t[x async for x in y if z if w]\n"
		"\t{k: v for k, v in u}\n\tf(x for x in y)\n\tlambda a, *b: a if b else ...\n",
		"match a:\n\tcase [x, *y] if z:\n\t\tpass\n\tcase _:\n\t\t(n := b'1')\n",
		"f'cuda:{i!r:>{w}}' '\\u00e9' \"\\0\"\nTrue, False, None\n",
		"print 'a'\nx = = 1\ndef f(:\n\tpass\ny = 2\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct parsed p = parse(texts[i]);
		struct arena *other = arena_new();
		const struct packed_tree *packed = ast_pack(other, p.tree, p.n_nodes);

		assert_non_null(packed);
		same_node(p.tree, ast_unpack(other, packed));
		arena_free(other);
		arena_free(p.arena);
	}
}

static void keeps_trees_of_the_same_text(void **state)
{
	const char *text = "x = torch.ones(3)\n", *changed = "x = torch.ones(4)\n";
	struct parsed p = parse(text);
	struct unit u = { .tree = p.tree,
			  .n_nodes = p.n_nodes,
			  .full_path = "/a/b.py",
			  .text = text,
			  .n_text = strlen(text) };
	struct tree_store store = { 0 };

	(void)state;
	store_tree(&store, &u);
	assert_non_null(stored_tree(&store, "/a/b.py", (struct bytes){ text, u.n_text }));
	assert_null(stored_tree(&store, "/a/b.py", (struct bytes){ changed, u.n_text }));
	assert_null(stored_tree(&store, "/a/c.py", (struct bytes){ text, u.n_text }));
	arena_free(store.arena);
	arena_free(p.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_parents_before_children),
		cmocka_unit_test(reads_strings),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(takes_the_star_last),
		cmocka_unit_test(keeps_sound_parts),
		cmocka_unit_test(spoils_a_star_of_nothing),
		cmocka_unit_test(reads_python_2),
		cmocka_unit_test(knows_generators),
		cmocka_unit_test(asks_arguments),
		cmocka_unit_test(bounds_long_files),
		cmocka_unit_test(bounds_deep_files),
		cmocka_unit_test(bounds_nested_blocks),
		cmocka_unit_test(survives_rubbish),
		cmocka_unit_test(packs_whole_trees),
		cmocka_unit_test(keeps_trees_of_the_same_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
