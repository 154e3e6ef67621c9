// SPDX-License-Identifier: Apache-2.0
/* The words of the findings: how an expression is quoted, the way that a value came, and what to
 * write instead. An edit is made only where a device is at hand under a name; else words say what
 * is missing. */
#include "lint/model_parts.h"

#include <string.h>

#include "lint/names.h"

#define QUOTE_MAX 60

const char *text_at(const struct scene *x, const struct unit *u, const struct py_node *n)
{
	(void)x;
	return lint_text(u, n, QUOTE_MAX);
}

struct unit *unit_of(const struct origin *o)
{
	return (struct unit *)o->unit;
}

/* ---- a device at hand ---- */

static bool is_before(const struct binding *b, const struct py_node *at)
{
	return b->kind == BOUND_PARAM || (b->node && b->node->end <= at->start);
}

static bool holds_device(const struct unit *u, const struct binding *b)
{
	static const char *const words[] = { "cuda", "torch.device", "device", "accelerator" };

	if (b->kind == BOUND_PARAM)
		return true;
	if (b->kind != BOUND_VALUE || !b->node)
		return false;

	const char *text = lint_text(u, b->node, 300), *value = strchr(text, '=');

	for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
		if (strstr(value, words[i]))
			return true;
	return false;
}

const char *device_at_hand(const struct unit *u, const struct py_node *at)
{
	static const char *const wanted[] = { "device", "DEVICE", "dev", "_device" };

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const struct scope *scope = NULL;
		const struct binding *b = names_find(u, at, wanted[i], &scope);

		if (b && is_before(b, at) && holds_device(u, b))
			return wanted[i];
	}
	return NULL;
}

/* ---- fixes ---- */

/* May ".to(device)" be written behind it without brackets? */
static bool is_primary(const struct py_node *n)
{
	return n->kind == PY_NAME || n->kind == PY_ATTR || n->kind == PY_CALL ||
	       n->kind == PY_SUBSCRIPT;
}

void fix_move(const struct scene *x, struct finding *f, struct unit *u,
	      const struct py_node *expression)
{
	const char *device = device_at_hand(u, expression);

	if (device && is_primary(expression))
		lint_edit(u, f, APPLIES_SAFE, expression->end, expression->end, ".to(%s)", device);
	lint_advise(u, f, "move it: %s.to(%s)", text_at(x, u, expression),
		    device ? device : "device");
}

/* A name that is a parameter of the function around, or bound before: its .device can be read
 * there. */
static bool is_dominated_by(const struct unit *u, const struct py_node *name,
			    const struct py_node *at)
{
	const struct scope *scope = NULL, *here = names_scope(u, at);
	const struct binding *b = names_find(u, at, name->name, &scope);

	if (!b || scope != here)
		return false;
	return b->kind == BOUND_PARAM || (b->n_stores == 1 && b->node && b->node->end <= at->start);
}

static const char *device_expression(const struct scene *x, const struct unit *u,
				     const struct py_node *factory, const struct mix_operand *other)
{
	const struct py_node *n = other ? other->node : NULL;
	bool is_here = interp_unit(x->in) == u;

	if (n && is_here && n->kind == PY_NAME && other->value->kind != VAL_OBJECT &&
	    is_dominated_by(u, n, factory))
		return arena_fmt(x->a, "%s.device", n->name);
	return device_at_hand(u, factory);
}

void fix_factory(const struct scene *x, struct finding *f, struct unit *u,
		 const struct py_node *factory, const struct mix_operand *other)
{
	const char *device = device_expression(x, u, factory, other);
	struct lint_api_row row;
	const char *name = factory->kind == PY_CALL ? names_dotted(u, factory->a) : NULL;
	bool takes_device = name && api_find(name, &row) &&
			    (strcmp(row.does, "factory") == 0 || strcmp(row.does, "like") == 0);

	if (!takes_device) {
		if (device && is_primary(factory))
			lint_edit(u, f, APPLIES_SAFE, factory->end, factory->end, ".to(%s)",
				  device);
		lint_advise(u, f, "move it where it is used: %s.to(%s)", text_at(x, u, factory),
			    device ? device : "device");
		return;
	}
	if (device)
		lint_edit(u, f, APPLIES_SAFE, factory->end - 1, factory->end - 1, "%sdevice=%s",
			  factory->list.n ? ", " : "", device);
	lint_advise(u, f, "create it where it is used: device=%s", device ? device : "x.device");
}

/* ---- the way of a value ---- */

static const char *origin_words(enum origin_kind kind)
{
	switch (kind) {
	case FROM_FACTORY:
	case FROM_NUMPY:
		return "created on the CPU here";
	case FROM_LOADER:
	case FROM_DATASET:
		return "comes out of the loader on the CPU here";
	case FROM_ATTRIBUTE:
		return "kept as a plain attribute here";
	case FROM_PARAMETER:
		return "made by the model here";
	case FROM_CPU_CALL:
		return "taken to the CPU here";
	case FROM_MOVE:
		return "moved here";
	case FROM_NETWORK:
		return "given back by the network here";
	case FROM_TOKENIZER:
		return "made on the CPU by the tokenizer here";
	case FROM_LOAD:
		return "loaded here";
	default:
		return NULL;
	}
}

void way_of_origin(const struct scene *x, struct finding *f, const struct origin *o)
{
	const struct origin *stations[8];
	size_t n = 0;

	for (; o && n < 8; o = o->before)
		stations[n++] = o;
	while (n) {
		const struct origin *station = stations[--n];
		const char *words = origin_words(station->kind);

		if (words && station->node)
			lint_way(interp_unit(x->in), f, station->unit, station->node, "%s", words);
	}
}
