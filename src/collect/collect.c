// SPDX-License-Identifier: Apache-2.0
#include "collect/collect.h"

/* Cheap and local first: what hangs comes late and takes nothing with it. */
const struct collector *const collectors[] = {
	&collect_platform, &collect_pci,    &collect_kmod,   &collect_cards,
	&collect_nodes,    &collect_env,    &collect_python, &collect_torch,
	&collect_libs,     &collect_drvlib, &collect_others, &collect_probe,
};
const size_t n_collectors = sizeof collectors / sizeof *collectors;

/* The hardware and the driver's module are the machine's. The Python's collector takes the view on its own. */
struct sys *collect_view(struct sys *s, const struct collector *c, const struct collect_wish *wish)
{
	static const struct collector *const of_target[] = { &collect_platform, &collect_nodes,
							     &collect_env,      &collect_torch,
							     &collect_libs,     &collect_drvlib,
							     &collect_others };
	struct sys *view = s;

	for (size_t i = 0; wish->pid && i < sizeof of_target / sizeof *of_target; i++)
		if (c == of_target[i] && sys_of_process(s, wish->pid, &view))
			return NULL;
	return view;
}
