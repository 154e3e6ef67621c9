// SPDX-License-Identifier: Apache-2.0
/* What may code from elsewhere do: imported modules, and the dicts behind **kwargs. */
#include <ctype.h>
#include <string.h>

#include "lint/data.h"
#include "lint/local.h"
#include "lint/project.h"

#define DICT_DEPTH_MAX 6

static const struct py_node *in_dict(const struct py_node *dict, const char *name, bool *ret_sure)
{
	for (size_t i = 0; i < dict->list.n; i++) {
		const struct py_node *key = dict->list.v[i];

		if (key->kind != PY_STRING)
			*ret_sure = false;
		else if (strcmp(key->name, name) == 0)
			return dict->list2.v[i];
	}
	return NULL;
}

static bool is_dict_call(const struct py_node *node)
{
	return node->kind == PY_CALL && node->a->kind == PY_NAME &&
	       strcmp(node->a->name, "dict") == 0;
}

/* Is the dict behind a name changed after it was written: kwargs["x"] = ..., kwargs.update(...)? */
static bool is_changed(const struct local *l, const struct py_node *name)
{
	if (!local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node, *p = l->nodes.v[i].parent;

		if (node->kind != PY_NAME || strcmp(node->name, name->name) != 0)
			continue;
		if (p->kind == PY_SUBSCRIPT && p->a == node)
			return true;
		if (p->kind == PY_ATTR)
			return true;
	}
	return false;
}

static const struct py_node *behind_stars(const struct local *l, const struct py_node *value,
					  const char *name, bool *ret_sure, int depth)
{
	enum truth t;

	if (!value || depth++ > DICT_DEPTH_MAX) {
		*ret_sure = false;
		return NULL;
	}
	if (value->kind == PY_DICT)
		return in_dict(value, name, ret_sure);
	if (is_dict_call(value) && !local_has_stars(value) && !ast_positional(value, 0))
		return ast_keyword(value, name);
	if (value->kind == PY_NAME && !is_changed(l, value))
		return behind_stars(l, local_value(l, value), name, ret_sure, depth);
	t = value->kind == PY_IFEXP ? local_truth(l, value->a) : TRUTH_UNKNOWN;
	if (t == TRUTH_UNKNOWN) {
		*ret_sure = false;
		return NULL;
	}
	return behind_stars(l, t == TRUTH_YES ? value->b : value->c, name, ret_sure, depth);
}

const struct py_node *local_option(const struct local *l, const struct py_node *call,
				   size_t position, const char *name, bool *ret_sure)
{
	const struct py_node *found = local_argument(call, position, name);

	*ret_sure = true;
	for (size_t i = 0; !found && i < call->list.n; i++) {
		const struct py_node *arg = call->list.v[i];

		if (arg->stars == 1)
			*ret_sure = false;
		else if (arg->stars == 2)
			found = behind_stars(l, arg->a, name, ret_sure, 0);
	}
	return *ret_sure ? found : NULL;
}

static const char *package_kind(const char *dotted)
{
	size_t n = strcspn(dotted, ".");

	for (size_t i = 0; i < n_lint_package_table; i++)
		if (strlen(lint_package_table[i].name) == n &&
		    strncmp(lint_package_table[i].name, dotted, n) == 0)
			return lint_package_table[i].kind;
	return NULL;
}

static bool has_some(const struct unit *u, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (local_has_word(u, words[i]))
			return true;
	return false;
}

/* Net, RESNET_URLS: classes and constants; to_device: a function. */
static bool are_classes(const struct py_node *import)
{
	for (size_t i = 0; i < import->list.n; i++)
		if (!isupper((unsigned char)import->list.v[i]->name[0]))
			return false;
	return true;
}

/* Classes of known libraries that run the training themselves. */
static bool is_driver(const struct py_node *import)
{
	static const char *const names[] = { "Trainer", "Seq2SeqTrainer", "pipeline",
					     "Accelerator" };

	for (size_t i = 0; i < import->list.n; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (strcmp(import->list.v[i]->name, names[k]) == 0)
				return true;
	return false;
}

static bool module_may(const struct local *l, const struct py_node *import, const char *dotted,
		       const char *const *words)
{
	unsigned level = import->kind == PY_IMPORT_FROM ? import->level : 0;
	const char *kind = level == 0 ? package_kind(dotted) : NULL;
	const struct unit *read = NULL;

	if (kind)
		return strcmp(kind, "moves") == 0 ||
		       (import->kind == PY_IMPORT_FROM && is_driver(import));
	if (l->unit->project)
		read = project_import(l->unit->project, l->unit, dotted, level);
	if (read)
		return has_some(read, words);
	return import->kind == PY_IMPORT || !are_classes(import) || is_driver(import);
}

bool local_import_may(const struct local *l, const char *const *words)
{
	for (size_t i = 0; i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_IMPORT_FROM && module_may(l, node, node->name, words))
			return true;
		for (size_t k = 0; node->kind == PY_IMPORT && k < node->list.n; k++)
			if (module_may(l, node, node->list.v[k]->name, words))
				return true;
	}
	return false;
}
