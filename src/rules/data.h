// SPDX-License-Identifier: Apache-2.0
/* What is known beforehand, as tables: data/NAME.tsv becomes NAME_table, doc/rules/ID.md a row of
 * rule_page_table (tools/gen-data.py). All cells are texts. Where a number comes from stands in the
 * file itself. */
#ifndef WHYCPU_RULES_DATA_H
#define WHYCPU_RULES_DATA_H

#include <stddef.h>

/* Public ids. The order is the order of the chain within a stage. */
struct causes_row {
	const char *id, *stage, *used_by, *reports_as, *severity, *definition;
};
extern const struct causes_row causes_table[];
extern const size_t n_causes_table;

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
	const char *torch, *indexes, *python_first, *python_last, *source;
};
extern const struct torch_release_row torch_release_table[];
extern const size_t n_torch_release_table;

/* The index to recommend first on top. */
struct wheel_index_row {
	const char *index, *cuda, *pci_first, *pci_last, *source;
};
extern const struct wheel_index_row wheel_index_table[];
extern const size_t n_wheel_index_table;

/* Commands for a shell; `words` may be empty. */
struct distro_row {
	const char *id, *install, *libraries, *words, *source;
};
extern const struct distro_row distro_table[];
extern const size_t n_distro_table;

struct no_code_row {
	const char *cuda_from, *cuda_below, *pci_first, *pci_last, *gpus, *source;
};
extern const struct no_code_row no_code_table[];
extern const size_t n_no_code_table;

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

struct gpu_chip_row {
	const char *chip, *architecture, *cc, *last_branch, *first_branch, *module;
};
extern const struct gpu_chip_row gpu_chip_table[];
extern const size_t n_gpu_chip_table;

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

/* Sorted by id; Markdown. */
struct rule_page_row {
	const char *id, *text;
};
extern const struct rule_page_row rule_page_table[];
extern const size_t n_rule_page_table;

#endif
