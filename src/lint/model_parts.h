// SPDX-License-Identifier: Apache-2.0
/* The inside of the model: what model*.c share. Nothing else includes it. */
#ifndef WHYCPU_LINT_MODEL_PARTS_H
#define WHYCPU_LINT_MODEL_PARTS_H

#include "core/str.h"
#include "lint/data.h"
#include "lint/model.h"
#include "lint/state.h"

/* Where something happens: the interpreter, the state that goes this way, its arena, the expression. */
struct scene {
	struct interp *in;
	struct state *s;
	struct arena *a;
	const struct py_node *at;
};
struct scene scene_of(struct interp *in, struct state *s, const struct py_node *at);

/* ---- tables (model_data.c) ---- */
bool api_find(const char *name, struct lint_api_row *ret_row); /* exact, then by pattern */
const struct lint_api_row *api_row_exact(const char *name);    /* NULL: no such row */
const struct lint_signature_row *signature_row(const char *name);
/* The n-th word of a text, or an empty one. */
struct bytes word_at(const char *text, size_t n);
bool word_is(struct bytes w, const char *text);
/* A parameter of a signature: "input:t", "other|dim:n", "*operands:t". */
struct parameter {
	struct bytes name; /* with its other names behind '|' */
	char code;         /* 't', 'l', 'n', 'g'; 0: no tensor */
	bool is_rest, is_keyword_only;
};
/* Walks the parameters of a text up to its end or "="; *pos = 0 at first. */
bool next_parameter(const char *params, size_t *pos, struct parameter *ret_parameter);
const struct value *parameter_value(const struct scene *x, const struct call *c, size_t position,
				    const struct parameter *p, const struct py_node **ret_node);

/* ---- values (model_value.c) ---- */
#define SHAPE "(shape)" /* text of a VAL_SCALAR that is a tensor's shape: its items are numbers */
bool is_shape(const struct value *v);
const struct value *made_value(const struct scene *x, struct value v);
struct device cpu_device(void);
struct device cuda_device(int index);
bool is_tensor(const struct value *v);
bool is_placed(const struct value *v); /* a tensor, or something with a device */
bool is_dtype(const struct value *v);
/* What a device argument says; false: nothing (None, a dtype). *ret_device may be unknown. */
bool device_told(const struct scene *x, const struct value *v, const struct py_node *node,
		 struct device *ret_device);
/* The device of new tensors without device=. */
struct device default_device(const struct scene *x);
const struct value *note_get(const struct scene *x, const char *key); /* NULL: none */
void note_set(const struct scene *x, const char *key, const struct value *v);
const struct value *tensor_of(const struct scene *x, struct device d, uint8_t min_rank,
			      const struct origin *o);
/* The same tensor elsewhere or later: everything but device and origin is kept. */
const struct value *tensor_moved(const struct scene *x, const struct value *v, struct device d,
				 const struct origin *o);
/* The same where it was: x.float(), x.clone(). */
const struct value *tensor_stays(const struct scene *x, const struct value *v);
const struct origin *origin_here(const struct scene *x, enum origin_kind kind,
				 const struct origin *before);
const struct origin *origin_root(const struct origin *o);
const struct value *tuple_of(const struct scene *x, const struct value *const *items, size_t n);
const struct value *sequence_of(const struct scene *x, enum object_kind kind,
				const struct value *element);
const struct value *instance_of(const struct scene *x, const char *text);
/* A new object of the node; `number` tells apart those of one kind that the same call makes. */
uint32_t made_object(const struct scene *x, struct object o, uint32_t number);
const struct value *number_of(const struct scene *x, enum value_kind kind);
/* The object behind a value, or NULL. */
const struct object *object_of(const struct scene *x, const struct value *v);
bool is_instance(const struct scene *x, const struct value *v, const char *text);
/* The record with one more attribute or another value of it. */
struct object object_with(const struct scene *x, const struct object *o, const char *name,
			  const struct value *v, int registered);
const struct object_field *object_field(const struct object *o, const char *name);
const struct py_node *argument_node(const struct call *c, size_t position, const char *name);
/* False if the argument is given and is the constant False. */
bool argument_is_false(const struct call *c, size_t position, const char *name);
bool argument_is_true(const struct call *c, size_t position, const char *name);

/* ---- operations (model_mix.c) ---- */
struct mix_operand {
	const struct value *value; /* a tensor, something placed, or a module */
	const struct py_node *node;
	struct bytes role;    /* the parameter's name */
	bool must;            /* nothing but a tensor is accepted there */
	bool is_written;      /* in place: that it is 0-dim excuses nothing */
	bool is_inside;       /* `node` is a list or dict that holds it */
	bool needs_dimension; /* the operation takes no 0-dim tensor there */
	struct device device; /* where it is now */
};
/* Where torchvision's detectors are: they take lists, and dicts in lists. */
#define DETECTION "torchvision.models.detection."
struct mix {
	ARRAY(struct mix_operand) operands;
	const char *operation; /* for messages; may be NULL */
	const char *note;      /* what was not read and has to be so, or NULL */
	bool is_loss, is_index, is_gradient;
	bool is_unread;  /* the input of a network that nobody read */
	uint32_t module; /* that is called, or 0 */
	uint32_t whole;  /* of which that is a layer, if only that one is called; or 0 */
};
struct mixed {
	struct device device;
	const struct origin *origin;
	enum tri zero_dim; /* of the widest operand */
	uint8_t rank, first_rank;
	bool raised;
	const struct split
		*split; /* of the one operand that is on the CPU on one way; NULL: none */
	const struct mixed *on_cpu; /* what is true on that way */
};
void mix_add(const struct scene *x, struct mix *m, const struct value *v,
	     const struct py_node *node, const struct parameter *p);
/* torch's rule: operands that are not 0-dim CPU tensors must be on one device. */
struct mixed mix_run(const struct scene *x, const struct mix *m);
bool was_said_and_brought(const struct mix_operand *o);
/* ---- tensors of booleans (model_mask.c) ---- */
/* Is what this operation gives one? What .to(...) and its like give? What a factory with this dtype= makes? */
bool mask_is_made(const struct call *c);
bool mask_is_moved(const struct call *c);
bool mask_is_asked(const struct call *c);
/* a < b, ~a, a & b of tensors */
bool mask_is_result(enum py_op op, const struct value *a, const struct value *b);
const struct value *as_mask(const struct scene *x, const struct value *v, bool is_mask);
/* x[mask] = v of the CPU, wherever x is: v may be of one element. */
bool mask_takes(const struct value *v);

/* All tensor operands of a call, by its signature. */
void mix_call(const struct scene *x, struct mix *m, const struct call *c, const char *params);
bool operation_call(const struct scene *x, const struct call *c,
		    const struct lint_signature_row *row, const struct value **ret);
/* Library mode: is this code run on the CPU whoever calls it, as that of a Dataset is? */
bool is_cpu_by_contract(const struct unit *u, const struct py_node *at);
bool is_run_on_cpu(const struct scene *x);
/* for_callers: also what is wrong only for callers that use a GPU. */
void check_generator(const struct scene *x, const struct value *generator, struct device where,
		     bool for_callers);

/* x[...] = value (model_result.c) */
void note_filling(const struct scene *x, const struct value *base, const struct value *value);

/* ---- where it was made (model_made.c) ---- */
const struct py_node *def_around(const struct unit *u,
				 const struct py_node *n); /* PY_FUNC, PY_MODULE */
/* A comprehension is part of what it stands in; PY_FUNC, PY_CLASS, PY_LAMBDA, PY_MODULE. */
const struct py_node *function_around(const struct unit *u, const struct py_node *n);
/* The call that made what `outer` uses, nearer to who forgot the move than `site` in the helper; NULL: there is none. */
const struct py_node *bound_by_call(struct unit *u, const struct py_node *outer,
				    const struct py_node *site);
const struct py_node *made_by_helper(struct unit *u, const struct py_node *outer,
				     const struct object *o);
/* By another method of a network than the one in which `call` stands. */
bool is_made_by_network(const struct origin *o, const struct py_node *call);

/* ---- who is to blame, and in which words (model_blame.c, model_words.c) ---- */
/* Was it made by the call of a class of torch.distributions (model_call.c)? */
bool is_distribution(const struct origin *o);
void blame(const struct scene *x, const struct mix *m, const struct mix_operand *left,
	   const struct mix_operand *right, enum meeting meeting);
const char *text_at(const struct scene *x, const struct unit *u, const struct py_node *n);
/* A name that holds a device where `at` stands, or NULL. */
const char *device_at_hand(const struct unit *u, const struct py_node *at);
/* ".to(device)" behind an expression, as an edit if a device is at hand, in words else. fix_move_all: for all that it holds. */
void fix_move(const struct scene *x, struct finding *f, struct unit *u,
	      const struct py_node *expression, struct device wanted);
/* "device=..." into the call that made a tensor. */
void fix_factory(const struct scene *x, struct finding *f, struct unit *u,
		 const struct py_node *factory, const struct mix_operand *other);
void fix_move_all(const struct scene *x, struct finding *f, struct unit *u,
		  const struct py_node *expression, struct device wanted);
/* The rule about a module that stays on the CPU, and what to call it; `whole`: the module that runs it, or 0. */
const char *module_words(const struct scene *x, uint32_t whole, uint32_t module,
			 const char **ret_what);
void way_of_origin(const struct scene *x, struct finding *f, const struct origin *o);
struct unit *unit_of(const struct origin *o);

/* How many dimensions the arguments of a factory tell of, by a word of the table (first, size, data, ...). */
void factory_dimensions(const struct scene *x, struct value *v, const struct call *c,
			const char *how);

/* ---- tensors (model_tensor.c, model_move.c, model_index.c) ---- */
/* How many dimensions it has, as a number: x.dim(). */
const struct value *shape_of(const struct scene *x, const struct value *v);
const struct value *tensor_rank(const struct scene *x, const struct value *v);
/* array[...] = value, tensor * array, array[mask]: is it converted by __array__, which refuses CUDA tensors? */
void array_store(const struct scene *x, const struct value *array,
		 const struct value *const *indices, size_t n, const struct value *value);
void array_operand(const struct scene *x, enum py_op op, const struct value *tensor,
		   const struct value *array);
void array_index(const struct scene *x, const struct value *index, const struct py_node *node);
/* model_part.c: a part of an unread network under its name (NULL: none is known), and one that stands for its children. */
const struct value *module_part(const struct scene *x, const struct value *base, const char *name);
const struct value *module_slice(const struct scene *x, const struct value *base);
const struct value *module_children(const struct scene *x, const struct value *base);
bool is_graph(const struct object *o);
const struct value *graph_of_unread(const struct scene *x); /* of a dataset that was not read */
const struct value *graph_again(const struct scene *x, const struct object *o);
const struct value *dataset_of(const struct scene *x, const struct value *element);
#define AXES "axes" /* the text of Matplotlib's Axes, or of an array of them */
bool axes_method(const struct scene *x, const struct call *c, const struct value **ret);
bool array_method(const struct scene *x, const struct call *c, const struct value **ret);
bool tensor_method(const struct scene *x, const struct call *c, const struct value **ret);
bool move_method(const struct scene *x, const struct call *c, const char *how,
		 const struct value **ret);
/* The note that the result of moving what has this origin was thrown away. */
const char *discarded_key(const struct scene *x, const struct origin *o);
bool copy_is_measured(const struct unit *u, const struct py_node *call);
/* A list, a dict, a number has no .to(): reported; true if it was one. */
bool check_no_mover(const struct scene *x, const struct call *c);
/* The device of .to(...), .cuda(...), .cpu(): false if it does not tell one (a dtype alone). */
bool move_target(const struct scene *x, const struct call *c, const char *how,
		 struct device *ret_device);

/* ---- modules (model_module.c, model_register.c, model_library.c) ---- */
struct place {
	struct device device;
	bool has_tensors;
};
/* The note that a tensor of this origin was registered as a buffer: what else holds it is for the rules about classes. */
const char *buffer_key(const struct scene *x, const struct origin *o);
/* A parameter or buffer of the module `id`, whose new record is `o`: the owner's device counts for it while it is the same. */
const struct value *module_owns(const struct scene *x, struct object *o, uint32_t id,
				const struct value *tensor);
struct place module_place(const struct scene *x, uint32_t id);
/* What is made of a parameter is to be blamed on its module, whose creation is the last station. */
const struct origin *module_origin(const struct scene *x, const struct object *o);
void module_move(const struct scene *x, uint32_t id, struct device d);
/* The row of a library's module, or of the layer that its class of read code derives from: class Stem(nn.Sequential). */
bool layer_row(const struct scene *x, const struct object *o, struct lint_api_row *ret_row);
/* super().__init__(...) of such a class. */
bool layer_init(const struct scene *x, const struct call *c);
bool module_method(const struct scene *x, const struct call *c, const struct value **ret);
bool module_call(const struct scene *x, const struct call *c, const struct value **ret);
/* What is stored in an attribute or put into a container: a module that nobody read, or `v` (model_given.c). */
const struct value *given_part(const struct scene *x, const struct object *holder,
			       const struct value *v);
const struct value *given_element(const struct scene *x, const struct object *container,
				  const struct value *v);
const struct value *module_new(const struct scene *x, const char *text, struct device d,
			       bool has_tensors);
const struct value *module_copy(const struct scene *x, const struct value *v);
bool module_is(const struct scene *x, uint32_t id,
	       const char *word); /* "loss", "metric": by table or by its class's name */

/* ---- optimizers, data (model_optim.c, model_data_loader.c) ---- */
bool optimizer_method(const struct scene *x, const struct call *c, const struct value **ret);
void optimizer_before_move(const struct scene *x, uint32_t module, struct device from,
			   struct device to);
bool loader_method(const struct scene *x, const struct call *c, const struct value **ret);
/* `with torch.device(...)`. */
bool device_method(const struct scene *x, const struct call *c, const struct value **ret);
bool instance_method(const struct scene *x, const struct call *c, const struct value **ret);

/* ---- what was not read (model_unread.c) ---- */
/* What a tokenizer gives for return_tensors="pt" (model_frame.c). */
const struct value *tokenizer_encoding(const struct scene *x);
bool unread_has_method(const char *name);
bool unread_call(const struct scene *x, const struct call *c, const struct value **ret);
/* They were handed to an optimizer: what they are of has some. */
void unread_parameters(const struct scene *x, const struct value *parameters);

/* ---- networks that were not read (model_network.c) ---- */
/* Is it called as only modules are, in its function or class? PY_NAME or an attribute of one. */
bool network_is_used(const struct unit *u, const struct py_node *network);
/* And as one with parameters? */
bool network_has_parameters(const struct unit *u, const struct py_node *network);
bool network_call(const struct scene *x, const struct call *c, const struct value **ret);
/* ---- the same, made by a call of an unread class (model_unmoved.c) ---- */
/* Its first call with something on a GPU is reported; what else is done to it may move it. */
bool network_made_call(const struct scene *x, const struct call *c, const struct value **ret);
/* Is a tensor there among the arguments, or a list or dict of them? */
bool network_is_given_on(const struct scene *x, const struct call *c, struct device d);
/* Is it on the CPU only if it was made of no tensor? (model_tensor.c) */
bool is_taken_for_data(const struct origin *o);
/* Is the device only what such a network is said to give back? */
bool network_gave(const struct origin *o);
bool is_of_wrappers(
	const char *name); /* predict, encode: methods that may take their result to the CPU */

/* ---- batches of which nothing is known (model_batch.c) ---- */
/* `loader`: tells loaders apart. */
const struct value *batch_assumed(const struct scene *x, uint32_t loader);
/* What unpacking, iterating or an index gives; NULL: it is no such batch. */
const struct value *batch_part(const struct scene *x, const struct value *batch);
void batch_note_move(const struct scene *x, const struct value *v, struct device to);
void batch_take_for_cpu(const struct scene *x, const struct value *v);
bool batch_is_taken_for_cpu(const struct scene *x, const struct value *v);
/* Said once, and only where the code takes the batch for tensors on the CPU: another part of it was moved. */
bool batch_is_blamed(const struct scene *x, const struct value *v);
/* Does another loop over a loader move what is called so, for the same network? */
bool batch_is_moved_elsewhere(const struct unit *u, const struct py_node *callee,
			      const struct py_node *argument);
/* Is it used as a network, or handed in with the annotation nn.Module? */
bool network_is_told(const struct unit *u, const struct py_node *callee);

/* What a table's word does: all of them have this form. */
typedef bool api_function(const struct scene *x, const struct call *c,
			  const struct lint_api_row *row, const struct value **ret);
struct api_word {
	const char *does;
	api_function *run;
};
/* Gradients that are handed to autograd (model_grad.c). */
api_function run_grad, run_backward;
void check_backward(const struct scene *x, const struct call *c);
/* Sequences of several lengths (model_pack.c). */
api_function pack_padded, unpack_padded;
extern const struct api_word api_words_tensor[], api_words_numpy[], api_words_module[],
	api_words_optim[], api_words_data[], api_words_frame[], api_words_plain[];

#endif
