// SPDX-License-Identifier: Apache-2.0
/* Handlers of "CUDA out of memory": what oom.c finds and rule_oom*.c judge. */
#ifndef WHYCPU_LINT_OOM_H
#define WHYCPU_LINT_OOM_H

#include "lint/local.h"

struct oom_handler {
	const struct py_node *handler, *attempt; /* PY_HANDLER and its PY_TRY */
	const struct py_node *function;          /* PY_FUNC around it, or NULL */
	/* What runs when memory was short: nodes of the handler, minus the branches for other errors. */
	ARRAY(const struct py_node *) statements;
	const char *name; /* `except ... as name`, or NULL */
};

/* False if it is not certain that the handler is meant for a GPU that is out of memory. */
bool oom_handler_of(const struct local *l, const struct py_node *handler,
		    struct oom_handler *ret_oom);
/* Calls `visit` on every node of the statements, parents first, without those of nested functions. */
void oom_walk(const struct local *l, const struct oom_handler *oom,
	      void (*visit)(const struct local *l, const struct py_node *node, void *data),
	      void *data);
/* Does the handler give up: raise, return, break, exit at the end of what runs? */
bool oom_leaves(const struct oom_handler *oom, bool also_return);
/* Are the frames of the exception let go (e.__traceback__ = None, traceback.clear_frames)? */
bool oom_clears_frames(const struct local *l, const struct oom_handler *oom);

#endif
