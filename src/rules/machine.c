// SPDX-License-Identifier: Apache-2.0
/* What single facts say together (machine.h). The numbers behind driver versions are
 * data/driver_branch.tsv; the grammar of CUDA_VISIBLE_DEVICES is the part on which torch
 * (torch/cuda/__init__.py, 2.0 and later) and the driver (CUDA programming guide, environment
 * variables) agree. */
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

/* ---- driver ---- */

const struct fact_str *module_version(const struct facts *f)
{
	if (f->kmod.proc_version.st == PRESENT)
		return &f->kmod.proc_version;
	return f->kmod.sys_version.st == PRESENT ? &f->kmod.sys_version : NULL;
}

/* A libcuda whose version could not be read may be another one than the module's (forward
 * compatibility, half an upgrade): only where it is proved to say nothing does the module speak for
 * it. */
bool libcuda_is_stub(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;
	const char *place = lib->real.st == PRESENT ? lib->real.v : lib->path.v;

	return lib->path.st == PRESENT && place && strstr(place, "/stubs/");
}

const struct fact_str *driver_version(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;

	if (lib->version.st == PRESENT)
		return &lib->version;
	if (lib->path.st == ABSENT || (lib->path.st == PRESENT && lib->version.st == ABSENT))
		return module_version(f);
	return NULL;
}

/* The rows stand with the newest first, so the first that is not newer is the nearest. */
struct driver_cuda driver_cuda(const struct fact_str *version)
{
	struct driver_cuda cuda = { 0 };
	int64_t branch = version && version->v ? version_major(version->v, NULL) : 0, row_branch;

	for (size_t i = 0; i < n_driver_branch_table; i++) {
		const struct driver_branch_row *row = &driver_branch_table[i];

		if (!parse_i64(row->branch, &row_branch) || row_branch > branch)
			continue;
		cuda.major = version_major(row->cuda, &cuda.minor);
		parse_i64(row->api, &cuda.api);
		cuda.exact = row_branch == branch;
		cuda.newest = i == 0 && !cuda.exact;
		break;
	}
	return cuda;
}

enum tri driver_new_enough(const struct facts *f)
{
	struct driver_cuda cuda = driver_cuda(driver_version(f));
	int64_t needed = f->torch.cuda.st == PRESENT ? version_major(f->torch.cuda.v, NULL) : 0;

	if (!cuda.major || !needed)
		return MAYBE;
	if (cuda.major >= needed)
		return YES;
	return cuda.newest ? MAYBE : NO;
}

/* ---- torch ---- */

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

/* ---- CUDA_VISIBLE_DEVICES ---- */

/* -1 is what people write, NoDevFiles what Slurm writes; torch and the driver stop at the first
 * entry that is no GPU. */
static bool selects_nothing(const char *value)
{
	return *value == '\0' || strcmp(value, "-1") == 0 || starts_with(value, "-1,") ||
	       strcmp(value, "none") == 0 || strcmp(value, "NoDevFiles") == 0;
}

/* Digits without a leading zero: the one form that everybody reads alike. */
static bool is_plain_number(struct bytes part, int64_t *ret_number)
{
	int64_t number = 0;

	if (part.n == 0 || part.n > 9 || (part.n > 1 && part.v[0] == '0'))
		return false;
	for (size_t i = 0; i < part.n; i++) {
		if (part.v[i] < '0' || part.v[i] > '9')
			return false;
		number = 10 * number + (part.v[i] - '0');
	}
	*ret_number = number;
	return true;
}

static bool occurs_before(const char *value, size_t end, int64_t number)
{
	struct bytes part;
	int64_t other;

	for (size_t pos = 0; pos < end && next_part(value, ',', &pos, &part);)
		if (is_plain_number(part, &other) && other == number)
			return true;
	return false;
}

static struct selection select_numbers(const char *value, struct range gpus)
{
	struct selection s = { SELECTS_LIST, 0, 0 };
	struct bytes part;
	int64_t number;
	bool open = false;

	for (size_t pos = 0, before = 0; next_part(value, ',', &pos, &part); before = pos) {
		if (!is_plain_number(part, &number) || occurs_before(value, before, number))
			return (struct selection){ SELECTS_ODD, 0, 0 };
		if ((size_t)number >= gpus.most)
			s.outside++;
		else if ((size_t)number >= gpus.least)
			open = true;
		else if (s.outside == 0)
			s.count++;
	}
	if (open)
		s.kind = SELECTS_UNKNOWN;
	else if (s.outside > 0)
		s.kind = s.count > 0 ? SELECTS_PARTLY : SELECTS_BEYOND;
	return s;
}

struct selection selection_of(const struct facts *f)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;

	if (value->st == ABSENT)
		return (struct selection){ SELECTS_ALL, 0, 0 };
	if (value->st != PRESENT)
		return (struct selection){ SELECTS_UNKNOWN, 0, 0 };
	if (selects_nothing(value->v))
		return (struct selection){ SELECTS_NOTHING, 0, 0 };
	return select_numbers(value->v, gpus_driven(f));
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
