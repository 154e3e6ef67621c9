// SPDX-License-Identifier: Apache-2.0
/* What people blame and what is not the cause. These rules only ever pass: a belief is worth a
 * sentence where its object is there, and it never decides anything. */
#include "rules/rules.h"

#include <inttypes.h>

#include "core/version.h"
#include "rules/machine.h"

/* A wheel brings its own CUDA runtime; nvcc serves those who compile extensions. */
static void check_nvcc(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *nvcc = &f->torch.nvcc;
	enum build build = torch_build(f);

	if (nvcc->st != PRESENT || (build != BUILD_CUDA && build != BUILD_CPU))
		return;

	struct finding *x = report_add(
		r, self->id, self->stage, PASS, "",
		"nvcc on your PATH (%s): torch brings its own CUDA and never uses it", nvcc->v);
	finding_evidence(r, x, nvcc->from, "nvcc");
}

/* nvidia-smi says 12.2 and torch 12.6: within one major that is as it should be. */
static void check_driver_minor(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *version = driver_version(f);
	struct driver_cuda cuda = driver_cuda(version);
	int64_t minor = 0, major = 0;

	if (torch_build(f) == BUILD_CUDA)
		major = version_major(f->torch.cuda.v, &minor);
	if (!cuda.exact || cuda.major != major || cuda.minor >= minor)
		return;

	struct finding *x = report_add(r, self->id, self->stage, PASS, "",
				       "driver %s is of CUDA %" PRId64 ".%" PRId64
				       ", torch of %s: the same major is enough",
				       version->v, cuda.major, cuda.minor, f->torch.cuda.v);
	finding_evidence(r, x, version->from, "driver %s", version->v);
}

const struct rule ruled_out_rules[] = {
	{ "not-nvcc", STAGE_LIBRARIES, check_nvcc },
	{ "not-driver-minor", STAGE_DRIVER, check_driver_minor },
	{ 0 },
};
