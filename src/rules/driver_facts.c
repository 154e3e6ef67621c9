// SPDX-License-Identifier: Apache-2.0
/* What the facts of the driver and its libraries say together (machine.h). The numbers behind driver versions are
 * data/driver_branch.tsv. It cannot know what a library does that is no file of NVIDIA's. */
#include "rules/machine.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

/* ---- versions ---- */

const struct fact_str *module_version(const struct facts *f)
{
	if (f->kmod.proc_version.st == PRESENT)
		return &f->kmod.proc_version;
	return f->kmod.sys_version.st == PRESENT ? &f->kmod.sys_version : NULL;
}

/* A libcuda whose version could not be read may be another one than the module's (forward compatibility, half an upgrade):
 * only where it is proved to say nothing does the module speak for it, or NVML, which names the module's version (in WSL
 * that of Windows). */
const struct fact_str *driver_version(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;

	if (lib->version.st == PRESENT)
		return &lib->version;
	if (libcuda_found(f) != NO && !(lib->path.st == PRESENT && lib->version.st == ABSENT))
		return NULL;
	if (module_version(f))
		return module_version(f);
	return f->probe.nvml_driver.st == PRESENT ? &f->probe.nvml_driver : NULL;
}

/* The rows stand with the newest first, so the first that is not newer is the nearest. */
struct driver_cuda driver_cuda(const struct fact_str *version)
{
	struct driver_cuda cuda = { 0 };
	int64_t branch = version && version->v ? version_major(version->v, NULL) : 0, row_branch;

	for (size_t i = 0; i < n_driver_branch_table; i++) {
		const struct driver_branch_row *row = &driver_branch_table[i];

		if (!parse_i64(row->branch, &row_branch) || row_branch > branch)
			continue;
		cuda.major = version_major(row->cuda, &cuda.minor);
		parse_i64(row->api, &cuda.api);
		cuda.exact = row_branch == branch;
		cuda.newest = i == 0 && !cuda.exact;
		break;
	}
	return cuda;
}

/* What the library said itself comes before the table. */
enum tri driver_new_enough(const struct facts *f)
{
	struct driver_cuda cuda = driver_cuda(driver_version(f));
	int64_t needed = f->torch.cuda.st == PRESENT ? version_major(f->torch.cuda.v, NULL) : 0;

	if (f->probe.cuda_driver.st == PRESENT && f->probe.cuda_driver.v >= 1000)
		cuda = (struct driver_cuda){ .major = f->probe.cuda_driver.v / 1000 };
	if (!cuda.major || !needed)
		return MAYBE;
	if (cuda.major >= needed)
		return YES;
	return cuda.newest ? MAYBE : NO;
}

/* ---- what kind of library ---- */

/* Where it was found, or the file behind the links. */
static bool lies_in(const struct library *lib, const char *part)
{
	return lib->path.st == PRESENT && (strstr(lib->path.v, part) ||
					   (lib->real.st == PRESENT && strstr(lib->real.v, part)));
}

/* By the file behind the links: an image may put a link to the stub anywhere. */
bool libcuda_is_stub(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;
	const char *place = lib->real.st == PRESENT ? lib->real.v : lib->path.v;

	return lib->path.st == PRESENT && place && strstr(place, "/stubs/");
}

/* Only these carry the note; those before CUDA 12.9 are known by their folder alone. */
bool libcuda_is_compat(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;

	return lib->path.st == PRESENT &&
	       (f->drvlib.compat_hosts.st == PRESENT || lies_in(lib, "/compat/") ||
		lies_in(lib, "/cuda-compat"));
}

enum tri libcuda_found(const struct facts *f)
{
	const struct fact_str *path = &f->drvlib.libcuda.path;
	bool no_library = path->st == UNKNOWN && path->why &&
			  (strcmp(path->why, "file too short") == 0 ||
			   strcmp(path->why, "invalid ELF header") == 0);

	return no_library ? NO : is_there(path);
}

/* A file without a driver's version in its name may be a copy of that of Windows. */
enum tri wsl_is_shadowed(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;

	if (is_true(&f->platform.wsl) != YES || f->drvlib.wsl_libcuda.st != PRESENT ||
	    lib->real.st != PRESENT || starts_with(lib->real.v, "/usr/lib/wsl/"))
		return NO;
	return lib->version.st == PRESENT ? YES : MAYBE;
}

/* ---- do module and library belong together? ---- */

static const struct driver_pair fits = { YES, 0 };
static const struct driver_pair open_pair = { MAYBE, 0 };
static const struct driver_pair no_device = { NO, 100 }; /* cudaErrorNoDevice */
static const struct driver_pair mismatch = { NO, 803 };  /* cudaErrorSystemDriverMismatch */
static const struct driver_pair no_compat = { NO, 804 }; /* cudaErrorCompatNotSupportedOnDevice */

static bool has_branch(const char *branch, const char *version)
{
	return version_major(branch, NULL) == version_major(version, NULL);
}

/* Does the library's own note accept a module of this branch? One without a note, those branches that NVIDIA keeps for
 * data centers. */
static enum tri is_accepted(const struct facts *f, const char *module)
{
	const struct fact_strs *hosts = &f->drvlib.compat_hosts;

	for (size_t i = 0; i < hosts->v.n; i++)
		if (has_branch(hosts->v.v[i], module))
			return YES;
	for (size_t i = 0; hosts->st == ABSENT && i < n_compat_host_table; i++)
		if (has_branch(compat_host_table[i].branch, module))
			return YES;
	return hosts->st == PRESENT ? NO : MAYBE;
}

/* It is made for older modules: one that is newer does not take it, unless its note says so. */
static struct driver_pair compat_pair(const struct facts *f, const char *lib, const char *module)
{
	enum tri accepted = is_accepted(f, module), gpus = forward_compat_works(f);

	if (accepted == NO)
		return mismatch;
	if (version_compare(lib, module) < 0)
		return f->drvlib.compat_hosts.st == PRESENT ? open_pair : mismatch;
	if (gpus == NO)
		return accepted == YES || f->drvlib.compat_hosts.st == ABSENT ? no_compat
									      : open_pair;
	return gpus == YES && accepted == YES ? fits : open_pair;
}

static bool is_by_system(const struct library *lib)
{
	return text_is(&lib->way, "cache") || text_is(&lib->way, "default");
}

static bool has_word(const char *words, const char *version)
{
	char branch[16];
	struct bytes word;

	snprintf(branch, sizeof branch, "%lld", (long long)version_major(version, NULL));
	for (size_t pos = 0; next_part(words, ' ', &pos, &word);)
		if (word.n == strlen(branch) && memcmp(word.v, branch, word.n) == 0)
			return true;
	return false;
}

/* Does this libcuda go on with that older module? Its own branch it always does. */
static enum tri goes_on_with(const char *lib, const char *module)
{
	if (has_branch(lib, module))
		return YES;
	for (size_t i = 0; i < n_libcuda_accepts_table; i++)
		if (has_branch(libcuda_accepts_table[i].library, lib))
			return has_word(libcuda_accepts_table[i].modules, module) ? YES : NO;
	return MAYBE;
}

/* The driver was upgraded and its old module still runs, or another driver's library comes first. The library knows older
 * modules, and goes on where the GPU has forward compatibility; elsewhere it ends in 803 or 804. */
static struct driver_pair newer_pair(const struct facts *f, const char *lib, const char *module)
{
	if (goes_on_with(lib, module) == NO)
		return mismatch;
	return forward_compat_works(f) == NO ? (struct driver_pair){ NO, 0 } : open_pair;
}

/* A library without a version in its name. On a plain machine the system's own is the driver's; in a container the version
 * is what shows that the driver was passed in, and not baked into the image. */
static struct driver_pair nameless_pair(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;
	bool by_hand = lib->way.st == PRESENT && !is_by_system(lib);

	if (f->platform.container.st != ABSENT)
		return open_pair;
	return by_hand && gpu_outside_pci(f) != YES ? open_pair : fits;
}

struct driver_pair driver_pair(const struct facts *f)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version, *module = module_version(f);
	const struct fact_num *init = &f->probe.cuda_init;

	if (init->st == PRESENT && init->v == 0)
		return fits;
	if (init->st == PRESENT && (init->v == 803 || init->v == 804))
		return (struct driver_pair){ NO, (int)init->v };
	if (wsl_is_shadowed(f) != NO)
		return wsl_is_shadowed(f) == YES ? no_device : open_pair;
	if (lib->st == ABSENT)
		return nameless_pair(f);
	if (lib->st != PRESENT || !module)
		return open_pair;
	if (strcmp(lib->v, module->v) == 0 || version_compare(lib->v, module->v) == 0)
		return fits;
	if (libcuda_is_compat(f))
		return compat_pair(f, lib->v, module->v);
	return version_compare(lib->v, module->v) < 0 ? mismatch : newer_pair(f, lib->v, module->v);
}
