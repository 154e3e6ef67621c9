// SPDX-License-Identifier: Apache-2.0
/* The list of reporters: the name that --format takes, and who writes it. A new format is a file
 * and a row here; the first one is what a person gets who asks for nothing. */
#include "report/render.h"

#include <string.h>

const struct reporter *const reporters[] = {
	&reporter_text,
	&reporter_json,
	&reporter_prometheus,
};
const size_t n_reporters = sizeof reporters / sizeof reporters[0];

const struct reporter *reporter_find(const char *name)
{
	for (size_t i = 0; i < n_reporters; i++)
		if (strcmp(reporters[i]->name, name) == 0)
			return reporters[i];
	return NULL;
}
