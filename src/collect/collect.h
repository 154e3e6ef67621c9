// SPDX-License-Identifier: Apache-2.0
/* The list of collectors. Each looks at its own part of the machine and fills its own part of the facts; it never
 * judges and it cannot fail: what could not be read is a fact. They run in list order, inside a looker. */
#ifndef WHYCPU_COLLECT_COLLECT_H
#define WHYCPU_COLLECT_COLLECT_H

#include "core/sys.h"
#include "facts/facts.h"

/* What the user asked for, as typed. */
struct collect_wish {
	const char *python; /* --python, or NULL */
	const char *script; /* SCRIPT.py, or NULL */
	const char *pid;    /* --pid, digits, or NULL */
};

struct collector {
	const char *name; /* the top-level key in the facts */
	const char *help; /* what it looks at, for --trace and not-looked-at lines */
	void (*run)(struct sys *sys, const struct collect_wish *wish, struct facts *facts);
};

/* With --pid: the machine as that process meets it, for what is its own; else, and for the hardware, `s`. NULL if the
 * process may not be examined. */
struct sys *collect_view(struct sys *s, const struct collector *c, const struct collect_wish *wish);

extern const struct collector *const collectors[];
extern const size_t n_collectors;

extern const struct collector collect_platform, collect_pci, collect_kmod, collect_cards,
	collect_nodes, collect_env, collect_python, collect_torch, collect_libs, collect_drvlib,
	collect_others, collect_probe;

#endif
