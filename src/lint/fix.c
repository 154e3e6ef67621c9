// SPDX-License-Identifier: Apache-2.0
/* What a file is after its edits. It knows nothing of whether they are good; that is found by looking again at what it made. */
#include "lint/fix.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

	if (s->is_notebook)
		return MAP_NONE;
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

static bool has_crlf(const struct source *s)
{
	const char *end = memchr(s->raw.v, '\n', s->raw.n);

	return end && end > s->raw.v && end[-1] == '\r';
}

static void add_replacement(struct str *out, const char *text, bool crlf)
{
	for (; *text; text++) {
		if (*text == '\n' && crlf)
			str_add(out, "\r");
		if (*text != '\r' || !crlf)
			str_addn(out, text, 1);
	}
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

static struct edits all_edits(struct finding *const *findings, size_t n, struct arena *a)
{
	struct edits all = { 0 };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < findings[i]->edits.n; k++)
			PUSH(a, &all, findings[i]->edits.v[k]);
	if (all.n > 1)
		qsort(all.v, all.n, sizeof *all.v, by_start);
	return all;
}

static const char *check(const struct source *s, enum mapping mapping, const struct edits *edits)
{
	uint32_t done = 0;

	if (s->is_notebook)
		return "fixes are not written into notebooks";
	if (mapping == MAP_NONE)
		return "fixes are not written in this encoding";
	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *e = &edits->v[i];

		if (e->end > s->text.n || e->start > e->end || e->start < done)
			return "its edits overlap";
		if (mapping == MAP_ONE_BYTE && !is_ascii(e->text))
			return "the encoding may lack a character of the fix";
		done = e->end;
	}
	return NULL;
}

bool fix_apply(const struct source *s, struct finding *const *findings, size_t n, struct arena *a,
	       struct bytes *ret_raw, const char **ret_problem)
{
	struct edits edits = all_edits(findings, n, a);
	enum mapping mapping = mapping_of(s);
	struct str out = str_new(a, 2 * (size_t)SOURCE_MAX);
	bool crlf = has_crlf(s);
	size_t done = 0;

	*ret_problem = check(s, mapping, &edits);
	if (*ret_problem)
		return false;
	for (size_t i = 0; i < edits.n; i++) {
		size_t start = raw_offset(s, mapping, edits.v[i].start);

		str_addn(&out, s->raw.v + done, start - done);
		add_replacement(&out, edits.v[i].text, crlf);
		done = raw_offset(s, mapping, edits.v[i].end);
	}
	str_addn(&out, s->raw.v + done, s->raw.n - done);
	if (out.cut || out.n > SOURCE_MAX)
		*ret_problem = "the file would become too big";
	else
		*ret_raw = (struct bytes){ str_text(&out), out.n };
	return !*ret_problem;
}
