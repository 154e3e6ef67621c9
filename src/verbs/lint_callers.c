// SPDX-License-Identifier: Apache-2.0
/* Has library mode a right to assume a caller on a GPU? Not if all callers that were read stay on the CPU: the finding is true
 * of nobody. The order in which the files were judged does not show. */
#include "verbs/lint_callers.h"

#include <stdlib.h>
#include <string.h>

#define CALLERS_MAX 1000000
#define CHAIN_MAX 8 /* callers of callers that are asked */

void callers_add(struct callers *c, const char *path, const char *line, struct arena *a)
{
	struct caller one = { 0 };

	if (strncmp(line, "cpu ", 4) == 0) {
		one.gives = CALLER_CPU;
	} else if (strncmp(line, "gpu ", 4) == 0) {
		one.gives = CALLER_GPU;
	} else if (strncmp(line, "arg ", 4) == 0 && strchr(line + 4, ' ')) {
		size_t n = (size_t)(strchr(line + 4, ' ') - line - 4);

		one.gives = CALLER_ARGUMENT;
		one.from = arena_fmt(a, "%s#%.*s", path, (int)n, line + 4);
		line += n + 1;
	} else {
		if (strncmp(line, "moves ", 6) == 0)
			PUSH(a, &c->moves, arena_strdup(a, line + 6));
		return;
	}
	one.key = arena_strdup(a, line + 4);
	if (c->v.n < CALLERS_MAX)
		PUSH(a, &c->v, one);
}

static int by_key(const void *left, const void *right)
{
	return strcmp(((const struct caller *)left)->key, ((const struct caller *)right)->key);
}

void callers_sort(struct callers *c)
{
	if (c->v.n > 1)
		qsort(c->v.v, c->v.n, sizeof *c->v.v, by_key);
}

static size_t first_of(const struct callers *c, const char *key)
{
	size_t low = 0, high = c->v.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->v.v[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct places {
	bool cpu, gpu;
};

static struct places places_of(const struct callers *c, const char *key, unsigned depth)
{
	struct places all = { 0 };

	for (size_t i = first_of(c, key); i < c->v.n && !all.gpu && strcmp(c->v.v[i].key, key) == 0;
	     i++) {
		struct places one = { .cpu = c->v.v[i].gives == CALLER_CPU,
				      .gpu = c->v.v[i].gives == CALLER_GPU };

		if (c->v.v[i].from && depth < CHAIN_MAX)
			one = places_of(c, c->v.v[i].from, depth + 1);
		all.cpu |= one.cpu;
		all.gpu |= one.gpu;
	}
	return all;
}

/* "data.masking.mask_some" for "mask_some /home/me/data/masking.py#7" */
static bool is_moved_later(const struct callers *c, const char *assumes)
{
	size_t n = strcspn(assumes, " ");
	const char *file = strrchr(assumes, '/');
	size_t stem = file ? strcspn(++file, ".") : 0;

	for (size_t i = 0; file && i < c->moves.n; i++) {
		const char *name = strrchr(c->moves.v[i], '.'), *from = c->moves.v[i];

		if (!name || strlen(name + 1) != n || strncmp(name + 1, assumes, n) != 0)
			continue;
		if ((size_t)(name - from) >= stem && strncmp(name - stem, file, stem) == 0 &&
		    ((size_t)(name - from) == stem || name[-(long)stem - 1] == '.'))
			return true;
	}
	return false;
}

bool callers_stay_on_cpu(const struct callers *c, const char *assumes)
{
	size_t name = strcspn(assumes, " ");
	struct places p = places_of(c, assumes + name + !!assumes[name], 0);

	return !p.gpu && (p.cpu || is_moved_later(c, assumes));
}
