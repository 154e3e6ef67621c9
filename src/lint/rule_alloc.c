// SPDX-License-Identifier: Apache-2.0
/* Does a constant shape need more memory than there can be? Reads constants (local_fold.c) and data/lint_alloc.tsv. It cannot
 * know the machine: the limits are the largest GPU that is sold and a generous host (data/lint_limit.tsv). */
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"

static const struct lint_alloc_row *alloc_row(const char *callee)
{
	for (size_t i = 0; callee && i < n_lint_alloc_table; i++)
		if (strcmp(lint_alloc_table[i].name, callee) == 0)
			return &lint_alloc_table[i];
	return NULL;
}

static double limit_of(const char *name, const char **ret_words)
{
	for (size_t i = 0; i < n_lint_limit_table; i++) {
		if (strcmp(lint_limit_table[i].name, name) == 0) {
			*ret_words = lint_limit_table[i].words;
			return strtod(lint_limit_table[i].bytes, NULL);
		}
	}
	return 1e30;
}

static bool add_size(struct fold *shape, double size)
{
	if (shape->n == FOLD_ITEMS_MAX)
		return false;
	shape->items[shape->n++] = size;
	return true;
}

/* A size that is not constant counts as one: it can only be more. */
static bool add_part(struct fold *shape, const struct local *l, const struct py_node *node)
{
	struct fold f = local_fold(l, node);

	if (f.kind == FOLD_TUPLE || f.kind == FOLD_FLOAT || node->kind == PY_STAR)
		return false;
	return add_size(shape, f.kind == FOLD_INT ? f.number : 1);
}

/* (2, n, 3) as a shape, or a name of a constant one. */
static bool fold_tuple(const struct local *l, const struct py_node *node, struct fold *ret_shape)
{
	struct fold whole = local_fold(l, node), shape = { .kind = FOLD_TUPLE };

	if (whole.kind == FOLD_TUPLE) {
		*ret_shape = whole;
		return true;
	}
	if (!node || (node->kind != PY_TUPLE && node->kind != PY_LIST))
		return false;
	for (size_t i = 0; i < node->list.n; i++)
		if (!add_part(&shape, l, node->list.v[i]))
			return false;
	*ret_shape = shape;
	return true;
}

/* torch.zeros(2, 3), torch.zeros((2, 3)), torch.zeros(*shape), torch.zeros(size=(2, 3)) */
static bool fold_sizes(const struct local *l, const struct py_node *call, const char *keyword,
		       struct fold *ret_shape)
{
	struct fold shape = { .kind = FOLD_TUPLE };
	const struct py_node *only = ast_keyword(call, keyword);
	bool is_data = keyword[0] == '-'; /* torch.Tensor([2, 3]) holds a 2 and a 3 */

	only = only || is_data ? only : ast_positional(call, 0);
	if (only && fold_tuple(l, only, ret_shape))
		return true;
	for (size_t i = 0; i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		if (arg->name)
			continue;
		if (arg->stars == 1 && i == 0 && call->list.n == 1)
			return fold_tuple(l, arg->a, ret_shape);
		if (arg->stars || !add_part(&shape, l, arg->a))
			return false;
	}
	*ret_shape = shape;
	return shape.n > 0;
}

static bool fold_count(const struct local *l, const struct py_node *node, struct fold *ret_shape)
{
	struct fold f = local_fold(l, node);

	if (f.kind != FOLD_INT)
		return false;
	*ret_shape = (struct fold){ .kind = FOLD_TUPLE, .n = 1, .items = { f.number } };
	return true;
}

static bool fold_range(const struct local *l, const struct py_node *call, struct fold *ret_shape)
{
	if (ast_keyword(call, "start") || ast_keyword(call, "step") || ast_positional(call, 1))
		return false;
	return fold_count(l, local_argument(call, 0, "end"), ret_shape);
}

static bool fold_randint(const struct local *l, const struct py_node *call, struct fold *ret_shape)
{
	const struct py_node *size = ast_keyword(call, "size");

	if (!size)
		size = ast_positional(call, 2);
	if (!size)
		size = ast_positional(call, 1);
	return fold_tuple(l, size, ret_shape);
}

static bool fold_product(const struct local *l, const struct py_node *call, const char *keywords,
			 struct fold *ret_shape)
{
	struct fold shape = { .kind = FOLD_TUPLE };
	size_t pos = 0;
	struct bytes word;

	for (size_t i = 0; next_part(keywords, ' ', &pos, &word); i++) {
		const char *name = arena_strndup(l->unit->arena, word.v, word.n);
		struct fold f = local_fold(l, local_argument(call, i, name));

		if (f.kind != FOLD_INT)
			return false;
		shape.items[shape.n++] = f.number;
	}
	*ret_shape = shape;
	return true;
}

static bool shape_of(const struct local *l, const struct py_node *call,
		     const struct lint_alloc_row *row, struct fold *ret_shape)
{
	size_t position = (size_t)strtoul(row->position, NULL, 10);
	const struct py_node *arg = local_argument(call, position, row->keyword);

	if (strcmp(row->shape, "sizes") == 0)
		return fold_sizes(l, call, row->keyword, ret_shape);
	if (strcmp(row->shape, "range") == 0)
		return fold_range(l, call, ret_shape);
	if (strcmp(row->shape, "randint") == 0)
		return fold_randint(l, call, ret_shape);
	if (strcmp(row->shape, "product") == 0)
		return fold_product(l, call, row->keyword, ret_shape);
	if (!arg)
		return false;
	if (strcmp(row->shape, "tuple") == 0)
		return fold_tuple(l, arg, ret_shape);
	if (!fold_count(l, arg, ret_shape))
		return false;
	if (strcmp(row->shape, "square") == 0 && !ast_keyword(call, "m") &&
	    !ast_positional(call, 1))
		ret_shape->items[ret_shape->n++] = ret_shape->items[0];
	return true;
}

/* At least so many bytes; 1 if the dtype is not known. */
static double item_bytes(const struct local *l, const struct py_node *call,
			 const struct lint_alloc_row *row)
{
	const struct py_node *dtype = ast_keyword(call, "dtype");
	const char *name = dtype ? names_dotted(l->unit, dtype) : NULL;

	for (size_t i = 0; name && i < n_lint_dtype_table; i++)
		if (strcmp(lint_dtype_table[i].name, name) == 0)
			return strtod(lint_dtype_table[i].bytes, NULL);
	if (dtype || strcmp(row->item, "any") == 0)
		return 1;
	if (strcmp(row->item, "default") != 0)
		return strtod(row->item, NULL);
	return local_has_word(l->unit, "set_default_") ? 2 : 4;
}

/* Tensors without memory are in the play somewhere: nothing is proved then. */
static bool has_fake_tensors(const struct unit *u)
{
	static const char *const words[] = {
		"\"meta\"",           "'meta'",         "meta:",         "FakeTensor",
		"init_empty_weights", "init_on_device", "deferred_init", "no_init_weights",
		"skip_init",          "LazyTensor"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (local_has_word(u, words[i]))
			return true;
	return false;
}

static bool is_plain_context(const struct local *l, const struct py_node *with)
{
	static const char *const plain[] = { "torch.no_grad",           "torch.inference_mode",
					     "torch.enable_grad",       "torch.autocast",
					     "torch.cuda.amp.autocast", "torch.amp.autocast",
					     "torch.cuda.device",       "torch.cuda.stream" };

	for (size_t i = 0; i < with->list.n; i++) {
		const char *callee = local_callee(l, with->list.v[i]->a);
		bool known = false;

		for (size_t k = 0; callee && k < sizeof plain / sizeof *plain; k++)
			known = known || strcmp(callee, plain[k]) == 0;
		if (!known)
			return false;
	}
	return true;
}

static bool mentions_memory(const struct unit *u, const struct py_node *test)
{
	const char *text = lint_text(u, test, 400);

	return strstr(text, "mem") || strstr(text, "count") || strstr(text, "size");
}

/* The program expects it to fail, or asks before whether it fits. */
static bool is_prepared(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *p = local_parent(l, node); p; p = local_parent(l, p)) {
		if (p->kind == PY_TRY && p->list.n > 0)
			return true;
		if (p->kind == PY_WITH && !is_plain_context(l, p))
			return true;
		if ((p->kind == PY_IF || p->kind == PY_IFEXP) && mentions_memory(l->unit, p->a))
			return true;
	}
	return local_is_dead(l, node);
}

static enum where where_of(const struct local *l, const struct py_node *call)
{
	const struct py_node *given = ast_keyword(call, "device");
	const struct py_node *attr = local_parent(l, call);
	const struct py_node *outer = attr ? local_parent(l, attr) : NULL;
	const char *callee = local_callee(l, call);

	if (given && given->kind != PY_NONE)
		return local_device(l, given);
	if (starts_with(callee, "torch.cuda."))
		return WHERE_CUDA;
	if (attr->kind == PY_ATTR && outer->kind == PY_CALL && outer->a == attr &&
	    local_uses_cuda(l, outer))
		return WHERE_CUDA;
	return WHERE_CPU;
}

static const char *human(struct arena *a, double bytes)
{
	static const char *const units[] = { "GB", "TB", "PB", "EB" };
	size_t u = 0;

	for (bytes /= 1e9; bytes >= 1000 && u < 3; u++)
		bytes /= 1000;
	return bytes >= 1e6 ? arena_fmt(a, "%.1e %s", bytes, units[u])
			    : arena_fmt(a, bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

static const char *product_text(struct arena *a, const struct fold *shape, double item)
{
	struct str s = str_new(a, 600);

	for (size_t i = 0; i < shape->n; i++)
		str_addf(&s, "%s%.0f", i ? " x " : "", shape->items[i]);
	str_addf(&s, " elements of %s%.0f byte%s", item == 1 ? "at least " : "", item,
		 item == 1 ? "" : "s");
	return str_text(&s);
}

static void judge(struct unit *u, const struct py_node *call, const struct fold *shape, double item,
		  enum where where)
{
	double bytes = item;
	const char *words = "", *usual = "";

	for (size_t i = 0; i < shape->n; i++) {
		if (shape->items[i] < 0)
			return;
		bytes *= shape->items[i];
	}

	bool on_gpu = where == WHERE_CUDA;
	bool never = bytes > limit_of(on_gpu ? "cuda" : "host", &words);

	if (!never && (!on_gpu || bytes <= limit_of("cuda-usual", &usual)))
		return;

	struct finding *f = lint_report(
		u, "allocation-impossible", call, "raises: %s: this needs %s (%s); %s",
		where == WHERE_CUDA  ? "torch.OutOfMemoryError: CUDA out of memory"
		: where == WHERE_CPU ? "RuntimeError: DefaultCPUAllocator: can't allocate memory"
				     : "out of memory",
		human(u->arena, bytes), product_text(u->arena, shape, item), never ? words : usual);

	if (!f)
		return;
	if (!never)
		lint_set_severity(f, SEVERITY_WARNING);
	lint_advise(u, f, "make the shape smaller, or work on one part at a time");
}

static void look_at(const struct local *l, const struct py_node *call)
{
	const struct lint_alloc_row *row = alloc_row(local_callee(l, call));
	struct fold shape = { 0 };

	if (!row || !shape_of(l, call, row, &shape) || is_prepared(l, call))
		return;

	judge(l->unit, call, &shape, item_bytes(l, call, row), where_of(l, call));
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);

	if (u->is_test || has_fake_tensors(u))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].dotted)
			look_at(l, l->nodes.v[i].node);
}

const struct lint_pass pass_alloc = { "alloc", run };
