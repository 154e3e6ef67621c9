// SPDX-License-Identifier: Apache-2.0
/* A cell's source is one JSON string, or a list with one for each line. What an edit does not touch stays as it was written, byte
 * for byte: escapes, indentation, the order of keys. Whatever the file holds (a key twice, magics where a fix goes), nothing is
 * believed: the new file is read again, and its text has to be the old one after the edits. */
#include "lint/fix_notebook.h"

#include <string.h>

#include "lint/source_cells.h"

/* A list of lines is written again: the line that grows, and what was written so far. */
struct writing {
	const struct source *source;
	const struct raw_cell *cell;
	struct str *out, line;
	const struct edit *edits; /* those left */
	size_t n;
	uint32_t done; /* up to here the text was written, or is gone */
	bool ascii;    /* the file has no other bytes: a fix brings none */
	bool started;  /* has an element been written? */
};

static bool is_ascii(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.v[i] >= 0x80)
			return false;
	return true;
}

static void add_unit(struct str *out, uint32_t unit)
{
	str_addf(out, "\\u%04x", unit);
}

static void add_escaped(struct str *out, uint32_t cp)
{
	static const char *const short_ones[128] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"
	};

	if (cp < 128 && short_ones[cp])
		str_add(out, short_ones[cp]);
	else if (cp < 0x10000)
		add_unit(out, cp);
	else {
		add_unit(out, 0xD800 + ((cp - 0x10000) >> 10));
		add_unit(out, 0xDC00 + (cp & 0x3FF));
	}
}

/* The raw bytes between two elements: as they stand between the first ones. */
static struct bytes between(const struct writing *w, size_t element)
{
	const struct cell_piece *p = w->cell->pieces.v;
	size_t from = element ? p[element - 1].raw_end + 1 : w->cell->raw_start + 1;

	return (struct bytes){ w->source->raw.v + from, p[element].raw_start - 1 - from };
}

/* `element` is the old one that it is in the place of; `again`: another one was already. */
static void flush(struct writing *w, size_t element, bool again)
{
	struct bytes first = between(w, 0), gap = first;

	if (w->started && !again && element)
		gap = between(w, element);
	else if (w->started && w->cell->pieces.n > 1)
		gap = between(w, 1);
	else if (w->started)
		str_add(w->out, ",");
	str_addn(w->out, gap.v, gap.n);
	str_add(w->out, "\"");
	str_addn(w->out, w->line.v, w->line.n);
	str_add(w->out, "\"");
	w->line.n = 0;
	w->started = true;
}

/* True: a line of a list was ended, and written. */
static bool add_text(struct writing *w, const char *text, size_t element, bool again)
{
	size_t n = strlen(text);

	for (size_t i = 0, length; i < n; i += length) {
		uint32_t cp;

		length = utf8_next(text + i, n - i, &cp);
		if (!length) {
			str_addn(&w->line, text + i, n - i); /* refused when it is read */
			break;
		}
		if (cp < ' ' || cp == '"' || cp == '\\' || cp == 127 || (cp > 127 && w->ascii))
			add_escaped(&w->line, cp);
		else
			str_addn(&w->line, text + i, length);
		if (cp == '\n' && w->cell->is_list) {
			flush(w, element, again);
			again = true;
		}
	}
	return again;
}

static bool add_raw(struct writing *w, const struct cell_piece *p, uint32_t from, uint32_t to)
{
	size_t start, end;

	if (!piece_raw(w->source, p, from, &start) || !piece_raw(w->source, p, to, &end))
		return false;
	str_addn(&w->line, w->source->raw.v + start, end - start);
	return true;
}

/* One string of the source with the edits that begin in it. False: an edit cuts a character. */
static bool write_piece(struct writing *w, size_t element)
{
	const struct cell_piece *p = &w->cell->pieces.v[element];
	bool is_last = element + 1 == w->cell->pieces.n, again = false;
	bool touched = w->done > p->start, cut = w->done > p->end;

	if (w->done < p->start)
		w->done = p->start;
	while (w->n && (w->edits->start < p->end || is_last) && w->done <= p->end) {
		if (!add_raw(w, p, w->done, w->edits->start))
			return false;
		again = add_text(w, w->edits->text, element, again);
		w->done = w->edits->end;
		cut = w->done > w->edits->start && w->done >= p->end;
		w->edits++;
		w->n--;
		touched = true;
	}
	if (w->done < p->end) {
		if (!add_raw(w, p, w->done, p->end))
			return false;
		w->done = p->end;
	}
	/* Of a line whose end is gone the next one is the rest, and nothing is left of one that is gone. */
	if (w->cell->is_list && (is_last || !cut) && (w->line.n || !touched))
		flush(w, element, again);
	return true;
}

static bool write_cell(struct writing *w)
{
	const struct raw_cell *c = w->cell;
	const char *raw = w->source->raw.v;
	size_t last = c->pieces.v[c->pieces.n - 1].raw_end + 1;

	w->done = c->cell->start;
	w->started = false;
	str_add(w->out, c->is_list ? "[" : "\"");
	for (size_t i = 0; i < c->pieces.n; i++)
		if (!write_piece(w, i))
			return false;
	if (!c->is_list) {
		str_addn(w->out, w->line.v, w->line.n);
		str_add(w->out, "\"");
		w->line.n = 0;
		return true;
	}
	if (w->line.n)
		flush(w, c->pieces.n - 1, true);
	str_addn(w->out, raw + last, c->raw_end - last);
	return true;
}

/* How many of the first edits lie in the cell, whose added line end is none of the file's. */
static size_t edits_of(const struct writing *w, const struct cell *cell)
{
	size_t n = 0;

	while (n < w->n && w->edits[n].start >= cell->start && w->edits[n].end < cell->end)
		n++;
	return n;
}

static bool write_all(struct writing *w, const struct raw_cells *cells)
{
	size_t done = 0, left = w->n;
	struct bytes raw = w->source->raw;

	for (size_t i = 0; i < cells->n; i++) {
		size_t n = edits_of(w, cells->v[i].cell);

		if (!n)
			continue;
		w->cell = &cells->v[i];
		w->n = n;
		left -= n;
		str_addn(w->out, raw.v + done, w->cell->raw_start - done);
		if (!write_cell(w))
			return false;
		done = w->cell->raw_end;
		w->n = left;
	}
	str_addn(w->out, raw.v + done, raw.n - done);
	return !left;
}

static bool is_text(const struct source *s, const struct source *old, const struct edit *edits,
		    size_t n, struct arena *a)
{
	struct str text = str_new(a, 2 * (size_t)SOURCE_MAX);
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		str_addn(&text, old->text.v + done, edits[i].start - done);
		str_add(&text, edits[i].text);
		done = edits[i].end;
	}
	str_addn(&text, old->text.v + done, old->text.n - done);
	return !s->problem && s->text.n == text.n && memcmp(s->text.v, text.v, text.n) == 0;
}

bool notebook_apply(const struct source *s, const struct edit *edits, size_t n, struct arena *a,
		    struct bytes *ret_raw, const char **ret_problem)
{
	struct raw_cells cells = { 0 };
	struct str out = str_new(a, 2 * (size_t)SOURCE_MAX);
	struct writing w = { .source = s,
			     .out = &out,
			     .line = str_new(a, 2 * (size_t)SOURCE_MAX),
			     .edits = edits,
			     .n = n,
			     .ascii = is_ascii(s->raw) };

	if (!source_cells(s, a, &cells, ret_problem))
		return false;
	*ret_problem = "it cannot be written into its cell";
	if (!write_all(&w, &cells) || out.cut || w.line.cut)
		return false;
	*ret_raw = (struct bytes){ str_text(&out), out.n };
	return is_text(source_new(a, s->path, *ret_raw), s, edits, n, a);
}

/* ---- what a diff says of it ---- */

static uint32_t count_lines(const char *v, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += v[i] == '\n';
	return count;
}

static bool same_source(const struct source *x, const struct raw_cell *a, const struct source *y,
			const struct raw_cell *b)
{
	size_t n = a->raw_end - a->raw_start;

	return n == b->raw_end - b->raw_start &&
	       memcmp(x->raw.v + a->raw_start, y->raw.v + b->raw_start, n) == 0;
}

/* The first byte of the cell's new text that is another. */
static uint32_t first_difference(const struct source *old, const struct cell *a,
				 const struct source *new, const struct cell *b)
{
	uint32_t i = 0;

	while (a->start + i < a->end && b->start + i < b->end &&
	       old->text.v[a->start + i] == new->text.v[b->start + i])
		i++;
	return b->start + i;
}

/* Each line of the file on which a line of the cell begins. What stands on one line with others is called by its first change. */
static void add_lines(struct notebook_lines *lines, const struct source *s,
		      const struct raw_cell *c, uint32_t raw_line, uint32_t change, struct arena *a)
{
	bool is_one_line = !memchr(s->raw.v + c->raw_start, '\n', c->raw_end - c->raw_start);
	size_t done = c->raw_start;

	for (size_t i = 0; i < (is_one_line ? 1 : c->pieces.n); i++) {
		const struct cell_piece *p = &c->pieces.v[i];
		struct place at = source_place(s, is_one_line ? change : p->start);

		raw_line += count_lines(s->raw.v + done, p->raw_start - done);
		done = p->raw_start;
		PUSH(a, lines, ((struct notebook_line){ raw_line, at.cell, at.line }));
	}
}

struct notebook_lines notebook_lines(const struct source *old, const struct source *new,
				     struct arena *a)
{
	struct notebook_lines lines = { 0 };
	struct raw_cells before = { 0 }, after = { 0 };
	const char *why;
	size_t done = 0, k = 0;
	uint32_t raw_line = 1;

	if (!source_cells(old, a, &before, &why) || !source_cells(new, a, &after, &why))
		return lines;
	for (size_t i = 0; i < after.n; i++) {
		const struct raw_cell *c = &after.v[i];

		while (k < before.n && before.v[k].cell->index < c->cell->index)
			k++;
		if (k == before.n)
			break;
		raw_line += count_lines(new->raw.v + done, c->raw_start - done);
		done = c->raw_start;
		if (!same_source(old, &before.v[k], new, c))
			add_lines(&lines, new, c, raw_line,
				  first_difference(old, before.v[k].cell, new, c->cell), a);
	}
	return lines;
}
