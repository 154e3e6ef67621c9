// SPDX-License-Identifier: Apache-2.0
/* What a file is after its edits. It knows nothing of whether they are good; that is found by looking again at what it made. */
#include "lint/fix.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lint/fix_notebook.h"
#include "lint/source_cells.h"

/* From bytes of the text to bytes of the file. */
enum mapping { MAP_NONE, MAP_SAME, MAP_ONE_BYTE };

bool fix_is_allowed(const struct finding *f, bool unsafe)
{
	for (size_t i = 0; i < f->edits.n; i++)
		if (f->edits.v[i].applies == APPLIES_MANUAL ||
		    (f->edits.v[i].applies == APPLIES_LIKELY && !unsafe))
			return false;
	return f->edits.n > 0;
}

/* Two insertions at one place touch: their order is not known. */
static bool touch(const struct edit *a, const struct edit *b)
{
	return a->start <= b->end && b->start <= a->end;
}

bool fix_overlaps(const struct finding *a, const struct finding *b)
{
	for (size_t i = 0; i < a->edits.n; i++)
		for (size_t k = 0; k < b->edits.n; k++)
			if (touch(&a->edits.v[i], &b->edits.v[k]))
				return true;
	return false;
}

static size_t characters(const char *text, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* UTF-8 but for a byte order mark, or an encoding in which each character is one byte. */
static enum mapping mapping_of(const struct source *s)
{
	size_t mark = s->has_bom ? 3 : 0;

	if (s->raw.n == s->text.n + mark && strncasecmp(s->encoding, "utf", 3) == 0)
		return MAP_SAME;
	if (!s->has_bom && characters(s->text.v, s->text.n) == s->raw.n)
		return MAP_ONE_BYTE;
	return MAP_NONE;
}

static size_t raw_offset(const struct source *s, enum mapping mapping, uint32_t offset)
{
	return mapping == MAP_SAME ? offset + (s->has_bom ? 3u : 0u)
				   : characters(s->text.v, offset);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static bool has_crlf(struct bytes text)
{
	const char *end = memchr(text.v, '\n', text.n);

	return end && end > text.v && end[-1] == '\r';
}

/* A notebook's lines end as those of the cell, not as those of its file. */
static bool wants_crlf(const struct source *s, uint32_t offset)
{
	for (size_t i = 0; i < s->cells.n; i++) {
		const struct cell *c = &s->cells.v[i];
		struct bytes text = { s->text.v + c->start, c->end - 1 - c->start };

		if (offset < c->end && memchr(text.v, '\n', text.n))
			return has_crlf(text);
		if (offset < c->end)
			break;
	}
	return has_crlf(s->is_notebook ? s->text : s->raw);
}

static const char *with_line_ends(const char *text, bool crlf, struct arena *a)
{
	struct str out = str_new(a, SOURCE_MAX);

	for (; *text; text++) {
		if (*text == '\n' && crlf)
			str_add(&out, "\r");
		if (*text != '\r')
			str_addn(&out, text, 1);
	}
	return str_text(&out);
}

static int by_start(const void *left, const void *right)
{
	const struct edit *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->end != b->end ? (a->end < b->end ? -1 : 1) : 0;
}

struct edits {
	struct edit *v;
	size_t n, cap;
};

static struct edits all_edits(const struct source *s, struct finding *const *findings, size_t n,
			      struct arena *a)
{
	struct edits all = { 0 };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < findings[i]->edits.n; k++) {
			struct edit e = findings[i]->edits.v[k];

			e.text = with_line_ends(e.text, wants_crlf(s, e.start), a);
			PUSH(a, &all, e);
		}
	}
	if (all.n > 1)
		qsort(all.v, all.n, sizeof *all.v, by_start);
	return all;
}

const char *fix_problem(const struct source *s, struct arena *a)
{
	struct raw_cells cells = { 0 };
	const char *why = NULL;

	if (!s->is_notebook)
		return mapping_of(s) == MAP_NONE ? "fixes are not written in this encoding" : NULL;
	return source_cells(s, a, &cells, &why) ? NULL : why;
}

static const char *check(const struct source *s, enum mapping mapping, const struct edits *edits)
{
	uint32_t done = 0;

	if (mapping == MAP_NONE && !s->is_notebook)
		return "fixes are not written in this encoding";
	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *e = &edits->v[i];

		if (e->end > s->text.n || e->start > e->end || e->start < done)
			return "its edits overlap";
		if (mapping == MAP_ONE_BYTE && !s->is_notebook && !is_ascii(e->text))
			return "the encoding may lack a character of the fix";
		done = e->end;
	}
	return NULL;
}

static struct bytes edited(const struct source *s, enum mapping mapping, const struct edits *edits,
			   struct arena *a)
{
	struct str out = str_new(a, 2 * (size_t)SOURCE_MAX);
	size_t done = 0;

	for (size_t i = 0; i < edits->n; i++) {
		size_t start = raw_offset(s, mapping, edits->v[i].start);

		str_addn(&out, s->raw.v + done, start - done);
		str_add(&out, edits->v[i].text);
		done = raw_offset(s, mapping, edits->v[i].end);
	}
	str_addn(&out, s->raw.v + done, s->raw.n - done);
	return (struct bytes){ str_text(&out), out.n };
}

bool fix_apply(const struct source *s, struct finding *const *findings, size_t n, struct arena *a,
	       struct bytes *ret_raw, const char **ret_problem)
{
	struct edits edits = all_edits(s, findings, n, a);
	enum mapping mapping = mapping_of(s);
	struct bytes raw;

	*ret_problem = check(s, mapping, &edits);
	if (*ret_problem)
		return false;
	if (!s->is_notebook)
		raw = edited(s, mapping, &edits, a);
	else if (!notebook_apply(s, edits.v, edits.n, a, &raw, ret_problem))
		return false;
	*ret_problem = raw.n > SOURCE_MAX ? "the file would become too big" : NULL;
	if (!*ret_problem)
		*ret_raw = raw;
	return !*ret_problem;
}
