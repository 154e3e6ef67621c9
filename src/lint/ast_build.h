// SPDX-License-Identifier: Apache-2.0
/* What the files that make the tree share: the cursor over tree-sitter's tree, and the makers of nodes. */
#ifndef WHYCPU_LINT_AST_BUILD_H
#define WHYCPU_LINT_AST_BUILD_H

#include <tree_sitter/api.h>

#include "core/array.h"
#include "lint/ast.h"
#include "lint/source.h"

/* NULL: more work than any source is worth. */
TSTree *parse_text(struct bytes text);

struct build {
	struct arena *arena;
	const char *text;
	TSTreeCursor cursor;
	TSNode node;    /* where the cursor is */
	TSSymbol sym;   /* its symbol */
	unsigned depth; /* of the cursor */
	uint32_t n;     /* ids given away */
	bool is_sound;  /* the whole file parsed: no need to look for errors */
	bool has_errors;
	bool yields;                   /* in the function that is being built */
	ARRAY(struct py_node *) stack; /* children of the lists that are being built */
	const char *texts[1024];       /* of the last names: most are written more than once */
};

/* One level of the tree: `bad` tells that a part of it did not parse. */
struct level {
	bool bad;
};

/* The children of the node under the cursor, comments left out; all of them must be visited:
 * for (bool more = enter(b, &l); more; more = next(b, &l)) */
bool enter(struct build *b, struct level *l);
bool next(struct build *b, struct level *l);

/* Reads what is under the cursor. */
void here(struct build *b);

struct py_node *make(struct build *b, enum py_kind kind);
/* The node itself, or an error in its place. */
struct py_node *checked(struct build *b, struct py_node *n, const struct level *l);
struct py_node *spoil(struct build *b, struct py_node *n);
struct py_node *make_name(struct build *b);
const char *node_text(struct build *b);
void push(struct build *b, struct py_node *n);
/* What was pushed since the stack had `mark` entries. */
struct py_list take(struct build *b, size_t mark);

/* The expression, pattern or type under the cursor; never NULL. */
struct py_node *build_expr(struct build *b);
/* A node whose named children are a, b and c; there must be `wanted` of them. An operator between them becomes op. */
struct py_node *build_operands(struct build *b, enum py_kind kind, unsigned wanted);
/* A node whose named children are its list. */
struct py_node *build_sequence(struct build *b, enum py_kind kind);
struct py_node *build_star(struct build *b, uint8_t stars);
struct py_node *build_dict(struct build *b);
struct py_node *build_comprehension(struct build *b, enum py_comp comp);
/* The arguments of a call or the bases of a class. */
struct py_list build_args(struct build *b, struct level *l);
struct py_params build_params(struct build *b, struct level *l);
struct py_node *build_string(struct build *b);
struct py_node *build_number(struct build *b);
/* The statements of a block. */
struct py_list build_block(struct build *b);
struct py_node *build_statement(struct build *b);
struct py_node *build_module(struct build *b);
struct py_node *build_simple(struct build *b);
struct py_node *build_match(struct build *b);

#endif
