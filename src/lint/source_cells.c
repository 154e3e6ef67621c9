// SPDX-License-Identifier: Apache-2.0
/* A walk over the bytes of a notebook that jansson has read already, only to find places: what the bytes mean is known. It knows
 * nothing of keys that are written with escapes or that stand twice; whoever writes by these places reads again what he wrote. */
#include "lint/source_cells.h"

#include <string.h>

struct scan {
	const char *v;
	size_t n, i;
};

static char here(const struct scan *s)
{
	return s->i < s->n ? s->v[s->i] : '\0';
}

static void skip_blanks(struct scan *s)
{
	while (s->i < s->n && strchr(" \t\r\n", s->v[s->i]) && s->v[s->i])
		s->i++;
}

/* From a quote to behind its partner. */
static void skip_string(struct scan *s)
{
	for (s->i++; s->i < s->n && s->v[s->i] != '"'; s->i++)
		s->i += s->v[s->i] == '\\';
	s->i = s->i < s->n ? s->i + 1 : s->n;
}

/* Whatever it is, at least one byte. Depth is counted, not followed. */
static void skip_value(struct scan *s)
{
	size_t depth = 0;

	do {
		char c = here(s);

		if (c == '"') {
			skip_string(s);
			continue;
		}
		depth += c == '[' || c == '{';
		depth -= depth && (c == ']' || c == '}');
		s->i++;
	} while (s->i < s->n && (depth || !strchr(",]} \t\r\n", s->v[s->i])));
}

/* To the next item of a list or the next key of an object: first behind its bracket, then behind each value. */
static bool next_item(struct scan *s)
{
	skip_blanks(s);
	if (here(s) == ',')
		s->i++;
	skip_blanks(s);
	return s->i < s->n && s->v[s->i] != ']' && s->v[s->i] != '}';
}

/* At a key: is it `word`? Then at its value. */
static bool take_key(struct scan *s, const char *word)
{
	size_t from = s->i + 1, n = strlen(word);
	bool same;

	skip_string(s);
	same = s->i == from + n + 1 && memcmp(s->v + from, word, n) == 0;
	skip_blanks(s);
	s->i += here(s) == ':';
	skip_blanks(s);
	return same;
}

/* The value of the last such key of the object at `s`, which is then behind the object; false: there is none. */
static bool find_key(struct scan *s, const char *word, struct scan *ret)
{
	bool found = false;

	s->i++;
	while (next_item(s) && here(s) == '"') {
		if (take_key(s, word)) {
			*ret = *s;
			found = true;
		}
		skip_value(s);
	}
	s->i += s->i < s->n;
	return found;
}

/* ---- what a string holds ---- */

static uint32_t unit_at(const char *v)
{
	uint32_t cp = 0;

	for (int i = 2; i < 6; i++)
		cp = cp << 4 | ((uint32_t)hex_digit(v[i]) & 15);
	return cp;
}

/* Bytes of UTF-8 that the escape, or the byte, at `*pos` stands for. jansson has refused what is cut short. */
static uint32_t take_character(const char *v, size_t *pos)
{
	uint32_t cp;

	if (v[*pos] != '\\') {
		++*pos;
		return 1;
	}
	if (v[*pos + 1] != 'u') {
		*pos += 2;
		return 1;
	}
	cp = unit_at(v + *pos);
	*pos += 6;
	if (cp >= 0xD800 && cp < 0xDC00) {
		*pos += 6;
		return 4;
	}
	return cp < 0x80 ? 1 : cp < 0x800 ? 2 : 3;
}

bool piece_raw(const struct source *s, const struct cell_piece *piece, uint32_t offset,
	       size_t *ret_raw)
{
	size_t raw = piece->raw_start;
	uint32_t at = piece->start;

	while (at < offset && raw < piece->raw_end)
		at += take_character(s->raw.v, &raw);
	*ret_raw = raw;
	return at == offset;
}

/* From a quote to behind its partner. */
static void take_piece(struct scan *s, struct arena *a, struct raw_cell *cell)
{
	struct cell_piece p = { .raw_start = s->i + 1, .start = cell->cell->start };

	if (cell->pieces.n)
		p.start = cell->pieces.v[cell->pieces.n - 1].end;
	p.end = p.start;
	skip_string(s);
	p.raw_end = s->i - 1;
	for (size_t at = p.raw_start; at < p.raw_end;)
		p.end += take_character(s->v, &at);
	PUSH(a, &cell->pieces, p);
}

/* False: it is neither a string nor a list of strings, or its text is another. */
static bool take_source(struct scan *s, struct arena *a, struct raw_cell *cell)
{
	cell->raw_start = s->i;
	cell->is_list = here(s) == '[';
	s->i += cell->is_list;
	while (cell->is_list ? next_item(s) : !cell->pieces.n) {
		if (here(s) != '"')
			return false;
		take_piece(s, a, cell);
	}
	s->i += cell->is_list;
	cell->raw_end = s->i;
	/* Behind each cell a line end was added. */
	return cell->pieces.n && cell->pieces.v[cell->pieces.n - 1].end + 1 == cell->cell->end;
}

bool source_cells(const struct source *s, struct arena *a, struct raw_cells *ret,
		  const char **ret_problem)
{
	struct scan book = { .v = s->raw.v, .n = s->raw.n }, list = book, source;
	uint32_t index = 0;

	*ret_problem = "fixes are not written into notebooks of format 3 (save it in format 4: "
		       "jupyter nbconvert --to notebook)";
	if (s->is_format_3)
		return false;
	*ret_problem = "fixes are not written into a notebook that is written like this";
	skip_blanks(&book);
	if (!find_key(&book, "cells", &list))
		return false;
	list.i++;
	while (ret->n < s->cells.n && next_item(&list)) {
		struct raw_cell cell = { .cell = &s->cells.v[ret->n] };

		if (++index < cell.cell->index)
			skip_value(&list);
		else if (here(&list) == '{' && find_key(&list, "source", &source) &&
			 take_source(&source, a, &cell))
			PUSH(a, ret, cell);
		else
			return false;
	}
	return ret->n == s->cells.n;
}
