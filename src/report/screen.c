// SPDX-License-Identifier: Apache-2.0
/* How a screen is laid out, line by line. Colour repeats what the marks say and is put in last,
 * so that no width and no escape ever depends on it. */
#include "report/screen.h"

#include <string.h>

#include "report/term.h"

static const struct {
	const char *utf8, *ascii, *colour;
} marks[] = {
	[MARK_OK] = { "✓", "ok", "32" },      [MARK_BROKEN] = { "✗", "XX", "31" },
	[MARK_WARNING] = { "!", "!!", "33" }, [MARK_UNSURE] = { "?", "??", "33" },
	[MARK_NONE] = { "–", "--", "2" },
};

static const char *mark_text(const struct screen *s, enum mark mark)
{
	return s->opts->utf8 ? marks[mark].utf8 : marks[mark].ascii;
}

size_t screen_mark_width(const struct screen *s, enum mark mark)
{
	return term_width(mark_text(s, mark)) + 1;
}

size_t screen_width(unsigned columns)
{
	size_t width = columns > 0 ? columns : 80;

	return width < 30 ? 30 : width > 100 ? 100 : width; /* longer lines are hard to read */
}

/* Names from outside come with every backslash doubled (core/str.h); a person wants to see one. */
static const char *undoubled(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text), *p = out;

	for (; *text; text++) {
		*p++ = *text;
		if (text[0] == '\\' && text[1] == '\\')
			text++;
	}
	*p = '\0';
	return out;
}

static bool is_path_end(char c)
{
	return c == '\0' || strchr("/ :;,)'\"", c) != NULL;
}

static const char *with_tilde(const struct screen *s, const char *text)
{
	const struct fact_str *fact = &s->facts->env.home;
	const char *home = fact->st == PRESENT ? fact->v : "";
	size_t n = strlen(home);
	struct str out = str_new(s->arena, strlen(text) + 1);

	if (n < 2 || home[n - 1] == '/')
		return text;
	for (const char *p = text; *p;) {
		bool starts = p == text || strchr(" :('\"=", p[-1]);

		if (starts && starts_with(p, home) && is_path_end(p[n])) {
			str_add(&out, "~");
			p += n;
		} else {
			str_addn(&out, p++, 1);
		}
	}
	return str_text(&out);
}

const char *screen_shown(const struct screen *s, const char *text)
{
	if (!text)
		return "";
	return term_safe(s->arena, with_tilde(s, undoubled(s->arena, text)), s->opts->utf8);
}

void screen_line(struct screen *s, const char *text)
{
	PUSH(s->arena, &s->lines, ((struct line){ .text = text }));
}

struct strlist screen_wrap(const struct screen *s, const char *text, size_t width, size_t limit)
{
	struct strlist lines = term_wrap(s->arena, text, width);

	for (size_t room = limit * width; lines.n > limit; room -= 4)
		lines = term_wrap(s->arena, term_cut(s->arena, text, room), width);
	return lines;
}

void screen_hanging(struct screen *s, const char *first, const char *text, size_t limit)
{
	size_t indent = term_width(first);
	struct strlist lines = { 0 };

	if (limit > 0)
		lines = screen_wrap(s, text, s->width - indent, limit);
	for (size_t i = 0; i < lines.n; i++)
		screen_line(s, arena_fmt(s->arena, "%*s%s", (int)indent, i == 0 ? first : "",
					 lines.v[i]));
}

void screen_text(struct screen *s, size_t indent, const char *text, size_t limit)
{
	screen_hanging(s, arena_fmt(s->arena, "%*s", (int)indent, ""), text, limit);
}

void screen_marked(struct screen *s, const char *label, enum mark mark, const char *text,
		   size_t limit)
{
	size_t indent = term_width(label) + screen_mark_width(s, mark);
	struct strlist lines = screen_wrap(s, text, s->width - indent, limit);
	struct line first = { label, true, mark, lines.n > 0 ? lines.v[0] : "" };

	PUSH(s->arena, &s->lines, first);
	for (size_t i = 1; i < lines.n; i++)
		screen_line(s, arena_fmt(s->arena, "%*s%s", (int)indent, "", lines.v[i]));
}

void screen_command(struct screen *s, const char *first, const char *command)
{
	size_t indent = term_width(first);
	const char *safe = term_safe(s->arena, command, s->opts->utf8);
	struct strlist lines = term_wrap_command(s->arena, safe, s->width - indent);

	for (size_t i = 0; i < lines.n; i++)
		screen_line(s, arena_fmt(s->arena, "%*s%s", (int)indent, i == 0 ? first : "",
					 lines.v[i]));
}

static bool is_ended(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && strchr(".!?", text[n - 1]);
}

/* One behind the other: what begins with a small letter may be a name, and goes on behind a semicolon. */
static void add_sentence(struct str *text, const char *sentence, bool first)
{
	bool small = sentence[0] >= 'a' && sentence[0] <= 'z';

	if (!first && !is_ended(str_text(text)))
		str_add(text, small ? ";" : ".");
	str_addf(text, " %s", sentence);
}

static const char *joined(const struct screen *s, const char *label, const struct strlist *list,
			  size_t keep)
{
	struct str text = str_new(s->arena, 1u << 20);

	str_add(&text, label);
	for (size_t i = 0; i < keep; i++)
		add_sentence(&text, screen_shown(s, list->v[i]), i == 0);
	if (keep < list->n)
		add_sentence(&text, arena_fmt(s->arena, "And %zu more (-v)", list->n - keep),
			     false);
	if (!is_ended(str_text(&text)))
		str_add(&text, ".");
	return str_text(&text);
}

static void every_sentence(struct screen *s, const char *label, const struct strlist *list)
{
	if (list->n > 0)
		screen_text(s, 0, label, 2);
	for (size_t i = 0; i < list->n; i++) {
		const char *text = screen_shown(s, list->v[i]);

		screen_text(s, 2, is_ended(text) ? text : arena_fmt(s->arena, "%s.", text),
			    SIZE_MAX / s->width);
	}
}

void screen_sentences(struct screen *s, const char *label, const struct strlist *list, size_t limit)
{
	if (s->opts->verbose) {
		every_sentence(s, label, list);
		return;
	}
	/* A sentence has at least ten columns. */
	for (size_t keep = list->n < limit * 10 ? list->n : limit * 10; keep > 0; keep--) {
		const char *text = joined(s, label, list, keep);

		if (keep == 1 || term_wrap(s->arena, text, s->width).n <= limit) {
			screen_text(s, 0, text, limit);
			return;
		}
	}
}

static void put(const struct screen *s, const char *text, struct str *out)
{
	str_add(out, term_safe(s->arena, text, s->opts->utf8));
}

static void put_line(const struct screen *s, const struct line *line, struct str *out)
{
	put(s, line->text, out);
	if (line->marked) {
		if (s->opts->colour)
			str_addf(out, "\x1b[%sm", marks[line->mark].colour);
		put(s, mark_text(s, line->mark), out);
		str_add(out, s->opts->colour ? "\x1b[0m " : " ");
		put(s, line->rest, out);
	}
	str_add(out, "\n");
}

void screen_write(const struct screen *s, struct str *out)
{
	for (size_t i = 0; i < s->lines.n; i++)
		put_line(s, &s->lines.v[i], out);
}
