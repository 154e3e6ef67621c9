// SPDX-License-Identifier: Apache-2.0
#include "core/errname.h"

#include <errno.h>
#include <string.h>

#define NAME(number)                                                                               \
	{                                                                                          \
		number, #number                                                                    \
	}

static const struct {
	int number;
	const char *name;
} names[] = {
	NAME(EPERM),     NAME(ENOENT),       NAME(EINTR),     NAME(EIO),
	NAME(ENXIO),     NAME(ENOEXEC),      NAME(EBADF),     NAME(EAGAIN),
	NAME(ENOMEM),    NAME(EACCES),       NAME(EFAULT),    NAME(EBUSY),
	NAME(EEXIST),    NAME(EXDEV),        NAME(ENODEV),    NAME(ENOTDIR),
	NAME(EISDIR),    NAME(EINVAL),       NAME(ENFILE),    NAME(EMFILE),
	NAME(EFBIG),     NAME(ENOSPC),       NAME(EROFS),     NAME(EPIPE),
	NAME(ELOOP),     NAME(ENAMETOOLONG), NAME(ENOSYS),    NAME(ENOTEMPTY),
	NAME(ENODATA),   NAME(ENOTCONN),     NAME(ETIMEDOUT), NAME(ESTALE),
	NAME(EDQUOT),    NAME(ECONNREFUSED), NAME(EHOSTDOWN), NAME(EREMOTEIO),
	NAME(EOVERFLOW), NAME(EOPNOTSUPP),   NAME(EUCLEAN),   NAME(ETXTBSY),
	NAME(ECANCELED), NAME(EKEYREJECTED),
};

const char *errno_name(int number)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return names[i].name;
	return "error";
}

int errno_number(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == n && memcmp(names[i].name, name, n) == 0)
			return names[i].number;
	return 0;
}
