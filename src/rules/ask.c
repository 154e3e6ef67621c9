// SPDX-License-Identifier: Apache-2.0
/* Whether to ask NVIDIA's libraries at all: what files answer needs no asking, and asking can change the machine (DESIGN,
 * "When the driver is asked"). Pure: the verb does what this says. */
#include "rules/rules.h"

#include <string.h>

#include "rules/machine.h"

static bool has_cause(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_CAUSE)
			return true;
	return false;
}

/* A laptop's GPU that sleeps would be woken. */
static bool any_asleep(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && text_is(&f->pci.gpus.v[i].power, "suspended"))
			return true;
	return false;
}

/* As root the libraries make device nodes and load modules: they would repair what is to be found. */
static bool would_change(const struct facts *f)
{
	bool root = f->platform.uid.st != PRESENT || f->platform.uid.v == 0;

	return root && module_loaded(f) != YES && gpu_outside_pci(f) != YES;
}

struct ask what_to_ask(const struct facts *f, const struct report *r)
{
	struct ask ask = { .nvml = is_there(&f->drvlib.libnvml.path) == YES,
			   .cuda = is_there(&f->drvlib.libcuda.path) == YES };

	if (has_cause(r) || would_change(f) || any_asleep(f))
		return (struct ask){ false, false };
	return ask;
}
