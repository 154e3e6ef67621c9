// SPDX-License-Identifier: Apache-2.0
/* A fake kernel side of NVIDIA's driver, to be preloaded: opening and asking /dev/nvidia* is answered here, so that NVIDIA's
 * own libcuda and libnvidia-ml say what they make of a machine. SIM_KERNEL is "VERSION[;NODE=ERRNO]...", for example
 * "535.183.01;nvidia-uvm=2"; a node that is not named can be opened. Request numbers and layouts: open-gpu-kernel-modules
 * (nv-ioctl-numbers.h, nv-ioctl.h); what is not known is answered with success and zeros. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_VERSION 210
#define RM_CONTROL 42
#define UVM_INITIALIZE 0x30000001ul
#define QUERY '2'

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
int ioctl(int fd, unsigned long request, ...);

struct version_check {
	uint32_t command, reply;
	char version[64];
};

static char ours[256]; /* descriptor -> 1 control, 2 uvm, 3 gpu */

static int kind_of(const char *path)
{
	if (strcmp(path, "/dev/nvidiactl") == 0)
		return 1;
	if (strcmp(path, "/dev/nvidia-uvm") == 0)
		return 2;
	return strncmp(path, "/dev/nvidia", 11) == 0 && path[11] >= '0' && path[11] <= '9' ? 3 : 0;
}

/* The errno that the state gives to this node, 0 if it opens. */
static int error_of(const char *path)
{
	const char *state = getenv("SIM_KERNEL"), *name = path + strlen("/dev/");
	size_t n = strlen(name);

	for (const char *at = state ? strchr(state, ';') : NULL; at; at = strchr(at + 1, ';'))
		if (strncmp(at + 1, name, n) == 0 && at[1 + n] == '=')
			return atoi(at + 2 + n);
	return 0;
}

static void version_into(char *to)
{
	const char *state = getenv("SIM_KERNEL");
	size_t n = strcspn(state ? state : "", ";");

	memset(to, 0, 64);
	memcpy(to, state ? state : "", n < 63 ? n : 63);
}

static int open_node(const char *path)
{
	int (*real)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	int fd;

	if (error_of(path)) {
		errno = error_of(path);
		return -1;
	}
	fd = real("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd >= 0 && fd < (int)sizeof ours)
		ours[fd] = (char)kind_of(path);
	return fd;
}

static int open_with(const char *name, const char *path, int flags, int mode)
{
	int (*real)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
	int fd = kind_of(path) ? open_node(path) : real(path, flags, mode);

	if (fd >= 0 && fd < (int)sizeof ours && !kind_of(path))
		ours[fd] = 0;
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	int mode = va_arg(ap, int);
	va_end(ap);
	return open_with("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	int mode = va_arg(ap, int);
	va_end(ap);
	return open_with("open64", path, flags, mode);
}

/* NVIDIA's libraries are built against an old C library, where stat and mknod are macros for these two. */

int __xstat(int version, const char *path, struct stat *st);
int __xmknod(int version, const char *path, mode_t mode, dev_t *dev);

static int stat_node(const char *path, struct stat *st)
{
	int kind = kind_of(path), error = error_of(path);
	unsigned minor = kind == 1 ? 255u : kind == 3 ? (unsigned)atoi(path + 11) : 0;

	if (error == ENOENT) {
		errno = ENOENT;
		return -1;
	}
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFCHR | (error == EACCES ? 0600u : 0666u);
	st->st_rdev = (kind == 2 ? 510u : 195u) << 8 | minor;
	return 0;
}

int __xstat(int version, const char *path, struct stat *st)
{
	int (*real)(int, const char *, struct stat *) =
		(int (*)(int, const char *, struct stat *))dlsym(RTLD_NEXT, "__xstat");

	return kind_of(path) ? stat_node(path, st) : real(version, path, st);
}

/* Nothing is ever made on this machine. */
int __xmknod(int version, const char *path, mode_t mode, dev_t *dev)
{
	(void)version;
	(void)path;
	(void)mode;
	(void)dev;
	errno = EPERM;
	return -1;
}

/* NVOS54_PARAMETERS, and those of NV0000_CTRL_CMD_SYSTEM_GET_BUILD_VERSION. */
struct rm_control {
	uint32_t client, object, command, flags;
	uint64_t params;
	uint32_t params_size, status;
};
struct build_version {
	uint32_t size;
	uint64_t driver, version, title;
	uint32_t changelist, official;
};

static void put_version(uint64_t where, uint32_t size, const char *version)
{
	if (where && size)
		snprintf((char *)(uintptr_t)where, size, "%s", version);
}

static int rm_control(struct rm_control *c)
{
	struct build_version *b = (struct build_version *)(uintptr_t)c->params;
	char mine[64];

	if (getenv("SIM_KERNEL_LOG"))
		dprintf(2, "control %#x, %u bytes\n", c->command, c->params_size);
	c->status = 0;
	if (c->command != 0x101 || !b)
		return 0;
	version_into(mine);
	put_version(b->driver, b->size, mine);
	put_version(b->version, b->size, mine);
	put_version(b->title, b->size, mine);
	return 0;
}

static int check_version(struct version_check *v)
{
	char mine[64];

	version_into(mine);
	v->reply = 1;
	if (v->command != QUERY && strcmp(v->version, mine) != 0) {
		v->reply = 0;
		memcpy(v->version, mine, sizeof mine);
		errno = EINVAL;
		return -1;
	}
	memcpy(v->version, mine, sizeof mine);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;

	va_start(ap, request);
	void *at = va_arg(ap, void *);
	va_end(ap);
	if (fd < 0 || fd >= (int)sizeof ours || !ours[fd]) {
		int (*real)(int, unsigned long, ...) =
			(int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
		return real(fd, request, at);
	}
	if (getenv("SIM_KERNEL_LOG"))
		dprintf(2, "ioctl fd kind %d request %#lx (%lu)\n", ours[fd], request,
			request & 0xff);
	if (ours[fd] == 2 && request == UVM_INITIALIZE)
		return 0;
	if ((request & 0xff) == RM_CONTROL)
		return rm_control(at);
	if ((request & 0xff) == CHECK_VERSION)
		return check_version(at);
	return 0;
}
