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

enum tri not(enum tri a);

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
/* The same for rules that accuse something behind it: YES only where the module itself was seen, not just its GPU. */
enum tri module_seen(const struct facts *f);
/* NVIDIA functions that NVIDIA's module drives: how many at least and at most (SIZE_MAX: not
 * known). */
struct range {
	size_t least, most;
};
struct range gpus_driven(const struct facts *f);
/* The card no longer answers on the bus. */
enum tri is_lost(const struct gpu *gpu);
/* NVSwitch machines: does the fabric manager run, which CUDA's start needs (else 802)? YES where there is no switch. */
enum tri fabric_ready(const struct facts *f);

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

/* NVIDIA's forward compatibility library (cuda-compat-X-Y), meant for a module that is older than it. */
bool libcuda_is_compat(const struct facts *f);
/* Would a program get a libcuda? NO also where the loader gives up at a file that is no library. */
enum tri libcuda_found(const struct facts *f);
/* Are all NVIDIA GPUs of a kind that runs with such a library? NO: none is. */
enum tri forward_compat_works(const struct facts *f);

/* In WSL only Windows' own libcuda works: is that of a Linux driver found before it? */
enum tri wsl_is_shadowed(const struct facts *f);

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
	const char *flags; /* words: "mobile", "datacenter?"; NULL where the number is not listed */
	int cc_major, cc_minor;
	bool guess; /* from the range of the number */
};
struct gpu_model gpu_model_of(const struct gpu *gpu);
/* As the driver calls it, else as pci.ids does; NULL: not known. */
const char *gpu_name(const struct facts *f, const struct gpu *gpu);
/* Compute capability; major 0: not known. What the driver said (facts.probe) comes before the table. */
struct cc {
	int major, minor;
	bool guess;
};
struct cc gpu_cc(const struct facts *f, const struct gpu *gpu);
/* By the driver's name for it, where the bus could not be read; major 0: not known, or the name stands for several. */
struct cc cc_by_name(const char *model);

/* ---- torch ---- */

enum build { BUILD_UNKNOWN, BUILD_NONE, BUILD_CPU, BUILD_CUDA, BUILD_HIP, BUILD_XPU };
/* BUILD_NONE: proved that this Python has no torch. */
enum build torch_build(const struct facts *f);
/* A card of AMD (BUILD_HIP) or Intel (BUILD_XPU) that such a build runs on; graphics inside a processor are none. */
enum tri has_card_for(const struct facts *f, enum build build);

/* Does `import torch` work? What it raises where it does not; NULL where that is not known. */
struct import_verdict {
	enum tri works;
	const char *raises_type, *raises_text;
};
struct import_verdict import_of(const struct facts *f, struct arena *a);

/* ---- nodes ---- */

/* Is the node there, whether or not it may be used? */
enum tri node_there(const struct facts *f, const struct fact_bool *node);
/* May the driver's device nodes be used? A missing one that the helper or root can make counts as yes; in WSL it is /dev/dxg.
 * NO where a rule of nodes.c or container.c proves it; which error follows depends on the node. */
enum tri nodes_usable(const struct facts *f);
/* Proved: refused to this user, or absent where nobody will make it. */
bool node_is_shut(const struct facts *f, const struct fact_bool *node);
/* Is /dev/nvidia-uvm of a number that the module does not have (any more)? */
enum tri uvm_is_stale(const struct facts *f);
/* Does a device cgroup refuse a node that is needed (EPERM)? A batch job's, a container's, a service's. */
enum tri nodes_refused_by_cgroup(const struct facts *f);

/* ---- container, WSL ---- */

/* Was the container started without the GPU that its host has? */
enum tri container_lacks_gpu(const struct facts *f);
/* Nodes are there and libcuda is not. */
enum tri container_lacks_libcuda(const struct facts *f);
/* /dev/nvidia-uvm is missing beside the other nodes, or leads nowhere. */
enum tri container_lacks_uvm(const struct facts *f);

/* WSL 2: /dev/dxg may be used, and the libcuda that is found is Windows' own. */
enum tri wsl_ready(const struct facts *f);

/* ---- code for the GPU ---- */

/* A wheel of PyTorch's own, which brings NVIDIA's libraries in packages beside it. */
bool is_official_wheel(const struct torch *t);

/* "sm_80", "compute_90": the build's own list, or that of the official wheel; empty: not known, for `why`. */
struct arch_list {
	struct strlist archs;
	const char *from, *why;
	bool proves; /* what is not in it is not in the build */
};
struct arch_list arch_list_of(const struct facts *f, struct arena *a);
/* Does the driver compile PTX? NO: a variable forbids it, its compiler is missing, or it is older than torch's CUDA. */
enum tri ptx_compiled(const struct facts *f);
/* Does this build's code run on a GPU of this compute capability? only_ptx: nothing but PTX fits; `ptx`: is it compiled? */
struct gpu_code {
	enum tri runs, ptx;
	bool only_ptx;
};
struct gpu_code code_for(const struct facts *f, struct cc cc, struct arena *a);
/* NVIDIA's, and not given to a virtual machine. */
bool is_for_cuda(const struct gpu *gpu);
/* Can at least one visible GPU run this build's code? NO: proved that none can; is_available() is True all the same. */
enum tri code_for_gpus(const struct facts *f);
/* NO: this is a Jetson, and the build proves to have no code for any. */
enum tri code_for_jetson(const struct facts *f, struct arena *a);

/* ---- CUDA_VISIBLE_DEVICES ---- */

enum selection_kind {
	SELECTS_ALL,     /* not set */
	SELECTS_NOTHING, /* empty, blanks, -1, none */
	SELECTS_LIST,    /* numbers or UUIDs, all of them GPUs that are there */
	SELECTS_BEYOND,  /* numbers or UUIDs, and the first is no GPU that is there */
	SELECTS_PARTLY,  /* the first are GPUs, a later one is not */
	SELECTS_ODD, /* a form that the driver's documents do not speak of, or a word that ends the list */
	SELECTS_UNKNOWN, /* not read, or the GPUs are not known that it speaks of */
};
struct selection {
	enum selection_kind kind;
	enum tri any;       /* does it leave a GPU to CUDA? */
	size_t count, most; /* how many, at least and at most */
};
struct selection selection_of(const struct facts *f);

/* ---- CUDA's start ---- */

/* Does the CUDA runtime start and see a GPU? `error` is the cudaError of its first call where it does not; 0: not known which,
 * or none. `version`, with error 35: what cuDriverGetVersion says (12040), 0 without a driver, -1 where it is not known. */
struct cuda_start {
	enum tri works;
	int error;
	int64_t version;
};
struct cuda_start cuda_start_of(const struct facts *f);
/* cuInit succeeded and there is a GPU: nothing that lies before it can be broken. */
bool driver_answered(const struct facts *f);

#endif
