// SPDX-License-Identifier: Apache-2.0
/* Which package brings a module (data/import_package.tsv): what is looked for, and what is told to install. */
#ifndef WHYCPU_FACTS_IMPORT_PACKAGE_H
#define WHYCPU_FACTS_IMPORT_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

struct import_package_row {
	const char *module, *package, *source;
};
extern const struct import_package_row import_package_table[];
extern const size_t n_import_package_table;

/* An import statement of a script. */
struct import_line {
	const char *module; /* the first part of the name: "torchvision" */
	uint32_t line;
};
struct import_lines {
	struct import_line *v;
	size_t n, cap;
};

#endif
