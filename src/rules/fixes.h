// SPDX-License-Identifier: Apache-2.0
/* Commands that several rules give. Each adds its fixes to a finding, the cheaper way first; the reporter ends the list
 * with "Then: whycpu". `applies` is safe where the command is right by everything that was read, likely where something
 * was presumed, manual where words stand for a command. */
#ifndef WHYCPU_RULES_FIXES_H
#define WHYCPU_RULES_FIXES_H

#include "facts/report.h"

/* ---- torch (fixes.c) ---- */

/* Torch is there, but its build does not fit: the same version with the right CUDA, or the newest that has it. Where no
 * official build fits, words say what stands in the way. */
void fix_replace_torch(const struct facts *f, struct report *r, struct finding *finding);
/* There is no torch. */
void fix_install_torch(const struct facts *f, struct report *r, struct finding *finding);

/* The interpreter for a command: quoted where that is needed; "python3" if it is not known. */
const char *python_word(const struct facts *f, struct report *r);
/* The command that adds packages to this Python (its project, its installer), up to where their names follow: "uv add"; NULL: the
 * system keeps this Python for itself. */
const char *adding_command(const struct facts *f, struct report *r);
/* "torchvision==0.24.1" that belongs to this torch, and *ret_index "cu126" where it was installed from such an index (else NULL);
 * NULL for any other module, or if it is not known. */
const char *companion_for(const struct facts *f, struct arena *a, const char *module,
			  const char **ret_index);

/* What stands in the way of every official CUDA wheel. */
enum obstacle {
	NO_OBSTACLE,
	OBSTACLE_MACHINE, /* not x86_64, not aarch64 */
	OBSTACLE_JETSON,  /* NVIDIA builds its own wheels */
	OBSTACLE_MUSL,
	OBSTACLE_GPU,    /* no build has code for it */
	OBSTACLE_DRIVER, /* no build with code for the GPU runs on it */
	OBSTACLE_GLIBC,
	OBSTACLE_PYTHON,
	OBSTACLE_TOGETHER, /* each alone would do */
};
struct wheel {
	const char *index; /* "cu126"; NULL if there is none: see `obstacle` */
	const char *cuda;  /* "12.6" */
	const char
		*release;  /* the release that has it: the present one, else the newest that fits */
	const char *below; /* "2.15": pip must be kept from what is newer; NULL */
	bool same;         /* it is the present one */
	bool sure;         /* its list of architectures was read somewhere, not recalled */
	bool for_gpus;     /* what GPUs are here is known */
	bool for_all;      /* it has code for every NVIDIA GPU here, as far as they are known */
	enum obstacle obstacle;
};
struct wheel choose_wheel(const struct facts *f, struct arena *a);
/* The same for any Python (words for who has to change it). */
struct wheel choose_wheel_for_any_python(const struct facts *f, struct arena *a);
/* The CUDA major to ask conda-forge for: 0 if none of its builds has code for the GPUs, or runs on the driver. */
int conda_cuda_major(const struct facts *f, struct arena *a);
/* "2.6.0" of "2.6.0+cu124"; NULL if there is no torch. */
const char *torch_release_of(const struct facts *f, struct arena *a);

/* ---- driver (fixes_driver.c) ---- */

/* In a container drivers and modules are the host's: then gives the words instead of a command, and
 * returns true. */
bool fix_on_the_host(const struct facts *f, struct report *r, struct finding *finding,
		     const char *words);
/* Where this user cannot change the driver here: container, WSL, Jetson, cluster. Says who can, and returns true. `what`:
 * "a driver 580 or newer". */
bool fix_driver_elsewhere(const struct facts *f, struct report *r, struct finding *finding,
			  const char *what);

/* The driver that fits these GPUs, in the words of this distribution; words alone where it is not known. */
void fix_install_driver(const struct facts *f, struct report *r, struct finding *finding,
			const char *what);
/* Just this branch ("580"), with the proprietary module unless a GPU here needs the open one. */
void fix_driver_branch(const struct facts *f, struct report *r, struct finding *finding,
		       const char *branch);
/* This branch or a newer one; what the GPUs here cannot have is not offered. */
void fix_driver_at_least(const struct facts *f, struct report *r, struct finding *finding,
			 const char *branch);
/* The open kernel module instead of the proprietary one, or the other way round. */
void fix_open_module(const struct facts *f, struct report *r, struct finding *finding);
void fix_proprietary_module(const struct facts *f, struct report *r, struct finding *finding);
/* Only the driver's libraries again. */
void fix_reinstall_libraries(const struct facts *f, struct report *r, struct finding *finding);
/* Module and libraries are of different versions: the module on disk has to replace the one that runs. */
void fix_reload_module(const struct facts *f, struct report *r, struct finding *finding);
/* "render", "video": the group that may use the device nodes. */
void fix_user_group(const struct facts *f, struct report *r, struct finding *finding,
		    const char *group);

#endif
