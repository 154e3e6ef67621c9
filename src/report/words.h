// SPDX-License-Identifier: Apache-2.0
/* What the screen says in words: the verdict, torch's predicted answers, and which finding they
 * come from. All texts are safe to print. */
#ifndef WHYCPU_REPORT_WORDS_H
#define WHYCPU_REPORT_WORDS_H

#include "report/screen.h"

/* The findings of one role, in order: call with *pos = 0; NULL at the end. */
struct finding *next_of_role(const struct report *r, enum role role, size_t *pos);
struct finding *first_of_role(const struct report *r, enum role role);
bool is_undetermined(const struct report *r);
bool is_sound(const struct link_line *link);

/* The first line: does PyTorch use the GPU, and if not, why? */
enum mark verdict_mark(const struct report *r);
const char *verdict_text(const struct screen *s);
/* The warning that the verdict has said already, or NULL. */
const struct finding *verdict_warning(const struct report *r);
/* Its title, behind what it is about. */
const char *words_titled(const struct screen *s, const struct finding *f);

/* What the person will see torch do, so that they recognise it; "" if that is not known. `brief`
 * leaves out what it raises. */
const char *prediction_text(const struct screen *s, bool brief);
/* Torch's answers one after the other, where a later one is worse than the first says; else "". */
const char *steps_text(const struct screen *s);
/* One of torch's answers, alone. */
const char *outcome_text(const struct screen *s, const struct outcome *o);
/* A text of torch's, on one line. */
const char *torch_text(const struct screen *s, const char *text);
/* The same text, but for a full stop at its end. */
const char *words_without_stop(struct arena *a, const char *text);

#endif
