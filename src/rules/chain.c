// SPDX-License-Identifier: Apache-2.0
/* The lines of the screen's chain: GPU, driver, Python, torch, environment, each with a mark. The
 * marks come from the ranked findings; the texts from facts. A break that no rule judges yet is
 * marked here too, or the screen would show a chain without one. */
#include "rules/rules.h"

#include <inttypes.h>
#include <string.h>

#include "rules/machine.h"

static void line(struct report *r, const char *label, enum mark mark, const char *text)
{
	PUSH(r->arena, &r->chain, ((struct link_line){ label, mark, text }));
}

static enum mark mark_of(enum role role)
{
	switch (role) {
	case ROLE_CAUSE:
	case ROLE_SYMPTOM:
		return MARK_BROKEN;
	case ROLE_UNKNOWN:
		return MARK_UNSURE;
	case ROLE_WARNING:
		return MARK_WARNING;
	default:
		return MARK_OK;
	}
}

/* What the findings of these stages say; findings are sorted with the worst first. */
static enum mark mark_for(const struct report *r, enum stage first, enum stage last)
{
	static const enum role order[] = { ROLE_CAUSE, ROLE_SYMPTOM, ROLE_UNKNOWN, ROLE_WARNING };

	for (size_t k = 0; k < sizeof order / sizeof *order; k++)
		for (size_t i = 0; i < r->findings.n; i++) {
			const struct finding *x = r->findings.v[i];

			if (x->role == order[k] && x->stage >= first && x->stage <= last)
				return mark_of(x->role);
		}
	return MARK_OK;
}

/* ---- GPU ---- */

/* "0x2684" -> "2684" */
static const char *digits_of(const struct fact_str *fact)
{
	return fact->st == PRESENT && strncmp(fact->v, "0x", 2) == 0 ? fact->v + 2 : "?";
}

/* The driver's own name for it; NULL where it has none. */
static const char *model_of(const struct facts *f, const struct gpu *gpu)
{
	for (size_t i = 0; i < f->cards.gpus.n; i++) {
		const struct card *card = &f->cards.gpus.v[i];

		if (strcmp(card->addr, gpu->addr) == 0 && card->model.st == PRESENT)
			return card->model.v;
	}
	return NULL;
}

static const char *gpu_name(const struct gpu *gpu, struct arena *a)
{
	return arena_fmt(a, "%s:%s at %s", digits_of(&gpu->vendor), digits_of(&gpu->device),
			 gpu->addr);
}

static const char *nvidia_name(const struct facts *f, const struct gpu *gpu, struct arena *a)
{
	const char *model = model_of(f, gpu);

	return model ? model : arena_fmt(a, "NVIDIA GPU %s", gpu_name(gpu, a));
}

/* "8 x NVIDIA A100-SXM4-40GB" where all are alike. */
static const char *nvidia_text(const struct facts *f, struct arena *a)
{
	const struct gpu *first = NULL;
	const char *model = NULL;
	bool alike = true;
	size_t n = 0;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		const char *its = is_nvidia(gpu) ? model_of(f, gpu) : NULL;

		if (!is_nvidia(gpu))
			continue;
		if (!first) {
			first = gpu;
			model = its;
		}
		alike = alike && model && its && strcmp(model, its) == 0;
		n++;
	}
	if (n <= 1)
		return first ? nvidia_name(f, first, a) : NULL;
	if (alike)
		return arena_fmt(a, "%zu x %s", n, model);
	return arena_fmt(a, "%zu NVIDIA GPUs, the first %s", n, model ? model : gpu_name(first, a));
}

static const char *other_gpu_text(const struct facts *f, struct arena *a)
{
	const struct gpu_list *list = &f->pci.gpus;

	if (list->st != PRESENT)
		return module_loaded(f) == YES ? "not read, but NVIDIA's kernel module is loaded"
					       : arena_fmt(a, "the PCI bus could not be read (%s)",
							   why_words(list->why, "not looked at"));
	if (list->n == 0)
		return "no display function on the PCI bus";
	return arena_fmt(a, "no NVIDIA GPU; the first display function is %s",
			 gpu_name(&list->v[0], a));
}

static void describe_gpu(const struct facts *f, struct report *r)
{
	const char *text = nvidia_text(f, r->arena);
	enum mark mark = mark_for(r, STAGE_HARDWARE, STAGE_HARDWARE);

	r->target_gpu = text;
	if (text) {
		line(r, "GPU", mark, text);
	} else if (is_true(&f->platform.wsl) == YES) {
		line(r, "GPU", MARK_UNSURE,
		     "WSL: the GPU belongs to Windows and is not on the PCI bus");
	} else if (is_true(&f->platform.tegra) == YES) {
		line(r, "GPU", MARK_UNSURE,
		     "Jetson: the GPU is part of the chip, not on the PCI bus");
	} else {
		if (mark == MARK_OK && module_loaded(f) != YES)
			mark = MARK_UNSURE; /* an AMD or Intel GPU, with a build for it */
		line(r, "GPU", mark, other_gpu_text(f, r->arena));
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

static const char *not_loaded_text(const struct facts *f, struct arena *a)
{
	const struct gpu *gpu = held_otherwise(f);

	if (gpu)
		return arena_fmt(a, "%s holds the GPU; NVIDIA's module is not loaded",
				 gpu->driver.v);
	if (f->kmod.file.st == PRESENT || f->kmod.other_kernels.v.n > 0 || f->kmod.traces.v.n > 0)
		return "installed, but its kernel module is not loaded";
	return "NVIDIA's kernel module is not loaded";
}

/* The module is loaded, and what is between it and CUDA is not as it should be. */
static bool describe_gap(const struct facts *f, struct report *r)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version, *module = module_version(f);
	const struct gpu *gpu = held_otherwise(f);
	struct range driven = gpus_driven(f);
	const char *version = module ? module->v : "its module";

	if (is_there(&f->drvlib.libcuda.path) == NO)
		line(r, "driver", MARK_BROKEN,
		     arena_fmt(r->arena, "%s is loaded, but there is no libcuda.so.1", version));
	else if (gpu && driven.most == 0)
		line(r, "driver", MARK_BROKEN,
		     arena_fmt(r->arena, "%s is loaded, but %s holds the GPU", version,
			       gpu->driver.v));
	else if (nvidia_on_pci(f) == YES && driven.most == 0)
		line(r, "driver", MARK_BROKEN,
		     arena_fmt(r->arena, "%s is loaded, but it has not taken the GPU", version));
	else if (lib->st == PRESENT && module && strcmp(lib->v, module->v) != 0)
		line(r, "driver",
		     mark_for(r, STAGE_KERNEL, STAGE_DRIVER) == MARK_BROKEN ? MARK_BROKEN
									    : MARK_UNSURE,
		     arena_fmt(r->arena, "the kernel module is %s, but libcuda.so.1 is %s",
			       module->v, lib->v));
	else
		return false;
	return true;
}

static void describe_driver(const struct facts *f, struct report *r)
{
	enum mark mark = mark_for(r, STAGE_KERNEL, STAGE_DRIVER);
	enum tri loaded = module_loaded(f);
	const char *text = version_text(f, r->arena);

	if (loaded == YES && describe_gap(f, r))
		return;
	if (nvidia_on_pci(f) == NO && loaded == NO)
		line(r, "driver", MARK_NONE, "not judged without an NVIDIA GPU");
	else if (loaded == NO)
		line(r, "driver", mark, not_loaded_text(f, r->arena));
	else if (text)
		line(r, "driver", loaded == MAYBE && mark == MARK_OK ? MARK_UNSURE : mark, text);
	else
		line(r, "driver", MARK_UNSURE, "could not be read");
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

/* Only told where it matters: with a driver that could use them. */
static void describe_nodes(const struct facts *f, struct report *r)
{
	const struct fact_bool *node = odd_node(&f->nodes);

	if (!node || node->st == NOT_LOOKED || module_loaded(f) != YES ||
	    gpu_outside_pci(f) == YES || nodes_usable(f) == YES)
		return;
	line(r, "nodes", MARK_UNSURE,
	     arena_fmt(r->arena, node->st == ABSENT ? "%s is not there" : "%s may not be used (%s)",
		       node->from, why_words(node->why, "?")));
}

/* ---- Python, torch, environment ---- */

static void describe_python(const struct facts *f, struct report *r)
{
	const struct python *p = &f->python;

	if (p->exe.st != PRESENT) {
		line(r, "Python", MARK_UNSURE, "none was found that could be examined");
		return;
	}
	line(r, "Python", MARK_OK,
	     arena_fmt(r->arena, "%s%s%s%s%s", p->exe.v, p->version.st == PRESENT ? " " : "",
		       p->version.st == PRESENT ? p->version.v : "",
		       p->chosen.st == PRESENT ? ", " : "",
		       p->chosen.st == PRESENT ? p->chosen.v : ""));
}

/* Most wheels say it in their version; conda's and some others do not. */
static const char *build_text(const struct torch *t, enum build build, struct arena *a)
{
	const char *version = t->version.st == PRESENT ? t->version.v : "version not known";

	if (build == BUILD_CUDA && !strstr(version, "+cu"))
		return arena_fmt(a, "%s, built for CUDA %s", version, t->cuda.v);
	if (build == BUILD_CPU && !strstr(version, "+cpu"))
		return arena_fmt(a, "%s, a CPU-only build", version);
	if (build == BUILD_HIP)
		return arena_fmt(a, "%s, a ROCm build: whycpu cannot judge these yet", version);
	if (build == BUILD_XPU)
		return arena_fmt(a, "%s, a build for Intel GPUs: whycpu cannot judge these yet",
				 version);
	return version;
}

static void describe_torch(const struct facts *f, struct report *r)
{
	enum build build = torch_build(f);
	enum mark mark = mark_for(r, STAGE_PYTHON, STAGE_TORCH);

	if (build == BUILD_NONE)
		line(r, "torch", MARK_BROKEN, "not installed for this Python");
	else if (f->torch.dir.st != PRESENT)
		line(r, "torch", MARK_UNSURE, "not known");
	else if (mark == MARK_OK && gpu_without_code(f))
		line(r, "torch", MARK_UNSURE,
		     arena_fmt(r->arena, "%s: wheels for CUDA %s have no code for %s GPUs",
			       f->torch.version.v, f->torch.cuda.v, gpu_without_code(f)));
	else
		line(r, "torch", build == BUILD_HIP || build == BUILD_XPU ? MARK_UNSURE : mark,
		     build_text(&f->torch, build, r->arena));
}

static void describe_environment(const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	enum selection_kind kind = selection_of(f).kind;
	enum mark mark = mark_for(r, STAGE_ENVIRONMENT, STAGE_ENVIRONMENT);

	if (value->st == ABSENT)
		return;
	if (value->st != PRESENT) {
		line(r, "environment", MARK_UNSURE, "CUDA_VISIBLE_DEVICES could not be read");
		return;
	}
	/* Without a driven GPU every number is beyond: the driver's line says why. */
	if (kind == SELECTS_BEYOND && gpus_driven(f).most > 0)
		mark = MARK_BROKEN;
	else if (kind == SELECTS_PARTLY || kind == SELECTS_ODD)
		mark = MARK_UNSURE;
	line(r, "environment", mark,
	     arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s%s", *value->v ? value->v : "\"\"",
		       mark == MARK_BROKEN && kind == SELECTS_BEYOND ? ": no such GPU" : ""));
}

void describe_chain(const struct facts *f, struct report *r)
{
	describe_gpu(f, r);
	describe_driver(f, r);
	if (f->platform.container.st == PRESENT)
		line(r, "container", MARK_NONE, f->platform.container.v);
	describe_nodes(f, r);
	describe_python(f, r);
	if (f->python.exe.st == PRESENT || f->torch.dir.st == PRESENT)
		describe_torch(f, r);
	describe_environment(f, r);
}
