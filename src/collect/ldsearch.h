// SPDX-License-Identifier: Apache-2.0
/* The dynamic loader's search for a library by name, as the target process would do it. */
#ifndef WHYCPU_COLLECT_LDSEARCH_H
#define WHYCPU_COLLECT_LDSEARCH_H

#include "core/sys.h"
#include "facts/facts.h"

/* A library in memory, and who brought it: the search of what it needs goes up this chain. */
struct ld_object {
	const char *name; /* as it was asked for */
	const char *path;
	const char *place;  /* the same file by the name that the loader has for it; NULL: path */
	struct sys_elf elf; /* zero: its header was not recorded */
	const struct ld_object *loader;
};

/* `path` PRESENT: found; ABSENT: nowhere; UNKNOWN: a place before could not be read, or the loader gives up at a file
 * that is no library (`fatal`; the file is path.from, path.why the loader's own words). */
struct ld_found {
	struct fact_str path;
	const char *way, *place;
	const char
		*refused; /* of an absent one: the first file of that name that may not be read */
	struct sys_elf elf;
	bool has_header, fatal;
};

#define LD_REFUSED "cannot open shared object file: Permission denied"

/* LD_LIBRARY_PATH and the interpreter come from the facts. */
struct ld_search *ld_search_new(struct sys *s, const struct facts *f);
struct ld_found ld_find(struct ld_search *q, const struct ld_object *by, const char *name);
/* A file by its whole path. */
struct ld_found ld_open(struct ld_search *q, const char *path);
/* The names in a folder, listed once; an empty list if there is none. 0 or the error of the list. */
int ld_names(struct ld_search *q, const char *dir, const struct strlist **ret_names);
/* Could a name that was found nowhere still be somewhere? NULL, or the reason and the place. */
const char *ld_doubt(const struct ld_search *q, const char **ret_where);

#endif
