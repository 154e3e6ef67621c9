// SPDX-License-Identifier: Apache-2.0
/* Which packages that torch requires are on no folder of sys.path? Only those are looked for without which the import fails in
 * some release (`pip install --no-deps torch`, a copied folder): where pip's record names them, or for apt's torch, where
 * dpkg lists its files (a rule knows from the release whether it needs them). Reads names in folders. It cannot know what a
 * folder's own code would say, nor what an import hook or an archive on the path brings. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/pymodules.h"
#include "collect/torch.h"
#include "facts/fact.h"

/* The package as a record names it, the module that it brings, and whose requirement it is (NULL: torch's own). */
static const struct need {
	const char *package, *module, *by;
} needs[] = {
	{ "typing-extensions", "typing_extensions", NULL },
	{ "sympy", "sympy", NULL },
	{ "mpmath", "mpmath", "sympy" },
};

/* "Requires-Dist: typing-extensions (>=4.8.0)"; what stands behind a semicolon is for some machines or extras only. */
static bool names_package(struct bytes text, const char *package)
{
	static const char key[] = "Requires-Dist: ";
	struct bytes line;
	size_t pos = 0, n = strlen(package);

	while (next_line(text, &pos, &line)) {
		const char *what = line.v + sizeof key - 1;
		size_t rest = line.n - (sizeof key - 1);

		if (line.n < sizeof key + n - 1 || memcmp(line.v, key, sizeof key - 1) != 0 ||
		    memcmp(what, package, n) != 0)
			continue;
		if ((rest == n || strchr(" (<>=~!", what[n])) && !memmem(what, rest, "extra", 5))
			return true;
	}
	return false;
}

/* 1: it is there, 0: it is not, else the error. What this user may not list is empty for Python; asked twice, because a wrong
 * "no" would accuse the installation. */
static int look_in(struct sys *s, const char *dir, const char *module)
{
	struct strlist names = { 0 };
	int err = sys_list(s, dir, &names);

	if (err == -EACCES && sys_access(s, dir, R_OK) == -EACCES &&
	    sys_access(s, dir, R_OK) == -EACCES)
		return 0;
	if (err == -ENOENT || err == -ENOTDIR)
		return 0;
	return err ? err : pymodules_named(s, dir, &names, module);
}

static bool is_on_path(struct sys *s, const struct python *py, const char *module, const char *site,
		       struct fact_strs *out)
{
	int found = look_in(s, site, module);
	const char *where = site;

	for (size_t i = 0; found == 0 && i < py->path.v.n; i++) {
		where = py->path.v.v[i];
		found = look_in(s, where, module);
	}
	if (found == 0 && py->first.st == PRESENT) {
		where = py->first.v;
		found = look_in(s, where, module);
	}
	if (found < 0 && out->st != UNKNOWN)
		fact_list_state(&out->st, &out->from, &out->why, found, where);
	return found != 0;
}

static void look_for_needs(struct sys *s, const struct python *py, struct torch *t,
			   struct bytes *record)
{
	struct fact_strs *out = &t->missing_needs;
	const char *site = path_dirname(sys_arena(s), t->dir.v);

	if (py->path.st != PRESENT)
		*out = (struct fact_strs){ .st = UNKNOWN,
					   .from = py->path.from,
					   .why = py->path.why ? py->path.why : "?" };
	for (size_t i = 0; out->st == PRESENT && i < sizeof needs / sizeof *needs; i++) {
		const char *required = needs[i].by ? needs[i].by : needs[i].package;

		if (record && !names_package(*record, required))
			continue;
		if (!is_on_path(s, py, needs[i].module, site, out))
			PUSH(sys_arena(s), &out->v, needs[i].module);
	}
}

void torch_look_at_needs(struct sys *s, const struct python *py, struct torch *t)
{
	struct fact_strs *out = &t->missing_needs;
	bool is_pips = t->metadata.st == PRESENT && ends_with(t->metadata.v, ".dist-info");
	bool is_dpkgs = !is_pips && t->missing_files.st == PRESENT;
	const char *file = is_pips ? path_join(sys_arena(s), t->metadata.v, "METADATA") : t->dir.v;
	struct bytes text;
	int err = 0;

	/* A running process has imported it, whatever lies there now. */
	if ((!is_pips && !is_dpkgs) || py->pid.st == PRESENT)
		return;
	if (is_pips)
		err = sys_read(s, file, &text);
	fact_list_state(&out->st, &out->from, &out->why, err, file);
	if (!err)
		look_for_needs(s, py, t, is_pips ? &text : NULL);
}
