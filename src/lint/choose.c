// SPDX-License-Identifier: Apache-2.0
/* What is reported of all that was found. A comment counts only where Python sees one: the same text inside a string is none,
 * which the tree says. */
#include "lint/choose.h"

#include <string.h>

#include "core/str.h"
#include "facts/causes.h"
#include "lint/source.h"

#define MARKER "whycpu:"
#define COMMENTS_MAX 10000 /* of one file */

static bool is_lint_id(const char *word)
{
	for (size_t i = 0; i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, word) == 0)
			return strcmp(causes_table[i].used_by, "chain") != 0;
	return false;
}

static const char *unknown_word(const char *word, struct arena *a)
{
	const char **ids = arena_alloc(a, (n_causes_table + 2) * sizeof *ids);
	size_t n = 0;

	for (size_t i = 0; i < n_causes_table; i++)
		if (is_lint_id(causes_table[i].id))
			ids[n++] = causes_table[i].id;
	ids[n++] = "all";
	ids[n++] = "advice";

	const char *near = did_you_mean(word, ids, n), *shown = esc(a, word);

	return near ? arena_fmt(a, "no finding \"%s\" of lint. Did you mean \"%s\"?", shown, near)
		    : arena_fmt(a, "no finding \"%s\" of lint.  (whycpu rule lists them)", shown);
}

bool choose_add(struct lint_choice *c, bool ignore, const char *text, struct arena *a,
		const char **ret_problem)
{
	struct bytes part;
	size_t pos = 0;

	c->is_given |= !ignore;
	while (next_part(text, ',', &pos, &part)) {
		const char *word = trimmed(a, part.v, part.n);

		if (!word[0])
			continue;
		if (!ignore && strcmp(word, "all") == 0) {
			c->all = true;
		} else if (strcmp(word, "advice") == 0 && !ignore) {
			c->advice = true;
		} else if (is_lint_id(word)) {
			PUSH(a, ignore ? &c->ignored : &c->ids, word);
		} else {
			*ret_problem = unknown_word(word, a);
			return false;
		}
	}
	return true;
}

static bool contains(const struct strlist *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

static bool takes(const struct lint_choice *c, const char *id, bool is_advice)
{
	if (contains(&c->ignored, id))
		return false;
	if (!c->is_given)
		return !is_advice || contains(&c->ids, id);
	return c->all || (c->advice && is_advice) || contains(&c->ids, id);
}

bool choose_takes(const struct lint_choice *c, const struct finding *f)
{
	return takes(c, f->id, f->severity == SEVERITY_ADVICE);
}

bool suppression_is_idle(const struct suppression *s, const struct lint_choice *c)
{
	if (s->is_used)
		return false;
	for (size_t i = 0; i < n_causes_table; i++) {
		const struct causes_row *row = &causes_table[i];

		/* An id that was not looked for may well stand there. */
		if (contains(&s->ids, row->id) &&
		    !takes(c, row->id, strcmp(row->severity, "advice") == 0))
			return false;
	}
	return s->ids.n > 0 || !c->is_given || c->all;
}

/* ---- comments ---- */

struct strings {
	uint32_t at;
	bool inside;
};

static bool look_for_string(struct py_node *node, void *data)
{
	struct strings *s = data;

	if (s->at < node->start || s->at >= node->end)
		return false;
	if (node->kind == PY_STRING || node->kind == PY_FSTRING)
		s->inside = true;
	return true;
}

static bool is_in_string(const struct unit *u, uint32_t at)
{
	struct strings s = { .at = at };

	if (u->tree)
		ast_walk(u->tree, look_for_string, &s);
	return s.inside;
}

static const char *after_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* "# whycpu: ignore[a, b]": what stands behind the marker. False if it is something else. */
static bool parse_ids(const char *p, const char *end, struct arena *a, struct strlist *ret_ids)
{
	p = after_blanks(p, end);
	if ((size_t)(end - p) < 6 || memcmp(p, "ignore", 6) != 0)
		return false;
	p = after_blanks(p + 6, end);
	if (p == end || *p != '[')
		return p == end || *p == '#' || p[-1] == ' ' || p[-1] == '\t';

	const char *close = memchr(p, ']', (size_t)(end - p));
	struct bytes part;
	size_t pos = 0;

	if (!close)
		return false;
	for (const char *ids = arena_strndup(a, p + 1, (size_t)(close - p) - 1);
	     next_part(ids, ',', &pos, &part);)
		if (trimmed(a, part.v, part.n)[0])
			PUSH(a, ret_ids, trimmed(a, part.v, part.n));
	return ret_ids->n > 0;
}

/* The '#' that the marker at `at` belongs to; NULL if there is none before it on its line. */
static const char *hash_before(const struct unit *u, const char *at)
{
	const char *p = at;

	while (p > u->text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return p > u->text && p[-1] == '#' ? p - 1 : NULL;
}

static bool is_alone(const struct unit *u, const char *hash)
{
	while (hash > u->text && (hash[-1] == ' ' || hash[-1] == '\t'))
		hash--;
	return hash == u->text || hash[-1] == '\n' || hash[-1] == '\r';
}

static void take_comment(struct unit *u, const char *marker, struct suppressions *ret)
{
	const char *hash = hash_before(u, marker), *stop = u->text + u->n_text;
	const char *end = marker;
	struct suppression s = { 0 };

	if (!hash)
		return;
	while (end < stop && *end != '\n' && *end != '\r')
		end++;
	if (!parse_ids(marker + strlen(MARKER), end, u->arena, &s.ids) ||
	    is_in_string(u, (uint32_t)(hash - u->text)))
		return;

	struct place from = source_place(u->source, (uint32_t)(hash - u->text)),
		     to = source_place(u->source, (uint32_t)(end - u->text));

	s.at = (struct location){ .file = u->path,
				  .line = from.line,
				  .column = from.column,
				  .end_line = to.line,
				  .end_column = to.column,
				  .cell = from.cell,
				  .excerpt = "" };
	s.line = from.line + (is_alone(u, hash) ? 1 : 0);
	PUSH(u->arena, ret, s);
}

void suppressions_find(struct unit *u, struct suppressions *ret)
{
	const char *p = u->text, *end = u->text + u->n_text;

	while (ret->n < COMMENTS_MAX &&
	       (p = memmem(p, (size_t)(end - p), MARKER, strlen(MARKER)))) {
		take_comment(u, p, ret);
		p += strlen(MARKER);
	}
}

bool suppressions_take(struct suppressions *s, const struct finding *f)
{
	const struct location *at = f->location;

	for (size_t i = 0; i < s->n; i++) {
		struct suppression *x = &s->v[i];

		if (x->at.cell != at->cell || x->line < at->line || x->line > at->end_line ||
		    (x->ids.n && !contains(&x->ids, f->id)))
			continue;
		x->is_used = true;
		return true;
	}
	return false;
}
