// SPDX-License-Identifier: Apache-2.0
/* The running process of --pid. */
#ifndef WHYCPU_COLLECT_PYPID_H
#define WHYCPU_COLLECT_PYPID_H

#include "collect/pypath.h"

struct pypid {
	const char *problem; /* in words, why it cannot be examined; NULL: all is well */
	struct sys *view;
	const char *exe, *from;
	struct pystart start;
};

struct pypid pypid_find(struct sys *s, const char *pid);

#endif
