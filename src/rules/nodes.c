// SPDX-License-Identifier: Apache-2.0
/* Are the device nodes there, and may this user open them? */
#include "rules/rules.h"

#include "rules/machine.h"

const struct rule nodes_rules[] = {
	{ 0 },
};
