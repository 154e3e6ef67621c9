// SPDX-License-Identifier: Apache-2.0
/* What single facts of the GPU, the kernel and the device nodes say together (machine.h), in three values. It cannot
 * know what no collector saw: MAYBE is the answer then. */
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

enum tri both(enum tri a, enum tri b)
{
	return a < b ? a : b;
}

enum tri either(enum tri a, enum tri b)
{
	return a > b ? a : b;
}

static enum tri from_state(enum known st)
{
	if (st == PRESENT)
		return YES;
	return st == ABSENT ? NO : MAYBE;
}

enum tri is_true(const struct fact_bool *fact)
{
	return fact->st == PRESENT && !fact->v ? NO : from_state(fact->st);
}

enum tri is_there(const struct fact_str *fact)
{
	return from_state(fact->st);
}

/* A list that could not be read to its end proves what is in it. */
enum tri has_members(const struct fact_strs *fact)
{
	if (fact->v.n > 0)
		return YES;
	return fact->st == PRESENT || fact->st == ABSENT ? NO : MAYBE;
}

bool text_is(const struct fact_str *fact, const char *value)
{
	return fact->st == PRESENT && fact->v && strcmp(fact->v, value) == 0;
}

const char *why_words(const char *why, const char *otherwise)
{
	static const struct {
		const char *name, *words;
	} known[] = { { "EACCES", "permission denied" },
		      { "EPERM", "not permitted" },
		      { "EIO", "input/output error" },
		      { "ELOOP", "links in a circle" },
		      { "EFBIG", "too large" },
		      { "EMFILE", "too many open files" },
		      { "ESTALE", "stale network file" },
		      { "ENOTCONN", "not connected" },
		      { "ENAMETOOLONG", "name too long" },
		      { "ENOEXEC", "no library or program" } };

	if (!why)
		return otherwise;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, why) == 0)
			return known[i].words;
	return why;
}

/* ---- GPU and kernel ---- */

bool is_of_vendor(const struct gpu *gpu, const char *vendor)
{
	return text_is(&gpu->vendor, vendor);
}

static bool is_vendor_known(const struct gpu *gpu)
{
	return gpu->vendor.st == PRESENT;
}

/* NVIDIA's module drives nothing else. */
bool is_nvidia(const struct gpu *gpu)
{
	return is_of_vendor(gpu, "0x10de") ||
	       (!is_vendor_known(gpu) && text_is(&gpu->driver, "nvidia"));
}

/* Nova's core registers itself as NovaCore (drivers/gpu/nova-core/driver.rs). */
bool held_by_free_driver(const struct gpu *gpu)
{
	return gpu->driver.st == PRESENT &&
	       (strcmp(gpu->driver.v, "nouveau") == 0 || starts_with(gpu->driver.v, "nova") ||
		starts_with(gpu->driver.v, "Nova"));
}

enum tri nvidia_on_pci(const struct facts *f)
{
	bool complete = f->pci.gpus.st == PRESENT;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		if (is_nvidia(&f->pci.gpus.v[i]))
			return YES;
		complete = complete && is_vendor_known(&f->pci.gpus.v[i]);
	}
	return complete ? NO : MAYBE;
}

enum tri gpu_outside_pci(const struct facts *f)
{
	return either(is_true(&f->platform.wsl), is_true(&f->platform.tegra));
}

struct range gpus_driven(const struct facts *f)
{
	struct range range = { 0, 0 };

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (is_vendor_known(gpu) && !is_nvidia(gpu))
			continue;
		range.least += text_is(&gpu->driver, "nvidia");
		range.most += text_is(&gpu->driver, "nvidia") || is_there(&gpu->driver) == MAYBE;
	}
	if (f->pci.gpus.st != PRESENT)
		range.most = SIZE_MAX;
	return range;
}

/* Where the GPU is not on PCI no module of this name is needed, and that there is none says
 * nothing. A GPU that is bound to the module proves it, whatever else could be read. */
enum tri module_loaded(const struct facts *f)
{
	enum tri loaded = is_true(&f->kmod.loaded);
	bool bound = gpus_driven(f).least > 0;

	if (loaded == NO && (bound || (nvidia_on_pci(f) != YES && gpu_outside_pci(f) != NO)))
		return MAYBE;
	return loaded == MAYBE && bound ? YES : loaded;
}

/* ---- nodes ---- */

static enum tri node_usable(const struct facts *f, const struct fact_bool *node)
{
	bool host = f->platform.container.st == ABSENT;
	bool can_be_made = is_true(&f->nodes.helper) == YES ||
			   (f->platform.uid.st == PRESENT && f->platform.uid.v == 0);

	if (node->st == ABSENT)
		return host && can_be_made ? YES : MAYBE;
	return is_true(node) == YES ? YES : MAYBE;
}

/* None at all is how a machine looks that has not used its GPU since it started: the first use makes them. One that is
 * missing beside others, or in a container, is another matter. */
enum tri nodes_usable(const struct facts *f)
{
	const struct nodes *n = &f->nodes;

	if (n->control.st == ABSENT && n->uvm.st == ABSENT && n->gpu.st == ABSENT &&
	    f->platform.container.st == ABSENT)
		return YES;
	return both(both(node_usable(f, &n->control), node_usable(f, &n->uvm)),
		    node_usable(f, &n->gpu));
}
