// SPDX-License-Identifier: Apache-2.0
/* What was seen, and nothing else: plain structs that collectors fill and rules read. Every fact has a state and a
 * source. Zero means that nobody looked. A list is a fact too: PRESENT means complete; one member that could not
 * be read makes it UNKNOWN, with the members that could. The field table (fields.c) names each of them in JSON. */
#ifndef WHYCPU_FACTS_FACTS_H
#define WHYCPU_FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/array.h"
#include "core/hang.h"

enum known { NOT_LOOKED, ABSENT, UNKNOWN, PRESENT };

/* `from`: "/path[:line]", "env:NAME", "call:NAME", "pid:N/maps". `why`: only with UNKNOWN, as sys_why() says it. */
#define FACT_HEAD                                                                                  \
	enum known st;                                                                             \
	const char *from, *why

struct fact {
	FACT_HEAD;
};
struct fact_str {
	FACT_HEAD;
	const char *v;
};
struct fact_num {
	FACT_HEAD;
	int64_t v;
};
struct fact_bool {
	FACT_HEAD;
	bool v;
};
struct fact_strs {
	FACT_HEAD;
	struct strlist v;
};

/* The kernel and the place it runs in. */
struct platform {
	struct fact_str kernel_release, machine;
	struct fact_bool
		wsl; /* a Microsoft kernel with /dev/dxg: the GPU is not on PCI and has no Linux module */
	struct fact_bool tegra; /* Jetson: the GPU is not on PCI */
	struct fact_str
		container; /* docker, podman, kubernetes, apptainer, lxc, other; ABSENT on a plain machine */
	struct fact_num uid;
	struct fact_str distro, distro_like; /* ID and ID_LIKE of /etc/os-release */
};

/* One display function (PCI class 0300, 0302, 0380) of any vendor. Texts as sysfs gives them: "0x10de". */
struct gpu {
	const char *addr; /* 0000:01:00.0 */
	struct fact_str vendor, device, class;
	struct fact_str driver; /* the kernel driver that holds it; ABSENT = none */
};
struct gpu_list {
	FACT_HEAD;
	struct gpu *v;
	size_t n, cap;
};
struct pci {
	struct gpu_list gpus;
};

/* A GPU as NVIDIA's driver lists it. */
struct card {
	const char *addr; /* 0000:01:00.0 */
	struct fact_str model;
};
struct card_list {
	FACT_HEAD;
	struct card *v;
	size_t n, cap;
};
struct cards {
	struct card_list gpus; /* ABSENT: the module is not loaded, or has taken none */
};

/* NVIDIA's kernel module. */
struct kmod {
	struct fact_str proc_version; /* version number in /proc/driver/nvidia/version */
	struct fact_str sys_version;  /* /sys/module/nvidia/version */
	struct fact_str flavour;  /* "open" or "proprietary", from the same line as proc_version */
	struct fact_bool loaded;  /* /sys/module/nvidia or /proc/driver/nvidia/version is there */
	struct fact_bool nouveau; /* /sys/module/nouveau is there */
	/* The next two are looked for only when the module is not loaded. */
	struct fact_str file;           /* nvidia.ko for the running kernel */
	struct fact_strs other_kernels; /* other kernels that have an nvidia.ko */
	struct fact_strs
		traces; /* signs that a driver package is installed: nvidia-smi, dkms, sources */
};

/* Device nodes: PRESENT = this user may read and write it, ABSENT = there is none, UNKNOWN = refused (EACCES, EPERM). */
struct nodes {
	struct fact_bool control; /* /dev/nvidiactl */
	struct fact_bool uvm;     /* /dev/nvidia-uvm */
	struct fact_bool gpu;     /* the first /dev/nvidiaN that may be used */
	struct fact_bool helper;  /* nvidia-modprobe, which makes missing ones */
};

/* A shared library as the target process would find it. */
struct library {
	struct fact_str path; /* where the search finds it */
	struct fact_str real; /* the file behind the links */
	struct fact_str
		version; /* from the name of the real file: libcuda.so.550.54.15; ABSENT: it has none */
};
struct drvlib {
	struct library libcuda, libnvml;
	struct fact_strs searched; /* the directories that were searched, in order */
};

/* Variables of the target process. ABSENT = not set; the empty text is a value. */
struct envvars {
	struct fact_str cuda_visible_devices, nvml_based_cuda_check, ld_library_path;
};

/* The Python that the user means, and the folders where it would look for modules. */
struct python {
	struct fact_str
		chosen; /* how: "--python", "parent process", "python on PATH", "python3 on PATH" */
	struct fact_str asked; /* the path as typed or found */
	struct fact_str
		exe; /* the interpreter after shims, links kept: its place decides the environment */
	struct fact_str problem; /* asked for by --python and no interpreter: what it is instead */
	struct fact_str version; /* "3.11" or "3.11.2" */
	struct fact_str prefix;  /* the environment: /home/ana/.venv or /usr */
	struct fact_str base_prefix;
	struct fact_str kind; /* venv, conda, system, plain */
	struct fact_strs
		path; /* the folders of sys.path that can hold packages, in order, that exist */
	struct fact_strs
		notes; /* what could change the order and cannot be computed: .pth lines that run code */
};

/* The torch that this Python would import first. */
struct torch {
	struct fact_str dir;     /* the package folder; ABSENT = on no folder of python.path */
	struct fact_str version; /* __version__ */
	struct fact_str cuda, hip, xpu; /* ABSENT = None */
	struct fact_str installer;      /* pip, uv, conda, poetry, apt: who can replace it */
	struct fact_str metadata;       /* the torch-*.dist-info or conda-meta file */
	struct fact_str nvcc;           /* an nvcc on PATH: people believe that it matters */
};

struct facts {
	struct platform platform;
	struct pci pci;
	struct kmod kmod;
	struct cards cards;
	struct nodes nodes;
	struct envvars env;
	struct drvlib drvlib;
	struct python python;
	struct torch torch;
	ARRAY(struct hang) hangs;
};

#endif
