// SPDX-License-Identifier: Apache-2.0
/* A folder that stands for a machine: a case (root/ + root.meta + env) or a plain mounted tree. Everything below the
 * root is opened by openat2(RESOLVE_IN_ROOT), so that no link of a hostile tree leads out of it. */
#include "core/sys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/root_meta.h"

#define META_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct case_tree {
	const char *name;       /* as the user typed it, joined to the cwd, raw */
	int fd;                 /* of the folder: one descriptor, because few may be allowed */
	const char *root;       /* "/root" in a case, "" in a plain tree */
	struct root_meta *meta; /* NULL: a plain tree */
	bool has_env;
	struct strlist env; /* NAME=value, raw */
	bool empty_top[3];  /* plain tree: /sys, /proc, /dev are missing or empty */
};

static const char *const kernel_tops[] = { "/sys", "/proc", "/dev" };

/* Below the folder; `path` is absolute in it. */
static int open_in(struct sys *s, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	/* EAGAIN: something was renamed while ".." was resolved. */
	for (int tries = 0; tries < 20; tries++) {
		long fd = syscall(__NR_openat2, s->tree->fd, path[1] ? path + 1 : ".", &how,
				  sizeof how);

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

static const char *in_root(struct sys *s, const char *path)
{
	if (!s->tree->root[0])
		return path;
	return arena_fmt(s->arena, "%s%s", s->tree->root, path[1] ? path : "");
}

static int lookup_on_disk(struct sys *s, const char *path, struct sys_stat *ret)
{
	struct statx sx;
	int fd = open_in(s, in_root(s, path), O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return fd;

	int err = statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &sx) < 0
			  ? -errno
			  : 0;

	close(fd);
	if (err)
		return err;
	sys_stat_from(&sx, ret);
	ret->dev = 0;
	return 0;
}

/* In a mounted disk /sys, /proc and /dev are empty folders: nothing is proved by what is missing there. */
static bool is_kernel_place(const struct case_tree *t, const char *path)
{
	for (size_t i = 0; i < 3; i++)
		if (t->empty_top[i] && starts_with(path, kernel_tops[i]) &&
		    (!path[strlen(kernel_tops[i])] || path[strlen(kernel_tops[i])] == '/'))
			return true;
	return false;
}

static int not_there(const struct sys *s, const char *path)
{
	const struct case_tree *t = s->tree;

	if (!t->meta)
		return is_kernel_place(t, path) ? -SYS_E_NOT_RECORDED : -ENOENT;
	if (t->meta->complete)
		return -ENOENT;

	const char *dir = path_dirname(s->arena, path);
	const struct meta_entry *e = root_meta_find(t->meta, dir);

	return e && e->listed ? -ENOENT : -SYS_E_NOT_RECORDED;
}

/* git keeps no owners and only one mode bit: a case's files belong to root unless a line says otherwise. An empty file
 * stands for a binary, and who made it by hand has seldom set its mode. */
static void as_case(const struct meta_entry *e, struct sys_stat *st)
{
	st->uid = 0;
	st->gid = 0;
	st->mode = st->kind == SYS_DIR || (st->mode & 0100) || !st->size_bytes ? 0755 : 0644;
	st->mtime_s = 0;
	if (!e)
		return;
	if (e->has_mode) {
		st->mode = e->mode;
		st->uid = e->uid;
		st->gid = e->gid;
	}
	if (e->kind == SYS_CHAR || e->kind == SYS_BLOCK) {
		st->kind = e->kind;
		st->rdev_major = e->major;
		st->rdev_minor = e->minor;
	}
	if (e->has_size)
		st->size_bytes = e->size;
	if (e->has_mtime)
		st->mtime_s = e->mtime;
}

/* What root.meta alone says of a place that is not on disk; 0 if it exists. */
static int lookup_in_meta(const struct sys *s, const char *path, const struct meta_entry *e,
			  struct sys_stat *ret)
{
	bool parent = root_meta_has_below(s->tree->meta, path);

	*ret = (struct sys_stat){ .kind = parent ? SYS_DIR : SYS_KIND_UNKNOWN };
	if (e && e->kind)
		ret->kind = e->kind;
	return ret->kind || (e && (e->named || e->has_size || e->has_mtime || e->access_err))
		       ? 0
		       : -ENOENT;
}

static bool same_hang(const struct hang *a, const struct hang *b)
{
	return a->pid == b->pid && strcmp(a->path, b->path) == 0;
}

/* A recorded hang belongs into the report only if this run came by. */
static void note_hang(struct sys *s, const char *place)
{
	const struct root_meta *m = s->tree->meta;

	for (size_t i = 0; i < m->hangs.n; i++) {
		const struct meta_hang *h = &m->hangs.v[i];
		bool known = false;

		for (size_t k = 0; k < s->hangs.n; k++)
			known |= same_hang(&s->hangs.v[k], &h->hang);
		if (!known && strcmp(h->place, place) == 0)
			PUSH(s->arena, &s->hangs, h->hang);
	}
}

static int case_lookup(struct sys *s, const char *path, struct sys_stat *ret_stat)
{
	const struct case_tree *t = s->tree;
	const struct meta_entry *e = t->meta ? root_meta_find(t->meta, path) : NULL;

	sys_publish(s, t->name, 0);
	if (e && e->err == -SYS_E_NO_ANSWER)
		note_hang(s, e->path);
	if (e && (e->err == -ENOENT || e->err == -SYS_E_NO_ANSWER))
		return e->err;

	int err = lookup_on_disk(s, path, ret_stat);

	if (err == -ENOENT && t->meta)
		err = lookup_in_meta(s, path, e, ret_stat);
	if (err == -ENOENT)
		return e && e->err ? e->err : not_there(s, path);
	if (!err && t->meta)
		as_case(e, ret_stat);
	return err;
}

static int case_error(const struct sys *s, const char *path)
{
	const struct meta_entry *e = s->tree->meta ? root_meta_find(s->tree->meta, path) : NULL;

	return e ? e->err : 0;
}

static int case_readlink(struct sys *s, const char *path, const char **ret_raw)
{
	char text[4097];
	int fd = open_in(s, in_root(s, path), O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return fd;

	ssize_t n = readlinkat(fd, "", text, sizeof text - 1);
	int err = n < 0 ? -errno : 0;

	close(fd);
	if (err)
		return err;
	*ret_raw = arena_strndup(s->arena, text, (size_t)n);
	return 0;
}

/* Opens a regular file; FIFOs and devices of a hostile tree neither block nor are read. */
static int open_file_in(struct sys *s, const char *path, int *ret_fd)
{
	struct stat st;
	int fd = open_in(s, path, O_PATH);

	if (fd < 0)
		return fd;

	int err = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -SYS_E_NOT_A_FILE;

	close(fd);
	if (err)
		return err;
	fd = open_in(s, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -SYS_E_NOT_A_FILE;
	}
	*ret_fd = fd;
	return 0;
}

static int read_in(struct sys *s, const char *path, size_t max, enum part part, struct bytes *ret)
{
	struct stat st;
	int fd = -1, err = open_file_in(s, path, &fd);

	if (err)
		return err;
	if (part == PART_WHOLE && fstat(fd, &st) == 0 && st.st_size > 0 &&
	    (uint64_t)st.st_size > max)
		err = -EFBIG;
	else
		err = sys_read_fd(s, fd, s->tree->name, max, part, ret);
	close(fd);
	return err;
}

static int case_read(struct sys *s, const char *path, size_t max, enum part part, struct bytes *ret)
{
	int err = case_error(s, path);

	if (!err)
		err = read_in(s, in_root(s, path), max, part, ret);
	return err == -ENOENT ? -SYS_E_NOT_RECORDED : err;
}

static void add_name(struct sys *s, struct strlist *names, const char *name, size_t n)
{
	for (size_t i = 0; i < names->n; i++)
		if (strlen(names->v[i]) == n && memcmp(names->v[i], name, n) == 0)
			return;
	PUSH(s->arena, names, arena_strndup(s->arena, name, n));
}

/* Adds the names that root.meta knows in `dir`, and takes away those it says are not there. */
static void apply_meta(struct sys *s, const char *dir, struct strlist *names)
{
	const struct root_meta *m = s->tree->meta;
	size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir), kept = 0;

	for (size_t i = 0; i < m->entries.n; i++) {
		const struct meta_entry *e = &m->entries.v[i];

		if (strncmp(e->path, dir, n) != 0 || e->path[n] != '/' || !e->path[n + 1] ||
		    e->err == -ENOENT)
			continue;
		add_name(s, names, e->path + n + 1, strcspn(e->path + n + 1, "/"));
	}
	for (size_t i = 0; i < names->n; i++) {
		const struct meta_entry *e =
			root_meta_find(m, arena_fmt(s->arena, "%s/%s", n ? dir : "", names->v[i]));

		if (!e || e->err != -ENOENT)
			names->v[kept++] = names->v[i];
	}
	names->n = kept;
	sys_sort_names(names);
}

static int case_list(struct sys *s, const char *path, struct strlist *ret_raw_names)
{
	const struct root_meta *m = s->tree->meta;
	int err = case_error(s, path);

	if (err)
		return err;

	int fd = open_in(s, in_root(s, path), O_RDONLY | O_DIRECTORY);

	if (fd >= 0) {
		err = sys_list_fd(s, fd, s->tree->name, ret_raw_names);
		close(fd);
	} else if (fd != -ENOENT && fd != -ENOTDIR) {
		err = fd;
	}
	if (!m)
		return !err && is_kernel_place(s->tree, path) ? -SYS_E_NOT_RECORDED : err;
	if (!err)
		apply_meta(s, path, ret_raw_names);

	const struct meta_entry *e = root_meta_find(m, path);

	if (!err && !m->complete && !(e && e->listed))
		err = -SYS_E_NOT_RECORDED;
	return err;
}

static bool in_group(const struct sys_ids *ids, uint32_t gid)
{
	for (size_t i = 0; i < ids->n_groups; i++)
		if (ids->groups[i] == gid)
			return true;
	return ids->gid == gid;
}

/* Mode bits against the case's user; root may all. Files without a line in root.meta may be used by anybody. */
static int case_access(struct sys *s, const char *path, const struct sys_stat *st, int mode)
{
	const struct root_meta *m = s->tree->meta;
	const struct meta_entry *e = m ? root_meta_find(m, path) : NULL;

	if (e && e->access_err)
		return e->access_err;
	/* An error line speaks of reading; it does not forbid to pass through. */
	if (!e || !e->has_mode || !m->has_ids || m->ids.uid == 0)
		return e && (mode & R_OK) ? e->err : 0;

	unsigned shift = st->uid == m->ids.uid ? 6 : in_group(&m->ids, st->gid) ? 3 : 0;

	return (st->mode >> shift & (unsigned)mode) == (unsigned)mode ? 0 : -EACCES;
}

/* `size 0 PATH` says that the file really is empty. */
static bool says_empty(const struct sys *s, const char *path)
{
	const struct meta_entry *e = root_meta_find(s->tree->meta, path);

	return e && e->has_size && !e->size;
}

static int case_elf(struct sys *s, const char *path, bool archs, struct sys_elf *ret_elf)
{
	struct bytes text;
	struct stat st;
	int err = case_error(s, path);

	if (err)
		return err;
	if (read_in(s, arena_fmt(s->arena, "/root.elf%s.json", path), FILE_BYTES_MAX, PART_WHOLE,
		    &text) == 0)
		return sys_elf_json(s, text.v, text.n, ret_elf);

	int fd = -1;

	err = open_file_in(s, in_root(s, path), &fd);
	if (err)
		return err != -ENOENT ? err : says_empty(s, path) ? -ENOEXEC : -SYS_E_NOT_RECORDED;
	err = sys_elf_fd(s, fd, s->tree->name, archs, ret_elf);
	/* A case keeps no binaries: an empty file may stand for one. */
	if (err == -ENOEXEC && s->tree->meta && fstat(fd, &st) == 0 && !st.st_size &&
	    !says_empty(s, path))
		err = -SYS_E_NOT_RECORDED;
	close(fd);
	return err;
}

const struct sys_backend sys_case = {
	.lookup = case_lookup,
	.readlink = case_readlink,
	.read = case_read,
	.list = case_list,
	.access = case_access,
	.elf = case_elf,
};

int case_env(struct sys *s, const char *name, const char **ret_raw)
{
	const struct case_tree *t = s->tree;
	size_t n = strlen(name);

	for (size_t i = 0; i < t->env.n; i++) {
		if (strncmp(t->env.v[i], name, n) == 0 && t->env.v[i][n] == '=') {
			*ret_raw = t->env.v[i] + n + 1;
			return 0;
		}
	}
	for (size_t i = 0; t->meta && i < t->meta->hidden.n; i++)
		if (strcmp(t->meta->hidden.v[i], name) == 0)
			return -SYS_E_NOT_RECORDED;
	return t->has_env ? -ENOENT : -SYS_E_NOT_RECORDED;
}

int case_uname(struct sys *s, struct sys_uname *ret_uname)
{
	const struct root_meta *m = s->tree->meta;

	if (!m || !m->uname.release)
		return -SYS_E_NOT_RECORDED;
	*ret_uname = m->uname;
	return 0;
}

int case_ids(struct sys *s, struct sys_ids *ret_ids)
{
	const struct root_meta *m = s->tree->meta;

	if (!m || !m->has_ids)
		return -SYS_E_NOT_RECORDED;
	*ret_ids = m->ids;
	return 0;
}

int case_now(struct sys *s, int64_t *ret_epoch_s)
{
	const struct root_meta *m = s->tree->meta;

	if (!m || !m->has_now)
		return -SYS_E_NOT_RECORDED;
	*ret_epoch_s = m->now;
	return 0;
}

int case_cwd(struct sys *s, const char **ret_raw)
{
	const struct root_meta *m = s->tree->meta;

	if (!m || !m->cwd)
		return -SYS_E_NOT_RECORDED;
	*ret_raw = unesc(s->arena, m->cwd).v;
	return 0;
}

int case_probe(struct sys *s, const char *name, struct bytes *ret_json)
{
	if (!s->tree->meta)
		return -ENOENT;
	return read_in(s, arena_fmt(s->arena, "/probes/%s.json", name), META_BYTES_MAX, false,
		       ret_json);
}

/* One variable a line, or NUL-separated as /proc/PID/environ gives them. */
static void split_env(struct sys *s, struct case_tree *t, struct bytes text)
{
	bool nul = memchr(text.v, '\0', text.n) != NULL;
	size_t start = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.v[i] != (nul ? '\0' : '\n'))
			continue;
		if (i > start)
			PUSH(s->arena, &t->env, arena_strndup(s->arena, text.v + start, i - start));
		start = i + 1;
	}
	t->has_env = true;
}

static void find_empty_tops(struct sys *s, struct case_tree *t)
{
	for (size_t i = 0; i < 3; i++) {
		struct strlist names = { 0 };
		int fd = open_in(s, kernel_tops[i], O_RDONLY | O_DIRECTORY);

		t->empty_top[i] = fd < 0 || sys_list_fd(s, fd, t->name, &names) < 0 || !names.n;
		if (fd >= 0)
			close(fd);
	}
}

static bool load_case(struct sys *s, struct case_tree *t, struct bytes meta,
		      const char **ret_problem)
{
	struct bytes env;
	const char *what = NULL;
	int err;

	t->meta = root_meta_parse(s->arena, meta, &what);
	if (!t->meta) {
		*ret_problem =
			arena_fmt(s->arena, "%s/root.meta, %s.", esc(s->arena, t->name), what);
		return false;
	}
	t->root = "/root";
	err = read_in(s, "/env", META_BYTES_MAX, PART_WHOLE, &env);
	if (!err)
		split_env(s, t, env);
	if (err && err != -ENOENT) {
		*ret_problem = arena_fmt(s->arena, "%s/env cannot be read (%s).",
					 esc(s->arena, t->name), sys_why(err));
		return false;
	}
	return true;
}

static const char *cannot_use(struct sys *s, const char *name, int err)
{
	const char *shown = esc(s->arena, name);

	if (err == -ENOENT)
		return arena_fmt(s->arena, "--root %s does not exist.", shown);
	if (err == -ENOTDIR)
		return arena_fmt(s->arena, "--root %s is not a folder.", shown);
	if (err == -ENOSYS || err == -EPERM)
		return arena_fmt(s->arena, "--root needs Linux 5.6 or newer (openat2: %s).",
				 sys_why(err));
	return arena_fmt(s->arena, "--root %s cannot be read (%s).", shown, sys_why(err));
}

struct case_tree *case_open(struct sys *s, const char **ret_problem)
{
	struct case_tree *t = arena_alloc(s->arena, sizeof *t);
	struct bytes meta;

	s->tree = t;
	*t = (struct case_tree){ .fd = -1, .root = "", .name = s->options.root };
	if (s->options.cwd && t->name[0] != '/')
		t->name = path_join(s->arena, s->options.cwd, t->name);
	sys_publish(s, t->name, 0);
	t->fd = open(t->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	int probe = t->fd < 0 ? -errno : open_in(s, "/", O_PATH | O_DIRECTORY);

	if (probe < 0) {
		*ret_problem = cannot_use(s, s->options.root, probe);
		return NULL;
	}
	close(probe);

	int err = read_in(s, "/root.meta", META_BYTES_MAX, PART_WHOLE, &meta);

	if (!err)
		return load_case(s, t, meta, ret_problem) ? t : NULL;
	if (err != -ENOENT) {
		*ret_problem = arena_fmt(s->arena, "%s/root.meta cannot be read (%s).",
					 esc(s->arena, t->name), sys_why(err));
		return NULL;
	}
	find_empty_tops(s, t);
	return t;
}

void case_close(struct case_tree *t)
{
	if (t->fd >= 0)
		close(t->fd);
}
