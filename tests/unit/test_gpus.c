// SPDX-License-Identifier: Apache-2.0
/* From PCI number to compute capability. The expected values are NVIDIA's own (developer.nvidia.com/cuda-gpus and
 * cuda-legacy-gpus) for the product of that number (pci.ids), not the table under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/machine.h"

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })

static struct gpu nvidia(const char *device)
{
	return (struct gpu){ .addr = "0000:01:00.0",
			     .vendor = TEXT("0x10de"),
			     .device = TEXT(device) };
}

static const struct product {
	const char *device;
	int major, minor;
	const char *architecture, *name;
} products[] = {
	{ "0x0191", 1, 0, "Tesla", "GeForce 8800 GTX" },
	{ "0x05e1", 1, 3, "Tesla", "GeForce GTX 280" },
	{ "0x0a65", 1, 2, "Tesla", "GeForce 210" },
	{ "0x06c0", 2, 0, "Fermi", "GeForce GTX 480" },
	{ "0x1080", 2, 0, "Fermi", "GeForce GTX 580" },
	{ "0x0de1", 2, 1, "Fermi", "GeForce GT 430" },
	{ "0x1180", 3, 0, "Kepler", "GeForce GTX 680" },
	{ "0x1004", 3, 5, "Kepler", "GeForce GTX 780" },
	{ "0x102d", 3, 7, "Kepler", "Tesla K80" },
	{ "0x1381", 5, 0, "Maxwell", "GeForce GTX 750" },
	{ "0x13c2", 5, 2, "Maxwell", "GeForce GTX 970" },
	{ "0x17c8", 5, 2, "Maxwell", "GeForce GTX 980 Ti" },
	{ "0x15f8", 6, 0, "Pascal", "Tesla P100" },
	{ "0x1b80", 6, 1, "Pascal", "GeForce GTX 1080" },
	{ "0x1c82", 6, 1, "Pascal", "GeForce GTX 1050 Ti" },
	{ "0x1d81", 7, 0, "Volta", "TITAN V" },
	{ "0x1db5", 7, 0, "Volta", "Tesla V100" },
	{ "0x1db6", 7, 0, "Volta", "Tesla V100" },
	{ "0x1e04", 7, 5, "Turing", "GeForce RTX 2080 Ti" },
	{ "0x1eb8", 7, 5, "Turing", "Tesla T4" },
	{ "0x2182", 7, 5, "Turing", "GeForce GTX 1660 Ti" },
	{ "0x20b0", 8, 0, "Ampere", "A100" },
	{ "0x20b5", 8, 0, "Ampere", "A100" },
	{ "0x2204", 8, 6, "Ampere", "GeForce RTX 3090" },
	{ "0x2236", 8, 6, "Ampere", "A10" },
	{ "0x2503", 8, 6, "Ampere", "GeForce RTX 3060" },
	{ "0x2684", 8, 9, "Ada", "GeForce RTX 4090" },
	{ "0x26b9", 8, 9, "Ada", "L40S" },
	{ "0x27b8", 8, 9, "Ada", "L4" },
	{ "0x2330", 9, 0, "Hopper", "H100" },
	{ "0x2335", 9, 0, "Hopper", "H200" },
	{ "0x2342", 9, 0, "Hopper", "GH200" },
	{ "0x2901", 10, 0, "Blackwell", "B200" },
	{ "0x2b85", 12, 0, "Blackwell", "GeForce RTX 5090" },
	{ "0x2c02", 12, 0, "Blackwell", "GeForce RTX 5080" },
	{ "0x2f04", 12, 0, "Blackwell", "GeForce RTX 5070" },
	{ "0x2e12", 12, 1, "Blackwell (GB10)", "GB10" },
	{ "0x31c2", 10, 3, "Blackwell Ultra", "GB300" },
};

static void products_of_every_architecture(void **state)
{
	struct facts f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		struct gpu gpu = nvidia(products[i].device);
		struct gpu_model model = gpu_model_of(&gpu);
		struct cc cc = gpu_cc(&f, &gpu);

		if (!model.name || !strstr(model.name, products[i].name))
			fail_msg("%s is %s, not %s", products[i].device, model.name,
				 products[i].name);
		assert_string_equal(model.architecture, products[i].architecture);
		if (model.cc_major != products[i].major || model.cc_minor != products[i].minor ||
		    cc.major != products[i].major || cc.minor != products[i].minor)
			fail_msg("%s is %d.%d", products[i].device, cc.major, cc.minor);
		assert_false(model.guess || cc.guess);
	}
}

static void branches_and_modules(void **state)
{
	static const struct {
		const char *device, *first, *last, *module;
	} rows[] = {
		{ "0x1180", NULL, "470", "prop" },      { "0x1b80", NULL, "580", "prop" },
		{ "0x1db5", "384", "580", "prop" },     { "0x2684", "525", "current", "both" },
		{ "0x2b85", "570", "current", "open" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct gpu gpu = nvidia(rows[i].device);
		struct gpu_model model = gpu_model_of(&gpu);

		assert_string_equal(model.last_branch, rows[i].last);
		assert_string_equal(model.module, rows[i].module);
		if (rows[i].first)
			assert_string_equal(model.first_branch, rows[i].first);
		else
			assert_null(model.first_branch);
	}
}

/* 0x2686 lies within AD102's numbers, 0x2690 behind them in the same block; 0x2a00 in nobody's. */
static void a_number_that_is_not_listed_is_a_guess(void **state)
{
	static const char *const near[] = { "0x2686", "0x2690" };
	struct gpu gpu;
	struct gpu_model model;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		gpu = nvidia(near[i]);
		model = gpu_model_of(&gpu);
		assert_null(model.name);
		assert_true(model.guess);
		assert_string_equal(model.chip, "AD102");
		assert_int_equal(model.cc_major, 8);
		assert_int_equal(model.cc_minor, 9);
	}
	gpu = nvidia("0x2a00");
	model = gpu_model_of(&gpu);
	assert_null(model.chip);
	assert_int_equal(model.cc_major, 0);
}

static void what_is_no_number_is_nothing(void **state)
{
	static const char *const bad[] = {
		"", "0x", "0x268", "0x26844", "2684", "0xzzzz", "0x-684"
	};
	struct facts f = { 0 };
	struct gpu gpu;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		gpu = nvidia(bad[i]);
		assert_null(gpu_model_of(&gpu).chip);
		assert_null(gpu_model_of(&gpu).name);
		assert_int_equal(gpu_cc(&f, &gpu).major, 0);
	}
	gpu = nvidia("0x2684");
	gpu.device.st = UNKNOWN;
	assert_null(gpu_model_of(&gpu).chip);
	gpu = nvidia("0x2684");
	gpu.vendor = TEXT("0x1002");
	assert_null(gpu_model_of(&gpu).chip);
}

/* A typing error in the tables would make a number unreachable. */
static void the_tables_can_be_searched(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_gpu_table; i++) {
		struct gpu gpu =
			nvidia(arena_fmt((struct arena *)*state, "0x%s", gpu_table[i].device));
		struct gpu_model model = gpu_model_of(&gpu);

		if (!model.chip || strcmp(model.chip, gpu_table[i].chip) != 0 || model.guess)
			fail_msg("%s is not found", gpu_table[i].device);
		if (i > 0 && strcmp(gpu_table[i - 1].device, gpu_table[i].device) >= 0)
			fail_msg("%s is out of order", gpu_table[i].device);
	}
}

static void what_the_driver_said_comes_first(void **state)
{
	struct arena *a = *state;
	struct facts f = { 0 };
	struct card card = { .addr = "0000:01:00.0", .uuid = TEXT("GPU-1") };
	struct probed_gpu one = { .uuid = "GPU-1", .cc = TEXT("8.6") };
	struct probed_gpu two = { .uuid = "GPU-2", .cc = TEXT("7.5") };
	struct gpu unlisted = nvidia("0x2a00");

	f.pci.gpus.st = f.cards.gpus.st = f.probe.nvml_gpus.st = PRESENT;
	PUSH(a, &f.pci.gpus, unlisted);
	PUSH(a, &f.probe.nvml_gpus, one);
	assert_int_equal(gpu_cc(&f, &f.pci.gpus.v[0]).major, 8); /* the only one */
	assert_int_equal(gpu_cc(&f, &f.pci.gpus.v[0]).minor, 6);
	assert_false(gpu_cc(&f, &f.pci.gpus.v[0]).guess);

	/* Of two, the UUID must say which. */
	PUSH(a, &f.probe.nvml_gpus, two);
	PUSH(a, &f.pci.gpus, unlisted);
	assert_int_equal(gpu_cc(&f, &f.pci.gpus.v[0]).major, 0);
	PUSH(a, &f.cards.gpus, card);
	assert_int_equal(gpu_cc(&f, &f.pci.gpus.v[0]).major, 8);
	f.cards.gpus.v[0].uuid = TEXT("GPU-2");
	assert_int_equal(gpu_cc(&f, &f.pci.gpus.v[0]).major, 7);
}

static int make_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_of_every_architecture),
		cmocka_unit_test(branches_and_modules),
		cmocka_unit_test(a_number_that_is_not_listed_is_a_guess),
		cmocka_unit_test(what_is_no_number_is_nothing),
		cmocka_unit_test(the_tables_can_be_searched),
		cmocka_unit_test(what_the_driver_said_comes_first),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
