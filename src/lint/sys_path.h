// SPDX-License-Identifier: Apache-2.0
/* Where else does a file look for what it imports? */
#ifndef WHYCPU_LINT_SYS_PATH_H
#define WHYCPU_LINT_SYS_PATH_H

#include "lint/lint.h"

/* Folders, escaped and absolute, that a file adds to sys.path, as far as its text tells: never NULL, and as lasting as the unit. */
const struct strlist *sys_path_added(struct unit *u);

#endif
