// SPDX-License-Identifier: Apache-2.0
/* How a look becomes a fact: the one place that decides what an error code means. */
#ifndef WHYCPU_FACTS_FACT_H
#define WHYCPU_FACTS_FACT_H

#include "core/sys.h"
#include "facts/facts.h"

/* `err` 0 gives PRESENT with the value; -ENOENT and -ENOTDIR give ABSENT; anything else UNKNOWN with sys_why(err). */
struct fact_str fact_str(int err, const char *value, const char *from);
struct fact_num fact_num(int err, int64_t value, const char *from);
struct fact_bool fact_bool(int err, bool value, const char *from);
/* State and source of a list, to be set when its members are in. */
void fact_list_state(enum known *st, const char **from, const char **why, int err,
		     const char *source);
/* UNKNOWN with a reason in words ("truncated", "not UTF-8"). */
struct fact_str fact_str_unknown(const char *why, const char *from);

#endif
