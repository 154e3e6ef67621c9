// SPDX-License-Identifier: Apache-2.0
/* Asking NVIDIA's libraries, each in a child of its own with a deadline. */
#ifndef WHYCPU_VERBS_ASK_H
#define WHYCPU_VERBS_ASK_H

#include "facts/report.h"
#include "verbs/gather.h"

/* Asks what rules/ask.c and --probe allow and fills facts->probe; false if nobody was asked. With `records` (may be NULL) the
 * answers are kept for a snapshot, by name. */
bool ask_driver(const struct options *o, const struct report *r, struct facts *facts,
		json_t *records, struct arena *a);

#endif
