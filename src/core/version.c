// SPDX-License-Identifier: Apache-2.0
/* The order of PEP 440 as far as releases of torch, CUDA and drivers need it. */
#include "core/version.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at *at, which then stands behind it and a dot before another number. Too large ones are all alike. */
static int64_t next_number(const char **at)
{
	int64_t number = 0;

	for (; is_digit(**at); ++*at)
		if (number < INT64_MAX / 100)
			number = 10 * number + (**at - '0');
	if (**at == '.' && is_digit((*at)[1]))
		++*at;
	return number;
}

int64_t version_major(const char *version, int64_t *ret_minor)
{
	int64_t major = next_number(&version), minor = next_number(&version);

	if (ret_minor)
		*ret_minor = minor;
	return major;
}

static int sign(int64_t difference)
{
	return difference < 0 ? -1 : difference > 0;
}

int version_compare(const char *a, const char *b)
{
	while (is_digit(*a) || is_digit(*b)) {
		int64_t x = next_number(&a), y = next_number(&b);

		if (x != y)
			return x < y ? -1 : 1;
	}

	size_t n = strcspn(a, "+"), m = strcspn(b, "+");

	/* Nothing behind the numbers is the release itself, the last of its kind. */
	if (!n || !m)
		return (n == 0) - (m == 0);

	int by_text = strncmp(a, b, n < m ? n : m);

	return by_text ? sign(by_text) : sign((int64_t)n - (int64_t)m);
}
