// SPDX-License-Identifier: Apache-2.0
/* What class is this, and is it an nn.Module?
 *
 * Bases are followed through imports inside of the project; a library's class counts only by a row of a table. A class with
 * any other base is open: that base's code may do anything to its instances. */
#include "lint/classes.h"

#include <string.h>

#include "lint/data.h"
#include "lint/model_parts.h"
#include "lint/names.h"

#define IMPORTS_MAX 8 /* a name that is passed on through so many files */
#define BASES_DEPTH_MAX 32
#define MRO_MAX 64

struct target {
	struct unit *unit;          /* of node */
	const struct py_node *node; /* PY_CLASS or PY_FUNC of read code, or NULL */
	const char *library;        /* a dotted name outside of read code, or NULL */
};

static struct target resolve_name(struct unit *u, const struct py_node *at, const char *name,
				  unsigned depth);

/* The statement that binds a name at module level. */
static struct target in_module(struct unit *u, const char *name, unsigned depth)
{
	return resolve_name(u, u->tree, name, depth);
}

static unsigned leading_dots(const char *dotted)
{
	unsigned n = 0;

	while (dotted[n] == '.')
		n++;
	return n;
}

/* "models.net.Net": the longest part that is a file of the project, then the name in it. */
static struct target resolve_dotted(struct unit *u, const char *dotted, unsigned depth)
{
	unsigned level = leading_dots(dotted);
	const char *path = dotted + level;
	size_t end = strlen(path);

	if (depth > IMPORTS_MAX)
		return (struct target){ 0 };
	while (end > 0) {
		const char *dot = memrchr(path, '.', end);
		size_t head = dot ? (size_t)(dot - path) : 0;
		const char *rest = dot ? dot + 1 : path;
		struct unit *found = NULL;

		if (dot || level > 0)
			found = project_import(u->project, u, arena_strndup(u->arena, path, head),
					       level);
		if (found)
			return memchr(rest, '.', strlen(rest)) ? (struct target){ 0 }
							       : in_module(found, rest, depth + 1);
		if (!dot)
			break;
		end = head;
	}
	return (struct target){ .library = level == 0 ? dotted : NULL };
}

static struct target resolve_name(struct unit *u, const struct py_node *at, const char *name,
				  unsigned depth)
{
	const struct scope *scope = at->kind == PY_MODULE ? names_inner(u, at) : NULL;
	const struct binding *b = NULL;

	if (!scope) {
		b = names_find(u, at, name, NULL);
	} else {
		for (size_t i = 0; i < scope->bindings.n; i++)
			if (strcmp(scope->bindings.v[i].name, name) == 0)
				b = &scope->bindings.v[i];
	}
	if (!b)
		return (struct target){ 0 };
	if (b->kind == BOUND_IMPORT && b->target)
		return resolve_dotted(u, b->target, depth + 1);
	if ((b->kind == BOUND_CLASS || b->kind == BOUND_FUNC) && b->n_stores == 1)
		return (struct target){ .unit = u, .node = b->node };
	return (struct target){ 0 };
}

static struct target resolve(struct unit *u, const struct py_node *expr)
{
	const char *dotted = NULL;

	while (expr->kind == PY_SUBSCRIPT) /* Generic[T] */
		expr = expr->a;
	if (expr->kind == PY_NAME) {
		const struct binding *b = names_find(u, expr, expr->name, NULL);

		if (!b)
			return (struct target){ .library = strcmp(expr->name, "object") == 0
								   ? "builtins.object"
								   : NULL };
		if (b->kind != BOUND_IMPORT)
			return resolve_name(u, expr, expr->name, 0);
		dotted = b->target;
		/* Canonical names of libraries come from names_dotted; the project's own from the import itself. */
		struct target found = dotted ? resolve_dotted(u, dotted, 0) : (struct target){ 0 };

		if (found.node || !found.library)
			return found;
	}
	dotted = names_dotted(u, expr);
	return dotted ? resolve_dotted(u, dotted, 0) : (struct target){ 0 };
}

void cls_resolve(struct unit *u, const struct py_node *expr, struct cls **ret_read,
		 const char **ret_library)
{
	struct target t = resolve(u, expr);

	*ret_read = t.node && t.node->kind == PY_CLASS ? cls_of(t.unit, t.node) : NULL;
	*ret_library = t.node ? NULL : t.library;
}

const struct py_node *cls_function(struct unit *u, const struct py_node *expr,
				   struct unit **ret_unit)
{
	struct target t = resolve(u, expr);

	if (!t.node || t.node->kind != PY_FUNC)
		return NULL;
	*ret_unit = t.unit;
	return t.node;
}

static bool has_decorator(const struct py_node *func, const char *name)
{
	for (size_t i = 0; i < func->list.n; i++) {
		const struct py_node *d = func->list.v[i];

		if (d->kind == PY_NAME && strcmp(d->name, name) == 0)
			return true;
		if (d->kind == PY_ATTR &&
		    strcmp(d->name, name) == 0) /* functools.cached_property */
			return true;
	}
	return false;
}

/* Methods, also those below `if` and `try` of the class's body. */
static void add_methods(struct cls *c, const struct py_list *body)
{
	for (size_t i = 0; i < body->n; i++) {
		const struct py_node *n = body->v[i];

		if (n->kind == PY_FUNC) {
			struct cls_method m = {
				.name = n->name,
				.func = n,
				.owner = c,
				.is_property = has_decorator(n, "property") ||
					       has_decorator(n, "cached_property"),
				.is_static = has_decorator(n, "staticmethod") ||
					     has_decorator(n, "classmethod"),
			};
			if (!has_decorator(n, "setter"))
				PUSH(c->unit->arena, &c->methods, m);
		} else if (n->kind == PY_IF || n->kind == PY_TRY) {
			add_methods(c, &n->body);
			add_methods(c, &n->orelse);
		}
	}
}

static const struct lint_base_row *base_find(const char *dotted)
{
	for (size_t i = 0; i < n_lint_base_table; i++)
		if (strcmp(lint_base_table[i].name, dotted) == 0)
			return &lint_base_table[i];
	return NULL;
}

bool cls_library_is_module(const char *dotted)
{
	const struct lint_base_row *row = base_find(dotted);

	const struct lint_api_row *api = row ? NULL : api_row_exact(dotted);

	if (row)
		return strcmp(row->module, "yes") == 0;
	return api && has_word("module loss container metric", api->does);
}

static void add_base(struct cls *c, const struct py_node *expr)
{
	struct cls_base base = { 0 };

	cls_resolve(c->unit, expr, &base.read, &base.library);
	if (base.read == c)
		base.read = NULL;
	if (base.library) {
		const struct lint_base_row *row = base_find(base.library);
		bool is_module = cls_library_is_module(base.library);

		c->is_module = c->is_module || is_module;
		c->is_open = c->is_open || (!row && !is_module);
		if (is_module &&
		    (!c->entries || strlen(c->entries) < strlen(row ? row->entries : "")))
			c->entries = row ? row->entries : "forward";
	} else if (!base.read) {
		c->is_open = true;
	}
	PUSH(c->unit->arena, &c->bases, base);
}

/* Depth first, left to right, the last of several stays: Python's order for all hierarchies without conflicts. */
static void add_mro(struct cls *c, struct cls *base)
{
	for (size_t i = 0; i < base->mro.n; i++) {
		struct cls *next = base->mro.v[i];
		size_t kept = 0;

		for (size_t k = 0; k < c->mro.n; k++)
			if (c->mro.v[k] != next)
				c->mro.v[kept++] = c->mro.v[k];
		c->mro.n = kept;
		if (c->mro.n < MRO_MAX)
			PUSH(c->unit->arena, &c->mro, next);
	}
}

static void inherit(struct cls *c)
{
	PUSH(c->unit->arena, &c->mro, c);
	for (size_t i = 0; i < c->bases.n; i++) {
		const struct cls *base = c->bases.v[i].read;

		if (!base)
			continue;
		if (base->mro.n == 0 ||
		    base->mro.n == MRO_MAX) { /* a cycle of imports, or a tower */
			c->is_open = true;
			continue;
		}
		c->is_module = c->is_module || base->is_module;
		c->is_open = c->is_open || base->is_open;
		if (base->entries && (!c->entries || strlen(c->entries) < strlen(base->entries)))
			c->entries = base->entries;
		add_mro(c, c->bases.v[i].read);
	}
}

struct cls *cls_of(struct unit *u, const struct py_node *node)
{
	for (size_t i = 0; i < u->classes.n; i++)
		if (u->classes.v[i]->node == node)
			return u->classes.v[i];

	struct cls *c = arena_alloc(u->arena, sizeof *c);

	*c = (struct cls){ .unit = u, .node = node };
	PUSH(u->arena, &u->classes, c);
	for (size_t i = 0; i < node->list2.n; i++) {
		const struct py_node *arg = node->list2.v[i];

		if (arg->stars || (arg->name && strcmp(arg->name, "metaclass") == 0))
			c->is_open = true;
		else if (!arg->name)
			add_base(c, arg->a);
	}
	add_methods(c, &node->body);
	inherit(c);
	return c;
}

const struct cls_method *cls_method(const struct cls *c, const char *name, const struct cls *after)
{
	bool is_on = !after;

	for (size_t i = 0; i < c->mro.n; i++) {
		const struct cls *k = c->mro.v[i];

		for (size_t m = k->methods.n; is_on && m > 0; m--)
			if (strcmp(k->methods.v[m - 1].name, name) == 0)
				return &k->methods.v[m - 1];
		is_on = is_on || k == after;
	}
	return NULL;
}

bool cls_has(const struct cls *c, const struct cls *base)
{
	for (size_t i = 0; i < c->mro.n; i++)
		if (c->mro.v[i] == base)
			return true;
	return false;
}
