// SPDX-License-Identifier: Apache-2.0
/* How do many states share nearly all of their memory? See map.h. A node is a leaf (bit 0) or parts its keys by `bit`, all
 * higher bits being equal to those of `key`. It knows nothing of what it holds. */
#include "lint/map.h"

#include <stddef.h>

struct map {
	uint64_t key; /* of a branch: the bits above `bit`, the others 0 */
	uint64_t bit;
	union {
		const void *value;
		const struct map *side[2];
	};
};

static uint64_t above(uint64_t key, uint64_t bit)
{
	return key & ~(bit | (bit - 1));
}

static bool holds(const struct map *m, uint64_t key)
{
	return above(key, m->bit) == m->key;
}

static const struct map *leaf(struct arena *a, uint64_t key, const void *value)
{
	struct map *m = arena_alloc(a, sizeof *m);

	*m = (struct map){ .key = key, .value = value };
	return m;
}

static const struct map *branch(struct arena *a, const struct map *like, const struct map *zero,
				const struct map *one)
{
	if (!zero || !one)
		return zero ? zero : one;
	if (zero == like->side[0] && one == like->side[1])
		return like;

	struct map *m = arena_alloc(a, sizeof *m);

	*m = (struct map){ .key = like->key, .bit = like->bit, .side = { zero, one } };
	return m;
}

/* Two maps that no key is common to, and neither of which lies within the other. */
static const struct map *join(struct arena *a, const struct map *x, const struct map *y)
{
	uint64_t differ = x->key ^ y->key;
	struct map *m = arena_alloc(a, sizeof *m);

	m->bit = UINT64_C(1) << (63 - __builtin_clzll(differ));
	m->key = above(x->key, m->bit);
	m->side[(x->key & m->bit) != 0] = x;
	m->side[(y->key & m->bit) != 0] = y;
	return m;
}

const void *map_get(const struct map *m, uint64_t key)
{
	/* One that lies elsewhere leads to another leaf, whose key tells. */
	while (m && m->bit)
		m = m->side[(key & m->bit) != 0];
	return m && m->key == key ? m->value : NULL;
}

const struct map *map_put(struct arena *a, const struct map *m, uint64_t key, const void *value)
{
	if (!m)
		return leaf(a, key, value);
	if (!m->bit && m->key == key)
		return m->value == value ? m : leaf(a, key, value);
	if (!m->bit || !holds(m, key))
		return join(a, m, leaf(a, key, value));

	bool one = (key & m->bit) != 0;
	const struct map *side = map_put(a, m->side[one], key, value);

	return branch(a, m, one ? m->side[0] : side, one ? side : m->side[1]);
}

const struct map *map_remove(struct arena *a, const struct map *m, uint64_t key)
{
	if (!m || (!m->bit && m->key != key) || (m->bit && !holds(m, key)))
		return m;
	if (!m->bit)
		return NULL;

	bool one = (key & m->bit) != 0;
	const struct map *side = map_remove(a, m->side[one], key);

	return branch(a, m, one ? m->side[0] : side, one ? side : m->side[1]);
}

/* Has this map only keys with that upper half? */
static bool lies_in(const struct map *m, uint32_t upper)
{
	return (!m->bit || m->bit <= UINT64_C(1) << 31) && m->key >> 32 == upper;
}

const struct map *map_remove_upper(struct arena *a, const struct map *m, uint32_t upper)
{
	uint64_t key = (uint64_t)upper << 32;

	if (!m)
		return NULL;
	if (lies_in(m, upper))
		return NULL;
	if (!m->bit || m->bit <= UINT64_C(1) << 31 || !holds(m, key))
		return m;

	bool one = (key & m->bit) != 0;
	const struct map *side = map_remove_upper(a, m->side[one], upper);

	return branch(a, m, one ? m->side[0] : side, one ? side : m->side[1]);
}

void map_walk(const struct map *m, void (*visit)(uint64_t key, const void *value, void *data),
	      void *data)
{
	if (!m)
		return;
	if (!m->bit) {
		visit(m->key, m->value, data);
		return;
	}
	map_walk(m->side[0], visit, data);
	map_walk(m->side[1], visit, data);
}

void map_walk_upper(const struct map *m, uint32_t upper,
		    void (*visit)(uint64_t key, const void *value, void *data), void *data)
{
	uint64_t key = (uint64_t)upper << 32;

	while (m && !lies_in(m, upper)) {
		if (m->bit <= UINT64_C(1) << 31 || !holds(m, key))
			return;
		m = m->side[(key & m->bit) != 0];
	}
	map_walk(m, visit, data);
}

bool map_same(const struct map *x, const struct map *y, bool (*same)(const void *x, const void *y))
{
	if (x == y)
		return true;
	if (!x || !y || x->bit != y->bit || x->key != y->key)
		return false;
	if (!x->bit)
		return x->value == y->value || same(x->value, y->value);
	return map_same(x->side[0], y->side[0], same) && map_same(x->side[1], y->side[1], same);
}

struct differing {
	void (*visit)(uint64_t key, const void *x, const void *y, void *data);
	void *data;
};

static void differ(const struct differing *d, const struct map *x, const struct map *y);

static void only_one(const struct differing *d, const struct map *m, bool is_x)
{
	if (m && m->bit) {
		only_one(d, m->side[0], is_x);
		only_one(d, m->side[1], is_x);
	} else if (m) {
		d->visit(m->key, is_x ? m->value : NULL, is_x ? NULL : m->value, d->data);
	}
}

/* `in` lies within one side of `m`. */
static void differ_within(const struct differing *d, const struct map *m, const struct map *in,
			  bool m_is_x)
{
	bool one = (in->key & m->bit) != 0;

	only_one(d, m->side[!one], m_is_x);
	if (m_is_x)
		differ(d, m->side[one], in);
	else
		differ(d, in, m->side[one]);
}

static void differ(const struct differing *d, const struct map *x, const struct map *y)
{
	if (x == y)
		return;
	if (x && y && x->bit == y->bit && x->key == y->key) {
		if (x->bit) {
			differ(d, x->side[0], y->side[0]);
			differ(d, x->side[1], y->side[1]);
		} else if (x->value != y->value) {
			d->visit(x->key, x->value, y->value, d->data);
		}
	} else if (x && y && x->bit > y->bit && holds(x, y->key)) {
		differ_within(d, x, y, true);
	} else if (x && y && y->bit > x->bit && holds(y, x->key)) {
		differ_within(d, y, x, false);
	} else {
		only_one(d, x, true);
		only_one(d, y, false);
	}
}

void map_differ(const struct map *x, const struct map *y,
		void (*visit)(uint64_t key, const void *x, const void *y, void *data), void *data)
{
	const struct differing d = { visit, data };

	differ(&d, x, y);
}

struct merging {
	struct arena *arena;
	const void *(*both)(uint64_t key, const void *x, const void *y, void *data);
	void *data;
};

static const struct map *only(const struct merging *g, const struct map *m, bool is_x)
{
	if (!m || !g->both)
		return m;
	if (m->bit)
		return branch(g->arena, m, only(g, m->side[0], is_x), only(g, m->side[1], is_x));

	const void *value =
		g->both(m->key, is_x ? m->value : NULL, is_x ? NULL : m->value, g->data);

	return value == m->value ? m : value ? leaf(g->arena, m->key, value) : NULL;
}

static const struct map *merge(const struct merging *g, const struct map *x, const struct map *y);

/* `in` lies within one side of `m`. */
static const struct map *merge_into(const struct merging *g, const struct map *m,
				    const struct map *in, bool m_is_x)
{
	bool one = (in->key & m->bit) != 0;
	const struct map *inner = m_is_x ? merge(g, m->side[one], in) : merge(g, in, m->side[one]);
	const struct map *other = only(g, m->side[!one], m_is_x);

	return branch(g->arena, m, one ? other : inner, one ? inner : other);
}

static const struct map *merge_leaves(const struct merging *g, const struct map *x,
				      const struct map *y)
{
	const void *value = x->value == y->value || !g->both
				    ? x->value
				    : g->both(x->key, x->value, y->value, g->data);

	if (value == x->value)
		return x;
	return value == y->value ? y : value ? leaf(g->arena, x->key, value) : NULL;
}

static const struct map *merge(const struct merging *g, const struct map *x, const struct map *y)
{
	if (x == y)
		return x;
	if (!x || !y)
		return only(g, x ? x : y, x != NULL);
	if (x->bit == y->bit && x->key == y->key)
		return x->bit ? branch(g->arena, x, merge(g, x->side[0], y->side[0]),
				       merge(g, x->side[1], y->side[1]))
			      : merge_leaves(g, x, y);
	if (x->bit > y->bit && holds(x, y->key))
		return merge_into(g, x, y, true);
	if (y->bit > x->bit && holds(y, x->key))
		return merge_into(g, y, x, false);

	const struct map *left = only(g, x, true), *right = only(g, y, false);

	return left && right ? join(g->arena, left, right) : left ? left : right;
}

const struct map *
map_merge(struct arena *a, const struct map *x, const struct map *y,
	  const void *(*both)(uint64_t key, const void *x, const void *y, void *data), void *data)
{
	struct merging g = { .arena = a, .both = both, .data = data };

	return merge(&g, x, y);
}

const struct map *map_union(struct arena *a, const struct map *x, const struct map *y)
{
	return map_merge(a, x, y, NULL, NULL);
}
