// SPDX-License-Identifier: Apache-2.0
/* Which Python does the user mean? The one of --pid or --python; else that of the first line of SCRIPT.py; else the parent
 * process if that is a Python (`!whycpu` in a notebook); else `python`, then `python3`, on PATH. Nothing is run: a shim of
 * pyenv is followed by its rules, any other script on that name is reported as such, because what it starts cannot be
 * known. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/pyenv.h"
#include "collect/pymodules.h"
#include "collect/pyparent.h"
#include "collect/pypath.h"
#include "collect/pypid.h"
#include "collect/pyscript.h"
#include "collect/which.h"
#include "facts/fact.h"

enum what { IS_PYTHON, IS_SHIM, IS_OTHER, IS_NOTHING, CANNOT_SAY };

struct look {
	enum what what;
	int err;           /* with CANNOT_SAY */
	const char *words; /* with IS_OTHER and IS_NOTHING: what it is instead */
	struct bytes head; /* with IS_SHIM: how it begins */
	const char *path;  /* what was looked at last */
};

static struct look other(const char *words)
{
	return (struct look){ .what = IS_OTHER, .words = words };
}

static struct look cannot_say(int err)
{
	return (struct look){ .what = CANNOT_SAY, .err = err };
}

/* A venv made with copies calls it `python`; a link of any name leads to python3.11. */
static bool is_named_python(struct sys *s, const char *path)
{
	const char *real = NULL;

	return is_python_name(sys_realpath(s, path, &real) == 0 ? real : path);
}

static bool needs_libpython(const struct sys_elf *elf)
{
	for (size_t i = 0; i < elf->needed.n; i++) {
		if (starts_with(elf->needed.v[i], "libpython") ||
		    starts_with(elf->needed.v[i], "libpypy"))
			return true;
	}
	return false;
}

static struct look look_at_program(struct sys *s, const char *path)
{
	struct sys_elf elf;

	if (is_named_python(s, path))
		return (struct look){ .what = IS_PYTHON };

	int err = sys_elf(s, path, &elf);

	if (err)
		return err == -ENOEXEC ? other("a damaged program") : cannot_say(err);
	if (needs_libpython(&elf))
		return (struct look){ .what = IS_PYTHON };
	return other("a program, but not a Python");
}

/* A recorded machine holds no binaries: the file is empty, and its size or its ELF header may be known apart. */
static struct look look_at_empty(struct sys *s, const char *path, const struct sys_stat *st)
{
	struct sys_elf elf;
	int err = sys_elf(s, path, &elf);

	if (!err)
		return look_at_program(s, path);
	if (err == -ENOEXEC && !st->size_bytes)
		return other("an empty file");
	return is_named_python(s, path) ? (struct look){ .what = IS_PYTHON } : cannot_say(err);
}

static struct look look_at_content(struct sys *s, const char *path, const struct sys_stat *st)
{
	struct bytes head = { "", 0 };
	int err = sys_head(s, path, 4096, &head);

	/* A program may be executable and not readable (mode 0711). */
	if (err == -EACCES && is_named_python(s, path))
		return (struct look){ .what = IS_PYTHON };
	if (err)
		return cannot_say(err);
	if (!head.n)
		return look_at_empty(s, path, st);
	if (head.n >= 4 && memcmp(head.v, "\177ELF", 4) == 0)
		return look_at_program(s, path);
	if (pyenv_is_shim(head))
		return (struct look){ .what = IS_SHIM, .head = head };
	if (starts_with(head.v, "#!"))
		return other("a script");
	if (starts_with(head.v, "MZ"))
		return other("a Windows program");
	return other(memchr(head.v, 0, head.n) ? "a data file" : "a text file");
}

static struct look look_at_missing(struct sys *s, const char *path, int err)
{
	struct sys_stat st;

	if (err == -ELOOP)
		return other("links that lead in a circle");
	if (err != -ENOENT && err != -ENOTDIR && err != -ENAMETOOLONG)
		return cannot_say(err);

	bool dangling = sys_lstat(s, path, &st) == 0 && st.kind == SYS_LINK;

	return (struct look){ .what = IS_NOTHING,
			      .words = dangling ? "a link to nothing" : "does not exist" };
}

static const char *kind_words(enum sys_kind kind)
{
	switch (kind) {
	case SYS_DIR:
		return "a folder";
	case SYS_CHAR:
	case SYS_BLOCK:
		return "a device";
	case SYS_FIFO:
		return "a pipe";
	case SYS_SOCKET:
		return "a socket";
	default:
		return "no file";
	}
}

static struct look look_at_file(struct sys *s, const char *path)
{
	struct sys_stat st;
	int err = sys_stat(s, path, &st);

	if (err)
		return look_at_missing(s, path, err);
	if (st.kind == SYS_KIND_UNKNOWN)
		return cannot_say(-SYS_E_NOT_RECORDED);
	if (st.kind != SYS_FILE)
		return other(kind_words(st.kind));

	struct look look = look_at_content(s, path, &st);

	if (look.what != IS_PYTHON && look.what != IS_SHIM)
		return look;
	if (!(st.mode & 0111))
		return other("not executable");
	err = sys_access(s, path, X_OK);
	return err ? cannot_say(err) : look;
}

static struct look look_at(struct sys *s, const char *path)
{
	struct look look = look_at_file(s, path);

	look.path = path;
	return look;
}

/* The system's Python as pyenv finds it: the next of that name on PATH that is no shim. */
static int find_behind_shims(struct sys *s, const char *name, const char **ret_path)
{
	struct which walk;
	int err = which_start(s, name, &walk);

	while (!err) {
		err = which_next(&walk, ret_path);
		if (err || look_at(s, *ret_path).what != IS_SHIM)
			return err;
	}
	return err;
}

/* What is at `path`, or behind it if it is a shim. */
static struct look settle(struct sys *s, const char *path)
{
	struct look look = look_at(s, path);
	const char *exe = path;

	if (look.what != IS_SHIM)
		return look;

	int err = pyenv_resolve(s, path, look.head, &exe);

	if (err == PYENV_SYSTEM)
		err = find_behind_shims(s, path_basename(path), &exe);
	if (!err)
		return look_at(s, exe);
	look.what = err == -ENOENT ? IS_NOTHING : CANNOT_SAY;
	look.err = err;
	look.words = "a pyenv shim with no Python behind it";
	return look;
}

static void record(struct python *py, const char *chosen, const char *from, const char *asked)
{
	py->chosen = fact_str(0, chosen, from);
	py->asked = fact_str(0, asked, from);
}

static void record_exe(struct python *py, const struct look *look)
{
	switch (look->what) {
	case IS_PYTHON:
		py->exe = fact_str(0, look->path, look->path);
		break;
	case CANNOT_SAY:
		py->exe = fact_str_unknown(sys_why(look->err), look->path);
		break;
	default:
		py->exe = fact_str_unknown(look->words, look->path);
	}
}

static bool is_environment(struct sys *s, const char *path)
{
	struct sys_stat st;

	return sys_stat(s, path_join(sys_arena(s), path, "pyvenv.cfg"), &st) == 0 ||
	       sys_stat(s, path_join(sys_arena(s), path, "conda-meta"), &st) == 0;
}

/* A name without a slash is an environment here ("env" is also a command), else a command, else a file or folder. */
static int find_asked(struct sys *s, const char *typed, const char **ret_path)
{
	struct which walk;

	if (which_absolute(s, typed, ret_path) == 0 && is_environment(s, *ret_path))
		return 0;
	if (!strchr(typed, '/')) {
		int err = which_start(s, typed, &walk);

		if (!err)
			err = which_next(&walk, ret_path);
		if (err != -ENOENT)
			return err;
	}
	return which_absolute(s, typed, ret_path);
}

/* The folder of an environment stands for the Python in it. */
static struct look settle_folder(struct sys *s, const char *dir)
{
	static const char *const names[] = { "bin/python", "bin/python3" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct look look = settle(s, path_join(sys_arena(s), dir, names[i]));

		if (look.what != IS_NOTHING)
			return look;
	}

	struct look none = other("a folder without bin/python");

	none.path = dir;
	return none;
}

static void choose_asked(struct sys *s, const char *wish, struct python *py)
{
	const char *typed = esc(sys_arena(s), wish), *path = typed;
	int err = find_asked(s, typed, &path);
	struct sys_stat st;
	struct look look = cannot_say(err);

	look.path = path;
	record(py, "--python", "call:argv", path);
	if (!typed[0])
		look = (struct look){ .what = IS_NOTHING, .words = "an empty name", .path = typed };
	else if (!err && sys_stat(s, path, &st) == 0 && st.kind == SYS_DIR)
		look = settle_folder(s, path);
	else if (!err)
		look = settle(s, path);
	else if (err == -ENOENT)
		look = (struct look){ .what = IS_NOTHING,
				      .words = "the current folder is gone",
				      .path = typed };
	if (look.what == IS_OTHER || look.what == IS_NOTHING)
		py->problem = fact_str(0, look.words, look.path);
	else if (look.what == CANNOT_SAY)
		py->problem = fact_str_unknown(sys_why(look.err), look.path);
	else
		py->problem = fact_str(-ENOENT, NULL, look.path);
	record_exe(py, &look);
}

/* False if the parent is no Python. */
static bool choose_parent(struct sys *s, struct python *py)
{
	struct look look = { .what = IS_PYTHON };
	const char *from = NULL;
	int err = pyparent_find(s, &look.path, &from);

	if (err == -ENOENT)
		return false;
	if (err) {
		py->chosen = fact_str_unknown(sys_why(err), from);
		py->exe = fact_str_unknown(sys_why(err), from);
		return true;
	}
	/* It runs: no need to ask what kind of file it is. */
	record(py, "parent process", from, look.path);
	record_exe(py, &look);
	return true;
}

/* Nobody means a Python 2 that an old system still calls `python`, if there is a python3. */
static bool gives_way(struct sys *s, const char *name, struct look *look)
{
	const char *real = "";

	if (strcmp(name, "python") != 0 || look->what != IS_PYTHON)
		return false;

	int err = sys_realpath(s, look->path, &real);

	if (err) {
		const char *path = look->path;

		*look = cannot_say(err);
		look->path = path;
	}
	return starts_with(path_basename(real), "python2");
}

/* False if there is none of that name. */
static bool choose_on_path(struct sys *s, const char *name, struct python *py)
{
	struct which walk;
	const char *path = "env:PATH";
	int err = which_start(s, name, &walk);

	if (!err)
		err = which_next(&walk, &path);
	if (err == -ENOENT)
		return false;

	struct look look = err ? cannot_say(err) : settle(s, path);

	if (err)
		look.path = path;
	if (look.what == IS_NOTHING)
		return false;
	if (gives_way(s, name, &look) && choose_on_path(s, "python3", py)) {
		py->chosen.v = arena_fmt(sys_arena(s), "%s (`python` is a Python 2)", py->chosen.v);
		return true;
	}
	record(py,
	       arena_fmt(sys_arena(s), "%s on %sPATH", name,
			 py->sudo_user.st == PRESENT ? "sudo's " : ""),
	       "env:PATH", path);
	record_exe(py, &look);
	return true;
}

/* ---- sudo ---- */

/* Field `n` of the line of /etc/passwd whose third is `uid`; NULL if there is none. */
static const char *passwd_of(struct sys *s, const char *uid, size_t n)
{
	struct arena *a = sys_arena(s);
	struct bytes text, line, field;
	size_t pos = 0;

	if (sys_read(s, "/etc/passwd", &text))
		return NULL;
	while (next_line(text, &pos, &line)) {
		const char *entry = esc_bytes(a, line.v, line.n), *fields[7] = { NULL };
		size_t at = 0;

		for (size_t i = 0; i < 7 && next_part(entry, ':', &at, &field); i++)
			fields[i] = arena_strndup(a, field.v, field.n);
		if (fields[2] && strcmp(fields[2], uid) == 0)
			return fields[n];
	}
	return NULL;
}

/* Who works with sudo means the programs of his own account, not root's. */
static void find_sudo_user(struct sys *s, struct python *py, struct pystart *start)
{
	const char *user = NULL, *uid = NULL;
	struct sys_ids ids;
	int err = sys_env(s, "SUDO_USER", &user);

	if (!err)
		err = sys_env(s, "SUDO_UID", &uid);
	if (!err)
		err = sys_ids(s, &ids);
	if (!err && (ids.uid != 0 || strcmp(uid, "0") == 0))
		err = -ENOENT;
	/* Of a mounted disk nobody is the user. */
	if (err == -SYS_E_NOT_RECORDED)
		return;
	py->sudo_user = fact_str(err, user, "env:SUDO_USER");
	if (!err)
		start->home = passwd_of(s, uid, 5);
	start->home_unknown = !start->home && err != -ENOENT;
}

/* ---- the process or the script that was named ---- */

struct target {
	struct sys *view;
	struct pystart start;
	struct shebang shebang;
};

static void choose_process(struct sys *s, const char *pid, struct python *py, struct target *target)
{
	const char *place = arena_fmt(sys_arena(s), "/proc/%s", pid);
	struct pypid found = pypid_find(s, pid);
	int64_t number = 0;

	parse_i64(pid, &number);
	py->pid = fact_num(0, number, place);
	record(py, "--pid", "call:argv", found.exe ? found.exe : esc(sys_arena(s), pid));
	py->problem = fact_str(found.problem ? 0 : -ENOENT, found.problem, place);
	py->exe = found.problem ? fact_str_unknown(found.problem, place)
				: fact_str(0, found.exe, found.from);
	target->view = found.view;
	target->start = found.start;
}

/* False if it is no Python program. */
static bool take_script(struct sys *s, const char *script, struct python *py, struct target *target)
{
	const char *typed = esc(sys_arena(s), script), *path = typed;
	const char *problem = pyscript_check(s, typed, &path, &target->shebang, &target->start);

	py->script = problem ? fact_str_unknown(problem, path) : fact_str(0, path, "call:argv");
	return !problem;
}

/* By the first line of the script. */
static void choose_named(struct sys *s, const struct shebang *shebang, struct python *py)
{
	const char *name = shebang->interpreter, *path = name, *file = py->script.v;
	const char *how = arena_fmt(sys_arena(s), "first line of %s", path_basename(file));
	struct which walk;

	if (shebang->by_uv) {
		record(py, how, file, "uv");
		py->exe = fact_str_unknown("`uv run` makes an environment for this script", file);
		return;
	}

	int err = name[0] == '/' ? 0 : which_start(s, name, &walk);

	if (!err && name[0] != '/')
		err = which_next(&walk, &path);

	struct look look = err ? cannot_say(err) : settle(s, path);

	if (err == -ENOENT)
		look = (struct look){ .what = IS_NOTHING, .words = "is not on PATH" };
	if (err)
		look.path = path;
	record(py, how, file, path);
	record_exe(py, &look);
}

static void choose(struct sys *s, const struct collect_wish *wish, const struct shebang *shebang,
		   struct python *py)
{
	if (wish->python) {
		choose_asked(s, wish->python, py);
	} else if (shebang->interpreter || shebang->by_uv) {
		choose_named(s, shebang, py);
	} else if (!choose_parent(s, py) && !choose_on_path(s, "python", py) &&
		   !choose_on_path(s, "python3", py)) {
		py->chosen = fact_str(-ENOENT, NULL, "env:PATH");
		py->exe = fact_str(-ENOENT, NULL, "env:PATH");
	}
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct python *py = &facts->python;
	struct target target = { .view = s };

	find_sudo_user(s, py, &target.start);

	struct pystart plain = target.start;

	if (wish->pid)
		choose_process(s, wish->pid, py, &target);
	else if (!wish->script || take_script(s, wish->script, py, &target))
		choose(s, wish, &target.shebang, py);
	/* The options of a first line count only for the interpreter that it names. */
	if (wish->python) {
		plain.script = target.start.script;
		target.start = plain;
	}
	target.start.home = plain.home;
	if (py->exe.st == PRESENT)
		pypath_fill(target.view, &target.start, py);
	if (py->exe.st == PRESENT && py->script.st == PRESENT)
		pymodules_look(target.view, py);
}

const struct collector collect_python = {
	.name = "python",
	.help = "the Python that is meant, and its folders",
	.run = run,
};
