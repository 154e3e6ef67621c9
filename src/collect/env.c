// SPDX-License-Identifier: Apache-2.0
/* The variables of the target that change torch's answer. Here the caller's own: a program started from this shell gets
 * the same. What a program sets for itself later cannot be seen. */
#include "collect/collect.h"
#include "facts/fact.h"

static struct fact_str variable(struct sys *s, const char *name)
{
	const char *value = NULL;
	int err = sys_env(s, name, &value);

	return fact_str(err, value, arena_fmt(sys_arena(s), "env:%s", name));
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	(void)wish;
	facts->env = (struct envvars){ .cuda_visible_devices = variable(s, "CUDA_VISIBLE_DEVICES"),
				       .nvml_based_cuda_check =
					       variable(s, "PYTORCH_NVML_BASED_CUDA_CHECK"),
				       .ld_library_path = variable(s, "LD_LIBRARY_PATH") };
}

const struct collector collect_env = { "env", "environment variables", run };
