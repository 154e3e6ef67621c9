// SPDX-License-Identifier: Apache-2.0
/* Does `import torch` work, and what does it raise? The facts list, in the order of torch/__init__.py, what each library was
 * found to be (facts.libs); the first that could not be had decides: in the first step (libtorch_global_deps.so and what torch
 * loads to repair it) it is an OSError or a ValueError, in the second (torch/_C) an ImportError. Compared with what real wheels
 * 1.13.1 to 2.15.0 said. It cannot know symbols: a library that is not the wheel's own may lack some. */
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/libraries.h"
#include "rules/torch_logs.h"

#define NO_FILE "cannot open shared object file: No such file or directory"

/* The folder torch/_C, which holds stubs only, is imported in its place. */
static const char no_extension[] = "Failed to load PyTorch C extensions:";

static struct import_verdict raises(const char *type, const char *text)
{
	return (struct import_verdict){ .works = NO, .raises_type = type, .raises_text = text };
}

/* ---- the list ---- */

/* Asked for by its whole path, and it may not be read. */
static bool is_shut_out(const struct needed *n)
{
	return strcmp(n->path.why, "cannot open shared object file: Permission denied") == 0;
}

/* The loader gives up at a file that is no library; other unknowns prove nothing. */
bool is_fatal(const struct needed *n)
{
	return n->path.st == UNKNOWN && n->path.why &&
	       (strcmp(n->path.why, "file too short") == 0 ||
		strcmp(n->path.why, "invalid ELF header") == 0 || is_shut_out(n));
}

bool cannot_be_had(const struct needed *n)
{
	return n->path.st == ABSENT || is_fatal(n);
}

const char *refused_file(const struct needed *n)
{
	if (n->refused.st == PRESENT)
		return n->refused.v;
	return is_fatal(n) && is_shut_out(n) ? n->path.from : NULL;
}

const struct needed *first_failure(const struct facts *f)
{
	for (size_t i = 0; i < f->libs.needed.n; i++)
		if (cannot_be_had(&f->libs.needed.v[i]))
			return &f->libs.needed.v[i];
	return NULL;
}

/* What was not recorded is presumed sound, as what nobody looked at. */
static bool is_unread(enum known st, const char *why)
{
	return st == UNKNOWN && !(why && strcmp(why, "not recorded") == 0);
}

bool is_list_open(const struct facts *f)
{
	return is_unread(f->libs.needed.st, f->libs.needed.why);
}

/* Was something before it not read? Then how it fails is not known. */
static bool is_first(const struct facts *f, const struct needed *n)
{
	for (const struct needed *m = f->libs.needed.v; m < n; m++)
		if (m->path.st != PRESENT)
			return false;
	return true;
}

static const struct needed *entry_of(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->libs.needed.n; i++)
		if (text_is(&f->libs.needed.v[i].path, path))
			return &f->libs.needed.v[i];
	return NULL;
}

/* The file that began the chain: libtorch_global_deps.so, _C.*.so, or torch/__init__.py for what it loads itself. */
static const char *root_of(const struct facts *f, const struct needed *n)
{
	const char *by = n->by.st == PRESENT ? n->by.v : "";

	for (size_t depth = 0; depth < 100; depth++) {
		const struct needed *up = entry_of(f, by);

		if (!up || up->by.st != PRESENT || ends_with(up->by.v, "/torch/__init__.py"))
			break;
		by = up->by.v;
	}
	return by;
}

static bool is_of_init(const struct needed *n)
{
	return n->by.st == PRESENT && ends_with(n->by.v, "/torch/__init__.py");
}

/* "libcudart.so.*[0-9]" is a pattern that torch looks for itself. */
static bool is_pattern(const struct needed *n)
{
	return strchr(n->name, '*') != NULL;
}

static bool is_in_first_step(const struct facts *f, const struct needed *n)
{
	const char *root = is_of_init(n) ? n->name : root_of(f, n);
	const struct needed *entry = entry_of(f, root);

	if (ends_with(root, "libtorch_global_deps.so") || is_pattern(n))
		return true;
	return entry && text_is(&entry->way, "preload");
}

/* ---- what is raised ---- */

/* 1.13 takes the folder for granted: without any the name of the path was never set. */
static struct import_verdict raised_by_1_13(const struct facts *f, const struct needed *n,
					    struct arena *a)
{
	bool new_words = f->python.version.st == PRESENT &&
			 version_compare(f->python.version.v, "3.11") >= 0;

	if (n->path.from && ends_with(n->path.from, n->name))
		return raises("OSError", arena_fmt(a, "%s: " NO_FILE, n->path.from));
	return raises("UnboundLocalError",
		      new_words ? "cannot access local variable 'cublas_path' where it is not "
				  "associated with a value"
				: "local variable 'cublas_path' referenced before assignment");
}

static struct import_verdict raised_by(const struct facts *f, const struct needed *n,
				       struct arena *a)
{
	bool first_step = is_in_first_step(f, n);
	const char *type = first_step ? "OSError" : "ImportError";

	if (!is_first(f, n))
		return raises(NULL, NULL);
	if (is_fatal(n))
		return raises(type, arena_fmt(a, "%s: %s", n->path.from, n->path.why));
	if (is_pattern(n))
		return raises("ValueError",
			      arena_fmt(a, "%s not found in the system path [", n->name));
	if (is_of_init(n) && version_compare(f->torch.version.v, "2.0") < 0 && n->name[0] != '/')
		return raised_by_1_13(f, n, a);
	return raises(type, arena_fmt(a, "%s: " NO_FILE, n->name));
}

/* ---- the wheel's own files ---- */

/* Files of torch/ without which the import fails; others are loaded only when they are used (libtorch_cuda_linalg.so,
 * libcaffe2_nvrtc.so: measured). */
bool is_needed_for_import(const char *file)
{
	static const char *const names[] = { "libtorch_global_deps.so",
					     "libtorch_python.so",
					     "libtorch_cpu.so",
					     "libtorch_cuda.so",
					     "libtorch_nvshmem.so",
					     "libtorch.so",
					     "libc10.so",
					     "libc10_cuda.so",
					     "libshm.so" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(path_basename(file), names[i]) == 0)
			return true;
	return starts_with(file, "torch/_C.") || strcmp(file, "torch/version.py") == 0 ||
	       starts_with(file, "torch/lib/libgomp");
}

static struct import_verdict raised_without(const struct facts *f, const char *file,
					    struct arena *a)
{
	const char *site = path_dirname(a, f->torch.dir.v);

	if (ends_with(file, "libtorch_global_deps.so"))
		return raises("OSError", arena_fmt(a, "%s/%s: " NO_FILE, site, file));
	if (starts_with(file, "torch/lib/"))
		return raises("ImportError", arena_fmt(a, "%s: " NO_FILE, path_basename(file)));
	if (starts_with(file, "torch/_C."))
		return raises("ImportError", no_extension);
	return raises(NULL, NULL);
}

/* By the installer's record; where no header was seen it is the only word. It is in the order of the alphabet, and the import
 * begins with this one. */
static const char *missing_file(const struct torch *t)
{
	static const char begins[] = "libtorch_global_deps.so";
	const struct strlist *files = &t->missing_files.v;
	const char *first = NULL;

	for (size_t i = 0; i < files->n; i++) {
		if (strcmp(path_basename(files->v[i]), begins) == 0)
			return files->v[i];
		if (!first && is_needed_for_import(files->v[i]))
			first = files->v[i];
	}
	return first;
}

bool lacks_cuda_library(const struct facts *f)
{
	return f->torch.cuda.st == PRESENT && f->torch.cuda_library.st == ABSENT &&
	       is_official_wheel(&f->torch);
}

bool are_files_open(const struct facts *f)
{
	const struct torch *t = &f->torch;

	if (is_unread(t->missing_needs.st, t->missing_needs.why))
		return true;
	if (is_unread(t->missing_files.st, t->missing_files.why) ||
	    is_unread(t->extension.st, t->extension.why))
		return true;
	return t->cuda.st == PRESENT && is_official_wheel(t) &&
	       is_unread(t->cuda_library.st, t->cuda_library.why);
}

static struct import_verdict judge_files(const struct facts *f, struct arena *a)
{
	const struct torch *t = &f->torch;

	if (missing_file(t))
		return raised_without(f, missing_file(t), a);
	if (lacks_cuda_library(f))
		return raised_without(f, "torch/lib/libtorch_cuda.so", a);
	if (t->extension.st == ABSENT)
		return raises("ImportError", no_extension);
	return (struct import_verdict){ .works = are_files_open(f) ? MAYBE : YES };
}

/* ---- libraries from other places ---- */

/* Parts of cuDNN are opened by their names later: they do not touch the import. */
bool is_for_later(const struct needed *n)
{
	return starts_with(n->name, "libcudnn_");
}

/* "libnvJitLink.so.12.4.127" is 12.4; NULL where the name tells no minor version. */
static const char *version_in_name(const struct fact_str *file)
{
	const char *at = file->st == PRESENT ? strstr(path_basename(file->v), ".so.") : NULL;

	return at && strchr(at + 4, '.') ? at + 4 : NULL;
}

/* cuSPARSE asks for symbols that carry the version of its own CUDA (__nvJitLinkComplete_12_4, pytorch#138460); a newer library
 * has the older ones, too. */
static enum tri jitlink_suffices(const struct facts *f, const struct needed *n)
{
	const char *version = version_in_name(&n->real);

	if (!version || f->torch.cuda.st != PRESENT)
		return MAYBE;
	return version_compare(version, f->torch.cuda.v) < 0 ? NO : YES;
}

/* A library of NVIDIA's that did not come from the package beside torch. */
enum tri serves_torch(const struct facts *f, const struct needed *n)
{
	bool elsewhere = text_is(&n->way, "LD_LIBRARY_PATH") || text_is(&n->way, "cache") ||
			 text_is(&n->way, "default");

	if (!elsewhere || !nvidia_library(n->name) || is_for_later(n) ||
	    !is_official_wheel(&f->torch))
		return YES;
	return starts_with(n->name, "libnvJitLink.so.") ? jitlink_suffices(f, n) : MAYBE;
}

static enum tri all_serve(const struct facts *f)
{
	enum tri all = YES;

	for (size_t i = 0; i < f->libs.needed.n; i++)
		all = both(all, serves_torch(f, &f->libs.needed.v[i]));
	return all;
}

/* "cp311-cp311-manylinux_2_28_x86_64": made for 2.28 and newer; whether it needs that is another question. */
static bool is_made_for_newer(const struct facts *f)
{
	const struct fact_str *tag = &f->torch.wheel_tag;
	const char *at = tag->st == PRESENT ? strstr(tag->v, "manylinux_") : NULL;
	int64_t has_minor = 0, has = version_major(f->libs.glibc.v, &has_minor);
	int64_t major = at ? strtoll(at + 10, NULL, 10) : 0;
	const char *minor = at ? strchr(at + 10, '_') : NULL;

	return minor && has == major && has_minor < strtoll(minor + 1, NULL, 10);
}

/* Both numbers come from the files: what this C library has, and what torch's libraries ask for. */
enum tri libc_suffices(const struct facts *f)
{
	const struct fact_str *has = &f->libs.glibc, *asked = &f->libs.glibc_needed;

	if (has->st != PRESENT)
		return YES;
	if (asked->st != PRESENT)
		return is_made_for_newer(f) ? MAYBE : YES;
	return version_compare(has->v, asked->v) < 0 ? NO : YES;
}

/* ---- together ---- */

static struct import_verdict judge_libraries(const struct facts *f, struct arena *a)
{
	const struct needed *failed = first_failure(f);
	const struct libs *libs = &f->libs;
	enum tri serve = all_serve(f);

	if (failed)
		return raised_by(f, failed, a);
	if (libc_suffices(f) == NO)
		return raises("ImportError", arena_fmt(a, "%s: version `GLIBC_%s' not found",
						       libs->glibc.from, libs->glibc_needed.v));
	if (serve == NO)
		return raises("ImportError", NULL);
	return (struct import_verdict){ .works = is_list_open(f) ? MAYBE
								 : both(serve, libc_suffices(f)) };
}

static struct import_verdict judge_own_parts(const struct facts *f, struct arena *a)
{
	struct import_verdict files, libraries;

	if (f->torch.global_deps.st == UNKNOWN)
		return raises("OSError", arena_fmt(a, "%s: %s", f->torch.global_deps.from,
						   f->torch.global_deps.why));
	files = judge_files(f, a);
	if (f->torch.cuda.st != PRESENT)
		return files;
	libraries = judge_libraries(f, a);
	return libraries.works == NO || files.works == YES ? libraries : files;
}

/* ---- what torch requires of others ---- */

const struct torch_import_need_row *import_need(const struct facts *f, const char *module)
{
	const char *version = f->torch.version.v;

	for (size_t i = 0; i < n_torch_import_need_table; i++) {
		const struct torch_import_need_row *row = &torch_import_need_table[i];

		if (strcmp(row->module, module) == 0 && version_compare(version, row->from) >= 0 &&
		    (!*row->below || version_compare(version, row->below) < 0))
			return row;
	}
	return NULL;
}

static struct import_verdict judge_needs(const struct facts *f)
{
	const struct fact_strs *missing = &f->torch.missing_needs;
	enum tri works = is_unread(missing->st, missing->why) ? MAYBE : YES;

	for (size_t i = 0; i < missing->v.n; i++) {
		const struct torch_import_need_row *row = import_need(f, missing->v.v[i]);

		if (row && strcmp(row->fails, "yes") == 0)
			return raises(works == YES ? row->type : NULL,
				      works == YES ? row->text : NULL);
		works = row ? MAYBE : works;
	}
	return (struct import_verdict){ .works = works };
}

/* Since 2.4 torch/__init__.py begins with them; before, they come behind its libraries (read in 2.1.2 and 2.4.1). */
static struct import_verdict first_of(const struct facts *f, struct import_verdict needs,
				      struct import_verdict own)
{
	bool needs_first = version_compare(f->torch.version.v, "2.4") >= 0;
	struct import_verdict before = needs_first ? needs : own;

	if (needs.works == YES || own.works == YES)
		return needs.works == YES ? own : needs;
	if (before.works == NO && (needs_first || version_compare(f->torch.version.v, "2.2") < 0))
		return before;
	if (needs.works == NO || own.works == NO)
		return raises(NULL, NULL);
	return before;
}

bool lacks_version_py(const struct facts *f)
{
	const struct fact_str *version = &f->torch.version;

	return version->st == UNKNOWN && strcmp(version->why, "no such file") == 0;
}

/* TORCH_LOGS is read near the end. */
static struct import_verdict after_logs(const struct facts *f, struct import_verdict before,
					struct arena *a)
{
	struct torch_logs logs = torch_logs_of(f, a);

	if (logs.accepted == YES || before.works == NO)
		return before;
	if (logs.accepted == NO)
		return before.works == YES ? raises("ValueError", logs.raises_text)
					   : raises(NULL, NULL);
	return (struct import_verdict){ .works = MAYBE };
}

struct import_verdict import_of(const struct facts *f, struct arena *a)
{
	bool alone = f->torch.missing_needs.v.n == 0 &&
		     !is_unread(f->torch.missing_needs.st, f->torch.missing_needs.why);

	if (lacks_version_py(f))
		return raises(alone ? "ModuleNotFoundError" : NULL,
			      alone ? "No module named 'torch.version'" : NULL);
	if (f->torch.version.st != PRESENT)
		return (struct import_verdict){ .works = MAYBE };
	return after_logs(f, first_of(f, judge_needs(f), judge_own_parts(f, a)), a);
}
