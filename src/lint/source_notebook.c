// SPDX-License-Identifier: Apache-2.0
/* Which Python does a Jupyter notebook hold, in which cells? Formats 3 and 4. Code cells are joined in their order, each with a
 * line end behind it. What IPython understands and Python does not is replaced without moving any other byte: "!pip install"
 * and "%matplotlib inline" by pass, "x = !ls" by x = _, a cell of another language (%%bash) by blanks.
 *
 * What it cannot know: in which order the cells were run. */
#include "lint/source_internal.h"

#include <jansson.h>
#include <string.h>

/* ---- magics ---- */

/* Where a scan of a cell is: within a string, brackets, or a statement that goes on. */
struct scan {
	char *v;
	size_t n, i;
	char quote; /* of the open string; 0: none */
	bool is_triple;
	unsigned brackets;
};

static bool is_at(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return s->i + n <= s->n && memcmp(s->v + s->i, word, n) == 0;
}

static size_t line_end(const struct scan *s, size_t from)
{
	const char *end = memchr(s->v + from, '\n', s->n - from);

	return end ? (size_t)(end - s->v) : s->n;
}

static void skip_string(struct scan *s)
{
	char triple[4] = { s->quote, s->quote, s->quote, '\0' };

	while (s->i < s->n) {
		if (s->v[s->i] == '\\') {
			s->i += 2;
			continue;
		}
		if (s->is_triple ? is_at(s, triple) : s->v[s->i] == s->quote) {
			s->i += s->is_triple ? 3 : 1;
			break;
		}
		/* An unfinished string ends with its line. */
		if (!s->is_triple && s->v[s->i] == '\n')
			break;
		s->i++;
	}
	s->i = s->i < s->n ? s->i : s->n;
}

/* One character, string or comment of a line. */
static void step(struct scan *s)
{
	char c = s->v[s->i];

	if (c == '#') {
		s->i = line_end(s, s->i);
		return;
	}
	if (c == '\'' || c == '"') {
		char triple[4] = { c, c, c, '\0' };

		s->quote = c;
		s->is_triple = is_at(s, triple);
		s->i += s->is_triple ? 3 : 1;
		skip_string(s);
		return;
	}
	if (strchr("([{", c) && c)
		s->brackets++;
	else if (strchr(")]}", c) && c && s->brackets)
		s->brackets--;
	s->i += c == '\\' && s->i + 1 < s->n ? 2 : 1;
}

/* Bytes [from, to) become `text` and blanks; line ends stay. */
static void overwrite(struct scan *s, size_t from, size_t to, const char *text)
{
	size_t n = strlen(text);

	if (n > to - from) {
		text = "0";
		n = 1;
	}
	for (size_t i = from; i < to; i++) {
		if (i - from < n)
			s->v[i] = text[i - from];
		else if (s->v[i] != '\n' && s->v[i] != '\r')
			s->v[i] = ' ';
	}
}

/* A shell line may go on behind a backslash. */
static size_t magic_end(const struct scan *s, size_t from)
{
	size_t end = line_end(s, from);

	while (end < s->n && end > from && s->v[end - 1] == '\\')
		end = line_end(s, end + 1);
	return end;
}

static bool is_magic_word(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return is_at(s, word) && (s->i + n == s->n || strchr(" \t\r\n", s->v[s->i + n]));
}

/* "%run x.py" binds names that nobody knows; "%time x = 1" runs a statement. */
static void replace_magic(struct scan *s)
{
	size_t end = magic_end(s, s->i);

	if (is_magic_word(s, "%time")) {
		overwrite(s, s->i, s->i + 5, "0;");
		s->i += 5;
		return;
	}
	if (is_magic_word(s, "%run") || is_magic_word(s, "%pylab") || is_magic_word(s, "%load") ||
	    is_magic_word(s, "%store"))
		overwrite(s, s->i, end, "exec(_)");
	else
		overwrite(s, s->i, end, "pass");
	s->i = end;
}

/* "?name", "name?", "name??": help. */
static bool is_help(const struct scan *s)
{
	size_t end = line_end(s, s->i), i = s->i;

	if (s->v[s->i] == '?')
		return true;
	while (end > i && strchr(" \t\r", s->v[end - 1]))
		end--;
	if (end == i || s->v[end - 1] != '?')
		return false;
	for (; i < end && s->v[i] != '?'; i++) {
		char c = s->v[i];
		bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '*' ||
			       c == '%';

		if (!is_name)
			return false;
	}
	return true;
}

/* The rest of a statement's line: "x = !ls" and "x = %magic" are found on the way. */
static void scan_line(struct scan *s)
{
	while (s->i < s->n && (s->v[s->i] != '\n' || s->brackets)) {
		char c = s->v[s->i];

		step(s);
		if (c != '=' || s->brackets)
			continue;
		while (s->i < s->n && (s->v[s->i] == ' ' || s->v[s->i] == '\t'))
			s->i++;
		if (s->i < s->n && (s->v[s->i] == '!' || s->v[s->i] == '%') &&
		    s->v[s->i - 1] != '!' && s->v[s->i + 1] != '=') {
			size_t end = magic_end(s, s->i);

			overwrite(s, s->i, end, "_");
			s->i = end;
		}
	}
	s->i += s->i < s->n;
}

static void replace_magics(char *v, size_t n)
{
	struct scan s = { .v = v, .n = n };

	while (s.i < s.n) {
		s.brackets = 0;
		while (s.i < s.n && (s.v[s.i] == ' ' || s.v[s.i] == '\t'))
			s.i++;
		if (s.i < s.n && (s.v[s.i] == '%' || s.v[s.i] == '!' || is_help(&s)))
			replace_magic(&s);
		scan_line(&s);
	}
}

/* A cell magic behind which Python follows. */
static bool runs_python(const char *v, size_t n)
{
	static const char *const names[] = { "time",    "timeit", "capture", "prun", "python",
					     "python3", "memit",  "mprun",   "lprun" };
	size_t length = 0;

	while (2 + length < n && !strchr(" \t\r\n", v[2 + length]))
		length++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strlen(names[i]) == length && memcmp(v + 2, names[i], length) == 0)
			return true;
	}
	return false;
}

static void clean_cell(char *v, size_t n)
{
	struct scan s = { .v = v, .n = n };

	if (n < 2 || v[0] != '%' || v[1] != '%') {
		replace_magics(v, n);
		return;
	}
	if (!runs_python(v, n)) {
		overwrite(&s, 0, n, "");
		return;
	}

	size_t first = line_end(&s, 0);

	overwrite(&s, 0, first, "");
	replace_magics(v + first, n - first);
}

/* ---- the file ---- */

struct joining {
	struct arena *arena;
	struct source *source;
	struct str text, written;
	uint32_t index, line;
};

/* A text, or a list of lines. */
static void add_source(struct str *text, const json_t *source)
{
	size_t i;
	json_t *line;

	if (json_is_string(source))
		str_addn(text, json_string_value(source), json_string_length(source));
	json_array_foreach(source, i, line)
	{
		if (json_is_string(line))
			str_addn(text, json_string_value(line), json_string_length(line));
	}
}

static uint32_t count_lines(const char *v, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += v[i] == '\n';
	return count;
}

static void add_cell(struct joining *j, const json_t *cell)
{
	const char *type = json_string_value(json_object_get(cell, "cell_type"));
	const json_t *source = json_object_get(cell, "source");
	const char *id = json_string_value(json_object_get(cell, "id"));
	struct cell found = { .start = (uint32_t)j->text.n,
			      .index = ++j->index,
			      .first_line = j->line };

	if (!type || strcmp(type, "code") != 0)
		return;
	add_source(&j->text, source ? source : json_object_get(cell, "input"));
	if (j->text.n == found.start)
		return;
	str_addn(&j->written, j->text.v + found.start, j->text.n - found.start);
	str_add(&j->written, "\n");
	clean_cell(j->text.v + found.start, j->text.n - found.start);
	str_add(&j->text, "\n");
	found.end = (uint32_t)j->text.n;
	found.id = id ? esc(j->arena, id) : NULL;
	j->line += count_lines(j->text.v + found.start, found.end - found.start);
	PUSH(j->arena, &j->source->cells, found);
}

static void add_cells(struct joining *j, const json_t *cells)
{
	size_t i;
	json_t *cell;

	json_array_foreach(cells, i, cell) add_cell(j, cell);
}

/* "python" unless the notebook says otherwise. */
static const char *language_of(const json_t *book)
{
	const json_t *metadata = json_object_get(book, "metadata");
	const char *name = json_string_value(
		json_object_get(json_object_get(metadata, "language_info"), "name"));

	if (!name)
		name = json_string_value(
			json_object_get(json_object_get(metadata, "kernelspec"), "language"));
	return name ? name : "python";
}

static void join(struct joining *j, const json_t *book)
{
	const json_t *sheets = json_object_get(book, "worksheets");
	const char *language = language_of(book);
	size_t i;
	json_t *sheet;

	if (strcmp(language, "python") != 0 && strcmp(language, "ipython") != 0) {
		j->source->problem =
			arena_fmt(j->arena, "a notebook of %s", esc(j->arena, language));
		return;
	}
	if (!json_is_array(json_object_get(book, "cells")) && !json_is_array(sheets)) {
		j->source->problem = "no notebook: it has no cells";
		return;
	}
	j->source->is_format_3 = json_is_array(sheets);
	add_cells(j, json_object_get(book, "cells"));
	json_array_foreach(sheets, i, sheet) add_cells(j, json_object_get(sheet, "cells"));
	j->source->text = (struct bytes){ str_text(&j->text), j->text.n };
	j->source->written = (struct bytes){ str_text(&j->written), j->written.n };
}

/* Python writes NaN and Infinity into the outputs of notebooks, which JSON does not have: in their place a number. */
static struct bytes without_nan(struct arena *a, struct bytes raw)
{
	static const char *const words[] = { "NaN", "Infinity" };
	char *copy = arena_strndup(a, raw.v, raw.n);
	bool in_string = false;

	for (size_t i = 0; i < raw.n; i++) {
		if (in_string && copy[i] == '\\')
			i++;
		else if (copy[i] == '"')
			in_string = !in_string;
		for (size_t k = 0; !in_string && k < 2 && i < raw.n; k++) {
			size_t n = strlen(words[k]);

			if (i + n <= raw.n && memcmp(copy + i, words[k], n) == 0) {
				memset(copy + i, ' ', n);
				copy[i] = '0';
			}
		}
	}
	return (struct bytes){ copy, raw.n };
}

void source_read_notebook(struct arena *a, struct source *s)
{
	json_error_t error;
	json_t *book = json_loadb(s->raw.v, s->raw.n, 0, &error);
	struct joining j = { .arena = a,
			     .source = s,
			     .text = str_new(a, SOURCE_MAX),
			     .written = str_new(a, SOURCE_MAX),
			     .line = 1 };

	if (!book) {
		struct bytes clean = without_nan(a, s->raw);

		book = json_loadb(clean.v, clean.n, 0, &error);
	}
	if (book)
		join(&j, book);
	else
		s->problem =
			arena_fmt(a, "no notebook: line %d: %s", error.line, esc(a, error.text));
	json_decref(book);
}
