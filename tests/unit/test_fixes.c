// SPDX-License-Identifier: Apache-2.0
/* The commands that are given, against rows worked out by hand from data/torch_arch.tsv and torch_release.tsv, and against
 * what uv, poetry and pip really did with an index of small packages. tests/fixes-compare.py proves the rest: that every
 * chosen wheel exists and has code for its GPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/fixes.h"
#include "rules/machine.h"

#define TEXT(v) ((struct fact_str){ PRESENT, "/somewhere", NULL, (v) })
#define NO_TEXT ((struct fact_str){ .st = ABSENT, .from = "/somewhere" })
#define UNREAD_TEXT ((struct fact_str){ UNKNOWN, "/somewhere", "EACCES", NULL })
#define FLAG(v) ((struct fact_bool){ PRESENT, "/somewhere", NULL, (v) })
#define NO_FLAG ((struct fact_bool){ .st = ABSENT, .from = "/somewhere" })

/* PCI numbers (data/gpu.tsv) and their compute capability. */
#define GTX680 "0x1180"    /* 3.0 */
#define K20 "0x1021"       /* 3.5 */
#define K80 "0x102d"       /* 3.7 */
#define GTX980TI "0x17c8"  /* 5.2 */
#define GTX1080TI "0x1b06" /* 6.1 */
#define V100 "0x1db4"      /* 7.0 */
#define RTX2080TI "0x1e04" /* 7.5 */
#define A100 "0x20b0"      /* 8.0 */
#define RTX3090 "0x2204"   /* 8.6 */
#define RTX4090 "0x2684"   /* 8.9 */
#define H100 "0x2330"      /* 9.0 */
#define B200 "0x2901"      /* 10.0 */
#define B300 "0x3182"      /* 10.3 */
#define RTX5090 "0x2b85"   /* 12.0 */
#define NEWER "0xfffe"     /* in no table */

static void add_gpu(struct facts *f, struct arena *a, const char *device)
{
	PUSH(a, &f->pci.gpus,
	     ((struct gpu){ .addr = "0000:01:00.0",
			    .vendor = TEXT("0x10de"),
			    .device = TEXT(device),
			    .driver = TEXT("nvidia") }));
}

/* "2.6.0+cpu", "2.11.0+cu130"; NULL: no torch. */
static void set_torch(struct facts *f, struct arena *a, const char *version)
{
	const char *local = version ? strstr(version, "+cu") : NULL;

	f->torch = (struct torch){ .dir = NO_TEXT,
				   .version = NO_TEXT,
				   .cuda = NO_TEXT,
				   .hip = NO_TEXT,
				   .xpu = NO_TEXT,
				   .installer = TEXT("pip") };
	f->torch.pip = FLAG(true);
	if (!version)
		return;
	f->torch.dir = TEXT("/venv/lib/python3.11/site-packages/torch");
	f->torch.version = TEXT(version);
	if (local)
		f->torch.cuda = TEXT(arena_fmt(a, "%.*s.%s", (int)strlen(local) - 4, local + 3,
					       local + strlen(local) - 1));
}

/* NULL: not installed. */
static void set_driver(struct facts *f, const char *version)
{
	struct fact_str fact = version ? TEXT(version) : NO_TEXT;

	f->kmod.loaded = version ? FLAG(true) : NO_FLAG;
	f->kmod.proc_version = f->kmod.sys_version = fact;
	f->drvlib.libcuda = (struct library){ version ? TEXT("/lib/libcuda.so.1") : NO_TEXT, fact,
					      fact, NO_TEXT };
}

static struct facts machine(struct arena *a, const char *device, const char *driver,
			    const char *torch)
{
	struct facts f = { 0 };

	f.platform.machine = TEXT("x86_64");
	f.platform.wsl = f.platform.tegra = FLAG(false);
	f.platform.container = f.platform.service = f.platform.scheduler = NO_TEXT;
	f.platform.uid = (struct fact_num){ PRESENT, "call:getuid", NULL, 1000 };
	f.platform.distro = TEXT("debian");
	f.platform.distro_like = NO_TEXT;
	f.libs.glibc = TEXT("2.36");
	f.python.chosen = TEXT("python on PATH");
	f.python.exe = TEXT("/venv/bin/python");
	f.python.version = TEXT("3.11.2");
	f.python.prefix = TEXT("/venv");
	f.python.kind = TEXT("venv");
	f.python.path = (struct fact_strs){ .st = PRESENT, .from = "/venv" };
	if (device)
		add_gpu(&f, a, device);
	set_driver(&f, driver);
	set_torch(&f, a, torch);
	return f;
}

static struct finding *given(struct facts *f, struct arena *a)
{
	struct report *r = report_new(a);
	struct finding *x = report_add(r, "x-test", STAGE_TORCH, FAIL, "", "test");

	if (f->torch.dir.st == PRESENT)
		fix_replace_torch(f, r, x);
	else
		fix_install_torch(f, r, x);
	return x;
}

static const struct fix *first_fix(struct facts *f, struct arena *a)
{
	struct finding *x = given(f, a);

	return x->fixes.n ? &x->fixes.v[0] : NULL;
}

static const char *command_of(struct facts *f, struct arena *a)
{
	const struct fix *fix = first_fix(f, a);

	return fix ? fix->command : NULL;
}

/* ---- the wheel ---- */

struct wheel_case {
	const char *device, *driver, *python, *torch;
	const char *packages, *index; /* NULL: no command */
};

/* `packages` and `index` as pip is told. Each row says why in terms of the tables. */
static const struct wheel_case wheel_cases[] = {
	/* the present release, by the first index in order that fits */
	{ RTX4090, "550.54.15", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu126" },
	{ RTX4090, "535.183.01", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu126" },
	{ RTX4090, "550.54.15", "3.11", "2.5.1+cpu", "torch==2.5.1", "cu124" }, /* no cu126 yet */
	{ RTX4090, "525.60.13", "3.11", "2.3.1+cpu", "torch==2.3.1", "cu121" },
	{ RTX3090, "470.82.01", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu118" }, /* CUDA 11 */
	{ RTX3090, "450.80.02", "3.9", "2.0.1+cpu", "torch==2.0.1", "cu118" },
	{ RTX3090, "450.80.02", "3.9", "1.13.1+cpu", "torch==1.13.1", "cu117" },
	{ RTX4090, "580.95.05", "3.11", "2.14.1+cpu", "torch==2.14.1", "cu130" },
	{ RTX2080TI, "580.95.05", "3.11", "2.15.0+cpu", "torch==2.15.0", "cu132" },
	{ A100, "550.54.15", "3.11", "2.11.0+cu130", "torch==2.11.0", "cu126" },
	{ H100, "535.183.01", "3.11", "2.13.0+cu130", "torch==2.13.0", "cu126" },
	{ RTX2080TI, "550.54.15", "3.11", "2.11.0+cu130", "torch==2.11.0", "cu126" },
	/* a CUDA build that fits is installed again as it is */
	{ RTX4090, "580.95.05", "3.11", "2.9.1+cu128", "torch==2.9.1", "cu128" },
	{ RTX4090, "580.95.05", "3.11", "2.9.1+cu130", "torch==2.9.1", "cu130" },
	/* the present release by another index, because the first has no code: sm_100 and sm_120 came with 12.8 */
	{ RTX5090, "580.95.05", "3.11", "2.9.1+cpu", "torch==2.9.1", "cu128" },
	{ RTX5090, "570.86.15", "3.11", "2.7.0+cu126", "torch==2.7.0", "cu128" },
	{ RTX5090, "580.95.05", "3.11", "2.12.0+cpu", "torch==2.12.0", "cu130" },
	{ RTX5090, "570.86.15", "3.11", "2.12.0+cpu", "torch==2.12.0", "cu129" }, /* CUDA 12 only */
	{ B200, "570.86.15", "3.11", "2.7.1+cu126", "torch==2.7.1", "cu128" },
	{ B300, "580.95.05", "3.11", "2.9.1+cpu", "torch==2.9.1", "cu128" }, /* sm_100 on 10.3 */
	/* sm_60 code serves 6.1, sm_50 serves 5.2: only cu126 and older have them */
	{ GTX1080TI, "580.95.05", "3.11", "2.11.0+cu130", "torch==2.11.0", "cu126" },
	{ GTX1080TI, "580.95.05", "3.11", "2.8.0+cu128", "torch==2.8.0", "cu126" },
	{ GTX1080TI, "470.82.01", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu118" },
	{ GTX980TI, "580.95.05", "3.11", "2.14.0+cu130", "torch==2.14.0", "cu126" },
	/* Volta: cu128 had sm_70 until 2.10 */
	{ V100, "570.86.15", "3.11", "2.10.0+cu128", "torch==2.10.0", "cu128" },
	{ V100, "570.86.15", "3.11", "2.11.0+cu128", "torch==2.11.0", "cu126" },
	/* Kepler: sm_37 in cu116 to cu118 only, 3.5 and 3.0 nowhere */
	{ K80, "470.82.01", "3.9", "2.6.0+cpu", "torch==2.6.0", "cu118" },
	{ K80, "470.82.01", "3.9", "2.1.2+cu121", "torch==2.1.2", "cu118" },
	{ K80, "450.80.02", "3.7", "1.13.1+cpu", "torch==1.13.1", "cu117" },
	{ K80, "470.82.01", "3.11", "2.9.1+cpu", "\"torch<2.8\"", "cu118" },
	{ K20, "470.82.01", "3.11", "2.6.0+cpu", NULL, NULL },
	{ GTX680, "470.82.01", "3.11", "2.6.0+cpu", NULL, NULL },
	/* the present release has none that fits: the newest that does */
	{ RTX5090, "580.95.05", "3.11", "2.6.0+cpu", "torch", "cu132" },
	{ RTX5090, "580.95.05", "3.10", "2.6.0+cpu", "torch", "cu130" }, /* 2.15 needs 3.11 */
	{ RTX5090, "570.86.15", "3.11", "2.6.0+cpu", "torch",
	  "cu129" }, /* 2.13, the last of cu129 */
	{ RTX3090, "470.82.01", "3.11", "2.9.1+cpu", "torch", "cu118" },
	{ GTX1080TI, "470.82.01", "3.11", "2.9.1+cpu", "torch", "cu118" },
	{ H100, "525.60.13", "3.11", "1.13.1+cpu", "torch", "cu126" }, /* sm_90 came with 11.8 */
	{ H100, "525.60.13", "3.8", "1.13.1+cpu", "torch", "cu124" },  /* 2.4.1 is 3.8's last */
	{ RTX4090, "550.54.15", "3.11", "2.15.0+cu132", "torch", "cu126" },
	/* newer releases have no code for the GPU: pip is kept below them */
	{ GTX1080TI, "580.95.05", "3.11", "2.15.0+cu132", "\"torch<2.15\"", "cu126" },
	{ V100, "580.95.05", "3.11", "2.14.1+cu130", "\"torch<2.15\"", "cu126" },
	{ GTX980TI, "535.183.01", "3.12", NULL, "\"torch<2.15\"", "cu126" },
	{ K80, "470.82.01", "3.11", NULL, "\"torch<2.8\"", "cu118" },
	/* no torch yet: the newest */
	{ RTX4090, "580.95.05", "3.12", NULL, "torch", "cu132" },
	{ RTX4090, "580.95.05", "3.10", NULL, "torch", "cu130" },
	{ RTX4090, "550.54.15", "3.12", NULL, "torch", "cu126" },
	{ RTX4090, "550.54.15", "3.9", NULL, "torch", "cu126" }, /* 2.8.0 */
	{ RTX4090, "550.54.15", "3.8", NULL, "torch", "cu124" }, /* 2.4.1 */
	{ RTX4090, "550.54.15", "3.7", NULL, "torch", "cu117" }, /* 1.13.1, sm_86 on 8.9 */
	{ RTX4090, "550.54.15", "3.15", NULL, NULL, NULL },
	/* no driver yet: the distribution's may be for CUDA 12; Kepler's last is for 11 */
	{ RTX4090, NULL, "3.11", NULL, "torch", "cu126" },
	{ RTX5090, NULL, "3.11", NULL, "torch", "cu129" },
	{ K80, NULL, "3.11", NULL, "\"torch<2.8\"", "cu118" },
	{ GTX1080TI, NULL, "3.11", "2.15.0+cu132", "\"torch<2.15\"", "cu126" },
	/* a GPU that is in no table: the index that serves the most */
	{ NEWER, "550.54.15", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu126" },
	{ NEWER, "580.95.05", "3.11", NULL, "torch", "cu126" },
	{ NEWER, "580.95.05", "3.11", "2.14.1+cpu", "torch==2.14.1", "cu130" },
	{ NULL, "550.54.15", "3.11", "2.6.0+cpu", "torch==2.6.0", "cu126" },
	/* releases that nobody published: the newest, nothing invented */
	{ RTX4090, "550.54.15", "3.11", "9.9.0", "torch", "cu126" },
	{ RTX4090, "550.54.15", "3.11", "2.16.0.dev20261101+cu130", "torch", "cu126" },
	{ RTX4090, "550.54.15", "3.11", "2.4.0a0+git07cecf4", "torch", "cu126" },
	/* too old a driver for any build; no driver of that age serves the newer GPUs, which the tables do not mind */
	{ GTX1080TI, "390.157", "3.11", "2.6.0+cu124", NULL, NULL },
	{ RTX3090, "440.33.01", "3.11", "2.11.0+cu130", NULL, NULL },
};

static void the_wheel_fits(void **state)
{
	struct arena *a = *state;

	assert_true(sizeof wheel_cases / sizeof *wheel_cases >= 60);
	for (size_t i = 0; i < sizeof wheel_cases / sizeof *wheel_cases; i++) {
		const struct wheel_case *c = &wheel_cases[i];
		struct facts f = machine(a, c->device, c->driver, c->torch);
		const char *wanted = NULL, *command;

		f.python.version = TEXT(c->python);
		command = command_of(&f, a);
		if (c->packages)
			wanted = arena_fmt(a,
					   "/venv/bin/python -m pip install%s %s --index-url "
					   "https://download.pytorch.org/whl/%s",
					   c->torch ? " --force-reinstall" : "", c->packages,
					   c->index);
		if (!wanted != !command || (wanted && strcmp(wanted, command) != 0))
			fail_msg("row %zu (%s, driver %s, Python %s, torch %s): %s, expected %s", i,
				 c->device, c->driver, c->python, c->torch, command, wanted);
	}
}

static void other_machines(void **state)
{
	static const struct {
		const char *machine, *device, *driver, *torch, *packages, *index;
	} rows[] = {
		{ "aarch64", H100, "550.54.15", "2.6.0+cpu", "torch==2.6.0", "cu126" },
		{ "aarch64", H100, "550.54.15", "2.5.1+cpu", "torch==2.5.1", "cu124" },
		{ "aarch64", H100, "550.54.15", "2.9.1+cpu", "torch==2.9.1", "cu128" },
		{ "aarch64", H100, "580.95.05", "2.10.0+cpu", "torch==2.10.0", "cu130" },
		{ "aarch64", A100, "550.54.15", "2.8.0+cpu", "torch==2.8.0", "cu129" },
		{ "aarch64", A100, "550.54.15", "2.6.0+cpu", "\"torch<2.15\"", "cu126" },
		{ "aarch64", GTX1080TI, "550.54.15", "2.6.0+cpu", NULL, NULL },
		{ "ppc64le", V100, "550.54.15", "2.6.0+cpu", NULL, NULL },
		{ "riscv64", RTX4090, "580.95.05", NULL, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f = machine(*state, rows[i].device, rows[i].driver, rows[i].torch);

		f.platform.machine = TEXT(rows[i].machine);
		const char *command = command_of(&f, *state);
		const char *tail = arena_fmt(*state,
					     " %s --index-url "
					     "https://download.pytorch.org/whl/%s",
					     rows[i].packages, rows[i].index);
		if (!rows[i].packages != !command || (command && !ends_with(command, tail)))
			fail_msg("row %zu: %s, expected %s", i, command, tail);
	}
}

static void the_c_library_counts(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

	f.libs.glibc = TEXT("2.17"); /* CentOS 7: until 2.5 */
	assert_non_null(strstr(command_of(&f, *state), " \"torch<2.6\" "));
	assert_non_null(strstr(command_of(&f, *state), "/cu124"));
	f.libs.glibc = TEXT("2.28");
	assert_non_null(strstr(command_of(&f, *state), " torch==2.6.0 "));
	f.libs.glibc = TEXT("2.5");
	assert_null(command_of(&f, *state));
	f.libs.glibc = NO_TEXT;
	assert_non_null(strstr(first_fix(&f, *state)->words, "musl"));
	f.libs.glibc = UNREAD_TEXT;
	f.platform.distro = TEXT("alpine");
	assert_non_null(strstr(first_fix(&f, *state)->words, "musl"));
}

/* What no build serves is said, with what would. */
static void nothing_fits_is_said(void **state)
{
	struct facts f = machine(*state, GTX680, "470.82.01", "2.6.0+cpu");

	assert_non_null(strstr(first_fix(&f, *state)->words, "compute capability 3.0"));
	f = machine(*state, RTX4090, "550.54.15", NULL);
	f.python.version = TEXT("3.15.1");
	assert_non_null(strstr(first_fix(&f, *state)->words, "a Python from 3."));
	f = machine(*state, RTX4090, "580.95.05", "2.6.0+cpu");
	f.platform.machine = TEXT("ppc64le");
	assert_non_null(strstr(first_fix(&f, *state)->words, "no CUDA wheel for ppc64le"));
	f = machine(*state, NULL, NULL, "2.6.0+cpu");
	f.platform.tegra = FLAG(true);
	assert_non_null(strstr(first_fix(&f, *state)->words, "JetPack"));
	f = machine(*state, K80, "418.226.00", "2.6.0+cpu");
	assert_true(starts_with(first_fix(&f, *state)->words, "driver 450 or newer"));
	assert_non_null(strstr(command_of(&f, *state), "nvidia-tesla-470-driver"));
	f = machine(*state, GTX1080TI, "390.157", "2.6.0+cu124");
	assert_null(first_fix(&f, *state));
}

static void several_gpus_share_a_build(void **state)
{
	struct facts f = machine(*state, GTX1080TI, "580.95.05", "2.15.0+cu132");

	add_gpu(&f, *state, RTX4090);
	assert_non_null(strstr(command_of(&f, *state), "\"torch<2.15\""));
	assert_null(strstr(first_fix(&f, *state)->words, "all GPUs"));
	f = machine(*state, RTX3090, "580.95.05", "2.9.1+cpu");
	add_gpu(&f, *state, RTX5090);
	assert_non_null(strstr(command_of(&f, *state), "/cu128"));
	/* sm_70 until 2.10, sm_120 from 2.7: both in cu128 of 2.9.1 */
	f = machine(*state, V100, "575.57.08", "2.9.1+cpu");
	add_gpu(&f, *state, RTX5090);
	assert_non_null(strstr(command_of(&f, *state), "torch==2.9.1 "));
	assert_non_null(strstr(command_of(&f, *state), "/cu128"));
	f = machine(*state, K80, "580.95.05", "2.9.1+cpu");
	add_gpu(&f, *state, RTX5090);
	assert_non_null(strstr(first_fix(&f, *state)->words, "no build has code for all GPUs"));
	assert_int_equal(first_fix(&f, *state)->applies, APPLIES_LIKELY);
}

/* In WSL the GPU is not on PCI: the driver names it, if it was asked. */
static void a_gpu_that_the_driver_names(void **state)
{
	struct facts f = machine(*state, NULL, "580.95.05", "2.11.0+cu130");
	struct probed_gpu gpu = { .uuid = "GPU-1", .cc = TEXT("6.1") };

	f.platform.wsl = FLAG(true);
	f.probe.cuda_devices.st = PRESENT;
	PUSH((struct arena *)*state, &f.probe.cuda_devices, gpu);
	assert_non_null(strstr(command_of(&f, *state), "torch==2.11.0 "));
	assert_non_null(strstr(command_of(&f, *state), "/cu126"));
}

static void companions_still_match(void **state)
{
	static const struct {
		const char *device, *torch, *vision, *audio, *packages, *index;
	} rows[] = {
		{ RTX4090, "2.6.0+cpu", "0.21.0", NULL, "torch==2.6.0 torchvision==0.21.0",
		  "cu126" },
		{ RTX4090, "2.6.0+cpu", NULL, "2.6.0", "torch==2.6.0 torchaudio==2.6.0", "cu126" },
		{ RTX4090, "2.6.0+cpu", "0.20.0", "2.5.0",
		  "torch==2.6.0 torchvision==0.21.0 torchaudio==2.6.0", "cu126" },
		{ RTX3090, "2.0.1+cpu", "0.15.2", "2.0.2",
		  "torch==2.0.1 torchvision==0.15.2 torchaudio==2.0.2", "cu118" },
		{ RTX3090, "2.0.0+cpu", "0.15.1", "2.0.1",
		  "torch==2.0.0 torchvision==0.15.1 torchaudio==2.0.1", "cu118" },
		{ RTX3090, "1.13.1+cpu", "0.14.1", "0.13.1",
		  "torch==1.13.1 torchvision==0.14.1 torchaudio==0.13.1", "cu117" },
		{ GTX1080TI, "2.15.0+cu132", "0.29.2", "2.11.0",
		  "torch==2.14.0 torchvision==0.29.0 torchaudio==2.11.0", "cu126" },
		/* cu132 began after torchaudio's last release */
		{ RTX4090, "2.15.0+cpu", "0.29.2", "2.11.0", "torch==2.15.0 torchvision==0.29.2",
		  "cu132" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f = machine(*state, rows[i].device, "580.95.05", rows[i].torch);

		f.torch.torchvision = rows[i].vision ? TEXT(rows[i].vision) : NO_TEXT;
		f.torch.torchaudio = rows[i].audio ? TEXT(rows[i].audio) : NO_TEXT;
		const char *command = command_of(&f, *state);
		const char *tail = arena_fmt(*state,
					     "--force-reinstall %s --index-url "
					     "https://download.pytorch.org/whl/%s",
					     rows[i].packages, rows[i].index);
		if (!command || !ends_with(command, tail))
			fail_msg("row %zu: %s, expected %s", i, command, tail);
	}
}

/* ---- who is told ---- */

#define CU126 "https://download.pytorch.org/whl/cu126"

static void every_manager_in_its_words(void **state)
{
	static const struct {
		const char *project, *installer, *kind, *expected;
	} rows[] = {
		{ NULL, "pip", "venv",
		  "/venv/bin/python -m pip install --force-reinstall torch==2.6.0 --index-url " CU126 },
		{ NULL, "pip", "conda",
		  "/venv/bin/python -m pip install --force-reinstall torch==2.6.0 --index-url " CU126 },
		{ NULL, "pip", "plain",
		  "/venv/bin/python -m pip install --force-reinstall torch==2.6.0 --index-url " CU126 },
		{ NULL, "uv", "venv",
		  "uv pip install --python /venv/bin/python --reinstall-package torch torch==2.6.0 "
		  "--index " CU126 },
		{ "uv", "uv", "venv",
		  "cd /home/ana/proj && uv add torch==2.6.0 --index pytorch-cu126=" CU126 },
		{ "uv", "pip", "venv",
		  "cd /home/ana/proj && uv add torch==2.6.0 --index pytorch-cu126=" CU126 },
		{ "poetry", "poetry", "venv",
		  "cd /home/ana/proj && poetry source add --priority=explicit pytorch-cu126 " CU126
		  " && poetry add --source pytorch-cu126 torch==2.6.0" },
		{ NULL, "poetry", "venv",
		  "poetry source add --priority=explicit pytorch-cu126 " CU126
		  " && poetry add --source pytorch-cu126 torch==2.6.0" },
		{ "pdm", "pdm", "venv",
		  "cd /home/ana/proj && pdm config --local pypi.pytorch-cu126.url " CU126
		  " && pdm add torch==2.6.0+cu126" },
		{ "pixi", "conda", "conda",
		  "cd /home/ana/proj && pixi workspace system-requirements add cuda 12 && pixi add "
		  "pytorch-gpu" },
		{ "pipx", "pip", "venv",
		  "pipx inject --force --index-url " CU126 " venv torch==2.6.0" },
		{ "hatch", "uv", "venv",
		  "uv pip install --python /venv/bin/python --reinstall-package torch torch==2.6.0 "
		  "--index " CU126 },
		{ NULL, "conda", "conda",
		  "conda install -p /venv -c conda-forge pytorch-gpu cuda-version=12" },
		{ NULL, "apt", "system",
		  "/venv/bin/python -m venv ~/torch-cuda && ~/torch-cuda/bin/python -m pip install "
		  "torch==2.6.0 --index-url " CU126 " && source ~/torch-cuda/bin/activate" },
		{ NULL, "pip", "system",
		  "/venv/bin/python -m venv ~/torch-cuda && ~/torch-cuda/bin/python -m pip install "
		  "torch==2.6.0 --index-url " CU126 " && source ~/torch-cuda/bin/activate" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

		f.torch.installer = TEXT(rows[i].installer);
		f.torch.project = rows[i].project ? TEXT(rows[i].project) : NO_TEXT;
		f.torch.project.from = "/home/ana/proj/uv.lock:7";
		f.python.kind = TEXT(rows[i].kind);
		const char *command = command_of(&f, *state);
		if (!command || strcmp(command, rows[i].expected) != 0)
			fail_msg("%s %s %s: %s, expected %s", rows[i].project, rows[i].installer,
				 rows[i].kind, command, rows[i].expected);
	}
}

/* uv keeps a torch that [tool.uv.sources] ties to another name (tried with uv 0.13.9): the name has to be the same. */
static void a_tied_project_keeps_its_name(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

	f.torch.project = TEXT("uv");
	f.torch.project.from = "/home/ana/proj/uv.lock:412";
	f.torch.project_index = TEXT("pytorch-cpu");
	assert_string_equal(command_of(&f, *state),
			    "cd /home/ana/proj && uv add torch==2.6.0 --index pytorch-cpu=" CU126);
	assert_non_null(strstr(first_fix(&f, *state)->words, "\"pytorch-cpu\""));
	f.torch.project_index = UNREAD_TEXT;
	assert_non_null(strstr(first_fix(&f, *state)->words, "[tool.uv.sources]"));
	/* the prompt's own folder needs no cd */
	f.torch.project_index = NO_TEXT;
	f.python.first = TEXT("/home/ana/proj");
	assert_true(starts_with(command_of(&f, *state), "uv add torch==2.6.0 "));
	f.python.script = TEXT("/home/ana/proj/train.py");
	assert_true(starts_with(command_of(&f, *state), "cd /home/ana/proj && "));
}

static void conda_is_told_what_it_cannot_see(void **state)
{
	struct facts f = machine(*state, NULL, NULL, "2.6.0");

	f.torch.installer = TEXT("conda");
	f.python.kind = TEXT("conda");
	f.python.prefix = TEXT("/opt/my envs/ml");
	assert_string_equal(command_of(&f, *state),
			    "CONDA_OVERRIDE_CUDA=12 conda install -p '/opt/my envs/ml' -c "
			    "conda-forge pytorch-gpu cuda-version=12");
	/* conda-forge has nothing for Kepler, nor for CUDA 11: pip's wheel does */
	f = machine(*state, K80, "470.82.01", "2.6.0");
	f.torch.installer = TEXT("conda");
	f.python.kind = TEXT("conda");
	assert_true(ends_with(command_of(&f, *state),
			      "-m pip install --force-reinstall torch==2.6.0 --index-url "
			      "https://download.pytorch.org/whl/cu118"));
}

static void an_environment_without_pip(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", NULL);

	f.torch.installer = NO_TEXT;
	f.torch.pip = NO_FLAG;
	assert_string_equal(
		command_of(&f, *state),
		"/venv/bin/python -m ensurepip && /venv/bin/python -m pip install torch "
		"--index-url " CU126);
}

/* PEP 668 decides whether a user's own folder may be written. */
static void a_user_folder_of_the_system_python(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

	f.python.kind = TEXT("system");
	f.python.exe = TEXT("/usr/bin/python3");
	f.torch.dir = TEXT("/home/ana/.local/lib/python3.10/site-packages/torch");
	f.torch.externally_managed = NO_FLAG;
	assert_string_equal(command_of(&f, *state),
			    "/usr/bin/python3 -m pip install --user --force-reinstall torch==2.6.0 "
			    "--index-url " CU126);
	f.torch.externally_managed = FLAG(true);
	assert_true(starts_with(command_of(&f, *state), "/usr/bin/python3 -m venv "));
	f.torch.externally_managed = (struct fact_bool){ .st = NOT_LOOKED };
	assert_true(starts_with(command_of(&f, *state), "/usr/bin/python3 -m venv "));
}

static void odd_paths_are_quoted(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

	f.python.exe = TEXT("/home/ana b/.venv/bin/python");
	assert_true(starts_with(command_of(&f, *state), "'/home/ana b/.venv/bin/python' -m pip "));
	f.torch.project = TEXT("uv");
	f.torch.project.from = "/home/ana b/uv.lock";
	assert_true(starts_with(command_of(&f, *state), "cd '/home/ana b' && uv add "));
}

static void places_have_their_words(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cpu");

	assert_null(first_fix(&f, *state)->words);
	assert_int_equal(first_fix(&f, *state)->applies, APPLIES_SAFE);
	f.platform.container = TEXT("docker");
	assert_non_null(strstr(first_fix(&f, *state)->words, "image"));
	f.platform.container = TEXT("apptainer");
	assert_non_null(strstr(first_fix(&f, *state)->words, "rebuild"));
	f.platform.container = NO_TEXT;
	f.python.chosen = TEXT("parent process");
	assert_non_null(strstr(first_fix(&f, *state)->words, "kernel"));
}

/* ---- the driver ---- */

typedef void driver_fix(const struct facts *f, struct report *r, struct finding *x);

static const struct fix *driver_fix_of(struct facts *f, struct arena *a, driver_fix *fix)
{
	struct report *r = report_new(a);
	struct finding *x = report_add(r, "x-test", STAGE_DRIVER, FAIL, "", "test");

	fix(f, r, x);
	assert_true(x->fixes.n > 0);
	return &x->fixes.v[0];
}

static void install(const struct facts *f, struct report *r, struct finding *x)
{
	fix_install_driver(f, r, x, "install it");
}

static void at_least_580(const struct facts *f, struct report *r, struct finding *x)
{
	fix_driver_at_least(f, r, x, "580");
}

static void at_least_525(const struct facts *f, struct report *r, struct finding *x)
{
	fix_driver_at_least(f, r, x, "525");
}

static void branch_470(const struct facts *f, struct report *r, struct finding *x)
{
	fix_driver_branch(f, r, x, "470");
}

struct driver_case {
	driver_fix *fix;
	const char *id, *like, *version, *device, *driver;
	const char *command; /* NULL: words only */
};

static const struct driver_case driver_cases[] = {
	/* the distribution's own */
	{ install, "debian", NULL, "12", RTX4090, NULL,
	  "sudo apt install nvidia-driver && sudo reboot" },
	{ install, "ubuntu", "debian", "24.04", RTX4090, NULL,
	  "sudo ubuntu-drivers install && sudo reboot" },
	{ install, "ubuntu", "debian", "24.04", RTX5090, NULL,
	  "sudo ubuntu-drivers install && sudo reboot" },
	{ install, "linuxmint", "ubuntu debian", "22", RTX4090, NULL,
	  "sudo ubuntu-drivers install && sudo reboot" },
	{ install, "pop", "ubuntu debian", "22.04", RTX4090, NULL,
	  "sudo apt install system76-driver-nvidia && sudo reboot" },
	{ install, "fedora", NULL, "43", RTX4090, NULL,
	  "sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda && sudo reboot" },
	{ install, "rhel", "fedora", "8.10", RTX4090, NULL,
	  "sudo dnf module enable nvidia-driver:open-dkms && sudo dnf install nvidia-open && sudo "
	  "reboot" },
	{ install, "rocky", "rhel centos fedora", "9.4", RTX4090, NULL,
	  "sudo dnf module enable nvidia-driver:open-dkms && sudo dnf install nvidia-open && sudo "
	  "reboot" },
	{ install, "almalinux", "rhel centos fedora", "10.0", RTX4090, NULL,
	  "sudo dnf install nvidia-open && sudo reboot" },
	{ install, "ol", "fedora", "9.4", RTX4090, NULL,
	  "sudo dnf module enable nvidia-driver:open-dkms && sudo dnf install nvidia-open && sudo "
	  "reboot" },
	{ install, "amzn", "fedora", "2023", RTX4090, NULL,
	  "sudo dnf module enable nvidia-driver:open-dkms && sudo dnf install nvidia-open && sudo "
	  "reboot" },
	{ install, "opensuse-leap", "suse opensuse", "15.6", RTX4090, NULL,
	  "sudo zypper install nvidia-open && sudo reboot" },
	{ install, "arch", NULL, NULL, RTX4090, NULL, "sudo pacman -S nvidia-open && sudo reboot" },
	{ install, "endeavouros", "arch", NULL, RTX4090, NULL,
	  "sudo pacman -S nvidia-open && sudo reboot" },
	{ install, "manjaro", "arch", NULL, RTX4090, NULL,
	  "sudo mhwd -a pci nonfree 0300 && sudo reboot" },
	{ install, "gentoo", NULL, NULL, RTX4090, NULL,
	  "sudo emerge --ask x11-drivers/nvidia-drivers && sudo reboot" },
	{ install, "nixos", NULL, "25.05", RTX4090, NULL,
	  "sudo nixos-rebuild switch && sudo reboot" },
	{ install, "void", NULL, NULL, RTX4090, NULL, NULL },
	{ install, NULL, NULL, NULL, RTX4090, NULL, NULL },
	/* a GPU that is out of newer drivers */
	{ install, "debian", NULL, "12", K80, NULL,
	  "sudo apt install nvidia-tesla-470-driver && sudo reboot" },
	{ install, "ubuntu", "debian", "24.04", K80, NULL,
	  "sudo apt install nvidia-driver-470 && sudo reboot" },
	{ install, "ubuntu", "debian", "24.04", GTX1080TI, NULL,
	  "sudo apt install nvidia-driver-580 && sudo reboot" },
	{ install, "linuxmint", "ubuntu debian", "22", GTX1080TI, NULL,
	  "sudo apt install nvidia-driver-580 && sudo reboot" },
	{ install, "fedora", NULL, "43", K80, NULL,
	  "sudo dnf install akmod-nvidia-470xx xorg-x11-drv-nvidia-470xx-cuda && sudo reboot" },
	{ install, "arch", NULL, NULL, GTX1080TI, NULL, "yay -S nvidia-580xx-dkms && sudo reboot" },
	{ install, "rocky", "rhel centos fedora", "9.4", V100, NULL,
	  "sudo dnf module enable nvidia-driver:580-dkms && sudo dnf install cuda-drivers && sudo "
	  "reboot" },
	{ install, "gentoo", NULL, NULL, GTX680, NULL,
	  "sudo emerge --ask '=x11-drivers/nvidia-drivers-470*' && sudo reboot" },
	{ install, "opensuse-leap", "suse opensuse", "15.6", K80, NULL, NULL },
	/* Debian's own is older than Blackwell */
	{ install, "debian", NULL, "13", RTX5090, NULL,
	  "sudo apt install nvidia-driver-pinning-570 && sudo apt install nvidia-open && sudo reboot" },
	/* newer than what is there */
	{ at_least_580, "ubuntu", "debian", "22.04", A100, "550.54.15",
	  "sudo apt install nvidia-driver-580 && sudo reboot" },
	{ at_least_580, "ubuntu", "debian", "22.04", RTX5090, "570.86.15",
	  "sudo apt install nvidia-driver-580-open && sudo reboot" },
	{ at_least_580, "debian", NULL, "12", A100, "535.183.01",
	  "sudo apt install nvidia-driver-pinning-580 && sudo apt install cuda-drivers && sudo "
	  "reboot" },
	{ at_least_580, "fedora", NULL, "42", RTX4090, "570.86.15",
	  "sudo dnf upgrade --refresh && sudo reboot" },
	{ at_least_580, "arch", NULL, NULL, RTX4090, "570.86.15",
	  "sudo pacman -Syu && sudo reboot" },
	{ at_least_580, "fedora", NULL, "42", GTX1080TI, "570.86.15",
	  "sudo dnf install akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda && sudo reboot" },
	{ at_least_525, "ubuntu", "debian", "22.04", RTX5090, NULL,
	  "sudo apt install nvidia-driver-570-open && sudo reboot" },
	{ at_least_580, "ubuntu", "debian", "22.04", K80, "470.82.01", NULL },
	{ at_least_580, "void", NULL, NULL, A100, "550.54.15", NULL },
	/* one branch */
	{ branch_470, "debian", NULL, "12", NULL, NULL,
	  "sudo apt install nvidia-tesla-470-driver && sudo reboot" },
	{ branch_470, "arch", NULL, NULL, NULL, NULL, "yay -S nvidia-470xx-dkms && sudo reboot" },
	/* the other module */
	{ fix_open_module, "ubuntu", "debian", "24.04", RTX5090, "580.95.05",
	  "sudo apt install nvidia-driver-580-open && sudo reboot" },
	{ fix_open_module, "arch", NULL, NULL, RTX5090, "580.95.05",
	  "sudo pacman -Syu nvidia-open && sudo reboot" },
	{ fix_open_module, "rocky", "rhel centos fedora", "9.4", RTX5090, "580.95.05",
	  "sudo dnf module enable nvidia-driver:580-open && sudo dnf install nvidia-open && sudo "
	  "reboot" },
	{ fix_proprietary_module, "ubuntu", "debian", "24.04", GTX1080TI, "580.95.05",
	  "sudo apt install nvidia-driver-580 && sudo reboot" },
	{ fix_proprietary_module, "ubuntu", "debian", "24.04", GTX1080TI, "590.48.01",
	  "sudo apt install nvidia-driver-580 && sudo reboot" },
	{ fix_proprietary_module, "arch", NULL, NULL, GTX1080TI, "590.48.01",
	  "yay -S nvidia-580xx-dkms && sudo reboot" },
	/* libraries */
	{ fix_reinstall_libraries, "debian", NULL, "12", RTX4090, "550.54.15",
	  "sudo apt install --reinstall libcuda1 libnvidia-ml1" },
	{ fix_reinstall_libraries, "ubuntu", "debian", "22.04", RTX4090, "550.54.15",
	  "sudo apt install --reinstall libnvidia-compute-550" },
	{ fix_reinstall_libraries, "rocky", "rhel centos fedora", "9.4", RTX4090, "550.54.15",
	  "sudo dnf reinstall nvidia-driver-cuda-libs" },
	{ fix_reinstall_libraries, "nixos", NULL, "25.05", RTX4090, "550.54.15", NULL },
	{ fix_reload_module, "debian", NULL, "12", RTX4090, "550.54.15", "sudo reboot" },
};

static struct facts driver_machine(struct arena *a, const struct driver_case *c)
{
	struct facts f = machine(a, c->device, c->driver, "2.6.0+cpu");

	f.platform.distro = c->id ? TEXT(c->id) : UNREAD_TEXT;
	f.platform.distro_like = c->like ? TEXT(c->like) : NO_TEXT;
	f.platform.distro_version = c->version ? TEXT(c->version) : NO_TEXT;
	return f;
}

static void every_distribution_in_its_words(void **state)
{
	for (size_t i = 0; i < sizeof driver_cases / sizeof *driver_cases; i++) {
		const struct driver_case *c = &driver_cases[i];
		struct facts f = driver_machine(*state, c);
		const char *command = driver_fix_of(&f, *state, c->fix)->command;

		if (!c->command != !command || (command && strcmp(command, c->command) != 0))
			fail_msg("row %zu, %s: %s, expected %s", i, c->id, command, c->command);
	}
}

/* Every row of the table is one of the expectations above. */
static void no_distribution_is_forgotten(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_distro_table; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof driver_cases / sizeof *driver_cases; k++)
			found = found ||
				(driver_cases[k].fix == install && driver_cases[k].command &&
				 strcmp(driver_cases[k].command, distro_table[i].install) == 0);
		if (!found)
			fail_msg("distro.tsv: %s %s is not expected by any row", distro_table[i].id,
				 distro_table[i].version);
	}
}

static void who_cannot_change_the_driver(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.11.0+cu130");
	const struct fix *fix;

	f.platform.container = TEXT("docker");
	fix = driver_fix_of(&f, *state, at_least_580);
	assert_null(fix->command);
	assert_non_null(strstr(fix->words, "on the host"));
	f.platform.container = NO_TEXT;
	f.platform.scheduler = TEXT("slurm");
	fix = driver_fix_of(&f, *state, at_least_580);
	assert_null(fix->command);
	assert_non_null(strstr(fix->words, "admins"));
	f.platform.scheduler = NO_TEXT;
	f.platform.wsl = FLAG(true);
	fix = driver_fix_of(&f, *state, at_least_580);
	assert_null(fix->command);
	assert_non_null(strstr(fix->words, "in Windows"));
	f.platform.wsl = FLAG(false);
	f.platform.tegra = FLAG(true);
	assert_non_null(strstr(driver_fix_of(&f, *state, at_least_580)->words, "JetPack"));
	f.platform.tegra = FLAG(false);
	f.platform.service = TEXT("colab");
	assert_null(driver_fix_of(&f, *state, install)->command);
}

static void root_needs_no_sudo(void **state)
{
	struct facts f = machine(*state, RTX4090, NULL, "2.6.0+cpu");

	f.platform.uid.v = 0;
	assert_string_equal(driver_fix_of(&f, *state, install)->command,
			    "apt install nvidia-driver && reboot");
	f.platform.uid.v = 1000;
	f.platform.groups.st = PRESENT;
	PUSH((struct arena *)*state, &f.platform.groups.v, "ana");
	assert_non_null(strstr(driver_fix_of(&f, *state, install)->words, "administrator"));
	PUSH((struct arena *)*state, &f.platform.groups.v, "sudo");
	assert_null(strstr(driver_fix_of(&f, *state, install)->words, "administrator"));
}

static void gpus_that_no_driver_unites(void **state)
{
	struct facts f = machine(*state, GTX1080TI, NULL, "2.6.0+cpu");

	add_gpu(&f, *state, RTX5090);
	assert_null(driver_fix_of(&f, *state, install)->command);
	assert_non_null(strstr(driver_fix_of(&f, *state, install)->words, "no one driver"));
	f = machine(*state, K80, NULL, "2.6.0+cpu");
	add_gpu(&f, *state, H100); /* 470 at most, 520 at least */
	assert_non_null(strstr(driver_fix_of(&f, *state, install)->words, "no one driver"));
}

static void join_video(const struct facts *f, struct report *r, struct finding *x)
{
	fix_user_group(f, r, x, "video");
}

static void groups_are_joined(void **state)
{
	struct facts f = machine(*state, RTX4090, "550.54.15", "2.6.0+cu124");

	assert_string_equal(driver_fix_of(&f, *state, join_video)->command,
			    "sudo usermod -aG video \"$USER\"");
	f.python.sudo_user = TEXT("ana");
	assert_string_equal(driver_fix_of(&f, *state, join_video)->command,
			    "sudo usermod -aG video ana");
	f.platform.container = TEXT("docker");
	assert_null(driver_fix_of(&f, *state, join_video)->command);
}

/* ---- */

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_wheel_fits),
		TEST(other_machines),
		TEST(the_c_library_counts),
		TEST(nothing_fits_is_said),
		TEST(several_gpus_share_a_build),
		TEST(a_gpu_that_the_driver_names),
		TEST(companions_still_match),
		TEST(every_manager_in_its_words),
		TEST(a_tied_project_keeps_its_name),
		TEST(conda_is_told_what_it_cannot_see),
		TEST(an_environment_without_pip),
		TEST(a_user_folder_of_the_system_python),
		TEST(odd_paths_are_quoted),
		TEST(places_have_their_words),
		TEST(every_distribution_in_its_words),
		TEST(no_distribution_is_forgotten),
		TEST(who_cannot_change_the_driver),
		TEST(root_needs_no_sudo),
		TEST(gpus_that_no_driver_unites),
		TEST(groups_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
