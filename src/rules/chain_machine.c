// SPDX-License-Identifier: Apache-2.0
/* The chain's lines about the machine: which GPU, what drives it, what the container got, who may use the device nodes.
 * It cannot know whether a sound link works: nothing was tried but what facts.probe says. */
#include "rules/chain.h"

#include <inttypes.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/machine.h"

/* ---- GPU ---- */

/* "0x2684" -> "2684" */
static const char *digits_of(const struct fact_str *fact)
{
	return fact->st == PRESENT && starts_with(fact->v, "0x") ? fact->v + 2 : "?";
}

static const char *numbers_of(const struct gpu *gpu, struct arena *a)
{
	return arena_fmt(a, "%s:%s", digits_of(&gpu->vendor), digits_of(&gpu->device));
}

static const char *nvidia_name(const struct facts *f, const struct gpu *gpu, struct arena *a)
{
	const char *name = gpu_name(f, gpu);

	if (!name)
		return arena_fmt(a, "NVIDIA GPU %s", numbers_of(gpu, a));
	return starts_with(name, "NVIDIA") ? name : arena_fmt(a, "NVIDIA %s", name);
}

struct names {
	ARRAY(const char *) v;
	ARRAY(size_t) times;
};

static void count(struct names *names, const char *name, struct arena *a)
{
	for (size_t i = 0; i < names->v.n; i++)
		if (strcmp(names->v.v[i], name) == 0) {
			names->times.v[i]++;
			return;
		}
	PUSH(a, &names->v, name);
	PUSH(a, &names->times, (size_t)1);
}

/* "8 x NVIDIA A100-SXM4-40GB"; "NVIDIA T400, 2 x NVIDIA L4". NULL without any. */
static const char *nvidia_names(const struct facts *f, struct arena *a)
{
	struct names names = { 0 };
	struct str text = str_new(a, 4096);

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]))
			count(&names, nvidia_name(f, &f->pci.gpus.v[i], a), a);
	for (size_t i = 0; i < names.v.n; i++) {
		str_add(&text, i ? ", " : "");
		if (names.times.v[i] > 1)
			str_addf(&text, "%zu x ", names.times.v[i]);
		str_add(&text, names.v.v[i]);
	}
	return names.v.n ? str_text(&text) : NULL;
}

static bool all_asleep(const struct facts *f)
{
	bool any = false;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (is_nvidia(gpu) && !text_is(&gpu->power, "suspended"))
			return false;
		any = any || is_nvidia(gpu);
	}
	return any;
}

/* Of all NVIDIA GPUs, if they agree. */
static struct cc common_cc(const struct facts *f)
{
	struct cc cc = { 0 };

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		struct cc its = gpu_cc(f, &f->pci.gpus.v[i]);

		if (!is_nvidia(&f->pci.gpus.v[i]))
			continue;
		if (!its.major || (cc.major && (its.major != cc.major || its.minor != cc.minor)))
			return (struct cc){ 0 };
		cc = its;
	}
	return cc;
}

/* ": the GPU no longer answers on the PCI bus", where the link is broken: a mark alone does not say why. */
static const char *why_broken(const struct report *r, enum stage first, enum stage last)
{
	const struct finding *worst = chain_worst(r, first, last);

	if (!worst || chain_mark(r, first, last) != MARK_BROKEN)
		return "";
	return arena_fmt(r->arena, ": %s", worst->title);
}

/* The compute capability matters where the build lacks code for it. */
static const char *nvidia_text(const struct facts *f, const struct report *r)
{
	struct str text = str_new(r->arena, 8192);
	struct cc cc = common_cc(f);

	str_add(&text, r->target_gpu);
	if (cc.major && chain_finding(r, "gpu-arch-not-in-build"))
		str_addf(&text, " (compute capability %d.%d)", cc.major, cc.minor);
	if (all_asleep(f))
		str_add(&text, " (asleep)");
	if (f->platform.container.st == PRESENT)
		str_add(&text, " (on the host's PCI bus)");
	str_add(&text, why_broken(r, STAGE_HARDWARE, STAGE_HARDWARE));
	return str_text(&text);
}

static const char *vendor_words(const struct gpu *gpu)
{
	for (size_t i = 0; i < n_pci_vendor_table; i++)
		if (strcmp(pci_vendor_table[i].vendor, digits_of(&gpu->vendor)) == 0)
			return pci_vendor_table[i].words;
	return "another one";
}

static const char *no_nvidia_text(const struct facts *f, struct arena *a)
{
	const struct gpu_list *list = &f->pci.gpus;

	if (list->st != PRESENT)
		return module_loaded(f) == YES ? "not read, but NVIDIA's kernel module is loaded"
					       : arena_fmt(a, "the PCI bus could not be read (%s)",
							   why_words(list->why, "not looked at"));
	if (list->n == 0)
		return "none on the PCI bus";
	return arena_fmt(a, "none of NVIDIA's; the PCI bus has %s (%s)", vendor_words(&list->v[0]),
			 numbers_of(&list->v[0], a));
}

/* Not on PCI: then the kernel's own door to it stands for it. */
static void describe_outside_gpu(const struct facts *f, struct report *r, enum mark mark)
{
	bool wsl = is_true(&f->platform.wsl) == YES;

	if (mark == MARK_OK && wsl && is_true(&f->nodes.dxg) != YES)
		mark = MARK_UNSURE;
	chain_line(r, "GPU", mark,
		   wsl ? "Windows' own, shared with WSL through /dev/dxg"
		       : "this Jetson's own, part of the chip");
}

static void describe_gpu(const struct facts *f, struct report *r)
{
	enum mark mark = chain_mark(r, STAGE_HARDWARE, STAGE_HARDWARE);

	r->target_gpu = nvidia_names(f, r->arena);
	if (r->target_gpu) {
		chain_line(r, "GPU", mark, nvidia_text(f, r));
	} else if (gpu_outside_pci(f) == YES) {
		describe_outside_gpu(f, r, mark);
	} else {
		if (mark == MARK_OK && module_loaded(f) != YES)
			mark = MARK_UNSURE; /* an AMD or Intel GPU, with a build for it */
		chain_line(r, "GPU", mark, no_nvidia_text(f, r->arena));
	}
}

/* ---- driver ---- */

static const char *version_text(const struct facts *f, struct arena *a)
{
	const struct fact_str *version = driver_version(f);
	struct driver_cuda cuda = driver_cuda(version);

	if (!version)
		return module_loaded(f) == YES ? "loaded, its version could not be read" : NULL;
	if (!cuda.major)
		return version->v;
	if (torch_build(f) == BUILD_CUDA && driver_new_enough(f) == NO)
		return arena_fmt(
			a, "%s runs CUDA up to %" PRId64 ".x; this torch is built for CUDA %s",
			version->v, cuda.major, f->torch.cuda.v);
	return arena_fmt(a, "%s (runs builds for CUDA %" PRId64 " and older)", version->v,
			 cuda.major);
}

static const struct gpu *held_otherwise(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];

		if (is_nvidia(gpu) && gpu->driver.st == PRESENT && !text_is(&gpu->driver, "nvidia"))
			return gpu;
	}
	return NULL;
}

static const char *holder(const struct gpu *gpu, struct arena *a)
{
	if (text_is(&gpu->driver, "vfio-pci"))
		return "vfio-pci holds the GPU, for a virtual machine";
	return arena_fmt(a, "%s holds the GPU", gpu->driver.v);
}

static const char *not_loaded_text(const struct facts *f, const struct report *r)
{
	const struct gpu *gpu = held_otherwise(f);
	const struct finding *none = chain_finding(r, "no-nvidia-driver");

	if (gpu)
		return arena_fmt(r->arena, "%s; NVIDIA's module is not loaded",
				 holder(gpu, r->arena));
	if (none && none->verdict == FAIL)
		return "none is installed";
	if (f->kmod.file.st == PRESENT || f->kmod.other_kernels.v.n > 0 || f->kmod.traces.v.n > 0)
		return "installed, but its kernel module is not loaded";
	return "NVIDIA's kernel module is not loaded";
}

/* Inside a container that was not given the driver's library, the container's line says so. */
static bool told_by_container(const struct report *r)
{
	return chain_mark(r, STAGE_CONTAINER, STAGE_CONTAINER) == MARK_BROKEN;
}

static bool lacks_library(const struct facts *f)
{
	return is_there(&f->drvlib.libcuda.path) == NO || libcuda_is_stub(f);
}

/* Module and libcuda are both there, and are not of one version. */
static enum mark pair_mark(const struct facts *f, const struct report *r)
{
	enum mark mark = chain_driver_mark(r);

	if (mark == MARK_OK && driver_pair(f).works != YES)
		return MARK_UNSURE;
	return mark;
}

/* The module is loaded, and what is between it and CUDA is not as it should be. */
static bool describe_gap(const struct facts *f, struct report *r)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version, *module = module_version(f);
	const struct gpu *gpu = held_otherwise(f);
	bool none_driven = gpus_driven(f).most == 0;
	const char *version = module ? module->v : "its module";
	const char *text = NULL;
	enum mark mark = MARK_BROKEN;

	if (is_there(&f->drvlib.libcuda.path) == NO && !told_by_container(r))
		text = "there is no libcuda.so.1";
	else if (libcuda_is_stub(f) && !told_by_container(r))
		text = "the libcuda.so.1 found first is only a stub for compiling";
	else if (gpu && none_driven)
		text = holder(gpu, r->arena);
	else if (nvidia_on_pci(f) == YES && none_driven)
		text = "it has not taken the GPU";

	if (text)
		text = arena_fmt(r->arena, "%s is loaded, but %s", version, text);
	else if (lib->st == PRESENT && module && strcmp(lib->v, module->v) != 0) {
		text = arena_fmt(r->arena, "kernel module %s, but libcuda.so.1 %s", module->v,
				 lib->v);
		mark = pair_mark(f, r);
	}
	if (text)
		chain_line(r, "driver", mark, text);
	return text != NULL;
}

/* It was asked and did not come back. */
static bool describe_silence(const struct facts *f, struct report *r)
{
	const char *words = silence_words(f, r->arena);
	const struct fact_str *module = module_version(f);

	if (!words)
		return false;
	chain_line(r, "driver", MARK_UNSURE,
		   arena_fmt(r->arena, "%s is loaded, but it %s", module ? module->v : "its module",
			     words));
	return true;
}

/* WSL: Windows' driver, whose version no file here tells. */
static bool describe_outside_driver(const struct facts *f, struct report *r, enum mark mark)
{
	if (is_true(&f->platform.wsl) != YES || driver_version(f))
		return false;
	if (is_there(&f->drvlib.libcuda.path) == YES)
		chain_line(
			r, "driver", mark,
			arena_fmt(r->arena, "Windows' own, through %s", f->drvlib.libcuda.path.v));
	else
		chain_line(r, "driver", mark == MARK_OK ? MARK_UNSURE : mark,
			   "Windows' own, but no libcuda.so.1 leads to it");
	return true;
}

static void describe_driver(const struct facts *f, struct report *r)
{
	enum mark mark = chain_driver_mark(r);
	enum tri loaded = module_loaded(f);
	const char *text = version_text(f, r->arena);
	const char *why = why_broken(r, STAGE_DRIVER, STAGE_DRIVER);

	if (loaded == YES && told_by_container(r) && lacks_library(f)) {
		chain_line(r, "driver", MARK_OK,
			   arena_fmt(r->arena, "%s, loaded on the host",
				     module_version(f) ? module_version(f)->v : "one"));
		return;
	}
	if (loaded == YES && (describe_silence(f, r) || describe_gap(f, r)))
		return;
	if (describe_outside_driver(f, r, mark))
		return;
	if (nvidia_on_pci(f) == NO && loaded == NO && mark == MARK_OK)
		chain_line(r, "driver", MARK_NONE, "not judged without an NVIDIA GPU");
	else if (loaded == NO)
		chain_line(r, "driver", mark, not_loaded_text(f, r));
	else if (text)
		chain_line(r, "driver", loaded == MAYBE && mark == MARK_OK ? MARK_UNSURE : mark,
			   driver_new_enough(f) != NO && driver_version(f)
				   ? arena_fmt(r->arena, "%s%s", *why ? driver_version(f)->v : text,
					       why)
				   : text);
	else
		chain_line(r, "driver", mark == MARK_BROKEN ? mark : MARK_UNSURE,
			   "could not be read");
}

/* ---- container ---- */

static void add_lack(struct str *text, const char *lack)
{
	str_addf(text, "%s %s", text->n > 0 ? "," : "", lack);
}

/* " no /dev/nvidia*, no libcuda.so.1", "" if nothing is missing. */
static const char *lacks(const struct facts *f, struct arena *a)
{
	const struct nodes *n = &f->nodes;
	struct str text = str_new(a, 4096);

	if (n->control.st == ABSENT && n->gpu.st == ABSENT)
		add_lack(&text, "no /dev/nvidia*");
	else if (n->control.st == ABSENT)
		add_lack(&text, "no /dev/nvidiactl");
	else if (n->gpu.st == ABSENT)
		add_lack(&text, "no /dev/nvidia0");
	else if (n->uvm.st == ABSENT)
		add_lack(&text, "no /dev/nvidia-uvm");
	if (f->drvlib.libcuda.path.st == ABSENT)
		add_lack(&text, "no libcuda.so.1");
	else if (libcuda_is_stub(f))
		add_lack(&text, "only a stub libcuda.so.1");
	return str_text(&text);
}

static void describe_container(const struct facts *f, struct report *r)
{
	const struct fact_str *kind = &f->platform.container;
	const struct finding *worst = chain_worst(r, STAGE_CONTAINER, STAGE_CONTAINER);
	enum mark mark = chain_mark(r, STAGE_CONTAINER, STAGE_CONTAINER);
	const char *missing = lacks(f, r->arena);

	if (kind->st == PRESENT && worst && !*missing && mark == MARK_UNSURE)
		chain_line(r, "container", mark,
			   arena_fmt(r->arena, "%s; what it was given is not known", kind->v));
	else if (kind->st == PRESENT && worst)
		chain_line(r, "container", mark,
			   arena_fmt(r->arena, "%s;%s", kind->v,
				     *missing ? arena_fmt(r->arena, "%s in it", missing)
					      : arena_fmt(r->arena, " %s", worst->title)));
	else if (kind->st == PRESENT)
		chain_line(r, "container", MARK_NONE,
			   !*missing && nodes_usable(f) == YES
				   ? arena_fmt(r->arena, "%s, which was given the GPU", kind->v)
				   : kind->v);
	else if (worst && is_true(&f->platform.wsl) == YES)
		chain_line(r, "WSL", mark,
			   mark == MARK_UNSURE ? "which driver it uses is not known"
					       : worst->title);
	else if (worst)
		chain_line(r, "container", mark, "whether this is one is not known");
}

/* ---- nodes ---- */

static const struct fact_bool *odd_node(const struct nodes *n)
{
	const struct fact_bool *all[] = { &n->control, &n->uvm, &n->gpu };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (is_true(all[i]) != YES)
			return all[i];
	return NULL;
}

static const char *value_or(const struct fact_str *fact, const char *otherwise)
{
	return fact->st == PRESENT ? fact->v : otherwise;
}

/* "/dev/nvidiactl: permission denied (0660, root, group video)" */
static const char *refusal(const struct facts *f, const struct fact_bool *node, struct arena *a)
{
	const char *why = why_words(node->why, "may not be used");

	for (size_t i = 0; i < f->nodes.all.n; i++) {
		const struct node *n = &f->nodes.all.v[i];

		if (strcmp(n->path, node->from) == 0 && n->mode.st == PRESENT)
			return arena_fmt(a, "%s: %s (%s, %s, group %s)", node->from, why, n->mode.v,
					 value_or(&n->owner, "?"), value_or(&n->group, "?"));
	}
	return arena_fmt(a, "%s: %s", node->from, why);
}

/* Only told where it matters: with a driver that could use them. */
static void describe_nodes(const struct facts *f, struct report *r)
{
	const struct fact_bool *node = odd_node(&f->nodes);
	const struct finding *worst = chain_worst(r, STAGE_NODES, STAGE_NODES);
	enum mark mark = worst ? chain_mark(r, STAGE_NODES, STAGE_NODES) : MARK_UNSURE;
	bool known = node && node->st != NOT_LOOKED;

	if (told_by_container(r) ||
	    (!worst && (!known || module_loaded(f) != YES || gpu_outside_pci(f) == YES ||
			nodes_usable(f) == YES)))
		return;
	chain_line(r, "nodes", mark,
		   !known               ? worst->title
		   : node->st == ABSENT ? arena_fmt(r->arena, "%s is not there", node->from)
					: refusal(f, node, r->arena));
}

void chain_machine(const struct facts *f, struct report *r)
{
	describe_gpu(f, r);
	describe_driver(f, r);
	describe_container(f, r);
	describe_nodes(f, r);
}

/* ---- what is sound ---- */

static const char *gib(struct arena *a, int64_t bytes)
{
	return arena_fmt(a, "%.1f", (double)bytes / (1024.0 * 1024.0 * 1024.0));
}

/* Of a single GPU; CUDA's own list does not say what is free. */
static const char *memory_words(const struct facts *f, struct arena *a)
{
	const struct probed_list *lists[] = { &f->probe.cuda_devices, &f->probe.nvml_gpus };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const struct probed_gpu *gpu = lists[i]->n == 1 ? &lists[i]->v[0] : NULL;

		if (gpu && gpu->memory_bytes.st == PRESENT && gpu->free_bytes.st == PRESENT)
			return arena_fmt(a, ", %s of %s GiB free", gib(a, gpu->free_bytes.v),
					 gib(a, gpu->memory_bytes.v));
	}
	return "";
}

void check_off_machine(const struct facts *f, struct report *r)
{
	const struct fact_str *version = driver_version(f);
	const char *number = version ? version->v : "of unknown version";
	struct driver_cuda cuda = driver_cuda(version);
	const struct fact_num *init = &f->probe.cuda_init, *n = &f->probe.cuda_count;
	bool answered = init->st == PRESENT && init->v == 0 && n->st == PRESENT;

	if (answered)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena, "driver %s answered (cuInit, %" PRId64 " device%s%s)",
			       number, n->v, n->v == 1 ? "" : "s", memory_words(f, r->arena)));
	else if (cuda.major)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena,
			       "driver %s runs builds for CUDA %" PRId64 " and older (yours: %s)",
			       number, cuda.major, value_or(&f->torch.cuda, "none")));
	if (f->platform.container.st == PRESENT)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena, "this container (%s) was given the GPU",
			       f->platform.container.v));
}
