// SPDX-License-Identifier: Apache-2.0
/* One arena per run: facts, findings and texts live in it until the end; nothing is freed singly.
 * Memory comes zeroed and is never NULL: running out of memory prints one line and exits 70. */
#ifndef WHYCPU_CORE_ARENA_H
#define WHYCPU_CORE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);
/* `memory`, or, if it is NULL, one line on stderr and exit status 70. */
void *arena_must(void *memory);

/* `inner` lives as long as `a` from now on; whoever knows it may go on using it. */
void arena_adopt(struct arena *a, struct arena *inner);
/* What it holds of the system's memory. */
size_t arena_bytes(const struct arena *a);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
/* The first `old_size` bytes of `old` in a larger zeroed block; `old` stays valid. */
void *arena_grow(struct arena *a, const void *old, size_t old_size, size_t new_size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vfmt(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

#endif
