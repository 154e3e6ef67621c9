// SPDX-License-Identifier: Apache-2.0
/* What text does a file hold, and where in the file stands a byte of it? PEP 263 and byte order marks, line ends, notebooks
 * (source_notebook.c), tables of other encodings (source_encoding.c). What Python itself refuses is a problem, with its reason. */
#include "lint/source.h"

#include <string.h>

#include "lint/source_internal.h"

size_t utf8_write(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		to[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		to[0] = (char)(0xC0 | cp >> 6);
		to[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		to[0] = (char)(0xE0 | cp >> 12);
		to[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		to[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | (cp >> 18 & 7));
	to[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	to[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	to[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

void source_lines(struct arena *a, struct source *s)
{
	s->line_starts.n = 0;
	PUSH(a, &s->line_starts, 0);
	for (const char *v = s->text.v, *end = v + s->text.n; v < end;) {
		v = memchr(v, '\n', (size_t)(end - v));
		if (!v)
			break;
		v++;
		PUSH(a, &s->line_starts, (uint32_t)(v - s->text.v));
	}
}

/* A carriage return alone ends a line too, as in files of the old Macintosh. Byte offsets stay. */
static struct bytes with_line_ends(struct arena *a, struct bytes text)
{
	char *copy = NULL;

	for (const char *v = memchr(text.v, '\r', text.n); v;
	     v = memchr(v + 1, '\r', text.n - (size_t)(v + 1 - text.v))) {
		if (v[1] == '\n')
			continue;
		if (!copy)
			copy = arena_strndup(a, text.v, text.n);
		copy[v - text.v] = '\n';
	}
	return copy ? (struct bytes){ copy, text.n } : text;
}

/* What comes through a pipe has no name that says so. */
static bool is_notebook(const char *path, struct bytes raw)
{
	static const char key[] = "\"nbformat\"";

	if (ends_with(path, ".ipynb"))
		return true;
	return strcmp(path, "-") == 0 && raw.n && raw.v[0] == '{' &&
	       memmem(raw.v, raw.n, key, sizeof key - 1);
}

const struct source *source_new(struct arena *a, const char *path, struct bytes raw)
{
	struct source *s = arena_alloc(a, sizeof *s);

	s->path = path;
	s->raw = raw;
	s->encoding = "utf-8";
	s->text = (struct bytes){ "", 0 };
	s->is_notebook = is_notebook(path, raw);
	s->is_stub = ends_with(path, ".pyi");
	if (raw.n > SOURCE_MAX)
		s->problem = "more than 16 MiB";
	else if (s->is_notebook)
		source_read_notebook(a, s);
	else
		source_decode(a, s);
	if (!s->problem && memchr(s->text.v, '\0', s->text.n))
		s->problem = "holds a NUL byte";
	if (s->problem)
		s->text = (struct bytes){ "", 0 };
	if (s->problem || s->written.n != s->text.n)
		s->written = s->text;
	s->text = with_line_ends(a, s->text);
	source_lines(a, s);
	return s;
}

/* The last line that begins at or before `offset`, from 0. */
static size_t line_of(const struct source *s, uint32_t offset)
{
	size_t low = 0, high = s->line_starts.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->line_starts.v[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static uint32_t code_points(const char *v, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)v[i] & 0xC0) != 0x80;
	return count;
}

static const struct cell *cell_of(const struct source *s, uint32_t offset)
{
	const struct cell *found = NULL;

	for (size_t i = 0; i < s->cells.n && s->cells.v[i].start <= offset; i++)
		found = &s->cells.v[i];
	return found;
}

struct place source_place(const struct source *s, uint32_t offset)
{
	if (offset > s->text.n)
		offset = (uint32_t)s->text.n;

	size_t line = line_of(s, offset);
	uint32_t start = s->line_starts.v[line];
	const struct cell *cell = cell_of(s, offset);
	struct place p = { .line = (uint32_t)line + 1,
			   .column = code_points(s->text.v + start, offset - start) + 1 };

	if (cell) {
		p.cell = cell->index;
		p.line = p.line - cell->first_line + 1;
	}
	return p;
}

struct bytes source_line(const struct source *s, uint32_t offset)
{
	if (offset > s->text.n)
		offset = (uint32_t)s->text.n;

	size_t line = line_of(s, offset);
	uint32_t start = s->line_starts.v[line];
	size_t end = line + 1 < s->line_starts.n ? s->line_starts.v[line + 1] : s->text.n;

	while (end > start && (s->text.v[end - 1] == '\n' || s->text.v[end - 1] == '\r'))
		end--;
	return (struct bytes){ s->written.v + start, end - start };
}
