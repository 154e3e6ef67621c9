// SPDX-License-Identifier: Apache-2.0
/* Versions of drivers, CUDA and torch: numbers between dots, then perhaps a pre-release and a local part. */
#ifndef WHYCPU_CORE_VERSION_H
#define WHYCPU_CORE_VERSION_H

#include <stdint.h>

/* "12.4" -> 12, and 4 in *ret_minor (may be NULL); 0 if it is no number. */
int64_t version_major(const char *version, int64_t *ret_minor);
/* -1, 0 or 1. Parts compare as numbers, a missing one is 0; a pre-release ("2.9.0a0", "2.9.0rc1", "2.9.0.dev1") comes
 * before its release, pre-releases compare as text; what follows '+' does not count. */
int version_compare(const char *a, const char *b);

#endif
