// SPDX-License-Identifier: Apache-2.0
/* One way that a program may take: variables, heap, and the assumptions ("atoms") under which it is taken. The interpreter
 * carries at most STATES_MAX of them side by side; equal ones merge. Copying a state is cheap: heap and frames are
 * persistent maps (state.c), records are never changed but replaced.
 *
 * Reads never fail: what is not known is VAL_UNKNOWN. */
#ifndef WHYCPU_LINT_STATE_H
#define WHYCPU_LINT_STATE_H

#include "lint/value.h"

#define STATES_MAX 8
#define ELEMENTS_MAX                                                                               \
	16 /* exact lists, tuples and dicts hold so many; longer ones keep a joined element only */

enum object_kind {
	OBJ_INSTANCE, /* of a class of read code, or of a library's class that is no module (text: its dotted name) */
	OBJ_MODULE, /* an nn.Module: of read code (cls) or of the library (text) */
	OBJ_LIST,
	OBJ_TUPLE,
	OBJ_SET,
	OBJ_DICT,
	OBJ_LOADER, /* iterating gives `element` */
	OBJ_OPTIMIZER,
	OBJ_ITERATOR, /* zip, enumerate, tqdm, generator: iterating gives `element` */
};
enum registration { FIELD_PLAIN, FIELD_PARAMETER, FIELD_BUFFER, FIELD_CHILD };
struct object_field {
	const char *name; /* attribute, or a dict's constant string key */
	const struct value *value;
	enum registration registered; /* of OBJ_MODULE */
	const struct py_node *node;   /* where it was stored last */
};
struct object {
	enum object_kind kind;
	const struct klass *cls; /* or NULL */
	const char *text;        /* "torch.nn.Linear", or NULL */
	struct device device;    /* OBJ_MODULE: where its registered tensors are */
	const struct unit *unit;
	const struct py_node *site; /* where it was made */
	const struct origin *moved; /* OBJ_MODULE: the last move, or NULL */
	bool has_tensors; /* OBJ_MODULE: it holds parameters or buffers itself (nn.Linear yes, nn.ReLU no) */
	bool is_summary; /* made in a loop: stands for many, stores are weak */
	bool has_escaped; /* handed to code that was not read: devices in it are unknown from then on */
	bool is_settled; /* it escaped, and nothing was stored in it since (state.c) */
	bool is_open;    /* further fields or elements may exist that are not listed */
	const struct value *
		element; /* what any element is; of dicts: any value; NULL if the exact items say it all */
	ARRAY(struct object_field)
	fields; /* attributes, dict items; of lists and tuples: items in order, name NULL */
};

struct state;
struct call_arg; /* model.h */
struct interp;

/* Never NULL. */
const struct object *state_object(const struct state *s, uint32_t id);
const struct value *state_attr(const struct state *s, uint32_t id,
			       const char *name); /* NULL: not set */
/* A new object; `o` is copied. The same site reached again with the same last 3 call positions is the same id and becomes a
 * summary. */
uint32_t state_new(struct interp *in, struct state *s, const struct object *o);
void state_put(struct interp *in, struct state *s, uint32_t id,
	       const struct object *o); /* replaces the record */
void state_set_attr(struct interp *in, struct state *s, uint32_t id, const char *name,
		    const struct value *value, const struct py_node *at);
/* All that can be reached from `v` was handed to code that was not read. */
void state_escape(struct interp *in, struct state *s, const struct value *v);
/* One of several modules that the code treats alike (`for layer in layers`): what is true of all of them is true of it. */
bool value_is_any_module(const struct state *s, const struct value *v);
/* A list or tuple of numbers, texts and the like, or one of several of them, chosen by a branch: there is no tensor in it. It may be
 * a number instead where `ret_rank` (how many dimensions a tensor of it has at least) is 0. */
bool value_is_rows(const struct state *s, const struct value *v, uint8_t *ret_rank);
/* The same of what a tokenizer gave in one branch or the other. */
bool value_is_any_encoding(const struct state *s, const struct value *v);
/* May this state prove something: no atom over a device-valued or gpu-named expression that is no command line flag, not dead,
 * not in a weak place (second pass of a loop, handler of an exception, too deep). */
bool state_proves(const struct interp *in, const struct state *s);
/* The path ends here: the operation raises. */
void state_kill(struct state *s);
/* The device of a tensor; of one that belongs to a module (value.object): the module's device now. */
struct device state_device(const struct state *s, const struct value *v);

/* ---- services of the interpreter for the model ---- */

struct unit *interp_unit(const struct interp *in); /* the unit whose code runs now */
/* Where that value is is not known any more, nor where what was made of it is. */
void state_lose(struct interp *in, struct state *s, const struct value *v);
bool state_has_lost(const struct state *s, const struct value *v);
/* The text of a VAL_PLACED that a module's forward works on. */
#define FORWARD_INPUT "(input)"
/* The text of a module that a constructor was given by callers that nobody read. */
#define GIVEN_MODULE "(given)"
struct arena *interp_arena(const struct interp *in);
bool interp_is_library(
	const struct interp *in); /* library mode: this function has no caller in read code */
/* The finding is true of callers who put this, an argument of the entry, on a GPU. */
void interp_assume(struct interp *in, struct finding *f, struct device d);
/* base[...] = value, of a tensor that was made on the CPU by the call `made` and a value of an argument's device. Of this entry. */
struct filling {
	const struct py_node *made, *at;
	struct unit *unit; /* of `at` */
	struct device from;
};
void interp_note_filling(struct interp *in, const struct filling *f);
const struct filling *interp_filling(const struct interp *in,
				     const struct py_node *made); /* NULL: none */
bool interp_in_loop(const struct interp *in);
/* Tells apart the objects of one kind that the same node makes: part of their names from now on. Gives back what it was before. */
uint32_t interp_salt(struct interp *in, uint32_t salt);
/* A state that may report (state_proves), for a finding at `at` of the unit that runs: lint_report with all its rules, or
 * NULL: then say nothing. Kills the state if the operation raises. */
struct finding *interp_report(struct interp *in, struct state *s, bool raises, const char *id,
			      const struct py_node *at, const char *title_fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The same at a node of another unit (the outermost call that is to blame). */
struct finding *interp_report_in(struct interp *in, struct state *s, bool raises, const char *id,
				 struct unit *unit, const struct py_node *at, const char *title_fmt,
				 ...) __attribute__((format(printf, 7, 8)));
/* A call whose body is being run. */
struct running_call {
	struct unit *unit;          /* where the call stands */
	const struct py_node *node; /* PY_CALL, or what else made the call */
	uint32_t
		module; /* the module that was called: `net(x)`, `self.block(x)`, super().forward(x); 0: none */
	const struct value *const *args; /* what was passed, in order, self left out */
	size_t n_args;
	uint32_t
		receiver; /* the module whose method runs, whatever its name: `agent.act(x)`; 0: none */
};
/* The calls whose bodies are being run, innermost first (depth 0). False: no more. */
bool interp_running(const struct interp *in, size_t depth, struct running_call *ret_call);
/* The model's own object: what it remembers of this way (default device, frameworks seen, ...), as attributes. An OBJ_INSTANCE
 * that exists from the beginning of every state. */
#define STATE_MODEL_OBJECT 1u
/* Calls a value with arguments that are already there ("call the forward of this module", collate_fn, a Dataset's
 * __getitem__). Unknown callee: escapes, VAL_UNKNOWN. */
const struct value *interp_call(struct interp *in, struct state *s, const struct value *callee,
				const struct call_arg *args, size_t n, const struct py_node *at);
/* A method of an instance of read code, found through its bases; NULL if there is none in read code. */
const struct value *interp_method(struct interp *in, struct state *s, const struct value *instance,
				  const char *name);
/* The base of a class outside read code: "torch.nn.Module", "torch.utils.data.Dataset"; all of them, in order. Unknown bases
 * (not read, not in the tables) make ret_unknown true. */
void klass_library_bases(const struct klass *k, struct arena *a, struct strlist *ret_bases,
			 bool *ret_unknown);
bool klass_is_module(
	const struct klass *k); /* the base chain reaches nn.Module in read code or the tables */
/* What unread code gave back that no tensor went into (interp_data.c). */
bool value_is_data(const struct value *v);
const struct value *value_data(void);
bool args_may_be_on_gpu(const struct state *s, const struct call_arg *v, size_t n);
/* Nothing in the class of a module takes what its forward gives back to the host (interp_network.c). */
bool klass_leaves_results(const struct state *s, const struct klass *k);
/* Makers of values. */
const struct value *value_unknown(void);
const struct value *value_none(void);
const struct value *value_scalar(void);
const struct value *value_int(struct arena *a, int64_t number);
const struct value *value_str(struct arena *a, const char *text);
const struct value *value_bool(struct arena *a, bool yes);
const struct value *value_api(struct arena *a, const char *dotted);
const struct value *value_object(struct arena *a, uint32_t id);
const struct value *value_device(struct arena *a, struct device d, const struct origin *o);
const struct value *value_tensor(struct arena *a, struct device d, enum tri zero_dim,
				 const struct origin *o);
const struct value *value_placed(struct arena *a, struct device d, const struct origin *o);
const struct value *value_join(struct interp *in, struct state *s, const struct value *a,
			       const struct value *b);
const struct origin *origin_new(struct interp *in, enum origin_kind kind,
				const struct py_node *node, const struct origin *before);

#endif
