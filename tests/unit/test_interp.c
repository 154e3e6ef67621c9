// SPDX-License-Identifier: Apache-2.0
/* What the interpreter knows at a point of a small program. `reveal(x)` in the program stands for a line of the expected text: what
 * x is, in every state that may prove something there ("tensor cuda", "int 3", "unknown"); what is said twice in a row stands once.
 * The expectations are Python's semantics, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/str.h"
#include "core/sys_open.h"
#include "lint/interp.h"
#include "lint/project.h"

struct seen {
	struct arena *arena;
	struct strlist lines;
};

static const char *device_word(struct device d)
{
	switch (d.kind) {
	case DEV_CPU:
		return "cpu";
	case DEV_CUDA:
		return "cuda";
	case DEV_ARG:
		return "arg";
	case DEV_MANAGED:
		return "managed";
	default:
		return "?";
	}
}

static const char *describe_object(struct arena *a, const struct object *o)
{
	static const char *const words[] = {
		[OBJ_INSTANCE] = "instance", [OBJ_MODULE] = "module",
		[OBJ_LIST] = "list",         [OBJ_TUPLE] = "tuple",
		[OBJ_SET] = "set",           [OBJ_DICT] = "dict",
		[OBJ_LOADER] = "loader",     [OBJ_OPTIMIZER] = "optimizer",
		[OBJ_ITERATOR] = "iterator"
	};

	if (o->kind == OBJ_MODULE)
		return arena_fmt(a, "module %s", device_word(o->device));
	if (o->kind == OBJ_INSTANCE)
		return arena_fmt(a, "instance %s", o->cls ? o->cls->name : "");
	return o->element || o->is_open ? words[o->kind]
					: arena_fmt(a, "%s of %zu", words[o->kind], o->fields.n);
}

static const char *describe(struct arena *a, const struct state *s, const struct value *v)
{
	switch (v->kind) {
	case VAL_NONE:
		return "None";
	case VAL_BOOL:
		return v->is_known ? v->number ? "True" : "False" : "bool";
	case VAL_INT:
		return v->is_known ? arena_fmt(a, "int %lld", (long long)v->number) : "int";
	case VAL_FLOAT:
		return v->is_known ? arena_fmt(a, "float %g", v->real) : "float";
	case VAL_STR:
		return v->is_known ? arena_fmt(a, "str %s", v->text) : "str";
	case VAL_SCALAR:
		return "scalar";
	case VAL_DEVICE:
		return arena_fmt(a, "device %s", device_word(v->device));
	case VAL_TENSOR:
		return arena_fmt(a, "tensor %s", device_word(state_device(s, v)));
	case VAL_PLACED:
		return arena_fmt(a, "placed %s", device_word(v->device));
	case VAL_OBJECT:
		return describe_object(a, state_object(s, v->object));
	case VAL_FUNC:
		return arena_fmt(a, "function %s", v->func->name);
	case VAL_CLASS:
		return arena_fmt(a, "class %s", v->cls->name);
	case VAL_API:
		return arena_fmt(a, "api %s", v->text);
	case VAL_UNKNOWN:
		return "unknown";
	default:
		return "other";
	}
}

static void reveal(struct interp *in, struct state *s, const struct call *c)
{
	struct seen *seen = in->reveal_data;
	const char *text;

	if (!state_proves(in, s))
		return;
	text = describe(seen->arena, s, c->args[0].value);
	if (c->args[0].value->may_be_none)
		text = arena_fmt(seen->arena, "%s or None", text);
	if (in->is_library)
		text = arena_fmt(seen->arena, "library: %s", text);
	if (!seen->lines.n || strcmp(seen->lines.v[seen->lines.n - 1], text) != 0)
		PUSH(seen->arena, &seen->lines, text);
}

static void assert_lines(const struct seen *seen, const char *program, const char *expected)
{
	struct str all = str_new(seen->arena, 1 << 20);

	for (size_t i = 0; i < seen->lines.n; i++)
		str_addf(&all, "%s\n", seen->lines.v[i]);
	if (strcmp(str_text(&all), expected) != 0)
		print_error("program:\n%s\nexpected:\n%s\ngot:\n%s\n", program, expected,
			    str_text(&all));
	assert_string_equal(str_text(&all), expected);
}

static void check(const char *program, const char *expected)
{
	struct seen seen = { .arena = arena_new() };
	struct project *p = project_new(NULL, NULL, seen.arena);
	const char *problem = NULL;
	struct unit *u = project_open_text(p, NULL, "-", (struct bytes){ program, strlen(program) },
					   &problem);

	assert_non_null(u);
	interp_run(u, reveal, &seen);
	assert_lines(&seen, program, expected);
	arena_free(seen.arena);
}

#define TORCH "import torch\nimport torch.nn as nn\n"

/* ---- expressions ---- */

static void constants_are_computed(void **state)
{
	(void)state;
	check("reveal(2 * 3 + 1)\n"
	      "reveal(7 // 2)\n"
	      "reveal(-7 // 2)\n"
	      "reveal(-7 % 3)\n"
	      "reveal(2 ** 10)\n"
	      "reveal(1 / 2)\n"
	      "reveal('a' + 'b')\n"
	      "reveal(3 > 2)\n"
	      "reveal(1 if 2 < 1 else 5)\n"
	      "reveal(None or 4)\n"
	      "reveal(0 and f())\n"
	      "reveal(not [])\n"
	      "reveal('x' in ('x', 'y'))\n",
	      "int 7\nint 3\nint -4\nint 2\nint 1024\nfloat 0.5\nstr ab\nTrue\nint 5\nint 4\nint 0\nTrue\n");
}

static void big_numbers_are_not_wrapped(void **state)
{
	(void)state;
	check("reveal(9223372036854775807 + 1)\nreveal(10 ** 40)\nreveal(1 // 0)\n",
	      "int\nscalar\nint\n");
}

static void device_texts_keep_what_is_known(void **state)
{
	(void)state;
	check("import os\n"
	      "n = int(os.environ['GPU'])\n"
	      "reveal(f'cuda:{n}')\n"
	      "reveal('cuda:' + str(n))\n"
	      "reveal('cuda:%d' % n)\n"
	      "reveal('cuda:{}'.format(n))\n"
	      "reveal(f'cuda:{1}')\n",
	      "str cuda\nstr cuda:1\n");
}

/* ---- names ---- */

static void names_are_looked_for_outwards(void **state)
{
	(void)state;
	check("x = 1\n"
	      "def f():\n"
	      "    reveal(x)\n"
	      "    y = 2\n"
	      "    def g():\n"
	      "        reveal(y)\n"
	      "        return y + x\n"
	      "    return g\n"
	      "x = 5\n"
	      "reveal(f()())\n",
	      "int 5\nint 2\nint 7\n");
}

static void global_and_nonlocal_store_outside(void **state)
{
	(void)state;
	check("n = 1\n"
	      "def f():\n"
	      "    global n\n"
	      "    n = 2\n"
	      "    m = 3\n"
	      "    def g():\n"
	      "        nonlocal m\n"
	      "        m = 4\n"
	      "    g()\n"
	      "    return m\n"
	      "reveal(f())\nreveal(n)\n"
	      "def h():\n"
	      "    n = 9\n"
	      "h()\nreveal(n)\n",
	      "int 4\nint 2\n");
}

static void comprehensions_do_not_leak(void **state)
{
	(void)state;
	check("x = 7\ny = [x for x in (1, 2)]\nreveal(x)\nreveal(y)\nreveal(y[1])\n",
	      "int 7\nlist of 2\nint 2\n");
}

/* ---- calls ---- */

static void arguments_find_their_parameters(void **state)
{
	(void)state;
	check("def f(a, b=2, *c, d=4, **e):\n"
	      "    reveal(a)\n    reveal(b)\n    reveal(c)\n    reveal(d)\n    reveal(e)\n"
	      "f(1)\n",
	      "int 1\nint 2\ntuple of 0\nint 4\ndict of 0\n");
	check("def f(a, b=2, *c, d=4, **e):\n"
	      "    reveal(a)\n    reveal(b)\n    reveal(c)\n    reveal(d)\n    reveal(e['z'])\n"
	      "f(*(5, 6, 7), d=8, **{'z': 9})\n",
	      "int 5\nint 6\ntuple of 1\nint 8\nint 9\n");
	check("def f(a, b=2):\n    reveal(b)\nf(1, **unknown())\nf(1, *unknown())\n", "unknown\n");
}

static void defaults_are_made_once(void **state)
{
	(void)state;
	check("n = 1\ndef f(x=n):\n    return x\nn = 2\nreveal(f())\n", "int 1\n");
}

static void recursion_ends(void **state)
{
	(void)state;
	check("def f(n):\n    return f(n + 1)\nreveal(f(0))\n", "unknown\n");
	check("def f(n):\n    return 1 if n == 0 else f(n - 1)\nreveal(f(1))\n", "int 1\n");
}

static void lambdas_and_methods_are_values(void **state)
{
	(void)state;
	check("f = lambda a, b=3: a + b\nreveal(f(1))\n"
	      "class A:\n    def m(self, x):\n        return x\n"
	      "g = A().m\nreveal(g(4))\n",
	      "int 4\n");
}

static void generators_give_what_they_yield(void **state)
{
	(void)state;
	check(TORCH
	      "def batches():\n    for i in range(9):\n        yield torch.zeros(2).cuda(), i\n"
	      "for x, i in batches():\n    reveal(x)\n    reveal(i)\n",
	      "tensor cuda\nint\n");
	check("from contextlib import contextmanager\n"
	      "@contextmanager\ndef place():\n    yield 5\n"
	      "with place() as p:\n    reveal(p)\n",
	      "int 5\n");
}

static void decorators_of_read_code_are_run(void **state)
{
	(void)state;
	check("def twice(f):\n    def inner(x):\n        return f(x) * 2\n    return inner\n"
	      "@twice\ndef g(x):\n    return x + 1\n"
	      "reveal(g(1))\n",
	      "int 4\n");
	check("import strange\n@strange.thing\ndef g(x):\n    return 1\nreveal(g(1))\n",
	      "unknown\n");
}

/* ---- classes ---- */

static void members_are_found_along_the_bases(void **state)
{
	(void)state;
	check("class A:\n    k = 1\n    def __init__(self, n):\n        self.n = n\n"
	      "    def who(self):\n        return 'A'\n"
	      "    @property\n    def double(self):\n        return self.n * 2\n"
	      "    @staticmethod\n    def s(x):\n        return x\n"
	      "    @classmethod\n    def make(cls):\n        return cls(8)\n"
	      "class B(A):\n    def __init__(self):\n        super().__init__(3)\n"
	      "    def who(self):\n        return super().who() + 'B'\n"
	      "b = B()\n"
	      "reveal(b.n)\nreveal(b.k)\nreveal(b.who())\nreveal(b.double)\nreveal(b.s(6))\nreveal(A.make().n)\n"
	      "reveal(b)\n",
	      "int 3\nint 1\nstr AB\nint 6\nint 8\ninstance B\n");
}

static void a_common_base_comes_last(void **state)
{
	(void)state;
	check("class A:\n    x = 1\n"
	      "class B(A):\n    pass\n"
	      "class C(A):\n    x = 2\n"
	      "class D(B, C):\n    pass\n"
	      "reveal(D().x)\n",
	      "int 2\n");
}

static void setters_are_run(void **state)
{
	(void)state;
	check("class A:\n    @property\n    def x(self):\n        return self._x\n"
	      "    @x.setter\n    def x(self, v):\n        self._x = v + 1\n"
	      "a = A()\na.x = 1\nreveal(a.x)\n",
	      "int 2\n");
}

static void dataclasses_have_their_fields(void **state)
{
	(void)state;
	check("from dataclasses import dataclass\n"
	      "@dataclass\nclass Config:\n    device: str = 'cuda'\n    n: int = 3\n"
	      "c = Config(n=4)\nreveal(c.device)\nreveal(c.n)\nreveal(Config('cpu').device)\n",
	      "str cuda\nint 4\nstr cpu\n");
}

static void instances_of_one_class_are_apart(void **state)
{
	(void)state;
	check("class A:\n    def __init__(self, n):\n        self.n = n\n"
	      "a = A(1)\nb = A(2)\na.n = 7\nreveal(b.n)\nreveal(a.n)\n",
	      "int 2\nint 7\n");
}

/* ---- containers ---- */

static void few_items_are_known_one_by_one(void **state)
{
	(void)state;
	check("x = [1, 2]\nx.append(3)\nreveal(x[2])\nreveal(x[-1])\nreveal(len(x))\n"
	      "d = {'a': 1, **{'b': 2}}\nd['c'] = 3\nreveal(d['b'])\nreveal(d.get('q', 5))\n"
	      "a, *b = (1, 2, 3)\nreveal(b)\nreveal(b[1])\n"
	      "e = {k: v * 10 for k, v in d.items()}\nreveal(e['c'])\n"
	      "reveal(dict(zip(['p', 'q'], [1, 2]))['q'])\n",
	      "int 3\nint 2\nint 5\nlist of 2\nint 3\nint 30\nint 2\n");
}

static void aliases_are_one_object(void **state)
{
	(void)state;
	check("x = [1]\ny = x\ny.append(2)\nreveal(len(x))\nz = x + [3]\nz.append(4)\nreveal(len(x))\n",
	      "int 2\n");
}

static void an_unknown_index_may_be_any(void **state)
{
	(void)state;
	check(TORCH "i = int(input())\n"
		    "x = [torch.zeros(2), torch.zeros(2).cuda()]\nreveal(x[i])\n"
		    "x[i] = torch.zeros(2)\nreveal(x[0])\nreveal(x[1])\n",
	      "tensor ?\ntensor cpu\ntensor ?\n");
}

/* ---- conditions ---- */

static void unknown_conditions_join(void **state)
{
	(void)state;
	check(TORCH "x = torch.zeros(2)\nn = 1\n"
		    "if unknown():\n    x = x.cuda()\n    reveal(x)\n    m = 1\nelse:\n    m = 1\n"
		    "reveal(x)\nreveal(n)\nreveal(m)\n",
	      "tensor cuda\ntensor ?\nint 1\n");
}

static void one_world_has_a_gpu(void **state)
{
	(void)state;
	check(TORCH "device = 'cuda' if torch.cuda.is_available() else 'cpu'\nreveal(device)\n"
		    "if not torch.cuda.is_available():\n    device = 'tpu'\nreveal(device)\n",
	      "str cuda\n");
}

#define PARSER                                                                                     \
	"import argparse\n"                                                                        \
	"parser = argparse.ArgumentParser()\n"                                                     \
	"parser.add_argument('--cuda', action='store_true')\n"                                     \
	"parser.add_argument('--no-gpu', action='store_true')\n"                                   \
	"parser.add_argument('--mode', default='a')\n"                                             \
	"parser.add_argument('--gpu', type=int)\n"                                                 \
	"parser.add_argument('--device', default='cpu')\n"                                         \
	"args = parser.parse_args()\n"

static void flags_make_two_ways(void **state)
{
	(void)state;
	check(TORCH PARSER "x = torch.zeros(2)\n"
			   "if args.cuda:\n    x = x.cuda()\n"
			   "reveal(x)\n"
			   "if args.cuda:\n    reveal(x)\n"
			   "else:\n    reveal(x)\n",
	      "tensor cuda\ntensor cpu\ntensor cuda\ntensor cpu\n");
}

static void flags_are_followed_through_names(void **state)
{
	(void)state;
	check(TORCH PARSER "use = not args.no_gpu and torch.cuda.is_available()\n"
			   "x = torch.zeros(2)\n"
			   "if use:\n    x = x.cuda()\n"
			   "y = torch.zeros(2).to('cuda' if use else 'cpu')\n"
			   "if not args.no_gpu:\n    reveal(x)\n    reveal(y)\n",
	      "tensor cuda\n");
}

static void ways_that_do_not_differ_are_one(void **state)
{
	(void)state;
	check(PARSER
	      "n = 1\nif args.cuda:\n    pass\nif args.mode == 'b':\n    n = 1\nreveal(n)\nn = 2\nreveal(n)\n",
	      "int 1\nint 2\n");
}

static void a_flag_has_one_value(void **state)
{
	(void)state;
	check(PARSER
	      "if args.mode == 'a':\n    n = 1\nelif args.mode == 'b':\n    n = 2\nelse:\n    n = 3\n"
	      "if args.mode == 'b':\n    reveal(n)\n",
	      "int 2\n");
}

static void an_option_that_is_not_given_is_none(void **state)
{
	(void)state;
	check(PARSER "if args.gpu is None:\n    reveal(args.gpu)\nelse:\n    reveal(args.gpu)\n",
	      "None\nint\n");
	check(PARSER "reveal(args.device)\n", "str cuda\n");
}

static void doubts_prove_nothing(void **state)
{
	(void)state;
	check(TORCH "import config\nx = 1\n"
		    "if config.device:\n    reveal(x)\n"
		    "if config.verbose:\n    x = 2\n    reveal(x)\n"
		    "reveal(x)\n",
	      "int 2\nint\n");
}

static void what_asks_for_the_gpu_is_no_doubt(void **state)
{
	(void)state;
	check(TORCH "import config\nx = 1\n"
		    "if config.use_gpu:\n    reveal(x)\nelse:\n    reveal(2)\n"
		    "if not config.use_gpu:\n    reveal(3)\n",
	      "int 1\n");
}

static void none_on_one_way_does_not_lose_the_object(void **state)
{
	(void)state;
	check(TORCH "net = nn.Linear(2, 2).cuda()\nbest = None\n"
		    "for i in range(9):\n    if unknown() > 3:\n        best = net\n"
		    "reveal(net)\nreveal(best)\n"
		    "if best is None:\n    reveal(best)\nelse:\n    reveal(best)\n",
	      "module cuda\nmodule cuda or None\nNone\nmodule cuda\n");
}

static void one_of_two_objects_is_lost_when_used(void **state)
{
	(void)state;
	check(TORCH "a = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\n"
		    "c = a\nif unknown():\n    c = b\n"
		    "reveal(a)\n"
		    "c.cuda()\n"
		    "reveal(a)\nreveal(b)\n",
	      "module cpu\nmodule ?\n");
}

/* ---- loops ---- */

static void the_first_round_proves(void **state)
{
	(void)state;
	check(TORCH
	      "x = torch.zeros(2)\nfor i in range(unknown()):\n    reveal(x)\n    x = x.cuda()\n"
	      "    reveal(x)\nreveal(x)\n",
	      "tensor cpu\ntensor cuda\n");
	check(TORCH "n = 0\nfor i in range(100):\n    n = n + 1\nreveal(n)\n", "int\n");
}

static void few_known_rounds_are_run_one_by_one(void **state)
{
	(void)state;
	check("n = 0\nfor i in (1, 2, 3):\n    n = n + i\nreveal(n)\n", "int 6\n");
	check("n = 0\nfor i in range(4):\n    if i == 2:\n        break\n    n = n + 1\nelse:\n    n = 9\nreveal(n)\n",
	      "int 2\n");
}

static void endless_loops_end_by_break(void **state)
{
	(void)state;
	check("n = 1\nwhile True:\n    n = 2\n    if unknown():\n        break\nreveal(n)\n",
	      "int 2\n");
	check("while True:\n    pass\nreveal(1)\n", "");
}

static void what_a_round_makes_stands_for_many(void **state)
{
	(void)state;
	check(TORCH "nets = [nn.Linear(2, 2) for _ in range(unknown())]\n"
		    "nets[0].cuda()\nreveal(nets[1])\n",
	      "module ?\n");
}

/* ---- exceptions ---- */

static void code_behind_a_raise_is_dead(void **state)
{
	(void)state;
	check("def f(x):\n    if x > 3:\n        raise ValueError\n    return 1\n"
	      "reveal(f(2))\n"
	      "f(4)\nreveal(2)\n",
	      "int 1\n");
	check("import sys\nsys.exit(0)\nreveal(1)\n", "");
}

static void handlers_of_imports_count(void **state)
{
	(void)state;
	check("try:\n    import apex\n    n = 1\nexcept ImportError:\n    n = 2\nreveal(n)\n",
	      "int\n");
	check("try:\n    n = 1\nexcept KeyboardInterrupt:\n    n = 2\nreveal(n)\n", "int 1\n");
	check("try:\n    raise ValueError\nexcept ValueError:\n    n = 2\nreveal(n)\n", "int 2\n");
	check("def f():\n    try:\n        return 1\n    finally:\n        reveal(5)\nreveal(f())\n",
	      "int 5\nint 1\n");
}

static void a_fallback_proves_nothing(void **state)
{
	(void)state;
	check("try:\n    reveal(1)\nexcept RuntimeError:\n    x = 2\nreveal(3)\n", "int 3\n");
	check("try:\n    reveal(1)\nexcept RuntimeError as e:\n    print(e)\n    raise\n",
	      "int 1\n");
	check("import pytest\nwith pytest.raises(RuntimeError):\n    reveal(1)\nreveal(2)\n",
	      "int 2\n");
}

/* ---- escape ---- */

static void what_unread_code_gets_is_unknown(void **state)
{
	(void)state;
	check(TORCH "from somewhere import register\n"
		    "net = nn.Linear(2, 2)\nx = torch.zeros(2)\nbox = [net]\n"
		    "register(box, x)\nreveal(net)\nreveal(x)\nreveal(box)\n",
	      "module ?\ntensor cpu\nlist\n");
	check(TORCH
	      "from somewhere import register\n"
	      "net = nn.Linear(2, 2)\n"
	      "def move():\n    net.cuda()\n"
	      "def outer():\n    inner = nn.Linear(2, 2)\n    def go():\n        inner.cuda()\n"
	      "    register(go)\n    reveal(inner)\n"
	      "outer()\nreveal(net)\n",
	      "module ?\nmodule cpu\n");
}

/* ---- library mode ---- */

static void uncalled_functions_get_their_callers_devices(void **state)
{
	(void)state;
	check(TORCH "def f(x, device, n=3, flag=True, y=None):\n"
		    "    reveal(x)\n    reveal(device)\n    reveal(n)\n    reveal(flag)\n"
		    "    if y is None:\n        reveal(y)\n    else:\n        reveal(y)\n",
	      "library: placed arg\nlibrary: device arg\nlibrary: int\nlibrary: bool\nlibrary: None\n"
	      "library: placed arg\n");
	check(TORCH "def main():\n    x = torch.zeros(2)\n    reveal(x)\n", "tensor cpu\n");
	check(TORCH "def used(x):\n    reveal(x)\ndef f(x):\n    used(1)\n", "library: int 1\n");
}

static void uncalled_modules_are_where_the_caller_put_them(void **state)
{
	(void)state;
	check(TORCH
	      "class Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n"
	      "        self.fc = nn.Linear(n, 2)\n        self.scale = torch.ones(2)\n"
	      "    def forward(self, x):\n        reveal(self.fc)\n        reveal(self.fc(x))\n"
	      "        reveal(self.scale)\n        return x\n",
	      "library: module arg\nlibrary: tensor arg\nlibrary: tensor cpu\n");
}

/* ---- several files ---- */

static char top[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", top, name);
	for (char *slash = strchr(path + strlen(top) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void check_file(const char *name, const char *expected)
{
	struct seen seen = { .arena = arena_new() };
	struct sys_options options = { .environ = environ, .self_pid = getpid() };
	const char *problem = NULL;
	struct sys *sys = sys_new(&options, NULL, seen.arena, &problem);
	struct project *p = project_new(sys, top, seen.arena);
	struct unit *u =
		project_open(p, arena_fmt(seen.arena, "%s/%s", top, name), false, &problem);

	assert_non_null(u);
	interp_run(u, reveal, &seen);
	assert_lines(&seen, name, expected);
	sys_close(sys);
	arena_free(seen.arena);
}

static int make_top(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/whycpu-interp-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	(void)state;
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void imports_are_followed(void **state)
{
	(void)state;
	put("main.py",
	    "from models import Net\nfrom models.blocks import width as w\nimport settings\n"
	    "import helpers.tools as T\nfrom helpers import tools\nimport helpers.tools\n"
	    "reveal(Net().n)\nreveal(w)\nreveal(settings.N)\nreveal(T.one())\nreveal(tools.one())\n"
	    "reveal(helpers.tools.one())\nreveal(__name__)\nreveal(settings.who)\n");
	put("models/__init__.py", "from .net import *\n");
	put("models/net.py",
	    "from .blocks import width\nclass Net:\n    def __init__(self):\n        self.n = width\n");
	put("models/blocks.py", "width = 12\n");
	put("settings.py", "N = 5\nwho = __name__\nif __name__ == '__main__':\n    N = 6\n");
	put("helpers/tools.py", "def one():\n    return 1\n");
	check_file("main.py", "int 12\nint 5\nint 1\nstr __main__\nstr settings\n");
}

static void import_cycles_end(void **state)
{
	(void)state;
	put("a.py", "from b import y\nx = 1\nreveal(y)\n");
	put("b.py", "from a import x\ny = 2\n");
	check_file("a.py", "int 2\n");
	put("c.py", "from d import z\nreveal(z)\n");
	put("d.py", "from c import z\n");
	check_file("c.py", "unknown\n");
}

static void a_module_is_the_same_for_all_who_import_it(void **state)
{
	(void)state;
	put("m1.py", "import shared\nimport m2\nshared.values.append(2)\nreveal(len(m2.look()))\n");
	put("m2.py", "import shared\ndef look():\n    return shared.values\n");
	put("shared.py", "values = [1]\n");
	check_file("m1.py", "int 2\n");
}

/* ---- bounds ---- */

static void deep_and_long_programs_end(void **state)
{
	struct arena *a = arena_new();
	struct str deep = str_new(a, 1 << 22), lists = str_new(a, 1 << 22),
		   calls = str_new(a, 1 << 22);

	(void)state;
	for (int i = 0; i < 80; i++)
		str_addf(&deep, "%*sfor a%d in x:\n", i, "", i);
	str_addf(&deep, "%*sy = x + 1\nreveal(1)\n", 80, "");
	check(str_text(&deep), "int 1\n");
	str_add(&lists, "x = [");
	for (int i = 0; i < 100000; i++)
		str_add(&lists, "f(1), ");
	str_add(&lists, "]\n");
	check(str_text(&lists), "");
	for (int i = 0; i < 40; i++)
		str_addf(&calls, "def f%d(x):\n    f%d(x)\n    f%d(x)\n    return x\n", i, i + 1,
			 i + 1);
	str_add(&calls, "def f40(x):\n    return x\nf0(1)\n");
	check(str_text(&calls), "");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constants_are_computed),
		cmocka_unit_test(big_numbers_are_not_wrapped),
		cmocka_unit_test(device_texts_keep_what_is_known),
		cmocka_unit_test(names_are_looked_for_outwards),
		cmocka_unit_test(global_and_nonlocal_store_outside),
		cmocka_unit_test(comprehensions_do_not_leak),
		cmocka_unit_test(arguments_find_their_parameters),
		cmocka_unit_test(defaults_are_made_once),
		cmocka_unit_test(recursion_ends),
		cmocka_unit_test(lambdas_and_methods_are_values),
		cmocka_unit_test(generators_give_what_they_yield),
		cmocka_unit_test(decorators_of_read_code_are_run),
		cmocka_unit_test(members_are_found_along_the_bases),
		cmocka_unit_test(a_common_base_comes_last),
		cmocka_unit_test(setters_are_run),
		cmocka_unit_test(dataclasses_have_their_fields),
		cmocka_unit_test(instances_of_one_class_are_apart),
		cmocka_unit_test(few_items_are_known_one_by_one),
		cmocka_unit_test(aliases_are_one_object),
		cmocka_unit_test(an_unknown_index_may_be_any),
		cmocka_unit_test(unknown_conditions_join),
		cmocka_unit_test(one_world_has_a_gpu),
		cmocka_unit_test(flags_make_two_ways),
		cmocka_unit_test(flags_are_followed_through_names),
		cmocka_unit_test(ways_that_do_not_differ_are_one),
		cmocka_unit_test(a_flag_has_one_value),
		cmocka_unit_test(an_option_that_is_not_given_is_none),
		cmocka_unit_test(doubts_prove_nothing),
		cmocka_unit_test(what_asks_for_the_gpu_is_no_doubt),
		cmocka_unit_test(none_on_one_way_does_not_lose_the_object),
		cmocka_unit_test(one_of_two_objects_is_lost_when_used),
		cmocka_unit_test(the_first_round_proves),
		cmocka_unit_test(few_known_rounds_are_run_one_by_one),
		cmocka_unit_test(endless_loops_end_by_break),
		cmocka_unit_test(what_a_round_makes_stands_for_many),
		cmocka_unit_test(code_behind_a_raise_is_dead),
		cmocka_unit_test(handlers_of_imports_count),
		cmocka_unit_test(a_fallback_proves_nothing),
		cmocka_unit_test(what_unread_code_gets_is_unknown),
		cmocka_unit_test(uncalled_functions_get_their_callers_devices),
		cmocka_unit_test(uncalled_modules_are_where_the_caller_put_them),
		cmocka_unit_test_setup_teardown(imports_are_followed, make_top, remove_top),
		cmocka_unit_test_setup_teardown(import_cycles_end, make_top, remove_top),
		cmocka_unit_test_setup_teardown(a_module_is_the_same_for_all_who_import_it,
						make_top, remove_top),
		cmocka_unit_test(deep_and_long_programs_end),
	};

	return cmocka_run_group_tests_name("interp", tests, NULL, NULL);
}
