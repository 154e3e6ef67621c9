// SPDX-License-Identifier: Apache-2.0
/* How a report is built up, and the public words for its enumerations. The words are part of the
 * JSON: they are for ever. Nothing here decides anything: verdicts come from the rules, roles from
 * rank.c. */
#include "facts/report.h"

#include <assert.h>
#include <string.h>

#define NAME_OF(names, value)                                                                      \
	(assert((size_t)(value) < sizeof(names) / sizeof *(names)), (names)[value])

const char *stage_name(enum stage stage)
{
	static const char *const names[] = {
		[STAGE_HARDWARE] = "hardware",
		[STAGE_KERNEL] = "kernel",
		[STAGE_CONTAINER] = "container",
		[STAGE_NODES] = "nodes",
		[STAGE_DRIVER] = "driver",
		[STAGE_PYTHON] = "python",
		[STAGE_TORCH] = "torch",
		[STAGE_LIBRARIES] = "libraries",
		[STAGE_ENVIRONMENT] = "environment",
		[STAGE_CODE] = "code",
		[STAGE_MEMORY] = "memory",
		[STAGE_RUN] = "run",
		[STAGE_NONE] = "none",
	};
	return NAME_OF(names, stage);
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[NOT_APPLICABLE] = "not-applicable",
		[PASS] = "pass",
		[CANNOT_TELL] = "cannot-tell",
		[FAIL] = "fail",
	};
	return NAME_OF(names, verdict);
}

const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_NONE] = "none",           [ROLE_CAUSE] = "cause",
		[ROLE_SYMPTOM] = "symptom",     [ROLE_WARNING] = "warning",
		[ROLE_ADVICE] = "advice",       [ROLE_UNKNOWN] = "unknown",
		[ROLE_RULED_OUT] = "ruled-out",
	};
	return NAME_OF(names, role);
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ADVICE] = "advice",
	};
	return NAME_OF(names, severity);
}

const char *answer_name(enum answer answer)
{
	static const char *const names[] = {
		[ANSWER_CANNOT_TELL] = "cannot-tell",
		[ANSWER_USES_GPU] = "uses-gpu",
		[ANSWER_CANNOT_USE_GPU] = "cannot-use-gpu",
	};
	return NAME_OF(names, answer);
}

const char *applies_name(enum applies applies)
{
	static const char *const names[] = {
		[APPLIES_SAFE] = "safe",
		[APPLIES_LIKELY] = "likely",
		[APPLIES_MANUAL] = "manual",
	};
	return NAME_OF(names, applies);
}

/* Until rank.c has spoken nothing is known. */
struct report *report_new(struct arena *a)
{
	struct report *r = arena_alloc(a, sizeof *r);

	r->arena = a;
	r->answer = ANSWER_CANNOT_TELL;
	r->diagnosis = "undetermined";
	r->basis = "files";
	return r;
}

struct finding *report_add(struct report *r, const char *id, enum stage stage, enum verdict verdict,
			   const char *subject, const char *title_fmt, ...)
{
	struct finding *f = arena_alloc(r->arena, sizeof *f);
	va_list ap;

	f->id = id;
	f->stage = stage;
	f->verdict = verdict;
	f->subject = subject ? subject : "";
	f->confidence = "proved";
	va_start(ap, title_fmt);
	f->title = arena_vfmt(r->arena, title_fmt, ap);
	va_end(ap);
	PUSH(r->arena, &r->findings, f);
	return f;
}

void finding_evidence(struct report *r, struct finding *f, const char *source, const char *what_fmt,
		      ...)
{
	struct evidence e = { .source = source };
	va_list ap;

	/* Nobody looked: there is nothing to show. */
	if (!source || !source[0])
		return;
	va_start(ap, what_fmt);
	e.what = arena_vfmt(r->arena, what_fmt, ap);
	va_end(ap);
	PUSH(r->arena, &f->evidence, e);
}

void finding_fix(struct report *r, struct finding *f, enum applies applies, const char *words,
		 const char *command_fmt, ...)
{
	struct fix fix = { .words = words, .applies = applies };
	va_list ap;

	if (command_fmt) {
		va_start(ap, command_fmt);
		fix.command = arena_vfmt(r->arena, command_fmt, ap);
		va_end(ap);
	}
	PUSH(r->arena, &f->fixes, fix);
}

void report_not_looked_at(struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *sentence = arena_vfmt(r->arena, fmt, ap);
	va_end(ap);
	PUSH(r->arena, &r->not_looked_at, sentence);
}

int location_compare(const struct location *a, const struct location *b)
{
	int by_file = strcmp(a->file, b->file);

	if (by_file)
		return by_file;
	if (a->cell != b->cell)
		return a->cell < b->cell ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}
