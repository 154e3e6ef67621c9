// SPDX-License-Identifier: Apache-2.0
/* Are the libraries that torch needs there, and the right ones? Judges the list of facts.libs: what the loader finds when
 * torch is imported. A toolkit on LD_LIBRARY_PATH is no fault by itself: a wheel's DT_RPATH comes first. Only what is found
 * without that path (nvJitLink before 2.6, the parts of cuDNN) is taken from there. */
#include "rules/libraries.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/fixes.h"
#include "rules/rules.h"

#define EVIDENCE_MAX 4

const struct nvidia_library_row *nvidia_library(const char *name)
{
	for (size_t i = 0; i < n_nvidia_library_table; i++) {
		const struct nvidia_library_row *row = &nvidia_library_table[i];
		size_t n = strlen(row->library);

		if (strncmp(name, row->library, n) == 0 && strncmp(name + n, ".so", 3) == 0)
			return row;
	}
	return NULL;
}

/* What decides and could not be read. */
static void say_unread(const struct rule *self, const struct facts *f, struct report *r,
		       const char *title)
{
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "", "%s", title);

	finding_evidence(r, x, f->libs.needed.from, "%s",
			 why_words(f->libs.needed.why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "%s -c \"import torch\"", python_word(f, r));
}

/* ---- missing-nvidia-pip-package ---- */

static bool is_missing(const struct facts *f, const struct needed *n)
{
	return n->path.st == ABSENT && !refused_file(n) && n->elsewhere.st != PRESENT &&
	       n->elsewhere.st != UNKNOWN && nvidia_library(n->name) &&
	       is_official_wheel(&f->torch);
}

static bool is_in(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

/* "nvidia-cudnn" is the package of "nvidia-cudnn-cu12==9.1.0.70" and of "nvidia-cudnn 13.1". */
static bool is_package(const char *entry, const char *package)
{
	size_t n = strlen(package);

	if (strncmp(entry, package, n) != 0)
		return false;
	return strncmp(entry + n, "-cu1", 4) == 0 || strchr(" =[", entry[n]) != NULL;
}

static const char *entry_of_package(const struct fact_strs *list, const char *package)
{
	for (size_t i = 0; i < list->v.n; i++)
		if (is_package(list->v.v[i], package))
			return list->v.v[i];
	return NULL;
}

/* The requirement in torch's own record that brings the package: its own, or cuda-toolkit's from 2.11 on. */
static const char *pin_of(const struct facts *f, const char *package)
{
	const char *pin = entry_of_package(&f->libs.pins, package);

	return pin ? pin : entry_of_package(&f->libs.pins, "cuda-toolkit");
}

struct packages {
	struct strlist pins, unpinned;
	bool recorded; /* one of them is installed by its record, and its file is not there */
};

static struct packages missing_packages(const struct facts *f, struct arena *a)
{
	struct packages found = { 0 };

	for (size_t i = 0; i < f->libs.needed.n; i++) {
		const struct needed *n = &f->libs.needed.v[i];

		if (!is_missing(f, n))
			continue;

		const char *package = nvidia_library(n->name)->package;
		const char *pin = pin_of(f, package);
		struct strlist *list = pin ? &found.pins : &found.unpinned;

		found.recorded |= entry_of_package(&f->libs.nvidia_packages, package) != NULL;
		if (!is_in(list, pin ? pin : package))
			PUSH(a, list, pin ? pin : package);
	}
	return found;
}

static void fix_packages(const struct facts *f, struct report *r, struct finding *x,
			 const struct packages *packages)
{
	struct str words = str_new(r->arena, 4096);
	bool uv = text_is(&f->torch.installer, "uv");

	for (size_t i = 0; i < packages->pins.n; i++)
		str_addf(&words, " %s", shell_word(r->arena, packages->pins.v[i]));
	if (!packages->pins.n) {
		fix_replace_torch(f, r, x);
		return;
	}
	if (uv)
		finding_fix(r, x, APPLIES_SAFE, "the versions that this torch was built with",
			    "uv pip install --python %s%s%s", python_word(f, r),
			    packages->recorded ? " --reinstall" : "", str_text(&words));
	else
		finding_fix(r, x, APPLIES_SAFE, "the versions that this torch was built with",
			    "%s -m pip install%s%s", python_word(f, r),
			    packages->recorded ? " --force-reinstall --no-deps" : "",
			    str_text(&words));
}

static void say_missing(const struct rule *self, const struct facts *f, struct report *r)
{
	struct packages packages = missing_packages(f, r->arena);
	const char *first = packages.pins.n ? packages.pins.v[0] : packages.unpinned.v[0];
	size_t more = packages.pins.n + packages.unpinned.n - 1, said = 0;
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "", "the package %.*s is %s%s",
		(int)strcspn(first, "=<>~ "), first, packages.recorded ? "damaged" : "missing",
		more ? arena_fmt(r->arena, ", and %zu more like it", more) : "");

	x->headline = "one of NVIDIA's libraries that torch needs is missing";
	for (size_t i = 0; i < f->libs.needed.n && said < EVIDENCE_MAX; i++) {
		const struct needed *n = &f->libs.needed.v[i];

		if (!is_missing(f, n))
			continue;
		finding_evidence(r, x, n->by.from, "needs %s, which is nowhere", n->name);
		said++;
	}
	if (packages.pins.n)
		finding_evidence(r, x, f->libs.pins.from, "torch asks for %s", first);
	fix_packages(f, r, x, &packages);
}

/* A package that torch's record asks for and that is not installed; its library may still be elsewhere. */
static bool lacks_package(const struct facts *f)
{
	if (f->libs.nvidia_packages.st != PRESENT || torch_build(f) != BUILD_CUDA)
		return false;
	for (size_t i = 0; i < n_nvidia_library_table; i++) {
		const char *package = nvidia_library_table[i].package;

		if (entry_of_package(&f->libs.pins, package) &&
		    !entry_of_package(&f->libs.nvidia_packages, package))
			return true;
	}
	return false;
}

static void check_packages(const struct rule *self, const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < f->libs.needed.n; i++)
		if (is_missing(f, &f->libs.needed.v[i])) {
			say_missing(self, f, r);
			return;
		}
	if (is_list_open(f) && lacks_package(f))
		say_unread(self, f, r,
			   "whether torch finds all of NVIDIA's libraries is not known");
}

/* ---- nvidia-libs-not-on-loader-path ---- */

static void say_elsewhere(const struct rule *self, const struct facts *f, const struct needed *n,
			  struct report *r)
{
	const char *folder = path_dirname(r->arena, n->elsewhere.v);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "%s is installed, but not where the loader looks", n->name);

	x->headline = "a library that torch needs lies where the loader does not look";
	finding_evidence(r, x, n->by.from, "needs %s, which the loader does not find", n->name);
	finding_evidence(r, x, n->elsewhere.from, "a file of that name");
	if (is_official_wheel(&f->torch))
		fix_replace_torch(f, r, x);
	finding_fix(r, x, APPLIES_LIKELY, "for this shell",
		    "export LD_LIBRARY_PATH=%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}",
		    shell_word(r->arena, folder));
}

static void check_path(const struct rule *self, const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < f->libs.needed.n; i++) {
		const struct needed *n = &f->libs.needed.v[i];

		if (!nvidia_library(n->name) || n->elsewhere.st != PRESENT || is_fatal(n) ||
		    refused_file(n))
			continue;
		if (n->path.st == ABSENT)
			say_elsewhere(self, f, n, r);
		else if (n->path.st == UNKNOWN)
			say_unread(self, f, r,
				   "whether the loader finds NVIDIA's libraries is not known");
		else
			continue;
		return;
	}
}

/* ---- cudnn-mismatch-ld-library-path ---- */

static const char *version_of_file(const struct needed *n)
{
	const char *at = n->real.st == PRESENT ? strstr(path_basename(n->real.v), ".so.") : NULL;

	return at && strchr(at + 4, '.') ? at + 4 : NULL;
}

static void fix_library_path(struct report *r, struct finding *x)
{
	finding_fix(r, x, APPLIES_LIKELY,
		    "this torch brings its own; take the folder out of ~/.bashrc, too",
		    "unset LD_LIBRARY_PATH");
}

static void say_jitlink(const struct rule *self, const struct facts *f, const struct needed *n,
			struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "LD_LIBRARY_PATH puts an older %s in front of torch's own", n->name);

	x->headline = "LD_LIBRARY_PATH brings an older library than torch needs";
	finding_evidence(r, x, n->real.from, "version %s", version_of_file(n));
	finding_evidence(r, x, f->torch.cuda.from, "torch was built for CUDA %s", f->torch.cuda.v);
	finding_evidence(r, x, f->env.ld_library_path.from, "%s", f->env.ld_library_path.v);
	fix_library_path(r, x);
}

/* libcudnn.so.9 only opens its parts: LD_LIBRARY_PATH replaces all of them, and newer ones serve (seen with 9.19 in front of
 * 9.10). Older ones lack what torch was compiled for. */
static bool is_older_cudnn(const struct facts *f, const struct needed *n, const char **ret_own)
{
	const char *version = version_of_file(n);
	const char *entry = entry_of_package(&f->libs.nvidia_packages, "nvidia-cudnn");
	const char *own = entry ? strrchr(entry, ' ') + 1 : NULL;

	*ret_own = own;
	return version && own && is_for_later(n) && version_compare(version, own) < 0 &&
	       strncmp(own, version, strlen(version)) != 0;
}

/* The first kernels run; the first convolution does not. */
static void say_cudnn(const struct rule *self, const struct facts *f, const struct needed *n,
		      const char *own, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, n->name,
				       "LD_LIBRARY_PATH puts cuDNN %s in place of torch's %s",
				       version_of_file(n), own);

	x->severity = SEVERITY_WARNING;
	finding_evidence(r, x, n->real.from, "version %s", version_of_file(n));
	finding_evidence(r, x, f->libs.nvidia_packages.from, "torch's own is %s", own);
	fix_library_path(r, x);
}

static void check_library_path(const struct rule *self, const struct facts *f, struct report *r)
{
	const char *own = NULL;
	bool said = false;

	for (size_t i = 0; i < f->libs.needed.n; i++) {
		const struct needed *n = &f->libs.needed.v[i];

		if (!text_is(&n->way, "LD_LIBRARY_PATH") || !is_official_wheel(&f->torch))
			continue;
		if (starts_with(n->name, "libnvJitLink.so.") && serves_torch(f, n) == NO) {
			say_jitlink(self, f, n, r);
		} else if (!is_for_later(n) && serves_torch(f, n) == MAYBE) {
			struct finding *x = report_add(
				r, self->id, self->stage, CANNOT_TELL, "",
				"whether the %s of LD_LIBRARY_PATH suits torch is not known",
				n->name);

			finding_evidence(r, x, n->path.from, "its name tells no version");
			fix_library_path(r, x);
		} else if (!said && is_older_cudnn(f, n, &own)) {
			say_cudnn(self, f, n, own, r);
			said = true;
		}
	}
}

/* ---- libc-too-old ---- */

static void say_libc(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "the C library is %s, and this torch needs at least %s",
				       f->libs.glibc.v, f->libs.glibc_needed.v);

	x->headline = "the system's C library is too old for this torch";
	finding_evidence(r, x, f->libs.glibc.from, "glibc %s", f->libs.glibc.v);
	finding_evidence(r, x, f->libs.glibc_needed.from, "asks for GLIBC_%s",
			 f->libs.glibc_needed.v);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"the C library comes with the distribution: use a newer one (a container image "
		"will do), or the newest torch whose wheels are for an older glibc (2.6.0 for CUDA 12.4)",
		NULL);
}

static void check_libc(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri suffices = libc_suffices(f);
	struct finding *x;

	if (suffices == NO)
		say_libc(self, f, r);
	if (suffices != MAYBE)
		return;
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "this wheel is for a newer C library than %s", f->libs.glibc.v);
	finding_evidence(r, x, f->torch.wheel_tag.from, "%s", f->torch.wheel_tag.v);
	finding_fix(r, x, APPLIES_SAFE, NULL, "%s -c \"import torch\"", python_word(f, r));
}

const struct rule libraries_rules[] = {
	{ "missing-nvidia-pip-package", STAGE_LIBRARIES, check_packages },
	{ "nvidia-libs-not-on-loader-path", STAGE_LIBRARIES, check_path },
	{ "cudnn-mismatch-ld-library-path", STAGE_LIBRARIES, check_library_path },
	{ "libc-too-old", STAGE_LIBRARIES, check_libc },
	{ 0 },
};
