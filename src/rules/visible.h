// SPDX-License-Identifier: Apache-2.0
/* CUDA_VISIBLE_DEVICES read twice: by torch's own parser (device_count() asks NVML and has to leave out what
 * the variable hides) and by the driver (which decides what works). They differ, and each is written down
 * where it can be tested alone. */
#ifndef WHYCPU_RULES_VISIBLE_H
#define WHYCPU_RULES_VISIBLE_H

#include "core/arena.h"
#include "rules/machine.h"

/* Which device_count() it is (torch/cuda/__init__.py). ERA_UNKNOWN: no version, or a pre-release between two. */
enum torch_era { ERA_UNKNOWN, ERA_RUNTIME, ERA_1_13, ERA_2 };
enum torch_era torch_era(const struct fact_str *version);

/* ---- torch's parser, 1.13 and later ---- */

enum visible_kind {
	VISIBLE_NUMBERS,
	VISIBLE_UUIDS, /* prefixes "GPU-..." or "MIG-..."; since 2.0 */
	VISIBLE_RAISES,
	VISIBLE_OPEN, /* not known: which Python it is decides */
};
struct visible {
	enum visible_kind kind;
	struct strlist entries;  /* numbers as Python prints them, or the prefixes */
	const char *raises_text; /* of a ValueError */
};
/* `value` as it is in the environment, NULL if it is not set; `era` is ERA_1_13 or ERA_2. */
struct visible torch_visible(const char *value, enum torch_era era, struct arena *a);

/* What device_count() makes of it when NVML sees `n` GPUs. `uuids` has n members, or is NULL: not known. */
struct visible_count {
	enum { COUNT_KNOWN, COUNT_OF_RUNTIME, COUNT_RAISES, COUNT_OPEN } state;
	size_t n;
};
struct visible_count count_visible(const struct visible *v, enum torch_era era, size_t n,
				   const struct strlist *uuids);

/* ---- the GPUs that the variable speaks of ---- */

/* How many GPUs the driver offers to this process before any selection. */
struct range gpus_offered(const struct facts *f);
/* Their UUIDs; false: not all are known. */
bool uuids_offered(const struct facts *f, struct arena *a, struct strlist *ret_uuids);

#endif
