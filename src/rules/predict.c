// SPDX-License-Identifier: Apache-2.0
/* Torch's five answers, and what it prints on the way. It follows torch's own steps in their order
 * (torch/cuda/__init__.py, c10/cuda/CUDAFunctions.cpp; texts compared with what real wheels 1.13.1 to 2.15.0
 * said: tests/oracle) as far as the facts go, and is null where one is missing. Not known here: what the
 * program does before it asks. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/alloc_conf.h"
#include "rules/data.h"
#include "rules/machine.h"
#include "rules/visible.h"

#define NO_DRIVER 35
#define NO_DEVICE 100
#define UNKNOWN_ERROR 999
#define NOT_INITIALIZED 3

static struct outcome yes(void)
{
	return (struct outcome){ .value = OUTCOME_TRUE };
}

static struct outcome no(void)
{
	return (struct outcome){ .value = OUTCOME_FALSE };
}

/* Without a text it fails, and how is not known. */
static struct outcome raises(const char *type, const char *text)
{
	return (struct outcome){ .value = OUTCOME_FALSE,
				 .raises_type = text ? type : NULL,
				 .raises_text = type ? text : NULL };
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

/* ---- the words of c10::cuda::device_count ---- */

/* For a branch between two rows of the table the number is not known, and the text ends before it. */
static const char *too_old(int64_t version, struct arena *a)
{
	if (version < 0)
		return "The NVIDIA driver on your system is too old";
	return arena_fmt(
		a,
		"The NVIDIA driver on your system is too old (found version %lld). Please update "
		"your GPU driver by downloading and installing a new version from the URL: "
		"http://www.nvidia.com/Download/index.aspx Alternatively, go to: "
		"https://pytorch.org to install a PyTorch version that has been compiled with "
		"your version of the CUDA driver.",
		(long long)version);
}

/* cudaGetErrorString(); NULL for a number that is not in its table. */
const char *cuda_error_text(int error)
{
	int64_t code;

	for (size_t i = 0; i < n_cuda_error_table; i++)
		if (parse_i64(cuda_error_table[i].code, &code) && code == error)
			return cuda_error_table[i].text;
	return NULL;
}

static const char *start_text(struct cuda_start start, struct arena *a)
{
	switch (start.error) {
	case NO_DRIVER:
		if (start.version != 0)
			return too_old(start.version, a);
		return "Found no NVIDIA driver on your system. Please check that you have an "
		       "NVIDIA GPU and installed a driver from "
		       "http://www.nvidia.com/Download/index.aspx";
	case NO_DEVICE:
		return "No CUDA GPUs are available";
	case NOT_INITIALIZED:
		return "CUDA driver initialization failed, you might not have a CUDA gpu.";
	case UNKNOWN_ERROR:
		return "CUDA unknown error - this may be due to an incorrectly set up environment, "
		       "e.g. changing env variable CUDA_VISIBLE_DEVICES after program start. "
		       "Setting the available devices to be zero.";
	default:
		break;
	}

	const char *text = cuda_error_text(start.error);

	if (!start.error || !text)
		return NULL;
	return arena_fmt(a,
			 "Unexpected error from cudaGetDeviceCount(). Did you run some cuda "
			 "functions before calling NumCudaDevices() that might have already set an "
			 "error? Error %d: %s",
			 start.error, text);
}

/* No driver and no device are silent: the two commonest causes print nothing. */
static bool is_silent(struct cuda_start start)
{
	return start.error == 0 || start.error == NO_DEVICE ||
	       (start.error == NO_DRIVER && start.version == 0);
}

/* ---- torch as it asks ---- */

enum nvml_state { NVML_OPEN, NVML_FINE, NVML_NO_LIBRARY, NVML_REFUSES };

/* One process: what it has asked already decides what it prints. */
struct process {
	const struct facts *f;
	struct arena *arena;
	struct prediction *p;
	enum torch_era era;
	struct cuda_start start;
	enum nvml_state nvml;
	bool runtime_asked;
	bool counted; /* device_count() keeps its first answer, before 2.4 */
	struct outcome count;
};

static enum nvml_state nvml_by_files(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libnvml;
	const struct fact_str *module = module_version(f);
	enum tri there = is_there(&lib->path), loaded = module_loaded(f);
	bool usable = nodes_usable(f) == YES || is_true(&f->nodes.control) == YES;

	if (there == NO)
		return NVML_NO_LIBRARY;
	/* 9, driver not loaded: it says so of a control node that it cannot open, too. */
	if (there == YES && (loaded == NO || node_is_shut(f, &f->nodes.control)))
		return NVML_REFUSES;
	if (there != YES || loaded != YES || !usable)
		return NVML_OPEN;
	/* In WSL only Windows' own library answers: the Linux one finds no device node. */
	if (is_true(&f->platform.wsl) == YES && lib->real.st == PRESENT)
		return starts_with(lib->real.v, "/usr/lib/wsl/") ? NVML_FINE
		       : lib->version.st == PRESENT              ? NVML_REFUSES
								 : NVML_OPEN;
	/* A file without a version in its name is the driver's own. */
	if (lib->version.st == ABSENT)
		return NVML_FINE;
	if (lib->version.st != PRESENT || !module)
		return NVML_OPEN;
	if (strcmp(lib->version.v, module->v) == 0)
		return NVML_FINE;
	return f->platform.container.st == ABSENT ? NVML_REFUSES : NVML_OPEN; /* 18: mismatch */
}

static enum nvml_state nvml_state(const struct facts *f)
{
	const struct fact_num *init = &f->probe.nvml_init;

	if (init->st == PRESENT)
		return init->v == 0 ? NVML_FINE : NVML_REFUSES;
	return init->st == ABSENT ? NVML_NO_LIBRARY : nvml_by_files(f);
}

static bool is_at_least(const struct facts *f, const char *version)
{
	return f->torch.version.st == PRESENT && version_compare(f->torch.version.v, version) >= 0;
}

/* torch._C._cuda_getDeviceCount(): asks once in the life of a process, and warns then. */
static struct outcome ask_runtime(struct process *t)
{
	const char *text = is_silent(t->start) ? NULL : start_text(t->start, t->arena);

	if (!t->runtime_asked && text)
		PUSH(t->arena, &t->p->warnings,
		     arena_fmt(t->arena, "CUDA initialization: %s", text));
	t->runtime_asked = true;
	if (t->start.works == NO)
		return count_of(0);
	if (t->start.works == YES && t->f->probe.cuda_count.st == PRESENT)
		return count_of((size_t)t->f->probe.cuda_count.v);

	struct selection s = selection_of(t->f);

	return t->start.works == YES && s.count == s.most ? count_of(s.count) : open_question();
}

static bool same_count(struct outcome a, struct outcome b)
{
	return a.value == OUTCOME_COUNT && b.value == OUTCOME_COUNT && a.count == b.count;
}

/* What torch counts where NVML answers; its answer must not hang on how many GPUs there are. */
static struct outcome count_by_nvml(struct process *t, const struct visible *v)
{
	struct range gpus = gpus_offered(t->f);
	struct strlist uuids = { 0 };
	bool known = uuids_offered(t->f, t->arena, &uuids) && uuids.n == gpus.least;
	const struct strlist *list = known ? &uuids : NULL;
	struct visible_count least = count_visible(v, t->era, gpus.least, list);
	struct visible_count most = count_visible(v, t->era, gpus.most, list);

	if (least.state == COUNT_OF_RUNTIME)
		return ask_runtime(t);
	if (least.state != COUNT_KNOWN || least.n != most.n)
		return open_question();
	return count_of(least.n);
}

static struct outcome ask_nvml(struct process *t, const struct visible *v)
{
	bool of_runtime = v->kind == VISIBLE_UUIDS && starts_with(v->entries.v[0], "MIG-");

	if (of_runtime)
		return ask_runtime(t);
	if (t->nvml == NVML_REFUSES)
		PUSH(t->arena, &t->p->warnings, "Can't initialize NVML");
	if (t->nvml == NVML_REFUSES || t->nvml == NVML_NO_LIBRARY)
		return ask_runtime(t);
	if (t->nvml == NVML_FINE)
		return count_by_nvml(t, v);

	/* Whether NVML answers is not known: then both must say the same, and nothing is said of warnings. */
	struct process quiet = *t;
	struct prediction nowhere = { 0 };

	quiet.p = &nowhere;
	quiet.nvml = NVML_FINE;
	struct outcome by_nvml = count_by_nvml(&quiet, v), by_runtime = ask_runtime(&quiet);
	return same_count(by_nvml, by_runtime) ? by_nvml : open_question();
}

static struct outcome parse_and_count(struct process *t)
{
	const struct fact_str *value = &t->f->env.cuda_visible_devices;
	struct visible v;

	if (t->era == ERA_UNKNOWN || (value->st != PRESENT && value->st != ABSENT))
		return open_question();
	if (t->era == ERA_RUNTIME)
		return ask_runtime(t);
	v = torch_visible(value->st == PRESENT ? unesc(t->arena, value->v).v : NULL, t->era,
			  t->arena);
	if (v.kind == VISIBLE_RAISES)
		return raises("ValueError", v.raises_text);
	if (v.kind == VISIBLE_OPEN)
		return open_question();
	/* Nothing to count: NVML is not even loaded. 1.13 loads it. */
	if (v.entries.n == 0 && t->era == ERA_2)
		return count_of(0);
	return ask_nvml(t, &v);
}

static struct outcome device_count(struct process *t)
{
	struct outcome count;

	if (t->counted && !is_at_least(t->f, "2.4"))
		return t->count;
	count = parse_and_count(t);
	t->counted = !count.raises_type;
	t->count = count;
	return count;
}

/* PYTORCH_NVML_BASED_CUDA_CHECK: only the one character 1 switches it on, from 2.0. */
static enum tri nvml_decides(const struct process *t)
{
	const struct fact_str *check = &t->f->env.nvml_based_cuda_check;

	if (t->era == ERA_1_13 || t->era == ERA_RUNTIME)
		return NO;
	if (check->st == PRESENT)
		return strcmp(check->v, "1") != 0 ? NO : t->era == ERA_2 ? YES : MAYBE;
	return is_there(check);
}

static struct outcome is_positive(struct outcome count)
{
	if (count.value != OUTCOME_COUNT)
		return count; /* what device_count() raises, is_available() raises */
	return count.count > 0 ? yes() : no();
}

static struct outcome is_available(struct process *t)
{
	enum tri decides = nvml_decides(t);
	struct process quiet = *t;
	struct prediction nowhere = { 0 };

	if (decides == YES)
		return is_positive(device_count(t));
	if (decides == NO) {
		ask_runtime(t);
		return outcome_of(t->start.works);
	}
	quiet.p = &nowhere;
	struct outcome counted = is_positive(device_count(&quiet));
	struct outcome started = outcome_of(t->start.works);
	return counted.value == started.value && !counted.raises_type ? started : open_question();
}

/* ---- the first tensor ---- */

/* The class of an error of the runtime since 2.8. A pre-release of it may have either. */
static struct outcome runtime_error(const struct facts *f, const char *text)
{
	if (is_at_least(f, "2.8"))
		return raises("AcceleratorError", text);
	return raises(is_at_least(f, "2.8.0a0") ? NULL : "RuntimeError", text);
}

/* Compute mode: 2 forbids every context, 1 and 3 allow one process, which may be another one. Only where all
 * GPUs are set so. */
static enum tri context_allowed(const struct facts *f)
{
	const struct probed_list *gpus = &f->probe.nvml_gpus;
	size_t forbidden = 0, shared = 0;

	for (size_t i = 0; i < gpus->n; i++) {
		const struct fact_num *mode = &gpus->v[i].compute_mode;

		forbidden += mode->st == PRESENT && mode->v == 2;
		shared += mode->st != PRESENT || mode->v == 0;
	}
	if (gpus->st != PRESENT || gpus->n == 0 || shared == gpus->n)
		return YES;
	return forbidden == gpus->n ? NO : MAYBE;
}

static struct outcome to_cuda(struct process *t)
{
	struct alloc_conf conf;
	enum tri allowed;

	if (t->start.works != YES)
		return t->start.works == NO ? raises("RuntimeError", start_text(t->start, t->arena))
					    : open_question();
	conf = alloc_conf_of(t->f, t->arena);
	if (conf.accepted == NO)
		return raises("RuntimeError", conf.raises_text);
	if (conf.accepted == MAYBE)
		return open_question();
	allowed = context_allowed(t->f);
	if (allowed == NO)
		return runtime_error(t->f,
				     arena_fmt(t->arena, "CUDA error: %s", cuda_error_text(46)));
	return outcome_of(allowed);
}

/* is_available() never reads the list of architectures; the first kernel may fail where all else is True.
 * Without code it fails whatever the tensor does, and only how is open. */
static struct outcome first_kernel(struct process *t, struct outcome tensor)
{
	enum tri code = code_for_gpus(t->f);

	if (code_for_jetson(t->f, t->arena) == NO)
		code = NO;
	if (tensor.value == OUTCOME_UNKNOWN && code == NO)
		return no();
	if (tensor.value != OUTCOME_TRUE)
		return tensor;
	if (code == NO)
		return runtime_error(
			t->f,
			"CUDA error: no kernel image is available for execution on the device");
	return outcome_of(code);
}

static void predict_cuda(const struct facts *f, struct prediction *p, struct arena *a)
{
	struct process t = { .f = f,
			     .arena = a,
			     .p = p,
			     .era = torch_era(&f->torch.version),
			     .start = cuda_start_of(f),
			     .nvml = nvml_state(f) };

	p->is_available = is_available(&t);
	p->device_count = device_count(&t);
	p->to_cuda = to_cuda(&t);
	p->first_kernel = first_kernel(&t, p->to_cuda);
}

/* ---- other builds ---- */

static void predict_without_cuda(struct prediction *p)
{
	p->is_available = no();
	p->device_count = count_of(0);
	p->to_cuda = raises("AssertionError", "Torch not compiled with CUDA enabled");
}

static size_t count_parts(const char *value)
{
	size_t n = 1;

	for (; *value; value++)
		n += *value == ',';
	return n;
}

static enum tri has_amd_gpu(const struct facts *f)
{
	bool complete = f->pci.gpus.st == PRESENT && gpu_outside_pci(f) == NO;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		if (is_of_vendor(&f->pci.gpus.v[i], "0x1002"))
			return YES;
		complete = complete && f->pci.gpus.v[i].vendor.st == PRESENT;
	}
	return complete ? NO : MAYBE;
}

/* The AMD side of torch's parser, which changed three times; what the HIP runtime makes of the variables is
 * not judged. 2.5 and later compare two of them before anything is asked. */
static void predict_hip(const struct facts *f, struct prediction *p)
{
	const struct fact_str *hip = &f->env.hip_visible_devices;
	const struct fact_str *rocr = &f->env.rocr_visible_devices;

	/* Without any AMD GPU it counts none; its words changed from "CUDA" to "HIP" at some time. */
	if (has_amd_gpu(f) == NO) {
		p->is_available = p->to_cuda = p->first_kernel = no();
		if (hip->st == ABSENT || !is_at_least(f, "2.5"))
			p->device_count = count_of(0);
	}
	if (is_at_least(f, "2.5") && hip->st == PRESENT && rocr->st == PRESENT &&
	    count_parts(hip->v) > count_parts(rocr->v))
		p->device_count = raises(
			"RuntimeError",
			"HIP_VISIBLE_DEVICES contains more devices than ROCR_VISIBLE_DEVICES");
}

/* ---- import ---- */

static void fail_all(struct prediction *p, struct outcome how)
{
	p->import = p->is_available = p->device_count = p->to_cuda = p->first_kernel = how;
	p->warnings.n = 0;
}

/* If the import itself may fail, nothing after it is certain but that what fails anyway will not work. */
static void weaken(struct outcome *o)
{
	if (o->value != OUTCOME_FALSE)
		*o = open_question();
}

/* Nothing is in it. */
static void predict_empty(struct prediction *p)
{
	p->import = yes();
	p->is_available = p->device_count =
		raises("AttributeError", "module 'torch' has no attribute 'cuda'");
	p->to_cuda = p->first_kernel =
		raises("AttributeError", "module 'torch' has no attribute 'zeros'");
}

/* A torch.py or a folder of the user's is imported in PyTorch's place. What its code does is not known;
 * without code there is nothing in it. */
static void predict_foreign(const struct facts *f, struct prediction *p)
{
	if (is_true(&f->torch.foreign_empty) != YES) {
		p->is_available = p->device_count = p->to_cuda = p->first_kernel = no();
		return;
	}
	predict_empty(p);
}

static void predict_build(const struct facts *f, struct prediction *p, struct arena *a)
{
	switch (torch_build(f)) {
	case BUILD_CUDA:
		predict_cuda(f, p, a);
		break;
	case BUILD_CPU:
		predict_without_cuda(p);
		p->first_kernel = p->to_cuda;
		break;
	case BUILD_XPU:
		/* True of "cuda"; an Intel GPU is reached as "xpu", which is not judged here. */
		predict_without_cuda(p);
		break;
	case BUILD_HIP:
		predict_hip(f, p);
		break;
	default:
		break;
	}
}

struct prediction predict(const struct facts *f, struct arena *a)
{
	struct prediction p = { 0 };
	struct import_verdict import = { .works = MAYBE };

	if (f->torch.foreign.st == PRESENT) {
		predict_foreign(f, &p);
		return p;
	}
	if (torch_build(f) == BUILD_NONE && f->torch.bare.st == PRESENT) {
		predict_empty(&p);
		return p;
	}
	if (torch_build(f) == BUILD_NONE) {
		fail_all(&p, raises("ModuleNotFoundError", "No module named 'torch'"));
		return p;
	}
	if (f->torch.dir.st == PRESENT)
		import = import_of(f, a);
	predict_build(f, &p, a);
	if (import.works == NO) {
		fail_all(&p, raises(import.raises_type, import.raises_text));
		return p;
	}
	p.import = outcome_of(import.works);
	if (import.works == MAYBE) {
		weaken(&p.is_available);
		weaken(&p.device_count);
		weaken(&p.to_cuda);
		weaken(&p.first_kernel);
		p.warnings.n = 0;
	}
	return p;
}
