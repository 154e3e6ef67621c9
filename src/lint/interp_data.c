// SPDX-License-Identifier: Apache-2.0
/* What does code that nobody read give back? Mostly it cannot be told; but where no tensor goes in, what comes out of a reader, an
 * environment or a table is data of the host: rows = load("train.csv"), state = env.reset(). Who then makes a tensor of it by
 * torch.tensor(rows) has no tensor yet, because torch warns against that.
 *
 * What it cannot know: whether it is a tensor all the same; hence warnings. */
#include "lint/interp.h"

#include <string.h>

#include "core/str.h"

static const struct value data = { .kind = VAL_UNKNOWN, .text = "(data)" };

bool value_is_data(const struct value *v)
{
	return v->kind == VAL_UNKNOWN && v->text && strcmp(v->text, data.text) == 0;
}

const struct value *value_data(void)
{
	return &data;
}

/* What is on a GPU, is a network, or may be: what is made of it may be there, too. */
static bool may_be_on_gpu(const struct state *s, const struct value *v, size_t depth)
{
	const struct object *o = v->kind == VAL_OBJECT ? state_object(s, v->object) : NULL;

	if (v->kind == VAL_TENSOR ||
	    (v->kind == VAL_PLACED && v->origin && v->origin->kind != FROM_ARGUMENT &&
	     v->origin->kind != FROM_ITEM))
		return !device_is_host(state_device(s, v));
	if (!o)
		return v->kind == VAL_UNKNOWN
			       ? !value_is_data(v)
			       : v->kind == VAL_METHOD || v->kind == VAL_BOUND ||
					 v->kind == VAL_FUNC || v->kind == VAL_DEVICE;
	if (o->kind == OBJ_MODULE || o->kind == OBJ_INSTANCE || depth > 3)
		return true;
	for (size_t i = 0; i < o->fields.n; i++)
		if (may_be_on_gpu(s, o->fields.v[i].value, depth + 1))
			return true;
	return o->element && may_be_on_gpu(s, o->element, depth + 1);
}

/* A function of a library that makes no tensors, or a method of what such a one gave, or of what a caller handed over. */
static bool is_reader(const struct value *callee)
{
	const struct value *self = callee->self;

	if (callee->kind == VAL_API)
		return strncmp(callee->text, "torch", 5) != 0;
	if (callee->kind != VAL_METHOD || !self)
		return value_is_data(callee);
	return value_is_data(self) ||
	       (self->kind == VAL_API && strncmp(self->text, "torch", 5) != 0) ||
	       (self->kind == VAL_PLACED && self->origin && self->origin->kind == FROM_ARGUMENT);
}

bool args_may_be_on_gpu(const struct state *s, const struct call_arg *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (may_be_on_gpu(s, v[i].value, 0))
			return true;
	return false;
}

const struct value *unread_result(const struct state *s, const struct value *callee,
				  const struct args *args)
{
	bool reads = callee && is_reader(callee) && !args_may_be_on_gpu(s, args->v, args->n);

	return reads ? &data : value_unknown();
}
