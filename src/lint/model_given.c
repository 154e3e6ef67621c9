// SPDX-License-Identifier: Apache-2.0
/* Modules that nobody read: what a constructor is given, or makes with a class that was not read, keeps in self.x and calls as
 * self.x(...) later, and what a ModuleList holds. Such a one is where the module is that holds it, and so is what it gives
 * back; of what it is called with nothing is said. What turns texts, pictures or samples into tensors, or pairs things off, does so
 * on the CPU: names tell. */
#include "lint/model_parts.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "lint/interp.h"
#include "lint/names.h"

#define NUMBER_OF_ELEMENTS 77 /* the container is made at the same place */

struct held {
	const char *param, *attribute; /* self.attribute = param */
};

struct called {
	struct arena *arena;
	struct strlist *names;
};

static bool is_own_attribute(const struct py_node *n)
{
	return n->kind == PY_ATTR && n->a->kind == PY_NAME && strcmp(n->a->name, "self") == 0;
}

static bool find_kept(struct py_node *n, void *data)
{
	struct held *h = data;

	if (n->kind == PY_ASSIGN && n->a->kind == PY_NAME && strcmp(n->a->name, h->param) == 0 &&
	    n->list.n == 1 && is_own_attribute(n->list.v[0]))
		h->attribute = n->list.v[0]->name;
	return true;
}

static bool find_called(struct py_node *n, void *data)
{
	struct called *c = data;

	if (n->kind == PY_CALL && is_own_attribute(n->a))
		PUSH(c->arena, c->names, n->a->name);
	return true;
}

static bool is_module_type(const struct py_node *annotation)
{
	const struct py_node *n = annotation;

	if (n->kind == PY_SUBSCRIPT && n->a->kind == PY_NAME && n->list.n == 1 &&
	    strcmp(n->a->name, "Optional") == 0)
		n = n->list.v[0];
	return (n->kind == PY_NAME || n->kind == PY_ATTR) && strcmp(n->name, "Module") == 0;
}

static bool has_word(const char *name, const char *word)
{
	size_t n = strlen(word);

	for (; *name; name++)
		if (strncasecmp(name, word, n) == 0)
			return true;
	return false;
}

static bool is_of_data(const char *name)
{
	static const char *const words[] = { "token",   "process", "transform", "augment",
					     "sampler", "fn",      "func",      "factory",
					     "cls",     "class",   "callback",  "match",
					     "assign",  "vocab",   "metric",    "anchor" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has_word(name, words[i]) && !has_word(name, "classifi") &&
		    !has_word(name, "transformer"))
			return true;
	return false;
}

/* Asked for every attribute of every object: a base may have thousands of lines. */
static const struct strlist *called_in(const struct klass *k)
{
	struct klass *own = (struct klass *)(uintptr_t)k;
	struct arena *a = k->unit->arena;
	struct called c = { .arena = a };

	if (!k->called) {
		c.names = arena_alloc(a, sizeof *c.names);
		ast_walk((struct py_node *)(uintptr_t)k->node, find_called, &c);
		own->called = c.names;
	}
	return k->called;
}

static bool is_called_by(const struct klass *k, const char *attribute)
{
	for (size_t i = 0; i < k->order.n; i++) {
		const struct strlist *called = called_in(k->order.v[i]);

		for (size_t n = 0; n < called->n; n++)
			if (strcmp(called->v[n], attribute) == 0)
				return true;
	}
	return false;
}

bool given_is_module(const struct function *f, const struct py_param *p)
{
	struct held h = { .param = p->name };

	if (!f->cls || !klass_is_module(f->cls) || strcmp(f->name, "__init__") != 0)
		return false;
	if (p->annotation ? !is_module_type(p->annotation) : is_of_data(p->name))
		return false;
	ast_walk((struct py_node *)(uintptr_t)f->node, find_kept, &h);
	return h.attribute && is_called_by(f->cls, h.attribute);
}

static struct object given_object(const struct unit *u, const struct py_node *site)
{
	return (struct object){ .kind = OBJ_MODULE,
				.text = GIVEN_MODULE,
				.has_tensors = true,
				.unit = u,
				.site = site };
}

const struct value *given_module(struct interp *in, struct state *s, const struct unit *u,
				 const struct py_node *site)
{
	struct object o = given_object(u, site);

	return value_object(interp_arena(in), state_new(in, s, &o));
}

/* ---- self.x = Unread(...) ---- */

struct storing {
	const struct py_node *target;
	const struct py_node *value;
};

static bool find_value(struct py_node *n, void *data)
{
	struct storing *st = data;

	if (n->kind == PY_ASSIGN && n->list.n == 1 && n->list.v[0] == st->target)
		st->value = n->a;
	return !st->value;
}

/* The name of what is called: VectorQuantize, build_encoder. NULL: it is no plain call. */
static const char *maker(const struct py_node *value)
{
	if (!value || value->kind != PY_CALL)
		return NULL;
	return value->a->kind == PY_NAME || value->a->kind == PY_ATTR ? value->a->name : NULL;
}

const struct value *given_part(const struct scene *x, const struct object *holder,
			       const struct value *v)
{
	struct storing st = { .target = x->at };
	const struct scope *scope = names_scope(interp_unit(x->in), x->at);
	const char *name;

	if (v->kind != VAL_UNKNOWN || v->maybe || !holder->cls || !x->at ||
	    x->at->kind != PY_ATTR || !scope || scope->node->kind != PY_FUNC ||
	    strcmp(scope->node->name, "__init__") != 0)
		return v;
	ast_walk((struct py_node *)(uintptr_t)scope->node, find_value, &st);
	name = maker(st.value);
	if (!name || is_of_data(name) || is_of_data(x->at->name) ||
	    !is_called_by(holder->cls, x->at->name))
		return v;
	return given_module(x->in, x->s, interp_unit(x->in), x->at);
}

/* nn.ModuleList and nn.ModuleDict hold modules, whatever they are. */
const struct value *given_element(const struct scene *x, const struct object *container,
				  const struct value *v)
{
	bool holds = container->text && !container->cls &&
		     (strcmp(container->text, "torch.nn.ModuleList") == 0 ||
		      strcmp(container->text, "torch.nn.ModuleDict") == 0);

	if (!holds || (v->kind != VAL_UNKNOWN && v->kind != VAL_PLACED) || v->maybe || !x->at)
		return v;

	return value_object(
		x->a, made_object(x, given_object(interp_unit(x->in), x->at), NUMBER_OF_ELEMENTS));
}
