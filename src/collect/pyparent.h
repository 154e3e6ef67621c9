// SPDX-License-Identifier: Apache-2.0
/* Is whycpu started from a Python, as with `!whycpu` in a notebook? */
#ifndef WHYCPU_COLLECT_PYPARENT_H
#define WHYCPU_COLLECT_PYPARENT_H

#include "core/sys.h"

/* "python3.11", "pypy3"; also as the end of a path. */
bool is_python_name(const char *path);
/* The name, links kept, by which process `pid` was started, if it still leads to `exe`; else `exe`. */
int pyparent_links(struct sys *s, const char *pid, const char *exe, const char **ret_path);
/* 0 and the interpreter of the parent process, links kept; -ENOENT if the parent is no Python; any other error leaves it
 * open. *ret_from is the source of the answer, also of an error. */
int pyparent_find(struct sys *s, const char **ret_exe, const char **ret_from);

#endif
