// SPDX-License-Identifier: Apache-2.0
/* Main's side of `whycpu lint`: it touches no path itself. What comes from the workers is sorted, so that the answer does not
 * depend on how many there are, nor on which was the first to answer. */
#include "verbs/lint_run.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/log.h"
#include "core/workers.h"
#include "facts/finding_json.h"
#include "lint/alike.h"
#include "lint/source.h"
#include "verbs/gather.h"
#include "verbs/lint_callers.h"
#include "verbs/lint_fix.h"
#include "verbs/lint_fixing.h"

#define ITEM_MS                                                                                    \
	60000 /* one file; what takes longer is bounded by the passes, this is the net below them */
#define QUIET_MS 10000    /* without having run at all: a dead network mount */
#define WALK_MS 600000    /* all of the folders */
#define COMPANY_MS 1000   /* looking for files that nobody named */
#define COMPANY_OF_MAX 32 /* files: of more, it is a folder, and they are each other's company */
#define BATCH 32
#define FILES_MAX 200000
#define FINDINGS_MAX 100000

struct comment {
	struct location at;
	const char *ids;
	bool idle;
};

/* Files that use what a finding stands in. */
struct use {
	size_t n, n_quiet;
};

struct run {
	const struct options *options;
	struct lint_wish *wish;
	struct arena *arena;
	struct linted out;

	ARRAY(struct comment) comments;
	struct callers callers;
	ARRAY(struct use) uses; /* of each of the wish's `assumed` */
	struct strlist bad;     /* lines for stderr: what was typed and is no use */
	size_t n_bad_files;
	const char *config_problem;
	bool too_many;
};

static void note(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note(struct run *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	PUSH(r->arena, &r->out.notes, arena_vfmt(r->arena, fmt, ap));
	va_end(ap);
}

static const char *shown(const struct run *r, const char *path)
{
	return lint_shown(r->wish, path);
}

static void take_notes(struct run *r, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (text)
			note(r, "%s", text);
	}
}

static void plan_workers(const struct run *r, struct work_plan *plan)
{
	struct look_plan same = plan_for(r->options, r->arena);
	cpu_set_t cores;
	const char *jobs = getenv("WHYCPU_WORKERS");
	int64_t typed = 0;

	plan->sys = same.sys;
	plan->sys.root = r->wish->root;
	plan->in_process = same.in_process;
	/* The kernel's answer; sysconf would read /sys. */
	plan->n_workers =
		sched_getaffinity(0, sizeof cores, &cores) ? 1 : (unsigned)CPU_COUNT(&cores);
	if (jobs && parse_i64(jobs, &typed) && typed > 0 && typed <= WORKERS_MAX)
		plan->n_workers = (unsigned)typed;
	plan->context = (void *)(uintptr_t)r;
	plan->quiet_ms = QUIET_MS;
}

/* ---- finding the files ---- */

static void *begin_walk(void *context, const struct sys_options *sys)
{
	return walk_begin(((struct run *)context)->wish, sys);
}

static json_t *one_walk(void *context, void *worker, size_t item)
{
	return walk_run(((struct run *)context)->wish, worker, item);
}

static json_t *one_config(void *context, void *worker, size_t item)
{
	return config_run(((struct run *)context)->wish, worker, item);
}

static json_t *one_company(void *context, void *worker, size_t item)
{
	return company_run(((struct run *)context)->wish, worker, item);
}

static bool add_words(struct run *r, const json_t *array, bool ignore, const char *path)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i)), *why = NULL;

		if (word && !choose_add(&r->wish->choice, ignore, word, r->arena, &why)) {
			r->config_problem = arena_fmt(r->arena, "%s: %s", path, why);
			return false;
		}
	}
	return true;
}

/* What was typed as --select replaces what is configured; --ignore adds to it. */
static bool take_config(void *context, size_t item, const json_t *config)
{
	struct run *r = context;
	const char *path = json_get_text(config, "path", r->arena);
	const char *bad = json_get_text(config, "problem", r->arena);
	const json_t *select = json_object_get(config, "select"),
		     *exclude = json_object_get(config, "exclude");

	(void)item;
	if (bad)
		r->config_problem = arena_fmt(r->arena, "%s.", shown(r, bad));
	path = shown(r, path ? path : "pyproject.toml");
	if (json_is_array(select) && !r->wish->choice.is_given) {
		r->wish->choice.is_given = true;
		if (!add_words(r, select, false, path))
			return true;
	}
	add_words(r, json_object_get(config, "ignore"), true, path);
	for (size_t i = 0; i < json_array_size(exclude); i++)
		if (json_is_string(json_array_get(exclude, i)))
			PUSH(r->arena, &r->wish->exclude,
			     arena_strdup(r->arena, json_string_value(json_array_get(exclude, i))));
	return true;
}

static bool take_walk(void *context, size_t item, const json_t *result)
{
	struct run *r = context;
	const char *path = r->wish->paths.v[item],
		   *bad = json_get_text(result, "problem", r->arena);
	const json_t *files = json_object_get(result, "files");
	size_t n = json_array_size(files);

	take_notes(r, json_object_get(result, "notes"));
	if (!bad && n == 0)
		bad = "no Python to judge in it";
	if (bad) {
		PUSH(r->arena, &r->bad, arena_fmt(r->arena, "%s: %s.", shown(r, path), bad));
		return true;
	}
	for (size_t i = 0; i < n && r->wish->files.n < FILES_MAX; i++) {
		const char *file = json_string_value(json_array_get(files, i));

		if (!file)
			return false;
		PUSH(r->arena, &r->wish->files, arena_strdup(r->arena, file));
		PUSH(r->arena, &r->wish->typed, n == 1 && strcmp(file, path) == 0);
		PUSH(r->arena, &r->wish->company, false);
	}
	if (r->wish->files.n == FILES_MAX && !r->too_many) {
		r->too_many = true;
		note(r, "more than %d files: the rest was not looked at", FILES_MAX);
	}
	return true;
}

static void lost_walk(void *context, size_t item, const char *why)
{
	struct run *r = context;

	PUSH(r->arena, &r->bad,
	     arena_fmt(r->arena, "%s: %s.", shown(r, r->wish->paths.v[item]), why));
}

/* What is configured for the first path holds for all; it also says what is left out. */
static void find_files(struct run *r)
{
	struct work_plan plan = { .n_items = 1,
				  .begin = begin_walk,
				  .run = one_config,
				  .accept = take_config,
				  .lost = lost_walk,
				  .item_ms = ITEM_MS };

	plan_workers(r, &plan);
	plan.n_workers = 1;
	work(&plan, r->arena);
	if (r->config_problem || r->bad.n)
		return;
	plan.run = one_walk;
	plan.accept = take_walk;
	plan.n_items = r->wish->paths.n;
	plan.item_ms = WALK_MS;
	work(&plan, r->arena);
}

static bool take_company(void *context, size_t item, const json_t *result)
{
	struct run *r = context;
	const json_t *files = json_object_get(result, "files");

	(void)item;
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *file = json_string_value(json_array_get(files, i));

		if (!file)
			return false;
		PUSH(r->arena, &r->wish->files, arena_strdup(r->arena, file));
		PUSH(r->arena, &r->wish->typed, false);
		PUSH(r->arena, &r->wish->company, true);
	}
	return true;
}

static void lost_quietly(void *context, size_t item, const char *why)
{
	(void)context;
	(void)item;
	(void)why;
}

/* Who uses a few files is known from others of their project. Without an answer in time they are judged alone. */
static void find_company(struct run *r)
{
	struct work_plan plan = { .n_items = 1,
				  .begin = begin_walk,
				  .run = one_company,
				  .accept = take_company,
				  .lost = lost_quietly,
				  .item_ms = COMPANY_MS };

	if (r->wish->wants_script || r->wish->root || r->wish->files.n > COMPANY_OF_MAX)
		return;
	plan_workers(r, &plan);
	plan.n_workers = 1;
	plan.quiet_ms = COMPANY_MS;
	work(&plan, r->arena);
}

/* A path that was typed: absolute, escaped, without "." and empty parts. */
static const char *absolute(const struct run *r, const char *typed)
{
	const char *path = esc(r->arena, typed);
	struct str out = str_new(r->arena, 1u << 16);
	struct bytes part;
	size_t pos = 0;

	if (strcmp(typed, "-") == 0)
		return "-";
	if (path[0] != '/')
		path = path_join(r->arena, r->wish->cwd ? r->wish->cwd : "/", path);
	while (next_part(path, '/', &pos, &part))
		if (part.n && !(part.n == 1 && part.v[0] == '.'))
			str_addf(&out, "/%.*s", (int)part.n, part.v);
	return out.n ? str_text(&out) : "/";
}

/* ---- judging them ---- */

static void *begin_judge(void *context, const struct sys_options *sys)
{
	return judge_begin(((struct run *)context)->wish, sys);
}

static json_t *one_judge(void *context, void *worker, size_t item)
{
	return judge_run(((struct run *)context)->wish, worker, item);
}

static const char *ids_text(const json_t *array, struct arena *a)
{
	struct str out = str_new(a, 1000);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *id = json_string_value(json_array_get(array, i));

		str_addf(&out, "%s%s", out.n ? ", " : "", id ? esc(a, id) : "");
	}
	return str_text(&out);
}

static bool load_comment(struct run *r, const json_t *json, struct comment *ret_comment)
{
	*ret_comment = (struct comment){ .ids = ids_text(json_object_get(json, "ids"), r->arena),
					 .idle = json_is_true(json_object_get(json, "idle")) };
	return location_load(json_object_get(json, "at"), r->arena, &ret_comment->at);
}

static bool take_problem(struct run *r, size_t item, const char *why)
{
	const char *line = arena_fmt(r->arena, "%s: %s", shown(r, r->wish->files.v[item]), why);

	r->n_bad_files++;
	if (r->wish->typed.v[item])
		PUSH(r->arena, &r->bad, arena_fmt(r->arena, "%s.", line));
	else
		note(r, "%s", line);
	return true;
}

static void take_imports(struct run *r, const json_t *result)
{
	const json_t *list = json_object_get(result, "script_imports");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		json_int_t line = json_integer_value(json_object_get(one, "line"));
		const char *module = json_get_text(one, "v", r->arena);

		if (module && line > 0 && line <= INT32_MAX)
			PUSH(r->arena, &r->out.imports,
			     ((struct import_line){ module, (uint32_t)line }));
	}
}

static void take_place(struct run *r, const json_t *place, const char **ret_text,
		       uint32_t *ret_line)
{
	json_int_t line = json_integer_value(json_object_get(place, "line"));

	if (line < 1 || line > INT32_MAX)
		return;
	*ret_text = json_get_text(place, "v", r->arena);
	*ret_line = (uint32_t)line;
}

static void take_script(struct run *r, const json_t *result)
{
	take_place(r, json_object_get(result, "script_env"), &r->out.visible, &r->out.visible_line);
	take_place(r, json_object_get(result, "script_flag"), &r->out.flag, &r->out.flag_line);
}

static void take_passed(struct run *r, size_t item, const json_t *result)
{
	const json_t *passed = json_object_get(result, "passed");

	for (size_t i = 0; i < json_array_size(passed); i++) {
		const char *line = json_string_value(json_array_get(passed, i));

		if (line)
			callers_add(&r->callers, r->wish->files.v[item], line, r->arena);
	}
}

/* Was this file to be judged? `from` is the item that speaks of it: company does not speak of itself. */
static bool is_asked_for(const struct run *r, size_t from, const char *file)
{
	if (!r->wish->company.v[from])
		return true;
	for (size_t i = 0; i < r->wish->files.n; i++)
		if (!r->wish->company.v[i] && strcmp(shown(r, r->wish->files.v[i]), file) == 0)
			return true;
	return false;
}

static bool take_comments(struct run *r, size_t item, const json_t *comments)
{
	for (size_t i = 0; i < json_array_size(comments); i++) {
		struct comment c;

		if (!load_comment(r, json_array_get(comments, i), &c))
			return false;
		if (is_asked_for(r, item, c.at.file))
			PUSH(r->arena, &r->comments, c);
	}
	return true;
}

static bool take_findings(struct run *r, size_t item, const json_t *findings)
{
	for (size_t i = 0; i < json_array_size(findings); i++) {
		struct finding *f = finding_load(json_array_get(findings, i), r->arena);

		if (!f)
			return false;
		if (!is_asked_for(r, item, f->location ? f->location->file : ""))
			continue;
		if (r->out.findings.n == FINDINGS_MAX)
			note(r, "more than %d findings: the rest is not shown", FINDINGS_MAX);
		if (r->out.findings.n < FINDINGS_MAX)
			PUSH(r->arena, &r->out.findings, f);
	}
	return true;
}

static bool take_judged(void *context, size_t item, const json_t *result)
{
	struct run *r = context;
	bool is_company = r->wish->company.v[item];
	const char *why = json_get_text(result, "problem", r->arena);

	if (why)
		return is_company || take_problem(r, item, why);
	take_passed(r, item, result);
	if (!is_company) {
		take_notes(r, json_object_get(result, "notes"));
		take_script(r, result);
		take_imports(r, result);
	}
	return take_comments(r, item, json_object_get(result, "comments")) &&
	       take_findings(r, item, json_object_get(result, "findings"));
}

static void lost_file(void *context, size_t item, const char *why)
{
	const struct run *r = context;

	if (!r->wish->company.v[item])
		take_problem(context, item, why);
}

/* The order of a list that depends on nothing but itself. */
static void order_files(struct run *r)
{
	struct lint_wish *wish = r->wish;
	const size_t *order = alike_order(r->arena, &wish->files);
	struct strlist files = { 0 };
	typeof(wish->typed) typed = { 0 };
	typeof(wish->company) company = { 0 };

	for (size_t i = 0; i < wish->files.n; i++) {
		PUSH(r->arena, &files, wish->files.v[order[i]]);
		PUSH(r->arena, &typed, wish->typed.v[order[i]]);
		PUSH(r->arena, &company, wish->company.v[order[i]]);
	}
	wish->files = files;
	wish->typed = typed;
	wish->company = company;
}

static void judge_files(struct run *r)
{
	struct work_plan plan = { .n_items = r->wish->files.n,
				  .begin = begin_judge,
				  .run = one_judge,
				  .accept = take_judged,
				  .lost = lost_file,
				  .item_ms =
					  r->wish->wants_script ? r->options->timeout_ms : ITEM_MS,
				  .batch = BATCH,
				  .verb = "judging",
				  .noun = "files" };

	r->wish->batch = BATCH;
	order_files(r);
	plan_workers(r, &plan);
	work(&plan, r->arena);
}

/* ---- putting it together ---- */

/* Of doubles, the more severe one comes first, then the one whose words come first: any order will do, if it is one. */
static int by_finding(const void *left, const void *right)
{
	const struct finding *a = *(struct finding *const *)left,
			     *b = *(struct finding *const *)right;
	int order = location_compare(a->location, b->location);

	if (!order)
		order = strcmp(a->id, b->id);
	if (!order && a->severity != b->severity)
		order = a->severity < b->severity ? -1 : 1;
	return order ? order : strcmp(a->title, b->title);
}

static void drop_doubles(struct run *r)
{
	struct finding **v = r->out.findings.v;
	size_t kept = 0;

	if (r->out.findings.n > 1)
		qsort(v, r->out.findings.n, sizeof *v, by_finding);
	for (size_t i = 0; i < r->out.findings.n; i++) {
		const struct finding *last = kept ? v[kept - 1] : NULL;

		if (!last || location_compare(last->location, v[i]->location) ||
		    strcmp(last->id, v[i]->id))
			v[kept++] = v[i];
	}
	r->out.findings.n = kept;
}

static void drop_fix(struct run *r, const struct finding *f)
{
	PUSH(r->arena, &r->wish->unfounded, unfounded_key(f, r->arena));
}

/* What is true of callers on a GPU only, where all that were read stay on the CPU. */
static void drop_unfounded(struct run *r)
{
	struct finding **v = r->out.findings.v;
	size_t kept = 0;

	callers_sort(&r->callers);
	for (size_t i = 0; i < r->out.findings.n; i++)
		if (!v[i]->assumes || !callers_stay_on_cpu(&r->callers, v[i]->assumes))
			v[kept++] = v[i];
		else
			drop_fix(r, v[i]);
	r->out.findings.n = kept;
}

static bool take_uses(void *context, size_t item, const json_t *result)
{
	struct run *r = context;
	const json_t *uses = json_object_get(result, "uses");
	bool quiet = json_is_true(json_object_get(result, "quiet"));

	(void)item;
	for (size_t i = 0; i < json_array_size(uses); i++) {
		json_int_t k = json_integer_value(json_array_get(uses, i));

		if (k < 0 || (size_t)k >= r->uses.n)
			return false;
		r->uses.v[k].n++;
		r->uses.v[k].n_quiet += quiet;
	}
	return true;
}

static json_t *one_use(void *context, void *worker, size_t item)
{
	return uses_run(((struct run *)context)->wish, worker, item);
}

/* What is true of callers on a GPU only, where every file that uses it is a program that never speaks of one. */
static void drop_unused(struct run *r)
{
	struct work_plan plan = { .n_items = r->wish->files.n,
				  .begin = begin_judge,
				  .run = one_use,
				  .accept = take_uses,
				  .lost = lost_quietly,
				  .item_ms = ITEM_MS,
				  .batch = BATCH };
	struct finding **v = r->out.findings.v;
	size_t kept = 0, next = 0;

	for (size_t i = 0; i < r->out.findings.n; i++)
		if (v[i]->assumes) {
			PUSH(r->arena, &r->wish->assumed, v[i]->assumes);
			PUSH(r->arena, &r->uses, (struct use){ 0 });
		}
	if (!r->uses.n || r->wish->files.n < 2)
		return;
	plan_workers(r, &plan);
	work(&plan, r->arena);
	for (size_t i = 0; i < r->out.findings.n; i++) {
		const struct use *use = v[i]->assumes ? &r->uses.v[next++] : NULL;

		if (!use || !use->n || use->n_quiet < use->n)
			v[kept++] = v[i];
		else
			drop_fix(r, v[i]);
	}
	r->out.findings.n = kept;
}

static int by_comment(const void *left, const void *right)
{
	const struct comment *a = left, *b = right;
	int order = location_compare(&a->at, &b->at);

	return order ? order : (int)a->idle - (int)b->idle;
}

/* A comment that hid nothing. What one file's own look does not find, another file's may: the first of each place counts, and
 * those that were used come first. */
static void tell_idle_comments(struct run *r)
{
	if (r->comments.n > 1)
		qsort(r->comments.v, r->comments.n, sizeof *r->comments.v, by_comment);
	for (size_t i = 0; i < r->comments.n; i++) {
		const struct comment *c = &r->comments.v[i];

		if ((i && location_compare(&c[-1].at, &c->at) == 0) || !c->idle)
			continue;
		note(r, "%s:%s%u: `# whycpu: ignore%s%s%s` hides nothing", c->at.file,
		     c->at.cell ? arena_fmt(r->arena, "cell %u:", c->at.cell) : "", c->at.line,
		     c->ids[0] ? "[" : "", c->ids, c->ids[0] ? "]" : "");
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void sort_notes(struct run *r)
{
	struct strlist *n = &r->out.notes;
	size_t kept = 0;

	if (n->n > 1)
		qsort(n->v, n->n, sizeof *n->v, by_text);
	for (size_t i = 0; i < n->n; i++)
		if (!kept || strcmp(n->v[kept - 1], n->v[i]) != 0)
			n->v[kept++] = n->v[i];
	n->n = kept;
}

static bool read_stdin(struct run *r)
{
	struct str text = str_new(r->arena, SOURCE_MAX + 1);
	char part[65536];
	ssize_t got;

	while ((got = read(STDIN_FILENO, part, sizeof part)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			str_addn(&text, part, (size_t)got);
	if (got < 0) {
		log_error("standard input cannot be read (%s).", sys_why(-errno));
		return false;
	}
	r->wish->stdin_text = (struct bytes){ str_text(&text), text.n };
	return true;
}

static bool take_paths(struct run *r, const struct strlist *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		const char *path = absolute(r, paths->v[i]);

		if (strcmp(path, "-") == 0 && !r->wish->stdin_text.v && !read_stdin(r))
			return false;
		if (path[0] != '-' && paths->v[i][0] != '/' && !r->wish->cwd) {
			log_error("%s: the folder you are in has no name any more.",
				  esc(r->arena, paths->v[i]));
			return false;
		}
		PUSH(r->arena, &r->wish->paths, path);
	}
	if (!paths->n)
		PUSH(r->arena, &r->wish->paths, absolute(r, "."));
	return true;
}

/* The files in which something is left, after the callers were heard. */
static void fix_files(struct run *r, enum lint_mode mode)
{
	struct work_plan plan = { .item_ms = ITEM_MS, .verb = "fixing", .noun = "files" };

	r->wish->mode = mode;
	plan_workers(r, &plan);
	lint_fix_files(r->wish, &plan, &r->out, r->arena);
}

struct linted lint_run(const struct options *o, const struct strlist *paths, struct lint_wish *wish,
		       struct arena *a)
{
	struct run r = { .options = o, .wish = wish, .arena = a };
	const char *cwd = plan_for(o, a).sys.cwd;
	enum lint_mode mode = wish->mode;

	wish->mode = LINT_ONLY;
	wish->cwd = cwd && !wish->root ? esc(a, cwd) : NULL;
	if (!take_paths(&r, paths)) {
		r.out.status = EXIT_USAGE;
		return r.out;
	}
	find_files(&r);
	if (r.config_problem)
		PUSH(a, &r.bad, arena_fmt(a, "%s", r.config_problem));
	r.out.n_files = r.wish->files.n;
	if (!r.config_problem && r.wish->files.n) {
		find_company(&r);
		judge_files(&r);
	}
	r.out.n_files -= r.n_bad_files;
	if (!r.out.n_files && !r.bad.n)
		PUSH(a, &r.bad,
		     arena_fmt(a, "nothing could be judged: %s.",
			       r.out.notes.n ? r.out.notes.v[0] : "no file was found"));
	for (size_t i = 0; i < r.bad.n && !wish->wants_script; i++)
		log_error("%s", r.bad.v[i]);
	r.out.problem = r.bad.n ? r.bad.v[0] : NULL;
	r.out.status = r.bad.n ? EXIT_USAGE : 0;
	drop_unfounded(&r);
	drop_doubles(&r);
	drop_unused(&r);
	if (mode != LINT_ONLY) {
		fix_files(&r, mode);
		drop_doubles(&r);
	}
	tell_idle_comments(&r);
	sort_notes(&r);
	return r.out;
}
