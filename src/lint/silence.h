// SPDX-License-Identifier: Apache-2.0
#ifndef WHYCPU_LINT_SILENCE_H
#define WHYCPU_LINT_SILENCE_H

#include "lint/lint.h"

/* Does nothing in a program ask for an accelerator? */
struct silence {
	bool is_broken;            /* something may: a name, an option, a device */
	bool is_open;              /* a device is worked out at run time */
	const struct py_node *cpu; /* where the CPU is chosen, in the unit itself; or NULL */
	const struct py_node *off; /* use_cuda = False; or NULL */
};

/* Of a unit and of all that was read for it. */
struct silence silence_of(const struct unit *u);
/* What the program does instead, for a title. */
const char *silence_title(const struct silence *s);
/* The way and the fix of a finding in `where`, of the script `u`. */
void silence_explain(const struct silence *s, struct finding *f, struct unit *where,
		     struct unit *u);

#endif
