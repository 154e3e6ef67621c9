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

/* Official wheels say so in the local part of their version, or came by pip or uv without one. */
bool is_official_wheel(const struct torch *t)
{
	const char *local = t->version.st == PRESENT ? strchr(t->version.v, '+') : NULL;

	if (local)
		return starts_with(local, "+cu");
	return t->version.st == PRESENT &&
	       (text_is(&t->installer, "pip") || text_is(&t->installer, "uv"));
}

/* ---- the architectures of the build ---- */

/* "12.4" is the wheels' cu124. */
static bool is_of_cuda(const struct torch_arch_row *row, const char *cuda)
{
	int64_t minor = 0, major = version_major(cuda, &minor), number = 0;

	return starts_with(row->index, "cu") && parse_i64(row->index + 2, &number) &&
	       number == 10 * major + minor;
}

static bool is_of_release(const struct torch_arch_row *row, const char *version)
{
	size_t n = strcspn(version, "+");

	return strlen(row->torch) == n && strncmp(row->torch, version, n) == 0;
}

static bool is_of_machine(const struct torch_arch_row *row, const struct facts *f)
{
	return text_is(&f->platform.machine, row->machine);
}

/* The row of exactly this wheel; only wheels of PyTorch's own have one. */
static const struct torch_arch_row *row_of_wheel(const struct facts *f)
{
	const struct torch *t = &f->torch;

	if (!is_official_wheel(t) || t->cuda.st != PRESENT)
		return NULL;
	for (size_t i = 0; i < n_torch_arch_table; i++) {
		const struct torch_arch_row *row = &torch_arch_table[i];

		if (strcmp(row->package, "wheel") == 0 && is_of_machine(row, f) &&
		    is_of_release(row, t->version.v) && is_of_cuda(row, t->cuda.v))
			return row;
	}
	return NULL;
}

static struct strlist words_of(const char *text, struct arena *a)
{
	struct strlist words = { 0 };
	struct bytes part;

	for (size_t pos = 0; next_part(text, ' ', &pos, &part);)
		if (part.n)
			PUSH(a, &words, arena_strndup(a, part.v, part.n));
	return words;
}

struct arch_list arch_list_of(const struct facts *f, struct arena *a)
{
	const struct fact_strs *own = &f->torch.archs;
	/* Every CUDA build has the list: where it was not found, the table speaks for the official wheels. */
	bool no_list = own->st == NOT_LOOKED || own->st == ABSENT;
	const struct torch_arch_row *row = no_list ? row_of_wheel(f) : NULL;

	if (own->st == PRESENT)
		return (struct arch_list){ .archs = own->v, .from = own->from, .proves = true };
	if (row)
		return (struct arch_list){ .archs = words_of(row->archs, a),
					   .from = f->torch.version.from,
					   .proves = strcmp(row->evidence, "recall") != 0 };
	return (struct arch_list){ .from = own->from, .why = own->why };
}

/* ---- does one of them run on a GPU? ---- */

/* Nothing crosses between a Jetson and other GPUs (CUDA programming guide; torch's own table since 2.10). */
static bool is_of_jetson(int number)
{
	return number == 53 || number == 62 || number == 72 || number == 87 || number == 110;
}

struct arch {
	bool ptx;
	int number;  /* 86; Thor's 101 was renamed 110 in CUDA 13 */
	char suffix; /* 'a', 'f' or 0 */
};

static struct arch parse_arch(const char *word)
{
	const char *digits = strchr(word, '_');
	struct arch arch = { .ptx = starts_with(word, "compute_") };

	for (digits = digits ? digits + 1 : ""; *digits >= '0' && *digits <= '9'; digits++)
		arch.number = arch.number < 1000 ? 10 * arch.number + (*digits - '0') : 0;
	if (arch.number == 101)
		arch.number = 110;
	arch.suffix = *digits;
	return arch;
}

static bool runs(struct arch arch, int gpu)
{
	if (is_of_jetson(arch.number) != is_of_jetson(gpu) && !arch.ptx)
		return false;
	if (arch.suffix == 'a')
		return arch.number == gpu;
	if (arch.ptx && arch.suffix != 'f')
		return arch.number <= gpu;
	return arch.number / 10 == gpu / 10 && arch.number <= gpu;
}

static enum tri as_machine_code(const struct strlist *archs, int gpu, bool ptx)
{
	for (size_t i = 0; i < archs->n; i++) {
		struct arch arch = parse_arch(archs->v[i]);

		if (arch.number && arch.ptx == ptx && runs(arch, gpu))
			return YES;
	}
	return NO;
}

/* A variable of the driver that takes 0 or 1. */
static enum tri is_switched_on(const struct fact_str *variable)
{
	if (variable->st == NOT_LOOKED)
		return NO;
	if (variable->st != PRESENT)
		return is_there(variable);
	if (strcmp(variable->v, "1") == 0)
		return YES;
	return !variable->v[0] || strcmp(variable->v, "0") == 0 ? NO : MAYBE;
}

/* The driver compiles PTX of its own CUDA or an older one. */
static enum tri driver_knows_ptx(const struct facts *f)
{
	struct driver_cuda driver = driver_cuda(driver_version(f));
	int64_t minor = 0, major = version_major(f->torch.cuda.v, &minor);

	if (!driver.major || !major)
		return MAYBE;
	if (driver.major != major)
		return driver.major > major ? YES : driver.newest ? MAYBE : NO;
	if (driver.minor >= minor)
		return YES;
	return driver.exact ? NO : MAYBE;
}

enum tri ptx_compiled(const struct facts *f)
{
	enum tri disabled = is_switched_on(&f->env.cuda_disable_ptx_jit);
	enum tri compiler =
		f->drvlib.ptxjit.path.st == NOT_LOOKED ? YES : is_there(&f->drvlib.ptxjit.path);

	if (disabled == YES)
		return NO;
	return both(disabled == MAYBE ? MAYBE : YES, both(compiler, driver_knows_ptx(f)));
}

/* Not looked at and no official wheel: the builds for this CUDA and older ones of its major are alike. Proves nothing. */
static enum tri as_others(const struct facts *f, int gpu, struct arena *a)
{
	for (size_t i = 0; i < n_torch_arch_table; i++) {
		const struct torch_arch_row *row = &torch_arch_table[i];
		int64_t number = 0, minor = 0, major = version_major(f->torch.cuda.v, &minor);

		if (!is_of_machine(row, f) || !starts_with(row->index, "cu") ||
		    !parse_i64(row->index + 2, &number) || number / 10 != major ||
		    number % 10 > minor)
			continue;

		struct strlist archs = words_of(row->archs, a);

		if (as_machine_code(&archs, gpu, false) == YES)
			return YES;
	}
	return MAYBE;
}

struct gpu_code code_for(const struct facts *f, struct cc cc, struct arena *a)
{
	struct arch_list list = arch_list_of(f, a);
	struct gpu_code code = { MAYBE, MAYBE, false };
	int gpu = 10 * cc.major + cc.minor;

	if (!cc.major || f->torch.cuda.st != PRESENT)
		return code;
	if (gpu == 101)
		gpu = 110;
	if (!list.archs.n) {
		code.runs = f->torch.archs.st == UNKNOWN ? MAYBE : as_others(f, gpu, a);
		return code;
	}
	code.runs = as_machine_code(&list.archs, gpu, false);
	code.only_ptx = code.runs == NO && as_machine_code(&list.archs, gpu, true) == YES;
	code.ptx = code.only_ptx ? ptx_compiled(f) : NO;
	if (code.only_ptx)
		code.runs = code.ptx;
	if (code.runs == YES && !code.only_ptx && is_switched_on(&f->env.cuda_force_ptx_jit) != NO)
		code.runs = MAYBE;
	if (code.runs == NO && (cc.guess || !list.proves))
		code.runs = MAYBE;
	return code;
}

/* ---- all of them ---- */

/* One that is given to a virtual machine is none of ours. */
bool is_for_cuda(const struct gpu *gpu)
{
	return is_nvidia(gpu) && !text_is(&gpu->driver, "vfio-pci");
}

struct all_code {
	enum tri best, worst;
	size_t n;
};

static void add_code(struct all_code *all, enum tri one)
{
	all->best = all->n ? either(all->best, one) : one;
	all->worst = all->n ? both(all->worst, one) : one;
	all->n++;
}

/* What the driver said of GPUs that are not on PCI (WSL, Jetson). */
static void add_probed(const struct facts *f, struct all_code *all, struct arena *a)
{
	const struct probed_list *list =
		f->probe.cuda_devices.n ? &f->probe.cuda_devices : &f->probe.nvml_gpus;

	for (size_t i = 0; i < list->n; i++) {
		struct cc cc = { 0 };
		int64_t minor = 0;

		if (list->v[i].cc.st == PRESENT)
			cc.major = (int)version_major(list->v[i].cc.v, &minor);
		cc.minor = (int)minor;
		add_code(all, code_for(f, cc, a).runs);
	}
}

/* Which one comes first is not known (CUDA_DEVICE_ORDER): where the variable leaves some out, all must agree. */
static enum tri judge_all(const struct facts *f, struct all_code all, bool complete)
{
	struct selection selection = selection_of(f);

	if (all.n == 0)
		return MAYBE;
	if (all.best == NO)
		return complete ? NO : MAYBE;
	if (all.best == YES && all.worst != YES)
		return selection.kind == SELECTS_ALL || selection.count >= all.n ? YES : MAYBE;
	return all.best;
}

/* Once the driver holds a GPU, those that it does not hold are none for CUDA. */
static bool is_counted(const struct facts *f, const struct gpu *gpu)
{
	return is_for_cuda(gpu) && (gpus_driven(f).least == 0 || is_there(&gpu->driver) == MAYBE ||
				    text_is(&gpu->driver, "nvidia"));
}

enum tri code_for_gpus(const struct facts *f)
{
	struct arena *a = arena_new();
	struct all_code all = { MAYBE, MAYBE, 0 };

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (is_counted(f, gpu))
			add_code(&all, code_for(f, gpu_cc(f, gpu), a).runs);
	}

	bool on_pci = all.n > 0;

	if (!on_pci)
		add_probed(f, &all, a);
	for (size_t i = 0; !all.n && f->pci.gpus.st != PRESENT && i < f->cards.gpus.n; i++)
		if (f->cards.gpus.v[i].model.st == PRESENT)
			add_code(&all, code_for(f, cc_by_name(f->cards.gpus.v[i].model.v), a).runs);
	arena_free(a);
	return judge_all(f, all, !on_pci || f->pci.gpus.st == PRESENT);
}
