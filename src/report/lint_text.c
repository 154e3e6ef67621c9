// SPDX-License-Identifier: Apache-2.0
/* The linter's findings for a person, in the manner of rustc: what happens, the line with carets, the way of the value as
 * further lines, what to write instead. Everything that comes from a file passes term_safe, character by character, so that
 * the carets stand where the characters stand. */
#include "report/lint_text.h"

#include <stdlib.h>
#include <string.h>

#include "report/lint_reporters.h"
#include "report/screen.h"
#include "report/term.h"

#define TAB_COLUMNS 4
#define TEXT_MAX ((size_t)64 << 20)

enum paint {
	PAINT_NONE,
	PAINT_ERROR,
	PAINT_WARNING,
	PAINT_ADVICE,
	PAINT_FRAME,
	PAINT_TITLE,
	PAINT_OUT,
	PAINT_IN
};

static const char *const colours[] = {
	[PAINT_NONE] = "",       [PAINT_ERROR] = "1;31", [PAINT_WARNING] = "1;33",
	[PAINT_ADVICE] = "1;36", [PAINT_FRAME] = "1;34", [PAINT_TITLE] = "1",
	[PAINT_OUT] = "31",      [PAINT_IN] = "32",
};

/* A line of source as it is shown, and the column in which each of its characters begins. */
struct shown_line {
	const char *text;
	size_t width;
	ARRAY(size_t) at; /* of the n-th character; one more for the end */
};

/* What is marked in a line: the finding's own place, or a station of the way. */
struct mark_at {
	const struct location *at;
	const char *text; /* NULL: nothing more to say */
	bool is_own;      /* the finding's own place */
};

struct page {
	const struct render_opts *opts;
	struct str *out;
	struct arena *arena;
	size_t width, gutter;
	enum paint main;
};

/* ---- pieces ---- */

static void put(const struct page *p, enum paint paint, const char *safe)
{
	bool painted = p->opts->colour && paint != PAINT_NONE && safe[0];

	if (painted)
		str_addf(p->out, "\x1b[%sm", colours[paint]);
	str_add(p->out, safe);
	if (painted)
		str_add(p->out, "\x1b[0m");
}

/* A text of the report, made harmless. One backslash for two, as on the other screen. */
static const char *shown(const struct page *p, const char *text)
{
	struct bytes plain = unesc(p->arena, text);

	/* What unesc made of \x00 would end the text. */
	if (strlen(plain.v) != plain.n)
		return term_safe(p->arena, text, p->opts->utf8);
	return term_safe(p->arena, plain.v, p->opts->utf8);
}

static void gutter(const struct page *p, uint32_t line, const char *mark)
{
	const char *number = line ? arena_fmt(p->arena, "%u", line) : "";

	put(p, PAINT_FRAME, arena_fmt(p->arena, "%*s %s", (int)p->gutter, number, mark));
}

static void empty_line(const struct page *p)
{
	gutter(p, 0, "|");
	str_add(p->out, "\n");
}

/* Paragraph whose further lines are indented by as much as `first` takes. */
static void paragraph(const struct page *p, const char *text, size_t indent, enum paint paint)
{
	size_t room = p->width > indent + 20 ? p->width - indent : 20;
	struct strlist lines = term_wrap(p->arena, text, room);

	for (size_t i = 0; i < lines.n; i++) {
		if (i)
			str_addf(p->out, "%*s", (int)indent, "");
		put(p, paint, lines.v[i]);
		str_add(p->out, "\n");
	}
	if (!lines.n)
		str_add(p->out, "\n");
}

/* ---- lines of source ---- */

static struct shown_line show_line(const struct page *p, struct bytes raw)
{
	struct shown_line line = { 0 };
	struct str text = str_new(p->arena, TEXT_MAX);

	for (size_t i = 0; i < raw.n;) {
		uint32_t cp = 0;
		size_t n = utf8_next(raw.v + i, raw.n - i, &cp);
		const char *one = arena_strndup(p->arena, raw.v + i, n ? n : 1);

		PUSH(p->arena, &line.at, line.width);
		if (raw.v[i] == '\t')
			one = arena_fmt(p->arena, "%*s",
					(int)(TAB_COLUMNS - line.width % TAB_COLUMNS), "");
		else
			one = raw.v[i] ? term_safe(p->arena, one, p->opts->utf8) : "\\x00";
		str_add(&text, one);
		line.width += term_width(one);
		i += n ? n : 1;
	}
	PUSH(p->arena, &line.at, line.width);
	line.text = str_text(&text);
	return line;
}

static size_t column_of(const struct shown_line *line, uint32_t character)
{
	size_t i = character ? character - 1 : 0;

	return i < line->at.n ? line->at.v[i] : line->width;
}

/* The columns [from, from + width) of a safe text. A wide character that is cut in two becomes a blank. */
static const char *window(struct arena *a, const char *text, size_t from, size_t width)
{
	struct str out = str_new(a, strlen(text) + width + 1);
	size_t column = 0;

	for (const char *c = text; *c && column < from + width;) {
		uint32_t cp = 0;
		size_t n = utf8_next(c, strlen(c), &cp), wide;
		const char *one = arena_strndup(a, c, n ? n : 1);

		wide = term_width(one);
		if (column >= from && column + wide <= from + width)
			str_add(&out, one);
		else if (column + wide > from && wide == 2)
			str_add(&out, " ");
		column += wide;
		c += n ? n : 1;
	}
	return str_text(&out);
}

/* From which column on a line is shown, so that what is marked can be seen. */
static size_t first_column(size_t line_width, size_t mark, size_t room)
{
	if (line_width <= room || mark + 10 < room)
		return 0;

	size_t from = mark - room / 3;

	return from + room > line_width ? line_width - room : from;
}

/* "----- created here": the words stand beside the dashes, or below them where they do not fit. */
static void mark_line(const struct page *p, const struct shown_line *line, const struct mark_at *m,
		      size_t from)
{
	size_t room = p->width - p->gutter - 3;
	size_t start = column_of(line, m->at->column), end = column_of(line, m->at->end_column);
	char dash = m->is_own ? '^' : '-';
	enum paint paint = m->is_own ? p->main : PAINT_FRAME;
	struct str dashes = str_new(p->arena, 4096);

	start = start > from ? start - from : 0;
	end = m->at->end_line > m->at->line ? line->width : end;
	end = end > from ? end - from : 0;
	start = start < room ? start : room - 1;
	end = end > start ? end : start + 1;
	end = end < room ? end : room;
	for (size_t i = start; i < end; i++)
		str_addn(&dashes, &dash, 1);
	gutter(p, 0, "| ");
	str_addf(p->out, "%*s", (int)start, "");
	put(p, paint, str_text(&dashes));
	if (!m->text) {
		str_add(p->out, "\n");
		return;
	}

	const char *text = shown(p, m->text);

	if (end + 1 + term_width(text) <= room) {
		put(p, paint, arena_fmt(p->arena, " %s\n", text));
		return;
	}

	size_t indent = start + 30 < room ? start : 0, wide = term_width(text);

	if (wide <= room && start + wide > room)
		indent = room - wide; /* as near as it gets without a second line */
	else if (wide <= room)
		indent = start;

	struct strlist lines = term_wrap(p->arena, text, room - indent);

	str_add(p->out, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		gutter(p, 0, "| ");
		put(p, paint, arena_fmt(p->arena, "%*s%s\n", (int)indent, "", lines.v[i]));
	}
}

/* A line of source, and below it its marks. */
static void source_lines(const struct page *p, const struct mark_at *marks, size_t n)
{
	const struct location *at = marks[0].at;
	struct shown_line line = show_line(p, unesc(p->arena, at->excerpt ? at->excerpt : ""));
	size_t room = p->width - p->gutter - 3;
	size_t from = first_column(line.width, column_of(&line, at->column), room);

	gutter(p, at->line, "| ");
	str_addf(p->out, "%s\n", window(p->arena, line.text, from, room));
	for (size_t i = 0; line.width && i < n; i++)
		mark_line(p, &line, &marks[i], from);
}

/* ---- one finding ---- */

static const char *place(const struct page *p, const struct location *l)
{
	const char *file = shown(p, l->file);

	if (l->cell)
		return arena_fmt(p->arena, "%s:cell %u:%u:%u", file, l->cell, l->line, l->column);
	return arena_fmt(p->arena, "%s:%u:%u", file, l->line, l->column);
}

static bool same_file(const struct location *a, const struct location *b)
{
	return strcmp(a->file, b->file) == 0 && a->cell == b->cell;
}

static bool same_span(const struct location *a, const struct location *b)
{
	return a->line == b->line && a->column == b->column && a->end_line == b->end_line &&
	       a->end_column == b->end_column;
}

/* By line; the finding's own place stands first in its line. */
static int by_line(const void *left, const void *right)
{
	const struct mark_at *a = left, *b = right;

	if (a->at->line != b->at->line)
		return a->at->line < b->at->line ? -1 : 1;
	if (a->is_own != b->is_own)
		return a->is_own ? -1 : 1;
	if (a->at->column != b->at->column)
		return a->at->column < b->at->column ? -1 : 1;
	return 0;
}

static void one_file(const struct page *p, struct mark_at *marks, size_t n)
{
	uint32_t last = 0;

	qsort(marks, n, sizeof *marks, by_line);
	empty_line(p);
	for (size_t i = 0, same = 1; i < n; i += same) {
		for (same = 1; i + same < n && marks[i + same].at->line == marks[i].at->line;)
			same++;
		if (last && marks[i].at->line > last + 1)
			put(p, PAINT_FRAME, "...\n");
		source_lines(p, marks + i, same);
		last = marks[i].at->line;
	}
}

/* The finding's own file first, then the others in the order in which the value came through them. */
static void places(const struct page *p, const struct finding *f)
{
	struct mark_at *all = arena_alloc(p->arena, (f->way.n + 1) * sizeof *all), *here;
	size_t n = 0;

	all[n++] = (struct mark_at){ .at = f->location, .is_own = true };
	for (size_t i = 0; i < f->way.n; i++) {
		const struct location *at = &f->way.v[i].at;

		if (!all[0].text && same_file(at, f->location) && same_span(at, f->location))
			all[0].text = f->way.v[i].text; /* said once, beside the carets */
		else
			all[n++] = (struct mark_at){ .at = at, .text = f->way.v[i].text };
	}
	here = arena_alloc(p->arena, n * sizeof *here);
	for (size_t i = 0; i < n; i++) {
		const struct location *at = all[i].at;
		size_t kept = 0;

		if (!at)
			continue;
		put(p, PAINT_FRAME,
		    arena_fmt(p->arena, "%*s%s", (int)p->gutter, "", i ? "::: " : "--> "));
		str_addf(p->out, "%s\n", place(p, at));
		for (size_t k = i; k < n; k++) {
			if (!all[k].at || !same_file(at, all[k].at))
				continue;
			here[kept++] = all[k];
			all[k].at = NULL;
		}
		one_file(p, here, kept);
	}
}

/* ---- help ---- */

/* The first edit in a line, then those that stand further right in the same line. */
static int by_start(const void *left, const void *right)
{
	const struct edit *a = left, *b = right;

	return a->start != b->start ? (a->start < b->start ? -1 : 1) : 0;
}

/* Byte of the n-th character (from 1) of a line. */
static size_t byte_of(struct bytes line, uint32_t character)
{
	size_t at = 0;

	for (uint32_t i = 1; i < character && at < line.n; i++) {
		uint32_t cp;
		size_t n = utf8_next(line.v + at, line.n - at, &cp);

		at += n ? n : 1;
	}
	return at;
}

static void diff_line(const struct page *p, uint32_t number, char sign, struct bytes raw)
{
	struct shown_line line = show_line(p, raw);
	char mark[] = { sign, ' ', 0 };

	gutter(p, number, "");
	put(p, sign == '-' ? PAINT_OUT : PAINT_IN, mark);
	put(p, sign == '-' ? PAINT_OUT : PAINT_IN,
	    line.width > p->width - p->gutter - 3
		    ? arena_fmt(p->arena, "%s...",
				window(p->arena, line.text, 0, p->width - p->gutter - 6))
		    : line.text);
	str_add(p->out, "\n");
}

/* A line before and after its edits, which lie within it. */
static void diff_of_line(const struct page *p, const struct edit *edits, size_t n)
{
	struct bytes line = unesc(p->arena, edits[0].at.excerpt), part;
	struct str text = str_new(p->arena, TEXT_MAX);
	size_t done = 0, pos = 0;
	uint32_t number = edits[0].at.line;

	for (size_t i = 0; i < n; i++) {
		size_t start = byte_of(line, edits[i].at.column),
		       end = byte_of(line, edits[i].at.end_column);

		if (start < done || end < start)
			return;
		str_addn(&text, line.v + done, start - done);
		str_add(&text, edits[i].text);
		done = end;
	}
	str_addn(&text, line.v + done, line.n - done);
	/* Whole lines put in front of this one. */
	bool inserts = n == 1 && edits[0].start == edits[0].end && ends_with(edits[0].text, "\n");

	if (!inserts)
		diff_line(p, number, '-', line);
	for (struct bytes all = { str_text(&text), text.n }; next_line(all, &pos, &part);) {
		if (inserts && pos >= all.n)
			break;
		diff_line(p, number++, '+', part);
	}
}

static bool is_shown_as_diff(const struct finding *f)
{
	for (size_t i = 0; i < f->edits.n; i++) {
		const struct location *at = &f->edits.v[i].at;

		if (at->line != at->end_line || !at->excerpt || !same_file(at, f->location) ||
		    (!at->excerpt[0] && at->end_column > 1))
			return false;
	}
	return f->edits.n > 0;
}

static void diff(const struct page *p, const struct finding *f)
{
	struct edit *edits = arena_alloc(p->arena, f->edits.n * sizeof *edits);

	memcpy(edits, f->edits.v, f->edits.n * sizeof *edits);
	qsort(edits, f->edits.n, sizeof *edits, by_start);
	empty_line(p);
	for (size_t i = 0, same = 1; i < f->edits.n; i += same) {
		for (same = 1;
		     i + same < f->edits.n && edits[i + same].at.line == edits[i].at.line;)
			same++;
		diff_of_line(p, edits + i, same);
	}
}

static const char *how_to_apply(const struct finding *f)
{
	for (size_t i = 0; i < f->edits.n; i++)
		if (f->edits.v[i].applies == APPLIES_MANUAL)
			return "";
	for (size_t i = 0; i < f->edits.n; i++)
		if (f->edits.v[i].applies == APPLIES_LIKELY)
			return " (--unsafe-fixes writes it)";
	return f->edits.n ? " (--fix writes it)" : "";
}

/* "= help: create it on the GPU" */
static void remark(const struct page *p, const char *head, const char *text)
{
	put(p, PAINT_FRAME, arena_fmt(p->arena, "%*s = ", (int)p->gutter, ""));
	put(p, PAINT_TITLE, head);
	paragraph(p, text, p->gutter + 3 + strlen(head), PAINT_NONE);
}

static void help(const struct page *p, const struct finding *f)
{
	bool as_diff = is_shown_as_diff(f);

	if (f->note)
		remark(p, "note: ", shown(p, f->note));

	for (size_t i = 0; i < f->fixes.n; i++) {
		if (!f->fixes.v[i].words)
			continue;
		const char *more = i + 1 == f->fixes.n ? how_to_apply(f) : "";
		const char *text = arena_fmt(p->arena, "%s%s", shown(p, f->fixes.v[i].words), more);

		remark(p, "help: ", text);
	}
	if (as_diff)
		diff(p, f);
}

static size_t gutter_of(const struct finding *f)
{
	uint32_t last = f->location->line;
	size_t digits = 1;

	for (size_t i = 0; i < f->way.n; i++)
		last = f->way.v[i].at.line > last ? f->way.v[i].at.line : last;
	for (size_t i = 0; i < f->edits.n; i++)
		last = f->edits.v[i].at.line > last ? f->edits.v[i].at.line : last;
	for (; last >= 10; last /= 10)
		digits++;
	return digits;
}

/* "error[id]: what happens", wrapped as one text. */
static void headline(const struct page *p, const char *head, const char *title)
{
	struct strlist lines =
		term_wrap(p->arena, arena_fmt(p->arena, "%s: %s", head, title), p->width - 2);

	for (size_t i = 0; i < lines.n; i++) {
		size_t skip = i == 0 && starts_with(lines.v[0], head) ? strlen(head) : 0;

		put(p, p->main, skip ? head : "  ");
		put(p, PAINT_TITLE, lines.v[i] + skip);
		str_add(p->out, "\n");
	}
}

void lint_text_finding(const struct finding *f, const struct render_opts *o, struct str *out)
{
	static const enum paint paints[] = { [SEVERITY_ERROR] = PAINT_ERROR,
					     [SEVERITY_WARNING] = PAINT_WARNING,
					     [SEVERITY_ADVICE] = PAINT_ADVICE };
	struct page p = { .opts = o,
			  .out = out,
			  .arena = out->arena,
			  .width = screen_width(o->columns),
			  .gutter = gutter_of(f),
			  .main = paints[f->severity] };
	const char *head = arena_fmt(p.arena, "%s[%s]", severity_name(f->severity), f->id);

	headline(&p, head, shown(&p, f->title));
	places(&p, f);
	if (f->fixes.n || f->edits.n)
		empty_line(&p);
	help(&p, f);
	str_add(out, "\n");
}

/* ---- the whole answer ---- */

static void count(const struct report *r, size_t ret_counts[3])
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->location)
			ret_counts[r->findings.v[i]->severity]++;
}

static const char *plural(struct arena *a, size_t n, const char *one)
{
	return arena_fmt(a, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

static const char *summary(const struct report *r, struct arena *a)
{
	size_t counts[3] = { 0 };
	struct str text = str_new(a, 1024);

	count(r, counts);
	if (counts[0])
		str_add(&text, plural(a, counts[0], "error"));
	if (counts[1])
		str_addf(&text, "%s%s", text.n ? ", " : "", plural(a, counts[1], "warning"));
	if (counts[2])
		str_addf(&text, "%s%s of advice", text.n ? ", " : "",
			 plural(a, counts[2], "piece"));
	if (!text.n)
		str_add(&text, r->lint_fixed ? "Nothing left" : "Nothing found");
	str_addf(&text, " in %s.", plural(a, r->lint_files, "file"));
	if (r->lint_fixed)
		str_addf(&text, " %s fixed.", plural(a, r->lint_fixed, "finding"));
	return str_text(&text);
}

static void notes(struct page *p, const struct strlist *list)
{
	for (size_t i = 0; i < list->n; i++) {
		put(p, PAINT_FRAME, "note: ");
		paragraph(p, shown(p, list->v[i]), 6, PAINT_NONE);
	}
}

static void render(const struct facts *facts, const struct report *r, const struct render_opts *o,
		   struct str *out)
{
	struct page p = {
		.opts = o, .out = out, .arena = out->arena, .width = screen_width(o->columns)
	};

	(void)facts;
	for (size_t i = 0; !o->quiet && i < r->findings.n; i++)
		lint_text_finding(r->findings.v[i], o, out);
	if (!o->quiet)
		notes(&p, &r->notes);
	str_addf(out, "%s\n", summary(r, out->arena));
}

const struct reporter reporter_lint_text = {
	.name = "text",
	.help = "for a person: the lines, and what to write instead",
	.render = render,
};
