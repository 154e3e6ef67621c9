// SPDX-License-Identifier: Apache-2.0
/* What lies in a list, a tuple, a dict? Few items are known one by one; of more, or where an index is not known, only what is true
 * of all of them. */
#include "lint/interp.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

/* ---- making ---- */

const struct value *make_of_element(struct interp *in, struct state *s, enum object_kind kind,
				    const struct value *element, const struct py_node *at)
{
	struct object o = { .kind = kind,
			    .unit = in->frame->unit,
			    .site = at,
			    .element = element ? element : value_unknown(),
			    .is_open = true };

	return value_object(in->arena, state_new(in, s, &o));
}

static const struct value *any_of(struct interp *in, struct state *s,
				  const struct value *const *items, size_t n)
{
	const struct value *any = n ? items[0] : value_unknown();

	for (size_t i = 1; i < n; i++)
		any = value_join(in, s, any, items[i]);
	return any;
}

const struct value *make_sequence(struct interp *in, struct state *s, enum object_kind kind,
				  const struct value *const *items, size_t n,
				  const struct py_node *at)
{
	struct object o = { .kind = kind, .unit = in->frame->unit, .site = at };

	if (n > ELEMENTS_MAX)
		return make_of_element(in, s, kind, any_of(in, s, items, n), at);
	for (size_t i = 0; i < n; i++) {
		struct object_field f = { .value = items[i], .node = at };

		PUSH(in->arena, &o.fields, f);
	}
	return value_object(in->arena, state_new(in, s, &o));
}

/* One of several that the same node makes. */
static const struct value *make_pair(struct interp *in, struct state *s, size_t index,
				     const struct value *a, const struct value *b,
				     const struct py_node *at)
{
	const struct value *items[] = { a, b }, *v;
	uint32_t before = in->salt;

	in->salt = before * 31 + (uint32_t)index + 1;
	v = make_sequence(in, s, OBJ_TUPLE, items, 2, at);
	in->salt = before;
	return v;
}

/* ---- keys ---- */

const char *dict_key(struct arena *a, const struct value *v)
{
	if (!v->is_known)
		return NULL;
	if (v->kind == VAL_STR)
		return v->text;
	if (v->kind == VAL_INT || v->kind == VAL_BOOL)
		return arena_fmt(a, "\001%lld", (long long)v->number);
	return NULL;
}

const struct value *dict_key_value(struct arena *a, const char *key)
{
	int64_t number;

	if (*key == '\001' && parse_i64(key + 1, &number))
		return value_int(a, number);
	return value_str(a, key);
}

/* ---- iterating ---- */

static struct iteration exact(struct interp *in, struct state *s, const struct value **items,
			      size_t n)
{
	return (struct iteration){
		.items = items, .n = n, .element = any_of(in, s, items, n), .may_be_empty = n == 0
	};
}

static struct iteration iterate_items(struct interp *in, struct state *s, const struct object *o)
{
	const struct value **items = arena_alloc(in->arena, (o->fields.n + 1) * sizeof *items);

	for (size_t i = 0; i < o->fields.n; i++)
		items[i] = o->kind == OBJ_DICT ? dict_key_value(in->arena, o->fields.v[i].name)
					       : value_now(in, s, o->fields.v[i].value);
	if (!o->element && !o->is_open)
		return exact(in, s, items, o->fields.n);
	if (o->kind == OBJ_DICT)
		return (struct iteration){ .element = value_scalar(), .may_be_empty = true };

	const struct value *any = o->element;

	for (size_t i = 0; i < o->fields.n; i++)
		any = any ? value_join(in, s, any, items[i]) : items[i];
	return (struct iteration){ .element = any ? any : value_unknown(),
				   .may_be_empty = o->kind != OBJ_ITERATOR };
}

/* An instance of a read class: __iter__, or __getitem__ with a number. */
static const struct value *iterate_instance(struct interp *in, struct state *s,
					    const struct value *v, const struct py_node *at)
{
	const struct value *method = interp_method(in, s, v, "__iter__");
	struct call_arg number = { .value = value_number(in->arena, VAL_INT), .node = at };

	if (in->nest >= NEST_MAX || in->steps >= in->steps_max)
		return value_unknown();
	in->steps++;
	if (method) {
		const struct value *result = interp_call(in, s, method, NULL, 0, at);

		if (result->kind == VAL_OBJECT && result->object != v->object)
			return iterate(in, s, result, at).element;
		method = interp_method(in, s, v, "__next__");
		return method ? interp_call(in, s, method, NULL, 0, at) : value_unknown();
	}
	method = interp_method(in, s, v, "__getitem__");
	return method ? interp_call(in, s, method, &number, 1, at) : NULL;
}

struct iteration iterate(struct interp *in, struct state *s, const struct value *v,
			 const struct py_node *at)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	const struct value *element = NULL;

	state_look(in, s, v);
	if (o && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE || o->kind == OBJ_SET ||
		  o->kind == OBJ_DICT || o->kind == OBJ_ITERATOR))
		return iterate_items(in, s, o);
	if (v->kind == VAL_STR)
		return (struct iteration){ .element = value_number(in->arena, VAL_STR) };
	if (o && o->kind == OBJ_INSTANCE && o->cls) {
		in->nest++;
		element = iterate_instance(in, s, v, at);
		in->nest--;
	}
	if (!element)
		element = model_element(in, s, v, at);
	if (!element && (value_is_batch(v) || value_is_data(v)))
		element = v;
	return (struct iteration){
		.element = element             ? element
			   : value_is_plain(v) ? value_scalar()
					       : value_unknown(),
		.may_be_empty = !element || value_is_data(element),
	};
}

/* ---- a[i] ---- */

static const struct value *any_value(struct interp *in, struct state *s, const struct object *o)
{
	const struct value *any = o->element;

	for (size_t i = 0; i < o->fields.n; i++)
		any = any ? value_join(in, s, any, o->fields.v[i].value) : o->fields.v[i].value;
	return any && !(o->kind == OBJ_DICT && o->is_open && !o->element) ? any : value_unknown();
}

/* A bound of a slice that is written as a number; `otherwise` if there is none. False: not known. */
static bool slice_bound(const struct py_node *n, int64_t otherwise, int64_t *ret)
{
	bool negative = n && n->kind == PY_UNARY && n->op == OP_NEG;
	const struct py_node *number = negative ? n->a : n;

	if (!n)
		*ret = otherwise;
	else if (number->kind == PY_INT && !number->is_big)
		*ret = negative ? -number->number : number->number;
	else
		return false;
	return true;
}

static int64_t within(int64_t i, int64_t n)
{
	i = i < 0 ? i + n : i;
	return i < 0 ? 0 : i > n ? n : i;
}

/* layers[:-1] of known items; NULL: which ones is not known. */
static const struct value *slice_of(struct interp *in, struct state *s, const struct object *o,
				    const struct py_node *at)
{
	const struct py_node *slice = at->list.v[0];
	int64_t n = (int64_t)o->fields.n, from, to;
	const struct value **items;

	if (o->element || o->is_open || slice->c || !slice_bound(slice->a, 0, &from) ||
	    !slice_bound(slice->b, n, &to))
		return NULL;
	from = within(from, n);
	to = within(to, n);
	items = arena_alloc(in->arena, (o->fields.n + 1) * sizeof *items);
	for (int64_t i = from; i < to; i++)
		items[i - from] = value_now(in, s, o->fields.v[i].value);
	return make_sequence(in, s, o->kind, items, to > from ? (size_t)(to - from) : 0, at);
}

static const struct value *sequence_item(struct interp *in, struct state *s, const struct object *o,
					 const struct value *index, const struct py_node *at)
{
	bool is_slice = at && at->kind == PY_SUBSCRIPT && at->list.n == 1 &&
			at->list.v[0]->kind == PY_SLICE;

	if (is_slice) {
		const struct value *v = slice_of(in, s, o, at);

		return v ? v : make_of_element(in, s, o->kind, any_value(in, s, o), at);
	}
	if (index->kind != VAL_INT || !index->is_known || o->element || o->is_open)
		return any_value(in, s, o);

	int64_t n = (int64_t)o->fields.n, i = index->number < 0 ? index->number + n : index->number;

	return i >= 0 && i < n ? value_now(in, s, o->fields.v[i].value) : value_unknown();
}

static const struct value *dict_item(struct interp *in, struct state *s, const struct object *o,
				     const struct value *index)
{
	const char *key = dict_key(in->arena, index);

	for (size_t i = 0; key && i < o->fields.n; i++)
		if (strcmp(o->fields.v[i].name, key) == 0)
			return value_now(in, s, o->fields.v[i].value);
	if (key)
		return o->element ? o->element : value_unknown();
	return any_value(in, s, o);
}

/* config["use_cuda"] of a configuration that was not read */
static const struct value *flag_of(struct interp *in, const struct value *base,
				   const struct value *const *indices, size_t n)
{
	bool unread = base->kind == VAL_UNKNOWN || base->kind == VAL_PLACED;

	if (!unread || n != 1 || indices[0]->kind != VAL_STR || !indices[0]->is_known)
		return NULL;
	return gpu_flag(in, indices[0]->text);
}

/* torch.__dict__[window] of a library */
static const struct value *of_dict(struct interp *in, struct state *s, const struct value *base,
				   const struct value *index, const struct py_node *at)
{
	static const char ending[] = ".__dict__";
	const char *name = base->kind == VAL_API && ends_with(base->text, ending)
				   ? name_told(in, s, index)
				   : NULL;
	size_t n = strlen(name ? base->text : ending) - strlen(ending);

	if (!name)
		return NULL;
	return attr_now(in, s, value_api(in->arena, arena_strndup(in->arena, base->text, n)), name,
			at, true);
}

const struct value *subscript_load(struct interp *in, struct state *s, const struct value *base,
				   const struct value *const *indices, size_t n,
				   const struct py_node *at)
{
	const struct object *o = base->kind == VAL_OBJECT ? state_object(s, base->object) : NULL;
	const struct value *v = NULL, *method;

	state_look(in, s, base);
	for (int64_t i = 0; value_is_any_encoding(s, base) && i < base->number; i++) {
		const struct value *item = state_object(s, base->maybe[i])->element;

		v = v ? value_join(in, s, v, item) : item;
	}
	if (v)
		return v;
	if (o && n == 1 && (o->kind == OBJ_LIST || o->kind == OBJ_TUPLE))
		return sequence_item(in, s, o, indices[0], at);
	if (o && n == 1 && o->kind == OBJ_DICT)
		return dict_item(in, s, o, indices[0]);
	if (o && n == 1 && o->cls && (method = interp_method(in, s, base, "__getitem__"))) {
		struct call_arg arg = { .value = indices[0], .node = at };

		return interp_call(in, s, method, &arg, 1, at);
	}
	v = n == 1 ? of_dict(in, s, base, indices[0], at) : NULL;
	if (!v)
		v = flag_of(in, base, indices, n);
	if (!v)
		v = model_subscript(in, s, base, indices, n, at);
	if (v)
		return v;
	if (base->kind == VAL_STR)
		return value_number(in->arena, VAL_STR);
	/* List[int], Optional[Tensor]: a type. */
	if (base->kind == VAL_API || base->kind == VAL_CLASS)
		return base;
	if (value_is_batch(base) || value_is_data(base))
		return base;
	return value_is_plain(base) ? value_scalar() : value_unknown();
}

/* ---- a[i] = v ---- */

static void store_any(struct interp *in, struct state *s, uint32_t id, const struct value *v)
{
	struct object o = *state_object(s, id);
	struct object_field *fields = arena_alloc(in->arena, (o.fields.n + 1) * sizeof *fields);

	for (size_t i = 0; i < o.fields.n; i++) {
		fields[i] = o.fields.v[i];
		fields[i].value = value_join(in, s, fields[i].value, v);
	}
	o.fields.v = fields;
	if (o.kind == OBJ_DICT || o.element)
		o.element = o.element ? value_join(in, s, o.element, v) : v;
	o.is_open |= o.kind == OBJ_DICT;
	state_put(in, s, id, &o);
}

static bool store_item(struct interp *in, struct state *s, uint32_t id, const struct value *index,
		       const struct value *v, const struct py_node *at)
{
	struct object o = *state_object(s, id);
	int64_t n = (int64_t)o.fields.n;

	if (index->kind != VAL_INT || !index->is_known || o.element || o.is_open || o.is_summary)
		return false;

	int64_t i = index->number < 0 ? index->number + n : index->number;
	struct object_field *fields = arena_alloc(in->arena, (o.fields.n + 1) * sizeof *fields);

	if (i < 0 || i >= n)
		return false;
	memcpy(fields, o.fields.v, o.fields.n * sizeof *fields);
	fields[i].value = v;
	fields[i].node = at;
	o.fields.v = fields;
	state_put(in, s, id, &o);
	return true;
}

static void store_in_dict(struct interp *in, struct state *s, uint32_t id,
			  const struct value *index, const struct value *v,
			  const struct py_node *at)
{
	const char *key = dict_key(in->arena, index);

	if (key && (state_attr(s, id, key) || state_object(s, id)->fields.n < ELEMENTS_MAX))
		state_set_attr(in, s, id, key, v, at);
	else
		store_any(in, s, id, v);
}

/* x[..., 0] = y, x[:, 1] = y: no container of tensors has such places. What x is stays where it was. */
static bool is_of_tensors(const struct py_node *at)
{
	bool found = false;

	for (size_t i = 0; at->kind == PY_SUBSCRIPT && at->list.n > 1 && i < at->list.n; i++)
		found |= at->list.v[i]->kind == PY_SLICE || at->list.v[i]->kind == PY_ELLIPSIS;
	return found;
}

void subscript_store(struct interp *in, struct state *s, const struct value *base,
		     const struct value *const *indices, size_t n, const struct value *v,
		     const struct py_node *at)
{
	const struct object *o = base->kind == VAL_OBJECT ? state_object(s, base->object) : NULL;
	const struct value *method;

	state_use(in, s, base);
	if (o && n == 1 && o->kind == OBJ_DICT) {
		store_in_dict(in, s, base->object, indices[0], v, at);
		return;
	}
	if (o && n == 1 && o->kind == OBJ_LIST) {
		if (!store_item(in, s, base->object, indices[0], v, at))
			store_any(in, s, base->object, v);
		return;
	}
	if (o && n == 1 && o->cls && (method = interp_method(in, s, base, "__setitem__"))) {
		struct call_arg args[] = { { .value = indices[0], .node = at },
					   { .value = v, .node = at } };

		interp_call(in, s, method, args, 2, at);
		return;
	}
	if (base->kind == VAL_PLACED && !is_of_tensors(at))
		state_lose(in, s, base);
	model_store(in, s, base, indices, n, v, at);
	if (base->kind != VAL_TENSOR && base->kind != VAL_ARRAY)
		state_escape(in, s, v);
}

/* ---- methods of lists ---- */

static void append(struct interp *in, struct state *s, uint32_t id, const struct value *v,
		   const struct py_node *at)
{
	struct object o = *state_object(s, id);
	struct object_field f = { .value = v, .node = at };

	if (!o.element && !o.is_open && !o.is_summary && o.fields.n < ELEMENTS_MAX) {
		PUSH(in->arena, &o.fields, f);
	} else {
		v = o.fields.n ? value_join(in, s, any_value(in, s, &o), v) : v;
		o.element = o.element ? value_join(in, s, o.element, v) : v;
		o.fields.n = 0;
		o.is_open = true;
	}
	state_put(in, s, id, &o);
}

static void extend(struct interp *in, struct state *s, uint32_t id, const struct value *with,
		   const struct py_node *at)
{
	struct iteration it = iterate(in, s, with, at);

	for (size_t i = 0; it.items && i < it.n; i++)
		append(in, s, id, it.items[i], at);
	if (it.items)
		return;

	struct object o = *state_object(s, id);

	o.element = o.fields.n || o.element ? value_join(in, s, any_value(in, s, &o), it.element)
					    : it.element;
	o.fields.n = 0;
	o.is_open = true;
	state_put(in, s, id, &o);
}

static const struct value *pop_item(struct interp *in, struct state *s, uint32_t id)
{
	struct object o = *state_object(s, id);
	const struct value *any = any_value(in, s, &o);

	if (!o.element && o.fields.n) {
		o.element = any;
		o.is_open = true;
		o.fields.n = 0;
		state_put(in, s, id, &o);
	}
	return any;
}

static void reorder(struct interp *in, struct state *s, uint32_t id)
{
	struct object o = *state_object(s, id);

	if (!o.fields.n)
		return;
	o.element = any_value(in, s, &o);
	o.is_open = true;
	o.fields.n = 0;
	state_put(in, s, id, &o);
}

static bool is_word(const char *name, const char *words)
{
	size_t n = strlen(name);

	for (const char *p = strstr(words, name); p; p = strstr(p + 1, name))
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

static bool list_method(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	uint32_t id = c->self->object;
	const struct value *first = call_positional(c, 0);

	*ret = value_none();
	if (is_word(c->name, "append add") && first)
		append(in, s, id, first, c->node);
	else if (is_word(c->name, "extend update") && first)
		extend(in, s, id, first, c->node);
	else if (strcmp(c->name, "insert") == 0 && call_positional(c, 1))
		append(in, s, id, call_positional(c, 1), c->node), reorder(in, s, id);
	else if (is_word(c->name, "pop popleft"))
		*ret = pop_item(in, s, id);
	else if (is_word(c->name, "sort reverse remove"))
		reorder(in, s, id);
	else if (strcmp(c->name, "copy") == 0)
		*ret = make_of_element(in, s, OBJ_LIST, iterate(in, s, c->self, c->node).element,
				       c->node);
	else if (strcmp(c->name, "clear") == 0)
		state_put(in, s, id, &(struct object){ .kind = state_object(s, id)->kind });
	else if (is_word(c->name, "index count"))
		*ret = value_number(in->arena, VAL_INT);
	else
		return false;
	return true;
}

/* ---- methods of dicts ---- */

static const struct value *dict_items(struct interp *in, struct state *s, const struct value *dict,
				      bool with_keys, const struct py_node *at)
{
	const struct object *o = state_object(s, dict->object);
	struct value_list items = { 0 };

	if (o->element || o->is_open) {
		const struct value *any = any_value(in, s, o);

		return make_of_element(
			in, s, OBJ_ITERATOR,
			with_keys
				? make_pair(in, s, 0, value_number(in->arena, VAL_SCALAR), any, at)
				: any,
			at);
	}
	for (size_t i = 0; i < o->fields.n; i++) {
		const struct value *v = value_now(in, s, o->fields.v[i].value);
		const char *key = o->fields.v[i].name;

		PUSH(in->arena, &items,
		     with_keys ? make_pair(in, s, i, dict_key_value(in->arena, key), v, at) : v);
	}
	return make_sequence(in, s, OBJ_ITERATOR, items.v, items.n, at);
}

/* dict([("a", x), ("b", y)]). False: they are no pairs. */
static bool store_pairs(struct interp *in, struct state *s, uint32_t id, const struct value *pairs,
			const struct call *c)
{
	struct iteration it = iterate(in, s, pairs, c->node);

	for (size_t i = 0; i < (it.items ? it.n : 1); i++) {
		const struct value *pair = it.items ? it.items[i] : it.element;
		const struct object *o =
			pair->kind == VAL_OBJECT ? state_object(s, pair->object) : NULL;

		if (!o || o->kind != OBJ_TUPLE || o->fields.n != 2 || o->element)
			return false;
		if (it.items)
			store_in_dict(in, s, id, o->fields.v[0].value, o->fields.v[1].value,
				      c->node);
		else
			store_any(in, s, id, o->fields.v[1].value);
	}
	return true;
}

static void dict_update(struct interp *in, struct state *s, uint32_t id, const struct call *c)
{
	const struct value *with = call_positional(c, 0);
	const struct object *o =
		with && with->kind == VAL_OBJECT ? state_object(s, with->object) : NULL;

	for (size_t i = 0; i < c->n_args; i++)
		if (c->args[i].name)
			store_in_dict(in, s, id, value_str(in->arena, c->args[i].name),
				      c->args[i].value, c->node);
	for (size_t i = 0; o && o->kind == OBJ_DICT && i < o->fields.n; i++)
		store_in_dict(in, s, id, dict_key_value(in->arena, o->fields.v[i].name),
			      o->fields.v[i].value, c->node);
	if (o && o->kind == OBJ_DICT && o->element)
		store_any(in, s, id, o->element);
	else if (o && o->kind != OBJ_DICT && !call_has_stars(c) && store_pairs(in, s, id, with, c))
		return;
	else if ((with && (!o || o->kind != OBJ_DICT)) || call_has_stars(c))
		store_any(in, s, id, value_unknown());
}

static const struct value *dict_get(struct interp *in, struct state *s, const struct call *c)
{
	const struct value *key = call_positional(c, 0), *fallback = call_positional(c, 1);
	const struct object *o = state_object(s, c->self->object);
	const char *name = key ? dict_key(in->arena, key) : NULL;

	if (!key)
		return value_unknown();
	if (name && state_attr(s, c->self->object, name))
		return dict_item(in, s, o, key);
	if (!fallback)
		fallback = value_none();
	if (name && !o->is_open && !o->element)
		return fallback;
	return value_join(in, s, dict_item(in, s, o, key), fallback);
}

static bool dict_method(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	uint32_t id = c->self->object;
	const struct value *key = call_positional(c, 0);

	*ret = value_none();
	if (is_word(c->name, "items iteritems"))
		*ret = dict_items(in, s, c->self, true, c->node);
	else if (strcmp(c->name, "values") == 0)
		*ret = dict_items(in, s, c->self, false, c->node);
	else if (strcmp(c->name, "keys") == 0)
		*ret = c->self;
	else if (is_word(c->name, "get pop"))
		*ret = dict_get(in, s, c);
	else if (strcmp(c->name, "setdefault") == 0 && key) {
		*ret = dict_get(in, s, c);
		store_in_dict(in, s, id, key, *ret, c->node);
	} else if (strcmp(c->name, "update") == 0)
		dict_update(in, s, id, c);
	else if (strcmp(c->name, "copy") == 0) {
		struct object o = *state_object(s, id);

		o.unit = in->frame->unit;
		o.site = c->node;
		*ret = value_object(in->arena, state_new(in, s, &o));
	} else if (strcmp(c->name, "clear") == 0)
		state_put(in, s, id, &(struct object){ .kind = OBJ_DICT });
	else
		return false;
	return true;
}

/* ---- methods of texts ---- */

static bool text_method(struct interp *in, struct state *s, const struct call *c,
			const struct value **ret)
{
	const struct value *text = c->self, *first = call_positional(c, 0);

	if (strcmp(c->name, "format") == 0 && text->is_known && starts_with(text->text, "cuda:{")) {
		*ret = first && first->kind == VAL_INT && first->is_known
			       ? value_str(in->arena, arena_fmt(in->arena, "cuda:%lld",
								(long long)first->number))
			       : value_str(in->arena, "cuda");
	} else if (strcmp(c->name, "startswith") == 0 && text->is_known && first &&
		   first->kind == VAL_STR && first->is_known) {
		*ret = value_bool(in->arena, starts_with(text->text, first->text));
	} else if (is_word(c->name, "startswith endswith isdigit isalpha isupper islower")) {
		*ret = value_number(in->arena, VAL_BOOL);
	} else if (is_word(c->name, "lower strip rstrip lstrip") && !c->n_args) {
		*ret = text; /* for what is asked of texts here it is the same */
	} else if (is_word(c->name, "split rsplit splitlines partition rpartition")) {
		*ret = make_of_element(in, s, OBJ_LIST, value_number(in->arena, VAL_STR), c->node);
	} else if (is_word(c->name, "encode find index count rfind")) {
		*ret = value_scalar();
	} else {
		*ret = value_number(in->arena, VAL_STR);
	}
	return true;
}

bool container_method(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret)
{
	if (c->self->kind == VAL_STR)
		return text_method(in, s, c, ret);
	if (c->self->kind != VAL_OBJECT)
		return false;
	switch (state_object(s, c->self->object)->kind) {
	case OBJ_LIST:
	case OBJ_TUPLE:
	case OBJ_SET:
		return list_method(in, s, c, ret);
	case OBJ_DICT:
		return dict_method(in, s, c, ret);
	default:
		return false;
	}
}
