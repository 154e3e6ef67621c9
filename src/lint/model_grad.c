// SPDX-License-Identifier: Apache-2.0
/* Gradients that are handed to autograd: each must be where its output is, unless it has no dimension. torch's engine raises
 * "invalid gradient at index 0 - expected device cuda:0 but got cpu" (validate_outputs in torch/csrc/autograd/engine.cpp).
 *
 * What it cannot know: where an output is that unread code made; it is made of the inputs, and taken to be where they are. */
#include "lint/model_parts.h"

#include <string.h>

static const struct parameter gradient = { .name = { "grad_outputs", 12 }, .code = 't' };

/* The n-th of a list or tuple that is known item by item, or the thing itself; NULL: there is none. */
static const struct value *item_of(const struct scene *x, const struct value *v, size_t n)
{
	const struct object *o = object_of(x, v);

	if (!o)
		return n == 0 ? v : NULL;
	if ((o->kind != OBJ_LIST && o->kind != OBJ_TUPLE) || o->element || o->is_open ||
	    n >= o->fields.n)
		return NULL;
	return o->fields.v[n].value;
}

/* Is it a display, the expression of the item. */
static const struct py_node *node_of(const struct py_node *n, size_t i)
{
	bool shown = n && (n->kind == PY_LIST || n->kind == PY_TUPLE) && i < n->list.n;

	return shown ? n->list.v[i] : n;
}

/* Something of the inputs that is known to be somewhere. */
static const struct value *placed_input(const struct scene *x, const struct value *inputs)
{
	const struct object *o = inputs ? object_of(x, inputs) : NULL;

	if (inputs && is_placed(inputs))
		return inputs;
	if (!o || (o->kind != OBJ_LIST && o->kind != OBJ_TUPLE && o->kind != OBJ_ITERATOR))
		return NULL;
	if (o->element)
		return is_placed(o->element) ? o->element : NULL;
	for (size_t i = 0; i < o->fields.n; i++)
		if (is_placed(o->fields.v[i].value))
			return o->fields.v[i].value;
	return NULL;
}

struct pair {
	const struct value *output, *grad;
	const struct py_node *output_node, *grad_node;
};

static void meet_pair(const struct scene *x, const struct pair *p)
{
	struct mix m = { .is_gradient = true };

	mix_add(x, &m, p->output, p->output_node, &gradient);
	mix_add(x, &m, p->grad, p->grad_node, &gradient);
	mix_run(x, &m);
}

static bool is_host_made(const struct scene *x, const struct value *v)
{
	return is_tensor(v) && v->origin && v->origin->kind == FROM_FACTORY &&
	       v->zero_dim == TRI_NO && state_device(x->s, v).kind == DEV_CPU &&
	       !is_told_where(v->origin->node);
}

static bool is_open(const struct scene *x, const struct value *v)
{
	return (v->kind == VAL_UNKNOWN && !v->maybe) ||
	       (v->kind == VAL_PLACED && state_device(x->s, v).kind == DEV_UNKNOWN);
}

static void meet_inputs(const struct scene *x, const struct pair *p, const struct value *input,
			const struct py_node *at)
{
	struct mix m = { .is_gradient = true,
			 .note = arena_fmt(x->a,
					   "this holds where %s is on the device of the inputs",
					   text_at(x, interp_unit(x->in), p->output_node)) };
	struct mix_operand of_input = {
		.value = input, .node = at, .role = gradient.name, .must = true
	};
	struct mix_operand made = {
		.value = p->grad, .node = p->grad_node, .role = gradient.name, .must = true
	};
	enum meeting meeting;

	if (!input || !at || is_run_on_cpu(x) || state_has_lost(x->s, input))
		return;
	of_input.device = state_device(x->s, input);
	made.device = cpu_device();
	meeting = device_meet(of_input.device, made.device);
	if (meeting == MEET_CLASH || meeting == MEET_CLASH_ON_GPU)
		blame(x, &m, &of_input, &made, MEET_CLASH_ON_GPU);
}

/* `names`: of outputs, inputs (NULL: there are none) and gradients, in their order. */
static void check_gradients(const struct scene *x, const struct call *c, const char *const *names)
{
	size_t second = names[1] ? 2 : 1;
	const struct value *outputs = call_argument(c, 0, names[0]);
	const struct value *inputs = names[1] ? call_argument(c, 1, names[1]) : NULL;
	const struct value *with = call_argument(c, second, names[2]);
	const struct py_node *at = argument_node(c, 0, names[0]);
	const struct py_node *with_at = argument_node(c, second, names[2]);

	for (size_t i = 0; outputs && with && at && with_at; i++) {
		struct pair p = { .output = item_of(x, outputs, i),
				  .grad = item_of(x, with, i),
				  .output_node = node_of(at, i),
				  .grad_node = node_of(with_at, i) };

		if (!p.output || !p.grad)
			break;
		if (is_tensor(p.output) && is_tensor(p.grad)) {
			meet_pair(x, &p);
		} else if (is_open(x, p.output) && is_host_made(x, p.grad)) {
			meet_inputs(x, &p, placed_input(x, inputs), argument_node(c, 1, "inputs"));
		}
	}
}

/* autograd.grad(y, x, grad_outputs=v): a tuple of what is where the inputs are; v must be where y is. */
bool run_grad(const struct scene *x, const struct call *c, const struct lint_api_row *row,
	      const struct value **ret)
{
	static const char *const names[] = { "outputs", "inputs", "grad_outputs" };
	const struct value *inputs = call_argument(c, 1, "inputs");

	(void)row;
	if (!call_argument(c, 0, "outputs") || !inputs)
		return false;
	check_gradients(x, c, names);
	if (!is_placed(inputs)) {
		*ret = sequence_of(x, OBJ_TUPLE, value_unknown());
		return true;
	}
	if (!is_tensor(inputs)) {
		/* One tensor or several: as many come back. */
		*ret = sequence_of(x, OBJ_TUPLE,
				   tensor_of(x, state_device(x->s, inputs), 0, inputs->origin));
		return true;
	}
	inputs = tensor_moved(x, inputs, state_device(x->s, inputs), inputs->origin);
	*ret = tuple_of(x, &inputs, 1);
	return true;
}

/* autograd.backward([y, z], [v, w]) */
bool run_backward(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		  const struct value **ret)
{
	static const char *const names[] = { "tensors", NULL, "grad_tensors" };

	(void)row;
	check_gradients(x, c, names);
	*ret = value_none();
	return true;
}

void check_backward(const struct scene *x, const struct call *c)
{
	const struct value *v = call_argument(c, 0, "gradient");
	struct pair p = { .output = c->self,
			  .grad = v,
			  .grad_node = argument_node(c, 0, "gradient") };

	if (strcmp(c->name, "backward") != 0 || !v || c->node->kind != PY_CALL ||
	    c->node->a->kind != PY_ATTR)
		return;
	p.output_node = c->node->a->a;
	if (is_tensor(c->self) && is_tensor(v) && p.grad_node)
		meet_pair(x, &p);
}
