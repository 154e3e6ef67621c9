// SPDX-License-Identifier: Apache-2.0
/* Which libraries does `import torch` load, and from where? Follows torch/__init__.py: libtorch_global_deps.so first; if
 * that fails for a CUDA library, each of a list is loaded by its place below sys.path (the list differs by release, read in
 * the releases 1.13.1 to 2.15.0); then torch/_C.*.so and all that it names. The order matters: a name that is loaded is
 * not searched again. Reads ELF headers only, of CUDA builds only. It cannot know the symbols in a library, what code that
 * ran before loaded, nor what is loaded by name later (parts of cuDNN, NVRTC). */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/ldsearch.h"
#include "collect/torch.h"
#include "core/version.h"
#include "facts/fact.h"

#define NEEDED_MAX 400
#define PINS_MAX 100

/* torch/__init__.py's own list: folder below nvidia/, beginning of the name, releases (major * 100 + minor). */
struct preload {
	const char *folder, *stem;
	int from, below;
	bool optional;
};
static const struct preload preloads[] = {
	{ "cublas", "libcublasLt", 210, 9999, false },
	{ "cublas", "libcublas", 200, 9999, false },
	{ "cudnn", "libcudnn", 200, 9999, false },
	{ "cuda_nvrtc", "libnvrtc", 200, 9999, false },
	{ "cuda_nvrtc", "libnvrtc-builtins", 210, 9999, false },
	{ "cuda_runtime", "libcudart", 200, 9999, false },
	{ "cuda_cupti", "libcupti", 200, 9999, false },
	{ "cufft", "libcufft", 200, 9999, false },
	{ "curand", "libcurand", 200, 9999, false },
	{ "cusolver", "libcusolver", 200, 202, false },
	{ "nvjitlink", "libnvJitLink", 202, 9999, false },
	{ "cusparse", "libcusparse", 200, 9999, false },
	{ "cusparselt", "libcusparseLt", 206, 9999, false },
	{ "cusolver", "libcusolver", 202, 9999, false },
	{ "nccl", "libnccl", 200, 9999, false },
	{ "nvshmem", "libnvshmem_host", 209, 9999, false },
	{ "cufile", "libcufile", 207, 9999, false },
	{ "nvtx", "libnvToolsExt", 200, 205, false },
	{ "nvtx", "libnvToolsExt", 205, 9999, true },
};
/* After libtorch_global_deps.so was loaded, so that LD_LIBRARY_PATH brings no older one (pytorch#138460, #145580); what
 * goes wrong here is ignored. From 2.10 on the whole list above. */
static const struct preload later_preloads[] = {
	{ "cuda_nvrtc", "libnvrtc", 206, 210, true },
	{ "cuda_nvrtc", "libnvrtc-builtins", 209, 210, true },
	{ "nvjitlink", "libnvJitLink", 206, 210, true },
};

/* Parts of the C library, which the running interpreter has loaded. */
static const char *const c_library[] = {
	"libc.so.6",  "libm.so.6",    "libpthread.so.0",      "libdl.so.2",
	"librt.so.1", "libutil.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"
};

struct session {
	struct sys *sys;
	struct arena *a;
	struct ld_search *search;
	const struct facts *facts;
	struct libs *out;
	ARRAY(struct ld_object *) loaded;
	const char *lib, *init; /* torch/lib, torch/__init__.py */
	int release;
};

/* ---- one library and what it brings ---- */

static bool is_c_library(const char *name)
{
	for (size_t i = 0; i < sizeof c_library / sizeof *c_library; i++)
		if (strcmp(c_library[i], name) == 0)
			return true;
	return false;
}

static bool is_loaded(const struct session *s, const char *name)
{
	for (size_t i = 0; i < s->loaded.n; i++) {
		const struct ld_object *o = s->loaded.v[i];

		if (strcmp(o->name, name) == 0 ||
		    (o->elf.soname && strcmp(o->elf.soname, name) == 0))
			return true;
	}
	return false;
}

static struct needed *known(struct session *s, const char *name)
{
	for (size_t i = 0; i < s->out->needed.n; i++)
		if (strcmp(s->out->needed.v[i].name, name) == 0)
			return &s->out->needed.v[i];
	return NULL;
}

/* What LD_LIBRARY_PATH brings is judged by the version in the name of the real file. */
static struct fact_str real_file(struct session *s, const struct ld_found *found)
{
	const char *real = NULL;

	if (found->path.st != PRESENT || !found->way || strcmp(found->way, "LD_LIBRARY_PATH") != 0)
		return (struct fact_str){ 0 };

	int err = sys_realpath(s->sys, found->path.v, &real);

	return fact_str(err, real, found->path.v);
}

static void note(struct session *s, const char *name, const char *by, const struct ld_found *found)
{
	struct needed entry = { .name = name,
				.by = fact_str(0, by, by),
				.path = found->path,
				.real = real_file(s, found) };

	if (known(s, name) || s->out->needed.n >= NEEDED_MAX)
		return;
	if (found->path.st == ABSENT && found->refused)
		entry.refused = fact_str(0, found->refused, found->refused);
	if (found->way && found->path.st == PRESENT)
		entry.way = fact_str(0, found->way, found->path.v);
	PUSH(s->a, &s->out->needed, entry);
}

static struct ld_object *add_object(struct session *s, const char *name,
				    const struct ld_found *found, const struct ld_object *loader)
{
	struct ld_object *o = arena_alloc(s->a, sizeof *o);

	*o = (struct ld_object){ .name = name,
				 .path = found->path.v,
				 .place = found->place,
				 .elf = found->elf,
				 .loader = loader };
	PUSH(s->a, &s->loaded, o);
	return o;
}

/* Breadth first, as the loader does; the first name that cannot be had ends it there. Here the rest is looked at all the
 * same, so that all that is missing is known. False if one could not be had. */
static bool load_needed(struct session *s, size_t from)
{
	bool complete = true;

	for (size_t i = from; i < s->loaded.n; i++) {
		const struct ld_object *by = s->loaded.v[i];

		for (size_t k = 0; k < by->elf.needed.n && s->loaded.n < NEEDED_MAX; k++) {
			const char *name = by->elf.needed.v[k];

			if (is_c_library(name) || is_loaded(s, name))
				continue;

			struct ld_found found = ld_find(s->search, by, name);

			note(s, name, by->path, &found);
			if (found.path.st == PRESENT)
				add_object(s, name, &found, by);
			else
				complete = false;
		}
	}
	return complete;
}

static bool load_found(struct session *s, const char *name, const struct ld_found *found)
{
	size_t from = s->loaded.n;

	note(s, name, s->init, found);
	if (found->path.st != PRESENT)
		return false;
	if (is_loaded(s, path_basename(found->path.v)))
		return true;
	add_object(s, path_basename(found->path.v), found, NULL);
	return load_needed(s, from);
}

/* dlopen() of a whole path, from no library. */
static bool load_file(struct session *s, const char *name, const char *path, const char *way)
{
	struct ld_found found = ld_open(s->search, path);

	found.way = way;
	return load_found(s, name, &found);
}

/* One of torch's own that the loader finds by its name: it passes over a file that may not be read. */
static void load_own(struct session *s, const char *name, const char *path)
{
	struct ld_found found = ld_open(s->search, path);

	if (found.fatal && strcmp(found.path.why, LD_REFUSED) == 0)
		found = (struct ld_found){ .path = fact_str(-ENOENT, NULL, path), .refused = path };
	load_found(s, name, &found);
}

/* ---- torch's own list ---- */

static bool matches(const char *name, const char *stem)
{
	size_t n = strlen(stem), end = strlen(name);

	return strncmp(name, stem, n) == 0 && strncmp(name + n, ".so.", 4) == 0 && end > n + 4 &&
	       isdigit((unsigned char)name[end - 1]);
}

static const char *first_match(struct session *s, const char *dir, const char *stem)
{
	const struct strlist *names = NULL;

	ld_names(s->search, dir, &names);
	for (size_t i = 0; i < names->n; i++)
		if (matches(names->v[i], stem))
			return path_join(s->a, dir, names->v[i]);
	return NULL;
}

/* NULL if it is below no folder of sys.path. */
static const char *find_preload(struct session *s, const struct preload *p)
{
	const struct fact_strs *path = &s->facts->python.path;
	int major = (int)version_major(s->facts->torch.cuda.v, NULL);
	const char *found = NULL;

	for (size_t i = 0; i < path->v.n && !found; i++) {
		const char *site = path->v.v[i];

		found = first_match(s, arena_fmt(s->a, "%s/nvidia/%s/lib", site, p->folder),
				    p->stem);
		if (!found && s->release >= 209)
			found = first_match(s, arena_fmt(s->a, "%s/nvidia/cu%d/lib", site, major),
					    p->stem);
		if (!found && s->release >= 207)
			found = first_match(s, arena_fmt(s->a, "%s/%s/lib", site, p->folder),
					    p->stem);
	}
	return found;
}

/* The name as torch writes it in its ValueError. */
static const char *pattern(struct session *s, const struct preload *p)
{
	bool twice = s->release == 200 && strcmp(p->stem, "libcudart") == 0;

	return arena_fmt(s->a, "%s.so.*[0-9]%s", p->stem, twice ? ".*[0-9]" : "");
}

static void note_absent(struct session *s, const char *name, const char *where)
{
	const char *at = s->facts->python.path.from, *why = ld_doubt(s->search, &at);
	struct ld_found none = { .path = fact_str(-ENOENT, NULL, where) };

	if (!why && s->facts->python.path.st != PRESENT)
		why = s->facts->python.path.why;
	if (why)
		none.path = fact_str_unknown(why, at);
	note(s, name, s->init, &none);
}

static bool preload_one(struct session *s, const struct preload *p)
{
	size_t loaded = s->loaded.n;
	const char *file;

	if (s->release < p->from || s->release >= p->below)
		return true;
	file = find_preload(s, p);
	if (file && load_file(s, pattern(s, p), file, "preload"))
		return true;
	s->loaded.n = loaded;
	if (!file && !p->optional)
		note_absent(s, pattern(s, p), s->facts->python.path.from);
	return !file && p->optional;
}

static bool preload_all(struct session *s, const struct preload *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!preload_one(s, &list[i]))
			return false;
	return true;
}

/* 1.13 knows two files, in the last folder nvidia/ of sys.path that it meets. */
static bool preload_two(struct session *s)
{
	static const char *const files[][2] = { { "cublas", "libcublas.so.11" },
						{ "cudnn", "libcudnn.so.8" } };
	const struct fact_strs *path = &s->facts->python.path;
	const struct strlist *names = NULL;
	const char *nvidia = NULL;
	struct sys_stat st;

	for (size_t i = 0; i < path->v.n; i++) {
		const char *dir = arena_fmt(s->a, "%s/nvidia", path->v.v[i]);

		ld_names(s->search, dir, &names);
		/* Also one that is empty: os.path.exists() decides. */
		if (names->n > 0 || sys_stat(s->sys, dir, &st) == 0)
			nvidia = dir;
	}
	if (!nvidia) {
		note_absent(s, files[0][1], path->from);
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *file =
			arena_fmt(s->a, "%s/%s/lib/%s", nvidia, files[i][0], files[i][1]);
		struct ld_found found = ld_open(s->search, file);

		if (found.path.st == ABSENT) {
			note_absent(s, files[i][1], file);
			return false;
		}
		if (!load_file(s, files[i][1], file, "preload"))
			return false;
	}
	return true;
}

/* ---- torch's steps ---- */

/* Does the loader's message name a library of torch's list? Only then is the list loaded. */
static bool is_listed(const struct session *s, const struct needed *failed)
{
	const char *text = failed->path.st == ABSENT ? failed->name : failed->path.from;

	if (s->release < 200)
		return strstr(text, "libcublas.so.11") != NULL;
	for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++)
		if (s->release >= preloads[i].from && strstr(text, preloads[i].stem))
			return true;
	return false;
}

static const struct needed *first_failed(const struct session *s)
{
	for (size_t i = 0; i < s->out->needed.n; i++)
		if (s->out->needed.v[i].path.st != PRESENT)
			return &s->out->needed.v[i];
	return NULL;
}

static void forget(struct session *s)
{
	s->loaded.n = 0;
	s->out->needed.n = 0;
}

static bool load_global_deps(struct session *s)
{
	const char *file = path_join(s->a, s->lib, "libtorch_global_deps.so");

	return load_file(s, file, file, NULL);
}

/* The exception is swallowed, and what was loaded before it stays. */
static void drop_failures(struct session *s, size_t from)
{
	struct needed_list *list = &s->out->needed;
	size_t kept = from;

	for (size_t i = from; i < list->n; i++)
		if (list->v[i].path.st == PRESENT)
			list->v[kept++] = list->v[i];
	list->n = kept;
}

/* What failed here is kept, if torch does not repair it; then the rest is only looked at. */
static void first_step(struct session *s)
{
	size_t n_preloads = sizeof preloads / sizeof *preloads;

	if (load_global_deps(s)) {
		size_t kept = s->out->needed.n;
		bool fine = s->release >= 210
				    ? preload_all(s, preloads, n_preloads)
				    : preload_all(s, later_preloads,
						  sizeof later_preloads / sizeof *later_preloads);

		if (!fine)
			drop_failures(s, kept);
		return;
	}
	if (!first_failed(s) || !is_listed(s, first_failed(s)))
		return;
	forget(s);
	if (s->release < 200 ? preload_two(s) : preload_all(s, preloads, n_preloads))
		load_global_deps(s);
}

static void second_step(struct session *s)
{
	static const char *const own[] = { "libtorch_python.so", "libtorch_cuda.so",
					   "libc10_cuda.so", "libtorch_cpu.so" };
	const struct fact_str *extension = &s->facts->torch.extension;

	if (extension->st == PRESENT)
		load_file(s, path_basename(extension->v), extension->v, NULL);
	/* Reached already, unless a header on the way is not known. */
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		const char *file = path_join(s->a, s->lib, own[i]);
		struct sys_stat st;

		if (!is_loaded(s, own[i]) && sys_stat(s->sys, file, &st) == 0)
			load_own(s, own[i], file);
	}
}

/* ---- where else they lie ---- */

static int in_toolkit(struct session *s, const char *name, const char **ret_file)
{
	static const char *const dirs[] = { "/usr/local/cuda/lib64", "/opt/cuda/lib64" };
	struct sys_stat st;
	int err = -ENOENT;

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs && (err == -ENOENT || err == -ENOTDIR);
	     i++) {
		*ret_file = path_join(s->a, dirs[i], name);
		err = sys_stat(s->sys, *ret_file, &st);
	}
	return err;
}

/* In any folder nvidia/NAME/lib of sys.path, or in a toolkit. 0, -ENOENT, or what could not be read. */
static int find_elsewhere(struct session *s, const char *name, const char **ret_file)
{
	const struct fact_strs *path = &s->facts->python.path;
	const struct strlist *packages = NULL, *names = NULL;
	int err = 0;

	for (size_t i = 0; i < path->v.n; i++) {
		const char *nvidia = arena_fmt(s->a, "%s/nvidia", path->v.v[i]);
		int unread = ld_names(s->search, nvidia, &packages);
		/* The list of folders may move while another is looked at. */
		struct strlist folders = *packages;

		for (size_t k = 0; k < folders.n; k++) {
			const char *dir = arena_fmt(s->a, "%s/%s/lib", nvidia, folders.v[k]);

			unread = ld_names(s->search, dir, &names) ? -EIO : unread;
			for (size_t m = 0; m < names->n; m++)
				if (strcmp(names->v[m], name) == 0) {
					*ret_file = path_join(s->a, dir, name);
					return 0;
				}
		}
		err = unread ? unread : err;
	}
	int toolkit = in_toolkit(s, name, ret_file);

	return toolkit == 0 || !err ? toolkit : err;
}

static void look_elsewhere(struct session *s)
{
	for (size_t i = 0; i < s->out->needed.n; i++) {
		struct needed *n = &s->out->needed.v[i];
		const char *file = n->by.v;

		if (n->path.st == PRESENT || strchr(n->name, '*') || strchr(n->name, '/') ||
		    starts_with(n->name, "libtorch"))
			continue;

		int err = find_elsewhere(s, n->name, &file);

		n->elsewhere = fact_str(err, file, file);
	}
}

/* Parts of cuDNN are opened by their names later, and LD_LIBRARY_PATH comes before the RUNPATH of libcudnn.so itself. */
static void look_at_cudnn_parts(struct session *s)
{
	const struct ld_object *cudnn = NULL;
	const struct strlist *names = NULL;

	for (size_t i = 0; i < s->loaded.n; i++)
		if (starts_with(s->loaded.v[i]->name, "libcudnn.so."))
			cudnn = s->loaded.v[i];
	if (!cudnn || s->facts->env.ld_library_path.st != PRESENT || !cudnn->elf.runpath)
		return;
	ld_names(s->search, path_dirname(s->a, cudnn->path), &names);
	struct strlist parts = *names;

	for (size_t i = 0; i < parts.n; i++) {
		if (!starts_with(parts.v[i], "libcudnn_"))
			continue;

		struct ld_found found = ld_find(s->search, cudnn, parts.v[i]);

		if (found.path.st == PRESENT && strcmp(found.way, "LD_LIBRARY_PATH") == 0)
			note(s, parts.v[i], cudnn->path, &found);
	}
}

/* ---- packages and the C library ---- */

/* "nvidia_cudnn_cu12-9.1.0.70.dist-info" is "nvidia-cudnn-cu12 9.1.0.70". */
static const char *package_of(struct arena *a, const char *name)
{
	char *text = arena_strndup(a, name, strlen(name) - strlen(".dist-info"));
	char *dash = strchr(text, '-');

	if (!dash)
		return NULL;
	for (char *p = text; p < dash; p++)
		*p = *p == '_' ? '-' : *p;
	*dash = ' ';
	return text;
}

static void list_packages(struct session *s, const char *site)
{
	struct libs *out = s->out;
	const struct strlist *names = NULL;
	int err = ld_names(s->search, site, &names);

	for (size_t i = 0; i < names->n; i++) {
		const char *name = names->v[i];
		bool ours = starts_with(name, "nvidia_") || starts_with(name, "cuda_toolkit-");
		const char *package =
			ours && ends_with(name, ".dist-info") ? package_of(s->a, name) : NULL;

		if (package)
			PUSH(s->a, &out->nvidia_packages.v, package);
	}
	fact_list_state(&out->nvidia_packages.st, &out->nvidia_packages.from,
			&out->nvidia_packages.why, err, site);
}

/* A marker names the machine that a requirement is for. */
static bool is_for_us(const struct session *s, const char *line)
{
	const char *marker = strchr(line, ';');

	if (!marker)
		return true;
	if (strstr(marker, "extra") || strstr(marker, "Windows") || strstr(marker, "Darwin"))
		return false;
	return !strstr(marker, "platform_machine") || s->facts->platform.machine.st != PRESENT ||
	       strstr(marker, s->facts->platform.machine.v);
}

static void list_pins(struct session *s)
{
	static const char key[] = "Requires-Dist: ";
	const struct fact_str *metadata = &s->facts->torch.metadata;
	struct fact_strs *out = &s->out->pins;
	struct bytes text, line;
	size_t pos = 0;

	if (metadata->st != PRESENT || !ends_with(metadata->v, "-info"))
		return;

	const char *file = path_join(s->a, metadata->v, "METADATA");
	int err = sys_read(s->sys, file, &text);

	while (!err && next_line(text, &pos, &line) && out->v.n < PINS_MAX) {
		const char *entry = arena_strndup(s->a, line.v, line.n);
		const char *what = entry + sizeof key - 1;

		if (!starts_with(entry, key) || !is_for_us(s, entry) ||
		    (!starts_with(what, "nvidia-") && !starts_with(what, "cuda-toolkit")))
			continue;
		PUSH(s->a, &out->v, esc(s->a, trimmed(s->a, what, strcspn(what, ";"))));
	}
	fact_list_state(&out->st, &out->from, &out->why, err, file);
}

/* "GLIBC_2.28" is 2.28; GLIBC_PRIVATE is none. */
static const char *newer_glibc(const char *best, const char *version)
{
	if (!starts_with(version, "GLIBC_") || !isdigit((unsigned char)version[6]))
		return best;
	return !best || version_compare(version + 6, best) > 0 ? version + 6 : best;
}

static void find_glibc(struct session *s)
{
	const struct ld_object nobody = { .name = "", .path = s->lib };
	struct ld_found found = ld_find(s->search, &nobody, "libc.so.6");
	const char *best = NULL, *asked = NULL, *by = NULL;
	const char *site = path_dirname(s->a, s->facts->torch.dir.v);

	for (size_t i = 0; i < found.elf.version_defs.n; i++)
		best = newer_glibc(best, found.elf.version_defs.v[i]);
	if (best)
		s->out->glibc = fact_str(0, best, found.path.v);
	for (size_t i = 0; i < s->loaded.n; i++) {
		const struct ld_object *o = s->loaded.v[i];

		/* The system's own libraries fit the system. */
		if (!starts_with(o->path, site))
			continue;
		for (size_t k = 0; k < o->elf.version_needs.n; k++) {
			const struct sys_elf_need *need = &o->elf.version_needs.v[k];

			for (size_t m = 0; m < need->versions.n; m++) {
				const char *newer = newer_glibc(asked, need->versions.v[m]);

				by = newer != asked ? o->path : by;
				asked = newer;
			}
		}
	}
	if (asked)
		s->out->glibc_needed = fact_str(0, asked, by);
}

/* People blame it for its version; looked for only where torch has one of its own. */
static void find_system_cudnn(struct session *s)
{
	static const char *const names[] = { "libcudnn.so.9", "libcudnn.so.8" };
	const struct ld_object nobody = { .name = "", .path = s->lib };
	const char *own = NULL;

	for (size_t i = 0; i < s->loaded.n; i++)
		if (starts_with(s->loaded.v[i]->name, "libcudnn.so."))
			own = s->loaded.v[i]->path;
	for (size_t i = 0; own && i < sizeof names / sizeof *names; i++) {
		struct ld_found found = ld_find(s->search, &nobody, names[i]);

		if (found.path.st != PRESENT || strcmp(found.path.v, own) == 0)
			continue;
		s->out->system_cudnn = found.path;
		return;
	}
}

/* Builds of distributions may keep them elsewhere. */
static bool has_own_libraries(struct session *s)
{
	const struct strlist *names = NULL;
	int err = ld_names(s->search, s->lib, &names);

	for (size_t i = 0; i < names->n; i++)
		if (starts_with(names->v[i], "libtorch"))
			return true;
	return err != 0;
}

static void look(struct session *s)
{
	struct libs *out = s->out;
	const char *where = s->lib, *why;

	list_packages(s, path_dirname(s->a, s->facts->torch.dir.v));
	list_pins(s);
	if (!has_own_libraries(s))
		return;
	first_step(s);
	second_step(s);
	why = ld_doubt(s->search, &where);
	find_glibc(s);
	look_at_cudnn_parts(s);
	find_system_cudnn(s);
	look_elsewhere(s);
	if (!why && !out->needed.n)
		return;
	out->needed.st = why ? UNKNOWN : PRESENT;
	out->needed.from = why ? where : s->lib;
	out->needed.why = why;
}

static void run(struct sys *sys, const struct collect_wish *wish, struct facts *facts)
{
	struct torch *t = &facts->torch;
	int64_t minor = 0, major = 0;

	(void)wish;
	if (t->dir.st != PRESENT || t->cuda.st != PRESENT || t->version.st != PRESENT)
		return;
	major = version_major(t->version.v, &minor);

	struct session s = { .sys = sys,
			     .a = sys_arena(sys),
			     .search = ld_search_new(sys, facts),
			     .facts = facts,
			     .out = &facts->libs,
			     .lib = path_join(sys_arena(sys), t->dir.v, "lib"),
			     .init = path_join(sys_arena(sys), t->dir.v, "__init__.py"),
			     .release = (int)(major * 100 + minor) };

	int has = torch_has_libraries(sys, s.lib);

	if (has > 0)
		look(&s);
	else if (has < 0 && has != -ENOENT && has != -ENOTDIR)
		s.out->needed =
			(struct needed_list){ .st = UNKNOWN, .from = s.lib, .why = sys_why(has) };
}

const struct collector collect_libs = { "libs", "the libraries that torch needs", run };
