// SPDX-License-Identifier: Apache-2.0
/* Findings of the linter as JSON: from the process that read the code to the one that answers, and for programs. */
#ifndef WHYCPU_FACTS_FINDING_JSON_H
#define WHYCPU_FACTS_FINDING_JSON_H

#include <jansson.h>

#include "facts/report.h"

/* {"file", "line", "column", "end_line", "end_column", "excerpt"}, and "cell" in a notebook. New reference. */
json_t *location_dump(const struct location *l);
/* Strict, as finding_load. */
bool location_load(const json_t *json, struct arena *a, struct location *ret);
/* {"at": place, "text"} each. New reference. */
json_t *way_dump(const struct finding *f);
/* {"start", "end", "at": place, "text", "applies"} each. New reference. */
json_t *edits_dump(const struct finding *f);
/* What a finding of lint is, but for role and order. New reference. */
json_t *finding_dump(const struct finding *f);
/* Strict: NULL if anything is missing, of another type or out of range. Texts are copied into the arena. */
struct finding *finding_load(const json_t *json, struct arena *a);

#endif
