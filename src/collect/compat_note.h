// SPDX-License-Identifier: Apache-2.0
/* The note in NVIDIA's forward compatibility libraries (cuda-compat-X-Y). */
#ifndef WHYCPU_COLLECT_COMPAT_NOTE_H
#define WHYCPU_COLLECT_COMPAT_NOTE_H

#include <stdbool.h>

#include "core/array.h"

/* The driver branches of the host that the library accepts ("535"). False: `note` is no such note. */
bool compat_note_hosts(struct arena *a, const char *note, struct strlist *ret_branches);

#endif
