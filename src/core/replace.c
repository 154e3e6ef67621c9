// SPDX-License-Identifier: Apache-2.0
/* A new file beside the old one, written, synced and then renamed over it. A file with several names (hard links) would lose
 * them, and one whose owner cannot be given again would change hands: both are refused. */
#include "core/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, struct bytes text)
{
	while (text.n) {
		ssize_t done = write(fd, text.v, text.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		text.v += done;
		text.n -= (size_t)done;
	}
	return 0;
}

/* 0 if the file holds these bytes and nothing else. */
static int holds(int fd, struct bytes text)
{
	char part[65536];
	size_t at = 0;

	for (;;) {
		ssize_t got = read(fd, part, sizeof part);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return at == text.n ? 0 : -ESTALE;
		if ((size_t)got > text.n - at || memcmp(part, text.v + at, (size_t)got) != 0)
			return -ESTALE;
		at += (size_t)got;
	}
}

static int check_old(const char *path, struct bytes old, struct stat *ret_stat)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, ret_stat) < 0)
		err = -errno;
	else if (!S_ISREG(ret_stat->st_mode))
		err = -EINVAL;
	else if (ret_stat->st_nlink > 1)
		err = -EMLINK;
	else
		err = holds(fd, old);
	close(fd);
	return err;
}

static int fill(int fd, const struct stat *st, struct bytes text)
{
	int err;

	if (fchown(fd, st->st_uid, st->st_gid) < 0)
		return -errno;
	if (fchmod(fd, st->st_mode & 07777) < 0)
		return -errno;
	err = write_all(fd, text);
	return err ? err : fsync(fd) < 0 ? -errno : 0;
}

int file_replace(const char *path, struct bytes old, struct bytes new, struct arena *a)
{
	char *real = realpath(path, NULL), *beside;
	struct stat st;
	int err, fd;

	if (!real)
		return -errno;
	path = arena_strdup(a, real);
	free(real);
	err = access(path, W_OK) < 0 ? -errno : check_old(path, old, &st);
	if (err)
		return err;
	beside = arena_fmt(a, "%s.XXXXXX", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fill(fd, &st, new);
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(beside, path) < 0)
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}
