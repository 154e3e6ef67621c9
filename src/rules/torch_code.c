// SPDX-License-Identifier: Apache-2.0
/* Has this build code for the GPUs here, and are its files whole? What a build holds is its own list of architectures, or
 * that of the official wheel (data/torch_arch.tsv); what runs on what is NVIDIA's rule (build.c). It cannot know whether a
 * single library holds code for more. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/libraries.h"

static const char *name_of(const struct facts *f, const struct gpu *gpu, struct arena *a)
{
	struct gpu_model model = gpu_model_of(gpu);
	struct cc cc = gpu_cc(f, gpu);

	return arena_fmt(a, "%s (sm_%d%d)", model.name ? model.name : gpu->addr, cc.major,
			 cc.minor);
}

static const char *joined(const struct strlist *words, struct arena *a)
{
	struct str text = str_new(a, 4096);

	for (size_t i = 0; i < words->n; i++)
		str_addf(&text, "%s%s", i ? " " : "", words->v[i]);
	return str_text(&text);
}

/* ---- gpu-arch-not-in-build ---- */

static struct finding *say_no_code(const struct rule *self, const struct facts *f,
				   const struct gpu *gpu, const char *subject, struct report *r)
{
	struct arch_list list = arch_list_of(f, r->arena);
	const char *name = name_of(f, gpu, r->arena);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, subject,
				       "this build of torch has no code for the %s", name);

	x->headline = "this build of torch has no code for the GPU";
	finding_evidence(r, x, gpu->device.from, "%s", name);
	finding_evidence(r, x, list.from, "code for %s", joined(&list.archs, r->arena));
	finding_evidence(r, x, f->torch.version.from, "version %s", f->torch.version.v);
	return x;
}

/* Another GPU works: this one will not. One that no driver holds is another rule's. */
static void warn_of_others(const struct rule *self, const struct facts *f, struct report *r)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		struct gpu_code code = code_for(f, gpu_cc(f, gpu), r->arena);

		if (!is_for_cuda(gpu) || code.runs != NO || !text_is(&gpu->driver, "nvidia"))
			continue;
		say_no_code(self, f, gpu, arena_fmt(r->arena, "GPU %s", gpu->addr), r)->severity =
			SEVERITY_WARNING;
	}
}

static bool only_ptx_fits(const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_for_cuda(&f->pci.gpus.v[i]) &&
		    code_for(f, gpu_cc(f, &f->pci.gpus.v[i]), a).only_ptx)
			return true;
	return false;
}

static const struct gpu *first_gpu(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_for_cuda(&f->pci.gpus.v[i]))
			return &f->pci.gpus.v[i];
	return NULL;
}

static void check_code(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct gpu *gpu = first_gpu(f);
	enum tri code = code_for_gpus(f);
	struct finding *x;

	if (torch_build(f) != BUILD_CUDA || !gpu || only_ptx_fits(f, r->arena))
		return;
	if (code == NO) {
		fix_replace_torch(f, r, say_no_code(self, f, gpu, "", r));
	} else if (code == MAYBE && f->torch.archs.st == UNKNOWN) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether this torch has code for the GPU is not known");
		finding_evidence(r, x, f->torch.archs.from, "%s",
				 why_words(f->torch.archs.why, "not looked at"));
		finding_fix(r, x, APPLIES_SAFE, NULL,
			    "%s -c \"import torch; print(torch._C._cuda_getArchFlags())\"",
			    python_word(f, r));
	} else {
		warn_of_others(self, f, r);
	}
}

/* ---- ptx-jit-disabled ---- */

static void say_ptx(const struct rule *self, const struct facts *f, struct report *r)
{
	struct arch_list list = arch_list_of(f, r->arena);
	const struct fact_str *variable = &f->env.cuda_disable_ptx_jit;
	bool forbidden = text_is(variable, "1");
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   forbidden ? "CUDA_DISABLE_PTX_JIT forbids what this GPU needs"
				     : "only PTX fits this GPU, and this driver cannot compile it");

	x->headline = "nothing but PTX fits the GPU, and it is not compiled";
	finding_evidence(r, x, list.from, "code for %s", joined(&list.archs, r->arena));
	if (forbidden)
		finding_evidence(r, x, variable->from, "CUDA_DISABLE_PTX_JIT=%s", variable->v);
	else if (f->drvlib.ptxjit.path.st == ABSENT)
		finding_evidence(r, x, f->drvlib.ptxjit.path.from,
				 "libnvidia-ptxjitcompiler.so.1 is nowhere");
	else
		finding_evidence(r, x, driver_version(f) ? driver_version(f)->from : "?",
				 "a driver for an older CUDA than torch's %s", f->torch.cuda.v);
	if (forbidden)
		finding_fix(r, x, APPLIES_SAFE, "in the shell or the file that sets it",
			    "unset CUDA_DISABLE_PTX_JIT");
	fix_replace_torch(f, r, x);
}

static void check_ptx(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri code = code_for_gpus(f);
	struct finding *x;

	if (torch_build(f) != BUILD_CUDA || !only_ptx_fits(f, r->arena) || code == YES)
		return;
	if (code == NO) {
		say_ptx(self, f, r);
		return;
	}
	x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
		       "only PTX fits this GPU; whether it is compiled is not known");
	finding_evidence(r, x, arch_list_of(f, r->arena).from, "the list of architectures");
	finding_fix(r, x, APPLIES_SAFE, NULL, "%s -c \"import torch; torch.ones(2).cuda() + 1\"",
		    python_word(f, r));
}

/* ---- torch-install-broken ---- */

/* A library of the wheel itself, by its name or its place. */
static bool is_of_torch(const struct facts *f, const struct needed *n, struct arena *a)
{
	const char *name = path_basename(n->name), *refused = refused_file(n);
	const char *dir = arena_fmt(a, "%s/", f->torch.dir.v);

	/* Permissions are the installation's, in its other packages, too. */
	if (refused)
		return starts_with(refused, path_dirname(a, f->torch.dir.v));
	if (is_fatal(n))
		return starts_with(n->path.from, dir) && !strstr(n->path.from, "/../");
	return starts_with(name, "libtorch") || starts_with(name, "libc10") ||
	       strcmp(name, "libshm.so") == 0 || starts_with(n->name, dir);
}

static const struct needed *broken_library(const struct facts *f, struct arena *a)
{
	for (size_t i = 0; f->torch.dir.st == PRESENT && i < f->libs.needed.n; i++) {
		const struct needed *n = &f->libs.needed.v[i];

		if (cannot_be_had(n) && is_of_torch(f, n, a))
			return n;
	}
	return NULL;
}

static bool blocks_import(const struct facts *f)
{
	for (size_t i = 0; i < f->torch.missing_files.v.n; i++)
		if (is_needed_for_import(f->torch.missing_files.v.v[i]))
			return true;
	return false;
}

static void cite_broken(const struct facts *f, struct report *r, struct finding *x)
{
	const struct torch *t = &f->torch;
	const struct needed *n = broken_library(f, r->arena);

	for (size_t i = 0; i < t->missing_files.v.n && i < 3; i++)
		finding_evidence(r, x, t->missing_files.from, "names %s, which is not there",
				 t->missing_files.v.v[i]);
	if (t->global_deps.st == UNKNOWN)
		finding_evidence(r, x, t->global_deps.from, "may not be read by this user");
	else if (n && refused_file(n))
		finding_evidence(r, x, refused_file(n), "may not be read by this user");
	else if (!t->missing_files.v.n && n)
		finding_evidence(r, x, is_fatal(n) ? n->path.from : n->by.from,
				 is_fatal(n) ? "%s" : "needs %s, which is not there",
				 is_fatal(n) ? n->path.why : path_basename(n->name));
	else if (!t->missing_files.v.n && lacks_cuda_library(f))
		finding_evidence(r, x, t->cuda_library.from, "not there, though cuda is %s",
				 t->cuda.v);
	if (lacks_version_py(f) && !t->missing_files.v.n)
		finding_evidence(r, x, t->version.from, "not there");
	if (t->extension.st == ABSENT)
		finding_evidence(r, x, t->extension.from,
				 "is for another Python than this one (%s)",
				 f->python.version.v ? f->python.version.v : "?");
	if (t->metadata.st == UNKNOWN && t->metadata.why &&
	    strcmp(t->metadata.why, "several records") == 0)
		finding_evidence(r, x, t->metadata.from, "more than one record of torch");
}

static const struct fact *unread_file(const struct torch *t)
{
	if (t->missing_needs.st == UNKNOWN)
		return (const struct fact *)&t->missing_needs;
	if (t->missing_files.st == UNKNOWN)
		return (const struct fact *)&t->missing_files;
	if (t->extension.st == UNKNOWN)
		return (const struct fact *)&t->extension;
	return (const struct fact *)&t->cuda_library;
}

/* As after sudo pip with a umask of 077. */
static void fix_permissions(const struct facts *f, struct report *r, struct finding *x)
{
	const char *site = path_dirname(r->arena, f->torch.dir.v);

	finding_fix(r, x, APPLIES_LIKELY, "let everybody read what was installed",
		    "sudo chmod -R a+rX %s", shell_word(r->arena, site));
}

static bool is_refused(const struct facts *f, struct arena *a)
{
	const struct needed *library = broken_library(f, a);

	return f->torch.global_deps.st == UNKNOWN || (library && refused_file(library));
}

/* ---- the packages that it requires ---- */

/* Debian names its package of typing_extensions python3-typing-extensions, and its Python refuses pip's. */
static void fix_need(const struct facts *f, struct report *r, struct finding *x,
		     const char *package)
{
	bool uv = text_is(&f->torch.installer, "uv");
	char *name = arena_strndup(r->arena, package, strlen(package));

	if (text_is(&f->torch.installer, "apt")) {
		for (char *p = name; *p; p++)
			*p = *p == '_' ? '-' : *p;
		finding_fix(r, x, APPLIES_LIKELY, NULL,
			    "sudo apt-get install --reinstall python3-%s", name);
		return;
	}
	finding_fix(r, x, APPLIES_LIKELY, NULL, "%s%s%s %s", uv ? "uv pip install --python " : "",
		    python_word(f, r), uv ? "" : " -m pip install", package);
}

static void say_need(const struct rule *self, const struct facts *f, struct report *r,
		     const struct torch_import_need_row *row)
{
	bool fails = strcmp(row->fails, "yes") == 0;
	struct finding *x =
		report_add(r, self->id, self->stage, fails ? FAIL : CANNOT_TELL, row->module,
			   "%s%s is not installed", row->module,
			   fails ? ", which torch needs," : ", which this torch may need,");

	x->headline = "a package that torch needs is not installed";
	finding_evidence(r, x, f->torch.missing_needs.from,
			 "requires %s, which is on no folder of sys.path", row->package);
	fix_need(f, r, x, row->package);
}

static bool say_needs(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_strs *missing = &f->torch.missing_needs;
	bool said = false;

	for (size_t i = 0; f->torch.version.st == PRESENT && i < missing->v.n; i++) {
		const struct torch_import_need_row *row = import_need(f, missing->v.v[i]);

		if (row)
			say_need(self, f, r, row);
		said = said || row;
	}
	return said;
}

/* What is left of a torch, and imported as an empty package. */
static void say_bare(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "its __init__.py is missing: Python makes an empty package of the rest");

	x->headline = "the installed torch is incomplete";
	finding_evidence(r, x, f->torch.bare.from, "a folder torch/ without __init__.py");
	finding_fix(r, x, APPLIES_LIKELY,
		    "torch again; name the version if you want another than the newest",
		    "%s -m pip install --force-reinstall torch", python_word(f, r));
}

static void check_install(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct torch *t = &f->torch;
	bool import_fails = blocks_import(f) || lacks_cuda_library(f) || lacks_version_py(f) ||
			    t->extension.st == ABSENT || broken_library(f, r->arena) ||
			    t->global_deps.st == UNKNOWN;
	struct finding *x;

	if (t->bare.st == PRESENT && is_true(&t->bare_of_torch) == YES)
		say_bare(self, f, r);
	if (t->dir.st != PRESENT)
		return;

	bool needs_told = say_needs(self, f, r);

	if (import_fails || t->missing_files.v.n) {
		bool refused = is_refused(f, r->arena);

		x = report_add(r, self->id, self->stage, FAIL, "",
			       refused ? "files of the installed torch may not be read by this user"
			       : t->extension.st == ABSENT && !t->missing_files.v.n
				       ? "torch was installed for another Python"
				       : "files of the installed torch are missing or damaged");
		x->headline = refused ? "the installed torch may not be read by this user"
				      : "the installed torch is incomplete";
		x->severity = import_fails ? SEVERITY_ERROR : SEVERITY_WARNING;
		cite_broken(f, r, x);
		if (refused)
			fix_permissions(f, r, x);
		else
			fix_replace_torch(f, r, x);
	} else if (are_files_open(f) && !needs_told) {
		const struct fact *unread = unread_file(t);

		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether torch's files are all there is not known");
		finding_evidence(r, x, unread->from, "%s", why_words(unread->why, "not looked at"));
	}
}

/* ---- torch-library-load-failed ---- */

/* Not torch's own and none that a package of NVIDIA's would bring. */
static const struct needed *foreign_failure(const struct facts *f, struct arena *a)
{
	for (size_t i = 0; f->torch.dir.st == PRESENT && i < f->libs.needed.n; i++) {
		const struct needed *n = &f->libs.needed.v[i];
		bool of_nvidia = nvidia_library(n->name) && !is_fatal(n) &&
				 (is_official_wheel(&f->torch) || n->elsewhere.st == PRESENT ||
				  n->elsewhere.st == UNKNOWN);

		/* A pattern of torch's own search stands for a name that follows. */
		if (cannot_be_had(n) && !of_nvidia && !strchr(n->name, '*') &&
		    !is_of_torch(f, n, a))
			return n;
	}
	return NULL;
}

static void say_load_failed(const struct rule *self, const struct facts *f, const struct needed *n,
			    struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       refused_file(n) ? "%s may not be read by this user"
				       : is_fatal(n)   ? "%s is damaged: the loader gives up at it"
						       : "%s, which torch needs, is nowhere",
				       n->name);

	x->headline = "a shared library that torch needs cannot be loaded";
	if (is_fatal(n))
		finding_evidence(r, x, n->path.from, "%s", n->path.why);
	else if (refused_file(n))
		finding_evidence(r, x, refused_file(n), "may not be read");
	finding_evidence(r, x, n->by.from, "needs %s", n->name);
	if (refused_file(n)) {
		finding_fix(r, x, APPLIES_LIKELY, "let everybody read it", "sudo chmod a+r %s",
			    shell_word(r->arena, refused_file(n)));
		return;
	}
	if (text_is(&f->env.ld_library_path, "") == false && f->env.ld_library_path.st == PRESENT &&
	    is_fatal(n))
		finding_fix(r, x, APPLIES_LIKELY,
			    "if LD_LIBRARY_PATH names its folder; else delete the file",
			    "unset LD_LIBRARY_PATH");
	else if (is_fatal(n))
		finding_fix(r, x, APPLIES_MANUAL, "delete the file, or install its package again",
			    NULL);
	else
		finding_fix(r, x, APPLIES_MANUAL,
			    arena_fmt(r->arena,
				      "install the package of your distribution that holds %s "
				      "(libstdc++.so.6: libstdc++6; libgomp.so.1: libgomp1)",
				      n->name),
			    NULL);
}

static void check_load(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct needed *n = foreign_failure(f, r->arena);
	struct finding *x;

	if (n) {
		say_load_failed(self, f, n, r);
	} else if (is_list_open(f) && !first_failure(f)) {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether torch's libraries can be loaded is not known");
		finding_evidence(r, x, f->libs.needed.from, "%s",
				 why_words(f->libs.needed.why, "not looked at"));
		finding_fix(r, x, APPLIES_SAFE, NULL, "%s -c \"import torch\"", python_word(f, r));
	}
}

const struct rule torch_code_rules[] = {
	{ "gpu-arch-not-in-build", STAGE_TORCH, check_code },
	{ "torch-install-broken", STAGE_TORCH, check_install },
	{ "torch-library-load-failed", STAGE_TORCH, check_load },
	{ "ptx-jit-disabled", STAGE_ENVIRONMENT, check_ptx },
	{ 0 },
};
