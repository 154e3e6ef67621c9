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

struct self_device {
	const struct py_node *at;
	bool in_init, is_set;
};

static bool visit_self_device(struct py_node *n, void *data)
{
	struct self_device *d = data;

	for (size_t i = 0; n->kind == PY_ASSIGN && i < n->list.n; i++) {
		const struct py_node *to = n->list.v[i];

		d->is_set |= to->kind == PY_ATTR && strcmp(to->name, "device") == 0 &&
			     to->a->kind == PY_NAME && strcmp(to->a->name, "self") == 0 &&
			     (!d->in_init || n->end <= d->at->start);
	}
	return !d->is_set;
}

/* In a method of a class that keeps its device. */
static const char *device_of_self(const struct unit *u, const struct py_node *at)
{
	const struct scope *scope = names_scope(u, at), *found = NULL;
	const struct binding *self = names_find(u, at, "self", &found);
	struct self_device d = { .at = at };

	while (scope && scope != found)
		scope = scope->outer;
	if (!scope || !self || self->kind != BOUND_PARAM || !scope->outer ||
	    scope->outer->node->kind != PY_CLASS)
		return NULL;
	d.in_init = scope->node->name && strcmp(scope->node->name, "__init__") == 0;
	ast_walk((struct py_node *)scope->outer->node, visit_self_device, &d);
	return d.is_set ? "self.device" : NULL;
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
	return device_of_self(u, at);
}

/* ---- fixes ---- */

/* May ".to(device)" be written behind it without brackets? */
static bool is_primary(const struct py_node *n)
{
	return n->kind == PY_NAME || n->kind == PY_ATTR || n->kind == PY_CALL ||
	       n->kind == PY_SUBSCRIPT;
}

static bool is_in_place_call(const struct py_node *n)
{
	const char *name = n->kind == PY_CALL && n->a->kind == PY_ATTR ? n->a->name : "";
	size_t length = strlen(name);

	return length > 2 && name[length - 1] == '_' && name[length - 2] != '_';
}

/* What x.mul_(2).add_(y) and `x += y` change: a copy of it elsewhere would be changed in its place. Else NULL. */
static const struct py_node *changed_in_place(const struct py_node *operation,
					      const struct py_node *operand)
{
	bool is_changed = (is_in_place_call(operation) && operation->a->a == operand) ||
			  (operation->kind == PY_AUGASSIGN && operation->a == operand);

	while (is_changed && is_in_place_call(operand))
		operand = operand->a->a;
	return is_changed ? operand : NULL;
}

/* What to write for the device that is wanted: a name that the code has for it, or its own. */
static const char *device_text(const struct scene *x, const char *at_hand, struct device wanted)
{
	if (at_hand)
		return at_hand;
	if (wanted.kind != DEV_CUDA || wanted.chosen)
		return "device";
	return arena_fmt(x->a, "\"%s\"", device_name(x->a, wanted));
}

void fix_move(const struct scene *x, struct finding *f, struct unit *u,
	      const struct py_node *expression, struct device wanted)
{
	const char *device = device_at_hand(u, expression);
	const struct py_node *changed = changed_in_place(x->at, expression);

	if (changed) {
		lint_advise(u, f, "%s is changed in place: what it is taken from must be on %s",
			    text_at(x, u, changed), device_text(x, device, wanted));
		return;
	}
	if (device && is_primary(expression))
		lint_edit(u, f, APPLIES_SAFE, expression->end, expression->end, ".to(%s)", device);
	lint_advise(u, f, "move it: %s.to(%s)", text_at(x, u, expression),
		    device_text(x, device, wanted));
}

void fix_move_all(const struct scene *x, struct finding *f, struct unit *u,
		  const struct py_node *expression, struct device wanted)
{
	const char *device = device_text(x, device_at_hand(u, expression), wanted);

	lint_advise(u, f, "move every tensor in %s: .to(%s)", text_at(x, u, expression), device);
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

/* net in net(x): a module has no .device, whatever it was taken for. */
static bool is_callee(const struct scene *x, const struct mix_operand *o)
{
	return o && x->at->kind == PY_CALL && x->at->a == o->node;
}

static const char *device_expression(const struct scene *x, const struct unit *u,
				     const struct py_node *factory, const struct mix_operand *other)
{
	const struct py_node *n = other ? other->node : NULL;
	bool is_here = interp_unit(x->in) == u;

	if (n && is_here && n->kind == PY_NAME && !is_callee(x, other) &&
	    other->value->kind != VAL_OBJECT && is_dominated_by(u, n, factory))
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
			    device_text(x, device, other ? other->device : cpu_device()));
		return;
	}
	if (device)
		lint_edit(u, f, APPLIES_SAFE, factory->end - 1, factory->end - 1, "%sdevice=%s",
			  factory->list.n ? ", " : "", device);
	if (!device)
		device = is_callee(x, other) ? device_text(x, NULL, other->device) : "x.device";
	lint_advise(u, f, "create it where it is used: device=%s", device);
}

/* ---- modules ---- */

/* "the layer fc" of a model that was moved before it was put in. */
static const char *layer_words(const struct scene *x, uint32_t whole, uint32_t module)
{
	const struct object *o = whole && whole != module ? state_object(x->s, whole) : NULL;

	for (size_t i = 0; o && i < o->fields.n; i++)
		if (o->fields.v[i].value->kind == VAL_OBJECT &&
		    o->fields.v[i].value->object == module && o->fields.v[i].name)
			return arena_fmt(x->a, "the layer %s", o->fields.v[i].name);
	return "the model";
}

const char *module_words(const struct scene *x, uint32_t whole, uint32_t module,
			 const char **ret_what)
{
	if (module_is(x, module, "metric")) {
		*ret_what = "the metric";
		return "metric-not-moved";
	}
	if (module_is(x, module, "weighted loss")) {
		*ret_what = "the loss's weight";
		return "loss-weight-on-cpu";
	}
	if (module_is(x, module, "loss")) {
		*ret_what = "the loss module";
		return "loss-module-not-moved";
	}
	*ret_what = layer_words(x, whole, module);
	return "model-not-moved";
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

static const char *station_words(const struct origin *station, const struct origin *next)
{
	if (!next || station->kind != FROM_LOADER || next->kind != FROM_LOADER)
		return origin_words(station->kind);
	return station->node && station->node->kind == PY_CALL ? "the loader is made here"
							       : "from this loader";
}

void way_of_origin(const struct scene *x, struct finding *f, const struct origin *o)
{
	const struct origin *stations[8];
	const struct py_node *last = NULL;
	size_t n = 0;

	for (; o && n < 8; o = o->before)
		stations[n++] = o;
	while (n) {
		const struct origin *station = stations[--n];
		const char *words = station_words(station, n ? stations[n - 1] : NULL);

		/* A loop over a loader that is named there is one place of both. */
		if (!words || !station->node || station->node == last)
			continue;
		last = station->node;
		lint_way(interp_unit(x->in), f, station->unit, station->node, "%s", words);
	}
}
