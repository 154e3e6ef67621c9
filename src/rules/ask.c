// SPDX-License-Identifier: Apache-2.0
/* Whether to ask NVIDIA's libraries at all: what files answer needs no asking, and asking can change the machine (DESIGN,
 * "When the driver is asked"). Pure: the verb does what this says. */
#include "rules/rules.h"

#include <inttypes.h>
#include <limits.h>
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

/* Of a machine of which nobody was asked. */
static const char *why_unasked(const struct facts *f, const struct report *r)
{
	if (has_cause(r))
		return "they give a cause, so that the driver was not asked";
	if (is_there(&f->drvlib.libcuda.path) != YES)
		return "no driver's library was found that could be asked";
	if (any_asleep(f))
		return "asking the driver would wake the GPU";
	if (would_change(f))
		return "asking the driver as root would load its module";
	return "the driver was not asked";
}

void describe_basis(const struct facts *f, struct report *r)
{
	const struct fact_num *init = &f->probe.cuda_init, *nvml = &f->probe.nvml_init;
	const char *silence = silence_words(f, r->arena);
	const char *text = init->v > 0 && init->v < INT_MAX ? cuda_error_text((int)init->v) : NULL;

	if (init->st == PRESENT && init->v == 0)
		r->rests_on = "files, and CUDA's own start: cuInit answered 0";
	else if (init->st == PRESENT)
		r->rests_on = arena_fmt(
			r->arena, "files, and CUDA's own start: cuInit answered %" PRId64 " (%s)",
			init->v, text ? text : "a number without a text");
	else if (silence)
		r->rests_on = arena_fmt(r->arena, "files; the driver was asked, and %s", silence);
	else if (nvml->st == PRESENT)
		r->rests_on = arena_fmt(r->arena,
					"files, and NVML, which answered %" PRId64
					"; CUDA itself was not asked",
					nvml->v);
	else
		r->rests_on = arena_fmt(r->arena, "files; %s", why_unasked(f, r));
}

struct ask what_to_ask(const struct facts *f, const struct report *r)
{
	struct ask ask = { .nvml = is_there(&f->drvlib.libnvml.path) == YES,
			   .cuda = is_there(&f->drvlib.libcuda.path) == YES };

	if (has_cause(r) || would_change(f) || any_asleep(f))
		return (struct ask){ false, false };
	return ask;
}
