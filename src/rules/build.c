// SPDX-License-Identifier: Apache-2.0
/* What build of torch it is, and whether it has code for the GPUs here (machine.h). */
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

static bool is_known(const struct fact_str *fact)
{
	return fact->st == PRESENT || fact->st == ABSENT;
}

/* A .pth line that is code may add what no folder holds (editable installs do). */
static bool is_path_known(const struct python *p)
{
	return p->exe.st == PRESENT && p->path.st == PRESENT && has_members(&p->notes) == NO;
}

enum build torch_build(const struct facts *f)
{
	const struct torch *t = &f->torch;

	if (t->dir.st == ABSENT && is_path_known(&f->python))
		return BUILD_NONE;
	if (t->dir.st != PRESENT || (t->cuda.st == PRESENT && t->hip.st == PRESENT))
		return BUILD_UNKNOWN;
	if (t->cuda.st == PRESENT)
		return BUILD_CUDA;
	if (t->hip.st == PRESENT)
		return BUILD_HIP;
	if (t->xpu.st == PRESENT && is_known(&t->cuda) && is_known(&t->hip))
		return BUILD_XPU;
	/* A version.py without a version is a damaged one: its silence proves nothing. */
	if (t->version.st == PRESENT && t->cuda.st == ABSENT && t->hip.st == ABSENT &&
	    t->xpu.st == ABSENT)
		return BUILD_CPU;
	return BUILD_UNKNOWN;
}

/* ---- code for the GPU ---- */

static int64_t pci_id(const char *text)
{
	return strtoll(text, NULL, 16);
}

static const char *kind_without_code(const char *cuda, int64_t id)
{
	for (size_t i = 0; i < n_no_code_table; i++) {
		const struct no_code_row *row = &no_code_table[i];

		if (id >= pci_id(row->pci_first) && id <= pci_id(row->pci_last) &&
		    version_compare(cuda, row->cuda_from) >= 0 &&
		    version_compare(cuda, row->cuda_below) < 0)
			return row->gpus;
	}
	return NULL;
}

/* Official wheels say so in the local part of their version, or came by pip or uv without one (PyPI). */
static bool is_official_wheel(const struct torch *t)
{
	const char *local = t->version.st == PRESENT ? strchr(t->version.v, '+') : NULL;

	if (local)
		return starts_with(local, "+cu");
	return t->version.st == PRESENT &&
	       (text_is(&t->installer, "pip") || text_is(&t->installer, "uv"));
}

const char *gpu_without_code(const struct facts *f)
{
	const char *kind = NULL;

	if (f->torch.cuda.st != PRESENT || !is_official_wheel(&f->torch))
		return NULL;
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (!is_nvidia(gpu))
			continue;
		kind = gpu->device.st == PRESENT
			       ? kind_without_code(f->torch.cuda.v, pci_id(gpu->device.v))
			       : NULL;
		if (!kind)
			return NULL;
	}
	return kind;
}
