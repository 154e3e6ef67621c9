// SPDX-License-Identifier: Apache-2.0
/* What the files that read a source share. */
#ifndef WHYCPU_LINT_SOURCE_INTERNAL_H
#define WHYCPU_LINT_SOURCE_INTERNAL_H

#include "lint/source.h"

/* raw -> text, encoding, has_bom; or problem. */
void source_decode(struct arena *a, struct source *s);
/* raw -> text, cells; or problem. */
void source_read_notebook(struct arena *a, struct source *s);
void source_lines(struct arena *a, struct source *s);

/* A code point as UTF-8 at `to`; bytes written, at most 4. */
size_t utf8_write(char *to, uint32_t cp);

#endif
