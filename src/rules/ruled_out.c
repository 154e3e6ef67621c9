// SPDX-License-Identifier: Apache-2.0
/* What people blame and what is not the cause. These rules only ever pass: a belief is worth a
 * sentence where its object is there, and it never decides anything. */
#include "rules/rules.h"

#include <inttypes.h>

#include "core/str.h"
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
	/* Only of the driver that counts: where another one's libcuda is found, that is the matter. */
	if (!cuda.exact || cuda.major != major || cuda.minor >= minor ||
	    driver_pair(f).works != YES)
		return;

	struct finding *x = report_add(r, self->id, self->stage, PASS, "",
				       "driver %s is made for CUDA %" PRId64 ".%" PRId64
				       " and torch for %s: that is fine, both are %" PRId64,
				       version->v, cuda.major, cuda.minor, f->torch.cuda.v, major);
	finding_evidence(r, x, version->from, "driver %s", version->v);
}

/* Found by name is torch's own first: its folder is written into its libraries. */
static void check_cudnn(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *found = &f->libs.system_cudnn;
	const struct needed *own = NULL;

	for (size_t i = 0; i < f->libs.needed.n; i++)
		if (starts_with(f->libs.needed.v[i].name, "libcudnn.so."))
			own = &f->libs.needed.v[i];
	if (found->st != PRESENT || !own || own->path.st != PRESENT ||
	    (!text_is(&own->way, "rpath") && !text_is(&own->way, "runpath")))
		return;

	struct finding *x = report_add(r, self->id, self->stage, PASS, "",
				       "the system's cuDNN (%s): torch loads its own", found->v);
	finding_evidence(r, x, own->path.v, "torch's own cuDNN, found by %s", own->way.v);
}

/* Set in nearly every tutorial; only what compiles extensions reads it. */
static void check_cuda_home(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *home = &f->env.cuda_home;
	enum build build = torch_build(f);

	if (home->st != PRESENT || !*home->v || (build != BUILD_CUDA && build != BUILD_CPU))
		return;

	struct finding *x =
		report_add(r, self->id, self->stage, PASS, "",
			   "CUDA_HOME=%s: torch does not read it when it runs", home->v);
	finding_evidence(r, x, home->from, "its value is \"%s\"", home->v);
}

/* Outside a container nobody reads it. */
static void check_nvidia_visible(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.nvidia_visible_devices;

	if (value->st != PRESENT || f->platform.container.st != ABSENT ||
	    torch_build(f) != BUILD_CUDA)
		return;

	struct finding *x = report_add(
		r, self->id, self->stage, PASS, "",
		"NVIDIA_VISIBLE_DEVICES=%s: read only when a container is started, never by CUDA",
		value->v);
	finding_evidence(r, x, value->from, "its value is \"%s\"", value->v);
}

const struct rule ruled_out_rules[] = {
	{ "not-nvcc", STAGE_LIBRARIES, check_nvcc },
	{ "not-system-cudnn", STAGE_LIBRARIES, check_cudnn },
	{ "not-cuda-home", STAGE_ENVIRONMENT, check_cuda_home },
	{ "not-nvidia-visible-devices", STAGE_ENVIRONMENT, check_nvidia_visible },
	{ "not-driver-minor", STAGE_DRIVER, check_driver_minor },
	{ 0 },
};
