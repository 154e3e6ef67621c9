// SPDX-License-Identifier: Apache-2.0
/* What single facts say together, in three values: rules, prediction and chain must not differ in
 * how they read the same facts. Pure functions; MAYBE is the answer wherever a needed fact could
 * not be read. */
#ifndef WHYCPU_RULES_MACHINE_H
#define WHYCPU_RULES_MACHINE_H

#include "core/arena.h"
#include "facts/facts.h"

enum tri { NO, MAYBE, YES };
enum tri both(enum tri a, enum tri b);
enum tri either(enum tri a, enum tri b);

/* The state of a yes-no fact; ABSENT is no. */
enum tri is_true(const struct fact_bool *fact);
/* Is the thing there? Of a list: does it have a member? */
enum tri is_there(const struct fact_str *fact);
enum tri has_members(const struct fact_strs *fact);
bool text_is(const struct fact_str *fact, const char *value);

/* Why a fact is unknown, for a person: "permission denied" for EACCES. `otherwise` where nobody looked. */
const char *why_words(const char *why, const char *otherwise);

/* ---- GPU and kernel ---- */

bool is_nvidia(const struct gpu *gpu);
bool is_of_vendor(const struct gpu *gpu, const char *vendor);
/* nouveau, or its successor nova. */
bool held_by_free_driver(const struct gpu *gpu);
enum tri nvidia_on_pci(const struct facts *f);
/* WSL and Jetson: no PCI function and no module of the usual name. */
enum tri gpu_outside_pci(const struct facts *f);
/* NO: proved, and it would be needed. */
enum tri module_loaded(const struct facts *f);
/* NVIDIA functions that NVIDIA's module drives: how many at least and at most (SIZE_MAX: not
 * known). */
struct range {
	size_t least, most;
};
struct range gpus_driven(const struct facts *f);

/* ---- driver ---- */

/* The version of the module, NULL if it is not known. */
const struct fact_str *module_version(const struct facts *f);
/* The version that decides which CUDA the driver offers: libcuda's; the module's where there is no
 * libcuda or its name has none; NULL if it is not known. */
const struct fact_str *driver_version(const struct facts *f);

/* The CUDA toolkit's stand-in for libcuda, made for linking only: it answers every call with error 34. */
bool libcuda_is_stub(const struct facts *f);

/* What CUDA a driver version offers; `major` 0 = not known. */
struct driver_cuda {
	int64_t major, minor, api; /* api: cuDriverGetVersion, 12040 */
	bool exact;                /* the branch has a row of its own; else it is at least this */
	bool newest;               /* newer than the table: at least this, perhaps a higher major */
};
struct driver_cuda driver_cuda(const struct fact_str *version);
/* Is the driver's CUDA major at least torch's? */
enum tri driver_new_enough(const struct facts *f);

/* Do module and libcuda belong together? `error` is cuInit's code where they do not: 803, 804; 0 otherwise. */
struct driver_pair {
	enum tri works;
	int error;
};
struct driver_pair driver_pair(const struct facts *f);

/* ---- GPUs by their PCI number ---- */

struct gpu_model {
	const char *name, *chip,
		*architecture; /* NULL: not known; the name may stand for several products */
	const char *last_branch,
		*first_branch; /* of the Linux driver; NULL or "current": no limit known */
	const char *module;    /* "prop", "both", "open", "tegra" */
	int cc_major, cc_minor;
	bool guess; /* from the range of the number */
};
struct gpu_model gpu_model_of(const struct gpu *gpu);
/* Compute capability; major 0: not known. What the driver said (facts.probe) comes before the table. */
struct cc {
	int major, minor;
	bool guess;
};
struct cc gpu_cc(const struct facts *f, const struct gpu *gpu);

/* ---- torch ---- */

enum build { BUILD_UNKNOWN, BUILD_NONE, BUILD_CPU, BUILD_CUDA, BUILD_HIP, BUILD_XPU };
/* BUILD_NONE: proved that this Python has no torch. */
enum build torch_build(const struct facts *f);

/* Does `import torch` work? What it raises where it does not; NULL where that is not known. */
struct import_verdict {
	enum tri works;
	const char *raises_type, *raises_text;
};
struct import_verdict import_of(const struct facts *f, struct arena *a);

/* ---- nodes ---- */

/* May the driver's device nodes be used? A missing one that the helper or root can make counts as yes. */
enum tri nodes_usable(const struct facts *f);

/* The kind of GPU ("Blackwell") that this wheel certainly has no code for, if all NVIDIA GPUs here are of such kinds;
 * else NULL, which promises nothing. */
const char *gpu_without_code(const struct facts *f);

/* ---- CUDA_VISIBLE_DEVICES ---- */

enum selection_kind {
	SELECTS_ALL,     /* not set */
	SELECTS_NOTHING, /* empty, -1, none */
	SELECTS_LIST,    /* whole numbers, all of them GPUs that are there */
	SELECTS_BEYOND,  /* whole numbers, and the first is no GPU that is there */
	SELECTS_PARTLY,  /* the first numbers are GPUs, a later one is not */
	SELECTS_ODD,     /* UUIDs, duplicates, anything else: not judged */
	SELECTS_UNKNOWN, /* not read, or the number of GPUs is not known */
};
struct selection {
	enum selection_kind kind;
	size_t count;   /* numbers in front of the first that is no GPU */
	size_t outside; /* numbers that are no GPU */
};
struct selection selection_of(const struct facts *f);

#endif
