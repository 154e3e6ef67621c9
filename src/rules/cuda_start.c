// SPDX-License-Identifier: Apache-2.0
/* Which error does the CUDA runtime meet first when torch starts it? Its own order: libcuda is found and
 * loaded (35 with version 0), is no stub (34), its CUDA major suffices (35), it fits the module (803, 804),
 * then cuInit. What the driver itself answered (facts.probe) comes before everything that files suggest.
 * Measured with the runtimes of torch 1.13 to 2.15. It cannot know what only the kernel's log tells. */
#include "rules/machine.h"

#include "core/version.h"

#define NO_DRIVER                                                                                  \
	35 /* cudaErrorInsufficientDriver; cuDriverGetVersion tells "none" from "too old" */
#define STUB 34
#define NO_DEVICE 100
#define FABRIC 802
#define SYSTEM_MISMATCH 803
#define UNKNOWN_ERROR 999

/* ---- what the driver answered ---- */

static bool is_too_old(const struct facts *f, int64_t version)
{
	int64_t needed = f->torch.cuda.st == PRESENT ? version_major(f->torch.cuda.v, NULL) : 0;

	return version < 1000 * needed;
}

static struct cuda_start answered(const struct facts *f)
{
	const struct probe *p = &f->probe;
	bool version_known = p->cuda_driver.st == PRESENT;

	if (p->cuda_path.st == ABSENT)
		return (struct cuda_start){ NO, NO_DRIVER, 0 };
	/* The runtime compares versions before it calls cuInit. */
	if (version_known && (p->cuda_driver.v <= 0 || is_too_old(f, p->cuda_driver.v)))
		return (struct cuda_start){ NO, NO_DRIVER, p->cuda_driver.v };
	if (p->cuda_init.st == PRESENT && p->cuda_init.v != 0)
		return (struct cuda_start){ NO, version_known ? (int)p->cuda_init.v : 0, -1 };
	if (p->cuda_init.st != PRESENT || p->cuda_count.st != PRESENT)
		return (struct cuda_start){ MAYBE, 0, -1 };
	if (p->cuda_count.v <= 0)
		return (struct cuda_start){ NO, version_known ? NO_DEVICE : 0, -1 };
	if (!version_known)
		return (struct cuda_start){ driver_new_enough(f), 0, -1 };
	return (struct cuda_start){ f->torch.cuda.st == PRESENT ? YES : MAYBE, 0, -1 };
}

bool driver_answered(const struct facts *f)
{
	const struct probe *p = &f->probe;

	return p->cuda_init.st == PRESENT && p->cuda_init.v == 0 && p->cuda_count.st == PRESENT &&
	       p->cuda_count.v > 0;
}

/* ---- what files say ---- */

/* One condition: does it hold, and which error there is where it does not; 0: one of several. */
struct step {
	enum tri holds;
	int error;
};

/* Does NVIDIA's module drive a GPU? A loaded module closes a bus that could not be read: without
 * any GPU it refuses to load. */
static enum tri gpu_driven(const struct facts *f)
{
	struct range driven = gpus_driven(f);
	enum tri on_pci = nvidia_on_pci(f), loaded = module_loaded(f);

	if (gpu_outside_pci(f) == YES)
		return is_true(&f->platform.wsl) == YES ? wsl_ready(f) : MAYBE;
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

/* The nodes in the order in which libcuda opens them, and with the codes that it then gives (measured with libcuda
 * 535 and 550 on a fake kernel side): the control node 100, nvidia-uvm 999, the GPU's own 100. */
static struct step control_step(const struct facts *f)
{
	const struct nodes *n = &f->nodes;
	bool none = n->control.st == ABSENT && n->gpu.st == ABSENT;
	bool shut = node_is_shut(f, &n->control);

	return (struct step){ shut || none ? nodes_usable(f) : YES, NO_DEVICE };
}

static struct step uvm_step(const struct facts *f)
{
	bool shut = node_is_shut(f, &f->nodes.uvm) || uvm_is_stale(f) == YES;

	return (struct step){ shut && is_true(&f->nodes.control) == YES ? nodes_usable(f) : YES,
			      UNKNOWN_ERROR };
}

/* All others, and what is not known of the two above. */
static struct step nodes_step(const struct facts *f)
{
	bool gpu = is_true(&f->nodes.uvm) == YES && node_is_shut(f, &f->nodes.gpu);

	return (struct step){ nodes_usable(f), gpu ? NO_DEVICE : 0 };
}

/* Walks the conditions in the runtime's order. The error is known if everything before the first that fails
 * holds, or would give the same. */
static struct cuda_start first_failure(const struct step *steps, size_t n, size_t n_ordered)
{
	struct cuda_start start = { YES, 0, -1 };
	bool same = true;
	int error = 0;

	for (size_t i = 0; i < n; i++) {
		if (steps[i].holds == YES)
			continue;
		same = same && steps[i].error && (!error || error == steps[i].error);
		error = steps[i].error;
		start.works = both(start.works, steps[i].holds);
		if (start.works == NO && i < n_ordered)
			break;
	}
	start.error = start.works == NO && same ? error : 0;
	return start;
}

/* A card that has fallen off the bus ends in 100, 3 or 999; beside others that work perhaps in 101. Of a bus that could not be
 * read nothing is known but that the module found a card when it was loaded. */
static struct step device_step(const struct facts *f)
{
	/* A bus that could not be read is closed by the GPUs that the driver lists itself. */
	bool lost = f->pci.gpus.st != PRESENT && gpus_driven(f).least == 0 && !f->cards.gpus.n;

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		lost = lost || is_lost(&f->pci.gpus.v[i]) != NO;
	return (struct step){ lost ? both(gpu_driven(f), MAYBE) : gpu_driven(f),
			      lost ? 0 : NO_DEVICE };
}

static struct cuda_start by_files(const struct facts *f)
{
	enum tri found = libcuda_found(f), enough = driver_new_enough(f);
	enum tri loaded = gpu_outside_pci(f) == YES ? YES : module_loaded(f);
	/* A module that is not loaded contradicts no library. */
	struct driver_pair pair = loaded == NO ? (struct driver_pair){ YES, 0 } : driver_pair(f);
	/* The versions are compared before nvidia-uvm is opened; whether this GPU has forward compatibility, after. */
	bool early = pair.error == SYSTEM_MISMATCH;
	struct step steps[] = {
		{ found, NO_DRIVER },
		{ libcuda_is_stub(f) ? NO : YES, STUB },
		{ enough, NO_DRIVER },
		{ loaded, NO_DEVICE },
		control_step(f),
		{ early ? pair.works : YES, pair.error },
		uvm_step(f),
		/* cuInit's own order from here on is not documented: these must agree. */
		{ early ? YES : pair.works, pair.error },
		device_step(f),
		nodes_step(f),
		{ fabric_ready(f), FABRIC },
		{ selection_of(f).any, NO_DEVICE },
	};
	struct cuda_start start = first_failure(steps, sizeof steps / sizeof *steps, 7);

	if (start.error != NO_DRIVER)
		return start;
	/* Absent or too old? Both are 35, and torch says different things. */
	if (found == NO)
		start.version = 0;
	else if (found == MAYBE)
		start.error = 0;
	else if (driver_cuda(driver_version(f)).exact)
		start.version = driver_cuda(driver_version(f)).api;
	return start;
}

struct cuda_start cuda_start_of(const struct facts *f)
{
	const struct fact_num *init = &f->probe.cuda_init;
	struct cuda_start start = answered(f);

	if (start.works != MAYBE || (init->st == PRESENT && init->v == 0))
		return start;
	start = by_files(f);
	/* Asked, and it gave no answer (a timeout, a signal): that proves nothing, but sound files no longer
	 * do either. */
	if (init->st == UNKNOWN)
		start.works = both(start.works, MAYBE);
	return start;
}
