// SPDX-License-Identifier: Apache-2.0
/* The build without tree-sitter: what stands here answers in the place of the linter. */
#include "lint/source.h"
