// SPDX-License-Identifier: Apache-2.0
/* Is a value fetched from the GPU on one use, and handed to NumPy as it is on another? Who writes rgb.cpu().numpy() reckons with a
 * GPU, and np.square(rgb - truth) refuses the same rgb. Only where both uses certainly see one value: nothing is assigned
 * between them, and no branch parts them.
 *
 * What it cannot know: whether .cpu() is but a habit, where all runs on the CPU; hence warnings, and silence where the file says
 * so. */
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/local.h"
#include "lint/model_parts.h"
#include "lint/names.h"
#include "lint/passes.h"

#define ARMS_MAX 24
#define RISE_MAX 60

struct look {
	const struct local *l;
	const struct unit *u;
	const struct py_node *function; /* NULL: the top level */
	size_t from, until;             /* of its nodes */
};

/* ---- which value is it? ---- */

/* x of x.detach().data; `ret_parts`: x[0], too. */
static const struct py_node *bare(const struct py_node *n, bool parts)
{
	static const char *const same[] = { "detach",  "clone",      "view",      "reshape",
					    "flatten", "float",      "squeeze",   "permute",
					    "double",  "contiguous", "long",      "int",
					    "abs",     "exp",        "mean",      "sum",
					    "argmax",  "unsqueeze",  "transpose", NULL };

	for (;;) {
		if (n->kind == PY_CALL && n->a->kind == PY_ATTR && is_one_of(n->a->name, same))
			n = n->a->a;
		else if ((n->kind == PY_ATTR && strcmp(n->name, "data") == 0) ||
			 (parts && n->kind == PY_SUBSCRIPT))
			n = n->a;
		else
			return n;
	}
}

static bool is_name(const struct py_node *n, const char *name)
{
	return n && n->kind == PY_NAME && strcmp(n->name, name) == 0;
}

/* The name in it whose value NumPy gets: x, x.detach(), x[0], y - x. */
static const struct py_node *name_in(const struct look *k, const struct py_node *n, int side)
{
	n = bare(n, true);
	if (n->kind == PY_BINARY && n->op <= OP_POW)
		return name_in(k, side ? n->b : n->a, 0);
	return n->kind == PY_NAME ? n : NULL;
}

static bool is_here(const struct look *k, const struct py_node *n)
{
	return local_function(k->l, n) == k->function &&
	       (k->function || !local_around(k->l, n, PY_CLASS));
}

/* ---- where does it come from? ---- */

static bool says_host(const struct unit *u, const struct py_node *n)
{
	static const char *const words[] = { "cpu",  "numpy", "np.",     "tolist", "item(",
					     "load", "copy",  "ndarray", "from_",  "host" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(u->text + n->start, n->end - n->start, words[i], strlen(words[i])))
			return true;
	return false;
}

/* numpy.stack, copy.deepcopy; but not a module of the project. */
static bool is_of_package(const char *dotted)
{
	size_t n = strcspn(dotted, ".");

	for (size_t i = 0; i < n_lint_package_table; i++)
		if (strlen(lint_package_table[i].name) == n &&
		    strncmp(lint_package_table[i].name, dotted, n) == 0)
			return true;
	return starts_with(dotted, "torch");
}

/* render(rays), net.encode(x): what functions compute. What is taken out of a container or a loader is on the CPU as a rule. */
static bool computes(const struct look *k, const struct py_node *n)
{
	static const char *const takes[] = { "next",    "get",    "pop",     "sample", "read",
					     "zip",     "sorted", "list",    "tuple",  "max",
					     "min",     "sum",    "popleft", "map",    "getattr",
					     "items",   "values", "open",    "abs",    "enumerate",
					     "collate", "unpack", "range",   "input",  "batch",
					     NULL };
	const char *name, *dotted;

	if (n->kind != PY_CALL || says_host(k->u, n))
		return false;
	dotted = names_dotted(k->u, n->a);
	name = n->a->kind == PY_NAME || n->a->kind == PY_ATTR ? n->a->name : NULL;
	if (!name || is_one_of(name, takes) || (dotted && is_of_package(dotted)))
		return false;
	for (size_t i = 0; i < k->l->nodes.n; i++) {
		const struct py_node *f = k->l->nodes.v[i].node;

		if (f->kind == PY_FUNC && strcmp(f->name, name) == 0 && says_host(k->u, f))
			return false;
	}
	return true;
}

static bool binds(const struct py_node *target, const char *name)
{
	if (target->kind == PY_TUPLE || target->kind == PY_LIST) {
		for (size_t i = 0; i < target->list.n; i++)
			if (binds(target->list.v[i], name))
				return true;
		return false;
	}
	return is_name(target->kind == PY_STAR ? target->a : target, name);
}

static bool is_target(const struct py_node *n, const char *name)
{
	if (n->kind == PY_ASSIGN) {
		for (size_t i = 0; i < n->list.n; i++)
			if (binds(n->list.v[i], name))
				return true;
		return false;
	}
	if (n->kind == PY_FOR || n->kind == PY_COMP_FOR || n->kind == PY_AUGASSIGN ||
	    n->kind == PY_ANNASSIGN || n->kind == PY_WALRUS)
		return binds(n->a, name);
	if (n->kind == PY_WITH_ITEM)
		return n->b && binds(n->b, name);
	if (n->kind == PY_DEL || n->kind == PY_GLOBAL || n->kind == PY_NONLOCAL)
		for (size_t i = 0; i < n->list.n; i++)
			if (is_name(n->list.v[i], name))
				return true;
	return false;
}

/* Every value that the name ever has was computed by calls, or is what callers hand in. */
static bool is_computed(const struct look *k, const char *name)
{
	bool found = false;

	for (size_t i = k->from; i < k->until; i++) {
		const struct py_node *n = k->l->nodes.v[i].node;

		if (!is_target(n, name))
			continue;
		/* What comes later of itself (x = x.cpu()) does not count here. */
		if (n->kind != PY_ASSIGN)
			return false;
		if (!computes(k, n->a) && !is_name(bare(n->a, true), name) &&
		    !(found && says_host(k->u, n->a)))
			return false;
		found = true;
	}
	return found;
}

static bool is_given(const struct look *k, const char *name)
{
	const struct py_params *p = k->function ? &k->function->params : NULL;

	for (size_t i = 0; p && i < p->n; i++) {
		const struct py_node *annotation = p->v[i].annotation;

		if (strcmp(p->v[i].name, name) == 0)
			return strcmp(name, "self") != 0 && p->v[i].kind != PARAM_ARGS &&
			       p->v[i].kind != PARAM_KWARGS &&
			       !(annotation && says_host(k->u, annotation));
	}
	return false;
}

/* ---- are both uses of one value? ---- */

struct arms {
	const struct py_node *branch[ARMS_MAX], *arm[ARMS_MAX];
	size_t n;
	bool is_cut;
};

static bool is_branch(const struct py_node *n)
{
	return n->kind == PY_IF || n->kind == PY_IFEXP || n->kind == PY_BOOL || n->kind == PY_TRY ||
	       n->kind == PY_MATCH || n->kind == PY_COMP;
}

static bool holds(const struct py_list *list, const struct py_node *n)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == n)
			return true;
	return false;
}

/* What tells the ways of a branch apart: the first thing of a block, or the operand. */
static const struct py_node *way_of(const struct py_node *branch, const struct py_node *child)
{
	if (branch->kind != PY_IF && branch->kind != PY_TRY)
		return branch->kind == PY_COMP ? branch : child;
	if (holds(&branch->body, child))
		return branch->body.v[0];
	if (holds(&branch->orelse, child))
		return branch->orelse.v[0];
	return child;
}

static struct arms arms_of(const struct look *k, const struct py_node *n)
{
	struct arms a = { 0 };

	for (size_t i = 0; i < RISE_MAX; i++) {
		const struct py_node *p = local_parent(k->l, n);

		if (!p || p == k->function || p->kind == PY_MODULE)
			return a;
		if (is_branch(p) && !(p->kind == PY_IF && p->a == n) &&
		    !(p->kind == PY_IFEXP && p->a == n)) {
			if (a.n == ARMS_MAX)
				break;
			a.branch[a.n] = p;
			a.arm[a.n++] = way_of(p, n);
		}
		n = p;
	}
	a.is_cut = true;
	return a;
}

static bool is_in(const struct arms *a, const struct py_node *branch, const struct py_node *arm)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->branch[i] == branch && a->arm[i] == arm)
			return true;
	return false;
}

/* Does it leave the function or the loop? */
static bool leave(struct py_node *n, void *data)
{
	bool *leaves = data;

	*leaves |= n->kind == PY_RETURN || n->kind == PY_RAISE || n->kind == PY_CONTINUE ||
		   n->kind == PY_BREAK;
	return !*leaves;
}

/* The use stands in no branch that asks for the GPU or the value, and, before the fetch, in none that does not go on to it. */
static bool goes_on(const struct look *k, const struct arms *use, const struct arms *fetch,
		    const char *name)
{
	static const char *const asks[] = { "cpu", "cuda", "gpu", "device", "numpy", "isinstance" };

	for (size_t i = 0; i < use->n; i++) {
		const struct py_node *b = use->branch[i];
		const char *text;
		bool leaves = false;

		if (is_in(fetch, b, use->arm[i]))
			continue;
		if (b->kind != PY_IF)
			return false;
		text = lint_text(k->u, b->a, 200);
		for (size_t j = 0; j < sizeof asks / sizeof *asks; j++)
			if (strstr(text, asks[j]) || strstr(text, name))
				return false;
		ast_walk((struct py_node *)(uintptr_t)b, leave, &leaves);
		if (leaves)
			return false;
	}
	return true;
}

static bool is_one_value(const struct look *k, const struct py_node *fetch,
			 const struct py_node *use, const char *name)
{
	const struct py_node *first = fetch->start < use->start ? fetch : use;
	const struct py_node *second = first == fetch ? use : fetch;
	struct arms f = arms_of(k, fetch), n = arms_of(k, use);

	if (f.is_cut || n.is_cut || !goes_on(k, &n, &f, name))
		return false;
	for (size_t i = 0; i < f.n; i++)
		if (!is_in(&n, f.branch[i], f.arm[i]))
			return false;
	for (size_t i = k->from; i < k->until; i++) {
		const struct py_node *s = k->l->nodes.v[i].node;
		bool loop = s->kind == PY_FOR || s->kind == PY_COMP_FOR;
		uint32_t at = loop ? s->a->end : s->end;

		if (is_target(s, name) && at > first->start && at <= second->start)
			return false;
	}
	return true;
}

/* ---- the fetch ---- */

static bool is_fetch(const struct look *k, const struct py_node *n, const char *name)
{
	const struct py_node *around;

	if (n->kind != PY_CALL || n->list.n || !local_method(n) ||
	    strcmp(local_method(n), "cpu") != 0 || !is_name(bare(n->a->a, false), name))
		return false;
	around = local_parent(k->l, n);
	return around && around->kind != PY_EXPR && is_here(k, n);
}

/* Does the function ask what or where it is? */
static bool is_asked(const struct py_node *n, const char *name)
{
	static const char *const wheres[] = { "is_cuda", "is_cpu", "get_device",
					      "device",  "type",   NULL },
				 *const asks[] = { "isinstance", "type", "hasattr", "is_tensor",
						   "callable",   "len",  NULL };
	const char *callee;

	if (n->kind == PY_ATTR)
		return is_name(n->a, name) && is_one_of(n->name, wheres);
	if (n->kind != PY_CALL || !n->list.n || !is_name(n->list.v[0]->a, name))
		return false;
	callee = n->a->kind == PY_NAME || n->a->kind == PY_ATTR ? n->a->name : "";
	return is_one_of(callee, asks);
}

static const struct py_node *find_fetch(const struct look *k, const struct py_node *use,
					const char *name)
{
	const struct py_node *found = NULL;

	if (!local_spend(k->l, k->until - k->from))
		return NULL;
	for (size_t i = k->from; i < k->until; i++) {
		const struct py_node *n = k->l->nodes.v[i].node;

		if (is_asked(n, name))
			return NULL;
		if (!found && is_fetch(k, n, name) && is_one_value(k, n, use, name))
			found = n;
	}
	return found;
}

/* Its callers here take what they hand in to the CPU. */
static bool is_called_with_host(const struct look *k)
{
	for (size_t i = 0; k->function && i < k->l->nodes.n; i++) {
		const struct py_node *n = k->l->nodes.v[i].node;
		const struct py_node *callee = n->kind == PY_CALL ? n->a : NULL;

		if (callee && (callee->kind == PY_NAME || callee->kind == PY_ATTR) &&
		    strcmp(callee->name, k->function->name) == 0 && says_host(k->u, n))
			return true;
	}
	return false;
}

/* ---- the rule ---- */

static void check(struct unit *u, const struct look *k, const struct py_node *call,
		  const struct py_node *name)
{
	const struct py_node *fetch;
	const struct scope *scope = NULL;
	const struct binding *b = names_find(u, name, name->name, &scope);
	bool given;
	struct finding *f;

	if (!b || !scope || b->is_global || local_is_declared(k->l, name->name) ||
	    scope->node != (k->function ? k->function : scope->node) ||
	    (!k->function && scope->node->kind != PY_MODULE))
		return;
	given = is_given(k, name->name);
	fetch = find_fetch(k, call, name->name);
	if (!fetch || !local_spend(k->l, 2 * k->l->nodes.n) ||
	    (given ? b->kind != BOUND_PARAM || is_called_with_host(k)
		   : !is_computed(k, name->name)))
		return;
	f = lint_report(
		u, "numpy-of-cuda-tensor", call,
		"when %s is on a GPU, as line %u reckons with, %s raises TypeError: can't convert cuda:0 device type tensor to numpy. Use "
		"Tensor.cpu() to copy the tensor to host memory first.",
		name->name, fetch->line, lint_text(u, call, 60));
	if (!f)
		return;
	lint_set_severity(f, SEVERITY_WARNING);
	lint_way(u, f, u, fetch, "taken to the host here");
	lint_edit(u, f, APPLIES_SAFE, name->end, name->end, ".cpu()");
	lint_advise(u, f, "copy it to the host first: %s.cpu()", name->name);
}

static void check_operand(struct unit *u, const struct look *k, const struct py_node *call,
			  const struct py_node *operand)
{
	for (int side = 0; side < 2; side++) {
		const struct py_node *name = name_in(k, operand, side);

		if (name)
			check(u, k, call, name);
		if (bare(operand, true)->kind != PY_BINARY)
			break;
	}
}

/* np.log(x), np.array([x, y]): all that the function makes arrays of. */
static void check_function(struct unit *u, const struct look *k, const struct py_node *call,
			   const char *callee)
{
	struct lint_api_row row;
	bool lists;

	if (!api_find(callee, &row) ||
	    (strcmp(row.does, "numpy") != 0 && strcmp(row.does, "numpy-list") != 0 &&
	     strcmp(row.does, "numpy-sure") != 0))
		return;
	lists = strcmp(row.does, "numpy-list") == 0;
	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i], *v = arg->a;
		bool display = v->kind == PY_LIST || v->kind == PY_TUPLE;

		if (arg->stars || (arg->name && strcmp(arg->name, "label") == 0))
			continue;
		if (!display && !lists)
			check_operand(u, k, call, v);
		for (size_t j = 0; display && j < v->list.n; j++)
			check_operand(u, k, call, v->list.v[j]);
	}
}

static bool fetches_something(const struct look *k)
{
	static const char fetch[] = ".cpu()";
	uint32_t start = k->function ? k->function->start : 0;
	size_t n = k->function ? k->function->end - start : k->u->n_text;

	return memmem(k->u->text + start, n, fetch, sizeof fetch - 1);
}

static void check_call(struct unit *u, const struct local *l, const struct py_node *call)
{
	const char *method = local_method(call), *callee = local_callee(l, call);
	struct look k = { .l = l, .u = u, .function = local_function(l, call) };

	if (k.function && k.function->kind != PY_FUNC)
		return;
	k.from = k.function ? local_pos(l, k.function) : 0;
	k.until = k.function ? local_until(l, k.function) : l->nodes.n;
	if (!fetches_something(&k) || !is_here(&k, call) || local_is_dead(l, call))
		return;
	if (callee)
		check_function(u, &k, call, callee);
	else if (method && strcmp(method, "numpy") == 0 && !call->list.n)
		check_operand(u, &k, call, call->a->a);
}

/* Whose arrays convert themselves, or whose tensors have methods of these names. */
static bool has_other_tensors(const struct local *l)
{
	static const char *const packages[] = { "tensorflow",  "paddle",    "jax",     "cupy",
						"mxnet",       "jittor",    "oneflow", "mindspore",
						"onnxruntime", "tensordict" };

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (local_imports(l, packages[i]))
			return true;
	return false;
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (!l->has_torch || u->is_test || !memmem(u->text, u->n_text, ".cpu()", 6) ||
	    (!local_has_word(u, "cuda") && !local_has_word(u, "device")) || has_other_tensors(l))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_CALL)
			check_call(u, l, l->nodes.v[i].node);
}

const struct lint_pass pass_fetched = { .name = "fetched", .run = run };
