// SPDX-License-Identifier: Apache-2.0
/* Which Python does a running process run, and how was it started? Reads its exe, command line, maps and environment. It
 * cannot know what the program did to sys.path or to its variables since. */
#include "collect/pypid.h"

#include <errno.h>
#include <string.h>

#include "collect/pyparent.h"
#include "collect/pyscript.h"

enum { MAX_WORDS = 64 };

static const char *words_for(struct sys *s, int err)
{
	switch (-err) {
	case ENOENT:
	case ESRCH:
		return "there is no such process, or it has just ended";
	case EACCES:
	case EPERM:
		return "it belongs to another user: run whycpu as that user or as root";
	default:
		return arena_fmt(sys_arena(s), "it cannot be looked at (%s)", sys_why(err));
	}
}

/* A program that brings a Python of its own (Blender, uWSGI) has its library mapped. */
static bool maps_python(struct sys *s, const char *pid)
{
	struct bytes maps;

	return sys_head(s, arena_fmt(sys_arena(s), "/proc/%s/maps", pid), 4u << 20, &maps) == 0 &&
	       memmem(maps.v, maps.n, "/libpython", 10);
}

/* The program was replaced on disk while it runs. */
static const char *without_deleted(struct arena *a, const char *path)
{
	static const char mark[] = " (deleted)";

	return ends_with(path, mark) ? arena_strndup(a, path, strlen(path) - strlen(mark)) : path;
}

static int read_command(struct sys *s, const char *pid, struct strlist *ret_words)
{
	struct arena *a = sys_arena(s);
	struct bytes text;
	int err = sys_head(s, arena_fmt(a, "/proc/%s/cmdline", pid), 64u << 10, &text);

	for (size_t at = 0; !err && at < text.n && ret_words->n < MAX_WORDS;
	     at += strlen(text.v + at) + 1)
		PUSH(a, ret_words, esc(a, text.v + at));
	return err;
}

static int read_start(struct pypid *p, const char *pid)
{
	struct strlist words = { 0 };
	const char *cwd = NULL;
	int err = read_command(p->view, pid, &words);

	/* Some programs write a title of their own over their command line. */
	if (err || !words.n || !is_python_name(words.v[0]))
		return err;

	size_t i = pyscript_options(&words, 1, &p->start);

	if (i >= words.n)
		return 0;
	err = sys_cwd(p->view, &cwd);
	if (words.v[i][0] == '/' || !err)
		p->start.script = path_join(sys_arena(p->view), cwd ? cwd : "/", words.v[i]);
	return 0;
}

struct pypid pypid_find(struct sys *s, const char *pid)
{
	struct arena *a = sys_arena(s);
	struct pypid p = { .from = arena_fmt(a, "/proc/%s/exe", pid) };
	struct sys_stat st;
	int err = sys_stat(s, arena_fmt(a, "/proc/%s", pid), &st);

	if (!err)
		err = sys_readlink(s, p.from, &p.exe);
	if (err) {
		p.problem = words_for(s, err);
		return p;
	}
	p.exe = without_deleted(a, p.exe);
	if (!is_python_name(p.exe) && !maps_python(s, pid)) {
		p.problem = arena_fmt(a, "it runs %s, which is not a Python", p.exe);
		return p;
	}
	err = sys_of_process(s, pid, &p.view);
	if (!err)
		err = pyparent_links(p.view, pid, p.exe, &p.exe);
	if (!err)
		err = read_start(&p, pid);
	if (err)
		p.problem = words_for(s, err);
	return p;
}
