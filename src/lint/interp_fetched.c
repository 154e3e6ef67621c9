// SPDX-License-Identifier: Apache-2.0
/* What did a call of unread code give, if its function takes the result to the host later? `action = policy(state)`, and further down
 * action.cpu().numpy(): whoever writes that reckons with a GPU, so that all that meets it on the way has to be there, too. Its
 * place is one that only callers know.
 *
 * What it cannot know: whether .cpu() is but a habit; hence warnings, and only in files that name GPUs or devices. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/model_parts.h"
#include "lint/names.h"

#define NAMES_MAX 6 /* that it goes by: out = torch.tanh(action) */

struct fetch {
	const struct unit *unit;
	const char *names[NAMES_MAX];
	size_t n;
	uint32_t from; /* where the assignment ends */
	bool is_over;  /* fetched, or something else by then */
	bool is_fetched;
	bool is_tensor; /* nothing but what tensors have was asked of it */
};

struct mention {
	const struct fetch *f;
	bool found;
};

static bool is_it(const struct fetch *f, const struct py_node *n)
{
	for (size_t i = 0; n->kind == PY_NAME && i < f->n; i++)
		if (strcmp(n->name, f->names[i]) == 0)
			return true;
	return false;
}

static bool find_mention(struct py_node *n, void *data)
{
	struct mention *m = data;

	m->found |= is_it(m->f, n);
	return !m->found;
}

static bool mentions(const struct fetch *f, const struct py_node *n)
{
	struct mention m = { .f = f };

	ast_walk((struct py_node *)(uintptr_t)n, find_mention, &m);
	return m.found;
}

/* self.scale(x) of a method that moves nothing. */
static const struct py_node *operand_of_own(const struct fetch *f, const struct py_node *call)
{
	static const char *const words[] = { ".to(", ".cuda(", "device" };
	const struct py_node *cls =
		local_around(local_of((struct unit *)(uintptr_t)f->unit), call, PY_CLASS);
	const struct py_node *own = cls ? local_method_of(cls, call->a->name) : NULL;

	if (!own || !call->list.n)
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(f->unit->text + own->start, own->end - own->start, words[i],
			   strlen(words[i])))
			return NULL;
	return call->list.v[0]->a;
}

/* x.clamp(0, 1), torch.tanh(x): what comes of its first operand and is where that is. */
static const struct py_node *operand_of(const struct fetch *f, const struct py_node *call,
					bool *ret_is_tensor)
{
	const char *callee = names_dotted(f->unit, call->a);
	const struct lint_signature_row *row;
	char name[64] = "Tensor.";

	if (callee)
		return starts_with(callee, "torch.") && signature_row(callee) && call->list.n
			       ? call->list.v[0]->a
			       : NULL;
	if (call->a->kind != PY_ATTR || strlen(call->a->name) > 40 ||
	    strcmp(call->a->name, "to") == 0 || strcmp(call->a->name, "cuda") == 0)
		return NULL;
	if (call->a->a->kind == PY_NAME && strcmp(call->a->a->name, "self") == 0) {
		*ret_is_tensor = false;
		return operand_of_own(f, call);
	}
	strcat(name, call->a->name);
	row = signature_row(name);
	*ret_is_tensor &= (row && *row->only) || strcmp(call->a->name, "cpu") == 0 ||
			  strcmp(call->a->name, "numpy") == 0;
	return call->a->a;
}

/* 2, torch.randn(6), and names of such: not what is taken to the host. */
static bool is_of_host(const struct fetch *f, const struct py_node *n, size_t depth)
{
	const struct local *l = local_of((struct unit *)(uintptr_t)f->unit);
	const char *callee = n->kind == PY_CALL ? names_dotted(f->unit, n->a) : NULL;

	if (n->kind == PY_INT || n->kind == PY_FLOAT)
		return true;
	if (depth > 4)
		return false;
	if (n->kind == PY_NAME) {
		n = local_value(l, n);
		return n && is_of_host(f, n, depth + 1);
	}
	if (n->kind == PY_BINARY)
		return is_of_host(f, n->a, depth + 1) && is_of_host(f, n->b, depth + 1);
	return callee && starts_with(callee, "torch.") && !signature_row(callee) &&
	       !ast_keyword(n, "device") && !ends_with(callee, "_like");
}

/* Is this made of it, and where it is? */
static bool is_of_it(const struct fetch *f, const struct py_node *n, size_t depth,
		     bool *ret_is_tensor)
{
	if (is_it(f, n))
		return true;
	if (depth > 12)
		return false;
	if (n->kind == PY_BINARY && n->op <= OP_POW)
		return (is_of_it(f, n->a, depth + 1, ret_is_tensor) && is_of_host(f, n->b, 0)) ||
		       (is_of_it(f, n->b, depth + 1, ret_is_tensor) && is_of_host(f, n->a, 0));
	if (n->kind == PY_UNARY && n->op == OP_NEG)
		return is_of_it(f, n->a, depth + 1, ret_is_tensor);
	n = n->kind == PY_CALL ? operand_of(f, n, ret_is_tensor) : NULL;
	return n && is_of_it(f, n, depth + 1, ret_is_tensor);
}

/* x.detach().cpu().squeeze().numpy(), asked of the last call: only a tensor has all of these. */
static bool is_fetch(const struct fetch *f, const struct py_node *call)
{
	static const char *const ends[] = { "numpy", "tolist", "item", NULL };
	bool found = false, is_tensor = true;

	if (call->a->kind != PY_ATTR || !is_one_of(call->a->name, ends))
		return false;
	while (call->kind == PY_CALL && call->a->kind == PY_ATTR) {
		found |= strcmp(call->a->name, "cpu") == 0;
		call = call->a->a;
	}
	return found && is_of_it(f, call, 0, &is_tensor);
}

static void look_at_assignment(struct fetch *f, const struct py_node *n)
{
	const struct py_node *target = n->list.n == 1 ? n->list.v[0] : NULL;
	bool is_tensor = true, made = is_of_it(f, n->a, 0, &is_tensor), known = false;

	for (size_t i = 0; i < n->list.n; i++)
		known |= mentions(f, n->list.v[i]);
	made = made && target && target->kind == PY_NAME;
	f->is_over |= known && !made;
	if (!made)
		return;
	f->is_tensor &= is_tensor;
	if (!known && f->n < NAMES_MAX)
		f->names[f->n++] = target->name;
}

static bool look(struct py_node *n, void *data)
{
	struct fetch *f = data;

	if (n->kind == PY_FUNC || n->kind == PY_LAMBDA || n->kind == PY_CLASS || f->is_over)
		return false;
	if (n->start < f->from)
		return true;
	if (n->kind == PY_CALL && is_fetch(f, n))
		f->is_fetched = f->is_over = true;
	else if (n->kind == PY_ASSIGN)
		look_at_assignment(f, n);
	else if (n->kind == PY_FOR || n->kind == PY_COMP_FOR || n->kind == PY_WALRUS)
		f->is_over |= mentions(f, n->a);
	else if (n->kind == PY_WITH_ITEM && n->b)
		f->is_over |= mentions(f, n->b);
	return true;
}

static bool names_gpus(const struct unit *u)
{
	static const char *const words[] = { "cuda", ".device", "device=" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text, u->n_text, words[i], strlen(words[i])))
			return true;
	return false;
}

const struct value *fetched_later(struct interp *in, const struct py_node *assignment,
				  const struct value *v)
{
	const struct py_node *target = assignment->list.n == 1 ? assignment->list.v[0] : NULL;
	const struct scope *scope;
	struct fetch f = { .unit = in->unit, .from = assignment->end, .is_tensor = true };
	struct device d = { .kind = DEV_ARG, .sym = assignment->a->id };
	const struct origin *o;

	if (!in->is_library || in->is_unreached || in->is_for_cpu || in->frame->unit != in->unit ||
	    v->kind != VAL_UNKNOWN || v->maybe || v->origin || v->text || v->param_text ||
	    !target || target->kind != PY_NAME || assignment->a->kind != PY_CALL)
		return v;
	scope = names_scope(in->unit, target);
	if (!scope || scope->node->kind != PY_FUNC || !names_gpus(in->unit))
		return v;
	f.names[f.n++] = target->name;
	if (!memmem(in->unit->text + scope->node->start, scope->node->end - scope->node->start,
		    ".cpu()", strlen(".cpu()")))
		return v;
	for (size_t i = 0; i < scope->node->body.n; i++)
		ast_walk(scope->node->body.v[i], look, &f);
	if (!f.is_fetched)
		return v;
	o = origin_new(in, FROM_OTHER, assignment->a, NULL);
	return f.is_tensor ? value_tensor(in->arena, d, TRI_UNKNOWN, o)
			   : value_placed(in->arena, d, o);
}
