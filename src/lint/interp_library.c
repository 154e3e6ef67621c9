// SPDX-License-Identifier: Apache-2.0
/* What can be said of code that nobody calls here? Functions and methods that the program did not reach and that read code does not
 * mention by name are run with arguments of which only this is known: they are where the caller put them. A module is where its
 * caller moved it. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/doc.h"
#include "lint/source.h"

#define MADE_MAX 4   /* ways through __init__ that are told apart */
#define INNER_MAX 32 /* functions defined in functions of one entry */

/* ---- arguments ---- */

/* What only read code calls knows what it is given: of such arguments nothing is known. */
static const struct value *unreached_param(struct interp *in, struct state *s,
					   const struct function *f, size_t i)
{
	const struct value *v = library_param(in, s, f, i);

	if (v->kind == VAL_OBJECT && state_object(s, v->object)->kind == OBJ_LOADER)
		return v;
	if (v->kind == VAL_PLACED || v->kind == VAL_TENSOR || v->kind == VAL_OBJECT)
		return value_unknown();
	return v;
}

/* Arguments for all parameters behind `self`. */
static struct args library_args(struct interp *in, struct state *s, const struct function *f,
				bool has_self)
{
	const struct py_params *p = &f->node->params;
	struct call_args all = { 0 };

	for (size_t i = has_self ? 1 : 0; i < p->n; i++) {
		struct call_arg a = { .node = p->v[i].node };

		a.value = in->is_unreached || in->is_for_cpu ? unreached_param(in, s, f, i)
							     : library_param(in, s, f, i);

		if (p->v[i].kind == PARAM_ARGS)
			a.stars = 1;
		else if (p->v[i].kind == PARAM_KWARGS)
			a.stars = 2;
		else if (p->v[i].kind == PARAM_KEYWORD_ONLY)
			a.name = p->v[i].name;
		PUSH(in->arena, &all, a);
	}
	return (struct args){ .v = all.v, .n = all.n, .at = f->node };
}

/* ---- who is mentioned ---- */

struct counts {
	uint32_t names, attrs; /* x, or y.x */
};

struct mentions {
	struct interp *in;
	struct intern *names;
	bool only_open; /* not of what was seen to be called there, if it was no other */
	ARRAY(struct counts) counts; /* by number - 1 */
};

static bool is_mention(const struct mentions *m, const struct py_node *n)
{
	return (n->kind == PY_NAME || n->kind == PY_ATTR) && n->name &&
	       !(m->only_open && callee_is_told(m->in, n));
}

static struct counts *counts_of(struct mentions *m, const char *name)
{
	bool is_new;
	uint32_t id = intern_id(m->names, name, strlen(name), &is_new);

	if (is_new)
		PUSH(m->in->own, &m->counts, ((struct counts){ 0 }));
	return &m->counts.v[id - 1];
}

static bool count_mention(struct py_node *n, void *data)
{
	struct mentions *m = data;

	if (!is_mention(m, n))
		return true;
	if (n->kind == PY_ATTR)
		counts_of(m, n->name)->attrs++;
	else
		counts_of(m, n->name)->names++;
	return true;
}

struct within {
	const struct mentions *m;
	const char *name;
	struct counts n;
};

static bool count_within(struct py_node *n, void *data)
{
	struct within *w = data;

	if (!is_mention(w->m, n) || strcmp(n->name, w->name) != 0)
		return true;
	w->n.names += n->kind == PY_NAME;
	w->n.attrs += n->kind == PY_ATTR;
	return true;
}

/* Does read code mention it outside of itself? A method is nobody's bare name: `loss = ...` calls no self.loss(). */
static bool has_caller(struct mentions *m, const struct function *f)
{
	struct within w = { .m = m, .name = f->node->name };
	const struct counts all = *counts_of(m, f->node->name);

	if (!all.attrs && (f->cls || !all.names))
		return false;
	ast_walk((struct py_node *)(uintptr_t)f->node, count_within, &w);
	return all.attrs > w.n.attrs || (!f->cls && all.names > w.n.names);
}

/* ---- running ---- */

static bool was_entered(const struct interp *in, const struct py_node *def)
{
	return map_get(in->entered, (uintptr_t)def) != NULL;
}

/* What the entry gives back, on each way. */
static void judge_results(struct interp *in, struct states *set, const struct function *f)
{
	const struct value *elsewhere = NULL;

	for (size_t i = 0; i < set->n; i++)
		if (model_is_elsewhere(set->v[i].stack->value))
			elsewhere = set->v[i].stack->value;
	for (size_t i = 0; in->is_library && i < set->n; i++)
		model_result(in, &set->v[i], set->v[i].stack->value, elsewhere, f->node);
}

static void end_all(struct interp *in, struct states *set)
{
	for (size_t i = 0; i < set->n; i++)
		model_end(in, &set->v[i]);
}

/* An entry of its own: budget and memory. */
struct entry {
	struct arena *arena;
	uint32_t steps, steps_max;
};

static void entry_begin(struct interp *in, struct entry *e, bool is_library)
{
	*e = (struct entry){ .arena = in->arena, .steps = in->steps, .steps_max = in->steps_max };
	in->arena = arena_new();
	in->steps = 0;
	in->steps_max = STEPS_LIBRARY_MAX;
	in->is_over = false;
	in->is_library = is_library;
	in->fresh = (struct id_list){ 0 };
	in->inner.n = in->inner.cap = 0;
	in->fillings.n = in->fillings.cap = 0;
	in->memos = NULL;
}

static void entry_end(struct interp *in, struct entry *e, const struct py_node *def)
{
	if (in->is_over)
		in->complex = in->n_complex++ ? in->complex : def;
	in->steps_unit += in->steps;
	arena_free(in->arena);
	in->arena = e->arena;
	in->steps = e->steps;
	in->steps_max = e->steps_max;
	in->is_over = false;
	in->is_library = false;
	in->fresh = (struct id_list){ 0 };
	in->inner.n = in->inner.cap = 0;
	in->fillings.n = in->fillings.cap = 0;
	in->memos = NULL;
}

static bool has_free_params(const struct function *f)
{
	for (size_t i = 0; i < f->node->params.n; i++)
		if (!f->defaults[i] && f->node->params.v[i].kind != PARAM_KWARGS)
			return true;
	return false;
}

/* By contract it works on the CPU: what a loader calls. */
static bool is_for_loaders(const char *name)
{
	return strstr(name, "collate") || strstr(name, "worker_init");
}

/* A function that only builds something, with defaults for everything, has no say in where it is. */
static bool only_builds(const struct interp *in, const struct function *f)
{
	static const char *const words[] = { "cuda", "device", "cpu", ".to(", "torch." };
	const struct py_node *n = f->node;
	bool found = false;

	for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++)
		found = memmem(in->unit->text + n->start, n->end - n->start, words[i],
			       strlen(words[i])) != NULL;
	return n->params.n && !has_free_params(f) && !found;
}

static bool is_entry_function(struct interp *in, struct mentions *m, const struct function *f)
{
	if (was_entered(in, f->node) || only_builds(in, f) || is_for_loaders(f->name) ||
	    doc_is_for_cpu(doc_of(f->node)))
		return false;
	return in->is_unreached || is_gradient_hook(in, f) || !has_caller(m, f);
}

/* def wrapper(*args): hands on what it gets, and not all of that need be in one place. */
static bool wraps_another(const struct function *f)
{
	for (size_t i = 0; i < f->node->params.n; i++)
		if (f->node->params.v[i].kind == PARAM_ARGS ||
		    f->node->params.v[i].kind == PARAM_KWARGS)
			return true;
	return false;
}

static void run_one_inner(struct interp *in, const struct state *from, const struct function *f)
{
	struct state s = *from;
	struct states out = { 0 };
	struct args args;

	if (was_entered(in, f->node) || wraps_another(f) || is_for_loaders(f->name) ||
	    doc_is_for_cpu(doc_of(f->node)))
		return;
	args = library_args(in, &s, f, false);
	call_function(in, &out, &s, f, NULL, &args);
	end_all(in, &out);
}

/* def make_loss(scale): def loss(a, b): ...; return loss. Whoever was given the inner function calls it; read code did not. One that
 * runs may define more. */
static void run_inner(struct interp *in, const struct states *after)
{
	bool was_library = in->is_library;

	in->is_library = true;
	for (size_t i = 0; after->n && i < in->inner.n && i < INNER_MAX; i++)
		run_one_inner(in, &after->v[0], in->inner.v[i]);
	in->is_library = was_library;
}

static void run_function(struct interp *in, const struct state *after, const struct function *f)
{
	struct state s = *after;
	struct states out = { 0 }, exits = { 0 };
	struct entry e;

	entry_begin(in, &e, has_free_params(f));
	in->exits = &exits;
	f = function_behind(in, f);

	struct args args = library_args(in, &s, f, false);

	call_function(in, &out, &s, f, NULL, &args);
	judge_results(in, &out, f);
	run_inner(in, &out);
	end_all(in, &out);
	entry_end(in, &e, f->node);
}

/* ---- classes ---- */

struct placing {
	struct interp *in;
	struct state *s;
	struct device device;
	struct id_list todo;
};

static void place_object(struct placing *p, uint32_t id)
{
	for (size_t i = 0; i < p->todo.n; i++)
		if (p->todo.v[i] == id)
			return;
	PUSH(p->in->arena, &p->todo, id);
}

static void place_value(struct placing *p, const struct value *v)
{
	if (v->kind == VAL_OBJECT)
		place_object(p, v->object);
	else if (value_is_any_module(p->s, v))
		for (int64_t i = 0; i < v->number; i++)
			place_object(p, v->maybe[i]);
}

/* On the CPU since it was made, or not known to be anywhere: a framework moves it, or a base that was not read. */
static bool is_left_to_caller(const struct object *o)
{
	return o->kind == OBJ_MODULE &&
	       (o->device.kind == DEV_CPU || o->device.kind == DEV_MANAGED ||
		o->device.kind == DEV_UNKNOWN);
}

/* A tensor that moves with what holds it; of a base that was not read only nn.Parameter and nn.Buffer tell. */
static bool moves_along(const struct object_field *f)
{
	const struct value *v = f->value;

	return v->kind == VAL_TENSOR && (f->registered != FIELD_PLAIN || v->is_param ||
					 (v->text && strcmp(v->text, "buffer") == 0));
}

/* The module's record where it was moved: its own tensors are where it is from then on. */
static struct object placed_record(struct placing *p, uint32_t id)
{
	struct object o = *state_object(p->s, id);
	struct object_field *fields = arena_alloc(p->in->arena, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		struct value *v;

		fields[i] = o.fields.v[i];
		if (!moves_along(&fields[i]))
			continue;
		v = arena_alloc(p->in->arena, sizeof *v);
		*v = *fields[i].value;
		v->object = o.kind == OBJ_MODULE ? id : 0;
		v->device = p->device;
		fields[i].value = v;
	}
	o.fields.v = fields;
	o.device = p->device;
	o.has_escaped = false;
	return o;
}

/* Of a class whose base was not read: what it holds is a part of the module that it must be, if it has a forward. */
static bool is_module_by_looks(const struct state *s, const struct object *o)
{
	return o->kind == OBJ_INSTANCE && o->cls && o->cls->is_unknown &&
	       klass_member(s, o->cls, NULL, "forward");
}

/* Whoever uses the module has moved it: its registered parts are where it is. */
static void place_module(struct interp *in, struct state *s, const struct value *self,
			 const struct py_node *node)
{
	struct placing p = { .in = in, .s = s, .device = { .kind = DEV_ARG, .sym = node->id } };

	if (in->is_for_cpu)
		return;
	place_value(&p, self);
	for (size_t i = 0; i < p.todo.n; i++) {
		struct object o = *state_object(s, p.todo.v[i]);
		bool looks = i == 0 && is_module_by_looks(s, &o);

		if (o.kind != OBJ_MODULE && !looks)
			continue;
		if (is_left_to_caller(&o) || looks) {
			o = placed_record(&p, p.todo.v[i]);
			state_put(in, s, p.todo.v[i], &o);
		}
		for (size_t k = 0; k < o.fields.n; k++)
			if (o.fields.v[k].registered == FIELD_CHILD || looks)
				place_value(&p, o.fields.v[k].value);
		if (o.element)
			place_value(&p, o.element);
	}
}

/* An object at the end of each way through its __init__, and behind those methods that make what __init__ leaves out. */
struct made {
	const struct value *self; /* NULL: it is not known what was made */
	struct states first, later;
	struct builders built; /* what has run between them */
};

static void run_from(struct interp *in, const struct states *set, const struct made *made,
		     const struct function *f)
{
	static const struct builders none = { 0 };
	bool is_static = f->role == FUNC_STATIC;

	f = function_behind(in, f);

	for (size_t i = 0; f->role != FUNC_OF_CLASS && i < set->n; i++) {
		struct state s = set->v[i];
		struct states out = { 0 };
		struct args args;

		forget_stored(in, &s, made->self->object, f,
			      set == &made->later ? &made->built : &none);
		args = library_args(in, &s, f, !is_static);
		call_function(in, &out, &s, f, is_static ? NULL : made->self, &args);
		judge_results(in, &out, f);
		run_inner(in, &out);
		end_all(in, &out);
	}
}

static void run_method(struct interp *in, const struct made *made, const struct function *f)
{
	bool builds = !made->later.n;

	for (size_t i = 0; i < made->built.n; i++)
		builds |= made->built.v[i] == f;
	if (builds)
		run_from(in, &made->first, made, f);
	run_from(in, &made->later, made, f);
}

/* By contract on the CPU, or run before a framework moves the module. */
static bool is_before_move(const char *name)
{
	static const char *const words[] = { "export",     "onnx",         "torchscript",
					     "dataloader", "prepare_data", "configure_" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	return strcmp(name, "setup") == 0;
}

static bool is_entry_method(struct interp *in, struct mentions *m, const struct function *f)
{
	const char *name = f->name;

	bool is_call = strcmp(name, "__call__") == 0 && f->cls &&
		       (klass_is_module(f->cls) || klass_moves_its_own(f->cls));

	if (f->node->kind != PY_FUNC || (starts_with(name, "__") && !is_call) ||
	    is_before_move(name) || was_entered(in, f->node) || doc_is_for_cpu(doc_of(f->node)))
		return false;
	return in->is_unreached || strcmp(name, "forward") == 0 || is_call || is_backward(in, f) ||
	       is_gradient_hook(in, f) || !has_caller(m, f);
}

static bool is_bound_to_cpu(const struct klass *k)
{
	struct arena *a = arena_new();
	struct strlist bases = { 0 };
	bool unknown, found = false;

	klass_library_bases(k, a, &bases, &unknown);
	for (size_t i = 0; i < bases.n; i++)
		found |= strstr(bases.v[i], "Dataset") || strstr(bases.v[i], "Sampler") ||
			 strstr(bases.v[i], "TestCase");
	arena_free(a);
	return found;
}

/* A module is built where nothing was moved yet, mostly of tensors on the CPU: where they are is the caller's to say. */
static void forget_places(struct interp *in, const struct args *args)
{
	struct call_arg *all = (struct call_arg *)(uintptr_t)args->v;

	for (size_t i = 0; i < args->n; i++) {
		struct value v = *all[i].value;

		if (v.kind != VAL_PLACED && v.kind != VAL_TENSOR)
			continue;
		v.device = (struct device){ 0 };
		all[i].value = memcpy(arena_alloc(in->arena, sizeof v), &v, sizeof v);
	}
}

/* Of many ways one is judged, which is one that a caller can take; all of them joined would know less and cost as much. */
static void keep_one(const struct interp *in, struct states *set)
{
	size_t i = 0;

	while (i + 1 < set->n && !state_proves(in, &set->v[i]))
		i++;
	set->v[0] = set->v[i];
	set->n = 1;
}

#define BUILD_STEPS_MAX 4000u /* for one method that makes what the others use */

/* It has run, as it must before what it stores is used. Not if no way through it is known to end. It is judged later. */
static bool run_builder(struct interp *in, struct states *set, const struct value *self,
			const struct function *f)
{
	static const struct builders none = { 0 };
	struct states out = { 0 };
	const struct map *entered = in->entered;
	uint32_t steps_max = in->steps_max;

	if (in->steps_max - in->steps <= 2 * BUILD_STEPS_MAX)
		return false;
	in->steps_max = in->steps + BUILD_STEPS_MAX;
	for (size_t i = 0; i < set->n && !in->is_over; i++) {
		struct state s = set->v[i];
		struct args args;

		forget_stored(in, &s, self->object, f, &none);
		args = library_args(in, &s, f, true);
		call_function(in, &out, &s, f, self, &args);
	}
	in->steps_max = steps_max;
	in->entered = entered;
	if (in->is_over || !out.n) {
		in->is_over = false;
		return false;
	}
	for (size_t i = 0; i < out.n; i++)
		state_pop(&out.v[i]);
	states_reduce(in, &out);
	if (out.n > MADE_MAX)
		keep_one(in, &out);
	*set = out;
	return true;
}

static void build(struct interp *in, const struct klass *k, struct made *made)
{
	struct states set = { 0 };
	size_t n = 0;

	find_builders(in, &made->first.v[0], k, made->self->object, &made->built);
	for (size_t i = 0; made->built.n && i < made->first.n; i++)
		states_add(in, &set, &made->first.v[i]);
	for (size_t i = 0; i < made->built.n; i++)
		if (run_builder(in, &set, made->self, made->built.v[i]))
			made->built.v[n++] = made->built.v[i];
	made->built.n = n;
	if (n)
		made->later = set;
}

/* Read code that names it makes it of what it has: annotations tell nothing more. */
static bool is_named_outside(struct interp *in, const struct klass *k)
{
	const struct mentions m = { .in = in };
	struct within all = { .m = &m, .name = k->name }, own = all;

	ast_walk(in->unit->tree, count_within, &all);
	ast_walk((struct py_node *)(uintptr_t)k->node, count_within, &own);
	return all.n.names > own.n.names;
}

/* The ways through __init__, with an object at the end of each: what was assumed on the way is true of the object. */
static struct made make_instance(struct interp *in, const struct state *after,
				 const struct klass *k)
{
	struct state s = *after;
	struct made made = { 0 };
	struct states *out = &made.first;
	const struct value *init = klass_member(&s, k, NULL, "__init__"), *self = NULL;
	struct args args = { .at = k->node };

	if (init && init->kind == VAL_FUNC)
		args = library_args(in, &s, init->func, true);
	else if (k->is_dataclass && !is_named_outside(in, k))
		args = dataclass_args(in, &s, k);
	if (klass_is_module(k))
		forget_places(in, &args);
	args.at = k->node;
	instantiate(in, out, &s, k, &args);
	states_reduce(in, out);
	if (out->n > MADE_MAX)
		keep_one(in, out);
	for (size_t i = 0; i < out->n; i++) {
		self = state_pop(&out->v[i]);
		if (self->kind != VAL_OBJECT)
			return (struct made){ 0 };
		place_module(in, &out->v[i], self, k->node);
		if (!in->is_for_cpu)
			optimizer_params(in, &out->v[i], k, self->object);
	}
	made.self = self;
	if (self && !klass_is_module(k))
		build(in, k, &made);
	return made;
}

/* Does it write what a base leaves to others? */
static bool fills_in(const struct state *s, const struct klass *k, const struct klass *base)
{
	const struct object *members = state_object(s, base->object);

	for (size_t i = 0; i < members->fields.n; i++) {
		const struct value *v = members->fields.v[i].value;
		const struct value *own = klass_member(s, k, NULL, members->fields.v[i].name);

		if (v->kind == VAL_FUNC && own != v && function_is_abstract(v->func))
			return true;
	}
	return false;
}

/* forward = batched(forward): what the decorator made goes by the method's name, and calls it. It is run for each of the methods. */
static bool is_wrapper(const struct interp *in, const struct function *f, const char *member)
{
	return f->node->kind == PY_FUNC && strcmp(f->name, member) != 0 && !in->is_unreached &&
	       !f->cls && frame_at(in, f->closure)->parent;
}

static bool is_wrapper_entry(struct mentions *m, const char *member)
{
	const struct counts *all = counts_of(m, member);

	if (starts_with(member, "__") || is_before_move(member))
		return false;
	return strcmp(member, "forward") == 0 || !all->attrs;
}

static void add_entries(struct interp *in, struct mentions *m, const struct state *s,
			const struct klass *k, const struct klass *of, struct value_list *entries)
{
	const struct object *members = state_object(s, of->object);

	for (size_t i = 0; i < members->fields.n; i++) {
		const struct value *v = members->fields.v[i].value;
		bool inherited = k != of;

		if (v->kind != VAL_FUNC || v != klass_member(s, k, NULL, members->fields.v[i].name))
			continue;
		if (!inherited && is_wrapper(in, v->func, members->fields.v[i].name)
			    ? is_wrapper_entry(m, members->fields.v[i].name)
		    : inherited ? strcmp(v->func->name, "forward") == 0 && !in->is_unreached
				: is_entry_method(in, m, v->func))
			PUSH(in->own, entries, v);
	}
}

/* Its own methods, and the forward of a base that it completes. */
static struct value_list entries_of(struct interp *in, struct mentions *m, const struct state *s,
				    const struct klass *k)
{
	struct value_list entries = { 0 };

	for (size_t i = 0; i < k->order.n; i++)
		if (i == 0 || (k->order.v[i]->unit == in->unit && fills_in(s, k, k->order.v[i])))
			add_entries(in, m, s, k, k->order.v[i], &entries);
	return entries;
}

/* Another entry may have run it. */
static bool is_still_entry(struct interp *in, struct mentions *m, const struct klass *k,
			   const struct function *f)
{
	return f->cls != k || is_entry_method(in, m, f);
}

/* Read code makes no object of it: __init__ is an entry of its own, whatever its methods are called by. What a module is made of is
 * moved later. */
static bool is_made_by_others(struct interp *in, struct mentions *m, const struct state *s,
			      const struct klass *k)
{
	const struct value *init =
		state_attr(s, k->object, k->is_dataclass ? "__post_init__" : "__init__");
	const struct counts all = *counts_of(m, k->name);
	struct within w = { .m = m, .name = k->name };

	if (in->is_unreached || klass_is_module(k) || !init || init->kind != VAL_FUNC ||
	    was_entered(in, init->func->node) || doc_is_for_cpu(doc_of(init->func->node)))
		return false;
	ast_walk((struct py_node *)(uintptr_t)k->node, count_within, &w);
	return all.names == w.n.names && all.attrs == w.n.attrs;
}

static void run_class(struct interp *in, struct mentions *m, const struct state *after,
		      const struct klass *k)
{
	struct value_list entries = entries_of(in, m, after, k);
	struct states exits = { 0 };
	struct made made;
	struct entry e;

	if ((!entries.n && !is_made_by_others(in, m, after, k)) || is_bound_to_cpu(k))
		return;
	entry_begin(in, &e, true);
	in->exits = &exits;
	made = make_instance(in, after, k);
	run_inner(in, &made.first);
	for (size_t i = 0; made.self && i < entries.n; i++)
		if (is_still_entry(in, m, k, entries.v[i]->func))
			run_method(in, &made, entries.v[i]->func);
	entry_end(in, &e, k->node);
}

static void run_definition(struct interp *in, struct mentions *m, const struct state *after,
			   const struct py_node *n)
{
	const struct value *v = var_get(in, after, in->frame->id, intern_name(in, n->name));

	if (!v || in->steps_unit >= STEPS_UNIT_MAX + 2 * in->unit->n_nodes)
		return;
	if (n->kind == PY_FUNC && v->kind == VAL_FUNC && v->func->node == n &&
	    is_entry_function(in, m, v->func))
		run_function(in, after, v->func);
	if (n->kind == PY_CLASS && v->kind == VAL_CLASS && v->cls->node == n)
		run_class(in, m, after, v->cls);
}

static void run_definitions(struct interp *in, struct mentions *m, const struct state *after,
			    const struct py_list *body, enum py_kind kind)
{
	for (size_t i = 0; i < body->n; i++) {
		const struct py_node *n = body->v[i];

		if (n->kind == kind)
			run_definition(in, m, after, n);
		if (n->kind == PY_IF || n->kind == PY_TRY) {
			run_definitions(in, m, after, &n->body, kind);
			run_definitions(in, m, after, &n->orelse, kind);
		}
	}
}

static bool has_any(const struct unit *u, const char *const *words)
{
	for (; *words; words++)
		if (memmem(u->text, u->n_text, *words, strlen(*words)))
			return true;
	return false;
}

/* A notebook, or a script with options of its own: who runs it decides about the GPU, and it has no word for one. What it imports
 * may have; but then that, not a caller of its functions, says what is where. */
static bool is_cpu_program(const struct unit *u)
{
	static const char *const of_gpus[] = { "cuda",      "device", "gpu",         "GPU",
					       "accelerat", "rainer", "ightning",    "Fabric",
					       "Learner",   "ddp",    "set_default", "ignite",
					       NULL };
	static const char *const of_main[] = { "__main__", NULL };
	static const char *const of_options[] = { "ArgumentParser(", "OptionParser(", NULL };

	return !has_any(u, of_gpus) &&
	       (u->source->is_notebook || (has_any(u, of_main) && has_any(u, of_options)));
}

void library_run(struct interp *in, const struct state *after)
{
	in->left = after;
	in->is_for_cpu = is_cpu_program(in->unit);
	/* First what nobody mentions; then what only those seem to mention who were seen to call something else. */
	for (int round = 0; round < 3; round++) {
		struct mentions m = { .in = in,
				      .names = intern_new(in->own),
				      .only_open = round > 0 };

		in->is_unreached = round > 1;
		if (!in->is_unreached)
			ast_walk(in->unit->tree, count_mention, &m);
		run_definitions(in, &m, after, &in->unit->tree->body, PY_FUNC);
		run_definitions(in, &m, after, &in->unit->tree->body, PY_CLASS);
	}
	in->is_unreached = false;
}
