// SPDX-License-Identifier: Apache-2.0
/* Is there a GPU at all? Judges the list of display functions on the PCI bus. It cannot tell a card
 * that is switched off or badly seated from one that was never there: Linux sees neither. */
#include "rules/rules.h"

#include "rules/machine.h"

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
	bool amd = first_of_vendor(f, "0x1002") != NULL,
	     intel = first_of_vendor(f, "0x8086") != NULL;
	enum build build = torch_build(f);

	if ((build == BUILD_HIP && amd) || (build == BUILD_XPU && intel))
		return YES;
	return build == BUILD_UNKNOWN && (amd || intel) ? MAYBE : NO;
}

/* What stands for "there is a GPU"; a loaded module closes the bus, for without a GPU it refuses to
 * load. */
static enum tri gpu_present(const struct facts *f)
{
	enum tri on_pci = nvidia_on_pci(f), loaded = module_loaded(f);
	enum tri elsewhere = either(gpu_outside_pci(f), has_other_gpu_for_torch(f));

	if (on_pci == YES || elsewhere == YES)
		return YES;
	if (on_pci == MAYBE)
		return loaded == YES ? YES : MAYBE;
	return elsewhere == NO && loaded == NO ? NO : MAYBE;
}

static void say_absent(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct gpu_list *list = &f->pci.gpus;
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "", "this machine has no NVIDIA GPU");
	const struct gpu *amd = first_of_vendor(f, "0x1002");

	x->headline = "there is no NVIDIA GPU in this machine";
	finding_evidence(r, x, list->from, "no NVIDIA display function");
	for (size_t i = 0; i < list->n && i < 3; i++)
		finding_evidence(r, x, list->v[i].vendor.from, "%s is of vendor %s",
				 list->v[i].addr, list->v[i].vendor.v);
	if (amd)
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

static void say_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct gpu_list *list = &f->pci.gpus;
	const char *reason = "the list of PCI devices could not be read";

	if (list->st == PRESENT && module_loaded(f) == YES)
		reason = "NVIDIA's kernel module is loaded, but no NVIDIA GPU is on the PCI bus";
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

const struct rule hardware_rules[] = {
	{ "no-gpu-present", STAGE_HARDWARE, check_present },
	{ 0 },
};
