// SPDX-License-Identifier: Apache-2.0
/* Text: a bounded builder, escaping of names from outside, and the small scans that parsers need. */
#ifndef WHYCPU_CORE_STR_H
#define WHYCPU_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

/* Bytes as they came from outside: may hold NUL, need not be UTF-8, and v[n] is always NUL. */
struct bytes {
	const char *v;
	size_t n;
};

/* A growing text. What would pass `max` is dropped and `cut` is set. */
struct str {
	struct arena *arena;
	char *v;
	size_t n, cap, max;
	bool cut;
};

struct str str_new(struct arena *a, size_t max);
void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *text, size_t n);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* NUL-terminated, never NULL; owned by the arena. */
const char *str_text(const struct str *s);

/* 0 to 15, or -1. */
int hex_digit(char c);

/* Outside text made safe and reversible: invalid UTF-8, C0 and DEL become \xNN, the backslash is doubled. */
const char *esc_bytes(struct arena *a, const char *v, size_t n);
const char *esc(struct arena *a, const char *s);
/* The same, and blanks become \x20: the form of a path in root.meta. */
const char *esc_word(struct arena *a, const char *s);
/* Undoes esc and esc_word; `\xNN` that is cut short is kept as it stands. Never longer than `s`. */
struct bytes unesc(struct arena *a, const char *s);

/* A word of a shell command line, quoted if it has to be. Escaped names become $'...'. */
const char *shell_word(struct arena *a, const char *escaped);

/* Length of the valid UTF-8 sequence at s (1..4), 0 if there is none in n bytes; code point in *ret_cp. */
size_t utf8_next(const char *s, size_t n, uint32_t *ret_cp);

/* False for what a terminal obeys or does not show: controls, bidirectional marks, zero width. */
bool utf8_is_visible(uint32_t cp);

bool starts_with(const char *s, const char *prefix);
bool ends_with(const char *s, const char *suffix);
/* `words` ends with NULL. */
bool is_one_of(const char *s, const char *const *words);
/* Blanks at both ends taken off; a copy in the arena. */
const char *trimmed(struct arena *a, const char *s, size_t n);
/* Walks the lines of `text`: call with *pos = 0; a line is without its end (LF or CRLF). False at the end. */
bool next_line(struct bytes text, size_t *pos, struct bytes *ret_line);
/* The part of `s` up to the next `sep`; *pos moves behind it. False when nothing is left. "a::b" has 3 parts. */
bool next_part(const char *s, char sep, size_t *pos, struct bytes *ret_part);
/* A whole text that is a decimal number within int64; false otherwise. */
bool parse_i64(const char *s, int64_t *ret_value);
/* Lexically: join("/a/b", "../c") = "/a/b/../c"; an absolute `name` wins. */
const char *path_join(struct arena *a, const char *dir, const char *name);
const char *path_dirname(struct arena *a, const char *path);
const char *path_basename(const char *path);
/* The nearest of `names` to a mistyped word (edit distance at most 2 and below its length), or NULL. */
const char *did_you_mean(const char *typed, const char *const *names, size_t n);

#endif
