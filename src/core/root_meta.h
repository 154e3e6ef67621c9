// SPDX-License-Identifier: Apache-2.0
/* root.meta: what git cannot keep of a machine. One line a place; the first line says whether a place that is not
 * listed does not exist (complete) or is unknown (partial). */
#ifndef WHYCPU_CORE_ROOT_META_H
#define WHYCPU_CORE_ROOT_META_H

#include <jansson.h>

#include "core/hang.h"
#include "core/sys.h"

struct meta_entry {
	const char *path;   /* raw, absolute: "/dev/nvidia0" */
	enum sys_kind kind; /* SYS_KIND_UNKNOWN: not said */
	bool has_mode, has_size, has_mtime;
	bool named;  /* `name`: it exists, nothing more is known */
	bool listed; /* `list`: the names below it here are all */
	int err;     /* negative: this is what looking gives */
	int access_err;
	uint32_t mode, uid, gid, major, minor;
	int64_t size, mtime;
};

/* A HANG line: at `place` the walk ends; `hang` is what the snapshot knew, its path may lie deeper. */
struct meta_hang {
	const char *place; /* raw */
	struct hang hang;
};

struct root_meta {
	bool complete;
	ARRAY(struct meta_entry) entries; /* sorted by path, one per path */
	ARRAY(struct meta_hang) hangs;
	bool has_ids, has_now;
	struct sys_ids ids;
	struct sys_uname uname; /* NULLs: not said */
	int64_t now;
	const char *cwd;
	struct strlist hidden; /* variables that were set and whose values were not recorded */
};

/* Strict. NULL and *ret_problem ("line 3: ...") for a bad line. `owner` looks up a name: false if unknown. */
struct root_meta *root_meta_parse(struct arena *a, struct bytes text, const char **ret_problem);
/* The entry of exactly this path, or NULL. */
const struct meta_entry *root_meta_find(const struct root_meta *m, const char *path);
/* Does the table hold anything below this folder? */
bool root_meta_has_below(const struct root_meta *m, const char *dir);

#endif
