// SPDX-License-Identifier: Apache-2.0
/* What a shim of pyenv would start. */
#ifndef WHYCPU_COLLECT_PYENV_H
#define WHYCPU_COLLECT_PYENV_H

#include <stdbool.h>

#include "core/sys.h"

/* The answer "the one of the system": the next on PATH outside the folder of the shims. */
enum { PYENV_SYSTEM = 1 };

bool pyenv_is_shim(struct bytes head);
/* 0 and the interpreter, PYENV_SYSTEM, or a negative error of a look that decides. `head`: how the shim begins. */
int pyenv_resolve(struct sys *s, const char *shim, struct bytes head, const char **ret_exe);

#endif
