// SPDX-License-Identifier: Apache-2.0
/* What can `self.x` be? __init__ is run first, then every other method once, and what they store is joined: a field that some
 * method makes anew elsewhere is where both agree, or unknown. */
#include "lint/class_run.h"

#include <string.h>

#include "core/str.h"

#define BUDGET 60000 /* expressions of one class with all that it enters */
#define CLASSES_DEPTH_MAX 8

static bool is_lightning(const struct cls *c)
{
	return c->entries && has_word(c->entries, "training_step");
}

/* A registered tensor is where its module is; while the module is being built, that is the CPU. */
static const struct cv *registered_now(struct run *r, const struct cv *v)
{
	struct cv *now = cv_copy(r, v);

	now->origin = ORIGIN_NONE;
	now->sites = NULL;
	if (!r->self->in_init)
		now->place = PLACE_MODULE;
	else if (r->self->is_moved)
		now->place = PLACE_UNKNOWN;
	return now;
}

const struct cv *run_field(struct run *r, const char *name)
{
	const struct cv *v = names_get(&r->now->fields, name);
	const struct cls_method *m;
	struct cv *made;

	if (v && v->kind == CV_TENSOR && v->object && v->object->is_registered)
		return registered_now(r, v);
	if (v)
		return v;
	m = cls_method(r->self->cls, name, NULL);
	if (m && m->is_property) {
		struct cv *self = cv_new(r, CV_SELF);
		struct cv func = {
			.kind = CV_FUNC, .unit = m->owner->unit, .func = m->func, .method = m
		};
		struct cv_args none = { 0 };

		self->instance = r->self;
		func.self = self;
		return run_function(r, &func, &none);
	}
	if (m) {
		struct cv *self = cv_new(r, CV_SELF);

		made = cv_new(r, CV_METHOD);
		self->instance = r->self;
		made->method = m;
		made->self = self;
		return made;
	}
	if (strcmp(name, "__dict__") == 0)
		r->self->has_computed_names = true;
	if (strcmp(name, "training") == 0)
		return &cv_plain;
	if (strcmp(name, "device") == 0 && is_lightning(r->self->cls)) {
		made = cv_new(r, CV_DEVICE);
		made->place = r->self->in_init ? PLACE_CPU : PLACE_MODULE;
		return made;
	}
	return &cv_unknown;
}

/* The value as the field holds it: it remembers the assignment. */
static const struct cv *as_plain_field(struct run *r, const struct cv *v, const struct py_node *at)
{
	struct cv_site *site;
	struct cv *stored;

	if (v->kind != CV_TENSOR && v->kind != CV_DIST && v->kind != CV_LIST && v->kind != CV_DICT)
		return v;
	site = arena_alloc(r->arena, sizeof *site);
	*site = (struct cv_site){ .unit = r->unit, .at = at };
	stored = cv_copy(r, v);
	stored->sites = site;
	if (v->kind == CV_TENSOR && v->place == PLACE_CPU)
		stored->origin = ORIGIN_FIELD;
	if (v->kind == CV_DIST && v->place == PLACE_CPU)
		stored->origin = ORIGIN_DIST;
	return stored;
}

static bool is_buffer(const struct cv *old)
{
	return old && old->object && old->object->is_buffer && old->object->is_registered;
}

void run_set_field(struct run *r, const char *name, const struct cv *v, const struct py_node *at)
{
	const struct cv *old = names_get(&r->now->fields, name);
	bool is_module = r->self->cls->is_module;

	if (is_module && is_buffer(old) && (v->kind == CV_TENSOR || v->kind == CV_NONE)) {
		struct cv *buffer = cv_copy(r, old); /* it stays one */

		buffer->kind = CV_TENSOR;
		buffer->zero_dim = v->kind == CV_TENSOR ? v->zero_dim : TRI_UNKNOWN;
		buffer->place = r->self->in_init ? PLACE_CPU : PLACE_UNKNOWN;
		if (!r->self->in_init)
			v = &cv_unknown;
		else
			v = buffer;
	} else if (v->kind == CV_MODULE && is_module) {
		cv_register(r, v);
	} else if (is_module && v->kind == CV_TENSOR && v->object &&
		   (v->object->is_param || (v->object->is_buffer && !v->object->is_registered))) {
		cv_register(r, v);
	} else {
		if (v->kind == CV_TENSOR && is_module)
			note_copy(r, v, at, "field");
		v = as_plain_field(r, v, at);
	}
	names_set(r, &r->now->fields, name, v);
}

static const struct cv *register_buffer(struct run *r, const struct cv *v)
{
	struct cv *buffer = v && v->kind == CV_TENSOR ? cv_copy(r, v) : cv_new(r, CV_NONE);

	if (buffer->kind != CV_TENSOR || !buffer->object)
		buffer->object = cv_tensor(r, PLACE_CPU, TRI_UNKNOWN, NULL)->object;
	buffer->object->is_buffer = true;
	buffer->object->is_registered = true;
	if (v && v->kind != CV_TENSOR && v->kind != CV_NONE)
		buffer->kind = CV_UNKNOWN;
	return buffer;
}

static void set_computed(struct run *r, const struct cv *key)
{
	const char *prefix = key->kind == CV_STRING ? key->prefix : NULL;

	if (prefix && *prefix)
		PUSH(r->arena, &r->self->prefixes, prefix);
	else
		r->self->has_computed_names = true;
}

static const struct cv *register_named(struct run *r, const char *how, const struct cv_args *args,
				       const struct py_node *at)
{
	const struct cv *key = arg_get(args, 0, "name");
	const struct cv *v = arg_get(args, 1,
				     strcmp(how, "register_buffer") == 0      ? "tensor"
				     : strcmp(how, "register_parameter") == 0 ? "param"
									      : "module");

	if (!key || !v) {
		r->self->has_computed_names = true;
		args_escape(r, args);
		return &cv_none;
	}
	if (strcmp(how, "register_parameter") == 0 && v->kind == CV_TENSOR)
		note_copy(r, v, at, "register_parameter");
	if (strcmp(how, "register_buffer") == 0)
		v = register_buffer(r, v);
	else
		cv_register(r, v);
	if (key->kind == CV_STRING && key->text)
		names_set(r, &r->now->fields, key->text, v);
	else
		set_computed(r, key);
	return &cv_none;
}

const struct cv *run_self_method(struct run *r, const char *name, const struct cv_args *args,
				 const struct py_node *at)
{
	struct cv *self;

	if (!r->self->cls->is_module || r->self->cls->is_open)
		return NULL;
	if (strcmp(name, "__init__") ==
	    0) { /* nn.Sequential's: what it is given are its children */
		for (size_t i = 0; i < args->v.n; i++) {
			const struct cv *v = args->v.v[i].value;

			cv_register(r, v);
			if (v->items && v->kind != CV_MODULE)
				v = cv_element(r, v);
			if (v->kind == CV_MODULE || v->kind == CV_UNKNOWN)
				names_set(r, &r->now->fields, arena_fmt(r->arena, "%zu", i), v);
		}
		return &cv_none;
	}
	if (has_word("register_buffer register_parameter add_module register_module", name))
		return register_named(r, name, args, at);
	if (strcmp(name, "__setattr__") == 0) {
		set_computed(r, args->v.n > 0 ? args->v.v[0].value : &cv_unknown);
		r->self->has_computed_names = true;
		args_escape(r, args);
		return &cv_none;
	}
	if (has_word("to cuda cpu to_empty", name))
		r->self->is_moved = true;
	if (has_word("to cuda cpu to_empty eval train float double half requires_grad_ apply",
		     name)) {
		self = cv_new(r, CV_SELF);
		self->instance = r->self;
		return self;
	}
	return NULL;
}

/* ---- a class seen whole ---- */

/* Names that are assigned in the class's body. */
static void class_body(struct run *r, struct cls *c)
{
	struct frame_of_class {
		struct unit *unit;
		struct self *self;
	} before = { r->unit, r->self };

	r->unit = c->unit;
	for (size_t i = 0; i < c->node->body.n; i++) {
		const struct py_node *n = c->node->body.v[i];
		const struct py_node *value = n->kind == PY_ASSIGN      ? n->a
					      : n->kind == PY_ANNASSIGN ? n->c
									: NULL;
		const struct py_node *target = n->kind == PY_ASSIGN && n->list.n == 1 ? n->list.v[0]
					       : n->kind == PY_ANNASSIGN              ? n->a
										      : NULL;
		const struct cv *v;

		if (!value || !target || target->kind != PY_NAME)
			continue;
		r->self = NULL; /* the body knows no self */
		v = run_eval(r, value);
		r->self = before.self;
		if (v->kind == CV_MODULE || (v->kind == CV_TENSOR && v->object->is_param))
			cv_escape(r, v); /* shared by all instances: not looked into */
		if (v->object)
			v->object->in_init = true;
		names_set(r, &r->now->names, target->name, v);
		names_set(r, &r->now->fields, target->name, as_plain_field(r, v, n));
	}
	r->unit = before.unit;
}

static void run_named(struct run *r, const struct cls_method *m, const struct cv *self)
{
	struct cv func = {
		.kind = CV_FUNC, .unit = m->owner->unit, .func = m->func, .method = m, .self = self
	};

	run_function(r, &func, NULL);
}

static bool has_own(const struct cls *c, const char *names)
{
	for (size_t i = 0; i < c->mro.n; i++)
		for (size_t m = 0; m < c->mro.v[i]->methods.n; m++)
			if (has_word(names, c->mro.v[i]->methods.v[m].name))
				return true;
	return false;
}

static enum tri holds_of(const struct cls *c, const struct run_names *fields)
{
	enum tri holds = TRI_NO;

	for (size_t i = 0; i < fields->v.n; i++) {
		const struct cv *v = fields->v.v[i].value;

		if (v->kind == CV_TENSOR && v->object && v->object->is_registered)
			return TRI_YES;
		if (v->kind == CV_MODULE && v->holds == TRI_YES && v->object->is_registered)
			return TRI_YES;
		if (v->kind == CV_UNKNOWN || (v->kind == CV_MODULE && v->holds == TRI_UNKNOWN))
			holds = TRI_UNKNOWN;
	}
	for (size_t i = 0; i < c->mro.n; i++)
		for (size_t b = 0; b < c->mro.v[i]->bases.n; b++) {
			const char *library = c->mro.v[i]->bases.v[b].library;

			if (library && strcmp(library, "torch.nn.Module") != 0 &&
			    cls_library_is_module(library) && holds == TRI_NO)
				holds = TRI_UNKNOWN;
		}
	return holds;
}

/* __init__, or entered by it: what it stores is known already. */
bool is_built_by(const struct self *self, const struct py_node *func)
{
	for (size_t i = 0; i < self->built_by.n; i++)
		if (self->built_by.v[i] == func)
			return true;
	return false;
}

/* All methods but __init__, each from the fields that __init__ left. */
static void run_others(struct run *r, struct cls *c, const struct cv *self,
		       struct run_names *fields)
{
	struct run_names start = names_copy(r, fields);

	for (size_t i = 0; i < c->mro.n; i++)
		for (size_t m = 0;
		     m < c->mro.v[i]->methods.n && !r->is_out && !self->instance->has_escaped;
		     m++) {
			const struct cls_method *method = &c->mro.v[i]->methods.v[m];
			struct paths now = { 0 };

			if (method->is_static || cls_method(c, method->name, NULL) != method ||
			    is_built_by(self->instance, method->func))
				continue;
			now.fields = names_copy(r, &start);
			r->now = &now;
			run_named(r, method, self);
			for (size_t f = 0; f < now.fields.v.n; f++) {
				const struct slot *slot = &now.fields.v.v[f];
				const struct cv *old = names_get(fields, slot->name);

				if (old != slot->value)
					names_set(r, fields, slot->name,
						  cv_join(r, old, slot->value));
			}
		}
}

/* What an inherited method does to one of its own, it does to one of the class. The bases of all come first: what they leave
 * unknown need not be looked at in those between. */
static bool bases_are_known(struct run *r, const struct cls *c)
{
	for (size_t i = c->mro.n; i > 1; i--) {
		const struct cls_summary *sum = cls_summary(r, c->mro.v[i - 1]);

		if (sum && !sum->is_known)
			return false;
	}
	return true;
}

static bool answers_for_fields(const struct cls *c)
{
	return has_own(c, "__setattr__ __getattr__ __getattribute__");
}

bool cls_may_be_known(struct run *r, const struct cls *c)
{
	return !answers_for_fields(c) && bases_are_known(r, c);
}

static struct cls_summary *summarise(struct run *outer, struct cls *c)
{
	struct run r = { .arena = outer->arena,
			 .unit = c->unit,
			 .judged = c,
			 .budget = BUDGET,
			 .depth = 0,
			 .nesting = outer->nesting + 1,
			 .is_quiet = true,
			 .is_on_default_device =
				 c->unit->is_moved || text_has(c->unit, "set_default_") };
	struct cls_summary *sum = arena_alloc(r.arena, sizeof *sum);
	struct self *self = arena_alloc(r.arena, sizeof *self);
	struct cv *value;
	struct paths now = { 0 };
	const struct cls_method *init = cls_method(c, "__init__", NULL);
	bool may_be_known = bases_are_known(&r, c);

	*self = (struct self){ .cls = c, .in_init = true };
	r.now = &now;
	r.self = self;
	value = cv_new(&r, CV_SELF);
	value->instance = self;
	for (size_t i = c->mro.n; i > 0; i--) {
		now.names = (struct run_names){ 0 };
		class_body(&r, c->mro.v[i - 1]);
	}
	now.names = (struct run_names){ 0 };
	if (init)
		run_named(&r, init, value);
	sum->fields = names_copy(&r, &now.fields);
	self->in_init = false;
	/* Of one that others have got hold of nothing is known, whatever its methods do. */
	may_be_known = may_be_known && !self->has_escaped;
	if (may_be_known)
		run_others(&r, c, value, &sum->fields);
	sum->self = self;
	sum->holds = holds_of(c, &sum->fields);
	if (!may_be_known && sum->holds == TRI_NO)
		sum->holds = TRI_UNKNOWN;
	sum->is_known = may_be_known && !r.is_out && !self->has_escaped && !answers_for_fields(c);
	return sum;
}

const struct cls_summary *cls_summary(struct run *r, struct cls *c)
{
	if (c->summary)
		return c->summary;
	if (c->is_busy || r->nesting >= CLASSES_DEPTH_MAX)
		return NULL;
	c->is_busy = true;
	c->summary = summarise(r, c);
	c->is_busy = false;
	return c->summary;
}
