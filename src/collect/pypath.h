// SPDX-License-Identifier: Apache-2.0
/* From an interpreter to the folders where it looks for modules, without running it. */
#ifndef WHYCPU_COLLECT_PYPATH_H
#define WHYCPU_COLLECT_PYPATH_H

#include "core/sys.h"
#include "facts/facts.h"

/* What getpath and site derive from the place of the interpreter. */
struct pyhome {
	const char *prefix, *base;
	const char *
		libname; /* "python3.11", "python3.13t", "pypy3.9"; NULL = the version is not known */
	const char *platlib; /* "lib", or "lib64" where the standard library lives there */
	bool venv, system_site;
};

/* Fills version, prefix, base_prefix and kind. 0, or the first error of a look that decides about the folders, with
 * its place; `ret_home` is then as far as it got. */
int pyhome_find(struct sys *s, struct python *py, struct pyhome *ret_home, const char **ret_where);

/* Fills everything that follows from py->exe, which must be known. In python.path a folder that could not be looked at
 * stays in the list; `from` of an UNKNOWN list is the first place that could not be read. */
void pypath_fill(struct sys *s, struct python *py);

/* Lexically, as os.path.abspath: a/../b is b even if a is a link. */
const char *pypath_abspath(struct arena *a, const char *path);

#endif
