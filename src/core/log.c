// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include <unistd.h>

#include "core/str.h"

static void put_line(const char *prefix, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void put_line(const char *prefix, const char *fmt, va_list ap)
{
	struct arena *a = arena_new();
	char *line = arena_fmt(a, "%s%s\n", prefix, arena_vfmt(a, fmt, ap));
	size_t n = 0;

	for (; line[n]; n++)
		if ((unsigned char)line[n] < 0x20 || line[n] == 0x7f)
			line[n] = line[n + 1] ? '?' : '\n';
	(void)!write(STDERR_FILENO, line, n);
	arena_free(a);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("whycpu: ", fmt, ap);
	va_end(ap);
}

void log_trace(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
}
