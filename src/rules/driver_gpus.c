// SPDX-License-Identifier: Apache-2.0
/* Does the installed driver know these GPUs at all? NVIDIA ends support by branch (470 is the last for Kepler, 580 for
 * Maxwell, Pascal and Volta), new chips need a new branch, the open kernel module drives nothing before Turing, the
 * proprietary one no Blackwell (data/gpu_chip.tsv). A GPU that the module holds is supported, whatever the table says; of a
 * number that is not listed nothing is claimed. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/fixes.h"
#include "rules/machine.h"

enum misfit { FITS, TOO_OLD, TOO_NEW, NOT_OPEN, ONLY_OPEN };

/* Branches like "current" and "L4T" are no limit. */
static enum misfit by_branch(const struct gpu_model *model, const struct fact_str *version)
{
	int64_t branch = version && version->v ? version_major(version->v, NULL) : 0, limit;

	if (!branch)
		return FITS;
	if (model->last_branch && parse_i64(model->last_branch, &limit) && branch > limit)
		return TOO_OLD;
	if (model->first_branch && parse_i64(model->first_branch, &limit) && branch < limit)
		return TOO_NEW;
	return FITS;
}

static enum misfit by_flavour(const struct gpu_model *model, const struct fact_str *flavour)
{
	if (!model->module)
		return FITS;
	if (text_is(flavour, "open") && strcmp(model->module, "prop") == 0)
		return NOT_OPEN;
	if (text_is(flavour, "proprietary") && strcmp(model->module, "open") == 0)
		return ONLY_OPEN;
	return FITS;
}

/* The module's where it is loaded. Where it refuses to load, that of the libraries of the same package. */
static const struct fact_str *installed_version(const struct facts *f)
{
	enum tri loaded = module_loaded(f);
	const struct library *lib = &f->drvlib.libcuda;
	bool own = (text_is(&lib->way, "cache") || text_is(&lib->way, "default")) &&
		   !libcuda_is_compat(f) && f->platform.container.st == ABSENT;

	if (loaded == YES)
		return module_version(f);
	return loaded == NO && own && lib->version.st == PRESENT ? &lib->version : NULL;
}

/* The running module says it itself, the package's name of one that does not run. */
static const struct fact_str *module_flavour(const struct facts *f)
{
	return module_loaded(f) == YES ? &f->kmod.flavour : &f->drvlib.packaged_module;
}

static enum misfit misfit_of(const struct facts *f, const struct gpu_model *model)
{
	enum misfit misfit = by_branch(model, installed_version(f));

	if (model->guess || !model->chip || module_loaded(f) == MAYBE)
		return FITS;
	return misfit == FITS ? by_flavour(model, module_flavour(f)) : misfit;
}

static const char *words_of(struct arena *a, enum misfit misfit, const struct gpu_model *model,
			    const char *version)
{
	switch (misfit) {
	case TOO_OLD:
		return arena_fmt(a, "driver %s no longer supports %s GPUs: %s is their last branch",
				 version, model->architecture, model->last_branch);
	case TOO_NEW:
		return arena_fmt(a, "driver %s does not know %s GPUs yet: they need %s or newer",
				 version, model->architecture, model->first_branch);
	case NOT_OPEN:
		return arena_fmt(a, "the open kernel module does not drive %s GPUs",
				 model->architecture);
	case ONLY_OPEN:
		return arena_fmt(a, "%s GPUs need the open kernel module, and this is the other",
				 model->architecture);
	case FITS:
		break;
	}
	return "";
}

static void fix_misfit(const struct facts *f, struct report *r, struct finding *x,
		       enum misfit misfit, const struct gpu_model *model)
{
	if (misfit == TOO_OLD)
		fix_driver_branch(f, r, x, model->last_branch);
	else if (misfit == TOO_NEW)
		fix_driver_at_least(f, r, x, model->first_branch);
	else if (misfit == NOT_OPEN)
		fix_proprietary_module(f, r, x);
	else
		fix_open_module(f, r, x);
}

/* Another GPU that works makes this one a warning; if that is not known, neither is the weight of this one. */
static void say_misfit(const struct rule *self, const struct facts *f, struct report *r,
		       const struct gpu *gpu)
{
	struct gpu_model model = gpu_model_of(gpu);
	enum misfit misfit = misfit_of(f, &model);
	const struct fact_str *version = installed_version(f);
	struct range driven = gpus_driven(f);
	bool open = driven.least == 0 && driven.most > 0;
	struct finding *x =
		report_add(r, self->id, self->stage, open ? CANNOT_TELL : FAIL,
			   arena_fmt(r->arena, "GPU %s", gpu->addr), "%s",
			   words_of(r->arena, misfit, &model, version ? version->v : ""));

	if (driven.least > 0)
		x->severity = SEVERITY_WARNING;
	x->headline = "the installed driver does not support this GPU";
	finding_evidence(r, x, gpu->device.from, "%s (%s)", model.name ? model.name : gpu->device.v,
			 model.architecture);
	if (misfit == NOT_OPEN || misfit == ONLY_OPEN)
		finding_evidence(r, x, module_flavour(f)->from, "the %s kernel module",
				 module_flavour(f)->v);
	else
		finding_evidence(r, x, version->from, "driver %s", version->v);
	fix_misfit(f, r, x, misfit, &model);
}

/* The module is there and holds no GPU; whether it knows this one cannot be looked up. */
static void say_support_unknown(const struct rule *self, const struct facts *f, struct report *r,
				const struct gpu *gpu)
{
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether the installed driver supports this GPU is not known");

	finding_evidence(r, x, gpu->device.st == PRESENT ? gpu->device.from : f->pci.gpus.from,
			 "no kernel driver holds %s", gpu->addr);
	finding_fix(r, x, APPLIES_SAFE, "the kernel's log says it", "sudo dmesg | grep -i nvrm");
}

/* nouveau takes what NVIDIA's module leaves; what vfio-pci holds is meant to be without it. */
static bool is_left_alone(const struct gpu *gpu)
{
	return is_nvidia(gpu) && gpu->vendor.st == PRESENT &&
	       (gpu->driver.st == ABSENT || held_by_free_driver(gpu));
}

static void check_supported(const struct rule *self, const struct facts *f, struct report *r)
{
	bool none_driven = gpus_driven(f).most == 0;
	const struct gpu *open = NULL;
	bool said = false;

	if (gpu_outside_pci(f) == YES)
		return;
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		struct gpu_model model = gpu_model_of(gpu);

		if (!is_left_alone(gpu))
			continue;
		if (misfit_of(f, &model) != FITS) {
			say_misfit(self, f, r, gpu);
			said = true;
		} else if (model.guess || !model.chip || !installed_version(f)) {
			open = gpu;
		}
	}
	if (open && !said && none_driven && module_loaded(f) == YES)
		say_support_unknown(self, f, r, open);
}

const struct rule driver_gpu_rules[] = {
	{ "gpu-unsupported-by-driver", STAGE_DRIVER, check_supported },
	{ 0 },
};
