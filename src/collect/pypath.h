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

/* How the interpreter is started. All zero: `python`, `python -c`, a notebook. */
struct pystart {
	const char *script;   /* absolute: its folder comes first; NULL: the working folder */
	const char *home;     /* instead of HOME: of the user who called sudo */
	bool home_unknown;    /* there is such a user, and his home is not known */
	bool no_environment;  /* -E: variables of Python do not count */
	bool no_user_site;    /* -s */
	bool no_first_folder; /* -P; -I is all three */
};

/* Fills version, prefix, base_prefix and kind. 0, or the first error of a look that decides about the folders, with
 * its place; `ret_home` is then as far as it got. */
int pyhome_find(struct sys *s, const struct pystart *start, struct python *py,
		struct pyhome *ret_home, const char **ret_where);

/* Fills everything that follows from py->exe, which must be known. In python.path a folder that could not be looked at
 * stays in the list; `from` of an UNKNOWN list is the first place that could not be read. */
void pypath_fill(struct sys *s, const struct pystart *start, struct python *py);

/* Lexically, as os.path.abspath: a/../b is b even if a is a link. */
const char *pypath_abspath(struct arena *a, const char *path);

#endif
