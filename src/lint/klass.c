// SPDX-License-Identifier: Apache-2.0
/* What do `def`, `class` and their decorators make? A class keeps its members as an object of the heap, so that states may differ in
 * them; its bases are looked at once. Metaclasses and __init_subclass__ are not looked at. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/classes.h"
#include "lint/data.h"
#include "lint/names.h"

/* ---- bases ---- */

static const struct lint_base_row *base_row(const char *dotted)
{
	for (size_t i = 0; i < n_lint_base_table; i++)
		if (strcmp(lint_base_table[i].name, dotted) == 0)
			return &lint_base_table[i];
	return NULL;
}

static bool library_is_module(const char *dotted)
{
	const struct lint_base_row *row = base_row(dotted);

	return row ? strcmp(row->module, "yes") == 0 : cls_library_is_module(dotted);
}

/* Known, at least, to be no module. */
static bool library_is_known(const char *dotted)
{
	return base_row(dotted) || library_is_module(dotted) || starts_with(dotted, "torch.") ||
	       starts_with(dotted, "builtins.") || starts_with(dotted, "abc.") ||
	       starts_with(dotted, "enum.") || starts_with(dotted, "typing.");
}

void klass_library_bases(const struct klass *k, struct arena *a, struct strlist *ret_bases,
			 bool *ret_unknown)
{
	for (size_t i = 0; i < k->order.n; i++)
		for (size_t b = 0; b < k->order.v[i]->bases.n; b++) {
			const struct value *base = k->order.v[i]->bases.v[b];

			if (base->kind == VAL_API)
				PUSH(a, ret_bases, base->text);
		}
	*ret_unknown = k->is_unknown;
}

bool klass_is_module(const struct klass *k)
{
	return k->is_module;
}

bool klass_derives(const struct klass *k, const struct klass *base)
{
	for (size_t i = 0; i < k->order.n; i++)
		if (k->order.v[i] == base)
			return true;
	return false;
}

static void add_to_order(struct interp *in, struct klass *k, const struct klass *of)
{
	for (size_t i = 0; i < of->order.n; i++) {
		const struct klass *next = of->order.v[i];

		/* The last place counts: a common base comes behind all that derive from it. */
		for (size_t j = 0; j < k->order.n; j++)
			if (k->order.v[j] == next) {
				memmove(&k->order.v[j], &k->order.v[j + 1],
					(k->order.n - j - 1) * sizeof(*k->order.v));
				k->order.n--;
			}
		PUSH(in->keep, &k->order, next);
	}
}

static void look_at_bases(struct interp *in, struct klass *k)
{
	PUSH(in->keep, &k->order, k);
	for (size_t i = 0; i < k->bases.n; i++) {
		const struct value *b = k->bases.v[i];

		if (b->kind == VAL_CLASS) {
			add_to_order(in, k, b->cls);
			k->is_module |= b->cls->is_module;
			k->is_unknown |= b->cls->is_unknown;
		} else if (b->kind == VAL_API) {
			k->is_module |= library_is_module(b->text);
			k->is_unknown |= !library_is_known(b->text);
		} else {
			k->is_unknown = true;
		}
	}
}

/* Bases as they outlive this entry. */
static const struct value *kept_base(struct interp *in, const struct value *v)
{
	if (v->kind == VAL_CLASS)
		return value_class(in->keep, v->cls);
	return v->kind == VAL_API ? value_api(in->keep, arena_strdup(in->keep, v->text))
				  : value_unknown();
}

static bool same_bases(const struct klass *k, const struct value_list *bases)
{
	if (k->bases.n != bases->n)
		return false;
	for (size_t i = 0; i < bases->n; i++)
		if (!value_same(k->bases.v[i], bases->v[i]))
			return false;
	return true;
}

static struct klass *klass_new(struct interp *in, const struct py_node *n,
			       const struct value_list *bases)
{
	for (size_t i = 0; i < in->shared->classes.n; i++)
		if (in->shared->classes.v[i]->node == n &&
		    same_bases(in->shared->classes.v[i], bases))
			return in->shared->classes.v[i];

	struct klass *k = arena_alloc(in->keep, sizeof *k);
	const struct klass *key = k;

	k->unit = in->frame->unit;
	k->node = n;
	k->name = n->name;
	for (size_t i = 0; i < bases->n; i++)
		PUSH(in->keep, &k->bases, bases->v[i]);
	look_at_bases(in, k);
	k->object = intern_id(in->shared->ids, &key, sizeof key, NULL) + STATE_MODEL_OBJECT;
	PUSH(in->keep, &in->shared->classes, k);
	return k;
}

const struct value *klass_member(const struct state *s, const struct klass *k,
				 const struct klass *after, const char *name)
{
	bool may = !after;

	for (size_t i = 0; i < k->order.n; i++) {
		const struct value *v = may ? state_attr(s, k->order.v[i]->object, name) : NULL;

		if (v)
			return v;
		may |= k->order.v[i] == after;
	}
	return NULL;
}

/* ---- decorators ---- */

#define HEAD_MAX 64 /* statements of a file, in which it imports */

static const char *decorator_name(const struct unit *u, const struct py_node *n)
{
	static const char *const plain[] = { "classmethod", "property", "staticmethod" };
	const struct py_node *callee = n->kind == PY_CALL ? n->a : n;
	const char *dotted = names_dotted(u, callee);

	if (dotted || callee->kind != PY_NAME)
		return dotted;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(callee->name, plain[i]) == 0)
			return (const char *[]){ "builtins.classmethod", "builtins.property",
						 "builtins.staticmethod" }[i];
	return NULL;
}

static const char *decorator_effect(const char *dotted)
{
	for (size_t i = 0; dotted && i < n_lint_decorator_table; i++) {
		const char *name = lint_decorator_table[i].name;
		size_t n = strlen(name);

		if (strcmp(name, dotted) == 0 || (*name == '*' && ends_with(dotted, name + 1)) ||
		    (name[n - 1] == '*' && strncmp(name, dotted, n - 1) == 0))
			return lint_decorator_table[i].effect;
	}
	return NULL;
}

/* @x.setter, @x.getter, @x.deleter of a property of the class that is being made. */
static const struct value *accessor(struct interp *in, struct state *s, const struct function *f,
				    const struct py_node *decorator)
{
	if (decorator->kind != PY_ATTR || decorator->a->kind != PY_NAME)
		return NULL;

	const struct value *v = name_load(in, s, decorator->a->name);

	if (v->kind != VAL_FUNC || v->func->role != FUNC_PROPERTY)
		return NULL;

	struct function *copy = arena_alloc(in->arena, sizeof *copy);

	*copy = *v->func;
	if (strcmp(decorator->name, "setter") == 0)
		copy->setter = f;
	return value_func(in->arena, copy);
}

static const struct value *with_effect(struct interp *in, const struct value *v, const char *effect)
{
	struct function *copy;

	if (v->kind != VAL_FUNC || (effect && strcmp(effect, "keeps") == 0))
		return v;
	if (effect && strcmp(effect, "foreign") == 0)
		return value_unknown();
	copy = arena_alloc(in->arena, sizeof *copy);
	*copy = *v->func;
	if (!effect || strcmp(effect, "command") == 0)
		copy->is_opaque = true;
	else if (strcmp(effect, "static") == 0)
		copy->role = FUNC_STATIC;
	else if (strcmp(effect, "class") == 0)
		copy->role = FUNC_OF_CLASS;
	else if (strcmp(effect, "property") == 0)
		copy->role = FUNC_PROPERTY;
	else if (strcmp(effect, "context") == 0)
		copy->is_context = true;
	return value_func(in->arena, copy);
}

/* def final(f): return f */
static bool gives_back(const struct py_node *n)
{
	const struct py_node *only = n->kind == PY_FUNC && n->body.n == 1 ? n->body.v[0] : NULL;

	return only && only->kind == PY_RETURN && only->a && only->a->kind == PY_NAME &&
	       n->params.n == 1 && strcmp(n->params.v[0].name, only->a->name) == 0;
}

static const char *imported_as(struct arena *a, const struct py_node *n, const char *name)
{
	for (size_t i = 0; n->kind == PY_IMPORT_FROM && !n->level && i < n->list.n; i++)
		if (!n->list.v[i]->alias && strcmp(n->list.v[i]->name, name) == 0)
			return arena_fmt(a, "%s.%s", n->name, name);
	return NULL;
}

/* To a function that changes nothing, or to the same one of another package: backports.cached_property. */
static bool falls_back(struct arena *a, const struct py_node *try, const char *name)
{
	for (size_t h = 0; h < try->list.n; h++)
		for (size_t i = 0; i < try->list.v[h]->body.n; i++) {
			const struct py_node *n = try->list.v[h]->body.v[i];

			if ((gives_back(n) && strcmp(n->name, name) == 0) ||
			    imported_as(a, n, name))
				return true;
		}
	return false;
}

/* try: from typing import final / except ImportError: def final(f): return f, at the head of a file. */
static const char *effect_of_either(struct interp *in, const struct py_node *decorator)
{
	const struct py_list *body = &in->frame->unit->tree->body;
	const char *name = decorator->kind == PY_NAME ? decorator->name : NULL, *dotted;

	for (size_t i = 0; name && i < body->n && i < HEAD_MAX; i++) {
		const struct py_node *n = body->v[i];

		if (n->kind != PY_TRY || n->body.n != 1 || !falls_back(in->arena, n, name))
			continue;
		dotted = imported_as(in->arena, n->body.v[0], name);
		return dotted ? decorator_effect(dotted) : NULL;
	}
	return NULL;
}

/* @area.register(Circle), where @singledispatch def area(shape): the function itself comes back. */
static bool is_dispatched(struct interp *in, struct state *s, const struct py_node *decorator)
{
	const struct py_node *callee = decorator->kind == PY_CALL ? decorator->a : decorator;
	const struct value *v;

	if (callee->kind != PY_ATTR || strcmp(callee->name, "register") != 0 ||
	    callee->a->kind != PY_NAME)
		return false;
	v = name_load(in, s, callee->a->name);
	for (size_t i = 0; v->kind == VAL_FUNC && i < v->func->node->list.n; i++) {
		const char *name = decorator_name(v->func->unit, v->func->node->list.v[i]);

		if (name && strcmp(name, "functools.singledispatch") == 0)
			return true;
	}
	return false;
}

/* Read code's own decorators are run. */
static const struct value *decorate(struct interp *in, struct state *s, const struct value *v,
				    const struct py_node *n, const struct value *decorator)
{
	const char *effect = decorator_effect(decorator_name(in->frame->unit, n));
	struct call_arg arg = { .value = v, .node = n };
	const struct value *property;

	if (v->kind == VAL_FUNC && (property = accessor(in, s, v->func, n)))
		return property;
	if (v->kind == VAL_FUNC && is_dispatched(in, s, n))
		return v;
	if (!effect)
		effect = effect_of_either(in, n);
	if (effect)
		return with_effect(in, v, effect);
	if (decorator->kind == VAL_FUNC || decorator->kind == VAL_BOUND ||
	    decorator->kind == VAL_CLASS) {
		const struct value *result = call_decorator(in, s, decorator, &arg, n);

		return result->kind == VAL_UNKNOWN ? with_effect(in, v, NULL) : result;
	}
	return v->kind == VAL_FUNC ? with_effect(in, v, NULL) : v;
}

/* Of a decorator that was not read: does its name speak of what it makes of arguments? */
static bool may_convert(const struct unit *u, const struct py_node *decorator)
{
	static const char *const words[] = { "device", "cpu",    "cuda", "gpu",    "numpy",
					     "np",     "tensor", "arr",  "torch",  "jit",
					     "cast",   "move",   "conv", "wrap",   "triton",
					     "batch",  "jax",    "tf",   "fixture" };
	size_t n = decorator->end - decorator->start;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text + decorator->start, n, words[i], strlen(words[i])))
			return true;
	return false;
}

static bool is_of_tensors(const struct function *f)
{
	const struct py_node *n = f->node;

	if (f->cls && klass_is_module(f->cls) && strcmp(f->name, "forward") == 0)
		return true;
	for (size_t i = 0; i < n->params.n; i++) {
		const struct py_node *type = n->params.v[i].annotation;

		if (type &&
		    memmem(f->unit->text + type->start, type->end - type->start, "Tensor", 6))
			return true;
	}
	return false;
}

const struct function *function_behind(struct interp *in, const struct function *f)
{
	struct function *copy;

	if (!f->is_opaque || f->node->kind != PY_FUNC || !is_of_tensors(f))
		return f;
	for (size_t i = 0; i < f->node->list.n; i++)
		if (may_convert(f->unit, f->node->list.v[i]))
			return f;
	copy = arena_alloc(in->arena, sizeof *copy);
	*copy = *f;
	copy->is_opaque = false;
	return copy;
}

/* ---- functions ---- */

static bool raises_not_implemented(const struct py_node *n)
{
	const struct py_node *what = n->kind == PY_RAISE ? n->a : NULL;

	if (what && what->kind == PY_CALL)
		what = what->a;
	return what && what->kind == PY_NAME && strcmp(what->name, "NotImplementedError") == 0;
}

static bool says_nothing(const struct py_node *n)
{
	return n->kind == PY_PASS ||
	       (n->kind == PY_EXPR && (n->a->kind == PY_STRING || n->a->kind == PY_ELLIPSIS));
}

/* Only a place for what others write: @abstractmethod, or nothing but a raise of NotImplementedError. */
bool function_is_abstract(const struct function *f)
{
	const struct py_node *n = f->node;
	bool nothing = true, raises = false;

	if (n->kind != PY_FUNC)
		return false;
	for (size_t i = 0; i < n->body.n; i++) {
		raises |= raises_not_implemented(n->body.v[i]);
		nothing &= raises_not_implemented(n->body.v[i]) || says_nothing(n->body.v[i]);
	}
	for (size_t i = 0; i < n->list.n; i++) {
		const char *name = decorator_name(f->unit, n->list.v[i]);

		if (name && strcmp(name, "abc.abstractmethod") == 0)
			return true;
	}
	return nothing && raises;
}

/* The frame that the names of a function made here are looked for in: class bodies are left out. */
static uint32_t closure_here(struct interp *in)
{
	uint32_t id = in->frame->id;

	while (frame_at(in, id)->is_class)
		id = frame_at(in, id)->parent;
	frame_at(in, id)->is_captured = true;
	return id;
}

/* Its defaults lie on the stack. */
static struct function *function_from_stack(struct interp *in, struct state *s,
					    const struct py_node *n)
{
	struct function *f = arena_alloc(in->arena, sizeof *f);

	f->unit = in->frame->unit;
	f->node = n;
	f->name = n->kind == PY_LAMBDA ? "<lambda>" : n->name;
	f->cls = in->frame->cls;
	f->closure = closure_here(in);
	f->yields = n->yields;
	f->defaults = arena_alloc(in->arena, (n->params.n + 1) * sizeof(*f->defaults));
	for (size_t i = n->params.n; i-- > 0;)
		if (n->params.v[i].fallback)
			f->defaults[i] = state_pop(s);
	return f;
}

static void eval_defaults(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t i = 0; i < n->params.n; i++)
		if (n->params.v[i].fallback)
			eval(in, set, n->params.v[i].fallback);
}

void eval_lambda(struct interp *in, struct states *set, const struct py_node *n)
{
	eval_defaults(in, set, n);
	for (size_t i = 0; i < set->n; i++)
		state_push(in, &set->v[i],
			   value_func(in->arena, function_from_stack(in, &set->v[i], n)));
}

static void eval_decorators(struct interp *in, struct states *set, const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++)
		eval(in, set, n->list.v[i]);
}

/* The decorators lie on the stack, the last one on top. */
static const struct value *decorate_from_stack(struct interp *in, struct state *s,
					       const struct py_node *n, const struct value *v)
{
	for (size_t i = n->list.n; i-- > 0;)
		v = decorate(in, s, v, n->list.v[i], state_pop(s));
	return v;
}

void exec_def(struct interp *in, struct states *set, const struct py_node *n)
{
	eval_decorators(in, set, n);
	eval_defaults(in, set, n);
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct value *v = value_func(in->arena, function_from_stack(in, s, n));

		if (in->frame->func && !in->frame->cls && in->frame->unit == in->unit)
			PUSH(in->arena, &in->inner, v->func);
		name_store(in, s, n->name, decorate_from_stack(in, s, n, v));
	}
	states_bury(in, set);
}

/* ---- classes ---- */

struct members {
	struct interp *in;
	struct object *to;
};

static void add_member(uint64_t key, const void *value, void *data)
{
	struct members *m = data;
	struct object_field f = { .name = intern_text(m->in, (uint32_t)key), .value = value };

	PUSH(m->in->arena, &m->to->fields, f);
}

static bool is_dataclass(const struct unit *u, const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++) {
		const char *effect = decorator_effect(decorator_name(u, n->list.v[i]));

		if (effect && strcmp(effect, "dataclass") == 0)
			return true;
	}
	return false;
}

static void run_class_body(struct interp *in, struct states *out, struct state *s, struct klass *k)
{
	struct frame *outer = in->frame;
	struct frame_info info = { .unit = outer->unit, .parent = outer->id, .is_class = true };
	struct frame frame = *outer;
	struct states set = { 0 };

	frame.id = frame_new(in, &info, k->node, outer->context);
	frame.cls = k;
	s->vars = map_remove_upper(in->arena, s->vars, frame.id);
	in->frame = &frame;
	states_add(in, &set, s);
	exec_block(in, &set, &k->node->body);
	in->frame = outer;
	for (size_t i = 0; i < set.n; i++) {
		struct object o = { .unit = k->unit, .site = k->node };
		struct members m = { in, &o };

		map_walk_upper(set.v[i].vars, frame.id, add_member, &m);
		set.v[i].vars = map_remove_upper(in->arena, set.v[i].vars, frame.id);
		state_put(in, &set.v[i], k->object, &o);
	}
	states_take(in, out, &set);
}

static void make_class(struct interp *in, struct states *out, struct state *s,
		       const struct py_node *n)
{
	struct value_list bases = { 0 };
	struct states after = { 0 };
	const struct value **v = arena_alloc(in->arena, (n->list2.n + 1) * sizeof(*v));

	for (size_t i = n->list2.n; i-- > 0;)
		v[i] = state_pop(s);
	for (size_t i = 0; i < n->list2.n; i++)
		if (!n->list2.v[i]->name)
			PUSH(in->keep, &bases, kept_base(in, v[i]));

	struct klass *k = klass_new(in, n, &bases);

	k->is_dataclass = is_dataclass(in->frame->unit, n);
	for (size_t i = 0; i < k->bases.n; i++)
		k->is_dataclass |=
			k->bases.v[i]->kind == VAL_CLASS && k->bases.v[i]->cls->is_dataclass;
	run_class_body(in, &after, s, k);
	for (size_t i = 0; i < after.n; i++) {
		const struct value *made = value_class(in->arena, k);

		made = decorate_from_stack(in, &after.v[i], n, made);
		name_store(in, &after.v[i], n->name, made);
		states_add(in, out, &after.v[i]);
	}
}

void exec_class(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states from;

	eval_decorators(in, set, n);
	for (size_t i = 0; i < n->list2.n; i++)
		eval(in, set, n->list2.v[i]->a);
	from = *set;
	*set = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i];

		make_class(in, set, &s, n);
	}
}

/* ---- moves ---- */

/* x.cuda(), x.to(device), x.to("cuda:0"); but x.to(torch.float32) */
static bool is_move(const struct py_node *call)
{
	const struct py_node *to = call->list.n ? call->list.v[0]->a : NULL;

	if (call->a->kind != PY_ATTR)
		return false;
	if (strcmp(call->a->name, "cuda") == 0)
		return true;
	if (strcmp(call->a->name, "to") != 0 || !to)
		return false;
	return to->kind == PY_STRING ? strncmp(to->name, "cuda", 4) == 0
				     : (to->kind == PY_NAME || to->kind == PY_ATTR) &&
					       strstr(to->name, "dev") != NULL;
}

/* x.to(device) of x.to(device).eval() */
static const struct py_node *without_switch(const struct py_node *call)
{
	while (call->kind == PY_CALL && call->a->kind == PY_ATTR && !call->list.n &&
	       (strcmp(call->a->name, "eval") == 0 || strcmp(call->a->name, "train") == 0))
		call = call->a->a;
	return call;
}

/* self.net.cuda(), self.net = build().to(device) */
static bool find_own_move(struct py_node *n, void *data)
{
	bool *found = data;
	bool is_kept = n->kind == PY_ASSIGN && n->list.v[0]->kind == PY_ATTR;
	const struct py_node *call = is_kept              ? without_switch(n->a)
				     : n->kind == PY_EXPR ? n->a
							  : NULL;

	if (call && call->kind == PY_CALL && is_move(call))
		*found |= is_kept || call->a->a->kind == PY_ATTR;
	return !*found;
}

bool klass_moves_its_own(const struct klass *k)
{
	const struct unit *u = k->unit;
	const struct py_node *cls = k->node;
	bool found = memmem(u->text + cls->start, cls->end - cls->start, "self.device", 11) != NULL;

	ast_walk((struct py_node *)(uintptr_t)cls, find_own_move, &found);
	return found;
}
