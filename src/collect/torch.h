// SPDX-License-Identifier: Apache-2.0
/* The parser of torch/version.py, apart from the looking so that tests can feed it. */
#ifndef WHYCPU_COLLECT_TORCH_H
#define WHYCPU_COLLECT_TORCH_H

#include "core/str.h"
#include "facts/facts.h"

/* Fills version, cuda, hip and xpu; `from` is "path:LINE". What Python itself could not parse is UNKNOWN. */
void torch_parse_version(struct arena *a, struct bytes text, const char *path, struct torch *out);

#endif
