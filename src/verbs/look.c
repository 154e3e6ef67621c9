// SPDX-License-Identifier: Apache-2.0
/* setlocale would read files, and main touches no path: the character set is read from the variables instead. */
#include "verbs/look.h"

#include <stdlib.h>
#include <string.h>

#include "report/out.h"

static bool says_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);

		if (value && value[0])
			return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}

static bool wants_colour(const char *colour)
{
	const char *force = getenv("FORCE_COLOR"), *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (colour && strcmp(colour, "auto") != 0)
		return strcmp(colour, "always") == 0;
	if (no && no[0])
		return false;
	if (force && force[0])
		return strcmp(force, "0") != 0;
	return out_columns() && term && strcmp(term, "dumb") != 0;
}

void look_at_screen(struct render_opts *o, const char *colour)
{
	unsigned columns = out_columns();

	o->colour = wants_colour(colour);
	o->utf8 = says_utf8();
	o->columns = columns >= 20 ? columns : 80;
}
