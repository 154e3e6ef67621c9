// SPDX-License-Identifier: Apache-2.0
/* A call of code that was not read: what is handed to it can be changed by it, but for what no such code moves. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

/* to_host, move, cpu_, as_array */
static bool is_movers_name(const char *name)
{
	static const char *const words[] = { "cuda", "cpu",     "gpu",      "dev",  "host",
					     "move", "put",     "send",     "pin",  "migrate",
					     "load", "prepare", "transfer", "copy", "apply",
					     "map",  "numpy",   "array",    "list", "_to_" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	return starts_with(name, "to") || ends_with(name, "_to");
}

static bool may_say_where(const struct call_arg *a)
{
	enum value_kind kind = a->value->kind;

	return kind == VAL_DEVICE || kind == VAL_FUNC || kind == VAL_BOUND || kind == VAL_API ||
	       a->stars || (a->name && strstr(a->name, "dev"));
}

/* graph.num_edges() of a graph that nobody read and that a caller handed over: what it holds stays where it is. Who moves that says
 * so, by the name of the method or by what is given to it. */
static bool leaves_its_own(const struct interp *in, const struct value *callee,
			   const struct args *args)
{
	const struct py_node *method = args->at && args->at->kind == PY_CALL ? args->at->a : NULL;
	const struct origin *from = callee->origin;
	bool is_given = callee->kind == VAL_PLACED && callee->device.kind == DEV_ARG && from &&
			(from->kind == FROM_ARGUMENT || from->kind == FROM_ITEM);

	if (!in->is_library || !is_given || !method || method->kind != PY_ATTR ||
	    is_movers_name(method->name))
		return false;
	for (size_t i = 0; i < args->n; i++)
		if (may_say_where(&args->v[i]))
			return false;
	return true;
}

/* self.encoder(x) in a module, of a part that was not read: what it is called with stays where it is. */
static bool calls_own_part(const struct interp *in, const struct args *args)
{
	const struct function *f = in->frame->func;
	const struct py_node *callee = args->at && args->at->kind == PY_CALL ? args->at->a : NULL;

	return f && f->cls && klass_is_module(f->cls) && f->node->params.n && callee &&
	       callee->kind == PY_ATTR && callee->a->kind == PY_NAME &&
	       strcmp(callee->a->name, f->node->params.v[0].name) == 0 &&
	       !is_movers_name(callee->name);
}

const struct value *call_unknown(struct interp *in, struct state *s, const struct value *callee,
				 const struct args *args)
{
	const struct value *v = unread_result(s, callee, args), *flag = NULL;
	bool is_part = calls_own_part(in, args);

	if (callee && !leaves_its_own(in, callee, args))
		state_escape(in, s, callee);
	for (size_t i = 0; i < args->n; i++)
		if (!is_part || args->v[i].value->kind != VAL_PLACED)
			state_escape(in, s, args->v[i].value);
	if (callee && (callee->kind == VAL_METHOD || callee->kind == VAL_API))
		flag = gpu_flag_asked(in, callee->text, args);
	return flag ? flag : v;
}
