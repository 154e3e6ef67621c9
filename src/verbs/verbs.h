// SPDX-License-Identifier: Apache-2.0
/* The verbs: what the user can type first. A verb decides what is looked at, judged and printed, and gives the exit
 * status; it does none of it itself. */
#ifndef WHYCPU_VERBS_VERBS_H
#define WHYCPU_VERBS_VERBS_H

#include <stdbool.h>

#include "core/array.h"

enum exit_status {
	EXIT_NO_CAUSE = 0,
	EXIT_CAUSE = 1,
	EXIT_USAGE = 2,
	EXIT_CANNOT_TELL = 3,
	EXIT_INTERNAL = 70,
};

/* What was typed, as the option table put it. */
struct options {
	const char *root, *python, *pid, *format, *colour, *out, *timeout, *probe;
	const char *script;     /* SCRIPT.py */
	bool script_or_command; /* what was typed may be meant as a verb */
	bool json, verbose, quiet, exit_zero, trace, help, version;
	const char *select, *ignore;
	bool fix, unsafe_fixes, diff;
	struct strlist args; /* behind the verb */
	unsigned timeout_ms;
};

struct verb {
	const char *name;
	const char *args; /* as help shows them, "" if none */
	const char *help;
	unsigned bit; /* which options it takes: option.verbs */
	int (*run)(const struct options *o, struct arena *a);
};

extern const struct verb verbs[];
extern const size_t n_verbs;

int verb_check(const struct options *o, struct arena *a);
int verb_lint(const struct options *o, struct arena *a);
int verb_snapshot(const struct options *o, struct arena *a);
int verb_rule(const struct options *o, struct arena *a);

/* argv to verb and options. NULL: *ret_status says how to end (help, version and usage errors are already told). */
const struct verb *parse_command(char **argv, struct options *o, struct arena *a, int *ret_status);
/* The text of --help. */
const char *help_text(struct arena *a);

#endif
