// SPDX-License-Identifier: Apache-2.0
/* Which file does the dynamic loader take for a name that one library asks for? glibc's order: DT_RPATH of the library and
 * of those that brought it (not of one that has DT_RUNPATH), then the program's, LD_LIBRARY_PATH, DT_RUNPATH of the library
 * itself, ld.so.cache, the default folders. A file for another machine is passed over without a word; what is no ELF file
 * ends the search. Not followed: the glibc-hwcaps folders, which no library of torch's or the driver's uses. */
#include "collect/ldsearch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/ldso.h"
#include "facts/fact.h"

#define DIRS_MAX 200
#define CHAIN_MAX 64

/* A folder as it was written, and as it is. */
struct folder {
	const char *raw, *real; /* real NULL: there is none */
	struct strlist names;
	int err; /* the list could not be read: each name is tried */
};

struct ld_search {
	struct sys *sys;
	const char *machine;
	struct ld_object program;
	struct strlist library_path, last;
	struct bytes cache;
	bool has_cache, tried_cache;
	ARRAY(struct folder) folders;
	const char *why, *err_at; /* the first place that could not be read */
	const char *refused; /* in the search for this name: the first file that may not be read */
};

static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

/* A folder that this user may not enter is empty for the user's loader, too. Asked twice, because one wrong "no" here would
 * prove that a library is nowhere. */
static bool is_closed(struct ld_search *q, int err, const char *where)
{
	const char *dir = path_dirname(sys_arena(q->sys), where);

	return err == -EACCES && where[0] == '/' && sys_access(q->sys, dir, X_OK) == -EACCES &&
	       sys_access(q->sys, dir, X_OK) == -EACCES;
}

static void note_error(struct ld_search *q, int err, const char *where)
{
	if (!err || is_absent(err) || q->why || is_closed(q, err, where))
		return;
	q->why = sys_why(err);
	q->err_at = where;
}

const char *ld_doubt(const struct ld_search *q, const char **ret_where)
{
	if (q->why)
		*ret_where = q->err_at;
	return q->why;
}

/* ---- folders ---- */

static struct folder *folder_of(struct ld_search *q, const char *raw)
{
	struct folder folder = { .raw = raw };

	for (size_t i = 0; i < q->folders.n; i++)
		if (strcmp(q->folders.v[i].raw, raw) == 0)
			return &q->folders.v[i];
	folder.err = sys_realpath(q->sys, raw, &folder.real);
	if (!folder.err)
		folder.err = sys_list(q->sys, folder.real, &folder.names);
	if (is_absent(folder.err))
		folder = (struct folder){ .raw = raw };
	PUSH(sys_arena(q->sys), &q->folders, folder);
	return &q->folders.v[q->folders.n - 1];
}

int ld_names(struct ld_search *q, const char *dir, const struct strlist **ret_names)
{
	struct folder *folder = folder_of(q, dir);

	note_error(q, folder->err, dir);
	*ret_names = &folder->names;
	return folder->err;
}

static bool has_name(const struct strlist *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* ---- files ---- */

/* The loader's two ways to say it: less than a header, or another magic. */
static struct ld_found give_up(struct ld_search *q, const char *path)
{
	struct sys_stat st;
	int err = sys_stat(q->sys, path, &st);
	bool is_short = !err && st.size_bytes < 64;

	return (struct ld_found){ .path = fact_str_unknown(
					  is_short ? "file too short" : "invalid ELF header", path),
				  .fatal = !err };
}

static struct ld_found take(const char *path, const struct sys_elf *elf, bool has_header)
{
	return (struct ld_found){ .path = fact_str(0, path, path),
				  .elf = *elf,
				  .has_header = has_header };
}

/* The file itself may not be read. A search goes on behind it (glibc's open_path), and says at the end that there is no such
 * file; who asks for the path itself is told the truth. Asked twice, as above. */
static bool is_refused(struct ld_search *q, int err, const char *path)
{
	return err == -EACCES && sys_access(q->sys, path, R_OK) == -EACCES &&
	       sys_access(q->sys, path, R_OK) == -EACCES;
}

static struct ld_found open_file(struct ld_search *q, const char *path)
{
	struct ld_found none = { .path = fact_str(-ENOENT, NULL, path) };
	struct sys_elf elf = { 0 };
	struct sys_stat st;
	int err = sys_elf(q->sys, path, &elf);

	if (!err && (elf.class != 64 ||
		     (q->machine && elf.machine && strcmp(elf.machine, q->machine) != 0)))
		return none;
	if (!err)
		return take(path, &elf, true);
	if (err == -ENOEXEC)
		return give_up(q, path);
	if (is_refused(q, err, path)) {
		q->refused = q->refused ? q->refused : path;
		return (struct ld_found){ .path = fact_str_unknown(LD_REFUSED, path) };
	}
	/* Of a case without the header it is known that the file is there. */
	if (err == -SYS_E_NOT_RECORDED)
		err = sys_stat(q->sys, path, &st);
	if (!err)
		return take(path, &(struct sys_elf){ 0 }, false);
	note_error(q, err, path);
	return none;
}

/* Behind a place that could not be read nothing is proved to be nowhere, and no bad file is proved to be reached. */
static struct ld_found settle(struct ld_search *q, struct ld_found found, const char *way)
{
	found.way = way;
	if (q->why && found.path.st != PRESENT) {
		found.path = fact_str_unknown(q->why, q->err_at);
		found.fatal = false;
	}
	return found;
}

struct ld_found ld_open(struct ld_search *q, const char *path)
{
	struct ld_found found;

	q->refused = NULL;
	found = open_file(q, path);
	found.fatal = found.fatal ||
		      (found.path.st == UNKNOWN && strcmp(found.path.why, LD_REFUSED) == 0);
	return settle(q, found, NULL);
}

static bool is_settled(const struct ld_found *found)
{
	return found->path.st == PRESENT || found->fatal;
}

/* One folder of a DT_RPATH or DT_RUNPATH: few, and each is asked for many names. */
static struct ld_found in_folder(struct ld_search *q, const char *raw, const char *name)
{
	struct folder *folder = folder_of(q, raw);

	note_error(q, folder->err, raw);
	if (!folder->real || (!folder->err && !has_name(&folder->names, name)))
		return (struct ld_found){ .path = fact_str(-ENOENT, NULL, raw) };

	struct ld_found found = open_file(q, path_join(sys_arena(q->sys), folder->real, name));

	/* The loader's own message, and the $ORIGIN of what is found, have the path as the entry gives it. */
	found.place = path_join(sys_arena(q->sys), folder->raw, name);
	if (found.fatal)
		found.path.from = found.place;
	return found;
}

/* $ORIGIN is the folder of the library that has the entry. */
static const char *expand(struct ld_search *q, struct bytes entry, const struct ld_object *owner)
{
	static const char *const forms[] = { "$ORIGIN", "${ORIGIN}" };
	struct arena *a = sys_arena(q->sys);
	const char *text = arena_strndup(a, entry.v, entry.n);

	for (size_t i = 0; i < 2; i++)
		if (starts_with(text, forms[i]))
			return arena_fmt(a, "%s%s",
					 path_dirname(a, owner->place ? owner->place : owner->path),
					 text + strlen(forms[i]));
	return text[0] == '/' ? text : NULL;
}

static struct ld_found in_list(struct ld_search *q, const char *list, const struct ld_object *owner,
			       const char *name)
{
	struct ld_found found = { .path = { .st = ABSENT } };
	struct bytes entry;
	size_t pos = 0, n = 0;

	while (!is_settled(&found) && next_part(list, ':', &pos, &entry) && n++ < DIRS_MAX) {
		const char *dir = expand(q, entry, owner);

		if (dir)
			found = in_folder(q, dir, name);
	}
	return found;
}

/* ---- the ways ---- */

static struct ld_found by_rpath(struct ld_search *q, const struct ld_object *by, const char *name)
{
	struct ld_found found = { .path = { .st = ABSENT } };
	size_t depth = 0;

	if (by->elf.runpath)
		return found;
	for (const struct ld_object *o = by; o && depth < CHAIN_MAX; o = o->loader, depth++) {
		if (o->elf.rpath && !o->elf.runpath)
			found = in_list(q, o->elf.rpath, o, name);
		if (is_settled(&found))
			return found;
	}
	if (q->program.elf.rpath && !q->program.elf.runpath)
		found = in_list(q, q->program.elf.rpath, &q->program, name);
	return found;
}

/* Large folders, asked for few names. */
static struct ld_found in_dirs(struct ld_search *q, const struct strlist *dirs, const char *name)
{
	struct ld_found found = { .path = { .st = ABSENT } };

	for (size_t i = 0; i < dirs->n && !is_settled(&found); i++)
		found = open_file(q, path_join(sys_arena(q->sys), dirs->v[i], name));
	return found;
}

static struct ld_found by_runpath(struct ld_search *q, const struct ld_object *by, const char *name)
{
	if (!by->elf.runpath)
		return (struct ld_found){ .path = { .st = ABSENT } };
	return in_list(q, by->elf.runpath, by, name);
}

/* Without a cache the folders that it is made of are searched: a case has none. */
static void open_cache(struct ld_search *q)
{
	struct arena *a = sys_arena(q->sys);
	int err = sys_read(q->sys, "/etc/ld.so.cache", &q->cache);

	q->tried_cache = true;
	q->has_cache = !err;
	note_error(q, err, "/etc/ld.so.cache");
	if (err)
		note_error(q, ldso_conf_dirs(q->sys, &q->last), "/etc/ld.so.conf");
	ldso_default_dirs(a, q->machine, &q->last);
}

static struct ld_found by_cache(struct ld_search *q, const char *name)
{
	struct ld_found found = { .path = { .st = ABSENT } };
	struct strlist paths = { 0 };

	if (!q->tried_cache)
		open_cache(q);
	if (!q->has_cache)
		return found;
	note_error(q, ldso_cache_parse(sys_arena(q->sys), q->cache, q->machine, name, &paths),
		   "/etc/ld.so.cache");
	for (size_t i = 0; i < paths.n && !is_settled(&found); i++)
		found = open_file(q, paths.v[i]);
	return found;
}

struct ld_found ld_find(struct ld_search *q, const struct ld_object *by, const char *name)
{
	static const char *const ways[] = { "rpath", "LD_LIBRARY_PATH", "runpath", "cache",
					    "default" };
	struct ld_found found = { .path = { .st = ABSENT } };

	q->refused = NULL;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		found = i == 0   ? by_rpath(q, by, name)
			: i == 1 ? in_dirs(q, &q->library_path, name)
			: i == 2 ? by_runpath(q, by, name)
			: i == 3 ? by_cache(q, name)
				 : in_dirs(q, &q->last, name);
		if (is_settled(&found))
			return settle(q, found, ways[i]);
	}
	found = (struct ld_found){ .path = fact_str(-ENOENT, NULL, by->path),
				   .refused = q->refused };
	return settle(q, found, NULL);
}

/* ---- the process ---- */

/* Empty and relative entries begin at the current folder, $ORIGIN at the program's. */
static void add_library_dir(struct ld_search *q, const char *entry)
{
	struct arena *a = sys_arena(q->sys);
	const char *cwd = NULL;

	if (strchr(entry, '$') && q->program.path)
		entry = expand(q, (struct bytes){ entry, strlen(entry) }, &q->program);
	if (!entry || strchr(entry, '$'))
		return;
	if (entry[0] != '/') {
		int err = sys_cwd(q->sys, &cwd);

		note_error(q, err, "call:getcwd");
		if (err)
			return;
		entry = entry[0] ? path_join(a, cwd, entry) : cwd;
	}
	PUSH(a, &q->library_path, entry);
}

/* Of a mounted disk it is asked what happens when no variable interferes. */
static void take_library_path(struct ld_search *q, const struct fact_str *variable)
{
	struct arena *a = sys_arena(q->sys);
	struct bytes part;
	size_t pos = 0;

	if (variable->st == UNKNOWN && strcmp(variable->why, sys_why(-SYS_E_NOT_RECORDED)) != 0 &&
	    !q->why) {
		q->why = variable->why;
		q->err_at = variable->from;
	}
	if (variable->st != PRESENT || !variable->v[0])
		return;

	char *value = arena_strdup(a, variable->v);

	/* A semicolon divides, too. */
	for (char *c = strchr(value, ';'); c; c = strchr(c, ';'))
		*c = ':';
	while (next_part(value, ':', &pos, &part) && q->library_path.n < DIRS_MAX)
		add_library_dir(q, arena_strndup(a, part.v, part.n));
}

/* $ORIGIN of a program is the folder of the real file. A case need not hold its header, and a script has none. */
static void take_program(struct ld_search *q, const char *exe)
{
	const char *real = exe;
	int err = sys_realpath(q->sys, exe, &real);

	if (!err)
		err = sys_elf(q->sys, real, &q->program.elf);
	if (!err)
		q->program.path = real;
	else
		q->program.elf = (struct sys_elf){ 0 };
	if (err != -SYS_E_NOT_RECORDED && err != -ENOEXEC)
		note_error(q, err, real);
}

struct ld_search *ld_search_new(struct sys *s, const struct facts *f)
{
	struct ld_search *q = arena_alloc(sys_arena(s), sizeof *q);
	const struct fact_str *exe = &f->python.exe;

	q->sys = s;
	q->machine = f->platform.machine.st == PRESENT ? f->platform.machine.v : NULL;
	if (exe->st == PRESENT)
		take_program(q, exe->v);
	take_library_path(q, &f->env.ld_library_path);
	return q;
}
