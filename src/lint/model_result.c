// SPDX-License-Identifier: Apache-2.0
/* What a function gives back that nobody read calls, where its arguments are on a GPU: a tensor that is made on the CPU in it.
 *
 * out[i] = x[i] copies from any device to any, so torch says nothing here; who uses the result beside x meets the mismatch. And
 * where another way through the function gives back what is on the device of an argument, a caller expects it of both.
 *
 * Not told: what is made of nothing but numbers on all ways (a mask of a size, a table), and what is filled by a loop over a loader: a
 * result that is collected on the CPU is meant to be there. */
#include "lint/model_parts.h"

#include <string.h>

/* torch.zeros(n) without device=, or what was made of one. */
static const struct origin *made_on_cpu(const struct value *v)
{
	const struct origin *o = is_tensor(v) && v->device.kind == DEV_CPU ? v->origin : NULL;

	while (o && o->kind != FROM_FACTORY)
		o = o->before;
	return o && o->node && o->node->kind == PY_CALL && !is_told_where(o->node) ? o : NULL;
}

void note_filling(const struct scene *x, const struct value *base, const struct value *value)
{
	const struct origin *made = interp_is_library(x->in) ? made_on_cpu(base) : NULL;
	struct filling f = { .unit = interp_unit(x->in), .at = x->at };

	if (!made || !is_tensor(value) || network_gave(value->origin))
		return;
	f.made = made->node;
	f.from = state_device(x->s, value);
	if (device_is_callers(f.from))
		interp_note_filling(x->in, &f);
}

/* ---- what the function knows of its arguments ---- */

/* The parameter that the device is of; NULL: the module's own, or that of another function. */
static const char *param_of(const struct py_node *def, struct device d)
{
	for (size_t i = 0; def && i < def->params.n; i++)
		if (def->params.v[i].node->id == d.sym)
			return def->params.v[i].name;
	return NULL;
}

struct body {
	const char *param;
	bool is_asked;  /* is the argument there at all? */
	bool is_of_cpu; /* it takes something to the host, or says "cpu" */
};

/* isinstance(x, torch.Tensor), callable(x) */
static bool asks_for_type(const struct py_node *n, const char *param)
{
	const struct py_node *x =
		n->kind == PY_CALL && n->a->kind == PY_NAME && n->list.n ? n->list.v[0]->a : NULL;

	return x && param && x->kind == PY_NAME && strcmp(x->name, param) == 0 &&
	       (strcmp(n->a->name, "isinstance") == 0 || strcmp(n->a->name, "callable") == 0);
}

static bool look_at_body(struct py_node *n, void *data)
{
	static const char *const hosts[] = { "cpu", "numpy", NULL };
	struct body *b = data;
	bool is_none = n->kind == PY_COMPARE && n->list.n && n->list.v[0]->kind == PY_NONE;

	if (b->param && is_none && n->a->kind == PY_NAME && strcmp(n->a->name, b->param) == 0)
		b->is_asked = true;
	b->is_asked |= asks_for_type(n, b->param);
	if (n->kind == PY_ATTR && is_one_of(n->name, hosts))
		b->is_of_cpu = true;
	if (n->kind == PY_STRING && strcmp(n->name, "cpu") == 0)
		b->is_of_cpu = true;
	return true;
}

/* What is drawn or counted for people is on the host in the end. */
static bool is_for_eyes(const char *name)
{
	static const char *const words[] = {
		"plot",    "viz",   "visual",   "draw",    "show",
		"metrics", "stats", "accuracy", "evaluat", "confusion"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

static bool knows_better(const struct origin *made, struct device elsewhere)
{
	const struct py_node *def = def_around(made->unit, made->node);
	const char *file = strrchr(made->unit->path, '/');
	struct body b = { .param = param_of(def, elsewhere) };

	if (def)
		ast_walk((struct py_node *)(uintptr_t)def, look_at_body, &b);
	return b.is_asked || b.is_of_cpu || (def && def->name && is_for_eyes(def->name)) ||
	       is_for_eyes(file ? file + 1 : made->unit->path);
}

/* 0.0, [1.0, 2.0], [] */
static bool is_written_out(const struct py_node *n)
{
	while ((n->kind == PY_LIST && n->list.n) || n->kind == PY_UNARY)
		n = n->kind == PY_LIST ? n->list.v[0] : n->a;
	return n->kind == PY_INT || n->kind == PY_FLOAT || n->kind == PY_LIST;
}

/* torch.tensor(rows) of an argument that is a list in that call. */
static bool is_made_of_data(const struct origin *made)
{
	static const char *const makers[] = { "tensor",     "as_tensor", "FloatTensor",
					      "LongTensor", "Tensor",    NULL };
	const struct py_node *call = made->node;
	const char *name =
		call->a->kind == PY_ATTR || call->a->kind == PY_NAME ? call->a->name : "";
	const struct py_node *data = call->list.n ? call->list.v[0]->a : NULL;

	return is_one_of(name, makers) && data && !is_written_out(data);
}

static struct finding *report(const struct scene *x, const struct origin *made, const char *why)
{
	struct unit *u = unit_of(made);

	return interp_report_in(
		x->in, x->s, false, "tensor-created-on-cpu", u, made->node,
		"%s is on the CPU and is given back: when %s is on a GPU, the result is on the CPU all the same",
		text_at(x, u, made->node), why);
}

static void finish(const struct scene *x, struct finding *f, const struct origin *made,
		   struct device from)
{
	lint_set_severity(f, SEVERITY_WARNING);
	interp_assume(x->in, f, from);
	fix_factory(x, f, unit_of(made), made->node, NULL);
}

static void judge_filled(const struct scene *x, const struct origin *made,
			 const struct filling *filling)
{
	struct finding *f = report(x, made, "what is put into it");

	if (!f)
		return;
	lint_way(unit_of(made), f, filling->unit, filling->at,
		 "copied to the CPU here, without a word");
	finish(x, f, made, filling->from);
}

static void judge_other(const struct scene *x, const struct origin *made, struct device elsewhere)
{
	struct finding *f = report(x, made, "the input");

	if (f)
		finish(x, f, made, elsewhere);
}

static void judge_tensor(const struct scene *x, const struct value *v,
			 const struct value *elsewhere)
{
	const struct split *split = value_split(v);
	const struct origin *made;
	struct device where = split       ? split->elsewhere
			      : elsewhere ? elsewhere->device
					  : (struct device){ 0 };
	const struct filling *filling;

	v = split ? split->on_cpu : v;
	made = made_on_cpu(v);
	if (!made || is_cpu_by_contract(made->unit, made->node))
		return;
	filling = interp_filling(x->in, made->node);
	if (filling && !knows_better(made, filling->from))
		judge_filled(x, made, filling);
	else if (v->zero_dim == TRI_NO && where.kind == DEV_ARG && !is_made_of_data(made) &&
		 !knows_better(made, where))
		judge_other(x, made, where);
}

void model_result(struct interp *in, struct state *s, const struct value *v,
		  const struct value *elsewhere, const struct py_node *at)
{
	struct scene x = scene_of(in, s, at);
	const struct object *o = object_of(&x, v);

	judge_tensor(&x, v, elsewhere);
	if (!o || (o->kind != OBJ_TUPLE && o->kind != OBJ_LIST))
		return;
	for (size_t i = 0; i < o->fields.n; i++)
		judge_tensor(&x, o->fields.v[i].value, NULL);
}

bool model_is_elsewhere(const struct value *v)
{
	return is_tensor(v) && device_is_callers(v->device);
}
