// SPDX-License-Identifier: Apache-2.0
/* The public ids (data/causes.tsv): never renamed, never used for something else. The order is the order of the chain within a
 * stage. */
#ifndef WHYCPU_FACTS_CAUSES_H
#define WHYCPU_FACTS_CAUSES_H

#include <stddef.h>

struct causes_row {
	const char *id, *stage, *used_by, *reports_as, *severity, *definition;
};
extern const struct causes_row causes_table[];
extern const size_t n_causes_table;

#endif
