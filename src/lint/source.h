// SPDX-License-Identifier: Apache-2.0
/* The text of a unit and where its bytes stand in the file that the user sees: encodings, line ends, notebooks. */
#ifndef WHYCPU_LINT_SOURCE_H
#define WHYCPU_LINT_SOURCE_H

#include "core/array.h"
#include "core/str.h"
#include "lint/ast.h"

#define SOURCE_MAX (16u << 20) /* a larger file is not read; said once */

struct cell {
	uint32_t start, end; /* bytes of `text` */
	uint32_t index; /* place among all cells of the notebook, from 1, as Jupyter lists them */
	uint32_t first_line; /* line of `text` at which it begins */
	const char *id;      /* or NULL */
};

struct source {
	const char *path; /* escaped; "-" is stdin */
	struct bytes raw; /* the file, byte for byte */
	struct bytes
		text; /* UTF-8, no BOM, CRLF kept; of a notebook: code cells joined, magics blanked out */
	struct bytes
		written; /* of a notebook: the text before magics were blanked out, as long as it; else it itself */
	const char *encoding; /* "utf-8", "latin-1", ...: PEP 263 or BOM */
	bool has_bom, is_notebook, is_stub;
	bool is_format_3;            /* a notebook with worksheets, into which nothing is written */
	ARRAY(uint32_t) line_starts; /* of `text` */
	ARRAY(struct cell) cells;
	const char *
		problem; /* why there is nothing to lint: "not UTF-8", "no notebook: ...", "more than 16 MiB"; or NULL */
};

/* A place as people count: line from 1, column in code points from 1, cell from 1 (0: no notebook; lines count within it). */
struct place {
	uint32_t line, column, cell;
};

const struct source *source_new(struct arena *a, const char *path, struct bytes raw);
struct place source_place(const struct source *s, uint32_t offset);
/* The whole line that holds `offset`, without its end, as it was written. */
struct bytes source_line(const struct source *s, uint32_t offset);
/* tree-sitter's tree as ours; never NULL. Needs the build with lint. */
struct py_node *ast_build(struct arena *a, const struct source *s, uint32_t *ret_n_nodes,
			  bool *ret_has_errors);

#endif
