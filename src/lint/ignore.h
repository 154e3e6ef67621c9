// SPDX-License-Identifier: Apache-2.0
/* Patterns as in .gitignore (ignore.c). */
#ifndef WHYCPU_LINT_IGNORE_H
#define WHYCPU_LINT_IGNORE_H

#include "core/array.h"
#include "core/str.h"

struct ignore_rule {
	struct strlist parts; /* between slashes; "**" stands for any number of them */
	bool is_negated, is_dir_only, is_anchored;
};

/* The rules of one file, and those of the folders around it. */
struct ignore {
	const struct ignore *outer;
	const char *dir; /* unescaped path of the folder that they are relative to */
	ARRAY(struct ignore_rule) rules;
};

/* Adds the lines of a .gitignore. */
void ignore_add(struct arena *a, struct ignore *list, struct bytes text);
/* Is the unescaped path left out? The last rule that fits counts, inner files before outer ones. */
bool ignore_has(const struct ignore *list, const char *path, bool is_dir);

#endif
