// SPDX-License-Identifier: Apache-2.0
/* Is a name used whose import was forgotten? Only names that mean one import nearly everywhere (data/lint_import.tsv) count, and
 * only if nothing in the file can bind them: any other undefined name may be a typing error, which is not for us to judge.
 * It cannot know names that another program puts into this file's globals before it runs it. */
#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "lint/data.h"
#include "lint/local.h"
#include "lint/names.h"
#include "lint/passes.h"
#include "lint/source.h"

static const struct lint_import_row *row_of(const char *name)
{
	size_t low = 0, high = n_lint_import_table;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, lint_import_table[middle].name);

		if (order == 0)
			return &lint_import_table[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool holds_word(const char *text, size_t n, const char *word)
{
	size_t w = strlen(word);

	for (size_t i = 0; i + w <= n; i++) {
		if (memcmp(text + i, word, w) != 0 || (i > 0 && is_word(text[i - 1])))
			continue;
		if (i + w == n || !is_word(text[i + w]))
			return true;
	}
	return false;
}

/* A part that did not parse may bind it. */
static bool in_error(const struct local *l, const char *name)
{
	if (l->unit->has_errors && !local_spend(l, l->nodes.n))
		return true;
	for (size_t i = 0; l->unit->has_errors && i < l->nodes.n; i++) {
		const struct py_node *node = l->nodes.v[i].node;

		if (node->kind == PY_ERROR &&
		    holds_word(l->unit->text + node->start, node->end - node->start, name))
			return true;
	}
	return false;
}

/* Names can come from where this file does not say. */
static bool has_hidden_names(const struct local *l)
{
	static const char *const words[] = { "__builtins__", "builtins",   "sys.modules[__name__]",
					     "flake8: noqa", "ruff: noqa", "pylint: skip-file" };
	static const char *const magics[] = { "%pylab", "%run",    "%load",
					      "%store", "%%cache", "%matplotlib notebook" };
	const struct unit *u = l->unit;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (local_has_word(u, words[i]))
			return true;
	for (size_t i = 0; u->source->is_notebook && i < sizeof magics / sizeof *magics; i++)
		if (memmem(u->source->raw.v, u->source->raw.n, magics[i], strlen(magics[i])))
			return true;
	return false;
}

static bool is_open(const struct unit *u, const struct py_node *at)
{
	for (const struct scope *s = names_scope(u, at); s; s = s->outer)
		if (s->has_dynamic || s->has_star_import)
			return true;
	return false;
}

static bool catches_name_error(const struct py_node *handler)
{
	const struct py_node *type = handler->a;

	if (!type)
		return true;
	if (type->kind != PY_TUPLE)
		return type->kind == PY_NAME && strcmp(type->name, "NameError") == 0;
	for (size_t i = 0; i < type->list.n; i++)
		if (type->list.v[i]->kind == PY_NAME &&
		    strcmp(type->list.v[i]->name, "NameError") == 0)
			return true;
	return false;
}

/* `try: np  except NameError: ...` asks whether the name is there. */
static bool is_asked(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *child = node, *p = local_parent(l, node); p;
	     child = p, p = local_parent(l, p)) {
		if (p->kind != PY_TRY)
			continue;
		for (size_t i = 0; i < p->body.n; i++)
			if (p->body.v[i] == child)
				for (size_t h = 0; h < p->list.n; h++)
					if (catches_name_error(p->list.v[h]))
						return true;
	}
	return false;
}

static bool is_annotation_of(const struct py_node *child, const struct py_node *parent)
{
	if (parent->kind == PY_ANNASSIGN)
		return parent->b == child;
	if (parent->kind != PY_FUNC)
		return false;
	for (size_t i = 0; i < parent->params.n; i++)
		if (parent->params.v[i].annotation == child)
			return true;
	return parent->a == child;
}

/* The statement whose annotation it stands in, or NULL. */
static const struct py_node *annotated(const struct local *l, const struct py_node *node)
{
	for (const struct py_node *child = node, *p = local_parent(l, node); p;
	     child = p, p = local_parent(l, p))
		if (is_annotation_of(child, p))
			return p;
	return NULL;
}

static bool annotations_are_lazy(const struct local *l, const struct py_node *statement)
{
	if (l->unit->source->is_stub || local_imports(l, "__future__"))
		return true;
	return statement->kind == PY_ANNASSIGN && local_function(l, statement) != NULL;
}

/* "# noqa" on the line: the author knows. */
static bool is_silenced(const struct unit *u, const struct py_node *node)
{
	struct bytes line = source_line(u->source, node->start);

	return memmem(line.v, line.n, "noqa", 4) != NULL;
}

static bool is_use(const struct local *l, const struct py_node *node,
		   const struct lint_import_row *row)
{
	const struct py_node *parent = local_parent(l, node);

	if (!parent || parent->kind == PY_GLOBAL || parent->kind == PY_NONLOCAL ||
	    parent->kind == PY_DEL)
		return false;
	if (starts_with(row->statement, "import "))
		return parent->kind == PY_ATTR;
	return true;
}

/* Where a line with the import can go: before the first import that is not from __future__, else before the first statement. */
static uint32_t import_place(const struct unit *u, uint32_t use)
{
	const struct py_node *first = NULL;

	for (size_t i = 0; i < u->tree->body.n; i++) {
		const struct py_node *s = u->tree->body.v[i];
		bool is_text = s->kind == PY_EXPR && s->a->kind == PY_STRING;
		bool is_future = s->kind == PY_IMPORT_FROM && strcmp(s->name, "__future__") == 0;

		if (is_text || is_future || s->start > use)
			continue;
		if (s->kind == PY_IMPORT || s->kind == PY_IMPORT_FROM)
			return s->start;
		first = first ? first : s;
	}
	return first ? first->start : use;
}

static bool at_line_start(const struct unit *u, uint32_t offset)
{
	return offset == 0 || u->text[offset - 1] == '\n';
}

static void offer_import(struct unit *u, struct finding *f, const struct py_node *use,
			 const struct lint_import_row *row)
{
	uint32_t place = import_place(u, use->start);
	bool is_safe = strcmp(row->applies, "safe") == 0;

	lint_advise(u, f, "add `%s`", row->statement);
	if (at_line_start(u, place))
		lint_edit(u, f, is_safe ? APPLIES_SAFE : APPLIES_LIKELY, place, place, "%s%s",
			  row->statement, memmem(u->text, u->n_text, "\r\n", 2) ? "\r\n" : "\n");
}

static void report(struct unit *u, const struct py_node *use, const struct lint_import_row *row,
		   bool only_before_314)
{
	struct finding *f = lint_report(
		u, "name-not-imported", use, "raises: NameError: name '%s' is not defined%s",
		use->name,
		only_before_314 ? " (Python up to 3.13 looks at annotations at once)" : "");

	if (!f)
		return;
	if (only_before_314)
		lint_set_severity(f, SEVERITY_WARNING);
	offer_import(u, f, use, row);
}

/* The first use of each name is enough: one import heals them all. */
struct uses {
	const struct py_node *real[512], *in_annotation[512];
};

static void keep_first(const struct py_node **slot, const struct py_node *use)
{
	if (!*slot || use->start < (*slot)->start)
		*slot = use;
}

static bool is_unbound(const struct local *l, const struct py_node *node)
{
	const struct unit *u = l->unit;

	return !names_find(u, node, node->name, NULL) && !is_open(u, node) &&
	       !local_is_declared(l, node->name) && !in_error(l, node->name);
}

static void look_at(const struct local *l, const struct py_node *node, struct uses *uses)
{
	const struct lint_import_row *row = row_of(node->name);

	if (!row || !is_use(l, node, row))
		return;
	if (uses->real[row - lint_import_table] &&
	    uses->real[row - lint_import_table]->start <= node->start)
		return;
	if (!is_unbound(l, node))
		return;
	if (local_is_dead(l, node) || is_asked(l, node) || is_silenced(l->unit, node))
		return;

	const struct py_node *statement = annotated(l, node);
	size_t slot = (size_t)(row - lint_import_table);

	if (!statement)
		keep_first(&uses->real[slot], node);
	else if (!annotations_are_lazy(l, statement))
		keep_first(&uses->in_annotation[slot], node);
}

static void run(struct unit *u)
{
	const struct local *l = local_of(u);
	struct uses uses = { 0 };

	if (has_hidden_names(l))
		return;
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->nodes.v[i].node->kind == PY_NAME)
			look_at(l, l->nodes.v[i].node, &uses);
	for (size_t i = 0; i < n_lint_import_table && i < 512; i++) {
		if (uses.real[i])
			report(u, uses.real[i], &lint_import_table[i], false);
		else if (uses.in_annotation[i])
			report(u, uses.in_annotation[i], &lint_import_table[i], true);
	}
}

const struct lint_pass pass_names = { "names", run };
