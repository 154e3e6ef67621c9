// SPDX-License-Identifier: Apache-2.0
/* The looker's own side: what happens between fork and _exit. */
#ifndef WHYCPU_CORE_LOOKER_CHILD_H
#define WHYCPU_CORE_LOOKER_CHILD_H

#include "core/looker.h"

/* A looker that was left behind, as the next one gets to know it. */
struct left_behind {
	int64_t pid;
	const char *path; /* raw */
	uint64_t dev;
	int64_t since;
	bool inspected; /* `skip` is settled; otherwise the next looker has to look at it first */
	bool forgiven;  /* it was only stopped or busy: nothing is skipped */
	struct sys_skip skip;
};

struct looker_start {
	const struct look_plan *plan;
	size_t first_task;
	const struct left_behind *left;
	size_t n_left;
	struct look_page *page;
	int facts_fd, error_fd, page_fd;
	pid_t parent;
};

/* Never returns. */
_Noreturn void looker_child(const struct looker_start *start);

#endif
