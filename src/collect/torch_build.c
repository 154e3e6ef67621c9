// SPDX-License-Identifier: Apache-2.0
/* For which GPUs does this torch hold code, and can this Python load it? Reads the names in torch/ and torch/lib and the
 * list of architectures that is compiled into libtorch_python.so (what torch._C._cuda_getArchFlags() returns). The list
 * says what the build was made for; single libraries hold code for more. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/torch.h"
#include "core/version.h"
#include "facts/fact.h"

#define ARCHS_MAX 64

/* ---- the list of architectures ---- */

static void split_archs(struct arena *a, const char *text, struct strlist *out)
{
	struct bytes part;

	for (size_t pos = 0; next_part(text, ' ', &pos, &part) && out->n < ARCHS_MAX;)
		if (part.n)
			PUSH(a, out, esc_bytes(a, part.v, part.n));
}

/* "8.6" is sm_86; a last "12.0+PTX" is both sm_120 and compute_120. */
static void add_conda_arch(struct arena *a, struct bytes part, struct strlist *out)
{
	const char *text = trimmed(a, part.v, part.n);
	int64_t minor = 0, major = version_major(text, &minor);

	if (!major || out->n >= ARCHS_MAX)
		return;
	PUSH(a, out, arena_fmt(a, "sm_%d%d", (int)major, (int)minor));
	if (ends_with(text, "+PTX"))
		PUSH(a, out, arena_fmt(a, "compute_%d%d", (int)major, (int)minor));
}

/* conda-forge tells the list to those who build against its libtorch. */
static void read_conda_list(struct sys *s, const char *prefix, struct fact_strs *archs)
{
	static const char key[] = "CF_TORCH_CUDA_ARCH_LIST=";
	struct arena *a = sys_arena(s);
	const char *file = path_join(a, prefix, "etc/conda/activate.d/libtorch_activate.sh");
	struct bytes text, line, part;
	size_t pos = 0, at = 0;

	if (sys_read(s, file, &text))
		return;
	while (next_line(text, &pos, &line)) {
		const char *found = memmem(line.v, line.n, key, sizeof key - 1);
		const char *value = found ? found + sizeof key - 1 : NULL;

		if (!value)
			continue;
		value = arena_strndup(a, value, line.n - (size_t)(value - line.v));
		value += strspn(value, "\"'");
		value = arena_strndup(a, value, strcspn(value, "\"'"));
		for (at = 0; next_part(value, ';', &at, &part);)
			add_conda_arch(a, part, &archs->v);
		if (archs->v.n > 0)
			fact_list_state(&archs->st, &archs->from, &archs->why, 0, file);
		return;
	}
}

/* More than one text of this form: which one torch returns is not known. */
static void find_archs(struct sys *s, const struct python *py, const char *lib, struct torch *t)
{
	const char *file = path_join(sys_arena(s), lib, "libtorch_python.so");
	struct sys_elf elf = { 0 };
	int err = sys_elf_archs(s, file, &elf);
	struct fact_strs *archs = &t->archs;

	if (err == -SYS_E_NOT_RECORDED)
		err = 0;
	else if (!err && elf.arch_strings.n == 1)
		split_archs(sys_arena(s), elf.arch_strings.v[0], &archs->v);
	else if (!err && elf.arch_strings.n > 1)
		*archs = (struct fact_strs){ .st = UNKNOWN, .from = file, .why = "several lists" };
	else if (!err)
		fact_list_state(&archs->st, &archs->from, &archs->why, -ENOENT, file);
	if (err || archs->v.n > 0)
		fact_list_state(&archs->st, &archs->from, &archs->why, err, file);
	if (archs->st != PRESENT && py->kind.st == PRESENT && strcmp(py->kind.v, "conda") == 0 &&
	    py->prefix.st == PRESENT)
		read_conda_list(s, py->prefix.v, archs);
}

/* ---- the extension module ---- */

/* "_C.cpython-311-x86_64-linux-gnu.so" serves 3.11; abi3 and names without a tag serve all. */
static bool serves(const char *name, const char *tag)
{
	size_t n = strlen(tag);

	if (strcmp(name, "_C.so") == 0 || starts_with(name, "_C.abi3"))
		return true;
	return strncmp(name + 3, tag, n) == 0 && !isalnum((unsigned char)name[3 + n]);
}

static void find_extension(struct sys *s, const struct python *py, struct torch *t)
{
	struct arena *a = sys_arena(s);
	struct strlist names = { 0 };
	const char *other = NULL;
	int64_t minor = 0,
		major = py->version.st == PRESENT ? version_major(py->version.v, &minor) : 0;
	int err = sys_list(s, t->dir.v, &names);

	if (py->version.st == UNKNOWN)
		t->extension = fact_str_unknown(py->version.why, py->version.from);
	else if (err)
		t->extension = fact_str_unknown(sys_why(err), t->dir.v);
	if (err || major != 3 || minor == 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i], *file = path_join(a, t->dir.v, name);

		if (!starts_with(name, "_C.") || !ends_with(name, ".so"))
			continue;
		if (serves(name, arena_fmt(a, "cpython-3%d", (int)minor))) {
			t->extension = fact_str(0, file, file);
			return;
		}
		/* The free-threaded build of the same version (3.13t) is not told apart. */
		if (strncmp(name + 3, "cpython-3", 9) == 0 &&
		    !starts_with(name + 3, arena_fmt(a, "cpython-3%d", (int)minor)))
			other = file;
	}
	if (other)
		t->extension = fact_str(-ENOENT, NULL, other);
}

int torch_has_libraries(struct sys *s, const char *lib)
{
	static const char *const of_every_build[] = { "libtorch_global_deps.so",
						      "libtorch_python.so",
						      "libtorch_cpu.so",
						      "libtorch.so",
						      "libc10.so",
						      "libshm.so" };
	struct strlist names = { 0 };
	size_t n = 0;
	int err = sys_list(s, lib, &names);

	if (err)
		return err;
	for (size_t i = 0; i < names.n; i++)
		for (size_t k = 0; k < sizeof of_every_build / sizeof *of_every_build; k++)
			n += strcmp(names.v[i], of_every_build[k]) == 0;
	return n >= 3;
}

/* The import opens it by its whole path, in builds of every kind. Asked twice, because one wrong "no" here would prove that
 * the import fails. */
static void look_at_first_library(struct sys *s, const char *lib, struct torch *t)
{
	const char *file = path_join(sys_arena(s), lib, "libtorch_global_deps.so");

	if (sys_access(s, file, R_OK) == -EACCES && sys_access(s, file, R_OK) == -EACCES)
		t->global_deps =
			fact_str_unknown("cannot open shared object file: Permission denied", file);
}

void torch_look_at_build(struct sys *s, const struct python *py, struct torch *t)
{
	struct arena *a = sys_arena(s);
	const char *lib = path_join(a, t->dir.v, "lib"),
		   *file = path_join(a, lib, "libtorch_cuda.so");
	struct sys_stat st;
	int err = sys_stat(s, file, &st);

	if (err != -ENOENT || torch_has_libraries(s, lib) > 0)
		t->cuda_library = fact_bool(err, true, file);
	look_at_first_library(s, lib, t);
	find_extension(s, py, t);
	if (t->cuda.st == PRESENT)
		find_archs(s, py, lib, t);
}
