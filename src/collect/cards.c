// SPDX-License-Identifier: Apache-2.0
/* What the driver says of its GPUs: /proc/driver/nvidia/gpus/ADDR/information. Reading it does not wake a sleeping card.
 * Without the module there is nothing to read, and the GPU keeps its PCI number on the screen. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "facts/fact.h"

#define GPUS "/proc/driver/nvidia/gpus"

struct information {
	struct sys *sys;
	const char *path;
	struct bytes text;
	int err;
};

/* "Model: \t\t NVIDIA GeForce RTX 3060". An older driver lacks the later keys: ABSENT. */
static struct fact_str value_of(const struct information *info, const char *key)
{
	struct arena *a = sys_arena(info->sys);
	struct bytes line;
	size_t pos = 0, number = 0, n = strlen(key);

	if (info->err)
		return fact_str(info->err, NULL, info->path);
	while (next_line(info->text, &pos, &line)) {
		number++;
		if (line.n > n && memcmp(line.v, key, n) == 0 && line.v[n] == ':')
			return fact_str(0, esc(a, trimmed(a, line.v + n + 1, line.n - n - 1)),
					arena_fmt(a, "%s:%zu", info->path, number));
	}
	return fact_str(-ENOENT, NULL, info->path);
}

static struct fact_num number_of(struct fact_str text)
{
	struct fact_num fact = { .st = text.st, .from = text.from, .why = text.why };

	if (text.st == PRESENT && !parse_i64(text.v, &fact.v)) {
		fact.st = UNKNOWN;
		fact.why = "no number";
	}
	return fact;
}

static struct fact_bool yes_or_no(struct fact_str text)
{
	return (struct fact_bool){ .st = text.st,
				   .from = text.from,
				   .why = text.why,
				   .v = text.st == PRESENT && strcmp(text.v, "Yes") == 0 };
}

/* N/A: the driver runs without GSP. */
static struct fact_str or_absent(struct fact_str text)
{
	if (text.st == PRESENT && strcmp(text.v, "N/A") == 0)
		return (struct fact_str){ .st = ABSENT, .from = text.from };
	return text;
}

static struct card card_at(struct sys *s, const char *addr)
{
	struct information info = { .sys = s };
	struct card card = { .addr = addr };

	info.path = arena_fmt(sys_arena(s), GPUS "/%s/information", addr);
	info.err = sys_read(s, info.path, &info.text);
	card.model = value_of(&info, "Model");
	if (card.model.st == ABSENT && !info.err)
		card.model = fact_str_unknown("no line Model", info.path);
	card.uuid = value_of(&info, "GPU UUID");
	card.minor = number_of(value_of(&info, "Device Minor"));
	card.firmware = or_absent(value_of(&info, "GPU Firmware"));
	card.excluded = yes_or_no(value_of(&info, "GPU Excluded"));
	return card;
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct card_list *list = &facts->cards.gpus;
	struct strlist names = { 0 };
	int err = sys_list(s, GPUS, &names);

	(void)wish;
	fact_list_state(&list->st, &list->from, &list->why, err, GPUS);
	for (size_t i = 0; i < names.n; i++)
		PUSH(sys_arena(s), list, card_at(s, names.v[i]));
}

const struct collector collect_cards = { "cards", "the driver's names of its GPUs", run };
