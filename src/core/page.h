// SPDX-License-Identifier: Apache-2.0
/* The page that a looker shares with main: before each step it writes down where it is about to step. A stuck looker
 * keeps it at descriptor 4; later runs read it there, so the layout carries a version. */
#ifndef WHYCPU_CORE_PAGE_H
#define WHYCPU_CORE_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#define LOOK_PAGE_MAGIC "whycpu.look/1"
#define LOOK_PHASE_INSPECT (-1) /* reading /proc for its own bookkeeping */

struct look_page {
	char magic[16];
	_Atomic uint64_t calls; /* moves with every step */
	_Atomic int32_t phase;  /* LOOK_PHASE_INSPECT or the number of the task */
	uint32_t limit_ms;      /* without a step for so long: stuck */
	int64_t since_ms;       /* CLOCK_REALTIME of the last step */
	uint64_t dev;           /* st_dev of the directory in which `path` is looked up */
	char path[4096];        /* escaped, cut if longer */
};

#endif
