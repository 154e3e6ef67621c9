// SPDX-License-Identifier: Apache-2.0
/* What is known beforehand of Python's libraries, as tables: data/NAME.tsv becomes NAME_table (tools/gen-data.py). All cells
 * are texts. Where a fact comes from stands in the file itself. */
#ifndef WHYCPU_LINT_DATA_H
#define WHYCPU_LINT_DATA_H

#include <stddef.h>

/* Names by which the same thing can be imported: what begins with `prefix` is what begins with `becomes`. The first row counts. */
struct lint_alias_row {
	const char *prefix, *becomes, *source;
};
extern const struct lint_alias_row lint_alias_table[];
extern const size_t n_lint_alias_table;

/* Encodings of one byte per character; `aliases` and `characters` hold words. */
struct lint_encoding_row {
	const char *name, *aliases, *characters, *source;
};
extern const struct lint_encoding_row lint_encoding_table[];
extern const size_t n_lint_encoding_table;

/* Sorted by name: which arguments of an operation are tensors. The words of `params`, `result` and `rank` stand in the file. */
struct lint_signature_row {
	const char *name, *params, *result, *rank, *only, *source;
};
extern const struct lint_signature_row lint_signature_table[];
extern const size_t n_lint_signature_table;

/* Sorted by name: what a function, class, method or attribute of a library does (model_api.c); `detail` is that word's own. */
struct lint_api_row {
	const char *name, *does, *detail, *source;
};
extern const struct lint_api_row lint_api_table[];
extern const size_t n_lint_api_table;

/* The same for names that follow a pattern; the first that fits counts. `*` stands for any text. */
struct lint_pattern_row {
	const char *pattern, *does, *detail, *source;
};
extern const struct lint_pattern_row lint_pattern_table[];
extern const size_t n_lint_pattern_table;

/* Classes of libraries that a class of read code may derive from (classes.c). */
struct lint_base_row {
	const char *name, *module, *entries, *source;
};
extern const struct lint_base_row lint_base_table[];
extern const size_t n_lint_base_table;

/* A batch on the model's device, which a library hands to a method of the user's class. */
struct lint_batch_row {
	const char *class_name, *method, *param, *source;
};
extern const struct lint_batch_row lint_batch_table[];
extern const size_t n_lint_batch_table;

/* A call that certainly starts CUDA in its process. */
struct lint_cuda_start_row {
	const char *name, *source;
};
extern const struct lint_cuda_start_row lint_cuda_start_table[];
extern const size_t n_lint_cuda_start_table;

struct lint_dtype_row {
	const char *name, *bytes, *source;
};
extern const struct lint_dtype_row lint_dtype_table[];
extern const size_t n_lint_dtype_table;

struct lint_limit_row {
	const char *name, *bytes, *words, *source;
};
extern const struct lint_limit_row lint_limit_table[];
extern const size_t n_lint_limit_table;

/* What a call allocates at once; the words of `shape` and `item` stand in the file. */
struct lint_alloc_row {
	const char *name, *shape, *position, *keyword, *item, *source;
};
extern const struct lint_alloc_row lint_alloc_table[];
extern const size_t n_lint_alloc_table;

/* The import that a name nearly always means. */
struct lint_import_row {
	const char *name, *statement, *applies, *source;
};
extern const struct lint_import_row lint_import_table[];
extern const size_t n_lint_import_table;

/* A class whose objects hold tensors in one place. */
struct lint_holder_row {
	const char *name, *kind, *source;
};
extern const struct lint_holder_row lint_holder_table[];
extern const size_t n_lint_holder_table;

/* Is the result of an operation a tensor of booleans (model_mask.c)? */
struct lint_mask_row {
	const char *name, *does, *source;
};
extern const struct lint_mask_row lint_mask_table[];
extern const size_t n_lint_mask_table;

/* Does a package move what the caller has (kind `moves`), or leave that to him (`std`, `library`)? */
struct lint_package_row {
	const char *name, *kind, *source;
};
extern const struct lint_package_row lint_package_table[];
extern const size_t n_lint_package_table;

/* What a decorator makes of a function (klass.c); the words of `effect` stand in the file. */
struct lint_decorator_row {
	const char *name, *effect, *source;
};
extern const struct lint_decorator_row lint_decorator_table[];
extern const size_t n_lint_decorator_table;

#endif
