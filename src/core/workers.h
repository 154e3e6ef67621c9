// SPDX-License-Identifier: Apache-2.0
/* Many items, judged by several processes at once. Main touches no path: what reads (and may hang, crash or go on for ever over
 * one item) is a forked worker, and main leaves it behind with that item. This file knows nothing of Python. */
#ifndef WHYCPU_CORE_WORKERS_H
#define WHYCPU_CORE_WORKERS_H

#include <jansson.h>

#include "core/sys_open.h"

struct work_plan {
	size_t n_items;
	/* In a worker, once: what it keeps between items. */
	void *(*begin)(void *context, const struct sys_options *sys);
	/* In a worker: one JSON object, new reference, or NULL if there is nothing to say. */
	json_t *(*run)(void *context, void *worker, size_t item);
	/* In main: takes the object. False: refused. Items come in any order. */
	bool (*accept)(void *context, size_t item, const json_t *result);
	/* In main: an item that gave no answer: "the process that read it died (signal 11)". */
	void (*lost)(void *context, size_t item, const char *why);
	void *context;
	struct sys_options sys;
	unsigned n_workers; /* at most WORKERS_MAX */
	size_t batch;       /* so many neighbours go to one worker, in order */
	unsigned
		quiet_ms; /* a worker that does not run at all for so long waits for a place that does not answer */
	unsigned item_ms; /* an item may take so long */
	bool in_process;  /* WHYCPU_LOOKER=inline: no child at all */
	const char *verb,
		*noun; /* "reading", "files": what a terminal shows after a second; NULL: nothing */
};
#define WORKERS_MAX 64

/* Runs every item once. Workers say nothing on stderr, but for a sanitizer's report. After three items that do not answer, the rest is lost. */
void work(const struct work_plan *plan, struct arena *a);

#endif
