// SPDX-License-Identifier: Apache-2.0
/* A folder that stands for a machine: what exists, what does not, what is unknown, and that links end in root.meta. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/json.h"
#include "core/root_meta.h"
#include "core/sys_open.h"

static struct arena *arena;
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

static void link_to(const char *name, const char *text)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", top, name);
	unlink(path);
	assert_int_equal(symlink(text, path), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int fresh_folder(void **state)
{
	(void)state;
	strcpy(top, "/tmp/whycpu-test-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int drop_folder(void **state)
{
	(void)state;
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct sys *open_case(const char *meta)
{
	struct sys_options options = { .root = top };
	const char *problem = NULL;
	struct sys *s;

	if (meta)
		put("root.meta", meta);
	s = sys_new(&options, NULL, arena, &problem);
	if (!s)
		fail_msg("%s", problem);
	return s;
}

static int stat_of(struct sys *s, const char *path)
{
	struct sys_stat st;

	return sys_stat(s, path, &st);
}

static void complete_means_that_the_rest_is_not_there(void **state)
{
	struct sys *s;
	struct bytes text;

	(void)state;
	put("root/etc/hostname", "box\n");
	s = open_case(
		"whycpu.case/1 complete\nc 195 0 0660 root video dev/nvidia0\nname usr/lib/libx.so\n");
	assert_int_equal(sys_read(s, "/etc/hostname", &text), 0);
	assert_string_equal(text.v, "box\n");
	assert_int_equal(stat_of(s, "/etc/nothing"), -ENOENT);
	assert_int_equal(stat_of(s, "/dev"), 0);
	assert_int_equal(stat_of(s, "/dev/nvidia0"), 0);
	assert_int_equal(stat_of(s, "/dev/nvidia1"), -ENOENT);
	assert_int_equal(stat_of(s, "/etc/hostname/below"), -ENOTDIR);
	assert_int_equal(stat_of(s, "/usr/lib/libx.so"), -SYS_E_NOT_RECORDED);
	sys_close(s);
}

static void owners_may_be_names(void **state)
{
	struct sys_stat st;
	struct sys *s;

	(void)state;
	s = open_case("whycpu.case/1 complete\nuser 1000 1000 44 0\nc 195 0 0660 root video dev/a\n"
		      "c 195 1 0660 root vglusers dev/b\nc 195 2 0600 1000 1000 dev/c\n");
	assert_int_equal(sys_stat(s, "/dev/a", &st), 0);
	assert_int_equal(st.gid, 44);
	assert_int_equal(sys_access(s, "/dev/a", R_OK | W_OK), 0);
	assert_int_equal(sys_access(s, "/dev/b", R_OK | W_OK), -EACCES);
	assert_int_equal(sys_access(s, "/dev/c", R_OK | W_OK), 0);
	sys_close(s);
}

static void partial_means_that_the_rest_is_unknown(void **state)
{
	struct sys *s;
	struct strlist names;

	(void)state;
	put("root/etc/hostname", "box\n");
	s = open_case("whycpu.case/1 partial\nlist opt\nname opt/a\nENOENT srv/data\n");
	assert_int_equal(stat_of(s, "/etc/nothing"), -SYS_E_NOT_RECORDED);
	assert_int_equal(sys_list(s, "/etc", &names), -SYS_E_NOT_RECORDED);
	assert_int_equal(sys_list(s, "/opt", &names), 0);
	assert_int_equal(names.n, 1);
	assert_int_equal(stat_of(s, "/opt/b"), -ENOENT);
	assert_int_equal(stat_of(s, "/srv/data/deep/below"), -ENOENT);
	sys_close(s);
}

static void links_are_resolved_before_the_table_is_asked(void **state)
{
	struct sys *s;
	struct bytes text;
	const char *real;

	(void)state;
	put("root/venv/pyvenv.cfg", "home = /usr/bin\n");
	put("root/etc/target", "inside\n");
	link_to("root/venv/lib", "/nfs/lib");
	link_to("root/venv/up", "../../../../../../etc/target");
	link_to("root/venv/loop", "loop");
	s = open_case(
		"whycpu.case/1 complete\nHANG nfs pid=7 state=S wchan=rpc_wait mount=/nfs fstype=nfs4 since=1700\n"
		"EACCES etc/secret\naccess EPERM etc/target\n");
	assert_null(sys_hang(s, 0));
	assert_int_equal(sys_read(s, "/venv/lib/python3/x", &text), -SYS_E_NO_ANSWER);
	assert_non_null(sys_hang(s, 0));
	assert_int_equal(sys_hang(s, 0)->pid, 7);
	assert_string_equal(sys_hang(s, 0)->path, "/nfs");
	assert_string_equal(sys_hang(s, 0)->fstype, "nfs4");
	assert_int_equal(sys_read(s, "/venv/up", &text), 0);
	assert_string_equal(text.v, "inside\n");
	assert_int_equal(sys_realpath(s, "/venv/up", &real), 0);
	assert_string_equal(real, "/etc/target");
	assert_int_equal(stat_of(s, "/venv/loop"), -ELOOP);
	assert_int_equal(sys_read(s, "/etc/secret", &text), -EACCES);
	assert_int_equal(sys_access(s, "/etc/target", R_OK), -EPERM);
	sys_close(s);
}

static void a_mounted_disk_proves_nothing_about_the_kernel(void **state)
{
	struct sys *s;
	const char *value;
	struct strlist names;

	(void)state;
	put("etc/hostname", "box\n");
	put("proc/.keep", "");
	unlink(arena_fmt(arena, "%s/proc/.keep", top));
	put("dev/null", "");
	s = open_case(NULL);
	assert_int_equal(stat_of(s, "/sys/bus/pci/devices"), -SYS_E_NOT_RECORDED);
	assert_int_equal(stat_of(s, "/proc/driver/nvidia/version"), -SYS_E_NOT_RECORDED);
	assert_int_equal(sys_list(s, "/proc", &names), -SYS_E_NOT_RECORDED);
	assert_int_equal(stat_of(s, "/dev/nvidia0"), -ENOENT);
	assert_int_equal(stat_of(s, "/opt"), -ENOENT);
	assert_int_equal(sys_env(s, "PATH", &value), -SYS_E_NOT_RECORDED);
	sys_close(s);
}

static void no_link_leads_out(void **state)
{
	struct sys *s;
	struct bytes text;

	(void)state;
	put("root/etc/x", "");
	link_to("root/etc/passwd", "/etc/passwd");
	link_to("root/etc/above", "../../../../../../../etc/passwd");
	link_to("root/etc/magic", "/proc/self/root/etc/passwd");
	assert_int_equal(mkfifo(arena_fmt(arena, "%s/root/etc/fifo", top), 0644), 0);
	s = open_case("whycpu.case/1 complete\n");
	assert_int_equal(sys_read(s, "/etc/passwd", &text), -ELOOP);
	assert_int_equal(sys_read(s, "/etc/above", &text), -ELOOP);
	assert_int_equal(sys_read(s, "/etc/magic", &text), -ENOENT);
	assert_int_equal(sys_read(s, "/etc/fifo", &text), -SYS_E_NOT_A_FILE);
	sys_close(s);
}

static void environment_of_a_case(void **state)
{
	struct sys *s;
	const char *value;

	(void)state;
	put("env", "PATH=/usr/bin\nEMPTY=\nODD=a\x1b[1m\n");
	s = open_case("whycpu.case/1 partial\nhidden SECRET\n");
	assert_int_equal(sys_env(s, "PATH", &value), 0);
	assert_int_equal(sys_env(s, "EMPTY", &value), 0);
	assert_string_equal(value, "");
	assert_int_equal(sys_env(s, "ODD", &value), 0);
	assert_string_equal(value, "a\\x1b[1m");
	assert_int_equal(sys_env(s, "OTHER", &value), -ENOENT);
	assert_int_equal(sys_env(s, "SECRET", &value), -SYS_E_NOT_RECORDED);
	sys_close(s);
}

static void limits_hold(void **state)
{
	struct sys *s;
	struct bytes text;
	const char *big = arena_fmt(arena, "%s/root/usr/big", top),
		   *proc = arena_fmt(arena, "%s/root/proc/big", top);

	(void)state;
	put("root/usr/big", "x");
	put("root/proc/big", "x");
	assert_int_equal(truncate(big, (off_t)1 << 30), 0);
	assert_int_equal(truncate(proc, 64 * 1024 + 1), 0);
	s = open_case("whycpu.case/1 complete\n");
	assert_int_equal(sys_read(s, "/usr/big", &text), -EFBIG);
	assert_int_equal(sys_read(s, "/proc/big", &text), -EFBIG);
	assert_int_equal(sys_head(s, "/usr/big", 4, &text), 0);
	assert_int_equal(text.n, 4);
	assert_int_equal(sys_tail(s, "/usr/big", 4, &text), 0);
	assert_int_equal(text.n, 4);
	assert_int_equal(truncate(proc, 64 * 1024), 0);
	assert_int_equal(sys_read(s, "/proc/big", &text), 0);
	assert_int_equal(text.n, 64 * 1024);
	sys_close(s);
}

static void head_and_tail(void **state)
{
	struct sys *s;
	struct bytes text;

	(void)state;
	put("root/usr/module.ko", "begin, middle, end");
	s = open_case("whycpu.case/1 complete\n");
	assert_int_equal(sys_head(s, "/usr/module.ko", 5, &text), 0);
	assert_string_equal(text.v, "begin");
	assert_int_equal(sys_tail(s, "/usr/module.ko", 3, &text), 0);
	assert_string_equal(text.v, "end");
	/* A file that is shorter is read whole. */
	assert_int_equal(sys_tail(s, "/usr/module.ko", 4096, &text), 0);
	assert_string_equal(text.v, "begin, middle, end");
	assert_int_equal(sys_tail(s, "/usr/none", 3, &text), -ENOENT);
	sys_close(s);
}

static void bad_tables_are_refused_by_line(void **state)
{
	static const struct {
		const char *text, *problem;
	} bad[] = {
		{ "", "line 1" },
		{ "whycpu.case/2 complete\n", "line 1" },
		{ "whycpu.case/1 complete\nwhat ever\n", "line 2: unknown first word" },
		{ "whycpu.case/1 complete\n\nc 195 0 0660 root dev/x\n", "line 3" },
		{ "whycpu.case/1 complete\nc 195 x 0660 root video dev/x\n", "line 2: a number" },
		{ "whycpu.case/1 complete\nsize 99999999999999999999 x\n", "line 2: a number" },
		{ "whycpu.case/1 complete\nENOENT /abs\n", "line 2: a path" },
		{ "whycpu.case/1 complete\nENOENT a\\x00b\n", "line 2: a path" },
		{ "whycpu.case/1 complete\ncwd here\n", "line 2: cwd" },
		{ "whycpu.case/1 complete\nuser 0\n", "line 2: user" },
		{ "whycpu.case/1 complete\nd 0755 a/b root x\n", "line 2: an owner" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *problem = NULL;

		assert_null(root_meta_parse(
			arena, (struct bytes){ bad[i].text, strlen(bad[i].text) }, &problem));
		if (!starts_with(problem, bad[i].problem))
			fail_msg("row %zu: \"%s\"", i, problem);
	}
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, fresh_folder, drop_folder)
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(complete_means_that_the_rest_is_not_there),
		WITH_FOLDER(owners_may_be_names),
		WITH_FOLDER(partial_means_that_the_rest_is_unknown),
		WITH_FOLDER(links_are_resolved_before_the_table_is_asked),
		WITH_FOLDER(a_mounted_disk_proves_nothing_about_the_kernel),
		WITH_FOLDER(no_link_leads_out),
		WITH_FOLDER(environment_of_a_case),
		WITH_FOLDER(limits_hold),
		WITH_FOLDER(head_and_tail),
		cmocka_unit_test(bad_tables_are_refused_by_line),
	};

	json_setup();
	arena = arena_new();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
