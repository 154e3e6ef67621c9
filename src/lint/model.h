// SPDX-License-Identifier: Apache-2.0
/* What torch does: the part of the interpreter that knows the library (model*.c), called by the part that knows Python
 * (interp*.c). It reads data/torch_*.tsv. Everything takes the interpreter and one state; checks report through lint_report
 * unless the state proves nothing (state_proves). */
#ifndef WHYCPU_LINT_MODEL_H
#define WHYCPU_LINT_MODEL_H

#include "lint/value.h"

struct interp;
struct state;
struct klass;
struct object;

struct call_arg {
	const char *name;           /* keyword, or NULL */
	const struct value *value;  /* never NULL */
	const struct py_node *node; /* the argument's expression */
	uint8_t stars;              /* 1: *value, 2: **value */
};
struct call {
	const struct py_node *node; /* PY_CALL (or the operator's node) */
	const char *name;           /* VAL_API: the dotted name; VAL_METHOD: the method's name */
	const struct value *self;   /* VAL_METHOD: the receiver; else NULL */
	const struct call_arg *args;
	size_t n_args;
	bool is_discarded; /* the call is a whole statement */
};
const struct value *call_keyword(const struct call *c, const char *name); /* NULL if not given */
const struct value *call_positional(const struct call *c,
				    size_t n); /* NULL if not given or behind a *x */
/* The argument by position or keyword, as a Python signature has it. */
const struct value *call_argument(const struct call *c, size_t position, const char *name);
bool call_has_stars(const struct call *c);
bool call_has_keywords(const struct call *c); /* **more: any argument may be among them */

/* A call of a library's function or class, or of a method of a value that is no read code. False: not known; then the
 * caller lets all arguments escape and the result is unknown. Never called for functions of read code.
 *
 * VAL_API "torch.zeros": name is the dotted name, self NULL; builtins come as "builtins.len", "builtins.zip".
 * VAL_METHOD x.to: name "to", self the receiver: any value, also an instance of a read class if none of its read bases has that
 * method (net.to, self.register_buffer, super().__init__ as "__init__").
 * Calling an object that has no read __call__ or forward: name "__call__", self the object (a library's module, a tokenizer).
 * `with x as y`: "__enter__" of x gives y (false: y is x, which did not escape); "__exit__" at the end of the block. */
bool model_call(struct interp *in, struct state *s, const struct call *c,
		const struct value **ret_value);
/* x.name of a value that is no instance of read code ("x.device", "x.shape", "x.T", "torch.float32"). NULL: not known; the
 * caller makes a VAL_METHOD of it if it is then called. */
const struct value *model_attr(struct interp *in, struct state *s, const struct value *base,
			       const char *name, const struct py_node *at);
#define HOOKED "(hooked)" /* attribute of a module: its arguments pass through a hook */
/* base.name was read, and is no method: of a library's module it may be a part. */
void model_part_taken(struct interp *in, struct state *s, const struct value *base,
		      const char *name);
/* a + b, a @ b, a < b, -a (b NULL), ~a: torch's mixing rule. NULL: not known. */
const struct value *model_operator(struct interp *in, struct state *s, enum py_op op,
				   const struct value *a, const struct value *b,
				   const struct py_node *at);
/* a[index...]; NULL: not known. */
const struct value *model_subscript(struct interp *in, struct state *s, const struct value *base,
				    const struct value *const *indices, size_t n,
				    const struct py_node *at);
/* a[index...] = value: copies across devices, so it checks only what torch checks. */
void model_store(struct interp *in, struct state *s, const struct value *base,
		 const struct value *const *indices, size_t n, const struct value *value,
		 const struct py_node *at);
/* What `for x in base` gives; also of enumerate, tqdm, zip results (made by model_call). NULL: not known. */
const struct value *model_element(struct interp *in, struct state *s, const struct value *base,
				  const struct py_node *at);
/* self.name = value where self is an object whose class is a Module: registers parameters, buffers, children, or keeps a
 * plain attribute. */
void model_set_attr(struct interp *in, struct state *s, uint32_t module, const char *name,
		    const struct value *value, const struct py_node *at);
/* A new object of a read class that is a Module (before its __init__ runs): sets kind, device, has_tensors, text of `o`. */
void model_new_module(struct interp *in, struct state *s, const struct klass *k, struct object *o);
/* What a module of read code gave back when it was called: what of that is not known is where it is, as the input was. */
const struct value *model_read_result(struct interp *in, struct state *s, const struct call *c,
				      const struct value *result);
/* target = Unread(...): a network on the CPU, if it is handled as one and nobody says where it is to be; or `v`. */
const struct value *network_made(struct interp *in, struct state *s,
				 const struct py_node *assignment, const struct value *v);
bool network_was_made(const struct value *v);
/* What nobody read was moved by `call`, which gave `moved`: perhaps a network. */
void model_network_moved(struct interp *in, struct state *s, const struct py_node *call,
			 const struct value *moved);
/* One of several modules (value_is_any_module): are all that have tensors on one known device? */
bool model_are_together(struct interp *in, struct state *s, const struct value *modules);
#define GRAPH                                                                                      \
	"graph" /* the text of a graph of torch_geometric, of a batch of them, of an argument that is one */
/* What the annotation of a parameter says ("x: torch.Tensor", "Optional[Tensor]", "device: torch.device"); NULL: nothing. */
const struct value *model_annotation(struct interp *in, struct state *s, const struct unit *u,
				     const struct py_node *annotation, const struct py_node *param);
/* A dict of tensors, all of them where the caller put them. */
const struct value *model_batch(struct interp *in, struct state *s, const struct unit *u,
				const struct py_node *param);
bool model_annotation_allows_none(const struct py_node *annotation);
/* A loader that a caller hands over, by the annotation of the parameter or by its name; NULL: it is none. */
const struct value *model_given_loader(struct interp *in, struct state *s,
				       const struct py_param *param);
/* train_loader, self.test_loader, loaders["train"]: what nobody read is a loader by its name. `v`: what it is otherwise. */
bool is_named_loader(const struct py_node *n);
const struct value *model_named_loader(struct interp *in, struct state *s, const struct py_node *n,
				       const struct value *v);
/* `net.to(device)` as a statement, of something that is called or used as a module where it stands: it is where it was, moved. */
bool model_moves_itself(const struct unit *u, const struct py_node *call);
/* At the end of a script, of a function, of a library-mode analysis: the rules about absence. */
void model_end(struct interp *in, struct state *s);
/* Library mode: an entry at `at` gives back `v`; `elsewhere`: what it gives back on another way, which is where an argument is, or NULL. */
void model_result(struct interp *in, struct state *s, const struct value *v,
		  const struct value *elsewhere, const struct py_node *at);
bool model_is_elsewhere(const struct value *v);
/* Before the unit's first statement. */
void model_begin(struct interp *in, struct state *s);

#endif
