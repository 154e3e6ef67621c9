// SPDX-License-Identifier: Apache-2.0
#include "collect/collect.h"

/* Cheap and local first: what hangs comes late and takes nothing with it. */
const struct collector *const collectors[] = {
	&collect_platform, &collect_pci,    &collect_kmod,   &collect_cards,
	&collect_nodes,    &collect_env,    &collect_python, &collect_torch,
	&collect_libs,     &collect_drvlib, &collect_others, &collect_probe,
};
const size_t n_collectors = sizeof collectors / sizeof *collectors;
