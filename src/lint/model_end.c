// SPDX-License-Identifier: Apache-2.0
/* What never happened: a script that chooses a GPU trained its model on the CPU, without a word.
 * Absence is told only at the end of a whole script in which nothing at all was moved, and whose
 * model did not leave read code. A script that never names a GPU means the CPU, unless the user asks
 * why it is not on the GPU. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/project.h"
#include "lint/silence.h"

struct choice {
	bool asks;                    /* is_available */
	const struct py_node *chosen; /* the expression that names the GPU */
};

static bool names_gpu(const struct py_node *n)
{
	return n && n->kind == PY_STRING &&
	       (strcmp(n->name, "cuda") == 0 || starts_with(n->name, "cuda:"));
}

/* A GPU that is chosen is one of two values, or made a device; "cuda" in autocast("cuda")
 * chooses nothing. */
static bool visit_choice(struct py_node *n, void *data)
{
	struct choice *c = data;
	const struct py_node *first = n->kind == PY_CALL && n->list.n ? n->list.v[0]->a : NULL;
	const char *callee = n->kind == PY_CALL && n->a->kind == PY_ATTR ? n->a->name : NULL;

	if (callee && strcmp(callee, "is_available") == 0)
		c->asks = true;
	if (callee && strcmp(callee, "device") == 0 && first &&
	    (names_gpu(first) || (first->kind == PY_IFEXP && names_gpu(first->b))))
		c->chosen = n;
	if (n->kind == PY_IFEXP && names_gpu(n->b) && !c->chosen)
		c->chosen = n;
	if (n->kind == PY_ASSIGN && names_gpu(n->a) && !c->chosen)
		c->chosen = n;
	return true;
}

/* Another rule has said what is wrong with the choice. */
static bool is_said(const struct unit *u)
{
	static const char *const ids[] = { "device-unused", "device-param-unused",
					   "code-is-available-not-called", "discarded-to-result",
					   "cvd-after-init" };

	for (size_t i = 0; i < u->findings.n; i++)
		for (size_t n = 0; n < sizeof ids / sizeof *ids; n++)
			if (strcmp(u->findings.v[i]->id, ids[n]) == 0)
				return true;
	return false;
}

/* The module of the note, if it stayed on the CPU and is known to nobody else. */
static const struct object *left_behind(const struct scene *x, const char *note)
{
	const struct value *v = note_get(x, note);
	const struct object *o = v ? object_of(x, v) : NULL;
	struct place p;

	if (!o || o->kind != OBJ_MODULE || !o->site || !o->unit || note_get(x, "framework") ||
	    note_get(x, "default device"))
		return NULL;
	p = module_place(x, v->object);
	return p.has_tensors && p.device.kind == DEV_CPU && !o->has_escaped ? o : NULL;
}

static void report_choice(const struct scene *x, const struct object *o,
			  const struct py_node *chosen)
{
	struct unit *u = interp_unit(x->in), *where = (struct unit *)o->unit;
	struct finding *f = interp_report_in(
		x->in, x->s, false, "model-not-moved", where, o->site,
		"the model is trained on the CPU, without a word: a GPU is chosen in %s, and nothing moves to it",
		lint_place(where, u, chosen));

	if (!f)
		return;
	lint_way(where, f, u, chosen, "a GPU is chosen here");
	fix_move(x, f, where, o->site, (struct device){ 0 });
}

/* For who asks about this program. */
static void report_silence(const struct scene *x, const struct object *o, bool trains)
{
	struct unit *u = interp_unit(x->in), *where = (struct unit *)o->unit;
	struct silence s = silence_of(u);
	struct finding *f;

	if (s.is_broken)
		return;
	f = interp_report_in(x->in, x->s, false, "model-not-moved", where, o->site,
			     "the model %s on the CPU, without a word: %s",
			     trains ? "is trained" : "runs", silence_title(&s));
	if (f)
		silence_explain(&s, f, where, u);
}

void model_end(struct interp *in, struct state *s)
{
	struct unit *u = interp_unit(in);
	struct scene x = scene_of(in, s, u->tree);
	const struct object *trained, *ran;
	struct choice c = { 0 };

	if (interp_is_library(in) || is_said(u))
		return;
	trained = left_behind(&x, "trained on the CPU");
	ast_walk(u->tree, visit_choice, &c);
	if (trained && c.asks && c.chosen && !note_get(&x, "moved") &&
	    !note_get(&x, "trained elsewhere"))
		report_choice(&x, trained, c.chosen);
	if (!u->project->expects_gpu)
		return;
	ran = trained ? trained : left_behind(&x, "ran on the CPU");
	if (ran)
		report_silence(&x, ran, trained != NULL);
}

/* ---- the beginning ---- */

void model_begin(struct interp *in, struct state *s)
{
	static const char *const notes[] = { "default device", "default type" };

	for (size_t i = 0; i < 2 && interp_unit(in)->is_moved; i++)
		state_set_attr(in, s, STATE_MODEL_OBJECT, notes[i], value_unknown(), NULL);
}
