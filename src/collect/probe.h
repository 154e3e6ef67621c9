// SPDX-License-Identifier: Apache-2.0
#ifndef WHYCPU_COLLECT_PROBE_H
#define WHYCPU_COLLECT_PROBE_H

#include "core/json.h"
#include "facts/facts.h"

/* The answer of probe `name` ("nvml", "cuda") as facts: what probes/NAME.json of a case or a child with a
 * deadline holds. NULL: it is no JSON object. */
void probe_take(struct facts *facts, const char *name, const json_t *answer, struct arena *a);

#endif
