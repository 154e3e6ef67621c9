// SPDX-License-Identifier: Apache-2.0
/* What is a parameter of a function that nobody calls here? Its annotation, its docstring, its name, its default and its uses in the
 * body tell; where its tensors are, its caller. What none of them tells is open. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/doc.h"
#include "lint/local.h"
#include "lint/param_use.h"

static bool is_device_name(const char *name)
{
	return strcmp(name, "device") == 0 || strcmp(name, "dev") == 0 ||
	       ends_with(name, "_device");
}

static struct device device_of_param(const struct py_node *node)
{
	return (struct device){ .kind = DEV_ARG, .sym = node->id };
}

/* Not only where a caller put something, but where it is to be. */
static struct device device_chosen(const struct py_node *node)
{
	return (struct device){ .kind = DEV_ARG, .sym = node->id | SYM_CHOSEN };
}

static bool is_scalar(enum value_kind kind)
{
	return kind == VAL_BOOL || kind == VAL_INT || kind == VAL_FLOAT || kind == VAL_STR;
}

/* "x: float" */
static enum value_kind plain_type(const struct py_node *annotation)
{
	static const struct {
		const char *name;
		enum value_kind kind;
	} types[] = {
		{ "bool", VAL_BOOL }, { "float", VAL_FLOAT }, { "int", VAL_INT }, { "str", VAL_STR }
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (annotation->kind == PY_NAME && strcmp(annotation->name, types[i].name) == 0)
			return types[i].kind;
	return VAL_UNKNOWN;
}

/* "rows: List[Dict[str, float]]", "x: np.ndarray": made by the caller on the host, if nothing in it says tensor. */
static bool is_host_type(const struct unit *u, const struct py_node *annotation)
{
	static const char *const hosts[] = {
		"List[", "list[",   "Sequence[", "Iterable[", "Dict[",
		"dict[", "ndarray", "DataFrame", "Tuple[",    "tuple["
	};
	static const char *const others[] = { "Tensor", "Any",   "Module", "Callable",  "object",
					      "Array",  "Batch", "Param",  "Optimizer", "Graph",
					      "Loader", "Type[", "torch",  "Data[",     "Data]",
					      "Device", "Model", "|" };
	const char *text = lint_text(u, annotation, 200);
	bool found = false;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strstr(text, others[i]))
			return false;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		found |= strstr(text, hosts[i]) != NULL;
	return found;
}

static bool is_bare_tuple(const struct py_node *annotation)
{
	return annotation->kind == PY_NAME &&
	       (strcmp(annotation->name, "tuple") == 0 || strcmp(annotation->name, "Tuple") == 0);
}

/* Of what a constructor takes the docstring of the class may tell. */
static enum doc_type documented(const struct function *f, const struct py_param *p)
{
	enum doc_type type = doc_param(doc_of(f->node), p->name);

	if (type || !f->cls || strcmp(f->name, "__init__") != 0)
		return type;
	return doc_param(doc_of(f->cls->node), p->name);
}

static bool is_dtype_name(const char *name)
{
	return strcmp(name, "dtype") == 0 || ends_with(name, "_dtype");
}

/* n, num_steps, batch_size, max_len: how many of something; () is no such number. */
static bool is_count_name(const char *name)
{
	static const char *const ends[] = { "_size",  "_dim", "_len",  "_length",
					    "_steps", "_num", "_count" };
	static const char *const names[] = { "n", "num", "dim", "length", "count", "steps" };

	if (starts_with(name, "num_") || starts_with(name, "n_"))
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_with(name, ends[i]))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* A schedule's forward(step) works on a number. */
static bool is_number_name(const char *name)
{
	static const char *const names[] = { "step",  "epoch", "iter",       "iteration", "i",
					     "idx",   "k",     "t",          "time",      "tau",
					     "ratio", "scale", "progress",   "factor",    "alpha",
					     "beta",  "gamma", "temperature" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* What a module works on: the first argument of its forward. A class with a forward and a base that was not read is one, too. */
static bool is_input(const struct function *f, const struct py_param *p)
{
	return !is_number_name(p->name) && f->cls &&
	       (klass_is_module(f->cls) || f->cls->is_unknown) && strcmp(f->name, "forward") == 0 &&
	       f->node->params.n > 1 && p == &f->node->params.v[1];
}

bool is_backward(struct interp *in, const struct function *f)
{
	struct strlist bases = { 0 };
	bool unknown = false;

	if (!f->cls || strcmp(f->name, "backward") != 0)
		return false;
	klass_library_bases(f->cls, in->arena, &bases, &unknown);
	return bases.n && strcmp(bases.v[0], "torch.autograd.Function") == 0;
}

bool is_gradient_hook(struct interp *in, const struct function *f)
{
	const char *call =
		arena_fmt(in->arena, ".register_hook(%s%s)", f->cls ? "self." : "", f->name);

	return memmem(f->unit->text, f->unit->n_text, call, strlen(call)) != NULL;
}

/* Zeros for what has no gradient. A hook is handed the gradient, and nothing else. */
static bool is_gradient(struct interp *in, const struct function *f, const struct py_param *p)
{
	const struct py_params *all = &f->node->params;

	if (p->kind != PARAM_PLAIN)
		return false;
	if (p == &all->v[all->n - 1] && all->n == (f->cls ? 2 : 1) && is_gradient_hook(in, f))
		return true;
	return p != &all->v[0] && is_backward(in, f);
}

struct reading {
	const char *param;
	bool found;
};

static bool find_edges(struct py_node *n, void *data)
{
	struct reading *r = data;

	r->found |= n->kind == PY_ATTR && strcmp(n->name, "edge_index") == 0 &&
		    n->a->kind == PY_NAME && strcmp(n->a->name, r->param) == 0;
	return !r->found;
}

/* forward(self, data) that reads data.edge_index, where torch_geometric is in use. */
static bool is_graph_by_use(const struct function *f, const struct py_param *p)
{
	struct reading r = { .param = p->name };

	if (!f->cls || !klass_is_module(f->cls) ||
	    !local_imports(local_of(f->unit), "torch_geometric"))
		return false;
	ast_walk((struct py_node *)(uintptr_t)f->node, find_edges, &r);
	return r.found;
}

/* x: Any */
static bool says_nothing(const struct py_node *annotation)
{
	return (annotation->kind == PY_NAME || annotation->kind == PY_ATTR) &&
	       (strcmp(annotation->name, "Any") == 0 || strcmp(annotation->name, "object") == 0);
}

static const struct value *graph_argument(struct interp *in, const struct py_param *p)
{
	struct value *v = arena_alloc(in->arena, sizeof *v);

	*v = (struct value){ .kind = VAL_PLACED,
			     .device = device_of_param(p->node),
			     .text = GRAPH,
			     .origin = origin_new(in, FROM_ARGUMENT, p->node, NULL) };
	return v;
}

static const struct value *unannotated(struct interp *in, const struct function *f,
				       const struct py_param *p, const struct value *fallback)
{
	static const enum value_kind kinds[] = { [DOC_INT] = VAL_INT,
						 [DOC_FLOAT] = VAL_FLOAT,
						 [DOC_BOOL] = VAL_BOOL,
						 [DOC_TEXT] = VAL_STR };
	enum doc_type type;

	if (is_device_name(p->name))
		return value_device(in->arena, device_chosen(p->node), NULL);
	if (is_dtype_name(p->name))
		return value_number(in->arena, VAL_DTYPE);
	if (fallback && is_scalar(fallback->kind))
		return value_number(in->arena, fallback->kind);
	if (gpu_flag_name(p->name) && strcmp(p->name, "gpu") != 0)
		return value_number(in->arena, VAL_BOOL);
	type = documented(f, p);
	/* A length that is a tensor was counted on the host, or traced there. */
	if (!type && is_count_name(p->name) && param_is_tensor(f->unit, f->node, p, false))
		return value_unknown();
	if (type == DOC_TENSOR || is_gradient(in, f, p) ||
	    (!type && param_is_tensor(f->unit, f->node, p, is_input(f, p))))
		return value_tensor(in->arena, device_of_param(p->node), TRI_UNKNOWN,
				    origin_new(in, FROM_ARGUMENT, p->node, NULL));
	if (type != DOC_NOTHING)
		return value_number(in->arena, kinds[type]);
	if (is_count_name(p->name) && !fallback)
		return value_number(in->arena, VAL_INT);
	if (is_graph_by_use(f, p))
		return graph_argument(in, p);
	return value_placed(in->arena, device_of_param(p->node),
			    origin_new(in, FROM_ARGUMENT, p->node, NULL));
}

/* f(shape=()): may well have no dimension. f(weights=(1.0, 2.0)) makes a tensor that has one. */
static const struct value *like_tuple(struct interp *in, const struct object *fallback)
{
	struct value *v = arena_alloc(in->arena, sizeof *v);

	*v = *value_scalar();
	if (fallback->fields.n) {
		v->zero_dim = TRI_NO;
		v->min_rank = 1;
	}
	return v;
}

/* def compute_loss(self, model, inputs) of a Trainer: the library hands over what it has moved. */
static bool is_batch(struct interp *in, const struct function *f, const struct py_param *p)
{
	struct strlist bases = { 0 };
	bool unknown = false;

	if (!f->cls)
		return false;
	for (size_t i = 0; i < n_lint_batch_table; i++) {
		const struct lint_batch_row *row = &lint_batch_table[i];

		if (strcmp(row->method, f->name) != 0 || strcmp(row->param, p->name) != 0)
			continue;
		if (!bases.n)
			klass_library_bases(f->cls, in->arena, &bases, &unknown);
		for (size_t k = 0; k < bases.n; k++)
			if (strcmp(bases.v[k], row->class_name) == 0)
				return true;
	}
	return false;
}

/* What a batch is, or holds; an input of which nothing else is known is a tensor where it is calculated with. */
static const struct value *with_dimension(struct interp *in, const struct value *v)
{
	struct value *copy;

	if ((v->kind != VAL_TENSOR && v->kind != VAL_PLACED) || v->zero_dim != TRI_UNKNOWN)
		return v;
	copy = arena_alloc(in->arena, sizeof *copy);
	*copy = *v;
	copy->zero_dim = TRI_NO;
	if (v->kind == VAL_PLACED && !v->text)
		copy->text = FORWARD_INPUT;
	return copy;
}

/* A batch, or a tuple of what belongs to one: there is a dimension. */
static const struct value *as_batch(struct interp *in, struct state *s, const struct value *v)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;
	struct object copy;

	if (!o || o->kind == OBJ_MODULE || !o->element)
		return with_dimension(in, v);
	copy = *o;
	copy.element = with_dimension(in, o->element);
	state_put(in, s, v->object, &copy);
	return v;
}

/* forward(self, graph: Data): what holds tensors is where the module is. A function of its own often prepares what a data set holds,
 * which is on the CPU, unless it has an eye for devices. */
static bool is_holder_of_data(const struct function *f, const struct value *v)
{
	const struct py_node *n = f->node;

	if (v->kind != VAL_PLACED || (f->cls && klass_is_module(f->cls)))
		return false;
	return !memmem(f->unit->text + n->start, n->end - n->start, "device", strlen("device"));
}

/* window_fn=torch.hann_window, norm_layer=nn.LayerNorm: callers may well give nothing. */
static bool is_callable(const struct value *fallback)
{
	return fallback && (fallback->kind == VAL_API || fallback->kind == VAL_CLASS ||
			    fallback->kind == VAL_FUNC);
}

const struct value *library_param(struct interp *in, struct state *s, const struct function *f,
				  size_t i)
{
	const struct py_param *p = &f->node->params.v[i];
	const struct value *fallback = f->defaults[i];
	const struct value *v = is_callable(fallback)
					? fallback
					: model_annotation(in, s, f->unit, p->annotation, p->node);
	bool may_be_none = (fallback && fallback->kind == VAL_NONE) ||
			   model_annotation_allows_none(p->annotation);

	if (v && is_holder_of_data(f, v))
		v = NULL;
	/* device: str */
	if (v && v->kind == VAL_STR && is_device_name(p->name))
		v = value_device(in->arena, device_chosen(p->node), NULL);
	if (!v && (!fallback || may_be_none))
		v = model_given_loader(in, s, p);
	/* An annotation that says nothing of tensors may mean a list of numbers, or anything with tensors anywhere. Of a bare
	 * tuple the uses of what is in it tell. */
	if (!v && p->annotation && !says_nothing(p->annotation) && !is_device_name(p->name) &&
	    !is_dtype_name(p->name) && !is_bare_tuple(p->annotation))
		v = is_host_type(f->unit, p->annotation)
			    ? value_data()
			    : value_number(in->arena, plain_type(p->annotation));
	if (!v && fallback && fallback->kind == VAL_OBJECT &&
	    state_object(s, fallback->object)->kind == OBJ_TUPLE)
		v = like_tuple(in, state_object(s, fallback->object));
	if (!v && is_batch(in, f, p))
		v = model_batch(in, s, f->unit, p->node);
	if (given_is_module(f, p) && (!fallback || may_be_none))
		v = given_module(in, s, in->unit, p->node);
	if (!v)
		v = unannotated(in, f, p, fallback);
	if (is_input(f, p))
		v = as_batch(in, s, v);
	if (fallback)
		v = value_with_default(in->arena, v, fallback);
	if (!may_be_none && !is_scalar(v->kind))
		return v;
	return value_with_param(
		in->arena, v,
		arena_fmt(in->arena, "%s%s@%u", may_be_none ? "?" : "", p->name, p->node->id));
}

/* How many there are of something: code that packs or pads keeps that on the host. */
static bool is_of_counts(const char *name)
{
	return is_count_name(name) || strstr(name, "len") || strstr(name, "size") ||
	       strstr(name, "num") || strstr(name, "host") || strstr(name, "cpu");
}

const struct value *library_part(struct interp *in, const struct state *s,
				 const struct py_node *name, const struct value *v)
{
	const struct function *f = in->frame->func;
	const char *told;
	struct value tensor = *v;

	if (!in->is_library || v->kind != VAL_PLACED || v->device.kind != DEV_ARG || !v->origin ||
	    (v->origin->kind != FROM_ARGUMENT && v->origin->kind != FROM_ITEM) || !f ||
	    f->node->kind != PY_FUNC || state_has_lost(s, v) || is_of_counts(name->name))
		return v;
	told = map_get(in->parts, (uintptr_t)name);
	if (!told) {
		told = local_is_tensor(f->unit, f->node, name) ? "yes" : "";
		in->parts = map_put(in->own, in->parts, (uintptr_t)name, told);
	}
	if (!*told)
		return v;
	tensor.kind = VAL_TENSOR;
	tensor.text = NULL;
	return memcpy(arena_alloc(in->arena, sizeof tensor), &tensor, sizeof tensor);
}
