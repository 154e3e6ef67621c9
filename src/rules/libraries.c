// SPDX-License-Identifier: Apache-2.0
/* Are the libraries that torch needs there, and the right ones? */
#include "rules/rules.h"

#include "rules/machine.h"

const struct rule libraries_rules[] = {
	{ 0 },
};
