// SPDX-License-Identifier: Apache-2.0
/* wrong-python-env and multiple-torch-installs-shadowing over combinations of what is in use, what lies beside or behind
 * it, driver and GPU: they speak only where the torch in use can use no GPU and the other one fits; and knowing less never
 * makes them speak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "rules/machine.h"
#include "rules/rules.h"

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })
#define NO_TEXT ((struct fact_str){ ABSENT, "/place", NULL, NULL })
#define UNREAD ((struct fact_str){ UNKNOWN, "/place", "EIO", NULL })
#define FLAG(value) ((struct fact_bool){ PRESENT, "/place", NULL, value })
#define NO_FLAG ((struct fact_bool){ ABSENT, "/place", NULL, false })
#define EMPTY ((struct fact_strs){ PRESENT, "/place", NULL, { NULL, 0, 0 } })

/* What a Python imports. */
enum kind { NOTHING, CPU, CU124, CU130, OWN_FILE, OPEN, KINDS };

static struct torch torch_of(enum kind kind)
{
	struct torch t = { .dir = TEXT("/a/torch"),
			   .foreign = NO_TEXT,
			   .version = TEXT("2.6.0+cpu"),
			   .cuda = NO_TEXT,
			   .hip = NO_TEXT,
			   .xpu = NO_TEXT };

	switch (kind) {
	case NOTHING:
		return (struct torch){ .dir = NO_TEXT, .foreign = NO_TEXT };
	case CU124:
		t.version = TEXT("2.6.0+cu124");
		t.cuda = TEXT("12.4");
		break;
	case CU130:
		t.version = TEXT("2.9.0+cu130");
		t.cuda = TEXT("13.0");
		break;
	case OWN_FILE:
		return (struct torch){ .dir = UNREAD, .foreign = TEXT("/here/torch.py") };
	case OPEN:
		t.version = t.cuda = UNREAD;
		break;
	default:
		break;
	}
	return t;
}

static struct python python_of(const char *exe)
{
	return (struct python){ .chosen = TEXT("python on PATH"),
				.exe = TEXT(exe),
				.version = TEXT("3.11"),
				.prefix = TEXT("/venv"),
				.kind = TEXT("venv"),
				.first = TEXT("/here"),
				.path = EMPTY,
				.notes = EMPTY };
}

enum { DRIVERS = 4, GPUS = 4 };

static void set_machine(struct facts *f, struct arena *a, size_t driver, size_t gpu)
{
	static const char *const versions[] = { "470.82.01", "550.54.15", "580.95.05" };
	struct fact_str version = driver < 3 ? TEXT(versions[driver]) : UNREAD;
	struct gpu card = { .addr = "0000:01:00.0",
			    .vendor = TEXT("0x10de"),
			    .device = gpu == 0   ? TEXT("0x2684")
				      : gpu == 1 ? TEXT("0x1b06")
						 : UNREAD,
			    .class = TEXT("0x030000"),
			    .driver = TEXT("nvidia") };

	f->platform = (struct platform){ .kernel_release = TEXT("6.1.0"),
					 .machine = TEXT("x86_64"),
					 .wsl = FLAG(false),
					 .tegra = FLAG(false),
					 .container = NO_TEXT,
					 .uid = { PRESENT, "call:getuid", NULL, 1000 } };
	f->pci.gpus.st = PRESENT;
	f->pci.gpus.from = "/sys/bus/pci/devices";
	if (gpu < 3)
		PUSH(a, &f->pci.gpus, card);
	f->cards.gpus.st = ABSENT;
	f->nodes = (struct nodes){ .control = FLAG(true), .uvm = FLAG(true), .gpu = FLAG(true) };
	f->kmod.loaded = FLAG(true);
	f->kmod.proc_version = f->kmod.sys_version = version;
	f->drvlib.libcuda = (struct library){ .path = TEXT("/lib/libcuda.so.1"),
					      .real = TEXT("/lib/x"),
					      .version = version,
					      .way = TEXT("cache") };
	f->drvlib.libnvml = f->drvlib.libcuda;
	f->env.cuda_visible_devices = NO_TEXT;
	f->env.pythonpath = NO_TEXT;
}

static void set_behind(struct facts *f, struct arena *a, enum kind kind)
{
	struct torch behind = torch_of(kind);
	const struct install installs[] = { { .dir = "/a/torch" },
					    { .dir = "/b/torch",
					      .version = behind.version,
					      .cuda = behind.cuda,
					      .hip = behind.hip,
					      .xpu = behind.xpu } };

	f->torch.installs.st = PRESENT;
	for (size_t i = 0; i < 2; i++)
		PUSH(a, &f->torch.installs, installs[i]);
}

static void set_beside(struct facts *f, struct arena *a, enum kind kind)
{
	struct other other = { .place = "./.venv",
			       .python = python_of("/other/bin/python"),
			       .torch = torch_of(kind) };

	f->others.environments.st = PRESENT;
	PUSH(a, &f->others.environments, other);
}

static enum verdict verdict_of(const struct facts *f, struct arena *a, const char *id)
{
	const struct report *r = judge(f, a);

	for (size_t i = 0; i < r->findings.n; i++)
		if (strcmp(r->findings.v[i]->id, id) == 0)
			return r->findings.v[i]->verdict;
	return NOT_APPLICABLE;
}

static const char wrong[] = "wrong-python-env", shadow[] = "multiple-torch-installs-shadowing";

static struct facts facts_of(struct arena *a, enum kind used, size_t driver, size_t gpu)
{
	struct facts f = { 0 };

	set_machine(&f, a, driver, gpu);
	f.python = python_of("/venv/bin/python");
	f.torch = torch_of(used);
	return f;
}

/* Does a build run on this driver and this GPU? By the tables of the vendors: 470 is CUDA 11, 550 is 12, 580 is 13; the
 * wheels for CUDA 13 have no code for Pascal. */
static enum verdict expected(enum kind kind, size_t driver, size_t gpu)
{
	if (kind == OPEN)
		return CANNOT_TELL;
	if ((kind != CU124 && kind != CU130) || gpu == 3)
		return NOT_APPLICABLE;
	if (driver == 0 || (kind == CU130 && (driver == 1 || gpu == 1)))
		return NOT_APPLICABLE;
	return driver == 3 || gpu == 2 ? CANNOT_TELL : FAIL;
}

static void each(void (*check)(struct arena *a, enum kind used, enum kind other, size_t driver,
			       size_t gpu))
{
	for (size_t i = 0; i < (size_t)KINDS * KINDS * DRIVERS * GPUS; i++) {
		struct arena *a = arena_new();

		check(a, (enum kind)(i % KINDS), (enum kind)(i / KINDS % KINDS),
		      i / KINDS / KINDS % DRIVERS, i / KINDS / KINDS / DRIVERS);
		arena_free(a);
	}
}

static void check_beside(struct arena *a, enum kind used, enum kind other, size_t driver,
			 size_t gpu)
{
	struct facts f = facts_of(a, used, driver, gpu);
	bool hopeless = used == NOTHING || used == CPU || used == OWN_FILE;
	enum verdict want = hopeless ? expected(other, driver, gpu) : NOT_APPLICABLE;

	set_beside(&f, a, other);

	enum verdict got = verdict_of(&f, a, wrong);

	/* What is foreign there may be open here; a machine that does not run may leave it open. */
	if (got == FAIL ? want != FAIL : want == FAIL)
		fail_msg("used %d, beside %d, driver %zu, GPU %zu: %s, expected %s", used, other,
			 driver, gpu, verdict_name(got), verdict_name(want));
}

static void test_beside(void **state)
{
	(void)state;
	each(check_beside);
}

static void check_behind(struct arena *a, enum kind used, enum kind other, size_t driver,
			 size_t gpu)
{
	struct facts f = facts_of(a, used, driver, gpu);
	enum verdict want = used == OWN_FILE ? FAIL
			    : used == CPU    ? expected(other, driver, gpu)
					     : NOT_APPLICABLE;

	set_behind(&f, a, other);

	enum verdict got = verdict_of(&f, a, shadow);

	if (got == FAIL ? want != FAIL : want == FAIL)
		fail_msg("used %d, behind %d, driver %zu, GPU %zu: %s, expected %s", used, other,
			 driver, gpu, verdict_name(got), verdict_name(want));
}

static void test_behind(void **state)
{
	(void)state;
	each(check_behind);
}

/* Each fact that the two rules read, taken away. */
static void forget(struct facts *f, size_t i)
{
	struct other *other = &f->others.environments.v[0];
	struct install *install = &f->torch.installs.v[1];
	struct fact_str *all[] = { &f->kmod.proc_version,
				   &f->kmod.sys_version,
				   &f->drvlib.libcuda.path,
				   &f->drvlib.libcuda.version,
				   &f->torch.dir,
				   &f->torch.foreign,
				   &f->torch.version,
				   &f->torch.cuda,
				   &other->torch.dir,
				   &other->torch.version,
				   &other->torch.cuda,
				   &install->version,
				   &install->cuda,
				   &f->python.exe,
				   &f->python.first,
				   &other->python.exe,
				   &f->env.cuda_visible_devices };

	if (i < sizeof all / sizeof *all)
		*all[i] = UNREAD;
	else if (i == sizeof all / sizeof *all && f->pci.gpus.n)
		f->pci.gpus.v[0].device = UNREAD;
	else
		f->pci.gpus.st = UNKNOWN;
}

static void check_less(struct arena *a, enum kind used, enum kind other, size_t driver, size_t gpu)
{
	for (size_t i = 0; i < 19; i++) {
		struct facts f = facts_of(a, used, driver, gpu);

		set_beside(&f, a, other);
		set_behind(&f, a, other);

		enum verdict by_wrong = verdict_of(&f, a, wrong),
			     by_shadow = verdict_of(&f, a, shadow);

		forget(&f, i);
		if ((verdict_of(&f, a, wrong) == FAIL && by_wrong != FAIL) ||
		    (verdict_of(&f, a, shadow) == FAIL && by_shadow != FAIL))
			fail_msg(
				"used %d, other %d, driver %zu, GPU %zu: a new finding without %zu",
				used, other, driver, gpu, i);
	}
}

static void test_less(void **state)
{
	(void)state;
	each(check_less);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
