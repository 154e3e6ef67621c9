// SPDX-License-Identifier: Apache-2.0
/* What the rules of the driver share. */
#ifndef WHYCPU_RULES_DRIVER_PATH_H
#define WHYCPU_RULES_DRIVER_PATH_H

#include "facts/report.h"

/* The libcuda that is found first must not be: how to make the loader pass it over, by the way it was found. */
void fix_take_libcuda_out(const struct facts *f, struct report *r, struct finding *x);

/* It was put there by hand or by a package that is not the driver: it is not found where every program looks. */
bool libcuda_is_a_copy(const struct facts *f);

#endif
