// SPDX-License-Identifier: Apache-2.0
/* How torch.cuda.device_count() reads CUDA_VISIBLE_DEVICES (torch/cuda/__init__.py, _parse_visible_devices
 * and _device_count_nvml; the grammar changed in 2.0). Every detail is torch's: Unicode digits, signs,
 * duplicates. What the driver makes of the same value is another matter (visible.c). */
#include "rules/visible.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

enum torch_era torch_era(const struct fact_str *version)
{
	int64_t minor = 0, major = 0;

	if (version->st == PRESENT)
		major = version_major(version->v, &minor);
	if (major == 0)
		return ERA_UNKNOWN;
	if (major >= 2)
		return version_compare(version->v, "2.0") < 0 ? ERA_UNKNOWN : ERA_2;
	/* 1.14 was never released; vendors' builds of it have one parser or the other. */
	if (minor > 13)
		return ERA_UNKNOWN;
	return minor == 13 ? ERA_1_13 : ERA_RUNTIME;
}

/* ---- characters as Python sees them ---- */

enum char_kind { CHAR_OTHER, CHAR_DECIMAL, CHAR_DIGIT, CHAR_SPACE };

static enum char_kind kind_of(uint32_t c, unsigned *ret_value)
{
	for (size_t i = 0; i < n_python_char_table; i++) {
		const struct python_char_row *row = &python_char_table[i];
		uint32_t first = (uint32_t)strtoul(row->first, NULL, 16);

		if (c < first || c > strtoul(row->last, NULL, 16))
			continue;
		*ret_value = c - first;
		if (strcmp(row->kind, "space") == 0)
			return CHAR_SPACE;
		return strcmp(row->kind, "decimal") == 0 ? CHAR_DECIMAL : CHAR_DIGIT;
	}
	return CHAR_OTHER;
}

/* The character at the start of `text`; what is not UTF-8 is one byte that Python keeps as a surrogate. */
static enum char_kind next_kind(struct bytes text, size_t *ret_n, unsigned *ret_value)
{
	uint32_t c = 0;
	size_t n = utf8_next(text.v, text.n, &c);

	*ret_n = n ? n : 1;
	return n ? kind_of(c, ret_value) : CHAR_OTHER;
}

static struct bytes behind(struct bytes text, size_t n)
{
	return (struct bytes){ text.v + n, text.n - n };
}

/* str.strip() */
static struct bytes stripped(struct bytes text)
{
	size_t n = 0, kept = 0;
	unsigned value;

	while (text.n && next_kind(text, &n, &value) == CHAR_SPACE)
		text = behind(text, n);
	for (size_t i = 0; i < text.n; i += n)
		if (next_kind(behind(text, i), &n, &value) != CHAR_SPACE)
			kept = i + n;
	text.n = kept;
	return text;
}

/* ---- one element of a list of numbers ---- */

/* Since Python 3.11 (and in late 3.7 to 3.10) int() refuses more digits. */
#define INT_DIGITS_MAX 4300
/* int() cuts what it quotes, quotation marks included. */
#define QUOTED_MAX 200

struct number {
	enum { NUMBER_NONE, NUMBER_MINUS, NUMBER_PLAIN, NUMBER_RAISES, NUMBER_OPEN } kind;
	const char *text; /* digits without leading zeros; of NUMBER_RAISES what int() was given */
};

/* The part of `text` that torch hands to int(): digits, and since 2.0 a sign in front. */
static size_t int_prefix(struct bytes text, enum torch_era era)
{
	size_t i = 0, n = 0;
	unsigned value;

	if (era == ERA_2 && text.n && (text.v[0] == '+' || text.v[0] == '-'))
		i = 1;
	for (; i < text.n; i += n) {
		enum char_kind kind = next_kind(behind(text, i), &n, &value);

		if (kind != CHAR_DECIMAL && kind != CHAR_DIGIT)
			break;
	}
	return i;
}

/* int() of such a part. */
static struct number int_of(struct bytes text, struct arena *a)
{
	bool minus = text.v[0] == '-', sign = minus || text.v[0] == '+';
	struct str digits = str_new(a, text.n + 2);
	size_t n = 0, count = 0;
	unsigned value = 0;

	for (size_t i = sign; i < text.n; i += n, count++) {
		if (next_kind(behind(text, i), &n, &value) != CHAR_DECIMAL)
			return (struct number){ NUMBER_RAISES, arena_strndup(a, text.v, text.n) };
		if (value > 0 || digits.n > 0)
			str_addf(&digits, "%u", value);
	}
	if (count == 0)
		return (struct number){ NUMBER_RAISES, arena_strndup(a, text.v, text.n) };
	if (count > INT_DIGITS_MAX)
		return (struct number){ NUMBER_OPEN, NULL };
	if (digits.n == 0)
		return (struct number){ NUMBER_PLAIN, "0" };
	return (struct number){ minus ? NUMBER_MINUS : NUMBER_PLAIN, str_text(&digits) };
}

static struct number number_of(struct bytes part, enum torch_era era, struct arena *a)
{
	struct bytes text = stripped(part);

	text.n = int_prefix(text, era);
	return text.n ? int_of(text, a) : (struct number){ NUMBER_NONE, NULL };
}

static bool holds(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

/* ---- the lists ---- */

static struct visible raises(struct arena *a, const char *given)
{
	const char *quoted = arena_fmt(a, "'%s'", given);
	struct bytes text = { quoted, strlen(quoted) };
	size_t at = 0, n = 0;
	unsigned value;

	for (size_t i = 0; i < QUOTED_MAX && at < text.n; i++, at += n)
		next_kind(behind(text, at), &n, &value);
	return (struct visible){ VISIBLE_RAISES,
				 { 0 },
				 arena_fmt(a, "invalid literal for int() with base 10: %.*s",
					   (int)at, quoted) };
}

/* 2.0: a list; what is no number ends it, and one that comes twice empties it. 1.13: a set, and nothing ends it. */
static struct visible numbers(const char *value, enum torch_era era, struct arena *a)
{
	struct visible v = { VISIBLE_NUMBERS, { 0 }, NULL };
	struct bytes part;

	for (size_t pos = 0; next_part(value, ',', &pos, &part);) {
		struct number number = number_of(part, era, a);
		bool again;

		if (number.kind == NUMBER_RAISES)
			return raises(a, number.text);
		if (number.kind == NUMBER_OPEN)
			return (struct visible){ VISIBLE_OPEN, { 0 }, NULL };
		if (number.kind != NUMBER_PLAIN && era == ERA_2)
			return v;
		if (number.kind != NUMBER_PLAIN)
			continue;
		again = holds(&v.entries, number.text);
		if (again && era == ERA_2)
			return (struct visible){ VISIBLE_NUMBERS, { 0 }, NULL };
		if (!again)
			PUSH(a, &v.entries, number.text);
	}
	return v;
}

static struct visible prefixes(const char *value, const char *prefix, struct arena *a)
{
	struct visible v = { VISIBLE_UUIDS, { 0 }, NULL };
	struct bytes part;

	for (size_t pos = 0; next_part(value, ',', &pos, &part);) {
		const char *text = arena_strndup(a, part.v, part.n);

		if (holds(&v.entries, text))
			return (struct visible){ VISIBLE_UUIDS, { 0 }, NULL };
		if (!starts_with(text, prefix))
			break;
		PUSH(a, &v.entries, text);
	}
	return v;
}

/* More GPUs than anybody has: torch's own constant. */
static struct visible all_of_them(struct arena *a)
{
	struct visible v = { VISIBLE_NUMBERS, { 0 }, NULL };

	for (int i = 0; i < 64; i++)
		PUSH(a, &v.entries, arena_fmt(a, "%d", i));
	return v;
}

struct visible torch_visible(const char *value, enum torch_era era, struct arena *a)
{
	if (!value)
		return all_of_them(a);
	if (era == ERA_2 && starts_with(value, "GPU-"))
		return prefixes(value, "GPU-", a);
	if (era == ERA_2 && starts_with(value, "MIG-"))
		return prefixes(value, "MIG-", a);
	return numbers(value, era, a);
}

/* ---- the count ---- */

static bool is_below(const char *number, size_t n)
{
	int64_t value;

	/* What is no int64 is larger than any index. */
	return parse_i64(number, &value) && (uint64_t)value < n;
}

static size_t count_numbers(const struct strlist *entries, enum torch_era era, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < entries->n; i++) {
		if (is_below(entries->v[i], n))
			count++;
		else if (era == ERA_2)
			break;
	}
	return count;
}

/* Exactly one UUID begins so: its place; else -1. */
static int ordinal_of(const char *prefix, const struct strlist *uuids)
{
	int found = -1;

	for (size_t i = 0; i < uuids->n; i++) {
		if (!starts_with(uuids->v[i], prefix))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

static size_t count_uuids(const struct strlist *entries, const struct strlist *uuids)
{
	for (size_t i = 0; i < entries->n; i++) {
		int ordinal = ordinal_of(entries->v[i], uuids);

		if (ordinal < 0)
			return i;
		for (size_t k = 0; k < i; k++)
			if (ordinal_of(entries->v[k], uuids) == ordinal)
				return 0;
	}
	return entries->n;
}

struct visible_count count_visible(const struct visible *v, enum torch_era era, size_t n,
				   const struct strlist *uuids)
{
	if (v->kind == VISIBLE_RAISES)
		return (struct visible_count){ COUNT_RAISES, 0 };
	if (v->kind == VISIBLE_OPEN)
		return (struct visible_count){ COUNT_OPEN, 0 };
	if (v->kind == VISIBLE_NUMBERS)
		return (struct visible_count){ COUNT_KNOWN, count_numbers(&v->entries, era, n) };
	if (v->entries.n == 0)
		return (struct visible_count){ COUNT_KNOWN, 0 };
	if (starts_with(v->entries.v[0], "MIG-"))
		return (struct visible_count){ COUNT_OF_RUNTIME, 0 };
	if (!uuids)
		return (struct visible_count){ COUNT_OPEN, 0 };
	return (struct visible_count){ COUNT_KNOWN, count_uuids(&v->entries, uuids) };
}
