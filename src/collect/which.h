// SPDX-License-Identifier: Apache-2.0
/* Where the target's shell would find a command. */
#ifndef WHYCPU_COLLECT_WHICH_H
#define WHYCPU_COLLECT_WHICH_H

#include "core/sys.h"

/* A walk along PATH; `path` belongs to the arena of the sys. */
struct which {
	struct sys *sys;
	const char *name;
	const char *path;
	size_t pos;
	size_t looks_max; /* 0: no limit; else the walk ends after so many, with `cut` set */
	size_t looks;
	bool cut;
};

/* Without PATH the usual default counts; any other error of the variable is returned. */
int which_start(struct sys *s, const char *name, struct which *ret_walk);
/* The next executable file of that name; -ENOENT at the end. With another error *ret_path is the place that could not
 * be looked at: it may be the command that runs. */
int which_next(struct which *w, const char **ret_path);
/* 0 if `path` is a file that may be executed, -ENOENT if it is none. */
int which_is_executable(struct sys *s, const char *path);
/* `path` as an absolute one, joined with the caller's folder if need be. */
int which_absolute(struct sys *s, const char *path, const char **ret_path);

#endif
