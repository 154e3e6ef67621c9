// SPDX-License-Identifier: Apache-2.0
/* Does a function take a `device` and make its tensors on the CPU all the same? It must create tensors itself, move nothing,
 * and give something back. Interfaces, tests and functions that hand all they have to others are left alone. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static const struct py_param *device_param(const struct py_node *f)
{
	for (size_t i = 0; i < f->params.n; i++)
		if (f->params.v[i].name && strcmp(f->params.v[i].name, "device") == 0)
			return &f->params.v[i];
	return NULL;
}

static bool is_factory(const char *callee)
{
	static const char *const names[] = { "torch.zeros",  "torch.ones",     "torch.rand",
					     "torch.randn",  "torch.full",     "torch.empty",
					     "torch.arange", "torch.randint",  "torch.eye",
					     "torch.tensor", "torch.linspace", "torch.randperm" };

	for (size_t i = 0; callee && i < sizeof names / sizeof *names; i++)
		if (strcmp(callee, names[i]) == 0)
			return true;
	return false;
}

/* What shows that the device is dealt with in some other way, or on purpose not at all. */
static bool is_about_devices(const struct py_node *node)
{
	static const char *const methods[] = { "to",        "cuda",     "cpu",      "type_as",
					       "new_zeros", "new_ones", "new_full", "new_tensor",
					       "new_empty", "new",      "tolist",   "item",
					       "numpy",     "to_empty", "type",     "move_to" };
	const char *method = local_method(node);

	if (node->kind == PY_ATTR && (strcmp(node->name, "device") == 0))
		return true;
	if (node->kind == PY_NAME &&
	    (strcmp(node->name, "device") == 0 || strcmp(node->name, "locals") == 0 ||
	     strcmp(node->name, "numpy") == 0))
		return true;
	if (node->kind == PY_ERROR || node->kind == PY_YIELD || node->kind == PY_WITH)
		return true;
	if (node->kind == PY_CALL && (ast_keyword(node, "device") || local_has_stars(node)))
		return true;
	for (size_t i = 0; method && i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

static bool has_plain_bases(const struct local *l, const struct py_node *cls)
{
	for (size_t i = 0; i < cls->list2.n; i++) {
		const struct py_node *base = cls->list2.v[i]->a;
		const char *dotted = names_dotted(l->unit, base);
		bool plain = base->kind == PY_NAME && strcmp(base->name, "object") == 0;

		if (!plain && (!dotted || strcmp(dotted, "torch.nn.Module") != 0))
			return false;
	}
	return true;
}

/* Named without being called: whoever gets it wants this signature. */
static bool is_handed_on(const struct local *l, const struct py_node *f)
{
	if (!local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if ((node->kind == PY_NAME || node->kind == PY_ATTR) &&
		    strcmp(node->name, f->name) == 0 && (p->kind != PY_CALL || p->a != node))
			return true;
	}
	return false;
}

/* A base or a decorator may want the parameter. */
static bool is_free(const struct local *l, const struct py_node *f)
{
	const struct py_node *parent = local_parent(l, f);

	for (size_t i = 0; i < f->list.n; i++)
		if (f->list.v[i]->kind != PY_NAME ||
		    strcmp(f->list.v[i]->name, "staticmethod") != 0)
			return false;
	if (starts_with(f->name, "test"))
		return false;
	return parent->kind != PY_CLASS || has_plain_bases(l, parent);
}

static bool is_derived_from(const struct local *l, const struct py_node *cls)
{
	if (!local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind != PY_CLASS)
			continue;
		for (size_t b = 0; b < node->list2.n; b++)
			if (node->list2.v[b]->a->kind == PY_NAME &&
			    strcmp(node->list2.v[b]->a->name, cls->name) == 0)
				return true;
	}
	return false;
}

/* The tensor is what the function gives back: the factory stands in the return, or a name that the return reads is made from
 * it. NULL: not seen. */
static bool name_returned(const struct local *l, const struct py_node *f, const char *name)
{
	for (size_t i = local_pos(l, f); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind != PY_RETURN || !node->a)
			continue;
		for (size_t k = local_pos(l, node); k < local_until(l, node); k++)
			if (l->nodes.v[k].node->kind == PY_NAME &&
			    strcmp(l->nodes.v[k].node->name, name) == 0)
				return true;
	}
	return false;
}

static bool is_given_back(const struct local *l, const struct py_node *f,
			  const struct py_node *call)
{
	const struct py_node *s = local_statement(l, call);

	if (s->kind == PY_RETURN)
		return true;
	return s->kind == PY_ASSIGN && s->list.n == 1 && s->list.v[0]->kind == PY_NAME &&
	       name_returned(l, f, s->list.v[0]->name);
}

/* The factory whose result the function gives back, or NULL if the device may be dealt with. */
static const struct py_node *made(const struct local *l, const struct py_node *f)
{
	const struct py_node *found = NULL;

	if (f->body.n == 0)
		return NULL;
	for (size_t i = local_pos(l, f->body.v[0]); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (is_about_devices(node))
			return NULL;
		if (!found && node->kind == PY_CALL && is_factory(local_callee(l, node)) &&
		    is_given_back(l, f, node))
			found = node;
	}
	return found;
}

/* with open(path) as f: nothing but a file. */
static bool opens_file(const struct py_node *with)
{
	const struct py_node *callee =
		with->list.n == 1 && with->list.v[0]->a && with->list.v[0]->a->kind == PY_CALL
			? with->list.v[0]->a->a
			: NULL;

	return callee && callee->kind == PY_NAME && strcmp(callee->name, "open") == 0;
}

/* torch.load(path, map_location="cpu"): where the file's tensors go, not the network. */
static bool is_load_onto_cpu(const struct local *l, const struct py_node *call)
{
	const char *callee = local_callee(l, call);
	const struct py_node *where = ast_keyword(call, "map_location");

	return callee && strcmp(callee, "torch.load") == 0 && where && where->kind == PY_STRING &&
	       strcmp(where->name, "cpu") == 0;
}

/* net.load_state_dict(torch.load(path, map_location="cpu")); return net. The call, or NULL if the device may be dealt with. */
static const struct py_node *loaded(const struct local *l, const struct py_node *f)
{
	const struct py_node *found = NULL;
	bool from_file = false;

	for (size_t i = local_pos(l, f->body.v[0]); i < local_until(l, f); i++) {
		const struct py_node *node = l->nodes.v[i].node;
		const char *method = local_method(node);

		if (is_about_devices(node) && !(node->kind == PY_WITH && opens_file(node)))
			return NULL;
		if (node->kind == PY_CALL)
			from_file |= is_load_onto_cpu(l, node);
		if (method && strcmp(method, "load_state_dict") == 0 &&
		    node->a->a->kind == PY_NAME && name_returned(l, f, node->a->a->name))
			found = node;
	}
	return from_file ? found : NULL;
}

static bool is_silenced(const struct unit *u, const struct py_node *f)
{
	size_t n = f->body.v[0]->start - f->start;

	return memmem(u->text + f->start, n, "noqa", 4) ||
	       memmem(u->text + f->start, n, "unused-argument", 15);
}

static bool mentions_device(const struct local *l, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		if (l->nodes.v[i].node->kind == PY_NAME &&
		    strcmp(l->nodes.v[i].node->name, "device") == 0)
			return true;
	return false;
}

/* device = torch.device(...) in any case, before anything reads what the caller chose. */
static const struct py_node *overwritten(const struct local *l, const struct py_node *f)
{
	size_t start = local_pos(l, f->body.v[0]);

	for (size_t i = 0; i < f->body.n; i++) {
		const struct py_node *s = f->body.v[i];
		const struct py_node *to =
			s->kind == PY_ASSIGN && s->list.n == 1 ? s->list.v[0] : NULL;

		if (mentions_device(l, start, local_pos(l, s)))
			return NULL;
		if (to && to->kind == PY_NAME && strcmp(to->name, "device") == 0)
			return mentions_device(l, local_pos(l, s->a), local_until(l, s->a)) ? NULL
											    : s;
	}
	return NULL;
}

static void report_overwritten(const struct local *l, const struct py_node *f,
			       const struct py_param *param, const struct py_node *lost)
{
	struct finding *found =
		lint_report(l->unit, "device-param-unused", lost,
			    "the parameter `device` of %s is overwritten before it is "
			    "read: what the caller chose is lost",
			    f->name);

	if (!found)
		return;
	lint_way(l->unit, found, l->unit, param->node, "the caller's choice");
	lint_advise(l->unit, found, "only where there is none: if device is None: device = ...");
}

static void look_at(const struct local *l, const struct py_node *f)
{
	const struct py_param *param = device_param(f);
	const struct py_node *cls = local_parent(l, f);
	const struct py_node *lost;

	if (!param || f->body.n == 0 || !is_free(l, f) || is_silenced(l->unit, f))
		return;
	lost = overwritten(l, f);
	if (lost)
		report_overwritten(l, f, param, lost);
	if (lost)
		return;

	const struct py_node *call = made(l, f), *network = call ? NULL : loaded(l, f);

	if ((!call && !network) || is_handed_on(l, f) ||
	    (cls->kind == PY_CLASS && is_derived_from(l, cls)))
		return;

	struct finding *found =
		lint_report(l->unit, "device-param-unused", param->node,
			    "the parameter `device` of %s is never read: %s", f->name,
			    network ? "the network that it loads stays on the CPU"
				    : "the tensors are created on the CPU");

	if (!found)
		return;
	if (network) {
		lint_way(l->unit, found, l->unit, network, "loaded here, on the CPU");
		lint_advise(l->unit, found, "move it before it is given back: %s.to(device)",
			    network->a->a->name);
		return;
	}
	lint_way(l->unit, found, l->unit, call, "created here, on the CPU");
	lint_advise(l->unit, found, "create the tensors there: %s(..., device=device)",
		    local_callee(l, call));
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (u->is_test || local_has_word(u, "set_default_device"))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_FUNC)
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_device_param = { "device-param", run };
