// SPDX-License-Identifier: Apache-2.0
/* What build is this torch? Reads torch/version.py by lines: plain assignments, one per line, the last one wins. It is
 * no Python parser: a value that is neither None nor one quoted string is UNKNOWN, and so is everything in a file that
 * Python would refuse (NUL bytes, no UTF-8). The file says what was built, not that its libraries are there. */
#include "collect/torch.h"

#include <string.h>

#include "facts/fact.h"

/* The longest that was seen has 40: "2.9.0a0+50eac811a6.nv25.09.44345420". */
#define VERSION_BYTES_MAX 200

/* A name that is assigned, and what was last seen for it. */
struct key {
	const char *name;
	struct fact_str *fact;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static struct bytes skip(struct bytes text, size_t n)
{
	return (struct bytes){ text.v + n, text.n - n };
}

static struct bytes skip_space(struct bytes text)
{
	while (text.n && is_space(text.v[0]))
		text = skip(text, 1);
	return text;
}

static bool is_end(struct bytes rest)
{
	rest = skip_space(rest);
	return !rest.n || rest.v[0] == '#';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The rest behind `word` if the text begins with exactly that word; v is NULL if not. */
static struct bytes after_word(struct bytes text, const char *word)
{
	size_t n = strlen(word);

	if (text.n < n || memcmp(text.v, word, n) != 0 || (text.n > n && is_word(text.v[n])))
		return (struct bytes){ NULL, 0 };
	return skip(text, n);
}

/* The text behind `=` of "name = value" or "name: annotation = value"; v is NULL if there is none. */
static struct bytes value_of(struct bytes rest)
{
	struct bytes none = { NULL, 0 };

	rest = skip_space(rest);
	if (rest.n && rest.v[0] == ':') {
		const char *equal = memchr(rest.v, '=', rest.n);

		if (!equal)
			return none;
		rest = skip(rest, (size_t)(equal - rest.v));
	}
	if (!rest.n || rest.v[0] != '=' || (rest.n > 1 && rest.v[1] == '='))
		return none;
	return skip_space(skip(rest, 1));
}

/* One quoted string in `value`, and nothing but a comment behind it. */
static struct fact_str quoted(struct arena *a, struct bytes value, const char *from)
{
	const char *end = memchr(value.v + 1, value.v[0], value.n - 1);
	struct fact_str fact = fact_str_unknown("the text has no end", from);

	if (!end)
		return fact;

	size_t n = (size_t)(end - value.v - 1);

	/* A backslash, a second string, an operator: Python would compute something that this cannot. */
	if (memchr(value.v + 1, '\\', n) || !is_end(skip(value, n + 2)))
		return fact_str_unknown("not a plain value", from);
	if (!n || n > VERSION_BYTES_MAX)
		return fact_str_unknown(n ? "too long for a version" : "an empty text", from);
	fact.st = PRESENT;
	fact.why = NULL;
	fact.v = esc_bytes(a, value.v + 1, n);
	return fact;
}

static struct fact_str parse_value(struct arena *a, struct bytes value, const char *from)
{
	struct bytes none;

	if (!value.v || !value.n)
		return fact_str_unknown("a line without a value", from);
	none = after_word(value, "None");
	if (none.v && is_end(none))
		return (struct fact_str){ .st = ABSENT, .from = from };
	if (value.n > 1 && (value.v[0] == 'u' || value.v[0] == 'r') &&
	    (value.v[1] == '\'' || value.v[1] == '"'))
		value = skip(value, 1);
	if (value.v[0] == '\'' || value.v[0] == '"')
		return quoted(a, value, from);
	return fact_str_unknown("neither None nor a text", from);
}

/* Why Python would refuse the whole file, or NULL. */
static const char *refusal(struct bytes text)
{
	uint32_t cp;

	if (!text.n)
		return "an empty file";
	if (memchr(text.v, 0, text.n))
		return "binary data in it";
	for (size_t i = 0, len; i < text.n; i += len) {
		len = utf8_next(text.v + i, text.n - i, &cp);
		if (!len)
			return "not UTF-8";
	}
	return NULL;
}

static bool has_local_part(const struct fact_str *version, const char *label)
{
	const char *plus = version->st == PRESENT ? strchr(version->v, '+') : NULL;

	return plus && starts_with(plus + 1, label);
}

/* A build without a line for it. `cuda` has had one since the first release, hip since 1.8 and xpu since 2.6; a file that
 * names it in __all__ or ends in the middle of a line has lost it. */
static struct fact_str missing(const struct torch *t, const char *name, const char *path, bool cut)
{
	if (strcmp(name, "cuda") == 0 && has_local_part(&t->version, "cpu"))
		return (struct fact_str){ .st = ABSENT, .from = t->version.from };
	if (strcmp(name, "git_version") == 0 && !cut)
		return (struct fact_str){ .st = ABSENT, .from = path };
	if (cut || t->version.st != PRESENT || strcmp(name, "cuda") == 0)
		return fact_str_unknown("no such line in it", path);
	if (has_local_part(&t->version, strcmp(name, "hip") == 0 ? "rocm" : name))
		return fact_str_unknown("no such line in it", path);
	return (struct fact_str){ .st = ABSENT, .from = path };
}

/* True if the list of public names, which stands above the assignments, holds this one. */
static bool announces(struct bytes all, const char *name)
{
	size_t n = strlen(name);
	const char *at = all.n ? memmem(all.v, all.n, name, n) : NULL;

	return at && at > all.v && (at[-1] == '\'' || at[-1] == '"') &&
	       (at[n] == '\'' || at[n] == '"');
}

void torch_parse_version(struct arena *a, struct bytes text, const char *path, struct torch *out)
{
	struct key keys[] = {
		{ "__version__", &out->version },
		{ "cuda", &out->cuda },
		{ "hip", &out->hip },
		{ "xpu", &out->xpu },
		{ "git_version", &out->git_version },
	};
	enum { N_KEYS = sizeof keys / sizeof *keys };
	struct bytes line, all = { "", 0 };
	size_t pos = 0, number = 0;
	const char *why = refusal(text);

	for (size_t i = 0; i < N_KEYS; i++)
		*keys[i].fact = why ? fact_str_unknown(why, path) : (struct fact_str){ 0 };
	if (why)
		return;
	if (text.n >= 3 && memcmp(text.v, "\xef\xbb\xbf", 3) == 0)
		pos = 3;
	while (next_line(text, &pos, &line)) {
		number++;
		if (after_word(line, "__all__").v)
			all = line;
		for (size_t i = 0; i < N_KEYS; i++) {
			struct bytes rest = after_word(line, keys[i].name);

			if (rest.v)
				*keys[i].fact = parse_value(a, value_of(rest),
							    arena_fmt(a, "%s:%zu", path, number));
		}
	}

	bool cut = text.v[text.n - 1] != '\n';

	for (size_t i = 0; i < N_KEYS; i++) {
		if (keys[i].fact->st == NOT_LOOKED)
			*keys[i].fact = missing(out, keys[i].name, path,
						cut || announces(all, keys[i].name));
	}
}
