// SPDX-License-Identifier: Apache-2.0
/* PYTORCH_CUDA_ALLOC_CONF: an option that the allocator of this torch does not know makes the first tensor
 * fail, though is_available() is True. */
#ifndef WHYCPU_RULES_ALLOC_CONF_H
#define WHYCPU_RULES_ALLOC_CONF_H

#include "rules/machine.h"

struct alloc_conf {
	enum tri accepted;
	const char *option;          /* that is not known, or cannot be judged */
	const struct fact_str *from; /* the variable */
	const char *raises_text;     /* NULL: not known */
};
struct alloc_conf alloc_conf_of(const struct facts *f, struct arena *a);

#endif
