// SPDX-License-Identifier: Apache-2.0
/* What the linter found in the user's program, for the chain: the machine may be sound and the program still not use it. */
#ifndef WHYCPU_RULES_CODE_H
#define WHYCPU_RULES_CODE_H

#include "facts/facts.h"
#include "facts/import_package.h"
#include "facts/report.h"

struct code {
	const char *script;  /* absolute, escaped */
	const char *cwd;     /* what places are relative to; may be NULL */
	const char *problem; /* why it could not be read, or NULL */
	struct finding *const *findings;
	size_t n_findings, n_files;
	struct import_lines imports; /* what the script imports before anything else */
	const char *flag; /* the option without which it does not ask for the GPU, or NULL */
	uint32_t flag_line;
	struct strlist notes;
};

/* As judge (rules.h), with the program. NULL: it was not read. */
struct report *judge_program(const struct facts *f, const struct code *code, struct arena *a);

/* Findings of the linter under the ids of the chain (reports_as). */
void take_code(const struct code *code, struct report *r);
/* Modules that the script imports and this Python does not have (code_imports.c). */
void judge_imports(const struct facts *f, const struct code *code, struct report *r);
/* After ranking: where the program meets what the machine's cause does to it. */
void show_where_it_stops(const struct code *code, struct report *r);
/* The chain's last line. */
void describe_code(const struct code *code, struct report *r);

#endif
