// SPDX-License-Identifier: Apache-2.0
/* Is there a torch for the Python that the user means? "Not installed" needs a search path that is
 * known to its end. */
#include "rules/rules.h"

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/machine.h"

static void say_missing(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "this Python has no torch: %s", f->python.exe.v);

	x->headline = "torch is not installed for this Python";
	finding_evidence(r, x, f->python.exe.from, "the Python that was examined");
	for (size_t i = 0; i < f->python.path.v.n && i < 3; i++)
		finding_evidence(r, x, f->python.path.v.v[i], "no torch in");
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

static void check_installed(const struct rule *self, const struct facts *f, struct report *r)
{
	if (f->python.exe.st != PRESENT)
		say_no_python(self, f, r);
	else if (torch_build(f) == BUILD_NONE)
		say_missing(self, f, r);
	else if (f->torch.dir.st != PRESENT)
		say_open(self, f, r);
}

const struct rule python_rules[] = {
	{ "torch-not-installed", STAGE_PYTHON, check_installed },
	{ 0 },
};
