// SPDX-License-Identifier: Apache-2.0
/* What do try, with and match do? A program is taken to run without exceptions: handlers count where they decide what is imported,
 * or where nothing else is left. What a fallback expects to fail is no proof. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

/* ---- the ways out of a block that something has to be done on ---- */

struct ways {
	struct states returns, breaks, continues;
	struct states *outer_returns, *outer_breaks, *outer_continues;
};

static void ways_catch(struct interp *in, struct ways *w)
{
	struct frame *f = in->frame;

	*w = (struct ways){ .outer_returns = f->returns,
			    .outer_breaks = f->breaks,
			    .outer_continues = f->continues };
	f->returns = f->returns ? &w->returns : NULL;
	f->breaks = f->breaks ? &w->breaks : NULL;
	f->continues = f->continues ? &w->continues : NULL;
}

static void ways_restore(struct interp *in, struct ways *w)
{
	in->frame->returns = w->outer_returns;
	in->frame->breaks = w->outer_breaks;
	in->frame->continues = w->outer_continues;
}

static void ways_go_on(struct interp *in, struct ways *w)
{
	if (w->outer_returns)
		states_take(in, w->outer_returns, &w->returns);
	if (w->outer_breaks)
		states_take(in, w->outer_breaks, &w->breaks);
	if (w->outer_continues)
		states_take(in, w->outer_continues, &w->continues);
}

/* ---- try ---- */

static const char *last_name(const struct py_node *n)
{
	return n && (n->kind == PY_NAME || n->kind == PY_ATTR) ? n->name : "";
}

static bool catches(const struct py_node *handler, bool (*wanted)(const char *name))
{
	const struct py_node *type = handler->a;

	if (!type)
		return wanted("BaseException");
	if (type->kind != PY_TUPLE)
		return wanted(last_name(type));
	for (size_t i = 0; i < type->list.n; i++)
		if (wanted(last_name(type->list.v[i])))
			return true;
	return false;
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* What torch raises for devices. */
static bool is_of_devices(const char *name)
{
	static const char *const names[] = { "BaseException", "Exception",  "RuntimeError",
					     "TypeError",     "ValueError", "" };

	return is_among(name, names, sizeof names / sizeof *names);
}

/* What a program asks for, to see which library it has. */
static bool is_of_versions(const char *name)
{
	static const char *const names[] = { "ImportError", "ModuleNotFoundError", "AttributeError",
					     "NameError" };

	return is_among(name, names, sizeof names / sizeof *names);
}

struct handler_body {
	bool raises, reports, does_else;
};

static bool look_for_raise(struct py_node *n, void *data)
{
	struct handler_body *b = data;

	b->raises |= n->kind == PY_RAISE;
	b->raises |= n->kind == PY_CALL && (strcmp(last_name(n->a), "exit") == 0 ||
					    strcmp(last_name(n->a), "_exit") == 0);
	return true;
}

static bool is_report(const struct py_node *n)
{
	static const char *const names[] = { "print",   "print_exc", "exception", "error",
					     "warning", "critical",  "info",      "log" };

	return n->kind == PY_EXPR && n->a->kind == PY_CALL &&
	       is_among(last_name(n->a->a), names, sizeof names / sizeof *names);
}

/* A handler that only tells of the failure expects none. */
static bool is_fallback(const struct py_node *handler)
{
	struct handler_body b = { 0 };

	for (size_t i = 0; i < handler->body.n; i++) {
		const struct py_node *n = handler->body.v[i];

		ast_walk(handler->body.v[i], look_for_raise, &b);
		b.reports |= is_report(n);
		b.does_else |= !is_report(n) && n->kind != PY_RETURN && n->kind != PY_CONTINUE &&
			       n->kind != PY_BREAK;
	}
	return !b.raises && (b.does_else || !b.reports);
}

static bool expects_failure(const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++)
		if (catches(n->list.v[i], is_of_devices) && is_fallback(n->list.v[i]))
			return true;
	return false;
}

static bool asks_for_versions(const struct py_node *n)
{
	for (size_t i = 0; i < n->list.n; i++)
		if (catches(n->list.v[i], is_of_versions))
			return true;
	return false;
}

/* All handlers, each from every state in which the body may have been left; what they do is no proof. */
static struct states run_handlers(struct interp *in, const struct py_node *n,
				  const struct states *from)
{
	struct states after = { 0 };

	in->weak++;
	for (size_t h = 0; h < n->list.n; h++) {
		struct states set = { 0 };

		for (size_t i = 0; i < from->n; i++) {
			states_add(in, &set, &from->v[i]);
			if (n->list.v[h]->name)
				name_store(in, &set.v[set.n - 1], n->list.v[h]->name,
					   value_unknown());
		}
		exec_block(in, &set, &n->list.v[h]->body);
		states_take(in, &after, &set);
	}
	in->weak--;
	states_reduce(in, &after);
	return after;
}

static void run_try_body(struct interp *in, struct states *set, const struct py_node *n,
			 struct states *raised)
{
	struct states *outer = in->frame->raises;
	bool is_weak = expects_failure(n);

	if (n->list.n)
		in->frame->raises = raised;
	in->weak += is_weak;
	exec_block(in, set, &n->body);
	in->weak -= is_weak;
	in->frame->raises = outer;
	exec_block(in, set, &n->orelse);
}

static void try_and_handlers(struct interp *in, struct states *set, const struct py_node *n)
{
	uint32_t depth = set->n ? state_depth(&set->v[0]) : 0;
	struct states raised = { 0 }, before = { 0 }, after;

	for (size_t i = 0; i < set->n; i++)
		states_add(in, &before, &set->v[i]);
	run_try_body(in, set, n, &raised);
	if (!n->list.n || (set->n && !asks_for_versions(n)))
		return;
	for (size_t i = 0; i < raised.n; i++)
		state_cut(&raised.v[i], depth);
	if (set->n || !raised.n)
		states_take(in, &raised, &before);
	states_reduce(in, &raised);
	after = run_handlers(in, n, &raised);
	states_take(in, set, &after);
	states_reduce(in, set);
}

void exec_try(struct interp *in, struct states *set, const struct py_node *n)
{
	/* Its ways out are at the yield: what follows comes after the block of the `with`. */
	bool is_context = in->frame->func && in->frame->func->is_context;
	struct ways w;

	if (!n->final.n) {
		try_and_handlers(in, set, n);
		return;
	}
	ways_catch(in, &w);
	try_and_handlers(in, set, n);
	ways_restore(in, &w);
	exec_block(in, set, &n->final);
	if (!is_context)
		exec_block(in, &w.returns, &n->final);
	exec_block(in, &w.breaks, &n->final);
	exec_block(in, &w.continues, &n->final);
	ways_go_on(in, &w);
}

/* ---- with ---- */

static struct call special(const struct value *self, const char *name, const struct py_node *at)
{
	return (struct call){ .node = at, .name = name, .self = self };
}

static void enter_context(struct interp *in, struct state *s, const struct value *v,
			  const struct py_node *at)
{
	const struct value *method = interp_method(in, s, v, "__enter__"), *y = v;
	struct call c = special(v, "__enter__", at);
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	if (method)
		y = interp_call(in, s, method, NULL, 0, at);
	else if (o && o->text && o->element && strcmp(o->text, CONTEXT_MANAGER) == 0)
		y = o->element;
	else if (!model_call(in, s, &c, &y) || !y)
		y = v;
	state_push(in, s, y);
}

static bool is_own_context(const struct state *s, const struct value *v)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	return o && o->text && strcmp(o->text, CONTEXT_MANAGER) == 0;
}

/* The context lies on the stack at this depth. */
static void exit_context(struct interp *in, struct states *set, uint32_t depth,
			 const struct py_node *at)
{
	for (size_t i = 0; i < set->n; i++) {
		struct state *s = &set->v[i];
		const struct operand *o = s->stack;
		const struct value *method, *ignored = NULL;

		while (o && o->depth > depth)
			o = o->below;
		if (!o)
			continue;
		method = interp_method(in, s, o->value, "__exit__");

		struct call_arg none[3];
		struct call c = special(o->value, "__exit__", at);

		for (size_t k = 0; k < 3; k++)
			none[k] = (struct call_arg){ .value = value_none(), .node = at };
		if (method)
			interp_call(in, s, method, none, 3, at);
		else if (!model_call(in, s, &c, &ignored) && is_own_context(s, o->value))
			state_escape(in, s, o->value);
	}
	states_bury(in, set);
}

/* A block that is there to fail: pytest.raises, assertRaises, suppress. */
static bool wants_failure(const struct py_node *item)
{
	static const char *const names[] = { "raises", "assertRaises", "assertRaisesRegex",
					     "suppress" };
	const struct py_node *call = item->a;

	return call->kind == PY_CALL &&
	       is_among(last_name(call->a), names, sizeof names / sizeof *names);
}

static void exec_with_items(struct interp *in, struct states *set, const struct py_node *n,
			    size_t item);

static void run_with_body(struct interp *in, struct states *set, const struct py_node *n,
			  size_t item, uint32_t depth)
{
	struct states raised = { 0 }, *outer = in->frame->raises;

	if (!wants_failure(n->list.v[item])) {
		exec_with_items(in, set, n, item + 1);
		return;
	}
	in->frame->raises = &raised;
	in->weak++;
	exec_with_items(in, set, n, item + 1);
	in->weak--;
	in->frame->raises = outer;
	for (size_t i = 0; i < raised.n; i++)
		state_cut(&raised.v[i], depth);
	states_take(in, set, &raised);
	states_reduce(in, set);
}

static void exec_with_items(struct interp *in, struct states *set, const struct py_node *n,
			    size_t item)
{
	const struct py_node *context;
	struct ways w;
	uint32_t depth;

	if (item == n->list.n) {
		exec_block(in, set, &n->body);
		return;
	}
	context = n->list.v[item];
	eval(in, set, context->a);
	for (size_t i = 0; i < set->n; i++)
		enter_context(in, &set->v[i], set->v[i].stack->value, context->a);
	states_bury(in, set);
	if (!set->n)
		return;
	depth = state_depth(&set->v[0]) - 1;
	if (context->b)
		assign(in, set, context->b);
	for (size_t i = 0; !context->b && i < set->n; i++)
		state_pop(&set->v[i]);
	ways_catch(in, &w);
	run_with_body(in, set, n, item, depth);
	ways_restore(in, &w);
	exit_context(in, set, depth, context->a);
	exit_context(in, &w.returns, depth, context->a);
	exit_context(in, &w.breaks, depth, context->a);
	exit_context(in, &w.continues, depth, context->a);
	ways_go_on(in, &w);
	for (size_t i = 0; i < set->n; i++)
		state_pop(&set->v[i]);
}

void exec_with(struct interp *in, struct states *set, const struct py_node *n)
{
	exec_with_items(in, set, n, 0);
}

/* ---- match ---- */

static void run_case(struct interp *in, const struct states *from, const struct py_node *c,
		     struct states *out)
{
	struct states set = { 0 }, no;

	for (size_t i = 0; i < from->n; i++) {
		states_add(in, &set, &from->v[i]);
		for (size_t k = 0; k < c->list.n; k++)
			name_store(in, &set.v[set.n - 1], c->list.v[k]->name, value_unknown());
	}
	if (c->a)
		branch(in, &set, c->a, &set, &no);
	exec_block(in, &set, &c->body);
	states_take(in, out, &set);
}

void exec_match(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states out = { 0 };
	bool is_complete = false;

	eval(in, set, n->a);
	for (size_t i = 0; i < set->n; i++)
		state_escape(in, &set->v[i], state_pop(&set->v[i]));
	for (size_t i = 0; i < n->list.n; i++) {
		run_case(in, set, n->list.v[i], &out);
		is_complete |= n->list.v[i]->is_default && !n->list.v[i]->a;
	}
	if (!is_complete)
		states_take(in, &out, set);
	states_reduce(in, &out);
	*set = out;
}
