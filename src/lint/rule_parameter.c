// SPDX-License-Identifier: Apache-2.0
/* Does a function that says it gives back a Parameter give back a moved one? .to(device) of a Parameter is a plain tensor, no
 * leaf and nothing that a module takes for a parameter, unless it was there already: a warning. What is kept in a class is for the
 * rules about classes. */
#include <string.h>

#include "core/str.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

/* Parameter(x).to(device), nn.Parameter(x).cuda() */
static bool is_moved_parameter(const struct local *l, const struct py_node *n)
{
	const char *method = n && n->kind == PY_CALL ? local_method(n) : NULL;
	const struct py_node *made = method ? n->a->a : NULL;
	const char *callee = made && made->kind == PY_CALL ? local_callee(l, made) : NULL;

	return callee && ends_with(callee, ".Parameter") && starts_with(callee, "torch.") &&
	       local_moves(l, n);
}

static bool says_parameter(const struct unit *u, const struct py_node *function)
{
	const char *text = function->a ? lint_text(u, function->a, 60) : "";

	return ends_with(text, "Parameter") || ends_with(text, "Parameter\"") ||
	       ends_with(text, "Parameter'");
}

static void check(struct unit *u, const struct local *l, const struct py_node *statement)
{
	const struct py_node *function = local_function(l, statement);
	const struct py_node *move = statement->a;
	struct finding *f;

	if (!function || function->kind != PY_FUNC || !says_parameter(u, function) ||
	    !is_moved_parameter(l, move))
		return;
	f = lint_report(
		u, "parameter-moved-becomes-tensor", move,
		"%s is a plain tensor once it moves: %s() says that it gives back a Parameter, but no module registers this one and no "
		"optimizer takes it",
		lint_text(u, move, 60), function->name);
	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	lint_advise(u, f, "move first, then make the Parameter: nn.Parameter(x.to(device))");
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (!l->has_torch || u->is_test)
		return;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *n = l->nodes.v[i].node;

		if (n->kind == PY_RETURN)
			check(u, l, n);
	}
}

const struct lint_pass pass_parameter = { .name = "parameter", .run = run };
