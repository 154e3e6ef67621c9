// SPDX-License-Identifier: Apache-2.0
/* What the facts of the driver and its libraries say together (machine.h). The numbers behind driver versions are
 * data/driver_branch.tsv. It cannot know what a library does that is no file of NVIDIA's. */
#include "rules/machine.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

const struct fact_str *module_version(const struct facts *f)
{
	if (f->kmod.proc_version.st == PRESENT)
		return &f->kmod.proc_version;
	return f->kmod.sys_version.st == PRESENT ? &f->kmod.sys_version : NULL;
}

/* A libcuda whose version could not be read may be another one than the module's (forward
 * compatibility, half an upgrade): only where it is proved to say nothing does the module speak for
 * it. */
bool libcuda_is_stub(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;
	const char *place = lib->real.st == PRESENT ? lib->real.v : lib->path.v;

	return lib->path.st == PRESENT && place && strstr(place, "/stubs/");
}

const struct fact_str *driver_version(const struct facts *f)
{
	const struct library *lib = &f->drvlib.libcuda;

	if (lib->version.st == PRESENT)
		return &lib->version;
	if (lib->path.st == ABSENT || (lib->path.st == PRESENT && lib->version.st == ABSENT))
		return module_version(f);
	return NULL;
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

enum tri driver_new_enough(const struct facts *f)
{
	struct driver_cuda cuda = driver_cuda(driver_version(f));
	int64_t needed = f->torch.cuda.st == PRESENT ? version_major(f->torch.cuda.v, NULL) : 0;

	if (!cuda.major || !needed)
		return MAYBE;
	if (cuda.major >= needed)
		return YES;
	return cuda.newest ? MAYBE : NO;
}

/* Another version than the module's gives error 803, or is a legal forward-compatible one: not judged yet. In a
 * container the equal version is what shows that the driver was passed in, and not baked into the image. */
struct driver_pair driver_pair(const struct facts *f)
{
	const struct fact_str *lib = &f->drvlib.libcuda.version, *module = module_version(f);

	if (lib->st == PRESENT && module)
		return (struct driver_pair){ strcmp(lib->v, module->v) == 0 ? YES : MAYBE, 0 };
	if (lib->st != ABSENT)
		return (struct driver_pair){ MAYBE, 0 };
	return (struct driver_pair){ f->platform.container.st == ABSENT ? YES : MAYBE, 0 };
}
