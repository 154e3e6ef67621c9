// SPDX-License-Identifier: Apache-2.0
/* What does a name mean at a place? One walk over the tree makes the scopes and what they bind; the bodies of functions
 * wait until the scope around them is known in full, as in Python, where they run later.
 *
 * What cannot be known: names that come by `import *`, exec or globals(), and those in code that did not parse; such scopes
 * are marked. A name bound to an import, and to None where the import failed, means the import. */
#include "lint/names.h"

#include <string.h>

#include "core/str.h"
#include "lint/data.h"

struct slot {
	uint32_t hash;
	uint32_t scope, binding; /* counted from 1; 0: free */
};

struct later {
	struct py_node *node;
	struct scope *scope;
};

struct names {
	struct arena *arena;
	ARRAY(struct scope *) scopes;
	uint32_t *stands_in; /* by node: index of the scope, counted from 1 */
	uint32_t *opens;
	const char **dotted; /* by node: what names_dotted said; `nothing` if NULL */
	struct slot *slots;
	size_t n_slots, n_used;
	ARRAY(struct later) later;
	unsigned in_handler; /* of an exception */
};

static const char nothing[] = "";

/* ---- bindings by scope and name ---- */

static uint32_t hash_of(const struct scope *s, const char *name)
{
	uint32_t hash = 2166136261u ^ (s->index * 2654435769u);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

static struct slot *slot_of(const struct names *n, const struct scope *s, const char *name,
			    uint32_t hash)
{
	for (size_t i = hash & (n->n_slots - 1);; i = (i + 1) & (n->n_slots - 1)) {
		struct slot *slot = &n->slots[i];

		if (!slot->binding)
			return slot;
		if (slot->hash == hash && slot->scope == s->index &&
		    strcmp(s->bindings.v[slot->binding - 1].name, name) == 0)
			return slot;
	}
}

static void grow_slots(struct names *n)
{
	struct slot *old = n->slots;
	size_t n_old = n->n_slots;

	n->n_slots = n_old ? 2 * n_old : 64;
	n->slots = arena_alloc(n->arena, n->n_slots * sizeof *n->slots);
	for (size_t i = 0; i < n_old; i++) {
		size_t at = old[i].hash & (n->n_slots - 1);

		if (!old[i].binding)
			continue;
		while (n->slots[at].binding)
			at = (at + 1) & (n->n_slots - 1);
		n->slots[at] = old[i];
	}
}

static struct binding *find_here(const struct names *n, const struct scope *s, const char *name)
{
	const struct slot *slot = slot_of(n, s, name, hash_of(s, name));

	return slot->binding ? &s->bindings.v[slot->binding - 1] : NULL;
}

static struct binding *add_here(struct names *n, struct scope *s, const char *name)
{
	uint32_t hash = hash_of(s, name);
	struct slot *slot = NULL;

	if (2 * n->n_used >= n->n_slots)
		grow_slots(n);
	slot = slot_of(n, s, name, hash);
	if (slot->binding)
		return &s->bindings.v[slot->binding - 1];
	PUSH(n->arena, &s->bindings, (struct binding){ .name = name });
	*slot = (struct slot){ hash, s->index, (uint32_t)s->bindings.n };
	n->n_used++;
	return &s->bindings.v[s->bindings.n - 1];
}

/* ---- scopes ---- */

static struct scope *new_scope(struct names *n, struct py_node *node, struct scope *outer)
{
	struct scope *s = arena_alloc(n->arena, sizeof *s);

	PUSH(n->arena, &n->scopes, s);
	s->node = node;
	s->outer = outer;
	s->index = (uint32_t)n->scopes.n;
	n->opens[node->id] = s->index;
	return s;
}

static struct scope *module_scope(const struct names *n)
{
	return n->scopes.v[0];
}

static bool is_function(const struct scope *s)
{
	return s->node->kind == PY_FUNC || s->node->kind == PY_LAMBDA;
}

/* Where a store to a name goes that is declared global or nonlocal. */
static struct scope *declared_scope(const struct names *n, const struct scope *s,
				    const struct binding *b)
{
	if (b->node->kind == PY_GLOBAL)
		return module_scope(n);
	for (struct scope *o = s->outer; o; o = o->outer) {
		if (is_function(o) && find_here(n, o, b->name))
			return o;
	}
	return module_scope(n);
}

struct store {
	const char *name;
	enum bound kind;
	const char *target;
	const struct py_node *node;
};

static void bind(struct names *n, struct scope *s, struct store store)
{
	struct binding *b = add_here(n, s, store.name);

	if (b->is_global) {
		s = declared_scope(n, s, b);
		b = add_here(n, s, store.name);
		b->is_set_inside = s->has_set_inside = true;
	}
	if (b->n_stores++ == 0) {
		b->kind = store.kind;
		b->target = store.target;
		b->node = store.node;
	} else if (b->kind != BOUND_IMPORT || store.kind != BOUND_IMPORT ||
		   strcmp(b->target, store.target) != 0) {
		b->kind = BOUND_MANY;
		b->target = NULL;
	}
}

static void visit(struct names *n, struct py_node *node, struct scope *s);

static void visit_list(struct names *n, const struct py_list *list, struct scope *s)
{
	for (size_t i = 0; i < list->n; i++)
		visit(n, list->v[i], s);
}

/* A value is stored into `target`. */
static void bind_target(struct names *n, struct py_node *target, struct scope *s,
			const struct py_node *statement)
{
	if (!target)
		return;
	switch (target->kind) {
	case PY_NAME:
		n->stands_in[target->id] = s->index;
		bind(n, s, (struct store){ target->name, BOUND_VALUE, NULL, statement });
		break;
	case PY_TUPLE:
	case PY_LIST:
		n->stands_in[target->id] = s->index;
		for (size_t i = 0; i < target->list.n; i++)
			bind_target(n, target->list.v[i], s, statement);
		break;
	case PY_STAR:
		n->stands_in[target->id] = s->index;
		bind_target(n, target->a, s, statement);
		break;
	default:
		visit(n, target, s);
	}
}

static void bind_targets(struct names *n, const struct py_list *list, struct scope *s,
			 const struct py_node *statement)
{
	for (size_t i = 0; i < list->n; i++)
		bind_target(n, list->v[i], s, statement);
}

/* ---- imports ---- */

static void bind_import(struct names *n, struct py_node *node, struct scope *s)
{
	for (size_t i = 0; i < node->list.n; i++) {
		const struct py_node *alias = node->list.v[i];
		const char *dot = alias->name ? strchr(alias->name, '.') : NULL;
		const char *first = alias->name;

		n->stands_in[alias->id] = s->index;
		if (!alias->name)
			continue;
		if (alias->alias) {
			bind(n, s, (struct store){ alias->alias, BOUND_IMPORT, alias->name, node });
			continue;
		}
		if (dot)
			first = arena_strndup(n->arena, alias->name, (size_t)(dot - alias->name));
		bind(n, s, (struct store){ first, BOUND_IMPORT, first, node });
	}
}

/* "..a.b" */
static const char *import_base(struct arena *a, const struct py_node *node)
{
	struct str text = str_new(a, 4096);

	for (unsigned i = 0; i < node->level; i++)
		str_add(&text, ".");
	str_add(&text, node->name);
	return str_text(&text);
}

static void bind_import_from(struct names *n, struct py_node *node, struct scope *s)
{
	const char *base = import_base(n->arena, node);

	for (size_t i = 0; i < node->list.n; i++) {
		const struct py_node *alias = node->list.v[i];
		const char *dot = node->name[0] ? "." : "";

		n->stands_in[alias->id] = s->index;
		if (!alias->name)
			continue;
		if (strcmp(alias->name, "*") == 0) {
			s->has_star_import = true;
			module_scope(n)->has_star_import = true;
			PUSH(n->arena, &s->stars, base);
			continue;
		}
		bind(n, s,
		     (struct store){ alias->alias ? alias->alias : alias->name, BOUND_IMPORT,
				     arena_fmt(n->arena, "%s%s%s", base, dot, alias->name), node });
	}
}

/* ---- the walk ---- */

static void put_off(struct names *n, struct py_node *node, struct scope *s)
{
	struct later later = { node, new_scope(n, node, s) };

	PUSH(n->arena, &n->later, later);
}

static void visit_defaults(struct names *n, const struct py_params *params, struct scope *s)
{
	for (size_t i = 0; i < params->n; i++) {
		visit(n, params->v[i].fallback, s);
		visit(n, params->v[i].annotation, s);
	}
}

static void visit_definition(struct names *n, struct py_node *node, struct scope *s)
{
	enum bound kind = node->kind == PY_CLASS ? BOUND_CLASS : BOUND_FUNC;

	visit_list(n, &node->list, s);
	visit_list(n, &node->list2, s);
	visit_defaults(n, &node->params, s);
	if (node->kind == PY_FUNC)
		visit(n, node->a, s);
	if (node->name)
		bind(n, s, (struct store){ node->name, kind, NULL, node });
	put_off(n, node, s);
}

/* The first iterable is evaluated outside, all else inside. */
static void visit_comprehension(struct names *n, struct py_node *node, struct scope *s)
{
	if (node->list.n)
		visit(n, node->list.v[0]->b, s);
	put_off(n, node, s);
}

static void run_comprehension(struct names *n, struct py_node *node, struct scope *inner)
{
	for (size_t i = 0; i < node->list.n; i++) {
		struct py_node *clause = node->list.v[i];

		n->stands_in[clause->id] = inner->index;
		if (i > 0)
			visit(n, clause->b, inner);
		bind_target(n, clause->a, inner, clause);
		visit_list(n, &clause->list, inner);
	}
	visit(n, node->a, inner);
	visit(n, node->b, inner);
}

static void run_later(struct names *n, struct py_node *node, struct scope *inner)
{
	for (size_t i = 0; i < node->params.n; i++) {
		const struct py_param *p = &node->params.v[i];

		n->stands_in[p->node->id] = inner->index;
		bind(n, inner, (struct store){ p->name, BOUND_PARAM, NULL, p->node });
	}
	if (node->kind == PY_COMP)
		run_comprehension(n, node, inner);
	else if (node->kind == PY_LAMBDA)
		visit(n, node->a, inner);
	else
		visit_list(n, &node->body, inner);
}

static void declare(struct names *n, struct py_node *node, struct scope *s)
{
	for (size_t i = 0; i < node->list.n; i++) {
		const struct py_node *name = node->list.v[i];
		struct binding *b = NULL;

		n->stands_in[name->id] = s->index;
		if (name->kind != PY_NAME || s == module_scope(n))
			continue;
		b = add_here(n, s, name->name);
		b->is_global = true;
		b->node = node;
	}
}

/* A walrus in a comprehension binds outside of it. */
static void visit_walrus(struct names *n, struct py_node *node, struct scope *s)
{
	struct scope *to = s;

	while (to->node->kind == PY_COMP && to->outer)
		to = to->outer;
	visit(n, node->b, s);
	bind_target(n, node->a, to, node);
	n->stands_in[node->a->id] = s->index;
}

static bool is_name(const struct py_node *node, const char *name)
{
	return node && node->kind == PY_NAME && strcmp(node->name, name) == 0;
}

/* Calls that may bind any name. vars(x) and locals() of a function only read. */
static void look_for_dynamic(struct names *n, const struct py_node *node, struct scope *s)
{
	const struct py_node *f = node->a;

	if (node->kind == PY_SUBSCRIPT) {
		if (f && f->kind == PY_ATTR && strcmp(f->name, "modules") == 0 &&
		    is_name(f->a, "sys"))
			module_scope(n)->has_dynamic = true;
		return;
	}
	if (is_name(f, "exec") || is_name(f, "execfile") || is_name(f, "globals")) {
		s->has_dynamic = true;
		module_scope(n)->has_dynamic = true;
	} else if (is_name(f, "locals") || (is_name(f, "vars") && node->list.n == 0)) {
		s->has_dynamic = true;
	}
}

/* "except ImportError: x = None" beside an import of x: where x is used, it is the import. */
static bool is_fallback(const struct names *n, const struct py_node *node, const struct scope *s)
{
	const struct binding *b = NULL;

	if (n->in_handler == 0 || node->list.n != 1 || node->list.v[0]->kind != PY_NAME ||
	    node->a->kind != PY_NONE)
		return false;
	b = find_here(n, s, node->list.v[0]->name);
	return b && b->kind == BOUND_IMPORT;
}

static void visit_assign(struct names *n, struct py_node *node, struct scope *s)
{
	visit(n, node->a, s);
	if (is_fallback(n, node, s))
		n->stands_in[node->list.v[0]->id] = s->index;
	else
		bind_targets(n, &node->list, s, node);
}

static void visit_handler(struct names *n, struct py_node *node, struct scope *s)
{
	visit(n, node->a, s);
	if (node->name)
		bind(n, s, (struct store){ node->name, BOUND_VALUE, NULL, node });
	n->in_handler++;
	visit_list(n, &node->body, s);
	n->in_handler--;
}

/* The body of a try before its handlers, as they run. */
static void visit_children(struct names *n, struct py_node *node, struct scope *s)
{
	visit(n, node->a, s);
	visit(n, node->b, s);
	visit(n, node->c, s);
	if (node->kind == PY_TRY)
		visit_list(n, &node->body, s);
	visit_list(n, &node->list, s);
	if (!ast_has_tail(node->kind))
		return;
	for (size_t i = 0; i < node->list2.n; i++) {
		if (node->kind != PY_DICT || node->list.v[i]->kind != PY_STAR)
			visit(n, node->list2.v[i], s);
	}
	if (node->kind != PY_TRY)
		visit_list(n, &node->body, s);
	visit_list(n, &node->orelse, s);
	visit_list(n, &node->final, s);
}

static void visit_store(struct names *n, struct py_node *node, struct scope *s)
{
	struct py_node *target = node->kind == PY_WITH_ITEM ? node->b : node->a;

	if (node->kind == PY_WITH_ITEM)
		visit(n, node->a, s);
	else
		visit(n, node->b, s);
	if (node->kind == PY_ANNASSIGN)
		visit(n, node->c, s);
	bind_target(n, target, s, node);
	if (node->kind == PY_FOR) {
		visit_list(n, &node->body, s);
		visit_list(n, &node->orelse, s);
	}
}

static void visit_case(struct names *n, struct py_node *node, struct scope *s)
{
	bind_targets(n, &node->list, s, node);
	visit(n, node->a, s);
	visit_list(n, &node->body, s);
}

static void visit(struct names *n, struct py_node *node, struct scope *s)
{
	if (!node)
		return;
	n->stands_in[node->id] = s->index;
	switch (node->kind) {
	case PY_ERROR:
		s->has_dynamic = true;
		module_scope(n)->has_dynamic = true;
		break;
	case PY_FUNC:
	case PY_CLASS:
		visit_definition(n, node, s);
		break;
	case PY_LAMBDA:
		visit_defaults(n, &node->params, s);
		put_off(n, node, s);
		break;
	case PY_COMP:
		visit_comprehension(n, node, s);
		break;
	case PY_IMPORT:
		bind_import(n, node, s);
		break;
	case PY_IMPORT_FROM:
		bind_import_from(n, node, s);
		break;
	case PY_GLOBAL:
	case PY_NONLOCAL:
		declare(n, node, s);
		break;
	case PY_ASSIGN:
		visit_assign(n, node, s);
		break;
	case PY_AUGASSIGN:
	case PY_ANNASSIGN:
	case PY_FOR:
	case PY_WITH_ITEM:
		visit_store(n, node, s);
		break;
	case PY_DEL:
		bind_targets(n, &node->list, s, node);
		break;
	case PY_WALRUS:
		visit_walrus(n, node, s);
		break;
	case PY_HANDLER:
		visit_handler(n, node, s);
		break;
	case PY_CASE:
		visit_case(n, node, s);
		break;
	case PY_CALL:
	case PY_SUBSCRIPT:
		look_for_dynamic(n, node, s);
		visit_children(n, node, s);
		break;
	default:
		visit_children(n, node, s);
	}
}

const struct names *names_new(struct unit *u)
{
	struct names *n = arena_alloc(u->arena, sizeof *n);
	struct scope *module = NULL;

	n->arena = u->arena;
	n->stands_in = arena_alloc(u->arena, (u->n_nodes + 1) * sizeof *n->stands_in);
	n->opens = arena_alloc(u->arena, (u->n_nodes + 1) * sizeof *n->opens);
	n->dotted = arena_alloc(u->arena, (u->n_nodes + 1) * sizeof *n->dotted);
	grow_slots(n);
	module = new_scope(n, u->tree, NULL);
	n->stands_in[u->tree->id] = module->index;
	visit_list(n, &u->tree->body, module);
	for (size_t i = 0; i < n->later.n; i++)
		run_later(n, n->later.v[i].node, n->later.v[i].scope);
	return n;
}

/* ---- questions ---- */

static const struct scope *scope_at(const struct names *n, uint32_t index)
{
	return index ? n->scopes.v[index - 1] : NULL;
}

const struct scope *names_scope(const struct unit *u, const struct py_node *node)
{
	const struct scope *s = scope_at(u->names, u->names->stands_in[node->id]);

	return s ? s : module_scope(u->names);
}

const struct scope *names_inner(const struct unit *u, const struct py_node *node)
{
	return scope_at(u->names, u->names->opens[node->id]);
}

const struct binding *names_find(const struct unit *u, const struct py_node *at, const char *name,
				 const struct scope **ret_scope)
{
	const struct names *n = u->names;
	const struct scope *first = names_scope(u, at);

	for (const struct scope *s = first; s; s = s->outer) {
		const struct binding *b = NULL;

		if (s->node->kind == PY_CLASS && s != first)
			continue;
		b = find_here(n, s, name);
		if (b && b->is_global) {
			s = declared_scope(n, s, b);
			b = find_here(n, s, name);
		}
		if (!b)
			continue;
		if (ret_scope)
			*ret_scope = s;
		return b;
	}
	return NULL;
}

bool names_is_set_inside(const struct unit *u, const char *name)
{
	const struct scope *module = module_scope(u->names);
	const struct binding *b = module->has_set_inside ? find_here(u->names, module, name) : NULL;

	return b && b->is_set_inside;
}

/* "torch.nn.modules.linear.Linear" is "torch.nn.Linear". */
static const char *canonical(struct arena *a, const char *dotted)
{
	for (size_t i = 0; i < n_lint_alias_table; i++) {
		const struct lint_alias_row *row = &lint_alias_table[i];
		size_t n = strlen(row->prefix);

		if (strncmp(dotted, row->prefix, n) == 0 && (dotted[n] == '.' || dotted[n] == '\0'))
			return arena_fmt(a, "%s%s", row->becomes, dotted + n);
	}
	return dotted;
}

static const char *find_dotted(const struct unit *u, const struct py_node *node)
{
	const struct py_node *root = node;
	const struct binding *b = NULL;
	const char *written = NULL;

	while (root->kind == PY_ATTR)
		root = root->a;
	if (root->kind != PY_NAME)
		return NULL;
	b = names_find(u, root, root->name, NULL);
	if (!b || b->kind != BOUND_IMPORT)
		return NULL;
	written = ast_dotted(u->names->arena, node);
	if (!written)
		return NULL;
	return canonical(u->names->arena, arena_fmt(u->names->arena, "%s%s", b->target,
						    written + strlen(root->name)));
}

const char *names_dotted(const struct unit *u, const struct py_node *node)
{
	const char **known = NULL;

	if (!node || (node->kind != PY_NAME && node->kind != PY_ATTR))
		return NULL;
	known = &u->names->dotted[node->id];
	if (!*known) {
		const char *found = find_dotted(u, node);

		*known = found ? found : nothing;
	}
	return *known == nothing ? NULL : *known;
}

bool names_is_call(const struct unit *u, const struct py_node *node, const char *dotted)
{
	const char *name = node && node->kind == PY_CALL ? names_dotted(u, node->a) : NULL;

	return name && strcmp(name, dotted) == 0;
}
