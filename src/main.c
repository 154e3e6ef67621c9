// SPDX-License-Identifier: Apache-2.0
/* argv to verb to exit status, and nothing else. Main touches no path (core/looker.h says why). */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "core/json.h"
#include "verbs/verbs.h"

/* Descriptors that the caller closed would be given to the next pipe, and the answer would go there. A dead pipe end
 * stands in: it reads as empty and cannot be written to. */
static void fill_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		int dead[2];

		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (pipe(dead) < 0)
			_exit(EXIT_INTERNAL);
		/* The lowest free number is fd itself; the other end goes. */
		close(dead[1]);
	}
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct arena *a;
	int status;

	(void)argc;
	fill_stdio();
	signal(SIGPIPE, SIG_IGN);
	/* `ulimit -f`: a write that fails is told; a signal would end us without a word. */
	signal(SIGXFSZ, SIG_IGN);
	json_setup();
	a = arena_new();

	const struct verb *verb = parse_command(argv, &options, a, &status);

	if (verb)
		status = verb->run(&options, a);
	arena_free(a);
	return status;
}
