// SPDX-License-Identifier: Apache-2.0
/* Is NVIDIA's driver installed, and new enough for this torch? Only the CUDA major counts
 * (minor-version compatibility; measured with the runtimes of torch 1.13 to 2.15). In a container
 * it cannot know what is installed on the host. */
#include "rules/rules.h"

#include <inttypes.h>
#include <string.h>

#include "core/version.h"
#include "rules/data.h"
#include "rules/fixes.h"
#include "rules/machine.h"

/* ---- no-nvidia-driver ---- */

/* Any file of a driver: the library, a module for some kernel, a tool or a source. */
static enum tri driver_files(const struct facts *f)
{
	enum tri module = either(is_there(&f->kmod.file), has_members(&f->kmod.other_kernels));

	return either(either(is_there(&f->drvlib.libcuda.path), module),
		      has_members(&f->kmod.traces));
}

static void say_no_driver(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "no NVIDIA driver is installed on this machine");

	x->headline = "no NVIDIA driver is installed";
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "no libcuda.so.1");
	finding_evidence(r, x, f->kmod.file.from, "no nvidia.ko for any kernel");
	finding_evidence(r, x, f->kmod.loaded.from, "module nvidia is not loaded");
	fix_install_driver(f, r, x, "install it");
}

static const char *why_no_driver_is_open(const struct facts *f)
{
	if (f->platform.container.st == PRESENT)
		return "its files are on the host, outside this container";
	if (f->platform.container.st != ABSENT)
		return "this may be a container";
	if (nvidia_on_pci(f) != YES)
		return "whether a GPU needs one is not known either";
	return "a place where its files could be could not be read";
}

static void check_installed(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri files = driver_files(f), loaded = module_loaded(f), on_pci = nvidia_on_pci(f);

	if (loaded == YES || files == YES || on_pci == NO || gpu_outside_pci(f) == YES)
		return;
	if (loaded == NO && files == NO && on_pci == YES && f->platform.container.st == ABSENT) {
		say_no_driver(self, f, r);
		return;
	}

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether NVIDIA's driver is installed is not known: %s",
				       why_no_driver_is_open(f));
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "libcuda.so.1 %s",
			 files == NO ? "is not there" : "was not found");
	finding_fix(r, x, APPLIES_SAFE,
		    f->platform.container.st == PRESENT ? "on the host, not in this container"
							: NULL,
		    "nvidia-smi");
}

/* ---- libcuda-missing-or-stub ---- */

static void say_stub(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *path = &f->drvlib.libcuda.path, *search = &f->env.ld_library_path;
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "the libcuda.so.1 that is found first is the CUDA toolkit's stub");

	x->headline = "the CUDA toolkit's stub is found instead of the driver";
	finding_evidence(r, x, path->v, "a stub, made for linking only");
	if (search->st == PRESENT && strstr(search->v, "/stubs")) {
		finding_evidence(r, x, search->from, "its folder is in LD_LIBRARY_PATH");
		finding_fix(
			r, x, APPLIES_LIKELY,
			"for this shell; then take the folder with /stubs out where LD_LIBRARY_PATH is set",
			"unset LD_LIBRARY_PATH");
	} else {
		finding_fix(
			r, x, APPLIES_MANUAL,
			"take the folder with /stubs out of /etc/ld.so.conf.d and run `sudo ldconfig`",
			NULL);
	}
}

static void say_no_library(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "the driver's library libcuda.so.1 is nowhere a program would find it");

	x->headline = "the driver's library libcuda.so.1 is missing";
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "no libcuda.so.1");
	finding_evidence(r, x, f->kmod.loaded.from, "the kernel module is loaded");
	fix_reinstall_libraries(f, r, x);
}

static void say_library_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	bool absent = is_there(&f->drvlib.libcuda.path) == NO;
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether the driver's library libcuda.so.1 is found is not known");

	finding_evidence(r, x, f->drvlib.libcuda.path.from, "libcuda.so.1 %s",
			 absent ? "is not there; this may be a container or WSL"
				: "could not be looked for");
	finding_fix(r, x, APPLIES_SAFE, NULL, "ldconfig -p | grep libcuda");
}

/* Without the module other rules come first; in a container and in WSL the library comes from outside. */
static void check_library(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri there = is_there(&f->drvlib.libcuda.path), outside = gpu_outside_pci(f);
	bool plain = f->platform.container.st == ABSENT && outside == NO;

	if (is_true(&f->kmod.loaded) != YES || f->platform.container.st == PRESENT ||
	    outside == YES)
		return;
	if (there == YES && !libcuda_is_stub(f))
		return;
	if (plain && there == YES)
		say_stub(self, f, r);
	else if (plain && there == NO)
		say_no_library(self, f, r);
	else
		say_library_unknown(self, f, r);
}

/* ---- driver-too-old-for-torch-cuda ---- */

/* The oldest branch with that CUDA major, e.g. 580 for 13; NULL if the table has none. */
static const char *oldest_branch_for(int64_t major)
{
	const char *branch = NULL;

	for (size_t i = 0; i < n_driver_branch_table; i++)
		if (version_major(driver_branch_table[i].cuda, NULL) == major)
			branch = driver_branch_table[i].branch;
	return branch;
}

static void fix_too_old(const struct facts *f, struct report *r, struct finding *x)
{
	const char *branch = oldest_branch_for(version_major(f->torch.cuda.v, NULL));

	fix_replace_torch(f, r, x);
	if (!branch)
		return;
	if (fix_on_the_host(f, r, x,
			    arena_fmt(r->arena,
				      "driver %s or newer on the host (root there, a reboot)",
				      branch)))
		return;
	finding_fix(r, x, APPLIES_MANUAL,
		    arena_fmt(r->arena,
			      "driver %s or newer (root, a reboot; on a cluster ask your admins)",
			      branch),
		    NULL);
}

static void say_too_old(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *version = driver_version(f);
	struct driver_cuda cuda = driver_cuda(version);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "driver %s runs CUDA up to %" PRId64
				       ".x; this torch is built for CUDA %s",
				       version->v, cuda.major, f->torch.cuda.v);

	x->headline = "the driver is too old for this torch";
	finding_evidence(r, x, version->from, "driver %s", version->v);
	finding_evidence(r, x, f->torch.cuda.from, "torch is built for CUDA %s", f->torch.cuda.v);
	fix_too_old(f, r, x);
}

/* Without the module, and without a library that is known to be there, no driver's age can be judged: other rules say
 * what is missing. */
static bool has_driver(const struct facts *f)
{
	return is_there(&f->drvlib.libcuda.path) == YES || module_loaded(f) != NO;
}

static void check_new_enough(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri new_enough = driver_new_enough(f);

	if (torch_build(f) != BUILD_CUDA || new_enough == YES || !has_driver(f))
		return;
	if (new_enough == NO) {
		say_too_old(self, f, r);
		return;
	}

	const struct fact_str *version = driver_version(f);
	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		"whether the driver is new enough for this torch (CUDA %s) is not known: %s",
		f->torch.cuda.v,
		version ? arena_fmt(r->arena, "which CUDA driver %s offers is not known",
				    version->v)
			: "its version could not be read");
	finding_evidence(r, x, version ? version->from : f->kmod.proc_version.from,
			 "the CUDA version of the driver is not known");
	finding_fix(r, x, APPLIES_SAFE, "its first lines name the newest CUDA that the driver runs",
		    "nvidia-smi");
}

const struct rule driver_rules[] = {
	{ "no-nvidia-driver", STAGE_DRIVER, check_installed },
	{ "libcuda-missing-or-stub", STAGE_DRIVER, check_library },
	{ "driver-too-old-for-torch-cuda", STAGE_DRIVER, check_new_enough },
	{ 0 },
};
