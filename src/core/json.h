// SPDX-License-Identifier: Apache-2.0
/* The few things that jansson does not do as we need them. Call json_setup() once, before the first object. */
#ifndef WHYCPU_CORE_JSON_H
#define WHYCPU_CORE_JSON_H

#include <jansson.h>

#include "core/str.h"

/* Seeds jansson without a file (it would open /dev/urandom, which may hang) and makes out-of-memory end the run. */
void json_setup(void);
/* A string that never vanishes: what is not UTF-8 is escaped first (json_string would return NULL). */
json_t *json_text(const char *s);
/* Sets `key`; NULL text sets nothing. */
void json_put_text(json_t *object, const char *key, const char *s);
/* One line of JSON, ASCII only, or NULL with a reason: duplicate keys, depth, bad syntax, or no object. */
json_t *json_parse_line(const char *line, size_t n, const char **ret_why, struct arena *a);
/* The string at `key` copied into the arena, or NULL if it is missing or no string. */
const char *json_get_text(const json_t *object, const char *key, struct arena *a);

#endif
