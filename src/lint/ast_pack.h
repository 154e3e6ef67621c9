// SPDX-License-Identifier: Apache-2.0
/* A tree in few bytes, so that a file that many others import is parsed once: making the tree again takes a twentieth of the time,
 * and it waits for that in a tenth of the memory. */
#ifndef WHYCPU_LINT_AST_PACK_H
#define WHYCPU_LINT_AST_PACK_H

#include "core/str.h"
#include "lint/lint.h"
#include "lint/table.h"

struct packed_tree {
	const unsigned char *bytes;
	size_t n;
	uint32_t n_nodes;
	bool has_errors;
	uint64_t text_hash;
	size_t n_text;
};

/* Without what only the caller knows: errors and text. NULL: it is no tree that ast_build makes. */
struct packed_tree *ast_pack(struct arena *a, const struct py_node *tree, uint32_t n_nodes);
/* The same tree, numbers and all. */
struct py_node *ast_unpack(struct arena *a, const struct packed_tree *packed);

/* Trees of files, by path. Zero is the empty store; it goes with its arena. */
struct tree_store {
	struct arena *arena;
	struct table trees;
};

/* Once, and not if the store is full. */
void store_tree(struct tree_store *store, const struct unit *u);
/* NULL: it is not there, or its text was another one. */
const struct packed_tree *stored_tree(const struct tree_store *store, const char *path,
				      struct bytes text);
/* The tree of a unit's source, from the store (may be NULL) or by parsing. */
void make_tree(struct unit *u, const struct tree_store *store);

#endif
