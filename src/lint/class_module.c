// SPDX-License-Identifier: Apache-2.0
/* Modules, lists and dicts of the small evaluator: making them, calling them, and the methods that register, move or hand on
 * what is in them. */
#include "lint/class_run.h"

#include <string.h>

#include "lint/model_parts.h"

/* "if:affine", "unless:elementwise_affine": is the argument given, and not None or False? */
static enum tri holds_by_argument(const char *word, const struct cv_args *args)
{
	bool is_if = starts_with(word, "if:");
	size_t skip = is_if ? strlen("if:") : strlen("unless:");
	size_t n = strcspn(word + skip, " ");

	for (size_t i = 0; i < args->v.n; i++) {
		const struct cv_arg *arg = &args->v.v[i];

		if (!arg->name || strlen(arg->name) != n || memcmp(arg->name, word + skip, n) != 0)
			continue;
		if (arg->node && arg->node->kind == PY_FALSE)
			return TRI_NO;
		return arg->node && arg->node->kind == PY_TRUE ? TRI_YES : TRI_UNKNOWN;
	}
	if (args->has_stars)
		return TRI_UNKNOWN;
	return is_if ? (args->v.n > 2 ? TRI_UNKNOWN : TRI_NO) : TRI_YES;
}

/* The weight that a loss is made with, or NULL. names: "weight,pos_weight", in the order of the constructor; "-" is none. */
static const struct cv *loss_weight(struct run *r, const char *names, const struct cv_args *args)
{
	size_t pos = 0, position = 0;
	struct bytes part;
	const char *list = arena_strndup(r->arena, names, strcspn(names, " "));

	while (next_part(list, ',', &pos, &part)) {
		const struct cv *v =
			word_is(part, "-")
				? NULL
				: arg_get(args, position, arena_strndup(r->arena, part.v, part.n));

		position++;
		if (v && v->kind != CV_NONE)
			return v;
	}
	return NULL;
}

static void add_children(struct run *r, struct cv *module, const struct cv *from)
{
	if (from->kind == CV_UNKNOWN || (from->items && from->items->has_unknown))
		module->items->has_unknown = true;
	if (!from->items || !from->items->is_exact)
		items_blur(r, module->items);
	if (from->items && from->items->is_exact) {
		for (size_t i = 0; i < from->items->v.n; i++)
			cv_add(r, module->items, from->items->v.v[i]);
	} else if (from->items && items_any(r, from->items)) {
		cv_add(r, module->items, items_any(r, from->items));
	}
}

static void fill_container(struct run *r, struct cv *module, const struct lint_api_row *row,
			   const struct cv_args *args)
{
	module->items = cv_list(r, CV_LIST)->items;
	for (size_t i = 0; i < args->v.n; i++) {
		const struct cv_arg *arg = &args->v.v[i];
		bool is_list = arg->stars || arg->value->items;

		if (is_list && arg->value->kind != CV_MODULE)
			add_children(r, module, arg->value);
		else if (strcmp(row->detail, "sequential") == 0)
			cv_add(r, module->items, arg->value);
		else
			module->items->has_unknown = true;
	}
	if (strcmp(row->detail, "dict") == 0)
		items_blur(r, module->items);
}

static enum tri one_holds(const struct cv *child)
{
	enum tri holds = TRI_NO;

	if (child->kind == CV_TENSOR)
		return TRI_YES;
	for (const struct cv *m = child; m; m = m->next) {
		if (m->kind == CV_MODULE && m->holds == TRI_YES)
			return TRI_YES;
		if (m->kind != CV_MODULE || m->holds == TRI_UNKNOWN)
			holds = TRI_UNKNOWN;
	}
	return holds;
}

static enum tri children_hold(const struct cv *module)
{
	const struct cv_items *items = module->items;
	enum tri holds = items->has_unknown ? TRI_UNKNOWN : TRI_NO;

	if (!items->is_exact)
		return items->element ? one_holds(items->element) : TRI_UNKNOWN;
	for (size_t i = 0; i < items->v.n; i++) {
		enum tri one = one_holds(items->v.v[i]);

		if (one == TRI_YES)
			return one;
		if (one == TRI_UNKNOWN)
			holds = one;
	}
	return items->v.n ? holds : TRI_UNKNOWN;
}

/* Are its states tensors, or lists with a value for each sample? The words behind "sums" are the arguments that say so. */
static bool keeps_sums(const char *detail, const struct cv_args *args)
{
	if (!starts_with(detail, "sums") || args->has_stars)
		return false;
	for (size_t i = 0; i < args->v.n; i++) {
		const struct cv_arg *arg = &args->v.v[i];
		const char *text = arg->value->kind == CV_STRING ? arg->value->text : NULL;

		if (!arg->name || !has_word(detail, arg->name) || arg->value->kind == CV_NONE)
			continue;
		if (!text || starts_with(text, "sample"))
			return false;
	}
	return true;
}

/* models.resnet18(), timm.create_model(...). Of the layers of a library that are read by a pattern some have none. */
static bool has_weights(const char *dotted, const char *detail)
{
	return strcmp(detail, "input") == 0 && !starts_with(dotted, "torch_geometric.");
}

static bool held_by_class(struct run *r, struct cls *cls, enum tri *ret_holds)
{
	const struct cls_summary *sum = cls_summary(r, cls);

	*ret_holds = sum ? sum->holds : TRI_UNKNOWN;
	return sum != NULL;
}

const struct cv *torch_new_module(struct run *r, const char *dotted, struct cls *cls,
				  const struct cv_args *args, const struct py_node *at)
{
	struct cv *v = cv_new(r, CV_MODULE);
	struct lint_api_row row;

	v->made = at;
	v->cls = cls;
	v->library = dotted;
	v->object = arena_alloc(r->arena, sizeof *v->object);
	*v->object = (struct cv_object){ .unit = r->unit,
					 .made = at,
					 .in_init = r->self && r->self->in_init };
	if (arg_get(args, SIZE_MAX, "device") || r->is_on_default_device)
		v->object->is_moved = true; /* made where it says */
	if (cls) {
		args_escape(r, args); /* a module that is handed in may be registered there */
		held_by_class(r, cls, &v->holds);
		return v;
	}
	if (!api_find(dotted, &row))
		return v;
	if (strcmp(row.does, "container") == 0) {
		fill_container(r, v, &row, args);
		v->holds = children_hold(v);
	} else if (strcmp(row.does, "loss") == 0) {
		const struct cv *weight = loss_weight(r, row.detail + strlen("weight:"), args);

		v->is_loss = true;
		v->holds = !weight ? (args->has_stars ? TRI_UNKNOWN : TRI_NO)
				   : (weight->kind == CV_TENSOR ? TRI_YES : TRI_UNKNOWN);
		v->place = weight && weight->kind == CV_TENSOR && weight->zero_dim == TRI_NO
				   ? weight->place
				   : PLACE_UNKNOWN;
	} else if (strcmp(row.does, "module") == 0) {
		args_escape(r, args);
		v->holds = starts_with(row.detail, "tensors") ? TRI_YES
			   : starts_with(row.detail, "none")  ? TRI_NO
							      : holds_by_argument(row.detail, args);
	} else { /* pretrained, metric: where it is made is not for these rules */
		if (strcmp(row.does, "pretrained") == 0 && has_weights(dotted, row.detail))
			v->holds = TRI_YES;
		v->object->is_metric =
			strcmp(row.does, "metric") == 0 && keeps_sums(row.detail, args);
		args_escape(r, args);
		v->library = row.does;
	}
	return v;
}

/* ---- calling ---- */

static const struct cv *call_child(struct run *r, const struct cv *module, const char *name,
				   const struct cv_args *args)
{
	const struct cls_summary *sum = cls_summary(r, module->cls);
	const struct cls_method *m = cls_method(module->cls, name, NULL);

	if (!sum || !sum->is_known || !m || m->is_static || m->is_property ||
	    !module->object->is_registered || module->object->is_moved || module->cls->is_open) {
		args_escape(r, args);
		return &cv_unknown;
	}

	struct self *child = arena_alloc(r->arena, sizeof *child);
	struct cv self = { .kind = CV_SELF, .instance = child };
	struct cv func = {
		.kind = CV_FUNC, .unit = m->owner->unit, .func = m->func, .method = m, .self = &self
	};
	struct cv *held = cv_copy(r, &self);

	child->cls = module->cls;
	child->fields = &sum->fields;
	func.self = held;
	return run_function(r, &func, args);
}

static const struct cv *at_module(struct run *r, const struct cv *module, const struct py_node *at)
{
	bool is_there = module->object->is_registered && !module->object->is_moved &&
			!module->object->has_escaped;
	struct cv *v = cv_tensor(r, is_there ? PLACE_MODULE : PLACE_UNKNOWN, TRI_NO, at);

	return v;
}

/* The operands of a call of a library's layer that have to be where the layer is, or each where the other is. */
static struct cv_items operands_of(struct run *r, const char *params, const struct cv_args *args)
{
	struct cv_items all = { 0 };
	struct parameter p = { 0 };
	size_t pos = 0, position = 0;

	while (next_parameter(params, &pos, &p)) {
		const char *name = arena_strndup(r->arena, p.name.v, p.name.n);
		const struct cv *v = arg_get(args, position++, name);

		if (!v || (p.code != 't' && p.code != 'l'))
			continue;
		if (v->items && items_any(r, v->items) && !v->items->has_unknown)
			v = cv_element(r, v);
		if (v->kind == CV_TENSOR || v->kind == CV_UNKNOWN)
			PUSH(r->arena, &all.v, v);
	}
	return all;
}

static const struct cv *call_layer(struct run *r, const struct cv *module,
				   const struct lint_api_row *row, const struct cv_args *args,
				   const struct py_node *at)
{
	const char *params = row->detail + strcspn(row->detail, " ");
	const char *result = strchr(row->detail, '=');
	struct cv_items all = operands_of(r, params + strspn(params, " "), args);
	const struct cv *where = at_module(r, module, at);
	bool has_own = module->holds == TRI_YES && !module->is_loss;

	if (has_own && where->place == PLACE_MODULE)
		PUSH(r->arena, &all.v, where);
	if (all.v.n == 0)
		PUSH(r->arena, &all.v, &cv_unknown);
	if (module->is_loss && module->place == PLACE_CPU && !module->object->in_init &&
	    !module->object->is_registered && !module->object->is_moved)
		note_loss_weight(r, module->made, module, all.v.v[0]);

	struct cv *v = torch_mix(r, at, all.v.v, all.v.n);

	v->zero_dim = module->is_loss ? TRI_UNKNOWN : TRI_NO;
	if (has_own && where->place != PLACE_MODULE)
		v->place = PLACE_UNKNOWN;
	if (module->holds == TRI_UNKNOWN && v->place == PLACE_CPU)
		v->place = PLACE_UNKNOWN;
	result = result ? result + 1 + strspn(result + 1, " ") : "-";
	if (*result == 't' && result[1] != 'h')
		return v;
	if (*result != '2' && *result != 't')
		return &cv_unknown;

	struct cv *pair = cv_list(r, CV_LIST);

	cv_add(r, pair->items, v);
	cv_add(r, pair->items, &cv_unknown);
	return pair;
}

/* One after the other, each with what the last gave. */
static const struct cv *call_sequential(struct run *r, const struct cv *module,
					const struct cv_args *args, const struct py_node *at)
{
	struct cv_args next = *args;

	if (!module->items->is_exact || module->items->has_unknown || module->items->v.n == 0) {
		bool is_sure = module->object->is_registered && !module->object->is_moved &&
			       module->holds == TRI_YES && !module->items->has_unknown;

		if (is_sure && args->v.n == 1 && args->v.v[0].value->root)
			args->v.v[0].value->root->met_module = true;
		args_escape(r, args);
		return &cv_unknown;
	}
	for (size_t i = 0; i < module->items->v.n; i++) {
		const struct cv *v = run_apply(r, module->items->v.v[i], &next, at);
		struct cv_arg arg = { .value = v };

		next = (struct cv_args){ 0 };
		PUSH(r->arena, &next.v, arg);
	}
	return next.v.v[0].value;
}

static void call_metric(struct run *r, const struct cv *metric, const struct cv_args *args,
			const struct py_node *at)
{
	for (const struct cv *m = metric; m; m = m->next)
		for (size_t i = 0; i < args->v.n && m->object && m->object->is_metric; i++)
			note_metric_use(r, at, m, args->v.v[i].value);
	args_escape(r, args);
}

static const struct cv *call_one(struct run *r, const struct cv *module, const struct cv_args *args,
				 const struct py_node *at)
{
	struct lint_api_row row;

	if (module->cls)
		return call_child(r, module, "forward", args);
	if (!module->library || !api_find(module->library, &row)) {
		args_escape(r, args);
		return &cv_unknown;
	}
	if (strcmp(row.does, "module") == 0 || strcmp(row.does, "loss") == 0) {
		if (strcmp(row.does, "loss") == 0)
			row.detail += strcspn(row.detail, " ");
		return call_layer(r, module, &row, args, at);
	}
	if (strcmp(row.does, "container") == 0 && strcmp(row.detail, "sequential") == 0)
		return call_sequential(r, module, args, at);
	args_escape(r, args);
	return &cv_unknown;
}

const struct cv *torch_module_call(struct run *r, const struct cv *module,
				   const struct cv_args *args, const struct py_node *at)
{
	const struct cv *v = NULL;

	note_module_call(r, at, module);
	if (module->object && module->object->is_metric)
		call_metric(r, module, args, at);
	for (const struct cv *m = module; m; m = m->next) {
		v = cv_join(r, v, call_one(r, m, args, at));
		if (m->or_else)
			v = cv_join(r, v, &cv_unknown);
	}
	return v ? v : &cv_unknown;
}

/* ---- methods ---- */

static const struct cv *list_method(struct run *r, const struct cv *self, const char *name,
				    const struct cv_args *args)
{
	const struct cv *last = args->v.n > 0 ? args->v.v[args->v.n - 1].value : &cv_unknown;
	bool is_registered = self->object && self->object->is_registered;

	if (has_word("append add insert setdefault add_module register_module appendleft", name)) {
		if (strcmp(name, "append") != 0)
			items_blur(r, self->items);
		cv_add(r, self->items, last);
		if (is_registered)
			cv_register(r, last);
		return strcmp(name, "setdefault") == 0 ? cv_element(r, self) : &cv_none;
	}
	if (has_word("extend update", name)) {
		if (last->items && items_any(r, last->items) && !last->items->has_unknown) {
			items_blur(r, self->items);
			cv_add(r, self->items, items_any(r, last->items));
			if (is_registered)
				cv_register(r, last);
		} else if (!last->items || last->items->has_unknown) {
			cv_escape(r, self);
			cv_escape(r, last);
		}
		return &cv_none;
	}
	if (has_word("get pop popitem __getitem__", name))
		return cv_element(r, self);
	if (has_word("values copy", name)) {
		struct cv *v = cv_copy(r, self);

		if (self->kind == CV_DICT && strcmp(name, "values") == 0) {
			v->kind = CV_LIST;
			v->via = VIA_DICT;
		}
		v->library = NULL; /* the values of a ModuleDict */
		return v;
	}
	if (has_word("items", name)) {
		struct cv *all = cv_list(r, CV_LIST), *pair = cv_list(r, CV_LIST);

		cv_add(r, pair->items, &cv_plain);
		cv_add(r, pair->items, cv_element(r, self));
		cv_add(r, all->items, pair);
		items_blur(r, all->items);
		return all;
	}
	if (has_word("keys index count clear", name))
		return &cv_plain;
	if (has_word("reverse sort", name)) {
		items_blur(r, self->items);
		return &cv_none;
	}
	return NULL;
}

static bool moves(const char *name)
{
	return has_word("to cuda cpu xpu to_empty _apply", name);
}

const struct cv *torch_module_method(struct run *r, const struct cv *self, const char *name,
				     const struct cv_args *args, const struct py_node *at)
{
	if (moves(name)) {
		enum cv_place place;

		if (torch_goes_to(r, name, args, &place) || strcmp(name, "to") != 0)
			cv_moved(r, self);
		return self;
	}
	if (has_word("eval train float double half bfloat16 requires_grad_ apply share_memory",
		     name)) {
		args_escape(r, args);
		return self;
	}
	if (has_word("state_dict load_state_dict zero_grad extra_repr reset_parameters "
		     "init_weights register_forward_hook named_children",
		     name))
		return &cv_unknown;
	if (self->items && !self->next) {
		const struct cv *v = list_method(r, self, name, args);

		if (v)
			return v;
	}
	if (strcmp(name, "forward") == 0)
		return torch_module_call(r, self, args, at);
	if (self->object && self->object->is_metric && has_word("update compute reset", name)) {
		call_metric(r, self, args, at);
		return &cv_unknown;
	}
	if (self->cls && !self->next && self->object->is_registered &&
	    cls_method(self->cls, name, NULL))
		return call_child(r, self, name, args);
	cv_escape(r, self);
	args_escape(r, args);
	return &cv_unknown;
}

static const struct cv *string_method(struct run *r, const struct cv *self, const char *name)
{
	const char *text = self->text ? self->text : self->prefix;
	struct cv *v;

	if (strcmp(name, "format") != 0 || !text)
		return &cv_plain;
	v = cv_new(r, CV_STRING);
	v->prefix = arena_strndup(r->arena, text, strcspn(text, "{"));
	return v;
}

const struct cv *torch_method(struct run *r, const struct cv *self, const char *name,
			      const struct cv_args *args, const struct py_node *at)
{
	const struct cv *v = NULL;

	switch (self->kind) {
	case CV_TENSOR:
		return torch_tensor_method(r, self, name, args, at);
	case CV_MODULE:
		return torch_module_method(r, self, name, args, at);
	case CV_DIST:
		return torch_dist_method(r, self, name, args, at);
	case CV_LIST:
	case CV_DICT:
		v = list_method(r, self, name, args);
		break;
	case CV_STRING:
		return string_method(r, self, name);
	case CV_PLAIN:
		return &cv_plain;
	case CV_UNKNOWN:
		if (self->place != PLACE_UNKNOWN || has_word("cpu cuda", name))
			return torch_tensor_method(r, self, name, args, at);
		break;
	default:
		break;
	}
	if (!v) {
		cv_escape(r, self);
		args_escape(r, args);
	}
	return v ? v : &cv_unknown;
}
