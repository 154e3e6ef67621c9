// SPDX-License-Identifier: Apache-2.0
/* Facts to JSON and back, by the field table. A fact is {"v":…,"from":…}, {"absent":true,"from":…} or
 * {"unknown":"EACCES","from":…}; not looked at = no key. An incomplete list is unknown with a partial "v". */
#ifndef WHYCPU_FACTS_FACTS_JSON_H
#define WHYCPU_FACTS_FACTS_JSON_H

#include <jansson.h>

#include "facts/facts.h"

/* All groups that hold a fact, and "hangs" if there are any. New reference. */
json_t *facts_dump(const struct facts *f);
/* One collector's group. NULL if there is no such group. New reference. */
json_t *facts_dump_group(const struct facts *f, const char *group);
/* Strict: an unknown key, a wrong type, a fact without `from` refuses the whole group, which is left as it was; *ret_why
 * says where and what. Texts are copied into the arena. */
bool facts_load_group(struct facts *f, const char *group, const json_t *json, struct arena *a,
		      const char **ret_why);

#endif
