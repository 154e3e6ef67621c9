// SPDX-License-Identifier: Apache-2.0
/* The driver was asked, and cuInit failed: which cause does its code prove, or fit best (data/cuinit_cause.tsv)? Only where
 * no file gives a cause: files say more about the reason than a number. It cannot know why a code came that has many
 * reasons; then the answer stands without a cause. */
#include "rules/rules.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/machine.h"

static bool has_cause(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->verdict == FAIL &&
		    r->findings.v[i]->severity == SEVERITY_ERROR)
			return true;
	return false;
}

static bool is_here(const struct facts *f, const char *where)
{
	enum tri wsl = is_true(&f->platform.wsl);

	if (strcmp(where, "wsl") == 0)
		return wsl == YES;
	return !*where || wsl == NO;
}

static const struct cuinit_cause_row *row_of(const struct facts *f, int64_t code)
{
	int64_t its;

	for (size_t i = 0; i < n_cuinit_cause_table; i++) {
		const struct cuinit_cause_row *row = &cuinit_cause_table[i];

		if (*row->id && parse_i64(row->code, &its) && its == code && is_here(f, row->where))
			return row;
	}
	return NULL;
}

/* The ids of the table, each with the stage that it has in data/causes.tsv. */
static void check(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_num *code = &f->probe.cuda_init;
	const struct cuinit_cause_row *row =
		code->st == PRESENT && code->v != 0 ? row_of(f, code->v) : NULL;
	struct finding *x;

	if (!row || strcmp(row->id, self->id) != 0 || has_cause(r))
		return;
	x = report_add(r, self->id, self->stage, FAIL, "", "%s", row->title);
	x->headline = row->headline;
	x->confidence = row->confidence;
	finding_evidence(r, x, code->from, "cuInit answered %" PRId64, code->v);
	if (strcmp(row->command, "unset CUDA_MPS_PIPE_DIRECTORY") == 0 &&
	    f->env.cuda_mps_pipe_directory.st != PRESENT)
		finding_fix(r, x, APPLIES_LIKELY, row->words, "export %s=/nonexistent",
			    row->command + strlen("unset "));
	else if (*row->command)
		finding_fix(r, x, APPLIES_LIKELY, row->words, "%s", row->command);
	else
		finding_fix(r, x, APPLIES_MANUAL, row->words, NULL);
}

/* ---- an answer with many reasons ---- */

/* A row without an id: what to do, where no cause can be named. */
static const struct cuinit_cause_row *advice_of(const struct facts *f, int64_t code)
{
	const struct cuinit_cause_row *general = NULL;
	int64_t its;

	for (size_t i = 0; i < n_cuinit_cause_table; i++) {
		const struct cuinit_cause_row *row = &cuinit_cause_table[i];

		if (*row->id || !is_here(f, row->where))
			continue;
		if (parse_i64(row->code, &its) && its == code)
			return row;
		general = *row->code ? general : row;
	}
	return general;
}

/* The driver was asked, cuInit failed, and no file says why: its number and its words, and where to look next. */
static void check_code(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_num *code = &f->probe.cuda_init;
	const struct cuinit_cause_row *advice;
	const char *text;
	struct finding *x;

	if (code->st != PRESENT || code->v == 0 || has_cause(r) || row_of(f, code->v))
		return;
	text = code->v > 0 && code->v < INT_MAX ? cuda_error_text((int)code->v) : NULL;
	advice = advice_of(f, code->v);
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "the driver answered %" PRId64 " (%s)", code->v,
		       text ? text : "a number without a text");
	finding_evidence(r, x, code->from, "cuInit answered %" PRId64, code->v);
	if (advice)
		finding_fix(r, x, APPLIES_SAFE, advice->words, "%s", advice->command);
}

/* ---- no answer ---- */

enum { SIGNAL_KILL = 9, SIGNAL_TERM = 15 };
/* Our own child's, when another one of this user already waits for the driver (core/looker_child.c). */
#define NOT_OUR_TURN "exit 75"

const char *silence_words(const struct facts *f, struct arena *a)
{
	const struct probe *p = &f->probe;
	bool cuda = p->cuda_init.st == UNKNOWN;
	const struct fact_num *silent = cuda ? &p->cuda_init : &p->nvml_init;
	const struct fact_num *s = cuda ? &p->cuda_seconds : &p->nvml_seconds;
	const char *why = silent->why;
	int64_t n;

	if (p->cuda_init.st == PRESENT || silent->st != UNKNOWN)
		return NULL;
	if (strcmp(why, "timeout") == 0)
		return s->st == PRESENT ? arena_fmt(a, "did not answer within %" PRId64 " s", s->v)
					: "did not answer in time";
	if (starts_with(why, "signal ") && parse_i64(why + strlen("signal "), &n))
		return arena_fmt(a, "%s when it was asked (%s)",
				 n == SIGNAL_KILL || n == SIGNAL_TERM ? "was killed" : "crashed",
				 why);
	if (strcmp(why, NOT_OUR_TURN) == 0)
		return "still keeps another whycpu waiting";
	if (starts_with(why, "exit "))
		return arena_fmt(a, "ended the process that asked it (%s)", why);
	return "gave an answer that cannot be read";
}

/* It was asked and nothing came back: then the GPU or its driver may be stuck, which no file shows. A trial would wait, too;
 * after any other end it decides. */
static void check_silence(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_num *init = &f->probe.cuda_init, *nvml = &f->probe.nvml_init;
	const struct fact_num *silent = init->st == UNKNOWN ? init : nvml;
	const char *words = silence_words(f, r->arena);
	struct finding *x;

	if (!words || has_cause(r))
		return;
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "all that can be read is sound, but the driver %s", words);
	finding_evidence(r, x, silent->from, "no answer (%s)", silent->why);
	if (strcmp(silent->why, "timeout") == 0)
		finding_fix(
			r, x, APPLIES_SAFE,
			"a line with Xid 79 or 119 means: restart, if need be with the power off",
			"sudo dmesg | grep -i -E 'nvrm|xid' | tail");
}

/* ---- an answer that came late ---- */

#define SLOW_S 3

/* Without persistence the driver starts each GPU anew for the first program, and stops it after the last
 * (docs.nvidia.com/deploy/driver-persistence): seconds for every card. */
static void check_slow(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct probe *p = &f->probe;
	bool cuda = p->cuda_init.st == PRESENT && p->cuda_seconds.st == PRESENT;
	const struct fact_num *init = cuda ? &p->cuda_init : &p->nvml_init;
	const struct fact_num *s = cuda ? &p->cuda_seconds : &p->nvml_seconds;
	struct finding *x;

	if (init->st != PRESENT || s->st != PRESENT || s->v < SLOW_S)
		return;
	x = report_add(r, self->id, self->stage, FAIL, "",
		       "the driver took %" PRId64
		       " s to answer: each program that starts CUDA waits as long",
		       s->v);
	x->severity = SEVERITY_WARNING;
	x->confidence = "fits-best";
	finding_evidence(r, x, s->from, "%" PRId64 " s until it had answered", s->v);
	if (gpu_outside_pci(f) != NO)
		return;
	finding_fix(r, x, APPLIES_LIKELY,
		    "let the driver keep the GPUs started between programs (root, on the host)",
		    "sudo nvidia-smi -pm 1");
}

const struct rule answered_rules[] = {
	{ "gpu-lost-xid", STAGE_HARDWARE, check_silence },
	{ "gpu-lost-xid", STAGE_HARDWARE, check_code },
	{ "x-driver-slow-to-answer", STAGE_DRIVER, check_slow },
	{ "wsl-multi-gpu-init-oom", STAGE_CONTAINER, check },
	{ "exclusive-process-busy", STAGE_NODES, check },
	{ "os-blocks-driver", STAGE_NODES, check },
	{ "mps-daemon-unreachable", STAGE_DRIVER, check },
	{ "unknown-error-999-after-suspend", STAGE_DRIVER, check },
	/* Those that files can prove, too, have their rules elsewhere. */
	{ "libcuda-missing-or-stub", STAGE_DRIVER, check },
	{ "driver-library-version-mismatch", STAGE_DRIVER, check },
	{ "forward-compat-on-consumer-gpu", STAGE_DRIVER, check },
	{ "fabric-manager-not-running", STAGE_DRIVER, check },
	{ "driver-half-upgraded", STAGE_DRIVER, check },
	{ 0 },
};
