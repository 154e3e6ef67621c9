// SPDX-License-Identifier: Apache-2.0
/* A recorded run to a case folder: root/, root.meta (partial), root.elf/, env. */
#ifndef WHYCPU_CORE_CASE_WRITE_H
#define WHYCPU_CORE_CASE_WRITE_H

#include <jansson.h>

#include "core/hang.h"
#include "core/sys.h"

struct case_recording {
	const json_t *records; /* of sys_take_records, all of them */
	const json_t *probes;  /* answers of NVIDIA's libraries by name; NULL: nobody asked */
	const struct hang *hangs;
	size_t n_hangs;
	const char *
		home; /* raw; its last part is replaced by "user" everywhere; NULL: nothing to replace */
	/* The identity lines; NULL or absent ones are left out. */
	struct sys_uname uname;
	const struct sys_ids *ids;
	const char *cwd; /* raw */
	int64_t now;
};

/* Writes `dir` (raw, absolute), which must not exist: first under another name, then renamed, so that there is a whole
 * folder or none. Runs in a looker; `s` only tells main where it stands. 0 or -errno. */
int case_write(struct sys *s, const char *dir, const struct case_recording *recording);

#endif
