// SPDX-License-Identifier: Apache-2.0
/* Do the kernel module and the driver's libraries belong together? NVML wants exactly its own version (else 18). A libcuda
 * older than the module ends in 803; a newer one does so, or in 804, unless the GPU has forward compatibility. A forward compatibility library (cuda-compat-X-Y) with those older branches
 * that its note names, on data-center GPUs only (else 804). The versions are those in the names of the real files. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/driver_path.h"
#include "rules/fixes.h"
#include "rules/machine.h"

/* What a container's runtime brings is not seen in one that was started without the GPU. */
static bool lacks_nodes(const struct facts *f)
{
	return f->platform.container.st == PRESENT && f->nodes.control.st == ABSENT;
}

/* libcuda and module are there, on a plain host or in a container. */
static bool can_be_compared(const struct facts *f)
{
	return module_loaded(f) == YES && f->drvlib.libcuda.path.st == PRESENT &&
	       gpu_outside_pci(f) != YES && !libcuda_is_stub(f) && !lacks_nodes(f);
}

static void cite_versions(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *module = module_version(f), *lib = &f->drvlib.libcuda.version;

	if (module)
		finding_evidence(r, x, module->from, "kernel module %s", module->v);
	if (lib->st == PRESENT)
		finding_evidence(r, x, f->drvlib.libcuda.path.v, "libcuda %s", lib->v);
	else
		finding_evidence(r, x, f->drvlib.libcuda.path.from,
				 "libcuda.so.1, a file that does not tell its version");
}

/* ---- driver-library-version-mismatch ---- */

/* A libcuda of the module's version, elsewhere. */
static const char *right_library(const struct facts *f)
{
	const struct fact_strs *files = &f->drvlib.driver_files;
	const struct fact_str *own = &f->drvlib.system_libcuda;
	const char *version = module_version(f)->v;

	if (own->st == PRESENT && ends_with(own->v, version))
		return own->v;
	for (size_t i = 0; i < files->v.n; i++) {
		const char *name = path_basename(files->v.v[i]);

		if (starts_with(name, "libcuda.so.") &&
		    strcmp(name + strlen("libcuda.so."), version) == 0)
			return files->v.v[i];
	}
	return NULL;
}

/* Whose is the library that is found, and so: what has to change? */
static const char *explain_mismatch(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version;
	const char *right = right_library(f);
	bool newer = version_compare(lib->v, module_version(f)->v) > 0;

	if (right)
		finding_evidence(r, x, right, "the module's own libcuda, which is found behind it");
	if (libcuda_is_a_copy(f)) {
		fix_take_libcuda_out(f, r, x);
		return "a copy of libcuda hides the driver's own";
	}
	if (fix_on_the_host(
		    f, r, x,
		    "take the driver's libraries out of the image: the runtime (--gpus all) "
		    "brings those of the host"))
		return "the image brings a libcuda that is not the host driver's";
	if (newer) {
		fix_reload_module(f, r, x);
		return "the driver was upgraded, and its old kernel module still runs";
	}
	fix_reinstall_libraries(f, r, x);
	return "the driver's libraries are older than its kernel module";
}

static void say_mismatch(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version, *module = module_version(f);
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "libcuda %s does not run with kernel module %s", lib->v, module->v);

	cite_versions(f, r, x);
	x->headline = explain_mismatch(f, r, x);
}

static void say_pair_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		"whether libcuda and the kernel module are of one version is not known%s",
		module_version(f) ? "" : ": the module's could not be read");

	cite_versions(f, r, x);
	finding_fix(r, x, APPLIES_SAFE, "it says \"version mismatch\" if they are not",
		    "nvidia-smi");
}

static void check_mismatch(const struct rule *self, const struct facts *f, struct report *r)
{
	struct driver_pair pair = driver_pair(f);

	if (!can_be_compared(f) || libcuda_is_compat(f) || pair.works == YES)
		return;
	if (pair.works == MAYBE || gpu_outside_pci(f) != NO)
		say_pair_unknown(self, f, r);
	else if (f->drvlib.libcuda.version.st == PRESENT && module_version(f) &&
		 strcmp(f->drvlib.libcuda.version.v, module_version(f)->v) != 0)
		say_mismatch(self, f, r);
}

/* ---- compat-libcuda-shadows-driver, forward-compat-on-consumer-gpu ---- */

/* Without it the module's own libcuda counts, which may be too old for this torch. */
static void fix_compat(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *cuda = &f->torch.cuda;
	int64_t needed = cuda->st == PRESENT ? version_major(cuda->v, NULL) : 0;
	struct driver_cuda offered = driver_cuda(module_version(f));

	fix_take_libcuda_out(f, r, x);
	if (needed && offered.major && offered.major < needed)
		fix_replace_torch(f, r, x);
}

static void say_shadows(const struct rule *self, const struct facts *f, struct report *r)
{
	const char *version = f->drvlib.libcuda.version.v;
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "CUDA's compat libcuda %s does not run with kernel module %s", version,
			   module_version(f)->v);

	x->headline = "a CUDA compat library hides the driver's own";
	cite_versions(f, r, x);
	if (f->drvlib.compat_hosts.st == PRESENT)
		finding_evidence(r, x, f->drvlib.compat_hosts.from,
				 "its own list of drivers lacks this one");
	fix_compat(f, r, x);
}

static const char *some_gpu(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && gpu_name(f, &f->pci.gpus.v[i]))
			return gpu_name(f, &f->pci.gpus.v[i]);
	return "this GPU";
}

static void say_consumer(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "CUDA's compat library runs on data-center GPUs only (error 804)");

	x->headline = "CUDA's compat library does not run on this GPU";
	cite_versions(f, r, x);
	finding_evidence(r, x, f->pci.gpus.from, "%s is no data-center GPU", some_gpu(f));
	fix_compat(f, r, x);
}

static void say_compat_unknown(const struct rule *self, const struct facts *f, struct report *r,
			       const char *doubt)
{
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "a CUDA compat library is found before the driver's: %s", doubt);

	cite_versions(f, r, x);
	finding_fix(r, x, APPLIES_SAFE, "error 803 or 804 says that they do not fit",
		    "python -c 'import torch; torch.zeros(1).cuda()'");
}

/* What could not be decided: the GPUs, where everything else is right; else the library. */
static bool gpus_are_the_doubt(const struct facts *f)
{
	return forward_compat_works(f) == MAYBE && f->drvlib.libcuda.version.st == PRESENT &&
	       module_version(f) &&
	       version_compare(f->drvlib.libcuda.version.v, module_version(f)->v) > 0;
}

static bool both_known(const struct facts *f)
{
	return f->drvlib.libcuda.version.st == PRESENT && module_version(f);
}

static void check_shadows(const struct rule *self, const struct facts *f, struct report *r)
{
	struct driver_pair pair = driver_pair(f);

	if (!can_be_compared(f) || !libcuda_is_compat(f) || pair.works == YES)
		return;
	if (pair.works == NO && pair.error == 803 && both_known(f) && gpu_outside_pci(f) == NO)
		say_shadows(self, f, r);
	else if (pair.works == MAYBE && !gpus_are_the_doubt(f))
		say_compat_unknown(self, f, r, "whether it fits the kernel module is not known");
}

static void check_consumer(const struct rule *self, const struct facts *f, struct report *r)
{
	struct driver_pair pair = driver_pair(f);

	if (!can_be_compared(f) || !libcuda_is_compat(f) || pair.works == YES)
		return;
	if (pair.works == NO && pair.error == 804 && both_known(f) && gpu_outside_pci(f) == NO)
		say_consumer(self, f, r);
	else if (pair.works == MAYBE && gpus_are_the_doubt(f))
		say_compat_unknown(self, f, r, "whether this GPU allows that is not known");
}

/* ---- driver-half-upgraded ---- */

static bool is_other(const struct library *lib, const char *version)
{
	return lib->version.st == PRESENT && strcmp(lib->version.v, version) != 0;
}

static const char *dangling_link(const struct facts *f, const char *name)
{
	const struct fact_strs *links = &f->drvlib.dangling;

	for (size_t i = 0; i < links->v.n; i++)
		if (strstr(links->v.v[i], name))
			return links->v.v[i];
	return NULL;
}

static void say_half(const struct rule *self, const struct facts *f, struct report *r,
		     const char *what, const char *source)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "the driver's libraries are of different versions");

	if (f->probe.cuda_init.st != PRESENT || f->probe.cuda_init.v != 36)
		x->severity = SEVERITY_WARNING;
	x->headline = "the driver's libraries are of different versions";
	finding_evidence(r, x, f->drvlib.libcuda.path.v, "libcuda %s", f->drvlib.libcuda.version.v);
	finding_evidence(r, x, source, "%s", what);
	fix_reinstall_libraries(f, r, x);
}

/* libcuda itself is right: then torch works, and what is of another version fails later; unless cuInit said that it does not
 * (36). */
static void check_others(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct drvlib *d = &f->drvlib;
	const char *version = d->libcuda.version.v;
	const char *link = dangling_link(f, "/libnvidia-ptxjitcompiler.so.1 -> ");

	if (is_other(&d->libnvml, version))
		say_half(self, f, r,
			 arena_fmt(r->arena, "libnvidia-ml %s: nvidia-smi and NVML fail",
				   d->libnvml.version.v),
			 d->libnvml.path.v);
	else if (is_other(&d->ptxjit, version))
		say_half(self, f, r,
			 arena_fmt(r->arena,
				   "libnvidia-ptxjitcompiler %s: code compiled at run time fails",
				   d->ptxjit.version.v),
			 d->ptxjit.path.v);
	else if (d->ptxjit.path.st == ABSENT && link)
		say_half(self, f, r, arena_fmt(r->arena, "a link that leads nowhere: %s", link),
			 d->dangling.from);
}

static void check_others_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct library *lib =
		f->drvlib.libnvml.path.st == UNKNOWN ? &f->drvlib.libnvml : &f->drvlib.ptxjit;
	struct finding *x;

	if (lib->path.st != UNKNOWN)
		return;
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "whether all of the driver's libraries are of one version is not known");
	x->severity = SEVERITY_WARNING;
	finding_evidence(r, x, lib->path.from, "%s", why_words(lib->path.why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "ldconfig -p | grep -e libcuda -e libnvidia-ml");
}

static void check_half(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *module = module_version(f), *lib = &f->drvlib.libcuda.version;

	if (!can_be_compared(f) || libcuda_is_compat(f) || !module || lib->st != PRESENT ||
	    strcmp(lib->v, module->v) != 0)
		return;
	if (gpu_outside_pci(f) == NO)
		check_others(self, f, r);
	check_others_unknown(self, f, r);
}

const struct rule driver_pair_rules[] = {
	{ "driver-library-version-mismatch", STAGE_DRIVER, check_mismatch },
	{ "compat-libcuda-shadows-driver", STAGE_DRIVER, check_shadows },
	{ "forward-compat-on-consumer-gpu", STAGE_DRIVER, check_consumer },
	{ "driver-half-upgraded", STAGE_DRIVER, check_half },
	{ 0 },
};
