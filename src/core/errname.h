// SPDX-License-Identifier: Apache-2.0
/* Names of error numbers, in both directions. (strerrorname_np needs glibc 2.32; the binary shall run on older.) */
#ifndef WHYCPU_CORE_ERRNAME_H
#define WHYCPU_CORE_ERRNAME_H

#include <stddef.h>

/* "EACCES"; "error" for a number without a name here. */
const char *errno_name(int number);
/* 0 if the name is not known. `n` bytes of `name` count. */
int errno_number(const char *name, size_t n);

#endif
