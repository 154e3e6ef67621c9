// SPDX-License-Identifier: Apache-2.0
/* Python source as a tree: the shape of CPython's `ast`, made from tree-sitter's tree (ast_build.c), so that no other file
 * knows tree-sitter. Nodes live in the arena of their unit and never change.
 *
 * Source that does not parse becomes PY_ERROR nodes; what stands around them is sound. Depth is bounded (AST_DEPTH_MAX):
 * what lies deeper is PY_ERROR too, so that walking a tree may recurse. */
#ifndef WHYCPU_LINT_AST_H
#define WHYCPU_LINT_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

#define AST_DEPTH_MAX 200

/* In brackets: which members of struct py_node are used, and for what. `list` and `list2` are never NULL-holed. A member that
 * is named here without "or NULL" is there; where another kind than expressions or statements is named (PY_ARG, PY_ALIAS,
 * PY_COMP_FOR, PY_HANDLER, PY_WITH_ITEM, PY_CASE), nothing else stands. Any expression or statement may be PY_ERROR. */
enum __attribute__((packed)) py_kind {
	PY_ERROR, /* nothing known of it */

	/* expressions */
	PY_NAME,   /* [name] */
	PY_INT,    /* [name: as written, number] number is valid if big is false */
	PY_FLOAT,  /* [name: as written, real; NaN of an imaginary number] */
	PY_STRING, /* [name: the value, escapes undone, parts joined; bytes literals too (flag is_bytes); a NUL is a blank] */
	PY_FSTRING, /* [list: the expressions inside the braces; name: the text before the first of them: f"cuda:{i}"] one without
			 * any is a PY_STRING */
	PY_TRUE,
	PY_FALSE,
	PY_NONE,
	PY_ELLIPSIS,
	PY_ATTR, /* a.name  [a, name] */
	PY_CALL, /* a(...)  [a, list: PY_ARG, in source order; a generator argument is one PY_ARG] */
	PY_ARG, /* [a: value, name: keyword or NULL, stars: 0, 1 (*x) or 2 (**x)] also of class bases */
	PY_SUBSCRIPT, /* a[...]  [a, list: indices; x[1:2, None] has two] */
	PY_SLICE,     /* [a: lower, b: upper, c: step; each may be NULL] */
	PY_BINARY,    /* [a, b, op] */
	PY_BOOL,      /* and / or  [op: OP_AND or OP_OR, list: the operands, two or more] */
	PY_UNARY,     /* [op: OP_NOT, OP_NEG, OP_POS, OP_INVERT; a] */
	PY_COMPARE,   /* a < b < c  [a: first, list: the others, ops: one per other] */
	PY_IFEXP,     /* b if a else c  [a: test, b: then, c: else] */
	PY_LAMBDA,    /* [params, a: body] */
	PY_TUPLE,     /* [list] also without parentheses */
	PY_LIST,      /* [list] */
	PY_SET,       /* [list] */
	PY_DICT, /* [list: keys (NULL-free: PY_STAR with stars 2 for **x, whose value is in a), list2: values, of **x that same node] */
	PY_STAR, /* *x in a display or target, **x in a dict  [a, stars] */
	PY_COMP, /* [comp: which, a: element or key, b: value of a dict, list: PY_COMP_FOR] */
	PY_COMP_FOR, /* for a in b if list...  [a: target, b: iterable, list: conditions] */
	PY_AWAIT,    /* [a] */
	PY_YIELD,    /* [a or NULL; is_from] */
	PY_WALRUS,   /* (a := b)  [a: PY_NAME, b] */

	/* statements */
	PY_EXPR,      /* [a] */
	PY_ASSIGN,    /* a = b = value  [list: targets, left to right; a: value] */
	PY_AUGASSIGN, /* [a: target, op, b: value] */
	PY_ANNASSIGN, /* a: b = c  [a: target, b: annotation, c: value or NULL] */
	PY_RETURN,    /* [a or NULL] */
	PY_RAISE,     /* [a or NULL, b: cause or NULL] */
	PY_DEL,       /* [list] */
	PY_PASS,
	PY_BREAK,
	PY_CONTINUE,
	PY_GLOBAL,      /* [list: PY_NAME] */
	PY_NONLOCAL,    /* [list: PY_NAME] */
	PY_IMPORT,      /* import a.b as c, d  [list: PY_ALIAS] */
	PY_IMPORT_FROM, /* from ..a.b import c as d  [name: "a.b" or "", level, list: PY_ALIAS; import *: one PY_ALIAS "*"] */
	PY_ALIAS,       /* [name: dotted, alias: name or NULL] */
	PY_IF,          /* [a: test, body, orelse] elif is an if in orelse */
	PY_FOR,         /* [a: target, b: iterable, body, orelse, is_async] */
	PY_WHILE,       /* [a: test, body, orelse] */
	PY_TRY,         /* [body, list: PY_HANDLER, orelse, final] */
	PY_HANDLER,     /* except a as name:  [a or NULL, name or NULL, body] */
	PY_WITH,        /* [list: PY_WITH_ITEM, body, is_async] */
	PY_WITH_ITEM,   /* [a: context, b: target or NULL] */
	PY_FUNC, /* [name, params, a: return annotation or NULL, body, list: decorators (expressions), is_async] */
	PY_CLASS,  /* [name, list: decorators, list2: PY_ARG bases and keywords, body] */
	PY_ASSERT, /* [a: test, b: message or NULL] */
	PY_MATCH,  /* [a: subject, list: PY_CASE] */
	PY_CASE, /* [a: guard or NULL, body, list: names that the pattern binds (PY_NAME), flag is_default: `case _`] */
	PY_MODULE, /* the file  [body] */
};

enum __attribute__((packed)) py_op {
	OP_NONE,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_MATMUL,
	OP_DIV,
	OP_FLOORDIV,
	OP_MOD,
	OP_POW,
	OP_LSHIFT,
	OP_RSHIFT,
	OP_BITAND,
	OP_BITOR,
	OP_BITXOR,
	OP_AND,
	OP_OR,
	OP_NOT,
	OP_NEG,
	OP_POS,
	OP_INVERT,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IS,
	OP_IS_NOT,
	OP_IN,
	OP_NOT_IN,
};

enum __attribute__((packed)) py_comp { COMP_LIST, COMP_SET, COMP_DICT, COMP_GENERATOR };

struct py_node;

struct py_list {
	struct py_node **v;
	size_t n;
};

struct py_param {
	const char *name;
	struct py_node *node;       /* PY_NAME: the place of the name */
	struct py_node *annotation; /* or NULL */
	struct py_node *fallback;   /* the default value, or NULL */
	enum {
		PARAM_PLAIN,
		PARAM_POSITIONAL_ONLY,
		PARAM_KEYWORD_ONLY,
		PARAM_ARGS,
		PARAM_KWARGS
	} kind;
};

struct py_params {
	struct py_param *v;
	size_t n;
};

struct py_node {
	enum py_kind kind;
	enum py_op op;
	enum py_comp comp;
	uint8_t level; /* PY_IMPORT_FROM: number of leading dots */
	uint8_t stars; /* PY_ARG, PY_STAR */
	bool is_bytes, is_async, is_from, is_default, is_big;
	bool yields;         /* PY_FUNC: a generator */
	uint32_t start, end; /* bytes of the unit's text: [start, end) */
	uint32_t line; /* of start, 1-based; the line of a notebook's text is mapped by source.h */
	uint32_t
		id; /* counts from 1 within its unit, parents before children: an index for side tables */
	const char *name;
	struct py_node *a, *b, *c;
	struct py_list list;
	/* From here on: only of the kinds that ast_has_tail names. Of the others the memory ends here: most nodes are small. */
	int64_t number;
	double real;
	const char *alias;
	struct py_list list2;
	enum py_op *ops; /* PY_COMPARE: list.n of them */
	struct py_params params;
	struct py_list body, orelse, final;
};

/* May the members behind `list` be read? Not of the kinds that most nodes are of. */
static inline bool ast_has_tail(enum py_kind kind)
{
	const uint64_t small =
		UINT64_C(1) << PY_ERROR | UINT64_C(1) << PY_NAME | UINT64_C(1) << PY_STRING |
		UINT64_C(1) << PY_FSTRING | UINT64_C(1) << PY_TRUE | UINT64_C(1) << PY_FALSE |
		UINT64_C(1) << PY_NONE | UINT64_C(1) << PY_ATTR | UINT64_C(1) << PY_CALL |
		UINT64_C(1) << PY_ARG | UINT64_C(1) << PY_SUBSCRIPT | UINT64_C(1) << PY_BINARY |
		UINT64_C(1) << PY_TUPLE | UINT64_C(1) << PY_LIST;

	return !(small >> kind & 1);
}

/* Memory for a node that is of this kind, or becomes one without the members behind `list`; the caller sets it. */
struct py_node *ast_node(struct arena *a, enum py_kind kind);
/* Calls `visit` on a node and all below it, parents first; false from `visit` leaves that node's children out. */
void ast_walk(struct py_node *node, bool (*visit)(struct py_node *node, void *data), void *data);
/* "torch.nn.functional.relu" of a chain of PY_ATTR on a PY_NAME, as written; NULL for anything else. */
const char *ast_dotted(struct arena *a, const struct py_node *node);
/* Is it a statement kind? */
bool ast_is_statement(enum py_kind kind);
/* The keyword argument of a call, or NULL; the n-th positional one (0 = the first), NULL if a *x stands before it. */
struct py_node *ast_keyword(const struct py_node *call, const char *name);
struct py_node *ast_positional(const struct py_node *call, size_t n);

#endif
