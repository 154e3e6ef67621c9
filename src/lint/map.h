// SPDX-License-Identifier: Apache-2.0
/* A map from 64 bits to a pointer that never changes: putting gives a new map that shares nearly all of the old one. Its shape
 * depends on the keys alone, so that two maps with a common past are compared and merged by looking only at what differs.
 *
 * A big-endian Patricia trie (Okasaki and Gill, "Fast Mergeable Integer Maps", 1998). NULL is the empty map; values are never
 * NULL. Depth is at most 64. */
#ifndef WHYCPU_LINT_MAP_H
#define WHYCPU_LINT_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct map;

const void *map_get(const struct map *m, uint64_t key); /* NULL: not there */
const struct map *map_put(struct arena *a, const struct map *m, uint64_t key, const void *value);
const struct map *map_remove(struct arena *a, const struct map *m, uint64_t key);
/* Without all keys whose upper 32 bits are `upper`. */
const struct map *map_remove_upper(struct arena *a, const struct map *m, uint32_t upper);
/* Every key whose upper 32 bits are `upper`, in order; all of them with map_walk. */
void map_walk_upper(const struct map *m, uint32_t upper,
		    void (*visit)(uint64_t key, const void *value, void *data), void *data);
void map_walk(const struct map *m, void (*visit)(uint64_t key, const void *value, void *data),
	      void *data);
bool map_same(const struct map *x, const struct map *y, bool (*same)(const void *x, const void *y));
/* Every key of which the two maps do not hold the same pointer; NULL where one has none. */
void map_differ(const struct map *x, const struct map *y,
		void (*visit)(uint64_t key, const void *x, const void *y, void *data), void *data);
/* All keys of both; of a key that both have, the value of `x`. */
const struct map *map_union(struct arena *a, const struct map *x, const struct map *y);
/* All keys of both. `both` decides where they differ in value, one side being NULL where only the other has the key; NULL from
 * it leaves the key out. It is not asked where the maps share their memory. */
const struct map *
map_merge(struct arena *a, const struct map *x, const struct map *y,
	  const void *(*both)(uint64_t key, const void *x, const void *y, void *data), void *data);

#endif
