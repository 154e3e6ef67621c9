// SPDX-License-Identifier: Apache-2.0
/* Does a name, or a test, ask for the GPU? use_cuda, cfg["use_gpu"], options.get("cuda"): whoever sets it wants the GPU, and what is
 * wrong then is wrong for all of them. Of what such a flag says where it is not set nothing follows: the caller has his tensors on
 * the CPU, too.
 *
 * What it cannot know: whether two flags of different names go together; they are never taken to disagree. */
#include "lint/interp.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"

#define NAME_MAX_LENGTH 40 /* a longer one is no flag */

static bool contains_one(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

/* "Use_CUDA" as "usecuda"; NULL: too long. */
static const char *plain_name(const char *name, char plain[NAME_MAX_LENGTH + 1])
{
	size_t n = 0;

	for (; *name; name++) {
		if (!isalnum((unsigned char)*name))
			continue;
		if (n == NAME_MAX_LENGTH)
			return NULL;
		plain[n++] = (char)tolower((unsigned char)*name);
	}
	plain[n] = '\0';
	return plain;
}

/* A name that means a GPU where it is true: "cuda", "n_gpu", "is_cuda"; not "no_cuda", "cpu_or_gpu". */
static bool means_gpu(const char *name)
{
	static const char *const gpus[] = { "cuda", "gpu", NULL };
	static const char *const others[] = { "no",  "disable", "without", "skip",
					      "cpu", "mps",     "xpu",     NULL };
	char plain[NAME_MAX_LENGTH + 1];
	const char *text = plain_name(name, plain);

	return text && contains_one(text, gpus) && !contains_one(text, others);
}

/* The other way round: "no_cuda", "disable_gpu", "force_cpu"; not "cpu_count". */
static bool means_cpu(const char *name)
{
	static const char *const gpus[] = { "cuda", "gpu", NULL };
	static const char *const begins[] = { "no", "disable", "without", "skip" };
	static const char *const whole[] = { "cpu",   "usecpu",   "forcecpu",  "cpuonly",
					     "oncpu", "runoncpu", "onlyoncpu", NULL };
	char plain[NAME_MAX_LENGTH + 1];
	const char *text = plain_name(name, plain);
	bool denies = false;

	for (size_t i = 0; text && i < sizeof begins / sizeof *begins; i++)
		denies |= starts_with(text, begins[i]);
	return text && (is_one_of(text, whole) || (denies && contains_one(text, gpus)));
}

bool gpu_is_denied(const char *param_text)
{
	char name[NAME_MAX_LENGTH + 1];
	size_t n = strcspn(param_text, "@");

	if (n > NAME_MAX_LENGTH)
		return false;
	memcpy(name, param_text, n);
	name[n] = '\0';
	return means_cpu(name);
}

bool gpu_flag_name(const char *name)
{
	static const char *const begins[] = { "use", "with", "enable", "on", "run", "train" };
	static const char *const others[] = { "device", "ids", "num", "memory", NULL };
	char plain[NAME_MAX_LENGTH + 1];
	const char *text = plain_name(name, plain);

	if (!text || !means_gpu(name) || contains_one(text, others))
		return false;
	if (strcmp(text, "cuda") == 0 || strcmp(text, "gpu") == 0)
		return true;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (starts_with(text, begins[i]))
			return true;
	return false;
}

const char *gpu_flag_text(struct interp *in, const char *name)
{
	char plain[NAME_MAX_LENGTH + 1];
	const char *text = gpu_flag_name(name) ? plain_name(name, plain) : NULL;

	return text ? arena_fmt(in->arena, "%s@", text) : NULL;
}

const struct value *gpu_flag(struct interp *in, const char *name)
{
	const char *text = gpu_flag_text(in, name);

	return text ? value_with_param(in->arena, value_unknown(), text) : NULL;
}

const struct value *gpu_flag_asked(struct interp *in, const char *method, const struct args *args)
{
	const struct value *key = args->n && !args->v[0].stars ? args->v[0].value : NULL;
	const char *dot = strrchr(method, '.');

	if (!starts_with(dot ? dot + 1 : method, "get") || !key || key->kind != VAL_STR ||
	    !key->is_known)
		return NULL;
	return gpu_flag(in, key->text);
}

/* ---- tests ---- */

/* What a test asks about: a name, the last attribute, a constant key. */
static const char *asked(const struct py_node *n)
{
	if (n->kind == PY_NAME || n->kind == PY_ATTR)
		return n->name;
	if (n->kind == PY_SUBSCRIPT && n->list.n == 1 && n->list.v[0]->kind == PY_STRING)
		return n->list.v[0]->name;
	return NULL;
}

/* x.device.type == "cuda", device != "cpu" */
static bool text_says_gpu(enum py_op op, const char *text, bool yes)
{
	bool same = op == OP_EQ ? yes : !yes;

	if (op != OP_EQ && op != OP_NE)
		return false;
	if (strncmp(text, "cuda", 4) == 0 || strcmp(text, "gpu") == 0)
		return same;
	return strcmp(text, "cpu") == 0 && !same;
}

bool test_says_gpu(const struct py_node *test, bool yes)
{
	const struct py_node *right =
		test->kind == PY_COMPARE && test->list.n == 1 ? test->list.v[0] : NULL;
	const char *name = asked(right ? test->a : test);

	if (right && right->kind == PY_STRING)
		return text_says_gpu(test->ops[0], right->name, yes);
	if (name && !right && means_cpu(name))
		return !yes;
	if (!name || !means_gpu(name))
		return false;
	if (!right)
		return yes;
	if (right->kind == PY_NONE)
		return yes == (test->ops[0] == OP_IS_NOT);
	return yes && right->kind == PY_INT &&
	       (test->ops[0] == OP_GT || test->ops[0] == OP_GE || test->ops[0] == OP_NE);
}
