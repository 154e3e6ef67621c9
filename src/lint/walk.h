// SPDX-License-Identifier: Apache-2.0
/* Which files of a folder are linted: .py, .pyi no, .ipynb; .gitignore, link loops, environments left out (walk.c). */
#ifndef WHYCPU_LINT_WALK_H
#define WHYCPU_LINT_WALK_H

#include "core/array.h"
#include "core/sys.h"

struct walk {
	struct strlist
		files; /* absolute, escaped, in the order of the walk: names sorted by byte, each file once */
	struct strlist notes; /* whole sentences: "models: cannot be read (EACCES)" */
	size_t names_max;     /* asked: so many names of any kind are enough; 0: all of them */
};

/* Adds what `path` (absolute, escaped) names: a file as it is, whatever its name; a folder's Python files. 0, or a negative
 * code if the path itself cannot be used. `exclude`: patterns as in .gitignore, relative to `path`; may be empty. */
int walk_path(struct sys *sys, const char *path, const struct strlist *exclude, struct arena *a,
	      struct walk *ret_walk);

#endif
