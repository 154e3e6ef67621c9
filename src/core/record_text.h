// SPDX-License-Identifier: Apache-2.0
/* What a snapshot keeps of the text of a file. */
#ifndef WHYCPU_CORE_RECORD_TEXT_H
#define WHYCPU_CORE_RECORD_TEXT_H

#include "core/str.h"

struct bytes record_text(struct arena *a, const char *path, struct bytes text);

#endif
