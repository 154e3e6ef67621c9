// SPDX-License-Identifier: Apache-2.0
/* Where in the file of a notebook stands the source of its code cells? */
#ifndef WHYCPU_LINT_SOURCE_CELLS_H
#define WHYCPU_LINT_SOURCE_CELLS_H

#include "lint/source.h"

/* A JSON string of a cell's source: bytes [raw_start, raw_end) of the file stand between its quotes, and are bytes
 * [start, end) of the source's text. */
struct cell_piece {
	size_t raw_start, raw_end;
	uint32_t start, end;
};

/* What stands behind "source", from its first byte to behind its last. */
struct raw_cell {
	const struct cell *cell;
	size_t raw_start, raw_end;
	bool is_list; /* of lines; else it is one string */
	ARRAY(struct cell_piece) pieces;
};

struct raw_cells {
	struct raw_cell *v;
	size_t n, cap;
};

/* One of them for each of the source's cells, in their order; else false and a reason. */
bool source_cells(const struct source *s, struct arena *a, struct raw_cells *ret,
		  const char **ret_problem);
/* The place in the file of a byte of the piece's text; false: it is in the middle of an escape. */
bool piece_raw(const struct source *s, const struct cell_piece *piece, uint32_t offset,
	       size_t *ret_raw);

#endif
