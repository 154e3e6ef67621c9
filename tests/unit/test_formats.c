// SPDX-License-Identifier: Apache-2.0
/* Small text formats of the kernel and of /etc: what they look like on real systems, and what merely looks alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collect/formats.h"

static struct bytes bytes(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

static void names_of_numbers(void **state)
{
	struct bytes group = bytes("root:x:0:\nvideo:x:44:ana,ben\n# a comment\nhalf\n:x:7:\n"
				   "render:*:105:\nlast:x:4294967294:");

	assert_string_equal(name_of_id(*state, group, 0), "root");
	assert_string_equal(name_of_id(*state, group, 44), "video");
	assert_string_equal(name_of_id(*state, group, 105), "render");
	assert_string_equal(name_of_id(*state, group, 4294967294u), "last");
	assert_null(name_of_id(*state, group, 4));
	assert_null(name_of_id(*state, group, 7)); /* a line without a name */
	assert_null(name_of_id(*state, bytes(""), 0));
	assert_string_equal(name_of_id(*state, bytes("a\x1b:x:5:"), 5), "a\\x1b");
}

static int64_t major_in(const char *text, const char *name)
{
	int64_t major = -1;

	return char_major(bytes(text), name, &major) ? major : -1;
}

static void majors(void **state)
{
	static const char text[] = "Character devices:\n  1 mem\n195 nvidia\n195 nvidiactl\n"
				   "510 nvidia-uvm\n511 nvidia-uvm-tools\n\nBlock devices:\n"
				   "259 nvidia-block\n";

	(void)state;
	assert_int_equal(major_in(text, "mem"), 1);
	assert_int_equal(major_in(text, "nvidia-uvm"), 510);
	assert_int_equal(major_in(text, "nvidia-uv"), -1);
	assert_int_equal(major_in(text, "uvm"), -1);
	assert_int_equal(major_in(text, "nvidia-block"), -1);
	assert_int_equal(major_in("", "nvidia-uvm"), -1);
	assert_int_equal(
		major_in("nvidia-uvm\n 510  nvidia-uvm\n99999999999 nvidia-uvm\n", "nvidia-uvm"),
		-1);
}

static void names_of_the_module(void **state)
{
	static const char *const yes[] = { "nvidia", "nvidia-current", "nvidia_current",
					   "nvidia-tesla-470", "nvidia-legacy-390xx" };
	static const char *const no[] = { "",
					  "nvidiafb",
					  "nvidia-uvm",
					  "nvidia_drm",
					  "nvidia-current-drm",
					  "nvidia-tesla-470-uvm",
					  "i2c-nvidia-gpu",
					  "nvidia-peermem",
					  "nvidi",
					  "nvidia-fs" };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!is_driver_name(yes[i], strlen(yes[i])))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (is_driver_name(no[i], strlen(no[i])))
			fail_msg("%s", no[i]);
}

static void lines_of_modprobe(void **state)
{
	static const char *const yes[] = { "blacklist nvidia",
					   "  blacklist\tnvidia  ",
					   "blacklist nvidia-current",
					   "install nvidia /bin/false",
					   "install nvidia /usr/bin/true",
					   "install nvidia :",
					   "alias nvidia off" };
	/* Debian's own file redirects the name; the helpers are not needed for CUDA, or come with the driver. */
	static const char *const no[] = { "",
					  "# blacklist nvidia",
					  "#blacklist nvidia",
					  "blacklist nouveau",
					  "blacklist nvidia-drm",
					  "blacklist nvidiafb",
					  "blacklist",
					  "install nvidia modprobe -i nvidia-current $CMDLINE_OPTS",
					  "install nvidia /bin/false && modprobe nvidia",
					  "alias nvidia nvidia-current",
					  "options nvidia NVreg_DeviceFileMode=0660",
					  "blacklistnvidia" };

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!line_forbids_nvidia(*state, bytes(yes[i])))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (line_forbids_nvidia(*state, bytes(no[i])))
			fail_msg("%s", no[i]);
}

static void command_lines(void **state)
{
	assert_string_equal(
		cmdline_forbids_nvidia(*state,
				       bytes("ro quiet modprobe.blacklist=nouveau,nvidia x\n")),
		"modprobe.blacklist=nouveau,nvidia");
	assert_string_equal(cmdline_forbids_nvidia(*state, bytes("module_blacklist=nvidia\n")),
			    "module_blacklist=nvidia");
	assert_null(cmdline_forbids_nvidia(*state, bytes("modprobe.blacklist=nouveau,nvidia_drm")));
	assert_null(cmdline_forbids_nvidia(*state, bytes("rd.driver.blacklist=nvidia nomodeset")));
	assert_null(cmdline_forbids_nvidia(*state, bytes("x.modprobe.blacklist=nvidia")));
	assert_null(cmdline_forbids_nvidia(*state, bytes("")));
}

static void signatures(void **state)
{
	(void)state;
	assert_true(is_signed(bytes(SIGNATURE_MARK)));
	assert_true(is_signed(bytes("\x01\x02" SIGNATURE_MARK)));
	assert_false(is_signed(bytes("~Module signature appended~")));
	assert_false(is_signed(bytes(SIGNATURE_MARK "x")));
	assert_false(is_signed(bytes("")));
}

static void logs_of_dkms(void **state)
{
	assert_string_equal(
		kernel_of_make_log(*state, bytes("DKMS make.log for nvidia-550.54.15 for kernel "
						 "6.8.0-40-generic (x86_64)\nThu\n")),
		"6.8.0-40-generic");
	assert_string_equal(
		kernel_of_make_log(*state, bytes("DKMS (dkms-3.1.0) make.log for nvidia/575.57 for "
						 "kernel 6.12.30-amd64 (x86_64)\n")),
		"6.12.30-amd64");
	assert_null(kernel_of_make_log(*state, bytes("make: nothing for kernel 6.1\n")));
	assert_null(kernel_of_make_log(*state, bytes("")));
}

static int new_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int drop_arena(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_numbers),    cmocka_unit_test(majors),
		cmocka_unit_test(names_of_the_module), cmocka_unit_test(lines_of_modprobe),
		cmocka_unit_test(command_lines),       cmocka_unit_test(signatures),
		cmocka_unit_test(logs_of_dkms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("formats", tests, new_arena, drop_arena);
}
