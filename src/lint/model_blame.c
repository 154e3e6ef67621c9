// SPDX-License-Identifier: Apache-2.0
/* Two tensors that cannot meet: whose fault is it, and at which line? The origin of the one on the
 * CPU chooses the rule: a batch of a loader is blamed at the call that takes it to the model, a
 * new tensor where it is made, a module where it is made.
 *
 * A clash deep in a forward is blamed on the outermost module that is still on the CPU, or on what
 * was passed to the outermost call. What lies between a moved module and a child that did not move
 * is for the rules about classes: silent here. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

#define SAME_DEVICE "RuntimeError: Expected all tensors to be on the same device"

struct clash {
	const struct scene *x;
	const struct mix *mix;
	const struct mix_operand *cpu, *other;
	enum meeting meeting;
	struct running_call outer; /* the outermost call of a module */
	bool in_module;            /* outer is set */
	bool passed;               /* what is on the CPU was passed to it */
	bool other_passed;         /* the other one too */
	uint32_t cpu_module;       /* the outermost module that is on the CPU, or 0 */
	bool hidden;               /* it lies in one that was moved */
};

static bool same_origin(const struct value *a, const struct value *b)
{
	return a->origin && b->origin && a->origin == b->origin;
}

/* Where they meet, for a finding in `u`. */
static const char *place_of(const struct clash *k, const struct unit *u)
{
	return lint_place(u, interp_unit(k->x->in), k->x->at);
}

/* Was it an argument of the call, or in a tuple, list or dict that was? */
static bool was_passed(const struct scene *x, const struct running_call *call,
		       const struct value *v)
{
	for (size_t i = 0; i < call->n_args; i++) {
		const struct object *o = object_of(x, call->args[i]);

		if (call->args[i] == v || same_origin(call->args[i], v))
			return true;
		for (size_t j = 0; o && o->kind != OBJ_MODULE && j < o->fields.n; j++)
			if (same_origin(o->fields.v[j].value, v))
				return true;
		if (o && o->element && same_origin(o->element, v))
			return true;
	}
	return false;
}

static void look_at_module(struct clash *k, uint32_t module)
{
	struct place place = module_place(k->x, module);
	const struct object *o = state_object(k->x->s, module);

	/* All that it has is hidden: it was moved all the same. */
	if (!place.has_tensors && o->moved && o->device.kind != DEV_CPU && !k->cpu_module)
		k->hidden = true;
	if (!place.has_tensors)
		return;
	if (place.device.kind == DEV_CPU) {
		if (!k->cpu_module)
			k->cpu_module = module;
	} else if (place.device.kind != DEV_UNKNOWN && !k->cpu_module) {
		k->hidden = true;
	}
}

static bool is_on_cpu(const struct scene *x, uint32_t module)
{
	struct place place = module_place(x, module);

	return place.has_tensors && place.device.kind == DEV_CPU;
}

/* The modules whose methods run, outermost first. A method that is no forward may hold a training loop: it tells whose part was not
 * moved, no more. */
static void look_at_running(struct clash *k)
{
	struct running_call call, calls[64];
	size_t n = 0;

	for (size_t depth = 0; n < 64 && interp_running(k->x->in, depth, &call); depth++)
		if (call.receiver)
			calls[n++] = call;
	while (n--) {
		if (calls[n].module && !k->in_module)
			k->outer = calls[n];
		k->in_module |= calls[n].module != 0;
		if (calls[n].module)
			look_at_module(k, calls[n].module);
		else if (!k->cpu_module && is_on_cpu(k->x, calls[n].receiver))
			k->cpu_module = calls[n].receiver;
	}
}

static void look_out(struct clash *k)
{
	const struct value *library = note_get(k->x, "outermost");

	look_at_running(k);
	if (library && library->kind == VAL_OBJECT)
		look_at_module(k, library->object);
	if (k->mix->module)
		look_at_module(k, k->mix->module);
	if (!k->in_module)
		return;
	k->passed = was_passed(k->x, &k->outer, k->cpu->value);
	k->other_passed = was_passed(k->x, &k->outer, k->other->value);
}

/* ---- reports ---- */

static const char *words_of_torch(const struct clash *k)
{
	if (k->mix->is_gradient)
		return "RuntimeError: invalid gradient at index 0 - expected device cuda:0 but got cpu";
	return k->mix->is_index
		       ? "RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)"
		       : SAME_DEVICE;
}

/* The call outside of every forward; here if there is none. */
static const struct py_node *outer_node(const struct clash *k, struct unit **ret_unit)
{
	*ret_unit = k->in_module ? k->outer.unit : interp_unit(k->x->in);
	return k->in_module ? k->outer.node : k->x->at;
}

static void finish(const struct clash *k, struct finding *f)
{
	if (k->meeting != MEET_CLASH_ON_GPU)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	if (k->mix->note)
		lint_note(interp_unit(k->x->in), f, "%s", k->mix->note);
	interp_assume(k->x->in, f, k->other->device);
}

static const char *other_place(const struct clash *k)
{
	return k->other->device.kind == DEV_ARG ? "a GPU (for callers that use one)"
						: device_name(k->x->a, k->other->device);
}

static const char *operand_text(const struct clash *k, const struct mix_operand *o)
{
	return text_at(k->x, interp_unit(k->x->in), o->node);
}

/* The argument of the outermost call that brought the value there. */
static const struct py_node *argument_of_outer(const struct clash *k)
{
	const struct py_node *call = k->outer.node;
	size_t n = 0;

	/* torch.jit.trace(net, x) calls with other arguments than its own. */
	if (call->kind != PY_CALL || call->list.n != k->outer.n_args)
		return NULL;
	for (size_t i = 0; i < call->list.n && n < k->outer.n_args; i++) {
		const struct value *v = k->outer.args[n++];

		if (!call->list.v[i]->stars &&
		    (v == k->cpu->value || same_origin(v, k->cpu->value)))
			return call->list.v[i]->a;
	}
	return NULL;
}

static void report_batch(const struct clash *k, const char *id, const char *what)
{
	struct unit *u;
	const struct py_node *at = outer_node(k, &u);
	const struct py_node *argument = k->in_module ? argument_of_outer(k) : k->cpu->node;
	struct finding *f = interp_report_in(
		k->x->in, k->x->s, k->meeting == MEET_CLASH, id, u, at,
		"%s%s%s%s is on the CPU, what it meets on %s: %s raises %s", what,
		argument ? " (" : "", argument ? text_at(k->x, u, argument) : "",
		argument ? ")" : "", other_place(k), text_at(k->x, u, at), words_of_torch(k));

	if (!f)
		return;
	finish(k, f);
	way_of_origin(k->x, f, k->cpu->value->origin);
	if (u != interp_unit(k->x->in) || at != k->x->at)
		lint_way(u, f, interp_unit(k->x->in), k->x->at, "meets what is on %s here",
			 other_place(k));
	if (argument && argument == k->cpu->node && k->cpu->is_inside)
		fix_move_all(k->x, f, u, argument, k->other->device);
	else if (argument)
		fix_move(k->x, f, u, argument, k->other->device);
}

/* The rules about classes have said at this line what is wrong. */
static bool is_said(const struct unit *u, uint32_t line)
{
	static const char *const ids[] = { "tensor-attr-not-buffer", "loss-weight-on-cpu",
					   "buffer-aliased-in-list", "distribution-attr-not-moved",
					   "parameter-moved-becomes-tensor" };

	for (size_t i = 0; i < u->findings.n; i++)
		for (size_t n = 0; n < sizeof ids / sizeof *ids; n++)
			if (u->findings.v[i]->location->line == line &&
			    strcmp(u->findings.v[i]->id, ids[n]) == 0)
				return true;
	return false;
}

static bool is_said_there(const struct clash *k, const struct origin *o)
{
	if (!is_said(o->unit, o->node->line) && !note_get(k->x, buffer_key(k->x, o)))
		return false;
	if (k->meeting == MEET_CLASH)
		state_kill(k->x->s);
	return true;
}

/* Of it, or of what it was made from. A plain attribute does not move with the buffer that it was made from, nor does it where it
 * is the very tensor that was registered: .to() puts a new one into the buffer's place. */
static bool is_said_of(const struct clash *k, const struct origin *o)
{
	const struct origin *made = o->before;

	if (is_said_there(k, o))
		return true;
	if (made && o->kind == FROM_ATTRIBUTE && !is_said(made->unit, made->node->line))
		return false;
	return made && is_said_there(k, made);
}

/* torch.ones(n, device=y.device) of a y that was made on the CPU: y is to blame. */
static const struct origin *told_by(const struct origin *o)
{
	while (o->before && is_told_where(o->node) &&
	       (o->before->kind == FROM_FACTORY || o->before->kind == FROM_NUMPY))
		o = o->before;
	return o;
}

static void report_factory(const struct clash *k)
{
	const struct origin *o = told_by(k->cpu->value->origin);
	struct unit *u = unit_of(o);
	struct finding *f;

	if (is_said_of(k, o) || (k->meeting == MEET_CLASH_ON_GPU && is_told_where(o->node)))
		return;
	if (k->meeting == MEET_CLASH_ON_GPU)
		f = interp_report_in(k->x->in, k->x->s, false, "tensor-created-on-cpu", u, o->node,
				     "%s is on the CPU: when %s is on a GPU, %s raises %s",
				     text_at(k->x, u, o->node), operand_text(k, k->other),
				     place_of(k, u), words_of_torch(k));
	else
		f = interp_report_in(k->x->in, k->x->s, true, "tensor-created-on-cpu", u, o->node,
				     "%s is on the CPU and meets a tensor on %s: raises %s",
				     text_at(k->x, u, o->node), other_place(k), words_of_torch(k));
	if (!f)
		return;
	finish(k, f);
	way_of_origin(k->x, f, o);
	lint_way(u, f, interp_unit(k->x->in), k->x->at, "meets %s on %s here",
		 operand_text(k, k->other), other_place(k));
	fix_factory(k->x, f, u, o->node, k->other);
}

static void report_attribute(const struct clash *k)
{
	const struct origin *o = k->cpu->value->origin;
	bool dist = is_distribution(o);
	struct unit *u = unit_of(o);
	struct finding *f;

	if (is_said_of(k, o))
		return;
	f = interp_report_in(
		k->x->in, k->x->s, k->meeting == MEET_CLASH,
		dist ? "distribution-attr-not-moved" : "tensor-attr-not-buffer", u, o->node,
		"%s is no buffer, so .to() leaves it on the CPU; %s raises " SAME_DEVICE,
		dist || o->node->kind == PY_ATTR ? text_at(k->x, u, o->node) : "the attribute",
		place_of(k, u));
	if (!f)
		return;
	finish(k, f);
	lint_way(u, f, interp_unit(k->x->in), k->x->at, "meets %s on %s here",
		 operand_text(k, k->other), other_place(k));
	if (dist)
		lint_advise(u, f, "make it of the buffers where it is used, in forward()");
	else
		lint_advise(u, f, "register it: self.register_buffer(\"%s\", ...)",
			    o->node->kind == PY_ATTR ? o->node->name : "name");
}

static void report_here(const struct clash *k, const char *id)
{
	struct finding *f =
		interp_report(k->x->in, k->x->s, k->meeting == MEET_CLASH, id, k->x->at,
			      "%s raises %s: %s is on %s, %s on %s",
			      text_at(k->x, interp_unit(k->x->in), k->x->at), words_of_torch(k),
			      operand_text(k, k->cpu), device_name(k->x->a, k->cpu->device),
			      operand_text(k, k->other), other_place(k));

	if (!f)
		return;
	finish(k, f);
	way_of_origin(k->x, f, k->cpu->value->origin);
	if (k->cpu->is_inside)
		fix_move_all(k->x, f, interp_unit(k->x->in), k->cpu->node, k->other->device);
	else if (k->cpu->value->kind != VAL_OBJECT)
		fix_move(k->x, f, interp_unit(k->x->in), k->cpu->node, k->other->device);
}

static void report_type_as(const struct clash *k)
{
	const struct origin *o = k->cpu->value->origin;
	struct unit *u = unit_of(o);
	struct finding *f = interp_report_in(
		k->x->in, k->x->s, k->meeting == MEET_CLASH, "type-as-moves-back", u, o->node,
		"%s takes the tensor back to the CPU (a tensor's type holds its device), %s then raises " SAME_DEVICE,
		text_at(k->x, u, o->node), place_of(k, u));

	if (!f)
		return;
	finish(k, f);
	lint_way(u, f, interp_unit(k->x->in), k->x->at, "meets a tensor on %s here",
		 other_place(k));
	lint_advise(u, f, "change the dtype alone: .to(other.dtype)");
}

/* ---- modules ---- */

static void report_module_at(const struct clash *k, const char *id, const char *what,
			     struct unit *u, const struct py_node *site)
{
	struct unit *outer_unit;
	const struct py_node *outer = outer_node(k, &outer_unit);
	struct finding *f = interp_report_in(
		k->x->in, k->x->s, k->meeting == MEET_CLASH, id, u, site,
		"%s stays on the CPU and meets a tensor on %s: %s raises " SAME_DEVICE, what,
		other_place(k), text_at(k->x, outer_unit, outer));

	if (!f)
		return;
	finish(k, f);
	lint_way(u, f, u, site, "created on the CPU here");
	lint_way(u, f, outer_unit, outer, "meets a tensor on %s here", other_place(k));
	if (k->other->value->kind != VAL_OBJECT)
		way_of_origin(k->x, f, k->other->value->origin);
	fix_move(k->x, f, u, site, k->other->device);
}

/* The module that runs, in which another was left on the CPU; 0: none. */
static uint32_t whole_of(const struct clash *k)
{
	const struct value *library = note_get(k->x, "outermost");

	if (k->mix->whole || k->in_module)
		return k->mix->whole ? k->mix->whole : k->outer.module;
	return library && library->kind == VAL_OBJECT ? library->object : 0;
}

static void report_module(const struct clash *k, uint32_t module)
{
	const struct object *o = state_object(k->x->s, module);
	const char *what, *id = module_words(k->x, whole_of(k), module, &what);
	struct unit *u;
	const struct py_node *outer = outer_node(k, &u), *bound = NULL;

	if (o->site && o->unit == u)
		bound = bound_by_call(u, outer, o->site);
	if (!bound && o->site && o->unit)
		bound = made_by_helper(u, outer, o);
	if (bound)
		report_module_at(k, id, what, u, bound);
	else if (o->site && o->unit)
		report_module_at(k, id, what, (struct unit *)o->unit, o->site);
	else
		report_module_at(k, id, what, interp_unit(k->x->in), k->x->at);
}

static const struct py_node *outer_call(const struct clash *k)
{
	struct unit *u;

	return outer_node(k, &u);
}

/* ---- which rule ---- */

/* `p = q` and later `q = q.to(...)`: p still names what was there before. */
struct alias {
	const struct py_node *use, *bound, *moved;
};

static bool is_move_of(const struct py_node *n, const char *name)
{
	const struct py_node *callee = n->kind == PY_CALL ? n->a : NULL;

	return callee && callee->kind == PY_ATTR && callee->a->kind == PY_NAME &&
	       strcmp(callee->a->name, name) == 0 &&
	       (strcmp(callee->name, "to") == 0 || strcmp(callee->name, "cuda") == 0);
}

static bool visit_alias(struct py_node *n, void *data)
{
	struct alias *a = data;
	const struct py_node *target = n->kind == PY_ASSIGN && n->list.n == 1 ? n->list.v[0] : NULL;

	if (n->start > a->use->start || !target || target->kind != PY_NAME)
		return n->start <= a->use->start;
	if (strcmp(target->name, a->use->name) == 0)
		a->bound = n->a->kind == PY_NAME ? n : NULL;
	else if (a->bound && strcmp(target->name, a->bound->a->name) == 0 &&
		 is_move_of(n->a, target->name))
		a->moved = n;
	return true;
}

static bool is_stale_alias(const struct clash *k, const struct py_node *use, struct unit *u,
			   struct alias *ret_alias)
{
	struct alias a = { .use = use };
	const struct scope *scope;

	if (!use || use->kind != PY_NAME)
		return false;
	(void)k;
	scope = names_scope(u, use);
	ast_walk((struct py_node *)scope->node, visit_alias, &a);
	if (!a.bound || !a.moved || a.moved->start < a.bound->start)
		return false;
	*ret_alias = a;
	return true;
}

static bool report_stale(const struct clash *k)
{
	struct unit *u;
	const struct py_node *at = outer_node(k, &u);
	const struct py_node *use = k->in_module && k->passed ? argument_of_outer(k) : k->cpu->node;
	struct alias alias;

	if ((k->in_module && !k->passed) || !is_stale_alias(k, use, u, &alias))
		return false;

	struct finding *f = interp_report_in(
		k->x->in, k->x->s, k->meeting == MEET_CLASH, "stale-alias-before-move", u, at,
		"%s still names the tensor on the CPU, because it was taken before the move: raises " SAME_DEVICE,
		use->name);

	if (!f)
		return true;
	finish(k, f);
	lint_way(u, f, u, alias.bound, "%s is taken here", use->name);
	lint_way(u, f, u, alias.moved, "%s is a new tensor from here on", alias.bound->a->name);
	lint_advise(u, f, "take %s after the move, or use %s", use->name, alias.bound->a->name);
	return true;
}

static bool role_is(const struct mix_operand *o, const char *const *words)
{
	for (; *words; words++)
		if (word_is(o->role, *words))
			return true;
	return false;
}

/* [(torch.randn(8, 3), torch.randint(0, 2, (8,))) for _ in range(9)]: batches, as a loader gives them. */
static bool is_made_as_data(const struct origin *o)
{
	const struct scope *scope = names_scope(o->unit, o->node);

	return scope && scope->node->kind == PY_COMP && scope->node->a->kind == PY_TUPLE;
}

/* real = torch.ones(n, 1) of a GAN's step: made for this loss. What a script makes at its top is data. */
static bool is_made_in_function(const struct origin *o)
{
	const struct py_node *def = o && o->node ? function_around(o->unit, o->node) : NULL;

	return def && def->kind == PY_FUNC && o->kind == FROM_FACTORY && !is_made_as_data(o);
}

static bool report_loss(const struct clash *k)
{
	static const char *const targets[] = { "target", "targets", "target_", NULL };
	static const char *const weights[] = { "weight", "pos_weight", NULL };

	if (!k->mix->is_loss)
		return false;
	if (role_is(k->cpu, weights)) {
		if (!k->cpu->value->origin || !is_said_of(k, k->cpu->value->origin))
			report_here(k, "loss-weight-on-cpu");
		return true;
	}
	if (k->in_module || !role_is(k->cpu, targets) || is_made_in_function(k->cpu->value->origin))
		return false;
	report_batch(k, "target-not-moved", "the target");
	return true;
}

static void report_from_loader(const struct clash *k)
{
	const struct origin *other = k->other->value->origin;
	bool meets_output = !k->in_module && k->other->value->kind != VAL_OBJECT && other &&
			    (other->kind == FROM_PARAMETER || network_gave(other));
	bool both = k->in_module && k->passed && k->other_passed;

	if (k->in_module && !k->passed)
		report_here(k, "operand-on-other-device");
	else if (meets_output || both)
		report_batch(k, "target-not-moved", "the target");
	else
		report_batch(k, "input-not-moved", "the input");
}

/* Directly an argument of a module that is called here, outside of every forward? */
static bool is_input(const struct clash *k)
{
	return k->in_module ? k->passed : k->mix->module != 0;
}

/* A script's top level uses what a function made for it: data that was to be moved by the
 * script, not by the function. */
static bool is_made_for_script(const struct clash *k, const struct origin *o)
{
	const struct unit *u = interp_unit(k->x->in);
	const struct py_node *here = function_around(u, k->x->at);
	bool elsewhere = o->unit != u || function_around(o->unit, o->node) != here;

	return here && here->kind == PY_MODULE && elsewhere && !k->in_module;
}

/* translate(net, src): the function that calls the network is handed its input, and could move it. */
static bool is_handed_to_caller(const struct clash *k)
{
	struct running_call call;

	return k->mix->is_unread && interp_running(k->x->in, 0, &call) &&
	       was_passed(k->x, &call, k->cpu->value);
}

static bool is_type_change(const struct origin *o)
{
	const struct py_node *callee = o->node && o->node->kind == PY_CALL ? o->node->a : NULL;

	return callee && callee->kind == PY_ATTR &&
	       (strcmp(callee->name, "type_as") == 0 || strcmp(callee->name, "type") == 0);
}

struct wrapping {
	const struct origin *made;
	bool found;
};

static bool visit_wrapping(struct py_node *n, void *data)
{
	struct wrapping *w = data;
	const char *callee = n->kind == PY_CALL ? names_dotted(w->made->unit, n->a) : NULL;

	w->found |= callee && strcmp(callee, "torch.nn.Parameter") == 0 &&
		    n->start <= w->made->node->start && w->made->node->end <= n->end;
	return !w->found;
}

/* self.factors = [nn.Parameter(...)]: the rule about lists of parameters speaks of it. */
static bool is_parameter_of_class(const struct clash *k)
{
	struct wrapping w = { .made = k->cpu->value->origin };
	const struct py_node *def;

	if (!w.made || !w.made->node || k->meeting != MEET_CLASH_ON_GPU)
		return false;
	def = function_around(w.made->unit, w.made->node);
	if (def && def->kind == PY_FUNC && strcmp(def->name, "__init__") == 0)
		ast_walk((struct py_node *)(uintptr_t)def, visit_wrapping, &w);
	return w.found;
}

static void report_tensor(const struct clash *k)
{
	const struct origin *o = k->cpu->value->origin;

	if (is_parameter_of_class(k) || report_stale(k) || report_loss(k))
		return;
	switch (o ? o->kind : FROM_NOWHERE) {
	case FROM_LOADER:
	case FROM_DATASET:
	case FROM_TOKENIZER:
		report_from_loader(k);
		return;
	case FROM_FACTORY:
	case FROM_NUMPY:
		if ((is_input(k) && !is_made_by_network(o, outer_call(k)) &&
		     !(k->mix->is_loss && is_made_in_function(o))) ||
		    is_handed_to_caller(k))
			report_batch(k, "input-not-moved", "the input");
		else if (is_made_as_data(o))
			report_from_loader(k);
		else if (is_made_for_script(k, o))
			report_here(k, "operand-on-other-device");
		else
			report_factory(k);
		return;
	case FROM_ATTRIBUTE:
		report_attribute(k);
		return;
	case FROM_CPU_CALL:
		if (is_type_change(o)) {
			report_type_as(k);
			return;
		}
		break;
	default:
		break;
	}
	if (is_input(k))
		report_batch(k, "input-not-moved", "the input");
	else
		report_here(k, "operand-on-other-device");
}

/* A result of a module that was on the CPU: its creation is the last station of the origin. */
static bool report_made_by_module(const struct clash *k)
{
	const struct value *v = k->cpu->value;
	const struct origin *o = v->kind == VAL_OBJECT ? NULL : v->origin;

	if (v->kind == VAL_TENSOR && (v->object || (v->is_param && v->number))) {
		report_module(k, v->object ? v->object : (uint32_t)v->number);
		return true;
	}
	if (!o || o->kind != FROM_PARAMETER || !o->before || !o->before->node || k->in_module)
		return false;
	report_module_at(k, "model-not-moved", "the model", unit_of(o->before), o->before->node);
	return true;
}

/* A library's layer, a resampler or a loss with weights that is made in the function that calls it: no caller could have moved it,
 * and nothing was put into it. What it is called with is a tensor. */
static bool is_made_here(const struct clash *k, uint32_t module)
{
	const struct object *o = state_object(k->x->s, module);
	const struct unit *u = interp_unit(k->x->in);
	const struct py_node *here = function_around(u, k->x->at);
	const struct value *other = k->other->value;
	bool meets = is_tensor(other) || (other->origin && (other->origin->kind == FROM_MOVE ||
							    other->origin->kind == FROM_NETWORK));
	bool untouched = (o->text && !o->cls && !o->fields.n && meets) ||
			 module_is(k->x, module, "weighted loss");

	return here && here->kind == PY_FUNC && o->site && o->unit == u && !o->moved && untouched &&
	       function_around(u, o->site) == here;
}

/* Library mode: what must not be said of callers that are not read. */
static bool is_excused(const struct clash *k)
{
	const struct origin *o = k->cpu->value->origin;
	struct unit *u = interp_unit(k->x->in);

	/* Modules, and what they give back: the caller has moved what can be moved. */
	if ((k->cpu->value->kind == VAL_OBJECT && !is_made_here(k, k->cpu->value->object)) ||
	    (o && o->kind == FROM_PARAMETER))
		return true;
	return is_cpu_by_contract(u, k->x->at) ||
	       (o && o->node && is_cpu_by_contract(o->unit, o->node));
}

/* exp(-self.log_vars) in the forward of a module that was never moved, or of one within it. */
static bool is_made_of_parameter(const struct clash *k)
{
	const struct origin *o = k->cpu->value->origin;
	struct running_call call;

	if (!k->cpu_module || !o || o->kind != FROM_PARAMETER || !o->before || !o->before->node)
		return false;
	if (state_object(k->x->s, k->cpu_module)->site == o->before->node)
		return true;
	for (size_t depth = 0; interp_running(k->x->in, depth, &call); depth++)
		if (call.receiver && state_object(k->x->s, call.receiver)->site == o->before->node)
			return true;
	return false;
}

void blame(const struct scene *x, const struct mix *m, const struct mix_operand *left,
	   const struct mix_operand *right, enum meeting meeting)
{
	bool is_left = device_is_host(left->device);
	struct clash k = { .x = x,
			   .mix = m,
			   .cpu = is_left ? left : right,
			   .other = is_left ? right : left,
			   .meeting = meeting };

	if (meeting == MEET_CLASH_ON_GPU && is_excused(&k))
		return;
	/* Its move was thrown away, which was said there. */
	if (k.cpu->value->origin && note_get(x, discarded_key(x, k.cpu->value->origin))) {
		if (meeting == MEET_CLASH)
			state_kill(x->s);
		return;
	}
	if (k.cpu->device.kind == DEV_BATCH && !batch_is_blamed(x, k.cpu->value))
		return;
	if (!device_is_host(k.cpu->device)) { /* two GPUs */
		report_here(&k, "operand-on-other-device");
		return;
	}
	look_out(&k);

	bool is_module = k.cpu->value->kind == VAL_OBJECT || k.cpu->value->object ||
			 is_made_of_parameter(&k);

	/* In library mode the caller has moved what can be moved: what is left behind is for the
	 * rules about classes. */
	if (is_module && meeting == MEET_CLASH_ON_GPU &&
	    (k.cpu->value->kind != VAL_OBJECT || !is_made_here(&k, k.cpu->value->object)))
		return;
	if (k.cpu_module && is_module) {
		if (k.hidden)
			state_kill(x->s);
		else
			report_module(&k, k.cpu_module);
		return;
	}
	if (!report_made_by_module(&k))
		report_tensor(&k);
}
