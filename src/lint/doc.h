// SPDX-License-Identifier: Apache-2.0
/* What does a docstring say that a parameter is? Read in the forms of NumPy ("x : torch.Tensor"), Google ("x (Tensor): ..."), Sphinx
 * (":type x: Tensor", ":param Tensor x:") and epytext ("@type x: Tensor"). A docstring is no proof: what it says counts where
 * nobody calls the function, and for warnings. */
#ifndef WHYCPU_LINT_DOC_H
#define WHYCPU_LINT_DOC_H

#include <stdbool.h>

#include "lint/ast.h"

enum doc_type {
	DOC_NOTHING, /* not mentioned, or something else, or one of several things */
	DOC_TENSOR,
	DOC_INT,
	DOC_FLOAT,
	DOC_BOOL,
	DOC_TEXT,
};

/* The docstring at the head of a function or class; NULL: it has none. */
const char *doc_of(const struct py_node *def);
enum doc_type doc_param(const char *doc, const char *name);
/* The same of a type alone: "Optional[torch.Tensor]". */
enum doc_type doc_type(const char *text);
/* Does it say that it works on the CPU? */
bool doc_is_for_cpu(const char *doc);

#endif
