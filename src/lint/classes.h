// SPDX-License-Identifier: Apache-2.0
/* The classes of read code and what their instances keep: which are nn.Modules (by proof only), their methods along the bases,
 * and the values that `self.x` can have. The interpreter's own classes (klass.c) live in its states; these are looked at one by
 * one, without a program around them, so that a file that only defines models is judged too.
 *
 * All of it is about one class and its bases. What other code does to an instance from outside is looked for by name, in read
 * code; where it may have been changed, nothing is known. */
#ifndef WHYCPU_LINT_CLASSES_H
#define WHYCPU_LINT_CLASSES_H

#include "lint/lint.h"
#include "lint/value.h"

/* ---- classes (classes.c) ---- */

struct cls_base {
	const char
		*library; /* a library's class, "torch.nn.Module"; NULL if it is read or unknown */
	struct cls *read; /* NULL if it is a library's, or unknown */
};
struct cls_method {
	const char *name;
	const struct py_node *func;
	struct cls *owner;
	bool is_property, is_static;
};
struct cls {
	struct unit *unit;
	const struct py_node *node;
	ARRAY(struct cls_base) bases;
	ARRAY(struct cls *) mro;          /* read classes in Python's order, this one first */
	ARRAY(struct cls_method) methods; /* its own */
	bool is_module; /* proved: the chain of bases reaches a row of lint_base.tsv */
	bool is_open;   /* some base is neither read nor in the table */
	const char *
		entries; /* methods that are called with tensors of the model's device, blanks between */
	struct cls_summary *summary; /* class_fields.c */
	bool is_busy;                /* being summarised: asked again, nothing is known */
};

/* The class of a PY_CLASS. Made once. */
struct cls *cls_of(struct unit *u, const struct py_node *node);
/* What an expression names: a read class in *ret_read, or a library's dotted name in *ret_library, or neither. */
void cls_resolve(struct unit *u, const struct py_node *expr, struct cls **ret_read,
		 const char **ret_library);
/* A function of read code (PY_FUNC) that a name or an imported dotted name stands for, with its unit; NULL if none. */
const struct py_node *cls_function(struct unit *u, const struct py_node *expr,
				   struct unit **ret_unit);
/* A method by Python's search; `after`: only in classes that come after it (super()). NULL: none in read code. */
const struct cls_method *cls_method(const struct cls *c, const char *name, const struct cls *after);
bool cls_has(const struct cls *c, const struct cls *base);
/* Is a library's class an nn.Module? (a row of lint_base.tsv) */
bool cls_library_is_module(const char *dotted);

/* ---- texts (class_words.c) ---- */
/* Does a blank-separated list hold the word? */
bool has_word(const char *words, const char *word);
/* Does its text hold it? */
bool text_has(const struct unit *u, const char *word);
/* Does the unit ever speak of an accelerator: cuda, a device, a framework that moves? */
bool speaks_of_accelerator(const struct unit *u);

#endif
