// SPDX-License-Identifier: Apache-2.0
/* Which GPU is it? From the PCI number to name, chip and compute capability (data/gpu.tsv); what a driver said itself
 * comes first. It cannot know a card that is newer than its table: the range of the number is a guess, and says so. */
#include "rules/machine.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

/* NVIDIA gives each chip blocks of 0x40 to 0x80 numbers: a number beyond is no longer of the range before. */
#define BLOCK 0x80u

/* Exactly four hexadecimal digits; -1 for anything else. */
static int number_of(const char *digits)
{
	int number = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(digits[i]);

		if (digit < 0)
			return -1;
		number = 16 * number + digit;
	}
	return digits[4] ? -1 : number;
}

static const struct gpu_row *find_row(int number)
{
	size_t low = 0, high = n_gpu_table;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int here = number_of(gpu_table[middle].device);

		if (here == number)
			return &gpu_table[middle];
		if (here < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The range that holds the number, or the nearest lower one in the same block. */
static const char *chip_by_range(int number)
{
	const char *chip = NULL;

	for (size_t i = 0; i < n_gpu_range_table; i++) {
		const struct gpu_range_row *row = &gpu_range_table[i];
		int last = number_of(row->last);

		if (number_of(row->first) > number)
			break;
		chip = (unsigned)number / BLOCK == (unsigned)last / BLOCK || number <= last
			       ? row->chip
			       : NULL;
	}
	return chip;
}

static const struct gpu_chip_row *chip_row(const char *chip)
{
	for (size_t i = 0; chip && i < n_gpu_chip_table; i++)
		if (strcmp(gpu_chip_table[i].chip, chip) == 0)
			return &gpu_chip_table[i];
	return NULL;
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void add_chip(struct gpu_model *model, const struct gpu_chip_row *chip)
{
	int64_t minor = 0, major = version_major(chip->cc, &minor);

	model->chip = chip->chip;
	model->architecture = or_null(chip->architecture);
	model->last_branch = or_null(chip->last_branch);
	model->first_branch = or_null(chip->first_branch);
	model->module = or_null(chip->module);
	model->cc_major = (int)major;
	model->cc_minor = (int)minor;
}

struct gpu_model gpu_model_of(const struct gpu *gpu)
{
	struct gpu_model model = { 0 };
	bool known =
		is_nvidia(gpu) && gpu->device.st == PRESENT && starts_with(gpu->device.v, "0x");
	int number = known ? number_of(gpu->device.v + 2) : -1;
	const struct gpu_row *row = number < 0 ? NULL : find_row(number);
	const struct gpu_chip_row *chip =
		number < 0 ? NULL : chip_row(row ? row->chip : chip_by_range(number));

	if (row) {
		model.name = or_null(row->name);
		model.flags = row->flags;
	}
	model.guess = !row && chip;
	if (chip)
		add_chip(&model, chip);
	return model;
}

/* ---- what the driver said ---- */

static const struct card *card_at(const struct facts *f, const char *addr)
{
	for (size_t i = 0; addr && i < f->cards.gpus.n; i++)
		if (f->cards.gpus.v[i].addr && strcmp(f->cards.gpus.v[i].addr, addr) == 0)
			return &f->cards.gpus.v[i];
	return NULL;
}

static const struct probed_gpu *by_uuid(const struct probed_list *list, const char *uuid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].uuid && strcmp(list->v[i].uuid, uuid) == 0)
			return &list->v[i];
	return NULL;
}

/* One GPU on the bus and one in the list are the same one. */
static bool is_the_only_gpu(const struct facts *f, const struct gpu *gpu)
{
	size_t others = 0;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *other = &f->pci.gpus.v[i];

		others += other != gpu && (is_nvidia(other) || other->vendor.st != PRESENT);
	}
	return f->pci.gpus.st == PRESENT && others == 0;
}

static struct cc cc_from(const struct facts *f, const struct probed_list *list,
			 const struct gpu *gpu)
{
	const struct card *card = card_at(f, gpu->addr);
	const struct probed_gpu *probed = NULL;
	int64_t minor = 0, major = 0;

	if (card && card->uuid.st == PRESENT)
		probed = by_uuid(list, card->uuid.v);
	if (!probed && list->st == PRESENT && list->n == 1 && is_the_only_gpu(f, gpu))
		probed = &list->v[0];
	if (probed && probed->cc.st == PRESENT)
		major = version_major(probed->cc.v, &minor);
	return (struct cc){ (int)major, (int)minor, false };
}

struct cc gpu_cc(const struct facts *f, const struct gpu *gpu)
{
	struct cc cc = { 0 };
	struct gpu_model model = gpu_model_of(gpu);

	if (is_nvidia(gpu))
		cc = cc_from(f, &f->probe.cuda_devices, gpu);
	if (is_nvidia(gpu) && !cc.major)
		cc = cc_from(f, &f->probe.nvml_gpus, gpu);
	if (!cc.major)
		cc = (struct cc){ model.cc_major, model.cc_minor, model.guess };
	return cc;
}

static struct cc cc_of_chip(const char *chip)
{
	int64_t minor = 0, major = 0;

	for (size_t i = 0; i < n_gpu_chip_table && !major; i++)
		if (strcmp(gpu_chip_table[i].chip, chip) == 0)
			major = version_major(gpu_chip_table[i].cc, &minor);
	return (struct cc){ (int)major, (int)minor, false };
}

/* "NVIDIA GeForce RTX 3060" stands in several rows, which must agree. */
struct cc cc_by_name(const char *model)
{
	const char *name = starts_with(model, "NVIDIA ") ? model + strlen("NVIDIA ") : model;
	struct cc cc = { 0 };

	for (size_t i = 0; i < n_gpu_table && *name; i++) {
		struct cc one;

		if (strcmp(gpu_table[i].name, name) != 0)
			continue;
		one = cc_of_chip(gpu_table[i].chip);
		if (cc.major && (cc.major != one.major || cc.minor != one.minor))
			return (struct cc){ 0 };
		cc = one;
	}
	return cc;
}

const char *gpu_name(const struct facts *f, const struct gpu *gpu)
{
	const struct card *card = card_at(f, gpu->addr);

	if (card && card->model.st == PRESENT)
		return card->model.v;
	return gpu_model_of(gpu).name;
}

/* ---- forward compatibility ---- */

static bool has_word(const char *name, const char *word)
{
	static const char between[] = " -/,";
	size_t n = strlen(word);

	for (const char *at = name; *at; at += strcspn(at, between)) {
		at += strspn(at, between);
		if (strcspn(at, between) == n && memcmp(at, word, n) == 0)
			return true;
	}
	return false;
}

static enum tri compat_works_on(const char *name)
{
	bool works = false, fails = false;

	for (size_t i = 0; name && i < n_compat_gpu_table; i++) {
		const struct compat_gpu_row *row = &compat_gpu_table[i];

		if (!has_word(name, row->word))
			continue;
		works = works || strcmp(row->works, "yes") == 0;
		fails = fails || strcmp(row->works, "no") == 0;
	}
	return works == fails ? MAYBE : works ? YES : NO;
}

enum tri forward_compat_works(const struct facts *f)
{
	bool all_work = f->pci.gpus.st == PRESENT, none_works = all_work;
	size_t n = 0;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		enum tri works = compat_works_on(gpu_name(f, gpu));

		if (!is_nvidia(gpu) && gpu->vendor.st == PRESENT)
			continue;
		n++;
		all_work = all_work && works == YES;
		none_works = none_works && works == NO;
	}
	if (n == 0)
		return MAYBE;
	return all_work ? YES : none_works ? NO : MAYBE;
}
