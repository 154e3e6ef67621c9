// SPDX-License-Identifier: Apache-2.0
/* The sentences. They follow the prediction, not the finding: a torch that cannot be imported does
 * not "run on the CPU". Where no rule names a cause the chain's own words have to do. */
#include "report/words.h"

#include <string.h>

const char *words_without_stop(struct arena *a, const char *text)
{
	size_t n = strlen(text);

	return n > 0 && text[n - 1] == '.' ? arena_strndup(a, text, n - 1) : text;
}

const char *words_titled(const struct screen *s, const struct finding *f)
{
	if (f->subject && *f->subject && !strstr(f->title, f->subject))
		return arena_fmt(s->arena, "%s: %s", screen_shown(s, f->subject),
				 screen_shown(s, f->title));
	return screen_shown(s, f->title);
}

/* ---- the findings of a role ---- */

struct finding *next_of_role(const struct report *r, enum role role, size_t *pos)
{
	while (*pos < r->findings.n) {
		struct finding *f = r->findings.v[(*pos)++];

		if (f->role == role)
			return f;
	}
	return NULL;
}

struct finding *first_of_role(const struct report *r, enum role role)
{
	size_t pos = 0;

	return next_of_role(r, role, &pos);
}

bool is_undetermined(const struct report *r)
{
	return strcmp(r->diagnosis, "undetermined") == 0;
}

static const char *reason(const struct screen *s, const struct finding *f)
{
	return words_without_stop(s->arena, screen_shown(s, f->headline ? f->headline : f->title));
}

/* ---- the answer ---- */

static bool is_about_import(const struct report *r)
{
	const struct finding *cause = first_of_role(r, ROLE_CAUSE);

	return r->prediction.import.value == OUTCOME_FALSE &&
	       (!cause || cause->stage >= STAGE_PYTHON);
}

/* What happens to the program, by the first of torch's answers that is bad. That the import fails is no consequence of a
 * cause that comes before Python: it is the next thing to mend. */
static const char *consequence(const struct report *r)
{
	const struct prediction *p = &r->prediction;

	if (p->import.value == OUTCOME_FALSE)
		return is_about_import(r) ? "`import torch` will fail"
					  : "PyTorch cannot use the GPU";
	if (p->is_available.value == OUTCOME_TRUE && p->to_cuda.value == OUTCOME_FALSE)
		return "torch will see the GPU and fail at the first .to(\"cuda\")";
	if (p->is_available.value == OUTCOME_TRUE && p->first_kernel.value == OUTCOME_FALSE)
		return "torch will see the GPU and fail at the first kernel";
	return p->import.value == OUTCOME_TRUE && !p->is_available.raises_type
		       ? "PyTorch will run on the CPU"
		       : "PyTorch cannot use the GPU";
}

bool is_sound(const struct link_line *link)
{
	return link->mark == MARK_OK || link->mark == MARK_NONE;
}

/* The first broken link; else the last unsure one, because what is odd about torch or its
 * environment says more than what is odd about the bus; NULL if all are sound. */
static const struct link_line *telling_link(const struct report *r)
{
	const struct link_line *last = NULL;

	for (size_t i = 0; i < r->chain.n; i++) {
		if (r->chain.v[i].mark == MARK_BROKEN)
			return &r->chain.v[i];
		if (!is_sound(&r->chain.v[i]))
			last = &r->chain.v[i];
	}
	return last;
}

/* A link's text behind its label; a path or a name needs none: "driver 550.54.15 is loaded, but ...". */
static const char *link_words(const struct screen *s, const struct link_line *link)
{
	const char *text = screen_shown(s, link->text);
	bool number = *text >= '0' && *text <= '9', word = *text >= 'a' && *text <= 'z';

	if (!number && !word)
		return text;
	return arena_fmt(s->arena, number ? "%s %s" : "%s: %s", link->label, text);
}

const struct finding *verdict_warning(const struct report *r)
{
	const struct link_line *link = telling_link(r);
	bool open = r->answer == ANSWER_CANNOT_TELL && !first_of_role(r, ROLE_UNKNOWN);

	return open && link && link->mark == MARK_WARNING ? first_of_role(r, ROLE_WARNING) : NULL;
}

/* No rule names a cause: what the chain shows has to do. */
static const char *verdict_unnamed(const struct screen *s, const char *what)
{
	const struct link_line *link = telling_link(s->report);
	const struct finding *warning = verdict_warning(s->report);

	if (!link)
		return arena_fmt(s->arena, "%s, but the cause could not be determined.", what);
	return arena_fmt(s->arena, "%s: %s.", what,
			 warning ? words_titled(s, warning) : link_words(s, link));
}

static const char *verdict_broken(const struct screen *s)
{
	const struct report *r = s->report;
	const struct finding *cause = first_of_role(r, ROLE_CAUSE);
	const struct finding *open = first_of_role(r, ROLE_UNKNOWN);
	const char *what = consequence(r);

	/* The linter's words say themselves what becomes of the program. */
	if (cause && cause->rule)
		return arena_fmt(s->arena, "%s%s.",
				 r->prediction.first_kernel.value == OUTCOME_TRUE
					 ? "The GPU is ready, the code is not: "
					 : "",
				 reason(s, cause));
	if (cause && is_undetermined(r))
		return arena_fmt(s->arena, "%s: %s. What is behind it could not be read.", what,
				 reason(s, cause));
	if (cause)
		return arena_fmt(s->arena, "%s: %s.", what, reason(s, cause));
	if (open)
		return arena_fmt(s->arena, "%s, and the cause is open: %s.", what, reason(s, open));
	return verdict_unnamed(s, what);
}

static const char *verdict_open(const struct screen *s)
{
	const struct finding *open = first_of_role(s->report, ROLE_UNKNOWN);
	const struct strlist *missing = &s->report->not_looked_at;

	if (open)
		return arena_fmt(s->arena, "Cannot tell yet: %s.", reason(s, open));
	if (telling_link(s->report))
		return verdict_unnamed(s, "Cannot tell yet what comes of this");
	if (missing->n > 0)
		return arena_fmt(s->arena, "Cannot tell yet: %s.",
				 words_without_stop(s->arena, screen_shown(s, missing->v[0])));
	return "Cannot tell: nothing that can be read here is broken, and too little can be read.";
}

static const char *verdict_sound(const struct screen *s)
{
	const struct fact_str *version = &s->facts->torch.version;

	if (version->st != PRESENT)
		return "PyTorch will use the GPU.";
	if (s->report->target_gpu)
		return arena_fmt(s->arena, "PyTorch will use the GPU: %s, through torch %s.",
				 screen_shown(s, s->report->target_gpu),
				 screen_shown(s, version->v));
	return arena_fmt(s->arena, "PyTorch will use the GPU, through torch %s.",
			 screen_shown(s, version->v));
}

enum mark verdict_mark(const struct report *r)
{
	if (r->answer == ANSWER_CANNOT_TELL)
		return MARK_UNSURE;
	return r->answer == ANSWER_USES_GPU ? MARK_OK : MARK_BROKEN;
}

const char *verdict_text(const struct screen *s)
{
	if (s->report->answer == ANSWER_CANNOT_TELL)
		return verdict_open(s);
	return s->report->answer == ANSWER_USES_GPU ? verdict_sound(s) : verdict_broken(s);
}

/* ---- prediction ---- */

/* They have several. */
const char *torch_text(const struct screen *s, const char *text)
{
	char *copy = arena_strdup(s->arena, text);

	for (char *p = copy; (p = strchr(p, '\n'));)
		*p = ' ';
	return screen_shown(s, copy);
}

static const char *raised(const struct screen *s, const struct outcome *o)
{
	return arena_fmt(s->arena, "%s: \"%s\"", o->raises_type,
			 torch_text(s, o->raises_text ? o->raises_text : ""));
}

/* Behind the first sentence: a full stop and a capital letter ("e.g. changing" goes on). NULL if there is only one. */
static const char *second_sentence(const char *text)
{
	while ((text = strstr(text, ". ")) && !(text[2] >= 'A' && text[2] <= 'Z'))
		text += 2;
	return text ? text + 2 : NULL;
}

/* "Error 803: system has unsupported display driver"; NULL without such. */
static const char *error_number(const char *text)
{
	while ((text = strstr(text, "Error ")) && !(text[6] >= '0' && text[6] <= '9'))
		text += 6;
	return text;
}

/* To recognise it by: the first sentence, and the number of the error; -v has the whole. */
static const char *in_short(const struct screen *s, const char *text)
{
	const char *safe = torch_text(s, text), *rest = second_sentence(safe);
	const char *number = rest ? error_number(rest) : NULL;

	if (strlen(safe) <= 100 || !rest)
		return safe;
	return arena_fmt(s->arena, "%.*s ...%s%s", (int)(rest - safe - 1), safe, number ? " " : "",
			 number ? number : "");
}

static const char *raised_in_short(const struct screen *s, const struct outcome *o)
{
	return arena_fmt(s->arena, "%s: \"%s\"", o->raises_type,
			 in_short(s, o->raises_text ? o->raises_text : ""));
}

/* What happens behind is_available(): the first thing that raises, else the first warning. */
static const char *later_failure(const struct screen *s, const struct prediction *p)
{
	if (p->to_cuda.value == OUTCOME_FALSE && p->to_cuda.raises_type)
		return arena_fmt(s->arena, ", .to(\"cuda\") will raise %s",
				 raised_in_short(s, &p->to_cuda));
	if (p->warnings.n > 0)
		return arena_fmt(s->arena, ", with the warning \"%s\"",
				 in_short(s, p->warnings.v[0]));
	return "";
}

const char *prediction_text(const struct screen *s, bool brief)
{
	const struct prediction *p = &s->report->prediction;

	if (p->import.value == OUTCOME_FALSE && !is_about_import(s->report))
		return "";
	if (p->import.value == OUTCOME_FALSE && p->import.raises_type)
		return arena_fmt(s->arena, "`import torch` will raise %s",
				 raised_in_short(s, &p->import));
	/* Nobody gets to ask it, or something else than PyTorch would answer. */
	if (p->import.value == OUTCOME_FALSE ||
	    (s->facts->torch.foreign.st == PRESENT && !p->is_available.raises_type))
		return "";
	if (p->is_available.value == OUTCOME_FALSE && p->is_available.raises_type)
		return arena_fmt(s->arena, "torch.cuda.is_available() will raise %s",
				 raised_in_short(s, &p->is_available));
	if (p->is_available.value != OUTCOME_FALSE && p->is_available.value != OUTCOME_TRUE)
		return "";
	return arena_fmt(s->arena, "torch.cuda.is_available() will be %s%s",
			 p->is_available.value == OUTCOME_TRUE ? "True" : "False",
			 brief ? "" : later_failure(s, p));
}

static const char *count_text(const struct screen *s, const struct outcome *o)
{
	if (o->value == OUTCOME_COUNT)
		return arena_fmt(s->arena, "%lld", (long long)o->count);
	return o->value == OUTCOME_FALSE ? "fails" : "?";
}

/* The first of the two that fails; both NULL-safe, since torch may fail without words. */
static const char *failing_step(const struct screen *s, const char *dot)
{
	const struct prediction *p = &s->report->prediction;
	bool moved = p->to_cuda.value == OUTCOME_TRUE;
	const struct outcome *o = moved ? &p->first_kernel : &p->to_cuda;
	const char *text = o->raises_text ? in_short(s, o->raises_text) : "";

	if (o->value != OUTCOME_FALSE)
		return "";
	return arena_fmt(s->arena, "%s%s%s%s%s%s", dot,
			 moved ? ".to(\"cuda\") works" : ".to(\"cuda\") fails", moved ? dot : "",
			 moved ? "a kernel fails" : "", *text ? " with " : "",
			 *text ? arena_fmt(s->arena, "\"%s\"", text) : "");
}

const char *steps_text(const struct screen *s)
{
	const struct prediction *p = &s->report->prediction;
	const char *dot = s->opts->utf8 ? " \u00b7 " : ", ";
	bool available = p->is_available.value == OUTCOME_TRUE;
	bool counted = p->device_count.value == OUTCOME_COUNT && p->device_count.count > 0;
	const char *failure = failing_step(s, dot);

	if (p->is_available.raises_type || !*failure || !(available || counted) ||
	    (!available && p->is_available.value != OUTCOME_FALSE))
		return "";
	return arena_fmt(s->arena, "is_available() %s%sdevice_count() %s%s",
			 available ? "True" : "False", dot, count_text(s, &p->device_count),
			 failure);
}

const char *outcome_text(const struct screen *s, const struct outcome *o)
{
	if (o->value == OUTCOME_COUNT)
		return arena_fmt(s->arena, "%lld", (long long)o->count);
	if (o->value == OUTCOME_UNKNOWN)
		return "not known";
	if (o->value == OUTCOME_TRUE)
		return "yes";
	return o->raises_type ? arena_fmt(s->arena, "no, raises %s", raised(s, o)) : "no";
}
