// SPDX-License-Identifier: Apache-2.0
/* Is this torch the right build for this machine, and whole? Judges torch/version.py, the records of the installers, and the
 * list of architectures. It cannot know what a build was meant for: an AMD or Intel GPU beside NVIDIA's leaves it open. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/libraries.h"

/* ---- cpu-only-torch-build ---- */

static void say_cpu_only(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "torch %s is a CPU-only build", f->torch.version.v);

	x->headline = "this torch was built without CUDA";
	finding_evidence(r, x, f->torch.cuda.from, "cuda is None");
	finding_evidence(r, x, f->torch.version.from, "version %s", f->torch.version.v);
	if (text_is(&f->torch.installer, "apt"))
		finding_evidence(r, x, f->torch.installer.from, "installed by apt");
	if (f->torch.lock_index.st == PRESENT)
		finding_evidence(r, x, f->torch.lock_index.from, "taken from %s",
				 f->torch.lock_index.v);
	else if (f->torch.source.st == PRESENT)
		finding_evidence(r, x, f->torch.source.from, "taken from %s", f->torch.source.v);
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
			 fact->why             ? why_words(fact->why, "?")
			 : fact->st == ABSENT  ? "it names no version"
			 : fact->st == PRESENT ? "it names both CUDA and ROCm"
					       : "not looked at");
	if (f->python.exe.st == PRESENT)
		finding_fix(r, x, APPLIES_SAFE, NULL,
			    "%s -c \"import torch; print(torch.version.cuda)\"", python_word(f, r));
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

/* ---- why it is a CPU build ---- */

/* "cpu_mkl_py312_h0123abcd_100", "py3.10_cpu_0" */
static bool is_cpu_build_of_conda(const char *build)
{
	return starts_with(build, "cpu") || strstr(build, "_cpu_") || ends_with(build, "_cpu");
}

static void check_conda(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct torch *t = &f->torch;
	struct finding *x;

	if (torch_build(f) != BUILD_CPU)
		return;
	if (t->conda_build.st == PRESENT && is_cpu_build_of_conda(t->conda_build.v)) {
		x = report_add(r, self->id, self->stage, FAIL, "",
			       "conda chose a CPU build of torch %s", t->version.v);
		x->headline = "conda chose a CPU build of torch";
		finding_evidence(r, x, t->conda_build.from, "build %s", t->conda_build.v);
		finding_evidence(r, x, t->cuda.from, "cuda is None");
		fix_replace_torch(f, r, x);
	} else if (text_is(&f->python.kind, "conda") &&
		   (t->installer.st == UNKNOWN || t->conda_build.st == UNKNOWN)) {
		const struct fact_str *unread =
			t->installer.st == UNKNOWN ? &t->installer : &t->conda_build;

		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether conda chose this build is not known");
		finding_evidence(r, x, unread->from, "%s", why_words(unread->why, "not looked at"));
	}
}

static const struct fact_str *cuda_companion(const struct torch *t)
{
	const struct fact_str *both[] = { &t->torchvision, &t->torchaudio };

	for (size_t i = 0; i < 2; i++)
		if (both[i]->st == PRESENT && strstr(both[i]->v, "+cu"))
			return both[i];
	return NULL;
}

/* torchvision of a CUDA index beside a CPU torch that nobody asked for: it came for another package's sake. */
static void check_dependency(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct torch *t = &f->torch;
	const struct fact_str *companion = cuda_companion(t);
	struct finding *x;

	if (torch_build(f) != BUILD_CPU || !companion ||
	    (t->requested.st != ABSENT && t->requested.st != UNKNOWN))
		return;
	if (t->requested.st == UNKNOWN) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether another package replaced torch is not known");
		finding_evidence(r, x, t->requested.from, "%s",
				 why_words(t->requested.why, "not looked at"));
		return;
	}
	x = report_add(r, self->id, self->stage, FAIL, "",
		       "another package replaced the CUDA build of torch by %s", t->version.v);
	x->headline = "another package replaced torch by a CPU build";
	finding_evidence(r, x, companion->from, "%s %s is for CUDA",
			 companion == &t->torchvision ? "torchvision" : "torchaudio", companion->v);
	finding_evidence(r, x, t->requested.from,
			 "no such file: torch was installed as another package needed it");
	finding_evidence(r, x, t->cuda.from, "cuda is None");
	fix_replace_torch(f, r, x);
}

/* "2.6.0a0+git1234abc": setup.py's own mark. A distribution's is none of the user's making. */
static bool is_built_here(const struct torch *t)
{
	const char *local = t->version.st == PRESENT ? strchr(t->version.v, '+') : NULL;

	return local && starts_with(local, "+git") && !text_is(&t->installer, "apt");
}

/* "cd /home/ana/pytorch && ", where the installer wrote the folder down. */
static const char *change_to_source(const struct torch *t, struct arena *a)
{
	static const char file[] = "file://";

	if (t->source.st != PRESENT || !starts_with(t->source.v, "file:///"))
		return "";
	return arena_fmt(a, "cd %s && ", shell_word(a, t->source.v + strlen(file)));
}

static void check_source_build(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct torch *t = &f->torch;
	struct finding *x;

	if (torch_build(f) != BUILD_CPU)
		return;
	if (is_built_here(t)) {
		x = report_add(r, self->id, self->stage, FAIL, "",
			       "torch %s was built from source without CUDA", t->version.v);
		x->headline = "this torch was built from source without CUDA";
		finding_evidence(r, x, t->version.from, "version %s", t->version.v);
		finding_evidence(r, x, t->cuda.from, "cuda is None");
		if (t->source.st == PRESENT)
			finding_evidence(r, x, t->source.from, "from %s", t->source.v);
		finding_fix(r, x, APPLIES_LIKELY,
			    "needs the CUDA toolkit (nvcc) and cuDNN; a wheel needs neither",
			    "%sUSE_CUDA=1 %s setup.py develop", change_to_source(t, r->arena),
			    python_word(f, r));
		fix_replace_torch(f, r, x);
	} else if (t->source.st == UNKNOWN && !strchr(t->version.v, '+')) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether this torch was built from source is not known");
		finding_evidence(r, x, t->source.from, "%s",
				 why_words(t->source.why, "not looked at"));
	}
}

/* ---- builds for other GPUs ---- */

/* With a GPU that the build is for beside NVIDIA's, which one is meant is open. */
static void check_other_build(const struct rule *self, const struct facts *f, struct report *r)
{
	bool rocm = strcmp(self->id, "rocm-build-on-nvidia") == 0;
	const struct fact_str *fact = rocm ? &f->torch.hip : &f->torch.xpu;
	const char *name = rocm ? "ROCm" : "XPU", *maker = rocm ? "AMD" : "Intel";
	enum tri own = has_card_for(f, rocm ? BUILD_HIP : BUILD_XPU);
	struct finding *x;

	if (torch_build(f) != (rocm ? BUILD_HIP : BUILD_XPU) || nvidia_on_pci(f) != YES)
		return;
	if (own != NO) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "torch is the %s build: it uses the %s GPU, never NVIDIA's", name,
			       maker);
		finding_evidence(r, x, fact->from, "%s %s", rocm ? "hip" : "xpu", fact->v);
		return;
	}
	x = report_add(r, self->id, self->stage, FAIL, "",
		       "torch %s is the %s build, for GPUs of %s; here is one of NVIDIA",
		       f->torch.version.v ? f->torch.version.v : "", name, maker);
	x->headline = rocm ? "this torch is the build for AMD's GPUs"
			   : "this torch is the build for Intel's GPUs";
	finding_evidence(r, x, fact->from, "%s %s", rocm ? "hip" : "xpu", fact->v);
	finding_evidence(r, x, f->pci.gpus.from, "a GPU of NVIDIA and no card of %s", maker);
	fix_replace_torch(f, r, x);
}

/* ---- jetson-needs-special-wheel ---- */

static bool is_for_jetson(const struct arch_list *list)
{
	static const char *const own[] = { "sm_53", "sm_62", "sm_72", "sm_87", "sm_101", "sm_110" };

	/* PTX is for every GPU that is newer: at most sm_110 among the Jetsons. */
	for (size_t i = 0; i < list->archs.n; i++)
		if (starts_with(list->archs.v[i], "compute_") &&
		    strtol(list->archs.v[i] + strlen("compute_"), NULL, 10) <= 110)
			return true;
	for (size_t i = 0; i < list->archs.n; i++)
		for (size_t k = 0; k < sizeof own / sizeof *own; k++)
			if (starts_with(list->archs.v[i], own[k]))
				return true;
	return false;
}

enum tri code_for_jetson(const struct facts *f, struct arena *a)
{
	struct arch_list list = arch_list_of(f, a);

	if (is_true(&f->platform.tegra) != YES || torch_build(f) != BUILD_CUDA || !list.archs.n)
		return MAYBE;
	if (is_for_jetson(&list))
		return MAYBE; /* for one of them */
	return list.proves ? NO : MAYBE;
}

static const char *joined(const struct strlist *words, struct arena *a)
{
	struct str text = str_new(a, 4096);

	for (size_t i = 0; i < words->n; i++)
		str_addf(&text, "%s%s", i ? " " : "", words->v[i]);
	return str_text(&text);
}

static void say_jetson(const struct rule *self, const struct facts *f, struct report *r,
		       const struct arch_list *list)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "torch %s is no build for a Jetson", f->torch.version.v);

	x->headline = "this torch is not built for the Jetson's GPU";
	finding_evidence(r, x, f->platform.tegra.from, "a Jetson");
	finding_evidence(r, x, f->torch.version.from, "version %s", f->torch.version.v);
	if (list)
		finding_evidence(r, x, list->from, "code for %s only",
				 joined(&list->archs, r->arena));
	else
		finding_evidence(r, x, f->torch.cuda.from, "cuda is None");
	finding_fix(r, x, APPLIES_MANUAL,
		    "install NVIDIA's own wheel for this JetPack (\"Installing PyTorch for Jetson "
		    "Platform\" in docs.nvidia.com), or use its container image l4t-pytorch",
		    NULL);
}

static void check_jetson(const struct rule *self, const struct facts *f, struct report *r)
{
	struct arch_list list = arch_list_of(f, r->arena);
	enum build build = torch_build(f);
	struct finding *x;

	if (is_true(&f->platform.tegra) != YES)
		return;
	if (build == BUILD_CPU)
		say_jetson(self, f, r, NULL);
	else if (code_for_jetson(f, r->arena) == NO)
		say_jetson(self, f, r, &list);
	else if (build == BUILD_CUDA && f->torch.archs.st == UNKNOWN) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether torch has code for the Jetson's GPU is not known");
		finding_evidence(r, x, f->torch.archs.from, "%s",
				 why_words(f->torch.archs.why, "not looked at"));
	}
}

const struct rule torch_rules[] = {
	{ "cpu-only-torch-build", STAGE_TORCH, check_build },
	{ "conda-solver-picked-cpu", STAGE_TORCH, check_conda },
	{ "dependency-replaced-torch", STAGE_TORCH, check_dependency },
	{ "source-build-without-cuda", STAGE_TORCH, check_source_build },
	{ "jetson-needs-special-wheel", STAGE_TORCH, check_jetson },
	{ "rocm-build-on-nvidia", STAGE_TORCH, check_other_build },
	{ "xpu-build-on-nvidia", STAGE_TORCH, check_other_build },
	{ 0 },
};
