// SPDX-License-Identifier: Apache-2.0
/* Sequences of several lengths: pack_padded_sequence wants the lengths on the host, wherever the sequences are (torch 1.7 and
 * later; a list will do).
 *
 * Of a forward that is given x and lengths apart nobody knows where the lengths are: its callers may well keep them on the CPU for
 * this very call. What is counted in x itself is where x is, though, and what comes in one dict with it was moved with
 * it, as a rule: a warning. Not where something in the function goes to the CPU, or is moved: then the function may
 * know what it does. */
#include "lint/model_parts.h"

#include <string.h>

#include "core/str.h"
#include "lint/hangs.h"
#include "lint/names.h"

/* ---- what a function does with the argument ---- */

struct body {
	const char *name;
	const char *keys[2]; /* name["x"], name["n"] */
	bool moves;          /* something is moved, or copied to the host */
};

/* mask.to(torch.long) */
static bool is_of_torch(const struct py_node *call)
{
	const struct py_node *to = call->list.n == 1 ? call->list.v[0]->a : NULL;

	return to && to->kind == PY_ATTR && to->a->kind == PY_NAME &&
	       strcmp(to->a->name, "torch") == 0;
}

static bool look_at_body(struct py_node *n, void *data)
{
	static const char *const movers[] = { "cpu",   "to",      "cuda", "tolist",
					      "numpy", "type_as", "item", NULL };
	struct body *b = data;
	const struct py_node *key = n->kind == PY_SUBSCRIPT && n->list.n == 1 ? n->list.v[0] : NULL;

	if (n->kind == PY_CALL && n->a->kind == PY_ATTR && !is_of_torch(n))
		b->moves |= is_one_of(n->a->name, movers);
	if (!key || key->kind != PY_STRING || n->a->kind != PY_NAME ||
	    strcmp(n->a->name, b->name) != 0)
		return true;
	if (!b->keys[0])
		b->keys[0] = key->name;
	else if (strcmp(b->keys[0], key->name) != 0)
		b->keys[1] = key->name;
	return true;
}

static struct body body_of(const struct py_node *function, const char *name)
{
	struct body b = { .name = name };

	for (size_t i = 0; i < function->body.n; i++)
		ast_walk(function->body.v[i], look_at_body, &b);
	return b;
}

/* ---- lengths ---- */

/* n = (tokens != 0).sum(1), of the tokens alone that are packed, or what a layer made of them. */
static bool is_counted_in(const struct py_node *forward, const struct py_param *p,
			  const struct py_node *input, const struct py_node *lengths)
{
	struct hangs of_input = hangs_of(forward, input), of_lengths = hangs_of(forward, lengths);

	if (p != &forward->params.v[1] || !of_lengths.compares || !hangs_on(&of_input, p->name) ||
	    !hangs_on(&of_lengths, p->name))
		return false;
	for (size_t i = 1; i < forward->params.n; i++)
		if (&forward->params.v[i] != p && hangs_on(&of_lengths, forward->params.v[i].name))
			return false;
	return !of_input.is_cut && !of_lengths.is_cut;
}

static const struct py_param *param_of(const struct py_node *function, const struct origin *o)
{
	for (size_t i = 1; i < function->params.n; i++)
		if (function->params.v[i].node == o->node)
			return &function->params.v[i];
	return NULL;
}

/* n of `def decode(self, x, n: Tensor)`, or what is made of it. */
static bool is_annotated(const struct unit *u, const struct py_node *function,
			 const struct py_node *lengths)
{
	struct hangs h = hangs_of(function, lengths);
	bool found = false;

	for (size_t i = 0; i < function->params.n; i++) {
		const struct py_param *p = &function->params.v[i];
		const char *type = p->annotation ? lint_text(u, p->annotation, 200) : "";

		if (!hangs_on(&h, p->name) || strcmp(p->name, "self") == 0)
			continue;
		if (!strstr(type, "Tensor") || strstr(type, "Union") || strstr(type, "Any") ||
		    strchr(type, '|'))
			return false;
		found = true;
	}
	return found && !h.is_cut;
}

/* Lightning moves a batch as a whole; a forward is called with what its callers moved. */
static bool is_step(const struct py_node *function)
{
	static const char *const steps[] = { "training_step", "validation_step", "test_step",
					     "predict_step", NULL };

	return is_one_of(function->name, steps);
}

/* The lengths come out of an argument in which the sequences come as well. */
static bool came_with_input(const struct scene *x, const struct call *c,
			    const struct value *lengths)
{
	const struct origin *o = lengths->origin;
	const struct unit *u = interp_unit(x->in);
	const struct py_node *here = def_around(u, x->at), *entry, *node, *input;
	const struct py_param *p;

	if ((o->kind != FROM_ARGUMENT && o->kind != FROM_ITEM) || !o->node || !o->unit)
		return false;
	entry = def_around(o->unit, o->node);
	p = entry->kind == PY_FUNC && here->kind == PY_FUNC ? param_of(entry, o) : NULL;
	node = argument_node(c, 1, "lengths");
	input = argument_node(c, 0, "input");
	if (!p || !node || !input || body_of(entry, p->name).moves || body_of(here, "").moves)
		return false;
	if (is_step(entry) ||
	    (strcmp(entry->name, "forward") == 0 && body_of(entry, p->name).keys[1]))
		return is_tensor(lengths) || is_annotated(u, here, node);
	return strcmp(entry->name, "forward") == 0 && here == entry && o->unit == u &&
	       is_counted_in(entry, p, input, node);
}

/* Where callers that were not read use a GPU. */
static bool is_on_callers_gpu(const struct scene *x, const struct call *c,
			      const struct value *lengths)
{
	struct device d = is_placed(lengths) ? state_device(x->s, lengths) : (struct device){ 0 };
	const struct origin *o = lengths->origin;

	if (!interp_is_library(x->in) || d.kind != DEV_ARG || !o || is_run_on_cpu(x))
		return false;
	return o->kind == FROM_MOVE ? is_tensor(lengths) : came_with_input(x, c, lengths);
}

static const char *words_of_callers(const struct scene *x, const struct value *lengths)
{
	const struct origin *o = lengths->origin;

	if (o->kind == FROM_MOVE)
		return "where the device is a GPU, ";
	return arena_fmt(x->a, "when %s is on a GPU, ", o->node->name);
}

/* They are read on the host, wherever the sequences are. */
static void check_lengths(const struct scene *x, const struct call *c)
{
	const struct value *lengths = call_argument(c, 1, "lengths");
	struct unit *u = interp_unit(x->in);
	bool callers = lengths && is_on_callers_gpu(x, c, lengths);
	struct finding *f;

	if (!lengths ||
	    (!callers && (!is_tensor(lengths) || state_device(x->s, lengths).kind != DEV_CUDA)))
		return;
	f = interp_report(
		x->in, x->s, !callers, "operand-on-other-device", x->at,
		"%sraises RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor, "
		"but got 1D cuda:0 Long tensor",
		callers ? words_of_callers(x, lengths) : "");
	if (!f)
		return;
	if (callers)
		lint_set_severity(f, SEVERITY_WARNING);
	interp_assume(x->in, f, state_device(x->s, lengths));
	way_of_origin(x, f, lengths->origin);
	lint_advise(u, f, "copy the lengths to the host: lengths.cpu()");
}

bool pack_padded(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		 const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "input");

	(void)row;
	check_lengths(x, c);
	if (!first || !is_placed(first))
		*ret = value_unknown();
	else
		*ret = value_placed(x->a, state_device(x->s, first), first->origin);
	return true;
}

bool unpack_padded(const struct scene *x, const struct call *c, const struct lint_api_row *row,
		   const struct value **ret)
{
	const struct value *first = call_argument(c, 0, "sequence"), *items[2];

	(void)row;
	if (!first || !is_placed(first))
		return false;
	items[0] = tensor_of(x, state_device(x->s, first), 3, first->origin);
	items[1] = tensor_of(x, cpu_device(), 1, origin_here(x, FROM_CPU_CALL, NULL));
	*ret = tuple_of(x, items, 2);
	return true;
}
