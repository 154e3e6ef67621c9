// SPDX-License-Identifier: Apache-2.0
/* What the package manager says of the kernel module. */
#ifndef WHYCPU_COLLECT_DRVPKG_H
#define WHYCPU_COLLECT_DRVPKG_H

#include "core/sys.h"
#include "facts/facts.h"

/* "open" or "proprietary"; ABSENT: no package of dpkg's says it; UNKNOWN: one of each, or unreadable. */
struct fact_str drvpkg_module(struct sys *s);

#endif
