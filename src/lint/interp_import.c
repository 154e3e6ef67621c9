// SPDX-License-Identifier: Apache-2.0
/* Which code does an import lead to? Imports are followed when a name is used, not where they stand: most are never needed. A
 * module's top level is run once, alone, and what it leaves is put into every state that uses it; what it does to others
 * (a default device, a patched class) is lost. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

static struct unit *find_unit(struct interp *in, const struct unit *from, const char *dotted,
			      unsigned level)
{
	const char *key = arena_fmt(in->arena, "%p %u %s", (const void *)from, level, dotted);
	uint64_t id = intern_id(in->shared->import_ids, key, strlen(key), NULL);
	struct unit *const *known = map_get(in->shared->imports, id);

	if (known)
		return *known;

	struct unit **found = arena_alloc(in->keep, sizeof *found);

	*found = project_import(in->project, from, dotted, level);
	in->shared->imports = map_put(in->keep, in->shared->imports, id, found);
	return *found;
}

/* ---- modules ---- */

static struct module *module_of(struct interp *in, struct unit *u)
{
	for (size_t i = 0; i < in->shared->modules.n; i++)
		if (in->shared->modules.v[i]->unit == u)
			return in->shared->modules.v[i];

	struct module *m = arena_alloc(in->keep, sizeof *m);

	m->unit = u;
	m->frame = frame_of_unit(in, u);
	PUSH(in->keep, &in->shared->modules, m);
	return m;
}

static void run_module(struct interp *in, struct module *m)
{
	struct interp before = *in;
	struct frame frame = { .unit = m->unit, .id = m->frame };
	struct states set = { 0 }, exits = { 0 };
	struct state start = { 0 };

	m->progress = MODULE_RUNS;
	in->arena = in->keep;
	in->in_module++;
	in->frame = &frame;
	in->exits = &exits;
	in->weak = in->loops = in->many = 0;
	in->is_library = in->is_over = false;
	in->steps = 0;
	in->steps_max = STEPS_MODULE_MAX;
	in->recording = NULL;
	state_put(in, &start, STATE_MODEL_OBJECT, &(struct object){ .kind = OBJ_INSTANCE });
	states_add(in, &set, &start);
	exec_block(in, &set, &m->unit->tree->body);
	if (set.n)
		m->after = states_one(in, &set);
	m->after.atoms = NULL;
	m->after.stack = NULL;
	m->after.heap = map_remove(in->keep, m->after.heap, STATE_MODEL_OBJECT);
	if (in->unit != m->unit)
		m->after.vars =
			map_remove_upper(in->keep, m->after.vars, frame_of_unit(in, in->unit));
	m->progress = MODULE_DONE;

	in->arena = before.arena;
	in->in_module = before.in_module;
	in->frame = before.frame;
	in->exits = before.exits;
	in->weak = before.weak;
	in->loops = before.loops;
	in->many = before.many;
	in->is_library = before.is_library;
	in->is_over = before.is_over;
	in->steps = before.steps;
	in->steps_max = before.steps_max;
	in->recording = before.recording;
}

/* The names of a module, in this state. */
static struct module *used_module(struct interp *in, struct state *s, struct unit *u)
{
	struct module *m = module_of(in, u);
	uint32_t mark = intern_name(in, "<used>");

	memo_saw_unit(in, u);
	/* The unit that is judged runs as a script: its names are in every state. */
	if (u == in->unit && !in->in_module)
		return m;
	if (m->progress == MODULE_NEW && arena_bytes(in->keep) < KEEP_BYTES_MAX)
		run_module(in, m);
	if (m->progress != MODULE_DONE || var_get(in, s, m->frame, mark))
		return m;
	state_install(in, s, &m->after);
	var_set(in, s, m->frame, mark, value_none());
	return m;
}

void use_unit(struct interp *in, struct state *s, struct unit *u)
{
	used_module(in, s, u);
}

const struct value *unit_attr(struct interp *in, struct state *s, struct unit *u, const char *name)
{
	const struct module *m = used_module(in, s, u);
	uint32_t id = intern_name(in, name);
	const struct value *v = var_get(in, s, m->frame, id);

	memo_saw_name(in, m->frame, id, v);
	if (v && is_set_by_others(in, u, m->frame, name, v))
		return value_unknown();
	if (v)
		return value_now(in, s, v);
	if (!ends_with(u->path, "__init__.py"))
		return value_unknown();

	struct unit *inner = find_unit(in, u, name, 1);

	return inner ? value_unit(in->arena, inner) : value_unknown();
}

void unit_set_attr(struct interp *in, struct state *s, struct unit *u, const char *name,
		   const struct value *v)
{
	memo_spoil(in);
	var_set(in, s, used_module(in, s, u)->frame, intern_name(in, name), v);
}

/* Constants of Python's own library that decide what is run. */
static const struct value *named_constant(struct interp *in, const char *dotted)
{
	static const char *const numbers[] = { "math.pi",  "math.e",    "math.tau",
					       "math.inf", "math.nan",  "numpy.pi",
					       "numpy.e",  "numpy.inf", "numpy.nan" };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(dotted, numbers[i]) == 0)
			return value_number(in->arena, VAL_FLOAT);
	if (strcmp(dotted, "typing.TYPE_CHECKING") == 0)
		return value_bool(in->arena, false);
	return value_api(in->arena, dotted);
}

const struct value *api_attr(struct interp *in, struct state *s, const struct value *api,
			     const char *name)
{
	const char *dotted = arena_fmt(in->arena, "%s.%s", api->text, name);

	(void)s;
	for (size_t i = 0; i < in->shared->packages.n; i++)
		if (strcmp(in->shared->packages.v[i], api->text) == 0) {
			struct unit *u = find_unit(in, in->frame->unit, dotted, 0);

			return u ? value_unit(in->arena, u) : value_api(in->arena, dotted);
		}
	return named_constant(in, dotted);
}

/* ---- import statements ---- */

/* `a` of `import a.b` may be a folder without __init__.py: its attributes are looked for as modules. */
static const struct value *package_or_api(struct interp *in, const char *dotted)
{
	const char *name = arena_strdup(in->keep, dotted);

	for (size_t i = 0; i < in->shared->packages.n; i++)
		if (strcmp(in->shared->packages.v[i], dotted) == 0)
			return value_api(in->arena, in->shared->packages.v[i]);
	PUSH(in->keep, &in->shared->packages, name);
	return value_api(in->arena, name);
}

/* `from torch import float32` is what torch.float32 is. */
static const struct value *outside_name(struct interp *in, struct state *s, const char *module,
					const char *name, const char *dotted)
{
	const struct value *v =
		model_attr(in, s, value_api(in->arena, module), name, in->frame->unit->tree);

	return v ? v : named_constant(in, dotted);
}

/* What an import leads to, looked for once. */
struct import {
	struct unit
		*unit; /* `value` is the name of this unit that `name` says, as it is in a state */
	const struct value *value; /* the same in all states */
};

static struct import follow(struct interp *in, struct state *s, const struct value *lazy)
{
	unsigned level = (unsigned)lazy->number;
	const char *name = lazy->param_text, *dotted;
	struct unit *u = find_unit(in, lazy->unit, lazy->text, level);

	/* `from . import layers` in the package's own __init__.py: what has no such name yet has such a module. */
	if (u && u == lazy->unit && name && find_unit(in, u, name, 1))
		return (struct import){ .value = value_unit(in->arena, find_unit(in, u, name, 1)) };
	if (u)
		return name ? (struct import){ .unit = u }
			    : (struct import){ .value = value_unit(in->arena, u) };
	if (name && (*lazy->text || level)) {
		dotted = *lazy->text ? arena_fmt(in->arena, "%s.%s", lazy->text, name) : name;
		u = find_unit(in, lazy->unit, dotted, level);
		return (struct import){ .value = u       ? value_unit(in->arena, u)
						 : level ? value_unknown()
							 : outside_name(in, s, lazy->text, name,
									dotted) };
	}
	if (level)
		return (struct import){ .value = value_unknown() };
	return (struct import){ .value = lazy->is_known ? package_or_api(in, lazy->text)
							: value_api(in->arena, lazy->text) };
}

const struct value *import_resolve(struct interp *in, struct state *s, const struct value *lazy)
{
	const struct import *known = map_get(in->shared->resolved, (uintptr_t)lazy);

	if (!known) {
		struct arena *arena = in->arena;
		struct import *new = arena_alloc(in->keep, sizeof *new);

		in->arena = in->keep;
		*new = follow(in, s, lazy);
		in->shared->resolved =
			map_put(in->keep, in->shared->resolved, (uintptr_t)lazy, new);
		in->arena = arena;
		known = new;
	}
	if (!known->unit)
		return known->value;
	/* Modules that import a name from each other, round and round: nobody defines it. */
	if (in->resolving >= RESOLVE_MAX)
		return value_unknown();
	in->resolving++;

	const struct value *v = unit_attr(in, s, known->unit, lazy->param_text);

	in->resolving--;
	return v;
}

/* The same import is the same value, in all states. */
static const struct value *lazy(struct interp *in, const char *dotted, unsigned level,
				const char *name, bool has_more)
{
	const char *key = arena_fmt(in->arena, "%p %u %d %s:%s", (const void *)in->frame->unit,
				    level, has_more, dotted, name ? name : "");
	uint32_t id = intern_id(in->shared->lazy_ids, key, strlen(key), NULL);
	const struct value *known = map_get(in->shared->lazies, id);
	struct value *v;

	if (known)
		return known;
	v = arena_alloc(in->keep, sizeof *v);
	*v = (struct value){ .kind = VAL_LAZY,
			     .is_known = has_more,
			     .text = arena_strdup(in->keep, dotted),
			     .number = level,
			     .param_text = name,
			     .unit = in->frame->unit };
	in->shared->lazies = map_put(in->keep, in->shared->lazies, id, v);
	return v;
}

static void exec_import_module(struct interp *in, struct state *s, const struct py_node *alias)
{
	const char *dot = strchr(alias->name, '.'), *first;

	if (alias->alias || !dot) {
		name_store(in, s, alias->alias ? alias->alias : alias->name,
			   lazy(in, alias->name, 0, NULL, false));
		return;
	}
	first = arena_strndup(in->keep, alias->name, (size_t)(dot - alias->name));
	name_store(in, s, first, lazy(in, first, 0, NULL, true));
}

struct star {
	struct interp *in;
	struct state *s;
};

static void copy_name(uint64_t key, const void *value, void *data)
{
	struct star *star = data;
	const char *name = intern_text(star->in, (uint32_t)key);

	if (*name != '_' && *name != '<')
		name_store(star->in, star->s, name, value);
}

static void exec_star(struct interp *in, struct state *s, const struct py_node *n)
{
	struct unit *u = find_unit(in, in->frame->unit, n->name ? n->name : "", n->level);
	struct star star = { in, s };

	memo_spoil(in);
	if (!u)
		return; /* every name may come from there: interp_frame.c */

	const struct map *vars = (used_module(in, s, u), s->vars);

	map_walk_upper(vars, frame_of_unit(in, u), copy_name, &star);
}

void exec_import(struct interp *in, struct state *s, const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++) {
		const struct py_node *alias = n->list.v[i];

		if (n->kind == PY_IMPORT)
			exec_import_module(in, s, alias);
		else if (strcmp(alias->name, "*") == 0)
			exec_star(in, s, n);
		else
			name_store(in, s, alias->alias ? alias->alias : alias->name,
				   lazy(in, n->name ? n->name : "", n->level, alias->name, false));
	}
}
