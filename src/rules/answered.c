// SPDX-License-Identifier: Apache-2.0
/* The driver was asked, and cuInit failed: which cause does its code prove, or fit best (data/cuinit_cause.tsv)? Only where
 * no file gives a cause: files say more about the reason than a number. It cannot know why a code came that has many
 * reasons; then the answer stands without a cause. */
#include "rules/rules.h"

#include <inttypes.h>
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

		if (parse_i64(row->code, &its) && its == code && is_here(f, row->where))
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

/* It was asked and nothing came back: then the GPU or its driver may be stuck, which no file shows. */
static void check_silence(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_num *init = &f->probe.cuda_init, *nvml = &f->probe.nvml_init;
	const struct fact_num *silent = init->st == UNKNOWN ? init : nvml;
	struct finding *x;

	if (init->st == PRESENT || silent->st != UNKNOWN || has_cause(r))
		return;
	if (strcmp(silent->why, "timeout") == 0)
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"all that can be read is sound, but the driver did not answer in time");
	else
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"all that can be read is sound, but asking the driver ended badly (%s)",
			silent->why);
	finding_evidence(r, x, silent->from, "no answer (%s)", silent->why);
	finding_fix(r, x, APPLIES_SAFE,
		    "a line with Xid 79 or 119 means: restart, if need be with the power off",
		    "sudo dmesg | grep -i -E 'nvrm|xid' | tail");
}

const struct rule answered_rules[] = {
	{ "gpu-lost-xid", STAGE_HARDWARE, check_silence },
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
