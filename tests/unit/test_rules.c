// SPDX-License-Identifier: Apache-2.0
/* The rules and the prediction over combinations of facts filled in by hand. Rows with known
 * answers (what real wheels said on simulated drivers), and properties that must hold for every
 * combination: a fact that cannot be read never adds a cause and never turns one answer into
 * another. WHYCPU_ALL=1 tries every combination instead of some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "facts/fields.h"
#include "rules/fixes.h"
#include "rules/machine.h"
#include "rules/rules.h"

/* ---- facts by hand ---- */

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })
#define NO_TEXT ((struct fact_str){ ABSENT, "/place", NULL, NULL })
#define UNREAD_TEXT ((struct fact_str){ UNKNOWN, "/place", "EIO", NULL })
#define FLAG(value) ((struct fact_bool){ PRESENT, "/place", NULL, value })
#define NO_FLAG ((struct fact_bool){ ABSENT, "/place", NULL, false })
#define UNREAD_FLAG ((struct fact_bool){ UNKNOWN, "/place", "EIO", false })
#define EMPTY_LIST ((struct fact_strs){ PRESENT, "/place", NULL, { NULL, 0, 0 } })
#define UNREAD_LIST ((struct fact_strs){ UNKNOWN, "/place", "EIO", { NULL, 0, 0 } })

static void add_gpu(struct facts *f, struct arena *a, const char *vendor, struct fact_str driver)
{
	struct gpu gpu = { .addr = arena_fmt(a, "0000:0%zu:00.0", f->pci.gpus.n + 1),
			   .vendor = TEXT(vendor),
			   .device = TEXT("0x2684"),
			   .class = TEXT("0x030000"),
			   .driver = driver };

	PUSH(a, &f->pci.gpus, gpu);
}

static void set_torch(struct facts *f, const char *version, const char *cuda)
{
	f->torch.dir = TEXT("/venv/lib/python3.11/site-packages/torch");
	f->torch.version = TEXT(version);
	f->torch.cuda = cuda ? TEXT(cuda) : NO_TEXT;
	f->torch.hip = f->torch.xpu = NO_TEXT;
}

static struct library library_of(const char *path, struct fact_str version)
{
	return (struct library){
		.path = TEXT(path), .real = TEXT("/lib/x"), .version = version, .way = TEXT("cache")
	};
}

static void set_driver(struct facts *f, const char *version)
{
	f->kmod.loaded = FLAG(true);
	f->kmod.proc_version = f->kmod.sys_version = TEXT(version);
	f->drvlib.libcuda = library_of("/lib/libcuda.so.1", TEXT(version));
	f->drvlib.libnvml = library_of("/lib/libnvidia-ml.so.1", TEXT(version));
}

static void set_no_driver(struct facts *f)
{
	f->kmod = (struct kmod){ .proc_version = NO_TEXT,
				 .sys_version = NO_TEXT,
				 .flavour = NO_TEXT,
				 .loaded = NO_FLAG,
				 .nouveau = NO_FLAG,
				 .file = NO_TEXT,
				 .other_kernels = EMPTY_LIST,
				 .traces = EMPTY_LIST };
	f->drvlib.libcuda = f->drvlib.libnvml = (struct library){
		.path = NO_TEXT, .real = NO_TEXT, .version = NO_TEXT, .way = NO_TEXT
	};
}

/* A plain machine without GPU and driver, with a CUDA torch that is not to blame. */
static void plain_machine(struct facts *f)
{
	*f = (struct facts){ 0 };
	f->platform = (struct platform){ .kernel_release = TEXT("6.1.0"),
					 .machine = TEXT("x86_64"),
					 .wsl = FLAG(false),
					 .tegra = FLAG(false),
					 .container = NO_TEXT,
					 .uid = { PRESENT, "call:getuid", NULL, 1000 },
					 .distro = TEXT("debian"),
					 .distro_like = NO_TEXT };
	f->pci.gpus = (struct gpu_list){ PRESENT, "/sys/bus/pci/devices", NULL, NULL, 0, 0 };
	f->cards.gpus = (struct card_list){ .st = ABSENT, .from = "/proc/driver/nvidia/gpus" };
	f->nodes = (struct nodes){
		.control = FLAG(true), .uvm = FLAG(true), .gpu = FLAG(true), .helper = NO_FLAG
	};
	set_no_driver(f);
	f->env = (struct envvars){ .cuda_visible_devices = NO_TEXT,
				   .nvml_based_cuda_check = NO_TEXT,
				   .ld_library_path = NO_TEXT };
	f->python = (struct python){ .chosen = TEXT("python on PATH"),
				     .asked = TEXT("/venv/bin/python"),
				     .exe = TEXT("/venv/bin/python"),
				     .problem = NO_TEXT,
				     .version = TEXT("3.11.2"),
				     .prefix = TEXT("/venv"),
				     .base_prefix = TEXT("/usr"),
				     .kind = TEXT("venv"),
				     .path = EMPTY_LIST,
				     .notes = EMPTY_LIST };
	set_torch(f, "2.6.0+cu124", "12.4");
	f->torch.installer = TEXT("pip");
	f->torch.metadata = f->torch.nvcc = NO_TEXT;
}

static void sound_machine(struct facts *f, struct arena *a, size_t n_gpus)
{
	plain_machine(f);
	for (size_t i = 0; i < n_gpus; i++)
		add_gpu(f, a, "0x10de", TEXT("nvidia"));
	set_driver(f, "550.54.15");
}

/* ---- known answers ---- */

static const struct finding *finding_of(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (strcmp(r->findings.v[i]->id, id) == 0)
			return r->findings.v[i];
	return NULL;
}

static void check_raises(const struct outcome *o, const char *type, const char *text)
{
	assert_int_equal(o->value, OUTCOME_FALSE);
	assert_string_equal(o->raises_type, type);
	if (!starts_with(o->raises_text, text))
		fail_msg("raises \"%s\", expected \"%s\"", o->raises_text, text);
}

static void check_count(const struct prediction *p, int64_t n)
{
	assert_int_equal(p->device_count.value, OUTCOME_COUNT);
	assert_int_equal(p->device_count.count, n);
}

static void check_answer(const struct report *r, enum answer answer, const char *diagnosis)
{
	assert_string_equal(answer_name(r->answer), answer_name(answer));
	assert_string_equal(r->diagnosis, diagnosis);
}

static void a_sound_machine(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 2);
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_USES_GPU, "not-a-fault");
	assert_int_equal(r->prediction.import.value, OUTCOME_TRUE);
	assert_int_equal(r->prediction.is_available.value, OUTCOME_TRUE);
	assert_int_equal(r->prediction.first_kernel.value, OUTCOME_TRUE);
	check_count(&r->prediction, 2);
	assert_int_equal(r->findings.n, 0);
	assert_int_equal(r->not_looked_at.n, 0);
}

static void no_torch(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	f.torch.dir = NO_TEXT;
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "torch-not-installed");
	check_raises(&r->prediction.import, "ModuleNotFoundError", "No module named 'torch'");
	check_raises(&r->prediction.device_count, "ModuleNotFoundError", "No module named 'torch'");
	check_raises(&r->prediction.first_kernel, "ModuleNotFoundError", "No module named 'torch'");

	f.python.path.st = UNKNOWN;
	check_answer(judge(&f, *state), ANSWER_CANNOT_TELL, "undetermined");
	f.python.path.st = PRESENT;
	PUSH((struct arena *)*state, &f.python.notes.v, "/venv/editable.pth:1");
	check_answer(judge(&f, *state), ANSWER_CANNOT_TELL, "undetermined");
}

static void a_cpu_build(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	set_torch(&f, "2.6.0+cpu", NULL);
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "cpu-only-torch-build");
	assert_int_equal(r->prediction.is_available.value, OUTCOME_FALSE);
	assert_null(r->prediction.is_available.raises_type);
	check_count(&r->prediction, 0);
	check_raises(&r->prediction.to_cuda, "AssertionError",
		     "Torch not compiled with CUDA enabled");
	check_raises(&r->prediction.first_kernel, "AssertionError", "Torch not compiled");
}

/* A version.py that is cut short names neither a version nor a build. */
static void a_damaged_version_proves_nothing(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	set_torch(&f, "2.6.0", NULL);
	f.torch.version = NO_TEXT;
	check_answer(judge(&f, *state), ANSWER_CANNOT_TELL, "undetermined");
}

/* Never uses-gpu by accident, never called a CPU build. */
static void builds_for_other_gpus(void **state)
{
	struct facts f;

	for (int hip = 0; hip <= 1; hip++) {
		sound_machine(&f, *state, 1);
		set_torch(&f, "2.6.0", NULL);
		if (hip)
			f.torch.hip = TEXT("6.2.4");
		else
			f.torch.xpu = TEXT("20250000");
		struct report *r = judge(&f, *state);
		check_answer(r, ANSWER_CANNOT_USE_GPU,
			     hip ? "rocm-build-on-nvidia" : "xpu-build-on-nvidia");
		assert_null(finding_of(r, "cpu-only-torch-build"));

		plain_machine(&f);
		set_torch(&f, "2.6.0", NULL);
		*(hip ? &f.torch.hip : &f.torch.xpu) = TEXT("6");
		add_gpu(&f, *state, hip ? "0x1002" : "0x8086", TEXT("amdgpu"));
		r = judge(&f, *state);
		check_answer(r, ANSWER_CANNOT_TELL, "undetermined");
		assert_int_equal(r->findings.n, 0);
	}
}

static void no_gpu(void **state)
{
	struct facts f;

	plain_machine(&f);
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "no-gpu-present");
	check_raises(&r->prediction.to_cuda, "RuntimeError",
		     "Found no NVIDIA driver on your system.");
	check_count(&r->prediction, 0);
	assert_null(finding_of(r, "no-nvidia-driver"));

	f.kmod.loaded = FLAG(true);
	f.kmod.sys_version = TEXT("550.54.15");
	check_answer(judge(&f, *state), ANSWER_CANNOT_USE_GPU, "libcuda-missing-or-stub");
	set_driver(&f, "550.54.15");
	check_answer(judge(&f, *state), ANSWER_CANNOT_TELL, "undetermined");
}

/* It fails either way; which error comes first hangs on the library. */
static void a_failure_without_its_text(void **state)
{
	struct facts f;

	plain_machine(&f);
	f.drvlib.libcuda = (struct library){ .path = UNREAD_TEXT,
					     .real = UNREAD_TEXT,
					     .version = UNREAD_TEXT };
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "no-gpu-present");
	assert_int_equal(r->prediction.to_cuda.value, OUTCOME_FALSE);
	assert_null(r->prediction.to_cuda.raises_text);
}

/* A GPU that is bound to the module proves that it is loaded. */
static void a_bound_gpu_closes_the_module(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	f.kmod.loaded = UNREAD_FLAG;
	f.kmod.proc_version = UNREAD_TEXT;
	check_answer(judge(&f, *state), ANSWER_USES_GPU, "not-a-fault");
}

/* A library baked into an image looks like one that was passed in, but for its version. */
static void a_container_needs_equal_versions(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	f.drvlib.libcuda.version = NO_TEXT;
	check_answer(judge(&f, *state), ANSWER_USES_GPU, "not-a-fault");
	f.platform.container = TEXT("docker");
	check_answer(judge(&f, *state), ANSWER_CANNOT_TELL, "undetermined");
	f.drvlib.libcuda.version = TEXT("550.54.15");
	check_answer(judge(&f, *state), ANSWER_USES_GPU, "not-a-fault");
}

static void no_driver(void **state)
{
	struct facts f;

	plain_machine(&f);
	add_gpu(&f, *state, "0x10de", NO_TEXT);
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "no-nvidia-driver");
	assert_int_equal(finding_of(r, "kernel-module-not-loaded")->role, ROLE_SYMPTOM);

	f.platform.container = TEXT("docker"); /* what is installed on the host is not seen */
	check_answer(judge(&f, *state), ANSWER_CANNOT_USE_GPU, "undetermined");

	f.platform.container = NO_TEXT;
	f.kmod.file = TEXT("/lib/modules/6.1.0/nvidia.ko");
	r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "kernel-module-not-loaded");
	assert_string_equal(finding_of(r, "kernel-module-not-loaded")->fixes.v[0].command,
			    "sudo modprobe nvidia");
}

static void nouveau(void **state)
{
	struct facts f;

	plain_machine(&f);
	f.kmod.nouveau = FLAG(true);
	add_gpu(&f, *state, "0x10de", TEXT("nouveau"));
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "nouveau-bound");
	assert_string_equal(finding_of(r, "kernel-module-not-loaded")->explained_by,
			    "nouveau-bound");

	/* With the library there, torch sees no device. */
	set_driver(&f, "550.54.15");
	f.kmod.loaded = NO_FLAG;
	f.kmod.proc_version = f.kmod.sys_version = NO_TEXT;
	r = judge(&f, *state);
	check_raises(&r->prediction.to_cuda, "RuntimeError", "No CUDA GPUs are available");
	assert_int_equal(r->prediction.warnings.n, 1);
	assert_string_equal(r->prediction.warnings.v[0], "Can't initialize NVML");

	/* A further GPU is only a warning. */
	sound_machine(&f, *state, 1);
	add_gpu(&f, *state, "0x10de", TEXT("nouveau"));
	r = judge(&f, *state);
	check_answer(r, ANSWER_USES_GPU, "not-a-fault");
	assert_int_equal(finding_of(r, "nouveau-bound")->role, ROLE_WARNING);
	assert_string_equal(finding_of(r, "nouveau-bound")->subject, "GPU 0000:02:00.0");
	check_count(&r->prediction, 1);
}

/* Measured (2.9.1, driver-lower-major with two NVML devices): False, 2, and the warning. */
static void an_old_driver(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 2);
	set_torch(&f, "2.11.0+cu130", "13.0");
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "driver-too-old-for-torch-cuda");
	assert_int_equal(r->prediction.is_available.value, OUTCOME_FALSE);
	check_count(&r->prediction, 2);
	check_raises(&r->prediction.to_cuda, "RuntimeError",
		     "The NVIDIA driver on your system is too old (found version 12040). Please");
	assert_int_equal(r->prediction.warnings.n, 1);
	assert_true(
		starts_with(r->prediction.warnings.v[0],
			    "CUDA initialization: The NVIDIA driver on your system is too old"));

	/* NVML alone decides then (measured: nvmlcheck-count-2): True, and the first tensor fails all the same. */
	f.env.nvml_based_cuda_check = TEXT("1");
	r = judge(&f, *state);
	assert_int_equal(r->prediction.is_available.value, OUTCOME_TRUE);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "driver-too-old-for-torch-cuda");
}

/* Only the major counts: CUDA 12.6 builds run on 12.2 drivers, 11.6 on 450. */
static void driver_versions(void **state)
{
	static const struct {
		const char *driver, *cuda;
		enum answer answer;
	} rows[] = {
		{ "535.104.05", "12.6", ANSWER_USES_GPU },
		{ "450.80.02", "11.6", ANSWER_USES_GPU },
		{ "520.61.05", "12.1", ANSWER_CANNOT_USE_GPU },
		{ "575.57.08", "13.0", ANSWER_CANNOT_USE_GPU },
		{ "580.65.06", "13.2", ANSWER_USES_GPU },
		{ "590.48.01", "11.8", ANSWER_USES_GPU },
		{ "615.10", "14.0", ANSWER_CANNOT_USE_GPU },
		{ "700.10", "14.0", ANSWER_CANNOT_TELL }, /* newer than the table */
		{ "700.10", "13.4", ANSWER_USES_GPU },
		{ "1.1", "12.4", ANSWER_CANNOT_TELL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f;

		sound_machine(&f, *state, 1);
		set_driver(&f, rows[i].driver);
		set_torch(&f, "2.6.0", rows[i].cuda);
		struct report *r = judge(&f, *state);
		if (r->answer != rows[i].answer)
			fail_msg("driver %s, CUDA %s: %s", rows[i].driver, rows[i].cuda,
				 answer_name(r->answer));
	}
}

static void library_and_module_differ(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	f.drvlib.libcuda.version = TEXT("535.104.05");
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "driver-library-version-mismatch");
	assert_true(strstr(r->prediction.to_cuda.raises_text,
			   "Error 803: ")); /* measured: cuinit-803 */

	sound_machine(&f, *state, 1);
	f.drvlib.libcuda.real = TEXT("/usr/local/cuda/lib64/stubs/libcuda.so");
	r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "libcuda-missing-or-stub");
	check_raises(&r->prediction.to_cuda, "RuntimeError",
		     "Unexpected error from cudaGetDeviceCount()."); /* measured: cuinit-34 */
	assert_int_equal(r->prediction.is_available.value, OUTCOME_FALSE);
	assert_int_equal(r->prediction.warnings.n, 1);

	sound_machine(&f, *state, 1);
	f.drvlib.libcuda = (struct library){ .path = NO_TEXT, .real = NO_TEXT, .version = NO_TEXT };
	r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "libcuda-missing-or-stub");
	check_raises(&r->prediction.to_cuda, "RuntimeError", "Found no NVIDIA driver");
	check_count(&r->prediction, 1); /* measured: nvml-no-libcuda */
	assert_int_equal(r->prediction.is_available.value, OUTCOME_FALSE);
}

/* Torch 2.0+ over two physical GPUs; -1 = not predicted, -2 = raises. Counts as in torch's own functions
 * (tests/oracle); the answers as the CUDA programming guide has it: the first entry that is no GPU ends the list. */
static void visible_devices(void **state)
{
	static const struct {
		const char *value;
		enum answer answer;
		int64_t count;
		const char *diagnosis;
	} rows[] = {
		{ "", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ " ", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ "-1", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ "-1,0", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ "none", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ "NoDevFiles", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-empty" },
		{ "0", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "1", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "1,0", ANSWER_USES_GPU, 2, "not-a-fault" },
		{ "2", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-invalid-index" },
		{ "2,0", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-invalid-index" },
		{ "99999999999999999999", ANSWER_CANNOT_USE_GPU, 0,
		  "cuda-visible-devices-invalid-index" },
		{ "0,2,1", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "0,", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "0, 1", ANSWER_USES_GPU, 2, "not-a-fault" },
		{ "0,-1", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "0,-", ANSWER_USES_GPU, -2, "not-a-fault" },
		{ "all", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-malformed" },
		{ "cuda:0", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-malformed" },
		{ "\"0\"", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-malformed" },
		{ ",0", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-malformed" },
		{ "-", ANSWER_CANNOT_USE_GPU, -2, "cuda-visible-devices-malformed" },
		{ "0,0", ANSWER_CANNOT_TELL, 0, "undetermined" },
		{ "0;1", ANSWER_CANNOT_TELL, 1, "undetermined" },
		{ " 0", ANSWER_CANNOT_TELL, 1, "undetermined" },
		{ "01", ANSWER_CANNOT_TELL, 1, "undetermined" },
		{ "+1", ANSWER_CANNOT_TELL, 1, "undetermined" },
		{ "\xd9\xa1", ANSWER_CANNOT_TELL, 1, "undetermined" }, /* the digit 1, in Arabic */
		{ "GPU-aaaa1111", ANSWER_CANNOT_TELL, -1, "undetermined" }, /* UUIDs not known */
		{ "MIG-aaaa1111", ANSWER_CANNOT_TELL, -1, "undetermined" },
		{ "bbbb3333", ANSWER_CANNOT_TELL, 0, "undetermined" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f;

		sound_machine(&f, *state, 2);
		f.env.cuda_visible_devices = TEXT(rows[i].value);
		struct report *r = judge(&f, *state);
		const struct outcome *count = &r->prediction.device_count;
		int64_t n = count->value == OUTCOME_COUNT ? count->count
			    : count->raises_type          ? -2
							  : -1;

		if (r->answer != rows[i].answer || n != rows[i].count ||
		    strcmp(r->diagnosis, rows[i].diagnosis) != 0)
			fail_msg("\"%s\": %s, count %d, %s", rows[i].value, answer_name(r->answer),
				 (int)n, r->diagnosis);
	}
}

/* The same with UUIDs, of which the driver's list knows two. */
static void visible_uuids(void **state)
{
	static const struct {
		const char *value;
		enum answer answer;
		int64_t count;
		const char *diagnosis;
	} rows[] = {
		{ "GPU-aaaa1111-0000-4000-8000-000000000000", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "GPU-aaaa2,GPU-aaaa1", ANSWER_USES_GPU, 2, "not-a-fault" },
		{ "GPU-aaaa2, GPU-aaaa1", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "GPU-aaaa", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-malformed" },
		{ "GPU-ffff", ANSWER_CANNOT_USE_GPU, 0, "cuda-visible-devices-invalid-index" },
		{ "GPU-aaaa1,GPU-ffff", ANSWER_USES_GPU, 1, "not-a-fault" },
		{ "GPU-AAAA1", ANSWER_CANNOT_TELL, 0, "undetermined" },
		{ "gpu-aaaa1", ANSWER_CANNOT_TELL, 0, "undetermined" },
		{ "GPU-aaaa1,GPU-aaaa11", ANSWER_CANNOT_TELL, 0, "undetermined" },
		{ "0,GPU-aaaa2", ANSWER_CANNOT_TELL, 1, "undetermined" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		static const char *const uuids[] = { "GPU-aaaa1111-0000-4000-8000-000000000000",
						     "GPU-aaaa2222-0000-4000-8000-000000000001" };
		struct facts f;

		sound_machine(&f, *state, 2);
		f.cards.gpus.st = PRESENT;
		for (size_t k = 0; k < 2; k++) {
			struct card card = { .addr = f.pci.gpus.v[k].addr, .uuid = TEXT(uuids[k]) };

			PUSH((struct arena *)*state, &f.cards.gpus, card);
		}
		f.env.cuda_visible_devices = TEXT(rows[i].value);
		struct report *r = judge(&f, *state);
		const struct outcome *count = &r->prediction.device_count;
		int64_t n = count->value == OUTCOME_COUNT ? count->count : -1;

		if (r->answer != rows[i].answer || n != rows[i].count ||
		    strcmp(r->diagnosis, rows[i].diagnosis) != 0)
			fail_msg("\"%s\": %s, count %d, %s", rows[i].value, answer_name(r->answer),
				 (int)n, r->diagnosis);
	}
}

/* 1.13 counts behind an entry that is no GPU, and knows no PYTORCH_NVML_BASED_CUDA_CHECK. */
static void torch_1_13(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 2);
	set_torch(&f, "1.13.1+cu117", "11.7");
	f.env.cuda_visible_devices = TEXT("2,0");
	f.env.nvml_based_cuda_check = TEXT("1");
	struct report *r = judge(&f, *state);
	check_count(&r->prediction, 1);
	assert_int_equal(r->prediction.is_available.value, OUTCOME_FALSE);
	f.env.cuda_visible_devices = TEXT("1,0");
	r = judge(&f, *state);
	check_count(&r->prediction, 2);
	assert_int_equal(r->prediction.is_available.value, OUTCOME_TRUE);
}

static void hangs_are_told(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	struct hang hang = { .pid = 4123,
			     .path = "/data/venv/lib",
			     .state = "S",
			     .state_after_kill = "D",
			     .mount = "/data",
			     .fstype = "fuse.sshfs",
			     .since = 1709215323 }; /* the leap day of 2024 */
	PUSH((struct arena *)*state, &f.hangs, hang);
	f.torch.nvcc = (struct fact_str){ UNKNOWN, "/data/venv/lib", "no answer", NULL };
	struct report *r = judge(&f, *state);
	assert_int_equal(r->not_looked_at.n, 1);
	assert_string_equal(r->not_looked_at.v[0],
			    "/data (fuse.sshfs): venv/lib did not answer since 02-29 14:02 UTC "
			    "(process 4123, state D)");
}

/* ---- fixes ---- */

static const char *first_command(struct facts *f, struct arena *a)
{
	const struct report *r = judge(f, a);

	assert_true(r->findings.n > 0 && r->findings.v[0]->fixes.n > 0);
	return r->findings.v[0]->fixes.v[0].command;
}

/* NULL: words only. */
static const char *driver_command(struct arena *a, const char *id, const char *like)
{
	struct facts f;

	plain_machine(&f);
	add_gpu(&f, a, "0x10de", NO_TEXT);
	f.platform.distro = id ? TEXT(id) : UNREAD_TEXT;
	f.platform.distro_like = like ? TEXT(like) : NO_TEXT;
	return first_command(&f, a);
}

static void the_driver_comes_from_the_distribution(void **state)
{
	assert_string_equal(driver_command(*state, "debian", NULL),
			    "sudo apt install nvidia-driver && sudo reboot");
	assert_string_equal(driver_command(*state, "ubuntu", "debian"),
			    "sudo ubuntu-drivers install && sudo reboot");
	assert_string_equal(driver_command(*state, "linuxmint", "ubuntu debian"),
			    "sudo ubuntu-drivers install && sudo reboot");
	assert_true(starts_with(driver_command(*state, "fedora", NULL),
				"sudo dnf install akmod-nvidia"));
	assert_null(driver_command(*state, "void", NULL));
	assert_null(driver_command(*state, NULL, NULL));
}

static struct facts torch_in(struct arena *a, const char *kind, const char *prefix,
			     const char *folder)
{
	const char *own = arena_fmt(a, "%s/lib/python3.11/site-packages", prefix);
	struct facts f;

	sound_machine(&f, a, 1);
	set_torch(&f, "2.6.0+cpu", NULL);
	f.python.kind = TEXT(kind);
	f.python.prefix = TEXT(prefix);
	f.torch.dir = TEXT(arena_fmt(a, "%s/torch", folder));
	PUSH(a, &f.python.path.v, folder);
	PUSH(a, &f.python.path.v, own);
	return f;
}

static void what_hides_the_environment_is_taken_away(void **state)
{
	const char *user = "/home/ana/.local/lib/python3.11/site-packages";
	struct facts f = torch_in(*state, "venv", "/venv", "/opt/old");

	f.env.pythonpath = TEXT("/elsewhere");
	assert_string_equal(first_command(&f, *state), "unset PYTHONPATH");
	f.env.pythonpath = NO_TEXT;
	assert_string_equal(first_command(&f, *state), "unset PYTHONUSERBASE");
	f = torch_in(*state, "conda", "/conda/envs/ml", user);
	assert_string_equal(first_command(&f, *state), "/venv/bin/python -m pip uninstall torch");
	f = torch_in(*state, "venv", "/venv", "/venv/lib/python3.11/site-packages");
	assert_true(strstr(first_command(&f, *state), "--force-reinstall") != NULL);
	f = torch_in(*state, "system", "/usr", user);
	assert_null(strstr(first_command(&f, *state), "uninstall"));
}

static const char *command_for_python(struct arena *a, const char *python)
{
	struct facts f;

	sound_machine(&f, a, 1);
	f.torch = (struct torch){
		.dir = NO_TEXT, .version = NO_TEXT, .cuda = NO_TEXT, .hip = NO_TEXT, .xpu = NO_TEXT
	};
	f.python.version = TEXT(python);
	return first_command(&f, a);
}

static void the_index_has_this_python(void **state)
{
	assert_non_null(strstr(command_for_python(*state, "3.11.2"), "/cu126"));
	assert_non_null(strstr(command_for_python(*state, "3.9"), "/cu126"));
	assert_non_null(strstr(command_for_python(*state, "3.8.10"), "/cu124"));
	assert_non_null(strstr(command_for_python(*state, "3.7.3"), "/cu117"));
	assert_null(command_for_python(*state, "3.15.0"));
}

static void libraries_are_named_by_branch(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	f.drvlib.libcuda = (struct library){ .path = NO_TEXT, .real = NO_TEXT, .version = NO_TEXT };
	f.platform.distro = TEXT("ubuntu");
	assert_string_equal(first_command(&f, *state),
			    "sudo apt install --reinstall libnvidia-compute-550");
}

static void fixes_name_a_build_that_fits(void **state)
{
	static const struct {
		const char *installed, *driver, *device, *expected;
	} rows[] = {
		{ "2.6.0+cpu", "550.54.15", "0x2684",
		  "torch==2.6.0 --index-url "
		  "https://download.pytorch.org/whl/cu126" },
		{ "2.5.1+cpu", "550.54.15", "0x2684",
		  "torch==2.5.1 --index-url "
		  "https://download.pytorch.org/whl/cu124" },
		{ "2.9.1+cpu", "580.95.05", "0x2b85",
		  "torch==2.9.1 --index-url "
		  "https://download.pytorch.org/whl/cu128" },
		{ "2.12.0+cpu", "580.95.05", "0x2b85",
		  "torch==2.12.0 --index-url "
		  "https://download.pytorch.org/whl/cu130" },
		{ "2.9.1+cpu", "470.82.01", "0x1b06",
		  "torch --index-url "
		  "https://download.pytorch.org/whl/cu118" },
		{ "2.6.0+cpu", "580.95.05", "0x2b85",
		  "torch --index-url "
		  "https://download.pytorch.org/whl/cu132" },
		{ "2.6.0+cpu", "470.82.01", "0x1b06",
		  "torch==2.6.0 --index-url "
		  "https://download.pytorch.org/whl/cu118" },
		{ "9.9.0", "550.54.15", "0x2684",
		  "torch --index-url "
		  "https://download.pytorch.org/whl/cu126" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f;

		sound_machine(&f, *state, 1);
		f.pci.gpus.v[0].device = TEXT(rows[i].device);
		set_driver(&f, rows[i].driver);
		set_torch(&f, rows[i].installed, NULL);
		const char *command = first_command(&f, *state);
		if (!ends_with(command, rows[i].expected))
			fail_msg("torch %s, driver %s: %s", rows[i].installed, rows[i].driver,
				 command);
		assert_true(
			starts_with(command, "/venv/bin/python -m pip install --force-reinstall "));
	}
}

static void fixes_speak_to_the_installer(void **state)
{
	static const struct {
		const char *installer, *kind, *expected;
	} rows[] = {
		{ "pip", "venv",
		  "/venv/bin/python -m pip install --force-reinstall torch==2.6.0 " },
		{ "uv", "venv",
		  "uv pip install --python /venv/bin/python --reinstall-package torch " },
		{ "conda", "conda", "conda install -p /venv -c conda-forge pytorch-gpu" },
		{ "pip", "conda", "/venv/bin/python -m pip install " },
		{ "poetry", "venv", "poetry source add --priority=explicit pytorch-cu126 " },
		{ "apt", "system", "/venv/bin/python -m venv ~/torch-cuda && " },
		{ "pip", "system", "/venv/bin/python -m venv ~/torch-cuda && " },
		{ "hatch", "venv", "/venv/bin/python -m pip install " },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f;

		sound_machine(&f, *state, 1);
		set_torch(&f, "2.6.0+cpu", NULL);
		f.torch.installer = TEXT(rows[i].installer);
		f.python.kind = TEXT(rows[i].kind);
		const char *command = first_command(&f, *state);
		if (!starts_with(command, rows[i].expected))
			fail_msg("%s, %s: %s", rows[i].installer, rows[i].kind, command);
	}
}

static void a_driver_that_no_build_knows(void **state)
{
	struct facts f;

	sound_machine(&f, *state, 1);
	set_driver(&f, "390.157");
	struct report *r = judge(&f, *state);
	check_answer(r, ANSWER_CANNOT_USE_GPU, "driver-too-old-for-torch-cuda");
	assert_int_equal(r->findings.v[0]->fixes.n, 1);
	assert_true(starts_with(r->findings.v[0]->fixes.v[0].words, "driver 525 or newer"));
}

static void words_of_the_shell(void **state)
{
	assert_string_equal(shell_word(*state, "/usr/bin/python3.11"), "/usr/bin/python3.11");
	assert_string_equal(shell_word(*state, "/my envs/a"), "'/my envs/a'");
	assert_string_equal(shell_word(*state, "/it's"), "'/it'\\''s'");
	assert_string_equal(shell_word(*state, "/a\\x0ab'"), "$'/a\\x0ab\\''");
	assert_string_equal(shell_word(*state, ""), "''");
}

/* ---- every combination ---- */

static void set_gpus(struct facts *f, struct arena *a, size_t i)
{
	static const struct {
		enum known list;
		const char *vendor;
		enum known driver_state;
		const char *driver;
	} rows[] = {
		{ PRESENT, NULL, ABSENT, NULL },
		{ PRESENT, "0x10de", PRESENT, "nvidia" },
		{ PRESENT, "0x10de", PRESENT, "nouveau" },
		{ PRESENT, "0x10de", ABSENT, NULL },
		{ PRESENT, "0x10de", PRESENT, "vfio-pci" },
		{ PRESENT, "0x10de", UNKNOWN, NULL },
		{ PRESENT, "0x1002", PRESENT, "amdgpu" },
		{ UNKNOWN, NULL, ABSENT, NULL },
		{ UNKNOWN, "0x10de", PRESENT, "nvidia" },
	};

	f->pci.gpus.st = rows[i].list;
	if (rows[i].vendor)
		add_gpu(f, a, rows[i].vendor,
			(struct fact_str){ rows[i].driver_state, "/place", NULL, rows[i].driver });
}

static void set_module(struct facts *f, size_t i)
{
	static const char *const versions[] = { "550.54.15", "580.95.05" };

	set_no_driver(f);
	if (i < 2) {
		f->kmod.loaded = FLAG(true);
		f->kmod.proc_version = f->kmod.sys_version = TEXT(versions[i]);
		f->kmod.file = (struct fact_str){ 0 };
	} else if (i == 2) {
		f->kmod.loaded = UNREAD_FLAG;
		f->kmod.proc_version = f->kmod.sys_version = UNREAD_TEXT;
	} else if (i == 3) {
		f->kmod.file = TEXT("/lib/modules/x/nvidia.ko");
	} else if (i == 4) {
		f->kmod.traces = UNREAD_LIST;
		f->kmod.nouveau = FLAG(true);
	}
}

static void set_library(struct library *lib, size_t i)
{
	static const struct library rows[] = {
		{ { ABSENT, "/p", NULL, NULL },
		  { ABSENT, "/p", NULL, NULL },
		  { ABSENT, "/p", NULL, NULL },
		  { 0 } },
		{ { PRESENT, "/p", NULL, "/a" },
		  { PRESENT, "/p", NULL, "/a" },
		  { PRESENT, "/p", NULL, "550.54.15" },
		  { 0 } },
		{ { PRESENT, "/p", NULL, "/a" },
		  { PRESENT, "/p", NULL, "/a" },
		  { PRESENT, "/p", NULL, "580.95.05" },
		  { 0 } },
		{ { PRESENT, "/p", NULL, "/a" },
		  { PRESENT, "/p", NULL, "/a" },
		  { ABSENT, "/p", NULL, NULL },
		  { 0 } },
		{ { UNKNOWN, "/p", NULL, NULL },
		  { NOT_LOOKED, NULL, NULL, NULL },
		  { NOT_LOOKED, NULL, NULL, NULL },
		  { 0 } },
	};

	*lib = rows[i];
}

static void set_platform(struct facts *f, size_t i)
{
	if (i == 1)
		f->platform.wsl = FLAG(true);
	else if (i == 2)
		f->platform.tegra = FLAG(true);
	else if (i == 3)
		f->platform.container = TEXT("docker");
	else if (i == 4)
		f->platform.wsl = UNREAD_FLAG;
	if (i == 1 || i == 2)
		f->pci.gpus.n = 0; /* there it is not on the bus */
}

static void set_environment(struct facts *f, size_t i)
{
	static const char *const values[] = { NULL, "", "0", "5", "0,5", "GPU-aaaa", "1,1" };

	f->env.cuda_visible_devices = i == 7 ? UNREAD_TEXT : values[i] ? TEXT(values[i]) : NO_TEXT;
}

static void set_build(struct facts *f, size_t i)
{
	static const struct {
		const char *version, *cuda;
	} rows[] = { { "2.6.0+cu124", "12.4" },  { "2.11.0+cu130", "13.0" },
		     { "1.13.1+cu117", "11.7" }, { "2.6.0+cpu", NULL },
		     { "2.6.0+rocm6.2", NULL },  { "2.6.0+xpu", NULL },
		     { "2.6.0", NULL },          { "2.6.0", NULL },
		     { "2.6.0", NULL } };

	set_torch(f, rows[i].version, rows[i].cuda);
	if (i == 4)
		f->torch.hip = TEXT("6.2");
	else if (i == 5)
		f->torch.xpu = TEXT("2025");
	else if (i == 6)
		f->torch.cuda = UNREAD_TEXT;
	else if (i == 7)
		f->torch = (struct torch){ .dir = NO_TEXT };
	else if (i == 8)
		f->python = (struct python){ .exe = UNREAD_TEXT };
	if (i == 8)
		f->torch = (struct torch){ .dir = UNREAD_TEXT };
}

static void set_check(struct facts *f, size_t i)
{
	if (i > 0)
		f->env.nvml_based_cuda_check = i == 1 ? TEXT("1") : UNREAD_TEXT;
}

enum {
	GPUS = 9,
	MODULES = 6,
	LIBRARIES = 5,
	NVMLS = 5,
	PLATFORMS = 5,
	VALUES = 8,
	BUILDS = 9,
	CHECKS = 3
};
#define COMBINATIONS                                                                               \
	((size_t)GPUS * MODULES * LIBRARIES * NVMLS * PLATFORMS * VALUES * BUILDS * CHECKS)

static size_t take(size_t *number, size_t n)
{
	size_t digit = *number % n;

	*number /= n;
	return digit;
}

static void combination(struct facts *f, struct arena *a, size_t number)
{
	plain_machine(f);
	set_gpus(f, a, take(&number, GPUS));
	set_module(f, take(&number, MODULES));
	set_library(&f->drvlib.libcuda, take(&number, LIBRARIES));
	set_library(&f->drvlib.libnvml, take(&number, NVMLS));
	set_platform(f, take(&number, PLATFORMS));
	set_environment(f, take(&number, VALUES));
	set_build(f, take(&number, BUILDS));
	set_check(f, take(&number, CHECKS));
}

static bool has_role(const struct report *r, enum role role)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == role)
			return true;
	return false;
}

/* What is unread of a warning's matter leaves the answer as it is. */
static bool has_open_question(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_UNKNOWN &&
		    r->findings.v[i]->severity == SEVERITY_ERROR)
			return true;
	return false;
}

static void check_report(const struct facts *f, const struct report *r, size_t number)
{
	const struct prediction *p = &r->prediction;
	bool works = p->first_kernel.value == OUTCOME_TRUE, uses = r->answer == ANSWER_USES_GPU;

	if (uses != works)
		fail_msg("%zu: answer %s against the first kernel", number, answer_name(r->answer));
	if (works && (has_role(r, ROLE_CAUSE) || has_open_question(r)))
		fail_msg("%zu: works, beside a cause or something unread", number);
	if (works && (f->torch.cuda.st != PRESENT || f->drvlib.libcuda.path.st != PRESENT ||
		      f->kmod.loaded.st == ABSENT || p->is_available.value == OUTCOME_FALSE))
		fail_msg("%zu: works without torch, driver or module", number);
	if (has_role(r, ROLE_CAUSE) && f->torch.cuda.st == PRESENT &&
	    p->first_kernel.value != OUTCOME_FALSE)
		fail_msg("%zu: a cause (%s), and the first kernel is not predicted to fail", number,
			 r->findings.v[0]->id);
	if (r->answer == ANSWER_CANNOT_TELL && has_role(r, ROLE_CAUSE))
		fail_msg("%zu: a cause, and the answer is open", number);
	if (p->to_cuda.value == OUTCOME_TRUE && p->is_available.value == OUTCOME_FALSE)
		fail_msg("%zu: .to(\"cuda\") works where is_available() is False", number);
	assert_non_null(r->diagnosis);
}

static bool same_outcome(const struct outcome *known, const struct outcome *less)
{
	return less->value == OUTCOME_UNKNOWN || known->value == OUTCOME_UNKNOWN ||
	       (known->value == less->value && known->count == less->count);
}

/* Knowing less may take an answer away; it must not give another one. */
static void compare_with_less(const struct report *known, const struct report *less, size_t number,
			      const char *field)
{
	for (size_t i = 0; i < less->findings.n; i++) {
		const struct finding *x = less->findings.v[i];

		if (x->verdict == FAIL && !finding_of(known, x->id))
			fail_msg("%zu without %s: new finding %s", number, field, x->id);
	}
	if (less->answer != ANSWER_CANNOT_TELL && known->answer != ANSWER_CANNOT_TELL &&
	    less->answer != known->answer)
		fail_msg("%zu without %s: %s", number, field, answer_name(less->answer));
	if (!same_outcome(&known->prediction.import, &less->prediction.import) ||
	    !same_outcome(&known->prediction.is_available, &less->prediction.is_available) ||
	    !same_outcome(&known->prediction.device_count, &less->prediction.device_count) ||
	    !same_outcome(&known->prediction.to_cuda, &less->prediction.to_cuda) ||
	    !same_outcome(&known->prediction.first_kernel, &less->prediction.first_kernel))
		fail_msg("%zu without %s: another prediction", number, field);
}

/* A loaded module closes a bus that cannot be read, by design; here it is loaded and drives
 * nothing. */
static bool defies_the_design(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (text_is(&f->pci.gpus.v[i].driver, "nvidia"))
			return false;
	return f->kmod.loaded.st == PRESENT && f->pci.gpus.st == PRESENT;
}

struct sweep {
	struct facts *facts;
	const struct report *known;
	size_t number;
};

static void judge_without(const struct sweep *s, struct fact *fact, const char *name)
{
	struct fact before = *fact;

	if (before.st == NOT_LOOKED)
		return;

	struct arena *a = arena_new();

	fact->st = UNKNOWN;
	fact->why = "EIO";
	compare_with_less(s->known, judge(s->facts, a), s->number, name);
	*fact = before;
	arena_free(a);
}

static void sweep_record(const struct sweep *s, const struct record *record, char *base)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];
		void *at = base + field->offset;

		if (field->type == FIELD_GROUP) {
			sweep_record(s, field->of, at);
			continue;
		}
		if (field->type == FIELD_TEXT)
			continue;
		judge_without(s, at, field->name);
		if (field->type == FIELD_LIST) {
			struct gpu_list *list = at, whole = *list;

			for (size_t k = 0; k < list->n; k++)
				sweep_record(s, field->of, (char *)&list->v[k]);
			list->n = 0; /* the whole list unread, not only its end */
			judge_without(s, at, field->name);
			*list = whole;
		}
	}
}

static void every_combination(void **state)
{
	/* A prime that divides no factor visits all values of each. */
	size_t step = getenv("WHYCPU_ALL") ? 1 : 1009, n = 0;

	(void)state;
	for (size_t number = 0; number < COMBINATIONS; number += step, n++) {
		struct arena *a = arena_new();
		struct facts f;

		combination(&f, a, number);
		struct report *r = judge(&f, a);
		check_report(&f, r, number);
		struct sweep sweep = { &f, r, number };
		if (!defies_the_design(&f))
			sweep_record(&sweep, &facts_record, (char *)&f);
		arena_free(a);
	}
	assert_true(n > 1000);
}

static int new_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int drop_arena(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_machine),
		cmocka_unit_test(no_torch),
		cmocka_unit_test(a_cpu_build),
		cmocka_unit_test(a_damaged_version_proves_nothing),
		cmocka_unit_test(builds_for_other_gpus),
		cmocka_unit_test(no_gpu),
		cmocka_unit_test(a_failure_without_its_text),
		cmocka_unit_test(a_bound_gpu_closes_the_module),
		cmocka_unit_test(a_container_needs_equal_versions),
		cmocka_unit_test(no_driver),
		cmocka_unit_test(nouveau),
		cmocka_unit_test(an_old_driver),
		cmocka_unit_test(driver_versions),
		cmocka_unit_test(library_and_module_differ),
		cmocka_unit_test(visible_devices),
		cmocka_unit_test(visible_uuids),
		cmocka_unit_test(torch_1_13),
		cmocka_unit_test(hangs_are_told),
		cmocka_unit_test(the_driver_comes_from_the_distribution),
		cmocka_unit_test(libraries_are_named_by_branch),
		cmocka_unit_test(the_index_has_this_python),
		cmocka_unit_test(what_hides_the_environment_is_taken_away),
		cmocka_unit_test(fixes_name_a_build_that_fits),
		cmocka_unit_test(fixes_speak_to_the_installer),
		cmocka_unit_test(a_driver_that_no_build_knows),
		cmocka_unit_test(words_of_the_shell),
		cmocka_unit_test(every_combination),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rules", tests, new_arena, drop_arena);
}
