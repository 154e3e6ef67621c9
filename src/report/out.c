// SPDX-License-Identifier: Apache-2.0
#include "report/out.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/errname.h"
#include "core/log.h"

int out_write(const char *text)
{
	size_t n = strlen(text);

	while (n) {
		ssize_t done = write(STDOUT_FILENO, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EPIPE)
			return 0;
		if (done < 0) {
			log_error("cannot write the answer to standard output (%s).",
				  errno_name(errno));
			return -1;
		}
		text += done;
		n -= (size_t)done;
	}
	return 0;
}

unsigned out_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
