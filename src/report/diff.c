// SPDX-License-Identifier: Apache-2.0
/* The edits of lint change a few lines here and there, so that a longest common subsequence between the first and the last change
 * is cheap; where it would not be, the whole stretch counts as changed, which is longer but as right. */
#include "report/diff.h"

#include <string.h>

#include "report/term.h"

#define CONTEXT 3
#define CELLS_MAX ((size_t)4 << 20)

struct lines {
	struct bytes *v; /* with their ends */
	size_t n, cap;
};

/* A line of the script: of the old text (-1), the new one (+1) or both (0). */
struct step {
	int sign;
	struct bytes line;
};
struct script {
	struct step *v;
	size_t n, cap;
};

struct printer {
	const struct render_opts *opts;
	struct str *out;
	bool safe;
};

static struct lines split(struct bytes text, struct arena *a)
{
	struct lines lines = { 0 };

	for (size_t at = 0; at < text.n;) {
		const char *end = memchr(text.v + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.v) + 1 - at : text.n - at;

		PUSH(a, &lines, ((struct bytes){ text.v + at, n }));
		at += n;
	}
	return lines;
}

static bool same(struct bytes a, struct bytes b)
{
	return a.n == b.n && memcmp(a.v, b.v, a.n) == 0;
}

/* lengths[i][k]: of the longest common subsequence of a[i..] and b[k..]. NULL: too much to ask. */
static unsigned *common(const struct bytes *a, size_t n, const struct bytes *b, size_t m,
			struct arena *arena)
{
	unsigned *lengths;
	size_t width = m + 1;

	if ((n + 1) > CELLS_MAX / width)
		return NULL;
	lengths = arena_alloc(arena, (n + 1) * width * sizeof *lengths);
	for (size_t i = n; i-- > 0;) {
		for (size_t k = m; k-- > 0;) {
			unsigned down = lengths[(i + 1) * width + k],
				 right = lengths[i * width + k + 1];

			lengths[i * width + k] = same(a[i], b[k])
							 ? lengths[(i + 1) * width + k + 1] + 1
						 : down > right ? down
								: right;
		}
	}
	return lengths;
}

static void add(struct script *s, int sign, struct bytes line, struct arena *a)
{
	PUSH(a, s, ((struct step){ sign, line }));
}

/* What lies between the first and the last difference. */
static void middle(struct script *s, const struct bytes *a, size_t n, const struct bytes *b,
		   size_t m, struct arena *arena)
{
	const unsigned *lengths = common(a, n, b, m, arena);
	size_t i = 0, k = 0, width = m + 1;

	while (i < n || k < m) {
		if (i < n && k < m && lengths && same(a[i], b[k])) {
			add(s, 0, a[i++], arena);
			k++;
		} else if (i < n && (k == m || !lengths ||
				     lengths[(i + 1) * width + k] >= lengths[i * width + k + 1])) {
			add(s, -1, a[i++], arena);
		} else {
			add(s, 1, b[k++], arena);
		}
	}
}

static struct script script_of(const struct lines *old, const struct lines *new, struct arena *a)
{
	struct script s = { 0 };
	size_t head = 0, tail = 0;

	while (head < old->n && head < new->n &&same(old->v[head], new->v[head]))
		add(&s, 0, old->v[head++], a);
	while (tail < old->n - head &&
	       tail < new->n - head &&same(old->v[old->n - 1 - tail], new->v[new->n - 1 - tail]))
		tail++;
	middle(&s, old->v + head, old->n - head - tail, new->v + head, new->n - head - tail, a);
	for (size_t i = old->n - tail; i < old->n; i++)
		add(&s, 0, old->v[i], a);
	return s;
}

static void put(const struct printer *p, const char *colour, struct bytes line, const char *sign)
{
	bool ends = line.n && line.v[line.n - 1] == '\n';
	size_t n = ends ? line.n - 1 : line.n;

	if (p->opts->colour)
		str_addf(p->out, "\x1b[%sm", colour);
	str_add(p->out, sign);
	if (p->safe)
		str_add(p->out, term_safe(p->out->arena, esc_bytes(p->out->arena, line.v, n),
					  p->opts->utf8));
	else
		str_addn(p->out, line.v, n);
	if (p->opts->colour)
		str_add(p->out, "\x1b[0m");
	str_add(p->out, "\n");
	if (!ends)
		str_add(p->out, "\\ No newline at end of file\n");
}

/* The steps [from, to) as a hunk; old and new are the numbers of the lines before it. */
static void hunk(const struct printer *p, const struct script *s, size_t from, size_t to,
		 size_t old, size_t new)
{
	size_t n = 0, m = 0;

	for (size_t i = from; i < to; i++) {
		n += s->v[i].sign <= 0;
		m += s->v[i].sign >= 0;
	}
	str_addf(p->out, "@@ -%zu,%zu +%zu,%zu @@\n", n ? old + 1 : old, n, m ? new + 1 : new, m);
	for (size_t i = from; i < to; i++) {
		int sign = s->v[i].sign;

		put(p,
		    sign < 0   ? "31"
		    : sign > 0 ? "32"
			       : "0",
		    s->v[i].line,
		    sign < 0   ? "-"
		    : sign > 0 ? "+"
			       : " ");
	}
}

/* Where the hunk that begins with the change at `at` ends: behind its last change and what follows that. */
static size_t hunk_end(const struct script *s, size_t at)
{
	size_t last = at;

	for (size_t i = at; i < s->n && i <= last + 2 * CONTEXT; i++)
		if (s->v[i].sign)
			last = i;
	return last + 1 + CONTEXT < s->n ? last + 1 + CONTEXT : s->n;
}

static void name_line(const struct printer *p, const char *sign, const char *side, const char *path)
{
	const char *name = p->safe ? term_safe(p->out->arena, path, p->opts->utf8)
				   : unesc(p->out->arena, path).v;

	str_addf(p->out, "%s %s%s%s\n", sign, side, path[0] == '/' ? "" : "/", name);
}

void diff_render(const char *path, struct bytes old, struct bytes new, bool safe,
		 const struct render_opts *o, struct str *out)
{
	struct printer p = { .opts = o, .out = out, .safe = safe };
	struct lines before = split(old, out->arena), after = split(new, out->arena);
	struct script s = script_of(&before, &after, out->arena);
	size_t old_line = 0, new_line = 0, at = 0;
	bool named = false;

	while (at < s.n) {
		size_t change = at, from, to;

		while (change < s.n && !s.v[change].sign)
			change++;
		if (change == s.n)
			return;
		from = change - at > CONTEXT ? change - CONTEXT : at;
		to = hunk_end(&s, change);
		if (!named) {
			name_line(&p, "---", "a", path);
			name_line(&p, "+++", "b", path);
			named = true;
		}
		old_line += from - at;
		new_line += from - at;
		hunk(&p, &s, from, to, old_line, new_line);
		for (size_t i = from; i < to; i++) {
			old_line += s.v[i].sign <= 0;
			new_line += s.v[i].sign >= 0;
		}
		at = to;
	}
}
