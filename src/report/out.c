// SPDX-License-Identifier: Apache-2.0
/* setlocale would read files, and main touches no path: the character set is read from the variables instead. */
#include "report/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/errname.h"
#include "core/log.h"

int out_write(const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t done = write(STDOUT_FILENO, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EPIPE)
			return 0;
		if (done < 0) {
			log_error("cannot write the answer to standard output (%s).",
				  errno_name(errno));
			return -1;
		}
		text += done;
		n -= (size_t)done;
	}
	return 0;
}

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
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

void out_look(struct render_opts *o, const char *colour)
{
	struct winsize size;

	o->colour = wants_colour(colour);
	o->utf8 = says_utf8();
	o->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		o->columns = size.ws_col;
	o->home = getenv("HOME");
}
