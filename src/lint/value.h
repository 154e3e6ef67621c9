// SPDX-License-Identifier: Apache-2.0
/* What the interpreter knows of a Python value. There is one world: one CUDA GPU exists, torch.cuda.is_available() is True.
 * Values are immutable and shared; what can change lies in objects of the state's heap (state.h).
 *
 * Zero is "unknown" everywhere: an unknown value, device or flag proves nothing. */
#ifndef WHYCPU_LINT_VALUE_H
#define WHYCPU_LINT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lint/lint.h"

enum tri { TRI_UNKNOWN, TRI_NO, TRI_YES };

enum dev_kind {
	DEV_UNKNOWN,
	DEV_CPU,
	DEV_CUDA, /* index: 0.., or -1 for the current one: "cuda" and "cuda:0" are not told apart unless both are numbers */
	DEV_META,
	DEV_ARG, /* library mode: where the argument `sym` is. Equal to itself only; against DEV_CPU wrong on a GPU */
	DEV_MANAGED, /* a framework moves it: equal to everything */
	DEV_BATCH, /* what a loader `sym` gives of which nothing else is known: taken for the CPU where the code takes it for that */
};
struct device {
	enum dev_kind kind;
	int index; /* DEV_CUDA */
	uint32_t
		sym; /* DEV_ARG: id of the parameter's node; with SYM_CHOSEN: a name that somebody gave a device. DEV_BATCH */
	bool chosen; /* by is_available(): only for the words of the message */
};

#define SYM_CHOSEN 0x80000000u

/* How two devices meet in one operation. */
enum meeting {
	MEET_UNKNOWN,
	MEET_SAME,
	MEET_CLASH, /* cannot be equal: torch raises */
	MEET_CLASH_ON_GPU, /* DEV_CPU against DEV_ARG: raises for every caller on a GPU (library mode: a warning) */
};
enum meeting device_meet(struct device a, struct device b);
bool device_is_callers(struct device d); /* where an argument is that a caller brings */
bool device_is_host(struct device d);    /* DEV_CPU, DEV_BATCH */
const char *device_name(struct arena *a,
			struct device d); /* "the CPU", "cuda", "cuda:1", "the device of x" */

/* Where a value came from decides which rule speaks and at which line. */
enum origin_kind {
	FROM_NOWHERE,
	FROM_FACTORY, /* torch.zeros(...), without device= */
	FROM_LOADER,  /* an element of a DataLoader */
	FROM_DATASET,
	FROM_ATTRIBUTE, /* a plain tensor attribute of a module */
	FROM_PARAMETER, /* a registered parameter, or a result that lives where the module lives */
	FROM_CPU_CALL,  /* .cpu(), .numpy(), map_location="cpu" */
	FROM_MOVE,      /* .to(device), .cuda() */
	FROM_TOKENIZER, /* a tokenizer, a processor */
	FROM_NUMPY,     /* torch.from_numpy, as_tensor of an array */
	FROM_LOAD,      /* torch.load */
	FROM_ARGUMENT,
	FROM_ITEM,    /* an item of an argument that was gone through */
	FROM_NETWORK, /* what a network that nobody read gave back for what is on its device */
	FROM_DATA,    /* data of the host, if it is no tensor: what torch.tensor() is given */
	FROM_MADE,    /* a network that nobody read, where it was made: on the CPU */
	FROM_PART,    /* a part of what `before` tells of, which alone is certainly there */
	FROM_OTHER,
};
struct origin {
	enum origin_kind kind;
	const struct unit *unit;
	const struct py_node *node; /* the expression that made it */
	const struct origin
		*before; /* where that came from; the way of the value, at most 8 deep */
};

enum value_kind {
	VAL_UNKNOWN,
	VAL_NONE,
	VAL_BOOL,  /* number: 0 or 1 if is_known */
	VAL_INT,   /* number if is_known */
	VAL_FLOAT, /* real if is_known */
	VAL_STR,   /* text if is_known */
	VAL_SCALAR, /* some number, text, shape, dtype or the like: never a tensor, a module or a container of them */
	VAL_DEVICE, /* torch.device or what stands for one; device */
	VAL_DTYPE,  /* text: "float16" if is_known */
	VAL_TENSOR, /* proved a tensor: device, zero_dim */
	VAL_PLACED, /* if it is or holds tensors, they are there: device */
	VAL_ARRAY,  /* a NumPy array */
	VAL_OBJECT, /* object: an id of the heap: module, instance, list, tuple, dict, loader, optimizer, ... */
	VAL_FUNC,  /* a function or lambda of read code: func */
	VAL_CLASS, /* a class of read code: cls */
	VAL_BOUND, /* method: func with self */
	VAL_API, /* something of a library that was not read: text is its dotted name, "torch.nn.Linear" */
	VAL_METHOD, /* a method that is no read code: text is its name, self the receiver: x.to, model.parameters */
	VAL_UNIT, /* a module of the project: unit */
	VAL_LAZY, /* an import that nobody has used yet; the model never sees one */
};

/* What else a value may be that is one of several objects. */
enum rest { REST_ANYTHING, REST_PLAIN /* a number, a text, None, ... */, REST_NOTHING };

/* On one way it was made on the CPU, without device=; on another elsewhere: where an argument is, or nobody knows. */
struct split {
	const struct value *of; /* whose it is: a copy of that value has none (value_split) */
	const struct value *on_cpu;
	struct device elsewhere;
};

struct value {
	enum value_kind kind;
	enum rest rest; /* of `maybe` */
	bool is_known;  /* constants */
	bool may_be_none; /* on some way it is None instead: no proof suffers, None raises there anyway */
	bool is_param;     /* VAL_TENSOR: an nn.Parameter, a leaf */
	bool is_leaf_grad; /* VAL_TENSOR: requires_grad=True, made by the user */
	bool is_empty;     /* VAL_TENSOR: torch.zeros(0), its len() is 0 */
	bool is_mask;      /* VAL_TENSOR: of booleans; x[mask] has a dimension, whatever x has */
	bool is_special; /* a number or text that one way through a function gives back, where another gives a thing */
	enum tri zero_dim; /* VAL_TENSOR; VAL_SCALAR: of a shape, whether it is () */
	uint8_t min_rank; /* VAL_TENSOR: it has at least so many dimensions; a join takes the smaller */
	uint8_t rank;     /* VAL_TENSOR: it has just so many dimensions; 0: not known */
	struct device device;
	const struct origin *origin;
	int64_t number; /* constants; VAL_TENSOR of model.parameters(): the module's id */
	double real;
	const char *text; /* VAL_STR that is not known: its default, or NULL */
	uint32_t
		object; /* VAL_OBJECT; VAL_TENSOR of a module: its owner, whose device counts (0: none) */
	const struct function *func;
	const struct klass *cls;
	const struct value *self;
	const uint32_t *
		maybe; /* VAL_UNKNOWN: one of these objects, `number` of them; they escape when it is used */
	struct unit *unit;
	/* What it hangs on, if that is the user's free choice: an atom, independent of all others: "args.cuda", "args.mode==train",
	 * "!args.cuda" (not that). A '?' before it: may be None. */
	const char *param_text;
	const struct split *split;
};

const struct value *value_as_split(struct arena *a, const struct value *v,
				   const struct value *on_cpu, struct device elsewhere);
const struct split *value_split(const struct value *v); /* NULL: it is no such value */
bool is_told_where(const struct py_node *factory);      /* device= is given */
bool value_is_default_cpu(const struct value *v);       /* made by a factory, without device= */

/* The param_text of the number of GPUs: one or more. */
#define GPU_COUNT "torch.cuda.device_count()"
bool value_is_gpu_count(const struct value *v);
const struct value *value_with_param(struct arena *a, const struct value *v,
				     const char *param_text);
/* A text that the user may choose, with what it is otherwise as `text`. */
const struct value *value_with_default(struct arena *a, const struct value *v,
				       const struct value *fallback);

#endif
