// SPDX-License-Identifier: Apache-2.0
/* A list of blocks, the newest first. The first ones are small: an arena may be one of hundreds, a file of a few lines each. */
#include "core/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES_MIN ((size_t)4 * 1024)
#define BLOCK_BYTES_MAX ((size_t)64 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *newest;
	size_t bytes;
	struct arena *adopted, *sibling; /* that end with this one */
};

void *arena_must(void *memory)
{
	static const char message[] = "whycpu: out of memory.\n";

	if (memory)
		return memory;
	if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
		_exit(70);
	_exit(70);
}

struct arena *arena_new(void)
{
	return arena_must(calloc(1, sizeof(struct arena)));
}

static void free_blocks(struct arena *a)
{
	for (struct block *b = a->newest, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	/* What an adopted one had adopted was handed on to this one. */
	for (struct arena *inner = a->adopted, *next; inner; inner = next) {
		next = inner->sibling;
		free_blocks(inner);
	}
	free_blocks(a);
}

void arena_adopt(struct arena *a, struct arena *inner)
{
	struct arena **last = &inner->adopted;

	while (*last)
		last = &(*last)->sibling;
	*last = a->adopted;
	inner->sibling = inner->adopted;
	inner->adopted = NULL;
	a->adopted = inner;
}

size_t arena_bytes(const struct arena *a)
{
	size_t n = a->bytes;

	for (const struct arena *inner = a->adopted; inner; inner = inner->sibling)
		n += inner->bytes;
	return n;
}

static struct block *add_block(struct arena *a, size_t size)
{
	size_t room = a->bytes < BLOCK_BYTES_MIN   ? BLOCK_BYTES_MIN
		      : a->bytes < BLOCK_BYTES_MAX ? a->bytes
						   : BLOCK_BYTES_MAX;

	room = size > room ? size : room;

	struct block *b = arena_must(calloc(1, sizeof *b + room));

	a->bytes += sizeof *b + room;
	b->size = room;
	b->next = a->newest;
	a->newest = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		arena_must(NULL);
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

	struct block *b = a->newest;

	if (!b || b->size - b->used < size)
		b = add_block(a, size);

	void *memory = b->data + b->used;

	b->used += size;
	return memory;
}

void *arena_grow(struct arena *a, const void *old, size_t old_size, size_t new_size)
{
	void *memory = arena_alloc(a, new_size);

	if (old_size)
		memcpy(memory, old, old_size);
	return memory;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_vfmt(struct arena *a, const char *fmt, va_list ap)
{
	char near[256]; /* most are shorter, and are printed once */
	va_list again;

	va_copy(again, ap);

	int n = vsnprintf(near, sizeof near, fmt, again);

	va_end(again);
	if (n < 0)
		return arena_strdup(a, "");
	if ((size_t)n < sizeof near)
		return arena_strndup(a, near, (size_t)n);

	char *text = arena_alloc(a, (size_t)n + 1);

	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	char *text = arena_vfmt(a, fmt, ap);

	va_end(ap);
	return text;
}
