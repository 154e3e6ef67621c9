// SPDX-License-Identifier: Apache-2.0
/* A small evaluator for one function at a time: what do its names hold, of which kind, made where? It serves the rules about
 * classes (class_*.c), which judge a class without the program around it. Paths are joined, not told apart: what differs is
 * unknown. Functions of read code are entered, up to a depth and a budget; when the budget is spent, nothing is reported.
 *
 * Places are symbols: PLACE_MODULE is where the registered tensors of the class are that is judged, PLACE_INPUT is where the
 * argument of the method is. In __init__ all registered tensors are still on the CPU. */
#ifndef WHYCPU_LINT_CLASS_RUN_H
#define WHYCPU_LINT_CLASS_RUN_H

#include "lint/classes.h"
#include "lint/data.h"

enum cv_kind {
	CV_UNKNOWN,
	CV_NONE,
	CV_PLAIN,  /* a number, text, shape, dtype: never a tensor or a module */
	CV_STRING, /* text */
	CV_DEVICE, /* place */
	CV_TENSOR,
	CV_MODULE,
	CV_DIST, /* an object of torch.distributions */
	CV_LIST, /* also tuples, sets, ranges of other things: items */
	CV_DICT,
	CV_FUNC,   /* a function or lambda of read code */
	CV_METHOD, /* a method bound to self */
	CV_CLASS,  /* a class of read code */
	CV_LIB,    /* text: a library's dotted name */
	CV_NAMED, /* what the name `made` of `unit` stands for, a class or function: not looked up yet */
	CV_PARTIAL, /* functools.partial: items are the function and its arguments */
	CV_SELF,
};
enum cv_place { PLACE_UNKNOWN, PLACE_CPU, PLACE_MODULE, PLACE_INPUT, PLACE_ACCELERATOR };

/* Where a value was put: an assignment to a field. Several after a join. */
struct cv_site {
	struct unit *unit;
	const struct py_node *at;
	const struct cv_site *next;
};

/* What has identity: a tensor, a module, an argument. Flags are only ever set. */
struct cv_object {
	struct unit *unit;
	const struct py_node *made; /* the expression */
	bool in_init;               /* made while the object was built */
	bool is_registered;         /* a parameter, a buffer, a child of something that is */
	bool is_buffer;
	bool is_param;    /* an nn.Parameter */
	bool is_moved;    /* .to(), .cuda() of a module: wherever */
	bool has_escaped; /* handed to code that was not read, or changed by hand */
	bool met_module;  /* an argument that is used together with the module's own tensors */
	bool is_tensor;   /* an argument that was proved to be a tensor */
	bool wants_grad;  /* a tensor with requires_grad=True, set by the user: a leaf */
	bool keeps_grad;  /* .retain_grad() */
	bool is_metric;   /* of torchmetrics: its states meet what it is given */
};

/* What is in a list, a dict, a module of modules. Shared by all values that stand for it; only grows. */
struct cv_items {
	ARRAY(const struct cv *) v; /* in order while `is_exact`; keys are not kept */
	const struct cv *element;   /* all of them joined, unless `is_exact` */
	bool is_exact;
	bool has_unknown; /* something else may be in it */
};

enum cv_via { VIA_NAME, VIA_LIST, VIA_DICT, VIA_CLOSURE, VIA_DEFAULT };
enum cv_origin {
	ORIGIN_NONE,
	ORIGIN_FIELD,
	ORIGIN_CONTAINER_OF_BUFFERS,
	ORIGIN_DIST,
	ORIGIN_LOCAL
};

struct cv {
	enum cv_kind kind;
	enum cv_place
		place; /* CV_TENSOR, CV_DEVICE, CV_UNKNOWN (if it is a tensor, then there), CV_DIST */
	enum tri zero_dim;     /* CV_TENSOR */
	enum tri holds;        /* CV_MODULE: parameters or buffers */
	enum cv_via via;       /* CV_MODULE: how it was reached */
	enum cv_origin origin; /* CV_TENSOR on the CPU: why */
	bool is_copy_of_leaf;  /* a moved leaf: has no gradient of its own */
	bool is_copy_of_param; /* a moved nn.Parameter */
	bool is_sure;          /* of the two above: the device is an accelerator, not only a name */
	bool or_else;          /* CV_MODULE: or something that is not known */
	bool is_loss;          /* CV_MODULE: place is where its weight is */
	const char *text;      /* CV_STRING, CV_LIB: value */
	const char *prefix;    /* CV_STRING without text: what it begins with, or NULL */
	const struct py_node *made; /* the expression that gave the last two flags, or the tensor */
	struct unit *unit;          /* of made, of func */
	struct cv_object *object;   /* CV_TENSOR, CV_MODULE, CV_UNKNOWN: an argument */
	struct cv_object *root;     /* PLACE_INPUT: the argument */
	const struct cv_site *sites; /* the fields' assignments that it comes from */
	struct cv_items *items;
	struct cls *cls;            /* CV_CLASS, CV_MODULE of read code */
	const char *library;        /* CV_MODULE, CV_DIST: class of a library */
	const struct py_node *func; /* CV_FUNC: PY_FUNC or PY_LAMBDA */
	const struct cls_method *method;
	const struct run_names *captured; /* CV_FUNC */
	const struct cv *self;            /* CV_METHOD, and CV_FUNC within a method: what self is */
	const struct cv *next;            /* CV_MODULE: or this one */
	struct self *instance;            /* CV_SELF */
};

struct slot {
	const char *name;
	const struct cv *value;
};
struct run_names {
	ARRAY(struct slot) v;
};
/* The object that is judged, or a child of it that is called. */
struct self {
	struct cls *cls;
	const char *name;
	bool in_init;            /* it is being built: registered tensors are on the CPU */
	bool is_moved;           /* __init__ moved itself */
	bool has_computed_names; /* setattr(self, name, ...): any field may have been written */
	bool has_escaped;        /* its fields may have been changed by code that was not read */
	ARRAY(const struct py_node *) built_by; /* methods that __init__ enters */
	struct strlist
		prefixes; /* of names that were computed: "layer" of setattr(self, f"layer{i}", ...) */
	const struct run_names
		*fields; /* what they are when one of its methods is entered from outside */
};
struct paths {
	struct run_names names;  /* of the function */
	struct run_names fields; /* of self */
	bool is_dead;
};

/* What a rule may want to say; judged when the class was seen whole (class_report.c). */
struct cls_candidate {
	const char *id;
	struct unit *unit;          /* of site */
	const struct py_node *site; /* the line to report */
	struct unit *use_unit;
	const struct py_node *use;      /* the operation or the call */
	const struct cv_object *object; /* the hidden module; must stay unregistered and unmoved */
	const struct cv_object *root; /* the argument that it met; must meet the module somewhere */
	const struct cv_object *operand; /* the tensor, the distribution */
	const char *field;               /* or NULL */
	const char *what;                /* for the message: the operand or layer as written */
	bool in_forward;
	bool is_sure;
};

struct cv_arg {
	const char *name; /* keyword, or NULL */
	const struct cv *value;
	const struct py_node *node; /* or NULL */
	uint8_t stars;
};
struct cv_args {
	ARRAY(struct cv_arg) v;
	bool has_stars;
};

struct run {
	struct arena *arena;
	struct unit *unit; /* whose code runs now */
	struct cls *judged;
	struct self *self;       /* of the code that runs now, or NULL */
	const struct cls *owner; /* whose method it is: super() */
	struct paths *now;
	const struct run_names *outer;   /* names of enclosing functions */
	const struct cv *result;         /* of the function, joined */
	struct paths *breaks;            /* what break and continue leave the loop with */
	const struct py_node *statement; /* that runs now */
	const struct py_node *stack[12];
	size_t depth;
	unsigned nesting;          /* classes within classes that are being summarised */
	unsigned budget;           /* expressions that may still be looked at */
	bool is_out;               /* it is spent */
	bool in_forward;           /* an entry method, or what it calls */
	bool is_quiet;             /* candidates are not kept */
	bool is_on_default_device; /* set_default_device and the like: a factory makes anything anywhere */
	ARRAY(struct cls_candidate) candidates;
};

/* ---- values (class_value.c) ---- */
extern const struct cv cv_unknown, cv_none, cv_plain;
extern const struct cv cv_true; /* a number that is true wherever there is a GPU */
struct cv *cv_new(struct run *r, enum cv_kind kind);
struct cv *cv_copy(struct run *r, const struct cv *v);
const struct cv *cv_join(struct run *r, const struct cv *a, const struct cv *b);
struct cv *cv_tensor(struct run *r, enum cv_place place, enum tri zero_dim,
		     const struct py_node *made);
struct cv *cv_list(struct run *r, enum cv_kind kind);
void cv_add(struct run *r, struct cv_items *items, const struct cv *v);
const struct cv *items_any(struct run *r,
			   const struct cv_items *items); /* all joined; NULL: empty */
void items_blur(struct run *r,
		struct cv_items *items); /* order and number are not known from here on */
/* Any element; what it came through and the fields' assignments are handed on. */
const struct cv *cv_element(struct run *r, const struct cv *container);
const struct cv *cv_iterate(struct run *r, const struct cv *container); /* of a dict: a key */
const struct cv *cv_item(struct run *r, const struct cv *container, size_t i);
const struct cv *names_get(const struct run_names *names, const char *name); /* NULL: not there */
void names_set(struct run *r, struct run_names *names, const char *name, const struct cv *v);
void names_drop(struct run_names *names, const char *name);
struct run_names names_copy(struct run *r, const struct run_names *names);
void paths_join(struct run *r, struct paths *into, const struct paths *other);
/* Handed to code that was not read. */
void cv_escape(struct run *r, const struct cv *v);
/* It, and what is in it, is a child, a parameter or a buffer of a module now. */
void cv_register(struct run *r, const struct cv *v);
void cv_moved(struct run *r, const struct cv *v);

/* ---- evaluation (class_eval.c, class_call.c, class_torch.c, class_exec.c) ---- */
const struct cv *run_eval(struct run *r, const struct py_node *e);
/* Does a condition hold, where there is a GPU? 1, 0, or -1 for unknown. */
int run_truth(struct run *r, const struct py_node *test);
/* CV_NAMED is looked up, which may read another file; anything else is given back. */
const struct cv *run_look_up(struct run *r, const struct cv *v);
const struct cv *run_call(struct run *r, const struct py_node *call);
/* A value is called. */
const struct cv *run_apply(struct run *r, const struct cv *callee, const struct cv_args *args,
			   const struct py_node *at);
const struct cv *run_method(struct run *r, const struct cv *base, const char *name,
			    const struct cv_args *args, const struct py_node *at);
/* Enters a function of read code. NULL for args: nothing is known of them. */
const struct cv *run_function(struct run *r, const struct cv *func, const struct cv_args *args);
const struct cv *arg_get(const struct cv_args *args, size_t position,
			 const char *name); /* NULL: not given */
void args_escape(struct run *r, const struct cv_args *args);
void run_block(struct run *r, const struct py_list *body);
void run_assign(struct run *r, const struct py_node *target, const struct cv *v,
		const struct py_node *at);
void run_set_field(struct run *r, const char *name, const struct cv *v, const struct py_node *at);
const struct cv *run_field(struct run *r, const char *name);
/* self.register_buffer(...) and the like; NULL: none of them. */
const struct cv *run_self_method(struct run *r, const char *name, const struct cv_args *args,
				 const struct py_node *at);
/* A call of a library's function or class. */
const struct cv *torch_call(struct run *r, const char *dotted, const struct cv_args *args,
			    const struct py_node *at);
/* A method of a tensor, a module, a distribution, a list, or of what is not known. */
const struct cv *torch_method(struct run *r, const struct cv *self, const char *name,
			      const struct cv_args *args, const struct py_node *at);
const struct cv *torch_attr(struct run *r, const struct cv *self, const char *name);
/* The module is called with these arguments. */
const struct cv *torch_module_call(struct run *r, const struct cv *module,
				   const struct cv_args *args, const struct py_node *at);
/* torch's mixing rule over the operands of `at`. Gives a tensor where they are. */
struct cv *torch_mix(struct run *r, const struct py_node *at, const struct cv *const *operands,
		     size_t n);
/* What torch.device(...), .to(...), .cuda() go to. False: nowhere (a dtype, None); *ret_place may be unknown. */
bool torch_goes_to(struct run *r, const char *name, const struct cv_args *args,
		   enum cv_place *ret_place);
const struct cv *torch_tensor_method(struct run *r, const struct cv *self, const char *name,
				     const struct cv_args *args, const struct py_node *at);
const struct cv *torch_module_method(struct run *r, const struct cv *self, const char *name,
				     const struct cv_args *args, const struct py_node *at);
const struct cv *torch_dist_method(struct run *r, const struct cv *self, const char *name,
				   const struct cv_args *args, const struct py_node *at);
/* A call of an operation that lint_signature.tsv describes; `self` NULL unless it is a method. */
const struct cv *torch_operation(struct run *r, const struct lint_signature_row *row,
				 const struct cv *self, const struct cv_args *args,
				 const struct py_node *at);
/* A new object of a module, of a library's class or of read code. */
const struct cv *torch_new_module(struct run *r, const char *dotted, struct cls *cls,
				  const struct cv_args *args, const struct py_node *at);

/* ---- summaries (class_fields.c) ---- */
struct cls_summary {
	struct run_names fields; /* after __init__ */
	bool is_known;
	struct self *self;
	enum tri holds;
};
/* What an instance's fields can be: after __init__, joined with what its other methods store; NULL: not known, or being asked for within itself. */
const struct cls_summary *cls_summary(struct run *r, struct cls *c);

/* False: the summary would not be known, which its bases tell already. */
bool cls_may_be_known(struct run *r, const struct cls *c);

bool is_built_by(const struct self *self, const struct py_node *func);

/* ---- what the rules look at (class_report.c) ---- */
void note_mix(struct run *r, const struct py_node *at, const struct cv *stay,
	      const struct cv *other);
void note_module_call(struct run *r, const struct py_node *call, const struct cv *module);
/* What it is given is there: torchmetrics, whose states are where the metric is. */
void note_metric_use(struct run *r, const struct py_node *at, const struct cv *metric,
		     const struct cv *given);
void note_loss_weight(struct run *r, const struct py_node *at, const struct cv *weight,
		      const struct cv *other);
void note_parameter_use(struct run *r, const struct py_node *at, const struct cv *parameter);
void note_copy(struct run *r, const struct cv *v, const struct py_node *use, const char *how);

#endif
