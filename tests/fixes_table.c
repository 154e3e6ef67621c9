// SPDX-License-Identifier: Apache-2.0
/* What the program would tell pip, for every kind of GPU, driver branch, Python and machine of the tables and some torches:
 * a line each, for tests/fixes-compare.py. Prints: device, machine, branch, Python, torch, then the command or "-". */
#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/fixes.h"
#include "rules/machine.h"

#define TEXT(v) ((struct fact_str){ PRESENT, "/somewhere", NULL, (v) })
#define NO_TEXT ((struct fact_str){ .st = ABSENT, .from = "/somewhere" })

static const char *const pythons[] = { "3.7",  "3.8",  "3.9",  "3.10", "3.11",
				       "3.12", "3.13", "3.14", "3.15" };
static const char *const machines[] = { "x86_64", "aarch64" };
/* No torch, a CPU build, CUDA builds, one that is too new for the tables. */
static const char *const torches[] = { "", "2.6.0+cpu", "2.11.0+cu130", "2.15.0+cu132",
				       "2.99.0+cu130" };

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct place {
	const char *device, *machine, *branch, *python, *torch;
};

static void fill(struct facts *f, const struct place *p, struct gpu *gpu, struct arena *a)
{
	const char *cuda = strstr(p->torch, "+cu");

	f->platform.machine = TEXT(p->machine);
	f->platform.container = f->platform.service = f->platform.scheduler = NO_TEXT;
	*gpu = (struct gpu){ .vendor = TEXT("0x10de"),
			     .device = TEXT(arena_fmt(a, "0x%s", p->device)) };
	f->pci.gpus.v = gpu;
	f->pci.gpus.n = 1;
	f->kmod.proc_version = f->kmod.sys_version = TEXT(arena_fmt(a, "%s.10", p->branch));
	f->kmod.loaded = (struct fact_bool){ PRESENT, "/somewhere", NULL, true };
	f->drvlib.libcuda = (struct library){ TEXT("/lib/libcuda.so.1"), f->kmod.proc_version,
					      f->kmod.proc_version, NO_TEXT };
	f->python.exe = TEXT("python");
	f->python.version = TEXT(p->python);
	f->python.kind = TEXT("venv");
	f->torch.dir = *p->torch ? TEXT("/torch") : NO_TEXT;
	f->torch.version = *p->torch ? TEXT(p->torch) : NO_TEXT;
	f->torch.cuda = f->torch.hip = f->torch.xpu = NO_TEXT;
	if (cuda && cuda[3] != 'x')
		f->torch.cuda = TEXT(arena_fmt(a, "%.2s.%s", cuda + 3, cuda + 5));
	f->torch.installer = TEXT("pip");
	f->torch.pip = (struct fact_bool){ PRESENT, "/somewhere", NULL, true };
}

static void print_one(const struct place *p)
{
	struct arena *a = arena_new();
	struct facts f = { 0 };
	struct gpu gpu;
	struct report *r = report_new(a);
	struct finding *x = report_add(r, "x-test", STAGE_TORCH, FAIL, "", "test");

	fill(&f, p, &gpu, a);
	if (*p->torch)
		fix_replace_torch(&f, r, x);
	else
		fix_install_torch(&f, r, x);

	const char *command = x->fixes.n ? x->fixes.v[0].command : NULL;
	bool pip = command && strstr(command, "-m pip install");

	printf("%s\t%s\t%s\t%s\t%s\t%s\n", p->device, p->machine, p->branch, p->python, p->torch,
	       pip ? command : "-");
	arena_free(a);
}

static void print_device(const char *device)
{
	for (size_t m = 0; m < COUNT(machines); m++)
		for (size_t b = 0; b < n_driver_branch_table; b++)
			for (size_t i = 0; i < COUNT(pythons) * COUNT(torches); i++)
				print_one(&(struct place){
					device, machines[m], driver_branch_table[b].branch,
					pythons[i / COUNT(torches)], torches[i % COUNT(torches)] });
}

/* One GPU of each chip is enough, and of each compute capability too. */
static bool is_first_of_cc(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(gpu_chip_table[i].cc, gpu_chip_table[at].cc) == 0 &&
		    strcmp(gpu_chip_table[i].last_branch, gpu_chip_table[at].last_branch) == 0)
			return false;
	return true;
}

int main(void)
{
	for (size_t c = 0; c < n_gpu_chip_table; c++) {
		size_t i = 0;

		if (!is_first_of_cc(c))
			continue;
		while (i < n_gpu_table && strcmp(gpu_table[i].chip, gpu_chip_table[c].chip) != 0)
			i++;
		if (i < n_gpu_table)
			print_device(gpu_table[i].device);
	}
	return 0;
}
