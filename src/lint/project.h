// SPDX-License-Identifier: Apache-2.0
/* The files of one run: how they are loaded, and what a path becomes (project.c). Paths are absolute and escaped as in
 * core/sys.h. */
#ifndef WHYCPU_LINT_PROJECT_H
#define WHYCPU_LINT_PROJECT_H

#include "core/sys.h"
#include "lint/ast_pack.h"
#include "lint/lint.h"

struct project {
	struct arena *arena;        /* of what is known of folders, and of what was opened */
	struct sys *sys;            /* NULL: only what was given as text, imports lead nowhere */
	const char *cwd;            /* paths below it are shown relative to it; may be NULL */
	ARRAY(struct unit *) units; /* entries and imported ones, in the order of loading */
	struct strlist notes;       /* "x.py: more than 16 MiB, not read" */
	bool expects_gpu; /* the user asks why a program is not on the GPU: one that never names it is told so */
	struct tree_store
		*trees; /* where trees of files wait that are imported again; may be NULL */
	void *inside;   /* project.c's own */
};

/* Everything of the project, also what `sys` reads, lives in `a`. */
struct project *project_new(struct sys *sys, const char *cwd, struct arena *a);
/* A file to be linted: parsed, names made, is_entry set. NULL and one line in *ret_problem ("does not exist", "not UTF-8"). A
 * file without any device word, if `dismiss`: NULL and NULL. Loaded once. */
struct unit *project_open(struct project *p, const char *path, bool dismiss,
			  const char **ret_problem);
/* The same until the entry is left: what is learned ends with it, and of the files that were read a bounded number is kept for the
 * next one, in arenas of their own. What is found does not depend on them. */
struct unit *project_enter(struct project *p, const char *path, bool dismiss,
			   const char **ret_problem);
/* Ends what was begun by project_enter, whatever it gave. Nothing of the entry's may be used any more. */
void project_leave(struct project *p);
/* The folder below which the code that uses this file is looked for: where the user stands or the project's own, whichever is
 * nearer. NULL: nobody's project (an installed library), or nothing says where it begins. */
const char *project_users_top(struct project *p, const char *path);
/* What project_enter has kept. The project may not be used any more. */
void project_free(struct project *p);
/* The same of a text that is there already: stdin, the edited text of a fix. `path` may be NULL; imports are looked for from
 * there. */
struct unit *project_open_text(struct project *p, const char *path, const char *shown,
			       struct bytes raw, const char **ret_problem);

#endif
