// SPDX-License-Identifier: Apache-2.0
/* Which of the packages that training scripts import are on no folder of sys.path? Reads names in folders, each folder once. It
 * cannot know what an archive on the path holds, nor what an import hook brings. */
#include "collect/pymodules.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "facts/fact.h"
#include "facts/import_package.h"

/* A link that leads nowhere is no module for Python either; asked twice, as below. */
static bool leads_nowhere(struct sys *s, const char *path)
{
	struct sys_stat st;
	int err = sys_stat(s, path, &st);

	return (err == -ENOENT || err == -ELOOP) && sys_stat(s, path, &st) == err;
}

bool pymodules_named(struct sys *s, const char *dir, const struct strlist *names,
		     const char *module)
{
	size_t n = strlen(module);

	for (size_t i = 0; i < names->n; i++)
		if (strncmp(names->v[i], module, n) == 0 &&
		    (!names->v[i][n] || names->v[i][n] == '.') &&
		    !leads_nowhere(s, path_join(sys_arena(s), dir, names->v[i])))
			return true;
	return false;
}

/* What this user may not list is empty for Python; asked twice, because a wrong "no" would accuse the installation. */
static bool is_empty_for_python(struct sys *s, const char *dir, int err)
{
	return err == -ENOENT || (err == -EACCES && sys_access(s, dir, R_OK) == -EACCES &&
				  sys_access(s, dir, R_OK) == -EACCES);
}

/* What brings modules without their names in the folder: an editable install (setuptools' finder), an egg in one file. */
static const char *hidden_source(const struct strlist *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (ends_with(names->v[i], ".egg") || (starts_with(names->v[i], "__editable___") &&
						       ends_with(names->v[i], "_finder.py")))
			return names->v[i];
	return NULL;
}

/* Takes out of `absent` what lies in `dir`. */
static void look_in(struct sys *s, const char *dir, struct fact_strs *absent)
{
	struct strlist names = { 0 }, left = { 0 };
	int err = sys_list(s, dir, &names);

	if (is_empty_for_python(s, dir, err))
		return;
	if (err && absent->st != UNKNOWN)
		fact_list_state(&absent->st, &absent->from, &absent->why, err, dir);
	if (!err && hidden_source(&names) && absent->st == PRESENT) {
		absent->st = UNKNOWN;
		absent->from = path_join(sys_arena(s), dir, hidden_source(&names));
		absent->why = "may bring any module";
	}
	for (size_t i = 0; i < absent->v.n; i++)
		if (!pymodules_named(s, dir, &names, absent->v.v[i]))
			PUSH(sys_arena(s), &left, absent->v.v[i]);
	absent->v = left;
}

void pymodules_look(struct sys *s, struct python *py)
{
	struct fact_strs *absent = &py->absent_modules;

	for (size_t i = 0; i < n_import_package_table; i++)
		PUSH(sys_arena(s), &absent->v, import_package_table[i].module);
	*absent = (struct fact_strs){
		.st = py->path.st, .from = py->path.from, .why = py->path.why, .v = absent->v
	};
	if (py->first.st == PRESENT)
		look_in(s, py->first.v, absent);
	for (size_t i = 0; i < py->path.v.n; i++)
		look_in(s, py->path.v.v[i], absent);
}
