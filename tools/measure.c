// SPDX-License-Identifier: Apache-2.0
/* Runs a command N times and prints wall time (s), peak memory of its largest process (KiB), exit status, and processor time of all
 * its processes (s) of each run. A program of its own because a child's peak, as wait4 tells it, includes that of the process it was forked
 * from: under a Python it would never be below Python's own 10 MB. Its output goes to /dev/null. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void become(char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	execvp(argv[0], argv);
	_exit(127);
}

static double cpu_s(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

/* Processes that the command left behind come to us. */
static void reap_others(long *peak_kib, double *all_s)
{
	struct rusage used;
	while (wait4(-1, NULL, 0, &used) > 0) {
		*peak_kib = used.ru_maxrss > *peak_kib ? used.ru_maxrss : *peak_kib;
		*all_s += cpu_s(&used);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: measure N COMMAND...\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (long i = strtol(argv[1], NULL, 10); i > 0; i--) {
		double start = now_s();
		pid_t pid = fork();
		if (pid == 0)
			become(argv + 2);
		struct rusage used;
		int status;
		if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
			return 1;
		int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		double wall_s = now_s() - start, all_s = cpu_s(&used);
		long peak_kib = used.ru_maxrss;
		reap_others(&peak_kib, &all_s);
		printf("%.6f %ld %d %.6f\n", wall_s, peak_kib, code, all_s);
	}
	return 0;
}
