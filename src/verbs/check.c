// SPDX-License-Identifier: Apache-2.0
/* The main question. Looks, judges, prints; the exit status follows the findings. */
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "report/out.h"
#include "rules/code.h"
#include "rules/rules.h"
#include "verbs/ask.h"
#include "verbs/gather.h"
#include "verbs/lint_run.h"
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
static const char *rerun(const struct options *o, const struct facts *f, struct arena *a)
{
	struct str s = str_new(a, 1u << 16);

	str_add(&s, "whycpu");
	if (o->python)
		str_addf(&s, " --python %s", shell_word(a, esc(a, o->python)));
	/* A running process keeps what it has: the next one is asked. */
	else if (o->pid && f->python.exe.st == PRESENT)
		str_addf(&s, " --python %s", shell_word(a, f->python.exe.v));
	if (o->script)
		str_addf(&s, " %s", shell_word(a, esc(a, o->script)));
	return str_text(&s);
}

/* True if what was typed cannot be used, which is told. */
static bool is_refused(const struct options *o, const struct facts *f, struct arena *a)
{
	const struct python *py = &f->python;

	if (o->script && py->script.st == UNKNOWN && o->script_or_command &&
	    strcmp(py->script.why, "does not exist") == 0)
		log_error("no command \"%s\", and no file of that name.  (whycpu --help)",
			  esc(a, o->script));
	else if (o->script && py->script.st == UNKNOWN)
		log_error("%s: %s.", esc(a, o->script), py->script.why);
	else if (o->pid && py->problem.st == PRESENT)
		log_error("process %s: %s.", o->pid, py->problem.v);
	else if (o->python && py->problem.st == PRESENT)
		log_error("%s is not a Python interpreter (%s).", esc(a, o->python), py->problem.v);
	else
		return false;
	return true;
}

/* What is the user's and no collector can see. */
/* A notebook runs in its kernel's Python, which only a cell of it knows. */
static bool is_kernel_guessed(const struct facts *f)
{
	const struct python *py = &f->python;

	return py->script.st == PRESENT && ends_with(py->script.v, ".ipynb") &&
	       py->chosen.st == PRESENT && strstr(py->chosen.v, " on PATH");
}

static void say_limits(const struct facts *f, struct report *r)
{
	if (is_kernel_guessed(f))
		report_not_looked_at(
			r,
			"the notebook's kernel, which may be another Python: in a cell, !whycpu %s asks it",
			shell_word(r->arena, path_basename(f->python.script.v)));
	if (f->python.sudo_user.st == PRESENT)
		report_not_looked_at(
			r, "the variables of %s's shell, which sudo hides (better without sudo)",
			f->python.sudo_user.v);
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

#ifdef HAVE_LINT

static bool is_set_too_late(const struct linted *linted)
{
	for (size_t i = 0; i < linted->findings.n; i++)
		if (strcmp(linted->findings.v[i]->id, "cvd-after-init") == 0)
			return true;
	return false;
}

/* The program's own value goes before the shell's, if CUDA has not started by then. */
static void take_environment(const struct linted *linted, struct facts *f, struct arena *a)
{
	struct fact_str *value = &f->env.cuda_visible_devices;

	if (!linted->visible || is_set_too_late(linted))
		return;
	value->st = PRESENT;
	value->v = linted->visible;
	value->from = arena_fmt(a, "%s:%u", f->python.script.v, linted->visible_line);
}

/* The program, judged in the world that the linter knows; NULL if there is none, or nobody to judge it. */
static const struct code *read_code(const struct options *o, struct facts *f, struct arena *a)
{
	static const char *const demands[] = { "hard-coded-cuda", "hard-coded-cuda-index" };
	struct lint_wish wish = { .root = o->root, .wants_script = true };
	struct strlist paths = { 0 };
	struct code *code = arena_alloc(a, sizeof *code);

	if (f->python.script.st != PRESENT)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		PUSH(a, &wish.choice.ids, demands[i]);
	PUSH(a, &paths, unesc(a, f->python.script.v).v);

	struct linted linted = lint_run(o, &paths, &wish, a);

	take_environment(&linted, f, a);
	*code = (struct code){ .script = f->python.script.v,
			       .cwd = wish.cwd,
			       .problem = linted.problem,
			       .findings = linted.findings.v,
			       .n_findings = linted.findings.n,
			       .n_files = linted.n_files,
			       .imports = linted.imports,
			       .flag = linted.flag,
			       .flag_line = linted.flag_line,
			       .notes = linted.notes };
	return code;
}

#else

static const struct code *read_code(const struct options *o, struct facts *f, struct arena *a)
{
	(void)o;
	(void)f;
	(void)a;
	return NULL;
}

#endif

int verb_check(const struct options *o, struct arena *a)
{
	const struct reporter *reporter = reporter_find(o->format);
	struct render_opts look = { .verbose = o->verbose, .quiet = o->quiet };

	if (!reporter) {
		return no_format(o, a);
	}

	struct gathered g = gather(o, false, a);

	if (g.status)
		return g.status;
	if (g.root_hung)
		return root_hung(o, a);
	if (is_refused(o, &g.facts, a))
		return EXIT_USAGE;
	look.rerun = rerun(o, &g.facts, a);

	const struct code *code = read_code(o, &g.facts, a);
	struct report *r = judge_program(&g.facts, code, a);

	if (!o->root && ask_driver(o, r, &g.facts, NULL, a))
		r = judge_program(&g.facts, code, a);

	struct str text = str_new(a, 64u << 20);

	say_limits(&g.facts, r);
	for (size_t i = 0; i < g.notes.n; i++)
		report_not_looked_at(r, "%s", g.notes.v[i]);
	look_at_screen(&look, o->colour);
	reporter->render(&g.facts, r, &look, &text);
	return out_write(str_text(&text)) ? EXIT_USAGE : status_of(r, o);
}
