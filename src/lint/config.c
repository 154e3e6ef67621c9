// SPDX-License-Identifier: Apache-2.0
/* Of TOML only what this one table needs: keys, texts, arrays of texts, comments. What stands in other tables is not judged; a
 * text over several lines there that holds a line "[tool.whycpu]" would be taken for the table. */
#include "lint/config.h"

#include <string.h>

#define WORDS_MAX 1000

struct parser {
	struct bytes text;
	size_t pos;
	unsigned line;
	struct arena *arena;
	const char *problem;
};

static bool fail(struct parser *p, const char *what)
{
	if (!p->problem)
		p->problem = arena_fmt(p->arena, "line %u: %s", p->line, what);
	return false;
}

static char look(const struct parser *p)
{
	return p->pos < p->text.n ? p->text.v[p->pos] : '\0';
}

static void step(struct parser *p)
{
	if (look(p) == '\n')
		p->line++;
	if (p->pos < p->text.n)
		p->pos++;
}

static void skip_comment(struct parser *p)
{
	if (look(p) == '#')
		while (p->pos < p->text.n && look(p) != '\n')
			step(p);
}

static void skip_blanks(struct parser *p, bool lines_too)
{
	for (;;) {
		char c = look(p);

		skip_comment(p);
		if (p->pos < p->text.n &&
		    (c == ' ' || c == '\t' || c == '\r' || (lines_too && c == '\n')))
			step(p);
		else if (c != '#')
			return;
		else if (!lines_too)
			return;
	}
}

/* "..." or '...'; an escape other than of a quote and a backslash has no business in an id or a pattern. */
static bool parse_text(struct parser *p, struct strlist *ret)
{
	char quote = look(p), c;
	struct str out = str_new(p->arena, 4096);

	if (quote != '"' && quote != '\'')
		return fail(p, "a text in quotes was expected");
	step(p);
	while ((c = look(p)) != quote) {
		if (p->pos >= p->text.n || c == '\n')
			return fail(p, "a quote is not closed");
		if (c == '\\' && quote == '"') {
			step(p);
			c = look(p);
			if (c != '"' && c != '\\')
				return fail(p, "only \\\" and \\\\ are understood");
		}
		str_addn(&out, &c, 1);
		step(p);
	}
	step(p);
	if (ret->n >= WORDS_MAX || out.cut)
		return fail(p, "too long");
	PUSH(p->arena, ret, str_text(&out));
	return true;
}

static bool parse_value(struct parser *p, struct strlist *ret)
{
	if (look(p) != '[')
		return parse_text(p, ret);
	step(p);
	for (;;) {
		skip_blanks(p, true);
		if (look(p) == ']') {
			step(p);
			return true;
		}
		if (!parse_text(p, ret))
			return false;
		skip_blanks(p, true);
		if (look(p) == ',')
			step(p);
		else if (look(p) != ']')
			return fail(p, "a comma or ] was expected");
	}
}

static const char *parse_key(struct parser *p)
{
	size_t start = p->pos;

	while (look(p) && !strchr(" \t=\r\n", look(p)))
		step(p);
	return arena_strndup(p->arena, p->text.v + start, p->pos - start);
}

static bool parse_pair(struct parser *p, struct lint_config *ret)
{
	const char *key = parse_key(p);
	struct strlist *list = strcmp(key, "select") == 0    ? &ret->select
			       : strcmp(key, "ignore") == 0  ? &ret->ignore
			       : strcmp(key, "exclude") == 0 ? &ret->exclude
							     : NULL;

	if (!list)
		return fail(
			p,
			arena_fmt(
				p->arena,
				"no key \"%s\" in [tool.whycpu]; there are select, ignore, exclude",
				esc(p->arena, key)));
	ret->has_select |= list == &ret->select;
	skip_blanks(p, false);
	if (look(p) != '=')
		return fail(p, "an = was expected");
	step(p);
	skip_blanks(p, false);
	if (!parse_value(p, list))
		return false;
	skip_blanks(p, false);
	return p->pos >= p->text.n || look(p) == '\n' ||
	       fail(p, "something stands behind the value");
}

static bool parse_table(struct parser *p, struct lint_config *ret)
{
	for (;;) {
		skip_blanks(p, true);
		if (p->pos >= p->text.n || look(p) == '[')
			return true;
		if (!parse_pair(p, ret))
			return false;
	}
}

/* Is this line the head of our table? */
static bool is_head(struct bytes line, struct arena *a)
{
	const char *text = trimmed(a, line.v, line.n);
	size_t n = strcspn(text, "#");

	return strcmp(trimmed(a, text, n), "[tool.whycpu]") == 0;
}

bool config_parse(struct bytes toml, struct arena *a, struct lint_config *ret,
		  const char **ret_problem)
{
	struct parser p = { .text = toml, .line = 1, .arena = a };
	struct bytes line;
	size_t pos = 0;

	/* Files without the word are not read line by line. */
	if (!memmem(toml.v, toml.n, "tool.whycpu", 11))
		return true;
	for (; next_line(toml, &pos, &line); p.line++) {
		if (line.n > 200 || !is_head(line, a))
			continue;
		ret->is_there = true;
		p.pos = pos;
		p.line++;
		if (!parse_table(&p, ret)) {
			*ret_problem = p.problem;
			return false;
		}
		return true;
	}
	return true;
}
