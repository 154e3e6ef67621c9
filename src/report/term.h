// SPDX-License-Identifier: Apache-2.0
/* Text for a terminal: harmless, measured in columns, wrapped. Everything that was read on the
 * machine passes term_safe before it is printed; nothing here asks the locale or the terminal. */
#ifndef WHYCPU_REPORT_TERM_H
#define WHYCPU_REPORT_TERM_H

#include "core/array.h"
#include "core/str.h"

/* Control characters, what is no UTF-8, and characters that hide or turn text become visible
 * escapes: \x1b, \u202e. Without `utf8` so does everything beyond ASCII. Applied twice it
 * changes nothing more. */
const char *term_safe(struct arena *a, const char *s, bool utf8);
/* Columns that safe text takes: 2 for wide characters, 0 for combining ones. */
size_t term_width(const char *s);
/* One line of at most `width` columns. A path in it loses folders at its front and keeps the
 * file name; other text loses its end. What is missing is shown by dots. */
const char *term_cut(struct arena *a, const char *s, size_t width);
/* Lines of at most `width` columns, broken at blanks, inside a long word behind a slash, else
 * anywhere. */
struct strlist term_wrap(struct arena *a, const char *s, size_t width);
/* Lines of a shell command that can be pasted as they are: broken only at blanks outside quotes,
 * with a backslash at the end. A word that is wider than the screen stays whole: a broken one
 * would be another command. */
struct strlist term_wrap_command(struct arena *a, const char *s, size_t width);

#endif
