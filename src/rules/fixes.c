// SPDX-License-Identifier: Apache-2.0
/* Which wheel fits (data/torch_release.tsv, data/wheel_index.tsv), and how the program that
 * installed torch is told to take it. It cannot know a project's lock file yet: where a later
 * `sync` would undo the command, the words say so. */
#include "rules/fixes.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/machine.h"

#define WHEELS "https://download.pytorch.org/whl/"

/* ---- which wheel ---- */

static bool has_word(const char *words, const char *word)
{
	struct bytes part;

	for (size_t pos = 0; next_part(words, ' ', &pos, &part);)
		if (part.n == strlen(word) && memcmp(part.v, word, part.n) == 0)
			return true;
	return false;
}

/* "3.11" of "3.11.2"; NULL if it is not known. */
static const char *python_minor(const struct facts *f, struct arena *a)
{
	int64_t minor = 0, major = f->python.version.st == PRESENT
					   ? version_major(f->python.version.v, &minor)
					   : 0;

	return major ? arena_fmt(a, "%d.%d", (int)major, (int)minor) : NULL;
}

static bool has_python(const struct torch_release_row *row, const char *python)
{
	return !python || (version_compare(python, row->python_first) >= 0 &&
			   version_compare(python, row->python_last) <= 0);
}

/* Of this release, or the newest of all if it is NULL; NULL if the index lacks it, or has it for other Pythons only. */
static const char *release_with(const char *index, const char *release, const char *python)
{
	const char *best = NULL;

	for (size_t i = 0; i < n_torch_release_table; i++) {
		const struct torch_release_row *row = &torch_release_table[i];

		if ((release && version_compare(row->torch, release) != 0) ||
		    !has_word(row->indexes, index) || !has_python(row, python))
			continue;
		if (!best || version_compare(row->torch, best) > 0)
			best = row->torch;
	}
	return best;
}

/* "0x2684" or "2684"; 0 if it is no such number. */
static int64_t hexadecimal(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	int64_t value = 0;

	for (text += starts_with(text, "0x") ? 2 : 0; *text; text++) {
		const char *digit = strchr(digits, *text);

		if (!digit || value > 0xffff)
			return 0;
		value = 16 * value + (digit - digits);
	}
	return value;
}

/* Has this index code for every NVIDIA GPU here? */
static bool serves_gpus(const struct wheel_index_row *row, const struct facts *f)
{
	int64_t first = hexadecimal(row->pci_first), last = hexadecimal(row->pci_last);

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		int64_t id = gpu->device.st == PRESENT ? hexadecimal(gpu->device.v) : 0;

		if (is_nvidia(gpu) && id && (id < first || id > last))
			return false;
	}
	return true;
}

/* The first index in the order of recommendation that has the release and runs on the driver. A
 * driver that is not known is still to be installed, and will be a new one. */
static struct wheel search(const struct facts *f, const char *release, const char *python,
			   bool by_gpu)
{
	int64_t driver = driver_cuda(driver_version(f)).major;

	for (size_t i = 0; i < n_wheel_index_table; i++) {
		const struct wheel_index_row *row = &wheel_index_table[i];
		const char *found = release_with(row->index, release, python);

		if (found && (!driver || version_major(row->cuda, NULL) <= driver) &&
		    (!by_gpu || serves_gpus(row, f)))
			return (struct wheel){ row->index, row->cuda, found, release != NULL };
	}
	return (struct wheel){ NULL, NULL, NULL, false };
}

/* "2.6.0+cpu" is release 2.6.0; NULL if there is no torch. */
static const char *release_of(const struct facts *f, struct arena *a)
{
	const struct fact_str *version = &f->torch.version;

	return version->st == PRESENT ? arena_strndup(a, version->v, strcspn(version->v, "+"))
				      : NULL;
}

/* Another release that serves the GPU beats the present one that does not; a GPU that nothing
 * serves is left out. */
static struct wheel choose_for(const struct facts *f, struct arena *a, const char *python)
{
	const char *release = release_of(f, a);
	struct wheel wheel = { NULL, NULL, NULL, false };

	for (int by_gpu = 1; by_gpu >= 0 && !wheel.index; by_gpu--) {
		if (release)
			wheel = search(f, release, python, by_gpu);
		if (!wheel.index)
			wheel = search(f, NULL, python, by_gpu);
	}
	return wheel;
}

struct wheel choose_wheel(const struct facts *f, struct arena *a)
{
	return choose_for(f, a, python_minor(f, a));
}

/* ---- commands ---- */

struct order {
	const struct facts *facts;
	struct report *report;
	struct finding *finding;
	const char *python, *torch,
		*index;    /* shell words: interpreter, "torch==2.6.0", address of the index */
	const char *words; /* NULL, or what to know about the choice of the release */
	enum applies applies;
	bool replaces;
};

static const char *joined(struct arena *a, const char *words, const char *more)
{
	return words ? arena_fmt(a, "%s; %s", words, more) : more;
}

static void order_pip(const struct order *o, const char *words)
{
	finding_fix(o->report, o->finding, o->applies, words,
		    "%s -m pip install%s %s --index-url %s", o->python,
		    o->replaces ? " --force-reinstall" : "", o->torch, o->index);
}

/* Not into the system's Python: the distribution's tools need it as it is, and PEP 668 refuses. */
static void order_venv(const struct order *o)
{
	const char *words = joined(o->report->arena, o->words,
				   "a new environment, because the system's Python belongs to the "
				   "distribution (Debian, Ubuntu: needs python3-venv)");

	finding_fix(
		o->report, o->finding, o->applies, words,
		"%s -m venv ~/torch-cuda && ~/torch-cuda/bin/python -m pip install %s --index-url %s "
		"&& source ~/torch-cuda/bin/activate",
		o->python, o->torch, o->index);
}

static void order_uv(const struct order *o)
{
	const char *words =
		joined(o->report->arena, o->words,
		       arena_fmt(o->report->arena,
				 "in a uv project instead `uv add torch --index pytorch=%s`, or "
				 "the next `uv sync` undoes it",
				 o->index));

	finding_fix(o->report, o->finding, o->applies, words,
		    "uv pip install --python %s%s %s --index-url %s", o->python,
		    o->replaces ? " --reinstall-package torch" : "", o->torch, o->index);
}

/* conda-forge's solver looks at the driver by itself (its package __cuda). */
static void order_conda(const struct order *o)
{
	const struct fact_str *prefix = &o->facts->python.prefix;
	struct arena *a = o->report->arena;
	const char *where =
		prefix->st == PRESENT ? arena_fmt(a, "-p %s ", shell_word(a, prefix->v)) : "";

	finding_fix(
		o->report, o->finding, APPLIES_LIKELY,
		"from conda-forge, which chooses a build for the driver of the machine that it runs on",
		"conda install %s-c conda-forge pytorch-gpu", where);
}

static void order_poetry(const struct order *o, const char *index)
{
	finding_fix(o->report, o->finding, APPLIES_LIKELY,
		    joined(o->report->arena, o->words, "in the project's folder"),
		    "poetry source add --priority=explicit pytorch-%s %s && poetry add --source "
		    "pytorch-%s %s",
		    index, o->index, index, o->torch);
}

static void place_order(const struct order *o, const char *index)
{
	const struct fact_str *installer = &o->facts->torch.installer,
			      *kind = &o->facts->python.kind;

	if (text_is(kind, "system") || text_is(installer, "apt"))
		order_venv(o);
	else if (text_is(installer, "conda") || (!o->replaces && text_is(kind, "conda")))
		order_conda(o);
	else if (text_is(installer, "uv"))
		order_uv(o);
	else if (text_is(installer, "poetry"))
		order_poetry(o, index);
	else if (text_is(installer, "pip") || !o->replaces)
		order_pip(o, o->words);
	else
		order_pip(
			o,
			joined(o->report->arena, o->words,
			       "if pip manages this Python: who installed torch is not recorded"));
}

static bool is_known_release(const char *release)
{
	for (size_t i = 0; i < n_torch_release_table; i++)
		if (strcmp(torch_release_table[i].torch, release) == 0)
			return true;
	return false;
}

/* Only what differs from the obvious is worth a word. */
static const char *words_of(const struct order *o, const struct wheel *wheel)
{
	struct arena *a = o->report->arena;
	const char *words = NULL, *present = release_of(o->facts, a);

	if (o->replaces && torch_build(o->facts) == BUILD_CUDA)
		words = arena_fmt(a, "a build for CUDA %s, no root needed", wheel->cuda);
	if (present && !wheel->same && is_known_release(present))
		words = joined(
			a, words,
			arena_fmt(a, "torch %s has none that fits here, the newest with one is %s",
				  present, wheel->release));
	return words;
}

static const struct torch_release_row *release_row(const char *release)
{
	for (size_t i = 0; release && i < n_torch_release_table; i++)
		if (strcmp(torch_release_table[i].torch, release) == 0)
			return &torch_release_table[i];
	return NULL;
}

/* Perhaps it is this Python that no build fits. */
static void say_no_wheel(const struct facts *f, struct report *r, struct finding *finding)
{
	const char *python = python_minor(f, r->arena);
	const struct torch_release_row *other = release_row(choose_for(f, r->arena, NULL).release);

	if (python && other)
		finding_fix(
			r, finding, APPLIES_MANUAL,
			arena_fmt(
				r->arena,
				"no CUDA build of torch is known for Python %s and this driver; make an environment "
				"with a Python from %s to %s, for torch %s",
				python, other->python_first, other->python_last, other->torch),
			NULL);
}

static void order_torch(const struct facts *f, struct report *r, struct finding *finding,
			bool replaces)
{
	struct wheel wheel = choose_wheel(f, r->arena);
	struct order o = { .facts = f, .report = r, .finding = finding, .replaces = replaces };
	const struct fact_str *exe = &f->python.exe;

	if (!wheel.index) {
		say_no_wheel(f, r, finding);
		return;
	}
	o.python = exe->st == PRESENT ? shell_word(r->arena, exe->v) : "python3";
	o.torch = wheel.same ? arena_fmt(r->arena, "torch==%s", wheel.release) : "torch";
	o.index = arena_fmt(r->arena, WHEELS "%s", wheel.index);
	o.words = words_of(&o, &wheel);
	/* The tables are those of x86_64; other machines have fewer builds. */
	o.applies = text_is(&f->platform.machine, "x86_64") && (wheel.same || !replaces)
			    ? APPLIES_SAFE
			    : APPLIES_LIKELY;
	place_order(&o, wheel.index);
}

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

	if (is_user_site(folder))
		finding_fix(
			r, finding, APPLIES_LIKELY,
			arena_fmt(
				r->arena,
				"take away the torch in %s, which comes before the environment's own",
				folder),
			"%s -m pip uninstall torch", python);
	else
		finding_fix(
			r, finding, APPLIES_LIKELY,
			arena_fmt(r->arena,
				  "%s comes before the environment's own packages, by PYTHONPATH",
				  folder),
			"unset PYTHONPATH");
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

bool fix_on_the_host(const struct facts *f, struct report *r, struct finding *finding,
		     const char *words)
{
	if (f->platform.container.st != PRESENT)
		return false;
	finding_fix(r, finding, APPLIES_MANUAL, words, NULL);
	return true;
}

/* ---- the driver's package ---- */

static const struct distro_row *distro_by_id(const char *id, size_t n)
{
	for (size_t i = 0; i < n_distro_table; i++)
		if (strlen(distro_table[i].id) == n && memcmp(distro_table[i].id, id, n) == 0)
			return &distro_table[i];
	return NULL;
}

/* A derivative (Mint, Pop, EndeavourOS) installs as the one it names first. */
static const struct distro_row *distro_of(const struct facts *f)
{
	const struct fact_str *id = &f->platform.distro, *like = &f->platform.distro_like;
	const struct distro_row *row =
		id->st == PRESENT ? distro_by_id(id->v, strlen(id->v)) : NULL;
	struct bytes word;
	size_t pos = 0;

	while (!row && like->st == PRESENT && next_part(like->v, ' ', &pos, &word))
		row = distro_by_id(word.v, word.n);
	return row;
}

void fix_install_driver(const struct facts *f, struct report *r, struct finding *finding,
			const char *what)
{
	const struct distro_row *row = distro_of(f);

	if (!row) {
		finding_fix(
			r, finding, APPLIES_MANUAL,
			arena_fmt(
				r->arena,
				"%s: your distribution's package of it (Debian: nvidia-driver; Ubuntu: `sudo "
				"ubuntu-drivers install`; Fedora: akmod-nvidia), then reboot",
				what),
			NULL);
		return;
	}
	finding_fix(r, finding, APPLIES_LIKELY,
		    row->words[0] ? arena_fmt(r->arena, "%s, %s", what, row->words) : what, "%s",
		    row->install);
}

/* BRANCH in a command is the first number of the driver's version. */
static const char *with_branch(const char *command, const struct facts *f, struct arena *a)
{
	const struct fact_str *version = module_version(f);
	const char *at = strstr(command, "BRANCH");

	if (!at)
		return command;
	if (!version)
		return NULL;
	return arena_fmt(a, "%.*s%.*s%s", (int)(at - command), command,
			 (int)strspn(version->v, "0123456789"), version->v, at + strlen("BRANCH"));
}

void fix_reinstall_libraries(const struct facts *f, struct report *r, struct finding *finding)
{
	const struct distro_row *row = distro_of(f);
	const char *command = row ? with_branch(row->libraries, f, r->arena) : NULL;

	if (command)
		finding_fix(r, finding, APPLIES_LIKELY, "install the driver's libraries again",
			    "%s", command);
	else
		finding_fix(
			r, finding, APPLIES_MANUAL,
			"install your distribution's package of the driver's libraries again (Debian: "
			"libcuda1; Ubuntu: libnvidia-compute-550 for driver 550)",
			NULL);
}
