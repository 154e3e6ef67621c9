// SPDX-License-Identifier: Apache-2.0
/* May these tensors meet in one operation, and where is the result?
 *
 * The rule is FakeTensor's (torch/_subclasses/fake_tensor.py, _find_common_device), word for word:
 * an operation fails when two tensor arguments that are no 0-dim CPU tensors are on different
 * devices. What is not known to have a dimension, or where it is, proves nothing. */
#include "lint/model_parts.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"

static struct mix_operand operand_of(const struct scene *x, const struct value *v,
				     const struct py_node *node, const struct parameter *p)
{
	struct mix_operand o = { .value = v, .node = node ? node : x->at };

	if (p) {
		o.role = p->name;
		o.must = p->code == 't' || p->code == 'l';
	}
	/* Lost since it was read: x > f(x.numpy()). */
	if (is_placed(v) && !state_has_lost(x->s, v))
		o.device = state_device(x->s, v);
	return o;
}

/* What a module gives back is no number: beside a tensor it is one. */
static bool is_output(const struct scene *x, const struct value *v)
{
	if (v->kind != VAL_PLACED || !v->origin)
		return false;
	return v->origin->kind == FROM_NETWORK ||
	       (v->origin->kind == FROM_PARAMETER && interp_is_library(x->in));
}

/* The input of a forward: what meets a tensor there is one, wherever the caller put it. */
static bool is_forward_input(const struct value *v)
{
	return v->kind == VAL_PLACED && v->text && strcmp(v->text, FORWARD_INPUT) == 0;
}

/* for x in loader: x = x.cuda(): no number. */
static bool was_moved(const struct value *v)
{
	return v->kind == VAL_PLACED && v->origin && v->origin->kind == FROM_MOVE;
}

/* An unknown value where only a tensor is accepted is a tensor whose device is not known. */
static bool takes_part(const struct scene *x, const struct mix_operand *o)
{
	return is_tensor(o->value) || is_output(x, o->value) || is_forward_input(o->value) ||
	       was_moved(o->value) || value_split(o->value) ||
	       (o->must && (o->value->kind == VAL_PLACED || o->value->kind == VAL_UNKNOWN));
}

static void add_items(const struct scene *x, struct mix *m, const struct object *o,
		      const struct py_node *node, const struct parameter *p)
{
	for (size_t i = 0; i < o->fields.n; i++) {
		struct mix_operand one = operand_of(x, o->fields.v[i].value, node, p);

		if (takes_part(x, &one))
			PUSH(x->a, &m->operands, one);
	}
	if (o->element) {
		struct mix_operand one = operand_of(x, o->element, node, p);

		if (takes_part(x, &one))
			PUSH(x->a, &m->operands, one);
	}
}

/* The expression of the n-th item of a display, for messages. */
static const struct py_node *item_node(const struct py_node *node, size_t i)
{
	bool shows = node && (node->kind == PY_LIST || node->kind == PY_TUPLE);

	return shows && i < node->list.n ? node->list.v[i] : node;
}

void mix_add(const struct scene *x, struct mix *m, const struct value *v,
	     const struct py_node *node, const struct parameter *p)
{
	const struct object *o = object_of(x, v);
	size_t first = m->operands.n;

	if (p && !p->code)
		return;
	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE)) {
		add_items(x, m, o, node, p);
		for (size_t i = first; i < m->operands.n; i++) {
			m->operands.v[i].node = item_node(node, i - first);
			m->operands.v[i].is_inside = m->operands.v[i].node == node;
		}
		return;
	}

	struct mix_operand one = operand_of(x, v, node, p);

	if (takes_part(x, &one))
		PUSH(x->a, &m->operands, one);
}

/* "cn,bc->bn": each operand has axes. */
static bool has_axes_each(const struct value *equation)
{
	const char *p =
		equation && equation->kind == VAL_STR && equation->is_known ? equation->text : "";

	while (*p == ' ' || isalpha((unsigned char)*p)) {
		p += strspn(p, " ");
		if (!isalpha((unsigned char)*p))
			return false;
		while (*p == ' ' || isalpha((unsigned char)*p))
			p++;
		if (*p != ',')
			return *p == '-' || *p == '\0';
		p++;
	}
	return false;
}

/* matmul, cat and their like raise on a 0-dim tensor, wherever it is. The others compare the devices of all their tensors, of 0-dim
 * ones too: native_functions.yaml (torch 1.13) has `device_check: NoCheck` for elementwise operations, and not for these. stack and
 * its like end in cat. */
static bool needs_dimensions(const struct call *c)
{
	static const char *const names[] = { "matmul",        "mm",
					     "bmm",           "mv",
					     "dot",           "addmm",
					     "baddbmm",       "cat",
					     "concat",        "stack",
					     "hstack",        "vstack",
					     "linear",        "conv1d",
					     "conv2d",        "conv3d",
					     "index_select",  "gather",
					     "scatter",       "scatter_",
					     "scatter_add",   "scatter_add_",
					     "index_add",     "index_add_",
					     "take",          "nll_loss",
					     "cross_entropy", "embedding",
					     "embedding_bag", NULL };
	const char *dot = strrchr(c->name, '.'), *name = dot ? dot + 1 : c->name;

	if (strcmp(c->name, "torch.einsum") == 0)
		return has_axes_each(call_positional(c, 0));
	return is_one_of(name, names);
}

/* nn.MultiheadAttention drops the mask that says what is_causal=True says as well, where no weights are asked for and no padding is
 * masked (torch 2.9.1, torch/nn/functional.py, multi_head_attention_forward); which of them holds is often not known. */
static bool is_dropped_mask(const struct call *c, const struct parameter *p)
{
	return p->name.n == strlen("attn_mask") &&
	       strncmp(p->name.v, "attn_mask", p->name.n) == 0 && call_keyword(c, "is_causal") &&
	       call_keyword(c, "need_weights") && !call_keyword(c, "key_padding_mask");
}

void mix_call(const struct scene *x, struct mix *m, const struct call *c, const char *params)
{
	struct parameter p = { 0 };
	size_t pos = 0;

	for (size_t position = 0; next_parameter(params, &pos, &p); position++) {
		const struct py_node *node = NULL;
		const struct value *v = parameter_value(x, c, position, &p, &node);

		if (!p.code || p.code == 'g' || is_dropped_mask(c, &p))
			continue;
		for (; v; v = p.is_rest ? parameter_value(x, c, ++position, &p, &node) : NULL)
			mix_add(x, m, v, node, &p);
	}
	if (needs_dimensions(c))
		for (size_t i = 0; i < m->operands.n; i++)
			m->operands.v[i].needs_dimension = true;
}

/* ---- the rule ---- */

static enum tri cpu_zero_dim(const struct mix_operand *o)
{
	bool counts = device_is_host(o->device) && o->value->kind != VAL_OBJECT && !o->is_written &&
		      !o->needs_dimension;

	return counts ? o->value->zero_dim : TRI_NO;
}

/* `.cuda()` without an index takes the current GPU, which is 0 unless somebody set it. */
static bool is_bare_cuda(const struct mix_operand *o)
{
	const struct origin *from = o->value->origin;
	const struct py_node *call = from && from->kind == FROM_MOVE ? from->node : NULL;

	return call && call->kind == PY_CALL && call->list.n == 0 && call->a->kind == PY_ATTR &&
	       strcmp(call->a->name, "cuda") == 0;
}

static void check_wrong_gpu(const struct scene *x, const struct mix_operand *a,
			    const struct mix_operand *b)
{
	const struct mix_operand *bare = is_bare_cuda(a) ? a : b, *other = bare == a ? b : a;

	if (!is_bare_cuda(bare) || other->device.kind != DEV_CUDA || other->device.index < 1 ||
	    bare->device.index >= 0 || note_get(x, "set_device"))
		return;

	const struct origin *from = bare->value->origin;
	struct finding *f = interp_report_in(
		x->in, x->s, false, "wrong-gpu-cuda-call", unit_of(from), from->node,
		"%s without an index takes the current GPU (0 unless set_device says otherwise); it meets a tensor on %s: "
		"RuntimeError: Expected all tensors to be on the same device",
		text_at(x, from->unit, from->node), device_name(x->a, other->device));

	if (!f)
		return;
	lint_way(unit_of(from), f, interp_unit(x->in), x->at, "meets a tensor on %s here",
		 device_name(x->a, other->device));
	lint_advise(unit_of(from), f, "name the GPU: .to(device) or .cuda(%d)",
		    other->device.index);
}

struct walk {
	const struct mix_operand *common;
	enum tri zero; /* is the common one a 0-dim CPU tensor? */
	bool doubt, raised;
	/* A tensor that may have a dimension was brought to the CPU to meet an argument: the caller has that on the CPU, too. */
	const struct mix_operand *brought;
};

static bool was_brought(const struct mix_operand *o)
{
	const struct origin *from = o->value->origin;

	return o->device.kind == DEV_CPU && from && from->kind == FROM_CPU_CALL &&
	       cpu_zero_dim(o) != TRI_YES;
}

/* What a network that nobody read said, taken to the CPU: what it is compared with there the caller has on the CPU. */
bool was_said_and_brought(const struct mix_operand *o)
{
	const struct origin *from = o->value->origin;

	return o->device.kind == DEV_CPU && from && from->kind == FROM_CPU_CALL &&
	       network_gave(from->before);
}

/* a.cpu() + b of two arguments: who takes the one to the CPU has the other there. a.cpu() + a raises. */
static bool was_brought_to(const struct mix_operand *o, const struct mix_operand *other)
{
	static const char *const movers[] = { "cpu", "to", NULL };
	const struct origin *from = o->value->origin;
	const struct py_node *call = from ? from->node : NULL;
	bool is_move = device_is_host(o->device) && from && from->kind == FROM_CPU_CALL && call &&
		       call->kind == PY_CALL && call->a->kind == PY_ATTR &&
		       is_one_of(call->a->name, movers);

	while (is_move && from && from->kind != FROM_ARGUMENT)
		from = from->before;
	return is_move && other->device.kind == DEV_ARG &&
	       (!from || other->device.sym != from->node->id);
}

static void clash(const struct scene *x, const struct mix *m, struct walk *w,
		  const struct mix_operand *o, enum meeting meeting)
{
	enum tri zero = cpu_zero_dim(o);

	if (zero == TRI_YES)
		return;
	if (meeting == MEET_CLASH_ON_GPU &&
	    (was_said_and_brought(w->common) || was_said_and_brought(o) ||
	     was_brought_to(w->common, o) || was_brought_to(o, w->common))) {
		w->doubt = true;
		return;
	}
	if (w->zero == TRI_NO && zero == TRI_NO) {
		blame(x, m, w->common, o, meeting);
		w->raised = true;
	}
	if (meeting == MEET_CLASH_ON_GPU && (was_brought(w->common) || was_brought(o)))
		w->brought = was_brought(o) ? o : w->common;
	if (device_is_host(w->common->device)) {
		w->common = o;
		w->zero = zero;
	}
}

/* Is its device but what most code of this kind means? */
static bool is_assumed(const struct mix_operand *o)
{
	return network_gave(o->value->origin) || is_taken_for_data(o->value->origin);
}

static void meet(const struct scene *x, const struct mix *m, struct walk *w,
		 const struct mix_operand *o)
{
	if (o->device.kind == DEV_UNKNOWN) {
		w->doubt = true;
		return;
	}
	if (!w->common) {
		w->common = o;
		w->zero = cpu_zero_dim(o);
		return;
	}

	enum meeting meeting = device_meet(w->common->device, o->device);

	if (meeting == MEET_CLASH && (is_assumed(w->common) || is_assumed(o)))
		meeting = MEET_CLASH_ON_GPU;
	if (meeting == MEET_CLASH || meeting == MEET_CLASH_ON_GPU) {
		clash(x, m, w, o, meeting);
		return;
	}
	if (meeting == MEET_SAME && w->common->device.kind == DEV_CUDA)
		check_wrong_gpu(x, w->common, o);
	if (meeting == MEET_SAME && w->zero != TRI_NO && cpu_zero_dim(o) == TRI_NO) {
		w->common = o;
		w->zero = TRI_NO;
	}
}

static void widen(struct mixed *r, const struct mix_operand *o, bool is_first)
{
	const struct value *v = o->value;

	if (v->kind == VAL_OBJECT)
		return;
	if (v->min_rank > r->rank)
		r->rank = v->min_rank;
	if (is_first) {
		r->first_rank = v->min_rank;
		r->zero_dim = v->zero_dim;
	} else if (v->zero_dim == TRI_NO) {
		r->zero_dim = TRI_NO;
	} else if (v->zero_dim != r->zero_dim && r->zero_dim == TRI_YES) {
		r->zero_dim = v->zero_dim;
	}
}

/* On one way it is on the CPU, and what it meets is where an argument is on all ways. */
static bool clash_of_split(const struct scene *x, const struct mix *m, size_t at)
{
	const struct split *split = value_split(m->operands.v[at].value);
	struct mix_operand cpu = m->operands.v[at];

	if (!split)
		return false;
	cpu.value = split->on_cpu;
	cpu.device = split->on_cpu->device;
	if (cpu_zero_dim(&cpu) != TRI_NO)
		return false;
	for (size_t i = 0; i < m->operands.n; i++) {
		const struct mix_operand *o = &m->operands.v[i];

		if (i == at || o->device.kind != DEV_ARG || (o->device.sym & SYM_CHOSEN) ||
		    cpu_zero_dim(o) != TRI_NO)
			continue;
		blame(x, m, &cpu, o, MEET_CLASH_ON_GPU);
		return true;
	}
	return false;
}

/* What the operation gives where the one operand is on the CPU, if no other says where it is. */
static void follow_split(const struct scene *x, const struct mix *m, struct mixed *r)
{
	struct mixed cpu = { 0 };
	struct mixed *copy;

	for (size_t i = 0; i < m->operands.n; i++) {
		struct mix_operand o = m->operands.v[i];
		const struct split *split = value_split(o.value);

		if ((split && r->split) || (!split && o.device.kind != DEV_UNKNOWN))
			return;
		if (split) {
			r->split = split;
			o.value = split->on_cpu;
		}
		widen(&cpu, &o, i == 0);
	}
	if (!r->split)
		return;
	cpu.device = r->split->on_cpu->device;
	cpu.origin = r->split->on_cpu->origin;
	copy = arena_alloc(x->a, sizeof *copy);
	*copy = cpu;
	r->on_cpu = copy;
}

struct mixed mix_run(const struct scene *x, const struct mix *m)
{
	struct walk w = { 0 };
	struct mixed r = { 0 };

	for (size_t i = 0; i < m->operands.n; i++) {
		widen(&r, &m->operands.v[i], i == 0);
		if (!w.raised)
			meet(x, m, &w, &m->operands.v[i]);
	}
	for (size_t i = 0; i < m->operands.n && !w.raised; i++)
		w.raised = clash_of_split(x, m, i);
	r.raised = w.raised;
	if (w.brought)
		w.common = w.brought;
	if (w.common && !(w.doubt && device_is_host(w.common->device) && w.zero != TRI_NO)) {
		r.device = w.common->device;
		r.origin = w.common->value->origin;
	}
	if (r.device.kind == DEV_UNKNOWN && !r.raised)
		follow_split(x, m, &r);
	return r;
}

/* The caller chooses the device of the one, the other is on the CPU whatever the caller says. */
static void report_generator_of_caller(const struct scene *x, const struct value *generator,
				       struct device where)
{
	bool is_drawn_on_cpu = where.kind == DEV_CPU;
	struct finding *f = interp_report(
		x->in, x->s, false, "generator-device", x->at,
		is_drawn_on_cpu
			? "draws on the CPU with a generator that is where the caller says: on a GPU it raises RuntimeError: "
			  "Expected a 'cpu' device type for generator but found 'cuda'"
			: "draws where the caller says with a generator on the CPU: on a GPU it raises RuntimeError: "
			  "Expected a 'cuda' device type for generator but found 'cpu'");

	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	interp_assume(x->in, f, is_drawn_on_cpu ? generator->device : where);
	way_of_origin(x, f, generator->origin);
	lint_advise(interp_unit(x->in), f,
		    is_drawn_on_cpu ? "draw where the generator is: device=generator.device"
				    : "make the generator on that device, or draw on the CPU and "
				      "move the result");
}

void check_generator(const struct scene *x, const struct value *generator, struct device where,
		     bool for_callers)
{
	const struct value *d = is_instance(x, generator, "torch.Generator")
					? state_attr(x->s, generator->object, "device")
					: NULL;
	enum meeting meeting =
		d && d->kind == VAL_DEVICE ? device_meet(d->device, where) : MEET_UNKNOWN;

	if (meeting == MEET_CLASH_ON_GPU && for_callers && !is_run_on_cpu(x))
		report_generator_of_caller(x, d, where);
	if (meeting != MEET_CLASH)
		return;
	const char *wanted = where.kind == DEV_CPU ? "cpu" : "cuda";
	struct finding *f = interp_report(
		x->in, x->s, true, "generator-device", x->at,
		"raises RuntimeError: Expected a '%s' device type for generator but found '%s'",
		wanted, d->device.kind == DEV_CPU ? "cpu" : "cuda");

	if (!f)
		return;
	way_of_origin(x, f, d->origin);
	lint_advise(
		interp_unit(x->in), f,
		"make the generator where the numbers are drawn: torch.Generator(device=\"%s\")",
		wanted);
}
