// SPDX-License-Identifier: Apache-2.0
/* What is known under this text? A hash table that only grows. */
#include "lint/table.h"

#include <string.h>

struct slot {
	const char *key;
	void *value;
	size_t hash;
};

static size_t hash_of(const char *key)
{
	size_t hash = 2166136261u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash ^ hash >> 15;
}

static struct slot *slot_of(struct slot *v, size_t n_slots, const char *key, size_t hash)
{
	size_t i = hash & (n_slots - 1);

	while (v[i].key && (v[i].hash != hash || strcmp(v[i].key, key) != 0))
		i = (i + 1) & (n_slots - 1);
	return &v[i];
}

bool table_get(const struct table *t, const char *key, void **ret_value)
{
	const struct slot *slot = t->n_slots ? slot_of(t->v, t->n_slots, key, hash_of(key)) : NULL;

	if (!slot || !slot->key)
		return false;
	*ret_value = slot->value;
	return true;
}

void table_put(struct arena *a, struct table *t, const char *key, void *value)
{
	if (2 * t->n >= t->n_slots) {
		size_t n_slots = t->n_slots ? 2 * t->n_slots : 64;
		struct slot *v = arena_alloc(a, n_slots * sizeof *v);

		for (size_t i = 0; i < t->n_slots; i++) {
			if (t->v[i].key)
				*slot_of(v, n_slots, t->v[i].key, t->v[i].hash) = t->v[i];
		}
		t->v = v;
		t->n_slots = n_slots;
	}

	size_t hash = hash_of(key);
	struct slot *slot = slot_of(t->v, t->n_slots, key, hash);

	t->n += !slot->key;
	slot->key = slot->key ? slot->key : arena_strdup(a, key);
	slot->hash = hash;
	slot->value = value;
}
