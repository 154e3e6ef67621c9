// SPDX-License-Identifier: Apache-2.0
/* How text from outside is made safe to print, and how wide it is. The widths come from a short
 * table of Unicode blocks, not from wcwidth: that needs setlocale, which reads files, and main
 * must not touch any path. The table cannot know what a font does with an emoji; a line may then
 * be one column off. */
#include "report/term.h"

#include <string.h>

struct range {
	uint32_t first, last;
};

/* East Asian Width W and F (Unicode, UAX 11), in blocks: what stands between two wide ones may be counted as wide, which
 * only ends a line early. The marks of the screen are not in it. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x23f3 },   { 0x25fd, 0x25fe },   { 0x2614, 0x2705 },
	{ 0x270a, 0x270b },   { 0x2728, 0x27bf },   { 0x2b1b, 0x2b55 },   { 0x2e80, 0x303e },
	{ 0x3041, 0x3098 },   { 0x309b, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x16fe0, 0x18d08 }, { 0x1aff0, 0x1b2fb },
	{ 0x1f004, 0x1f265 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f7e0, 0x1faff },
	{ 0x20000, 0x3fffd },
};

static const struct range combining[] = {
	{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },
	{ 0x64b, 0x65f },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
	{ 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

#define IN(table, cp) in_range((table), sizeof(table) / sizeof(table)[0], (cp))

static bool in_range(const struct range *table, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= table[i].first && cp <= table[i].last)
			return true;
	return false;
}

static void add_safe(struct str *out, const char *s, size_t len, uint32_t cp, bool utf8)
{
	if (cp < 0x20 || cp == 0x7f)
		str_addf(out, "\\x%02x", (unsigned)cp);
	else if (cp < 0x7f || (utf8 && utf8_is_visible(cp)))
		str_addn(out, s, len);
	else if (cp <= 0xffff)
		str_addf(out, "\\u%04x", (unsigned)cp);
	else
		str_addf(out, "\\U%08x", (unsigned)cp);
}

const char *term_safe(struct arena *a, const char *s, bool utf8)
{
	size_t n = strlen(s);
	struct str out = str_new(
		a, 10 * n + 1); /* the longest escape of one byte or character has ten letters */

	for (size_t i = 0; i < n;) {
		uint32_t cp = 0;
		size_t len = utf8_next(s + i, n - i, &cp);

		if (len > 0)
			add_safe(&out, s + i, len, cp, utf8);
		else
			str_addf(&out, "\\x%02x", (unsigned)(unsigned char)s[i]);
		i += len > 0 ? len : 1;
	}
	return str_text(&out);
}

static size_t cp_width(uint32_t cp)
{
	return IN(combining, cp) ? 0 : IN(wide, cp) ? 2 : 1;
}

/* The character at s (which is not empty): its bytes, and its columns. */
static size_t next_char(const char *s, size_t *ret_width)
{
	uint32_t cp = 0;
	size_t len = utf8_next(s, strnlen(s, 4), &cp);

	*ret_width = len > 0 ? cp_width(cp) : 1;
	return len > 0 ? len : 1;
}

size_t term_width(const char *s)
{
	size_t width = 0, w = 0;

	for (size_t i = 0; s[i]; width += w)
		i += next_char(s + i, &w);
	return width;
}

/* Bytes of the longest beginning of `s` that takes at most `width` columns. */
static size_t fitting(const char *s, size_t width)
{
	size_t i = 0, used = 0, w = 0;

	while (s[i]) {
		size_t len = next_char(s + i, &w);

		if (used + w > width)
			break;
		used += w;
		i += len;
	}
	return i;
}

/* The longest word with a slash in it: the path that can do with fewer folders. */
static struct bytes longest_path(const char *s)
{
	struct bytes best = { s, 0 };

	while (*s) {
		s += strspn(s, "\"'`("); /* what opens in front of it stays */

		size_t n = strcspn(s, " ");

		if (n > best.n && memchr(s, '/', n))
			best = (struct bytes){ s, n };
		s += n + strspn(s + n, " ");
	}
	return best;
}

/* The tail of a path, from a slash on, that takes at most `width` columns; at least the file
 * name. */
static const char *path_tail(const char *path, size_t width)
{
	const char *tail = strchr(path + 1, '/');

	while (tail && term_width(tail) > width && strchr(tail + 1, '/'))
		tail = strchr(tail + 1, '/');
	return tail ? tail : path;
}

const char *term_cut(struct arena *a, const char *s, size_t width)
{
	size_t have = term_width(s);
	struct bytes path = longest_path(s);

	if (have <= width)
		return s;
	if (path.n > 0) {
		const char *word = arena_strndup(a, path.v, path.n);
		size_t room = term_width(word) + width;
		const char *tail = path_tail(word, room > have + 3 ? room - have - 3 : 1);

		if (tail != word && strlen(tail) + 3 < path.n)
			s = arena_fmt(a, "%.*s...%s%s", (int)(path.v - s), s, tail,
				      path.v + path.n);
	}
	if (term_width(s) <= width)
		return s;
	return arena_fmt(a, "%.*s...", (int)fitting(s, width - 3), s);
}

/* Where a line of `width` columns ends in `s`: at its last blank, else behind its last slash,
 * else where it is full. */
static size_t line_end(const char *s, size_t width)
{
	size_t full = fitting(s, width), slash = 0;

	if (!s[full] || s[full] == ' ')
		return full;
	for (size_t i = full; i > 0; i--) {
		if (s[i - 1] == ' ')
			return i - 1;
		if (s[i - 1] == '/' && slash == 0)
			slash = i;
	}
	if (slash > 1)
		return slash;
	return full > 0 ? full : strlen(s); /* not even one character fits: give up on the width */
}

static const char *without_end_blanks(struct arena *a, const char *s, size_t n)
{
	while (n > 0 && s[n - 1] == ' ')
		n--;
	return arena_strndup(a, s, n);
}

struct strlist term_wrap(struct arena *a, const char *s, size_t width)
{
	struct strlist lines = { 0 };

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t n = line_end(s, width);

		PUSH(a, &lines, without_end_blanks(a, s, n));
		s += n;
	}
	return lines;
}

/* The first blank at or behind `from` that a shell would split at. In '...' a backslash is a
 * letter, in "..." and $'...' it protects the next one. */
static size_t shell_blank(const char *s, size_t from)
{
	char quote = 0;
	bool literal = false;
	size_t i = 0;

	for (; s[i]; i++) {
		if (s[i] == ' ' && !quote && i >= from)
			break;
		if (s[i] == '\\' && !literal && s[i + 1]) {
			i++;
		} else if (quote ? s[i] == quote : s[i] == '\'' || s[i] == '"') {
			quote = quote ? 0 : s[i];
			literal = quote == '\'' && (i == 0 || s[i - 1] != '$');
		}
	}
	return i;
}

/* Where a line of a command ends: at the last blank that leaves room for " \", else at the first
 * one there is. */
static size_t command_end(const char *s, size_t width)
{
	size_t end = shell_blank(s, 0);

	if (term_width(s) <= width)
		return strlen(s);
	for (size_t next = end; s[next] && next <= fitting(s, width - 2);
	     next = shell_blank(s, next + 1))
		end = next;
	return end;
}

struct strlist term_wrap_command(struct arena *a, const char *s, size_t width)
{
	struct strlist lines = { 0 };
	const char *indent = "";

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t n = command_end(s, width - strlen(indent));
		bool last = s[n + strspn(s + n, " ")] == 0;

		PUSH(a, &lines, arena_fmt(a, "%s%.*s%s", indent, (int)n, s, last ? "" : " \\"));
		s += n;
		indent = "  ";
	}
	return lines;
}
