// SPDX-License-Identifier: Apache-2.0
/* Is a moved batch thrown away? `for x, y in loader: x.to(device)` where nothing is known of the
 * loader: x is a tensor if all that the loop reads of it is what tensors have, and it is handed to
 * a call. Modules, graphs and dictionaries are asked for other things (.parameters, .edge_index,
 * .keys); what is asked for nothing tensors have is left alone. Nor does a loop move what is annotated as a list of tensors. */
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/model_parts.h"
#include "lint/names.h"
#include "lint/passes.h"

struct look {
	struct unit *unit;
	const char *name;
	const struct py_node *loop;
	bool passed, other, trained;
};

static bool is_tensor_word(struct arena *a, const char *name)
{
	const char *full = arena_fmt(a, "Tensor.%s", name);

	return signature_row(full) || api_row_exact(full);
}

static bool is_name(const struct py_node *n, const char *name)
{
	return n && n->kind == PY_NAME && strcmp(n->name, name) == 0;
}

/* x.to(device) that stands alone, or is kept: x = x.to(device). */
static bool rebinds(const struct look *l, const struct py_node *n)
{
	const struct py_node *v = n->a;

	while (v && (v->kind == PY_CALL || v->kind == PY_ATTR || v->kind == PY_SUBSCRIPT))
		v = v->a;
	return n->kind == PY_ASSIGN && is_name(v, l->name);
}

static bool is_target(const struct look *l, const struct py_node *n)
{
	if (is_name(n, l->name))
		return true;
	for (size_t i = 0; (n->kind == PY_TUPLE || n->kind == PY_LIST) && i < n->list.n; i++)
		if (is_target(l, n->list.v[i]))
			return true;
	return false;
}

static void look_at_call(struct look *l, const struct py_node *n)
{
	static const char *const harmless[] = { "print", "len", "type", "isinstance",
						"id",    "str", "repr" };

	if (n->a->kind == PY_ATTR && strcmp(n->a->name, "backward") == 0)
		l->trained = true;
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (is_name(n->a, harmless[i]))
			return;
	for (size_t i = 0; i < n->list.n; i++) {
		if (!is_name(n->list.v[i]->a, l->name))
			continue;
		l->passed = true;
		l->other |= n->list.v[i]->stars != 0;
	}
}

static bool visit_use(struct py_node *n, void *data)
{
	struct look *l = data;

	switch (n->kind) {
	case PY_ATTR:
		if (is_name(n->a, l->name) && !is_tensor_word(l->unit->arena, n->name))
			l->other = true;
		break;
	case PY_SUBSCRIPT:
		for (size_t i = 0; is_name(n->a, l->name) && i < n->list.n; i++)
			l->other |= n->list.v[i]->kind == PY_STRING;
		break;
	case PY_CALL:
		look_at_call(l, n);
		break;
	case PY_ASSIGN:
		for (size_t i = 0; i < n->list.n; i++)
			if (is_target(l, n->list.v[i]) && !rebinds(l, n))
				l->other = true;
		break;
	case PY_FOR:
	case PY_COMP:
		if (n != l->loop && n->kind == PY_FOR && is_target(l, n->a))
			l->other = true;
		break;
	default:
		break;
	}
	return true;
}

/* Pairs that are no batches: named_modules(), d.items(), zip of models. */
static bool gives_batches(const struct unit *u, const struct py_node *iterable)
{
	static const char *const not_these[] = { "named_",   ".items(",  ".values(",    "children(",
						 "modules(", "zip(",     "parameters(", "models",
						 "nets",     "networks", "modules" };
	static const char *const these[] = { "load", "data", "batch", "iter", "train",
					     "test", "val",  "_dl",   "dl" };
	const char *text = lint_text(u, iterable, 200);

	for (size_t i = 0; i < sizeof not_these / sizeof *not_these; i++)
		if (strstr(text, not_these[i]))
			return false;
	for (size_t i = 0; i < sizeof these / sizeof *these; i++)
		if (strstr(text, these[i]))
			return true;
	return false;
}

static bool names_a_device(const struct unit *u, const struct py_node *call)
{
	static const char *const words[] = { "dev", "cuda", "gpu", "rank", "DEV", "GPU" };
	const struct py_node *to = call->list.n ? call->list.v[0] : NULL;
	const char *text;

	if (strcmp(call->a->name, "cuda") == 0)
		return true;
	if (strcmp(call->a->name, "to") != 0 || !to)
		return false;
	for (size_t i = 0; i < call->list.n; i++)
		if (call->list.v[i]->name && strcmp(call->list.v[i]->name, "device") == 0)
			to = call->list.v[i]->a;
	text = lint_text(u, to, 80);
	if (strstr(text, "float") || strstr(text, "dtype") || strstr(text, "\"cpu\"") ||
	    strstr(text, "'cpu'"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool is_in_target(const struct py_node *target, const char *name, bool unpacked)
{
	if (target->kind == PY_NAME)
		return unpacked && strcmp(target->name, name) == 0;
	for (size_t i = 0;
	     (target->kind == PY_TUPLE || target->kind == PY_LIST) && i < target->list.n; i++)
		if (is_in_target(target->list.v[i], name, true))
			return true;
	return false;
}

/* `for i, x in enumerate(loader)` unpacks enumerate's pair, not the batch. */
static bool is_unpacked(const struct py_node *loop, const char *name)
{
	const struct py_node *target = loop->a, *iterable = loop->b;
	bool counts = iterable->kind == PY_CALL && is_name(iterable->a, "enumerate");

	if (!counts)
		return is_in_target(target, name, false);
	return target->kind == PY_TUPLE && target->list.n == 2 &&
	       is_in_target(target->list.v[1], name, false);
}

static struct finding *report(struct unit *u, const struct py_node *call)
{
	const char *name = call->a->a->name;
	struct finding *f = lint_report(
		u, "discarded-to-result", call,
		"%s gives back a new tensor, which is thrown away: %s stays where it was",
		lint_text(u, call, 60), name);

	if (!f)
		return NULL;
	lint_edit(u, f, APPLIES_SAFE, call->start, call->start, "%s = ", name);
	lint_advise(u, f, "keep the result: %s = %s", name, lint_text(u, call, 60));
	return f;
}

static void check_statement(struct unit *u, const struct py_node *loop,
			    const struct py_node *statement)
{
	const struct py_node *call = statement->kind == PY_EXPR ? statement->a : NULL;
	struct look l = { .unit = u, .loop = loop };

	if (!call || call->kind != PY_CALL || call->a->kind != PY_ATTR ||
	    call->a->a->kind != PY_NAME)
		return;
	l.name = call->a->a->name;
	if (!is_unpacked(loop, l.name) || !names_a_device(u, call))
		return;
	ast_walk((struct py_node *)loop, visit_use, &l);
	if (l.passed && !l.other && (l.trained || gives_batches(u, loop->b)))
		report(u, call);
}

static void check_block(struct unit *u, const struct py_node *loop, const struct py_list *body)
{
	for (size_t i = 0; i < body->n; i++) {
		const struct py_node *n = body->v[i];

		check_statement(u, loop, n);
		if (n->kind == PY_IF || n->kind == PY_WITH || n->kind == PY_TRY) {
			check_block(u, loop, &n->body);
			check_block(u, loop, &n->orelse);
		}
	}
}

/* ---- for x in tensors: x.to(device) ---- */

static const struct py_node *annotation_of_param(const struct unit *u, const struct py_node *name)
{
	const struct scope *scope = NULL;
	const struct binding *b = names_find(u, name, name->name, &scope);

	if (!b || b->kind != BOUND_PARAM || !scope || scope->node->kind != PY_FUNC)
		return NULL;
	for (size_t i = 0; i < scope->node->params.n; i++)
		if (strcmp(scope->node->params.v[i].name, name->name) == 0)
			return scope->node->params.v[i].annotation;
	return NULL;
}

/* rows: Tuple[torch.Tensor] in the body of the class. */
static const struct py_node *annotation_of_field(const struct unit *u, const struct py_node *attr)
{
	const struct scope *scope = names_scope(u, attr);

	while (scope && scope->node->kind != PY_CLASS)
		scope = scope->outer;
	for (size_t i = 0; scope && i < scope->node->body.n; i++) {
		const struct py_node *n = scope->node->body.v[i];

		if (n->kind == PY_ANNASSIGN && is_name(n->a, attr->name))
			return n->b;
	}
	return NULL;
}

/* A list or tuple of tensors and nothing else; what may be None cannot be looped over. */
static bool holds_tensors(const struct unit *u, const struct py_node *iterable)
{
	static const char *const lists[] = { "List", "list", "Tuple", "tuple", "Sequence" };
	static const char *const others[] = { "Module", "Dict",    "dict",   "Union",  "|",
					      "Any",    "Mapping", "Packed", "Device", "Layer" };
	const struct py_node *a = NULL;
	const char *text;
	bool list = false;

	if (iterable->kind == PY_NAME)
		a = annotation_of_param(u, iterable);
	else if (iterable->kind == PY_ATTR && is_name(iterable->a, "self"))
		a = annotation_of_field(u, iterable);
	text = a ? lint_text(u, a, 200) : "";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strstr(text, others[i]))
			return false;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		list |= strstr(text, lists[i]) != NULL;
	return list && (strstr(text, "Tensor]") || strstr(text, "Tensor, ...]"));
}

static void check_tensors(struct unit *u, const struct py_node *loop)
{
	struct look l = { .unit = u, .loop = loop, .name = loop->a->name };

	ast_walk((struct py_node *)loop, visit_use, &l);
	for (size_t i = 0; i < loop->body.n && !l.other; i++) {
		const struct py_node *n = loop->body.v[i];
		const struct py_node *call = n->kind == PY_EXPR ? n->a : NULL;
		struct finding *f;

		if (!call || call->kind != PY_CALL || call->a->kind != PY_ATTR ||
		    !is_name(call->a->a, l.name) || !names_a_device(u, call))
			continue;
		f = report(u, call);
		/* The annotation says so. */
		if (f)
			lint_set_severity(f, SEVERITY_WARNING);
	}
}

/* ---- x, y = batch; x.to(device); y = y.to(device) ---- */

/* The name whose move is thrown away, or NULL. */
static const char *thrown_away(const struct unit *u, const struct py_node *statement)
{
	const struct py_node *call = statement->kind == PY_EXPR ? statement->a : NULL;
	bool is_move = call && call->kind == PY_CALL && call->a->kind == PY_ATTR &&
		       call->a->a->kind == PY_NAME && names_a_device(u, call);

	return is_move ? call->a->a->name : NULL;
}

/* Is another one of the batch moved, and kept? */
static bool keeps_another(const struct unit *u, const struct py_list *body, size_t at,
			  const char *name)
{
	const struct py_node *target = body->v[at]->list.v[0];

	for (size_t i = at + 1; i < body->n; i++) {
		const struct py_node *n = body->v[i];
		const struct py_node *to =
			n->kind == PY_ASSIGN && n->list.n == 1 ? n->list.v[0] : NULL;

		if (to && to->kind == PY_NAME && strcmp(to->name, name) != 0 &&
		    is_in_target(target, to->name, false) && n->a->kind == PY_CALL &&
		    n->a->a->kind == PY_ATTR && is_name(n->a->a->a, to->name) &&
		    names_a_device(u, n->a))
			return true;
	}
	return false;
}

static void check_unpacked(struct unit *u, const struct py_list *body, size_t at)
{
	const struct py_node *n = body->v[at];
	struct finding *f;

	if (n->kind != PY_ASSIGN || n->list.n != 1 || n->list.v[0]->kind != PY_TUPLE)
		return;
	for (size_t i = at + 1; i < body->n; i++) {
		struct look l = { .unit = u, .name = thrown_away(u, body->v[i]) };

		if (!l.name || !is_in_target(n->list.v[0], l.name, false) ||
		    !keeps_another(u, body, at, l.name))
			continue;
		for (size_t k = at + 1; k < body->n; k++)
			ast_walk(body->v[k], visit_use, &l);
		f = l.passed && !l.other ? report(u, body->v[i]->a) : NULL;
		/* That it is a tensor its neighbour says. */
		if (f)
			lint_set_severity(f, SEVERITY_WARNING);
	}
}

/* ---- if isinstance(x, torch.Tensor): x.to(device) ---- */

/* The name that a test says to be a tensor, or NULL. */
static const char *told_a_tensor(const struct unit *u, const struct py_node *test)
{
	const char *callee =
		test->kind == PY_CALL && test->list.n ? names_dotted(u, test->a) : NULL;
	const struct py_node *what = callee ? test->list.v[0]->a : NULL;
	const char *type;

	if (!callee && test->kind == PY_CALL && test->list.n == 2 && is_name(test->a, "isinstance"))
		what = test->list.v[0]->a;
	else if (!callee || (strcmp(callee, "torch.is_tensor") != 0 &&
			     strcmp(callee, "builtins.isinstance") != 0))
		return NULL;
	if (what->kind != PY_NAME)
		return NULL;
	if (callee && strcmp(callee, "torch.is_tensor") == 0)
		return what->name;
	type = test->list.n == 2 ? names_dotted(u, test->list.v[1]->a) : NULL;
	return type && strcmp(type, "torch.Tensor") == 0 ? what->name : NULL;
}

static void check_told(struct unit *u, const struct py_node *branch)
{
	const char *name = told_a_tensor(u, branch->a);
	const struct py_node *first = name && branch->body.n ? branch->body.v[0] : NULL;
	const struct py_node *call = first && first->kind == PY_EXPR ? first->a : NULL;
	struct finding *f;

	if (!call || call->kind != PY_CALL || call->a->kind != PY_ATTR ||
	    !is_name(call->a->a, name) || !names_a_device(u, call) || copy_is_measured(u, call))
		return;
	f = report(u, call);
	/* It may be there already. */
	if (f)
		lint_set_severity(f, SEVERITY_WARNING);
}

static bool visit_loop(struct py_node *n, void *data)
{
	struct unit *u = data;

	if (n->kind == PY_IF)
		check_told(u, n);
	for (size_t i = 0; ast_has_tail(n->kind) && i < n->body.n; i++)
		check_unpacked(u, &n->body, i);
	if (n->kind != PY_FOR)
		return true;
	if (gives_batches(u, n->b))
		check_block(u, n, &n->body);
	if (n->a->kind == PY_NAME && holds_tensors(u, n->b))
		check_tensors(u, n);
	return true;
}

static void run(struct unit *u)
{
	ast_walk(u->tree, visit_loop, u);
}

const struct lint_pass pass_discard = { .name = "discard", .run = run };
