// SPDX-License-Identifier: Apache-2.0
/* What the local rules (rule_*.c) ask about a unit without running it: parents, the one value of a name, constants, whether
 * an expression is a CUDA device. Everything errs towards "not known". */
#ifndef WHYCPU_LINT_LOCAL_H
#define WHYCPU_LINT_LOCAL_H

#include "lint/lint.h"

struct local_node {
	const struct py_node *node, *parent;
	uint32_t until;     /* nodes[i + 1 .. until) lie below nodes[i] */
	const char *dotted; /* of PY_CALL: names_dotted of what is called, or NULL */
};

/* All nodes of a unit, parents before children. */
struct local {
	struct unit *unit;
	ARRAY(struct local_node) nodes;
	uint32_t *pos;           /* by node id: place in `nodes` */
	struct strlist declared; /* names in `global` and `nonlocal`: written from elsewhere */
	bool has_torch;          /* something of torch is imported */
	uint64_t *budget;        /* nodes that may still be visited by searches */
};

/* Made by the first pass that asks. */
const struct local *local_of(struct unit *u);

/* Before a search over `n` nodes that may be repeated for many others. False: this unit has had its share; nothing is proved
 * then, and one note says so. */
bool local_spend(const struct local *l, size_t n);

size_t local_pos(const struct local *l, const struct py_node *node);
size_t local_until(const struct local *l, const struct py_node *node);
const struct py_node *local_parent(const struct local *l, const struct py_node *node);
/* The nearest ancestor of a kind; NULL: none. */
const struct py_node *local_around(const struct local *l, const struct py_node *node,
				   enum py_kind kind);
bool local_inside(const struct local *l, const struct py_node *node, const struct py_node *outer);
/* The nearest PY_FUNC or PY_LAMBDA around it; NULL: the module (class bodies are the module's). */
const struct py_node *local_function(const struct local *l, const struct py_node *node);
/* The statement that a node stands in, or the node itself. */
const struct py_node *local_statement(const struct local *l, const struct py_node *node);
/* The list of statements that holds a statement, and its place there. NULL for the module. */
const struct py_list *local_block(const struct local *l, const struct py_node *statement,
				  size_t *ret_index);
/* Behind a return, or below `if False:` or `if TYPE_CHECKING:`. */
bool local_is_dead(const struct local *l, const struct py_node *node);

/* "torch.zeros" of a PY_CALL; NULL if the callee is not an imported name. */
const char *local_callee(const struct local *l, const struct py_node *call);
bool local_calls(const struct local *l, const struct py_node *call, const char *dotted);
/* "cuda" of x.cuda(...), also of calls of imported names; NULL for f(...). */
const char *local_method(const struct py_node *call);
/* Is anything of this name called or imported anywhere ("torch.cuda.set_device")? */
bool local_has_call(const struct local *l, const char *dotted);
bool local_has_method(const struct local *l, const char *name);
/* Does the text of the unit hold this word, anywhere? */
bool local_has_word(const struct unit *u, const char *word);
/* Does some import come from this package ("transformers")? */
bool local_imports(const struct local *l, const char *package);
/* A keyword or the n-th positional argument; NULL if it is not given. */
const struct py_node *local_argument(const struct py_node *call, size_t position, const char *name);
bool local_has_stars(const struct py_node *call);
/* The same where a **name stands for a dict that is written out. *ret_sure is false if it cannot be told; then NULL. */
const struct py_node *local_option(const struct local *l, const struct py_node *call,
				   size_t position, const char *name, bool *ret_sure);
/* May code that this file imports, and that was not read, move things or choose a GPU? Classes of unread modules are trusted,
 * functions are not. `words` (NULL at the end) are what makes a file that was read one that may. */
bool local_import_may(const struct local *l, const char *const *words);

/* Is it named in a `global` or `nonlocal`, anywhere? */
bool local_is_declared(const struct local *l, const char *name);
/* The only expression that a name is ever bound to, seen from `name`; NULL: several, a parameter, unknown. */
const struct py_node *local_value(const struct local *l, const struct py_node *name);
/* The function or class of this unit that a name means, NULL if that is not certain. */
const struct py_node *local_definition(const struct local *l, const struct py_node *name,
				       enum py_kind kind);
/* A method defined in the class's own body, NULL if there is none or it is defined twice. */
const struct py_node *local_method_of(const struct py_node *cls, const char *name);

enum fold_kind { FOLD_NOT, FOLD_INT, FOLD_FLOAT, FOLD_TUPLE };
#define FOLD_ITEMS_MAX 32
struct fold {
	enum fold_kind kind;
	double number;
	size_t n; /* FOLD_TUPLE: of whole numbers */
	double items[FOLD_ITEMS_MAX];
};
/* Constants, folded as Python would. */
struct fold local_fold(const struct local *l, const struct py_node *node);
/* The default of the command line flag that "args.workers" reads, NULL if there is none in this unit. */
const struct py_node *local_flag_default(const struct local *l, const struct py_node *attr);

enum truth { TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES };
/* The expression behind a flag (its default, or `args.x = ...`), or NULL and what a switch says. */
const struct py_node *local_flag_value(const struct local *l, const struct py_node *attr,
				       enum truth *ret_truth);

enum where { WHERE_UNKNOWN, WHERE_CPU, WHERE_CUDA, WHERE_OTHER };
/* Which device an expression means where one CUDA GPU exists. `self.device` and parameters are unknown. */
enum where local_device(const struct local *l, const struct py_node *node);
enum truth local_truth(const struct local *l, const struct py_node *test);
/* Does this call put something on a CUDA device: x.cuda(), x.to("cuda"), torch.zeros(3, device=dev)? */
bool local_uses_cuda(const struct local *l, const struct py_node *call);
/* Does it move to some device that is not known to be the CPU: .to(x), .cuda(), device=? A dtype is no device. */
bool local_moves(const struct local *l, const struct py_node *call);
/* Does this call start CUDA in the process? */
bool local_starts_cuda(const struct local *l, const struct py_node *call);

/* Some node that was certainly evaluated before `at`, and for which `is` holds; NULL if none is proved. Calls and import
 * statements are asked; calls of functions of this unit and imports of the project are followed. *ret_in: where it stands. */
const struct py_node *order_find(const struct local *l, const struct py_node *at,
				 bool (*is)(const struct local *l, const struct py_node *node),
				 const struct unit **ret_in);

#endif
