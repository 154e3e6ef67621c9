// SPDX-License-Identifier: Apache-2.0
/* Which number stands for this name, this object, this frame? A hash table that only grows. */
#include "lint/interp.h"

#include <string.h>

struct entry {
	const void *key;
	size_t n;
	uint64_t hash;
};

struct intern {
	struct arena *arena;
	ARRAY(struct entry) entries; /* of number i + 1 */
	uint32_t *slots;             /* numbers; 0 is free */
	size_t n_slots;              /* a power of two */
	uint32_t *recent;            /* names by where their text lies: a guess, or 0 */
};

#define RECENT 1024

static uint64_t hash_of(const void *key, size_t n)
{
	const unsigned char *p = key;
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

struct intern *intern_new(struct arena *a)
{
	struct intern *t = arena_alloc(a, sizeof *t);

	t->arena = a;
	t->n_slots = 256;
	t->slots = arena_alloc(a, t->n_slots * sizeof *t->slots);
	return t;
}

static uint32_t *slot_of(struct intern *t, const void *key, size_t n, uint64_t hash)
{
	size_t i = hash & (t->n_slots - 1);

	while (t->slots[i]) {
		const struct entry *e = &t->entries.v[t->slots[i] - 1];

		if (e->hash == hash && e->n == n && (n == 0 || memcmp(e->key, key, n) == 0))
			break;
		i = (i + 1) & (t->n_slots - 1);
	}
	return &t->slots[i];
}

static void grow(struct intern *t)
{
	t->n_slots *= 2;
	t->slots = arena_alloc(t->arena, t->n_slots * sizeof *t->slots);
	for (size_t i = 0; i < t->entries.n; i++) {
		const struct entry *e = &t->entries.v[i];

		*slot_of(t, e->key, e->n, e->hash) = (uint32_t)i + 1;
	}
}

uint32_t intern_id(struct intern *t, const void *key, size_t n, bool *ret_is_new)
{
	uint64_t hash = hash_of(key, n);
	uint32_t *slot = slot_of(t, key, n, hash);

	if (ret_is_new)
		*ret_is_new = *slot == 0;
	if (*slot)
		return *slot;

	struct entry e = { .key = arena_strndup(t->arena, key, n), .n = n, .hash = hash };

	PUSH(t->arena, &t->entries, e);
	*slot = (uint32_t)t->entries.n;
	if (t->entries.n * 4 > t->n_slots * 3)
		grow(t);
	return (uint32_t)t->entries.n;
}

/* Most are looked for by the text of the same node again and again. Another text may lie there by now. */
uint32_t intern_name(struct interp *in, const char *name)
{
	struct intern *t = in->shared->names;
	size_t at = ((uintptr_t)name >> 3 ^ (uintptr_t)name >> 13) % RECENT;

	if (!t->recent)
		t->recent = arena_alloc(t->arena, RECENT * sizeof *t->recent);
	if (!t->recent[at] || strcmp(intern_text(in, t->recent[at]), name) != 0)
		t->recent[at] = intern_id(t, name, strlen(name), NULL);
	return t->recent[at];
}

const char *intern_text(struct interp *in, uint32_t id)
{
	return in->shared->names->entries.v[id - 1].key;
}

uint32_t object_id(struct interp *in, const void *key, size_t n)
{
	if (in->in_module)
		return intern_id(in->shared->ids, key, n, NULL) + STATE_MODEL_OBJECT;
	return intern_id(in->ids, key, n, NULL) | OWN_ID;
}
