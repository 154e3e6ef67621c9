// SPDX-License-Identifier: Apache-2.0
/* Is there a GPU at all, of which maker, and does it answer? Judges the list of display functions on the PCI bus, and who
 * decides over them: a hosted notebook's service, a batch scheduler. It cannot tell a card that is switched off or badly
 * seated from one that was never there: Linux sees neither. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/fixes.h"
#include "rules/machine.h"

#define AMD "0x1002"
#define INTEL "0x8086"

static const struct gpu *first_of_vendor(const struct facts *f, const char *vendor)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_of_vendor(&f->pci.gpus.v[i], vendor))
			return &f->pci.gpus.v[i];
	return NULL;
}

/* A ROCm build finds its GPU in an AMD card, an XPU build in an Intel one: then none is missing. */
static enum tri has_other_gpu_for_torch(const struct facts *f)
{
	bool amd = first_of_vendor(f, AMD) != NULL, intel = first_of_vendor(f, INTEL) != NULL;
	enum build build = torch_build(f);

	if ((build == BUILD_HIP && amd) || (build == BUILD_XPU && intel))
		return YES;
	return build == BUILD_UNKNOWN && (amd || intel) ? MAYBE : NO;
}

/* WSL 2's kernel without /dev/dxg. In a container that is how it was started, and Windows may have a GPU. */
static bool wsl_without_gpu(const struct facts *f)
{
	const struct fact_str *release = &f->platform.kernel_release;

	return release->st == PRESENT && strstr(release->v, "microsoft") &&
	       is_true(&f->platform.wsl) == NO;
}

static bool wsl_container(const struct facts *f)
{
	return wsl_without_gpu(f) && f->platform.container.st != ABSENT;
}

/* What stands for "there is a GPU"; a loaded module closes the bus, for without a GPU it refuses to
 * load. */
static enum tri gpu_present(const struct facts *f)
{
	enum tri on_pci = nvidia_on_pci(f), loaded = module_loaded(f);
	enum tri elsewhere = either(gpu_outside_pci(f), has_other_gpu_for_torch(f));

	if (is_true(&f->platform.wsl1) == YES)
		return NO;
	if (on_pci == YES || elsewhere == YES)
		return YES;
	if (wsl_container(f))
		return MAYBE;
	if (on_pci == MAYBE)
		return loaded == YES ? YES : MAYBE;
	return elsewhere == NO && loaded == NO ? NO : MAYBE;
}

static void fix_absent(const struct facts *f, struct report *r, struct finding *x)
{
	if (is_true(&f->platform.wsl1) == YES) {
		finding_fix(
			r, x, APPLIES_LIKELY,
			"WSL 1 has no Linux kernel and no GPU; in Windows turn this distribution "
			"into WSL 2 (`wsl -l -v` shows its name)",
			"wsl --set-version NAME 2");
		return;
	}
	if (wsl_without_gpu(f)) {
		finding_fix(r, x, APPLIES_LIKELY,
			    "in Windows: install NVIDIA's driver there (never inside WSL), then",
			    "wsl --update && wsl --shutdown");
		return;
	}
	if (first_of_vendor(f, AMD))
		finding_fix(r, x, APPLIES_MANUAL,
			    "for the AMD GPU here a ROCm build of torch, if ROCm knows it; see "
			    "https://pytorch.org/get-started/locally/",
			    NULL);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"use a machine, instance type or notebook runtime with an NVIDIA GPU; if a card is in this "
		"one, check seat, power, BIOS and passthrough until it is listed by",
		"lspci -nn | grep -i nvidia");
}

static void say_absent(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct gpu_list *list = &f->pci.gpus;
	bool wsl = is_true(&f->platform.wsl1) == YES || wsl_without_gpu(f);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       wsl ? "this WSL shows no GPU to Linux"
					   : "this machine has no NVIDIA GPU");

	x->headline = wsl ? "this WSL has no GPU" : "there is no NVIDIA GPU in this machine";
	if (wsl)
		finding_evidence(r, x, f->platform.kernel_release.from, "kernel %s, no /dev/dxg",
				 f->platform.kernel_release.v);
	else
		finding_evidence(r, x, list->from, "no NVIDIA display function");
	for (size_t i = 0; i < list->n && i < 3; i++)
		finding_evidence(r, x, list->v[i].vendor.from, "%s is of vendor %s",
				 list->v[i].addr, list->v[i].vendor.v);
	fix_absent(f, r, x);
}

static void say_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct gpu_list *list = &f->pci.gpus;
	const char *reason = "the list of PCI devices could not be read";

	if (list->st == PRESENT && module_loaded(f) == YES)
		reason = "NVIDIA's kernel module is loaded, but no NVIDIA GPU is on the PCI bus";
	else if (wsl_container(f))
		reason = "this is a container in WSL, and it was not given /dev/dxg";
	else if (list->st == PRESENT)
		reason = "none is on the PCI bus, but other signs could not be read";

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether there is a GPU is not known: %s", reason);
	finding_evidence(r, x, list->from, "%s",
			 list->st == UNKNOWN   ? why_words(list->why, "could not be read")
			 : list->st == PRESENT ? "no NVIDIA display function"
					       : "not looked at");
	finding_fix(r, x, APPLIES_SAFE, NULL, "lspci -nn | grep -i -E 'vga|3d|display'");
}

static void check_present(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri present = gpu_present(f);

	if (present == NO)
		say_absent(self, f, r);
	else if (present == MAYBE)
		say_unknown(self, f, r);
}

/* ---- amd-gpu-with-cuda-build, intel-gpu-needs-xpu-build ---- */

/* Nothing of NVIDIA's: on the bus, by its module, or beside the bus. */
static enum tri no_nvidia(const struct facts *f)
{
	return both(both(not(nvidia_on_pci(f)), not(gpu_outside_pci(f))),
		    both(not(module_loaded(f)), wsl_container(f) ? MAYBE : YES));
}

static const char *digits_of(const struct fact_str *number)
{
	return number->st == PRESENT && starts_with(number->v, "0x") ? number->v + 2 : "?";
}

static const struct amd_gpu_row *amd_row(const struct gpu *gpu)
{
	long number = gpu->device.st == PRESENT ? strtol(gpu->device.v, NULL, 16) : 0;

	for (size_t i = 0; i < n_amd_gpu_table; i++)
		if (number >= strtol(amd_gpu_table[i].first, NULL, 16) &&
		    number <= strtol(amd_gpu_table[i].last, NULL, 16))
			return &amd_gpu_table[i];
	return NULL;
}

/* For graphics inside a processor, and for old cards, there is no build: such a machine has no GPU for torch. */
static const struct gpu *amd_for_rocm(const struct facts *f, const struct amd_gpu_row **ret_row)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		*ret_row = is_of_vendor(gpu, AMD) ? amd_row(gpu) : NULL;
		if (*ret_row)
			return gpu;
	}
	return NULL;
}

static void check_amd(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct amd_gpu_row *row = NULL;
	const struct gpu *amd = amd_for_rocm(f, &row);
	enum build build = torch_build(f);
	struct finding *x;

	if (!amd || no_nvidia(f) != YES || (build != BUILD_CUDA && build != BUILD_UNKNOWN) ||
	    f->torch.dir.st != PRESENT)
		return;
	if (build == BUILD_UNKNOWN) {
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"the only GPU is AMD's; whether this torch is built for it is not known");
		finding_evidence(r, x, f->torch.cuda.from, "could not be read");
		finding_fix(r, x, APPLIES_SAFE, NULL,
			    "python3 -c \"import torch; print(torch.version.hip)\"");
		return;
	}
	x = report_add(r, self->id, self->stage, FAIL, "",
		       "the only GPU is AMD's, and this torch is built for NVIDIA's");
	x->headline = "the GPU is AMD's, and this torch is built for NVIDIA's";
	finding_evidence(r, x, amd->device.from, "%s is AMD's %s (1002:%s)", amd->addr, row->name,
			 digits_of(&amd->device));
	finding_evidence(r, x, f->torch.cuda.from, "torch is built for CUDA %s", f->torch.cuda.v);
	finding_fix(
		r, x, APPLIES_MANUAL,
		arena_fmt(r->arena,
			  "a ROCm build of torch (this GPU is %s); the selector gives the command: "
			  "https://pytorch.org/get-started/locally/",
			  row->gfx),
		NULL);
}

static const struct intel_gpu_row *intel_row(const struct gpu *gpu)
{
	long number = gpu->device.st == PRESENT ? strtol(gpu->device.v, NULL, 16) : 0;

	for (size_t i = 0; i < n_intel_gpu_table; i++)
		if (number >= strtol(intel_gpu_table[i].first, NULL, 16) &&
		    number <= strtol(intel_gpu_table[i].last, NULL, 16))
			return &intel_gpu_table[i];
	return NULL;
}

static const struct gpu *intel_card(const struct facts *f, const struct intel_gpu_row **ret_row)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		*ret_row = is_of_vendor(gpu, INTEL) ? intel_row(gpu) : NULL;
		if (*ret_row)
			return gpu;
	}
	return NULL;
}

enum tri has_card_for(const struct facts *f, enum build build)
{
	const struct intel_gpu_row *intel = NULL;
	const struct amd_gpu_row *amd = NULL;
	bool complete = f->pci.gpus.st == PRESENT;

	if (build == BUILD_HIP ? amd_for_rocm(f, &amd) != NULL : intel_card(f, &intel) != NULL)
		return YES;
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		complete = complete && f->pci.gpus.v[i].vendor.st == PRESENT;
	return complete ? NO : MAYBE;
}

static void check_intel(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct intel_gpu_row *row = NULL;
	const struct gpu *gpu = intel_card(f, &row);
	enum build build = torch_build(f);
	struct finding *x;

	if (!gpu || first_of_vendor(f, AMD) || no_nvidia(f) != YES || f->torch.dir.st != PRESENT ||
	    build == BUILD_XPU || build == BUILD_HIP)
		return;
	if (build == BUILD_UNKNOWN) {
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"the GPU is Intel's (%s); whether this torch is built for it is not known",
			row->name);
		finding_evidence(r, x, f->torch.cuda.from, "could not be read");
		finding_fix(r, x, APPLIES_SAFE, NULL,
			    "python3 -c \"import torch; print(torch.version.xpu)\"");
		return;
	}
	x = report_add(r, self->id, self->stage, FAIL, "",
		       "the GPU is Intel's (%s), which only an XPU build of torch can use",
		       row->name);
	x->headline = "the GPU is Intel's, and this torch is not built for it";
	finding_evidence(r, x, gpu->device.from, "%s is Intel's %s (8086:%s)", gpu->addr, row->name,
			 digits_of(&gpu->device));
	finding_evidence(r, x, f->torch.xpu.from ? f->torch.xpu.from : f->torch.dir.from,
			 "torch %s is no XPU build", f->torch.version.v ? f->torch.version.v : "");
	finding_fix(r, x, APPLIES_LIKELY,
		    "an XPU build; the program then says \"xpu\" where it said \"cuda\"",
		    "%s -m pip install --force-reinstall torch --index-url "
		    "https://download.pytorch.org/whl/xpu",
		    f->python.exe.st == PRESENT ? shell_word(r->arena, f->python.exe.v)
						: "python3");
}

/* ---- cloud-runtime-without-gpu ---- */

static const struct service_row *service_of(const struct facts *f)
{
	for (size_t i = 0; i < n_service_table; i++)
		if (text_is(&f->platform.service, service_table[i].service))
			return &service_table[i];
	return NULL;
}

/* A sandbox may show no bus at all; then neither module nor node nor library is there. A bus that exists and could not be
 * read is another matter. */
static enum tri runtime_has_gpu(const struct facts *f)
{
	const struct gpu_list *bus = &f->pci.gpus;
	bool hidden = bus->st == UNKNOWN && bus->n == 0 && bus->why &&
		      (strcmp(bus->why, "empty") == 0 || strcmp(bus->why, "ENOENT") == 0);
	bool nothing = f->nodes.control.st == ABSENT && f->nodes.gpu.st == ABSENT &&
		       is_there(&f->drvlib.libcuda.path) == NO && module_loaded(f) == NO &&
		       gpu_outside_pci(f) == NO;

	return hidden && nothing ? NO : gpu_present(f);
}

static void check_service(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct service_row *row = service_of(f);
	enum tri has = row ? runtime_has_gpu(f) : YES;
	struct finding *x;

	if (has == YES || driver_answered(f))
		return;
	x = report_add(r, self->id, self->stage, has == NO ? FAIL : CANNOT_TELL, "",
		       has == NO ? "this runtime of %s has no GPU"
				 : "whether this runtime of %s has a GPU is not known",
		       row->name);
	x->headline = arena_fmt(r->arena, "this runtime of %s has no GPU", row->name);
	finding_evidence(r, x, f->platform.service.from, "%s", row->name);
	if (has == NO)
		finding_evidence(r, x, f->pci.gpus.from, "no NVIDIA GPU");
	finding_fix(r, x, APPLIES_MANUAL, row->words, NULL);
}

/* ---- scheduler-gpu-not-allocated ---- */

/* Slurm's words for "no GPU": the empty text, and NoDevFiles until version 20. */
static bool was_given_none(const struct facts *f)
{
	return text_is(&f->env.cuda_visible_devices, "") ||
	       text_is(&f->env.cuda_visible_devices, "NoDevFiles");
}

static void cite_lack(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *visible = &f->env.cuda_visible_devices;

	if (was_given_none(f))
		finding_evidence(r, x, visible->from, "CUDA_VISIBLE_DEVICES=%s",
				 *visible->v ? visible->v : "\"\"");
	if (nodes_refused_by_cgroup(f) == YES)
		finding_evidence(r, x, "/dev", "the job's cgroup refuses the GPU's nodes");
	if (gpu_present(f) == NO)
		finding_evidence(r, x, f->pci.gpus.from, "this node has no NVIDIA GPU");
}

static void check_scheduler(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *granted = &f->platform.scheduler_gpus;
	bool lacks = was_given_none(f) || nodes_refused_by_cgroup(f) == YES || gpu_present(f) == NO;
	struct finding *x;

	if (!text_is(&f->platform.scheduler, "slurm") || !lacks || granted->st == PRESENT ||
	    granted->st == NOT_LOOKED || driver_answered(f))
		return;
	x = report_add(r, self->id, self->stage, granted->st == ABSENT ? FAIL : CANNOT_TELL, "",
		       granted->st == ABSENT
			       ? "this Slurm job was not given a GPU"
			       : "whether this Slurm job was given a GPU is not known");
	x->headline = "this Slurm job was not given a GPU";
	finding_evidence(r, x, granted->from, "%s",
			 granted->st == ABSENT ? "no variable of Slurm grants a GPU"
					       : why_words(granted->why, "could not be read"));
	cite_lack(f, r, x);
	finding_fix(
		r, x, APPLIES_LIKELY,
		"ask for one when the job starts (some clusters want `--gres=gpu:1`, and a partition "
		"with GPUs: `sinfo -o \"%P %G\"`); in a script `#SBATCH --gpus=1`",
		"srun --gpus=1 --pty bash");
}

/* ---- gpu-lost-xid, gpu-firmware-init-failed ---- */

/* Does another GPU of this machine work? Then this one is a warning. */
static void add_dead_gpu(const struct rule *self, const struct facts *f, struct report *r,
			 const struct gpu *gpu, const char *what, struct finding **ret_x)
{
	struct range driven = gpus_driven(f);
	bool others = driven.least > 0, open = !others && driven.most > 0;
	struct finding *x = report_add(r, self->id, self->stage, open ? CANNOT_TELL : FAIL,
				       arena_fmt(r->arena, "GPU %s", gpu->addr), "%s", what);

	if (others)
		x->severity = SEVERITY_WARNING;
	*ret_x = x;
}

/* Its registers could not be asked for, and no other GPU is certain to work. */
static void say_perhaps_lost(const struct rule *self, struct report *r, const struct gpu *gpu)
{
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL,
				       arena_fmt(r->arena, "GPU %s", gpu->addr),
				       "whether the GPU still answers on the PCI bus is not known");

	finding_evidence(r, x, gpu->responds.from, "%s",
			 why_words(gpu->responds.why, "could not be read"));
	finding_fix(r, x, APPLIES_SAFE, "\"rev ff\" would be a GPU that has gone", "lspci -s %s",
		    gpu->addr);
}

static void check_lost(const struct rule *self, const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		struct finding *x;

		if (!is_nvidia(gpu) || is_lost(gpu) == NO)
			continue;
		if (is_lost(gpu) == MAYBE) {
			if (gpus_driven(f).least == 0)
				say_perhaps_lost(self, r, gpu);
			continue;
		}
		add_dead_gpu(self, f, r, gpu, "the GPU no longer answers on the PCI bus", &x);
		x->headline = "the GPU has fallen off the bus";
		finding_evidence(r, x, gpu->responds.from, "reads ff: nothing answers");
		if (gpus_driven(f).least > 0)
			finding_fix(
				r, x, APPLIES_MANUAL,
				"until then hide it: the UUIDs of the others, as `nvidia-smi -L` "
				"shows them, in CUDA_VISIBLE_DEVICES",
				NULL);
		finding_fix(
			r, x, APPLIES_MANUAL,
			"only a restart brings it back, if need be with the power off; the number "
			"after \"Xid\" says why (79: power, heat, seat, or the card itself)",
			"sudo dmesg | grep -i xid; sudo reboot");
	}
}

static void say_no_bar(const struct rule *self, const struct facts *f, struct report *r,
		       const struct gpu *gpu)
{
	struct finding *x;

	add_dead_gpu(self, f, r, gpu, "the BIOS gave the GPU no address for its registers", &x);
	x->headline = "the BIOS gave the GPU no address";
	finding_evidence(r, x, gpu->has_bar.from, "its first region has no address");
	finding_fix(r, x, APPLIES_MANUAL,
		    "in the BIOS switch \"Above 4G decoding\" on (also called large or resizable "
		    "BAR); else add `pci=realloc` to the kernel's command line; then",
		    "sudo reboot");
}

/* A GPU that a driver has taken had its address when it did. */
static void check_bar(const struct rule *self, const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (!is_nvidia(gpu) || gpu->driver.st != ABSENT)
			continue;
		if (gpu->has_bar.st == PRESENT && !gpu->has_bar.v)
			say_no_bar(self, f, r, gpu);
		if (gpu->has_bar.st != UNKNOWN || gpus_driven(f).least > 0)
			continue;

		struct finding *x =
			report_add(r, self->id, self->stage, CANNOT_TELL,
				   arena_fmt(r->arena, "GPU %s", gpu->addr),
				   "whether the BIOS gave the GPU an address is not known");

		finding_evidence(r, x, gpu->has_bar.from, "%s",
				 why_words(gpu->has_bar.why, "could not be read"));
		finding_fix(r, x, APPLIES_SAFE, "\"BAR0 is 0M\" would be the proof",
			    "sudo dmesg | grep -i nvrm");
	}
}

const struct rule hardware_rules[] = {
	{ "no-gpu-present", STAGE_HARDWARE, check_present },
	{ "amd-gpu-with-cuda-build", STAGE_HARDWARE, check_amd },
	{ "cloud-runtime-without-gpu", STAGE_HARDWARE, check_service },
	{ "scheduler-gpu-not-allocated", STAGE_HARDWARE, check_scheduler },
	{ "gpu-lost-xid", STAGE_HARDWARE, check_lost },
	{ "gpu-firmware-init-failed", STAGE_HARDWARE, check_bar },
	{ "intel-gpu-needs-xpu-build", STAGE_TORCH, check_intel },
	{ 0 },
};
