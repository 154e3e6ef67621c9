// SPDX-License-Identifier: Apache-2.0
/* The one place that writes into files of the user's. */
#ifndef WHYCPU_CORE_REPLACE_H
#define WHYCPU_CORE_REPLACE_H

#include "core/str.h"

/* The regular file at `path` (raw, links followed), which must still hold `old`, holds `new` from one moment to the next: at no
 * time half of it. Mode and owner stay. 0 or -errno; -ESTALE if it does not hold `old` any more. */
int file_replace(const char *path, struct bytes old, struct bytes new, struct arena *a);

#endif
