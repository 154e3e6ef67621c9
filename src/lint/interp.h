// SPDX-License-Identifier: Apache-2.0
/* The inside of the interpreter of Python: what interp*.c, state.c and klass.c share. The model (model.h) sees only state.h.
 *
 * A program is run once, by all states side by side. Every expression is evaluated for a set of states and leaves one value on
 * the stack of each of them; where a condition is not known a state becomes two. States that differ only in what was assumed
 * become one; those that hang on no command line flag are joined where their ways meet again. */
#ifndef WHYCPU_LINT_INTERP_H
#define WHYCPU_LINT_INTERP_H

#include "lint/map.h"
#include "lint/model.h"
#include "lint/state.h"

#define CALL_DEPTH_MAX 24 /* inlined calls within each other; deeper ones are unknown */
#define RECURSION_MAX 2   /* the same function among them */
#define RESOLVE_MAX                                                                                \
	32 /* imports followed within each other: a name that is passed on so often has no end */
#define STEPS_MAX                                                                                  \
	300000u /* nodes evaluated for one entry: a script, or one function in library mode */
#define STEPS_UNIT_MAX 30000u       /* for all of them together, and 2 for each node of the unit */
#define STEPS_LIBRARY_MAX 30000u    /* for one function or class in library mode */
#define STEPS_MODULE_MAX 30000u     /* the same for the top level of an imported module */
#define STEPS_MODULE_CALL_MAX 2000u /* for one call that stands there */
#define STEPS_DECORATOR_MAX                                                                        \
	300u /* for a decorator of read code: most give back what they are given */
#define KEEP_BYTES_MAX                                                                             \
	((size_t)5 << 20) /* of what modules leave: of further ones nothing is known */
#define ENTRY_BYTES_MAX ((size_t)18 << 20) /* of one entry; a step takes some hundreds */
#define NEST_MAX 2000 /* evaluations within each other, calls and imports included: the C stack */
#define DISPLAY_MAX                                                                                \
	512 /* items of a display, arguments of a call; of longer ones nothing is told apart */
#define STATES_RAW_MAX 64  /* states in flight before equal ones are looked for again */
#define UNROLL_MAX 4       /* a loop over so many known items is run item by item */
#define UNROLL_INNER_MAX 2 /* within another one, and in library mode */
#define UNROLL_COMP_MAX 8  /* the same for a comprehension */
#define ATOMS_MAX 24
#define MAYBE_MAX 12 /* objects that a name may stand for and that have not escaped for it */

/* A function or lambda of read code, as one `def` made it. */
struct function {
	struct unit *unit;
	const struct py_node *node;
	const char *name;              /* "<lambda>" */
	const struct klass *cls;       /* whose body it stands in, or NULL */
	uint32_t closure;              /* the frame it was made in; names are looked for there */
	const struct value **defaults; /* one per parameter, NULL where there is none */
	enum { FUNC_PLAIN, FUNC_STATIC, FUNC_OF_CLASS, FUNC_PROPERTY } role;
	bool is_opaque; /* decorated by something unknown: arguments and result are not what they seem */
	bool yields;
	bool is_context;               /* @contextmanager */
	const struct function *setter; /* of a property */
};

struct klass {
	struct unit *unit;
	const struct py_node *node;
	const char *name;
	ARRAY(const struct value *) bases; /* VAL_CLASS, VAL_API or VAL_UNKNOWN */
	ARRAY(const struct klass *) order; /* where members are looked for: itself first */
	uint32_t object;                   /* its members, as an object of the heap */
	bool is_module, is_unknown; /* is_unknown: a base was not read and is not in the tables */
	bool is_dataclass;
	const struct strlist
		*called; /* self.NAME(...) in its body; NULL: not asked yet (model_given.c) */
};

enum atom_kind {
	ATOM_FLAG,  /* a command line flag, a default of a parameter: independent of all others */
	ATOM_DOUBT, /* about a GPU or a device, but no flag: nothing is proved below it */
};
struct atom {
	const struct atom *next;
	enum atom_kind kind;
	const char *text;  /* interned */
	const char *equal; /* "text == equal" was assumed; NULL: its truth */
	bool yes;
};

struct operand {
	const struct operand *below;
	const struct value *value;
	uint32_t depth; /* how many there are with this one */
};

struct state {
	const struct map *heap; /* id -> struct object */
	const struct map *vars; /* frame, name -> struct value */
	const struct atom *atoms;
	const struct operand *stack;
	const struct map *lost; /* origins of values that were changed in place, or may have been */
	bool is_dead;
};

struct id_list {
	uint32_t *v;
	size_t n, cap;
};
struct value_list {
	const struct value **v;
	size_t n, cap;
};

/* The states that reach a point. */
struct states {
	struct state *v;
	size_t n, cap;
};

/* A place of names: a module, a function that runs, the body of a class. */
struct frame_info {
	struct unit *unit;
	uint32_t parent;  /* where names are looked for next */
	bool is_class;    /* functions inside do not look here */
	bool is_captured; /* a function was made in it: its names outlive the call */
};

/* A call that is being run, or the top level of a unit. */
struct frame {
	struct frame *outer; /* who called */
	struct unit *unit;   /* of the code that runs */
	const struct function *func;
	const struct klass *cls; /* whose body runs */
	uint32_t id;
	struct running_call call;
	uint64_t context;      /* hash of all call positions up to here: the name of the frame */
	uint64_t positions[3]; /* the last ones, newest first: part of the name of an object */
	size_t depth;
	const struct py_node *chain; /* if ... elif ... without an else: its ways are joined */
	uint32_t stack_depth;        /* of its states between two statements */
	struct states *returns;      /* each with its value on the stack; NULL at top level */
	struct states *breaks, *continues; /* of the innermost loop */
	struct states *raises;             /* of the innermost try, or NULL */
	const struct value *yielded;       /* joined */
	struct states
		paused; /* where a generator yields: of one without an end, nothing comes behind its loop */
};

struct module {
	struct unit *unit;
	uint32_t frame;
	enum { MODULE_NEW, MODULE_RUNS, MODULE_DONE } progress;
	struct state after; /* its top level was run, alone */
};

/* What is learned of imported modules while one unit is judged, and the names and numbers that they need: what another unit needed
 * of them, and in which order, must not show. What the unit's own run makes is numbered apart (OWN_ID). */
struct interp_shared {
	struct arena *arena;
	struct intern *names, *ids, *frame_ids, *import_ids, *lazy_ids;
	const struct map
		*imports; /* number of an import -> struct unit **, NULL inside if there is none */
	const struct map *lazies,
		*resolved;          /* imports that nobody has used yet, and what they led to */
	const struct map *declared; /* PY_FUNC -> its global and nonlocal names */
	ARRAY(struct frame_info) frames;
	ARRAY(struct module *) modules;
	ARRAY(struct klass *) classes;
	struct strlist packages; /* dotted names that are only folders of the project */
};
#define OWN_ID 0x40000000u

struct recording;
struct args;

struct interp {
	struct arena *arena; /* values of this entry */
	struct arena *own;   /* what all entries of the unit share */
	struct arena *keep;  /* the arena of `shared` */
	struct interp_shared *shared;
	struct unit *unit; /* the one that is judged */
	struct project *project;
	struct frame *frame; /* that runs now */
	uint32_t weak;       /* > 0: nothing is proved here */
	uint32_t loops;      /* > 0: in a loop */
	uint32_t many;       /* > 0: what is made here stands for many */
	uint32_t unrolled;   /* > 0: in a loop that is run item by item */
	uint32_t n_complex;  /* entries that were too long; `complex` is the first one */
	const struct py_node *complex;
	uint32_t nest; /* evaluations that are going on */
	uint32_t salt; /* tells apart what one node makes several of */
	bool is_library;
	const struct state *left; /* library mode: what the top level left */
	bool is_unreached;        /* library mode: what no call has reached is run */
	bool is_for_cpu;          /* library mode: a program of its own, which asks for no GPU */
	bool is_over;             /* the budget is spent */
	uint32_t steps, steps_max, steps_unit;
	uint32_t resolving;              /* imports that are being followed within each other */
	struct states *exits;            /* sys.exit() and the end of the program */
	uint32_t in_module;              /* > 0: the top level of an imported module runs */
	ARRAY(struct frame_info) frames; /* of the unit's own run */
	struct intern *ids, *frame_ids;  /* the same */
	const struct map *entered;       /* PY_FUNCs that were run */
	const struct map *callees; /* the x.f of calls x.f(): was it always known what x is? */
	const struct map *parts;   /* PY_NAMEs that are bound: are they used as tensors? */
	struct intern *passed;     /* interp_passed.c: what was noted */
	struct id_list
		marks[2]; /* by object: the last walk that saw it; of shared and of own objects */
	uint32_t walk;
	struct id_list fresh;                 /* made while `many` > 0 */
	ARRAY(const struct function *) inner; /* defined in functions that ran in this entry */
	ARRAY(struct filling) fillings;       /* of this entry */
	const struct map *memos; /* calls of this entry that may be done again (interp_memo.c) */
	struct recording *recording;    /* the innermost call that may become one of them */
	uint32_t n_raised;              /* states that raised */
	struct id_list classes_changed; /* a member of these objects of classes was stored into */
	void (*reveal)(struct interp *in, struct state *s, const struct call *c); /* tests only */
	void *reveal_data;
};

/* ---- states (state.c) ---- */
void states_add(struct interp *in, struct states *set,
		const struct state *s); /* not if it is dead */
void states_take(struct interp *in, struct states *set,
		 struct states *from); /* `from` is empty then */
/* Joins those with the same flags assumed, merges equal ones; at most STATES_MAX are left. */
void states_reduce(struct interp *in, struct states *set);
void state_push(struct interp *in, struct state *s, const struct value *v);
uint32_t state_depth(const struct state *s);
void state_cut(struct state *s, uint32_t depth); /* off what lies above */
/* Takes out what has died. */
void states_bury(struct interp *in, struct states *set);
/* The states raise: they go to the handlers of the try that they stand in. */
void states_raise(struct interp *in, struct states *set);
void state_raise(struct interp *in, const struct state *s);
const struct value *state_pop(struct state *s);
/* Adds the state with `v` on its stack. */
void states_give(struct interp *in, struct states *set, struct state *s, const struct value *v);
const struct state *state_join(struct interp *in, const struct state *x, const struct state *y);
/* The states of a set as one. The set must not be empty. */
struct state states_one(struct interp *in, struct states *set);
/* What is assumed of `text`; TRI_UNKNOWN: nothing. A '!' before it turns the answer round. */
enum tri state_assumed(const struct state *s, const char *text, const char *equal);
void state_assume(struct interp *in, struct state *s, const struct atom *atom);
bool atoms_same(const struct atom *x, const struct atom *y);
/* The same of what a value hangs on: "!args.mode==train" (value.h). */
enum tri param_assumed(struct interp *in, const struct state *s, const char *param_text);
void param_assume(struct interp *in, struct state *s, const char *param_text, bool yes);
/* What is used (called, handed on, looked into) can be changed by it: one of several objects is lost then. */
void state_use(struct interp *in, struct state *s, const struct value *v);
/* The same where modules are only counted, ordered or put into another container: they are still told apart from the rest. */
void state_look(struct interp *in, struct state *s, const struct value *v);
/* What of `other` is not there yet: frames and objects of a module that was run alone. */
void state_install(struct interp *in, struct state *s, const struct state *other);
/* The same under an id that is known. */
void state_new_as(struct interp *in, struct state *s, uint32_t id, const struct object *o);
/* A new object that is still being made, and that it is ready: only then it is joined with what the same site made before. */
uint32_t state_create(struct interp *in, struct state *s, const struct object *o,
		      const struct object **ret_old);
void state_created(struct interp *in, struct state *s, uint32_t id, const struct object *old);

/* ---- names and ids (intern.c) ---- */
struct intern *intern_new(struct arena *a);
/* The number of a key, from 1; the same bytes have the same number. */
uint32_t intern_id(struct intern *t, const void *key, size_t n, bool *ret_is_new);
uint32_t object_id(struct interp *in, const void *key, size_t n); /* of the run that is going on */
uint32_t intern_name(struct interp *in, const char *name);
const char *intern_text(struct interp *in, uint32_t id);

/* ---- values (value.c) ---- */
bool value_same(const struct value *x, const struct value *y); /* origins left out */
bool object_same(const struct object *x, const struct object *y);
/* The same but for which objects are meant, and what is held. */
bool value_alike(const struct value *x, const struct value *y);
bool object_alike(const struct object *x, const struct object *y);
bool function_same(const struct function *x, const struct function *y);
/* What is true of both; objects that are no longer told apart are added to `lost`. */
const struct value *value_meet(struct interp *in, const struct value *x, const struct value *y,
			       struct id_list *lost);
enum tri value_truth(const struct state *s, const struct value *v);
/* Nothing is known of it but that a loader gave it. */
bool value_is_batch(const struct value *v);
bool value_is_plain(
	const struct value *v); /* a number, a text or the like: nothing in it can move or escape */
const struct value *value_func(struct arena *a, const struct function *f);
const struct value *value_class(struct arena *a, const struct klass *k);
const struct value *value_bound(struct arena *a, const struct function *f,
				const struct value *self);
const struct value *value_unit(struct arena *a, struct unit *u);
const struct value *value_method(struct arena *a, const char *name, const struct value *self);
const struct value *
value_number(struct arena *a, enum value_kind kind); /* VAL_INT, VAL_FLOAT, ...; not known which */
const struct value *value_float(struct arena *a, double real);

/* ---- frames and variables (interp_frame.c) ---- */
struct frame_info *frame_at(const struct interp *in, uint32_t id);
uint32_t frame_of_unit(struct interp *in, struct unit *u);
uint32_t frame_new(struct interp *in, const struct frame_info *info, const struct py_node *node,
		   uint64_t context);
const struct value *var_get(const struct interp *in, const struct state *s, uint32_t frame,
			    uint32_t name);
void var_set(struct interp *in, struct state *s, uint32_t frame, uint32_t name,
	     const struct value *v);
void var_del(struct interp *in, struct state *s, uint32_t frame, uint32_t name);
/* Library mode: does a module's name still hold what the top level left in it, and may a function that a caller has called put
 * something else there (`global device`)? `v` is what `frame`, the module's, holds. */
bool is_set_by_others(struct interp *in, const struct unit *u, uint32_t frame, const char *name,
		      const struct value *v);
/* Python's own search, from the frame that runs outwards; never NULL. */
const struct value *name_load(struct interp *in, struct state *s, const char *name);
void name_store(struct interp *in, struct state *s, const char *name, const struct value *v);
void name_delete(struct interp *in, struct state *s, const char *name);
/* What stands under this value now: lazy imports are followed, flags that were assumed are known. */
const struct value *value_now(struct interp *in, struct state *s, const struct value *v);

/* ---- imports (interp_import.c) ---- */
void exec_import(struct interp *in, struct state *s, const struct py_node *n);
const struct value *import_resolve(struct interp *in, struct state *s, const struct value *lazy);
const struct value *unit_attr(struct interp *in, struct state *s, struct unit *u, const char *name);
void unit_set_attr(struct interp *in, struct state *s, struct unit *u, const char *name,
		   const struct value *v);
const struct value *api_attr(struct interp *in, struct state *s, const struct value *api,
			     const char *name);
void use_unit(struct interp *in, struct state *s, struct unit *u);

/* ---- calls that were made before (interp_memo.c) ---- */
/* Does again what such a call did, if there was one, and adds the state to `out`. `context` is that of the frame it would have. */
bool memo_replay(struct interp *in, struct states *out, struct state *s, const struct function *f,
		 const struct value *self, const struct args *args, uint64_t context);
/* Around a call that is run. `s` is the state before its parameters are bound. False: it cannot be remembered. */
bool memo_begin(struct interp *in, struct recording **ret, const struct state *s,
		const struct function *f, const struct value *self, const struct args *args,
		const struct frame *frame);
void memo_end(struct interp *in, struct recording *r, const struct states *returns);
/* What the calls that run did is not to be done again: something was reported, or stored where others see it. */
void memo_spoil(struct interp *in);
/* A member of a class, which is this object, is about to be stored into. */
void memo_class_changes(struct interp *in, uint32_t class_object);
/* This function is not run, because it runs already or the calls lie too deep. */
void memo_cut(struct interp *in, const struct function *f);
/* They hang on a name outside of them; NULL: it is not there. On what a module leaves. */
void memo_saw_name(struct interp *in, uint32_t frame, uint32_t name, const struct value *v);
void memo_saw_unit(struct interp *in, struct unit *u);
void memo_asked(struct interp *in, const char *text, const char *equal); /* what is assumed */
void memo_asked_loop(const struct interp *in);

/* ---- expressions (interp_expr.c): one value more on every stack ---- */
void eval(struct interp *in, struct states *set, const struct py_node *n);
void eval_bool(struct interp *in, struct states *set, const struct py_node *n);
/* Parts a set by a condition (interp_cond.c); nothing is left on the stacks. `ret_true` may be the set itself. */
void branch(struct interp *in, struct states *set, const struct py_node *test,
	    struct states *ret_true, struct states *ret_false);
/* a op b, -a (b NULL); not of constants, a comparison, not x (interp_operator.c). Never NULL. */
const struct value *operate(struct interp *in, struct state *s, enum py_op op,
			    const struct value *a, const struct value *b, const struct py_node *at);
const struct value *compare(struct interp *in, struct state *s, enum py_op op,
			    const struct value *a, const struct value *b, const struct py_node *at);
const struct value *negate(struct interp *in, struct state *s, const struct value *a);
/* One step of the budget; false: it is spent. */
bool step(struct interp *in);

/* ---- attributes (interp_attr.c) ---- */
/* `is_callee`: it is about to be called, so that a method of a library is meant. */
void attr_load(struct interp *in, struct states *out, struct state *s, const struct value *base,
	       const char *name, const struct py_node *at, bool is_callee);
/* The same for one state, where no code of read properties is run. */
const char *name_told(struct interp *in, const struct state *s, const struct value *name);
const struct value *attr_now(struct interp *in, struct state *s, const struct value *base,
			     const char *name, const struct py_node *at, bool is_callee);
void attr_store(struct interp *in, struct states *out, struct state *s, const struct value *base,
		const char *name, const struct value *v, const struct py_node *at);

/* ---- calls (interp_call.c, interp_bind.c) ---- */
struct call_args {
	struct call_arg *v;
	size_t n, cap;
};
struct comp_names {
	struct arena *arena;
	struct strlist names;
};
struct args {
	const struct call_arg *v;
	size_t n;
	const struct py_node *at; /* the call */
	bool is_discarded;
};
void eval_call(struct interp *in, struct states *set, const struct py_node *n, bool is_discarded);
#define CONTEXT_MANAGER                                                                            \
	"contextlib.contextmanager" /* text of what such a function makes; `element` is for `as` */
/* Adds the states after the call to `out`, each with the result on its stack. */
void call_value(struct interp *in, struct states *out, struct state *s, const struct value *callee,
		const struct args *args);
void call_function(struct interp *in, struct states *out, struct state *s, const struct function *f,
		   const struct value *self, const struct args *args);
/* A decorator of read code is asked what it makes of its function or class. */
const struct value *call_decorator(struct interp *in, struct state *s, const struct value *callee,
				   const struct call_arg *arg, const struct py_node *at);
/* Nothing is known of what is called. */
const struct value *call_unknown(struct interp *in, struct state *s, const struct value *callee,
				 const struct args *args);
/* Parameters into the new frame. */
void bind_params(struct interp *in, struct state *s, const struct function *f, uint32_t frame,
		 const struct value *self, const struct args *args);
/* One for each field, by its annotation: of callers that are not read. */
struct args dataclass_args(struct interp *in, struct state *s, const struct klass *k);
void instantiate(struct interp *in, struct states *out, struct state *s, const struct klass *k,
		 const struct args *args);
/* ---- Python's own functions and containers (interp_builtin.c, interp_container.c, interp_argparse.c) ---- */
bool builtin_call(struct interp *in, struct states *out, struct state *s, const struct call *c);
bool named_tuple_call(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret);
bool container_method(struct interp *in, struct state *s, const struct call *c,
		      const struct value **ret);
bool argparse_call(struct interp *in, struct state *s, const struct call *c,
		   const struct value **ret);
bool namespace_call(struct interp *in, struct states *out, struct state *s, const struct call *c);
const struct value *make_sequence(struct interp *in, struct state *s, enum object_kind kind,
				  const struct value *const *items, size_t n,
				  const struct py_node *at);
const struct value *make_of_element(struct interp *in, struct state *s, enum object_kind kind,
				    const struct value *element, const struct py_node *at);
const struct value *subscript_load(struct interp *in, struct state *s, const struct value *base,
				   const struct value *const *indices, size_t n,
				   const struct py_node *at);
void subscript_store(struct interp *in, struct state *s, const struct value *base,
		     const struct value *const *indices, size_t n, const struct value *v,
		     const struct py_node *at);
/* What an iteration gives: all items in order, or one that stands for any of them. */
struct iteration {
	const struct value **items; /* NULL: not told apart */
	size_t n;
	const struct value *element;
	bool may_be_empty;
};
struct iteration iterate(struct interp *in, struct state *s, const struct value *v,
			 const struct py_node *at);
const char *dict_key(struct arena *a, const struct value *v); /* NULL: no constant */
const struct value *dict_key_value(struct arena *a, const char *key);

/* ---- what unread code gives back (interp_data.c) ---- */
/* Data of the host, or nothing is known of it. Before the arguments escape. */
const struct value *unread_result(const struct state *s, const struct value *callee,
				  const struct args *args);

/* x = f(y), and later x.cpu().numpy() (interp_fetched.c): where x is, only callers know. Otherwise `v`. */
const struct value *fetched_later(struct interp *in, const struct py_node *assignment,
				  const struct value *v);

/* ---- flags that ask for the GPU (interp_gpu_flag.c) ---- */
bool gpu_flag_name(const char *name);
/* What such a flag hangs on, and the flag where nobody read who sets it; NULL: the name is none. */
const char *gpu_flag_text(struct interp *in, const char *name);
const struct value *gpu_flag(struct interp *in, const char *name);
/* config.get("use_cuda", False), config.getboolean("use_gpu") */
const struct value *gpu_flag_asked(struct interp *in, const char *method, const struct args *args);
/* Is a GPU in use where the test is true, or false? */
/* no_cuda, force_cpu: the text of an atom, with what stands behind @ */
bool gpu_is_denied(const char *param_text);
bool test_says_gpu(const struct py_node *test, bool yes);

/* ---- classes (klass.c) ---- */
/* What stands behind decorators that were not read, if nothing says that they change what it is called with; or `f`. */
const struct function *function_behind(struct interp *in, const struct function *f);
void exec_class(struct interp *in, struct states *set, const struct py_node *n);
void exec_def(struct interp *in, struct states *set, const struct py_node *n);
void eval_lambda(struct interp *in, struct states *set, const struct py_node *n);
/* A member of a class or of its bases in read code; NULL: none there. *ret_owner is whose it is. */
/* Does it move what its objects keep, or keep a device? What such an object is called with is no business of the CPU alone, as a
 * transform's argument is. */
bool klass_moves_its_own(const struct klass *k);
const struct value *klass_member(const struct state *s, const struct klass *k,
				 const struct klass *after, const char *name);
bool klass_derives(const struct klass *k, const struct klass *base);
bool function_is_abstract(const struct function *f);

/* ---- statements (interp_stmt.c, interp_loop.c, interp_flow.c) ---- */
void exec_block(struct interp *in, struct states *set, const struct py_list *body);
void exec(struct interp *in, struct states *set, const struct py_node *n);
void assign(struct interp *in, struct states *set,
	    const struct py_node *target); /* takes the value from the stack */
void exec_for(struct interp *in, struct states *set, const struct py_node *n);
void exec_while(struct interp *in, struct states *set, const struct py_node *n);
void exec_try(struct interp *in, struct states *set, const struct py_node *n);
void exec_with(struct interp *in, struct states *set, const struct py_node *n);
void exec_match(struct interp *in, struct states *set, const struct py_node *n);
void eval_comp(struct interp *in, struct states *set, const struct py_node *n);

/* Methods that store what __init__ leaves out, and that alone do so (interp_stored.c). */
#define BUILDERS_MAX 2
struct builders {
	const struct function *v[BUILDERS_MAX];
	size_t n;
};
void find_builders(struct interp *in, const struct state *s, const struct klass *k, uint32_t id,
		   struct builders *ret_built);
/* What an object holds that was just made, and that others have changed since, is not known to its method `f`. `built`: what has
 * run before. */
void forget_stored(struct interp *in, struct state *s, uint32_t id, const struct function *f,
		   const struct builders *built);

/* ---- what other files' functions are given (interp_passed.c) ---- */
/* Before the call is followed. */
void note_passed(struct interp *in, const struct state *s, const struct function *f,
		 const struct value *self, const struct args *args);

/* Also of calls that the run did not reach. */
void note_moved_later(struct unit *u);

/* ---- what is run (interp_library.c) ---- */
void library_run(struct interp *in, const struct state *after);
/* Is this parameter of a constructor a module that is kept and called later (model_given.c)? */
bool given_is_module(const struct function *f, const struct py_param *p);
const struct value *given_module(struct interp *in, struct state *s, const struct unit *u,
				 const struct py_node *site);
/* backward(ctx, grad_output) of a torch.autograd.Function, which autograd calls with tensors; loss.backward() is another. */
bool is_backward(struct interp *in, const struct function *f);
/* weight.register_hook(f): what it is handed is a gradient, where the weight is. */
bool is_gradient_hook(struct interp *in, const struct function *f);
/* Of the x.f of a call x.f(): was it reached, and x known whenever it was? */
bool callee_is_told(const struct interp *in, const struct py_node *n);
/* Gives an optimizer of read code that nobody made the parameters that it works on (interp_optimizer.c). */
void optimizer_params(struct interp *in, struct state *s, const struct klass *k, uint32_t id);
/* A parameter of which nothing is known but its place in the signature. */
const struct value *library_param(struct interp *in, struct state *s, const struct function *f,
				  size_t i);

/* What `name` is bound to: what an argument holds is a tensor if the body uses the name as one. */
const struct value *library_part(struct interp *in, const struct state *s,
				 const struct py_node *name, const struct value *v);

extern const struct lint_pass pass_interp;
/* The pass with a watcher of the calls of a builtin `reveal` (unit tests). */
void interp_run(struct unit *u,
		void (*reveal)(struct interp *in, struct state *s, const struct call *c),
		void *data);

#endif
