// SPDX-License-Identifier: Apache-2.0
/* The screen: one answer for a person, on 80 columns and 24 lines. Order and tone: the answer
 * first, then a mark for each link of the chain, the cause with its evidence, the fix to paste,
 * what it is not. It is built as a list of lines with generous limits, and built again with
 * tighter ones while it is too long; -v has no limits and adds all findings. It cannot know the
 * height of the terminal, nor whether its font has the marks. */
#include "report/render.h"

#include <string.h>

#include "report/screen.h"
#include "report/term.h"
#include "report/words.h"

enum { SCREEN_LINES = 24 };

/* Most lines of each section. */
struct limits {
	size_t chain, sound_link, broken_link, evidence, prediction, ways, also, ruled_out, unseen;
};
static const struct limits levels[] = {
	{ 9, 2, 3, 4, 2, 3, 3, 2, 2 }, { 9, 1, 3, 4, 2, 3, 3, 2, 2 }, { 8, 1, 2, 4, 1, 3, 2, 2, 1 },
	{ 7, 1, 2, 3, 1, 3, 2, 1, 1 }, { 6, 1, 1, 2, 0, 2, 1, 1, 1 }, { 4, 1, 1, 1, 0, 1, 0, 1, 1 },
};
#define NO_LIMIT ((size_t)-1 / 1024)
static const struct limits unlimited = { NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT,
					 NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT };

struct evidence_list {
	struct evidence *v;
	size_t n, cap;
};
struct fix_list {
	struct fix *v;
	size_t n, cap;
};

static const char *blanks(struct arena *a, size_t n)
{
	return arena_fmt(a, "%*s", (int)n, "");
}

static struct strlist titles_of_role(const struct screen *s, enum role role)
{
	struct strlist list = { 0 };
	const struct finding *f;

	for (size_t pos = 0; (f = next_of_role(s->report, role, &pos));)
		PUSH(s->arena, &list, f->title);
	return list;
}

/* ---- the chain ---- */

static struct strlist link_lines(const struct screen *s, const struct link_line *link,
				 size_t column)
{
	size_t width = s->width - column - screen_mark_width(s, link->mark);

	return screen_wrap(s, screen_shown(s, link->text), width,
			   is_sound(link) ? s->limits->sound_link : s->limits->broken_link);
}

static size_t label_column(const struct report *r)
{
	size_t column = 0;

	for (size_t i = 0; i < r->chain.n; i++)
		if (term_width(r->chain.v[i].label) > column)
			column = term_width(r->chain.v[i].label);
	return column + 4;
}

static void push_link(struct screen *s, const struct link_line *link, size_t column)
{
	size_t used = 2 + term_width(link->label);
	const char *label =
		arena_fmt(s->arena, "  %s%s", link->label, blanks(s->arena, column - used));

	screen_marked(s, label, link->mark, screen_shown(s, link->text),
		      is_sound(link) ? s->limits->sound_link : s->limits->broken_link);
}

/* Too many lines: the sound links at the beginning go first, then what stands behind the first
 * breaks. */
static void push_chain(struct screen *s)
{
	const struct report *r = s->report;
	size_t column = label_column(r), limit = s->limits->chain, total = 0, folded = 0;

	for (size_t i = 0; i < r->chain.n; i++)
		total += link_lines(s, &r->chain.v[i], column).n;
	if (r->chain.n > 0)
		screen_line(s, "");

	size_t start = s->lines.n;
	bool full = false;

	for (size_t i = 0; i < r->chain.n; i++) {
		const struct link_line *link = &r->chain.v[i];
		size_t height = link_lines(s, link, column).n;
		bool spare = is_sound(link) && total + (folded > 0) > limit;

		full = full || s->lines.n - start + height > limit - (i + 1 < r->chain.n);
		if (spare || full) {
			total -= height;
			folded++;
		} else {
			push_link(s, link, column);
		}
	}
	if (folded > 0)
		screen_line(s, arena_fmt(s->arena, "  and %zu more (-v)", folded));
}

/* ---- evidence ---- */

/* Where the sources begin: behind the longest text, but some are whole sentences. */
static size_t source_column(const struct screen *s, const struct evidence_list *list)
{
	size_t column = 25;

	for (size_t i = 0; i < list->n; i++) {
		size_t width = term_width(screen_shown(s, list->v[i].what));

		if (width > column && width <= 34)
			column = width;
	}
	return column + 4;
}

/* A path can lose folders, but the last name with its line is to stay whole. */
static size_t name_width(const char *source)
{
	const char *slash = strrchr(source, '/');
	size_t width = term_width(slash ? slash : source) + 3;

	return width > 30 ? width : 30;
}

/* "  what it is        where it stands", on one line if it can be. */
static void push_evidence(struct screen *s, const struct evidence *e, size_t column, size_t limit)
{
	const char *what = screen_shown(s, e->what), *source = screen_shown(s, e->source);
	size_t used = 2 + term_width(what);

	if (used + 2 <= column && s->width >= column + name_width(source) && *source) {
		const char *first =
			arena_fmt(s->arena, "  %s%s", what, blanks(s->arena, column - used));

		screen_hanging(s, first, source, limit);
	} else if (used + 2 + term_width(source) <= s->width) {
		screen_line(s, arena_fmt(s->arena, *source ? "  %s  %s" : "  %s", what, source));
	} else {
		screen_text(s, 2, what, limit);
		screen_text(s, 4, source, limit);
	}
}

static bool same_evidence(const struct evidence *a, const struct evidence *b)
{
	return strcmp(a->what, b->what) == 0 && strcmp(a->source, b->source) == 0;
}

/* Pushes what fits into `limit` lines, at least one; the rest is counted. */
static void push_all_evidence(struct screen *s, const struct evidence_list *list, size_t limit)
{
	size_t start = s->lines.n, column = source_column(s, list);

	for (size_t i = 0; i < list->n; i++) {
		size_t before = s->lines.n, last = i + 1 == list->n ? 0 : 1;
		size_t height = limit > 9 ? limit : limit > 2 && i == 0 ? 2 : 1;

		push_evidence(s, &list->v[i], column, height);
		if (i > 0 && s->lines.n - start + last > limit) {
			s->lines.n = before;
			screen_line(s, arena_fmt(s->arena, "  and %zu more (-v)", list->n - i));
			return;
		}
	}
}

static void collect_evidence(const struct screen *s, const struct finding *f,
			     struct evidence_list *list)
{
	for (size_t i = 0; i < f->evidence.n; i++) {
		bool known = false;

		for (size_t k = 0; k < list->n; k++)
			known = known || same_evidence(&list->v[k], &f->evidence.v[i]);
		if (!known)
			PUSH(s->arena, list, f->evidence.v[i]);
	}
}

/* ---- fixes ---- */

/* Words may hold a command: on a narrow screen they have more lines. */
static size_t words_limit(const struct screen *s)
{
	return s->width < 80 ? 3 * 80 / s->width : 3;
}

static void push_way(struct screen *s, const struct fix *fix, const char *number)
{
	const char *words = words_without_stop(s->arena, screen_shown(s, fix->words));

	if (fix->words && fix->command)
		words = arena_fmt(s->arena, "%s:", words);
	screen_hanging(s, number, words, words_limit(s));
	if (fix->command)
		screen_command(s, fix->words ? blanks(s->arena, strlen(number)) : number,
			       fix->command);
}

static void push_only_way(struct screen *s, const char *header, const struct fix *fix)
{
	const char *words = words_without_stop(s->arena, screen_shown(s, fix->words));
	const char *short_form = arena_fmt(s->arena, "%s (%s):", header, words);

	if (!fix->command)
		screen_text(s, 0, arena_fmt(s->arena, "%s: %s.", header, words), words_limit(s));
	else if (!fix->words)
		screen_line(s, arena_fmt(s->arena, "%s:", header));
	else if (term_width(short_form) <= s->width && !strchr(words, '('))
		screen_line(s, short_form);
	else
		screen_text(s, 0, arena_fmt(s->arena, "%s: %s:", header, words), words_limit(s));
	if (fix->command)
		screen_command(s, "  ", fix->command);
}

/* Several fixes are several ways out, the cheapest first: `many` is the header then. */
static void push_ways(struct screen *s, const char *one, const char *many,
		      const struct fix_list *list)
{
	if (list->n == 0)
		return;
	screen_line(s, "");
	if (list->n == 1) {
		push_only_way(s, one, &list->v[0]);
		return;
	}
	if (list->n > s->limits->ways)
		many = arena_fmt(s->arena, "%s (%zu in all: -v)", many, list->n);
	screen_text(s, 0, arena_fmt(s->arena, "%s:", many), 2);
	for (size_t i = 0; i < list->n && i < s->limits->ways; i++)
		push_way(s, &list->v[i], arena_fmt(s->arena, "  %zu. ", i + 1));
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void collect_ways(const struct screen *s, const struct finding *f, struct fix_list *list)
{
	for (size_t i = 0; i < f->fixes.n; i++) {
		const struct fix *fix = &f->fixes.v[i];
		bool known = false;

		for (size_t k = 0; k < list->n; k++)
			known = known ||
				(same_text(list->v[k].command, fix->command) &&
				 (fix->command || same_text(list->v[k].words, fix->words)));
		if (!known)
			PUSH(s->arena, list, *fix);
	}
}

static bool has_command(const struct fix_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].command)
			return true;
	return false;
}

/* ---- sections ---- */

/* Where torch's answers differ, they stand one behind the other, before the cause. */
static bool push_steps(struct screen *s)
{
	const char *steps = steps_text(s);

	if (*steps) {
		screen_line(s, "");
		screen_text(s, 2, steps, s->limits->prediction + 1);
	}
	return *steps != '\0';
}

static void push_cause(struct screen *s, const struct finding *cause)
{
	struct evidence_list evidence = { 0 };
	struct fix_list ways = { 0 };
	bool told = push_steps(s), open = is_undetermined(s->report);
	const char *prediction = told ? "" : prediction_text(s, s->limits->prediction < 2);
	bool in_container =
		cause->stage == STAGE_CONTAINER && s->facts->platform.container.st == PRESENT;

	collect_evidence(s, cause, &evidence);
	collect_ways(s, cause, &ways);
	screen_line(s, "");
	screen_text(s, 0,
		    arena_fmt(s->arena, open ? "Broken, perhaps only a symptom: %s" : "Cause: %s",
			      cause->id),
		    2);
	push_all_evidence(s, &evidence, s->limits->evidence);
	if (*prediction)
		screen_text(s, 2,
			    arena_fmt(s->arena, ends_with(prediction, ".\"") ? "%s" : "%s.",
				      prediction),
			    s->limits->prediction);
	push_ways(s, "Fix", "Fix, one of", &ways);
	if (has_command(&ways) && s->opts->rerun) {
		screen_line(s, in_container ? "Then, inside:" : "Then:");
		screen_command(s, "  ", s->opts->rerun);
	}
}

/* Behind the first one. */
static void push_other_causes(struct screen *s)
{
	size_t n = titles_of_role(s, ROLE_CAUSE).n, pos = 0;
	size_t keep = n - 1 < s->limits->also ? n - 1 : s->limits->also;

	if (n < 2)
		return;
	next_of_role(s->report, ROLE_CAUSE, &pos);
	if (keep == 0)
		screen_line(s, arena_fmt(s->arena, "Also to fix: %zu more (-v)", n - 1));
	if (keep == 0)
		return;
	screen_line(s, n == 2 ? "Also to fix:" : "Also to fix, in this order:");
	for (size_t i = 0; i < keep; i++) {
		const struct finding *f = next_of_role(s->report, ROLE_CAUSE, &pos);

		screen_line(s, term_cut(s->arena,
					arena_fmt(s->arena, "  %s: %s", f->id, words_titled(s, f)),
					s->width));
	}
	if (n - 1 > keep)
		screen_line(s, arena_fmt(s->arena, "  and %zu more (-v)", n - 1 - keep));
}

/* The interpreter as a word that a shell takes as it is, or NULL. What answers to `python` is called so. */
static const char *plain_python(const struct screen *s)
{
	const char *py = s->report->target_python, *chosen = s->report->target_chosen;

	if (chosen && strcmp(chosen, "python on PATH") == 0)
		return "python";
	if (chosen && strcmp(chosen, "python3 on PATH") == 0)
		return "python3";

	return py && *py && !strpbrk(py, "\\ '\"$`*?[](){}<>|&;#~!") ? py : NULL;
}

/* What settles it in any case: torch itself. */
static const char *trial_command(const struct screen *s)
{
	const char *py = plain_python(s);
	bool intel = s->facts->torch.xpu.st == PRESENT;

	return arena_fmt(s->arena, "%s -c \"import torch; print(torch.ones(2, device='%s'))\"",
			 py ? py : "python", intel ? "xpu" : "cuda");
}

static size_t count_open_errors(const struct report *r)
{
	size_t n = 0, pos = 0;
	const struct finding *f;

	while ((f = next_of_role(r, ROLE_UNKNOWN, &pos)))
		n += f->severity == SEVERITY_ERROR;
	return n;
}

/* The first way of the first open question that has one. */
static const struct fix *first_decider(const struct report *r)
{
	const struct finding *f;

	for (size_t pos = 0; (f = next_of_role(r, ROLE_UNKNOWN, &pos));)
		if (f->fixes.n > 0)
			return &f->fixes.v[0];
	return NULL;
}

/* What to make of it, behind the command; on its own where there is none. */
static const char *decider_words(const struct screen *s, const struct fix *way)
{
	const char *words = words_without_stop(s->arena, screen_shown(s, way->words));
	bool small = *words >= 'a' && *words <= 'z';

	if (!way->command)
		return arena_fmt(s->arena, "What would decide: %s", words);
	return arena_fmt(s->arena, "%c%s", small ? *words - 'a' + 'A' : *words,
			 *words ? words + 1 : "");
}

/* One command, though several things are open: torch's own trial settles them all together, as long as it is not known
 * to fail. */
static void push_decider(struct screen *s)
{
	const struct report *r = s->report;
	const struct fix *first = first_decider(r);
	bool trial = r->answer == ANSWER_CANNOT_TELL && r->target_torch && count_open_errors(r) > 1;
	struct fix own = { .command = trial_command(s) };

	const struct fix *way = trial || !first ? &own : first;

	/* It is known to fail: what stands behind it no trial tells. */
	if (way == &own && r->answer == ANSWER_CANNOT_USE_GPU && first_of_role(r, ROLE_CAUSE))
		return;
	screen_line(s, "");
	if (way->command) {
		screen_line(s, "What would decide:");
		screen_command(s, "  ", way->command);
	}
	if (way->words)
		screen_text(s, 0, arena_fmt(s->arena, "%s.", decider_words(s, way)),
			    words_limit(s));
}

static void push_open_questions(struct screen *s)
{
	struct evidence_list evidence = { 0 };
	const struct finding *first = first_of_role(s->report, ROLE_UNKNOWN);

	push_steps(s);
	if (first)
		collect_evidence(s, first, &evidence);
	if (evidence.n > 0) {
		screen_line(s, "");
		screen_line(s, "Looked at:");
		push_all_evidence(s, &evidence, s->limits->evidence);
	}
}

/* Nothing is broken and nothing odd: what was checked stands for the chain. */
static bool is_all_sound(const struct screen *s)
{
	const struct report *r = s->report;

	for (size_t i = 0; i < r->chain.n; i++)
		if (!is_sound(&r->chain.v[i]))
			return false;
	return r->answer == ANSWER_USES_GPU && r->checked.n > 0 && !s->opts->verbose;
}

static void push_checked(struct screen *s)
{
	const struct report *r = s->report;

	screen_line(s, "");
	for (size_t i = 0; i < r->checked.n; i++)
		screen_hanging(s, i ? "           " : "  checked  ",
			       screen_shown(s, r->checked.v[i]), s->limits->broken_link);
	if (r->checked_python)
		screen_hanging(s, "  Python   ", screen_shown(s, r->checked_python),
			       s->limits->broken_link);
}

static void push_sound(struct screen *s)
{
	const char *basis = s->report->basis;
	const char *tried = strcmp(basis, "files") == 0  ? "Read from files; nothing was tried. "
			    : strcmp(basis, "nvml") == 0 ? "NVML answered; CUDA was not asked. "
							 : "";
	const char *program =
		s->report->lint_files
			? "Still slow, or 0 % in nvidia-smi? Then it is the program: a model or a tensor "
			  "that it never moves stays on the CPU."
			: "Still slow, or 0 % in nvidia-smi? Then it is the program: whycpu train.py "
			  "shows the model or the tensor that train.py never moves.";

	screen_line(s, "");
	screen_text(s, 0, arena_fmt(s->arena, "%sTo be sure, let the GPU compute:", tried), 2);
	screen_command(s, "  ", trial_command(s));
	screen_text(s, 0, program, 2);
}

static void push_warnings(struct screen *s)
{
	size_t n = titles_of_role(s, ROLE_WARNING).n, pos = 0;
	size_t keep = n < s->limits->also ? n : s->limits->also;

	for (size_t i = 0; i < keep; i++) {
		const struct finding *f = next_of_role(s->report, ROLE_WARNING, &pos);
		bool more = f->fixes.n > 0 && !s->opts->verbose;

		if (f != verdict_warning(s->report))
			screen_marked(s, "", MARK_WARNING,
				      arena_fmt(s->arena, more ? "%s (what to do: -v)" : "%s",
						words_titled(s, f)),
				      s->opts->verbose ? NO_LIMIT : s->limits->unseen);
	}
	if (n > keep)
		screen_marked(s, "", MARK_WARNING,
			      arena_fmt(s->arena, "and %zu more (-v)", n - keep), 1);
}

/* Without a cause the verdict has said the first open question. */
static struct strlist open_titles(const struct screen *s, bool cause)
{
	struct strlist open = titles_of_role(s, ROLE_UNKNOWN);

	if (!cause && open.n > 0) {
		open.v++;
		open.n--;
	}
	return open;
}

static void push_notes(struct screen *s)
{
	bool cause = first_of_role(s->report, ROLE_CAUSE) != NULL;
	struct strlist open = open_titles(s, cause);
	struct strlist out = titles_of_role(s, ROLE_RULED_OUT);
	size_t start = s->lines.n;

	screen_line(s, "");
	push_other_causes(s);
	push_warnings(s);
	screen_sentences(s, cause ? "May need fixing too:" : "Also open:", &open,
			 s->limits->unseen);
	screen_sentences(s, "Not the cause:", &out, s->limits->ruled_out);
	screen_sentences(s, "Not seen:", &s->report->not_looked_at, s->limits->unseen);
	if (s->opts->verbose)
		screen_sentences(s, "Not read, and not needed:", &s->report->unread, NO_LIMIT);
	if (s->lines.n == start + 1)
		s->lines.n = start;
}

/* ---- what -v adds ---- */

static void push_outcome(struct screen *s, const char *name, const struct outcome *o)
{
	screen_hanging(s, arena_fmt(s->arena, "  %-14s  ", name), outcome_text(s, o), NO_LIMIT);
}

static void push_prediction(struct screen *s)
{
	const struct prediction *p = &s->report->prediction;

	screen_line(s, "");
	screen_line(s, "What torch will do:");
	push_outcome(s, "import torch", &p->import);
	push_outcome(s, "is_available()", &p->is_available);
	push_outcome(s, "device_count()", &p->device_count);
	push_outcome(s, ".to(\"cuda\")", &p->to_cuda);
	push_outcome(s, "first kernel", &p->first_kernel);
	for (size_t i = 0; i < p->warnings.n; i++)
		screen_text(s, 2,
			    arena_fmt(s->arena, "warns: \"%s\"", torch_text(s, p->warnings.v[i])),
			    NO_LIMIT);
}

static void push_details(struct screen *s, const struct finding *f)
{
	for (size_t i = 0; i < f->evidence.n; i++)
		screen_text(s, 6,
			    arena_fmt(s->arena, "%s  [%s]", screen_shown(s, f->evidence.v[i].what),
				      screen_shown(s, f->evidence.v[i].source)),
			    NO_LIMIT);
	for (size_t i = 0; i < f->fixes.n; i++) {
		const struct fix *fix = &f->fixes.v[i];

		screen_text(s, 6,
			    arena_fmt(s->arena, "fix (%s): %s", applies_name(fix->applies),
				      screen_shown(s, fix->words)),
			    NO_LIMIT);
		if (fix->command)
			screen_command(s, "        ", fix->command);
	}
}

/* The first cause stands in full above. */
static void push_everything(struct screen *s, const struct finding *cause)
{
	push_prediction(s);
	if (s->report->rests_on) {
		screen_line(s, "");
		screen_hanging(s, "What this rests on: ", screen_shown(s, s->report->rests_on),
			       NO_LIMIT);
	}
	if (s->report->findings.n > 0) {
		screen_line(s, "");
		screen_line(s, "All findings:");
	}
	for (size_t i = 0; i < s->report->findings.n; i++) {
		const struct finding *f = s->report->findings.v[i];
		const char *of =
			f->explained_by ? arena_fmt(s->arena, " of %s", f->explained_by) : "";

		if (f->role == ROLE_NONE)
			continue;
		screen_text(s, 2,
			    arena_fmt(s->arena, "%s (%s%s): %s", f->id, role_name(f->role), of,
				      words_titled(s, f)),
			    NO_LIMIT);
		if (f != cause)
			push_details(s, f);
	}
}

/* ---- the whole screen ---- */

static void build(struct screen *s)
{
	const struct report *r = s->report;
	const struct finding *cause = first_of_role(r, ROLE_CAUSE);

	screen_marked(s, "", verdict_mark(r), verdict_text(s),
		      s->opts->verbose ? NO_LIMIT
		      : s->width < 80  ? 2 * 80 / s->width + 1
				       : 2);
	if (is_all_sound(s))
		push_checked(s);
	else
		push_chain(s);
	if (cause)
		push_cause(s, cause);
	else if (r->answer == ANSWER_USES_GPU)
		push_sound(s);
	else
		push_open_questions(s);
	if (is_undetermined(r))
		push_decider(s);
	push_notes(s);
	if (s->opts->verbose)
		push_everything(s, cause);
}

static void render_quiet(struct screen *s, struct str *out)
{
	struct line line = { "", true, verdict_mark(s->report),
			     arena_fmt(s->arena, "%s (%s)", verdict_text(s),
				       s->report->diagnosis) };

	PUSH(s->arena, &s->lines, line);
	screen_write(s, out);
}

static void render_text(const struct facts *f, const struct report *r, const struct render_opts *o,
			struct str *out)
{
	struct screen s = {
		.facts = f, .report = r, .opts = o, .limits = &unlimited, .arena = out->arena
	};
	size_t n_levels = sizeof levels / sizeof levels[0];

	s.width = screen_width(o->columns);
	/* A narrow screen scrolls: half an answer would be worse. */
	size_t height = s.width < 80 ? SCREEN_LINES * 80 / s.width : SCREEN_LINES;

	if (o->quiet) {
		render_quiet(&s, out);
		return;
	}
	for (size_t i = 0; i < (o->verbose ? 1 : n_levels); i++) {
		s.lines.n = 0;
		s.limits = o->verbose ? &unlimited : &levels[i];
		build(&s);
		if (s.lines.n <= height)
			break;
	}
	screen_write(&s, out);
}

const struct reporter reporter_text = {
	.name = "text",
	.help = "one screen for a person",
	.render = render_text,
};
