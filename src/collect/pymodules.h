// SPDX-License-Identifier: Apache-2.0
/* Modules of other packages that a script may want. */
#ifndef WHYCPU_COLLECT_PYMODULES_H
#define WHYCPU_COLLECT_PYMODULES_H

#include "core/sys.h"
#include "facts/facts.h"

/* A folder, a source, an extension module of any ending, among the names of the folder `dir`. */
bool pymodules_named(struct sys *s, const char *dir, const struct strlist *names,
		     const char *module);
/* Fills absent_modules, from `first` and `path`. */
void pymodules_look(struct sys *s, struct python *py);

#endif
