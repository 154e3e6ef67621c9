// SPDX-License-Identifier: Apache-2.0
/* Who drives the GPU in the kernel: NVIDIA's module, nouveau, or nobody? Judges the PCI driver
 * links and the module's traces. It cannot know why a module that is there was not loaded
 * (blacklist, Secure Boot): the kernel's log says. */
#include "rules/rules.h"

#include "rules/fixes.h"
#include "rules/machine.h"

/* ---- nouveau-bound ---- */

/* Is it possible that NVIDIA's module drives another GPU of this machine? */
static enum tri other_gpu_driven(const struct facts *f)
{
	struct range driven = gpus_driven(f);

	if (driven.least > 0)
		return YES;
	return driven.most == 0 || module_loaded(f) == NO ? NO : MAYBE;
}

static void fix_nouveau(const struct facts *f, struct report *r, struct finding *x)
{
	if (fix_on_the_host(
		    f, r, x,
		    "on the host, not in this container: install NVIDIA's driver there and reboot"))
		return;
	fix_install_driver(f, r, x, "install NVIDIA's driver, which also keeps nouveau away");
}

static void say_nouveau(const struct rule *self, const struct facts *f, struct report *r,
			const struct gpu *gpu)
{
	enum tri driven = other_gpu_driven(f);
	const char *subject = arena_fmt(r->arena, "GPU %s", gpu->addr);
	struct finding *x;

	if (driven == MAYBE) {
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, subject,
			"%s holds a GPU; whether NVIDIA's module drives another one is not known",
			gpu->driver.v);
	} else {
		x = report_add(r, self->id, self->stage, FAIL, subject,
			       "the %s driver holds the GPU, and CUDA needs NVIDIA's own",
			       gpu->driver.v);
		x->headline = arena_fmt(r->arena, "the %s driver holds the GPU", gpu->driver.v);
	}
	if (driven == YES)
		x->severity = SEVERITY_WARNING;
	finding_evidence(r, x, gpu->driver.from, "%s is driven by %s", gpu->addr, gpu->driver.v);
	fix_nouveau(f, r, x);
}

/* Nothing known of a GPU's driver: only then may it be nouveau. */
static bool may_be_held(const struct facts *f)
{
	bool unread = f->pci.gpus.st != PRESENT;

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && is_there(&f->pci.gpus.v[i].driver) == MAYBE)
			unread = true;
	return unread && module_loaded(f) != YES && is_true(&f->kmod.nouveau) != NO &&
	       gpus_driven(f).least == 0;
}

static void check_nouveau(const struct rule *self, const struct facts *f, struct report *r)
{
	bool held = false;

	if (gpu_outside_pci(f) == YES)
		return;
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && held_by_free_driver(&f->pci.gpus.v[i])) {
			say_nouveau(self, f, r, &f->pci.gpus.v[i]);
			held = true;
		}
	if (held || !may_be_held(f))
		return;

	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether nouveau holds the GPU is not known: its driver could not be "
			   "read");
	finding_evidence(r, x, f->pci.gpus.from, "the GPU's kernel driver is not known");
	finding_fix(r, x, APPLIES_SAFE, NULL, "lspci -k -d 10de:");
}

/* ---- kernel-module-not-loaded ---- */

static const struct gpu *held_by(const struct facts *f, const char *driver)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && text_is(&f->pci.gpus.v[i].driver, driver))
			return &f->pci.gpus.v[i];
	return NULL;
}

static const char *running_kernel(const struct facts *f)
{
	const struct fact_str *release = &f->platform.kernel_release;

	return release->st == PRESENT ? release->v : "the running one";
}

static void say_vfio(struct finding *x, struct report *r, const struct gpu *gpu)
{
	finding_evidence(r, x, gpu->driver.from, "%s is held by vfio-pci", gpu->addr);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"vfio-pci keeps the card for a virtual machine: use it there, or take its id out of the "
		"vfio-pci options in /etc/modprobe.d and on the kernel command line, and reboot",
		NULL);
}

static void say_other_kernel(struct finding *x, const struct facts *f, struct report *r)
{
	finding_evidence(r, x, f->kmod.other_kernels.from, "nvidia.ko only for kernel %s",
			 f->kmod.other_kernels.v.v[0]);
	finding_fix(r, x, APPLIES_LIKELY,
		    arena_fmt(r->arena, "build it for kernel %s (needs that kernel's headers)",
			      running_kernel(f)),
		    "sudo dkms autoinstall -k \"$(uname -r)\" && sudo modprobe nvidia");
	finding_fix(r, x, APPLIES_MANUAL,
		    arena_fmt(r->arena, "or boot kernel %s again", f->kmod.other_kernels.v.v[0]),
		    NULL);
}

static void say_loadable(struct finding *x, const struct facts *f, struct report *r)
{
	finding_evidence(r, x, f->kmod.file.from, "nvidia.ko is there for this kernel");
	finding_fix(
		r, x, APPLIES_LIKELY,
		"load it; if that is refused, `sudo dmesg | tail` says why (blacklist, Secure Boot, an "
		"old GPU)",
		"sudo modprobe nvidia");
}

static void say_not_built(struct finding *x, const struct facts *f, struct report *r)
{
	if (f->kmod.file.st == ABSENT)
		finding_evidence(r, x, f->kmod.file.from, "no nvidia.ko for kernel %s",
				 running_kernel(f));
	finding_fix(
		r, x, APPLIES_LIKELY,
		"see which module was built for which kernel; if none, install the driver again",
		"dkms status");
}

/* What is nearest to a loaded module decides what is still missing. */
static void explain_not_loaded(struct finding *x, const struct facts *f, struct report *r)
{
	const struct gpu *vfio = held_by(f, "vfio-pci");

	if (vfio)
		say_vfio(x, r, vfio);
	else if (
		fix_on_the_host(
			f, r, x,
			"on the host, not in this container: install NVIDIA's driver there, or load "
			"it with `sudo modprobe nvidia`"))
		return;
	else if (f->kmod.file.st == PRESENT)
		say_loadable(x, f, r);
	else if (f->kmod.other_kernels.v.n > 0)
		say_other_kernel(x, f, r);
	else
		say_not_built(x, f, r);
}

static void say_not_loaded(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "NVIDIA's kernel module is not loaded");

	x->headline = "NVIDIA's kernel module is not loaded";
	finding_evidence(r, x, f->kmod.loaded.from, "module nvidia is not loaded");
	explain_not_loaded(x, f, r);
}

static void check_module(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri loaded = module_loaded(f), on_pci = nvidia_on_pci(f);

	if (gpu_outside_pci(f) == YES || loaded == YES || on_pci == NO)
		return;
	if (loaded == NO && on_pci == YES) {
		say_not_loaded(self, f, r);
		return;
	}

	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		loaded == NO ? "NVIDIA's kernel module is not loaded; whether there is a GPU "
			       "that needs it is not known"
			     : "whether NVIDIA's kernel module is loaded is not known");
	finding_evidence(r, x, f->kmod.loaded.from, "%s",
			 loaded == NO ? "module nvidia is not loaded"
				      : why_words(f->kmod.loaded.why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "cat /proc/driver/nvidia/version");
}

const struct rule kernel_rules[] = {
	{ "nouveau-bound", STAGE_KERNEL, check_nouveau },
	{ "kernel-module-not-loaded", STAGE_KERNEL, check_module },
	{ 0 },
};
