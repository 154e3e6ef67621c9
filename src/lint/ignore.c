// SPDX-License-Identifier: Apache-2.0
/* Does a .gitignore leave this path out? Git's rules: the last line that fits counts, "!" takes back, a slash within a pattern
 * binds it to its folder, one at the end means folders only, "**" stands for any number of folders.
 *
 * Patterns come from outside: each is matched in time proportional to its length times the path's. */
#include "lint/ignore.h"

#include <string.h>

#define LINES_MAX 10000

/* A line without its comment, its trailing blanks and its marks. False: nothing in it. */
static bool read_line(struct arena *a, struct bytes line, struct ignore_rule *ret_rule,
		      const char **ret_text)
{
	char *text = arena_strndup(a, line.v, line.n);
	size_t n = strlen(text);

	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t') &&
	       !(n > 1 && text[n - 2] == '\\'))
		n--;
	text[n] = '\0';
	if (n == 0 || text[0] == '#')
		return false;
	ret_rule->is_negated = text[0] == '!';
	text += ret_rule->is_negated;
	n = strlen(text);
	ret_rule->is_dir_only = n > 0 && text[n - 1] == '/';
	if (ret_rule->is_dir_only)
		text[n - 1] = '\0';
	ret_rule->is_anchored = strchr(text, '/') != NULL;
	*ret_text = text[0] == '/' ? text + 1 : text;
	return **ret_text != '\0';
}

void ignore_add(struct arena *a, struct ignore *list, struct bytes text)
{
	size_t pos = 0, lines = 0;
	struct bytes line, part;

	while (lines++ < LINES_MAX && next_line(text, &pos, &line)) {
		struct ignore_rule rule = { 0 };
		const char *pattern = NULL;
		size_t at = 0;

		if (!read_line(a, line, &rule, &pattern))
			continue;
		while (next_part(pattern, '/', &at, &part))
			PUSH(a, &rule.parts, arena_strndup(a, part.v, part.n));
		PUSH(a, &list->rules, rule);
	}
}

/* "[a-z]" at *p: does it hold c? *p moves behind it. An unfinished one is a plain bracket. */
static bool in_class(const char **p, char c)
{
	const char *s = *p + 1;
	bool is_negated = *s == '!' || *s == '^';
	bool is_found = false;

	s += is_negated;
	for (bool is_first = true; *s && (*s != ']' || is_first); is_first = false) {
		char low = *s, high = *s;

		if (s[1] == '-' && s[2] && s[2] != ']') {
			high = s[2];
			s += 2;
		}
		is_found = is_found || (low <= c && c <= high);
		s++;
	}
	if (*s != ']') {
		*p += 1;
		return c == '[';
	}
	*p = s + 1;
	return is_found != is_negated;
}

/* One character of the pattern against c; *p moves behind it. */
static bool fits_one(const char **p, char c)
{
	if (**p == '[')
		return in_class(p, c);
	if (**p == '\\' && (*p)[1])
		(*p)++;
	else if (**p == '?') {
		(*p)++;
		return true;
	}
	return *(*p)++ == c;
}

/* A name against a pattern without slashes: after a mismatch only the last star can take more. */
static bool fits_name(const char *p, const char *end_of_name, const char *name)
{
	const char *star = NULL, *taken = NULL;

	while (name < end_of_name) {
		if (*p == '*') {
			star = ++p;
			taken = name;
			continue;
		}
		if (*p && fits_one(&p, *name)) {
			name++;
			continue;
		}
		if (!star)
			return false;
		p = star;
		name = ++taken;
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

/* The same one level up: folders instead of characters, "**" instead of the star. */
static bool fits_path(const struct strlist *parts, const char *path)
{
	size_t i = 0, star = 0;
	bool has_star = false;
	const char *taken = NULL;

	while (*path) {
		const char *end = strchrnul(path, '/');

		if (i < parts->n && strcmp(parts->v[i], "**") == 0) {
			has_star = true;
			star = ++i;
			taken = path;
			/* At the end it wants something below. */
			if (i == parts->n)
				return true;
			continue;
		}
		if (i < parts->n && fits_name(parts->v[i], end, path)) {
			i++;
			path = *end ? end + 1 : end;
			continue;
		}
		if (!has_star)
			return false;
		i = star;
		end = strchrnul(taken, '/');
		taken = *end ? end + 1 : end;
		path = taken;
	}
	return i == parts->n;
}

static bool rule_fits(const struct ignore_rule *rule, const char *path, bool is_dir)
{
	const char *name = path_basename(path);

	if (rule->is_dir_only && !is_dir)
		return false;
	if (!rule->is_anchored)
		return fits_name(rule->parts.v[0], name + strlen(name), name);
	return fits_path(&rule->parts, path);
}

bool ignore_has(const struct ignore *list, const char *path, bool is_dir)
{
	for (; list; list = list->outer) {
		size_t n = strlen(list->dir);
		const char *below = path + n;

		if (strncmp(path, list->dir, n) != 0)
			continue;
		below += *below == '/';
		for (size_t i = list->rules.n; i > 0; i--) {
			if (rule_fits(&list->rules.v[i - 1], below, is_dir))
				return !list->rules.v[i - 1].is_negated;
		}
	}
	return false;
}
