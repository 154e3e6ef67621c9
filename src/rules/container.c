// SPDX-License-Identifier: Apache-2.0
/* Was the container given the GPU? */
#include "rules/rules.h"

#include "rules/machine.h"

const struct rule container_rules[] = {
	{ 0 },
};
