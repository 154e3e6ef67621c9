// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include <unistd.h>

#include "core/str.h"

void log_error(const char *fmt, ...)
{
	struct arena *a = arena_new();
	va_list ap;

	va_start(ap, fmt);

	char *line = arena_fmt(a, "whycpu: %s\n", arena_vfmt(a, fmt, ap));
	size_t n = 0;

	va_end(ap);
	for (; line[n]; n++)
		if ((unsigned char)line[n] < 0x20 || line[n] == 0x7f)
			line[n] = line[n + 1] ? '?' : '\n';
	(void)!write(STDERR_FILENO, line, n);
	arena_free(a);
}
