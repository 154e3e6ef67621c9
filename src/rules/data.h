// SPDX-License-Identifier: Apache-2.0
/* What is known beforehand, as tables: data/NAME.tsv becomes NAME_table, doc/rules/ID.md a row of
 * rule_page_table (tools/gen-data.py). All cells are texts. Where a number comes from stands in the
 * file itself. */
#ifndef WHYCPU_RULES_DATA_H
#define WHYCPU_RULES_DATA_H

#include <stddef.h>

#include "facts/causes.h"
#include "facts/import_package.h"

struct explained_by_row {
	const char *id, *by, *why;
};
extern const struct explained_by_row explained_by_table[];
extern const size_t n_explained_by_table;

/* Newest branch first. */
struct driver_branch_row {
	const char *branch, *cuda, *api, *source;
};
extern const struct driver_branch_row driver_branch_table[];
extern const size_t n_driver_branch_table;

/* Oldest release first; `indexes` are words. */
struct torch_release_row {
	const char *torch, *indexes, *python_first, *python_last, *glibc, *source;
};
extern const struct torch_release_row torch_release_table[];
extern const size_t n_torch_release_table;

/* The index to take first within a release on top. */
struct wheel_index_row {
	const char *index, *cuda, *source;
};
extern const struct wheel_index_row wheel_index_table[];
extern const size_t n_wheel_index_table;

/* The packages that belong to a torch. */
struct torch_companion_row {
	const char *torch, *torchvision, *torchaudio, *source;
};
extern const struct torch_companion_row torch_companion_table[];
extern const size_t n_torch_companion_table;

/* Commands for a shell; `words` may be empty. */
struct distro_row {
	const char *id, *version, *install, *upgrade, *open, *libraries, *words, *source;
};
extern const struct distro_row distro_table[];
extern const size_t n_distro_table;

/* Another branch or kernel module than the distribution takes by itself; BRANCH in the commands is its number. */
struct driver_package_row {
	const char *id, *branch, *module, *command, *words, *source;
};
extern const struct driver_package_row driver_package_table[];
extern const size_t n_driver_package_table;

/* `from`: the oldest measured release that has it. */
struct torch_log_name_row {
	const char *name, *from, *source;
};
extern const struct torch_log_name_row torch_log_name_table[];
extern const size_t n_torch_log_name_table;

/* Releases from `from` to below `below`; `fails`: "yes" or "perhaps". */
struct torch_import_need_row {
	const char *module, *from, *below, *fails, *type, *text, *package, *source;
};
extern const struct torch_import_need_row torch_import_need_table[];
extern const size_t n_torch_import_need_table;

/* `library`: the name up to ".so"; `package` without "-cu12". */
struct nvidia_library_row {
	const char *library, *package, *source;
};
extern const struct nvidia_library_row nvidia_library_table[];
extern const size_t n_nvidia_library_table;

/* Sorted by number: four hexadecimal digits. */
struct gpu_row {
	const char *device, *chip, *name, *flags;
};
extern const struct gpu_row gpu_table[];
extern const size_t n_gpu_table;

struct gpu_range_row {
	const char *first, *last, *chip;
};
extern const struct gpu_range_row gpu_range_table[];
extern const size_t n_gpu_range_table;

/* `word` of a product's name; `works`: "yes" or "no". */
struct compat_gpu_row {
	const char *word, *works, *source;
};
extern const struct compat_gpu_row compat_gpu_table[];
extern const size_t n_compat_gpu_table;

/* Driver branches. */
struct compat_host_row {
	const char *branch, *source;
};
extern const struct compat_host_row compat_host_table[];
extern const size_t n_compat_host_table;

struct gpu_chip_row {
	const char *chip, *architecture, *cc, *last_branch, *first_branch, *module;
};
extern const struct gpu_chip_row gpu_chip_table[];
extern const size_t n_gpu_chip_table;

struct amd_gpu_row {
	const char *first, *last, *name, *gfx, *source;
};
extern const struct amd_gpu_row amd_gpu_table[];
extern const size_t n_amd_gpu_table;

/* `modules` are words. */
struct libcuda_accepts_row {
	const char *library, *modules, *source;
};
extern const struct libcuda_accepts_row libcuda_accepts_table[];
extern const size_t n_libcuda_accepts_table;

/* `where`: "", "wsl" or "host". */
struct cuinit_cause_row {
	const char *code, *id, *confidence, *where, *headline, *title, *words, *command, *source;
};
extern const struct cuinit_cause_row cuinit_cause_table[];
extern const size_t n_cuinit_cause_table;

struct cuda_error_row {
	const char *code, *name, *text;
};
extern const struct cuda_error_row cuda_error_table[];
extern const size_t n_cuda_error_table;

/* `archs` are words: "sm_75 sm_80 compute_120". */
struct torch_arch_row {
	const char *torch, *machine, *index, *package, *archs, *evidence, *source;
};
extern const struct torch_arch_row torch_arch_table[];
extern const size_t n_torch_arch_table;

/* Display functions of other makers: "1002", "an AMD GPU". */
struct pci_vendor_row {
	const char *vendor, *words;
};
extern const struct pci_vendor_row pci_vendor_table[];
extern const size_t n_pci_vendor_table;

/* Options of torch's allocator: torch knows it from `since` on; before `before` it certainly does not. */
struct alloc_option_row {
	const char *option, *since, *before, *source;
};
extern const struct alloc_option_row alloc_option_table[];
extern const size_t n_alloc_option_table;

/* Code points in hexadecimal; kind: decimal, digit, space. */
struct python_char_row {
	const char *first, *last, *kind, *source;
};
extern const struct python_char_row python_char_table[];
extern const size_t n_python_char_table;

/* What a build of a kernel module needs, per distribution. */
struct kernel_build_row {
	const char *id, *headers, *build, *source;
};
extern const struct kernel_build_row kernel_build_table[];
extern const size_t n_kernel_build_table;

/* Commands and words per engine; the last row is for every other. */
struct container_engine_row {
	const char *engine, *give_words, *give, *capability_words, *capability, *uvm_words, *uvm,
		*again_words, *again, *source;
};
extern const struct container_engine_row container_engine_table[];
extern const size_t n_container_engine_table;

/* Hosted notebooks, by platform.service. */
struct service_row {
	const char *service, *name, *words, *source;
};
extern const struct service_row service_table[];
extern const size_t n_service_table;

/* Intel's GPUs that XPU builds run on: ranges of PCI numbers. */
struct intel_gpu_row {
	const char *first, *last, *name, *source;
};
extern const struct intel_gpu_row intel_gpu_table[];
extern const size_t n_intel_gpu_table;

/* Sorted by id; Markdown. */
struct rule_page_row {
	const char *id, *text;
};
extern const struct rule_page_row rule_page_table[];
extern const size_t n_rule_page_table;

#endif
