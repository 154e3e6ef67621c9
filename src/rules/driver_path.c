// SPDX-License-Identifier: Apache-2.0
/* A wrong libcuda is found first: what has to be taken out of which path? By the way in which the loader finds it
 * (drvlib.libcuda.way). It cannot know where a shell sets its variables. */
#include "rules/driver_path.h"

#include <string.h>

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/machine.h"

bool libcuda_is_a_copy(const struct facts *f)
{
	const struct fact_str *way = &f->drvlib.libcuda.way;

	return libcuda_is_compat(f) ||
	       (way->st == PRESENT && !text_is(way, "cache") && !text_is(way, "default"));
}

static bool is_dir(struct bytes entry, const char *dir)
{
	while (entry.n > 1 && entry.v[entry.n - 1] == '/')
		entry.n--;
	return entry.n == strlen(dir) && memcmp(entry.v, dir, entry.n) == 0;
}

/* LD_LIBRARY_PATH without that folder; "" if nothing is left. */
static const char *path_without(struct arena *a, const char *value, const char *dir)
{
	struct str out = str_new(a, 64 * 1024);
	struct bytes entry;
	size_t pos = 0;

	while (next_part(value, ':', &pos, &entry)) {
		if (is_dir(entry, dir))
			continue;
		if (out.n > 0)
			str_add(&out, ":");
		str_addn(&out, entry.v, entry.n);
	}
	return str_text(&out);
}

static void fix_variable(const struct facts *f, struct report *r, struct finding *x)
{
	const char *dir = path_dirname(r->arena, f->drvlib.libcuda.path.v);
	const char *rest = f->env.ld_library_path.st == PRESENT
				   ? path_without(r->arena, f->env.ld_library_path.v, dir)
				   : "";
	const char *words = "for this shell; then take it out where LD_LIBRARY_PATH is set";

	if (rest[0])
		finding_fix(r, x, APPLIES_LIKELY, words, "export LD_LIBRARY_PATH=%s",
			    shell_word(r->arena, rest));
	else
		finding_fix(r, x, APPLIES_LIKELY, words, "unset LD_LIBRARY_PATH");
}

static void fix_system_path(const struct facts *f, struct report *r, struct finding *x)
{
	const char *dir = path_dirname(r->arena, f->drvlib.libcuda.path.v);

	if (fix_on_the_host(
		    f, r, x,
		    arena_fmt(r->arena,
			      "in the image: take %s out of /etc/ld.so.conf.d, then `ldconfig`",
			      dir)))
		return;
	finding_fix(r, x, APPLIES_LIKELY,
		    "take that folder out of the file that names it, then `sudo ldconfig`",
		    "grep -rn %s /etc/ld.so.conf /etc/ld.so.conf.d", shell_word(r->arena, dir));
}

void fix_take_libcuda_out(const struct facts *f, struct report *r, struct finding *x)
{
	const struct library *lib = &f->drvlib.libcuda;
	const char *path = lib->path.st == PRESENT ? shell_word(r->arena, lib->path.v) : NULL;

	if (text_is(&lib->way, "preload"))
		finding_fix(r, x, APPLIES_LIKELY, "for this shell; then where LD_PRELOAD is set",
			    "unset LD_PRELOAD");
	else if (text_is(&lib->way, "LD_LIBRARY_PATH"))
		fix_variable(f, r, x);
	else if (path && (text_is(&lib->way, "rpath") || text_is(&lib->way, "runpath")))
		finding_fix(r, x, APPLIES_LIKELY,
			    "move that copy away, so that the driver's own is found",
			    "mv %s /var/tmp/", path);
	else if (path)
		fix_system_path(f, r, x);
}
