// SPDX-License-Identifier: Apache-2.0
/* May this file hold anything to report at all? (prefilter.c) */
#ifndef WHYCPU_LINT_PREFILTER_H
#define WHYCPU_LINT_PREFILTER_H

#include <stdbool.h>

#include "core/str.h"

/* Does the text hold a word without which no rule has anything to say? Never false if one has. */
bool has_device_word(struct bytes text);
/* The same of a file of an installed library, which says torch where it means it: many have devices of another kind. */
bool has_torch_word(struct bytes text);
/* Does it put other functions in the place of torch's own (torch.FloatTensor = torch.cuda.FloatTensor)? */
bool replaces_torch(struct bytes text);
/* The same, or does it change where factories make tensors? */
bool moves_defaults(struct bytes text);
/* Is this a word of it? */
bool holds_word(struct bytes text, const char *word);
/* Does anything in it speak of a device that is no CPU, or of a framework that chooses one? */
bool speaks_of_gpu(struct bytes text);
/* Does it name this in a line that imports? */
bool imports_name(const char *text, const char *name);

#endif
