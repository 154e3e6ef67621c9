// SPDX-License-Identifier: Apache-2.0
/* Tensors of the small evaluator: where do they come from, where do operations leave them, and which operands cannot meet?
 * What an operation takes and gives stands in lint_signature.tsv, what other functions do in lint_api.tsv. */
#include "lint/class_run.h"

#include <string.h>

#include "lint/model_parts.h"

/* Distributions count as what they hold. */
static bool has_place(const struct cv *v)
{
	return v->kind == CV_TENSOR || v->kind == CV_DIST;
}

static bool is_elsewhere(const struct cv *v)
{
	return v->place == PLACE_MODULE || v->place == PLACE_ACCELERATOR;
}

static bool is_cpu_operand(const struct cv *v)
{
	return has_place(v) && v->place == PLACE_CPU && v->zero_dim == TRI_NO;
}

/* Is it an operand at all? None, numbers and texts are not. */
static bool counts(const struct cv *v)
{
	return v->kind != CV_NONE && v->kind != CV_PLAIN && v->kind != CV_STRING;
}

/* An argument that is used together with the module's tensors is a tensor, and is where they are. */
static void meet(const struct cv *const *operands, size_t n, bool has_module)
{
	for (size_t i = 0; has_module && i < n; i++)
		if (operands[i]->place == PLACE_INPUT && operands[i]->root)
			operands[i]->root->met_module = true;
}

/* A parameter in a list or a dict: no buffer that was forgotten. */
static bool is_loose(const struct cv *v)
{
	return v->kind == CV_TENSOR && v->object && v->object->is_param &&
	       !v->object->is_registered && (v->via == VIA_LIST || v->via == VIA_DICT);
}

static void judge(struct run *r, const struct py_node *at, const struct cv *const *operands,
		  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cv *v = operands[i];

		if (is_loose(v)) {
			note_parameter_use(r, at, v);
			continue;
		}
		if (!is_cpu_operand(v) || v->origin == ORIGIN_NONE || v->origin == ORIGIN_LOCAL)
			continue;
		for (size_t k = 0; k < n; k++) {
			const struct cv *other = operands[k];

			if ((has_place(other) && is_elsewhere(other)) ||
			    (other->place == PLACE_INPUT && other->root))
				note_mix(r, at, v, other);
		}
	}
}

static const struct cv *first_at(const struct cv *const *operands, size_t n, enum cv_place place)
{
	for (size_t i = 0; i < n; i++)
		if (operands[i]->place == place && (has_place(operands[i]) || place == PLACE_INPUT))
			return operands[i];
	return NULL;
}

static bool all_known_cpu(const struct cv *const *operands, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (counts(operands[i]) &&
		    !(has_place(operands[i]) && operands[i]->place == PLACE_CPU))
			return false;
	return true;
}

static enum tri rank_of(const struct cv *const *operands, size_t n)
{
	bool all_zero = true;

	for (size_t i = 0; i < n; i++) {
		if (!counts(operands[i]))
			continue;
		if (has_place(operands[i]) && operands[i]->zero_dim == TRI_NO)
			return TRI_NO;
		all_zero = all_zero && has_place(operands[i]) && operands[i]->zero_dim == TRI_YES;
	}
	return all_zero ? TRI_YES : TRI_UNKNOWN;
}

static void inherit_origin(struct cv *v, const struct cv *const *operands, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cv *from = operands[i];

		if (!has_place(from) || from->place != PLACE_CPU || from->zero_dim == TRI_YES ||
		    is_loose(from))
			continue;
		if (v->origin == ORIGIN_NONE || v->origin == ORIGIN_LOCAL) {
			v->origin = from->origin;
			v->sites = from->sites;
			v->object->in_init = from->object && from->object->in_init;
		}
	}
}

struct cv *torch_mix(struct run *r, const struct py_node *at, const struct cv *const *operands,
		     size_t n)
{
	const struct cv *module = first_at(operands, n, PLACE_MODULE);
	const struct cv *accelerator = first_at(operands, n, PLACE_ACCELERATOR);
	const struct cv *input = first_at(operands, n, PLACE_INPUT);
	struct cv *v = cv_tensor(r, PLACE_UNKNOWN, rank_of(operands, n), at);

	judge(r, at, operands, n);
	meet(operands, n, module || accelerator);
	if (module || accelerator) {
		v->place = module ? PLACE_MODULE : PLACE_ACCELERATOR;
	} else if (input) {
		v->place = PLACE_INPUT;
		v->root = input->root;
	} else if (all_known_cpu(operands, n)) {
		v->place = PLACE_CPU;
		v->origin = r->self && r->self->in_init ? ORIGIN_NONE : ORIGIN_LOCAL;
		inherit_origin(v, operands, n);
	}
	return v;
}

bool torch_goes_to(struct run *r, const char *name, const struct cv_args *args,
		   enum cv_place *ret_place)
{
	const struct cv *to = arg_get(args, 0, "device");
	bool is_cuda = strcmp(name, "cuda") == 0;

	(void)r;
	*ret_place = PLACE_UNKNOWN;
	if (is_cuda || strcmp(name, "cpu") == 0) {
		*ret_place = is_cuda ? PLACE_ACCELERATOR : PLACE_CPU;
		return true;
	}
	if (!to)
		return args->has_stars;
	switch (to->kind) {
	case CV_NONE:
		return false;
	case CV_STRING:
		if (to->text && strcmp(to->text, "cpu") == 0)
			*ret_place = PLACE_CPU;
		else if (to->text && strncmp(to->text, "cuda", 4) == 0)
			*ret_place = PLACE_ACCELERATOR;
		return true;
	case CV_LIB: /* torch.float32 */
		return strncmp(to->text, "torch.", 6) != 0;
	case CV_NAMED: /* a dtype, or a device of another file */
		return true;
	case CV_PLAIN: /* an index, or a dtype of another tensor: `.dtype` */
		return false;
	default:
		*ret_place = to->place;
		return true;
	}
}

/* ---- what makes tensors ---- */

static enum cv_place made_where(struct run *r, const struct cv_args *args, enum cv_place otherwise)
{
	const struct cv *device = arg_get(args, SIZE_MAX, "device");
	struct cv_args only = { 0 };
	struct cv_arg arg = { .value = device };
	enum cv_place place;

	if (args->has_stars)
		for (size_t i = 0; i < args->v.n; i++)
			if (args->v.v[i].stars == 2)
				return PLACE_UNKNOWN;
	if (arg_get(args, SIZE_MAX, "out"))
		return PLACE_UNKNOWN;
	if (!device || device->kind == CV_NONE)
		return otherwise == PLACE_CPU && r->is_on_default_device ? PLACE_UNKNOWN
									 : otherwise;
	PUSH(r->arena, &only.v, arg);
	if (device->kind == CV_PLAIN) /* an index */
		return PLACE_ACCELERATOR;
	torch_goes_to(r, "to", &only, &place);
	return place;
}

static bool is_empty_display(const struct cv_arg *arg)
{
	return arg->node && (arg->node->kind == PY_TUPLE || arg->node->kind == PY_LIST) &&
	       arg->node->list.n == 0;
}

/* torch.tensor(3.0) has no dimension, torch.tensor([3.0]) has one, torch.tensor(x) may have none. */
static enum tri rank_of_data(const struct cv_args *args)
{
	const struct cv *data = arg_get(args, 0, "data");

	if (!data)
		return TRI_UNKNOWN;
	switch (data->kind) {
	case CV_LIST:
		return TRI_NO;
	case CV_TENSOR:
		return data->zero_dim;
	default:
		break;
	}
	for (size_t i = 0; i < args->v.n; i++) {
		const struct py_node *node = args->v.v[i].node;

		if (i > 0 || !node)
			break;
		if (node->kind == PY_INT || node->kind == PY_FLOAT || node->kind == PY_TRUE ||
		    node->kind == PY_FALSE)
			return TRI_YES;
		if (node->kind == PY_UNARY &&
		    (node->a->kind == PY_INT || node->a->kind == PY_FLOAT))
			return TRI_YES;
		if (node->kind == PY_COMP)
			return TRI_NO;
	}
	return TRI_UNKNOWN;
}

static enum tri rank_of_factory(const struct cv_args *args, const char *how)
{
	if (strcmp(how, "data") == 0)
		return rank_of_data(args);
	if (strcmp(how, "1") == 0 || strcmp(how, "2") == 0)
		return TRI_NO;
	for (size_t i = 0; i < args->v.n; i++)
		if (!args->v.v[i].name || strcmp(args->v.v[i].name, "size") == 0)
			return args->v.v[i].stars || is_empty_display(&args->v.v[i]) ? TRI_UNKNOWN
										     : TRI_NO;
	return TRI_UNKNOWN;
}

static bool is_true(const struct cv_args *args, const char *name)
{
	for (size_t i = 0; i < args->v.n; i++)
		if (args->v.v[i].name && strcmp(args->v.v[i].name, name) == 0)
			return args->v.v[i].node && args->v.v[i].node->kind == PY_TRUE;
	return false;
}

static struct cv *made(struct run *r, enum cv_place place, enum tri zero_dim,
		       const struct cv_args *args, const struct py_node *at)
{
	struct cv *v = cv_tensor(r, place, zero_dim, at);

	v->object->wants_grad = is_true(args, "requires_grad");
	if (place == PLACE_CPU && !(r->self && r->self->in_init))
		v->origin = ORIGIN_LOCAL;
	return v;
}

static const struct cv *make_parameter(struct run *r, const struct cv_args *args, bool is_buffer,
				       const struct py_node *at)
{
	const struct cv *data = arg_get(args, 0, "data");
	enum cv_place place = data && data->kind == CV_TENSOR ? data->place : PLACE_UNKNOWN;
	struct cv *v =
		cv_tensor(r, place, data && data->kind == CV_TENSOR ? data->zero_dim : TRI_NO, at);
	const struct cv *wants = arg_get(args, 1, "requires_grad");

	v->object->is_param = !is_buffer;
	v->object->is_buffer = is_buffer;
	v->object->wants_grad = !is_buffer && !wants;
	for (size_t i = 0; i < args->v.n && wants && !is_buffer; i++)
		if (args->v.v[i].value == wants && args->v.v[i].node &&
		    args->v.v[i].node->kind == PY_TRUE)
			v->object->wants_grad = true;
	return v;
}

/* ---- operations ---- */

static void add_operand(struct run *r, struct cv_items *all, const struct cv *v, char code)
{
	if (!v || !counts(v))
		return;
	if (code == 'l' && v->items) {
		if (v->items->is_exact)
			for (size_t i = 0; i < v->items->v.n; i++)
				PUSH(r->arena, &all->v, cv_item(r, v, i));
		else
			PUSH(r->arena, &all->v, cv_element(r, v));
		return;
	}
	if (v->kind == CV_TENSOR || v->kind == CV_UNKNOWN || v->kind == CV_DIST)
		PUSH(r->arena, &all->v, v);
}

/* The value of one of a parameter's names: "other|dim". */
static const struct cv *parameter_of(const struct cv_args *args, size_t position,
				     const struct parameter *p, struct arena *a)
{
	size_t pos = 0;
	struct bytes part;
	const char *names = arena_strndup(a, p->name.v, p->name.n);

	while (next_part(names, '|', &pos, &part)) {
		const struct cv *v = arg_get(args, p->is_keyword_only ? SIZE_MAX : position,
					     arena_strndup(a, part.v, part.n));

		if (v)
			return v;
	}
	return NULL;
}

static enum tri rank_after(const char *rank, const struct cv *mixed, const struct cv *self,
			   const struct cv_args *args)
{
	if (strcmp(rank, "wide") == 0)
		return mixed->zero_dim;
	if (strcmp(rank, "same") == 0)
		return self && self->kind == CV_TENSOR ? self->zero_dim : TRI_UNKNOWN;
	if (strcmp(rank, "more") == 0 || strcmp(rank, "one") == 0)
		return TRI_NO;
	if (strcmp(rank, "view") == 0)
		return args->v.n > 0 && !args->has_stars && !is_empty_display(&args->v.v[0])
			       ? TRI_NO
			       : TRI_UNKNOWN;
	return strcmp(rank, "zero") == 0 ? TRI_YES : TRI_UNKNOWN;
}

static const struct cv *result_of(struct run *r, const char *result, struct cv *v)
{
	struct cv *many;

	switch (*result) {
	case 't':
		return v;
	case 's':
		return &cv_plain;
	case 'l':
		many = cv_list(r, CV_LIST);
		cv_add(r, many->items, v);
		items_blur(r, many->items);
		return many;
	case '2':
	case '3':
	case '4':
		many = cv_list(r, CV_LIST);
		for (int i = '0'; i < *result; i++)
			cv_add(r, many->items, v);
		return many;
	default:
		return &cv_unknown;
	}
}

const struct cv *torch_operation(struct run *r, const struct lint_signature_row *row,
				 const struct cv *self, const struct cv_args *args,
				 const struct py_node *at)
{
	struct cv_items all = { 0 };
	struct parameter p = { 0 };
	size_t pos = 0, position = 0;
	const struct cv *first = self;

	if (self)
		add_operand(r, &all, self, 't');
	while (next_parameter(row->params, &pos, &p)) {
		const struct cv *v = parameter_of(args, position++, &p, r->arena);

		if (!first)
			first = v;
		if (p.code && p.code != 'g')
			add_operand(r, &all, v, p.code);
		for (size_t i = position; p.is_rest && p.code && i < args->v.n; i++)
			if (!args->v.v[i].name)
				add_operand(r, &all, args->v.v[i].value, p.code);
		if (v && word_is(p.name, "weight") + word_is(p.name, "pos_weight") > 0 &&
		    strcmp(row->rank, "loss") == 0 && is_cpu_operand(v) &&
		    v->origin == ORIGIN_LOCAL && all.v.n > 0)
			note_loss_weight(r, at, v, all.v.v[0]);
	}
	if (args->has_stars)
		PUSH(r->arena, &all.v, &cv_unknown);

	struct cv *v = torch_mix(r, at, all.v.v, all.v.n);

	v->zero_dim = rank_after(row->rank, v, first, args);
	if (self && self->kind == CV_UNKNOWN) {
		if (strcmp(row->only, "yes") == 0 && self->root)
			self->root->is_tensor = true;
		if (v->place == PLACE_INPUT && *row->result == 't')
			return cv_copy(r, self); /* if it was a tensor, it is where it was */
		if (v->place == PLACE_UNKNOWN)
			return &cv_unknown;
	}
	return result_of(r, row->result, v);
}

static const struct cv *make_dist(struct run *r, const char *dotted, const struct cv_args *args,
				  const struct py_node *at)
{
	struct cv *v = cv_new(r, CV_DIST);
	struct cv_items all = { 0 };

	v->library = dotted;
	v->object = arena_alloc(r->arena, sizeof *v->object);
	*v->object = (struct cv_object){ .unit = r->unit, .in_init = r->self && r->self->in_init };
	for (size_t i = 0; i < args->v.n; i++) {
		const struct cv *each = args->v.v[i].value;

		if (each->kind == CV_TENSOR && each->object && each->object->is_param &&
		    v->object->in_init)
			each = &cv_unknown; /* may be a view of it: not looked into */
		PUSH(r->arena, &all.v, each);
	}
	v->zero_dim = rank_of(all.v.v, all.v.n);
	if (args->has_stars)
		return v;
	if (!v->object->in_init)
		judge(r, at, all.v.v, all.v.n); /* they meet in whatever it is asked for */
	if (first_at(all.v.v, all.v.n, PLACE_MODULE))
		v->place = PLACE_MODULE;
	else if (first_at(all.v.v, all.v.n, PLACE_INPUT))
		return v;
	else if (all_known_cpu(all.v.v, all.v.n))
		v->place = r->is_on_default_device ? PLACE_UNKNOWN : PLACE_CPU;
	if (v->place == PLACE_CPU && !v->object->in_init)
		inherit_origin(v, all.v.v, all.v.n);
	return v;
}

static const struct cv *tensor_beside(struct run *r, const struct cv_args *args,
				      const struct py_node *at)
{
	struct cv_items all = { 0 };

	for (size_t i = 0; i < args->v.n; i++)
		add_operand(r, &all, args->v.v[i].value, 'l');

	struct cv *v = torch_mix(r, at, all.v.v, all.v.n);

	v->zero_dim = TRI_UNKNOWN;
	return v;
}

static const struct cv *make_optimizer(struct run *r, const struct cv_args *args,
				       const struct py_node *at)
{
	const struct cv *params = arg_get(args, 0, "params");

	if (!params)
		return &cv_unknown;
	if (params->items && params->items->is_exact)
		for (size_t i = 0; i < params->items->v.n; i++)
			note_copy(r, params->items->v.v[i], at, "optimizer");
	else if (params->items && items_any(r, params->items))
		note_copy(r, items_any(r, params->items), at, "optimizer");
	return &cv_unknown;
}

static const struct cv *make_device(struct run *r, const struct cv_args *args)
{
	struct cv *v = cv_new(r, CV_DEVICE);
	struct cv_args only = { 0 };

	if (args->v.n > 0) {
		struct cv_arg arg = { .value = args->v.v[0].value };

		PUSH(r->arena, &only.v, arg);
		torch_goes_to(r, "to", &only, &v->place);
	}
	return v;
}

/* Variable(tensor, requires_grad=True) */
static const struct cv *pass_on(struct run *r, const struct cv_args *args)
{
	const struct cv *v = arg_get(args, 0, "data");

	if (!v || v->kind != CV_TENSOR || !is_true(args, "requires_grad"))
		return v ? v : &cv_unknown;

	struct cv *leaf = cv_copy(r, v);

	leaf->object = arena_alloc(r->arena, sizeof *leaf->object);
	*leaf->object = *v->object;
	leaf->object->wants_grad = true;
	return leaf;
}

static bool does_one_of(const struct lint_api_row *row, const char *words)
{
	return has_word(words, row->does);
}

static const struct cv *copy_of(struct run *r, const struct cv *v)
{
	if (!v || v->kind != CV_MODULE || v->next)
		return &cv_unknown;

	struct cv *copy = cv_copy(r, v);

	copy->object = arena_alloc(r->arena, sizeof *copy->object);
	*copy->object = (struct cv_object){ .unit = r->unit,
					    .made = v->object->made,
					    .in_init = r->self && r->self->in_init };
	if (copy->items) { /* its children are copies, too, and none of them is followed */
		copy->items = cv_list(r, CV_LIST)->items;
		copy->items->has_unknown = true;
		items_blur(r, copy->items);
	}
	return copy;
}

/* checkpoint(function, *args, use_reentrant=...) */
static const struct cv *call_checkpointed(struct run *r, const struct cv_args *args,
					  const struct py_node *at)
{
	struct cv_args rest = { .has_stars = args->has_stars };

	for (size_t i = 1; i < args->v.n; i++)
		if (!args->v.v[i].name)
			PUSH(r->arena, &rest.v, args->v.v[i]);
	return run_apply(r, args->v.v[0].value, &rest, at);
}

static const struct cv *call_api(struct run *r, const struct lint_api_row *row,
				 const struct cv_args *args, const struct py_node *at)
{
	const struct cv *first = args->v.n > 0 ? args->v.v[0].value : &cv_unknown;

	if (does_one_of(row, "factory"))
		return made(r, made_where(r, args, PLACE_CPU), rank_of_factory(args, row->detail),
			    args, at);
	if (does_one_of(row, "legacy"))
		return made(r,
			    strcmp(row->detail, "cuda") == 0 ? PLACE_ACCELERATOR
			    : r->is_on_default_device        ? PLACE_UNKNOWN
							     : PLACE_CPU,
			    args->v.n > 0 && !args->has_stars ? TRI_NO : TRI_UNKNOWN, args, at);
	if (does_one_of(row, "from-numpy"))
		return made(r, PLACE_CPU, TRI_NO, args, at);
	if (does_one_of(row, "like")) {
		bool is_tensor = first->kind == CV_TENSOR;
		struct cv *v = made(r, made_where(r, args, first->place),
				    is_tensor ? first->zero_dim : TRI_UNKNOWN, args, at);

		v->root = v->place == PLACE_INPUT ? first->root : NULL;
		return v;
	}
	if (does_one_of(row, "parameter"))
		return make_parameter(r, args, strcmp(row->detail, "buffer") == 0, at);
	if (does_one_of(row, "pass"))
		return pass_on(r, args);
	if (does_one_of(row, "wrap in-place unpack"))
		return first;
	if (does_one_of(row, "module loss container pretrained metric"))
		return torch_new_module(r, row->name, NULL, args, at);
	if (does_one_of(row, "device"))
		return make_device(r, args);
	if (does_one_of(row, "bool") && strcmp(row->detail, "1") == 0)
		return &cv_true;
	if (does_one_of(row, "scalar bool none generator"))
		return &cv_plain;
	if (does_one_of(row, "copy"))
		return copy_of(r, first);
	if (does_one_of(row, "optimizer"))
		return make_optimizer(r, args, at);
	if (does_one_of(row, "checkpoint") && args->v.n > 0 && !args->v.v[0].name)
		return call_checkpointed(r, args, at);
	if (does_one_of(row, "distribution"))
		return make_dist(r, row->name, args, at);
	if (does_one_of(row, "tensor-of"))
		return tensor_beside(r, args, at);
	if (does_one_of(row, "default-device default-type"))
		r->is_on_default_device = true;
	args_escape(r, args);
	return &cv_unknown;
}

const struct cv *torch_call(struct run *r, const char *dotted, const struct cv_args *args,
			    const struct py_node *at)
{
	const struct lint_signature_row *row = signature_row(dotted);
	struct lint_api_row api;

	if (api_find(dotted, &api)) {
		api.name = dotted;
		return call_api(r, &api, args, at);
	}
	if (row)
		return torch_operation(r, row, NULL, args, at);
	args_escape(r, args);
	return &cv_unknown;
}

/* ---- methods and attributes ---- */

static struct cv *without_marks(struct run *r, const struct cv *v)
{
	struct cv *copy = cv_copy(r, v);

	copy->is_copy_of_leaf = copy->is_copy_of_param = false;
	if (copy->object && (copy->object->wants_grad || copy->object->is_param)) {
		copy->object = arena_alloc(r->arena, sizeof *copy->object);
		*copy->object = (struct cv_object){ .unit = v->unit,
						    .made = v->made,
						    .in_init = v->object->in_init,
						    .is_buffer = v->object->is_buffer,
						    .is_tensor = true };
	}
	return copy;
}

static const struct cv *move(struct run *r, const struct cv *self, const char *name,
			     const struct cv_args *args, const struct py_node *at)
{
	enum cv_place place = PLACE_UNKNOWN;
	bool is_copy = torch_goes_to(r, name, args, &place);

	if (self->kind != CV_TENSOR) {
		struct cv *v = is_copy ? cv_new(r, CV_UNKNOWN) : cv_copy(r, self);

		if (is_copy && place != PLACE_INPUT)
			v->place = place;
		return is_copy && v->place == PLACE_UNKNOWN ? &cv_unknown : v;
	}
	if (!is_copy)
		return without_marks(r, self);

	struct cv *v = cv_tensor(r, place, self->zero_dim, r->statement ? r->statement : at);
	const struct cv_object *o = self->object;
	bool leaves_cpu = self->place == PLACE_CPU && place != PLACE_CPU;
	const struct cv *to = arg_get(args, 0, "device");

	v->root = place == PLACE_INPUT && to ? to->root : NULL;
	if (place == PLACE_INPUT && !v->root)
		v->place = PLACE_UNKNOWN;
	if (o && o->wants_grad && (leaves_cpu || (self->place == PLACE_UNKNOWN && o->is_param)) &&
	    place != PLACE_CPU) {
		v->is_copy_of_param = o->is_param;
		v->is_copy_of_leaf = !o->is_param;
		v->is_sure = place == PLACE_ACCELERATOR;
	}
	if (place == PLACE_CPU && !(r->self && r->self->in_init))
		v->origin = ORIGIN_LOCAL;
	return v;
}

static const struct cv *new_from(struct run *r, const struct cv *self, const struct cv_args *args,
				 const struct py_node *at)
{
	enum cv_place place = made_where(r, args, self->place);
	struct cv *v = made(r, place, self->kind == CV_TENSOR ? TRI_NO : TRI_UNKNOWN, args, at);

	v->root = place == PLACE_INPUT ? self->root : NULL;
	return v;
}

/* x.requires_grad_(), x.retain_grad(): the tensor itself. */
static void mark(const struct cv *self, const char *name)
{
	if (!self->object || self->kind != CV_TENSOR)
		return;
	if (strcmp(name, "retain_grad") == 0)
		self->object->keeps_grad = true;
	if (strcmp(name, "requires_grad_") == 0 && !self->is_copy_of_leaf &&
	    !self->is_copy_of_param)
		self->object->wants_grad = true;
}

const struct cv *torch_tensor_method(struct run *r, const struct cv *self, const char *name,
				     const struct cv_args *args, const struct py_node *at)
{
	const char *full = arena_fmt(r->arena, "Tensor.%s", name);
	const struct lint_api_row *row = api_row_exact(full);
	const struct lint_signature_row *operation = signature_row(full);

	mark(self, name);
	if (row && does_one_of(row, "move")) {
		if (strcmp(row->detail, "to") == 0 || strcmp(row->detail, "cuda") == 0 ||
		    strcmp(row->detail, "cpu") == 0)
			return move(r, self, row->detail, args, at);
		return &cv_unknown; /* type, type_as */
	}
	if (row && does_one_of(row, "method-same"))
		return without_marks(r, self);
	if (row && does_one_of(row, "method-self"))
		return self;
	if (row && does_one_of(row, "method-scalar method-shape"))
		return &cv_plain;
	if (row && does_one_of(row, "new"))
		return new_from(r, self, args, at);
	if (operation)
		return torch_operation(r, operation, self, args, at);
	args_escape(r, args);
	return &cv_unknown;
}

const struct cv *torch_dist_method(struct run *r, const struct cv *self, const char *name,
				   const struct cv_args *args, const struct py_node *at)
{
	if (has_word("sample rsample sample_n", name)) {
		struct cv *v = cv_tensor(r, self->place, TRI_UNKNOWN, at);

		v->zero_dim = self->zero_dim == TRI_NO ? TRI_NO : rank_of_factory(args, "first");
		v->origin = self->origin;
		v->sites = self->sites;
		v->object = self->object;
		return v;
	}
	if (has_word("log_prob cdf icdf", name)) {
		const struct cv *operands[2] = { self,
						 args->v.n > 0 ? args->v.v[0].value : &cv_unknown };

		return torch_mix(r, at, operands, 2);
	}
	args_escape(r, args);
	return &cv_unknown;
}

static const struct cv *tensor_attr(struct run *r, const struct cv *self, const char *name)
{
	const struct lint_api_row *row = api_row_exact(arena_fmt(r->arena, "Tensor.%s", name));
	struct cv *v;

	if (!row || !does_one_of(row, "attr"))
		return NULL;
	if (strcmp(row->detail, "same") == 0)
		return self->kind == CV_TENSOR ? without_marks(r, self) : self;
	if (strcmp(row->detail, "device") == 0) {
		v = cv_new(r, CV_DEVICE);
		v->place = self->place;
		v->root = self->root;
		return v;
	}
	return &cv_plain;
}

/* child.weight of a registered layer. */
static const struct cv *module_attr(struct run *r, const struct cv *self, const char *name)
{
	const struct cv_object *o = self->object;

	if (o && !o->in_init)
		cv_escape(r, self); /* made here and looked into: its weights may be set by hand */
	if (!o || self->next || !self->library || self->holds != TRI_YES || !o->is_registered ||
	    o->is_moved || (r->self && r->self->in_init) || strcmp(name, "weight") != 0 ||
	    self->is_loss || self->items)
		return &cv_unknown;
	return cv_tensor(r, PLACE_MODULE, TRI_NO, NULL);
}

const struct cv *torch_attr(struct run *r, const struct cv *self, const char *name)
{
	const struct cv *v = NULL;

	switch (self->kind) {
	case CV_TENSOR:
		v = tensor_attr(r, self, name);
		return v ? v : &cv_unknown;
	case CV_UNKNOWN:
		if (self->place != PLACE_INPUT)
			return &cv_unknown;
		v = tensor_attr(r, self, name);
		if (v)
			return v;
		struct cv *part = cv_copy(r, self); /* batch.images: an argument of its own */

		part->object = arena_alloc(r->arena, sizeof *part->object);
		part->root = part->object;
		return part;
	case CV_MODULE:
		return module_attr(r, self, name);
	case CV_DIST: {
		struct cv *t = cv_tensor(r, self->place, self->zero_dim, NULL);

		t->origin = self->origin;
		t->sites = self->sites;
		t->object = self->object;
		return t;
	}
	case CV_PLAIN:
		return &cv_plain;
	default:
		return &cv_unknown;
	}
}
