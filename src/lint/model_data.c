// SPDX-License-Identifier: Apache-2.0
/* What do the tables say about a name? Exact names first, then patterns; signatures are texts that
 * are walked word by word. A name that stands in no table is not known, and what it does is not
 * guessed. */
#include "lint/model_parts.h"

#include <stdlib.h>
#include <string.h>

static int by_api_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct lint_api_row *)row)->name);
}

static int by_signature_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct lint_signature_row *)row)->name);
}

const struct lint_api_row *api_row_exact(const char *name)
{
	return bsearch(name, lint_api_table, n_lint_api_table, sizeof *lint_api_table, by_api_name);
}

const struct lint_signature_row *signature_row(const char *name)
{
	return bsearch(name, lint_signature_table, n_lint_signature_table,
		       sizeof *lint_signature_table, by_signature_name);
}

/* `*` stands for any text. Patterns are ours and hold few stars. */
static bool fits(const char *pattern, const char *name)
{
	const char *star = NULL, *behind = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			behind = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++behind;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool api_find(const char *name, struct lint_api_row *ret_row)
{
	const struct lint_api_row *row = api_row_exact(name);

	if (row)
		*ret_row = *row;
	if (row || signature_row(name))
		return row != NULL;
	for (size_t i = 0; i < n_lint_pattern_table; i++) {
		const struct lint_pattern_row *p = &lint_pattern_table[i];

		if (fits(p->pattern, name)) {
			*ret_row = (struct lint_api_row){ name, p->does, p->detail, p->source };
			return true;
		}
	}
	return false;
}

struct bytes word_at(const char *text, size_t n)
{
	for (;;) {
		size_t length = strcspn(text, " ");

		if (n == 0)
			return (struct bytes){ text, length };
		if (!text[length])
			return (struct bytes){ text + length, 0 };
		text += length + 1;
		n--;
	}
}

bool word_is(struct bytes w, const char *text)
{
	return w.n == strlen(text) && memcmp(w.v, text, w.n) == 0;
}

bool next_parameter(const char *params, size_t *pos, struct parameter *ret_parameter)
{
	static const struct parameter nothing;
	bool keyword_only = *pos && ret_parameter->is_keyword_only;
	struct bytes word = word_at(params + *pos, 0);

	if (!word.n || word_is(word, "="))
		return false;
	*pos += word.n + (params[*pos + word.n] == ' ');
	if (word_is(word, "*")) {
		*ret_parameter = nothing;
		ret_parameter->is_keyword_only = true;
		return next_parameter(params, pos, ret_parameter);
	}

	struct parameter p = { .name = word, .is_keyword_only = keyword_only };
	const char *colon = memchr(word.v, ':', word.n);

	if (colon) {
		p.name.n = (size_t)(colon - word.v);
		p.code = colon[1];
	}
	if (p.name.n && *p.name.v == '*') {
		p.is_rest = true;
		p.name.v++;
		p.name.n--;
	}
	*ret_parameter = p;
	return true;
}

/* The argument by one of its names: "other|dim". */
static const struct call_arg *by_keyword(const struct call *c, struct bytes names)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const char *name = c->args[i].name;
		size_t n = name ? strlen(name) : 0;

		for (size_t at = 0; n && at + n <= names.n; at++) {
			bool starts = at == 0 || names.v[at - 1] == '|';
			bool ends = at + n == names.n || names.v[at + n] == '|';

			if (starts && ends && memcmp(names.v + at, name, n) == 0)
				return &c->args[i];
		}
	}
	return NULL;
}

const struct value *parameter_value(const struct scene *x, const struct call *c, size_t position,
				    const struct parameter *p, const struct py_node **ret_node)
{
	const struct call_arg *found = by_keyword(c, p->name);
	size_t n = 0;

	(void)x;
	for (size_t i = 0; !found && !p->is_keyword_only && i < c->n_args; i++) {
		if (c->args[i].stars == 1)
			break;
		if (!c->args[i].name && !c->args[i].stars && n++ == position)
			found = &c->args[i];
	}
	if (!found)
		return NULL;
	*ret_node = found->node;
	return found->value;
}
