// SPDX-License-Identifier: Apache-2.0
/* Torch's five answers, from files alone. It follows torch's own steps (torch/cuda/__init__.py,
 * CUDAFunctions.cpp; texts compared with the real wheels 1.13.1 to 2.15.0) as far as the facts go,
 * and is null where one is missing. Not looked at yet, and so presumed sound: the libraries that
 * `import torch` loads, and the code in the build beyond what data/no_code.tsv rules out. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/machine.h"

static const char no_driver[] =
	"Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a "
	"driver from http://www.nvidia.com/Download/index.aspx";
static const char no_device[] = "No CUDA GPUs are available";
static const char stub_library[] =
	"Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling "
	"NumCudaDevices() that might have already set an error? Error 34: CUDA driver is a stub library";
static const char not_compiled[] = "Torch not compiled with CUDA enabled";

static struct outcome yes(void)
{
	return (struct outcome){ .value = OUTCOME_TRUE };
}

static struct outcome no(void)
{
	return (struct outcome){ .value = OUTCOME_FALSE };
}

static struct outcome raises(const char *type, const char *text)
{
	return (struct outcome){ .value = OUTCOME_FALSE, .raises_type = type, .raises_text = text };
}

static struct outcome count_of(size_t n)
{
	return (struct outcome){ .value = OUTCOME_COUNT, .count = (int64_t)n };
}

static struct outcome open_question(void)
{
	return (struct outcome){ .value = OUTCOME_UNKNOWN };
}

static struct outcome outcome_of(enum tri value)
{
	return value == YES ? yes() : value == NO ? no() : open_question();
}

/* ---- what the CUDA runtime meets: libcuda, its version, then cuInit; the first that fails gives
 * the error ---- */

enum error { ERROR_NONE, ERROR_OPEN, ERROR_NO_DRIVER, ERROR_TOO_OLD, ERROR_NO_DEVICE, ERROR_STUB };

struct start {
	enum tri works;
	enum error error; /* ERROR_OPEN: it fails, and which error comes first is not known */
};

/* Does NVIDIA's module drive a GPU? A loaded module closes a bus that could not be read: without
 * any GPU it refuses to load. */
static enum tri gpu_driven(const struct facts *f)
{
	struct range driven = gpus_driven(f);
	enum tri on_pci = nvidia_on_pci(f), loaded = module_loaded(f);

	if (gpu_outside_pci(f) == YES)
		return MAYBE;
	if (loaded == NO)
		return NO;
	if (driven.most == 0)
		return on_pci == YES ? NO : MAYBE;
	if (loaded == MAYBE)
		return MAYBE;
	for (size_t i = 0; driven.least == 0 && i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && is_there(&f->pci.gpus.v[i].driver) != MAYBE)
			return MAYBE;
	return YES;
}

static enum tri gpu_selected(const struct facts *f)
{
	switch (selection_of(f).kind) {
	case SELECTS_ALL:
	case SELECTS_LIST:
		return YES;
	case SELECTS_NOTHING:
		return NO;
	case SELECTS_BEYOND:
		return gpu_outside_pci(f) == YES ? MAYBE : NO;
	default:
		return MAYBE;
	}
}

static struct start start_cuda(const struct facts *f)
{
	enum tri found = is_there(&f->drvlib.libcuda.path), new_enough = driver_new_enough(f);
	enum tri device = both(both(gpu_driven(f), nodes_usable(f)), gpu_selected(f));
	enum tri works = both(both(found, new_enough), both(device, driver_pair(f).works));

	if (libcuda_is_stub(f))
		return (struct start){ NO, ERROR_STUB };
	if (works != NO)
		return (struct start){ works, ERROR_NONE };
	if (found == NO)
		return (struct start){ NO, ERROR_NO_DRIVER };
	if (found == YES && new_enough == NO)
		return (struct start){ NO, ERROR_TOO_OLD };
	if (found == YES && new_enough == YES)
		return (struct start){ NO, ERROR_NO_DEVICE };
	return (struct start){ NO, ERROR_OPEN };
}

/* The number is cuDriverGetVersion's; for a branch between two rows of the table it is not
 * known. */
static const char *too_old(const struct facts *f, struct arena *a)
{
	struct driver_cuda cuda = driver_cuda(driver_version(f));

	if (!cuda.exact)
		return "The NVIDIA driver on your system is too old";
	return arena_fmt(
		a,
		"The NVIDIA driver on your system is too old (found version %lld). Please update "
		"your GPU driver by downloading and installing a new version from the URL: "
		"http://www.nvidia.com/Download/index.aspx Alternatively, go to: "
		"https://pytorch.org to install a PyTorch version that has been compiled with "
		"your version of the CUDA driver.",
		(long long)cuda.api);
}

static struct outcome to_cuda(const struct facts *f, struct start start, struct arena *a)
{
	switch (start.error) {
	case ERROR_NONE:
		return outcome_of(start.works);
	case ERROR_NO_DRIVER:
		return raises("RuntimeError", no_driver);
	case ERROR_TOO_OLD:
		return raises("RuntimeError", too_old(f, a));
	case ERROR_NO_DEVICE:
		return raises("RuntimeError", no_device);
	case ERROR_STUB:
		return raises("RuntimeError", stub_library);
	case ERROR_OPEN:
		break;
	}
	return no();
}

/* ---- device_count: NVML's count if NVML answers, else the CUDA runtime's ---- */

enum era { ERA_UNKNOWN, BEFORE_NVML, ERA_1_13, ERA_2 };

static enum era torch_era(const struct facts *f)
{
	int64_t minor = 0, major = 0;

	if (f->torch.version.st == PRESENT)
		major = version_major(f->torch.version.v, &minor);
	if (major == 0)
		return ERA_UNKNOWN;
	if (major >= 2)
		return ERA_2;
	return minor >= 13 ? ERA_1_13 : BEFORE_NVML;
}

/* Does NVML answer? NO: the library is absent, or nvmlInit fails because there is no module. */
static enum tri nvml_answers(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libnvml;
	const struct fact_str *module = module_version(f);
	enum tri answers = both(is_there(&lib->path), module_loaded(f));

	if (answers == YES && lib->version.st == PRESENT && module &&
	    strcmp(lib->version.v, module->v) != 0)
		return MAYBE;
	return answers;
}

/* Torch's own reading of CUDA_VISIBLE_DEVICES over `n` physical GPUs. 1.13 counts all numbers that
 * are GPUs, 2.0 those in front of the first that is none. */
static struct outcome selected_of(struct selection s, struct range gpus, enum era era)
{
	switch (s.kind) {
	case SELECTS_ALL:
		return gpus.least == gpus.most ? count_of(gpus.least) : open_question();
	case SELECTS_LIST:
		return count_of(s.count);
	case SELECTS_PARTLY:
	case SELECTS_BEYOND:
		return era == ERA_2 ? count_of(s.count) : open_question();
	default:
		return open_question();
	}
}

static struct outcome runtime_count(const struct facts *f, struct start start)
{
	if (start.works == NO)
		return count_of(0);
	return start.works == YES ? selected_of(selection_of(f), gpus_driven(f), ERA_2)
				  : open_question();
}

static bool same_count(struct outcome a, struct outcome b)
{
	return a.value == OUTCOME_COUNT && b.value == OUTCOME_COUNT && a.count == b.count;
}

/* "-", "0,+" and the like make device_count() itself raise. UUIDs do not. */
static bool is_odd_number(const struct facts *f, struct selection s)
{
	const char *value = f->env.cuda_visible_devices.v;

	return s.kind == SELECTS_ODD && !starts_with(value, "GPU-") && !starts_with(value, "MIG-");
}

static struct outcome device_count(const struct facts *f, struct start start)
{
	enum era era = torch_era(f);
	struct selection selection = selection_of(f);
	struct outcome by_runtime = runtime_count(f, start);
	struct outcome by_nvml = selected_of(selection, gpus_driven(f), era);

	if (selection.kind == SELECTS_NOTHING && era == ERA_2)
		return count_of(0); /* torch's own parser stops: NVML is not even loaded */
	if (gpu_outside_pci(f) == YES || era == ERA_UNKNOWN || is_odd_number(f, selection))
		return open_question();
	if (era == BEFORE_NVML || nvml_answers(f) == NO)
		return by_runtime;
	/* 1.13 goes on counting behind an entry that is no GPU. */
	if (selection.kind == SELECTS_NOTHING)
		return strchr(f->env.cuda_visible_devices.v, ',') ? open_question() : count_of(0);
	if (nvml_answers(f) == YES || same_count(by_nvml, by_runtime))
		return by_nvml;
	return open_question();
}

/* ---- is_available ---- */

/* PYTORCH_NVML_BASED_CUDA_CHECK: only the one character 1 switches it on, from 2.0. */
static enum tri nvml_decides(const struct facts *f)
{
	const struct fact_str *check = &f->env.nvml_based_cuda_check;
	enum era era = torch_era(f);

	if (era == ERA_1_13 || era == BEFORE_NVML)
		return NO;
	if (check->st == PRESENT)
		return strcmp(check->v, "1") != 0 ? NO : era == ERA_2 ? YES : MAYBE;
	return is_there(check);
}

static struct outcome is_available(const struct facts *f, struct start start, struct outcome count)
{
	enum tri counted = MAYBE;

	if (nvml_decides(f) == NO)
		return outcome_of(start.works);
	if (count.value == OUTCOME_COUNT)
		counted = count.count > 0 ? YES : NO;
	return counted == start.works ? outcome_of(counted) : open_question();
}

/* device_count() loads NVML unless its parser has found nothing to count. */
static bool nvml_is_asked(const struct facts *f)
{
	struct selection s = selection_of(f);

	return torch_era(f) >= ERA_1_13 && is_there(&f->env.cuda_visible_devices) != MAYBE &&
	       s.kind != SELECTS_NOTHING && s.kind != SELECTS_ODD;
}

static void add_warnings(const struct facts *f, struct start start, struct prediction *p,
			 struct arena *a)
{
	const char *text = start.error == ERROR_TOO_OLD ? too_old(f, a)
			   : start.error == ERROR_STUB  ? stub_library
							: NULL;

	if (text && (nvml_decides(f) == NO || nvml_answers(f) == NO))
		PUSH(a, &p->warnings, arena_fmt(a, "CUDA initialization: %s", text));
	if (nvml_is_asked(f) && is_there(&f->drvlib.libnvml.path) == YES && module_loaded(f) == NO)
		PUSH(a, &p->warnings, "Can't initialize NVML");
}

static void predict_cuda(const struct facts *f, struct prediction *p, struct arena *a)
{
	struct start start = start_cuda(f);

	p->device_count = device_count(f, start);
	p->is_available = is_available(f, start, p->device_count);
	p->to_cuda = to_cuda(f, start, a);
	p->first_kernel = p->to_cuda;
	/* is_available() never reads the list of architectures; the first kernel may fail where all else is True. */
	if (p->to_cuda.value == OUTCOME_TRUE && gpu_without_code(f))
		p->first_kernel = open_question();
	add_warnings(f, start, p, a);
}

/* ---- builds without CUDA ---- */

static void predict_without_cuda(struct prediction *p)
{
	p->is_available = no();
	p->device_count = count_of(0);
	p->to_cuda = raises("AssertionError", not_compiled);
}

struct prediction predict(const struct facts *f, struct arena *a)
{
	struct prediction p = { 0 };
	enum build build = torch_build(f);

	if (build == BUILD_NONE) {
		struct outcome missing = raises("ModuleNotFoundError", "No module named 'torch'");

		p.import = p.is_available = p.device_count = p.to_cuda = p.first_kernel = missing;
		return p;
	}
	if (f->torch.dir.st == PRESENT && f->torch.version.st == PRESENT)
		p.import = yes();
	if (build == BUILD_CUDA) {
		predict_cuda(f, &p, a);
	} else if (build == BUILD_CPU) {
		predict_without_cuda(&p);
		p.first_kernel = p.to_cuda;
	} else if (build == BUILD_XPU) {
		/* True of "cuda"; an Intel GPU is reached as "xpu", which is not judged here. */
		predict_without_cuda(&p);
	}
	return p;
}
