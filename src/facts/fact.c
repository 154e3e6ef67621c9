// SPDX-License-Identifier: Apache-2.0
#include "facts/fact.h"

#include <errno.h>

/* ENOENT and ENOTDIR prove that a thing is not there; every other error leaves it open. */
static enum known state_of(int err)
{
	if (!err)
		return PRESENT;
	return err == -ENOENT || err == -ENOTDIR ? ABSENT : UNKNOWN;
}

static const char *why_of(int err)
{
	return state_of(err) == UNKNOWN ? sys_why(err) : NULL;
}

struct fact_str fact_str(int err, const char *value, const char *from)
{
	return (struct fact_str){
		.st = state_of(err), .from = from, .why = why_of(err), .v = err ? NULL : value
	};
}

struct fact_num fact_num(int err, int64_t value, const char *from)
{
	return (struct fact_num){
		.st = state_of(err), .from = from, .why = why_of(err), .v = err ? 0 : value
	};
}

struct fact_bool fact_bool(int err, bool value, const char *from)
{
	return (struct fact_bool){
		.st = state_of(err), .from = from, .why = why_of(err), .v = err ? false : value
	};
}

void fact_list_state(enum known *st, const char **from, const char **why, int err,
		     const char *source)
{
	*st = state_of(err);
	*from = source;
	*why = why_of(err);
}

struct fact_str fact_str_unknown(const char *why, const char *from)
{
	return (struct fact_str){ .st = UNKNOWN, .from = from, .why = why };
}
