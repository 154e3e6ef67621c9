// SPDX-License-Identifier: Apache-2.0
/* The chain's lines about the program's side: which Python, which torch, the libraries that torch loads, the variables that
 * steer it. Where the right torch lies in an environment that nobody switched on, both are shown. */
#include "rules/chain.h"

#include <inttypes.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "facts/fields.h"
#include "rules/machine.h"

/* ---- Python ---- */

static const char *chosen_words(const struct fact_str *chosen)
{
	static const char *const words[][2] = {
		{ "--python", "given by --python" },
		{ "parent process", "which started whycpu" },
		{ "python on PATH", "the python on your PATH" },
		{ "python3 on PATH", "the python3 on your PATH" },
	};

	if (chosen->st != PRESENT)
		return "";
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], chosen->v) == 0)
			return words[i][1];
	return chosen->v;
}

/* "/usr/bin/python3 3.11.2" */
static const char *python_name(const struct python *p, struct arena *a)
{
	if (p->version.st != PRESENT)
		return p->exe.v;
	return arena_fmt(a, "%s %s", p->exe.v, p->version.v);
}

static const char *python_text(const struct python *p, struct arena *a)
{
	struct str text = str_new(a, 1u << 16);
	const char *how = chosen_words(&p->chosen);

	str_add(&text, python_name(p, a));
	if (p->pid.st == PRESENT)
		str_addf(&text, ", process %" PRId64, p->pid.v);
	else if (*how)
		str_addf(&text, ", %s", how);
	if (p->sudo_user.st == PRESENT)
		str_addf(&text, ", as %s has it (sudo)", p->sudo_user.v);
	return str_text(&text);
}

static void describe_python(const struct facts *f, struct report *r)
{
	if (f->python.exe.st == PRESENT)
		chain_line(r, "Python", MARK_OK, python_text(&f->python, r->arena));
	else
		chain_line(r, "Python", MARK_UNSURE, "none was found that could be examined");
}

/* ---- torch ---- */

/* Most wheels say it in their version; conda's and some others do not. `judged`: a rule names this build as the cause. */
static const char *build_text(const struct torch *t, enum build build, bool judged, struct arena *a)
{
	const char *version = t->version.st == PRESENT ? t->version.v : "version not known";
	const char *open = judged ? "" : ": whycpu cannot judge these yet";

	if (build == BUILD_CUDA && !strstr(version, "+cu"))
		return arena_fmt(a, "%s, built for CUDA %s", version, t->cuda.v);
	if (build == BUILD_CPU && !strstr(version, "+cpu"))
		return arena_fmt(a, "%s, a CPU-only build", version);
	if (build == BUILD_HIP)
		return arena_fmt(a, "%s, a build for AMD GPUs (ROCm)%s", version, open);
	if (build == BUILD_XPU)
		return arena_fmt(a, "%s, a build for Intel GPUs (XPU)%s", version, open);
	return version;
}

/* "sm_75 sm_80 sm_120, no PTX": PTX is code that the driver compiles for newer GPUs. */
static const char *archs_text(const struct fact_strs *archs, struct arena *a)
{
	struct str text = str_new(a, 4096);
	bool ptx = false;

	for (size_t i = 0; i < archs->v.n; i++) {
		str_addf(&text, "%s%s", i ? " " : "", archs->v.v[i]);
		ptx = ptx || starts_with(archs->v.v[i], "compute_");
	}
	str_add(&text, ptx ? "" : ", no PTX");
	return str_text(&text);
}

static const char *without_code_text(const struct facts *f, struct arena *a)
{
	const struct torch *t = &f->torch;
	const char *version = build_text(t, torch_build(f), false, a);

	if (t->archs.st == PRESENT && t->archs.v.n > 0)
		return arena_fmt(a, "%s: has code for %s", version, archs_text(&t->archs, a));
	return version;
}

/* With what is wrong, where the version does not say it. */
static const char *broken_text(const struct facts *f, const struct report *r, enum build build)
{
	const struct finding *worst = chain_worst(r, STAGE_PYTHON, STAGE_TORCH);
	bool broken = worst && chain_mark(r, STAGE_PYTHON, STAGE_TORCH) == MARK_BROKEN;
	const char *text = build_text(&f->torch, build, broken, r->arena);

	if (broken && (strcmp(worst->id, "torch-install-broken") == 0 ||
		       strcmp(worst->id, "torch-library-load-failed") == 0))
		return arena_fmt(r->arena, "%s: %s", text, worst->title);
	return text;
}

static void describe_torch(const struct facts *f, struct report *r)
{
	enum build build = torch_build(f);
	enum mark mark = chain_mark(r, STAGE_PYTHON, STAGE_TORCH);
	bool no_code = chain_finding(r, "gpu-arch-not-in-build") || code_for_gpus(f) == NO;

	if (build == BUILD_NONE)
		chain_line(r, "torch", MARK_BROKEN,
			   is_true(&f->torch.bare_of_torch) == YES
				   ? "its __init__.py is missing"
				   : "not installed for this Python");
	else if (f->torch.foreign.st == PRESENT)
		chain_line(r, "torch", MARK_BROKEN,
			   arena_fmt(r->arena, "%s is imported instead of it", f->torch.foreign.v));
	else if (f->torch.dir.st != PRESENT)
		chain_line(r, "torch", MARK_UNSURE, "not known");
	else if (no_code)
		chain_line(r, "torch", mark == MARK_OK ? MARK_UNSURE : mark,
			   without_code_text(f, r->arena));
	else
		chain_line(r, "torch",
			   mark == MARK_OK && (build == BUILD_HIP || build == BUILD_XPU)
				   ? MARK_UNSURE
				   : mark,
			   broken_text(f, r, build));
}

/* ---- the environment that nobody switched on ---- */

/* This machine, as if `other` were the Python that was asked for. */
static struct facts with_other(const struct facts *f, const struct other *other)
{
	struct facts g = *f;

	g.python = other->python;
	g.torch = other->torch;
	g.libs = other->libs;
	return g;
}

/* "/usr/bin/python3 3.11.2: torch 1.13.1, a CPU-only build" */
static const char *pair_text(const struct facts *f, struct arena *a)
{
	enum build build = torch_build(f);
	const char *python = f->python.exe.st == PRESENT ? python_name(&f->python, a) : "python";

	if (build == BUILD_NONE)
		return arena_fmt(a, "%s: no torch", python);
	if (f->torch.dir.st != PRESENT)
		return arena_fmt(a, "%s: its torch is not known", python);
	return arena_fmt(a, "%s: torch %s", python, build_text(&f->torch, build, false, a));
}

/* The first one whose torch would use the GPU; else the first with a CUDA build; NULL without any. */
static const struct other *better_one(const struct facts *f, struct arena *a, bool *ret_works)
{
	const struct other *cuda = NULL;

	for (size_t i = 0; i < f->others.environments.n; i++) {
		const struct other *other = &f->others.environments.v[i];
		struct facts g = with_other(f, other);

		if (torch_build(&g) != BUILD_CUDA)
			continue;
		*ret_works = predict(&g, a).first_kernel.value == OUTCOME_TRUE;
		if (*ret_works)
			return other;
		cuda = cuda ? cuda : other;
	}
	return cuda;
}

static bool describe_both(const struct facts *f, struct report *r)
{
	const struct finding *wrong = chain_finding(r, "wrong-python-env");
	bool works = false;
	const struct other *other = wrong ? better_one(f, r->arena, &works) : NULL;

	if (!other)
		return false;

	struct facts g = with_other(f, other);

	chain_line(r, "asked", chain_mark(r, STAGE_PYTHON, STAGE_TORCH), pair_text(f, r->arena));
	chain_line(r, "beside it", works ? MARK_OK : MARK_UNSURE,
		   arena_fmt(r->arena, "%s%s", pair_text(&g, r->arena),
			     works ? ", would use the GPU" : ""));
	return true;
}

/* ---- libraries ---- */

static const char *library_text(const struct facts *f, struct arena *a)
{
	const struct needed_list *list = &f->libs.needed;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].path.st == ABSENT)
			return arena_fmt(a, "%s is nowhere to be found", list->v[i].name);
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].path.st == UNKNOWN)
			return arena_fmt(a, "%s could not be read (%s)", list->v[i].name,
					 why_words(list->v[i].path.why, "?"));
	return NULL;
}

static void describe_libraries(const struct facts *f, struct report *r)
{
	const struct finding *worst = chain_worst(r, STAGE_LIBRARIES, STAGE_LIBRARIES);
	const char *text = library_text(f, r->arena);

	if (worst)
		chain_line(r, "libraries", chain_mark(r, STAGE_LIBRARIES, STAGE_LIBRARIES),
			   text ? text : worst->title);
	else if (f->torch.dir.st == PRESENT && torch_build(f) == BUILD_CPU)
		chain_line(r, "libraries", MARK_NONE, "a CPU build needs none");
}

/* ---- environment ---- */

/* The value that was cited as `from`, "env:NAME"; NULL if it is not set. */
static const char *value_of(const struct facts *f, const char *from)
{
	const struct record *of = NULL;

	for (size_t i = 0; i < facts_record.n_fields; i++)
		if (strcmp(facts_record.fields[i].name, "env") == 0)
			of = facts_record.fields[i].of;
	for (size_t i = 0; of && i < of->n_fields; i++) {
		const struct fact_str *fact =
			(const void *)((const char *)&f->env + of->fields[i].offset);

		if (fact->st == PRESENT && fact->from && strcmp(fact->from, from) == 0)
			return fact->v;
	}
	return NULL;
}

static const char *setting(const struct facts *f, const char *from, struct arena *a)
{
	const char *value = value_of(f, from);

	if (!value)
		return NULL;
	return arena_fmt(a, "%s=%s", from + strlen("env:"), *value ? value : "\"\"");
}

/* What the worst finding cites, unless it is the one that has a line of its own. */
static void describe_other_setting(const struct facts *f, struct report *r)
{
	const struct finding *worst = chain_worst(r, STAGE_ENVIRONMENT, STAGE_ENVIRONMENT);

	for (size_t i = 0; worst && i < worst->evidence.n; i++) {
		const char *from = worst->evidence.v[i].source;
		const char *text = starts_with(from, "env:") ? setting(f, from, r->arena) : NULL;

		if (strcmp(from, "env:CUDA_VISIBLE_DEVICES") == 0)
			return;
		if (text) {
			chain_line(r, "environment",
				   chain_mark(r, STAGE_ENVIRONMENT, STAGE_ENVIRONMENT), text);
			return;
		}
	}
}

static void describe_selection(const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	enum mark mark = chain_mark(r, STAGE_ENVIRONMENT, STAGE_ENVIRONMENT);
	const char *text = setting(f, "env:CUDA_VISIBLE_DEVICES", r->arena);

	if (value->st == UNKNOWN)
		chain_line(r, "environment", MARK_UNSURE, "CUDA_VISIBLE_DEVICES could not be read");
	if (!text)
		return;
	if (selection_of(f).kind == SELECTS_BEYOND && mark == MARK_BROKEN)
		text = arena_fmt(r->arena, "%s: no such GPU", text);
	chain_line(r, "environment", mark, text);
}

void chain_torch(const struct facts *f, struct report *r)
{
	if (!describe_both(f, r)) {
		describe_python(f, r);
		if (f->python.exe.st == PRESENT || f->torch.dir.st == PRESENT)
			describe_torch(f, r);
		describe_libraries(f, r);
	}
	describe_selection(f, r);
	describe_other_setting(f, r);
}

/* ---- what is sound ---- */

/* The newest code of the GPU's own major that is not newer than it runs on it: "sm_86" on 8.9; NULL if there is none,
 * which proves nothing. */
static const char *code_that_runs(const struct fact_strs *archs, struct cc cc)
{
	const char *best = NULL;
	int best_minor = -1;

	for (size_t i = 0; i < archs->v.n; i++) {
		int64_t number = 0;
		const char *arch = archs->v.v[i];

		if (!starts_with(arch, "sm_") || !parse_i64(arch + 3, &number))
			continue;
		if (number / 10 == cc.major && number % 10 <= cc.minor &&
		    number % 10 > best_minor) {
			best = arch;
			best_minor = (int)(number % 10);
		}
	}
	return best;
}

static void check_off_code(const struct facts *f, struct report *r)
{
	const struct gpu *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i])) {
			only = &f->pci.gpus.v[i];
			n++;
		}
	if (n != 1 || torch_build(f) != BUILD_CUDA)
		return;

	struct cc cc = gpu_cc(f, only);
	const char *code = cc.major && !cc.guess ? code_that_runs(&f->torch.archs, cc) : NULL;

	if (code)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena,
			       "this torch has code for your GPU (%s code runs on sm_%d%d)", code,
			       cc.major, cc.minor));
}

static void check_off_libraries(const struct facts *f, struct report *r)
{
	const struct needed_list *list = &f->libs.needed;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].path.st != PRESENT)
			return;
	if (list->st == PRESENT && list->n > 0)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena, "all %zu libraries that torch asks for are there",
			       list->n));
}

static void check_off_selection(const struct facts *f, struct report *r)
{
	const char *text = setting(f, "env:CUDA_VISIBLE_DEVICES", r->arena);
	struct selection s = selection_of(f);

	if (text && s.kind == SELECTS_LIST && s.count > 0)
		PUSH(r->arena, &r->checked,
		     arena_fmt(r->arena, "%s lets torch see %zu GPU%s", text, s.count,
			       s.count == 1 ? "" : "s"));
	else if (text)
		PUSH(r->arena, &r->checked, text);
}

void check_off_torch(const struct facts *f, struct report *r)
{
	check_off_code(f, r);
	check_off_libraries(f, r);
	check_off_selection(f, r);
	if (f->python.exe.st == PRESENT)
		r->checked_python = python_text(&f->python, r->arena);
}
