// SPDX-License-Identifier: Apache-2.0
/* Do kernel module and libcuda belong together? The rows are NVIDIA's rules for forward compatibility and what is
 * reported of errors 803 and 804. And the parsers behind: the note of a compat library, the loader's configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <ftw.h>
#include <stdio.h>

#include <cmocka.h>

#include "collect/compat_note.h"
#include "collect/ldso.h"
#include "core/json.h"
#include "core/sys_open.h"
#include "rules/machine.h"

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })
#define NO_TEXT ((struct fact_str){ ABSENT, "/place", NULL, NULL })

static struct arena *arena;

#define GEFORCE "0x2684"
#define A100 "0x20b0"
#define A6000 "0x2230"
#define DIR_COMPAT "/usr/local/cuda/compat"
#define DIR_SYSTEM "/usr/lib"
#define DIR_COPY "/opt/x"

/* `hosts`: words, NULL: no note, "?": the header could not be read. */
static void machine(struct facts *f, const char *module, const char *lib, const char *dir,
		    const char *hosts, const char *device)
{
	struct gpu gpu = { .addr = "0000:01:00.0",
			   .vendor = TEXT("0x10de"),
			   .device = TEXT(device),
			   .driver = TEXT("nvidia") };
	struct bytes word;
	size_t pos = 0;

	*f = (struct facts){ 0 };
	f->platform.container = NO_TEXT;
	f->platform.wsl = f->platform.tegra = (struct fact_bool){ .st = PRESENT };
	f->kmod.proc_version = TEXT(module);
	f->kmod.loaded = (struct fact_bool){ .st = PRESENT, .v = true };
	f->drvlib.libcuda.path = TEXT(arena_fmt(arena, "%s/libcuda.so.1", dir));
	f->drvlib.libcuda.real = TEXT(arena_fmt(arena, "%s/libcuda.so.%s", dir, lib));
	f->drvlib.libcuda.version = TEXT(lib);
	f->drvlib.libcuda.way = TEXT(strcmp(dir, DIR_SYSTEM) == 0 ? "cache" : "LD_LIBRARY_PATH");
	f->drvlib.compat_hosts.st = !hosts ? ABSENT : hosts[0] == '?' ? UNKNOWN : PRESENT;
	while (hosts && hosts[0] != '?' && next_part(hosts, ' ', &pos, &word))
		PUSH(arena, &f->drvlib.compat_hosts.v, arena_strndup(arena, word.v, word.n));
	f->pci.gpus.st = PRESENT;
	PUSH(arena, &f->pci.gpus, gpu);
}

static void pairs(void **state)
{
	static const struct {
		const char *module, *lib, *dir, *hosts, *device;
		enum tri works;
		int error;
	} rows[] = {
		{ "550.54.15", "550.54.15", DIR_SYSTEM, NULL, GEFORCE, YES, 0 },
		{ "580.95.5", "580.95.05", DIR_SYSTEM, NULL, GEFORCE, YES, 0 },
		/* A library goes on with an older module of its branch, and ends in 804 on a GeForce, or in 803. */
		{ "550.54.14", "550.54.15", DIR_SYSTEM, NULL, GEFORCE, NO, 0 },
		{ "550.54.14", "550.54.15", DIR_SYSTEM, NULL, A100, MAYBE, 0 },
		/* Measured (data/libcuda_accepts.tsv): 535 goes on with 525, and not with 530. */
		{ "530.41.03", "535.161.08", DIR_SYSTEM, NULL, A100, NO, 803 },
		{ "525.147.05", "535.161.08", DIR_SYSTEM, NULL, A100, MAYBE, 0 },
		{ "525.147.05", "535.161.08", DIR_SYSTEM, NULL, GEFORCE, NO, 0 },
		{ "550.54.15", "535.161.08", DIR_SYSTEM, NULL, A100, NO, 803 },
		{ "550.54.15", "550.54.15", DIR_COPY, "?", GEFORCE, YES, 0 },
		{ "550.54.15", "535.161.08", DIR_COPY, "?", GEFORCE, NO, 803 },
		{ "550.54.15", "570.86.15", DIR_COPY, NULL, A100, MAYBE, 0 },
		{ "550.54.15", "570.86.15", DIR_COPY, NULL, GEFORCE, NO, 0 },
		/* Its header could not be read: it may be a compat library. */
		{ "550.54.15", "570.86.15", DIR_COPY, "?", A100, MAYBE, 0 },
		/* A compat library under another path, known by its note. */
		{ "550.54.15", "575.57.08", DIR_COPY, "535 550 575", A100, YES, 0 },
		{ "535.161.08", "575.57.08", DIR_COMPAT, "535 550 575", A100, YES, 0 },
		{ "535.161.08", "575.57.08", DIR_COMPAT, "535 550 575", GEFORCE, NO, 804 },
		{ "535.161.08", "575.57.08", DIR_COMPAT, "535 550 575", A6000, MAYBE, 0 },
		{ "545.23.08", "575.57.08", DIR_COMPAT, "535 550 575", A100, NO, 803 },
		{ "545.23.08", "575.57.08", DIR_COMPAT, "535 550 575", GEFORCE, NO, 803 },
		/* No note: too old to have one. */
		{ "535.161.08", "550.54.15", DIR_COMPAT, NULL, A100, YES, 0 },
		{ "545.23.08", "550.54.15", DIR_COMPAT, NULL, A100, MAYBE, 0 },
		{ "535.161.08", "550.54.15", DIR_COMPAT, NULL, GEFORCE, NO, 804 },
		{ "560.35.03", "550.54.15", DIR_COMPAT, NULL, A100, NO, 803 },
		{ "535.161.08", "550.54.15", DIR_COMPAT, "?", GEFORCE, MAYBE, 0 },
		{ "560.35.03", "550.54.15", DIR_COMPAT, "?", A100, NO, 803 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct facts f;
		struct driver_pair pair;

		machine(&f, rows[i].module, rows[i].lib, rows[i].dir, rows[i].hosts,
			rows[i].device);
		pair = driver_pair(&f);
		if (pair.works != rows[i].works || pair.error != rows[i].error)
			fail_msg("row %zu: module %s, libcuda %s in %s: %d, error %d", i,
				 rows[i].module, rows[i].lib, rows[i].dir, pair.works, pair.error);
	}
}

static void what_is_not_known(void **state)
{
	struct facts f;

	(void)state;
	machine(&f, "550.54.15", "550.54.15", DIR_SYSTEM, NULL, GEFORCE);
	f.kmod.proc_version.st = UNKNOWN;
	assert_int_equal(driver_pair(&f).works, MAYBE);
	f.kmod.sys_version = TEXT("550.54.15");
	assert_int_equal(driver_pair(&f).works, YES);
	f.drvlib.libcuda.version.st = UNKNOWN;
	assert_int_equal(driver_pair(&f).works, MAYBE);
	/* A name without a version: the system's own is the driver's, a copy may be anybody's. */
	f.drvlib.libcuda.version = NO_TEXT;
	assert_int_equal(driver_pair(&f).works, YES);
	f.drvlib.libcuda.way = TEXT("LD_LIBRARY_PATH");
	assert_int_equal(driver_pair(&f).works, MAYBE);
	f.drvlib.libcuda.way = TEXT("cache");
	f.platform.container = TEXT("docker");
	assert_int_equal(driver_pair(&f).works, MAYBE);
}

static void the_driver_was_asked(void **state)
{
	struct facts f;

	(void)state;
	machine(&f, "550.54.14", "550.54.15", DIR_SYSTEM, NULL, GEFORCE);
	f.probe.cuda_init = (struct fact_num){ .st = PRESENT, .v = 0 };
	assert_int_equal(driver_pair(&f).works, YES);
	f.probe.cuda_init.v = 804;
	assert_int_equal(driver_pair(&f).error, 804);
	f.probe.cuda_init.st = UNKNOWN; /* no answer proves nothing */
	assert_int_equal(driver_pair(&f).works, NO);
	assert_int_equal(driver_pair(&f).error, 0);

	f.torch.cuda = TEXT("13.0");
	assert_int_equal(driver_new_enough(&f), NO);
	f.probe.cuda_driver = (struct fact_num){ .st = PRESENT, .v = 13000 };
	assert_int_equal(driver_new_enough(&f), YES);
}

static void a_file_that_is_no_library(void **state)
{
	struct facts f;

	(void)state;
	machine(&f, "550.54.15", "550.54.15", DIR_SYSTEM, NULL, GEFORCE);
	assert_int_equal(libcuda_found(&f), YES);
	f.drvlib.libcuda.path = (struct fact_str){ UNKNOWN, "/x", "file too short", NULL };
	assert_int_equal(libcuda_found(&f), NO);
	f.drvlib.libcuda.path.why = "EIO";
	assert_int_equal(libcuda_found(&f), MAYBE);
}

static void notes(void **state)
{
	struct strlist hosts = { 0 };

	(void)state;
	assert_true(compat_note_hosts(arena,
				      "NVIDIA Corporation: {\"format\":1,\"CUDA version\":\"12.9\","
				      "\"driver\":[535,550],\"device\":[1,2,7]}",
				      &hosts));
	assert_int_equal(hosts.n, 2);
	assert_string_equal(hosts.v[0], "535");
	assert_string_equal(hosts.v[1], "550");
	hosts.n = 0;
	assert_false(compat_note_hosts(arena, "FDO: {\"type\":\"deb\"}", &hosts));
	assert_false(compat_note_hosts(arena, "NVIDIA Corporation: {\"driver\":[535", &hosts));
	assert_false(compat_note_hosts(arena, "NVIDIA Corporation: {\"driver\":535}", &hosts));
	assert_false(compat_note_hosts(arena, "", &hosts));
	assert_int_equal(hosts.n, 0);
	assert_true(compat_note_hosts(arena, "{\"driver\":[\"535\",null,550]}", &hosts));
	assert_int_equal(hosts.n, 1); /* numbers only */
}

/* ---- ld.so.conf ---- */

static char top[64];

static void put(const char *name, const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", top, name);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void the_loaders_configuration(void **state)
{
	struct sys_options options = { .root = top };
	const char *problem = NULL;
	struct strlist dirs = { 0 };
	static const char *const wanted[] = { "/usr/lib/wsl/lib", "/opt/a", "/opt/b", "/opt/last" };

	(void)state;
	put("root.meta", "whycpu.case/1 complete\n");
	put("root/etc/ld.so.conf", "# all\ninclude /etc/ld.so.conf.d/*.conf\n/opt/last # the end\n"
				   "include nowhere.conf\nhwcap 0 nosegneg\n");
	put("root/etc/ld.so.conf.d/a.conf", "/usr/lib/wsl/lib\n");
	put("root/etc/ld.so.conf.d/b.conf", "  /opt/a\t\n\n/opt/b\ninclude b.conf\n");
	put("root/etc/ld.so.conf.d/c.disabled", "/opt/never\n");
	struct sys *s = sys_new(&options, NULL, arena, &problem);
	assert_non_null(s);
	assert_int_equal(ldso_conf_dirs(s, &dirs), 0);
	sys_close(s);
	assert_int_equal(dirs.n, sizeof wanted / sizeof *wanted);
	for (size_t i = 0; i < dirs.n; i++)
		assert_string_equal(dirs.v[i], wanted[i]);
}

static int make_all(void **state)
{
	(void)state;
	json_setup();
	arena = arena_new();
	strcpy(top, "/tmp/whycpu-test-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int free_all(void **state)
{
	(void)state;
	arena_free(arena);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(the_driver_was_asked),
		cmocka_unit_test(a_file_that_is_no_library),
		cmocka_unit_test(notes),
		cmocka_unit_test(the_loaders_configuration),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
