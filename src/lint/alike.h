// SPDX-License-Identifier: Apache-2.0
/* In which order are files judged? */
#ifndef WHYCPU_LINT_ALIKE_H
#define WHYCPU_LINT_ALIKE_H

#include "core/array.h"

/* Indices of `files` (sorted by path), so that those stand together that will import the same: by path, but files that are named
 * alike in many folders ("modeling_bert.py", "modeling_gpt2.py") one after the other. */
const size_t *alike_order(struct arena *a, const struct strlist *files);

#endif
