// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include <string.h>
#include <unistd.h>

#include "core/str.h"

static void put_line(const char *prefix, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void put_line(const char *prefix, const char *fmt, va_list ap)
{
	struct arena *a = arena_new();
	const char *text = arena_vfmt(a, fmt, ap);
	struct str line = str_new(a, SIZE_MAX / 4);
	size_t n = strlen(text);

	str_add(&line, prefix);
	for (size_t i = 0; i < n;) {
		uint32_t cp = 0;
		size_t len = utf8_next(text + i, n - i, &cp);

		if (len && utf8_is_visible(cp))
			str_addn(&line, text + i, len);
		for (size_t k = 0; !len || (!utf8_is_visible(cp) && k < len); k++) {
			str_addf(&line, "\\x%02x", (unsigned char)text[i + k]);
			if (!len)
				break;
		}
		i += len ? len : 1;
	}
	str_add(&line, "\n");
	(void)!write(STDERR_FILENO, str_text(&line), line.n);
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
