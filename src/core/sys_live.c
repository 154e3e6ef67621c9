// SPDX-License-Identifier: Apache-2.0
/* This machine. Every step is made relative to the one folder that is kept open, never follows a link and never wakes
 * an automounter by looking; the place is published before it is touched. */
#include "core/sys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
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

static void leave(struct sys *s)
{
	if (s->dir_fd >= 0)
		close(s->dir_fd);
	s->dir_fd = -1;
	s->dir_path = NULL;
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

static int open_root(struct sys *s)
{
	struct sys_stat st;

	leave(s);
	sys_publish(s, "/", 0);
	s->dir_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return -errno;

	int err = statx_at(s->dir_fd, "", &st);

	s->dir_path = "";
	s->dir_dev = err ? 0 : st.dev;
	return err;
}

/* One folder further down. The device of the new folder comes from the folder itself: a mount may start there. */
static int descend(struct sys *s, const char *name, const char *path)
{
	struct sys_stat st;
	int err = sys_skipped(s, path, s->dir_dev);

	if (err)
		return err;
	sys_publish(s, path, s->dir_dev);

	int fd = openat(s->dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = statx_at(fd, "", &st);
	leave(s);
	s->dir_fd = fd;
	s->dir_path = path;
	s->dir_dev = err ? 0 : st.dev;
	if (!err)
		err = sys_skipped(s, path, st.dev);
	if (err)
		leave(s);
	return err;
}

/* Makes `dir` (resolved, "" for the root) the open folder. */
static int go_to(struct sys *s, const char *dir)
{
	size_t have = s->dir_path ? strlen(s->dir_path) : 0;

	if (!s->dir_path || strncmp(dir, s->dir_path, have) != 0 ||
	    (dir[have] && dir[have] != '/')) {
		int err = open_root(s);

		if (err)
			return err;
		have = 0;
	}
	while (dir[have]) {
		size_t n = strcspn(dir + have + 1, "/");
		const char *name = arena_strndup(s->arena, dir + have + 1, n);
		int err = descend(s, name, arena_strndup(s->arena, dir, have + 1 + n));

		if (err)
			return err;
		have += 1 + n;
	}
	return 0;
}

/* Opens the folder of `path` and publishes the place; *ret_name is the last part. */
static int stand_at(struct sys *s, const char *path, const char **ret_name)
{
	const char *dir = path_dirname(s->arena, path);
	int err = go_to(s, strcmp(dir, "/") == 0 ? "" : dir);

	if (!err)
		err = sys_skipped(s, path, s->dir_dev);
	if (err)
		return err;
	*ret_name = path_basename(path);
	sys_publish(s, path, s->dir_dev);
	return 0;
}

static int live_lookup(struct sys *s, const char *path, struct sys_stat *ret_stat)
{
	const char *name;
	int err = stand_at(s, path, &name);

	if (!err)
		err = statx_at(s->dir_fd, name, ret_stat);
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

	ssize_t n = readlinkat(s->dir_fd, name, text, sizeof text - 1);

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

	int fd = openat(s->dir_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = statx_at(fd, "", &st);
	if (!err && st.kind != SYS_FILE)
		err = -SYS_E_NOT_A_FILE;
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

static int live_read(struct sys *s, const char *path, size_t max, bool head, struct bytes *ret)
{
	int fd = -1, err = open_file(s, path, &fd);

	if (err)
		return err;
	err = sys_read_fd(s, fd, path, max, head, ret);
	close(fd);
	return err;
}

static int live_list(struct sys *s, const char *path, struct strlist *ret_raw_names)
{
	const char *name;
	int err = stand_at(s, path, &name);

	if (err)
		return err;

	int fd = openat(s->dir_fd, name[0] ? name : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
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
	return faccessat(s->dir_fd, name, mode, 0) < 0 ? -errno : 0;
}

static int live_elf(struct sys *s, const char *path, struct sys_elf *ret_elf)
{
	int fd = -1, err = open_file(s, path, &fd);

	if (err)
		return err;
	err = sys_elf_fd(s, fd, ret_elf);
	close(fd);
	return err;
}

const struct sys_backend sys_live = {
	.lookup = live_lookup,
	.readlink = live_readlink,
	.read = live_read,
	.list = live_list,
	.access = live_access,
	.elf = live_elf,
};
