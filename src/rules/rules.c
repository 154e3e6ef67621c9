// SPDX-License-Identifier: Apache-2.0
/* The list of rules, and the way from facts to a report: every rule judges, torch's answers are
 * predicted, the findings are ranked, and what could not be read is said in whole sentences. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "facts/fields.h"
#include "rules/code.h"
#include "rules/machine.h"

const struct rule *const all_rules[] = {
	hardware_rules,    kernel_rules,      container_rules,  nodes_rules,    driver_rules,
	driver_pair_rules, driver_gpu_rules,  python_rules,     torch_rules,    torch_code_rules,
	libraries_rules,   environment_rules, torch_logs_rules, answered_rules, ruled_out_rules,
};
const size_t n_all_rules = sizeof all_rules / sizeof *all_rules;

static void run_rules(const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < n_all_rules; i++)
		for (const struct rule *rule = all_rules[i]; rule->id; rule++)
			rule->check(rule, f, r);
}

/* ---- what did not answer ---- */

/* "11-21 14:02 UTC"; by arithmetic, because localtime() reads files. Days to date: the era of
 * 400 years begins on 1 March, so that the leap day is the last of its year. */
static const char *utc(struct arena *a, int64_t epoch)
{
	int64_t days = epoch / 86400 + 719468, minutes = epoch % 86400 / 60;
	int64_t day = days % 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	int64_t day_of_month = day_of_year - (153 * month + 2) / 5 + 1;

	month += month < 10 ? 3 : -9;
	return arena_fmt(a, "%02d-%02d %02d:%02d UTC", (int)month, (int)day_of_month,
			 (int)(minutes / 60), (int)(minutes % 60));
}

/* FUSE and NFS sleepers show D only after the signal, others only before it. */
static const char *stuck_state(const struct hang *h)
{
	bool before = h->state && strcmp(h->state, "D") == 0;

	return before || !h->state_after_kill ? h->state : h->state_after_kill;
}

/* "/data (nfs4): venv/lib", so that a long mount point is said once; else "/proc/x (proc on /proc)". */
static void say_place(const struct hang *h, struct str *text)
{
	const char *path = h->path ? h->path : "a place that is not known";
	const char *type = h->fstype ? h->fstype : "mounted";
	size_t n = h->mount ? strlen(h->mount) : 0;

	if (n > 1 && starts_with(path, h->mount) && path[n] == '/')
		str_addf(text, "%s (%s): %s", h->mount, type, path + n + 1);
	else if (n)
		str_addf(text, "%s (%s on %s)", path, type, h->mount);
	else
		str_add(text, path);
}

static void say_hang(const struct hang *h, struct report *r)
{
	struct str text = str_new(r->arena, 1u << 16);
	bool gone = h->state_after_kill && strcmp(h->state_after_kill, "gone") == 0;

	say_place(h, &text);
	/* The path may be long and the screen cuts at the end: what matters less comes last. */
	str_add(&text, " did not answer");
	if (h->since > 0 && !gone)
		str_addf(&text, " since %s", utc(r->arena, h->since));
	if (h->pid > 0 && !gone) {
		str_addf(&text, " (process %lld", (long long)h->pid);
		if (stuck_state(h))
			str_addf(&text, ", state %s", stuck_state(h));
		str_add(&text, ")");
	}
	report_not_looked_at(r, "%s", str_text(&text));
}

/* ---- what could not be read ---- */

enum { MAX_PLACES = 3 };

/* What was found in one collector's facts. */
struct unread {
	struct report *report;
	bool looked,
		hung; /* a fact was looked at; a hang tells of the places that did not answer */
	struct strlist places;
};

static void note(struct unread *u, const struct fact *fact)
{
	const char *why = why_words(fact->why, "no reason given");
	const char *place;

	u->looked |= fact->st != NOT_LOOKED;
	if (fact->st != UNKNOWN || (u->hung && strcmp(why, "no answer") == 0))
		return;
	place = arena_fmt(u->report->arena, "%s (%s)", fact->from ? fact->from : "?", why);
	for (size_t i = 0; i < u->places.n; i++)
		if (strcmp(u->places.v[i], place) == 0)
			return;
	PUSH(u->report->arena, &u->places, place);
}

static void visit(struct unread *u, const struct record *record, const char *base);

static void visit_members(struct unread *u, const struct record *record,
			  const struct gpu_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		visit(u, record, (const char *)list->v + i * record->size);
}

static void visit(struct unread *u, const struct record *record, const char *base)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];
		const void *at = base + field->offset;

		if (field->type == FIELD_GROUP)
			visit(u, field->of, at);
		else if (field->type != FIELD_TEXT)
			note(u, at);
		if (field->type == FIELD_LIST)
			visit_members(u, field->of, at);
	}
}

static const char *words_for(const char *group)
{
	static const char *const words[][2] = {
		{ "platform", "the kind of this machine" },
		{ "pci", "the PCI bus" },
		{ "kmod", "NVIDIA's kernel module" },
		{ "cards", "the driver's list of GPUs" },
		{ "nodes", "the device nodes" },
		{ "env", "the environment" },
		{ "drvlib", "the driver's libraries" },
		{ "python", "the Python" },
		{ "torch", "the installed torch" },
		{ "libs", "the libraries of torch" },
		{ "others", "the other environments" },
		{ "probe", "the driver's own answer" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], group) == 0)
			return words[i][1];
	return group;
}

/* Looked at only where it matters. */
static bool is_on_demand(const char *group)
{
	return strcmp(group, "libs") == 0 || strcmp(group, "others") == 0 ||
	       strcmp(group, "probe") == 0;
}

/* What a rule needed and could not have is a finding of its own, with its place as evidence; the rest is for -v. Only
 * an answer that is open without any finding may hang on whatever could not be read. */
static bool is_open_without_finding(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_CAUSE || r->findings.v[i]->role == ROLE_UNKNOWN)
			return false;
	return r->answer != ANSWER_USES_GPU;
}

static void say_unread(const char *group, const struct unread *u)
{
	struct report *r = u->report;
	struct str text = str_new(r->arena, 1u << 16);

	if (!u->looked && !is_on_demand(group))
		report_not_looked_at(r, "%s: not looked at", words_for(group));
	if (u->places.n == 0)
		return;
	str_addf(&text, "%s could not be read to its end: ", words_for(group));
	for (size_t i = 0; i < u->places.n && i < MAX_PLACES; i++)
		str_addf(&text, "%s%s", i ? ", " : "", u->places.v[i]);
	if (u->places.n > MAX_PLACES)
		str_addf(&text, " and %zu more", u->places.n - MAX_PLACES);
	if (is_open_without_finding(r))
		report_not_looked_at(r, "%s", str_text(&text));
	else
		PUSH(r->arena, &r->unread, str_text(&text));
}

#ifdef HAVE_LINT
#define WHY_UNREAD ""
#else
#define WHY_UNREAD ": " WITHOUT_LINT
#endif

static void say_what_is_missing(const struct facts *f, const struct code *code, struct report *r)
{
	if (f->python.script.st == PRESENT && !code)
		report_not_looked_at(r, "the code of %s was not read" WHY_UNREAD,
				     path_basename(f->python.script.v));
	for (size_t i = 0; i < f->hangs.n; i++)
		say_hang(&f->hangs.v[i], r);
	for (size_t i = 0; i < facts_record.n_fields; i++) {
		const struct field *group = &facts_record.fields[i];
		struct unread u = { .report = r, .hung = f->hangs.n > 0 };

		visit(&u, group->of, (const char *)f + group->offset);
		say_unread(group->name, &u);
	}
}

static const char *value_of(const struct fact_str *fact)
{
	return fact->st == PRESENT ? fact->v : NULL;
}

struct report *judge(const struct facts *f, struct arena *a)
{
	return judge_program(f, NULL, a);
}

struct report *judge_program(const struct facts *f, const struct code *code, struct arena *a)
{
	struct report *r = report_new(a);

	r->target_python = value_of(&f->python.exe);
	r->target_torch = value_of(&f->torch.version);
	r->target_chosen = value_of(&f->python.chosen);
	run_rules(f, r);
	take_answers(f, r);
	if (code) {
		judge_imports(f, code, r);
		take_code(code, r);
	}
	r->prediction = predict(f, a);
	rank(r);
	describe_chain(f, r);
	describe_basis(f, r);
	if (code) {
		show_where_it_stops(code, r);
		describe_code(code, r);
	}
	say_what_is_missing(f, code, r);
	return r;
}
