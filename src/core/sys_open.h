// SPDX-License-Identifier: Apache-2.0
/* Making a sys: for whoever starts a look (the looker, a test), not for collectors. */
#ifndef WHYCPU_CORE_SYS_OPEN_H
#define WHYCPU_CORE_SYS_OPEN_H

#include <jansson.h>

#include "core/hang.h"
#include "core/page.h"
#include "core/sys.h"

struct sys_options {
	const char *root; /* raw path of a case folder or a mounted tree; NULL: this machine */
	const char *
		cwd; /* raw, absolute: what a relative --root or PATH entry is joined to; may be NULL */
	char *const *environ;   /* of the caller; a case brings its own */
	int self_pid;           /* the process that /proc/self stands for */
	bool record;            /* keep every answer for `snapshot` */
	bool trace;             /* every look on stderr */
	unsigned long fault_at; /* fail this call (1 = the first) with fault_err: tests only */
	int fault_err;
};

/* A place not to be touched again. */
struct sys_skip {
	const char *path; /* raw: the folder, or the mount point with whole_fs */
	uint64_t dev;     /* with whole_fs: everything on this device */
	bool whole_fs;
	unsigned hits; /* looks that it refused */
};

/* Never fails for this machine. For a root that cannot be used: NULL and *ret_problem, one line for the user. `page` may
 * be NULL. */
struct sys *sys_new(const struct sys_options *options, struct look_page *page, struct arena *a,
		    const char **ret_problem);
void sys_close(struct sys *s);
/* How many looks were refused because of the skip of this path. */
unsigned sys_skip_hits(const struct sys *s, const char *skip_path);
/* Everything that `from` skips. */
void sys_inherit_skips(struct sys *s, const struct sys *from);
void sys_skip_place(struct sys *s, const struct sys_skip *skip);
/* Calls made so far: the fault sweep asks. */
unsigned long sys_calls(const struct sys *s);
/* A recorded hang that this run came by: the i-th, or NULL. */
const struct hang *sys_hang(const struct sys *s, size_t i);
/* What was recorded since the last call: a JSON array, new reference; NULL when nothing is recorded. */
json_t *sys_take_records(struct sys *s);

#endif
