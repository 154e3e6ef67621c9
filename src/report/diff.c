// SPDX-License-Identifier: Apache-2.0
/* The edits of lint change a few lines here and there, which may lie far apart; with very many changes the whole stretch between the
 * first and the last counts as changed, which is longer but as right. */
#include "report/diff.h"

#include <string.h>

#include "report/term.h"

#define CONTEXT 3
#define CHANGES_MAX 1000
#define SPOKEN_MAX 200

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
	const struct diff *diff;
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

static void add(struct script *s, int sign, struct bytes line, struct arena *a)
{
	PUSH(a, s, ((struct step){ sign, line }));
}

/* Myers's greedy search (An O(ND) Difference Algorithm, 1986). Row d: how far into `a` one comes with d changes on each diagonal;
 * place c of it is diagonal c - d, which is the place in `a` less that in `b`. */
struct search {
	const struct bytes *a, *b;
	unsigned n, m;
	unsigned *rows[CHANGES_MAX + 1];
};

/* Is the last change before place c of row d a line of `b`, or one of `a`? */
static bool comes_from_b(const struct search *s, unsigned d, unsigned c)
{
	const unsigned *last = s->rows[d - 1];

	return c == 0 || (c != 2 * d && last[c - 2] < last[c]);
}

static unsigned after_change(const struct search *s, unsigned d, unsigned c)
{
	if (!d)
		return 0;
	return comes_from_b(s, d, c) ? s->rows[d - 1][c] : s->rows[d - 1][c - 2] + 1;
}

/* The number of changes; more than CHANGES_MAX: too many. */
static unsigned count_changes(struct search *s, struct arena *arena)
{
	for (unsigned d = 0; d <= CHANGES_MAX; d++) {
		s->rows[d] = arena_alloc(arena, (2 * (size_t)d + 1) * sizeof **s->rows);
		for (unsigned c = 0; c <= 2 * d; c += 2) {
			unsigned i = after_change(s, d, c), k = i + d - c;

			while (i < s->n && k < s->m && same(s->a[i], s->b[k])) {
				i++;
				k++;
			}
			s->rows[d][c] = i;
			if (i >= s->n && k >= s->m)
				return d;
		}
	}
	return CHANGES_MAX + 1;
}

/* What lies between the first and the last difference. */
static void middle(struct script *out, struct search *s, struct arena *arena)
{
	unsigned d = count_changes(s, arena), i = s->n, k = s->m;
	struct script back = { 0 };

	if (d > CHANGES_MAX) {
		for (i = 0; i < s->n; i++)
			add(out, -1, s->a[i], arena);
		for (k = 0; k < s->m; k++)
			add(out, 1, s->b[k], arena);
		return;
	}
	for (;; d--) {
		unsigned c = i + d - k, from = after_change(s, d, c);

		while (i > from) {
			add(&back, 0, s->a[--i], arena);
			k--;
		}
		if (!d)
			break;
		if (comes_from_b(s, d, c))
			add(&back, 1, s->b[--k], arena);
		else
			add(&back, -1, s->a[--i], arena);
	}
	while (back.n)
		add(out, back.v[back.n - 1].sign, back.v[back.n - 1].line, arena), back.n--;
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
	middle(&s,
	       &(struct search){ .a = old->v + head,
				 .b = new->v + head,
				 .n = (unsigned)(old->n - head - tail),
				 .m = (unsigned)(new->n - head - tail) },
	       a);
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

/* What people call the lines that change at `line` of the new file: " cell 3, line 2". */
static void add_spoken(const struct printer *p, size_t line, struct str *out)
{
	const struct diff_line *v = p->diff->lines.v;
	size_t n = 0, first;

	while (n < p->diff->lines.n && v[n].at <= line)
		n++;
	for (first = n; first > 0 && v[first - 1].at == v[n - 1].at; first--) {
	}
	for (size_t i = first; i < n; i++)
		str_addf(out, "%s cell %u, line %u", out->n ? ";" : "", v[i].cell, v[i].line);
}

/* The places of all changes of a hunk, whose first line is `line` of the new file. Behind the second @@ programs that apply a diff
 * read nothing. */
static const char *spoken_places(const struct printer *p, const struct script *s, size_t from,
				 size_t to, size_t line)
{
	struct str out = str_new(p->out->arena, SPOKEN_MAX);

	for (size_t i = from; i < to; i++) {
		if (s->v[i].sign && (i == from || !s->v[i - 1].sign))
			add_spoken(p, line, &out);
		line += s->v[i].sign >= 0;
	}
	return out.cut ? arena_fmt(p->out->arena, "%s ...", str_text(&out)) : str_text(&out);
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
	str_addf(p->out, "@@ -%zu,%zu +%zu,%zu @@%s\n", n ? old + 1 : old, n, m ? new + 1 : new, m,
		 spoken_places(p, s, from, to, new + 1));
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

void diff_render(const struct diff *d, bool safe, const struct render_opts *o, struct str *out)
{
	struct printer p = { .diff = d, .opts = o, .out = out, .safe = safe };
	struct lines before = split(d->old, out->arena), after = split(d->new, out->arena);
	struct script s = script_of(&before, &after, out->arena);
	size_t old_line = d->skipped, new_line = d->skipped, at = 0;
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
			name_line(&p, "---", "a", d->path);
			name_line(&p, "+++", "b", d->path);
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

/* Of two texts: bytes of whole lines with which both begin, but for the last CONTEXT of them. */
static size_t same_head(const struct diff *d, size_t *ret_lines)
{
	size_t n = d->old.n < d->new.n ? d->old.n : d->new.n, i = 0, lines = 0;
	size_t starts[CONTEXT + 1] = { 0 };

	for (; i < n && d->old.v[i] == d->new.v[i]; i++)
		if (d->old.v[i] == '\n')
			starts[++lines % (CONTEXT + 1)] = i + 1;
	*ret_lines = lines > CONTEXT ? lines - CONTEXT : 0;
	return starts[*ret_lines % (CONTEXT + 1)];
}

/* Bytes of whole lines with which both end, but for the first CONTEXT of them. */
static size_t same_tail(const struct diff *d)
{
	size_t n = d->old.n < d->new.n ? d->old.n : d->new.n, i = 0, lines = 0;
	size_t starts[CONTEXT + 1] = { 0 };

	for (; i < n && d->old.v[d->old.n - 1 - i] == d->new.v[d->new.n - 1 - i]; i++)
		if (d->old.v[d->old.n - 1 - i] == '\n')
			starts[++lines % (CONTEXT + 1)] = i;
	return lines > CONTEXT ? starts[(lines - CONTEXT) % (CONTEXT + 1)] : 0;
}

void diff_trim(struct diff *d)
{
	size_t lines, head = same_head(d, &lines), tail;

	d->old = (struct bytes){ d->old.v + head, d->old.n - head };
	d->new = (struct bytes){ d->new.v + head, d->new.n - head };
	d->skipped += lines;
	tail = same_tail(d);
	d->old.n -= tail;
	d->new.n -= tail;
}
