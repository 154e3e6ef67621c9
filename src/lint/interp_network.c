// SPDX-License-Identifier: Apache-2.0
/* Does a module of read code give back its results where it computes them? Its parts need not be known: no word in its class may take
 * a tensor to the host, and its forward calls its own parts and torch alone.
 *
 * What it cannot know: parts of libraries that bring their results to the CPU themselves; hence warnings. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

/* Is there no word in a class of going to the CPU? */
static bool stays_on_device(const struct klass *k)
{
	static const char *const words[] = { ".cpu()",  "numpy",    "tolist",  ".item()",
					     "\"cpu\"", "'cpu'",    "predict", "transcribe",
					     "decode",  "generate", NULL };
	const struct py_node *n = k->node;

	for (size_t i = 0; words[i]; i++)
		if (memmem(k->unit->text + n->start, n->end - n->start, words[i], strlen(words[i])))
			return false;
	return true;
}

struct callees {
	const struct unit *unit;
	bool are_known;
};

/* self.layer(x), x.view(-1), torch.relu(x), len(x); of helper(x) nobody knows whether it brings x back. */
static bool visit_callee(struct py_node *n, void *data)
{
	static const char *const plain[] = { "len",   "range",      "zip",   "enumerate",
					     "list",  "tuple",      "dict",  "int",
					     "str",   "isinstance", "print", "super",
					     "float", "max",        "min",   "reversed",
					     NULL };
	struct callees *c = data;
	const char *dotted;

	if (n->kind != PY_CALL)
		return true;
	dotted =
		n->a->kind == PY_NAME || n->a->kind == PY_ATTR ? names_dotted(c->unit, n->a) : NULL;
	if (dotted)
		c->are_known &= starts_with(dotted, "torch.");
	else if (n->a->kind == PY_NAME)
		c->are_known &= is_one_of(n->a->name, plain);
	return c->are_known;
}

static bool calls_only_known(const struct klass *k, const struct py_node *forward)
{
	struct callees c = { .unit = k->unit, .are_known = true };

	for (size_t i = 0; i < forward->body.n; i++)
		ast_walk(forward->body.v[i], visit_callee, &c);
	return c.are_known;
}

bool klass_leaves_results(const struct state *s, const struct klass *k)
{
	const struct value *forward = klass_member(s, k, NULL, "forward");

	for (size_t i = 0; i < k->order.n; i++)
		if (!stays_on_device(k->order.v[i]))
			return false;
	return !k->is_unknown && forward && forward->kind == VAL_FUNC && forward->func->cls &&
	       calls_only_known(forward->func->cls, forward->func->node);
}
