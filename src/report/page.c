// SPDX-License-Identifier: Apache-2.0
/* How a page of doc/rules gets onto a screen of any width. It knows the few forms that these pages use: "# title",
 * "## heading", paragraphs, "- item", and commands that are indented by four; it is no Markdown reader. */
#include "report/page.h"

#include <string.h>

#include "report/screen.h"
#include "report/term.h"

#define NO_LIMIT ((size_t)-1 / 1024)

static struct screen screen_for(struct arena *a, const struct render_opts *o)
{
	return (struct screen){ .opts = o, .arena = a, .width = screen_width(o->columns) };
}

enum form { FORM_BLANK, FORM_TITLE, FORM_HEADING, FORM_ITEM, FORM_COMMAND, FORM_WORDS };

static enum form form_of(const char *line)
{
	if (!line[strspn(line, " ")])
		return FORM_BLANK;
	if (starts_with(line, "# "))
		return FORM_TITLE;
	if (starts_with(line, "## "))
		return FORM_HEADING;
	if (starts_with(line, "- "))
		return FORM_ITEM;
	return starts_with(line, "    ") ? FORM_COMMAND : FORM_WORDS;
}

/* A paragraph or an item that goes on over several lines. */
struct flow {
	struct str text;
	bool item;
};

static void end_flow(struct screen *s, struct flow *flow)
{
	const char *safe = term_safe(s->arena, str_text(&flow->text), s->opts->utf8);

	if (flow->text.n > 0)
		screen_hanging(s, flow->item ? "  - " : "  ", safe, NO_LIMIT);
	*flow = (struct flow){ .text = str_new(s->arena, 1u << 16) };
}

static void add_line(struct screen *s, struct flow *flow, const char *line)
{
	enum form form = form_of(line);

	if (form != FORM_WORDS)
		end_flow(s, flow);
	if (form == FORM_BLANK)
		screen_line(s, "");
	else if (form == FORM_TITLE)
		screen_text(s, 0, line + 2, NO_LIMIT);
	else if (form == FORM_HEADING)
		screen_text(s, 0, line + 3, NO_LIMIT);
	else if (form == FORM_COMMAND)
		screen_command(s, "      ", line);
	else {
		flow->item = flow->item || form == FORM_ITEM;
		str_addf(&flow->text, "%s%s", flow->text.n ? " " : "",
			 line + (form == FORM_ITEM ? 2 : strspn(line, " ")));
	}
}

const char *page_text(struct arena *a, const char *markdown, const struct render_opts *o)
{
	struct screen s = screen_for(a, o);
	struct flow flow = { .text = str_new(a, 1u << 16) };
	struct str out = str_new(a, 1u << 20);
	struct bytes text = { markdown, strlen(markdown) }, line;

	for (size_t pos = 0; next_line(text, &pos, &line);)
		add_line(&s, &flow, arena_strndup(a, line.v, line.n));
	end_flow(&s, &flow);
	screen_write(&s, &out);
	return str_text(&out);
}

void page_list(const char *heading, const struct page_entry *entries, size_t n,
	       const struct render_opts *o, struct str *out)
{
	struct screen s = screen_for(out->arena, o);

	screen_line(&s, heading);
	for (size_t i = 0; i < n; i++) {
		screen_text(&s, 2, entries[i].id, NO_LIMIT);
		screen_text(&s, 6, term_safe(out->arena, entries[i].meaning, o->utf8), NO_LIMIT);
	}
	screen_write(&s, out);
}

void page_paragraph(const char *text, const struct render_opts *o, struct str *out)
{
	struct screen s = screen_for(out->arena, o);

	screen_text(&s, 2, term_safe(out->arena, text, o->utf8), NO_LIMIT);
	screen_write(&s, out);
}
