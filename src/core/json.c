// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static void *must_malloc(size_t n)
{
	void *memory = malloc(n);

	if (!memory) {
		static const char message[] = "whycpu: out of memory.\n";

		(void)!write(STDERR_FILENO, message, sizeof message - 1);
		_exit(70);
	}
	return memory;
}

void json_setup(void)
{
	size_t seed = 0;

	/* GRND_NONBLOCK: early at boot a fixed seed is better than waiting. */
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0 || !seed)
		seed = 1;
	json_object_seed(seed);
	json_set_alloc_funcs(must_malloc, free);
}

json_t *json_text(const char *s)
{
	json_t *text = json_string(s);

	if (text)
		return text;

	struct arena *a = arena_new();

	text = json_string(esc(a, s));
	arena_free(a);
	return text;
}

void json_put_text(json_t *object, const char *key, const char *s)
{
	if (s)
		json_object_set_new(object, key, json_text(s));
}

json_t *json_parse_line(const char *line, size_t n, const char **ret_why, struct arena *a)
{
	json_error_t error;
	json_t *value = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error);

	if (value && json_is_object(value))
		return value;
	*ret_why = value ? "no object" : arena_strdup(a, error.text);
	json_decref(value);
	return NULL;
}

const char *json_get_text(const json_t *object, const char *key, struct arena *a)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? arena_strdup(a, json_string_value(value)) : NULL;
}
