// SPDX-License-Identifier: Apache-2.0
/* Looking, for every verb that needs facts: the collectors as tasks of a looker. */
#ifndef WHYCPU_VERBS_GATHER_H
#define WHYCPU_VERBS_GATHER_H

#include <jansson.h>

#include "core/looker.h"
#include "facts/facts.h"
#include "verbs/verbs.h"

struct gathered {
	struct facts facts;
	struct strlist notes; /* what main has to say about its lookers */
	json_t *records;      /* with `record`: an array; the caller drops the reference */
	int status;           /* 0, or the exit status of a usage error that was told */
	bool root_hung;
};

struct gathered gather(const struct options *o, bool record, struct arena *a);
/* A plan with everything that is the same for all: where main stands, its environment, its time. */
struct look_plan plan_for(const struct options *o, struct arena *a);

#endif
