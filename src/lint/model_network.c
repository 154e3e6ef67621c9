// SPDX-License-Identifier: Apache-2.0
/* Networks that nobody read: what was moved to a device and is called, or is called as only modules are (net.eval(),
 * net.forward(x)). What such a one gives back for a tensor on its GPU is there, too, if it is a tensor at all. It may have been
 * taken to the CPU inside, which cannot be known: hence warnings, and silence about methods of wrappers (model.predict(x)). */
#include "lint/model_parts.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"

/* ---- what is used as a module ---- */

struct module_use {
	const struct py_node *network; /* PY_NAME, or PY_ATTR of one */
	bool of_parameters;            /* only what tells that it has some */
	bool found;
	bool is_called; /* net(x): what is moved and called is no tensor */
};

static bool is_same_place(const struct py_node *a, const struct py_node *b)
{
	if (a->kind != b->kind || (a->kind != PY_NAME && a->kind != PY_ATTR))
		return false;
	return strcmp(a->name, b->name) == 0 && (a->kind == PY_NAME || is_same_place(a->a, b->a));
}

/* net.train(), net.train(False); but trainer.train(images, labels). */
static bool is_switch(const struct py_node *call)
{
	static const char *const names[] = { "eval", "train", "parameters", "state_dict", NULL };
	const struct py_node *first = call->list.n ? call->list.v[0]->a : NULL;

	return is_one_of(call->a->name, names) &&
	       (!first || first->kind == PY_TRUE || first->kind == PY_FALSE);
}

/* Methods that nothing that can be called has but a module. */
static bool is_of_modules(const char *name)
{
	static const char *const names[] = { "forward",        "named_modules",
					     "named_children", "register_forward_hook",
					     "add_module",     NULL };

	return is_one_of(name, names);
}

static bool is_mover(const char *name)
{
	return strcmp(name, "to") == 0 || strcmp(name, "cuda") == 0;
}

static bool is_of_parameters(const char *name)
{
	static const char *const names[] = { "load_state_dict", "named_parameters", "zero_grad",
					     "requires_grad_", NULL };

	return is_one_of(name, names);
}

static bool visit_use(struct py_node *n, void *data)
{
	struct module_use *use = data;
	const struct py_node *callee = n->kind == PY_CALL ? n->a : NULL;

	bool of_modules, of_parameters;

	if (!callee)
		return true;
	use->is_called |= n->list.n && is_same_place(callee, use->network);
	if (callee->kind != PY_ATTR || !is_same_place(callee->a, use->network))
		return true;
	of_parameters = is_switch(n) || is_of_parameters(callee->name);
	of_modules = of_parameters || is_of_modules(callee->name);
	use->found |=
		of_parameters || (!use->of_parameters && (of_modules || is_mover(callee->name)));
	use->is_called |= of_modules;
	return true;
}

/* The function that a name stands in; of an attribute of self, the class. */
static const struct py_node *place_of(const struct unit *u, const struct py_node *network)
{
	const struct scope *scope = names_scope(u, network);
	bool of_class = network->kind == PY_ATTR;

	while (scope && scope->outer &&
	       (scope->node->kind == PY_COMP || (of_class && scope->node->kind != PY_CLASS)))
		scope = scope->outer;
	return scope ? scope->node : NULL;
}

static struct module_use use_of(const struct unit *u, const struct py_node *network,
				bool of_parameters)
{
	struct module_use use = { .network = network, .of_parameters = of_parameters };
	const struct py_node *place;

	if (network->kind != PY_NAME && (network->kind != PY_ATTR || network->a->kind != PY_NAME))
		return use;
	place = place_of(u, network);
	if (place)
		ast_walk((struct py_node *)(uintptr_t)place, visit_use, &use);
	return use;
}

bool network_is_used(const struct unit *u, const struct py_node *network)
{
	return use_of(u, network, false).found;
}

/* A name of another function is not bound here. */
static bool is_bound_here(const struct unit *u, const struct py_node *n)
{
	const struct scope *scope = NULL;

	if (n->kind == PY_ATTR)
		return n->a->kind == PY_NAME && strcmp(n->a->name, "self") == 0;
	return n->kind == PY_NAME && names_find(u, n, n->name, &scope) &&
	       scope == names_scope(u, n);
}

static bool ends_in(const char *name, const char *word)
{
	size_t n = strlen(name), n_word = strlen(word);

	return n >= n_word && strcasecmp(name + n - n_word, word) == 0;
}

/* What a network is called, last word first: policy_net, self.generator, netG. */
static bool is_network_name(const char *name)
{
	static const char *const ends[] = { "model",    "net",           "network", "encoder",
					    "decoder",  "generator",     "actor",   "critic",
					    "policy",   "backbone",      "unet",    "classifier",
					    "detector", "discriminator", "vae",     NULL };
	static const char *const begins[] = { "model_", "net_", "netG", "netD", NULL };
	bool found = strcmp(name, "G") == 0 || strcmp(name, "D") == 0;

	for (size_t i = 0; ends[i] && !found; i++)
		found = ends_in(name, ends[i]);
	for (size_t i = 0; begins[i] && !found; i++)
		found = starts_with(name, begins[i]);
	return found;
}

/* Not all that can be called and moved has parameters: a loss has none, as a rule. Who calls net.eval() or hands net.parameters()
 * to an optimizer has one that does; so have those that are called model. */
bool network_has_parameters(const struct unit *u, const struct py_node *network)
{
	if (network->kind != PY_NAME && (network->kind != PY_ATTR || network->a->kind != PY_NAME))
		return false;
	return is_network_name(network->name) || use_of(u, network, true).found;
}

bool model_moves_itself(const struct unit *u, const struct py_node *call)
{
	const struct py_node *network =
		call->a->kind == PY_ATTR && is_mover(call->a->name) ? call->a->a : NULL;

	return network && is_bound_here(u, network) &&
	       (use_of(u, network, false).is_called || network_has_parameters(u, network));
}

/* ---- its call ---- */

/* Wrappers around a network may take what it says to the CPU. */
bool is_of_wrappers(const char *name)
{
	static const char *const begins[] = {
		"predict", "infer",   "detect", "transcribe", "decode",   "to_",       "post",
		"get_",    "act",     "select", "as_",        "_predict", "score",     "tolist",
		"process", "collate", "test",   "eval",       "rank",     "recommend", "metric"
	};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (starts_with(name, begins[i]))
			return true;
	return strcmp(name, "cpu") == 0;
}

/* What was moved itself, or a part of it (net.encoder), or a method (net.encode). */
static bool was_moved(const struct value *v)
{
	const struct origin *o = v->origin;

	for (; o && o->kind == FROM_PART; o = o->before)
		if (o->node->kind != PY_ATTR || is_of_wrappers(o->node->name))
			return false;
	return o && o->kind == FROM_MOVE;
}

static bool is_on(const struct scene *x, const struct value *v, struct device d)
{
	return v && is_placed(v) && device_meet(state_device(x->s, v), d) == MEET_SAME;
}

/* A tensor, or a list or dict of them. */
bool network_is_given_on(const struct scene *x, const struct call *c, struct device d)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;
		const struct object *o = object_of(x, v);

		if (is_on(x, v, d))
			return true;
		if (!o || o->kind == OBJ_MODULE)
			continue;
		if (is_on(x, o->element, d) || (o->fields.n && is_on(x, o->fields.v[0].value, d)))
			return true;
	}
	return false;
}

/* A GPU, or a device that the code chose: where the first argument is that is on such a one. */
static struct device device_given(const struct scene *x, const struct call *c)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const struct value *v = c->args[i].value;
		const struct object *o = object_of(x, v);

		if (o && o->kind != OBJ_MODULE && c->args[i].stars == 2)
			v = o->element ? o->element : o->fields.n ? o->fields.v[0].value : v;

		struct device d = is_placed(v) ? state_device(x->s, v) : (struct device){ 0 };

		if (d.kind == DEV_CUDA || (d.kind == DEV_ARG && (d.sym & SYM_CHOSEN)))
			return d;
	}
	return cuda_device(-1);
}

/* What calls it, without .forward. */
static const struct py_node *network_node(const struct call *c)
{
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;

	if (callee && callee->kind == PY_ATTR && strcmp(callee->name, "forward") == 0)
		return callee->a;
	return callee;
}

/* CharbonnierLoss(), losses.EdgeLoss(eps): a class by its spelling. */
static bool makes_loss(const struct py_node *n)
{
	const struct py_node *callee = n && n->kind == PY_CALL ? n->a : NULL;

	return callee && (callee->kind == PY_NAME || callee->kind == PY_ATTR) &&
	       ends_with(callee->name, "Loss") && callee->name[0] >= 'A' && callee->name[0] <= 'Z';
}

struct stores {
	const struct py_node *attr; /* self.criterion */
	bool of_losses, of_others;
};

static bool look_at_store(struct py_node *n, void *data)
{
	struct stores *s = data;

	if (n->kind != PY_ASSIGN)
		return true;
	for (size_t i = 0; i < n->list.n; i++) {
		if (!is_same_place(n->list.v[i], s->attr))
			continue;
		s->of_losses |= makes_loss(n->a);
		s->of_others |= !makes_loss(n->a);
	}
	return true;
}

/* criterion, which was made by CharbonnierLoss(): what such a class gives is a tensor, where its operands are. */
static bool is_loss(const struct unit *u, const struct py_node *callee)
{
	struct stores s = { .attr = callee };
	const struct py_node *place;

	if (callee->kind == PY_NAME)
		return makes_loss(local_value(local_of((struct unit *)(uintptr_t)u), callee));
	place = is_bound_here(u, callee) ? place_of(u, callee) : NULL;
	if (place)
		ast_walk((struct py_node *)(uintptr_t)place, look_at_store, &s);
	return s.of_losses && !s.of_others;
}

static bool is_likely(const struct unit *u, const struct py_node *callee)
{
	bool is_own = callee->kind == PY_ATTR && callee->a->kind == PY_NAME &&
		      strcmp(callee->a->name, "self") == 0;

	bool has_name = (is_own || callee->kind == PY_NAME) && is_network_name(callee->name);

	/* Detectors give boxes, decoders may give texts. */
	if (has_name && !ends_in(callee->name, "detector") && !ends_in(callee->name, "decoder"))
		return true;
	return network_is_told(u, callee) || is_loss(u, callee);
}

/* ---- networks that callers hand over ---- */

struct reckoning {
	const struct unit *u;
	const char *name; /* of the network */
	bool with_gpus, with_cpu;
};

static bool is_named(const struct py_node *n, const char *name)
{
	return n && (n->kind == PY_NAME || n->kind == PY_ATTR) && strcmp(n->name, name) == 0;
}

static bool is_device_word(const char *name)
{
	return name && strcmp(name, "device") == 0;
}

/* net.to(device), net.cuda(); net.cpu(), net.to("cpu") */
static void reckon_move(struct reckoning *r, const struct py_node *call)
{
	const struct py_node *to = call->list.n ? call->list.v[0]->a : NULL;

	if (call->a->kind != PY_ATTR || !is_named(call->a->a, r->name))
		return;
	if (strcmp(call->a->name, "cpu") == 0 ||
	    (to && to->kind == PY_STRING && strcmp(to->name, "cpu") == 0))
		r->with_cpu = true;
	else if (strcmp(call->a->name, "cuda") == 0 ||
		 (strcmp(call->a->name, "to") == 0 && to &&
		  (is_device_word(to->name) ||
		   (to->kind == PY_STRING && to->name && starts_with(to->name, "cuda")))))
		r->with_gpus = true;
}

/* extract(model=self.model, loader=loader, device=device) */
static void reckon_arguments(struct reckoning *r, const struct py_node *call)
{
	bool network = false, device = false;

	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		network |= is_named(arg->a, r->name);
		device |= is_named(arg->a, "device") || is_device_word(arg->name);
	}
	r->with_gpus |= network && device;
}

/* def __init__(self, net: nn.Module, device: torch.device) */
static void reckon_params(struct reckoning *r, const struct py_params *params)
{
	bool network = false, device = false;

	for (size_t i = 0; i < params->n; i++) {
		network |= strcmp(params->v[i].name, r->name) == 0;
		device |= is_device_word(params->v[i].name);
	}
	r->with_gpus |= network && device;
}

static bool reckon(struct py_node *n, void *data)
{
	struct reckoning *r = data;

	if (n->kind == PY_FUNC)
		reckon_params(r, &n->params);
	if (n->kind != PY_CALL)
		return true;
	reckon_move(r, n);
	reckon_arguments(r, n);
	return true;
}

/* What a network says is compared with what the exported one says: on the CPU. */
static bool compares_runtimes(const struct unit *u)
{
	static const char *const runtimes[] = { "onnxruntime", "InferenceSession", "openvino",
						"coremltools", "tflite" };

	for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
		if (local_has_word(u, runtimes[i]))
			return true;
	return false;
}

/* Elsewhere in the class, or in the file, the network of this name goes together with a device. */
static bool is_for_gpus(const struct unit *u, const struct py_node *network)
{
	struct reckoning r = { .u = u, .name = network->name };
	const struct scope *scope = names_scope(u, network);

	while (scope && scope->outer && (network->kind == PY_NAME || scope->node->kind != PY_CLASS))
		scope = scope->outer;
	if (scope)
		ast_walk((struct py_node *)(uintptr_t)scope->node, reckon, &r);
	return r.with_gpus && !r.with_cpu && !compares_runtimes(u);
}

/* Where its input is, if that is for the callers to say: it is together with what they gave. */
static bool is_handed_over(const struct scene *x, const struct call *c, const struct py_node *node,
			   struct device *ret_device)
{
	const struct unit *u = interp_unit(x->in);
	bool is_own = node->kind == PY_ATTR && node->a->kind == PY_NAME &&
		      strcmp(node->a->name, "self") == 0;
	struct device d = { 0 };

	if (!interp_is_library(x->in) || is_run_on_cpu(x) || (node->kind != PY_NAME && !is_own))
		return false;
	for (size_t i = 0; i < c->n_args && d.kind != DEV_ARG; i++) {
		const struct value *v = c->args[i].value;

		if (is_placed(v) && v->origin && v->origin->kind == FROM_ARGUMENT)
			d = state_device(x->s, v);
	}
	if (d.kind != DEV_ARG || !is_likely(u, node) || !is_for_gpus(u, node))
		return false;
	*ret_device = d;
	return true;
}

/* A tensor of a caller, as it came. */
static bool is_given_argument(const struct scene *x, const struct call *c, struct device d)
{
	const struct value *v = c->n_args && !c->args[0].stars ? c->args[0].value : NULL;

	return v && is_tensor(v) && v->origin && v->origin->kind == FROM_ARGUMENT &&
	       interp_is_library(x->in) && (d.kind == DEV_ARG || d.kind == DEV_CUDA) &&
	       state_device(x->s, v).kind == DEV_ARG && !is_run_on_cpu(x);
}

bool network_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *v = c->self;
	const struct py_node *node = network_node(c);
	struct device d = v->kind == VAL_PLACED ? state_device(x->s, v) : (struct device){ 0 };
	bool forward = strcmp(c->name, "forward") == 0, moved;
	/* vae.encode(x); a tokenizer's takes no tensor. */
	bool encodes = strcmp(c->name, "encode") == 0;

	if ((strcmp(c->name, "__call__") != 0 && !forward && !encodes) || !node || v->maybe)
		return false;
	/* OpenMMLab's models give arrays then (mmaction2 0.x: recognizers/base.py, forward_test). */
	if (call_keyword(c, "return_loss"))
		return false;
	moved = v->kind == VAL_PLACED && was_moved(v) && d.kind != DEV_UNKNOWN;
	/* Somebody else has moved it, or may have: it takes what is on the GPU. */
	if (!moved)
		d = device_given(x, c);
	if (!moved && !encodes && !network_is_given_on(x, c, d) && is_handed_over(x, c, node, &d)) {
		*ret = value_placed(x->a, d, origin_here(x, FROM_NETWORK, v->origin));
		return true;
	}
	if (d.kind == DEV_CPU || d.kind == DEV_UNKNOWN)
		return false;
	/* Where it is that a class has moved is where its callers' things are. */
	if (!network_is_given_on(x, c, d) && (!moved || encodes || !is_given_argument(x, c, d)))
		return false;
	/* Asked last: the whole file is searched for an answer. */
	if (!moved && (encodes || !is_likely(interp_unit(x->in), node)))
		return false;
	*ret = value_placed(x->a, d, origin_here(x, FROM_NETWORK, v->origin));
	return true;
}

bool network_gave(const struct origin *o)
{
	for (; o; o = o->before) {
		if (o->kind == FROM_NETWORK)
			return true;
		if (o->kind == FROM_MOVE || o->kind == FROM_CPU_CALL)
			return false;
	}
	return false;
}

/* ---- read networks with parts that were not ---- */

/* What of a result is not known is where the module is, if it is a tensor. */
static const struct value *filled(const struct scene *x, const struct value *result,
				  const struct value *placed)
{
	const struct object *o = object_of(x, result);
	const struct value *items[8];

	if (result->kind == VAL_UNKNOWN && !result->maybe)
		return placed;
	if (!o || o->kind != OBJ_TUPLE || o->element || o->is_open || o->fields.n > 8)
		return result;
	for (size_t i = 0; i < o->fields.n; i++) {
		items[i] = o->fields.v[i].value;
		if (items[i]->kind == VAL_UNKNOWN && !items[i]->maybe)
			items[i] = placed;
	}
	return tuple_of(x, items, o->fields.n);
}

static bool has_unknown(const struct scene *x, const struct value *result)
{
	const struct object *o = object_of(x, result);
	bool found = result->kind == VAL_UNKNOWN && !result->maybe;

	for (size_t i = 0; o && o->kind == OBJ_TUPLE && i < o->fields.n; i++)
		found |= o->fields.v[i].value->kind == VAL_UNKNOWN;
	return found;
}

const struct value *model_read_result(struct interp *in, struct state *s, const struct call *c,
				      const struct value *result)
{
	struct scene x = scene_of(in, s, c->node);
	const struct object *o = object_of(&x, c->self);
	struct place p;

	if (!has_unknown(&x, result) || !o || o->kind != OBJ_MODULE || !o->cls)
		return result;
	p = module_place(&x, c->self->object);
	/* What it holds is not known, but it was moved as a whole. */
	if (!p.has_tensors || p.device.kind == DEV_UNKNOWN)
		p.device = o->moved || !p.has_tensors ? o->device : p.device;
	if (p.device.kind != DEV_CUDA && p.device.kind != DEV_ARG)
		return result;
	if (!network_is_given_on(&x, c, p.device) || !klass_leaves_results(s, o->cls))
		return result;
	return filled(&x, result, value_placed(x.a, p.device, origin_here(&x, FROM_NETWORK, NULL)));
}
