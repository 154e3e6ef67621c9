// SPDX-License-Identifier: Apache-2.0
/* The linter: which lines of Python keep work off the GPU? */
#include <string.h>

#include "core/log.h"
#include "report/diff.h"
#include "report/lint_reporters.h"
#include "report/out.h"
#include "verbs/lint_run.h"
#include "verbs/look.h"

#ifdef HAVE_LINT

static bool take_choice(const struct options *o, struct lint_wish *wish, struct arena *a)
{
	const char *why = NULL;

	if ((o->select && !choose_add(&wish->choice, false, o->select, a, &why)) ||
	    (o->ignore && !choose_add(&wish->choice, true, o->ignore, a, &why))) {
		log_error("%s", why);
		return false;
	}
	return true;
}

static const struct reporter *find_reporter(const struct options *o, struct arena *a)
{
	struct str names = str_new(a, 1024);

	for (size_t i = 0; i < n_lint_reporters; i++) {
		if (strcmp(lint_reporters[i]->name, o->format) == 0)
			return lint_reporters[i];
		str_addf(&names, "%s%s", i ? ", " : "", lint_reporters[i]->name);
	}
	log_error("no format \"%s\" of lint; there are: %s.", esc(a, o->format), str_text(&names));
	return NULL;
}

static enum role role_of(enum severity severity)
{
	return severity == SEVERITY_ERROR     ? ROLE_CAUSE
	       : severity == SEVERITY_WARNING ? ROLE_WARNING
					      : ROLE_ADVICE;
}

/* An error is proved: this program does not do its work on the GPU, whatever the machine. Without one nothing is known. */
static struct report *report_of(const struct linted *linted, struct arena *a)
{
	struct report *r = report_new(a);

	for (size_t i = 0; i < linted->findings.n; i++) {
		struct finding *f = linted->findings.v[i];

		f->role = role_of(f->severity);
		if (f->role == ROLE_CAUSE && r->answer == ANSWER_CANNOT_TELL) {
			r->answer = ANSWER_CANNOT_USE_GPU;
			r->diagnosis = f->id;
		}
		PUSH(a, &r->findings, f);
	}
	r->basis = "text";
	r->notes = linted->notes;
	r->lint_files = linted->n_files;
	r->lint_fixed = linted->n_fixed;
	return r;
}

static bool is_stdin(const struct strlist *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		if (strcmp(paths->v[i], "-") == 0)
			return true;
	return false;
}

/* The changes alone on stdout, so that they can be kept and applied; what else there is to say goes to stderr. */
static int show_changes(const struct linted *linted, const struct report *r,
			const struct render_opts *look, struct arena *a)
{
	struct str text = str_new(a, 256u << 20);

	for (size_t i = 0; i < linted->changed.n; i++)
		diff_render(&linted->changed.v[i], out_columns() > 0, look, &text);
	for (size_t i = 0; i < r->notes.n; i++)
		log_error("%s.", r->notes.v[i]);
	return out_write(str_text(&text));
}

static const char *fix_problem(const struct options *o)
{
	if (o->fix && o->diff)
		return "--fix writes and --diff only shows: which of them?";
	if (o->unsafe_fixes && !o->fix && !o->diff)
		return "--unsafe-fixes goes with --fix or --diff.";
	if (o->fix && is_stdin(&o->args))
		return "--fix cannot write into standard input: --diff shows what it would be.";
	return NULL;
}

int verb_lint(const struct options *o, struct arena *a)
{
	const char *bad = fix_problem(o);
	const struct reporter *reporter = find_reporter(o, a);
	struct lint_wish wish = { .mode = o->diff  ? LINT_DIFF
					  : o->fix ? LINT_FIX
						   : LINT_ONLY,
				  .unsafe = o->unsafe_fixes };
	struct render_opts look = { .quiet = o->quiet };
	struct str text = str_new(a, 256u << 20);
	struct facts facts = { 0 };

	if (bad)
		log_error("%s", bad);
	if (bad || !reporter || !take_choice(o, &wish, a))
		return EXIT_USAGE;

	struct linted linted = lint_run(o, &o->args, &wish, a);

	if (linted.status && !linted.n_files)
		return linted.status;

	struct report *r = report_of(&linted, a);

	look_at_screen(&look, o->colour);
	if (!o->diff)
		reporter->render(&facts, r, &look, &text);
	if ((o->diff ? show_changes(&linted, r, &look, a) : out_write(str_text(&text))) ||
	    linted.status)
		return EXIT_USAGE;
	return r->answer == ANSWER_CANNOT_USE_GPU && !o->exit_zero ? EXIT_CAUSE : EXIT_NO_CAUSE;
}

#else

int verb_lint(const struct options *o, struct arena *a)
{
	(void)o;
	(void)a;
	log_error(WITHOUT_LINT ".");
	return EXIT_USAGE;
}

#endif
