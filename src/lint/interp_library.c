// SPDX-License-Identifier: Apache-2.0
/* What can be said of code that nobody calls here? Functions and methods that the program did not reach and that read code does not
 * mention by name are run with arguments of which only this is known: they are where the caller put them. A module is where its
 * caller moved it. */
#include "lint/interp.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/doc.h"
#include "lint/param_use.h"

#define MADE_MAX 4 /* ways through __init__ that are told apart */

/* ---- parameters ---- */

static bool is_device_name(const char *name)
{
	return strcmp(name, "device") == 0 || strcmp(name, "dev") == 0 ||
	       ends_with(name, "_device");
}

static struct device device_of_param(const struct py_node *node)
{
	return (struct device){ .kind = DEV_ARG, .sym = node->id };
}

static bool is_scalar(enum value_kind kind)
{
	return kind == VAL_BOOL || kind == VAL_INT || kind == VAL_FLOAT || kind == VAL_STR;
}

/* "x: float" */
static enum value_kind plain_type(const struct py_node *annotation)
{
	static const struct {
		const char *name;
		enum value_kind kind;
	} types[] = {
		{ "bool", VAL_BOOL }, { "float", VAL_FLOAT }, { "int", VAL_INT }, { "str", VAL_STR }
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (annotation->kind == PY_NAME && strcmp(annotation->name, types[i].name) == 0)
			return types[i].kind;
	return VAL_UNKNOWN;
}

static bool is_bare_tuple(const struct py_node *annotation)
{
	return annotation->kind == PY_NAME &&
	       (strcmp(annotation->name, "tuple") == 0 || strcmp(annotation->name, "Tuple") == 0);
}

/* Of what a constructor takes the docstring of the class may tell. */
static enum doc_type documented(const struct function *f, const struct py_param *p)
{
	enum doc_type type = doc_param(doc_of(f->node), p->name);

	if (type || !f->cls || strcmp(f->name, "__init__") != 0)
		return type;
	return doc_param(doc_of(f->cls->node), p->name);
}

static bool is_dtype_name(const char *name)
{
	return strcmp(name, "dtype") == 0 || ends_with(name, "_dtype");
}

/* n, num_steps, batch_size, max_len: how many of something; () is no such number. */
static bool is_count_name(const char *name)
{
	static const char *const ends[] = { "_size",  "_dim", "_len",  "_length",
					    "_steps", "_num", "_count" };
	static const char *const names[] = { "n", "num", "dim", "length", "count", "steps" };

	if (starts_with(name, "num_") || starts_with(name, "n_"))
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_with(name, ends[i]))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* What a module works on: the first argument of its forward. */
static bool is_input(const struct function *f, const struct py_param *p)
{
	return f->cls && klass_is_module(f->cls) && strcmp(f->name, "forward") == 0 &&
	       f->node->params.n > 1 && p == &f->node->params.v[1];
}

static const struct value *unannotated(struct interp *in, const struct function *f,
				       const struct py_param *p, const struct value *fallback)
{
	static const enum value_kind kinds[] = { [DOC_INT] = VAL_INT,
						 [DOC_FLOAT] = VAL_FLOAT,
						 [DOC_BOOL] = VAL_BOOL,
						 [DOC_TEXT] = VAL_STR };
	enum doc_type type;

	if (is_device_name(p->name))
		return value_device(in->arena, device_of_param(p->node), NULL);
	if (is_dtype_name(p->name))
		return value_number(in->arena, VAL_DTYPE);
	if (fallback && is_scalar(fallback->kind))
		return value_number(in->arena, fallback->kind);
	type = documented(f, p);
	if (type == DOC_TENSOR || (!type && param_is_tensor(f->unit, f->node, p, is_input(f, p))))
		return value_tensor(in->arena, device_of_param(p->node), TRI_UNKNOWN,
				    origin_new(in, FROM_ARGUMENT, p->node, NULL));
	if (type != DOC_NOTHING)
		return value_number(in->arena, kinds[type]);
	if (is_count_name(p->name) && !fallback)
		return value_number(in->arena, VAL_INT);
	return value_placed(in->arena, device_of_param(p->node),
			    origin_new(in, FROM_ARGUMENT, p->node, NULL));
}

/* ---- modules that a constructor is given ---- */

struct held {
	const char *param, *attribute; /* self.attribute = param */
	bool is_called;                /* self.attribute(...) */
};

static bool is_own_attribute(const struct py_node *n)
{
	return n->kind == PY_ATTR && n->a->kind == PY_NAME && strcmp(n->a->name, "self") == 0;
}

static bool find_kept(struct py_node *n, void *data)
{
	struct held *h = data;

	if (n->kind == PY_ASSIGN && n->a->kind == PY_NAME && strcmp(n->a->name, h->param) == 0 &&
	    n->list.n == 1 && is_own_attribute(n->list.v[0]))
		h->attribute = n->list.v[0]->name;
	return true;
}

static bool find_called(struct py_node *n, void *data)
{
	struct held *h = data;

	h->is_called |= n->kind == PY_CALL && is_own_attribute(n->a) &&
			strcmp(n->a->name, h->attribute) == 0;
	return true;
}

static bool is_module_type(const struct py_node *annotation)
{
	const struct py_node *n = annotation;

	if (n->kind == PY_SUBSCRIPT && n->a->kind == PY_NAME && n->list.n == 1 &&
	    strcmp(n->a->name, "Optional") == 0)
		n = n->list.v[0];
	return (n->kind == PY_NAME || n->kind == PY_ATTR) && strcmp(n->name, "Module") == 0;
}

/* What turns texts, pictures or samples into tensors does so on the CPU. */
static bool is_of_data(const char *name)
{
	static const char *const words[] = { "token",   "process", "transform", "augment",
					     "sampler", "fn",      "func",      "factory",
					     "cls",     "class",   "callback" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

/* def __init__(self, encoder): self.encoder = encoder, and later self.encoder(x): a module, whose place is that of the one
 * that holds it. */
static bool is_given_module(const struct function *f, const struct py_param *p)
{
	struct held h = { .param = p->name };
	struct py_node *init = (struct py_node *)(uintptr_t)f->node;

	if (!f->cls || !klass_is_module(f->cls) || strcmp(f->name, "__init__") != 0)
		return false;
	if (p->annotation ? !is_module_type(p->annotation) : is_of_data(p->name))
		return false;
	ast_walk(init, find_kept, &h);
	if (h.attribute)
		ast_walk((struct py_node *)(uintptr_t)f->cls->node, find_called, &h);
	return h.is_called;
}

static const struct value *given_module(struct interp *in, struct state *s,
					const struct py_param *p)
{
	struct object o = { .kind = OBJ_MODULE,
			    .text = GIVEN_MODULE,
			    .has_tensors = true,
			    .unit = in->unit,
			    .site = p->node };

	return value_object(in->arena, state_new(in, s, &o));
}

/* f(shape=()): may well have no dimension. f(weights=(1.0, 2.0)) makes a tensor that has one. */
static const struct value *like_tuple(struct interp *in, const struct object *fallback)
{
	struct value *v = arena_alloc(in->arena, sizeof *v);

	*v = *value_scalar();
	if (fallback->fields.n) {
		v->zero_dim = TRI_NO;
		v->min_rank = 1;
	}
	return v;
}

/* def compute_loss(self, model, inputs) of a Trainer: the library hands over what it has moved. */
static bool is_batch(struct interp *in, const struct function *f, const struct py_param *p)
{
	struct strlist bases = { 0 };
	bool unknown = false;

	if (!f->cls)
		return false;
	for (size_t i = 0; i < n_lint_batch_table; i++) {
		const struct lint_batch_row *row = &lint_batch_table[i];

		if (strcmp(row->method, f->name) != 0 || strcmp(row->param, p->name) != 0)
			continue;
		if (!bases.n)
			klass_library_bases(f->cls, in->arena, &bases, &unknown);
		for (size_t k = 0; k < bases.n; k++)
			if (strcmp(bases.v[k], row->class_name) == 0)
				return true;
	}
	return false;
}

static const struct value *with_dimension(struct interp *in, const struct value *v)
{
	struct value *copy;

	if (v->kind != VAL_TENSOR || v->zero_dim != TRI_UNKNOWN)
		return v;
	copy = arena_alloc(in->arena, sizeof *copy);
	*copy = *v;
	copy->zero_dim = TRI_NO;
	return copy;
}

/* A batch, or a tuple of what belongs to one: there is a dimension. */
static const struct value *as_batch(struct interp *in, struct state *s, const struct value *v)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	struct object copy;

	if (!o || o->kind == OBJ_MODULE || !o->element)
		return with_dimension(in, v);
	copy = *o;
	copy.element = with_dimension(in, o->element);
	state_put(in, s, v->object, &copy);
	return v;
}

const struct value *library_param(struct interp *in, struct state *s, const struct function *f,
				  size_t i)
{
	const struct py_param *p = &f->node->params.v[i];
	const struct value *fallback = f->defaults[i];
	const struct value *v = model_annotation(in, s, f->unit, p->annotation, p->node);
	bool may_be_none = (fallback && fallback->kind == VAL_NONE) ||
			   model_annotation_allows_none(p->annotation);

	/* An annotation that says nothing of tensors may mean a list of numbers, or anything with tensors anywhere. Of a bare
	 * tuple the uses of what is in it tell. */
	if (!v && p->annotation && !is_device_name(p->name) && !is_dtype_name(p->name) &&
	    !is_bare_tuple(p->annotation))
		v = value_number(in->arena, plain_type(p->annotation));
	if (!v && fallback && fallback->kind == VAL_OBJECT &&
	    state_object(s, fallback->object)->kind == OBJ_TUPLE)
		v = like_tuple(in, state_object(s, fallback->object));
	if (!v && is_batch(in, f, p))
		v = model_batch(in, s, f->unit, p->node);
	if (is_given_module(f, p) && (!fallback || may_be_none))
		v = given_module(in, s, p);
	if (!v)
		v = unannotated(in, f, p, fallback);
	if (is_input(f, p))
		v = as_batch(in, s, v);
	if (!may_be_none && !is_scalar(v->kind))
		return v;
	return value_with_param(
		in->arena, v,
		arena_fmt(in->arena, "%s%s@%u", may_be_none ? "?" : "", p->name, p->node->id));
}

/* What only read code calls knows what it is given: of such arguments nothing is known. */
static const struct value *unreached_param(struct interp *in, struct state *s,
					   const struct function *f, size_t i)
{
	const struct value *v = library_param(in, s, f, i);

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

		a.value = in->is_unreached ? unreached_param(in, s, f, i)
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

struct mentions {
	struct interp *in;
	struct intern *names;
	ARRAY(uint32_t) counts; /* by number - 1 */
};

static bool count_mention(struct py_node *n, void *data)
{
	struct mentions *m = data;
	bool is_new;

	if ((n->kind != PY_NAME && n->kind != PY_ATTR) || !n->name)
		return true;

	uint32_t id = intern_id(m->names, n->name, strlen(n->name), &is_new);

	if (is_new)
		PUSH(m->in->own, &m->counts, 0);
	m->counts.v[id - 1]++;
	return true;
}

static uint32_t mentioned(struct mentions *m, const char *name)
{
	bool is_new;
	uint32_t id = intern_id(m->names, name, strlen(name), &is_new);

	if (is_new)
		PUSH(m->in->own, &m->counts, 0);
	return m->counts.v[id - 1];
}

struct within {
	const char *name;
	uint32_t n;
};

static bool count_within(struct py_node *n, void *data)
{
	struct within *w = data;

	w->n += (n->kind == PY_NAME || n->kind == PY_ATTR) && n->name &&
		strcmp(n->name, w->name) == 0;
	return true;
}

/* Does read code mention it outside of itself? */
static bool has_caller(struct mentions *m, const struct py_node *def)
{
	struct within w = { .name = def->name };
	uint32_t all = mentioned(m, def->name);

	if (!all)
		return false;
	ast_walk((struct py_node *)(uintptr_t)def, count_within, &w);
	return all > w.n;
}

/* ---- running ---- */

static bool was_entered(const struct interp *in, const struct py_node *def)
{
	return map_get(in->entered, (uintptr_t)def) != NULL;
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
	if (only_builds(in, f) || is_for_loaders(f->name) || doc_is_for_cpu(doc_of(f->node)))
		return false;
	if (in->is_unreached)
		return !was_entered(in, f->node);
	return !was_entered(in, f->node) && !has_caller(m, f->node);
}

static void run_function(struct interp *in, const struct state *after, const struct function *f)
{
	struct state s = *after;
	struct states out = { 0 }, exits = { 0 };
	struct entry e;

	entry_begin(in, &e, has_free_params(f));
	in->exits = &exits;

	struct args args = library_args(in, &s, f, false);

	call_function(in, &out, &s, f, NULL, &args);
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

/* The module's record where it was moved: its own tensors are where it is from then on. */
static struct object placed_record(struct placing *p, uint32_t id)
{
	struct object o = *state_object(p->s, id);
	struct object_field *fields = arena_alloc(p->in->arena, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		struct value *v;

		fields[i] = o.fields.v[i];
		if (fields[i].value->kind != VAL_TENSOR ||
		    (fields[i].registered == FIELD_PLAIN && !fields[i].value->is_param))
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
	struct placing p = { .in = in, .s = s, .device = device_of_param(node) };

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

static void run_method(struct interp *in, const struct states *made, const struct value *self,
		       const struct function *f)
{
	bool is_static = f->role == FUNC_STATIC;

	for (size_t i = 0; f->role != FUNC_OF_CLASS && i < made->n; i++) {
		struct state s = made->v[i];
		struct states out = { 0 };
		struct args args = library_args(in, &s, f, !is_static);

		call_function(in, &out, &s, f, is_static ? NULL : self, &args);
		end_all(in, &out);
	}
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

	bool is_call = strcmp(name, "__call__") == 0 && f->cls && klass_is_module(f->cls);

	if (f->node->kind != PY_FUNC || (starts_with(name, "__") && !is_call) ||
	    is_before_move(name) || doc_is_for_cpu(doc_of(f->node)))
		return false;
	if (in->is_unreached)
		return !was_entered(in, f->node);
	if (was_entered(in, f->node))
		return false;
	return strcmp(name, "forward") == 0 || is_call || !has_caller(m, f->node);
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

/* The ways through __init__, with an object at the end of each: what was assumed on the way is true of the object. */
static const struct value *make_instance(struct interp *in, const struct state *after,
					 const struct klass *k, struct states *ret_made)
{
	struct state s = *after;
	struct states out = { 0 };
	const struct value *init = klass_member(&s, k, NULL, "__init__"), *self = NULL;
	struct args args = { .at = k->node };

	if (init && init->kind == VAL_FUNC)
		args = library_args(in, &s, init->func, true);
	if (klass_is_module(k))
		forget_places(in, &args);
	args.at = k->node;
	instantiate(in, &out, &s, k, &args);
	states_reduce(in, &out);
	if (out.n > MADE_MAX)
		keep_one(in, &out);
	for (size_t i = 0; i < out.n; i++) {
		self = state_pop(&out.v[i]);
		if (self->kind != VAL_OBJECT)
			return NULL;
		place_module(in, &out.v[i], self, k->node);
		forget_stored(in, &out.v[i], k, self->object);
	}
	*ret_made = out;
	return self;
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

static void add_entries(struct interp *in, struct mentions *m, const struct state *s,
			const struct klass *k, const struct klass *of, struct value_list *entries)
{
	const struct object *members = state_object(s, of->object);

	for (size_t i = 0; i < members->fields.n; i++) {
		const struct value *v = members->fields.v[i].value;
		bool inherited = k != of;

		if (v->kind != VAL_FUNC || v != klass_member(s, k, NULL, members->fields.v[i].name))
			continue;
		if (inherited ? strcmp(v->func->name, "forward") == 0 && !in->is_unreached
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

static void run_class(struct interp *in, struct mentions *m, const struct state *after,
		      const struct klass *k)
{
	struct value_list entries = entries_of(in, m, after, k);
	const struct value *self;
	struct states exits = { 0 }, made = { 0 };
	struct entry e;

	if (!entries.n || is_bound_to_cpu(k))
		return;
	entry_begin(in, &e, true);
	in->exits = &exits;
	self = make_instance(in, after, k, &made);
	for (size_t i = 0; self && i < entries.n; i++)
		if (is_still_entry(in, m, k, entries.v[i]->func))
			run_method(in, &made, self, entries.v[i]->func);
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

void library_run(struct interp *in, const struct state *after)
{
	struct mentions m = { .in = in, .names = intern_new(in->own) };

	ast_walk(in->unit->tree, count_mention, &m);
	for (int round = 0; round < 2; round++) {
		in->is_unreached = round > 0;
		run_definitions(in, &m, after, &in->unit->tree->body, PY_FUNC);
		run_definitions(in, &m, after, &in->unit->tree->body, PY_CLASS);
	}
	in->is_unreached = false;
}
