// SPDX-License-Identifier: Apache-2.0
/* Text helpers. The escaping here is the one place where names from outside are made safe; it can be undone, so that
 * a path that was printed can be opened again. */
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_new(struct arena *a, size_t max)
{
	return (struct str){ .arena = a, .max = max };
}

static void reserve(struct str *s, size_t more)
{
	if (s->cap - s->n > more)
		return;

	size_t cap = 2 * s->cap + more + 64;

	s->v = arena_grow(s->arena, s->v, s->n, cap);
	s->cap = cap;
}

void str_addn(struct str *s, const char *text, size_t n)
{
	if (n > s->max - s->n) {
		n = s->max - s->n;
		s->cut = true;
	}
	if (!n)
		return;
	reserve(s, n);
	memcpy(s->v + s->n, text, n);
	s->n += n;
	s->v[s->n] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_add(s, arena_vfmt(s->arena, fmt, ap));
	va_end(ap);
}

const char *str_text(const struct str *s)
{
	return s->v ? s->v : "";
}

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Overlong forms, surrogates and values above U+10FFFF are not UTF-8. */
static bool is_scalar(uint32_t cp, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return cp >= least[len] && cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

size_t utf8_next(const char *s, size_t n, uint32_t *ret_cp)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t len = n ? sequence_length((unsigned char)s[0]) : 0;

	if (!len || len > n)
		return 0;

	uint32_t cp = (unsigned char)s[0] & mask[len];

	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (!is_scalar(cp, len))
		return 0;
	*ret_cp = cp;
	return len;
}

bool utf8_is_visible(uint32_t cp)
{
	/* C0, DEL and C1; then characters that have no look of their own but reorder or hide what stands around them. */
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0, 0x1f },        { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return false;
	return true;
}

static const char *escape(struct arena *a, const char *v, size_t n, bool blanks)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_alloc(a, 4 * n + 1), *p = out;

	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)v[i];
		uint32_t cp = 0;
		size_t len = utf8_next(v + i, n - i, &cp);

		if (c == '\\') {
			*p++ = '\\';
			*p++ = '\\';
			i++;
		} else if (len && c >= 0x20 && c != 0x7f && !(blanks && c == ' ')) {
			memcpy(p, v + i, len);
			p += len;
			i += len;
		} else {
			*p++ = '\\';
			*p++ = 'x';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
			i++;
		}
	}
	return out;
}

const char *esc_bytes(struct arena *a, const char *v, size_t n)
{
	return escape(a, v, n, false);
}

const char *esc(struct arena *a, const char *s)
{
	return escape(a, s, strlen(s), false);
}

const char *esc_word(struct arena *a, const char *s)
{
	struct bytes raw = unesc(a, s);

	return escape(a, raw.v, raw.n, true);
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct bytes unesc(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, strlen(s) + 1), *p = out;

	while (*s) {
		if (s[0] == '\\' && s[1] == '\\') {
			*p++ = '\\';
			s += 2;
		} else if (s[0] == '\\' && s[1] == 'x' && hex_digit(s[2]) >= 0 &&
			   hex_digit(s[3]) >= 0) {
			*p++ = (char)(hex_digit(s[2]) * 16 + hex_digit(s[3]));
			s += 4;
		} else {
			*p++ = *s++;
		}
	}
	return (struct bytes){ out, (size_t)(p - out) };
}

bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

const char *shell_word(struct arena *a, const char *text)
{
	struct str word = str_new(a, 2 * strlen(text) + 4);
	bool escaped = strchr(text, '\\') != NULL;

	if (*text &&
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			      "/._-+=@:,%")] == '\0')
		return text;
	str_add(&word, escaped ? "$'" : "'");
	for (; *text; text++) {
		if (*text == '\'')
			str_add(&word, escaped ? "\\'" : "'\\''");
		else
			str_addn(&word, text, 1);
	}
	str_add(&word, "'");
	return str_text(&word);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n && is_blank(s[0])) {
		s++;
		n--;
	}
	while (n && is_blank(s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

bool next_line(struct bytes text, size_t *pos, struct bytes *ret_line)
{
	if (*pos >= text.n)
		return false;

	const char *start = text.v + *pos;
	const char *end = memchr(start, '\n', text.n - *pos);
	size_t n = end ? (size_t)(end - start) : text.n - *pos;

	*pos += n + (end ? 1 : 0);
	if (n && start[n - 1] == '\r')
		n--;
	*ret_line = (struct bytes){ start, n };
	return true;
}

bool next_part(const char *s, char sep, size_t *pos, struct bytes *ret_part)
{
	/* Behind the last part stands the NUL; asking for the length each time would be quadratic. */
	if (*pos > 0 && s[*pos - 1] == '\0')
		return false;

	const char *start = s + *pos;
	size_t n = (size_t)(strchrnul(start, sep) - start);

	*pos += n + 1;
	*ret_part = (struct bytes){ start, n };
	return true;
}

bool parse_i64(const char *s, int64_t *ret_value)
{
	size_t digits = strspn(s[0] == '-' ? s + 1 : s, "0123456789");
	size_t sign = s[0] == '-' ? 1 : 0;

	if (!digits || digits > 18 || s[sign + digits])
		return false;
	*ret_value = strtoll(s, NULL, 10);
	return true;
}

const char *path_join(struct arena *a, const char *dir, const char *name)
{
	size_t n_dir = strlen(dir), n_name = strlen(name);
	char *path;

	if (name[0] == '/')
		return name;
	/* Not by printf: every look begins here. */
	path = arena_alloc(a, n_dir + n_name + 2);
	memcpy(path, dir, n_dir);
	if (!n_dir || dir[n_dir - 1] != '/')
		path[n_dir++] = '/';
	memcpy(path + n_dir, name, n_name);
	path[n_dir + n_name] = '\0';
	return path;
}

const char *path_dirname(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Levenshtein over words of at most 40 characters, with a swap of neighbours as one step. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t d[41][41];

	if (n > 40 || m > 40)
		return 99;
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[n][m];
}

const char *did_you_mean(const char *typed, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t best_distance = 3;

	for (size_t i = 0; i < n; i++) {
		size_t distance = edit_distance(typed, names[i]);

		if (distance < best_distance && distance < strlen(typed)) {
			best_distance = distance;
			best = names[i];
		}
	}
	return best;
}
