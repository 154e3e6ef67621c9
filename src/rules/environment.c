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

/* ---- cuda-visible-devices-invalid-index ---- */

static void say_beyond(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	size_t n = gpus_driven(f).least;
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"CUDA_VISIBLE_DEVICES is \"%s\", and its first number is no GPU here: there %s %zu, "
		"counted from 0",
		value->v, n == 1 ? "is" : "are", n);

	x->headline = arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s names a GPU that is not there",
				value->v);
	finding_evidence(r, x, value->from, "its value is \"%s\"", value->v);
	finding_evidence(r, x, f->pci.gpus.from, "%zu NVIDIA %s, counted from 0", n,
			 n == 1 ? "GPU" : "GPUs");
	finding_fix(
		r, x, APPLIES_SAFE,
		"in this shell; for good, correct the line that sets it (~/.bashrc, a launcher, a job script)",
		"unset CUDA_VISIBLE_DEVICES");
}

/* Only where the GPUs could be counted; what is no plain list of numbers is not judged here. */
static void check_index(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	struct range driven = gpus_driven(f);
	enum selection_kind kind = selection_of(f).kind;

	if (value->st != PRESENT || is_true(&f->kmod.loaded) != YES || gpu_outside_pci(f) == YES)
		return;
	if (kind == SELECTS_BEYOND && driven.least > 0 && driven.least == driven.most) {
		say_beyond(self, f, r);
	} else if (kind == SELECTS_UNKNOWN) {
		struct finding *x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"whether CUDA_VISIBLE_DEVICES=%s names a GPU that is there is not known",
			value->v);

		finding_evidence(r, x, f->pci.gpus.from, "the GPUs could not be counted (%s)",
				 why_words(f->pci.gpus.why, "their drivers are not known"));
		finding_fix(r, x, APPLIES_SAFE, NULL, "nvidia-smi -L");
	}
}

const struct rule environment_rules[] = {
	{ "cuda-visible-devices-empty", STAGE_ENVIRONMENT, check_visible },
	{ "cuda-visible-devices-invalid-index", STAGE_ENVIRONMENT, check_index },
	{ 0 },
};
