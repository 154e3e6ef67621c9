// SPDX-License-Identifier: Apache-2.0
/* A place that did not answer, and the process that waits there. Missing parts are NULL or 0: not known. */
#ifndef WHYCPU_CORE_HANG_H
#define WHYCPU_CORE_HANG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

struct hang {
	int64_t pid;
	const char *path;
	const char *state, *state_after_kill; /* a letter of /proc/PID/stat; "gone" */
	const char *wchan;
	const char *mount, *fstype;
	const char
		*unit; /* the last part of the stuck process's cgroup: what cannot end before it */
	int64_t since; /* epoch seconds */
};

json_t *hang_dump(const struct hang *h);
/* False if there is no path. Texts are copied into the arena. */
bool hang_load(struct hang *h, const json_t *json, struct arena *a);

#endif
