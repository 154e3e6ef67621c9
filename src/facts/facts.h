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
		wsl; /* WSL 2: a Microsoft kernel with /dev/dxg: the GPU is not on PCI and has no Linux module */
	struct fact_bool
		wsl1; /* WSL 1: Microsoft's emulation without a Linux kernel; no GPU there */
	struct fact_bool tegra; /* Jetson: the GPU is not on PCI */
	struct fact_str
		container; /* docker, podman, kubernetes, apptainer, lxc, other; ABSENT on a plain machine */
	struct fact_num uid;
	struct fact_strs groups; /* the user's groups: names, numbers where there is no name */
	struct fact_bool no_new_privs; /* nothing that belongs to root (setuid) can be started */
	struct fact_bool all_powerful; /* CAP_DAC_OVERRIDE: permission bits do not count */
	struct fact_str distro, distro_like; /* ID and ID_LIKE of /etc/os-release */
	struct fact_str distro_version;      /* VERSION_ID */
	struct fact_str service;   /* hosted notebook: colab, kaggle, ...; ABSENT: none known */
	struct fact_str scheduler; /* "slurm", inside one of its jobs; ABSENT: not in a job */
	struct fact_str
		scheduler_gpus; /* value of the variable that grants GPUs; ABSENT: the job has none */
	struct fact_bool secure_boot; /* the firmware's switch; ABSENT: no UEFI */
	struct fact_str lockdown;     /* none, integrity, confidentiality */
	struct fact_bool sig_enforce; /* the kernel takes only signed modules */
};

/* One display function (PCI class 0300, 0302, 0380) of any vendor. Texts as sysfs gives them: "0x10de". */
struct gpu {
	const char *addr; /* 0000:01:00.0 */
	struct fact_str vendor, device, class;
	struct fact_str driver; /* the kernel driver that holds it; ABSENT = none */
	struct fact_bool
		responds; /* NVIDIA only: false when its config space reads ff: off the bus */
	struct fact_bool
		has_bar; /* NVIDIA only: false when the BIOS gave its first region no address */
	struct fact_str
		power; /* runtime_status: "active", "suspended" (asleep, never woken by us) */
};
struct gpu_list {
	FACT_HEAD;
	struct gpu *v;
	size_t n, cap;
};
struct pci {
	struct gpu_list gpus;
	struct fact_num nvswitches; /* NVIDIA functions of class 0680 */
};

/* A GPU as NVIDIA's driver lists it. */
struct card {
	const char *addr; /* 0000:01:00.0 */
	struct fact_str model;
	struct fact_str uuid;     /* question marks: never initialised */
	struct fact_num minor;    /* N of /dev/nvidiaN; not the PCI order */
	struct fact_str firmware; /* GSP firmware version; ABSENT: N/A */
	struct fact_bool excluded;
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
	struct fact_bool uvm;     /* /sys/module/nvidia_uvm is there */
	struct fact_bool nouveau; /* /sys/module/nouveau is there */
	struct fact_bool
		fabric_manager; /* process nv-fabricmanager; looked for only with NVSwitches */
	struct fact_bool
		nvlink_disabled; /* NVreg_NvLinkDisable=1: then no fabric manager is needed; as above */
	/* The next are looked for only when the module is not loaded. */
	struct fact_str file;      /* nvidia.ko for the running kernel */
	struct fact_str signature; /* of that file: "signed", "unsigned"; UNKNOWN: compressed */
	struct fact_strs other_kernels; /* other kernels that have an nvidia.ko */
	struct fact_strs
		traces; /* signs that a driver package is installed: nvidia-smi, dkms, sources */
	struct fact_strs blacklist;   /* "FILE:LINE: text" of what forbids loading it */
	struct fact_strs dkms_failed; /* "VERSION for KERNEL": a log of a build, and no module */
	struct fact_bool headers;     /* what a build for the running kernel needs */
};

/* One device node as it lies in /dev. */
struct node {
	const char *path;
	struct fact_bool
		usable; /* PRESENT: may be read and written; UNKNOWN: EACCES (bits, LSM), EPERM (cgroup) */
	struct fact_str mode;         /* "0660" */
	struct fact_str owner, group; /* names, or numbers where there is no name */
	struct fact_str number;       /* "195:0" */
};
struct node_list {
	FACT_HEAD;
	struct node *v;
	size_t n, cap;
};

/* Device nodes: PRESENT = this user may read and write it, ABSENT = there is none, UNKNOWN = refused (EACCES, EPERM). */
struct nodes {
	struct fact_bool control; /* /dev/nvidiactl */
	struct fact_bool uvm;     /* /dev/nvidia-uvm */
	struct fact_bool gpu;     /* the first /dev/nvidiaN that may be used */
	struct fact_bool helper;  /* nvidia-modprobe, which makes missing ones */
	struct fact_bool dxg;     /* /dev/dxg: WSL's GPU */
	struct fact_bool kfd;     /* /dev/kfd: AMD's */
	struct node_list all;     /* /dev/nvidia*, /dev/dxg, /dev/kfd that are there */
	struct fact_num
		uvm_major; /* what /proc/devices says for nvidia-uvm; ABSENT: not registered */
};

/* A shared library as the target process would find it. */
struct library {
	struct fact_str path; /* where the search finds it */
	struct fact_str real; /* the file behind the links */
	struct fact_str
		version; /* from the name of the real file: libcuda.so.550.54.15; ABSENT: it has none */
	struct fact_str way; /* how: "rpath", "LD_LIBRARY_PATH", "runpath", "cache", "default" */
};
struct drvlib {
	struct library libcuda, libnvml;
	struct library ptxjit; /* libnvidia-ptxjitcompiler.so.1 */
	struct fact_strs
		compat_hosts; /* branches that libcuda's note accepts; ABSENT: no such note */
	struct fact_strs
		driver_files; /* real driver libraries (libcuda.so.VER, ...) in the system's folders and beside libcuda; NOT_LOOKED: all are of the module's version */
	struct fact_strs
		dangling; /* links to such that lead nowhere: "PATH -> TARGET"; looked for with driver_files */
	struct fact_str
		system_libcuda; /* the real file that would be found without LD_LIBRARY_PATH and rpath */
	struct fact_str wsl_libcuda; /* /usr/lib/wsl/lib/libcuda.so.1 */
	struct fact_str
		packaged_module; /* "open" or "proprietary", by the name of its package; looked for only when there are libraries and no module is loaded */
};

/* Variables of the target process. ABSENT = not set; the empty text is a value. */
struct envvars {
	struct fact_str cuda_visible_devices, nvml_based_cuda_check, ld_library_path;
	struct fact_str cuda_device_order, hip_visible_devices, rocr_visible_devices;
	struct fact_str nvidia_visible_devices, nvidia_driver_capabilities;
	struct fact_str cuda_disable_ptx_jit, cuda_force_ptx_jit, cuda_mps_pipe_directory;
	struct fact_str alloc_conf,
		cuda_alloc_conf; /* PYTORCH_ALLOC_CONF, PYTORCH_CUDA_ALLOC_CONF */
	struct fact_str torch_logs;
	struct fact_str ld_preload, hsa_override_gfx_version, ze_affinity_mask;
	struct fact_str virtual_env, conda_prefix, pythonpath, pythonhome, cuda_home;
	struct fact_str home; /* shown as ~ */
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
	struct fact_str
		first; /* sys.path[0]: the script's folder, or the cwd for `python -c` and notebooks; ABSENT with -P */
	struct fact_strs
		path; /* the folders of sys.path that can hold packages, in order, that exist; without `first` */
	struct fact_strs
		notes; /* what could change the order and cannot be computed: .pth lines that run code */
	struct fact_str script; /* the SCRIPT.py that was named */
	struct fact_strs
		absent_modules; /* of data/import_package.tsv, those on no folder of sys.path; only with a script */
	struct fact_num pid;       /* --pid: the running process that was named */
	struct fact_str sudo_user; /* root by sudo: who called it */
};

/* A torch that lies on the path, the imported one first. */
struct install {
	const char *dir;                         /* the package folder, or the file torch.py */
	struct fact_str version, cuda, hip, xpu; /* ABSENT = None */
	struct fact_str installer;
};
struct install_list {
	FACT_HEAD;
	struct install *v;
	size_t n, cap;
};

/* The torch that this Python would import first. */
struct torch {
	struct fact_str dir; /* the package folder; ABSENT = on no folder of python.path */
	struct fact_str
		foreign; /* what is imported as torch and is not PyTorch: a torch.py or a folder of the user's; its file */
	struct fact_bool foreign_empty; /* that file holds nothing; ABSENT: there is none */
	struct fact_str
		bare; /* a folder torch/ without __init__, which Python imports as an empty package where there is no torch; NOT_LOOKED: none */
	struct fact_bool bare_of_torch; /* an installer's record of PyTorch lies beside it */
	struct fact_str version;        /* __version__ */
	struct fact_str cuda, hip, xpu; /* ABSENT = None */
	struct fact_str git_version;
	struct fact_str installer; /* pip, uv, conda, poetry, apt: who can replace it */
	struct fact_str metadata;  /* the torch-*.dist-info or conda-meta file */
	struct fact_str conda_build,
		conda_channel; /* "cpu_mkl_py312_h0123abcd_100", "conda-forge"; ABSENT: not conda's */
	struct fact_str wheel_tag; /* "cp311-cp311-manylinux_2_28_x86_64" */
	struct fact_str
		source; /* direct_url.json: a folder or address that it was built or taken from */
	struct fact_str
		project; /* who keeps the environment: uv, poetry, pdm, pixi, pipx, hatch; `from` = its lock or project file */
	struct fact_bool
		requested; /* its installer noted that a person asked for it; ABSENT: it came for another package's sake */
	struct fact_str
		lock_index; /* where the lock file of `project` takes torch from; ABSENT: it does not say */
	struct fact_str
		project_index; /* the index that [tool.uv.sources] names for torch: "pytorch-cpu"; ABSENT: none */
	struct fact_bool pip; /* pip lies on the path and can replace torch */
	struct fact_bool
		externally_managed; /* the mark of PEP 668: the folders of this Python are the distribution's */
	struct fact_str
		extension; /* the torch/_C*.so that this Python imports; ABSENT: only those of other Pythons are there */
	struct fact_bool cuda_library; /* lib/libtorch_cuda.so is there */
	struct fact_strs
		archs; /* "sm_80", "compute_90": the build's own list; ABSENT: the library has none */
	struct fact_strs
		missing_files; /* that the installer's record names and that are not there (programs and libraries only) */
	struct fact_strs
		missing_needs; /* modules of other packages that its record requires, that an import may fail without, and that are on no folder of sys.path */
	struct fact_str
		global_deps; /* lib/libtorch_global_deps.so, which the import opens first; looked at only where it may not be read (UNKNOWN, in the loader's words) */
	struct fact_str torchvision, torchaudio; /* their versions, by the names of their records */
	struct install_list installs;            /* all that lie on the path */
	struct fact_str nvcc; /* an nvcc on PATH: people believe that it matters */
};

/* A library that torch's own libraries name, as the loader would find it when torch is imported. */
struct needed {
	const char *name;   /* libcudnn.so.9 */
	struct fact_str by; /* the file that names it */
	struct fact_str
		path; /* ABSENT: nowhere; UNKNOWN: a place before it could not be read, or it is no ELF file ("too short") */
	struct fact_str
		way; /* "rpath", "LD_LIBRARY_PATH", "runpath", "cache", "default", "preload" */
	struct fact_str real; /* the file behind the links, of what comes by LD_LIBRARY_PATH */
	struct fact_str
		elsewhere; /* of an absent one: a file of that name where the loader does not look */
	struct fact_str
		refused; /* of an absent one: a file of that name that may not be read, which the loader passes over */
};
struct needed_list {
	FACT_HEAD;
	struct needed *v;
	size_t n, cap;
};
struct libs {
	struct needed_list
		needed; /* of libtorch_global_deps.so, libtorch_cuda.so, libtorch_python.so and what they bring; NOT_LOOKED for no CUDA build */
	struct fact_strs
		nvidia_packages; /* "nvidia-cudnn-cu12 9.1.0.70": by the names of their records */
	struct fact_strs
		pins; /* what torch's own record asks for of these: "nvidia-cudnn-cu12==9.1.0.70" */
	struct fact_str
		system_cudnn;  /* a cuDNN that the system's loader finds, beside torch's own */
	struct fact_str glibc; /* the version of the system's C library */
	struct fact_str glibc_needed; /* the newest GLIBC_x that torch's libraries ask for */
};

/* Another environment that the user may have meant. */
struct other {
	const char *place; /* "VIRTUAL_ENV", "CONDA_PREFIX", "./.venv", "./venv" */
	struct python python;
	struct torch torch;
	struct libs libs;
};
struct other_list {
	FACT_HEAD;
	struct other *v;
	size_t n, cap;
};
struct others {
	struct other_list environments; /* only those that are not the chosen one */
};

/* What the driver's libraries said when they were asked (a recorded answer, or a child with a deadline). NOT_LOOKED: they
 * were not asked. */
struct probed_gpu {
	const char *uuid;
	struct fact_str name;
	struct fact_str cc; /* "8.6" */
	struct fact_num memory_bytes, free_bytes;
	struct fact_bool mig; /* MIG mode is on */
	struct fact_num compute_mode;
};
struct probed_list {
	FACT_HEAD;
	struct probed_gpu *v;
	size_t n, cap;
};
struct probe {
	/* UNKNOWN: "timeout", "signal 11", "exit 1", "garbage": no answer came, which proves nothing. */
	struct fact_num nvml_init; /* nvmlInit's code; 0 = fine */
	struct fact_num
		nvml_seconds; /* until it had answered all, or was given up; ABSENT, never: a recording may lack it */
	struct fact_str nvml_driver;
	struct probed_list nvml_gpus;
	struct fact_str cuda_path;
	struct fact_num cuda_driver;  /* cuDriverGetVersion: 12040 */
	struct fact_num cuda_init;    /* cuInit's code; 0 = fine */
	struct fact_num cuda_seconds; /* as nvml_seconds */
	struct fact_num cuda_count;
	struct probed_list cuda_devices;
};

struct facts {
	struct platform platform;
	struct pci pci;
	struct kmod kmod;
	struct cards cards;
	struct nodes nodes;
	struct envvars env;
	struct python python;
	struct torch torch;
	struct libs libs;
	struct drvlib drvlib;
	struct others others;
	struct probe probe;
	ARRAY(struct hang) hangs;
};

#endif
