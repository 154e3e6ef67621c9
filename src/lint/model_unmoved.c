// SPDX-License-Identifier: Apache-2.0
/* Networks of classes that nobody read, from where they are made: net = Unet(3, 1). The function around it treats it as a network
 * (net.load_state_dict(...), net.eval()) and moves it nowhere, and nothing that its class was given tells of a device: it is on the
 * CPU until somebody else gets it into his hands. Called with a tensor that the code put on a GPU it raises.
 *
 * What it cannot know: whether the class moves itself when it is made; hence warnings. */
#include "lint/model_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/str.h"
#include "lint/interp.h"
#include "lint/local.h"
#include "lint/names.h"

bool network_was_made(const struct value *v)
{
	return v->kind == VAL_UNKNOWN && v->origin && v->origin->kind == FROM_MADE;
}

/* ---- what is called for it ---- */

static bool has_any(const char *name, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(name, *words))
			return true;
	return false;
}

static bool tells_device(const char *name)
{
	static const char *const words[] = { "dev",  "gpu",   "cuda",  "cpu",
					     "rank", "place", "accel", NULL };

	return has_any(name, words);
}

/* What may tell of a device as a whole, or be a network itself. */
static bool is_open_name(const char *name)
{
	static const char *const words[] = { "conf", "cfg",     "arg",     "opt",      "param",
					     "flag", "set",     "hps",     "model",    "net",
					     "mod",  "encoder", "decoder", "backbone", "context",
					     "env",  "run",     "policy",  "dict",     NULL };

	return tells_device(name) || has_any(name, words);
}

static bool is_plain(const struct py_node *n);

static bool are_plain(const struct py_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_plain(list->v[i]))
			return false;
	return true;
}

/* len(vocab), max(a, b) */
static bool is_plain_call(const struct py_node *n)
{
	static const char *const names[] = { "len", "int", "float", "max", "min",
					     "str", "sum", "round", NULL };

	return n->a->kind == PY_NAME && is_one_of(n->a->name, names);
}

/* A number, a text, something with a harmless name, or made of these. */
static bool is_plain(const struct py_node *n)
{
	switch (n->kind) {
	case PY_INT:
	case PY_FLOAT:
	case PY_TRUE:
	case PY_FALSE:
	case PY_NONE:
		return true;
	case PY_STRING:
		return !tells_device(n->name);
	case PY_NAME:
		return !is_open_name(n->name);
	case PY_ATTR: /* args.hidden */
		return n->a->kind == PY_NAME && !is_open_name(n->name);
	case PY_SUBSCRIPT: /* shape[1] */
		return is_plain(n->a) && are_plain(&n->list);
	case PY_UNARY:
		return is_plain(n->a);
	case PY_BINARY:
		return is_plain(n->a) && is_plain(n->b);
	case PY_TUPLE:
	case PY_LIST:
		return are_plain(&n->list);
	case PY_ARG:
		return !n->stars && (!n->name || !tells_device(n->name)) && is_plain(n->a);
	case PY_CALL:
		return is_plain_call(n) && are_plain(&n->list);
	default:
		return false;
	}
}

/* Classes that look for a GPU when they are made. */
static bool moves_itself(const char *dotted)
{
	static const char *const packages[] = {
		"sentence_transformers.",
		"FlagEmbedding.",
		"ultralytics.",
		"flair.",
		"stable_baselines3.",
		"sb3_contrib.",
		"stanza.",
		"spacy.",
		"easyocr.",
		"whisper",
		"faster_",
		"TTS.",
		"vllm.",
		"pytorch_lightning",
		"lightning",
		"fastai.",
		"skorch.",
		"allennlp.",
		"deepspeed.",
		"apex.",
		"accelerate.",
		"facenet_pytorch.",
		"simpletransformers.",
		"torch.",
		"torchvision.",
		"transformers.",
		"diffusers.",
		"tensorflow",
		"keras",
		"sklearn.",
		"paddle",
		"detectron2.",
		"bertopic.",
		"kornia.",
		"dgl.",
		"torch_geometric.",
		"gpytorch.",
		"botorch.",
		"pyro.",
	};

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (starts_with(dotted, packages[i]))
			return true;
	return false;
}

static bool has_star_import(const struct unit *u)
{
	const struct scope *module = names_inner(u, u->tree);

	return module && module->has_star_import;
}

/* Unet, models.UNet: a class of an import, by its name. */
static bool is_class_name(const struct unit *u, const struct py_node *callee)
{
	const char *dotted;

	if ((callee->kind != PY_NAME && callee->kind != PY_ATTR) ||
	    !isupper((unsigned char)callee->name[0]))
		return false;
	dotted = names_dotted(u, callee);
	if (dotted)
		return !moves_itself(dotted);
	return callee->kind == PY_NAME && has_star_import(u) &&
	       !names_find(u, callee, callee->name, NULL);
}

/* models.__dict__[args.arch] */
static bool is_from_table(const struct unit *u, const struct py_node *callee)
{
	const struct py_node *table = callee->kind == PY_SUBSCRIPT ? callee->a : NULL;
	const char *dotted;

	if (!table || table->kind != PY_ATTR || strcmp(table->name, "__dict__") != 0)
		return false;
	dotted = names_dotted(u, table->a);
	return dotted && !moves_itself(dotted) && !starts_with(dotted, "torch");
}

/* Net(3).eval() is Net(3). */
static const struct py_node *making_call(const struct py_node *n)
{
	static const char *const same[] = { "eval", "train", "float", "double", NULL };

	while (n->kind == PY_CALL && n->a->kind == PY_ATTR && n->a->a->kind == PY_CALL &&
	       is_one_of(n->a->name, same))
		n = n->a->a;
	return n->kind == PY_CALL ? n : NULL;
}

/* ---- what is done with it in its function ---- */

struct handling {
	const char *name;
	bool is_network, is_weak, is_open;
};

/* Is it the network or a part of it: net.encoder, next(net.parameters())? What net(x) gives is not. */
static bool is_of(const struct py_node *n, const char *name)
{
	switch (n->kind) {
	case PY_NAME:
		return strcmp(n->name, name) == 0;
	case PY_ATTR:
		return strcmp(n->name, "forward") != 0 && is_of(n->a, name);
	case PY_SUBSCRIPT:
		return is_of(n->a, name);
	case PY_CALL:
		if (n->a->kind == PY_ATTR && is_of(n->a, name))
			return true;
		for (size_t i = 0;
		     n->a->kind == PY_NAME && strcmp(n->a->name, name) != 0 && i < n->list.n; i++)
			if (is_of(n->list.v[i]->a, name))
				return true;
		return false;
	default:
		return false;
	}
}

static bool is_move(const char *name)
{
	static const char *const names[] = { "to",       "cuda",      "cpu",    "xpu",
					     "to_empty", "to_device", "device", NULL };

	return is_one_of(name, names);
}

static bool visit_handling(struct py_node *n, void *data)
{
	static const char *const strong[] = { "load_state_dict", "parameters", "named_parameters",
					      NULL };
	static const char *const weak[] = { "eval", "train", "state_dict", NULL };
	struct handling *h = data;

	/* next(net.parameters()).device, net.encoder.to(device) */
	if (n->kind == PY_ATTR && is_move(n->name) && is_of(n->a, h->name))
		h->is_open = true;
	if (n->kind == PY_CALL && n->a->kind == PY_ATTR && n->a->a->kind == PY_NAME &&
	    strcmp(n->a->a->name, h->name) == 0) {
		h->is_network |= is_one_of(n->a->name, strong);
		h->is_weak |= is_one_of(n->a->name, weak);
	}
	return !h->is_open;
}

/* A loss, a step of the data: as a rule they have nothing on any device. */
static bool is_no_network(const char *name)
{
	static const char *const words[] = { "loss",  "criter",  "metric", "transform", "augm",
					     "token", "process", "crop",   "norm",      "agent",
					     "train", "wrap",    "pipe",   NULL };

	return has_any(name, words) && !strcasestr(name, "transformer");
}

static const char *callee_name(const struct py_node *callee)
{
	return callee->kind == PY_NAME || callee->kind == PY_ATTR ? callee->name : "";
}

static bool is_handled_as_network(const struct unit *u, const struct py_node *target,
				  const struct py_node *callee)
{
	const struct scope *scope = names_scope(u, target);
	struct handling h = { .name = target->name };

	while (scope && scope->node->kind == PY_COMP)
		scope = scope->outer;
	if (!scope || is_no_network(target->name) || is_no_network(callee_name(callee)))
		return false;
	ast_walk((struct py_node *)(uintptr_t)scope->node, visit_handling, &h);
	return !h.is_open && (h.is_network || h.is_weak);
}

const struct value *network_made(struct interp *in, struct state *s,
				 const struct py_node *assignment, const struct value *v)
{
	const struct unit *u = interp_unit(in);
	const struct py_node *target = assignment->list.n == 1 ? assignment->list.v[0] : NULL;
	const struct py_node *call = making_call(assignment->a);
	struct scene x;
	struct value made = { .kind = VAL_UNKNOWN };

	if (v->kind != VAL_UNKNOWN || v->maybe || v->origin || v->param_text || !target || !call ||
	    target->kind != PY_NAME)
		return v;
	if ((!is_class_name(u, call->a) && !is_from_table(u, call->a)) || !are_plain(&call->list))
		return v;
	x = scene_of(in, s, call);
	if (default_device(&x).kind != DEV_CPU || note_get(&x, "framework") ||
	    note_get(&x, "default type") || is_run_on_cpu(&x) ||
	    !is_handled_as_network(u, target, call->a))
		return v;
	made.origin = origin_here(&x, FROM_MADE, NULL);
	made.number = call->id;
	return made_value(&x, made);
}

/* ---- what is done with it anywhere ---- */

static const struct py_node *outside_argument(const struct local *l, const struct py_node *n)
{
	const struct py_node *up = local_parent(l, n);

	return up && up->kind == PY_ARG ? local_parent(l, up) : up;
}

static bool has_word(const struct unit *u, const struct py_node *n, const char *word)
{
	return memmem(u->text + n->start, n->end - n->start, word, strlen(word)) != NULL;
}

/* Adam(net.parameters()), sum(p.numel() for p in net.parameters()); of next(net.parameters()) its device may be asked. */
static bool asks_no_device(struct unit *u, const struct py_node *call)
{
	const struct local *l = local_of(u);
	const struct py_node *user = outside_argument(l, call), *loop = user;

	if (user && user->kind == PY_CALL && user->a != call)
		return isupper((unsigned char)callee_name(user->a)[0]) ||
		       starts_with(callee_name(user->a), "clip_grad");
	if (user && user->kind == PY_COMP_FOR)
		loop = local_parent(l, user);
	return loop && (loop->kind == PY_COMP || loop->kind == PY_FOR) &&
	       (has_word(u, loop, "numel") || has_word(u, loop, "requires_grad")) &&
	       !has_word(u, loop, "cuda") && !has_word(u, loop, ".to(") &&
	       !has_word(u, loop, "device");
}

/* What leaves it where it is. */
static bool keeps(const struct scene *x, const struct call *c)
{
	static const char *const names[] = { "eval",  "train",          "load_state_dict",
					     "float", "requires_grad_", "state_dict",
					     "half",  "zero_grad",      "double",
					     NULL };
	static const char *const parameters[] = { "parameters", "named_parameters", NULL };

	if (is_one_of(c->name, names))
		return true;
	return is_one_of(c->name, parameters) && c->node->kind == PY_CALL &&
	       asks_no_device(interp_unit(x->in), c->node);
}

static bool gives_itself(const char *name)
{
	static const char *const names[] = { "eval",   "train", "float", "requires_grad_",
					     "double", "half",  NULL };

	return is_one_of(name, names);
}

/* x.to(args.device), torch.randn(8, 100, device=device): the code put it there itself. x.to(y.device) is where y is. */
static bool was_put_there(const struct value *v)
{
	for (const struct origin *o = v->origin; o; o = o->before) {
		if (o->kind == FROM_MOVE)
			return true;
		if (o->kind == FROM_FACTORY)
			return o->node && is_told_where(o->node);
		if (o->kind == FROM_ARGUMENT || o->kind == FROM_CPU_CALL || o->kind == FROM_MADE)
			return false;
	}
	return false;
}

static const struct value *first_given(const struct scene *x, const struct call *c,
				       const struct py_node **ret_node)
{
	const struct call_arg *a = c->n_args ? &c->args[0] : NULL;
	const struct value *v = a && a->stars != 1 ? a->value : NULL;
	const struct object *o = v ? object_of(x, v) : NULL;

	if (!v)
		return NULL;
	*ret_node = a->node;
	if (!o || o->kind == OBJ_MODULE)
		return a->stars ? NULL : v;
	return o->element ? o->element : o->fields.n ? o->fields.v[0].value : NULL;
}

static bool is_on_gpu(const struct scene *x, const struct value *v, struct device *ret_device)
{
	struct device d = is_placed(v) ? state_device(x->s, v) : (struct device){ 0 };

	*ret_device = d;
	return (d.kind == DEV_CUDA || (d.kind == DEV_ARG && (d.sym & SYM_CHOSEN))) &&
	       was_put_there(v);
}

/* net = load(path) where the calls begin: nearer to who forgot the move than the helper that made it. NULL: it is not there. */
static const struct py_node *bound_outside(const struct scene *x, const struct call *c,
					   struct unit **ret_unit)
{
	const struct py_node *made = c->self->origin->node, *found = NULL;
	struct running_call call;

	*ret_unit = interp_unit(x->in);
	if (*ret_unit == unit_of(c->self->origin))
		found = bound_by_call(*ret_unit, c->node, made);
	for (size_t depth = 0; !found && interp_running(x->in, depth, &call); depth++) {
		const struct py_node *n = call.node;

		for (size_t i = 0; n->kind == PY_CALL && i < n->list.n && i < call.n_args; i++) {
			const struct py_node *arg = n->list.v[i]->a;
			const struct binding *b =
				arg->kind == PY_NAME && call.args[i]->origin == c->self->origin
					? names_find(call.unit, n, arg->name, NULL)
					: NULL;
			bool is_value = b && b->kind == BOUND_VALUE && b->n_stores == 1 &&
					b->node && b->node->kind == PY_ASSIGN &&
					b->node->a->kind == PY_CALL && b->node->a != made;

			if (is_value)
				found = b->node->a;
		}
		*ret_unit = call.unit;
	}
	return found;
}

static void report_made(const struct scene *x, const struct call *c, const struct py_node *given,
			struct device where)
{
	struct unit *u = interp_unit(x->in), *made_in = unit_of(c->self->origin);
	const struct py_node *made = c->self->origin->node;
	struct unit *site_in = NULL;
	const struct py_node *bound = bound_outside(x, c, &site_in), *site = bound ? bound : made;
	struct finding *f;

	if (!bound)
		site_in = made_in;
	f = interp_report_in(
		x->in, x->s, false, "model-not-moved", site_in, site,
		"the model stays on the CPU and meets a tensor on %s: %s raises RuntimeError: Expected all tensors to be on the "
		"same device",
		where.kind == DEV_ARG ? "a GPU (for callers that use one)"
				      : device_name(x->a, where),
		text_at(x, u, c->node));

	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	lint_note(u, f, "this holds unless %s, which was not read, moves itself when it is made",
		  text_at(x, made_in, made->a));
	lint_way(site_in, f, made_in, made, "created on the CPU here");
	lint_way(site_in, f, u, given, "%s is on the GPU, and is handed to it here",
		 text_at(x, u, given));
	fix_move(x, f, site_in, site, where);
}

static void check_made(const struct scene *x, const struct call *c)
{
	const struct py_node *node = NULL;
	const struct value *v = first_given(x, c, &node);
	struct device where;

	if (v && node && !state_has_lost(x->s, c->self) && is_on_gpu(x, v, &where) &&
	    !is_run_on_cpu(x))
		report_made(x, c, node, where);
}

bool network_made_call(const struct scene *x, const struct call *c, const struct value **ret)
{
	if (!network_was_made(c->self))
		return false;
	if (strcmp(c->name, "__call__") == 0 || strcmp(c->name, "forward") == 0) {
		check_made(x, c);
		return false;
	}
	if (!keeps(x, c)) {
		state_lose(x->in, x->s, c->self);
		return false;
	}
	*ret = gives_itself(c->name) ? c->self : value_unknown();
	return true;
}
