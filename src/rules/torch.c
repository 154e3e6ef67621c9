// SPDX-License-Identifier: Apache-2.0
/* Is this torch a build for CUDA? Judges torch/version.py alone. Builds for ROCm and XPU are not
 * judged here: they are no CPU builds, and whether their GPU works is another question. */
#include "rules/rules.h"

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/machine.h"

static void say_cpu_only(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "torch %s is a CPU-only build", f->torch.version.v);

	x->headline = "this torch was built without CUDA";
	finding_evidence(r, x, f->torch.cuda.from, "cuda is None");
	finding_evidence(r, x, f->torch.version.from, "version %s", f->torch.version.v);
	if (text_is(&f->torch.installer, "apt"))
		finding_evidence(r, x, f->torch.installer.from, "installed by apt");
	fix_replace_torch(f, r, x);
}

/* The first of the facts that decide and could not be read. */
static const struct fact_str *unread(const struct torch *t)
{
	const struct fact_str *facts[] = { &t->version, &t->cuda, &t->hip, &t->xpu };

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i]->st != PRESENT && facts[i]->st != ABSENT)
			return facts[i];
	return &t->version;
}

static void say_open(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *fact = unread(&f->torch);
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether this torch was built for CUDA is not known");

	finding_evidence(r, x, fact->from, "%s",
			 fact->why             ? fact->why
			 : fact->st == ABSENT  ? "it names no version"
			 : fact->st == PRESENT ? "it names both CUDA and ROCm"
					       : "not looked at");
	if (f->python.exe.st == PRESENT)
		finding_fix(r, x, APPLIES_SAFE, NULL,
			    "%s -c \"import torch; print(torch.version.cuda)\"",
			    shell_word(r->arena, f->python.exe.v));
}

static void check_build(const struct rule *self, const struct facts *f, struct report *r)
{
	enum build build = torch_build(f);

	if (f->torch.dir.st != PRESENT)
		return;
	if (build == BUILD_CPU)
		say_cpu_only(self, f, r);
	else if (build == BUILD_UNKNOWN)
		say_open(self, f, r);
}

const struct rule torch_rules[] = {
	{ "cpu-only-torch-build", STAGE_TORCH, check_build },
	{ 0 },
};
