// SPDX-License-Identifier: Apache-2.0
/* Which lines raise, or leave work on the CPU, when this file is run? The file's top level is run as a script, then what it did
 * not reach as a library. Nothing of it is executed: every value is an assumption that holds on all ways on which something is
 * reported. What the interpreter cannot know: other files outside of the project, C code, what arrives at run time. */
#include "lint/interp.h"

#include <stdarg.h>
#include <string.h>

#include "core/str.h"
#include "lint/project.h"

#define ORIGINS_MAX 8

/* ---- services ---- */

struct unit *interp_unit(const struct interp *in)
{
	return in->frame->unit;
}

struct arena *interp_arena(const struct interp *in)
{
	return in->arena;
}

bool interp_is_library(const struct interp *in)
{
	return in->is_library;
}

void interp_note_filling(struct interp *in, const struct filling *f)
{
	if (!interp_filling(in, f->made))
		PUSH(in->arena, &in->fillings, *f);
}

const struct filling *interp_filling(const struct interp *in, const struct py_node *made)
{
	for (size_t i = 0; i < in->fillings.n; i++)
		if (in->fillings.v[i].made == made)
			return &in->fillings.v[i];
	return NULL;
}

bool interp_in_loop(const struct interp *in)
{
	memo_asked_loop(in);
	return in->loops > 0;
}

uint32_t interp_salt(struct interp *in, uint32_t salt)
{
	uint32_t before = in->salt;

	in->salt = salt;
	return before;
}

bool interp_running(const struct interp *in, size_t depth, struct running_call *ret_call)
{
	for (const struct frame *f = in->frame; f; f = f->outer) {
		if (!f->call.node)
			continue;
		if (depth-- == 0) {
			*ret_call = f->call;
			return true;
		}
	}
	return false;
}

static size_t origin_depth(const struct origin *o)
{
	size_t n = 0;

	for (; o; o = o->before)
		n++;
	return n;
}

const struct origin *origin_new(struct interp *in, enum origin_kind kind,
				const struct py_node *node, const struct origin *before)
{
	struct origin *o = arena_alloc(in->arena, sizeof *o);

	o->kind = kind;
	o->unit = in->frame->unit;
	o->node = node;
	/* Of a long way the nearest station is left out: where it began says more. */
	o->before = origin_depth(before) < ORIGINS_MAX ? before : before->before;
	return o;
}

static struct finding *report(struct interp *in, struct state *s, bool raises, const char *id,
			      struct unit *unit, const struct py_node *at, const char *title)
{
	memo_spoil(in);

	struct finding *f = state_proves(in, s) ? lint_report(unit, id, at, "%s", title) : NULL;

	if (raises)
		state_kill(s);
	return f;
}

struct finding *interp_report(struct interp *in, struct state *s, bool raises, const char *id,
			      const struct py_node *at, const char *title_fmt, ...)
{
	va_list ap;

	va_start(ap, title_fmt);

	const char *title = arena_vfmt(in->arena, title_fmt, ap);

	va_end(ap);
	return report(in, s, raises, id, in->frame->unit, at, title);
}

struct finding *interp_report_in(struct interp *in, struct state *s, bool raises, const char *id,
				 struct unit *unit, const struct py_node *at, const char *title_fmt,
				 ...)
{
	va_list ap;

	va_start(ap, title_fmt);

	const char *title = arena_vfmt(in->arena, title_fmt, ap);

	va_end(ap);
	return report(in, s, raises, id, unit, at, title);
}

/* ---- the run ---- */

/* Said once for all of them. */
static void note_complex(struct interp *in)
{
	struct unit *u = in->unit;
	const struct py_node *first = in->complex;
	const char *note;

	if (!first)
		return;
	note = first->kind == PY_MODULE
		       ? arena_fmt(u->arena, "%s: too complex, judged in part", u->path)
		       : arena_fmt(u->arena, "%s: too complex: %s, %s", u->path,
				   first->name ? first->name : "a function",
				   lint_place(u, u, first));
	if (in->n_complex > 1)
		note = arena_fmt(u->arena, "%s, and %u more", note, in->n_complex - 1);
	PUSH(u->arena, &u->notes, note);
}

static bool defines(const struct py_node *n)
{
	return n->kind == PY_FUNC || n->kind == PY_CLASS || n->kind == PY_IMPORT ||
	       n->kind == PY_IMPORT_FROM;
}

/* What stands behind a statement that raises is not run; what it defines can be judged all the same. `before`: the states that come
 * to the last statement. */
static void exec_top(struct interp *in, struct states *set, struct states *before)
{
	const struct py_list *body = &in->unit->tree->body;

	for (size_t i = 0; i < body->n; i++) {
		if (set->n) {
			before->n = 0;
			states_add(in, before, &set->v[0]);
			exec(in, set, body->v[i]);
		} else if (before->n && defines(body->v[i])) {
			exec(in, before, body->v[i]);
		}
	}
}

static void run_script(struct interp *in, struct states *set, struct states *exits,
		       struct states *before)
{
	struct state start = { 0 };

	state_put(in, &start, STATE_MODEL_OBJECT, &(struct object){ .kind = OBJ_INSTANCE });
	model_begin(in, &start);
	states_add(in, set, &start);
	in->exits = exits;
	in->steps_max = STEPS_MAX;
	exec_top(in, set, before);
	states_reduce(in, set);
	for (size_t i = 0; i < set->n; i++)
		model_end(in, &set->v[i]);
	for (size_t i = 0; i < exits->n; i++)
		model_end(in, &exits->v[i]);
	if (in->is_over)
		in->complex = in->n_complex++ ? in->complex : in->unit->tree;
	in->is_over = false;
}

static void run_unit(struct interp *in)
{
	struct frame frame = { .unit = in->unit, .id = frame_of_unit(in, in->unit) };
	struct states set = { 0 }, exits = { 0 }, before = { 0 };
	struct state after;

	in->frame = &frame;
	run_script(in, &set, &exits, &before);
	states_take(in, &set, set.n || exits.n ? &exits : &before);
	for (size_t i = 0; i < set.n; i++)
		set.v[i].stack = NULL;
	if (!set.n)
		return;
	after = states_one(in, &set);
	after.atoms = NULL;
	frame.returns = frame.breaks = frame.continues = frame.raises = NULL;
	library_run(in, &after);
}

static struct interp_shared *new_shared(void)
{
	struct arena *a = arena_new();
	struct interp_shared *s = arena_alloc(a, sizeof *s);

	s->arena = a;
	s->names = intern_new(a);
	s->ids = intern_new(a);
	s->frame_ids = intern_new(a);
	s->import_ids = intern_new(a);
	s->lazy_ids = intern_new(a);
	return s;
}

void interp_run(struct unit *u,
		void (*reveal)(struct interp *in, struct state *s, const struct call *c),
		void *data)
{
	struct arena *own = arena_new();
	struct interp in = { .arena = own,
			     .own = own,
			     .unit = u,
			     .project = u->project,
			     .shared = new_shared(),
			     .ids = intern_new(own),
			     .passed = intern_new(own),
			     .frame_ids = intern_new(own),
			     .reveal = reveal,
			     .reveal_data = data };

	in.keep = in.shared->arena;
	u->passed = (struct strlist){ 0 };
	note_moved_later(u);
	run_unit(&in);
	note_complex(&in);
	arena_free(in.keep);
	arena_free(own);
}

static void run(struct unit *u)
{
	if (!u->is_test)
		interp_run(u, NULL, NULL);
}

const struct lint_pass pass_interp = { "interp", run };
