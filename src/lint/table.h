// SPDX-License-Identifier: Apache-2.0
/* From texts to what is known of them. Zero is the empty table. */
#ifndef WHYCPU_LINT_TABLE_H
#define WHYCPU_LINT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

struct slot;

struct table {
	struct slot *v;
	size_t n, n_slots;
};

/* The value, and whether the key was there. */
bool table_get(const struct table *t, const char *key, void **ret_value);
/* Copies the key if it is new; `a` is the same for all of a table. */
void table_put(struct arena *a, struct table *t, const char *key, void *value);

#endif
