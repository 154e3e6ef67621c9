// SPDX-License-Identifier: Apache-2.0
/* How the program that installed torch is told to take another build: pip, uv, poetry, pdm, pixi, pipx, conda, or a new
 * environment where the Python is the distribution's. What each does was tried against an index of small packages (uv
 * 0.13, poetry 2.5, pip 23); pdm, pixi, pipx and conda are by their manuals, and say `likely`. It cannot know whether a
 * project's other requirements allow the new build. */
#include "rules/fixes.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/machine.h"

#define WHEELS "https://download.pytorch.org/whl/"

struct order {
	const struct facts *facts;
	struct report *report;
	struct finding *finding;
	struct wheel wheel;
	const char *python, *url; /* shell words */
	const char *packages;     /* "torch==2.6.0 torchvision==0.21.0" */
	const char *exact;        /* the same, each with its version */
	const char *words;        /* NULL, or what to know about the choice */
	enum applies applies;
	bool replaces;
};

static const char *joined(struct arena *a, const char *words, const char *more)
{
	return words && more ? arena_fmt(a, "%s; %s", words, more) : words ? words : more;
}

static const char *with_words(const struct order *o, const char *more)
{
	return joined(o->report->arena, o->words, more);
}

const char *python_word(const struct facts *f, struct report *r)
{
	return f->python.exe.st == PRESENT ? shell_word(r->arena, f->python.exe.v) : "python3";
}

const char *adding_command(const struct facts *f, struct report *r)
{
	const struct fact_str *project = &f->torch.project;

	if (text_is(project, "uv") || text_is(project, "poetry") || text_is(project, "pdm"))
		return arena_fmt(r->arena, "%s add", project->v);
	if (is_true(&f->torch.externally_managed) == YES)
		return NULL;
	if (text_is(&f->torch.installer, "uv"))
		return arena_fmt(r->arena, "uv pip install --python %s", python_word(f, r));
	return arena_fmt(r->arena, "%s -m pip install", python_word(f, r));
}

/* ---- what is ordered ---- */

static const struct torch_companion_row *companions_of(const char *release)
{
	for (size_t i = 0; i < n_torch_companion_table; i++)
		if (strcmp(torch_companion_table[i].torch, release) == 0)
			return &torch_companion_table[i];
	return NULL;
}

static const struct torch_release_row *release_row(const char *release)
{
	for (size_t i = 0; release && i < n_torch_release_table; i++)
		if (strcmp(torch_release_table[i].torch, release) == 0)
			return &torch_release_table[i];
	return NULL;
}

static bool index_has(const char *index, const struct torch_release_row *row)
{
	struct bytes word;

	for (size_t pos = 0; next_part(row->indexes, ' ', &pos, &word);)
		if (strlen(index) == word.n && memcmp(index, word.v, word.n) == 0)
			return true;
	return false;
}

/* Those that are installed must still match. A torchaudio of an older torch (2.11 serves all later ones) is on an index
 * only if that torch was. */
static const char *companions(const struct order *o)
{
	const struct torch *t = &o->facts->torch;
	const struct torch_companion_row *row = companions_of(o->wheel.release);
	bool vision = row && t->torchvision.st == PRESENT,
	     audio = row && t->torchaudio.st == PRESENT;
	struct arena *a = o->report->arena;

	const struct torch_release_row *older = row ? release_row(row->torchaudio) : NULL;

	if (older && version_compare(older->torch, row->torch) < 0)
		audio = audio && index_has(o->wheel.index, older);
	return arena_fmt(a, "%s%s%s%s", vision ? " torchvision==" : "",
			 vision ? row->torchvision : "", audio ? " torchaudio==" : "",
			 audio ? row->torchaudio : "");
}

/* The label of a build says where it came from: "2.6.0+cu124". */
static const char *index_of_label(const char *version)
{
	const char *label = strchr(version, '+');

	return label && (starts_with(label, "+cu") || starts_with(label, "+cpu")) ? label + 1
										  : NULL;
}

const char *companion_for(const struct facts *f, struct arena *a, const char *module,
			  const char **ret_index)
{
	const char *release = torch_release_of(f, a), *version;
	const struct torch_companion_row *row = release ? companions_of(release) : NULL;
	bool vision = strcmp(module, "torchvision") == 0, audio = strcmp(module, "torchaudio") == 0;

	if (!row || (!vision && !audio))
		return NULL;
	version = vision ? row->torchvision : row->torchaudio;
	*ret_index = index_of_label(f->torch.version.v);
	return *version ? arena_fmt(a, "%s==%s", module, version) : NULL;
}

static void name_packages(struct order *o)
{
	struct arena *a = o->report->arena;
	const char *more = companions(o), *below = o->wheel.below;

	o->exact = arena_fmt(a, "torch==%s%s", o->wheel.release, more);
	if (o->wheel.same || *more)
		o->packages = o->exact;
	else
		o->packages = below ? arena_fmt(a, "\"torch<%s\"", below) : "torch";
}

/* ---- the programs ---- */

static const char *words_of_place(const struct order *o)
{
	const struct facts *f = o->facts;

	if (text_is(&f->platform.container, "apptainer"))
		return "an image file cannot be changed: rebuild it with this line";
	if (f->platform.container.st == PRESENT && f->platform.service.st != PRESENT)
		return "in the image too, or it is gone with this container";
	if (text_is(&f->python.chosen, "parent process"))
		return "then restart this Python (a notebook: its kernel)";
	return NULL;
}

static void order_pip(const struct order *o, const char *words, const char *options)
{
	finding_fix(o->report, o->finding, o->applies, words,
		    "%s -m pip install%s%s %s --index-url %s", o->python, options,
		    o->replaces ? " --force-reinstall" : "", o->packages, o->url);
}

/* uv's and other bare environments hold no pip; ensurepip brings the one of the Python. */
static void order_without_pip(const struct order *o)
{
	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    with_words(o, "this environment has no pip (if uv made it: `uv pip install`)"),
		    "%s -m ensurepip && %s -m pip install%s %s --index-url %s", o->python,
		    o->python, o->replaces ? " --force-reinstall" : "", o->packages, o->url);
}

/* Not into the system's Python: the distribution's tools need it as it is, and PEP 668 refuses. */
static void order_venv(const struct order *o)
{
	const char *words =
		with_words(o, "a new environment, because the system's Python belongs to the "
			      "distribution (Debian, Ubuntu: needs python3-venv)");

	finding_fix(
		o->report, o->finding, o->applies, words,
		"%s -m venv ~/torch-cuda && ~/torch-cuda/bin/python -m pip install %s --index-url %s "
		"&& source ~/torch-cuda/bin/activate",
		o->python, o->packages, o->url);
}

/* `--index` and not `--index-url`, which UV_DEFAULT_INDEX overrides silently. A package that is there already is only
 * replaced when it is named. */
static void order_uv_pip(const struct order *o)
{
	bool vision = o->replaces && strstr(o->packages, "torchvision==");
	bool audio = o->replaces && strstr(o->packages, "torchaudio==");

	finding_fix(o->report, o->finding, o->applies, o->words,
		    "uv pip install --python %s%s%s%s %s --index %s", o->python,
		    o->replaces ? " --reinstall-package torch" : "",
		    vision ? " --reinstall-package torchvision" : "",
		    audio ? " --reinstall-package torchaudio" : "", o->packages, o->url);
}

/* A project is found by the folder; "" where the user stands in it (sys.path[0] of a prompt), or it is not known. */
static const char *go_there(const struct order *o)
{
	struct arena *a = o->report->arena;
	const struct fact_str *project = &o->facts->torch.project, *first = &o->facts->python.first;

	if (project->st != PRESENT || *project->from != '/')
		return "";

	const char *file = arena_strndup(a, project->from, strcspn(project->from, ":"));
	bool is_file = ends_with(file, ".lock") || ends_with(file, ".toml");
	const char *folder = is_file ? path_dirname(a, file) : file;

	if (o->facts->python.script.st != PRESENT && first->st == PRESENT &&
	    strcmp(first->v, folder) == 0)
		return "";
	return arena_fmt(a, "cd %s && ", shell_word(a, folder));
}

/* The name has to be the one that the project ties torch to, else uv keeps to that one. */
static void order_uv_project(const struct order *o)
{
	const struct fact_str *tied = &o->facts->torch.project_index;
	struct arena *a = o->report->arena;
	const char *own = arena_fmt(a, "pytorch-%s", o->wheel.index);
	const char *name = tied->st == PRESENT ? tied->v : own, *words = NULL;

	if (tied->st == PRESENT && strcmp(name, own) != 0)
		words = arena_fmt(a, "\"%s\" is the index that pyproject.toml ties torch to", name);
	else if (tied->st == UNKNOWN)
		words = "if [tool.uv.sources] ties torch to another index, change its address there";
	else
		words = "a uv project: the next `uv sync` would undo `uv pip install`";
	finding_fix(o->report, o->finding, APPLIES_LIKELY, with_words(o, words),
		    "%suv add %s --index %s", go_there(o), o->exact,
		    shell_word(a, arena_fmt(a, "%s=%s", name, o->url)));
}

static void order_poetry(const struct order *o)
{
	const char *there = go_there(o);

	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    with_words(o, *there ? NULL : "in the project's folder"),
		    "%spoetry source add --priority=explicit pytorch-%s %s && poetry add --source "
		    "pytorch-%s %s",
		    there, o->wheel.index, o->url, o->wheel.index, o->exact);
}

/* The local part keeps pdm from the build of the same number on its other index. */
static void order_pdm(const struct order *o)
{
	const char *there = go_there(o);

	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    with_words(o, *there ? NULL : "in the project's folder"),
		    "%spdm config --local pypi.pytorch-%s.url %s && pdm add torch==%s+%s%s", there,
		    o->wheel.index, o->url, o->wheel.release, o->wheel.index,
		    strchr(o->exact, ' ') ? strchr(o->exact, ' ') : "");
}

static void order_pixi(const struct order *o, int major)
{
	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    joined(o->report->arena,
			   "pixi takes CPU builds unless the project declares CUDA",
			   words_of_place(o)),
		    "%spixi workspace system-requirements add cuda %d && pixi add pytorch-gpu",
		    go_there(o), major);
}

static void order_pipx(const struct order *o)
{
	const struct fact_str *prefix = &o->facts->python.prefix;
	struct arena *a = o->report->arena;

	if (prefix->st != PRESENT)
		order_pip(o, o->words, "");
	else
		finding_fix(o->report, o->finding, APPLIES_LIKELY, o->words,
			    "pipx inject --force --index-url %s %s %s", o->url,
			    shell_word(a, path_basename(prefix->v)), o->packages);
}

/* The solver looks at the driver by itself (its package __cuda); where there is none, as on a login node, it takes a CPU
 * build unless it is told. A machine that runs CUDA 13 and has an older GPU needs the builds for 12. */
static void order_conda(const struct order *o, int major)
{
	const struct fact_str *prefix = &o->facts->python.prefix;
	const struct facts *f = o->facts;
	struct arena *a = o->report->arena;
	bool blind = is_there(&f->drvlib.libcuda.path) == NO || module_loaded(f) == NO;
	const char *where =
		prefix->st == PRESENT ? arena_fmt(a, "-p %s ", shell_word(a, prefix->v)) : "";

	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    joined(a,
			   blind ? "from conda-forge; CONDA_OVERRIDE_CUDA, because there is no "
				   "driver here"
				 : "from conda-forge",
			   words_of_place(o)),
		    "%sconda install %s-c conda-forge pytorch-gpu cuda-version=%d",
		    blind ? arena_fmt(a, "CONDA_OVERRIDE_CUDA=%d ", major) : "", where, major);
}

/* ---- which program ---- */

static bool order_from_project(const struct order *o, int conda)
{
	const struct fact_str *project = &o->facts->torch.project;

	if (text_is(project, "uv"))
		order_uv_project(o);
	else if (text_is(project, "poetry"))
		order_poetry(o);
	else if (text_is(project, "pdm"))
		order_pdm(o);
	else if (text_is(project, "pipx"))
		order_pipx(o);
	else if (text_is(project, "pixi") && conda)
		order_pixi(o, conda);
	else
		return false;
	return true;
}

/* A user's own folder beside a Python that may be installed into: no new environment is needed. */
static bool may_use_user_site(const struct facts *f)
{
	return f->torch.externally_managed.st == ABSENT && f->torch.pip.st != ABSENT &&
	       text_is(&f->torch.installer, "pip") && f->torch.dir.st == PRESENT &&
	       strstr(f->torch.dir.v, "/.local/lib/");
}

static const char *words_of_installer(const struct order *o)
{
	const struct torch *t = &o->facts->torch;

	if (text_is(&t->project, "hatch"))
		return with_words(o, "hatch makes its environments anew: put the build into "
				     "pyproject.toml too");
	if (text_is(&t->installer, "pip") || !o->replaces)
		return o->words;
	return with_words(o, "if pip manages this Python: who installed torch is not recorded");
}

static void place_order(const struct order *o)
{
	const struct facts *f = o->facts;
	const struct fact_str *installer = &f->torch.installer, *kind = &f->python.kind;
	int conda = conda_cuda_major(f, o->report->arena);

	if (order_from_project(o, conda))
		return;
	if (may_use_user_site(f) && text_is(kind, "system"))
		order_pip(o, o->words, " --user");
	else if (text_is(kind, "system") || text_is(installer, "apt"))
		order_venv(o);
	else if (conda && (text_is(installer, "conda") || (!o->replaces && text_is(kind, "conda"))))
		order_conda(o, conda);
	else if (text_is(installer, "uv"))
		order_uv_pip(o);
	else if (text_is(installer, "poetry"))
		order_poetry(o);
	else if (f->torch.pip.st == ABSENT)
		order_without_pip(o);
	else
		order_pip(o, words_of_installer(o), "");
}

/* ---- words ---- */

/* Why another CUDA build instead of the present one. */
static const char *words_of_build(const struct order *o)
{
	const struct fact_str *present = &o->facts->torch.cuda;
	struct arena *a = o->report->arena;

	if (!o->replaces || torch_build(o->facts) != BUILD_CUDA)
		return NULL;
	if (o->wheel.same && version_compare(present->v, o->wheel.cuda) == 0)
		return "the same build again";
	if (driver_new_enough(o->facts) == NO)
		return arena_fmt(a, "a build for CUDA %s, no root needed", o->wheel.cuda);
	return arena_fmt(a, "a build for CUDA %s%s", o->wheel.cuda,
			 o->wheel.for_gpus ? ", which has code for this GPU" : "");
}

/* Only what differs from the obvious is worth a word. */
static const char *words_of(const struct order *o)
{
	struct arena *a = o->report->arena;
	const char *words = words_of_build(o), *present = torch_release_of(o->facts, a);

	if (present && !o->wheel.same && release_row(present))
		words = joined(
			a, words,
			arena_fmt(a, "torch %s has none that fits here, the newest with one is %s",
				  present, o->wheel.release));
	if (!o->wheel.for_all)
		words = joined(a, words, "no build has code for all GPUs here");
	return joined(a, words, words_of_place(o));
}

/* ---- nothing to order ---- */

static const char *gpus_in_words(const struct facts *f, struct arena *a)
{
	const char *words = NULL;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		struct cc cc = is_nvidia(&f->pci.gpus.v[i]) ? gpu_cc(f, &f->pci.gpus.v[i])
							    : (struct cc){ 0 };
		const char *one = arena_fmt(a, "%d.%d", cc.major, cc.minor);

		if (cc.major && (!words || !strstr(words, one)))
			words = words ? arena_fmt(a, "%s, %s", words, one) : one;
	}
	return words ? words : "these";
}

static const char *words_for_python(const struct facts *f, struct arena *a)
{
	const struct torch_release_row *other =
		release_row(choose_wheel_for_any_python(f, a).release);

	if (!other)
		return NULL;
	return arena_fmt(
		a,
		"no CUDA build of torch is known for Python %s and this driver; make an environment "
		"with a Python from %s to %s, for torch %s",
		f->python.version.v, other->python_first, other->python_last, other->torch);
}

static const char *words_for_gpu(const struct facts *f, struct arena *a)
{
	return arena_fmt(a,
			 "no official build of torch from %s to %s has code for compute capability "
			 "%s: build torch from its source for it, or use another GPU",
			 torch_release_table[0].torch,
			 torch_release_table[n_torch_release_table - 1].torch, gpus_in_words(f, a));
}

static const char *words_against(const struct facts *f, struct arena *a, enum obstacle obstacle)
{
	switch (obstacle) {
	case OBSTACLE_JETSON:
		return "take the wheel that NVIDIA builds for this JetPack (docs.nvidia.com, "
		       "\"Installing PyTorch for Jetson Platform\"): the usual ones have no code for "
		       "this GPU";
	case OBSTACLE_MACHINE:
		return arena_fmt(a,
				 "PyTorch publishes no CUDA wheel for %s: build it from its source",
				 f->platform.machine.v);
	case OBSTACLE_MUSL:
		return "no CUDA wheel of torch runs on musl (Alpine): take an image or a system with "
		       "glibc, such as Debian";
	case OBSTACLE_GPU:
		return words_for_gpu(f, a);
	case OBSTACLE_PYTHON:
		return words_for_python(f, a);
	case OBSTACLE_GLIBC:
		return arena_fmt(a,
				 "the CUDA builds for this GPU need a newer glibc than %s: a newer "
				 "system, or a container image",
				 f->libs.glibc.v);
	case OBSTACLE_TOGETHER:
		return "no CUDA build of torch is known for this GPU, driver and Python together: a "
		       "newer driver or another Python has one";
	default:
		return NULL;
	}
}

static const char *oldest_branch_for(int64_t major)
{
	const char *branch = NULL;

	for (size_t i = 0; i < n_driver_branch_table; i++)
		if (version_major(driver_branch_table[i].cuda, NULL) == major)
			branch = driver_branch_table[i].branch;
	return branch;
}

/* The least that a driver has to run; newer CUDA than 12 is not asked for where 12 does. */
static int64_t wanted_major(const struct wheel *wheel)
{
	int64_t major = wheel->cuda ? version_major(wheel->cuda, NULL) : 0;

	return major > 12 ? 12 : major;
}

/* A build for CUDA that meets too old a driver is the other finding's: its fix is the driver already. */
static void say_obstacle(const struct facts *f, struct report *r, struct finding *finding,
			 const struct wheel *wheel)
{
	const char *words = words_against(f, r->arena, wheel->obstacle);
	const char *branch = oldest_branch_for(wanted_major(wheel));

	if (words)
		finding_fix(r, finding, APPLIES_MANUAL, words, NULL);
	else if (wheel->obstacle == OBSTACLE_DRIVER && branch && torch_build(f) != BUILD_CUDA)
		fix_driver_at_least(f, r, finding, branch);
}

static void order_torch(const struct facts *f, struct report *r, struct finding *finding,
			bool replaces)
{
	struct order o = { .facts = f, .report = r, .finding = finding, .replaces = replaces };
	const struct fact_str *exe = &f->python.exe;

	o.wheel = choose_wheel(f, r->arena);
	if (!o.wheel.index) {
		say_obstacle(f, r, finding, &o.wheel);
		return;
	}
	o.python = exe->st == PRESENT ? shell_word(r->arena, exe->v) : "python3";
	o.url = arena_fmt(r->arena, WHEELS "%s", o.wheel.index);
	o.words = words_of(&o);
	o.applies = f->platform.machine.st == PRESENT && o.wheel.sure && o.wheel.for_all &&
				    (o.wheel.same || !replaces)
			    ? APPLIES_SAFE
			    : APPLIES_LIKELY;
	name_packages(&o);
	place_order(&o);
}

/* ---- what hides the environment ---- */

/* The folder that holds torch, if it comes before the environment's own packages: what an installer writes there would
 * not be imported. NULL if not. */
static const char *hiding_folder(const struct facts *f, struct arena *a)
{
	const struct python *p = &f->python;
	const char *folder = f->torch.dir.st == PRESENT ? path_dirname(a, f->torch.dir.v) : NULL;

	for (size_t i = 0; folder && p->prefix.st == PRESENT && i < p->path.v.n; i++) {
		const char *at = p->path.v.v[i];
		bool own = starts_with(at, p->prefix.v) && at[strlen(p->prefix.v)] == '/' &&
			   ends_with(at, "-packages");

		if (own)
			return NULL;
		if (strcmp(at, folder) == 0)
			return folder;
	}
	return NULL;
}

static bool is_user_site(const char *folder)
{
	return strstr(folder, "/.local/lib/") && ends_with(folder, "/site-packages");
}

static void unhide(const struct facts *f, struct report *r, struct finding *finding,
		   const char *folder)
{
	const char *python =
		f->python.exe.st == PRESENT ? shell_word(r->arena, f->python.exe.v) : "python3";
	/* Only these two can put a folder there. */
	bool by_path = f->env.pythonpath.st == PRESENT && *f->env.pythonpath.v;
	const char *variable = by_path ? "PYTHONPATH" : "PYTHONUSERBASE";

	if (is_user_site(folder))
		finding_fix(
			r, finding, APPLIES_LIKELY,
			arena_fmt(
				r->arena,
				"take away the torch in %s, which comes before the environment's own",
				folder),
			"%s -m pip uninstall torch", python);
	else
		finding_fix(r, finding, APPLIES_LIKELY,
			    arena_fmt(r->arena,
				      "%s comes before the environment's own packages, by %s",
				      folder, variable),
			    "unset %s", variable);
}

void fix_replace_torch(const struct facts *f, struct report *r, struct finding *finding)
{
	const char *folder = hiding_folder(f, r->arena);

	/* A system's Python looks into the user's folder on purpose: there it is the one to replace. */
	if (folder && !(is_user_site(folder) && text_is(&f->python.kind, "system")))
		unhide(f, r, finding, folder);
	else
		order_torch(f, r, finding, true);
}

void fix_install_torch(const struct facts *f, struct report *r, struct finding *finding)
{
	order_torch(f, r, finding, false);
}
