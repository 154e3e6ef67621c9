// SPDX-License-Identifier: Apache-2.0
/* What does a name mean here? Frames are numbered by who called whom, so that two states that made the same calls have the same
 * frames. A name that is bound nowhere in read code is a builtin, or unknown. */
#include "lint/interp.h"

#include <stdlib.h>
#include <string.h>

#include "lint/names.h"

static uint64_t key_of(uint32_t frame, uint32_t name)
{
	return (uint64_t)frame << 32 | name;
}

const struct value *var_get(const struct interp *in, const struct state *s, uint32_t frame,
			    uint32_t name)
{
	(void)in;
	return map_get(s->vars, key_of(frame, name));
}

void var_set(struct interp *in, struct state *s, uint32_t frame, uint32_t name,
	     const struct value *v)
{
	s->vars = map_put(in->arena, s->vars, key_of(frame, name), v);
}

void var_del(struct interp *in, struct state *s, uint32_t frame, uint32_t name)
{
	s->vars = map_remove(in->arena, s->vars, key_of(frame, name));
}

uint32_t frame_new(struct interp *in, const struct frame_info *info, const struct py_node *node,
		   uint64_t context)
{
	struct {
		const void *unit;
		uint64_t context;
		uint32_t node, parent;
	} key;
	bool is_new;

	memset(&key, 0, sizeof key);
	key.unit = info->unit;
	key.context = context;
	key.node = node ? node->id : 0;
	key.parent = info->parent;

	/* A module is the same for all. */
	bool is_shared = in->in_module || !info->parent;
	uint32_t id = intern_id(is_shared ? in->shared->frame_ids : in->frame_ids, &key, sizeof key,
				&is_new);

	if (is_new && is_shared)
		PUSH(in->keep, &in->shared->frames, *info);
	else if (is_new)
		PUSH(in->own, &in->frames, *info);
	return is_shared ? id : id | OWN_ID;
}

struct frame_info *frame_at(const struct interp *in, uint32_t id)
{
	return id & OWN_ID ? &in->frames.v[(id & ~OWN_ID) - 1] : &in->shared->frames.v[id - 1];
}

uint32_t frame_of_unit(struct interp *in, struct unit *u)
{
	return frame_new(in, &(struct frame_info){ .unit = u }, NULL, 0);
}

/* ---- builtins ---- */

static const char *const builtins[] = {
	"ArithmeticError",
	"AssertionError",
	"AttributeError",
	"BaseException",
	"BrokenPipeError",
	"ConnectionError",
	"DeprecationWarning",
	"EOFError",
	"Ellipsis",
	"Exception",
	"FileExistsError",
	"FileNotFoundError",
	"FloatingPointError",
	"FutureWarning",
	"GeneratorExit",
	"IOError",
	"ImportError",
	"ImportWarning",
	"IndexError",
	"IsADirectoryError",
	"KeyError",
	"KeyboardInterrupt",
	"LookupError",
	"MemoryError",
	"ModuleNotFoundError",
	"NameError",
	"NotADirectoryError",
	"NotImplemented",
	"NotImplementedError",
	"OSError",
	"OverflowError",
	"PendingDeprecationWarning",
	"PermissionError",
	"RecursionError",
	"RuntimeError",
	"RuntimeWarning",
	"StopAsyncIteration",
	"StopIteration",
	"SyntaxError",
	"SystemExit",
	"TimeoutError",
	"TypeError",
	"UnboundLocalError",
	"UnicodeDecodeError",
	"UnicodeError",
	"UserWarning",
	"ValueError",
	"Warning",
	"ZeroDivisionError",
	"__import__",
	"abs",
	"aiter",
	"all",
	"anext",
	"any",
	"ascii",
	"bin",
	"bool",
	"breakpoint",
	"bytearray",
	"bytes",
	"callable",
	"chr",
	"classmethod",
	"compile",
	"complex",
	"delattr",
	"dict",
	"dir",
	"divmod",
	"enumerate",
	"eval",
	"exec",
	"exit",
	"filter",
	"float",
	"format",
	"frozenset",
	"getattr",
	"globals",
	"hasattr",
	"hash",
	"help",
	"hex",
	"id",
	"input",
	"int",
	"isinstance",
	"issubclass",
	"iter",
	"len",
	"list",
	"locals",
	"map",
	"max",
	"memoryview",
	"min",
	"next",
	"object",
	"oct",
	"open",
	"ord",
	"pow",
	"print",
	"property",
	"quit",
	"range",
	"repr",
	"reveal",
	"reversed",
	"round",
	"set",
	"setattr",
	"slice",
	"sorted",
	"staticmethod",
	"str",
	"sum",
	"super",
	"tuple",
	"type",
	"vars",
	"zip",
};

static int by_name(const void *x, const void *y)
{
	return strcmp(x, *(const char *const *)y);
}

/* Builtins whose names no star import of an unread library takes over. torch, NumPy and math bring their own max, sum and abs,
 * torch a range. */
static bool is_never_taken(const struct scope *module, const char *name)
{
	static const char *const names[] = {
		"bool",  "classmethod", "dict",         "enumerate", "float", "getattr", "hasattr",
		"int",   "isinstance",  "issubclass",   "len",       "list",  "object",  "property",
		"range", "setattr",     "staticmethod", "str",       "super", "tuple",   "zip"
	};

	for (size_t i = 0; i < module->stars.n && strcmp(name, "range") == 0; i++)
		if (strcmp(module->stars.v[i], "torch") == 0)
			return false;
	return bsearch(name, names, sizeof names / sizeof *names, sizeof *names, by_name);
}

/* A name that no read code binds. */
static const struct value *outside(struct interp *in, const char *name)
{
	const struct unit *u = in->frame->unit;
	const struct scope *module = names_inner(u, u->tree);

	if (strcmp(name, "__name__") == 0)
		return value_str(in->arena, u == in->unit ? "__main__" : u->module);
	if (strcmp(name, "__file__") == 0)
		return value_number(in->arena, VAL_STR);
	if (module &&
	    (module->has_dynamic || (module->has_star_import && !is_never_taken(module, name))))
		return value_unknown();
	if (!bsearch(name, builtins, sizeof builtins / sizeof *builtins, sizeof *builtins, by_name))
		return value_unknown();
	return value_api(in->arena, arena_fmt(in->arena, "builtins.%s", name));
}

/* ---- names ---- */

const struct value *value_now(struct interp *in, struct state *s, const struct value *v)
{
	if (v->kind == VAL_LAZY)
		return import_resolve(in, s, v);
	if (state_has_lost(s, v)) {
		struct value copy = *v;

		copy.device = (struct device){ 0 };
		copy.object = 0;
		copy.rank = 0;
		return memcpy(arena_alloc(in->arena, sizeof copy), &copy, sizeof copy);
	}
	if (!v->param_text)
		return v;
	memo_asked(in, v->param_text, *v->param_text == '?' ? "None" : NULL);
	if (*v->param_text == '?' && state_assumed(s, v->param_text, "None") == TRI_YES)
		return value_none();
	if (v->kind != VAL_BOOL || v->is_known)
		return v;

	enum tri yes = state_assumed(s, v->param_text, NULL);

	return yes == TRI_UNKNOWN ? v : value_bool(in->arena, yes == TRI_YES);
}

bool is_set_by_others(struct interp *in, const struct unit *u, uint32_t frame, const char *name,
		      const struct value *v)
{
	if (!in->is_library || !names_is_set_inside(u, name))
		return false;
	return u != in->unit || v == var_get(in, in->left, frame, intern_name(in, name));
}

const struct value *name_load(struct interp *in, struct state *s, const char *name)
{
	uint32_t id = intern_name(in, name);

	for (uint32_t f = in->frame->id; f; f = frame_at(in, f)->parent) {
		const struct value *v = var_get(in, s, f, id);

		memo_saw_name(in, f, id, v);
		if (!v)
			continue;
		if (!frame_at(in, f)->parent && is_set_by_others(in, in->frame->unit, f, name, v))
			return value_unknown();
		return value_now(in, s, v);
	}
	return outside(in, name);
}

struct declared {
	struct interp *in;
	const struct py_node *function;
	struct strlist globals, nonlocals;
};

static bool find_declared(struct py_node *n, void *data)
{
	struct declared *d = data;
	struct strlist *to = n->kind == PY_GLOBAL ? &d->globals : &d->nonlocals;

	if (n->kind == PY_GLOBAL || n->kind == PY_NONLOCAL)
		for (size_t i = 0; i < n->list.n; i++)
			PUSH(d->in->keep, to, n->list.v[i]->name);
	return n == d->function ||
	       (n->kind != PY_FUNC && n->kind != PY_CLASS && n->kind != PY_LAMBDA);
}

static const struct declared *declared_of(struct interp *in, const struct py_node *function)
{
	uint64_t key = (uintptr_t)function;
	const struct declared *known = map_get(in->shared->declared, key);

	if (known)
		return known;

	struct declared *d = arena_alloc(in->keep, sizeof *d);

	d->in = in;
	d->function = function;
	ast_walk((struct py_node *)(uintptr_t)function, find_declared, d);
	in->shared->declared = map_put(in->keep, in->shared->declared, key, d);
	return d;
}

static bool is_listed(const struct strlist *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], name) == 0)
			return true;
	return false;
}

/* The frame that a store of this name goes to. */
static uint32_t frame_of_store(struct interp *in, const struct state *s, const char *name)
{
	uint32_t id = in->frame->id;

	if (!in->frame->func || frame_at(in, id)->is_class)
		return id;

	const struct declared *d = declared_of(in, in->frame->func->node);

	if (is_listed(&d->globals, name))
		return frame_of_unit(in, in->frame->unit);
	if (!is_listed(&d->nonlocals, name))
		return id;
	for (uint32_t f = frame_at(in, id)->parent; f; f = frame_at(in, f)->parent)
		if (var_get(in, s, f, intern_name(in, name)))
			return f;
	return id;
}

void name_store(struct interp *in, struct state *s, const char *name, const struct value *v)
{
	uint32_t frame = frame_of_store(in, s, name);

	if (frame != in->frame->id)
		memo_spoil(in);
	var_set(in, s, frame, intern_name(in, name), v);
}

void name_delete(struct interp *in, struct state *s, const char *name)
{
	uint32_t frame = frame_of_store(in, s, name);

	if (frame != in->frame->id)
		memo_spoil(in);
	var_del(in, s, frame, intern_name(in, name));
}
