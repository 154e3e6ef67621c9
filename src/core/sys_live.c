// SPDX-License-Identifier: Apache-2.0
/* This machine. Every step is made relative to a folder that is kept open, never follows a link and never wakes
 * an automounter by looking; the place is published before it is touched. */
#include "core/sys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static enum sys_kind kind_of(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return SYS_FILE;
	case S_IFDIR:
		return SYS_DIR;
	case S_IFLNK:
		return SYS_LINK;
	case S_IFCHR:
		return SYS_CHAR;
	case S_IFBLK:
		return SYS_BLOCK;
	case S_IFIFO:
		return SYS_FIFO;
	default:
		return SYS_SOCKET;
	}
}

void sys_stat_from(const struct statx *sx, struct sys_stat *ret)
{
	*ret = (struct sys_stat){ .kind = kind_of(sx->stx_mode),
				  .mode = sx->stx_mode & 07777u,
				  .uid = sx->stx_uid,
				  .gid = sx->stx_gid,
				  .rdev_major = sx->stx_rdev_major,
				  .rdev_minor = sx->stx_rdev_minor,
				  .size_bytes = (int64_t)sx->stx_size,
				  .mtime_s = sx->stx_mtime.tv_sec,
				  .dev = makedev(sx->stx_dev_major, sx->stx_dev_minor) };
}

static void close_dir(struct sys *s, struct open_dir *d)
{
	if (d->path)
		close(d->fd);
	d->path = NULL;
	if (s->dir == d)
		s->dir = NULL;
}

void sys_leave(struct sys *s)
{
	for (size_t i = 0; i < OPEN_DIRS; i++)
		close_dir(s, &s->dirs[i]);
}

/* Makes room for one more: the folder that was left longest ago is closed. `keep` stays. */
static struct open_dir *free_slot(struct sys *s, const struct open_dir *keep)
{
	struct open_dir *oldest = NULL;

	for (size_t i = 0; i < OPEN_DIRS; i++) {
		struct open_dir *d = &s->dirs[i];

		if (!d->path)
			return d;
		if (d != keep && (!oldest || d->turn < oldest->turn))
			oldest = d;
	}
	close_dir(s, oldest);
	return oldest;
}

/* Few descriptors may be allowed: then only `keep` stays open, and the call is worth another try. */
static bool give_up_others(struct sys *s, const struct open_dir *keep)
{
	bool any = false;

	for (size_t i = 0; i < OPEN_DIRS; i++) {
		if (!s->dirs[i].path || &s->dirs[i] == keep)
			continue;
		close_dir(s, &s->dirs[i]);
		any = true;
	}
	return any;
}

static int open_at(struct sys *s, const struct open_dir *dir, const char *name, int flags)
{
	for (;;) {
		int fd = openat(dir ? dir->fd : AT_FDCWD, name, flags | O_CLOEXEC);

		if (fd >= 0)
			return fd;
		if (errno != EMFILE || !give_up_others(s, dir))
			return -errno;
	}
}

static int statx_at(int fd, const char *name, struct sys_stat *ret)
{
	struct statx sx;
	int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC |
		    (name[0] ? 0 : AT_EMPTY_PATH);

	if (statx(fd, name, flags, STATX_BASIC_STATS, &sx) < 0)
		return -errno;
	sys_stat_from(&sx, ret);
	return 0;
}

/* The device comes from the open folder itself: a mount may start there. */
static int stand_in(struct sys *s, struct open_dir *slot, int fd, const char *path)
{
	struct sys_stat st;
	int err = statx_at(fd, "", &st);

	*slot = (struct open_dir){
		.path = path, .fd = fd, .dev = err ? 0 : st.dev, .turn = ++s->turn
	};
	s->dir = slot;
	if (!err)
		err = sys_skipped(s, path, st.dev);
	if (err)
		close_dir(s, slot);
	return err;
}

static int open_root(struct sys *s)
{
	sys_publish(s, "/", 0);

	int fd = open_at(s, NULL, s->base ? s->base : "/", O_PATH | O_DIRECTORY);

	return fd < 0 ? fd : stand_in(s, free_slot(s, NULL), fd, "");
}

/* One folder further down. */
static int descend(struct sys *s, const char *name, const char *path)
{
	struct open_dir *from = s->dir;
	int err = sys_skipped(s, path, from->dev);

	if (err)
		return err;
	sys_publish(s, path, from->dev);
	/* In the view of a process these are the machine's. */
	if (s->base && !from->path[0] && sys_is_of_kernel(path))
		name = path;

	int fd = open_at(s, from, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);

	return fd < 0 ? fd : stand_in(s, free_slot(s, from), fd, path);
}

/* The deepest open folder on the way to `dir`. */
static struct open_dir *nearest(struct sys *s, const char *dir)
{
	struct open_dir *best = NULL;

	for (size_t i = 0; i < OPEN_DIRS; i++) {
		struct open_dir *d = &s->dirs[i];
		size_t n = d->path ? strlen(d->path) : 0;

		if (!d->path || strncmp(dir, d->path, n) != 0 || (dir[n] && dir[n] != '/'))
			continue;
		if (!best || n > strlen(best->path))
			best = d;
	}
	return best;
}

/* Makes `dir` (resolved, "" for the root) the folder that we stand in. */
static int go_to(struct sys *s, const char *dir)
{
	s->dir = nearest(s, dir);

	int err = s->dir ? 0 : open_root(s);

	if (err)
		return err;
	s->dir->turn = ++s->turn;
	for (size_t have = strlen(s->dir->path); dir[have];) {
		size_t n = strcspn(dir + have + 1, "/");
		const char *name = arena_strndup(s->arena, dir + have + 1, n);

		have += 1 + n;
		err = descend(s, name, arena_strndup(s->arena, dir, have));
		if (err)
			return err;
	}
	return 0;
}

/* Opens the folder of `path` and publishes the place; *ret_name is the last part. */
static int stand_at(struct sys *s, const char *path, const char **ret_name)
{
	const char *dir = path_dirname(s->arena, path);
	int err = go_to(s, strcmp(dir, "/") == 0 ? "" : dir);

	if (!err)
		err = sys_skipped(s, path, s->dir->dev);
	if (err)
		return err;
	*ret_name = path_basename(path);
	sys_publish(s, path, s->dir->dev);
	return 0;
}

static int live_lookup(struct sys *s, const char *path, struct sys_stat *ret_stat)
{
	const char *name;
	int err = stand_at(s, path, &name);

	if (!err)
		err = statx_at(s->dir->fd, name, ret_stat);
	if (!err)
		err = sys_skipped(s, path, ret_stat->dev);
	return err;
}

static int live_readlink(struct sys *s, const char *path, const char **ret_raw)
{
	char text[4097];
	const char *name;
	int err = stand_at(s, path, &name);

	if (err)
		return err;

	ssize_t n = readlinkat(s->dir->fd, name, text, sizeof text - 1);

	if (n < 0)
		return -errno;
	*ret_raw = arena_strndup(s->arena, text, (size_t)n);
	return 0;
}

/* A node may have changed since it was looked at: what is open must still be a regular file. */
static int open_file(struct sys *s, const char *path, int *ret_fd)
{
	struct sys_stat st;
	const char *name;
	int err = stand_at(s, path, &name);

	if (err)
		return err;

	int fd = open_at(s, s->dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	err = statx_at(fd, "", &st);
	if (!err && st.kind != SYS_FILE)
		err = -SYS_E_NOT_A_FILE;
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

static int live_read(struct sys *s, const char *path, size_t max, enum part part, struct bytes *ret)
{
	int fd = -1, err = open_file(s, path, &fd);

	if (err)
		return err;
	err = sys_read_fd(s, fd, path, max, part, ret);
	close(fd);
	return err;
}

static int live_list(struct sys *s, const char *path, struct strlist *ret_raw_names)
{
	const char *name;
	int err = stand_at(s, path, &name);

	if (err)
		return err;

	int fd = open_at(s, s->dir, name[0] ? name : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	if (fd < 0)
		return fd;
	err = sys_list_fd(s, fd, path, ret_raw_names);
	close(fd);
	return err;
}

static int live_access(struct sys *s, const char *path, const struct sys_stat *st, int mode)
{
	const char *name;
	int err = stand_at(s, path, &name);

	(void)st;
	if (err)
		return err;
	return faccessat(s->dir->fd, name, mode, 0) < 0 ? -errno : 0;
}

static int live_elf(struct sys *s, const char *path, bool archs, struct sys_elf *ret_elf)
{
	int fd = -1, err = open_file(s, path, &fd);

	if (err)
		return err;
	err = sys_elf_fd(s, fd, path, archs, ret_elf);
	close(fd);
	return err;
}

/* Several components in one step: where no link and no mount is on the way nothing leads elsewhere, so that "not there" is
 * certain. Anything else (an older kernel, a link, a mount) is left to the walk. */
static bool live_absent(struct sys *s, const char *path)
{
	static const struct open_how how = { .flags = O_PATH | O_CLOEXEC,
					     .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV };
	const struct open_dir *dir = nearest(s, path);
	const char *rest = dir ? path + strlen(dir->path) : "";

	rest += strspn(rest, "/");
	if (!*rest || sys_skipped(s, path, dir->dev))
		return false;
	sys_publish(s, path, dir->dev);

	long fd = syscall(__NR_openat2, dir->fd, rest, &how, sizeof how);

	if (fd >= 0)
		close((int)fd);
	return fd < 0 && errno == ENOENT;
}

const struct sys_backend sys_live = {
	.absent = live_absent,
	.lookup = live_lookup,
	.readlink = live_readlink,
	.read = live_read,
	.list = live_list,
	.access = live_access,
	.elf = live_elf,
};
