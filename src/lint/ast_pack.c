// SPDX-License-Identifier: Apache-2.0
/* How does a tree lie in few bytes? Nodes in the order of their numbers, mostly: what a node has is told by a mask, numbers are as
 * short as they can be, places are told from the node before, and a name is written once. What is read was written here, by
 * the same process: it is not doubted. */
#include "lint/ast_pack.h"

#include <string.h>

#include "core/array.h"
#include "lint/source.h"

#define STORE_BYTES_MAX ((size_t)8 << 20)
#define SEEN_BEFORE 0xff /* in place of a kind: a node that stands in two places */

/* What a node has; those that most have are the shortest to write. */
enum part {
	HAS_NAME = 1 << 0,
	HAS_A = 1 << 1,
	HAS_LIST = 1 << 2,
	HAS_LINE = 1 << 3, /* another one than the node before */
	HAS_B = 1 << 4,
	HAS_OP = 1 << 5,
	HAS_C = 1 << 6,
	HAS_ID = 1 << 7, /* not the next one */
	HAS_FLAGS = 1 << 8,
	HAS_NUMBER = 1 << 9,
	HAS_REAL = 1 << 10,
	HAS_ALIAS = 1 << 11,
	HAS_LIST2 = 1 << 12,
	HAS_OPS = 1 << 13,
	HAS_PARAMS = 1 << 14,
	HAS_BODY = 1 << 15,
	HAS_ORELSE = 1 << 16,
	HAS_FINAL = 1 << 17,
};

/* The node before. */
struct place_before {
	uint32_t id, start, line;
};

/* ---- writing ---- */

struct packer {
	struct arena *arena;
	ARRAY(unsigned char) out;
	struct table names;          /* -> number, from 1 */
	const struct py_node **seen; /* by id */
	uint32_t n_nodes;
	struct place_before before;
	bool fails;
};

static void put(struct packer *p, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		PUSH(p->arena, &p->out, (unsigned char)(n | 0x80));
	PUSH(p->arena, &p->out, (unsigned char)n);
}

static void put_signed(struct packer *p, int64_t n)
{
	put(p, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

static void put_bytes(struct packer *p, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		PUSH(p->arena, &p->out, ((const unsigned char *)bytes)[i]);
}

static void put_name(struct packer *p, const char *name)
{
	void *known = NULL;

	if (table_get(&p->names, name, &known)) {
		put(p, (uintptr_t)known);
		return;
	}
	table_put(p->arena, &p->names, name, (void *)(uintptr_t)(p->names.n + 1));
	put(p, p->names.n);
	put(p, strlen(name));
	put_bytes(p, name, strlen(name));
}

static void put_node(struct packer *p, const struct py_node *n);

static void put_list(struct packer *p, const struct py_list *list)
{
	put(p, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_node(p, list->v[i]);
}

static uint64_t flags_of(const struct py_node *n)
{
	return (uint64_t)n->level << 10 | (uint64_t)(n->stars & 3) << 8 | (uint64_t)n->comp << 6 |
	       (uint64_t)n->yields << 5 | (uint64_t)n->is_big << 4 | (uint64_t)n->is_default << 3 |
	       (uint64_t)n->is_from << 2 | (uint64_t)n->is_async << 1 | (uint64_t)n->is_bytes;
}

static uint64_t bits_of(double real)
{
	uint64_t bits;

	memcpy(&bits, &real, sizeof bits);
	return bits;
}

static unsigned tail_mask(const struct py_node *n)
{
	return (n->number ? HAS_NUMBER : 0u) | (bits_of(n->real) ? HAS_REAL : 0u) |
	       (n->alias ? HAS_ALIAS : 0u) | (n->list2.n ? HAS_LIST2 : 0u) |
	       (n->ops ? HAS_OPS : 0u) | (n->params.n ? HAS_PARAMS : 0u) |
	       (n->body.n ? HAS_BODY : 0u) | (n->orelse.n ? HAS_ORELSE : 0u) |
	       (n->final.n ? HAS_FINAL : 0u);
}

static unsigned mask_of(const struct packer *p, const struct py_node *n)
{
	return (n->name ? HAS_NAME : 0u) | (n->a ? HAS_A : 0u) | (n->list.n ? HAS_LIST : 0u) |
	       (n->line != p->before.line ? HAS_LINE : 0u) | (n->b ? HAS_B : 0u) |
	       (n->op ? HAS_OP : 0u) | (n->c ? HAS_C : 0u) |
	       (n->id != p->before.id + 1 ? HAS_ID : 0u) | (flags_of(n) ? HAS_FLAGS : 0u) |
	       (ast_has_tail(n->kind) ? tail_mask(n) : 0u);
}

static void put_head(struct packer *p, const struct py_node *n, unsigned mask)
{
	put(p, mask);
	put_signed(p, (int64_t)n->start - p->before.start);
	put(p, n->end - n->start);
	if (mask & HAS_LINE)
		put_signed(p, (int64_t)n->line - p->before.line);
	if (mask & HAS_ID)
		put(p, n->id);
	if (mask & HAS_FLAGS)
		put(p, flags_of(n));
	if (mask & HAS_OP)
		put(p, n->op);
	if (mask & HAS_NAME)
		put_name(p, n->name);
	p->before = (struct place_before){ n->id, n->start, n->line };
}

static void put_params(struct packer *p, const struct py_params *params)
{
	put(p, params->n);
	for (size_t i = 0; i < params->n; i++) {
		const struct py_param *one = &params->v[i];

		put(p, one->kind | (one->name ? 8u : 0u) | (one->node ? 16u : 0u) |
			       (one->annotation ? 32u : 0u) | (one->fallback ? 64u : 0u));
		if (one->name)
			put_name(p, one->name);
		if (one->node)
			put_node(p, one->node);
		if (one->annotation)
			put_node(p, one->annotation);
		if (one->fallback)
			put_node(p, one->fallback);
	}
}

static void put_tail(struct packer *p, const struct py_node *n, unsigned mask)
{
	if (mask & HAS_NUMBER)
		put_signed(p, n->number);
	if (mask & HAS_REAL)
		put_bytes(p, &n->real, sizeof n->real);
	if (mask & HAS_ALIAS)
		put_name(p, n->alias);
	if (mask & HAS_OPS)
		put_bytes(p, n->ops, n->list.n * sizeof *n->ops);
	if (mask & HAS_PARAMS)
		put_params(p, &n->params);
	if (mask & HAS_LIST2)
		put_list(p, &n->list2);
	if (mask & HAS_BODY)
		put_list(p, &n->body);
	if (mask & HAS_ORELSE)
		put_list(p, &n->orelse);
	if (mask & HAS_FINAL)
		put_list(p, &n->final);
}

static void put_node(struct packer *p, const struct py_node *n)
{
	unsigned mask;

	if (!n->id || n->id > p->n_nodes || (p->seen[n->id] && p->seen[n->id] != n)) {
		p->fails = true;
		return;
	}
	if (p->seen[n->id]) {
		put(p, SEEN_BEFORE);
		put(p, n->id);
		return;
	}
	p->seen[n->id] = n;
	mask = mask_of(p, n);
	put(p, n->kind);
	put_head(p, n, mask);
	if (mask & HAS_A)
		put_node(p, n->a);
	if (mask & HAS_B)
		put_node(p, n->b);
	if (mask & HAS_C)
		put_node(p, n->c);
	if (mask & HAS_LIST)
		put_list(p, &n->list);
	put_tail(p, n, mask);
}

struct packed_tree *ast_pack(struct arena *a, const struct py_node *tree, uint32_t n_nodes)
{
	struct packer p = { .arena = arena_new(), .n_nodes = n_nodes };
	struct packed_tree *packed = NULL;

	p.seen = arena_alloc(p.arena, ((size_t)n_nodes + 1) * sizeof *p.seen);
	put_node(&p, tree);
	if (!p.fails) {
		packed = arena_alloc(a, sizeof *packed);
		packed->bytes = memcpy(arena_alloc(a, p.out.n), p.out.v, p.out.n);
		packed->n = p.out.n;
		packed->n_nodes = n_nodes;
	}
	arena_free(p.arena);
	return packed;
}

/* ---- reading ---- */

struct unpacker {
	struct arena *arena;
	const unsigned char *at;
	ARRAY(const char *) names; /* of number i + 1 */
	struct arena *scratch;
	struct py_node **seen; /* by id */
	struct place_before before;
};

static uint64_t get(struct unpacker *u)
{
	uint64_t n = 0;
	unsigned shift = 0;

	for (; *u->at & 0x80; shift += 7)
		n |= (uint64_t)(*u->at++ & 0x7f) << shift;
	return n | (uint64_t)*u->at++ << shift;
}

static int64_t get_signed(struct unpacker *u)
{
	uint64_t n = get(u);

	return (int64_t)(n >> 1 ^ -(n & 1));
}

static void get_bytes(struct unpacker *u, void *to, size_t n)
{
	memcpy(to, u->at, n);
	u->at += n;
}

static const char *get_name(struct unpacker *u)
{
	size_t number = get(u), n;

	if (number <= u->names.n)
		return u->names.v[number - 1];
	n = get(u);

	const char *name = arena_strndup(u->arena, (const char *)u->at, n);

	u->at += n;
	PUSH(u->scratch, &u->names, name);
	return name;
}

static struct py_node *get_node(struct unpacker *u);

static struct py_list get_list(struct unpacker *u)
{
	struct py_list list = { .n = get(u) };

	list.v = arena_alloc(u->arena, list.n * sizeof(struct py_node *));
	for (size_t i = 0; i < list.n; i++)
		list.v[i] = get_node(u);
	return list;
}

static void get_flags(struct unpacker *u, struct py_node *n)
{
	uint64_t flags = get(u);

	n->level = (uint8_t)(flags >> 10);
	n->stars = flags >> 8 & 3;
	n->comp = (enum py_comp)(flags >> 6 & 3);
	n->yields = flags >> 5 & 1;
	n->is_big = flags >> 4 & 1;
	n->is_default = flags >> 3 & 1;
	n->is_from = flags >> 2 & 1;
	n->is_async = flags >> 1 & 1;
	n->is_bytes = flags & 1;
}

static void get_head(struct unpacker *u, struct py_node *n, unsigned mask)
{
	n->start = (uint32_t)(u->before.start + get_signed(u));
	n->end = n->start + (uint32_t)get(u);
	n->line = u->before.line;
	n->id = u->before.id + 1;
	if (mask & HAS_LINE)
		n->line = (uint32_t)(n->line + get_signed(u));
	if (mask & HAS_ID)
		n->id = (uint32_t)get(u);
	if (mask & HAS_FLAGS)
		get_flags(u, n);
	if (mask & HAS_OP)
		n->op = (enum py_op)get(u);
	if (mask & HAS_NAME)
		n->name = get_name(u);
	u->before = (struct place_before){ n->id, n->start, n->line };
}

static struct py_params get_params(struct unpacker *u)
{
	struct py_params params = { .n = get(u) };

	params.v = arena_alloc(u->arena, params.n * sizeof *params.v);
	for (size_t i = 0; i < params.n; i++) {
		struct py_param *one = &params.v[i];
		uint64_t has = get(u);

		one->kind = has & 7;
		if (has & 8)
			one->name = get_name(u);
		if (has & 16)
			one->node = get_node(u);
		if (has & 32)
			one->annotation = get_node(u);
		if (has & 64)
			one->fallback = get_node(u);
	}
	return params;
}

static void get_tail(struct unpacker *u, struct py_node *n, unsigned mask)
{
	if (mask & HAS_NUMBER)
		n->number = get_signed(u);
	if (mask & HAS_REAL)
		get_bytes(u, &n->real, sizeof n->real);
	if (mask & HAS_ALIAS)
		n->alias = get_name(u);
	if (mask & HAS_OPS) {
		n->ops = arena_alloc(u->arena, n->list.n * sizeof *n->ops);
		get_bytes(u, n->ops, n->list.n * sizeof *n->ops);
	}
	if (mask & HAS_PARAMS)
		n->params = get_params(u);
	if (mask & HAS_LIST2)
		n->list2 = get_list(u);
	if (mask & HAS_BODY)
		n->body = get_list(u);
	if (mask & HAS_ORELSE)
		n->orelse = get_list(u);
	if (mask & HAS_FINAL)
		n->final = get_list(u);
}

static struct py_node *get_node(struct unpacker *u)
{
	uint64_t kind = get(u);
	struct py_node *n;
	unsigned mask;

	if (kind == SEEN_BEFORE)
		return u->seen[get(u)];
	n = ast_node(u->arena, (enum py_kind)kind);
	n->kind = (enum py_kind)kind;
	mask = (unsigned)get(u);
	get_head(u, n, mask);
	u->seen[n->id] = n;
	if (mask & HAS_A)
		n->a = get_node(u);
	if (mask & HAS_B)
		n->b = get_node(u);
	if (mask & HAS_C)
		n->c = get_node(u);
	if (mask & HAS_LIST)
		n->list = get_list(u);
	get_tail(u, n, mask);
	return n;
}

struct py_node *ast_unpack(struct arena *a, const struct packed_tree *packed)
{
	struct unpacker u = { .arena = a, .at = packed->bytes, .scratch = arena_new() };
	struct py_node *tree;

	u.seen = arena_alloc(u.scratch, ((size_t)packed->n_nodes + 1) * sizeof(struct py_node *));
	tree = get_node(&u);
	arena_free(u.scratch);
	return tree;
}

/* ---- the store ---- */

static uint64_t text_hash(struct bytes text)
{
	uint64_t h = text.n, word;
	size_t i = 0;

	for (; i + sizeof word <= text.n; i += sizeof word) {
		memcpy(&word, text.v + i, sizeof word);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	for (; i < text.n; i++)
		h = (h ^ (unsigned char)text.v[i]) * UINT64_C(1099511628211);
	return h;
}

void store_tree(struct tree_store *store, const struct unit *u)
{
	struct packed_tree *packed;
	void *known = NULL;

	if (!store->arena)
		store->arena = arena_new();
	if (arena_bytes(store->arena) >= STORE_BYTES_MAX ||
	    table_get(&store->trees, u->full_path, &known))
		return;
	packed = ast_pack(store->arena, u->tree, u->n_nodes);
	if (!packed)
		return;
	packed->has_errors = u->has_errors;
	packed->n_text = u->n_text;
	packed->text_hash = text_hash((struct bytes){ u->text, u->n_text });
	table_put(store->arena, &store->trees, u->full_path, packed);
}

const struct packed_tree *stored_tree(const struct tree_store *store, const char *path,
				      struct bytes text)
{
	const struct packed_tree *packed;
	void *known = NULL;

	if (!table_get(&store->trees, path, &known))
		return NULL;
	packed = known;
	return packed->n_text == text.n && packed->text_hash == text_hash(text) ? packed : NULL;
}

void make_tree(struct unit *u, const struct tree_store *store)
{
	const struct packed_tree *packed =
		store && u->full_path ? stored_tree(store, u->full_path, u->source->text) : NULL;

	if (!packed) {
		u->tree = ast_build(u->arena, u->source, &u->n_nodes, &u->has_errors);
		return;
	}
	u->tree = ast_unpack(u->arena, packed);
	u->n_nodes = packed->n_nodes;
	u->has_errors = packed->has_errors;
}
