// SPDX-License-Identifier: Apache-2.0
/* The main question. Looks, judges, prints; the exit status follows the findings. */
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "report/out.h"
#include "rules/rules.h"
#include "verbs/gather.h"
#include "verbs/look.h"

static bool has_cause(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_CAUSE)
			return true;
	return false;
}

static int status_of(const struct report *r, const struct options *o)
{
	if (o->exit_zero)
		return EXIT_NO_CAUSE;
	if (has_cause(r))
		return EXIT_CAUSE;
	return r->answer == ANSWER_USES_GPU ? EXIT_NO_CAUSE : EXIT_CANNOT_TELL;
}

/* The command that checks again: what was typed, without what only concerns the screen. For a recording it is to be typed
 * on the machine that was recorded. */
static const char *rerun(const struct options *o, struct arena *a)
{
	struct str s = str_new(a, 4096);

	str_add(&s, "whycpu");
	if (o->python)
		str_addf(&s, " --python %s", shell_word(a, esc(a, o->python)));
	return str_text(&s);
}

static int no_python(const struct options *o, const struct facts *f, struct arena *a)
{
	log_error("%s is not a Python interpreter (%s).", esc(a, o->python), f->python.problem.v);
	return EXIT_USAGE;
}

static int root_hung(const struct options *o, struct arena *a)
{
	log_error("--root %s does not answer.", esc(a, o->root));
	return EXIT_CANNOT_TELL;
}

static int no_format(const struct options *o, struct arena *a)
{
	struct str names = str_new(a, 1024);

	for (size_t i = 0; i < n_reporters; i++)
		str_addf(&names, "%s%s", i ? ", " : "", reporters[i]->name);
	log_error("no format \"%s\"; there are: %s.", esc(a, o->format), str_text(&names));
	return EXIT_USAGE;
}

int verb_check(const struct options *o, struct arena *a)
{
	const struct reporter *reporter = reporter_find(o->format);
	struct render_opts look = { .verbose = o->verbose,
				    .quiet = o->quiet,
				    .rerun = rerun(o, a) };

	if (!reporter) {
		return no_format(o, a);
	}

	struct gathered g = gather(o, false, a);

	if (g.status)
		return g.status;
	if (g.root_hung)
		return root_hung(o, a);
	if (o->python && g.facts.python.problem.st == PRESENT)
		return no_python(o, &g.facts, a);

	struct report *r = judge(&g.facts, a);
	struct str text = str_new(a, 64u << 20);

	for (size_t i = 0; i < g.notes.n; i++)
		report_not_looked_at(r, "%s", g.notes.v[i]);
	look_at_screen(&look, o->colour);
	reporter->render(&g.facts, r, &look, &text);
	return out_write(str_text(&text)) ? EXIT_USAGE : status_of(r, o);
}
