// SPDX-License-Identifier: Apache-2.0
#include "facts/fields.h"

#include "facts/facts.h"

/* One row a line, in the order of the struct: what is added is seen. */
/* clang-format off */

#define ROW(type_, struct_, member) { #member, type_, offsetof(struct struct_, member), NULL }
#define ROW_OF(type_, struct_, member, record_) { #member, type_, offsetof(struct struct_, member), &(record_) }
#define RECORD(struct_, fields_) { sizeof(struct struct_), sizeof(fields_) / sizeof *(fields_), fields_ }

static const struct field platform_fields[] = {
	ROW(FIELD_STR, platform, kernel_release),
	ROW(FIELD_STR, platform, machine),
	ROW(FIELD_BOOL, platform, wsl),
	ROW(FIELD_BOOL, platform, tegra),
	ROW(FIELD_STR, platform, container),
	ROW(FIELD_NUM, platform, uid),
	ROW(FIELD_STR, platform, distro),
	ROW(FIELD_STR, platform, distro_like),
};
static const struct record platform_record = RECORD(platform, platform_fields);

static const struct field gpu_fields[] = {
	ROW(FIELD_TEXT, gpu, addr),
	ROW(FIELD_STR, gpu, vendor),
	ROW(FIELD_STR, gpu, device),
	ROW(FIELD_STR, gpu, class),
	ROW(FIELD_STR, gpu, driver),
};
static const struct record gpu_record = RECORD(gpu, gpu_fields);

static const struct field pci_fields[] = {
	ROW_OF(FIELD_LIST, pci, gpus, gpu_record),
};
static const struct record pci_record = RECORD(pci, pci_fields);

static const struct field card_fields[] = {
	ROW(FIELD_TEXT, card, addr),
	ROW(FIELD_STR, card, model),
};
static const struct record card_record = RECORD(card, card_fields);

static const struct field cards_fields[] = {
	ROW_OF(FIELD_LIST, cards, gpus, card_record),
};
static const struct record cards_record = RECORD(cards, cards_fields);

static const struct field nodes_fields[] = {
	ROW(FIELD_BOOL, nodes, control),
	ROW(FIELD_BOOL, nodes, uvm),
	ROW(FIELD_BOOL, nodes, gpu),
	ROW(FIELD_BOOL, nodes, helper),
};
static const struct record nodes_record = RECORD(nodes, nodes_fields);

static const struct field kmod_fields[] = {
	ROW(FIELD_STR, kmod, proc_version),
	ROW(FIELD_STR, kmod, sys_version),
	ROW(FIELD_STR, kmod, flavour),
	ROW(FIELD_BOOL, kmod, loaded),
	ROW(FIELD_BOOL, kmod, nouveau),
	ROW(FIELD_STR, kmod, file),
	ROW(FIELD_STRS, kmod, other_kernels),
	ROW(FIELD_STRS, kmod, traces),
};
static const struct record kmod_record = RECORD(kmod, kmod_fields);

static const struct field library_fields[] = {
	ROW(FIELD_STR, library, path),
	ROW(FIELD_STR, library, real),
	ROW(FIELD_STR, library, version),
};
static const struct record library_record = RECORD(library, library_fields);

static const struct field drvlib_fields[] = {
	ROW_OF(FIELD_GROUP, drvlib, libcuda, library_record),
	ROW_OF(FIELD_GROUP, drvlib, libnvml, library_record),
	ROW(FIELD_STRS, drvlib, searched),
};
static const struct record drvlib_record = RECORD(drvlib, drvlib_fields);

static const struct field envvars_fields[] = {
	ROW(FIELD_STR, envvars, cuda_visible_devices),
	ROW(FIELD_STR, envvars, nvml_based_cuda_check),
	ROW(FIELD_STR, envvars, ld_library_path),
};
static const struct record envvars_record = RECORD(envvars, envvars_fields);

static const struct field python_fields[] = {
	ROW(FIELD_STR, python, chosen),
	ROW(FIELD_STR, python, asked),
	ROW(FIELD_STR, python, exe),
	ROW(FIELD_STR, python, problem),
	ROW(FIELD_STR, python, version),
	ROW(FIELD_STR, python, prefix),
	ROW(FIELD_STR, python, base_prefix),
	ROW(FIELD_STR, python, kind),
	ROW(FIELD_STRS, python, path),
	ROW(FIELD_STRS, python, notes),
};
static const struct record python_record = RECORD(python, python_fields);

static const struct field torch_fields[] = {
	ROW(FIELD_STR, torch, dir),
	ROW(FIELD_STR, torch, version),
	ROW(FIELD_STR, torch, cuda),
	ROW(FIELD_STR, torch, hip),
	ROW(FIELD_STR, torch, xpu),
	ROW(FIELD_STR, torch, installer),
	ROW(FIELD_STR, torch, metadata),
	ROW(FIELD_STR, torch, nvcc),
};
static const struct record torch_record = RECORD(torch, torch_fields);

static const struct field facts_fields[] = {
	ROW_OF(FIELD_GROUP, facts, platform, platform_record),
	ROW_OF(FIELD_GROUP, facts, pci, pci_record),
	ROW_OF(FIELD_GROUP, facts, kmod, kmod_record),
	ROW_OF(FIELD_GROUP, facts, cards, cards_record),
	ROW_OF(FIELD_GROUP, facts, nodes, nodes_record),
	ROW_OF(FIELD_GROUP, facts, env, envvars_record),
	ROW_OF(FIELD_GROUP, facts, drvlib, drvlib_record),
	ROW_OF(FIELD_GROUP, facts, python, python_record),
	ROW_OF(FIELD_GROUP, facts, torch, torch_record),
};
const struct record facts_record = RECORD(facts, facts_fields);
