// SPDX-License-Identifier: Apache-2.0
/* Which way does a condition go? What is known decides; a command line flag makes two ways that stay apart, because it is
 * independent of everything else; any other unknown makes two ways that are joined where they meet again. A condition about
 * devices that is no flag is a doubt: the program may well check there what we are about to complain of. */
#include "lint/interp.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"
#include "lint/names.h"

#define TEXT_MAX 400 /* a longer condition is taken for one about devices */

/* ---- doubts ---- */

static bool names_device(const char *text, size_t length)
{
	static const struct bytes words[] = { { "cuda", 4 }, { "cpu", 3 }, { "device", 6 },
					      { "gpu", 3 },  { "mps", 3 }, { "xpu", 3 } };

	if (length > TEXT_MAX)
		return true;
	for (size_t i = 0; i < length; i++) {
		int lower = text[i] | 0x20;

		/* Few letters begin such a word. */
		if (lower != 'c' && lower != 'd' && lower != 'g' && lower != 'm' && lower != 'x')
			continue;
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (length - i >= words[k].n &&
			    strncasecmp(text + i, words[k].v, words[k].n) == 0)
				return true;
	}
	return false;
}

static bool speaks_of_devices(const struct unit *u, const struct py_node *n)
{
	return names_device(u->text + n->start, n->end - n->start);
}

/* A parameter of a function that nobody calls here ("use_cuda@17"): whether it is given at all is the caller's free choice, but a
 * choice between devices is what the function asks for. */
static bool is_doubtful(const struct atom *a)
{
	return strchr(a->text, '@') && !a->equal && names_device(a->text, strlen(a->text));
}

/* ---- what a value hangs on ---- */

static struct atom atom_of(struct interp *in, const char *param_text)
{
	struct atom a = { .kind = ATOM_FLAG, .yes = true };
	const char *sign;

	if (*param_text == '!') {
		a.yes = false;
		param_text++;
	}
	sign = strstr(param_text, "==");
	a.text = sign ? arena_strndup(in->arena, param_text, (size_t)(sign - param_text))
		      : param_text;
	a.equal = sign ? sign + 2 : NULL;
	return a;
}

enum tri param_assumed(struct interp *in, const struct state *s, const char *param_text)
{
	struct atom a = atom_of(in, param_text);
	enum tri yes = state_assumed(s, a.text, a.equal);

	memo_asked(in, a.text, a.equal);

	if (yes == TRI_UNKNOWN || a.yes)
		return yes;
	return yes == TRI_YES ? TRI_NO : TRI_YES;
}

static size_t base_length(const char *text)
{
	return strcspn(text, "=<> ");
}

/* "args.n>3" and "args.n>5" are not independent: what hangs on both proves nothing. */
static bool depends_on_another(const struct state *s, const struct atom *a)
{
	size_t n = base_length(a->text);

	if (a->equal)
		return false;
	for (const struct atom *x = s->atoms; x; x = x->next)
		if (base_length(x->text) == n && strncmp(x->text, a->text, n) == 0 &&
		    strcmp(x->text, a->text) != 0)
			return true;
	return false;
}

/* args.cuda, args.ngpu>0: yes means a GPU. */
static bool asks_for_gpu(const char *text)
{
	static const char *const ends[] = { "", ">0", ">=0", ">=1" };
	size_t n = base_length(text);
	bool is_plain = false;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		is_plain |= strcmp(text + n, ends[i]) == 0;
	return is_plain && (strstr(text, "cuda") || strstr(text, "gpu")) && !strstr(text, "no_") &&
	       !strstr(text, "not_") && !strstr(text, "disable") && !strstr(text, "without");
}

/* --cuda --ngpu 0: nobody means both. */
static bool contradicts_another(const struct state *s, const struct atom *a)
{
	if (a->equal || !asks_for_gpu(a->text))
		return false;
	for (const struct atom *x = s->atoms; x; x = x->next)
		if (x->kind == ATOM_FLAG && !x->equal && x->yes != a->yes && asks_for_gpu(x->text))
			return true;
	return false;
}

void param_assume(struct interp *in, struct state *s, const char *param_text, bool yes)
{
	struct atom a = atom_of(in, param_text);
	struct atom doubt = { .kind = ATOM_DOUBT, .text = a.text, .yes = true };

	a.yes = a.yes == yes;
	if (depends_on_another(s, &a) || contradicts_another(s, &a) ||
	    (is_doubtful(&a) && !(a.yes && asks_for_gpu(a.text)) &&
	     !(!a.yes && gpu_is_denied(a.text))))
		state_assume(in, s, &doubt);
	state_assume(in, s, &a);
}

static void doubt(struct interp *in, struct state *s, const struct py_node *test, bool yes)
{
	struct atom a = { .kind = ATOM_DOUBT, .yes = yes };

	if (!speaks_of_devices(in->frame->unit, test) || test_says_gpu(test, yes))
		return;
	a.text = arena_fmt(in->arena, "%p", (const void *)test);
	state_assume(in, s, &a);
}

/* ---- what a test says of the name in it ---- */

static bool is_none_test(const struct py_node *test)
{
	return test->kind == PY_COMPARE && test->list.n == 1 && test->a->kind == PY_NAME &&
	       test->list.v[0]->kind == PY_NONE &&
	       (test->ops[0] == OP_IS || test->ops[0] == OP_IS_NOT || test->ops[0] == OP_EQ ||
		test->ops[0] == OP_NE);
}

/* isinstance(x, torch.Tensor), torch.is_tensor(x): the name. */
static const char *tensor_test(struct interp *in, const struct py_node *test)
{
	const struct py_node *x = test->kind == PY_CALL && test->list.n ? test->list.v[0]->a : NULL;
	const char *dotted;

	if (!x || x->kind != PY_NAME)
		return NULL;
	dotted = names_dotted(in->frame->unit, test->a);
	if (dotted && strcmp(dotted, "torch.is_tensor") == 0)
		return x->name;
	if (test->a->kind != PY_NAME || strcmp(test->a->name, "isinstance") != 0 ||
	    test->list.n != 2)
		return NULL;
	dotted = names_dotted(in->frame->unit, test->list.v[1]->a);
	return dotted && strcmp(dotted, "torch.Tensor") == 0 ? x->name : NULL;
}

static void refine_tensor(struct interp *in, struct state *s, const char *name)
{
	const struct value *v = name_load(in, s, name);

	if (v->kind == VAL_PLACED || (v->kind == VAL_UNKNOWN && !v->maybe))
		name_store(in, s, name, value_tensor(in->arena, v->device, TRI_UNKNOWN, v->origin));
}

/* Of a name of another frame a store here would be a second one. */
static bool is_local(struct interp *in, const struct state *s, const char *name)
{
	return var_get(in, s, in->frame->id, intern_name(in, name)) != NULL;
}

/* isinstance(x, (list, tuple, np.ndarray)): in the one branch, and not torch.is_tensor(x) in the other, it is no tensor. */
static bool is_other_type(struct interp *in, const struct py_node *type)
{
	static const char *const names[] = { "list",  "tuple", "dict", "str",  "int",
					     "float", "bool",  "set",  "bytes" };
	const char *dotted = names_dotted(in->frame->unit, type);

	if (dotted)
		return starts_with(dotted, "numpy.") || starts_with(dotted, "PIL.");
	for (size_t i = 0; type->kind == PY_NAME && i < sizeof names / sizeof *names; i++)
		if (strcmp(type->name, names[i]) == 0)
			return true;
	return false;
}

static bool is_other_test(struct interp *in, const struct py_node *test)
{
	const struct py_node *type;

	if (test->kind != PY_CALL || test->a->kind != PY_NAME || test->list.n != 2 ||
	    strcmp(test->a->name, "isinstance") != 0 || test->list.v[0]->a->kind != PY_NAME)
		return false;
	type = test->list.v[1]->a;
	for (size_t i = 0; type->kind == PY_TUPLE && i < type->list.n; i++)
		if (!is_other_type(in, type->list.v[i]))
			return false;
	return type->kind == PY_TUPLE ? type->list.n > 0 : is_other_type(in, type);
}

/* Of an argument there is but a guess that it is a tensor, and rules of their own for what torch makes of others. */
static void refine_other(struct interp *in, struct state *s, const char *name, bool told)
{
	const struct value *v = is_local(in, s, name) ? name_load(in, s, name) : NULL;
	bool is_argument = v && v->origin && v->origin->kind == FROM_ARGUMENT;

	if (v && (v->kind == VAL_PLACED || (told && v->kind == VAL_TENSOR)) &&
	    (told || !is_argument))
		name_store(in, s, name, value_unknown());
}

/* if isinstance(x, list): of a parameter, whose uses may have told something else. NULL: as it was. */
static const struct value *of_type(struct interp *in, struct state *s, const struct py_node *type)
{
	const char *dotted = names_dotted(in->frame->unit, type);

	if (type->kind == PY_TUPLE && type->list.n)
		type = type->list.v[0];
	if (dotted && strcmp(dotted, "numpy.ndarray") == 0)
		return value_number(in->arena, VAL_ARRAY);
	if (type->kind != PY_NAME)
		return NULL;
	if (strcmp(type->name, "float") == 0 || strcmp(type->name, "int") == 0)
		return value_number(in->arena, VAL_FLOAT);
	if (strcmp(type->name, "str") == 0)
		return value_number(in->arena, VAL_STR);
	if (strcmp(type->name, "list") != 0 && strcmp(type->name, "tuple") != 0)
		return NULL;
	return make_of_element(in, s, *type->name == 'l' ? OBJ_LIST : OBJ_TUPLE, value_unknown(),
			       type);
}

static void refine_type(struct interp *in, struct state *s, const struct py_node *test)
{
	const char *name = test->list.v[0]->a->name;
	const struct value *v = is_local(in, s, name) ? name_load(in, s, name) : NULL;
	bool open = v && ((v->kind == VAL_UNKNOWN && !v->maybe) || v->kind == VAL_PLACED);
	const struct value *told =
		open && in->is_library ? of_type(in, s, test->list.v[1]->a) : NULL;

	if (told)
		name_store(in, s, name, told);
	else
		refine_other(in, s, name, true);
}

static const struct value *but_none(struct interp *in, const struct value *v)
{
	struct value copy = *v;

	copy.may_be_none = false;
	return memcpy(arena_alloc(in->arena, sizeof copy), &copy, sizeof copy);
}

static void refine(struct interp *in, struct state *s, const struct py_node *test, bool yes)
{
	const char *name = test->kind == PY_NAME ? test->name
			   : is_none_test(test)  ? test->a->name
						 : NULL;
	bool is_none = test->kind == PY_NAME
			       ? !yes
			       : test->kind == PY_COMPARE &&
					 yes == (test->ops[0] == OP_IS || test->ops[0] == OP_EQ);
	const struct value *v;

	if (yes && tensor_test(in, test) && is_local(in, s, tensor_test(in, test)))
		refine_tensor(in, s, tensor_test(in, test));
	else if (!yes && tensor_test(in, test))
		refine_other(in, s, tensor_test(in, test), false);
	else if (yes && is_other_test(in, test))
		refine_type(in, s, test);
	if (!name || !is_local(in, s, name))
		return;
	v = name_load(in, s, name);
	if (is_none && (v->may_be_none || test->kind == PY_COMPARE))
		name_store(in, s, name, value_none());
	else if (!is_none && v->may_be_none)
		name_store(in, s, name, but_none(in, v));
}

/* ---- branches ---- */

/* from config import USE_CUDA */
static const char *last_name(const char *dotted)
{
	const char *dot = strrchr(dotted, '.');

	return dot ? dot + 1 : dotted;
}

/* The truth of "?x" that is no scalar is that it is given at all. */
static const char *param_of(struct interp *in, const struct value *v)
{
	if (v->param_text && *v->param_text == '?' &&
	    (v->kind == VAL_UNKNOWN || v->kind == VAL_PLACED || v->kind == VAL_TENSOR ||
	     v->kind == VAL_DEVICE))
		return arena_fmt(in->arena, "!%s==None", v->param_text);
	/* Of a tensor or a device that is surely there the truth is no matter of choice. */
	if (v->kind == VAL_PLACED || v->kind == VAL_TENSOR || v->kind == VAL_DEVICE)
		return NULL;
	if (v->kind == VAL_API && strncmp(v->text, "torch.", 6) != 0)
		return gpu_flag_text(in, last_name(v->text));
	return v->is_known || value_is_gpu_count(v) ? NULL : v->param_text;
}

static enum tri truth_now(struct interp *in, const struct state *s, const struct value *v)
{
	const char *param = param_of(in, v);

	return param ? param_assumed(in, s, param) : value_truth(s, v);
}

/* The state becomes two: *s, in which `v` is true, and *ret_no. */
static void split(struct interp *in, struct state *s, const struct value *v,
		  const struct py_node *test, struct state *ret_no)
{
	const char *param = param_of(in, v);

	*ret_no = *s;
	if (param) {
		param_assume(in, s, param, true);
		param_assume(in, ret_no, param, false);
	} else {
		doubt(in, s, test, true);
		doubt(in, ret_no, test, false);
	}
	refine(in, s, test, true);
	refine(in, ret_no, test, false);
}

static void branch_value(struct interp *in, struct states *set, const struct py_node *test,
			 struct states *yes, struct states *no)
{
	eval(in, set, test);
	for (size_t i = 0; i < set->n; i++) {
		struct state s = set->v[i], other;
		const struct value *v = state_pop(&s);
		enum tri truth = truth_now(in, &s, v);

		if (truth == TRI_UNKNOWN) {
			split(in, &s, v, test, &other);
			states_add(in, no, &other);
		}
		states_add(in, truth == TRI_NO ? no : yes, &s);
	}
}

/* a and b and c: false as soon as one of them is; `or` is the same with both sides changed. */
static void branch_bool(struct interp *in, struct states *set, const struct py_node *test,
			struct states *yes, struct states *no)
{
	struct states on = *set, stop = { 0 };

	for (size_t i = 0; i < test->list.n; i++) {
		struct states t, f;

		branch(in, &on, test->list.v[i], &t, &f);
		states_take(in, &stop, test->op == OP_AND ? &f : &t);
		on = test->op == OP_AND ? t : f;
	}
	states_reduce(in, &stop);
	*(test->op == OP_AND ? yes : no) = on;
	*(test->op == OP_AND ? no : yes) = stop;
}

void branch(struct interp *in, struct states *set, const struct py_node *test,
	    struct states *ret_true, struct states *ret_false)
{
	struct states yes = { 0 }, no = { 0 };

	if (test->kind == PY_UNARY && test->op == OP_NOT)
		branch(in, set, test->a, &no, &yes);
	else if (test->kind == PY_BOOL)
		branch_bool(in, set, test, &yes, &no);
	else
		branch_value(in, set, test, &yes, &no);
	*ret_true = yes;
	*ret_false = no;
}

/* ---- and, or as values ---- */

/* `flag and torch.cuda.is_available()` is the flag itself: what follows it is known and changes nothing. NULL: it is not so. */
static const struct value *same_as_first(struct interp *in, const struct state *s,
					 const struct value *first, const struct py_node *n,
					 size_t next)
{
	struct states rest = { 0 };
	struct state copy = *s;

	if (next + 1 != n->list.n || !first->param_text)
		return NULL;
	states_add(in, &rest, &copy);
	in->weak++;
	eval(in, &rest, n->list.v[next]);
	in->weak--;
	if (rest.n != 1 || rest.v[0].heap != s->heap || rest.v[0].vars != s->vars)
		return NULL;

	enum tri truth = value_truth(&rest.v[0], rest.v[0].stack->value);

	/* `device or "cuda"` is one of the two. */
	if (truth == TRI_UNKNOWN || rest.v[0].stack->value->kind != VAL_BOOL)
		return NULL;
	if ((truth == TRI_YES) == (n->op == OP_AND))
		return first;
	return value_bool(in->arena, n->op == OP_OR);
}

/* One operand's value is on the stacks of `on`. Those that need no further one go to `done`. */
static void sort_out(struct interp *in, struct states *on, struct states *done,
		     const struct py_node *n, size_t next)
{
	struct states from = *on;
	bool is_and = n->op == OP_AND;

	*on = (struct states){ 0 };
	for (size_t i = 0; i < from.n; i++) {
		struct state s = from.v[i], no;
		const struct value *v = state_pop(&s), *same;
		enum tri truth = truth_now(in, &s, v);

		if (truth == TRI_UNKNOWN && (same = same_as_first(in, &s, v, n, next))) {
			states_give(in, done, &s, same);
		} else if (truth == TRI_UNKNOWN) {
			split(in, &s, v, n->list.v[next - 1], &no);
			states_add(in, on, is_and ? &s : &no);
			states_give(in, done, is_and ? &no : &s,
				    v->kind == VAL_BOOL ? value_bool(in->arena, !is_and) : v);
		} else if ((truth == TRI_YES) == is_and) {
			states_add(in, on, &s);
		} else {
			states_give(in, done, &s, v);
		}
	}
}

void eval_bool(struct interp *in, struct states *set, const struct py_node *n)
{
	struct states on = *set, done = { 0 };

	for (size_t i = 0; i < n->list.n; i++) {
		eval(in, &on, n->list.v[i]);
		if (i + 1 < n->list.n)
			sort_out(in, &on, &done, n, i + 1);
	}
	states_take(in, &done, &on);
	states_reduce(in, &done);
	*set = done;
}
