// SPDX-License-Identifier: Apache-2.0
/* Calls of what was not read, where the code around it tells what it is. What is asked for return_tensors="pt" is a tokenizer or a
 * processor: its tensors are on the CPU. What was moved to a device and is called with what a tokenizer gave, or had its
 * parameters handed to an optimizer, is a network with parameters there: a tensor on the CPU must not be its input. That the
 * network moves its input itself cannot be known: hence warnings. */
#include "lint/model_parts.h"

#include <string.h>

#include "core/str.h"

/* What these do leaves a network where it is. */
static const char *const stay[] = { "eval", "train", "zero_grad", "requires_grad_", NULL };

/* Methods, no parts, of a network or a tokenizer. */
bool unread_has_method(const char *name)
{
	static const char *const names[] = { "parameters",        "buffers", "encode_plus",
					     "batch_encode_plus", "encode",  "pad",
					     "load_state_dict",   NULL };

	return is_one_of(name, names) || is_one_of(name, stay);
}

static bool asks_for_tensors(const struct call *c)
{
	const struct value *kind = call_keyword(c, "return_tensors");

	return kind && kind->kind == VAL_STR && kind->is_known && strcmp(kind->text, "pt") == 0 &&
	       !call_keyword(c, "device");
}

static bool tokenize(const struct scene *x, const struct call *c, const struct value **ret)
{
	static const char *const of_dicts[] = { "__call__", "encode_plus", "batch_encode_plus",
						"pad", NULL };

	if (!asks_for_tensors(c))
		return false;
	if (is_one_of(c->name, of_dicts))
		*ret = tokenizer_encoding(x);
	else if (strcmp(c->name, "encode") == 0)
		*ret = tensor_of(x, cpu_device(), 1, origin_here(x, FROM_TOKENIZER, NULL));
	else
		return false;
	return true;
}

/* ---- networks ---- */

static const char *parameters_key(const struct scene *x, const struct origin *o)
{
	return arena_fmt(x->a, "parameters of %p", (const void *)o);
}

void unread_parameters(const struct scene *x, const struct value *v)
{
	const struct object *o = object_of(x, v);

	if (o && o->element)
		v = o->element;
	if (v->kind == VAL_PLACED && v->origin)
		note_set(x, parameters_key(x, v->origin), value_bool(x->a, true));
}

static bool is_encoding(const struct scene *x, const struct value *v)
{
	return is_instance(x, v, "BatchEncoding") && object_of(x, v)->element;
}

static const char *unless_it_moves(const struct scene *x, const struct py_node *callee)
{
	return arena_fmt(x->a, "this holds unless %s, which was not read, moves its input itself",
			 text_at(x, interp_unit(x->in), callee));
}

static void check_input(const struct scene *x, const struct call *c, const struct value *input,
			const struct py_node *node)
{
	static const struct bytes role = { "input", 5 };
	const struct py_node *call = c->node->kind == PY_CALL ? c->node->a : c->node;
	/* Of net.encode the network. */
	bool is_method = call->kind == PY_ATTR &&
			 (strcmp(c->name, "__call__") != 0 || c->self->origin->kind == FROM_PART);
	const struct py_node *callee = is_method ? call->a : call;
	struct mix m = { .operation = c->name,
			 .note = unless_it_moves(x, callee),
			 .is_unread = true };
	struct mix_operand network = { .value = c->self,
				       .node = callee,
				       .must = true,
				       .device = state_device(x->s, c->self) };
	struct mix_operand given = {
		.value = input, .node = node, .role = role, .device = state_device(x->s, input)
	};
	enum meeting meeting = device_meet(network.device, given.device);

	if ((given.device.kind == DEV_BATCH ||
	     (given.device.kind == DEV_CPU && input->zero_dim != TRI_YES)) &&
	    (meeting == MEET_CLASH || meeting == MEET_CLASH_ON_GPU))
		blame(x, &m, &network, &given, MEET_CLASH_ON_GPU);
}

/* A batch as it came, of which the code takes other parts for the CPU's, or where the same expression was moved in another loop.
 * DataParallel would move it by itself. */
static void check_batch(const struct scene *x, const struct call *c, const struct call_arg *a)
{
	const struct unit *u = interp_unit(x->in);

	if (a->name || a->stars || !is_placed(a->value) ||
	    state_device(x->s, a->value).kind != DEV_BATCH || c->node->kind != PY_CALL ||
	    memmem(u->text, u->n_text, "DataParallel", 12))
		return;
	if (batch_is_moved_elsewhere(u, c->node->a, a->node) && network_is_told(u, c->node->a))
		batch_take_for_cpu(x, a->value);
	if (batch_is_taken_for_cpu(x, a->value) && network_has_parameters(u, c->node->a))
		check_input(x, c, a->value, a->node);
}

/* A tensor of the CPU: it meets parameters, if there are some. */
static bool is_host_input(const struct scene *x, const struct call *c, const struct call_arg *a)
{
	if (a->name || a->stars || !is_tensor(a->value) || a->value->device.kind == DEV_BATCH)
		return false;
	/* Who takes it to the CPU means it. */
	if (a->value->origin && a->value->origin->kind == FROM_CPU_CALL)
		return false;
	return note_get(x, parameters_key(x, c->self->origin)) ||
	       (state_device(x->s, a->value).kind == DEV_CPU && c->node->kind == PY_CALL &&
		network_has_parameters(interp_unit(x->in), c->node->a));
}

static bool has_text(const struct unit *u, const char *text)
{
	return memmem(u->text, u->n_text, text, strlen(text)) != NULL;
}

/* A tensor that the code put where its device is, or that is where an argument is. */
static bool is_put_there(const struct scene *x, const struct value *v)
{
	enum dev_kind kind = is_tensor(v) ? state_device(x->s, v).kind : DEV_UNKNOWN;

	return kind == DEV_CUDA || kind == DEV_ARG;
}

/* Lengths belong on the CPU: packing wants them there. */
static bool is_about_lengths(const struct scene *x, const struct call_arg *a)
{
	const struct origin *o = a->value->origin;

	return strstr(text_at(x, interp_unit(x->in), a->node), "len") ||
	       strstr(text_at(x, o->unit, o->node), "len") || (a->name && strstr(a->name, "len"));
}

static bool is_made_on_host(const struct scene *x, const struct call_arg *a)
{
	const struct value *v = a->value;

	return !a->stars && is_tensor(v) && state_device(x->s, v).kind == DEV_CPU && v->origin &&
	       v->origin->kind == FROM_FACTORY && v->zero_dim != TRI_YES && !is_about_lengths(x, a);
}

/* net(noise, labels): what was made on the CPU beside what is on the GPU. Both go into one network. */
static void check_neighbours(const struct scene *x, const struct call *c)
{
	static const struct bytes role = { "input", 5 };
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;
	const struct call_arg *there = NULL;

	if (!callee || strcmp(c->name, "__call__") != 0)
		return;
	for (size_t i = 0; i < c->n_args && !there; i++)
		if (!c->args[i].stars && is_put_there(x, c->args[i].value))
			there = &c->args[i];
	for (size_t i = 0; there && i < c->n_args; i++) {
		const struct call_arg *a = &c->args[i];
		struct mix m = { .operation = c->name };
		struct mix_operand neighbour = { .value = there->value,
						 .node = there->node,
						 .role = role,
						 .must = true,
						 .device = state_device(x->s, there->value) };
		struct mix_operand given = {
			.value = a->value, .node = a->node, .role = role, .device = cpu_device()
		};

		/* Asked last: the whole file is searched for an answer. */
		if (!is_made_on_host(x, a) || !network_has_parameters(interp_unit(x->in), callee))
			continue;
		m.note = unless_it_moves(x, callee);
		blame(x, &m, &neighbour, &given, MEET_CLASH_ON_GPU);
	}
}

/* self.device = self.model.device: the code around a network that was handed over reckons with one on a GPU. */
static bool is_asked_where(const struct scene *x, const struct call *c)
{
	const struct py_node *callee = c->node->kind == PY_CALL ? c->node->a : NULL;
	const struct origin *o = c->self->origin;
	const char *attribute, *parameter;

	if (o->kind != FROM_ARGUMENT || !o->unit || !callee ||
	    (callee->kind != PY_NAME && callee->kind != PY_ATTR))
		return false;
	attribute = arena_fmt(x->a, "%s.device", callee->name);
	parameter = arena_fmt(x->a, "%s.parameters()).device", callee->name);
	return has_text(o->unit, attribute) || has_text(o->unit, parameter);
}

/* f(**encoding), f(input_ids=encoding["input_ids"]), net(tensor). */
static bool call_network(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *v = c->self;
	bool known = false;

	/* What an argument is, and where, its caller knows; there may be none with a GPU. */
	if (v->kind != VAL_PLACED || !v->origin || strcmp(c->name, "__call__") != 0 ||
	    state_device(x->s, v).kind == DEV_UNKNOWN)
		return false;
	if (v->origin->kind != FROM_MOVE && !is_asked_where(x, c))
		return false;
	for (size_t i = 0; i < c->n_args; i++) {
		const struct call_arg *a = &c->args[i];

		if (i == 0)
			check_batch(x, c, a);
		if (a->stars == 2 && is_encoding(x, a->value))
			check_input(x, c, object_of(x, a->value)->element, a->node);
		else if (i == 0 && is_host_input(x, c, a))
			check_input(x, c, a->value, a->node);
		else
			continue;
		known = true;
	}
	*ret = value_placed(x->a, state_device(x->s, v), origin_here(x, FROM_NETWORK, v->origin));
	return known;
}

/* net.encode(src), vae.decode(z): what a forward does, in parts and under other names. Wrappers have other methods: those that move
 * their input themselves are called predict, score, infer. */
static void check_method(const struct scene *x, const struct call *c)
{
	static const char *const names[] = { "encode",   "decode",       "forward",
					     "generate", "embed",        "extract_features",
					     "log_prob", "get_features", "compute_loss",
					     "loss",     "sample",       NULL };
	const struct value *v = c->self;
	const struct call_arg *a = c->n_args ? &c->args[0] : NULL;
	const struct py_node *callee =
		c->node->kind == PY_CALL && c->node->a->kind == PY_ATTR ? c->node->a : NULL;
	const struct origin *o = v->origin;

	/* Of most names it is not known that they are methods: a part of the network is called. */
	if (o && o->kind == FROM_PART && o->node == callee)
		o = o->before;
	if (v->kind != VAL_PLACED || !o || o->kind != FROM_MOVE || !callee || !a || a->name ||
	    state_device(x->s, v).kind == DEV_UNKNOWN || !is_one_of(callee->name, names))
		return;
	if (is_made_on_host(x, a) && !is_run_on_cpu(x) &&
	    network_has_parameters(interp_unit(x->in), callee->a))
		check_input(x, c, a->value, a->node);
}

/* net.eval(), net.load_state_dict(saved) of what was moved. */
static bool keep_network(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct value *v = c->self;

	if (v->kind != VAL_PLACED || !v->origin || v->origin->kind != FROM_MOVE)
		return false;
	if (strcmp(c->name, "load_state_dict") == 0)
		unread_parameters(x, v);
	else if (!is_one_of(c->name, stay))
		return false;
	*ret = v;
	return true;
}

bool unread_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (network_made_call(x, c, ret) || tokenize(x, c, ret) || keep_network(x, c, ret))
		return true;
	check_neighbours(x, c);
	check_method(x, c);
	return call_network(x, c, ret) || network_call(x, c, ret);
}
