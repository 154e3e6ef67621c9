// SPDX-License-Identifier: Apache-2.0
/* tree-sitter's own work, bounded. Recovery from errors can take time that grows with the square of the file (300,000 dots),
 * and a clock would give other answers on a busy machine. What it asks of memory grows alike, whoever else is busy: ordinary
 * source takes some 30 bytes for each of its own, 110 at most in a site-packages with torch; broken source some hundreds. */
#include "lint/ast_build.h"

#include <stdlib.h>
#include <unistd.h>

#define BYTES_PER_BYTE 1000
#define BYTES_AT_LEAST ((size_t)64 << 20)

extern const TSLanguage *tree_sitter_python(void);

/* tree-sitter's allocator has no context of its own: the one place of the linter with a state of the process. */
static struct {
	size_t left;
	size_t is_spent; /* its address is what tree-sitter looks at */
} budget;

static void *counted(void *memory, size_t n)
{
	if (n)
		arena_must(memory);
	budget.is_spent = budget.is_spent || n > budget.left;
	budget.left -= n < budget.left ? n : budget.left;
	return memory;
}

static void *counted_malloc(size_t n)
{
	return counted(malloc(n), n);
}

static void *counted_calloc(size_t count, size_t size)
{
	return counted(calloc(count, size), count * size);
}

static void *counted_realloc(void *old, size_t n)
{
	return counted(realloc(old, n), n);
}

TSTree *parse_text(struct bytes text)
{
	TSParser *parser = NULL;
	TSTree *tree = NULL;

	ts_set_allocator(counted_malloc, counted_calloc, counted_realloc, free);
	budget.left = BYTES_AT_LEAST + BYTES_PER_BYTE * text.n;
	budget.is_spent = 0;
	parser = ts_parser_new();
	ts_parser_set_language(parser, tree_sitter_python());
	ts_parser_set_cancellation_flag(parser, &budget.is_spent);
	tree = ts_parser_parse_string(parser, NULL, text.v, (uint32_t)text.n);
	ts_parser_delete(parser);
	return tree;
}
