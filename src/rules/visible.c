// SPDX-License-Identifier: Apache-2.0
/* Which GPUs CUDA_VISIBLE_DEVICES leaves (machine.h): the part of its grammar on which torch (torch/cuda/__init__.py, 2.0
 * and later) and the driver (CUDA programming guide, environment variables) agree. */
#include "rules/machine.h"

#include <string.h>

#include "core/str.h"

/* -1 is what people write, NoDevFiles what Slurm writes; torch and the driver stop at the first
 * entry that is no GPU. */
static bool selects_nothing(const char *value)
{
	return *value == '\0' || strcmp(value, "-1") == 0 || starts_with(value, "-1,") ||
	       strcmp(value, "none") == 0 || strcmp(value, "NoDevFiles") == 0;
}

/* Digits without a leading zero: the one form that everybody reads alike. */
static bool is_plain_number(struct bytes part, int64_t *ret_number)
{
	int64_t number = 0;

	if (part.n == 0 || part.n > 9 || (part.n > 1 && part.v[0] == '0'))
		return false;
	for (size_t i = 0; i < part.n; i++) {
		if (part.v[i] < '0' || part.v[i] > '9')
			return false;
		number = 10 * number + (part.v[i] - '0');
	}
	*ret_number = number;
	return true;
}

static bool occurs_before(const char *value, size_t end, int64_t number)
{
	struct bytes part;
	int64_t other;

	for (size_t pos = 0; pos < end && next_part(value, ',', &pos, &part);)
		if (is_plain_number(part, &other) && other == number)
			return true;
	return false;
}

static struct selection select_numbers(const char *value, struct range gpus)
{
	struct selection s = { SELECTS_LIST, 0, 0 };
	struct bytes part;
	int64_t number;
	bool open = false;

	for (size_t pos = 0, before = 0; next_part(value, ',', &pos, &part); before = pos) {
		if (!is_plain_number(part, &number) || occurs_before(value, before, number))
			return (struct selection){ SELECTS_ODD, 0, 0 };
		if ((size_t)number >= gpus.most)
			s.outside++;
		else if ((size_t)number >= gpus.least)
			open = true;
		else if (s.outside == 0)
			s.count++;
	}
	if (open)
		s.kind = SELECTS_UNKNOWN;
	else if (s.outside > 0)
		s.kind = s.count > 0 ? SELECTS_PARTLY : SELECTS_BEYOND;
	return s;
}

struct selection selection_of(const struct facts *f)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;

	if (value->st == ABSENT)
		return (struct selection){ SELECTS_ALL, 0, 0 };
	if (value->st != PRESENT)
		return (struct selection){ SELECTS_UNKNOWN, 0, 0 };
	if (selects_nothing(value->v))
		return (struct selection){ SELECTS_NOTHING, 0, 0 };
	return select_numbers(value->v, gpus_driven(f));
}
