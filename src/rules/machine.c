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

enum tri not(enum tri a) { return a == YES ? NO : a == NO ? YES : MAYBE; }

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

	if (is_true(&f->platform.wsl1) == YES)
		return NO; /* it has no bus */
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

/* A sleeping card is not asked (NOT_LOOKED), and sleeping cards are sound. */
enum tri is_lost(const struct gpu *gpu)
{
	if (gpu->responds.st == PRESENT)
		return gpu->responds.v ? NO : YES;
	return gpu->responds.st == UNKNOWN ? MAYBE : NO;
}

struct range gpus_driven(const struct facts *f)
{
	struct range range = { 0, 0 };

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		enum tri lost = is_lost(gpu);
		bool bound = text_is(&gpu->driver, "nvidia");

		if ((is_vendor_known(gpu) && !is_nvidia(gpu)) || lost == YES)
			continue;
		range.least += bound && lost == NO;
		range.most += bound || is_there(&gpu->driver) == MAYBE;
	}
	if (f->pci.gpus.st != PRESENT)
		range.most = SIZE_MAX;
	return range;
}

static bool any_bound(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && text_is(&f->pci.gpus.v[i].driver, "nvidia"))
			return true;
	return false;
}

/* Where the GPU is not on PCI no module of this name is needed, and that there is none says
 * nothing. A GPU that is bound to the module proves it, whatever else could be read. */
enum tri module_loaded(const struct facts *f)
{
	enum tri loaded = is_true(&f->kmod.loaded);
	bool bound = any_bound(f);

	if (loaded == NO && (bound || (nvidia_on_pci(f) != YES && gpu_outside_pci(f) != NO)))
		return MAYBE;
	return loaded == MAYBE && bound ? YES : loaded;
}

enum tri module_seen(const struct facts *f)
{
	enum tri loaded = module_loaded(f);

	return loaded == YES && is_true(&f->kmod.loaded) != YES ? MAYBE : loaded;
}

/* Its process is not seen from inside a container. */
enum tri fabric_ready(const struct facts *f)
{
	const struct fact_num *switches = &f->pci.nvswitches;
	enum tri runs = is_true(&f->kmod.fabric_manager);
	enum tri needed = both(switches->v > 0           ? YES
			       : switches->st == UNKNOWN ? MAYBE
							 : NO,
			       not(is_true(&f->kmod.nvlink_disabled)));

	if (needed == NO || runs == YES || driver_answered(f))
		return YES;
	return needed == YES && runs == NO && f->platform.container.st == ABSENT ? NO : MAYBE;
}
