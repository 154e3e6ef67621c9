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
	ROW(FIELD_BOOL, platform, wsl1),
	ROW(FIELD_BOOL, platform, tegra),
	ROW(FIELD_STR, platform, container),
	ROW(FIELD_NUM, platform, uid),
	ROW(FIELD_STRS, platform, groups),
	ROW(FIELD_BOOL, platform, no_new_privs),
	ROW(FIELD_BOOL, platform, all_powerful),
	ROW(FIELD_STR, platform, distro),
	ROW(FIELD_STR, platform, distro_like),
	ROW(FIELD_STR, platform, distro_version),
	ROW(FIELD_STR, platform, service),
	ROW(FIELD_STR, platform, scheduler),
	ROW(FIELD_STR, platform, scheduler_gpus),
	ROW(FIELD_BOOL, platform, secure_boot),
	ROW(FIELD_STR, platform, lockdown),
	ROW(FIELD_BOOL, platform, sig_enforce),
};
static const struct record platform_record = RECORD(platform, platform_fields);

static const struct field gpu_fields[] = {
	ROW(FIELD_TEXT, gpu, addr),
	ROW(FIELD_STR, gpu, vendor),
	ROW(FIELD_STR, gpu, device),
	ROW(FIELD_STR, gpu, class),
	ROW(FIELD_STR, gpu, driver),
	ROW(FIELD_BOOL, gpu, responds),
	ROW(FIELD_BOOL, gpu, has_bar),
	ROW(FIELD_STR, gpu, power),
};
static const struct record gpu_record = RECORD(gpu, gpu_fields);

static const struct field pci_fields[] = {
	ROW_OF(FIELD_LIST, pci, gpus, gpu_record),
	ROW(FIELD_NUM, pci, nvswitches),
};
static const struct record pci_record = RECORD(pci, pci_fields);

static const struct field card_fields[] = {
	ROW(FIELD_TEXT, card, addr),
	ROW(FIELD_STR, card, model),
	ROW(FIELD_STR, card, uuid),
	ROW(FIELD_NUM, card, minor),
	ROW(FIELD_STR, card, firmware),
	ROW(FIELD_BOOL, card, excluded),
};
static const struct record card_record = RECORD(card, card_fields);

static const struct field cards_fields[] = {
	ROW_OF(FIELD_LIST, cards, gpus, card_record),
};
static const struct record cards_record = RECORD(cards, cards_fields);

static const struct field kmod_fields[] = {
	ROW(FIELD_STR, kmod, proc_version),
	ROW(FIELD_STR, kmod, sys_version),
	ROW(FIELD_STR, kmod, flavour),
	ROW(FIELD_BOOL, kmod, loaded),
	ROW(FIELD_BOOL, kmod, uvm),
	ROW(FIELD_BOOL, kmod, nouveau),
	ROW(FIELD_BOOL, kmod, fabric_manager),
	ROW(FIELD_BOOL, kmod, nvlink_disabled),
	ROW(FIELD_STR, kmod, file),
	ROW(FIELD_STR, kmod, signature),
	ROW(FIELD_STRS, kmod, other_kernels),
	ROW(FIELD_STRS, kmod, traces),
	ROW(FIELD_STRS, kmod, blacklist),
	ROW(FIELD_STRS, kmod, dkms_failed),
	ROW(FIELD_BOOL, kmod, headers),
};
static const struct record kmod_record = RECORD(kmod, kmod_fields);

static const struct field node_fields[] = {
	ROW(FIELD_TEXT, node, path),
	ROW(FIELD_BOOL, node, usable),
	ROW(FIELD_STR, node, mode),
	ROW(FIELD_STR, node, owner),
	ROW(FIELD_STR, node, group),
	ROW(FIELD_STR, node, number),
};
static const struct record node_record = RECORD(node, node_fields);

static const struct field nodes_fields[] = {
	ROW(FIELD_BOOL, nodes, control),
	ROW(FIELD_BOOL, nodes, uvm),
	ROW(FIELD_BOOL, nodes, gpu),
	ROW(FIELD_BOOL, nodes, helper),
	ROW(FIELD_BOOL, nodes, dxg),
	ROW(FIELD_BOOL, nodes, kfd),
	ROW_OF(FIELD_LIST, nodes, all, node_record),
	ROW(FIELD_NUM, nodes, uvm_major),
};
static const struct record nodes_record = RECORD(nodes, nodes_fields);

static const struct field library_fields[] = {
	ROW(FIELD_STR, library, path),
	ROW(FIELD_STR, library, real),
	ROW(FIELD_STR, library, version),
	ROW(FIELD_STR, library, way),
};
static const struct record library_record = RECORD(library, library_fields);

static const struct field drvlib_fields[] = {
	ROW_OF(FIELD_GROUP, drvlib, libcuda, library_record),
	ROW_OF(FIELD_GROUP, drvlib, libnvml, library_record),
	ROW_OF(FIELD_GROUP, drvlib, ptxjit, library_record),
	ROW(FIELD_STRS, drvlib, compat_hosts),
	ROW(FIELD_STRS, drvlib, driver_files),
	ROW(FIELD_STRS, drvlib, dangling),
	ROW(FIELD_STR, drvlib, system_libcuda),
	ROW(FIELD_STR, drvlib, wsl_libcuda),
	ROW(FIELD_STR, drvlib, packaged_module),
};
static const struct record drvlib_record = RECORD(drvlib, drvlib_fields);

static const struct field envvars_fields[] = {
	ROW(FIELD_STR, envvars, cuda_visible_devices),
	ROW(FIELD_STR, envvars, nvml_based_cuda_check),
	ROW(FIELD_STR, envvars, ld_library_path),
	ROW(FIELD_STR, envvars, cuda_device_order),
	ROW(FIELD_STR, envvars, hip_visible_devices),
	ROW(FIELD_STR, envvars, rocr_visible_devices),
	ROW(FIELD_STR, envvars, nvidia_visible_devices),
	ROW(FIELD_STR, envvars, nvidia_driver_capabilities),
	ROW(FIELD_STR, envvars, cuda_disable_ptx_jit),
	ROW(FIELD_STR, envvars, cuda_force_ptx_jit),
	ROW(FIELD_STR, envvars, cuda_mps_pipe_directory),
	ROW(FIELD_STR, envvars, alloc_conf),
	ROW(FIELD_STR, envvars, cuda_alloc_conf),
	ROW(FIELD_STR, envvars, torch_logs),
	ROW(FIELD_STR, envvars, ld_preload),
	ROW(FIELD_STR, envvars, hsa_override_gfx_version),
	ROW(FIELD_STR, envvars, ze_affinity_mask),
	ROW(FIELD_STR, envvars, virtual_env),
	ROW(FIELD_STR, envvars, conda_prefix),
	ROW(FIELD_STR, envvars, pythonpath),
	ROW(FIELD_STR, envvars, pythonhome),
	ROW(FIELD_STR, envvars, cuda_home),
	ROW(FIELD_STR, envvars, home),
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
	ROW(FIELD_STR, python, first),
	ROW(FIELD_STRS, python, path),
	ROW(FIELD_STRS, python, notes),
	ROW(FIELD_STR, python, script),
	ROW(FIELD_STRS, python, absent_modules),
	ROW(FIELD_NUM, python, pid),
	ROW(FIELD_STR, python, sudo_user),
};
static const struct record python_record = RECORD(python, python_fields);

static const struct field install_fields[] = {
	ROW(FIELD_TEXT, install, dir),
	ROW(FIELD_STR, install, version),
	ROW(FIELD_STR, install, cuda),
	ROW(FIELD_STR, install, hip),
	ROW(FIELD_STR, install, xpu),
	ROW(FIELD_STR, install, installer),
};
static const struct record install_record = RECORD(install, install_fields);

static const struct field torch_fields[] = {
	ROW(FIELD_STR, torch, dir),
	ROW(FIELD_STR, torch, foreign),
	ROW(FIELD_BOOL, torch, foreign_empty),
	ROW(FIELD_STR, torch, bare),
	ROW(FIELD_BOOL, torch, bare_of_torch),
	ROW(FIELD_STR, torch, version),
	ROW(FIELD_STR, torch, cuda),
	ROW(FIELD_STR, torch, hip),
	ROW(FIELD_STR, torch, xpu),
	ROW(FIELD_STR, torch, git_version),
	ROW(FIELD_STR, torch, installer),
	ROW(FIELD_STR, torch, metadata),
	ROW(FIELD_STR, torch, conda_build),
	ROW(FIELD_STR, torch, conda_channel),
	ROW(FIELD_STR, torch, wheel_tag),
	ROW(FIELD_STR, torch, source),
	ROW(FIELD_STR, torch, project),
	ROW(FIELD_BOOL, torch, requested),
	ROW(FIELD_STR, torch, lock_index),
	ROW(FIELD_STR, torch, project_index),
	ROW(FIELD_BOOL, torch, pip),
	ROW(FIELD_BOOL, torch, externally_managed),
	ROW(FIELD_STR, torch, extension),
	ROW(FIELD_BOOL, torch, cuda_library),
	ROW(FIELD_STRS, torch, archs),
	ROW(FIELD_STRS, torch, missing_files),
	ROW(FIELD_STRS, torch, missing_needs),
	ROW(FIELD_STR, torch, global_deps),
	ROW(FIELD_STR, torch, torchvision),
	ROW(FIELD_STR, torch, torchaudio),
	ROW_OF(FIELD_LIST, torch, installs, install_record),
	ROW(FIELD_STR, torch, nvcc),
};
static const struct record torch_record = RECORD(torch, torch_fields);

static const struct field needed_fields[] = {
	ROW(FIELD_TEXT, needed, name),
	ROW(FIELD_STR, needed, by),
	ROW(FIELD_STR, needed, path),
	ROW(FIELD_STR, needed, way),
	ROW(FIELD_STR, needed, real),
	ROW(FIELD_STR, needed, elsewhere),
	ROW(FIELD_STR, needed, refused),
};
static const struct record needed_record = RECORD(needed, needed_fields);

static const struct field libs_fields[] = {
	ROW_OF(FIELD_LIST, libs, needed, needed_record),
	ROW(FIELD_STRS, libs, nvidia_packages),
	ROW(FIELD_STRS, libs, pins),
	ROW(FIELD_STR, libs, system_cudnn),
	ROW(FIELD_STR, libs, glibc),
	ROW(FIELD_STR, libs, glibc_needed),
};
static const struct record libs_record = RECORD(libs, libs_fields);

static const struct field other_fields[] = {
	ROW(FIELD_TEXT, other, place),
	ROW_OF(FIELD_GROUP, other, python, python_record),
	ROW_OF(FIELD_GROUP, other, torch, torch_record),
	ROW_OF(FIELD_GROUP, other, libs, libs_record),
};
static const struct record other_record = RECORD(other, other_fields);

static const struct field others_fields[] = {
	ROW_OF(FIELD_LIST, others, environments, other_record),
};
static const struct record others_record = RECORD(others, others_fields);

static const struct field probed_gpu_fields[] = {
	ROW(FIELD_TEXT, probed_gpu, uuid),
	ROW(FIELD_STR, probed_gpu, name),
	ROW(FIELD_STR, probed_gpu, cc),
	ROW(FIELD_NUM, probed_gpu, memory_bytes),
	ROW(FIELD_NUM, probed_gpu, free_bytes),
	ROW(FIELD_BOOL, probed_gpu, mig),
	ROW(FIELD_NUM, probed_gpu, compute_mode),
};
static const struct record probed_gpu_record = RECORD(probed_gpu, probed_gpu_fields);

static const struct field probe_fields[] = {
	ROW(FIELD_NUM, probe, nvml_init),
	ROW(FIELD_NUM, probe, nvml_seconds),
	ROW(FIELD_STR, probe, nvml_driver),
	ROW_OF(FIELD_LIST, probe, nvml_gpus, probed_gpu_record),
	ROW(FIELD_STR, probe, cuda_path),
	ROW(FIELD_NUM, probe, cuda_driver),
	ROW(FIELD_NUM, probe, cuda_init),
	ROW(FIELD_NUM, probe, cuda_seconds),
	ROW(FIELD_NUM, probe, cuda_count),
	ROW_OF(FIELD_LIST, probe, cuda_devices, probed_gpu_record),
};
static const struct record probe_record = RECORD(probe, probe_fields);

static const struct field facts_fields[] = {
	ROW_OF(FIELD_GROUP, facts, platform, platform_record),
	ROW_OF(FIELD_GROUP, facts, pci, pci_record),
	ROW_OF(FIELD_GROUP, facts, kmod, kmod_record),
	ROW_OF(FIELD_GROUP, facts, cards, cards_record),
	ROW_OF(FIELD_GROUP, facts, nodes, nodes_record),
	ROW_OF(FIELD_GROUP, facts, env, envvars_record),
	ROW_OF(FIELD_GROUP, facts, python, python_record),
	ROW_OF(FIELD_GROUP, facts, torch, torch_record),
	ROW_OF(FIELD_GROUP, facts, libs, libs_record),
	ROW_OF(FIELD_GROUP, facts, drvlib, drvlib_record),
	ROW_OF(FIELD_GROUP, facts, others, others_record),
	ROW_OF(FIELD_GROUP, facts, probe, probe_record),
};
const struct record facts_record = RECORD(facts, facts_fields);
