// SPDX-License-Identifier: Apache-2.0
/* Is the installed kernel module the open or the proprietary one? A module that refuses to load says nothing of itself, and
 * its file is mostly compressed: the name of its package tells, in Debian and Ubuntu. It cannot read the data bases of
 * other package managers, nor know what came by NVIDIA's .run file. */
#include "collect/drvpkg.h"

#include <errno.h>
#include <string.h>

#include "facts/fact.h"

#define STATUS "/var/lib/dpkg/status"

static bool is_module_package(const char *name)
{
	static const char *const prefixes[] = {
		"nvidia-dkms-",            /* Ubuntu */
		"linux-modules-nvidia-",   /* Ubuntu, built for one kernel */
		"nvidia-kernel-dkms",      /* Debian; NVIDIA's own */
		"nvidia-open-kernel-dkms", /* Debian */
		"nvidia-kernel-open-dkms", /* NVIDIA's own */
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (starts_with(name, prefixes[i]))
			return true;
	return false;
}

/* "Package: NAME", then "Status: install ok installed" in the same paragraph. */
static void find_modules(struct arena *a, struct bytes text, const char **ret_open,
			 const char **ret_other)
{
	struct bytes line;
	const char *name = "";
	size_t pos = 0;

	while (next_line(text, &pos, &line)) {
		if (line.n > 9 && memcmp(line.v, "Package: ", 9) == 0)
			name = arena_strndup(a, line.v + 9, line.n - 9);
		if (line.n < 9 || memcmp(line.v, "Status: ", 8) != 0 || !is_module_package(name) ||
		    !ends_with(arena_strndup(a, line.v, line.n), " installed"))
			continue;
		*(strstr(name, "-open") ? ret_open : ret_other) = name;
	}
}

struct fact_str drvpkg_module(struct sys *s)
{
	const char *open = NULL, *other = NULL;
	struct bytes text = { 0 };
	int err = sys_read(s, STATUS, &text);

	if (err)
		return fact_str(err, NULL, STATUS);
	find_modules(sys_arena(s), text, &open, &other);
	if (open && other)
		return fact_str_unknown("two packages", STATUS);
	return fact_str(open || other ? 0 : -ENOENT, open ? "open" : "proprietary", STATUS);
}
