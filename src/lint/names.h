// SPDX-License-Identifier: Apache-2.0
/* What a name means: scopes, imports, aliases. `import torch.nn as nn; from torch import optim as O` make nn.Linear
 * "torch.nn.Linear" and O.Adam "torch.optim.Adam". */
#ifndef WHYCPU_LINT_NAMES_H
#define WHYCPU_LINT_NAMES_H

#include "lint/lint.h"

/* How a name is bound in a scope. Several bindings: `kind` is BOUND_MANY unless all mean the same import. */
enum bound {
	BOUND_NOT,
	BOUND_IMPORT,
	BOUND_FUNC,
	BOUND_CLASS,
	BOUND_PARAM,
	BOUND_VALUE,
	BOUND_MANY
};

struct binding {
	const char *name;
	enum bound kind;
	const char *
		target; /* BOUND_IMPORT: the dotted name in full, relative imports with their dots: "..models.net" */
	const struct py_node *node; /* the first statement that binds it */
	size_t n_stores;            /* how many statements bind it */
	bool is_global;             /* declared `global` or `nonlocal` here */
	bool is_set_inside; /* of the module: a function declares it `global` and binds it */
};

struct scope {
	const struct py_node *node; /* PY_MODULE, PY_FUNC, PY_LAMBDA, PY_CLASS or PY_COMP */
	struct scope *outer;        /* lexically; NULL for the module */
	ARRAY(struct binding) bindings;
	bool has_star_import; /* `from x import *` here; of the module scope: anywhere. Any name may come from there */
	bool has_set_inside;  /* a binding of it is_set_inside */
	struct strlist stars; /* those x, relative ones with their dots */
	bool has_dynamic; /* exec, globals(), locals(), vars(), sys.modules[...], or a part that did not parse: further
					 * names may be bound here; of the module scope: by code anywhere in the unit */
	uint32_t index; /* counts from 1, the module scope; an outer one has a lower index */
};

/* Made once per unit, when it is loaded. */
const struct names *names_new(struct unit *u);
/* The scope that a node stands in (of a PY_FUNC node itself: the scope around it). */
const struct scope *names_scope(const struct unit *u, const struct py_node *node);
/* The scope that a PY_FUNC, PY_LAMBDA, PY_CLASS, PY_COMP or PY_MODULE opens. */
const struct scope *names_inner(const struct unit *u, const struct py_node *node);
/* Python's own search from the scope of `at`: locals, enclosing functions (class bodies left out), module, NULL (builtin or
 * nowhere). */
const struct binding *names_find(const struct unit *u, const struct py_node *at, const char *name,
				 const struct scope **ret_scope);
/* Does a function bind this name of the module? Then what the top level left in it says little about later. */
bool names_is_set_inside(const struct unit *u, const char *name);
/* "torch.nn.functional.relu" of PY_NAME or a chain of PY_ATTR that begins with an imported name (try/except ImportError that
 * binds the same import twice counts as one); NULL if it does not, or if the name is bound by something else as well.
 * Well-known re-exports are made canonical by data/lint_alias.tsv ("torch.nn.functional" of F, "torch.Tensor.to" no). */
const char *names_dotted(const struct unit *u, const struct py_node *node);
/* Is it a call of this function ("torch.zeros")? */
bool names_is_call(const struct unit *u, const struct py_node *node, const char *dotted);

#endif
