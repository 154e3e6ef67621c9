// SPDX-License-Identifier: Apache-2.0
/* Which files a folder holds, and which file an import means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/sys_open.h"
#include "lint/alike.h"
#include "lint/ignore.h"
#include "lint/project.h"
#include "lint/walk.h"

static struct arena *arena;
static struct sys *sys;
static char top[64];

static const char *at(const char *name)
{
	return arena_fmt(arena, "%s/%s", top, name);
}

static void put(const char *name, const char *text)
{
	char *path = arena_strdup(arena, at(name));
	FILE *file;

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
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

static int setup(void **state)
{
	struct sys_options options = { .environ = environ, .self_pid = getpid() };
	const char *problem = NULL;

	(void)state;
	snprintf(top, sizeof top, "/tmp/whycpu-project-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	arena = arena_new();
	sys = sys_new(&options, NULL, arena, &problem);
	return sys ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	sys_close(sys);
	arena_free(arena);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- walking ---- */

static struct walk walk_with(const char *dir, const char *exclude)
{
	struct strlist patterns = { 0 };
	struct walk w = { 0 };

	if (exclude)
		PUSH(arena, &patterns, exclude);
	assert_int_equal(walk_path(sys, dir, &patterns, arena, &w), 0);
	return w;
}

/* The files in one line, without the folder. */
static const char *listed(const struct walk *w)
{
	struct str s = str_new(arena, 4096);

	for (size_t i = 0; i < w->files.n; i++)
		str_addf(&s, "%s%s", i ? " " : "", w->files.v[i] + strlen(top) + 1);
	return str_text(&s);
}

static void walks_in_order(void **state)
{
	struct walk w;

	(void)state;
	put("b.py", "");
	put("a/z.py", "");
	put("a/n.ipynb", "");
	put("a/c.txt", "");
	put("a/d.pyi", "");
	put("a.py", "");
	w = walk_with(top, NULL);
	assert_string_equal(listed(&w), "a/n.ipynb a/z.py a.py b.py");
	assert_int_equal(w.notes.n, 0);
	w = walk_with(at("a/c.txt"), NULL);
	assert_string_equal(listed(&w), "a/c.txt");
	w = walk_with(top, "a/");
	assert_string_equal(listed(&w), "a.py b.py");
}

static void leaves_out_what_is_foreign(void **state)
{
	struct walk w;

	(void)state;
	put("x.py", "");
	put(".hidden/x.py", "");
	put("__pycache__/x.py", "");
	put("env/pyvenv.cfg", "");
	put("env/lib/x.py", "");
	put("node_modules/x.py", "");
	put("build/lib/x.py", "");
	put("pkg/build/__init__.py", "");
	put("data_pb2.py", "");
	w = walk_with(top, NULL);
	assert_string_equal(listed(&w), "pkg/build/__init__.py x.py");
	assert_int_equal(w.notes.n, 1);
	assert_non_null(strstr(w.notes.v[0], "1 generated"));
	/* Named, it counts. */
	w = walk_with(at("env"), NULL);
	assert_string_equal(listed(&w), "env/lib/x.py");
}

static void judges_alike_files_together(void **state)
{
	struct strlist files = { 0 };
	const size_t *order;

	(void)state;
	for (int i = 0; i < 9; i++) {
		PUSH(arena, &files, arena_fmt(arena, "/x/%d/__init__.py", i));
		PUSH(arena, &files, arena_fmt(arena, "/x/%d/model_a.py", i));
		PUSH(arena, &files, arena_fmt(arena, "/x/%d/%s_b.py", i, i < 7 ? "rare" : "z"));
	}
	order = alike_order(arena, &files);
	for (size_t i = 0; i < files.n; i++)
		assert_int_equal(order[i], i < 18 ? i / 2 * 3 + i % 2 * 2 : (i - 18) * 3 + 1);
}

static void respects_gitignore(void **state)
{
	struct walk w;

	(void)state;
	put(".git/config", "");
	put(".gitignore", "# comment\nout/\n*.gen.py\n/only_top.py\n!keep.gen.py\na/**/deep.py\n");
	put("a/.gitignore", "x*.py\n!x2.py\n");
	put("out/x.py", "");
	put("m.gen.py", "");
	put("keep.gen.py", "");
	put("only_top.py", "");
	put("a/only_top.py", "");
	put("a/x1.py", "");
	put("a/x2.py", "");
	put("a/b/c/deep.py", "");
	put("a/deep.py", "");
	w = walk_with(top, NULL);
	assert_string_equal(listed(&w), "a/only_top.py a/x2.py keep.gen.py");
	/* The files of the folders above count within the repository. */
	put("c/d/out/y.py", "");
	put("c/d/z.py", "");
	w = walk_with(at("c/d"), NULL);
	assert_string_equal(listed(&w), "c/d/z.py");
}

static void ends_in_loops(void **state)
{
	struct walk w;

	(void)state;
	put("a/x.py", "");
	assert_int_equal(symlink("..", at("a/up")), 0);
	assert_int_equal(symlink("loop.py", at("loop.py")), 0);
	assert_int_equal(symlink("a/x.py", at("again.py")), 0);
	assert_int_equal(symlink("/etc/hostname", at("outside.py")), 0);
	assert_int_equal(mkfifo(at("fifo.py"), 0644), 0);
	mkdir(at("dir.py"), 0755);
	w = walk_with(top, NULL);
	assert_string_equal(listed(&w),
			    access("/etc/hostname", F_OK) == 0 ? "a/x.py outside.py" : "a/x.py");
}

static void tells_what_it_cannot_read(void **state)
{
	struct walk w = { 0 };
	struct strlist none = { 0 };

	(void)state;
	assert_true(walk_path(sys, at("nowhere"), &none, arena, &w) < 0);
	put("a/x.py", "");
	put("y.py", "");
	chmod(top, 0755);
	chmod(at("a"), 0);
	/* Root may read all. */
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	w = walk_with(top, NULL);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	chmod(at("a"), 0755);
	assert_string_equal(listed(&w), "y.py");
	assert_int_equal(w.notes.n, 1);
}

static bool ignores(const char *pattern, const char *path, bool is_dir)
{
	struct ignore list = { .dir = "" };

	ignore_add(arena, &list, (struct bytes){ pattern, strlen(pattern) });
	return ignore_has(&list, path, is_dir);
}

static void matches_as_git(void **state)
{
	char stars[2001] = { 0 }, name[2001] = { 0 };

	(void)state;
	assert_true(ignores("*.py", "a/b/x.py", false));
	assert_false(ignores("/*.py", "a/b/x.py", false));
	assert_true(ignores("a/*/x.py", "a/b/x.py", false));
	assert_false(ignores("a/*/x.py", "a/b/c/x.py", false));
	assert_true(ignores("a/**/x.py", "a/b/c/x.py", false));
	assert_true(ignores("a/**/x.py", "a/x.py", false));
	assert_true(ignores("**/x.py", "a/x.py", false));
	assert_true(ignores("a/**", "a/x.py", false));
	assert_false(ignores("a/**", "a", true));
	assert_false(ignores("a/", "a", false));
	assert_true(ignores("a/", "b/a", true));
	assert_true(ignores("[a-c]?.py", "b1.py", false));
	assert_false(ignores("[!a-c]?.py", "b1.py", false));
	assert_true(ignores("\\!x.py", "!x.py", false));
	assert_true(ignores("\\#x.py  ", "#x.py", false));
	assert_true(ignores("[x.py", "[x.py", false));
	assert_false(ignores("*.py\n!a.py", "a.py", false));
	assert_false(ignores("# *.py", "a.py", false));
	/* Never exponential. */
	for (size_t i = 0; i + 1 < sizeof stars; i += 2)
		memcpy(stars + i, "*a", 2);
	memset(name, 'a', 999);
	assert_false(ignores(stars, name, false));
}

/* ---- imports ---- */

static struct unit *open_unit(struct project *p, const char *name)
{
	const char *problem = NULL;
	struct unit *u = project_open(p, at(name), false, &problem);

	assert_null(problem);
	assert_non_null(u);
	return u;
}

static const char *imported(struct project *p, const struct unit *u, const char *dotted,
			    unsigned level)
{
	const struct unit *found = project_import(p, u, dotted, level);

	return found ? found->full_path + strlen(top) + 1 : "";
}

static void follows_imports(void **state)
{
	struct project *p = project_new(sys, top, arena);
	struct unit *train, *net;

	(void)state;
	put("pyproject.toml", "");
	put("scripts/train.py", "import torch\n");
	put("scripts/helper.py", "");
	put("net/__init__.py", "");
	put("net/a.py", "from . import b\n");
	put("net/b.py", "from . import a\n");
	put("net/b/__init__.py", "");
	put("net/sub/__init__.py", "");
	put("net/sub/c.py", "");
	put("src/lib/__init__.py", "");
	put("plain/d.py", "");
	put("torch.py", "");
	train = open_unit(p, "scripts/train.py");
	assert_string_equal(train->path, "scripts/train.py");
	assert_string_equal(train->module, "train");
	assert_true(train->is_entry);
	assert_string_equal(imported(p, train, "helper", 0), "scripts/helper.py");
	assert_string_equal(imported(p, train, "net", 0), "net/__init__.py");
	assert_string_equal(imported(p, train, "net.a", 0), "net/a.py");
	assert_string_equal(imported(p, train, "net.b", 0), "net/b/__init__.py");
	assert_string_equal(imported(p, train, "lib", 0), "src/lib/__init__.py");
	assert_string_equal(imported(p, train, "plain.d", 0), "plain/d.py");
	assert_string_equal(imported(p, train, "plain", 0), "");
	assert_string_equal(imported(p, train, "torch", 0), "");
	assert_string_equal(imported(p, train, "nothing.at.all", 0), "");
	assert_string_equal(imported(p, train, "", 2), "");
	assert_string_equal(imported(p, train, "..", 0), "");
	net = project_import(p, train, "net.sub.c", 0);
	assert_string_equal(net->module, "net.sub.c");
	assert_false(net->is_entry);
	assert_string_equal(imported(p, net, "", 1), "net/sub/__init__.py");
	assert_string_equal(imported(p, net, "a", 2), "net/a.py");
	assert_string_equal(imported(p, net, "x", 60), "");
	/* Once loaded, the same unit. */
	assert_ptr_equal(project_import(p, train, "net.sub.c", 0), net);
	assert_ptr_equal(open_unit(p, "net/sub/c.py"), net);
	assert_true(net->is_entry);
}

/* Why a file is no use is still there when its memory is gone. */
static void says_why_it_cannot_enter(void **state)
{
	struct project *p = project_new(sys, top, arena);
	const char *problem = NULL;

	(void)state;
	put("broken.ipynb", "{\"cells\": [");
	assert_null(project_enter(p, at("broken.ipynb"), false, &problem));
	assert_non_null(strstr(problem, "no notebook"));
	project_leave(p);
	project_free(p);
}

/* Installed libraries see themselves only. */
static void stays_in_a_library(void **state)
{
	struct project *p = project_new(sys, NULL, arena);
	struct unit *u;

	(void)state;
	put("site-packages/one/__init__.py", "");
	put("site-packages/one/x.py", "import two\n");
	put("site-packages/two/__init__.py", "");
	u = open_unit(p, "site-packages/one/x.py");
	assert_string_equal(imported(p, u, "two", 0), "");
	assert_string_equal(imported(p, u, "one", 0), "site-packages/one/__init__.py");
}

/* A copy without .git: what is meant stands where the user does, for files below. */
static void looks_where_the_user_stands(void **state)
{
	struct project *from_top = project_new(sys, top, arena),
		       *from_below = project_new(sys, at("agents"), arena);

	(void)state;
	put("common/base.py", "");
	put("agents/deep/dqn.py", "from common.base import Base\n");
	assert_string_equal(
		imported(from_top, open_unit(from_top, "agents/deep/dqn.py"), "common.base", 0),
		"common/base.py");
	assert_string_equal(
		imported(from_below, open_unit(from_below, "agents/deep/dqn.py"), "common.base", 0),
		"");
}

static void opens_texts(void **state)
{
	struct project *p = project_new(NULL, NULL, arena);
	const char *problem = NULL;
	struct unit *u =
		project_open_text(p, NULL, "-", (struct bytes){ "import x\n", 9 }, &problem);

	(void)state;
	assert_non_null(u);
	assert_null(project_import(p, u, "x", 0));
	assert_null(project_import(p, u, "x", 1));
	assert_null(project_open_text(p, NULL, "-", (struct bytes){ "\xff", 1 }, &problem));
	assert_string_equal(problem, "not UTF-8");
}

static void tells_why_not(void **state)
{
	struct project *p = project_new(sys, top, arena);
	const char *problem = NULL;

	(void)state;
	assert_null(project_open(p, at("nowhere.py"), false, &problem));
	assert_non_null(problem);
	put("plain.py", "import os\n");
	assert_null(project_open(p, at("plain.py"), true, &problem));
	assert_null(problem);
	assert_non_null(project_open(p, at("plain.py"), false, &problem));
	assert_null(project_open(p, top, false, &problem));
	assert_non_null(problem);
}

static void knows_tests(void **state)
{
	struct project *p = project_new(sys, top, arena);

	(void)state;
	put("tests/x.py", "");
	put("test_y.py", "");
	put("z.py", "import pytest\n");
	put("latest.py", "");
	assert_true(open_unit(p, "tests/x.py")->is_test);
	assert_true(open_unit(p, "test_y.py")->is_test);
	assert_true(open_unit(p, "z.py")->is_test);
	assert_false(open_unit(p, "latest.py")->is_test);
}

/* How many bytes an import leads to, for an entry of its own. */
static size_t read_for_entry(struct project *p, const char *entry, const char *dotted)
{
	const char *problem = NULL;
	struct unit *u = project_enter(p, at(entry), false, &problem), *found;
	size_t n;

	assert_non_null(u);
	found = project_import(p, u, dotted, 0);
	assert_non_null(found);
	assert_false(found->is_entry);
	assert_int_equal(found->findings.n, 0);
	lint_report(found, "discarded-to-result", found->tree, "said once");
	n = found->n_text;
	project_leave(p);
	return n;
}

static void keeps_what_is_imported_often(void **state)
{
	struct project *p = project_new(sys, NULL, arena);
	struct str big = str_new(arena, 1u << 20);

	(void)state;
	for (int i = 0; i < 80000; i++)
		str_add(&big, "x = 1\n");
	put("first.py", "");
	put("second.py", "");
	put("big.py", str_text(&big));
	put("small.py", "x = 1\n");
	assert_int_equal(read_for_entry(p, "first.py", "small"), 6);
	put("small.py", "x = 12\n");
	assert_int_equal(read_for_entry(p, "second.py", "small"), 6);
	/* Together they are too much, and the small one was asked for earlier. */
	assert_int_equal(read_for_entry(p, "first.py", "big"), big.n);
	assert_int_equal(read_for_entry(p, "second.py", "small"), 7);
	put("small.py", "x = 123\n");
	assert_int_equal(read_for_entry(p, "small.py", "first"), 0);
	assert_int_equal(read_for_entry(p, "first.py", "small"), 7);
	project_free(p);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(walks_in_order),
		TEST(leaves_out_what_is_foreign),
		TEST(judges_alike_files_together),
		TEST(respects_gitignore),
		TEST(ends_in_loops),
		TEST(tells_what_it_cannot_read),
		TEST(matches_as_git),
		TEST(follows_imports),
		TEST(says_why_it_cannot_enter),
		TEST(stays_in_a_library),
		TEST(looks_where_the_user_stands),
		TEST(opens_texts),
		TEST(tells_why_not),
		TEST(knows_tests),
		TEST(keeps_what_is_imported_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
