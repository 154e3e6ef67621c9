// SPDX-License-Identifier: Apache-2.0
/* What an ELF file says of itself: this very program carries a note and a list of architectures to be found. Hostile
 * tables go to the parsers directly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/json.h"
#include "core/sys_internal.h"

#define JSON_NOTE                                                                                  \
	"{\"format\":1,\"CUDA version\":\"12.9\",\"driver\":[535,550,575],\"device\":[1,2]}"

static const struct {
	uint32_t owner_bytes, text_bytes, type;
	char owner[20], text[sizeof JSON_NOTE];
} note __attribute__((section(".note.cuda.fwd_compatibility"), used, aligned(4))) = {
	19, sizeof JSON_NOTE - 1, 0, "NVIDIA Corporation", JSON_NOTE
};

static const char archs[] = "std::string ipc_hsm_70 sm_75 sm_90a compute_90";

static struct arena *arena;

static bool holds(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

static const struct sys_elf_need *need_of(const struct sys_elf *elf, const char *file)
{
	for (size_t i = 0; i < elf->version_needs.n; i++)
		if (strcmp(elf->version_needs.v[i].file, file) == 0)
			return &elf->version_needs.v[i];
	return NULL;
}

static struct sys *this_machine(void)
{
	struct sys_options options = { .self_pid = (int)getpid() };
	const char *problem = NULL;
	struct sys *s = sys_new(&options, NULL, arena, &problem);

	assert_non_null(s);
	return s;
}

static const char *own_path(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	assert_true(n > 0);
	return esc_bytes(arena, path, (size_t)n);
}

static void a_live_file(void **state)
{
	struct sys *s = this_machine();
	struct sys_elf elf;
	const struct sys_elf_need *libc;

	(void)state;
	assert_string_equal(archs + 16,
			    "hsm_70 sm_75 sm_90a compute_90"); /* it is in the program */
	assert_int_equal(note.owner_bytes, 19);
	assert_int_equal(sys_elf(s, own_path(), &elf), 0);
	assert_int_equal(elf.class, 64);
	assert_true(holds(&elf.notes, "NVIDIA Corporation: " JSON_NOTE));
	assert_int_equal(elf.notes.n, 1); /* the linker's own are no text */
	libc = need_of(&elf, "libc.so.6");
	assert_non_null(libc);
	assert_true(libc->versions.n > 0 && starts_with(libc->versions.v[0], "GLIBC_"));
	assert_int_equal(elf.arch_strings.n, 0);

	assert_int_equal(sys_elf_archs(s, own_path(), &elf), 0);
	assert_true(holds(&elf.arch_strings, "sm_70 sm_75 sm_90a compute_90"));
	sys_close(s);
}

static void the_c_library_defines_versions(void **state)
{
	struct sys *s = this_machine();
	struct sys_elf elf;

	(void)state;
	if (sys_elf(s, "/lib/x86_64-linux-gnu/libc.so.6", &elf) != 0) {
		sys_close(s);
		skip();
	}
	assert_true(holds(&elf.version_defs, "GLIBC_2.2.5"));
	assert_true(holds(&elf.version_defs, "GLIBC_2.14"));
	assert_false(holds(&elf.version_defs, "libc.so.6"));
	sys_close(s);
}

static void a_case_says_the_same(void **state)
{
	static const char text[] =
		"{\"class\":64,\"needed\":[\"libm.so.6\"],\"version_needs\":{\"libc.so.6\":[\"GLIBC_2.28\"]},"
		"\"version_defs\":[\"V1\"],\"notes\":[\"NVIDIA Corporation: {}\"],\"arch_strings\":[\"sm_80\"]}";
	struct sys *s = this_machine();
	struct sys_elf elf;

	(void)state;
	assert_int_equal(sys_elf_json(s, text, sizeof text - 1, &elf), 0);
	assert_true(holds(&elf.needed, "libm.so.6"));
	assert_non_null(need_of(&elf, "libc.so.6"));
	assert_true(holds(&need_of(&elf, "libc.so.6")->versions, "GLIBC_2.28"));
	assert_true(holds(&elf.version_defs, "V1"));
	assert_true(holds(&elf.notes, "NVIDIA Corporation: {}"));
	assert_true(holds(&elf.arch_strings, "sm_80"));
	sys_close(s);
}

static struct strlist archs_of(const char *text, size_t n)
{
	struct strlist found = { 0 };
	char *copy = malloc(n ? n : 1); /* so that a sanitizer sees one byte too far */

	memcpy(copy, text, n);
	elf_arch_strings(arena, (struct bytes){ copy, n }, &found);
	free(copy);
	return found;
}

static void lists_of_architectures(void **state)
{
	static const struct {
		const char *text, *list; /* the text is taken with its NUL */
	} rows[] = {
		{ "sm_50 sm_60 sm_70", "sm_50 sm_60 sm_70" },
		{ "sm_90a sm_120f compute_120", "sm_90a sm_120f compute_120" },
		{ "from_ipc_hsm_70 sm_75", "sm_70 sm_75" },
		{ "see sm_60, sm_70", "sm_70" },
		{ "sm_70 and more", NULL },
		{ "sm_7", NULL },
		{ "sm_", NULL },
		{ "compute_90", NULL },
		{ "sm_80 ", NULL },
		{ "sm_80  sm_90", "sm_90" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct strlist found = archs_of(rows[i].text, strlen(rows[i].text) + 1);

		if (rows[i].list ? found.n != 1 || strcmp(found.v[0], rows[i].list) != 0
				 : found.n != 0)
			fail_msg("\"%s\" gives %zu, %s", rows[i].text, found.n,
				 found.n ? found.v[0] : "none");
	}
	assert_int_equal(archs_of("sm_80", 5).n, 0); /* cut: it may go on */
	assert_int_equal(archs_of("", 0).n, 0);
}

static struct strlist notes_of(const void *bytes, size_t n)
{
	struct strlist found = { 0 };
	char *copy = malloc(n ? n : 1);

	memcpy(copy, bytes, n);
	elf_notes(arena, (struct bytes){ copy, n }, &found);
	free(copy);
	return found;
}

/* Cut at every byte, and with every length damaged: never a byte too far, never a text that is not there. */
static void notes_that_are_damaged(void **state)
{
	const size_t whole = 12 + 20 + sizeof JSON_NOTE - 1;
	unsigned char damaged[sizeof note];

	(void)state;
	assert_int_equal(notes_of(&note, whole).n, 1);
	for (size_t n = 0; n < whole; n++)
		assert_int_equal(notes_of(&note, n).n, 0);
	for (size_t byte = 0; byte < 8; byte++) {
		memcpy(damaged, &note, sizeof note);
		damaged[byte] = 0xff;
		notes_of(damaged, sizeof damaged);
	}
	/* A hash that happens to begin with a brace. */
	memcpy(damaged, &note, sizeof note);
	damaged[12 + 20 + 5] = 0x17;
	assert_int_equal(notes_of(damaged, whole).n, 0);
	memset(damaged, 0xff, sizeof damaged);
	assert_int_equal(notes_of(damaged, sizeof damaged).n, 0);
	memset(damaged, 0, sizeof damaged);
	assert_int_equal(notes_of(damaged, sizeof damaged).n, 0);
}

static int make_arena(void **state)
{
	(void)state;
	json_setup();
	arena = arena_new();
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_file),
		cmocka_unit_test(the_c_library_defines_versions),
		cmocka_unit_test(a_case_says_the_same),
		cmocka_unit_test(lists_of_architectures),
		cmocka_unit_test(notes_that_are_damaged),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
