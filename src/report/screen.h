// SPDX-License-Identifier: Apache-2.0
/* A screen under construction: lines of safe text, wrapped to a width. The sections are
 * text.c's; this only knows how lines, marks, commands and sentences are laid out. */
#ifndef WHYCPU_REPORT_SCREEN_H
#define WHYCPU_REPORT_SCREEN_H

#include "core/array.h"
#include "report/render.h"

struct line {
	const char *text;
	bool marked; /* the mark stands between text and rest */
	enum mark mark;
	const char *rest;
};

struct screen {
	const struct facts *facts;
	const struct report *report;
	const struct render_opts *opts;
	const struct limits *limits; /* text.c */
	struct arena *arena;
	size_t width;
	ARRAY(struct line) lines;
};

/* The columns to use on a terminal that has so many; 0: it is none. */
size_t screen_width(unsigned columns);
/* A text of the report as it appears: safe, ~ for the home, one backslash for two. NULL is "". */
const char *screen_shown(const struct screen *s, const char *text);
/* At most `limit` lines. What is too long loses folders of its path, then its end. */
struct strlist screen_wrap(const struct screen *s, const char *text, size_t width, size_t limit);

/* These push lines; `text` is safe already, as screen_shown gives it. */
void screen_line(struct screen *s, const char *text);
void screen_text(struct screen *s, size_t indent, const char *text, size_t limit);
/* `first` stands before the first line, as many blanks before the others. */
void screen_hanging(struct screen *s, const char *first, const char *text, size_t limit);
void screen_marked(struct screen *s, const char *label, enum mark mark, const char *text,
		   size_t limit);
/* Columns of a mark and the blank behind it. */
size_t screen_mark_width(const struct screen *s, enum mark mark);
/* To be pasted, so it stays word for word: ~ inside quotes would not be the home, and its
 * backslashes are the shell's. */
void screen_command(struct screen *s, const char *first, const char *command);
/* "Label: one sentence. Another." As many whole sentences as fit, then how many are missing. */
void screen_sentences(struct screen *s, const char *label, const struct strlist *list,
		      size_t limit);

/* The only place where a line leaves: everything in it is made safe once more. */
void screen_write(const struct screen *s, struct str *out);

#endif
