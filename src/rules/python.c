// SPDX-License-Identifier: Apache-2.0
/* Is there a torch for the Python that the user means, is it the one that was meant, and does anything stand in front of
 * it? "Not installed" needs a search path that is known to its end; another environment or another torch is named only if
 * what is imported now certainly cannot use the GPU. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/machine.h"

/* A folder of the path that this user may not list: torch.dir names it. */
static const char *closed_folder(const struct facts *f)
{
	const struct strlist *path = &f->python.path.v;

	for (size_t i = 0; i < path->n; i++)
		if (f->torch.dir.from && strcmp(path->v[i], f->torch.dir.from) == 0)
			return path->v[i];
	return NULL;
}

static void say_missing(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "this Python has no torch: %s", f->python.exe.v);

	const char *closed = closed_folder(f);

	x->headline = "torch is not installed for this Python";
	finding_evidence(r, x, f->python.exe.from, "the Python that was examined");
	if (closed) {
		x->headline = "this Python may not look into its own packages";
		finding_evidence(r, x, closed, "this user may not list it: empty for Python");
		finding_fix(r, x, APPLIES_LIKELY, "let this user read it (as its owner, or root)",
			    "chmod -R a+rX %s", shell_word(r->arena, closed));
		return;
	}
	for (size_t i = 0; i < f->python.path.v.n && i < 3; i++)
		finding_evidence(r, x, f->python.path.v.v[i], "no torch in");
	if (f->torch.bare.st == PRESENT)
		finding_evidence(r, x, f->torch.bare.from,
				 "a folder of that name, which Python takes for an empty package");
	fix_install_torch(f, r, x);
	finding_fix(r, x, APPLIES_SAFE,
		    "if torch is in another environment, activate that one, or ask for its Python",
		    "whycpu --python PATH");
}

static void say_no_python(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *exe = &f->python.exe;
	struct finding *x;

	if (f->python.problem.st == PRESENT)
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "%s is not a Python interpreter (%s)",
			       f->python.asked.v ? f->python.asked.v : "what was asked for",
			       f->python.problem.v);
	else if (exe->st == ABSENT || f->python.chosen.st == ABSENT)
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "no Python was found: neither python nor python3 is on PATH");
	else
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "which Python is meant is not known: %s",
			       why_words(exe->why, "it was not looked for"));
	finding_evidence(r, x, exe->from, "%s",
			 exe->st == ABSENT ? "no python, no python3"
					   : why_words(exe->why, "not looked at"));
	for (size_t i = 0; i < f->others.environments.n; i++) {
		const struct other *other = &f->others.environments.v[i];

		if (other->python.exe.st == PRESENT) {
			finding_fix(r, x, APPLIES_SAFE,
				    arena_fmt(r->arena, "ask for the Python of %s", other->place),
				    "whycpu --python %s",
				    shell_word(r->arena, other->python.exe.v));
			return;
		}
	}
	finding_fix(r, x, APPLIES_SAFE, "name the Python that runs your program",
		    "whycpu --python PATH");
}

/* Where the search for torch became uncertain. */
static void cite_doubt(struct report *r, struct finding *x, const struct facts *f)
{
	const struct fact_str *dir = &f->torch.dir;
	const struct fact_strs *path = &f->python.path, *notes = &f->python.notes;

	if (dir->st != ABSENT)
		finding_evidence(r, x, dir->from, "%s", why_words(dir->why, "not looked at"));
	else if (path->st != PRESENT)
		finding_evidence(r, x, path->from, "%s", why_words(path->why, "not looked at"));
	else if (notes->v.n > 0)
		finding_evidence(r, x, notes->v.v[0], "code in a .pth file may add folders");
	else
		finding_evidence(r, x, notes->from, "%s", why_words(notes->why, "not looked at"));
}

static void say_open(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether this Python has torch is not known");

	cite_doubt(r, x, f);
	finding_fix(r, x, APPLIES_SAFE, NULL, "%s -c \"import torch; print(torch.__file__)\"",
		    shell_word(r->arena, f->python.exe.v));
}

/* sudo has a PATH of its own: the Python on it is root's, and which one the user runs is not known. */
static bool is_of_sudo(const struct python *p)
{
	return p->sudo_user.st == PRESENT && p->chosen.st == PRESENT &&
	       strstr(p->chosen.v, "on sudo's PATH");
}

static void say_sudo(const struct rule *self, const struct facts *f, struct report *r)
{
	const char *user = f->python.sudo_user.v;
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "%s, which root runs, has no torch; which one %s runs is "
				       "not known",
				       f->python.exe.v, user);

	finding_evidence(r, x, f->python.chosen.from, "sudo's PATH, not that of %s", user);
	finding_fix(r, x, APPLIES_SAFE, "without sudo it asks for your own Python", "whycpu");
}

static void check_installed(const struct rule *self, const struct facts *f, struct report *r)
{
	if (f->torch.foreign.st == PRESENT)
		return; /* shadowing, below */
	if (f->torch.bare.st == PRESENT && is_true(&f->torch.bare_of_torch) == YES)
		return; /* torch-install-broken */
	if (f->python.exe.st != PRESENT)
		say_no_python(self, f, r);
	else if (torch_build(f) == BUILD_NONE && is_of_sudo(&f->python))
		say_sudo(self, f, r);
	else if (torch_build(f) == BUILD_NONE)
		say_missing(self, f, r);
	else if (f->torch.dir.st != PRESENT)
		say_open(self, f, r);
}

/* ---- what torch is, in words ---- */

static const char *build_words(const struct facts *f, struct arena *a)
{
	const struct torch *t = &f->torch;
	const char *version = t->version.st == PRESENT ? t->version.v : "of unknown version";

	if (t->foreign.st == PRESENT)
		return arena_fmt(a, "%s, which is not PyTorch", t->foreign.v);
	switch (torch_build(f)) {
	case BUILD_NONE:
		return "no torch";
	case BUILD_CPU:
		return arena_fmt(a, "torch %s, a CPU-only build", version);
	case BUILD_CUDA:
		if (strstr(version, "+cu"))
			return arena_fmt(a, "torch %s", version);
		return arena_fmt(a, "torch %s, built for CUDA %s", version, t->cuda.v);
	case BUILD_HIP:
		return arena_fmt(a, "torch %s, built for ROCm", version);
	case BUILD_XPU:
		return arena_fmt(a, "torch %s, built for Intel GPUs", version);
	default:
		return "a torch that could not be read";
	}
}

/* Proved that the torch which is imported now can use no NVIDIA GPU, whatever the machine. */
static bool is_hopeless(const struct facts *f)
{
	enum build build = torch_build(f);

	return f->torch.foreign.st == PRESENT || build == BUILD_NONE || build == BUILD_CPU;
}

/* Is nothing known that speaks against code for the GPUs here in this build? MAYBE while a GPU is not known. */
static enum tri may_have_code(const struct facts *f)
{
	enum tri known = both(nvidia_on_pci(f), f->pci.gpus.st == PRESENT ? YES : MAYBE);

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]))
			known = both(known, is_there(&f->pci.gpus.v[i].device));
	return code_for_gpus(f) == NO ? NO : both(known, is_there(&f->torch.version));
}

/* Would the torch of these facts do better on this machine? Either it is predicted to work, or all that is its own is
 * sound and the rest is the machine's, which other rules judge. */
static enum tri is_better(const struct facts *f, struct arena *a)
{
	enum build build = torch_build(f);
	enum tri own;

	if (build != BUILD_CUDA)
		return build == BUILD_UNKNOWN ? MAYBE : NO;
	if (predict(f, a).first_kernel.value == OUTCOME_TRUE)
		return YES;
	own = both(import_of(f, a).works, driver_new_enough(f));
	return both(own, may_have_code(f));
}

/* ---- another environment ---- */

static struct facts with_other(const struct facts *f, const struct other *other)
{
	struct facts copy = *f;

	copy.python = other->python;
	copy.torch = other->torch;
	copy.libs = other->libs;
	return copy;
}

/* "torch 2.6.0+cu124, would use the GPU": short, because the place is said beside it. */
static const char *judged_words(const struct facts *f, struct arena *a)
{
	const char *what = build_words(f, a);

	switch (predict(f, a).first_kernel.value) {
	case OUTCOME_TRUE:
		return arena_fmt(a, "%s, would use the GPU", what);
	case OUTCOME_FALSE:
		return arena_fmt(a, "%s, cannot use the GPU", what);
	default:
		return what;
	}
}

/* How a shell switches to it. The program of the environment itself needs no switching. */
static void fix_switch(struct report *r, struct finding *x, const struct other *other)
{
	const char *prefix = other->python.prefix.st == PRESENT ? other->python.prefix.v : NULL;
	struct arena *a = r->arena;

	if (prefix && text_is(&other->python.kind, "conda"))
		finding_fix(r, x, APPLIES_SAFE, "make that environment the active one",
			    "conda activate %s", shell_word(a, prefix));
	else if (prefix && text_is(&other->python.kind, "venv"))
		finding_fix(r, x, APPLIES_SAFE, "make that environment the active one", "source %s",
			    shell_word(a, path_join(a, prefix, "bin/activate")));
	finding_fix(r, x, APPLIES_SAFE, "or start your program with its Python", "%s",
		    shell_word(a, other->python.exe.v));
}

static bool is_by_first_line(const struct facts *f)
{
	return f->python.chosen.st == PRESENT && starts_with(f->python.chosen.v, "first line");
}

/* No activating helps a script whose first line names another Python. */
static void fix_first_line(const struct facts *f, struct report *r, struct finding *x,
			   const struct other *other)
{
	const char *script = f->python.script.v ? f->python.script.v : "SCRIPT.py";

	finding_fix(r, x, APPLIES_LIKELY,
		    "let its first line take the Python of the active environment",
		    "sed -i '1s|.*|#!/usr/bin/env python3|' %s", shell_word(r->arena, script));
	finding_fix(r, x, APPLIES_SAFE, "or start it with the right Python", "%s %s",
		    shell_word(r->arena, other->python.exe.v), shell_word(r->arena, script));
}

/* Whoever names a Python by --python or a process by --pid means just that one. */
static bool was_named(const struct facts *f)
{
	return text_is(&f->python.chosen, "--python") || f->python.pid.st == PRESENT;
}

static void say_wrong(const struct rule *self, const struct facts *f, const struct other *other,
		      struct report *r)
{
	struct facts copy = with_other(f, other);
	struct arena *a = r->arena;
	const char *exe = f->python.exe.st == PRESENT ? f->python.exe.v : "the Python here";
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "", "%s: %s; %s: %s", exe,
				       build_words(f, a), other->place, build_words(&copy, a));

	x->headline = arena_fmt(a, "the right torch is in %s, which is not in use", other->place);
	if (was_named(f))
		x->severity = SEVERITY_ADVICE;
	finding_evidence(r, x, f->python.exe.from, "%s: %s",
			 f->python.chosen.v ? f->python.chosen.v : "this Python",
			 judged_words(f, a));
	finding_evidence(r, x, other->torch.dir.from, "%s: %s", other->place,
			 judged_words(&copy, a));
	if (is_by_first_line(f))
		fix_first_line(f, r, x, other);
	else
		fix_switch(r, x, other);
}

static void say_perhaps_wrong(const struct rule *self, const struct other *other, struct report *r)
{
	const struct fact_str *dir = &other->torch.dir;
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether the torch of %s would use the GPU is not known", other->place);

	finding_evidence(r, x, dir->from ? dir->from : other->python.exe.from, "%s",
			 dir->st == PRESENT ? "its torch" : why_words(dir->why, "not looked at"));
	if (other->python.exe.st == PRESENT)
		finding_fix(r, x, APPLIES_SAFE, NULL, "whycpu --python %s",
			    shell_word(r->arena, other->python.exe.v));
}

/* The first that is better; else the first that may be. */
static void check_environment(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct other_list *list = &f->others.environments;
	const struct other *perhaps = NULL;

	for (size_t i = 0; is_hopeless(f) && i < list->n; i++) {
		struct facts copy = with_other(f, &list->v[i]);
		enum tri better = both(is_better(&copy, r->arena), is_there(&copy.python.exe));

		if (better == YES) {
			say_wrong(self, f, &list->v[i], r);
			return;
		}
		if (better == MAYBE && !perhaps)
			perhaps = &list->v[i];
	}
	if (perhaps)
		say_perhaps_wrong(self, perhaps, r);
}

/* ---- several on one path ---- */

/* Is the folder a part of PYTHONPATH, as it stands there? */
static bool is_in_pythonpath(const struct facts *f, const char *dir)
{
	const struct fact_str *value = &f->env.pythonpath;
	size_t pos = 0, n = strlen(dir);
	struct bytes part;

	while (value->st == PRESENT && next_part(value->v, ':', &pos, &part)) {
		while (part.n > 1 && part.v[part.n - 1] == '/')
			part.n--;
		if (part.n == n && memcmp(part.v, dir, n) == 0)
			return true;
	}
	return false;
}

/* What takes the first one out of the way. `what` is the package folder or the file. */
static void fix_unshadow(const struct facts *f, struct report *r, struct finding *x,
			 const char *what)
{
	struct arena *a = r->arena;
	const char *dir = path_dirname(a, what);
	bool file = ends_with(what, ".py");

	if (is_in_pythonpath(f, dir)) {
		finding_fix(r, x, APPLIES_SAFE,
			    "in this shell; for good, take the line that sets it out of ~/.bashrc",
			    "unset PYTHONPATH");
		return;
	}
	if (f->torch.foreign.st != PRESENT) {
		finding_fix(r, x, APPLIES_SAFE,
			    "takes away the one that comes first; the other is then imported",
			    "%s -m pip uninstall torch",
			    f->python.exe.st == PRESENT ? shell_word(a, f->python.exe.v)
							: "python");
		return;
	}
	/* A folder may be a checkout of PyTorch: it is left where it is if that is enough. */
	if (text_is(&f->python.first, dir) && f->python.script.st != PRESENT && !file) {
		finding_fix(r, x, APPLIES_SAFE, "start Python in another folder", "cd ~");
		return;
	}
	finding_fix(r, x, APPLIES_LIKELY, "give it another name, also where your code imports it",
		    "mv -i %s %s", shell_word(a, what),
		    shell_word(a, arena_fmt(a, "%s/my_torch%s", dir, file ? ".py" : "")));
}

static void say_foreign(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *foreign = &f->torch.foreign;
	const struct install_list *list = &f->torch.installs;
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "`import torch` takes %s, which is not PyTorch", foreign->v);

	x->headline = "something else is imported under the name torch";
	finding_evidence(r, x, foreign->from, "comes first on the search path");
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].dir, foreign->v) != 0 && list->v[i].version.st == PRESENT)
			finding_evidence(r, x, list->v[i].dir, "the real torch %s, never reached",
					 list->v[i].version.v);
	fix_unshadow(f, r, x, foreign->v);
}

static struct facts with_install(const struct facts *f, const struct install *install)
{
	struct facts copy = *f;

	copy.torch = (struct torch){ .dir = f->torch.dir,
				     .version = install->version,
				     .cuda = install->cuda,
				     .hip = install->hip,
				     .xpu = install->xpu,
				     .foreign = f->torch.foreign };
	copy.libs = (struct libs){ 0 };
	return copy;
}

static void say_shadowed(const struct rule *self, const struct facts *f,
			 const struct install *behind, struct report *r)
{
	const struct torch *t = &f->torch;
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"torch %s, a CPU-only build, stands in front of torch %s, built for CUDA %s",
		t->version.v, behind->version.v ? behind->version.v : "", behind->cuda.v);

	x->headline = "a CPU-only torch stands in front of the one with CUDA";
	finding_evidence(r, x, t->dir.v, "imported: torch %s, CPU-only", t->version.v);
	finding_evidence(r, x, behind->dir, "never reached: torch %s, built for CUDA %s",
			 behind->version.v ? behind->version.v : "", behind->cuda.v);
	fix_unshadow(f, r, x, t->dir.v);
}

static void say_perhaps_shadowed(const struct rule *self, const struct install *behind,
				 struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether a second torch behind this one would use the GPU "
				       "is not known");

	finding_evidence(r, x, behind->dir, "behind the CPU-only one on the search path");
}

static void check_shadowing(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct install_list *list = &f->torch.installs;

	if (f->torch.foreign.st == PRESENT) {
		say_foreign(self, f, r);
		return;
	}
	/* A running process may have taken its torch from elsewhere. */
	if (torch_build(f) != BUILD_CPU || list->n == 0 ||
	    strcmp(list->v[0].dir, f->torch.dir.v) != 0)
		return;
	for (size_t i = 1; i < list->n; i++) {
		struct facts copy = with_install(f, &list->v[i]);
		enum build build = torch_build(&copy);
		enum tri better = both(driver_new_enough(&copy), may_have_code(&copy));

		if (build == BUILD_CUDA && better == YES)
			say_shadowed(self, f, &list->v[i], r);
		else if (build == BUILD_UNKNOWN || (build == BUILD_CUDA && better == MAYBE))
			say_perhaps_shadowed(self, &list->v[i], r);
		else
			continue;
		return;
	}
}

const struct rule python_rules[] = {
	{ "torch-not-installed", STAGE_PYTHON, check_installed },
	{ "wrong-python-env", STAGE_PYTHON, check_environment },
	{ "multiple-torch-installs-shadowing", STAGE_PYTHON, check_shadowing },
	{ 0 },
};
