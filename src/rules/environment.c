// SPDX-License-Identifier: Apache-2.0
/* Do environment variables hide the GPU? Judges the environment of the target process, as far as it
 * is known here: what a program sets for itself is in its code. */
#include "rules/rules.h"

#include "rules/machine.h"

static void say_hidden(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "CUDA_VISIBLE_DEVICES is \"%s\": it hides every GPU", value->v);

	x->headline = arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s hides every GPU",
				*value->v ? value->v : "\"\"");
	finding_evidence(r, x, value->from, "its value is \"%s\"", value->v);
	finding_fix(
		r, x, APPLIES_SAFE,
		"in this shell; for good, remove the line that sets it (~/.bashrc, a launcher; in a Slurm "
		"job it means that no GPU was granted)",
		"unset CUDA_VISIBLE_DEVICES");
}

static void check_visible(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;

	if (selection_of(f).kind == SELECTS_NOTHING) {
		say_hidden(self, f, r);
		return;
	}
	if (is_there(value) != MAYBE)
		return;

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether CUDA_VISIBLE_DEVICES hides the GPU is not known");
	finding_evidence(r, x, value->from ? value->from : "env:CUDA_VISIBLE_DEVICES", "%s",
			 why_words(value->why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "printenv CUDA_VISIBLE_DEVICES");
}

const struct rule environment_rules[] = {
	{ "cuda-visible-devices-empty", STAGE_ENVIRONMENT, check_visible },
	{ 0 },
};
