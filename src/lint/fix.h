// SPDX-License-Identifier: Apache-2.0
/* Edits of findings, as new bytes of the file. */
#ifndef WHYCPU_LINT_FIX_H
#define WHYCPU_LINT_FIX_H

#include "core/str.h"
#include "lint/lint.h"
#include "lint/source.h"

/* May all edits of a finding be written? `unsafe`: also those that are only likely right. */
bool fix_is_allowed(const struct finding *f, bool unsafe);
/* Do edits of the two touch? Then only one of them can be applied. */
bool fix_overlaps(const struct finding *a, const struct finding *b);
/* Why no fix at all can be written into the file: an encoding that is not followed, an old notebook; or NULL. */
const char *fix_problem(const struct source *s, struct arena *a);
/* The file after the edits of `n` findings that do not overlap: its encoding, byte order mark and line ends stay. False and a
 * reason if they cannot be written: a notebook of an old format, a character that the encoding lacks. */
bool fix_apply(const struct source *s, struct finding *const *findings, size_t n, struct arena *a,
	       struct bytes *ret_raw, const char **ret_problem);

#endif
