// SPDX-License-Identifier: Apache-2.0
/* Which candidates are proved once the class was seen whole, and what is said about them.
 *
 * While methods are walked, the evaluator notes what might be wrong: a hidden module is called, a tensor on the CPU meets one
 * of the module's. At the end some of it has an explanation: the list became a Sequential, somebody outside moves the field. */
#include "lint/class_run.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"
#include "lint/passes.h"
#include "lint/project.h"

#define BUDGET 60000

static void note(struct run *r, struct cls_candidate c, const struct cv_site *sites)
{
	if (r->is_quiet)
		return;
	c.use_unit = r->unit;
	c.in_forward = r->in_forward;
	for (; sites; sites = sites->next) {
		c.unit = sites->unit;
		c.site = sites->at;
		PUSH(r->arena, &r->candidates, c);
	}
}

void note_mix(struct run *r, const struct py_node *at, const struct cv *stay,
	      const struct cv *other)
{
	struct cls_candidate c = { .use = at, .operand = stay->object };

	if (!stay->object || !stay->object->in_init || (r->self && r->self->in_init))
		return;
	if (other->place == PLACE_INPUT)
		c.root = other->root;
	c.id = stay->origin == ORIGIN_DIST                   ? "distribution-attr-not-moved"
	       : stay->origin == ORIGIN_CONTAINER_OF_BUFFERS ? "buffer-aliased-in-list"
							     : "tensor-attr-not-buffer";
	note(r, c, stay->sites);
}

void note_loss_weight(struct run *r, const struct py_node *at, const struct cv *weight,
		      const struct cv *other)
{
	struct cls_candidate c = { .id = "loss-weight-on-cpu", .use = at };
	struct cv_site site = { .unit = r->unit, .at = at };

	(void)weight;
	if (!r->self || r->self->in_init || !r->self->cls->is_module)
		return;
	if (other->place == PLACE_INPUT)
		c.root = other->root;
	else if (other->kind != CV_TENSOR || other->place != PLACE_MODULE)
		return;
	note(r, c, &site);
}

/* A parameter in a list, used in an operation. */
void note_parameter_use(struct run *r, const struct py_node *at, const struct cv *parameter)
{
	struct cls_candidate c = { .use = at, .object = parameter->object };

	if (!parameter->object->in_init || (r->self && r->self->in_init) || !parameter->sites)
		return;
	if (parameter->via != VIA_LIST && parameter->via != VIA_DICT)
		return;
	c.id = parameter->via == VIA_DICT ? "python-dict-of-modules" : "python-list-of-modules";
	note(r, c, parameter->sites);
}

#define TRAINS_DEPTH_MAX 4

/* Has it a parameter? A read module of buffers alone can be made anew without harm: it may take them where its input is. */
static bool has_parameter(struct run *r, const struct cv *module, int depth)
{
	const struct cls_summary *sum = module->cls ? cls_summary(r, module->cls) : NULL;

	/* A network with weights of its own is slow to make, but not new each time. */
	if (!module->cls)
		return !module->library || strcmp(module->library, "pretrained") != 0;
	for (size_t i = 0; sum && depth < TRAINS_DEPTH_MAX && i < sum->fields.v.n; i++) {
		const struct cv *v = sum->fields.v.v[i].value;

		if (!v->object || !v->object->is_registered)
			continue;
		if (v->kind == CV_TENSOR && v->object->is_param)
			return true;
		if (v->kind == CV_MODULE && v->holds == TRI_YES && has_parameter(r, v, depth + 1))
			return true;
	}
	return false;
}

static void note_one(struct run *r, const struct py_node *call, const struct cv *module)
{
	struct cls_candidate c = { .use = call, .object = module->object };
	struct cv_site made = { .unit = module->object->unit, .at = module->object->made };

	if (module->holds != TRI_YES || !r->self || r->self->in_init)
		return;
	if (module->via == VIA_DEFAULT || (module->via == VIA_CLOSURE && module->object->in_init)) {
		c.id = "module-hidden-in-closure";
		note(r, c, &made);
	} else if (!module->object->in_init) {
		c.id = "module-created-in-forward";
		if (r->in_forward && r->self->cls->is_module && !module->is_loss &&
		    has_parameter(r, module, 0))
			note(r, c, &made);
	} else if (module->via == VIA_LIST || module->via == VIA_DICT) {
		c.id = module->via == VIA_DICT ? "python-dict-of-modules"
					       : "python-list-of-modules";
		note(r, c, module->sites);
	}
}

void note_metric_use(struct run *r, const struct py_node *at, const struct cv *metric,
		     const struct cv *given)
{
	struct cls_candidate c = { .use = at, .object = metric->object };
	bool is_there = given->kind == CV_TENSOR &&
			(given->place == PLACE_MODULE || given->place == PLACE_ACCELERATOR);

	if (!metric->object->in_init || !r->self || r->self->in_init)
		return;
	if (metric->via != VIA_LIST && metric->via != VIA_DICT)
		return;
	if (given->place == PLACE_INPUT && given->root)
		c.root = given->root;
	else if (!is_there)
		return;
	c.id = metric->via == VIA_DICT ? "python-dict-of-modules" : "python-list-of-modules";
	note(r, c, metric->sites);
}

void note_module_call(struct run *r, const struct py_node *call, const struct cv *module)
{
	for (const struct cv *m = module; m; m = m->next)
		if (m->object)
			note_one(r, call, m);
}

void note_copy(struct run *r, const struct cv *v, const struct py_node *use, const char *how)
{
	bool is_grad = strcmp(how, "grad") == 0, is_optimizer = strcmp(how, "optimizer") == 0;
	struct cls_candidate c = { .use = use, .is_sure = v->is_sure, .operand = v->object };
	struct cv_site site = { .unit = v->unit, .at = v->made };

	if (v->kind != CV_TENSOR || (!v->is_copy_of_leaf && !v->is_copy_of_param))
		return;
	if (v->is_copy_of_leaf && !is_grad && !is_optimizer)
		return;
	if (is_grad && v->object && v->object->keeps_grad)
		return;
	c.id = v->is_copy_of_param ? "parameter-moved-becomes-tensor" : "non-leaf-after-move";
	note(r, c, &site);
}

/* ---- proved? ---- */

struct search {
	const char *name;
	bool only_stores;
	bool found;
};

static bool is_self_name(const struct py_node *e)
{
	return e->kind == PY_NAME && (strcmp(e->name, "self") == 0 || strcmp(e->name, "cls") == 0);
}

/* net.layers[0].weight.is_cuda: asks where a tensor is, or how large, and moves and registers nothing. */
static bool only_asks(const struct py_node *n)
{
	if (n->kind != PY_ATTR || !has_word("is_cuda is_cpu device shape dtype ndim", n->name))
		return false;
	while (n->kind == PY_ATTR ||
	       (n->kind == PY_SUBSCRIPT && n->list.n == 1 &&
		(n->list.v[0]->kind == PY_INT || n->list.v[0]->kind == PY_NAME)))
		n = n->a;
	return n->kind == PY_NAME;
}

static bool looks_from_outside(struct py_node *n, void *data)
{
	struct search *s = data;
	const struct py_node *target;

	if (only_asks(n))
		return false;
	if (!s->only_stores && n->kind == PY_ATTR && strcmp(n->name, s->name) == 0 &&
	    !is_self_name(n->a))
		s->found = true;
	for (size_t i = 0; n->kind == PY_ASSIGN && i < n->list.n; i++) {
		target = n->list.v[i];
		if (target->kind == PY_ATTR && strcmp(target->name, s->name) == 0 &&
		    !is_self_name(target->a))
			s->found = true;
	}
	return !s->found;
}

/* Does code that is not the object's own read (or write) a field of that name? */
static bool used_outside(struct unit *u, const struct cls *c, const char *field, bool only_stores)
{
	struct search s = { .name = field, .only_stores = only_stores };

	ast_walk(u->tree, looks_from_outside, &s);
	for (size_t i = 0; i < c->mro.n && !s.found; i++)
		if (c->mro.v[i]->unit != u)
			ast_walk(c->mro.v[i]->unit->tree, looks_from_outside, &s);
	return s.found;
}

static const char *field_of(const struct py_node *statement)
{
	const struct py_node *target = NULL;

	if (statement->kind == PY_ASSIGN && statement->list.n > 0)
		target = statement->list.v[0];
	else if (statement->kind == PY_ANNASSIGN)
		target = statement->a;
	for (size_t i = 0; statement->kind == PY_ASSIGN && i < statement->list.n; i++)
		if (statement->list.v[i]->kind == PY_ATTR)
			target = statement->list.v[i];
	return target && (target->kind == PY_ATTR || target->kind == PY_NAME) ? target->name : NULL;
}

static bool has_method(const struct cls *c, const char *names)
{
	for (size_t i = 0; i < c->mro.n; i++)
		for (size_t m = 0; m < c->mro.v[i]->methods.n; m++)
			if (has_word(names, c->mro.v[i]->methods.v[m].name))
				return true;
	return false;
}

static bool is_computed(const struct cls_summary *sum, const char *field)
{
	if (sum->self->has_computed_names)
		return true;
	for (size_t i = 0; i < sum->self->prefixes.n; i++)
		if (starts_with(field, sum->self->prefixes.v[i]))
			return true;
	return false;
}

static bool is_any(const struct cls_candidate *c, const char *ids)
{
	return has_word(ids, c->id);
}

static bool field_is_free(struct unit *u, struct cls *cls, const struct cls_summary *sum,
			  const struct cls_candidate *c, bool only_stores)
{
	const char *field = field_of(c->site);

	return field && !is_computed(sum, field) && !used_outside(u, cls, field, only_stores);
}

static bool is_proved(struct unit *u, struct cls *cls, const struct cls_summary *sum,
		      const struct cls_candidate *c)
{
	const struct cv_object *o = c->object;

	if (o && (o->is_registered || o->is_moved || o->has_escaped))
		return false;
	if (c->operand && c->operand->is_moved)
		return false;
	if (is_any(c, "parameter-moved-becomes-tensor non-leaf-after-move"))
		return true;
	if (!cls || !cls->is_module)
		return false;
	if (c->root && !c->root->met_module)
		return false;
	if (is_any(c, "module-created-in-forward loss-weight-on-cpu"))
		return true;
	if (has_method(cls, "to cuda _apply"))
		return false;
	if (is_any(c, "module-hidden-in-closure"))
		return !sum->self->has_computed_names;
	if (is_any(c, "python-list-of-modules python-dict-of-modules"))
		return !has_method(cls, "parameters named_parameters") &&
		       field_is_free(u, cls, sum, c, false);
	return field_is_free(u, cls, sum, c, true);
}

/* ---- a program that never leaves the CPU ---- */

struct instance_search {
	const char *name;
	bool found;
};

static bool is_made(struct py_node *n, void *data)
{
	struct instance_search *s = data;

	if (n->kind == PY_CALL && n->a->kind == PY_NAME && strcmp(n->a->name, s->name) == 0)
		s->found = true;
	return !s->found;
}

/* The class is made and used right here, and nothing ever names an accelerator: nothing meets anything else. */
static bool is_cpu_program(struct unit *u, const struct cls *c)
{
	struct instance_search s = { .name = c->node->name };

	if (speaks_of_accelerator(u))
		return false;
	ast_walk(u->tree, is_made, &s);
	return s.found;
}

/* ---- what is said ---- */

static const char *torch_nn(const struct unit *u)
{
	const struct scope *scope = names_inner(u, u->tree);

	for (size_t i = 0; i < scope->bindings.n; i++) {
		const struct binding *b = &scope->bindings.v[i];

		if (b->kind == BOUND_IMPORT && b->target && strcmp(b->target, "torch.nn") == 0)
			return b->name;
	}
	for (size_t i = 0; i < scope->bindings.n; i++) {
		const struct binding *b = &scope->bindings.v[i];

		if (b->kind == BOUND_IMPORT && b->target && strcmp(b->target, "torch") == 0)
			return arena_fmt(u->arena, "%s.nn", b->name);
	}
	return NULL;
}

/* The value of `self.x = value`, if it is the only target. */
static const struct py_node *single_value(const struct py_node *statement)
{
	if (statement->kind == PY_ANNASSIGN)
		return NULL;
	return statement->kind == PY_ASSIGN && statement->list.n == 1 &&
			       statement->list.v[0]->kind == PY_ATTR
		       ? statement->a
		       : NULL;
}

static void wrap(struct unit *u, struct finding *f, const struct py_node *statement,
		 const char *container)
{
	const struct py_node *value = single_value(statement);
	const char *nn = torch_nn(u);
	bool is_empty =
		value && (value->kind == PY_LIST || value->kind == PY_DICT) && value->list.n == 0;
	enum applies applies = strcmp(container, "ModuleDict") == 0 ? APPLIES_LIKELY : APPLIES_SAFE;

	lint_advise(u, f, "keep them in nn.%s, which registers what it holds", container);
	if (!value || !nn)
		return;
	if (is_empty) {
		lint_edit(u, f, applies, value->start, value->end, "%s.%s()", nn, container);
		return;
	}
	lint_edit(u, f, applies, value->start, value->start, "%s.%s(", nn, container);
	lint_edit(u, f, applies, value->end, value->end, ")");
}

static struct finding *say_hidden(struct unit *u, const struct cls_candidate *c)
{
	bool is_dict = is_any(c, "python-dict-of-modules");
	bool is_param = c->object->is_param, is_metric = c->object->is_metric;
	const char *what = is_param ? "parameters" : is_metric ? "metrics" : "modules";
	struct finding *f =
		lint_report(u, c->id, c->site,
			    "self.%s hides its %s in a Python %s: .to() leaves them on the CPU%s; "
			    "with the model on the GPU their use raises: "
			    "Expected all tensors to be on the same device",
			    field_of(c->site), what, is_dict ? "dict" : "list",
			    is_metric ? "" : " and parameters() does not list them");

	if (!f)
		return NULL;
	lint_way(u, f, c->use_unit, c->use, is_param ? "used here" : "called here");
	wrap(u, f, c->site,
	     is_param ? (is_dict ? "ParameterDict" : "ParameterList")
		      : (is_dict ? "ModuleDict" : "ModuleList"));
	return f;
}

static void as_buffer(struct unit *u, struct finding *f, const struct cls_candidate *c,
		      const char *field)
{
	const struct py_node *value = single_value(c->site);
	const struct py_node *target = value ? c->site->list.v[0] : NULL;

	lint_advise(
		u, f,
		"make it a buffer: self.register_buffer(\"%s\", ...); persistent=False keeps it "
		"out of the state_dict",
		field);
	if (!target || !is_self_name(target->a))
		return;
	lint_edit(u, f, APPLIES_LIKELY, c->site->start, value->start,
		  "self.register_buffer(\"%s\", ", field);
	lint_edit(u, f, APPLIES_LIKELY, value->end, value->end, ", persistent=False)");
}

static struct finding *say_attribute(struct unit *u, const struct cls_candidate *c)
{
	const char *field = field_of(c->site);
	struct finding *f;

	if (is_any(c, "distribution-attr-not-moved")) {
		f = lint_report(
			u, c->id, c->site,
			"the distribution self.%s keeps its tensors on the CPU when the model "
			"moves; using it raises: Expected all tensors to be on the same device",
			field);
		if (f)
			lint_advise(
				u, f,
				"register its parameters as buffers, and make the distribution of "
				"them where it is used");
	} else if (is_any(c, "buffer-aliased-in-list")) {
		f = lint_report(
			u, c->id, c->site,
			"self.%s keeps the buffers as they were made: the model's move makes "
			"new ones, these stay on the CPU; using them raises: Expected all "
			"tensors to be on the same device",
			field);
		if (f)
			lint_advise(u, f, "look them up by name where they are used");
	} else {
		f = lint_report(
			u, c->id, c->site,
			"the tensor self.%s is no buffer and stays on the CPU when the model "
			"moves; using it raises: Expected all tensors to be on the same device",
			field);
		if (f)
			as_buffer(u, f, c, field);
	}
	if (f)
		lint_way(u, f, c->use_unit, c->use, "meets a tensor of the model's device here");
	return f;
}

static struct finding *say_copy(struct unit *u, const struct cls_candidate *c)
{
	bool is_param = is_any(c, "parameter-moved-becomes-tensor");
	bool is_read = c->use->kind == PY_ATTR;
	struct finding *f = lint_report(
		u, c->id, c->site,
		is_param
			? "on a GPU the result of Parameter(...).to() is a plain tensor: not registered, "
			  "not in parameters(), never trained"
		: is_read
			? "on a GPU the moved tensor is a copy: its .grad stays None, the gradient goes "
			  "to the one on the CPU"
			: "on a GPU the moved tensor is a copy; the optimizer raises: can't optimize a "
			  "non-leaf Tensor");

	if (!f)
		return NULL;
	if (c->use != c->site)
		lint_way(u, f, c->use_unit, c->use, is_read ? "read here" : "used here");
	lint_advise(u, f,
		    is_param
			    ? "move the tensor first: Parameter(tensor.to(device))"
			    : "make it there: device=..., or call requires_grad_() after the move");
	if (!c->is_sure)
		lint_set_severity(f, SEVERITY_WARNING);
	return f;
}

static struct finding *say(struct unit *u, const struct cls_candidate *c)
{
	struct finding *f;

	if (is_any(c, "python-list-of-modules python-dict-of-modules"))
		return say_hidden(u, c);
	if (is_any(c, "parameter-moved-becomes-tensor non-leaf-after-move"))
		return say_copy(u, c);
	if (is_any(c, "module-hidden-in-closure")) {
		f = lint_report(
			u, c->id, c->site,
			"this module is reached only through a function's closure or default: "
			".to() leaves it on the CPU, parameters() does not list it; its call "
			"raises: Expected all tensors to be on the same device");
		if (f)
			lint_advise(u, f, "assign it to an attribute of self in __init__");
	} else if (is_any(c, "module-created-in-forward")) {
		f = lint_report(
			u, c->id, c->site,
			"this layer is made anew in every call: its weights are random, never "
			"trained, and on the CPU; with a GPU it raises: Expected all tensors to "
			"be on the same device");
		if (f)
			lint_advise(u, f, "make it in __init__, as an attribute of self");
	} else if (is_any(c, "loss-weight-on-cpu")) {
		f = lint_report(
			u, c->id, c->site,
			"the weight of this loss is made on the CPU, the input is where the model "
			"is: raises: Expected all tensors to be on the same device");
		if (f)
			lint_advise(u, f,
				    "make it with device= of the input, or keep it as a buffer");
	} else {
		return say_attribute(u, c);
	}
	if (f && c->use != c->site)
		lint_way(u, f, c->use_unit, c->use, "called here");
	return f;
}

static bool is_about_placement(const struct cls_candidate *c)
{
	return is_any(c,
		      "tensor-attr-not-buffer distribution-attr-not-moved buffer-aliased-in-list "
		      "loss-weight-on-cpu") ||
	       (c->object && c->object->is_metric);
}

/* Nothing here says that it is used on a GPU: that is for its callers. */
static void assume_moved(struct unit *u, const struct cls *c, struct finding *f)
{
	lint_set_severity(f, SEVERITY_WARNING);
	f->assumes = arena_fmt(u->arena, "%s %s#%u", c->node->name,
			       c->unit->full_path ? c->unit->full_path : "-", c->node->id);
}

static void report(struct run *r, struct unit *u, struct cls *c, const struct cls_summary *sum)
{
	for (size_t i = 0; i < r->candidates.n && !r->is_out; i++) {
		const struct cls_candidate *k = &r->candidates.v[i];
		struct finding *f;

		if (k->unit->is_test || !is_proved(u, c, sum, k))
			continue;
		if (is_about_placement(k) && is_cpu_program(u, c))
			continue;
		f = say(k->unit, k);
		if (f && is_about_placement(k) && !speaks_of_accelerator(u))
			assume_moved(u, c, f);
	}
}

/* ---- the pass ---- */

static struct cv_args unknown_arguments(struct run *r, const struct py_node *func)
{
	struct cv_args args = { 0 };

	for (size_t i = 1; i < func->params.n; i++) {
		const struct py_param *p = &func->params.v[i];
		struct cv *v = cv_new(r, CV_UNKNOWN);
		struct cv_arg arg = { .name = p->name, .value = v };

		if (p->kind == PARAM_ARGS || p->kind == PARAM_KWARGS ||
		    (p->fallback && p->fallback->kind == PY_CALL))
			continue;
		v->place = PLACE_INPUT;
		v->object = arena_alloc(r->arena, sizeof *v->object);
		v->object->unit = r->unit;
		v->root = v->object;
		PUSH(r->arena, &args.v, arg);
	}
	return args;
}

static void judge_methods(struct run *r, struct cls *c, const struct cls_summary *sum,
			  struct self *self)
{
	struct cv *value = cv_new(r, CV_SELF);

	value->instance = self;
	for (size_t i = 0; i < c->mro.n; i++)
		for (size_t m = 0; m < c->mro.v[i]->methods.n && !r->is_out; m++) {
			const struct cls_method *method = &c->mro.v[i]->methods.v[m];
			struct cv func = { .kind = CV_FUNC,
					   .unit = method->owner->unit,
					   .func = method->func,
					   .method = method,
					   .self = value };
			bool is_init = strcmp(method->name, "__init__") == 0;
			struct cv_args args = unknown_arguments(r, method->func);
			struct paths now = { 0 };

			if (method->is_static || cls_method(c, method->name, NULL) != method)
				continue;
			if (!is_init && is_built_by(sum->self, method->func) &&
			    !(c->entries && has_word(c->entries, method->name)))
				continue;
			r->in_forward = c->entries && has_word(c->entries, method->name);
			now.fields =
				is_init ? (struct run_names){ 0 } : names_copy(r, &sum->fields);
			self->in_init = is_init;
			r->now = &now;
			r->self = self;
			run_function(r, &func, r->in_forward ? &args : NULL);
			r->in_forward = false;
		}
}

static struct run new_run(struct unit *u, struct cls *c)
{
	return (struct run){ .arena = u->scratch,
			     .unit = u,
			     .judged = c,
			     .budget = BUDGET,
			     .is_on_default_device = u->is_moved || text_has(u, "set_default_") };
}

/* Does a function, or the file, make leaves that could be moved? */
static bool has_leaves(const struct unit *u, const struct py_node *n)
{
	static const char *const words[] = { "requires_grad", "Parameter(" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text + n->start, n->end - n->start, words[i], strlen(words[i])))
			return true;
	return false;
}

static void judge_class(struct unit *u, const struct py_node *node)
{
	struct cls *c = cls_of(u, node);
	struct run r = new_run(u, c);
	const struct cls_summary *sum;
	struct self *self = arena_alloc(r.arena, sizeof *self);

	if (c->is_open || (!c->is_module && !has_leaves(u, node)))
		return;
	if (!cls_may_be_known(&r, c))
		return;
	sum = cls_summary(&r, c);
	if (!sum || !sum->is_known)
		return;
	*self = (struct self){ .cls = c, .fields = &sum->fields };
	judge_methods(&r, c, sum, self);
	if (!self->has_escaped)
		report(&r, u, c, sum);
}

static bool judge_node(struct py_node *n, void *data)
{
	struct unit *u = data;

	if (n->kind == PY_CLASS)
		judge_class(u, n);
	if (n->kind == PY_FUNC && has_leaves(u, n)) {
		struct run r = new_run(u, NULL);
		struct paths now = { 0 };
		struct cv func = { .kind = CV_FUNC, .unit = u, .func = n };

		r.now = &now;
		run_function(&r, &func, NULL);
		report(&r, u, NULL, NULL);
	}
	return n->kind != PY_CLASS && n->kind != PY_FUNC && n->kind != PY_LAMBDA;
}

static void judge_module(struct unit *u)
{
	struct run r = new_run(u, NULL);
	struct paths now = { 0 };

	ast_walk(u->tree, judge_node, u);
	r.now = &now;
	if (has_leaves(u, u->tree))
		run_block(&r, &u->tree->body);
	report(&r, u, NULL, NULL);
}

/* What was learned of classes depends on which was asked for first: nothing of it is kept for another entry. */
static void forget_summaries(const struct project *p)
{
	for (size_t i = 0; i < p->units.n; i++)
		for (size_t k = 0; k < p->units.v[i]->classes.n; k++)
			p->units.v[i]->classes.v[k]->summary = NULL;
}

static void run_classes(struct unit *u)
{
	if (u->is_test || !text_has(u, "torch"))
		return;
	u->scratch = arena_new();
	judge_module(u);
	forget_summaries(u->project);
	arena_free(u->scratch);
	u->scratch = NULL;
}

const struct lint_pass pass_classes = { .name = "classes", .run = run_classes };
