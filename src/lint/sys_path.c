// SPDX-License-Identifier: Apache-2.0
/* Where else does a file look for what it imports? sys.path.append(".."), sys.path.insert(0, os.path.dirname(...)) and the like, as
 * far as the text tells: of paths that are counted from where the user stands it is taken that he stands where the file is. What
 * another file adds is not known here. */
#include "lint/sys_path.h"

#include <string.h>

#include "core/str.h"
#include "lint/ast.h"
#include "lint/names.h"

#define DEPTH_MAX 16 /* of one expression, and of names in it */
#define ADDED_MAX 8

struct reading {
	struct unit *u;
	struct strlist *added;
};

static const char *path_of(const struct unit *u, const struct py_node *n, size_t depth);

/* "a/../b" below `dir`; NULL: a name that no folder of a project has, or nothing is left. */
static const char *below(const struct unit *u, const char *dir, const char *relative)
{
	struct bytes part = { 0 };
	size_t pos = 0;

	if (relative[strspn(relative, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-./")])
		return NULL;
	while (*relative && next_part(relative, '/', &pos, &part)) {
		const char *name = arena_strndup(u->lasting, part.v, part.n);

		if (strcmp(name, "..") == 0)
			dir = path_dirname(u->lasting, dir);
		else if (part.n && strcmp(name, ".") != 0)
			dir = path_join(u->lasting, dir, name);
		if (!part.v[part.n])
			break;
	}
	return dir;
}

/* The only thing that a name of the file is bound to. */
static const char *path_of_name(const struct unit *u, const struct py_node *n, size_t depth)
{
	const struct py_node *value = NULL;
	size_t found = 0;

	if (strcmp(n->name, "__file__") == 0)
		return u->full_path;
	for (size_t i = 0; i < u->tree->body.n; i++) {
		const struct py_node *s = u->tree->body.v[i];

		if (s->kind != PY_ASSIGN || s->list.n != 1 || s->list.v[0]->kind != PY_NAME ||
		    strcmp(s->list.v[0]->name, n->name) != 0)
			continue;
		value = s->a;
		found++;
	}
	return found == 1 ? path_of(u, value, depth + 1) : NULL;
}

/* os.path.join(base, "..", "src") */
static const char *path_of_join(const struct unit *u, const struct py_node *call, size_t depth)
{
	const char *path = call->list.n ? path_of(u, call->list.v[0]->a, depth + 1) : NULL;

	for (size_t i = 1; path && i < call->list.n; i++) {
		const struct py_node *part = call->list.v[i]->a;

		path = part->kind == PY_STRING && part->name[0] != '/' ? below(u, path, part->name)
								       : NULL;
	}
	return path;
}

/* What gives back the path that it is given. */
static bool is_same_path(const char *dotted)
{
	static const char *const names[] = { "os.path.abspath",  "os.path.realpath",
					     "os.path.normpath", "os.path.expanduser",
					     "pathlib.Path",     "pathlib.PurePath",
					     "os.fspath" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(dotted, names[i]) == 0)
			return true;
	return false;
}

static const char *path_of_call(const struct unit *u, const struct py_node *call, size_t depth)
{
	const struct py_node *first = call->list.n ? call->list.v[0]->a : NULL;
	const char *dotted = names_dotted(u, call->a), *path = NULL;

	/* Path(...).resolve() */
	if (!dotted && call->a->kind == PY_ATTR &&
	    (strcmp(call->a->name, "resolve") == 0 || strcmp(call->a->name, "absolute") == 0 ||
	     strcmp(call->a->name, "as_posix") == 0))
		return path_of(u, call->a->a, depth + 1);
	if (!dotted && call->a->kind == PY_NAME && strcmp(call->a->name, "str") == 0)
		dotted = "os.fspath";
	if (dotted && strcmp(dotted, "os.getcwd") == 0)
		return path_dirname(u->lasting, u->full_path);
	if (!dotted || !first)
		return NULL;
	if (strcmp(dotted, "os.path.join") == 0)
		return path_of_join(u, call, depth);
	path = path_of(u, first, depth + 1);
	if (path && strcmp(dotted, "os.path.dirname") == 0)
		return path_dirname(u->lasting, path);
	return path && is_same_path(dotted) ? path : NULL;
}

/* path.parents[2] */
static const char *path_of_parents(const struct unit *u, const struct py_node *n, size_t depth)
{
	const struct py_node *index = n->list.n == 1 ? n->list.v[0] : NULL;
	const char *path;

	if (!index || index->kind != PY_INT || index->number < 0 || index->number > DEPTH_MAX ||
	    n->a->kind != PY_ATTR || strcmp(n->a->name, "parents") != 0)
		return NULL;
	path = path_of(u, n->a->a, depth + 1);
	for (int64_t i = 0; path && i <= index->number; i++)
		path = path_dirname(u->lasting, path);
	return path;
}

static const char *path_of(const struct unit *u, const struct py_node *n, size_t depth)
{
	const char *path;

	if (depth > DEPTH_MAX)
		return NULL;
	switch (n->kind) {
	case PY_STRING:
		return n->name[0] == '/' || !n->name[0]
			       ? NULL
			       : below(u, path_dirname(u->lasting, u->full_path), n->name);
	case PY_NAME:
		return path_of_name(u, n, depth);
	case PY_CALL:
		return path_of_call(u, n, depth);
	case PY_SUBSCRIPT:
		return path_of_parents(u, n, depth);
	case PY_ATTR:
		path = strcmp(n->name, "parent") == 0 ? path_of(u, n->a, depth + 1) : NULL;
		return path ? path_dirname(u->lasting, path) : NULL;
	case PY_BINARY:
		path = n->op == OP_DIV && n->b->kind == PY_STRING ? path_of(u, n->a, depth + 1)
								  : NULL;
		return path && n->b->name[0] != '/' ? below(u, path, n->b->name) : NULL;
	default:
		return NULL;
	}
}

static bool look(struct py_node *n, void *data)
{
	struct reading *r = data;
	const struct py_node *call = n->kind == PY_EXPR && n->a->kind == PY_CALL ? n->a : NULL;
	const char *dotted = call && call->list.n ? names_dotted(r->u, call->a) : NULL, *path;
	size_t at;

	if (!dotted || r->added->n >= ADDED_MAX)
		return true;
	at = strcmp(dotted, "sys.path.insert") == 0 ? 1 : 0;
	if ((at == 0 && strcmp(dotted, "sys.path.append") != 0) || call->list.n <= at)
		return true;
	path = path_of(r->u, call->list.v[at]->a, 0);
	/* The top of the machine is no project's. */
	if (path && path[0] == '/' && path[1])
		PUSH(r->u->lasting, r->added, path);
	return true;
}

const struct strlist *sys_path_added(struct unit *u)
{
	struct reading r = { .u = u };

	if (u->added)
		return u->added;
	r.added = arena_alloc(u->lasting, sizeof *r.added);
	if (u->full_path && u->tree && memmem(u->text, u->n_text, "sys.path.", 9))
		ast_walk(u->tree, look, &r);
	u->added = r.added;
	return r.added;
}
