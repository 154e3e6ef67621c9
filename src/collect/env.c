// SPDX-License-Identifier: Apache-2.0
/* The variables of the target that change torch's answer. Here the caller's own: a program started from this shell gets
 * the same. What a program sets for itself later cannot be seen. */
#include "collect/collect.h"
#include "facts/fact.h"

static const struct {
	const char *name;
	size_t offset;
} variables[] = {
	{ "CUDA_VISIBLE_DEVICES", offsetof(struct envvars, cuda_visible_devices) },
	{ "PYTORCH_NVML_BASED_CUDA_CHECK", offsetof(struct envvars, nvml_based_cuda_check) },
	{ "LD_LIBRARY_PATH", offsetof(struct envvars, ld_library_path) },
	{ "CUDA_DEVICE_ORDER", offsetof(struct envvars, cuda_device_order) },
	{ "HIP_VISIBLE_DEVICES", offsetof(struct envvars, hip_visible_devices) },
	{ "ROCR_VISIBLE_DEVICES", offsetof(struct envvars, rocr_visible_devices) },
	{ "NVIDIA_VISIBLE_DEVICES", offsetof(struct envvars, nvidia_visible_devices) },
	{ "NVIDIA_DRIVER_CAPABILITIES", offsetof(struct envvars, nvidia_driver_capabilities) },
	{ "CUDA_DISABLE_PTX_JIT", offsetof(struct envvars, cuda_disable_ptx_jit) },
	{ "CUDA_FORCE_PTX_JIT", offsetof(struct envvars, cuda_force_ptx_jit) },
	{ "CUDA_MPS_PIPE_DIRECTORY", offsetof(struct envvars, cuda_mps_pipe_directory) },
	{ "PYTORCH_ALLOC_CONF", offsetof(struct envvars, alloc_conf) },
	{ "PYTORCH_CUDA_ALLOC_CONF", offsetof(struct envvars, cuda_alloc_conf) },
	{ "TORCH_LOGS", offsetof(struct envvars, torch_logs) },
	{ "LD_PRELOAD", offsetof(struct envvars, ld_preload) },
	{ "HSA_OVERRIDE_GFX_VERSION", offsetof(struct envvars, hsa_override_gfx_version) },
	{ "ZE_AFFINITY_MASK", offsetof(struct envvars, ze_affinity_mask) },
	{ "VIRTUAL_ENV", offsetof(struct envvars, virtual_env) },
	{ "CONDA_PREFIX", offsetof(struct envvars, conda_prefix) },
	{ "PYTHONPATH", offsetof(struct envvars, pythonpath) },
	{ "PYTHONHOME", offsetof(struct envvars, pythonhome) },
	{ "CUDA_HOME", offsetof(struct envvars, cuda_home) },
	{ "HOME", offsetof(struct envvars, home) },
};

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	(void)wish;
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *value = NULL;
		int err = sys_env(s, variables[i].name, &value);
		struct fact_str *fact = (void *)((char *)&facts->env + variables[i].offset);

		*fact = fact_str(err, value, arena_fmt(sys_arena(s), "env:%s", variables[i].name));
	}
}

const struct collector collect_env = { "env", "environment variables", run };
