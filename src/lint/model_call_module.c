// SPDX-License-Identifier: Apache-2.0
/* model(x) of a library's module: do its arguments lie where its tensors are, and where is the
 * result? */
#include "lint/model_parts.h"

#include <string.h>

struct module_run {
	const struct scene *x;
	const struct call *call;
	uint32_t id;
	struct place place;
	struct mix mix;
};

static void add_module(struct module_run *r)
{
	struct mix_operand o = { .value = r->call->self,
				 .node = r->call->node->kind == PY_CALL ? r->call->node->a
									: r->call->node,
				 .role = { "module", 6 },
				 .must = true,
				 .device = r->place.device };

	if (r->place.has_tensors)
		PUSH(r->x->a, &r->mix.operands, o);
}

/* The outermost module that runs now: its creation is the last station of what it gives back. */
static uint32_t outermost(const struct module_run *r)
{
	const struct value *outer = note_get(r->x, "outermost");
	struct running_call call;
	uint32_t found = outer && outer->kind == VAL_OBJECT ? outer->object : r->id;

	for (size_t depth = 0; interp_running(r->x->in, depth, &call); depth++)
		if (call.receiver)
			found = call.receiver;
	return found;
}

/* For the rule about absence: a model that runs where it was made. */
static void note_run(const struct module_run *r, uint32_t module)
{
	const struct value *before = note_get(r->x, "ran on the CPU");

	if (r->place.device.kind == DEV_CPU && !(before && before->object == module))
		note_set(r->x, "ran on the CPU", value_object(r->x->a, module));
}

static const struct origin *origin_of_result(const struct module_run *r)
{
	uint32_t module = outermost(r);
	const struct object *o = state_object(r->x->s, module);
	struct origin *made = arena_alloc(r->x->a, sizeof *made);

	note_run(r, module);

	*made = (struct origin){ .kind = FROM_OTHER, .unit = o->unit, .node = o->site };
	return origin_here(r->x, FROM_PARAMETER, o->unit && o->site ? made : NULL);
}

static const struct value *result_tensor(const struct module_run *r, const struct mixed *mixed,
					 enum tri zero_dim)
{
	struct device d = r->place.has_tensors ? r->place.device : mixed->device;
	const struct origin *o = r->place.has_tensors ? origin_of_result(r) : mixed->origin;
	const struct value *v = tensor_of(r->x, d,
					  zero_dim == TRI_YES ? 0
					  : mixed->first_rank ? 1
							      : 0,
					  o);
	struct value copy = *v;

	copy.zero_dim = zero_dim == TRI_UNKNOWN ? copy.zero_dim : zero_dim;
	return made_value(r->x, copy);
}

static const struct value *result_of(const struct module_run *r, const struct mixed *mixed,
				     const char *word)
{
	const struct value *t = result_tensor(r, mixed, TRI_UNKNOWN), *items[2] = { t, t };

	if (strcmp(word, "t") == 0)
		return t;
	if (strcmp(word, "2") == 0)
		return tuple_of(r->x, items, 2);
	items[1] = value_placed(r->x->a, t->device, t->origin);
	if (strcmp(word, "th") == 0)
		return tuple_of(r->x, items, 2);
	return items[1];
}

static const char *result_word(const char *detail)
{
	const char *equals = strstr(detail, "= ");

	return equals ? equals + 2 : "-";
}

/* ---- half precision on the CPU ---- */

static void check_half(const struct module_run *r)
{
	const struct value *half = state_attr(r->x->s, r->id, "(half)");
	const struct origin *o = half && half->kind == VAL_DEVICE ? half->origin : NULL;

	if (!o || !r->place.has_tensors || r->place.device.kind != DEV_CPU)
		return;

	struct finding *f = interp_report_in(
		r->x->in, r->x->s, false, "half-on-cpu", unit_of(o), o->node,
		"half precision runs on the CPU: the model is never moved, so it is slow, or raises \"not implemented for "
		"'Half'\"");

	if (!f)
		return;
	lint_way(unit_of(o), f, interp_unit(r->x->in), r->x->at, "runs on the CPU here");
	fix_move(r->x, f, unit_of(o), o->node, (struct device){ 0 });
}

/* ---- the kinds of modules ---- */

static const char *params_of(const char *detail)
{
	const char *space = strchr(detail, ' ');

	return space ? space + 1 : "";
}

/* Of these a 0-dim input raises wherever it is. */
static bool takes_no_scalar(const struct module_run *r)
{
	static const char *const begins[] = { "torch.nn.Linear",   "torch.nn.Conv",
					      "torch.nn.LSTM",     "torch.nn.GRU",
					      "torch.nn.RNN",      "torch.nn.Transformer",
					      "torch.nn.Bilinear", "torch.nn.CrossEntropyLoss",
					      "torch.nn.NLLLoss",  "torch.nn.Embedding" };
	const char *text = state_object(r->x->s, r->id)->text;

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (starts_with(text, begins[i]))
			return true;
	return false;
}

static bool call_listed(struct module_run *r, const struct lint_api_row *row,
			const struct value **ret)
{
	add_module(r);
	mix_call(r->x, &r->mix, r->call, params_of(row->detail));
	for (size_t i = 0; i < r->mix.operands.n; i++)
		r->mix.operands.v[i].needs_dimension |= takes_no_scalar(r);

	struct mixed mixed = mix_run(r->x, &r->mix);

	if (r->place.has_tensors && r->mix.operands.n > 1) {
		const struct value *v = r->mix.operands.v[1].value;

		mixed.first_rank = v->min_rank;
	}
	*ret = result_of(r, &mixed, result_word(row->detail));
	return true;
}

static bool call_loss(struct module_run *r, const struct lint_api_row *row,
		      const struct value **ret)
{
	const struct value *reduction = state_attr(r->x->s, r->id, "reduction");
	bool none = reduction && (reduction->kind != VAL_STR || !reduction->is_known ||
				  strcmp(reduction->text, "none") == 0);

	r->mix.is_loss = true;
	mix_call(r->x, &r->mix, r->call, params_of(row->detail));
	for (size_t i = 0; i < r->mix.operands.n; i++)
		r->mix.operands.v[i].needs_dimension |= takes_no_scalar(r);
	add_module(r);

	struct mixed mixed = mix_run(r->x, &r->mix);

	r->place.has_tensors = false; /* the result is where the input is */
	*ret = result_tensor(r, &mixed, none ? TRI_UNKNOWN : TRI_YES);
	return true;
}

/* Children of which not all are known: what comes in where it has been moved to goes out there. */
static const struct value *through_unknown(const struct module_run *r, const struct value *v)
{
	struct device d = state_object(r->x->s, r->id)->device;

	if (is_placed(v) && interp_is_library(r->x->in) && d.kind == DEV_ARG)
		return value_placed(r->x->a, d, origin_of_result(r));
	if (!is_placed(v) || device_meet(d, state_device(r->x->s, v)) != MEET_SAME)
		return value_unknown();
	return tensor_of(r->x, d, 1, origin_of_result(r));
}

static const struct value *run_child(const struct module_run *r, const struct value *child,
				     const struct value *v)
{
	struct call_arg arg = { .value = v, .node = r->call->args[0].node };

	return interp_call(r->x->in, r->x->s, child, &arg, 1, r->x->at);
}

static const struct value *run_children(const struct module_run *r, const struct value *v)
{
	const struct object *o = state_object(r->x->s, r->id);

	const struct value *any = o->fields.n ? NULL : o->element;

	if (any && any->kind == VAL_OBJECT)
		return run_child(r, any, v);
	if (any && value_is_any_module(r->x->s, any)) {
		for (int64_t i = 0; i < any->number; i++)
			v = run_child(r, value_object(r->x->a, any->maybe[i]), v);
		return v;
	}
	if (o->is_open)
		return through_unknown(r, v);
	for (size_t i = 0; i < o->fields.n; i++)
		if (o->fields.v[i].registered == FIELD_CHILD)
			v = run_child(r, o->fields.v[i].value, v);
	return v;
}

/* While its children run it is the outermost module of a library, for the blame. */
static bool call_sequential(struct module_run *r, const struct value **ret)
{
	const struct value *v = call_positional(r->call, 0), *before = note_get(r->x, "outermost");
	bool is_outer = !before || before->kind != VAL_OBJECT;

	if (!v || !r->call->args[0].node)
		return false;
	if (is_outer)
		note_set(r->x, "outermost", r->call->self);
	*ret = run_children(r, v);
	if (is_outer)
		note_set(r->x, "outermost", value_none());
	return true;
}

/* DataParallel scatters; DistributedDataParallel if it was told GPUs: device_ids=None leaves the arguments where they are. */
static enum tri scatters(const struct module_run *r, bool dp)
{
	const struct value *ids = state_attr(r->x->s, r->id, "(device_ids)");

	if (dp)
		return TRI_YES;
	if (!ids || ids->kind == VAL_NONE)
		return TRI_NO;
	return ids->kind == VAL_OBJECT ? TRI_YES : TRI_UNKNOWN;
}

/* Arguments as they arrive behind a scatter to the GPUs. */
static const struct call_arg *scattered(const struct module_run *r, enum tri moves)
{
	struct call_arg *args = arena_alloc(r->x->a, (r->call->n_args + 1) * sizeof *args);

	for (size_t i = 0; i < r->call->n_args; i++) {
		args[i] = r->call->args[i];
		if (moves == TRI_YES && is_placed(args[i].value) &&
		    device_is_host(state_device(r->x->s, args[i].value)))
			args[i].value =
				tensor_moved(r->x, args[i].value, cuda_device(-1),
					     origin_here(r->x, FROM_MOVE, args[i].value->origin));
		else if (moves == TRI_UNKNOWN ||
			 (moves == TRI_YES && args[i].value->kind == VAL_OBJECT))
			args[i].value = value_unknown();
	}
	return args;
}

static int64_t first_id(const struct module_run *r)
{
	const struct value *ids = state_attr(r->x->s, r->id, "(device_ids)");
	const struct object *o = ids ? object_of(r->x, ids) : NULL;
	const struct value *first = o && o->fields.n ? o->fields.v[0].value : NULL;

	return first && first->kind == VAL_INT && first->is_known ? first->number : 0;
}

static bool is_elsewhere(struct device d, int64_t id)
{
	return d.kind == DEV_CPU || (d.kind == DEV_CUDA && d.index >= 0 && d.index != id);
}

static void check_device0(const struct module_run *r, const struct value *module)
{
	struct place p = module_place(r->x, module->object);
	const struct object *o = state_object(r->x->s, r->id);
	int64_t id = first_id(r);

	if (!p.has_tensors || !is_elsewhere(p.device, id) || !o->site || !o->unit)
		return;

	struct unit *u = (struct unit *)o->unit;
	struct finding *f = interp_report_in(
		r->x->in, r->x->s, true, "dp-model-not-on-device0", u, o->site,
		"the call raises RuntimeError: module must have its parameters and buffers on device cuda:%d (device_ids[0]) but "
		"found one of them on device: %s",
		(int)id, p.device.kind == DEV_CPU ? "cpu" : device_name(r->x->a, p.device));

	if (!f)
		return;
	lint_way(u, f, interp_unit(r->x->in), r->x->at, "runs here");
	lint_advise(u, f, "move the module before it is wrapped: model.to(\"cuda:%d\")", (int)id);
}

static bool call_parallel(struct module_run *r, const struct lint_api_row *row,
			  const struct value **ret)
{
	const struct value *module = state_attr(r->x->s, r->id, "module");
	bool dp = strcmp(row->detail, "dp") == 0;

	if (!module || module->kind != VAL_OBJECT)
		return false;
	if (dp)
		check_device0(r, module);

	*ret = interp_call(r->x->in, r->x->s, module, scattered(r, scatters(r, dp)),
			   r->call->n_args, r->x->at);
	return true;
}

/* transformers' models: the tensors that every one of them embeds or adds. */
static bool is_model_input(const char *name)
{
	static const char *const names[] = { "input_ids",     "pixel_values",      "input_values",
					     "labels",        "decoder_input_ids", "inputs_embeds",
					     "input_features" };

	for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The last layer, which every forward of such a model uses under this name. */
static bool is_head(const char *name)
{
	static const char *const names[] = { "fc",    "classifier",  "head",
					     "heads", "last_linear", "_fc" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* model.fc = nn.Linear(...) after model.to(device): what comes out of the rest meets a layer on the CPU. */
static void check_new_head(const struct module_run *r)
{
	static const struct parameter input = { .name = { "input", 5 }, .code = 't' };
	const struct object *o = state_object(r->x->s, r->id);

	for (size_t i = 0; i < o->fields.n && o->has_tensors; i++) {
		const struct value *child = o->fields.v[i].value;
		const struct object *head = object_of(r->x, child);
		struct module_run h = { .x = r->x, .call = r->call };

		if (!head || head->kind != OBJ_MODULE || !is_head(o->fields.v[i].name))
			continue;
		h.place = module_place(r->x, child->object);
		if (!h.place.has_tensors || h.place.device.kind != DEV_CPU)
			continue;
		h.id = h.mix.module = child->object;
		h.mix.whole = r->id;
		PUSH(r->x->a, &h.mix.operands,
		     ((struct mix_operand){ .value = child,
					    .node = r->x->at,
					    .role = { "module", 6 },
					    .must = true,
					    .device = h.place.device }));
		mix_add(r->x, &h.mix,
			tensor_of(r->x, o->device, 1, origin_here(r->x, FROM_PARAMETER, NULL)),
			r->x->at, &input);
		mix_run(r->x, &h.mix);
	}
}

/* accelerate, which device_map= brings in, takes the result to where the input was. */
static const struct origin *origin_of_output(const struct module_run *r)
{
	const struct object *o = state_object(r->x->s, r->id);
	const struct origin *made = origin_of_result(r);
	bool same = o->moved || r->place.device.kind != DEV_CUDA ||
		    network_is_given_on(r->x, r->call, r->place.device);

	return same ? made : origin_here(r->x, FROM_PART, made);
}

/* The tensors of a list, or of the dicts in it. */
static void add_all(const struct module_run *r, struct mix *m, const struct call_arg *arg,
		    const struct value *v, size_t depth)
{
	static const struct parameter input = { .name = { "input", 5 }, .code = 't' };
	const struct object *o = object_of(r->x, v);

	size_t first = m->operands.n;

	if (is_tensor(v))
		mix_add(r->x, m, v, arg->node, &input);
	if (m->operands.n > first)
		m->operands.v[first].is_inside = depth > 0;
	if (!o || o->kind == OBJ_MODULE || depth > 2)
		return;
	if (o->element)
		add_all(r, m, arg, o->element, depth + 1);
	for (size_t i = 0; i < o->fields.n; i++)
		add_all(r, m, arg, o->fields.v[i].value, depth + 1);
}

/* detector(images, targets): images meet the layers, targets only in training. */
static void mix_lists(struct module_run *r)
{
	const struct value *trains = state_attr(r->x->s, r->id, "(trains)");
	bool looks = trains && trains->kind == VAL_BOOL && trains->is_known && trains->number;

	for (size_t i = 0; i < r->call->n_args && i < (looks ? 2 : 1); i++)
		if (!r->call->args[i].stars && !r->call->args[i].name)
			add_all(r, &r->mix, &r->call->args[i], r->call->args[i].value, 0);
}

static bool call_pretrained(struct module_run *r, const struct lint_api_row *row,
			    const struct value **ret)
{
	static const struct parameter input = { .name = { "input", 5 }, .code = 't' };
	bool hf = strcmp(row->detail, "hf") == 0,
	     first = *row->detail && strcmp(row->detail, "detection") != 0;

	if (strcmp(row->detail, "pipeline") == 0) {
		note_run(r, outermost(r));
		*ret = value_unknown();
		return true;
	}
	if (strcmp(row->detail, "input") == 0)
		check_new_head(r);
	add_module(r);
	for (size_t i = 0; i < r->call->n_args && first; i++) {
		const struct call_arg *arg = &r->call->args[i];
		const struct object *o = object_of(r->x, arg->value);
		bool encoded = o && o->text && strcmp(o->text, "BatchEncoding") == 0;

		bool batch = hf && o && o->kind == OBJ_DICT && o->element && is_tensor(o->element);

		if ((encoded || batch) && arg->stars == 2)
			mix_add(r->x, &r->mix, o->element, arg->node, &input);
		else if (!arg->stars && (i == 0 || (hf && is_model_input(arg->name))) &&
			 arg->value->kind != VAL_OBJECT)
			mix_add(r->x, &r->mix, arg->value, arg->node, &input);
	}
	if (strcmp(row->detail, "detection") == 0)
		mix_lists(r);
	mix_run(r->x, &r->mix);
	*ret = hf || !first ? value_placed(r->x->a, r->place.device, origin_of_output(r))
			    : tensor_of(r->x, r->place.device, 1, origin_of_result(r));
	return true;
}

/* One that keeps sums takes tensors; others take texts, numbers, lists of dicts. */
static bool call_metric(struct module_run *r, const struct lint_api_row *row,
			const struct value **ret)
{
	const struct parameter input = { .name = { "input", 5 },
					 .code = starts_with(row->detail, "sums") ? 't' : 'n' };

	add_module(r);
	for (size_t i = 0; i < r->call->n_args && i < 2; i++)
		if (!r->call->args[i].stars)
			mix_add(r->x, &r->mix, r->call->args[i].value, r->call->args[i].node,
				&input);
	mix_run(r->x, &r->mix);
	*ret = value_placed(r->x->a, r->place.device, NULL);
	return true;
}

static bool call_by_row(struct module_run *r, const struct lint_api_row *row,
			const struct value **ret)
{
	if (strcmp(row->does, "module") == 0)
		return call_listed(r, row, ret);
	if (strcmp(row->does, "loss") == 0)
		return call_loss(r, row, ret);
	if (strcmp(row->does, "container") == 0 && strcmp(row->detail, "sequential") == 0)
		return call_sequential(r, ret);
	if (strcmp(row->does, "parallel") == 0)
		return call_parallel(r, row, ret);
	if (strcmp(row->does, "metric") == 0)
		return call_metric(r, row, ret);
	return strcmp(row->does, "pretrained") == 0 && call_pretrained(r, row, ret);
}

bool module_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	const struct object *o = state_object(x->s, c->self->object);
	struct module_run r = { .x = x, .call = c, .id = c->self->object };
	struct lint_api_row row;

	r.place = module_place(x, r.id);
	if (!o->cls && o->text && strcmp(o->text, GIVEN_MODULE) == 0) {
		*ret = value_placed(x->a, r.place.device, origin_of_result(&r));
		return true;
	}
	/* __call__ comes to the forward that the class has. */
	if (o->cls && strcmp(c->name, "forward") != 0 &&
	    interp_method(x->in, x->s, c->self, "forward"))
		return false;
	if (!layer_row(x, o, &row))
		return false;
	r.mix.module = r.id;
	check_half(&r);
	return call_by_row(&r, &row, ret);
}
