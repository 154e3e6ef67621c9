// SPDX-License-Identifier: Apache-2.0
/* What the driver calls its GPUs: /proc/driver/nvidia/gpus/ADDR/information. Reading it does not wake a sleeping card.
 * Without the module there is nothing to read, and the GPU keeps its PCI number on the screen. */
#include <string.h>

#include "collect/collect.h"
#include "facts/fact.h"

#define GPUS "/proc/driver/nvidia/gpus"

/* "Model: \t\t NVIDIA GeForce RTX 3060" */
static struct fact_str model_of(struct sys *s, const char *path)
{
	struct arena *a = sys_arena(s);
	struct bytes text = { 0 }, line;
	size_t pos = 0, number = 0;
	int err = sys_read(s, path, &text);

	if (err)
		return fact_str(err, NULL, path);
	while (next_line(text, &pos, &line)) {
		number++;
		if (line.n > 6 && memcmp(line.v, "Model:", 6) == 0)
			return fact_str(0, esc(a, trimmed(a, line.v + 6, line.n - 6)),
					arena_fmt(a, "%s:%zu", path, number));
	}
	return fact_str_unknown("no line Model", path);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct card_list *list = &facts->cards.gpus;
	struct strlist names = { 0 };
	int err = sys_list(s, GPUS, &names);

	(void)wish;
	fact_list_state(&list->st, &list->from, &list->why, err, GPUS);
	for (size_t i = 0; i < names.n; i++) {
		const char *path = arena_fmt(sys_arena(s), GPUS "/%s/information", names.v[i]);
		struct card card = { .addr = names.v[i], .model = model_of(s, path) };

		PUSH(sys_arena(s), list, card);
	}
}

const struct collector collect_cards = { "cards", "the driver's names of its GPUs", run };
