// SPDX-License-Identifier: Apache-2.0
/* Is NVIDIA's driver installed, and new enough for this torch? Only the CUDA major counts
 * (minor-version compatibility; measured with the runtimes of torch 1.13 to 2.15). In a container
 * it cannot know what is installed on the host. */
#include "rules/rules.h"

#include <inttypes.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/driver_path.h"
#include "rules/fixes.h"
#include "rules/machine.h"

/* ---- no-nvidia-driver ---- */

/* The toolkit's stub and the forward compatibility library come without a driver. */
static enum tri own_libcuda(const struct facts *f)
{
	return libcuda_is_stub(f) || libcuda_is_compat(f) ? NO : is_there(&f->drvlib.libcuda.path);
}

/* Any file of a driver: the library, a module for some kernel, a tool or a source. */
static enum tri driver_files(const struct facts *f)
{
	enum tri module = either(is_there(&f->kmod.file), has_members(&f->kmod.other_kernels));

	return either(either(own_libcuda(f), module), has_members(&f->kmod.traces));
}

static void cite_no_libcuda(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *path = &f->drvlib.libcuda.path;

	finding_evidence(r, x, path->from,
			 path->st != PRESENT  ? "no libcuda.so.1"
			 : libcuda_is_stub(f) ? "libcuda.so.1 is only the CUDA toolkit's stub"
					      : "libcuda.so.1 is only CUDA's compat library");
}

static void say_no_driver(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "no NVIDIA driver is installed on this machine");

	x->headline = "no NVIDIA driver is installed";
	cite_no_libcuda(f, r, x);
	finding_evidence(r, x, f->kmod.file.from, "no nvidia.ko for any kernel");
	finding_evidence(r, x, f->kmod.loaded.from, "module nvidia is not loaded");
	fix_install_driver(f, r, x, "install it");
}

static const char *why_no_driver_is_open(const struct facts *f)
{
	if (f->platform.container.st == PRESENT)
		return "its files are on the host, outside this container";
	if (f->platform.container.st != ABSENT)
		return "this may be a container";
	if (nvidia_on_pci(f) != YES)
		return "whether a GPU needs one is not known either";
	return "a place where its files could be could not be read";
}

static void check_installed(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri files = driver_files(f), loaded = module_loaded(f), on_pci = nvidia_on_pci(f);

	if (loaded == YES || files == YES || on_pci == NO || gpu_outside_pci(f) == YES)
		return;
	if (loaded == NO && files == NO && on_pci == YES && f->platform.container.st == ABSENT) {
		say_no_driver(self, f, r);
		return;
	}

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether NVIDIA's driver is installed is not known: %s",
				       why_no_driver_is_open(f));
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "libcuda.so.1 %s",
			 files == NO ? "is not there" : "was not found");
	finding_fix(r, x, APPLIES_SAFE,
		    f->platform.container.st == PRESENT ? "on the host, not in this container"
							: NULL,
		    "nvidia-smi");
}

/* ---- libcuda-missing-or-stub ---- */

static const char *words_of_way(const struct facts *f)
{
	const struct fact_str *way = &f->drvlib.libcuda.way;

	if (text_is(way, "LD_LIBRARY_PATH"))
		return "its folder is in LD_LIBRARY_PATH";
	if (text_is(way, "preload"))
		return "it is in LD_PRELOAD";
	if (text_is(way, "rpath") || text_is(way, "runpath"))
		return "torch's libraries or the Python search that folder first";
	return "its folder is one of those that every program searches";
}

static void say_stub(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "the libcuda.so.1 that is found first is the CUDA toolkit's stub");

	x->headline = "the CUDA toolkit's stub is found instead of the driver";
	finding_evidence(r, x, f->drvlib.libcuda.path.v, "a stub, made for linking only");
	finding_evidence(r, x, f->drvlib.libcuda.way.from, "%s", words_of_way(f));
	fix_take_libcuda_out(f, r, x);
}

/* An empty file is what the mount of a container's runtime leaves behind in an image that was made of the container. */
static void say_no_elf(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *path = &f->drvlib.libcuda.path;
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "the loader gives up at a libcuda.so.1 that is no library");

	x->headline = "the libcuda.so.1 that is found first is no library";
	finding_evidence(r, x, path->from, "%s", path->why);
	if (fix_on_the_host(f, r, x,
			    "the image holds an empty libcuda.so.1: take it out there, and let the "
			    "runtime bring the host's (--gpus all)"))
		return;
	fix_reinstall_libraries(f, r, x);
}

/* A file of the driver that lies where the loader does not look, or without its link. */
static const char *stray_libcuda(const struct facts *f)
{
	const struct fact_strs *files = &f->drvlib.driver_files;

	for (size_t i = 0; i < files->v.n; i++)
		if (starts_with(path_basename(files->v.v[i]), "libcuda.so."))
			return files->v.v[i];
	return NULL;
}

static bool is_searched(const char *dir)
{
	static const char *const dirs[] = { "/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu",
					    "/usr/lib/aarch64-linux-gnu" };

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (strcmp(dir, dirs[i]) == 0)
			return true;
	return false;
}

/* In a folder that everybody searches the link is all that is missing. */
static void fix_stray(const struct facts *f, struct report *r, struct finding *x, const char *stray)
{
	const char *dir = path_dirname(r->arena, stray);

	finding_evidence(r, x, stray, "the driver's libcuda lies here");
	if (is_searched(dir)) {
		finding_fix(r, x, APPLIES_LIKELY, "make the link libcuda.so.1 again (root)",
			    "sudo ldconfig");
		fix_reinstall_libraries(f, r, x);
		return;
	}
	finding_fix(r, x, APPLIES_LIKELY, "for this shell; then where your shell sets it",
		    "export LD_LIBRARY_PATH=%s%s", shell_word(r->arena, dir),
		    is_there(&f->env.ld_library_path) == NO ? "" : ":$LD_LIBRARY_PATH");
}

static void say_no_library(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_strs *links = &f->drvlib.dangling;
	const char *stray = stray_libcuda(f);
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "the driver's library libcuda.so.1 is nowhere a program would find it");

	x->headline = stray ? "the driver's library is not where programs look"
			    : "the driver's library libcuda.so.1 is missing";
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "no libcuda.so.1");
	finding_evidence(r, x, f->kmod.loaded.from, "the kernel module is loaded");
	for (size_t i = 0; i < links->v.n; i++)
		if (strstr(links->v.v[i], "/libcuda.so.1 -> "))
			finding_evidence(r, x, links->from, "a link that leads nowhere: %s",
					 links->v.v[i]);
	if (stray)
		fix_stray(f, r, x, stray);
	else
		fix_reinstall_libraries(f, r, x);
}

static void say_not_searched(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "WSL's libcuda.so.1 lies where the loader does not look");

	x->headline = "WSL's libcuda is not where programs look";
	finding_evidence(r, x, f->drvlib.wsl_libcuda.v, "WSL's libcuda.so.1 is here");
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "it is in no folder that is searched");
	finding_fix(r, x, APPLIES_LIKELY, "let every program search its folder (root)",
		    "echo /usr/lib/wsl/lib | sudo tee /etc/ld.so.conf.d/ld.wsl.conf && sudo "
		    "ldconfig");
}

static void say_library_unknown(const struct rule *self, const struct facts *f, struct report *r)
{
	bool absent = is_there(&f->drvlib.libcuda.path) == NO;
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether the driver's library libcuda.so.1 is found is not known");

	finding_evidence(r, x, f->drvlib.libcuda.path.from, "libcuda.so.1 %s",
			 absent ? "is not there; this may be a container or WSL"
				: "could not be looked for");
	finding_fix(r, x, APPLIES_SAFE, NULL, "ldconfig -p | grep libcuda");
}

/* Without the module other rules come first. That a container lacks it is for the container's rules to say. */
static void check_library(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri found = libcuda_found(f), outside = gpu_outside_pci(f);
	bool wsl = is_true(&f->platform.wsl) == YES;
	bool host = f->platform.container.st == ABSENT && outside == NO;

	if ((is_true(&f->kmod.loaded) != YES && !wsl) || (found == YES && !libcuda_is_stub(f)))
		return;
	if (found == YES)
		say_stub(self, f, r);
	else if (found == NO && f->drvlib.libcuda.path.st == UNKNOWN)
		say_no_elf(self, f, r);
	else if (found == NO && wsl && f->drvlib.wsl_libcuda.st == PRESENT)
		say_not_searched(self, f, r);
	else if (f->platform.container.st == PRESENT || outside == YES)
		return;
	else if (host && found == NO)
		say_no_library(self, f, r);
	else
		say_library_unknown(self, f, r);
}

/* ---- wsl-driver-stub-shadow ---- */

static void say_shadowed(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct library *lib = &f->drvlib.libcuda;
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "a Linux driver's libcuda is found before that of Windows");

	x->headline = "a Linux driver inside WSL hides that of Windows";
	finding_evidence(r, x, lib->path.v, "libcuda %s, of a Linux driver", lib->version.v);
	finding_evidence(r, x, f->drvlib.wsl_libcuda.v, "the one that works in WSL");
	if (libcuda_is_a_copy(f))
		fix_take_libcuda_out(f, r, x);
	else
		finding_fix(r, x, APPLIES_LIKELY,
			    "remove the Linux driver inside WSL (here for Debian and Ubuntu)",
			    "sudo apt remove --purge '^libnvidia-compute-.*' '^nvidia-driver-.*' "
			    "libcuda1; sudo ldconfig");
}

static void check_wsl_shadow(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct library *lib = &f->drvlib.libcuda;
	struct finding *x;

	if (wsl_is_shadowed(f) == NO || libcuda_is_stub(f))
		return;
	if (wsl_is_shadowed(f) == YES) {
		say_shadowed(self, f, r);
		return;
	}
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "whether the libcuda.so.1 that is found is that of Windows is not known");
	finding_evidence(r, x, lib->path.v, "it is found before /usr/lib/wsl/lib");
	finding_fix(r, x, APPLIES_SAFE, "equal files are a copy", "cmp %s %s",
		    shell_word(r->arena, lib->real.v), f->drvlib.wsl_libcuda.v);
}

/* ---- driver-too-old-for-torch-cuda ---- */

/* The oldest branch with that CUDA major, e.g. 580 for 13; NULL if the table has none. */
static const char *oldest_branch_for(int64_t major)
{
	const char *branch = NULL;

	for (size_t i = 0; i < n_driver_branch_table; i++)
		if (version_major(driver_branch_table[i].cuda, NULL) == major)
			branch = driver_branch_table[i].branch;
	return branch;
}

static void fix_too_old(const struct facts *f, struct report *r, struct finding *x)
{
	const char *branch = oldest_branch_for(version_major(f->torch.cuda.v, NULL));

	fix_replace_torch(f, r, x);
	if (!branch)
		return;
	if (fix_on_the_host(f, r, x,
			    arena_fmt(r->arena,
				      "driver %s or newer on the host (root there, a reboot)",
				      branch)))
		return;
	finding_fix(r, x, APPLIES_MANUAL,
		    arena_fmt(r->arena,
			      "driver %s or newer (root, a reboot; on a cluster ask your admins)",
			      branch),
		    NULL);
}

/* A copy that does not fit the module has to go, and then the module's version counts. (What a forward compatibility library
 * leaves behind is told with it.) */
static const struct fact_str *lasting_version(const struct facts *f)
{
	if (driver_pair(f).works == NO && module_version(f) && libcuda_is_a_copy(f))
		return module_version(f);
	return driver_version(f);
}

static enum tri new_enough_to_last(const struct facts *f)
{
	int64_t needed = f->torch.cuda.st == PRESENT ? version_major(f->torch.cuda.v, NULL) : 0;
	struct driver_cuda cuda = driver_cuda(lasting_version(f));

	if (lasting_version(f) == driver_version(f) || !needed || !cuda.major)
		return driver_new_enough(f);
	return cuda.major >= needed ? YES : cuda.newest ? MAYBE : NO;
}

static void say_too_old(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *version = lasting_version(f);
	struct driver_cuda cuda = driver_cuda(version);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "driver %s runs CUDA up to %" PRId64
				       ".x; this torch is built for CUDA %s",
				       version->v, cuda.major, f->torch.cuda.v);

	x->headline = "the driver is too old for this torch";
	finding_evidence(r, x, version->from, "driver %s", version->v);
	finding_evidence(r, x, f->torch.cuda.from, "torch is built for CUDA %s", f->torch.cuda.v);
	fix_too_old(f, r, x);
}

/* Without the module, and without a library that is known to be there, no driver's age can be judged: other rules say
 * what is missing. */
static bool has_driver(const struct facts *f)
{
	return is_there(&f->drvlib.libcuda.path) == YES || module_loaded(f) != NO;
}

static void check_new_enough(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri new_enough = new_enough_to_last(f);

	if (torch_build(f) != BUILD_CUDA || new_enough == YES || !has_driver(f) ||
	    (libcuda_is_compat(f) && driver_pair(f).works == NO))
		return;
	if (new_enough == NO) {
		say_too_old(self, f, r);
		return;
	}

	const struct fact_str *version = driver_version(f);
	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		"whether the driver is new enough for this torch (CUDA %s) is not known: %s",
		f->torch.cuda.v,
		version ? arena_fmt(r->arena, "which CUDA driver %s offers is not known",
				    version->v)
			: "its version could not be read");
	finding_evidence(r, x, version ? version->from : f->kmod.proc_version.from,
			 "the CUDA version of the driver is not known");
	finding_fix(r, x, APPLIES_SAFE, "its first lines name the newest CUDA that the driver runs",
		    "nvidia-smi");
}

const struct rule driver_rules[] = {
	{ "no-nvidia-driver", STAGE_DRIVER, check_installed },
	{ "libcuda-missing-or-stub", STAGE_DRIVER, check_library },
	{ "driver-too-old-for-torch-cuda", STAGE_DRIVER, check_new_enough },
	{ "wsl-driver-stub-shadow", STAGE_CONTAINER, check_wsl_shadow },
	{ 0 },
};
