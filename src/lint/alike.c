// SPDX-License-Identifier: Apache-2.0
/* Files of one folder import the same, as a rule. Where each of many folders holds the same parts of a thing (its model, its
 * configuration, its tokenizer), it is the parts of a kind that do. A worker keeps what it has read of imports only within a
 * bound, so that the order decides how often a file is read; what is found does not depend on it. */
#include "lint/alike.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

#define FOLDERS_MIN 8 /* that hold a file of the kind */

struct alike {
	const char *path, *kind; /* "modeling_" of n_kind bytes */
	size_t n_kind, n_folder;
	size_t at; /* in the list */
};

/* What stands before the first underscore in the file's name; one that begins with it is of no kind. */
static struct alike alike_of(const char *path, size_t at)
{
	const char *name = path_basename(path), *end = strchr(name, '_');

	return (struct alike){ .path = path,
			       .kind = name,
			       .n_kind = end ? (size_t)(end - name) : 0,
			       .n_folder = (size_t)(name - path),
			       .at = at };
}

static int by_kind(const void *left, const void *right)
{
	const struct alike *x = left, *y = right;
	size_t n = x->n_kind < y->n_kind ? x->n_kind : y->n_kind;
	int order = n ? memcmp(x->kind, y->kind, n) : 0;

	if (!order && x->n_kind != y->n_kind)
		return x->n_kind < y->n_kind ? -1 : 1;
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

static bool is_same_kind(const struct alike *x, const struct alike *y)
{
	return x->n_kind == y->n_kind && memcmp(x->kind, y->kind, x->n_kind) == 0;
}

static bool is_same_folder(const struct alike *x, const struct alike *y)
{
	return x->n_folder == y->n_folder && memcmp(x->path, y->path, x->n_folder) == 0;
}

/* Of a kind that few folders have nothing is learned. */
static void forget_rare_kinds(struct alike *v, size_t n)
{
	for (size_t first = 0, end; first < n; first = end) {
		size_t n_folders = 1;

		for (end = first + 1; end < n && is_same_kind(&v[first], &v[end]); end++)
			n_folders += !is_same_folder(&v[end - 1], &v[end]);
		for (size_t i = first; n_folders < FOLDERS_MIN && i < end; i++)
			v[i].n_kind = 0;
	}
}

const size_t *alike_order(struct arena *a, const struct strlist *files)
{
	struct alike *v = arena_alloc(a, (files->n + 1) * sizeof *v);
	size_t *order = arena_alloc(a, (files->n + 1) * sizeof *order);

	for (size_t i = 0; i < files->n; i++)
		v[i] = alike_of(files->v[i], i);
	qsort(v, files->n, sizeof *v, by_kind);
	forget_rare_kinds(v, files->n);
	qsort(v, files->n, sizeof *v, by_kind);
	for (size_t i = 0; i < files->n; i++)
		order[i] = v[i].at;
	return order;
}
