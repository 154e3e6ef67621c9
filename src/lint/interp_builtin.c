// SPDX-License-Identifier: Apache-2.0
/* What do Python's own functions give? Those that make or look into containers, classes and texts; what is left (and what they do
 * to tensors) is in the model's tables. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/names.h"

struct builtin {
	const char *name;
	/* False: nothing is known of this call. */
	bool (*run)(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret);
};

/* ---- containers ---- */

static bool as_kind(struct interp *in, struct state *s, const struct call *c, enum object_kind kind,
		    const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	struct iteration it;

	if (!v) {
		*ret = make_sequence(in, s, kind, NULL, 0, c->node);
		return true;
	}
	it = iterate(in, s, v, c->node);
	*ret = it.items ? make_sequence(in, s, kind, it.items, it.n, c->node)
			: make_of_element(in, s, kind, it.element, c->node);
	return true;
}

static bool run_list(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	return as_kind(in, s, c, OBJ_LIST, ret);
}

static bool run_tuple(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	return as_kind(in, s, c, OBJ_TUPLE, ret);
}

static bool run_set(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	return as_kind(in, s, c, OBJ_SET, ret);
}

static bool run_iter(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	return as_kind(in, s, c, OBJ_ITERATOR, ret);
}

static bool run_sorted(struct interp *in, struct state *s, const struct call *c,
		       const struct value **ret)
{
	const struct value *v = call_positional(c, 0);

	if (!v)
		return false;
	*ret = make_of_element(in, s, OBJ_LIST, iterate(in, s, v, c->node).element, c->node);
	return true;
}

static bool run_reversed(struct interp *in, struct state *s, const struct call *c,
			 const struct value **ret)
{
	const struct value *v = call_positional(c, 0), *items[ELEMENTS_MAX];
	struct iteration it;

	if (!v)
		return false;
	it = iterate(in, s, v, c->node);
	if (!it.items || it.n > ELEMENTS_MAX) {
		*ret = make_of_element(in, s, OBJ_ITERATOR, it.element, c->node);
		return true;
	}
	for (size_t i = 0; i < it.n; i++)
		items[i] = it.items[it.n - 1 - i];
	*ret = make_sequence(in, s, OBJ_ITERATOR, items, it.n, c->node);
	return true;
}

static bool run_dict(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	struct object o = { .kind = OBJ_DICT, .unit = in->frame->unit, .site = c->node };
	struct call update = *c;
	const struct value *ignored;

	*ret = value_object(in->arena, state_new(in, s, &o));
	update.name = "update";
	update.self = *ret;
	if (c->n_args)
		container_method(in, s, &update, &ignored);
	return true;
}

static bool run_range(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	const struct value *end = call_positional(c, 0), *items[ELEMENTS_MAX];

	if (c->n_args != 1 || !end || end->kind != VAL_INT || !end->is_known || end->number < 0 ||
	    end->number > ELEMENTS_MAX) {
		*ret = make_of_element(in, s, OBJ_ITERATOR, value_number(in->arena, VAL_INT),
				       c->node);
		return true;
	}
	for (int64_t i = 0; i < end->number; i++)
		items[i] = value_int(in->arena, i);
	*ret = make_sequence(in, s, OBJ_ITERATOR, items, (size_t)end->number, c->node);
	return true;
}

static const struct value *salted_tuple(struct interp *in, struct state *s, size_t i,
					const struct value *const *items, size_t n,
					const struct py_node *at)
{
	uint32_t before = in->salt;
	const struct value *v;

	in->salt = before * 31 + (uint32_t)i + 1;
	v = make_sequence(in, s, OBJ_TUPLE, items, n, at);
	in->salt = before;
	return v;
}

static bool run_enumerate(struct interp *in, struct state *s, const struct call *c,
			  const struct value **ret)
{
	const struct value *v = call_positional(c, 0), *items[ELEMENTS_MAX];
	const struct value *pair[2] = { value_number(in->arena, VAL_INT), NULL };
	struct iteration it;

	if (!v)
		return false;
	it = iterate(in, s, v, c->node);
	if (!it.items || it.n > ELEMENTS_MAX) {
		pair[1] = it.element;
		*ret = make_of_element(in, s, OBJ_ITERATOR,
				       salted_tuple(in, s, 0, pair, 2, c->node), c->node);
		return true;
	}
	for (size_t i = 0; i < it.n; i++) {
		pair[0] = value_int(in->arena, (int64_t)i);
		pair[1] = it.items[i];
		items[i] = salted_tuple(in, s, i, pair, 2, c->node);
	}
	*ret = make_sequence(in, s, OBJ_ITERATOR, items, it.n, c->node);
	return true;
}

/* zip(*batch) of pairs of which nobody knows how many: the first items, the second ones. */
static bool transposed(struct interp *in, struct state *s, const struct call *c,
		       const struct value **ret)
{
	const struct value *rows = c->args[0].value, *items[ELEMENTS_MAX];
	const struct value *row = iterate(in, s, rows, c->node).element;
	const struct object *o = row->kind == VAL_OBJECT ? state_object(s, row->object) : NULL;
	uint32_t before = in->salt;

	if (!o || (o->kind != OBJ_TUPLE && o->kind != OBJ_LIST) || o->element || o->is_open ||
	    o->fields.n > ELEMENTS_MAX)
		return false;
	for (size_t i = 0; i < o->fields.n; i++) {
		in->salt = before * 31 + (uint32_t)i + 1;
		items[i] = make_of_element(in, s, OBJ_TUPLE, o->fields.v[i].value, c->node);
	}
	in->salt = before;
	*ret = make_sequence(in, s, OBJ_ITERATOR, items, o->fields.n, c->node);
	return true;
}

static bool run_zip(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	struct iteration *it = arena_alloc(in->arena, (c->n_args + 1) * sizeof *it);
	const struct value **row = arena_alloc(in->arena, (c->n_args + 1) * sizeof(*row));
	const struct value *rows[ELEMENTS_MAX];
	size_t n = ELEMENTS_MAX;
	bool exact = c->n_args > 0;

	if (c->n_args == 1 && c->args[0].stars == 1)
		return transposed(in, s, c, ret);
	if (call_has_stars(c))
		return false;
	for (size_t i = 0; i < c->n_args; i++) {
		it[i] = iterate(in, s, c->args[i].value, c->node);
		row[i] = it[i].element;
		exact &= it[i].items != NULL;
		if (exact && it[i].n < n)
			n = it[i].n;
	}
	if (!exact) {
		*ret = make_of_element(in, s, OBJ_ITERATOR,
				       salted_tuple(in, s, 0, row, c->n_args, c->node), c->node);
		return true;
	}
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < c->n_args; i++)
			row[i] = it[i].items[k];
		rows[k] = salted_tuple(in, s, k, row, c->n_args, c->node);
	}
	*ret = make_sequence(in, s, OBJ_ITERATOR, rows, n, c->node);
	return true;
}

static bool run_map(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	const struct value *f = call_positional(c, 0), *items[ELEMENTS_MAX];
	struct call_arg arg = { .node = c->node };
	struct iteration it;

	if (c->n_args != 2 || !call_positional(c, 1))
		return false;
	it = iterate(in, s, call_positional(c, 1), c->node);
	if (!it.items || it.n > UNROLL_MAX) {
		arg.value = it.element;
		*ret = make_of_element(in, s, OBJ_ITERATOR, interp_call(in, s, f, &arg, 1, c->node),
				       c->node);
		return true;
	}
	for (size_t i = 0; i < it.n; i++) {
		arg.value = it.items[i];
		items[i] = interp_call(in, s, f, &arg, 1, c->node);
	}
	*ret = make_sequence(in, s, OBJ_ITERATOR, items, it.n, c->node);
	return true;
}

static bool run_next(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	const struct value *v = call_positional(c, 0);

	if (!v)
		return false;

	const struct value *method = interp_method(in, s, v, "__next__");

	*ret = method ? interp_call(in, s, method, NULL, 0, c->node)
		      : iterate(in, s, v, c->node).element;
	return true;
}

/* Was it appended, and no layer, which are all there from the beginning? */
static bool is_put_in(const struct state *s, const struct object *o, const struct object_field *f)
{
	bool is_module = f->value->kind == VAL_OBJECT &&
			 state_object(s, f->value->object)->kind == OBJ_MODULE;

	return !is_module && f->node && o->site &&
	       (f->node->start < o->site->start || f->node->end > o->site->end);
}

/* len(self.memory) in a loop: what it holds in the first round is not what it holds in the last. */
static bool is_filled(const struct interp *in, const struct state *s, const struct call *c,
		      const struct object *o)
{
	const struct py_node *list = c->args[0].node;
	bool put_in = o->kind == OBJ_LIST && list && list->kind == PY_ATTR && o->fields.n;

	for (size_t i = 0; put_in && i < o->fields.n; i++)
		put_in = is_put_in(s, o, &o->fields.v[i]);
	return put_in && interp_in_loop(in);
}

static bool run_len(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	const struct object *o = v && v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	bool is_exact = o && !o->element && !o->is_open && !is_filled(in, s, c, o) &&
			(o->kind == OBJ_LIST || o->kind == OBJ_TUPLE || o->kind == OBJ_DICT);

	if (v && v->kind == VAL_TENSOR && v->is_empty)
		*ret = value_int(in->arena, 0);
	else
		*ret = is_exact ? value_int(in->arena, (int64_t)o->fields.n)
				: value_number(in->arena, VAL_INT);
	return true;
}

/* ---- classes and attributes ---- */

/* Is it an instance? Of read classes, and of a few of Python's own. */
/* isinstance(0.25, (float, int)): of a constant, and of a type of Python's own. */
static enum tri is_constant_of(const struct value *v, const char *type)
{
	static const struct {
		enum value_kind kind;
		const char *name;
	} kinds[] = { { VAL_INT, "builtins.int" },      { VAL_FLOAT, "builtins.float" },
		      { VAL_STR, "builtins.str" },      { VAL_BOOL, "builtins.bool" },
		      { VAL_BOOL, "builtins.int" },     { VAL_UNKNOWN, "builtins.list" },
		      { VAL_UNKNOWN, "builtins.dict" }, { VAL_UNKNOWN, "builtins.tuple" } };
	bool is_constant = v->kind == VAL_NONE || v->is_known;
	enum tri yes = TRI_UNKNOWN;

	for (size_t i = 0; is_constant && !v->param_text && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(type, kinds[i].name) == 0 && yes != TRI_YES)
			yes = v->kind == kinds[i].kind ? TRI_YES : TRI_NO;
	return yes;
}

static enum tri is_instance(const struct state *s, const struct value *v, const struct value *type)
{
	const struct klass *k = v->kind == VAL_OBJECT ? state_object(s, v->object)->cls : NULL;
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	if (v->may_be_none)
		return TRI_UNKNOWN;
	if (type->kind == VAL_CLASS && k)
		return klass_derives(k, type->cls) ? TRI_YES : k->is_unknown ? TRI_UNKNOWN : TRI_NO;
	if (type->kind != VAL_API)
		return TRI_UNKNOWN;
	if (is_constant_of(v, type->text) != TRI_UNKNOWN)
		return is_constant_of(v, type->text);
	/* Of an argument only its annotation may have said so. */
	if (v->kind == VAL_TENSOR && !(v->origin && v->origin->kind == FROM_ARGUMENT) &&
	    (strncmp(type->text, "builtins.", 9) == 0 || strncmp(type->text, "numpy.", 6) == 0))
		return strcmp(type->text, "builtins.object") == 0 ? TRI_YES : TRI_NO;
	if (strcmp(type->text, "builtins.list") == 0 && o)
		return o->kind == OBJ_LIST ? TRI_YES : TRI_NO;
	if (strcmp(type->text, "builtins.dict") == 0 && o && o->kind != OBJ_INSTANCE)
		return o->kind == OBJ_DICT ? TRI_YES : TRI_NO;
	if (strcmp(type->text, "builtins.tuple") == 0 && o && o->kind != OBJ_INSTANCE)
		return o->kind == OBJ_TUPLE ? TRI_YES : TRI_NO;
	if (strcmp(type->text, "builtins.str") == 0 && v->kind != VAL_UNKNOWN &&
	    v->kind != VAL_SCALAR && v->kind != VAL_PLACED && v->kind != VAL_API &&
	    v->kind != VAL_DEVICE)
		return v->kind == VAL_STR ? TRI_YES : TRI_NO;
	if (strcmp(type->text, "torch.Tensor") == 0 &&
	    (v->kind == VAL_TENSOR || value_is_plain(v) || o))
		return v->kind == VAL_TENSOR          ? TRI_YES
		       : o && o->kind == OBJ_INSTANCE ? TRI_UNKNOWN
						      : TRI_NO;
	if (strcmp(type->text, "torch.nn.Module") == 0 && o && o->kind != OBJ_INSTANCE)
		return o->kind == OBJ_MODULE ? TRI_YES : TRI_NO;
	return strcmp(type->text, "torch.nn.Module") == 0 && v->kind == VAL_FUNC ? TRI_NO
										 : TRI_UNKNOWN;
}

static enum tri is_instance_of_any(struct interp *in, struct state *s, const struct value *v,
				   const struct value *types, const struct py_node *at)
{
	enum tri yes = TRI_NO;

	if (types->kind != VAL_OBJECT)
		return is_instance(s, v, types);

	struct iteration it = iterate(in, s, types, at);

	if (!it.items)
		return TRI_UNKNOWN;
	for (size_t i = 0; i < it.n; i++) {
		enum tri one = is_instance(s, v, it.items[i]);

		if (one == TRI_YES)
			return TRI_YES;
		if (one == TRI_UNKNOWN)
			yes = TRI_UNKNOWN;
	}
	return yes;
}

/* torch.tensor(x), torch.FloatTensor(x), torch.from_numpy(x) */
static bool makes_tensors(const struct interp *in, const struct py_node *call)
{
	const struct unit *u = in->frame->unit;
	const struct scope *scope = names_scope(u, call);
	const struct py_node *n = scope ? scope->node : NULL;

	return n && n->kind == PY_FUNC &&
	       (memmem(u->text + n->start, n->end - n->start, "ensor(", 6) ||
		memmem(u->text + n->start, n->end - n->start, "from_numpy(", 11));
}

/* Of which type an argument is that nobody gives here is its caller's choice, one of them: "x@17==list". Only where that
 * matters: in a function that makes tensors of data. NULL: it is none. */
static const char *choice_of_type(struct interp *in, const struct value *v,
				  const struct py_node *call)
{
	const struct py_node *type =
		call->kind == PY_CALL && call->list.n == 2 ? call->list.v[1]->a : NULL;
	const struct origin *o = v->origin;
	const char *text = v->param_text;

	if (!type || !in->is_library || !makes_tensors(in, call))
		return NULL;
	if (!text && v->kind == VAL_PLACED && o && o->kind == FROM_ARGUMENT &&
	    o->node->kind == PY_NAME)
		text = arena_fmt(in->arena, "%s@%u", o->node->name, o->node->id);
	if (!text || !strchr(text, '@') || *text == '!' || strstr(text, "=="))
		return NULL;
	return arena_fmt(in->arena, "%s==%s", text, lint_text(in->frame->unit, type, 60));
}

static bool run_isinstance(struct interp *in, struct state *s, const struct call *c,
			   const struct value **ret)
{
	enum tri yes;

	if (!call_positional(c, 1))
		return false;
	yes = is_instance_of_any(in, s, call_positional(c, 0), call_positional(c, 1), c->node);
	*ret = yes == TRI_UNKNOWN ? value_number(in->arena, VAL_BOOL)
				  : value_bool(in->arena, yes == TRI_YES);
	if (yes == TRI_UNKNOWN && choice_of_type(in, call_positional(c, 0), c->node))
		*ret = value_with_param(in->arena, *ret,
					choice_of_type(in, call_positional(c, 0), c->node));
	return true;
}

/* "hann_window" of getattr(torch, window): a text, or what it is if the user says nothing else and that was not ruled out. */
const char *name_told(struct interp *in, const struct state *s, const struct value *name)
{
	const char *text = name->kind == VAL_STR ? name->text : NULL, *flag = name->param_text;

	if (!text || name->is_known || !flag)
		return text;
	return param_assumed(in, s, arena_fmt(in->arena, "%s==%s", flag, text)) == TRI_NO ? NULL
											  : text;
}

static bool run_getattr(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	const struct value *base = call_positional(c, 0), *name = call_positional(c, 1);
	const struct value *fallback = call_positional(c, 2);

	if (!name)
		return false;

	const char *text = name_told(in, s, name);

	if (!text || (!name->is_known && base->kind != VAL_API)) {
		state_escape(in, s, base);
		*ret = value_unknown();
		return true;
	}
	*ret = attr_now(in, s, base, text, c->node, true);
	if (fallback && (*ret)->kind == VAL_METHOD)
		*ret = value_unknown();
	return true;
}

static bool run_setattr(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	const struct value *base = call_positional(c, 0), *name = call_positional(c, 1);
	const struct value *v = call_positional(c, 2);
	struct states out = { 0 };

	*ret = value_none();
	if (!v)
		return false;
	if (name->kind != VAL_STR || !name->is_known) {
		state_escape(in, s, base);
		state_escape(in, s, v);
		return true;
	}
	attr_store(in, &out, s, base, name->text, v, c->node);
	if (out.n)
		*s = states_one(in, &out);
	else
		s->is_dead = true;
	return true;
}

static bool run_hasattr(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	const struct value *base = call_positional(c, 0), *name = call_positional(c, 1);
	const struct object *o =
		base && base->kind == VAL_OBJECT ? state_object(s, base->object) : NULL;
	bool told = o && name && name->is_known && name->kind == VAL_STR;
	const struct value *own = told ? state_attr(s, base->object, name->text) : NULL;
	/* It may be there on one way only. */
	bool has = told && ((own && !own->may_be_none) ||
			    (o->cls && klass_member(s, o->cls, NULL, name->text)));

	*ret = has ? value_bool(in->arena, true) : value_number(in->arena, VAL_BOOL);
	return true;
}

/* The class and the instance of the method that runs. */
static bool run_super(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	const struct frame *f = in->frame;
	const struct value *self = call_positional(c, 1), *type = call_positional(c, 0);
	const struct klass *k = type && type->kind == VAL_CLASS ? type->cls : NULL;
	struct value v = { .kind = VAL_BOUND };

	if (!c->n_args && f->func && f->func->cls && f->func->node->params.n) {
		k = f->func->cls;
		self = name_load(in, s, f->func->node->params.v[0].name);
	}
	if (!k || !self || (self->kind != VAL_OBJECT && self->kind != VAL_CLASS))
		return false;
	v.cls = k;
	v.self = self;
	*ret = memcpy(arena_alloc(in->arena, sizeof v), &v, sizeof v);
	return true;
}

static bool run_type(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	const struct klass *k = v && c->n_args == 1 && v->kind == VAL_OBJECT
					? state_object(s, v->object)->cls
					: NULL;

	*ret = k ? value_class(in->arena, k) : value_unknown();
	return k || (v && c->n_args == 1);
}

static bool run_vars(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	struct object o = { .kind = OBJ_DICT, .unit = in->frame->unit, .site = c->node };

	if (!v || v->kind != VAL_OBJECT || state_object(s, v->object)->cls ||
	    state_object(s, v->object)->kind != OBJ_INSTANCE)
		return false;
	for (size_t i = 0; i < state_object(s, v->object)->fields.n; i++)
		PUSH(in->arena, &o.fields, state_object(s, v->object)->fields.v[i]);
	o.is_open = state_object(s, v->object)->is_open;
	*ret = value_object(in->arena, state_new(in, s, &o));
	return true;
}

/* ---- numbers and texts ---- */

static bool run_int(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	int64_t number;

	(void)s;
	if (v && v->kind == VAL_INT)
		*ret = v;
	else if (v && v->is_known && v->kind == VAL_FLOAT && v->real < 9e15 && v->real > -9e15)
		*ret = value_int(in->arena, (int64_t)v->real);
	else if (v && v->is_known && v->kind == VAL_STR && parse_i64(v->text, &number))
		*ret = value_int(in->arena, number);
	else
		return false;
	return true;
}

static bool run_str(struct interp *in, struct state *s, const struct call *c,
		    const struct value **ret)
{
	const struct value *v = call_positional(c, 0);

	(void)s;
	if (v && v->kind == VAL_INT && v->is_known)
		*ret = value_str(in->arena, arena_fmt(in->arena, "%lld", (long long)v->number));
	else if (v && v->kind == VAL_STR)
		*ret = v;
	else if (v && v->kind == VAL_DEVICE && v->device.kind == DEV_CPU)
		*ret = value_str(in->arena, "cpu");
	else if (v && v->kind == VAL_DEVICE && v->device.kind == DEV_CUDA)
		*ret = value_str(in->arena, "cuda");
	else
		*ret = value_number(in->arena, VAL_STR);
	return true;
}

static bool run_bool(struct interp *in, struct state *s, const struct call *c,
		     const struct value **ret)
{
	const struct value *v = call_positional(c, 0);
	enum tri truth;

	if (!v)
		return false;
	if (v->param_text && v->kind == VAL_BOOL) {
		*ret = v;
		return true;
	}
	truth = value_truth(s, v);
	*ret = truth == TRI_UNKNOWN ? value_number(in->arena, VAL_BOOL)
				    : value_bool(in->arena, truth == TRI_YES);
	return v->kind != VAL_TENSOR && v->kind != VAL_PLACED;
}

static const struct builtin table[] = {
	{ "bool", run_bool },
	{ "dict", run_dict },
	{ "enumerate", run_enumerate },
	{ "frozenset", run_set },
	{ "getattr", run_getattr },
	{ "hasattr", run_hasattr },
	{ "int", run_int },
	{ "isinstance", run_isinstance },
	{ "iter", run_iter },
	{ "len", run_len },
	{ "list", run_list },
	{ "map", run_map },
	{ "next", run_next },
	{ "range", run_range },
	{ "reversed", run_reversed },
	{ "set", run_set },
	{ "setattr", run_setattr },
	{ "sorted", run_sorted },
	{ "str", run_str },
	{ "super", run_super },
	{ "tuple", run_tuple },
	{ "type", run_type },
	{ "vars", run_vars },
	{ "zip", run_zip },
};

/* The program ends here. */
static bool is_exit(const char *name)
{
	return strcmp(name, "sys.exit") == 0 || strcmp(name, "builtins.exit") == 0 ||
	       strcmp(name, "builtins.quit") == 0 || strcmp(name, "os._exit") == 0 ||
	       strcmp(name, "os.abort") == 0;
}

static bool leave_program(struct interp *in, struct state *s)
{
	struct state copy = *s;

	/* A try that catches SystemExit is rare, one that catches everything is not: no handler sees it. */
	if (in->exits)
		states_add(in, in->exits, &copy);
	return true;
}

/* ---- collections ---- */

#define NAMED_TUPLE "collections.namedtuple"

static bool run_deque(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	struct call items = *c;

	items.n_args = c->n_args && !c->args[0].name && !c->args[0].stars ? 1 : 0;
	if ((c->n_args && !items.n_args && !c->args[0].name) || !run_list(in, s, &items, ret))
		return false;
	/* A memory that is filled while the program runs: `len(memory) > 32` is for later. */
	if (!items.n_args && (*ret)->kind == VAL_OBJECT) {
		struct object o = *state_object(s, (*ret)->object);

		o.is_open = true;
		state_put(in, s, (*ret)->object, &o);
	}
	return true;
}

/* namedtuple("Step", ["state", "reward"]), namedtuple("Step", "state reward"): the names are the fields of what is made. */
static bool run_namedtuple(struct interp *in, struct state *s, const struct call *c,
			   const struct value **ret)
{
	const struct value *names = call_argument(c, 1, "field_names");
	struct object o = {
		.kind = OBJ_INSTANCE, .text = NAMED_TUPLE, .unit = in->frame->unit, .site = c->node
	};
	struct iteration it = { 0 };

	if (!names)
		return false;
	if (names->kind == VAL_OBJECT)
		it = iterate(in, s, names, c->node);
	for (size_t i = 0; it.items && i < it.n; i++) {
		struct object_field f = { .name = it.items[i]->text, .value = it.items[i] };

		if (it.items[i]->kind != VAL_STR || !it.items[i]->is_known)
			return false;
		PUSH(in->arena, &o.fields, f);
	}
	for (const char *p = names->kind == VAL_STR && names->is_known ? names->text : ""; *p;) {
		size_t n = strcspn(p, " ,");
		const char *name = arena_strndup(in->arena, p, n);
		struct object_field f = { .name = name, .value = value_str(in->arena, name) };

		if (n)
			PUSH(in->arena, &o.fields, f);
		p += n + (p[n] != '\0');
	}
	*ret = value_object(in->arena, state_new(in, s, &o));
	return o.fields.n > 0;
}

/* A tuple whose items have names too. */
bool named_tuple_call(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	const struct object *names = state_object(s, c->self->object);
	struct object o = { .kind = OBJ_TUPLE, .unit = in->frame->unit, .site = c->node };

	if (names->kind != OBJ_INSTANCE || names->cls || !names->text ||
	    strcmp(names->text, NAMED_TUPLE) != 0 || strcmp(c->name, "__call__") != 0)
		return false;
	for (size_t i = 0; i < names->fields.n; i++) {
		struct object_field f = names->fields.v[i];
		const struct value *v = call_has_stars(c) ? NULL : call_argument(c, i, f.name);

		f.value = v ? v : value_unknown();
		f.node = c->node;
		PUSH(in->arena, &o.fields, f);
	}
	if (call_has_stars(c))
		call_unknown(in, s, NULL, &(struct args){ .v = c->args, .n = c->n_args });
	*ret = value_object(in->arena, state_new(in, s, &o));
	return true;
}

/* By their whole names. */
static const struct builtin others[] = {
	{ "collections.OrderedDict", run_dict },
	{ "collections.deque", run_deque },
	{ NAMED_TUPLE, run_namedtuple },
};

static bool run_named(struct interp *in, struct states *out, struct state *s, const struct call *c,
		      const struct builtin *b)
{
	const struct value *v = NULL;

	if (!b->run(in, s, c, &v))
		return false;
	states_give(in, out, s, v);
	return true;
}

bool builtin_call(struct interp *in, struct states *out, struct state *s, const struct call *c)
{
	if (is_exit(c->name))
		return leave_program(in, s);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(others[i].name, c->name) == 0)
			return run_named(in, out, s, c, &others[i]);
	if (strcmp(c->name, "types.SimpleNamespace") == 0)
		return namespace_call(in, out, s, c);
	if (!starts_with(c->name, "builtins."))
		return false;
	if (strcmp(c->name, "builtins.reveal") == 0 && in->reveal) {
		in->reveal(in, s, c);
		states_give(in, out, s, value_none());
		return true;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, c->name + strlen("builtins.")) == 0)
			return run_named(in, out, s, c, &table[i]);
	return false;
}
